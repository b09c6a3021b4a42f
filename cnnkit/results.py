"""What we measured: accuracy and time of the trainings of this course, and the range to expect.

Every entry of `results.json` was written by a command that anyone can run again, over at least five seeds. A lecture
shows its own run beside them: `compare("08.lenet5", source=digits.source, accuracy=0.97)`.

The range to expect is where a sixth seed falls 99 times in 100 (Student's prediction interval around the median), and
at least half a percentage point to either side for a share, because another processor rounds differently. Times have
no range: they depend on the machine.
"""

import functools
import html
import json
import os
import statistics
from pathlib import Path

__all__ = ["Comparison", "Expected", "Table", "compare", "expected", "names", "table"]

FILE = Path(__file__).with_name("results.json")

# Quantile 0.995 of Student's t for n − 1 degrees of freedom, n the number of seeds.
_STUDENT = {2: 63.66, 3: 9.925, 4: 5.841, 5: 4.604, 6: 4.032, 7: 3.707, 8: 3.499, 9: 3.355, 10: 3.25}
_LEAST = 0.005


def names():
    """Return the names of everything that was measured, in order, a list of str."""
    return sorted({key.partition("@")[0] for key in _read()})


def expected(name, source=None):
    """Return what we measured under this name.

    Args:
        name: for example ``"mnist.lenet5_20000"``; `names()` lists them.
        source: the data it was measured on, ``"real"``, ``"embedded"`` or ``"drawn"`` (the `source` of a data
            set); `None` if the name was measured on one only.

    Returns:
        An `Expected`.

    Raises:
        KeyError: if nothing was measured under this name, or not on this source.
    """
    everything = _read()
    sources = [key.partition("@")[2] for key in everything if key.partition("@")[0] == name]
    if not sources:
        near = _nearest(name)
        raise KeyError(
            f"Nothing was measured under the name {name!r}."
            + (f" Do you mean {near}?" if near else " results.names() lists what was.")
        )
    if source is None and len(sources) > 1:
        raise KeyError(f"{name!r} was measured on {' and '.join(sources)}: say which, source={sources[0]!r}.")
    source = sources[0] if source is None else source
    if source not in sources:
        raise KeyError(f"{name!r} was measured on {' and '.join(sources)} data, not on {source!r}.")
    return Expected(name, source, everything[f"{name}@{source}"])


def compare(name, *, source=None, **measured):
    """Show a run of your own beside what we measured, with a verdict.

    Args:
        name: what was run, for example ``"08.lenet5"``.
        source: the data it was run on: the `source` of the data set.
        **measured: the numbers of your run: shares in [0, 1] such as `accuracy`, times in `seconds`.

    Returns:
        A `Comparison`, which shows itself as a table. It never raises for a number that falls outside; where nothing
        was measured to compare with, it says so.

    Raises:
        ValueError: if no number is given.
        TypeError: if one is not a number. An accuracy in percent is taken for the slip it is (ValueError).
    """
    if not measured:
        raise ValueError('Give at least one number of your run: compare("08.lenet5", accuracy=0.97).')
    numbers = {metric: _number(metric, value) for metric, value in measured.items()}
    if os.environ.get("CNNKIT_RESULTS_TO"):  # how `python -m benchmarks lectures` and the tests listen in
        with open(os.environ["CNNKIT_RESULTS_TO"], "a", encoding="utf-8") as stream:
            stream.write(json.dumps({"name": name, "source": source, "measured": numbers}) + "\n")
    try:
        return Comparison(name, source, numbers, expected(name, source))
    except KeyError:
        return Comparison(name, source, numbers, None)


def table(names, metrics=None):
    """Show several things that we measured below each other.

    Args:
        names: list of names; ``"mnist.fast.*"`` stands for all that begin like this. A dict {name: words} says what
            each is called in the table.
        metrics: list of the numbers to show; `None` for accuracy and seconds, where there are any.

    Returns:
        A `Table`, which shows itself.

    Raises:
        KeyError: if a name was not measured.
    """
    words = dict(names) if isinstance(names, dict) else {}
    rows = []
    for pattern in names:
        every = _expand(pattern)
        rows += [(words.get(name, found.title), found) for name in every for found in [expected(name)]]
    metrics = [metrics] if isinstance(metrics, str) else metrics
    if metrics is None:
        metrics = [m for m in ("accuracy", "seconds") if any(m in found.metrics for _, found in rows)]
    return Table(rows, list(metrics))


