"""Right and wrong answers to assignment A2: what the check says to each, and which graded cells it loses."""

CONV_COST = """
def conv_cost(input_shape, filters, kernel_size, strides=1, padding="valid"):
    height, width, channels = input_shape
    room = 0 if padding == "same" else kernel_size - 1
    h, w = len(range(0, height - room, strides)), len(range(0, width - room, strides))
    weights = (kernel_size**2 * channels + 1) * filters
    adds = h * w * (weights - filters)
    return (h, w, filters), weights, adds
"""

RECEPTIVE_FIELD = """
def receptive_field(stack):
    size, jump = 1, 1
    for kernel, stride in stack:
        size = size + (kernel - 1) * jump
        jump = jump * stride
    return size, jump
"""

MENDED = """
def mended():
    x = inputs = keras.Input((48, 48, 3))
    x = layers.Conv2D(16, 5, padding="same", strides=2, activation="relu")(layers.Rescaling(1 / 255)(x))
    x = layers.Conv2D(32, 3, padding="same", strides=2, activation="relu")(x)
    x = layers.Conv2D(64, 3, padding="same", strides=2, activation="relu")(x)
    x = layers.Conv2D(64, 3, padding="same", activation="relu")(x)
    x = layers.GlobalMaxPooling2D()(x)
    return keras.Model(inputs, layers.Dense(21, activation="softmax")(x))
"""

NETWORK = """
def network():
    return keras.Sequential([
        keras.Input((64, 64, 3)),
        layers.Rescaling(1 / 255),
        layers.Conv2D(16, 5, strides=2, padding="same", activation="relu"),
        layers.Conv2D(32, 3, strides=2, padding="same", activation="relu"),
        layers.Conv2D(48, 3, strides=2, padding="same", activation="relu"),
        layers.SeparableConv2D(64, 3, padding="same", activation="relu"),
        layers.SeparableConv2D(64, 3, padding="same", activation="relu"),
        layers.GlobalAveragePooling2D(),
        layers.Dense(21, activation="softmax"),
    ])
"""


def changed(code, *replacements):
    for old, new in replacements:
        assert old in code, old
        code = code.replace(old, new)
    return code


def stack(*rows, inputs=(64, 64, 3), classes=21, end="GlobalAveragePooling2D()"):
    """A network with these layers between the scaling and the last layer."""
    body = "".join(f"        layers.{row},\n" for row in (*rows, end))
    return (
        f"def network():\n    return keras.Sequential([\n        keras.Input({inputs}),\n"
        f"        layers.Rescaling(1 / 255),\n{body}"
        f"        layers.Dense({classes}, activation='softmax'),\n    ])\n"
    )


SAME = ", padding='same', activation='relu'"

