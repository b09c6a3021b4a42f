"""Training that can be trusted: seeds, what is frozen and what moved, beginners' slips, several devices.

`compile` and `fit` stay where they belong, in the lecture. What is here looks at them: `check` before the
training, `expect_frozen` and `expect_changed` around it. `check` reports; what is called `expect_…` raises.
"""

from ._seeds import set_seed
from ._slips import Finding, Findings, check
from ._state import Changes, expect_changed, expect_frozen, snapshot

__all__ = [
    "Changes",
    "Finding",
    "Findings",
    "check",
    "expect_changed",
    "expect_frozen",
    "set_seed",
    "snapshot",
]
