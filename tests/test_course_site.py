"""How the site is made: the steps one by one, and a small course that is built without executing anything."""

import json
import os
import re
import textwrap
from pathlib import Path

import nbformat
import pytest

from cnnkit.course import mathml, reference, site, terms

ROOT = Path(__file__).resolve().parents[1]

LECTURE = r"""
    # 1 · Sliding windows

    **Goals.** After this lecture you can

    - slide a *window* over `x`;
    - say what
      a tapir is.

    **Time.** About 20 minutes of reading, in two sittings. The cells run in
    under a minute on a CPU.

    The **stride** is how far a window moves. More in [the next lecture](02_more.ipynb).
"""


def notebook(*cells):
    return nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_markdown_cell(textwrap.dedent(c).strip()) for c in cells]
    )


def course(folder, **lectures):
    """A course that has been synced: `folder/notebooks` with a notebook for each keyword."""
    (folder / "notebooks").mkdir(parents=True)
    for name, text in lectures.items():
        nbformat.write(notebook(text), folder / "notebooks" / f"{name.removeprefix('_')}.ipynb")
    return folder


# What a lecture says about itself


def test_the_landing_page_tells_time_goals_and_what_is_taught(tmp_path):
    path = course(tmp_path, _01_sliding=LECTURE) / "notebooks" / "01_sliding.ipynb"
    readme = (
        "| 1 | [Sliding](notebooks/01_sliding.ipynb) [(Colab)](https://c/01_sliding.ipynb) | sums | `a` |\n"
    )
    assert site.header(path, readme) == {
        "title": "1 · Sliding windows",
        "minutes": "About 20 minutes",
        "cells": "under a minute",
        "goals": ["slide a *window* over `x`", "say what a tapir is"],
        "teaches": "sums",
    }
    assert site.header(path, readme.replace("01_", "02_"))["teaches"] == ""


@pytest.mark.parametrize("path", sorted((ROOT / "notebooks").glob("*.ipynb")), ids=lambda path: path.stem)
def test_every_lecture_says_all_of_it(path):
    lecture = site.header(path)
    assert re.fullmatch(r"\d+ · .+", lecture["title"])
    assert re.fullmatch(r"About \d+ minutes", lecture["minutes"])
    assert "minute" in lecture["cells"]
    assert len(lecture["goals"]) >= 3


def test_an_executed_lecture_is_preferred_and_a_failed_one_is_not(tmp_path):
    course(tmp_path, _01_a="# 1 · A", _02_b="# 2 · B", _03_c="# 3 · C")
    ran = tmp_path / "build" / "notebooks"
    ran.mkdir(parents=True)
    for name in ("01_a", "02_b"):
        (ran / f"{name}.ipynb").write_text("{}")
    rows = [{"lecture": "01_a", "result": "failed"}, {"lecture": "02_b", "result": "passed"}]
    (tmp_path / "build" / "run.json").write_text(json.dumps({"lectures": rows}))
    shown = {name: path.parent.parent.name for name, path in site.executed(tmp_path).items()}
    assert shown == {"01_a": tmp_path.name, "02_b": "build", "03_c": tmp_path.name}


def test_a_lecture_synced_after_it_was_run_is_shown_as_synced(tmp_path):
    course(tmp_path, _01_a="# 1 · A")
    ran = tmp_path / "build" / "notebooks" / "01_a.ipynb"
    ran.parent.mkdir(parents=True)
    ran.write_text("{}")
    (tmp_path / "build" / "run.json").write_text(
        json.dumps({"lectures": [{"lecture": "01_a", "result": "passed"}]})
    )
    stored = tmp_path / "notebooks" / "01_a.ipynb"
    assert site.executed(tmp_path) == {"01_a": ran}
    later = ran.stat().st_mtime + 10
    os.utime(stored, (later, later))
    assert site.executed(tmp_path) == {"01_a": stored}


# Pages of the repository


