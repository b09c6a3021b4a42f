"""Looks at this machine and says, for each problem, what to do about it.

It never dies of what it looks for: TensorFlow is imported in a process of its own with a time limit, and a
package that is missing is a line of the report. The exit status is 1 only for what stops the course.
"""

import importlib.metadata
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import textwrap
from dataclasses import dataclass

from .._machine import cores
from . import lectures

PYTHONS = ((3, 10), (3, 13))
# TensorFlow and Keras that have trained together, as (major, minor) of both.
PAIRS = ((2, 18, 3, 8), (2, 18, 3, 15), (2, 19, 3, 10), (2, 20, 3, 13), (2, 21, 3, 15))
_NEEDED = {
    "the lectures": (
        "numpy",
        "matplotlib",
        "pillow",
        "scikit-learn",
        "scikit-image",
        "pooch",
        "requests",
        "filelock",
        "simplejpeg",
        "tqdm",
    ),
    "running them from the command line": ("ipykernel", "jupytext", "nbclient", "nbformat", "psutil"),
    "the site": (
        "sphinx",
        "myst-nb",
        "sphinx-book-theme",
        "sphinx-copybutton",
        "math-core",
        "ziamath",
        "fonttools",
    ),
    "the slides": ("sphinx-revealjs", "markdown-it-py", "mdit-py-plugins"),
    "JupyterLab": ("jupyterlab",),
    "the tests": ("pytest", "pytest-xdist", "nbval", "scipy", "playwright", "axe-playwright-python", "ruff"),
}
_REAL_DATA = {
    "MNIST": "mnist.npz",
    "cats and dogs": "cats_vs_dogs",
    "UC Merced": "uc_merced",
    "pre-trained weights": "weights",
}
_PROBE = """
import json, os, sys, time
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
start = time.perf_counter()
import tensorflow as tf
import keras
gpus = tf.config.list_physical_devices("GPU")
names = [tf.config.experimental.get_device_details(gpu).get("device_name", gpu.name) for gpu in gpus]
print("\\n" + json.dumps({
    "tensorflow": tf.__version__, "keras": keras.__version__, "backend": keras.backend.backend(),
    "gpus": names, "seconds": time.perf_counter() - start}))
"""


@dataclass(frozen=True)
class Finding:
    """One line of the report: `level` is "ok", "note" or "STOP"."""

    level: str
    text: str
    what_to_do: str = ""

    def __str__(self):
        lines = [f"{self.level:4}  {self.text}"]
        if self.what_to_do:
            # A command stays in one piece, so that it can be copied.
            whole = re.sub("`[^`]+`", lambda command: command.group().replace(" ", "\0"), self.what_to_do)
            wrapped = textwrap.wrap(
                whole,
                94,
                initial_indent="      → ",
                subsequent_indent="        ",
                break_long_words=False,
                break_on_hyphens=False,
            )
            lines += [line.replace("\0", " ") for line in wrapped]
        return "\n".join(lines)


def add_arguments(parser):
    """Adds the arguments of `doctor`."""
    parser.add_argument("--root", help="the course's folder (default: found from here upwards)")
    parser.add_argument("--timeout", type=float, default=180, help="seconds for importing TensorFlow")


def main(args):
    """Prints the report; returns 1 if something stops the course."""
    stops = 0
    for finding in examine(args.root, timeout=args.timeout):
        print(finding, flush=True)
        stops += finding.level == "STOP"
    print()
    if stops:
        print(f"{stops} problem{'s' * (stops > 1)} to mend before the course can run.")
    else:
        print("The course can run here.")
    return 1 if stops else 0


def examine(root=None, *, timeout=180):
    """Yields a `Finding` for each thing that the course needs, as soon as it is known."""
    yield python()
    yield from packages()
    yield from tensorflow(timeout=timeout)
    yield memory()
    yield from cache()
    yield data()
    yield offline()
    yield from course(root)


