"""The site: built without network, and used in a browser as a student would."""

import functools
import http.server
import json
import re
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import nbformat
import pytest

from cnnkit.course import mathml, site

ROOT = Path(__file__).resolve().parents[1]

LECTURE = r"""
    # 1 · Sliding windows

    [![Open in Colab](images/open_in_colab.svg)](https://colab.research.google.com/)

    **Goals.** After this lecture you can

    - slide a *window* over `x`;
    - say what
      a tapir is.

    **Time.** About 20 minutes of reading. The cells run at once.

    **Before you start.** Nothing.

    +++

    Sum over a window: $y_i = \sum_k x_{i+k} w_k$, and as a block

    $$\begin{aligned}
    \left\lfloor \frac{n + 2p - k}{s} \right\rfloor + 1 &= m \\ n - k + 1 &= m'
    \end{aligned}$$

    ```{code-cell} ipython3
    from cnnkit import interactive

    interactive.convolution([1, 2, 3, 4, 5, 6], [1, 2])
    ```

    *What to look at: the window.*

    A picture.

    ```{code-cell} ipython3
    import matplotlib.pyplot as plt
    from cnnkit import plot

    fig, ax = plt.subplots(figsize=(8, 3))
    ax.plot([1, 2])
    plot.describe(fig, 'A line that rises from "1" to <2>.')
    plt.show()
    ```

    *What to look at: the line.* More in [the next lecture](02_more.ipynb).

    <details>
    <summary>Solution</summary>

    Because $a < b$:

    ```python
    answer = [1, 2]
    ```

    </details>

    ## After the folded part

    Text.
"""
MORE = """
    # 2 · More

    **Goals.** Nothing.

    Capybaras.

    ```{code-cell} ipython3
    print("a very long line " * 20)
    ```
"""


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course of two lectures, synced and built; returns its folder and what Sphinx said."""
    folder = tmp_path_factory.mktemp("course")
    source = folder / "notebooks" / "source"
    source.mkdir(parents=True)
    (source / "01_sliding.md").write_text(textwrap.dedent(LECTURE).lstrip(), encoding="utf-8")
    (source / "02_more.md").write_text(textwrap.dedent(MORE).lstrip(), encoding="utf-8")
    images = folder / "notebooks" / "images"
    images.mkdir()
    (images / "open_in_colab.svg").write_bytes((ROOT / "notebooks/images/open_in_colab.svg").read_bytes())
    said = ""
    for command in ("sync", "site"):
        done = subprocess.run(
            [sys.executable, "-m", "cnnkit", command, "--root", str(folder)],
            capture_output=True,
            text=True,
            check=False,
        )
        said = done.stdout + done.stderr
        assert done.returncode == 0, said
    return folder, said


@pytest.fixture(scope="module")
def pages(course):
    return course[0] / "build" / "site"


def test_the_site_is_built_without_a_warning(course):
    assert "WARNING" not in course[1]
    assert "ERROR" not in course[1]
    assert str(course[0] / "build" / "site" / "index.html") in course[1]


def test_no_page_names_another_host_to_load_from(pages):
    loads = re.compile(r"""<(?:script|img|iframe|source|video|audio)\b[^>]*\bsrc=["'](?:https?:)?//""")
    links = re.compile(r"""<link\b[^>]*\bhref=["'](?:https?:)?//""")
    for page in pages.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert not loads.search(text), f"{page.name}: {loads.search(text)}"
        assert not links.search(text), f"{page.name}: {links.search(text)}"
        assert not re.search(r"<script\b[^>]*mathjax", text, re.I)
    for sheet in pages.rglob("*.css"):
        text = sheet.read_text(encoding="utf-8")
        assert not re.search(r"url\(\s*[\"']?(?:https?:)?//", text), sheet.name
        assert not re.search(r"@import\s+(?:url\()?[\"']?(?:https?:)?//", text), sheet.name


def test_pictures_carry_their_sentence(pages):
    text = (pages / "01_sliding.html").read_text(encoding="utf-8")
    alts = re.findall(r'<img\b[^>]*_images/[^>]*\balt="([^"]*)"|<img alt="([^"]*)" [^>]*_images/', text)
    assert ("", "A line that rises from &quot;1&quot; to &lt;2&gt;.") in alts or (
        "A line that rises from &quot;1&quot; to &lt;2&gt;.",
        "",
    ) in alts


def test_the_interactive_figure_is_there_as_html_and_not_as_a_picture(pages):
    text = (pages / "01_sliding.html").read_text(encoding="utf-8")
    assert text.count("<script>") >= 1
    assert len(list((pages / "_images").glob("*.png"))) == 1


