"""Figures: what is drawn is read back from the artists, and what is said from the sentence."""

import json
import pickle
import re
import subprocess
import sys

import matplotlib
import numpy as np
import pytest

matplotlib.use("Agg")

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cnnkit import plot

rng = np.random.default_rng(0)
PHOTO = rng.integers(0, 256, (20, 30, 3), dtype=np.uint8)
GREY = rng.integers(0, 256, (7, 8), dtype=np.uint8)
DIGITS = rng.integers(0, 256, (10, 8, 8, 1), dtype=np.uint8)


def drawn(figure):
    """All pictures in a figure, in the order of the panels; colour bars have none."""
    return [image for axes in figure.axes for image in axes.images]


def shows(axes):
    return np.asarray(axes.images[0].get_array())


# --- the package


def test_import_is_light():
    code = "import cnnkit.plot, sys; print('matplotlib' in sys.modules, 'tensorflow' in sys.modules)"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.split() == ["False", "False"]


def test_names_are_public_and_listed():
    assert set(plot.__all__) <= set(dir(plot))
    assert all(callable(getattr(plot, name)) for name in plot.__all__)
    with pytest.raises(
        AttributeError, match=r"has no attribute 'image'. It has: alt, architecture, augmentations, channels"
    ):
        _ = plot.image


def test_global_settings_are_left_alone():
    before = dict(matplotlib.rcParams)
    plot.images(DIGITS, labels=range(10))
    plot.pixels(GREY)
    plot.channels(PHOTO)
    plot.kernels(np.eye(3))
    plot.feature_maps(np.ones((4, 4, 2)))
    assert dict(matplotlib.rcParams) == before


# --- images


def test_images_one_returns_axes_with_the_very_numbers():
    axes = plot.images(PHOTO)
    assert isinstance(axes, Axes)
    np.testing.assert_array_equal(shows(axes), PHOTO)


@pytest.mark.parametrize("number", [2, 3, 5, 6, 7, 10, 13, 17, 65])
def test_images_draws_every_one_in_order(number):
    batch = rng.integers(0, 256, (number, 4, 5, 1), dtype=np.uint8)
    figure = plot.images(batch, labels=range(number))
    assert isinstance(figure, Figure)
    assert len(figure.axes) == len(drawn(figure)) == number
    for i, (axes, image) in enumerate(zip(figure.axes, batch, strict=True)):
        np.testing.assert_array_equal(shows(axes), image[..., 0])
        assert axes.get_title() == str(i)


def test_images_panels_do_not_overlap_and_stay_on_the_page():
    figure = plot.images([PHOTO, GREY, DIGITS[0], PHOTO[:, :4]], columns=3, titles=["a", "b\nb", "", "d"])
    boxes = [axes.get_position() for axes in figure.axes]
    assert all(b.x0 >= 0 and b.y0 >= 0 and b.x1 <= 1 and b.y1 <= 1 for b in boxes)
    for i, a in enumerate(boxes):
        for b in boxes[i + 1 :]:
            assert a.x1 <= b.x0 or b.x1 <= a.x0 or a.y1 <= b.y0 or b.y1 <= a.y0


def test_images_columns():
    figure = plot.images(DIGITS, columns=4)
    tops = sorted({round(axes.get_position().y0, 6) for axes in figure.axes}, reverse=True)
    rows = [sum(round(axes.get_position().y0, 6) == top for axes in figure.axes) for top in tops]
    assert rows == [4, 4, 2]


@pytest.mark.parametrize(
    ("image", "limits"),
    [
        (np.zeros((4, 4), np.uint8), (0, 255)),
        (np.full((4, 4), 0.5), (0, 1)),
        (np.full((4, 4), 0.5, np.float16), (0, 1)),
        (np.full((4, 4), 200.0, np.float32), (0, 255)),
        (np.full((4, 4), 200), (0, 255)),
        (np.eye(4, dtype=int), (0, 1)),
        (np.eye(4, dtype=bool), (0, 1)),
        (np.full((4, 4), 40_000, np.uint16), (0, 65535)),
        (np.array([[-3.0, 1.0], [0.0, 2.0]]), (-3, 3)),
    ],
)
def test_images_know_black_and_white(image, limits):
    assert plot.images(image).images[0].get_clim() == limits


