"""Percentages and times in the prose of a lecture: each names where it comes from, and agrees with it.

`98.7 %<!-- results: mnist.lenet5_20000 accuracy -->` is the median over the seeds in results.json; a third word (low,
high, min, max) means that end of the range or of the seeds. A fourth, the source of the data, is needed where a name
was measured on several. `50 %<!-- given -->` is a number that nobody measured: a setting, or somebody else's.
"""

import re

import pytest

from cnnkit import results
from cnnkit.course import lectures

ROOT = lectures.find_root(None)
SOURCES = lectures.find(ROOT / "notebooks" / "source", ".md")

NUMBER = re.compile(
    r"(?<![\d.,])(\d[\d,]*(?:\.\d+)?)(?:\s?(?=%)|\s)(%|percent\b|seconds?\b|s\b|minutes?\b|min\b|ms\b)"
)
MARK = re.compile(
    r"\A[^<\n]{0,3}<!-- (results: ([\w.]+) (\w+)(?: (low|high|min|max|median))?(?: (real|embedded|drawn))?|given) -->"
)


def prose(text):
    """The Markdown of a lecture without code, front matter, and the line that says how long it takes."""
    text = re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.S)
    text = re.sub(r"```.*?```", "", text, flags=re.S)
    text = re.sub(r"`[^`\n]*`", "", text)
    return re.sub(r"\*\*Time\.\*\*.*?(?=\n\n)", "", text, flags=re.S)


def faults(text):
    """What is wrong with the numbers of a text: a list of sentences, empty when all is well."""
    found = []
    for match in NUMBER.finditer(text):
        near = " ".join(text[max(0, match.start() - 40) : match.end() + 20].split())
        mark = MARK.match(text[match.end() :])
        if not mark:
            found.append(f"no mark says where it comes from: … {near} …")
        elif mark[1] != "given":
            stated, right = match[1].replace(",", ""), value(*mark.groups()[1:], unit=match[2])
            digits = len(stated.partition(".")[2])
            if f"{right:.{digits}f}" != stated:
                found.append(f"results.json says {right:.{digits}f}: … {near} …")
    return found


def value(name, metric, which, source, unit):
    """The number in results.json, in the unit that the text uses."""
    measured = results.expected(name, source)
    if which in ("low", "high"):
        number = measured.range(metric)[which == "high"]
    elif which in ("min", "max"):
        number = {"min": min, "max": max}[which](measured.values(metric))
    else:
        number = measured[metric]
    return number * {"%": 100, "percent": 100, "ms": 1000}.get(unit, 1 / 60 if unit.startswith("min") else 1)


@pytest.mark.parametrize("name", SOURCES)
def test_numbers_in_the_prose_are_those_of_results_json(name):
    wrong = faults(prose(SOURCES[name].read_text(encoding="utf-8")))
    assert not wrong, f"{name}: " + "\n".join(wrong)


def test_a_wrong_number_a_missing_mark_and_an_old_number_are_found(monkeypatch):
    class Measured:
        def __getitem__(self, metric):
            return {"accuracy": 0.98765, "seconds": 90.0}[metric]

        def range(self, metric):
            return 0.98, 0.99

        def values(self, metric):
            return [0.985, 0.98765, 0.9912]

    monkeypatch.setattr(results, "expected", lambda name, source: Measured())
    mark = "<!-- results: toy accuracy -->"
    assert (
        faults(f"It gets 98.8 %{mark}, or 98.77 %{mark}, in 1.5 minutes<!-- results: toy seconds -->.") == []
    )
    assert (
        faults(
            "At least 98 %<!-- results: toy accuracy low -->, at best 99.1 %<!-- results: toy accuracy max -->."
        )
        == []
    )
    assert faults("Half, 50 %<!-- given -->, is switched off.") == []
    assert "98.8" in faults(f"It gets 98.7 %{mark}.")[0]
    assert "no mark" in faults("It gets 98.8 % right.")[0]
    assert "no mark" in faults("It takes 20 seconds.")[0]
    assert faults(prose("Text with `50 %` in code.\n```python\nx = '20 %'\n```\n")) == []
