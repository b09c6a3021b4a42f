"""Several processes on this machine that train together."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time

_GRACE_SECONDS = 3  # between asking a process to end and ending it


def launch(script, *arguments, workers=2, timeout=None):
    """Run a Python script in several processes on this machine that train together, and wait for them.

    Each process finds in ``TF_CONFIG`` who the others are; `distributed` in the script reads it. They compute
    on the CPU: this is for trying out what later runs on several machines. For the GPUs of one machine, one
    process is enough: call `distributed` without `launch`. What the first process prints is printed.

    Args:
        script: path of a Python file.
        arguments: what the script gets in ``sys.argv[1:]``.
        workers: number of processes.
        timeout: seconds after which all are ended; `None` waits as long as it takes.

    Returns:
        List of str: what each process printed.

    Raises:
        ValueError: `workers` is less than 1.
        FileNotFoundError: there is no such script.
        RuntimeError: a process failed. All others are ended, and its last lines are in the message.
        TimeoutError: they took longer than `timeout`; all are ended.
    """
    if not isinstance(workers, int) or workers < 1:
        raise ValueError(
            f"`workers` must be a number of processes, 1 or more; received {workers!r}. Two are enough to "
            "try it: `launch(script, workers=2)`."
        )
    if not os.path.isfile(script):
        raise FileNotFoundError(
            f"`script` must be a Python file; received {str(script)!r}, and there is no such file here "
            f"({os.getcwd()}). A notebook cell can write one: begin it with `%%writefile train.py`."
        )
    hosts = [f"127.0.0.1:{port}" for port in _free_ports(workers)]
    started = []
    try:
        for index in range(workers):
            started.append(_Worker(index, hosts, script, arguments))
        _wait(started, timeout)
    finally:
        _end(started)
    return ["".join(one.printed) for one in started]


class _Worker:
    """One process, and two threads that read what it prints, so that it never waits for a reader."""

    def __init__(self, index, hosts, script, arguments):
        self.index = index
        config = {"cluster": {"worker": hosts}, "task": {"type": "worker", "index": index}}
        # -1: two processes that want the whole memory of the same GPU both fail
        own = {"TF_CONFIG": json.dumps(config), "CUDA_VISIBLE_DEVICES": "-1", "PYTHONUNBUFFERED": "1"}
        self.process = subprocess.Popen(
            [sys.executable, str(script), *map(str, arguments)],
            env={"TF_CPP_MIN_LOG_LEVEL": "2", **os.environ, **own},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            start_new_session=True,  # so that what it starts can be ended with it
        )
        self.printed, self.complained = [], []
        self._readers = [
            threading.Thread(
                target=self._read, args=(self.process.stdout, self.printed, index == 0), daemon=True
            ),
            threading.Thread(
                target=self._read, args=(self.process.stderr, self.complained, False), daemon=True
            ),
        ]
        for reader in self._readers:
            reader.start()

    @staticmethod
    def _read(pipe, lines, aloud):
        with pipe:
            for line in pipe:
                lines.append(line)
                if aloud:
                    sys.stdout.write(line)

    def ask_to_end(self, how):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if hasattr(os, "killpg"):
                os.killpg(self.process.pid, how)
            else:  # Windows
                self.process.kill()

    def finish(self):
        for reader in self._readers:
            reader.join(timeout=_GRACE_SECONDS)


def _wait(workers, timeout):
    begin = time.monotonic()
    while True:
        codes = [one.process.poll() for one in workers]
        failed = [one for one, code in zip(workers, codes, strict=True) if code]
        if failed:
            raise RuntimeError(_what_failed(failed[0], len(workers)))
        if None not in codes:
            return
        if timeout is not None and time.monotonic() - begin > timeout:
            late = ", ".join(str(one.index) for one, code in zip(workers, codes, strict=True) if code is None)
            raise TimeoutError(
                f"Expected {len(workers)} processes to end within {timeout:g} seconds; received no end from "
                f"number {late}. All were ended. Do they wait for each other, because one sees fewer "
                "batches? Give them more time with `timeout=None`, or the same data."
            )
        time.sleep(0.05)


def _what_failed(worker, number):
    worker.finish()
    code = worker.process.returncode
    how = f"exit code {code}" if code > 0 else f"signal {-code}"
    last = "".join(worker.complained[-12:]).rstrip() or "(it printed no error)"
    return (
        f"Expected {number} processes to train to the end; received a failure of number {worker.index} "
        f"({how}). The "
        f"others were ended. The last lines that it printed:\n{last}\nRun the script alone, without "
        "`launch`, to see whether it fails by itself."
    )


def _end(workers):
    """End every process that is left, with all that it started, and collect them: no zombie stays."""
    running = [one for one in workers if one.process.poll() is None]
    for one in running:
        one.ask_to_end(signal.SIGTERM)
    until = time.monotonic() + _GRACE_SECONDS
    for one in running:
        with contextlib.suppress(subprocess.TimeoutExpired):
            one.process.wait(max(0.0, until - time.monotonic()))
    for one in workers:
        if one.process.poll() is None or one in running:
            one.ask_to_end(getattr(signal, "SIGKILL", signal.SIGTERM))
        one.process.wait()
        one.finish()


def _free_ports(number):
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(number)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
