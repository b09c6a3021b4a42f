"""Pictures, the numbers that they are made of, and their channels."""

import numpy as np

from . import _alt, _arrays, _layout

MOST_PIXELS = 32  # rows and columns: more numbers than that cannot be read
# not the screen's primaries: pure blue is so dark that nothing would be seen of its channel
CHANNELS = (("red", "#ff3b30"), ("green", "#28d930"), ("blue", "#4a86ff"))


def images(
    images,
    *,
    labels=None,
    titles=None,
    class_names=None,
    columns=None,
    value_range=None,
    percentile=None,
    suptitle=None,
    ax=None,
):
    """Draw one image or all images of a batch or a list.

    Args:
        images: (H, W), (H, W, 1) or (H, W, 3); a batch (N, H, W, 1) or (N, H, W, 3); or a list of images,
            whose sizes may differ. uint8 is 0 to 255; other numbers up to 1 are taken as 0 to 1, from 2 to
            255 as 0 to 255, and where any are negative as signed: blue below 0, white at 0, red above, with a
            colour bar. A batch is judged as one, each image of a list by itself. Anything NumPy can read,
            TensorFlow's tensors and Pillow's images included.
        labels: N ints or str, written above the images.
        titles: N str, written above the images in place of labels.
        class_names: list of str; a label 3 is then written as class_names[3].
        columns: how many go side by side; None chooses.
        value_range: (black, white), where the numbers alone do not tell; None reads it from them.
        percentile: for signed numbers: how many per cent of them the colours cover, so that a few large ones
            don't make all others pale; 99 is a good try. None covers all.
        suptitle: str, a title above all.
        ax: the Axes to draw one image into; None makes a new figure.

    Returns:
        The Axes for one image, the Figure for several. Each panel holds one AxesImage.

    Raises:
        ValueError: for a shape that is no image, NaN, an unclear range, too few labels or titles.
        TypeError: for what is no array of numbers.
    """
    parts, together = _arrays.images(images)
    number = len(parts)
    names = _names(number, labels, class_names)
    above = _titles(number, titles) or names
    if together:
        limits = [_arrays.value_range(parts, value_range)] * number
    else:
        limits = [_arrays.value_range([part], value_range, f"images[{i}]") for i, part in enumerate(parts)]
    signed = [part for part, limit in zip(parts, limits, strict=True) if limit is None]
    if percentile is not None and not signed:
        raise ValueError(
            f"`percentile` must be left out where no number is negative; received {percentile!r}. It shortens "
            "the scale around 0 of signed numbers: for others say what is black and white, value_range=(0, 1)."
        )
    bound, beyond = _arrays.signed_bound(signed, percentile) if signed else (None, False)
    what = [_arrays.shown(part, limit, bound) for part, limit in zip(parts, limits, strict=True)]
    has_bar = any(one.signed and one.cmap for one in what)

    if ax is not None:
        if number > 1:
            raise ValueError(
                f"`ax` has room for one image; received {number} images. Leave `ax` out to have a figure "
                "with a panel for each, or pass one image: images[0]."
            )
        figure, panels = ax.figure, [ax]
    else:
        figure, panels = _layout.grid(
            number,
            columns=_layout.columns_for(number, columns),
            aspect=max(part.shape[0] / part.shape[1] for part in parts),
            titles=above,
            most_side=_most_side(parts, number),
            bar=has_bar,
            suptitle=suptitle,
        )
    for panel, one, title in zip(panels, what, above or [None] * number, strict=True):
        drawn = _layout.picture(panel, one, title)
        if one.signed and one.cmap:
            coloured = drawn
    if has_bar:
        _layout.bar(coloured, panels, extend="both" if beyond else "neither", inside=ax is not None)

    sentence = _images_sentence(parts, what, limits, names, titles if titles is None else above)
    if beyond:
        sentence = f"{sentence[:-1]}; the colours end at {_alt.value(bound)}, a few numbers lie beyond."
    if number == 1:
        return _alt.describe(panels[0], sentence)
    return _alt.describe(figure, sentence)


