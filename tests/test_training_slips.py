"""`training.check`: each slip is made and must be named; right models must pass without a false alarm."""

import inspect
import random
import re

import numpy as np
import pytest

from cnnkit import datasets, models, training

keras = pytest.importorskip("keras")
tf = pytest.importorskip("tensorflow")
L = keras.layers

N, SIDE, CLASSES = 96, 12, 4
RANDOM = np.random.default_rng(0)
PIXELS = RANDOM.integers(0, 256, (N, SIDE, SIDE, 3)).astype("float32")
UNIT = PIXELS / 255
LABELS = np.arange(N) % CLASSES
ONE_HOT = np.eye(CLASSES, dtype="float32")[LABELS]
TWO = LABELS % 2
SPARSE, CATEGORICAL, BINARY = (
    f"{kind}_crossentropy" for kind in ("sparse_categorical", "categorical", "binary")
)


def network(
    units=CLASSES, activation="softmax", *, first=(), kind="sequential", shape=(SIDE, SIDE, 3), conv=True
):
    """A small network of one of four kinds; `first` are layers before the first kernel."""
    layers = [
        *first,
        *([L.Conv2D(4, 3, activation="relu"), L.GlobalAveragePooling2D()] if conv else [L.Flatten()]),
    ]
    if activation in (None, "softmax", "sigmoid", "linear", "relu"):
        layers.append(L.Dense(units, activation=activation))
    else:  # the activation as a layer of its own
        layers += [L.Dense(units), activation]
    if kind == "sequential":
        return keras.Sequential([keras.Input(shape), *layers])
    if kind == "unbuilt":
        return keras.Sequential(layers)
    if kind == "nested":
        return keras.Sequential(
            [keras.Input(shape), keras.Sequential([keras.Input(shape), *layers[:-1]]), layers[-1]]
        )
    if kind == "functional":
        x = inputs = keras.Input(shape)
        for layer in layers:
            x = layer(x)
        return keras.Model(inputs, x)

    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.parts = layers

        def call(self, x):
            for layer in self.parts:
                x = layer(x)
            return x

    model = Own()
    model(np.zeros((1, *shape), "float32"))
    return model


def compiled(model, loss=SPARSE, optimizer="adam", metrics=("accuracy",)):
    model.compile(optimizer=optimizer, loss=loss, metrics=list(metrics))
    return model


def tensors(x, y, batch=16):
    return tf.data.Dataset.from_tensor_slices((x, y)).batch(batch)


def logits(loss):
    name = {SPARSE: "SparseCategoricalCrossentropy", CATEGORICAL: "CategoricalCrossentropy"}.get(
        loss, "BinaryCrossentropy"
    )
    return getattr(keras.losses, name)(from_logits=True)


# --- right models pass -------------------------------------------------------------------------------

KINDS = ("sequential", "functional", "nested", "own")
HEADS = {
    "softmax": (CLASSES, "softmax", SPARSE, LABELS),
    "softmax as a layer": (CLASSES, L.Softmax, SPARSE, LABELS),
    "activation as a layer": (CLASSES, lambda: L.Activation("softmax"), SPARSE, LABELS),
    "labels (N, 1)": (CLASSES, "softmax", SPARSE, LABELS[:, None]),
    "float labels": (CLASSES, "softmax", SPARSE, LABELS.astype("float32")),
    "one-hot": (CLASSES, "softmax", CATEGORICAL, ONE_HOT),
    "logits": (CLASSES, None, logits(SPARSE), LABELS),
    "one-hot logits": (CLASSES, "linear", logits(CATEGORICAL), ONE_HOT),
    "sigmoid": (1, "sigmoid", BINARY, TWO),
    "sigmoid, labels (N, 1)": (1, "sigmoid", keras.losses.BinaryCrossentropy(), TWO[:, None]),
    "two softmax units": (2, "softmax", SPARSE, TWO),
    "several labels a picture": (CLASSES, "sigmoid", BINARY, (RANDOM.random((N, CLASSES)) > 0.5).astype(int)),
    "a number to predict": (1, None, "mse", RANDOM.normal(size=N)),
    "more units than classes": (CLASSES + 3, "softmax", SPARSE, LABELS),
}


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("kind", KINDS)
def test_right_models_pass(kind, head):
    units, activation, loss, y = HEADS[head]
    activation = activation() if callable(activation) else activation
    model = compiled(network(units, activation, first=[L.Rescaling(1 / 255)], kind=kind), loss)
    report = training.check(model, PIXELS, y)
    assert not report.findings, report
    assert report.ok
    assert not report.skipped
    assert report.raise_if_any() is report


