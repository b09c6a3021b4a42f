"""`convolution`: slide a kernel over a row or a table of numbers, with the sum of every window."""

import numpy as np

from .. import scratch
from . import _figure as f


def convolution(
    x,
    kernel,
    *,
    strides=1,
    padding="valid",
    dilation_rate=1,
    flip=False,
    title=None,
    labels=("input", "kernel", "output"),
):
    """A figure in which a kernel slides over an input, and every output shows the sum it comes from.

    Args:
        x: the input, real numbers with shape (n,) or (rows, columns), at most 32 cells in each direction.
        kernel: the kernel, with as many axes as `x`.
        strides: cells from one window to the next, an int or a pair (rows, columns).
        padding: "valid" (none), "same" or "full" as Keras and NumPy mean them, or a number of zeros on
            each side (an int, or a pair (rows, columns)).
        dilation_rate: distance between the cells that the kernel touches, an int or a pair; 1 for none.
        flip: `False` is the cross-correlation that Keras calls convolution; `True` turns the kernel
            around first, which is the convolution of mathematics.
        title: the line above the figure; `None` says which of the two is shown.
        labels: what to call the input, the kernel and the output.

    Returns:
        An `Interactive`: it shows itself in a notebook, `.save(path)` writes a page, `.output` holds the
        result as a float64 array.

    Raises:
        ValueError, TypeError: if the input is not two small arrays of finite numbers, or nothing would be
            left of the output.
    """
    x, kernel = f.as_input_and_kernel(x, kernel)
    dims = x.ndim
    x, kernel = np.atleast_2d(x), np.atleast_2d(kernel)
    strides = f.as_pair("strides", strides)
    dilation = f.as_pair("dilation_rate", dilation_rate)
    padding = f.as_padding(padding)
    if dims == 1:  # one row: nothing to step over or to pad in that direction
        strides[0] = dilation[0] = 1
        if isinstance(padding, list):
            padding[0] = 0
    pads = padding if isinstance(padding, list) else [padding, padding]
    axes = [f.axis(x.shape[i], kernel.shape[i], strides[i], pads[i], dilation[i]) for i in (0, 1)]
    if not all(a.size for a in axes):
        bad = next(a for a in axes if not a.size)
        raise ValueError(
            f"the kernel must fit into the padded input; received a kernel that spans {bad.span} cells over "
            f"{bad.padded}. Nothing would be left of the output: did x and kernel change places? Take a "
            "smaller kernel or dilation_rate, or padding='same'."
        )
    labels = f.as_labels(labels, 3)
    applied = kernel[::-1, ::-1] if flip else kernel
    output = correlate(x, applied, axes)

    name = (
        "Convolution (the kernel is flipped)" if flip else "Cross-correlation (what Keras calls convolution)"
    )
    given, title = title, str(title) if title is not None else f"{name}, step by step"
    terms = [
        f"{f.factor(_at(x, axes, r, c))}·{f.factor(applied[a, b])}"
        for a, r in enumerate(axes[0].window(0))
        for b, c in enumerate(axes[1].window(0))
    ]
    where = "0, 0" if dims == 2 else "0"
    first = f"First window: {labels[2]}[{where}] = {' + '.join(terms)} = {f.show(output[0, 0])}"
    size = "; ".join(
        f"{way}⌊({a.n} + {a.before + a.after} − {a.span}) / {a.stride}⌋ + 1 = {a.size}"
        for way, a in zip(("rows: ", "columns: ") if dims == 2 else ("", ""), axes, strict=True)
        if dims == 2 or a is axes[1]
    )
    notes = [first, f"Output size, ⌊(input + zeros added − kernel) / stride⌋ + 1: {size}."]
    if any(a.before + a.after for a in axes):
        notes.append("Zeros in italics are padding.")
    sentence = (
        f"{name}: {labels[0]} {_size(x.shape, dims)}, {labels[1]} {_size(kernel.shape, dims)}, "
        f"stride {_one(strides, dims)}, padding {_one(padding, dims)}, dilation {_one(dilation, dims)} → "
        f"{labels[2]} {_size(output.shape, dims)}: {_numbers(output, dims)}."
    )
    figure = f.Interactive(
        "convolution",
        title=title,
        rows=_rows(x, kernel, applied, output, axes, labels, dims, flip),
        notes=notes,
        sentence=sentence,
        data={
            "dims": dims,
            "x": x.tolist(),
            "kernel": kernel.tolist(),
            "strides": strides,
            "padding": padding,
            "dilation": dilation,
            "flip": bool(flip),
            "title": None if given is None else title,
            "labels": labels,
        },
    )
    figure.output = output if dims == 2 else output[0]
    return figure


