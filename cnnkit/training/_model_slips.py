"""Slips in the model itself, its loss and the labels: each check yields (name, certain, message)."""

import numpy as np

from ._looking import input_shape, last_activation
from ._state import changed_since_compile

_ADAMS = ("Adam", "AdamW", "Nadam", "Adamax", "RMSprop", "Lion", "Lamb")
_KINDS = {
    "sparse": ("sparse_categorical_crossentropy", "SparseCategoricalCrossentropy"),
    "categorical": (
        "categorical_crossentropy",
        "CategoricalCrossentropy",
        "categorical_focal_crossentropy",
        "CategoricalFocalCrossentropy",
    ),
    "binary": (
        "binary_crossentropy",
        "BinaryCrossentropy",
        "binary_focal_crossentropy",
        "BinaryFocalCrossentropy",
    ),
    "squares": (
        "mse",
        "mean_squared_error",
        "MeanSquaredError",
        "mae",
        "mean_absolute_error",
        "MeanAbsoluteError",
    ),
}


def _loss(model):
    """Return the kind of the model's loss ("sparse", "categorical", "binary", "squares" or None), and
    from_logits."""
    loss = getattr(model, "loss", None)
    name = loss if isinstance(loss, str) else getattr(loss, "__name__", type(loss).__name__)
    kind = next((kind for kind, names in _KINDS.items() if name in names), None)
    return kind, bool(getattr(loss, "from_logits", False))


def state(model, data, seen):
    if not model.built:
        yield (
            "not built",
            True,
            f"Expected a built model; received {model.name!r}, which has no weights yet, because it does "
            "not know the shape of the pictures. Say it in the first line of the model: "
            f"`keras.Input(shape={tuple(data.x.shape[1:])})`.",
        )
    if not model.compiled:
        yield (
            "not compiled",
            True,
            f"Expected a compiled model; received {model.name!r}, which has no loss and no optimizer. Call "
            "`model.compile(optimizer=…, loss=…, metrics=[…])` before `fit`.",
        )
        return
    late = changed_since_compile(model)
    if late:
        yield (
            "frozen too late",
            True,
            "Expected `trainable` to be set before `compile`; received a model in which it was changed "
            f"afterwards: {', '.join(late[:8])}. Keras goes on training what was trainable at `compile`. "
            "Compile again.",
        )
    if model.built and model.weights and not model.trainable_weights:
        yield (
            "nothing to train",
            True,
            f"Expected weights to train; received {model.name!r}, in which everything is frozen. Set "
            "`trainable = True` on the layers that should learn, and compile again.",
        )


def learning_rate(model, data, seen):
    optimizer = getattr(model, "optimizer", None)
    if not model.compiled or optimizer is None:
        return
    optimizer = getattr(optimizer, "inner_optimizer", optimizer)  # with mixed precision
    planned = hasattr(getattr(optimizer, "_learning_rate", None), "get_config")  # a schedule may begin at 0
    rate, name = float(np.asarray(optimizer.learning_rate)), type(optimizer).__name__
    message = "Expected a learning rate {}; received {} with {:g}. {}"
    if rate < 0 or (rate == 0 and not planned):
        slip = "With 0 nothing moves, below 0 the loss rises. Begin with the default: `learning_rate=0.001`."
        yield "learning rate", True, message.format("above 0", name, rate, slip)
    elif name in _ADAMS and rate >= 0.1:
        slip = (
            f"{name} moves each weight by about the learning rate in every step, and weights are around 0.1: "
            "the training is likely to fail. Was a minus lost in 1e-3? Begin with the default: "
            "`learning_rate=0.001`."
        )
        wanted = "well below 0.1"
        yield "learning rate", rate >= 1, message.format(wanted, name, rate, slip)
    elif name == "SGD" and rate >= 10:
        slip = "The loss is likely to become NaN. Begin with `learning_rate=0.01`."
        yield "learning rate", False, message.format("of 0.001 to 1", name, rate, slip)


