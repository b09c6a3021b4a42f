"""Many pictures of one seed: in turn, or with several processes side by side."""

import os
import pickle
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np

from ..._machine import cores

# Below this many pictures for each process, starting one costs more than it saves.
PICTURES_PER_PROCESS = 200


def draw_series(request, first, count, workers=None):
    """Draw pictures first … first + count − 1 of a request.

    Args:
        request: dict with `kind` ("cats_vs_dogs" or "aerial"), `seed`, `height`, `width`, `options`, `masks`.
        first, count: ints; which pictures.
        workers: processes at most; `None` uses the cores that this process may use.

    Returns:
        (images, labels, factors) as the public functions return them.
    """
    if workers is None:
        workers = min(cores(), count // PICTURES_PER_PROCESS)
    workers = max(1, min(workers, count))
    edges = [first + count * k // workers for k in range(workers + 1)]
    ranges = [(low, high - low) for low, high in pairwise(edges)]
    children = [_start(request, *part) for part in ranges[1:]]
    parts = [_draw_range(request, *ranges[0])]  # this process draws the first part meanwhile
    for child, part in zip(children, ranges[1:], strict=True):
        parts.append(_collect(child) or _draw_range(request, *part))
    if len(parts) == 1:
        return parts[0]
    images, labels, factors = zip(*parts, strict=True)
    joined = {name: np.concatenate([f[name] for f in factors]) for name in factors[0]}
    return np.concatenate(images), np.concatenate(labels), joined


def _draw_range(request, first, count):
    height, width = request["height"], request["width"]
    images = np.empty((max(count, 1), height, width, 3), np.uint8)
    labels = np.empty(max(count, 1), np.int64)
    masks = np.empty((max(count, 1), height, width), bool) if request["masks"] else None
    rows = []
    draw = _painter(request["kind"])
    for k in range(max(count, 1)):  # of no picture at all, one is drawn to know the factors' names and types
        images[k], coverage, factors = draw(request["seed"], first + k, height, width, **request["options"])
        labels[k] = factors.pop("label")
        mask = coverage >= 128
        factors["box"] = _box(mask)
        factors["area"] = int(np.count_nonzero(mask))
        if masks is not None:
            masks[k] = mask
        rows.append(factors)
    columns = {name: np.array([row[name] for row in rows])[:count] for name in rows[0]}
    if masks is not None:
        columns["mask"] = masks[:count]
    return images[:count], labels[:count], columns


def _painter(kind):
    # Imported here, since a process needs only one of the two.
    if kind == "aerial":
        from .lands import picture
    else:
        from .animals import picture
    return picture


def _box(mask):
    """(left, top, right, bottom) of the True pixels, right and bottom excluded; zeros if there are none."""
    down, across = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(down):
        return (0, 0, 0, 0)
    return (int(across[0]), int(down[0]), int(across[-1]) + 1, int(down[-1]) + 1)


def _start(request, first, count):
    """Start another Python that draws a range; `None` where that is not possible.

    Not `multiprocessing`: a fork can hang once TensorFlow has started its threads, and a spawn runs the
    user's own script again unless it is guarded.
    """
    root = str(Path(__file__).resolve().parents[3])
    path = os.pathsep.join([root, *filter(None, [os.environ.get("PYTHONPATH")])])
    code = f"from {__name__} import serve; serve()"
    try:
        child = subprocess.Popen(
            [sys.executable, "-c", code],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": path},
        )
        pickle.dump((request, first, count), child.stdin)
        child.stdin.close()
    except OSError:
        return None
    return child


def _collect(child):
    """What the child drew; `None` if it failed, so that its part is drawn here instead."""
    if child is None:
        return None
    with child:
        try:
            return pickle.load(child.stdout)
        except (EOFError, pickle.UnpicklingError, OSError):
            return None


def serve():
    """The other end: read a request from standard input, draw it, write the arrays to standard output."""
    request, first, count = pickle.load(sys.stdin.buffer)
    answer = sys.stdout.buffer
    sys.stdout = sys.stderr
    pickle.dump(_draw_range(request, first, count), answer, protocol=5)
    answer.flush()
