"""What may move in training, and what did move."""

import gc
import warnings
from dataclasses import dataclass

import numpy as np

from ._show import as_html, as_text


def expect_frozen(layer_or_model, *, model=None):
    """Raise unless training leaves every weight of a layer or model as it is.

    Call it after setting ``trainable = False`` and compiling again. Keras decides at `compile` (at the latest
    at the first `fit` after it) which weights it trains: a layer that is frozen later goes on moving. That
    is found out too, for `model`, and for `layer_or_model` itself if it is a compiled model.

    Args:
        layer_or_model: a built Keras layer or model, such as the base of a transfer model.
        model: the compiled model that it is a part of; `None` looks for compiled models that hold it, and
            only warns of them, because they may be left over from an earlier cell.

    Returns:
        None. A warning says when BatchNormalization layers have no weights to train but still update their
        moving mean and variance.

    Raises:
        TypeError: neither a layer nor a model.
        ValueError: something is still trainable (the layers are named), not built, or frozen too late.
    """
    _must_be_layer("layer_or_model", layer_or_model)
    name = layer_or_model.name
    if not layer_or_model.built:
        raise ValueError(
            f"Expected a built layer or model; received {name!r}, which has no weights yet that could be "
            "frozen. Begin the model with `keras.Input(shape=…)`, or call it on a batch, then check again."
        )
    if model is not None:
        _must_be_layer("model", model)
        if not any(layer is layer_or_model for layer in model._flatten_layers()):
            raise ValueError(
                f"`model` must be the model that {name!r} is a part of; received {model.name!r}, which does "
                "not hold it. A layer made twice is two layers: check which one the model was built with."
            )
        trainable = {id(weight) for weight in model.trainable_weights}
    else:
        # Not `trainable_weights`: a frozen model says [] although an outer model trains a layer of it that
        # was set to `trainable = True` again.
        trainable = {id(weight) for weight in layer_or_model.weights if weight.trainable}
    moving = [path for path, layer in _leaves(layer_or_model) if _own(layer) & trainable]
    if moving:
        raise ValueError(
            f"Expected nothing trainable in {name!r}; received {_count(moving, 'layer')} that will move: "
            f"{_list(moving)}. Set `trainable = False` on the whole layer or model, not on a copy or a part, "
            "then compile again and call this after it."
        )
    for held in [model] if model is not None else [layer_or_model]:
        late = changed_since_compile(held)
        if late:
            raise ValueError(_late(held, late))
    if model is None:
        for held in _frozen_too_late(layer_or_model):
            warnings.warn(_late(held, changed_since_compile(held)), stacklevel=2)
    _warn_of_statistics(layer_or_model)


def changed_since_compile(model):
    """Return the names of the layers whose `trainable` was changed after `model` was compiled.

    Keras from about 3.13 remembers the state at `compile`. Earlier ones do not; there it shows, once the
    model has been trained, in the weights that the optimizer was built for.
    """
    if not getattr(model, "compiled", False):
        return []
    then = getattr(model, "_compiled_trainable_state", None)
    if then is not None:
        return [
            path
            for path, layer in _leaves(model)
            if _own(layer) and then.get(layer) not in (None, layer.trainable)
        ]
    known = getattr(getattr(model, "optimizer", None), "_trainable_variables", None)
    if getattr(model, "train_function", None) is None or not known:
        return []
    odd = {id(w) for w in known} ^ {id(w) for w in model.trainable_weights}
    return [path for path, layer in _leaves(model) if _own(layer) & odd]


def _late(model, names):
    return (
        f"Expected the model {model.name!r} to be compiled after the last change of `trainable`; received "
        f"one compiled before it: {_list(names)} changed since. Keras goes on training what was trainable at "
        "`compile`. Call `model.compile(…)` again, with a new optimizer, then `fit`."
    )


def _frozen_too_late(layer):
    """The models that hold `layer` and were compiled before it was frozen."""
    import keras

    def found():
        # Nothing leads from a layer to the models that it is a part of, except the garbage collector.
        return [
            thing
            for thing in gc.get_objects()
            if issubclass(type(thing), keras.Model)
            and thing is not layer
            and changed_since_compile(thing)
            and any(one is layer for one in thing._flatten_layers())
        ]

    if not found():
        return []
    gc.collect()  # models that no name holds any more do not count
    return found()