def _most_side(parts, number):
    """Small images are enlarged until their pixels can be seen, photographs not beyond their own size."""
    longest = max(max(part.shape[:2]) for part in parts)
    if longest <= 64:
        return 3.2 if number == 1 else 2.6
    return min(max(longest / 100, 2.4), 5.5 if number == 1 else 3.0)


def _names(number, labels, class_names):
    if labels is None:
        return None
    labels = (
        [labels] if isinstance(labels, str) or np.ndim(labels) == 0 else list(np.asarray(labels).tolist())
    )
    if len(labels) != number:
        raise ValueError(
            f"`labels` must hold one label an image; received {len(labels)} for {number}. Images and labels "
            "were probably cut differently: take the same slice of both, images[:9] with labels[:9]."
        )
    if labels and isinstance(labels[0], list):
        raise ValueError(
            f"`labels` must have shape (N,); received rows of {len(labels[0])} numbers. They look one-hot: "
            "turn them back into class numbers with labels.argmax(axis=-1)."
        )
    if class_names is None:
        return [str(label) for label in labels]
    out = [label for label in labels if not isinstance(label, int) or not 0 <= label < len(class_names)]
    if out:
        raise ValueError(
            f"`labels` must be whole numbers from 0 to {len(class_names) - 1}, one a class name; received "
            f"{out[0]!r}. Either the labels start at 1 (subtract 1) or `class_names` belongs to another data "
            "set."
        )
    return [str(class_names[label]) for label in labels]


def _titles(number, titles):
    if titles is None:
        return None
    titles = [titles] if isinstance(titles, str) else [str(title) for title in titles]
    if len(titles) != number:
        raise ValueError(
            f"`titles` must hold one str a panel; received {len(titles)} for {number}. Write one for each, "
            "'' for those that need none."
        )
    return titles


def _images_sentence(parts, what, limits, names, titles):
    number = len(parts)
    kinds = {
        ("signed " if one.signed else "") + ("grey" if part.ndim == 2 else "colour")
        for part, one in zip(parts, what, strict=True)
    }
    shapes = {part.shape[:2] for part in parts}
    sentence = _alt.count(number, f"{kinds.pop()} image" if len(kinds) == 1 else "image")
    if len(shapes) == 1:
        sentence += f" of {_alt.size(*shapes.pop())}"
    else:
        sentence += " of different sizes"
    if names:
        sentence += f" labelled {_alt.listed(names)}"
    if titles and any(titles):
        flat = [" ".join(title.split()) for title in titles if title]
        sentence += f", titled {_alt.listed(flat)}"
    low, high = min(float(part.min()) for part in parts), max(float(part.max()) for part in parts)
    sentence += f"; {_alt.values(low, high)}"
    known = {limit for limit in limits if limit is not None}
    if len(known) == 1 and not kinds and None not in limits:
        black, white = next(iter(known))
        if (low, high) != (black, white):
            sentence += f", where {_alt.value(black)} is black and {_alt.value(white)} white"
    if None in limits:
        flat = any(one.signed and one.cmap for one in what)
        sentence += ", blue below zero and red above" if flat else ", where zero is drawn as middle grey"
    return _alt.start(sentence)


