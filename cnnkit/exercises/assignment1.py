"""The tasks of assignment A1, convolution by hand: what a student can check without the grader."""

import numpy as np

from .. import scratch, shapes
from . import _judging
from ._core import Wrong, exercise
from ._rules import expect_only, forgive


def _numpy_only(answer):
    if callable(answer):
        _judging.expect(expect_only, "numpy", answer)


def _expect_float64(answer, case):
    given = answer(*case)
    if getattr(given, "dtype", None) != np.float64:
        raise Wrong(
            "The numbers are right, but the result should be an array of dtype float64. Turn the arrays into "
            "float before you multiply: np.asarray(image, dtype=float)."
        )


def _expect_untouched(answer, case):
    before = [np.copy(part) for part in case]
    answer(*case)
    if not all(map(np.array_equal, before, case)):
        raise Wrong("Your function changes the array that it is given. Work on a new one.")


def _numbers(*shape, seed=0):
    """Whole numbers that are easy to follow, with signs and without symmetry."""
    return np.random.default_rng(seed).integers(-5, 6, shape).astype(float)


_BRIGHT = np.array([[200, 210, 220], [230, 240, 250], [200, 220, 240]], dtype=np.uint8)


def _correlate2d(image, kernel):
    return scratch.correlate2d(np.asarray(image, dtype=float), np.asarray(kernel, dtype=float))


@exercise(
    "A1.correlate2d",
    hints=(
        "The result has H − kh + 1 rows and W − kw + 1 columns. Make it with np.zeros and fill it in two loops.",
        "The window at (i, j) is image[i : i + kh, j : j + kw].",
        "output[i, j] = np.sum(window * kernel). Bytes overflow: make both float first.",
    ),
    praise="The heart of every convolutional network.",
    right=_correlate2d,
)
def _(answer):
    _numpy_only(answer)
    cases = [
        (np.arange(1, 10).reshape(3, 3), np.array([[1, 2], [3, 4]])),
        (_numbers(4, 6), _numbers(2, 3, seed=1)),
        (_numbers(5, 3), _numbers(3, 1, seed=1)),
        (_numbers(3, 4), _numbers(3, 4, seed=1)),
    ]
    _judging.function(
        answer,
        _correlate2d,
        cases,
        slips=[
            (
                lambda x, k: _correlate2d(x, k[::-1, ::-1]),
                "You turn the kernel round. Here it stays as it is.",
            ),
            (
                lambda x, k: _correlate2d(x, k)[:-1, :-1],
                "The last row and the last column of windows are missing: there are H − kh + 1 rows.",
            ),
            (lambda x, k: _correlate2d(x, k) / k.size, "That is the mean of the products. Add them up."),
            (lambda x, k: _correlate2d(x, k).T, "Rows and columns of your result are swapped."),
            (
                lambda x, k: scratch.correlate2d(x, k, padding="same"),
                "Your kernel sticks out over the edge. Keep the windows that lie wholly on the picture.",
            ),
        ],
    )
    kernel = np.array([[2, 1], [0, 3]], dtype=np.uint8)
    given = np.asarray(answer(_BRIGHT.copy(), kernel.copy()))
    if not np.array_equal(given, _correlate2d(_BRIGHT, kernel)):
        raise Wrong(
            f"Right for float, but for a picture of uint8 the first number is {given.flat[0]:g} where it should be "
            f"{_correlate2d(_BRIGHT, kernel).flat[0]:g}: a byte ends at 255. Make both arrays float first."
        )
    _expect_untouched(answer, cases[1])
    _expect_float64(answer, (_BRIGHT, kernel))


def _pad_same(image, kernel_size, strides=1):
    image = np.asarray(image)
    return np.pad(image, shapes.pad_amounts(image.shape, tuple(kernel_size), strides, "same"))


def _padded(image, pads):
    return np.pad(image, pads)


