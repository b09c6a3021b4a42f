"""The lectures' own trainings over several seeds: `python -m benchmarks lectures 08` executes lecture 08 five times.

What each `results.compare(name, …)` of the lecture is given goes into cnnkit/results.json, under that name and the
source of its data: the embedded digits or drawn pictures, and real MNIST where it is at hand. So the range that a
lecture shows comes from the very code that the lecture runs. `lectures A3` does so with the solutions of an assignment.
"""

import hashlib
import json
import tempfile
from pathlib import Path

from cnnkit.course import assignments, kernels, lectures

from .trained import _read, _update, record

ROOT = Path(__file__).parent.parent
OFFLINE = ("embedded", "drawn")  # sources of data that need no network


def measure(chosen=(), seeds=5, again=False):
    """Execute the chosen lectures with seeds 0, 1, …; what is there already is not run again.

    Args:
        chosen: names or numbers of lectures; none means all that compare anything.
        seeds: how many.
        again: True forgets what was measured before.

    Returns:
        A list of what failed, each a str.
    """
    failed = []
    there = lectures.find(ROOT / "notebooks", ".ipynb")
    there |= {path.stem: path for path in assignments.find(ROOT).values()}
    chosen = [next((name for name in there if name.startswith(f"{word}_")), word) for word in chosen]
    for lecture, path in lectures.select(chosen, there).items():
        notebook = _code(path)
        if "results.compare" not in _text(notebook):
            continue
        recipe = hashlib.sha256(_text(notebook).encode()).hexdigest()[:12]
        for source, env in _sources().items():
            mine = [
                key
                for key, entry in _read().items()
                if entry.get("lecture") == lecture and key.endswith("@real") == (source == "real")
            ]
            for key in mine:
                if again or _read()[key].get("recipe") != recipe:
                    _update(key, None)
            for seed in range(seeds):
                have = [k for k in mine if str(seed) in _read().get(k, {}).get("seeds", {})]
                if have:
                    continue
                if source == "real" and _same_everywhere(path):
                    break
                problem = _one(lecture, path, source, env, seed, recipe)
                if problem:
                    failed.append(problem)
                    print(f"  {problem}", flush=True)
    return failed


def run(path, env, seed=0):
    """Execute a notebook with a seed, and return (what its comparisons were given, the outcome)."""
    notebook = _code(path)
    for cell in notebook.cells:
        if "parameters" in cell.metadata.get("tags", []):
            cell.source = f"seed = {seed}"
            break
    else:
        raise ValueError(f"{path.name} has no cell tagged `parameters` that says `seed = 0`.")
    with tempfile.TemporaryDirectory() as folder:
        heard = Path(folder) / "results.jsonl"
        env = {**env, "CNNKIT_RESULTS_TO": str(heard)}
        outcome = kernels.execute(notebook, cwd=folder, env=env)
        lines = heard.read_text(encoding="utf-8").splitlines() if heard.exists() else []
    return [json.loads(line) for line in lines], outcome


def _one(lecture, path, source, env, seed, recipe):
    found, outcome = run(path, env, seed)
    print(f"{lecture}, {source} data, seed {seed}: {outcome.seconds:.0f} s", flush=True)
    if not outcome.passed:
        return f"{lecture} with seed {seed} on {source} data failed at cell {outcome.failed_cell}: {outcome.error}"
    command = f"python -m benchmarks lectures {lecture[:2]}"
    for one in found:
        if one["source"] in OFFLINE and source == "real":
            continue  # it takes the embedded digits or drawn pictures everywhere: measured with those
        data = one["source"] or source
        if data == "real" != source:
            return f"{lecture} was to run on {source} data and ran on {data}."
        shown = ", ".join(f"{k} {v:.4g}" for k, v in one["measured"].items())
        print(f"  {one['name']}: {shown}", flush=True)
        record(
            one["name"],
            data,
            f"{_title(lecture)}: {one['name'][3:]}",
            command,
            seed,
            one["measured"],
            recipe,
        )

        def belongs(entry):
            return {**entry, "lecture": lecture}

        _update(f"{one['name']}@{data}", belongs)
    return None


def _title(lecture):
    number = lecture[:2]
    return f"Lecture {int(number)}" if number.isdigit() else f"Assignment {number}"


def _same_everywhere(path):
    """Whether every comparison of the lecture names data that need no network, so that real ones change nothing."""
    text = _text(_code(path))
    named = sum(text.count(f'source="{source}", ') for source in OFFLINE)
    return text.count("results.compare(") == named


def _sources():
    """The environments that a lecture is run in: embedded data always, real ones where they are at hand."""
    from cnnkit.datasets import fetching

    folder = ROOT / "build" / "kernels"
    sources = {"embedded": kernels.environment(folder, offline_data=True)}
    if fetching.available("mnist"):
        sources["real"] = kernels.environment(folder, offline_data=False)
    else:
        print("MNIST is not at hand (CNNKIT_DATA): only the embedded digits are measured.")
    return sources


def _code(path):
    import nbformat

    if path.suffix == ".md":  # the instructor's version of an assignment
        return assignments.read(path)
    return nbformat.read(path, as_version=4)


def _text(notebook):
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
