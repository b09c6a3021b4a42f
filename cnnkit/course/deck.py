"""Turns a lecture's notebook into slides, by a rule: nothing is written twice.

- A heading `##` begins a section, a heading `###` a new title in it. The first cell gives the title and the goals.
- On a slide stand lists, tables, formulas, code with what it printed, figures, captions, *Watch out* boxes, and the
  questions that begin with "Before you". Of the prose between them there stands what holds a word in **bold** or a
  formula, and what leads to the code that follows. All of the prose is in the speaker's notes.
- A cell that draws shows its figure and not its code. Figures that answer stay alive.
- Cells that only import or set something up are left out, and so is a cell with the tag `slide:skip`.
- Of an exercise there stands the task; the solution is in the speaker's notes.

How much fits on a slide is estimated here; the last tenth is the script's, which measures in the browser (`slides.js`).
"""

import ast
import html
import re
from dataclasses import dataclass, field
from xml.etree import ElementTree

from . import mathml

# A slide is 1280 × 720 pixels; so much is left for what stands under its title.
ROOM = 560
_WIDTH = 1180
_TEXT = 34  # pixels a line
_CODE = 29
_FIGURE = 300  # pixels that a figure needs at least
_MOST_WORDS = 45  # of a paragraph that is shown whole because it leads to what follows
_FEW_WORDS = 32  # of a caption

_DRAWS = re.compile(r"\bplt\.show\(\)|^(?:interactive|plot)\.\w+\(", re.M)
_QUESTION = re.compile(r"\*\*Before you\b")
_CAPTION = re.compile(r"\*What to look at\b")
_BACK = re.compile(
    r"(?:This|That|These|Those|It|They|So|Such|Then|Here|Both|Each|Its|Their|One|And|But|Or|Also|Repeat)\b"
)

# Where nothing may be split: formulas, code, links, remarks to tests.
_WHOLE = re.compile(r"\$\$.+?\$\$|\$[^$]+\$|`[^`]+`|\[[^\]]*\]\([^)]*\)|<!--.*?-->", re.S)
_ENDS = re.compile(r"(?<=[.!?])([)*_\"”’]*)\s+(?=[\[(*_\"“\x00]*[A-Z0-9\x00])")


@dataclass
class Item:
    """One thing on a slide.

    Attributes:
        kind: "text", "lead", "question", "box", "list", "table", "math", "code", "output", "figure", "live" (a figure
            that answers), "caption", or "note" (for the speaker).
        html: what it looks like.
        height: estimated, in pixels; 0 for a note.
        keep: True if the next one must stand on the same slide, where that is possible.
        source: of a note, the paragraph as Markdown.
        shape: of a figure, its width divided by its height.
        step: if it answers a question, when it appears; 0 for at once.
    """

    kind: str
    html: str
    height: int = 0
    keep: bool = False
    source: str = ""
    shape: float = 0.0
    step: int = 0


_WORDS = {"text", "lead", "question", "box", "caption"}


def _is_beside(items):
    """Says whether there are words and one figure, which is not much wider than tall."""
    figures = [item for item in items if item.kind == "figure"]
    words = sum(item.height for item in items if item.kind in _WORDS)
    alone = len(figures) == 1 and len(figures) + sum(item.kind in _WORDS for item in items) == len(items)
    return alone and 0 < figures[0].shape < 1.75 and 0 < words < 215


@dataclass
class Slide:
    """What stands on one slide.

    Attributes:
        section: the text of the `##` above it, as HTML; empty before the first.
        title: its own title, as HTML.
        items: a list of `Item`.
        number: of the section, from 0.
    """

    section: str
    title: str
    items: list
    number: int = 0

    @property
    def notes(self):
        """What the speaker reads, as HTML."""
        return "\n".join(item.html for item in self.items if item.kind == "note")

    @property
    def shown(self):
        """The items that can be seen."""
        return [item for item in self.items if item.kind != "note"]

    def markup(self, item):
        """An item as HTML; what answers a question on this slide appears on the next key."""
        if item.step and any(other.kind == "question" for other in self.items):
            return f'<div class="fragment" data-fragment-index="{item.step}">{item.html}</div>'
        return item.html

    @property
    def beside(self):
        """True if the words stand beside the figure, not above and below it."""
        return _is_beside(self.shown)


