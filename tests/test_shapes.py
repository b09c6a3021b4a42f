"""The arithmetic of layers without Keras: worked numbers, receptive fields of lists, and bad input."""

import doctest
import subprocess
import sys

import pytest

from cnnkit import shapes


def test_docstrings():
    assert doctest.testmod(shapes).failed == 0


def test_needs_neither_numpy_nor_keras():
    code = "import sys, cnnkit.shapes; print({'numpy', 'keras', 'tensorflow'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


@pytest.mark.parametrize(
    ("computed", "expected"),
    [
        (shapes.conv_output((443, 592), 5), (439, 588)),
        (shapes.conv_output((640, 480), 5), (636, 476)),
        (shapes.conv_output((640, 480), 5, padding=2), (640, 480)),
        (shapes.conv_output((4, 4), 2), (3, 3)),
        (shapes.conv_output((4, 4), 3), (2, 2)),
        (shapes.conv_output((4, 3), 2), (3, 2)),
        (shapes.conv_output(7, 3), 5),
        (shapes.conv_output(7, 3, strides=2), 3),
        (shapes.conv_output((5, 5), (3, 3), strides=2), (2, 2)),
        ([shapes.conv_output(16, 3, strides=s) for s in (2, 3, 4)], [7, 5, 4]),
        (shapes.conv_output(10, 3, padding="full"), 12),
        (shapes.conv_output(10, 3, dilation_rate=2, padding="same"), 10),
        (shapes.conv_output(7, 3, strides=2, dilation_rate=2), 2),  # the formula holds; Keras's layer refuses
        (shapes.pool_output((640, 480), 2), (320, 240)),
        (shapes.pool_output(3, 2, strides=1), 2),
        (shapes.pool_output(7, 3, strides=2, padding=1), 4),
        (shapes.conv_transpose_output((10, 8), 3, strides=2), (21, 17)),
        (shapes.conv_transpose_output(4, 4, strides=2, padding=1), 8),
        (shapes.conv_transpose_output(4, 3, strides=2, padding=1, output_padding=1), 8),
        (shapes.conv_weights(5, 3, 6), 456),
        (shapes.conv_weights(5, 3, 6, bias=False), 450),
        (shapes.conv_weights(5, 3, 16, bias=False), 1200),
        (shapes.conv_weights(5, 3, 10), 760),
        (shapes.conv_weights((3,), 2, 4), 28),
        (shapes.conv_weights((3, 5), 2, 4), 124),
        (shapes.conv_multiply_adds(32, 5, 3, 10), 768_000),
        (shapes.conv_multiply_adds((32, 16), 5, 3, 10), 384_000),
        (shapes.conv_multiply_adds((10,), (3,), 2, 4), 240),
        (shapes.effective_kernel_size((3, 5), 2), (5, 9)),
    ],
)
def test_worked_numbers(computed, expected):
    assert computed == expected
    assert type(computed) is type(expected)


def test_the_extra_cell_of_same_goes_to_the_end():
    assert shapes.pad_amounts(4, 2, padding="same") == (0, 1)
    assert shapes.pad_amounts(5, 4, padding="same") == (1, 2)
    assert shapes.pad_amounts((6, 7), 3, strides=2, padding="same") == ((0, 1), (1, 1))
    assert shapes.pad_amounts(4, 1, strides=3, padding="same") == (0, 0)
    assert shapes.pad_amounts(4, 3, padding="full") == (2, 2)
    assert shapes.pad_amounts((4, 4), 3, padding=(0, 1)) == ((0, 0), (1, 1))


def test_receptive_fields_of_lists():
    field = shapes.receptive_field([3])
    assert (field.size, field.jump, field.start) == (3, 1, 0)
    field = shapes.receptive_field([3, 3, (2, 2), 3])  # 3, 5, 6, and then (3 − 1) jumps of 2
    assert (field.size, field.jump, field.start) == (10, 2, 0)
    field = shapes.receptive_field([(3, 1, "valid", 4)])
    assert (field.size, field.jump, field.start) == (9, 1, 0)
    field = shapes.receptive_field([(3, 1, 1), (3, 1, "same")])
    assert (field.size, field.jump, field.start) == (5, 1, -2)
    field = shapes.receptive_field([((3, 5), (1, 2)), (2, 2)])
    assert (field.size, field.jump, field.start) == ((4, 7), (2, 4), 0)
    assert field.window(1, 2) == ((2, 5), (8, 14))
    assert shapes.receptive_field([3, (2, 2), 3], layer=1).size == 4
    assert shapes.receptive_field([3, (2, 2), 3], layer=-3).size == 3
    assert shapes.receptive_field([]).size == 1


def test_where_same_pads_depends_on_the_size():
    described = [(3, 2, "same")]
    assert shapes.receptive_field(described, image_size=(7, 6)).start == (-1, 0)
    assert shapes.receptive_field(described).start == 0  # taken to be a multiple of the stride
    assert shapes.receptive_field(described).window(2) == ((4, 6),)


