"""The pattern of all figures that answer: static tables first, then plain JavaScript brings them alive.

A figure is a list of rows; a row is a list of grids and of the signs between them; sentences stand below.
The HTML tables, the PNG and the sentence in words are all made from that one description, so they cannot
disagree. The script (base.js and one file per figure) draws the same grids again and lets the reader play.
"""

import base64
import hashlib
import html
import io
import json
import math
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from .. import _page, shapes
from ._picture import Picture

LARGEST = 32  # cells along one side of a grid: more numbers than that nobody reads
_HERE = Path(__file__).parent


# Numbers: the same rules stand in base.js, and a test compares the two ------------------------------------


def show(value):
    """A number as short as it can be read: whole numbers whole, the others to about four digits.

    >>> show(3.0), show(-0.25), show(1 / 3), show(123.456)
    ('3', '−0.25', '0.333', '123.5')
    """
    value = float(value)
    if math.isnan(value):
        return "nan"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    value = float(f"{value:.9e}")  # forget the rounding errors of a sum before the digits are counted
    size = abs(value)
    if size < 1e-12:
        return "0"
    if value.is_integer() and size < 1e7:
        text = str(int(size))
    elif size >= 1e7:
        text = _exponential(size, 2)
    elif size < 0.001:
        text = _exponential(size, 1)
    else:
        digits = 1 if size >= 100 else 2 if size >= 10 else 3
        text = str(Decimal(size).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)).rstrip("0").rstrip(".")
    return "−" + text if value < 0 else text


def _exponential(size, digits):
    mantissa, exponent = f"{size:.{digits}e}".split("e")
    return f"{mantissa}e{int(exponent)}"


def factor(value):
    """A number inside a product: negative ones in brackets."""
    text = show(value)
    return f"({text})" if text.startswith("−") else text


def size_text(rows, columns, dims=2):
    return f"{rows} × {columns}" if dims == 2 else str(columns)


# What a figure is made of ---------------------------------------------------------------------------------


class Cell(NamedTuple):
    text: str = ""
    kinds: tuple = ()  # any of the kinds in KINDS below


@dataclass
class Grid:
    """A table of numbers: `role` gives the colour, the first words of `caption` say what it is."""

    role: str  # "input" | "kernel" | "output" | "plain"
    caption: str
    cells: list  # rows of Cell
    rows: list | None = None  # labels at the left
    cols: list | None = None  # labels on top
    tiny: bool = False  # a drawing without numbers


# kind → (face, edge) in the PNG; base.css has the same colours. Blue, orange and green of Okabe and Ito,
# which people with any kind of colour blindness tell apart; no kind is told by colour alone.
ROLES = {
    "input": ("#dcebf8", "#5b9bd0"),
    "kernel": ("#fdeccb", "#d08a00"),
    "output": ("#d3efe5", "#1f9d78"),
    "plain": ("#f1f3f5", "#9aa3ad"),
}
KINDS = {
    "win": ("#ffd591", "#b36b00"),
    "now": ("#8fd9c0", "#00694d"),
    "best": ("#ffb000", "#7a4a00"),
    "pad": ("#ffffff", "#9aa3ad"),
    "zero": ("#ffffff", "#9aa3ad"),
    "unused": ("#eceff2", "#9aa3ad"),
    "l1": ("#eaf6f1", "#9aa3ad"),
    "l2": ("#bfe5d7", "#9aa3ad"),
    "l3": ("#8bd0b8", "#9aa3ad"),
    "l4": ("#4fb596", "#9aa3ad"),
}


