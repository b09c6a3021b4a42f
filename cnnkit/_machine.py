"""What the machine that we run on has to offer."""

import os

__all__ = ["cores"]


def cores():
    """The number of CPU cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1  # macOS, Windows