def test_fields_compare_and_say_themselves():
    field = shapes.receptive_field([3, 3])
    assert field == shapes.receptive_field([5])
    assert field != shapes.receptive_field([(5, 1, "same")])
    assert repr(field) == "ReceptiveField(size=5, jump=1, start=0)"


@pytest.mark.parametrize(
    ("error", "match", "call"),
    [
        (ValueError, r"`kernel_size` must not be larger than the \(padded\) input, or nothing would be left; "
         r"received: kernel_size=5 on 4 cells with padding='valid'.*Use padding='same'",
         lambda: shapes.conv_output(4, 5)),
        (ValueError, r"kernel_size=3 \(which spans 7 with dilation_rate=3\) on 6 cells",
         lambda: shapes.conv_output((9, 6), 3, dilation_rate=3)),
        (ValueError, r"`pool_size` must not be larger", lambda: shapes.pool_output(1, 2)),
        (ValueError, r"`padding` of a pooling must be smaller than `pool_size`; received: padding=2",
         lambda: shapes.pool_output(5, 2, padding=2)),
        (ValueError, r"Expected an output of at least one cell; .* returns -1. Padding is cut off here",
         lambda: shapes.conv_transpose_output(1, 3, padding=2)),
        (ValueError, r"Expected an output of at least one cell; .* returns 0",
         lambda: shapes.conv_transpose_output(1, 2, strides=2, padding="same", output_padding=0)),
        (ValueError, r"`output_padding` must be smaller than `strides`; received: output_padding=2",
         lambda: shapes.conv_transpose_output(4, 3, 2, output_padding=2)),
        (ValueError, r"`padding` of a transposed convolution must be .* received: padding='full'",
         lambda: shapes.conv_transpose_output(4, 3, padding="full")),
        (ValueError, r"`padding` must be 'valid', 'same', .* received: padding='zero'. 'same' is what pads",
         lambda: shapes.conv_output(4, 3, padding="zero")),
        (ValueError, r"received: padding='causal'. 'causal' belongs to Conv1D",
         lambda: shapes.conv_output(4, 3, padding="causal")),
        (ValueError, r"received: padding='smae'. Perhaps a slip of the pen",
         lambda: shapes.conv_output(4, 3, padding="smae")),
        (ValueError, r"`padding` must be at least 0; received: padding=-1",
         lambda: shapes.conv_output(4, 3, padding=-1)),
        (TypeError, r"`padding` must be a whole number .* received: padding=0.5 \(float\)",
         lambda: shapes.conv_output(4, 3, padding=0.5)),
        (ValueError, r"`size` must be at least 1; received: size=0",
         lambda: shapes.conv_output(0, 3)),
        (TypeError, r"`size` must be a whole number .* received: size=None .* Keras does not know it yet",
         lambda: shapes.conv_output((None, 28), 3)),
        (ValueError, r"`strides` must be at least 1; received: strides=0",
         lambda: shapes.conv_output(4, 3, 0)),
        (TypeError, r"`strides` must be a whole number .* received: strides=True \(bool\)",
         lambda: shapes.conv_output(4, 3, True)),
        (ValueError, r"`dilation_rate` must be at least 1; .* A dilation of 1 leaves no gaps",
         lambda: shapes.conv_output(4, 3, dilation_rate=0)),
        (ValueError, r"All tuples must have one entry for each axis; received: size=\(1, 28, 28, 3\), "
         r"kernel_size=\(3, 3\). Perhaps the batch or the channel axis",
         lambda: shapes.conv_output((1, 28, 28, 3), (3, 3))),
        (ValueError, r"`filters` must be at least 1; received: filters=0",
         lambda: shapes.conv_weights(3, 3, 0)),
        (TypeError, r"`in_channels` must be a whole number", lambda: shapes.conv_weights(3, "3", 4)),
        (ValueError, r"Expected a Keras layer, a kernel size, or .* received: \(1, 1, 1, 1, 1\)",
         lambda: shapes.receptive_field([(1, 1, 1, 1, 1)])),
        (ValueError, r"Expected a layer of the list; received: layer=3 for 2 layers",
         lambda: shapes.receptive_field([3, 3], layer=3)),
        (ValueError, r"Expected layers with equally many axes; received 2 and 3",
         lambda: shapes.receptive_field([(3, 3), ((1, 1),), ((3, 3, 3),)])),
        (ValueError, r"Expected a Keras model or a list of layers; received int",
         lambda: shapes.receptive_field(3)),
        (ValueError, r"Expected one number for each of the 1 axes; received: \(1, 2\)",
         lambda: shapes.receptive_field([3]).window(1, 2)),
    ],
)  # fmt: skip
def test_bad_input_is_explained(error, match, call):
    with pytest.raises(error, match=match):
        call()
