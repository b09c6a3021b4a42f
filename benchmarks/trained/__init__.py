"""Trainings over several seeds, into cnnkit/results.json: `python -m benchmarks train [NAMES…]`.

A module of this folder holds experiments. An experiment is a function of a seed that trains, tests once, and returns
its numbers. Each seed is written as soon as it is done, so a run that is cut off goes on where it stopped.
"""

import hashlib
import importlib
import inspect
import json
import os
import pkgutil
import tempfile
import time
from pathlib import Path

from cnnkit import results

from ..measure import machine

__all__ = ["EXPERIMENTS", "experiment", "load", "measure", "record"]

EXPERIMENTS = {}


class Experiment:
    """One thing to measure: its name, what it is in words, the data, and the function that measures it."""

    def __init__(self, name, title, source, run):
        self.name, self.title, self.source, self.run = name, title, source, run

    @property
    def key(self):
        return f"{self.name}@{self.source}"

    @property
    def command(self):
        return f"python -m benchmarks train {self.name}"

    @property
    def recipe(self):
        """A hash of the module that the experiment stands in: seeds of different code are not mixed."""
        text = inspect.getsource(inspect.getmodule(self.run))
        return hashlib.sha256(text.encode()).hexdigest()[:12]


def experiment(name, title, *, source="real"):
    """Register the function below as the experiment `name`: it takes a seed and returns a dict of numbers."""

    def register(run):
        if name in EXPERIMENTS:
            raise ValueError(f"There are two experiments with the name {name!r}.")
        EXPERIMENTS[name] = Experiment(name, title, source, run)
        return run

    return register


def load():
    """Import every module of this folder, so that all experiments are registered."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    return EXPERIMENTS


def choose(patterns):
    """Return the experiments whose name is one of `patterns` or begins with one of them and a dot."""
    every = load()
    if not patterns:
        return list(every.values())
    chosen = []
    for pattern in patterns:
        found = [e for name, e in every.items() if name == pattern or name.startswith(f"{pattern}.")]
        if not found:
            raise ValueError(f"No experiment {pattern!r}; there are {', '.join(every)}.")
        chosen += [e for e in found if e not in chosen]
    return chosen


def measure(experiments, seeds=5, again=False, keep=False):
    """Run the missing seeds, one experiment after the other within each seed, so that a busy hour hits all alike.

    Args:
        experiments: list of `Experiment`.
        seeds: how many, from 0 on.
        again: True forgets what was measured before.
        keep: True keeps seeds that were measured with other code in the same module.
    """
    for one in experiments:
        entry = _read().get(one.key)
        stale = entry and entry.get("recipe") != one.recipe and not keep
        if again or stale:
            print(f"{one.name}: measured anew" + (" (its code has changed)" if stale else ""), flush=True)
            _update(one.key, None)
    for seed in range(seeds):
        for one in experiments:
            if str(seed) in _read().get(one.key, {}).get("seeds", {}):
                continue
            start = time.perf_counter()
            numbers = one.run(seed)
            seconds = time.perf_counter() - start
            shown = ", ".join(f"{k} {v:.4g}" for k, v in numbers.items() if not isinstance(v, list))
            print(f"{one.name}, seed {seed}: {shown} (in all {seconds:.0f} s)", flush=True)
            record(one.name, one.source, one.title, one.command, seed, numbers, recipe=one.recipe)


def record(name, source, title, command, seed, numbers, recipe=None):
    """Write the numbers of one seed into results.json, at once and whole."""

    def add(entry):
        entry = entry or {"seeds": {}}
        entry.update(title=title, command=command, machine=machine())
        if recipe:
            entry["recipe"] = recipe
        entry["seeds"][str(seed)] = {k: _rounded(v) for k, v in numbers.items()}
        return entry

    _update(f"{name}@{source}", add)


def _rounded(value):
    if isinstance(value, (list, tuple)):
        return [_rounded(v) for v in value]
    return round(float(value), 5)


def _read():
    return json.loads(results.FILE.read_text(encoding="utf-8")) if results.FILE.exists() else {}


def _update(key, change):
    """Replace one entry; two commands at once wait for each other, and a file half written is never seen."""
    from filelock import FileLock

    with FileLock(Path(tempfile.gettempdir()) / "cnnkit-results.lock"):
        everything = _read()
        new = change(everything.get(key)) if change else None
        if new is None:
            everything.pop(key, None)
        else:
            everything[key] = new
        text = json.dumps(everything, indent=1, sort_keys=True, ensure_ascii=False)
        scratch = results.FILE.with_suffix(".new")
        scratch.write_text(_compact(text) + "\n", encoding="utf-8")
        os.replace(scratch, results.FILE)


def _compact(text):
    """Lists of numbers on one line, so that a curve does not take a page."""
    import re

    return re.sub(r"\[\s+([^\[\]{}]*?)\s+\]", lambda m: "[" + re.sub(r",\s+", ", ", m[1]) + "]", text)
