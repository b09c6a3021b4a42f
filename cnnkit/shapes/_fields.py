"""What one output sees of the picture, followed from layer to layer."""

import math
from fractions import Fraction

from ._arguments import _by_axis, _is_tuple, _padding
from ._arithmetic import _conv_transpose_output, _pads, conv_output


class ReceptiveField:
    """Which pixels one output cell can see: cell i sees `start + i * jump` and the `size - 1` pixels after
    it.

    Attributes:
        size: how many pixels the window spans, padding and the gaps of dilated kernels included.
        jump: by how many pixels the window moves from one cell to the next; 0 if every cell sees everything,
            a fraction after a layer that makes pictures larger.
        start: the first pixel that cell 0 sees; negative where the window begins in the padding.

    Each is an int (or float) where all axes agree, else a tuple `(down, right)`.
    """

    def __init__(self, axes):
        self._axes = tuple(axes)

    @property
    def size(self):
        return _one_if_equal(axis.size for axis in self._axes)

    @property
    def jump(self):
        return _one_if_equal(axis.jump for axis in self._axes)

    @property
    def start(self):
        return _one_if_equal(axis.window(0)[0] for axis in self._axes)

    def window(self, *cell):
        """The first and the last pixel that a cell sees.

        Args:
            cell: one int for each axis, such as `window(row, column)`.

        Returns:
            `((top, bottom), (left, right))`, pixels, both inclusive; not cut off at the border of the
            picture.
        """
        if len(cell) != len(self._axes):
            raise ValueError(
                f"Expected one number for each of the {len(self._axes)} axes; received: {cell}. A cell is "
                "named by its row and its column, without batch or channel: `window(row, column)`."
            )
        return tuple(axis.window(i) for axis, i in zip(self._axes, cell, strict=True))

    def __eq__(self, other):
        return isinstance(other, ReceptiveField) and repr(self) == repr(other)

    __hash__ = None

    def __repr__(self):
        return f"ReceptiveField(size={self.size}, jump={self.jump}, start={self.start})"


def _one_if_equal(values):
    values = tuple(values)
    return values[0] if len(set(values)) == 1 else values


class _Reach:
    """Along one axis: the first and last pixel that each cell sees.

    The pattern repeats: `period` cells further on, everything lies `step` pixels further on. Convolutions and
    poolings have period 1; behind a transposed convolution the cells take turns.
    """

    def __init__(self, step, windows):
        self.step, self.windows = step, windows  # windows: one (first, last) for each cell of a period

    @property
    def jump(self):
        jump = Fraction(self.step, len(self.windows))
        return int(jump) if jump.denominator == 1 else float(jump)

    @property
    def size(self):
        return max((last - first + 1 for first, last in filter(None, self.windows)), default=0)

    def window(self, cell):
        turns, phase = divmod(cell, len(self.windows))
        if self.windows[phase] is None:  # sees nothing: a gap that a transposed convolution leaves
            return None
        first, last = self.windows[phase]
        return first + turns * self.step, last + turns * self.step

    def gather(self, cells_of, every=1, advance=1):
        """The reach of a layer whose cell o collects from `cells_of(o)`, and whose cell `o + every` from the
        cells `advance` further on.
        """
        rounds = len(self.windows) // math.gcd(len(self.windows), advance)
        step = self.step * (rounds * advance) // len(self.windows)
        return _Reach(step, [_join(map(self.window, cells_of(o))) for o in range(every * rounds)])

    def join(self, other):
        rounds = math.lcm(len(self.windows), len(other.windows))
        if self.step * len(other.windows) != other.step * len(self.windows):
            return None  # the branches move at different speeds
        step = self.step * rounds // len(self.windows)
        return _Reach(step, [_join([self.window(o), other.window(o)]) for o in range(rounds)])


class _Whole(_Reach):
    """Every cell sees the whole picture."""

    def __init__(self, pixels):
        last = math.inf if pixels is None else pixels - 1
        super().__init__(0, [(0, last)])

    def gather(self, cells_of, every=1, advance=1):
        return self

    def join(self, other):
        return self


def _join(windows):
    windows = [window for window in windows if window is not None]
    return (min(w[0] for w in windows), max(w[1] for w in windows)) if windows else None


# How a layer collects, along one axis. Each takes the reach of its input and returns that of its output.


def _slide(reach, size, kernel, stride=1, padding="valid", dilation=1):
    """Convolution and pooling: cell o collects from `kernel` cells, from `o stride - before` on."""
    if padding == "causal":
        before = dilation * (kernel - 1)
    else:
        before, _ = _pads(stride if size is None else size, kernel, stride, padding, dilation)
    cells = [t * dilation - before for t in range(kernel)]
    return reach.gather(lambda o: [o * stride + t for t in cells], advance=stride)


