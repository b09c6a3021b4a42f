"""The exercises of lecture 10, what convnets learn."""

import numpy as np

from .. import shapes
from . import _judging
from ._core import Wrong, exercise


def _fields():
    """What a unit of each layer of `models.vgg_mini` sees, {name: side in pixels}, in order."""
    layers, fields = [], {}
    for block, convolutions in enumerate((2, 2, 3, 3, 3), start=1):
        names = [f"block{block}_conv{i}" for i in range(1, convolutions + 1)] + [f"block{block}_pool"]
        for name in names:
            layers.append((2, 2) if name.endswith("pool") else 3)  # kernel, or (window, stride)
            fields[name] = shapes.receptive_field(layers).size
    return fields


@exercise(
    "10.sees",
    hints=(
        "What a unit sees is its receptive field: shapes.receptive_field(network, name).size.",
        "The table at the beginning of the lecture has a column for it. Go down until it says 30 or more.",
    ),
    praise="No unit before it can know what a whole head looks like, however well it was trained.",
)
def _(answer):
    if not isinstance(answer, str):
        raise Wrong("The answer is the name of a layer, in quotes: 'block1_conv1', for example.")
    fields, wanted = _fields(), 30
    name = answer.strip().lower()
    if name not in fields:
        raise Wrong(
            f"{answer!r} is no layer that slides over the picture. Their names begin with block1 to block5."
        )
    if fields[name] < wanted:
        raise Wrong(
            f"A unit of {name} sees {fields[name]} × {fields[name]} pixels: too few for the whole head."
        )
    first = next(one for one, size in fields.items() if size >= wanted)
    if name != first:
        raise Wrong(
            f"A unit of {name} sees {fields[name]} × {fields[name]} pixels, so it can see the head. But an earlier layer "
            "can do so too."
        )


def _step(image, gradient, rate):
    image, gradient = np.asarray(image, dtype=float), np.asarray(gradient, dtype=float)
    return np.clip(image + rate * gradient / np.sqrt(np.mean(gradient**2)), 0, 255)


@exercise(
    "10.ascent",
    hints=(
        "The root mean square is np.sqrt(np.mean(gradient**2)).",
        "Uphill: image + rate * gradient / (root mean square). Then np.clip(…, 0, 255).",
    ),
    praise="Up and not down: here the weights stay, and the picture learns.",
)
def _(answer):
    rng = np.random.default_rng(10)
    cases = [
        (np.array([[100.0, 120.0], [140.0, 160.0]]), np.array([[1.0, -1.0], [3.0, -5.0]]), 6.0),
        (rng.uniform(0, 255, (2, 3)).round(), rng.normal(0, 1e-3, (2, 3)).round(4), 10.0),
        (np.array([[2.0, 250.0], [128.0, 128.0]]), np.array([[-1.0, 1.0], [0.0, 0.0]]), 20.0),
    ]

    def scaled(by, sign=1):
        return lambda x, g, r: np.clip(x + sign * r * g / by(g), 0, 255)

    def root(g):
        return np.sqrt(np.mean(g**2))

    _judging.function(
        answer,
        _step,
        cases,
        slips=[
            (scaled(root, -1), "That goes downhill, as in training. Here the score is to grow."),
            (
                scaled(lambda g: 1),
                "The gradient is still to be divided by its root mean square: alone it may be a thousand times too small.",
            ),
            (
                scaled(lambda g: np.abs(g).max()),
                "You divided by the largest entry, not by the root mean square.",
            ),
            (
                scaled(np.linalg.norm),
                "You divided by the length, the root of the sum. Take the root of the mean, so that the step does not "
                "depend on the number of pixels.",
            ),
            (scaled(lambda g: np.mean(g**2)), "The root is missing: that is the mean square."),
            (lambda x, g, r: x + r * g / root(g), "The picture leaves its range. Keep it between 0 and 255."),
            (
                lambda x, g, r: np.clip(r * g / root(g), 0, 255),
                "That is the step alone. Add it to the picture.",
            ),
        ],
    )


def _variation(image):
    image = np.asarray(image, dtype=float)
    return np.abs(np.diff(image, axis=0)).sum() + np.abs(np.diff(image, axis=1)).sum()