@pytest.mark.parametrize(
    ("first", "x"),
    [
        (list, UNIT),
        (list, UNIT * 2 - 1),
        (list, (PIXELS - PIXELS.mean()) / PIXELS.std()),
        (list, PIXELS - 120),  # what VGG16 was trained with: means taken off, nothing divided
        (lambda: [L.Rescaling(1 / 127.5, offset=-1)], PIXELS),
        (lambda: [L.Rescaling(1 / 255)], PIXELS.astype("uint8")),
        (lambda: [L.RandomFlip(), L.Rescaling(1 / 255), L.RandomTranslation(0.1, 0.1)], PIXELS),
        (lambda: [L.Normalization(mean=127.0, variance=70.0**2)], PIXELS),
        (lambda: [L.BatchNormalization()], PIXELS),
        (lambda: [L.Lambda(lambda x: x / 255)], PIXELS),
    ],
)
@pytest.mark.parametrize("kind", ["sequential", "functional", "own"])
def test_every_way_of_scaling_passes(kind, first, x):
    first = first()
    if kind == "own" and any(isinstance(layer, L.Normalization) for layer in first):
        pytest.skip("Keras itself cannot build this one")
    report = training.check(compiled(network(first=first, kind=kind)), x, LABELS)
    assert not report.findings, report


def test_scaling_by_operations_passes():
    inputs = keras.Input((SIDE, SIDE, 3))
    outputs = network()(keras.applications.mobilenet_v2.preprocess_input(inputs))
    report = training.check(compiled(keras.Model(inputs, outputs)), PIXELS, LABELS)
    assert not report.findings, report


def test_the_models_of_the_course_pass_on_the_course_data(capsys):
    data = datasets.mnist(source="embedded")
    for build in (models.mlp, models.lenet5, models.lenet5_small, models.convnet1, models.cnn_12_24):
        for from_logits in (False, True):
            model = build(input_shape=(28, 28, 1), logits=from_logits)
            compiled(model, keras.losses.SparseCategoricalCrossentropy(from_logits=from_logits))
            findings = training.check(model, data).findings
            scaled = any(isinstance(layer, L.Rescaling) for layer in model.layers)
            assert [one.name for one in findings] == ([] if scaled else ["not scaled"]), build


def test_a_denoiser_passes():
    model = keras.Sequential(
        [keras.Input((SIDE, SIDE, 3)), L.Conv2D(4, 3, padding="same"), L.Conv2D(3, 3, padding="same")]
    )
    assert not training.check(compiled(model, "mse", metrics=()), UNIT, UNIT).findings
    model.add(L.Activation("sigmoid"))
    assert not training.check(compiled(model, BINARY, metrics=()), UNIT, UNIT).findings


def test_a_label_for_each_pixel_passes():
    model = keras.Sequential([keras.Input((SIDE, SIDE, 3)), L.Conv2D(CLASSES, 1, activation="softmax")])
    masks = RANDOM.integers(0, CLASSES, (N, SIDE, SIDE))
    assert not training.check(compiled(model), UNIT, masks).findings


@pytest.mark.parametrize("y", [LABELS, ONE_HOT])
def test_tf_data_passes(y):
    loss = SPARSE if y.ndim == 1 else CATEGORICAL
    report = training.check(compiled(network(), loss), tensors(UNIT, y), test=tensors(UNIT, y))
    assert not report.findings, report
    assert "first batches" in repr(report)


def test_pictures_without_a_channel_axis_pass_as_in_keras():
    grey = network(shape=(SIDE, SIDE, 1))
    assert not training.check(compiled(grey), UNIT[..., 0], LABELS).findings


# --- each slip is named -------------------------------------------------------------------------------

