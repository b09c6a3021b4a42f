"""A small residual network trained from nothing: 2,000 photographs of cats and dogs, and 21 kinds of land.

What makes so few pictures do: they are varied anew in each epoch, most epochs see them small and only the last ones
larger, the learning rate rises and falls once, labels are smoothed, and each block weighs its channels. Tested is with
the mean over mirrored pictures, land over all its eight sides. The clock runs from the first step to the last.
"""

import time

import numpy as np

from . import experiment
from .mnist_fast import one_cycle
from .photographs import pictures, probabilities, varied

WIDTHS = (32, 48, 96, 160)
LARGER = 128  # what the crops are taken from
SMOOTHING, DECAY, DROPOUT = 0.1, 0.05, 0.2
# Size of a batch, and the highest learning rate: 21 classes take more steps to learn than two.
BATCH = {"cats_vs_dogs": 32, "aerial": 16}
PEAK = {"cats_vs_dogs": 2e-3, "aerial": 1.5e-3}
# (side of the pictures, epochs): small pictures first, which cost less
STAGES = {"cats_vs_dogs": ((64, 28), (96, 16)), "aerial": ((64, 26), (96, 16))}
# smallest window, change of light and of colour
VARIED = {"cats_vs_dogs": (0.5, 0.2, 0.1), "aerial": (0.7, 0.1, 0.05)}
# At the test: what is cut off on each side, since the network learnt from windows, and how many pixels larger than in
# the training the rest is seen. Cats and dogs gain by it; of land the size of things tells something.
MARGIN, LARGER_BY = 0.04, {"cats_vs_dogs": 16, "aerial": 0}


def network(classes):
    """Four residual blocks of two convolutions, on half the side of the picture and less; about 590,000 weights."""
    import keras
    from keras import layers

    def convolution(x, filters, strides=1):
        x = layers.Conv2D(filters, 3, strides=strides, padding="same", use_bias=False)(x)
        return layers.BatchNormalization(momentum=0.95)(x)

    inputs = keras.Input((None, None, 3))
    x = layers.Rescaling(1 / 127.5, offset=-1)(inputs)
    x = layers.ReLU()(convolution(x, WIDTHS[0], strides=2))
    for block, filters in enumerate(WIDTHS):
        if block:
            x = layers.MaxPooling2D(2)(x)
        shortcut = x if x.shape[-1] == filters else layers.Conv2D(filters, 1, use_bias=False)(x)
        x = convolution(layers.ReLU()(convolution(x, filters)), filters)
        share = layers.GlobalAveragePooling2D(keepdims=True)(x)  # squeeze and excitation (Hu 2018)
        share = layers.Dense(filters // 4, activation="relu")(share)
        x = layers.Multiply()([x, layers.Dense(filters, activation="sigmoid")(share)])
        x = layers.ReLU()(layers.Add()([x, shortcut]))
    x = layers.Dropout(DROPOUT)(layers.GlobalAveragePooling2D()(x))
    return keras.Model(inputs, layers.Dense(classes)(x))


def train(name, seed, validation=False):
    """Train one network; return its accuracy on the test pictures (or those of the validation) and the seconds."""
    import keras

    (x, y), (x_test, y_test), classes = pictures(name, LARGER, validation)
    from_above, (area, light, colour) = name == "aerial", VARIED[name]
    batch, peak = BATCH[name], PEAK[name]
    options = dict(batch=batch, seed=seed, from_above=from_above, area=area, light=light, colour=colour)
    keras.utils.clear_session()
    keras.utils.set_random_seed(seed)

    start = time.perf_counter()
    model = network(classes)
    steps = sum(epochs for _, epochs in STAGES[name]) * (len(x) // batch)
    model.compile(
        keras.optimizers.AdamW(one_cycle(peak, steps, warm_up=0.2), weight_decay=DECAY),
        keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=SMOOTHING),
    )
    for side, epochs in STAGES[name]:
        batches = varied(x, y, side, classes, **options)
        loss = model.fit(batches, epochs=epochs, verbose=0, shuffle=False).history["loss"][-1]
        if validation:
            found = accuracy(model, x_test, y_test, side + LARGER_BY[name], from_above)
            print(side, f"{loss:.3f}", found, time.perf_counter() - start, flush=True)
    seconds = time.perf_counter() - start
    found = accuracy(model, x_test, y_test, side + LARGER_BY[name], from_above)
    return {"accuracy": found, "seconds": seconds, "weights": model.count_params()}


def accuracy(model, x, y, side, from_above):
    said = probabilities(model, x, side, from_above, MARGIN)
    return float(np.mean(said.argmax(axis=1) == y))


@experiment("cats_vs_dogs.scratch", "A small residual network, from nothing, on cats and dogs")
def cats_vs_dogs(seed):
    return train("cats_vs_dogs", seed)


@experiment("aerial.scratch", "A small residual network, from nothing, on 21 kinds of land")
def aerial(seed):
    return train("aerial", seed)
