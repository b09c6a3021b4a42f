"""Chromium for the tests that need a browser, one for each test file that asks; and the course's own site."""

import importlib.util
import shutil
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# --no-sandbox: in a container the browser runs as root; the rest keeps it from calling home
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")


# Not for the whole session: while Playwright runs, no other test could start an event loop of its own.
@pytest.fixture(scope="module")
def browser():
    sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    names = ("chromium", "chromium-browser", "google-chrome")
    path = next((found for name in names if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip(f"no browser: none of {', '.join(names)} is on the PATH (apt install chromium)")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def open_figure(browser, tmp_path):
    """Open figures on one page, in the way a student would; complain of scripts that fail and of requests."""
    contexts, troubles = [], []

    def watch(request):
        if not request.url.startswith(("file:", "data:", "blob:")):
            troubles.append(f"request to {request.url}")

    def opened(*figures, wrap="{}", **settings):
        path = tmp_path / f"page{len(contexts)}.html"
        if len(figures) == 1 and wrap == "{}":
            figures[0].save(path)
        else:
            body = wrap.replace("{}", "\n".join(figure.html() for figure in figures))
            path.write_text(f'<!DOCTYPE html><meta charset="utf-8">{body}', encoding="utf-8")
        contexts.append(browser.new_context(**settings))
        page = contexts[-1].new_page()
        page.set_default_timeout(10_000)
        page.on("request", watch)
        page.on("pageerror", lambda error: troubles.append(f"script failed: {error}"))
        page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
        page.goto(path.as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not troubles


@pytest.fixture(scope="session")
def course_site(tmp_path_factory):
    """The course's own site: the one in `build/site` unless something that it is made from has changed since."""
    for package in ("sphinx", "myst_nb", "sphinx_book_theme"):
        if importlib.util.find_spec(package) is None:
            pytest.skip(f"{package} is not installed")
    from cnnkit.course import site

    built = ROOT / "build" / "site"
    patterns = ("*.md", "docs/**/*", "data/*.md", "benchmarks/*.md", "cnnkit/**/*", "notebooks/**/*.ipynb")
    patterns += ("build/notebooks/*",)
    made_from = [path for pattern in patterns for path in ROOT.glob(pattern) if path.is_file()]
    newest = max(path.stat().st_mtime for path in made_from if "__pycache__" not in path.parts)
    index = built / "index.html"
    if not index.exists() or index.stat().st_mtime < newest:
        built = tmp_path_factory.mktemp("site") / "site"
        assert site.build(ROOT, built) == 0
    return built
