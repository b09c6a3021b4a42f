"""plot.overlay: the map comes to the size of the picture, and its numbers decide on colour and transparency."""

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
import tensorflow as tf

from cnnkit import plot
from cnnkit.plot._overlay import fitted

PHOTO = np.linspace(0, 255, 40 * 60 * 3).reshape(40, 60, 3).astype(np.uint8)
HEAT = np.random.default_rng(0).uniform(0, 3, (5, 6))
SIGNED = HEAT - 1.5


def layers(axes):
    """(the picture, the map in RGBA or None) as they lie in a panel."""
    drawn = [image.get_array() for image in axes.get_images()]
    assert len(drawn) in (1, 2)
    return drawn[0], drawn[1] if len(drawn) == 2 else None


@pytest.mark.parametrize("size", [(40, 60), (7, 9), (5, 6), (10, 12)])
@pytest.mark.parametrize("shape", [(5, 6), (1, 1), (5, 1)])
def test_maps_grow_as_tensorflow_resizes(shape, size):
    heat = np.random.default_rng(1).normal(size=shape)
    if shape[0] > size[0] or shape[1] > size[1]:
        pytest.skip("shrinks")
    expected = tf.image.resize(heat[..., np.newaxis], size, method="bilinear")[..., 0]
    np.testing.assert_allclose(fitted(heat, size), expected, atol=1e-6)


def test_a_map_that_is_larger_keeps_its_mean():
    heat = np.kron([[1.0, 3.0], [5.0, 7.0]], np.ones((40, 40)))
    small = fitted(heat, (4, 4))
    assert small.shape == (4, 4)
    np.testing.assert_allclose(small.mean(), 4.0, atol=0.05)
    assert small[0, 0] < small[0, 3] < small[3, 0] < small[3, 3]


def test_colour_and_transparency_follow_the_number():
    axes = plot.overlay(PHOTO, HEAT, opacity=0.6)
    picture, coloured = layers(axes)
    np.testing.assert_array_equal(picture, PHOTO)
    share = fitted(HEAT, (40, 60)) / HEAT.max()
    np.testing.assert_allclose(coloured[..., 3], 0.6 * share, atol=1e-9)
    np.testing.assert_allclose(coloured[..., :3], matplotlib.colormaps["inferno"](share)[..., :3])


def test_signed_maps_are_centred_on_zero():
    coloured = layers(plot.overlay(PHOTO, SIGNED))[1]
    share = fitted(SIGNED, (40, 60)) / np.abs(SIGNED).max()
    np.testing.assert_allclose(coloured[..., 3], 0.75 * np.abs(share), atol=1e-9)
    red, blue = coloured[..., 0], coloured[..., 2]
    assert (red > blue)[share > 0.1].all()
    assert (red < blue)[share < -0.1].all()
    assert "blue below zero and red above" in plot.alt(plot.overlay(PHOTO, SIGNED))


def test_a_few_bright_pixels_do_not_hide_the_others():
    """A map as saliency gives it: one pixel in a thousand outshines the others by far."""
    heat = np.random.default_rng(0).uniform(0, 1, (40, 60))
    heat[7, 9], heat[30, 2] = 50, 80
    axes = plot.overlay(PHOTO, heat)
    share = np.minimum(heat / np.percentile(heat, 99), 1)
    np.testing.assert_allclose(layers(axes)[1][..., 3], 0.75 * share, atol=1e-9)
    assert axes.figure.axes[-1].get_ylim() == pytest.approx((0, np.percentile(heat, 99)))
    alone = np.zeros((40, 60))
    alone[7, 9] = 3
    np.testing.assert_allclose(layers(plot.overlay(PHOTO, alone))[1][..., 3], 0.25 * alone, atol=1e-9)


def test_no_evidence_is_said_and_the_picture_left_alone():
    axes = plot.overlay(PHOTO, np.zeros((7, 7)))
    picture, coloured = layers(axes)
    assert coloured is None
    np.testing.assert_array_equal(picture, PHOTO)
    assert axes.get_title() == "no positive evidence"
    assert "no positive evidence" in plot.alt(axes)
    assert len(axes.figure.axes) == 1, "there is nothing to put into a colour bar"
    axes = plot.overlay(PHOTO, np.zeros((7, 7)), titles="cat")
    assert axes.get_title() == "cat\nno positive evidence"


def test_one_empty_map_among_others():
    figure = plot.overlay([PHOTO, PHOTO], [HEAT, np.zeros((3, 3))], titles=["a", "b"])
    first, second, _ = figure.axes
    assert layers(first)[1] is not None
    assert layers(second)[1] is None
    assert [panel.get_title() for panel in (first, second)] == ["a", "b\nno positive evidence"]


def test_own_and_shared_scale():
    pair = [HEAT, HEAT / 10]
    own = [layers(panel)[1] for panel in plot.overlay([PHOTO, PHOTO], pair).axes[:2]]
    np.testing.assert_allclose(own[0], own[1])
    shared = [layers(panel)[1] for panel in plot.overlay([PHOTO, PHOTO], pair, scale="shared").axes[:2]]
    np.testing.assert_allclose(shared[1][..., 3], shared[0][..., 3] / 10)


