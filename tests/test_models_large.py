"""AlexNet and VGG16: counted without memory, and equal to Keras's own network from the same file."""

import dataclasses
import re
import shutil

import h5py
import keras
import numpy as np
import pooch
import pytest
from keras.src.legacy.saving import legacy_h5_format

from cnnkit import models, shapes
from cnnkit.datasets import catalogue, fetching
from tests.keras_layers import symbolic
from tests.test_datasets_fetching import server  # noqa: F401  (a fixture)
from tests.test_models import documented, stated_total

SHAPE = (32, 32, 3)


def legacy(model, path):
    """Write the weights as Keras's published files have them."""
    with h5py.File(path, "w") as file:
        legacy_h5_format.save_weights_to_hdf5_group(file, model)
    return path


@pytest.fixture(scope="module")
def keras_vgg():
    keras.utils.set_random_seed(1)
    model = keras.applications.VGG16(weights=None, include_top=False, input_shape=SHAPE)
    for layer in model.layers:  # biases that are not all 0
        if layer.weights:
            layer.bias.assign(np.random.default_rng(0).normal(0, 0.1, layer.bias.shape))
    return model


@pytest.fixture(scope="module")
def legacy_file(keras_vgg, tmp_path_factory):
    return legacy(keras_vgg, tmp_path_factory.mktemp("vgg16") / "vgg16_notop.h5")


def assert_equal_networks(ours, theirs, shape=SHAPE):
    assert [w.shape for w in ours.weights] == [w.shape for w in theirs.weights]
    for a, b in zip(ours.weights, theirs.weights, strict=True):
        assert a.path.split("/")[-2:] == b.path.split("/")[-2:]
        np.testing.assert_array_equal(a.numpy(), b.numpy())
    images = np.random.default_rng(2).normal(0, 60, (2, *shape)).astype("float32")
    expected = theirs.predict(images, verbose=0)
    assert np.abs(expected).max() > 0
    np.testing.assert_allclose(ours.predict(images, verbose=0), expected, rtol=1e-5, atol=1e-6)


# ------------------------------------------------------------------------------------------------ the tables


@pytest.mark.parametrize("build", [models.alexnet, models.vgg16])
def test_docstring_shows_the_network_that_is_built(build):
    model = symbolic(build)
    rows = documented(build)
    built = [
        (layer.name, ", ".join(map(str, layer.output.shape[1:])), layer.count_params())
        for layer in model.layers
    ]
    assert rows == built
    assert stated_total(build) == model.count_params()
    assert not model.compiled


@pytest.mark.parametrize(
    ("build", "total"),
    [
        (models.alexnet, 62_378_344),
        (lambda: models.alexnet(groups=2), 60_965_224),
        (models.vgg16, 138_357_544),
        (lambda: models.vgg16(include_top=False), 14_714_688),
    ],
)
def test_weights_as_published(build, total):
    model = symbolic(build)
    assert model.count_params() == total
    assert sum(row.weights for row in shapes.table(model)) == total


@pytest.mark.parametrize("groups", [1, 2])
def test_alexnet_computes(groups):
    keras.utils.set_random_seed(0)
    options = {"input_shape": (67, 67, 3), "num_classes": 3, "groups": groups}
    model = models.alexnet(**options)
    logits = models.alexnet(**options, logits=True)
    logits.set_weights(model.get_weights())
    images = np.random.default_rng(0).uniform(0, 255, (2, 67, 67, 3)).astype("float32")
    z = logits.predict(images, verbose=0)
    expected = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(model.predict(images, verbose=0), expected, atol=1e-5)
    white = np.full((1, 67, 67, 3), 255, "float32")
    assert float(keras.ops.max(model.layers[0](white))) == pytest.approx(1.0)


def test_one_class_is_one_unit_with_a_sigmoid():
    for build in (models.alexnet, models.vgg16):
        assert symbolic(build, num_classes=1).layers[-1].activation is keras.activations.sigmoid
        assert symbolic(build, logits=True).layers[-1].activation is keras.activations.linear


def test_vgg16_has_the_layers_of_keras():
    for top in (True, False):
        ours = symbolic(models.vgg16, include_top=top)
        theirs = symbolic(keras.applications.VGG16, weights=None, include_top=top, input_shape=(224, 224, 3))
        assert [(a.name, a.output.shape) for a in ours.layers] == [
            (b.name, b.output.shape) for b in theirs.layers[1:]
        ]


# ------------------------------------------------------------------------------------- weights from files


def test_vgg16_equals_keras_from_the_same_legacy_file(legacy_file):
    theirs = keras.applications.VGG16(weights=str(legacy_file), include_top=False, input_shape=SHAPE)
    ours = models.vgg16(legacy_file, include_top=False, input_shape=SHAPE)
    assert_equal_networks(ours, theirs)


