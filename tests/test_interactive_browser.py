"""The interactive figures in Chromium: what a student clicks, types and reads, against NumPy and SciPy."""

import itertools

import numpy as np
import pytest
from scipy import signal

from cnnkit import filters, interactive, scratch
from cnnkit.interactive import _figure
from cnnkit.interactive._figure import show

pytestmark = pytest.mark.browser

X = [[0, 10, 9, 3, 4], [4, 3, 2, 1, 5], [10, 2, 10, 3, 0], [3, -1, -3, -3, -4], [-4, -10, -8, -1, -2]]
LAPLACIAN = [[0, 1, 0], [1, -4, 1], [0, 1, 0]]


def grid(page, name="output", at=0):
    """The numbers of a grid as the page shows them."""
    return page.locator(f'[data-grid="{name}"]').nth(at).evaluate(
        """box => [...box.querySelectorAll("tr")].map(row => [...row.querySelectorAll("td")].map(cell =>
           cell.querySelector("input") ? cell.querySelector("input").value : cell.firstChild?.data ?? ""))
           .filter(row => row.length)"""
    )  # fmt: skip


def shown(array):
    return [[show(v) for v in row] for row in np.atleast_2d(array)]


def as_typed(value):
    return value if isinstance(value, bool) else str(value)


def warning(page):
    return page.locator(".ck-warn").text_content()


def outputs(page, settings):
    """Go through many settings in one go: what the output grid shows after each of them."""
    return page.evaluate(
        """settings => settings.map((setting) => {
             for (const [name, value] of Object.entries(setting)) {
               const control = document.querySelector(`[name="${name}"]`);
               if (control.value === value || control.checked === value) continue;
               if (typeof value === "boolean") control.checked = value; else control.value = value;
               control.dispatchEvent(new Event("input"));
               control.dispatchEvent(new Event("change"));
             }
             return [...document.querySelectorAll('[data-grid="output"] tr')]
               .map((row) => [...row.querySelectorAll("td")].map((cell) => cell.firstChild.data))
               .filter((row) => row.length);
           })""",
        settings,
    )


def field(page, name):
    return page.get_by_label(name, exact=True)


def correlated(x, kernel, stride, padding, dilation, flip):
    """The oracle: SciPy for full, the tested from-scratch functions for the rest."""
    x, kernel = np.atleast_2d(np.asarray(x, float)), np.atleast_2d(np.asarray(kernel, float))
    dims_pad = (0, padding) if x.shape[0] == 1 else (padding, padding)
    if flip:
        kernel = kernel[::-1, ::-1]
    steps = (1 if x.shape[0] == 1 else stride, stride)
    rate = (1 if x.shape[0] == 1 else dilation, dilation)
    if padding == "full":
        wide = np.zeros([rate[i] * (kernel.shape[i] - 1) + 1 for i in (0, 1)])
        wide[:: rate[0], :: rate[1]] = kernel
        return signal.correlate2d(x, wide, mode="full")[:: steps[0], :: steps[1]]
    if isinstance(padding, int):
        x, padding = np.pad(x, [(p, p) for p in dims_pad]), "valid"
    return scratch.correlate2d(x, kernel, strides=steps, padding=padding, dilation_rate=rate)


def test_numbers_read_the_same_in_python_and_javascript(browser):
    random = np.random.default_rng(0)
    values = [0.125, 2.5, -0.0625, 1e7, 99999.95, 1 / 3, 0.0009995, 1e-5, 123456.789, -1e-13, 0.285, 10.005]
    values += (random.standard_normal(300) * 10.0 ** random.integers(-5, 9, 300)).tolist()
    page = browser.new_page()
    code = _figure._source("base.js")
    assert page.evaluate(f"values => {{ {code}; return values.map(show) }}", values) == [
        show(v) for v in values
    ]
    texts = ["1/2", "−3", " 0,5 ", "1e3", ".5", "abc", "", "1/0", "1/2/3", "0x10", "--1", "5."]
    numbers = page.evaluate(f"texts => {{ {code}; return texts.map(t => String(parse(t))) }}", texts)
    assert numbers == ["0.5", "-3", "0.5", "1000", "0.5", "NaN", "NaN", "NaN", "NaN", "NaN", "NaN", "5"]
    page.close()