def test_colour_bar_shows_the_numbers_or_only_least_and_most():
    bar = plot.overlay(PHOTO, HEAT).figure.axes[-1]
    assert bar.get_ylim() == pytest.approx((0, HEAT.max()))
    bar = plot.overlay(PHOTO, SIGNED).figure.axes[-1]
    assert bar.get_ylim() == pytest.approx((-np.abs(SIGNED).max(), np.abs(SIGNED).max()))
    bar = plot.overlay([PHOTO, PHOTO], [HEAT, HEAT / 10]).axes[-1]
    assert [tick.get_text() for tick in bar.get_yticklabels()] == ["0", "most"]


@pytest.mark.parametrize(
    ("images", "maps", "panels"),
    [
        (PHOTO[np.newaxis], HEAT[np.newaxis], 1),
        (PHOTO, HEAT[..., np.newaxis], 1),
        (np.stack([PHOTO] * 3), np.stack([HEAT] * 3), 3),
        (np.stack([PHOTO] * 3), np.stack([HEAT] * 3)[..., np.newaxis], 3),
        (PHOTO, np.stack([HEAT] * 4), 4),
        (PHOTO[..., 0], [HEAT, HEAT[:2]], 2),
        ([PHOTO, PHOTO[:20]], [HEAT, HEAT], 2),
        (tf.constant(PHOTO), tf.constant(HEAT, tf.float16), 1),
    ],
)
def test_shapes_that_are_understood(images, maps, panels):
    drawn = plot.overlay(images, maps)
    if panels == 1:
        drawn = drawn.figure
    assert len(drawn.axes) == panels + 1  # the colour bar


def test_columns_titles_suptitle_and_an_axes_of_ones_own():
    figure = plot.overlay(PHOTO, np.stack([HEAT] * 4), columns=2, titles=list("abcd"), suptitle="above")
    panels = figure.axes[:4]
    assert len({round(panel.get_position().x0, 3) for panel in panels}) == 2
    assert [panel.get_title() for panel in panels] == list("abcd")
    assert figure.get_suptitle() == "above"
    assert "titled a, b, c, d" in plot.alt(figure)
    _, axes = plt.subplots()
    assert plot.overlay(PHOTO, HEAT, ax=axes) is axes


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ((0, 0), "at the top left"),
        ((3, 3), "in the middle"),
        ((6, 6), "at the bottom right"),
        ((3, 0), "in the middle on the left"),
        ((0, 3), "at the top"),
    ],
)
def test_the_sentence_says_where(cell, words):
    heat = np.zeros((7, 7))
    heat[cell] = 1
    assert plot.alt(plot.overlay(PHOTO, heat)).endswith(f"it is strongest {words}.")


@pytest.mark.parametrize(
    ("images", "maps", "options", "message"),
    [
        (PHOTO, np.full((3, 3), np.nan), {}, "`maps` must hold finite numbers"),
        (
            np.stack([PHOTO] * 2),
            np.stack([HEAT] * 3),
            {},
            r"received 3 for 2. .*images\[:4\] with maps\[:4\]",
        ),
        (HEAT, PHOTO, {}, r"The pictures come first|pictures come first, their maps second"),
        (PHOTO, np.zeros(7), {}, r"received \(7,\). A map has rows and columns"),
        (PHOTO, np.zeros((1, 7, 7, 16)), {}, r"Each unit of a layer has a map of its own"),
        (PHOTO, [np.zeros((7, 7, 16))] * 2, {}, r"`maps\[0\]` must have .* choose one, maps\[0\]\[..., 0\]"),
        (PHOTO, HEAT, {"opacity": 60}, r"In percent\? Write 0.6"),
        (PHOTO, HEAT, {"opacity": 0}, "above 0 and up to 1; received 0"),
        (PHOTO, HEAT, {"opacity": True}, "received True"),
        (PHOTO, HEAT, {"scale": "log"}, "'own' or 'shared'; received 'log'"),
        (PHOTO, HEAT, {"cmap": "rainbows"}, "received 'rainbows'. 'inferno', 'viridis'"),
        (PHOTO, HEAT, {"titles": ["a", "b"]}, "one str a panel; received 2 for 1"),
        (PHOTO, np.zeros((300, 2, 2)), {}, "at most 256 maps"),
        (np.zeros((4, 40, 60, 7)), np.zeros((4, 3, 3)), {}, "A last axis of 7 is no colour"),
    ],
)
def test_wrong_arguments(images, maps, options, message):
    with pytest.raises(ValueError, match=message):
        plot.overlay(images, maps, **options)


def test_what_is_no_array():
    with pytest.raises(TypeError, match="`maps` must be an array of real numbers; received str"):
        plot.overlay(PHOTO, "heat")
    with pytest.raises(ValueError, match="`ax` has room for one map; received 2"):
        plot.overlay(PHOTO, np.stack([HEAT] * 2), ax=plt.subplots()[1])
