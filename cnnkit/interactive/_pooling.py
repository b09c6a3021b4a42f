"""`pooling`: keep the largest, the mean or the smallest number of every window."""

import numpy as np

from .. import scratch
from . import _figure as f
from ._convolution import _numbers, _one

_KINDS = {"max": scratch.max_pool2d, "average": scratch.average_pool2d, "min": scratch.min_pool2d}


def pooling(
    image, pool_size=2, strides=None, padding="valid", kind="max", *, title=None, labels=("input", "output")
):
    """A figure in which a window moves over an image and keeps one number of each place.

    Args:
        image: real numbers with shape (rows, columns), at most 32 in each direction: one channel.
        pool_size: the window, an int or a pair (rows, columns).
        strides: cells from one window to the next, an int or a pair; `None` takes the pool size.
        padding: "valid" (none) or "same"; padded cells never count, as in Keras.
        kind: "max", "average" or "min"; the reader can switch.
        title: the line above the figure; `None` says what is shown.
        labels: what to call the input and the output.

    Returns:
        An `Interactive`; `.output` holds the result as a float64 array.

    Raises:
        ValueError, TypeError: if the image is not a small table of finite numbers, or no window fits.
    """
    image = f.as_array("image", image, (2,))
    pool_size = f.as_pair("pool_size", pool_size)
    steps = pool_size if strides is None else f.as_pair("strides", strides)
    f.as_choice("padding", padding, ("valid", "same"))
    f.as_choice("kind", kind, tuple(_KINDS))
    labels = f.as_labels(labels, 2)
    axes = [f.axis(image.shape[i], pool_size[i], steps[i], padding, 1) for i in (0, 1)]
    if not all(a.size for a in axes):
        raise ValueError(
            f"`pool_size` must fit into the image; received {tuple(pool_size)} for an image of shape "
            f"{image.shape}. No window would be left: take a smaller pool_size, or padding='same'."
        )
    output = _KINDS[kind](image[None, ..., None], tuple(pool_size), tuple(steps), padding)[0, ..., 0]

    size = f.size_text(*pool_size)
    given, title = (
        title,
        str(title) if title is not None else f"{kind.capitalize()} pooling, window by window",
    )
    seen = [[(r, c) for c in axes[1].window(0)] for r in axes[0].window(0)]
    first = [image[i, j] for row in seen for r, c in row if (at := _inside(axes, r, c)) for i, j in [at]]
    numbers = ", ".join(f.show(v) for v in first)
    if kind == "average":
        terms = " + ".join(f.factor(v) for v in first)
        how = f"({terms}) / {len(first)}"
    else:
        how = f"{kind}({numbers})"
    sizes = "; ".join(
        f"{way} ⌊({a.n} + {a.before + a.after} − {a.k}) / {a.stride}⌋ + 1 = {a.size}"
        for way, a in zip(("rows:", "columns:"), axes, strict=True)
    )
    notes = [
        f"First window: {labels[1]}[0, 0] = {how} = {f.show(output[0, 0])}",
        f"Output size, ⌊(input + cells added − window) / stride⌋ + 1: {sizes}. Nothing to learn: no weights.",
    ]
    if any(a.before + a.after for a in axes):
        notes.append("Empty cells are padding: they never count.")
    figure = f.Interactive(
        "pooling",
        title=title,
        rows=[[_input(image, axes, seen, labels[0], kind), "→", _output(output, labels[1])]],
        notes=notes,
        sentence=(
            f"{kind.capitalize()} pooling {size}, stride {_one(steps, 2)}, padding {padding}: {labels[0]} "
            f"{f.size_text(*image.shape)} → {labels[1]} {f.size_text(*output.shape)}: {_numbers(output, 2)}."
        ),
        data={
            "x": image.tolist(),
            "pool": pool_size,
            "strides": None if strides is None else steps,
            "padding": padding,
            "kind": kind,
            "title": None if given is None else title,
            "labels": labels,
        },
    )
    figure.output = output
    return figure


def _inside(axes, r, c):
    """The cell of the image under cell (r, c) of the padded image, or `None` in the padding."""
    r, c = r - axes[0].before, c - axes[1].before
    return (r, c) if 0 <= r < axes[0].n and 0 <= c < axes[1].n else None


def _input(image, axes, seen, label, kind):
    window = {cell for row in seen for cell in row}
    inside = [image[at] for cell in window if (at := _inside(axes, *cell))]
    best = {"max": np.max, "min": np.min}.get(kind, lambda _: None)(inside)
    used = axes[0].used(), axes[1].used()
    cells = []
    for r in range(axes[0].padded):
        row = []
        for c in range(axes[1].padded):
            at = _inside(axes, r, c)
            kinds = () if at else ("pad",)
            if r not in used[0] or c not in used[1]:
                kinds += ("unused",)
            if (r, c) in window:
                kinds += ("win",)
                if at and image[at] == best:
                    kinds += ("best",)
            row.append(f.Cell(f.show(image[at]) if at else "", kinds))
        cells.append(row)
    padded, size = f.size_text(axes[0].padded, axes[1].padded), f.size_text(*image.shape)
    return f.Grid(
        "input",
        f"{label} {size}" + (f", padded to {padded}" if padded != size else ""),
        cells,
        rows=[axes[0].label(r) for r in range(axes[0].padded)],
        cols=[axes[1].label(c) for c in range(axes[1].padded)],
    )


def _output(output, label):
    cells = [
        [f.Cell(f.show(v), ("now",) if i == j == 0 else ()) for j, v in enumerate(row)]
        for i, row in enumerate(output)
    ]
    return f.Grid(
        "output",
        f"{label} {f.size_text(*output.shape)}",
        cells,
        rows=list(range(output.shape[0])),
        cols=list(range(output.shape[1])),
    )
