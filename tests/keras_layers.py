"""Keras's layers and networks for the tests, made in a way that works with every supported Keras."""

import keras

from cnnkit import shapes


def symbolic(build, *args, **kwargs):
    """Build a network without its numbers: shapes and counts, in a moment and without half a gigabyte."""
    with keras.StatelessScope(initialize_variables=False):
        return build(*args, **kwargs)


def conv_transpose(kind, filters, kernel_size, strides, padding, output_padding=None, **settings):
    """A transposed convolution. Keras 3.8 computes with `output_padding=0`, but refuses it when a layer is made."""
    layer = kind(filters, kernel_size, strides, padding, **settings)
    if output_padding is not None:
        one = isinstance(output_padding, int)
        layer.output_padding = (output_padding,) * len(layer.kernel_size) if one else tuple(output_padding)
    return layer


def leads_back(size, kernel_size, strides, padding, output_padding=None, dilation_rate=1):
    """Whether a convolution turns the result of a transposed one into a picture of the first size.

    If not, TensorFlow must not be asked: it refuses, returns an empty picture or, 2.18 on some processors, ends Python.
    """
    try:
        large = shapes.conv_transpose_output(
            size, kernel_size, strides, padding, output_padding, dilation_rate
        )
        return shapes.conv_output(large, kernel_size, strides, padding, dilation_rate) == size
    except ValueError:
        return False
