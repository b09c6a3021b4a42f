"""What beginners get wrong with the inputs, the labels, the loss and the test set, looked for before
training."""

import html
import warnings
from dataclasses import dataclass

from . import _model_slips, _picture_slips
from ._looking import Data, look
from ._show import as_html

_CHECKS = (*_picture_slips.CHECKS, *_model_slips.CHECKS)


@dataclass(frozen=True)
class Finding:
    """One slip. `name` is a word for it, `certain` says whether it is one for sure, `message` what to do."""

    name: str
    certain: bool
    message: str


class Findings:
    """What `check` found; shows itself in a notebook and as text, and is true when no slip is certain.

    Attributes:
        findings: list of `Finding`, the certain ones first.
        ok: whether there is no certain one.
        looked: what was looked at, in words.
        skipped: list of sentences: what could not be looked at, and why.
    """

    def __init__(self, findings, looked, skipped=()):
        self.findings = sorted(findings, key=lambda one: not one.certain)
        self.looked, self.skipped = looked, list(skipped)

    ok = property(lambda self: not any(one.certain for one in self.findings))

    def __bool__(self):
        return self.ok

    def __iter__(self):
        return iter(self.findings)

    def __len__(self):
        return len(self.findings)

    def names(self):
        """The words for what was found, such as ``["not scaled"]``."""
        return [one.name for one in self.findings]

    def raise_if_any(self):
        """Raise a ValueError if a slip is certain; warn of those that are not.

        Returns:
            Itself, so that ``check(model, x, y).raise_if_any()`` can be the last line of a cell.
        """
        certain = [one.message for one in self.findings if one.certain]
        if certain:
            raise ValueError("\n".join(certain))
        for one in self.findings:
            warnings.warn(one.message, stacklevel=2)
        return self

    def _head(self):
        certain = sum(one.certain for one in self.findings)
        doubtful = len(self.findings) - certain
        counts = [f"{certain} slip{'s' if certain != 1 else ''}"] if certain else []
        counts += [f"{doubtful} doubtful thing{'s' if doubtful != 1 else ''}"] if doubtful else []
        return f"{' and '.join(counts) or 'No slip'} found. Looked at: {self.looked}."

    def __repr__(self):
        lines = [self._head()]
        lines += [f"  {_word(one)} {one.name}: {one.message}" for one in self.findings]
        return "\n".join([*lines, *(f"  not looked at: {one}" for one in self.skipped)])

    def _repr_html_(self):
        # Blue and orange are told apart by everybody; the words say the same as the colour.
        colour = "#0072b2" if self.ok else "#d55e00"
        rows = [(_word(one).rstrip(":"), one.name, one.message) for one in self.findings]
        body = as_html(("", "slip", "what it is and what to do"), rows) if rows else ""
        body += "".join(f"<p>Not looked at: {html.escape(one)}</p>" for one in self.skipped)
        return (
            f'<div style="border-left: 4px solid {colour}; padding: 2px 12px; margin: 4px 0">'
            f"<p>{html.escape(self._head())}</p>{body}</div>"
        )


def _word(finding):
    return "slip:" if finding.certain else "doubtful:"


def check(model, x, y=None, *, test=None, class_names=None, pictures=256):
    """Look for the beginner's slips in a compiled model and its data, before an hour of training is lost.

    Looks at a few pictures only, trains nothing and changes nothing. It reports all that it finds; nothing is
    raised for a slip, unless you ask: ``check(model, x, y).raise_if_any()``.

    The slips, by the names that the report gives them:

    - model: "not built", "not compiled", "nothing to train", "frozen too late", "learning rate", "softmax of
      one unit", "channels first";
    - pictures: "picture type", "batch axis", "shape", "channels first", "not scaled", "scaled twice",
      "all the same", "NaN";
    - loss: "softmax with from_logits=True", "logits without from_logits=True", "binary loss with softmax",
      "accuracy of logits";
    - labels: "number of labels", "label type", "label shape", "labels out of range", "labels start at 1",
      "number of classes", "one class only";
    - test set: "shuffled test set", "augmented test set", "test in training".

    Args:
        model: a Keras model, built and compiled.
        x: pictures, array (N, H, W, C); or a tf.data of batches (images, labels); or a `Dataset` of
            `cnnkit.datasets`, whose `train` and `test` are looked at.
        y: the labels or targets that belong to the array `x`.
        test: ``(x_test, y_test)`` or a tf.data. A tf.data is looked at for shuffling; arrays, beside
            arrays, for pictures that stand in the training part too.
        class_names: list of the names of the classes; a `Dataset` brings its own.
        pictures: how many pictures are looked at, at most. All labels of an array are.

    Returns:
        `Findings`: true when no slip is certain.

    Raises:
        TypeError: `model` is no Keras model, or `x` is none of the three.
        ValueError: `x` is empty, or `y` is missing for an array or given beside a tf.data.
    """
    import keras

    if not isinstance(model, keras.Model):
        raise TypeError(
            f"`model` must be a Keras model; received {type(model).__name__}. The model comes first, then "
            "the data: `check(model, x, y)`."
        )
    data = Data.of(x, y, test=test, class_names=class_names, pictures=pictures)
    seen = look(model, data)
    findings, names = [], set()
    for one in _CHECKS:
        for name, certain, message in one(model, data, seen) or ():
            if name not in names:  # the first to find it says it best
                names.add(name)
                findings.append(Finding(name, certain, message))
    return Findings(findings, data.in_words(), seen.skipped)