# name: (model, x, y, certain, what the message must say)
SLIPS = [
    ("not built", lambda: compiled(network(kind="unbuilt")), UNIT, LABELS,
     True, r"keras\.Input\(shape=\(12, 12, 3\)\)"),
    ("not compiled", network, UNIT, LABELS, True, r"no loss and no optimizer.*model\.compile"),
    ("nothing to train", lambda: _frozen(), UNIT, LABELS, True, r"everything is frozen.*compile again"),
    ("frozen too late", lambda: _frozen_too_late(), UNIT, LABELS,
     True, r"changed afterwards: late.*Compile again"),
    ("learning rate", lambda: _with(keras.optimizers.Adam(1.0)), UNIT, LABELS,
     True, r"received Adam with 1\. .*0\.001"),
    ("learning rate", lambda: _with(keras.optimizers.AdamW(3.0)), UNIT, LABELS, True, r"AdamW with 3"),
    ("learning rate", lambda: _with(keras.optimizers.Adam(0.1)), UNIT, LABELS, False, r"well below 0\.1"),
    ("learning rate", lambda: _with(keras.optimizers.SGD(100.0)), UNIT, LABELS, False, r"SGD with 100.*NaN"),
    ("learning rate", lambda: _with(keras.optimizers.SGD(0.0)), UNIT, LABELS,
     True, r"above 0; received SGD with 0\. "),
    ("channels first", lambda: compiled(network(shape=(3, 12, 12))), np.moveaxis(UNIT, -1, 1), LABELS, True,
     r"as in PyTorch.*3 rows of 12 pixels with 12 channels.*shape=\(12, 12, 3\)"),
    ("channels first", lambda: compiled(network()), np.moveaxis(UNIT, -1, 1), LABELS, True,
     r"\(N, 12, 12, 3\).*received shape \(96, 3, 12, 12\).*np\.moveaxis\(x, 1, -1\)"),
    ("batch axis", lambda: compiled(network()), UNIT[0], LABELS,
     True, r"received shape \(12, 12, 3\).*x\[None\].*\(1, 12, 12, 3\)"),
    ("batch axis", lambda: compiled(network()), UNIT[None], LABELS[None], True, r"one axis too many.*x\[0\]"),
    ("shape", lambda: compiled(network()), UNIT[:, :10], LABELS,
     True, r"received shape \(96, 10, 12, 3\).*Resize"),
    ("shape", lambda: compiled(network()), UNIT[..., :1], LABELS, True, r"of the pictures: 1; .* wants: 3"),
    ("shape", lambda: compiled(network(conv=False, shape=(432,))), UNIT, LABELS,
     True, r"\(N, 432\).*Flatten"),
    ("not scaled", lambda: compiled(network()), PIXELS, LABELS,
     True, r"values from 0 to 255.*Rescaling\(1/255\)"),
    ("not scaled", lambda: compiled(network(first=[L.RandomFlip()])), PIXELS.astype("uint8"), LABELS,
     True, r"first layer with a kernel"),
    ("not scaled", lambda: compiled(network(conv=False)), PIXELS, LABELS,
     True, r"\('dense.*values from 0 to 255"),
    ("not scaled", lambda: compiled(network(kind="nested")), PIXELS, LABELS, True, r"values from 0 to 255"),
    ("not scaled", lambda: compiled(network(kind="own")), PIXELS, LABELS, True, r"values from 0 to 255"),
    ("scaled twice", lambda: compiled(network(first=[L.Rescaling(1 / 255)])), UNIT, LABELS,
     True, r"model scales them itself; received pixels from 0 to 1, .*0\.00392"),
    ("scaled twice", lambda: compiled(network(first=[L.Rescaling(1 / 127.5, offset=-1)])), UNIT, LABELS,
     True, r"-1 to -0\.992"),
    ("scaled twice", lambda: compiled(network()), UNIT / 255, LABELS,
     True, r"up to 0\.00392|to 0\.00392.*run twice"),
    ("all the same", lambda: compiled(network()), UNIT * 0, LABELS, True, r"received 0 in every pixel.*`//`"),
    ("NaN", lambda: compiled(network()), np.where(UNIT > 0.999, np.nan, UNIT), LABELS,
     True, r"NaN or infinity in \d+ of the 96"),
    ("NaN", lambda: _broken(), UNIT, LABELS, True, r"weights are NaN"),
    ("picture type", lambda: compiled(network()), np.array([UNIT[0], UNIT[1, :5]] * 48, dtype=object), LABELS,
     True, r"of type object.*np\.stack"),
    ("softmax of one unit", lambda: compiled(network(1), BINARY), UNIT, TWO,
     True, r"one unit says 1 whatever"),
    ("softmax of one unit", lambda: compiled(network(1, L.Softmax()), BINARY), UNIT, TWO,
     True, r"Dense\(1, activation=\"sigmoid\"\)"),
    ("softmax of one unit", lambda: compiled(network(1, kind="own"), BINARY), UNIT, TWO,
     True, r"softmax on one unit"),
    ("softmax with from_logits=True", lambda: compiled(network(), logits(SPARSE)), UNIT, LABELS,
     True, r"probabilities from softmax.*Leave out"),
    ("softmax with from_logits=True", lambda: compiled(network(kind="own"), logits(SPARSE)), UNIT, LABELS,
     True, r"probabilities from softmax"),
    ("softmax with from_logits=True",
     lambda: compiled(network(activation=L.Activation("softmax"), kind="nested"), logits(CATEGORICAL)),
     UNIT, ONE_HOT,
     True, r"done twice"),
    ("softmax with from_logits=True", lambda: compiled(network(1, "sigmoid"), logits(BINARY)), UNIT, TWO,
     True, r"probabilities from sigmoid"),
    ("logits without from_logits=True", lambda: compiled(network(activation=None)), UNIT, LABELS,
     True, r"from_logits=False.*activation=\"softmax\""),
    ("logits without from_logits=True", lambda: compiled(network(activation=None, kind="own")), UNIT, LABELS,
     True, r"without softmax"),
    ("logits without from_logits=True", lambda: compiled(network(activation="relu")), UNIT, LABELS,
     True, r"relu activation"),
    ("logits without from_logits=True", lambda: compiled(network(1, None), BINARY), UNIT, TWO,
     True, r"activation=\"sigmoid\""),
    ("logits without from_logits=True",
     lambda: compiled(network(activation=None), keras.losses.SparseCategoricalCrossentropy()),
     UNIT, LABELS,
     True, r"from_logits=False"),
    ("logits without from_logits=True",
     lambda: compiled(network(activation=None), keras.losses.sparse_categorical_crossentropy),
     UNIT, LABELS,
     True, r"from_logits=False"),
    ("binary loss with softmax", lambda: compiled(network(2), BINARY), UNIT, np.eye(2)[TWO],
     True, r"2 units with softmax.*sparse_categorical"),
    ("accuracy of logits", lambda: compiled(network(1, None), logits(BINARY)), UNIT, TWO,
     False, r"BinaryAccuracy\(threshold=0\)"),
    ("accuracy of logits",
     lambda: compiled(network(1, None), logits(BINARY), metrics=[keras.metrics.BinaryAccuracy()]),
     UNIT, TWO,
     False, r"cuts them at 0\.5"),
    ("number of labels", lambda: compiled(network()), UNIT, LABELS[:90],
     True, r"received 96 pictures and 90 labels"),
    ("label type", lambda: compiled(network()), UNIT, np.array(["cat", "dog"] * 48),
     True, r"such as 'cat'.*np\.unique"),
    ("label type", lambda: compiled(network()), UNIT, LABELS / 255, True, r"received 0\.00392.*scaled along"),
    ("label shape", lambda: compiled(network()), UNIT, ONE_HOT,
     True, r"received shape \(96, 4\), one-hot.*argmax"),
    ("label shape", lambda: compiled(network()), UNIT, RANDOM.integers(0, 3, (N, 7)),
     True, r"received shape \(96, 7\).*number of a class"),
    ("label shape", lambda: compiled(network(), CATEGORICAL), UNIT, LABELS,
     True, r"received shape \(96,\).*to_categorical\(y, 4\)"),
    ("label shape", lambda: compiled(network(), CATEGORICAL), UNIT, LABELS[:, None],
     True, r"received shape \(96, 1\)"),
    ("label shape", lambda: compiled(network(5), CATEGORICAL), UNIT, ONE_HOT, True, r"Dense\(4, …\)"),
    ("label shape", lambda: compiled(network(), CATEGORICAL), UNIT, ONE_HOT + np.roll(ONE_HOT, 1, 1),
     False, r"several labels"),
    ("label shape", lambda: compiled(network(1, "sigmoid"), BINARY), UNIT, np.eye(2)[TWO],
     True, r"One-hot.*argmax"),
    ("label shape", lambda: compiled(network(2, "sigmoid"), BINARY), UNIT, TWO,
     True, r"\(N, 2\) of 0 and 1.*received shape \(96,\)"),
    ("label shape", lambda: compiled(network(), "mse"), UNIT, LABELS,
     True, r"\(N, 4\); received shape \(96,\).*says nothing"),
    ("label shape", lambda: compiled(network(), "mse"), UNIT, LABELS[:, None],
     True, r"\(N, 4\); received shape \(96, 1\).*says nothing"),
    ("labels start at 1", lambda: compiled(network()), UNIT, LABELS + 1, True, r"from 1 to 4.*`y = y - 1`"),
    ("labels start at 1", lambda: compiled(network(5)), UNIT, LABELS + 1,
     False, r"class 0 among all 96.*Dense\(4, …\)"),
    ("labels start at 1", lambda: compiled(network(1, "sigmoid"), BINARY), UNIT, TWO + 1,
     True, r"labels 1 and 2"),
    ("labels out of range", lambda: compiled(network(3)), UNIT, LABELS,
     True, r"0 to 2, because .* 3 units; received labels from 0 to 3"),
    ("labels out of range", lambda: compiled(network()), UNIT, LABELS - 1,
     True, r"received labels from -1 to 2"),
    ("labels out of range", lambda: compiled(network(1, "sigmoid"), BINARY), UNIT, LABELS,
     True, r"from 0 to 3\. For 4 classes"),
    ("labels out of range", lambda: compiled(network(1, "sigmoid"), BINARY), UNIT, TWO * 2 - 1,
     True, r"from -1 to 1"),
    ("labels out of range", lambda: compiled(network(1, "sigmoid"), SPARSE), UNIT, TWO,
     True, r"labels up to 1 and one unit"),
    ("labels out of range", lambda: compiled(network(CLASSES, "sigmoid"), BINARY), UNIT, ONE_HOT * 9,
     True, r"targets from 0 to 9"),
]  # fmt: skip


