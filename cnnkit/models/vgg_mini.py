"""A small network after VGG, with trained weights that come with the kit."""

from pathlib import Path

import keras
import numpy as np
from keras import layers

from ._arguments import check_input_shape, output_activation

__all__ = ["class_names", "vgg_mini"]

BLOCKS = ((2, 24), (2, 48), (3, 72), (3, 112), (3, 128))  # convolutions, filters
FILE = Path(__file__).with_name("vgg_mini.npz")
_CLASSES = 10  # without weights


def vgg_mini(
    weights="cnnkit",
    *,
    include_top=True,
    input_shape=(96, 96, 3),
    num_classes=None,
    logits=False,
    name="vgg_mini",
):
    """Return a small VGG: the blocks and names of VGG16, a 155th of its weights, trained ones at hand offline.

    ============  ===========  =========
    layer         output       weights
    ============  ===========  =========
    rescaling     96, 96, 3
    block1_conv1  96, 96, 24   672
    block1_conv2  96, 96, 24   5,208
    block1_pool   48, 48, 24
    block2_conv1  48, 48, 48   10,416
    block2_conv2  48, 48, 48   20,784
    block2_pool   24, 24, 48
    block3_conv1  24, 24, 72   31,176
    block3_conv2  24, 24, 72   46,728
    block3_conv3  24, 24, 72   46,728
    block3_pool   12, 12, 72
    block4_conv1  12, 12, 112  72,688
    block4_conv2  12, 12, 112  113,008
    block4_conv3  12, 12, 112  113,008
    block4_pool   6, 6, 112
    block5_conv1  6, 6, 128    129,152
    block5_conv2  6, 6, 128    147,584
    block5_conv3  6, 6, 128    147,584
    block5_pool   3, 3, 128
    gap           128
    predictions   10           1,290
    ============  ===========  =========

    In place of VGG16's flatten and two large dense layers it has the mean of each map (gap). It was trained with batch
    normalisation behind each convolution; in the finished network that is folded into the kernels and biases.

    Args:
        weights: ``"cnnkit"`` for the trained ones that come with the kit, `None` for random ones.
        include_top: `False` ends with block5_pool, for features.
        input_shape: (H, W, C) of a picture, values 0 to 255, at least 32×32. H and W may be `None`: any size.
        num_classes: units of the last layer; `None` for as many as the weights tell, or 10 without weights.
        logits: `True` leaves the softmax out.
        name: the name of the model.

    Returns:
        An uncompiled `keras.Sequential`, (N, H, W, C) → (N, num_classes); 886,026 weights as it stands. Without the top
        (N, H, W, C) → (N, H / 32, W / 32, 128); 884,736 weights.

    Raises:
        ValueError: if `weights` is something else, `input_shape` or `num_classes` is impossible or does not belong to
            the weights, or the file of weights belongs to another network.
        FileNotFoundError: if the file of weights is missing.

    Source: our own, after K. Simonyan, A. Zisserman, Very deep convolutional networks for large-scale image
    recognition, 2014, with the global average pooling of Lin, Chen and Yan (2013).
    """
    if weights not in (None, "cnnkit"):
        raise ValueError(
            f'`weights` must be "cnnkit" (those that come with the kit) or None (random ones); received {weights!r}. '
            "Weights of your own go in afterwards: model.load_weights(path)."
        )
    input_shape = check_input_shape(input_shape, smallest=32, any_size=True)
    arrays = None if weights is None else _read(FILE)
    if num_classes is None:
        num_classes = _CLASSES if arrays is None else arrays["predictions/bias"].size
    activation = output_activation(num_classes, logits)
    if arrays is not None:
        _check_fit(arrays, input_shape, num_classes if include_top else None)
    stack = [layers.Input(input_shape), layers.Rescaling(1 / 255, name="rescaling")]
    for block, (convolutions, filters) in enumerate(BLOCKS, start=1):
        stack += [
            layers.Conv2D(filters, 3, padding="same", activation="relu", name=f"block{block}_conv{i}")
            for i in range(1, convolutions + 1)
        ]
        stack.append(layers.MaxPooling2D(2, name=f"block{block}_pool"))
    if include_top:
        stack += [
            layers.GlobalAveragePooling2D(name="gap"),
            layers.Dense(num_classes, activation=activation, name="predictions"),
        ]
    model = keras.Sequential(stack, name=name)
    if arrays is not None:
        for layer in model.layers:
            for weight in layer.weights:
                weight.assign(arrays[f"{layer.name}/{weight.name}"].astype("float32"))
    return model


def class_names():
    """Return the names of the classes that the trained weights tell, a tuple of str.

    Raises:
        FileNotFoundError: if the file of weights is missing.
    """
    return tuple(str(name) for name in _read(FILE)["class_names"])


def _read(path):
    """The arrays of the file of weights, {name of the weight: array}."""
    try:
        with np.load(path) as file:
            return {key: file[key] for key in file.files}
    except FileNotFoundError:
        raise FileNotFoundError(
            f"The trained weights of vgg_mini are expected in {path}; there is no such file. This copy of the kit came "
            "without them: install it again, or take the network with random weights, models.vgg_mini(weights=None)."
        ) from None
    except Exception as error:  # NumPy raises ValueError, EOFError, BadZipFile and others
        raise ValueError(
            f"The trained weights of vgg_mini are expected in {path}; that file cannot be read: {error}. It may be "
            "damaged: install the kit again."
        ) from error


def _check_fit(arrays, input_shape, num_classes):
    """Raise a ValueError unless the arrays are those of the network asked for."""
    expected, channels = {}, 3
    for block, (convolutions, filters) in enumerate(BLOCKS, start=1):
        for i in range(1, convolutions + 1):
            expected[f"block{block}_conv{i}/kernel"] = (3, 3, channels, filters)
            expected[f"block{block}_conv{i}/bias"] = (filters,)
            channels = filters
    for name, shape in expected.items():
        if name not in arrays or arrays[name].shape != shape:
            found = f"{arrays[name].shape}" if name in arrays else "none"
            raise ValueError(
                f"The trained weights of vgg_mini must have {name} with shape {shape}; received {found} in {FILE}. The "
                "file belongs to another version of the kit: install the kit again."
            )
    if input_shape[2] != 3:
        raise ValueError(
            f"The trained weights of vgg_mini belong to pictures in colour; received input_shape={input_shape}. Give "
            "a grey picture three equal channels: np.repeat(image, 3, axis=-1)."
        )
    classes = arrays["predictions/bias"].size
    if num_classes is not None and num_classes != classes:
        raise ValueError(
            f"The trained weights of vgg_mini tell {classes} classes; received num_classes={num_classes}. For classes "
            "of your own: include_top=False, and a new dense layer on top."
        )
