"""The networks: the layer table of each docstring is what is built, and every network computes what Keras says."""

import functools
import re

import keras
import numpy as np
import pytest

from cnnkit import models, shapes

ELSEWHERE = [
    "alexnet",
    "vgg16",
    "transfer",
    "unfreeze",
]  # in test_models_large.py and test_models_transfer.py
SMALL = [name for name in models.__all__ if name not in ELSEWHERE]
CLASSIFIERS = [name for name in SMALL if name != "denoiser"]


def builder(name):
    """The function that builds a network, with random weights where it would load trained ones."""
    return functools.partial(models.vgg_mini, None) if name == "vgg_mini" else getattr(models, name)


def documented(function):
    """The rows (layer, output, weights) of the table in a docstring."""
    ruler = r"=+  =+  =+\n"
    body = re.search(rf"{ruler}.*?{ruler}(.*?){ruler}", re.sub(r"(?m)^ +", "", function.__doc__), re.S)[1]
    rows = [re.split(r"\s{2,}", line) for line in body.strip().splitlines()]
    return [(row[0], row[1], int(row[2].replace(",", "")) if len(row) > 2 else 0) for row in rows]


def stated_total(function):
    return int(re.search(r"([\d,]+) weights as it stands", function.__doc__)[1].replace(",", ""))


@pytest.mark.parametrize("name", SMALL)
def test_docstring_shows_the_network_that_is_built(name):
    function = getattr(models, name)
    model = builder(name)()
    built = {}
    for layer in model.layers:
        row = built.setdefault(layer.name, [None, 0])
        row[0], row[1] = ", ".join(map(str, layer.output.shape[1:])), layer.count_params()
    for row, output, weights in documented(function):  # the layers of a block stand in one row
        members = [key for key in built if key == row or key.startswith(f"{row}_")]
        assert members, f"{row} is not in the network"
        assert built[members[-1]][0] == output
        assert sum(built[key][1] for key in members) == weights
    assert sum(weights for _, _, weights in documented(function)) == model.count_params()
    assert stated_total(function) == model.count_params()


@pytest.mark.parametrize("name", SMALL)
def test_shapes_counts_the_same_weights(name):
    model = builder(name)()
    assert sum(row.weights for row in shapes.table(model)) == model.count_params()


@pytest.mark.parametrize("name", SMALL)
def test_networks_are_not_compiled(name):
    assert not builder(name)().compiled


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_softmax_is_what_the_logits_give(name):
    build = builder(name)
    shape = (40, 36, 3)
    keras.utils.set_random_seed(0)
    probabilities, logits = (
        build(input_shape=shape, num_classes=7),
        build(input_shape=shape, num_classes=7, logits=True),
    )
    logits.set_weights(probabilities.get_weights())
    images = np.random.default_rng(0).uniform(0, 255, (3, *shape)).astype("float32")
    z = logits.predict(images, verbose=0)
    expected = np.exp(z - z.max(axis=1, keepdims=True))
    expected /= expected.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(probabilities.predict(images, verbose=0), expected, atol=1e-5)
    assert z.shape == (3, 7)


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_one_class_is_one_unit_with_a_sigmoid(name):
    output = builder(name)(num_classes=1).layers[-1]
    assert output.units == 1
    assert output.activation is keras.activations.sigmoid


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_pictures_from_0_to_255_come_in_as_0_to_1(name):
    model = builder(name)()
    white = np.full((1, *model.input_shape[1:]), 255, "float32")
    assert float(keras.ops.max(model.layers[0](white))) == pytest.approx(1.0)


def test_same_seed_gives_the_same_network():
    keras.utils.set_random_seed(3)
    first = models.lenet5().get_weights()
    keras.utils.set_random_seed(3)
    for a, b in zip(first, models.lenet5().get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_original_lenet5():
    model = models.lenet5(activation="tanh", pooling="average")
    assert model.get_layer("conv1").activation is keras.activations.tanh
    assert isinstance(model.get_layer("pool2"), keras.layers.AveragePooling2D)


def test_convnet1_without_activations_is_linear_but_for_its_poolings():
    model = models.convnet1(activation=None)
    assert all(model.get_layer(f"conv{i}").activation is keras.activations.linear for i in (1, 2, 3))


def test_mlp_with_no_hidden_layer_is_a_linear_classifier():
    assert models.mlp(hidden=()).count_params() == 28 * 28 * 10 + 10
    assert models.mlp(hidden=(30, 20)).count_params() == 785 * 30 + 31 * 20 + 21 * 10


def test_denoiser_returns_pictures_of_the_size_that_came_in():
    model = models.denoiser(input_shape=(32, 20, 3))
    assert model.predict(np.zeros((2, 32, 20, 3), "float32"), verbose=0).shape == (2, 32, 20, 3)


@pytest.mark.parametrize("name", CLASSIFIERS)
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"input_shape": (32, 28, 28, 1)}, r"Leave the batch axis out: input_shape=\(28, 28, 1\)"),
        ({"input_shape": (28, 28)}, r"Grey pictures have one channel: input_shape=\(28, 28, 1\)"),
        ({"input_shape": 28}, r"received 28. For square pictures .* \(28, 28, 3\)"),
        ({"input_shape": (28, 0, 1)}, r"above 0 .* received \(28, 0, 1\)"),
        ({"input_shape": (28.0, 28.0, 1)}, "whole numbers"),
        ({"num_classes": 0}, r"at least 1; received 0. .*len\(data.class_names\)"),
        ({"num_classes": "ten"}, "received 'ten'"),
        ({"num_classes": 2.0}, "received 2.0"),
    ],
)
def test_wrong_arguments(name, arguments, message):
    with pytest.raises(ValueError, match=message):
        builder(name)(**arguments)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (
            lambda: models.lenet5(input_shape=(8, 8, 1)),
            r"at least 12×12 pixels; received input_shape=\(8, 8, 1\)",
        ),
        (
            lambda: models.lenet5(input_shape=(1, 28, 28)),
            r"channels first: here the channels come last, \(28, 28, 1\)",
        ),
        (lambda: models.lenet5_small(pooling="mean"), '"max" or "average"; received \'mean\''),
        (lambda: models.convnet1(input_shape=(24, 28, 1)), "at least 28×28"),
        (lambda: models.cnn_12_24(dropout=20), r"In percent\? Write 0.2"),
        (lambda: models.cnn_12_24(dropout=1), "below 1; received 1"),
        (
            lambda: models.mlp(hidden=(128, 0)),
            r"whole numbers of at least 1, one a layer; received \(128, 0\)",
        ),
        (lambda: models.denoiser(input_shape=(30, 28, 1)), r"multiples of 4.*Pad or crop to \(32, 28\)"),
        (lambda: models.cats_dogs_cnn(input_shape=(8, 8, 3)), "at least 16×16"),
    ],
)
def test_what_a_network_cannot_be(build, message):
    with pytest.raises(ValueError, match=message):
        build()
