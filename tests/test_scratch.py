"""scratch against NumPy and SciPy, the worked numbers of the lectures, and bad input. No TensorFlow here."""

import doctest
import itertools

import numpy as np
import pytest
import scipy.signal

from cnnkit import scratch, shapes

RNG = np.random.default_rng(0)


def random(*shape):
    return RNG.standard_normal(shape)


def test_docstrings():
    assert doctest.testmod(scratch).failed == 0


# --- One dimension ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["full", "same", "valid"])
def test_convolve1d_equals_numpy(mode):
    for n, k in itertools.product(range(1, 9), range(1, 9)):
        x, kernel = random(n), random(k)
        np.testing.assert_allclose(
            scratch.convolve1d(x, kernel, mode=mode), np.convolve(x, kernel, mode), atol=1e-12
        )


def test_correlate1d_equals_numpy():
    for n, k, stride in itertools.product(range(1, 9), range(1, 5), (1, 2, 3)):
        x, kernel = random(n), random(k)
        if k <= n:
            expected = np.correlate(x, kernel, "valid")[::stride]
            np.testing.assert_allclose(scratch.correlate1d(x, kernel, strides=stride), expected, atol=1e-12)
        expected = np.correlate(x, kernel, "full") if n >= k else np.correlate(kernel, x, "full")[::-1]
        full = scratch.correlate1d(x, kernel, strides=stride, padding="full")
        np.testing.assert_allclose(full, expected[::stride], atol=1e-12)


def test_correlate1d_pads_and_dilates():
    x, kernel = random(9), random(3)
    padded = scratch.correlate1d(np.pad(x, 2), kernel)
    np.testing.assert_allclose(scratch.correlate1d(x, kernel, padding=2), padded)
    spread = np.array([kernel[0], 0, 0, kernel[1], 0, 0, kernel[2]])
    np.testing.assert_allclose(
        scratch.correlate1d(x, kernel, dilation_rate=3), scratch.correlate1d(x, spread), atol=1e-12
    )


def test_worked_numbers_in_one_dimension():
    assert scratch.convolve1d([1, 2, 3], [4, 5, 6, 7]).tolist() == [4, 13, 28, 34, 32, 21]
    assert scratch.correlate1d([1, 2, 3, 4, 5, 6], [1, 2]).tolist() == [5, 8, 11, 14, 17]
    flipped = [1 / 2, 3 / 4, 1, 1 / 4][::-1]
    assert scratch.correlate1d([3, 2, 1, 7, 1, 2, 5, 4], flipped, strides=2).tolist() == [7, 9, 8]


# --- Two dimensions -----------------------------------------------------------------------------------------


def test_correlate2d_equals_scipy():
    for (h, w), (kh, kw), mode in itertools.product(
        [(5, 5), (6, 4), (7, 9)], [(1, 1), (2, 2), (3, 3), (2, 3), (4, 1)], ["valid", "full"]
    ):
        image, kernel = random(h, w), random(kh, kw)
        expected = scipy.signal.correlate2d(image, kernel, mode)
        np.testing.assert_allclose(scratch.correlate2d(image, kernel, padding=mode), expected, atol=1e-12)
        strided = scratch.correlate2d(image, kernel, strides=(2, 3), padding=mode)
        np.testing.assert_allclose(strided, expected[::2, ::3], atol=1e-12)


def test_conv2d_sums_over_channels_and_adds_the_bias():
    images, kernel, bias = random(2, 7, 6, 3), random(3, 2, 3, 4), random(4)
    output = scratch.conv2d(images, kernel, bias)
    for n, f in itertools.product(range(2), range(4)):
        expected = bias[f] + sum(
            scipy.signal.correlate2d(images[n, ..., c], kernel[..., c, f], "valid") for c in range(3)
        )
        np.testing.assert_allclose(output[n, ..., f], expected, atol=1e-12)