def pixels(image, *, ax=None, fmt=None, window=None, value_range=None, shade=True, indices=True, title=None):
    """Draw a small image with its numbers written on the pixels.

    Args:
        image: (H, W) or (H, W, 1), at most 32 rows and columns, any real numbers; or (H, W, 3), whose pixels
            get three numbers below each other: red, green, blue.
        ax: the Axes to draw into; None makes a new figure.
        fmt: how a number is written: a format such as ".1f", or a function from a number to a str. None
            writes whole numbers whole and others in at most two decimals.
        window: (row, column, height, width) in pixels of a patch to outline; None outlines nothing.
        value_range: (black, white). None takes 0 to 255 for uint8, 0 to 1 for fractions in that range, a
            scale from blue over white at 0 to red where any number is negative, and otherwise the smallest
            number as black and the largest as white.
        shade: False leaves the pixels white: the bare table of numbers.
        indices: False leaves out the row and column numbers along the edges.
        title: str above the picture.

    Returns:
        The Axes: one AxesImage, one Text a pixel.

    Raises:
        ValueError: for a shape that is no image, too many pixels, NaN, a window that sticks out.
        TypeError: for what is no array of numbers.
    """
    array = _arrays.image(image)
    height, width = array.shape[:2]
    if height > MOST_PIXELS or width > MOST_PIXELS:
        rows, columns = min(height, 12), min(width, 12)
        raise ValueError(
            f"`image` must have at most {MOST_PIXELS} rows and columns for its numbers to be legible; "
            f"received {height} rows and {width} columns. Cut a window out, for example image[:{rows}, "
            f":{columns}], or draw the picture without numbers: plot.images."
        )
    window = _window(window, height, width)
    what = _arrays.shown(array, _pixels_range(array, value_range))
    words = _layout.texts(array, fmt)
    if array.ndim == 3:
        joined = np.empty((height, width), dtype=object)
        for row, column in np.ndindex(height, width):
            joined[row, column] = "\n".join(words[row, column])
        words = joined

    if ax is None:
        ax = _pixels_axes(height, width, words, indices, title)
    drawn = _layout.picture(ax, what, title)
    if shade:
        colours = drawn.to_rgba(what.data) if array.ndim == 2 else what.data / _top(what.data)
    else:
        drawn.set_alpha(0.0)
        colours = np.ones((height, width, 3))
    _layout.lines(ax, height, width)
    box = ax.get_window_extent().transformed(ax.figure.dpi_scale_trans.inverted())
    side = 72 * min(box.width / width, box.height / height)
    _layout.write(ax, words, np.asarray(colours)[..., :3], (side, side))
    if indices:
        _indices(ax, height, width)
    if window is not None:
        _outline(ax, window)

    kind = "table" if not shade else "grey image" if array.ndim == 2 else "colour image"
    sentence = f"a {kind} of {_alt.size(height, width)} with "
    sentence += (
        "its number written on each pixel" if array.ndim == 2 else "red, green and blue written on each pixel"
    )
    sentence += f"; {_alt.values(array.min(), array.max())}"
    if window is not None:
        row, column, tall, wide = window
        sentence += f"; a window of {_alt.size(tall, wide)} is outlined at row {row}, column {column}"
    return _alt.describe(ax, _alt.start(sentence))


def _top(data):
    return 255.0 if data.dtype == np.uint8 else 1.0


def _pixels_range(array, given):
    if given is not None or array.dtype in (bool, np.uint8):
        return _arrays.value_range([array], given, "image")
    low, high = float(array.min()), float(array.max())
    if low < 0:
        return None
    if array.ndim == 3:
        return _arrays.value_range([array], None, "image")
    if array.dtype.kind == "f" and high <= 1:
        return 0.0, 1.0
    return (low, high) if low < high else (low, low + 1.0)


def _pixels_axes(height, width, words, indices, title):
    import matplotlib.pyplot as plt

    longest = max(len(line) for word in words.ravel() for line in word.split("\n"))
    lines = max(word.count("\n") + 1 for word in words.ravel())
    wanted = max(0.105 * longest + 0.1, 0.19 * lines, 0.34)  # inches a pixel at letters of 11 points
    cell = min(wanted, (_layout.WIDTH - 0.6) / width, 8.0 / height)
    left, top = (0.45, 0.35) if indices else (0.05, 0.05)
    if title:
        top += 0.3
    total = (max(cell * width + left + 0.1, 1.0), cell * height + top + 0.1)
    figure = plt.figure(figsize=total)
    return figure.add_axes(
        (left / total[0], 0.1 / total[1], cell * width / total[0], cell * height / total[1])
    )


