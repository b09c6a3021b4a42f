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

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from . import shapes

__all__ = [
    "average_pool2d",
    "conv2d",
    "conv2d_gradients",
    "conv2d_transpose",
    "convolution_matrix",
    "convolve1d",
    "correlate1d",
    "correlate2d",
    "max_pool2d",
    "min_pool2d",
    "stochastic_pool2d",
]


# --- The engine: pad, cut windows, multiply; and back -------------------------------------------------------
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
    # In blocks: a few pictures, or a few rows of a large one, so that their windows (every pixel is copied
    # once for each cell of the kernel) stay in the fast memory near the processor. One product over
    # everything takes twice as long, and on a busy machine far more.
    a_row = max(1, int(np.prod(output_size[1:])) * len(matrix))
    rows = max(1, min(_BLOCK_CELLS, _BLOCK_PRODUCTS // max(1, filters)) // a_row)
    pictures = max(1, rows // output_size[0])

    def fill(i):
        for j in range(0, output_size[0], rows):
            block = windows[i : i + pictures, j : j + rows].reshape(-1, len(matrix))  # a row for each window
            np.matmul(block, matrix, out=output[i : i + pictures, j : j + rows].reshape(-1, filters))

    starts = range(0, len(images), pictures)
    if len(starts) < 2 or output.size * len(matrix) < _WORTH_THREADS:
        for i in starts:
            fill(i)
    else:
        with ThreadPoolExecutor() as pool:  # NumPy lets go of Python's lock while it copies and multiplies
            list(pool.map(fill, starts))
    return output


_BLOCK_CELLS = 2**17  # 512 kB of float32
_BLOCK_PRODUCTS = 2**20  # below this many multiply-adds OpenBLAS starts no threads of its own
_WORTH_THREADS = 2**24  # multiply-adds


def _put_back(windows, size, strides, dilation):
    """The opposite of `_windows`: put every window back where it was cut, adding up where they overlap."""
    axes = len(size)
    cells, kernel_size = windows.shape[1 : 1 + axes], windows.shape[1 + axes : -1]
    images = np.zeros((len(windows), *size, windows.shape[-1]), windows.dtype)
    for cell in np.ndindex(*kernel_size):  # one cell of all windows at once
        steps = zip(cell, cells, strides, dilation, strict=True)
        places = [slice(c * d, c * d + (n - 1) * s + 1, s) for c, n, s, d in steps]
        images[(slice(None), *places)] += windows[(..., *cell, slice(None))]
    return images


def _convolve_back(upstream, kernel, size, strides, pads, dilation):
    """Multiply, put the windows back, cut off the padding: (N, *output_size, C_out) → (N, *size, C_in).

    The transpose of `_convolve`: each number goes back along the ways on which the convolution would have
    collected it. Not the inverse: what comes out has the shape of the pictures, not their values.
    """
    *kernel_size, channels, filters = kernel.shape
    windows = upstream @ kernel.reshape(-1, filters).T  # (N, *output_size, kh·kw·C_in)
    windows = windows.reshape(*upstream.shape[:-1], *kernel_size, channels)
    padded = [before + n + after for n, (before, after) in zip(size, pads, strict=True)]
    images = _put_back(windows, padded, strides, dilation)
    inside = [slice(before, before + n) for n, (before, _) in zip(size, pads, strict=True)]
    return images[(slice(None), *inside)]


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
        ValueError, TypeError: what came is not one-dimensional, holds NaN or no numbers; the mode is
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
            "Perhaps it still has its channel axes. Take one filter and one channel: `kernel[:, :, 0, 0]`."
        )
    shapes.conv_output(size, kernel.shape, strides, padding)  # raises if something makes no sense
    size = tuple(np.broadcast_to(size, kernel.ndim).tolist())
    # Convolve pictures that are zero but for a single 1: each returns one column of the matrix.
    cells = int(np.prod(size))
    ones = np.eye(cells, dtype=kernel.dtype).reshape(cells, *size, 1)
    return _layer(ones, kernel[..., None, None], strides, padding, 1).reshape(cells, -1).T


# --- Gradients and the transposed convolution ---------------------------------------------------------------


def conv2d_gradients(images, kernel, upstream, strides=1, padding="valid", dilation_rate=1):
    """How a loss changes with the pictures, the kernel and the bias of a `conv2d`, given how it changes with
    the output.

    Each output number is a window times the kernel. So the kernel's gradient is the sum over all positions of
    window times upstream, and the pictures' gradient sends each upstream number back through the kernel into
    its window. Both are convolutions again.

    Args:
        images: numbers, shape (N, H, W, C_in), what went into conv2d.
        kernel: numbers, shape (kh, kw, C_in, C_out).
        upstream: numbers, shape (N, H', W', C_out): the loss's gradient with respect to the output of conv2d.
        strides, padding, dilation_rate: as they were given to conv2d.

    Returns:
        `(d_images, d_kernel, d_bias)` with the shapes of images, kernel and (C_out,).

    Raises:
        ValueError, TypeError: what came does not fit; the message says how.

    >>> images, kernel = np.ones((1, 28, 28, 3)), np.ones((5, 5, 3, 6))
    >>> [d.shape for d in conv2d_gradients(images, kernel, upstream=np.ones((1, 24, 24, 6)))]
    [(1, 28, 28, 3), (5, 5, 3, 6), (6,)]
    """
    images, kernel, upstream = _numbers(images=images, kernel=kernel, upstream=upstream)
    _expect_rank("images", images, "(N, H, W, C)")
    _expect_rank("kernel", kernel, "(kh, kw, C_in, C_out)")
    _expect_channels(images, kernel)
    size, kernel_size = images.shape[1:-1], kernel.shape[:-2]
    strides, pads, dilation = _settings(size, kernel_size, strides, padding, dilation_rate)
    windows = _windows(_pad(images, pads), kernel_size, strides, dilation)
    _expect_upstream(upstream, (*windows.shape[:3], kernel.shape[-1]))

    d_kernel = np.zeros_like(kernel).reshape(-1, kernel.shape[-1])  # (kh·kw·C_in, C_out)
    for picture, arrived in zip(windows, upstream, strict=True):
        arrived = arrived.reshape(-1, kernel.shape[-1])  # (H'·W', C_out)
        d_kernel += picture.reshape(len(arrived), -1).T @ arrived  # the sum over all positions
    d_images = _convolve_back(upstream, kernel, size, strides, pads, dilation)
    d_bias = upstream.sum(axis=(0, 1, 2))
    return d_images, d_kernel.reshape(kernel.shape), d_bias


def conv2d_transpose(
    images, kernel, bias=None, strides=1, padding="valid", output_padding=None, dilation_rate=1
):
    """Make pictures larger: every input number lays a copy of the kernel into the output, `strides` apart.
    As Keras's `Conv2DTranspose`.

    It is the transpose of a convolution, the very thing that computes `d_images` above: what `conv2d`
    collects from a window, this spreads over it. It undoes the change of *size*, not the convolution.

    Args:
        images: numbers, shape (N, H, W, C_in).
        kernel: numbers, shape (kh, kw, C_out, C_in): the channels stand the other way round, as in Keras,
            because this is the kernel of the convolution that is transposed.
        bias: numbers, shape (C_out,), or None.
        strides: int or (int, int), how far apart the copies are laid.
        padding: "valid" (all of it), "same" (size × strides; what overhangs is cut off, the odd cell at the
            end), or an int or (int, int): that many cells cut off on every side.
        output_padding: int or (int, int), smaller than the stride: chooses among the sizes that the
            convolution would have shrunk to this one; None lets Keras's rule choose.
        dilation_rate: int or (int, int); together with a stride it is refused, as in Keras.

    Returns:
        Array of shape (N, H', W', C_out), where `shapes.conv_transpose_output((H, W), …)` is (H', W').

    Raises:
        ValueError, TypeError: what came does not fit; the message says how.

    >>> conv2d_transpose(np.ones((4, 10, 8, 128)), np.ones((3, 3, 32, 128)), strides=2).shape
    (4, 21, 17, 32)
    """
    images, kernel, bias = _numbers(images=images, kernel=kernel, bias=bias)
    _expect_rank("images", images, "(N, H, W, C)")
    _expect_rank("kernel", kernel, "(kh, kw, C_out, C_in)")
    _expect_channels(images, kernel, axis=-1)
    small, kernel_size = images.shape[1:-1], kernel.shape[:-2]
    size = shapes.conv_transpose_output(small, kernel_size, strides, padding, output_padding, dilation_rate)
    strides, pads, dilation = _settings(size, kernel_size, strides, padding, dilation_rate)
    if shapes.conv_output(size, kernel_size, strides, padding, dilation) != small:
        raise ValueError(
            f"Expected an output that a convolution with strides={strides} and padding={padding!r} shrinks "
            f"to {small}; received output_padding={output_padding}, which makes it {size}. With 'same' and "
            "an even kernel, an output_padding of 0 loses the last row. Leave output_padding out, or make "
            "it 1 or more."
        )
    output = _convolve_back(images, kernel, size, strides, pads, dilation)
    if bias is not None:
        _expect_bias(bias, kernel.shape[-2])
        output = output + bias
    return output


# --- Pooling: pad, cut windows, keep one number of each -----------------------------------------------------
# Padded cells never count: each pooling pads with the value that cannot win.


def max_pool2d(images, pool_size=2, strides=None, padding="valid"):
    """Keep the largest number of each window, for every channel apart. As Keras's `MaxPooling2D`.

    Args:
        images: numbers, shape (N, H, W, C).
        pool_size: int or (int, int), the window.
        strides: int or (int, int), by how many cells the window moves; None means by its own size.
        padding: "valid" (none; what is left over at the end is dropped), "same" (as Keras), or that many
            cells on every side. Padded cells never win.

    Returns:
        Array of shape (N, H', W', C), where `shapes.pool_output((H, W), …)` is (H', W').

    Raises:
        ValueError, TypeError: what came does not fit; the message says how.

    >>> max_pool2d(np.ones((1, 640, 480, 12))).shape
    (1, 320, 240, 12)
    """
    return _pool_windows(images, pool_size, strides, padding, value=-np.inf).max(axis=(3, 4))


def min_pool2d(images, pool_size=2, strides=None, padding="valid"):
    """Keep the smallest number of each window, for every channel apart: `-max_pool2d(-images)`.

    Args:
        images, pool_size, strides, padding: as for `max_pool2d`.

    Returns:
        Array of shape (N, H', W', C).

    Raises:
        ValueError, TypeError: what came does not fit; the message says how.
    """
    return _pool_windows(images, pool_size, strides, padding, value=np.inf).min(axis=(3, 4))


def average_pool2d(images, pool_size=2, strides=None, padding="valid"):
    """The mean of each window, for every channel apart. As Keras's `AveragePooling2D`.

    Args:
        images, pool_size, strides, padding: as for `max_pool2d`. Padded cells are not counted: at the border
            the mean is taken over fewer cells.

    Returns:
        Array of shape (N, H', W', C).

    Raises:
        ValueError, TypeError: what came does not fit; the message says how.
    """
    windows = _pool_windows(images, pool_size, strides, padding, value=0)
    one = np.ones((1, *np.shape(images)[1:3], 1), windows.dtype)
    counted = _pool_windows(one, pool_size, strides, padding, value=0)  # 1 for a pixel, 0 for padding
    return windows.sum(axis=(3, 4)) / counted.sum(axis=(3, 4))


def stochastic_pool2d(images, pool_size=2, strides=None, padding="valid", seed=None):
    """Draw one number of each window, the likelier the larger it is: probability = number / sum of the
    window.

    Args:
        images: numbers ≥ 0, shape (N, H, W, C), such as come out of a ReLU.
        pool_size, strides, padding: as for `max_pool2d`. Padded cells are never drawn before a pixel that is
            not 0.
        seed: int or numpy.random.Generator; None draws differently every time.

    Returns:
        Array of shape (N, H', W', C). A window of zeros returns 0.

    Raises:
        ValueError, TypeError: what came does not fit; the message says how.

    Source: Zeiler and Fergus, "Stochastic pooling for regularization of deep convolutional neural networks",
    ICLR 2013.
    """
    windows = _pool_windows(images, pool_size, strides, padding, value=0)
    if windows.size and windows.min() < 0:
        raise ValueError(
            "`images` must not be negative, for probabilities are made of them; received "
            f"{windows.min():.4g}. Perhaps the activation before the pooling is missing. Apply a ReLU first: "
            "`np.maximum(images, 0)`."
        )
    windows = np.moveaxis(windows, -1, 3)  # (N, H', W', C, kh, kw)
    windows = windows.reshape(*windows.shape[:4], -1)
    # Lay the numbers of a window end to end and throw a dart at the line: it hits the long ones more often.
    line = windows.cumsum(axis=-1)
    dart = line[..., -1:] * np.random.default_rng(seed).random((*line.shape[:-1], 1), dtype="float64")
    hit = (dart < line).argmax(axis=-1)  # the first whose end lies beyond the dart
    return np.take_along_axis(windows, hit[..., None], axis=-1)[..., 0]


def _pool_windows(images, pool_size, strides, padding, value):
    """The windows of a pooling, (N, H', W', kh, kw, C), padded with `value`."""
    (images,) = _numbers(images=images)
    _expect_rank("images", images, "(N, H, W, C)")
    size, strides = images.shape[1:-1], pool_size if strides is None else strides
    shapes.pool_output(size, pool_size, strides, padding)  # raises if nothing would be left
    pads = shapes.pad_amounts(size, pool_size, strides, padding)
    pool_size, strides = (tuple(np.broadcast_to(v, len(size)).tolist()) for v in (pool_size, strides))
    return _windows(_pad(images, pads, value), pool_size, strides, (1,) * len(size))


# --- Checking what came in ----------------------------------------------------------------------------------


def _numbers(**arrays):
    """The arrays in one floating dtype: the one that came in, or float64 where only ints did."""
    given = {name: _array(name, value) for name, value in arrays.items() if value is not None}
    floats = [value.dtype for value in given.values() if value.dtype.kind == "f"]
    dtype = np.result_type(*floats) if floats else np.dtype("float64")
    for name, value in given.items():
        if value.dtype.kind == "f" and np.isnan(value).any():
            first = tuple(int(i[0]) for i in np.nonzero(np.isnan(value)))
            raise ValueError(
                f"`{name}` must not hold NaN; received {int(np.isnan(value).sum())} of them, the first at "
                f"{name}[{', '.join(map(str, first))}]. One NaN spreads over every window that touches it. "
                "Perhaps 0 was divided by 0 when the picture was normalised: find where it comes from, or "
                f"write `np.nan_to_num({name})`."
            )
    return [given[name].astype(dtype, copy=False) if name in given else None for name in arrays]


def _array(name, value):
    try:
        array = np.asarray(value)
    except ValueError:  # rows of unequal length
        array = np.asarray(value, dtype=object)
    if array.dtype.kind not in "fiub":
        raise TypeError(
            f"`{name}` must hold real numbers; received an array of dtype {array.dtype}. "
            "Perhaps its rows differ in length, or it holds file names instead of pictures. "
            f"Make it an array of numbers first: `np.asarray({name}, dtype='float32')`."
        )
    return array


def _expect_rank(name, array, expected):
    rank = expected.count(",") + (not expected.endswith(",)"))
    if array.ndim == rank:
        return
    slip = "Look at its shape."
    if expected == "(N, H, W, C)" and array.ndim == 3:
        slip = "The batch axis is missing: pass `images[None]` (or `images[..., None]` for grey pictures)."
    elif expected == "(N, H, W, C)" and array.ndim == 2:
        slip = "The batch and the channel axis are missing: pass `images[None, :, :, None]`."
    elif expected == "(H, W)" and array.ndim == 3:
        slip = "Colours or a batch? Take one channel, `image[:, :, 0]`, or use conv2d for all of them."
    elif expected.startswith("(kh, kw, C") and array.ndim == 2:
        slip = "The channel axes are missing: pass `kernel[:, :, None, None]`, or use correlate2d."
    elif expected.startswith("(kh, kw, C") and array.ndim == 3:
        slip = "One of the channel axes is missing: a single filter is `kernel[..., None]`."
    elif array.ndim == rank + 1:
        slip = f"One axis too many: take one of them, such as `{name}[0]`."
    elif array.ndim == rank + 2:
        slip = f"Two axes too many: perhaps a batch and a channel axis, `{name}[0, ..., 0]`."
    elif expected == "(n,)" and array.ndim == 0:
        slip = "A single number is no sequence: write it in brackets."
    raise ValueError(f"`{name}` must have shape {expected}; received {array.shape}. {slip}")


def _expect_channels(images, kernel, axis=-2):
    axes = "(kh, kw, C_in, C_out)" if axis == -2 else "(kh, kw, C_out, C_in)"
    channels = kernel.shape[axis]
    if images.shape[-1] == channels:
        return
    if images.shape[1] == channels:
        slip = "The channels seem to come first: move them with `np.moveaxis(images, 1, -1)`."
    elif kernel.shape[-3 - axis] == images.shape[-1]:
        slip = "The kernel's last two axes seem to be swapped: `kernel.swapaxes(2, 3)`."
    else:
        slip = "Every filter must be as deep as the pictures: give it as many input channels."
    raise ValueError(
        f"`images` (N, H, W, C) and `kernel` {axes} must agree in C = C_in; received images "
        f"{images.shape} with {images.shape[-1]} channels and a kernel {kernel.shape} for {channels}. {slip}"
    )


def _expect_bias(bias, filters):
    if bias.shape != (filters,):
        raise ValueError(
            f"`bias` must have shape (C_out,) = ({filters},), one number for each filter; received "
            f"{bias.shape}. Perhaps it has one number for each channel of the input, or is a single number. "
            f"Write `bias=np.zeros({filters})`, or None for none."
        )


def _expect_upstream(upstream, expected):
    if upstream.shape != expected:
        raise ValueError(
            f"`upstream` must have the shape of conv2d's output, {expected}; received {upstream.shape}. "
            "Perhaps strides or padding are not those of the forward pass. Give both calls the same ones."
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