def test_links_lead_to_pages_of_the_site_or_to_the_repository(tmp_path, monkeypatch):
    for name in (
        "docs/guide.md",
        "data/README.md",
        "cnnkit/results.json",
        "notebooks/01_a.ipynb",
        "notebooks/assignments/A1_b.ipynb",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / name).touch()
    (tmp_path / "README.md").touch()
    page = tmp_path / "docs" / "guide.md"
    page.write_text(
        "[a](../data/README.md#cards) [b](../cnnkit/results.json) [c](../notebooks/01_a.ipynb) [d](guide.md) "
        "[e](https://x.org/y) [f](#here) [g](../cnnkit) [h](../../outside.md) `layers[0](missing)` [i](../README.md) "
        "[j](../notebooks/assignments/A1_b.ipynb)"
    )
    monkeypatch.setattr(site.address, "REPOSITORY", "me/fork")
    monkeypatch.setattr(site.address, "BRANCH", "dev")
    github = "https://github.com/me/fork"
    assert site.relinked(page, tmp_path) == (
        f"[a](data.md#cards) [b]({github}/blob/dev/cnnkit/results.json) [c](01_a.ipynb) [d](guide.md) "
        f"[e](https://x.org/y) [f](#here) [g]({github}/tree/dev/cnnkit) [h](../../outside.md) "
        "`layers[0](missing)` [i](start.md) [j](assignments/A1_b.ipynb)"
    )


# Glossary and reference

KNOWN = {"stride", "receptive field", "same padding", "test pictures", "relu", "loss"}


@pytest.mark.parametrize(
    ("bold", "term"),
    [
        ("stride", "stride"),
        ("Receptive fields", "receptive field"),
        ("receptive\nfield", "receptive field"),
        ("same", "same padding"),
        ("test", "test pictures"),
        ("ReLU", "relu"),
        ("loss:", "loss"),
        ("strides and padding", None),
        ("one", None),
    ],
)
def test_bold_words_are_found_in_the_glossary(bold, term):
    assert terms.find(bold, KNOWN) == term


def test_only_the_first_bold_place_counts_and_no_title_or_link():
    from docutils import nodes

    def bold(text):
        return nodes.strong(text, text)

    first = bold("Strides")
    page = nodes.section(
        "",
        nodes.title("", "", bold("stride")),
        nodes.paragraph("", "", nodes.reference("", "", bold("stride"), refuri="#")),
        nodes.paragraph("", "", first, nodes.Text(" and "), bold("stride"), bold("loss")),
    )
    found = terms.bold_words(page, KNOWN)
    assert list(found) == ["stride", "loss"]
    assert found["stride"] is first


def test_docstrings_become_what_sphinx_reads():
    text = textwrap.dedent("""\
        Pads `x`s as `scratch.conv2d` and `scratch.conv2d()` do, not as `cnnkit` or ``double``, val_.

        Args:
            x: an array of
                numbers.

        Returns:
            One of three: `a`, `b`
            or `c`.

            And more.

        Raises:
            ValueError: `x` is empty.
        """)
    link = ":py:obj:`scratch.conv2d <cnnkit.scratch.conv2d>`"
    assert reference.plain(text) == textwrap.dedent(f"""\
        Pads ``x``\\ s as {link} and {link} do, not as ``cnnkit`` or ``double``, val\\_.

        Args:
            x: an array of
                numbers.

        :returns: One of three: ``a``, ``b``
            or ``c``.

            And more.

        Raises:
            ValueError: ``x`` is empty.
        """)


def test_the_source_of_a_function_is_found():
    found = reference.source("cnnkit.scratch", "conv2d")
    path, first, last = re.fullmatch(r"(.+)#L(\d+)-L(\d+)", found).groups()
    lines = (ROOT / path).read_text(encoding="utf-8").splitlines()[int(first) - 1 : int(last)]
    assert lines[0].startswith("def conv2d(")
    assert sum(line.startswith("def ") for line in lines) == 1
    assert reference.source("cnnkit.scratch", "no_such_thing") is None
    assert reference.source("cnnkit", "__version__") is None


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


def test_the_font_is_cut_down_and_still_mathematical():
    import io

    from fontTools.ttLib import TTFont

    packed = mathml.font("x∑⌊⌋")
    assert len(packed) < 100_000
    font = TTFont(io.BytesIO(packed))
    assert "MATH" in font
    assert {ord(letter) for letter in "x∑⌊⌋𝑛ℎ𝛼"} <= set(font.getBestCmap())


def test_a_formula_that_cannot_be_read_stops_the_build(tmp_path, monkeypatch, capfd):
    def lay_out(root, source):  # two files in the place of the whole course
        source.mkdir()
        (source / "conf.py").write_text(
            'extensions = ["myst_nb", "cnnkit.course.mathml"]\nmyst_enable_extensions = ["dollarmath"]\n'
            'html_math_renderer = "mathml"\n'
        )
        (source / "index.md").write_text("# More\n\nWrong: $\\frac{1$\n")

    monkeypatch.setattr(site, "prepare", lay_out)
    assert site.build(tmp_path, tmp_path / "site") != 0
    said = capfd.readouterr().err
    assert re.search(r"Expected LaTeX that can be drawn; received '\\\\frac\{1'", said)
    assert "the site was not built" in said
