"""vgg_mini: its size, its file of weights, and batch normalisation folded into its convolutions."""

import re
from pathlib import Path

import keras
import numpy as np
import pytest

from benchmarks.trained import vgg_mini as training
from cnnkit import models, results
from cnnkit.models.vgg_mini import FILE, class_names

NAMES = ("cats", "dogs", "forest")


def seen_some_training(*, num_classes=3, input_shape=(32, 32, 3), seed=0):
    """The network with normalisation whose every number differs from what it began with."""
    keras.utils.set_random_seed(seed)
    model = training.network_with_norm(num_classes=num_classes, input_shape=input_shape)
    random = np.random.default_rng(seed)
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.gamma.assign(random.uniform(0.5, 1.5, layer.gamma.shape))
            layer.beta.assign(random.normal(0, 0.3, layer.beta.shape))
            layer.momentum = 0.0  # takes the statistics of one batch as they are
    model(random.uniform(0, 255, (4, 1, 1, 3)) * np.ones((4, *input_shape)), training=True)
    return model


@pytest.fixture(scope="module")
def trained():
    return seen_some_training()


@pytest.fixture
def own_file(tmp_path, monkeypatch):
    path = tmp_path / "vgg_mini.npz"
    monkeypatch.setitem(models.vgg_mini.__globals__, "FILE", path)
    return path


# different colours and stripes, so that the outputs differ: noise looks alike to a network that averages
IMAGES = np.zeros((4, 32, 32, 3), "float32")
IMAGES[0, :, :, 0] = 250
IMAGES[1, ::2] = 255
IMAGES[2, :, 10:20, 2] = 200
IMAGES[3] = np.random.default_rng(5).uniform(0, 255, (32, 32, 3))


def test_size():
    model = models.vgg_mini(None)
    assert model.count_params() < 900_000
    assert 2 * model.count_params() < 2_000_000, "as float16"
    assert not any(isinstance(layer, keras.layers.BatchNormalization) for layer in model.layers)
    without = models.vgg_mini(None, include_top=False)
    assert without.output_shape == (None, 3, 3, 128)
    stated = re.search(r"([\d,]+) weights\.\n", models.vgg_mini.__doc__)[1]
    assert without.count_params() == int(stated.replace(",", ""))


def test_layers_are_named_as_in_vgg16():
    ours = [layer.name for layer in models.vgg_mini(None, include_top=False).layers]
    with keras.StatelessScope(initialize_variables=False):
        theirs = [layer.name for layer in models.vgg16(include_top=False).layers]
    assert ours[0] == "rescaling"
    assert ours[1:] == theirs


def test_any_size_of_picture():
    model = models.vgg_mini(None, input_shape=(None, None, 3), num_classes=4)
    assert model.predict(np.zeros((1, 64, 40, 3), "float32"), verbose=0).shape == (1, 4)


# ------------------------------------------------------------------------------------------------- folding


@pytest.mark.parametrize("seed", [0, 1])
def test_folded_network_computes_the_same(seed):
    trained = seen_some_training(seed=seed)
    expected = trained.predict(IMAGES, verbose=0)
    assert np.ptp(expected, axis=0).min() > 1e-2, "the outputs must depend on the picture"
    found = training.folded_network(trained).predict(IMAGES, verbose=0)
    np.testing.assert_allclose(found, expected, atol=1e-5 * np.abs(expected).max())
    assert np.abs(expected).max() > 0.05


def test_every_map_on_the_way_is_the_same(trained):
    folded = training.folded_network(trained)
    ends = [name for name in (layer.name for layer in folded.layers) if name.endswith("_pool")]
    for name in ["block1_conv1", *ends]:
        theirs = f"{name}_relu" if "conv" in name else name
        maps = [
            keras.Model(model.inputs, model.get_layer(layer).output).predict(IMAGES, verbose=0)
            for model, layer in ((folded, name), (trained, theirs))
        ]
        np.testing.assert_allclose(*maps, atol=1e-5 * maps[1].max())


def test_without_the_normalisation_it_would_not_be_the_same(trained):
    model = models.vgg_mini(None, input_shape=(32, 32, 3), num_classes=3, logits=True)
    for layer in model.layers:
        if layer.weights:
            layer.kernel.assign(trained.get_layer(layer.name).kernel)
    assert np.abs(model.predict(IMAGES, verbose=0) - trained.predict(IMAGES, verbose=0)).max() > 1e-2


# ------------------------------------------------------------------------------------------ file of weights


def test_weights_are_written_and_read_as_halves(trained, own_file):
    training.save(trained, NAMES)
    assert own_file.stat().st_size < 2_000_000
    model = models.vgg_mini(input_shape=(32, 32, 3), logits=True)
    assert model.output_shape == (None, 3)
    assert class_names() == NAMES
    expected = training.fold(trained)
    for layer in model.layers:
        for weight in layer.weights:
            half = expected[f"{layer.name}/{weight.name}"].astype(np.float16)
            np.testing.assert_array_equal(np.asarray(weight), half.astype(np.float32))
    expected = trained.predict(IMAGES, verbose=0)
    found = model.predict(IMAGES, verbose=0)
    np.testing.assert_allclose(found, expected, atol=0.02 * np.abs(expected).max())


