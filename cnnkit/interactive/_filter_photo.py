"""`filter_photo`: change the numbers of a kernel and watch a photograph answer."""

import numpy as np

from .. import filters
from . import _figure as f
from ._picture import Picture, shrink

_NEGATIVE, _ZERO, _POSITIVE = (33, 102, 172), (247, 247, 247), (178, 24, 43)  # as in filter_photo.js
_TYPED = 7  # kernels up to this size can be typed and are shown number by number


def filter_photo(image, kernel="edge", *, padding="same", view="clipped", title=None):
    """A figure in which a kernel filters a photograph, live while its numbers are typed.

    Pointing at a pixel shows the numbers of its window, the products and their sum. Presets come from
    `cnnkit.filters`. Large photographs are made smaller (the mean of blocks), to about 170 pixels of width.

    Args:
        image: (H, W), (H, W, 1) or (H, W, 3); ints or floats in [0, 255], or floats in [0, 1].
        kernel: (kh, kw), at most 32 × 32, or the name of a filter of `cnnkit.filters` such as "sharpen".
        padding: "same", "valid", "full", or a number of zeros on each side. Zeros are black.
        view: "clipped" cuts the result to 0–255 as a photograph is shown; "signed" paints negative numbers
            blue and positive ones red. The reader can switch.
        title: the line above the figure; `None` says what is shown.

    Returns:
        An `Interactive`; `.output` holds the filtered picture, not clipped, float64, on the scale 0–255.

    Raises:
        ValueError, TypeError: if the image is no picture, or the kernel no small table of numbers.
    """
    image = np.rint(_image(image))
    name = kernel if isinstance(kernel, str) else None
    if name is not None:
        f.as_choice("kernel", name, filters.names(), "Give one of these names, or the numbers themselves.")
        kernel = getattr(filters, name)()
    kernel = f.as_array("kernel", kernel, (2,))
    padding = f.as_padding(padding)
    f.as_choice("view", view, ("clipped", "signed"))
    pads = padding if isinstance(padding, list) else [padding, padding]
    axes = [f.axis(image.shape[i], kernel.shape[i], 1, pads[i], 1) for i in (0, 1)]
    if not all(a.size for a in axes):
        raise ValueError(
            f"`kernel` must be smaller than the picture; received a kernel of shape {kernel.shape} for "
            f"a picture of {image.shape[0]} × {image.shape[1]} pixels. "
            "Did the two change places? Use padding='same'."
        )
    around = [(a.before, a.after) for a in axes] + [(0, 0)] * (image.ndim - 2)
    output = filters.apply(np.pad(image, around), kernel, padding="valid")

    size = f.size_text(*image.shape[:2])
    of = f.size_text(*kernel.shape)
    called = f"{name} kernel {of}" if name else f"kernel {of}"
    shown, scale = paint(output, view)
    result = f.size_text(*output.shape[:2])
    pictures = [
        Picture("input", f"input {size}", image.astype(np.uint8), f"The photograph, {size} pixels"),
        Picture("output", f"output {result}", shown, f"The photograph after the {called}, {view}"),
    ]
    cells = [[f.Cell(f.show(v)) for v in row] for row in kernel]
    small = max(kernel.shape) <= _TYPED
    grid = f.Grid("kernel", called, cells if small else [[f.Cell("…")]])
    middle = [n // 2 for n in output.shape[:2]]
    notes = [
        f"The kernel's numbers add up to {f.show(kernel.sum())}; the output runs from {f.show(output.min())} "
        f"to {f.show(output.max())}. {scale}",
        _one_sum(image, kernel, output, axes, middle),
    ]
    figure = f.Interactive(
        "filter_photo",
        title=str(title) if title is not None else "A kernel on a photograph",
        rows=[[pictures[0], "⊛", grid, "=", pictures[1]]],
        notes=notes,
        sentence=(
            f"A photograph of {size} pixels filtered with a {called} whose numbers add up to "
            f"{f.show(kernel.sum())}: the output runs from {f.show(output.min())} to {f.show(output.max())}."
        ),
        data={
            "height": image.shape[0],
            "width": image.shape[1],
            "channels": 1 if image.ndim == 2 else 3,
            "kernel": kernel.tolist(),
            "name": name,
            "padding": padding,
            "view": view,
            "presets": {preset: getattr(filters, preset)().tolist() for preset in filters.names()},
        },
    )
    figure.output = output
    return figure


def _image(image):
    image = np.asarray(image)
    if image.ndim == 3 and image.shape[-1] == 1:
        image = image[..., 0]
    if image.ndim not in (2, 3) or (image.ndim == 3 and image.shape[-1] != 3):
        slip = "Take one channel, or three for red, green and blue."
        if image.ndim == 4:
            slip = "Drop the batch axis: `image[0]`."
        elif image.ndim == 3 and image.shape[0] in (1, 3):
            slip = "The channels seem to come first: move them with `np.moveaxis(image, 0, -1)`."
        elif image.ndim == 3 and image.shape[-1] == 4:
            slip = "The fourth channel is transparency: leave it out with `image[..., :3]`."
        raise ValueError(
            f"`image` must have shape (H, W), (H, W, 1) or (H, W, 3); received {image.shape}. {slip}"
        )
    whole = image.dtype.kind in "bui"
    image = np.stack(
        [
            f.as_array("image", one, (2,), largest=None)
            for one in (image[..., None] if image.ndim == 2 else image).transpose(2, 0, 1)
        ],
        axis=-1,
    )
    if not whole and image.max() <= 1 and image.min() >= 0:
        image = image * 255
    if image.min() < 0 or image.max() > 255:
        raise ValueError(
            f"`image` must lie in [0, 255], or in [0, 1] as floats; received numbers from {image.min():.4g} "
            f"to {image.max():.4g}. Perhaps it was normalised for a model: undo that, or rescale it to 0–255."
        )
    image = shrink(image)
    return image[..., 0] if image.shape[-1] == 1 else image


def paint(output, view):
    """The filtered picture as it is shown (uint8), and the sentence that explains the colours."""
    if view == "clipped":
        return np.clip(np.rint(output), 0, 255).astype(
            np.uint8
        ), "Shown clipped: below 0 is black, above 255 full."
    grey = output if output.ndim == 2 else output.mean(axis=-1)
    # full colour at the largest of all but one in a hundred: the zeros at the border make large numbers
    sizes = np.sort(np.abs(grey), axis=None)
    limit = float(sizes[int(0.99 * (sizes.size - 1))]) or float(sizes[-1]) or 1.0
    share = np.minimum(np.abs(grey)[..., None] / limit, 1)
    end = np.where(grey[..., None] < 0, np.array(_NEGATIVE, float), np.array(_POSITIVE, float))
    colours = np.rint((1 - share) * np.array(_ZERO, float) + share * end).astype(np.uint8)
    mean = " The three channels are averaged." if output.ndim == 3 else ""
    return colours, f"Blue is −{f.show(limit)} and less, white 0, red {f.show(limit)} and more.{mean}"


def _one_sum(image, kernel, output, axes, middle):
    """The sum of one pixel in words; of a colour photograph, for the mean of its channels."""
    r, c = middle
    padded = np.pad(image, [(a.before, a.after) for a in axes] + [(0, 0)] * (image.ndim - 2))
    window = padded[r : r + kernel.shape[0], c : c + kernel.shape[1]]
    result = output[r, c]
    of = ""
    if image.ndim == 3:
        window, result, of = window.mean(axis=-1), result.mean(), ", mean of the channels"
    if kernel.size > 25:
        return f"output[{r}, {c}]{of} = the sum of {kernel.size} products = {f.show(result)}"
    terms = [f"{f.factor(v)}·{f.factor(w)}" for v, w in zip(window.ravel(), kernel.ravel(), strict=True)]
    return f"output[{r}, {c}]{of} = {' + '.join(terms)} = {f.show(result)}"
