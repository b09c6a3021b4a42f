"""Right and wrong answers to the exercises of lecture 11."""

import numpy as np


def dropout(x, mask, rate, training):
    return x * mask / (1 - rate) if training else x


def batch_norm(images, epsilon, axis=(0, 1, 2)):
    mean = images.mean(axis=axis, keepdims=True)
    return (images - mean) / np.sqrt(((images - mean) ** 2).mean(axis=axis, keepdims=True) + epsilon)


def per_channel(images, epsilon):
    output = np.empty_like(images)
    for channel in range(images.shape[-1]):
        one = images[..., channel]
        output[..., channel] = (one - np.mean(one)) / (np.var(one) + epsilon) ** 0.5
    return output


RIGHT = {
    "11.dropout_by_hand": [[5, 0, 7.5, 10], np.array([5, 0, 7.5, 10])],
    "11.dropout": [dropout],
    "11.batch_norm": [batch_norm, per_channel],
    "11.moving": [3.71, np.float32(3.71)],
    "11.counts": [(256, 128), [256, 128]],
    "11.rotation": [15 / 360, 0.0417, (-15 / 360, 15 / 360)],
    "11.pipeline": [
        ["cache", "shuffle", "batch", "augment", "prefetch"],
        ("cache", "shuffle", "augment", "batch", "prefetch"),
        ["cache", "augment", "shuffle", "batch", "prefetch"],
    ],
    "11.allowed": [
        {"turn by 10 degrees", "shift by 2 pixels", "enlarge by 10 per cent"},
        ["Shift by 2 pixels", "turn by 10 degrees", " enlarge by 10 per cent"],
    ],
}

WRONG = [
    ("11.dropout_by_hand", [4, 0, 6, 8], "still to be divided"),
    ("11.dropout_by_hand", [20, 0, 30, 40], "divided by the rate"),
    ("11.dropout_by_hand", [3.2, 0, 4.8, 6.4], "multiplied"),
    ("11.dropout_by_hand", [0, 2.5, 0, 0], "wrong way round"),
    ("11.dropout_by_hand", [4, 2, 6, 8], "prediction"),
    ("11.dropout_by_hand", [5, 7.5, 10], "shape"),
    ("11.dropout_by_hand", [0, 0, 0, 0], "index 0"),
    ("11.dropout", lambda x, mask, rate, training: x * mask / (1 - rate), "return x as it is"),
    ("11.dropout", lambda x, mask, rate, training: x * mask if training else x, "still to be divided"),
    (
        "11.dropout",
        lambda x, mask, rate, training: x * mask if training else x * (1 - rate),
        "first paper|still",
    ),
    ("11.dropout", lambda x, mask, rate, training: x * mask / rate if training else x, "divided by the rate"),
    ("11.dropout", lambda x, mask, rate, training: dropout(x, mask, rate, not training), "swapped"),
    ("11.dropout", lambda x, mask, rate, training: 0 * x, "index"),
    ("11.dropout", lambda x, mask, rate, training: None, "return"),
    ("11.batch_norm", lambda images, epsilon: batch_norm(images, epsilon, axis=0), "every pixel"),
    (
        "11.batch_norm",
        lambda images, epsilon: batch_norm(images, epsilon, axis=None),
        "one mean for everything",
    ),
    ("11.batch_norm", lambda images, epsilon: batch_norm(images, epsilon, axis=(1, 2)), "each picture"),
    ("11.batch_norm", lambda images, epsilon: batch_norm(images, epsilon, axis=-1), "over the channels"),
    ("11.batch_norm", lambda images, epsilon: images - images.mean(axis=(0, 1, 2)), "Now divide"),
    (
        "11.batch_norm",
        lambda images, epsilon: (images - images.mean((0, 1, 2))) / (images.var((0, 1, 2)) + epsilon),
        "square root",
    ),
    (
        "11.batch_norm",
        lambda images, epsilon: (images - images.mean((0, 1, 2))) / (images.std((0, 1, 2)) + epsilon),
        "under the root",
    ),
    ("11.batch_norm", lambda images, epsilon: 0 * images, "index"),
    ("11.moving", 18.99, "wrong one"),
    ("11.moving", 40 / 3, "ordinary mean"),
    ("11.moving", 1.9, "two batches"),
    ("11.moving", 11, "began with the first batch"),
    ("11.moving", 0, "not 0"),
    ("11.counts", (4, 2), "64 channels"),
    ("11.counts", (128, 128), "stored with the layer"),
    ("11.counts", (256, 256), "does not touch"),
    ("11.counts", (128, 256), "Swapped"),
    ("11.counts", (0, 0), "index"),
    ("11.rotation", 15, "degrees"),
    ("11.rotation", 0.15, "54 degrees"),
    ("11.rotation", 15 / 180, "up to 30|both sides"),
    ("11.rotation", 15 * np.pi / 180, "radians"),
    ("11.rotation", 0, "not 0"),
    ("11.rotation", (0, 15 / 360), "one number"),
    ("11.pipeline", ["augment", "cache", "shuffle", "batch", "prefetch"], "same ones"),
    ("11.pipeline", ["shuffle", "cache", "batch", "augment", "prefetch"], "Shuffle behind"),
    ("11.pipeline", ["cache", "batch", "shuffle", "augment", "prefetch"], "whole batches"),
    ("11.pipeline", ["prefetch", "cache", "shuffle", "batch", "augment"], "at the end"),
    ("11.pipeline", ["cache", "shuffle", "batch", "augment"], "five words"),
    ("11.allowed", {"turn by 10 degrees", "shift by 2 pixels", "mirror"}, "changes the label"),
    ("11.allowed", {"turn by 180 degrees"}, "is a 9"),
    ("11.allowed", {"turn by 10 degrees", "shift by 2 pixels"}, "missing"),
    ("11.allowed", {"cut off the left half"}, "right half"),
    ("11.allowed", set(), "missing"),
    ("11.allowed", "shift by 2 pixels", "curly brackets"),
    ("11.allowed", {"shear"}, "none of the six"),
]
