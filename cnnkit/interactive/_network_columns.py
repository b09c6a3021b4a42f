"""Taking a Keras model apart: what each layer does, holds and gives, as the script needs it."""

import base64
import math
from dataclasses import dataclass, field

import numpy as np

from ..shapes._models import _calls, _flat, _graph_ends, _in_order

# Activations that network.js can compute too. Anything else is shown by its maps alone.
ACTIVATIONS = {
    "elu", "gelu", "leaky_relu", "linear", "relu", "relu6", "selu", "sigmoid", "silu", "softplus", "tanh",
}  # fmt: skip
_TRAINING_ONLY = {
    "ActivityRegularization", "AlphaDropout", "Dropout", "GaussianDropout", "GaussianNoise", "Identity",
    "SpatialDropout2D",
}  # fmt: skip


@dataclass
class Column:
    """One layer as the figure shows it: a column of maps (N, H, W, C) or of numbers (N, units)."""

    name: str
    kind: str  # what network.js calls the computation; "other" is shown by its maps alone
    type: str  # the class of the layer, or the words that stand in its place
    values: np.ndarray  # what Keras computed, float32
    sources: list = field(default_factory=list)  # places of the columns that it takes its input from
    settings: dict = field(default_factory=dict)
    weights: dict = field(default_factory=dict)
    reach: list | None = None  # [start, size, jump] in pixels, down and right
    work: int = 0  # multiply-adds for one picture
    live: bool = False  # whether the script computes it; otherwise its values are stored

    @property
    def shape(self):
        return self.values.shape[1:]

    @property
    def held(self):
        """How many weights the page holds for it."""
        return sum(one.size for one in self.weights.values())


def columns_of(model, images):
    """The picture and every layer, in the order of the computation, with what Keras computed for `images`."""
    picture = Column("picture", "picture", "the input", images)
    picture.reach = [[0, 1, 1], [0, 1, 1]]
    columns, calls = [picture], _calls(model)

    def walk(inputs, outputs, arriving):
        known = {id(t): came for t, came in zip(inputs, arriving, strict=True)}
        for node in _in_order(outputs, known):
            layer, came = node.operation, [known[id(t)] for t in node.input_tensors]
            inner = _graph_ends(layer) if hasattr(layer, "layers") else None
            if inner is not None:
                results = walk(*inner, came)
            else:
                args, kwargs = node.arguments.fill_in({key: value for key, (value, _) in known.items()})
                if getattr(layer, "_call_has_training_arg", False):
                    kwargs["training"] = False
                made = _flat(layer(*args, **kwargs))
                _add(columns, next(calls), [place for _, place in came], _array(made[0]))
                results = [(one, len(columns) - 1) for one in made]
            known.update((id(t), result) for t, result in zip(node.outputs, results, strict=True))
        return [known[id(t)] for t in outputs]

    walk(*_graph_ends(model), [(images, 0)])
    return columns


def _add(columns, call, sources, values):
    layer = call.layer
    # a class of the reader's own may do anything, whatever it inherits from
    kind = type(layer).__name__ if type(layer).__module__.split(".")[0] == "keras" else None
    came = columns[sources[0]] if len(sources) == 1 else None
    what = _operation(kind, layer, came) if came is not None else None
    name, settings, weights = what or ("other", {}, {})
    if values.ndim not in (2, 4):
        values = values.reshape(len(values), -1)
    reach = _reach(call.field) if values.ndim == 4 else None
    made = {"reach": reach, "settings": settings, "weights": weights, "sources": sources}
    made |= {"live": name != "other"}
    if name == "conv":
        made["work"] = math.prod(values.shape[1:3]) * weights["kernel"].size
    elif name == "dense":
        made["work"] = weights["kernel"].size
    if name == "dense" and settings["activation"] == {"name": "softmax"}:
        settings["activation"] = {"name": "linear"}
        logits = came.values @ weights["kernel"] + weights["bias"]
        columns.append(Column(call.name, "dense", "Dense", logits, **made))
        columns.append(Column("softmax", "softmax", "Softmax", values, [len(columns) - 1], live=True))
    else:
        columns.append(Column(call.name, name, type(layer).__name__, values, **made))


