"""Exercises that check themselves, with hints.

In a lecture a student writes an answer and asks whether it is right:

>>> from cnnkit import exercises
>>> exercises.check("03.by_hand", [3, 1, 6, 2])
Right. Each product went to the place p + q, as it should.

The checks compute the right answer themselves, so they work in every notebook, on Colab too, without a
grader. They know the usual slips, and say which one an answer looks like.

The graded cells of the assignments use more: `expect_only` tells whether a function keeps to NumPy, `expect_network`
and `expect_cost` judge a Keras model, and with `forgive` a mistake costs its points once.
"""

from ._core import Verdict, check, hint, names
from ._networks import expect_cost, expect_network
from ._rules import expect_only, forgive

__all__ = ["Verdict", "check", "expect_cost", "expect_network", "expect_only", "forgive", "hint", "names"]
