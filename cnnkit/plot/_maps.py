"""Kernels, and what they make of an image: grids of panels on one scale."""

import numpy as np

from . import _alt, _arrays, _layout
from ._images import _titles

MOST_WRITTEN = 7  # a kernel with more rows or columns is drawn without its numbers


def kernels(kernel, *, titles=None, columns=None, numbers=None, fmt=None, ax=None):
    """Draw kernels on one scale: blue below zero, white at zero, red above.

    Args:
        kernel: one kernel (kh, kw); a list of them, whose sizes may differ; or a layer's weights
            (kh, kw, C_in, C_out), drawn as a grid with an input channel a row and a filter a column. With one
            input channel the filters fill the rows one after another. (kh, kw, C_in) is one filter.
        titles: str for each panel; None numbers the filters of a layer, and leaves others without.
        columns: panels side by side for a list or a single input channel; None chooses.
        numbers: True writes the weights on the pixels, False does not; None does where they can be read.
        fmt: how a number is written, as in `pixels`.
        ax: the Axes to draw one kernel into; None makes a new figure.

    Returns:
        The Axes for one kernel (kh, kw), otherwise the Figure.

    Raises:
        ValueError: for a shape that is no kernel, NaN, or more kernels than can be looked at.
        TypeError: for what is no array of numbers.
    """
    parts, default, fixed = _kernel_parts(kernel)
    number = len(parts)
    above = _titles(number, titles) or default
    if fixed is not None and columns is not None:
        raise ValueError(
            f"`columns` must be left out for weights with several input channels; received {columns!r}. "
            f"There a column is a filter and a row an input channel. Draw fewer filters: kernel[..., "
            f":{max(1, fixed // 2)}]."
        )
    bound = max(float(np.abs(part).max()) for part in parts) or 1.0
    columns = fixed or _layout.columns_for(number, columns)
    single = number == 1 and not isinstance(kernel, (list, tuple)) and np.ndim(kernel) == 2
    if ax is not None and number > 1:
        raise ValueError(
            f"`ax` has room for one kernel; received {number}. Leave `ax` out to have a figure with a panel "
            "for each."
        )
    small = all(max(part.shape) <= MOST_WRITTEN for part in parts)
    numbers = (small and columns <= 6 and number <= 24) if numbers is None else bool(numbers)
    if ax is not None:
        figure, panels = ax.figure, [ax]
    else:
        figure, panels = _layout.grid(
            number,
            columns=columns,
            aspect=max(part.shape[0] / part.shape[1] for part in parts),
            titles=above,
            most_side=2.4 if number == 1 or numbers else 1.4,
            bar=True,
        )
    drawn = [
        _layout.picture(panel, _arrays.shown(part, None, bound), above[i] if above else None)
        for i, (panel, part) in enumerate(zip(panels, parts, strict=True))
    ]
    _layout.bar(drawn[-1], panels, inside=ax is not None)  # before the numbers: it may make the panel smaller
    for i, (panel, part) in enumerate(zip(panels, parts, strict=True)):
        if max(part.shape) <= MOST_WRITTEN:
            _layout.lines(panel, *part.shape)
        if fixed and number > fixed and i % fixed == 0:
            panel.set_ylabel(f"channel {i // fixed}", fontsize=_layout.TITLE - 1)
        if numbers:
            box = panel.get_window_extent().transformed(figure.dpi_scale_trans.inverted())
            side = 72 * min(box.width / part.shape[1], box.height / part.shape[0])
            _layout.write(panel, _layout.texts(part, fmt), drawn[i].to_rgba(part), (side, side))

    sizes = {part.shape for part in parts}
    of = f" of {_size(sizes.pop())}" if len(sizes) == 1 else " of different sizes"
    if fixed is not None:
        rows = number // fixed
        sentence = f"{_alt.count(fixed, 'filter')}{of} with {_alt.count(rows, 'input channel')} each"
    else:
        sentence = f"{_alt.count(number, 'kernel')}{of}"
    if titles is not None and any(above):
        sentence += f", titled {_alt.listed([' '.join(title.split()) for title in above if title])}"
    low, high = min(float(part.min()) for part in parts), max(float(part.max()) for part in parts)
    sentence = _alt.start(f"{sentence}; {_alt.values(low, high).replace('values', 'weights')}, zero is white")
    return _alt.describe(panels[0] if single or ax is not None else figure, sentence)


def _size(shape):
    return f"{shape[0]} × {shape[1]}"


def _kernel_parts(kernel):
    """Return (list of (kh, kw), titles or None, number of columns that the weights prescribe or None)."""
    if isinstance(kernel, (list, tuple)):
        parts = [_arrays.numbers(part, f"kernel[{i}]") for i, part in enumerate(kernel)]
        if any(part.ndim > 1 for part in parts):
            for i, part in enumerate(parts):
                if part.ndim != 2:
                    raise ValueError(
                        f"`kernel` as a list must hold kernels of shape (kh, kw); received {part.shape} at "
                        f"place {i}. Take one slice of it: kernel[{i}][:, :, 0, 0], or draw it by itself."
                    )
            _few(len(parts))
            return parts, None, None
    array = _arrays.numbers(kernel, "kernel")
    said = (
        f"`kernel` must have shape (kh, kw), (kh, kw, C_in) or (kh, kw, C_in, C_out); received {array.shape}."
    )
    if array.ndim < 2:
        raise ValueError(
            f"{said} A kernel of one dimension is a row: kernel[np.newaxis, :]. (A layer's weights are "
            "layer.kernel, its biases layer.bias.)"
        )
    if array.ndim > 4:
        raise ValueError(f"{said} There is an axis too many: index it away, kernel[0].")
    if array.ndim == 2:
        return [array], None, None
    if array.ndim == 3:
        array = array[..., np.newaxis]
    kh, kw, inputs, filters = array.shape
    if max(kh, kw) > 32 and min(inputs, filters) <= 32:
        raise ValueError(
            f"{said} A kernel of {kh} × {kw} is unusual: filters first is the order of PyTorch. Put them "
            "last: np.transpose(kernel, (2, 3, 1, 0))."
        )
    _few(inputs * filters)
    if inputs == 1:
        return [array[:, :, 0, f] for f in range(filters)], [f"filter {f}" for f in range(filters)], None
    if filters == 1:
        return [array[:, :, c, 0] for c in range(inputs)], [f"channel {c}" for c in range(inputs)], inputs
    titles = [f"filter {f}" if c == 0 else "" for c in range(inputs) for f in range(filters)]
    return [array[:, :, c, f] for c in range(inputs) for f in range(filters)], titles, filters


