"""Colours: the palettes that all classes share, and how to vary them."""

from functools import lru_cache


@lru_cache(maxsize=256)
def rgb(code):
    """(r, g, b) from a hexadecimal code such as "e9b872"."""
    return tuple(int(code[i : i + 2], 16) for i in (0, 2, 4))


def mix(first, second, share):
    """A colour between two: share 0 gives the first, 1 the second."""
    (a, b, c), (d, e, f) = first, second
    return _byte(a + (d - a) * share), _byte(b + (e - b) * share), _byte(c + (f - c) * share)


def shade(colour, factor):
    """Darker (factor < 1) or lighter (factor > 1)."""
    if factor <= 1:
        red, green, blue = colour
        return _byte(red * factor), _byte(green * factor), _byte(blue * factor)
    return mix(colour, (255, 255, 255), min(1.0, factor - 1))


def vary(colour, chance, amount=14):
    """The colour, a little off: brightness by up to ± amount, each channel by up to ± amount / 2."""
    (red, green, blue), half = colour, amount / 2
    light = chance.uniform(-amount, amount)
    red += light + chance.uniform(-half, half)
    green += light + chance.uniform(-half, half)
    blue += light + chance.uniform(-half, half)
    return _byte(red), _byte(green), _byte(blue)


def brightness(colour):
    """How light a colour looks, 0–255."""
    return 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]


@lru_cache(maxsize=64)
def colours(codes):
    """The colours of several codes with blanks between them."""
    return tuple(rgb(code) for code in codes.split())


def _byte(value):
    return 0 if value < 0 else 255 if value > 255 else int(value + 0.5)


# Coats: the fur, and the colour of its stripes, patches or spots. Cats and dogs draw from the same ones.
COATS = {
    "black": (rgb("3b3840"), rgb("1f1d24")),
    "grey": (rgb("8d9099"), rgb("565a66")),
    "silver": (rgb("bfc3c9"), rgb("757b88")),
    "white": (rgb("f1ece4"), rgb("b9ada0")),
    "cream": (rgb("ecd3ac"), rgb("b98c5e")),
    "golden": (rgb("dba255"), rgb("a3682b")),
    "ginger": (rgb("dd8745"), rgb("a8521f")),
    "brown": (rgb("91623f"), rgb("573622")),
    "chocolate": (rgb("644434"), rgb("38241d")),
}
WHITE_FUR = rgb("f5f0e8")
EYES = colours("7fa650 b8a035 d39a2c 6fa3c7 8a5a2b 5b8f7b")
NOSES = colours("d98a8a 5a4038 2d2628")
COLLARS = colours("c8443f 2f7fb5 3d9a6b e0a526 8657a3 e07b9a")

WALLS = colours("e8dccb cfdcd6 d8cfe0 f0d9c4 bcd0d9 d9b8a8 b7c4a4 f2e6b8 9fb3bf c9a9a6")
WOODS = colours("b98a5e 8f6543 d2aa7c 75513a a97b55")
FABRICS = colours("5d7f8f b0655a 7d8f62 c9964f 80688c 46606e c67f86 d8c3a0 6b9a92")
SKIES = colours("a9d3ec c6e2f1 8fc1e3 f3d9c0 d7e3ee f6e2b3")
GRASSES = colours("7da453 93b35f 6a9150 a8b765 5f8a4e")
SNOWS = colours("eef3f8 e2ebf4 f6f4f2")
SANDS = colours("e6d1a3 dcc08c efdfbd d6b98c")
SEAS = colours("5fa8b8 4f8fb0 7cc0c4 3f7f9c")
LEAVES = colours("c8702a d99a32 a8482c e0b84a 8c5a2b")
FLOWERS = colours("f4f0e6 f2c744 e58aa8 c95f5f 9c86c9")
PLANTS = colours("4f8a52 3f7350 6fa05a 567d3a")
