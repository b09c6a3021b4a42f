"""A Keras model as it is drawn: parts, and the stages that they form."""

import re
from dataclasses import dataclass, field

from ..shapes._models import _calls, _flat

_ACTIVATIONS = {
    "relu": "ReLU",
    "relu6": "ReLU",
    "gelu": "GELU",
    "elu": "ELU",
    "silu": "SiLU",
    "swish": "SiLU",
}
_WORDS = {
    "BatchNormalization": "batch norm",
    "LayerNormalization": "layer norm",
    "GroupNormalization": "group norm",
    "Conv": "conv",
    "DepthwiseConv": "depthwise",
    "SeparableConv": "separable",
    "ReLU": "ReLU",
    "LeakyReLU": "leaky ReLU",
    "PReLU": "PReLU",
    "ELU": "ELU",
}
_MOST_LINES = 4  # of operations in a stage; above that they are counted


@dataclass
class Part:
    """A layer that is drawn, with the layers behind it that only change its numbers."""

    name: str
    kind: str  # input, conv, pool, dense, merge, enlarge, reshape, other
    what: str  # "conv 3×3"
    shape: tuple  # without batch axis
    weights: int
    sources: list  # numbers of parts
    layer: object = None
    frame: str = ""  # the model inside the model that it stands in
    tails: list = field(default_factory=list)  # "batch norm", "ReLU", …
    strips: list = field(default_factory=list)  # norm, dropout: drawn as a strip

    @property
    def spatial(self):
        return self.shape[:-1]

    def result(self):
        return "×".join(
            "?" if n is None else f"{n:,}" if len(self.shape) == 1 else str(n) for n in self.shape
        )

    def sentence(self):
        words = f"{self.name}: {self.what}"
        if self.kind == "conv":
            words += f", {self.shape[-1]} filters"
        words += f"; output {self.result()}; {self.weights:,} weights"
        return words + (f"; then {', '.join(self.tails)}" if self.tails else "")


@dataclass
class Stage:
    """Parts that stand together: the same size of map, up to the pooling that ends them."""

    parts: list
    numbers: list

    @property
    def main(self):
        """The part whose output is the stage's: the last one before a pooling."""
        return next((part for part in reversed(self.parts) if part.kind != "pool"), self.parts[-1])

    @property
    def weights(self):
        return sum(part.weights for part in self.parts)

    @property
    def frame(self):
        return self.parts[0].frame

    def name(self):
        names = [part.name.rsplit("/", 1)[-1] for part in self.parts]
        if len(names) == 1:
            return names[0]
        words = [name.split("_") for name in names]
        shared = 0
        while all(len(w) > shared + 1 and w[: shared + 1] == words[0][: shared + 1] for w in words):
            shared += 1
        common = "_".join(words[0][:shared])
        if common[-1:].isdigit():  # block1, block_4: but not the `conv2d` of conv2d_4 and conv2d_5
            return common
        return ", ".join(names) if len(names) == 2 else f"{names[0]} … {names[-1]}"

    def lines(self):
        """What the stage does, in few short lines."""
        filters = {part.shape[-1] for part in self.parts if part.kind == "conv"}
        last = self.parts[-1]
        ends = last.kind == "pool" and len(self.parts) > 1
        body = self.parts[:-1] if ends else self.parts
        runs = []
        for part in body:
            what = part.what + (f", {part.shape[-1]}" if part.kind == "conv" and len(filters) > 1 else "")
            if runs and runs[-1][0] == what:
                runs[-1][1] += 1
            else:
                runs.append([what, 1])
        if len(runs) > _MOST_LINES:
            counts = {}
            for part in body:
                counts[part.what] = counts.get(part.what, 0) + 1
            runs = list(counts.items())
        lines = [what if times == 1 else f"{times} × {what}" for what, times in runs]
        lines += _after(body)
        return [*lines, last.what, f"→ {last.result()}", *_after([last])] if ends else lines


def _after(parts):
    tails = dict.fromkeys(word for part in parts for word in part.tails)
    return [f"+ {', '.join(tails)}"] if tails else []


def read(model, image_size=None):
    """Return the parts of a model, each after those that it takes its input from."""
    if not hasattr(model, "layers"):
        raise ValueError(
            f"`model` must be a Keras model; received {type(model).__name__}. A list of layers becomes one with "
            "keras.Sequential([keras.Input((height, width, channels)), *layers])."
        )
    calls = list(_calls(model, image_size))
    inputs = _flat(model.inputs)
    used = {source for call in calls for source in call.sources}
    parts, at = [], {}  # number of a call → number of its part
    counted = set()
    for k, tensor in enumerate(inputs):
        if -1 - k in used or len(inputs) == 1:
            at[-1 - k] = len(parts)
            shape = next(
                (c.input_shapes[c.sources.index(-1 - k)] for c in calls if -1 - k in c.sources), None
            )
            name = "input" if len(inputs) == 1 else tensor.name
            parts.append(Part(name, "input", name, tuple(shape or tensor.shape[1:]), 0, []))
    for number, call in enumerate(calls):
        layer, shape = call.layer, tuple(call.output.shape[1:])
        sources = list(dict.fromkeys(at[source] for source in call.sources if source in at))
        weights = 0 if id(layer) in counted else sum(_size(w) for w in getattr(layer, "weights", ()))
        counted.add(id(layer))
        kinds = {cls.__name__ for cls in type(layer).__mro__}
        word = _tail(layer, kinds, call.input_shapes, shape) if len(call.sources) == 1 else None
        if word is not None and sources:
            part = parts[sources[0]]
            part.weights += weights
            part.tails.append(word) if word and word not in part.tails else None
            strip = "norm" if "Normalization" in type(layer).__name__ else "dropout"
            if (strip == "norm" or "ropout" in type(layer).__name__) and strip not in part.strips:
                part.strips.append(strip)
            at[number] = sources[0]
            continue
        kind, what = _kind(layer, kinds, len(set(call.sources)) > 1)
        frame = call.name.split("/")[0] if "/" in call.name else ""
        part = Part(call.name, kind, what, shape, weights, sources, layer, frame)
        activation = getattr(getattr(layer, "activation", None), "__name__", None)
        if activation and activation != "linear":
            part.tails.append(_ACTIVATIONS.get(activation, activation.replace("_", " ")))
        at[number] = len(parts)
        parts.append(part)
    return parts


