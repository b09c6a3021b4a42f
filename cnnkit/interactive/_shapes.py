"""`shapes`: type i, k, s, p and d, and see the formula, the result and both grids."""

from .. import shapes as arithmetic
from . import _figure as f
from ._conv_transpose import transposed_axis

DRAWN = 24  # cells along one side that are still drawn


def shapes(i=7, k=3, s=None, p="valid", d=1, *, kind="conv", output_padding=None, title=None):
    """A figure that computes the size of a layer's output and draws both grids.

    Args:
        i: cells along each side of the (square) input, 1 to 512.
        k: cells along each side of the kernel or window, 1 to 32.
        s: stride, 1 to 32; `None` takes 1, and for a pooling the window.
        p: padding: "valid", "same" or "full", or a number of cells on each side. In a transposed
            convolution it is cut off.
        d: dilation rate, 1 to 16; a convolution only.
        kind: "conv", "pool" or "transpose".
        output_padding: of a transposed convolution; `None` lets Keras's rule choose.
        title: the line above the figure; `None` says what is shown.

    Returns:
        An `Interactive`; `.output` holds the size of the output, an int.

    Raises:
        ValueError, TypeError: if a number lies outside its range, or nothing would be left.
    """
    f.as_choice("kind", kind, ("conv", "pool", "transpose"))
    s = (k if kind == "pool" else 1) if s is None else s
    for name, value, high in (("i", i, 512), ("k", k, 32), ("s", s, 32), ("d", d, 16)):
        f.as_whole(name, value, 1, high)
    if isinstance(p, str):
        f.as_choice("p", p, ("valid", "same", "full") if kind == "conv" else ("valid", "same"))
    else:
        f.as_whole("p", p, 0, 64)
    if d != 1 and kind != "conv":
        raise ValueError(
            f"`d` must be 1 for kind={kind!r}; received {d}. Only the convolution is drawn with a dilation: "
            "take kind='conv', or leave d out."
        )
    if output_padding is not None:
        if kind != "transpose":
            raise ValueError(
                f"`output_padding` belongs to kind='transpose'; received {output_padding} for kind={kind!r}. "
                "Leave it out, or change kind."
            )
        f.as_whole("output_padding", output_padding, 0, 31)
    if kind == "pool":
        output = arithmetic.pool_output(i, k, s, p)
    elif kind == "transpose":
        output = transposed_axis(i, k, s, p, output_padding).size
    else:
        output = arithmetic.conv_output(i, k, s, p, d)

    name = {"conv": "convolution", "pool": "pooling", "transpose": "transposed convolution"}[kind]
    formula = _formula(kind, i, k, s, p, d, output_padding, output)
    figure = f.Interactive(
        "shapes",
        title=str(title) if title is not None else "How large is the output?",
        rows=_rows(kind, i, k, s, p, d, output_padding, output),
        notes=[
            formula,
            *_padding(kind, i, k, s, p, d, output),
            "In Keras: " + _keras(kind, k, s, p, d, output_padding),
        ],
        sentence=f"Size of a {name}: i={i}, k={k}, s={s}, p={p}, d={d} gives o={output}. {formula}.",
        data={
            "kind": kind,
            "i": int(i),
            "k": int(k),
            "s": int(s),
            "p": p if isinstance(p, str) else int(p),
            "d": int(d),
            "extra": None if output_padding is None else int(output_padding),
        },
    )
    figure.output = output
    return figure


# The same words stand in shapes.js; a test compares them.


