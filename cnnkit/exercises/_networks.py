"""Whether a network is of the kind that a task asks for, and what it costs. Each function raises, or says nothing."""

import numpy as np

from .. import shapes

_CONVOLUTIONS = {"BaseConv", "BaseDepthwiseConv", "BaseSeparableConv"}


def expect_network(model, *, input_shape, num_classes, convolutions=0, channels=0):
    """Raise unless a Keras model takes pictures and returns probabilities, as a task asks for.

    Args:
        model: a Keras model, compiled or not.
        input_shape: (H, W, C) of a picture, values from 0 to 255.
        num_classes: how many probabilities it should return for a picture; they must add up to 1.
        convolutions: how many convolutions it should have at least, of any kind but transposed.
        channels: how many channels its last map should have at least: the last output that has a height and a width
            and is larger than 1×1, and in which no cell has seen the whole picture by way of a global layer.

    Raises:
        TypeError: it is no Keras model.
        ValueError: one of these does not hold; the message says which.
    """
    _expect_model(model)
    if tuple(model.input_shape) != (None, *input_shape):
        raise ValueError(
            f"Expected a network for pictures of shape {tuple(input_shape)}; received one for "
            f"{tuple(model.input_shape)[1:]}. Perhaps it was written for another task. Begin it with "
            f"keras.Input({tuple(input_shape)})."
        )
    if tuple(model.output_shape) != (None, num_classes):
        raise ValueError(
            f"Expected {num_classes} numbers for each picture; received an output of shape "
            f"{tuple(model.output_shape)[1:]}. The last layer has one unit for each class, and the maps go through "
            f'Flatten or global pooling before it: Dense({num_classes}, activation="softmax").'
        )
    pictures = np.random.default_rng(0).integers(0, 256, (2, *input_shape)).astype("float32")
    pictures[0] = 0
    given = np.asarray(model(pictures, training=False))
    if not (np.isfinite(given).all() and (given >= 0).all() and np.allclose(given.sum(axis=1), 1, atol=1e-3)):
        raise ValueError(
            f"Expected probabilities that add up to 1; received numbers that add up to {given[1].sum():.3g}. Perhaps "
            'the last layer has no softmax, or another activation. Give it activation="softmax".'
        )
    if np.array_equal(given[0], given[1]):
        raise ValueError(
            "Expected an output that depends on the picture; received the same for a black picture and for noise. "
            "Perhaps a layer multiplies by 0, or the input is not used. Look at model.summary()."
        )
    found = sum(bool(_kinds(layer) & _CONVOLUTIONS) for layer in _layers(model))
    if found < convolutions:
        raise ValueError(
            f"Expected at least {convolutions} convolutions; received {found}. A task on convolutional networks "
            "is not to be got round with dense layers. Put Conv2D, SeparableConv2D or DepthwiseConv2D layers in."
        )
    if channels:
        row = _last_map(model)
        if row.output_shape[-1] < channels:
            raise ValueError(
                f"Expected at least {channels} channels in the last map; received {row.output_shape[-1]}, from the "
                f"layer {row.layer!r}. Few channels hold too little for many classes. Give the last convolution "
                f"{channels} filters."
            )


def expect_cost(model, *, weights=None, multiply_adds=None, receptive_field=None):
    """Raise unless a Keras model keeps within a budget.

    Args:
        model: a built Keras model.
        weights: how many numbers it may hold, biases and all others included; `None` for no limit.
        multiply_adds: how many it may need for one picture; `None` for no limit.
        receptive_field: how many pixels a cell of the last map must see at least, down and right; `None` for no limit.

    Raises:
        TypeError: it is no Keras model.
        ValueError: a limit is missed, or a layer cannot be counted; the message says which.
    """
    _expect_model(model)
    table = shapes.table(model)
    largest = max(table.rows, key=lambda row: row.weights)
    if weights is not None and table.weights > weights:
        raise ValueError(
            f"Expected at most {weights:,} weights; received {table.weights:,}. Most of them, {largest.weights:,}, are "
            f"in the layer {largest.layer!r}. Make it smaller, or what goes into it: a global pooling, another pooling."
        )
    if multiply_adds is not None:
        unknown = [row.layer for row in table.rows if row.multiply_adds is None]
        if unknown:
            raise ValueError(
                f"Expected layers whose multiply-adds can be counted; received {unknown[0]!r}. Perhaps it is a layer "
                "of your own. Use convolutions, dense layers and poolings."
            )
        costly = max(table.rows, key=lambda row: row.multiply_adds)
        if table.multiply_adds > multiply_adds:
            raise ValueError(
                f"Expected at most {multiply_adds:,} multiply-adds; received {table.multiply_adds:,}. Most of them, "
                f"{costly.multiply_adds:,}, are in the layer {costly.layer!r}, whose map has the shape "
                f"{costly.output_shape}. Make the maps smaller earlier, or take fewer filters while they are large."
            )
    if receptive_field is not None:
        row = _last_map(model)
        size = row.receptive_field.size
        smallest = min(size) if isinstance(size, tuple) else size
        if smallest < receptive_field:
            raise ValueError(
                f"Expected a last map whose cells see at least {receptive_field} pixels down and right; received "
                f"{size}, at the layer {row.layer!r}. Strides and poolings early in the network widen the view of "
                "every layer behind them; so does one more convolution, or dilation."
            )


def _expect_model(model):
    import keras

    if not isinstance(model, keras.Model):
        raise TypeError(
            f"Expected a Keras model; received {type(model).__name__}. Perhaps there is no `return`, or the brackets "
            "of the call are missing. Return keras.Sequential([…]) or keras.Model(inputs, outputs)."
        )
    if not getattr(model, "built", False) or not getattr(model, "inputs", None):
        raise ValueError(
            "Expected a network that knows the size of its pictures; received one that is not built. Begin it with "
            "keras.Input((height, width, channels))."
        )


def _last_map(model):
    """The row of the last output with a height and a width, before anything looks at the whole picture."""
    maps = [
        row
        for row in shapes.table(model).rows
        if len(row.output_shape) == 3
        and max(row.output_shape[:2]) > 1
        and row.receptive_field is not None
        and _jumps(row.receptive_field)
    ]
    if not maps:
        raise ValueError(
            "Expected maps with a height and a width; received a network without any. Perhaps the picture is flattened "
            "at once. Begin with convolutions, and flatten or pool in the end."
        )
    return maps[-1]


def _jumps(field):
    jump = field.jump if isinstance(field.jump, tuple) else (field.jump,)
    return 0 not in jump


def _layers(model):
    """All layers, those of models inside included."""
    for layer in model.layers:
        yield from _layers(layer) if hasattr(layer, "layers") else [layer]


def _kinds(layer):
    """The names of a layer's class and of all it inherits from; a transposed convolution is none here."""
    names = {cls.__name__ for cls in type(layer).__mro__}
    return set() if "BaseConvTranspose" in names else names
