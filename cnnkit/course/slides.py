"""Builds a deck of slides from each lecture: one file that needs no network and nothing beside it.

`build/slides/03_convolution_1d.html` opens as a file and can be copied to a stick. The slides are made by a rule
from the notebook (`deck`) and shown by reveal.js, which comes with the package sphinx-revealjs.
"""

import base64
import html
import importlib.util
import logging
import mimetypes
import posixpath
import re
from pathlib import Path

from . import address, deck, lectures, mathml, site

_HERE = Path(__file__).parent


def add_arguments(parser):
    """Adds the arguments of `slides`."""
    lectures.add_arguments(parser)


def main(args):
    """Runs the command; returns 0, or 2 for a lecture that isn't there or a package that is missing."""
    try:
        root = lectures.find_root(args.root)
        there = site.executed(root)
        chosen = lectures.select(args.lectures, there)
        made = build(root, chosen)
    except (FileNotFoundError, ImportError, ValueError) as error:
        return lectures.complain(error)
    for name, count in made.items():
        print(f"{name}: {count} slides")
    print(f"Slides: {root / 'build' / 'slides' / 'index.html'}")
    return 0


def build(root, chosen=None, target=None):
    """Builds decks, and a page that lists all that are there.

    Args:
        root: the course's folder.
        chosen: `{name: path}` of the notebooks, `None` for all lectures as they were executed last.
        target: where the decks go, `None` for `build/slides` in `root`.

    Returns:
        `{name: number of slides}`.

    Raises:
        ImportError: a package is missing.
        ValueError: a formula that cannot be read.
    """
    import nbformat

    root = Path(root)
    target = Path(target) if target else root / "build" / "slides"
    chosen = site.executed(root) if chosen is None else chosen
    known = set(chosen) | set(lectures.find(target, ".html"))
    decks = {}
    for name, path in chosen.items():
        notebook = nbformat.read(path, as_version=4)
        try:
            decks[name] = deck.make(notebook, _link(name, known), _picture(root / "notebooks"))
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from error
    player = _player(set().union(*(made.formulas for made in decks.values())))
    made = {}
    for name, slides in decks.items():
        lectures.write(target / f"{name}.html", _page(slides, player))
        made[name] = len(slides.slides) + 1
    lectures.write(target / "index.html", _index(target))
    return made


def _page(slides, player):
    """A deck as the text of one HTML file."""
    sections = [[_opening(slides)]]
    number = None
    for slide in slides.slides:
        if slide.number != number:
            sections.append([])
            number = slide.number
        sections[-1].append(_slide(slide))
    body = "\n".join(
        f"<section>\n{''.join(pages)}</section>" if len(pages) > 1 else pages[0] for pages in sections
    )
    title = html.escape(slides.title.replace("`", ""))
    return (
        '<!DOCTYPE html>\n<html lang="en" data-theme="light">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light">\n<link rel="icon" href="data:,">\n'
        f"<title>{title}</title>\n<style>\n{player['css']}</style>\n</head>\n<body>\n"
        f'<main class="reveal" aria-label="{title}"><div class="slides">\n{body}\n</div></main>\n'
        f"<script>\n{player['js']}\n</script>\n</body>\n</html>\n"
    )


def _opening(slides):
    number, dot, title = slides.title.rpartition(" · ")
    above = f'<p class="where">Lecture {html.escape(number)}</p>' if dot else ""
    keys = "<kbd>→</kbd> next · <kbd>←</kbd> back · <kbd>Esc</kbd> overview · <kbd>S</kbd> speaker’s notes"
    return (
        f'<section class="opening"><div class="sheet"><div class="head">{above}<h1>{_title(title)}</h1></div>'
        f'<div class="body"><div class="list goals">{slides.goals}</div></div><p class="keys">{keys}</p></div>'
        f"{_notes(slides.notes)}</section>\n"
    )


def _title(text):
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text, quote=False))


def _slide(slide):
    where = f'<p class="where">{slide.section}</p>' if slide.section else ""
    figures = [item for item in slide.shown if item.kind in ("figure", "live")]
    parts = [
        f'<div class="item">{slide.markup(item)}</div>' if item in figures else slide.markup(item)
        for item in slide.shown
    ]
    if slide.beside:
        words = "\n".join(slide.markup(item) for item in slide.shown if item not in figures)
        parts = [
            f'<div class="words">\n{words}\n</div>',
            f'<div class="item">{slide.markup(figures[0])}</div>',
        ]
    body = '<div class="body beside">' if slide.beside else '<div class="body">'
    shown = "\n".join(parts)
    return (
        f'<section><div class="sheet"><div class="head">{where}<h2>{slide.title}</h2></div>\n'
        f"{body}\n{shown}\n</div></div>{_notes(slide.notes)}</section>\n"
    )


