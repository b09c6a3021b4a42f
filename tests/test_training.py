"""Seeds, what is frozen and what moved: against runs of Keras itself."""

import subprocess
import sys
import warnings

import numpy as np
import pytest

import cnnkit
from cnnkit import datasets, training

keras = pytest.importorskip("keras")
tf = pytest.importorskip("tensorflow")
L = keras.layers

X = np.random.default_rng(0).random((64, 8, 8, 1)).astype("float32")
Y = np.arange(64) % 3


def network(kind="sequential"):
    layers = [L.Conv2D(4, 3, activation="relu", name="conv"), L.Flatten(), L.Dense(3, "softmax", name="head")]
    if kind == "sequential":
        return keras.Sequential([keras.Input((8, 8, 1)), *layers])
    x = inputs = keras.Input((8, 8, 1))
    for layer in layers:
        x = layer(x)
    return keras.Model(inputs, x)


def transfer():
    base = keras.Sequential(
        [keras.Input((8, 8, 1)), L.Conv2D(4, 3, name="conv"), L.BatchNormalization(name="norm")], name="base"
    )
    return base, keras.Sequential(
        [keras.Input((8, 8, 1)), base, L.Flatten(), L.Dense(3, "softmax", name="head")]
    )


def fit(model, recompile=True, **settings):
    if recompile:
        model.compile("adam", "sparse_categorical_crossentropy")
    return model.fit(X, Y, verbose=0, **settings)


# --- seeds --------------------------------------------------------------------------------------------

RUN = """
import numpy as np, keras
from cnnkit import training
def run(seed):
    assert training.set_seed(seed) == seed
    L = keras.layers
    x, y = np.random.rand(256, 12, 12, 1), np.random.randint(0, 4, 256)
    model = keras.Sequential([
        keras.Input((12, 12, 1)), L.RandomTranslation(0.1, 0.1), L.Conv2D(8, 3, activation="relu"),
        L.BatchNormalization(), L.MaxPooling2D(), L.Conv2D(8, 3), L.Dropout(0.5), L.Flatten(),
        L.Dense(4, "softmax"),
    ])
    model.compile("adam", "sparse_categorical_crossentropy")
    history = model.fit(x, y, epochs=2, batch_size=32, verbose=0)
    return [loss.hex() for loss in history.history["loss"]]
"""


def test_the_same_seed_gives_the_same_losses_bit_for_bit():
    space = {}
    exec(RUN, space)
    first, second = space["run"](7), space["run"](7)
    assert first == second
    code = RUN + "\nprint(*run(7))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.split() == first, done.stderr[-2000:]


def test_the_course_data_made_anew_gives_the_same_losses(capsys):
    def run():
        training.set_seed(1)
        data = datasets.digits()
        model = keras.Sequential([keras.Input((8, 8, 1)), L.Rescaling(1 / 255), L.Flatten(), L.Dense(10)])
        model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        return model.fit(data.train, epochs=2, verbose=0).history["loss"]

    assert run() == run()


def test_python_numpy_keras_and_tensorflow_are_seeded():
    import random

    def draws(seed):
        training.set_seed(np.int64(seed))
        return (
            random.random(),
            np.random.rand(),  # noqa: NPY002
            # As layers do; the generator that Keras uses without a seed is made anew by newer versions only.
            float(keras.random.normal((), seed=keras.random.SeedGenerator())),
            float(tf.random.normal(())),
            float(keras.initializers.GlorotUniform()((1, 1))[0, 0]),
        )

    assert draws(11) == draws(11) != draws(12)


@pytest.mark.parametrize(
    ("seed", "error", "says"),
    [
        ("0", TypeError, r"`seed` must be an int; received '0' of type str.*set_seed\(0\)"),
        (0.5, TypeError, r"received 0\.5 of type float"),
        (None, TypeError, r"received None"),
        (-1, ValueError, r"from 0 to 4,294,967,295; received -1"),
        (2**32, ValueError, r"received 4294967296"),
    ],
)
def test_wrong_seeds(seed, error, says):
    with pytest.raises(error, match=says):
        training.set_seed(seed)


# --- frozen -------------------------------------------------------------------------------------------


def moved(model, **settings):
    before = [weight.copy() for weight in model.get_weights()]
    fit(model, recompile=False, **settings)
    return [bool((a != b).any()) for a, b in zip(before, model.get_weights(), strict=True)]


def test_a_frozen_base_passes_and_does_not_move():
    base, model = transfer()
    base.trainable = False
    model.compile("adam", "sparse_categorical_crossentropy")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert training.expect_frozen(base) is None
        training.expect_frozen(base, model=model)
    assert moved(model) == [False] * 6 + [True, True]


