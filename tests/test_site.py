"""The course's own site, as `make run` builds it: its files, and what a reader meets in the browser."""

import ast
import functools
import http.server
import importlib.util
import re
import threading
import urllib.parse
from html.parser import HTMLParser
from pathlib import Path

import pytest

import cnnkit
from cnnkit.course import lectures, site

ROOT = Path(__file__).resolve().parents[1]
LECTURES = sorted(lectures.find(ROOT / "notebooks", ".ipynb"))


class _Page(HTMLParser):
    """What a page refers to, and the names that others may refer to."""

    def __init__(self, path):
        super().__init__()
        self.ids, self.links, self.loads, self.no_alt = set(), [], [], []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        has = dict(attributes)
        self.ids.update(filter(None, (has.get("id"), has.get("name") if tag == "a" else None)))
        if tag == "a" and has.get("href"):
            self.links.append(has["href"])
        elif tag == "link" and has.get("href"):
            self.loads.append(has["href"])
        elif tag != "a" and has.get("src"):
            self.loads.append(has["src"])
        if tag == "img" and "alt" not in has:
            self.no_alt.append(has.get("src"))


@pytest.fixture(scope="module")
def pages(course_site):
    found = {path.relative_to(course_site).as_posix(): path for path in course_site.rglob("*.html")}
    # The slides have tests of their own.
    return {name: _Page(path) for name, path in found.items() if not name.startswith(("_static/", "slides/"))}


# The files


def test_the_site_is_built_without_a_warning(course_site):
    assert site.warnings(course_site).read_text(encoding="utf-8") == ""


def test_all_pages_are_there(pages):
    expected = {
        "index",
        "start",
        "glossary",
        "instructors",
        "data",
        "speed",
        "contributing",
        "search",
        "api/index",
    }
    expected |= {f"assignments/{path.stem}" for path in (ROOT / "notebooks" / "assignments").glob("*.ipynb")}
    expected |= {f"api/{name}" for name in cnnkit.__all__ if not name.startswith("_")} | set(LECTURES)
    assert expected <= {name.removesuffix(".html") for name in pages}


def test_links_and_anchors_lead_somewhere(course_site, pages):
    wrong, checked = [], 0
    for name, page in pages.items():
        for link in page.links + page.loads:
            parts = urllib.parse.urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (
                (course_site / name).parent / urllib.parse.unquote(parts.path)
                if parts.path
                else course_site / name
            )
            there = target.resolve().relative_to(course_site.resolve()).as_posix()
            anchor = urllib.parse.unquote(parts.fragment)
            checked += 1
            if not target.exists() or (anchor and there in pages and anchor not in pages[there].ids):
                wrong.append(f"{name}: {link}")
    assert not wrong
    assert checked > 1000


def test_nothing_is_loaded_from_another_host(course_site, pages):
    for name, page in pages.items():
        assert not [link for link in page.loads if re.match(r"(?:https?:)?//", link)], name
        text = (course_site / name).read_text(encoding="utf-8")
        assert not re.search(r"<script\b[^>]*(?:mathjax|require\.js|cdn)", text, re.I), name
    for sheet in course_site.rglob("*.css"):
        text = sheet.read_text(encoding="utf-8")
        assert not re.search(r"(?:url\(|@import)\s*(?:url\()?[\"']?(?:https?:)?//", text), sheet.name


def test_every_picture_has_an_alternative_text(pages):
    assert not {name: page.no_alt for name, page in pages.items() if page.no_alt}


@pytest.mark.parametrize("name", LECTURES)
def test_a_lecture_can_be_opened_on_colab_downloaded_and_shown_as_slides(course_site, pages, name):
    stored = {path.read_bytes() for path in (ROOT / "notebooks" / f"{name}.ipynb", site.executed(ROOT)[name])}
    for page in (f"{name}.html", "index.html"):
        links = pages[page].links
        assert any(
            link.startswith("https://colab.") and link.endswith(f"/notebooks/{name}.ipynb") for link in links
        )
        assert f"_sources/{name}.ipynb" in links
    assert f"slides/{name}.html" in pages["index.html"].links
    assert (course_site / "_sources" / f"{name}.ipynb").read_bytes() in stored


def test_the_glossary_and_the_lectures_are_linked_both_ways(pages):
    source = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    explained = [int(number) for number in re.findall(r"\{lecture\}`(\d+)`", source)]
    there = {int(name[:2]) for name in LECTURES}
    known = {anchor for anchor in pages["glossary.html"].ids if anchor.startswith("term-")}
    assert len(explained) == len(known) > 100, "each term names one lecture that explains it"
    links = [link for link in pages["glossary.html"].links if "#where-" in link]
    assert sorted(int(link[:2]) for link in links) == sorted(
        number for number in explained if number in there
    )
    for name in LECTURES:
        links = [link for link in pages[f"{name}.html"].links if link.startswith("glossary.html#term-")]
        assert len(links) >= 4, f"{name} explains hardly a word of the glossary"
        assert len(links) == len(set(links)), f"{name} links a word twice"