def test_vgg16_equals_keras_from_the_same_new_file(keras_vgg, tmp_path):
    keras_vgg.save_weights(tmp_path / "vgg16.weights.h5")
    ours = models.vgg16(str(tmp_path / "vgg16.weights.h5"), include_top=False, input_shape=SHAPE)
    assert_equal_networks(ours, keras_vgg)


def test_vgg16_reads_its_own_files(legacy_file, tmp_path):
    ours = models.vgg16(legacy_file, include_top=False, input_shape=SHAPE)
    ours.save_weights(tmp_path / "mine.weights.h5")
    again = models.vgg16(tmp_path / "mine.weights.h5", include_top=False, input_shape=(None, None, 3))
    for a, b in zip(ours.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert again.predict(np.zeros((1, 64, 96, 3), "float32"), verbose=0).shape == (1, 2, 3, 512)


@pytest.mark.slow
def test_vgg16_with_its_top_equals_keras(tmp_path):
    keras.utils.set_random_seed(3)
    options = {"input_shape": SHAPE}
    file = legacy(keras.applications.VGG16(weights=None, **options), tmp_path / "vgg16.h5")
    theirs = keras.applications.VGG16(weights=str(file), **options)
    assert_equal_networks(models.vgg16(file, **options), theirs)
    with pytest.raises(ValueError, match=r"holds VGG16 with its dense layers, .*include_top=True"):
        models.vgg16(file, include_top=False, **options)
    with pytest.raises(ValueError, match=r"tells 1000 classes: num_classes=1000"):
        models.vgg16(file, num_classes=10, **options)
    with pytest.raises(ValueError, match="pictures of another size: change input_shape"):
        models.vgg16(file, input_shape=(64, 64, 3))


def test_a_file_without_the_top_for_a_network_with_it(legacy_file):
    with pytest.raises(ValueError, match=r"holds VGG16 without its dense layers, .*Say include_top=False"):
        models.vgg16(legacy_file, input_shape=SHAPE)


@pytest.mark.parametrize("name", ["other.h5", "other.weights.h5"])
def test_a_file_of_another_network(name, tmp_path):
    small = models.lenet5()
    legacy(small, tmp_path / name) if name == "other.h5" else small.save_weights(tmp_path / name)
    with pytest.raises(ValueError, match=r"with the weights of VGG16; other.*It belongs to another network"):
        models.vgg16(tmp_path / name, include_top=False)


def test_a_file_of_vgg19_or_of_grey_pictures(tmp_path):
    network = keras.applications.VGG19(weights=None, include_top=False, input_shape=SHAPE)
    file = legacy(network, tmp_path / "vgg19.h5")
    with pytest.raises(ValueError, match=r"a kernel \(3, 3, 256, 256\) where block4_conv1 has .*another"):
        models.vgg16(file, include_top=False)
    file = legacy(models.vgg16(include_top=False, input_shape=(32, 32, 1)), tmp_path / "grey.h5")
    with pytest.raises(ValueError, match="pictures with 1 channels: change input_shape"):
        models.vgg16(file, include_top=False)


def test_a_truncated_file_and_one_that_is_none(legacy_file, tmp_path):
    half = tmp_path / "half.h5"
    half.write_bytes(legacy_file.read_bytes()[:1_000_000])
    with pytest.raises(OSError, match=r"1,000,000 bytes .*only a part of it"):
        models.vgg16(half, include_top=False)
    page = tmp_path / "page.h5"
    page.write_text("<html>please log in</html>")
    with pytest.raises(OSError, match="cannot be read as a file of weights"):
        models.vgg16(page, include_top=False)


def test_a_file_whose_numbers_are_cut_off_inside(legacy_file, tmp_path):
    broken = tmp_path / "vgg16.h5"
    shutil.copy(legacy_file, broken)
    with h5py.File(broken, "r+") as file:
        del file["block5_conv3"]
    with pytest.raises(OSError, match="cannot be read as a file of weights"):
        models.vgg16(broken, include_top=False)


@pytest.mark.parametrize(
    ("arguments", "kind", "message"),
    [
        ({"weights": "ImageNet"}, ValueError, "received 'ImageNet'. Written exactly: weights=\"imagenet\""),
        ({"weights": "nowhere/vgg16.h5"}, FileNotFoundError, "there is no such file .*give the whole path"),
        ({"weights": __file__}, ValueError, r"a file of weights, .h5 or .weights.h5; received 'test_models"),
        ({"weights": [1, 2]}, TypeError, r"received list. Arrays go in afterwards: model.set_weights"),
        ({"weights": "imagenet", "num_classes": 2}, ValueError, "1,000 classes; received num_classes=2"),
        ({"weights": "imagenet", "input_shape": (96, 96, 3)}, ValueError, "pictures of 224×224"),
        (
            {"weights": "imagenet", "input_shape": (96, 96, 1), "include_top": False},
            ValueError,
            "pictures in colour",
        ),
        ({"input_shape": (None, None, 3)}, ValueError, "any size: include_top=False"),
        ({"input_shape": (31, 64, 3)}, ValueError, "at least 32×32"),
        ({"input_shape": (2, 224, 224, 3)}, ValueError, "Leave the batch axis out"),
        ({"input_shape": (None, 20, 3), "include_top": False}, ValueError, "at least 32×32"),
        ({"num_classes": 0}, ValueError, "at least 1; received 0"),
    ],
)
def test_what_vgg16_cannot_be(arguments, kind, message):
    with pytest.raises(kind, match=message):
        models.vgg16(**arguments)


def test_the_file_that_lies_beside_is_named(legacy_file):
    with pytest.raises(FileNotFoundError, match=r"In that folder lie: vgg16_notop.h5"):
        models.vgg16(legacy_file.with_name("vgg16.h5"), include_top=False)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"input_shape": (66, 227, 3)}, "at least 67×67"),
        ({"input_shape": 227}, r"\(227, 227, 3\)"),
        ({"groups": 3}, r"1 \(all maps together\) or 2 .*received 3"),
        ({"groups": True}, "received True"),
        ({"dropout": 50}, r"In percent\? Write 0.5"),
        ({"num_classes": 1.5}, "received 1.5"),
    ],
)
def test_what_alexnet_cannot_be(arguments, message):
    with pytest.raises(ValueError, match=message):
        models.alexnet(**arguments)


