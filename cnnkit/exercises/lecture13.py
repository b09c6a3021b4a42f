"""The exercises of lecture 13, beyond convolutions."""

import numpy as np

from .. import shapes
from . import _judging
from ._core import Wrong, exercise


@exercise(
    "13.tokens",
    hints=(
        "How many squares of 16 pixels fit along one side of 224? And how many into the whole picture?",
        "The patch embedding is Conv2D(192, kernel_size=16, strides=16). Count its weights as in lecture 5.",
        "Each of the 192 filters has 16 · 16 · 3 weights and a bias.",
    ),
    praise="The weights do not depend on the size of the picture; the number of tokens does.",
)
def _(answer):
    if not isinstance(answer, (tuple, list, np.ndarray)) or len(answer) != 2:
        raise Wrong("The answer has two numbers in round brackets: (tokens, weights).")
    side = shapes.conv_output(224, 16, strides=16)
    _judging.number(
        answer[0],
        side**2,
        what="The number of tokens",
        slips=[
            (side, "That is the number of patches along one side."),
            ((224 - 16 + 1) ** 2, "With a stride of 1 it would be as many. Patches do not overlap."),
            (side**2 * 3, "The three colours of a patch go into the same token."),
            (16 * 16 * 3, "That is how many numbers a patch has."),
        ],
    )
    weights = shapes.conv_weights(16, 3, 192)
    _judging.number(
        answer[1],
        weights,
        what="The number of weights",
        slips=[
            (shapes.conv_weights(16, 3, 192, bias=False), "The 192 biases are missing."),
            (shapes.conv_weights(16, 1, 192), "That is for grey pictures. These have three channels."),
            (
                weights * side**2,
                "All patches share the same weights: they are not multiplied by the number of patches.",
            ),
            (shapes.conv_weights(1, 3, 192), "A filter covers a whole patch of 16 · 16 pixels."),
        ],
    )


def _softmax(scores):
    exponentials = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return exponentials / exponentials.sum(axis=-1, keepdims=True)


def _attention(query, key, value):
    return _softmax(query @ key.T / np.sqrt(query.shape[1])) @ value


@exercise(
    "13.attention",
    hints=(
        "The scores are query @ key.T: a row for each query, a column for each key.",
        "Divide them by np.sqrt(d), where d is the length of a query: query.shape[1].",
        "The softmax goes along each row: the weights of one query add up to 1. Then weights @ value.",
    ),
    praise="These few lines are the heart of every transformer.",
)
def _(answer):
    rng = np.random.default_rng(13)
    cases = [
        (np.array([[2.0, 0]]), np.array([[1.0, 0], [0, 1], [2, 1]]), np.array([[10.0], [20], [30]])),
        tuple(rng.normal(size=shape).round(2) for shape in ((3, 4), (5, 4), (5, 2))),
        tuple(rng.normal(size=shape).round(2) for shape in ((4, 3), (4, 3), (4, 3))),
    ]

    def unscaled(query, key, value):
        return _softmax(query @ key.T) @ value

    def scaled_too_much(query, key, value):
        return _softmax(query @ key.T / query.shape[1]) @ value

    def over_queries(query, key, value):
        return _softmax((query @ key.T / np.sqrt(query.shape[1])).T).T @ value

    def over_everything(query, key, value):
        scores = query @ key.T / np.sqrt(query.shape[1])
        return _softmax(scores.ravel()).reshape(scores.shape) @ value

    def without_softmax(query, key, value):
        return query @ key.T / np.sqrt(query.shape[1]) @ value

    def without_sum(query, key, value):
        return np.exp(query @ key.T / np.sqrt(query.shape[1])) @ value

    def weights_alone(query, key, value):
        return _softmax(query @ key.T / np.sqrt(query.shape[1]))

    with np.errstate(all="ignore"):
        _judging.function(
            answer,
            _attention,
            cases,
            slips=[
                (unscaled, "The scores are not divided by the square root of the length of a query."),
                (scaled_too_much, "Divide by the square root of d, not by d itself."),
                (
                    over_queries,
                    "The softmax runs along the wrong axis: the weights of each query add up to 1.",
                ),
                (over_everything, "The softmax takes all scores at once. It belongs to each row by itself."),
                (without_softmax, "The softmax is missing: the scores are used as weights."),
                (without_sum, "The exponentials are not divided by their sum."),
                (
                    weights_alone,
                    "Those are the weights. The answer is the sum of the values with these weights.",
                ),
            ],
        )


@exercise(
    "13.cost",
    hints=(
        "How many patches are there along one side, before and after? And in the whole picture?",
        "Every token asks every token: the number of scores is the number of tokens, squared.",
    ),
    praise="The work for the scores grows with the fourth power of the side. A convolution's grows with the square.",
)
def _(answer):
    tokens = [shapes.conv_output(side, 16, strides=16) ** 2 for side in (224, 448)]
    _judging.number(
        answer,
        (tokens[1] / tokens[0]) ** 2,
        what="The number",
        slips=[
            (
                2,
                "That is the side. There are more tokens along both sides, and each of them asks more others.",
            ),
            (4, "That is how many times as many tokens there are. And each of them asks how many?"),
            (
                8,
                "Twice as many along each of two sides makes four times the tokens; and scores are pairs of tokens.",
            ),
            (1 / 16, "That is the other way round: the large picture takes more."),
            (
                tokens[1] ** 2,
                "That is the number of scores in the large picture. How many times that of the small one?",
            ),
        ],
    )


