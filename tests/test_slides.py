"""The slides: what of a lecture stands on them, and whether all of it can be seen in the browser."""

import base64
import importlib.util
import io
import json
import textwrap
from pathlib import Path

import nbformat
import pytest

from cnnkit.course import deck, lectures, mathml, slides

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("markdown_it", "mdit_py_plugins", "math_core", "ziamath", "sphinx_revealjs", "pygments")
pytestmark = pytest.mark.skipif(
    any(importlib.util.find_spec(name) is None for name in PACKAGES),
    reason="what makes slides is not installed",
)


def markdown(text):
    return nbformat.v4.new_markdown_cell(textwrap.dedent(text).strip())


def code(source, *outputs, tags=()):
    cell = nbformat.v4.new_code_cell(textwrap.dedent(source).strip(), outputs=list(outputs))
    cell.metadata["tags"] = list(tags)
    return cell


def printed(text):
    return nbformat.v4.new_output("stream", text=text)


def shown(**data):
    data = {name.replace("_", "/"): value for name, value in data.items()}
    return nbformat.v4.new_output("display_data", data)


def png(width=300, height=200):
    from PIL import Image

    file = io.BytesIO()
    Image.new("RGB", (width, height), "#1261a0").save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


HEAD = """
    # 3 · Small `windows`

    [![Open in Colab](images/open_in_colab.svg)](https://colab.research.google.com/github/a/b/blob/main/x.ipynb)

    **Goals.** After this lecture you can

    - slide a *window*;
    - count with $n - k + 1$.

    **Time.** About an hour.
"""


def lecture(*cells):
    return nbformat.v4.new_notebook(cells=[markdown(HEAD), *cells])


SMALL = lecture(
    markdown("The first cell finds the package."),
    code("try:\n    import cnnkit\nexcept ImportError:\n    %pip install -q cnnkit"),
    markdown("We need NumPy."),
    code("import numpy as np"),
    code("seed = 0", tags=["parameters"]),
    markdown("""
        ## Sliding

        Nobody in the last row can read a whole paragraph. The speaker can. So this goes into the notes, because it is
        long, and because nothing in it is a word that is new to those who listen. More of the same would only tire
        them. It stands in the notebook anyhow.
        A **window** is what we slide. It moves on.

        $$f_n = \\sum_{p + q = n} a_p \\, v_q$$

        **Before you run the next cell:** what is the sum of 1 and 2?
    """),
    code("print(1 + 2)", printed("3\n")),
    markdown(
        "### Drawn\n\nNow we draw. See [the next lecture](04_next.ipynb) and [a file](../data/README.md)."
    ),
    code(
        "fig, ax = plt.subplots()\nplt.show()",
        shown(image_png=png(), text_plain="A blue sheet, drawn by nobody."),
    ),
    markdown("*What to look at: the blue.*"),
    markdown("## Left out"),
    code("secret = 42", tags=["slide:skip"]),
    markdown("""
        ## Exercises

        Write your answer in place of the dots.

        ### How many?

        A list of 8 numbers, a kernel of 3. How many windows?
    """),
    code('windows = ...\nexercises.check("03.windows", windows)', shown(text_html="Not answered yet")),
    markdown("""
        <details>
        <summary>Solution</summary>

        There are $8 - 3 + 1$ of them.

        ```python
        windows = 8 - 3 + 1
        ```

        </details>

        ## Summary

        - A window slides.

        | a | b |
        |---|---|
        | 1 | 2 |

        **Next:** more.
    """),
)


# What stands on a slide


@pytest.fixture(scope="module")
def small():
    return deck.make(SMALL, {"04_next.ipynb": "04_next.html", "../data/README.md": "https://x/README.md"}.get)


def on(slide):
    return " ".join(item.html for item in slide.shown)


def test_the_title_slide_has_the_goals(small):
    assert small.title == "3 · Small `windows`"
    assert "slide a <em>window</em>" in small.goals
    assert "<math>" in small.goals
    assert "About an hour" in small.notes
    assert "Colab" not in small.goals + small.notes


def test_headings_make_slides_and_set_up_none(small):
    assert [(slide.section, slide.title) for slide in small.slides] == [
        ("Small <code>windows</code>", "Sliding"),
        ("Sliding", "Drawn"),
        ("Exercises", "How many?"),
        ("Small <code>windows</code>", "Summary"),
    ]
    text = " ".join(on(slide) + slide.notes for slide in small.slides)
    for left_out in ("%pip", "import numpy", "seed", "42", "The first cell"):
        assert left_out not in text.replace("<p>The first cell finds the package.</p>", "")


def test_long_prose_is_for_the_speaker(small):
    slide = small.slides[0]
    assert "Nobody in the last row" in slide.notes
    assert "Nobody in the last row" not in on(slide)
    assert "A <strong>window</strong> is what we slide." in on(slide)
    assert [item.kind for item in slide.shown] == ["lead", "math", "question", "code", "output"]


