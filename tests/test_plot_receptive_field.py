"""plot.receptive_field: the cells and frames that are drawn are those that a network really sees."""

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

from cnnkit import plot, scratch, shapes

SEEN, OUTPUT = "#8ec1e8", "#e66100"
PHOTO = np.linspace(0, 255, 40 * 60 * 3).reshape(40, 60, 3).astype(np.uint8)


def cells(axes, colour):
    """`{height of the row: [middles]}` of the cells of one colour."""
    rows = {}
    for patch in axes.patches:
        if isinstance(patch, Rectangle) and to_hex(patch.get_facecolor()) == colour:
            middle = patch.get_x() + patch.get_width() / 2
            rows.setdefault(round(patch.get_y(), 6), []).append(round(middle, 6))
    return rows


def pixels_seen(axes):
    rows = cells(axes, SEEN)
    return sorted(rows[min(rows)])


def seen_by_numpy(layers, width, cell):
    """Which pixels reach a cell: poke every pixel, and look whether the output changes."""
    found = []
    for pixel in range(width):
        row = np.zeros(width)
        row[pixel] = 1
        for kernel, stride, padding, dilation in layers:
            row = scratch.correlate1d(row, np.ones(kernel), stride, padding, dilation)
        if row[cell]:
            found.append(pixel)
    return found


@pytest.mark.parametrize(
    ("layers", "width", "cell"),
    [
        ([(3, 1, "valid", 1)], 7, 2),
        ([(3, 1, "valid", 1), (3, 2, "valid", 1), (3, 1, "valid", 1)], 17, 2),
        ([(3, 2, "same", 1), (3, 2, "same", 1)], 14, 0),
        ([(3, 2, "same", 1), (3, 2, "same", 1)], 14, 3),
        ([(2, 2, "valid", 1), (3, 1, "same", 1)], 11, 4),
        ([(3, 1, "same", 1), (3, 1, "same", 4)], 15, 7),
        ([(5, 3, "valid", 1), (2, 1, "same", 1)], 30, 8),
        ([(4, 1, "same", 1), (4, 2, "same", 1)], 9, 4),
    ],
)
def test_the_marked_pixels_are_those_that_count(layers, width, cell):
    axes = plot.receptive_field(layers, image_size=width, cell=cell)
    assert pixels_seen(axes) == seen_by_numpy(layers, width, cell)
    assert sum(map(len, cells(axes, OUTPUT).values())) == 1
    plt.close("all")


def test_a_row_of_cells_for_each_layer_over_the_pixels_that_it_sees():
    axes = plot.receptive_field([3, (3, 2), 3])
    seen = cells(axes, SEEN)
    assert [len(seen[height]) for height in sorted(seen)] == [9, 7, 3]
    ((output,),) = cells(axes, OUTPUT).values()
    for middles in seen.values():
        assert np.mean(middles) == pytest.approx(output)
    assert np.diff(sorted(seen[max(seen)])).tolist() == [2, 2], "behind a stride of 2 the cells lie 2 apart"
    labels = [label.get_text() for label in axes.get_yticklabels()]
    assert labels == [
        "picture\nnine pixels seen",
        "kernel 3\nseven cells",
        "kernel 3, stride 2\nthree cells",
        "kernel 3\none cell",
    ]


def test_each_line_leads_from_a_cell_to_one_of_its_window():
    axes = plot.receptive_field([3, 3])
    assert [len(lines.get_segments()) for lines in axes.collections] == [9, 3]


def test_zeros_of_the_padding_are_dotted_and_count_as_no_pixels():
    axes = plot.receptive_field([(5, 1, "same")], image_size=8, cell=0)
    dotted = [patch for patch in axes.patches if patch.get_linestyle() == ":"]
    assert sorted(patch.get_x() + 0.4 for patch in dotted) == pytest.approx([-2, -1])
    assert pixels_seen(axes) == [0, 1, 2]
    assert plot.alt(axes) == (
        "One output behind kernel 5 sees three pixels side by side and zeros of the padding; what the next "
        "output sees lies one pixel further on."
    )


