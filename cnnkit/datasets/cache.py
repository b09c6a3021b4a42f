"""Where the data lie: the cache folder, and the switch that forbids downloads."""

import os
import sys
from pathlib import Path

__all__ = ["cache_folder", "offline"]


def cache_folder():
    """Return the folder that holds downloaded and drawn data; it need not exist yet.

    The environment variable ``CNNKIT_DATA`` names it; without it, it is ``cnnkit`` in the user's cache folder
    (``~/.cache`` on Linux, ``~/Library/Caches`` on macOS, ``%LOCALAPPDATA%`` on Windows).

    Layout: ``mnist.npz``, ``cats_vs_dogs/{train,validation}/{cats,dogs}/*.jpg``, ``uc_merced/<class>/*``,
    ``weights/*``. A folder with this layout may be read-only.

    Returns:
        A `pathlib.Path`.
    """
    named = os.environ.get("CNNKIT_DATA", "").strip()
    if named:
        return Path(named).expanduser()
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "cnnkit"


def offline():
    """Say whether ``CNNKIT_OFFLINE`` forbids downloads (set to anything but ``0``, ``no`` or ``false``)."""
    return os.environ.get("CNNKIT_OFFLINE", "").strip().lower() not in ("", "0", "no", "false")
