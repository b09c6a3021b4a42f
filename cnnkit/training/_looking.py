"""Looking at data and at a model: a few pictures are taken out and sent through, layer by layer."""

import contextlib
import re
from dataclasses import dataclass, field

import numpy as np

_BATCHES = 8  # of a tf.data; enough to see that it is shuffled


class Data:
    """A few pictures and labels of the training part, and the test part as it came.

    Attributes:
        x: array of at most `pictures` pictures, as the model gets them.
        element: shape of the array `x`, or of one element of the tf.data.
        y: array of their labels, or `None` where there are none.
        labels: all labels that are known, or those of the batches looked at; `whole` says which.
        arrays: (x, y) if arrays came, otherwise `None`.
    """

    def __init__(self, x, y, labels, *, whole, element, arrays=None, test=None, class_names=None):
        self.x, self.y, self.labels, self.whole, self.element = x, y, labels, whole, tuple(element)
        self.arrays, self.test, self.class_names = arrays, test, class_names

    @classmethod
    def of(cls, x, y=None, *, test=None, class_names=None, pictures=256):
        if _is_course_data(x):
            _no_labels_beside(y, "a Dataset")
            class_names = x.class_names if class_names is None else class_names
            test = x.test if test is None else test
            x = x.train if x.train is not None else x.test
            return cls._of_tensors(x, test, class_names, pictures)
        if is_tensors(x):
            _no_labels_beside(y, "a tf.data")
            return cls._of_tensors(x, test, class_names, pictures)
        if isinstance(x, (tuple, list)) and len(x) == 2 and y is None:
            x, y = x
        if isinstance(x, (str, bytes, dict)) or x is None or callable(x):
            raise TypeError(
                f"`x` must be an array of pictures, a tf.data or a Dataset; received {type(x).__name__}. For "
                "a folder of pictures, load it first: `data = datasets.from_folder(path, image_size=(150, "
                "150))`."
            )
        if y is None:
            raise ValueError(
                "`y` must be given with an array `x`; received None. Most slips show in the labels: "
                "`check(model, x, y)`."
            )
        x = np.asarray(x) if not hasattr(x, "shape") else x
        y = np.asarray(y)
        if not x.shape or not len(x):
            raise ValueError(
                f"`x` must hold at least one picture; received an array of shape {tuple(x.shape)}. Was it "
                "cut with the wrong numbers? Look at `x.shape`."
            )
        rows = np.unique(np.linspace(0, len(x) - 1, min(pictures, len(x))).astype(int))
        few = np.asarray(x[rows]) if isinstance(x, np.ndarray) else np.asarray(x)[rows]
        fits = y.shape[:1] == (len(x),)
        labels = y[rows] if fits else None
        names = {"test": test, "class_names": class_names}
        return cls(few, labels, y, whole=True, element=x.shape, arrays=(x, y), **names)

    @classmethod
    def _of_tensors(cls, tensors, test, class_names, pictures):
        xs, ys = first_batches(tensors, pictures)
        if not xs:
            raise ValueError(
                "`x` must hold at least one batch; received an empty tf.data. Was everything filtered out, "
                "or taken by `take(0)`? Look at `next(iter(x))`."
            )
        alike = len({one.shape[1:] for one in xs}) == 1 and all(one.ndim for one in (*xs, *ys))
        x = np.concatenate(xs)[:pictures] if alike else xs[0]
        y = np.concatenate(ys)[: len(x)] if ys and alike else ys[0] if ys else None
        names = {"test": test, "class_names": class_names}
        return cls(x, y, y, whole=False, element=xs[0].shape, **names)

    def in_words(self):
        if self.arrays is not None:
            return f"{len(self.x):,} of {self.element[0]:,} pictures"
        return f"{len(self.x):,} pictures of the first batches" if self.x.ndim else "one number"


def _is_course_data(x):
    return hasattr(x, "class_names") and hasattr(x, "arrays") and hasattr(x, "train")


def is_tensors(x):
    return hasattr(x, "element_spec") and hasattr(x, "__iter__")


def _no_labels_beside(y, what):
    if y is not None:
        raise ValueError(
            f"`y` must not be given beside {what}, which brings its own labels; received an array. Leave it "
            "out: `check(model, data)`."
        )


def first_batches(tensors, pictures=2048):
    """Return the pictures and the labels of the first batches of a tf.data: two lists of arrays."""
    xs, ys = [], []
    for batch in tensors.take(_BATCHES):
        images, labels = (batch[0], batch[1]) if isinstance(batch, (tuple, list)) else (batch, None)
        xs.append(np.asarray(images))
        if labels is not None:
            ys.append(np.asarray(labels))
        if sum(len(one) if one.ndim else 1 for one in xs) >= pictures:
            break
    return xs, ys