@exercise(
    "13.scale",
    hints=(
        "np.float16(1e-8) is 0. What is np.float16(1e-8 * 2)? And with 4, 8, …?",
        "The smallest float16 above 0 is about 6e-8, and what is more than half of it is rounded up.",
    ),
    praise="In a training one takes a much larger scale, so that the digits of the gradient survive, too.",
)
def _(answer):
    scale = 1
    while np.float16(1e-8 * scale) == 0:
        scale *= 2
    _judging.number(
        answer,
        scale,
        what="The scale",
        slips=[
            (2, "2e-8 is nearer to 0 than to the smallest float16 above it."),
            (8, "8 works, but a smaller power of two does, too: numbers are rounded to the nearest."),
            (2**15, "Keras begins with that, and it works. But a much smaller one is enough."),
            (6, "6 works, but it is no power of two, and a smaller number is enough."),
            (-24, "That is the exponent of the smallest float16 above 0. By what must 1e-8 be multiplied?"),
        ],
    )


@exercise(
    "13.generator",
    hints=(
        "4 → 8 → 16 → 32: how many layers with a stride of 2 are there?",
        'keras.Input((16,)), Dense(4 * 4 * 64), Reshape((4, 4, 64)), then Conv2DTranspose(…, strides=2, padding="same").',
        "A kernel size that is a multiple of the stride builds in no checkerboard. A sigmoid gives values from 0 to 1.",
    ),
    praise="A few numbers in, a picture out.",
)
def _(answer):
    network = _judging.network(answer, "generator")
    import keras

    if not isinstance(network, keras.Model):
        raise Wrong(f"generator() should return the network; it returned {type(network).__name__}.")
    if not network.built:
        raise Wrong("The network does not know its input yet: begin it with keras.Input((16,)).")
    if tuple(network.input_shape) != (None, 16):
        raise Wrong(f"A code has 16 numbers; the network takes an input of shape {network.input_shape}.")
    if tuple(network.output_shape) != (None, 32, 32, 3):
        raise Wrong(
            f"A picture of 32 × 32 × 3 should come out; the network has an output of shape {network.output_shape}."
        )
    enlarging = [layer for layer in network.layers if isinstance(layer, keras.layers.Conv2DTranspose)]
    if not any(max(layer.strides) > 1 for layer in enlarging):
        raise Wrong("No Conv2DTranspose makes the maps larger: give it strides=2.")
    for layer in enlarging:
        for size, stride in zip(layer.kernel_size, layer.strides, strict=True):
            if size % stride:
                raise Wrong(
                    f"A kernel of {size} with a stride of {stride} builds in a checkerboard: the stamps overlap unevenly."
                )
    small = [tuple(layer.output.shape[1:3]) for layer in network.layers if len(layer.output.shape) == 4]
    if small[0] != (4, 4):
        raise Wrong(f"The first maps should be 4 × 4; yours are {small[0][0]} × {small[0][1]}.")
    codes = 30 * np.random.default_rng(13).normal(size=(8, 16)).astype("float32")
    values = np.asarray(network(codes))
    if values.min() < 0 or values.max() > 1:
        raise Wrong(
            f"The values should lie between 0 and 1; large codes give values from {values.min():.3g} to "
            f"{values.max():.3g}. Which activation keeps them in?"
        )
    if np.ptp(values, axis=0).max() == 0:
        raise Wrong("All codes give the same picture. Is the code used at all?")


def _whole(gradients, sizes):
    return sum(n * np.asarray(g) for n, g in zip(sizes, gradients, strict=True)) / sum(sizes)


@exercise(
    "13.parts",
    hints=(
        "The mean over a part, times the size of the part, is the sum over the part.",
        "Add up these sums, and divide by sum(sizes).",
    ),
    praise="With parts of the same size this is the plain mean.",
)
def _(answer):
    cases = [
        ([np.array([1.0, 2.0]), np.array([4.0, -1.0])], [6, 2]),
        ([np.array([3.0]), np.array([0.0]), np.array([1.5])], [32, 32, 11]),
        ([np.array([2.0, 0.0]), np.array([4.0, 1.0])], [8, 8]),
    ]

    def plain_mean(gradients, sizes):
        return sum(gradients) / len(gradients)

    def plain_sum(gradients, sizes):
        return sum(gradients)

    def sum_of_sums(gradients, sizes):
        return sum(n * g for n, g in zip(sizes, gradients, strict=True))

    def by_devices(gradients, sizes):
        return sum_of_sums(gradients, sizes) / len(sizes)

    def upside_down(gradients, sizes):
        return sum(g / n for n, g in zip(sizes, gradients, strict=True)) / sum(1 / n for n in sizes)

    _judging.function(
        answer,
        _whole,
        cases,
        slips=[
            (
                plain_mean,
                "That is right for equal parts only: a picture of a small part would count for more.",
            ),
            (plain_sum, "That is the sum of the means. It grows with the number of devices."),
            (sum_of_sums, "That is the sum over all pictures. Divide it by their number."),
            (by_devices, "Divide by the number of pictures, not by the number of devices."),
            (upside_down, "Larger parts must count for more, not for less."),
        ],
    )
