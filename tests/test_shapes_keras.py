"""The formulas against Keras's real output shapes, and receptive fields against measured ones."""

import itertools
import math
import random

import numpy as np
import pytest

from cnnkit import shapes

keras = pytest.importorskip("keras")
tf = pytest.importorskip("tensorflow")
layers = keras.layers

from .keras_layers import conv_transpose, leads_back  # noqa: E402

SIZES, KERNELS, STRIDES, PADDINGS = range(1, 13), range(1, 6), range(1, 5), ("valid", "same")
# Keras refuses a dilation together with a stride.
STEPS = [(s, 1) for s in STRIDES] + [(1, d) for d in (2, 3)]
STEPS_2D = [(s, (1, 1)) for s in itertools.product(STRIDES, repeat=2)] + [
    ((1, 1), d) for d in itertools.product((1, 2, 3), repeat=2) if d != (1, 1)
]
ALL_PAIRS = list(itertools.product(SIZES, repeat=2))


def or_error(function, *args, **kwargs):
    try:
        return function(*args, **kwargs)
    except ValueError:
        return "ValueError"


def keras_size(layer, size):
    """What Keras says it would return; "ValueError" where it refuses or would return an empty picture."""
    axes = size if isinstance(size, tuple) else (size,)
    shape = or_error(layer.compute_output_shape, (1, *axes, 1))
    if shape == "ValueError" or min(shape[1:-1]) < 1:
        return "ValueError"
    return tuple(shape[1:-1]) if isinstance(size, tuple) else shape[1]


def convolutions():
    """(layer, function, settings, sizes) for every convolution in the grid."""
    for k, (s, d), p in itertools.product(KERNELS, STEPS, PADDINGS):
        yield layers.Conv1D(1, k, s, p, dilation_rate=d), shapes.conv_output, (k, s, p, d), SIZES
    draw = random.Random(0)
    for k, (s, d), p in itertools.product(itertools.product(KERNELS, repeat=2), STEPS_2D, PADDINGS):
        sizes = draw.sample(ALL_PAIRS, 6)
        yield layers.Conv2D(1, k, s, p, dilation_rate=d), shapes.conv_output, (k, s, p, d), sizes


def transposed():
    for k, (s, d), p in itertools.product(KERNELS, STEPS, PADDINGS):
        for o in (None, *range(s)):
            layer = conv_transpose(layers.Conv1DTranspose, 1, k, s, p, o, dilation_rate=d)
            yield layer, shapes.conv_transpose_output, (k, s, p, o, d), SIZES
    draw = random.Random(0)
    for k, (s, d), p in itertools.product(itertools.product(KERNELS, repeat=2), STEPS_2D, PADDINGS):
        o = draw.choice([None, tuple(draw.randrange(n) for n in s)])
        layer = conv_transpose(layers.Conv2DTranspose, 1, k, s, p, o, dilation_rate=d)
        yield layer, shapes.conv_transpose_output, (k, s, p, o, d), draw.sample(ALL_PAIRS, 6)


def poolings():
    for k, s, p in itertools.product(KERNELS, (None, *STRIDES), PADDINGS):
        yield layers.MaxPooling1D(k, s, p), shapes.pool_output, (k, s, p), SIZES
    draw = random.Random(0)
    pairs = list(itertools.product(STRIDES, repeat=2))
    for k, s, p in itertools.product(itertools.product(KERNELS, repeat=2), (None, *pairs), PADDINGS):
        yield layers.AveragePooling2D(k, s, p), shapes.pool_output, (k, s, p), draw.sample(ALL_PAIRS, 4)


@pytest.mark.parametrize(("family", "least"), [(convolutions, 7_500), (transposed, 8_500), (poolings, 4_000)])
def test_sizes_equal_keras(family, least):
    compared = refused = 0
    for layer, function, settings, sizes in family():
        for size in sizes:
            expected = keras_size(layer, size)
            assert or_error(function, size, *settings) == expected, (layer.name, size, settings)
            compared += 1
            refused += expected == "ValueError"
    assert compared >= least
    assert refused < compared / 2  # most of the grid is real sizes