def _warn_of_statistics(layer_or_model):
    import keras

    moving = [
        path
        for path, layer in _leaves(layer_or_model)
        if isinstance(layer, keras.layers.BatchNormalization) and layer.trainable
    ]
    if moving:
        warnings.warn(
            f"{layer_or_model.name!r} has no weights to train, but "
            f"{_count(moving, 'BatchNormalization layer')} in it will still move: {_list(moving)}. In "
            "training they normalise with the mean and variance of the batch and update their moving "
            "averages. Set `trainable = False` on them too.",
            stacklevel=3,
        )


def snapshot(model):
    """Copy the weights of a model, to ask `expect_changed` later what moved.

    Args:
        model: a built Keras model or layer.

    Returns:
        List of arrays, as `model.get_weights()`.

    Raises:
        TypeError: neither a layer nor a model.
        ValueError: there are no weights yet.
    """
    _must_be_layer("model", model)
    weights = [np.array(weight) for weight in model.get_weights()]
    if not weights:
        raise ValueError(
            f"Expected a model with weights; received {model.name!r}, which has "
            f"none{'' if model.built else ' because it is not built'}. Begin the model with "
            "`keras.Input(shape=…)`, or call it on a batch, then take the snapshot."
        )
    return weights


@dataclass(frozen=True)
class Change:
    """What happened to the weights of one layer."""

    layer: str
    trainable: bool
    moved: bool
    relative: float  # length of the change as a part of the length of the weights before; inf if that was 0
    largest: float  # of the absolute changes of a single weight
    finite: bool  # no NaN, no infinity

    @property
    def remark(self):
        if not self.finite:
            return "NaN or infinite"
        if self.moved:
            return "" if self.trainable else "frozen, and moved"
        return "trainable, and did not move" if self.trainable else "frozen"


class Changes:
    """What moved in a training, layer by layer; shows itself as a table.

    Attributes:
        rows: list of `Change`, one for each layer that has weights.
        moved, still: the names of the layers that moved and of those that did not.
    """

    _HEAD = ("layer", "moved", "by", "largest change", "remark")

    def __init__(self, name, rows):
        self.name, self.rows = name, rows

    moved = property(lambda self: [row.layer for row in self.rows if row.moved])
    still = property(lambda self: [row.layer for row in self.rows if not row.moved])

    def __iter__(self):
        return iter(self.rows)

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, index):
        """A row by its number or by the name of its layer."""
        if isinstance(index, str):
            for row in self.rows:
                if row.layer == index:
                    return row
            raise KeyError(
                f"No layer {index!r}. The layers with weights are: {_list([r.layer for r in self])}."
            )
        return self.rows[index]

    def _cells(self):
        for row in self.rows:
            by = "–" if not row.moved else "?" if not np.isfinite(row.relative) else f"{row.relative:.1%}"
            largest = f"{row.largest:.2g}" if row.moved and row.finite else "–"
            yield row.layer, "yes" if row.moved else "no", by, largest, row.remark

    def __repr__(self):
        return as_text(self._HEAD, list(self._cells()), right=(2, 3))

    def _repr_html_(self):
        return as_html(self._HEAD, self._cells(), right=(2, 3), caption=f"{self.name}: what moved")