class TestConvolution:
    @pytest.mark.parametrize(
        ("x", "kernel"),
        [
            (X, LAPLACIAN),
            (np.arange(30).reshape(5, 6) % 7, [[1, -0.5], [2, 0.25]]),
            (np.arange(24).reshape(4, 6) % 5, [[1, 2, 3], [-1, 0, 1 / 3]]),
            ([3, 2, 1, 7, 1, 2, 5, 4], [0.5, 0.75, 1, 0.25]),
        ],
        ids=["odd", "even", "oblong", "1-D"],
    )
    def test_every_setting_computes_what_numpy_computes(self, open_figure, x, kernel):
        page = open_figure(interactive.convolution(x, kernel))
        settings = list(
            itertools.product((1, 2, 3, 4), ("valid", "same", "full", 1, 2), (1, 2), (False, True))
        )
        settings = [one for one in settings if min(one[0], one[2]) == 1]  # Keras takes no others
        names = ("stride", "padding", "dilation", "flip the kernel")
        answers = outputs(page, [dict(zip(names, map(as_typed, one), strict=True)) for one in settings])
        for one, answer in zip(settings, answers, strict=True):
            assert answer == shown(correlated(x, kernel, *one)), one

    def test_choosing_by_hand(self, open_figure):
        page = open_figure(interactive.convolution([1, 2, 3, 4], [1, 1]))
        page.locator("select[name=stride]").select_option("2")
        page.locator("select[name=padding]").select_option("same")
        page.get_by_label("flip the kernel").check()
        assert grid(page) == [["3", "7"]]

    def test_typing_changes_the_sum(self, open_figure):
        page = open_figure(interactive.convolution(X, LAPLACIAN))
        field(page, "input, row 1, column 1").fill("100")
        field(page, "kernel, row 1, column 1").fill("1/2")
        x, kernel = np.array(X, float), np.array(LAPLACIAN, float)
        x[1, 1], kernel[1, 1] = 100, 0.5
        assert grid(page) == shown(correlated(x, kernel, 1, "valid", 1, False))
        assert "100·0.5" in page.locator(".ck-sum").inner_text()
        page.get_by_role("button", name="Back to the first numbers").click()
        assert grid(page) == shown(correlated(X, LAPLACIAN, 1, "valid", 1, False))

    def test_what_is_no_number_is_refused_kindly(self, open_figure):
        page = open_figure(interactive.convolution(X, LAPLACIAN))
        cell = field(page, "kernel, row 0, column 1")
        cell.fill("eins")
        assert "“eins” is not a number" in warning(page)
        assert cell.get_attribute("aria-invalid") == "true"
        assert grid(page) == shown(correlated(X, LAPLACIAN, 1, "valid", 1, False))
        cell.blur()
        assert cell.input_value() == "1"
        assert warning(page) == ""

    def test_step_hover_and_keys(self, open_figure):
        page = open_figure(interactive.convolution(X, LAPLACIAN))
        now = page.locator('[data-grid="output"] td.ck-now')
        total = page.locator(".ck-sum .ck-result")
        assert (now.inner_text(), total.inner_text()) == ("6", "6")
        page.get_by_role("button", name="One step forward").click()
        assert (now.inner_text(), total.inner_text()) == ("15", "15")
        page.locator('[data-grid="output"] td[role=gridcell]').nth(4).hover()
        assert now.inner_text() == "−36"
        window = page.locator('[data-grid="input"] td.ck-win input').evaluate_all(
            "all => all.map(f => f.value)"
        )
        assert window == [show(v) for v in np.array(X)[1:4, 1:4].ravel()]
        live = page.locator("[aria-live]").inner_text()
        assert "10 times (−4) plus" in live
        assert live.endswith("equals −36")
        now.focus()
        page.keyboard.press("ArrowDown")
        assert now.inner_text() == "10"
        page.keyboard.press("ArrowRight")
        assert now.inner_text() == "7"
        page.keyboard.press("ArrowRight")  # the edge holds
        assert now.inner_text() == "7"
        page.keyboard.press("Home")
        page.keyboard.press("Space")
        assert page.get_by_role("button", name="Play through").inner_text() == "Pause"
        page.wait_for_function("document.querySelector('[data-grid=output] td.ck-now').innerText != '6'")
        page.keyboard.press("Space")
        assert page.get_by_role("button", name="Play through").inner_text() == "Play"

    def test_an_input_cell_shows_where_it_goes(self, open_figure):
        page = open_figure(interactive.convolution(X, LAPLACIAN))
        field(page, "input, row 0, column 1").hover()
        assert page.locator('[data-grid="output"] td.ck-fed').evaluate_all(
            "all => all.map(f => f.innerText)"
        ) == ["6", "15"]

    def test_a_kernel_too_wide_says_so(self, open_figure):
        page = open_figure(interactive.convolution([1, 2, 3, 4], [1, 2, 3]))
        page.locator("select[name=dilation]").select_option("2")
        assert "The kernel spans 5 cells, but the padded input has only 4" in warning(page)
        page.locator("select[name=padding]").select_option("same")
        assert grid(page) == shown(correlated([1, 2, 3, 4], [1, 2, 3], 1, "same", 2, False))

    def test_unused_cells_are_hatched(self, open_figure):
        page = open_figure(interactive.convolution(np.arange(6), [1, 2, 3], strides=2))
        assert page.locator('[data-grid="input"] td.ck-unused').count() == 1
        assert "No window reaches the hatched cells" in page.locator(".ck-note").inner_text()

    def test_pairs_from_python_stay_a_choice(self, open_figure):
        x = np.arange(42).reshape(6, 7)
        figure = interactive.convolution(x, LAPLACIAN, strides=(1, 2), padding=(0, 1))
        page = open_figure(figure)
        assert grid(page) == shown(figure.output)
        page.locator("select[name=stride]").select_option("1")
        page.locator("select[name=stride]").select_option("1 × 2")
        assert grid(page) == shown(figure.output)

    def test_labels_stay_text(self, open_figure):
        evil = "<img src=x onerror=alert(1)></script>"
        page = open_figure(interactive.convolution([1, 2, 3], [1, 2], title=evil, labels=(evil, "k", "o")))
        assert page.locator(".ck-title").inner_text() == evil
        assert page.locator("img").count() == 0


