"""From the drawing to the photograph: light from one side, texture, a colour cast and grain.

Only element-by-element sums and products in a fixed order, which IEEE arithmetic rounds alike everywhere: the
same drawing gives the same bytes.
"""

import numpy as np
from PIL import Image

_SMOOTH = Image.Resampling.BILINEAR


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

    Returns:
        (pixels, coverage): uint8 (height, width, 3), and uint8 (height, width), how much of a pixel is
        object.
    """
    height, width = canvas.height, canvas.width
    coverage = canvas.coverage()
    planes = np.ascontiguousarray(canvas.pixels().transpose(2, 0, 1)).astype(np.float32)  # (3, H, W)

    across = np.linspace(-slope[0], slope[0], width, dtype=np.float32)
    down = np.linspace(-slope[1], slope[1], height, dtype=np.float32)
    gain = 1 + across[None, :] + down[:, None]
    gain += _cloud(chance, height, width, 14) * np.float32(0.0005)
    gain += _cloud(chance, height, width, 3) * np.float32(0.0003)
    if plush:
        rounding = _roundness(coverage) * np.float32(0.0016 * plush)
        rounding += _cloud(chance, height, width, 2, stretch=3) * np.float32(0.0008)
        gain += rounding * (coverage * np.float32(1 / 255))
    gain *= np.float32(exposure * contrast)
    for plane, factor in zip(planes, cast, strict=True):
        plane *= gain * np.float32(factor)

    # Two bytes subtracted: a triangular distribution with standard deviation 104.5.
    noise = chance.bytes(2, 3, height, width).astype(np.int16)
    planes += (noise[0] - noise[1]) * np.float32(grain / 104.5)
    planes += np.float32(128 * (1 - contrast) + 0.5)
    np.clip(planes, 0, 255, out=planes)
    return planes.astype(np.uint8).transpose(1, 2, 0), coverage


def _cloud(chance, height, width, cell, stretch=1):
    """A smooth random field, −128 … 127, whose blobs are about `cell` pixels (times `stretch` downwards)."""
    small = Image.fromarray(chance.bytes(height // (cell * stretch) + 2, width // cell + 2))
    return np.asarray(small.resize((width, height), _SMOOTH)).astype(np.float32) - 128


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
