"""The exercises of lecture 05, padding, stride and cost."""

import numpy as np

from .. import shapes
from . import _judging
from ._core import Wrong, exercise


@exercise(
    "05.sizes",
    hints=(
        "Put the numbers into ⌊(n + 2p − k) / s⌋ + 1, one line of the list after the other.",
        "Dilation first: a kernel of 3 with dilation 2 spans 2 · (3 − 1) + 1 = 5 cells.",
        "With `same` the kernel does not matter: the answer is n / s, rounded up.",
    ),
    praise="You can now read the size of any layer off its arguments.",
)
def _(answer):
    if not isinstance(answer, (tuple, list, np.ndarray)) or len(answer) != 4:
        raise Wrong("The answer has four numbers in round brackets: (first, second, third, fourth).")
    cases = (
        (
            "the first layer (n = 28, k = 5)",
            shapes.conv_output(28, 5),
            [(23, "n − k is one too few: with n = k there is still one window.")],
        ),
        (
            "the second layer (n = 227, k = 11, s = 4)",
            shapes.conv_output(227, 11, strides=4),
            [
                (54, "The + 1 at the end is missing: it counts the first window."),
                (
                    57,
                    "It looks as if you divided n by the stride. That is `same`; this layer has no padding.",
                ),
                (217, "That is right for a stride of 1. This one moves by 4."),
            ],
        ),
        (
            "the third layer (n = 15, k = 3, s = 2, same)",
            shapes.conv_output(15, 3, strides=2, padding="same"),
            [
                (7, "With `same` the quotient is rounded up: the last window may hang over the end."),
                (15, "`same` keeps the size only when the stride is 1."),
            ],
        ),
        (
            "the fourth layer (n = 10, k = 3, dilation 2)",
            shapes.conv_output(10, 3, dilation_rate=2),
            [
                (8, "That is right without dilation. Here the kernel spans more than 3 cells."),
                (
                    5,
                    "Did you multiply 3 by 2? A dilated kernel has holes between its cells, none after the last.",
                ),
                (4, "Dilation is no stride: the window still moves by one cell."),
            ],
        ),
    )
    for value, (name, right, slips) in zip(answer, cases, strict=True):
        _judging.number(value, right, what=f"The size of {name}", slips=slips)


def _output_size(n, k, s, p, d):
    return (n + 2 * p - (d * (k - 1) + 1)) // s + 1