def channels_first(model, data, seen):
    shape = input_shape(model)
    if shape is None or len(shape) != 4 or None in shape[1:]:
        return
    _, first, height, width = shape
    last = all(getattr(layer, "data_format", "channels_last") == "channels_last" for layer in _inner(model))
    if (
        last
        and first in (1, 3, 4)
        and height > 4
        and width > 4
        and any(_is_conv(one) for one in _inner(model))
    ):
        yield (
            "channels first",
            True,
            f"Expected a model for pictures (H, W, C); received one for {shape[1:]}, channels first, as in "
            f"PyTorch. Keras reads that as {first} row{'s' if first > 1 else ''} of {height} pixels with "
            f"{width} channels. Build it with `keras.Input(shape={(height, width, first)})`.",
        )


def one_unit(model, data, seen):
    activation, outputs = last_activation(model), seen.outputs
    units = _units(model, outputs)
    always_one = outputs is not None and units == 1 and np.allclose(outputs, 1, atol=0)
    if units == 1 and (activation == "softmax" or (activation is None and always_one)):
        yield (
            "softmax of one unit",
            True,
            "Expected a sigmoid on a single output unit, or one softmax unit for each class; received "
            "softmax on one unit. Softmax makes the outputs sum to 1, so one unit says 1 whatever the "
            'picture. Use `Dense(1, activation="sigmoid")` with binary_crossentropy, or `Dense(2, '
            'activation="softmax")` with '
            "sparse_categorical_crossentropy.",
        )


def logits(model, data, seen):
    kind, from_logits = _loss(model)
    outputs, activation = seen.outputs, last_activation(model)
    if not model.compiled or kind not in ("sparse", "categorical", "binary"):
        return
    probabilities = activation in ("softmax", "sigmoid")
    known = activation is not None
    rows = outputs is not None and outputs.ndim >= 2 and outputs.shape[-1] > 1 and np.isfinite(outputs).all()
    if not known and rows:  # told by the values: rows that sum to 1 do not come about by chance
        probabilities = bool((outputs >= 0).all() and np.allclose(outputs.sum(-1), 1, atol=1e-3))
        known = probabilities or kind != "binary" or bool((outputs < 0).any() or (outputs > 1).any())
    if kind == "binary" and activation == "softmax" and _units(model, outputs) > 1:
        yield (
            "binary loss with softmax",
            True,
            f"Expected one sigmoid unit for binary_crossentropy; received {_units(model, outputs)} units "
            "with softmax. The loss would ask of each unit by itself whether it is right. Use "
            "sparse_categorical_crossentropy for "
            'integer labels, or `Dense(1, activation="sigmoid")` for two classes.',
        )
    if not known:
        return
    if from_logits and probabilities:
        what = activation or "softmax"
        yield (
            "softmax with from_logits=True",
            True,
            f"Expected logits, because the loss has from_logits=True; received probabilities from {what}. "
            f"The loss takes the {what} itself: done twice, the gradients shrink and the training crawls. "
            f"Leave out `from_logits=True`, or leave out the {what} of the last layer.",
        )
    if not from_logits and not probabilities:
        wanted = "sigmoid" if kind == "binary" else "softmax"
        came = f"with {activation} activation" if activation else f"without {wanted}"
        yield (
            "logits without from_logits=True",
            True,
            "Expected probabilities from the model, because the loss has from_logits=False; received the "
            f"outputs of a layer {came}. The loss "
            f'clips them as if they were probabilities. Give the last layer `activation="{wanted}"`, or '
            "the loss `from_logits=True`.",
        )
    if kind == "binary" and from_logits and not probabilities and _counts_accuracy_at_half(model):
        yield (
            "accuracy of logits",
            False,
            'Expected an accuracy that cuts logits at 0; received metrics=["accuracy"], which cuts them at '
            "0.5, the middle for probabilities. The accuracy shown is not the one meant. Use "
            "`keras.metrics.BinaryAccuracy(threshold=0)`.",
        )


def _counts_accuracy_at_half(model):
    metrics = (model.get_compile_config() or {}).get("metrics") or []
    for one in metrics if isinstance(metrics, (list, tuple)) else [metrics]:
        if one in ("accuracy", "acc", "binary_accuracy"):
            return True
        settings = one.get("config", {}) if isinstance(one, dict) else {}
        if isinstance(settings, dict) and one["class_name"] == "BinaryAccuracy":
            return settings.get("threshold", 0.5) == 0.5
    return False


