"""Pictures inside a figure: small, and with the same bytes on every machine.

Compressing a PNG differs from one zlib to the next, so the pixels go in uncompressed. The script then reads
them without the browser's decoder, and without waiting for it.
"""

import base64
import struct
import zlib
from dataclasses import dataclass

import numpy as np

MOST = 20_000  # pixels of a picture that goes into a page: about 170 wide


@dataclass
class Picture:
    """An image of a figure, uint8 with shape (H, W) or (H, W, 3)."""

    role: str
    caption: str
    pixels: np.ndarray
    alt: str

    def url(self):
        return "data:image/png;base64," + base64.b64encode(encode(self.pixels)).decode("ascii")


def encode(pixels):
    """A PNG whose pixels are stored as they are (bytes)."""
    height, width = pixels.shape[:2]
    rows = np.ascontiguousarray(pixels, np.uint8).reshape(height, -1)
    raw = np.hstack([np.zeros((height, 1), np.uint8), rows]).tobytes()  # 0: the row is not filtered
    blocks = b""
    for start in range(0, len(raw), 65_535):
        part = raw[start : start + 65_535]
        last = start + 65_535 >= len(raw)
        blocks += struct.pack("<BHH", last, len(part), len(part) ^ 0xFFFF) + part
    data = b"\x78\x01" + blocks + struct.pack(">I", zlib.adler32(raw))
    header = struct.pack(">IIBBBBB", width, height, 8, 0 if pixels.ndim == 2 else 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def _chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def shrink(image):
    """The picture in few enough pixels: the mean of whole blocks, so that nothing depends on a library."""
    step = 1
    while (image.shape[0] // step) * (image.shape[1] // step) > MOST:
        step += 1
    height, width = image.shape[0] // step, image.shape[1] // step
    image = image[: height * step, : width * step]
    return image.reshape(height, step, width, step, *image.shape[2:]).mean(axis=(1, 3))
