"""Learning curves: how loss and metrics of one or several trainings went, epoch by epoch."""

import textwrap
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from . import _alt, _layout

# Okabe and Ito's colours, which colour-blind eyes tell apart, without the yellow that is too pale for a line
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#000000")
_LETTERS = 9  # points
_LINE = 1.22 * _LETTERS  # points from one line of a label to the next
_WRAP = 16  # letters of a label side by side
_SMALLER_IS_BETTER = (
    "loss",
    "error",
    "entropy",
    "divergence",
    "perplexity",
    "mse",
    "mae",
    "mape",
    "msle",
    "hinge",
    "poisson",
    "log_cosh",
)
_NO_METRIC = {"learning_rate", "lr"}  # what callbacks write beside the metrics


class _Run(NamedTuple):
    """One training."""

    name: str
    epochs: np.ndarray  # (E,) ints from 1
    x: np.ndarray  # (E,) where each epoch is drawn: its number, or the seconds at its end
    values: dict  # metric, or "val_" + metric → (E,) floats, NaN where there is none


class _Curve(NamedTuple):
    run: _Run
    y: np.ndarray
    colour: str
    validation: bool


def history(history, *, metrics=None, expected=None, seconds=None, ax=None):
    """Draw the learning curves of one training, or of several to compare them.

    A panel for each metric. Training is dashed with hollow dots, validation solid with filled ones, both in
    the colour of their run; a ring marks the best validation epoch; the last value stands at the line's end.

    Args:
        history: what `model.fit` returns; its dict `history.history` of metric → list with a number an epoch;
            or a dict from the name of a run to one of these, at most seven runs. None in a list is an epoch
            without that number. A validation list may be shorter, as `validation_freq` makes it.
        metrics: a metric or a list of them, one panel each, without "val_"; None takes those that all runs
            have, the loss first.
        expected: where validation should end: a dict from metric to (low, high), or what `results.expected`
            returns, whose range it takes for each metric that was measured. None draws no such band.
        seconds: draws seconds in place of epochs: the seconds of the whole training, or a list with those
            that had passed at the end of each epoch; for several runs a dict of these. None draws epochs.
        ax: the Axes to draw one metric into; None makes a new figure.

    Returns:
        The Axes for one metric, the Figure for several. Each panel holds a line for each curve.

    Raises:
        ValueError: without an epoch, for lists of unequal length, an unknown metric, too many runs.
        TypeError: for what is neither a History nor a dict.
    """
    runs = _runs(history, seconds)
    metrics = _metrics(runs, metrics)
    expected = _expected(expected, metrics)
    if ax is not None and len(metrics) > 1:
        raise ValueError(
            f"`ax` has room for one metric; received {len(metrics)}: {', '.join(metrics)}. Leave `ax` out to "
            f"have a panel for each, or choose one: metrics={metrics[0]!r}."
        )
    several = len(runs) > 1 or runs[0].name != ""
    panels_curves = [_curves(runs, metric) for metric in metrics]
    labels = [[_label(curve, several) for curve in _labelled(curves, several)] for curves in panels_curves]
    key = several and any(any(c.validation for c in curves) for curves in panels_curves)
    if ax is None:
        figure, panels = _grid(len(metrics), labels, key, bool(expected))
    else:
        figure, panels = ax.figure, [ax]
    sentences = []
    for panel, metric, curves, words in zip(panels, metrics, panels_curves, labels, strict=True):
        _panel(panel, metric, curves, words, expected.get(metric), several, seconds is not None)
        sentences.append(_sentence(metric, curves, several, expected.get(metric)))
    if key:
        _key(figure if ax is None else ax, {c.validation for curves in panels_curves for c in curves})
    longest = max(len(run.epochs) for run in runs)
    what = f"Learning curves of {_alt.count(len(runs), 'training')} over " + (
        f"up to {_alt.count(longest, 'epoch')}"
        if len({len(run.epochs) for run in runs}) > 1
        else _alt.count(longest, "epoch")
    )
    sentence = f"{what}. {' '.join(sentences)}"
    return _alt.describe(panels[0] if len(metrics) == 1 else figure, sentence)


