"""Right and wrong answers to the exercises of lecture 09."""

import numpy as np


def conv(filters, size=3, **options):
    import keras

    return keras.layers.Conv2D(filters, size, **({"padding": "same", "activation": "relu"} | options))


def vgg_block(number, convolutions, filters):
    import keras

    names = [f"block{number}_conv{i + 1}" for i in range(convolutions)]
    return [
        *(conv(filters, name=name) for name in names),
        keras.layers.MaxPooling2D(2, name=f"block{number}_pool"),
    ]


def as_network(number, convolutions, filters):
    import keras

    return keras.Sequential(vgg_block(number, convolutions, filters))


def block_with(pool=2, first=1, last=1, **options):
    """Makes a function that makes a block with a slip in it."""

    def block(number, convolutions, filters):
        import keras

        count = range(first, convolutions + last)
        return [
            *(conv(filters, **options, name=f"block{number}_conv{i}") for i in count),
            *([keras.layers.MaxPooling2D(pool, name=f"block{number}_pool")] if pool else []),
        ]

    return block


def pooled_twice(number, convolutions, filters):
    import keras

    block = []
    for i in range(1, convolutions + 1):
        block += [conv(filters, name=f"block{number}_conv{i}"), keras.layers.MaxPooling2D(2)]
    return block


def stacked(*filters, size=64, classes=10, activation="softmax", flatten=False, convolutions=1, pool=2):
    """Makes the function that the exercise wants: convolutions and a pooling for each number of filters."""

    def build():
        import keras

        layers = keras.layers
        stack = [keras.Input((size, size, 3))]
        for number in filters:
            stack += [conv(number) for _ in range(convolutions)]
            stack += [layers.MaxPooling2D(pool)] if pool else []
        stack.append(layers.Flatten() if flatten else layers.GlobalAveragePooling2D())
        return keras.Sequential([*stack, layers.Dense(classes, activation=activation)])

    return build


def logits_and_softmax():
    import keras

    model = stacked(16, 32, 64, 128, activation=None)()
    return keras.Sequential([model, keras.layers.Softmax()])


def strided():
    import keras

    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((64, 64, 3)),
            *(conv(number, 5, strides=2) for number in (16, 24, 32, 48)),
            layers.Flatten(),
            layers.Dense(10),
            layers.Activation("softmax"),
        ]
    )


def unbuilt():
    import keras

    return keras.Sequential([conv(8), keras.layers.Flatten(), keras.layers.Dense(10, activation="softmax")])


def dense_only():
    import keras

    layers = keras.layers
    return keras.Sequential(
        [keras.Input((64, 64, 3)), layers.Flatten(), layers.Dense(4), layers.Dense(10, activation="softmax")]
    )


def saving(size, channels, filters):
    return 1 / (1 / filters + 1 / size**2)


WEIGHTS = (73_856, 102_764_544, 4_097_000)

RIGHT = {
    "09.weights": [WEIGHTS, list(WEIGHTS), np.array(WEIGHTS)],
    "09.largest": [("fc6", "conv2"), ["FC6", " conv2 "]],
    "09.block": [vgg_block, as_network, block_with()],
    "09.receptive_field": [(134, 16), [134, 16]],
    "09.without_fc": [15_227_688, np.int64(15_227_688)],
    "09.saving": [saving],
    "09.budget": [stacked(16, 32, 64, 128), logits_and_softmax, strided],
}

