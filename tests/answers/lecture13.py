"""Right and wrong answers to the exercises of lecture 13."""

import numpy as np


def softmax(scores, axis=-1):
    exponentials = np.exp(scores - scores.max(axis=axis, keepdims=True))
    return exponentials / exponentials.sum(axis=axis, keepdims=True)


def attend(query, key, value):
    return softmax(query @ key.T / np.sqrt(query.shape[1])) @ value


def attend_by_loops(query, key, value):
    answers = []
    for q in query:
        scores = [sum(a * b for a, b in zip(q, k, strict=True)) / len(q) ** 0.5 for k in key]
        weights = np.exp(scores) / np.sum(np.exp(scores))
        answers.append(sum(w * v for w, v in zip(weights, value, strict=True)))
    return answers


def unscaled(query, key, value):
    return softmax(query @ key.T) @ value


def scaled_by_d(query, key, value):
    return softmax(query @ key.T / query.shape[1]) @ value


def wrong_axis(query, key, value):
    return softmax(query @ key.T / np.sqrt(query.shape[1]), axis=0) @ value


def no_softmax(query, key, value):
    return query @ key.T / np.sqrt(query.shape[1]) @ value


def no_division(query, key, value):
    return np.exp(query @ key.T / np.sqrt(query.shape[1])) @ value


def only_weights(query, key, value):
    return softmax(query @ key.T / np.sqrt(query.shape[1]))


def generator(
    kernel=4, strides=(2, 2, 2), start=4, activation="sigmoid", code=16, channels=3, layers="transposed"
):
    """A function that builds a generator; the arguments say what is wrong with it."""

    def build():
        import keras

        L = keras.layers
        stack = [
            keras.Input((code,)),
            L.Dense(start * start * 8, activation="relu"),
            L.Reshape((start, start, 8)),
        ]
        for number, stride in enumerate(strides):
            last = number == len(strides) - 1
            filters, how = (channels, activation) if last else (8, "relu")
            if layers == "transposed":
                stack.append(
                    L.Conv2DTranspose(filters, kernel, strides=stride, padding="same", activation=how)
                )
            else:
                stack += [L.UpSampling2D(stride), L.Conv2D(filters, 3, padding="same", activation=how)]
        return keras.Sequential(stack)

    return build


def blind():
    import keras

    inputs = keras.Input((16,))
    x = keras.layers.Reshape((4, 4, 1))(0 * inputs)
    for filters in (8, 8, 3):
        x = keras.layers.Conv2DTranspose(filters, 4, strides=2, padding="same", activation="sigmoid")(x)
    return keras.Model(inputs, x)


def unbuilt():
    import keras

    return keras.Sequential([keras.layers.Dense(4)])


def weighted(gradients, sizes):
    return sum(n * g for n, g in zip(sizes, gradients, strict=True)) / sum(sizes)


RIGHT = {
    "13.tokens": [(196, 147_648), [196, 147_648], np.array([196.0, 147_648.0])],
    "13.attention": [attend, attend_by_loops],
    "13.cost": [16, 16.0],
    "13.scale": [4, 4.0],
    "13.generator": [generator(), generator(kernel=2), generator(strides=(2, 4))],
    "13.parts": [weighted, lambda gradients, sizes: np.average(gradients, axis=0, weights=sizes)],
}

WRONG = [
    ("13.tokens", (14, 147_648), "along one side"),
    ("13.tokens", (209**2, 147_648), "overlap"),
    ("13.tokens", (588, 147_648), "same token"),
    ("13.tokens", (196, 147_456), "biases are missing"),
    ("13.tokens", (196, 49_344), "grey"),
    ("13.tokens", (196, 147_648 * 196), "share the same weights"),
    ("13.tokens", (0, 0), "tokens is not 0"),
    ("13.tokens", 196, "two numbers"),
    ("13.attention", unscaled, "square root of the length"),
    ("13.attention", scaled_by_d, "not by d itself"),
    ("13.attention", wrong_axis, "wrong axis"),
    ("13.attention", no_softmax, "softmax is missing"),
    ("13.attention", no_division, "not divided by their sum"),
    ("13.attention", only_weights, "Those are the weights"),
    ("13.attention", lambda query, key, value: 0 * attend(query, key, value), "index"),
    ("13.attention", lambda query, key, value: None, "return"),
    ("13.attention", lambda query, key, value: attend(query, value, key), "stopped with"),
    ("13.cost", 4, "each of them asks"),
    ("13.cost", 2, "That is the side"),
    ("13.cost", 8, "pairs of tokens"),
    ("13.cost", 784**2, "large picture"),
    ("13.cost", 1 / 16, "other way round"),
    ("13.cost", 0, "not 0"),
    ("13.scale", 2, "nearer to 0"),
    ("13.scale", 8, "smaller power of two"),
    ("13.scale", 2**15, "much smaller one"),
    ("13.scale", 6, "no power of two"),
    ("13.scale", 1, "not 1"),
    ("13.scale", "2 ** 2", "one number"),
    ("13.generator", generator(kernel=3), "checkerboard"),
    ("13.generator", generator(activation=None), "between 0 and 1"),
    ("13.generator", generator(activation="tanh"), "between 0 and 1"),
    ("13.generator", generator(strides=(2, 2)), r"output of shape \(None, 16, 16, 3\)"),
    ("13.generator", generator(channels=1), r"output of shape \(None, 32, 32, 1\)"),
    ("13.generator", generator(code=10), r"takes an input of shape \(None, 10\)"),
    ("13.generator", generator(start=8, strides=(2, 2)), "first maps should be 4 × 4"),
    ("13.generator", generator(layers="upsampling"), "No Conv2DTranspose"),
    ("13.generator", blind, "same picture"),
    ("13.generator", unbuilt, "begin it with"),
    ("13.generator", lambda: None, "returned NoneType"),
    ("13.generator", 5, "without brackets"),
    ("13.parts", lambda gradients, sizes: sum(gradients) / len(gradients), "equal parts only"),
    ("13.parts", lambda gradients, sizes: sum(gradients), "sum of the means"),
    (
        "13.parts",
        lambda gradients, sizes: weighted(gradients, sizes) * sum(sizes),
        "Divide it by their number",
    ),
    (
        "13.parts",
        lambda gradients, sizes: weighted(gradients, sizes) * sum(sizes) / len(sizes),
        "not by the number of devices",
    ),
    (
        "13.parts",
        lambda gradients, sizes: weighted(gradients, [1 / n for n in sizes]),
        "for more, not for less",
    ),
    ("13.parts", lambda gradients, sizes: 0 * gradients[0], "index"),
]