def python(version=None):
    """Judges the version of Python, a tuple; `None` for the one that runs this."""
    version = tuple(version or sys.version_info[:3])
    number = ".".join(map(str, version))
    text = f"Python {number} ({platform.system()} {platform.machine()})"
    if PYTHONS[0] <= version[:2] <= PYTHONS[1]:
        return Finding("ok", text)
    oldest, newest = (f"{major}.{minor}" for major, minor in PYTHONS)
    return Finding(
        "STOP",
        text,
        f"The course needs Python {oldest} to {newest}: TensorFlow has no wheels for others. "
        f"Install one of these, remove .venv, and run `make run PYTHON=python{newest}`.",
    )


def packages(version=None):
    """Looks for the packages that the course needs; `version` finds one's version (for tests)."""
    version = version or importlib.metadata.version
    for purpose, names in _NEEDED.items():
        missing = []
        for name in names:
            try:
                version(name)
            except importlib.metadata.PackageNotFoundError:
                missing.append(name)
        if missing:
            yield Finding(
                "STOP" if purpose == "the lectures" else "note",
                f"for {purpose} there is no {', '.join(missing)}",
                f"In the course's folder: `{_python()} -m pip install -r requirements.txt`.",
            )
        else:
            yield Finding("ok", f"packages for {purpose}")


def tensorflow(*, timeout=180, probe=_PROBE):
    """Imports TensorFlow and Keras in another process, and judges versions, backend and GPU."""
    environ = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    try:
        done = subprocess.run(
            [sys.executable, "-c", probe],
            capture_output=True,
            text=True,
            timeout=timeout,
            env=environ,
            check=False,
        )
    except subprocess.TimeoutExpired:
        yield Finding(
            "STOP",
            f"importing TensorFlow was not done after {timeout:g} seconds",
            "A slow disk or a virus scanner reads its thousands of files. Try again: it is quicker the "
            "second time. Or give it longer: `python -m cnnkit doctor --timeout 600`.",
        )
        return
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [f"exit status {done.returncode}"])[-1]
        text = f"TensorFlow and Keras cannot be imported: {last[:160]}"
        yield Finding("STOP", text, _import_advice(done.returncode, done.stderr))
        return
    found = json.loads(done.stdout.strip().splitlines()[-1])
    yield from judge_tensorflow(found)


def judge_tensorflow(found):
    """Judges what the probe found: `tensorflow`, `keras`, `backend`, `gpus`, `seconds`."""
    ours, keras = _numbers(found["tensorflow"]), _numbers(found["keras"])
    text = f"TensorFlow {found['tensorflow']}, Keras {found['keras']}, imported in {found['seconds']:.0f} s"
    if ours < (2, 18) or keras < (3, 8):
        yield Finding(
            "STOP",
            text,
            "The course needs TensorFlow 2.18 and Keras 3.8 or newer: "
            f"`{_python()} -m pip install -U tensorflow keras`.",
        )
    elif ours + keras in PAIRS:
        yield Finding("ok", f"{text}; a pair known to work together")
    else:
        known = ", ".join(f"{a}.{b} with {c}.{d}" for a, b, c, d in PAIRS)
        yield Finding(
            "note", text, f"This pair has not been tried. Should something fail, use one of: {known}."
        )
    if found["backend"] != "tensorflow":
        yield Finding(
            "STOP",
            f"Keras uses the backend {found['backend']!r}",
            "The lectures feed Keras from tf.data. Unset KERAS_BACKEND, or set it to tensorflow, also in "
            "~/.keras/keras.json.",
        )
    if found["gpus"]:
        yield Finding("ok", f"GPU: {', '.join(found['gpus'])}")
    elif shutil.which("nvidia-smi"):
        yield Finding(
            "note",
            "there is a GPU, but TensorFlow does not see it; the course runs on the CPU",
            f'For the GPU on Linux: `{_python()} -m pip install "tensorflow[and-cuda]"`, then start anew.',
        )
    else:
        yield Finding("ok", f"no GPU, and none needed; {cores()} CPU cores")


def memory(total=None, free=None):
    """Judges the memory, in bytes; `None` to look."""
    if total is None:
        try:
            import psutil
        except ImportError:
            return Finding("note", "memory unknown: psutil is missing", "The course needs 4 GB.")
        total, free = psutil.virtual_memory().total, psutil.virtual_memory().available
    text = f"memory: {total / 2**30:.1f} GB, of which {free / 2**30:.1f} GB are free"
    if free >= 4 * 2**30:
        return Finding("ok", text)
    return Finding(
        "note", text, "A lecture takes up to 4 GB. Close other programs and other notebooks' kernels first."
    )