def _frozen():
    model = network()
    model.trainable = False
    return compiled(model)


def _frozen_too_late():
    model = compiled(
        keras.Sequential(
            [
                keras.Input((SIDE, SIDE, 3)),
                L.Conv2D(4, 3, name="late"),
                L.Flatten(),
                L.Dense(CLASSES, "softmax"),
            ]
        )
    )
    model.fit(UNIT, LABELS, verbose=0)
    model.layers[0].trainable = False
    return model


def _with(optimizer):
    return compiled(network(), optimizer=optimizer)


def _broken():
    model = compiled(network())
    model.set_weights([np.full_like(weight, np.nan) for weight in model.get_weights()])
    return model


@pytest.mark.parametrize(
    ("name", "build", "x", "y", "certain", "says"), SLIPS, ids=[f"{i} {s[0]}" for i, s in enumerate(SLIPS)]
)
def test_the_slip_is_named(name, build, x, y, certain, says):
    report = training.check(build(), x, y)
    found = [one for one in report if one.name == name]
    assert len(found) == 1, report
    assert found[0].certain is certain
    assert report.ok is not certain or any(one.certain for one in report if one.name != name)
    assert re.search(says, found[0].message, re.DOTALL), found[0].message
    # each message has its parts: what was expected, what came, and more than one sentence
    assert found[0].message.startswith("Expected ")
    assert "; received " in found[0].message
    assert ". " in found[0].message
    # at most one slip follows from another, as labels out of range do from a single unit
    certain_ones = [one.name for one in report if one.certain]
    assert len(certain_ones) <= 2, report


