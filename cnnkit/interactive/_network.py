"""`network`: walk through a trained network, layer by layer, unit by unit, number by number."""

import numpy as np

from ..shapes._models import _graph_ends
from . import _figure as f
from ._network_columns import Column, choose, columns_of, cost, pack, stored
from ._picture import Picture

MOST_PICTURES = 12
MOST_LAYERS = 60
_MOST_LETTERS = 857_000  # of packed numbers: with the program and the static pictures below 1 MB
_MOST_WORK = 400_000_000  # multiply-adds: about a second of JavaScript
_NEGATIVE, _ZERO, _POSITIVE = (33, 102, 172), (247, 247, 247), (178, 24, 43)  # as in network.js
_TILE, _TILES, _MOSAICS = 18, 8, 5  # static pictures: pixels of a map, maps of a layer, layers


def network(model, images, *, class_names=None, labels=None, units=32, title=None):
    """A figure to walk through a trained network: every layer, every unit, every sum behind a number.

    The page holds the pictures and the weights, and computes the network anew in the reader's browser: no
    kernel, no network. A click on a unit shows its window in the picture and on the maps before it, its
    kernels, the products, their sum with the bias, and the activation. Taken apart are Rescaling,
    Normalization, Conv2D, BatchNormalization, activations, MaxPooling2D, AveragePooling2D, global pooling,
    Flatten, Dense and Softmax; layers that work in training only (Dropout, random augmentation) pass their
    input on. Other layers, and those whose weights would make the page larger than about 1 MB, are shown
    by their maps alone.

    Args:
        model: a built Keras model, Sequential or functional, with one picture as input and one output.
        images: (N, H, W, C) with at most 12 pictures on the scale that the model takes: [0, 255] for the
            models of this kit. Many large pictures are rounded to whole numbers.
        class_names: the names of the output's units, or of the two classes of a single unit; `None` numbers
            them.
        labels: (N,) ints, the right class of each picture; `None` if not known.
        units: how many maps of a layer are shown, 1 to 64. All of them are computed with.
        title: the line above the figure; `None` says what is shown.

    Returns:
        An `Interactive`: it shows itself in a notebook, `.save(path)` writes a page; `.output` holds what
        Keras computed, float32 with shape (N, outputs).

    Raises:
        ValueError: if the model is not built, has several inputs or outputs, or does not fit onto a page; if
            the pictures do not fit the model, or the labels and names do not fit the two.
        TypeError: if `model` is no Keras model, or pictures, labels or names are of the wrong kind.

    Source: after CNN Explainer, Z. J. Wang et al., IEEE Transactions on Visualization and Computer Graphics
    27(2), 2021, which shows one fixed network.
    """
    wanted = _input_of(model)
    images = _pictures(images, wanted, model)
    units = f.as_whole("units", units, 1, 64)
    rounded = (
        images.size > 50_000
        and bool((images != np.rint(images)).any())
        and images.min() >= 0
        and images.max() > 20
    )
    if rounded:
        images = np.rint(images)
    columns = columns_of(model, images)
    output = columns[-1].values
    given = class_names is not None or labels is not None
    class_names = _names(class_names, output)
    labels = _labels(labels, len(images), len(class_names))
    if (
        given
        and output.shape[-1] > 1
        and columns[-1].kind == "dense"
        and columns[-1].settings["activation"]["name"] == "linear"
    ):
        columns.append(_softmax_of(columns))
    answers = columns[-1].values
    if len(columns) > MOST_LAYERS:
        raise ValueError(
            f"`model` must have at most {MOST_LAYERS} layers, so that a reader finds through; received "
            f"{len(columns) - 1}. Show a part: `keras.Model(model.inputs, model.get_layer(name).output)`."
        )
    whole = bool((images == np.rint(images)).all() and images.min() >= 0 and images.max() <= 255)
    width = _fit(model, columns, units, images.size * (1 if whole else 4))

    weights = model.count_params()
    guess = _guess(answers[0], class_names)
    right = "" if labels is None else f", labelled {class_names[labels[0]]},"
    name = f"{model.name} ({len(columns) - 1} layers, {weights:,} weights)"
    pictures = "1 picture" if len(images) == 1 else f"{len(images)} pictures"
    figure = f.Interactive(
        "network",
        title=str(title) if title is not None else f"{model.name}: from the picture to the answer",
        rows=_rows(columns, class_names),
        notes=_notes(columns, class_names, rounded, units),
        sentence=(f"A walk through the network {name} with {pictures}; the first{right} gives {guess}."),
        data={
            "pictures": _packed_pictures(images, whole),
            "range": _range(images),
            "classes": class_names,
            "labels": labels,
            "outputs": pack(answers if answers.ndim == 2 else [], 4),
            "units": units,
            "columns": [_column(columns, place, width, units) for place in range(len(columns))],
        },
    )
    figure.output = output
    return figure