def test_the_sentence():
    assert plot.alt(plot.receptive_field([3, (3, 2), 3])) == (
        "One output behind kernel 3, then kernel 3 and stride 2, then kernel 3 sees nine pixels side by "
        "side; what the next output sees lies two pixels further on."
    )
    assert "sees three pixels spread over 7;" in plot.alt(plot.receptive_field([(3, 1, "valid", 3)]))


def test_frames_are_the_windows_of_the_middle_cells():
    axes = plot.receptive_field([3, (2, 2), 3], image=PHOTO)
    frames = axes.patches
    assert [frame.get_width() for frame in frames] == [3, 4, 8]
    assert [frame.get_height() for frame in frames] == [3, 4, 8]
    for frame in frames:
        assert abs(frame.get_x() + frame.get_width() / 2 + 0.5 - 30) <= 1
        assert abs(frame.get_y() + frame.get_height() / 2 + 0.5 - 20) <= 1
    texts = [text.get_text() for text in axes.figure.legends[0].get_texts()]
    assert texts == ["kernel 3: 3 × 3", "kernel 2, stride 2: 4 × 4", "kernel 3: 8 × 8"]
    assert "kernel 3: 8 × 8" in plot.alt(axes)
    whole = plot.receptive_field([(31, 1, "same")] * 2, image=PHOTO).figure.legends[0].get_texts()
    assert [text.get_text() for text in whole] == ["kernel 31: 31 × 31", "kernel 31: 61 × 61, all of it"]
    plt.close()
    assert len(axes.images) == 1


def test_layers_can_be_left_out_and_an_axes_given():
    fig, given = plt.subplots()
    assert plot.receptive_field([3, 3, 3], layer=1, ax=given) is given
    assert len(pixels_seen(given)) == 5
    assert plt.get_fignums() == [fig.number]
    fig, given = plt.subplots()
    assert plot.receptive_field([3, 3, 3], layer=1, image=PHOTO, ax=given) is given
    assert [frame.get_width() for frame in given.patches] == [3, 5]
    assert given.get_legend() is not None


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (dict(model_or_layers=[]), ValueError, r"at least one layer .* received none"),
        (
            dict(model_or_layers=[11] * 9),
            ValueError,
            r"at most 64 pixels.* received some that see 91\. .*image=",
        ),
        (dict(model_or_layers=[3], cell=99), ValueError, r"`cell` must be one of the 5 cells .* received 99"),
        (dict(model_or_layers=[3], layer=4), ValueError, r"`layer` must be one of the layers; received 4"),
        (dict(model_or_layers=[3], layer="conv"), ValueError, r"`layer` must be .* received 'conv'"),
        (dict(model_or_layers=["conv"]), TypeError, r"layers that slide a window; received str"),
        (
            dict(model_or_layers=3),
            TypeError,
            r"must be a Keras model or a list .* received int\. .*\[layer\]",
        ),
        (dict(model_or_layers=[3], image=PHOTO, cell=1), ValueError, r"`image` without `cell`"),
        (dict(model_or_layers=[3], image=PHOTO[None]), ValueError, r"batch axis"),
        (dict(model_or_layers=[3], image="photo.jpg"), TypeError, r"path"),
        (dict(model_or_layers=[], image=PHOTO), ValueError, r"at least one layer .* received none"),
        (dict(model_or_layers=[9], image_size=5), ValueError, r"nothing would be left"),
    ],
)
def test_errors_help(arguments, error, message):
    with pytest.raises(error, match=message):
        plot.receptive_field(arguments.pop("model_or_layers"), **arguments)
    assert not plt.get_fignums(), "an error leaves no empty figure behind"


# --- Keras