def test_the_reference_has_every_public_name(course_site, pages):
    for module in (name for name in cnnkit.__all__ if not name.startswith("_")):
        # Read, not imported: that would take Keras seconds.
        code = Path(importlib.util.find_spec(f"cnnkit.{module}").origin).read_text(encoding="utf-8")
        public = ast.literal_eval(re.search(r"^__all__ = (\[.*?\])", code, re.M | re.S)[1])
        text = (course_site / "api" / f"{module}.html").read_text(encoding="utf-8")
        for name in public:
            assert f"cnnkit.{module}.{name}" in pages[f"api/{module}.html"].ids, (
                f"{module}.{name} is not described"
            )
        # What docutils could not read it shows in red; a docstring's own backticks would be left over.
        assert "system-message" not in text
        assert "`" not in re.sub(r"<(pre|script)\b.*?</\1>", "", text, flags=re.S), module


def test_a_function_that_a_lecture_names_leads_to_the_reference(pages):
    assert "api/shapes.html#cnnkit.shapes.conv_output" in pages["03_convolution_1d.html"].links


# In the browser


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def address(course_site):
    handler = functools.partial(_Quiet, directory=str(course_site))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture
def visit(browser, address, course_site):
    """Opens pages of the site from a server, or as files; fails on errors and on requests to other hosts."""
    contexts, troubles = [], []

    def go(path, *, file=False, width=1200, **settings):
        base = course_site.as_uri() if file else address
        context = browser.new_context(viewport={"width": width, "height": 900}, **settings)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)

        def request(asked):
            if not asked.url.startswith((base, "data:", "blob:", "about:")):
                troubles.append(f"{page.url}: request to {asked.url}")

        page.on("request", request)
        # What was still being loaded when the page was left is no trouble.
        page.on(
            "requestfailed",
            lambda asked: (
                asked.failure == "net::ERR_ABORTED"
                or troubles.append(f"{path}: failed {asked.url} {asked.failure}")
            ),
        )
        page.on(
            "response", lambda got: got.status >= 400 and troubles.append(f"{path}: {got.status} {got.url}")
        )
        page.on("pageerror", lambda error: troubles.append(f"{path}: script error: {error}"))
        page.on("console", lambda said: said.type == "error" and troubles.append(f"{path}: {said.text}"))
        page.goto(f"{base}/{path}")
        return page

    yield go
    for context in contexts:
        context.close()
    assert not troubles


_TOO_WIDE = """() => document.documentElement.scrollWidth <= document.documentElement.clientWidth ? [] :
  [...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > innerWidth + 1)
  .slice(0, 5).map(e => `too wide: ${e.tagName}.${e.className}`)"""
# Serious and critical are what axe-core calls the faults that keep people out.
_AXE = """async ([where, rules]) => {
  const found = await axe.run(where, {preload: false, resultTypes: ["violations"], ...rules});
  return found.violations.filter(fault => ["serious", "critical"].includes(fault.impact)).map(fault =>
    `${fault.id}, ${fault.nodes.length} times: ${fault.nodes[0].target}, ${fault.nodes[0].html.slice(0, 150)}`);
}"""
# Contrasts take axe-core the longest: one figure of each kind in the course, and a few cells of each lecture, will do.
_MARK_SEEN = """kinds => {
  for (const figure of document.querySelectorAll(".cnnkit-figure")) {
    if (kinds.includes(figure.dataset.cnnkit)) figure.setAttribute("data-seen", "");
    else kinds.push(figure.dataset.cnnkit);
  }
  [...document.querySelectorAll("article pre")].slice(4).forEach(pre => pre.setAttribute("data-seen", ""));
  return kinds;
}"""


