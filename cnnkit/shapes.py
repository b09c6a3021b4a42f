"""The arithmetic of layers: sizes, weights, multiply-adds and receptive fields.

Nothing here touches a pixel: the functions take sizes and return sizes. Sizes may be ints, for one axis (or
for both axes of a square), or tuples such as `(height, width)`; what goes in as a tuple comes out as a tuple.

    >>> conv_output(28, 5)
    24
    >>> conv_output((443, 592), 5, padding="same", strides=2)
    (222, 296)
"""

import html
import math
import operator
import re
from fractions import Fraction
from typing import NamedTuple

__all__ = [
    "LayerTable",
    "ReceptiveField",
    "conv_multiply_adds",
    "conv_output",
    "conv_transpose_output",
    "conv_weights",
    "effective_kernel_size",
    "pad_amounts",
    "pool_output",
    "receptive_field",
    "table",
]

# --- Sizes --------------------------------------------------------------------------------------------------


def effective_kernel_size(kernel_size, dilation_rate=1):
    """How many cells a dilated kernel spans: `d (k - 1) + 1`.

    Args:
        kernel_size: int or tuple, cells along each axis.
        dilation_rate: int or tuple, the step between the cells of the kernel; 1 leaves no gaps.

    Returns:
        int or tuple.

    >>> effective_kernel_size(3, dilation_rate=2)
    5
    """
    (kernel, dilation), back = _by_axis(kernel_size=kernel_size, dilation_rate=dilation_rate)
    return back(d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True))


def pad_amounts(size, kernel_size, strides=1, padding="valid", dilation_rate=1):
    """How many cells of padding go before and after each axis, as Keras does it.

    `"same"` pads so much that `ceil(size / strides)` windows fit. Where that number is odd, the extra cell
    goes at the *end*: with a kernel of 2 only the bottom row and the right column are padded.

    Args:
        size: int or tuple, cells along each axis of the input.
        kernel_size: int or tuple.
        strides: int or tuple.
        padding: "valid" (none), "same", "full" (every window that touches a cell), or an int or tuple: that
            many cells on both sides.
        dilation_rate: int or tuple.

    Returns:
        `(before, after)`; a tuple of such pairs if any of the sizes came as a tuple.

    >>> pad_amounts(6, 3, strides=2, padding="same")
    (0, 1)
    """
    named = dict(size=size, kernel_size=kernel_size, strides=strides, dilation_rate=dilation_rate)
    (sizes, kernel, strides, dilation, pads), back = _by_axis(**named, padding=padding)
    return back(_pads(*axis) for axis in zip(sizes, kernel, strides, pads, dilation, strict=True))


def conv_output(size, kernel_size, strides=1, padding="valid", dilation_rate=1):
    """The size that a convolution returns: `floor((n + 2 p - k) / s) + 1`.

    Args:
        size: int or tuple, cells along each axis of the input.
        kernel_size: int or tuple. A dilation d makes it `d (k - 1) + 1`.
        strides: int or tuple.
        padding: "valid", "same" (as Keras: `ceil(size / strides)` comes out), "full", or an int or tuple:
            that many cells on both sides.
        dilation_rate: int or tuple. Keras's layers refuse a dilation together with a stride; the formula
            does not.

    Returns:
        int, or a tuple if any argument was one.

    Raises:
        ValueError: nothing would be left, or an argument makes no sense.

    >>> conv_output(7, 3, strides=2)
    3
    """
    named = dict(size=size, kernel_size=kernel_size, strides=strides, dilation_rate=dilation_rate)
    (sizes, kernel, strides, dilation, pads), back = _by_axis(**named, padding=padding)
    axes = zip(sizes, kernel, strides, pads, dilation, strict=True)
    return back(_conv_output(*axis, word="kernel_size") for axis in axes)


