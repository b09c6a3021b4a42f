"""Right and wrong answers to assignment A3: what the check says to each, and which graded cells it loses."""

import numpy as np

SPLIT = """
def split(labels, share, seed):
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(labels))
    validation = []
    for label in sorted(set(labels.tolist())):
        mine = [row for row in order if labels[row] == label]
        validation += mine[: int(share * len(mine) + 0.5)]
    train = [row for row in order if row not in set(validation)]
    return np.array(train), np.array(validation)
"""

BUILD = """
def build(input_shape, num_classes):
    x = inputs = keras.Input(input_shape)
    x = layers.Rescaling(1 / 127.5, offset=-1)(x)
    x = layers.Conv2D(8, 3, strides=2, activation="relu")(x)
    x = layers.SeparableConv2D(16, 3, strides=2, activation="relu")(x)
    outputs = layers.Dense(num_classes, activation="softmax")(layers.Flatten()(x))
    model = keras.Model(inputs, outputs)
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model
"""

CONFUSION = """
def confusion(labels, predictions, num_classes):
    matrix = np.zeros((num_classes, num_classes), dtype=int)
    for label, said in zip(labels, predictions):
        matrix[label, said] += 1
    return matrix
"""

MOST_CONFUSED = """
def most_confused(matrix, count):
    n = len(matrix)
    errors = [(i, j, matrix[i][j]) for i in range(n) for j in range(n) if i != j and matrix[i][j] > 0]
    errors.sort(key=lambda error: (-error[2], error[0], error[1]))
    return errors[:count]
"""

TRANSFER = """
def transfer(base, num_classes):
    base.trainable = False
    inputs = keras.Input(base.input_shape[1:])
    x = base(inputs, training=False)
    x = layers.Flatten()(layers.GlobalMaxPooling2D()(x))
    outputs = layers.Dense(num_classes, activation="softmax")(x)
    model = keras.Model(inputs, outputs)
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(), metrics=["accuracy"])
    return model
"""

# Another `history` of the same training.
OTHER = "import copy\nhistory = copy.copy(history)\nhistory.history = dict(history.history)\n"


# A second network, and how both are looked at.
TRAINED = """transferred = transfer(base, 21)
def test(one):
    return one.evaluate(test_images, test_labels, verbose=0)[1]
BOTH = [('from scratch', model), ('transfer', transferred)]
"""


def changed(code, *replacements):
    for old, new in replacements:
        assert old in code, old
        code = code.replace(old, new)
    return code


RIGHT_CODE = {
    "split": [
        SPLIT,
        """
def split(labels, share, seed):
    rng = np.random.default_rng(seed)
    rows = np.concatenate([rng.choice(np.flatnonzero(labels == k), round(share * n), replace=False)
                           for k, n in enumerate(np.bincount(labels))])
    return np.setdiff1d(np.arange(len(labels)), rows), rows
""",
    ],
    "build": [BUILD],
    "confusion": [
        CONFUSION,
        """
def confusion(labels, predictions, num_classes):
    counts = np.bincount(labels * num_classes + predictions, minlength=num_classes**2)
    return counts.reshape(num_classes, num_classes)
""",
    ],
    "most_confused": [MOST_CONFUSED],
    "transfer": [TRANSFER],
}

