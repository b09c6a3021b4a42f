"""plot.architecture: what is drawn and written is what Keras says of the model."""

import re
import xml.etree.ElementTree as ET

import keras
import numpy as np
import pytest
from keras import layers

from cnnkit import models, plot
from cnnkit.plot import _network
from cnnkit.plot._architecture import PAGE
from tests.keras_layers import symbolic

SVG = "{http://www.w3.org/2000/svg}"


def with_branches():
    start = keras.Input((32, 32, 3))
    x = layers.Conv2D(16, 3, padding="same", name="stem")(start)
    for n in (16, 32):
        y = layers.Conv2D(n, 3, strides=n // 16, padding="same", name=f"a{n}")(x)
        y = layers.BatchNormalization()(y)
        if n > 16:
            x = layers.Conv2D(n, 1, strides=2, padding="same", name=f"short{n}")(x)
        x = layers.Add(name=f"add{n}")([x, y])
    x = layers.GlobalAveragePooling2D(name="gap")(x)
    return keras.Model(start, layers.Dense(5, name="out")(x), name="branched")


def with_short_cuts():
    start = keras.Input((32, 32, 1))
    a = layers.Conv2D(8, 3, padding="same", name="down")(start)
    x = layers.MaxPooling2D(name="pool")(a)
    x = layers.Conv2D(16, 3, padding="same", name="deep")(x)
    x = layers.Conv2DTranspose(8, 2, strides=2, name="up")(x)
    x = layers.Concatenate(name="both")([a, x])
    return keras.Model(start, layers.Conv2D(1, 1, name="out")(x), name="unet")


def nested():
    base = models.vgg_mini(None, include_top=False)
    base.trainable = False
    head = [layers.GlobalAveragePooling2D(name="gap"), layers.Dense(2, name="out")]
    return keras.Sequential([layers.Input((96, 96, 3)), base, *head], name="nested")


def two_inputs():
    a, b = keras.Input((8, 8, 3), name="photo"), keras.Input((4,), name="facts")
    x = layers.Concatenate(name="both")([layers.Flatten(name="flat")(a), b])
    return keras.Model([a, b], [layers.Dense(1, name="price")(x), layers.Dense(3, name="kind")(x)])


def sequence():
    return keras.Sequential([layers.Input((100, 8)), layers.Conv1D(16, 5), layers.LSTM(8), layers.Dense(2)])


MODELS = {
    "lenet5": models.lenet5,
    "cats_dogs_cnn": models.cats_dogs_cnn,
    "denoiser": models.denoiser,
    "mlp": models.mlp,
    "alexnet": models.alexnet,
    "vgg16": models.vgg16,
    "mobilenet": lambda: keras.applications.MobileNet(weights=None, alpha=0.25, input_shape=(128, 128, 3)),
    "branched": with_branches,
    "unet": with_short_cuts,
    "nested": nested,
    "two_inputs": two_inputs,
    "sequence": sequence,
}


@pytest.fixture(scope="module")
def drawings():
    built = {name: symbolic(build) for name, build in MODELS.items()}
    return {name: (model, plot.architecture(model)) for name, model in built.items()}


def texts(drawing):
    return [element.text for element in ET.fromstring(drawing.svg()).iter(f"{SVG}text")]


def tooltips(drawing):
    """{layer: sentence} of all boxes."""
    groups = ET.fromstring(drawing.svg()).iter(f"{SVG}g")
    return dict(group.find(f"{SVG}title").text.split(":", 1) for group in groups if ":" in group[0].text)


def every_layer(model, prefix=""):
    for layer in model.layers:
        if hasattr(layer, "layers"):
            yield from every_layer(layer, f"{prefix}{layer.name}/")
        elif not isinstance(layer, layers.InputLayer):
            yield prefix + layer.name, layer


@pytest.mark.parametrize("name", MODELS)
def test_each_layer_that_makes_something_has_a_box_with_its_shape_and_weights(name, drawings):
    model, drawing = drawings[name]
    told = tooltips(drawing)
    for path, layer in every_layer(model):
        if isinstance(layer, (layers.Conv2D, layers.Conv2DTranspose, layers.Dense, layers.MaxPooling2D)):
            shape = layer.output.shape[1:]
            shape = f"{shape[0]:,}" if len(shape) == 1 else "×".join(map(str, shape))
            assert f"output {shape};" in told[path], path
            tails = layer.count_params() if "batch norm" not in told[path] else None
            if tails is not None:
                assert f"{tails:,} weights" in told[path], path


@pytest.mark.parametrize("name", MODELS)
def test_all_weights_are_counted_once(name, drawings):
    model, drawing = drawings[name]
    assert f"{model.count_params():,} weights" in drawing.title
    counted = [int(re.search(r"([\d,]+) weights", t)[1].replace(",", "")) for t in tooltips(drawing).values()]
    assert sum(counted) == model.count_params()
    below = [int(t.replace(",", "")) for t in texts(drawing) if re.fullmatch(r"[\d,]+", t)]
    for stage in _network.stages(_network.read(model))[0]:
        assert not stage.weights or stage.weights in below


@pytest.mark.parametrize("name", MODELS)
def test_everything_lies_on_the_sheet_and_fits_the_page(name, drawings):
    drawing = drawings[name][1]
    assert drawing.width <= PAGE + 30
    for element in ET.fromstring(drawing.svg()).iter(f"{SVG}text"):
        half = 0.29 * 11 * len(element.text) * (2 if element.get("text-anchor") == "start" else 1)
        x = float(element.get("x"))
        assert x - (0 if element.get("text-anchor") == "start" else half) >= -6, element.text
        assert x + half <= drawing.width + 12, element.text
        assert 0 < float(element.get("y")) < drawing.height


@pytest.mark.parametrize("name", MODELS)
def test_no_two_boxes_of_different_stages_lie_on_each_other(name, drawings):
    drawing = drawings[name][1]
    fronts = []
    for group in ET.fromstring(drawing.svg()).iter(f"{SVG}g"):
        front = next(p for p in group.iter(f"{SVG}path") if p.get("class").endswith("-f"))
        x, y, wide, tall = map(float, re.match(r"M(\S+) (\S+?)h(\S+?)v(\S+?)h", front.get("d")).groups())
        fronts.append((x, y, x + wide, y + tall))
    for i, (x0, y0, x1, y1) in enumerate(fronts):
        for u0, v0, u1, v1 in fronts[i + 1 :]:
            assert min(x1, u1) - max(x0, u0) < 0.2 or min(y1, v1) - max(y0, v0) < 0.2


def test_vgg16_is_the_classic_picture_on_one_row(drawings):
    words = texts(drawings["vgg16"][1])
    for block, shape, count, after in (
        ("block1", "224×224×64", 2, "112×112×64"),
        ("block2", "112×112×128", 2, "56×56×128"),
        ("block3", "56×56×256", 3, "28×28×256"),
        ("block4", "28×28×512", 3, "14×14×512"),
        ("block5", "14×14×512", 3, "7×7×512"),
    ):
        assert block in words
        assert shape in words
        assert f"{count} × conv 3×3" in words
        assert f"→ {after}" in words
    assert words.count("max pool 2×2") == 5
    assert "119,545,856" in words  # fc1 and fc2
    assert words.count("output") == 1, "one row"


def boxes(drawing):
    """{layer: (thickness, height)} of the fronts."""
    found = {}
    for group in ET.fromstring(drawing.svg()).iter(f"{SVG}g"):
        front = next(p for p in group.iter(f"{SVG}path") if p.get("class").endswith("-f"))
        wide, tall = map(float, re.match(r"M\S+ \S+?h(\S+?)v(\S+?)h", front.get("d")).groups())
        found[group.find(f"{SVG}title").text.split(":")[0]] = wide, tall
    return found


def test_height_follows_the_size_and_thickness_the_channels_as_square_roots(drawings):
    drawn = boxes(drawings["vgg16"][1])
    one, three, five = drawn["block1_conv1"], drawn["block3_conv1"], drawn["block5_conv1"]
    assert one[1] / three[1] == pytest.approx(np.sqrt(224 / 56), rel=0.02)
    assert one[1] / five[1] == pytest.approx(np.sqrt(224 / 14), rel=0.02)
    assert five[0] / one[0] == pytest.approx(np.sqrt(512 / 64), rel=0.05)
    assert drawn["block1_pool"][1] / one[1] == pytest.approx(np.sqrt(112 / 224), rel=0.02)
    assert drawn["fc1"][1] > drawn["predictions"][1]


def kinds(drawing, layer):
    for group in ET.fromstring(drawing.svg()).iter(f"{SVG}g"):
        if group.find(f"{SVG}title").text.startswith(f"{layer}:"):
            return [p.get("class")[:-2] for p in group.iter(f"{SVG}path") if p.get("class").endswith("-f")]
    return None


def test_colours_tell_the_kind(drawings):
    assert kinds(drawings["cats_dogs_cnn"][1], "block1_conv") == ["conv", "norm"]
    assert kinds(drawings["cats_dogs_cnn"][1], "gap") == ["pool", "dropout"]
    assert kinds(drawings["alexnet"][1], "fc6") == ["dense", "dropout"]
    assert kinds(drawings["denoiser"][1], "up1") == ["enlarge"]
    assert kinds(drawings["unet"][1], "both") == ["merge"]
    words = texts(drawings["alexnet"][1])
    assert {"convolution", "pooling", "dense", "reshaping", "dropout"} <= set(words)
    assert "normalisation" not in words
    assert not {"where paths meet", "enlarging"} & set(words)


def test_kernels_strides_groups_and_activations_are_written():
    drawing = plot.architecture(symbolic(models.alexnet, groups=2))
    told = {key: text.replace("\u00a0", " ") for key, text in tooltips(drawing).items()}
    assert "conv 11×11, stride 4" in told["conv1"]
    assert "max pool 3×3, stride 2" in told["pool1"]
    assert "conv 5×5, 2 groups" in told["conv2"]
    assert "then ReLU, dropout" in told["fc6"]
    assert "softmax" in told["predictions"]


def test_a_short_cut_is_an_arc_from_box_to_box(drawings):
    root = ET.fromstring(drawings["unet"][1].svg())
    arcs = [p for p in root.iter(f"{SVG}path") if p.get("class") == "cut" and p.get("fill") == "none"]
    assert len(arcs) == 1
    assert not [
        p for p in ET.fromstring(drawings["vgg16"][1].svg()).iter(f"{SVG}path") if p.get("class") == "cut"
    ]


def test_links_between_stages_are_those_of_the_graph():
    model = with_branches()
    stages, links = _network.stages(_network.read(model))
    names = [[part.name for part in stage.parts] for stage in stages]
    home = {name: i for i, stage in enumerate(names) for name in stage}
    expected = {
        ("input", "stem"),
        ("stem", "a16"),
        ("stem", "add16"),
        ("a16", "add16"),
        ("add16", "a32"),
        ("add16", "short32"),
        ("a32", "add32"),
        ("short32", "add32"),
        ("gap", "out"),
    }
    assert set(links) == {(home[a], home[b]) for a, b in expected}
    assert home["add32"] == home["gap"]


def test_each_link_of_a_branched_model_is_a_line():
    drawing = plot.architecture(with_branches())
    lines = [
        p
        for p in ET.fromstring(drawing.svg()).iter(f"{SVG}path")
        if p.get("class") in ("way", "cut") and p.get("fill") == "none"
    ]
    assert len(lines) >= 9


def test_a_model_inside_is_unfolded_and_bracketed(drawings):
    model, drawing = drawings["nested"]
    assert "vgg_mini, frozen" in texts(drawing)
    assert "vgg_mini/block3_conv2" in tooltips(drawing)
    model.layers[0].trainable = True
    assert "vgg_mini" in texts(plot.architecture(model))
    model.layers[0].trainable = False


def test_the_same_bytes_each_time(drawings):
    for name in ("lenet5", "branched", "nested"):
        model, drawing = drawings[name]
        again = plot.architecture(model)
        assert again.svg() == drawing.svg()
        assert again.html() == drawing.html()
    other = plot.architecture(models.lenet5(num_classes=9))
    assert other.svg()[:120] != drawings["lenet5"][1].svg()[:120], "the id belongs to the content"


def test_it_says_itself_in_words(drawings):
    drawing = drawings["lenet5"][1]
    assert drawing.alt == (
        "The network lenet5 with 61,706 weights, from left to right: input 28×28×1, rescaling; "
        "conv1, pool1 (28×28×6): conv 5×5, ReLU, max pool 2×2 to 14×14×6; "
        "conv2, pool2 (10×10×16): conv 5×5, ReLU, max pool 2×2 to 5×5×16; flatten (400): flatten; "
        "dense1 (120): dense, ReLU; dense2 (84): dense, ReLU; predictions (10): dense, softmax."
    )
    root = ET.fromstring(drawing.svg())
    assert root.get("role") == "img"
    by = root.get("aria-labelledby").split()
    assert [root.find(f"{SVG}{tag}").get("id") for tag in ("title", "desc")] == by
    assert root.find(f"{SVG}desc").text == drawing.alt
    data, metadata = drawing._repr_mimebundle_()
    assert data["text/plain"] == repr(drawing) == drawing.alt
    assert "<svg" in data["text/html"]
    assert metadata["image/svg+xml"]["alt"] == drawing.alt
    assert list(drawing._repr_mimebundle_(include={"text/html"})[0]) == ["text/html"]


def test_nothing_is_fetched_and_no_script_runs(drawings):
    for _, drawing in drawings.values():
        text = drawing.svg().replace('xmlns="http://www.w3.org/2000/svg"', "")
        assert "http" not in text
        assert "<script" not in text


def test_light_and_dark_colours_are_readable(drawings):
    from matplotlib.colors import to_rgb

    from cnnkit.plot._architecture import _PLAIN
    from cnnkit.plot._layout import contrast

    for shade in (1, 2):
        ground = to_rgb(_PLAIN["bg"][shade])
        assert contrast(to_rgb(_PLAIN["ink"][shade]), ground) > 7
        assert contrast(to_rgb(_PLAIN["soft"][shade]), ground) > 4.5
    svg = drawings["lenet5"][1].svg()
    assert "prefers-color-scheme: dark" in svg
    assert 'data-jp-theme-light="false"' in svg


def test_names_are_escaped():
    model = keras.Sequential([layers.Input((3,)), layers.Dense(2, name="a&b<c>")], name="x<y&z>")
    drawing = plot.architecture(model)
    assert "a&b<c>" in texts(drawing)
    assert plot.architecture(model, title="<b>mine</b>").title in texts(
        plot.architecture(model, title="<b>mine</b>")
    )


def test_a_model_for_any_size_of_picture():
    model = models.vgg_mini(None, include_top=False, input_shape=(None, None, 3))
    assert "?×?×24" in texts(plot.architecture(model))
    assert "64×48×24" in texts(plot.architecture(model, image_size=(64, 48)))


def test_a_layer_used_twice_is_counted_once():
    start = keras.Input((16, 16, 4))
    shared = layers.Conv2D(4, 3, padding="same", name="shared")
    model = keras.Model(start, shared(shared(start)), name="twice")
    parts = _network.read(model)
    assert [part.weights for part in parts] == [0, 148, 0]


def test_save(tmp_path, drawings):
    drawing = drawings["lenet5"][1]
    assert drawing.save(tmp_path / "net.svg").read_text(encoding="utf-8") == drawing.svg()
    assert drawing.svg() in drawing.save(tmp_path / "net.html").read_text(encoding="utf-8")
    with pytest.raises(FileExistsError, match="which exists already"):
        drawing.save(tmp_path / "net.svg")
    with pytest.raises(ValueError, match=r"\.svg or \.html; received .*net\.png"):
        drawing.save(tmp_path / "net.png")


@pytest.mark.parametrize(
    ("model", "message"),
    [
        ([layers.Conv2D(3, 3)], r"must be a Keras model; received list.*keras.Sequential\(\[keras.Input"),
        (layers.Dense(3), "received Dense"),
        ("vgg16", "received str"),
        (keras.Sequential([layers.Dense(3)]), "Expected a built model .*keras.Input"),
    ],
)
def test_what_cannot_be_drawn(model, message):
    with pytest.raises(ValueError, match=message):
        plot.architecture(model)


@pytest.mark.browser
def test_dark_pages_have_a_dark_drawing(open_figure, drawings, tmp_path):
    drawing = drawings["lenet5"][1]

    def colour(page, which):
        return page.eval_on_selector(f"svg .{which}", "e => getComputedStyle(e).fill")

    page = open_figure(drawing, color_scheme="light")
    assert colour(page, "bg") == "rgb(255, 255, 255)"
    page = open_figure(drawing, color_scheme="dark")
    assert colour(page, "bg") == "rgb(22, 27, 34)"
    assert colour(page, "conv-f") == "rgb(63, 127, 181)"
    page = open_figure(drawing, wrap='<div data-theme="dark">{}</div>', color_scheme="light")
    assert colour(page, "bg") == "rgb(22, 27, 34)"
    page = open_figure(drawing, wrap='<div data-theme="light">{}</div>', color_scheme="dark")
    assert colour(page, "bg") == "rgb(255, 255, 255)"
    widest = page.evaluate(
        "Math.max(...[...document.querySelectorAll('svg text')].map(t => t.getBBox().x + t.getBBox().width))"
    )
    assert widest <= drawing.width + 1
