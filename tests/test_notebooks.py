"""The lectures: what nbval does not look at.

nbval (`pytest notebooks`) executes each lecture and compares what it prints with what is stored. These tests
look at the notebook as a file, and run every exercise with its worked solution.
"""

import re
import statistics
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from cnnkit.course import address, kernels, lectures, sync

ROOT = Path(__file__).resolve().parents[1]
SOURCES = lectures.find(ROOT / "notebooks" / "source", ".md")
NOTEBOOKS = lectures.find(ROOT / "notebooks", ".ipynb")
CHECK = re.compile(r"""exercises\.check\(\s*["'](\d\d\.\w+)["']""")

each_notebook = pytest.mark.parametrize("name", NOTEBOOKS)


def read(name):
    return nbformat.read(NOTEBOOKS[name], as_version=4)


def content(notebook):
    """What the two of a pair must share: each cell's kind, text and tags."""
    return [(cell.cell_type, cell.source, list(cell.metadata.get("tags", []))) for cell in notebook.cells]


def outputs(notebook):
    """Each output with the number of its cell, counted from 1 as editors do."""
    for number, cell in enumerate(notebook.cells, 1):
        for output in cell.get("outputs", []):
            yield number, output


def exercises(notebook):
    """Each exercise as `(index of its cell, its name, the code of its solution or None)`."""
    found = []
    for index, cell in enumerate(notebook.cells):
        match = CHECK.search(cell.source) if cell.cell_type == "code" else None
        if match:
            after = notebook.cells[index + 1].source if index + 1 < len(notebook.cells) else ""
            found.append((index, match.group(1), solution(after)))
    return found


def solution(markdown):
    """The code of the last Python block inside `<details>`: it replaces the whole cell of the exercise."""
    folded = re.search(r"<details>(.*?)</details>", markdown, re.S)
    blocks = re.findall(r"^```python\n(.*?)^```", folded.group(1), re.S | re.M) if folded else []
    return blocks[-1].rstrip() if blocks else None


def test_each_source_has_a_notebook_and_each_notebook_a_source():
    assert NOTEBOOKS, "there is no lecture"
    assert set(SOURCES) == set(NOTEBOOKS), "run `python -m cnnkit sync`"


@each_notebook
def test_notebook_and_source_agree(name):
    twin = sync.read_source(SOURCES[name])
    notebook = read(name)
    for number, (ours, theirs) in enumerate(zip(content(notebook), content(twin), strict=False), 1):
        assert ours == theirs, f"cell {number} differs; run `python -m cnnkit sync {name[:2]}`"
    assert len(notebook.cells) == len(twin.cells), f"run `python -m cnnkit sync {name[:2]}`"


@each_notebook
def test_the_file_is_one_that_every_viewer_opens(name):
    notebook = read(name)
    nbformat.validate(notebook)
    assert "widgets" not in notebook.metadata, "GitHub calls a notebook with widget state invalid"
    assert notebook.metadata.kernelspec.name == "python3"
    assert notebook.metadata.kernelspec.display_name == "Python 3"
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)
    assert NOTEBOOKS[name].stat().st_size < 8e6, "a viewer may refuse a notebook as large as this"


@each_notebook
def test_every_cell_has_run_and_none_failed(name):
    notebook = read(name)
    counts = [
        cell.execution_count for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()
    ]
    assert counts == list(range(1, len(counts) + 1)), "not executed from top to bottom in one go"
    for number, output in outputs(notebook):
        assert output.output_type != "error", f"cell {number} ends in an error"
        assert output.get("name") != "stderr", f"cell {number} writes to stderr: {output.text[:200]}"
        text = output.get("text", "") + output.get("data", {}).get("text/plain", "")
        assert not re.search(r"\b0x[0-9a-fA-F]{6,}", text), f"cell {number} prints an address: {text[:200]}"
        assert "/home/" not in text, f"cell {number} prints a path of one machine"
        assert "/root/" not in text, f"cell {number} prints a path of one machine"


@each_notebook
def test_every_picture_says_itself(name):
    for number, output in outputs(read(name)):
        for kind in ("image/png", "image/jpeg", "image/svg+xml"):
            if kind not in output.get("data", {}):
                continue
            sentence = output.data.get("text/plain", "")
            assert not sentence.startswith("<"), f"cell {number}: {sentence!r} is no sentence"
            assert len(sentence.split()) >= 4, f"cell {number}: {sentence!r} is no sentence"
            alt = output.metadata.get(kind, {}).get("alt")
            assert alt == " ".join(sentence.split()), f"cell {number}: alt text {alt!r}"


@each_notebook
def test_every_picture_in_the_text_has_alt_text(name):
    for number, cell in enumerate(read(name).cells, 1):
        if cell.cell_type == "markdown":
            for alt in re.findall(r"!\[([^\]]*)\]\(", cell.source):
                assert alt.strip(), f"cell {number}: ![](…) without alt text"
            for tag in re.findall(r"<img\b[^>]*>", cell.source):
                assert re.search(r"\balt=\"[^\"]+\"", tag), f"cell {number}: {tag}"