WRONG_CODE = [
    ("split", changed(SPLIT, ("if row not in set(validation)", "")), "in both parts", "complete"),
    (
        "split",
        "def split(labels, share, seed):\n"
        "    order = np.random.default_rng(seed).permutation(len(labels))\n"
        "    return np.split(order, [len(labels) - round(share * len(labels))])\n",
        "Cut each class for itself",
        "shares",
    ),
    ("split", changed(SPLIT, ("default_rng(seed)", "default_rng(0)")), "Every seed", "seed"),
    ("split", changed(SPLIT, ("default_rng(seed)", "default_rng()")), "second time", "seed"),
    (
        "split",
        changed(SPLIT, ("rng.permutation(len(labels))", "np.arange(len(labels))")),
        "Every seed",
        "seed",
    ),
    (
        "split",
        changed(
            SPLIT,
            ("return np.array(train), np.array(validation)", "return np.array(validation), np.array(train)"),
        ),
        "swapped",
        "shares",
    ),
    (
        "split",
        changed(SPLIT, ("int(share * len(mine) + 0.5)", "int(share * len(mine))")),
        "should go to",
        "shares",
    ),
    ("split", changed(SPLIT, ("np.array(train), np", "np.array(train[:-3]), np")), "in neither", "complete"),
    (
        "split",
        changed(
            SPLIT,
            ("return np.array(train), np.array(validation)", "return labels[train], labels[validation]"),
        ),
        "in both|once|neither",
        "complete shares seed",
    ),
    (
        "split",
        changed(SPLIT, ("return np.array(train), np.array(validation)", "return np.array(train)")),
        "two arrays",
        "complete shares seed",
    ),
    (
        "build",
        changed(BUILD, ("layers.Rescaling(1 / 127.5, offset=-1)(x)", "x")),
        "0 to 255|scale|range",
        "scaled",
    ),
    ("build", changed(BUILD, ("Dense(num_classes,", "Dense(20,")), "Expected 21", "shapes compiled"),
    ("build", changed(BUILD, (', activation="softmax"', "")), "no softmax", "shapes compiled"),
    (
        "build",
        changed(BUILD, ('"sparse_categorical_crossentropy"', '"categorical_crossentropy"')),
        "sparse",
        "compiled",
    ),
    (
        "build",
        changed(BUILD, ('"sparse_categorical_crossentropy"', '"mse"')),
        "sparse|squares|loss",
        "compiled",
    ),
    ("build", changed(BUILD, (', metrics=["accuracy"]', "")), "accuracy", "compiled"),
    (
        "build",
        changed(
            BUILD,
            ('    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])\n', ""),
        ),
        "compile",
        "compiled",
    ),
    ("build", changed(BUILD, ("    return model\n", "")), "Expected a Keras model", "shapes scaled compiled"),
    (
        "build",
        changed(BUILD, ('layers.Conv2D(8, 3, strides=2, activation="relu")(x)', "layers.MaxPooling2D(4)(x)")),
        "at least 2 convolutions",
        "shapes",
    ),
    (
        "build",
        changed(BUILD, ("keras.Input(input_shape)", "keras.Input((64, 64, 3))")),
        r"shape \(40, 48, 1\)",
        "shapes",
    ),
    # These begin with a network that has been trained well, so that nothing long need be trained here.
    ("training", "model = build((64, 64, 3), 21)\n", "", "watched better_than_guessing"),
    ("training", OTHER + "history.history = {'loss': history.history['loss']}\n", "", "watched"),
    ("training", OTHER + "history.history = {k: v[:4] for k, v in history.history.items()}\n", "", "watched"),
    ("training", OTHER + "history.history['loss'] = [3.2] * 12\n", "", "learned"),
    ("training", OTHER + "history.history['loss'] = [9.0, 8, 7, 6, 5]\n", "", "learned"),
    ("training", "history = {'loss': [2, 1, 1, 1, 1], 'val_loss': [2, 1, 1, 1, 1]}\n", "", "watched learned"),
    ("training", "del history\n", "", "watched learned"),
    (
        "training",
        "model = build((64, 64, 3), 21)\nmodel.compile(keras.optimizers.SGD(1e30), 'sparse_categorical_crossentropy')\n"
        "history = model.fit(train_images[:32], train_labels[:32], epochs=5, verbose=0, validation_split=0.25)\n",
        "",
        "learned better_than_guessing",
    ),
    (
        "confusion",
        changed(CONFUSION, ("matrix[label, said]", "matrix[said, label]")),
        "swapped",
        "example random empty",
    ),
    (
        "confusion",
        changed(
            CONFUSION,
            (
                "    for label, said in zip(labels, predictions):\n        matrix[label, said] += 1\n",
                "    matrix[labels, predictions] += 1\n",
            ),
        ),
        "counts a pair once",
        "example random",
    ),
    (
        "confusion",
        changed(
            CONFUSION,
            (
                "np.zeros((num_classes, num_classes), dtype=int)",
                "np.zeros((max(labels.max(), predictions.max()) + 1,) * 2, dtype=int)",
            ),
        ),
        "never occurs",
        "empty",
    ),
    (
        "confusion",
        changed(
            CONFUSION, ("return matrix", "return matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)")
        ),
        "shares of the rows",
        "example random empty",
    ),
    (
        "confusion",
        changed(CONFUSION, ("return matrix", "return np.diag(np.diag(matrix))")),
        "Only the right",
        "example random empty",
    ),
    (
        "confusion",
        changed(CONFUSION, ("return matrix", "return matrix - np.diag(np.diag(matrix))")),
        "Only the errors",
        "example random empty",
    ),
    (
        "confusion",
        "from sklearn.metrics import confusion_matrix\n"
        "def confusion(labels, predictions, num_classes):\n"
        "    return confusion_matrix(labels, predictions, labels=range(num_classes))\n",
        "sklearn",
        "example random empty",
    ),
    ("most_confused", changed(MOST_CONFUSED, ("i != j and ", "")), "diagonal", "example ties"),
    (
        "most_confused",
        changed(MOST_CONFUSED, ("(i, j, matrix[i][j])", "(j, i, matrix[i][j])")),
        "swapped",
        "example ties",
    ),
    ("most_confused", changed(MOST_CONFUSED, ("-error[2], ", "error[2], ")), "largest", "example ties"),
    ("most_confused", changed(MOST_CONFUSED, ("-error[2], ", "")), "not the largest", "example ties"),
    ("most_confused", changed(MOST_CONFUSED, (" and matrix[i][j] > 0", "")), "never occur", "ties"),
    (
        "most_confused",
        changed(MOST_CONFUSED, ("error[0], error[1]", "-error[0], -error[1]")),
        "Where two are equal",
        "ties",
    ),
    (
        "most_confused",
        changed(MOST_CONFUSED, ("return errors[:count]", "return [error[2] for error in errors][:count]")),
        "list of tuples",
        "example ties",
    ),
    ("most_confused", changed(MOST_CONFUSED, ("errors[:count]", "errors")), "you return", "example ties"),
    ("transfer", changed(TRANSFER, ("    base.trainable = False\n", "")), "not frozen", "frozen learns"),
    (
        "transfer",
        changed(
            TRANSFER,
            ("    base.trainable = False\n", ""),
            ("    return model", "    base.trainable = False\n    return model"),
        ),
        "moved|compile",
        "frozen",
    ),
    (
        "transfer",
        changed(TRANSFER, ("    model.compile", "    model.trainable = False\n    model.compile")),
        "nothing can learn|frozen",
        "frozen learns",
    ),
    (
        "transfer",
        changed(TRANSFER, ("base(inputs,", "base(layers.Rescaling(1 / 255)(inputs),")),
        "as they are",
        "pictures",
    ),
    ("transfer", changed(TRANSFER, ("base(inputs,", "base(inputs / 127.5 - 1,")), "as they are", "pictures"),
    (
        "transfer",
        changed(TRANSFER, ("x = base(inputs, training=False)", "x = layers.Conv2D(8, 3)(inputs)")),
        "not part of the model",
        "pictures frozen",
    ),
    ("transfer", changed(TRANSFER, ("Dense(num_classes,", "Dense(21,")), "Expected 7", "shapes"),
    ("transfer", changed(TRANSFER, ('"softmax"', '"sigmoid"')), "another activation", "shapes"),
    (
        "transfer",
        changed(TRANSFER, ("    model.compile", "    keras.Model(inputs, x).compile")),
        "not compiled",
        "learns",
    ),
    (
        "transfer",
        changed(TRANSFER, ("    return model", "    model(0)")),
        "stopped",
        "shapes pictures frozen learns",
    ),
    (
        "scores",
        "scores = {'from scratch': 0.95, 'transfer': 0.97}\ntransferred = model\n",
        "",
        "scratch transfer",
    ),
    (
        "scores",
        TRAINED + "scores = {'transfer': test(transferred)}\n",
        "",
        "scratch",
    ),
    (
        "scores",
        TRAINED + "scores = {'from scratch': test(model), 'transfer': 0.9}\n",
        "",
        "transfer",
    ),
    (
        "scores",
        TRAINED + "seen = model.evaluate(validation_images, validation_labels)[1]\n"
        "scores = {'from scratch': seen, 'transfer': test(transferred)}\n",
        "",
        "scratch",
    ),
    (
        "scores",
        TRAINED + "scores = {key: 100 * test(one) for key, one in BOTH}\n",
        "",
        "scratch transfer",
    ),
    (
        "scores",
        TRAINED + "scores = {key: one.evaluate(test_images, test_labels) for key, one in BOTH}\n",
        "",
        "scratch transfer",
    ),
    (
        "scores",
        TRAINED + "base.trainable = True\nscores = {key: test(one) for key, one in BOTH}\n",
        "",
        "transfer",
    ),
]