def test_images_value_range_settles_it():
    assert plot.images(np.full((2, 2), 1.4), value_range=(0, 2)).images[0].get_clim() == (0, 2)


def test_images_colour_as_floats_agrees_with_uint8():
    np.testing.assert_allclose(shows(plot.images(PHOTO / 255)), PHOTO / 255)
    np.testing.assert_allclose(shows(plot.images(PHOTO.astype("float32"))), PHOTO / 255, atol=1e-6)


def test_images_a_batch_is_judged_as_one_and_a_list_one_by_one():
    pair = np.stack([np.full((4, 4, 1), 0.5), np.full((4, 4, 1), 200.0)])
    assert [image.get_clim() for image in drawn(plot.images(pair))] == [(0, 255), (0, 255)]
    assert [image.get_clim() for image in drawn(plot.images(list(pair)))] == [(0, 1), (0, 255)]


def test_images_signed_maps_share_a_scale_around_zero_with_one_bar():
    figure = plot.images([GREY, np.array([[-1.0, 0.5]]), np.array([[3.0, -2.0]])])
    grey, first, second = drawn(figure)
    assert grey.get_clim() == (0, 255)
    assert first.get_clim() == second.get_clim() == (-3, 3)
    assert first.cmap.name == "RdBu_r"
    assert len(figure.axes) == 4  # three panels and the bar


def test_images_signed_colour_has_zero_in_the_middle():
    axes = plot.images(np.stack([np.full((3, 3), -2.0), np.zeros((3, 3)), np.full((3, 3), 1.0)], axis=-1))
    np.testing.assert_allclose(shows(axes)[0, 0], [0, 0.5, 0.75])


def test_images_labels_class_names_titles():
    figure = plot.images(DIGITS[:2], labels=[1, 0], class_names=["cat", "dog"])
    assert [axes.get_title() for axes in figure.axes] == ["dog", "cat"]
    figure = plot.images(DIGITS[:2], labels=[1, 0], titles=["first", "second"], suptitle="Two")
    assert [axes.get_title() for axes in figure.axes] == ["first", "second"]
    assert figure.get_suptitle() == "Two"
    assert plot.images(DIGITS[0], labels=7).get_title() == "7"
    assert plot.images(DIGITS[0], titles="a seven").get_title() == "a seven"


def test_images_nested_lists_and_pillow_and_given_axes():
    from PIL import Image

    np.testing.assert_array_equal(shows(plot.images([[0, 1], [1, 0]])), [[0, 1], [1, 0]])
    np.testing.assert_array_equal(shows(plot.images(Image.fromarray(PHOTO))), PHOTO)
    figure, panels = plt.subplots(1, 2)
    assert plot.images(GREY, ax=panels[1]) is panels[1]
    assert len(drawn(figure)) == 1


def test_images_reads_what_says_it_is_an_array():
    class Tensor:  # as TensorFlow's and PyTorch's do
        def __array__(self, dtype=None, copy=None):
            return PHOTO

    np.testing.assert_array_equal(shows(plot.images(Tensor())), PHOTO)
    assert len(drawn(plot.images([Tensor(), Tensor()]))) == 2


# --- pixels


def test_pixels_writes_every_number_where_it_stands():
    axes = plot.pixels(GREY)
    assert {(text.get_position(), text.get_text()) for text in axes.texts} == {
        ((column, row), str(GREY[row, column])) for row, column in np.ndindex(GREY.shape)
    }
    assert list(axes.get_yticks()) == list(range(7))
    assert list(axes.get_xticks()) == list(range(8))


