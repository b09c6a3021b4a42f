"""How long each lecture runs and how much memory it takes at its peak, into run_times.json: what `python -m cnnkit run`
measures, recorded for the README."""

import json
from pathlib import Path

from cnnkit.course import lectures
from cnnkit.course import run as course

ROOT = Path(__file__).resolve().parents[1]
RECORD = Path(__file__).with_name("run_times.json")


def read():
    """The record: what `python -m cnnkit run` wrote about one run of all lectures; {} before the first."""
    return json.loads(RECORD.read_text(encoding="utf-8")) if RECORD.exists() else {}


def measure(last=False):
    """Record one run of all lectures.

    Args:
        last: True takes the run that `build/run.json` tells of, `make run` for example; False executes them now.

    Returns:
        What keeps the run from being recorded, a str; "" when all is well.
    """
    there = lectures.find(ROOT / "notebooks", ".ipynb")
    if not last:
        course.report(ROOT, course.execute(ROOT, there))
    told = ROOT / "build" / "run.json"
    if not told.exists():
        return f"There is no {told}: leave out --last, or run `python -m cnnkit run` first."
    run = json.loads(told.read_text(encoding="utf-8"))
    passed = {row["lecture"] for row in run["lectures"] if row["result"] == "passed"}
    if missing := sorted(set(there) - passed):
        return f"Expected a run in which every lecture passed; it lacks {', '.join(missing)}. Nothing was recorded."
    print(course.table(run["lectures"]))
    lectures.write(RECORD, json.dumps(run, indent=1, ensure_ascii=False) + "\n")
    return ""


def markdown(run):
    """The table for the README: lecture, seconds, peak memory, and on what machine that was."""
    if not run:
        return "Not measured yet: `python -m benchmarks run_times` does it."
    rows = run["lectures"]
    lines = ["| Lecture | Seconds | Peak memory, MB |", "|---|---:|---:|"]
    for row in rows:
        peak = f"{row['peak_mb']:,}" if row["peak_mb"] else "?"
        lines.append(f"| {row['lecture']} | {row['seconds']:.0f} | {peak} |")
    seconds, peak = sum(row["seconds"] for row in rows), max(row["peak_mb"] for row in rows)
    lines.append(f"| together | {seconds:.0f} ({seconds / 60:.1f} minutes) | {peak:,} at most |")
    lines += [
        "",
        f"Measured on {run['date']} with {run['cores']} processors, {run['system']} {run['machine']}, "
        + ", ".join(f"{name} {run[name]}" for name in ("python", "keras", "tensorflow") if name in run)
        + ".",
    ]
    return "\n".join(lines)
