"""How far a network sees: the cells that one output is made of, layer by layer, or frames on a picture."""

import math
from typing import NamedTuple

import numpy as np

from .. import shapes
from ..shapes._fields import _POINTWISE, _kinds
from ..shapes._models import _calls
from . import _alt, _arrays, _layout

MOST_CELLS = 64  # cells side by side: smaller ones cannot be told apart
MOST_FRAMES = 20
_SEEN, _OTHER = "#8ec1e8", "#eef2f5"
_END = {"Flatten", "Dense", "BaseGlobalPooling"}  # behind these there are no cells any more


class _Step(NamedTuple):
    """What one layer does along the width of the picture."""

    layer: str  # its name in the model; "" where the list only describes it
    name: str  # what it does, in words
    kernel: int
    stride: int
    padding: object
    dilation: int


class _Level(NamedTuple):
    """The cells of one layer's output: cell i lies over pixel `first + i * jump`."""

    size: int
    first: float
    jump: int


def receptive_field(model_or_layers, *, layer=None, cell=None, image_size=None, image=None, ax=None):
    """Draw what one output of a network sees.

    Without `image`: a cut along the width of the picture. Each layer is a row of cells, the picture at the
    bottom; lines lead from one output cell down to all the cells that it is made of. With `image`: the
    picture, and on it the receptive field of the middle cell of each layer as a frame.

    Args:
        model_or_layers: a built Keras model, or a list of Keras layers or of descriptions `kernel` or
            `(kernel, stride, padding, dilation)`, as in `shapes.receptive_field`. Without `image` the layers
            must follow one another in a chain.
        layer: up to which layer, itself included: its name, the layer, or its place in the list; None takes
            the last one that has cells, so what follows a Flatten or a global pooling is left out.
        cell: int, which output cell; None takes the middle one. Only without `image`.
        image_size: int or `(height, width)`, pixels of the picture; None takes it from the model, or a size
            at which the last layer has a few cells.
        image: (H, W), (H, W, 1) or (H, W, 3), of the size that the model wants.
        ax: the Axes to draw into; None makes a new figure.

    Returns:
        The Axes.

    Raises:
        ValueError: the layers form no chain or see further than can be drawn cell by cell, there is no such
            layer or cell, or `image` has another size than the model's pictures.
        TypeError: a layer does not slide a window, or `image` is no array of numbers.
    """
    if image is not None:
        if cell is not None or image_size is not None:
            raise ValueError(
                "Expected `image` without `cell` and `image_size`; received them together. The picture has "
                "its own size, and its frames belong to the middle cells. Leave out the two, or `image`."
            )
        return _frames(model_or_layers, layer, image, ax)
    steps, known = _chain(model_or_layers, layer)
    size, jump = 1, 1
    for step in steps:
        size, jump = size + (step.kernel - 1) * step.dilation * jump, jump * step.stride
    if size > MOST_CELLS:
        raise ValueError(
            f"Expected layers that see at most {MOST_CELLS} pixels, for each is drawn; received some that "
            f"see {size}. Draw fewer layers, with `layer={_last_that_fits(steps)}`, or frames on a picture, with "
            "`image=`."
        )
    given = known if image_size is None else image_size
    width = int(np.ravel(given)[-1]) if given is not None else (math.ceil(size / jump) + 4) * jump
    levels = [_Level(width, 0.0, 1)]
    before = []
    for step in steps:
        below, arguments = levels[-1], (step.kernel, step.stride, step.padding, step.dilation)
        start = shapes.pad_amounts(below.size, *arguments)[0]
        middle = below.first + below.jump * (step.dilation * (step.kernel - 1) / 2 - start)
        levels.append(_Level(shapes.conv_output(below.size, *arguments), middle, below.jump * step.stride))
        before.append(start)
    cell = (levels[-1].size - 1) // 2 if cell is None else cell
    if not 0 <= cell < levels[-1].size:
        raise ValueError(
            f"`cell` must be one of the {levels[-1].size} cells of the last layer, from 0 on; "
            f"received {cell}. Cells are counted from 0: leave it out to have the one in the middle."
        )
    seen = [{cell}]  # from the top down
    for step, start, level in zip(reversed(steps), reversed(before), reversed(levels), strict=False):
        inside = [i for i in seen[-1] if 0 <= i < level.size]  # a zero of the padding is made of nothing
        seen.append({c for i in inside for c in _window(i, step, start)})
    return _draw_chain(steps, levels, before, seen[::-1], ax)