@pytest.mark.parametrize("kind", ["sequential", "functional"])
def test_what_is_still_trainable_is_named(kind):
    model = network(kind)
    model.get_layer("conv").trainable = False
    training.expect_frozen(model.get_layer("conv"))
    with pytest.raises(
        ValueError, match=r"received 1 layer that will move: head\. Set `trainable = False`.*compile again"
    ):
        training.expect_frozen(model)


def test_layers_inside_are_named_with_their_model():
    _, model = transfer()
    with pytest.raises(ValueError, match=r"3 layers that will move: base/conv, base/norm, head"):
        training.expect_frozen(model)


def test_frozen_after_fit_is_found_and_really_trains():
    base, model = transfer()
    fit(model)
    base.trainable = False
    assert any(moved(model)[:2])  # Keras says nothing and goes on training
    with pytest.raises(
        ValueError, match=r"compiled before it: base/conv, base/norm changed since.*compile.*again"
    ):
        training.expect_frozen(base, model=model)
    with pytest.warns(UserWarning, match=r"compiled before it: base/conv, base/norm changed since"):
        training.expect_frozen(base)
    model.compile("adam", "sparse_categorical_crossentropy")
    training.expect_frozen(base, model=model)
    assert not any(moved(model)[:6])


def test_a_whole_model_frozen_too_late():
    model = network()
    fit(model)
    model.trainable = False
    with pytest.raises(ValueError, match=r"compiled before it: conv, head"):
        training.expect_frozen(model)


def test_late_freezing_is_found_without_the_memory_of_keras(monkeypatch):
    """Earlier versions of Keras do not remember what was trainable at `compile`."""

    def forget(model):
        if hasattr(model, "_compiled_trainable_state"):
            del model._compiled_trainable_state

    base, model = transfer()
    fit(model)
    forget(model)
    assert training._state.changed_since_compile(model) == []
    base.trainable = False
    assert training._state.changed_since_compile(model) == ["base/conv", "base/norm"]
    fit(model)
    forget(model)
    assert training._state.changed_since_compile(model) == []
    base.trainable = True
    assert training._state.changed_since_compile(model) == ["base/conv", "base/norm"]


def test_models_that_nobody_holds_any_more_do_not_warn():
    base, model = transfer()
    fit(model)
    base.trainable = False
    del model
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        training.expect_frozen(base)


def test_moving_statistics_are_warned_of():
    model = keras.Sequential(
        [keras.Input((8, 8, 1)), L.BatchNormalization(center=False, scale=False, name="norm")]
    )
    with pytest.warns(
        UserWarning, match=r"1 BatchNormalization layer in it will still move: norm\..*moving averages"
    ):
        training.expect_frozen(model)
    base, model = transfer()
    base.trainable = False
    norm = base.get_layer("norm")
    norm.trainable = True
    for weight in norm.weights:
        weight.trainable = False
    model.compile("adam", "sparse_categorical_crossentropy")
    with pytest.warns(UserWarning, match=r"will still move: norm"):
        training.expect_frozen(base)
    assert moved(model) == [False, False, False, False, True, True, True, True]


def test_a_layer_set_trainable_again_in_a_frozen_base_is_found():
    base, model = transfer()
    base.trainable = False
    base.get_layer("norm").trainable = True
    model.compile("adam", "sparse_categorical_crossentropy")
    assert base.trainable_weights == []  # so says Keras, and trains them
    for outer in (None, model):
        with pytest.raises(ValueError, match=r"received 1 layer that will move: norm\."):
            training.expect_frozen(base, model=outer)
    assert moved(model)[2:4] == [True, True]


def test_expect_frozen_wants_a_built_layer_that_belongs_to_the_model():
    with pytest.raises(TypeError, match=r"`layer_or_model` must be a Keras layer or model; received str"):
        training.expect_frozen("conv")
    with pytest.raises(ValueError, match=r"Expected a built layer or model; received 'fresh'.*keras\.Input"):
        training.expect_frozen(L.Dense(3, name="fresh"))
    base, _ = transfer()
    base.trainable = False
    with pytest.raises(ValueError, match=r"must be the model that 'base' is a part of; received 'other'"):
        training.expect_frozen(base, model=keras.Sequential([keras.Input((3,)), L.Dense(2)], name="other"))
    with pytest.raises(TypeError, match=r"`model` must be a Keras layer or model; received a list"):
        training.expect_frozen(base, model=[])