def pool_output(size, pool_size, strides=None, padding="valid"):
    """The size that a pooling returns: `floor((n + 2 p - k) / s) + 1`, as for a convolution.

    Args:
        size: int or tuple, cells along each axis of the input.
        pool_size: int or tuple.
        strides: int or tuple; None means the pool size, so that the windows do not overlap.
        padding: "valid", "same", or an int (smaller than the pool size): that many cells on both sides.

    Returns:
        int, or a tuple if any argument was one.

    Raises:
        ValueError: nothing would be left, or an argument makes no sense.

    >>> pool_output((640, 480), 2)
    (320, 240)
    """
    strides = pool_size if strides is None else strides
    (sizes, pool, strides, pads), back = _by_axis(
        size=size, pool_size=pool_size, strides=strides, padding=padding
    )
    for k, p in zip(pool, pads, strict=True):
        if not isinstance(p, str) and p >= k:
            raise ValueError(
                f"`padding` of a pooling must be smaller than `pool_size`; received: padding={p}, "
                f"pool_size={k}. "
                "Otherwise some windows would hold nothing but padding. Use padding='same', or pad less."
            )
    axes = zip(sizes, pool, strides, pads, strict=True)
    return back(_conv_output(*axis, dilation=1, word="pool_size") for axis in axes)


def conv_transpose_output(
    size, kernel_size, strides=1, padding="valid", output_padding=None, dilation_rate=1
):
    """The size that a transposed convolution returns, as Keras's `Conv2DTranspose`.

    valid: `(n - 1) s + max(k, s)`; same: `n s`. With `output_padding` o: `(n - 1) s + k + o` and
    `(n - 1) s + k % 2 + o`. With an int p as padding: `(n - 1) s + k - 2 p + o`.

    Several input sizes of a strided convolution share one output size, so the way back is ambiguous:
    `output_padding` chooses among them.

    Args:
        size: int or tuple, cells along each axis of the input (the smaller side).
        kernel_size: int or tuple.
        strides: int or tuple.
        padding: "valid", "same", or an int or tuple: that many cells are cut off on both sides.
        output_padding: int or tuple, smaller than the stride; None lets Keras choose.
        dilation_rate: int or tuple.

    Returns:
        int, or a tuple if any argument was one.

    Raises:
        ValueError: nothing would be left, or an argument makes no sense.

    >>> conv_transpose_output((10, 8), 3, strides=2)
    (21, 17)
    """
    named = dict(size=size, kernel_size=kernel_size, strides=strides, dilation_rate=dilation_rate)
    extra = {} if output_padding is None else {"output_padding": output_padding}
    (sizes, kernel, strides, dilation, pads, *given), back = _by_axis(**named, padding=padding, **extra)
    extras = given[0] if given else [None] * len(sizes)
    axes = zip(sizes, kernel, strides, pads, extras, dilation, strict=True)
    return back(_conv_transpose_output(*axis) for axis in axes)


# One axis at a time: here are the formulas.