def test_the_list_in_the_docstring_names_every_slip_and_each_is_tested():
    text = " ".join(inspect.getdoc(training.check).split())
    tested = {name for name, *_ in SLIPS} | {"one class only", "number of classes", "shuffled test set",
                                             "augmented test set", "test in training"}  # fmt: skip
    listed = set(re.findall(r'"([^"]+)"', text.split("- model:")[1].split("Args:")[0]))
    assert listed == tested


# --- tf.data and data sets ----------------------------------------------------------------------------


def test_a_tf_data_that_is_not_batched():
    data = tf.data.Dataset.from_tensor_slices((UNIT, LABELS))
    report = training.check(compiled(network()), data)
    assert report.names() == ["batch axis"]
    assert "data.batch(32)" in report.findings[0].message


def test_a_tf_data_batched_twice():
    report = training.check(compiled(network()), tensors(UNIT, LABELS).batch(2))
    assert "batch axis" in report.names()
    assert "batched twice" in report.findings[0].message


def test_training_pictures_sorted_by_class():
    order = np.argsort(LABELS.repeat(10), kind="stable")
    x, y = UNIT.repeat(10, axis=0)[order], LABELS.repeat(10)[order]
    report = training.check(compiled(network()), tensors(x, y))
    assert report.names() == ["one class only"]
    assert report.ok
    assert "only class 0" in report.findings[0].message
    assert not training.check(compiled(network()), x, y).findings  # fit shuffles arrays itself


