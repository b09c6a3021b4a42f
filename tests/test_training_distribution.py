"""Several processes and several devices must end with the weights of a training on one device."""

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from cnnkit import training

keras = pytest.importorskip("keras")
tf = pytest.importorskip("tensorflow")

# The script that each process runs, alone, with another process, or on two devices of one process.
TRAIN = """
import sys
import numpy as np, keras, tensorflow as tf
from cnnkit import training

out, devices = sys.argv[1], int(sys.argv[2])
if devices > 1:
    tf.config.set_logical_device_configuration(
        tf.config.list_physical_devices("CPU")[0], [tf.config.LogicalDeviceConfiguration()] * devices
    )
training.set_seed(0)
random = np.random.default_rng(0)
x = random.random((60, 8, 8, 1), dtype="float32")
y = random.integers(0, 3, 60)

def build():
    L = keras.layers
    model = keras.Sequential([
        keras.Input((8, 8, 1)), L.Conv2D(4, 3, activation="relu"), L.Flatten(), L.Dense(3, activation="softmax"),
    ])
    model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model

def batches():  # the last of an epoch has 12 pictures; in the second call all 60 are one batch, shuffled
    return tf.data.Dataset.from_tensor_slices((x, y)).batch(16)

def shuffled():
    return tf.data.Dataset.from_tensor_slices((x, y)).shuffle(60, seed=1).batch(60)

class Rate(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        self.model.optimizer.learning_rate = 0.005

names = [f"CPU:{i}" for i in range(devices)] if devices > 1 else None
first = training.distributed(build, batches, 3, validation=batches, devices=names, callbacks=[Rate()])
weights = first.model.get_weights()
second = training.distributed(lambda: first.model, shuffled, 3, devices=names)
here = training.worker() or (0, 1)
print("process", *here)
np.savez(f"{out}{here[0]}.npz", *weights, *second.model.get_weights(), **{
    name: values for name, values in first.history.items()
})
"""


@pytest.fixture(scope="module")
def script(tmp_path_factory):
    path = tmp_path_factory.mktemp("training") / "train.py"
    path.write_text(TRAIN)
    return path


@pytest.fixture(scope="module")
def alone(script):
    """What one process on one device ends with."""
    return run(script, "alone", 1)


