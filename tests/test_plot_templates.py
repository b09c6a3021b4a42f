"""plot.templates, the scale that leaves outliers out, and colour bars that keep off their neighbours."""

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.figure import Figure

from cnnkit import plot

rng = np.random.default_rng(0)
KERNEL = rng.normal(size=(6 * 5, 4))


def pictures(figure):
    return [axes for axes in figure.axes if axes.images]


@pytest.mark.parametrize("shape", [(6, 5), (6, 5, 1), [6, 5]])
def test_each_unit_is_its_column_in_the_shape_of_the_picture(shape):
    figure = plot.templates(KERNEL, image_shape=shape)
    assert isinstance(figure, Figure)
    panels = pictures(figure)
    assert [axes.get_title() for axes in panels] == ["unit 0", "unit 1", "unit 2", "unit 3"]
    assert len(figure.axes) == 5  # and the colour bar
    for unit, axes in enumerate(panels):
        np.testing.assert_array_equal(axes.images[0].get_array(), KERNEL[:, unit].reshape(6, 5))
        assert axes.images[0].get_cmap().name == "RdBu_r"


def test_a_template_answers_to_the_pixel_at_its_place():
    """What Flatten does to a picture, the drawing undoes: the dense layer's answer to one bright pixel is the
    weight that is drawn at that pixel."""
    keras = pytest.importorskip("keras")
    model = keras.Sequential(
        [keras.Input((4, 6, 3)), keras.layers.Flatten(), keras.layers.Dense(2, use_bias=False)]
    )
    figure = plot.templates(model.layers[-1], image_shape=(4, 6, 3), percentile=100)
    picture = np.zeros((1, 4, 6, 3), np.float32)
    picture[0, 2, 5, 1] = 1
    weights = np.asarray(model.layers[-1].kernel)
    answer = np.asarray(model(picture))[0]
    for unit, axes in enumerate(pictures(figure)):
        seen = (np.asarray(axes.images[0].get_array())[2, 5, 1] - 0.5) * 2 * np.abs(weights).max()
        assert seen == pytest.approx(answer[unit], abs=1e-6)


def test_scale_is_shared_and_ends_at_the_percentile():
    for percentile in (50, 90, 99, 100):
        figure = plot.templates(KERNEL, image_shape=(6, 5), percentile=percentile)
        end = np.percentile(np.abs(KERNEL), percentile)
        for axes in pictures(figure):
            assert axes.images[0].get_clim() == pytest.approx((-end, end))
        assert pictures(figure)[-1].images[0].colorbar.extend == ("neither" if percentile == 100 else "both")


def test_one_outlier_does_not_make_all_others_pale():
    kernel = KERNEL.copy()
    kernel[0, 0] = 1000
    assert pictures(plot.templates(kernel, image_shape=(6, 5)))[0].images[0].get_clim()[1] < 4
    assert (
        pictures(plot.templates(kernel, image_shape=(6, 5), percentile=100))[0].images[0].get_clim()[1]
        == 1000
    )


def test_mostly_zeros_still_have_a_scale():
    kernel = np.zeros((30, 4))
    assert pictures(plot.templates(kernel, image_shape=(6, 5)))[0].images[0].get_clim() == (-1, 1)
    kernel[3, 1] = -7
    assert pictures(plot.templates(kernel, image_shape=(6, 5)))[0].images[0].get_clim() == (-7, 7)


def test_count_and_names():
    many = rng.normal(size=(30, 100))
    assert len(pictures(plot.templates(many, image_shape=(6, 5)))) == 64
    figure = plot.templates(many, image_shape=(6, 5), count=3)
    assert len(pictures(figure)) == 3
    assert figure.get_suptitle() == "the first 3 of 100 units"
    figure = plot.templates(KERNEL, image_shape=(6, 5), class_names=list("abcd"), count=2)
    assert [axes.get_title() for axes in pictures(figure)] == ["a", "b"]


def test_colour_templates_stay_in_range():
    figure = plot.templates(rng.normal(size=(4 * 4 * 3, 3)), image_shape=(4, 4, 3), percentile=80)
    assert len(figure.axes) == 3  # there is no colour bar for three channels
    for axes in figure.axes:
        shown = np.asarray(axes.images[0].get_array())
        assert shown.min() >= 0
        assert shown.max() <= 1


def test_the_sentence_of_templates():
    kernel = np.zeros((4, 2))
    kernel[0] = [-1.5, 2.0]
    assert plot.alt(plot.templates(kernel, image_shape=(2, 2), percentile=100, class_names=["a", "b"])) == (
        "The weights of two units as pictures of 2 × 2 pixels, titled a, b; weights from −1.5 to 2, blue below "
        "zero, white at zero, red above."
    )
    assert "the colours end at" in plot.alt(plot.templates(KERNEL, image_shape=(6, 5)))


