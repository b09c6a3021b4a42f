"""The networks of lectures 02 and 08 on 20,000 digits of MNIST, and what a shift of the digits costs them."""

import time

import numpy as np

from . import experiment

PICTURES, EPOCHS, BATCH = 20_000, 10, 128


def data():
    """20,000 digits to train with, 5,000 to look at in between, the 10,000 test digits; values 0 to 255."""
    from cnnkit import datasets

    digits = datasets.mnist(source="real")
    (x, y), validation, test = (digits.arrays(split) for split in ("train", "validation", "test"))
    return (x[:PICTURES], y[:PICTURES]), validation, test


def trained(build, seed):
    """Train as a beginner would, with Adam as it comes, for 10 epochs; return the model and its numbers."""
    import keras

    keras.utils.set_random_seed(seed)
    (x_train, y_train), validation, test = data()
    model = build()
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    start = time.perf_counter()
    history = model.fit(
        x_train, y_train, batch_size=BATCH, epochs=EPOCHS, validation_data=validation, verbose=0
    ).history
    seconds = time.perf_counter() - start
    accuracy = model.evaluate(*test, batch_size=500, verbose=0)[1]
    numbers = {"accuracy": accuracy, "seconds": seconds, "weights": model.count_params()}
    return model, numbers | {curve: history[curve] for curve in ("loss", "val_loss", "val_accuracy")}


def _register(name, title, build):
    @experiment(f"mnist.{name}_20000", title)
    def run(seed):
        return trained(build, seed)[1]


def _build(name, **arguments):
    def build():
        from cnnkit import models

        return getattr(models, name)(**arguments)

    return build


_register("dense", "Dense network, 128 hidden units", _build("mlp"))
_register("lenet5", "LeNet-5", _build("lenet5"))
_register("lenet5_small", "LeNet-5 without hidden dense layers", _build("lenet5_small"))
_register("convnet1", "ConvNet1", _build("convnet1"))
_register("convnet1_linear", "ConvNet1, no ReLU between convolutions", _build("convnet1", activation=None))
_register("cnn_12_24", "12 and 24 filters, dropout", _build("cnn_12_24"))


@experiment("mnist.shift", "Accuracy on test digits shifted to the right")
def shift(seed):
    """Test accuracy of the dense network and of LeNet-5 when all test digits are moved right by 0 to 8 pixels."""
    numbers = {"shift": list(range(9))}
    for name in ("mlp", "lenet5"):
        model, _ = trained(_build(name), seed)
        images, labels = data()[2]
        numbers["dense" if name == "mlp" else name] = [
            model.evaluate(moved(images, n), labels, batch_size=500, verbose=0)[1] for n in numbers["shift"]
        ]
    return numbers


def moved(images, pixels):
    """The pictures moved right by so many pixels; black comes in at the left."""
    out = np.zeros_like(images)
    out[:, :, pixels:] = images[:, :, : images.shape[2] - pixels]
    return out
