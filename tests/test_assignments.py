"""The assignments: every grader gives the solution full marks, nothing to an empty sheet, and to wrong answers just
what they deserve. Here the cells run in this process; test_assignments_nbgrader.py lets nbgrader do it."""

import importlib
import re

import nbformat
import pytest

from cnnkit import __main__ as command_line
from cnnkit import exercises
from cnnkit.course import address, assignments, kernels

from . import grading
from .answers import assignment1, assignment2, assignment3

ANSWERS = {"A1": assignment1, "A2": assignment2, "A3": assignment3}
CHECK = re.compile(r'exercises\.check\("(A\d\.\w+)"')
STUB = "raise NotImplementedError()"

each_assignment = pytest.mark.parametrize("key", grading.PATHS)


def right():
    return [
        pytest.param(key, task, code, id=f"{key}-{task}-{number}")
        for key, module in ANSWERS.items()
        for task, codes in module.RIGHT_CODE.items()
        for number, code in enumerate(codes)
    ]


def wrong():
    return [
        pytest.param(key, task, code, lost.split(), id=f"{key}-{task}-{number}")
        for key, module in ANSWERS.items()
        for number, (task, code, _, lost) in enumerate(module.WRONG_CODE)
    ]


def answers_of(key):
    return [cell.id for cell in grading.cells(key) if cell.is_answer]


def stub(key, task):
    """What nbgrader leaves of the solution: the lines before it, and an error."""
    source = next(cell.source for cell in grading.cells(key) if cell.id == task)
    return re.sub(r"( *)### BEGIN SOLUTION.*?### END SOLUTION", rf"\1{STUB}", source, flags=re.S)


def later(key, task):
    """A wrong answer to the training of A3 begins with the trained network, so that none need be trained for it."""
    names = grading.solved(key)[2]
    return {name: names[name] for name in ("model", "history")} if task == "training" else {}


# The graders


@each_assignment
def test_the_solution_gets_full_marks(key):
    errors, _, _ = grading.solved(key)
    assert not {name: error for name, error in errors.items() if error is not None}
    assert sum(cell.points for cell in grading.cells(key) if cell.points is not None) == 20


@pytest.mark.parametrize(("key", "task", "code"), right())
def test_other_right_answers_get_full_marks(key, task, code):
    errors = grading.grade(key, task, code)
    assert errors
    assert not {name: error for name, error in errors.items() if error is not None}


OLD_KERAS_TELLS_LESS = {("A2", "mended"), ("A3", "transfer")}


@pytest.mark.parametrize(("key", "task", "code", "lost"), wrong())
def test_wrong_answers_lose_the_marks_they_should(key, task, code, lost):
    errors = grading.grade(key, task, code, to_the_end=key == "A1", more_names=later(key, task))
    found, expected = {name for name, error in errors.items() if error}, {f"{task}-{word}" for word in lost}
    if (key, task) in OLD_KERAS_TELLS_LESS and found < expected:
        keras = importlib.import_module("keras")
        if tuple(map(int, keras.__version__.split(".")[:2])) < (3, 13):
            pytest.skip(
                "this Keras builds what does not fit together, and forgets what was trainable at compile"
            )
    assert found == expected, errors


@each_assignment
def test_an_empty_sheet_gets_no_marks(key):
    names, passed = {"__name__": "__main__"}, []
    for cell in grading.cells(key):
        error = grading.run(cell, names, stub(key, cell.id) if cell.is_answer else None)
        if cell.points is not None and error is None:
            passed.append(cell.id)
    assert not passed


@each_assignment
def test_each_task_is_proved_by_six_wrong_answers(key):
    for task in answers_of(key):
        found = [lost for name, _, _, lost in ANSWERS[key].WRONG_CODE if name == task]
        assert len(found) >= 6, task
        assert all(found), task
        cells = {cell.id for cell in grading.cells(key) if cell.task == task and cell.points is not None}
        assert {f"{task}-{word}" for lost in found for word in lost.split()} == cells, (
            "a cell that nobody ever lost"
        )


# The notebooks


@each_assignment
def test_the_metadata_are_what_nbgrader_expects(key):
    from nbgrader.nbgraderformat import MetadataValidator

    notebook = assignments.read(grading.PATHS[key])
    nbformat.validate(notebook)
    ids = []
    for cell in notebook.cells:
        if "nbgrader" in cell.metadata:
            MetadataValidator().validate_cell(cell)
            ids.append(cell.metadata.nbgrader.grade_id)
            solution, grade = cell.metadata.nbgrader.solution, cell.metadata.nbgrader.grade
            assert solution != grade, "an answer is not graded itself, the tests after it are"
            assert ("### BEGIN SOLUTION" in cell.source) == solution, ids[-1]
            assert cell.source.count("### BEGIN") == cell.source.count("### END")
            assert not (solution and "HIDDEN" in cell.source), ids[-1]
    assert len(set(ids)) == len(ids)


