"""Bytes of a file → pixels of one size, or the reason why not, and a word on what had to be converted.

JPEG, nearly always what a photograph is, takes a short way: libjpeg-turbo decodes it at the smallest scale of
1, 1/2, 1/4 and 1/8 that is not below the wanted size (it knows other eighths, too, but is slower at them), and
OpenCV, if it is installed, brings the result to the wanted size. Everything else, and every JPEG that is not
plain, goes through Pillow.
"""

import io
import struct
import threading

import numpy as np

__all__ = ["Unreadable", "decode", "quick_resizing"]

_SUFFIXES = {
    ".jpg": "JPEG",
    ".jpeg": "JPEG",
    ".jpe": "JPEG",
    ".jfif": "JPEG",
    ".png": "PNG",
    ".gif": "GIF",
    ".bmp": "BMP",
    ".webp": "WEBP",
    ".tif": "TIFF",
    ".tiff": "TIFF",
    ".ppm": "PPM",
    ".pgm": "PPM",
    ".pbm": "PPM",
}
# A picture of more pixels than this is taken for an attack or a mistake (Pillow's own limit).
MOST_PIXELS = 178_956_970
# libjpeg says so and goes on; nothing of the picture is lost.
_HARMLESS = ("extraneous bytes", "JFIF", "Invalid SOS parameters", "unknown Adobe", "thumbnail")

_KINDS = [  # (first bytes, what the file is) for files that are not read
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"%PDF", "a PDF"),
    (b"%!PS", "a PostScript file"),
    (b"\0\0\0\x0cjP  ", "a JPEG 2000 picture, a format that is not read here"),
    (b"8BPS", "a Photoshop file, a format that is not read here"),
    (b"\0\x05\x16\x07", "what macOS keeps beside another file"),
    (b"version https://git-lfs", "a Git LFS pointer: the picture itself was never fetched"),
    (b"\xd0\xcf\x11\xe0", "a Windows thumbnail cache or an old Office file"),
    (b"\x93NUMPY", "a NumPy array"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
]


class Unreadable(Exception):
    """A file that cannot be used; its text is the reason."""


def decode(data, suffix, size, out):
    """Decode a picture and bring it to one size; the sides are stretched, as Keras does.

    Args:
        data: the bytes of the file.
        suffix: how its name ends, with the dot: ``".jpg"``.
        size: (height, width) in pixels.
        out: array (height, width, 3) uint8 that receives the pixels, RGB.

    Returns:
        What had to be converted, in words, or an empty string.

    Raises:
        Unreadable: if the file is no picture or is damaged.
    """
    if not data:
        raise Unreadable("empty: zero bytes")
    kind = _kind(data)
    if kind is None:
        raise Unreadable(_what_else(data))
    notes = []
    named = _SUFFIXES.get(suffix.lower())
    if named != kind:
        notes.append(f"{kind} named {suffix}" if suffix else f"{kind} without a suffix")
    done = kind == "JPEG" and _jpeg(data, size, out, notes)
    if not done:
        _pillow(data, kind, size, out, notes)
    return ", ".join(notes)


