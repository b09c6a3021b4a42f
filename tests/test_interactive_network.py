"""`interactive.network`: what it says and refuses, and in Chromium that its numbers are those of Keras."""

import base64
import json
import re

import numpy as np
import pytest

from cnnkit import interactive, models
from cnnkit.interactive import _network, _network_columns
from cnnkit.interactive._figure import show

keras = pytest.importorskip("keras")
layers = keras.layers
RANDOM = np.random.default_rng(0)


def seeded(model):
    """Weights as after a training: none at its first value, variances included, the same in every run."""
    random = np.random.default_rng(1)
    for weight in model.weights:
        shape = tuple(weight.shape)
        if "variance" in weight.path:
            weight.assign(random.uniform(0.5, 2, shape))
        elif len(shape) > 1:
            weight.assign(random.normal(0, 1 / np.sqrt(np.prod(shape[:-1])), shape))
        elif "seed" not in weight.path:
            weight.assign(random.normal(0.2, 0.3, shape))
    return model


def pictures(count, *shape):
    return np.random.default_rng(2).integers(0, 256, (count, *shape)).astype(np.float32)


def small(**settings):
    """Every kind of layer that is taken apart, in a chain."""
    return seeded(
        keras.Sequential(
            [
                layers.Input((12, 13, 3)),
                layers.Rescaling(1 / 127.5, offset=-1, name="scaled"),
                layers.RandomFlip(name="flip"),
                layers.Conv2D(4, (3, 2), padding="same", use_bias=False, name="conv_a"),
                layers.BatchNormalization(name="norm"),
                layers.LeakyReLU(name="leaky"),
                layers.MaxPooling2D(3, 2, padding="same", name="largest"),
                layers.Conv2D(5, 3, strides=2, padding="same", activation="gelu", name="conv_b"),
                layers.AveragePooling2D(2, 1, padding="same", name="mean"),
                layers.Conv2D(6, 2, dilation_rate=2, activation="tanh", name="conv_c"),
                layers.Dropout(0.5, name="dropout"),
                layers.Flatten(name="flatten"),
                layers.Dense(30, activation="elu", name="dense_a"),
                layers.Activation("silu", name="silu"),
                layers.Dense(4, activation="softmax", name="dense_b", **settings),
            ],
            name="small",
        )
    )


def branched():
    """A residual network with layers that nobody takes apart."""
    entry = keras.Input((10, 10, 1))
    x = layers.Rescaling(1 / 255, name="scaled")(entry)
    x = layers.Conv2D(6, 3, padding="same", activation="relu", name="before")(x)
    y = layers.DepthwiseConv2D(3, padding="same", name="depthwise")(x)
    y = layers.Activation(lambda z: z * keras.ops.sigmoid(1.7 * z), name="own")(y)
    x = layers.Add(name="sum")([x, y])
    x = layers.Conv2D(7, 3, activation="relu6", name="after")(x)
    x = layers.GlobalMaxPooling2D(name="highest")(x)
    return seeded(
        keras.Model(entry, layers.Dense(1, activation="sigmoid", name="answer")(x), name="branched")
    )


def nested():
    """A model inside a model, with the mean of each map and logits at the end."""
    base = keras.Sequential(
        [layers.Input((8, 8, 3)), layers.Conv2D(40, 3, activation="softplus", name="inner")], name="base"
    )
    return seeded(
        keras.Sequential(
            [
                layers.Input((8, 8, 3)),
                base,
                layers.GlobalAveragePooling2D(name="gap"),
                layers.Dense(3, name="logits"),
            ],
            name="nested",
        )
    )


CASES = {"small": (small, (12, 13, 3)), "branched": (branched, (10, 10, 1)), "nested": (nested, (8, 8, 3))}


def maps_of(model, images, name):
    """The oracle: Keras's own model up to a layer."""
    return keras.ops.convert_to_numpy(
        keras.Model(model.inputs, model.get_layer(name).output)(images, training=False)
    )


