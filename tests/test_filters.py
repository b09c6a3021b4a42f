"""filters against scipy.ndimage and scikit-image, their worked numbers, and bad input."""

import doctest

import numpy as np
import pytest
import scipy.ndimage
import skimage.filters

from cnnkit import filters, scratch

RNG = np.random.default_rng(0)
GREY = RNG.random((17, 12))
COLOUR = RNG.random((17, 12, 3))
PICTURE = [  # the 5×5 array of the lecture
    [60, 113, 56, 139, 85],
    [73, 121, 54, 84, 128],
    [131, 99, 70, 129, 127],
    [80, 57, 115, 69, 134],
    [104, 126, 123, 95, 130],
]


def test_docstrings():
    assert doctest.testmod(filters).failed == 0


def test_every_name_is_a_filter():
    assert set(filters.names()) <= set(filters.__all__)
    for name in filters.names():
        kernel = getattr(filters, name)()
        assert kernel.ndim == 2
        assert kernel.dtype == "float64"
        total = {"box": 1, "gaussian": 1, "sharpen": 1}.get(name, 0)
        assert kernel.sum() == pytest.approx(total)


def test_values():
    assert filters.sharpen().tolist() == [[0, -1, 0], [-1, 5, -1], [0, -1, 0]]
    assert (filters.sharpen(1 / 4) * 4).tolist() == [[0, -1, 0], [-1, 8, -1], [0, -1, 0]]
    assert (filters.edge() * 4).tolist() == [[0, -1, 0], [-1, 4, -1], [0, -1, 0]]
    assert filters.laplacian().tolist() == [[0, 1, 0], [1, -4, 1], [0, 1, 0]]
    assert filters.prong().tolist() == [
        [0, 0, -1, 0, 0],
        [0, -1, -2, -1, 0],
        [-1, -2, 16, -2, -1],
        [0, -1, -2, -1, 0],
        [0, 0, -1, 0, 0],
    ]
    assert filters.box(2).tolist() == [[0.25, 0.25], [0.25, 0.25]]
    assert filters.box((1, 4)).tolist() == [[0.25] * 4]
    assert filters.sobel(0).tolist() == filters.sobel(1).T.tolist()


def test_worked_numbers():
    assert filters.apply(PICTURE, filters.sharpen())[0, 0] == 114
    image = [[0, 10, 9, 3, 4], [4, 3, 2, 1, 5], [10, 2, 10, 3, 0], [3, -1, -3, -3, -4], [-4, -10, -8, -1, -2]]
    output = filters.apply(image, filters.laplacian(), padding="valid")
    assert output.tolist() == [[6, 15, 9], [14, -36, -4], [-4, 10, 7]]


@pytest.mark.parametrize("image", [GREY, COLOUR], ids=["grey", "colour"])
def test_blurs_equal_scipy(image):
    colours = (0, 0) if image.ndim == 3 else (0,)
    for size in (3, 5):
        expected = scipy.ndimage.uniform_filter(image, (size, size, *[1] * (image.ndim - 2)), mode="constant")
        np.testing.assert_allclose(filters.apply(image, filters.box(size)), expected, atol=1e-12)
    sigma = (1.5, 1.5, *colours[1:])
    expected = scipy.ndimage.gaussian_filter(image, sigma, mode="constant", radius=(4, 4, *colours[1:]))
    np.testing.assert_allclose(filters.apply(image, filters.gaussian(9, 1.5)), expected, atol=1e-12)


def test_even_box_on_a_picture_equals_scipy():
    """`same` pads an even kernel at the end, as Keras does."""
    expected = scipy.ndimage.correlate(GREY, filters.box(4), mode="constant", origin=-1)
    np.testing.assert_allclose(filters.apply(GREY, filters.box(4)), expected, atol=1e-12)


def test_edges_equal_scipy_and_skimage():
    expected = scipy.ndimage.laplace(GREY, mode="constant")
    np.testing.assert_allclose(filters.apply(GREY, filters.laplacian()), expected, atol=1e-12)
    for axis in (0, 1):
        ours = filters.apply(GREY, filters.sobel(axis))
        np.testing.assert_allclose(ours, scipy.ndimage.sobel(GREY, axis, mode="constant"), atol=1e-12)
        # scikit-image divides by 4.
        theirs = skimage.filters.sobel(GREY, axis=axis, mode="constant")
        np.testing.assert_allclose(ours / 4, theirs, atol=1e-12)