@pytest.mark.browser
@pytest.mark.slow
def test_no_page_shuts_people_out_or_is_wider_than_a_phone(visit, pages):
    """Nor does any fail, or call another host: `visit` looks after that."""
    package = pytest.importorskip("axe_playwright_python", reason="axe-core is not installed")
    axe = (Path(package.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
    all_but_contrast = ["html", {"rules": {"color-contrast": {"enabled": False}}}]
    contrast = [{"include": ["html"], "exclude": ["[data-seen]"]}, {"runOnly": ["color-contrast"]}]
    faults, kinds = [], []
    # Without transitions, so that no colour is looked at half-way.
    page = visit("index.html", width=375, color_scheme="light", reduced_motion="reduce")
    address = page.url.removesuffix("index.html")
    for name in sorted(pages):
        page.goto(address + name)
        page.add_script_tag(content=axe)
        found = page.evaluate(_TOO_WIDE) + page.evaluate(_AXE, all_but_contrast)
        kinds = page.evaluate(_MARK_SEEN, kinds)
        found += page.evaluate(_AXE, contrast)
        if not name.startswith("api/") or name == "api/plot.html":  # these look alike
            page.emulate_media(color_scheme="dark")
            found += [f"{fault} (dark)" for fault in page.evaluate(_AXE, contrast)]
            page.emulate_media(color_scheme="light")
        faults += [f"{name}: {fault}" for fault in found]
    assert not faults, "\n".join(faults)
    assert "convolution" in kinds


@pytest.mark.browser
def test_a_lecture_is_reached_from_the_landing_page(visit):
    page = visit("index.html")
    page.click("ol.lectures a:has-text('Pooling')")
    page.wait_for_selector("article h1:has-text('6 · Pooling')")
    page.click("article a.glossary-term >> nth=0")
    page.wait_for_selector("article h1:has-text('Glossary')")
    page.click("dl.glossary a[title='stride in lecture 5']")
    page.wait_for_selector("article h1:has-text('5 · Padding')")
    assert page.evaluate("document.querySelector(location.hash).innerText") == "stride"
    page.click("nav.bd-docs-nav a:has-text('Reference')")
    page.wait_for_selector("article h1:has-text('Reference')")


@pytest.mark.browser
@pytest.mark.parametrize("file", [False, True], ids=["http", "file"])
def test_the_search_finds_a_word(visit, file):
    page = visit("search.html?q=stride", file=file)
    page.wait_for_selector("#search-results li a:has-text('Padding, stride and cost')")
    page.wait_for_selector("#search-results li a:has-text('Glossary')")
    if not file:
        page.wait_for_selector("#search-results li:has-text('Padding, stride and cost') p.context")
        excerpt = page.locator(
            "#search-results li:has-text('Padding, stride and cost') p.context"
        ).first.inner_text()
        assert "stride" in excerpt.lower()
        assert "Light" not in excerpt, "the text of the page, not of its buttons"


@pytest.mark.browser
def test_the_figure_answers_in_light_and_in_dark(visit):
    page = visit("index.html", color_scheme="light")
    figure = page.locator(".cnnkit-figure[data-alive]")
    now = figure.locator('[data-grid="output"] td.ck-now')
    assert now.inner_text() == "266"
    figure.get_by_role("button", name="One step forward").click()
    assert now.inner_text() == "−61"
    # The styles of the theme do not reach the figure.
    look = """cell => { const style = getComputedStyle(cell);
              return [style.textAlign, style.fontSize, style.padding, cell.offsetWidth < 60] }"""
    assert now.evaluate(look) == ["center", "14px", "0px", True]
    colours = """() => [document.body, document.querySelector(".cnnkit-figure")].map(
                 e => getComputedStyle(e).backgroundColor.match(/\\d+/g).slice(0, 3).every(n => n > 128))"""
    assert page.evaluate(colours) == [True, True]
    switch, dark = (
        page.locator("button.theme-switch-button").first,
        page.locator(".theme-change-button[data-mode=dark]"),
    )
    for _ in range(3):  # newer themes open a menu, older ones go round light, dark and what the system says
        if page.evaluate("document.documentElement.dataset.theme") == "light":
            switch.click()
            if dark.count():
                dark.first.click()
    assert page.evaluate(colours) == [False, False]
    figure.get_by_label("kernel, row 1, column 2", exact=True).fill("1")
    assert now.inner_text() == "107"
    page.goto(page.url.replace("index", "glossary"))
    assert page.evaluate("document.documentElement.dataset.theme") == "dark", "the next page remembers"


@pytest.mark.browser
def test_a_lecture_opened_as_a_file_has_figures_formulas_and_folded_solutions(visit):
    page = visit("05_padding_stride_cost.html", file=True)
    pictures = page.evaluate(
        "[...document.querySelectorAll('article img')].map(i => [i.alt, i.naturalWidth])"
    )
    assert len(pictures) >= 5
    assert all(alt and width for alt, width in pictures)
    figure = page.locator(
        ".cnnkit-figure[data-alive]", has=page.get_by_role("button", name="One step forward")
    ).first
    before = figure.inner_text()
    figure.get_by_role("button", name="One step forward").click()
    assert figure.inner_text() != before
    # Formulas are drawn with the mathematical font; one on its own lines stands in the middle.
    assert page.evaluate("document.fonts.check('16px \"Course Math\"')")
    boxes = page.evaluate(
        """[...document.querySelectorAll("div.math")].map(block => {
             const around = block.getBoundingClientRect(), range = document.createRange();
             range.selectNodeContents(block.querySelector("math"));
             const inside = range.getBoundingClientRect();
             return [inside.height, inside.left - around.left - (around.right - inside.right)] })"""
    )
    assert len(boxes) >= 2
    assert all(height > 15 and abs(shift) < 40 for height, shift in boxes), boxes
    assert "$" not in page.locator("article p").first.inner_text()
    # A solution unfolds, and what follows it is not folded away.
    solution = page.locator("details", has=page.locator("summary:has-text('Solution')")).first
    code = solution.locator("div.highlight-python").first
    assert not code.is_visible()
    solution.locator("summary").click()
    assert code.is_visible()
    assert page.locator("details h2").count() == 0
