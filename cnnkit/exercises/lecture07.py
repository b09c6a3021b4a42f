"""The exercises of lecture 07, transposed convolution."""

import numpy as np

from .. import scratch, shapes
from . import _judging
from ._core import Wrong, exercise


def _transpose1d(x, kernel, strides):
    """The oracle: the transposed matrix of the convolution that goes the other way."""
    # Unlike Keras, without the gap that follows the last stamp where the kernel is shorter than the stride.
    size = (len(x) - 1) * strides + len(kernel)
    return scratch.convolution_matrix(np.asarray(kernel, dtype=float), size, strides=strides).T @ x


@exercise(
    "07.by_hand",
    hints=(
        "The output has 3 − 1 + 2 numbers.",
        "The first number, 2, writes 2 · [1, 1] at the places 0 and 1. The next one begins at place 1.",
        "Write the three stamps below each other and add up the columns.",
    ),
    praise="Every input has left its stamp.",
)
def _(answer):
    x, kernel = np.array([2, 1, 3]), np.array([1, 1])
    _judging.array(
        answer,
        _transpose1d(x, kernel, 1),
        what="Your list",
        slips=[
            (
                scratch.correlate1d(x, kernel),
                "That is the ordinary convolution, which makes the list shorter.",
            ),
            (_transpose1d(x, kernel, 2), "That is a stride of 2. With a stride of 1 the stamps overlap."),
        ],
    )


@exercise(
    "07.layers",
    hints=('With padding="same" the size becomes n · strides.', "7 → 14 → …"),
    praise="Each layer doubles the size.",
)
def _(answer):
    size, layers = 7, 0
    while size < 28:
        size, layers = shapes.conv_transpose_output(size, 4, 2, "same"), layers + 1
    _judging.number(
        answer,
        layers,
        slips=[
            (4, "The size grows by a factor of 4 in all. Each layer doubles it."),
            (21, "Each layer doubles the size; it does not add one."),
        ],
    )


@exercise(
    "07.shape",
    hints=(
        "There is no padding: the rows become (n − 1) · s + k.",
        "The number of filters becomes the number of channels.",
    ),
    praise="Rows, columns and channels change, the batch stays.",
)
def _(answer):
    rows, columns = shapes.conv_transpose_output((16, 12), 5, strides=3)
    _judging.array(
        answer,
        (8, rows, columns, 32),
        what="The shape",
        slips=[
            ((8, 48, 36, 32), 'n · s would be right with padding="same". The layer as given has none.'),
            ((8, rows, columns, 64), "The channels of the result are the filters of the layer: 32."),
            ((8, columns, rows, 32), "Rows and columns are swapped."),
            ((rows, columns, 32), "The batch axis is missing."),
            ((8, 4, 3, 32), "That is the ordinary convolution, which makes the maps smaller."),
        ],
    )


@exercise(
    "07.transpose1d",
    hints=(
        "Begin with zeros: np.zeros((len(x) - 1) * strides + len(kernel)).",
        "Input number i begins its stamp at place i * strides.",
        "Use += so that overlapping stamps add up.",
    ),
    praise="This loop is a Conv2DTranspose in one dimension.",
)
def _(answer):
    def overwrite(x, kernel, strides):
        output = np.zeros((len(x) - 1) * strides + len(kernel))
        for i, number in enumerate(x):
            output[i * strides : i * strides + len(kernel)] = number * kernel
        return output

    rng = np.random.default_rng(7)
    cases = [
        (np.array([1.0, 2]), np.array([1.0, 2, 3]), 2),
        (np.array([2.0, 1, 3]), np.array([1.0, 1]), 1),
        (rng.normal(size=4).round(2), rng.normal(size=3).round(2), 3),
        (rng.normal(size=5).round(2), rng.normal(size=4).round(2), 2),
    ]
    _judging.function(
        answer,
        _transpose1d,
        cases,
        slips=[
            (
                overwrite,
                "Where stamps overlap, the later one replaces the earlier one. They must be added: +=.",
            ),
            (
                lambda x, k, s: _transpose1d(x, k[::-1], s),
                "The kernel is stamped the wrong way round. It is not flipped when it is stamped.",
            ),
            (lambda x, k, s: np.convolve(x, k), "It looks as if `strides` is not used yet."),
        ],
    )


@exercise(
    "07.even",
    hints=(
        "Count the stamps: np.convolve of ones, spread out by the stride, with a kernel of ones.",
        "When the kernel is as wide as the stride, the stamps lie side by side. When it is twice as wide?",
    ),
    praise="A kernel that is a multiple of the stride covers every pixel equally often.",
)
def _(answer):
    try:
        sizes = sorted({int(size) for size in answer})
    except (TypeError, ValueError):
        raise Wrong("The answer should be a list of kernel sizes.") from None

    def is_even(k):
        counts = _transpose1d(np.ones(12), np.ones(k), 3)[k:-k]  # the border always gets fewer stamps
        return counts.min() == counts.max()

    expected = [k for k in range(2, 10) if is_even(k)]
    if strange := [size for size in sizes if not 2 <= size <= 9]:
        raise Wrong(f"The question is about kernel sizes from 2 to 9, not {strange[0]}.")
    if bad := [size for size in sizes if size not in expected]:
        raise Wrong(f"A kernel of {bad[0]} covers some pixels more often than others.")
    if len(sizes) < len(expected):
        raise Wrong(f"There are more than {len(sizes)}.")