def labels(model, data, seen):
    y = data.labels
    if y is None or not y.ndim:
        return
    if data.arrays is None and model.built and seen.outputs is None:
        return  # batched wrongly: the labels have the wrong shape for the same reason
    if data.arrays is not None and len(y) != data.element[0]:
        yield (
            "number of labels",
            True,
            f"Expected one label for each picture; received {data.element[0]:,} pictures and {len(y):,} "
            "labels. Were both cut in the same place, and is it the training part of both?",
        )
        return
    if y.dtype.kind in "USO":
        example = y.flat[0]
        yield (
            "label type",
            True,
            f"Expected labels as numbers; received words such as {str(example)!r}. Number the classes: "
            "`class_names, y = np.unique(y, return_inverse=True)`.",
        )
        return
    kind, _ = _loss(model)
    units = _units(model, seen.outputs)
    if kind is None or units is None or not model.compiled:
        return
    if y.dtype.kind == "f" and not np.isfinite(y).all():
        yield (
            "NaN",
            True,
            "Expected finite labels; received NaN or infinity among them. Look at `y[~np.isfinite(y)]`.",
        )
        return
    yield from {"sparse": _sparse, "categorical": _categorical, "binary": _binary, "squares": _squares}[kind](
        y, units, data, seen
    )
    flat = _as_numbers(y)
    if flat is not None and not data.whole and len(flat) >= 64 and len(np.unique(flat)) == 1:
        yield (
            "one class only",
            False,
            f"Expected several classes among the first {len(flat)} pictures; received only class "
            f"{flat[0]:g}. Do they come sorted by class? Training then forgets one class while it sees the "
            "other: shuffle all of them, `data.shuffle(number_of_pictures)` before `.batch(…)`.",
        )
    names = data.class_names
    if names is not None and kind in ("sparse", "categorical") and units != len(names):
        yield (
            "number of classes",
            units < len(names),
            f"Expected one output unit for each of the {len(names)} classes; received {units}. Give the "
            f"last layer `Dense({len(names)}, …)`: `num_classes=len(data.class_names)`.",
        )


def _as_numbers(y):
    """Return labels as (N,): (N,) and (N, 1) as they are, one-hot ones as the number of the class, or
    None."""
    if y.ndim == 1:
        return y
    if y.ndim == 2 and y.shape[1] == 1:
        return y[:, 0]
    return y.argmax(-1) if _one_hot(y) else None


def _one_hot(y):
    return y.ndim == 2 and y.shape[1] > 1 and np.isin(y, (0, 1)).all() and (y.sum(-1) == 1).all()


def _sparse(y, units, data, seen):
    flat = _as_numbers(y)
    if _one_hot(y) or (y.ndim == 2 and y.shape[1] > 1 and y.shape[1] == units):
        yield (
            "label shape",
            True,
            f"Expected integer labels (N,) for sparse_categorical_crossentropy; received shape {y.shape}, "
            "one-hot. Use categorical_crossentropy, or turn them back: `y = y.argmax(axis=1)`.",
        )
        return
    if flat is None:
        if seen.outputs is not None and y.ndim >= seen.outputs.ndim - 1 > 1:
            return  # a label for each pixel
        yield (
            "label shape",
            True,
            f"Expected integer labels (N,) for sparse_categorical_crossentropy; received shape {y.shape}. "
            "Look at `y[0]`: it should be the number of a class.",
        )
        return
    if y.dtype.kind == "f" and (flat != np.rint(flat)).any():
        odd = flat[flat != np.rint(flat)][0]
        yield (
            "label type",
            True,
            f"Expected the numbers of classes, which are whole; received {odd:g}. Were the labels scaled "
            "along with the pictures? Only the pictures are: leave `y` as it came.",
        )
        return
    yield from _range(flat, units, data)


def _range(flat, units, data):
    low, high = flat.min(), flat.max()
    if units == 1:  # said by the check of one unit, if it is a softmax
        if high > 0:
            yield (
                "labels out of range",
                True,
                f"Expected one output unit for each class; received labels up to {high:g} and one unit. For "
                "two "
                'classes take `Dense(1, activation="sigmoid")` with binary_crossentropy.',
            )
    elif low == 1 and high == units:
        yield (
            "labels start at 1",
            True,
            f"Expected labels from 0 to {units - 1}; received labels from 1 to {units}. Python counts from "
            "0: `y = y - 1`.",
        )
    elif low < 0 or high >= units:
        yield (
            "labels out of range",
            True,
            f"Expected labels from 0 to {units - 1}, because the last layer has {units} units; received "
            f"labels from {low:g} to {high:g}. On a CPU the loss becomes NaN or `fit` fails, on a GPU "
            "nothing is said. Give the last layer one unit for each class: `len(np.unique(y))`.",
        )
    elif low == 1 and data.whole and len(np.unique(flat)) == units - 1:
        yield (
            "labels start at 1",
            False,
            f"Expected a picture of class 0 among all {len(flat):,}; received labels from 1 to {high:g}. Do "
            f"the labels start at 1? Then one unit is never used: `y = y - 1` and `Dense({units - 1}, …)`.",
        )