def _size(weight):
    size = 1
    for n in weight.shape:
        size *= n
    return size


def _spoken(name):
    """`GlobalAveragePooling2D` is "global average pooling"."""
    name = re.sub(r"[123]D$", "", name)
    if name in _WORDS:
        return _WORDS[name]
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+", name) or [name]
    return " ".join(words).lower().replace("pooling", "pool")


def _tail(layer, kinds, input_shapes, shape):
    """The word for a layer that only changes the numbers of the maps before it; None for any other."""
    if "Activation" in kinds:
        name = getattr(layer.activation, "__name__", "activation")
        return _ACTIVATIONS.get(name, name.replace("_", " ")) if name != "linear" else ""
    if kinds & {"ZeroPadding1D", "ZeroPadding2D", "ZeroPadding3D"}:
        return "padding"
    if input_shapes[0] != shape:
        return None
    kind = type(layer).__name__
    if "Normalization" in kind or kinds & {"Rescaling", "PReLU"}:
        return _spoken(kind)
    if kind.startswith("Random"):
        return "augmentation"
    if "ropout" in kind:
        return "dropout"
    if (
        "Layer" in kinds
        and not getattr(layer, "weights", ())
        and not kinds & {"BasePooling", "Permute", "Reshape"}
    ):
        return _spoken(kind)
    if "Layer" not in kinds:  # an operation such as `x * 2`
        return _spoken(kind)
    return None


def _window(sizes):
    return "×".join(str(n) for n in sizes)


def _kind(layer, kinds, several):
    """`("conv", "conv 3×3, stride 2")`."""
    spoken = _spoken(type(layer).__name__)
    if "Dense" in kinds:
        return "dense", "dense"
    if kinds & {"BaseConv", "BaseDepthwiseConv", "BaseSeparableConv", "BaseConvTranspose"}:
        transposed = "BaseConvTranspose" in kinds
        what = f"{'transposed conv' if transposed else spoken} {_window(layer.kernel_size)}"
        if max(layer.strides) > 1:
            what += f", stride\u00a0{_one(layer.strides)}"
        if max(layer.dilation_rate) > 1:
            what += f", dilation\u00a0{_one(layer.dilation_rate)}"
        if getattr(layer, "groups", 1) > 1:
            what += f", {layer.groups}\u00a0groups"
        return ("enlarge" if transposed else "conv"), what
    if "BasePooling" in kinds:
        strides = layer.strides or layer.pool_size
        steps = f", stride\u00a0{_one(strides)}" if tuple(strides) != tuple(layer.pool_size) else ""
        return "pool", f"{spoken} {_window(layer.pool_size)}{steps}"
    if "BaseGlobalPooling" in kinds:
        return "pool", spoken
    if kinds & {"UpSampling1D", "UpSampling2D", "UpSampling3D"}:
        size = layer.size if isinstance(layer.size, (tuple, list)) else (layer.size,)
        return "enlarge", f"upsampling {_window(size)}"
    if kinds & {"Flatten", "Reshape", "Permute"}:
        return "reshape", spoken
    return ("merge" if several or "Merge" in kinds else "other"), spoken


def _one(numbers):
    return str(numbers[0]) if len(set(numbers)) == 1 else _window(numbers)


def in_a_row(parts):
    """True where each part follows the one before it, whatever else it takes in: the rest are short cuts."""
    return all(i - 1 in part.sources for i, part in enumerate(parts) if i)


def stages(parts):
    """Return the stages, and the links between them: `[(number of a stage, number of a later one)]`."""
    row = in_a_row(parts)
    consumers = [0] * len(parts)
    for part in parts:
        for source in part.sources:
            consumers[source] += 1
    found, home = [], []
    for i, part in enumerate(parts):
        before = i - 1 if row and i else part.sources[0] if len(part.sources) == 1 else None
        stage = None
        if before is not None:
            stage = found[home[before]]
            alone = row or (consumers[before] == 1 and stage.numbers[-1] == before)
            stage = stage if alone and _joins(stage, part) else None
        if stage is None:
            found.append(Stage([], []))
            stage = found[-1]
        stage.parts.append(part)
        stage.numbers.append(i)
        home.append(next(k for k, one in enumerate(found) if one is stage))
    links = {(home[s], home[i]) for i, part in enumerate(parts) for s in part.sources}
    return found, sorted((a, b) for a, b in links if a != b)


def _joins(stage, part):
    """Whether a part belongs to the stage before it."""
    last, main = stage.parts[-1], stage.main
    if main.kind == "input" or last.frame != part.frame or part.kind == "reshape" or main.kind == "reshape":
        return False
    if last.kind == "pool" and (last.spatial != main.spatial or None in last.spatial):
        return False
    if last.kind == "pool" and len(last.shape) == 1:
        return False
    if part.kind == "pool":
        return len(main.shape) > 1
    if len(part.shape) == 1:
        return main.shape == part.shape and main.kind == part.kind
    return main.spatial == part.spatial