class TestPooling:
    IMAGE = np.random.default_rng(1).integers(0, 256, (7, 6))

    def test_every_setting_computes_what_numpy_computes(self, open_figure):
        page = open_figure(interactive.pooling(self.IMAGE))
        settings = list(
            itertools.product((1, 2, 3), ("as window", 1, 2, 3), ("valid", "same"), ("max", "average", "min"))
        )
        names = ("window", "stride", "padding", "keep")
        answers = outputs(page, [dict(zip(names, map(str, one), strict=True)) for one in settings])
        pools = dict(max=scratch.max_pool2d, average=scratch.average_pool2d, min=scratch.min_pool2d)
        for one, answer in zip(settings, answers, strict=True):
            size, stride, padding, kind = one
            image = self.IMAGE[None, ..., None]
            expected = pools[kind](image, size, None if stride == "as window" else stride, padding)
            assert answer == shown(expected[0, ..., 0]), one

    def test_winner_sum_and_shift(self, open_figure):
        page = open_figure(interactive.pooling([[1, 2, 0, 0], [3, 9, 0, 1], [0, 0, 4, 4], [0, 0, 4, 4]]))
        total = page.locator(".ck-sum")
        assert total.inner_text() == "output[0, 0] = max(1, 2, 3, 9) = 9"
        assert page.locator("td.ck-best input").evaluate_all("all => all.map(field => field.value)") == ["9"]
        page.get_by_role("button", name="One step forward").click()
        assert total.inner_text() == "output[0, 1] = max(0, 0, 0, 1) = 1"
        page.locator("select[name=keep]").select_option("average")
        assert total.inner_text() == "output[0, 1] = (0 + 0 + 0 + 1) / 4 = 0.25"
        page.locator("select[name=keep]").select_option("max")
        page.get_by_role("button", name="Shift the input one column").click()
        assert grid(page) == [["3", "9"], ["4", "4"]]
        assert (
            "5 of 16 inputs are what they were, and 1 of 4 outputs" in page.locator(".ck-note").inner_text()
        )
        field(page, "input, row 0, column 0").fill("-1/2")
        assert total.inner_text() == "output[0, 1] = max(2, 0, 9, 0) = 9"


