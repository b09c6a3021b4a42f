"""Each judge of each lecture accepts right answers and rejects the usual wrong ones, saying why."""

import importlib
import pkgutil
import re

import pytest

from cnnkit import exercises

from . import answers

MODULES = [
    importlib.import_module(f"{answers.__name__}.{module.name}")
    for module in pkgutil.iter_modules(answers.__path__)
]
RIGHT = [(name, answer) for module in MODULES for name, given in module.RIGHT.items() for answer in given]
WRONG = [case for module in MODULES for case in module.WRONG]


def named(value):
    """Show the exercise in the name of the test, and leave the answer to a number."""
    return value if isinstance(value, str) and re.match(r"\w+\.\w+$", value) else ""


@pytest.mark.parametrize(("name", "answer"), RIGHT, ids=named)
def test_right_answers_pass(name, answer):
    verdict = exercises.check(name, answer)
    assert verdict, verdict.message


@pytest.mark.parametrize(("name", "answer", "message"), WRONG, ids=named)
def test_wrong_answers_are_told_why(name, answer, message):
    verdict = exercises.check(name, answer)
    assert verdict.ok is False, verdict.message
    assert re.search(message, verdict.message), verdict.message


@pytest.mark.parametrize("name", exercises.names())
def test_every_exercise_is_proved(name):
    """One right answer at least, and four wrong ones."""
    assert name in {right for right, _ in RIGHT}
    assert sum(wrong == name for wrong, *_ in WRONG) >= 4


@pytest.mark.parametrize("name", exercises.names())
def test_an_unanswered_exercise_is_no_wrong_one(name):
    assert exercises.check(name, ...).ok is None