@dataclass
class Deck:
    """A lecture as slides.

    Attributes:
        title: the lecture's title as text.
        goals: what stands on the title slide, as HTML.
        notes: the speaker's notes for the title slide, as HTML.
        slides: a list of `Slide`.
        formulas: the characters of its formulas, for the font.
    """

    title: str
    goals: str = ""
    notes: str = ""
    slides: list = field(default_factory=list)
    formulas: set = field(default_factory=set)


def make(notebook, link=None, picture=None):
    """Makes the slides of a lecture.

    Args:
        notebook: the executed notebook, as nbformat reads it.
        link: a function from the target of a relative link to where it leads from the deck, `None` for nowhere.
        picture: a function from the path of a picture to an address that the deck can show.

    Returns:
        A `Deck`.
    """
    return _Maker(_Markdown(link, picture)).deck(notebook)


class _Markdown:
    """Markdown as the site reads it: tables, formulas as MathML, highlighted code."""

    def __init__(self, link=None, picture=None):
        from markdown_it import MarkdownIt
        from mdit_py_plugins.dollarmath import dollarmath_plugin

        self.characters = set()
        self.parser = MarkdownIt("commonmark")
        self.parser.enable("table").use(
            dollarmath_plugin,
            double_inline=True,
            renderer=lambda latex, settings: self.formula(latex, settings["display_mode"]),
        )
        self.parser.add_render_rule("fence", _fence)
        self.link, self.picture = link or (lambda target: None), picture or (lambda path: path)

    def formula(self, latex, display):
        """A formula as MathML; its characters are noted for the font."""
        try:
            math = mathml.formula(latex, display)
        except ValueError as error:
            raise ValueError(
                f"Expected LaTeX that can be drawn; received {latex!r} ({error}). Look for a missing brace, or write "
                "it with plainer commands."
            ) from error
        self.characters.update("".join(ElementTree.fromstring(math).itertext()))
        return math

    def blocks(self, text):
        """Splits Markdown into its blocks.

        Returns:
            A list of `(tokens, source)`.
        """
        tokens, lines, found = self.parser.parse(text), text.splitlines(), []
        start = 0
        for end, token in enumerate(tokens, 1):
            if token.level == 0 and token.nesting <= 0:
                first = tokens[start]
                source = "\n".join(lines[slice(*first.map)]) if first.map else first.content
                found.append((tokens[start:end], source))
                start = end
        return found

    def render(self, tokens):
        """Blocks as HTML, with links that lead somewhere from the deck."""
        for token in tokens:
            for part in token.children or []:
                if part.type == "link_open" and not re.match(r"[a-z]+:", str(part.attrs["href"])):
                    part.attrs["href"] = self.link(str(part.attrs["href"])) or ""
                elif part.type == "image":
                    part.attrs["src"] = self.picture(str(part.attrs["src"]))
        text = self.parser.renderer.render(tokens, self.parser.options, {})
        text = re.sub(r"<!--.*?-->", "", text, flags=re.S)
        return re.sub(r'<a href="">(.*?)</a>', r"\1", text, flags=re.S).strip()

    def inline(self, text):
        """One line of Markdown as HTML, without a paragraph around it."""
        rendered = self.render(self.parser.parse(text))
        return re.sub(r"^<p>(.*)</p>$", r"\1", rendered, flags=re.S)


def _fence(_renderer, tokens, place, _options, _env):
    """A block of code in the text; its language is that which stands behind the backticks."""
    return code_html(tokens[place].content.rstrip(), tokens[place].info.strip() or "text")


def code_html(code, language="python"):
    """Code as highlighted HTML."""
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import find_lexer_class_by_name
    from pygments.util import ClassNotFound

    try:
        lexer = find_lexer_class_by_name(language)()
    except ClassNotFound:
        lexer = find_lexer_class_by_name("text")()
    return highlight(code, lexer, HtmlFormatter(cssclass="highlight"))


def sentences(text):
    """Splits a paragraph of Markdown into sentences; formulas, code and links stay whole.

    Args:
        text: str.

    Returns:
        A list of str.
    """
    kept = []

    def keep(found):
        kept.append(found[0])
        return f"\x00{len(kept) - 1}\x00"

    hidden = _WHOLE.sub(keep, " ".join(text.split()))
    parts = _ENDS.sub(lambda end: f"{end[1]}\n", hidden).split("\n")
    return [re.sub(r"\x00(\d+)\x00", lambda found: kept[int(found[1])], part).strip() for part in parts]


