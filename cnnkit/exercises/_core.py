"""What an exercise is: a name, a few hints, and a function that judges an answer."""

import difflib
import html
import importlib
import pkgutil
from dataclasses import dataclass

_exercises = {}


class Wrong(Exception):
    """Raised by a judge: the answer is not right, and the message tells the student why."""


class Unanswered(Exception):
    """Raised by a judge: there is nothing to judge yet, as in a function that still returns `...`."""


@dataclass(frozen=True)
class Exercise:
    name: str
    hints: tuple
    praise: str
    judge: object
    right: object = None


def exercise(name, *, hints, praise="", right=None):
    """Registers the decorated function as the judge of exercise `name`.

    Args:
        name: "03.by_hand" or "A1.pad_same": the number of the lecture or assignment, a dot, a word.
        hints: sentences, from a nudge to nearly the solution.
        praise: one sentence shown with "Right.": what the student has just understood.
        right: a function that is a right answer, for `forgive`; `None` where no later task builds on this one.

    The judge takes the answer and raises `Wrong` with a message for the student; what it returns is ignored.
    """

    def register(judge):
        if name in _exercises:
            raise ValueError(f"There are two exercises called {name!r}. Give one of them another name.")
        _exercises[name] = Exercise(name, tuple(hints), praise, judge, right)
        return judge

    return register


def names(lecture=None):
    """The names of the exercises, in the order of the lectures.

    Args:
        lecture: its number, 3 or "03", or that of an assignment, "A1"; `None` for all of them.

    Returns:
        List of str.
    """
    _load()
    if lecture is None:
        return sorted(_exercises)
    number = str(lecture).upper().zfill(2)
    return [name for name in sorted(_exercises) if name.partition(".")[0] == number]


def check(name, answer):
    """Says whether `answer` is right, and if not, what to look at.

    Args:
        name: the name of the exercise, as the lecture gives it: "03.by_hand".
        answer: a number, a list, an array, a function, a model: what the exercise asks for. `...` means
            that the exercise has not been tried yet.

    Returns:
        `Verdict`: true when right. As the last line of a cell it shows itself, with the hints folded away.

    Raises:
        ValueError: there is no exercise of this name.
    """
    item = _find(name)
    try:
        if answer is Ellipsis or (
            isinstance(answer, (tuple, list)) and any(part is Ellipsis for part in answer)
        ):
            raise Unanswered
        item.judge(answer)
    except Unanswered:
        return Verdict(
            item, None, "Not answered yet. Put your answer in place of the ... and run the cell again."
        )
    except Wrong as wrong:
        return Verdict(item, False, f"Not yet. {wrong}")
    return Verdict(item, True, f"Right. {item.praise}".strip())


def hint(name):
    """The hints to an exercise, each folded away until it is clicked; as text, a numbered list.

    Args:
        name: the name of the exercise: "03.by_hand".

    Raises:
        ValueError: there is no exercise of this name.
    """
    return Hints(_find(name))


class Hints:
    """The hints to one exercise; shows itself in a notebook."""

    def __init__(self, item):
        self._item = item

    def __repr__(self):
        return "\n".join(f"Hint {number}: {text}" for number, text in enumerate(self._item.hints, 1))

    def _repr_html_(self):
        return "".join(
            f"<details><summary>Hint {number}</summary><p>{html.escape(text)}</p></details>"
            for number, text in enumerate(self._item.hints, 1)
        )


class Verdict:
    """What a check found: `.ok` is True, False, or None when there was no answer yet."""

    def __init__(self, item, ok, message):
        self._item, self.ok, self.message = item, ok, message

    def __bool__(self):
        return self.ok is True

    def __repr__(self):
        more = "" if self.ok or not self._item.hints else f' Stuck? exercises.hint("{self._item.name}")'
        return self.message + more

    def _repr_html_(self):
        # Blue and orange are told apart by everybody; the words say the same as the colour.
        colour = {True: "#0072b2", False: "#d55e00", None: "#808080"}[self.ok]
        hints = "" if self.ok else Hints(self._item)._repr_html_()
        return (
            f'<div style="border-left: 4px solid {colour}; padding: 2px 12px; margin: 4px 0">'
            f"<p>{html.escape(self.message)}</p>{hints}</div>"
        )


def _find(name):
    _load()
    if name in _exercises:
        return _exercises[name]
    near = difflib.get_close_matches(str(name), _exercises, n=3, cutoff=0.4)
    raise ValueError(
        f"There is no exercise called {name!r}. "
        + (f"Did you mean {' or '.join(map(repr, near))}? " if near else "")
        + "`exercises.names()` lists them all."
    )


def _load():
    """Imports the modules lectureNN.py beside this one: each registers its exercises."""
    package = importlib.import_module(__package__)
    for module in pkgutil.iter_modules(package.__path__):
        if module.name.startswith(("lecture", "assignment")):
            importlib.import_module(f"{__package__}.{module.name}")
