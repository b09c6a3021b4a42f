"""plot.history: the curves, their best epoch and the words at their ends, read back from the artists."""

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Annotation, Text

from cnnkit import plot
from cnnkit.plot import _layout
from cnnkit.plot._history import COLOURS, _apart, _falls, _readable

RUN = {
    "loss": [2.0, 1.0, 0.5, 0.25],
    "accuracy": [0.3, 0.6, 0.8, 0.95],
    "val_loss": [1.8, 0.9, 0.7, 0.8],
    "val_accuracy": [0.4, 0.7, 0.75, 0.72],
    "learning_rate": [0.01, 0.01, 0.001, 0.001],
}
OTHER = {metric: [n * 0.9 for n in numbers][:3] for metric, numbers in RUN.items()}


class History:
    """The two attributes of keras.callbacks.History that count."""

    def __init__(self, history, epoch):
        self.history, self.epoch = history, epoch


def line(axes, label):
    (found,) = [line for line in axes.lines if line.get_label() == label]
    return found


def rings(axes):
    return [
        (float(r.get_xdata()[0]), float(r.get_ydata()[0])) for r in axes.lines if r.get_label() == "_best"
    ]


def ends(axes):
    """The words at the lines' ends."""
    return [a.get_text() for a in axes.texts if isinstance(a, Annotation) and a.arrow_patch is not None]


def words(axes):
    return " | ".join(text.get_text() for text in axes.texts)


# --- what is drawn


@pytest.mark.parametrize("what", [RUN, History(RUN, [0, 1, 2, 3])])
def test_one_run_has_a_panel_for_each_metric_and_two_lines_in_each(what):
    figure = plot.history(what)
    assert isinstance(figure, Figure)
    assert [axes.texts[0].get_text() for axes in figure.axes] == ["loss", "accuracy"]
    for axes, metric in zip(figure.axes, ["loss", "accuracy"], strict=True):
        for label, key in (("training", metric), ("validation", f"val_{metric}")):
            np.testing.assert_array_equal(line(axes, label).get_xdata(), [1, 2, 3, 4])
            np.testing.assert_array_equal(line(axes, label).get_ydata(), RUN[key])
        assert line(axes, "training").get_color() == line(axes, "validation").get_color()
        assert line(axes, "training").get_linestyle() == "--"
        assert line(axes, "validation").get_linestyle() == "-"
        assert axes.get_xlabel() == "epoch"


def test_the_ring_marks_the_best_validation_epoch():
    loss, accuracy = plot.history(RUN).axes
    assert rings(loss) == [(3, 0.7)]
    assert rings(accuracy) == [(3, 0.75)]
    assert "lowest on validation, 0.700 in epoch 3" in words(loss)
    assert "highest on validation, 0.750 in epoch 3" in words(accuracy)


@pytest.mark.parametrize(
    ("metric", "falls"),
    [
        ("loss", True),
        ("digit_loss", True),
        ("mean_squared_error", True),
        ("sparse_categorical_crossentropy", True),
        ("mae", True),
        ("accuracy", False),
        ("sparse_categorical_accuracy", False),
        ("auc", False),
        ("precision", False),
        ("top_5_accuracy", False),
    ],
)
def test_whether_less_is_better(metric, falls):
    assert _falls(metric) is falls


def test_last_values_stand_at_the_ends():
    loss, accuracy = plot.history(RUN).axes
    assert ends(loss) == ["training 0.250", "validation 0.800"]
    assert ends(accuracy) == ["training 0.950", "validation 0.720"]


def test_without_validation_nothing_is_the_best():
    figure = plot.history({"loss": [2, 1], "accuracy": [0.5, 0.6]})
    assert [len(axes.lines) for axes in figure.axes] == [1, 1]
    assert "ring" not in words(figure.axes[0])


@pytest.mark.parametrize("number", [1, 2, 3, 10, 11, 12, 30, 100, 250])
def test_epochs_are_whole_numbers_from_one(number):
    axes = plot.history({"loss": np.linspace(2, 1, number)})
    ticks = axes.get_xticks()
    assert ticks[0] == 1
    assert np.all(ticks == np.round(ticks))
    assert np.all(np.diff(ticks) > 0)
    assert len(ticks) <= 10
    assert ticks[-1] <= number
    low, high = axes.get_xlim()
    assert low < 1
    assert high > number


