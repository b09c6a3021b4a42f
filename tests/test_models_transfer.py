"""`transfer` and `unfreeze`: what one would write by hand, with the pictures that the base was trained on."""

import importlib
import inspect
import re

import keras
import numpy as np
import pytest

from cnnkit import explain, models, training
from tests.keras_layers import symbolic

L = keras.layers
SHAPE, CLASSES = (32, 32, 3), 4
RANDOM = np.random.default_rng(12)
IMAGES = RANDOM.integers(0, 256, (6, *SHAPE)).astype("float32")
LABELS = np.arange(6) % CLASSES
LAYERS = ["conv1", "norm1", "relu1", "conv2", "norm2", "relu2"]


def small(name="base", kind="sequential", pooled=False, shape=SHAPE):
    """A base with normalisation whose statistics matter, under any name."""
    keras.utils.set_random_seed(4)
    stack = [
        L.Conv2D(5, 3, strides=2, name="conv1"),
        L.BatchNormalization(name="norm1"),
        L.ReLU(name="relu1"),
        L.Conv2D(8, 3, strides=2, name="conv2"),
        L.BatchNormalization(name="norm2"),
        L.ReLU(name="relu2"),
    ]
    if pooled:
        stack.append(L.GlobalAveragePooling2D(name="pooled"))
    if kind == "sequential":
        base = keras.Sequential([keras.Input(shape), *stack], name=name)
    else:
        x = inputs = keras.Input(shape)
        for layer in stack:
            x = layer(x)
        base = keras.Model(inputs, x, name=name)
    for weight in base.weights:
        noise = np.random.default_rng(sum(weight.shape)).normal(0, 0.4, weight.shape)
        if weight.path.endswith("conv1/kernel"):
            noise /= 100  # pixels up to 255 come in
        weight.assign(1 + abs(noise) if "variance" in weight.path or "gamma" in weight.path else noise)
    return base


def statistics(model):
    return [w.numpy() for w in model.weights if "moving" in w.path]


def answers(model, images=IMAGES):
    return keras.ops.convert_to_numpy(model(images, training=False))  # much quicker than `predict` for a few


def by_hand(base, model, pictures):
    """The same answers, written out: features from the base alone, the head in NumPy."""
    features = answers(base, pictures)
    kernel, bias = model.get_layer("predictions").get_weights()
    z = features.mean(axis=tuple(range(1, features.ndim - 1))) @ kernel + bias
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def caffe(x):
    return keras.applications.vgg16.preprocess_input(x.copy())


def fit(model, rate=0.1):
    model.compile(keras.optimizers.SGD(rate), "sparse_categorical_crossentropy")
    model.fit(IMAGES, LABELS, batch_size=3, epochs=2, verbose=0)


# ------------------------------------------------------------------------------------------------- by hand


@pytest.mark.parametrize("kind", ["sequential", "functional"])
@pytest.mark.parametrize("pooled", [False, True])
def test_the_same_as_by_hand(kind, pooled):
    base = small("vgg16", kind, pooled)
    model = models.transfer(base, CLASSES)
    expected = by_hand(base, model, caffe(IMAGES))
    assert np.ptp(expected, axis=0).min() > 1e-3, "the answers must depend on the picture"
    np.testing.assert_allclose(answers(model), expected, atol=1e-5)
    assert model.name == "transfer"
    assert not model.compiled


def test_the_layers_have_the_names_that_are_promised():
    def named(model):
        return [layer.name for layer in model.layers if isinstance(layer, L.Layer)][1:]

    assert named(models.transfer(small("xception"), 2)) == [
        "preprocessing", "xception", "gap", "dropout", "predictions",
    ]  # fmt: skip
    pooled = models.transfer(small("mine", pooled=True), 2, preprocessing="none", name="own")
    assert named(pooled) == ["mine", "dropout", "predictions"]
    assert pooled.name == "own"


def test_logits_one_unit_and_dropout():
    base = small("densenet121")
    logits = models.transfer(base, CLASSES, logits=True)
    assert logits.layers[-1].activation is keras.activations.linear
    single = models.transfer(base, 1, dropout=0.5)
    assert single.output_shape == (None, 1)
    assert single.layers[-1].activation is keras.activations.sigmoid
    assert single.get_layer("dropout").rate == 0.5