def test_worked_numbers_in_two_dimensions():
    laplacian = [[0, 1, 0], [1, -4, 1], [0, 1, 0]]
    image = [[0, 10, 9, 3, 4], [4, 3, 2, 1, 5], [10, 2, 10, 3, 0], [3, -1, -3, -3, -4], [-4, -10, -8, -1, -2]]
    assert scratch.correlate2d(image, laplacian).tolist() == [[6, 15, 9], [14, -36, -4], [-4, 10, 7]]
    image = [[2, 1, 2], [5, 0, 1], [1, 7, 3]]
    rotated = np.array([[0.5, 0.7, 0.4], [0.3, 0.4, 0.1], [0.5, 1, 0.5]])[::-1, ::-1]
    output = scratch.correlate2d(image, rotated, strides=(2, 2), padding=(1, 1))
    np.testing.assert_allclose(output, [[4.6, 1.6], [7.5, 2.9]])


def test_the_blocks_do_not_show(monkeypatch):
    images, kernel = random(20, 9, 8, 2), random(3, 3, 2, 4)
    whole = scratch.conv2d(images, kernel)
    for cells in (1, 200, 7 * 6 * 18 * 3, 10**9):  # less than a row, a few rows, three pictures, everything
        monkeypatch.setattr(scratch, "_BLOCK_CELLS", cells)
        monkeypatch.setattr(scratch, "_BLOCK_PRODUCTS", cells * 4)
        for worth in (0, 10**9):  # with threads and without
            monkeypatch.setattr(scratch, "_WORTH_THREADS", worth)
            np.testing.assert_allclose(scratch.conv2d(images, kernel), whole, atol=1e-12)


@pytest.mark.parametrize(
    ("given", "computed"),
    [("float32", "float32"), ("float64", "float64"), ("float16", "float16"), ("uint8", "float64")],
)
def test_dtype_stays_and_ints_become_float64(given, computed):
    images, kernel = np.ones((1, 4, 4, 2), given), np.ones((2, 2, 2, 3), given)
    upstream = np.ones((1, 3, 3, 3), given)
    results = [
        scratch.conv2d(images, kernel, bias=np.ones(3, given)),
        scratch.conv2d_transpose(images, np.ones((2, 2, 3, 2), given)),
        *scratch.conv2d_gradients(images, kernel, upstream),
        scratch.max_pool2d(images),
        scratch.average_pool2d(images, padding="same"),
        scratch.min_pool2d(images),
        scratch.stochastic_pool2d(images, seed=0),
        scratch.correlate1d(images[0, 0, :, 0], kernel[0, :, 0, 0]),
        scratch.convolve1d(images[0, 0, :, 0], kernel[0, :, 0, 0]),
        scratch.convolution_matrix(kernel[..., 0, 0], 4),
    ]
    assert {result.dtype.name for result in results} == {computed}


def test_int_kernel_on_float32_pictures_stays_float32():
    assert scratch.conv2d(np.ones((1, 4, 4, 1), "float32"), np.ones((2, 2, 1, 1), int)).dtype == "float32"


def test_inputs_are_left_alone():
    images, kernel = random(1, 5, 5, 1), random(2, 2, 1, 1)
    before = images.copy(), kernel.copy()
    output = scratch.conv2d(images, kernel, bias=np.ones(1))
    output += 1
    scratch.conv2d_gradients(images, kernel, output)
    scratch.max_pool2d(images, 1)[:] = 0
    np.testing.assert_array_equal(images, before[0])
    np.testing.assert_array_equal(kernel, before[1])


def test_no_pictures_give_no_pictures():
    assert scratch.conv2d(np.ones((0, 5, 5, 1)), np.ones((2, 2, 1, 3))).shape == (0, 4, 4, 3)
    assert scratch.max_pool2d(np.ones((0, 4, 4, 1))).shape == (0, 2, 2, 1)


# --- The matrix, the transpose and the gradients ------------------------------------------------------------


@pytest.mark.parametrize("padding", ["valid", "same", "full", 1])
@pytest.mark.parametrize("strides", [1, 2])
def test_convolution_matrix_is_the_convolution(strides, padding):
    x, kernel = random(7), random(3)
    matrix = scratch.convolution_matrix(kernel, 7, strides, padding)
    np.testing.assert_allclose(matrix @ x, scratch.correlate1d(x, kernel, strides, padding), atol=1e-12)
    image, kernel = random(5, 6), random(2, 3)
    matrix = scratch.convolution_matrix(kernel, (5, 6), strides, padding)
    output = scratch.correlate2d(image, kernel, strides, padding)
    np.testing.assert_allclose(matrix @ image.ravel(), output.ravel(), atol=1e-12)


