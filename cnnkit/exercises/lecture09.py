"""The exercises of lecture 09, architectures."""

import numpy as np

from .. import shapes
from . import _judging
from ._core import Unanswered, Wrong, exercise


@exercise(
    "09.weights",
    hints=(
        "A filter is as deep as what comes in: 3 · 3 · 64 weights, and one bias. There are 128 of them.",
        "A dense unit has a weight for every number that comes in, and one bias. `fc1` gets 7 · 7 · 512 numbers.",
        "So: 3 * 3 * 64 * 128 + 128, then 7 * 7 * 512 * 4096 + 4096, then 4096 * 1000 + 1000.",
    ),
    praise="More than a hundred million of them in one layer.",
)
def _(answer):
    if not isinstance(answer, (tuple, list, np.ndarray)) or len(answer) != 3:
        raise Wrong("The answer has three numbers in round brackets: (block2_conv1, fc1, predictions).")
    conv = shapes.conv_weights(3, 64, 128)
    _judging.number(
        answer[0],
        conv,
        what="The number for block2_conv1",
        slips=[
            (conv - 128, "The biases of block2_conv1 are missing: one for each filter."),
            (conv - 128 + 1, "Each filter has its own bias: 128 of them in block2_conv1, not one."),
            (
                conv - 128 + 64,
                "There is a bias for each filter that goes out, not for each channel that comes in.",
            ),
            (
                3 * 3 * 128 + 128,
                "Each filter of block2_conv1 is as deep as its input: 3 × 3 × 64, not 3 × 3.",
            ),
            (
                shapes.conv_weights(3, 128, 128),
                "That is block2_conv2. Only 64 channels come into block2_conv1, from the first block.",
            ),
        ],
    )
    for value, name, came, units in (
        (answer[1], "fc1", 7 * 7 * 512, 4096),
        (answer[2], "predictions", 4096, 1000),
    ):
        _judging.number(
            value,
            came * units + units,
            what=f"The number for {name}",
            slips=[
                (came * units, f"The biases of {name} are missing: one for each unit."),
                (
                    came * units + came,
                    f"There is a bias for each unit of {name}, not for each number that comes in.",
                ),
                (
                    14 * 14 * 512 * units + units,
                    "Between block5_conv3 and fc1 stands a pooling: 7 × 7 × 512 numbers come in.",
                ),
                (512 * units + units, f"All numbers come into {name}, those of every place: 7 · 7 · 512."),
            ],
        )


# AlexNet's layers with weights: (name, side of its maps, kernel, channels in, filters)
_ALEXNET = (
    ("conv1", 55, 11, 3, 96),
    ("conv2", 27, 5, 96, 256),
    ("conv3", 13, 3, 256, 384),
    ("conv4", 13, 3, 384, 384),
    ("conv5", 13, 3, 384, 256),
    ("fc6", 1, 6, 256, 4096),  # a dense layer is a convolution whose kernel covers all its maps
    ("fc7", 1, 1, 4096, 4096),
    ("predictions", 1, 1, 4096, 1000),
)


@exercise(
    "09.largest",
    hints=(
        "Print the table of AlexNet and go down its two columns.",
        "max(tables['AlexNet'], key=lambda row: row.weights) gives the row with the most weights; .layer is its name.",
    ),
    praise="As in LeNet-5 and VGG16: the first dense layer is the store, a convolution is the worker.",
)
def _(answer):
    if not isinstance(answer, (tuple, list)) or len(answer) != 2:
        raise Wrong("The answer has two names in round brackets: (most_weights, most_work).")
    names = [row[0] for row in _ALEXNET]
    given = [str(getattr(part, "layer", getattr(part, "name", part))).strip().lower() for part in answer]
    for word in given:
        if word not in names:
            raise Wrong(f"{word!r} is no layer of AlexNet with weights. They are: {', '.join(names)}.")
    weights = {
        name: shapes.conv_weights(kernel, came, filters) for name, _, kernel, came, filters in _ALEXNET
    }
    work = {
        name: shapes.conv_multiply_adds(side, kernel, came, filters)
        for name, side, kernel, came, filters in _ALEXNET
    }
    right = [max(weights, key=weights.get), max(work, key=work.get)]
    if given == right[::-1]:
        raise Wrong(
            "The other way round: first the layer with the most weights, then the one with the most work."
        )
    if given[0] != right[0]:
        raise Wrong(
            f"{given[0]} has {weights[given[0]]:,} weights. Another layer has more: look at the dense ones."
        )
    if given[1] == right[0]:
        raise Wrong(
            f"{given[1]} has the most weights, but uses each of them once. A convolution uses its own at every place."
        )
    if given[1] != right[1]:
        raise Wrong(f"{given[1]} does {work[given[1]]:,} multiply-adds. Another layer does more.")