def test_every_filter_equals_scipy():
    for name in filters.names():
        kernel = getattr(filters, name)()
        expected = scipy.ndimage.correlate(GREY, kernel, mode="constant")
        np.testing.assert_allclose(filters.apply(GREY, kernel), expected, atol=1e-12)


def test_axes_stay_and_colours_stay_apart():
    kernel = filters.box(3)
    assert filters.apply(GREY, kernel).shape == (17, 12)
    assert filters.apply(GREY[..., None], kernel).shape == (17, 12, 1)
    blurred = filters.apply(COLOUR, kernel)
    assert blurred.shape == COLOUR.shape
    for c in range(3):
        np.testing.assert_array_equal(blurred[..., c], filters.apply(COLOUR[..., c], kernel))
    assert filters.apply(COLOUR, kernel, padding="valid").shape == (15, 10, 3)
    assert filters.apply(COLOUR, filters.box(20), padding=18).shape == (34, 29, 3)


def test_padding_darkens_the_border():
    white = np.ones((9, 9))
    blurred = filters.apply(white, filters.box(3))
    assert blurred[4, 4] == pytest.approx(1)
    assert blurred[0, 0] == pytest.approx(4 / 9)


def test_floats_come_out_and_nothing_is_clipped():
    picture = np.array(PICTURE, "uint8")
    sharp = filters.apply(picture, filters.sharpen())
    assert sharp.dtype == "float64"
    assert sharp.min() < 0
    assert sharp.max() > 255
    np.testing.assert_array_equal(picture, PICTURE)
    assert filters.apply(GREY.astype("float32"), filters.sharpen()).dtype == "float32"


def test_one_line_makes_it_a_layer():
    layer = scratch.conv2d(GREY[None, ..., None], filters.prong()[:, :, None, None], padding="same")
    np.testing.assert_allclose(layer[0, ..., 0], filters.apply(GREY, filters.prong()), atol=1e-12)


@pytest.mark.parametrize(
    ("error", "match", "call"),
    [
        (ValueError, r"`image` must have shape .*received \(1, 17, 12, 3\). Drop the batch axis",
         lambda: filters.apply(COLOUR[None], filters.box())),
        (ValueError, r"received \(3, 17, 12\). The channels seem to come first: .*moveaxis\(image, 0, -1\)",
         lambda: filters.apply(np.moveaxis(COLOUR, -1, 0), filters.box())),
        (ValueError, r"received \(17, 12, 4\). The fourth channel is transparency",
         lambda: filters.apply(np.ones((17, 12, 4)), filters.box())),
        (ValueError, r"received \(17, 12, 16\). A layer's many channels are for scratch.conv2d",
         lambda: filters.apply(np.ones((17, 12, 16)), filters.box())),
        (ValueError, r"`kernel` must have shape \(kh, kw\); received \(3, 3, 1, 1\). A layer",
         lambda: filters.apply(GREY, filters.box()[..., None, None])),
        (ValueError, r"`kernel_size` must not be larger",
         lambda: filters.apply(GREY, filters.box(13), "valid")),
        (ValueError, r"must not hold NaN", lambda: filters.apply(GREY * np.nan, filters.box())),
        (ValueError, r"`padding` must be 'valid'",
         lambda: filters.apply(GREY, filters.box(), "reflect")),
        (ValueError, r"`size` must be at least 1 pixel; received: size=0", lambda: filters.box(0)),
        (TypeError, r"`size` must be a whole number of pixels; received: size=2.5 \(float\)",
         lambda: filters.gaussian(2.5)),
        (ValueError, r"`sigma` must be larger than 0; received: sigma=0", lambda: filters.gaussian(5, 0)),
        (ValueError, r"`axis` must be 0 \(down\) or 1 \(to the right\); received: axis=2",
         lambda: filters.sobel(2)),
    ],
)  # fmt: skip
def test_bad_input_is_explained(error, match, call):
    with pytest.raises(error, match=match):
        call()
