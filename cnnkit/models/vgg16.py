"""VGG16, with the layer names and the weights files of Keras."""

import os
from pathlib import Path

import keras
from keras import layers

from ._arguments import check_input_shape, output_activation

__all__ = ["vgg16"]

_BLOCKS = ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512))  # convolutions, filters
_FILES = {True: "vgg16", False: "vgg16_no_top"}  # include_top → name in the catalogue


def vgg16(weights=None, *, include_top=True, input_shape=None, num_classes=1000, logits=False, name="vgg16"):
    """Return VGG16: thirteen 3×3 convolutions in five blocks, a pooling behind each block, three dense layers.

    ============  =============  ===========
    layer         output         weights
    ============  =============  ===========
    block1_conv1  224, 224, 64   1,792
    block1_conv2  224, 224, 64   36,928
    block1_pool   112, 112, 64
    block2_conv1  112, 112, 128  73,856
    block2_conv2  112, 112, 128  147,584
    block2_pool   56, 56, 128
    block3_conv1  56, 56, 256    295,168
    block3_conv2  56, 56, 256    590,080
    block3_conv3  56, 56, 256    590,080
    block3_pool   28, 28, 256
    block4_conv1  28, 28, 512    1,180,160
    block4_conv2  28, 28, 512    2,359,808
    block4_conv3  28, 28, 512    2,359,808
    block4_pool   14, 14, 512
    block5_conv1  14, 14, 512    2,359,808
    block5_conv2  14, 14, 512    2,359,808
    block5_conv3  14, 14, 512    2,359,808
    block5_pool   7, 7, 512
    flatten       25088
    fc1           4096           102,764,544
    fc2           4096           16,781,312
    predictions   1000           4,097,000
    ============  =============  ===========

    Unlike the other networks this one has no `rescaling`: the trained weights want blue, green, red with ImageNet's
    mean taken off. Call `keras.applications.vgg16.preprocess_input` on pictures from 0 to 255 (a copy, for it changes
    an array in place). Raw pictures, 0 to 255 or 0 to 1, raise no error: the answers are only worse.

    Args:
        weights: `None` for random ones; ``"imagenet"`` for those that Keras publishes, from the kit's cache, Keras's
            own (``~/.keras/models``) or the network; or the path of a file that holds VGG16's weights, ``.h5`` as
            Keras publishes them or ``.weights.h5`` as `save_weights` writes them.
        include_top: `False` ends with block5_pool, for features.
        input_shape: (H, W, C) of a picture, at least 32×32; `None` for (224, 224, 3). Without the top H and W may be
            `None`: any size.
        num_classes: units of the last layer.
        logits: `True` leaves the softmax out.
        name: the name of the model.

    Returns:
        An uncompiled `keras.Sequential`, (N, H, W, C) → (N, num_classes); 138,357,544 weights as it stands,
        553 MB. Without the top (N, H, W, C) → (N, H / 32, W / 32, 512); 14,714,688 weights, 59 MB.

    Raises:
        ValueError: if `input_shape` or `num_classes` is impossible or does not belong to the weights, or the file holds
            the weights of another network.
        TypeError: if `weights` is neither None nor a text nor a path.
        FileNotFoundError: if there is no such file.
        OSError: if ImageNet's weights are not at hand and cannot be downloaded, or a file is damaged.

    Source: K. Simonyan, A. Zisserman, Very deep convolutional networks for large-scale image recognition, 2014;
    configuration D. The weights were converted by Keras's authors.
    """
    input_shape = _input_shape(input_shape, include_top)
    activation = output_activation(num_classes, logits)
    _check_weights(weights, include_top, input_shape, num_classes)
    stack = [layers.Input(input_shape)]
    for block, (convolutions, filters) in enumerate(_BLOCKS, start=1):
        stack += [
            layers.Conv2D(filters, 3, padding="same", activation="relu", name=f"block{block}_conv{i}")
            for i in range(1, convolutions + 1)
        ]
        stack.append(layers.MaxPooling2D(2, name=f"block{block}_pool"))
    if include_top:
        stack += [
            layers.Flatten(name="flatten"),
            layers.Dense(4096, activation="relu", name="fc1"),
            layers.Dense(4096, activation="relu", name="fc2"),
            layers.Dense(num_classes, activation=activation, name="predictions"),
        ]
    file = None
    if weights is not None:  # found and looked at before half a gigabyte is filled with random numbers
        file = _imagenet(include_top) if _is_imagenet(weights) else Path(weights)
        _check_file(file, _expected(include_top, input_shape, num_classes), include_top, weights)
    model = keras.Sequential(stack, name=name)
    if file is not None:
        _load(model, file)
    return model


