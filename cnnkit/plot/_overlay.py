"""A heat map laid over the picture that it belongs to."""

import numpy as np

from . import _alt, _arrays, _layout
from ._images import _most_side, _titles

NOTHING = "no positive evidence"


def overlay(
    images,
    maps,
    *,
    titles=None,
    columns=None,
    cmap="inferno",
    opacity=0.75,
    scale="own",
    value_range=None,
    suptitle=None,
    ax=None,
):
    """Lay heat maps over pictures: the larger the number, the stronger and the less transparent the colour.

    Args:
        images: one image (H, W), (H, W, 1) or (H, W, 3), a batch (N, H, W, 1) or (N, H, W, 3), or a list of images;
            numbers as in `images`.
        maps: a map for each image: (h, w) or (h, w, 1), (N, h, w) or (N, h, w, 1), or a list, of any size: each is
            brought to the size of its picture (bilinear). Several maps for one image are drawn side by side. Where a
            number is negative, all maps are signed: blue below zero, red above.
        titles: str for each panel.
        columns: panels side by side; None chooses.
        cmap: name of a Matplotlib colour map for maps without negative numbers; perceptually uniform ones keep equal
            steps equal.
        opacity: of the largest number, above 0 and up to 1; zero is transparent, what lies between in proportion.
        scale: "own" gives each map its full range of colours; "shared" draws all on one, so that strengths compare.
            Where a few pixels outshine all others, as in a saliency map, full colour begins at the 99th percentile.
        value_range: (black, white) of the pictures, where the numbers alone do not tell.
        suptitle: str, a title above all.
        ax: the Axes to draw one picture into; None makes a new figure.

    Returns:
        The Axes for one map, the Figure for several. Each panel holds the picture and, over it, the map in colour. A
        map that is zero everywhere leaves the picture as it is and says "no positive evidence".

    Raises:
        ValueError: for a shape that is no image or map, NaN, maps and images of different number, an unknown `scale` or
            `cmap`, an `opacity` outside (0, 1].
        TypeError: for what is no array of numbers.
    """
    import matplotlib as mpl

    pictures, together = _arrays.images(images)
    heat = _maps(maps, len(pictures))
    if len(pictures) == 1 < len(heat):
        pictures = pictures * len(heat)
        together = True
    if len(pictures) != len(heat):
        raise ValueError(
            f"`maps` must hold one map an image; received {len(heat)} for {len(pictures)}. They were probably cut "
            "differently: take the same slice of both, images[:4] with maps[:4]."
        )
    real = isinstance(opacity, (int, float, np.number)) and not isinstance(opacity, bool)
    if not real or not 0 < opacity <= 1:
        slip = f" In percent? Write {opacity / 100:g}." if real and 1 < opacity <= 100 else ""
        raise ValueError(
            f"`opacity` must be a number above 0 and up to 1; received {opacity!r}.{slip} 0.75 is usual."
        )
    if scale not in ("own", "shared"):
        raise ValueError(
            f"`scale` must be 'own' or 'shared'; received {scale!r}. 'own' shows the pattern of each map, 'shared' "
            "lets their strengths compare."
        )
    if not isinstance(cmap, str) or cmap not in mpl.colormaps:
        raise ValueError(
            f"`cmap` must be the name of a Matplotlib colour map; received {cmap!r}. 'inferno', 'viridis' and "
            "'cividis' keep equal steps equal."
        )
    number = len(heat)
    above = _titles(number, titles)
    if ax is not None and number > 1:
        raise ValueError(
            f"`ax` has room for one map; received {number}. Leave `ax` out to have a figure with a panel for each."
        )
    limits = (
        [_arrays.value_range(pictures, value_range)] * number
        if together
        else [_arrays.value_range([one], value_range, f"images[{i}]") for i, one in enumerate(pictures)]
    )
    signed = min(float(one.min()) for one in heat) < 0
    ends = [_full_colour(one) for one in heat]
    most = max(ends)
    empty = [end == 0 for end in ends]
    if scale == "shared":
        ends = [most] * number
    colours = mpl.colormaps["RdBu_r" if signed else cmap]
    has_bar = most > 0
    if ax is not None:
        figure, panels = ax.figure, [ax]
    else:
        figure, panels = _layout.grid(
            number,
            columns=_layout.columns_for(number, columns),
            aspect=max(one.shape[0] / one.shape[1] for one in pictures),
            titles=[
                f"{(above or [''] * number)[i]}\n{NOTHING}".strip()
                if empty[i]
                else (above or [""] * number)[i]
                for i in range(number)
            ],
            most_side=max(_most_side(pictures, number), 3.0),
            bar=has_bar,
            suptitle=suptitle,
        )
    for i, (panel, picture, one) in enumerate(zip(panels, pictures, heat, strict=True)):
        title = above[i] if above else ""
        if empty[i]:
            title = f"{title}\n{NOTHING}".strip()
        _layout.picture(panel, _arrays.shown(picture, limits[i]), title)
        if empty[i]:
            continue
        share = np.clip(fitted(one, picture.shape[:2]) / ends[i], -1, 1)  # from 0 (or −1) to 1
        coloured = colours(share / 2 + 0.5 if signed else share)
        coloured[..., 3] = opacity * np.abs(share)
        panel.imshow(np.clip(coloured, 0, 1))
    if has_bar:
        _bar(
            panels,
            colours,
            signed,
            opacity,
            None if scale == "own" and len(set(ends)) > 1 else most,
            ax is not None,
        )
    sentence = _sentence(pictures, heat, empty, signed, above)
    return _alt.describe(figure if number > 1 else panels[0], sentence)