def test_convolution_matrix_is_banded_and_shares_its_weights():
    matrix = scratch.convolution_matrix([1, 2, 3], 5)
    assert matrix.tolist() == [[1, 2, 3, 0, 0], [0, 1, 2, 3, 0], [0, 0, 1, 2, 3]]
    assert scratch.convolution_matrix(np.ones((2, 2)), 3).shape == (4, 9)  # an int means a square
    toeplitz = scipy.linalg.toeplitz([3, 0, 0, 0], [3, 2, 1, 0, 0, 0])
    np.testing.assert_array_equal(scratch.convolution_matrix([3, 2, 1], 6), toeplitz)


def test_transpose_is_the_transposed_matrix():
    kernel, image = random(3, 2), random(3, 3)
    matrix = scratch.convolution_matrix(kernel, (7, 6), strides=2)
    back = scratch.conv2d_transpose(image[None, ..., None], kernel[..., None, None], strides=2)
    np.testing.assert_allclose(matrix.T @ image.ravel(), back.ravel(), atol=1e-12)


GRID = list(
    itertools.product(
        [(7, 7), (6, 9), (8, 5)],
        [(1, 1), (2, 2), (3, 3), (3, 2), (4, 5)],
        [1, 2, 3, (1, 2)],
        ["valid", "same", 1],
    )
)


@pytest.mark.parametrize(("size", "kernel_size", "strides", "padding"), GRID)
def test_adjoint(size, kernel_size, strides, padding):
    """⟨conv x, y⟩ = ⟨x, convᵀ y⟩."""
    x, kernel = random(2, *size, 3), random(*kernel_size, 3, 4)
    forward = scratch.conv2d(x, kernel, strides=strides, padding=padding)
    y = random(*forward.shape)
    d_x, d_kernel, d_bias = scratch.conv2d_gradients(x, kernel, y, strides, padding)
    np.testing.assert_allclose((forward * y).sum(), (x * d_x).sum(), rtol=1e-9)
    np.testing.assert_allclose(
        (forward * y).sum(), (kernel * d_kernel).sum(), rtol=1e-9
    )  # linear in the kernel too
    np.testing.assert_allclose(d_bias, y.sum(axis=(0, 1, 2)))
    # The layer that makes pictures larger is the same map, where its rule for the size returns to this one.
    natural = shapes.conv_transpose_output(forward.shape[1:3], kernel_size, strides, padding)
    if natural == size:
        back = scratch.conv2d_transpose(y, kernel, strides=strides, padding=padding)
        np.testing.assert_allclose(back, d_x, atol=1e-12)


@pytest.mark.parametrize(
    ("strides", "padding", "dilation"), [(1, "valid", 1), (2, "same", 1), ((2, 1), 1, 1), (1, "same", 2)]
)
def test_gradients_equal_finite_differences(strides, padding, dilation):
    images, kernel, bias = random(2, 6, 5, 2), random(3, 2, 2, 3), random(3)
    settings = dict(strides=strides, padding=padding, dilation_rate=dilation)
    upstream = random(*scratch.conv2d(images, kernel, bias, **settings).shape)
    gradients = scratch.conv2d_gradients(images, kernel, upstream, **settings)

    def loss():
        return (scratch.conv2d(images, kernel, bias, **settings) * upstream).sum()

    for array, gradient in zip((images, kernel, bias), gradients, strict=True):
        assert gradient.shape == array.shape
        for index in np.ndindex(*array.shape):
            kept = array[index]
            array[index] = kept + 1e-4
            up = loss()
            array[index] = kept - 1e-4
            down = loss()
            array[index] = kept
            assert gradient[index] == pytest.approx((up - down) / 2e-4, abs=1e-6)


# --- Pooling ------------------------------------------------------------------------------------------------


def plane(numbers):
    return np.array(numbers, float)[None, :, :, None]


def test_worked_numbers_of_pooling():
    image = plane([[0, 10, 9, 3], [4, 3, 2, 1], [10, 2, 10, 3], [3, -1, -3, -3]])
    assert scratch.max_pool2d(image)[0, ..., 0].tolist() == [[10, 9], [10, 10]]
    image = plane([[1, 2, 3], [4, 5, 6], [7, 8, 9]])
    assert scratch.max_pool2d(image, 2, strides=1)[0, ..., 0].tolist() == [[5, 6], [8, 9]]


