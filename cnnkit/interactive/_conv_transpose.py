"""`conv_transpose`: make a grid larger, seen twice: stamps that are added up, and zeros put in between."""

import math

import numpy as np

from .. import shapes
from . import _figure as f
from ._convolution import _numbers, _one


def conv_transpose(
    x,
    kernel,
    *,
    strides=1,
    padding="valid",
    output_padding=None,
    view="scatter",
    title=None,
    labels=("input", "kernel", "output"),
):
    """A figure of the transposed convolution, in two views that give the same numbers.

    In the *scatter* view every input number stamps its multiple of the kernel into the output, and the
    stamps add up. In the *gather* view zeros are put between the input numbers, and an ordinary convolution
    with the flipped kernel follows. A third grid counts how many stamps meet in each cell: where the counts
    alternate, checkerboards come from.

    Args:
        x: the input (the smaller side), real numbers with shape (n,) or (rows, columns).
        kernel: the kernel, with as many axes as `x`.
        strides: cells from one stamp to the next, an int or a pair (rows, columns).
        padding: "valid", "same" (size × strides) as Keras means them, or a number of cells to cut off on
            each side (an int, or a pair).
        output_padding: cells to add at the end, smaller than the stride; `None` lets Keras's rule choose.
        view: "scatter" or "gather" to begin with; the reader can switch.
        title: the line above the figure; `None` says what is shown.
        labels: what to call the input, the kernel and the output.

    Returns:
        An `Interactive`; `.output` and `.counts` hold the result and the numbers of stamps, float64.

    Raises:
        ValueError, TypeError: if the input is not two arrays of finite numbers with at most 16 cells in each
            direction, or the settings do not fit together.
    """
    x, kernel = f.as_input_and_kernel(x, kernel, largest=16)
    dims = x.ndim
    x, kernel = np.atleast_2d(x), np.atleast_2d(kernel)
    strides = f.as_pair("strides", strides)
    padding = f.as_padding(padding, ("valid", "same"))
    extra = None if output_padding is None else f.as_pair("output_padding", output_padding, smallest=0)
    f.as_choice("view", view, ("scatter", "gather"))
    labels = f.as_labels(labels, 3)
    if dims == 1:
        strides[0] = 1
        if isinstance(padding, list):
            padding[0] = 0
        if extra is not None:
            extra[0] = 0
    pads = padding if isinstance(padding, list) else [padding, padding]
    axes = [
        transposed_axis(x.shape[i], kernel.shape[i], strides[i], pads[i], None if extra is None else extra[i])
        for i in (0, 1)
    ]
    if max(a.size for a in axes) > f.LARGEST:
        raise ValueError(
            f"the output must have at most {f.LARGEST} cells in each direction, so that its numbers can be "
            f"read; received settings that give {axes[0].size} × {axes[1].size}. "
            f"Take a smaller x, for example `x{'[:4]' if dims == 1 else '[:4, :4]'}`, or a smaller stride."
        )
    output = scatter(x, kernel, axes)
    counts = scatter(np.ones_like(x), np.ones_like(kernel), axes)
    figure = f.Interactive(
        "conv_transpose",
        title=str(title) if title is not None else "Transposed convolution: stamps that add up",
        rows=_rows(x, kernel, output, counts, axes, labels, dims),
        notes=_notes(x, kernel, output, axes, labels, dims),
        sentence=(
            f"Transposed convolution: {labels[0]} {f.size_text(*x.shape, dims)}, {labels[1]} "
            f"{f.size_text(*kernel.shape, dims)}, stride {_one(strides, dims)}, "
            f"padding {_one(padding, dims)} → "
            f"{labels[2]} {f.size_text(*output.shape, dims)}: {_numbers(output, dims)}; each cell is met by "
            f"{f.show(counts.min())} to {f.show(counts.max())} stamps."
        ),
        data={
            "dims": dims,
            "x": x.tolist(),
            "kernel": kernel.tolist(),
            "strides": strides,
            "padding": padding,
            "extra": extra,
            "view": view,
            "title": None if title is None else str(title),
            "labels": labels,
        },
    )
    figure.output, figure.counts = (output, counts) if dims == 2 else (output[0], counts[0])
    return figure


class TransposedAxis:
    """One axis: input i stamps its kernel on the output cells i · stride − before + (0, 1, … k − 1)."""

    def __init__(self, n, k, stride, size, before):
        self.n, self.k, self.stride, self.size, self.before = n, k, stride, size, before
        self.after = (n - 1) * stride + k - size - before  # cut off at the end; negative: zeros added
        # the same as an ordinary convolution: zeros between the inputs, zeros around them, stride 1
        self.spread = (n - 1) * stride + 1
        self.front = k - 1 - before
        self.padded = size + k - 1

    def stamp(self, i):
        return [(a, o) for a in range(self.k) if 0 <= (o := i * self.stride - self.before + a) < self.size]

    def around(self, cell):
        """Is this a zero around the inputs, not between them?"""
        return not self.front <= cell < self.front + self.spread

    def source(self, cell):
        """The input index in a cell of the spread-out axis; `None` for an inserted or padded zero."""
        i, rest = divmod(cell - self.front, self.stride)
        return i if rest == 0 and 0 <= i < self.n else None


