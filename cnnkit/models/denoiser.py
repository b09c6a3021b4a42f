"""The denoising autoencoder of lecture 07."""

import keras
from keras import layers

from ._arguments import check_input_shape

__all__ = ["denoiser"]


def denoiser(*, input_shape=(28, 28, 1), name="denoiser"):
    """Return an autoencoder that takes a noisy picture and returns a clean one of the same size.

    ============  ===========  =========
    layer         output       weights
    ============  ===========  =========
    down1         14, 14, 16   160
    down2         7, 7, 32     4,640
    up1           14, 14, 32   16,416
    up2           28, 28, 16   8,208
    clean         28, 28, 1    145
    ============  ===========  =========

    Two convolutions with stride 2 make the picture smaller, two transposed convolutions bring it back. Their 4×4
    kernels are a multiple of the stride, so no checkerboard is built in. The last layer has no activation: with a
    sigmoid and the squared error the training can get stuck at black pictures.

    Args:
        input_shape: (H, W, C) of a picture, H and W multiples of 4. Unlike the other networks this one takes values
            in [0, 1] and returns values around [0, 1]: what goes in and what is asked for need the same scale.
        name: the name of the model.

    Returns:
        An uncompiled `keras.Sequential`, (N, H, W, C) → (N, H, W, C); 29,569 weights as it stands.

    Raises:
        ValueError: if `input_shape` is not three whole numbers, or a side is not a multiple of 4.

    Source: our own; the layers of lecture 07.
    """
    height, width, channels = check_input_shape(input_shape, smallest=4)
    if height % 4 or width % 4:
        raise ValueError(
            f"The sides must be multiples of 4, because they are halved twice and doubled twice; received "
            f"input_shape={(height, width, channels)}. Pad or crop to {(-(-height // 4) * 4, -(-width // 4) * 4)}."
        )
    return keras.Sequential(
        [
            layers.Input((height, width, channels)),
            layers.Conv2D(16, 3, strides=2, padding="same", activation="relu", name="down1"),
            layers.Conv2D(32, 3, strides=2, padding="same", activation="relu", name="down2"),
            layers.Conv2DTranspose(32, 4, strides=2, padding="same", activation="relu", name="up1"),
            layers.Conv2DTranspose(16, 4, strides=2, padding="same", activation="relu", name="up2"),
            layers.Conv2D(channels, 3, padding="same", name="clean"),
        ],
        name=name,
    )
