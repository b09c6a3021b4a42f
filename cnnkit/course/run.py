"""Executes the lectures into `build/`, goes on past one that fails, and builds the site from them.

Nothing is written into `notebooks/`. Data are the offline ones unless the environment says otherwise:
`CNNKIT_OFFLINE=0` allows downloads, `CNNKIT_DATA=FOLDER` uses the data sets in that folder.
"""

import json
import platform
import re
import sys
import time
from importlib import metadata

from .._machine import cores
from . import kernels, lectures, site


def add_arguments(parser):
    """Adds the arguments of `run`."""
    lectures.add_arguments(parser)
    parser.add_argument("--cell-timeout", type=float, default=600, help="seconds for one cell (default 600)")
    parser.add_argument("--no-site", action="store_true", help="only execute, build no site")


def main(args):
    """Runs the command; returns 0, 1 if a lecture or the site failed, 2 for a name that isn't there."""
    try:
        root = lectures.find_root(args.root)
        chosen = lectures.select(args.lectures, lectures.find(root / "notebooks", ".ipynb"))
    except (FileNotFoundError, ValueError) as error:
        return lectures.complain(error)
    if not chosen:
        return lectures.complain(
            f"There is no lecture in {root / 'notebooks'}. Make one: `python -m cnnkit sync`."
        )
    rows = execute(root, chosen, cell_timeout=args.cell_timeout)
    report(root, rows)
    print()
    print(table(rows))
    for row in rows:
        if row["result"] != "passed":
            print(f"\n{row['lecture']}, {_where(row)}: {row['error']}", file=sys.stderr)
            print(
                "".join(f"    {line}\n" for line in row["source"].splitlines()[:15]), end="", file=sys.stderr
            )
    built = args.no_site or site.build(root) == 0
    return 0 if built and all(row["result"] == "passed" for row in rows) else 1


def execute(root, chosen, *, cell_timeout=600):
    """Executes lectures one after the other, with a progress bar over all their cells.

    Args:
        root: the course's folder; the executed notebooks go to `build/notebooks` in it.
        chosen: `{name: path}` of the notebooks.
        cell_timeout: seconds for one cell.

    Returns:
        A list of dicts: `lecture`, `seconds`, `peak_mb`, `result` ("passed" or "failed"), and for a failed
        one `cell`, `error`, `source`.
    """
    import nbformat
    from tqdm import tqdm

    from . import sync

    env = kernels.environment(root / "build" / "kernels", offline_data=False)
    notebooks = {}
    for name, path in chosen.items():
        notebook = nbformat.read(path, as_version=4)
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        notebooks[name] = notebook
    target = root / "build" / "notebooks"
    target.mkdir(parents=True, exist_ok=True)
    rows = []
    cells = sum(len(notebook.cells) for notebook in notebooks.values())
    # A log file gets a line now and then; a terminal a bar that moves.
    every = 0.3 if sys.stdout.isatty() else 20
    with tqdm(total=cells, unit="cell", file=sys.stdout, mininterval=every, maxinterval=every) as bar:
        for name, notebook in notebooks.items():
            bar.set_description(name)
            before = bar.n
            outcome = kernels.execute(
                notebook, cwd=target, env=env, cell_timeout=cell_timeout, on_cell=lambda _: bar.update()
            )
            bar.update(before + len(notebook.cells) - bar.n)
            sync.clean(notebook)
            lectures.write(target / f"{name}.ipynb", nbformat.writes(notebook) + "\n")
            row = {
                "lecture": name,
                "seconds": round(outcome.seconds, 1),
                "peak_mb": round(outcome.peak_bytes / 2**20),
                "result": "passed" if outcome.passed else "failed",
            }
            if not outcome.passed:
                error = re.sub(r"\x1b\[[0-9;]*m", "", outcome.error).strip()
                row |= {"cell": outcome.failed_cell, "error": error, "source": outcome.failed_source}
                bar.write(f"{name} failed at {_where(row)}: {error.splitlines()[-1]}", file=sys.stdout)
            rows.append(row)
    return rows


def report(root, rows):
    """Writes the table as `build/run.json`, with what it was measured on."""
    installed = metadata.packages_distributions()  # TensorFlow comes as tensorflow or as tensorflow-cpu
    about = {
        "date": time.strftime("%Y-%m-%d"),
        "python": platform.python_version(),
        **{
            name: metadata.version(installed[name][0])
            for name in ("keras", "tensorflow")
            if name in installed
        },
        "machine": platform.machine(),
        "system": platform.system(),
        "cores": cores(),
        "lectures": rows,
    }
    lectures.write(root / "build" / "run.json", json.dumps(about, indent=1, ensure_ascii=False) + "\n")


def table(rows):
    """The closing table as text: lecture, seconds, peak memory, result."""
    width = max(len("lecture"), *(len(row["lecture"]) for row in rows))
    lines = [f"{'lecture':{width}}  seconds  peak MB  result"]
    lines.append("-" * len(lines[0]))
    for row in rows:
        peak = f"{row['peak_mb']:7}" if row["peak_mb"] else "      ?"
        result = row["result"]
        if result != "passed":
            last = row["error"].splitlines()[-1] if row["error"] else ""
            result = f"FAILED at {_where(row)}: {last[:80]}"
        lines.append(f"{row['lecture']:{width}}  {row['seconds']:7.1f}  {peak}  {result}")
    seconds = sum(row["seconds"] for row in rows)
    peak = max(row["peak_mb"] for row in rows)
    failed = sum(row["result"] != "passed" for row in rows)
    verdict = "all passed" if not failed else f"{failed} of {len(rows)} failed"
    lines += ["-" * len(lines[0]), f"{'together':{width}}  {seconds:7.1f}  {peak:7}  {verdict}"]
    return "\n".join(lines)


def _where(row):
    return f"cell {row['cell']}" if row.get("cell") else "its start"
