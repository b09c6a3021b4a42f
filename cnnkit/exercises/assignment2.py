"""The tasks of assignment A2, a network under a budget: what a student can check without the grader."""

import functools
import math

from .. import shapes
from . import _judging
from ._core import Wrong, exercise
from ._networks import _layers, expect_cost, expect_network
from ._rules import expect_only


def _cost(input_shape, filters, kernel_size, strides=1, padding="valid"):
    *size, channels = input_shape
    size = shapes.conv_output(tuple(size), kernel_size, strides=strides, padding=padding)
    weights = shapes.conv_weights(kernel_size, in_channels=channels, filters=filters)
    return (*size, filters), weights, shapes.conv_multiply_adds(size, kernel_size, channels, filters)


def _in_a_row(function):
    """The shape, the weights and the multiply-adds as one list of five numbers, which can be compared."""

    @functools.wraps(function)
    def row(*case):
        given = function(*case)
        if given is Ellipsis or given is None:
            return given
        try:
            shape, weights, multiply_adds = given
            height, width, filters = shape
        except (TypeError, ValueError):
            raise Wrong(
                "Your function should return three things: ((H', W', filters), weights, multiply_adds); it returned "
                f"{_judging._show(given)}."
            ) from None
        return [height, width, filters, weights, multiply_adds]

    return row


