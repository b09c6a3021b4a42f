"""The exercises of lecture 02, why not a dense network?"""

import numpy as np

from . import _judging
from ._core import Wrong, exercise


@exercise(
    "02.inner_product",
    hints=(
        "Multiply pixel by weight, place by place. There are nine products, and most are zero.",
        "The bright pixels are in the corner at the upper left, in the middle, and at the lower right.",
    ),
    praise="The diagonal lies on the weights −1, 2 and −1.",
)
def _(answer):
    template = np.array([[-1, 2, -1]] * 3)
    picture = np.eye(3)
    _judging.number(
        answer,
        np.sum(template * picture),
        what="The inner product",
        slips=[
            (6, "That is the answer to the upright bar. Which weights does the diagonal lie on?"),
            (4, "That is the sum without signs. Two of the three weights are negative."),
            (2, "That is the middle pixel alone. The two corners are bright as well."),
            (-2, "Those are the two corners alone. The pixel in the middle is bright as well."),
        ],
    )


@exercise(
    "02.weights",
    hints=(
        "How many numbers does one picture have? Do not forget the colours.",
        "Each of the 300 units has one weight for each of these numbers, and one bias.",
    ),
    praise="Nine million numbers for one layer, and the picture is only 100 × 100.",
)
def _(answer):
    units, numbers = 300, 100 * 100 * 3
    _judging.number(
        answer,
        units * (numbers + 1),
        what="The number of weights and biases",
        tolerance=1e-9,
        slips=[
            (units * numbers, "Those are the weights. Each unit has a bias as well."),
            (units * numbers + 1, "That is one bias for the whole layer. Each unit has its own."),
            (units * numbers + numbers, "There is one bias for each unit, not one for each pixel value."),
            (
                units * 100 * 100,
                "A colour picture has three numbers in each pixel. And the biases are missing.",
            ),
            (units * (100 * 100 + 1), "A colour picture has three numbers in each pixel."),
        ],
    )


@exercise(
    "02.place",
    hints=(
        "The rows are put behind each other. How many pixels stand before the beginning of row r?",
        "Row 1 begins at place `width`, row 2 at place 2 · `width`.",
    ),
    praise="In the list, the pixel right below is `width` places away. The network does not know that.",
)
def _(answer):
    cases = [(0, 0, 28), (0, 5, 28), (1, 0, 28), (3, 7, 28), (27, 27, 28), (2, 4, 10)]
    _judging.function(
        answer,
        lambda row, column, width: row * width + column,
        cases,
        slips=[
            # before the swapped one, which gives the same where the column is 0
            (
                lambda row, column, width: row + column,
                "A whole row lies between a pixel and the one below it.",
            ),
            (
                lambda row, column, width: column * width + row,
                "Rows and columns are swapped: it is the rows that are put behind each other.",
            ),
            (
                lambda row, column, width: row * width + column + 1,
                "The places are counted from 0, as rows and columns are.",
            ),
            (
                lambda row, column, width: row * 28 + column,
                "Use `width`: not all pictures have rows of 28 pixels.",
            ),
        ],
    )


def _dense(images, kernel, bias):
    flat = np.asarray(images, dtype=float).reshape(len(images), -1)
    return np.maximum(flat @ kernel + bias, 0)


@exercise(
    "02.dense",
    hints=(
        "Flatten each picture, not the whole batch: images.reshape(len(images), -1).",
        "Then the matrix product with `kernel`, then the bias, and ReLU at the very end.",
    ),
    praise="That is all that a dense layer does.",
)
def _(answer):
    rng = np.random.default_rng(2)
    cases = [
        (
            rng.normal(size=(n, h, w)).round(1),
            rng.normal(size=(h * w, u)).round(1),
            rng.normal(size=u).round(1),
        )
        for n, h, w, u in ((1, 2, 2, 3), (4, 3, 3, 2), (3, 2, 5, 5))
    ]

    def linear(images, kernel, bias):
        return images.reshape(len(images), -1) @ kernel + bias

    _judging.function(
        answer,
        _dense,
        cases,
        slips=[
            (linear, "Some of your answers are below zero: ReLU is missing."),
            (lambda x, k, b: _dense(x, k, 0 * b), "The bias is missing."),
            (
                lambda x, k, b: np.maximum(linear(x, k, 0 * b), 0) + b,
                "You add the bias after ReLU. It comes before.",
            ),
            (lambda x, k, b: _dense(x, k, -b), "The bias is added, not subtracted."),
            (
                lambda x, k, b: _dense(np.swapaxes(x, 1, 2), k, b),
                "You flatten column by column. The rows should stand behind each other.",
            ),
        ],
    )


