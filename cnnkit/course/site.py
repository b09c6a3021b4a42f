"""Builds the site: the executed lectures as pages that need no network, no kernel and no account.

Sphinx with MyST-NB and the Sphinx book theme. The pages ask no other host for anything: formulas are MathML,
made here, with a mathematical font beside them; there is no MathJax and no CDN. Figures that answer keep
their script. `build/site/index.html` can be opened as a file.
"""

import html
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

from . import lectures

_SOURCE = Path(__file__).with_name("site_source")


def add_arguments(parser):
    """Adds the arguments of `site`."""
    parser.add_argument("--root", help="the course's folder (default: found from here upwards)")


def main(args):
    """Runs the command; returns 0 if the site stands."""
    try:
        root = lectures.find_root(args.root)
    except FileNotFoundError as error:
        return lectures.complain(error)
    return build(root)


def build(root):
    """Builds `build/site` from `build/notebooks`, and from the stored notebook of a lecture that hasn't run.

    Args:
        root: the course's folder.

    Returns:
        Sphinx's exit status: 0 if the site stands.
    """
    root = Path(root).resolve()
    source, target = root / "build" / "site-source", root / "build" / "site"
    prepare(root, source)
    shutil.rmtree(target, ignore_errors=True)
    # In a process of its own: Sphinx changes locale, logging and the import path of the one it runs in.
    command = [
        sys.executable,
        "-m",
        "sphinx",
        "-b",
        "html",
        "-E",
        "-q",
        "-d",
        source.with_name("site-doctrees"),
    ]
    done = subprocess.run([*map(str, command), str(source), str(target)], check=False)
    if done.returncode == 0:
        print(f"Site: {target / 'index.html'}")
    else:
        print("cnnkit: the site was not built; the lines above say why.", file=sys.stderr)
    return done.returncode


def prepare(root, source):
    """Lays out what Sphinx reads: its configuration, the notebooks, their images and a landing page."""
    root, source = Path(root), Path(source)
    shutil.rmtree(source, ignore_errors=True)
    shutil.copytree(_SOURCE, source)
    ran = lectures.find(root / "build" / "notebooks", ".ipynb")
    failed = {row["lecture"] for row in _rows(root) if row["result"] != "passed"}
    pages = lectures.find(root / "notebooks", ".ipynb")
    for name, stored in pages.items():
        # A lecture that failed is shown as it was stored: half a lecture teaches nothing.
        if name in ran and name not in failed:
            pages[name] = ran[name]
        else:
            pages[name] = stored
        shutil.copy(pages[name], source / f"{name}.ipynb")
    if (root / "notebooks" / "images").is_dir():
        shutil.copytree(root / "notebooks" / "images", source / "images")
    lectures.write(source / "index.md", landing(pages))


def landing(pages):
    """Writes the landing page: what the course is, and a table of its lectures.

    Args:
        pages: `{name: path}` of the notebooks.

    Returns:
        MyST Markdown.
    """
    rows = []
    for name, path in pages.items():
        title, minutes, goals = header(path)
        items = "".join(f"<li>{_inline(goal)}</li>" for goal in goals)
        rows.append(
            f'<tr><td><a href="{name}.html">{_inline(title)}</a></td><td><ul>{items}</ul></td>'
            f"<td>{html.escape(minutes)}</td>"
            f'<td><a href="notebooks/{name}.ipynb" download>notebook</a></td></tr>'
        )
    toc = "\n".join(pages)
    return f"""# Convolutional networks

A course in lectures that you can read here, run on your own machine, or open on Colab. Every number on these
pages was computed by the cell above it. Figures with buttons answer: step through them, change their numbers.

You need Python and a little school mathematics. No machine learning, no GPU, no account.

<table class="lectures">
<thead><tr><th>Lecture</th><th>After it you can</th><th>Time</th><th>Download</th></tr></thead>
<tbody>
{chr(10).join(rows)}
</tbody>
</table>

```{{toctree}}
:hidden:
:caption: Lectures

{toc}
```
"""


def header(path):
    """Reads title, time and goals out of the first cell of a lecture."""
    first = json.loads(Path(path).read_text(encoding="utf-8"))["cells"][0]["source"]
    first = "".join(first)
    title = re.search(r"^# (.+)$", first, re.M)
    time = re.search(r"^\*\*Time\.\*\*\s*(.+?)(?: of |\.|$)", first, re.M)
    goals = re.search(r"^\*\*Goals\.\*\*.*?\n\n((?:- .*\n(?:  .*\n)*)+)", first + "\n", re.M)
    items = re.split(r"^- ", goals.group(1), flags=re.M)[1:] if goals else []
    return (
        title.group(1).strip() if title else Path(path).stem,
        time.group(1).strip() if time else "",
        [" ".join(item.split()).rstrip(";.") for item in items],
    )


def _inline(text):
    """The little Markdown of titles and goals as HTML."""
    text = html.escape(text, quote=False)
    text = re.sub(r"`([^`]+)`", r"<code>\1</code>", text)
    text = re.sub(r"\*\*([^*]+)\*\*", r"<strong>\1</strong>", text)
    return re.sub(r"\*([^*]+)\*", r"<em>\1</em>", text)


def _rows(root):
    try:
        return json.loads((Path(root) / "build" / "run.json").read_text(encoding="utf-8"))["lectures"]
    except (OSError, ValueError, KeyError):
        return []