@each_assignment
def test_every_task_has_an_answer_a_check_and_several_graded_parts(key):
    cells = grading.cells(key)
    tasks = answers_of(key)
    assert [f"{key}.{task}" for task in tasks] == [
        CHECK.search(c.source).group(1) for c in cells if CHECK.search(c.source)
    ]
    assert sorted(f"{key}.{task}" for task in tasks) == exercises.names(key)
    for task in tasks:
        parts = [cell for cell in cells if cell.task == task and cell.points is not None]
        assert len(parts) >= 2, task
    assert any("### BEGIN HIDDEN TESTS" in cell.source for cell in cells)


@each_assignment
def test_the_table_of_points_tells_the_truth(key):
    text = "\n".join(
        cell.source for cell in assignments.read(grading.PATHS[key]).cells if cell.cell_type == "markdown"
    )
    told = [int(points) for points in re.findall(r"^\| \d \|.*\| (\d+) \|$", text, re.M)]
    found = [
        sum(cell.points for cell in grading.cells(key) if cell.task == task and cell.points is not None)
        for task in answers_of(key)
    ]
    assert told == found
    assert f"There are {sum(found)} points." in text


@each_assignment
def test_points_are_told_in_the_cell(key):
    for cell in grading.cells(key):
        if cell.points is not None:
            words = "1 point" if cell.points == 1 else f"{cell.points} points"
            assert re.match(rf"# {words}\b", cell.source), cell.id


@each_assignment
def test_the_source_is_as_jupytext_writes_it(key):
    import jupytext

    text = grading.PATHS[key].read_text(encoding="utf-8")
    config = jupytext.config.load_jupytext_config(str(grading.PATHS[key]))
    notebook = jupytext.reads(text, fmt="md:myst", config=config)
    assert jupytext.writes(notebook, fmt="md:myst", config=config) == text


@each_assignment
def test_cells_are_small_and_prose_comes_first(key):
    cells = assignments.read(grading.PATHS[key]).cells
    for index, cell in enumerate(cells):
        if cell.cell_type == "code":
            lines = cell.source.splitlines()
            seen = re.sub(r"### BEGIN.*?### END[^\n]*", "", cell.source, flags=re.S)
            assert len(lines) <= 18, cell.source
            assert max(map(len, lines), default=0) <= 110, cell.source
            # The name of a fork may be long.
            lines = [line for line in seen.splitlines() if address.install() not in line]
            assert max(map(len, lines), default=0) <= 88, cell.source
            assert cells[index - 1].cell_type == "markdown" or "nbgrader" in cells[index - 1].metadata, (
                cell.source
            )


# The students' versions


def student(key):
    path = grading.ROOT / "notebooks" / "assignments" / f"{grading.PATHS[key].stem}.ipynb"
    return nbformat.read(path, as_version=4)


def between(source, what):
    """The lines of the solutions or of the hidden tests."""
    blocks = re.findall(rf"### BEGIN {what}\n(.*?)### END {what}", source, re.S)
    return [line.strip() for block in blocks for line in block.splitlines() if line.strip()]


@each_assignment
def test_the_student_version_holds_neither_solutions_nor_hidden_tests(key):
    text = "\n".join(cell.source for cell in student(key).cells)
    assert "### " not in text
    assert text.count(STUB) == len(answers_of(key)) + 1  # the rules name it as well
    for what in ("SOLUTION", "HIDDEN TESTS"):
        secret = [line for cell in grading.cells(key) for line in between(cell.source, what)]
        assert len(secret) > 10
        for line in filter(lambda line: len(line) > 15, secret):
            # What everybody writes (`import numpy as np`, a bracket) may stand in a visible cell as well.
            shared = any(
                line in re.sub(r"### BEGIN.*?### END[^\n]*", "", c.source, flags=re.S)
                for c in grading.cells(key)
            )
            assert shared or line not in text, line


@each_assignment
def test_the_student_version_is_a_clean_notebook(key):
    notebook = student(key)
    nbformat.validate(notebook)
    for cell in notebook.cells:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None
        settings = cell.metadata.get("nbgrader", {})
        if settings.get("grade"):
            assert cell.metadata.editable is False
    assert notebook.metadata.kernelspec.name == "python3"
    assert notebook.metadata.jupytext == {"formats": "ipynb"}, "JupyterLab would write a twin"


@each_assignment
def test_the_header_tells_what_a_student_wants_to_know(key):
    first = student(key).cells[0].source
    stem = grading.PATHS[key].stem
    badge = address.colab(f"notebooks/assignments/{stem}.ipynb")
    assert re.match(rf"# {key} · \S", first)
    assert f"[Open in Colab]({badge})" in first
    for word in ("Goals", "Time", "Before you start", "Rules"):
        assert f"**{word}.**" in first


# The command


