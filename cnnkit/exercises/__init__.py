"""Exercises that check themselves, with hints.

In a lecture a student writes an answer and asks whether it is right:

>>> from cnnkit import exercises
>>> exercises.check("03.by_hand", [3, 1, 6, 2])
Right. Each product went to the place p + q, as it should.

The checks compute the right answer themselves, so they work in every notebook, on Colab too, without a
grader. They know the usual slips, and say which one an answer looks like.
"""

from ._core import Verdict, check, hint, names

__all__ = ["Verdict", "check", "hint", "names"]
