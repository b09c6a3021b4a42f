"""Executes the Markdown sources of the lectures and stores the notebooks with their outputs.

Of an assignment the instructor's version is executed, and the student's version is stored.

`notebooks/source/03_….md` is what people edit and review; `notebooks/03_….ipynb` is what students run. A
notebook is written only if all of it executed, offline, and it is written so that a second run changes as
little as possible: cell ids follow from the cells' text, and nothing that depends on the hour is kept.
"""

import base64
import hashlib
import io
import re
import sys
import tempfile
from pathlib import Path

from . import assignments, kernels, lectures

_ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]{6,}")
_LARGE = 400_000  # bytes of one picture, above which its author hears about it


def add_arguments(parser):
    """Adds the arguments of `sync`."""
    lectures.add_arguments(parser)
    parser.add_argument("--cell-timeout", type=float, default=600, help="seconds for one cell (default 600)")


def main(args):
    """Runs the command; returns 1 if a lecture failed, 2 if it was asked for something that isn't there."""
    try:
        root = lectures.find_root(args.root)
        sources = lectures.find(root / "notebooks" / "source", ".md")
        papers = assignments.find(root)
        named = [word for word in args.lectures if Path(word).name[:2].upper() in papers]
        others = [word for word in args.lectures if word not in named]
        chosen = lectures.select(others, sources) if others or not named else {}
        tasks = assignments.select(named, papers) if named or not others else {}
    except (FileNotFoundError, ValueError) as error:
        return lectures.complain(error)
    failed = [name for name in chosen if not _sync(root, name, chosen[name], args.cell_timeout)]
    failed += [name for name in tasks if not _sync_assignment(root, tasks[name], args.cell_timeout)]
    if failed:
        print(f"Not written: {', '.join(failed)}.", file=sys.stderr)
    return 1 if failed else 0


def _sync(root, name, source, cell_timeout):
    import nbformat

    notebook = read_source(source)
    seconds = _execute(root, name, notebook, cell_timeout)
    if seconds is None:
        return False
    clean(notebook)
    nbformat.validate(notebook)
    text = nbformat.writes(notebook) + "\n"
    done = _store(root / "notebooks" / f"{name}.ipynb", text)
    print(f"{done}, {seconds:.1f} s, {len(text) / 1e6:.2f} MB")
    for remark in remarks(notebook):
        print(f"  note: {remark}", file=sys.stderr)
    return True


def _sync_assignment(root, source, cell_timeout):
    """Executes the solutions and all tests; if they pass, nbgrader makes the student's version."""
    name = source.stem
    seconds = _execute(root, name, assignments.read(source), cell_timeout)
    if seconds is None:
        return False
    try:
        text = assignments.student_version(source)
    except assignments.ReleaseError as error:
        print("failed")
        print(error, file=sys.stderr)
        return False
    done = _store(root / "notebooks" / "assignments" / f"{name}.ipynb", text)
    print(f"{done}, {seconds:.1f} s")
    return True


def _execute(root, name, notebook, cell_timeout):
    """Executes offline, in an empty folder; returns the seconds, or None if a cell failed, which is told."""
    print(f"{name} …", end=" ", flush=True)
    env = kernels.environment(root / "build" / "kernels", offline_data=True)
    with tempfile.TemporaryDirectory(prefix="cnnkit-") as folder:
        outcome = kernels.execute(notebook, cwd=folder, env=env, cell_timeout=cell_timeout)
    if outcome.passed:
        return outcome.seconds
    print(f"failed after {outcome.seconds:.1f} s")
    print(explain(name, outcome), file=sys.stderr)
    return None


def _store(target, text):
    """Writes the file unless it holds this text already; returns the word for what was done."""
    if target.exists() and target.read_text(encoding="utf-8") == text:
        return "unchanged"
    lectures.write(target, text)
    return "written"


