"""The remedies of lecture 11 on 500 digits of MNIST: one at a time, and together.

The network, the 500 digits and the settings are those of the lecture. The settings were chosen with MNIST's last 5,000
training digits. Each seed trains on the first 500 and is tested once, on the 10,000 test digits.
"""

import time

from . import experiment

PICTURES, EPOCHS, BATCH, RATE = 500, 40, 50, 5e-3


def data():
    """500 digits to train with and the 10,000 test digits; values 0 to 255."""
    from cnnkit import datasets

    digits = datasets.mnist(source="real")
    images, labels = digits.arrays("train")
    return (images[:PICTURES], labels[:PICTURES]), digits.arrays("test")


def network(first=(), normalise=False, between=None, last=0, filters=(8, 16, 32), hidden=128):
    """The network of lecture 11.

    Args:
        first: layers for augmentation, behind the rescaling.
        normalise: True puts batch normalisation in front of each ReLU.
        between: function that makes the dropout layer behind each pooling.
        last: rate of the dropout in front of the last layer.
        filters: of the three convolutions.
        hidden: units of the hidden dense layer; 0 leaves it out.
    """
    import keras
    from keras import layers

    stack = [layers.Input((28, 28, 1)), layers.Rescaling(1 / 255), *first]
    for number in filters:
        stack.append(layers.Conv2D(number, 3, padding="same"))
        if normalise:
            stack.append(layers.BatchNormalization(momentum=0.9))
        stack += [layers.ReLU(), layers.MaxPooling2D(2)]
        if between:
            stack.append(between())
    stack.append(layers.Flatten())
    if hidden:
        stack.append(layers.Dense(hidden, activation="relu"))
    if last:
        stack.append(layers.Dropout(last))
    return keras.Sequential([*stack, layers.Dense(10, activation="softmax")])


def trained(switches, seed, *, epochs=EPOCHS, decay=None):
    """Train on the 500 digits, and return the accuracy on both sides and the seconds."""
    import keras

    keras.utils.clear_session()
    keras.utils.set_random_seed(seed)
    train, test = data()
    model = network(**switches())
    rate = keras.optimizers.schedules.CosineDecay(RATE, decay_steps=epochs * PICTURES // BATCH)
    optimizer = keras.optimizers.AdamW(rate, weight_decay=decay) if decay else keras.optimizers.Adam(rate)
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    start = time.perf_counter()
    model.fit(*train, batch_size=BATCH, epochs=epochs, verbose=0)
    seconds = time.perf_counter() - start
    return {
        "accuracy": model.evaluate(*test, batch_size=500, verbose=0)[1],
        "train_accuracy": model.evaluate(*train, batch_size=500, verbose=0)[1],
        "seconds": seconds,
        "weights": model.count_params(),
    }


def turn():
    from keras import layers

    return layers.RandomRotation(0.04, fill_mode="constant")


def move():
    from keras import layers

    return layers.RandomTranslation(0.1, 0.1, fill_mode="constant")


def scale():
    from keras import layers

    return layers.RandomZoom(0.1, fill_mode="constant")


def noise():
    from keras import layers

    return layers.GaussianNoise(0.05)


def flip():
    from keras import layers

    return layers.RandomFlip()


def drop_cells():
    from keras import layers

    return layers.Dropout(0.25)


def drop_maps():
    from keras import layers

    return layers.SpatialDropout2D(0.05)


def changed(*makers, **switches):
    """Return a function that gives the switches of `network`, with fresh augmentation layers each time."""
    return lambda: {"first": [make() for make in makers], **switches}


def _register(name, title, switches, **settings):
    @experiment(f"small.{name}", title)
    def run(seed):
        return trained(switches, seed, **settings)


TOGETHER = changed(turn, move, scale, normalise=True, last=0.5)
LONGER = 3 * EPOCHS

_register("plain", "500 digits, plain", changed())
_register("dropout", "Dropout 0.5 before the last layer", changed(last=0.5))
_register("dropout_conv", "Dropout 0.25 between convolutions", changed(between=drop_cells))
_register("spatial_dropout", "Spatial dropout 0.05 between convolutions", changed(between=drop_maps))
_register("batch_norm", "Batch normalisation", changed(normalise=True))
_register("weight_decay", "Weight decay 0.5 (AdamW)", changed(), decay=0.5)
_register("rotation", "Rotation by up to 14 degrees", changed(turn))
_register("translation", "Translation by up to a tenth", changed(move))
_register("zoom", "Zoom by up to a tenth", changed(scale))
_register("noise", "Gaussian noise 0.05", changed(noise))
_register("flip", "Flip both ways, which changes labels", changed(flip))
_register("augmentation", "Rotation, translation and zoom", changed(turn, move, scale))
_register("all", "… with batch normalisation and dropout", TOGETHER)
_register("growing_filters", "Filters 8-16-32, no hidden dense layer", changed(hidden=0))
_register(
    "shrinking_filters",
    "Filters 36-18-9, no hidden dense layer",
    changed(filters=(36, 18, 9), hidden=0),
)
_register("plain_longer", "Plain, 120 epochs", changed(), epochs=LONGER)
_register("all_longer", "All together, 120 epochs", TOGETHER, epochs=LONGER)
