"""The tasks of assignment A3, aerial pictures: what a student can check without the grader."""

import functools
import math
from unittest import mock

import numpy as np

from . import _judging
from ._core import Unanswered, Wrong, exercise
from ._networks import expect_network
from ._rules import expect_only


@exercise(
    "A3.split",
    hints=(
        "One class after the other: rows = np.flatnonzero(labels == label).",
        "rng = np.random.default_rng(seed) once, at the top. rng.permutation(rows) puts the rows of a class in a new order.",
        "The first round(share * len(rows)) of them go to validation, the others to training.",
    ),
    praise="Every class is in both parts, and no picture is in two.",
)
def _(answer):
    if not callable(answer):
        raise Wrong("This exercise wants the function `split` itself, without brackets.")
    labels = np.repeat([2, 0, 1, 3], [40, 20, 24, 7])
    share = 0.2

    def parts(seed):
        given = _judging.attempt("split", answer, labels.copy(), share, seed)
        if not isinstance(given, (tuple, list)) or len(given) != 2:
            raise Wrong("Return two arrays of row numbers: train_rows, validation_rows.")
        rows = [np.asarray(one) for one in given]
        for one in rows:
            if one.ndim != 1 or one.dtype.kind not in "iu":
                raise Wrong(
                    f"Each of the two should be an array of row numbers, whole numbers; yours has dtype {one.dtype} and "
                    f"shape {one.shape}."
                )
            if one.size and not (one.min() >= 0 and one.max() < len(labels)):
                raise Wrong(f"The rows are numbered from 0 to {len(labels) - 1}; yours go to {one.max()}.")
        return rows

    train, validation = parts(0)
    twice = np.intersect1d(train, validation)
    if twice.size:
        raise Wrong(
            f"{twice.size} rows are in both parts, row {twice[0]} for example. What was trained on proves nothing."
        )
    every, counts = np.unique(np.concatenate([train, validation]), return_counts=True)
    if counts.max() > 1:
        raise Wrong(f"Row {every[counts > 1][0]} comes more than once.")
    if every.size < len(labels):
        raise Wrong(f"{len(labels) - every.size} rows are in neither part. None should be lost.")
    wanted = np.array([round(share * n) for n in np.bincount(labels)])
    found = np.bincount(labels[validation], minlength=4)
    if np.array_equal(np.bincount(labels[train], minlength=4), wanted):
        raise Wrong("The two parts are swapped: train_rows come first, and they are the many.")
    if not np.array_equal(found, wanted):
        label = int(np.flatnonzero(found != wanted)[0])
        raise Wrong(
            f"Class {label} has {np.bincount(labels)[label]} pictures, so {wanted[label]} of them should go to "
            f"validation; yours has {found[label]}. Cut each class for itself."
        )
    if not np.array_equal(validation, parts(0)[1]):
        raise Wrong(
            "The same seed gives other rows the second time. Make the generator from it: np.random.default_rng(seed)."
        )
    others = [parts(seed)[1] for seed in (1, 2, 3)]
    if all(np.array_equal(np.sort(validation), np.sort(other)) for other in others):
        raise Wrong(
            "Every seed gives the same rows. Let chance decide: rng.permutation(rows) before you cut."
        )


def _pictures(shape, count):
    return np.random.default_rng(3).integers(0, 256, (count, *shape)).astype("float32")


def _expect_ready(model, shape, num_classes):
    """The model is compiled, with a loss that fits, and the pictures come to it as they should."""
    from .. import training

    labels = np.arange(2 * num_classes) % num_classes
    pictures = _pictures(shape, len(labels))
    for finding in training.check(model, pictures, labels):
        raise Wrong(finding.message)
    step = functools.partial(model.fit, verbose=0)
    history = _judging.attempt("A step of training", step, pictures, labels, brief=True).history
    if not any("acc" in name for name in history):
        raise Wrong('The accuracy is not among the metrics: compile(…, metrics=["accuracy"]).')


@exercise(
    "A3.build",
    hints=(
        "Begin with keras.Input(input_shape) and layers.Rescaling(1 / 255).",
        'Two or three times Conv2D and MaxPooling2D, then GlobalAveragePooling2D and Dense(num_classes, activation="softmax").',
        'compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"]), and return the model.',
    ),
    praise="Scaled pictures, maps that grow in number and shrink in size, one probability for each class.",
)
def _(answer):
    model = _judging.network(answer, "build", (64, 64, 3), 21)
    _judging.expect(expect_network, model, input_shape=(64, 64, 3), num_classes=21, convolutions=2)
    other = _judging.network(answer, "build", (40, 48, 1), 5)
    _judging.expect(expect_network, other, input_shape=(40, 48, 1), num_classes=5, convolutions=2)
    _expect_ready(model, (64, 64, 3), 21)


