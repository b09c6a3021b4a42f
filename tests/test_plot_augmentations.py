"""plot.augmentations: the versions are those that the layer or function makes, and random states stay as they are."""

import random

import matplotlib

matplotlib.use("Agg")

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from cnnkit import plot
from cnnkit.plot import _augmentations, _layout

PHOTO = np.random.default_rng(0).integers(0, 256, (12, 16, 3), dtype=np.uint8)
GREY = PHOTO[..., :1].astype("float32") / 255


def shown(axes):
    return np.asarray(axes.images[0].get_array())


def is_original(axes):
    return all(to_hex(spine.get_edgecolor()) == _layout.MARK for spine in axes.spines.values())


def noise(image):
    return np.clip(image + np.random.normal(0, 0.1, image.shape), 0, 1)  # noqa: NPY002


def test_a_function_is_drawn_beside_the_original():
    figure = plot.augmentations(PHOTO, lambda image: image[:, ::-1], count=3)
    assert isinstance(figure, Figure)
    first, *others = figure.axes
    np.testing.assert_array_equal(shown(first), PHOTO)
    assert is_original(first)
    assert first.get_title() == "original"
    assert len(others) == 3
    for axes in others:
        np.testing.assert_array_equal(shown(axes), PHOTO[:, ::-1])
        assert not is_original(axes)
        assert axes.get_title() == ""


@pytest.mark.parametrize("image", [GREY, GREY[..., 0]])
def test_functions_get_a_channel_axis_and_may_return_none(image):
    figure = plot.augmentations(image, lambda im: im[::-1] if im.shape == (12, 16, 1) else 1 / 0, count=1)
    np.testing.assert_array_equal(shown(figure.axes[1]), GREY[::-1, :, 0])
    figure = plot.augmentations(image, lambda im: im[np.newaxis], count=1)  # a batch of one
    np.testing.assert_array_equal(shown(figure.axes[1]), GREY[..., 0])


@pytest.mark.parametrize("count", [1, 4, 5, 6, 8, 9, 20, 32])
def test_count(count):
    figure = plot.augmentations(GREY, noise, count=count)
    assert len(figure.axes) == count + 1
    assert [is_original(axes) for axes in figure.axes].count(True) == 1
    boxes = [axes.get_position() for axes in figure.axes]
    assert all(b.x0 >= 0 and b.y0 >= 0 and b.x1 <= 1 and b.y1 <= 1 for b in boxes)
    assert min(b.x0 for b in boxes[1:]) > boxes[0].x1  # the original has the first column for itself