class TestConvTranspose:
    RANDOM = np.random.default_rng(2)

    @pytest.mark.parametrize("view", ["scatter", "gather"])
    @pytest.mark.parametrize("kernel", [(3, 3), (2, 2), (4, 3)], ids=str)
    def test_every_setting_computes_what_numpy_computes(self, open_figure, kernel, view):
        x, kernel = self.RANDOM.integers(-4, 5, (3, 2)), self.RANDOM.integers(-4, 5, kernel)
        page = open_figure(interactive.conv_transpose(x, kernel, view=view))
        settings = [
            (stride, padding, extra)
            for stride, padding in itertools.product((1, 2, 3), ("valid", "same", 1))
            for extra in ("none", *range(stride))
        ]
        names = ("stride", "padding", "output padding")
        answers = outputs(page, [dict(zip(names, map(str, one), strict=True)) for one in settings])
        compared = 0
        for (stride, padding, extra), answer in zip(settings, answers, strict=True):
            try:
                expected = scratch.conv2d_transpose(
                    x[None, ..., None],
                    kernel[..., None, None],
                    strides=stride,
                    padding=padding,
                    output_padding=None if extra == "none" else extra,
                )
            except ValueError:  # an output that the convolution would not shrink back
                assert answer == [], (stride, padding, extra)
            else:
                compared += 1
                assert answer == shown(expected[0, ..., 0]), (stride, padding, extra)
        assert compared > 15

    def test_stamps_add_up(self, open_figure):
        page = open_figure(interactive.conv_transpose([1, 2, 3], [1, 10, 100], strides=2))
        assert grid(page) == [["1", "10", "102", "20", "203", "30", "300"]]
        assert grid(page, "counts") == [["1", "1", "2", "1", "2", "1", "1"]]
        page.get_by_role("button", name="One step forward").click()  # from the last stamp to the first
        assert grid(page) == [["1", "10", "100", "0", "0", "0", "0"]]
        page.get_by_role("button", name="One step forward").click()
        assert grid(page) == [["1", "10", "102", "20", "200", "0", "0"]]
        assert page.locator('[data-grid="output"] .ck-weight').all_inner_texts() == ["+2", "+20", "+200"]
        page.locator('[data-grid="output"] td').nth(4).hover()
        assert page.locator(".ck-sum").inner_text().split() == [
            "output[4]",
            "=",
            "2·100",
            "+",
            "3·1",
            "=",
            "203",
        ]
        assert grid(page) == [["1", "10", "102", "20", "203", "30", "300"]]
        field(page, "kernel, cell 2").fill("0")
        assert grid(page) == [["1", "10", "2", "20", "3", "30", "0"]]

    def test_gather_slides_over_zeros(self, open_figure):
        page = open_figure(interactive.conv_transpose([1, 2], [3, 4, 5], strides=2, view="gather"))
        assert grid(page, "spread") == [["0", "0", "1", "0", "2", "0", "0"]]
        assert grid(page, "flipped") == [["5", "4", "3"]]
        page.locator('[data-grid="output"] td').nth(2).hover()
        assert page.locator(".ck-sum").inner_text().split() == [
            "output[2]",
            "=",
            "1·5",
            "+",
            "0·4",
            "+",
            "2·3",
            "=",
            "11",
        ]

    def test_settings_that_do_not_fit_say_so(self, open_figure):
        page = open_figure(interactive.conv_transpose([1, 2], [3, 4, 5]))
        page.locator("select[name='output padding']").select_option("1")
        assert "Output padding must be smaller than the stride: 1 is not smaller than 1" in warning(page)


