"""From whatever is passed to arrays that can be drawn, and clear words where that is not possible."""

from typing import NamedTuple

import numpy as np

MOST_PANELS = 256


class Shown(NamedTuple):
    """What `imshow` is given."""

    data: np.ndarray  # (H, W) numbers, or (H, W, 3) colours
    cmap: str | None
    low: float | None
    high: float | None
    signed: bool


def numbers(value, name):
    """Return `value` as a NumPy array of finite real numbers."""
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise ValueError(
            f"`{name}` must be one array of numbers; received {type(value).__name__} whose parts differ in "
            "size. Rows of unequal length make no picture: check the lengths, or pass a list of whole images."
        ) from error
    if (
        array.dtype.kind == "V" and array.dtype.names is None
    ):  # bfloat16 and its kin, which NumPy does not know
        array = array.astype(np.float32)
    if array.dtype.kind not in "buif":
        tip = "Pass the array itself."
        if isinstance(value, str) or hasattr(value, "__fspath__"):
            tip = "A path is not yet a picture: read it with np.asarray(PIL.Image.open(path))."
        elif hasattr(value, "layers"):
            tip = "A model is not yet a picture: pass one of its weights or what it returns."
        elif hasattr(value, "weights"):
            tip = "A layer is not its weights: pass layer.kernel."
        elif array.dtype.kind == "c":
            tip = "Pass its size np.abs(x) or its real part x.real."
        raise TypeError(
            f"`{name}` must be an array of real numbers; received {type(value).__name__} "
            f"(dtype {array.dtype}). {tip}"
        )
    if array.dtype.kind == "f":
        if array.dtype.itemsize < 4:
            array = array.astype(np.float32)
        finite = np.isfinite(array)
        if not finite.all():
            where = tuple(int(i) for i in np.argwhere(~finite)[0])
            raise ValueError(
                f"`{name}` must hold finite numbers; received {int((~finite).sum())} NaN or infinite of "
                f"{array.size}, the first at index {where}. A division by zero or a training that diverged "
                f"leaves them: look for the step where they begin, or draw np.nan_to_num({name})."
            )
    if array.size == 0:
        raise ValueError(
            f"`{name}` must hold at least one number; received shape {array.shape}. An axis has length 0, "
            "often from a slice past the end: print the shape before the slice."
        )
    return array


def image(value, name="image", *, colour=None):
    """Return one image as (H, W) or (H, W, 3). `colour=True` insists on three channels."""
    array = numbers(value, name)
    wanted = "(H, W, 3)" if colour else "(H, W), (H, W, 1) or (H, W, 3)"
    said = f"`{name}` must have shape {wanted}; received {array.shape}."
    if array.ndim == 4:
        if array.shape[0] == 1:
            raise ValueError(f"{said} The first axis is a batch of one. Drop the batch axis: {name}[0].")
        raise ValueError(
            f"{said} That is a batch of {array.shape[0]} images. Take one of them, for example {name}[0], or "
            "draw all with plot.images."
        )
    if array.ndim == 1:
        raise ValueError(
            f"{said} It has one axis, so the rows of the picture are lost. If it was flattened, restore "
            f"them: {name}.reshape(height, width)."
        )
    if array.ndim not in (2, 3):
        raise ValueError(f"{said} A picture has rows, columns and channels. Index the axes before them away.")
    if array.ndim == 3 and array.shape[-1] not in (1, 3):
        raise ValueError(f"{said} {_channel_slip(array.shape, name)}")
    if array.ndim == 3 and array.shape[-1] == 1:
        array = array[..., 0]
    if colour and array.ndim != 3:
        raise ValueError(
            f"{said} A grey picture has a single channel, nothing to show apart. Draw it with "
            f"plot.images({name}) or plot.pixels({name})."
        )
    return array


def _channel_slip(shape, name):
    *front, last = shape
    if front[-2] in (1, 3) and last > 4:
        axis = len(shape) - 3
        slip = f"Axis {axis} looks like the channels, as PyTorch orders them. Move them to the end: "
        slip += f"np.moveaxis({name}, {axis}, -1)."
        if len(shape) == 3:
            slip += f" If these are {front[0]} grey images, add the channel axis: {name}[..., np.newaxis]."
        return slip
    if last == 4:
        return f"The fourth channel is probably transparency. Leave it out: {name}[..., :3]."
    if len(shape) == 3:
        return (
            f"A last axis of {last} is no colour. If these are {front[0]} grey images, add the channel axis: "
            f"{name}[..., np.newaxis]; if they are {last} feature maps, use plot.feature_maps."
        )
    return (
        f"A last axis of {last} is no colour. Look at one channel, {name}[..., :1], or at all of one image's "
        f"with plot.feature_maps({name}[0])."
    )


