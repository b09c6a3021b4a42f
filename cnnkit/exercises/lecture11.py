"""The exercises of lecture 11, regularisation and augmentation."""

import numpy as np

from . import _judging
from ._core import Wrong, exercise


def _dropout(x, mask, rate):
    return np.asarray(x, dtype=float) * np.asarray(mask, dtype=float) / (1 - rate)


@exercise(
    "11.dropout_by_hand",
    hints=(
        "Where the mask is 0, the result is 0.",
        "What stays is divided by 1 − rate, the share that is kept: 0.8.",
    ),
    praise="The numbers that stay make up for those that are gone.",
)
def _(answer):
    x, mask, rate = np.array([4, 2, 6, 8]), np.array([1, 0, 1, 1]), 0.2
    _judging.array(
        answer,
        _dropout(x, mask, rate),
        what="Your list",
        slips=[
            (x * mask, "That is the mask alone. The numbers that stay are still to be divided by 1 − rate."),
            (x * mask / rate, "You divided by the rate. Divide by the share that is kept, 1 − rate."),
            (
                x * mask * (1 - rate),
                "You multiplied by 1 − rate, so the sum shrinks even further. Divide by it.",
            ),
            (
                x * (1 - mask) / (1 - rate),
                "The mask is the wrong way round: 1 means that the number stays, 0 that it goes.",
            ),
            (x, "That is dropout in a prediction, where nothing happens. Here it is training."),
        ],
    )


@exercise(
    "11.dropout",
    hints=(
        "In training, multiply by the mask and divide by 1 − rate.",
        "If `training` is False, return x as it is: no mask, no division.",
    ),
    praise="Random in training, exactly the input in a prediction.",
)
def _(answer):
    rng = np.random.default_rng(11)
    x = rng.normal(size=(3, 4)).round(2)
    mask = rng.integers(0, 2, size=(3, 4))
    mask.flat[:2] = 0, 1
    cases = [
        (np.array([4.0, 2, 6, 8]), np.array([1, 0, 1, 1]), 0.2, True),
        (np.array([4.0, 2, 6, 8]), np.array([1, 0, 1, 1]), 0.2, False),
        (x, mask, 0.5, True),
        (x, mask, 0.5, False),
    ]
    _judging.function(
        answer,
        lambda x, mask, rate, training: _dropout(x, mask, rate) if training else x,
        cases,
        slips=[
            (
                lambda x, mask, rate, training: _dropout(x, mask, rate),
                "In a prediction (training=False) nothing may be dropped: return x as it is.",
            ),
            (
                lambda x, mask, rate, training: x * mask if training else x,
                "The numbers that stay are still to be divided by 1 − rate.",
            ),
            (
                lambda x, mask, rate, training: x * mask if training else x * (1 - rate),
                "That scales in the prediction, as the first paper did. Keras scales in training: divide by 1 − rate there.",
            ),
            (
                lambda x, mask, rate, training: x * mask / rate if training else x,
                "You divided by the rate. Divide by the share that is kept, 1 − rate.",
            ),
            (
                lambda x, mask, rate, training: _dropout(x, mask, rate) if not training else x,
                "Training and prediction are swapped.",
            ),
        ],
    )


def _normalise(images, epsilon, axis=(0, 1, 2)):
    images = np.asarray(images, dtype=float)
    mean, variance = images.mean(axis=axis, keepdims=True), images.var(axis=axis, keepdims=True)
    return (images - mean) / np.sqrt(variance + epsilon)


@exercise(
    "11.batch_norm",
    hints=(
        "One mean and one variance for each channel: average over all axes but the last.",
        "images.mean(axis=(0, 1, 2)) has one number a channel. images.var(…) likewise.",
        "(images - mean) / np.sqrt(variance + epsilon)",
    ),
    praise="Each channel has now mean 0 and, but for epsilon, variance 1.",
)
def _(answer):
    rng = np.random.default_rng(11)
    cases = [
        (rng.normal(3, 2, size=(4, 2, 3, 2)).round(2), 1e-3),
        (rng.normal(size=(2, 3, 3, 3)).round(2), 0.5),
        (rng.normal(size=(1, 4, 2, 2)).round(2), 1e-3),
    ]

    def std_plus(images, epsilon):
        axis = (0, 1, 2)
        return (images - images.mean(axis=axis)) / (images.std(axis=axis) + epsilon)

    def no_root(images, epsilon):
        axis = (0, 1, 2)
        return (images - images.mean(axis=axis)) / (images.var(axis=axis) + epsilon)

    _judging.function(
        answer,
        _normalise,
        cases,
        slips=[
            (
                lambda x, e: _normalise(x, e, axis=0),
                "You average over the batch alone, so every pixel has a mean of its own. Average over height and width too.",
            ),
            (
                lambda x, e: _normalise(x, e, axis=None),
                "You take one mean for everything. Each channel wants its own: leave the last axis out.",
            ),
            (
                lambda x, e: _normalise(x, e, axis=(1, 2)),
                "You normalise each picture for itself. The mean goes over the whole batch too: axis 0.",
            ),
            (
                lambda x, e: _normalise(x, e, axis=-1),
                "You average over the channels. It is the other way round: average over all axes but the last.",
            ),
            (no_root, "Divide by the square root of the variance."),
            (std_plus, "epsilon stands under the root: np.sqrt(variance + epsilon)."),
            (
                lambda x, e: x - x.mean(axis=(0, 1, 2)),
                "The mean is gone. Now divide by the square root of the variance plus epsilon.",
            ),
        ],
    )


