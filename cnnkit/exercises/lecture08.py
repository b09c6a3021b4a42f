"""The exercises of lecture 08, training a convolutional network."""

import math

import numpy as np

from .. import scratch, shapes
from . import _judging
from ._core import Unanswered, Wrong, exercise


@exercise(
    "08.steps",
    hints=(
        "How many batches of 128 does it take to see 20,000 pictures once? A smaller last one counts too.",
        "An epoch has 157 steps. There are 10 epochs.",
    ),
    praise="One step for each batch, also for the last, small one.",
)
def _(answer):
    pictures, batch, epochs = 20_000, 128, 10
    steps = math.ceil(pictures / batch) * epochs
    _judging.number(
        answer,
        steps,
        what="The number of steps",
        slips=[
            (math.ceil(pictures / batch), "That is one epoch. There are 10."),
            (
                pictures // batch * epochs,
                "The last, smaller batch of each epoch is missing. Keras does not drop it.",
            ),
            (pictures / batch * epochs, "There are no broken steps: each epoch ends with a smaller batch."),
            (
                math.ceil(pictures * epochs / batch),
                "Each epoch ends for itself with a smaller batch. Round up first, then multiply by 10.",
            ),
            (pictures * epochs, "That would be one step for each picture. A step takes 128 pictures."),
        ],
    )


@exercise(
    "08.colour",
    hints=(
        "A filter of the first convolution is as deep as the picture: 5 · 5 · 3 weights and one bias.",
        "How large are the maps that go into Flatten? 32, same → 32, pool → 16, valid with a kernel of 5 → …",
        "6 · 6 · 16 numbers go into each of the 120 units.",
    ),
    praise="The convolution hardly grows with the picture, the dense layer does.",
)
def _(answer):
    if not isinstance(answer, (tuple, list, np.ndarray)) or len(answer) != 2:
        raise Wrong("The answer has two numbers in round brackets: (convolution, dense layer).")

    def dense(size, channels=16):
        size = shapes.pool_output(shapes.conv_output(size, 5, padding="same"), 2)
        size = shapes.pool_output(shapes.conv_output(size, 5), 2)
        return size * size * channels * 120 + 120

    convolution = shapes.conv_weights(5, 3, 6)
    _judging.number(
        answer[0],
        convolution,
        what="The number of weights of the convolution",
        slips=[
            (shapes.conv_weights(5, 3, 6, bias=False), "The six biases of the convolution are missing."),
            (shapes.conv_weights(5, 1, 6), "That is for grey pictures. A colour picture has three channels."),
            (convolution + 12, "One bias for each filter, not one for each channel of each filter."),
        ],
    )
    _judging.number(
        answer[1],
        dense(32),
        what="The number of weights of the dense layer",
        slips=[
            (dense(32) - 120, "The 120 biases of the dense layer are missing."),
            (dense(28), "That is for pictures of 28 × 28. With 32 × 32 the maps are larger at the end."),
            (
                8 * 8 * 16 * 120 + 120,
                "The second convolution has no padding: 16 becomes 12, and then 6.",
            ),
            (dense(32, 3), "The colours are gone by then: the dense layer sees the 16 maps of conv 2."),
        ],
    )


def _cross_entropy(logits, label):
    logits = np.asarray(logits, dtype=float)
    shifted = logits - logits.max()
    return np.log(np.exp(shifted).sum()) - shifted[label]


@exercise(
    "08.cross_entropy",
    hints=(
        "−ln(softmax) = ln(sum of the exponentials) − (the logit of the true class).",
        "Add the same number to all logits and nothing changes. Which number makes np.exp safe?",
        "Subtract the largest logit first: shifted = logits - np.max(logits).",
    ),
    praise="This is how every framework computes it.",
)
def _(answer):
    cases = [
        (np.array([2.0, 0.5, -1.0]), 1),
        (np.array([1.5, 0.8, 2.1]), 2),
        (np.array([1000.0, 0.0]), 1),
        (np.array([-1000.0, -1001.0, -1002.0]), 0),
    ]

    def with_labels_first(logits, label):
        return _cross_entropy(logits, 0)

    with np.errstate(all="ignore"):  # the overflow is judged, not warned of
        if callable(answer):
            _expect_finite(answer, cases)
        _judging.function(
            answer,
            _cross_entropy,
            cases,
            slips=[
                (lambda z, label: -_cross_entropy(z, label), "The sign is wrong: a loss is not negative."),
                (
                    lambda z, label: np.exp(-_cross_entropy(z, label)),
                    "That is the probability. The loss is minus its logarithm.",
                ),
                (with_labels_first, "It looks as if `label` is not used yet."),
                (
                    lambda z, label: _cross_entropy(z, label) / np.log(10),
                    "That is the logarithm to the base 10. The loss takes the natural one, np.log.",
                ),
            ],
        )


def _expect_finite(answer, cases):
    """The first two cases are harmless; what is right there and not finite later has overflowed."""
    try:
        given = [np.asarray(answer(logits.copy(), label), dtype=float) for logits, label in cases]
    except Exception:
        return  # `_judging.function` says it better
    first = all(np.allclose(g, _cross_entropy(*case)) for g, case in zip(given[:2], cases[:2], strict=True))
    if first and not all(np.isfinite(g).all() for g in given):
        raise Wrong(
            "It is right for small logits, but for [1000, 0] it gives no number: np.exp(1000) overflows. "
            "Subtract the largest logit first."
        )


