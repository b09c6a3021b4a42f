"""An interactive figure inside a page that Sphinx builds with the course's theme."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cnnkit import interactive

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CONF = """
extensions = ["myst_nb"]
html_theme = "sphinx_book_theme"
nb_execution_mode = "off"
"""


@pytest.fixture
def page_of_a_site(tmp_path):
    for package in ("sphinx", "myst_nb", "sphinx_book_theme", "nbformat"):
        if importlib.util.find_spec(package) is None:
            pytest.skip(f"{package} is not installed")
    import nbformat

    figure = interactive.convolution([[1, 2, 3], [4, 5, 6], [7, 8, 9]], [[1, 0], [0, -1]])
    output = nbformat.v4.new_output("execute_result", figure._repr_mimebundle_(), execution_count=1)
    cell = nbformat.v4.new_code_cell("figure", outputs=[output], execution_count=1)
    title = nbformat.v4.new_markdown_cell("# A page with a figure")
    source = tmp_path / "source"
    source.mkdir()
    (source / "conf.py").write_text(CONF)
    nbformat.write(nbformat.v4.new_notebook(cells=[title, cell]), source / "index.ipynb")
    subprocess.run(
        [sys.executable, "-m", "sphinx", "-q", "-b", "html", source, tmp_path / "site"],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
        check=True,
    )
    return (tmp_path / "site" / "index.html").as_uri()


def test_a_figure_in_a_site(browser, page_of_a_site):
    page = browser.new_page(viewport={"width": 1200, "height": 900})
    page.set_default_timeout(20_000)
    page.goto(page_of_a_site, wait_until="domcontentloaded")
    page.locator(".cnnkit-figure[data-alive]").wait_for()
    now = page.locator('.cnnkit-figure [data-grid="output"] td.ck-now')
    assert now.inner_text() == "−4"
    page.get_by_label("kernel, row 1, column 1", exact=True).fill("1")
    assert now.inner_text() == "6"
    page.get_by_role("button", name="One step forward").click()
    assert now.inner_text() == "8"
    # the styles of the theme do not reach the figure, and the figure follows the theme
    look = """cell => { const style = getComputedStyle(cell);
              return [style.textAlign, style.fontSize, style.padding, cell.offsetWidth < 60] }"""
    assert now.evaluate(look) == ["center", "14px", "0px", True]
    colour = "() => getComputedStyle(document.querySelector('.cnnkit-figure')).backgroundColor"
    page.evaluate("document.documentElement.dataset.theme = 'light'")
    light = page.evaluate(colour)
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    assert {light, page.evaluate(colour)} == {"rgb(255, 255, 255)", "rgb(22, 27, 34)"}
    if os.environ.get("CNNKIT_SHOT"):
        page.screenshot(path=os.environ["CNNKIT_SHOT"])
    page.close()