@dataclass
class Seen:
    """What a model did with the pictures.

    Attributes:
        outputs: array, what came out, or `None` if nothing did.
        first: the first layer with a kernel, and `values`, the smallest, largest and mean value it got.
        normalised: whether a layer that learns to normalise stands before it.
        skipped: list of sentences: what could not be looked at.
    """

    outputs: np.ndarray | None = None
    first: object = None
    values: tuple | None = None
    normalised: bool = False
    skipped: list = field(default_factory=list)


def look(model, data):
    """Send the pictures through `model`, without training, and note what its first kernel gets."""
    seen = Seen()
    if not model.built:
        seen.skipped.append("what the model makes of the pictures, because it is not built.")
        return seen
    shape = input_shape(model)
    if shape is not None and not fits(data.x.shape, shape):
        seen.skipped.append("what the model makes of the pictures, because they do not fit it.")
        return seen
    try:
        with _watch(model, seen):
            outputs = model(data.x, training=False)
        seen.outputs = np.asarray(outputs) if hasattr(outputs, "shape") else None
    except Exception as error:  # whatever a model of the student's own may raise
        seen.skipped.append(f"what the model makes of the pictures, because it failed: {_reason(error)}")
    if seen.outputs is None and not seen.skipped:
        seen.skipped.append("loss and labels, because the model has several outputs.")
    return seen


def _reason(error):
    """Return the line of an error that says something: Keras frames it, and makes it bold for a terminal."""
    lines = [re.sub(r"\x1b\[\d*m", "", line).strip() for line in str(error).splitlines()]
    said = [line for line in lines if line and not line.startswith("Exception encountered when calling")]
    return said[0] if said else type(error).__name__


@contextlib.contextmanager
def _watch(model, seen):
    """While this lasts, the layers of `model` note what they get. Works for nested and subclassed models
    too."""
    import keras

    learned = ("BatchNormalization", "LayerNormalization", "GroupNormalization", "RMSNormalization")
    watched = []
    for layer in model._flatten_layers():
        kernel = any(hasattr(layer, name) for name in ("kernel", "_kernel", "depthwise_kernel"))
        normalises = type(layer).__name__ in learned
        if isinstance(layer, keras.Model) or not (kernel or normalises):
            continue

        def call(inputs, *args, _layer=layer, _inner=layer.call, _normalises=normalises, **kwargs):
            if seen.first is None and _normalises:
                seen.normalised = True
            elif seen.first is None:
                values = np.asarray(inputs, dtype=np.float64)
                seen.first, seen.values = _layer, (values.min(), values.max())
            return _inner(inputs, *args, **kwargs)

        # Past Keras's own __setattr__, which may refuse changes to a layer that is built.
        object.__setattr__(layer, "call", call)
        watched.append(layer)
    try:
        yield
    finally:
        for layer in watched:
            object.__delattr__(layer, "call")


def input_shape(model):
    """Return the shape (None, H, W, C) that a model takes, or `None` if it has no single known input."""
    inputs = getattr(model, "inputs", None)
    if not inputs or len(inputs) != 1:
        return None
    return tuple(inputs[0].shape)


def fits(shape, wanted):
    """Whether pictures of `shape` go into a model that wants `wanted`, with Keras's leave for a last axis
    of 1."""

    def same(one):
        return len(one) == len(wanted) and all(w in (None, n) for n, w in zip(one, wanted, strict=True))

    return same(shape) or same((*shape, 1)) or (shape[-1:] == (1,) and same(shape[:-1]))


def last_activation(model):
    """Return the name of the last activation ("softmax", "sigmoid", "linear", …), or `None` if it can't
    be told."""
    outputs = getattr(model, "outputs", None)
    while outputs and len(outputs) == 1:
        layer = outputs[0]._keras_history[0]
        kind = type(layer).__name__
        if kind in ("Softmax", "Sigmoid", "ReLU"):
            return kind.lower()
        if hasattr(layer, "activation"):
            return getattr(layer.activation, "__name__", None)
        if kind in ("Flatten", "Reshape", "Dropout", "Identity"):
            outputs = layer._inbound_nodes[0].input_tensors
            continue
        if getattr(layer, "outputs", None):  # a model in the model
            outputs = layer.outputs
            continue
        return "linear" if kind.startswith(("GlobalAverage", "GlobalMax", "Average")) else None
    return None
