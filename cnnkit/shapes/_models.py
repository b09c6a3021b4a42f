"""Going through a Keras model, or a list of layers, from the picture to the output."""

import itertools
from typing import NamedTuple

from ._arguments import _count, _is_tuple
from ._fields import ReceptiveField, _field_after, _field_of_list, _Reach, _Whole


def receptive_field(model_or_layers, layer=None, image_size=None):
    """The part of the picture that one cell of a layer's output can see, in pixels.

    Each layer multiplies the jump by its stride and widens the window by `(k - 1)` jumps (dilated:
    `d (k - 1)`). Where branches meet, the windows of all paths are joined. Exact for the sizes that the model
    has: `same` pads by the size. Where a size is not known, it is taken to be a multiple of the strides.
    Normalisation counts as one pixel wide: its statistics are left out.

    Args:
        model_or_layers: a built Keras model (Sequential or functional, branched, nested), or a list. The list
            holds Keras layers or descriptions: `kernel` or `(kernel, stride, padding, dilation)`, where what
            is left out is 1, "valid" and 1, and kernels may be `(kh, kw)`.
        layer: up to which layer, itself included: its name, the layer, or its place in the list. None means
            all.
        image_size: `(height, width)` of the picture; None takes it from the model.

    Returns:
        ReceptiveField with `.size`, `.jump` and `.start`. After Flatten, global pooling or attention a cell
        sees the whole picture: its size (infinite if unknown), jump 0.

    Raises:
        ValueError: the model is not built, there is no such layer, or its cells have no known window.

    >>> receptive_field([3, 3, (2, 2), 3])  # two convolutions, a pooling, a convolution
    ReceptiveField(size=10, jump=2, start=0)
    """
    if isinstance(model_or_layers, (list, tuple)):
        return _field_of_list(list(model_or_layers), layer, image_size)
    found = None
    wanted = getattr(layer, "name", layer)
    for call in _calls(model_or_layers, image_size):
        if wanted is None or wanted in (call.name, call.layer.name):
            found = call
    if found is None:
        names = ", ".join(dict.fromkeys(call.name for call in _calls(model_or_layers, image_size)))
        raise ValueError(
            f"Expected the name of a layer of the model; received: layer={wanted!r}. Perhaps Keras has "
            f"numbered it on (conv2d_1, conv2d_2 …). The layers are: {names}."
        )
    if isinstance(found.field, str):
        raise ValueError(found.field)
    return ReceptiveField(found.field)


class _Call(NamedTuple):
    """One use of one layer in a model."""

    name: str  # with the names of the models around it: "vgg16/block1_conv1"
    layer: object
    input_shapes: list  # without batch axis
    output: object  # KerasTensor
    field: object  # one reach for each axis, or a sentence that says why there is none
    sources: list  # the numbers of the calls that it takes its inputs from; -1 - k is input k of the model


def _calls(model, image_size=None):
    """Every use of a layer, in the order of the computation, the layers of nested models included."""
    if not hasattr(model, "layers"):
        raise ValueError(
            f"Expected a Keras model or a list of layers; received {type(model).__name__}. Perhaps it is a "
            "single layer: put it into a list, `[layer]`."
        )
    inputs = _graph_ends(model)
    if inputs is None:
        raise ValueError(
            f"Expected a built model whose layers are connected; received {type(model).__name__} "
            f"{model.name!r}, whose input is not known yet. Begin it with `keras.Input(shape=(height, width, "
            "channels))`, or call `model.build((None, height, width, channels))`. A model class of your own "
            "has no such graph: give its layers as a list."
        )
    starts = []
    for tensor in inputs[0]:
        shape = list(tensor.shape)
        if image_size is not None and len(shape) > 2:
            size = image_size if _is_tuple(image_size) else (image_size,) * (len(shape) - 2)
            if len(size) != len(shape) - 2:
                raise ValueError(
                    f"`image_size` must have {len(shape) - 2} numbers for this model; received: "
                    f"{image_size!r}. Leave out the batch and the channels: (height, width)."
                )
            shape[1:-1] = [_count("image_size", n) for n in size]
        starts.append(type(tensor)(shape, dtype=tensor.dtype))
    # The pixels are counted in the first picture that goes in.
    pixels = next((tuple(t.shape[1:-1]) for t in starts if len(t.shape) > 2), (None,))
    fields = [
        tuple((_Reach(1, [(0, 0)]) if len(t.shape) == len(pixels) + 2 else _Whole(n)) for n in pixels)
        for t in starts
    ]
    sources = range(-1, -1 - len(starts), -1)
    yield from _walk(*inputs, starts, fields, sources, pixels, itertools.count(), prefix="")


def _graph_ends(model):
    try:
        ends = _flat(model.inputs), _flat(model.outputs)
    except (AttributeError, ValueError):
        return None
    return ends if all(ends) and all(hasattr(t, "_keras_history") for t in ends[1]) else None


def _flat(nested):
    if isinstance(nested, dict):
        nested = list(nested.values())
    if isinstance(nested, (list, tuple)):
        return [tensor for part in nested for tensor in _flat(part)]
    return [] if nested is None else [nested]


def _walk(inputs, outputs, tensors, fields, sources, pixels, numbers, prefix):
    """Go through the graph between `inputs` and `outputs`, with these tensors and fields at its inputs.

    Yields a _Call for each layer, numbered on; returns the tensors, fields and sources at the outputs.
    """
    known = {id(t): arrives for t, *arrives in zip(inputs, tensors, fields, sources, strict=True)}
    for node in _in_order(outputs, known):
        layer, name = node.operation, prefix + node.operation.name
        arriving = [known[id(t)] for t in node.input_tensors]
        shapes = [tuple(tensor.shape[1:]) for tensor, _, _ in arriving]
        inner = _graph_ends(layer) if hasattr(layer, "layers") else None
        if inner is not None:
            results = yield from _walk(
                *inner, *zip(*arriving, strict=True), pixels, numbers, prefix=name + "/"
            )
        else:
            args, kwargs = node.arguments.fill_in({key: tensor for key, (tensor, _, _) in known.items()})
            made = _flat(layer.compute_output_spec(*args, **kwargs))
            came = [field for _, field, _ in arriving]
            field = _field_after(layer, came, shapes[0] if shapes else (), tuple(made[0].shape[1:]), pixels)
            number = next(numbers)
            results = [(tensor, field, number) for tensor in made]
            yield _Call(name, layer, shapes, made[0], field, [source for *_, source in arriving])
        known.update((id(t), result) for t, result in zip(node.outputs, results, strict=True))
    return [known[id(t)] for t in outputs]


def _in_order(outputs, known):
    """The nodes that lead to `outputs`, each after those that it needs."""
    order, done = [], set()
    todo = [(t, False) for t in reversed(outputs)]
    while todo:
        tensor, ready = todo.pop()
        history = tensor._keras_history
        if id(tensor) in known or history.operation is None:
            continue
        node = history.operation._inbound_nodes[history.node_index]
        if id(node) in done:
            continue
        if ready:
            done.add(id(node))
            order.append(node)
        else:
            todo.append((tensor, True))
            todo.extend((t, False) for t in reversed(node.input_tensors))
    return order
