"""The picture of a network: a box for each layer, as tall as its maps and as thick as it has channels."""

import hashlib
import html
import itertools
import math
import re
from pathlib import Path

from .. import _page
from . import _network

PAGE = 860  # units of the drawing: about the width of a notebook's text in pixels
_FONT = 11
_LETTER = 0.58 * _FONT  # the width of one, on average, in a wide font
_LINE = 14
_GAP = 14  # between stages
_GUTTER = 58  # for the names of the lines
_TALL, _TALL_BRANCHED = 150, 78
_THICK = 26  # the layer with most channels
_SLANT = 0.32  # how far the depth of a box reaches to the side, of its width
_STRIP = 2.5

# kind → (in words, colour on a light page, on a dark one); the blue, orange and green of the other figures
KINDS = {
    "input": ("input", "#dfe4e9", "#4a5560"),
    "conv": ("convolution", "#8ec1e8", "#3f7fb5"),
    "pool": ("pooling", "#f5b950", "#b57a10"),
    "dense": ("dense", "#6cc9a8", "#1f8f6d"),
    "merge": ("where paths meet", "#b9a5e8", "#7a62c4"),
    "enlarge": ("enlarging", "#e39ac0", "#a85684"),
    "reshape": ("reshaping", "#c3ccd4", "#66727e"),
    "other": ("other", "#cdb091", "#8a6a48"),
    "norm": ("normalisation", "#e8dc5a", "#a89b1c"),
    "dropout": ("dropout", "#8d98a3", "#8d98a3"),
}
_PLAIN = {  # class → (attribute, light, dark)
    "bg": ("fill", "#ffffff", "#161b22"),
    "ink": ("fill", "#1c2733", "#e6ebf0"),
    "soft": ("fill", "#5a6672", "#a3adb8"),
    "way": ("stroke", "#5a6672", "#a3adb8"),
    "tip": ("fill", "#5a6672", "#a3adb8"),
    "cut": ("stroke", "#7a62c4", "#b9a5e8"),
}


def architecture(model, *, image_size=None, title=None):
    """Draw a network as the classic picture: boxes that shrink in height as they grow in thickness.

    A box is a layer: as tall and deep as its maps, as thick as it has channels, both on a square-root scale; dense
    layers are bars. Layers of one size stand together, up to the pooling that ends them. Underneath: the names, the
    output shape, what the layers do, and the weights. Short cuts are arcs. Networks with branches are drawn in
    layers from left to right; models inside the model are unfolded and bracketed.

    Args:
        model: a built Keras model, Sequential or functional.
        image_size: int or `(height, width)` for a model that takes pictures of any size; None takes the model's.
        title: str above the drawing; None writes the model's name and its number of weights.

    Returns:
        A `Drawing`: it shows itself in a notebook, `.svg()` and `.html()` return it as text, `.save(path)` writes it,
        `.alt` says it in words. The same model always gives the same bytes.

    Raises:
        ValueError: if `model` is no Keras model or is not built.
    """
    parts = _network.read(model, image_size)
    stages, links = _network.stages(parts)
    total = sum(part.weights for part in parts)
    if title is None:
        title = f"{model.name}: {total:,} weights"
    return Drawing(str(title), _sentence(model.name, total, stages), parts, stages, links)


def _sentence(name, total, stages):
    words = []
    for stage in stages[:24]:
        what = ", ".join(line.removeprefix("+ ") for line in stage.lines()).replace(", →", " to")
        if stage.main.kind == "input":
            words.append(what.replace(stage.main.what, f"{stage.main.what} {stage.main.result()}", 1))
        else:
            words.append(f"{stage.name()} ({stage.main.result()}): {what}")
    if len(stages) > 24:
        words.append(f"and {len(stages) - 24} more stages")
    words = "; ".join(words).replace("\u00a0", " ")
    return f"The network {name} with {total:,} weights, from left to right: {words}."