@pytest.mark.parametrize(
    ("kernel", "more", "error", "said"),
    [
        (
            KERNEL,
            {"image_shape": (5, 5)},
            ValueError,
            "as the layer has inputs, 30; received .5, 5., which are 25",
        ),
        (KERNEL.T, {"image_shape": (6, 5)}, ValueError, r"seems turned.*kernel\.T"),
        (np.ones((90, 2)), {"image_shape": (6, 5)}, ValueError, r"three channels: image_shape=\(6, 5, 3\)"),
        (KERNEL, {"image_shape": (6, 5, 3)}, ValueError, r"one channel: image_shape=\(6, 5, 1\)"),
        (KERNEL, {"image_shape": (1, 6, 5, 1)}, ValueError, "without the batch axis: images.shape"),
        (KERNEL, {"image_shape": 30}, ValueError, r"must be \(H, W\).*received 30"),
        (KERNEL, {"image_shape": (6.5, 5)}, ValueError, r"must be \(H, W\)"),
        (KERNEL[:, 0], {"image_shape": (6, 5)}, ValueError, r"received \(30,\)\. A single unit is a column"),
        (np.ones((3, 3, 1, 8)), {"image_shape": (3, 3)}, ValueError, "drawn by plot.kernels"),
        ("kernel", {"image_shape": (6, 5)}, TypeError, "array of real numbers"),
        (KERNEL, {"image_shape": (6, 5), "count": 0}, ValueError, "from 1 to 256; received 0"),
        (KERNEL, {"image_shape": (6, 5), "percentile": 0}, ValueError, "above 0 and up to 100; received 0"),
        (KERNEL, {"image_shape": (6, 5), "percentile": "99"}, ValueError, "received '99'"),
        (
            KERNEL,
            {"image_shape": (6, 5), "class_names": ["a"]},
            ValueError,
            "each of the 4 units; received 1",
        ),
    ],
)
def test_what_is_refused(kernel, more, error, said):
    with pytest.raises(error, match=said):
        plot.templates(kernel, **more)


def test_models_and_layers_without_weights_are_refused():
    keras = pytest.importorskip("keras")
    layers = keras.layers
    with pytest.raises(ValueError, match=r"received a Dense layer without\. .*keras\.Input"):
        plot.templates(layers.Dense(3), image_shape=(6, 5))
    model = keras.Sequential(
        [keras.Input((6, 5)), layers.Flatten(), layers.Dense(7), layers.Dense(3, name="end")]
    )
    with pytest.raises(TypeError, match=r"a whole model\. Its dense layers are dense.*, end: pass one"):
        plot.templates(model, image_shape=(6, 5))
    with pytest.raises(ValueError, match="Only a layer whose inputs are the pixels"):
        plot.templates(model.get_layer("end"), image_shape=(6, 5))
    with pytest.raises(ValueError, match="received a Flatten layer without"):
        plot.templates(model.layers[0], image_shape=(6, 5))


# --- signed pictures, and bars


OUTLIER = rng.normal(size=(3, 20, 20, 1))
OUTLIER[0, 0, 0] = 50


def test_images_leave_outliers_out_where_asked():
    figure = plot.images(OUTLIER, percentile=99)
    end = np.percentile(np.abs(OUTLIER), 99)
    assert {axes.images[0].get_clim() for axes in pictures(figure)} == {(-end, end)}
    assert pictures(figure)[-1].images[0].colorbar.extend == "both"
    assert f"the colours end at {end:.3f}".rstrip("0") in plot.alt(figure)
    plain = plot.images(OUTLIER)
    assert pictures(plain)[0].images[0].get_clim() == (-50, 50)
    assert pictures(plain)[-1].images[0].colorbar.extend == "neither"


def test_signed_colour_beyond_the_scale_is_cut():
    shown = np.asarray(plot.images(rng.normal(size=(9, 9, 3)), percentile=50).images[0].get_array())
    assert shown.min() == 0
    assert shown.max() == 1


def test_percentile_is_for_signed_numbers():
    with pytest.raises(ValueError, match=r"`percentile` must be left out.*value_range=\(0, 1\)"):
        plot.images(np.ones((4, 4)), percentile=99)
    with pytest.raises(ValueError, match="above 0 and up to 100; received 101"):
        plot.images(OUTLIER, percentile=101)


@pytest.mark.parametrize("layout", [None, "constrained", "tight"])
@pytest.mark.parametrize(
    "draw", [lambda ax: plot.kernels(KERNEL, ax=ax), lambda ax: plot.images(OUTLIER[0], ax=ax)]
)
def test_a_bar_in_somebody_elses_figure_keeps_off_the_neighbour(draw, layout):
    figure, (left, right) = plt.subplots(1, 2, figsize=(8.5, 3), layout=layout)
    draw(left)
    right.set(xticks=[], yticks=[])
    figure.canvas.draw()
    (bar,) = [axes for axes in figure.axes if axes not in (left, right)]
    assert not bar.get_tightbbox().overlaps(right.get_window_extent())
    assert not bar.get_window_extent().overlaps(left.get_window_extent())
    assert bar.get_tightbbox().x1 <= figure.bbox.width


def test_numbers_still_fit_their_pixels_beside_a_bar():
    figure, (left, _) = plt.subplots(1, 2, figsize=(8.5, 3))
    plot.kernels(rng.normal(size=(5, 5)), ax=left)
    figure.canvas.draw()
    side = left.get_window_extent().width / 5
    assert len(left.texts) == 25
    assert all(text.get_window_extent().width < side for text in left.texts)