def images(value, name="images"):
    """Return (list of (H, W) or (H, W, 3) arrays, together).

    `together` is True where all came as one array and are to be judged by one range of values.
    """
    if isinstance(value, (list, tuple)):
        parts = [numbers(part, f"{name}[{i}]") for i, part in enumerate(value)]
        if not parts:
            raise ValueError(
                f"`{name}` must hold at least one image; received an empty {type(value).__name__}. The loop "
                "or the selection that made it found nothing: print its length first."
            )
        if any(part.ndim > 1 for part in parts):
            _few(len(parts), name)
            return [image(part, f"{name}[{i}]") for i, part in enumerate(parts)], False
    array = numbers(value, name)
    if array.ndim == 4:
        _few(len(array), name)
        if array.shape[-1] not in (1, 3):
            raise ValueError(
                f"`{name}` must have shape (N, H, W, 1) or (N, H, W, 3); received {array.shape}. "
                f"{_channel_slip(array.shape, name)}"
            )
        return [image(part, name) for part in array], True
    if array.ndim > 4:
        raise ValueError(
            f"`{name}` must have shape (H, W), (H, W, C) or (N, H, W, C); received {array.shape}. There is "
            f"an axis too many, often a batch of batches: {name}[0]."
        )
    return [image(array, name)], True


def _few(number, name):
    if number > MOST_PANELS:
        raise ValueError(
            f"`{name}` must hold at most {MOST_PANELS} pictures, for each one is drawn; received {number:,}. "
            f"A whole data set fits on no screen: draw a part of it, {name}[:64]."
        )


def value_range(arrays, given=None, name="images"):
    """Return (low, high) of black and white, or None where the numbers are signed.

    uint8 is 0 to 255. Other numbers up to 1 count as 0 to 1, from 2 to 255 as 0 to 255.
    """
    if given is not None:
        try:
            low, high = (float(end) for end in given)
        except (TypeError, ValueError):
            low = high = np.nan
        if not low < high:
            raise ValueError(
                f"`value_range` must be two numbers (black, white), the first smaller; received {given!r}. "
                "Say what the picture's numbers mean: (0, 1) or (0, 255)."
            )
        return low, high
    low = min(float(array.min()) for array in arrays)
    high = max(float(array.max()) for array in arrays)
    dtype = arrays[0].dtype
    if dtype.kind == "b":
        return 0.0, 1.0
    if dtype == np.uint8:
        return 0.0, 255.0
    if low < 0:
        return None
    if high <= 1.001:
        return 0.0, 1.0
    if (high >= 2 or dtype.kind != "f") and high <= 255.5:
        return 0.0, 255.0
    if dtype == np.uint16:
        return 0.0, 65535.0
    slip = (
        "They may be 0 to 1 and a little over, as after sharpening, or a very dark 0 to 255."
        if high < 2
        else "They may come from a sum or a filter that went past white."
    )
    tip = f"np.clip({name}, 0, 1)" if high < 2 else f"np.clip({name}, 0, 255)"
    raise ValueError(
        f"`{name}` must hold numbers from 0 to 1 or from 0 to 255; received {dtype} from {low:.4g} to "
        f"{high:.4g}. {slip} Cut them with {tip}, or say what is black and white: value_range=({low:.4g}, "
        f"{high:.4g})."
    )


def signed_bound(arrays, percentile=None):
    """Return the end of a scale around 0 on which `arrays` are drawn, and whether numbers lie beyond it.

    Args:
        percentile: how many of the numbers, in per cent, the scale covers: few outliers then don't make all
            others pale. None covers all.
    """
    sizes = np.concatenate([np.abs(array.astype(np.float64)).ravel() for array in arrays])
    most = float(sizes.max())
    if percentile is None:
        return most or 1.0, False
    real = isinstance(percentile, (int, float, np.number)) and not isinstance(percentile, bool)
    if not real or not 0 < percentile <= 100:
        raise ValueError(
            f"`percentile` must be a number above 0 and up to 100; received {percentile!r}. It says how many "
            "per cent of the numbers the colours cover: 99 leaves out the largest in a hundred, 100 none."
        )
    bound = float(np.percentile(sizes, percentile)) or most  # where nearly all numbers are 0
    return bound or 1.0, bound < most


def shown(array, limits, bound=None):
    """Return what to give `imshow` for one (H, W) or (H, W, 3) image.

    Args:
        limits: (black, white), or None for signed numbers.
        bound: largest size of a signed number, the end of the colour scale; None takes this array's own.
    """
    if limits is None:
        if bound is None:
            bound = float(np.abs(array.astype(np.float64)).max())
        bound = bound or 1.0
        if array.ndim == 2:
            return Shown(array, "RdBu_r", -bound, bound, True)
        # 0 becomes middle grey
        return Shown(np.clip(0.5 + array / (2 * bound), 0.0, 1.0), None, None, None, True)
    low, high = limits
    if array.ndim == 2:
        return Shown(array, "gray", low, high, False)
    if array.dtype == np.uint8 and limits == (0.0, 255.0):
        return Shown(array, None, None, None, False)
    return Shown(np.clip((array - low) / (high - low), 0.0, 1.0), None, None, None, False)
