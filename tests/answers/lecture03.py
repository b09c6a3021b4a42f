"""Right and wrong answers to the exercises of lecture 03."""

import numpy as np


def correlate(x, w, strides):
    return np.array([x[i : i + len(w)] @ w for i in range(0, len(x) - len(w) + 1, strides)])


RIGHT = {
    "03.by_hand": [[3, 1, 6, 2], np.array([3.0, 1, 6, 2])],
    "03.lengths": [(94, 100, 106), [94, 100, 106]],
    "03.correlate": [correlate],
    "03.edge_kernel": [[-1, 0, 1], np.array([-1.0, 0, 1])],
    "03.matrix_shape": [(4, 10)],
}

WRONG = [
    ("03.by_hand", [0, 0, 0, 0], "index 0"),
    ("03.by_hand", [1, 3, 2, 6], "without turning it round"),
    ("03.by_hand", [3, 2], "shape|cross-correlation|inside"),
    ("03.by_hand", [1, 6], "inside"),
    ("03.by_hand", [3, 1, 6], "shape"),
    ("03.by_hand", "3162", "shape|numbers"),
    ("03.lengths", (93, 100, 106), "one too few"),
    ("03.lengths", (94, 94, 106), "length for same"),
    ("03.lengths", (94, 100, 107), "one too many"),
    ("03.lengths", (0, 0, 0), "length for valid"),
    ("03.lengths", 94, "three numbers"),
    ("03.lengths", (106, 100, 94), "exchanged"),
    ("03.correlate", lambda x, w, strides: correlate(x, w[::-1], strides), "turned w round"),
    ("03.correlate", lambda x, w, strides: correlate(x, w, 1), "did not use `strides`"),
    ("03.correlate", lambda x, w, strides: np.zeros(len(x)), "shape"),
    ("03.correlate", lambda x, w, strides: 0 * correlate(x, w, strides), "index"),
    ("03.correlate", lambda x, w, strides: np.convolve(x, w), "shape"),
    ("03.correlate", lambda x, w, strides: print(end=""), "return"),
    ("03.correlate", 5, "function itself"),
    ("03.edge_kernel", [1, 0, -1], "sign"),
    ("03.edge_kernel", [0, 0, 0], "turns the row into"),
    ("03.edge_kernel", [-1, 1], "3 numbers"),
    ("03.edge_kernel", [-1, 1, 0], "turns the row into"),
    ("03.edge_kernel", "sobel", "three numbers"),
    ("03.matrix_shape", (10, 4), "Rows come first"),
    ("03.matrix_shape", (8, 10), "stride of 1"),
    ("03.matrix_shape", (5, 10), "one too many"),
    ("03.matrix_shape", (0, 0), "index 0"),
    ("03.matrix_shape", (3, 10), "the start counts too"),
]