def _full_colour(heat):
    """The number that gets full colour: the largest, or the 99th percentile where that is less than half of it."""
    sizes = np.abs(heat)
    largest, most = float(sizes.max()), float(np.percentile(sizes, 99))
    return most if 0 < most < largest / 2 else largest


def fitted(heat, size):
    """Bring a map (h, w) to a picture's size (H, W): bilinear between the middles of its cells, float64."""
    from skimage.transform import resize

    if heat.shape == tuple(size):
        return heat
    shrinks = heat.shape[0] > size[0] or heat.shape[1] > size[1]
    return resize(heat, size, order=1, mode="edge", anti_aliasing=shrinks, preserve_range=True)


def _bar(panels, colours, signed, opacity, most, inside):
    """The colours over middle grey, as transparent as on the picture."""
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import ListedColormap, Normalize

    share = np.linspace(-1 if signed else 0, 1, 256)
    rgb = colours(share / 2 + 0.5 if signed else share)[:, :3]
    cover = opacity * np.abs(share)[:, np.newaxis]
    top = most or 1.0
    drawn = ScalarMappable(
        Normalize(-top if signed else 0, top), ListedColormap(cover * rgb + (1 - cover) * 0.6)
    )
    drawn.axes = panels[-1]
    made = _layout.bar(drawn, panels, inside=inside)
    if most is None:  # each map has its own numbers
        made.set_ticks([-1, 0, 1] if signed else [0, 1])
        made.set_ticklabels(["−most", "0", "most"] if signed else ["0", "most"])


def _maps(value, images):
    """A list of (h, w) arrays in float64."""
    if isinstance(value, (list, tuple)) and any(np.ndim(part) > 1 for part in value):
        parts = [_one(_arrays.numbers(part, f"maps[{i}]"), f"maps[{i}]") for i, part in enumerate(value)]
    else:
        array = _arrays.numbers(value, "maps")
        if array.ndim == 4 and array.shape[-1] == 1:
            array = array[..., 0]
        if array.ndim == 3 and not (array.shape[-1] == 1 and images == 1):
            if array.shape[-1] == 3 and array.shape[0] > 3:
                raise ValueError(
                    f"`maps` must have shape (h, w) or (N, h, w); received {array.shape}. That looks like a picture: "
                    "the pictures come first, their maps second, plot.overlay(images, maps)."
                )
            parts = [_one(part, "maps") for part in array]
        else:
            parts = [_one(array, "maps")]
    if len(parts) > _arrays.MOST_PANELS:
        raise ValueError(
            f"`maps` must hold at most {_arrays.MOST_PANELS} maps, for each one is drawn; received {len(parts):,}. "
            "Draw a part of them: maps[:16]."
        )
    return parts


def _one(array, name):
    if array.ndim == 3 and array.shape[-1] == 1:
        array = array[..., 0]
    if array.ndim != 2:
        tip = (
            f"Each unit of a layer has a map of its own: choose one, {name}[..., 0], or draw them with "
            "plot.feature_maps."
            if array.ndim > 2
            else "A map has rows and columns: one number for each place of the picture."
        )
        raise ValueError(f"`{name}` must have shape (h, w) or (N, h, w); received {array.shape}. {tip}")
    return array.astype(np.float64)


def _sentence(pictures, heat, empty, signed, titles):
    number = len(heat)
    sizes = {picture.shape[:2] for picture in pictures}
    of = f" of {_alt.size(*sizes.pop())}" if len(sizes) == 1 else " of different sizes"
    sentence = (
        f"{_alt.count(number, 'picture')}{of} with {'a heat map' if number == 1 else 'heat maps'} laid over"
    )
    if titles and any(titles):
        sentence += f", titled {_alt.listed([' '.join(title.split()) for title in titles if title])}"
    told = []
    for i, one in enumerate(heat):
        if empty[i]:
            told.append(NOTHING)
            continue
        row, column = np.unravel_index(np.argmax(np.abs(one)), one.shape)
        told.append(_where((row + 0.5) / one.shape[0], (column + 0.5) / one.shape[1]))
    if number == 1:
        sentence += f": {told[0]}" if empty[0] else f"; it is strongest {told[0]}"
    else:
        sentence += f"; strongest, one after another: {_alt.listed(told)}"
    return _alt.start(sentence + ("; blue below zero and red above" if signed else ""))


def _where(down, across):
    rows = "at the top" if down < 1 / 3 else "at the bottom" if down > 2 / 3 else "in the middle"
    sides = " left" if across < 1 / 3 else " right" if across > 2 / 3 else ""
    if rows == "in the middle":
        return f"in the middle on the{sides}" if sides else rows
    return rows + sides