@pytest.mark.parametrize("buffer", [20, N])
def test_a_shuffled_test_set(buffer):
    test = tf.data.Dataset.from_tensor_slices((UNIT, LABELS)).shuffle(buffer).batch(16)
    report = training.check(compiled(network()), UNIT, LABELS, test=test)
    assert report.names() == ["shuffled test set"]
    with pytest.raises(ValueError, match=r"same order each time; received other labels.*confusion matrix"):
        report.raise_if_any()


def test_a_test_set_shuffled_the_same_each_time_passes():
    test = tf.data.Dataset.from_tensor_slices((UNIT, LABELS))
    test = test.shuffle(N, seed=1, reshuffle_each_iteration=False).batch(16)
    assert not training.check(compiled(network()), UNIT, LABELS, test=test).findings


def test_an_augmented_test_set():
    test = tensors(UNIT.astype("float64"), LABELS).map(
        lambda x, y: (x + tf.numpy_function(np.random.rand, [], tf.double), y)
    )
    report = training.check(compiled(network()), UNIT, LABELS, test=test)
    assert report.names() == ["augmented test set"]
    with pytest.warns(UserWarning, match=r"same test pictures each time.*Augment the training part only"):
        assert report.raise_if_any() is report


@pytest.mark.parametrize("dtype", ["float32", "uint8"])
def test_test_pictures_in_training(dtype):
    model = compiled(network(first=[L.Rescaling(1 / 255)]))
    x_test = np.concatenate([255 - PIXELS[:20], PIXELS[30:40]]).astype(dtype)
    report = training.check(model, PIXELS, LABELS, test=(x_test, np.arange(30) % CLASSES))
    assert report.names() == ["test in training"]
    assert not report.ok
    assert "10 of 30 " in report.findings[0].message
    assert "test picture 20 is the first" in report.findings[0].message
    assert not training.check(model, PIXELS, LABELS, test=(x_test[:20], LABELS[:20])).findings


def test_a_single_double_is_doubtful_only():
    model = compiled(network())
    x_test = np.concatenate([1 - UNIT, 1 - UNIT / 2, UNIT[:1]])
    report = training.check(model, UNIT, LABELS, test=(x_test, np.zeros(len(x_test))))
    assert report.names() == ["test in training"]
    assert report.ok


def test_a_data_set_of_the_course(capsys):
    data = datasets.digits()
    model = compiled(network(9, shape=(8, 8, 1)))
    report = training.check(model, data)
    assert sorted(report.names()) == ["labels out of range", "not scaled", "number of classes"]
    assert "each of the 10 classes; received 9" in str(report)