def test_features_from_the_trained_weights(trained, own_file):
    training.save(trained, NAMES)
    model = models.vgg_mini(include_top=False, input_shape=(32, 32, 3))
    assert model.layers[-1].name == "block5_pool"
    whole = models.vgg_mini(input_shape=(32, 32, 3))
    for a, b in zip(model.get_weights(), whole.get_weights()[:-2], strict=True):
        np.testing.assert_array_equal(a, b)


def test_no_file(own_file):
    with pytest.raises(FileNotFoundError, match=r"there is no such file.*vgg_mini\(weights=None\)"):
        models.vgg_mini()
    with pytest.raises(FileNotFoundError, match="there is no such file"):
        class_names()


def test_a_file_that_does_not_fit(trained, own_file):
    arrays = {name: array.astype(np.float16) for name, array in training.fold(trained).items()}
    np.savez(own_file, **{**arrays, "block3_conv2/kernel": np.zeros((3, 3, 72, 80), np.float16)})
    with pytest.raises(
        ValueError, match=r"block3_conv2/kernel with shape \(3, 3, 72, 72\); received \(3, 3, 72, 80\)"
    ):
        models.vgg_mini()
    del arrays["block1_conv2/bias"]
    np.savez(own_file, **arrays)
    with pytest.raises(ValueError, match=r"block1_conv2/bias .* received none.*another version"):
        models.vgg_mini()


@pytest.mark.parametrize("content", [b"", b"<html>", b"PK\x03\x04 half a file"])
def test_a_damaged_file(own_file, content):
    own_file.write_bytes(content)
    with pytest.raises(ValueError, match=r"that file cannot be read.*install the kit again"):
        models.vgg_mini()


def test_arguments_that_do_not_belong_to_the_weights(trained, own_file):
    training.save(trained, NAMES)
    with pytest.raises(ValueError, match=r"tell 3 classes; received num_classes=10.*include_top=False"):
        models.vgg_mini(num_classes=10)
    with pytest.raises(ValueError, match=r"pictures in colour; received input_shape=\(96, 96, 1\)"):
        models.vgg_mini(input_shape=(96, 96, 1))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"weights": "imagenet"}, r'"cnnkit" .* or None .*received \'imagenet\''),
        ({"weights": None, "input_shape": (16, 96, 3)}, "at least 32×32"),
        ({"weights": None, "input_shape": (None, 16, 3)}, "at least 32×32"),
        ({"weights": None, "num_classes": 0}, "at least 1; received 0"),
    ],
)
def test_what_vgg_mini_cannot_be(arguments, message):
    with pytest.raises(ValueError, match=message):
        models.vgg_mini(**arguments)


def test_weights_that_cannot_be_halved_are_not_written(own_file):
    trained = seen_some_training()
    trained.get_layer("block1_conv1_norm").gamma.assign(np.full(24, 1e9))
    with pytest.raises(ValueError, match=r"below 65,504 .*in block1_conv1/kernel"):
        training.save(trained, NAMES)
    with pytest.raises(ValueError, match="3 names, one a unit of the last layer; received 2"):
        training.save(trained, NAMES[:2])
    assert not own_file.exists()


@pytest.mark.skipif(not FILE.exists(), reason="the weights of vgg_mini are not in the package yet")
def test_the_weights_that_come_with_the_kit():
    assert FILE.stat().st_size < 2_000_000
    model = models.vgg_mini()
    assert len(class_names()) == model.output_shape[-1]
    for weight in model.weights:
        values = np.asarray(weight)
        assert np.isfinite(values).all()
        assert values.std() > 0 or values.size == 1


# ------------------------------------------------------------------------------------------------- the model card


def test_model_card_says_what_was_measured():
    card = (Path(__file__).parents[1] / "data" / "README.md").read_text(encoding="utf-8")
    card = card[card.index("### vgg_mini, a model card") :]
    measured = results.expected("vgg_mini", "real")
    stated = re.search(
        r"23 classes ([\d.]+) %; cats against dogs ([\d.]+) %; the 21 kinds of land ([\d.]+) %", card
    )
    metrics = ("accuracy", "cats_vs_dogs_accuracy", "aerial_accuracy")
    assert stated.groups() == tuple(f"{100 * measured[metric]:.1f}" for metric in metrics)
    assert f"Median of {len(measured.seeds)} seeds" in card
    assert f"{models.vgg_mini().count_params():,} weights" in card
    assert f"{FILE.stat().st_size / 1e6:.1f} MB" in card
    assert len(class_names()) == 23
