"""Right and wrong answers to the exercises of lecture 10."""

import itertools

import numpy as np


def rms(gradient):
    return np.sqrt((gradient**2).mean())


def step(image, gradient, rate):
    return np.clip(image + rate * gradient / rms(gradient), 0, 255)


def variation(image):
    rows = sum(
        abs(a - b) for above, below in itertools.pairwise(image) for a, b in zip(above, below, strict=True)
    )
    columns = np.abs(image[:, 1:] - image[:, :-1]).sum()
    return rows + columns


def occlusion(score, image, size):
    rows, columns = len(image) // size, len(image[0]) // size
    lost = np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            covered = image.copy()
            covered[i * size : i * size + size, j * size : j * size + size] = image.mean()
            lost[i, j] = score(image) - score(covered)
    return lost


def as_lists(score, image, size):
    return occlusion(score, image, size).tolist()


def blackened(score, image, size):
    lost = np.zeros((len(image) // size, len(image[0]) // size))
    for i, j in np.ndindex(lost.shape):
        covered = image.copy()
        covered[i * size : i * size + size, j * size : j * size + size] = 0
        lost[i, j] = score(image) - score(covered)
    return lost


def spoiling(score, image, size):
    lost, whole, mean = np.zeros((len(image) // size, len(image[0]) // size)), score(image), image.mean()
    for i, j in np.ndindex(lost.shape):
        image[i * size : i * size + size, j * size : j * size + size] = mean
        lost[i, j] = whole - score(image)
    return lost


def scores(score, image, size):
    return score(image) - occlusion(score, image, size)


RIGHT = {
    "10.sees": ["block3_conv2", " Block3_conv2"],
    "10.ascent": [step],
    "10.variation": [variation, lambda image: sum(np.abs(np.diff(image, axis=a)).sum() for a in (0, 1))],
    "10.cam_by_hand": [[[0, 0.5], [0, 0]], np.array([[0, 0.5], [0, 0.0]])],
    "10.occlusion": [occlusion, as_lists],
    "10.inside": [
        lambda heat, mask: heat[mask].sum() / heat.sum(),
        lambda heat, mask: (heat * mask).sum() / np.sum(heat),
    ],
    "10.shortcut": [{"amber"}, ["Amber"], "amber"],
}

WRONG = [
    ("10.sees", "block3_conv1", "sees 24 × 24 pixels: too few"),
    ("10.sees", "block2_pool", "sees 16 × 16 pixels: too few"),
    ("10.sees", "block3_conv3", "an earlier layer"),
    ("10.sees", "block5_conv3", "sees 196 × 196 pixels.*an earlier layer"),
    ("10.sees", "conv3", "no layer that slides"),
    ("10.sees", 32, "name of a layer, in quotes"),
    ("10.ascent", lambda image, gradient, rate: step(image, -gradient, rate), "downhill"),
    (
        "10.ascent",
        lambda image, gradient, rate: np.clip(image + rate * gradient, 0, 255),
        "still to be divided",
    ),
    (
        "10.ascent",
        lambda image, gradient, rate: np.clip(image + rate * gradient / abs(gradient).max(), 0, 255),
        "largest entry",
    ),
    (
        "10.ascent",
        lambda image, gradient, rate: np.clip(image + rate * gradient / np.sqrt((gradient**2).sum()), 0, 255),
        "root of the sum",
    ),
    ("10.ascent", lambda image, gradient, rate: image + rate * gradient / rms(gradient), "between 0 and 255"),
    ("10.ascent", lambda image, gradient, rate: rate * gradient / rms(gradient), "index"),
    ("10.ascent", lambda image, gradient, rate: image, "index"),
    ("10.ascent", lambda image, gradient, rate: None, "return"),
    ("10.variation", lambda image: abs(np.diff(image, axis=0)).sum(), "below each other. The ones beside"),
    ("10.variation", lambda image: abs(np.diff(image, axis=1)).sum(), "beside each other. The ones below"),
    ("10.variation", lambda image: sum((np.diff(image, axis=a) ** 2).sum() for a in (0, 1)), "squares"),
    ("10.variation", lambda image: sum(np.diff(image, axis=a).sum() for a in (0, 1)), "cancel"),
    ("10.variation", lambda image: sum(abs(np.diff(image, axis=a)).mean() for a in (0, 1)), "means"),
    ("10.variation", lambda image: sum(abs(image - np.roll(image, 1, a)).sum() for a in (0, 1)), "np.roll"),
    ("10.variation", lambda image: image.std(), "index|not right|shape"),
    ("10.cam_by_hand", [[-1, 0.5], [-0.5, -0.5]], "ReLU is missing"),
    ("10.cam_by_hand", [[0, 2], [0, 0]], "sum of the gradients"),
    ("10.cam_by_hand", [[0, 1.2], [0, 0.7]], "place by place"),
    ("10.cam_by_hand", [[2, 1.5], [0.5, 4.5]], "Keep the sign"),
    ("10.cam_by_hand", [[0.5, 1], [0, 2]], "after the sum"),
    ("10.cam_by_hand", [0, 0.5, 0, 0], "shape"),
    ("10.cam_by_hand", [[0, 0], [0, 0]], r"index \(0, 1\)"),
    ("10.occlusion", lambda *case: -occlusion(*case), "sign"),
    ("10.occlusion", blackened, "black"),
    ("10.occlusion", spoiling, "squares add up"),
    ("10.occlusion", scores, "scores of the covered"),
    ("10.occlusion", lambda *case: occlusion(*case).T, "swapped"),
    ("10.occlusion", lambda score, image, size: 0 * image, "shape"),
    ("10.inside", lambda heat, mask: mask.mean(), "object's share"),
    ("10.inside", lambda heat, mask: heat[mask].mean(), "mean of the map"),
    ("10.inside", lambda heat, mask: heat[mask].sum(), "no share"),
    ("10.inside", lambda heat, mask: heat[~mask].sum() / heat.sum(), "outside"),
    ("10.inside", lambda heat, mask: heat[mask].sum() / heat[~mask].sum(), "Divide by the whole map"),
    ("10.inside", lambda heat, mask: heat[mask].mean() / heat.mean(), "Take sums"),
    ("10.inside", lambda heat, mask: 0, "not right"),
    ("10.shortcut", {"coral"}, "exchange is the test"),
    ("10.shortcut", {"amber", "coral"}, "exchange is the test"),
    ("10.shortcut", {"denim"}, "learned nothing"),
    ("10.shortcut", {"blue"}, "loses next to nothing"),
    ("10.shortcut", set(), "One of them has"),
    ("10.shortcut", {"red"}, "none of the four"),
    ("10.shortcut", 1, "curly brackets"),
]
