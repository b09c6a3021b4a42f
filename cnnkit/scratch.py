"""Convolution, pooling, transposed convolution and their gradients, from scratch: NumPy and nothing else.

One idea carries the whole module. To convolve: **pad** the pictures, cut out a **window** for every output
cell, and multiply all the windows with the kernel in one **matrix product**. To go backwards (gradients,
transposed convolution) do the opposite in the opposite order: multiply with the kernel the other way round,
put the windows back where they were cut, adding where they overlap, and cut off the padding. Pooling pads
and cuts windows too, and then keeps one number of each window.

One dimension or two makes no difference to any of this, so the engine is written once, for any number of
axes, and `correlate1d`, `correlate2d`, `conv2d` … are thin faces of it.

Images have shape (N, H, W, C) and kernels (kh, kw, C_in, C_out), as in Keras. Everything is computed in the
floating dtype that comes in; ints are computed in float64.

What deep learning calls a convolution is a *cross-correlation*: the kernel is not flipped. Only `convolve1d`
flips.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from . import shapes

__all__ = [
    "conv2d",
    "convolution_matrix",
    "convolve1d",
    "correlate1d",
    "correlate2d",
]


# --- The engine: pad, cut windows, multiply -----------------------------------------------------------------
# `images` have shape (N, *size, C) and `kernel` (*kernel_size, C_in, C_out), where size may have 1, 2, 3 …
# axes.


def _pad(images, pads, value=0):
    """Surround every picture with `value`; `pads` has a pair (before, after) for each axis."""
    return np.pad(images, [(0, 0), *pads, (0, 0)], constant_values=value) if np.any(pads) else images


def _windows(images, kernel_size, strides, dilation):
    """The window under the kernel at each position: (N, *size, C) → (N, *output_size, *kernel_size, C).

    Nothing is copied: this is the same memory, seen in another way.
    """
    axes = tuple(range(1, 1 + len(kernel_size)))
    span = [d * (k - 1) + 1 for k, d in zip(kernel_size, dilation, strict=True)]
    windows = sliding_window_view(images, span, axis=axes)  # (N, *positions, C, *span)
    windows = np.moveaxis(windows, 1 + len(axes), -1)  # channels last again
    every = [slice(None, None, step) for step in (*strides, *dilation)]
    return windows[(slice(None), *every)]


def _convolve(images, kernel, strides, pads, dilation):
    """Pad, cut windows, multiply: (N, *size, C_in) → (N, *output_size, C_out)."""
    *kernel_size, _, filters = kernel.shape
    windows = _windows(_pad(images, pads), kernel_size, strides, dilation)
    output_size = windows.shape[1 : 1 + len(kernel_size)]
    matrix = kernel.reshape(-1, filters)  # (kh·kw·C_in, C_out): one column for each filter
    output = np.empty((len(images), *output_size, filters), images.dtype)
    # A few pictures at a time, or a few rows of a large one, so that their windows (every pixel is copied
    # once for each cell of the kernel) stay in the fast memory near the processor. Measured: twice as fast
    # as one product.
    a_row = int(np.prod(output_size[1:])) * len(matrix)
    rows = max(1, _CACHE_CELLS // a_row)
    pictures = max(1, rows // output_size[0])
    for i in range(0, len(images), pictures):
        for j in range(0, output_size[0], rows):
            block = windows[i : i + pictures, j : j + rows].reshape(-1, len(matrix))  # a row for each window
            np.matmul(block, matrix, out=output[i : i + pictures, j : j + rows].reshape(-1, filters))
    return output


_CACHE_CELLS = 2**19  # 2 MB of float32


# --- Convolution --------------------------------------------------------------------------------------------


def convolve1d(x, kernel, mode="full"):
    """The convolution of mathematics, `f_n = Σ a_p v_q` over all `p + q = n`: the kernel is flipped.

    Args:
        x: numbers, shape (n,).
        kernel: numbers, shape (k,).
        mode: "full" (every n with a term in the sum: n + k − 1 numbers), "valid" (only where the kernel lies
            inside x: n − k + 1) or "same" (the middle of "full", as long as the longer of the two).

    Returns:
        Array of shape (n + k − 1,), (n − k + 1,) or (n,); the same as `np.convolve`.

    Raises:
        ValueError, TypeError: what came is not one-dimensional, not finite or not numbers; the mode is
            unknown.

    >>> convolve1d([1, 2, 3], [4, 5, 6, 7])
    array([ 4., 13., 28., 34., 32., 21.])
    """
    x, kernel = _numbers(x=x, kernel=kernel)
    _expect_rank("x", x, "(n,)")
    _expect_rank("kernel", kernel, "(k,)")
    if mode not in ("full", "same", "valid"):
        raise ValueError(
            f"`mode` must be 'full', 'same' or 'valid'; received: mode={mode!r}. "
            "Perhaps this was meant for `padding` of correlate1d, which also takes a number of cells. "
            "Write mode='full' for the whole convolution."
        )
    if len(kernel) > len(x):  # a ∗ v = v ∗ a: slide the shorter one along the longer one
        x, kernel = kernel, x
    k = len(kernel)
    before, after = {"full": (k - 1, k - 1), "same": (k // 2, (k - 1) // 2), "valid": (0, 0)}[mode]
    return correlate1d(np.pad(x, (before, after)), kernel[::-1])


def correlate1d(x, kernel, strides=1, padding="valid", dilation_rate=1):
    """Slide the kernel along x; at each position multiply what lies under it and add up. No flip.

    Args:
        x: numbers, shape (n,).
        kernel: numbers, shape (k,).
        strides: int, by how many cells the kernel moves on.
        padding: "valid" (none), "same" (as Keras: the extra zero comes at the end), "full", or that many
            zeros on both sides.
        dilation_rate: int, the step between the kernel's cells.

    Returns:
        Array of shape (`shapes.conv_output(n, k, …)`,).

    Raises:
        ValueError, TypeError: what came does not fit; the message says how.

    >>> correlate1d([1, 2, 3, 4, 5, 6], [1, 2])
    array([ 5.,  8., 11., 14., 17.])
    """
    x, kernel = _numbers(x=x, kernel=kernel)
    _expect_rank("x", x, "(n,)")
    _expect_rank("kernel", kernel, "(k,)")
    return _layer(x[None, :, None], kernel[:, None, None], strides, padding, dilation_rate)[0, :, 0]


def correlate2d(image, kernel, strides=1, padding="valid", dilation_rate=1):
    """Slide the kernel over a grey picture; at each position multiply and add up. No flip.

    Args:
        image: numbers, shape (H, W).
        kernel: numbers, shape (kh, kw).
        strides: int or (int, int), by how many cells the kernel moves down and to the right.
        padding: "valid" (none), "same" (as Keras: extra zeros come at the bottom and on the right), "full",
            or that many zeros on every side, int or (int, int).
        dilation_rate: int or (int, int), the step between the kernel's cells; together with a stride it is
            refused, as in Keras.

    Returns:
        Array of shape (H', W'), which `shapes.conv_output((H, W), (kh, kw), …)` foretells.

    Raises:
        ValueError, TypeError: what came does not fit; the message says how.

    >>> correlate2d([[1, 2, 3], [4, 5, 6], [7, 8, 9]], [[1, 0], [0, 1]])
    array([[ 6.,  8.],
           [12., 14.]])
    """
    image, kernel = _numbers(image=image, kernel=kernel)
    _expect_rank("image", image, "(H, W)")
    _expect_rank("kernel", kernel, "(kh, kw)")
    return _layer(image[None, ..., None], kernel[..., None, None], strides, padding, dilation_rate)[0, ..., 0]


def conv2d(images, kernel, bias=None, strides=1, padding="valid", dilation_rate=1):
    """The convolutional layer: every filter slides over all channels of every picture. As Keras's `Conv2D`.

    Args:
        images: numbers, shape (N, H, W, C_in).
        kernel: numbers, shape (kh, kw, C_in, C_out): C_out filters, each as deep as the pictures.
        bias: numbers, shape (C_out,), one added to each filter's output; None adds nothing.
        strides: int or (int, int), by how many cells the kernel moves down and to the right.
        padding: "valid" (none), "same" (as Keras: extra zeros come at the bottom and on the right), "full",
            or that many zeros on every side, int or (int, int).
        dilation_rate: int or (int, int), the step between the kernel's cells; together with a stride it is
            refused, as in Keras.

    Returns:
        Array of shape (N, H', W', C_out), where `shapes.conv_output((H, W), (kh, kw), …)` is (H', W').

    Raises:
        ValueError, TypeError: what came does not fit; the message says how.

    >>> conv2d(np.ones((1, 28, 28, 3)), np.ones((5, 5, 3, 6))).shape
    (1, 24, 24, 6)
    """
    images, kernel, bias = _numbers(images=images, kernel=kernel, bias=bias)
    _expect_rank("images", images, "(N, H, W, C)")
    _expect_rank("kernel", kernel, "(kh, kw, C_in, C_out)")
    _expect_channels(images, kernel)
    output = _layer(images, kernel, strides, padding, dilation_rate)
    if bias is not None:
        _expect_bias(bias, kernel.shape[-1])
        output += bias
    return output


def _layer(images, kernel, strides, padding, dilation_rate):
    """The engine, with strides, padding and dilation in Keras's words."""
    size, kernel_size = images.shape[1:-1], kernel.shape[:-2]
    settings = _settings(size, kernel_size, strides, padding, dilation_rate)
    return _convolve(images, kernel, *settings)