@exercise(
    "09.block",
    hints=(
        "Begin with block = [], and go through range(1, convolutions + 1).",
        "The name of a convolution is f'block{number}_conv{i}', that of the pooling f'block{number}_pool'.",
        "layers.Conv2D(filters, 3, padding='same', activation='relu', name=…), and at the end "
        "layers.MaxPooling2D(2, name=…).",
    ),
    praise="With this function VGG16 is a few lines, and so are its relatives.",
)
def _(answer):
    if not callable(answer) or hasattr(answer, "layers"):
        raise Wrong("This exercise wants the function vgg_block itself, without brackets.")
    for number, convolutions, filters in ((1, 2, 4), (4, 3, 6), (7, 1, 5)):
        call = f"vgg_block({number}, {convolutions}, {filters})"
        block = _judging.attempt(call, answer, number, convolutions, filters)
        _judge_block(call, block, number, convolutions, filters)


def _judge_block(call, block, number, convolutions, filters):
    import keras

    if block is None:
        raise Wrong(f"{call} returned None. Is there a `return` at the end?")
    if isinstance(block, keras.Model):
        block = block.layers
    if not isinstance(block, (list, tuple)):
        raise Wrong(f"{call} should return a list of layers; it returned {type(block).__name__}.")
    for layer in block:
        if isinstance(layer, (list, tuple)):
            raise Wrong(f"{call} returned a list in a list. A star unpacks it: [*convolutions, pooling].")
        if not isinstance(layer, keras.layers.Layer):
            raise Wrong(f"{call} should hold layers only; it holds {type(layer).__name__}.")
    kinds = [type(layer).__name__ for layer in block]
    expected = ["Conv2D"] * convolutions + ["MaxPooling2D"]
    if kinds != expected:
        found = ", ".join(kinds) or "nothing"
        if kinds == expected[:-1]:
            raise Wrong(f"{call} holds {found}. The pooling at the end is missing.")
        if kinds.count("Conv2D") == convolutions - 1:
            raise Wrong(f"{call} holds {found}: a convolution too few. range(1, n) ends before n.")
        if "MaxPooling2D" in kinds[:-1]:
            raise Wrong(f"{call} holds {found}. A block has one pooling, behind its last convolution.")
        raise Wrong(f"{call} should hold {', '.join(expected)}; it holds {found}.")
    names = [f"block{number}_conv{i}" for i in range(1, convolutions + 1)] + [f"block{number}_pool"]
    given = [layer.name for layer in block]
    if given != names:
        tip = " VGG16 counts from 1." if given[0] == f"block{number}_conv0" else ""
        raise Wrong(f"The names of {call} should be {', '.join(names)}; they are {', '.join(given)}.{tip}")
    for layer in block[:-1]:
        if layer.filters != filters:
            raise Wrong(f"{layer.name} of {call} has {layer.filters} filters, not {filters}.")
        if tuple(layer.kernel_size) != (3, 3):
            raise Wrong(
                f"{layer.name} has a kernel of {tuple(layer.kernel_size)}. VGG16 has 3 × 3 everywhere."
            )
        if layer.activation is not keras.activations.relu:
            raise Wrong(f"{layer.name} has no ReLU: activation='relu'.")
        if not layer.use_bias:
            raise Wrong(f"{layer.name} has no biases. The convolutions of VGG16 have them.")
    shape = keras.Sequential([keras.Input((8, 8, 3)), *block]).output_shape[1:]
    if shape != (4, 4, filters):
        same = all(layer.padding == "same" for layer in block[:-1])
        tip = (
            "The pooling should halve both sides: MaxPooling2D(2)."
            if same
            else "The convolutions should keep the size: padding='same'."
        )
        raise Wrong(f"{call} turns 8 × 8 into {shape[0]} × {shape[1]}, not into 4 × 4. {tip}")