# --- What came in -------------------------------------------------------------------------------------------


def _runs(history, seconds):
    what = history
    if isinstance(what, Mapping) and what and all(_is_run(part) for part in what.values()):
        if len(what) > len(COLOURS):
            raise ValueError(
                f"`history` must hold at most {len(COLOURS)} runs, for more colours cannot be told apart; "
                f"received {len(what)}. Draw a part of them, or one figure for each question."
            )
        if seconds is not None and not (isinstance(seconds, Mapping) and set(seconds) >= set(what)):
            lacking = [name for name in what if not isinstance(seconds, Mapping) or name not in seconds]
            raise ValueError(
                f"`seconds` must be a dict with the seconds of every run; received {type(seconds).__name__} "
                f"without {_alt.listed(map(repr, lacking), 5)}. Its keys are those of `history`."
            )
        return [_run(str(n), part, None if seconds is None else seconds[n]) for n, part in what.items()]
    if not _is_run(what):
        tip = "Keep what fit returns, history = model.fit(...), and pass that."
        if isinstance(what, (list, tuple, np.ndarray)):
            tip = 'A list does not say which metric it is: {"loss": [...]}. For several runs name them: '
            tip += '{"dense": h1, "LeNet-5": h2}.'
        elif isinstance(what, Mapping):
            mixed = [key for key, part in what.items() if _is_run(part)]
            tip = (
                f"Only {_alt.listed(map(repr, mixed), 3)} hold a training: name every run, or none."
                if mixed
                else "Each value must be a list with a number an epoch."
            )
        raise TypeError(
            "`history` must be a Keras History, its dict of lists, or a dict from names to these; received "
            f"{type(what).__name__}. {tip}"
        )
    return [_run("", what, seconds)]


def _is_run(what):
    """Whether this is one training: a History, or a dict that has lists of numbers."""
    own = getattr(what, "history", what)
    if hasattr(what, "layers") or not isinstance(own, Mapping):  # a model has a `history` too, after fit
        return False
    return all(isinstance(part, (list, tuple, np.ndarray)) for part in own.values())


def _run(name, what, seconds):
    whose = f" of run {name!r}" if name else ""
    own = dict(getattr(what, "history", what))
    lists = {}
    for metric, numbers in own.items():
        try:
            lists[str(metric)] = np.array([np.nan if n is None else float(n) for n in numbers], dtype=float)
        except (TypeError, ValueError) as error:
            raise ValueError(
                f"`history`{whose} must hold a list of numbers for each metric; received for {metric!r} "
                f"{numbers!r:.60}. One number an epoch: take the mean over batches or outputs first."
            ) from error
    trained = {m: n for m, n in lists.items() if not m.startswith("val_")}
    number = max((len(n) for n in (trained or lists).values()), default=0)
    if number == 0:
        raise ValueError(
            f"`history`{whose} must hold at least one epoch; received none. It is filled while fit runs, and "
            "fit was not called, was stopped in its first epoch, or had epochs no larger than "
            "initial_epoch: call model.fit(..., epochs=5) and pass what it returns."
        )
    epochs = np.asarray(getattr(what, "epoch", None) or range(number), dtype=int) + 1
    if len(epochs) != number:
        epochs = np.arange(1, number + 1)
    values = {m: _spread(m, n, epochs, whose) for m, n in lists.items()}
    x = epochs.astype(float) if seconds is None else _elapsed(seconds, number, whose)
    return _Run(name, epochs, x, values)


def _spread(metric, numbers, epochs, whose):
    """Put the numbers of a shorter list at their epochs, as `validation_freq` left them out."""
    if len(numbers) == len(epochs):
        return numbers
    every = [k for k in range(2, int(epochs[-1]) + 1) if int(np.sum(epochs % k == 0)) == len(numbers)]
    if len(every) != 1 or not metric.startswith("val_"):
        raise ValueError(
            f"`history`{whose} must hold as many numbers for every metric; received {len(numbers)} of "
            f"{metric!r} for {len(epochs)} epochs. Lists of two trainings were probably joined, or "
            "validation did not run in every epoch: write None for an epoch without a number."
        )
    full = np.full(len(epochs), np.nan)
    full[epochs % every[0] == 0] = numbers
    return full


