"""The kinds of model that `explain` must work for; each as a user would write it, untrained, from a fixed seed."""

import keras
import numpy as np
import tensorflow as tf

L = keras.layers

SIDE, CLASSES = 24, 4
RANDOM = np.random.default_rng(5)
IMAGES = RANDOM.integers(0, 256, (5, SIDE, SIDE, 3)).astype("float32")

# kind → the full name of its second convolution
CONV2 = {
    "sequential": "conv2",
    "functional": "conv2",
    "branched": "conv2",
    "nested": "base/conv2",
    "nested twice": "outer/base/conv2",
    "nested sequential": "base/conv2",
    "built by a call": "conv2",
}
HEADS = ("softmax", "softmax layer", "softmax operation", "logits", "sigmoid", "one logit")


def head(kind, classes=CLASSES):
    """The layers at the end; the number of classes that they tell apart."""
    units = 1 if kind in ("sigmoid", "one logit") else classes
    if kind == "softmax layer":
        return [L.Dense(units, name="scores"), L.Softmax(name="predictions")]
    if kind == "softmax operation":
        return [L.Dense(units, name="scores"), keras.ops.softmax]
    activation = {"softmax": "softmax", "sigmoid": "sigmoid"}.get(kind)
    return [L.Dense(units, activation=activation, name="predictions")]


def front():
    """What stands in front of many models: augmentation and scaling."""
    return [
        L.RandomFlip("horizontal", name="flip"),
        L.RandomRotation(0.1, name="turn"),
        L.Rescaling(1 / 127.5, offset=-1, name="rescaling"),
    ]


def body():
    return [
        L.Conv2D(6, 3, activation="relu", name="conv1"),
        L.MaxPooling2D(2, name="pool1"),
        L.Conv2D(8, 3, name="conv2"),
        L.BatchNormalization(name="norm"),
        L.ReLU(name="relu"),
    ]


def chain(x, layers):
    for layer in layers:
        x = layer(x)
    return x


def make(kind="sequential", end="softmax", classes=CLASSES, shape=(SIDE, SIDE, 3)):
    """Return a built model of this kind with this head."""
    keras.utils.set_random_seed(3)
    top = [L.GlobalAveragePooling2D(name="gap"), L.Dropout(0.5, name="dropout"), *head(end, classes)]
    inputs = keras.Input(shape)
    if kind in ("sequential", "built by a call"):
        if end == "softmax operation":
            top[-1] = L.Activation("softmax", name="predictions")
        model = keras.Sequential([*front(), *body(), *top])
        if kind == "sequential":
            model.build((None, *shape))
        else:
            model(np.zeros((1, *shape), "float32"))
    elif kind == "functional":
        model = keras.Model(inputs, chain(inputs, [*front(), *body(), *top]))
    elif kind == "branched":
        x = chain(inputs, front())
        left, right = chain(x, body()), L.Conv2D(8, 7, strides=2, activation="relu", name="side")(x)
        x = L.Add(name="add")([left, right]) * 0.5
        model = keras.Model(inputs, chain(x, top))
    else:
        if kind == "nested sequential":
            base = keras.Sequential([keras.Input(shape), *body()], name="base")
        else:
            inside = keras.Input(shape)
            base = keras.Model(inside, chain(inside, body()), name="base")
        if kind == "nested twice":
            middle = keras.Input(shape)
            base = keras.Model(middle, base(middle, training=False), name="outer")
        base.trainable = False
        model = keras.Model(inputs, chain(base(chain(inputs, front()), training=False), top))
    # Not the zeros and ones of a new model: biases and statistics must matter. The same numbers for the same shape, so
    # that models of different kinds are the same network.
    for weight in model.weights:
        if len(weight.shape):
            noise = np.random.default_rng(sum(weight.shape)).normal(0, 0.4, weight.shape)
            weight.assign(1 + abs(noise) if "variance" in weight.path else noise)
    return model


def split(model, kind):
    """The same network by hand, in float64: functions pictures → features of conv2, and those → logits.

    Only the weights are read from the model; the layers are written out in plain TensorFlow.
    """
    weights = {tuple(w.path.split("/")[-2:]): w.numpy().astype("float64") for w in model.weights}

    def convolve(x, name, strides=1):
        return tf.nn.conv2d(x, weights[name, "kernel"], strides, "VALID") + weights[name, "bias"]

    def scaled(images):
        return tf.cast(images, "float64") / 127.5 - 1

    def first(images):
        return convolve(
            tf.nn.max_pool2d(tf.nn.relu(convolve(scaled(images), "conv1")), 2, 2, "VALID"), "conv2"
        )

    def second(features, images):
        norm = {what: weights["norm", what] for what in ("moving_mean", "moving_variance", "gamma", "beta")}
        x = (features - norm["moving_mean"]) / np.sqrt(norm["moving_variance"] + 1e-3)
        x = tf.nn.relu(x * norm["gamma"] + norm["beta"])
        if kind == "branched":
            x = 0.5 * (x + tf.nn.relu(convolve(scaled(images), "side", 2)))
        last = "scores" if ("scores", "kernel") in weights else "predictions"
        return tf.reduce_mean(x, axis=(1, 2)) @ weights[last, "kernel"] + weights[last, "bias"]

    return first, second