def _formula(kind, i, k, s, p, d, extra, o):
    if kind == "transpose":
        if p == "valid":
            tail = (
                f"max(k, s) = ({i} − 1)·{s} + max({k}, {s})"
                if extra is None
                else f"k + output padding = ({i} − 1)·{s} + {k} + {extra}"
            )
            return f"o = (i − 1)·s + {tail} = {o}"
        if p == "same":
            if extra is None:
                return f"o = i·s = {i}·{s} = {o}"
            return f"o = (i − 1)·s + k mod 2 + output padding = ({i} − 1)·{s} + {k % 2} + {extra} = {o}"
        more, number = ("", "") if extra is None else (" + output padding", f" + {extra}")
        return f"o = (i − 1)·s + k − 2·p{more} = ({i} − 1)·{s} + {k} − 2·{p}{number} = {o}"
    if p == "same":
        return f"o = ⌈i / s⌉ = ⌈{i} / {s}⌉ = {o}"
    span = d * (k - 1) + 1
    pad = {"valid": 0, "full": span - 1}.get(p, p)
    if d > 1:
        numbers = f"⌊({i} + 2·{pad} − ({d}·({k} − 1) + 1)) / {s}⌋ + 1"
        return f"o = ⌊(i + 2·p − (d·(k − 1) + 1)) / s⌋ + 1 = {numbers} = {o}"
    return f"o = ⌊(i + 2·p − k) / s⌋ + 1 = ⌊({i} + 2·{pad} − {k}) / {s}⌋ + 1 = {o}"


def _padding(kind, i, k, s, p, d, o):
    if kind == "transpose":
        cut = (i - 1) * s + k - o
        if p != "same" or cut <= 0:
            return []
        before = arithmetic.pad_amounts(o, k, s, p)[0]
        return [
            f"The stamps cover {(i - 1) * s + k} cells; {before} are cut off at the start, "
            f"{cut - before} at the end."
        ]
    if p != "same":
        return []
    a = f.axis(i, k, s, p, d)
    span = "k" if d == 1 else "d·(k − 1) + 1"
    return [
        f"same adds max((o − 1)·s + {span} − i, 0) = {a.before + a.after}: "
        f"{a.before} before, {a.after} after. The odd one goes to the end."
    ]


def _keras(kind, k, s, p, d, extra):
    word = p if p in ("valid", "same") else "valid"
    first, last = "", ""
    if kind == "transpose":
        more = "" if extra is None else f", output_padding={extra}"
        if word != p and p:
            last = f", then Cropping2D({p})"
        return f'Conv2DTranspose(filters, {k}, strides={s}, padding="{word}"{more}){last}'
    if word != p:
        first = f"ZeroPadding2D({d * (k - 1) if p == 'full' else p}), then "
    if kind == "pool":
        return f'{first}MaxPooling2D({k}, strides={s}, padding="{word}")'
    more = "" if d == 1 else f", dilation_rate={d}"
    return f'{first}Conv2D(filters, {k}, strides={s}, padding="{word}"{more})'


def _rows(kind, i, k, s, p, d, extra, o):
    def square(n, kinds, role, caption):
        cells = [[f.Cell("", kinds(r, c)) for c in range(n)] for r in range(n)]
        return f.Grid(role, caption, cells, tiny=True)

    def first(r, c):
        return ("now",) if r == c == 0 else ()

    if kind == "transpose":
        a = transposed_axis(i, k, s, p, extra)
        if a.padded > DRAWN:
            return []

        def spread(r, c):
            kinds = ("win",) if r < k and c < k else ()
            if a.source(r) is not None and a.source(c) is not None:
                return kinds
            return ("pad" if a.around(r) or a.around(c) else "zero", *kinds)

        return [
            [
                square(i, lambda r, c: (), "input", f"input {i} × {i}"),
                "→",
                square(a.padded, spread, "input", f"zeros put in {a.padded} × {a.padded}"),
                "→",
                square(o, first, "output", f"output {o} × {o}"),
            ]
        ]
    a = f.axis(i, k, s, p, d)
    if max(a.padded, o) > DRAWN:
        return []
    used, window = a.used(), set(a.window(0))

    def kinds(r, c):
        found = () if a.label(r) and a.label(c) else ("pad",)
        if r not in used or c not in used:
            found += ("unused",)
        if r in window and c in window:
            found += ("win",)
        return found

    padded = f", padded to {a.padded} × {a.padded}" if a.padded > i else ""
    return [
        [
            square(a.padded, kinds, "input", f"input {i} × {i}{padded}"),
            "→",
            square(o, first, "output", f"output {o} × {o}"),
        ]
    ]
