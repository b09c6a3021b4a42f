"""Training that can be trusted: seeds, what is frozen and what moved, beginners' slips, several devices.

`compile` and `fit` stay where they belong, in the lecture. What is here looks at them: `check` before the
training, `expect_frozen` and `expect_changed` around it. `check` reports; what is called `expect_…` raises.
"""

import importlib

from ._distribution import distributed, worker
from ._launching import launch
from ._seeds import set_seed
from ._slips import Finding, Findings, check
from ._state import Changes, expect_changed, expect_frozen, snapshot

__all__ = [
    "Changes",
    "Finding",
    "Findings",
    "Progress",
    "check",
    "distributed",
    "expect_changed",
    "expect_frozen",
    "launch",
    "set_seed",
    "snapshot",
    "worker",
]


def __getattr__(name):
    if name == "Progress":  # a class made from one of Keras's: Keras is loaded only where it is used
        return importlib.import_module(f"{__name__}._progress").Progress
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}. It has: {', '.join(__all__)}.")


def __dir__():
    return sorted([*globals(), "Progress"])