def test_one_epoch_is_two_dots_and_no_ring():
    loss, _ = plot.history({metric: numbers[:1] for metric, numbers in RUN.items()}).axes
    assert rings(loss) == []
    assert [one.get_marker() for one in loss.lines] == ["o", "o"]
    assert list(loss.get_xticks()) == [1]
    assert ends(loss) == ["training 2.000", "validation 1.800"]


def test_a_continued_training_goes_on_counting():
    axes = plot.history(History({"loss": [0.5, 0.4]}, [10, 11]))
    np.testing.assert_array_equal(axes.lines[0].get_xdata(), [11, 12])


def test_several_runs_have_a_colour_each_and_are_named_at_their_ends():
    figure = plot.history({"dense": RUN, "LeNet-5": History(OTHER, [0, 1, 2])})
    loss, accuracy = figure.axes
    assert ends(loss) == ["dense 0.800", "LeNet-5 0.630"]
    assert ends(accuracy) == ["dense 0.720", "LeNet-5 0.675"]
    colours = [line(loss, f"{name} validation").get_color() for name in ("dense", "LeNet-5")]
    assert len(set(colours)) == 2
    assert line(loss, "dense training").get_color() == colours[0]
    assert rings(loss) == [(3, 0.7), (3, pytest.approx(0.63))]
    (key,) = figure.legends
    assert [text.get_text() for text in key.get_texts()] == ["training", "validation"]


def test_a_run_without_validation_is_named_at_its_training_line():
    axes = plot.history({"a": {"loss": [2, 1]}, "b": RUN}, metrics="loss")
    assert ends(axes) == ["a 1.000", "b 0.800"]


def test_the_key_names_no_line_that_is_not_drawn():
    validation = {name: numbers for name, numbers in RUN.items() if name.startswith("val_")}
    (key,) = plot.history({"a": validation, "b": validation}).legends
    assert [text.get_text() for text in key.get_texts()] == ["validation"]


def test_runs_without_any_validation_say_that_they_are_of_training():
    axes = plot.history({"a": {"loss": [2, 1]}, "b": {"loss": [3, 2]}})
    assert "on training" in words(axes)
    assert not axes.figure.legends


def test_words_at_the_ends_do_not_overlap_and_stay_on_the_page():
    same = {f"a run with the long name {i}": RUN for i in range(7)}
    figure = plot.history(same)
    figure.canvas.draw()
    everything = [t for axes in figure.axes for t in axes.texts]
    assert sum(len(ends(axes)) for axes in figure.axes) == 14
    boxes = [Text.get_window_extent(text) for text in everything]  # an Annotation's own has the line in it
    width, height = figure.canvas.get_width_height()
    for i, a in enumerate(boxes):
        assert a.x0 >= 0
        assert a.x1 <= width
        assert a.y0 >= 0
        assert a.y1 <= height
        for b in boxes[i + 1 :]:
            assert not a.overlaps(b)


@pytest.mark.parametrize("seed", range(20))
def test_apart_moves_no_more_than_needed(seed):
    rng = np.random.default_rng(seed)
    number = int(rng.integers(1, 8))
    wanted, heights = rng.uniform(0, 200, number), rng.uniform(8, 24, number)
    middles = np.array(_apart(list(wanted), list(heights), 200))
    order = np.argsort(wanted, kind="stable")
    low, high = (middles - heights / 2)[order], (middles + heights / 2)[order]
    assert low[0] >= -1e-9
    assert high[-1] <= 200 + 1e-9
    assert np.all(low[1:] >= high[:-1] - 1e-9)
    touching = (
        np.r_[False, np.abs(low[1:] - high[:-1]) < 1e-6] | np.r_[np.abs(low[1:] - high[:-1]) < 1e-6, False]
    )
    free = ~touching & (low > 1e-9) & (high < 200 - 1e-9)
    np.testing.assert_allclose(middles[order][free], wanted[order][free])


def test_letters_are_dark_enough_on_white():
    from matplotlib.colors import to_rgb

    assert all(_layout.contrast(to_rgb(_readable(colour)), (1, 1, 1)) >= 4.5 for colour in COLOURS)
    assert _layout.contrast((0, 0, 0), (1, 1, 1)) == pytest.approx(21)