# --- changed ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("before", [training.snapshot, lambda model: model.get_weights()])
def test_what_moved_and_by_how_much(before):
    model = network()
    old = before(model)
    fit(model, epochs=2)
    new = model.get_weights()
    changes = training.expect_changed(old, model)
    assert [row.layer for row in changes] == changes.moved == ["conv", "head"]
    assert changes.still == []
    for index, name in ((0, "conv"), (2, "head")):
        a, b = (
            np.concatenate([w.ravel() for w in weights[index : index + 2]]).astype("float64")
            for weights in (old, new)
        )
        assert changes[name].relative == pytest.approx(np.linalg.norm(b - a) / np.linalg.norm(a))
        assert changes[name].largest == pytest.approx(np.abs(b - a).max())
        assert changes[name].trainable


def test_frozen_and_unreached_layers_are_told_apart():
    base, model = transfer()
    base.get_layer("conv").trainable = False
    model.compile("adam", "sparse_categorical_crossentropy")
    before = training.snapshot(model)
    weights = [weight.copy() for weight in before]
    weights[-1] += 1  # the bias of the head
    model.set_weights(weights)
    changes = training.expect_changed(before, model)
    assert changes.moved == ["head"]
    assert changes.still == ["base/conv", "base/norm"]
    assert [row.remark for row in changes] == ["frozen", "trainable, and did not move", ""]
    text, page = repr(changes), changes._repr_html_()
    assert [line.split()[:2] for line in text.splitlines()[2:]] == [
        ["base/conv", "no"],
        ["base/norm", "no"],
        ["head", "yes"],
    ]
    assert page.count("<tr>") == 4
    assert "trainable, and did not move" in page
    with pytest.raises(KeyError, match=r"No layer 'tail'.*base/conv, base/norm, head"):
        changes["tail"]


def test_a_frozen_layer_that_moved_is_remarked():
    base, model = transfer()
    fit(model)
    base.trainable = False
    before = training.snapshot(model)
    fit(model, recompile=False)
    assert training.expect_changed(before, model)["base/conv"].remark == "frozen, and moved"


def test_nothing_moved():
    model = network()
    model.trainable = False
    before = training.snapshot(model)
    with pytest.raises(ValueError, match=r"all 2 layers: conv, head\. All of them are frozen.*compile again"):
        training.expect_changed(before, model)
    model.trainable = True
    with pytest.raises(ValueError, match=r"the same as before in all 2 layers.*not compiled.*another one"):
        training.expect_changed(before, model)
    model.compile(keras.optimizers.SGD(0.0), "sparse_categorical_crossentropy")
    fit(model, recompile=False)
    with pytest.raises(ValueError, match=r"snapshot taken after `fit`.*learning rate 0"):
        training.expect_changed(before, model)


def test_weights_that_became_nan_are_named():
    model = network()
    before = training.snapshot(model)
    weights = training.snapshot(model)
    weights[2][0, 0] = np.nan
    model.set_weights(weights)
    with pytest.raises(
        ValueError, match=r"NaN or infinite ones in head\. The training has diverged.*learning rate"
    ):
        training.expect_changed(before, model)


def test_a_snapshot_does_not_follow_the_training():
    model = network()
    before = training.snapshot(model)
    copies = [weight.copy() for weight in before]
    fit(model)
    assert all(np.array_equal(a, b) for a, b in zip(before, copies, strict=True))


def test_shared_layers_are_listed_once():
    inputs, shared = keras.Input((4,)), L.Dense(4, name="shared")
    model = keras.Model(inputs, shared(shared(inputs)))
    before = training.snapshot(model)
    model.set_weights([weight + 1 for weight in before])
    assert training.expect_changed(before, model).moved == ["shared"]


def test_expect_changed_wants_a_snapshot_of_this_model():
    model = network()
    before = training.snapshot(model)
    with pytest.raises(
        TypeError, match=r"`model` must be a Keras layer or model; received a list of weights"
    ):
        training.expect_changed(model, before)
    with pytest.raises(TypeError, match=r"`before` must be the list of arrays.*weights come first"):
        training.expect_changed(model, model)
    with pytest.raises(ValueError, match=r"must hold the 4 weights.*received 2 arrays.*right before `fit`"):
        training.expect_changed(before[:2], model)
    with pytest.raises(ValueError, match=r"number 2 was \(4, 3\), is \(144, 3\)"):
        training.expect_changed([*before[:2], np.zeros((4, 3)), before[3]], model)
    with pytest.raises(ValueError, match=r"has none because it is not built.*keras\.Input"):
        training.snapshot(keras.Sequential([L.Dense(3)]))


def test_importing_training_does_not_load_tensorflow():
    heavy = "{'tensorflow', 'keras', 'tqdm'} & set(sys.modules)"
    code = f"import sys, cnnkit; cnnkit.training; sys.exit(bool({heavy}))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
    assert "training" in cnnkit.__all__
