"""A Sphinx extension: what the course's pages have besides their text.

Pictures get their sentence as alt text. The landing page lists the lectures by itself, and shows a figure that answers.
"""

import ast
import html
import re
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import Directive
from sphinx.util.docutils import SphinxDirective

from . import site

_LECTURES = "[0-9][0-9]_*.ipynb"


class _Lectures(SphinxDirective):
    """Lists the lectures, or the notebooks of a folder: number, title, what each teaches, its time, where to run it."""

    optional_arguments = 1

    def run(self):
        folder = Path(self.env.srcdir)
        readme = (folder / "_parts" / "README.md").read_text(encoding="utf-8")
        items = []
        for path in sorted(folder.glob(f"{self.arguments[0]}/*.ipynb" if self.arguments else _LECTURES)):
            page = path.relative_to(folder).with_suffix("").as_posix()
            lecture = site.header(path, readme)
            teaches = lecture["teaches"] or "; ".join(lecture["goals"])
            number, _, title = lecture["title"].rpartition(" · ")
            name = html.escape(title, quote=True)
            minutes = re.sub(r"^About (\d+) minutes$", r"\1 min", lecture["minutes"])
            # Lectures have slides, assignments have none.
            slides = (
                ""
                if self.arguments
                else f'<a href="slides/{page}.html" aria-label="Slides of {name}">Slides</a>'
            )
            colab = self.config.cnnkit_colab.format(name=f"{page}.ipynb")
            items.append(
                f'<li><span class="number" aria-hidden="true">{html.escape(number)}</span>'
                f'<div><h3><a href="{page}.html">{_inline(title)}</a></h3>'
                f"<p>{_inline(teaches)}</p>"
                f'<p class="run"><span>{html.escape(minutes)}</span>'
                f'{slides}<a href="{colab}" aria-label="Open {name} on Colab">Colab</a>'
                f'<a href="_sources/{page}.ipynb" download aria-label="Download {name}">Download</a></p>'
                f"</div></li>"
            )
        return [nodes.raw("", f'<ol class="lectures">{"".join(items)}</ol>', format="html")]


class _Times(SphinxDirective):
    """A table of the lectures: minutes for reading and trying, and how long the cells run."""

    def run(self):
        rows = []
        for path in sorted(Path(self.env.srcdir).glob(_LECTURES)):
            lecture = site.header(path)
            title = f'<a href="{path.stem}.html">{_inline(lecture["title"])}</a>'
            rows.append(f"<tr><td>{title}</td><td>{lecture['minutes']}</td><td>{lecture['cells']}</td></tr>")
        head = "<tr><th>Lecture</th><th>Reading and trying</th><th>The cells run in</th></tr>"
        table = f'<table class="table"><thead>{head}</thead><tbody>{"".join(rows)}</tbody></table>'
        text = f'<div class="pst-scrollable-table-container">{table}</div>'
        return [nodes.raw("", text, format="html")]


class _Interactive(Directive):
    """Shows a figure that answers: the call of a function of `cnnkit.interactive` with plain values."""

    has_content = True

    def run(self):
        from cnnkit import interactive

        call = ast.parse("\n".join(self.content), mode="eval").body
        figure = getattr(interactive, call.func.id)(
            *map(ast.literal_eval, call.args),
            **{word.arg: ast.literal_eval(word.value) for word in call.keywords},
        )
        return [nodes.raw("", figure.html(), format="html")]


def _inline(text):
    """The little Markdown of titles and goals as HTML."""
    text = html.escape(text, quote=False)
    text = re.sub(r"`([^`]+)`", r"<code>\1</code>", text)
    text = re.sub(r"\*\*([^*]+)\*\*", r"<strong>\1</strong>", text)
    return re.sub(r"\*([^*]+)\*", r"<em>\1</em>", text)


def _alt_texts(app, doctree):
    """Gives each picture that a cell drew the sentence that stands beside it as text/plain."""
    for bundle in doctree.findall(nodes.container):
        if bundle.get("nb_element") != "mime_bundle":
            continue
        kinds = {part.get("mime_type"): part for part in bundle.children if isinstance(part, nodes.Element)}
        sentence = kinds["text/plain"].astext().strip() if "text/plain" in kinds else ""
        if not sentence or sentence.startswith("<"):
            continue
        for kind, part in kinds.items():
            if kind and kind.startswith("image/"):
                for image in part.findall(nodes.image):
                    image["alt"] = " ".join(sentence.split())


def setup(app):
    """Registers the directives and the alt texts."""
    app.add_config_value("cnnkit_colab", "", "html")
    app.add_directive("lectures", _Lectures)
    app.add_directive("times", _Times)
    app.add_directive("interactive", _Interactive)
    # Before MyST-NB keeps only the richest form of each output.
    app.connect("doctree-read", _alt_texts)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