def _operation(kind, layer, came):
    """What a layer does, in terms that network.js knows: (name, settings, weights), or `None`."""
    maps = came.values.ndim == 4
    channels = came.shape[-1]
    if getattr(layer, "data_format", None) == "channels_first":
        return None
    if kind in _TRAINING_ONLY or str(kind).startswith("Random"):
        return "same", {}, {}
    if kind == "Rescaling":
        return _rescale(layer.scale, layer.offset, channels)
    if kind == "Normalization" and _last_axis_only(layer.axis, came) and not layer.invert:
        mean, variance = (np.ravel(_array(one)) for one in (layer.mean, layer.variance))
        scale = 1 / np.maximum(np.sqrt(variance), 1e-7)
        return _rescale(scale, -mean * scale, channels)
    if kind == "BatchNormalization" and _last_axis_only(layer.axis, came):
        weights = {"mean": _array(layer.moving_mean), "variance": _array(layer.moving_variance)}
        weights["gamma"] = _array(layer.gamma) if layer.scale else np.ones(channels, np.float32)
        weights["beta"] = _array(layer.beta) if layer.center else np.zeros(channels, np.float32)
        return "norm", {"epsilon": float(layer.epsilon)}, weights
    if kind == "Softmax" or (kind == "Activation" and _named(layer.activation) == "softmax"):
        return None if maps or getattr(layer, "axis", -1) not in (-1, 1) else ("softmax", {}, {})
    if kind in ("Activation", "ReLU", "LeakyReLU", "ELU"):
        activation = _activation_of_layer(kind, layer)
        return activation and ("activation", {"activation": activation}, {})
    if kind in ("Conv2D", "Convolution2D") and maps and layer.groups == 1:
        activation = _activation(layer.activation)
        settings = {"strides": _pair(layer.strides), "dilation": _pair(layer.dilation_rate)}
        settings |= {"padding": layer.padding, "activation": activation}
        return activation and ("conv", settings, _kernel_and_bias(layer))
    if kind in ("MaxPooling2D", "AveragePooling2D") and maps:
        settings = {"pool": _pair(layer.pool_size), "strides": _pair(layer.strides)}
        settings |= {"padding": layer.padding, "how": "max" if kind == "MaxPooling2D" else "average"}
        return "pool", settings, {}
    if kind in ("GlobalAveragePooling2D", "GlobalMaxPooling2D") and maps and not layer.keepdims:
        return "global", {"how": "max" if kind == "GlobalMaxPooling2D" else "average"}, {}
    if kind == "Flatten" or (kind == "Reshape" and len(layer.target_shape) == 1):
        return "flatten" if maps else "same", {}, {}
    if kind == "Dense" and not maps:
        activation = (
            {"name": "softmax"} if _named(layer.activation) == "softmax" else _activation(layer.activation)
        )
        return activation and ("dense", {"activation": activation}, _kernel_and_bias(layer))
    return None


def _rescale(scale, offset, channels):
    scale, offset = (
        np.broadcast_to(np.asarray(one, np.float32), (channels,)).copy() for one in (scale, offset)
    )
    return "rescale", {}, {"scale": scale, "offset": offset}


def _last_axis_only(axis, came):
    axes = [axis] if isinstance(axis, int) else list(axis)
    return [one % came.values.ndim for one in axes] == [came.values.ndim - 1]


def _kernel_and_bias(layer):
    kernel = _array(layer.kernel)
    bias = _array(layer.bias) if layer.use_bias else np.zeros(kernel.shape[-1], np.float32)
    return {"kernel": kernel, "bias": bias}


def _named(function):
    """The name of one of Keras's own activations, or `None`."""
    import keras

    name = getattr(function, "__name__", None)
    return name if function is not None and getattr(keras.activations, str(name), None) is function else None


def _activation(function):
    name = _named(function)
    if name not in ACTIVATIONS:
        return None
    return {"name": name, "slope": 0.2} if name == "leaky_relu" else {"name": name}


def _activation_of_layer(kind, layer):
    if kind == "Activation":
        return _activation(layer.activation)
    if kind == "LeakyReLU":
        return {"name": "leaky_relu", "slope": float(layer.negative_slope)}
    if kind == "ELU":
        return {"name": "elu", "alpha": float(layer.alpha)}
    if layer.threshold:
        return None
    if layer.negative_slope:
        return None if layer.max_value else {"name": "leaky_relu", "slope": float(layer.negative_slope)}
    return {"name": "relu"} | ({} if layer.max_value is None else {"max": float(layer.max_value)})


def _reach(fields):
    """The windows in the picture as [start, size, jump], where one such rule holds for all cells."""
    if isinstance(fields, str) or len(fields) != 2:
        return None
    if any(len(one.windows) != 1 or one.windows[0] is None or one.step == 0 for one in fields):
        return None
    return [[one.window(0)[0], one.size, one.step] for one in fields]


def _pair(value):
    return [int(one) for one in value] if isinstance(value, (tuple, list)) else [int(value)] * 2


def _array(tensor):
    from keras import ops

    return np.asarray(ops.convert_to_numpy(tensor), np.float32)


# What goes into the page ----------------------------------------------------------------------------------


def pack(numbers, width):
    """float32 numbers as base64: all four bytes of each, or three, which keeps about five digits."""
    bits = np.ascontiguousarray(numbers, "<f4").ravel().view("<u4")
    if width == 3:  # round to the 24 bits that are kept
        bits = ((bits.astype(np.uint64) + 0x80) & 0xFFFFFF00).astype("<u4")
    octets = bits.view(np.uint8).reshape(-1, 4)[:, 4 - width :]
    return {"n": width, "b": base64.b64encode(octets.tobytes()).decode("ascii")}


def choose(columns, units, most_numbers, most_work):
    """Switch columns from computed to stored until the page is small and quick enough; say whether it is.

    A computed column costs its weights, a stored one its values for every picture: all of them where a
    computed column needs them, otherwise those of the units that are shown.
    """
    able = [column for column in columns if column.live]
    while cost(columns, units) > most_numbers or sum(one.work for one in columns if one.live) > most_work:
        before, best = cost(columns, units), None
        working = sum(one.work for one in columns if one.live) > most_work
        for column in able:
            if column.live and column.kind in ("conv", "dense"):
                column.live = False
                gain = column.work if working else before - cost(columns, units)
                column.live = True
                if gain > 0 and (best is None or gain > best[0]):
                    best = gain, column
        if best is None:
            return False
        best[1].live = False
    return True


def cost(columns, units):
    """How many numbers the page has to hold."""
    total = 0
    for place, column in enumerate(columns):
        if column.live:
            total += column.held
        elif place:
            total += stored(columns, place, units).size
    return total


def stored(columns, place, units):
    """The values of a column that the script does not compute."""
    values = columns[place].values
    needed = any(column.live and place in column.sources for column in columns)
    return values if needed or values.ndim == 2 else values[..., :units]
