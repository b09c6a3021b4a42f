"""scratch.conv2d against the loops of lecture 04, SciPy and Keras: the same numbers, float32 everywhere."""

import os

import numpy as np

from cnnkit import scratch

from .measure import side_by_side

TITLE = "Convolution of 32 images 64×64×16 with 32 filters 3×3, float32"
IMAGES, SIZE, CHANNELS, FILTERS, KERNEL = 32, 64, 16, 32, 3


def loops(image, kernel):
    """The function that lecture 04 begins with."""
    (height, width), (kh, kw) = image.shape, kernel.shape
    output = np.zeros((height - kh + 1, width - kw + 1))
    for i in range(output.shape[0]):
        for j in range(output.shape[1]):
            for p in range(kh):
                for q in range(kw):
                    output[i, j] += image[i + p, j + q] * kernel[p, q]
    return output


def scipy_conv2d(images, kernel):
    """Every filter over every picture with SciPy, which knows no layers."""
    from scipy.signal import correlate

    filters = np.moveaxis(kernel, -1, 0)
    maps = [[correlate(image, one, "valid", method="direct")[..., 0] for one in filters] for image in images]
    return np.moveaxis(np.array(maps), 1, -1)


def run():
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import keras
    import tensorflow as tf

    rng = np.random.default_rng(0)
    images = rng.standard_normal((IMAGES, SIZE, SIZE, CHANNELS), dtype="float32")
    kernel = rng.standard_normal((KERNEL, KERNEL, CHANNELS, FILTERS), dtype="float32")
    tensor = tf.constant(images)

    def pair(**settings):
        layer = keras.layers.Conv2D(FILTERS, KERNEL, use_bias=False, **settings)
        layer.build(images.shape)
        layer.set_weights([kernel])
        ours, theirs = scratch.conv2d(images, kernel, **settings), layer(tensor).numpy()
        np.testing.assert_allclose(ours, theirs, atol=1e-4)  # or there is nothing to compare
        return {
            "scratch.conv2d": lambda: scratch.conv2d(images, kernel, **settings),
            "Keras": lambda: layer(tensor).numpy(),
        }

    # The loops would need minutes: time one picture, one channel, one filter, and multiply.
    image, one = images[0, :, :, 0], kernel[:, :, 0, 0]
    parts = IMAGES * CHANNELS * FILTERS
    np.testing.assert_allclose(
        scipy_conv2d(images[:1], kernel), scratch.conv2d(images[:1], kernel), atol=1e-4
    )
    rows = side_by_side(
        "stride 1",
        {
            **pair(),
            "SciPy": lambda: scipy_conv2d(images[:1], kernel),
            "loops of lecture 04": lambda: loops(image, one),
        },
        ours="scratch.conv2d",
        scale={"SciPy": IMAGES, "loops of lecture 04": parts},
    )
    rows += side_by_side("same padding", pair(padding="same"), ours="scratch.conv2d")
    rows += side_by_side("stride 2", pair(strides=2), ours="scratch.conv2d")
    rows += side_by_side("dilation 2", pair(dilation_rate=2), ours="scratch.conv2d")
    return rows