def _pads(size, kernel, stride, padding, dilation):
    span = dilation * (kernel - 1) + 1
    if padding == "valid":
        return 0, 0
    if padding == "same":
        windows = -(-size // stride)  # ceil
        total = max((windows - 1) * stride + span - size, 0)
        return total // 2, total - total // 2  # an odd cell goes to the end
    if padding == "full":
        return span - 1, span - 1
    return padding, padding


def _conv_output(size, kernel, stride, padding, dilation, word):
    span = dilation * (kernel - 1) + 1
    padded = size + sum(_pads(size, kernel, stride, padding, dilation))
    if span > padded:
        dilated = f" (which spans {span} with dilation_rate={dilation})" if dilation > 1 else ""
        raise ValueError(
            f"`{word}` must not be larger than the (padded) input, or nothing would be left; "
            f"received: {word}={kernel}{dilated} on {size} cells with padding={padding!r}. "
            "Perhaps the picture has shrunk too far on its way through the layers, or its axes are in "
            "another "
            f"order. Use padding='same', a smaller {word}, or a larger input."
        )
    return (padded - span) // stride + 1


def _conv_transpose_output(size, kernel, stride, padding, extra, dilation):
    span = dilation * (kernel - 1) + 1
    if padding == "full":
        raise ValueError(
            "`padding` of a transposed convolution must be 'valid', 'same' or an int; received: "
            "padding='full'. "
            "The transpose of a 'full' convolution is smaller than its input: use conv2d for that."
        )
    if extra is not None and extra >= stride:
        raise ValueError(
            f"`output_padding` must be smaller than `strides`; received: output_padding={extra}, "
            f"strides={stride}. "
            "It only chooses among the sizes that a convolution with this stride would shrink to the same "
            "one. "
            "Leave it out, or raise the stride."
        )
    if padding == "valid":
        result = (size - 1) * stride + (max(span, stride) if extra is None else span + extra)
    elif padding == "same":
        result = size * stride if extra is None else (size - 1) * stride + span % 2 + extra
    else:
        result = (size - 1) * stride + span - 2 * padding + (extra or 0)
    if result < 1:
        raise ValueError(
            f"Expected an output of at least one cell; a transposed convolution of size={size}, "
            f"kernel_size={kernel}, strides={stride}, padding={padding!r}, output_padding={extra} returns "
            f"{result}. "
            "Padding is cut off here, not added: take less of it, or a larger kernel."
        )
    return result


# --- Cost ---------------------------------------------------------------------------------------------------


def conv_weights(kernel_size, in_channels, filters, bias=True):
    """The number of weights of a convolution: `kh kw C_in C_out`, plus one bias a filter.

    Args:
        kernel_size: int for a square kernel, or a tuple: `(kh, kw)`, or `(k,)` in one dimension.
        in_channels: int, channels of the input. Each filter is as deep as the input.
        filters: int, channels of the output.
        bias: whether the biases are counted.

    Returns:
        int.

    >>> conv_weights(5, in_channels=3, filters=6)
    456
    """
    in_channels, filters = _count("in_channels", in_channels), _count("filters", filters)
    return math.prod(_square("kernel_size", kernel_size)) * in_channels * filters + (filters if bias else 0)


def conv_multiply_adds(output_size, kernel_size, in_channels, filters):
    """The number of multiply-adds that a convolution needs for one picture: weights × output cells.

    Args:
        output_size: int for a square output, or a tuple: `(height, width)`, or `(n,)` in one dimension.
        kernel_size: int or tuple, likewise.
        in_channels: int, channels of the input.
        filters: int, channels of the output.

    Returns:
        int. Adding the bias is not counted.

    >>> conv_multiply_adds(32, 5, in_channels=3, filters=10)
    768000
    """
    rank = max((len(v) for v in (output_size, kernel_size) if _is_tuple(v)), default=2)
    cells, kernel = (v if _is_tuple(v) else (v,) * rank for v in (output_size, kernel_size))
    (cells, kernel), _ = _by_axis(output_size=cells, kernel_size=kernel)
    return math.prod(cells) * conv_weights(kernel, in_channels, filters, bias=False)


# --- Receptive fields ---------------------------------------------------------------------------------------


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


def receptive_field(model_or_layers, layer=None, image_size=None):
    """The part of the picture that one cell of a layer's output can see, in pixels.

    Each layer multiplies the jump by its stride and widens the window by `(k - 1)` jumps (dilated:
    `d (k - 1)`). Where branches meet, the windows of all paths are joined. Exact for the sizes that the model
    has: `same` pads by the size. Where a size is not known, it is taken to be a multiple of the strides.
    Normalisation counts as one pixel wide: its statistics are left out.

    Args:
        model_or_layers: a built Keras model (Sequential or functional, branched, nested), or a list. The list
            holds Keras layers or descriptions: `kernel` or `(kernel, stride, padding, dilation)`, where what
            is left out is 1, "valid" and 1, and kernels may be `(kh, kw)`.
        layer: up to which layer, itself included: its name, the layer, or its place in the list. None means
            all.
        image_size: `(height, width)` of the picture; None takes it from the model.

    Returns:
        ReceptiveField with `.size`, `.jump` and `.start`. After Flatten, global pooling or attention a cell
        sees the whole picture: its size (infinite if unknown), jump 0.

    Raises:
        ValueError: the model is not built, there is no such layer, or its cells have no known window.

    >>> receptive_field([3, 3, (2, 2), 3])  # two convolutions, a pooling, a convolution
    ReceptiveField(size=10, jump=2, start=0)
    """
    if isinstance(model_or_layers, (list, tuple)):
        return _field_of_list(list(model_or_layers), layer, image_size)
    found = None
    wanted = getattr(layer, "name", layer)
    for call in _calls(model_or_layers, image_size):
        if wanted is None or wanted in (call.name, call.layer.name):
            found = call
    if found is None:
        names = ", ".join(dict.fromkeys(call.name for call in _calls(model_or_layers, image_size)))
        raise ValueError(
            f"Expected the name of a layer of the model; received: layer={wanted!r}. Perhaps Keras has "
            f"numbered "
            f"it on (conv2d_1, conv2d_2 …). The layers are: {names}."
        )
    if isinstance(found.field, str):
        raise ValueError(found.field)
    return ReceptiveField(found.field)


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
            f"0, or "
            "give a name that one of them has."
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
            "Expected a Keras layer, a kernel size, or (kernel, stride, padding, dilation); "
            f"received: {one!r}. What is left out at the end is 1, 'valid' and 1. Write (3, 2) for a "
            f"kernel of 3 "
            "with stride 2."
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


# --- Going through a model ----------------------------------------------------------------------------------


class _Call(NamedTuple):
    """One use of one layer in a model."""

    name: str  # with the names of the models around it: "vgg16/block1_conv1"
    layer: object
    input_shapes: list  # without batch axis
    output: object  # KerasTensor
    field: object  # one reach for each axis, or a sentence that says why there is none


def _calls(model, image_size=None):
    """Every use of a layer, in the order of the computation, the layers of nested models included."""
    if not hasattr(model, "layers"):
        raise ValueError(
            f"Expected a Keras model or a list of layers; received {type(model).__name__}. Perhaps it is a "
            f"single "
            "layer: put it into a list, `[layer]`."
        )
    inputs = _graph_ends(model)
    if inputs is None:
        raise ValueError(
            f"Expected a built model whose layers are connected; received {type(model).__name__} "
            f"{model.name!r}, "
            "whose input is not known yet. Begin it with `keras.Input(shape=(height, width, channels))`, "
            "or call "
            "`model.build((None, height, width, channels))`. A model class of your own has no such graph: "
            "give its layers as a list."
        )
    starts = []
    for tensor in inputs[0]:
        shape = list(tensor.shape)
        if image_size is not None and len(shape) > 2:
            size = image_size if _is_tuple(image_size) else (image_size,) * (len(shape) - 2)
            if len(size) != len(shape) - 2:
                raise ValueError(
                    f"`image_size` must have {len(shape) - 2} numbers for this model; received: "
                    f"{image_size!r}. "
                    "Leave out the batch and the channels: (height, width)."
                )
            shape[1:-1] = [_count("image_size", n) for n in size]
        starts.append(type(tensor)(shape, dtype=tensor.dtype))
    # The pixels are counted in the first picture that goes in.
    pixels = next((tuple(t.shape[1:-1]) for t in starts if len(t.shape) > 2), (None,))
    fields = [
        tuple((_Reach(1, [(0, 0)]) if len(t.shape) == len(pixels) + 2 else _Whole(n)) for n in pixels)
        for t in starts
    ]
    yield from _walk(*inputs, starts, fields, pixels, prefix="")


def _graph_ends(model):
    try:
        ends = _flat(model.inputs), _flat(model.outputs)
    except (AttributeError, ValueError):
        return None
    return ends if all(ends) and all(hasattr(t, "_keras_history") for t in ends[1]) else None


def _flat(nested):
    if isinstance(nested, dict):
        nested = list(nested.values())
    if isinstance(nested, (list, tuple)):
        return [tensor for part in nested for tensor in _flat(part)]
    return [] if nested is None else [nested]


def _walk(inputs, outputs, tensors, fields, pixels, prefix):
    """Go through the graph between `inputs` and `outputs`, with these tensors and fields at its inputs.

    Yields a _Call for each layer; returns the tensors and fields at the outputs.
    """
    known = {id(t): (tensor, field) for t, tensor, field in zip(inputs, tensors, fields, strict=True)}
    for node in _in_order(outputs, known):
        layer, name = node.operation, prefix + node.operation.name
        arriving = [known[id(t)] for t in node.input_tensors]
        shapes = [tuple(tensor.shape[1:]) for tensor, _ in arriving]
        inner = _graph_ends(layer) if hasattr(layer, "layers") else None
        if inner is not None:
            results = yield from _walk(*inner, *zip(*arriving, strict=True), pixels, prefix=name + "/")
        else:
            args, kwargs = node.arguments.fill_in({key: tensor for key, (tensor, _) in known.items()})
            made = _flat(layer.compute_output_spec(*args, **kwargs))
            came = [field for _, field in arriving]
            field = _field_after(layer, came, shapes[0] if shapes else (), tuple(made[0].shape[1:]), pixels)
            results = [(tensor, field) for tensor in made]
            yield _Call(name, layer, shapes, made[0], field)
        known.update((id(t), result) for t, result in zip(node.outputs, results, strict=True))
    return [known[id(t)] for t in outputs]


def _in_order(outputs, known):
    """The nodes that lead to `outputs`, each after those that it needs."""
    order, done = [], set()
    todo = [(t, False) for t in reversed(outputs)]
    while todo:
        tensor, ready = todo.pop()
        history = tensor._keras_history
        if id(tensor) in known or history.operation is None:
            continue
        node = history.operation._inbound_nodes[history.node_index]
        if id(node) in done:
            continue
        if ready:
            done.add(id(node))
            order.append(node)
        else:
            todo.append((tensor, True))
            todo.extend((t, False) for t in reversed(node.input_tensors))
    return order


# --- The table ----------------------------------------------------------------------------------------------


class Row(NamedTuple):
    """What one layer costs, for one picture."""

    layer: str
    output_shape: tuple  # without batch axis
    weights: int  # 0 where the weights were counted in an earlier row already
    multiply_adds: int | None  # None where we do not know how to count them
    bytes: int  # of the output
    receptive_field: ReceptiveField | None  # None where a cell has no known window


class LayerTable:
    """The layers of a model with what they cost; shows itself as HTML in a notebook and as text elsewhere.

    Attributes:
        rows: list of Row.
        weights, multiply_adds, bytes: the sums. `bytes` is what it takes to keep every output, as training
            does.
    """

    def __init__(self, name, rows):
        self.name, self.rows = name, rows

    weights = property(lambda self: sum(row.weights for row in self.rows))
    multiply_adds = property(lambda self: sum(row.multiply_adds or 0 for row in self.rows))
    bytes = property(lambda self: sum(row.bytes for row in self.rows))

    def __iter__(self):
        return iter(self.rows)

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, index):
        """A row by its number or by the name of its layer."""
        if isinstance(index, str):
            for row in self.rows:
                if row.layer == index:
                    return row
            raise KeyError(
                f"No layer {index!r}. The layers are: {', '.join(row.layer for row in self.rows)}."
            )
        return self.rows[index]

    _HEAD = ("layer", "output shape", "weights", "multiply-adds", "bytes", "receptive field")

    def _cells(self):
        for row in self.rows:
            counted = "?" if row.multiply_adds is None else f"{row.multiply_adds:,}"
            shape = " × ".join(map(str, row.output_shape))
            field = _field_in_words(row.receptive_field)
            yield row.layer, shape, f"{row.weights:,}", counted, f"{row.bytes:,}", field
        unknown = any(row.multiply_adds is None for row in self.rows)
        counted = f"{'≥ ' if unknown else ''}{self.multiply_adds:,}"
        yield "all layers", "", f"{self.weights:,}", counted, f"{self.bytes:,}", ""

    def __repr__(self):
        lines = [self._HEAD, *self._cells()]
        widths = [max(len(line[i]) for line in lines) for i in range(len(self._HEAD))]
        aligned = ["<" if i < 2 else ">" for i in range(len(self._HEAD))]  # words left, numbers right
        head, *rows, total = (
            "  ".join(f"{cell:{a}{w}}" for cell, a, w in zip(line, aligned, widths, strict=True)).rstrip()
            for line in lines
        )
        rule = "  ".join("─" * w for w in widths)
        return "\n".join([head, rule, *rows, rule, total])

    def _repr_html_(self):
        def line(cells, tag):
            sides = ["left", "left", *["right"] * (len(cells) - 2)]
            aligned = (
                f'<{tag} style="text-align:{side}">{html.escape(cell)}</{tag}>'
                for cell, side in zip(cells, sides, strict=True)
            )
            return f"<tr>{''.join(aligned)}</tr>"

        *rows, total = self._cells()
        body = "\n".join(line(cells, "td") for cells in rows)
        return (
            f"<table>\n<caption>{html.escape(self.name)}: what its layers cost, for one picture</caption>\n"
            f"<thead>{line(self._HEAD, 'th')}</thead>\n<tbody>\n{body}\n</tbody>\n"
            f"<tfoot>{line(total, 'th')}</tfoot>\n</table>"
        )