def _few(number):
    if number > _arrays.MOST_PANELS:
        raise ValueError(
            f"`kernel` must hold at most {_arrays.MOST_PANELS} kernels to be looked at; received {number:,} "
            "(input channels × filters). Deep layers have thousands. Draw a part: kernel[:, :, :4, :8]."
        )


def feature_maps(maps, *, units=None, titles=None, columns=None, scale="shared"):
    """Draw the feature maps of one image, a panel for each unit (channel).

    Args:
        maps: (H, W, C) or (1, H, W, C), what a layer returns for one image. Maps without a negative number
            are drawn from dark to bright, others from blue over white at 0 to red.
        units: list of channel numbers to draw, in that order; None draws all.
        titles: str for each panel; None writes the unit's number.
        columns: panels side by side; None chooses.
        scale: "shared" draws all units on one scale, with a colour bar, so that their strengths compare;
            "own" gives each its own, so that weak ones can be seen too.

    Returns:
        The Figure, one panel a unit.

    Raises:
        ValueError: for a shape that is no stack of maps, NaN, an unknown unit or scale.
        TypeError: for what is no array of numbers.
    """
    array = _arrays.numbers(maps, "maps")
    said = f"`maps` must have shape (H, W, C) or (1, H, W, C); received {array.shape}."
    if array.ndim == 4 and array.shape[0] == 1:
        array = array[0]
    elif array.ndim == 4:
        raise ValueError(
            f"{said} These are the maps of {array.shape[0]} images. Choose one of them: maps[0]."
        )
    if array.ndim == 2:
        raise ValueError(
            f"{said} One map has no channel axis left. Add it, maps[..., np.newaxis], or draw it with "
            "plot.images."
        )
    if array.ndim != 3:
        raise ValueError(
            f"{said} Feature maps come from a convolutional or pooling layer, before Flatten. Choose such a "
            "layer."
        )
    if scale not in ("shared", "own"):
        raise ValueError(
            f"`scale` must be 'shared' or 'own'; received {scale!r}. 'shared' lets strengths compare, 'own' "
            "shows the pattern of each unit."
        )
    units = _units(units, array.shape[-1])
    number = len(units)
    above = _titles(number, titles) or [str(unit) for unit in units]
    chosen = array[..., units]
    low, high = float(chosen.min()), float(chosen.max())
    signed = low < 0
    height, width = array.shape[:2]
    shared = scale == "shared"
    figure, panels = _layout.grid(
        number,
        columns=_layout.columns_for(number, columns),
        aspect=height / width,
        titles=above,
        most_side=2.6 if number <= 3 else 2.0,
        bar=shared,
    )
    for i, panel in enumerate(panels):
        part = chosen[..., i]
        top = max(abs(low), abs(high)) if shared else float(np.abs(part).max())
        top = top or 1.0
        what = _arrays.Shown(part, "RdBu_r", -top, top, True)
        if not signed:
            what = _arrays.Shown(part, "viridis", 0.0, top, False)
        drawn = _layout.picture(panel, what, above[i])
    if shared:
        _layout.bar(drawn, panels)

    sentence = f"{_alt.count(number, 'feature map')} of {_alt.size(height, width)}"
    if number < array.shape[-1]:
        sentence += f" from {array.shape[-1]} units, numbers {_alt.listed(units)}"
    if titles is not None and any(above):
        sentence += f", titled {_alt.listed([' '.join(title.split()) for title in above if title])}"
    sentence += f"; {_alt.values(low, high)}"
    sentence += ", on one scale" if shared else ", each on its own scale"
    if signed:
        sentence += ", blue below zero and red above"
    return _alt.describe(figure, _alt.start(sentence))


def _units(units, number):
    if units is None:
        if number > _arrays.MOST_PANELS:
            raise ValueError(
                f"`maps` must have at most {_arrays.MOST_PANELS} channels to be drawn at once; received "
                f"{number:,}. Choose some of them: units=range(64)."
            )
        return list(range(number))
    units = [units] if np.ndim(units) == 0 else list(units)
    if not units:
        raise ValueError(
            "`units` must hold at least one channel number; received none. Leave it out to draw all."
        )
    for unit in units:
        whole = isinstance(unit, (int, np.integer)) and not isinstance(unit, bool)
        if not whole or not 0 <= unit < number:
            raise ValueError(
                f"`units` must be channel numbers from 0 to {number - 1}; received {unit!r}. The layer has "
                f"{number} units, counted from 0: list(range(...)) gives them in order."
            )
    return [int(unit) for unit in units]