@exercise(
    "10.variation",
    hints=(
        "Neighbours below each other: image[1:] - image[:-1]. Beside each other: image[:, 1:] - image[:, :-1].",
        "np.abs(…).sum() for each of the two, and the sum of both. np.diff gives the differences, too.",
    ),
    praise="Noise has a large total variation, a smooth picture a small one.",
)
def _(answer):
    rng = np.random.default_rng(10)
    cases = [
        (np.array([[0.0, 5.0], [1.0, 3.0]]),),
        (rng.integers(0, 10, (3, 4)).astype(float),),
        (rng.normal(size=(4, 2)).round(2),),
    ]

    def along(axis):
        return lambda x: np.abs(np.diff(x, axis=axis)).sum()

    def rolled(x):
        return sum(np.abs(x - np.roll(x, 1, axis)).sum() for axis in (0, 1))

    _judging.function(
        answer,
        _variation,
        cases,
        slips=[
            (along(0), "Those are the neighbours below each other. The ones beside each other count too."),
            (along(1), "Those are the neighbours beside each other. The ones below each other count too."),
            (
                lambda x: np.diff(x, axis=0).sum() + np.diff(x, axis=1).sum(),
                "Differences up and down cancel here. Take their absolute values before you add them up.",
            ),
            (
                lambda x: (np.diff(x, axis=0) ** 2).sum() + (np.diff(x, axis=1) ** 2).sum(),
                "Those are the squares of the differences. Total variation takes their absolute values.",
            ),
            (
                lambda x: np.abs(np.diff(x, axis=0)).mean() + np.abs(np.diff(x, axis=1)).mean(),
                "Those are the means. Add the differences up.",
            ),
            (rolled, "np.roll goes round the edges: there the first row is compared with the last."),
        ],
    )


_MAPS = np.array([[[1, 3], [2, 1]], [[0, 1], [4, 5]]], dtype=float)  # (h, w, channels)
_SLOPES = np.array([[[0.2, -1.0], [0.6, 0.0]], [[0.4, -0.5], [0.8, -0.5]]])


@exercise(
    "10.cam_by_hand",
    hints=(
        "The weight of a channel is the mean of its four gradients: 0.5 for the first, −0.5 for the second.",
        "Multiply each map by its weight, add the two up, and set what is negative to 0.",
    ),
    praise="The second channel speaks against the class, so it can only take away.",
)
def _(answer):
    weights = _SLOPES.mean(axis=(0, 1))
    summed = (weights * _MAPS).sum(axis=-1)
    _judging.array(
        answer,
        np.maximum(summed, 0),
        what="Your map",
        slips=[
            (summed, "The ReLU is missing: negative numbers speak against the class, and become 0."),
            (
                np.maximum(4 * summed, 0),
                "You took the sum of the gradients as weight. Take their mean: divide by 4.",
            ),
            (
                np.maximum((_SLOPES * _MAPS).sum(axis=-1), 0),
                "You multiplied place by place. Each channel has one weight, the mean of its gradients.",
            ),
            (
                (np.abs(weights) * _MAPS).sum(axis=-1),
                "The second weight is negative: that channel speaks against the class. Keep the sign.",
            ),
            (
                (np.maximum(weights, 0) * _MAPS).sum(axis=-1),
                "You set the negative weight to 0. The ReLU comes after the sum, not before it.",
            ),
            (
                np.maximum(weights * _MAPS, 0),
                "Those are the two channels, weighted. Add them up to one map.",
            ),
        ],
    )


class _Score:
    """A score for the exercise on occlusion: bright pixels count, each place by its own weight."""

    def __init__(self, weights, bias=0.0):
        self.weights, self.bias = np.asarray(weights, dtype=float), bias

    def __call__(self, image):
        return float(np.sum(self.weights * np.asarray(image, dtype=float)) + self.bias)

    def __repr__(self):
        return "score"


def _occlusion(score, image, size, *, fill=None, sign=1, spoil=False, plain=False):
    image = np.array(image, dtype=float)
    whole, mean = score(image), image.mean() if fill is None else fill
    rows, columns = image.shape[0] // size, image.shape[1] // size
    lost = np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            covered = image if spoil else image.copy()
            covered[i * size : (i + 1) * size, j * size : (j + 1) * size] = mean
            lost[i, j] = score(covered) if plain else sign * (whole - score(covered))
    return lost


