"""How long `import cnnkit` takes in a fresh Python, against `import keras`."""

import subprocess
import sys

from .measure import side_by_side

TITLE = "Importing, in a fresh Python"


def seconds_to_import(name):
    """The seconds of the import alone, without those of starting Python."""
    code = f"import time; start = time.perf_counter(); import {name}; print(time.perf_counter() - start)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return float(done.stdout.split()[-1])


def run():
    ways = {f"import {name}": name for name in ("cnnkit", "numpy", "keras")}
    return side_by_side("fresh Python", ways, ours="import cnnkit", repeats=3, clock=seconds_to_import)