# Many designs are right.
RIGHT_CODE = {
    "conv_cost": [CONV_COST],
    "receptive_field": [
        RECEPTIVE_FIELD,
        """
def receptive_field(stack):
    import math

    size = 1
    for kernel, stride in reversed(stack):
        size = (size - 1) * stride + kernel
    return [size, math.prod(stride for _, stride in stack)]
""",
    ],
    "mended": [
        MENDED,
        # no padding at all: the poolings are smaller, and the last map is flattened
        """
def mended():
    network = [keras.Input((48, 48, 3)), layers.Rescaling(1 / 255)]
    for filters, kernel_size in [(16, 5), (32, 3), (64, 3), (64, 3)]:
        network.append(layers.Conv2D(filters, kernel_size, activation="relu"))
        network.append(layers.MaxPooling2D(2))
    return keras.Sequential([*network[:-1], layers.Flatten(),
                             layers.Dense(16, activation="relu"), layers.Dense(21, activation="softmax")])
""",
    ],
    "network": [
        NETWORK,
        # dilation widens the view
        stack(
            f"Conv2D(16, 3, strides=2{SAME})",
            f"Conv2D(32, 3, strides=2{SAME})",
            f"SeparableConv2D(64, 3, dilation_rate=2{SAME})",
            f"SeparableConv2D(64, 3, dilation_rate=4{SAME})",
        ),
        # depthwise and 1×1, as in a MobileNet, with batch normalisation
        stack(
            "Conv2D(16, 3, strides=2, padding='same', use_bias=False)",
            "BatchNormalization()",
            "ReLU()",
            "DepthwiseConv2D(5, strides=2, padding='same')",
            "Conv2D(48, 1, activation='relu')",
            "DepthwiseConv2D(5, strides=2, padding='same')",
            "Conv2D(64, 1, activation='relu')",
            "DepthwiseConv2D(5, padding='same')",
            "Conv2D(96, 1, activation='relu')",
            "Dropout(0.2)",
        ),
        # one large stride, and the last map flattened
        stack(
            f"Conv2D(8, 8, strides=4{SAME})",
            f"Conv2D(24, 3{SAME})",
            "MaxPooling2D(2)",
            f"SeparableConv2D(64, 5{SAME})",
            "MaxPooling2D(4)",
            end="Flatten()",
        ),
        # two branches
        """
def network():
    x = inputs = keras.Input((64, 64, 3))
    x = layers.Conv2D(16, 5, strides=2, padding="same", activation="relu")(layers.Rescaling(1 / 255)(x))
    x = layers.Conv2D(32, 3, strides=2, padding="same", activation="relu")(x)
    wide = layers.SeparableConv2D(64, 5, strides=2, padding="same")(x)
    x = layers.add([wide, layers.SeparableConv2D(64, 5, padding="same")(layers.ReLU()(wide))])
    x = layers.GlobalMaxPooling2D()(layers.SeparableConv2D(64, 3, padding="same", activation="relu")(x))
    return keras.Model(inputs, layers.Softmax()(layers.Dense(21)(x)))
""",
        # a network inside a network
        """
def network():
    stem = keras.Sequential([keras.Input((64, 64, 3)), layers.Rescaling(1 / 255),
                             layers.Conv2D(12, 7, strides=4, padding="same", activation="relu")])
    return keras.Sequential([keras.Input((64, 64, 3)), stem,
                             layers.Conv2D(48, 3, strides=2, padding="same", activation="relu"),
                             layers.SeparableConv2D(64, 5, padding="same", activation="relu"),
                             layers.AveragePooling2D(2),
                             layers.GlobalAveragePooling2D(), layers.Dense(21, activation="softmax")])
""",
    ],
}