@exercise(
    "05.output_size",
    hints=(
        "First the span of the kernel: span = d * (k - 1) + 1.",
        "Then the formula with `span` in place of k. The zeros stand on both sides, so 2 * p.",
        "`//` divides and rounds down: (n + 2 * p - span) // s + 1.",
    ),
    praise="One line, and it holds for every convolution in this course.",
)
def _(answer):
    _judging.function(
        answer,
        lambda n, k, s, p, d: shapes.conv_output(n, k, strides=s, padding=p, dilation_rate=d),
        [
            (7, 3, 1, 0, 1),
            (7, 3, 2, 0, 1),
            (7, 3, 3, 0, 1),
            (28, 5, 1, 2, 1),
            (10, 3, 1, 0, 2),
            (16, 3, 4, 1, 2),
            (5, 5, 2, 0, 1),
        ],
        slips=[
            (
                lambda n, k, s, p, d: -(-(n + 2 * p - (d * (k - 1) + 1)) // s) + 1,
                "It looks as if you rounded up. A window that does not fit in whole is left out: round down.",
            ),
            (
                lambda n, k, s, p, d: _output_size(n, k, s, p, 1),
                "It looks as if you did not use the dilation d yet. It makes the kernel span d · (k − 1) + 1 cells.",
            ),
            (
                lambda n, k, s, p, d: (n + 2 * p - d * k) // s + 1,
                "A dilated kernel spans d · (k − 1) + 1 cells, not d · k: there is no hole after the last cell.",
            ),
            (
                lambda n, k, s, p, d: (n + p - (d * (k - 1) + 1)) // s + 1,
                "The padding p stands on both sides, so it counts twice.",
            ),
            (
                lambda n, k, s, p, d: (n + 2 * p - (d * (k - 1) + 1)) // s,
                "The + 1 is missing: even if the window cannot move at all, there is one.",
            ),
            (
                lambda n, k, s, p, d: (n + 2 * p - (d * (k - 1) + 1)) / s + 1,
                "You divided without rounding down. Use // in place of /.",
            ),
            (
                lambda n, k, s, p, d: _output_size(n, k, 1, p, d),
                "It looks as if you did not use the stride s yet.",
            ),
        ],
    )


@exercise(
    "05.same_padding",
    hints=(
        "How many windows? out = -(-n // s), which is n / s rounded up.",
        "The first window begins at 0, the last at (out − 1) · s, and it ends k cells later. So total = max((out - 1) * s + k - n, 0).",
        "Half of it goes before, rounded down: before = total // 2. The rest goes after.",
    ),
    praise="That is what happens inside padding='same', the odd zero at the end included.",
)
def _(answer):
    _judging.function(
        answer,
        lambda n, k, s: shapes.pad_amounts(n, k, strides=s, padding="same"),
        [(7, 3, 1), (6, 2, 1), (6, 3, 2), (7, 3, 2), (28, 5, 2), (9, 2, 3), (8, 1, 2)],
        slips=[
            (
                lambda n, k, s: shapes.pad_amounts(n, k, strides=s, padding="same")[::-1],
                "The odd zero is on the wrong side: Keras puts it at the end.",
            ),
            (
                lambda n, k, s: ((k - 1) // 2, k // 2),
                "That is right for a stride of 1. With a larger stride fewer zeros are enough: begin with the "
                "number of windows, n / s rounded up.",
            ),
            (
                lambda n, k, s: (k // 2, k // 2),
                "That puts k // 2 zeros on both sides. Keras adds only as many as it needs: begin with the number "
                "of windows, n / s rounded up.",
            ),
            (
                lambda n, k, s: ((_missing(n, k, s)) // 2, _missing(n, k, s) - _missing(n, k, s) // 2),
                "A number of zeros came out negative. Where the windows fit already, none are needed: max(…, 0).",
            ),
            (
                lambda n, k, s: sum(shapes.pad_amounts(n, k, strides=s, padding="same")),
                "That is how many zeros there are. Return a pair: how many of them before, how many after.",
            ),
        ],
    )


def _missing(n, k, s):
    """The cells that the last window of `same` hangs over the end; negative if it ends before it."""
    return (-(-n // s) - 1) * s + k - n


@exercise(
    "05.cost",
    hints=(
        "Weights: every filter is 3 × 3 × 8 numbers deep, plus one bias. There are 12 filters.",
        "Outputs: `same` with stride 2 halves the sides of 64, and there are 12 channels.",
        "Multiply-adds: every output needs 3 · 3 · 8 of them.",
    ),
    praise="Weights do not depend on the size of the picture; outputs and multiply-adds do.",
)
def _(answer):
    if not isinstance(answer, (tuple, list, np.ndarray)) or len(answer) != 3:
        raise Wrong("The answer has three numbers in round brackets: (weights, outputs, multiply_adds).")
    side = shapes.conv_output(64, 3, strides=2, padding="same")
    weights, outputs = shapes.conv_weights(3, 8, 12), side * side * 12
    work = shapes.conv_multiply_adds(side, 3, 8, 12)
    _judging.number(
        answer[0],
        weights,
        what="The number of weights",
        slips=[
            (weights - 12, "The biases are missing: one for each filter."),
            (weights - 12 + 1, "Each filter has its own bias: 12 of them, not one."),
            (
                weights - 12 + 12 * 8,
                "There is one bias for each filter, not one for each channel of each filter.",
            ),
            (3 * 3 * 12 + 12, "Each filter is as deep as its input: 3 × 3 × 8, not 3 × 3."),
            (3 * 3 * 12, "Each filter is as deep as its input: 3 × 3 × 8, not 3 × 3. And it has a bias."),
            (3 * 8 * 12 + 12, "The kernel has two sides: 3 × 3, not 3."),
        ],
    )
    _judging.number(
        answer[1],
        outputs,
        what="The number of outputs",
        slips=[
            (64 * 64 * 12, "You forgot the stride: it halves both sides."),
            (32 * 64 * 12, "The stride halves both sides, not one."),
            (31 * 31 * 12, "That is `valid`. The layer pads with `same`."),
            (side * side, "Those are the places. At each of them 12 filters give a number."),
            (side * side * 8, "The output has as many channels as there are filters, not as the input has."),
        ],
    )
    _judging.number(
        answer[2],
        work,
        what="The number of multiply-adds",
        slips=[
            (work * 4, "You forgot the stride: only the windows that are kept are computed."),
            (work // 8, "Every window is 3 × 3 × 8: do not forget the channels of the input."),
            (work // 12, "Every place is computed once for each of the 12 filters."),
            (
                weights * side * side,
                "Almost: you multiplied the biases in. Count 3 · 3 · 8 multiply-adds for each output.",
            ),
            (work * 2, "A multiplication and an addition count as one multiply-add here."),
        ],
    )


@exercise(
    "05.layer",
    hints=(
        "The size goes from 32 to 16, a half: that is a stride of 2 with `same`.",
        "The output has 8 channels: 8 filters. That makes 8 biases, and 600 weights are left.",
        "600 = k · k · 3 · 8, so k · k = 25.",
    ),
    praise="Size, channels and weights together leave only one layer.",
)
def _(answer):
    if answer is None or isinstance(answer, (int, float, str, tuple, list, dict, np.ndarray)):
        raise Wrong("This exercise wants a layer: keras.layers.Conv2D(...).")
    if isinstance(answer, type):
        raise Wrong("That is the class. Call it with its arguments: keras.layers.Conv2D(...).")
    if "Conv2D" not in [kind.__name__ for kind in type(answer).__mro__] and not hasattr(
        answer, "kernel_size"
    ):
        raise Wrong(f"This exercise wants one Conv2D layer; received a {type(answer).__name__}.")
    filters, kernel_size = answer.filters, tuple(answer.kernel_size)
    strides, padding = tuple(answer.strides), answer.padding
    if filters != 8:
        raise Wrong(
            f"Your layer has {filters} filters. The output has 8 channels, and each filter makes one channel."
        )
    try:
        size = shapes.conv_output((32, 32), kernel_size, strides, padding, tuple(answer.dilation_rate))
    except ValueError:
        raise Wrong(f"A kernel of {kernel_size} does not fit on the picture.") from None
    if size != (16, 16):
        tip = {
            (32, 32): " A stride makes it smaller.",
            (14, 14): " Without padding a window is missing at the end: what does `same` do?",
            (15, 15): " Without padding a window is missing at the end: what does `same` do?",
        }.get(size, "")
        raise Wrong(f"Your layer turns 32 × 32 into {size[0]} × {size[1]}, not into 16 × 16.{tip}")
    if not answer.use_bias:
        raise Wrong(
            "Your layer has no biases. 608 is no multiple of 3 · 8 = 24, but 608 − 8 is: the 8 biases belong to it."
        )
    weights = shapes.conv_weights(kernel_size, 3 // getattr(answer, "groups", 1), 8)
    if weights != 608:
        raise Wrong(f"Your layer has {weights} weights, not 608. What should the size of the kernel be?")


@exercise(
    "05.receptive_field",
    hints=(
        "Begin with size 1 and jump 1. For each layer: size = size + (k − 1) · jump, then jump = jump · stride.",
        "After the first layer: size 3, jump 1. After the second: size 5, jump 2.",
        "The third layer and the fourth each add (3 − 1) · 2.",
    ),
    praise="The stride of an early layer multiplies what all later layers add.",
)
def _(answer):
    if not isinstance(answer, (tuple, list, np.ndarray)) or len(answer) != 2:
        raise Wrong("The answer has two numbers in round brackets: (size, jump).")
    size, jump = 1, 1
    for kernel, stride in ((3, 1), (3, 2), (3, 1), (3, 1)):
        size, jump = size + (kernel - 1) * jump, jump * stride
    _judging.number(
        answer[0],
        size,
        what="The size of the receptive field",
        slips=[
            (9, "That is right if every stride were 1. From the stride on, each layer adds more."),
            (
                15,
                "You let the stride count for its own layer too. First add (k − 1) · jump, then multiply the jump.",
            ),
            (12, "The first layer adds k − 1 to the single pixel we begin with, not k."),
            (81, "The sizes do not multiply. Each layer adds (k − 1) · jump."),
            (17, "The jump doubles only once: the third and the fourth layer have a stride of 1."),
        ],
    )
    _judging.number(
        answer[1],
        jump,
        what="The jump",
        slips=[
            (1, "The second layer moves by 2, so neighbouring outputs see windows 2 pixels apart."),
            (5, "The strides multiply, they are not added."),
            (4, "Only one of the four layers has a stride of 2."),
            (8, "Only one of the four layers has a stride of 2."),
            (16, "Only one of the four layers has a stride of 2."),
        ],
    )