class TestShapes:
    def results(self, page, settings):
        """Set many fields at once: the result, the formula and the notes after each of them."""
        return page.evaluate(
            """settings => settings.map((setting) => {
                 for (const [name, value] of Object.entries(setting)) {
                   const control = document.querySelector(`[name="${name}"]`);
                   if (control.value === value) continue;
                   control.value = value;
                   control.dispatchEvent(new Event("input"));
                   control.dispatchEvent(new Event("change"));
                 }
                 return [".ck-sum", ".ck-note"].map((part) => document.querySelector(part).textContent);
               })""",
            settings,
        )

    def compared(self, page, settings, kind, **names):
        asked = [{names.get(name, name): str(v) for name, v in one.items()} for one in settings]
        count = 0
        for one, (formula, note) in zip(settings, self.results(page, asked), strict=True):
            one = {"output_padding" if name == "extra" else name: v for name, v in one.items() if v != "none"}
            try:
                figure = interactive.shapes(kind=kind, **one)
            except ValueError:
                assert formula == "", one
                continue
            count += 1
            assert formula == figure.notes[0], one
            assert all(words in note for words in figure.notes[1:]), one
            assert str(figure.output) == formula.split("= ")[-1]
        return count

    def test_convolution(self, open_figure):
        page = open_figure(interactive.shapes())
        sizes = itertools.product((1, 4, 7, 30), (1, 2, 3), (1, 2, 3), ("valid", "same", "full"), (1, 2))
        settings = [dict(zip("ikspd", one, strict=True)) for one in sizes]
        assert self.compared(page, settings, "conv", p="padding") > 150

    def test_typed_padding(self, open_figure):
        page = open_figure(interactive.shapes(7, 3, 2, 0))
        assert page.locator(".ck-result").inner_text() == "3"
        field(page, "p").fill("2")
        field(page, "k").fill("5")
        assert (
            page.locator(".ck-sum").inner_text()
            == "o = ⌊(i + 2·p − k) / s⌋ + 1 = ⌊(7 + 2·2 − 5) / 2⌋ + 1 = 4"
        )
        field(page, "s").fill("0")
        assert "s must be a whole number from 1 to 32" in warning(page)
        assert page.locator(".ck-result").inner_text() == "4"

    def test_pooling_and_transposed(self, open_figure):
        page = open_figure(interactive.shapes(kind="pool", s=1))
        sizes = itertools.product((3, 6, 7), (1, 2, 3), (1, 2, 3), ("valid", "same"))
        assert (
            self.compared(page, [dict(zip("iksp", one, strict=True)) for one in sizes], "pool", p="padding")
            > 50
        )
        page = open_figure(interactive.shapes(kind="transpose"))
        sizes = itertools.product((1, 4), (1, 2, 3), (1, 2, 3), ("valid", "same"), ("none", 0, 1))
        settings = [dict(zip(("i", "k", "s", "p", "extra"), one, strict=True)) for one in sizes]
        assert self.compared(page, settings, "transpose", p="padding", extra="output padding") > 60

    def test_the_drawing(self, open_figure):
        page = open_figure(interactive.shapes(6, 3, 2, "same"))
        wide = page.locator('[data-grid="padded"] tr')
        assert wide.count() == 7
        assert wide.nth(0).locator("td.ck-pad").count() == 1  # the column at the end
        assert wide.nth(6).locator("td.ck-pad").count() == 7  # the row at the end
        page.locator("select[name=padding]").select_option("valid")
        assert page.locator('[data-grid="padded"] tr').nth(5).locator("td.ck-unused").count() == 6
        page.locator('[data-grid="output"] td').nth(3).hover()
        marks = page.locator('[data-grid="padded"] td').evaluate_all(
            "all => all.flatMap((cell, at) => cell.classList.contains('ck-win') ? [at] : [])"
        )
        assert marks == [6 * r + c for r in (2, 3, 4) for c in (2, 3, 4)]