class Interactive:
    """A figure that answers: HTML that plain JavaScript brings alive, a PNG, and a sentence.

    In a notebook it shows itself; `save` writes it as a page of its own. It asks nothing of the network
    or of the kernel, and the same data always give the same bytes.
    """

    def __init__(self, kind, *, title, rows, notes, sentence, data):
        self.kind = kind
        self.title = title
        self.rows = rows  # list of lists of Grid or str
        self.notes = notes  # sentences under the grids
        self.sentence = sentence
        self.data = data  # what the script starts from

    def __repr__(self):
        return self.sentence

    def _repr_mimebundle_(self, include=None, exclude=None):
        makers = {
            "text/plain": lambda: self.sentence,
            "text/html": self.html,
            "image/png": lambda: base64.b64encode(self.png()).decode("ascii"),
        }
        return {
            name: make()
            for name, make in makers.items()
            if (not include or name in include) and (not exclude or name not in exclude)
        }

    def html(self):
        """The figure as one piece of HTML to put into a page (str)."""
        data = json.dumps(self.data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        # inside <script>, "</script>" and "<!--" would end or derail the data
        data = data.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
        static = self._static()
        name = hashlib.sha256(f"{self.kind}{data}{static}".encode()).hexdigest()[:10]
        own = _source(f"{self.kind}.css") if (_HERE / f"{self.kind}.css").exists() else ""
        return (
            f'<div class="cnnkit-figure cnnk" id="cnnkit-{name}" data-cnnkit="{self.kind}" role="group" '
            f'aria-label="{html.escape(self.title)}" data-lm-suppress-shortcuts="true">\n'
            f"<style>\n{_source('base.css')}{own}</style>\n{static}"
            f'<script type="application/json">{data}</script>\n'
            f'<script>\n(() => {{\n"use strict";\n{_source("base.js")}\n{_source(self.kind + ".js")}}})();\n'
            f"</script>\n</div>"
        )

    def _static(self):
        parts = [f'<p class="ck-title"><b>{html.escape(self.title)}</b></p>\n']
        for row in self.rows:
            inner, sign = [], ""
            for item in row:  # a sign stays with the grid behind it when the row wraps
                if isinstance(item, str):
                    sign = f'<span class="ck-sign">{html.escape(item)}</span>\n'
                else:
                    inner.append(f'<div class="ck-pair">{sign}{_item_html(item)}</div>\n')
                    sign = ""
            parts.append(f'<div class="ck-stage">\n{"".join(inner)}</div>\n')
        parts += [f'<p class="ck-note">{html.escape(note)}</p>\n' for note in self.notes]
        return f'<div class="ck-static">\n{"".join(parts)}</div>\n'

    def png(self):
        """The figure as a PNG (bytes), drawn without pyplot."""
        return _draw(self)

    def save(self, path):
        """Write the figure as a web page of its own.

        Args:
            path: the file to write, usually `something.html`. An existing file is never overwritten.

        Returns:
            The path, a `pathlib.Path`.

        Raises:
            FileExistsError: if the file exists.
        """
        return _page.write_new(Path(path), _page.document(self.title, self.html()))


@cache
def _source(name):
    """A script or a style as it goes into the page: without indentation and comment lines."""
    text = (_HERE / name).read_text(encoding="utf-8")
    lines = (line.strip() for line in text.splitlines())
    return "".join(f"{line}\n" for line in lines if line and not line.startswith("//"))


def _item_html(item):
    if not isinstance(item, Picture):
        return _grid_html(item)
    caption, alt = html.escape(item.caption), html.escape(item.alt)
    height, width = item.pixels.shape[:2]
    return (
        f'<div class="ck-photo"><div class="ck-caption">{caption}</div>'
        f'<img src="{item.url()}" alt="{alt}" width="{2 * width}" height="{2 * height}"></div>\n'
    )


def _grid_html(grid):
    """One grid as a table that still reads well when every style has been stripped."""
    lines = [f'<table class="ck-grid ck-{grid.role}{" ck-tiny" if grid.tiny else ""}">']
    lines.append(f"<caption>{html.escape(grid.caption)}</caption>")
    if grid.cols is not None:
        corner = "<th></th>" if grid.rows is not None else ""
        heads = "".join(f'<th scope="col">{html.escape(str(label))}</th>' for label in grid.cols)
        lines.append(f"<tr>{corner}{heads}</tr>")
    for r, row in enumerate(grid.cells):
        head = f'<th scope="row">{html.escape(str(grid.rows[r]))}</th>' if grid.rows is not None else ""
        lines.append(f"<tr>{head}{''.join(_cell_html(cell) for cell in row)}</tr>")
    lines.append("</table>")
    return "\n".join(lines) + "\n"


def _cell_html(cell):
    text = html.escape(cell.text)
    # bold and italics survive where classes do not: the window stays bold, padding stays italic
    if "win" in cell.kinds or "now" in cell.kinds:
        text = f"<b>{text}</b>"
    if "pad" in cell.kinds or "zero" in cell.kinds:
        text = f"<i>{text}</i>"
    names = " ".join(f"ck-{kind}" for kind in cell.kinds)
    return f'<td class="{names}">{text}</td>' if names else f"<td>{text}</td>"


# The PNG --------------------------------------------------------------------------------------------------

_CELL = 0.40  # inches


def _draw(figure):
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    def unit(grid):  # width and height of one cell, in cells
        if grid.tiny:
            return 0.45, 0.45
        longest = max((len(cell.text) for row in grid.cells for cell in row), default=1)
        return max(1.0, 0.21 * longest + 0.3), 0.9

    def extent(item):
        if isinstance(item, str):
            return 0.9, 0.9
        if isinstance(item, Picture):
            height, width = item.pixels.shape[:2]
            return 8.0, 0.55 + 8.0 * height / width
        w, h = unit(item)
        left = 0.0 if item.rows is None else max(0.6, 0.2 * max(len(str(label)) for label in item.rows))
        top = 0.55 + (0.0 if item.cols is None else 0.45)
        return left + w * len(item.cells[0]), top + h * len(item.cells)

    def caption_width(item):
        return 0 if isinstance(item, str) else 0.185 * len(item.caption)

    gap, text_height = 0.6, 0.55
    widths = [
        sum(max(extent(item)[0], caption_width(item)) + gap for item in row) - gap for row in figure.rows
    ]
    width = max([*widths, 14.0])
    wrap = int(width / 0.17)
    lines = [line for note in figure.notes for line in _wrap(note, wrap)]
    heights = [max((extent(item)[1] for item in row), default=0) + 0.35 for row in figure.rows]
    height = 0.8 + sum(heights) + text_height * len(lines) + 0.2

    canvas = Figure(figsize=((width + 0.6) * _CELL, height * _CELL), dpi=110, facecolor="white")
    FigureCanvasAgg(canvas)
    ax = canvas.add_axes((0, 0, 1, 1))
    ax.set_axis_off()
    style = {"fontfamily": "DejaVu Sans", "parse_math": False, "color": "#1c2733"}
    ax.text(0, 0.35, figure.title, va="center", fontsize=11, fontweight="bold", **style)
    y = 0.8
    for row, tall in zip(figure.rows, heights, strict=True):
        x = 0.0
        for item in row:
            w, h = extent(item)
            if isinstance(item, str):
                ax.text(x + w / 2, y + tall / 2, item, ha="center", va="center", fontsize=14, **style)
            elif isinstance(item, Picture):
                ax.text(x, y + 0.25, item.caption, va="center", fontsize=8.5, **style)
                box = (x, x + w, y + h, y + 0.55)
                ax.imshow(item.pixels, cmap="gray", vmin=0, vmax=255, extent=box, interpolation="nearest")
            else:
                _draw_grid(ax, item, x, y, unit(item), style)
            x += max(w, caption_width(item)) + gap
        y += tall
    for line in lines:
        ax.text(0, y + text_height / 2, line, va="center", fontsize=9, **style)
        y += text_height
    ax.set_xlim(-0.3, width + 0.3)
    ax.set_ylim(height, 0)
    ax.set_aspect("equal")
    buffer = io.BytesIO()
    canvas.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()


def _draw_grid(ax, grid, x, y, unit, style):
    from matplotlib.patches import Rectangle

    w, h = unit
    ax.text(x, y + 0.25, grid.caption, va="center", fontsize=8.5, **style)
    y += 0.55
    if grid.cols is not None:
        left = 0.0 if grid.rows is None else max(0.6, 0.2 * max(len(str(label)) for label in grid.rows))
        for c, label in enumerate(grid.cols):
            ax.text(
                x + left + (c + 0.5) * w, y + 0.22, str(label), ha="center", va="center", fontsize=7, **style
            )
        y += 0.45
    if grid.rows is not None:
        left = max(0.6, 0.2 * max(len(str(label)) for label in grid.rows))
        for r, label in enumerate(grid.rows):
            ax.text(
                x + left - 0.12, y + (r + 0.5) * h, str(label), ha="right", va="center", fontsize=7, **style
            )
        x += left
    for r, row in enumerate(grid.cells):
        for c, cell in enumerate(row):
            face, edge = ROLES[grid.role]
            for kind in cell.kinds:
                face, edge = KINDS.get(kind, (face, edge))
            strong = "win" in cell.kinds or "now" in cell.kinds
            ax.add_patch(
                Rectangle(
                    (x + c * w, y + r * h),
                    w,
                    h,
                    facecolor=face,
                    edgecolor=edge,
                    linewidth=1.6 if strong else 0.8,
                    linestyle=":" if "pad" in cell.kinds else "-",
                    hatch="///" if "unused" in cell.kinds else None,
                    zorder=2 if strong else 1,
                )
            )
            if cell.text:
                ax.text(
                    x + (c + 0.5) * w,
                    y + (r + 0.5) * h,
                    cell.text,
                    ha="center",
                    va="center",
                    fontsize=9,
                    zorder=3,
                    fontstyle="italic" if "pad" in cell.kinds or "zero" in cell.kinds else "normal",
                    **style,
                )


def _wrap(text, width):
    import textwrap

    return textwrap.wrap(text, width) or [""]


# Checks: every message says what was expected, what came, the likely slip, the next step ------------------


def as_array(name, value, dims, *, largest=LARGEST):
    """`value` as a float64 array with one of the numbers of axes in `dims`, or an error that helps."""
    wanted = " or ".join({1: "(n,)", 2: "(rows, columns)", 3: "(rows, columns, channels)"}[n] for n in dims)
    try:
        array = np.asarray(value)
    except ValueError:
        raise ValueError(
            f"`{name}` must be an array of numbers with shape {wanted}; received rows of different lengths. "
            "A number is missing or one too many in a row: make all rows equally long."
        ) from None
    if array.dtype.kind not in "biuf":
        raise TypeError(
            f"`{name}` must be an array of real numbers with shape {wanted}; received dtype {array.dtype}. "
            f"Strings, complex numbers and objects have no place here: try np.asarray({name}, float)."
        )
    if array.ndim not in dims:
        if array.ndim == 4 and array.shape[0] == 1:
            slip = f"Drop the batch axis and choose a channel: `{name}[0, :, :, 0]`."
        elif array.ndim == 3:
            slip = (
                f"The figure shows one channel: choose it with `{name}[..., 0]` (or `{name}[0]` for a batch)."
            )
        else:
            slip = f"Count the brackets, or reshape it with `np.reshape({name}, …)`."
        raise ValueError(f"`{name}` must have shape {wanted}; received shape {array.shape}. {slip}")
    if array.size == 0:
        raise ValueError(
            f"`{name}` must have at least one cell in each direction; received shape {array.shape}. "
            "A slice may have ended before it began: look at its shape."
        )
    if largest is not None and max(array.shape) > largest:
        part = "[:8, :8]" if array.ndim == 2 else "[:8]"
        raise ValueError(
            f"`{name}` must have at most {largest} cells in each direction, so that its numbers can be read; "
            f"received shape {array.shape}. Crop it, for example `{name}{part}`, or use "
            "`interactive.filter_photo` for a picture."
        )
    array = array.astype(np.float64)
    if not np.isfinite(array).all():
        where = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        raise ValueError(
            f"`{name}` must contain finite numbers only; received {array[where]} at {where}. "
            "A division by zero or a missing value may stand before this: repair it, say with np.nan_to_num."
        )
    return array


def as_whole(name, value, smallest, largest):
    """`value` as an int from `smallest` to `largest`, or an error that helps."""
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise TypeError(
            f"`{name}` must be a whole number; received {value!r}. One number is enough here: write "
            f"`{name}={max(smallest, 1)}`."
        )
    if not smallest <= value <= largest:
        raise ValueError(
            f"`{name}` must lie between {smallest} and {largest}; received {value}. "
            f"A digit too many, or a zero where there is none: try `{name}={max(smallest, 1)}`."
        )
    return int(value)


def as_input_and_kernel(x, kernel, **limits):
    """Both as arrays of one axis or two; `limits` are those of `as_array`."""
    x = as_array("x", x, (1, 2), **limits)
    kernel = as_array("kernel", kernel, (1, 2), **limits)
    if x.ndim != kernel.ndim:
        raise ValueError(
            f"`kernel` must have as many axes as `x`, which has {x.ndim}; received shape {kernel.shape} for "
            f"x of shape {x.shape}. A pair of brackets may be missing or one too many: write the kernel as "
            f"{'[[1, 2], [3, 4]]' if x.ndim == 2 else '[1, 2]'}."
        )
    return x, kernel


def as_pair(name, value, *, smallest=1, largest=16):
    """An int or a pair of ints (rows, columns) as a list of two ints, or an error that helps."""
    pair = value if isinstance(value, tuple | list) else (value, value)
    whole = all(isinstance(v, int | np.integer) and not isinstance(v, bool) for v in pair)
    if len(pair) != 2 or not whole:
        raise TypeError(
            f"`{name}` must be a whole number or a pair (rows, columns); received {value!r}. "
            f"A float or a string may have come in: write `{name}={max(smallest, 2)}`."
        )
    if not all(smallest <= v <= largest for v in pair):
        raise ValueError(
            f"`{name}` must lie between {smallest} and {largest}; received {value!r}. "
            f"A typing slip, perhaps: try `{name}={max(smallest, 1)}`."
        )
    return [int(v) for v in pair]


def as_choice(name, value, choices, hint=""):
    if value not in choices:
        listed = ", ".join(repr(choice) for choice in choices)
        raise ValueError(
            f"`{name}` must be one of {listed}; received {value!r}. "
            + (hint or f"Check the spelling, in lower case: `{name}={choices[0]!r}`.")
        )
    return value


def as_padding(value, choices=("valid", "same", "full")):
    """One of `choices`, or a number of zeros on each side: an int, or a pair (rows, columns)."""
    if isinstance(value, str):
        hint = f"There is no {value!r} padding here: take one of these words, or a number such as padding=1."
        return as_choice("padding", value, choices, hint)
    return as_pair("padding", value, smallest=0, largest=LARGEST)


def as_labels(labels, count):
    if isinstance(labels, str) or len(labels) != count or not all(isinstance(label, str) for label in labels):
        raise ValueError(
            f"`labels` must be {count} strings, one for each grid; received {labels!r}. "
            "One may be missing, or a single string came in place of a tuple: "
            f"write `labels=({', '.join(repr(name) for name in ('input', 'kernel', 'output')[:count])})`."
        )
    return [str(label) for label in labels]


# One axis of a convolution --------------------------------------------------------------------------------


@dataclass
class Axis:
    """How a window moves along one axis: `before` and `after` are the zeros added at the two ends."""

    n: int
    k: int
    stride: int
    dilation: int
    before: int
    after: int

    @property
    def span(self):  # cells from the first to the last that the kernel touches
        return self.dilation * (self.k - 1) + 1

    @property
    def padded(self):
        return self.before + self.n + self.after

    @property
    def size(self):
        return (self.padded - self.span) // self.stride + 1 if self.padded >= self.span else 0

    def window(self, o):
        """The cells of the padded axis that output `o` sees."""
        return [o * self.stride + a * self.dilation for a in range(self.k)]

    def used(self):
        return {cell for o in range(self.size) for cell in self.window(o)}

    def label(self, cell):
        """The index of a padded cell in the input itself; an empty string in the padding."""
        return str(cell - self.before) if self.before <= cell < self.before + self.n else ""


def axis(n, k, stride, padding, dilation):
    """An axis with the zeros that its padding means."""
    before, after = shapes.pad_amounts(n, k, stride, padding, dilation)
    return Axis(n, k, stride, dilation, before, after)
