"""A network for photographs that is trained from scratch on a few thousand of them."""

import keras
from keras import layers

from ._arguments import check_dropout, check_input_shape, output_activation

__all__ = ["cats_dogs_cnn"]


def cats_dogs_cnn(
    *,
    input_shape=(150, 150, 3),
    num_classes=2,
    logits=False,
    filters=(16, 32, 64, 96, 128),
    dropout=0.3,
    name="cats_dogs_cnn",
):
    """Return blocks of convolution, batch normalisation, ReLU and pooling; then the mean of each map.

    ============  =============  =========
    layer         output         weights
    ============  =============  =========
    rescaling     150, 150, 3
    block1        75, 75, 16     496
    block2        37, 37, 32     4,736
    block3        18, 18, 64     18,688
    block4        9, 9, 96       55,680
    block5        9, 9, 128      111,104
    gap           128
    dropout       128
    predictions   2              258
    ============  =============  =========

    Each block has the layers ``block1_conv`` (3×3, same padding, no bias), ``block1_norm``, ``block1_relu`` and, but
    for the last block, ``block1_pool``. The number of filters grows as the maps shrink. The mean over each map
    (global average pooling) takes the place of a flatten and a large dense layer, which would hold most of the weights
    and remember the training pictures.

    Args:
        input_shape: (H, W, C) of a picture, values 0 to 255, at least 2 to the power of (blocks − 1) pixels a side.
        num_classes: units of the last layer; 1 for one unit with a sigmoid.
        logits: `True` leaves the softmax (or sigmoid) out.
        filters: number of filters of each block, a sequence of ints.
        dropout: share of the means that is switched off at random in training, from 0 to below 1.
        name: the name of the model.

    Returns:
        An uncompiled `keras.Sequential`, (N, H, W, C) → (N, num_classes); 190,962 weights as it stands.

    Raises:
        ValueError: if `input_shape` is not three whole numbers or too small, `num_classes` is below 1, or `dropout`
            outside [0, 1).

    Source: our own, after the pattern of VGG with the batch normalisation of Ioffe and Szegedy (2015) and the global
    average pooling of Lin, Chen and Yan (2013).
    """
    input_shape = check_input_shape(input_shape, smallest=2 ** (len(filters) - 1))
    check_dropout(dropout)
    stack = [layers.Input(input_shape), layers.Rescaling(1 / 255, name="rescaling")]
    for block, count in enumerate(filters, start=1):
        stack += [
            layers.Conv2D(count, 3, padding="same", use_bias=False, name=f"block{block}_conv"),
            layers.BatchNormalization(name=f"block{block}_norm"),
            layers.ReLU(name=f"block{block}_relu"),
        ]
        if block < len(filters):
            stack.append(layers.MaxPooling2D(2, name=f"block{block}_pool"))
    stack += [
        layers.GlobalAveragePooling2D(name="gap"),
        layers.Dropout(dropout, name="dropout"),
        layers.Dense(num_classes, activation=output_activation(num_classes, logits), name="predictions"),
    ]
    return keras.Sequential(stack, name=name)