def test_pooling_does_not_count_the_padding():
    image = plane([[-1, -2, -3], [-4, -5, -6], [-7, -8, -9]])
    assert scratch.max_pool2d(image, padding="same")[0, ..., 0].tolist() == [[-1, -3], [-7, -9]]
    assert scratch.average_pool2d(image, padding="same")[0, ..., 0].tolist() == [[-3, -4.5], [-7.5, -9]]
    assert scratch.min_pool2d(-image, padding="same")[0, ..., 0].tolist() == [[1, 3], [7, 9]]
    assert scratch.max_pool2d(image, 3, strides=2, padding=1)[0, ..., 0].tolist() == [[-1, -2], [-4, -5]]
    assert scratch.average_pool2d(image, 3, strides=2, padding=1)[0, ..., 0].tolist() == [[-3, -4], [-6, -7]]


def test_min_is_max_of_the_negative():
    images = random(2, 7, 6, 3)
    for settings in ({}, {"pool_size": (3, 2), "strides": 1}, {"padding": "same", "strides": 3}):
        np.testing.assert_array_equal(
            scratch.min_pool2d(images, **settings), -scratch.max_pool2d(-images, **settings)
        )


def test_pooling_keeps_the_depth():
    assert scratch.max_pool2d(np.zeros((1, 640, 480, 12), "float32")).shape == (1, 320, 240, 12)


def test_stochastic_pooling_draws_in_proportion():
    window = np.array([[1, 2], [3, 4]], float)
    images = np.broadcast_to(window[None, :, :, None], (40_000, 2, 2, 1))
    drawn = scratch.stochastic_pool2d(images, seed=0).ravel()
    values, counts = np.unique(drawn, return_counts=True)
    assert values.tolist() == [1, 2, 3, 4]
    np.testing.assert_allclose(counts / len(drawn), [0.1, 0.2, 0.3, 0.4], atol=0.01)


def test_stochastic_pooling_is_repeatable_and_draws_from_its_own_window():
    images = np.abs(random(2, 6, 7, 3)) + 0.1
    for settings in ({}, {"padding": "same"}, {"pool_size": 3, "strides": 2, "padding": 1}):
        first = scratch.stochastic_pool2d(images, **settings, seed=3)
        np.testing.assert_array_equal(first, scratch.stochastic_pool2d(images, **settings, seed=3))
        assert (first > 0).all()  # never the padding
        assert (first <= scratch.max_pool2d(images, **settings)).all()
        assert (first >= scratch.min_pool2d(images, **settings)).all()
    assert (scratch.stochastic_pool2d(np.zeros((1, 4, 4, 1)), seed=0) == 0).all()
    assert not np.array_equal(scratch.stochastic_pool2d(images), scratch.stochastic_pool2d(images))


# --- Bad input ----------------------------------------------------------------------------------------------

IMAGES, KERNEL = np.ones((2, 8, 8, 3)), np.ones((3, 3, 3, 4))
NAN = np.array([[1.0, 2], [3, np.nan]])


