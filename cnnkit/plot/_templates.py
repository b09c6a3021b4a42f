"""The weights of a dense layer as pictures: what each unit looks for."""

import math

import numpy as np

from . import _alt, _arrays, _layout

MOST = 64  # units that are drawn unless more are asked for


def templates(kernel_or_layer, *, image_shape, count=None, class_names=None, percentile=99, columns=None):
    """Draw the weights of each unit of a dense layer as a picture in the shape of the layer's input.

    A unit adds up the pixels, each times its weight: where the template is red, a bright pixel speaks for the
    unit, where it is blue, against it.

    Args:
        kernel_or_layer: a built Dense layer whose inputs are the pixels, or its kernel (H * W * C, units).
        image_shape: (H, W), (H, W, 1) or (H, W, 3) of the picture that was flattened. With three channels the
            weights are drawn as a colour picture in which middle grey is 0.
        count: int, how many units to draw, from the first on; None draws all, at most 64.
        class_names: list of str, a title for each unit; None numbers them.
        percentile: how many per cent of the weights the colours cover, so that a few large ones don't make
            all others pale; 100 covers all.
        columns: panels side by side; None chooses.

    Returns:
        The Figure, one panel a unit, all on one scale.

    Raises:
        ValueError: for a layer that is not built, a number of inputs that is not that of the pixels, NaN, too
            few names.
        TypeError: for what has no such kernel.
    """
    kernel = _kernel(kernel_or_layer)
    shape = _image_shape(image_shape)
    inputs, units = kernel.shape
    if inputs != math.prod(shape):
        tip = "Give the shape that model.input_shape shows, without the batch axis."
        if units == math.prod(shape):
            tip = "The kernel seems turned, as PyTorch orders it: pass its transpose, kernel.T."
        elif inputs in (math.prod(shape[:2]), 3 * math.prod(shape[:2])):
            tip = f"It has {'three channels' if inputs == 3 * math.prod(shape[:2]) else 'one channel'}: "
            tip += f"image_shape={(*shape[:2], 3 if inputs == 3 * math.prod(shape[:2]) else 1)}."
        elif hasattr(kernel_or_layer, "kernel"):
            tip = (
                "Only a layer whose inputs are the pixels has weights that form a picture: take the first Dense "
                "layer, right behind Flatten, or give the picture's own shape."
            )
        raise ValueError(
            f"`image_shape` must have as many numbers as the layer has inputs, {inputs:,}; received "
            f"{tuple(image_shape)}, which are {math.prod(shape):,}. {tip}"
        )
    number = _count(count, units)
    titles = _titles(class_names, units)[:number]
    parts = [kernel[:, u].reshape(shape) for u in range(number)]
    parts = [part[..., 0] if part.ndim == 3 and part.shape[-1] == 1 else part for part in parts]
    bound, beyond = _arrays.signed_bound(parts, percentile)
    flat = parts[0].ndim == 2
    head = f"the first {number} of {units:,} units" if number < units else None
    figure, panels = _layout.grid(
        number,
        columns=_layout.columns_for(number, columns),
        aspect=shape[0] / shape[1],
        titles=titles,
        most_side=2.0,
        bar=flat,
        suptitle=head,
    )
    for panel, part, title in zip(panels, parts, titles, strict=True):
        drawn = _layout.picture(panel, _arrays.shown(part, None, bound), title)
    if flat:
        _layout.bar(drawn, panels, extend="both" if beyond else "neither")

    chosen = kernel[:, :number]
    sentence = f"the weights of {_alt.count(number, 'unit')}"
    sentence += f" of {units:,}" if number < units else ""
    sentence += f" as pictures of {_alt.size(*shape[:2])}"
    if class_names is not None:
        sentence += f", titled {_alt.listed(titles)}"
    sentence += f"; {_alt.values(chosen.min(), chosen.max()).replace('values', 'weights')}, "
    sentence += "blue below zero, white at zero, red above" if flat else "zero is middle grey"
    if beyond:
        sentence += (
            f"; the colours end at {_alt.value(bound)}, beyond which lie {100 - percentile:g} % of them"
        )
    return _alt.describe(figure, _alt.start(sentence))


def _kernel(value):
    if hasattr(value, "layers"):
        dense = [layer.name for layer in value.layers if np.ndim(getattr(layer, "kernel", 0)) == 2]
        tip = f"Its dense layers are {', '.join(dense)}: " if dense else "It has no built dense layer; "
        raise TypeError(
            f"`kernel_or_layer` must be a Dense layer or its kernel; received {type(value).__name__}, a whole "
            f"model. {tip}pass one, model.get_layer({dense[0] if dense else 'dense'!r})."
        )
    layer = None
    if hasattr(value, "weights") and not hasattr(value, "shape"):
        layer, value = type(value).__name__, getattr(value, "kernel", None)
        if value is None:
            raise ValueError(
                f"`kernel_or_layer` must be a layer that has its weights; received a {layer} layer without. "
                "Weights are made when the layer learns how many inputs it has: begin the model with "
                "keras.Input(shape), or call the layer once. (Flatten and the like never have any.)"
            )
    array = _arrays.numbers(value, "kernel_or_layer")
    if array.ndim != 2:
        tip = "The weights of a convolution are drawn by plot.kernels." if array.ndim == 4 else ""
        tip = tip or "A single unit is a column: kernel[:, np.newaxis]."
        raise ValueError(
            f"`kernel_or_layer` must have a kernel of shape (inputs, units); received "
            f"{f'a {layer} layer with ' if layer else ''}{array.shape}. {tip}"
        )
    return array


def _image_shape(shape):
    try:
        sizes = tuple(int(side) for side in shape)
        fits = sizes == tuple(shape) and min(sizes) > 0
    except (TypeError, ValueError):
        sizes, fits = (), False
    if not fits or len(sizes) not in (2, 3) or (len(sizes) == 3 and sizes[-1] not in (1, 3)):
        raise ValueError(
            f"`image_shape` must be (H, W), (H, W, 1) or (H, W, 3); received {shape!r}. It is the shape of one "
            "picture before Flatten, without the batch axis: images.shape[1:]."
        )
    return sizes


def _count(count, units):
    if count is None:
        return min(units, MOST)
    whole = isinstance(count, (int, np.integer)) and not isinstance(count, bool)
    if not whole or not 1 <= count <= _arrays.MOST_PANELS:
        raise ValueError(
            f"`count` must be a whole number of units from 1 to {_arrays.MOST_PANELS}; received {count!r}. "
            "To see later ones, pass a slice of the kernel: layer.kernel[:, 64:128]."
        )
    return min(int(count), units)


def _titles(class_names, units):
    if class_names is None:
        return [f"unit {u}" for u in range(units)]
    if isinstance(class_names, str) or len(class_names) != units:
        raise ValueError(
            f"`class_names` must hold a name for each of the {units} units; received {len(class_names)}. Only "
            "the units of the last layer stand for classes: leave it out for others."
        )
    return [str(name) for name in class_names]