def expect_changed(before, model):
    """Raise unless training has moved the weights of a model; say which layers moved and by how much.

    Args:
        before: what `snapshot(model)` or `model.get_weights()` returned before the training.
        model: the same Keras model (or layer) after it.

    Returns:
        `Changes`: for each layer with weights whether it moved, by how much (the length of the change as a
        part of the length of the weights), and the largest change of one weight. It shows itself as a table.

    Raises:
        TypeError: `model` is neither a layer nor a model, or `before` is not a list of arrays.
        ValueError: nothing moved, a weight is NaN or infinite, or `before` belongs to another model.
    """
    _must_be_layer("model", model)
    if not isinstance(before, (list, tuple)):
        raise TypeError(
            "`before` must be the list of arrays that `snapshot(model)` returned; received "
            f"{type(before).__name__}. The weights come first, the model second: `expect_changed(before, "
            "model)`."
        )
    after = [np.asarray(weight) for weight in model.get_weights()]
    shapes = [[np.shape(weight) for weight in weights] for weights in (before, after)]
    if shapes[0] != shapes[1]:
        at = next((i for i, pair in enumerate(zip(*shapes, strict=False)) if pair[0] != pair[1]), None)
        where = "" if at is None else f" (number {at} was {shapes[0][at]}, is {shapes[1][at]})"
        raise ValueError(
            f"`before` must hold the {len(after)} weights of {model.name!r}; received {len(before)} arrays "
            f"that do not fit{where}. Was the snapshot taken of another model, or before a layer was added? "
            "Take it again, right before `fit`."
        )
    pairs = {
        id(weight): (np.asarray(old, np.float64), np.asarray(new, np.float64))
        for weight, old, new in zip(model.weights, before, after, strict=True)
    }
    rows, seen = [], set()
    trainable = {id(weight) for weight in model.trainable_weights}
    for path, layer in _leaves(model):
        own = [id(w) for w in layer.weights if id(w) in pairs and id(w) not in seen]
        seen.update(own)
        if own:
            rows.append(_change(path, any(key in trainable for key in own), [pairs[key] for key in own]))
    changes = Changes(model.name, rows)
    broken = [row.layer for row in rows if not row.finite]
    if broken:
        raise ValueError(
            f"Expected finite weights in {model.name!r}; received NaN or infinite ones in {_list(broken)}. "
            "The training has diverged. Lower the learning rate, look for NaN in the pictures and for a "
            "logarithm of zero in the loss, and make the model anew: NaN never goes away by training."
        )
    if not changes.moved:
        frozen = [row.layer for row in rows if not row.trainable]
        raise ValueError(
            f"Expected training to move the weights of {model.name!r}; received the same as before in all "
            f"{_count(rows, 'layer')}: {_list(changes.still)}. "
            + _why_nothing_moved(model, rows, frozen)
            + " Train, then call this again."
        )
    return changes


def _why_nothing_moved(model, rows, frozen):
    if len(frozen) == len(rows):
        return "All of them are frozen: set `trainable = True` where training should work, and compile again."
    if not getattr(model, "compiled", True):
        return "The model is not compiled, so it was another one that was trained."
    return (
        "Was the snapshot taken after `fit`, was another model trained, is the learning rate 0, or is every "
        "gradient zero?"
    )


def _change(path, trainable, pairs):
    finite = all(np.isfinite(new).all() for _, new in pairs)
    with np.errstate(invalid="ignore", over="ignore"):
        steps = [np.abs(new - old) for old, new in pairs]
        length = np.sqrt(sum((old**2).sum() for old, _ in pairs))
        step = np.sqrt(sum((one**2).sum() for one in steps))
        largest = max((float(one.max()) for one in steps if one.size), default=0.0)
    moved = any(not np.array_equal(old, new, equal_nan=True) for old, new in pairs)
    relative = float(step / length) if length > 0 else float("inf") if step > 0 else 0.0
    return Change(path, trainable, moved, relative, largest, finite)


def _leaves(layer):
    """Yield ("outer/inner", layer) for the layers that hold weights of their own, each once."""
    seen = set()

    def walk(one, path):
        if id(one) in seen:
            return
        seen.add(id(one))
        if _own(one):
            yield path or one.name, one
        for child in _children(one):
            yield from walk(child, f"{path}/{child.name}" if path else child.name)

    yield from walk(layer, "")


def _children(layer):
    return list(layer._flatten_layers(include_self=False, recursive=False))


def _own(layer):
    """The ids of the weights that belong to a layer itself and not to a layer inside it."""
    return {id(w) for w in layer.weights} - {id(w) for child in _children(layer) for w in child.weights}


def _must_be_layer(argument, value):
    import keras

    if not isinstance(value, keras.layers.Layer):
        what = "a list of weights" if isinstance(value, (list, tuple)) else type(value).__name__
        raise TypeError(
            f"`{argument}` must be a Keras layer or model; received {what}. Pass the object itself, not its "
            "name, its weights or its history."
        )


def _count(things, word):
    return f"{len(things)} {word}{'' if len(things) == 1 else 's'}"


def _list(names, most=8):
    shown = ", ".join(map(str, names[:most]))
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"
