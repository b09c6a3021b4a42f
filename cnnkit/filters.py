"""Named image filters, and applying them to a picture.

Each function returns a kernel of shape (kh, kw), to be slid over the picture as it is (cross-correlation, not
flipped). In a layer it becomes `kernel[:, :, None, None]`.

    >>> sharpen()
    array([[ 0., -1.,  0.],
           [-1.,  5., -1.],
           [ 0., -1.,  0.]])
"""

import operator

import numpy as np

from . import scratch

__all__ = ["apply", "box", "edge", "gaussian", "laplacian", "names", "prong", "sharpen", "sobel"]


def names():
    """The names of the filters here; each can be called without arguments.

    >>> names()
    ('box', 'gaussian', 'sharpen', 'edge', 'laplacian', 'sobel', 'prong')
    """
    return ("box", "gaussian", "sharpen", "edge", "laplacian", "sobel", "prong")


def box(size=3):
    """The mean of a square: every cell weighs the same. Blurs.

    Args:
        size: int, or (kh, kw), in pixels.

    Returns:
        float64 array of shape (size, size), or (kh, kw), sum 1.

    Raises:
        ValueError, TypeError: the size is no positive whole number.

    >>> box(20).shape
    (20, 20)
    """
    kh, kw = size if isinstance(size, (tuple, list)) else (size, size)
    kh, kw = _whole("size", kh), _whole("size", kw)
    return np.full((kh, kw), 1 / (kh * kw))


def gaussian(size=5, sigma=1.0):
    """A mean that weighs the middle most: the bell curve in both directions. Blurs without boxy traces.

    Args:
        size: int, in pixels; 6 sigma + 1 leaves out less than 1 % of the bell.
        sigma: float > 0, the width of the bell, in pixels.

    Returns:
        float64 array of shape (size, size), sum 1.

    Raises:
        ValueError, TypeError: the size is no positive whole number, or sigma is not positive.
    """
    size = _whole("size", size)
    if not sigma > 0:
        raise ValueError(
            f"`sigma` must be larger than 0; received: sigma={sigma}. It is the width of the bell in pixels, "
            "and one of width 0 would be a single point. Try sigma=1.0."
        )
    distance = np.arange(size) - (size - 1) / 2
    bell = np.exp(-(distance**2) / (2 * sigma**2))
    kernel = np.outer(bell, bell)
    return kernel / kernel.sum()


def sharpen(amount=1.0):
    """The picture plus `amount` times its edges: each pixel moves away from its four neighbours. Sharpens.

    With amount 1 it is 0 −1 0 / −1 5 −1 / 0 −1 0; with 1/4 it is 0 −1 0 / −1 8 −1 / 0 −1 0 over 4.

    Args:
        amount: float; 0 leaves the picture as it is.

    Returns:
        float64 array of shape (3, 3), sum 1: the brightness stays. Values may leave the range of the picture.
    """
    identity = np.array([[0.0, 0, 0], [0, 1, 0], [0, 0, 0]])
    return identity - amount * laplacian()


def edge():
    """How much brighter a pixel is than the mean of its four neighbours: 0 −1 0 / −1 4 −1 / 0 −1 0 over 4.

    Returns:
        float64 array of shape (3, 3), sum 0: flat areas give 0. The result is signed.
    """
    return np.array([[0.0, -1, 0], [-1, 4, -1], [0, -1, 0]]) / 4


def laplacian():
    """The sum of the four neighbours minus four times the pixel: 0 1 0 / 1 −4 1 / 0 1 0, the second
    derivative.

    Returns:
        float64 array of shape (3, 3), sum 0. The result is signed.
    """
    return np.array([[0.0, 1, 0], [1, -4, 1], [0, 1, 0]])