# Without a browser ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", CASES)
class TestEveryModel:
    def test_output_is_that_of_keras(self, case):
        make, shape = CASES[case]
        model, images = make(), pictures(3, *shape)
        figure = interactive.network(model, images)
        np.testing.assert_allclose(figure.output, model.predict(images, verbose=0), rtol=1e-4, atol=1e-6)

    def test_bundle(self, case):
        make, shape = CASES[case]
        figure = interactive.network(make(), pictures(2, *shape))
        bundle = figure._repr_mimebundle_()
        assert base64.b64decode(bundle["image/png"]).startswith(b"\x89PNG")
        assert bundle["text/plain"] == figure.sentence
        assert re.match(
            rf"A walk through the network {case} \(\d+ layers, [\d,]+ weights\) with 2 pictures",
            figure.sentence,
        )
        assert figure.sentence.endswith(".")

    def test_same_model_same_bytes(self, case):
        make, shape = CASES[case]
        first, second = (interactive.network(make(), pictures(2, *shape)).html() for _ in range(2))
        assert first == second

    def test_nothing_from_elsewhere(self, case):
        make, shape = CASES[case]
        page = interactive.network(make(), pictures(1, *shape)).html()
        page = page.replace('src="data:image/png;base64,', "").replace("http://www.w3.org/2000/svg", "")
        page = re.sub(r"[A-Za-z0-9+/]{80,}={0,2}", "", page)
        assert not re.search(r"https?:|//cdn|@import|src=|url\(|fetch\(|XMLHttpRequest|eval\(", page)
        static = page.split('<div class="ck-static">')[1].split("<script")[0]
        assert "$" not in static


def test_the_models_of_the_kit_fit_onto_a_page():
    for model, count in ((models.lenet5(), 8), (models.convnet1(), 8), (models.cats_dogs_cnn(), 1)):
        images = pictures(count, *model.input_shape[1:])
        figure = interactive.network(model, images)
        assert len(figure.html().encode()) < 1_000_000, model.name
        assert all(column["kind"] != "other" for column in figure.data["columns"])


def test_the_static_page_tells_the_numbers():
    model, images = small(), pictures(2, 12, 13, 3)
    figure = interactive.network(model, images, class_names=["ant", "bee", "cow", "dog"], labels=[1, 3])
    static = figure.html().split('<div class="ck-static">')[1].split("<script")[0]
    words = " ".join(re.sub(r"<[^>]*>", " ", static).split())
    maps = maps_of(model, images[:1], "conv_a")[0]
    assert f"18 products (window 3 × 2, 3 input maps) add up to {show(maps.max())}" in words
    best = int(figure.output[0].argmax())
    assert f"{['ant', 'bee', 'cow', 'dog'][best]} {show(figure.output[0, best])}" in words
    assert words.count("MaxPooling2D") == 1
    assert "labelled bee" in figure.sentence


def test_numbers_in_three_bytes_keep_five_digits():
    numbers = np.concatenate([RANDOM.normal(0, 10.0 ** RANDOM.integers(-6, 6, 500)), [0, -0.0]]).astype(
        np.float32
    )
    for width, error in ((4, 0), (3, 2**-16)):
        packed = _network_columns.pack(numbers, width)
        octets = np.frombuffer(base64.b64decode(packed["b"]), np.uint8).reshape(-1, width)
        whole = np.zeros((len(numbers), 4), np.uint8)
        whole[:, 4 - width :] = octets
        np.testing.assert_allclose(whole.view("<f4").ravel(), numbers, rtol=error)


def test_a_large_model_is_cut_and_the_page_says_so():
    model = seeded(
        keras.Sequential(
            [
                layers.Input((32, 32, 3)),
                layers.Conv2D(48, 3, strides=4, activation="relu", name="first"),
                layers.Conv2D(700, 3, activation="relu", name="wide"),
                layers.GlobalAveragePooling2D(),
                layers.Dense(5, activation="softmax", name="answer"),
            ]
        )
    )
    figure = interactive.network(model, pictures(1, 32, 32, 3))
    columns = {column["name"]: column for column in figure.data["columns"]}
    assert columns["wide"]["kind"] == "other"
    assert columns["wide"]["left_out"] == model.get_layer("wide").count_params()
    assert columns["answer"]["kind"] == "dense"
    assert "page too large: wide" in " ".join(figure.notes)
    assert "more than 32 maps the first 32 are shown: first, wide" in " ".join(figure.notes)
    assert len(figure.html()) < 1_000_000