@pytest.mark.parametrize("family", [convolutions, transposed, poolings])
def test_sizes_equal_what_a_call_returns(family):
    """The layer is run, on one size of every so many layers."""
    called = 0
    everything = list(family())
    for layer, function, settings, sizes in everything[:: max(1, len(everything) // 60)]:
        size = next((n for n in reversed(list(sizes)) if keras_size(layer, n) != "ValueError"), None)
        if size is None or (hasattr(layer, "output_padding") and max(np.ravel(layer.dilation_rate)) > 1):
            continue  # nothing fits; or TensorFlow has no dilated transposed convolution on a CPU
        if function is shapes.conv_transpose_output and not leads_back(size, *settings):
            assert layer.padding == "same"
            assert min(layer.output_padding) == 0
            continue
        axes = size if isinstance(size, tuple) else (size,)
        layer.kernel_initializer = keras.initializers.Zeros()  # much quicker to draw
        output = layer(np.zeros((1, *axes, 1), "float32"))
        expected = function(size, *settings)
        assert tuple(output.shape[1:-1]) == (expected if isinstance(expected, tuple) else (expected,))
        called += 1
    assert called >= 30


# --- Receptive fields ---------------------------------------------------------------------------------------


def positive(model):
    """Make every weight positive and every bias zero, so that nothing that is seen can cancel out."""
    for weight in model.weights:
        value = 0.0 if "bias" in weight.name or "beta" in weight.name or "mean" in weight.name else 0.5
        weight.assign(np.full(weight.shape, value))
    return model


def seen(model, size):
    """For every output cell and pixel: does the cell see it? Measured by lighting one pixel at a time."""
    h, w = size
    lit = np.eye(h * w, dtype="float32").reshape(h * w, h, w, 1)
    return np.asarray(model.predict_on_batch(lit))[..., 0].reshape(h, w, *model.output_shape[1:3]) != 0


def extent(where):
    rows, columns = np.flatnonzero(where.any(axis=1)), np.flatnonzero(where.any(axis=0))
    return (rows[0], rows[-1]), (columns[0], columns[-1])


def random_network(seed, size):
    draw = random.Random(seed)

    def pick(*choices):
        return draw.choice(choices)

    def block(x):
        kind = pick("conv", "conv", "conv", "dilated", "depthwise", "separable", "max", "average", "up",
                    "transpose", "pad", "branches", "skip")  # fmt: skip
        kernel, padding = (pick(1, 2, 3, 4), pick(1, 2, 3)), pick("valid", "same")
        if kind == "conv":
            return layers.Conv2D(1, kernel, (pick(1, 2), pick(1, 2, 3)), padding)(x)
        if kind == "dilated":  # gaps may stay dark: follow it with a kernel that fills them
            x = layers.Conv2D(1, kernel, 1, padding, dilation_rate=(2, 3))(x)
            return layers.Conv2D(1, 3, 1, "same")(x)
        if kind == "depthwise":
            return layers.DepthwiseConv2D(kernel, 1, padding)(x)
        if kind == "separable":
            return layers.SeparableConv2D(1, kernel, 2, padding)(x)
        if kind == "max":
            return layers.MaxPooling2D(kernel, 2, padding)(x)
        if kind == "average":
            return layers.AveragePooling2D(2, None, padding)(x)
        if kind == "up":
            return layers.UpSampling2D(pick(2, (1, 3)), interpolation=pick("nearest", "bilinear"))(x)
        if kind == "transpose":
            return layers.Conv2DTranspose(1, (pick(2, 3, 4), pick(2, 3)), 2, padding)(x)
        if kind == "pad":
            return layers.ZeroPadding2D(((1, 0), (0, 2)))(x)
        if kind == "skip":
            y = layers.BatchNormalization()(layers.Conv2D(1, kernel, 1, "same")(x))
            return layers.ReLU()(layers.Add()([x, y]))
        stride = pick(1, 2)
        ways = [layers.Conv2D(1, pick(1, 3, 5), stride, "same")(x) for _ in range(3)]
        return layers.Conv2D(1, 1)(layers.Concatenate()(ways))

    picture = x = keras.Input((*size, 1))
    for _ in range(draw.randint(1, 4)):
        x = block(x)
    return positive(keras.Model(picture, x))


@pytest.mark.parametrize("seed", range(40))
def test_receptive_field_equals_what_lights_up(seed):
    size = (26, 23)
    model = random_network(seed, size)
    field = shapes.receptive_field(model)
    lights = seen(model, size)
    inside = 0
    for cell in np.ndindex(*lights.shape[2:]):
        expected = field.window(*cell)
        measured = extent(lights[(..., *cell)]) if lights[(..., *cell)].any() else None
        if None in expected:
            assert measured is None  # a gap that a transposed convolution leaves
            continue
        for (first, last), (low, high) in zip(expected, measured or (), strict=False):
            assert first <= low <= high <= last
        if all(first >= 0 and last < n for (first, last), n in zip(expected, size, strict=True)):
            assert measured == expected
            inside += 1
    # Most of these networks are small enough to have cells that see no border.
    assert inside or np.max(field.size) > 8


def test_receptive_field_equals_the_gradient():
    """The gradient of one output cell with respect to the picture is zero wherever the cell does not look."""
    picture = keras.Input((48, 40, 1))
    x = layers.Conv2D(1, (5, 3), strides=2, padding="same", name="first")(picture)
    wide = layers.Conv2D(1, 3, dilation_rate=2, padding="same")(x)
    narrow = layers.Conv2D(1, (1, 2), padding="same")(x)
    x = layers.Concatenate(name="joined")([wide, narrow])
    x = layers.AveragePooling2D(2)(x)
    x = layers.Conv2D(1, 3, name="last")(x)
    model = positive(keras.Model(picture, x))
    for name, cell in {"first": (9, 7), "joined": (10, 8), "last": (4, 3)}.items():
        part = keras.Model(model.inputs, model.get_layer(name).output)
        image = tf.ones((1, 48, 40, 1))
        with tf.GradientTape() as tape:
            tape.watch(image)
            output = tf.reduce_sum(part(image)[(0, *cell)])
        gradient = tape.gradient(output, image).numpy()[0, ..., 0]
        measured = extent(gradient != 0)
        assert measured == shapes.receptive_field(model, layer=name).window(*cell)


def test_branches_are_joined():
    picture = keras.Input((16, 16, 1))
    x = layers.Add()(
        [layers.Conv2D(1, 3, padding="same")(picture), layers.Conv2D(1, 7, padding="same")(picture)]
    )
    assert shapes.receptive_field(keras.Model(picture, x)).size == 7
    # Each path sees three pixels, but not the same three.
    left = layers.Conv2D(1, 3)(layers.ZeroPadding2D(((2, 0), (2, 0)))(picture))
    right = layers.Conv2D(1, 3)(layers.ZeroPadding2D(((0, 2), (0, 2)))(picture))
    field = shapes.receptive_field(keras.Model(picture, layers.Add()([left, right])))
    assert (field.size, field.start) == (5, -2)


def test_cropping_moves_the_start():
    model = keras.Sequential(
        [keras.Input((9, 9, 1)), layers.Cropping2D(((2, 1), (3, 0))), layers.Conv2D(1, 3)]
    )
    field = shapes.receptive_field(model)
    assert (field.size, field.start) == (3, (2, 3))


def test_after_flatten_or_pooling_a_cell_sees_everything():
    model = keras.Sequential([keras.Input((12, 10, 1)), layers.Conv2D(2, 3, name="conv"), layers.Flatten(),
                              layers.Dense(3, name="out")])  # fmt: skip
    field = shapes.receptive_field(model)
    assert (field.size, field.jump, field.start) == ((12, 10), 0, 0)
    assert shapes.receptive_field(model, layer="conv").size == 3
    assert shapes.receptive_field(model, layer=model.get_layer("conv")).size == 3
    picture = keras.Input((None, None, 3))  # squeeze and excite: the weights of the channels see everything
    squeezed = layers.GlobalAveragePooling2D(keepdims=True)(picture)
    excited = keras.Model(picture, layers.Multiply()([picture, squeezed]))
    assert shapes.receptive_field(excited).size == math.inf
    assert shapes.receptive_field(excited, image_size=32).size == 32


def test_dense_on_a_feature_map_looks_at_one_cell():
    model = keras.Sequential([keras.Input((9, 9, 1)), layers.Conv2D(4, 3), layers.Dense(2), layers.Softmax()])
    assert shapes.receptive_field(model).size == 3


def test_operations_and_one_dimension():
    series = keras.Input((32, 1))
    x = layers.Conv1D(2, 3, padding="causal", dilation_rate=2)(series)
    model = keras.Model(series, keras.ops.relu(x * 2.0))
    field = shapes.receptive_field(model)
    assert (field.size, field.jump, field.start) == (5, 1, -4)


def test_lists_of_keras_layers():
    made = [layers.Conv2D(8, 3, strides=2, padding="same", name="a"), layers.ReLU(), layers.MaxPooling2D(),
            layers.Conv2DTranspose(3, 2, strides=2, name="b")]  # fmt: skip
    field = shapes.receptive_field(made, image_size=(31, 32))
    assert (field.size, field.jump, field.start) == (5, 2, (-1, 0))
    assert shapes.receptive_field(made, layer="a").size == 3
    assert shapes.receptive_field([*made, layers.Flatten()]).size == math.inf
    assert shapes.receptive_field([layers.Conv2D(1, 3), (2, 2)]).size == 4


def test_published_receptive_fields():
    """Araujo, Norris and Sim, "Computing receptive fields of convolutional neural networks", Distill 2019."""
    vgg = keras.applications.VGG16(weights=None, include_top=False, input_shape=(32, 32, 3))
    assert shapes.receptive_field(vgg, "block5_pool").size == 212
    mobile = keras.applications.MobileNet(
        weights=None, include_top=False, input_shape=(224, 224, 3), alpha=0.25
    )
    assert shapes.receptive_field(mobile).size == 315


# --- The table ----------------------------------------------------------------------------------------------


def example():
    inner = keras.Sequential(
        [keras.Input((None, None, 3)), layers.Conv2D(4, 3, name="conv"), layers.MaxPooling2D(name="pool")],
        name="inner",
    )
    picture = keras.Input((None, None, 3))
    x = inner(layers.Rescaling(1 / 255, name="scale")(picture))
    shared = layers.Conv2D(4, 3, padding="same", name="shared")
    x = shared(shared(x))
    x = layers.SeparableConv2D(6, 3, padding="same", depth_multiplier=2, name="separable")(x)
    x = layers.DepthwiseConv2D(3, strides=2, padding="same", name="depthwise")(x)
    x = layers.Conv2DTranspose(2, 3, strides=2, name="transpose")(x)
    x = layers.BatchNormalization(name="norm")(x)
    x = layers.GlobalAveragePooling2D(name="mean")(x)
    return keras.Model(picture, layers.Dense(5, name="out")(x), name="a<b")


def test_table_counts():
    model = example()
    table = shapes.table(model, image_size=(28, 20))
    assert [row.layer for row in table if row.layer != "input_layer"][-10:] == [
        "scale", "inner/conv", "inner/pool", "shared", "shared", "separable", "depthwise", "transpose",
        "norm", "mean", "out",
    ][-10:]  # fmt: skip
    assert table.weights == model.count_params()
    assert table["inner/conv"].output_shape == (26, 18, 4)
    assert table["inner/conv"].multiply_adds == shapes.conv_multiply_adds((26, 18), 3, 3, 4)
    assert table["inner/conv"].bytes == 26 * 18 * 4 * 4
    assert table["inner/conv"].receptive_field.size == 3
    assert [row.weights for row in table if row.layer == "shared"] == [148, 0]  # counted once
    assert [row.multiply_adds for row in table if row.layer == "shared"] == [13 * 9 * 9 * 16] * 2
    assert table["separable"].multiply_adds == 13 * 9 * 8 * (9 + 6)
    assert table["depthwise"].multiply_adds == 7 * 5 * 9 * 6
    assert table["transpose"].multiply_adds == 7 * 5 * 9 * 6 * 2
    assert table["norm"].multiply_adds == 0
    assert table["out"].multiply_adds == 10
    assert table["out"].receptive_field.size == (28, 20)
    assert table.multiply_adds == sum(row.multiply_adds for row in table)
    assert table.bytes == sum(row.bytes for row in table)
    assert table[0].layer == "scale"
    assert len(table) == 11
    with pytest.raises(KeyError, match=r"No layer 'conv9'. The layers are: scale, inner/conv"):
        table["conv9"]


def test_table_of_published_networks():
    """15.5 billion multiply-adds for VGG16 and 3.86 for ResNet50: the figures in their papers."""
    vgg = shapes.table(keras.applications.VGG16(weights=None, include_top=False, input_shape=(224, 224, 3)))
    assert vgg.multiply_adds == 15_346_630_656  # and 123,633,664 in the three dense layers
    assert vgg["block5_conv3"].output_shape == (14, 14, 512)
    assert vgg.weights == 14_714_688


def test_table_shows_itself():
    table = shapes.table(example(), image_size=(28, 20))
    text = repr(table).splitlines()
    assert text[0].split("  ")[0] == "layer"
    assert text[-1].startswith("all layers")
    assert f"{table.multiply_adds:,}" in text[-1]
    assert "everything" in text[-3]
    assert len(text) == len(table) + 4
    page = table._repr_html_()
    assert page.count("<tr>") == len(table) + 2
    assert "a&lt;b" in page  # names are escaped
    assert "a<b" not in page


def test_table_leaves_what_it_cannot_count_open():
    picture = keras.Input((4, 4, 3))
    flat = layers.Reshape((16, 3))(picture)
    attended = layers.MultiHeadAttention(2, 3, name="attention")(flat, flat)
    table = shapes.table(keras.Model(picture, attended))
    assert table["attention"].multiply_adds is None
    assert table["attention"].receptive_field.size == 4  # the whole picture
    assert "≥" in repr(table)
    assert table.weights > 0


def test_half_precision_takes_half_the_bytes():
    model = keras.Sequential([keras.Input((8, 8, 1)), layers.Conv2D(2, 3, dtype="float16", name="conv")])
    assert shapes.table(model)["conv"].bytes == 6 * 6 * 2 * 2


@keras.saving.register_keras_serializable()
class Shuffle(layers.Layer):
    def call(self, x):
        return x[:, ::-1]


def test_bad_models_are_explained():
    unbuilt = keras.Sequential([layers.Conv2D(4, 3)])
    with pytest.raises(ValueError, match=r"Expected a built model .* Begin it with `keras.Input"):
        shapes.receptive_field(unbuilt)
    with pytest.raises(ValueError, match=r"Expected a built model"):
        shapes.table(unbuilt)
    with pytest.raises(ValueError, match=r"Expected a Keras model or a list of layers; received Conv2D"):
        shapes.table(layers.Conv2D(4, 3))
    unbuilt.build((None, 8, 8, 1))
    assert shapes.receptive_field(unbuilt).size == 3
    anysize = keras.Sequential([keras.Input((None, None, 1)), layers.Conv2D(4, 3, name="conv")])
    with pytest.raises(
        ValueError, match=r"Expected a known size of picture; .*'conv'.* image_size=\(224, 224\)"
    ):
        shapes.table(anysize)
    with pytest.raises(
        ValueError, match=r"`image_size` must have 2 numbers for this model; received: \(8, 8, 1\)"
    ):
        shapes.table(anysize, image_size=(8, 8, 1))
    with pytest.raises(
        ValueError, match=r"Expected the name of a layer .* layer='conf'.* The layers are: conv"
    ):
        shapes.receptive_field(anysize, layer="conf")
    odd = keras.Sequential(
        [keras.Input((8, 8, 1)), layers.Conv2D(1, 3, name="conv"), Shuffle(name="shuffle")]
    )
    with pytest.raises(ValueError, match=r"windows are known; received 'shuffle' of type Shuffle"):
        shapes.receptive_field(odd)
    assert shapes.receptive_field(odd, layer="conv").size == 3
    assert shapes.table(odd)["shuffle"].receptive_field is None
    with pytest.raises(ValueError, match=r"received 'shuffle'"):
        shapes.receptive_field([Shuffle(name="shuffle")])
