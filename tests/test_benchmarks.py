"""The tables that `python -m benchmarks readme` writes are those that the pages show."""

import json

import pytest

from benchmarks import __main__ as command
from benchmarks import run_times

ROWS = [
    {"lecture": "01_a", "seconds": 12.4, "peak_mb": 1834, "result": "passed"},
    {"lecture": "02_b", "seconds": 90.0, "peak_mb": 0, "result": "passed"},
]
ABOUT = {"date": "2026-11-21", "python": "3.11.7", "machine": "x86_64", "system": "Linux", "cores": 2}


@pytest.mark.parametrize(
    ("page", "block", "table"),
    [
        (command.README, "accuracy", command.accuracy),
        (command.README, "times", lambda: run_times.markdown(run_times.read())),
        (command.README, "speed", lambda: command.summary(command.read())),
        (command.HERE / "README.md", "speed", lambda: command.markdown(command.read())),
    ],
    ids=["accuracy", "times", "speed", "all-speeds"],
)
def test_the_page_shows_what_was_measured(page, block, table):
    text = page.read_text(encoding="utf-8")
    shown = text.split(f"<!-- {block}:begin -->\n")[1].split(f"\n<!-- {block}:end -->")[0]
    assert shown == table(), "run `python -m benchmarks readme`"


def test_the_table_of_times_has_each_lecture_and_all_together():
    lines = run_times.markdown({**ABOUT, "keras": "3.15.1", "lectures": ROWS}).splitlines()
    assert "| 01_a | 12 | 1,834 |" in lines
    assert "| 02_b | 90 | ? |" in lines, "memory that could not be measured"
    assert "| together | 102 (1.7 minutes) | 1,834 at most |" in lines
    assert lines[-1] == "Measured on 2026-11-21 with 2 processors, Linux x86_64, python 3.11.7, keras 3.15.1."
    assert "run_times" in run_times.markdown({})


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course of two lectures; returns its folder."""
    monkeypatch.setattr(run_times, "ROOT", tmp_path)
    monkeypatch.setattr(run_times, "RECORD", tmp_path / "run_times.json")
    for folder in ("notebooks", "build"):
        (tmp_path / folder).mkdir()
    for name in ("01_a", "02_b"):
        (tmp_path / "notebooks" / f"{name}.ipynb").touch()
    return tmp_path


def test_the_last_run_is_recorded(course):
    run = {**ABOUT, "lectures": ROWS}
    (course / "build" / "run.json").write_text(json.dumps(run))
    assert command.main(["run_times", "--last"]) == 0
    assert run_times.read() == run


@pytest.mark.parametrize(
    "rows", [ROWS[:1], [ROWS[0], {**ROWS[1], "result": "failed"}]], ids=["part", "failed"]
)
def test_a_run_that_lacks_a_lecture_is_not_recorded(course, capsys, rows):
    (course / "build" / "run.json").write_text(json.dumps({**ABOUT, "lectures": rows}))
    assert command.main(["run_times", "--last"]) == 1
    assert "it lacks 02_b. Nothing was recorded" in capsys.readouterr().err
    assert run_times.read() == {}


def test_without_a_last_run_it_says_how_to_make_one(course, capsys):
    assert command.main(["run_times", "--last"]) == 1
    assert "leave out --last" in capsys.readouterr().err


def test_a_page_without_a_place_for_the_table_is_left_alone(tmp_path, capsys):
    page = tmp_path / "README.md"
    page.write_text("Text.\n")
    command.write(page, "times", "| table |")
    assert "put <!-- times:begin -->" in capsys.readouterr().out
    assert page.read_text() == "Text.\n"
    page.write_text("Before\n<!-- times:begin -->\nold\n<!-- times:end -->\nafter\n")
    command.write(page, "times", "| new |")
    assert page.read_text() == "Before\n<!-- times:begin -->\n| new |\n<!-- times:end -->\nafter\n"
