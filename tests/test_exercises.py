"""The machinery of the exercises: names, hints, verdicts, and the judges' comparisons."""

import numpy as np
import pytest

from cnnkit import exercises
from cnnkit.exercises import _core, _judging
from cnnkit.exercises._core import Unanswered, Wrong


def test_names_are_listed_by_lecture():
    assert "03.by_hand" in exercises.names()
    assert exercises.names(3) == exercises.names("03")
    assert all(name.startswith("03.") for name in exercises.names(3))
    assert "A1.pad_same" in exercises.names("a1")
    assert all(name.startswith("A1.") for name in exercises.names("A1"))


def test_every_exercise_has_hints_and_praise():
    for name in exercises.names():
        item = _core._find(name)
        assert len(item.hints) >= 2, name
        assert item.praise.endswith("."), name


def test_unknown_name_offers_the_nearest():
    with pytest.raises(ValueError, match=r"no exercise called '03.by_hnd'. Did you mean '03.by_hand'"):
        exercises.check("03.by_hnd", 1)
    with pytest.raises(ValueError, match=r"`exercises.names\(\)` lists them all"):
        exercises.hint("nothing like it")


def test_two_exercises_of_one_name_are_refused():
    with pytest.raises(ValueError, match=r"two exercises called '03\.by_hand'"):
        _core.exercise("03.by_hand", hints=())(lambda answer: None)


@pytest.mark.parametrize("answer", [..., (1, ..., 3), [...]])
def test_an_unanswered_exercise_is_neither_right_nor_wrong(answer):
    verdict = exercises.check("03.by_hand", answer)
    assert verdict.ok is None
    assert not verdict
    assert "Not answered yet" in verdict.message


def test_a_verdict_shows_itself_as_text_and_html():
    wrong = exercises.check("03.by_hand", [0, 0, 0, 0])
    assert repr(wrong).startswith("Not yet.")
    assert 'exercises.hint("03.by_hand")' in repr(wrong)
    assert wrong._repr_html_().count("<details>") == len(_core._find("03.by_hand").hints)
    right = exercises.check("03.by_hand", [3, 1, 6, 2])
    assert repr(right).startswith("Right.")
    assert "<details>" not in right._repr_html_()


def test_messages_are_escaped():
    verdict = exercises.check("03.by_hand", "<script>alert(1)</script>")
    assert "<script>" not in verdict._repr_html_()
    assert "&lt;script&gt;" in verdict._repr_html_()


def test_hints_are_numbered():
    hints = exercises.hint("03.by_hand")
    assert repr(hints).splitlines()[0].startswith("Hint 1: ")
    assert hints._repr_html_().count("<summary>") == len(repr(hints).splitlines())


class TestNumber:
    @pytest.mark.parametrize("answer", [5, 5.0, np.float32(5), np.array([5]), [5]])
    def test_right(self, answer):
        _judging.number(answer, 5)

    def test_wrong(self):
        with pytest.raises(Wrong, match="The length is not 6"):
            _judging.number(6, 5, what="The length")

    def test_slip(self):
        with pytest.raises(Wrong, match="one too many"):
            _judging.number(6, 5, slips=[(6, "That is one too many.")])

    @pytest.mark.parametrize("answer", ["five", None, [1, 2], {}])
    def test_not_a_number(self, answer):
        with pytest.raises(Wrong, match="should be one number"):
            _judging.number(answer, 5)

    def test_nan_is_never_right(self):
        with pytest.raises(Wrong):
            _judging.number(float("nan"), 5)


class TestArray:
    def test_right(self):
        _judging.array([[1, 2], [3, 4]], np.array([[1.0, 2], [3, 4]]))

    def test_shape(self):
        with pytest.raises(Wrong, match=r"should have shape \(2,\); yours has shape \(3,\)"):
            _judging.array([1, 2, 3], [1, 2])

    def test_first_difference_is_named(self):
        with pytest.raises(Wrong, match=r"differs at index \(1, 0\): 9 is not right"):
            _judging.array([[1, 2], [9, 4]], [[1, 2], [3, 4]])

    def test_slip_of_another_shape(self):
        with pytest.raises(Wrong, match="transposed"):
            _judging.array([[1], [2]], [[1, 2]], slips=[([[1], [2]], "You transposed it.")])

    @pytest.mark.parametrize("answer", ["text", None, object()])
    def test_not_an_array(self, answer):
        with pytest.raises(Wrong, match=r"list or an array|shape"):
            _judging.array(answer, [1, 2])


class TestFunction:
    cases = ((np.array([1.0, 2.0]),), (np.array([3.0]),))

    def test_right(self):
        _judging.function(lambda x: x * 2, lambda x: x + x, self.cases)

    def test_not_called_with_brackets(self):
        with pytest.raises(Wrong, match="without brackets"):
            _judging.function(3, abs, self.cases)

    def test_stops_with_an_error(self):
        def broken(x):
            return x[7]

        with pytest.raises(Wrong, match=r"broken\(array\(\[1., 2.\]\)\) stopped with IndexError|IndexError"):
            _judging.function(broken, np.abs, self.cases)

    def test_returns_nothing(self):
        with pytest.raises(Wrong, match="`return` at the end"):
            _judging.function(lambda x: None, np.abs, self.cases)

    def test_not_written_yet(self):
        with pytest.raises(Unanswered):
            _judging.function(lambda x: ..., np.abs, self.cases)

    def test_slip_is_explained_only_where_it_can_be_told_apart(self):
        with pytest.raises(Wrong, match="forgot the sign"):
            _judging.function(
                lambda x: x,
                np.abs,
                [(np.array([2.0]),), (np.array([-2.0]),)],
                slips=[(lambda x: x, "You forgot the sign.")],
            )

    def test_an_answer_that_changes_its_input_spoils_nothing(self):
        def greedy(x):
            x *= 2
            return x

        case = np.array([1.0, 2.0])
        _judging.function(greedy, lambda x: x * 2, [(case,), (case,)])
        assert case.tolist() == [1, 2]