@exercise(
    "A3.training",
    hints=(
        "history = model.fit(train_images, train_labels, validation_data=(validation_images, validation_labels), epochs=…)",
        "Does the training loss fall at all? If not: is the learning rate too high, or are the labels those of the pictures?",
    ),
    praise="It learns, and somebody watches.",
)
def _(answer):
    curves = getattr(answer, "history", answer)
    if not isinstance(curves, dict) or "loss" not in curves:
        raise Wrong("`history` is what fit returns: history = model.fit(…).")
    losses = curves["loss"]
    if len(losses) < 5:
        raise Wrong(f"There should be at least five epochs; yours has {len(losses)}.")
    if "val_loss" not in curves:
        raise Wrong("Nobody watched: give fit the validation_data=(validation_images, validation_labels).")
    if not np.isfinite(losses).all():
        raise Wrong("The loss became NaN. The learning rate is much too high.")
    if losses[-1] >= losses[0] or losses[-1] >= math.log(21):
        raise Wrong(
            f"The training loss ends at {losses[-1]:.2f}. A network that only guesses reaches ln 21 = {math.log(21):.2f}: "
            "yours has not learned anything yet."
        )
    best = max(
        (max(values) for name, values in curves.items() if name.startswith("val_") and "acc" in name),
        default=1,
    )
    if best < 2 / 21:
        raise Wrong(
            f"On the validation pictures it is right in {best:.3f} of all cases, no better than guessing. Do pictures and "
            "labels still belong together?"
        )


def _counted(labels, predictions, num_classes):
    matrix = np.zeros((num_classes, num_classes), dtype=int)
    np.add.at(matrix, (labels, predictions), 1)
    return matrix


@exercise(
    "A3.confusion",
    hints=(
        "Begin with a table of zeros: np.zeros((num_classes, num_classes), dtype=int).",
        "For each picture add 1 in the row of its label and the column of its prediction.",
        "for i, j in zip(labels, predictions): matrix[i, j] += 1",
    ),
    praise="A row for what it is, a column for what was said.",
)
def _(answer):
    if callable(answer):
        _judging.expect(expect_only, "numpy", answer)
    rng = np.random.default_rng(4)
    cases = [
        (np.array([0, 0, 0, 1, 2]), np.array([0, 1, 0, 1, 1]), 3),
        (np.array([0, 0, 1]), np.array([3, 0, 3]), 5),
        (*rng.integers(0, 6, (2, 60)), 6),
    ]

    def once(labels, predictions, num_classes):
        matrix = np.zeros((num_classes, num_classes))
        matrix[labels, predictions] += 1
        return matrix

    def small(labels, predictions, num_classes):
        return _counted(labels, predictions, max(labels.max(), predictions.max()) + 1)

    def shares(labels, predictions, num_classes):
        matrix = _counted(labels, predictions, num_classes)
        return matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)

    _judging.function(
        answer,
        _counted,
        cases,
        slips=[
            (lambda i, j, n: _counted(j, i, n), "Rows and columns are swapped: the row is what it is."),
            (
                once,
                "matrix[labels, predictions] += 1 counts a pair once, however often it comes. Use a loop or np.add.at.",
            ),
            (small, "A class that never occurs has a row and a column, too: the size is num_classes."),
            (shares, "These are shares of the rows. Count pictures."),
            (
                lambda i, j, n: np.diag(np.diag(_counted(i, j, n))),
                "Only the right answers are counted. The errors belong off the diagonal.",
            ),
            (
                lambda i, j, n: _counted(i, j, n) - np.diag(np.diag(_counted(i, j, n))),
                "Only the errors are counted. The right answers belong on the diagonal.",
            ),
        ],
    )


def _largest(matrix, count):
    errors = [(i, j, int(matrix[i, j])) for i, j in np.ndindex(matrix.shape) if i != j and matrix[i, j]]
    return sorted(errors, key=lambda error: -error[2])[:count]


@exercise(
    "A3.most_confused",
    hints=(
        "Go through all pairs (i, j) with i ≠ j, and keep those with matrix[i, j] > 0, as (i, j, times).",
        "sorted(errors, key=lambda error: -error[2]) puts the largest first, and keeps the order of equal ones.",
        "The first `count` of a list: errors[:count]. A list that is shorter does not mind.",
    ),
    praise="Now you know where to look: at the pictures of these pairs.",
)
def _(answer):
    if not callable(answer):
        raise Wrong("This exercise wants the function `most_confused` itself, without brackets.")
    slips = [
        (
            lambda m, n: sorted(
                ((i, j, m[i, j]) for i, j in np.ndindex(m.shape) if m[i, j]), key=lambda error: -error[2]
            )[:n],
            "The diagonal holds the right answers. Leave it out.",
        ),
        (
            lambda m, n: [(j, i, times) for i, j, times in _largest(m, n)],
            "Label and prediction are swapped: the row comes first.",
        ),
        (lambda m, n: _largest(m.T, n), "Label and prediction are swapped: the row comes first."),
        (lambda m, n: _largest(m, n)[::-1], "The largest should come first."),
        (
            lambda m, n: sorted(_largest(m, m.size), key=lambda error: error[2])[:n],
            "The largest should come first.",
        ),
        (
            lambda m, n: sorted(_largest(m, m.size))[:n],
            "These are the first pairs of the table, not the largest ones.",
        ),
        (
            lambda m, n: [
                (i, j, m[i, j]) for i, j in sorted(np.ndindex(m.shape), key=lambda pair: -m[pair]) if i != j
            ][:n],
            "Pairs that never occur do not belong into the list.",
        ),
        (
            lambda m, n: sorted(_largest(m, m.size), key=lambda error: (-error[2], -error[0], -error[1]))[:n],
            "Where two are equal, the smaller label comes first, then the smaller prediction.",
        ),
    ]
    table = np.array([[9, 1, 4, 1], [0, 9, 2, 0], [3, 2, 9, 0], [0, 0, 0, 7]])
    for matrix, count in [(table, 3), (table, 5), (table, 9), (np.diag([2, 3]), 2)]:
        given = _judging.attempt("most_confused", answer, matrix.copy(), count)
        try:
            found = [tuple(int(n) for n in error) for error in given]
        except TypeError:
            raise Wrong("Return a list of tuples (label, prediction, times).") from None
        right = _largest(matrix, count)
        if found == right:
            continue
        for slip, why in slips:
            if found == [tuple(int(n) for n in error) for error in slip(matrix, count)]:
                raise Wrong(why)
        raise Wrong(f"For {matrix.tolist()} and count={count} you return {found}. It should be {right}.")


