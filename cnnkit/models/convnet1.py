"""Three convolutions that end in one pixel, and a small dense network on top."""

import keras
from keras import layers

from ._arguments import check_input_shape, output_activation

__all__ = ["convnet1"]


def convnet1(*, input_shape=(28, 28, 1), num_classes=10, logits=False, activation="relu", name="convnet1"):
    """Return three convolutions with poolings that shrink a digit to 1×1×40, then dense layers of 30 and 20 units.

    ============  ===========  =========
    layer         output       weights
    ============  ===========  =========
    rescaling     28, 28, 1
    conv1         28, 28, 10   100
    pool1         14, 14, 10
    conv2         10, 10, 20   5,020
    pool2         5, 5, 20
    conv3         3, 3, 40     7,240
    pool3         1, 1, 40
    flatten       40
    dense1        30           1,230
    dense2        20           620
    predictions   10           210
    ============  ===========  =========

    Args:
        input_shape: (H, W, C) of a picture, values 0 to 255, at least 28×28.
        num_classes: units of the last layer.
        logits: `True` leaves the softmax out.
        activation: of the convolutions; ``None`` leaves them linear, and then only the poolings stand between
            them. The dense layers have a ReLU either way.
        name: the name of the model.

    Returns:
        An uncompiled `keras.Sequential`, (N, H, W, C) → (N, num_classes); 14,420 weights as it stands.

    Raises:
        ValueError: if `input_shape` is not three whole numbers or too small, or `num_classes` is below 1.

    Source: a first network of university courses; there it has no activation between its convolutions, and
    lecture 08 measures what that costs.
    """
    input_shape = check_input_shape(input_shape, smallest=28)
    return keras.Sequential(
        [
            layers.Input(input_shape),
            layers.Rescaling(1 / 255, name="rescaling"),
            layers.Conv2D(10, 3, padding="same", activation=activation, name="conv1"),
            layers.MaxPooling2D(2, name="pool1"),
            layers.Conv2D(20, 5, activation=activation, name="conv2"),
            layers.MaxPooling2D(2, name="pool2"),
            layers.Conv2D(40, 3, activation=activation, name="conv3"),
            layers.MaxPooling2D(3, name="pool3"),
            layers.Flatten(name="flatten"),
            layers.Dense(30, activation="relu", name="dense1"),
            layers.Dense(20, activation="relu", name="dense2"),
            layers.Dense(num_classes, activation=output_activation(num_classes, logits), name="predictions"),
        ],
        name=name,
    )
