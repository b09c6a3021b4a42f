"""The assignments: where their sources are, and how nbgrader makes a course of them.

`notebooks/assignments/source/A1_….md` is the instructor's version, with solutions and hidden tests. nbgrader itself
makes the student's version from it (`generate_assignment`); nothing is cut out here.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from . import lectures

_CONFIG = '''\
"""The settings of this nbgrader course. Written once by `python -m cnnkit release`; from then on it is yours."""

import os

c = get_config()  # noqa: F821

c.CourseDirectory.course_id = "cnnkit"

# A cell may train a network: seconds before nbgrader gives up on it.
c.Execute.timeout = 900

# TensorFlow's log and Python's warnings go to stderr, which nbgrader by itself takes for a failure.
c.IgnorePattern.enabled = True
c.IgnorePattern.pattern = r"(?s).*"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

# A graded cell that a student has deleted comes back, and is graded.
c.OverwriteCells.add_missing_cells = True

# What comes back: a folder for each student with the notebook in it, zipped or not, or one notebook each, called
# STUDENT_A1_….ipynb. Moodle's "Name_1234_assignsubmission_file" is understood as well.
c.FileNameCollectorPlugin.named_regexp = (
    r".*[/\\\\](?P<student_id>[^/\\\\]+?)(?:_\\d+_assignsubmission_file_?)?[/\\\\_](?P<file_id>A\\d_[a-z_]+)"
)
'''


class ReleaseError(Exception):
    """nbgrader could not make a student's version; the message says why."""


def find(root):
    """Lists the assignments: `{"A1": Path}` of the instructor's Markdown, in order."""
    folder = Path(root) / "notebooks" / "assignments" / "source"
    return {path.name[:2]: path for path in sorted(folder.glob("A[0-9]_*.md"))}


def select(wanted, there):
    """Picks the assignments that somebody names: `A1`, `a1`, `A1_convolution_by_hand`; all if none is named.

    Raises:
        ValueError: a name that fits no assignment; the message lists them.
    """
    chosen = {}
    for word in wanted or there:
        key = Path(word).name[:2].upper()
        if key not in there or not there[key].stem.lower().startswith(Path(word).stem.lower()):
            known = "\n".join(f"  {name}  {path.stem}" for name, path in there.items()) or "  (none)"
            raise ValueError(f"Expected an assignment; received {word!r}. Use one of these:\n{known}")
        chosen[key] = there[key]
    return dict(sorted(chosen.items()))


def read(path):
    """Reads the instructor's Markdown as a notebook, not executed, with stable cell ids."""
    from . import sync

    notebook = sync.read_source(path)
    # Without this, JupyterLab would pair the student's notebook as it pairs the lectures.
    notebook.metadata["jupytext"] = {"formats": "ipynb"}
    return notebook


def lay_out(folder, chosen):
    """Writes the instructor's side of an nbgrader course, and leaves every file alone that is there already.

    Args:
        folder: where the course goes.
        chosen: `{"A1": Path}` of the instructor's Markdown.

    Returns:
        A list of the paths that were there already and differ from ours.
    """
    import nbformat

    folder = Path(folder)
    texts = {folder / "nbgrader_config.py": _CONFIG}
    for key, path in chosen.items():
        (folder / "downloaded" / key / "archive").mkdir(parents=True, exist_ok=True)
        texts[folder / "source" / key / f"{path.stem}.ipynb"] = nbformat.writes(read(path)) + "\n"
    kept = []
    for path, text in texts.items():
        if not path.exists():
            lectures.write(path, text)
        elif path.read_text(encoding="utf-8") != text:
            kept.append(path)
    return kept


def environment():
    """The environment variables that nbgrader needs: it calls `alembic`, which lies beside this Python."""
    beside = str(Path(sys.executable).parent)
    return {**os.environ, "PATH": os.pathsep.join([beside, os.environ.get("PATH", "")])}


def generate(folder, key):
    """Lets nbgrader make the student's version of one assignment: `release/A1` from `source/A1`.

    Raises:
        ReleaseError: nbgrader is missing or refuses; the message ends with what it said.
    """
    command = [sys.executable, "-m", "nbgrader", "generate_assignment", key]
    done = subprocess.run(command, cwd=folder, env=environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()[-8:]
        if any("No module named nbgrader" in line for line in said):
            raise ReleaseError(
                "nbgrader is missing. It comes with `pip install nbgrader`, or with requirements.txt."
            )
        raise ReleaseError("\n  ".join([f"nbgrader could not make the student's version of {key}:", *said]))


def student_version(path):
    """Returns the student's version of one assignment as the text of a notebook.

    Raises:
        ReleaseError: nbgrader is missing or refuses.
    """
    path = Path(path)
    with tempfile.TemporaryDirectory(prefix="cnnkit-") as folder:
        lay_out(folder, {path.name[:2]: path})
        generate(folder, path.name[:2])
        return (Path(folder) / "release" / path.name[:2] / f"{path.stem}.ipynb").read_text(encoding="utf-8")