def _is_imagenet(weights):
    return isinstance(weights, str) and weights == "imagenet"


def _input_shape(input_shape, include_top):
    if input_shape is None:
        return 224, 224, 3
    shape = check_input_shape(input_shape, smallest=32, any_size=True)
    if include_top and None in shape:
        raise ValueError(
            f"`input_shape` must be three whole numbers with the dense layers on top, whose weights depend on it; "
            f"received {shape}. For pictures of any size: include_top=False."
        )
    return shape


def _check_weights(weights, include_top, input_shape, num_classes):
    if weights is None:
        return
    if not isinstance(weights, (str, os.PathLike)):
        raise TypeError(
            '`weights` must be None, "imagenet" or the path of a file; received '
            f"{type(weights).__name__}. Arrays go in afterwards: model.set_weights(arrays)."
        )
    if not _is_imagenet(weights):
        if str(weights).strip().lower() in ("imagenet", "none", ""):
            raise ValueError(
                f'`weights` must be None, "imagenet" or the path of a file; received {str(weights)!r}. Written '
                'exactly: weights="imagenet", or weights=None without quotes.'
            )
        return
    if input_shape[2] != 3:
        raise ValueError(
            f'weights="imagenet" belong to pictures in colour; received input_shape={input_shape}. Give a grey '
            "picture three equal channels: np.repeat(image, 3, axis=-1)."
        )
    if include_top and num_classes != 1000:
        raise ValueError(
            f'weights="imagenet" tell 1,000 classes; received num_classes={num_classes}. For classes of your own: '
            "include_top=False, and a new dense layer on top."
        )
    if include_top and input_shape != (224, 224, 3):
        raise ValueError(
            'weights="imagenet" with the dense layers on top belong to pictures of 224×224; received '
            f"input_shape={input_shape}. Bring the pictures to that size, or take include_top=False."
        )


# --- The files ----------------------------------------------------------------------------------------------


def _imagenet(include_top):
    """The path of Keras's file: in the kit's cache, in Keras's own, or downloaded."""
    import pooch

    from .. import datasets
    from ..datasets.catalogue import entry
    from ..datasets.fetching import DownloadError

    what = entry(_FILES[include_top])
    if what.present():
        return what.path
    home = Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras") / "models"
    kept = home / what.path.name
    other = ""
    if kept.is_file():
        if not what.md5 or pooch.file_hash(kept, alg="md5") == what.md5:
            return kept
        other = f" {kept} is there, but is not the published file: perhaps half of it. Delete it."
    try:
        return datasets.download(what.name)
    except DownloadError as error:
        reason = str(error).split("\nThree ways out")[0]
        raise DownloadError(
            f"The ImageNet weights of VGG16 are not at hand. {reason}{other}\nWays out:\n"
            f"  1. copy the file {what.path.name} to {home}, or to {what.path.parent};\n"
            f'  2. give the path where it lies: models.vgg16("…/{what.path.name}"'
            f"{'' if include_top else ', include_top=False'});\n"
            "  3. take the kit's own small trained network: models.vgg_mini().",
            error.short,
        ) from error