def _elapsed(seconds, number, whose):
    try:
        times = np.asarray(seconds, dtype=float)
    except (TypeError, ValueError):
        times = np.array(np.nan)
    if times.ndim == 0:
        times = times * np.arange(1, number + 1) / number
    if (
        times.shape != (number,)
        or not np.all(np.isfinite(times))
        or times[0] < 0
        or np.any(np.diff(times) <= 0)
    ):
        raise ValueError(
            f"`seconds`{whose} must be one number, or {number} that grow, the seconds passed at the end of "
            f"each epoch; received {seconds!r:.60}. If these are the seconds that each epoch took, add them "
            "up: np.cumsum(seconds)."
        )
    return times


def _metrics(runs, metrics):
    """The names of the panels."""
    each = [{m.removeprefix("val_") for m in run.values} - _NO_METRIC for run in runs]
    common = [m for m in _in_order(runs[0]) if all(m in own for own in each)]
    if metrics is None:
        if not common:
            found = "; ".join(f"{run.name!r}: {', '.join(_in_order(run))}" for run in runs)
            raise ValueError(
                f"`history` must hold a metric that all runs have; received {found}. compile(metrics=...) "
                "differed: give every model the same list."
            )
        return common
    chosen = [metrics] if isinstance(metrics, str) else list(metrics)
    if not chosen:
        raise ValueError("`metrics` must name at least one metric; received none. Leave it out to have all.")
    for metric in chosen:
        for run, own in zip(runs, each, strict=True):
            if metric in own or metric in run.values:
                continue
            whose = f" in run {run.name!r}" if run.name else ""
            tip = "The name is the one that fit prints; add it with compile(metrics=[...])."
            if str(metric).removeprefix("val_") in own:
                tip = f"Both curves stand in one panel: metrics={metric.removeprefix('val_')!r}."
            raise ValueError(
                f"`metrics` must be names that `history` holds{whose}, {', '.join(_in_order(run))}; received "
                f"{metric!r}. {tip}"
            )
    return [str(metric).removeprefix("val_") for metric in chosen]


def _in_order(run):
    names = dict.fromkeys(m.removeprefix("val_") for m in run.values)
    return sorted((n for n in names if n not in _NO_METRIC), key=lambda n: n != "loss")


def _expected(expected, metrics):
    if expected is None:
        return {}
    if hasattr(expected, "range") and hasattr(expected, "metrics"):  # what results.expected returns
        return _measured(expected, metrics)
    if not isinstance(expected, Mapping):
        raise TypeError(
            "`expected` must be a dict from a metric to (low, high); received "
            f"{type(expected).__name__}. A range alone does not say of what: "
            f"expected={{{metrics[-1]!r}: (0.97, 0.99)}}."
        )
    found = {}
    for metric, ends in expected.items():
        try:
            low, high = (float(end) for end in ends)
        except (TypeError, ValueError):
            low, high = np.nan, np.nan
        if not low <= high:
            raise ValueError(
                f"`expected[{metric!r}]` must be two numbers, the smaller first; received {ends!r}. Give the "
                "lowest and the highest value that a right run reaches: (0.97, 0.99)."
            )
        name = str(metric).removeprefix("val_")
        if name not in metrics:
            raise ValueError(
                f"`expected` must be about metrics that are drawn, {', '.join(metrics)}; received "
                f"{metric!r}. Use the name that stands in the history, or leave it out."
            )
        found[name] = (low, high)
    return found


def _measured(expected, metrics):
    """The ranges of what was measured: on validation where that was, else on the test set."""
    found = {}
    for metric in metrics:
        for name in (f"val_{metric}", metric):
            if name in expected.metrics and np.ndim(expected[name]) == 0:
                found.setdefault(metric, expected.range(name))
    return found


# --- What is drawn ------------------------------------------------------------------------------------------


