"""99 % on MNIST, quickly: the recipe of lecture 08, what each part gives, and the convnet of Keras's documentation.

The recipe was tuned on the last 5,000 of the 60,000 training digits. Each seed then trains on all 60,000 and is tested
once. The clock runs from `compile` to the end of `fit`, so the making of the graph counts.
"""

import math
import time

from . import experiment

EPOCHS, BATCH, PEAK = 2, 384, 0.012


def network(norm=True):
    """The recipe's network: two strided convolutions, a third, batch normalisation once, where the maps are small."""
    import keras
    from keras import layers

    return keras.Sequential(
        [
            layers.Input((28, 28, 1)),
            layers.Conv2D(16, 5, strides=2, activation="relu"),  # 12×12
            layers.Conv2D(32, 3, strides=2, padding="same", activation="relu"),  # 6×6
            layers.Conv2D(64, 3),  # 4×4
            layers.Flatten(),
            *([layers.BatchNormalization(momentum=0.9)] if norm else []),
            layers.ReLU(),
            layers.Dense(10),
        ]
    )


def one_cycle(peak, steps, warm_up=0.3):
    """A learning rate that rises to its peak in the first 30 % of the steps, and falls to nearly 0 by half a cosine."""
    import keras

    return keras.optimizers.schedules.CosineDecay(
        peak / 10,
        decay_steps=math.ceil(steps * (1 - warm_up)),
        warmup_target=peak,
        warmup_steps=int(steps * warm_up),
        alpha=0.001,
    )


def recipe(seed, *, norm=True, cycle=True, batch=BATCH, cached=True, jit=False, peak=PEAK):
    """Train by the recipe, or with a part of it taken away; return accuracy on the test digits and seconds."""
    import keras

    x_train, y_train, x_test, y_test = digits()
    keras.utils.clear_session()
    keras.utils.set_random_seed(seed)
    model = network(norm)
    start = time.perf_counter()
    steps = EPOCHS * math.ceil(len(x_train) / batch)
    model.compile(
        keras.optimizers.Adam(one_cycle(peak, steps) if cycle else 0.001),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
        jit_compile=jit,
    )
    if cached:
        model.fit(x_train, y_train, batch_size=batch, epochs=EPOCHS, verbose=0)
    else:
        model.fit(pictures_one_by_one(batch, seed), epochs=EPOCHS, verbose=0, shuffle=False)
    seconds = time.perf_counter() - start
    accuracy = model.evaluate(x_test, y_test, batch_size=500, verbose=0)[1]
    return {"accuracy": accuracy, "seconds": seconds, "weights": model.count_params()}


def pictures_one_by_one(batch, seed):
    """The same digits as a beginner's tf.data: each is scaled by itself, in Python order, every epoch anew."""
    import numpy as np
    import tensorflow as tf

    with np.load(_file()) as arrays:
        x, y = arrays["x_train"], arrays["y_train"]
    data = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(len(x), seed=seed)
    return data.map(lambda image, label: (tf.cast(image, "float32")[..., None] / 255, label)).batch(batch)


_DIGITS = []


def digits():
    """MNIST as Keras gives it: 60,000 to train, 10,000 to test; scaled once to [0, 1] and kept, that is the cache."""
    import numpy as np

    if not _DIGITS:
        with np.load(_file()) as arrays:
            _DIGITS[:] = [arrays[key] for key in ("x_train", "y_train", "x_test", "y_test")]
        for i in (0, 2):
            _DIGITS[i] = (_DIGITS[i] / np.float32(255))[..., None]
    return _DIGITS


def _file():
    from cnnkit.datasets import fetching

    return fetching.entry("mnist").path


@experiment("mnist.keras_convnet", "The convnet of Keras's documentation, up to 99 %")
def keras_convnet(seed):
    """Train it as documented, with validation_split=0.1, until an epoch ends at 99 % of the test digits.

    The clock stops while the test digits are looked at. The documentation trains 15 epochs and looks once.
    """
    import keras
    from keras import layers

    x_train, y_train, x_test, y_test = digits()
    x_train, y_train = x_train[:54_000], y_train[:54_000]
    keras.utils.clear_session()
    keras.utils.set_random_seed(seed)
    model = keras.Sequential(
        [
            layers.Input((28, 28, 1)),
            layers.Conv2D(32, kernel_size=(3, 3), activation="relu"),
            layers.MaxPooling2D(pool_size=(2, 2)),
            layers.Conv2D(64, kernel_size=(3, 3), activation="relu"),
            layers.MaxPooling2D(pool_size=(2, 2)),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(10, activation="softmax"),
        ]
    )
    start = time.perf_counter()
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    seconds, curve = time.perf_counter() - start, []
    while len(curve) < 15 and (not curve or curve[-1] < 0.99):
        start = time.perf_counter()
        model.fit(x_train, y_train, batch_size=128, epochs=1, verbose=0)
        seconds += time.perf_counter() - start
        curve.append(model.evaluate(x_test, y_test, batch_size=500, verbose=0)[1])
    return {
        "accuracy": curve[-1],
        "seconds": seconds,
        "epochs": len(curve),
        "test_accuracy": curve,
        "weights": model.count_params(),
    }


@experiment("mnist.fast", "The fast recipe")
def fast(seed):
    return recipe(seed)


@experiment("mnist.fast.no_batch_norm", "… without batch normalisation")
def no_batch_norm(seed):
    return recipe(seed, norm=False)


@experiment("mnist.fast.no_one_cycle", "… with Adam's constant rate 0.001")
def no_one_cycle(seed):
    return recipe(seed, cycle=False)


@experiment("mnist.fast.batch_32", "… with batches of 32, peak 0.0035")
def batch_32(seed):
    return recipe(seed, batch=32, peak=PEAK * math.sqrt(32 / BATCH))  # as is usual for Adam


@experiment("mnist.fast.uncached", "… with each picture scaled on its way in")
def uncached(seed):
    return recipe(seed, cached=False)


@experiment("mnist.fast.jit", "… with jit_compile=True")
def jit(seed):
    return recipe(seed, jit=True)