# Checks ---------------------------------------------------------------------------------------------------


def _input_of(model):
    """The shape (H, W, C) that the model takes; H and W may be None."""
    if not hasattr(model, "layers"):
        raise TypeError(
            f"`model` must be a built Keras model; received {type(model).__name__}. Did the pictures come "
            "first? Write `interactive.network(model, images)`."
        )
    ends = _graph_ends(model)
    if ends is None:
        raise ValueError(
            f"`model` must be built, with its layers connected; received {type(model).__name__} {model.name!r}, "
            "whose input is not known yet. Begin it with `keras.Input(shape=(height, width, channels))`, or "
            "call `model.build((None, height, width, channels))`. A model class of your own can't be taken "
            "apart: build it with `keras.Model(inputs, outputs)`."
        )
    inputs, outputs = ends
    if len(inputs) != 1 or len(outputs) != 1:
        raise ValueError(
            f"`model` must have one input and one output; received {len(inputs)} and {len(outputs)}. Show one "
            "path through it: `keras.Model(model.inputs[0], model.outputs[0])`."
        )
    shape = tuple(inputs[0].shape)[1:]
    if len(shape) != 3:
        raise ValueError(
            f"`model` must take pictures (H, W, C); received a model whose input has the shape {shape}. A dense "
            "network takes rows of numbers: begin it with `keras.Input((28, 28, 1))` and "
            "`keras.layers.Flatten()`."
        )
    if any(getattr(one, "data_format", None) == "channels_first" for one in model._flatten_layers()):
        raise ValueError(
            "`model` must have its channels last, (N, H, W, C); received a layer with "
            "data_format='channels_first'. Build it with data_format='channels_last', the default of Keras."
        )
    return shape


def _pictures(images, wanted, model):
    """`images` as float32 (N, H, W, C), or an error that helps."""
    want = f"(N, {', '.join('any' if n is None else str(n) for n in wanted)})"
    try:
        images = np.asarray(images)
    except ValueError:
        raise ValueError(
            f"`images` must be one array of shape {want}; received pictures of different sizes. Bring them to "
            "one size, then `np.stack` them."
        ) from None
    if images.dtype.kind not in "biuf":
        raise TypeError(
            f"`images` must be an array of numbers of shape {want}; received {images.dtype}. From a tf.data "
            "take one batch: `images, labels = next(iter(data.test))`."
        )

    def fits(shape):
        return len(shape) == 3 and all(w in (None, n) for n, w in zip(shape, wanted, strict=True))

    shape = images.shape
    if images.ndim != 4 or not fits(shape[1:]):
        if fits(shape):
            slip = "The batch axis is missing: `images[None]`, or `images[:1]` of many."
        elif fits((*shape[1:], 1)) and images.ndim == 3:
            slip = "The axis of the channels is missing: `images[..., None]`."
        elif images.ndim == 4 and fits((*shape[2:], shape[1])):
            slip = "The channels come first: move them with `np.moveaxis(images, 1, -1)`."
        elif images.ndim == 5 and fits(shape[2:]):
            slip = "There is a batch axis too many: `images[0]`."
        else:
            slip = f"Resize the pictures, or look whether {model.name!r} is the right model."
        raise ValueError(f"`images` must have the shape {want}; received {shape}. {slip}")
    if not 1 <= len(images) <= MOST_PICTURES:
        raise ValueError(
            f"`images` must hold 1 to {MOST_PICTURES} pictures; received {len(images)}. Choose some: "
            "`images[:4]`."
        )
    images = images.astype(np.float32)
    if not np.isfinite(images).all():
        raise ValueError(
            "`images` must contain finite numbers only; received NaN or infinity. Was something divided by "
            "zero? Look at `np.isfinite(images).all()`."
        )
    first = next((one for one in model._flatten_layers(include_self=False) if not _is_input(one)), None)
    scale = np.max(np.abs(np.asarray(first.scale))) if type(first).__name__ == "Rescaling" else 1
    if scale < 0.02 and images.min() >= 0 and images.max() <= 1 and images.max() > 0:
        raise ValueError(
            f"`images` must be on the scale 0 to 255, because the model divides by 255 itself ({first.name!r}); "
            f"received values up to {images.max():.4g}. Scaled twice, all pictures look black: "
            "`images * 255`, or leave your own division out."
        )
    return images


