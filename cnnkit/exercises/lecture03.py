"""The exercises of lecture 03, convolution in one dimension."""

import numpy as np

from .. import scratch, shapes
from . import _judging
from ._core import Wrong, exercise


@exercise(
    "03.by_hand",
    hints=(
        "Write the products into a table: a row for each number of the first list, a column for each of the second.",
        "The product of a[p] and v[q] belongs to place p + q. Add up what lands on the same place.",
        "The first place gets only 1 · 3, the last one only 2 · 1.",
    ),
    praise="Each product went to the place p + q, as it should.",
)
def _(answer):
    a, v = [1, 0, 2], [3, 1]
    _judging.array(
        answer,
        scratch.convolve1d(a, v),
        what="Your list",
        slips=[
            (
                scratch.correlate1d(a, v),
                "That is the cross-correlation: you slid v without turning it round.",
            ),
            (
                scratch.convolve1d(a, v, mode="valid"),
                "You kept only the places where v lies wholly inside a. The full convolution has one place more at each end.",
            ),
            (
                scratch.convolve1d(a, v[::-1]),
                "That is the full cross-correlation: you slid v without turning it round.",
            ),
        ],
    )


@exercise(
    "03.lengths",
    hints=(
        "valid: count where the window of 7 can begin. It begins at 0, 1, 2, and last of all where 7 numbers are left.",
        "full: the window may stick out by 6 numbers on each side.",
        "The three formulas are n − k + 1, n, and n + k − 1.",
    ),
    praise="Valid loses k − 1 numbers, full gains k − 1.",
)
def _(answer):
    if not isinstance(answer, (tuple, list, np.ndarray)) or len(answer) != 3:
        raise Wrong("The answer has three numbers in round brackets: (valid, same, full).")
    if list(answer) == [106, 100, 94]:
        raise Wrong("Valid and full are exchanged: valid is the shortest.")
    n, k = 100, 7
    expected = [shapes.conv_output(n, k, padding=padding) for padding in ("valid", "same", k - 1)]
    slips = [
        (n - k, "n − k is one too few: with n = k there is still one window."),
        (n + k, "n + k is one too many."),
    ]
    for value, right, name in zip(answer, expected, ("valid", "same", "full"), strict=True):
        _judging.number(value, right, what=f"The length for {name}", slips=slips)


@exercise(
    "03.correlate",
    hints=(
        "There are (len(x) − len(w)) // strides + 1 windows. Window number i begins at x[i * strides].",
        "One window and its sum: np.sum(x[start:start + len(w)] * w).",
        "Collect the sums in a list, in a loop over the windows, and return np.array(sums).",
    ),
    praise="This loop is all that a Conv1D layer does for one filter.",
)
def _(answer):
    x = np.array([3.0, 2, 1, 7, 1, 2, 5, 4])
    w = np.array([0.5, 0.75, 1, 0.25])
    _judging.function(
        answer,
        lambda x, w, strides: scratch.correlate1d(x, w, strides=strides),
        [(np.arange(1.0, 7), np.array([1.0, 2]), 1), (x, w, 1), (x, w, 2), (x, w, 3), (x, np.ones(8), 1)],
        slips=[
            (
                lambda x, w, strides: scratch.correlate1d(x, w[::-1], strides=strides),
                "It looks as if you turned w round. A cross-correlation takes it as it is.",
            ),
            (
                lambda x, w, strides: scratch.correlate1d(x, w),
                "It looks as if you did not use `strides` yet.",
            ),
        ],
    )


@exercise(
    "03.edge_kernel",
    hints=(
        "Call the kernel [a, b, c] and write down the four windows of x: 0 0 0, 0 0 9, 0 9 9, 9 9 9.",
        "The second window gives 9 · c = 9. So c = 1.",
        "The third gives 9 · b + 9 · c = 9, the fourth 9 · (a + b + c) = 0.",
    ),
    praise="It answers only where the row changes: an edge detector.",
)
def _(answer):
    try:
        kernel = np.asarray(answer, dtype=float)
    except (TypeError, ValueError):
        raise Wrong("The kernel is a list of three numbers.") from None
    if kernel.shape != (3,):
        raise Wrong(f"The kernel should have 3 numbers; yours has shape {kernel.shape}.")
    x = np.array([0.0, 0, 0, 9, 9, 9])
    given, wanted = scratch.correlate1d(x, kernel), np.array([0.0, 9, 9, 0])
    if not np.allclose(given, wanted):
        turned = np.allclose(given, -wanted)
        raise Wrong(
            f"Your kernel turns the row into {given.tolist()}, not {wanted.tolist()}."
            + (" The sign is the wrong way round: Keras does not flip." if turned else "")
        )


@exercise(
    "03.matrix_shape",
    hints=(
        "The matrix turns a list of 10 numbers into the list of outputs: it has one row for each output.",
        "How many windows of 3 fit when the window moves by 2?",
    ),
    praise="One row an output, one column an input.",
)
def _(answer):
    matrix = scratch.convolution_matrix(np.ones(3), 10, strides=2)
    _judging.array(
        answer,
        matrix.shape,
        what="The shape",
        slips=[
            ((3, 10), "⌊7 / 2⌋ = 3 counts the moves. The window at the start counts too: + 1."),
            (matrix.shape[::-1], "Rows come first: one row for each output, one column for each input."),
            ((8, 10), "That is right for a stride of 1. Here the window moves by 2."),
            ((5, 10), "n / 2 is one too many: the last window has to fit in whole."),
        ],
    )
