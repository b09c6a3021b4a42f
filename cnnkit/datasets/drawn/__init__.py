"""Pictures drawn from a seed: the offline twins of the photographs that the course uses.

    images, labels, factors = cats_vs_dogs(2000)       # (2000, 150, 150, 3) uint8, (2000,) 0 cat 1 dog
    images, labels, factors = aerial(2100)             # (2100, 128, 128, 3) uint8, (2100,) 0 … 20

Since every picture is drawn, its truth is known: where the animal is, how large, before what background.
Picture i of a seed is the same whatever `count` is, however many processes share the work, and, as far as can
be had, on every machine: all randomness comes from the bits of NumPy's PCG64, whose stream is guaranteed; all
shapes are polygons with whole-numbered corners. What is relied on beyond that is Pillow's polygon filling and
resizing; a new release of Pillow may move a few pixels.
"""

from .request import AERIAL_CLASSES, CAT_DOG_CLASSES, aerial, cats_vs_dogs, factor_values

__all__ = ["AERIAL_CLASSES", "CAT_DOG_CLASSES", "aerial", "cats_vs_dogs", "factor_values"]
