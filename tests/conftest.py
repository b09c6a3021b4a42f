"""Chromium for the tests of the interactive figures: one browser for each test file that asks for it."""

import shutil

import pytest

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
