"""A Sphinx extension: the reference of the package, from its docstrings.

One page for each module, each function linked to its source. Where a page names one (`scratch.conv2d`), the first
mention becomes a link. Docstrings are written in the course's own plain way; here they become what Sphinx reads.
"""

import functools
import importlib
import inspect
import re
import sys
from pathlib import Path

from docutils import nodes

import cnnkit

_MODULES = [name for name in cnnkit.__all__ if not name.startswith("_")]
_PUBLIC = re.compile(rf"(?:cnnkit\.)?((?:{'|'.join(_MODULES)})(?:\.[A-Za-z]\w*)?)(?:\(\))?")
# Code in single backticks, and a word that ends in an underscore, which would be a link.
_CODE = re.compile(r"(?<![`\w:])`([^`]+)`(?!`)(\w?)|(?<=\w)_(?!\w)")


def write(folder):
    """Writes the pages for Sphinx to read: a list of the modules, and one page for each.

    Args:
        folder: where they go; it is made.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    lines = [
        "# Reference",
        "",
        "What `import cnnkit` brings, module by module. Importing it loads neither TensorFlow nor Matplotlib; each",
        "module loads what it needs when you first use it. Pictures are arrays: `image` is (H, W, C), `images` is",
        "(N, H, W, C), `kernel` is (kh, kw, C_in, C_out), as in Keras.",
        "",
    ]
    for name in _MODULES:
        lines.append(f"- [`cnnkit.{name}`]({name}.md): {_first_line(name)}")
        page = f"# `cnnkit.{name}`\n\n```{{eval-rst}}\n.. automodule:: cnnkit.{name}\n   :members:\n```\n"
        (folder / f"{name}.md").write_text(page, encoding="utf-8")
    toc = "\n".join(_MODULES)
    lines += ["", "```{toctree}", ":hidden:", "", toc, "```", ""]
    (folder / "index.md").write_text("\n".join(lines), encoding="utf-8")


def _first_line(name):
    """The sentence at the head of a module, read without importing it."""
    import ast

    path = Path(importlib.util.find_spec(f"cnnkit.{name}").origin)
    return ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))).splitlines()[0]


# Docstrings


def plain(text):
    """Turns a docstring of the course into reStructuredText.

    Single backticks mean code, as in Markdown. `Returns:` begins with a sentence, never with a type. What names a
    function of the package becomes a link to it.

    >>> print(plain("Like `numpy.pad`, for `x`s."))
    Like ``numpy.pad``, for ``x``\\\\ s.
    """
    text = re.sub(r"^( *)Returns:\n((?:\1 +.*\n?|\n)+)", _returns, text, flags=re.M)
    return _CODE.sub(_code, text)


def _returns(section):
    indent, lines = section[1], section[2].rstrip("\n").split("\n")
    body = "\n".join(line.strip() and f"{indent}    {line.strip()}" for line in lines).strip()
    return f"{indent}:returns: {body}\n\n"


def _code(found):
    if found[1] is None:
        return "\\_"
    inside = " ".join(found[1].split())
    after = f"\\ {found[2]}" if found[2] else ""
    if (name := _PUBLIC.fullmatch(inside)) and "." in name[1]:
        return f":py:obj:`{inside.removesuffix('()')} <cnnkit.{name[1]}>`{after}"
    return f"``{inside}``{after}"


def _docstring(app, what, name, thing, options, lines):
    lines[:] = plain("\n".join(lines)).split("\n")


# Links


def source(module, name):
    """Finds where something of the package is written.

    Args:
        module: "cnnkit.scratch".
        name: "conv2d" or "Dataset.arrays".

    Returns:
        The path within the repository with its lines, "cnnkit/scratch.py#L10-L40", or `None` for what isn't code.
    """
    try:
        thing = functools.reduce(getattr, name.split("."), importlib.import_module(module))
        thing = inspect.unwrap(thing.fget if isinstance(thing, property) else thing)
        path = Path(inspect.getsourcefile(thing)).resolve()
        lines, first = inspect.getsourcelines(thing)
        path = path.relative_to(Path(cnnkit.__file__).resolve().parents[1])
    except (AttributeError, ImportError, OSError, TypeError, ValueError):
        return None
    return f"{path.as_posix()}#L{first}-L{first + len(lines) - 1}"


def _without_keras(app):
    """Puts stand-ins in the place of Keras and TensorFlow in this process: it saves seconds, and needs no GPU."""
    from sphinx.ext.autodoc.mock import MockFinder

    sys.meta_path.insert(0, MockFinder(["keras", "tensorflow"]))


def _mentions(app, doctree, docname):
    """Links the first mention of each public function on a page to the reference."""
    if docname.startswith("api/"):
        return
    known = {name: (page, anchor) for name, _, _, page, anchor, _ in app.env.domains["py"].get_objects()}
    seen = set()
    for node in list(doctree.findall(nodes.literal)):
        found = _PUBLIC.fullmatch(node.astext())
        name = f"cnnkit.{found[1]}" if found else None
        if name not in known or name in seen or "." not in found[1]:
            continue
        if isinstance(node.parent, nodes.reference | nodes.title):
            continue
        seen.add(name)
        page, anchor = known[name]
        uri = f"{app.builder.get_relative_uri(docname, page)}#{anchor}"
        link = nodes.reference("", "", refuri=uri, internal=True, classes=["api"])
        node.replace_self(link)
        link += node


def setup(app):
    """Connects them."""
    app.connect("builder-inited", _without_keras)
    # Before napoleon, which reads the rest.
    app.connect("autodoc-process-docstring", _docstring, priority=400)
    app.connect("doctree-resolved", _mentions)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