WRONG = [
    ("09.weights", (73_728, *WEIGHTS[1:]), "biases of block2_conv1"),
    ("09.weights", (73_729, *WEIGHTS[1:]), "its own bias"),
    ("09.weights", (1_280, *WEIGHTS[1:]), "as deep as its input"),
    ("09.weights", (147_584, *WEIGHTS[1:]), "block2_conv2"),
    ("09.weights", (WEIGHTS[0], 102_760_448, WEIGHTS[2]), "biases of fc1"),
    ("09.weights", (WEIGHTS[0], 2_101_248, WEIGHTS[2]), "every place"),
    ("09.weights", (WEIGHTS[0], 411_045_888, WEIGHTS[2]), "stands a pooling"),
    ("09.weights", (*WEIGHTS[:2], 4_096_000), "biases of predictions"),
    ("09.weights", (*WEIGHTS[:2], 4_100_096), "not for each number"),
    ("09.weights", (0, 0, 0), "block2_conv1 is not 0"),
    ("09.weights", 73_856, "three numbers"),
    ("09.largest", ("conv2", "fc6"), "other way round"),
    ("09.largest", ("fc7", "conv2"), "16,781,312 weights"),
    ("09.largest", ("fc6", "fc6"), "uses each of them once"),
    ("09.largest", ("fc6", "conv1"), "105,415,200 multiply-adds"),
    ("09.largest", ("fc1", "conv2"), "'fc1' is no layer"),
    ("09.largest", "fc6", "two names"),
    ("09.block", block_with(padding="valid"), "padding='same'"),
    ("09.block", block_with(activation=None), "no ReLU"),
    ("09.block", block_with(use_bias=False), "no biases"),
    ("09.block", block_with(size=5), r"kernel of \(5, 5\)"),
    ("09.block", block_with(pool=0), "pooling at the end is missing"),
    ("09.block", block_with(pool=3), r"MaxPooling2D\(2\)"),
    ("09.block", block_with(last=0), "too few"),
    ("09.block", block_with(first=0, last=0), "counts from 1"),
    ("09.block", pooled_twice, "one pooling"),
    (
        "09.block",
        lambda number, convolutions, filters: vgg_block(number, convolutions, 64),
        "64 filters, not 4",
    ),
    ("09.block", lambda number, convolutions, filters: vgg_block(1, convolutions, filters), "names"),
    (
        "09.block",
        lambda number, convolutions, filters: [vgg_block(number, convolutions, filters)],
        "list in a list",
    ),
    ("09.block", lambda number, convolutions, filters: None, "None"),
    ("09.block", lambda number: vgg_block(number, 2, 64), "TypeError"),
    ("09.block", 5, "function vgg_block itself"),
    ("09.receptive_field", (150, 16), "last pooling"),
    ("09.receptive_field", (119, 16), "see something"),
    ("09.receptive_field", (149, 16), "First add the jump"),
    ("09.receptive_field", (17, 16), "without poolings"),
    ("09.receptive_field", (196, 16), "That is VGG16"),
    ("09.receptive_field", (102, 16), "convolution is missing"),
    ("09.receptive_field", (134, 32), "Only four poolings"),
    ("09.receptive_field", (134, 1), "doubles the jump"),
    ("09.receptive_field", (0, 0), "not 0"),
    ("09.receptive_field", 134, "two numbers"),
    ("09.without_fc", 14_714_688, "convolutions alone"),
    ("09.without_fc", 513_000, "predictions alone"),
    ("09.without_fc", 15_226_688, "biases"),
    ("09.without_fc", 18_811_688, "512 numbers come in"),
    ("09.without_fc", 39_803_688, "with flatten"),
    ("09.without_fc", 138_357_544, "as it was"),
    ("09.without_fc", 0, "not 0"),
    ("09.saving", lambda size, channels, filters: 1 / saving(size, channels, filters), "Turned round"),
    ("09.saving", lambda size, channels, filters: size**2, "depthwise part costs"),
    ("09.saving", lambda size, channels, filters: filters, "1 × 1 convolution is missing"),
    (
        "09.saving",
        lambda size, channels, filters: size**2 * channels / (size**2 + channels),
        "comes \\*in\\*",
    ),
    ("09.saving", lambda size, channels, filters: 1 / channels, "added, not multiplied"),
    (
        "09.saving",
        lambda size, channels, filters: (
            size**2 * channels * filters - size**2 * channels - channels * filters
        ),
        "divide",
    ),
    ("09.saving", lambda size, channels, filters: 0, "not right"),
    ("09.budget", 5, "should return a network"),
    ("09.budget", lambda: None, "received NoneType"),
    ("09.budget", lambda size: size, "TypeError"),
    ("09.budget", unbuilt, "size of its pictures"),
    ("09.budget", stacked(16, 32, 64, 128, size=32), "64 × 64 × 3"),
    ("09.budget", stacked(16, 32, 64, 128, classes=2), "ten outputs"),
    ("09.budget", stacked(16, 32, 64, 128, activation=None), "softmax"),
    ("09.budget", stacked(16, 32, 64, 256), "weights are more than 100,000"),
    ("09.budget", stacked(8, 16, flatten=True, pool=0), "Most of them are in dense"),
    ("09.budget", stacked(16, 32, 64, convolutions=2), "multiply-adds are more"),
    ("09.budget", stacked(16, 32, 64), "see 22 pixels"),
    ("09.budget", dense_only, "no layer that slides"),
]