WRONG_CODE = [
    (
        "conv_cost",
        changed(CONV_COST, ("* channels + 1)", "* channels)"), ("weights - filters", "weights")),
        "biases are missing",
        "example weights",
    ),
    (
        "conv_cost",
        changed(CONV_COST, ("weights, adds", "weights - filters + 1, adds")),
        "its own",
        "example weights",
    ),
    (
        "conv_cost",
        changed(CONV_COST, ("(weights - filters)", "weights")),
        "not counted",
        "example multiply_adds",
    ),
    (
        "conv_cost",
        changed(CONV_COST, ("* channels + 1", "+ 1")),
        "deep as its input",
        "example weights multiply_adds",
    ),
    (
        "conv_cost",
        changed(CONV_COST, ("adds = h * w", "adds = height * width")),
        "not of the input",
        "multiply_adds",
    ),
    ("conv_cost", changed(CONV_COST, ("adds = h * w *", "adds =")), "one cell", "example multiply_adds"),
    (
        "conv_cost",
        changed(
            CONV_COST,
            (
                "h, w = len(range(0, height - room, strides)), len(range(0, width - room, strides))",
                "h, w = height - room, width - room",
            ),
        ),
        "`strides`",
        "shape multiply_adds",
    ),
    (
        "conv_cost",
        changed(CONV_COST, ('0 if padding == "same" else ', "")),
        "`padding`",
        "example shape multiply_adds",
    ),
    (
        "conv_cost",
        changed(CONV_COST, ("return (h, w, filters)", "return (w, h, filters)")),
        "swapped",
        "shape",
    ),
    (
        "conv_cost",
        changed(CONV_COST, ("return (h, w, filters), weights, adds", "return weights, adds")),
        "three things",
        "example shape weights multiply_adds",
    ),
    (
        "conv_cost",
        "from cnnkit import shapes\n"
        "def conv_cost(input_shape, filters, kernel_size, strides=1, padding='valid'):\n"
        "    size = shapes.conv_output(input_shape[:2], kernel_size, strides, padding)\n"
        "    weights = shapes.conv_weights(kernel_size, input_shape[2], filters)\n"
        "    return (*size, filters), weights, shapes.conv_multiply_adds(size, kernel_size, input_shape[2], filters)\n",
        "cnnkit",
        "example shape weights multiply_adds",
    ),
    (
        "receptive_field",
        changed(
            RECEPTIVE_FIELD,
            (
                "        size = size + (kernel - 1) * jump\n        jump = jump * stride\n",
                "        jump = jump * stride\n        size = size + (kernel - 1) * jump\n",
            ),
        ),
        "not for itself",
        "example size",
    ),
    (
        "receptive_field",
        changed(RECEPTIVE_FIELD, ("(kernel - 1) * jump", "kernel - 1")),
        "strides of 1",
        "example size",
    ),
    (
        "receptive_field",
        changed(RECEPTIVE_FIELD, ("size, jump = 1, 1", "size, jump = 0, 1")),
        "one too small",
        "example size",
    ),
    (
        "receptive_field",
        changed(RECEPTIVE_FIELD, ("jump = jump * stride", "jump = jump + stride - 1")),
        "multiply",
        "size jump",
    ),
    (
        "receptive_field",
        changed(RECEPTIVE_FIELD, ("return size, jump", "return jump, size")),
        "swapped",
        "example size jump",
    ),
    (
        "receptive_field",
        changed(RECEPTIVE_FIELD, ("return size, jump", "return size")),
        "two numbers",
        "example size jump",
    ),
    (
        "receptive_field",
        changed(RECEPTIVE_FIELD, ("in stack:", "in stack[::-1]:")),
        "Begin at the picture",
        "size",
    ),
    (
        "receptive_field",
        changed(RECEPTIVE_FIELD, ("return size, jump", "return 8, 2")),
        "not right",
        "size jump",
    ),
    (
        "receptive_field",
        "from cnnkit import shapes\n"
        "def receptive_field(stack):\n    field = shapes.receptive_field(stack)\n    return field.size, field.jump\n",
        "cnnkit",
        "example size jump",
    ),
    (
        "mended",
        changed(
            MENDED,
            ("layers.GlobalMaxPooling2D()(x)", 'layers.Dense(256, activation="relu")(layers.Flatten()(x))'),
        ),
        "at most 70,000 weights",
        "weights",
    ),
    ("mended", "def mended():\n    return still_hungry()\n", "at most 70,000 weights", "weights"),
    (
        "mended",
        "def mended():\n    return hungry()\n",
        "stopped with ValueError|Exception encountered",
        "shapes convolutions weights",
    ),
    ("mended", changed(MENDED, ("Conv2D(32, 3", "Conv2D(16, 3")), "Convolution 2 has 16", "convolutions"),
    (
        "mended",
        changed(MENDED, ('    x = layers.Conv2D(64, 3, padding="same", activation="relu")(x)\n', "")),
        "at least 4 convolutions",
        "convolutions weights",
    ),
    ("mended", changed(MENDED, ("Dense(21", "Dense(20")), "Expected 21 numbers", "shapes weights"),
    ("mended", changed(MENDED, ("(48, 48, 3)", "(64, 64, 3)")), r"shape \(48, 48, 3\)", "shapes weights"),
    ("mended", changed(MENDED, (', activation="softmax"', "")), "no softmax", "shapes weights"),
    (
        "mended",
        "def mended():\n    return keras.Sequential([keras.Input((48, 48, 3)), layers.GlobalAveragePooling2D(),\n"
        "                             layers.Dense(21, activation='softmax')])\n",
        "received 0",
        "convolutions weights",
    ),
    (
        "mended",
        changed(MENDED, ("return keras", "model = keras")),
        "Expected a Keras model",
        "shapes convolutions weights",
    ),
    # The dense layer eats the budget.
    (
        "network",
        changed(
            NETWORK,
            ("GlobalAveragePooling2D()", "Flatten()"),
            ("layers.Dense(21", "layers.Dense(64), layers.Dense(21"),
        ),
        "2 of the 3 limits.*at most 50,000",
        "weights",
    ),
    # Wide layers on large maps eat the multiply-adds.
    (
        "network",
        changed(
            NETWORK,
            ("Conv2D(16, 5, strides=2", "Conv2D(16, 5"),
            ("Conv2D(32, 3, strides=2", "MaxPooling2D(2), layers.Conv2D(32, 5"),
            ("48, 3, strides=2", "32, 3, strides=4"),
        ),
        "2 of the 3 limits.*at most 12,000,000",
        "multiply_adds",
    ),
    # Too short-sighted.
    (
        "network",
        stack(
            f"Conv2D(16, 3, strides=2{SAME})",
            f"Conv2D(32, 3, strides=2{SAME})",
            f"Conv2D(64, 3, strides=2{SAME})",
        ),
        "2 of the 3 limits.*at least 48 pixels",
        "field",
    ),
    # Within the budget but for the biases.
    (
        "network",
        stack(
            f"Conv2D(16, 3, strides=2{SAME})",
            f"Conv2D(32, 3, strides=2{SAME})",
            f"Conv2D(64, 3, strides=2{SAME})",
            f"SeparableConv2D(160, 5{SAME})",
            f"SeparableConv2D(76, 3{SAME})",
        ),
        "2 of the 3 limits.*at most 50,000",
        "weights",
    ),
    # Shrinks to nothing without padding.
    (
        "network",
        stack(*["Conv2D(16, 5, strides=2)"] * 4, "Conv2D(64, 5, strides=2)"),
        "stopped with ValueError",
        "shapes weights multiply_adds field",
    ),
    # No convolutional network, but within every limit.
    (
        "network",
        stack(end="GlobalAveragePooling2D()"),
        "at least 3 convolutions",
        "shapes weights multiply_adds field",
    ),
    (
        "network",
        changed(NETWORK, ("SeparableConv2D(64", "SeparableConv2D(32")),
        "at least 64 channels",
        "shapes weights multiply_adds field",
    ),
    (
        "network",
        changed(NETWORK, ("(64, 64, 3)", "(32, 32, 3)")),
        r"shape \(64, 64, 3\)",
        "shapes weights multiply_adds field",
    ),
    (
        "network",
        changed(NETWORK, (', activation="softmax"', "")),
        "no softmax",
        "shapes weights multiply_adds field",
    ),
    (
        "network",
        changed(NETWORK, ("        keras.Input((64, 64, 3)),\n", "")),
        "not built",
        "shapes weights multiply_adds field",
    ),
    ("network", "network = keras.Sequential\n", "Expected|stopped", "shapes weights multiply_adds field"),
    (
        "network",
        stack(
            f"Conv2D(64, 3{SAME})",
            f"Conv2D(64, 3{SAME})",
            f"Conv2D(64, 3{SAME})",
            "Flatten()",
            "Dense(256)",
            end="ReLU()",
        ),
        "0 of the 3 limits",
        "weights multiply_adds field",
    ),
]