class Expected:
    """What was measured under one name on one source of data, over several seeds.

    ``found["accuracy"]`` is the median over the seeds; for a curve, a list of medians.

    Attributes:
        name, source, title: what was measured, on which data, in words.
        command: how to measure it again.
        seeds: dict from seed to the numbers of that run.
        machine: versions, processors and date.
        metrics: list of the names of the numbers.
    """

    def __init__(self, name, source, entry):
        self.name, self.source = name, source
        self.title, self.command = entry["title"], entry["command"]
        self.seeds = {int(seed): numbers for seed, numbers in entry["seeds"].items()}
        self.machine = entry.get("machine", {})
        self.metrics = sorted(set.intersection(*(set(run) for run in self.seeds.values())))

    def values(self, metric):
        """Return the numbers of all seeds, a list."""
        if metric not in self.metrics:
            raise KeyError(f"{self.name!r} has no {metric!r}; it has {', '.join(self.metrics)}.")
        return [self.seeds[seed][metric] for seed in sorted(self.seeds)]

    def __getitem__(self, metric):
        values = self.values(metric)
        if isinstance(values[0], list):
            shortest = min(map(len, values))
            return [statistics.median(value[i] for value in values) for i in range(shortest)]
        return statistics.median(values)

    def range(self, metric):
        """Return (low, high): where a run with another seed falls 99 times in 100."""
        values = self.values(metric)
        n = len(values)
        reach = 0.0
        if n > 1:
            student = _STUDENT.get(n, 3.17)
            reach = student * statistics.stdev(values) * (1 + 1 / n) ** 0.5
        middle = statistics.median(values)
        if _is_share(metric):
            reach = max(reach, _LEAST)
            return max(0.0, middle - reach), min(1.0, middle + reach)
        return middle - reach, middle + reach

    def __repr__(self):
        numbers = ", ".join(
            f"{metric} {_in_words(metric, self[metric])}"
            for metric in self.metrics
            if not isinstance(self[metric], list)
        )
        return f"<Expected {self.name} ({self.source} data, {len(self.seeds)} seeds): {numbers}>"

    def _repr_html_(self):
        return Table(
            [(self.title, self)], [m for m in self.metrics if not isinstance(self[m], list)]
        )._repr_html_()


class Comparison:
    """A run beside what was measured. `inside` is `None` where there is nothing to compare with."""

    def __init__(self, name, source, measured, found):
        self.name, self.source, self.measured, self.expected = name, source, measured, found

    @property
    def inside(self):
        """Whether every share of this run is in the range to expect."""
        if self.expected is None:
            return None
        verdicts = [self._judge(metric) for metric in self.measured]
        return all(verdict is not False for verdict in verdicts)

    def _judge(self, metric):
        if self.expected is None or metric not in self.expected.metrics or not _is_share(metric):
            return None
        low, high = self.expected.range(metric)
        return low <= self.measured[metric] <= high

    def rows(self):
        """Return a list of (number, this run, expected, verdict), all str."""
        rows = []
        for metric, value in self.measured.items():
            ours = _in_words(metric, value)
            if self.expected is None or metric not in self.expected.metrics:
                rows.append((_name(metric), ours, "not measured yet", ""))
                continue
            if not _is_share(metric):
                rows.append(
                    (_name(metric), ours, _in_words(metric, self.expected[metric]), "depends on the machine")
                )
                continue
            low, high = self.expected.range(metric)
            verdict = (
                "as expected" if low <= value <= high else ("too low" if value < low else "higher than ours")
            )
            rows.append(
                (_name(metric), ours, f"{_in_words(metric, low)} to {_in_words(metric, high)}", verdict)
            )
        return rows

    @property
    def verdict(self):
        """One sentence on how the run went."""
        if self.expected is None:
            on = f" on {self.source} data" if self.source else ""
            return f"There is no measurement of {self.name}{on} to compare with."
        if self.inside:
            return "This run went as ours did."
        low = any(
            self._judge(metric) is False and self.measured[metric] < self.expected.range(metric)[0]
            for metric in self.measured
        )
        if low:
            return (
                "This run came out lower than ours. Was everything run from the top, once, with nothing changed? If "
                "you changed something on purpose, this is what it cost."
            )
        return "This run came out higher than ours. If you changed something on purpose: well done. If not, ask why."

    def _where(self):
        if self.expected is None:
            return ""
        found = self.expected
        versions = ", ".join(f"{k} {found.machine[k]}" for k in ("tensorflow", "keras") if k in found.machine)
        return f"Expected from {len(found.seeds)} seeds on {found.source} data ({versions}): {found.command}"

    def __str__(self):
        rows = [("", "this run", "expected", ""), *self.rows()]
        widths = [max(len(row[i]) for row in rows) for i in range(4)]
        lines = [
            "  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip() for row in rows
        ]
        return "\n".join([*lines, self.verdict, *([self._where()] if self.expected else [])])

    __repr__ = __str__

    def _repr_html_(self):
        head = "".join(f"<th>{cell}</th>" for cell in ("", "this run", "expected", ""))
        marks = {"as expected": "✓ ", "too low": "▼ ", "higher than ours": "▲ "}
        body = "".join(
            f"<tr><th>{html.escape(a)}</th><td>{b}</td><td>{html.escape(c)}</td>"
            f"<td style='text-align:left'>{marks.get(d, '')}{d}</td></tr>"
            for a, b, c, d in self.rows()
        )
        where = f"<br><small>{html.escape(self._where())}</small>" if self.expected else ""
        return (
            f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
            f"<p>{html.escape(self.verdict)}{where}</p>"
        )