def test_metrics_choose_the_panels():
    assert isinstance(plot.history(RUN, metrics="accuracy"), Axes)
    both = plot.history(RUN, metrics=["accuracy", "loss"])
    assert [axes.texts[0].get_text() for axes in both.axes] == ["accuracy", "loss"]
    assert "learning_rate" not in words(plot.history({"loss": [1], "learning_rate": [0.1]}))
    assert "learning rate" in words(plot.history(RUN, metrics="learning_rate"))


def test_several_runs_share_the_metrics_that_all_have():
    axes = plot.history({"a": RUN, "b": {"loss": [1, 2], "auc": [0.5, 0.6]}})
    assert words(axes).startswith("loss")


def test_ax_is_drawn_into():
    _, ax = plt.subplots()
    assert plot.history(RUN, metrics="loss", ax=ax) is ax
    assert len(plt.get_fignums()) == 1


def test_seconds_of_the_whole_training_are_spread_evenly():
    loss, accuracy = plot.history(RUN, seconds=10).axes
    np.testing.assert_allclose(line(loss, "training").get_xdata(), [2.5, 5, 7.5, 10])
    assert accuracy.get_xlabel() == "seconds"
    assert rings(loss) == [(7.5, 0.7)]
    assert "in epoch 3" in words(loss)


def test_seconds_of_each_epoch_and_of_several_runs():
    figure = plot.history({"a": RUN, "b": OTHER}, seconds={"a": [1, 3, 4, 8], "b": 6})
    np.testing.assert_allclose(line(figure.axes[0], "a validation").get_xdata(), [1, 3, 4, 8])
    np.testing.assert_allclose(line(figure.axes[0], "b validation").get_xdata(), [2, 4, 6])


def test_expected_is_a_band_in_its_panel():
    loss, accuracy = plot.history(RUN, expected={"val_accuracy": (0.97, 0.99)}).axes
    assert not loss.patches
    (band,) = accuracy.patches
    assert (band.get_y(), band.get_y() + band.get_height()) == pytest.approx((0.97, 0.99))
    assert accuracy.get_ylim()[1] >= 0.99
    assert "grey band: expected at the end, 0.970 to 0.990" in words(accuracy)
    assert "band" not in words(loss)


class Measured:
    """What results.expected returns, as far as it counts."""

    metrics = ("accuracy", "seconds", "val_loss", "loss")

    def __getitem__(self, metric):
        return [1.0, 0.5] if metric == "loss" else 0.9

    def range(self, metric):
        return {"accuracy": (0.96, 0.98), "seconds": (1, 9), "val_loss": (0.6, 0.9)}[metric]


def test_expected_may_be_what_was_measured():
    loss, accuracy = plot.history(RUN, expected=Measured()).axes
    assert (loss.patches[0].get_y(), accuracy.patches[0].get_y()) == (0.6, 0.96)


def test_validation_that_did_not_run_in_every_epoch():
    run = {"loss": [6, 5, 4, 3, 2, 1], "val_loss": [5.5, 3.5, 1.5]}
    axes = plot.history(run)
    np.testing.assert_array_equal(line(axes, "validation").get_xdata(), [2, 4, 6])
    axes = plot.history({"loss": [3, 2, 1], "val_loss": [None, 2.5, None]})
    np.testing.assert_array_equal(line(axes, "validation").get_xdata(), [2])


def test_a_training_that_diverged_is_drawn_as_far_as_it_went():
    axes = plot.history({"loss": [2.3, 9.0, float("nan"), float("inf")]})
    np.testing.assert_array_equal(axes.lines[0].get_ydata(), [2.3, 9.0])
    assert "no number (NaN) from epoch 3 on" in words(axes)
    assert "then no number (NaN)" in plot.alt(axes)
    assert "no epoch has a number" in words(plot.history({"loss": [float("nan")] * 2}))


def test_with_keras():
    keras = pytest.importorskip("keras")
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse", metrics=["mae"])
    x = np.linspace(0, 1, 16).reshape(8, 2)
    told = model.fit(x, x[:, :1], validation_data=(x, x[:, :1]), epochs=2, verbose=0)
    figure = plot.history(told)
    np.testing.assert_array_equal(line(figure.axes[1], "validation").get_ydata(), told.history["val_mae"])
    with pytest.raises(TypeError, match="received Sequential"):
        plot.history(model)