def load(code, task):
    """The student's function, as if it had been written in the notebook. Networks are built when it is called."""
    names = {"__name__": "__main__"}
    if task in ("conv_cost", "receptive_field"):
        exec(code, names)
        return names[task]

    def late():
        import keras

        names.update(keras=keras, layers=keras.layers)
        exec(HUNGRY, names)
        exec(code, names)
        return names[task]()

    return late


HUNGRY = """
def hungry():
    convolutions = [(16, 5, 2), (32, 3, 2), (64, 3, 4), (64, 3, 1)]
    network = [keras.Input((48, 48, 3)), layers.Rescaling(1 / 255)]
    for filters, kernel_size, pool in convolutions:
        network += [layers.Conv2D(filters, kernel_size, activation="relu"), layers.MaxPooling2D(pool)]
    return keras.Sequential([*network, layers.Flatten(), layers.Dense(21, activation="softmax")])


def still_hungry():
    network = [keras.Input((48, 48, 3)), layers.Rescaling(1 / 255)]
    for filters, kernel_size in [(16, 5), (32, 3), (64, 3)]:
        network += [layers.Conv2D(filters, kernel_size, padding="same"), layers.MaxPooling2D(2)]
    network += [layers.Conv2D(64, 3, padding="same"), layers.Flatten(), layers.Dense(256)]
    return keras.Sequential([*network, layers.Dense(21, activation="softmax")])
"""

RIGHT = {f"A2.{task}": [load(code, task) for code in codes] for task, codes in RIGHT_CODE.items()}
WRONG = [(f"A2.{task}", load(code, task), message) for task, code, message, _ in WRONG_CODE]