def test_the_answer_comes_after_the_question(small):
    slide = small.slides[0]
    question, source, answer = map(slide.markup, slide.shown[-3:])
    assert "what is the sum" in question
    assert "fragment" not in source
    assert 'class="fragment"' in answer
    alone = deck.Slide("", "", [item for item in slide.items if item.kind == "output"])
    assert "fragment" not in alone.markup(alone.items[0]), "nothing to wait for without the question"


def test_a_figure_is_shown_without_the_code_that_draws_it(small):
    slide = small.slides[1]
    assert [item.kind for item in slide.shown][:3] == ["lead", "figure", "caption"]
    assert 'alt="A blue sheet, drawn by nobody."' in on(slide)
    assert "plt" not in on(slide)
    assert '<a href="04_next.html">' in on(slide)
    assert '<a href="https://x/README.md">' in on(slide)


def test_an_exercise_is_a_task_and_its_solution_is_for_the_speaker(small):
    slide = small.slides[2]
    assert "How many windows?" in on(slide)
    assert "exercises" in on(slide)
    assert "Not answered" not in on(slide)
    solution = deck.code_html("windows = 8 - 3 + 1").strip()
    assert solution not in on(slide)
    assert solution in slide.notes


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two.", ["One.", "Two."]),
        ("Where $x. Y$ is. So `a. B` ends.", ["Where $x. Y$ is.", "So `a. B` ends."]),
        ("**All of it.** Then more.", ["**All of it.**", "Then more."]),
        ("It is 3.5 wide. $k$ is.", ["It is 3.5 wide.", "$k$ is."]),
        ("Look (at this.) And on.", ["Look (at this.)", "And on."]),
    ],
)
def test_a_paragraph_is_split_into_sentences(text, expected):
    assert deck.sentences(text) == expected


def test_of_a_paragraph_stands_what_is_in_bold_and_what_it_points_to():
    text = "A first one. " * 12 + "Here is a thing. This is a **term**. More of it follows."
    assert deck.excerpt(text) == "Here is a thing. This is a **term**."
    assert deck.excerpt("Nothing in bold. Not here.") == ""
    assert deck.excerpt("Then. **A label.** What it names. More.") == "**A label.** What it names."
    assert (
        deck.excerpt("Nothing in bold. But code follows.", leads=True) == "Nothing in bold. But code follows."
    )
    assert deck.excerpt(text, leads=True).endswith("More of it follows.")
    assert len(deck.excerpt(text, leads=True)) < len(text)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import numpy as np\nfrom cnnkit import plot", True),
        ('import tensorflow as tf\ntf.get_logger().setLevel("ERROR")', True),
        ("del model\nkeras.utils.clear_session()", True),
        ("import keras\nx = 1", False),
        ("print(1)", False),
        ("x = ", False),
    ],
)
def test_cells_that_only_set_up_are_known(source, expected):
    assert deck.is_setup(source) is expected


def test_slides_are_filled_and_what_belongs_together_stays_together():
    a, b, note = deck.Item("text", "a", 300), deck.Item("text", "b", 200), deck.Item("note", "n")
    source, output = deck.Item("code", "c", 200, keep=True), deck.Item("output", "o", 100)
    assert deck.pack([a, b, source, output], room=560) == [[a, b], [source, output]]
    assert deck.pack([a, b, note, source, output], room=560) == [[a, b], [note, source, output]]
    assert deck.pack([source, note], room=560) == [[source, note]]
    figure, said = deck.Item("figure", "f", 380), deck.Item("text", "s", 48)
    assert deck.pack([source, output, figure, said, a], room=560) == [[source, output], [figure, said], [a]]
    tall = deck.Item("output", "t", 500)
    assert deck.pack([source, tall], room=560) == [[source], [tall]]


def test_a_caption_without_its_figure_becomes_a_note():
    figures = [deck.Item("figure", str(i), 300, keep=True) for i in range(3)]
    pages = deck.pack([*figures, deck.Item("caption", "c", 48)], room=300)
    assert [[item.kind for item in page] for page in pages] == [["figure"], ["figure"], ["figure", "note"]]


def test_the_font_of_the_formulas_has_the_sign_of_the_root():
    from fontTools.ttLib import TTFont

    with TTFont(io.BytesIO(mathml.font("x"))) as font:
        assert ord("√") in font.getBestCmap()


def test_a_formula_that_cannot_be_read_is_named():
    with pytest.raises(ValueError, match=r"received '\\\\frac\{1'.*missing brace"):
        deck.make(lecture(markdown("## A\n\n$$\\frac{1$$")))