# --- the sentence


def test_the_sentence_of_one_run():
    assert plot.alt(plot.history(RUN)) == (
        "Learning curves of one training over four epochs. Loss: training from 2.000 to 0.250; validation from "
        "1.800 to 0.800, lowest 0.700 in epoch 3. Accuracy: training from 0.300 to 0.950; validation from "
        "0.400 to 0.720, highest 0.750 in epoch 3."
    )


def test_the_sentence_of_several_runs():
    axes = plot.history({"a": RUN, "b": OTHER}, metrics="accuracy", expected={"accuracy": (0.7, 0.8)})
    assert plot.alt(axes) == (
        "Learning curves of two trainings over up to four epochs. Accuracy: a, validation from 0.400 to 0.720, "
        "highest 0.750 in epoch 3; b, validation from 0.360 to 0.675, highest 0.675 in epoch 3; expected at "
        "the end 0.700 to 0.800."
    )


# --- what is refused


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (lambda: plot.history([1, 2]), TypeError, r"received list\. A list does not say which metric"),
        (lambda: plot.history(3), TypeError, r"received int\. Keep what fit returns"),
        (lambda: plot.history({"loss": 3}), TypeError, "Each value must be a list"),
        (lambda: plot.history({"a": RUN, "b": 3}), TypeError, "Only 'a' hold a training"),
        (lambda: plot.history({}), ValueError, r"at least one epoch; received none"),
        (lambda: plot.history({"loss": []}), ValueError, r"received none.*model\.fit\("),
        (lambda: plot.history({"a": RUN, "b": {}}), ValueError, "of run 'b' must hold at least one epoch"),
        (lambda: plot.history({"loss": [[1, 2]]}), ValueError, "a list of numbers for each metric"),
        (lambda: plot.history({"loss": [1, 2], "acc": [1]}), ValueError, "received 1 of 'acc' for 2 epochs"),
        (lambda: plot.history({"loss": [1] * 5, "val_loss": [1]}), ValueError, "write None for an epoch"),
        (lambda: plot.history(dict.fromkeys("abcdefgh", RUN)), ValueError, "at most 7 runs.*received 8"),
        (lambda: plot.history(RUN, metrics="acc"), ValueError, "loss, accuracy; received 'acc'"),
        (lambda: plot.history({"a": RUN, "b": {"loss": [1]}}, metrics="accuracy"), ValueError, "in run 'b'"),
        (
            lambda: plot.history({"a": {"loss": [1]}, "b": {"mae": [1]}}),
            ValueError,
            "metric that all runs have",
        ),
        (lambda: plot.history(RUN, metrics=[]), ValueError, "at least one metric; received none"),
        (lambda: plot.history(RUN, ax="x"), ValueError, "room for one metric; received 2: loss, accuracy"),
        (lambda: plot.history(RUN, expected=(0.9, 1)), TypeError, "dict from a metric to .*received tuple"),
        (lambda: plot.history(RUN, expected={"accuracy": 0.9}), ValueError, "two numbers, the smaller first"),
        (lambda: plot.history(RUN, expected={"accuracy": (2, 1)}), ValueError, r"received \(2, 1\)"),
        (lambda: plot.history(RUN, expected={"auc": (0, 1)}), ValueError, "that are drawn.*received 'auc'"),
        (lambda: plot.history(RUN, seconds=[2, 1, 2, 3]), ValueError, r"np\.cumsum"),
        (lambda: plot.history(RUN, seconds=[1, 2]), ValueError, "one number, or 4 that grow"),
        (lambda: plot.history(RUN, seconds=0), ValueError, "one number, or 4 that grow"),
        (lambda: plot.history(RUN, seconds="fast"), ValueError, "received 'fast'"),
        (lambda: plot.history({"a": RUN}, seconds={"b": 3}), ValueError, "seconds of every run.*'a'"),
        (lambda: plot.history({"a": RUN}, seconds=3), ValueError, "received int without 'a'"),
    ],
)
def test_what_is_refused(call, error, said):
    with pytest.raises(error, match=said):
        call()
