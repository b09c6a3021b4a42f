"""Pictures inside a figure: small, and uncompressed.

So the script reads them without the browser's decoder, and without waiting for it.
"""

import base64
from dataclasses import dataclass

import numpy as np

from .. import _png

MOST = 20_000  # pixels of a picture that goes into a page: about 170 wide


@dataclass
class Picture:
    """An image of a figure, uint8 with shape (H, W) or (H, W, 3)."""

    role: str
    caption: str
    pixels: np.ndarray
    alt: str

    def url(self):
        return "data:image/png;base64," + base64.b64encode(_png.encode(self.pixels)).decode("ascii")


def shrink(image):
    """The picture in few enough pixels: the mean of whole blocks, so that nothing depends on a library."""
    step = 1
    while (image.shape[0] // step) * (image.shape[1] // step) > MOST:
        step += 1
    height, width = image.shape[0] // step, image.shape[1] // step
    image = image[: height * step, : width * step]
    return image.reshape(height, step, width, step, *image.shape[2:]).mean(axis=(1, 3))
