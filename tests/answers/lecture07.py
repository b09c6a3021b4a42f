"""Right and wrong answers to the exercises of lecture 07."""

import numpy as np


def stamp(x, kernel, strides):
    output = np.zeros((len(x) - 1) * strides + len(kernel))
    for i, number in enumerate(x):
        output[i * strides : i * strides + len(kernel)] += number * kernel
    return output


def overwrite(x, kernel, strides):
    output = np.zeros((len(x) - 1) * strides + len(kernel))
    for i, number in enumerate(x):
        output[i * strides : i * strides + len(kernel)] = number * kernel
    return output


RIGHT = {
    "07.by_hand": [[2, 3, 4, 3], np.array([2.0, 3, 4, 3])],
    "07.layers": [2],
    "07.shape": [(8, 50, 38, 32), [8, 50, 38, 32]],
    "07.transpose1d": [stamp],
    "07.even": [[3, 6, 9], (9, 6, 3), {3, 6, 9}],
}

WRONG = [
    ("07.by_hand", [3, 4], "shorter"),
    ("07.by_hand", [2, 2, 1, 1, 3, 3], "stride of 2"),
    ("07.by_hand", [0, 0, 0, 0], "index 0"),
    ("07.by_hand", [2, 1, 3], "shape"),
    ("07.by_hand", "2 3 4 3", "numbers|shape"),
    ("07.layers", 4, "factor of 4"),
    ("07.layers", 21, "doubles"),
    ("07.layers", 0, "not 0"),
    ("07.layers", [2, 2], "one number"),
    ("07.shape", (8, 48, 36, 32), "same"),
    ("07.shape", (8, 50, 38, 64), "filters"),
    ("07.shape", (8, 38, 50, 32), "swapped"),
    ("07.shape", (50, 38, 32), "batch axis"),
    ("07.shape", (8, 4, 3, 32), "smaller"),
    ("07.shape", (0, 0, 0, 0), "index"),
    ("07.transpose1d", overwrite, "added"),
    ("07.transpose1d", lambda x, kernel, strides: stamp(x, kernel[::-1], strides), "wrong way round"),
    ("07.transpose1d", lambda x, kernel, strides: np.convolve(x, kernel), "strides"),
    ("07.transpose1d", lambda x, kernel, strides: 0 * stamp(x, kernel, strides), "index"),
    ("07.transpose1d", lambda x, kernel, strides: stamp(x, kernel, strides)[:-1], "shape"),
    ("07.transpose1d", lambda x, kernel, strides: None, "return"),
    ("07.even", [4, 6, 8], "kernel of 4"),
    ("07.even", [3, 6], "more than 2"),
    ("07.even", [], "more than 0"),
    ("07.even", list(range(2, 10)), "kernel of 2"),
    ("07.even", [3, 6, 9, 12], "from 2 to 9"),
    ("07.even", 3, "list"),
]
