"""One bar for a whole training, and outputs of notebooks that do not change."""

import io
import sys

import numpy as np
import pytest

from cnnkit import training

keras = pytest.importorskip("keras")
nbformat = pytest.importorskip("nbformat")
nbclient = pytest.importorskip("nbclient")

X, Y = np.random.default_rng(0).random((64, 4)), np.arange(64) % 3


class Terminal(io.StringIO):
    def isatty(self):
        return True


def fit(callback, epochs=3, x=X, y=Y, **settings):
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, activation="softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"], **settings)
    return model.fit(
        x, y, epochs=epochs, batch_size=None if y is None else 16, verbose=0, callbacks=[callback]
    )


@pytest.fixture
def terminal(monkeypatch):
    """Call it to begin: pytest exchanges stderr between a fixture and its test."""
    monkeypatch.delitem(sys.modules, "ipykernel", raising=False)

    def begin():
        monkeypatch.setattr(sys, "stderr", Terminal())
        return sys.stderr

    return begin


def test_a_terminal_gets_one_bar(terminal):
    stderr = terminal()
    fit(training.Progress())
    last = stderr.getvalue().split("\r")[-1].strip()
    assert last.startswith("epoch 3 of 3: 100%")
    assert "12/12" in last
    assert "loss=" in last
    assert "accuracy=" in last
    assert stderr.getvalue().count("\n") == 1


def test_steps_per_execution(terminal):
    stderr = terminal()
    fit(training.Progress(), steps_per_execution=3)
    assert "12/12" in stderr.getvalue().split("\r")[-1]


def test_data_of_unknown_length(terminal):
    stderr = terminal()
    import tensorflow as tf

    data = tf.data.Dataset.from_tensor_slices((X, Y)).filter(lambda x, y: True).batch(16)
    fit(training.Progress(), x=data, y=None)
    assert "12/12" in stderr.getvalue().split("\r")[-1]


def test_nothing_is_shown_where_nobody_looks(monkeypatch, capsys):
    monkeypatch.delitem(sys.modules, "ipykernel", raising=False)
    fit(training.Progress())
    assert capsys.readouterr() == ("", "")


def test_it_can_be_forbidden(terminal):
    stderr = terminal()
    fit(training.Progress(show=False))
    assert stderr.getvalue() == ""


def test_a_notebook_keeps_one_line_without_numbers_of_this_run(tmp_path):
    code = (
        "import numpy as np, keras\nfrom cnnkit import training\n"
        "model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])\n"
        "model.compile('sgd', 'mse')\n"
        "bar = training.Progress()"
    )
    train = "_ = model.fit(np.zeros((64, 4)), np.zeros((64, 3)), epochs=5, verbose=0, callbacks=[bar])"
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(part) for part in (code, train)])
    shown = []

    class Client(nbclient.NotebookClient):
        def process_message(self, message, cell, cell_index):
            if cell_index == 1 and message["msg_type"] in ("display_data", "update_display_data"):
                shown.append(message["content"]["data"]["text/plain"])
            return super().process_message(message, cell, cell_index)

    Client(book, timeout=300, kernel_name="python3").execute()
    (output,) = book.cells[1].outputs
    assert output.output_type == "display_data"
    assert output.data == {"text/plain": "Training: 5 epochs."}
    # what is compared is the first output, or the last; in between the bar was seen
    assert shown[0] == shown[-1] == "Training: 5 epochs."
    assert any("epoch 5 of 5" in line and "10/10" in line for line in shown), shown


def test_ipykernel_imported_by_something_else_is_no_notebook(monkeypatch):
    monkeypatch.setitem(sys.modules, "ipykernel", type(sys)("ipykernel"))
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(
        np.zeros((4, 2)), np.zeros(4), verbose=0, callbacks=[training.Progress()]
    )  # no error, no output
    assert model.optimizer.iterations == 1