@exercise(
    "10.occlusion",
    hints=(
        "Two loops, over the rows and the columns of squares. The square begins at row i * size, column j * size.",
        "Make a copy first: covered = image.copy(). Then covered[top : top + size, left : left + size] = image.mean().",
        "What is lost is score(image) - score(covered).",
    ),
    praise="It needs no gradient and no look inside: any function of a picture can be asked like this.",
)
def _(answer):
    rng = np.random.default_rng(10)
    cases = [
        (_Score(np.ones((2, 4)), 5.0), np.array([[1.0, 2, 3, 4], [5, 6, 7, 8]]), 2),
        (_Score(rng.normal(size=(4, 6)).round(1), 1.0), rng.integers(0, 10, (4, 6)).astype(float), 2),
        (_Score(rng.normal(size=(6, 3)).round(1)), rng.integers(0, 10, (6, 3)).astype(float), 3),
    ]
    _judging.function(
        answer,
        _occlusion,
        cases,
        tolerance=1e-5,
        slips=[
            (
                lambda *case: _occlusion(*case, sign=-1),
                "The sign is the wrong way round: what is lost is the score before minus the score after.",
            ),
            (
                lambda *case: _occlusion(*case, fill=0),
                "You covered with 0, which is black. Take the mean of the picture.",
            ),
            (
                lambda *case: _occlusion(*case, spoil=True),
                "The squares add up: you cover the picture itself, and it stays covered. Make a copy for each square.",
            ),
            (
                lambda *case: _occlusion(*case, plain=True),
                "Those are the scores of the covered pictures. The question is what was lost: take them from the first.",
            ),
            (lambda *case: _occlusion(*case).T, "Rows and columns are swapped."),
        ],
    )


def _inside(heat, mask):
    heat, mask = np.asarray(heat, dtype=float), np.asarray(mask, dtype=bool)
    return heat[mask].sum() / heat.sum()


@exercise(
    "10.inside",
    hints=(
        "heat[mask] picks the numbers of the map where the mask is True.",
        "Their sum, divided by the sum of the whole map.",
    ),
    praise="1 is a map that lies on the object alone. Compare it with mask.mean(), which a map gets that knows nothing.",
)
def _(answer):
    rng = np.random.default_rng(10)
    cases = [
        (np.array([[1.0, 2.0], [4.0, 0.0]]), np.array([[True, False], [True, True]])),
        (rng.integers(1, 9, (3, 4)).astype(float), rng.random((3, 4)) < 0.4),
        (rng.uniform(0, 0.01, (4, 4)).round(4), rng.random((4, 4)) < 0.6),
    ]
    _judging.function(
        answer,
        _inside,
        cases,
        slips=[
            (
                lambda heat, mask: mask.mean(),
                "That is the object's share of the picture. The map is not in it.",
            ),
            (
                lambda heat, mask: heat[mask].mean(),
                "That is the mean of the map on the object. A share of a sum is asked.",
            ),
            (lambda heat, mask: heat[mask].sum(), "Divide by the sum of the whole map, or it is no share."),
            (lambda heat, mask: heat[~mask].sum() / heat.sum(), "That is the share outside the object."),
            (
                lambda heat, mask: heat[mask].sum() / heat[~mask].sum(),
                "You divided by what lies outside. Divide by the whole map.",
            ),
            (
                lambda heat, mask: heat[mask].mean() / heat.mean(),
                "That compares the mean on the object with the mean everywhere. Take sums, not means.",
            ),
            (
                lambda heat, mask: (heat > 0)[mask].sum() / (heat > 0).sum(),
                "That counts pixels. Add up what they hold.",
            ),
        ],
    )


# What was measured of four networks: accuracy on pictures like those of the training, accuracy with the places
# exchanged, share of Grad-CAM on the animal. The animals cover a share of 0.35.
_NETWORKS = {
    "amber": "is right with familiar places and wrong with exchanged ones, more often than by guessing.",
    "blue": "loses next to nothing when the places are exchanged, so it does not go by them.",
    "coral": (
        "has a map that lies on the animal no more than a map that knows nothing. But its answers survive the exchange. "
        "A map gives a hint, the exchange is the test."
    ),
    "denim": (
        "is hardly better than a coin, whatever the place. It has learned nothing, not even the shortcut, although its "
        "map lies on the animal."
    ),
}


@exercise(
    "10.shortcut",
    hints=(
        "A shortcut helps where it holds, and misleads where it is turned round.",
        "So look for a large fall between the first two columns. The third one is only a hint.",
    ),
    praise="The exchange of places decides. The map alone would have accused the wrong one.",
)
def _(answer):
    try:
        given = {str(word).strip().lower() for word in ([answer] if isinstance(answer, str) else answer)}
    except TypeError:
        raise Wrong("The answer is a set of names in curly brackets, even if it holds one only.") from None
    for name in sorted(given):
        if name not in _NETWORKS:
            raise Wrong(f"{name!r} is none of the four. They are called {', '.join(_NETWORKS)}.")
    for name in sorted(given - {"amber"}):
        raise Wrong(f"{name.capitalize()} {_NETWORKS[name]}")
    if not given:
        raise Wrong("One of them has. Look for the one whose accuracy falls when the places are exchanged.")
