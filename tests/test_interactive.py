"""The interactive figures without a browser: what they say, show, save, and refuse."""

import base64
import json
import re

import numpy as np
import pytest

from cnnkit import filters, interactive, scratch
from cnnkit.interactive import _figure

# B's worked example of lecture 04
X = [[0, 10, 9, 3, 4], [4, 3, 2, 1, 5], [10, 2, 10, 3, 0], [3, -1, -3, -3, -4], [-4, -10, -8, -1, -2]]
LAPLACIAN = [[0, 1, 0], [1, -4, 1], [0, 1, 0]]


def data_of(page):
    return json.loads(re.search(r'<script type="application/json">(.*?)</script>', page, re.DOTALL)[1])


class TestNumbers:
    @pytest.mark.parametrize(
        ("value", "text"),
        [
            (0, "0"),
            (-0.0, "0"),
            (7, "7"),
            (-36.0, "−36"),
            (0.1 + 0.2, "0.3"),
            (1 / 3, "0.333"),
            (-2 / 3, "−0.667"),
            (0.125, "0.125"),
            (12.345, "12.35"),
            (123.456, "123.5"),
            (2048, "2048"),
            (1234567, "1234567"),
            (12345678, "1.23e7"),
            (0.00032, "3.2e-4"),
            (1e-17, "0"),
            (2.9999999999999, "3"),
            (float("nan"), "nan"),
            (float("-inf"), "−∞"),
        ],
    )
    def test_show(self, value, text):
        assert _figure.show(value) == text


class TestConvolution:
    def test_output_of_the_lectures(self):
        assert interactive.convolution(X, LAPLACIAN).output.tolist() == [
            [6, 15, 9],
            [14, -36, -4],
            [-4, 10, 7],
        ]
        assert interactive.convolution([1, 2, 3, 4, 5, 6], [1, 2]).output.tolist() == [5, 8, 11, 14, 17]
        full = interactive.convolution([1, 2, 3], [4, 5, 6, 7], padding="full", flip=True)
        assert full.output.tolist() == np.convolve([1, 2, 3], [4, 5, 6, 7]).tolist()
        e = interactive.convolution([3, 2, 1, 7, 1, 2, 5, 4], [0.5, 0.75, 1, 0.25], strides=2, flip=True)
        assert e.output.tolist() == [7, 9, 8]
        e2 = interactive.convolution(
            [[2, 1, 2], [5, 0, 1], [1, 7, 3]],
            [[0.5, 0.7, 0.4], [0.3, 0.4, 0.1], [0.5, 1, 0.5]],
            strides=(2, 2),
            padding=(1, 1),
            flip=True,
        )
        np.testing.assert_allclose(e2.output, [[4.6, 1.6], [7.5, 2.9]])

    def test_keras_puts_the_odd_zero_at_the_end(self):
        figure = interactive.convolution([1, 2, 3, 4], [1, 1], padding="same")
        assert figure.output.tolist() == [3, 5, 7, 4]
        figure = interactive.convolution(np.arange(6), [1, 10, 100], strides=2, padding="same")
        assert figure.output.tolist() == [210, 432, 54]  # nothing before, one zero after

    def test_oblong_settings(self):
        figure = interactive.convolution(
            np.ones((5, 7)), np.ones((2, 3)), strides=(1, 2), dilation_rate=(2, 1)
        )
        assert figure.output.shape == (3, 3)
        assert "stride 1 × 2" in figure.sentence

    def test_static_page_tells_the_numbers(self):
        page = interactive.convolution(X, LAPLACIAN, padding="same").html()
        static = page.split('<div class="ck-static">')[1].split("<script")[0]
        words = re.sub(r"<[^>]*>", " ", static)
        assert "input 5 × 5, padded to 7 × 7" in words
        assert (
            "First window: output[0, 0] = 0·0 + 0·1 + 0·0 + 0·1 + 0·(−4) + 10·1 + 0·0 + 4·1 + 3·0 = 14"
            in words
        )
        assert static.count('class="ck-pad') == 49 - 25
        assert "<i>0</i>" in static  # padding stays recognisable without styles


