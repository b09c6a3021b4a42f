"""LeNet-5, and what is left of it without its hidden dense layers."""

import keras
from keras import layers

from ._arguments import check_input_shape, output_activation

__all__ = ["lenet5", "lenet5_small"]

_POOLING = {"max": layers.MaxPooling2D, "average": layers.AveragePooling2D}


def lenet5(
    *,
    input_shape=(28, 28, 1),
    num_classes=10,
    logits=False,
    activation="relu",
    pooling="max",
    name="lenet5",
):
    """Return LeNet-5, the network that read cheques in the 1990s.

    ============  ===========  =========
    layer         output       weights
    ============  ===========  =========
    rescaling     28, 28, 1
    conv1         28, 28, 6    156
    pool1         14, 14, 6
    conv2         10, 10, 16   2,416
    pool2         5, 5, 16
    flatten       400
    dense1        120          48,120
    dense2        84           10,164
    predictions   10           850
    ============  ===========  =========

    The original padded the picture to 32×32, which is ``padding="same"`` here; it had
    ``activation="tanh"`` and ``pooling="average"``, its second convolution did not look at every channel, and its
    last layer measured distances. As it stands this is LeNet-5 as it is trained today.

    Args:
        input_shape: (H, W, C) of a picture, values 0 to 255, at least 12×12.
        num_classes: units of the last layer.
        logits: `True` leaves the softmax out.
        activation: of the convolutions and hidden dense layers.
        pooling: ``"max"`` or ``"average"``.
        name: the name of the model.

    Returns:
        An uncompiled `keras.Sequential`, (N, H, W, C) → (N, num_classes); 61,706 weights as it stands.

    Raises:
        ValueError: if `input_shape`, `num_classes` or `pooling` is not one of those named above.

    Source: Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, Gradient-based learning applied to document recognition,
    Proceedings of the IEEE 86(11), 1998.
    """
    input_shape = check_input_shape(input_shape, smallest=12)
    pool = _pooling(pooling)
    return keras.Sequential(
        [
            layers.Input(input_shape),
            layers.Rescaling(1 / 255, name="rescaling"),
            layers.Conv2D(6, 5, padding="same", activation=activation, name="conv1"),
            pool(2, name="pool1"),
            layers.Conv2D(16, 5, activation=activation, name="conv2"),
            pool(2, name="pool2"),
            layers.Flatten(name="flatten"),
            layers.Dense(120, activation=activation, name="dense1"),
            layers.Dense(84, activation=activation, name="dense2"),
            layers.Dense(num_classes, activation=output_activation(num_classes, logits), name="predictions"),
        ],
        name=name,
    )


def lenet5_small(
    *,
    input_shape=(28, 28, 1),
    num_classes=10,
    logits=False,
    activation="relu",
    pooling="max",
    name="lenet5_small",
):
    """Return LeNet-5 without its two hidden dense layers: a tenth of the weights.

    ============  ===========  =========
    layer         output       weights
    ============  ===========  =========
    rescaling     28, 28, 1
    conv1         28, 28, 6    156
    pool1         14, 14, 6
    conv2         10, 10, 16   2,416
    pool2         5, 5, 16
    flatten       400
    predictions   10           4,010
    ============  ===========  =========

    Args:
        input_shape: (H, W, C) of a picture, values 0 to 255, at least 12×12.
        num_classes: units of the last layer.
        logits: `True` leaves the softmax out.
        activation: of the convolutions.
        pooling: ``"max"`` or ``"average"``.
        name: the name of the model.

    Returns:
        An uncompiled `keras.Sequential`, (N, H, W, C) → (N, num_classes); 6,582 weights as it stands.

    Raises:
        ValueError: if `input_shape`, `num_classes` or `pooling` is not one of those named above.

    Source: after LeNet-5, see `lenet5`.
    """
    input_shape = check_input_shape(input_shape, smallest=12)
    pool = _pooling(pooling)
    return keras.Sequential(
        [
            layers.Input(input_shape),
            layers.Rescaling(1 / 255, name="rescaling"),
            layers.Conv2D(6, 5, padding="same", activation=activation, name="conv1"),
            pool(2, name="pool1"),
            layers.Conv2D(16, 5, activation=activation, name="conv2"),
            pool(2, name="pool2"),
            layers.Flatten(name="flatten"),
            layers.Dense(num_classes, activation=output_activation(num_classes, logits), name="predictions"),
        ],
        name=name,
    )


def _pooling(pooling):
    if pooling not in _POOLING:
        raise ValueError(
            f'`pooling` must be "max" or "average"; received {pooling!r}. Leave it out for "max".'
        )
    return _POOLING[pooling]