@exercise(
    "08.kernel_gradient",
    hints=(
        "Lay the upstream gradient on the upper left corner of the picture, multiply and add up.",
        "The result has as many rows as there are places for `upstream` in the picture: H − h + 1.",
        "It is the loop of correlate2d, with `upstream` in the place of the kernel.",
    ),
    praise="The gradient of a convolution is a convolution.",
)
def _(answer):
    rng = np.random.default_rng(8)
    cases = [
        (np.arange(9.0).reshape(3, 3), np.array([[1.0, 0], [0, -1]])),
        (rng.normal(size=(5, 5)).round(2), rng.normal(size=(3, 3)).round(2)),
        (rng.normal(size=(6, 4)).round(2), rng.normal(size=(2, 3)).round(2)),
    ]

    def oracle(image, upstream):
        kernel = np.zeros([n - m + 1 for n, m in zip(image.shape, upstream.shape, strict=True)])
        _, gradient, _ = scratch.conv2d_gradients(
            image[None, ..., None], kernel[..., None, None], upstream[None, ..., None]
        )
        return gradient[..., 0, 0]

    def turned(image, upstream):
        return oracle(image, upstream[::-1, ::-1])

    _judging.function(
        answer,
        oracle,
        cases,
        slips=[
            (turned, "The upstream gradient is turned round. For the kernel it slides as it is."),
            (lambda x, u: oracle(x, u)[::-1, ::-1], "The result is turned round."),
            (lambda x, u: oracle(x, u).T, "Rows and columns are swapped."),
            (lambda x, u: oracle(x, np.ones_like(u)), "It looks as if `upstream` is not used yet."),
            (
                lambda x, u: oracle(x, u) / u.size,
                "That is the mean over the places. The gradient is their sum.",
            ),
        ],
    )


_CURVES = {"a": "underfitting", "b": "overfitting", "c": "rate too high", "d": "good"}


@exercise(
    "08.curves",
    hints=(
        "First ask: is there a gap between the two lists at the end? Then: are both low or both high?",
        "One of them ends at 2.31. What is the logarithm of 10?",
    ),
    praise="The gap and the height say most of it.",
)
def _(answer):
    if not isinstance(answer, dict) or set(answer) != set(_CURVES):
        raise Wrong('The answer is a dict with the keys "a", "b", "c" and "d".')
    if any(value is Ellipsis for value in answer.values()):
        raise Unanswered
    given = {key: " ".join(str(value).lower().split()) for key, value in answer.items()}
    for value in given.values():
        if value not in _CURVES.values():
            raise Wrong(f"{value!r} is none of the four: {', '.join(map(repr, _CURVES.values()))}.")
    why = {
        "a": "In a the two lists are close together, and both stay high: there is no gap, and it does not get better.",
        "b": "In b the training loss goes to zero while the validation loss rises.",
        "c": "In c the loss begins far above ln 10 and then stays at ln 10 = 2.303, where nothing is known.",
        "d": "In d both lists fall, end low, and stay close together.",
    }
    for key, right in _CURVES.items():
        if given[key] != right:
            raise Wrong(f"{given[key]!r} is not right for {key}. {why[key]}")


def _triangle(step, steps, peak):
    top = 0.3 * steps
    return peak * step / top if step < top else peak * (steps - step) / (steps - top)


@exercise(
    "08.schedule",
    hints=(
        "The top is at step 0.3 * steps. Before it: peak times the part of the way to the top.",
        "After the top, (steps - step) of (steps - top) are left.",
    ),
    praise="Up, and down to zero: that is one cycle.",
)
def _(answer):
    cases = [
        (30, 100, 0.01),
        (0, 100, 0.01),
        (15, 100, 0.01),
        (65, 100, 0.01),
        (100, 100, 0.01),
        (7, 50, 1.0),
    ]

    def never_falls(step, steps, peak):
        return min(1.0, step / (0.3 * steps)) * peak

    def never_rises(step, steps, peak):
        return peak if step < 0.3 * steps else _triangle(step, steps, peak)

    def from_the_peak(step, steps, peak):
        top = 0.3 * steps
        return peak * step / top if step < top else peak * (1 - step / steps)

    _judging.function(
        answer,
        _triangle,
        cases,
        slips=[
            (never_falls, "It rises as it should, but it does not fall again."),
            (never_rises, "Yours begins at its peak. It should begin at 0 and rise."),
            (from_the_peak, "The fall begins too low: at the top, the whole way down is still to go."),
            (
                lambda step, steps, peak: peak * min(step, steps - step) / (steps / 2),
                "The top is in the middle. It should be at three tenths of the steps.",
            ),
        ],
    )


@exercise(
    "08.mend",
    hints=(
        "What does the first convolution get: numbers up to 1, or up to 255?",
        "How many digits are there? And what does from_logits=True say about the last layer?",
        "Put keras.layers.Rescaling(1 / 255) first, and end with keras.layers.Dense(10) without an activation.",
    ),
    praise="Scaled pixels, one output a class, and a loss that fits the last layer.",
)
def _(answer):
    network = _judging.network(answer, "build")
    import keras

    from .. import training

    if not isinstance(network, keras.Model):
        raise Wrong(f"build() should return the network; it returned {type(network).__name__}.")
    if not any(isinstance(layer, keras.layers.Conv2D) for layer in network.layers):
        raise Wrong("The convolution is gone. Mend the network, do not replace it.")
    if not network.compiled:
        raise Wrong("The network is not compiled: `network.compile(…)` before `return network`.")
    labels = np.arange(40) % 10
    pictures = np.random.default_rng(8).integers(0, 256, (40, 28, 28, 1)).astype("float32")
    if tuple(network.output_shape) != (None, 10):
        raise Wrong(
            f"The network has an output of shape {network.output_shape}. Ten digits need ten outputs."
        )
    found = training.check(network, pictures, labels)
    for finding in found:
        raise Wrong(f"training.check finds: {finding.message}")
