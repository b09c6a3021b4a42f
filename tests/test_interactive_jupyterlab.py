"""An interactive figure in a real JupyterLab: run the cell, click, type, use the keyboard."""

import importlib.util
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CODE = "from cnnkit import interactive\ninteractive.convolution([1, 2, 3, 4, 5, 6], [1, 2])"


@pytest.fixture
def jupyterlab(tmp_path):
    for package in ("jupyterlab", "ipykernel", "nbformat"):
        if importlib.util.find_spec(package) is None:
            pytest.skip(f"{package} is not installed")
    import nbformat

    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CODE)])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    work = tmp_path / "work"
    work.mkdir()
    nbformat.write(notebook, work / "figure.ipynb")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    home = {
        name: str(tmp_path / name) for name in ("JUPYTER_CONFIG_DIR", "IPYTHONDIR", "JUPYTER_RUNTIME_DIR")
    }
    home["PYTHONPATH"] = os.pathsep.join([str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")])
    log = (tmp_path / "log").open("w")
    server = subprocess.Popen(
        [
            *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}"),
            *("--ServerApp.port_retries=0", f"--ServerApp.root_dir={work}"),
            *("--IdentityProvider.token=", "--LabApp.news_url=None"),
            "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        ],
        env={**os.environ, **home},
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(240):
            try:
                urllib.request.urlopen(f"{address}/api", timeout=2).close()
                break
            except (urllib.error.URLError, OSError):
                if server.poll() is not None:
                    pytest.fail("JupyterLab ended:\n" + (tmp_path / "log").read_text()[-2000:])
                time.sleep(0.25)
        else:
            pytest.fail("JupyterLab did not answer within a minute")
        yield f"{address}/lab/tree/figure.ipynb?reset"
    finally:
        server.terminate()
        server.wait(20)
        log.close()


def test_a_figure_in_jupyterlab(browser, jupyterlab):
    page = browser.new_page(viewport={"width": 1200, "height": 900})
    page.set_default_timeout(60_000)
    page.goto(jupyterlab)
    page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]').wait_for()
    page.wait_for_timeout(2000)  # "idle" comes a little before the notebook takes a command
    page.locator(".jp-CodeCell .cm-content").click()
    page.keyboard.press("Shift+Enter")
    page.locator(".cnnkit-figure[data-alive]").wait_for()

    now = page.locator('.cnnkit-figure [data-grid="output"] td.ck-now')
    assert now.inner_text() == "5"
    page.get_by_role("button", name="One step forward").click()
    assert now.inner_text() == "8"
    now.focus()
    page.keyboard.press("ArrowRight")  # moves in the figure, not in the notebook
    assert now.inner_text() == "11"
    page.get_by_label("kernel, cell 1", exact=True).fill("10")
    assert now.inner_text() == "43"
    page.keyboard.press("End")
    page.locator(".cnnkit-figure select[name=stride]").select_option("2")
    cells = page.locator('.cnnkit-figure [data-grid="output"] td')
    assert cells.all_inner_texts() == ["21", "43", "65"]
    # the table styles of JupyterLab do not reach the figure
    style = cells.first.evaluate(
        "cell => [getComputedStyle(cell).textAlign, getComputedStyle(cell).fontSize]"
    )
    assert style == ["center", "14px"]
    page.close()