def test_models_of_keras():
    keras = pytest.importorskip("keras")
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(4, 5, strides=2, padding="same", name="first"),
            layers.ReLU(),
            layers.MaxPooling2D(2, name="pool"),
            layers.Conv2D(4, (1, 3), name="second"),
            layers.Flatten(),
            layers.Dense(10),
        ]
    )
    axes = plot.receptive_field(model)
    assert [label.get_text() for label in axes.get_yticklabels()] == [
        "picture\n15 pixels seen",
        "first\nConv2D 5, stride 2\nsix cells",
        "pool\nMaxPooling2D 2, stride 2\nthree cells",
        "second\nConv2D 3\none cell",
    ]
    field = shapes.receptive_field(model, "second")
    assert len(pixels_seen(axes)) == field.size[1] == 15
    axes = plot.receptive_field(model, layer="pool")
    assert len(pixels_seen(axes)) == 7
    axes = plot.receptive_field(model, image=PHOTO[:28, :28])
    assert [(frame.get_height(), frame.get_width()) for frame in axes.patches] == [(5, 5), (7, 7), (7, 15)]
    axes = plot.receptive_field(model.layers[:3])
    assert len(pixels_seen(axes)) == 7
    with pytest.raises(ValueError, match=r"size of the model's pictures, 28 × 28; received 40 × 60"):
        plot.receptive_field(model, image=PHOTO)
    with pytest.raises(ValueError, match=r"`layer` must be one of the layers; received 'third'"):
        plot.receptive_field(model, layer="third", image=PHOTO[:28, :28])
    with pytest.raises(TypeError, match="received Conv2DTranspose"):
        plot.receptive_field([layers.Conv2DTranspose(1, 3)])
    with pytest.raises(TypeError, match=r"\[layer\]"):
        plot.receptive_field(layers.Conv2D(1, 3))
    with pytest.raises(ValueError, match="Expected a built model"):
        plot.receptive_field(keras.Sequential([layers.Conv2D(1, 3)]))

    x = keras.Input((None, None, 3))
    y = layers.Conv2D(4, 3, padding="same", name="a")(x)
    y = layers.Add()([layers.Conv2D(4, 3, padding="same", name="b")(y), y])
    branched = keras.Model(x, y)
    with pytest.raises(ValueError, match=r"branches: .* `image=`"):
        plot.receptive_field(branched)
    axes = plot.receptive_field(branched, image=PHOTO)
    assert [frame.get_width() for frame in axes.patches] == [3, 5]


def test_models_inside_models_and_operations_between_them():
    """A transfer model: preprocessing written as arithmetic, then a base, then a head."""
    keras = pytest.importorskip("keras")
    layers = keras.layers
    base = keras.Sequential(
        [keras.Input((20, 20, 3)), layers.Conv2D(2, 3, name="conv"), layers.MaxPooling2D(2, name="pool")],
        name="base",
    )
    start = keras.Input((20, 20, 3))
    x = base(layers.RandomFlip()(start) / 127.5 - 1.0)
    x = layers.Conv2D(2, 3, name="top")(x)
    model = keras.Model(start, layers.Dense(2)(layers.GlobalAveragePooling2D()(x)))
    axes = plot.receptive_field(model)
    names = [label.get_text().split("\n")[0] for label in axes.get_yticklabels()]
    assert names == ["picture", "base/conv", "base/pool", "top"]
    assert len(pixels_seen(axes)) == shapes.receptive_field(model, "top").size == 8
    for name in ("base/pool", "pool", base.layers[1]):
        assert len(pixels_seen(plot.receptive_field(model, layer=name))) == 4
    with pytest.raises(ValueError, match=r"received 'poool'\..*base/pool"):
        plot.receptive_field(model, layer="poool")
    deep = keras.Sequential(
        [keras.Input((99, 99, 1))] + [layers.Conv2D(1, 21, name=f"c{n}") for n in range(4)]
    )
    with pytest.raises(ValueError, match=r"at most 64 pixels.*see 81.*`layer='c2'`"):
        plot.receptive_field(deep)