def _indices(axes, height, width):
    """Row numbers on the left, column numbers above: as one writes image[row, column]."""
    axes.xaxis.tick_top()
    axes.set_xticks(range(width), minor=False)
    axes.set_yticks(range(height), minor=False)
    size = 8 if max(height, width) <= 20 else 6.5
    axes.tick_params(which="major", length=0, labelsize=size, labelcolor="#555555", pad=2)


def _window(window, height, width):
    if window is None:
        return None
    try:
        row, column, tall, wide = (int(part) for part in window)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"`window` must be (row, column, height, width) in pixels; received {window!r}. The corner is "
            "the upper left one, rows come first: window=(0, 2, 3, 3)."
        ) from error
    if row < 0 or column < 0 or tall < 1 or wide < 1 or row + tall > height or column + wide > width:
        raise ValueError(
            f"`window` must lie inside the {height} rows and {width} columns; received "
            f"{(row, column, tall, wide)}, rows {row} to {row + tall - 1} and columns {column} to "
            f"{column + wide - 1}. Rows come first, counted from 0: (row, column, height, width)."
        )
    return row, column, tall, wide


def _outline(axes, window):
    import matplotlib.patheffects as effects
    from matplotlib.patches import Rectangle

    row, column, tall, wide = window
    axes.add_patch(
        Rectangle(
            (column - 0.5, row - 0.5),
            wide,
            tall,
            fill=False,
            edgecolor=_layout.MARK,
            linewidth=3,
            zorder=4,
            clip_on=False,
            path_effects=[effects.withStroke(linewidth=5, foreground="white")],
        )
    )


def channels(image, *, tint=True, columns=None, value_range=None):
    """Draw a colour image and, beside it, its red, green and blue channel each by itself.

    Args:
        image: (H, W, 3), numbers as in `images`.
        tint: True draws each channel in its own colour, False in grey. Signed numbers go from blue over white
            at 0 to red.
        columns: panels side by side, None for four.
        value_range: (black, white), where the numbers alone do not tell; None reads it from them.

    Returns:
        The Figure, four panels: the image, red, green, blue. Each channel's panel holds its (H, W) numbers.

    Raises:
        ValueError: for a shape that is no colour image, NaN, an unclear range.
        TypeError: for what is no array of numbers.
    """
    from matplotlib.colors import LinearSegmentedColormap

    array = _arrays.image(image, colour=True)
    limits = _arrays.value_range([array], value_range, "image")
    bound = float(np.abs(array).max()) if limits is None else None
    height, width = array.shape[:2]
    columns = _layout.columns_for(4, columns)
    titles = ["all three", *(f"{name}: [..., {c}]" for c, (name, _) in enumerate(CHANNELS))]
    figure, panels = _layout.grid(
        4, columns=columns, aspect=height / width, titles=titles, most_side=3.6, bar=limits is None
    )
    _layout.picture(panels[0], _arrays.shown(array, limits, bound), titles[0])
    for c, (panel, (name, colour)) in enumerate(zip(panels[1:], CHANNELS, strict=True)):
        what = _arrays.shown(array[..., c], limits, bound)
        if tint and limits is not None:
            what = what._replace(cmap=LinearSegmentedColormap.from_list(name, ["black", colour]))
        drawn = _layout.picture(panel, what, titles[c + 1])
    if limits is None:
        _layout.bar(drawn, panels)
    means = ", ".join(
        f"{name} {_alt.value(round(float(array[..., c].mean(dtype=np.float64)), 3))}"
        for c, (name, _) in enumerate(CHANNELS)
    )
    sentence = (
        f"a colour image of {_alt.size(height, width)} and its three channels apart; mean values: {means}"
    )
    return _alt.describe(figure, _alt.start(sentence))
