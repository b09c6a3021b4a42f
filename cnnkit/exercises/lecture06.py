"""The exercises of lecture 06, pooling."""

import numpy as np

from .. import scratch, shapes
from . import _judging
from ._core import Wrong, exercise


def _pool(image, size, strides, pool=scratch.average_pool2d):
    return pool(np.asarray(image, dtype=float)[None, ..., None], size, strides=strides)[0, ..., 0]


@exercise(
    "06.by_hand",
    hints=(
        "Two rows and four columns, windows of 2 × 2: there are two windows, side by side.",
        "The left window holds 1, 3, 5 and 7. Add them up and divide by four.",
    ),
    praise="Each window gives its mean.",
)
def _(answer):
    image = [[1, 3, 0, 0], [5, 7, 0, 4]]
    expected = _pool(image, 2, 2)
    if np.shape(answer) == (2,):  # the two numbers without the outer brackets are right too
        answer = [answer]
    _judging.array(
        answer,
        expected,
        what="Your picture",
        slips=[
            (_pool(image, 2, 2, scratch.max_pool2d), "That is max pooling. Here the mean is wanted."),
            (4 * expected, "Those are the sums. Divide by the number of cells in a window."),
            (_pool(image, 2, 1), "That is a stride of 1. With a stride of 2 the windows do not overlap."),
        ],
    )


@exercise(
    "06.shape",
    hints=(
        "Only the height and the width change.",
        "⌊(H − K) / s⌋ + 1 with H = 224, K = 3 and s = 2.",
    ),
    praise="The batch and the channels pass through unchanged.",
)
def _(answer):
    side = shapes.pool_output(224, 3, strides=2)
    _judging.array(
        answer,
        (32, side, side, 64),
        what="The shape",
        slips=[
            (
                (32, 112, 112, 64),
                "224 / 2 = 112 would be right for windows of 2. The last window of 3 does not fit any more.",
            ),
            (
                (32, 74, 74, 64),
                "That is a stride of 3. Here the window of 3 moves by 2, so the windows overlap.",
            ),
            ((side, side, 64), "That is one picture. The batch axis is missing."),
            ((32, 64, side, side), "In Keras the channels come last."),
            ((32, 110, 110, 64), "The + 1 is missing: the first window counts too."),
        ],
    )


@exercise(
    "06.times",
    hints=("Each pooling halves the side: 224, 112, …", "Count the arrows, not the numbers."),
    praise="VGG16 has five blocks, and each ends with one pooling.",
)
def _(answer):
    side, times = 224, 0
    while side > 7:
        side, times = shapes.pool_output(side, 2), times + 1
    _judging.number(
        answer,
        times,
        slips=[
            (times + 1, "That is how many sizes there are. Count the steps between them."),
            (
                32,
                "224 / 7 is how much smaller the side becomes. Each pooling halves it: how often must you halve?",
            ),
        ],
    )


@exercise(
    "06.average_pool",
    hints=(
        "Begin with the function `max_pool` of this lecture. Only one word must change.",
        "The window is image[top : top + size, left : left + size], where top = i * strides.",
        "Take .mean() of the window in place of .max().",
    ),
    praise="The same loop, another summary.",
)
def _(answer):
    rng = np.random.default_rng(6)
    cases = [
        (np.array([[1.0, 3, 0, 0], [5, 7, 0, 4]]), 2, 2),
        (np.arange(1.0, 10).reshape(3, 3), 2, 1),
        (rng.normal(size=(7, 5)).round(2), 3, 2),
        (rng.normal(size=(4, 6)).round(2), 2, 3),
    ]
    _judging.function(
        answer,
        _pool,
        cases,
        slips=[
            (
                lambda x, k, s: _pool(x, k, s, scratch.max_pool2d),
                "It looks as if you still take the largest number of each window.",
            ),
            (
                lambda x, k, s: _pool(x, k, s) * k * k,
                "Those are the sums. Divide by the number of cells in a window.",
            ),
            (
                lambda x, k, s: _pool(x, k, k),
                "It looks as if the window moves by its own size, not by `strides`.",
            ),
            (lambda x, k, s: _pool(x, k, s).T, "Rows and columns are swapped."),
        ],
    )


_X1 = np.array(
    [
        [10, 255, 125, 0, 170, 100],
        [70, 255, 105, 25, 25, 70],
        [255, 0, 150, 0, 10, 10],
        [0, 255, 10, 10, 150, 20],
        [70, 15, 200, 100, 95, 0],
        [35, 25, 100, 20, 0, 60],
    ]
)


@exercise(
    "06.fool",
    hints=(
        "In each window only the largest number counts.",
        "Any other number of a window may change as long as it does not become larger than the largest.",
    ),
    praise="Max pooling cannot tell your picture from X1.",
)
def _(answer):
    try:
        picture = np.asarray(answer, dtype=float)
    except (TypeError, ValueError):
        raise Wrong("The answer should be a picture of 6 × 6 numbers.") from None
    if picture.shape != _X1.shape:
        raise Wrong(f"The picture should have shape {_X1.shape}; yours has shape {picture.shape}.")
    changed = int(np.sum(picture != _X1))
    if changed < 10:
        raise Wrong(f"Only {changed} cells differ from X1. Change at least ten.")
    if not np.all(np.isfinite(picture)):
        raise Wrong("The picture holds something that is not a number.")
    _judging.array(
        _pool(picture, 2, 2, scratch.max_pool2d),
        _pool(_X1, 2, 2, scratch.max_pool2d),
        what="Your picture, pooled,",
    )


@exercise(
    "06.words",
    hints=(
        "Equivariant: the result moves along. Invariant: the result stays the same.",
        "A dense layer has a weight of its own for every pixel. What happens when the picture meets other weights?",
    ),
    praise="Moving along, staying the same, changing altogether: three different things.",
)
def _(answer):
    allowed = ("equivariant", "invariant", "neither")
    if not isinstance(answer, (tuple, list)) or len(answer) != 3:
        raise Wrong("The answer has three words in round brackets.")
    given = [str(word).strip().lower() for word in answer]
    for word in given:
        if word not in allowed:
            raise Wrong(f"{word!r} is none of the three words: {', '.join(allowed)}.")
    if given[0] == "invariant":
        raise Wrong("A convolution is not invariant: what it finds moves along with the picture.")
    for word, right, what in zip(
        given, allowed, ("a convolution", "global average pooling", "a dense layer"), strict=True
    ):
        if word != right:
            raise Wrong(f"{word!r} is not right for {what}.")
