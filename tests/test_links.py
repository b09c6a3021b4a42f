"""Every relative link in the lectures and the pages of the repository leads to a file that is there."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = [
    path for folder in (".", "docs", "data", "benchmarks") for path in sorted((ROOT / folder).glob("*.md"))
]
LECTURES = sorted((ROOT / "notebooks").glob("*.ipynb"))
LINK = re.compile(r"\]\(([^)\s]+)\)")


def text_of(path):
    if path.suffix == ".md":
        return path.read_text(encoding="utf-8")
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")


def test_links_are_found():
    assert len(LECTURES) >= 6
    assert sum(len(LINK.findall(text_of(path))) for path in [*PAGES, *LECTURES]) > 30


@pytest.mark.parametrize("path", [*PAGES, *LECTURES], ids=lambda path: path.name)
def test_relative_links_lead_somewhere(path):
    relative = [link for link in LINK.findall(text_of(path)) if not re.match(r"[a-z]+:|#", link)]
    missing = [link for link in relative if not (path.parent / link.split("#")[0]).exists()]
    assert not missing, f"{path.name} links to what is not there: {', '.join(missing)}"


@pytest.mark.parametrize("path", LECTURES, ids=lambda path: path.name)
def test_the_colab_badge_opens_this_lecture(path):
    links = re.findall(r"https://colab\.research\.google\.com/\S+?(?=\))", text_of(path))
    assert any(link.endswith(f"/notebooks/{path.name}") for link in links), links


def test_each_line_beside_other_courses_leads_to_its_proof():
    table = (
        (ROOT / "README.md").read_text(encoding="utf-8").split("## Beside other courses")[1].split("\n## ")[0]
    )
    rows = [line.split("|") for line in table.splitlines() if line.startswith("| ")][1:]
    assert len(rows) >= 10
    assert not [what for _, what, see, *_ in rows if not LINK.search(see)]