def _notes(text):
    return f'<aside class="notes">{text}</aside>' if text else ""


def _player(characters):
    """The styles and scripts that every deck carries: reveal.js, its notes, ours, and the font of the formulas."""
    found = importlib.util.find_spec("sphinx_revealjs")
    if found is None:
        raise ImportError(
            "Expected the package sphinx-revealjs, which carries reveal.js; it is not installed. Perhaps this "
            "installation is older than the slides. Run `pip install -r requirements.txt` again."
        )
    from pygments.formatters import HtmlFormatter

    reveal = Path(found.submodule_search_locations[0]) / "_static" / "revealjs"
    css = [reveal / "dist" / "reset.css", reveal / "dist" / "reveal.css", _HERE / "slides.css"]
    js = [reveal / "dist" / "reveal.js", reveal / "plugin" / "notes" / "notes.js", _HERE / "slides.js"]
    missing = [path for path in css + js if not path.exists()]
    if missing:
        raise ImportError(
            f"Expected reveal.js in the package sphinx-revealjs; received an installation without {missing[0]}. "
            "Another version may keep it elsewhere. Run `pip install -r requirements.txt` again."
        )
    colours = HtmlFormatter(style="a11y-high-contrast-light").get_style_defs(".highlight")
    scripts = "\n".join(path.read_text(encoding="utf-8") for path in js)
    return {
        "css": "\n".join([*(path.read_text(encoding="utf-8") for path in css), colours, _font(characters)]),
        # What looks like the end of a script inside a script would end it.
        "js": re.sub(r"</(script)", r"<\\/\1", scripts, flags=re.I),
    }


def _font(characters):
    if not characters:
        return ""
    logging.getLogger("fontTools").setLevel(logging.WARNING)
    data = base64.b64encode(mathml.font(characters)).decode()
    return f'@font-face {{ font-family: "Course Math"; src: url("data:font/woff;base64,{data}") format("woff"); }}\n'


def _link(name, known):
    """Where the relative links of a lecture lead: to another deck, or to the file on GitHub."""

    def lead(target):
        path = target.split("#")[0]
        stem = Path(path).stem
        if not path or stem == name:
            return None
        if stem in known and path.endswith(".ipynb"):
            return f"{stem}.html"
        return address.page(posixpath.normpath(posixpath.join("notebooks", path)), "blob")

    return lead


def _picture(folder):
    """The pictures of a lecture's text, as part of the file."""

    def embed(path):
        if re.match(r"[a-z]+:", path):
            return path
        kind = mimetypes.guess_type(path)[0] or "image/png"
        return f"data:{kind};base64,{base64.b64encode((folder / path).read_bytes()).decode()}"

    return embed


def _index(target):
    """The page that lists the decks."""
    rows = []
    for name, path in lectures.find(target, ".html").items():
        text = path.read_text(encoding="utf-8")
        title = re.search(r"<title>(.*?)</title>", text)[1]
        count = text.count('<div class="sheet">')
        rows.append(f'<li><a href="{name}.html">{title}</a> <span>{count} slides</span></li>')
    style = (
        "body{font:18px/1.5 system-ui,sans-serif;max-width:44rem;margin:3rem auto;padding:0 1rem;color:#1c2733}"
        "ul{list-style:none;padding:0}li{display:flex;justify-content:space-between;gap:1rem;padding:.5rem 0;"
        "border-bottom:1px solid #d5dde5}a{color:#1261a0}span{color:#5a6672;white-space:nowrap}"
    )
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<link rel="icon" href="data:,">\n'
        f"<title>Slides</title>\n<style>{style}</style>\n</head>\n<body>\n<main>\n<h1>Slides</h1>\n"
        "<p>Each lecture as a deck: one file, which you may copy. Arrow keys go on and back, <kbd>S</kbd> opens the "
        "speaker’s notes, <kbd>Esc</kbd> shows all slides. For a PDF add <code>?print-pdf</code> to the address and "
        f"print.</p>\n<ul>\n{chr(10).join(rows)}\n</ul>\n</main>\n</body>\n</html>\n"
    )
