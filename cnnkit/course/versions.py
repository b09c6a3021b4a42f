"""Tests the course with other versions, each in an environment of its own beside .venv, and keeps a record of it.

The notebooks are executed here, not compared: what other versions print of trained numbers differs from what is stored.
"""

import json
import os
import platform
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field
from pathlib import Path

from . import lectures, wheelhouse


@dataclass(frozen=True)
class Pair:
    """Versions to test together; what isn't pinned is the newest that pip finds."""

    what: str
    python: str
    pins: dict = field(default_factory=dict)


# The one place that names them.
PAIRS = {
    "oldest": Pair(
        "the oldest supported", "3.10", {"tensorflow": "2.18.0", "keras": "3.8.0", "numpy": "1.26.4"}
    ),
    "colab": Pair(
        "what Colab probably has", "3.12", {"tensorflow": "2.20.0", "keras": "3.13.2", "numpy": "2.0.2"}
    ),
    "newest": Pair("the newest there are", "3.13"),
}
LECTURES = ("03", "07", "08")
# What does not hang on these versions, or cannot pass with others than those that stored the outputs.
LEFT_OUT = {
    "test_notebooks": "compares stored outputs and sources",
    "test_prose_numbers": "reads text only",
    "test_links": "reads text only",
    "test_instructors": "reads text only",
    "test_relink": "reads text only",
    "test_course_site": "the site",
    "test_site": "the site",
    "test_slides": "the slides",
    "test_interactive_browser": "the browser",
    "test_interactive_jupyterlab": "the browser",
    "test_course": "executes and compares notebooks",
    "test_assignments_nbgrader": "nbgrader, which executes notebooks",
    "test_lectures_on_real_data": "needs data",
    "test_datasets_real": "needs data",
    "test_datasets_fetching": "downloads",
    "test_benchmarks": "the benchmarks",
}
RECORD = Path("tests") / "versions.json"
_PROBE = """
import json, platform, importlib.metadata as m
names = ("tensorflow", "keras", "numpy")
print(json.dumps({"python": platform.python_version(), **{name: m.version(name) for name in names}}))
"""


def add_arguments(parser):
    """Adds the arguments of `versions`."""
    parser.add_argument("pair", nargs="?", choices=PAIRS, help="which versions; none lists them")
    parser.add_argument("--interpreter", help="the Python to use (default: found by uv, or on the PATH)")
    parser.add_argument(
        "--lectures", nargs="*", default=list(LECTURES), metavar="NN", help="which to execute"
    )
    parser.add_argument("--no-tests", action="store_true", help="only execute the lectures")
    parser.add_argument("--only", nargs="+", metavar="FILE", help="only these test files: test_shapes, …")
    parser.add_argument("--record", action="store_true", help=f"note the result in {RECORD} and the README")
    parser.add_argument("--root", help="the course's folder (default: found from here upwards)")


def main(args):
    """Runs the command; returns 0, 1 if something failed, 2 if the environment could not be made."""
    if not args.pair:
        for name, pair in PAIRS.items():
            pins = ", ".join(f"{package} {version}" for package, version in pair.pins.items())
            print(
                f"{name:7}  Python {pair.python}, {pins or 'everything else as new as it gets'}: {pair.what}"
            )
        return 0
    try:
        root = lectures.find_root(args.root)
        chosen = lectures.select(args.lectures, lectures.find(root / "notebooks", ".ipynb"))
        python = environment(root, args.pair, args.interpreter)
    except (ValueError, OSError) as error:
        return lectures.complain(error)
    except subprocess.CalledProcessError as error:
        return lectures.complain(f"`{' '.join(map(str, error.cmd[:4]))} …` failed; the lines above say why.")
    start = time.perf_counter()
    row = json.loads(subprocess.run([python, "-c", _PROBE], stdout=subprocess.PIPE, check=True).stdout)
    row |= {"date": time.strftime("%Y-%m-%d"), "system": f"{platform.system()} {platform.machine()}"}
    print(", ".join(f"{name} {version}" for name, version in row.items()), flush=True)
    place = root / "build" / "versions" / args.pair
    if not args.no_tests:
        row["tests"] = run_tests(root, python, place, args.only)
    row["lectures"] = run_lectures(root, python, place, chosen)
    row["seconds"] = round(time.perf_counter() - start)
    if args.record:
        record(root, args.pair, row)
    print(f"\n{args.pair}: {summary(row)}")
    return 0 if passed(row) else 1


def environment(root, name, interpreter=None):
    """Makes `.venv-NAME` beside .venv, or brings it up to date.

    Args:
        root: the course's folder.
        name: a key of `PAIRS`.
        interpreter: a Python, `None` to look for one of the right version.

    Returns:
        The path of the environment's Python.

    Raises:
        FileNotFoundError: there is no such Python.
        subprocess.CalledProcessError: a package cannot be installed.
    """
    pair, folder = PAIRS[name], root / f".venv-{name}"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    uv = shutil.which("uv")
    if not python.exists():
        found = interpreter or _on_path(pair.python) or _this(pair.python)
        if uv:
            subprocess.run([uv, "venv", "--seed", "--python", found or pair.python, folder], check=True)
        elif found:
            subprocess.run([found, "-m", "venv", folder], check=True)
        else:
            raise FileNotFoundError(
                f"Expected a Python {pair.python} for {pair.what} versions; received a machine without one, and "
                "without uv, which could fetch it. Another Python would not test what the name promises. Install one "
                f"of them, or name it: `python -m cnnkit versions {name} --interpreter PATH`."
            )
    pins = [f"{package}=={version}" for package, version in pair.pins.items()]
    # Of the newest: what was new last week may be old now.
    asked = [*([] if pins else ["--upgrade"]), "-e", f"{root}[{wheelhouse.wanted(root)}]", *pins]
    install = [uv, "pip", "install", "--python", python] if uv else [python, "-m", "pip", "install"]
    subprocess.run([*install, "--quiet", *asked], check=True)
    return python