class Drawing:
    """A drawing in SVG that shows itself in a notebook, in light and dark pages.

    Attributes:
        title: str, the line above the drawing.
        alt: str, the drawing in words.
        width, height: in pixels.
    """

    def __init__(self, title, alt, parts, stages, links):
        self.title, self.alt = title, alt
        body, self.width, self.height = _draw(title, parts, stages, links)
        name = hashlib.sha256((title + alt + body).encode()).hexdigest()[:10]
        self._id, self._body = f"cnnkit-{name}", body

    def __repr__(self):
        return self.alt

    def svg(self):
        """The drawing as one SVG element (str), which is also a whole SVG file."""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" id="{self._id}" viewBox="0 0 {self.width} {self.height}" '
            f'width="{self.width}" height="{self.height}" role="img" aria-labelledby="{self._id}-t {self._id}-d" '
            f"font-family=\"system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif\" "
            f'font-size="{_FONT}">\n'
            f'<title id="{self._id}-t">{html.escape(self.title)}</title>\n'
            f'<desc id="{self._id}-d">{html.escape(self.alt)}</desc>\n'
            f"<style>\n{_style('#' + self._id)}</style>\n{self._body}</svg>\n"
        )

    def html(self):
        """The drawing as HTML to put into a page (str): it scrolls where the page is narrow."""
        return f'<div tabindex="0" style="overflow-x:auto;max-width:100%">\n{self.svg()}</div>'

    def save(self, path):
        """Write the drawing as an SVG file (`.svg`) or a web page (`.html`).

        Returns:
            The path, a `pathlib.Path`.

        Raises:
            ValueError: if the name ends in neither.
            FileExistsError: if the file exists.
        """
        path = Path(path)
        if path.suffix not in (".svg", ".html"):
            raise ValueError(
                f"`path` must end in .svg or .html; received {str(path)!r}. A browser turns either into a PNG or PDF: "
                "save it as .svg first."
            )
        text = self.svg() if path.suffix == ".svg" else _page.document(self.title, self.html())
        return _page.write_new(path, text)

    def _repr_mimebundle_(self, include=None, exclude=None):
        made = {"text/plain": self.alt, "text/html": self.html(), "image/svg+xml": self.svg()}
        data = {
            name: text
            for name, text in made.items()
            if (not include or name in include) and (not exclude or name not in exclude)
        }
        return data, {"image/svg+xml": {"alt": self.alt}}


# --- Colours ------------------------------------------------------------------------------------------------


def _mixed(colour, other, share):
    pairs = zip((colour[1:3], colour[3:5], colour[5:7]), (other[1:3], other[3:5], other[5:7]), strict=True)
    return "#" + "".join(f"{round(int(a, 16) * (1 - share) + int(b, 16) * share):02x}" for a, b in pairs)


def _faces(colour, dark):
    """Front, top, side and edge of a box."""
    return (
        colour,
        _mixed(colour, "#ffffff", 0.2 if dark else 0.5),
        _mixed(colour, "#000000", 0.3 if dark else 0.16),
        _mixed(colour, "#ffffff", 0.45) if dark else _mixed(colour, "#000000", 0.5),
    )


_LIGHT = {kind: _faces(light, False) for kind, (_, light, _) in KINDS.items()}


def _style(name):
    """The colours of a dark page; those of a light one stand at the elements, so that they need no style."""
    rules = [(f".{key}", f"{what}:{dark}") for key, (what, _, dark) in _PLAIN.items()]
    for kind, (_, _, dark) in KINDS.items():
        front, top, side, edge = _faces(dark, True)
        for letter, fill in zip("fts", (front, top, side), strict=True):
            rules.append((f".{kind}-{letter}", f"fill:{fill};stroke:{edge}"))
    light = ':is([data-theme="light"], [data-jp-theme-light="true"], [theme="light"], .vscode-light) *'  # as base.css
    night = (
        ':is([data-theme="dark"], [data-jp-theme-light="false"], [theme="dark"], .vscode-dark, '
        ".vscode-high-contrast)"
    )
    by_system = "".join(f"{name}:not({light}) {where}{{{what}}}\n" for where, what in rules)
    by_page = "".join(f"{night} {name} {where}{{{what}}}\n" for where, what in rules)
    return f"@media (prefers-color-scheme: dark) {{\n{by_system}}}\n{by_page}"