def test_a_row_for_each_name():
    rows = {
        "upside down": lambda im: im[::-1],
        "mirrored": lambda im: im[:, ::-1],
        "darker": lambda im: im // 2,
    }
    figure = plot.augmentations(PHOTO, rows, count=2)
    assert len(figure.axes) == 9
    firsts = [axes for axes in figure.axes if is_original(axes)]
    assert [axes.get_ylabel() for axes in firsts] == list(rows)
    assert len({round(axes.get_position().x0, 6) for axes in firsts}) == 1
    assert [axes.get_title() for axes in firsts] == ["original", "", ""]
    np.testing.assert_array_equal(shown(figure.axes[4]), PHOTO[:, ::-1])
    np.testing.assert_array_equal(shown(figure.axes[7]), PHOTO // 2)
    figure.canvas.draw()
    assert all(axes.yaxis.label.get_window_extent().x0 >= 0 for axes in firsts)


def test_the_same_seed_gives_the_same_versions():
    def by_python(image):
        return image * random.random()

    def by_seed(image, seed):
        return np.roll(image, seed, axis=1)

    def by_rng(image, rng):
        return image * rng.random()

    for function in (noise, by_python, by_seed, by_rng):
        one, same, other = (
            [shown(axes) for axes in plot.augmentations(GREY, function, count=3, seed=seed).axes[1:]]
            for seed in (1, 1, 9)
        )
        np.testing.assert_array_equal(one, same)
        assert not np.array_equal(one, other)
        assert not np.array_equal(one[0], one[1])


def test_random_states_are_put_back():
    random.seed(5)
    np.random.seed(5)  # noqa: NPY002
    wanted = random.random(), np.random.random()  # noqa: NPY002
    random.seed(5)
    np.random.seed(5)  # noqa: NPY002
    plot.augmentations(GREY, noise)
    assert (random.random(), np.random.random()) == wanted  # noqa: NPY002


def test_a_function_that_works_in_place_leaves_the_original_alone():
    def blacken(image):
        image[:] = 0
        return image

    before = PHOTO.copy()
    figure = plot.augmentations(PHOTO, blacken, count=1)
    np.testing.assert_array_equal(shown(figure.axes[0]), before)
    np.testing.assert_array_equal(PHOTO, before)


def test_versions_are_drawn_in_the_range_of_the_original():
    brighter = plot.augmentations(GREY, lambda image: image + 0.5, count=1).axes[1]
    assert brighter.images[0].get_clim() == (0, 1)
    noisy = plot.augmentations(PHOTO, lambda image: image.astype(float) - 40, count=1).axes[1]
    assert shown(noisy).min() == 0
    rescaled = plot.augmentations(PHOTO, lambda image: image / 255, count=1).axes[1]
    np.testing.assert_allclose(shown(rescaled), PHOTO / 255)
    signed = plot.augmentations(GREY - 0.5, lambda image: 2 * image, count=1)
    assert signed.axes[0].images[0].get_clim() == signed.axes[1].images[0].get_clim()


def test_the_sentence_counts_what_stayed_the_same():
    figure = plot.augmentations(PHOTO, {"nothing": lambda im: im, "crop": lambda im: im[2:]}, count=3)
    assert plot.alt(figure) == (
        "An image of 12 rows and 16 columns, marked as the original, beside three versions of it by each of "
        "two augmentations: nothing, crop; unchanged are 3 of 3 by nothing."
    )
    assert plot.alt(plot.augmentations(PHOTO, lambda im: im[2:], count=3)) == (
        "An image of 12 rows and 16 columns, marked as the original, beside three versions of it."
    )


# --- Keras


def test_layers_make_what_they_make_in_training():
    keras = pytest.importorskip("keras")
    figure = plot.augmentations(PHOTO, keras.layers.RandomFlip("horizontal"), count=16)
    kinds = []
    for axes in figure.axes[1:]:
        rounded = np.round(shown(axes) * 255)
        kinds.append("same" if np.array_equal(rounded, PHOTO) else "flipped")
        if kinds[-1] == "flipped":
            np.testing.assert_array_equal(rounded, PHOTO[:, ::-1])
    assert set(kinds) == {"same", "flipped"}
    assert f"unchanged are {kinds.count('same')} of 16" in plot.alt(figure)


def layer_kinds(keras):
    layers = keras.layers
    return {
        "rotation": layers.RandomRotation(0.2),
        "noise": layers.GaussianNoise(0.2),
        "crop": layers.RandomCrop(8, 8),
        "chain": keras.Sequential([layers.RandomFlip(), layers.RandomTranslation(0.2, 0.2)]),
        "chain in a chain": keras.Sequential(
            [keras.Sequential([layers.RandomZoom(0.4)]), layers.Dropout(0.1)]
        ),
    }


def test_layers_are_deterministic_and_get_their_state_back():
    keras = pytest.importorskip("keras")
    for name, layer in layer_kinds(keras).items():
        generators = list(_augmentations._generators(layer, set()))
        assert len(generators) == (2 if "chain" in name else 1), name
        before = [np.asarray(generator.state).copy() for generator in generators]
        one, same, other = (
            [shown(axes) for axes in plot.augmentations(GREY, layer, count=4, seed=seed).axes[1:]]
            for seed in (3, 3, 4)
        )
        np.testing.assert_array_equal(one, same)
        assert not np.array_equal(one, other), name
        assert not np.array_equal(one[0], one[1]), name
        for was, generator in zip(before, generators, strict=True):
            np.testing.assert_array_equal(was, generator.state)


def test_a_chain_can_be_trained_with_afterwards():
    keras = pytest.importorskip("keras")
    chain = keras.Sequential([keras.layers.RandomFlip(), keras.layers.RandomRotation(0.1)])
    plot.augmentations(GREY, chain, count=1)
    assert chain.input_shape == (None, 12, 16, 1)
    assert chain(np.zeros((7, 12, 16, 1), np.float32), training=True).shape == (7, 12, 16, 1)


# --- what is refused


@pytest.mark.parametrize(
    ("image", "what", "more", "error", "said"),
    [
        (PHOTO[np.newaxis], noise, {}, ValueError, r"Drop the batch axis: image\[0\]"),
        (PHOTO, None, {}, TypeError, "a layer, a function, or a dict.*received NoneType"),
        (PHOTO, [noise, noise], {}, TypeError, r"name them in a dict.*keras\.Sequential"),
        (PHOTO, {"noise": noise, "flip": 3}, {}, TypeError, "received int under 'flip'"),
        (PHOTO, dict, {}, TypeError, r"received the class dict\. Make a layer of it: dict\(\.\.\.\)"),
        (PHOTO, {}, {}, ValueError, "1 to 12 augmentations.*received 0"),
        (PHOTO, {str(i): noise for i in range(13)}, {}, ValueError, "received 13"),
        (
            PHOTO,
            {"flip": lambda image: None},
            {},
            TypeError,
            "of 'flip' must return a picture; received None",
        ),
        (PHOTO, lambda image: image.mean(), {}, ValueError, "what layer_or_function returns"),
        (PHOTO, lambda image: image * np.nan, {}, ValueError, "must hold finite numbers"),
        (PHOTO, noise, {"count": 0}, ValueError, "`count` must be a whole number from 1 to 32; received 0"),
        (PHOTO, noise, {"count": True}, ValueError, "received True"),
        (PHOTO, noise, {"seed": -1}, ValueError, "`seed` must be a whole number from 0.*received -1"),
        (PHOTO, noise, {"seed": 0.5}, ValueError, "received 0.5"),
    ],
)
def test_what_is_refused(image, what, more, error, said):
    with pytest.raises(error, match=said):
        plot.augmentations(image, what, **more)