class TestFilterPhoto:
    PHOTO = np.random.default_rng(3).integers(0, 256, (24, 32, 3)).astype(np.uint8)

    def canvas(self, page, which):
        rows = (
            page.locator("canvas")
            .nth(which)
            .evaluate(
                """canvas => {
                     const { width, height } = canvas, context = canvas.getContext("2d");
                     return [height, width, [...context.getImageData(0, 0, width, height).data]];
                   }"""
            )
        )
        return np.array(rows[2], np.uint8).reshape(rows[0], rows[1], 4)[..., :3]

    @pytest.mark.parametrize("photo", [PHOTO, PHOTO[..., 0]], ids=["colour", "grey"])
    def test_pictures_are_those_of_python(self, open_figure, photo):
        page = open_figure(interactive.filter_photo(photo, "edge"))
        assert np.array_equal(self.canvas(page, 0), photo if photo.ndim == 3 else np.stack([photo] * 3, -1))
        for name, view, padding in [
            ("sharpen", "clipped", "same"),
            ("sharpen", "signed", "full"),
            ("box", "clipped", "valid"),
            ("sobel", "signed", "same"),
            ("sobel", "clipped", "full"),
        ]:
            figure = interactive.filter_photo(photo, name, view=view, padding=padding)
            page.locator("select[name=kernel]").select_option(name)
            page.locator("select[name=view]").select_option(view)
            page.locator("select[name=padding]").select_option(padding)
            expected = figure.rows[0][-1].pixels
            expected = expected if expected.ndim == 3 else np.stack([expected] * 3, -1)
            seen = self.canvas(page, 1)
            assert seen.shape == expected.shape
            assert np.abs(seen.astype(int) - expected).max() <= 1, (name, view, padding)
            assert figure.notes[0] in page.locator(".ck-note").inner_text()

    def test_typing_and_pointing(self, open_figure):
        photo = self.PHOTO[..., 0].astype(float)
        page = open_figure(interactive.filter_photo(photo, [[0, 0, 0], [0, 1, 0], [0, 0, 0]]))
        assert np.array_equal(self.canvas(page, 1)[..., 0], photo)
        field(page, "kernel, row 1, column 2").fill("-1")
        expected = filters.apply(photo, np.array([[0, 0, 0], [0, 1, -1], [0, 0, 0]]))
        assert np.array_equal(self.canvas(page, 1)[..., 0], np.clip(expected, 0, 255))
        output = page.locator("canvas").nth(1)
        output.click(position={"x": 2 * 10 + 1, "y": 2 * 5 + 1})  # each pixel is drawn twice as large
        assert "output[5, 10]" in page.locator(".ck-sum").inner_text()
        assert page.locator(".ck-result").inner_text() == show(expected[5, 10])
        assert grid(page, "window") == shown(photo[4:7, 9:12])
        output.focus()
        page.keyboard.press("ArrowDown")
        assert page.locator(".ck-result").inner_text() == show(expected[6, 10])

    def test_large_kernels(self, open_figure):
        figure = interactive.filter_photo(self.PHOTO, np.full((20, 20), 1 / 400), padding=18)
        page = open_figure(figure)
        assert self.canvas(page, 1).shape == figure.output.shape
        assert "the sum of 400 products" in page.locator(".ck-sum").inner_text()
        page.locator("select[name=kernel]").select_option("prong")
        assert len(grid(page, "kernel")) == 5