def _plain(key):
    what, light, _ = _PLAIN[key]
    return f'class="{key}" {what}="{light}"'


# --- The drawing --------------------------------------------------------------------------------------------


def _n(number):
    text = f"{number:.1f}"
    return text[:-2] if text.endswith(".0") else text


def _text(x, y, words, *, anchor="middle", key="ink", bold=False):
    weight = ' font-weight="600"' if bold else ""
    return f'<text {_plain(key)} x="{_n(x)}" y="{_n(y)}" text-anchor="{anchor}"{weight}>{html.escape(words)}</text>\n'


class _Scale:
    """From sizes and channels to lengths."""

    def __init__(self, parts, tall, thick):
        maps = [part.shape for part in parts if len(part.shape) > 1]
        self.most = max((n or 1 for shape in maps for n in shape[:-1][:2]), default=1)
        self.tall = tall if self.most >= 100 else tall * 0.8
        channels = max((shape[-1] or 1 for shape in maps), default=1)
        self.k = min(2.6, _THICK / math.sqrt(channels)) * thick

    def box(self, part):
        """Thickness, height and slant of a part's box."""
        if len(part.shape) < 2:
            units = part.shape[0] if part.shape else 1
            return 8.0, 10 + self.tall * 0.07 * math.log2(1 + (units or 1)), 3.0
        height, *rest = part.shape[:-1]
        side = [max(6.0, self.tall * math.sqrt((n or 1) / self.most)) for n in (height, *rest[:1])]
        thick = 4.0 if part.kind == "merge" else max(2.5, self.k * math.sqrt(part.shape[-1] or 1))
        return thick, side[0], side[1] * _SLANT if rest else 3.0

    def stage(self, stage):
        """`[(part, x, thickness, height, slant)]`, and the width of all."""
        x, boxes = 0.0, []
        for part in stage.parts:
            thick, tall, slant = self.box(part)
            boxes.append((part, x, thick, tall, slant))
            x += thick + _STRIP * len(part.strips) + 1.5
        return boxes, x - 1.5 + boxes[-1][4]


def _wrapped(words, most):
    """Cut at spaces, and long names at their underscores, into lines of about `most` letters."""
    lines = [""]
    for word in words.split(" "):
        pieces = re.findall(r"[^_]*_?", word)[:-1] if len(word) > most else [word]
        for k, piece in enumerate(pieces):
            between = " " if k == 0 and lines[-1] else ""
            if lines[-1] and len(lines[-1] + between + piece) > most and len(piece) > 2:
                lines.append(piece)
            else:
                lines[-1] += between + piece
    return lines


class _Column:
    """A stage with its boxes and its words, ready to be placed."""

    def __init__(self, stage, scale):
        self.stage = stage
        self.boxes, self.drawn = scale.stage(stage)
        self.name = _wrapped(stage.name(), 18)
        self.shape = stage.main.result()
        self.lines = [
            line for words in stage.lines() if words != stage.name() for line in _wrapped(words, 17)
        ]
        self.weights = f"{stage.weights:,}"
        longest = max(map(len, [*self.name, self.shape, *self.lines, self.weights]))
        self.width = max(self.drawn, longest * _LETTER)
        self.above = max((tall + slant) / 2 for _, _, _, tall, slant in self.boxes)