def test_pixels_can_be_read_on_every_shade():
    from matplotlib.colors import to_rgb

    def luminance(colour):
        return float(
            sum(
                weight * (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4)
                for weight, c in zip((0.2126, 0.7152, 0.0722), colour, strict=True)
            )
        )

    def worst(axes, backgrounds):
        ratios = []
        for text, behind in zip(axes.texts, backgrounds, strict=True):
            pair = sorted([luminance(to_rgb(text.get_color())), luminance(behind)])
            ratios.append((pair[1] + 0.05) / (pair[0] + 0.05))
        return min(ratios)

    ramp = np.arange(256, dtype=np.uint8).reshape(16, 16)
    assert worst(plot.pixels(ramp), [(g / 255,) * 3 for g in range(256)]) >= 4.5
    colours = PHOTO[:10, :10]
    assert worst(plot.pixels(colours), colours.reshape(-1, 3) / 255) >= 4.5
    signed = np.linspace(-1, 1, 25).reshape(5, 5)
    axes = plot.pixels(signed)
    behind = axes.images[0].to_rgba(signed).reshape(-1, 4)[:, :3]
    assert worst(axes, behind) >= 4.5


def test_pixels_colour_has_three_numbers_a_pixel():
    axes = plot.pixels(PHOTO[:3, :4])
    assert len(axes.texts) == 12
    assert axes.texts[5].get_text() == "\n".join(str(n) for n in PHOTO[1, 1])


@pytest.mark.parametrize(
    ("image", "fmt", "words"),
    [
        ([[1.0, 2.0]], None, ["1", "2"]),
        ([[0.25, 0.5]], None, ["0.25", "0.50"]),
        ([[0.5, -1.5]], None, ["0.5", "−1.5"]),
        ([[0.001, -0.002]], None, ["1.0e−03", "−2.0e−03"]),
        ([[-0.001, 0.5]], ".1f", ["0.0", "0.5"]),
        ([[1, 2]], lambda n: f"<{n}>", ["<1>", "<2>"]),
        (np.array([[True, False]]), None, ["1", "0"]),
    ],
)
def test_pixels_number_formats(image, fmt, words):
    assert [text.get_text() for text in plot.pixels(image, fmt=fmt).texts] == words


def test_pixels_window_is_outlined_where_asked():
    axes = plot.pixels(GREY, window=(2, 3, 4, 5))
    (outline,) = axes.patches
    assert (outline.get_y(), outline.get_x(), outline.get_height(), outline.get_width()) == (1.5, 2.5, 4, 5)
    assert not outline.get_fill()


@pytest.mark.parametrize(
    ("image", "limits"),
    [
        (GREY, (0, 255)),
        ([[0.2, 0.9]], (0, 1)),
        ([[54, 140]], (54, 140)),
        ([[-36, 15]], (-36, 36)),
        ([[7, 7]], (7, 8)),
    ],
)
def test_pixels_shades(image, limits):
    assert plot.pixels(image).images[0].get_clim() == limits


def test_pixels_bare_table():
    axes = plot.pixels(GREY, shade=False, indices=False)
    assert axes.images[0].get_alpha() == 0
    assert {text.get_color() for text in axes.texts} == {"black"}
    assert len(axes.get_xticks()) == 0


# --- channels


@pytest.mark.parametrize("tint", [True, False])
def test_channels_are_the_image_and_its_three(tint):
    figure = plot.channels(PHOTO, tint=tint)
    whole, *apart = drawn(figure)
    np.testing.assert_array_equal(np.asarray(whole.get_array()), PHOTO)
    for c, image in enumerate(apart):
        np.testing.assert_array_equal(np.asarray(image.get_array()), PHOTO[..., c])
        assert image.get_clim() == (0, 255)
        top = image.cmap(1.0)[:3]
        assert (int(np.argmax(top)) == c) if tint else (top == (1, 1, 1))
    titles = [axes.get_title() for axes in figure.axes]
    assert titles == ["all three", "red: [..., 0]", "green: [..., 1]", "blue: [..., 2]"]


def test_channels_signed_is_diverging():
    images = drawn(plot.channels(np.full((3, 3, 3), [-1.0, 0.0, 2.0])))
    assert [image.get_clim() for image in images[1:]] == [(-2, 2)] * 3


# --- kernels and feature maps


def test_kernels_one():
    kernel = np.array([[0, -1, 0], [-1, 4, -1], [0, -1, 0]])
    axes = plot.kernels(kernel)
    assert isinstance(axes, Axes)
    np.testing.assert_array_equal(shows(axes), kernel)
    assert axes.images[0].get_clim() == (-4, 4)
    assert [text.get_text() for text in axes.texts] == ["0", "−1", "0", "−1", "4", "−1", "0", "−1", "0"]