def _spread(reach, size, kernel, stride, padding, extra, dilation):
    """Transposed convolution: cell o collects from the cells i with a copy over it, `i stride + t = o`."""
    output = _conv_transpose_output(size or 1000, kernel, stride, padding, extra, dilation)
    before, _ = _pads(output, kernel, stride, padding, dilation)

    def cells_of(o):
        places = [o + before - t * dilation for t in range(kernel)]
        return [place // stride for place in places if place % stride == 0]

    return reach.gather(cells_of, every=stride)


def _enlarge(reach, factor, interpolation):
    """Upsampling: `nearest` repeats each cell, `bilinear` and the others mix neighbours."""
    reaching = {"nearest": 0, "bilinear": 1, "bicubic": 2, "lanczos3": 3, "lanczos5": 5}[interpolation]

    def cells_of(o):
        # The middle of cell o lies at (o + 1/2) / factor - 1/2 among the input cells.
        below = o // factor if interpolation == "nearest" else (2 * o + 1 - factor) // (2 * factor)
        exact = (2 * o + 1 - factor) % (2 * factor) == 0  # it falls on a cell, the others have weight 0
        return (
            [below]
            if exact or interpolation == "nearest"
            else range(below - reaching + 1, below + reaching + 1)
        )

    return reach.gather(cells_of, every=factor)


_POINTWISE = {
    "Activation", "ActivityRegularization", "Add", "AlphaDropout", "Average", "BatchNormalization", "Dropout",
    "ELU", "GaussianDropout", "GaussianNoise", "GroupNormalization", "Identity", "InputLayer",
    "LayerNormalization", "LeakyReLU", "Maximum", "Minimum", "Multiply", "Normalization", "PReLU",
    "RMSNormalization", "ReLU", "Rescaling", "Softmax", "SpatialDropout1D", "SpatialDropout2D",
    "SpatialDropout3D", "Subtract", "UnitNormalization",
}  # fmt: skip
_WHOLE = {
    "AdditiveAttention", "Attention", "BaseGlobalPooling", "Flatten", "GroupedQueryAttention",
    "MultiHeadAttention", "RNN",
}  # fmt: skip


def _kinds(layer):
    """The names of a layer's class and of all it inherits from: so that Keras need not be loaded."""
    return {cls.__name__ for cls in type(layer).__mro__}


def _field_after(layer, fields, shape, output_shape, image_size):
    """The field of a layer's output, one reach for each axis; or a sentence that says why there is none.

    Args:
        layer: Keras layer or operation.
        fields: the fields of its inputs.
        shape, output_shape: of its first input and its output, without batch axis; entries may be None.
        image_size: pixels along each axis, None where unknown.
    """
    kinds = _kinds(layer)
    for field in fields:
        if isinstance(field, str):
            return field
    whole = tuple(_Whole(n) for n in image_size)
    if not fields:
        return whole
    field = fields[0]
    for other in fields[1:]:
        field = tuple(a.join(b) for a, b in zip(field, other, strict=True))
        if None in field:
            return whole
    if all(isinstance(reach, _Whole) for reach in field) or kinds & _WHOLE:
        return whole
    channels_first = getattr(layer, "data_format", None) == "channels_first"
    spatial = (lambda s: tuple(s[1:])) if channels_first else (lambda s: tuple(s[:-1]))
    if len(spatial(shape)) != len(field):
        return whole  # the axes of the picture have been mixed up before

    def along(work, *settings):
        per_axis = [s if isinstance(s, (tuple, list)) else (s,) * len(field) for s in settings]
        return tuple(work(*axis) for axis in zip(field, *per_axis, strict=True))

    size = spatial(shape)
    if "BaseConvTranspose" in kinds:
        extra = layer.output_padding
        return along(
            _spread, size, layer.kernel_size, layer.strides, layer.padding, extra, layer.dilation_rate
        )
    if kinds & {"BaseConv", "BaseDepthwiseConv", "BaseSeparableConv"}:
        return along(_slide, size, layer.kernel_size, layer.strides, layer.padding, layer.dilation_rate)
    if "BasePooling" in kinds:
        return along(_slide, size, layer.pool_size, layer.strides, layer.padding)
    if kinds & {"UpSampling1D", "UpSampling2D", "UpSampling3D"}:
        return along(_enlarge, layer.size, getattr(layer, "interpolation", "nearest"))
    if kinds & {"ZeroPadding1D", "ZeroPadding2D", "ZeroPadding3D", "Cropping1D", "Cropping2D", "Cropping3D"}:
        sign = -1 if hasattr(layer, "padding") else 1
        sides = layer.padding if hasattr(layer, "padding") else layer.cropping
        sides = sides if isinstance(sides[0], (tuple, list)) else (sides,)
        return along(lambda reach, n: reach.gather(lambda o: [o + n]), [sign * before for before, _ in sides])
    if kinds & {"Concatenate", "Dense"}:
        axis = getattr(layer, "axis", -1)
        return field if isinstance(axis, int) and axis in (-1, len(shape)) else whole
    unchanged = len(output_shape) == len(shape) and spatial(output_shape) == size
    if unchanged and (kinds & _POINTWISE or type(layer).__name__.startswith("Random")):
        return field
    if unchanged and "Layer" not in kinds and "Operation" in kinds and not kinds & {"Roll", "Flip", "Sort"}:
        return field  # an operation such as `x * 2` or keras.ops.relu(x)
    if kinds & {"Reshape", "Permute", "Dot"} or (kinds & _POINTWISE):
        return whole
    return (
        f"Expected layers whose windows are known; received {getattr(layer, 'name', layer)!r} of type "
        f"{type(layer).__name__}. Perhaps it is a layer of your own, or one that resizes pictures. Ask for a "
        "layer before it: `receptive_field(model, layer=…)`."
    )


def _field_of_list(layers, layer, image_size):
    """The same for a plain list of layers or descriptions, one after another."""
    if isinstance(layer, int):
        end = range(len(layers))[layer] + 1 if -len(layers) <= layer < len(layers) else None
    else:
        names = [getattr(one, "name", None) for one in layers]
        wanted = getattr(layer, "name", layer)
        end = len(layers) if layer is None else names.index(wanted) + 1 if wanted in names else None
    if end is None:
        raise ValueError(
            f"Expected a layer of the list; received: layer={layer!r} for {len(layers)} layers. Count from "
            "0, or give a name that one of them has."
        )
    read = [one if hasattr(one, "compute_output_shape") else _description(one) for one in layers[:end]]
    sizes = [image_size]
    for one in read:
        if isinstance(one, dict):
            sizes.extend(one.values())
        else:
            sizes.extend(getattr(one, name, None) for name in ("kernel_size", "pool_size", "size"))
    ranks = {len(size) for size in sizes if _is_tuple(size)}
    if len(ranks) > 1:
        raise ValueError(
            f"Expected layers with equally many axes; received {' and '.join(map(str, sorted(ranks)))}. "
            "Perhaps one kernel is written for a series and another for a picture. Write all of them alike."
        )
    rank = max(ranks, default=1 if image_size is None or _is_tuple(image_size) else 2)
    size = image_size if _is_tuple(image_size) else (image_size,) * rank
    pixels = size
    field = tuple(_Reach(1, [(0, 0)]) for _ in range(rank))
    for one in read:
        if isinstance(one, dict):
            values = [v if _is_tuple(v) else (v,) * rank for v in one.values()]
            field = tuple(_slide(*axis) for axis in zip(field, size, *values, strict=True))
            if None not in size:
                size = conv_output(size, **one)
        else:
            shape = (*size, None)
            output = shape if None in size else _shape_after(one, size)
            field = _field_after(one, [field], shape, output, pixels)
            if isinstance(field, str):
                raise ValueError(field)
            size = tuple(output[:-1]) if len(output) == rank + 1 else (None,) * rank
    return ReceptiveField(field)


def _shape_after(layer, size):
    """What a layer that need not be built makes of a size; the number of channels plays no part."""
    output = layer.compute_output_shape((None, *size, getattr(layer, "groups", 1)))
    return tuple(output[1:])


def _description(one):
    """`kernel` or `(kernel, stride, padding, dilation)` as keywords of `conv_output`."""
    parts = tuple(one) if isinstance(one, (tuple, list)) else (one,)
    if not 1 <= len(parts) <= 4 or isinstance(one, (str, dict)):
        raise ValueError(
            "Expected a Keras layer, a kernel size, or (kernel, stride, padding, dilation); received: "
            f"{one!r}. What is left out at the end is 1, 'valid' and 1. Write (3, 2) for a kernel of 3 with "
            "stride 2."
        )
    defaults = {"kernel_size": 1, "strides": 1, "padding": "valid", "dilation_rate": 1}
    described = {**defaults, **dict(zip(defaults, parts, strict=False))}
    _by_axis(**described)  # raises if something makes no sense
    described["padding"] = (
        tuple(map(_padding, described["padding"]))
        if _is_tuple(described["padding"])
        else _padding(described["padding"])
    )
    return described