def _vgg11(*, pools=4, jump_first=False, pool=2):
    """Size and jump behind the last convolution of VGG11, with the usual slips as options."""
    size, jump = 1, 1
    for block, convolutions in enumerate((1, 1, 2, 2, 2)):
        if 0 < block <= pools:
            size, jump = (size + (pool - 1) * jump * (2 if jump_first else 1), jump * 2)
        size += convolutions * 2 * jump
    return size, jump


@exercise(
    "09.receptive_field",
    hints=(
        "Begin with size 1 and jump 1. A convolution of 3 × 3 adds 2 · jump to the size and leaves the jump alone.",
        "A pooling of 2 × 2 adds 1 · jump to the size, and then doubles the jump.",
        "Behind the first block: 1 + 2 = 3, with its pooling 4, and the jump is 2. Behind the second: 4 + 4 = 8, then 10, jump 4.",
    ),
    praise="Eight convolutions see 134 pixels: the four poolings between them do most of it.",
)
def _(answer):
    if not isinstance(answer, (tuple, list, np.ndarray)) or len(answer) != 2:
        raise Wrong("The answer has two numbers in round brackets: (size, jump).")
    size, jump = _vgg11()
    _judging.number(
        answer[0],
        size,
        what="The size",
        slips=[
            (size + jump, "That is behind the last pooling. The question stops before it."),
            (_vgg11(pool=1)[0], "The poolings see something, too: each adds its jump to the size."),
            (
                _vgg11(jump_first=True)[0],
                "First add the jump, then double it: a pooling's own stride works behind it.",
            ),
            (_vgg11(pools=0)[0], "That is right without poolings. Behind each of them the jump doubles."),
            (196, "That is VGG16. VGG11 has 1, 1, 2, 2 and 2 convolutions in its blocks."),
            (size - 2 * jump, "One convolution is missing: the last block has two."),
        ],
    )
    _judging.number(
        answer[1],
        jump,
        what="The jump",
        slips=[
            (32, "Only four poolings stand before the last convolution: 2 · 2 · 2 · 2."),
            (8, "Four poolings stand before the last convolution, and each doubles the jump: 2 · 2 · 2 · 2."),
            (1, "Each pooling doubles the jump."),
        ],
    )


_CONVOLUTIONS = 14_714_688  # VGG16's; the exercise adds up what stands in its table


@exercise(
    "09.without_fc",
    hints=(
        "The convolutions keep their weights. Add up those of all layers whose name begins with block.",
        "Global average pooling has no weights, and leaves one number for each of the 512 channels.",
        "So predictions has 512 · 1000 weights and 1000 biases.",
    ),
    praise="A ninth of the weights is left, and nearly all of the work.",
)
def _(answer):
    head = 512 * 1000 + 1000
    _judging.number(
        answer,
        _CONVOLUTIONS + head,
        slips=[
            (_CONVOLUTIONS, "Those are the convolutions alone. Add the new predictions."),
            (head, "That is the new predictions alone. The convolutions stay, too."),
            (_CONVOLUTIONS + head - 1000, "The biases of predictions are missing: one for each class."),
            (
                _CONVOLUTIONS + 4_097_000,
                "predictions has fewer weights now: 512 numbers come in, not 4,096.",
            ),
            (
                _CONVOLUTIONS + 7 * 7 * 512 * 1000 + 1000,
                "That is with flatten. Global average pooling leaves 512 numbers, not 7 · 7 · 512.",
            ),
            (138_357_544, "That is the network as it was."),
        ],
    )