def cache():
    """Judges the cache folder: whether it can be written and what room there is."""
    where = _cache()
    if where is None:
        yield Finding("note", "cache unknown: cnnkit.datasets cannot be imported", "Mend the packages first.")
        return
    folder = where.cache_folder()
    there = folder
    while not there.exists() and there != there.parent:
        there = there.parent
    free = shutil.disk_usage(there).free
    if _writable(there):
        yield Finding("ok", f"cache: {folder}" + ("" if folder.exists() else " (made when needed)"))
    else:
        yield Finding(
            "note",
            f"cache: {folder} cannot be written",
            "What lies there is used, but nothing can be downloaded. To download, set CNNKIT_DATA to "
            "another folder.",
        )
    text = f"disk: {free / 2**30:.1f} GB free for the cache"
    if free >= 2**30:
        yield Finding("ok", text)
    else:
        yield Finding(
            "note", text, "All the data sets take 1 GB. Make room, or set CNNKIT_DATA to another disk."
        )


def data():
    """Lists which real data sets are at hand."""
    where = _cache()
    if where is None:
        return Finding("note", "data unknown: cnnkit.datasets cannot be imported", "Mend the packages first.")
    folder = where.cache_folder()
    there = [name for name, relative in _REAL_DATA.items() if (folder / relative).exists()]
    away = [name for name in _REAL_DATA if name not in there]
    if not away:
        return Finding("ok", f"real data at hand: {', '.join(there)}")
    at_hand = ", ".join(there) or "only those inside the packages"
    return Finding(
        "ok", f"real data at hand: {at_hand}; without {', '.join(away)} the lectures use stand-ins"
    )


def offline():
    """Says whether downloads are allowed."""
    where = _cache()
    if where is not None and where.offline():
        return Finding("ok", "CNNKIT_OFFLINE is set: nothing is downloaded")
    return Finding("ok", "downloads are allowed in a notebook; CNNKIT_OFFLINE=1 forbids them")


def course(root=None):
    """Says which lectures there are and how long they take."""
    try:
        root = lectures.find_root(root)
    except FileNotFoundError as error:
        yield Finding("note", "the lectures are not here", str(error))
        return
    found = lectures.find(root / "notebooks", ".ipynb")
    if not found:
        yield Finding("note", f"no lecture in {root / 'notebooks'}", "Make them: `python -m cnnkit sync`.")
        return
    try:
        measured = json.loads((root / "build" / "run.json").read_text(encoding="utf-8"))["lectures"]
    except (OSError, ValueError, KeyError):
        measured = []
    seconds = {row["lecture"]: row["seconds"] for row in measured if row["result"] == "passed"}
    known = [seconds[name] for name in found if name in seconds]
    each = sum(known) / len(known) if known else 40
    minutes = max(1, round((sum(known) + each * (len(found) - len(known))) / 60))
    how = "as measured here" if len(known) == len(found) else "roughly"
    plural = "s" * (len(found) > 1)
    yield Finding("ok", f"{len(found)} lecture{plural}; `make run` takes about {minutes} min ({how})")


def _import_advice(status, stderr):
    if "No module named" in stderr:
        return f"In the course's folder: `{_python()} -m pip install -r requirements.txt`."
    if status < 0 or "Illegal instruction" in stderr:
        return "It crashed. TensorFlow's wheels need a 64-bit processor with AVX; on others use Colab."
    if "numpy" in stderr.lower():
        return f"NumPy and TensorFlow do not fit: `{_python()} -m pip install -U tensorflow keras numpy`."
    return "Make the environment anew: remove .venv, then `make run`."


def _cache():
    try:
        from ..datasets import cache
    except ImportError:  # NumPy or another package is missing, which is a line of its own
        return None
    return cache


def _writable(folder):
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _numbers(version):
    return tuple(int(part) for part in version.split(".")[:2])


def _python():
    return "python" if sys.prefix != sys.base_prefix else "python3"
