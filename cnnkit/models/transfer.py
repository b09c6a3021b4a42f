"""A new head on a trained network, and fine-tuning of the end of that network."""

import difflib
import re

import keras
from keras import layers

from ._arguments import check_classes, check_dropout, output_activation

__all__ = ["transfer", "unfreeze"]

# The names that keras.applications gives its networks → the mode of their `preprocess_input`.
_MODES = {
    r"vgg(16|19)|resnet(50|101|152)": "caffe",
    r"mobilenet_.+|mobilenetv2_.+|MobileNetV3(Small|Large)|resnet(50|101|152)v2": "tf",
    r"inception_v3|inception_resnet_v2|xception|nasnet_(mobile|large)": "tf",
    r"densenet(121|169|201)": "torch",
}
_NAMES = ("caffe", "tf", "torch", "none")
# ImageNet's, in red, green, blue; for pictures from 0 to 255
_CAFFE_MEAN = (123.68, 116.779, 103.939)
_TORCH_MEAN = tuple(255 * n for n in (0.485, 0.456, 0.406))
_TORCH_VARIANCE = tuple((255 * n) ** 2 for n in (0.229, 0.224, 0.225))


def transfer(base, num_classes, *, preprocessing=None, dropout=0.2, logits=False, name="transfer"):
    """Return a trained network without its top, frozen, with a new head for classes of your own.

    In plain Keras, here for VGG16, it is this::

        base.trainable = False
        inputs = keras.Input((150, 150, 3))
        x = keras.applications.vgg16.preprocess_input(inputs)
        x = base(x, training=False)
        x = keras.layers.GlobalAveragePooling2D()(x)
        x = keras.layers.Dropout(0.2)(x)
        outputs = keras.layers.Dense(num_classes, activation="softmax")(x)
        model = keras.Model(inputs, outputs)

    ``training=False`` is for the BatchNormalization layers of the base: they keep the mean and variance that they were
    trained with. The base itself is frozen and used, not a copy of it.

    Each base wants its pictures as it was trained. With ``preprocessing=None`` this is found out in two steps. A base
    that holds a Rescaling or Normalization before its first weights (EfficientNet, ConvNeXt, MobileNetV3,
    `models.vgg_mini`) gets the pictures as they are. Otherwise the name decides, if it is one that `keras.applications`
    gives ("vgg16", "mobilenetv2_0.35_96", "resnet50" …). Any other base is refused: nobody can tell.

    Args:
        base: a built Keras model with trained weights that ends in feature maps (N, h, w, C), as with
            ``include_top=False``, or in one row of features for each picture (N, C), as with ``pooling="avg"``.
        num_classes: number of classes; 1 for one unit with a sigmoid.
        preprocessing: what is done to pictures from 0 to 255 before the base gets them. ``"caffe"``: blue, green, red,
            with ImageNet's mean taken off; ``"tf"``: from -1 to 1; ``"torch"``: ImageNet's mean 0 and variance 1;
            ``"none"``: nothing; or a Keras layer, or a function such as
            ``keras.applications.vgg16.preprocess_input``. `None` finds it out, as told above.
        dropout: share of the features that is switched off at random in training, from 0 to below 1.
        logits: `True` leaves the softmax (or sigmoid) out.
        name: the name of the model.

    Returns:
        An uncompiled `keras.Model`, pictures (N, H, W, C) with values 0 to 255 → (N, num_classes). Its layers:
        ``preprocessing`` (where there is one), the base under its own name, ``gap`` (where the base ends in maps),
        ``dropout``, ``predictions``. Only ``predictions`` has weights to train.

    Raises:
        TypeError: `base` is no Keras model, or `preprocessing` neither a name, a layer nor a function.
        ValueError: `base` is not built, still has its top, or does not go from pictures to features; what it wants for
            pictures cannot be told; or another argument is impossible.

    Source: J. Yosinski, J. Clune, Y. Bengio, H. Lipson, How transferable are features in deep neural networks?, 2014.
    """
    shape, rank = _check_base(base)
    check_classes(num_classes)
    check_dropout(dropout)
    inputs = keras.Input(shape)
    x = _preprocessing(base, preprocessing, channels=shape[-1])(inputs)
    base.trainable = False
    x = base(x, training=False)
    if rank == 4:
        x = layers.GlobalAveragePooling2D(name="gap")(x)
    x = layers.Dropout(dropout, name="dropout")(x)
    activation = output_activation(num_classes, logits)
    outputs = layers.Dense(num_classes, activation=activation, name="predictions")(x)
    return keras.Model(inputs, outputs, name=name)