def read_source(path):
    """Reads a Markdown source as a notebook with the course's metadata and stable cell ids, not executed."""
    import jupytext

    notebook = jupytext.reads(path.read_text(encoding="utf-8"), fmt="md:myst")
    kept = notebook.metadata.get("cnnkit")
    notebook.metadata.clear()
    if kept:
        notebook.metadata["cnnkit"] = kept
    notebook.metadata["kernelspec"] = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook.metadata["language_info"] = {"name": "python", "pygments_lexer": "ipython3"}
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    set_ids(notebook)
    return notebook


def set_ids(notebook):
    """Gives each cell an id that follows from its text, so that an edit changes that cell's id only."""
    seen = {}
    for cell in notebook.cells:
        text = f"{cell.cell_type}\n{cell.source}"
        seen[text] = seen.get(text, -1) + 1
        cell["id"] = hashlib.sha256(f"{text}\n{seen[text]}".encode()).hexdigest()[:8]


def clean(notebook):
    """Takes out of an executed notebook what changes from run to run, and gives each picture its alt text."""
    notebook.metadata.pop("widgets", None)
    notebook.metadata["language_info"] = {"name": "python", "pygments_lexer": "ipython3"}
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type != "code":
            continue
        for output in cell.outputs:
            if "image/png" in output.get("data", {}):
                output.data["image/png"] = _smaller(output.data["image/png"])
            set_alt(output)


def set_alt(output):
    """Writes the sentence that goes with a picture where readers of the notebook look for its alt text."""
    data = output.get("data", {})
    sentence = data.get("text/plain", "").strip()
    for kind in ("image/png", "image/jpeg", "image/svg+xml"):
        if kind in data and sentence and not sentence.startswith("<"):
            output.metadata.setdefault(kind, {})["alt"] = " ".join(sentence.split())


def remarks(notebook):
    """Lists what an author should mend before a notebook can pass the tests."""
    found = []
    if "widgets" in notebook.metadata:
        found.append("it stores widget state, which GitHub cannot show")
    for number, cell in enumerate(notebook.cells, 1):
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if output.get("name") == "stderr":
                found.append(f"cell {number} writes to stderr: {output.text.strip().splitlines()[-1][:100]}")
            text = output.get("text", "") + data.get("text/plain", "")
            if _ADDRESS.search(text):
                found.append(f"cell {number} prints an object's address: {_ADDRESS.search(text).group()}")
            if "image/png" in data:
                if "alt" not in output.metadata.get("image/png", {}):
                    found.append(f"cell {number} has a picture without a sentence: use cnnkit.plot.describe")
                if len(data["image/png"]) > _LARGE:
                    size = len(data["image/png"]) / 1e6
                    found.append(f"cell {number} has a picture of {size:.1f} MB: draw it smaller or crop it")
    return found


def explain(name, outcome):
    """Says which cell of a lecture failed, how, and on which line."""
    where = f"cell {outcome.failed_cell}" if outcome.failed_cell else "before its first cell"
    lines = [f"{name} failed at {where}: {outcome.error}"]
    if outcome.failed_source:
        lines += ["", *(f"    {line}" for line in outcome.failed_source.splitlines())]
    if outcome.traceback:
        plain = re.sub(r"\x1b\[[0-9;]*m", "", outcome.traceback)
        lines += ["", *plain.splitlines()[-25:]]
    if outcome.log.strip() and not outcome.traceback:
        lines += ["", "The kernel's log ends:", *outcome.log.strip().splitlines()[-10:]]
    return "\n".join(lines)


def _smaller(png):
    """Packs a picture again without loss: no opaque alpha channel, no text chunks with version numbers."""
    from PIL import Image

    raw = base64.b64decode(png)
    with Image.open(io.BytesIO(raw)) as image:
        image.load()
    if image.mode == "RGBA" and image.getextrema()[3] == (255, 255):
        image = image.convert("RGB")
    if image.mode == "RGB" and (colours := image.getcolors(256)) is not None:
        # 256 colours or fewer fit a palette exactly.
        image = image.convert("P", palette=Image.Palette.ADAPTIVE, colors=max(len(colours), 2))
    packed = io.BytesIO()
    image.save(packed, format="PNG", optimize=True)
    smaller = min(packed.getvalue(), raw, key=len)
    return base64.b64encode(smaller).decode("ascii") + "\n"