def _last_that_fits(steps):
    """What to give as `layer=` to have as many of the steps as can be drawn, as code."""
    size, jump, fits = 1, 1, ""
    for i, step in enumerate(steps):
        size, jump = size + (step.kernel - 1) * step.dilation * jump, jump * step.stride
        if size > MOST_CELLS:
            break
        fits = repr(step.layer) if step.layer else str(i)
    return fits


def _window(cell, step, before):
    return [cell * step.stride - before + t * step.dilation for t in range(step.kernel)]


def _draw_chain(steps, levels, before, seen, ax):
    from matplotlib.collections import LineCollection
    from matplotlib.patches import Rectangle

    real = [i for i in seen[0] if 0 <= i < levels[0].size]
    reach = [level.first + i * level.jump for level, own in zip(levels, seen, strict=True) for i in own]
    margin = max(2 * levels[-1].jump, 3)
    left = max(min(reach) - margin, min(*reach, 0))
    right = min(max(reach) + margin, max(*reach, levels[0].size - 1))
    gap = max((right - left + 1) / 11, 1.6)  # from row to row, in pixels
    if ax is None:
        import matplotlib.pyplot as plt

        names = 0.08 * max([12, *(max(len(step.layer), len(step.name)) for step in steps)])  # inches
        pixel = (_layout.WIDTH - names - 0.2) / (right - left + 1.4)
        height = max(pixel * ((len(levels) - 1) * gap + 1.4), 0.48 * len(levels)) + 0.1
        _, ax = plt.subplots(figsize=(_layout.WIDTH, height), layout="constrained")
    for floor, (level, own) in enumerate(zip(levels, seen, strict=True)):
        for i in sorted(own | set(range(level.size))):
            x = level.first + i * level.jump
            if not left <= x <= right:
                continue
            padded = not 0 <= i < level.size
            top = floor == len(levels) - 1
            face = "white" if padded else (_layout.MARK if top else _SEEN) if i in own else _OTHER
            style = dict(linestyle=":" if padded else "-", linewidth=1.2 if i in own else 0.6)
            edge = "#333333" if i in own else "#b5bcc4"
            side = 0.8
            ax.add_patch(
                Rectangle(
                    (x - side / 2, floor * gap - side / 2),
                    side,
                    side,
                    facecolor=face,
                    edgecolor=edge,
                    zorder=2,
                    **style,
                )
            )
    for floor, (step, start) in enumerate(zip(steps, before, strict=True)):
        upper, lower = levels[floor + 1], levels[floor]
        lines = [
            [
                (upper.first + i * upper.jump, (floor + 1) * gap - 0.4),
                (lower.first + c * lower.jump, floor * gap + 0.4),
            ]
            for i in sorted(seen[floor + 1])
            if 0 <= i < upper.size
            for c in _window(i, step, start)
        ]
        ax.add_collection(LineCollection(lines, colors=_layout.MARK, linewidths=0.9, alpha=0.55, zorder=1))
    ax.set(xlim=(left - 0.7, right + 0.7), ylim=(-0.7, (len(levels) - 1) * gap + 0.7), xticks=[])
    names = [f"picture\n{_alt.count(len(real), 'pixel')} seen"] + [
        "\n".join(
            [
                *([step.layer] if step.layer else []),
                step.name,
                _alt.count(len([i for i in own if 0 <= i < level.size]), "cell"),
            ]
        )
        for step, own, level in zip(steps, seen[1:], levels[1:], strict=True)
    ]
    ax.set_yticks([floor * gap for floor in range(len(levels))], names, fontsize=9)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    ax.set_aspect("equal", adjustable="box")

    layers = ", then ".join(step.name.replace(",", " and") for step in steps)
    span = max(real) - min(real) + 1
    sentence = f"One output behind {layers} sees {_alt.count(len(real), 'pixel')}"
    sentence += " side by side" if span == len(real) else f" spread over {span}"
    if any(not 0 <= i < level.size for level, own in zip(levels, seen, strict=True) for i in own):
        sentence += " and zeros of the padding"
    sentence += f"; what the next output sees lies {_alt.count(levels[-1].jump, 'pixel')} further on"
    return _alt.describe(ax, sentence)