def _is_input(layer):
    return type(layer).__name__ in ("InputLayer", "Sequential", "Functional")


def _names(names, output):
    if output.ndim != 2:
        if names is not None:
            raise ValueError(
                f"`class_names` must be left out for a model that ends in maps; received {names!r} for an output "
                f"of shape {output.shape}. Did Flatten and the last Dense get lost on the way?"
            )
        return []
    outputs = output.shape[-1]
    expected = (outputs, 2) if outputs == 1 else (outputs,)
    if names is None:
        return [str(n) for n in range(max(expected))]
    if isinstance(names, str) or len(names) not in expected:
        received = repr(names) if isinstance(names, str) else f"{len(names)} names"
        hint = (
            "the two classes of a single unit: 0 first, then 1"
            if outputs == 1
            else "one for each unit of the last layer"
        )
        raise ValueError(
            f"`class_names` must be a list of {max(expected)} names, {hint}; received {received}. Was the model "
            "trained on other classes? Leave the names out to have them numbered."
        )
    return (
        [str(name) for name in names]
        if outputs > 1 or len(names) == 2
        else [f"not {names[0]}", str(names[0])]
    )


def _labels(labels, count, classes):
    if labels is None:
        return None
    if not classes:
        raise ValueError(
            "`labels` must be left out for a model that ends in maps, which has no classes; received labels. Show "
            "the whole model, up to its last Dense."
        )
    labels = np.asarray(labels)
    if labels.ndim == 2 and labels.shape == (count, 1):
        labels = labels[:, 0]
    if labels.shape != (count,):
        slip = f"Cut them as the pictures: `labels[:{count}]`."
        if labels.ndim == 2 and labels.shape[0] == count:
            slip = "They are one-hot: `labels.argmax(axis=1)`."
        raise ValueError(
            f"`labels` must hold one whole number for each of the {count} pictures; received shape "
            f"{labels.shape}. {slip}"
        )
    if labels.dtype.kind not in "biu" and not (
        labels.dtype.kind == "f" and (labels == np.rint(labels)).all()
    ):
        raise TypeError(
            f"`labels` must be whole numbers, the places of the classes; received {labels.dtype}. Are they "
            "names? Then give `[class_names.index(name) for name in labels]`."
        )
    if labels.min() < 0 or labels.max() >= classes:
        raise ValueError(
            f"`labels` must lie between 0 and {classes - 1}, the model has {classes} classes; received "
            f"{labels.min():g} to {labels.max():g}. Python counts from 0: did they begin at 1?"
        )
    return [int(one) for one in labels]


def _fit(model, columns, units, picture_bytes):
    """Bytes for each number, so that the page stays below a megabyte; columns may become stored ones."""
    letters = _MOST_LETTERS - picture_bytes * 4 / 3
    for width in (4, 3):
        work = sum(one.work for one in columns)
        if work <= _MOST_WORK and cost(columns, units) * width * 4 / 3 <= letters:
            return width
    if not choose(columns, units, letters * 3 / 4 / 3, _MOST_WORK):
        least = (cost(columns, units) * 4 + picture_bytes * 4 / 3) / 1e6
        n, height, wide = columns[0].values.shape[:3]
        raise ValueError(
            f"`model` and `images` must fit onto a page of 1 MB; received {model.name!r} with "
            f"{model.count_params():,} weights and {n} pictures of {height} × {wide} pixels, which need "
            f"{max(least, 1):.1f} MB. "
            + (f"Give fewer pictures, `images[:{max(1, n // 3)}]`" if n > 1 else "Take a smaller picture")
            + ", or a smaller model; or show its first layers alone: "
            "`keras.Model(model.inputs, model.get_layer(name).output)`."
        )
    return 3


# What the script starts from ------------------------------------------------------------------------------


