"""What all benchmarks share: run the ways side by side, take medians, say on what machine that was."""

import datetime
import platform
import statistics
import sys
import time
from importlib import metadata

from cnnkit._machine import cores

__all__ = ["machine", "side_by_side", "timed"]


def timed(work):
    """The seconds that one call of `work()` takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def side_by_side(task, ways, ours, repeats=5, scale=None, clock=timed):
    """Time several ways of doing the same task, taking turns, so that a busy moment slows all of them down.

    Args:
        task: what is done, in words.
        ways: dict of name → function without arguments. Each is called once beforehand to warm up.
        ours: the name of our own way; the others are compared with it.
        repeats: how many turns; the median counts.
        scale: dict of name → factor, for a way so slow that only a part of the task is timed.
        clock: function that takes a way and returns seconds.

    Returns:
        A list of rows, one a way: dicts with task, way, seconds (median), fastest, slowest, times_ours (how
        many times as long as ours), scaled (the factor, or None).
    """
    scale = scale or {}
    for work in ways.values():
        clock(work)
    runs = {name: [] for name in ways}
    for _ in range(repeats):
        for name, work in ways.items():
            runs[name].append(clock(work) * scale.get(name, 1))
    medians = {name: statistics.median(seconds) for name, seconds in runs.items()}
    return [
        {
            "task": task,
            "way": name,
            "seconds": medians[name],
            "fastest": min(seconds),
            "slowest": max(seconds),
            "times_ours": medians[name] / medians[ours],
            "scaled": scale.get(name),
        }
        for name, seconds in runs.items()
    ]


def device():
    """What trains here: the names of the GPUs, or CPU. TensorFlow is not loaded for the answer."""
    tensorflow = sys.modules.get("tensorflow")
    gpus = tensorflow.config.list_physical_devices("GPU") if tensorflow else []
    names = [tensorflow.config.experimental.get_device_details(gpu).get("device_name", "GPU") for gpu in gpus]
    return " and ".join(names) or "CPU"


def machine():
    """Where and when a benchmark was run: date, processors, device, Python and the packages that matter."""
    packages = ("cnnkit", "numpy", "scipy", "tensorflow", "keras", "pillow")
    versions = {}
    for name in packages:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return {
        "date": datetime.date.today().isoformat(),
        "cpus": cores(),
        "system": f"{platform.system()} {platform.machine()}",
        "device": device(),
        "python": platform.python_version(),
        **versions,
    }