def sobel(axis=1):
    """How fast the brightness rises along an axis, smoothed across it.

    Args:
        axis: 0 looks down the picture and finds horizontal edges, 1 looks to the right and finds vertical
            ones.

    Returns:
        float64 array of shape (3, 3), sum 0. The result is signed: positive where it gets brighter.

    Raises:
        ValueError: the axis is neither 0 nor 1.

    >>> sobel(axis=1)
    array([[-1.,  0.,  1.],
           [-2.,  0.,  2.],
           [-1.,  0.,  1.]])
    """
    if axis not in (0, 1):
        raise ValueError(
            f"`axis` must be 0 (down) or 1 (to the right); received: axis={axis!r}. "
            "A picture has height first, then width. Write axis=1 for vertical edges."
        )
    kernel = np.outer([1.0, 2, 1], [-1.0, 0, 1])
    return kernel if axis == 1 else kernel.T


def prong():
    """A 5×5 kernel meant to find the prong of a handwritten three; it finds edges instead.

    Returns:
        float64 array of shape (5, 5), sum 0. The result is signed.
    """
    return np.array(
        [
            [0.0, 0, -1, 0, 0],
            [0, -1, -2, -1, 0],
            [-1, -2, 16, -2, -1],
            [0, -1, -2, -1, 0],
            [0, 0, -1, 0, 0],
        ]
    )


def apply(image, kernel, padding="same"):
    """Slide a kernel over a picture, over each colour apart.

    Args:
        image: (H, W), (H, W, 1) or (H, W, 3); float, or ints such as uint8 0–255.
        kernel: (kh, kw).
        padding: "same" (zeros all round, the size stays), "valid" (none), or that many zeros on every side.
            Zeros are black, so a blur darkens the border.

    Returns:
        Float array with the axes of `image`: its own dtype if that was a float, else float64, on the scale
        that came in. **Not clipped**: sharpening leaves 0–255 on both sides, and edge filters return signed
        numbers. To show them, clip, or use a colour map centred on 0.

    Raises:
        ValueError, TypeError: what came is no picture or no kernel; the message says what to do.

    >>> apply(np.zeros((427, 640, 3), "uint8"), box(20), padding=18).shape
    (444, 657, 3)
    """
    image, kernel = np.asarray(image), np.asarray(kernel)
    if kernel.ndim != 2:
        raise ValueError(
            f"`kernel` must have shape (kh, kw); received {kernel.shape}. A layer's kernel has two channel "
            "axes more: take one filter and one channel of it, `kernel[:, :, 0, 0]`."
        )
    if image.dtype.kind == "f":
        kernel = kernel.astype(image.dtype)
    if image.ndim == 2:
        return scratch.correlate2d(image, kernel, padding=padding)
    if image.ndim != 3 or image.shape[-1] not in (1, 3):
        if image.ndim == 3 and image.shape[0] in (1, 3):
            slip = "The channels seem to come first: move them with `np.moveaxis(image, 0, -1)`."
        elif image.ndim == 4:
            slip = "Drop the batch axis: `image[0]`."
        elif image.ndim == 3 and image.shape[-1] == 4:
            slip = "The fourth channel is transparency: leave it out with `image[..., :3]`."
        else:
            slip = "A layer's many channels are for scratch.conv2d; take one of them with `image[..., 0]`."
        raise ValueError(
            f"`image` must have shape (H, W), (H, W, 1) or (H, W, 3); received {image.shape}. {slip}"
        )
    colours = [scratch.correlate2d(colour, kernel, padding=padding) for colour in np.moveaxis(image, -1, 0)]
    return np.stack(colours, axis=-1)


def _whole(name, value):
    try:
        number = operator.index(value)
    except TypeError:
        raise TypeError(
            f"`{name}` must be a whole number of pixels; received: {name}={value!r} "
            f"({type(value).__name__}). "
            f"Perhaps it is the result of a division: use `//`, or write {name}=3."
        ) from None
    if number < 1:
        raise ValueError(
            f"`{name}` must be at least 1 pixel; received: {name}={number}. A kernel without cells sees "
            f"nothing. Write {name}=3."
        )
    return number