@pytest.mark.parametrize("name", lectures.find(ROOT / "notebooks", ".ipynb"))
def test_every_lecture_makes_a_deck(name):
    path = ROOT / "notebooks" / f"{name}.ipynb"
    made = deck.make(nbformat.read(path, as_version=4))
    assert made.goals.count("<li>") >= 3
    assert len(made.slides) > 30
    assert all(slide.shown for slide in made.slides), "no slide is empty"
    figures = [item.html for slide in made.slides for item in slide.shown if "<img" in item.html]
    assert all('alt=""' not in figure for figure in figures)
    shown = " ".join(on(slide) for slide in made.slides)
    assert "%pip" not in shown
    assert "Not answered yet" not in shown
    assert "<summary>" not in shown
    exercises = json.loads(path.read_text(encoding="utf-8"))["cells"]
    exercises = [cell for cell in exercises if "exercises.check(" in "".join(cell["source"])]
    assert sum(slide.section == "Exercises" for slide in made.slides) >= len(
        [cell for cell in exercises if cell["cell_type"] == "code" and "..." in "".join(cell["source"])]
    )


# The command


def test_decks_and_a_list_of_them_are_built(tmp_path, capsys):
    (tmp_path / "notebooks").mkdir()
    nbformat.write(SMALL, tmp_path / "notebooks" / "03_small.ipynb")
    arguments = type("Arguments", (), {"root": str(tmp_path), "lectures": ["3"]})
    assert slides.main(arguments) == 0
    assert "03_small: 5 slides" in capsys.readouterr().out
    built = tmp_path / "build" / "slides"
    assert sorted(path.name for path in built.iterdir()) == ["03_small.html", "index.html"]
    assert '<a href="03_small.html">3 · Small windows</a> <span>5 slides' in (built / "index.html").read_text(
        "utf-8"
    )
    arguments.lectures = ["4"]
    assert slides.main(arguments) == 2
    assert "received '4'" in capsys.readouterr().err