class TestPooling:
    def test_output_of_the_lectures(self):
        b = [[0, 10, 9, 3], [4, 3, 2, 1], [10, 2, 10, 3], [3, -1, -3, -3]]
        assert interactive.pooling(b).output.tolist() == [[10, 9], [10, 10]]
        c = np.arange(1, 10).reshape(3, 3)
        assert interactive.pooling(c, 2, 1).output.tolist() == [[5, 6], [8, 9]]

    def test_padding_never_counts(self):
        ones = -np.ones((3, 3))
        for kind in ("max", "average", "min"):
            assert (interactive.pooling(ones, 2, padding="same", kind=kind).output == -1).all()

    def test_static_page_tells_the_numbers(self):
        figure = interactive.pooling([[1, 2], [3, 5]], kind="average")
        assert "output[0, 0] = (1 + 2 + 3 + 5) / 4 = 2.75" in figure.html()
        assert figure.sentence == (
            "Average pooling 2 × 2, stride 2 × 2, padding valid: input 2 × 2 → output 1 × 1: [[2.75]]."
        ).replace("stride 2 × 2", "stride 2")
        assert "max(1, 2, 3, 5) = 5" in interactive.pooling([[1, 2], [3, 5]]).html()


class TestConvTranspose:
    @pytest.mark.parametrize("strides", [1, 2, 3, (2, 1)])
    @pytest.mark.parametrize("padding", ["valid", "same", 1])
    @pytest.mark.parametrize("kernel", [(2, 2), (3, 3), (4, 3)])
    def test_as_from_scratch(self, strides, padding, kernel):
        random = np.random.default_rng(0)
        x, kernel = random.integers(-5, 6, (3, 4)), random.integers(-5, 6, kernel)
        figure = interactive.conv_transpose(x, kernel, strides=strides, padding=padding)
        expected = scratch.conv2d_transpose(
            x[None, ..., None], kernel[..., None, None], strides=strides, padding=padding
        )
        assert figure.output.tolist() == expected[0, ..., 0].tolist()

    def test_output_padding_and_counts(self):
        figure = interactive.conv_transpose([1, 2], [1, 1, 1], strides=2, padding="same", output_padding=0)
        assert figure.output.tolist() == [1, 3, 2]
        assert figure.counts.tolist() == [1, 2, 1]
        assert figure.sentence.endswith("each cell is met by 1 to 2 stamps.")

    def test_the_page_explains_checkerboards(self):
        alternating = interactive.conv_transpose(np.ones((3, 3)), np.ones((3, 3)), strides=2)
        even = interactive.conv_transpose(np.ones((3, 3)), np.ones((4, 4)), strides=2)
        assert "the counts alternate" in alternating.html().split("<script")[0]
        assert "met equally often" in even.html().split("<script")[0]
        assert (even.counts[2:-2, 2:-2] == 4).all()


class TestShapes:
    def test_formula_with_the_numbers_put_in(self):
        figure = interactive.shapes(7, 3, 2, 1)
        assert figure.output == 4
        assert "⌊(7 + 2·1 − 3) / 2⌋ + 1 = 4" in figure.sentence
        assert "ZeroPadding2D(1), then Conv2D(filters, 3, strides=2" in figure.html().split("<script")[0]

    def test_same_padding_stands_where_keras_puts_it(self):
        figure = interactive.shapes(6, 3, 2, "same")
        cells = figure.rows[0][0].cells
        assert len(cells) == 7
        assert [("pad" in row[0].kinds) for row in cells] == [False] * 6 + [
            True
        ]  # the last row, not the first
        assert "0 before, 1 after" in " ".join(figure.notes)

    def test_unused_rows_are_hatched(self):
        cells = interactive.shapes(6, 3, 2).rows[0][0].cells
        assert [("unused" in row[0].kinds) for row in cells] == [False] * 5 + [True]

    def test_the_other_layers(self):
        assert interactive.shapes(8, 2, kind="pool").output == 4
        assert interactive.shapes(10, 3, 2, kind="transpose").output == 21
        assert interactive.shapes(4, 3, 2, "same", kind="transpose", output_padding=0).output == 7

    def test_too_large_to_draw(self):
        figure = interactive.shapes(224, 7, 2, 3)
        assert figure.output == 112
        assert figure.rows == []
        assert figure.png()


