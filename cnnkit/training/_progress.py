"""One progress bar for a whole training. This file imports Keras: it is loaded when `Progress` is first
used."""

import sys

import keras


class Progress(keras.callbacks.Callback):
    """A Keras callback that shows one bar for all epochs: loss, accuracy and the time left.

    ``model.fit(x, y, epochs=10, verbose=0, callbacks=[training.Progress()])``. The bar is tqdm's. In a
    terminal it stays when the training has ended; in a notebook one line remains that says the same in every
    run, so that stored outputs do not change. Where nobody is looking, as in a log file, nothing is shown.

    tqdm has a callback of its own, `tqdm.keras.TqdmCallback`: it draws a second bar for the batches, and in a
    notebook it needs ipywidgets and leaves its state in the file.

    Args:
        show: whether to show the bar; `None` shows it in a terminal and in a notebook.
    """

    def __init__(self, show=None):
        super().__init__()
        self._show, self._bar, self._line = show, None, None

    def on_train_begin(self, logs=None):
        notebook = _in_a_notebook()
        if not (sys.stderr.isatty() or notebook if self._show is None else self._show):
            return
        from tqdm import tqdm

        self._epochs, steps = self.params.get("epochs") or 1, self.params.get("steps")
        self._said = f"Training: {self._epochs} epoch{'s' if self._epochs != 1 else ''}."
        self._line = _NotebookLine(self._said) if notebook else None
        total = steps and steps * self._epochs
        width = {"ncols": 100} if notebook else {"dynamic_ncols": True}
        self._bar = tqdm(total=total, unit="batch", mininterval=0.3, file=self._line or sys.stderr, **width)

    def on_epoch_begin(self, epoch, logs=None):
        self._done = 0
        if self._bar is not None:
            self._bar.set_description(f"epoch {epoch + 1} of {self._epochs}", refresh=False)

    def on_train_batch_end(self, batch, logs=None):
        if (
            self._bar is not None
        ):  # with steps_per_execution the number of the batch jumps, beyond the last even
            done = min(batch + 1, self.params.get("steps") or batch + 1)
            self._bar.update(done - self._done)
            self._done = done

    def on_epoch_end(self, epoch, logs=None):
        if self._bar is None:
            return
        if self._bar.total is None:  # the length of the data is known after the first epoch
            self._bar.total = self._done * self._epochs
        self._bar.set_postfix({name: f"{value:.3f}" for name, value in (logs or {}).items()})

    def on_train_end(self, logs=None):
        if self._bar is None:
            return
        self._bar.close()
        if self._line is not None:
            self._line.show(self._said)
        self._bar = None


def _in_a_notebook():
    """Whether a kernel runs this. That ipykernel is imported does not tell: nbclient and others import it, too."""
    if "ipykernel" not in sys.modules:
        return False
    from IPython import get_ipython

    return hasattr(get_ipython(), "kernel")


class _NotebookLine:
    """A file that shows the last line written to it in one output of a notebook cell.

    The output begins and ends with the same words: tools that compare notebooks see the first or the last.
    """

    def __init__(self, words):
        from IPython.display import display

        self._handle = display({"text/plain": words}, raw=True, display_id=True)

    def show(self, text):
        self._handle.update({"text/plain": text}, raw=True)

    def write(self, text):
        if text.strip():
            self.show(text.strip("\r\n"))

    def flush(self):
        pass
