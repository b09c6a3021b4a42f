"""The sizes that layers give, what Keras pads, and what a convolution costs."""

import math

from ._arguments import _by_axis, _count, _is_tuple, _square


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
            f"`{word}` must not be larger than the (padded) input, or nothing would be left; received: "
            f"{word}={kernel}{dilated} on {size} cells with padding={padding!r}. Perhaps the picture has "
            "shrunk too far on its way through the layers, or its axes are in another order. Use "
            f"padding='same', a smaller {word}, or a larger input."
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
            f"strides={stride}. It only chooses among the sizes that a convolution with this stride would "
            "shrink to the same one. Leave it out, or raise the stride."
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
            f"{result}. Padding is cut off here, not added: take less of it, or a larger kernel."
        )
    return result


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
