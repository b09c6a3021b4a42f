"""The best that we get on MNIST within ten minutes on two cores: a larger network, longer, on varied digits.

Tuned on the last 5,000 of the 60,000 training digits; each seed then trains on all 60,000 and is tested once. The
training digits are moved, turned and scaled a little, anew in each epoch. At the end the network sees each test digit
nine times, moved by up to one pixel, and adds its answers up; `accuracy_once` is what it gets from one look.
"""

import math
import time

import numpy as np

from . import experiment
from .mnist_fast import digits, one_cycle

EPOCHS, BATCH, PEAK = 14, 128, 0.006


def network():
    """Four convolutions with batch normalisation: a strided 5×5, and three of 3×3 with two poolings."""
    import keras
    from keras import layers

    stack = [layers.Input((28, 28, 1))]
    for filters, size, strides, pool in ((32, 5, 2, 1), (48, 3, 1, 2), (96, 3, 1, 1), (96, 3, 1, 2)):
        stack += [
            layers.Conv2D(filters, size, strides=strides, padding="same", use_bias=False),
            layers.BatchNormalization(momentum=0.95),
            layers.ReLU(),
            *([layers.MaxPooling2D(2, padding="same")] if pool > 1 else []),
        ]
    stack += [layers.Flatten(), layers.Dropout(0.15), layers.Dense(10)]
    return keras.Sequential(stack)


def vary():
    """Moves by up to 2 pixels, turns by up to 10 degrees, makes larger or smaller by up to a tenth."""
    import keras
    from keras import layers

    black = {"fill_mode": "constant", "fill_value": 0.0}
    return keras.Sequential(
        [
            layers.RandomTranslation(0.07, 0.07, **black),
            layers.RandomRotation(0.027, **black),
            layers.RandomZoom((-0.1, 0.1), (-0.1, 0.1), **black),
        ]
    )


@experiment("mnist.best", "Our best: 14 epochs of moved, turned and scaled digits")
def best(seed):
    import keras
    import tensorflow as tf

    x_train, y_train, x_test, y_test = digits()
    keras.utils.clear_session()
    keras.utils.set_random_seed(seed)
    model, varied = network(), vary()
    data = tf.data.Dataset.from_tensor_slices((x_train, y_train)).shuffle(len(x_train), seed=seed)
    data = data.batch(BATCH).map(lambda x, y: (varied(x, training=True), y), num_parallel_calls=2).prefetch(4)
    steps = EPOCHS * math.ceil(len(x_train) / BATCH)
    start = time.perf_counter()
    model.compile(
        keras.optimizers.AdamW(one_cycle(PEAK, steps, warm_up=0.25), weight_decay=0.02),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    model.fit(data, epochs=EPOCHS, verbose=0, shuffle=False)
    seconds = time.perf_counter() - start
    looks = [
        model.predict(np.roll(x_test, (down, right), axis=(1, 2)), batch_size=500, verbose=0)
        for down in (0, -1, 1)
        for right in (0, -1, 1)
    ]
    return {
        "accuracy": float(np.mean(sum(looks).argmax(axis=1) == y_test)),
        "accuracy_once": float(np.mean(looks[0].argmax(axis=1) == y_test)),
        "seconds": seconds,
        "weights": model.count_params(),
    }
