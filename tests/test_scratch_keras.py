"""scratch against Keras and TensorFlow, over a grid of even, odd, oblong, strided and dilated kernels."""

import itertools

import numpy as np
import pytest

from cnnkit import scratch, shapes

keras = pytest.importorskip("keras")
tf = pytest.importorskip("tensorflow")

from .keras_layers import conv_transpose, leads_back  # noqa: E402

RNG = np.random.default_rng(0)

SIZES = [(5, 5), (6, 6), (7, 9)]
KERNELS = [(1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (2, 3), (4, 1), (1, 5)]
STRIDES = [(1, 1), (2, 2), (3, 3), (4, 4), (1, 2), (3, 2)]
DILATIONS = [(2, 2), (3, 3), (1, 2)]
SETTINGS = [(s, (1, 1)) for s in STRIDES] + [((1, 1), d) for d in DILATIONS]


def random(*shape):
    return RNG.standard_normal(shape).astype("float32")


def fits(size, kernel_size, strides, padding, dilation=1):
    try:
        shapes.conv_output(size, kernel_size, strides, padding, dilation)
    except ValueError:
        return False
    return True


def with_weights(layer, images, weights):
    layer.kernel_initializer = keras.initializers.Zeros()  # much quicker to draw
    layer.build(images.shape)
    layer.set_weights(weights)
    return np.asarray(layer(images))


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("kernel_size", KERNELS)
def test_conv2d_equals_keras(kernel_size, padding):
    compared = 0
    for size, (strides, dilation) in itertools.product(SIZES, SETTINGS):
        if not fits(size, kernel_size, strides, padding, dilation):
            continue
        images, kernel, bias = random(2, *size, 3), random(*kernel_size, 3, 4), random(4)
        layer = keras.layers.Conv2D(4, kernel_size, strides, padding, dilation_rate=dilation)
        expected = with_weights(layer, images, [kernel, bias])
        settings = dict(strides=strides, padding=padding, dilation_rate=dilation)
        np.testing.assert_allclose(
            scratch.conv2d(images, kernel, bias, **settings),
            expected,
            atol=1e-5,
            rtol=1e-5,
            err_msg=f"{size} {settings}",
        )
        compared += 1
    assert compared >= 15


def test_correlate1d_equals_keras():
    settings = [(s, 1) for s in (1, 2, 3)] + [(1, 2), (1, 3)]
    for n, k, padding, (s, d) in itertools.product((5, 8), (1, 2, 3, 4), ("valid", "same"), settings):
        if not fits(n, k, s, padding, d):
            continue
        x, kernel = random(n), random(k)
        layer = keras.layers.Conv1D(1, k, s, padding, dilation_rate=d, use_bias=False)
        expected = with_weights(layer, x[None, :, None], [kernel[:, None, None]])[0, :, 0]
        ours = scratch.correlate1d(x, kernel, s, padding, d)
        np.testing.assert_allclose(ours, expected, atol=1e-5, err_msg=f"{n=} {k=} {padding=} {s=} {d=}")


def test_flipped_full_convolution_is_a_keras_layer_too():
    x, kernel = random(7), random(3)
    layer = keras.layers.Conv1D(1, 3, use_bias=False)
    padded = np.pad(x, 2)[None, :, None]
    expected = with_weights(layer, padded, [kernel[::-1][:, None, None]])[0, :, 0]
    np.testing.assert_allclose(scratch.convolve1d(x, kernel), expected, atol=1e-5)


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("kernel_size", KERNELS)
def test_conv2d_transpose_equals_keras(kernel_size, padding):
    compared = 0
    for size, strides in itertools.product([(1, 1), (4, 5)], STRIDES):
        extras = {None, 0, min(strides) - 1}
        for extra in extras:
            images, kernel, bias = random(2, *size, 3), random(*kernel_size, 4, 3), random(4)
            layer = conv_transpose(keras.layers.Conv2DTranspose, 4, kernel_size, strides, padding, extra)
            settings = dict(strides=strides, padding=padding, output_padding=extra)
            if not leads_back(size, kernel_size, **settings):
                # An even kernel, 'same' and output_padding 0; where nothing is left, we refuse.
                assert padding == "same"
                assert extra == 0
                assert any(k % 2 == 0 for k in kernel_size)
                if min(size) == 1:
                    with pytest.raises(ValueError, match="Expected an output"):
                        scratch.conv2d_transpose(images, kernel, bias, **settings)
                continue
            expected = with_weights(layer, images, [kernel, bias])
            ours = scratch.conv2d_transpose(images, kernel, bias, **settings)
            np.testing.assert_allclose(ours, expected, atol=1e-5, rtol=1e-5, err_msg=f"{size} {settings}")
            compared += 1
    assert compared >= 15


def test_conv2d_transpose_dilated_is_keras_with_zeros_in_the_kernel():
    """On a CPU TensorFlow cannot dilate a transposed convolution; a kernel with gaps of zeros it can use."""
    for kernel_size, d, padding in itertools.product([(2, 2), (3, 2)], [2, 3], ["valid", "same"]):
        images, kernel = random(1, 5, 4, 2), random(*kernel_size, 3, 2)
        span = shapes.effective_kernel_size(kernel_size, d)
        spread = np.zeros((*span, 3, 2), "float32")
        spread[::d, ::d] = kernel
        layer = keras.layers.Conv2DTranspose(3, span, 1, padding, use_bias=False)
        expected = with_weights(layer, images, [spread])
        ours = scratch.conv2d_transpose(images, kernel, padding=padding, dilation_rate=d)
        np.testing.assert_allclose(ours, expected, atol=1e-5, err_msg=f"{kernel_size} {d} {padding}")


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("pool_size", [(1, 1), (2, 2), (3, 3), (2, 3), (4, 1)])
def test_pooling_equals_keras(pool_size, padding):
    for size, strides in itertools.product(SIZES, [None, (1, 1), (2, 2), (3, 2)]):
        images = random(2, *size, 3) - 2  # mostly negative: a padded zero would win
        for ours, theirs in (
            (scratch.max_pool2d, keras.layers.MaxPooling2D),
            (scratch.average_pool2d, keras.layers.AveragePooling2D),
        ):
            expected = np.asarray(theirs(pool_size, strides, padding)(images))
            np.testing.assert_allclose(ours(images, pool_size, strides, padding), expected, atol=1e-5)


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("kernel_size", [(1, 1), (2, 2), (3, 3), (2, 3), (4, 1)])
def test_gradients_equal_gradient_tape(kernel_size, padding):
    # On a CPU, TensorFlow has no gradient of a dilated convolution; finite differences check ours.
    for size, strides in itertools.product([(6, 6), (7, 9)], STRIDES):
        if not fits(size, kernel_size, strides, padding):
            continue
        images, kernel, bias = random(2, *size, 3), random(*kernel_size, 3, 4), random(4)
        with tf.GradientTape() as tape:
            given = [tf.constant(v) for v in (images, kernel, bias)]
            tape.watch(given)
            output = keras.ops.conv(*given[:2], strides=strides, padding=padding) + given[2]
            upstream = random(*output.shape)
            loss = tf.reduce_sum(output * upstream)
        expected = tape.gradient(loss, given)
        ours = scratch.conv2d_gradients(images, kernel, upstream, strides, padding)
        for one, other in zip(ours, expected, strict=True):
            np.testing.assert_allclose(one, other.numpy(), atol=2e-5, rtol=1e-5)
