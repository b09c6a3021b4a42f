"""What holds for every test: offline data, quiet kernels, and the known traps of nbval.

- No test downloads anything, and none sees the pictures that this user happens to have in the cache. Only
  tests marked `real_data` see the folder that CNNKIT_DATA names; without it they are skipped.
- The kernels that nbval starts are those of `python -m cnnkit sync`, which stored what they are compared to.
- nbval gives up on a cell's output after 5 seconds, which a busy machine needs now and then: here it is 120.
"""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

_ROOT = Path(__file__).parent
_OUTPUT_TIMEOUT = 120

_real_data = os.environ.get("CNNKIT_DATA")
_own_data = None


def pytest_configure(config):
    global _own_data
    os.environ.setdefault("CNNKIT_OFFLINE", "1")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    _own_data = tempfile.mkdtemp(prefix="cnnkit-tests-")
    _start_quiet_kernels()


def pytest_unconfigure(config):
    if _own_data:
        shutil.rmtree(_own_data, ignore_errors=True)


def pytest_collection_modifyitems(items):
    for item in items:
        if hasattr(item, "output_timeout"):  # a cell of a notebook
            item.output_timeout = _OUTPUT_TIMEOUT
        if item.get_closest_marker("real_data") and not _real_data:
            item.add_marker(pytest.mark.skip(reason="CNNKIT_DATA names no folder with the real data sets"))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    # Before any fixture is made, so that fixtures of every scope see the folder that belongs to the test.
    real = item.get_closest_marker("real_data") and _real_data
    os.environ["CNNKIT_DATA"] = str(Path(_real_data).resolve()) if real else _own_data


def _start_quiet_kernels():
    try:
        import nbval.kernel
    except ImportError:
        return
    from cnnkit.course import kernels

    start = nbval.kernel.start_new_kernel

    def start_quiet(*args, **settings):
        env = kernels.environment(_ROOT / "build" / "kernels", offline_data=True)
        return start(*args, env=env, **settings)

    nbval.kernel.start_new_kernel = start_quiet
