"""Kernels for the course: quiet, the same everywhere, and watched while they run.

The traps of executing notebooks are handled here once, for `sync`, `run` and the tests:

- TensorFlow's C++ side writes log lines to file descriptor 2, which ipykernel copies into the notebook. Our
  kernels leave that descriptor alone and send it to a log file; `sys.stderr` still reaches the notebook.
- A kernel named `python3` may be another Python's. Ours is always the Python that runs this.
- A picture cache in the user's folder would turn the offline data into real ones, and the stored outputs with
  them. Offline kernels get a cache of their own.
"""

import contextlib
import os
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from .lectures import write

# Read by the kernel when it starts. The log is named by the environment, so that one profile serves all.
_PROFILE = '''\
"""How the course's kernels start. Written by cnnkit.course.kernels."""
import os

c = get_config()  # noqa: F821
# C++ libraries (TensorFlow's) log to file descriptor 2: that is for the log file, not for the notebook.
c.IPKernelApp.capture_fd_output = False
# Several kernels at once would wait for each other's history.
c.HistoryManager.enabled = False

_log = os.environ.get("CNNKIT_KERNEL_LOG")
if _log:
    _fd = os.open(_log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    os.dup2(_fd, 2)
    os.close(_fd)
'''


def environment(folder, *, offline_data, environ=None):
    """Makes the environment variables of a quiet kernel.

    Args:
        folder: where the kernel's profile, log and offline cache go, for example `build/kernels`.
        offline_data: True for exactly the data that every machine has: no download, and none of the pictures
            that this user has at hand. False keeps `CNNKIT_OFFLINE` and `CNNKIT_DATA` as they are set.
        environ: what to start from; `None` for this process's variables.

    Returns:
        A dict for `subprocess` or `start_kernel(env=…)`.
    """
    folder = Path(folder).resolve()
    env = dict(os.environ if environ is None else environ)
    profile = folder / "ipython" / "profile_default" / "ipython_kernel_config.py"
    if not profile.exists() or profile.read_text(encoding="utf-8") != _PROFILE:
        write(profile, _PROFILE)
    env["IPYTHONDIR"] = str(folder / "ipython")
    env["CNNKIT_KERNEL_LOG"] = str(folder / "kernels.log")
    env["TF_CPP_MIN_LOG_LEVEL"] = "3"
    env["GRPC_VERBOSITY"] = "ERROR"
    env["PYTHONHASHSEED"] = "0"
    # A backend set for this process (often Agg) would leave the notebook without its figures.
    env.pop("MPLBACKEND", None)
    # Output is compared as text: no colours, and as wide as in every other run.
    env.pop("FORCE_COLOR", None)
    env.pop("COLUMNS", None)
    if offline_data:
        cache = folder / "data"
        cache.mkdir(parents=True, exist_ok=True)
        env["CNNKIT_OFFLINE"] = "1"
        env["CNNKIT_DATA"] = str(cache)
    else:
        env.setdefault("CNNKIT_OFFLINE", "1")
        if env.get("CNNKIT_DATA"):
            # The kernel works in another folder, where a relative path would mean another place.
            env["CNNKIT_DATA"] = str(Path(env["CNNKIT_DATA"]).expanduser().resolve())
    return env


@dataclass
class Outcome:
    """How executing a notebook ended."""

    seconds: float = 0.0
    peak_bytes: int = 0
    failed_cell: int | None = None  # counted from 1 over all cells, Markdown too, as editors do
    failed_source: str = ""
    error: str = ""
    traceback: str = ""
    log: str = field(default="", repr=False)

    @property
    def passed(self):
        """Whether every cell ran."""
        return not self.error


def execute(notebook, *, cwd, env, cell_timeout=600, on_cell=None):
    """Executes a notebook in place, in a new kernel of this Python, and says how it went.

    It never raises for what a lecture does: an error, an endless cell or a kernel that dies is an outcome.

    Args:
        notebook: an nbformat notebook; its outputs are replaced, up to the cell that fails.
        cwd: the folder in which its code runs.
        env: the kernel's environment variables, from `environment`.
        cell_timeout: seconds for one cell, after which it counts as failed.
        on_cell: called after each cell with its index from 0.

    Returns:
        An `Outcome`.
    """
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    outcome = Outcome()
    at = {"index": None}

    def starts(cell, cell_index):
        at["index"] = cell_index

    def done(cell, cell_index):
        if on_cell is not None:
            on_cell(cell_index)

    client = NotebookClient(
        notebook,
        kernel_name="python3",
        kernel_manager_class=_manager_class(),
        timeout=cell_timeout,
        startup_timeout=120,
        allow_errors=False,
        coalesce_streams=True,
        store_widget_state=False,
        resources={"metadata": {"path": str(cwd)}},
        on_cell_start=starts,
        on_cell_complete=done,
    )
    start = time.perf_counter()
    log = Path(env["CNNKIT_KERNEL_LOG"])
    log_start = log.stat().st_size if log.exists() else 0
    with _Memory(client) as memory:
        try:
            client.execute(env=env)
        except CellTimeoutError:
            outcome.error = f"CellTimeoutError: the cell was not done after {cell_timeout:g} seconds"
        except CellExecutionError as error:
            outcome.error = f"{error.ename}: {error.evalue}".strip()
            outcome.traceback = error.traceback
        except DeadKernelError:
            outcome.error = "DeadKernelError: the kernel died (out of memory, or a crash in compiled code)"
        except Exception as error:  # whatever else goes wrong, the other lectures still run
            outcome.error = f"{type(error).__name__}: {error}"
    outcome.seconds = time.perf_counter() - start
    outcome.peak_bytes = memory.peak
    if not outcome.passed:
        if at["index"] is not None:
            outcome.failed_cell = at["index"] + 1
            outcome.failed_source = notebook.cells[at["index"]].source
        with contextlib.suppress(OSError), open(log, "rb") as stream:
            stream.seek(log_start)
            outcome.log = stream.read().decode("utf-8", "replace")
    return outcome


def _manager_class():
    from ipykernel.kernelspec import RESOURCES, get_kernel_dict
    from jupyter_client import AsyncKernelManager
    from jupyter_client.kernelspec import KernelSpec, KernelSpecManager

    class OwnPython(KernelSpecManager):
        """Whatever kernels are installed: the one meant is the Python that runs this."""

        def get_kernel_spec(self, kernel_name):
            return KernelSpec(resource_dir=RESOURCES, **get_kernel_dict())

    class OwnPythonManager(AsyncKernelManager):
        def __init__(self, **settings):
            super().__init__(**settings)
            self.kernel_spec_manager = OwnPython()

    return OwnPythonManager


class _Memory:
    """Samples what a kernel and its children hold, from the start of the kernel to its end."""

    def __init__(self, client, every=0.25):
        self._client, self._every = client, every
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.peak = 0

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join()

    def _watch(self):
        try:
            import psutil
        except ImportError:  # the table then says nothing about memory
            return
        while not self._stop.wait(self._every):
            # Processes come and go while we count them, and there is none before the kernel starts.
            with contextlib.suppress(psutil.Error, AttributeError, TypeError):
                kernel = psutil.Process(self._client.km.provisioner.pid)
                held = 0
                for process in [kernel, *kernel.children(recursive=True)]:
                    with contextlib.suppress(psutil.Error):
                        held += process.memory_info().rss
                self.peak = max(self.peak, held)
