"""Right and wrong answers to the exercises of lecture 08."""

import numpy as np


def cross_entropy(logits, label):
    shifted = np.asarray(logits) - np.max(logits)
    return np.log(np.sum(np.exp(shifted))) - shifted[label]


def log_sum_exp(logits, label):
    return np.logaddexp.reduce(logits) - logits[label]


def naive(logits, label):
    return -np.log(np.exp(logits[label]) / np.sum(np.exp(logits)))


def kernel_gradient(image, upstream):
    h, w = upstream.shape
    gradient = np.zeros((image.shape[0] - h + 1, image.shape[1] - w + 1))
    for i, j in np.ndindex(*gradient.shape):
        gradient[i, j] = np.sum(image[i : i + h, j : j + w] * upstream)
    return gradient


def learning_rate(step, steps, peak):
    top = 0.3 * steps
    if step < top:
        return peak * step / top
    return peak * (steps - step) / (steps - top)


def interpolated(step, steps, peak):
    return np.interp(step, [0, 0.3 * steps, steps], [0, peak, 0])


def mended(*, scaled=True, units=10, activation=None, from_logits=True, compiled=True, rate=0.001, loss=None):
    """Makes the function that the exercise wants; TensorFlow is imported when it is called."""

    def build():
        import keras

        layers = keras.layers
        network = keras.Sequential(
            [
                keras.Input((28, 28, 1)),
                *([layers.Rescaling(1 / 255)] if scaled else []),
                layers.Conv2D(8, 5, activation="relu"),
                layers.MaxPooling2D(4),
                layers.Flatten(),
                layers.Dense(units, activation=activation),
            ]
        )
        if compiled:
            function = loss or keras.losses.SparseCategoricalCrossentropy(from_logits=from_logits)
            network.compile(keras.optimizers.Adam(rate), loss=function, metrics=["accuracy"])
        return network

    return build


def dense_instead():
    import keras

    network = keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Flatten(), keras.layers.Dense(10)])
    network.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return network


CURVES = {"a": "underfitting", "b": "overfitting", "c": "rate too high", "d": "good"}

RIGHT = {
    "08.steps": [1570, 1570.0],
    "08.colour": [(456, 69_240), [456, 69_240]],
    "08.cross_entropy": [cross_entropy, log_sum_exp],
    "08.kernel_gradient": [kernel_gradient],
    "08.curves": [CURVES, {key: f" {value.upper()} " for key, value in CURVES.items()}],
    "08.schedule": [learning_rate, interpolated],
    "08.mend": [mended(), mended(activation="softmax", from_logits=False)],
}

WRONG = [
    ("08.steps", 157, "one epoch"),
    ("08.steps", 1560, "smaller batch"),
    ("08.steps", 1562.5, "broken steps"),
    ("08.steps", 1563, "Round up first"),
    ("08.steps", 200_000, "each picture"),
    ("08.steps", 0, "not 0"),
    ("08.colour", (450, 69_240), "six biases"),
    ("08.colour", (156, 69_240), "grey"),
    ("08.colour", (468, 69_240), "each filter"),
    ("08.colour", (456, 69_120), "120 biases"),
    ("08.colour", (456, 48_120), "28 × 28"),
    ("08.colour", (456, 123_000), "no padding"),
    ("08.colour", (456, 13_080), "colours are gone"),
    ("08.colour", 456, "two numbers"),
    ("08.colour", (0, 0), "convolution is not 0"),
    ("08.cross_entropy", naive, "overflows"),
    ("08.cross_entropy", lambda logits, label: -cross_entropy(logits, label), "sign"),
    ("08.cross_entropy", lambda logits, label: np.exp(-cross_entropy(logits, label)), "probability"),
    ("08.cross_entropy", lambda logits, label: cross_entropy(logits, 0), "label"),
    ("08.cross_entropy", lambda logits, label: cross_entropy(logits, label) / np.log(10), "base 10"),
    ("08.cross_entropy", lambda logits, label: 0.0, "not right|index|is not"),
    ("08.cross_entropy", lambda logits, label: None, "return"),
    ("08.cross_entropy", lambda logits: 0.0, "TypeError"),
    ("08.cross_entropy", 0.3, "function itself"),
    ("08.kernel_gradient", lambda x, u: kernel_gradient(x, u[::-1, ::-1]), "upstream gradient is turned"),
    ("08.kernel_gradient", lambda x, u: kernel_gradient(x, u)[::-1, ::-1], "result is turned"),
    ("08.kernel_gradient", lambda x, u: kernel_gradient(x, u).T, "swapped"),
    ("08.kernel_gradient", lambda x, u: kernel_gradient(x, np.ones_like(u)), "not used"),
    ("08.kernel_gradient", lambda x, u: kernel_gradient(x, u) / u.size, "mean"),
    ("08.kernel_gradient", lambda x, u: 0 * kernel_gradient(x, u), "index"),
    ("08.kernel_gradient", lambda x, u: kernel_gradient(x, u)[:1], "shape"),
    ("08.curves", CURVES | {"a": "good"}, "not right for a"),
    ("08.curves", CURVES | {"a": "overfitting"}, "no gap"),
    ("08.curves", CURVES | {"b": "good"}, "rises"),
    ("08.curves", CURVES | {"c": "underfitting"}, r"ln 10"),
    ("08.curves", CURVES | {"d": "overfitting"}, "close together"),
    ("08.curves", CURVES | {"d": "fine"}, "none of the four"),
    ("08.curves", {"a": "good"}, "dict with the keys"),
    ("08.curves", "good", "dict"),
    ("08.schedule", lambda step, steps, peak: peak * min(1, step / (0.3 * steps)), "does not fall"),
    (
        "08.schedule",
        lambda step, steps, peak: peak if step < 0.3 * steps else learning_rate(step, steps, peak),
        "should begin at 0",
    ),
    (
        "08.schedule",
        lambda step, steps, peak: (
            peak * step / (0.3 * steps) if step < 0.3 * steps else peak * (1 - step / steps)
        ),
        "begins too low",
    ),
    ("08.schedule", lambda step, steps, peak: peak * min(step, steps - step) / (steps / 2), "middle"),
    ("08.schedule", lambda step, steps, peak: peak, "begins at its peak"),
    ("08.schedule", lambda step, steps, peak: 0.0, "not|index"),
    ("08.mend", mended(scaled=False), "not scaled|0 to 255|Rescaling"),
    ("08.mend", mended(units=9), "ten outputs"),
    ("08.mend", mended(activation="softmax"), "from_logits=True"),
    ("08.mend", mended(from_logits=False), "from_logits"),
    ("08.mend", mended(compiled=False), "not compiled"),
    ("08.mend", mended(rate=1.0), "learning rate"),
    ("08.mend", mended(loss="categorical_crossentropy"), "labels|from_logits"),
    ("08.mend", dense_instead, "convolution is gone"),
    ("08.mend", 3, "function `build` itself"),
    ("08.mend", lambda: None, "NoneType"),
    ("08.mend", lambda: 1 / 0, "ZeroDivisionError"),
]