@exercise(
    "A1.pad_same",
    hints=(
        "One axis after the other. How many windows should there be? places = -(-n // strides), n / strides rounded up.",
        "The last window begins at (places − 1) · strides and ends k cells later. What sticks out over n is the total.",
        "total = max((places - 1) * strides + k - n, 0); before = total // 2; the rest goes after. Then np.pad.",
    ),
    praise="Just the zeros that Keras adds, and on the same sides.",
    right=_pad_same,
)
def _(answer):
    _numpy_only(answer)
    cases = [
        (_numbers(3, 4) + 10, (3, 3), 1),
        (_numbers(3, 4) + 10, (3, 1), 1),
        (_numbers(4, 3) + 10, (2, 4), 1),
        (_numbers(6, 7) + 10, (3, 3), 2),
        (_numbers(5, 8) + 10, (5, 2), 3),
        (_numbers(4, 5) + 10, (1, 1), 2),
    ]

    def pads(image, kernel_size, strides):
        return shapes.pad_amounts(image.shape, kernel_size, strides, "same")

    _judging.function(
        answer,
        _pad_same,
        cases,
        slips=[
            (
                lambda x, k, s: _padded(x, [pair[::-1] for pair in pads(x, k, s)]),
                "An odd zero is on the wrong side: Keras adds it at the end, below and to the right.",
            ),
            (
                lambda x, k, s: _pad_same(x, k, 1),
                "It looks as if you did not use `strides` yet. A window that jumps needs fewer zeros.",
            ),
            (
                lambda x, k, s: _padded(x, [(n // 2, n // 2) for n in k]),
                "k // 2 zeros on each side is right for odd kernels and a stride of 1 only.",
            ),
            (
                lambda x, k, s: _pad_same(x, k[::-1], s),
                "Height and width of the kernel are swapped: kernel_size is (kh, kw).",
            ),
            (
                lambda x, k, s: np.pad(x, pads(x, k, s), mode="edge"),
                "You repeat the edge. `same` adds zeros.",
            ),
            (
                lambda x, k, s: pads(x, k, s),
                "These are the numbers of zeros. Return the picture with the zeros around it.",
            ),
        ],
    )


def _filter2d(image, kernel, strides=1, padding="valid"):
    image, kernel = np.asarray(image, dtype=float), np.asarray(kernel, dtype=float)
    return scratch.correlate2d(image, kernel, strides=strides, padding=padding)


@exercise(
    "A1.filter2d",
    hints=(
        'Padding first: if padding is "same", image = pad_same(image, kernel.shape, strides).',
        "Then all windows, as without a stride, and of these every second one, every third one …",
        "correlate2d(image, kernel)[::strides, ::strides]. And for a padding that you don't know: raise ValueError(…).",
    ),
    praise="Padding and stride, and the sizes are Keras's.",
    right=_filter2d,
)
def _(answer):
    if callable(answer):
        answer = forgive(answer, "A1.correlate2d", "A1.pad_same")
    _numpy_only(answer)
    cases = [
        (_numbers(5, 6), _numbers(2, 3, seed=1), 1, "valid"),
        (_numbers(7, 6), _numbers(3, 2, seed=1), 2, "valid"),
        (_numbers(8, 7), _numbers(3, 3, seed=1), 3, "valid"),
        (_numbers(5, 6), _numbers(3, 2, seed=1), 1, "same"),
        (_numbers(6, 7), _numbers(3, 3, seed=1), 2, "same"),
        (_numbers(7, 8), _numbers(2, 5, seed=1), 3, "same"),
    ]

    def pads_for_stride_one(image, kernel, strides, padding):
        return _filter2d(image, kernel, 1, padding)[::strides, ::strides]

    _judging.function(
        answer,
        _filter2d,
        cases,
        slips=[
            (
                lambda x, k, s, p: _filter2d(x, k, 1, p),
                "It looks as if you did not use `strides` yet.",
            ),
            (
                lambda x, k, s, p: _filter2d(x, k, s, "valid"),
                "It looks as if you did not use `padding` yet.",
            ),
            (
                pads_for_stride_one,
                "The zeros are those for a stride of 1. Tell pad_same the stride: with a larger one there are fewer.",
            ),
            (
                lambda x, k, s, p: _filter2d(x, k, 1, p)[:: s + 1, :: s + 1],
                "The window jumps too far: with a stride of 1 it takes every place.",
            ),
            (
                lambda x, k, s, p: _filter2d(x, k, s, p)[:-1, :-1],
                "The last windows are missing.",
            ),
        ],
    )
    try:
        answer(_numbers(4, 4), _numbers(2, 2), 1, "reflect")
    except ValueError:
        return
    except Exception as error:
        raise Wrong(
            f"An unknown padding should raise a ValueError; it raised {type(error).__name__}."
        ) from None
    raise Wrong('padding="reflect" went through. Raise a ValueError for what is neither valid nor same.')


def _pool2d(image, pool_size=2, strides=None, kind="max"):
    pool = {"max": scratch.max_pool2d, "average": scratch.average_pool2d}[kind]
    return pool(np.asarray(image, dtype=float)[None, :, :, None], pool_size, strides)[0, :, :, 0]


@exercise(
    "A1.pool2d",
    hints=(
        "The same two loops as in task 1, with np.max(window) or np.mean(window) in place of the sum.",
        "if strides is None: strides = pool_size. The window at (i, j) begins at row i * strides.",
        "There are (H − pool_size) // strides + 1 rows: a window that does not fit in whole is left out.",
    ),
    praise="No weights, nothing to learn, and a quarter of the numbers.",
)
def _(answer):
    _numpy_only(answer)
    example = np.array([[0, 10, 9, 3], [4, 3, 2, 1], [10, 2, 10, 3], [3, -1, -3, -3]])
    cases = [
        (example, 2, None, "max"),
        (example, 2, None, "average"),
        (_numbers(5, 7), 2, None, "max"),
        (_numbers(6, 7), 3, 2, "average"),
        (_numbers(7, 5), 2, 1, "max"),
        (-1 - abs(_numbers(4, 6)), 2, 2, "max"),
        (_numbers(7, 9), 2, 3, "max"),
    ]

    def windows_over(function):
        """Slides `function` over windows that may hang over the end, as padding with nothing would allow."""

        def pooled(image, pool_size, strides, kind):
            step = strides or pool_size
            rows, columns = (range(0, n, step) for n in image.shape)
            return np.array(
                [[function(image[i : i + pool_size, j : j + pool_size]) for j in columns] for i in rows]
            )

        return pooled

    _judging.function(
        answer,
        _pool2d,
        cases,
        slips=[
            (lambda x, n, s, kind: _pool2d(x, n, s, "max"), "It looks as if you did not use `kind` yet."),
            (
                lambda x, n, s, kind: _pool2d(x, n, s, kind) * (n * n if kind == "average" else 1),
                "For the average you return the sum.",
            ),
            (
                lambda x, n, s, kind: _pool2d(x, n, None, kind),
                "It looks as if you did not use `strides` yet.",
            ),
            (
                lambda x, n, s, kind: _pool2d(x, n, s or 1, kind),
                "Without `strides` the windows stand side by side: the stride is then pool_size, not 1.",
            ),
            (
                lambda x, n, s, kind: (
                    np.maximum(_pool2d(x, n, s, kind), 0) if kind == "max" else _pool2d(x, n, s, kind)
                ),
                "All numbers of that window are negative, and so is the largest. Do not begin at 0.",
            ),
            (
                lambda x, n, s, kind: windows_over(np.max if kind == "max" else np.mean)(x, n, s, kind),
                "A window that does not fit in whole is left out. Yours hang over the end.",
            ),
            (
                lambda x, n, s, kind: -_pool2d(-x, n, s, kind),
                "You return the smallest number of each window.",
            ),
        ],
    )


@exercise(
    "A1.conv2d",
    hints=(
        "One more loop than in task 1 is enough: over the filters, or none if you let NumPy multiply.",
        "The window of all pictures at (i, j) is images[:, i : i + kh, j : j + kw, :], shape (N, kh, kw, C_in).",
        "np.tensordot(window, kernel, axes=3) adds up kh, kw and C_in and gives (N, C_out). The bias comes last.",
    ),
    praise="This is Conv2D: batch, channels, filters and bias.",
)
def _(answer):
    if callable(answer):
        answer = forgive(answer, "A1.correlate2d", "A1.pad_same", "A1.filter2d")
    _numpy_only(answer)

    def right(images, kernel, bias):
        return scratch.conv2d(images, kernel, bias=bias)

    def case(n, size, kernel_size, channels, filters, seed):
        return (
            _numbers(n, *size, channels, seed=seed),
            _numbers(*kernel_size, channels, filters, seed=seed + 1),
            _numbers(filters, seed=seed + 2) + 7,
        )

    _judging.function(
        answer,
        right,
        [
            case(2, (5, 4), (3, 2), 3, 2, 8),
            (np.ones((2, 4, 5, 3)), np.ones((3, 2, 3, 4)), np.arange(4.0)),
            case(1, (4, 5), (2, 3), 1, 1, 5),
            case(3, (3, 6), (1, 3), 2, 5, 11),
        ],
        slips=[
            (lambda x, k, b: right(x, k, 0 * b), "It looks as if you forgot the bias."),
            (
                lambda x, k, b: right(x, k, b * k.shape[2]),
                "It looks as if you add the bias once for each channel. It is added once, at the end.",
            ),
            (
                lambda x, k, b: right(x, k, b * k[..., 0].size),
                "It looks as if you add the bias to every product. It is added once, at the end.",
            ),
            (
                lambda x, k, b: right(x, k[::-1, ::-1], b),
                "It looks as if you turned the kernel round. Keras takes it as it is.",
            ),
            (
                lambda x, k, b: right(x[..., :1], k[:, :, :1], b),
                "It looks as if you use only the first channel. Add up all of them.",
            ),
            (
                lambda x, k, b: right(x, k / k.shape[2], b),
                "It looks as if you take the mean of the channels. They are added up.",
            ),
            (lambda x, k, b: right(x, k, b)[:1], "Only the first picture comes back. There are N of them."),
            (
                lambda x, k, b: np.moveaxis(right(x, k, b), -1, 1),
                "The channels come first in your result. Here they come last: (N, H', W', C_out).",
            ),
            (
                lambda x, k, b: right(x, k, b)[:, :-1, :-1],
                "The last row and the last column of windows are missing.",
            ),
        ],
    )