def transposed_axis(n, k, stride, padding, extra):
    if not isinstance(padding, str) and padding >= k:
        raise ValueError(
            f"`padding` must be smaller than the kernel, for it is cut off; received padding={padding} for a "
            f"kernel of {k}. Whole stamps would be lost: take padding='same' or at most {k - 1}."
        )
    size = shapes.conv_transpose_output(n, k, stride, padding, extra)
    if shapes.conv_output(size, k, stride, padding) != n:
        raise ValueError(
            f"`output_padding` must give a size that the convolution shrinks to {n}; received "
            f"output_padding={extra}, which gives {size}. An even kernel with padding='same' needs 1 or "
            "more: leave output_padding out."
        )
    before = shapes.pad_amounts(size, k, stride, padding)[0]
    return TransposedAxis(n, k, stride, size, before)


def scatter(x, kernel, axes):
    """Every input number stamps its multiple of the kernel; the stamps add up."""
    output = np.zeros((axes[0].size, axes[1].size))
    for (i, j), value in np.ndenumerate(x):
        for a, r in axes[0].stamp(i):
            for b, c in axes[1].stamp(j):
                output[r, c] += value * kernel[a, b]
    return output


def level(count, most):
    """How dark a cell of the counts is drawn: l1 to l4."""
    return f"l{math.ceil(4 * count / most)}" if count else ""


def _rows(x, kernel, output, counts, axes, labels, dims):
    def plain(table, kind=None):
        return [[f.Cell(f.show(v), (kind(v),) if kind and kind(v) else ()) for v in row] for row in table]

    def size(table):
        return f.size_text(len(table), len(table[0]), dims)

    def heads(table):
        return {"rows": list(range(len(table))) if dims == 2 else None, "cols": list(range(len(table[0])))}

    most = counts.max()
    spread = [[_spread_cell(x, axes, r, c) for c in range(axes[1].padded)] for r in range(axes[0].padded)]
    grids = [
        f.Grid("input", f"{labels[0]} {size(x)}", plain(x), **heads(x)),
        f.Grid("kernel", f"{labels[1]} {size(kernel)}", plain(kernel)),
        f.Grid("output", f"{labels[2]} {size(output)}", plain(output), **heads(output)),
        f.Grid(
            "plain", "stamps that meet in each cell", plain(counts, lambda v: level(v, most)), **heads(output)
        ),
    ]
    again = [
        f.Grid("input", f"{labels[0]} with zeros put in, {size(spread)}", spread),
        f.Grid("kernel", f"{labels[1]}, flipped", plain(kernel[::-1, ::-1])),
    ]
    if dims == 2:
        return [[grids[0], "→", grids[1], "→", grids[2]], [grids[3]], [again[0], "⊛", again[1]]]
    return [[grids[0], grids[1]], [grids[2]], [grids[3]], [again[0], "⊛", again[1]]]


def _spread_cell(x, axes, r, c):
    i, j = axes[0].source(r), axes[1].source(c)
    if i is not None and j is not None:
        return f.Cell(f.show(x[i, j]))
    around = axes[0].around(r) or axes[1].around(c)
    return f.Cell("0", ("pad" if around else "zero",))


def _notes(x, kernel, output, axes, labels, dims):
    v, h = axes
    # the cell in which most stamps meet: the first of them
    meets = [
        [(i, j, a, b) for i in range(v.n) for a, o in v.stamp(i) if o == r
         for j in range(h.n) for b, q in h.stamp(j) if q == c]
        for r in range(v.size) for c in range(h.size)
    ]  # fmt: skip
    best = max(range(len(meets)), key=lambda cell: len(meets[cell]))
    r, c = divmod(best, h.size)
    terms = " + ".join(f"{f.factor(x[i, j])}·{f.factor(kernel[a, b])}" for i, j, a, b in meets[best])
    where = f"{r}, {c}" if dims == 2 else str(c)
    sizes = [f"({a.n} − 1)·{a.stride} + {a.k}{_cut(a)} = {a.size}" for a in axes][2 - dims :]
    ways = [
        f"{way}{text}"
        for way, text in zip(("rows: ", "columns: ") if dims == 2 else ("",), sizes, strict=True)
    ]
    return [
        f"Scatter: each number of the {labels[0]} stamps its multiple of the {labels[1]}, and the stamps add "
        f"up: {labels[2]}[{where}] = {terms} = {f.show(output[r, c])}",
        f"Gather: put {h.stride - 1} zero{'' if h.stride == 2 else 's'} between the numbers, zeros around "
        f"them, and slide the flipped {labels[1]} with stride 1: the same {labels[2]}.",
        f"Output size, (input − 1)·stride + kernel, less what is cut off: {'; '.join(ways)}. "
        + evenness(axes[2 - dims :]),
    ]


def _cut(a):
    cut = a.before + a.after
    return f" − {cut}" if cut > 0 else f" + {-cut}" if cut < 0 else ""


def evenness(axes):
    if all(a.k % a.stride == 0 for a in axes):
        return "The stride divides the kernel size: away from the border all cells are met equally often."
    return "The stride does not divide the kernel size: the counts alternate, and so do checkerboards."
