"""Where panels go, and numbers that can be read on any colour."""

import numpy as np

WIDTH = 8.5  # inches: the width of a notebook's text
FRAME = "#888888"
MARK = "#e66100"  # orange: stands out on grey, on both ends of RdBu, and for colour-blind eyes
TITLE = 10  # points


def columns_for(number, columns=None):
    """Return how many panels go side by side."""
    if columns is None:
        if number <= 5:
            return number
        if number > 64:
            return 16
        most = 8
        # the widest grid of those that leave the fewest gaps
        return min(range(min(most, number), 3, -1), key=lambda c: -(-number // c) * c - number)
    if isinstance(columns, bool) or not isinstance(columns, (int, np.integer)) or columns < 1:
        raise ValueError(
            f"`columns` must be a whole number of panels side by side, 1 or more; received {columns!r}. "
            "Leave it out to have it chosen."
        )
    return min(int(columns), number)


def grid(number, *, columns, aspect, titles=None, most_side=3.0, bar=False, suptitle=None, margin=0.0):
    """Make a figure of `number` panels, `columns` side by side, and return (figure, list of Axes).

    The panels are placed by arithmetic. Matplotlib's layout engines give the same picture for pictures of one
    size, and take half a minute for the 256 maps of a layer.

    Args:
        aspect: height ÷ width of the tallest panel.
        titles: list of str to come, for which room is left.
        most_side: inches; the longest side a panel may have.
        bar: leaves room for a colour bar on the right.
        margin: inches to leave on the left, for the names of rows.
    """
    import matplotlib.pyplot as plt

    rows = -(-number // columns)
    gap = 0.12 if columns <= 8 else 0.06
    right = 0.85 if bar else 0.05
    across = min((WIDTH - margin - right) / columns - gap, most_side / max(aspect, 1.0))
    down = across * aspect
    lines = [0] * rows  # of the titles in each row
    for i, title in enumerate(titles or []):
        lines[i // columns] = max(lines[i // columns], title.count("\n") + 1 if title else 0)
    top = 0.32 if suptitle else 0.0
    size = (
        margin + columns * (across + gap) + right,
        top + sum(down + 0.07 + 0.19 * n for n in lines) + 0.05,
    )
    figure = plt.figure(figsize=size)
    panels, base = [], size[1] - top
    for i in range(number):
        if i % columns == 0:
            base -= down + 0.07 + 0.19 * lines[i // columns]
        left = margin + gap / 2 + (i % columns) * (across + gap)
        panels.append(
            figure.add_axes(
                (left / size[0], base / size[1], across / size[0], down / size[1]), xticks=[], yticks=[]
            )
        )
    if suptitle:
        letters = min(TITLE + 2, 72 * size[0] / (0.58 * len(suptitle)))  # a single panel is narrow
        figure.suptitle(suptitle, y=1 - 0.15 / size[1], va="center", fontsize=letters)
    return figure, panels


def picture(axes, what, title=None):
    """Draw one `Shown` into `axes`, without ticks, and return the AxesImage."""
    drawn = axes.imshow(what.data, cmap=what.cmap, vmin=what.low, vmax=what.high)
    axes.set(xticks=[], yticks=[])
    for spine in axes.spines.values():
        spine.set(color=FRAME, linewidth=0.6)
    if title:
        longest = max(len(line) for line in title.split("\n"))
        room = 72 * axes.get_window_extent().width / axes.figure.dpi
        axes.set_title(title, fontsize=float(np.clip(room / (0.56 * longest), 6, TITLE)), pad=3)
    return drawn


def bar(drawn, panels, *, extend="neither", inside=False):
    """Put a slim colour bar to the right of `panels`, Axes of one figure.

    Args:
        extend: "both" points the ends, where numbers lie beyond them.
        inside: takes the room from the one panel, where the figure is somebody else's and has neighbours.
    """
    figure = panels[0].figure
    if inside:
        return _slim(figure.colorbar(drawn, ax=panels[0], fraction=0.05, pad=0.04, extend=extend))
    boxes = [panel.get_position() for panel in panels]
    right, low, high = max(b.x1 for b in boxes), min(b.y0 for b in boxes), max(b.y1 for b in boxes)
    width = figure.get_figwidth()
    tall = (high - low) * figure.get_figheight()
    if tall > 4:  # inches: a bar as tall as eight rows of maps says no more than a short one
        low, high = high - (high - low) * 4 / tall, high
    scale = figure.add_axes((right + 0.12 / width, low, 0.13 / width, high - low))
    return _slim(figure.colorbar(drawn, cax=scale, extend=extend))


def _slim(made):
    made.outline.set(edgecolor=FRAME, linewidth=0.6)
    made.ax.tick_params(labelsize=9)
    return made


def ink(colours):
    """Return "black" or "white" for each background (…, 3) in 0 to 1: whichever contrasts more.

    Source: the relative luminance of the Web Content Accessibility Guidelines 2.1; the better of the two
    always has a contrast of at least 4.5.
    """
    luminance = _luminance(colours)
    return np.where((luminance + 0.05) / 0.05 >= 1.05 / (luminance + 0.05), "black", "white")


def contrast(one, other):
    """Return the contrast of two colours (3,) in 0 to 1: 1 for equal ones, 21 for black and white."""
    dark, light = sorted(float(_luminance(colour)) for colour in (one, other))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colours):
    colours = np.asarray(colours, dtype=float)[..., :3]
    linear = np.where(colours <= 0.04045, colours / 12.92, ((colours + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def texts(array, fmt=None):
    """Return the numbers of `array` as an array of str: whole ones whole, others in at most two decimals."""
    if fmt is not None and not isinstance(fmt, str) and not callable(fmt):
        raise TypeError(
            "`fmt` must be a format such as '.1f', or a function from a number to a str; received "
            f"{type(fmt).__name__}. Leave it out for whole numbers whole and two decimals elsewhere."
        )
    if fmt is None:
        whole = array.dtype.kind != "f" or bool(np.all(array == np.round(array)))
        if whole:
            fmt = _whole
        else:
            small = float(np.abs(array).max()) < 0.01
            tenths = (
                bool(np.allclose(array, np.round(array, 1), atol=1e-9)) or float(np.abs(array).max()) >= 100
            )
            fmt = ".1e" if small else ".1f" if tenths else ".2f"
    write = fmt if callable(fmt) else lambda number: format(number, fmt)
    flat = []
    for number in array.ravel().tolist():
        try:
            flat.append(str(write(number)).replace("-", "−"))
        except (ValueError, TypeError) as error:
            raise ValueError(
                f"`fmt` must be able to write the numbers; received {fmt!r} for {number!r}. A decimal "
                "format such as '.1f' fits every number, 'd' only whole ones."
            ) from error
    flat = [text[1:] if text.startswith("−") and not text.strip("−0.") else text for text in flat]  # no −0.00
    return np.array(flat, dtype=object).reshape(array.shape)


def _whole(number):
    return f"{int(number)}"


def write(axes, words, colours, cell):
    """Write `words` (H, W) on the pixels of `axes`.

    Args:
        colours: (H, W, 3) in 0 to 1, what the words stand on.
        cell: (width, height) of a pixel in points, from which the size of the letters follows.
    """
    lines = [word.split("\n") for word in words.ravel()]
    longest = max(max(len(line) for line in word) for word in lines)
    most = max(len(word) for word in lines)
    size = float(np.clip(min(cell[0] * 0.86 / (0.6 * longest), cell[1] * 0.8 / (1.15 * most)), 4.0, 13.0))
    dark = ink(colours)
    for row, column in np.ndindex(words.shape):
        text = axes.text(
            column,
            row,
            words[row, column],
            ha="center",
            va="center",
            fontsize=size,
            linespacing=1.05,
            color=str(dark[row, column]),
        )
        text.set_in_layout(False)  # it lies inside the axes: nothing to measure


def lines(axes, height, width):
    """Draw fine lines between the pixels."""
    axes.set_xticks(np.arange(width + 1) - 0.5, minor=True)
    axes.set_yticks(np.arange(height + 1) - 0.5, minor=True)
    axes.grid(which="minor", color=FRAME, linewidth=0.4)
    axes.tick_params(which="minor", length=0)