def _packed_pictures(images, whole):
    if not whole:
        return pack(images, 4)
    import base64

    return {"n": 1, "b": base64.b64encode(images.astype(np.uint8).tobytes()).decode("ascii")}


def _range(images):
    """What is drawn black, and what white."""
    low, high = float(images.min()), float(images.max())
    if low >= 0:
        return [0, 1 if high <= 1 else 255 if high <= 255 else high]
    return [-1, 1] if low >= -1 and high <= 1 else [low, high]


def _column(columns, place, width, units):
    column = columns[place]
    entry = {
        "name": column.name,
        "kind": column.kind if column.live or not place else "other",
        "type": column.type,
        "shape": list(column.shape),
        "from": column.sources,
    }
    if column.reach:
        entry["reach"] = column.reach
    if column.live:
        entry |= column.settings
        entry |= {name: pack(one, width) for name, one in column.weights.items()}
        if column.kind == "conv":
            entry["size"] = list(column.weights["kernel"].shape[:2])
    elif place:
        entry["values"] = pack(stored(columns, place, units), width)
        if column.kind != "other":
            entry["left_out"] = column.held
    return entry


def _softmax_of(columns):
    """A last column for a model that ends in logits: what the loss makes of them."""
    logits = columns[-1].values.astype(float)
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares = (powers / powers.sum(axis=1, keepdims=True)).astype(np.float32)
    return Column("softmax", "softmax", "added by the figure", shares, [len(columns) - 1], live=True)


# What stands there without scripts --------------------------------------------------------------------------


def _guess(one, names):
    """The answer in words."""
    if one.ndim > 1:
        return f"{one.shape[-1]} {'map' if one.shape[-1] == 1 else 'maps'} of {f.size_text(*one.shape[:2])}"
    if one.size == 1:
        return f"{f.show(one[0])} for {names[1]}"
    best = int(np.argmax(one))
    return f"{names[best]} ({f.show(one[best])})"


def _rows(columns, names):
    """The first picture, the maps of some layers, and the answer."""
    grey = columns[0].values[0]
    spatial = [column for column in columns[1:] if column.values.ndim == 4]
    telling = [one for one in spatial if one.kind in ("conv", "pool")] or spatial
    if len(telling) > _MOSAICS:  # a pooled map shows little that the one before it does not
        telling = [one for one in telling if one.kind == "conv"] or telling
    chosen = np.unique(np.linspace(0, len(telling) - 1, min(_MOSAICS, len(telling))).astype(int))
    pictures = [_first_picture(grey, *_range(columns[0].values))]
    pictures += [_mosaic(telling[i]) for i in chosen] if telling else []
    rows = [pictures[i : i + 3] for i in range(0, len(pictures), 3)]
    rows = [[part for one in row for part in ("→", one)][0 if i else 1 :] for i, row in enumerate(rows)]
    steps = [
        [
            f.Cell(one.type),
            f.Cell(" × ".join(map(str, one.shape))),
            f.Cell(f"{one.held:,}" if one.held else "–"),
        ]
        for one in columns[1:]
    ]
    layers = f.Grid(
        "plain", "layers", steps, rows=[one.name for one in columns[1:]], cols=["type", "output", "numbers"]
    )
    return [*rows, ["→", _table(columns[-1], names), layers] if names else [layers]]


def _table(column, names):
    """The answer to the first picture: its ten largest numbers."""
    output = column.values[0]
    order = np.argsort(-output, kind="stable")[:10]
    cells = [[f.Cell(f.show(output[k]), ("now",) if k == order[0] and len(order) > 1 else ())] for k in order]
    heads = [names[1]] if len(output) == 1 else [names[k] for k in order]
    return f.Grid("output", f"{column.name}: the answer", cells, rows=heads)


def _first_picture(image, low, high):
    image = np.clip((image - low) / ((high - low) or 1) * 255, 0, 255)
    image = image if image.shape[-1] in (1, 3) else image[..., :1]
    size = f.size_text(*image.shape[:2])
    image = _smaller(image, 56)
    pixels = np.rint(image).astype(np.uint8)
    pixels = pixels[..., 0] if pixels.shape[-1] == 1 else pixels
    return Picture("input", f"picture {size}", pixels, f"The first picture, {size} pixels")


