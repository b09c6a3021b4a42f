"""The interactive figures in Chromium: what a student clicks, types and reads, against NumPy and SciPy."""

import itertools

import numpy as np
import pytest
from scipy import signal

from cnnkit import interactive, scratch
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


FIGURES = {
    "convolution 1-D": lambda: interactive.convolution([1, 2, 3, 4, 5, 6], [1, 2]),
    "convolution 2-D": lambda: interactive.convolution(X, LAPLACIAN),
}


@pytest.mark.parametrize("make", FIGURES.values(), ids=FIGURES)
class TestEveryFigure:
    def test_twice_on_a_page(self, open_figure, make):
        page = open_figure(make(), make(), wrap="<div>{}</div>")
        assert page.locator(".cnnkit-figure[data-alive]").count() == 2
        assert page.locator(".ck-static").count() == 0
        before = set(page.evaluate("Object.keys(window)"))
        assert not {"Grid", "Player", "show", "start", "axis"} & before  # nothing leaks into the page

    def test_scripts_off(self, open_figure, make):
        page = open_figure(make(), java_script_enabled=False)
        text = page.locator(".ck-static").inner_text()
        assert "output" in text.lower()
        assert page.locator("button, select, input").count() == 0  # no dead controls

    def test_phone(self, open_figure, make):
        page = open_figure(make(), viewport={"width": 400, "height": 800}, has_touch=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= 400

    def test_in_jupyter_html(self, open_figure, make):
        """JupyterLab puts the HTML in by innerHTML and then runs each script by a copy of it."""
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

    def test_dark(self, open_figure, make):
        page = open_figure(make())

        def colour(scheme, **attributes):
            page.emulate_media(color_scheme=scheme)
            return page.evaluate(
                """attributes => {
                     for (const name of document.body.getAttributeNames()) document.body.removeAttribute(name);
                     for (const name in attributes) document.body.setAttribute(name, attributes[name]);
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
