"""An assignment's cells in this process: what a grader says of an answer, without a kernel for each answer."""

import functools
import io
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NamedTuple

from cnnkit.course import assignments

ROOT = Path(__file__).resolve().parents[1]
PATHS = assignments.find(ROOT)


class Cell(NamedTuple):
    id: str  # "" for a cell without nbgrader's metadata
    source: str  # with IPython's magic turned into Python
    points: int | None  # None where nothing is graded
    is_answer: bool

    @property
    def task(self):
        return self.id.partition("-")[0]


@functools.lru_cache
def cells(key):
    """The code cells of the instructor's version."""
    from IPython.core.inputtransformer2 import TransformerManager

    found = []
    for cell in assignments.read(PATHS[key]).cells:
        if cell.cell_type == "code":
            settings = cell.metadata.get("nbgrader", {})
            source = TransformerManager().transform_cell(cell.source)
            graded = settings.get("grade", False)
            found.append(
                Cell(
                    settings.get("grade_id", ""),
                    source,
                    settings.get("points") if graded else None,
                    settings.get("solution", False),
                )
            )
    return found


def run(cell, names, source=None):
    """Executes a cell; returns the error that it ended in, or None."""
    import matplotlib.pyplot as plt

    try:
        code = compile(source or cell.source, f"<{cell.id or 'cell'}>", "exec")
        with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            exec(code, names)
    except Exception as error:
        return error
    finally:
        plt.close("all")
    return None


@functools.lru_cache
def solved(key):
    """Runs the instructor's version once.

    Returns:
        (errors, before, after): the error of each graded cell, None where it passed; the names that there were before
        each task's answer; and those there were in the end.
    """
    names, errors, before = {"__name__": "__main__"}, {}, {}
    for cell in cells(key):
        if cell.is_answer:
            before[cell.id] = dict(names)
        error = run(cell, names)
        if cell.points is not None:
            errors[cell.id] = error
        elif error is not None:
            raise error
    return errors, before, names


def grade(key, task, code, *, to_the_end=False, more_names=()):
    """Puts another answer in place of the solution of one task.

    Args:
        key: "A1".
        task: the name of the answer's cell.
        code: what the student writes there.
        to_the_end: also grades all later tasks, with their solutions; otherwise only this one.
        more_names: names that are there from the start, though they belong to a later state of the notebook.

    Returns:
        {id of a graded cell: the error it ended in, or None}.
    """
    _, before, _ = solved(key)
    names, errors, started = {**before[task], **dict(more_names)}, {}, False
    for cell in cells(key):
        if cell.id == task:
            started = True
            run(cell, names, code)
        elif started and cell.is_answer and to_the_end:
            run(cell, names)
        elif started and cell.points is not None and (to_the_end or cell.task == task):
            errors[cell.id] = run(cell, names)
    return errors