def test_notebooks_lie_ready_for_download(pages):
    for name in ("01_sliding", "02_more"):
        notebook = nbformat.read(pages / "notebooks" / f"{name}.ipynb", as_version=4)
        assert notebook.cells[1].cell_type in ("markdown", "code")
    assert (pages / "notebooks" / "images" / "open_in_colab.svg").exists()


def test_the_landing_page_tells_time_and_goals(course):
    title, minutes, goals = site.header(course[0] / "notebooks" / "01_sliding.ipynb")
    assert title == "1 · Sliding windows"
    assert minutes == "About 20 minutes"
    assert goals == ["slide a *window* over `x`", "say what a tapir is"]
    landing = site.landing({"01_sliding": course[0] / "notebooks" / "01_sliding.ipynb"})
    assert "<li>slide a <em>window</em> over <code>x</code></li>" in landing
    assert 'href="01_sliding.html"' in landing


def test_an_executed_lecture_is_preferred_and_a_failed_one_is_not(course, tmp_path):
    folder = course[0]
    ran = tmp_path / "build" / "notebooks"
    ran.mkdir(parents=True)
    (tmp_path / "notebooks").mkdir()
    for name in ("01_sliding", "02_more"):
        text = (folder / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8")
        (tmp_path / "notebooks" / f"{name}.ipynb").write_text(text, encoding="utf-8")
        (ran / f"{name}.ipynb").write_text(text.replace("Nothing.", "Executed."), encoding="utf-8")
    rows = [{"lecture": "01_sliding", "result": "failed"}, {"lecture": "02_more", "result": "passed"}]
    (tmp_path / "build" / "run.json").write_text(json.dumps({"lectures": rows}))
    site.prepare(tmp_path, tmp_path / "source")
    assert "Nothing." in (tmp_path / "source" / "01_sliding.ipynb").read_text(encoding="utf-8")
    assert "Executed." in (tmp_path / "source" / "02_more.ipynb").read_text(encoding="utf-8")


# Formulas


@pytest.mark.parametrize(
    "latex",
    [
        r"f_n = \sum_{p + q = n} a_p \, v_q",
        r"\left\lfloor \frac{n + 2p - k}{s} \right\rfloor + 1",
        r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}",
        r"\begin{cases} 1 & x > 0 \\ 0 & \text{otherwise} \end{cases}",
        r"\mathrm{softmax}(z)_i = \frac{e^{z_i}}{\sum_j e^{z_j}}",
        r"x \in \mathbb{R}^{H \times W \times C}",
        r"\hat{y} = \arg\max_c p_c, \quad \overline{x}, \quad \lVert w \rVert_2",
        r"0, 1, \dots, n - k",
    ],
)
def test_formulas_of_lectures_become_mathml(latex):
    from xml.etree import ElementTree

    for display in (False, True):
        tree = ElementTree.fromstring(mathml.formula(latex, display))
        assert tree.get("display") == ("block" if display else None)
        assert "\\" not in "".join(tree.itertext()), "a command was not understood"


@pytest.mark.parametrize(("latex", "said"), [(r"\frac{1", "closing token"), (r"\argmaximum x", "argmaximum")])
def test_formulas_that_cannot_be_read_say_why(latex, said):
    with pytest.raises(ValueError, match=said):
        mathml.formula(latex, display=False)