@pytest.fixture
def generated(monkeypatch):
    """nbgrader's part left out: what `generate` was asked for."""
    asked = []

    def generate(folder, key):
        asked.append(key)
        stem = grading.PATHS[key].stem
        (folder / "release" / key).mkdir(parents=True)
        (folder / "release" / key / f"{stem}.ipynb").write_text("released")

    monkeypatch.setattr(assignments, "generate", generate)
    return asked


def test_release_lays_out_a_course(tmp_path, generated, capsys):
    assert command_line.main(["release", str(tmp_path / "course")]) == 0
    assert generated == ["A1", "A2", "A3"]
    course = tmp_path / "course"
    for key, path in grading.PATHS.items():
        notebook = nbformat.read(course / "source" / key / f"{path.stem}.ipynb", as_version=4)
        assert "### BEGIN SOLUTION" in "".join(cell.source for cell in notebook.cells)
        assert (course / "downloaded" / key / "archive").is_dir()
    assert "nbgrader autograde A1" in capsys.readouterr().out


def test_release_leaves_alone_what_is_there(tmp_path, generated, capsys):
    stem = grading.PATHS["A2"].stem
    theirs = {
        tmp_path / "nbgrader_config.py": "mine",
        tmp_path / "source" / "A2" / f"{stem}.ipynb": "changed",
        tmp_path / "gradebook.db": "grades",
        tmp_path / "release" / "A3" / f"{grading.PATHS['A3'].stem}.ipynb": "handed out",
    }
    for path, text in theirs.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    assert command_line.main(["release", str(tmp_path)]) == 0
    assert generated == ["A1", "A2"]
    for path, text in theirs.items():
        assert path.read_text() == text
    said = capsys.readouterr().out
    assert "kept      nbgrader_config.py" in said
    assert f"kept      source/A2/{stem}.ipynb" in said
    assert "nbgrader generate_assignment A3 --force" in said


def test_release_takes_the_named_assignments(tmp_path, generated):
    assert command_line.main(["release", str(tmp_path), "a2", "A3_aerial_pictures"]) == 0
    assert generated == ["A2", "A3"]


def test_release_answers_wrong_names_without_a_traceback(tmp_path, generated, capsys):
    assert command_line.main(["release", str(tmp_path), "A7"]) == 2
    assert (
        "Expected an assignment; received 'A7'. Use one of these:\n  A1  A1_conv" in capsys.readouterr().err
    )
    (tmp_path / "file").write_text("")
    assert command_line.main(["release", str(tmp_path / "file")]) == 2
    assert "Expected a folder; received" in capsys.readouterr().err
    assert not generated


def test_release_tells_what_nbgrader_says(tmp_path, monkeypatch, capsys):
    def broken(path):
        notebook = real(path)
        del notebook.cells[-2].metadata["nbgrader"]["grade_id"]
        return notebook

    real = assignments.read
    monkeypatch.setattr(assignments, "read", broken)
    assert command_line.main(["release", str(tmp_path), "A2"]) == 1
    assert "nbgrader could not make the student's version of A2" in capsys.readouterr().err


def test_release_without_nbgrader_says_how_to_get_it(tmp_path, monkeypatch):
    class Done:
        returncode, stdout, stderr = 1, "", "/usr/bin/python3: No module named nbgrader\n"

    monkeypatch.setattr(assignments.subprocess, "run", lambda *_, **__: Done)
    with pytest.raises(assignments.ReleaseError, match="pip install nbgrader"):
        assignments.generate(tmp_path, "A1")


@pytest.mark.parametrize("error", ["", "AssertionError: 3 is not 4"])
def test_sync_stores_the_student_version_only_if_all_tests_pass(error, tmp_path, monkeypatch, capsys):
    source = tmp_path / "notebooks" / "assignments" / "source" / "A1_small.md"
    source.parent.mkdir(parents=True)
    source.write_text("# A1 · Small\n", encoding="utf-8")
    monkeypatch.setattr(kernels, "execute", lambda *_, **__: kernels.Outcome(error=error))
    monkeypatch.setattr(assignments, "student_version", lambda path: f"the student's version of {path.stem}")
    status = command_line.main(["sync", "A1", "--root", str(tmp_path)])
    stored = tmp_path / "notebooks" / "assignments" / "A1_small.ipynb"
    assert status == (1 if error else 0)
    assert stored.exists() != bool(error)
    assert error in capsys.readouterr().err


def test_measuring_finds_the_assignments_by_their_number(monkeypatch):
    from benchmarks import lectures as measuring

    measured = []
    monkeypatch.setattr(measuring, "_sources", lambda: {"embedded": {}})
    monkeypatch.setattr(measuring, "_read", dict)
    monkeypatch.setattr(
        measuring, "_one", lambda name, path, *_: measured.append((name, measuring._title(name)))
    )
    assert measuring.measure(["A3"], seeds=1) == []
    assert measured == [("A3_aerial_pictures", "Assignment A3")]
