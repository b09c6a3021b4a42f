"""Builds the site: the executed lectures as pages that need no network, no kernel and no account.

Sphinx with MyST-NB and the Sphinx book theme; its configuration and the pages beside the lectures lie in `docs/`. The
pages ask no other host for anything: formulas are MathML, made here, with a mathematical font beside them; there is
no MathJax and no CDN. Figures that answer keep their script. Slides lie in `slides/`.
`build/site/index.html` can be opened as a file.
"""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

from . import address, lectures

_HOME = Path(__file__).resolve().parents[2]

# What is a page of the repository and of the site: where it lies, and its name on the site.
_PAGES = {
    "CONTRIBUTING.md": "contributing.md",
    "data/README.md": "data.md",
    "benchmarks/README.md": "speed.md",
    "README.md": "start.md",
}
_LINK = re.compile(r"(?<=\]\()(?![a-z]+:|#|/)([^)\s#]+)(?=(?:#[^)\s]*)?\))")


def add_arguments(parser):
    """Adds the arguments of `site`."""
    parser.add_argument("--root", help="the course's folder (default: found from here upwards)")


def main(args):
    """Runs the command; returns 0 if the site stands."""
    try:
        root = lectures.find_root(args.root)
        return build(root)
    except (FileNotFoundError, ImportError) as error:
        return lectures.complain(error)


def build(root, target=None):
    """Builds the site from `build/notebooks`, and from the stored notebook of a lecture that hasn't run.

    Args:
        root: the course's folder.
        target: where the site goes, `None` for `build/site` in it. What Sphinx reads is laid out beside it, and its
            warnings are kept there.

    Returns:
        Sphinx's exit status: 0 if the site stands.
    """
    root = Path(root).resolve()
    target = Path(target).resolve() if target else root / "build" / "site"
    source = target.with_name(f"{target.name}-source")
    prepare(root, source)
    shutil.rmtree(target, ignore_errors=True)
    # In a process of its own: Sphinx changes locale, logging and the import path of the one it runs in.
    command = [sys.executable, "-m", "sphinx", "-b", "html", "-E", "-q"]
    command += ["-d", target.with_name(f"{target.name}-doctrees"), "-w", warnings(target)]
    done = subprocess.run([*map(str, command), str(source), str(target)], check=False)
    if done.returncode == 0:
        from . import slides  # which needs this module

        slides.build(root, target=target / "slides")
        print(f"Site: {target / 'index.html'}")
    else:
        print("cnnkit: the site was not built; the lines above say why.", file=sys.stderr)
    return done.returncode


def warnings(target):
    """The file that keeps what Sphinx warned of while it built the site in `target`; empty when all was well.

    A test asks for that. The build itself goes on: a newer Sphinx may find something new to warn of, and that must not
    keep a student from the site.
    """
    return target.with_name(f"{target.name}-warnings.txt")


def prepare(root, source):
    """Lays out what Sphinx reads: `docs/`, the notebooks with their images, pages of the repository, the reference."""
    from . import reference

    root, source = Path(root), Path(source)
    home = root if (root / "docs").is_dir() else _HOME
    shutil.rmtree(source, ignore_errors=True)
    shutil.copytree(home / "docs", source)
    for name, path in executed(root).items():
        shutil.copy(path, source / f"{name}.ipynb")
    (source / "assignments").mkdir()
    for path in (root / "notebooks" / "assignments").glob("*.ipynb"):  # as students get them
        shutil.copy(path, source / "assignments")
    if (root / "notebooks" / "images").is_dir():
        shutil.copytree(root / "notebooks" / "images", source / "images")
    for page in sorted((home / "docs").glob("*.md")):
        lectures.write(source / page.name, relinked(page, home))
    for name, on_site in _PAGES.items():
        # Parts of the README stand on a page of its own.
        on_site = "_parts/README.md" if name == "README.md" else on_site
        lectures.write(source / on_site, relinked(home / name, home))
    reference.write(source / "api")


def executed(root):
    """Finds the notebook to show for each lecture: the one that `run` has executed, or the stored one if that is newer.

    Args:
        root: the course's folder.

    Returns:
        `{"03_convolution_1d": Path}`.
    """
    ran = lectures.find(Path(root) / "build" / "notebooks", ".ipynb")
    # A lecture that failed is shown as it was stored: half a lecture teaches nothing.
    failed = {row["lecture"] for row in _rows(root) if row["result"] != "passed"}
    stored = lectures.find(Path(root) / "notebooks", ".ipynb")
    ran = {name: path for name, path in ran.items() if name in stored and name not in failed}
    # Synced, pulled or relinked since then: what `run` has left would show the old lecture.
    ran = {name: path for name, path in ran.items() if path.stat().st_mtime >= stored[name].stat().st_mtime}
    return stored | ran


def relinked(path, home):
    """Reads a page of the repository, with its links as they must be on the site.

    Args:
        path: the page.
        home: the folder of the repository.

    Returns:
        The text. A link to what is a page of the site leads there, a link to another file to GitHub. Links to what
        isn't there stay as they are, so that Sphinx complains.
    """

    def lead(found):
        there = (path.parent / found[1]).resolve()
        if not there.exists() or not there.is_relative_to(home.resolve()):
            return found[1]
        name = there.relative_to(home.resolve()).as_posix()
        if name in _PAGES:
            return _PAGES[name]
        if page := re.fullmatch(r"docs/([^/]+\.md)|notebooks/((?:assignments/)?[^/]+\.ipynb)", name):
            return page[1] or page[2]
        return address.page(name, "tree" if there.is_dir() else "blob")

    return _LINK.sub(lead, path.read_text(encoding="utf-8"))


def header(path, readme=""):
    """Reads what the first cell of a lecture says about it, and what the README's table says it teaches.

    Args:
        path: the notebook.
        readme: the README's text.

    Returns:
        A dict of `title`, `minutes`, `cells` (how long they run), `goals` (a list) and `teaches`; what isn't there is
        empty.
    """
    first = "".join(json.loads(Path(path).read_text(encoding="utf-8"))["cells"][0]["source"])
    title = re.search(r"^# (.+)$", first, re.M)
    time = re.search(r"^\*\*Time\.\*\*\s*(.+?)(?: of |\.|$)", first, re.M)
    cells = re.search(r"\bcells\s+run\s+in\s+([^.]+?)(?:\s+on\s+a\s+CPU)?\.", first)
    goals = re.search(r"^\*\*Goals\.\*\*.*?\n\n((?:- .*\n(?:  .*\n)*)+)", first + "\n", re.M)
    items = re.split(r"^- ", goals.group(1), flags=re.M)[1:] if goals else []
    row = re.search(rf"^\|[^|]*\|[^|]*\b{re.escape(Path(path).name)}\)[^|]*\|([^|]*)\|", readme, re.M)
    return {
        "title": title.group(1).strip() if title else Path(path).stem,
        "minutes": time.group(1).strip() if time else "",
        "cells": " ".join(cells.group(1).split()) if cells else "",
        "goals": [" ".join(item.split()).rstrip(";.") for item in items],
        "teaches": row.group(1).strip() if row else "",
    }


def _rows(root):
    try:
        return json.loads((Path(root) / "build" / "run.json").read_text(encoding="utf-8"))["lectures"]
    except (OSError, ValueError, KeyError):
        return []