def run(script, name, devices):
    environment = {key: value for key, value in os.environ.items() if key != "TF_CONFIG"}
    command = [sys.executable, script, script.parent / name, str(devices)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return np.load(f"{script.parent / name}0.npz")


def test_two_processes_end_with_the_weights_of_one(script, alone, capsys):
    printed = training.launch(script, script.parent / "pair", 1, workers=2, timeout=300)
    assert printed == ["process 0 2\n", "process 1 2\n"]
    assert capsys.readouterr().out == "process 0 2\n"
    first, second = (np.load(script.parent / f"pair{index}.npz") for index in range(2))
    assert set(first.files) == set(alone.files) >= {"loss", "accuracy", "val_loss", "val_accuracy", "arr_7"}
    for name in alone.files:
        assert np.array_equal(first[name], second[name]), f"the two processes differ in {name}"
        np.testing.assert_allclose(first[name], alone[name], rtol=1e-4, atol=1e-5, err_msg=name)


@pytest.mark.parametrize(("version", "warned"), [("3.8.0", True), ("3.15.1", False)])
def test_a_keras_that_counts_wrongly_on_several_devices_is_told(version, warned, monkeypatch, recwarn):
    known = training.distributed.__globals__
    monkeypatch.setattr(keras, "__version__", version)
    monkeypatch.setitem(known, "_local_strategy", lambda devices: tf.distribute.get_strategy())
    monkeypatch.setitem(known, "_fit", lambda model, *rest: model)
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    assert training.distributed(lambda: model, None) is model
    told = [str(one.message) for one in recwarn if "several devices" in str(one.message)]
    assert bool(told) == warned


def test_two_devices_end_with_the_weights_of_one(script, alone):
    pair = run(script, "devices", 2)
    assert set(pair.files) == set(alone.files)
    for name in alone.files:
        if name.startswith("arr_") or not training.distributed.__globals__["_counts_twice"]():
            np.testing.assert_allclose(pair[name], alone[name], rtol=1e-4, atol=1e-5, err_msg=name)


def test_training_moved_the_weights(alone):
    assert alone["loss"][-1] < alone["loss"][0]


def alive(pid):
    """Whether a process is there, as a zombie too."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_failing_process_ends_all_and_its_error_is_told(tmp_path):
    script = tmp_path / "fails.py"
    script.write_text(
        "import os, pathlib, subprocess, sys, time\n"
        "from cnnkit import training\n"
        "index, number = training.worker()\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        f"path = pathlib.Path({str(tmp_path)!r})\n"
        "(path / f'new{index}').write_text(f'{os.getpid()} {child.pid}')\n"
        "(path / f'new{index}').rename(path / f'pid{index}')\n"
        "while not (path / 'pid0').exists():\n"
        "    time.sleep(0.01)\n"
        "if index == 1:\n"
        "    raise SystemError('the disk is full of cats')\n"
        "time.sleep(600)\n"
    )
    with pytest.raises(
        RuntimeError, match=r"(?s)failure of number 1 \(exit code 1\).*others were ended.*full of cats"
    ):
        training.launch(script, workers=2)
    waiting, child = map(int, (tmp_path / "pid0").read_text().split())
    assert not alive(waiting)
    until = time.monotonic() + 30  # the child is collected by the system, not by us
    while alive(child) and not _is_zombie(child) and time.monotonic() < until:
        time.sleep(0.05)
    assert not alive(child) or _is_zombie(child)


def _is_zombie(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return False


def test_a_process_that_does_not_listen_is_killed(tmp_path):
    script = tmp_path / "deaf.py"
    script.write_text(
        "import os, pathlib, signal, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        f"pathlib.Path({str(tmp_path)!r}, 'pid').write_text(str(os.getpid()))\n"
        "time.sleep(600)\n"
    )
    with pytest.raises(TimeoutError, match=r"1 processes to end within 3 seconds.*number 0\. All were ended"):
        training.launch(script, workers=1, timeout=3)
    assert not alive(int((tmp_path / "pid").read_text()))


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows knows no signals")
def test_a_killed_process_is_told_by_its_signal(tmp_path):
    script = tmp_path / "killed.py"
    script.write_text("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n")
    with pytest.raises(RuntimeError, match=r"failure of number 0 \(signal 9\).*\n\(it printed no error\)"):
        training.launch(script, workers=1)


def test_much_output_does_not_block(tmp_path):
    script = tmp_path / "loud.py"
    script.write_text(
        "import sys\nprint('a' * 300_000)\nprint('b' * 300_000, file=sys.stderr)\nprint(sys.argv[1:])\n"
    )
    first, second = training.launch(script, 7, "x", workers=2, timeout=120)
    assert first == second == "a" * 300_000 + "\n['7', 'x']\n"


def test_launch_wants_a_script_and_workers(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"received 'none\.py', and there is no such file.*writefile"):
        training.launch("none.py")
    with pytest.raises(ValueError, match=r"`workers` must be a number of processes.*received 0"):
        training.launch(__file__, workers=0)


# --- who am I -----------------------------------------------------------------------------------------

TWO = {"cluster": {"worker": ["a:1", "b:1"]}, "task": {"type": "worker", "index": 1}}


@pytest.mark.parametrize(
    ("config", "answer"), [(None, None), ("", None), ("{}", None), (json.dumps(TWO), (1, 2))]
)
def test_worker(monkeypatch, config, answer):
    if config is None:
        monkeypatch.delenv("TF_CONFIG", raising=False)
    else:
        monkeypatch.setenv("TF_CONFIG", config)
    assert training.worker() == answer


@pytest.mark.parametrize(
    "config",
    [
        "a:1,b:1",
        json.dumps({**TWO, "task": {"type": "worker", "index": 2}}),
        json.dumps({**TWO, "task": {"type": "chief", "index": 0}}),
        json.dumps({"cluster": {"worker": ["a:1"]}}),
        json.dumps({"cluster": ["a:1"], "task": {"type": "worker", "index": 0}}),
        "[1]",
    ],
)
def test_a_wrong_tf_config_is_told(monkeypatch, config):
    monkeypatch.setenv("TF_CONFIG", config)
    with pytest.raises(ValueError, match=r"TF_CONFIG must look like .*; received .*index is each one's own"):
        training.worker()


# --- wrong arguments ----------------------------------------------------------------------------------


def build():
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])
    model.compile("sgd", "mse")
    return model


def data():
    return tf.data.Dataset.from_tensor_slices((np.zeros((8, 4)), np.zeros((8, 2)))).batch(4)


@pytest.fixture(autouse=True)
def no_config(monkeypatch):
    monkeypatch.delenv("TF_CONFIG", raising=False)


@pytest.mark.parametrize(
    ("make", "error", "says"),
    [
        (build(), TypeError, r"`build` must be a function.*received Sequential.*def build\(\)"),
        (None, TypeError, r"`build` must be a function.*received NoneType"),
        (lambda: None, TypeError, r"must return a Keras model; received NoneType.*return model"),
        (
            lambda: keras.Sequential([keras.Input((4,))]),
            ValueError,
            r"one that is not compiled.*inside `build`",
        ),
        (lambda: _compiled_unbuilt(), ValueError, r"one that is not built.*keras\.Input"),
    ],
)
def test_what_build_must_be(make, error, says):
    with pytest.raises(error, match=says):
        training.distributed(make, data)


def _compiled_unbuilt():
    model = keras.Sequential([keras.layers.Dense(2)])
    model.compile("sgd", "mse")
    return model


def test_devices_that_are_not_there():
    with pytest.raises(ValueError, match=r"must be devices of this machine: .*CPU:0.*; received GPU:7"):
        training.distributed(build, data, devices=["CPU:0", "GPU:7"])


def test_devices_beside_tf_config(monkeypatch):
    monkeypatch.setenv("TF_CONFIG", json.dumps(TWO))
    with pytest.raises(ValueError, match=r"left out with several processes.*CUDA_VISIBLE_DEVICES"):
        training.distributed(build, data, devices=["CPU:0"])


def test_tensorflow_in_use_before(monkeypatch):
    tf.constant(1)
    config = {"cluster": {"worker": ["127.0.0.1:1", "127.0.0.1:2"]}, "task": {"type": "worker", "index": 0}}
    monkeypatch.setenv("TF_CONFIG", json.dumps(config))
    with pytest.raises(RuntimeError, match=r"first to use TensorFlow.*already in use.*data=lambda"):
        training.distributed(build, data)


@pytest.mark.parametrize("given", [data, data()])
def test_on_one_device_it_is_fit(given):
    history = training.distributed(build, given, 2, validation=given)
    assert isinstance(history, keras.callbacks.History)
    assert set(history.history) == {"loss", "val_loss"}
    assert len(history.history["loss"]) == 2
    assert history.model.built
