"""The exercises of lecture 04, convolution in two dimensions."""

import numpy as np

from .. import filters, scratch, shapes
from . import _judging
from ._core import Wrong, exercise


@exercise(
    "04.by_hand",
    hints=(
        "The kernel has four places on the picture, so the answer has two rows and two columns: [[., .], [., .]].",
        "The first window holds 2 0 / 1 3. Multiply it with 1 2 / 0 −1, place by place, and add up.",
        "The first sum is 2·1 + 0·2 + 1·0 + 3·(−1) = −1. Move the window one column to the right for the next.",
    ),
    praise="Four windows, four sums, and the kernel never changed.",
)
def _(answer):
    image, kernel = np.array([[2, 0, 1], [1, 3, 0], [0, 1, 4]]), np.array([[1, 2], [0, -1]])
    right = scratch.correlate2d(image, kernel)
    _judging.array(
        answer,
        right,
        what="Your table",
        slips=[
            (
                scratch.correlate2d(image, kernel[::-1, ::-1]),
                "You turned the kernel round. Here it stays as it is.",
            ),
            (scratch.correlate2d(image, kernel.T), "You read the kernel by columns. Its first row is 1 2."),
            (
                right.T,
                "Rows and columns of your answer are swapped: the second number of the first row is one step to the right.",
            ),
            (
                scratch.correlate2d(image, abs(kernel)),
                "Look at the sign: the last number of the kernel is −1.",
            ),
            (right.ravel(), "The numbers are right. Write them as two rows: [[., .], [., .]]."),
            (
                scratch.correlate2d(image, kernel, padding="same"),
                "You padded the picture. Keep only the windows that lie wholly on it.",
            ),
            (
                scratch.correlate2d(image, kernel, padding="full"),
                "Here the kernel must not stick out over the edge.",
            ),
        ],
    )


@exercise(
    "04.middle",
    hints=(
        "Let all nine pixels have the value 1. What comes out? It should be 1.",
        "What comes out of an even area is its value times the sum of all nine weights.",
        "The eight neighbours bring −8. The middle must lift that to 1.",
    ),
    praise="The weights add up to 1, so an even area stays as it is.",
)
def _(answer):
    _judging.number(
        answer,
        9,
        what="The middle",
        slips=[
            (8, "With 8 the weights add up to 0. That is an edge filter: an even area would turn black."),
            (5, "5 is right for four neighbours. Here there are eight."),
            (-9, "Mind the sign: the neighbours are subtracted, so the middle must be positive."),
            (1, "With 1 the weights add up to −7. An even area would become negative."),
            (7, "With 7 the weights add up to −1. They should add up to 1."),
        ],
    )


@exercise(
    "04.move_right",
    hints=(
        "Think of one pixel of the output. From where in the input must it take its number?",
        "When the picture moves to the right, each pixel gets the number of its left neighbour.",
        "One weight is 1 and eight are 0. The 1 stands beside the middle.",
    ),
    praise="To move the picture to the right, each pixel looks to its left.",
)
def _(answer):
    try:
        kernel = np.asarray(answer, dtype=float)
    except (TypeError, ValueError):
        raise Wrong("The kernel is a table of numbers: three rows of three.") from None
    if kernel.shape != (3, 3):
        raise Wrong(f"The kernel should have 3 rows and 3 columns; yours has shape {kernel.shape}.")
    # Every number once, none of them 0 or negative: no wrong kernel can hit the right table by chance.
    image = np.array([[2.0, 3, 5, 7], [11, 13, 17, 19], [23, 29, 31, 37], [41, 43, 47, 53]])
    moved = scratch.correlate2d(image, kernel, padding="same")
    if np.allclose(moved, _moved(image, 0, 1)):
        return
    for down, right, what in [
        (0, 0, "leaves the picture where it is"),
        (0, -1, "moves the picture to the left"),
    ]:
        if np.allclose(moved, _moved(image, down, right)):
            raise Wrong(f"Your kernel {what}. Each pixel takes the number at the place of the 1.")
    for down, what in [(1, "down"), (-1, "up")]:
        if np.allclose(moved, _moved(image, down, 0)):
            raise Wrong(f"Your kernel moves the picture {what}. The first index of a table is the row.")
    if np.count_nonzero(kernel) == 1 and kernel[1, 0] != 0:
        raise Wrong(
            f"The place is right, but your kernel makes the picture {kernel[1, 0]:g} times as bright."
        )
    raise Wrong(
        f"Your kernel turns the row {_row(image[1])} into {_row(moved[1])}, not {_row(_moved(image, 0, 1)[1])}."
    )


def _moved(image, down, right):
    """The picture moved by one pixel, zeros where nothing comes from."""
    height, width = image.shape
    padded = np.pad(image, 1)
    return padded[1 - down : 1 - down + height, 1 - right : 1 - right + width]


def _row(numbers):
    return " ".join(f"{number:g}" for number in numbers)


@exercise(
    "04.output_shape",
    hints=(
        "A kernel of k rows on n rows has n − k + 1 places. Here it is 3 on 300.",
        "For the columns it is 7 on 451.",
        "The channels of the output have nothing to do with red, green and blue: there is one for each filter.",
    ),
    praise="n − k + 1 for each side, and one channel for each filter.",
)
def _(answer):
    height, width = shapes.conv_output((300, 451), (3, 7))
    _judging.array(
        answer,
        (height, width, 16),
        what="The shape",
        slips=[
            (
                (height, width, 3),
                "Each filter adds up the colours of its window: there is one channel for each filter.",
            ),
            (
                (height, width, 48),
                "Each filter adds up the three colours and makes one map: 16 maps, not 48.",
            ),
            ((width, height, 16), "Height comes first, then width."),
            (
                (*shapes.conv_output((300, 451), (7, 3)), 16),
                "The kernel has 3 rows and 7 columns: 3 goes with the height.",
            ),
            ((16, height, width), "The numbers are right. In Keras the channels come last."),
            ((297, 444, 16), "n − k is one too few: with n = k there is still one window."),
            ((300, 451, 16), "That is the size with padding. Here there is none."),
            ((height, width), "The height and the width are right. The channels are missing."),
            (
                (1, height, width, 16),
                "The shape is right. Leave out the batch axis here: (height, width, channels).",
            ),
        ],
    )