@exercise(
    "A2.conv_cost",
    hints=(
        "The sizes are those of lecture 5: (n − k) // s + 1 without padding, n / s rounded up with `same`.",
        "A filter is as deep as its input: k · k · C weights, and one bias. There are `filters` of them.",
        "Each weight of the kernels is used once in every cell of the output: H' · W' · k · k · C · filters multiply-adds.",
    ),
    praise="With these three you can plan a network on paper.",
)
def _(answer):
    if callable(answer):
        _judging.expect(expect_only, "numpy", answer)
    cases = [
        ((32, 32, 3), 10, 5, 1, "same"),
        ((28, 28, 1), 6, 5, 1, "valid"),
        ((15, 20, 3), 4, 3, 2, "valid"),
        ((15, 20, 3), 4, 3, 2, "same"),
        ((40, 31, 2), 8, 4, 3, "valid"),
    ]

    def changed(change):
        def wrong(*case):
            (height, width, filters), weights, adds = _cost(*case)
            return change(height, width, filters, weights, adds, *case)

        return wrong

    slips = [
        (
            changed(lambda h, w, f, n, a, *_: [h, w, f, n - f, a]),
            "Shape and multiply-adds are right. The biases are missing: each filter has one.",
        ),
        (
            changed(lambda h, w, f, n, a, *_: [h, w, f, n - f + 1, a]),
            "One bias for the whole layer is too few: each filter has its own.",
        ),
        (
            changed(lambda h, w, f, n, a, *_: [h, w, f, n, h * w * n]),
            "Shape and weights are right. Adding the biases is not counted among the multiply-adds.",
        ),
        (
            changed(lambda h, w, f, n, a, shape, *_: [h, w, f, (n - f) // shape[2] + f, a // shape[2]]),
            "A filter is as deep as its input: multiply by the channels.",
        ),
        (
            changed(lambda h, w, f, n, a, shape, *_: [h, w, f, n, shape[0] * shape[1] * (n - f)]),
            "The kernel is used in every cell of the output, not of the input.",
        ),
        (
            changed(lambda h, w, f, n, a, *_: [h, w, f, n, n - f]),
            "These are the multiply-adds of one cell. There are H' · W' cells.",
        ),
        (
            lambda shape, filters, k, s, p: _in_a_row(_cost)(shape, filters, k, 1, p),
            "It looks as if you did not use `strides` yet.",
        ),
        (
            lambda shape, filters, k, s, p: _in_a_row(_cost)(shape, filters, k, s, "valid"),
            "It looks as if you did not use `padding` yet.",
        ),
        (
            changed(lambda h, w, f, n, a, *_: [w, h, f, n, a]),
            "Height and width of the output are swapped.",
        ),
    ]
    if callable(answer):
        answer = _in_a_row(answer)
    _judging.function(answer, _in_a_row(_cost), cases, slips=slips)


def _field(stack):
    size = jump = 1
    for kernel, stride in stack:
        size, jump = size + (kernel - 1) * jump, jump * stride
    return size, jump


@exercise(
    "A2.receptive_field",
    hints=(
        "Begin with size = 1 and jump = 1: the picture itself.",
        "Each layer widens the window by (kernel − 1) jumps. Only then its own stride counts.",
        "size += (kernel - 1) * jump, then jump *= stride.",
    ),
    praise="Early strides widen the view of every layer behind them.",
)
def _(answer):
    if callable(answer):
        _judging.expect(expect_only, "numpy", answer)

    def stride_first(stack):
        size = jump = 1
        for kernel, stride in stack:
            jump *= stride
            size += (kernel - 1) * jump
        return size, jump

    def strides_added(stack):
        size = jump = 1
        for kernel, stride in stack:
            size, jump = size + (kernel - 1) * jump, jump + stride - 1
        return size, jump

    _judging.function(
        answer,
        _field,
        [
            ([(3, 1), (2, 2), (3, 1)],),
            ([],),
            ([(3, 1)] * 3,),
            ([(7, 2), (3, 2), (3, 1)],),
            ([(5, 3), (2, 2)],),
        ],
        slips=[
            (stride_first, "The stride of a layer counts for the layers behind it, not for itself."),
            (
                lambda stack: (1 + sum(k - 1 for k, _ in stack), math.prod(s for _, s in stack)),
                "The jump is right, but the sizes are those of strides of 1: add (kernel − 1) · jump.",
            ),
            (
                lambda stack: (_field(stack)[0] - 1, _field(stack)[1]),
                "The size is one too small: an empty stack already sees one pixel.",
            ),
            (strides_added, "The strides multiply, they are not added."),
            (
                lambda stack: (math.prod(k for k, _ in stack), _field(stack)[1]),
                "The sizes do not multiply. Each layer adds (kernel − 1) · jump.",
            ),
            (
                lambda stack: _field(stack)[::-1],
                "The two numbers are swapped: first the size, then the jump.",
            ),
            (lambda stack: _field(stack)[0], "That is the size. Return two numbers: size, jump."),
            (
                lambda stack: _field(stack[::-1]),
                "You go through the stack from the output. Begin at the picture.",
            ),
        ],
    )


@exercise(
    "A2.mended",
    hints=(
        "Look at the table of still_hungry(): which layer has the most weights, and what goes into it?",
        "6 · 6 · 64 numbers go into each of the 256 units. A global pooling leaves 64.",
        'In place of Flatten and Dense(256): GlobalAveragePooling2D(). Keep padding="same", or the maps shrink away.',
    ),
    praise="The convolutions share their weights; the dense layer paid for every pixel.",
)
def _(answer):
    model = _judging.network(answer, "mended")
    _judging.expect(expect_network, model, input_shape=(48, 48, 3), num_classes=21, convolutions=4)
    wanted = [(16, (5, 5)), (32, (3, 3)), (64, (3, 3)), (64, (3, 3))]
    found = [(c.filters, tuple(c.kernel_size)) for c in _layers(model) if type(c).__name__ == "Conv2D"]
    for number, (right, given) in enumerate(zip(wanted, found, strict=False), 1):
        if right != given:
            raise Wrong(
                f"Convolution {number} has {given[0]} filters of {given[1][0]}×{given[1][1]}. It should stay as it was: "
                f"{right[0]} of {right[1][0]}×{right[1][1]}."
            )
    if len(found) != len(wanted):
        raise Wrong(f"There should be four convolutions, as before; yours has {len(found)}.")
    _judging.expect(expect_cost, model, weights=70_000)


@exercise(
    "A2.network",
    hints=(
        "Begin with a few filters while the maps are large, and double them each time a pooling or a stride halves the map.",
        "Weights: a global pooling before the last layer. Multiply-adds: small maps early. View: strides early, or more layers.",
        "Two or three Conv2D layers with a pooling after each, then two SeparableConv2D(64, 3), then GlobalAveragePooling2D.",
    ),
    praise="All three limits at once. Many roads lead there; yours is one of them.",
)
def _(answer):
    model = _judging.network(answer, "network")
    _judging.expect(
        expect_network, model, input_shape=(64, 64, 3), num_classes=21, convolutions=3, channels=64
    )
    missed = []
    for limit in ({"weights": 50_000}, {"multiply_adds": 12_000_000}, {"receptive_field": 48}):
        try:
            expect_cost(model, **limit)
        except ValueError as error:
            missed.append(str(error))
    if missed:
        met = 3 - len(missed)
        raise Wrong(f"{met} of the 3 limits are met. " + " ".join(missed))
