"""A figure in words: one sentence a figure, kept with it and stored in the notebook beside the picture."""

import functools

_KEY = "_cnnkit_sentence"
_NUMBERS = (
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)


def describe(figure_or_axes, sentence):
    """Give a figure, or one of its panels, the sentence that says in words what is to be seen.

    In a notebook the figure's `text/plain` becomes that sentence in place of `<Figure size …>`, and its
    picture carries it as alternative text.

    Args:
        figure_or_axes: a Matplotlib Figure or Axes. The panels' sentences, in order, make the figure's,
            unless the figure has one of its own.
        sentence: str, what the picture shows. A full stop is added where the end has none.

    Returns:
        `figure_or_axes`, so that the call can stand around another.

    Raises:
        TypeError: if `figure_or_axes` is neither a Figure nor an Axes, or `sentence` no str.
        ValueError: if `sentence` is empty.
    """
    figure = _root(figure_or_axes, "describe")
    if not isinstance(sentence, str):
        raise TypeError(
            f"`sentence` must be a str; received {type(sentence).__name__}. The figure comes first, the "
            'words second: plot.describe(figure, "A line that falls from 1 to 0").'
        )
    sentence = " ".join(sentence.split())
    if not sentence:
        raise ValueError(
            "`sentence` must say what the picture shows; received an empty one. Someone who cannot see the "
            "picture has only these words: name what is drawn and what one should notice."
        )
    setattr(figure_or_axes, _KEY, sentence if sentence[-1] in ".!?…" else sentence + ".")
    # Set on this one figure and not registered with IPython for all: choosing another figure format there
    # (`%config InlineBackend.figure_formats`, or just loading the inline backend) drops every formatter that
    # is registered for Matplotlib's Figure. A partial of a module's function, so that figures can be pickled.
    figure._repr_mimebundle_ = functools.partial(_mimebundle, figure)
    return figure_or_axes


def alt(figure_or_axes):
    """Return the sentence of a figure or panel: str, or None where nobody gave it one.

    A figure without a sentence of its own returns those of its panels, one after another.

    Raises:
        TypeError: if `figure_or_axes` is neither a Figure nor an Axes.
    """
    figure = _root(figure_or_axes, "alt")
    own = getattr(figure_or_axes, _KEY, None)
    if own is not None or figure_or_axes is not figure:
        return own
    parts = [getattr(axes, _KEY, None) for axes in figure.axes]
    return " ".join(part for part in parts if part) or None


def _root(figure_or_axes, caller):
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, FigureBase

    found = figure_or_axes
    if isinstance(found, Axes):
        found = found.figure
    if isinstance(found, FigureBase) and not isinstance(found, Figure):
        found = found.figure  # a SubFigure knows the figure that it is a part of
    if not isinstance(found, Figure):
        raise TypeError(
            f"plot.{caller} needs a Matplotlib Figure or Axes first; received "
            f"{type(figure_or_axes).__name__}. plt.subplots() returns the pair (figure, axes): pass one of "
            "the two."
        )
    return found


def _mimebundle(figure, include=None, exclude=None):
    """What IPython asks a figure for: the words. The picture itself still comes from Matplotlib's
    formatter."""
    sentence = alt(figure)
    if sentence is None:
        return {}
    return {"text/plain": sentence}, {"image/png": {"alt": sentence}, "image/svg+xml": {"alt": sentence}}


# --- words for the sentences that the plot functions write themselves


def count(number, singular, plural=None):
    """`count(3, "image")` is "three images"."""
    word = _NUMBERS[number] if number < len(_NUMBERS) else f"{number:,}"
    return f"{word} {singular if number == 1 else plural or singular + 's'}"


def size(height, width, unit="pixel"):
    """A square by its sides, anything else by rows and columns: so that nobody takes the one for the
    other."""
    if height == width:
        return f"{height} × {width} {unit}s"
    return f"{height} row{'s' * (height != 1)} and {width} column{'s' * (width != 1)}"


def value(number):
    """A number in few decimals, with a real minus sign."""
    number = float(number)
    if number == int(number) and abs(number) < 1e15:
        text = f"{int(number)}"
    elif abs(number) >= 0.01:
        text = f"{number:.1f}" if abs(number) >= 10 else f"{number:.3f}".rstrip("0").rstrip(".")
    else:
        text = f"{number:.1g}"
    return text.replace("-", "−")


def values(low, high):
    """ "values from 0 to 255", or "all values 7"."""
    return f"all values {value(low)}" if low == high else f"values from {value(low)} to {value(high)}"


def listed(items, most=10):
    """`listed([0, 1, 2])` is "0, 1, 2"; long lists are cut, and say so."""
    items = [str(item) for item in items]
    return ", ".join(items) if len(items) <= most else ", ".join(items[:most]) + " and so on"


def start(sentence):
    """A capital at the beginning, a full stop at the end."""
    sentence = sentence[:1].upper() + sentence[1:]
    return sentence if sentence.endswith(".") else sentence + "."