@exercise(
    "02.template",
    hints=(
        "Put large weights where only the lying bar is bright.",
        "All nine weights must add up to 0. What is given to the middle row must be taken from the others.",
        "The corners belong to the diagonal only, so they may be negative.",
    ),
    praise="Your unit answers to the lying bar, and is not dazzled by white.",
)
def _(answer):
    try:
        template = np.asarray(answer, dtype=float)
    except (TypeError, ValueError):
        raise Wrong("The template should be 3 × 3 numbers.") from None
    if template.shape != (3, 3):
        raise Wrong(f"The template should have shape (3, 3); yours has shape {template.shape}.")
    if not np.all(np.isfinite(template)):
        raise Wrong("The template holds something that is not a number.")
    white = template.sum()
    if abs(white) > 1e-6:
        raise Wrong(f"The white picture gets {white:g}, not 0: the weights must add up to 0.")
    lying = template[1].sum()
    for name, product in (("upright bar", template[:, 1].sum()), ("diagonal", np.trace(template))):
        if lying - product < 3 - 1e-6:
            raise Wrong(
                f"The lying bar gets {lying:g} and the {name} {product:g}. It should be at least 3 more for the "
                "lying bar."
            )


def _shift(image, rows, columns):
    image = np.asarray(image)
    moved = np.zeros_like(image)
    height, width = image.shape
    for i in range(height):
        for j in range(width):
            if 0 <= i - rows < height and 0 <= j - columns < width:
                moved[i, j] = image[i - rows, j - columns]
    return moved


@exercise(
    "02.shift",
    hints=(
        "Begin with an array of zeros. Which part of it receives which part of the image?",
        "The pixel at (i, j) of the result comes from (i − rows, j − columns) of the image, if there is such a place.",
        "Two loops and one `if` will do. np.roll alone is not enough: what falls out must not come in again.",
    ),
    praise="What falls over the edge is lost, and black comes in.",
)
def _(answer):
    image = np.arange(1.0, 13).reshape(3, 4)
    cases = [(image, 1, 0), (image, 0, 1), (image, -1, 0), (image, 0, -2), (image, 1, -1), (image, -2, 1)]
    cases += [(image, 0, 0), (image, 5, 0)]
    _judging.function(
        answer,
        _shift,
        cases,
        slips=[
            (
                lambda x, r, c: np.roll(x, (r, c), axis=(0, 1)),
                "What falls out on one side comes in again on the other. Black should come in.",
            ),
            (lambda x, r, c: _shift(x, c, r), "Rows and columns are swapped: `rows` moves the picture down."),
            (
                lambda x, r, c: _shift(x, -r, -c),
                "It moves the wrong way: positive numbers move the picture down and to the right.",
            ),
            (lambda x, r, c: x, "The picture has not moved."),
        ],
    )


@exercise(
    "02.shuffle",
    hints=(
        "A dense network sees a list. Does it matter in which order the list is, if it is always the same?",
        "With a new order for each picture, what does a given weight meet?",
    ),
    praise="An order that is always the same costs a dense network nothing. Only an order that changes does.",
)
def _(answer):
    allowed = ("same", "worse")
    if not isinstance(answer, (tuple, list)) or len(answer) != 4:
        raise Wrong("The answer has four words in round brackets.")
    given = [str(word).strip().lower() for word in answer]
    for word in given:
        if word not in allowed:
            raise Wrong(f"{word!r} is none of the two words: {', '.join(allowed)}.")
    reasons = (
        ("same", "The dense network knows no neighbours, so a fixed order takes nothing from it."),
        (
            "worse",
            "A small template covers pixels that lie together. After shuffling these have little in common.",
        ),
        ("worse", "With a new order for each picture, no weight ever meets the same pixel twice."),
        ("same", "Upside down is one fixed order too, and one in which neighbours stay neighbours."),
    )
    for number, (word, (right, why)) in enumerate(zip(given, reasons, strict=True), start=1):
        if word != right:
            raise Wrong(f"Number {number} is not right. {why}")
