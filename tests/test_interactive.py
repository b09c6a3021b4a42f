"""The interactive figures without a browser: what they say, show, save, and refuse."""

import base64
import json
import re

import numpy as np
import pytest

from cnnkit import interactive
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


FIGURES = {
    "1-D": lambda: interactive.convolution([1, 2, 3, 4, 5, 6], [1, 2]),
    "2-D": lambda: interactive.convolution(X, LAPLACIAN, strides=2, padding="same"),
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
        assert not re.search(r"https?:|//cdn|@import|src=|url\(|fetch\(|XMLHttpRequest|eval\(", page)

    def test_save(self, make, tmp_path):
        path = make().save(tmp_path / "figure.html")
        assert path.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
        with pytest.raises(FileExistsError, match=r"a new file; received .*figure\.html.*never overwrite"):
            make().save(path)

    def test_no_formula_signs_for_mathjax(self, make):
        static = make().html().split('<div class="ck-static">')[1].split("<script")[0]
        assert "$" not in static


def test_small_figures_are_small():
    assert len(interactive.convolution(X, LAPLACIAN).html().encode()) < 42_000


def test_ids_differ_with_the_data():
    first, second = (interactive.convolution([1, 2, 3], [1, n]).html() for n in (1, 2))
    assert re.search('id="([^"]+)"', first)[1] != re.search('id="([^"]+)"', second)[1]


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
            (lambda: interactive.convolution(np.ones((1, 4, 4, 1)), LAPLACIAN), ValueError,
             r"`x` must have shape .*received shape \(1, 4, 4, 1\).*Drop the batch axis.*x\[0, :, :, 0\]"),
            (lambda: interactive.convolution(np.ones((4, 4, 3)), LAPLACIAN), ValueError,
             r"received shape \(4, 4, 3\).*one channel.*x\[\.\.\., 0\]"),
            (lambda: interactive.convolution(3, [1]), ValueError, r"`x` must have.*Count the brackets"),
            (lambda: interactive.convolution(X, [1, 2]), ValueError,
             r"`kernel` must have as many axes as `x`.*brackets.*write the kernel as"),
            (lambda: interactive.convolution([1, 2], [1, 2, 3]), ValueError,
             r"kernel must fit into the padded input; received .* 3 cells over 2.*smaller kernel"),
            (lambda: interactive.convolution([1, 2, 3], [1, 2], dilation_rate=3), ValueError, r"4 cells o"),
            (lambda: interactive.convolution([1, np.nan], [1]), ValueError,
             r"`x` must contain finite numbers only; received nan at \(1,\).*nan_to_num"),
            (lambda: interactive.convolution(["a", "b"], [1]), TypeError, r"real number.*dtype <U1"),
            (lambda: interactive.convolution([[1, 2], [3]], [[1]]), ValueError, r"rows of diff.*equally"),
            (lambda: interactive.convolution([], [1]), ValueError, r"at least 1 cell.*received shape \(0,\)"),
            (lambda: interactive.convolution(np.ones(40), [1]), ValueError, r"at most 32 cells.*Crop it"),
            (lambda: interactive.convolution(X, LAPLACIAN, strides=0), ValueError,
             r"`strides` must lie between 1 and 16; received 0.*strides=1"),
            (lambda: interactive.convolution(X, LAPLACIAN, strides=1.5), TypeError,
             r"`strides` must be a whole number or a pair.*received 1\.5"),
            (lambda: interactive.convolution(X, LAPLACIAN, padding="SAME"), ValueError,
             r"`padding` must be one of 'valid', 'same', 'full'; received 'SAME'.*padding=1"),
            (lambda: interactive.convolution(X, LAPLACIAN, labels="abc"), ValueError,
             r"`labels` must be 3 strings.*received 'abc'.*labels=\("),
        ],
    )  # fmt: skip
    def test_convolution(self, make, error, words):
        with pytest.raises(error, match=words):
            make()