class TestFilterPhoto:
    def test_output_is_that_of_filters(self):
        figure = interactive.filter_photo(PHOTO, "sobel")
        np.testing.assert_allclose(figure.output, filters.apply(PHOTO.astype(float), filters.sobel()))

    def test_large_photographs_become_small(self):
        figure = interactive.filter_photo(np.full((427, 640, 3), 7, np.uint8), "box")
        assert figure.output.shape == (106, 160, 3)
        assert len(figure.html().encode()) < 250_000

    def test_zero_to_one_becomes_0_to_255(self):
        figure = interactive.filter_photo(np.full((4, 4), 1.0), [[1]])
        assert (figure.output == 255).all()


PHOTO = np.random.default_rng(0).integers(0, 256, (12, 15, 3)).astype(np.uint8)

FIGURES = {
    "convolution 1-D": lambda: interactive.convolution([1, 2, 3, 4, 5, 6], [1, 2]),
    "convolution 2-D": lambda: interactive.convolution(X, LAPLACIAN, strides=2, padding="same"),
    "pooling": lambda: interactive.pooling(X, 2, padding="same"),
    "conv_transpose 1-D": lambda: interactive.conv_transpose([1, 2, 3], [1, 2, 1], strides=2),
    "conv_transpose 2-D": lambda: interactive.conv_transpose([[1, 2], [3, 4]], LAPLACIAN, strides=2),
    "shapes": lambda: interactive.shapes(7, 3, 2, "same"),
    "shapes transpose": lambda: interactive.shapes(4, 3, 2, kind="transpose"),
    "filter_photo": lambda: interactive.filter_photo(PHOTO, "sharpen"),
    "filter_photo signed": lambda: interactive.filter_photo(PHOTO[..., 0], "sobel", view="signed"),
}


@pytest.mark.parametrize("make", FIGURES.values(), ids=FIGURES)
class TestEveryFigure:
    def test_bundle(self, make):
        figure = make()
        bundle = figure._repr_mimebundle_()
        assert set(bundle) == {"text/html", "text/plain", "image/png"}
        assert bundle["text/plain"] == repr(figure) == figure.sentence
        assert figure.sentence.endswith(".")
        assert "\n" not in figure.sentence
        assert base64.b64decode(bundle["image/png"]).startswith(b"\x89PNG")
        assert set(figure._repr_mimebundle_(include={"text/html"})) == {"text/html"}
        assert set(figure._repr_mimebundle_(exclude={"image/png"})) == {"text/html", "text/plain"}

    def test_same_data_same_bytes(self, make):
        assert make()._repr_mimebundle_() == make()._repr_mimebundle_()

    def test_picture_without_pyplot(self, make):
        import matplotlib.pyplot as plt

        before = plt.get_fignums()
        make().png()
        assert plt.get_fignums() == before

    def test_nothing_from_elsewhere(self, make):
        page = make().html()
        page = page.replace('src="data:image/png;base64,', "")
        assert not re.search(r"https?:|//cdn|@import|src=|url\(|fetch\(|XMLHttpRequest|eval\(", page)

    def test_save(self, make, tmp_path):
        path = make().save(tmp_path / "figure.html")
        assert path.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
        with pytest.raises(FileExistsError, match=r"a new file; received .*figure\.html.*never overwritten"):
            make().save(path)

    def test_small(self, make):
        assert len(make().html().encode()) < 42_000

    def test_no_formula_signs_for_mathjax(self, make):
        static = make().html().split('<div class="ck-static">')[1].split("<script")[0]
        assert "$" not in static


def test_ids_differ_with_the_data():
    first, second = (interactive.convolution([1, 2, 3], [1, n]).html() for n in (1, 2))
    assert re.search('id="([^"]+)"', first)[1] != re.search('id="([^"]+)"', second)[1]