def convolution_matrix(kernel, size, strides=1, padding="valid"):
    """The convolution as a matrix M: `M @ x.ravel()` is `correlate1d(x, kernel)` or `correlate2d(…)`,
    flattened.

    A convolution is a linear map, so a matrix does it: one row for each output cell, with the kernel's
    numbers in the columns of the cells under it and zeros elsewhere. It is banded, and all its rows share
    the same weights.

    Args:
        kernel: numbers, shape (k,) or (kh, kw).
        size: the size of x: int, or (H, W); an int means a square where the kernel has two axes.
        strides: int or tuple.
        padding: "valid", "same", "full", or int or tuple.

    Returns:
        Array of shape (output cells, input cells).

    Raises:
        ValueError, TypeError: what came does not fit; the message says how.

    >>> convolution_matrix([1, 2], 4)
    array([[1., 2., 0., 0.],
           [0., 1., 2., 0.],
           [0., 0., 1., 2.]])
    """
    (kernel,) = _numbers(kernel=kernel)
    if kernel.ndim not in (1, 2):
        raise ValueError(
            f"`kernel` must have shape (k,) or (kh, kw); received {kernel.shape}. "
            "Perhaps it still has its channel axes. Take one filter and one channel of it: `kernel[:, :, "
            "0, 0]`."
        )
    size = tuple(np.broadcast_to(size, kernel.ndim).tolist())
    # Convolve pictures that are zero but for a single 1: each returns one column of the matrix.
    cells = int(np.prod(size))
    ones = np.eye(cells, dtype=kernel.dtype).reshape(cells, *size, 1)
    return _layer(ones, kernel[..., None, None], strides, padding, 1).reshape(cells, -1).T


