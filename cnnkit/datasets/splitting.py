"""Which picture goes into which split: by its name, so that it stays there when others come."""

import hashlib
import unicodedata

import numpy as np

__all__ = ["assign", "place"]


def place(name):
    """Return a number in [0, 1) that depends on nothing but `name` (a path with forward slashes).

    >>> place("cats/cat.0.jpg") == place("cats/cat.0.jpg")
    True
    """
    # macOS writes é as e + accent, others as one character: the same name must give the same number.
    digest = hashlib.sha256(unicodedata.normalize("NFC", name).encode("utf-8", "surrogateescape")).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def assign(names, contents, validation, test):
    """Divide pictures into splits by a hash of their names; identical files share a split.

    A name always gets the same place in [0, 1); below `test` it is a test picture, below `test + validation`
    a validation picture, otherwise a training picture. So a picture stays where it is when others are added.
    Of files with the same content the lowest place counts for all: a copy can draw a picture out of
    training, never into it.

    Args:
        names: paths relative to the folder, with forward slashes.
        contents: a hash of each file's bytes, in the same order.
        validation, test: shares in [0, 1).

    Returns:
        dict from ``"train"``, ``"validation"``, ``"test"`` to an array of positions, ascending.
    """
    places = np.array([place(name) for name in names], dtype=np.float64)
    lowest = {}
    for content, value in zip(contents, places, strict=True):
        lowest[content] = min(value, lowest.get(content, 1.0))
    places = np.array([lowest[content] for content in contents], dtype=np.float64)
    return {
        "test": np.flatnonzero(places < test),
        "validation": np.flatnonzero((places >= test) & (places < test + validation)),
        "train": np.flatnonzero(places >= test + validation),
    }