@each_notebook
def test_every_picture_is_followed_by_a_caption(name):
    cells = read(name).cells
    for index, cell in enumerate(cells):
        if any("image/png" in output.get("data", {}) for output in cell.get("outputs", [])):
            after = cells[index + 1] if index + 1 < len(cells) else None
            caption = (
                after is not None and after.cell_type == "markdown" and re.match(r"\*(?!\*)", after.source)
            )
            assert caption, f"cell {index + 1}: the next cell must begin with a caption in italics"


@each_notebook
def test_cells_are_small_and_prose_comes_first(name):
    cells = read(name).cells
    lengths = []
    for index, cell in enumerate(cells):
        if cell.cell_type != "code":
            continue
        lengths.append(len(cell.source.splitlines()))
        assert 0 < lengths[-1] <= 15, f"cell {index + 1} has {lengths[-1]} lines"
        before = cells[index - 1].cell_type if index else "nothing"
        assert before == "markdown", f"cell {index + 1} has no prose before it"
    assert statistics.median(lengths) <= 5


@each_notebook
def test_the_header_tells_what_a_student_wants_to_know(name):
    first = read(name).cells[0].source
    assert re.match(rf"# {int(name[:2])} · \S", first)
    badge = address.colab(f"notebooks/{name}.ipynb")
    assert f"[![Open in Colab](images/open_in_colab.svg)]({badge})" in first
    assert re.search(r"^\*\*Goals\.\*\* .*\n\n(- .*\n(  .*\n)*){2,}", first, re.M), "goals as a list"
    assert re.search(r"^\*\*Time\.\*\* .*\d+ minutes", first, re.M)
    assert re.search(r"^\*\*Before you start\.\*\* ", first, re.M)


@each_notebook
def test_the_sections_are_numbered_so_that_others_can_name_them(name):
    text = "\n".join(cell.source for cell in read(name).cells if cell.cell_type == "markdown")
    sections = re.findall(r"^## (.+)$", text, re.M)
    body, rest = sections[: sections.index("Exercises")], sections[sections.index("Exercises") :]
    assert [title.split(". ")[0] for title in body] == [str(number) for number in range(1, len(body) + 1)]
    assert rest == ["Exercises", "Summary", "References"]


@each_notebook
def test_links_between_lectures_lead_somewhere(name):
    known = {path.name for path in NOTEBOOKS.values()}
    coming = re.compile(r"\d\d_\w+\.ipynb")
    for number, cell in enumerate(read(name).cells, 1):
        if cell.cell_type != "markdown":
            continue
        for target in re.findall(r"\]\(([^)#\s]+)", cell.source):
            if target.startswith(("http:", "https:")):
                continue
            there = (ROOT / "notebooks" / target).exists()
            assert there or target in known or coming.fullmatch(target), f"cell {number} links to {target}"


def test_ruff_finds_nothing_in_the_notebooks():
    command = [sys.executable, "-m", "ruff", "check", "--output-format", "concise", str(ROOT / "notebooks")]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@each_notebook
def test_exercises_have_a_judge_a_hint_and_a_solution(name):
    from cnnkit import exercises as package

    notebook = read(name)
    found = exercises(notebook)
    assert found, "a lecture ends with exercises"
    assert {exercise for _, exercise, _ in found} == set(package.names(int(name[:2])))
    for index, exercise, code in found:
        assert exercise[:2] == name[:2]
        assert code, f"{exercise}: the cell after it holds no <details> with a ```python block"
        assert CHECK.search(code).group(1) == exercise, f"{exercise}: the solution ends in another check"
        assert "Hint 1" in repr(package.hint(exercise))
        stored = notebook.cells[index].outputs[-1].data["text/plain"]
        assert stored.startswith("Not answered yet"), f"{exercise} is stored as {stored!r}"


@each_notebook
def test_every_worked_solution_is_right(name, tmp_path):
    notebook = read(name)
    replaced = []
    for index, exercise, code in exercises(notebook):
        # The check is the last thing that the solution does; keep what it says.
        start = code.rindex("exercises.check(")
        notebook.cells[
            index
        ].source = f"{code[:start]}_verdict = {code[start:]}\nprint('VERDICT', bool(_verdict))"
        replaced.append((index, exercise))
    env = kernels.environment(ROOT / "build" / "kernels", offline_data=True)
    outcome = kernels.execute(notebook, cwd=tmp_path, env=env)
    assert outcome.passed, sync.explain(name, outcome)
    for index, exercise in replaced:
        said = "".join(output.get("text", "") for output in notebook.cells[index].outputs)
        assert "VERDICT True" in said, f"the solution of {exercise} is not right: {said}"
