"""nbgrader itself, from beginning to end: release, collect, autograde, feedback, on all three assignments.

Three students hand in each: one has solved it, one has written nothing, one is partly right. The three assignments are
graded side by side, because each sheet starts a kernel of its own.
"""

import concurrent.futures
import csv
import json
import re
import shutil
import subprocess
import sys
import zipfile

import nbformat
import pytest

from cnnkit import __main__ as command_line
from cnnkit.course import assignments

from . import grading
from .answers import assignment1, assignment2, assignment3

ANSWERS = {"A1": assignment1, "A2": assignment2, "A3": assignment3}

each_assignment = pytest.mark.parametrize("key", grading.PATHS)


def pick(key, number):
    """The wrong answer of this number to each task, with what it loses."""
    found = {}
    for task, code, _, lost in ANSWERS[key].WRONG_CODE:
        found.setdefault(task, []).append((code, {f"{task}-{word}" for word in lost.split()}))
    return {task: wrong[number] for task, wrong in found.items()}


# What the third student gets wrong. The other tasks are solved, in other words than ours.
PARTLY = {
    "A1": {task: pick("A1", 0)[task] for task in ("correlate2d", "pool2d")},
    "A2": {task: pick("A2", 0)[task] for task in ("conv_cost", "mended", "network")},
    "A3": {task: pick("A3", 0)[task] for task in ("split", "confusion", "most_confused")},
}
# Nothing is trained here, so that this sheet is graded quickly. The scores are true for all that.
PARTLY["A3"]["training"] = (
    "model = build(data.image_shape, 21)\nhistory = None\n",
    {"training-watched", "training-learned", "training-better_than_guessing"},
)
UNTRAINED = (
    "transferred = transfer(base, 21)\n"
    "scores = {key: one.evaluate(test_images, test_labels, verbose=0)[1]\n"
    "          for key, one in [('from scratch', model), ('transfer', transferred)]}\n"
)


def nbgrader(folder, *arguments):
    # So that the trainings of two kernels share the machine, and no settings of this user come in.
    env = assignments.environment() | {
        "TF_NUM_INTRAOP_THREADS": "1",
        "TF_NUM_INTEROP_THREADS": "1",
        "OMP_NUM_THREADS": "1",
    }
    env |= {"JUPYTER_CONFIG_DIR": str(folder / "none"), "IPYTHONDIR": str(folder / "ipython")}
    env.pop("MPLBACKEND", None)
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=folder,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout + done.stderr


def hand_in(release, answers, target):
    """Writes what a student hands in: the released notebook with other answers."""
    notebook = nbformat.read(release, as_version=4)
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if name in answers:
            cell.source = answers[name]
    target.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, target)
    return notebook


def solutions(key):
    return {cell.id: cell.source for cell in grading.cells(key) if cell.is_answer}


def grade_one(folder, key):
    """The course of one assignment, from its release to the grades: {student: {cell: score}}."""
    from nbgrader.api import Gradebook

    assert command_line.main(["release", str(folder), key]) == 0
    name = f"{grading.PATHS[key].stem}.ipynb"
    release, archive = folder / "release" / key / name, folder / "downloaded" / key / "archive"
    # nbgrader by itself takes everything on stderr for a failure, a warning as well.
    warned = {
        task: re.sub(
            r"^(def .*:)$", r"\1\n    import sys; print('a warning', file=sys.stderr)", code, flags=re.M
        )
        for task, code in solutions(key).items()
    }
    hand_in(release, warned, archive / "solved" / name)
    shutil.copy(release, archive / f"empty_{name}")
    answers = solutions(key) | {task: codes[0] for task, codes in ANSWERS[key].RIGHT_CODE.items()}
    answers |= {task: code for task, (code, _) in PARTLY[key].items()}
    answers |= {"scores": UNTRAINED} if key == "A3" else {}
    partly = hand_in(release, answers, folder / "partly.ipynb")
    # This student has made one test easier and deleted another.
    easier, deleted = [cell for cell in partly.cells if cell.metadata.get("nbgrader", {}).get("points")][:2]
    easier.source = "pass"
    partly.cells.remove(deleted)
    nbformat.write(partly, folder / "partly.ipynb")
    with zipfile.ZipFile(archive / "partly.zip", "w") as file:
        file.write(folder / "partly.ipynb", f"Partly Right_123_assignsubmission_file/{name}")
    nbgrader(folder, "zip_collect", key)
    nbgrader(folder, "autograde", key)
    nbgrader(folder, "generate_feedback", key)
    nbgrader(folder, "export")
    scores = {}
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}", "cnnkit") as book:
        for submission in book.assignment_submissions(key):
            (sheet,) = submission.notebooks
            scores[submission.student.id] = {grade.name: grade.score for grade in sheet.grades}
            assert not submission.needs_manual_grade
    return scores


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """{assignment: (its course's folder, {student: {cell: score}})}"""
    folders = {key: tmp_path_factory.mktemp(f"course-{key}") for key in grading.PATHS}
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        # The longest first.
        running = {key: pool.submit(grade_one, folders[key], key) for key in sorted(folders, reverse=True)}
        return {key: (folders[key], running[key].result()) for key in folders}


def points(key):
    return {cell.id: cell.points for cell in grading.cells(key) if cell.points is not None}


@each_assignment
def test_who_has_solved_it_gets_all_points(graded, key):
    assert graded[key][1]["solved"] == points(key)


@each_assignment
def test_an_empty_sheet_gets_none(graded, key):
    assert graded[key][1]["empty"] == dict.fromkeys(points(key), 0)


@each_assignment
def test_who_is_partly_right_gets_just_that(graded, key):
    lost = set().union(*(cells for _, cells in PARTLY[key].values()))
    expected = {name: 0 if name in lost else number for name, number in points(key).items()}
    assert graded[key][1]["Partly Right"] == expected
    assert 0 < sum(expected.values()) < 20


@each_assignment
def test_every_student_gets_a_page_and_a_row(graded, key):
    folder, _ = graded[key]
    for student in ("solved", "empty", "Partly Right"):
        page = folder / "feedback" / student / key / f"{grading.PATHS[key].stem}.html"
        assert "Score" in page.read_text(encoding="utf-8")
    with open(folder / "grades.csv", encoding="utf-8", newline="") as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    assert float(rows["solved"]["score"]) == 20
    assert float(rows["empty"]["score"]) == 0


@each_assignment
def test_the_stored_student_version_is_what_nbgrader_makes(graded, key):
    name = f"{grading.PATHS[key].stem}.ipynb"
    released = (graded[key][0] / "release" / key / name).read_text(encoding="utf-8")
    stored = (grading.ROOT / "notebooks" / "assignments" / name).read_text(encoding="utf-8")
    assert json.loads(stored) == json.loads(released), f"run `python -m cnnkit sync {key}`"


@each_assignment
def test_a_second_release_changes_nothing(graded, key, capsys):
    folder, _ = graded[key]
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}
    assert command_line.main(["release", str(folder), key]) == 0
    assert "it is there already" in capsys.readouterr().out
    assert before == {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}