def test_kernels_of_a_layer_stand_channel_by_filter():
    weights = rng.normal(size=(5, 3, 3, 4))
    figure = plot.kernels(weights)
    images = drawn(figure)
    assert len(images) == 12
    bound = np.abs(weights).max()
    for c in range(3):
        for f in range(4):
            image = images[c * 4 + f]
            np.testing.assert_array_equal(np.asarray(image.get_array()), weights[:, :, c, f])
            assert image.get_clim() == (-bound, bound)
            assert figure.axes[c * 4 + f].get_title() == (f"filter {f}" if c == 0 else "")
            same_row, same_column = figure.axes[c * 4].get_position(), figure.axes[f].get_position()
            here = figure.axes[c * 4 + f].get_position()
            assert here.y0 == pytest.approx(same_row.y0)
            assert here.x0 == pytest.approx(same_column.x0)
        assert figure.axes[c * 4].get_ylabel() == f"channel {c}"


def test_kernels_lists_single_channels_and_axes():
    figure = plot.kernels([np.eye(3), np.ones((5, 5)) / 25], titles=["one", "box"])
    assert [axes.get_title() for axes in figure.axes[:2]] == ["one", "box"]
    assert len(drawn(plot.kernels(rng.normal(size=(3, 3, 1, 32))))) == 32
    assert len(drawn(plot.kernels(rng.normal(size=(3, 3, 6))))) == 6
    assert len(drawn(plot.kernels(rng.normal(size=(3, 3, 1, 1))))) == 1
    _, panels = plt.subplots(1, 2)
    assert plot.kernels(np.eye(2), ax=panels[0]) is panels[0]


@pytest.mark.parametrize(
    ("size", "numbers", "written"), [(3, None, 9), (8, None, 0), (8, True, 64), (3, False, 0)]
)
def test_kernels_numbers(size, numbers, written):
    assert len(plot.kernels(np.eye(size), numbers=numbers).texts) == written


@pytest.mark.parametrize("shape", [(6, 7, 5), (1, 6, 7, 5)])
def test_feature_maps_draws_every_unit(shape):
    maps = rng.random(shape)
    figure = plot.feature_maps(maps)
    images = drawn(figure)
    assert len(images) == 5
    for unit, image in enumerate(images):
        np.testing.assert_array_equal(np.asarray(image.get_array()), maps.reshape(6, 7, 5)[..., unit])
        assert image.get_clim() == (0, maps.max())
        assert figure.axes[unit].get_title() == str(unit)


def test_feature_maps_units_scale_and_sign():
    maps = rng.normal(size=(4, 4, 6))
    figure = plot.feature_maps(maps, units=[4, 1], scale="own")
    first, second = drawn(figure)
    assert len(figure.axes) == 2  # no bar, for there is no scale in common
    assert [axes.get_title() for axes in figure.axes] == ["4", "1"]
    assert first.get_clim()[1] == np.abs(maps[..., 4]).max()
    assert second.get_clim()[1] == np.abs(maps[..., 1]).max()
    assert first.cmap.name == "RdBu_r"
    dead = plot.feature_maps(np.zeros((4, 4, 2)))
    assert drawn(dead)[0].get_clim() == (0, 1)


# --- what a beginner passes by mistake