def correlate(x, kernel, axes):
    """The sum of every window of the padded input."""
    padded = np.pad(x, [(a.before, a.after) for a in axes])
    # every window, then each stride-th of them: Keras's layers refuse stride and dilation above 1 together
    all_windows = scratch.correlate2d(padded, kernel, dilation_rate=tuple(a.dilation for a in axes))
    return all_windows[:: axes[0].stride, :: axes[1].stride]


def _at(x, axes, r, c):
    """The number in cell (r, c) of the padded input."""
    r, c = r - axes[0].before, c - axes[1].before
    return x[r, c] if 0 <= r < x.shape[0] and 0 <= c < x.shape[1] else 0.0


def _rows(x, kernel, applied, output, axes, labels, dims, flip):
    window = {(r, c) for r in axes[0].window(0) for c in axes[1].window(0)}
    grid_in = padded_grid(x, axes, window, labels[0], dims)
    cells = [[f.Cell(f.show(v)) for v in row] for row in kernel]
    grid_k = f.Grid("kernel", f"{labels[1]} {_size(kernel.shape, dims)}", cells)
    kernels = [grid_k]
    if flip:
        cells = [[f.Cell(f.show(v)) for v in row] for row in applied]
        kernels.append(f.Grid("kernel", f"{labels[1]}, flipped", cells))
    cells = [[f.Cell(f.show(v), ("now",) if (i, j) == (0, 0) else ()) for j, v in enumerate(row)]
             for i, row in enumerate(output)]  # fmt: skip
    grid_out = f.Grid(
        "output",
        f"{labels[2]} {_size(output.shape, dims)}",
        cells,
        rows=list(range(output.shape[0])) if dims == 2 else None,
        cols=list(range(output.shape[1])),
    )
    if dims == 2:
        return [[grid_in, "⊛", *kernels, "=", grid_out]]
    return [kernels, [grid_in], [grid_out]]


def padded_grid(x, axes, window, label, dims):
    """The input with its padding, the window's cells marked, the cells that no window sees hatched."""
    used = axes[0].used(), axes[1].used()
    cells = []
    for r in range(axes[0].padded):
        row = []
        for c in range(axes[1].padded):
            inside = axes[0].label(r) != "" and axes[1].label(c) != ""
            kinds = () if inside else ("pad",)
            if r not in used[0] or c not in used[1]:
                kinds += ("unused",)
            if (r, c) in window:
                kinds += ("win",)
            row.append(f.Cell(f.show(_at(x, axes, r, c)), kinds))
        cells.append(row)
    padded = f.size_text(axes[0].padded, axes[1].padded, dims)
    size = f.size_text(*x.shape, dims)
    return f.Grid(
        "input",
        f"{label} {size}" + (f", padded to {padded}" if padded != size else ""),
        cells,
        rows=[axes[0].label(r) for r in range(axes[0].padded)] if dims == 2 else None,
        cols=[axes[1].label(c) for c in range(axes[1].padded)],
    )


def _size(shape, dims):
    return f.size_text(*shape, dims)


def _one(pair, dims):
    if isinstance(pair, str):
        return pair
    return str(pair[1]) if dims == 1 or pair[0] == pair[1] else f"{pair[0]} × {pair[1]}"


def _numbers(output, dims, most=12):
    """The output in words, shortened in the middle when it is long."""
    rows = [[f.show(v) for v in row] for row in output]
    if dims == 1:
        row = rows[0] if len(rows[0]) <= most else [*rows[0][: most - 1], "…"]
        return "[" + ", ".join(row) + "]"
    if output.size > 2 * most:
        return f"from {f.show(output.min())} to {f.show(output.max())}"
    return "[" + ", ".join("[" + ", ".join(row) + "]" for row in rows) + "]"
