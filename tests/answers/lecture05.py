"""Right and wrong answers to the exercises of lecture 05."""

import math
from types import SimpleNamespace

import numpy as np


def output_size(n, k, s, p, d):
    return math.floor((n + 2 * p - d * (k - 1) - 1) / s) + 1


def same_padding(n, k, s):
    """Written from the definition: as few zeros as make room for ceil(n / s) windows, the odd one last."""
    before = after = 0
    while before + n + after < (math.ceil(n / s) - 1) * s + k:
        before, after = (before, after + 1) if before == after else (before + 1, after)
    return before, after


class Conv2D(SimpleNamespace):
    """Has the attributes of Keras's layer, so that most of these tests need no TensorFlow."""

    def __init__(
        self, filters, kernel_size, strides=1, padding="valid", dilation_rate=1, use_bias=True, groups=1
    ):
        def pair(value):
            return value if isinstance(value, tuple) else (value, value)

        super().__init__(
            filters=filters,
            kernel_size=pair(kernel_size),
            strides=pair(strides),
            padding=padding,
            dilation_rate=pair(dilation_rate),
            use_bias=use_bias,
            groups=groups,
        )


RIGHT = {
    "05.sizes": [(24, 55, 8, 6), np.array([24.0, 55, 8, 6])],
    "05.output_size": [output_size, lambda n, k, s, p, d: len(range(0, n + 2 * p - d * (k - 1), s))],
    "05.same_padding": [same_padding, lambda n, k, s: list(same_padding(n, k, s))],
    "05.cost": [(876, 12288, 884736), [876, np.int64(12288), 884736.0]],
    "05.layer": [Conv2D(8, 5, strides=2, padding="same"), Conv2D(8, (5, 5), (2, 2), "same")],
    "05.receptive_field": [(13, 2), [13, 2]],
}

WRONG = [
    ("05.sizes", (23, 55, 8, 6), "one too few"),
    ("05.sizes", (24, 54, 8, 6), r"\+ 1"),
    ("05.sizes", (24, 57, 8, 6), "no padding"),
    ("05.sizes", (24, 55, 7, 6), "rounded up"),
    ("05.sizes", (24, 55, 15, 6), "stride is 1"),
    ("05.sizes", (24, 55, 8, 8), "without dilation"),
    ("05.sizes", (24, 55, 8, 5), "multiply 3 by 2"),
    ("05.sizes", (0, 0, 0, 0), "first layer"),
    ("05.sizes", 24, "four numbers"),
    ("05.sizes", (24, 55, 8), "four numbers"),
    ("05.sizes", ("a", 55, 8, 6), "one number"),
    ("05.output_size", lambda n, k, s, p, d: math.ceil((n + 2 * p - d * (k - 1) - 1) / s) + 1, "rounded up"),
    ("05.output_size", lambda n, k, s, p, d: output_size(n, k, s, p, 1), "dilation"),
    ("05.output_size", lambda n, k, s, p, d: (n + 2 * p - d * k) // s + 1, "not d · k"),
    ("05.output_size", lambda n, k, s, p, d: (n + p - d * (k - 1) - 1) // s + 1, "counts twice"),
    ("05.output_size", lambda n, k, s, p, d: output_size(n, k, s, p, d) - 1, r"\+ 1 is missing"),
    ("05.output_size", lambda n, k, s, p, d: (n + 2 * p - d * (k - 1) - 1) / s + 1, "rounding down"),
    ("05.output_size", lambda n, k, s, p, d: output_size(n, k, 1, p, d), "stride s"),
    ("05.output_size", lambda n, k, s, p, d: 0, "not right"),
    ("05.output_size", lambda n, k, s, p, d: None, "return"),
    ("05.output_size", 5, "function itself"),
    ("05.same_padding", lambda n, k, s: same_padding(n, k, s)[::-1], "wrong side"),
    ("05.same_padding", lambda n, k, s: ((k - 1) // 2, k // 2), "stride of 1"),
    ("05.same_padding", lambda n, k, s: (k // 2, k // 2), "both sides"),
    ("05.same_padding", lambda n, k, s: (0, 0), "index 0"),
    ("05.same_padding", lambda n, k, s: sum(same_padding(n, k, s)), "a pair"),
    ("05.same_padding", lambda n, k, s: (((n + s - 1) // s - 1) * s + k - n) // 2, "shape"),
    ("05.cost", (864, 12288, 884736), "biases are missing"),
    ("05.cost", (865, 12288, 884736), "its own bias"),
    ("05.cost", (120, 12288, 884736), "deep as its input"),
    ("05.cost", (876, 49152, 884736), "forgot the stride"),
    ("05.cost", (876, 11532, 884736), "valid"),
    ("05.cost", (876, 1024, 884736), "12 filters"),
    ("05.cost", (876, 12288, 3538944), "forgot the stride"),
    ("05.cost", (876, 12288, 110592), "channels of the input"),
    ("05.cost", (876, 12288, 897024), "biases"),
    ("05.cost", (0, 0, 0), "weights is not"),
    ("05.cost", 876, "three numbers"),
    ("05.layer", Conv2D(8, 5, strides=2), "valid|Without padding|same"),
    ("05.layer", Conv2D(8, 5, padding="same"), "A stride"),
    ("05.layer", Conv2D(16, 5, strides=2, padding="same"), "16 filters"),
    ("05.layer", Conv2D(8, 3, strides=2, padding="same"), "224 weights"),
    ("05.layer", Conv2D(8, 5, strides=2, padding="same", use_bias=False), "no biases"),
    ("05.layer", Conv2D(8, 40), "does not fit"),
    ("05.layer", Conv2D, "the class"),
    ("05.layer", (8, 5, 2), "wants a layer"),
    ("05.layer", SimpleNamespace(units=8), "one Conv2D layer"),
    ("05.receptive_field", (9, 2), "every stride were 1"),
    ("05.receptive_field", (15, 2), "its own layer"),
    ("05.receptive_field", (12, 2), "single pixel"),
    ("05.receptive_field", (81, 2), "do not multiply"),
    ("05.receptive_field", (13, 1), "moves by 2"),
    ("05.receptive_field", (13, 5), "multiply"),
    ("05.receptive_field", (0, 0), "receptive field is not"),
    ("05.receptive_field", 13, "two numbers"),
]