BAD = [
    (
        plot.images,
        PHOTO.transpose(2, 0, 1),
        ValueError,
        r"\(3, 20, 30\).*PyTorch.*np.moveaxis\(images, 0, -1\)",
    ),
    (
        plot.images,
        DIGITS.transpose(0, 3, 1, 2),
        ValueError,
        r"Axis 1 looks like the channels.*moveaxis\(images, 1",
    ),
    (
        plot.images,
        DIGITS[..., 0],
        ValueError,
        r"10 grey images, add the channel axis: images\[..., np.newaxis\]",
    ),
    (plot.images, np.ones((8, 8, 16)), ValueError, "16 feature maps, use plot.feature_maps"),
    (plot.images, np.ones((2, 8, 8, 16)), ValueError, r"plot.feature_maps\(images\[0\]\)"),
    (plot.images, np.ones((8, 8, 4)), ValueError, r"transparency. Leave it out: images\[..., :3\]"),
    (plot.images, np.ones((1, 1, 8, 8, 3)), ValueError, "an axis too many"),
    (plot.images, np.ones(64), ValueError, r"flattened.*images.reshape\(height, width\)"),
    (
        plot.images,
        np.full((4, 4), np.nan),
        ValueError,
        r"16 NaN or infinite of 16, the first at index \(0, 0\)",
    ),
    (plot.images, [GREY, np.full((4, 4), np.inf)], ValueError, r"images\[1\].*finite"),
    (plot.images, np.full((4, 4), 1.5), ValueError, r"from 1.5 to 1.5.*np.clip\(images, 0, 1\).*value_range"),
    (plot.images, np.full((4, 4), 300.0), ValueError, r"went past white.*np.clip\(images, 0, 255\)"),
    (plot.images, np.ones((0, 8, 8, 1)), ValueError, "an axis has length 0|An axis has length 0"),
    (plot.images, [], ValueError, "at least one image; received an empty list"),
    (plot.images, [[1, 2], [3]], ValueError, "Rows of unequal length"),
    (plot.images, np.ones((300, 2, 2, 1)), ValueError, r"at most 256 pictures.*received 300.*images\[:64\]"),
    (plot.images, "cat.jpg", TypeError, "received str.*PIL.Image.open"),
    (plot.images, np.ones((2, 2), complex), TypeError, "np.abs"),
    (plot.images, None, TypeError, "received NoneType"),
    (plot.pixels, DIGITS[:1], ValueError, r"batch of one. Drop the batch axis: image\[0\]"),
    (plot.pixels, DIGITS, ValueError, r"batch of 10 images. Take one of them, for example image\[0\]"),
    (
        plot.pixels,
        np.ones((33, 8)),
        ValueError,
        r"33 rows and 8 columns. Cut a window out, for example image\[:12, :8\]",
    ),
    (
        plot.channels,
        GREY,
        ValueError,
        r"must have shape \(H, W, 3\); received \(7, 8\).*plot.images\(image\)",
    ),
    (plot.channels, PHOTO[..., :1], ValueError, "single channel"),
    (plot.channels, PHOTO.transpose(2, 0, 1), ValueError, "channels, as PyTorch orders them"),
    (plot.channels, PHOTO[np.newaxis], ValueError, "Drop the batch axis"),
    (plot.kernels, np.ones(3), ValueError, r"kernel\[np.newaxis, :\]"),
    (plot.kernels, np.ones((1, 3, 3, 1, 1)), ValueError, "an axis too many"),
    (plot.kernels, np.ones((3, 3, 64, 64)), ValueError, r"received 4,096.*kernel\[:, :, :4, :8\]"),
    (
        plot.kernels,
        np.ones((64, 3, 3, 3)),
        ValueError,
        r"order of PyTorch.*np.transpose\(kernel, \(2, 3, 1, 0\)\)",
    ),
    (plot.kernels, [np.eye(3), np.ones((3, 3, 1, 1))], ValueError, r"received \(3, 3, 1, 1\) at place 1"),
    (plot.kernels, np.full((3, 3), np.nan), ValueError, "`kernel` must hold finite numbers"),
    (plot.feature_maps, np.ones((4, 4)), ValueError, r"maps\[..., np.newaxis\]"),
    (
        plot.feature_maps,
        np.ones((2, 4, 4, 3)),
        ValueError,
        r"the maps of 2 images. Choose one of them: maps\[0\]",
    ),
    (plot.feature_maps, np.ones(9), ValueError, "before Flatten"),
    (plot.feature_maps, np.ones((2, 2, 512)), ValueError, r"received 512.*units=range\(64\)"),
]


@pytest.mark.parametrize(
    ("function", "value", "kind", "message"), BAD, ids=[f"{b[0].__name__}-{i}" for i, b in enumerate(BAD)]
)
def test_slips_are_named(function, value, kind, message):
    with pytest.raises(kind, match=message):
        function(value)
    assert not plt.get_fignums(), "an empty figure was left behind"


def test_a_layer_or_a_model_is_no_array():
    class Layer:
        weights = ()

    class Model(Layer):
        layers = ()

    with pytest.raises(TypeError, match=r"received Layer.*layer.kernel"):
        plot.kernels(Layer())
    with pytest.raises(TypeError, match="A model is not yet a picture"):
        plot.images(Model())


