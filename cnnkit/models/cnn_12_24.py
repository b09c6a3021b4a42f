"""Two convolutions with 12 and 24 filters, a dense layer and dropout."""

import keras
from keras import layers

from ._arguments import check_dropout, check_input_shape, output_activation

__all__ = ["cnn_12_24"]


def cnn_12_24(*, input_shape=(28, 28, 1), num_classes=10, logits=False, dropout=0.2, name="cnn_12_24"):
    """Return two convolutions with 12 and 24 filters, a dense layer of 64 units, and dropout.

    ============  ===========  =========
    layer         output       weights
    ============  ===========  =========
    rescaling     28, 28, 1
    conv1         26, 26, 12   120
    pool1         13, 13, 12
    conv2         11, 11, 24   2,616
    pool2         5, 5, 24
    flatten       600
    dense         64           38,464
    dropout       64
    predictions   10           650
    ============  ===========  =========

    Args:
        input_shape: (H, W, C) of a picture, values 0 to 255, at least 10×10.
        num_classes: units of the last layer.
        logits: `True` leaves the softmax out.
        dropout: the share of the 64 units that is switched off at random in training, from 0 to below 1.
        name: the name of the model.

    Returns:
        An uncompiled `keras.Sequential`, (N, H, W, C) → (N, num_classes); 41,850 weights as it stands.

    Raises:
        ValueError: if `input_shape` is not three whole numbers or too small, `num_classes` is below 1, or
            `dropout` outside [0, 1).

    Source: a first network of university courses; it differs from LeNet-5 by its 3×3 kernels and its dropout.
    """
    input_shape = check_input_shape(input_shape, smallest=10)
    check_dropout(dropout)
    return keras.Sequential(
        [
            layers.Input(input_shape),
            layers.Rescaling(1 / 255, name="rescaling"),
            layers.Conv2D(12, 3, activation="relu", name="conv1"),
            layers.MaxPooling2D(2, name="pool1"),
            layers.Conv2D(24, 3, activation="relu", name="conv2"),
            layers.MaxPooling2D(2, name="pool2"),
            layers.Flatten(name="flatten"),
            layers.Dense(64, activation="relu", name="dense"),
            layers.Dropout(dropout, name="dropout"),
            layers.Dense(num_classes, activation=output_activation(num_classes, logits), name="predictions"),
        ],
        name=name,
    )