def test_colours_can_be_told_apart_from_their_ground():
    """Text on each ground reaches the contrast of 4.5 that WCAG asks for, in light and in dark."""
    sheet = _figure._source("base.css")
    palettes = [dict(re.findall(r"--([\w-]+): (#\w+)", block)) for block in re.findall(r"--bg:[^}]*", sheet)]
    assert len(palettes) == 3  # light, dark by the system, dark by the page

    def luminance(name):
        digits = palette[name][1:]
        whole = digits if len(digits) == 6 else "".join(2 * digit for digit in digits)
        shares = [int(whole[i : i + 2], 16) / 255 for i in (0, 2, 4)]
        return np.dot(
            [0.2126, 0.7152, 0.0722],
            [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares],
        )

    text = {
        "ink": "bg field in ker out win now fed",
        "soft": "bg field in",
        "on-best": "best",
        "bad": "bg field out",
    }
    text |= {"now-line": "bg out", "pos": "bg", "neg": "bg"}
    for palette in palettes:
        palette = palettes[0] | palette
        for ink, grounds in text.items():
            for ground in grounds.split():
                dark, light = sorted([luminance(ink), luminance(ground)])
                assert (light + 0.05) / (dark + 0.05) >= 4.5, (
                    f"{ink} {palette[ink]} on {ground} {palette[ground]}"
                )
    assert "opacity" not in sheet, "what is faint in one of the two themes is unreadable in the other"


def test_labels_and_titles_are_escaped():
    evil = '<script>alert("x")</script>'
    figure = interactive.convolution([1, 2, 3], [1, 2], title=evil, labels=(evil, "</script><!--", "&amp;"))
    page = figure.html()
    assert evil not in page
    assert page.count("</script>") == 2  # the data and the program: no more
    assert "<!--" not in page
    data = data_of(page)
    assert data["title"] == evil
    assert data["labels"] == [evil, "</script><!--", "&amp;"]
    assert figure.png()