def test_many_large_pictures_are_rounded():
    model = keras.Sequential(
        [layers.Input((90, 90, 3)), layers.Conv2D(2, 3), layers.Flatten(), layers.Dense(1)]
    )
    images = pictures(4, 90, 90, 3) * 0.9
    figure = interactive.network(model, images)
    assert "The pictures are rounded to whole numbers." in figure.notes
    np.testing.assert_allclose(figure.output, model.predict(np.rint(images), verbose=0), rtol=1e-3, atol=1e-3)


def test_standardised_pictures_are_not_rounded():
    model = seeded(keras.Sequential([layers.Input((90, 90, 3)), layers.Conv2D(2, 3), layers.Flatten()]))
    images = RANDOM.normal(0, 1, (4, 90, 90, 3)).astype(np.float32)
    figure = interactive.network(model, images)
    np.testing.assert_allclose(figure.output, model.predict(images, verbose=0), rtol=1e-3, atol=1e-4)


def test_a_model_that_ends_in_maps():
    model, images = models.lenet5_small(), pictures(2, 28, 28, 1)
    part = keras.Model(model.inputs, model.get_layer("pool2").output)
    figure = interactive.network(part, images)
    assert figure.sentence.endswith("with 2 pictures; the first gives 16 maps of 5 × 5.")
    assert figure.output.shape == (2, 5, 5, 16)
    assert figure.png()
    with pytest.raises(ValueError, match=r"`class_names` must be left out.*received \['a'\].*last Dense"):
        interactive.network(part, images, class_names=["a"])
    with pytest.raises(ValueError, match=r"`labels` must be left out for a model that ends in maps"):
        interactive.network(part, images, labels=[1, 2])