def run_tests(root, python, place, only=None):
    """Runs the package's tests in another environment.

    Args:
        root: the course's folder.
        python: the environment's Python.
        place: where the report goes.
        only: names of test files, `None` for all but those that are left out.

    Returns:
        A dict of counts: `passed`, `failed` (errors too), `skipped`; and of test files: `files`, `of`.
    """
    place.mkdir(parents=True, exist_ok=True)
    report = place / "tests.xml"
    report.unlink(missing_ok=True)
    there = [path for path in sorted((root / "tests").glob("test_*.py")) if path.stem not in LEFT_OUT]
    chosen = [path for path in there if only is None or path.stem in only]
    # pyproject.toml's own options compare notebooks.
    command = [
        python,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:nbval",
        "-o",
        "addopts=",
        f"--junitxml={report}",
        *chosen,
    ]
    subprocess.run(command, cwd=root, env={**os.environ, "CNNKIT_OFFLINE": "1"}, check=False)
    return counts(report) | {"files": len(chosen), "of": len(there)}


def counts(report):
    """Reads from pytest's XML how many tests passed, failed and were skipped; no report is one failure."""
    try:
        suite = ElementTree.parse(report).getroot().find("testsuite")
    except (OSError, ElementTree.ParseError):
        return {"passed": 0, "failed": 1, "skipped": 0}
    number, failures, errors, skipped = (
        int(suite.get(key)) for key in ("tests", "failures", "errors", "skipped")
    )
    failed = failures + errors
    return {"passed": number - failed - skipped, "failed": failed, "skipped": skipped}


def run_lectures(root, python, place, chosen):
    """Executes lectures in another environment, in a folder of their own: `build/run.json` belongs to `make run`.

    Returns:
        `{"03_convolution_1d": "passed"}`.
    """
    shutil.rmtree(place / "notebooks", ignore_errors=True)
    (place / "notebooks").mkdir(parents=True)
    for path in chosen.values():
        shutil.copy(path, place / "notebooks")
    told = place / "build" / "run.json"
    told.unlink(missing_ok=True)
    command = [python, "-m", "cnnkit", "run", *chosen, "--no-site", "--root", place]
    subprocess.run(command, cwd=root, env={**os.environ, "CNNKIT_OFFLINE": "1"}, check=False)
    rows = json.loads(told.read_text(encoding="utf-8"))["lectures"] if told.exists() else []
    return dict.fromkeys(chosen, "failed") | {row["lecture"]: row["result"] for row in rows}


def passed(row):
    """Whether all that was run has passed."""
    return not row.get("tests", {}).get("failed") and set(row["lectures"].values()) <= {"passed"}


def summary(row):
    """One line on what was run, and how it went."""
    words = []
    if "tests" in row:
        found = row["tests"]
        all_of_them = found["files"] == found["of"]
        files = f"{found['files']} files" if all_of_them else f"{found['files']} of {found['of']} files"
        results = (f"{found[word]:,} {word}" for word in ("passed", "failed", "skipped"))
        words.append(f"tests in {files}: {', '.join(results)}")
    went = {}
    for name, result in row["lectures"].items():
        went.setdefault(result, []).append(name[:2])
    words += [f"lectures {', '.join(names)} {result}" for result, names in went.items()]
    return "; ".join(words)


def record(root, name, row):
    """Notes a result in `tests/versions.json`, and writes the README's table from it."""
    path = root / RECORD
    rows = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    rows = {key: row if key == name else rows[key] for key in PAIRS if key == name or key in rows}
    lectures.write(path, json.dumps(rows, indent=1) + "\n")
    readme = root / "README.md"
    new = lectures.put_block(readme.read_text(encoding="utf-8"), "versions", table(rows))
    if new is not None:
        lectures.write(readme, new)


def table(rows):
    """The README's table, in Markdown."""
    lines = [
        "| | Python | TensorFlow | Keras | NumPy | What was run, and when |",
        "|---|---|---|---|---|---|",
    ]
    for name, row in rows.items():
        versions = " | ".join(row[key] for key in ("python", "tensorflow", "keras", "numpy"))
        lines.append(f"| {PAIRS[name].what} | {versions} | {summary(row)} ({row['date']}) |")
    return "\n".join(lines)


def _on_path(version):
    found = shutil.which(f"python{version}")
    # pyenv has a name on the PATH for each Python that it has installed, also for those that it would not start now.
    if found and subprocess.run([found, "--version"], capture_output=True, check=False).returncode:
        return None
    return found


def _this(version):
    return sys.executable if platform.python_version().startswith(f"{version}.") else None