def _kind(data):
    """Return the format that the first bytes speak of, or `None`."""
    if data[:3] == b"\xff\xd8\xff":
        return "JPEG"
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        return "PNG"
    if data[:6] in (b"GIF87a", b"GIF89a"):
        return "GIF"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if data[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        return "TIFF"
    if data[:2] == b"BM" and len(data) > 26:
        return "BMP"
    if data[:1] == b"P" and data[1:2] in b"123456" and data[2:3].isspace():
        return "PPM"
    return None


def _what_else(data):
    """Say what a file is that is no picture."""
    if not data.strip(b"\0"):
        return "nothing but zero bytes: a download or copy that was interrupted"
    for start, what in _KINDS:
        if data.startswith(start):
            return f"not a picture: {what}" if "picture" not in what[:20] else what
    if data[4:8] == b"ftyp":
        brand = data[8:12]
        name = {b"heic": "HEIC", b"heix": "HEIC", b"mif1": "HEIC", b"avif": "AVIF"}.get(brand)
        return (
            f"{name}, a format that is not read here: save it as JPEG" if name else "not a picture: a video"
        )
    head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<!doctype html", b"<html", b"<head", b"<body")) or b"<html" in head:
        return "an HTML page: the download was answered with a web page instead of the picture"
    if b"<svg" in head:
        return "an SVG drawing, a format that is not read here"
    if head.startswith(b"<?xml"):
        return "an XML file: probably the error message of a server"
    if head.startswith((b"{", b"[")) and b'"' in head:
        return "a JSON file, not a picture"
    try:
        data[:1024].decode("utf-8")
        printable = sum(byte >= 32 or byte in b"\t\r\n" for byte in data[:1024]) == len(data[:1024])
    except UnicodeDecodeError:
        printable = False
    return (
        "plain text, not a picture" if printable else "not a picture: the first bytes are of no known format"
    )


def _jpeg(data, size, out, notes):
    """Decode a plain JPEG the short way; return whether that was possible."""
    import simplejpeg

    turn = _orientation(data)
    try:
        height, width, colours, _ = simplejpeg.decode_jpeg_header(data)
        if colours in ("CMYK", "YCCK"):
            return False
        _check_size(width, height)
    except ValueError:
        return False  # let Pillow say what is wrong, or manage
    shrink = _shrink((height, width), size[::-1] if turn > 4 else size)
    options = {
        "min_height": -(-height // shrink),
        "min_width": -(-width // shrink),
        # What TensorFlow's own decoder uses, too.
        "fastdct": True,
        "fastupsample": True,
    }
    if height * width < 2**24:
        # Into the same memory each time: to get and give back fresh memory costs a tenth of the decoding.
        options["buffer"] = _room(height * width * 3)
    try:
        pixels = simplejpeg.decode_jpeg(data, "RGB", **options)
    except ValueError as error:
        text = str(error)
        if not any(word in text for word in _HARMLESS):
            raise Unreadable(_jpeg_reason(text)) from None
        try:
            pixels = simplejpeg.decode_jpeg(data, "RGB", strict=False, **options)
        except ValueError as worse:
            raise Unreadable(_jpeg_reason(str(worse))) from None
        notes.append(f"decoded in spite of a flaw ({text.strip()})")
    if colours == "Gray":
        notes.append("grey, repeated in three channels")
    if turn > 1:
        notes.append(f"turned upright (EXIF orientation {turn})")
        pixels = np.ascontiguousarray(_upright(pixels, turn))
    _resize(pixels, size, out)
    return True


def _shrink(source, size):
    """Return by how much a JPEG may be decoded smaller, 1, 2, 4 or 8, with no side falling below `size`."""
    shrink = 8
    while shrink > 1 and any(-(-n // shrink) < least for n, least in zip(source, size, strict=True)):
        shrink //= 2
    return shrink


_OWN = threading.local()


def _room(count):
    """Return memory of this thread for `count` bytes; it is used again by the next call."""
    room = getattr(_OWN, "room", None)
    if room is None or len(room) < count:
        room = _OWN.room = np.empty(max(count, 2**19), np.uint8)
    return room


def _jpeg_reason(text):
    text = text.strip()
    if "premature end" in text.lower() or "truncated" in text.lower():
        return f"truncated: the end of the JPEG is missing ({text})"
    return f"damaged JPEG ({text})"


def _check_size(width, height):
    if width * height > MOST_PIXELS:
        raise Unreadable(f"too large: {width}×{height} pixels, more than {MOST_PIXELS:,}")
    if width < 1 or height < 1:
        raise Unreadable(f"a picture without pixels: {width}×{height}")


def _orientation(data):
    """Return the EXIF orientation of a JPEG, 1 to 8; 1 where it has none or nonsense."""
    position, end = 2, len(data)
    while position + 4 <= end and data[position] == 0xFF:
        marker = data[position + 1]
        if marker == 0xFF:  # a fill byte
            position += 1
            continue
        if marker in (0xDA, 0xD9) or 0xC0 <= marker <= 0xC2:
            return 1
        length = int.from_bytes(data[position + 2 : position + 4], "big")
        if marker == 0xE1 and data[position + 4 : position + 10] == b"Exif\0\0":
            return _orientation_in_tiff(data[position + 10 : position + 2 + length])
        position += 2 + length
    return 1


def _orientation_in_tiff(block):
    order = {b"II": "<", b"MM": ">"}.get(bytes(block[:2]))
    if order is None or len(block) < 14:
        return 1
    try:
        (start,) = struct.unpack_from(order + "I", block, 4)
        (count,) = struct.unpack_from(order + "H", block, start)
        for entry in range(start + 2, start + 2 + 12 * count, 12):
            tag, kind = struct.unpack_from(order + "HH", block, entry)
            if tag == 0x0112 and kind == 3:
                (value,) = struct.unpack_from(order + "H", block, entry + 8)
                return value if 1 <= value <= 8 else 1
    except struct.error:
        pass
    return 1


def _upright(pixels, orientation):
    """Undo an EXIF orientation: the eight ways in which a camera can be held."""
    if orientation in (5, 6, 7, 8):
        pixels = pixels.swapaxes(0, 1)
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    return pixels


def _resize(pixels, size, out):
    """Bring `pixels` (H, W, 3) uint8 to `size` and write them into `out`, with antialiasing."""
    if pixels.shape[:2] == tuple(size):
        out[...] = pixels
        return
    cv2 = _opencv()
    if cv2 is not None:
        # Two taps miss no pixel as long as no side shrinks to less than half. What is larger goes to 2, 4 …
        # times the size and is then halved: there the two taps are the mean. INTER_AREA takes thrice as long.
        height, width = (_doubled(n, source) for n, source in zip(size, pixels.shape, strict=False))
        while (height, width) != tuple(size):
            pixels = cv2.resize(pixels, (width, height), interpolation=cv2.INTER_LINEAR)
            height, width = max(height // 2, size[0]), max(width // 2, size[1])
        target = np.asarray(out)  # OpenCV takes no subclass, such as an array mapped from a file
        done = cv2.resize(pixels, (width, height), dst=target, interpolation=cv2.INTER_LINEAR)
        if done is not target:
            out[...] = done
        return
    from PIL import Image

    out[...] = np.asarray(Image.fromarray(pixels).resize((size[1], size[0]), Image.Resampling.BILINEAR))


def _doubled(length, source):
    """Return the smallest of `length`, 2 `length`, 4 `length` … that is at least half of `source`."""
    while 2 * length < source:
        length *= 2
    return length


_CV2 = []


def _opencv():
    """Return the module cv2, or `None` where OpenCV is not installed."""
    if not _CV2:
        try:
            import cv2
        except Exception:  # ImportError, or a library that its system lacks
            cv2 = None
        _CV2.append(cv2)
    return _CV2[0]


def quick_resizing():
    """Let OpenCV resize with Intel's library, in the thread that calls: twice as fast, at most 1 of 255 off."""
    cv2 = _opencv()
    if cv2 is not None and hasattr(getattr(cv2, "ipp", None), "setUseIPP_NotExact"):
        cv2.ipp.setUseIPP_NotExact(True)


def _pillow(data, kind, size, out, notes):
    """Decode anything that Pillow can."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(data), formats=_openers(kind)) as image:
            _check_size(*image.size)
            _convert(image, data, kind, size, out, notes)
    except Unreadable:
        raise
    except UnidentifiedImageError:
        raise Unreadable(f"damaged {kind}: the header cannot be read") from None
    except Image.DecompressionBombError:
        raise Unreadable(f"too large: more than {MOST_PIXELS:,} pixels") from None
    except Exception as error:  # the decoders raise whatever they like on damaged files
        text = str(error) or type(error).__name__
        what = "truncated" if "truncated" in text.lower() or "not enough" in text.lower() else "damaged"
        raise Unreadable(f"{what} {kind} ({text})") from None


_PLUGINS = threading.Lock()


def _openers(kind):
    """Return what Pillow may open: this format alone, and no EPS or the like, which start other programs."""
    from PIL import Image

    if kind not in Image.OPEN:
        with _PLUGINS:
            Image.init()
    return (kind,)


def _convert(image, data, kind, size, out, notes):
    from PIL import Image

    if kind == "JPEG" and image.mode == "RGB":
        image.draft("RGB", (size[1], size[0]))
    if getattr(image, "n_frames", 1) > 1 and image.format != "MPO":
        notes.append(
            f"the first of {image.n_frames} {'frames' if kind in ('GIF', 'PNG', 'WEBP') else 'pages'}"
        )
        image.seek(0)
    image.load()
    turn = image.getexif().get(0x0112, 1)
    mode = image.mode
    if kind == "PNG" and data[24] == 16:
        notes.append("16 bits a channel, reduced to 8")
    elif mode.startswith("I;16"):
        notes.append("16 bits, reduced to 8")
    if mode in ("I", "F") or mode.startswith("I;16"):
        image = Image.fromarray(_eight_bits(np.asarray(image), mode, kind, data, notes))
        mode = "L"
    if mode in ("P", "PA"):
        notes.append("palette, converted to RGB")
    elif mode in ("CMYK", "YCCK", "LAB", "HSV"):
        notes.append(f"{mode}, converted to RGB")
    elif mode == "1":
        notes.append("black and white, converted to RGB")
    elif mode in ("L", "LA", "La"):
        notes.append("grey, repeated in three channels")
    if mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        notes.append("transparent, laid on white")
        clear = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", clear.size, "white"), clear)
    image = image.convert("RGB")
    if turn in range(2, 9):
        notes.append(f"turned upright (EXIF orientation {turn})")
        image = Image.fromarray(np.ascontiguousarray(_upright(np.asarray(image), turn)))
    if image.size != (size[1], size[0]):
        image = image.resize((size[1], size[0]), Image.Resampling.BILINEAR, reducing_gap=3.0)
    out[...] = np.asarray(image)


def _eight_bits(values, mode, kind, data, notes):
    """Bring whole numbers of 16 or 32 bits, or floats, to uint8."""
    if mode.startswith("I;16") or (kind == "PNG" and data[24] == 16):
        return (values.astype(np.uint32) * 255 // 65535).astype(np.uint8)
    values = np.nan_to_num(values.astype(np.float64), posinf=0.0, neginf=0.0)
    low, high = float(values.min()), float(values.max())
    bits = "32-bit numbers" if mode == "I" else "floats"
    if mode == "F" and low >= 0 and high <= 1:
        low, high = 0.0, 1.0
    elif low >= 0 and high <= 255:
        low, high = 0.0, 255.0
    elif low >= 0 and high <= 65535 and mode == "I":
        low, high = 0.0, 65535.0
    notes.append(f"{bits} from {low:g} to {high:g}, brought to 0–255")
    return np.rint((values - low) * (255 / max(high - low, 1e-12))).astype(np.uint8)
