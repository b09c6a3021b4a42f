"""One picture of land from above: first everything is decided, then it is drawn."""

import math
from functools import partial

import numpy as np

from .canvas import Canvas, Pen
from .chance import Chance
from .film import develop
from .ground import SEASONS, Land
from .places_built import (
    buildings,
    denseresidential,
    harbor,
    mediumresidential,
    mobilehomepark,
    parkinglot,
    sparseresidential,
    storagetanks,
    tenniscourt,
)
from .places_open import agricultural, baseballdiamond, beach, chaparral, forest, golfcourse, river
from .places_roads import airplane, freeway, intersection, overpass, runway

KIND = 2  # the first number of every stream's key: land

_PLACES = {
    place.__name__: place
    for place in (
        *(
            agricultural,
            airplane,
            baseballdiamond,
            beach,
            buildings,
            chaparral,
            denseresidential,
            forest,
            freeway,
        ),
        *(
            golfcourse,
            harbor,
            intersection,
            mediumresidential,
            mobilehomepark,
            overpass,
            parkinglot,
            river,
            runway,
        ),
        *(sparseresidential, storagetanks, tenniscourt),
    )
}
CLASS_NAMES = tuple(_PLACES)

# What red, green and blue of the picture take from those of the land. On infrared film plants turn red.
FILMS = {
    "colour": None,
    "infrared": (0.2, 0.8, 0, 0, 0.3, 0.2, 0.5, 0, 0, 0, 1, 0),
    "panchromatic": (0.3, 0.59, 0.11, 0) * 3,
}

WORDS = {"season": SEASONS}
FIXABLE = ("season", "flip", "angle", "scale", "x", "y", "light", "shadow", "noise", "exposure")


def label_of(seed, index, count):
    """Which of `count` classes picture `index` shows: each block of `count` has one of each, shuffled."""
    block, place = divmod(index, count)
    return Chance(KIND, seed, block, 9).order(count)[place]


def plan(seed, index, height, width, classes, fixed):
    """Decide what picture `index` shows: a dict of factors. `fixed` overrules some and moves no other."""
    chance = Chance(KIND, seed, index, 0)
    label = label_of(seed, index, len(classes))
    factors = {"label": label, "name": classes[label]}

    def decide(name, value):
        factors[name] = fixed.get(name, value)

    decide("season", chance.choose(SEASONS))
    decide("flip", chance.happens(0.5))
    decide("angle", chance.uniform(0, 360))
    decide("scale", chance.uniform(0.78, 1.22) * min(height, width) / 100)
    decide("x", width * chance.uniform(0.3, 0.7))
    decide("y", height * chance.uniform(0.3, 0.7))
    decide("light", chance.uniform(0, 360))
    decide("shadow", chance.uniform(0.5, 1.1))
    decide("noise", chance.uniform(2, 8))
    decide("exposure", chance.uniform(0.75, 1.25))
    return factors


def picture(seed, index, height, width, classes=CLASS_NAMES, fixed=None):
    """Picture `index` of a seed: (pixels, coverage, factors)."""
    factors = plan(seed, index, height, width, classes, fixed or {})
    canvas = Canvas(height, width)
    pen = Pen(canvas, factors["x"], factors["y"], factors["scale"], factors["angle"], factors["flip"])
    # Shadows fall in the picture's directions, however the scene is turned and mirrored.
    light = factors["light"] - factors["angle"]
    light = 180 - light if factors["flip"] else light
    place = _PLACES[factors["name"]]
    place(Land(pen, Chance(KIND, seed, index, 1), factors["season"], light, factors["shadow"]))
    tone = Chance(KIND, seed, index, 2)
    film = tone.choose(tuple(FILMS), (0.46, 0.27, 0.27))
    pixels, coverage = develop(
        canvas,
        Chance(KIND, seed, index, 3),
        slope=(tone.uniform(-0.12, 0.12), tone.uniform(-0.12, 0.12)),
        grain=factors["noise"],
        levels=partial(
            _levels,
            middle=122 * factors["exposure"],
            spread=tone.uniform(30, 52),
            flat=tone.uniform(0.0, 0.6),
            grey=tone.uniform(0.4, 0.9),
            cast=_cast(tone),
        ),
        film=FILMS[film],
    )
    return pixels, coverage, factors


def _cast(chance):
    """The colour of the light, from blue to amber, with a little green or pink."""
    warm, tint = chance.uniform(0.86, 1.14), chance.uniform(0.97, 1.04)
    return warm, tint, 2 - warm


def _levels(histogram, middle, spread, flat, grey, cast):
    """How an aerial camera sets its film: see `levels` of `develop`.

    Brightness, contrast and white balance follow from what is seen, as automatic ones do. So a forest is not
    darker than a beach, and what is left to tell them apart is their structure.

    Args:
        histogram: 768 ints, how many pixels have each level of red, green and blue.
        middle, spread: mean and standard deviation of the picture's brightness that are aimed at.
        flat: 0–1, how far levels are spread evenly (an equalised histogram).
        grey: 0–1, how far the picture's mean colour is pulled to grey.
        cast: a factor for red, green and blue that comes on top.
    """
    counts = np.array(histogram, dtype=np.int64).reshape(3, 256)
    level = np.arange(256)
    means = (counts @ level) / counts.sum(axis=1)
    every = counts.sum(axis=0)
    total, mean = every.sum(), means.mean()
    evened = 255 * (np.cumsum(every) - every / 2) / total
    curve = level + flat * (evened - level)
    at = math.fsum((every * curve).tolist()) / total  # the same on every machine
    deviation = math.sqrt(math.fsum((every * (curve - at) ** 2).tolist()) / total)
    gain = min(2.2, spread / max(deviation, 1.0))
    curve = middle + gain * (curve - at)
    # Mostly between red and blue, as daylight varies: a meadow must not turn a grey road pink.
    red, green, blue = np.maximum(means, 1).tolist()
    warm = (red + blue) / 2
    wanted = np.array([warm / red, 0.7 + 0.3 * mean / green, warm / blue])
    balance = cast * (1 + grey * (wanted - 1))
    return np.clip(np.rint(curve * balance[:, None]), 0, 255)