class TestMistakes:
    """Every message says what was expected, what came, the likely slip, the next step."""

    MODEL = None

    @classmethod
    def setup_class(cls):
        cls.MODEL = models.lenet5()

    @pytest.mark.parametrize(
        ("images", "error", "words"),
        [
            (np.ones((28, 28, 1)), ValueError, r"\(N, 28, 28, 1\); received \(28, 28, 1\).*batch axis is m.*\[None\]"),
            (np.ones((3, 28, 28)), ValueError, r"received \(3, 28, 28\).*channels is missing.*\[\.\.\., None\]"),
            (np.ones((3, 1, 28, 28)), ValueError, r"channels come first.*moveaxis"),
            (np.ones((1, 3, 28, 28, 1)), ValueError, r"batch axis too many.*images\[0\]"),
            (np.ones((3, 32, 32, 1)), ValueError, r"received \(3, 32, 32, 1\).*Resize.*'lenet5' is the right model"),
            (np.ones((13, 28, 28, 1)), ValueError, r"1 to 12 pictures; received 13.*images\[:4\]"),
            (np.ones((0, 28, 28, 1)), ValueError, r"1 to 12 pictures; received 0"),
            (np.full((1, 28, 28, 1), np.nan), ValueError, r"finite numbers only.*isfinite"),
            (np.full((1, 28, 28, 1), 0.5), ValueError, r"0 to 255, because the.*'rescaling'.*up to 0\.5.*Scaled twice"),
            ("digits", TypeError, r"array of numbers.*next\(iter"),
            ([np.ones((28, 28, 1)), np.ones((27, 28, 1))], ValueError, r"pictures of different sizes.*np\.stack"),
        ],
    )  # fmt: skip
    def test_images(self, images, error, words):
        with pytest.raises(error, match=words):
            interactive.network(self.MODEL, images)

    @pytest.mark.parametrize(
        ("settings", "error", "words"),
        [
            (dict(labels=[1]), ValueError, r"for each of the 2 pictures; received shape \(1,\).*labels\[:2\]"),
            (dict(labels=np.eye(10)[:2]), ValueError, r"received shape \(2, 10\).*one-hot.*argmax"),
            (dict(labels=[0.5, 1]), TypeError, r"whole numbers.*received float64.*index\(name\)"),
            (dict(labels=["a", "b"]), TypeError, r"whole numbers, the places of the classes"),
            (dict(labels=[1, 10]), ValueError, r"between 0 and 9.*received 1 to 10.*begin at 1"),
            (dict(class_names=["cat", "dog"]), ValueError, r"list of 10 names.*received 2 names.*Leave the names out"),
            (dict(class_names="0123456789"), ValueError, r"list of 10 names.*received '0123456789'"),
            (dict(units=0), ValueError, r"`units` must lie between 1 and 64; received 0"),
            (dict(units=(3, 9)), TypeError, r"`units` must be a whole number; received \(3, 9\)"),
        ],
    )  # fmt: skip
    def test_settings(self, settings, error, words):
        with pytest.raises(error, match=words):
            interactive.network(self.MODEL, pictures(2, 28, 28, 1), **settings)

    def test_one_unit_has_two_classes(self):
        with pytest.raises(ValueError, match=r"list of 2 names, the two classes of a single unit.*3 names"):
            interactive.network(branched(), pictures(1, 10, 10, 1), class_names=["a", "b", "c"])

    def test_the_model(self):
        images = pictures(2, 28, 28, 1)
        with pytest.raises(TypeError, match=r"`model` must be a built Keras model; received ndarray.*first"):
            interactive.network(images, images)
        with pytest.raises(ValueError, match=r"`model` must be built.*'empty'.*model\.build"):
            interactive.network(keras.Sequential([layers.Dense(2)], name="empty"), images)
        entries = [keras.Input((28, 28, 1)), keras.Input((28, 28, 1))]
        two = keras.Model(entries, layers.Add()(entries))
        with pytest.raises(ValueError, match=r"one input and one output; received 2 and 1.*keras\.Model"):
            interactive.network(two, images)
        entry = keras.Input((28, 28, 1))
        two = keras.Model(entry, [layers.Flatten()(entry), layers.Dense(2)(entry)])
        with pytest.raises(ValueError, match=r"one input and one output; received 1 and 2"):
            interactive.network(two, images)
        with pytest.raises(ValueError, match=r"must take pictures \(H, W, C\).*\(784,\).*Flatten"):
            interactive.network(keras.Sequential([layers.Input((784,)), layers.Dense(2)]), images)
        first = keras.Sequential(
            [layers.Input((1, 28, 28)), layers.MaxPooling2D(2, data_format="channels_first")]
        )
        with pytest.raises(ValueError, match=r"channels last.*received.*'channels_first'.*default of Keras"):
            interactive.network(first, images)

    def test_too_large(self):
        deep = keras.Sequential([layers.Input((8, 8, 1)), *(layers.ReLU() for _ in range(61))])
        with pytest.raises(ValueError, match=r"at most 60 layers.*received 61.*get_layer"):
            interactive.network(deep, pictures(1, 8, 8, 1))
        wide = keras.Sequential(
            [layers.Input((600, 600, 3)), layers.Conv2D(3, 3), layers.GlobalAveragePooling2D()]
        )
        with pytest.raises(ValueError, match=r"page of 1 MB; received.*600 × 600.*Take a smaller picture"):
            interactive.network(wide, pictures(1, 600, 600, 3))
        with pytest.raises(ValueError, match=r"received.*3 pictures.*Give fewer pictures, `images\[:1\]`"):
            interactive.network(wide, pictures(3, 600, 600, 3))


# In Chromium --------------------------------------------------------------------------------------------------


def number(text):
    return float(text.replace("−", "-").strip("()"))


def close(text, value):
    """Whether a number is shown as `value` is, give or take one in the last digit."""
    step = 10.0 ** -(1 if abs(value) >= 100 else 2 if abs(value) >= 10 else 3)
    if 0 < abs(value) < 0.001:
        step = abs(value) * 0.1
    return abs(number(text) - value) <= 0.51 * step + 2e-4 * abs(value) + 1e-9


def unit(page, column, at):
    return page.locator(f'[data-column="{column}"] [data-unit="{at}"]')


def result(page):
    return page.locator(".ck-sum .ck-result").inner_text()


def place(page):
    """Row and column of the output cell on show."""
    text = page.locator('[data-picture="output"] .ck-net-foot').inner_text()
    return tuple(int(n) for n in re.findall(r"row (\d+), column (\d+)", text)[0])


def at_place(page, r, c, shape):
    """Click a cell of the output map."""
    canvas = page.locator('[data-picture="output"] canvas')
    box = canvas.bounding_box()
    canvas.click(
        position={"x": (c + 0.5) * box["width"] / shape[1], "y": (r + 0.5) * box["height"] / shape[0]}
    )


