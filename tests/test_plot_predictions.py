"""plot.confusion_matrix and plot.mistakes: the counts are scikit-learn's, the pictures are the wrong ones."""

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy.special import expit, softmax
from sklearn import metrics

from cnnkit import plot

AERIAL = [
    "agricultural",
    "airplane",
    "baseballdiamond",
    "beach",
    "buildings",
    "chaparral",
    "denseresidential",
    "forest",
    "freeway",
    "golfcourse",
    "harbor",
    "intersection",
    "mediumresidential",
    "mobilehomepark",
    "overpass",
    "parkinglot",
    "river",
    "runway",
    "sparseresidential",
    "storagetanks",
    "tenniscourt",
]


def drawn_up(number, classes, seed=0):
    """Labels and logits of a classifier that is mostly right."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, classes, number)
    logits = rng.normal(size=(number, classes))
    logits[np.arange(number), labels] += 2.5
    return labels, logits


def held(axes):
    """What the two pictures of a matrix hold, as one array: 0 where both are masked."""
    errors, diagonal = (image.get_array() for image in axes.images)
    assert np.all(errors.mask | diagonal.mask)
    return np.asarray(errors.filled(0) + diagonal.filled(0))


def written(axes, classes):
    """The words on the cells, as a dict from (row, column)."""
    cells = {}
    for text in axes.texts:
        x, y = text.get_position()
        if x in range(classes) and y in range(classes):
            cells[int(y), int(x)] = text.get_text()
    return cells


def words(axes):
    return [text.get_text() for text in axes.texts]


# --- the matrix


@pytest.mark.parametrize("classes", [2, 3, 10, 21])
@pytest.mark.parametrize("seed", [0, 1])
def test_counts_are_those_of_scikit_learn(classes, seed):
    labels, logits = drawn_up(400, classes, seed)
    axes = plot.confusion_matrix(labels, logits)
    truth = metrics.confusion_matrix(labels, logits.argmax(axis=1), labels=range(classes))
    assert isinstance(axes, Axes)
    np.testing.assert_array_equal(held(axes), truth)
    cells = written(axes, classes)
    assert {place: int(word) for place, word in cells.items()} == {
        (int(r), int(c)): int(truth[r, c]) for r, c in np.ndindex(truth.shape) if truth[r, c] or r == c
    }


@pytest.mark.parametrize("classes", [2, 10])
def test_normalize_is_that_of_scikit_learn(classes):
    labels, logits = drawn_up(400, classes)
    axes = plot.confusion_matrix(labels, logits, normalize=True)
    truth = metrics.confusion_matrix(labels, logits.argmax(axis=1), normalize="true")
    np.testing.assert_allclose(held(axes), truth)
    for place, word in written(axes, classes).items():
        assert abs(float(word.strip("<>")) - 100 * truth[place]) <= 0.51
    assert axes.get_xlabel() == "what was said, per cent of the row"


def test_recall_and_totals_stand_beside_the_rows():
    labels, logits = drawn_up(200, 4)
    said = logits.argmax(axis=1)
    recall = metrics.recall_score(labels, said, average=None)
    axes = plot.confusion_matrix(labels, said)
    beside = [[] for _ in range(4)]
    for text in axes.texts:
        x, y = text.get_position()
        if x > 3.5 and y >= 0:
            beside[int(y)].append(text.get_text())
    for row, (share, total) in enumerate(beside):
        assert share == f"{100 * recall[row]:.0f} %"
        assert total == str(int((labels == row).sum()))
    assert (
        f"accuracy {metrics.accuracy_score(labels, said):.3f}: {(labels == said).sum()} of 200 are right"
        in words(axes)
    )


def test_a_class_without_pictures_has_no_recall():
    axes = plot.confusion_matrix([0, 0, 2], [0, 1, 2], class_names=["a", "b", "c"])
    assert "–" in words(axes)
    assert (1, 1) not in written(axes, 3)


def test_none_found_is_a_zero_on_the_diagonal():
    assert written(plot.confusion_matrix([0, 1], [1, 1]), 2) == {(0, 0): "0", (0, 1): "1", (1, 1): "1"}


def test_rare_errors_are_neither_nothing_nor_is_the_rest_everything():
    labels = np.zeros(1000, dtype=int)
    said = labels.copy()
    said[0] = 1
    axes = plot.confusion_matrix(labels, said, normalize=True)
    assert written(axes, 2) == {(0, 0): ">99", (0, 1): "<1"}


def test_errors_stand_out_and_the_diagonal_does_not():
    labels = np.repeat([0, 1], 1000)
    said = labels.copy()
    said[:3] = 1
    errors, diagonal = plot.confusion_matrix(labels, said).images

    def saturation(image):
        shown = image.to_rgba(image.get_array())
        rgb = shown[~np.ma.getmaskarray(image.get_array())][:, :3]
        return (rgb.max(axis=1) - rgb.min(axis=1)).min()

    assert saturation(errors) > 3 * saturation(diagonal)


def test_without_an_error():
    axes = plot.confusion_matrix([0, 1, 2], [0, 1, 2])
    assert axes.images[0].get_array().count() == 0
    assert "three are right" not in plot.alt(axes)
    assert plot.alt(axes).endswith("3 are right, accuracy 1.000, without an error.")


def test_long_names_stand_upright_and_on_the_page():
    labels, logits = drawn_up(600, 21)
    axes = plot.confusion_matrix(labels, logits, class_names=AERIAL)
    axes.figure.canvas.draw()
    assert [label.get_text() for label in axes.get_yticklabels()] == AERIAL
    assert all(label.get_rotation() == 90 for label in axes.get_xticklabels())
    width, height = axes.figure.canvas.get_width_height()
    for text in [
        *axes.texts,
        *axes.get_xticklabels(),
        *axes.get_yticklabels(),
        axes.xaxis.label,
        axes.yaxis.label,
    ]:
        box = text.get_window_extent()
        assert box.x0 >= 0
        assert box.y0 >= 0
        assert box.x1 <= width
        assert box.y1 <= height


@pytest.mark.parametrize("classes", [2, 10, 21])
def test_numbers_fit_their_cells(classes):
    labels, logits = drawn_up(60_000, classes)
    axes = plot.confusion_matrix(labels, logits)
    axes.figure.canvas.draw()
    side = axes.get_window_extent().width / classes
    for text in axes.texts:
        x, y = text.get_position()
        if x in range(classes) and y in range(classes):
            assert text.get_window_extent().width <= side


def test_ax_is_drawn_into():
    _, ax = plt.subplots()
    assert plot.confusion_matrix([0, 1], [0, 1], ax=ax) is ax
    assert len(plt.get_fignums()) == 1


def test_the_sentence_of_a_matrix():
    axes = plot.confusion_matrix([0, 0, 0, 1], [0, 1, 1, 1], class_names=["cat", "dog"])
    assert plot.alt(axes) == (
        "Confusion matrix of four pictures in two classes: 2 are right, accuracy 0.500; the most frequent "
        "errors: cat taken for dog (2 of 3); lowest recall: cat with 33 %."
    )


# --- what predictions may be


@pytest.mark.parametrize(
    "predictions",
    [
        [0, 2, 1],
        np.array([0.0, 2.0, 1.0]),
        np.array([[0], [2], [1]]),
        [[0.8, 0.1, 0.1], [0.2, 0.2, 0.6], [0.1, 0.7, 0.2]],
        [[8.0, -1.0, 0.0], [0.0, 1.0, 9.0], [-5.0, -1.0, -3.0]],
    ],
)
@pytest.mark.parametrize("labels", [[0, 2, 2], np.eye(3)[[0, 2, 2]], np.array([[0], [2], [2]], np.uint8)])
def test_classes_and_scores_say_the_same(labels, predictions):
    np.testing.assert_array_equal(
        held(plot.confusion_matrix(labels, predictions)), [[1, 0, 0], [0, 0, 0], [0, 1, 1]]
    )


@pytest.mark.parametrize(
    "predictions", [[0.1, 0.9, 0.6], [[0.1], [0.9], [0.6]], [[-3.1], [4.2], [0.3]], [-3.1, 4.2, 0.3]]
)
def test_one_number_a_picture_is_for_two_classes(predictions):
    np.testing.assert_array_equal(held(plot.confusion_matrix([0, 1, 0], predictions)), [[1, 1], [0, 1]])


# --- the mistakes


LABELS, LOGITS = drawn_up(200, 5)
WRONG = np.flatnonzero(LOGITS.argmax(axis=1) != LABELS)
PICTURES = np.arange(200, dtype=np.uint8)[:, np.newaxis, np.newaxis, np.newaxis] * np.ones(
    (1, 4, 4, 1), np.uint8
)


def numbers(figure):
    """Which pictures are drawn: each is filled with its own number."""
    return [int(np.asarray(axes.images[0].get_array()).flat[0]) for axes in figure.axes]


def test_the_most_confident_mistakes_come_first():
    sure = softmax(LOGITS, axis=1).max(axis=1)
    by_sureness = WRONG[np.argsort(-sure[WRONG])]
    figure = plot.mistakes(PICTURES, LABELS, LOGITS)
    assert isinstance(figure, Figure)
    assert numbers(figure) == list(by_sureness[:12])
    assert numbers(plot.mistakes(PICTURES, LABELS, LOGITS, order="unsure", count=5)) == list(
        by_sureness[::-1][:5]
    )
    assert numbers(plot.mistakes(PICTURES, LABELS, LOGITS, order="first", count=5)) == list(WRONG[:5])
    for axes, i in zip(figure.axes, by_sureness, strict=False):
        said = LOGITS[i].argmax()
        assert axes.get_title() == f"is {LABELS[i]}\nsaid {said}, {100 * sure[i]:.0f} %"
    assert figure.get_suptitle() == f"{len(WRONG)} of 200 are wrong; here the 12 most confident"


def test_probabilities_and_logits_are_equally_sure():
    titles = [
        [axes.get_title() for axes in plot.mistakes(PICTURES, LABELS, p).axes]
        for p in (LOGITS, softmax(LOGITS, axis=1), LOGITS - 100)
    ]
    assert titles[0] == titles[1] == titles[2]


def test_two_classes_with_one_output():
    labels, logits = np.array([0, 1, 1, 0]), np.array([[2.0], [3.0], [-1.5], [-2.5]])
    for predictions in (logits, expit(logits)):
        figure = plot.mistakes(PICTURES[:4], labels, predictions, class_names=["cat", "dog"])
        assert [axes.get_title() for axes in figure.axes] == [
            "is cat\nsaid dog, 88 %",
            "is dog\nsaid cat, 82 %",
        ]


def test_classes_alone_say_nothing_of_sureness():
    figure = plot.mistakes(PICTURES, LABELS, LOGITS.argmax(axis=1), count=3)
    assert numbers(figure) == list(WRONG[:3])
    assert "%" not in figure.axes[0].get_title()
    assert figure.get_suptitle().endswith("here the first 3")


def test_all_mistakes_fewer_than_count():
    figure = plot.mistakes(PICTURES, LABELS, LOGITS, count=256)
    assert sorted(numbers(figure)) == list(WRONG)
    assert figure.get_suptitle() == f"{len(WRONG)} of 200 are wrong, the most confident first"


def test_one_mistake_keeps_its_title_on_the_page():
    first = WRONG[0]
    figure = plot.mistakes(PICTURES[: first + 1], LABELS[: first + 1], LOGITS[: first + 1])
    assert len(figure.axes) == 1
    assert figure.get_suptitle() == f"1 of {first + 1} is wrong"
    figure = plot.mistakes(PICTURES, LABELS, LOGITS, count=1)
    figure.canvas.draw()
    box = figure.texts[0].get_window_extent()
    assert box.x0 >= 0
    assert box.x1 <= figure.bbox.width


def test_no_mistake_is_said():
    figure = plot.mistakes(PICTURES, LABELS, LABELS)
    assert not figure.axes
    assert [text.get_text() for text in figure.texts] == ["No mistake: all 200 predictions are right."]
    assert plot.alt(figure) == "No mistake: all 200 predictions are right."


def test_pictures_without_a_channel_axis_in_colour_and_as_a_list():
    assert numbers(plot.mistakes(PICTURES[..., 0], LABELS, LOGITS, count=2)) == numbers(
        plot.mistakes(PICTURES, LABELS, LOGITS, count=2)
    )
    colour = np.repeat(PICTURES, 3, axis=-1)
    assert plot.mistakes(colour, LABELS, LOGITS, count=2).axes[0].images[0].get_array().shape == (4, 4, 3)
    assert numbers(plot.mistakes(list(PICTURES), LABELS, LOGITS, count=2)) == numbers(
        plot.mistakes(PICTURES, LABELS, LOGITS, count=2)
    )


def test_dark_pictures_of_a_bright_data_set_stay_dark():
    pictures = np.full((4, 5, 5, 1), 200.0, np.float32)
    pictures[3] = 0.5
    figure = plot.mistakes(pictures, [0, 0, 0, 0], [0, 0, 0, 1])
    assert figure.axes[0].images[0].get_clim() == (0, 255)


def test_long_names_are_written_in_three_lines_of_one_size():
    labels, logits = drawn_up(100, 21)
    figure = plot.mistakes(PICTURES[:100], labels, logits, class_names=AERIAL)
    assert {axes.get_title().count("\n") for axes in figure.axes} == {2}
    assert len({axes.title.get_fontsize() for axes in figure.axes}) == 1
    figure.canvas.draw()
    boxes = [axes.title.get_window_extent() for axes in figure.axes]
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[i + 1 :])


def test_the_sentence_of_the_mistakes():
    figure = plot.mistakes(
        PICTURES[:3], [0, 1, 1], [[0.2, 0.8], [0.1, 0.9], [0.7, 0.3]], class_names=["cat", "dog"]
    )
    assert plot.alt(figure) == (
        "2 of 3 are wrong, the most confident first: cat taken for dog (80 %), dog taken for cat (70 %)."
    )


# --- what is refused


@pytest.mark.parametrize(
    "call", [plot.confusion_matrix, lambda y, p, **k: plot.mistakes(PICTURES[: len(y)], y, p, **k)]
)
@pytest.mark.parametrize(
    ("labels", "predictions", "names", "error", "said"),
    [
        ([0, 1, 1], [0, 1], None, ValueError, "same length; received 3 and 2.*different parts of the data"),
        ([0, 1, 1], np.eye(2), None, ValueError, "same length; received 3 and 2"),
        ([[0.9, 0.1], [0.2, 0.8]], [0, 1], None, ValueError, "labels come first, the predictions second"),
        ([0.3, 0.8], [0, 1], None, ValueError, "whole numbers from 0 on, one a class; received 0.3"),
        ([0, -1], [0, 1], None, ValueError, "received -1"),
        (["cat", "dog"], [0, 1], None, TypeError, r"Turn names into numbers: \[class_names\.index"),
        ([0, 1], [0, np.nan], None, ValueError, "`predictions` must hold finite numbers"),
        ([0, 1], ["cat", "dog"], None, TypeError, "`predictions` must be an array of real numbers"),
        ([0, 1], np.zeros((2, 3, 4)), None, ValueError, r"`predictions` must have shape \(N,\)"),
        ([0, 5], np.eye(3)[:2], None, ValueError, "`labels` must be whole numbers from 0 to 2.*received 5"),
        ([0, 1], [0, 2], ["a", "b"], ValueError, "`predictions` must be .* 0 to 1, one a class; received 2"),
        ([1, 2], [1, 2], ["a", "b"], ValueError, "they start at 1"),
        ([0, 1], np.eye(3)[:2], ["a", "b"], ValueError, "each of the 3 classes.*received 2"),
    ],
)
def test_what_does_not_fit_is_refused(call, labels, predictions, names, error, said):
    with pytest.raises(error, match=said):
        call(labels, predictions, class_names=names)


def test_too_many_classes():
    with pytest.raises(ValueError, match=r"at most 40 classes.*received 41\. Draw the pictures of some"):
        plot.confusion_matrix(range(41), range(41))


@pytest.mark.parametrize(
    ("images", "more", "error", "said"),
    [
        (PICTURES[:199], {}, ValueError, "one picture a label; received 199 for 200"),
        (np.zeros((200, 16)), {}, ValueError, r"look flattened: restore the rows, images\.reshape"),
        (PICTURES[0, ..., 0, 0], {}, ValueError, r"needs a batch axis: images\[np\.newaxis\]"),
        (PICTURES, {"order": "worst"}, ValueError, "'confident', 'unsure' or 'first'; received 'worst'"),
        (PICTURES, {"count": 0}, ValueError, "from 1 to 256; received 0"),
        (PICTURES, {"count": 2.5}, ValueError, "whole number of pictures.*received 2.5"),
        (np.zeros((200, 4, 4, 5)), {}, ValueError, r"\(H, W, 1\) or \(H, W, 3\); received"),
        ("photo.png", {}, TypeError, "read it with"),
    ],
)
def test_pictures_that_do_not_fit_are_refused(images, more, error, said):
    with pytest.raises(error, match=said):
        plot.mistakes(images, LABELS, LOGITS, **more)


def test_a_data_set_is_no_array_of_pictures():
    tf = pytest.importorskip("tensorflow")
    data = tf.data.Dataset.from_tensor_slices(PICTURES)
    with pytest.raises(TypeError, match="batch by batch"):
        plot.mistakes(data, LABELS, LOGITS)