def test_a_formula_that_cannot_be_read_stops_the_build(course, tmp_path):
    notebook = nbformat.read(course[0] / "notebooks" / "02_more.ipynb", as_version=4)
    notebook.cells[0].source += "\n\nWrong: $\\frac{1$"
    (tmp_path / "notebooks").mkdir()
    nbformat.write(notebook, tmp_path / "notebooks" / "02_more.ipynb")
    command = [sys.executable, "-m", "cnnkit", "site", "--root", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert re.search(r"Expected LaTeX that can be drawn; received '\\\\frac\{1'", done.stderr)
    assert "the site was not built" in done.stderr


def test_the_font_is_cut_down_and_still_mathematical():
    import io

    from fontTools.ttLib import TTFont

    packed = mathml.font("x∑⌊⌋")
    assert len(packed) < 100_000
    font = TTFont(io.BytesIO(packed))
    assert "MATH" in font
    assert {ord(letter) for letter in "x∑⌊⌋𝑛ℎ𝛼"} <= set(font.getBestCmap())


# In the browser


@pytest.fixture(params=["file", "http"])
def visit(request, browser, pages):
    """Opens pages of the site, as files and from a server; fails on errors and on requests to other hosts."""
    if request.param == "file":
        base, server = pages.as_uri(), None
    else:
        handler = functools.partial(_Quiet, directory=str(pages))
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        base = f"http://127.0.0.1:{server.server_port}"
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    page = context.new_page()
    page.set_default_timeout(15_000)
    troubles = []

    def watch(asked):
        if not asked.url.startswith((base, "data:", "blob:", "about:")):
            troubles.append(f"request to {asked.url}")

    page.on("request", watch)
    # A page opened as a file may not fetch the excerpts of what a search found; the links are there.
    harmless = {"Failed to fetch"} if server is None else set()
    page.on("pageerror", lambda error: str(error) in harmless or troubles.append(f"script error: {error}"))

    def go(path):
        page.goto(f"{base}/{path}")
        return page

    yield go
    context.close()
    if server:
        server.shutdown()
    assert not troubles


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.mark.browser
def test_a_lecture_is_reached_from_the_landing_page(visit):
    page = visit("index.html")
    page.click("table.lectures a:has-text('Sliding windows')")
    page.wait_for_selector("article h1:has-text('Sliding windows')")
    page.click("a:has-text('the next lecture')")
    page.wait_for_selector("article h1:has-text('More')")


@pytest.mark.browser
def test_every_picture_of_a_page_has_alt_text(visit):
    page = visit("01_sliding.html")
    pictures = page.evaluate("[...document.images].map(i => [i.src, i.alt, i.naturalWidth])")
    assert len(pictures) >= 2
    for source, alt, width in pictures:
        assert alt, source
        if "_images" in source:
            assert width, f"{source} was not loaded"


@pytest.mark.browser
def test_the_figure_answers_on_the_site(visit):
    page = visit("01_sliding.html")
    figure = page.locator("div.cell_output", has=page.locator("button:has-text('Next')")).first
    before = figure.inner_text()
    figure.locator("button:has-text('Next')").click()
    page.wait_for_timeout(200)
    after = figure.inner_text()
    assert before != after
    assert "output[1]" in after.replace(" ", "")
    assert "8" in after


@pytest.mark.browser
def test_formulas_are_drawn_with_the_mathematical_font(visit):
    page = visit("01_sliding.html")
    page.wait_for_timeout(300)
    boxes = page.evaluate(
        "[...document.querySelectorAll('math')].map(m => [m.getBoundingClientRect().width,"
        " m.getBoundingClientRect().height, getComputedStyle(m).fontFamily])"
    )
    assert len(boxes) == 3
    for width, height, family in boxes[:2]:
        assert width > 60
        assert height > 10
        assert "Course Math" in family
    assert boxes[1][1] > 2 * boxes[0][1], "two lines with a fraction are higher than one without"
    assert page.evaluate("document.fonts.check('16px \"Course Math\"')")
    # The formula on its own lines stands in the middle.
    left, right = page.evaluate(
        "(() => { const m = document.querySelector('div.math math').getBoundingClientRect(),"
        " d = document.querySelector('div.math').getBoundingClientRect();"
        " const inner = document.querySelector('div.math mtable').getBoundingClientRect();"
        " return [inner.left - d.left, d.right - inner.right] })()"
    )
    assert abs(left - right) < 30
    assert "$" not in page.inner_text("article")


@pytest.mark.browser
def test_a_solution_is_folded_and_unfolds(visit):
    page = visit("01_sliding.html")
    block = page.locator("details", has=page.locator("summary:has-text('Solution')"))
    code = block.locator("div.highlight-python")
    assert not code.is_visible()
    block.locator("summary").click()
    assert code.is_visible()
    assert code.inner_text().strip() == "answer = [1, 2]"
    assert block.locator("math").count() == 1
    heading = page.locator("h2:has-text('After the folded part')")
    assert heading.is_visible()
    assert block.locator("h2").count() == 0, "what follows is not folded away"


@pytest.mark.browser
def test_the_search_finds_a_word(visit):
    page = visit("search.html?q=tapir")
    page.wait_for_selector("#search-results li a", timeout=20_000)
    links = page.locator("#search-results li a").all_inner_texts()
    assert any("Sliding windows" in link for link in links)
    assert not any("More" in link for link in links)


@pytest.mark.browser
def test_no_page_is_wider_than_a_phone(visit):
    for path in ("index.html", "01_sliding.html", "02_more.html"):
        page = visit(path)
        page.set_viewport_size({"width": 375, "height": 700})
        page.wait_for_timeout(200)
        assert page.evaluate("document.documentElement.scrollWidth") <= 375, path


@pytest.mark.browser
def test_the_course_itself_asks_no_other_host(browser, tmp_path):
    """The real lectures, where they have been built."""
    built = ROOT / "build" / "site"
    if not (built / "index.html").exists():
        pytest.skip("the site has not been built: make run")
    context = browser.new_context()
    asked = []
    for path in sorted(built.glob("*.html")):
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.goto(path.as_uri())
        assert page.evaluate("[...document.images].every(i => i.alt)"), path.name
        page.close()
    context.close()
    assert not [url for url in asked if not url.startswith(("file:", "data:", "blob:"))]
