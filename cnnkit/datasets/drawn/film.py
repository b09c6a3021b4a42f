"""From the drawing to the photograph: light from one side, texture, a colour cast and grain.

Only element-by-element sums and products in a fixed order, which IEEE arithmetic rounds alike everywhere: the
same drawing gives the same bytes. Clouds and grain are made once; each picture takes another piece of them.
"""

from functools import lru_cache

import numpy as np
from PIL import Image

from .chance import Chance

_SMOOTH = Image.Resampling.BILINEAR
_KIND = 3  # the first number of the key of the streams that make clouds and grain
_SPARE = 128  # how much larger than a picture, to each side, the sheets are that pieces are taken from


def develop(
    canvas,
    chance,
    *,
    exposure=1.0,
    contrast=1.0,
    cast=(1.0, 1.0, 1.0),
    slope=(0.0, 0.0),
    grain=6.0,
    plush=0.0,
    film=None,
    levels=None,
):
    """Turn a canvas into pixels.

    Args:
        canvas: the finished Canvas.
        chance: the stream of this picture's grain and texture.
        exposure: brightness, 1 leaves it.
        contrast: 1 leaves it; below 1 pulls towards grey.
        cast: a factor for red, green and blue.
        slope: how much brighter the right and the lower rim are than the middle, such as 0.1.
        grain: standard deviation of the noise, in grey levels.
        plush: how strongly the object is rounded by shading at its rims, 0–1.
        film: 12 floats, the matrix by which red, green and blue come from those of the canvas.
        levels: a function from a picture's histogram (768 ints: red, green, blue) to the value that each of
            its levels gets (3, 256), as a camera sets its exposure by what it sees; `None` leaves them.

    Returns:
        (pixels, coverage): uint8 (height, width, 3), and uint8 (height, width), how much of a pixel is
        object.
    """
    height, width = canvas.height, canvas.width
    coverage = canvas.coverage()
    image = canvas.image.reduce(canvas.oversample)
    if film:
        image = image.convert("RGB", film)
    planes = np.asarray(image).transpose(2, 0, 1)  # (3, H, W)
    if levels:
        tables = levels(image.histogram()).astype(np.float32)
        planes = np.stack([table[plane] for table, plane in zip(tables, planes, strict=True)])
    else:
        planes = np.array(planes, dtype=np.float32, order="C")

    across = np.linspace(-slope[0], slope[0], width, dtype=np.float32)
    down = np.linspace(-slope[1], slope[1], height, dtype=np.float32)
    gain = 1 + across[None, :] + down[:, None]
    gain += _piece(_cloud(height, width, 14), chance, height, width) * np.float32(0.0005)
    gain += _piece(_cloud(height, width, 3), chance, height, width) * np.float32(0.0003)
    if plush:
        rounding = _roundness(coverage) * np.float32(0.0016 * plush)
        rounding += _piece(_cloud(height, width, 2, stretch=3), chance, height, width) * np.float32(0.0008)
        rounding *= coverage
        rounding *= np.float32(1 / 255)
        gain += rounding
    gain *= np.float32(exposure * contrast)
    for plane, factor in zip(planes, cast, strict=True):
        plane *= gain * np.float32(factor)
    planes += _piece(_grain(height, width), chance, height, width) * np.float32(grain / 104.5)
    planes += np.float32(128 * (1 - contrast) + 0.5)
    np.clip(planes, 0, 255, out=planes)
    return planes.astype(np.uint8).transpose(1, 2, 0), coverage


def _piece(sheet, chance, height, width):
    """A piece of a larger sheet (…, H + spare, W + spare), chosen at random and mirrored or not."""
    top, left, mirrored = chance.integer(0, _SPARE), chance.integer(0, _SPARE), chance.integer(0, 3)
    piece = sheet[..., top : top + height, left : left + width]
    return piece[..., :: -1 if mirrored & 1 else 1, :: -1 if mirrored & 2 else 1]


@lru_cache(maxsize=8)
def _cloud(height, width, cell, stretch=1):
    """A smooth random field, −128 … 127, whose blobs are about `cell` pixels (times `stretch` downwards)."""
    height, width = height + _SPARE, width + _SPARE
    small = Chance(_KIND, cell, stretch).bytes(height // (cell * stretch) + 2, width // cell + 2)
    smooth = Image.fromarray(small).resize((width, height), _SMOOTH)
    return np.asarray(smooth).astype(np.float32) - 128


@lru_cache(maxsize=2)
def _grain(height, width):
    """Noise for three channels: triangular, since two bytes are subtracted, standard deviation 104.5."""
    noise = Chance(_KIND, 0).bytes(2, 3, height + _SPARE, width + _SPARE).astype(np.float32)
    return noise[0] - noise[1]


def _roundness(coverage):
    """Light on the upper left rim of the object, shade on the lower right one: about −255 … 255."""
    height, width = coverage.shape
    cell = max(2, min(height, width) // 22)
    blurred = Image.fromarray(coverage).reduce(cell).resize((width, height), _SMOOTH)
    field = np.asarray(blurred).astype(np.float32)
    reach = max(1, cell // 2)
    rounded = np.zeros_like(field)
    rounded[reach:-reach, reach:-reach] = field[2 * reach :, 2 * reach :] - field[: -2 * reach, : -2 * reach]
    return rounded
