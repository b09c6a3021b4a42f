"""Pictures in a page: as PNG files with the same bytes on every machine.

What a compressor writes differs from one zlib to the next, and the pages of notebooks are compared byte by byte when
they are tested. So the pixels are stored uncompressed.
"""

import struct
import zlib

import numpy as np

__all__ = ["encode"]


def encode(pixels):
    """A PNG whose pixels are stored as they are.

    Args:
        pixels: uint8, shape (H, W), (H, W, 1) or (H, W, 3).

    Returns:
        The file, bytes.
    """
    height, width = pixels.shape[:2]
    rows = np.ascontiguousarray(pixels, np.uint8).reshape(height, -1)
    raw = np.hstack([np.zeros((height, 1), np.uint8), rows]).tobytes()  # 0: the row is not filtered
    blocks = b""
    for start in range(0, len(raw), 65_535):
        part = raw[start : start + 65_535]
        last = start + 65_535 >= len(raw)
        blocks += struct.pack("<BHH", last, len(part), len(part) ^ 0xFFFF) + part
    data = b"\x78\x01" + blocks + struct.pack(">I", zlib.adler32(raw))
    colour = 2 if pixels.shape[2:] == (3,) else 0
    header = struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def _chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