def test_any_size_of_picture():
    model = models.transfer(small(shape=(None, None, 3)), 2, preprocessing="tf")
    assert answers(model, np.zeros((1, 40, 24, 3), "float32")).shape == (1, 2)


# ----------------------------------------------------------------------------- pictures as the base wants them


def applications():
    """Each network of keras.applications that has a fixed name: (name, its own `preprocess_input`)."""
    for function in vars(keras.applications).values():
        if inspect.isfunction(function):
            name = inspect.signature(function).parameters["name"].default
            if name is not None:
                yield name, importlib.import_module(function.__module__).preprocess_input


def test_every_network_of_keras_gets_its_pictures_by_its_name():
    found = dict(applications())
    assert len(found) >= 30
    for name, preprocess in found.items():
        expected = preprocess(IMAGES.copy())
        inside = np.array_equal(expected, IMAGES)  # such a network scales by itself, or its name says nothing
        if inside and not name.startswith("MobileNetV3"):
            with pytest.raises(ValueError, match=f"cannot be told: '{name}'"):
                models.transfer(keras.Sequential([keras.Input(SHAPE), L.Identity()], name=name), 2)
        elif not inside:
            base = keras.Sequential([keras.Input(SHAPE), L.Identity()], name=name)
            made = models.transfer.__globals__["_preprocessing"](base, None, 3)(keras.ops.array(IMAGES))
            np.testing.assert_allclose(made, expected, atol=1e-5 * np.abs(expected).max(), err_msg=name)


@pytest.mark.parametrize(
    ("build", "arguments", "mode"),
    [
        ("MobileNet", {"alpha": 0.25}, "tf"),
        ("MobileNetV2", {"alpha": 0.35}, "tf"),
        ("MobileNetV3Small", {}, "none"),
        ("MobileNetV3Small", {"include_preprocessing": False}, "tf"),
        ("EfficientNetB0", {}, "none"),
        ("ConvNeXtTiny", {}, "none"),
    ],
)
def test_networks_of_keras_that_are_really_built(build, arguments, mode):
    build = getattr(keras.applications, build)
    base = symbolic(build, weights=None, include_top=False, input_shape=SHAPE, **arguments)
    assert models.transfer.__globals__["_find_out"](base) == mode


def test_the_networks_of_the_kit():
    pictures = explain.activations(
        models.transfer(models.vgg_mini(None, include_top=False, input_shape=SHAPE), 2), IMAGES
    )
    np.testing.assert_allclose(pictures["vgg_mini/rescaling"], IMAGES / 255, atol=1e-6)
    with keras.StatelessScope(initialize_variables=False):
        names = [layer.name for layer in models.transfer(models.vgg16(include_top=False), 2).layers]
    assert names[1] == "preprocessing"


def test_a_scaling_in_a_model_inside_the_base_counts():
    base = keras.Sequential([keras.Input(SHAPE), L.Rescaling(1 / 255), small()], name="outer")
    assert [layer.name for layer in models.transfer(base, 2).layers][1] == "outer"
    with pytest.raises(
        ValueError, match="'outer' holds no Rescaling"
    ):  # after the first weights it is too late
        models.transfer(
            keras.Sequential([keras.Input(SHAPE), small(), L.Rescaling(1 / 255)], name="outer"), 2
        )


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("none", lambda x: x),
        ("tf", lambda x: x / 127.5 - 1),
        (L.Rescaling(1 / 255), lambda x: x / 255),
        (keras.applications.vgg16.preprocess_input, caffe),
    ],
    ids=["none", "tf", "layer", "function"],
)
def test_preprocessing_that_is_given_goes_before_what_is_known(given, expected):
    base = small("densenet121")
    model = models.transfer(base, CLASSES, preprocessing=given)
    np.testing.assert_allclose(answers(model), by_hand(base, model, expected(IMAGES)), atol=1e-5)


def test_the_kit_s_own_check_finds_pictures_that_nobody_has_scaled():
    def found(preprocessing):
        model = models.transfer(small(), CLASSES, preprocessing=preprocessing)
        model.compile("adam", "sparse_categorical_crossentropy")
        return [finding.name for finding in training.check(model, IMAGES, LABELS)]

    assert found("none") == ["not scaled"]
    assert found("caffe") == []


# ------------------------------------------------------------------------------------- frozen, and what moves