def _expected(include_top, input_shape, num_classes):
    """[(layer, shape of its kernel)] in order."""
    found, channels = [], input_shape[2]
    for block, (convolutions, filters) in enumerate(_BLOCKS, start=1):
        for i in range(1, convolutions + 1):
            found.append((f"block{block}_conv{i}", (3, 3, channels, filters)))
            channels = filters
    if include_top:
        flat = (input_shape[0] // 32) * (input_shape[1] // 32) * channels
        found += [("fc1", (flat, 4096)), ("fc2", (4096, 4096)), ("predictions", (4096, num_classes))]
    return found


def _check_file(path, expected, include_top, weights):
    """Raise an error that says what is wrong with a file of weights, before Keras stumbles over it."""
    if path.is_dir() or not path.exists():
        near = ""
        if path.parent.is_dir():
            there = sorted(one.name for one in path.parent.iterdir() if one.suffix in (".h5", ".hdf5"))
            near = f" In that folder lie: {', '.join(there[:5])}." if there else ""
        raise FileNotFoundError(
            f'`weights` must be None, "imagenet" or the path of a file; received {str(weights)!r}, and there is no '
            f"such file ({path.absolute()}).{near} Relative paths begin at the folder that Python runs in: give the "
            "whole path."
        )
    if path.suffix not in (".h5", ".hdf5"):
        raise ValueError(
            f"`weights` must be a file of weights, .h5 or .weights.h5; received {path.name!r}. A whole model is opened "
            "with keras.models.load_model; model.save_weights('name.weights.h5') writes its weights alone."
        )
    kernels = _kernels(path)
    has_top = any(len(shape) == 2 for shape in kernels)
    if sum(len(shape) == 4 for shape in kernels) == 13 and has_top != include_top:
        first, second = ("with", "without") if has_top else ("without", "with")
        raise ValueError(
            f"`weights` must fit the network; {path.name} holds VGG16 {first} its dense layers, and the network asked "
            f"for is one {second}. Say include_top={has_top}, or give the other file"
            + (" (its name ends in _notop.h5)." if has_top else " (its name has no _notop at the end).")
        )
    wanted = [shape for _, shape in expected]
    if path.name.endswith(".weights.h5"):  # such files name the layers by kind, so that their order is lost
        wanted, kernels = sorted(wanted), sorted(kernels)
    if wanted == kernels:
        return
    at = next((i for i, (a, b) in enumerate(zip(wanted, kernels, strict=False)) if a != b), None)
    found = f"{len(kernels)} layers with weights where {len(wanted)} are expected"
    hint = "It belongs to another network."
    if at is not None:
        name = next(layer for layer, shape in expected if shape == wanted[at])
        found = f"a kernel {kernels[at]} where {name} has {wanted[at]}"
        if len(kernels) == len(wanted):
            if name == "predictions":
                hint = f"It tells {kernels[at][-1]} classes: num_classes={kernels[at][-1]}."
            elif name == "fc1":
                hint = (
                    "It was made for pictures of another size: change input_shape, or take include_top=False."
                )
            elif name == "block1_conv1":
                hint = f"It was made for pictures with {kernels[at][2]} channels: change input_shape."
    raise ValueError(
        f"`weights` must be a file with the weights of VGG16; {path.name} has {found}. {hint} Keras's own files begin "
        "with vgg16_weights_tf_dim_ordering_tf_kernels."
    )


def _kernels(path):
    """The shapes of all kernels in a file of weights: in order in Keras's legacy layout."""
    import h5py

    try:
        with h5py.File(path, "r") as file:
            group = file.get("model_weights", file)
            if "layer_names" not in group.attrs:
                shapes = []
                group.get("layers", group).visititems(lambda _, one: shapes.append(getattr(one, "shape", ())))
            else:
                shapes = [
                    group[_text(layer)][_text(weight)].shape
                    for layer in group.attrs["layer_names"]
                    for weight in group[_text(layer)].attrs["weight_names"]
                ]
            return [tuple(shape) for shape in shapes if len(shape) > 1]
    except (OSError, KeyError) as error:
        raise OSError(
            f"{path} cannot be read as a file of weights: {error}. Expected HDF5, as Keras writes it; received "
            f"{path.stat().st_size:,} bytes that are not, or only a part of it, as a broken download leaves. Delete it "
            "and fetch it again (VGG16 has 553,467,096 bytes, without its dense layers 58,889,256)."
        ) from error


def _text(name):
    return name.decode() if isinstance(name, bytes) else name


def _load(model, path):
    try:
        model.load_weights(path)
    except Exception as error:  # whatever Keras makes of a file that only looks right
        raise OSError(
            f"{path} looks like a file with the weights of VGG16, but Keras cannot read it: {error}. It may be "
            "damaged: delete it and fetch it again."
        ) from error