class TestMistakes:
    """Every message says what was expected, what came, the likely slip, the next step."""

    @pytest.mark.parametrize(
        ("make", "error", "words"),
        [
            (
                lambda: interactive.convolution(np.ones((1, 4, 4, 1)), LAPLACIAN),
                ValueError,
                r"`x` must have shape .*received shape \(1, 4, 4, 1\).*Drop the batch axis.*x\[0, :, :, 0\]",
            ),
            (
                lambda: interactive.convolution(np.ones((4, 4, 3)), LAPLACIAN),
                ValueError,
                r"received shape \(4, 4, 3\).*one channel.*x\[\.\.\., 0\]",
            ),
            (lambda: interactive.convolution(3, [1]), ValueError, r"`x` must have.*Count the brackets"),
            (
                lambda: interactive.convolution(X, [1, 2]),
                ValueError,
                r"`kernel` must have as many axes as `x`.*brackets.*write the kernel as",
            ),
            (
                lambda: interactive.convolution([1, 2], [1, 2, 3]),
                ValueError,
                r"kernel must fit into the padded input; received .* 3 cells over 2.*smaller kernel",
            ),
            (lambda: interactive.convolution([1, 2, 3], [1, 2], dilation_rate=3), ValueError, r"4 cells o"),
            (
                lambda: interactive.convolution([1, np.nan], [1]),
                ValueError,
                r"`x` must contain finite numbers only; received nan at \(1,\).*nan_to_num",
            ),
            (lambda: interactive.convolution(["a", "b"], [1]), TypeError, r"real number.*dtype <U1"),
            (lambda: interactive.convolution([[1, 2], [3]], [[1]]), ValueError, r"rows of diff.*equally"),
            (
                lambda: interactive.convolution([], [1]),
                ValueError,
                r"at least one cell.*received shape \(0,\)",
            ),
            (lambda: interactive.convolution(np.ones(40), [1]), ValueError, r"at most 32 cells.*Crop it"),
            (
                lambda: interactive.convolution(X, LAPLACIAN, strides=0),
                ValueError,
                r"`strides` must lie between 1 and 16; received 0.*strides=1",
            ),
            (
                lambda: interactive.convolution(X, LAPLACIAN, strides=1.5),
                TypeError,
                r"`strides` must be a whole number or a pair.*received 1\.5",
            ),
            (
                lambda: interactive.convolution(X, LAPLACIAN, padding="SAME"),
                ValueError,
                r"`padding` must be one of 'valid', 'same', 'full'; received 'SAME'.*padding=1",
            ),
            (
                lambda: interactive.convolution(X, LAPLACIAN, labels="abc"),
                ValueError,
                r"`labels` must be 3 strings.*received 'abc'.*labels=\(",
            ),
        ],
    )
    def test_convolution(self, make, error, words):
        with pytest.raises(error, match=words):
            make()

    @pytest.mark.parametrize(
        ("make", "error", "words"),
        [
            (
                lambda: interactive.pooling(np.ones((1, 4, 4, 1))),
                ValueError,
                r"`image` must have.*batch axis",
            ),
            (
                lambda: interactive.pooling(X, 6),
                ValueError,
                r"`pool_size` must fit into the image; received \(6, 6\).*smaller pool_size",
            ),
            (
                lambda: interactive.pooling(X, kind="mean"),
                ValueError,
                r"`kind` must be one of 'max', 'average', 'min'; received 'mean'.*spelling.*kind='max'",
            ),
            (
                lambda: interactive.pooling(X, padding="full"),
                ValueError,
                r"`padding` must be one of 'valid', 'same'",
            ),
            (
                lambda: interactive.pooling(X, labels=("a", "b", "c")),
                ValueError,
                r"`labels` must be 2 strings",
            ),
        ],
    )
    def test_pooling(self, make, error, words):
        with pytest.raises(error, match=words):
            make()

    @pytest.mark.parametrize(
        ("settings", "words"),
        [
            (dict(kernel=[1, 2]), r"`kernel` must have as many axes as `x`.*brackets"),
            (dict(padding="full"), r"`padding` must be one of 'valid', 'same'; received 'full'"),
            (dict(padding=3), r"`padding` must be smaller than the kernel.*received padding=3.*Whole st"),
            (dict(output_padding=2, strides=2), r"`output_padding` must be smaller than `strides`"),
            (dict(strides=16), r"output must have at most 32 cells.*Take a smaller x"),
            (
                dict(kernel=np.ones((2, 2)), strides=2, padding="same", output_padding=0),
                r"`output_padding` must give a size that .* shrinks to 4.*leave output",
            ),
            (dict(view="both"), r"`view` must be one of 'scatter', 'gather'"),
        ],
    )
    def test_conv_transpose(self, settings, words):
        settings = {"x": np.ones((4, 4)), "kernel": LAPLACIAN, **settings}
        with pytest.raises(ValueError, match=words):
            interactive.conv_transpose(settings.pop("x"), settings.pop("kernel"), **settings)

    @pytest.mark.parametrize(
        ("settings", "error", "words"),
        [
            (dict(i=0), ValueError, r"`i` must lie between 1 and 512; received 0.*try `i=1`"),
            (
                dict(k=(3, 3)),
                TypeError,
                r"`k` must be a whole number; received \(3, 3\).*One number is enough",
            ),
            (dict(i=2, k=3), ValueError, r"nothing would be left"),
            (dict(p="SAME"), ValueError, r"`p` must be one of 'valid', 'same', 'full'"),
            (dict(p=-1), ValueError, r"`p` must lie between 0 and 64"),
            (dict(kind="dense"), ValueError, r"`kind` must be one of 'conv', 'pool', 'transpose'"),
            (dict(kind="pool", d=2), ValueError, r"`d` must be 1 for kind='pool'; received 2.*leave d out"),
            (dict(output_padding=1), ValueError, r"`output_padding` belongs to kind='transpose'; received 1"),
        ],
    )
    def test_shapes(self, settings, error, words):
        with pytest.raises(error, match=words):
            interactive.shapes(**settings)

    @pytest.mark.parametrize(
        ("make", "words"),
        [
            (
                lambda: interactive.filter_photo(np.ones((1, 9, 9, 3))),
                r"`image` must have.*Drop the batch axis",
            ),
            (lambda: interactive.filter_photo(np.ones((3, 9, 9))), r"channels seem to come first"),
            (lambda: interactive.filter_photo(np.ones((9, 9, 4))), r"fourth channel is transparency"),
            (lambda: interactive.filter_photo(np.ones((9, 9, 5))), r"Take one channel, or three"),
            (
                lambda: interactive.filter_photo(PHOTO - 300.0),
                r"must lie in \[0, 255\].*normalised for a model",
            ),
            (
                lambda: interactive.filter_photo(PHOTO, "blur"),
                r"`kernel` must be one of 'box'.*received 'blur'",
            ),
            (
                lambda: interactive.filter_photo(PHOTO, np.ones((13, 13)), padding="valid"),
                r"`kernel` must be smaller than the picture.*change places",
            ),
        ],
    )
    def test_filter_photo(self, make, words):
        with pytest.raises(ValueError, match=words):
            make()