# -------------------------------------------------------------------------------- the weights of ImageNet


@pytest.fixture
def official(legacy_file, server, monkeypatch, tmp_path):  # noqa: F811
    """A local server in the place of Keras's, that has a file of random weights in the place of the official one."""
    monkeypatch.delenv("CNNKIT_OFFLINE", raising=False)
    monkeypatch.setenv("CNNKIT_DATA", str(tmp_path / "cache"))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(fetching, "WAIT_SECONDS", 0.01)
    server.content = legacy_file.read_bytes()
    real = catalogue.CATALOGUE["vgg16_no_top"]

    def offered(*paths):
        one = dict(
            mirrors=tuple(f"{server.url}/{path}" for path in paths),
            md5=pooch.file_hash(legacy_file, alg="md5"),
            size=len(server.content),
        )
        monkeypatch.setitem(catalogue.CATALOGUE, "vgg16_no_top", dataclasses.replace(real, **one))

    offered("good")
    server.offer, server.place = offered, tmp_path / "cache" / real.place
    server.kept = tmp_path / "keras" / "models" / real.path.name
    return server


def imagenet():
    return models.vgg16("imagenet", include_top=False, input_shape=SHAPE)


def test_imagenet_is_downloaded_once_into_the_cache(official, keras_vgg):
    assert_equal_networks(imagenet(), keras_vgg)
    assert official.place.exists()
    imagenet()
    assert len(official.requests) == 1


def test_the_second_mirror_saves_the_day(official, keras_vgg):
    official.offer("missing", "good")
    assert_equal_networks(imagenet(), keras_vgg)


def test_the_file_in_the_cache_of_keras_will_do(official, keras_vgg, legacy_file):
    official.kept.parent.mkdir(parents=True)
    shutil.copy(legacy_file, official.kept)
    assert_equal_networks(imagenet(), keras_vgg)
    assert official.requests == []
    assert not official.place.exists()


def test_half_a_file_in_the_cache_of_keras_is_not_taken(official, keras_vgg, legacy_file, monkeypatch):
    official.kept.parent.mkdir(parents=True)
    official.kept.write_bytes(legacy_file.read_bytes()[:5000])
    assert_equal_networks(imagenet(), keras_vgg)
    assert len(official.requests) == 1
    official.place.unlink()
    monkeypatch.setenv("CNNKIT_OFFLINE", "1")
    with pytest.raises(OSError, match="is there, but is not the published file"):
        imagenet()


@pytest.mark.parametrize(
    ("mirror", "reason"), [("missing", "404"), ("wrong", "md5"), ("half", "bytes where")]
)
def test_weights_that_cannot_be_had(official, mirror, reason):
    official.offer(mirror)
    with pytest.raises(fetching.DownloadError, match=reason) as caught:
        imagenet()
    text = str(caught.value)
    assert "127.0.0.1" in text
    assert str(official.kept.parent) in text
    assert str(official.place.parent) in text
    assert 'models.vgg16("…/vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5", include_top=False)' in text
    assert "models.vgg_mini()" in text
    assert "Three ways out" not in text
    assert not official.place.exists()


def test_offline_says_so_and_names_the_hosts(monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    message = "CNNKIT_OFFLINE forbids downloads .*storage.googleapis.com and github.com"
    with pytest.raises(OSError, match=message) as caught:
        models.vgg16("imagenet")
    assert re.search(r"copy the file vgg16_weights_tf_dim_ordering_tf_kernels.h5 to", str(caught.value))