@pytest.mark.parametrize(("units", "certain"), [(3, True), (6, False)])
def test_the_number_of_classes(units, certain):
    names = ["a", "b", "c", "d"]
    report = training.check(compiled(network(units)), tensors(UNIT, LABELS), class_names=names)
    found = next(one for one in report if one.name == "number of classes")
    assert found.certain is certain
    assert "Dense(4, …)" in found.message


# --- the report, and what cannot be checked -----------------------------------------------------------


def test_the_report_shows_itself():
    report = training.check(compiled(network(3, None)), PIXELS, LABELS)
    assert not report
    assert report.names() == ["not scaled", "logits without from_logits=True", "labels out of range"]
    text, page = repr(report), report._repr_html_()
    assert text.startswith("3 slips found. Looked at: 96 of 96 pictures.")
    for one in report:
        assert f"slip: {one.name}: {one.message}" in text
        assert one.name in page
    assert "<code>keras.layers.Rescaling(1/255)</code>" in page
    good = training.check(compiled(network()), UNIT, LABELS)
    assert repr(good) == "No slip found. Looked at: 96 of 96 pictures."
    assert "No slip found" in good._repr_html_()
    assert bool(good)


def test_certain_slips_come_first_and_all_are_raised():
    model = compiled(network(), optimizer=keras.optimizers.SGD(50.0))
    report = training.check(model, PIXELS, ONE_HOT)
    assert [one.certain for one in report] == sorted((one.certain for one in report), reverse=True)
    with pytest.raises(ValueError, match=r"(?s)Rescaling.*one-hot"):
        report.raise_if_any()


def test_nothing_is_changed_by_looking():
    model = compiled(network(first=[L.Rescaling(1 / 255)]))
    unbuilt = compiled(network(kind="unbuilt"))
    before, state = model.get_weights(), random.getstate()
    training.check(model, PIXELS, LABELS)
    training.check(unbuilt, PIXELS, LABELS)
    assert not unbuilt.built
    assert random.getstate() == state  # Keras draws its seeds from there
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))
    assert not any("call" in vars(layer) for layer in model._flatten_layers())
    model.fit(PIXELS, LABELS, verbose=0)


def test_only_a_few_pictures_are_looked_at():
    report = training.check(compiled(network()), UNIT, LABELS, pictures=10)
    assert report.looked == "10 of 96 pictures"


def test_what_fails_inside_the_model_is_said_and_not_raised():
    class Fails(keras.Model):
        def call(self, x):
            raise RuntimeError("nothing works here")

    model = Fails()
    model.built = True
    report = training.check(compiled(model), UNIT, LABELS)
    assert "not looked at: what the model makes of the pictures" in repr(report)
    assert "nothing works here" in report._repr_html_()


def test_several_outputs_are_left_alone():
    inputs = keras.Input((SIDE, SIDE, 3))
    x = L.Flatten()(inputs)
    model = keras.Model(inputs, [L.Dense(2)(x), L.Dense(3)(x)])
    model.compile(loss=["mse", "mse"])
    report = training.check(model, UNIT, LABELS)
    assert report.ok
    assert "several outputs" in repr(report)


@pytest.mark.parametrize(
    ("arguments", "error", "says"),
    [
        ((UNIT, LABELS), TypeError, r"`model` must be a Keras model; received ndarray.*first"),
        ((None, UNIT), ValueError, r"`y` must be given.*received None.*check\(model, x, y\)"),
        ((None, UNIT[:0], LABELS[:0]), ValueError, r"at least one picture.*\(0, 12, 12, 3\)"),
        ((None, "pictures/"), TypeError, r"received str.*from_folder"),
        ((None, None), TypeError, r"received NoneType"),
        ((None, tensors(UNIT, LABELS), LABELS), ValueError, r"beside a tf\.data.*Leave it out"),
        ((None, tensors(UNIT, LABELS).take(0)), ValueError, r"at least one batch.*take\(0\)"),
    ],
)
def test_wrong_arguments(arguments, error, says):
    model, *rest = arguments
    with pytest.raises(error, match=says):
        training.check(compiled(network()) if model is None else model, *rest)
