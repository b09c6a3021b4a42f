"""How much of the class can be read off each block of vgg_mini, on photographs that it has never seen.

A linear probe (Alain and Bengio 2016): of each layer the mean and the standard deviation of each channel, and on top of
them ridge regression of the classes. It is fitted and tested on the test splits alone, cut in two by the seed, since
the late layers know the training pictures by heart.
"""

import functools

import numpy as np

from . import experiment

LAYERS = ("block1_conv2", "block2_conv2", "block3_conv3", "block4_conv3", "block5_conv3")
SIDE, FIT, PENALTY = 96, 0.7, 100.0


@experiment("vgg_mini_probe", "Classes read off the blocks of vgg_mini by a linear probe")
def vgg_mini_probe(seed):
    random = np.random.default_rng(seed)
    return {f"{name}_accuracy": probe(*features(name), random) for name in ("cats_vs_dogs", "aerial")}


def probe(layers, labels, random):
    """Accuracy for the pixels and for each layer, a list of floats."""
    order = random.permutation(len(labels))
    fit, test = np.split(order, [round(FIT * len(order))])
    return [accuracy(x, labels, fit, test) for x in layers]


def accuracy(x, labels, fit, test):
    x = (x - x[fit].mean(axis=0)) / (x[fit].std(axis=0) + 1e-6)
    classes = labels.max() + 1
    wanted = np.eye(classes)[labels] - 1 / classes
    weights = np.linalg.solve(x[fit].T @ x[fit] + PENALTY * np.eye(x.shape[1]), x[fit].T @ wanted[fit])
    return float(np.mean((x[test] @ weights).argmax(axis=1) == labels[test]))


@functools.cache
def features(name):
    """The pixels and the layers, each (N, 2 · channels) float64, and the labels, of the real test split."""
    from cnnkit import datasets, explain, models

    data = getattr(datasets, name)(source="real", image_size=SIDE)
    images, labels = data.arrays("test")
    network = models.vgg_mini()
    parts = [[summary(images)]] + [[] for _ in LAYERS]
    for start in range(0, len(images), 50):
        found = explain.activations(network, images[start : start + 50], list(LAYERS))
        for part, values in zip(parts[1:], found.values(), strict=True):
            part.append(summary(values))
    return [np.concatenate(part) for part in parts], labels


def summary(maps):
    """The mean and the standard deviation of each channel over its places: (N, H, W, C) → (N, 2 C)."""
    maps = np.asarray(maps, dtype=np.float64)
    return np.concatenate([maps.mean(axis=(1, 2)), maps.std(axis=(1, 2))], axis=1)