def load(code, task):
    """The student's function, as if it had been written in the notebook. Networks are built when it is called."""
    names = {"__name__": "__main__", "np": np}
    if task not in ("build", "transfer"):
        exec(code, names)
        return names[task]

    def late(*arguments):
        import keras

        names.update(keras=keras, layers=keras.layers)
        exec(code, names)
        return names[task](*arguments)

    return late


GOOD_CURVES = {
    "loss": [3, 2.5, 2, 1.5, 1.2],
    "val_loss": [3.1, 2.7, 2.4, 2.2, 2.1],
    "val_accuracy": [0.1, 0.2, 0.2, 0.3, 0.3],
}

RIGHT = {f"A3.{task}": [load(code, task) for code in codes] for task, codes in RIGHT_CODE.items()}
RIGHT["A3.training"] = [GOOD_CURVES]
RIGHT["A3.scores"] = [
    {"from scratch": 0.42, "transfer": np.float32(0.61)},
    {"from scratch": 0.5, "transfer": 0.5},
]
WRONG = [(f"A3.{task}", load(code, task), message) for task, code, message, _ in WRONG_CODE if message]
WRONG += [
    ("A3.training", 3, "what fit returns"),
    ("A3.training", {key: values[:4] for key, values in GOOD_CURVES.items()}, "at least five"),
    ("A3.training", {"loss": GOOD_CURVES["loss"]}, "Nobody watched"),
    ("A3.training", {**GOOD_CURVES, "loss": [3, 3, 3, 3, 3.1]}, "only guesses"),
    ("A3.training", {**GOOD_CURVES, "loss": [9, 8, 7, 6, 5]}, "only guesses"),
    ("A3.training", {**GOOD_CURVES, "loss": [3, np.nan, np.nan, np.nan, np.nan]}, "NaN"),
    ("A3.training", {**GOOD_CURVES, "val_accuracy": [0.05] * 5}, "no better than guessing"),
    ("A3.scores", 0.9, "a dict"),
    ("A3.scores", {"scratch": 0.4, "transfer": 0.6}, "a dict with the keys"),
    ("A3.scores", {"from scratch": 42, "transfer": 61}, "per cent"),
    ("A3.scores", {"from scratch": -0.1, "transfer": 0.6}, "between 0 and 1"),
    ("A3.scores", {"from scratch": [2.1, 0.4], "transfer": [1.0, 0.6]}, "one number"),
]