def test_a_missing_package_is_named(tmp_path, capsys, monkeypatch):
    (tmp_path / "notebooks").mkdir()
    nbformat.write(SMALL, tmp_path / "notebooks" / "03_small.ipynb")
    monkeypatch.setattr(slides.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(slides.mathml, "font", lambda characters: b"")
    assert slides.main(type("Arguments", (), {"root": str(tmp_path), "lectures": []})) == 2
    assert "Expected the package sphinx-revealjs" in capsys.readouterr().err


# In the browser

_LONG = lecture(
    markdown("## Too much for one slide\n\nA table.\n\n" + "| a | b |\n|---|---|\n" + "| 1 | 2 |\n" * 60),
)
# What cannot be seen: it sticks out of its slide, or out of the part below the title, or is hardly to be read.
_HIDDEN = """() => {
  const slide = Reveal.getCurrentSlide(), body = slide.querySelector(".body"), found = [];
  const head = slide.querySelector(".head").getBoundingClientRect(), room = body.getBoundingClientRect();
  if (room.top < head.bottom - 1 || room.bottom > 720 - 20 || room.right > 1280) found.push("the body is out of place");
  const walk = document.createTreeWalker(body, NodeFilter.SHOW_TEXT), range = document.createRange();
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    if (!node.textContent.trim() || node.parentElement.closest("style, title, desc, script")) continue;
    range.selectNodeContents(node);
    for (const box of range.getClientRects()) {
      if (box.bottom > room.bottom + 2 || box.right > room.right + 2 || box.left < room.left - 2) {
        found.push(`cut: ${node.textContent.slice(0, 40)}`);
        break;
      }
    }
    const size = parseFloat(getComputedStyle(node.parentElement).fontSize);
    const least = node.parentElement.closest("pre, table, svg, code, math") ? 13 : 18;
    if (!node.parentElement.closest("svg, math") && size < least) found.push(`${size} pixels: ${node.textContent}`);
  }
  for (const picture of body.querySelectorAll("img, svg, iframe")) {
    const box = picture.getBoundingClientRect();
    if (box.bottom > room.bottom + 2 || box.right > room.right + 2) found.push("a picture is cut");
    if (box.height < 120) found.push(`a picture of ${box.width} × ${box.height}`);
    if (picture.tagName === "IMG" && !picture.alt) found.push("a picture without words");
    if (picture.tagName !== "IFRAME") continue;
    const inside = picture.contentDocument.querySelector(".cnnkit-figure").getBoundingClientRect();
    const low = inside.bottom - picture.clientHeight, wide = inside.right - picture.clientWidth;
    if (low > 1 || wide > 1) found.push("a figure is cut");
  }
  if (!body.innerText.trim() && !body.querySelector("img, svg, iframe")) found.push("nothing to be seen");
  return found.map(what => `${slide.querySelector("h1, h2").innerText}: ${what}`);
}"""
_GO = """number => {
  const slide = document.querySelectorAll(".sheet")[number].parentElement, place = Reveal.getIndices(slide);
  Reveal.slide(place.h, place.v, 99);
}"""
_AXE = """async () => (await axe.run(document, {preload: false, resultTypes: ["violations"]})).violations
  .filter(fault => ["serious", "critical"].includes(fault.impact))
  .map(fault => `${fault.id}: ${fault.nodes[0].html.slice(0, 200)}`)"""


@pytest.fixture
def opened(browser, tmp_path):
    """Opens a deck as a file; fails on errors and on requests to other hosts."""
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    troubles = []

    def watch(page):
        page.set_default_timeout(20_000)
        page.on(
            "request",
            lambda asked: (
                asked.url.startswith(("file:", "data:", "blob:", "about:")) or troubles.append(asked.url)
            ),
        )
        page.on("pageerror", lambda error: troubles.append(f"script error: {error}"))
        page.on("console", lambda said: said.type == "error" and troubles.append(said.text))

    context.on("page", watch)

    def go(name, notebook):
        path = tmp_path / f"{name}.ipynb"
        nbformat.write(notebook, path)
        slides.build(tmp_path, {name: path}, tmp_path)
        page = context.new_page()
        page.goto((tmp_path / f"{name}.html").as_uri())
        page.wait_for_selector("html[data-ready]")
        return page

    yield go
    context.close()
    assert not troubles


def hidden(page):
    """Walks through all slides and collects what cannot be seen."""
    found = []
    for number in range(page.locator(".sheet").count()):
        page.evaluate(_GO, number)
        if page.evaluate("!!Reveal.getCurrentSlide().querySelector('iframe')"):
            page.wait_for_function(
                "[...Reveal.getCurrentSlide().querySelectorAll('iframe')].every(one => one.style.transform)"
            )
        found += page.evaluate(_HIDDEN)
    return found


@pytest.mark.browser
def test_all_of_a_lecture_can_be_seen(opened):
    """And its figures answer, and go on as large as the slide allows."""
    name = "03_convolution_1d"
    page = opened(name, nbformat.read(lectures.find(ROOT / "notebooks", ".ipynb")[name], as_version=4))
    assert page.locator(".sheet").count() > 30
    assert page.evaluate("document.fonts.check('16px \"Course Math\"')")
    assert hidden(page) == []
    number = page.evaluate(
        "[...document.querySelectorAll('.sheet')].findIndex(one => one.querySelector('iframe'))"
    )
    page.evaluate(_GO, number)
    figure = page.frame_locator("section.present > section.present iframe").locator(
        ".cnnkit-figure[data-alive]"
    )
    now = figure.locator('[data-grid="output"] td.ck-now')
    before = now.inner_text()
    figure.get_by_role("button", name="One step forward").click()
    assert now.inner_text() != before
    assert (
        page.evaluate("parseFloat(Reveal.getCurrentSlide().querySelector('iframe').style.transform.slice(6))")
        > 1
    )
    page.keyboard.press("PageDown")  # the key of a presenter's remote, pressed inside the figure
    page.wait_for_function(
        f"document.querySelectorAll('.sheet')[{number + 1}].parentElement === Reveal.getCurrentSlide()"
    )


@pytest.mark.browser
def test_what_has_no_room_is_found_and_can_be_scrolled_to(opened):
    page = opened("03_long", _LONG)
    assert any("cut: 1" in one for one in hidden(page))
    assert page.evaluate("Reveal.getCurrentSlide().querySelector('.body').classList.contains('scrolls')")


@pytest.mark.browser
def test_a_deck_is_led_with_the_keyboard_and_shuts_nobody_out(opened):
    package = pytest.importorskip("axe_playwright_python", reason="axe-core is not installed")
    page = opened("03_small", SMALL)

    # A slide and a fragment come in over a fraction of a second: `expect` waits for them.
    expect = pytest.importorskip("playwright.sync_api").expect
    title = page.locator("section.present").locator("h1, h2").first

    expect(title).to_have_text("Small windows")
    page.keyboard.press("ArrowRight")
    expect(title).to_have_text("Sliding")
    answer = page.locator("section.present .fragment")
    expect(answer).to_have_css("visibility", "hidden")
    page.keyboard.press("ArrowRight")
    expect(answer).to_have_css("visibility", "visible")
    with page.context.expect_page() as opening:
        page.keyboard.press("s")
    opening.value.locator(".speaker-controls-notes", has_text="Nobody in the last row").wait_for()
    opening.value.close()
    page.add_script_tag(content=(Path(package.__file__).parent / "axe.min.js").read_text(encoding="utf-8"))
    for number in range(page.locator(".sheet").count()):
        page.evaluate(_GO, number)
        assert page.evaluate(_AXE) == []
    page.keyboard.press("Home")
    expect(title).to_have_text("Small windows")