@exercise(
    "11.moving",
    hints=(
        "new = momentum · old + (1 − momentum) · batch mean, three times over.",
        "It begins with 0.9 · 0 + 0.1 · 10 = 1.",
    ),
    praise="After three steps it is still far from 10: a moving average takes its time.",
)
def _(answer):
    def moving(means, momentum, value=0.0):
        for mean in means:
            value = momentum * value + (1 - momentum) * mean
        return value

    means = (10, 10, 20)
    _judging.number(
        answer,
        moving(means, 0.9),
        what="The moving mean",
        slips=[
            (
                moving(means, 0.1),
                "The momentum sits with the wrong one: 0.9 belongs to the old value, 0.1 to the new batch.",
            ),
            (float(np.mean(means)), "That is the ordinary mean of the three batches."),
            (moving(means[:2], 0.9), "That is after two batches. The third has a mean of 20."),
            (
                moving((10, 20), 0.9, 10.0),
                "You began with the first batch. Keras begins with 0, whatever the first batch says.",
            ),
            (moving((20, 10, 10), 0.9), "You took the batches in the wrong order."),
        ],
    )


@exercise(
    "11.counts",
    hints=(
        "For each channel: gamma, beta, a moving mean and a moving variance.",
        "The optimiser changes gamma and beta. The other two follow the batches.",
    ),
    praise="Four numbers a channel, two of them learned.",
)
def _(answer):
    filters = 64
    _judging.array(
        answer,
        (4 * filters, 2 * filters),
        what="Your pair",
        slips=[
            ((4, 2), "Those are the numbers for one channel. There are 64 channels."),
            ((2 * filters, 2 * filters), "The moving mean and variance are stored with the layer too."),
            ((4 * filters, 4 * filters), "The optimiser does not touch the moving mean and variance."),
            ((2 * filters, 4 * filters), "Swapped: first all that the layer holds, then what is trained."),
            (
                (4 * 32 * 32 * filters, 2 * 32 * 32 * filters),
                "All places of a channel share their numbers, so height and width do not count.",
            ),
        ],
    )


@exercise(
    "11.rotation",
    hints=(
        "factor=1 would be a full turn, 360 degrees, to either side.",
        "15 degrees are 15/360 of a full turn.",
    ),
    praise="A factor counts full turns, and it goes to both sides.",
)
def _(answer):
    if isinstance(answer, (tuple, list)) and len(answer) == 2:  # (-1/24, 1/24) says the same
        low, high = answer
        if isinstance(low, (int, float)) and isinstance(high, (int, float)) and low == -high:
            answer = high
    _judging.number(
        answer,
        15 / 360,
        tolerance=5e-4,
        what="The factor",
        slips=[
            (15, "Those are degrees. Keras would take it for 15 full turns."),
            (0.15, "15 per cent of a full turn is 54 degrees."),
            (15 / 180, "A full turn has 360 degrees, so this turns by up to 30."),
            (30 / 360, "The factor goes to both sides already: it is 15 to the left and 15 to the right."),
            (15 * np.pi / 180, "Those are radians. Keras counts full turns."),
            (7.5 / 360, "The factor goes to either side in full: this gives 7.5 degrees each way."),
        ],
    )


_STEPS = ("cache", "shuffle", "batch", "augment", "prefetch")


@exercise(
    "11.pipeline",
    hints=(
        "What is cached stays the same for ever. What is random belongs behind it.",
        "Shuffle single pictures, not whole batches.",
        "prefetch lets the next batch be made while the network is busy, so it stands at the very end.",
    ),
    praise="Fixed work once, random work every epoch.",
)
def _(answer):
    if not isinstance(answer, (list, tuple)) or sorted(map(str, answer)) != sorted(_STEPS):
        raise Wrong(f"The answer is a list of the five words, each once: {', '.join(_STEPS)}.")
    place = {word: answer.index(word) for word in _STEPS}
    if place["augment"] < place["cache"]:
        raise Wrong(
            "The cache keeps what comes out of the first epoch. Here it keeps augmented pictures, so every "
            "epoch sees the same ones."
        )
    if place["shuffle"] < place["cache"]:
        raise Wrong("The cache keeps the order of the first epoch too. Shuffle behind it.")
    if place["batch"] < place["shuffle"]:
        raise Wrong("That shuffles whole batches: the same pictures always stay together.")
    if place["prefetch"] != len(_STEPS) - 1:
        raise Wrong("prefetch should stand at the end, so that everything before it is done ahead of time.")


_ALLOWED = {
    "turn by 10 degrees": (True, "A digit that leans a little is still the same digit."),
    "turn by 180 degrees": (False, "A 6 turned by 180 degrees is a 9."),
    "mirror": (False, "A mirrored 2 is no digit at all, and people do not write like that."),
    "shift by 2 pixels": (True, "A digit may stand anywhere in its field."),
    "enlarge by 10 per cent": (True, "Some people write large."),
    "cut off the left half": (False, "The right half of an 8 may as well be a 3."),
}


@exercise(
    "11.allowed",
    hints=(
        "Ask of each: would a person who sees the changed picture still give the same label?",
        "There are three that would pass.",
    ),
    praise="What may change depends on the task, not on the layer.",
)
def _(answer):
    if isinstance(answer, str):
        raise Wrong("The answer is a set of texts in curly brackets, even if it holds one only.")
    try:
        given = {str(word).strip().lower() for word in answer}
    except TypeError:
        raise Wrong("The answer is a set of texts in curly brackets.") from None
    for word in sorted(given):
        if word not in _ALLOWED:
            raise Wrong(f"{word!r} is none of the six. Copy the words as they stand in the question.")
    for word, (allowed, why) in _ALLOWED.items():
        if word in given and not allowed:
            raise Wrong(f"{word!r} changes the label. {why}")
    for word, (allowed, why) in _ALLOWED.items():
        if allowed and word not in given:
            raise Wrong(f"One that is allowed is missing. {why}")