@exercise(
    "04.weights",
    hints=(
        "What goes into the second layer is not the photograph but the six maps. How many channels is that?",
        "A filter is as deep as its input: 3 rows, 3 columns, 6 channels.",
        "Each of the 10 filters has one bias more.",
    ),
    praise="Each filter is as deep as its input, and has one bias.",
)
def _(answer):
    def count(k, channels, filters, bias=True):
        return shapes.conv_weights(k, in_channels=channels, filters=filters, bias=bias)

    _judging.number(
        answer,
        count(3, 6, 10),
        what="The count",
        slips=[
            (
                count(3, 6, 10, bias=False),
                "These are the weights. There is one bias for each filter as well.",
            ),
            (
                count(3, 6, 10, bias=False) + 1,
                "One bias for the whole layer is too few: each filter has its own.",
            ),
            (count(3, 6, 10, bias=False) + 60, "One bias for each filter, not one for each of its channels."),
            (
                count(3, 6, 10, bias=False) + 6,
                "The biases belong to the filters of this layer, and there are 10 of them.",
            ),
            (count(3, 3, 10), "The photograph has three channels. The second layer sees the six maps."),
            (
                count(3, 3, 10, bias=False),
                "The photograph has three channels. The second layer sees the six maps.",
            ),
            (count(3, 1, 10), "Each filter is as deep as its input: six channels."),
            (
                count(3, 1, 10, bias=False),
                "Each filter is as deep as its input: six channels. And the biases count too.",
            ),
            (count(5, 6, 10), "The filters of the second layer are 3×3, not 5×5."),
            (count(3, 6, 1), "That is one filter. There are ten."),
            (count(3, 6, 1, bias=False), "That is one filter without its bias. There are ten."),
        ],
    )


@exercise(
    "04.one_filter",
    hints=(
        "Two loops are enough: for i over the rows of the output, for j over its columns.",
        "The window at (i, j) is image[i : i + kh, j : j + kw]. It has the same shape as the kernel, (kh, kw, C).",
        "output[i, j] = np.sum(window * kernel) + bias. np.sum adds up the channels too.",
    ),
    praise="This is one filter of a Conv2D layer, with its channels and its bias.",
)
def _(answer):
    def right(image, kernel, bias):
        return scratch.conv2d(image[None], kernel[..., None], bias=np.array([float(bias)]))[0, :, :, 0]

    rng = np.random.default_rng(4)
    # Oblong pictures and kernels, so that height and width cannot be mixed up unnoticed.
    cases = [
        (np.arange(27.0).reshape(3, 3, 3), np.ones((2, 2, 3)), 1.0),
        (rng.integers(0, 9, (4, 6, 3)).astype(float), rng.integers(-3, 4, (2, 3, 3)).astype(float), 5.0),
        (rng.integers(0, 9, (6, 4, 2)).astype(float), rng.integers(-3, 4, (3, 2, 2)).astype(float), -2.0),
        (rng.integers(0, 9, (5, 5, 1)).astype(float), filters.sobel()[..., None], 0.0),
        (rng.integers(0, 9, (3, 4, 4)).astype(float), rng.integers(-3, 4, (3, 4, 4)).astype(float), 0.5),
    ]
    _judging.function(
        answer,
        right,
        cases,
        slips=[
            (lambda image, kernel, bias: right(image, kernel, 0), "It looks as if you forgot the bias."),
            (
                lambda image, kernel, bias: right(image, kernel, bias * image.shape[-1]),
                "It looks as if you add the bias once for each channel. It is added once, at the end.",
            ),
            (
                lambda image, kernel, bias: right(image, kernel, bias * kernel.size),
                "It looks as if you add the bias to every product. It is added once, at the end.",
            ),
            (
                lambda image, kernel, bias: right(image, kernel[::-1, ::-1], bias),
                "It looks as if you turned the kernel round. Keras takes it as it is.",
            ),
            (
                lambda image, kernel, bias: right(image[..., :1], kernel[..., :1], bias),
                "It looks as if you use only the first channel. Add up all of them.",
            ),
            (
                lambda image, kernel, bias: right(image, kernel / image.shape[-1], bias),
                "It looks as if you take the mean of the channels. They are added up.",
            ),
            (
                lambda image, kernel, bias: np.stack(
                    [
                        right(image[..., c : c + 1], kernel[..., c : c + 1], bias)
                        for c in range(image.shape[-1])
                    ],
                    axis=-1,
                ),
                "You return one map for each channel. One filter adds up the channels and makes a single map.",
            ),
            (
                lambda image, kernel, bias: right(image, kernel, bias).T,
                "Rows and columns of your result are swapped: i goes down, j goes to the right.",
            ),
            (
                lambda image, kernel, bias: right(image, kernel, bias)[:-1, :-1],
                "The last row and the last column of windows are missing: there are H − kh + 1 rows.",
            ),
            (
                lambda image, kernel, bias: right(image, kernel, bias)[..., None],
                "The numbers are right, but there is a channel axis too many. The map has the shape (H − kh + 1, W − kw + 1).",
            ),
        ],
    )