def _draw(title, parts, stages, links):
    row = _network.in_a_row(parts)
    ranks = list(range(len(stages))) if row else _ranks(stages, links)
    skips = [(a, b) for a, b in links if b != a + 1] if row else links
    room = PAGE - (_GUTTER if row else 50)
    best = None
    for thick in (1.0, 0.8, 0.6, 0.45, 0.3):  # thinner boxes only where they save a row
        scale = _Scale(parts, _TALL if row else _TALL_BRANCHED, thick)
        columns = [_Column(stage, scale) for stage in stages]
        widths = [0.0] * (max(ranks) + 1)
        for rank, column in zip(ranks, columns, strict=True):
            widths[rank] = max(widths[rank], column.width)
        rows = _rows(widths, ranks, skips, room)
        if best is None or len(rows) < len(best[-1]):
            best = columns, widths, rows
    columns, widths, rows = best
    for narrower in range(
        room - 40, 200, -40
    ):  # rows of about one length, rather than a last one with a single box
        again = _rows(widths, ranks, skips, narrower)
        if len(again) > len(rows):
            break
        rows = again
    return _Sheet(title, parts, columns, ranks, widths, rows, links, row).drawn()


def _ranks(stages, links):
    ranks = [0] * len(stages)
    for a, b in sorted(links, key=lambda link: link[1]):
        ranks[b] = max(ranks[b], ranks[a] + 1)
    # an input that is needed late stands just before it is needed
    for i in range(len(stages)):
        after = [ranks[b] for a, b in links if a == i]
        if after and not any(b == i for _, b in links):
            ranks[i] = min(after) - 1
    return ranks


def _rows(widths, ranks, links, room):
    """Ranks in rows of the page's width, broken only where at most the direct way to the next goes on."""
    rows, current, used = [], [], 0.0
    free = [
        ranks.count(r) == 1 and not any(ranks[a] < r < ranks[b] for a, b in links) for r in range(len(widths))
    ]
    for rank, width in enumerate(widths):
        if current and used + _GAP + width > room:
            at = next((i for i in range(len(current), 0, -1) if free[current[i - 1]]), None)
            if at is not None:
                rows.append(current[:at])
                current = current[at:]
                used = sum(widths[r] + _GAP for r in current) - _GAP
        used += width + (_GAP if current else 0)
        current.append(rank)
    return [*rows, current]


