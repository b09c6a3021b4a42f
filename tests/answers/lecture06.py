"""Right and wrong answers to the exercises of lecture 06."""

import numpy as np


def pool(image, size, strides, summary=np.mean):
    rows, columns = ((n - size) // strides + 1 for n in image.shape)
    output = np.zeros((rows, columns))
    for i, j in np.ndindex(rows, columns):
        top, left = i * strides, j * strides
        output[i, j] = summary(image[top : top + size, left : left + size])
    return output


X1 = np.array(
    [
        [10, 255, 125, 0, 170, 100],
        [70, 255, 105, 25, 25, 70],
        [255, 0, 150, 0, 10, 10],
        [0, 255, 10, 10, 150, 20],
        [70, 15, 200, 100, 95, 0],
        [35, 25, 100, 20, 0, 60],
    ]
)
X2 = np.array(
    [
        [100, 100, 100, 50, 100, 50],
        [95, 255, 100, 125, 125, 170],
        [80, 40, 10, 10, 125, 150],
        [255, 30, 150, 20, 120, 125],
        [30, 30, 150, 100, 70, 70],
        [70, 30, 100, 200, 70, 95],
    ]
)

RIGHT = {
    "06.by_hand": [[[4, 1]], [4, 1], np.array([[4.0, 1.0]])],
    "06.shape": [(32, 111, 111, 64)],
    "06.times": [5, 5.0],
    "06.average_pool": [pool],
    "06.fool": [X2, X2.tolist(), np.kron(pool(X1, 2, 2, np.max), np.ones((2, 2)))],
    "06.words": [("equivariant", "invariant", "neither"), ["Equivariant ", "INVARIANT", "neither"]],
}

WRONG = [
    ("06.by_hand", [[7, 4]], "max pooling"),
    ("06.by_hand", [[16, 4]], "sums"),
    ("06.by_hand", [[4, 2.5, 1]], "stride of 1|differs"),
    ("06.by_hand", [[0, 0]], "index"),
    ("06.by_hand", 4, "shape"),
    ("06.shape", (32, 112, 112, 64), "windows of 2"),
    ("06.shape", (32, 74, 74, 64), "stride of 3"),
    ("06.shape", (111, 111, 64), "batch axis"),
    ("06.shape", (32, 64, 111, 111), "channels come last"),
    ("06.shape", (32, 110, 110, 64), r"\+ 1 is missing"),
    ("06.times", 6, "steps between"),
    ("06.times", 32, "halve"),
    ("06.times", 0, "not 0"),
    ("06.times", "five", "one number"),
    ("06.average_pool", lambda image, size, strides: pool(image, size, strides, np.max), "largest"),
    ("06.average_pool", lambda image, size, strides: pool(image, size, strides, np.sum), "sums"),
    ("06.average_pool", lambda image, size, strides: pool(image, size, size), "its own size"),
    ("06.average_pool", lambda image, size, strides: 0 * pool(image, size, strides), "index"),
    ("06.average_pool", lambda image, size, strides: pool(image, size, strides).T, "swapped"),
    ("06.average_pool", lambda image, size: pool(image, size, size), "TypeError"),
    ("06.fool", X1, "Only 0 cells"),
    ("06.fool", np.zeros((6, 6)), "index"),
    ("06.fool", np.minimum(X2, 200), "index"),
    ("06.fool", X2[:5], "shape"),
    ("06.fool", np.full((6, 6), np.nan), "not a number"),
    ("06.fool", "X2", "6 × 6"),
    ("06.words", ("invariant", "invariant", "neither"), "moves along"),
    ("06.words", ("equivariant", "equivariant", "neither"), "global average pooling"),
    ("06.words", ("equivariant", "invariant", "invariant"), "dense layer"),
    ("06.words", ("equivariant", "invariant", "no idea"), "none of the three"),
    ("06.words", "equivariant", "three words"),
]
