"""Comparing an answer with the right one, and telling the student what differs.

Each function raises `Wrong` with a message for the student, or returns without a word.
"""

import copy

import numpy as np

from ._core import Unanswered, Wrong


def number(answer, expected, *, slips=(), tolerance=1e-6, what="The number"):
    """Judges one number.

    Args:
        answer: what the student gave; a NumPy number or an array with one element will do.
        expected: the right number.
        slips: pairs (wrong number, what the student probably did), looked at when the answer is wrong.
        tolerance: largest difference that still counts as equal, relative and absolute.
        what: how the message calls the quantity.
    """
    try:
        value = float(np.asarray(answer).reshape(()).item())
    except (TypeError, ValueError):
        raise Wrong(f"{what} should be one number; received {_show(answer)}.") from None
    if _close(value, expected, tolerance):
        return
    for slip, explanation in slips:
        if _close(value, slip, tolerance):
            raise Wrong(explanation)
    raise Wrong(f"{what} is not {_show(answer)}.")


def array(answer, expected, *, slips=(), tolerance=1e-6, what="Your array"):
    """Judges a list or an array: first its shape, then its values, naming the first place that differs."""
    try:
        values = np.asarray(answer, dtype=float)
    except (TypeError, ValueError):
        raise Wrong(f"{what} should be a list or an array of numbers; received {_show(answer)}.") from None
    expected = np.asarray(expected, dtype=float)
    for slip, explanation in slips:
        slip = np.asarray(slip, dtype=float)
        if values.shape == slip.shape and _close(values, slip, tolerance):
            raise Wrong(explanation)
    if values.shape != expected.shape:
        raise Wrong(f"{what} should have shape {expected.shape}; yours has shape {values.shape}.")
    if not _close(values, expected, tolerance):
        wrong = ~np.isclose(values, expected, rtol=tolerance, atol=tolerance)
        place = tuple(int(i) for i in np.argwhere(wrong)[0])
        index = str(place[0]) if len(place) == 1 else str(place)
        raise Wrong(f"{what} differs at index {index}: {values[place]:g} is not right there.")


def attempt(what, function, *arguments, brief=False):
    """What a student's function returns. What stops it is told, and what is left open is no answer.

    Args:
        what: str, what the student is told has stopped: the function's name, or the call.
        function: the student's function.
        *arguments: what it is called with; no copies are made.
        brief: True tells only the first line of the error; Keras's run to many.
    """
    try:
        given = function(*arguments)
    except Wrong:  # a judge has looked at what came out
        raise
    except NotImplementedError:  # what an assignment has in place of the answer
        raise Unanswered from None
    except Exception as error:
        said = (str(error).splitlines() or [""])[0] if brief else error
        raise Wrong(f"{what} stopped with {type(error).__name__}: {said}") from None
    if given is Ellipsis:
        raise Unanswered
    return given


def function(answer, oracle, cases, *, tolerance=1e-6, slips=()):
    """Judges a function by calling it on each of `cases` and comparing with what `oracle` gives.

    Args:
        answer: the student's function.
        oracle: a function with the same arguments that is right.
        cases: list of argument tuples. The student's function gets copies, so it cannot spoil the oracle's.
        slips: pairs (a wrong function, what the student probably did).
    """
    if not callable(answer):
        raise Wrong(f"This exercise wants the function itself, without brackets; received {_show(answer)}.")
    for case in cases:
        expected = np.asarray(oracle(*copy.deepcopy(case)), dtype=float)
        call = f"{getattr(answer, '__name__', 'your function')}({', '.join(map(_show, case))})"
        given = attempt(call, answer, *copy.deepcopy(case))
        if given is None:
            raise Wrong(f"{call} returned None. Is there a `return` at the end?")
        array(
            given,
            expected,
            tolerance=tolerance,
            what=f"What {call} returned",
            slips=[
                (wrong(*copy.deepcopy(case)), why) for wrong, why in slips if _differs(wrong, case, expected)
            ],
        )


def network(answer, name, *arguments):
    """Calls the student's function that builds a network, and returns what it returns."""
    if not callable(answer) or hasattr(answer, "layers"):
        raise Wrong(f"This exercise wants the function `{name}` itself, without brackets.")
    return attempt(name, answer, *arguments, brief=True)


def expect(function, *arguments, **settings):
    """Calls a function that raises for what is not as it should be, and tells the student what it says."""
    try:
        function(*arguments, **settings)
    except (TypeError, ValueError) as error:
        raise Wrong(str(error)) from None


def _differs(wrong, case, expected):
    """Whether the wrong function can be told from the right one on this case."""
    try:
        slip = np.asarray(wrong(*copy.deepcopy(case)), dtype=float)
    except Exception:
        return False
    return slip.shape != expected.shape or not np.allclose(slip, expected)


def _close(value, expected, tolerance):
    return bool(np.all(np.isclose(value, expected, rtol=tolerance, atol=tolerance)))


def _show(value):
    text = (
        np.array2string(value, separator=", ", threshold=12) if isinstance(value, np.ndarray) else repr(value)
    )
    text = " ".join(text.split())
    return text if len(text) <= 80 else text[:77] + "..."