def excerpt(text, leads=False):
    """Chooses what of a paragraph stands on the slide.

    Args:
        text: the paragraph as Markdown.
        leads: True if code, a list or a formula follows that it leads to.

    Returns:
        The sentences with a word in bold and those with a formula on a line of its own; of a paragraph that leads
        somewhere also its end, or all of it if it is short. A sentence that points back brings the one before along.
        Empty if there is none.
    """
    parts = sentences(text)
    if leads and len(text.split()) <= _MOST_WORDS:
        return " ".join(parts)
    wanted = {i for i, part in enumerate(parts) if "**" in part or "$$" in part}
    if leads:
        words = 0
        for i in range(len(parts) - 1, -1, -1):
            words += len(parts[i].split())
            if words > _MOST_WORDS and i < len(parts) - 1:
                break
            wanted.add(i)
    # A few words in bold say what the next sentence is about.
    labels = {i for i in wanted if re.fullmatch(r"\*\*[^*]+\*\*", parts[i]) and len(parts[i].split()) < 6}
    wanted |= {i + 1 for i in labels if i + 1 < len(parts)}
    for i in sorted(wanted):
        if i and _BACK.match(parts[i].lstrip("*(")):
            wanted.add(i - 1)
    return " ".join(parts[i] for i in sorted(wanted))


def is_setup(source):
    """Says whether a cell only imports and sets things up, so that nobody wants to look at it.

    Args:
        source: the code of the cell.

    Returns:
        True for the cell that finds the package, and for imports and `del`, alone or with calls beside them.
    """
    if re.search(r"^\s*%pip\b", source, re.M):
        return True
    try:
        body = ast.parse(source).body
    except SyntaxError:
        return False
    imports = [node for node in body if isinstance(node, ast.Import | ast.ImportFrom | ast.Delete)]
    calls = [node for node in body if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)]
    return bool(imports) and len(imports) + len(calls) == len(body)


