"""What comes in: pictures, classes, units; and what is wrong with them."""

import numbers
import warnings

import numpy as np

__all__ = ["check_amount", "check_count", "check_images", "check_size", "check_target", "check_units"]


def check_images(images, network):
    """Return the pictures as float32 (N, H, W, C); raise a ValueError unless they fit the network.

    Pictures from 0 to 1 for a network that divides by 255 itself are let through, with a warning.

    Args:
        images: array or tensor.
        network: `Network`; its `image_shape` is (H, W, C), `None` where any will do.
    """
    shape = network.image_shape
    if isinstance(images, (str, bytes, dict)) or hasattr(images, "element_spec"):
        what = "a tf.data" if hasattr(images, "element_spec") else type(images).__name__
        raise TypeError(
            f"`images` must be an array (N, H, W, C); received {what}. Take the pictures out first: "
            "`images, labels = next(iter(data))`."
        )
    images = np.asarray(images)
    wanted = _words(shape)
    received = f"`images` must have shape (N, {wanted}); received {images.shape}."
    channels = shape[-1]
    if images.ndim == 3 and _fits(images.shape, shape):
        raise ValueError(
            f"{received} The batch axis is missing: a model takes a batch, even of one picture. Write "
            "`images=image[np.newaxis]`."
        )
    if images.ndim in (2, 3) and channels == 1 and _fits(images.shape[-2:], shape[:-1]):
        fix = "image[np.newaxis, ..., np.newaxis]" if images.ndim == 2 else "images[..., np.newaxis]"
        raise ValueError(
            f"{received} The axis of the channels is missing: grey pictures have one. Write `{fix}`."
        )
    if images.ndim != 4:
        raise ValueError(
            f"{received} A batch of pictures has four axes: pictures, rows, columns, channels. For one picture write "
            "`images=image[np.newaxis]`."
        )
    if not len(images):
        raise ValueError(f"{received} There is no picture in it. Look at how it was cut out of the data set.")
    if channels is not None and images.shape[-1] != channels:
        if images.shape[1] == channels and _fits(images.shape[2:], shape[:2]):
            raise ValueError(
                f"{received} That looks like channels first. Move them to the end: "
                "`np.moveaxis(images, 1, -1)`."
            )
        if channels == 3 and images.shape[-1] == 1:
            slip = "These pictures are grey, the model wants colour: `np.repeat(images, 3, axis=-1)`."
        elif channels == 3 and images.shape[-1] == 4:
            slip = "The fourth channel is probably transparency. Leave it out: `images[..., :3]`."
        elif channels == 1 and images.shape[-1] == 3:
            slip = (
                "These pictures are in colour, the model wants grey: `images.mean(axis=-1, keepdims=True)`."
            )
        else:
            slip = f"The model was built for {channels} channels. Give pictures like those that it was trained on."
        raise ValueError(f"{received} {slip}")
    if not _fits(images.shape[1:], shape):
        raise ValueError(
            f"{received} The pictures have another size than those that the model was built for. Bring them to size: "
            f"`keras.ops.image.resize(images, ({shape[0]}, {shape[1]}))`."
        )
    try:
        images = images.astype(np.float32, copy=False)
    except (TypeError, ValueError):
        raise TypeError(
            f"`images` must hold numbers; received dtype {images.dtype}. Pictures of different sizes do not make an "
            "array: bring them to one size first."
        ) from None
    if not np.isfinite(images).all():
        raise ValueError(
            "`images` must hold finite numbers; received NaN or infinity among them. Perhaps something was divided by "
            "zero. `np.isfinite(images).all(axis=(1, 2, 3))` says which pictures are whole."
        )
    _warn_if_scaled_twice(images, network)
    return images


def check_target(target, predicted, classes):
    """Return the class to explain for each picture, ints (N,); `None` means the predicted ones."""
    if target is None:
        return predicted
    count = len(predicted)
    given = np.asarray(target)
    if given.dtype.kind not in "iu" or given.ndim > 1 or (given.ndim == 1 and len(given) != count):
        raise ValueError(
            f"`target` must be one class number, or one for each of the {count} pictures; received {target!r}. A class "
            "is named by its number, not by its name or its probability: `class_names.index('dogs')`. None means the "
            "predicted class of each picture."
        )
    if given.min() < 0 or given.max() >= classes:
        raise ValueError(
            f"`target` must be from 0 to {classes - 1}, for a model with {classes} classes; received {target!r}. "
            "Classes are counted from 0. Look at `model.output_shape` and at `data.class_names`."
        )
    return np.broadcast_to(given, (count,)).astype(np.int64)


def check_units(units, count, layer):
    """Return the numbers of units as a list; `None` means all `count` of them."""
    if units is None:
        return list(range(count))
    units = list(units) if hasattr(units, "__iter__") else [units]
    whole = all(isinstance(unit, numbers.Integral) and not isinstance(unit, bool) for unit in units)
    if not units or not whole or min(units) < 0 or max(units) >= count:
        shown = units[0] if len(units) == 1 else units
        raise ValueError(
            f"`units` must be numbers from 0 to {count - 1}, for the layer {layer!r} with {count} units; received "
            f"{shown!r}. Units are counted from 0. Give one number, a list, a range, or None for all."
        )
    return [int(unit) for unit in units]


def check_count(name, value, smallest=1):
    """Return `value` as an int; raise a ValueError unless it is a whole number of at least `smallest`."""
    if isinstance(value, bool) or not isinstance(value, numbers.Integral) or value < smallest:
        raise ValueError(
            f"`{name}` must be a whole number of at least {smallest}; received {value!r}. Perhaps a division left a "
            f"float. Write `{name}=int(…)`, or leave it out."
        )
    return int(value)


def check_amount(name, value):
    """Return `value` as a float; raise a ValueError unless it is a number of at least 0."""
    if isinstance(value, bool) or not isinstance(value, numbers.Real) or not 0 <= value < float("inf"):
        raise ValueError(
            f"`{name}` must be a number of at least 0; received {value!r}. It says how much of it there is, so None "
            f"and negative numbers mean nothing here. Write `{name}=0` to do without."
        )
    return float(value)


def check_size(size, shape, any_size):
    """Return (height, width): `size`, or where it is `None` that of the model's pictures, `shape` (H, W, C)."""
    if size is None:
        return tuple(any_size if n is None else n for n in shape[:2])
    both = (size, size) if isinstance(size, numbers.Integral) else tuple(size)
    if len(both) != 2 or not all(isinstance(n, numbers.Integral) and n >= 4 for n in both):
        raise ValueError(
            f"`image_size` must be a side in pixels of at least 4, or (height, width); received {size!r}. The channels "
            "and the batch do not belong to it. For square pictures: `image_size=96`."
        )
    return int(both[0]), int(both[1])


def _warn_if_scaled_twice(images, network):
    step = network.first_step()
    if step is None or type(step.layer).__name__ != "Rescaling" or np.abs(step.layer.scale).max() > 0.02:
        return
    if images.min() >= 0 and 0 < images.max() <= 1:
        warnings.warn(
            f"`images` go from {images.min():.3g} to {images.max():.3g}, and {step.name!r} in {network.model.name!r} "
            "divides them by 255 again: to the model they are black. Give pictures from 0 to 255: `images * 255`.",
            stacklevel=4,
        )


def _fits(shape, wanted):
    return len(shape) == len(wanted) and all(w in (None, n) for n, w in zip(shape, wanted, strict=True))


def _words(shape):
    return ", ".join(letter if n is None else str(n) for letter, n in zip("HWC", shape, strict=True))