KEYWORDS = [
    (plot.images, DIGITS, {"labels": [1, 2]}, "one label an image; received 2 for 10.*same slice"),
    (plot.images, DIGITS, {"labels": np.eye(10)}, r"one-hot.*argmax\(axis=-1\)"),
    (
        plot.images,
        DIGITS[:2],
        {"labels": [1, 2], "class_names": ["a", "b"]},
        "from 0 to 1.*received 2.*start at 1",
    ),
    (plot.images, DIGITS, {"titles": ["a"]}, "`titles` must hold one str a panel; received 1 for 10"),
    (plot.images, DIGITS, {"columns": 0}, "`columns` must be a whole number.*received 0"),
    (plot.images, DIGITS, {"value_range": (1, 0)}, r"`value_range` must be two numbers.*\(1, 0\)"),
    (plot.images, DIGITS, {"value_range": 255}, "`value_range` must be two numbers.*255"),
    (plot.images, DIGITS, {"ax": "axes"}, "`ax` has room for one image; received 10"),
    (plot.pixels, GREY, {"window": (0, 6, 3, 3)}, "inside the 7 rows and 8 columns.*columns 6 to 8"),
    (plot.pixels, GREY, {"window": (-1, 0, 3, 3)}, "counted from 0"),
    (
        plot.pixels,
        GREY,
        {"window": (1, 1)},
        r"must be \(row, column, height, width\) in pixels; received \(1, 1\)",
    ),
    (plot.pixels, GREY / 255, {"fmt": "d"}, "must be able to write the numbers; received 'd'"),
    (plot.kernels, np.ones((3, 3, 2, 4)), {"columns": 2}, "`columns` must be left out.*kernel"),
    (plot.kernels, [np.eye(3)] * 2, {"ax": "axes"}, "`ax` has room for one kernel; received 2"),
    (plot.feature_maps, np.ones((4, 4, 3)), {"scale": "each"}, "'shared' or 'own'; received 'each'"),
    (plot.feature_maps, np.ones((4, 4, 3)), {"units": [3]}, "from 0 to 2; received 3.*has 3 units"),
    (plot.feature_maps, np.ones((4, 4, 3)), {"units": [0.5]}, "received 0.5"),
    (plot.feature_maps, np.ones((4, 4, 3)), {"units": []}, "at least one channel number"),
]


@pytest.mark.parametrize(("function", "value", "keywords", "message"), KEYWORDS)
def test_wrong_keywords_are_named(function, value, keywords, message):
    with pytest.raises(ValueError, match=message):
        function(value, **keywords)


def test_wrong_format_type():
    with pytest.raises(TypeError, match=r"`fmt` must be a format such as '.1f'.*received int"):
        plot.pixels(GREY, fmt=2)


# --- the sentence

SENTENCES = [
    (lambda: plot.images(PHOTO), r"One colour image of 20 rows and 30 columns; values from \d+ to \d+"),
    (
        lambda: plot.images(
            np.array([[[0], [255]]] * 2, np.uint8)[np.newaxis].repeat(3, 0), labels=[0, 1, 2]
        ),
        r"Three grey images of 2 × 2 pixels labelled 0, 1, 2; values from 0 to 255\.",
    ),
    (lambda: plot.images(np.full((2, 2), 0.25)), "all values 0.25, where 0 is black and 1 white"),
    (
        lambda: plot.images([PHOTO, GREY], titles=["a", "b"]),
        "Two images of different sizes, titled a, b; values",
    ),
    (
        lambda: plot.images(np.array([[-1.0, 2.0]])),
        "signed grey.*from −1 to 2, blue below zero and red above",
    ),
    (lambda: plot.images(PHOTO / 100 - 1), "zero is drawn as middle grey"),
    (
        lambda: plot.pixels(GREY, window=(1, 2, 3, 3)),
        "a window of 3 × 3 pixels is outlined at row 1, column 2",
    ),
    (lambda: plot.pixels(GREY, shade=False), "A table of 7 rows and 8 columns with its number"),
    (lambda: plot.pixels(PHOTO[:2, :2]), "red, green and blue written on each pixel"),
    (lambda: plot.channels(np.full((2, 2, 3), [10, 20, 30])), "mean values: red 10, green 20, blue 30"),
    (lambda: plot.kernels(np.eye(3)), "One kernel of 3 × 3; weights from 0 to 1, zero is white"),
    (
        lambda: plot.kernels(np.ones((5, 5, 3, 6))),
        "Six filters of 5 × 5 with three input channels each; all weights 1",
    ),
    (
        lambda: plot.feature_maps(np.ones((4, 4, 20)), units=[3, 5]),
        "Two feature maps.*from 20 units, numbers 3, 5",
    ),
    (lambda: plot.feature_maps(np.ones((4, 4, 2)), scale="own"), "each on its own scale"),
]