def _lines(text, width):
    """How many lines a text takes, with so many characters a line."""
    return sum(max(1, -(-len(line) // width)) for line in text.splitlines() or [""])


def _plain(markup):
    """What is read of HTML, with a formula counted by its signs."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", markup)).split())


def _paragraph(kind, markup, keep=False):
    height = _lines(_plain(markup), 88) * _TEXT + 14
    height += 40 * markup.count('display="block"')
    if kind in ("question", "box"):
        height += 34
    return Item(kind, f'<div class="{kind}">{markup}</div>', height, keep)


class _Maker:
    def __init__(self, markdown):
        self.md = markdown
        self.units = []  # [section, title, items, number]
        self.exercise = False
        self.asked = 0
        self.folded = False

    def deck(self, notebook):
        cells = [cell for cell in notebook.cells if "slide:skip" not in cell.metadata.get("tags", [])]
        first = cells[0].source if cells else ""
        heading = re.search(r"^# (.+)$", first, re.M)
        deck = Deck(heading[1].strip() if heading else "Lecture")
        self.lecture = self.md.inline(re.sub(r"^\d+ · ", "", deck.title))
        self.units.append(["", self.lecture, [], 0])
        self.section, self.number = "", 0
        self._open(deck, first)
        for place, cell in enumerate(cells[1:], 1):
            after = cells[place + 1] if place + 1 < len(cells) else None
            if cell.cell_type == "markdown":
                self._text(cell.source, after)
            elif cell.cell_type == "code" and not self._left_out(cell):
                self._code(cell)
        waiting = []
        for section, title, items, number in self.units:
            items = [*waiting, *self._tidy(items)]
            if not any(item.kind != "note" for item in items):
                waiting = items  # a heading with nothing under it is no slide
                continue
            waiting = []
            deck.slides += [Slide(section, title, page, number) for page in pack(items)]
        deck.formulas = self.md.characters
        return deck

    def _tidy(self, items):
        """Gives a heading whose prose is all in the notes its first sentences."""
        if any(item.kind != "note" for item in items):
            return items
        said = []
        for paragraph in (item.source for item in items if item.source):
            first, *others = sentences(paragraph)
            for sentence in others:
                if len(f"{first} {sentence}".split()) > _MOST_WORDS:
                    break
                first += f" {sentence}"
            said.append(_paragraph("text", self.md.inline(first)))
        return [*said, *items]

    def _left_out(self, cell):
        return is_setup(cell.source) or "parameters" in cell.metadata.get("tags", [])

    def _open(self, deck, text):
        """The first cell: title, goals, time."""
        notes, goals = [], False
        for tokens, source in self.md.blocks(text):
            if tokens[0].type == "heading_open" or "colab.research.google.com" in source:
                continue
            if source.startswith("**Goals.**"):
                goals = True
                deck.goals = self.md.render(tokens)
            elif tokens[0].type == "bullet_list_open" and goals:
                deck.goals += self.md.render(tokens)
                goals = False
            else:
                notes.append(self.md.render(tokens))
        deck.notes = "\n".join(notes)

    @property
    def items(self):
        return self.units[-1][2]

    def _add(self, *items):
        self.items.extend(items)

    def _note(self, markup, source=""):
        self._add(Item("note", markup, source=source))

    def _text(self, text, after):
        """A Markdown cell: block by block."""
        blocks = self.md.blocks(text)
        code_follows = after is not None and after.cell_type == "code"
        shown = code_follows and not self._left_out(after)
        for place, (tokens, source) in enumerate(blocks):
            kind, last = tokens[0].type, place == len(blocks) - 1
            following = blocks[place + 1][0][0].type if not last else ""
            if kind == "html_block":
                self.folded = (self.folded and "</details>" not in source) or "<details" in source
                continue
            if kind == "heading_open":
                self._heading(tokens)
            elif self.folded:
                self._note(f"<div>{self.md.render(tokens)}</div>")
            elif kind == "paragraph_open":
                leads = (last and shown) or following in _LED_TO
                if last and code_follows and not shown:
                    self._note(self.md.render(tokens))
                else:
                    self._paragraph(source, tokens, leads, last and shown)
            elif kind in ("bullet_list_open", "ordered_list_open"):
                self._add(*self._list(tokens))
            elif kind == "blockquote_open":
                self._box(tokens)
            elif kind == "table_open":
                rows = sum(token.type == "tr_open" for token in tokens)
                self._add(Item("table", self.md.render(tokens), 40 * rows + 16))
            elif kind == "math_block":
                self._add(Item("math", self.md.render(tokens), 80 + 24 * source.count(r"\\")))
            elif kind == "fence":
                self._add(Item("code", self.md.render(tokens), source.count("\n") * _CODE + 10))

    def _heading(self, tokens):
        title = self.md.parser.renderer.render(tokens[1:2], self.md.parser.options, {})
        if tokens[0].tag == "h1":
            return
        if tokens[0].tag == "h2":
            self.section, self.number = title, self.number + 1
            self.exercise = title == "Exercises"
            self.units.append([self.lecture, title, [], self.number])
        else:
            self.units.append([self.section, title, [], self.number])

    def _paragraph(self, source, tokens, leads, to_code):
        whole = self.md.render(tokens)
        if _CAPTION.match(source):
            self._caption(source, whole)
            return
        if self.exercise and self.units[-1][1] == "Exercises":  # how to use the cells
            self._note(whole)
            return
        if self.exercise:
            self._add(_paragraph("text", self.md.inline(source), leads))
            return
        if source.startswith(("**Next:**", "**Next.**")):
            self._note(whole)
            return
        question = _QUESTION.search(source)
        if question:
            before, asked = source[: question.start()].strip(), source[question.start() :]
            chosen = excerpt(before) if before else ""
            if before and chosen != before:
                self._note(whole, before)
            if chosen:
                self._add(_paragraph("text", self.md.inline(chosen), True))
            self._add(_paragraph("question", self.md.inline(asked), to_code))
            return
        chosen = excerpt(source, leads)
        if " ".join(chosen.split()) != " ".join(source.split()):
            self._note(whole, source)
        if chosen:
            self._add(_paragraph("lead" if leads else "text", self.md.inline(chosen), leads))

    def _caption(self, source, whole):
        """What to look at: as much as has room under the figure that it belongs to."""
        chosen, parts = [], sentences(source.strip().strip("*"))
        for part in parts:
            if chosen and len(" ".join([*chosen, part]).split()) > _FEW_WORDS:
                break
            chosen.append(part)
        place = len(self.items) - 1
        while place >= 0 and self.items[place].kind == "note":
            place -= 1
        below = place >= 0 and self.items[place].kind
        if below == "live" or chosen != parts:
            self._note(whole)
        if below == "live":  # which has no room to give away
            return
        caption = _paragraph("caption", self.md.inline(" ".join(chosen)))
        if below in ("figure", "output", "table"):
            self.items[place].keep = True
            caption.step = self.items[place].step
        self.items.insert(place + 1, caption)

    def _list(self, tokens):
        """A list, in two or more where it is too long for a slide."""
        entries, start = [], 1
        for end, token in enumerate(tokens):
            if token.type == "list_item_close" and token.level == 1:
                entries.append(tokens[start : end + 1])
                start = end + 1
        found, now, height = [], [], 0
        first = int(tokens[0].attrs.get("start", 1))
        above = self.items[-1].height if self.items and self.items[-1].keep else 0

        def close():
            nonlocal now, height, first, above
            attribute = f' start="{first}"' if tokens[0].tag == "ol" else ""
            found.append(
                Item("list", f"<{tokens[0].tag}{attribute}>{''.join(now)}</{tokens[0].tag}>", height + 14)
            )
            first += len(now)
            now, height, above = [], 0, 0

        for entry in entries:
            markup = self.md.render(entry)
            more = _lines(_plain(markup), 84) * _TEXT + 10
            if now and height + more > 1.12 * ROOM - above:
                close()
            now.append(markup)
            height += more
        close()
        return found

    def _box(self, tokens):
        """A block quote: all of it if it is short, or else its first sentences."""
        source = "\n\n".join(token.content for token in tokens if token.type == "inline")
        whole = self.md.render(tokens[1:-1])
        parts, words = [], 0
        for part in sentences(source):
            words += len(part.split())
            if parts and words > 100:
                self._note(whole)
                break
            parts.append(part)
        self._add(_paragraph("box", self.md.inline(" ".join(parts))))

    def _code(self, cell):
        source = re.sub(r"\n{3,}", "\n\n", cell.source.rstrip())
        outputs = [] if self.exercise and "exercises." in source else self._outputs(cell)
        pictures = any(item.kind in ("figure", "live") for item in outputs)
        asked = next((item.kind == "question" for item in self.items[::-1] if item.kind != "note"), False)
        if any(item.kind == "live" for item in outputs):
            self._make_room()
        if not (pictures and _DRAWS.search(source)):
            code = Item("code", code_html(source), (source.count("\n") + 1) * _CODE + 26, bool(outputs))
            self._add(code)
        if asked:
            self.asked += 1
            for item in outputs:
                item.step = self.asked
        self._add(*outputs)

    def _make_room(self):
        """A figure that answers wants its slide: what leads to it goes into the notes, but for a line or a question."""
        for item in self.items[::-1]:
            if item.kind == "lead" and item.height > _TEXT + 14:
                item.kind, item.height, item.keep = "note", 0, False
            if item.kind != "note":
                break

    def _outputs(self, cell):
        found, printed = [], ""
        for output in cell.outputs:
            data = output.get("data", {})
            if output.output_type == "stream":
                printed += output.text
                continue
            alt = " ".join("".join(data.get("text/plain", "")).split())
            if "text/html" in data:
                found.append(_markup("".join(data["text/html"]), alt))
            elif "image/png" in data:
                found.append(_picture("".join(data["image/png"]), alt))
            elif "text/plain" in data:
                printed += "".join(data["text/plain"]) + "\n"
        if printed.strip():
            text = printed.rstrip()
            height = _lines(text, 92) * _CODE + 22
            found.insert(0, Item("output", f'<pre class="output">{html.escape(text)}</pre>', height))
        for item in found[:-1]:
            item.keep = True
        return found


_LED_TO = {"bullet_list_open", "ordered_list_open", "table_open", "math_block", "fence"}


def _picture(data, alt):
    """A picture that a cell drew. Small ones are enlarged, but not to more than twice their size."""
    import base64
    import struct

    data = "".join(data.split())
    width, height = struct.unpack(">II", base64.b64decode(data[:64])[16:24])
    needs = min(max(_FIGURE, round(height * min(1.3, _WIDTH / width))), 380)
    needs = min(needs, round(height * min(2, _WIDTH / width)))
    markup = (
        f'<div class="figure" style="max-height:{2 * height}px"><img src="data:image/png;base64,{data}" '
        f'alt="{html.escape(alt)}" width="{width}" height="{height}"></div>'
    )
    return Item("figure", markup, needs, shape=width / height)


def _markup(text, alt):
    """What a cell shows as HTML: a figure that answers, a drawing, or a table."""
    if "cnnkit-figure" in text:
        # A frame of its own: its script measures in pixels, which must not be those of a slide that was scaled.
        page = (
            '<!DOCTYPE html><html lang="en" data-theme="light"><head><meta charset="utf-8"><title>Figure</title><style>'
            "body{margin:0}.cnnk.cnnk{margin:0}</style></head><body>" + text + "</body></html>"
        )
        frame = f'<iframe title="{html.escape(alt)}" srcdoc="{html.escape(page)}"></iframe>'
        return Item("live", f'<div class="live">{frame}</div>', ROOM - 60)
    drawing = re.search(r'<svg\b[^>]*\bviewBox="0 0 ([\d.]+) ([\d.]+)"', text)
    if drawing:
        width, height = map(float, drawing.groups())
        needs = round(min(height * min(1.6, _WIDTH / width), 400))
        return Item("figure", f'<div class="figure drawing">{text}</div>', needs, shape=width / height)
    rows = text.count("<tr")
    plain = _plain(re.sub(r"<table.*?</table>", "", text, flags=re.S))
    height = 36 * rows + (_lines(plain, 95) * 30 if plain else 0) + 30
    return Item("table", f'<div class="shown">{text}</div>', height)


def pack(items, room=ROOM):
    """Lays items on slides, one after the other, as many as have room.

    Args:
        items: a list of `Item`, in order.
        room: pixels of height on a slide.

    Returns:
        A list of lists of `Item`. What must stay together does, if it has room on one slide; a figure ends its slide.
        A note stands with what comes after it, or with what it follows if that is code or a figure.
    """
    groups, now = [], []
    for place, item in enumerate(items):
        now.append(item)
        after = next((other for other in items[place + 1 :] if other.kind != "note"), None)
        if item.kind == "note":
            before = next((other.kind for other in items[:place][::-1] if other.kind != "note"), "")
            joined = before in ("figure", "live", "output", "caption", "code", "table") and len(now) == 1
            if (after is None or joined) and groups:
                groups[-1] += now
                now = []
            continue
        if not item.keep or after is None:
            groups.append(now)
            now = []
    if now:
        groups.append(now)
    pages, page, height = [], [], 0

    def close():
        nonlocal page, height
        if page:
            pages.append(page)
        page, height = [], 0

    figure = None  # on the page that is being filled
    for group in groups:
        more = sum(item.height for item in group)
        if figure:
            # A line or two may stand under a figure, which can do with less.
            said = all(item.kind in ("text", "note") for item in group)
            if said and more < 100 and height - figure.height + _FIGURE - 40 + more <= room:
                page += group
                height += more
                continue
            close()
            figure = None
        drawn = [item for item in group if item.kind in ("figure", "live")]
        beside = _is_beside([item for item in group if item.kind != "note"])
        if (
            more > room and len(drawn) == 1
        ):  # a figure can do with less, and with the words beside it with none
            needed = drawn[0].height - (more - room)
            drawn[0].height = max(0 if beside else min(_FIGURE - 20, drawn[0].height), needed)
            more = sum(item.height for item in group)
        if height and (height + more > room * (1.1 if more < 130 else 1) or beside):
            close()
        if more > 1.15 * room:
            # Too much for one slide even if the text shrinks: what can be parted is parted.
            for item in group:
                if height and height + item.height > 1.12 * room:
                    close()
                page.append(item)
                height += item.height
        else:
            page += group
            height += more
        if drawn and page and (beside or height > 0.6 * room):
            figure = drawn[-1]
    close()
    return _joined(pages)


def _joined(pages):
    """Nothing but notes is no slide, and a caption that is parted from its figure becomes a note."""
    joined = []
    for page in pages:
        while joined and (first := next((item for item in page if item.kind != "note"), None)):
            if first.kind != "caption":
                break
            first.kind, first.height = "note", 0
        if joined and all(item.kind == "note" for item in page):
            joined[-1] += page
        else:
            joined.append(page)
    return joined
