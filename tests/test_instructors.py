"""What the guide for instructors says about the lectures is what the lectures say themselves."""

import re
from pathlib import Path

import pytest

from cnnkit.course import lectures, site

ROOT = Path(__file__).resolve().parents[1]
GUIDE = (ROOT / "docs" / "instructors.md").read_text(encoding="utf-8")
LECTURES = {int(name[:2]): path for name, path in lectures.find(ROOT / "notebooks", ".ipynb").items()}


def part(heading):
    """The text of a section of the guide."""
    return GUIDE.split(f"\n## {heading}\n")[1].split("\n## ")[0]


def rows(text):
    """The rows of the first table in a text, as lists of cells, without its head."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def headings():
    """The titles of the sections and exercises of all lectures."""
    texts = (path.read_text(encoding="utf-8") for path in (ROOT / "notebooks" / "source").glob("[0-9]*.md"))
    return {title.strip() for text in texts for title in re.findall(r"^##+ (?:\d+\. )?(.+)$", text, re.M)}


def test_the_plan_of_thirteen_weeks_has_every_lecture_with_its_title_and_minutes():
    plan = rows(part("Thirteen weeks"))
    assert [row[0] for row in plan] == [str(week) for week in range(1, 14)]
    for week, lecture, minutes, *_ in plan:
        assert lecture.startswith(f"{week} ")
        if int(week) in LECTURES:
            said = site.header(LECTURES[int(week)])
            short = lecture.removeprefix(f"{week} ").lower().split()
            assert set(short) <= set(re.findall(r"[\w?,]+", said["title"].lower())), said["title"]
            assert said["minutes"] == f"About {minutes} minutes", f"lecture {week}"


def test_the_week_has_every_lecture():
    words = " ".join(cell for row in rows(part("One week")) for cell in row)
    assert {int(number) for number in re.findall(r"\b(\d+)(?: [A-Z]|,| shown)", words)} >= {*range(1, 13)}


@pytest.mark.parametrize("plan", ["Thirteen weeks", "One week"])
def test_the_sections_that_a_plan_names_are_there(plan):
    named = re.findall(r"(?<!\*)\*([^*]+)\*(?!\*)", part(plan))
    assert named
    assert set(named) <= headings()


def test_each_lecture_has_its_stumbling_blocks():
    told = re.findall(r"^\*\*(\d+) .+\*\*\n: ", part("Where students stumble"), re.M)
    assert [int(number) for number in told] == list(range(1, 14))


def test_the_hours_of_the_assignments_are_those_in_their_headers():
    words = {"two and a half": 150, "three": 180}
    said = re.search(r"A1 and A3 take about (.+?) hours each, A2 (.+?)\.", " ".join(GUIDE.split()))
    for key, hours in (("A1", said[1]), ("A2", said[2]), ("A3", said[1])):
        (path,) = (ROOT / "notebooks" / "assignments" / "source").glob(f"{key}_*.md")
        assert f"About {words[hours]} minutes" in path.read_text(encoding="utf-8")


def test_the_time_limit_is_the_one_that_release_writes():
    from cnnkit.course import assignments

    limit = re.search(r"`(c\.Execute\.timeout = \d+)`", GUIDE)[1]
    assert f"\n{limit}\n" in assignments._CONFIG