def _curves(runs, metric):
    curves = []
    for run, colour in zip(runs, COLOURS, strict=False):
        for key, validation in ((metric, False), (f"val_{metric}", True)):
            if key in run.values:
                curves.append(_Curve(run, run.values[key], colour, validation))
    return curves


def _finite(curve):
    return np.flatnonzero(np.isfinite(curve.y))


def _labelled(curves, several):
    """The curves that get words at their end: of several runs one each, or there would be too many."""
    with_numbers = [curve for curve in curves if len(_finite(curve))]
    if not several:
        return with_numbers
    return list({curve.run.name: curve for curve in with_numbers}.values())  # validation comes last and stays


def _label(curve, several):
    name = curve.run.name if several else "validation" if curve.validation else "training"
    last = _three(curve.y[_finite(curve)[-1]])
    return textwrap.fill(f"{name} {last}", _WRAP, break_long_words=len(name) > 2 * _WRAP)


def _three(number):
    """Three decimals, zeros at the end included, so that the numbers of two runs compare at a glance."""
    return f"{number:.3f}" if 0.0095 <= abs(number) < 10 else _alt.value(number)


def _readable(colour):
    """The same colour, as dark as letters must be on white."""
    from matplotlib.colors import to_hex, to_rgb

    found = np.array(to_rgb(colour))
    while _layout.contrast(found, (1, 1, 1)) < 4.5:
        found = found * 0.95
    return to_hex(found)