class Table:
    """Several measurements below each other: median and, in brackets, the lowest and highest of the seeds."""

    def __init__(self, rows, metrics):
        self._rows, self._metrics = rows, metrics

    def rows(self):
        """Return a list of lists of str, the first the heading."""
        rows = [["", *map(_name, self._metrics), "seeds"]]
        for words, found in self._rows:
            cells = [
                _with_spread(found, metric) if metric in found.metrics else "" for metric in self._metrics
            ]
            rows.append([words, *cells, str(len(found.seeds))])
        return rows

    def __str__(self):
        rows = self.rows()
        widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
        lines = [
            "  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip() for row in rows
        ]
        return "\n".join([*lines, self._note()])

    __repr__ = __str__

    def _note(self):
        dates = sorted({found.machine.get("date", "") for _, found in self._rows} - {""})
        cpus = sorted({str(found.machine["cpus"]) for _, found in self._rows if "cpus" in found.machine})
        where = f" on {' or '.join(cpus)} processors, {' and '.join(dates)}" if dates and cpus else ""
        return f"Median, and in brackets lowest and highest of the seeds; measured{where}."

    def _repr_html_(self):
        head, *body = self.rows()
        top = "".join(f"<th>{html.escape(cell)}</th>" for cell in head)
        lines = "".join(
            f"<tr><th style='text-align:left'>{html.escape(row[0])}</th>"
            + "".join(f"<td>{html.escape(cell)}</td>" for cell in row[1:])
            + "</tr>"
            for row in body
        )
        return (
            f"<table><thead><tr>{top}</tr></thead><tbody>{lines}</tbody></table>"
            f"<p><small>{html.escape(self._note())}</small></p>"
        )


@functools.lru_cache(maxsize=1)
def _load(stamp):
    return json.loads(FILE.read_text(encoding="utf-8"))


def _read():
    return _load(FILE.stat().st_mtime_ns) if FILE.exists() else {}


def _expand(pattern):
    if not pattern.endswith("*"):
        return [pattern]
    found = [name for name in names() if name.startswith(pattern[:-1])]
    if not found:
        raise KeyError(f"Nothing was measured under a name that begins with {pattern[:-1]!r}.")
    return found


def _nearest(name):
    import difflib

    return " or ".join(map(repr, difflib.get_close_matches(name, names(), n=3, cutoff=0.5)))


def _number(metric, value):
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise TypeError(
            f"`{metric}` must be a number; received {type(value).__name__}. From a history take the last value: "
            'history.history["val_accuracy"][-1].'
        ) from None
    if _is_share(metric) and 1 < number <= 100:
        raise ValueError(f"`{metric}` is a share in [0, 1]; received {number}. In percent? Divide by 100.")
    return number


def _is_share(metric):
    return "accuracy" in metric or metric.startswith("share")


def _is_time(metric):
    return metric.startswith("seconds")


def _name(metric):
    return metric.replace("_", " ")


def _in_words(metric, value):
    if _is_share(metric):
        percent = 100 * value
        return f"{percent:.2f} %" if 98 < percent < 100 else f"{percent:.1f} %"
    if _is_time(metric):
        if value >= 100:
            return f"{value / 60:.1f} min"
        return f"{value:.1f} s" if value < 10 else f"{value:.0f} s"
    return f"{value:.4g}"


def _with_spread(found, metric):
    values = found.values(metric)
    low, high = _in_words(metric, min(values)), _in_words(metric, max(values))
    spread = "" if low == high else f" ({low.removesuffix(' %')} to {high})"
    return f"{_in_words(metric, found[metric])}{spread}"
