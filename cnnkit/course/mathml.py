"""A Sphinx extension: formulas as MathML, made while the site is built.

Every browser of today draws MathML itself, screen readers read it, and it needs no script. So the pages load
no MathJax, neither from another host nor from ours. A formula that cannot be read stops the build.

A mathematical font lies beside the pages (STIX Two Math, SIL Open Font License, as it comes with ziamath),
cut down to the characters that the course uses: a browser without one draws short brackets.
"""

import html
import importlib.util
import io
import re
from pathlib import Path
from xml.etree import ElementTree

_FONT = "course-math.woff"
# A browser draws <mi>n</mi> with the slanted letter of Unicode's mathematical block; h stands elsewhere.
_SLANTED = [*range(0x1D434, 0x1D468), 0x210E, *range(0x1D6E2, 0x1D71C)]


def formula(latex, display):
    """Turns LaTeX into MathML.

    Args:
        latex: the formula without dollar signs.
        display: True for a formula on lines of its own.

    Returns:
        The `<math>` element, as text that is well-formed as XML and as HTML.

    Raises:
        ValueError: a command that is not known, a brace that is missing.
    """
    from math_core import LatexError, LatexToMathML

    try:
        math = LatexToMathML(fancy_error=False).convert_with_local_state(latex.strip(), displaystyle=display)
    except LatexError as error:
        raise ValueError(str(error)) from error
    # Named characters are HTML's own; XML knows only the five of its syntax.
    return re.sub(r"&(?!amp;|lt;|gt;|quot;|apos;|#)\w+;", lambda name: html.unescape(name.group()), math)


def _inline(translator, node):
    translator.body.append(_formula(translator, node, display=False))
    _skip()


def _block(translator, node):
    number = f'<span class="eqno">({node["number"]})</span>' if node.get("number") else ""
    ids = "".join(f' id="{name}"' for name in node["ids"][:1])
    math = _formula(translator, node, display=True)
    translator.body.append(f'<div class="math"{ids} tabindex="0">{number}{math}</div>\n')
    _skip()


def _skip():
    from docutils.nodes import SkipNode

    raise SkipNode


def _formula(translator, node, display):
    from sphinx.errors import ExtensionError

    latex = node.astext()
    try:
        math = formula(latex, display)
    except ValueError as error:
        raise ExtensionError(
            f"Expected LaTeX that can be drawn; received {latex!r} ({error}), near "
            f"{node.source}:{node.line}. Look for a missing brace, or write it with plainer commands."
        ) from error
    seen = translator.builder.env.__dict__.setdefault("cnnkit_math_characters", set())
    seen.update("".join(ElementTree.fromstring(math).itertext()))
    return math


def _write_font(app, error):
    if error or app.builder.format != "html":
        return
    characters = app.env.__dict__.get("cnnkit_math_characters", set())
    static = Path(app.outdir) / "_static"
    if characters and static.is_dir():
        (static / _FONT).write_bytes(font(characters))


def font(characters):
    """Cuts the mathematical font down to some characters and what they need to stretch.

    Args:
        characters: an iterable of str.

    Returns:
        The bytes of a WOFF file.
    """
    from fontTools import subset
    from fontTools.ttLib import TTFont

    # Found, not imported: only its font is wanted.
    folder = Path(importlib.util.find_spec("ziamath").submodule_search_locations[0])
    options = subset.Options(flavor="woff", layout_features=["*"], notdef_outline=True)
    with TTFont(folder / "fonts" / "STIXTwoMath-Regular.ttf") as whole:
        subsetter = subset.Subsetter(options)
        subsetter.populate(
            # The root is an element without a character of its own: a font that lacks the sign draws none.
            text="".join(sorted(characters)) + "0123456789+-−=()[]{}|√" + "".join(map(chr, _SLANTED))
        )
        subsetter.subset(whole)
        out = io.BytesIO()
        whole.flavor = "woff"
        whole.save(out)
    return out.getvalue()


def setup(app):
    """Registers the renderer `mathml`."""
    app.add_html_math_renderer("mathml", inline_renderers=(_inline, None), block_renderers=(_block, None))
    app.connect("build-finished", _write_font)
    return {"parallel_read_safe": True, "parallel_write_safe": False}