def _categorical(y, units, data, seen):
    if y.ndim == 1 or (y.ndim == 2 and y.shape[1] == 1 and units > 1):
        yield (
            "label shape",
            True,
            f"Expected one-hot labels (N, {units}) for categorical_crossentropy; received shape {y.shape}, "
            "the numbers of the classes. Use sparse_categorical_crossentropy, or `y = "
            f"keras.utils.to_categorical(y, {units})`.",
        )
    elif y.shape[-1] != units:
        yield (
            "label shape",
            True,
            f"Expected one-hot labels (N, {units}), because the last layer has {units} units; received "
            f"shape {y.shape}. Give the last layer `Dense({y.shape[-1]}, …)`.",
        )
    elif not np.allclose(y.sum(-1), 1, atol=1e-3):
        yield (
            "label shape",
            False,
            "Expected each row of the labels to sum to 1; received rows that do not. May a picture have "
            "several "
            'labels? Then use `activation="sigmoid"` with binary_crossentropy.',
        )


def _binary(y, units, data, seen):
    if units == 1:
        flat = y if y.ndim == 1 else y[..., 0] if y.shape[-1] == 1 else None
        if flat is None:
            yield (
                "label shape",
                True,
                f"Expected labels (N,) of 0 and 1 for one output unit; received shape {y.shape}. One-hot? "
                "`y = y.argmax(axis=1)`.",
            )
        elif flat.min() == 1 and flat.max() == 2:
            yield (
                "labels start at 1",
                True,
                "Expected labels 0 and 1; received labels 1 and 2. Python counts from 0: `y = y - 1`.",
            )
        elif flat.min() < 0 or flat.max() > 1:
            yield (
                "labels out of range",
                True,
                f"Expected labels from 0 to 1 for binary_crossentropy; received labels from {flat.min():g} "
                f"to {flat.max():g}. For {len(np.unique(flat))} classes use "
                f'`Dense({len(np.unique(flat))}, activation="softmax")` with '
                "sparse_categorical_crossentropy.",
            )
    elif y.ndim == 1 or y.shape[-1] != units:
        yield (
            "label shape",
            True,
            f"Expected labels (N, {units}) of 0 and 1 for binary_crossentropy on {units} units; received "
            f"shape {y.shape}. "
            'For one label a picture use `activation="softmax"` with sparse_categorical_crossentropy.',
        )
    elif y.min() < 0 or y.max() > 1:
        yield (
            "labels out of range",
            True,
            f"Expected targets from 0 to 1 for binary_crossentropy; received targets from {y.min():g} to "
            f"{y.max():g}. Are they pictures? Scale them as well: `y / 255`.",
        )


def _squares(y, units, data, seen):
    # A last axis of 1 is what Keras stretches without a word.
    if seen.outputs is not None and units > 1 and (y.ndim < seen.outputs.ndim or y.shape[-1] == 1):
        yield (
            "label shape",
            True,
            "Expected targets of the shape of the outputs, (N, "
            f"{', '.join(map(str, seen.outputs.shape[1:]))}); received shape {y.shape}. Keras compares each "
            f"of the {units} outputs with the same number and says nothing. For classes use "
            "sparse_categorical_crossentropy.",
        )


def _units(model, outputs):
    if outputs is not None:
        return outputs.shape[-1] if outputs.ndim > 1 else 1
    shapes = getattr(model, "outputs", None)
    return shapes[0].shape[-1] if shapes and len(shapes) == 1 else None


def _inner(model):
    return list(model._flatten_layers(include_self=False))


def _is_conv(layer):
    return "Conv" in type(layer).__name__


CHECKS = (state, channels_first, learning_rate, one_unit, logits, labels)
