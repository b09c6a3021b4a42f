"""One picture of land from above: first everything is decided, then it is drawn."""

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
    decide("scale", chance.uniform(0.82, 1.2) * min(height, width) / 100)
    decide("x", width * chance.uniform(0.42, 0.58))
    decide("y", height * chance.uniform(0.42, 0.58))
    decide("light", chance.uniform(0, 360))
    decide("shadow", chance.uniform(0.5, 1.1))
    decide("noise", chance.uniform(2, 10))
    decide("exposure", chance.uniform(0.86, 1.16))
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
    pixels, coverage = develop(
        canvas,
        Chance(KIND, seed, index, 3),
        exposure=factors["exposure"],
        contrast=tone.uniform(0.8, 1.1),
        cast=(tone.uniform(0.93, 1.07), 1.0, tone.uniform(0.93, 1.07)),
        slope=(tone.uniform(-0.08, 0.08), tone.uniform(-0.08, 0.08)),
        grain=factors["noise"],
    )
    return pixels, coverage, factors