@exercise(
    "A3.transfer",
    hints=(
        "base.trainable = False comes first, before the model is compiled.",
        "The base is a layer like any other: keras.Sequential([keras.Input(base.input_shape[1:]), base, …]).",
        'After it GlobalAveragePooling2D() and Dense(num_classes, activation="softmax"). No Rescaling: the base has its own.',
    ),
    praise="A few thousand weights learn; everything else was learned already.",
)
def _(answer):
    import keras
    from keras import layers

    from .. import training

    class Remember(layers.Layer):
        def call(self, x):
            self.seen = x
            return x

    memory = Remember()
    convolution = layers.Conv2D(6, 3, strides=2, activation="relu")
    base = keras.Sequential([keras.Input((32, 40, 3)), memory, layers.Rescaling(1 / 255), convolution])
    before = [np.copy(one) for one in base.get_weights()]
    frozen = []  # at each compile: some versions of Keras freeze what is frozen afterwards, others don't
    compile = keras.Model.compile

    def watched(self, *arguments, **settings):
        frozen.append(not any(weight.trainable for weight in base.weights))
        return compile(self, *arguments, **settings)

    with mock.patch.object(keras.Model, "compile", watched):
        model = _judging.network(answer, "transfer", base, 7)
    _judging.expect(expect_network, model, input_shape=(32, 40, 3), num_classes=7)
    pictures = _pictures((32, 40, 3), 2)
    memory.seen = None
    model(pictures, training=False)
    if memory.seen is None:
        raise Wrong("The base is not part of the model. Put it in, as a layer.")
    if not np.array_equal(memory.seen, pictures):
        raise Wrong("The base should get the pictures as they are, from 0 to 255: it scales them itself.")
    if not model.compiled:
        raise Wrong("The model is not compiled: model.compile(…) before `return model`.")
    if any(weight.trainable for weight in base.weights):
        raise Wrong("The base is not frozen: base.trainable = False, before the model is compiled.")
    if frozen and not frozen[-1]:
        raise Wrong(
            "The base was frozen after compile, which may not see it: base.trainable = False comes first."
        )
    if not model.trainable_weights:
        raise Wrong("Everything is frozen, so nothing can learn. Freeze the base only.")
    head = [one.numpy().copy() for one in model.trainable_weights]
    _expect_ready(model, (32, 40, 3), 7)
    if not all(map(np.array_equal, before, base.get_weights())):
        raise Wrong("The base has moved in training. Was it frozen before the model was compiled?")
    if any(np.array_equal(old, new.numpy()) for old, new in zip(head, model.trainable_weights, strict=True)):
        raise Wrong("A new layer has not moved in training. Freeze the base only.")
    _judging.expect(training.expect_frozen, base, model=model)


@exercise(
    "A3.scores",
    hints=(
        "model.evaluate(test_images, test_labels) returns the loss and the metrics: [loss, accuracy].",
        'scores = {"from scratch": model.evaluate(…)[1], "transfer": transferred.evaluate(…)[1]}',
    ),
    praise="These are the numbers of your networks. Whether they are high is another question.",
)
def _(answer):
    keys = ("from scratch", "transfer")
    if not isinstance(answer, dict) or set(answer) != set(keys):
        raise Wrong('The answer is a dict with the keys "from scratch" and "transfer".')
    if any(value is Ellipsis for value in answer.values()):
        raise Unanswered
    for key in keys:
        try:
            value = float(answer[key])
        except (TypeError, ValueError):
            raise Wrong(
                f'scores["{key}"] should be one number. evaluate returns a list: [loss, accuracy].'
            ) from None
        if 1 < value <= 100:
            raise Wrong(
                f'scores["{key}"] is {value:g}: a loss, or per cent? Report the share that is right, from 0 to 1.'
            )
        if not 0 <= value <= 1:
            raise Wrong(f'scores["{key}"] is {value:g}. A share lies between 0 and 1.')