def test_only_the_head_trains():
    base = small("vgg16")
    model = models.transfer(base, CLASSES)
    assert [w.path.split("/")[-2:] for w in model.trainable_weights] == [
        ["predictions", "kernel"],
        ["predictions", "bias"],
    ]
    assert sum(w.shape.num_elements() for w in model.trainable_weights) == 8 * CLASSES + CLASSES
    before, kept = training.snapshot(model), statistics(base)
    fit(model)
    training.expect_frozen(base, model=model)
    assert training.expect_changed(before, model).moved == ["predictions"]
    for a, b in zip(kept, statistics(base), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("kind", ["sequential", "functional"])
def test_fine_tuning_moves_the_end_of_the_base_and_no_statistics(kind):
    base = small("vgg16", kind)
    model = models.transfer(base, CLASSES)
    fit(model)
    assert models.unfreeze(model, "conv2") == ["conv2"]
    assert [layer.name for layer in base.layers if layer.trainable and layer.weights] == ["conv2"]
    before, kept = training.snapshot(model), statistics(base)
    fit(model)
    changes = training.expect_changed(before, model)
    assert changes.moved == ["vgg16/conv2", "predictions"]
    assert changes.still == ["vgg16/conv1", "vgg16/norm1", "vgg16/norm2"]
    for name in ("conv1", "norm1", "norm2"):
        training.expect_frozen(base.get_layer(name), model=model)
    for a, b in zip(kept, statistics(base), strict=True):
        np.testing.assert_array_equal(a, b)


def test_unfreeze_counts_as_keras_does_by_hand():
    base = small("vgg16", "functional")
    models.unfreeze(base, base.get_layer("conv1"))
    assert base.trainable_variables == [*base.get_layer("conv1").weights, *base.get_layer("conv2").weights]
    models.unfreeze(base, "norm1")  # again, with less
    assert base.trainable_variables == base.get_layer("conv2").weights
    model = models.transfer(base, 2)  # freezes it again
    assert len(model.trainable_variables) == 2


def test_statistics_would_move_in_a_base_that_is_called_as_usual():
    """The proof that the tests above could fail."""
    base = small()
    model = keras.Sequential([keras.Input(SHAPE), base, L.Flatten(), L.Dense(CLASSES, "softmax")])
    kept = statistics(base)
    fit(model, rate=1e-6)
    assert all(np.abs(a - b).max() > 0 for a, b in zip(kept, statistics(base), strict=True))


def test_normalisation_within_a_model_of_the_base_stays_frozen():
    base = keras.Sequential([keras.Input(SHAPE), small("inner"), L.Conv2D(3, 3, name="last")], name="outer")
    model = models.transfer(base, 2, preprocessing="tf")
    assert models.unfreeze(model, "inner") == ["inner", "last"]
    moving = {w.path.split("/")[-2] for w in base.trainable_weights}
    assert moving == {"conv1", "conv2", "last"}


# ------------------------------------------------------------------------------- saved, opened, looked into


@pytest.mark.parametrize(
    ("kind", "preprocessing"),
    [
        ("sequential", None),
        ("functional", "torch"),
        ("functional", keras.applications.vgg16.preprocess_input),
    ],
    ids=["name", "torch", "function"],
)
def test_saved_and_opened_again(tmp_path, kind, preprocessing):
    model = models.transfer(small("vgg16", kind), CLASSES, preprocessing=preprocessing)
    models.unfreeze(model, "conv2")
    model.save(tmp_path / "model.keras")
    opened = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(answers(opened), answers(model), rtol=1e-5, atol=1e-6)
    trained = [w.path.split("/")[-2:] for w in model.trainable_weights]
    assert [w.path.split("/")[-2:] for w in opened.trainable_weights] == trained
    before = training.snapshot(opened)
    fit(opened)
    assert training.expect_changed(before, opened).moved == ["vgg16/conv2", "predictions"]
    assert models.unfreeze(opened, "conv1") == ["conv1", "conv2"]


@pytest.mark.parametrize("kind", ["sequential", "functional"])
def test_explain_sees_what_it_sees_in_the_base_with_the_same_head(kind):
    base = small("vgg16", kind)
    model = models.transfer(base, CLASSES)
    x = inputs = keras.Input(SHAPE)
    for layer in base.layers:
        if isinstance(layer, L.InputLayer):
            continue
        x = layer(x)
    for name in ("gap", "dropout", "predictions"):
        x = model.get_layer(name)(x)
    flat = keras.Model(inputs, x)
    target = [0, 1, 2, 3, 0, 1]
    for layer in ("conv2", None):
        np.testing.assert_allclose(
            explain.grad_cam(model, IMAGES, layer=layer, target=target),
            explain.grad_cam(flat, caffe(IMAGES), layer=layer, target=target),
            atol=1e-5,
        )
    np.testing.assert_allclose(  # the gradient goes through the swapped colours
        explain.saliency(model, IMAGES, target=target),
        explain.saliency(flat, caffe(IMAGES), target=target),
        atol=1e-6,
    )
    found = explain.occlusion(model, IMAGES[:1], size=16, target=1)
    assert found.shape == (1, 32, 32)
    assert np.ptp(found) > 0


# ------------------------------------------------------------------------------------------------- refusals


def with_head():
    base = small()
    return keras.Sequential(
        [base, L.Flatten(), L.Dense(3, activation="softmax", name="classes")], name="whole"
    )


@pytest.mark.parametrize(
    ("base", "error", "message"),
    [
        (lambda: "vgg16", TypeError, r"received the name 'vgg16'\. Build it first"),
        (
            lambda: keras.applications.VGG16,
            TypeError,
            r"Call it, without its top: VGG16\(include_top=False\)",
        ),
        (lambda: L.Conv2D(3, 3), TypeError, r"received Conv2D\. Of a layer: keras.Sequential"),
        (
            lambda: keras.Sequential([L.Conv2D(3, 3)], name="new"),
            ValueError,
            "'new', which has no weights yet",
        ),
        (with_head, ValueError, r"old classes \('classes', \(None, 3\)\).*include_top=False"),
        (
            lambda: keras.Sequential([keras.Input((8, 3)), L.Dense(2)], name="rows"),
            ValueError,
            r"received 'rows' with inputs and outputs of shape \(None, 8, 3\), \(None, 8, 2\)\. Cut it",
        ),
        (small, ValueError, r"cannot be told: 'base' holds no Rescaling.*preprocessing=\"tf\""),
        (
            lambda: small("vgg16", shape=(32, 32, 1)),
            ValueError,
            r"'caffe' belongs to pictures in colour.*base for 1\. .*Rescaling\(1/255\)",
        ),
    ],
)
def test_bases_that_it_cannot_take(base, error, message):
    with pytest.raises(error, match=message):
        models.transfer(base(), 2)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"num_classes": 0}, ValueError, r"at least 1; received 0"),
        ({"num_classes": 2, "dropout": 20}, ValueError, r"In percent\? Write 0.2"),
        ({"num_classes": 2, "dropout": "a lot"}, ValueError, "received 'a lot'. 0 leaves it out"),
        (
            {"num_classes": 2, "preprocessing": "vgg16"},
            ValueError,
            r"received 'vgg16'\. It names what is done",
        ),
        ({"num_classes": 2, "preprocessing": 255}, TypeError, r"received 255\. For values from 0 to 1"),
        ({"num_classes": 2, "preprocessing": L.Rescaling}, TypeError, "received the class Rescaling"),
        (
            {"num_classes": 2, "preprocessing": lambda x: np.asarray(x) / 255},
            ValueError,
            r"received <lambda>, which stopped with .*Write it with keras.ops",
        ),
    ],
)
def test_arguments_that_it_cannot_take(arguments, error, message):
    base = small("vgg16")
    with pytest.raises(error, match=message):
        models.transfer(base, **arguments)
    assert base.trainable, "a call that fails leaves the base as it was"


def test_unfreeze_from_nowhere():
    model = models.transfer(small("vgg16"), 2)
    with pytest.raises(ValueError, match=r"received 'conv_2'\. Do you mean 'conv2'.*conv2, norm2, relu2"):
        models.unfreeze(model, "conv_2")
    with pytest.raises(
        ValueError, match=re.escape("received 'norm2', from which on 'vgg16' has none to train")
    ):
        models.unfreeze(model, "norm2")
    with pytest.raises(TypeError, match="received the name 'vgg16'"):
        models.unfreeze("vgg16", "conv2")
    assert not model.get_layer("vgg16").trainable_weights