@pytest.mark.browser
class TestInTheBrowser:
    @pytest.mark.parametrize("case", CASES)
    def test_the_page_computes_what_keras_computes(self, open_figure, case):
        """In every layer a few units and places, for two pictures."""
        make, shape = CASES[case]
        model, images = make(), pictures(2, *shape)
        figure = interactive.network(model, images)
        values = {one.name: one.values for one in _network_columns.columns_of(model, images)}
        page = open_figure(figure)
        random = np.random.default_rng(3)
        for picture in (0, 1):
            page.locator(".ck-net-picture").nth(picture).click()
            assert page.locator(".ck-warn").text_content() == ""  # also compares the answers with Keras's own
            for column in figure.data["columns"][1:]:
                expected = values[column["name"]][picture]
                for k in (
                    random.choice(min(expected.shape[-1], 32), 2, replace=False)
                    if expected.shape[-1] > 1
                    else [0]
                ):
                    if expected.ndim == 1 and len(expected) > 20:
                        page.locator(f'[data-column="{column["name"]}"] button').focus()
                        continue
                    unit(page, column["name"], k).click()
                    if expected.ndim == 1:
                        assert close(result(page), expected[k]), (column["name"], k)
                        continue
                    assert place(page) == np.unravel_index(expected[..., k].argmax(), expected.shape[:2])
                    r, c = (int(random.integers(n)) for n in expected.shape[:2])
                    at_place(page, r, c, expected.shape)
                    assert place(page) == (r, c)
                    assert close(result(page), expected[r, c, k]), (column["name"], k, r, c)

    def test_a_convolution_written_out(self, open_figure):
        model, images = small(), pictures(2, 12, 13, 3)
        page = open_figure(interactive.network(model, images))
        source, output = (maps_of(model, images[:1], name)[0] for name in ("largest", "conv_b"))
        kernel, bias = model.get_layer("conv_b").get_weights()
        padded = np.pad(source, ((0, 1), (1, 1), (0, 0)))  # 6 → 3 adds a zero below; 7 → 4 one on each side

        def window_at(r, c):
            return padded[2 * r : 2 * r + 3, 2 * c : 2 * c + 3]

        unit(page, "conv_b", 3).click()  # shows the largest number, and the map that weighs most in it
        r, c = np.unravel_index(output[..., 3].argmax(), output.shape[:2])
        parts = (window_at(r, c) * kernel[..., 3]).sum((0, 1))
        pressed = page.locator('[data-channel][aria-pressed="true"]')
        assert pressed.get_attribute("data-channel") == str(np.abs(parts).argmax())
        at_place(page, 0, 3, (3, 4))  # its window lies partly in the padding
        window = window_at(0, 3)
        parts = (window * kernel[..., 3]).sum((0, 1))
        for k in range(4):
            channel = page.locator(f'[data-channel="{k}"]')
            assert close(channel.locator(".ck-net-part").inner_text(), parts[k])
        page.locator('[data-channel="2"]').click()
        for name, table in (
            ("window", window[..., 2]),
            ("kernel", kernel[..., 2, 3]),
            ("product", window[..., 2] * kernel[..., 2, 3]),
        ):
            texts = page.locator(f'[data-grid="{name}"] td').all_inner_texts()
            for text, value in zip(texts, table.ravel(), strict=True):
                assert abs(number(text) - value) <= 6e-4, name
        text = page.locator(".ck-sum").inner_text()
        assert close(re.search(r"\(bias\) = (\S+)", text)[1], parts.sum() + bias[3])
        assert "GELU(" in text
        assert close(result(page), output[0, 3, 3])
        assert "gives" in page.locator("[aria-live]").text_content()

    def test_what_a_unit_sees_of_the_picture(self, open_figure):
        from cnnkit import shapes

        model = models.lenet5_small()
        page = open_figure(interactive.network(seeded(model), pictures(1, 28, 28, 1)))
        unit(page, "conv2", 5).click()
        at_place(page, 3, 4, (10, 10))
        (top, bottom), (left, right) = shapes.receptive_field(model, "conv2").window(3, 4)
        foot = page.locator('[data-picture="picture"] .ck-net-foot').inner_text()
        assert foot == f"seen: rows {top}–{bottom}, columns {left}–{right}"
        frame, canvas = (
            page.locator(f'[data-picture="picture"] {name}').bounding_box()
            for name in (".ck-frame", "canvas")
        )
        assert frame["width"] / canvas["width"] == pytest.approx((right - left + 1) / 28, abs=0.02)
        assert (frame["x"] - canvas["x"]) / canvas["width"] == pytest.approx(left / 28, abs=0.02)

    def test_pooling_shows_the_window_and_its_maximum(self, open_figure):
        model, images = models.lenet5_small(), pictures(1, 28, 28, 1)
        page = open_figure(interactive.network(seeded(model), images))
        unit(page, "pool1", 2).click()
        at_place(page, 4, 9, (14, 14))
        window = maps_of(model, images, "conv1")[0, 8:10, 18:20, 2]
        assert page.locator('[data-grid="window"] td').all_inner_texts() == [show(v) for v in window.ravel()]
        assert set(page.locator('[data-grid="window"] td.ck-best').all_inner_texts()) == {show(window.max())}
        assert result(page) == show(window.max())

    def test_dense_and_softmax(self, open_figure):
        model, images = models.lenet5(), pictures(2, 28, 28, 1)
        page = open_figure(interactive.network(seeded(model), images, labels=[3, 4]))
        unit(page, "predictions", 7).click()
        x, (kernel, bias) = (
            maps_of(model, images[:1], "dense2")[0],
            model.get_layer("predictions").get_weights(),
        )
        products = x * kernel[:, 7]
        order = np.argsort(-np.abs(products))[:12]
        rows = page.locator('[data-grid="terms"] tr').all_inner_texts()
        for k, text in zip(order, rows[1:13], strict=True):
            words = text.split()
            assert words[:2] == ["unit", str(k)]
            assert all(
                close(*pair) for pair in zip(words[2:5], (x[k], kernel[k, 7], products[k]), strict=True)
            )
        logits = x @ kernel + bias
        assert close(result(page), logits[7])
        unit(page, "softmax", 7).click()
        shares = np.exp(logits) / np.exp(logits).sum()
        assert close(result(page), shares[7])
        rows = [text.split() for text in page.locator('[data-grid="softmax"] tr').all_inner_texts()[1:]]
        assert [int(row[0]) for row in rows] == np.argsort(-logits).tolist()
        assert all(close(row[3], shares[int(row[0])]) for row in rows)
        assert f"{show(np.exp(logits[7]))} / (" in page.locator(".ck-sum").inner_text()

    def test_switching_the_picture_changes_the_numbers(self, open_figure):
        model, images = models.lenet5_small(), pictures(3, 28, 28, 1)
        figure = interactive.network(seeded(model), images, labels=[0, 1, 2])
        page = open_figure(figure)
        unit(page, "conv1", 4).click()
        at_place(page, 5, 6, (28, 28))
        expected = maps_of(model, images, "conv1")[:, 5, 6, 4]
        for picture in (0, 2, 1, 0):
            page.locator(".ck-net-picture").nth(picture).click()
            assert page.locator('.ck-net-picture[aria-pressed="true"]').count() == 1
            assert place(page) == (5, 6)
            assert close(result(page), expected[picture])
            bars = page.locator('[data-column="softmax"] .ck-net-value').all_inner_texts()
            assert all(close(text, value) for text, value in zip(bars, figure.output[picture], strict=True))
        best = figure.output[1].argmax()
        described = page.locator(".ck-net-picture").nth(1).get_attribute("aria-label")
        assert described == f"Picture 1, which is 1; the network says {best} ({show(figure.output[1, best])})"

    def test_keyboard(self, open_figure):
        page = open_figure(interactive.network(small(), pictures(1, 12, 13, 3)))
        now = page.locator("[aria-current]")
        unit(page, "conv_a", 1).focus()
        unit(page, "conv_a", 1).press("Enter")
        assert now.get_attribute("aria-label") == "conv_a, map 1"
        page.keyboard.press("ArrowDown")
        assert now.get_attribute("aria-label") == "conv_a, map 2"
        page.keyboard.press("ArrowRight")
        assert now.get_attribute("aria-label") == "norm, map 2"
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("ArrowLeft")
        assert now.get_attribute("aria-label") == "flip, blue"
        page.keyboard.press("Home")
        assert now.get_attribute("aria-label") == "picture, red"
        page.keyboard.press("ArrowUp")  # the edge holds
        page.keyboard.press("ArrowLeft")
        assert now.get_attribute("aria-label") == "picture, red"
        page.keyboard.press("End")
        assert now.get_attribute("aria-label").startswith("softmax, class ")
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("ArrowLeft")  # thirty numbers in one picture of squares
        assert re.match(
            r"dense_a, unit \d+: .*arrow up and down move through them", now.get_attribute("aria-label")
        )
        before = now.get_attribute("aria-label")
        page.keyboard.press("ArrowDown")
        assert now.get_attribute("aria-label") != before
        assert page.evaluate("document.querySelectorAll('.ck-net-unit[tabindex=\"0\"]').length") == 1
        # a place on the map
        unit(page, "conv_a", 0).click()
        at_place(page, 3, 3, (12, 13))
        page.locator('[data-picture="output"] canvas').focus()
        for key, expected in (
            ("ArrowDown", (4, 3)),
            ("ArrowRight", (4, 4)),
            ("ArrowUp", (3, 4)),
            ("ArrowLeft", (3, 3)),
        ):
            page.keyboard.press(key)
            assert place(page) == expected
        # the input maps
        page.locator('[data-channel="0"]').focus()
        page.keyboard.press("ArrowRight")
        assert page.locator('[data-grid="kernel"]').inner_text().startswith("kernel for green")

    def test_pointing_shows_and_a_click_holds(self, open_figure):
        page = open_figure(interactive.network(small(), pictures(1, 12, 13, 3)))
        unit(page, "conv_a", 0).click()
        at_place(page, 2, 2, (12, 13))
        canvas = page.locator('[data-picture="output"] canvas')
        box = canvas.bounding_box()
        canvas.hover(position={"x": 9.5 * box["width"] / 13, "y": 7.5 * box["height"] / 12})
        assert place(page) == (7, 9)
        page.locator(".ck-title").hover()
        assert place(page) == (2, 2)

    def test_walking_and_sliding(self, open_figure):
        page = open_figure(interactive.network(small(), pictures(1, 12, 13, 3)))
        unit(page, "conv_a", 0).click()
        at_place(page, 0, 0, (12, 13))
        page.get_by_role("button", name="One place forward").click()
        assert place(page) == (0, 1)
        page.get_by_role("button", name="One layer forward").click()
        assert page.locator("[aria-current]").get_attribute("aria-label").startswith("norm, map ")
        play = page.get_by_role("button", name="Walk through all layers")
        play.click()
        page.wait_for_function(
            "document.querySelector('[aria-current]').getAttribute('aria-label').startsWith('leaky')"
        )
        play.click()
        assert play.inner_text() == "Play"

    def test_the_first_of_many_maps(self, open_figure):
        model, images = nested(), pictures(1, 8, 8, 3)
        page = open_figure(interactive.network(model, images, units=5, class_names=["a", "b", "c"]))
        assert page.locator('[data-column="base/inner"] .ck-net-unit').count() == 5
        assert "and 35 more" in page.locator('[data-column="base/inner"]').inner_text()
        unit(page, "logits", 1).click()
        logits = model.predict(images, verbose=0)[0]
        assert close(result(page), logits[1])
        unit(page, "softmax", 1).click()  # added, because names were given
        assert close(result(page), (np.exp(logits) / np.exp(logits).sum())[1])
        assert "The network itself ends before this" in page.locator(".ck-net-detail").inner_text()

    def test_a_page_of_three_bytes_and_of_stored_maps(self, open_figure):
        model = seeded(
            keras.Sequential(
                [
                    layers.Input((32, 32, 3)),
                    layers.Conv2D(48, 3, strides=4, activation="relu", name="first"),
                    layers.Conv2D(700, 3, activation="relu", name="wide"),
                    layers.GlobalAveragePooling2D(name="gap"),
                    layers.Dense(5, activation="softmax", name="answer"),
                ]
            )
        )
        images = pictures(2, 32, 32, 3)
        figure = interactive.network(model, images)
        page = open_figure(figure)
        page.locator(".ck-net-picture").nth(1).click()
        assert page.locator(".ck-warn").text_content() == ""
        unit(page, "wide", 3).click()
        expected = maps_of(model, images, "wide")[1, ..., 3]
        assert close(result(page), expected.max())
        assert "would make the page too large" in page.locator(".ck-net-detail").inner_text()
        unit(page, "first", 9).click()
        assert close(result(page), maps_of(model, images, "first")[1, ..., 9].max())

    def test_a_model_that_ends_in_maps(self, open_figure):
        model, images = models.lenet5_small(), pictures(1, 28, 28, 1)
        part = keras.Model(model.inputs, seeded(model).get_layer("pool2").output)
        page = open_figure(interactive.network(part, images))
        unit(page, "pool2", 15).click()
        assert close(result(page), maps_of(model, images, "pool2")[0, ..., 15].max())
        assert page.locator(".ck-net-picture").get_attribute("aria-label") == "Picture 0"

    def test_it_complains_when_the_numbers_are_not_those_of_keras(self, open_figure):
        figure = interactive.network(small(), pictures(1, 12, 13, 3))
        figure.data["outputs"] = _network_columns.pack(1 - figure.output, 4)
        assert "other answers than Keras did" in open_figure(figure).locator(".ck-warn").text_content()

    def test_names_are_text_and_never_html(self, open_figure):
        evil = "<img src=x onerror=alert(1)></script><!--"
        figure = interactive.network(
            small(), pictures(1, 12, 13, 3), class_names=[evil, "b", "c", "d"], labels=[0], title=evil
        )
        page = open_figure(figure)
        assert page.locator("img").count() == 0
        assert evil in page.locator('[data-column="softmax"]').inner_text()

    @pytest.mark.parametrize("case", CASES)
    def test_themes_width_scripts_off_and_jupyterlab(self, open_figure, case):
        make, shape = CASES[case]
        figure = interactive.network(make(), pictures(1, *shape))
        page = open_figure(figure, figure, wrap="<main>{}</main>", has_touch=True)
        assert page.locator(".cnnkit-figure[data-alive]").count() == 2
        assert page.locator(".ck-static").count() == 0
        colour = "() => getComputedStyle(document.querySelector('.cnnkit-figure')).backgroundColor"
        for scheme, expected in (("light", "rgb(255, 255, 255)"), ("dark", "rgb(22, 27, 34)")):
            page.emulate_media(color_scheme=scheme)
            assert page.evaluate(colour) == expected
        page.set_viewport_size({"width": 400, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= 400
        page = open_figure(figure, java_script_enabled=False)
        text = " ".join(page.locator(".ck-static").inner_text().split())
        assert all(" ".join(note.split()) in text for note in figure.notes)
        assert page.locator("button, select, input").count() == 0
        page = open_figure(figure, wrap="<template>{}</template><div id=place></div>")
        page.evaluate(
            """() => {
              const host = document.createElement("div");
              host.innerHTML = document.querySelector("template").innerHTML;
              for (const script of [...host.getElementsByTagName("script")]) {
                const copy = document.createElement("script");
                for (const { name, value } of script.attributes) copy.setAttribute(name, value);
                copy.textContent = script.textContent;
                script.parentNode.replaceChild(copy, script);
              }
              document.getElementById("place").append(host);
            }"""
        )
        assert page.locator(".cnnkit-figure[data-alive]").count() == 1


def test_the_data_are_json():
    page = interactive.network(small(), pictures(1, 12, 13, 3)).html()
    data = json.loads(re.search(r'<script type="application/json">(.*?)</script>', page, re.DOTALL)[1])
    assert [column["kind"] for column in data["columns"]] == [
        *("picture", "rescale", "same", "conv", "norm", "activation", "pool", "conv", "pool", "conv"),
        *("same", "flatten", "dense", "activation", "dense", "softmax"),
    ]


def test_static_pictures_keep_the_look_of_a_map():
    column = _network_columns.Column("c", "conv", "Conv2D", np.zeros((1, 60, 45, 3), np.float32))
    column.values[0, :30, :, 0], column.values[0, 30:, :, 0] = -2, 2
    pixels = _network._mosaic(column).pixels
    assert pixels[0, 0].tolist() == [33, 102, 172]
    assert pixels[14, 0].tolist() == [178, 24, 43]
    assert pixels[0, 15].tolist() == [247, 247, 247]