def _grid(number, labels, key, band):
    """A figure with `number` panels, two side by side, that have room for words at their right."""
    import matplotlib.pyplot as plt

    columns = min(number, 2)
    rows = -(-number // columns)
    letters = max((len(line) for own in labels for one in own for line in one.split("\n")), default=0)
    left, right, above, below = 0.5, 0.2 + 0.075 * letters, 0.67 if band else 0.5, 0.5
    top = 0.22 if key else 0.0
    lines = max((sum(one.count("\n") + 1 for one in own) for own in labels), default=0)
    tall = max(2.3, 1.15 * lines * _LINE / 72)
    width = _layout.WIDTH if columns == 2 else 5.6
    wide = width / columns - left - right
    height = top + rows * (above + tall + below)
    figure = plt.figure(figsize=(width, height))
    panels = []
    for i in range(number):
        x = (i % columns) * width / columns + left
        y = height - top - (i // columns) * (above + tall + below) - above - tall
        panels.append(figure.add_axes((x / width, y / height, wide / width, tall / height)))
    return figure, panels


def _panel(ax, metric, curves, words, expected, several, in_seconds):
    runs = {curve.run.name: curve.run for curve in curves}.values()
    first, last = min(run.x[0] for run in runs), max(run.x[-1] for run in runs)
    dots = max(len(run.x) for run in runs) <= 20
    if expected is not None:
        ax.axhspan(*expected, color="#dfe3e8", zorder=0.5, linewidth=0)
    for curve in curves:
        lonely = len(_finite(curve)) == 1
        ax.plot(
            curve.run.x[_finite(curve)],
            curve.y[_finite(curve)],
            color=curve.colour,
            linestyle="-" if curve.validation else (0, (4, 2)),
            linewidth=1.9 if curve.validation else 1.3,
            marker="o" if dots or lonely else "",
            markersize=7 if lonely else 3.5,
            markerfacecolor=curve.colour if curve.validation else "white",
            label=(f"{curve.run.name} " if curve.run.name else "")
            + ("validation" if curve.validation else "training"),
            zorder=3 if curve.validation else 2.5,
        )
    best = {}
    for curve in curves:
        if curve.validation and len(_finite(curve)) > 1:
            at = _best(metric, curve)
            best[curve.run.name] = (int(curve.run.epochs[at]), float(curve.y[at]))
            ax.plot(
                [curve.run.x[at]],
                [curve.y[at]],
                linestyle="",
                marker="o",
                markersize=11,
                markerfacecolor="none",
                markeredgecolor=curve.colour,
                markeredgewidth=1.6,
                label="_best",
                zorder=4,
            )
    _axes(ax, first, last, in_seconds)
    _heads(ax, metric, best, curves, several, expected)
    _ends(ax, _labelled(curves, several), words)


def _axes(ax, first, last, in_seconds):
    if in_seconds:
        ax.set_xlim(0, last * 1.04)
        ax.set_xlabel("seconds")
    else:
        room = max(0.04 * (last - first), 0.15 if last > first else 0.5)
        ax.set_xlim(first - room, last + room)
        ax.set_xticks(_ticks(int(first), int(last)))
        ax.set_xlabel("epoch")
    ax.margins(y=0.08)
    ax.autoscale(axis="y")
    low, high = ax.get_ylim()
    if all(y.min() >= 0 and y.max() <= 1 for y in _ys(ax)):  # no room for more than everything
        ax.set_ylim(max(low, -0.02), min(high, 1.02))
    else:
        ax.set_ylim(low, high)
    ax.grid(axis="y", color="#e3e6ea", linewidth=0.8)
    ax.set_axisbelow(True)
    ax.spines[["top", "right"]].set_visible(False)
    ax.spines[["left", "bottom"]].set_color(_layout.FRAME)
    ax.tick_params(labelsize=_LETTERS, color=_layout.FRAME)


def _ys(ax):
    found = [line.get_ydata() for line in ax.lines]
    return [y for y in found if len(y)] or [np.zeros(1)]


def _ticks(first, last):
    """Whole epochs, the first and round ones after it, ten at most."""
    number = last - first + 1
    if number <= 10:
        return list(range(first, last + 1))
    step = next(s * 10**p for p in range(9) for s in (1, 2, 5) if number / (s * 10**p) <= 8)
    return [first, *(t for t in range(step, last + 1, step) if t - first > step / 3)]


def _best(metric, curve):
    return int(np.nanargmin(curve.y) if _falls(metric) else np.nanargmax(curve.y))


def _falls(metric):
    return any(word in metric.lower() for word in _SMALLER_IS_BETTER)


def _heads(ax, metric, best, curves, several, expected):
    """The metric's name, and below it where it is best or that it was lost, and what the band is."""
    lost = [curve for curve in curves if not np.isfinite(curve.y[-1]) and not curve.validation]
    superlative = "lowest" if _falls(metric) else "highest"
    words = ""
    if lost:
        bad = int(lost[0].run.epochs[np.flatnonzero(~np.isfinite(lost[0].y))[0]])
        whose = f"{lost[0].run.name}: " if several else ""
        words = f"{whose}no number (NaN) from epoch {bad} on"
    elif several and not any(curve.validation for curve in curves):
        words = "on training"
    elif best and several:
        words = f"ring: {superlative} on validation"
    elif best:
        epoch, value = next(iter(best.values()))
        words = f"ring: {superlative} on validation, {_three(value)} in epoch {epoch}"
    lines = [words] if words else []
    if expected is not None:
        lines.append(f"grey band: expected at the end, {_three(expected[0])} to {_three(expected[1])}")
    box = ax.get_window_extent().transformed(ax.figure.dpi_scale_trans.inverted())
    ax.text(
        0,
        1 + (0.08 + 0.17 * len(lines)) / box.height,
        metric.replace("_", " "),
        transform=ax.transAxes,
        fontsize=_layout.TITLE + 1,
        fontweight="bold",
    )
    for up, line in enumerate(reversed(lines)):
        colour = "#b00020" if lost and line == words else "#555555"
        height = 1 + (0.07 + 0.17 * up) / box.height
        ax.text(0, height, line, transform=ax.transAxes, fontsize=_LETTERS, color=colour)
    if not any(len(_finite(curve)) for curve in curves):
        ax.text(0.5, 0.5, "no epoch has a number", transform=ax.transAxes, ha="center", color="#555555")


def _ends(ax, curves, words):
    """Write the words to the right of the panel, at the heights of the lines' ends, pushed apart."""
    if not curves:
        return
    tall = 72 * ax.get_window_extent().height / ax.figure.dpi  # points
    low, high = ax.get_ylim()
    ends = [(curve.run.x[_finite(curve)[-1]], curve.y[_finite(curve)[-1]]) for curve in curves]
    wanted = [(y - low) / (high - low) * tall for _, y in ends]
    heights = [_LINE * (one.count("\n") + 1) for one in words]
    edge = ax.get_xlim()[1]
    for curve, end, one, at in zip(curves, ends, words, _apart(wanted, heights, tall), strict=True):
        ax.annotate(
            one,
            end,
            xytext=(1 + 16 / (72 * ax.get_window_extent().width / ax.figure.dpi), at / tall),
            textcoords="axes fraction",
            va="center",
            ha="left",
            fontsize=_LETTERS,
            color=_readable(curve.colour),
            linespacing=1.05,
            annotation_clip=False,
            arrowprops=dict(
                arrowstyle="-",
                color=curve.colour,
                linewidth=0.7,
                linestyle=":" if end[0] < 0.9 * edge else "-",
                relpos=(0, 0.5),
                shrinkA=1,
                shrinkB=3,
            ),
        )


def _apart(wanted, heights, tall):
    """Move intervals of the given heights apart, as little as needed, and return their middles.

    Neighbours that touch form a block, whose middle is the mean of what its members want.
    """
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    blocks = []  # [start, height, members]
    for i in order:
        blocks.append([wanted[i] - heights[i] / 2, heights[i], [i]])
        while True:
            blocks[-1][0] = min(max(blocks[-1][0], 0.0), max(tall - blocks[-1][1], 0.0))
            if len(blocks) < 2 or blocks[-2][0] + blocks[-2][1] <= blocks[-1][0] + 1e-9:
                break
            _, above_height, above = blocks.pop()
            members = blocks[-1][2] + above
            height = blocks[-1][1] + above_height
            starts, base = [], 0.0
            for m in members:
                starts.append(wanted[m] - heights[m] / 2 - base)
                base += heights[m]
            blocks[-1] = [float(np.mean(starts)), height, members]
    middles = [0.0] * len(wanted)
    for start, _, members in blocks:
        for m in members:
            middles[m] = start + heights[m] / 2
            start += heights[m]
    return middles


def _key(where, drawn):
    """Which line is training and which validation, of those `drawn`; the colours are named at the lines' ends."""
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

    grey = "#444444"
    looks = {False: ("training", (0, (4, 2)), 1.3), True: ("validation", "-", 1.9)}
    handles = [
        Line2D([], [], color=grey, label=label, linestyle=style, linewidth=width)
        for label, style, width in (looks[validation] for validation in sorted(drawn))
    ]
    style = dict(handles=handles, ncols=2, frameon=False, fontsize=_LETTERS, handlelength=2.4, borderpad=0)
    if isinstance(where, Figure):
        inch = 1 / where.get_figheight()
        where.legend(loc="upper left", bbox_to_anchor=(0.052, 1 - 0.05 * inch), borderaxespad=0, **style)
    else:
        where.legend(loc="best", **{**style, "ncols": 1})


def _sentence(metric, curves, several, expected):
    superlative = "lowest" if _falls(metric) else "highest"
    said = []
    for curve in curves:
        if several and not curve.validation and any(c.validation and c.run is curve.run for c in curves):
            continue  # of several runs one number each: all of them can nobody keep in mind
        who = "validation" if curve.validation else "training"
        who = f"{curve.run.name}, {who}" if several else who
        finite = _finite(curve)
        if not len(finite):
            said.append(f"{who} without a number")
            continue
        begin, end = _three(curve.y[finite[0]]), _three(curve.y[finite[-1]])
        words = f"{who} {begin}" if len(finite) == 1 else f"{who} from {begin} to {end}"
        if curve.validation and len(finite) > 1:
            at = _best(metric, curve)
            words += f", {superlative} {_three(curve.y[at])} in epoch {curve.run.epochs[at]}"
        if len(finite) < len(curve.y) and not curve.validation:
            words += ", then no number (NaN)"
        said.append(words)
    sentence = f"{metric.replace('_', ' ')}: {'; '.join(said)}"
    if expected is not None:
        sentence += f"; expected at the end {_three(expected[0])} to {_three(expected[1])}"
    return _alt.start(sentence)