@exercise(
    "09.saving",
    hints=(
        "At one place the full convolution does size · size · channels · filters multiply-adds.",
        "The separable one does size · size for each channel that comes in, and then channels · filters for the 1 × 1.",
        "Divide the first by the second.",
    ),
    praise="With many filters the answer comes near to size · size: nine times for 3 × 3.",
)
def _(answer):
    def full(k, c, f):
        return k * k * c * f

    def right(k, c, f):
        return full(k, c, f) / (k * k * c + c * f)

    _judging.function(
        answer,
        right,
        [(3, 512, 512), (3, 64, 128), (5, 16, 8), (1, 7, 9), (7, 3, 64)],
        slips=[
            (
                lambda k, c, f: 1 / right(k, c, f),
                "Turned round: the full convolution needs more, so it stands on top.",
            ),
            (
                lambda k, c, f: k * k,
                "Nearly, if there are many filters. But the depthwise part costs something, too.",
            ),
            (
                lambda k, c, f: full(k, c, f) / (k * k * c),
                "The 1 × 1 convolution is missing: channels · filters.",
            ),
            (
                lambda k, c, f: full(k, c, f) / (k * k * f + c * f),
                "The depthwise part has a kernel for each channel that comes *in*, not for each filter.",
            ),
            (
                lambda k, c, f: full(k, c, f) / (k * k * c * c * f),
                "The two parts are done one after the other: their costs are added, not multiplied.",
            ),
            (
                lambda k, c, f: full(k, c, f) - (k * k * c + c * f),
                "That is the difference. The question is how many times as many: divide.",
            ),
        ],
    )


_BUDGET = {"weights": 100_000, "multiply_adds": 20_000_000, "pixels": 40}


@exercise(
    "09.budget",
    hints=(
        "Begin with keras.Input((64, 64, 3)), and follow the pattern: a convolution, a pooling, then twice the filters.",
        "Global average pooling in place of flatten keeps the weights of the last layer few.",
        "Four blocks with one convolution of 3 × 3 each, 16, 32, 64 and 128 filters, will do. shapes.table(network) shows "
        "what they cost.",
    ),
    praise="A network that fits, and you know why.",
)
def _(answer):
    import keras

    if callable(answer) and not isinstance(answer, keras.Model):
        answer = _judging.attempt("build()", answer, brief=True)
    if answer is Ellipsis:
        raise Unanswered
    if not isinstance(answer, keras.Model):
        raise Wrong(
            f"build() should return a network, keras.Sequential([…]); received {type(answer).__name__}."
        )
    if not answer.built:
        raise Wrong(
            "The network does not know the size of its pictures yet. Begin it with keras.Input((64, 64, 3))."
        )
    if tuple(answer.input_shape) != (None, 64, 64, 3):
        raise Wrong(f"The pictures are 64 × 64 × 3; your network takes {answer.input_shape[1:]}.")
    if tuple(answer.output_shape) != (None, 10):
        raise Wrong(
            f"Ten classes need ten outputs; your network ends with the shape {answer.output_shape[1:]}."
        )
    _expect_softmax(answer, keras)
    table = shapes.table(answer)
    if table.weights > _BUDGET["weights"]:
        most = max(table, key=lambda row: row.weights)
        raise Wrong(
            f"{table.weights:,} weights are more than {_BUDGET['weights']:,}. Most of them are in {most.layer}: {most.weights:,}."
        )
    unknown = [row.layer for row in table if row.multiply_adds is None]
    if unknown:
        raise Wrong(
            f"I can't count the multiply-adds of {unknown[0]}. Use convolutions, poolings and dense layers."
        )
    if table.multiply_adds > _BUDGET["multiply_adds"]:
        most = max(table, key=lambda row: row.multiply_adds)
        raise Wrong(
            f"{table.multiply_adds:,} multiply-adds are more than {_BUDGET['multiply_adds']:,}. Most of them are done by {most.layer}: "
            f"{most.multiply_adds:,}."
        )
    sees = _sees(table)
    if sees is None:
        raise Wrong(
            "Your network has no layer that slides a window over the picture. Begin with a convolution."
        )
    if sees < _BUDGET["pixels"]:
        raise Wrong(
            f"The last maps see {sees} pixels; {_BUDGET['pixels']} are wanted. Another block, or a pooling earlier, makes it more."
        )


def _expect_softmax(network, keras):
    last = network.layers[-1]
    if (
        isinstance(last, keras.layers.Softmax)
        or getattr(last, "activation", None) is keras.activations.softmax
    ):
        return
    raise Wrong("The network should end with a softmax: activation='softmax' in the last layer.")


def _sees(table):
    """The receptive field of the last maps in pixels, the smaller side; None without maps."""
    fields = [
        row.receptive_field for row in table if len(row.output_shape) == 3 and row.receptive_field is not None
    ]
    windows = [field for field in fields if np.min(field.jump) > 0]
    if not windows or np.max(windows[-1].size) == 1:
        return None
    return int(np.min(windows[-1].size))