def _field_in_words(field):
    if field is None:
        return "?"
    sizes = [axis.size for axis in field._axes]
    if all(isinstance(axis, _Whole) for axis in field._axes):
        return "everything"
    return " × ".join(map(str, sizes))


def table(model, image_size=None):
    """What each layer of a Keras model costs: shape, weights, multiply-adds, bytes and receptive field.

    Args:
        model: a built Keras model, Sequential or functional. The layers of models inside it get rows of their
            own, named "outer/inner".
        image_size: `(height, width)` of the pictures; None takes it from the model.

    Returns:
        LayerTable of Rows: layer, output shape (without the batch axis), weights (biases and other parameters
        included), multiply-adds for one picture (biases, activations, pooling and normalisation not counted),
        bytes of the output for one picture, ReceptiveField.

    Raises:
        ValueError: the model is not built, or the size of its pictures is not known.
    """
    rows, counted = [], set()
    for call in _calls(model, image_size):
        shape = tuple(call.output.shape[1:])
        if None in shape:
            raise ValueError(
                f"Expected a known size of picture; received a model whose layer {call.name!r} has the "
                f"output shape "
                f"{shape}. It was built for pictures of any size. Say which: `table(model, "
                f"image_size=(224, 224))`."
            )
        weights = 0 if id(call.layer) in counted else _weights_of(call.layer)
        counted.add(id(call.layer))
        field = None if isinstance(call.field, str) else ReceptiveField(call.field)
        width = max(1, int((re.findall(r"\d+", str(call.output.dtype)) or ["8"])[0]) // 8)
        adds = _multiply_adds_of(call.layer, call.input_shapes, shape)
        rows.append(Row(call.name, shape, weights, adds, math.prod(shape) * width, field))
    return LayerTable(model.name, rows)


def _weights_of(layer):
    return sum(math.prod(weight.shape) for weight in getattr(layer, "weights", ()))


def _multiply_adds_of(layer, input_shapes, output_shape):
    """The multiply-adds of a layer for one picture; None for layers that we cannot count."""
    kinds = _kinds(layer)
    if getattr(layer, "data_format", None) == "channels_first":
        input_shapes = [(*shape[1:], shape[0]) for shape in input_shapes]
        output_shape = (*output_shape[1:], output_shape[0])
    shape = input_shapes[0] if input_shapes else ()
    cells = math.prod(output_shape[:-1])
    if "BaseConvTranspose" in kinds:  # every input cell lays one copy of the kernel
        return math.prod(shape) * math.prod(layer.kernel_size) * layer.filters
    if "BaseSeparableConv" in kinds:
        depth = shape[-1] * layer.depth_multiplier
        return cells * depth * (math.prod(layer.kernel_size) + layer.filters)
    if "BaseDepthwiseConv" in kinds:
        return cells * math.prod(layer.kernel_size) * output_shape[-1]
    if "BaseConv" in kinds:
        return cells * math.prod(layer.kernel_size) * (shape[-1] // layer.groups) * layer.filters
    if "Dense" in kinds:
        return cells * shape[-1] * layer.units
    few = "Normalization" in type(layer).__name__ or kinds & {"PReLU", "Embedding"}
    mixing = kinds & {"Dot", "Attention", "AdditiveAttention"}
    return 0 if (few or not _weights_of(layer)) and not mixing else None


# --- Reading the arguments ----------------------------------------------------------------------------------

_PADDINGS = ("valid", "same", "full")


def _count(name, value, least=1):
    """`value` as an int, or an error that says what is wrong with it."""
    slip = {
        "size": "A size of None means that Keras does not know it yet: give the size of a real picture.",
        "strides": "A stride of 1 moves the window by one cell; there is none smaller.",
        "dilation_rate": "A dilation of 1 leaves no gaps.",
    }.get(name, "It counts something.")
    try:
        if isinstance(value, bool):
            raise TypeError
        number = operator.index(value)
    except TypeError:
        raise TypeError(
            f"`{name}` must be a whole number or a tuple of whole numbers; received: {name}={value!r} "
            f"({type(value).__name__}). {slip} Write an int such as {max(least, 1)}."
        ) from None
    if number < least:
        raise ValueError(
            f"`{name}` must be at least {least}; received: {name}={number}. {slip} "
            f"Write a whole number from {least} up."
        )
    return number


def _padding(value):
    """`value` as "valid", "same", "full" or a number of cells."""
    if isinstance(value, str):
        if value.lower() in _PADDINGS:
            return value.lower()
        slip = {"zero": "'same' is what pads with zeros", "causal": "'causal' belongs to Conv1D"}
        raise ValueError(
            f"`padding` must be 'valid', 'same', 'full' or a number of cells; received: padding={value!r}. "
            f"{slip.get(value.lower(), 'Perhaps a slip of the pen')}: "
            "write 'valid' for no padding, 'same' to keep the size at stride 1."
        )
    return _count("padding", value, least=0)


def _is_tuple(value):
    return isinstance(value, (tuple, list)) or (hasattr(value, "__len__") and not isinstance(value, str))


def _by_axis(**named):
    """Each argument as a tuple with one entry an axis, and the way back: an int if all of them were ints."""
    lengths = {len(value) for value in named.values() if _is_tuple(value)}
    if len(lengths) > 1 or 0 in lengths:
        received = ", ".join(f"{name}={value!r}" for name, value in named.items() if _is_tuple(value))
        raise ValueError(
            f"All tuples must have one entry for each axis; received: {received}. "
            "Perhaps the batch or the channel axis is among the sizes: give (height, width) only."
        )
    rank = max(lengths, default=1)
    read = []
    for name, value in named.items():
        values = tuple(value) if _is_tuple(value) else (value,) * rank
        reader = _padding if name == "padding" else _reader(name)
        read.append(tuple(reader(v) for v in values))
    return read, (tuple if lengths else lambda items: next(iter(items)))


def _reader(name):
    return lambda value: _count(name, value, least=0 if name == "output_padding" else 1)


def _square(name, value):
    values = tuple(value) if _is_tuple(value) else (value, value)
    return tuple(_count(name, v) for v in values)
