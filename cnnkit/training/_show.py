"""A small table as text and as HTML."""

import html
import re


def as_text(head, rows, right=()):
    """Return a table as lines of text; `right` holds the columns whose cells stand at the right."""
    lines = [head, *rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    aligned = [">" if i in right else "<" for i in range(len(head))]
    first, *rest = (
        "  ".join(f"{cell:{a}{w}}" for cell, a, w in zip(line, aligned, widths, strict=True)).rstrip()
        for line in lines
    )
    return "\n".join([first, "  ".join("─" * w for w in widths), *rest])


def as_html(head, rows, right=(), caption=""):
    """Return a table as HTML; `right` holds the columns whose cells stand at the right.

    What stands between backticks becomes code.
    """

    def line(cells, tag):
        return "".join(
            f'<{tag} style="text-align:{"right" if i in right else "left"}">{_with_code(cell)}</{tag}>'
            for i, cell in enumerate(cells)
        )

    body = "\n".join(f"<tr>{line(cells, 'td')}</tr>" for cells in rows)
    title = f"<caption>{html.escape(caption)}</caption>\n" if caption else ""
    return f"<table>\n{title}<thead><tr>{line(head, 'th')}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>"


def _with_code(text):
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text))