def _frames(model_or_layers, layer, image, ax):
    picture = _arrays.image(image, "image")
    frames = _fields(model_or_layers, layer, picture.shape[:2])
    if not frames:
        raise ValueError(
            "Expected at least one layer that slides a window; received none. A network of dense layers sees "
            "the whole picture at once: there is nothing to frame."
        )
    if len(frames) > MOST_FRAMES:  # the largest is the most telling: keep the last, thin out the others
        frames = [frames[round(i)] for i in np.linspace(0, len(frames) - 1, MOST_FRAMES)]
    made = ax is None
    if made:
        import matplotlib.pyplot as plt

        height = min(6.0, max(3.0, 6.3 * picture.shape[0] / picture.shape[1], 0.25 * len(frames)))
        _, ax = plt.subplots(figsize=(_layout.WIDTH, height), layout="constrained")
    import matplotlib as mpl
    from matplotlib.patches import Rectangle
    from matplotlib.patheffects import Normal, withStroke

    _layout.picture(ax, _arrays.shown(picture, _arrays.value_range([picture], None, "image")))
    colours = mpl.colormaps["plasma"](np.linspace(0.0, 0.95, len(frames)))
    handles = []
    for (name, (rows, columns)), colour in zip(frames, colours, strict=True):
        height, width = rows[1] - rows[0] + 1, columns[1] - columns[0] + 1
        frame = Rectangle(
            (columns[0] - 0.5, rows[0] - 0.5), width, height, fill=False, edgecolor=colour, linewidth=1.8,
            label=f"{name}: {height} × {width}" + (", all of it" if _covers(rows, columns, picture) else ""),
            path_effects=[withStroke(linewidth=3.4, foreground="white"), Normal()],
        )  # fmt: skip
        handles.append(ax.add_patch(frame))
    ax.set(xlim=(-0.5, picture.shape[1] - 0.5), ylim=(picture.shape[0] - 0.5, -0.5))
    style = dict(handles=handles, frameon=False, fontsize=9, handlelength=1.2)
    if made:
        ax.figure.legend(loc="outside right center", **style)
    else:
        ax.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), **style)
    said = [f"{h.get_label()}" for h in handles]
    few = said if len(said) <= 6 else [*said[:3], "and so on to " + said[-1]]
    return _alt.describe(
        ax, f"Frames on a picture show what the middle cell of each layer sees, in pixels: {', '.join(few)}"
    )


def _covers(rows, columns, picture):
    height, width = picture.shape[:2]
    return rows[0] <= 0 and columns[0] <= 0 and rows[1] >= height - 1 and columns[1] >= width - 1