@pytest.mark.parametrize(("draw", "words"), SENTENCES)
def test_every_figure_says_itself(draw, words):
    figure_or_axes = draw()
    sentence = plot.alt(figure_or_axes)
    assert sentence[0].isupper()
    assert sentence.endswith(".")

    assert re.search(words, sentence), sentence
    figure = figure_or_axes if isinstance(figure_or_axes, Figure) else figure_or_axes.figure
    assert plot.alt(figure) == sentence


def test_describe_and_alt():
    figure, (left, right) = plt.subplots(1, 2)
    assert plot.alt(figure) is None
    assert plot.describe(left, "A line\n   that falls") is left
    plot.describe(right, "What now?")
    assert plot.alt(left) == "A line that falls."
    assert plot.alt(figure) == "A line that falls. What now?"
    plot.describe(figure, "Both at once.")
    assert plot.alt(figure) == "Both at once."
    assert plot.alt(pickle.loads(pickle.dumps(figure))) == "Both at once."


def test_describe_reaches_subfigures():
    figure = plt.figure()
    axes = figure.subfigures(1, 2)[1].subplots()
    plot.describe(axes, "Inside.")
    assert plot.alt(figure) == "Inside."


def test_describe_names_slips():
    figure, axes = plt.subplots()
    with pytest.raises(TypeError, match=r"Figure or Axes first; received tuple.*the pair"):
        plot.describe((figure, axes), "Words")
    with pytest.raises(TypeError, match="Figure or Axes first; received NoneType"):
        plot.alt(None)
    with pytest.raises(TypeError, match=r"`sentence` must be a str; received Figure.*figure comes first"):
        plot.describe(figure, figure)
    with pytest.raises(ValueError, match="must say what the picture shows; received an empty one"):
        plot.describe(figure, "  ")


def test_ipython_shows_the_words_beside_the_picture():
    shell = pytest.importorskip("IPython.core.interactiveshell").InteractiveShell()
    from IPython.core.pylabtools import select_figure_formats

    figure = plot.images(DIGITS[:3], labels=[0, 1, 2])
    select_figure_formats(shell, {"png"})  # what the inline backend does, perhaps after the figure was made
    shell.display_formatter.active_types = ["text/plain", "image/png"]
    data, metadata = shell.display_formatter.format(figure)
    assert data["text/plain"] == plot.alt(figure)
    assert data["image/png"][:4] == b"\x89PNG" or data["image/png"].startswith("iVBOR")
    assert metadata["image/png"]["alt"] == plot.alt(figure)
    plain, _ = shell.display_formatter.format(plt.figure(figsize=(2, 1)))
    assert plain["text/plain"] == "<Figure size 200x100 with 0 Axes>"


@pytest.mark.slow
def test_a_stored_notebook_holds_the_words():
    nbformat = pytest.importorskip("nbformat")
    nbclient = pytest.importorskip("nbclient")
    source = (
        "import numpy as np, matplotlib.pyplot as plt\nfrom cnnkit import plot\n"
        "plot.pixels(np.array([[1, 2], [3, 4]]))\nplt.show()"
    )
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    (output,) = notebook.cells[0].outputs
    words = "A grey image of 2 × 2 pixels with its number written on each pixel; values from 1 to 4."
    assert output.data["text/plain"] == words
    assert output.metadata["image/png"]["alt"] == words
    assert "image/png" in output.data
    nbformat.validate(json.loads(nbformat.writes(notebook)))