def _mosaic(column):
    """The first maps of a layer side by side: blue below 0, white 0, red above."""
    count = min(_TILES, column.shape[-1])
    maps = _smaller(column.values[0][..., :count], _TILE)
    limit = float(np.abs(column.values[0][..., :count]).max()) or 1.0
    share = np.minimum(np.abs(maps)[..., None] / limit, 1)
    end = np.where(maps[..., None] < 0, np.array(_NEGATIVE, float), np.array(_POSITIVE, float))
    colours = np.rint((1 - share) * np.array(_ZERO, float) + share * end).astype(np.uint8)
    height, wide = maps.shape[:2]
    across = min(4, count)
    down = -(-count // across)
    canvas = np.full((down * (height + 2), across * (wide + 2), 3), 255, np.uint8)
    for k in range(count):
        top, left = (k // across) * (height + 2), (k % across) * (wide + 2)
        canvas[top : top + height, left : left + wide] = colours[:, :, k]
    all_of_them = (
        f"{column.shape[-1]} maps" if column.shape[-1] == count else f"{count} of {column.shape[-1]} maps"
    )
    caption = f"{column.name}: {all_of_them} of {f.size_text(*column.shape[:2])}"
    return Picture("output", caption, canvas, f"{caption}, from {f.show(maps.min())} to {f.show(maps.max())}")


def _smaller(image, most):
    """The mean of whole blocks, at most `most` cells along a side."""
    step = -(-max(image.shape[:2]) // most)
    height, wide = max(1, image.shape[0] // step), max(1, image.shape[1] // step)
    image = image[: height * step, : wide * step]
    return image.reshape(height, min(step, image.shape[0]), wide, min(step, image.shape[1]), -1).mean((1, 3))


def _notes(columns, names, rounded, units):
    notes = [
        "Maps: blue below 0, white 0, red above. The page computes every number itself from the picture and "
        "the weights; a click on a unit shows how."
    ]
    conv = next((one for one in columns if one.kind == "conv"), None)
    if conv is not None:
        notes.append(_one_sum(columns, conv))
    if columns[-1].kind == "softmax":
        logits = columns[columns[-1].sources[0]].values[0].astype(float)
        best = int(np.argmax(logits))
        shown = [f"e^{f.factor(z)}" for z in logits[:6]] + (["…"] if len(logits) > 6 else [])
        notes.append(
            f"Softmax of {names[best]}: e^{f.factor(logits[best])} / ({' + '.join(shown)}) = "
            f"{f.show(columns[-1].values[0][best])}."
        )
    if rounded:
        notes.append("The pictures are rounded to whole numbers.")
    cut = [one.name for one in columns[1:] if one.values.ndim == 4 and one.shape[-1] > units]
    if cut:
        notes.append(f"Of layers with more than {units} maps the first {units} are shown: {', '.join(cut)}.")
    left = [one.name for one in columns[1:] if not one.live and one.kind != "other"]
    if left:
        notes.append(
            f"Shown by their maps alone, because their weights would make the page too large: {', '.join(left)}."
        )
    return notes


def _one_sum(columns, conv):
    """The strongest answer of the first convolution as a sum, in words."""
    values, x = conv.values[0], columns[conv.sources[0]].values[0]
    r, c, unit = (int(i) for i in np.unravel_index(np.argmax(values), values.shape))
    kernel, bias = conv.weights["kernel"].astype(float), float(conv.weights["bias"][unit])
    strides, dilation, padding = (conv.settings[key] for key in ("strides", "dilation", "padding"))
    axes = [f.axis(x.shape[i], kernel.shape[i], strides[i], padding, dilation[i]) for i in (0, 1)]
    padded = np.pad(x.astype(float), [(a.before, a.after) for a in axes] + [(0, 0)])
    window = padded[np.ix_(axes[0].window(r), axes[1].window(c))]
    total = float((window * kernel[..., unit]).sum())
    of = f.size_text(*kernel.shape[:2])
    name = conv.settings["activation"]["name"]
    then = "" if name == "linear" else f"; {name} makes it {f.show(values[r, c, unit])}"
    return (
        f"{conv.name}, unit {unit}, row {r}, column {c}: {window.size} products (window {of}, "
        f"{window.shape[-1]} input {'map' if window.shape[-1] == 1 else 'maps'}) add up to {f.show(total)}; "
        f"with the bias {f.factor(bias)} that is {f.show(total + bias)}{then}."
    )