def _fields(model_or_layers, layer, size):
    """`[(name, ((top, bottom), (left, right)))]` of the middle cells; only layers that widen the view."""
    found = []
    if isinstance(model_or_layers, (list, tuple)):
        items = _up_to(list(model_or_layers), layer)
        for i, item in enumerate(items):
            if _ends(item):
                break
            name = getattr(item, "name", None) or _step("", item).name
            field = shapes.receptive_field(items[: i + 1], image_size=size)
            found.append((name, field, _middle(field, size)))
    else:
        wanted = getattr(model_or_layers, "input_shape", None)
        wanted = tuple(wanted[1:3]) if isinstance(wanted, tuple) else (None, None)
        if any(w is not None and w != s for w, s in zip(wanted, size, strict=False)):
            raise ValueError(
                f"`image` must have the size of the model's pictures, {wanted[0]} × {wanted[1]}; received "
                f"{size[0]} × {size[1]}. Frames on another picture would have the wrong size: resize it."
            )
        name = getattr(layer, "name", layer)
        rows = list(shapes.table(model_or_layers, image_size=None if None not in wanted else size))
        if name is not None and name not in [row.layer for row in rows]:
            raise ValueError(_no_such_layer(name, [row.layer for row in rows]))
        for row in rows:
            if row.receptive_field is not None and len(row.output_shape) == 3:
                cell = [(n - 1) // 2 for n in row.output_shape[:2]]
                found.append((row.layer, row.receptive_field, row.receptive_field.window(*cell)))
            if row.layer == name:
                break
    kept, last = [], 1
    for name, field, window in found:
        if field.size != last:
            kept.append((name, window))
        last = field.size
    return kept


def _middle(field, size):
    """The window of the cell whose middle comes nearest to that of the picture, one (first, last) an axis."""
    rank = np.size(field.size)
    each = [np.broadcast_to(v, 2) for v in (field.size, field.jump, field.start)] if rank else []
    windows = []
    for n, span, jump, start in zip(size, *each, strict=True):
        cell = 0 if jump == 0 else round(((n - span) / 2 - start) / jump)
        windows.append((int(start + cell * jump), int(start + cell * jump + span - 1)))
    return tuple(windows)


# --- From models and lists to steps -------------------------------------------------------------------------


def _chain(model_or_layers, layer):
    """`(list of _Step, width of the picture or None)`."""
    width = None
    if isinstance(model_or_layers, (list, tuple)):
        items = _up_to(list(model_or_layers), layer)
        items = [(getattr(item, "name", ""), item) for item in items]
    else:
        items = _layers_of(model_or_layers)
        shape = model_or_layers.input_shape
        width = shape[2] if len(shape) > 2 else shape[1]
        items = _up_to_name(items, layer)
    steps = []
    for name, item in items:
        if _ends(item):
            break
        if not _is_pointwise(item):
            steps.append(_step(name, item))
    if not steps:
        raise ValueError(
            "Expected at least one layer that slides a window; received none. Give a model with "
            "convolutions, or a list such as [3, (3, 2), 3]: kernels, or pairs of kernel and stride."
        )
    return steps, width


def _layers_of(model):
    """`[(name, layer)]` of a chain of layers; those of a model inside are named "model/layer"."""
    if not hasattr(model, "layers"):
        raise TypeError(
            f"`model_or_layers` must be a Keras model or a list of layers; received {type(model).__name__}. "
            "A single layer is a list of one: [layer]."
        )
    if not getattr(model, "built", False) or not hasattr(model, "input_shape"):
        raise ValueError(
            "Expected a built model; received one that does not know the size of its pictures yet. Begin it "
            "with keras.Input((height, width, channels)), or call it once on a picture."
        )
    found = []
    for number, call in enumerate(_calls(model)):
        if set(call.sources) != {number - 1}:
            before = repr(found[-1][0]) if found else "the picture"
            raise ValueError(
                f"Expected layers that follow one another; received a model with branches: {call.name!r} does not "
                f"follow {before} alone. Draw it with `image=`, which takes any model, or give a list of layers, "
                "one path through it."
            )
        found.append((call.name, call.layer))
    return found


def _up_to_name(items, layer):
    """The `(name, layer)` up to the one named so: by its whole name, its own, or the layer itself."""
    if layer is None or (isinstance(layer, int) and not isinstance(layer, bool)):
        return _up_to(items, layer)
    wanted = getattr(layer, "name", layer)
    for ends in (lambda name: name == wanted, lambda name: name.endswith(f"/{wanted}")):
        for i, (name, _) in enumerate(items):
            if ends(name):
                return items[: i + 1]
    raise ValueError(_no_such_layer(wanted, [name for name, _ in items]))


def _up_to(items, layer):
    if layer is None:
        return items
    if isinstance(layer, int) and not isinstance(layer, bool):
        if not -len(items) <= layer < len(items):
            raise ValueError(_no_such_layer(layer, range(len(items))))
        return items[: layer % len(items) + 1]
    wanted = getattr(layer, "name", layer)
    names = [getattr(item, "name", str(item)) for item in items]
    if wanted not in names:
        raise ValueError(_no_such_layer(wanted, names))
    return items[: names.index(wanted) + 1]


def _no_such_layer(wanted, names):
    return (
        f"`layer` must be one of the layers; received {wanted!r}. Keras numbers the names of layers on "
        f"(conv2d_1, conv2d_2 …), so look again. There are: {_alt.listed(names, 30)}."
    )


def _is_pointwise(item):
    """Whether a layer, or an operation such as `x / 127.5`, keeps each pixel to itself."""
    kinds = _kinds(item)
    varies = type(item).__name__.startswith("Random")  # augmentation, which passes pictures on when in use
    return bool(kinds & _POINTWISE) or varies or ("Operation" in kinds and "Layer" not in kinds)


def _ends(item):
    return bool(_kinds(item) & _END)


def _step(layer, item):
    """A layer or a description as a _Step along the width."""
    if isinstance(item, (int, np.integer, tuple, list)):
        item = tuple(item) if isinstance(item, (tuple, list)) else (item,)
        kernel, stride, padding, dilation = item + (1, "valid", 1)[len(item) - 1 :]
        kind = "kernel"
    elif _kinds(item) & {"BaseConv", "BaseDepthwiseConv", "BaseSeparableConv", "BasePooling"}:
        kernel = getattr(item, "kernel_size", None) or item.pool_size
        stride, padding, dilation = item.strides, item.padding, getattr(item, "dilation_rate", 1)
        kind = type(item).__name__
    else:
        raise TypeError(
            f"Expected layers that slide a window; received {type(item).__name__}. Convolutions, poolings "
            "and what keeps each pixel to itself can be drawn cell by cell. For other layers draw frames, "
            "with `image=`, or stop before it, with `layer=`."
        )
    kernel, stride, dilation = (int(np.ravel(v)[-1]) for v in (kernel, stride, dilation))
    padding = padding[-1] if isinstance(padding, (tuple, list)) else padding
    name = f"{kind} {kernel}" + (f", stride {stride}" if stride > 1 else "")
    name += f", dilation {dilation}" if dilation > 1 else ""
    return _Step(layer, name, kernel, stride, padding, dilation)