# --- Checking what came in ----------------------------------------------------------------------------------


def _numbers(**arrays):
    """The arrays in one floating dtype: the one that came in, or float64 where only ints did."""
    given = {name: value if value is None else np.asarray(value) for name, value in arrays.items()}
    for name, value in given.items():
        if value is not None and value.dtype.kind not in "fiub":
            raise TypeError(
                f"`{name}` must hold real numbers; received an array of dtype {value.dtype}. "
                "Perhaps its rows differ in length, or it holds file names instead of pictures. "
                f"Make it an array of numbers first: `np.asarray({name}, dtype='float32')`."
            )
    floats = [value.dtype for value in given.values() if value is not None and value.dtype.kind == "f"]
    dtype = np.result_type(*floats) if floats else np.dtype("float64")
    for name, value in given.items():
        if value is not None and value.dtype.kind == "f" and np.isnan(value).any():
            first = tuple(int(i[0]) for i in np.nonzero(np.isnan(value)))
            raise ValueError(
                f"`{name}` must not hold NaN; received {int(np.isnan(value).sum())} of them, the first at "
                f"{name}[{', '.join(map(str, first))}]. One NaN spreads over every window that touches it. "
                "Perhaps 0 was divided by 0 when the picture was normalised; find where it comes from, or "
                "replace it: "
                f"`np.nan_to_num({name})`."
            )
    return [None if value is None else value.astype(dtype, copy=False) for value in given.values()]