def unfreeze(model, layer):
    """Let the base of a transfer model train from one of its layers on, but for its BatchNormalization layers.

    Fine-tuning comes after the new head has been trained: the large gradients of a random head would spoil the base.
    Then `compile` again, with a learning rate of about a hundredth of the usual one. In plain Keras it is this::

        base.trainable = True
        names = [layer.name for layer in base.layers]
        for number, layer in enumerate(base.layers):
            early = number < names.index("block5_conv1")
            layer.trainable = not early and not isinstance(layer, keras.layers.BatchNormalization)

    Did it work? `training.snapshot` before the training and `training.expect_changed` after it show what moved.

    Args:
        model: a model from `transfer`, or its base.
        layer: the name of a layer of the base, or the layer. It and all layers behind it will train, all before it are
            frozen; the order is that of ``base.layers``.

    Returns:
        The names of the layers of the base that have weights to train now, a list of str.

    Raises:
        TypeError: `model` is no Keras model.
        ValueError: there is no such layer (the nearest names are offered), or no weights from there on.
    """
    _must_be_model("model", model)
    wanted = getattr(layer, "name", layer)
    held = [one for one in model._flatten_layers() if isinstance(one, keras.Model)]
    base = next((one for one in held if wanted in _names(one)), None)
    if base is None:
        # The layers of a base, not those of the head: it is they that are frozen.
        known = [name for one in held[1:] or held for name in _names(one)]
        near = difflib.get_close_matches(str(wanted), known, n=3, cutoff=0.5)
        slip = (
            f"Do you mean {' or '.join(map(repr, near))}?" if near else "Keras numbers names on: conv2d_1 …"
        )
        raise ValueError(
            f"`layer` must be a layer of the base; received {wanted!r}. {slip} The last layers of the base are "
            f"{', '.join(known[-8:])}; `[layer.name for layer in base.layers]` lists them all."
        )
    start = _names(base).index(wanted)
    last = [one.name for one in base.layers if _weighty(one)]
    if not any(map(_weighty, base.layers[start:])):
        raise ValueError(
            f"`layer` must have weights, or layers with weights behind it; received {wanted!r}, from which on "
            f"{base.name!r} has none to train. Its last layers with weights are {', '.join(last[-3:])}: name one of "
            "them, or one before."
        )
    base.trainable = True  # of all layers in it; then those are frozen again that must not move
    for number, one in enumerate(base.layers):
        one.trainable = number >= start
        for part in one._flatten_layers():
            if isinstance(part, layers.BatchNormalization):
                part.trainable = False
    return [one.name for one in base.layers if one.trainable_weights]


def _names(model):
    return [layer.name for layer in model.layers]


def _weighty(layer):
    """Whether a layer has weights that fine-tuning could move."""
    return any(
        part.weights and not isinstance(part, layers.BatchNormalization)
        for part in layer._flatten_layers()
        if not isinstance(part, keras.Model)
    )


# --- The base -----------------------------------------------------------------------------------------------


def _must_be_model(argument, value):
    if isinstance(value, keras.Model):
        return
    if isinstance(value, str):
        slip = (
            f"received the name {value!r}. Build it first: models.vgg_mini(include_top=False), for example."
        )
    elif callable(value) and not isinstance(value, keras.layers.Layer):
        made = getattr(value, "__name__", "it")
        slip = f"received the function {made}. Call it, without its top: {made}(include_top=False)."
    else:
        slip = f"received {type(value).__name__}. Of a layer: keras.Sequential([keras.Input(shape), layer])."
    raise TypeError(f"`{argument}` must be a Keras model; {slip}")