@pytest.mark.parametrize(
    ("error", "match", "call"),
    [
        # wrong rank
        (ValueError, r"`images` must .* \(N, H, W, C\); received \(8, 8, 3\). The batch axis is missing",
         lambda: scratch.conv2d(IMAGES[0], KERNEL)),
        (ValueError, r"received \(8, 8\). The batch and the channel axis are missing",
         lambda: scratch.max_pool2d(IMAGES[0, ..., 0])),
        (ValueError, r"`images` .* received \(1, 2, 8, 8, 3\). One axis too many: .* `images\[0\]`",
         lambda: scratch.conv2d(IMAGES[None], KERNEL)),
        (ValueError, r"`kernel` must have .* received \(3, 3\). The channel axes are missing",
         lambda: scratch.conv2d(IMAGES, KERNEL[..., 0, 0])),
        (ValueError, r"`kernel` must have .* received \(3, 3, 3\). One of the channel axes is missing",
         lambda: scratch.conv2d(IMAGES, KERNEL[..., 0])),
        (ValueError, r"`kernel` must have shape \(kh, kw, C_out, C_in\); received \(3, 3\). The channel axes",
         lambda: scratch.conv2d_transpose(IMAGES, KERNEL[..., 0, 0])),
        (ValueError, r"`image` must have shape \(H, W\); received \(8, 8, 3\). Colours or a batch\?",
         lambda: scratch.correlate2d(IMAGES[0], KERNEL[..., 0, 0])),
        (ValueError, r"`image` must have shape \(H, W\); received \(2, 8, 8, 3\). Two axes too many",
         lambda: scratch.correlate2d(IMAGES, KERNEL[..., 0, 0])),
        (ValueError, r"`kernel` must have shape \(kh, kw\); received \(3,\). Look at its shape",
         lambda: scratch.correlate2d(IMAGES[0, ..., 0], [1, 2, 3])),
        (ValueError, r"`x` must have shape \(n,\); received \(1, 2\). One axis too many",
         lambda: scratch.correlate1d([[1, 2]], [1])),
        (ValueError, r"`kernel` must have shape \(k,\); received \(1, 2\)",
         lambda: scratch.convolve1d([1], [[1, 2]])),
        (ValueError, r"`x` must have shape \(n,\); received \(\). A single number is no sequence",
         lambda: scratch.convolve1d(3, [1])),
        (ValueError, r"`kernel` must have shape \(k,\) or \(kh, kw\); received \(3, 3, 3, 4\)",
         lambda: scratch.convolution_matrix(KERNEL, 8)),
        # channels that do not match
        (ValueError, r"agree in C = C_in; received images \(2, 3, 8, 9\) .* The channels seem to come first",
         lambda: scratch.conv2d(np.ones((2, 3, 8, 9)), KERNEL)),
        (ValueError, r"with 4 channels and a kernel \(3, 3, 3, 4\) for 3. The kernel's last two axes seem",
         lambda: scratch.conv2d(np.ones((2, 8, 8, 4)), KERNEL)),
        (ValueError, r"with 5 channels .* Every filter must be as deep as the pictures",
         lambda: scratch.conv2d(np.ones((2, 8, 8, 5)), KERNEL)),
        (ValueError, r"\(kh, kw, C_out, C_in\) must agree .* with 3 channels .* for 4. .* last two axes",
         lambda: scratch.conv2d_transpose(IMAGES, KERNEL)),
        (ValueError, r"`bias` must have shape \(C_out,\) = \(4,\).* received \(3,\)",
         lambda: scratch.conv2d(IMAGES, KERNEL, bias=np.ones(3))),
        (ValueError, r"`bias` must have shape \(C_out,\) = \(3,\).* received \(\)",
         lambda: scratch.conv2d_transpose(np.ones((1, 2, 2, 4)), KERNEL, bias=1.0)),
        (ValueError, r"`upstream` must .* \(2, 6, 6, 4\); received \(2, 8, 8, 4\). Perhaps strides",
         lambda: scratch.conv2d_gradients(IMAGES, KERNEL, np.ones((2, 8, 8, 4)))),
        # kernel larger than the picture
        (ValueError, r"`kernel_size` must not be larger than the \(padded\) input.*kernel_size=3 on 2 cells",
         lambda: scratch.correlate2d(np.ones((2, 2)), np.ones((3, 3)))),
        (ValueError, r"kernel_size=3 \(which spans 9 with dilation_rate=4\) on 8 cells",
         lambda: scratch.conv2d(IMAGES, KERNEL, dilation_rate=4)),
        (ValueError, r"`pool_size` must not be larger .* pool_size=9 on 8 cells",
         lambda: scratch.max_pool2d(IMAGES, 9)),
        (ValueError, r"kernel_size=3 on 2 cells", lambda: scratch.convolution_matrix([1, 2, 3], 2)),
        (ValueError, r"kernel_size=2 on 1 cells", lambda: scratch.correlate1d([1], [1, 2])),
        # NaN, and things that are not numbers
        (ValueError, r"`image` must not hold NaN; received 1 of them, the first at image\[1, 1\].*0 was",
         lambda: scratch.correlate2d(NAN, [[1]])),
        (ValueError, r"`kernel` must not hold NaN", lambda: scratch.correlate2d([[1, 2]], [[np.nan]])),
        (ValueError, r"`images` must not hold NaN",
         lambda: scratch.average_pool2d(NAN[None, :, :, None])),
        (ValueError, r"`bias` must not hold NaN", lambda: scratch.conv2d(IMAGES, KERNEL, [0, 0, 0, np.nan])),
        (TypeError, r"`x` must hold real numbers; received an array of dtype <U1",
         lambda: scratch.correlate1d(["a", "b"], [1])),
        (TypeError, r"`x` must hold real numbers; received an array of dtype complex128",
         lambda: scratch.correlate1d([1j, 2], [1])),
        (TypeError, r"`image` must hold real numbers; .* object. Perhaps its rows differ in length",
         lambda: scratch.correlate2d([[1, 2], [3]], [[1]])),
        # strides, padding, dilation
        (ValueError, r"`strides` must be at least 1; received: strides=0",
         lambda: scratch.conv2d(IMAGES, KERNEL, strides=0)),
        (ValueError, r"`strides` must be at least 1; received: strides=-1",
         lambda: scratch.correlate1d([1, 2], [1], strides=-1)),
        (TypeError, r"`strides` must be a whole number .* received: strides=1.5 \(float\)",
         lambda: scratch.conv2d(IMAGES, KERNEL, strides=1.5)),
        (TypeError, r"`strides` must be a whole number .* received: strides=None",
         lambda: scratch.conv2d(IMAGES, KERNEL, strides=None)),
        (ValueError, r"All tuples must have one entry for each axis; received: .*strides=\(1, 2, 2, 1\)",
         lambda: scratch.conv2d(IMAGES, KERNEL, strides=(1, 2, 2, 1))),
        (ValueError, r"`padding` must be 'valid', 'same', 'full' or a number .* received: padding='zero'",
         lambda: scratch.conv2d(IMAGES, KERNEL, padding="zero")),
        (ValueError, r"`padding` must be at least 0; received: padding=-1",
         lambda: scratch.correlate2d(IMAGES[0, ..., 0], KERNEL[..., 0, 0], padding=-1)),
        (ValueError, r"`padding` of a pooling must be smaller than `pool_size`",
         lambda: scratch.max_pool2d(IMAGES, 2, padding=2)),
        (ValueError, r"`padding` of a transposed convolution .* received: padding='full'",
         lambda: scratch.conv2d_transpose(np.ones((1, 2, 2, 4)), KERNEL, padding="full")),
        (ValueError, r"`strides` and `dilation_rate` must not both be larger than 1, as in Keras",
         lambda: scratch.conv2d(IMAGES, KERNEL, strides=2, dilation_rate=2)),
        (ValueError, r"`strides` and `dilation_rate` must not both",
         lambda: scratch.correlate2d(IMAGES[0, ..., 0], [[1]], strides=(1, 2), dilation_rate=(2, 1))),
        (ValueError, r"`strides` and `dilation_rate` must not both",
         lambda: scratch.conv2d_transpose(np.ones((1, 2, 2, 4)), KERNEL, strides=2, dilation_rate=2)),
        (ValueError, r"`dilation_rate` must be at least 1",
         lambda: scratch.conv2d(IMAGES, KERNEL, dilation_rate=0)),
        (ValueError, r"`output_padding` must be smaller than `strides`",
         lambda: scratch.conv2d_transpose(np.ones((1, 2, 2, 4)), KERNEL, strides=2, output_padding=2)),
        (ValueError, r"Expected an output that a convolution with strides=\(2, 2\) .* shrinks to \(3, 3\)",
         lambda: scratch.conv2d_transpose(
             np.ones((1, 3, 3, 1)), np.ones((2, 2, 1, 1)), strides=2, padding="same", output_padding=0)),
        (ValueError, r"`mode` must be 'full', 'same' or 'valid'; received: mode=2",
         lambda: scratch.convolve1d([1, 2], [1], mode=2)),
        (ValueError, r"`images` must not be negative, .* received -1. .* Apply a ReLU first",
         lambda: scratch.stochastic_pool2d(-IMAGES, seed=0)),
    ],
)  # fmt: skip
def test_bad_input_is_explained(error, match, call):
    with pytest.raises(error, match=match):
        call()