def _expect_rank(name, array, expected):
    rank = expected.count(",") + (not expected.endswith(",)"))
    if array.ndim == rank:
        return
    slip = "Look at its shape."
    if expected == "(N, H, W, C)" and array.ndim == 3:
        slip = (
            "The batch axis is missing: pass `images[None]`, or `images[..., None]` if the channel axis is."
        )
    elif expected == "(N, H, W, C)" and array.ndim == 2:
        slip = "The batch and the channel axis are missing: pass `images[None, :, :, None]`."
    elif expected == "(H, W)" and array.ndim == 3:
        slip = "Colours or a batch? Take one channel, `image[:, :, 0]`, or use conv2d for all of them."
    elif expected == "(kh, kw, C_in, C_out)" and array.ndim == 2:
        slip = "The channel axes are missing: pass `kernel[:, :, None, None]`, or use correlate2d."
    elif expected == "(kh, kw, C_in, C_out)" and array.ndim == 3:
        slip = "One of the channel axes is missing: a single filter is `kernel[..., None]`."
    elif array.ndim == rank + 1:
        slip = f"One axis too many: take one of them, such as `{name}[0]`."
    elif array.ndim == rank + 2:
        slip = f"Two axes too many: perhaps a batch and a channel axis, `{name}[0, ..., 0]`."
    elif expected == "(n,)" and array.ndim == 0:
        slip = "A single number is no sequence: write it in brackets."
    raise ValueError(f"`{name}` must have shape {expected}; received {array.shape}. {slip}")


def _expect_channels(images, kernel):
    channels = kernel.shape[-2]
    if images.shape[-1] == channels:
        return
    if images.shape[1] == channels:
        slip = "The channels seem to come first: move them with `np.moveaxis(images, 1, -1)`."
    elif kernel.shape[-1] == images.shape[-1]:
        slip = "The kernel's last two axes seem to be swapped: `kernel.swapaxes(2, 3)`."
    else:
        slip = "Every filter must be as deep as the pictures: give it as many input channels."
    raise ValueError(
        f"`images` (N, H, W, C) and `kernel` (kh, kw, C_in, C_out) must agree in C = C_in; received images "
        f"{images.shape} with {images.shape[-1]} channels and a kernel {kernel.shape} for {channels}. {slip}"
    )


def _expect_bias(bias, filters):
    if bias.shape != (filters,):
        raise ValueError(
            f"`bias` must have shape (C_out,) = ({filters},), one number for each filter; received "
            f"{bias.shape}. "
            "Perhaps it has one number for each channel of the input, or is a single number. "
            f"Write `bias=np.zeros({filters})`, or None for none."
        )


def _settings(size, kernel_size, strides, padding, dilation_rate):
    """strides, pads and dilation as one entry for each axis, after checking that they make sense together."""
    shapes.conv_output(size, kernel_size, strides, padding, dilation_rate)  # raises if nothing would be left
    pads = shapes.pad_amounts(size, kernel_size, strides, padding, dilation_rate)
    strides, dilation = (tuple(np.broadcast_to(v, len(size)).tolist()) for v in (strides, dilation_rate))
    if max(strides) > 1 and max(dilation) > 1:
        raise ValueError(
            "`strides` and `dilation_rate` must not both be larger than 1, as in Keras; "
            f"received: strides={strides}, dilation_rate={dilation}. "
            "Perhaps one of them was meant for another layer: dilate first with strides=1, then take every "
            "second cell of the output, `output[:, ::2, ::2]`."
        )
    return strides, pads, dilation