FIGURES = {
    "pooling": lambda: interactive.pooling(X),
    "conv_transpose": lambda: interactive.conv_transpose([[1, 2], [3, 4]], LAPLACIAN, strides=2),
    "shapes": lambda: interactive.shapes(7, 3, 2),
    "filter_photo": lambda: interactive.filter_photo(TestFilterPhoto.PHOTO, "sharpen"),
    "convolution 1-D": lambda: interactive.convolution([1, 2, 3, 4, 5, 6], [1, 2]),
    "convolution 2-D": lambda: interactive.convolution(X, LAPLACIAN),
}


@pytest.mark.parametrize(("wish", "moves"), [("reduce", {"0s"}), ("no-preference", {"0.15s", "0.18s"})])
def test_nothing_glides_for_those_who_want_no_motion(open_figure, wish, moves):
    page = open_figure(interactive.convolution(X, LAPLACIAN), reduced_motion=wish)
    durations = """() => [...document.querySelectorAll("table.ck-grid td, .ck-frame")]
                   .flatMap(part => getComputedStyle(part).transitionDuration.split(", "))"""
    assert set(page.evaluate(durations)) == moves
    page.get_by_role("button", name="One step forward").click()
    faint = page.locator(".ck-term.ck-null").first.evaluate(
        "term => [getComputedStyle(term)].map(s => [s.opacity, s.color])[0]"
    )
    assert faint == ["1", "rgb(90, 102, 114)"], "a product that is zero is grey and can be read"


@pytest.mark.parametrize("make", FIGURES.values(), ids=FIGURES)
class TestEveryFigure:
    def test_twice_on_a_page_of_any_theme_and_width(self, open_figure, make):
        page = open_figure(make(), make(), wrap="<main>{}</main>", has_touch=True)
        assert page.locator(".cnnkit-figure[data-alive]").count() == 2
        assert page.locator(".ck-static").count() == 0
        names = set(page.evaluate("Object.keys(window)"))
        assert not {"Grid", "Player", "show", "start", "axis"} & names  # nothing leaks into the page

        def colour(scheme, **attributes):
            page.emulate_media(color_scheme=scheme)
            return page.evaluate(
                """attributes => {
                     const { body } = document;
                     for (const name of body.getAttributeNames()) body.removeAttribute(name);
                     for (const name in attributes) body.setAttribute(name, attributes[name]);
                     return getComputedStyle(document.querySelector(".cnnkit-figure")).backgroundColor;
                   }""",
                attributes,
            )

        light, dark = "rgb(255, 255, 255)", "rgb(22, 27, 34)"
        assert colour("light") == light
        assert colour("dark") == dark
        assert colour("light", **{"data-theme": "dark"}) == dark
        assert colour("light", **{"data-jp-theme-light": "false"}) == dark
        assert colour("dark", **{"data-jp-theme-light": "true"}) == light
        assert colour("dark", **{"data-theme": "light"}) == light

        page.set_viewport_size({"width": 400, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= 400

    def test_scripts_off(self, open_figure, make):
        figure = make()
        page = open_figure(figure, java_script_enabled=False)
        text = page.locator(".ck-static").inner_text()
        assert "output" in text.lower()
        assert all(" ".join(note.split()) in " ".join(text.split()) for note in figure.notes)
        assert page.locator("button, select, input").count() == 0  # no dead controls

    def test_put_in_as_jupyterlab_does(self, open_figure, make):
        """By innerHTML, which runs no script, and then each script by a copy of it."""
        page = open_figure(make(), wrap="<template>{}</template><div id=place></div>")
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