def _check_base(base):
    """Return the shape (H, W, C) of the pictures that the base takes, and the rank of what it puts out."""
    _must_be_model("base", base)
    if not base.built:
        raise ValueError(
            f"`base` must be built; received {base.name!r}, which has no weights yet. Begin it with "
            "keras.Input(shape=(height, width, channels)), and load the trained weights."
        )
    try:
        inputs, outputs = base.inputs, base.outputs
    except (AttributeError, ValueError):  # a class of one's own
        inputs = outputs = ()
    shapes = [tuple(tensor.shape) for tensor in (*(inputs or ()), *(outputs or ()))]
    if len(shapes) != 2 or len(shapes[0]) != 4 or len(shapes[1]) not in (2, 4):
        raise ValueError(
            "`base` must go from pictures (N, H, W, C) to feature maps (N, h, w, C) or features (N, C); received "
            f"{base.name!r} with inputs and outputs of shape {', '.join(map(str, shapes)) or 'unknown'}. Cut it "
            "where its maps end: keras.Model(base.inputs, base.get_layer(name).output)."
        )
    last = base
    while isinstance(last, keras.Model):
        last = last.layers[-1]
    if isinstance(last, layers.Softmax) or getattr(last, "activation", None) in (
        keras.activations.softmax,
        keras.activations.sigmoid,
    ):
        raise ValueError(
            f"`base` must end in features; received {base.name!r}, which still ends in its old classes "
            f"({last.name!r}, {shapes[1]}). Build it without its top: include_top=False."
        )
    return shapes[0][1:], len(shapes[1])


# --- What the base wants for pictures -----------------------------------------------------------------------


def _preprocessing(base, given, channels):
    """A function from pictures 0 to 255 to what the base was trained with."""
    mode = _find_out(base) if given is None else given
    if not isinstance(mode, str):
        return _by_function(mode)
    if mode not in _NAMES:
        raise ValueError(
            f"`preprocessing` must be {', '.join(map(repr, _NAMES))}, a Keras layer, or a function such as "
            f"keras.applications.vgg16.preprocess_input; received {mode!r}. It names what is done to the pictures, not "
            "the network; None finds it out for the networks of keras.applications."
        )
    if mode in ("caffe", "torch") and channels != 3:
        raise ValueError(
            f"`preprocessing` {mode!r} belongs to pictures in colour, with three channels; received a base for "
            f"{channels}. Was it trained on pictures with the values 0 to 1? Then "
            "preprocessing=keras.layers.Rescaling(1/255)."
        )
    if mode == "tf":
        return layers.Rescaling(1 / 127.5, offset=-1, name="preprocessing")
    if mode == "torch":
        return layers.Normalization(mean=_TORCH_MEAN, variance=_TORCH_VARIANCE, name="preprocessing")
    if mode == "caffe":
        centred = layers.Normalization(mean=_CAFFE_MEAN, variance=(1, 1, 1), name="preprocessing")
        return lambda x: centred(x)[..., ::-1]  # red, green, blue → blue, green, red
    return lambda x: x


def _by_function(given):
    if not callable(given) or isinstance(given, type):
        made = f"the class {given.__name__}" if isinstance(given, type) else repr(given)
        raise TypeError(
            f"`preprocessing` must be {', '.join(map(repr, _NAMES))}, a Keras layer, or a function of a tensor; "
            f"received {made}. For values from 0 to 1: preprocessing=keras.layers.Rescaling(1/255)."
        )
    if isinstance(given, keras.layers.Layer):
        return given

    def apply(x):
        try:
            return given(x)
        except Exception as error:
            said = (str(error).splitlines() or [""])[0]
            raise ValueError(
                "`preprocessing` must be a function of a Keras tensor, of which only the shape is known yet; "
                f"received {getattr(given, '__name__', 'one')}, which stopped with {type(error).__name__}: "
                f"{said} Is it made for NumPy arrays? Write it with keras.ops, or give a layer."
            ) from error

    return apply


def _find_out(base):
    if _scales_itself(base):
        return "none"
    mode = next((mode for names, mode in _MODES.items() if re.fullmatch(names, base.name)), None)
    if mode is None:
        raise ValueError(
            f"What the base wants for pictures cannot be told: {base.name!r} holds no Rescaling or Normalization "
            "before its first weights, and that is no name of keras.applications. With the wrong pictures it would "
            'see nothing, and say nothing. Look up how it was trained, and say so: preprocessing="tf" (-1 to 1), '
            '"caffe", "torch", "none" (0 to 255), or a layer such as keras.layers.Rescaling(1/255).'
        )
    return mode


def _scales_itself(base):
    """Whether a Rescaling or Normalization stands before the first layer with weights."""
    for layer in base._flatten_layers(include_self=False):
        if isinstance(layer, (layers.Rescaling, layers.Normalization)):
            return True
        if layer.weights and not isinstance(layer, keras.Model):
            return False
    return False