class _Sheet:
    """Places everything, and writes it down."""

    def __init__(self, title, parts, columns, ranks, widths, rows, links, chain):
        self.title, self.parts, self.columns, self.chain = title, parts, columns, chain
        self.ranks, self.widths, self.rows, self.links = ranks, widths, rows, links
        self.out, self.place = [], {}  # number of a part → (left, right, middle, top) of its box
        self.gutter = _GUTTER if chain else 10
        self.right = 0.0

    def drawn(self):
        y = 30.0
        for row in self.rows:
            y = self._chain_row(row, y) if self.chain else self._branched_row(row, y)
        y = self._legend(y)
        width = max(self.right + 10, 12 + len(self.title) * 7.2, 420)
        width, height = math.ceil(width), math.ceil(y)
        ground = f'<rect {_plain("bg")} width="{width}" height="{height}" rx="8"/>\n'
        head = _text(10, 19, self.title, anchor="start", bold=True)
        return ground + head + "".join(self.out), width, height

    # one stage beside the other

    def _chain_row(self, row, y):
        columns = [self.columns[r] for r in row]
        skips = [(s, i) for i, part in enumerate(self.parts) for s in part.sources if s != i - 1]
        inside = {n for column in columns for n in column.stage.numbers}
        skips = [(s, i) for s, i in skips if s in inside and i in inside]
        bracket = 24 if any(column.stage.frame for column in columns) else 0
        x, starts = float(self.gutter), []
        for column in columns:
            starts.append(x)
            self._locate(column, x + (column.width - column.drawn) / 2, 0.0)
            x += column.width + _GAP
        above = max(column.above for column in columns)
        arcs = [self._arc(s, i) for s, i in skips]
        above = max([above, *(-top for *_, top in arcs)])
        middle = y + bracket + above + 6
        for column, start in zip(columns, starts, strict=True):
            self._locate(column, start + (column.width - column.drawn) / 2, middle)
        if bracket:
            self._brackets(list(zip(columns, starts, strict=True)), y + 12)
        if row[0]:
            first = self.place[columns[0].stage.numbers[0]]
            self._way(max(self.gutter - 40, first[0] - 40), middle, first[0] - 3, middle)
        for a, b in itertools.pairwise(columns):
            left, right = self.place[a.stage.numbers[-1]], self.place[b.stage.numbers[0]]
            self._way(left[1] + 3, middle, right[0] - 3, middle)
        for column in columns:
            self._boxes(column)
        for s, i in skips:
            path, *_ = self._arc(s, i)
            self.out.append(f'<path {_plain("cut")} fill="none" stroke-width="1.3" d="{path}"/>\n')
            self._tip(self.place[i][2], self.place[i][3] - 1, "cut", down=True)
        base = middle + max(column.above for column in columns) + 20
        heads = max(len(column.name) for column in columns)
        most = max(len(column.lines) for column in columns)
        for column, start in zip(columns, starts, strict=True):
            self._words(column, start + column.width / 2, base, heads, most)
        label = base + heads * _LINE
        self.out.append(_text(8, label, "output", anchor="start", key="soft"))
        self.out.append(_text(8, label + (most + 1) * _LINE + 2, "weights", anchor="start", key="soft"))
        self.right = max(self.right, x - _GAP)
        return label + (most + 1) * _LINE + 24

    def _words(self, column, x, y, heads, most):
        for i, line in enumerate(column.name):
            self.out.append(_text(x, y + i * _LINE, line, bold=True))
        y += heads * _LINE
        self.out.append(_text(x, y, column.shape))
        for i, line in enumerate(column.lines):
            self.out.append(_text(x, y + (i + 1) * _LINE, line, key="soft"))
        if column.stage.weights:
            self.out.append(_text(x, y + (most + 1) * _LINE + 2, column.weights))

    def _arc(self, source, target):
        a, b = self.place[source], self.place[target]
        lift = 12 + 0.16 * abs(b[2] - a[2])
        top = min(a[3], b[3]) - lift
        path = f"M{_n(a[2])} {_n(a[3])}C{_n(a[2])} {_n(top)} {_n(b[2])} {_n(top)} {_n(b[2])} {_n(b[3] - 5)}"
        return path, top

    def _brackets(self, placed, y):
        i = 0
        while i < len(placed):
            frame = placed[i][0].stage.frame
            j = i
            while j + 1 < len(placed) and placed[j + 1][0].stage.frame == frame:
                j += 1
            if frame:
                left, right = placed[i][1], placed[j][1] + placed[j][0].width
                layers = [p.layer for column, _ in placed[i : j + 1] for p in column.stage.parts if p.weights]
                frozen = layers and not any(layer.trainable for layer in layers)
                words = frame + (", frozen" if frozen else "")
                self.out.append(
                    f'<path {_plain("way")} fill="none" d="M{_n(left)} {_n(y + 8)}v-5h{_n(right - left)}v5"/>\n'
                )
                self.out.append(_text((left + right) / 2, y - 2, words, key="soft"))
            i = j + 1

    # branches

    def _branched_row(self, row, y):
        first, last = row[0], row[-1]
        members = {r: [i for i, rank in enumerate(self.ranks) if rank == r] for r in row}
        passing = {r: [] for r in row}  # links that pass a rank by
        for a, b in self.links:
            for r in range(max(self.ranks[a] + 1, first), min(self.ranks[b], last + 1)):
                passing[r].append((a, b))
        level, height = {}, {}  # what stands in a rank → its middle, from 0
        for i, column in enumerate(self.columns):
            if i in {m for r in row for m in members[r]}:
                lines = len(column.name) + 2 + len(column.lines)
                height[i] = 2 * column.above + lines * _LINE + 26
        top = bottom = 0.0
        for r in row:
            items = [*passing[r], *members[r]]

            def wish(item, r=r):
                came = [item[0]] if isinstance(item, tuple) else [a for a, b in self.links if b == item]
                spots = []
                for a in came:
                    key = (a, item[1] if isinstance(item, tuple) else item)
                    spots.append(level.get((r - 1, key), level.get((r - 1, a), 0.0)))
                return sum(spots) / len(spots) if spots else 0.0

            items.sort(key=lambda item: (wish(item), not isinstance(item, tuple)))
            at, spots = 0.0, {}
            for item in items:
                upper = 11 if isinstance(item, tuple) else self.columns[item].above + 6
                spots[item] = at + upper
                at += 22 if isinstance(item, tuple) else height[item]
            own = [spots[i] for i in members[r]] or list(spots.values())
            axis = sum(own) / len(own)  # so that a lone stage lies on the axis, whatever passes it by
            for item, spot in spots.items():
                level[r, item] = spot - axis
            top = max(top, axis)
            bottom = max(bottom, at - axis)
        bracket = 24 if any(self.columns[i].stage.frame for r in row for i in members[r]) else 0
        middle = y + bracket + top
        x, start = float(self.gutter) + (26 if first else 0), {}
        for r in row:
            start[r] = x
            for i in members[r]:
                column = self.columns[i]
                self._locate(column, x + (self.widths[r] - column.drawn) / 2, middle + level[r, i])
            x += self.widths[r] + _GAP + 8
        if bracket:
            flat = [(self.columns[members[r][0]], start[r]) for r in row if members[r]]
            self._brackets(flat, y + 12)
        for a, b in self.links:
            self._link(a, b, row, level, middle, start)
        for r in row:
            for i in members[r]:
                column = self.columns[i]
                self._boxes(column)
                base = middle + level[r, i] + column.above + 18
                self._words(column, start[r] + self.widths[r] / 2, base, len(column.name), len(column.lines))
        self.right = max(self.right, x - _GAP + (20 if last + 1 < len(self.widths) else 0))
        return middle + bottom + 10

    def _link(self, a, b, row, level, middle, start):
        """A way from a stage to a later one, through the room kept for it in the ranks between."""
        ra, rb = self.ranks[a], self.ranks[b]
        if rb < row[0] or ra > row[-1]:
            return
        points = []
        if ra >= row[0]:
            left = self.place[self.columns[a].stage.numbers[-1]]
            points.append((left[1] + 3, left[4]))
        else:
            points.append((start[row[0]] - 24, None))
        for r in range(max(ra + 1, row[0]), min(rb, row[-1] + 1)):
            y = middle + level[r, (a, b)]
            points += [(start[r], y), (start[r] + self.widths[r], y)]
        if rb <= row[-1]:
            right = self.place[self.columns[b].stage.numbers[0]]
            points.append((right[0] - 3, right[4]))
        else:
            points.append((start[row[-1]] + self.widths[row[-1]] + 18, None))
        if points[0][1] is None:
            points[0] = (points[0][0], points[1][1] if len(points) > 2 else points[-1][1])
        if points[-1][1] is None:
            points[-1] = (points[-1][0], points[-2][1])
        path = f"M{_n(points[0][0])} {_n(points[0][1])}"
        for (x0, y0), (x1, y1) in itertools.pairwise(points):
            bend = (x0 + x1) / 2
            path += (
                f"L{_n(x1)} {_n(y1)}"
                if y0 == y1
                else f"C{_n(bend)} {_n(y0)} {_n(bend)} {_n(y1)} {_n(x1)} {_n(y1)}"
            )
        key = "cut" if len(points) > 2 else "way"
        self.out.append(f'<path {_plain(key)} fill="none" stroke-width="1.3" d="{path}"/>\n')
        self._tip(points[-1][0] + 2, points[-1][1], key)

    # what both have

    def _locate(self, column, x, middle):
        for (_, at, thick, tall, slant), number in zip(column.boxes, column.stage.numbers, strict=True):
            left = x + at
            top = middle - (tall + slant) / 2
            self.place[number] = (left, left + thick + slant / 2, left + thick / 2 + slant / 2, top, middle)

    def _boxes(self, column):
        for (part, _, thick, tall, slant), number in zip(column.boxes, column.stage.numbers, strict=True):
            left, *_, middle = self.place[number]
            self.out.append(f"<g><title>{html.escape(part.sentence())}</title>\n")
            top = middle - (tall - slant) / 2
            self._box(part.kind, left, top, thick, tall, slant, part.strips)
            self.out.append("</g>\n")

    def _box(self, kind, x, y, thick, tall, slant, strips=()):
        """A box; what follows its layer (normalisation, dropout) is a strip on its front and top."""

        def face(kind, which, path):
            fill, edge = _LIGHT[kind]["fts".index(which)], _LIGHT[kind][3]
            return (
                f'<path class="{kind}-{which}" fill="{fill}" stroke="{edge}" stroke-width="0.7" '
                f'stroke-linejoin="round" d="{path}"/>'
            )

        def front_and_top(kind, x, wide):
            top = f"M{_n(x)} {_n(y)}l{_n(slant)} {_n(-slant)}h{_n(wide)}l{_n(-slant)} {_n(slant)}z"
            front = f"M{_n(x)} {_n(y)}h{_n(wide)}v{_n(tall)}h{_n(-wide)}z"
            return face(kind, "t", top) + face(kind, "f", front)

        end = x + thick + _STRIP * len(strips)
        side = f"M{_n(end)} {_n(y)}l{_n(slant)} {_n(-slant)}v{_n(tall)}l{_n(-slant)} {_n(slant)}z"
        self.out.append(front_and_top(kind, x, thick))
        for i, strip in enumerate(strips):
            self.out.append(front_and_top(strip, x + thick + i * _STRIP, _STRIP))
        self.out.append(face(kind, "s", side) + "\n")

    def _way(self, x0, y0, x1, y1):
        if x1 - x0 > 3:
            self.out.append(f'<path {_plain("way")} d="M{_n(x0)} {_n(y0)}H{_n(x1 - 2)}"/>')
            self._tip(x1, y1, "tip")

    def _tip(self, x, y, key, down=False):
        attribute = {"way": "tip", "tip": "tip", "cut": "cut"}[key]
        fill = (
            f'class="cut" fill="{_PLAIN["cut"][1]}" stroke="{_PLAIN["cut"][1]}"'
            if attribute == "cut"
            else _plain("tip")
        )
        shape = "l-3-6h6z" if down else "l-6-3v6z"
        self.out.append(f'<path {fill} d="M{_n(x)} {_n(y)}{shape}"/>\n')

    def _legend(self, y):
        kinds = {part.kind for part in self.parts} | {strip for part in self.parts for strip in part.strips}
        x = 10.0
        for kind, (words, *_) in KINDS.items():
            if kind in kinds and kind != "input":
                if x + 24 + len(words) * _LETTER > PAGE:
                    x, y = 10.0, y + 16
                front, *_, edge = _LIGHT[kind]
                self.out.append(
                    f'<rect class="{kind}-f" fill="{front}" stroke="{edge}" stroke-width="0.7" x="{_n(x)}" '
                    f'y="{_n(y - 9)}" width="11" height="11" rx="2"/>'
                )
                self.out.append(_text(x + 16, y, words, anchor="start", key="soft"))
                x += 30 + len(words) * _LETTER
                self.right = max(self.right, x - 14)
        note = "height: size of the maps, thickness: channels (square roots)"
        if x + len(note) * _LETTER > max(self.right, 420):
            x, y = 10.0, y + 16
        self.out.append(_text(x, y, note, anchor="start", key="soft"))
        self.right = max(self.right, x + len(note) * _LETTER * 0.9)
        return y + 12
