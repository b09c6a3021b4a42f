"""One picture of a cat or a dog: first everything is decided, then it is drawn."""

from types import SimpleNamespace

import numpy as np

from .bodies import BODY_CENTRE, EXTENT, draw_body, draw_collar, draw_paws
from .canvas import OBJECT, Canvas, Pen
from .chance import Chance
from .film import develop
from .heads import draw_head, line_colour
from .palette import COATS, COLLARS, EYES, NOSES, WHITE_FUR, brightness, mix, rgb, shade, vary
from .scenes import BACKGROUNDS, INDOORS, OCCLUDERS, OUTDOORS, draw_background, draw_occluder

CLASS_NAMES = ("cat", "dog")
POSES = ("sitting", "standing", "lying", "face")
PATTERNS = ("plain", "striped", "patched", "bicolour", "spotted", "masked")
KIND = 1  # the first number of every stream's key: cats and dogs

# Which background goes with which class when the shortcut is open.
TIED_BACKGROUNDS = {"cat": INDOORS, "dog": OUTDOORS}

# How the kinds differ. Each cue has exceptions, so that no single one settles the matter.
EARS = {
    "cat": (("pointed", "folded"), (0.8, 0.2)),
    "dog": (("floppy", "button", "pointed"), (0.52, 0.22, 0.26)),
}
TAILS = {
    "cat": (("raised", "curled"), (0.5, 0.5)),
    "dog": (("sabre", "ring", "short"), (0.5, 0.3, 0.2)),
}
TONGUE = {"cat": 0.15, "dog": 0.4}
DARK_NOSE = {"cat": (0.38, 0.24, 0.38), "dog": (0.24, 0.3, 0.46)}

# What the factors whose values are words can be, and which factors a caller may fix.
WORDS = {
    "pose": POSES,
    "background": BACKGROUNDS,
    "occluder": OCCLUDERS,
    "fur": tuple(COATS),
    "pattern": PATTERNS,
    "ears": ("pointed", "folded", "floppy", "button"),
    "tail": ("raised", "curled", "sabre", "ring", "short"),
}
FIXABLE = (
    *(
        "label",
        "pose",
        "background",
        "occluder",
        "fur",
        "pattern",
        "flip",
        "angle",
        "yaw",
        "noise",
        "exposure",
    ),
    *("scale", "x", "y", "horizon"),
)


def picture(seed, index, height, width, shortcut=0.0, fixed=None):
    """Picture `index` of a seed: (pixels, coverage, factors)."""
    factors = plan(seed, index, height, width, shortcut, fixed)
    pixels, coverage, factors["occlusion"] = draw(seed, index, height, width, factors)
    return pixels, coverage, factors


def label_of(seed, index):
    """0 cat or 1 dog: of each two pictures one is a cat and one is a dog, in random order."""
    first = Chance(KIND, seed, index // 2, 9).integer(0, 1)
    return first if index % 2 == 0 else 1 - first


def plan(seed, index, height, width, shortcut=0.0, fixed=None):
    """Decide what picture `index` shows: a dict of factors. `fixed` overrules some and moves no other."""
    fixed = fixed or {}
    chance = Chance(KIND, seed, index, 0)
    label = int(fixed.get("label", label_of(seed, index)))
    factors = {"label": label}

    def decide(name, value):
        factors[name] = fixed.get(name, value)

    decide("pose", chance.choose(POSES, (0.3, 0.18, 0.18, 0.34)))
    decide("background", _background(chance, label, shortcut))
    decide("occluder", chance.choose(OCCLUDERS, (0.44, 0.14, 0.12, 0.1, 0.1, 0.1)))
    decide("fur", chance.choose(tuple(COATS)))
    decide("pattern", chance.choose(PATTERNS, (0.22, 0.22, 0.14, 0.2, 0.1, 0.12)))
    decide("flip", chance.happens(0.5))
    decide("angle", chance.uniform(-15, 15))
    decide("yaw", chance.uniform(-0.9, 0.9))
    decide("noise", chance.uniform(2, 14))
    decide("exposure", chance.uniform(0.76, 1.18))

    # Size and place: the animal with its tail may reach over the picture's rim by up to a tenth.
    left, top, right, bottom = EXTENT[factors["pose"]]
    if factors["flip"]:
        left, right = -right, -left
    share = chance.uniform(0.58, 1.04)
    decide("scale", share * min(width / (right - left), height / (bottom - top)))
    size = factors["scale"]
    decide("x", _place(chance, left * size, right * size, width))
    decide("y", _place(chance, top * size, bottom * size, height))
    body_x, body_y = BODY_CENTRE[factors["pose"]]
    factors["body_x"] = factors["x"] + (-body_x if factors["flip"] else body_x) * size
    factors["body_y"] = factors["y"] + body_y * size
    horizon, feet = chance.uniform(0.3, 0.62), (factors["y"] + bottom * size) / height
    decide("horizon", horizon if factors["pose"] == "face" else min(horizon, feet - 0.1))
    return factors


def _background(chance, label, shortcut):
    """A place; with probability |shortcut| from the class's own half (from the other's if it is negative)."""
    tied, pick = chance.happens(abs(shortcut)), chance.random()
    places = TIED_BACKGROUNDS[CLASS_NAMES[label if shortcut >= 0 else 1 - label]] if tied else BACKGROUNDS
    return places[int(pick * len(places))]


def _place(chance, before, after, size):
    """Where to put the head so that the animal, from `before` it to `after` it, is in the picture."""
    margin = 0.1 * size
    low, high = -margin - before, size + margin - after
    return chance.uniform(min(low, high), max(low, high))


def draw(seed, index, height, width, factors):
    """Draw the picture of these factors: (pixels, coverage, occlusion)."""
    stream = [Chance(KIND, seed, index, layer) for layer in range(1, 6)]
    look = _look(factors, stream[0])
    canvas, distance = Canvas(height, width), Canvas(height, width, oversample=1)
    draw_background(distance, factors["background"], factors["horizon"], stream[1])
    canvas.backdrop(distance)

    pen = Pen(canvas, factors["x"], factors["y"], factors["scale"], 0.0, factors["flip"])
    pose, extent = factors["pose"], EXTENT[factors["pose"]]
    left, top, right, bottom = extent
    if pose != "face":
        foot = pen.to_pixels(((left + right) / 2, bottom - 0.1))
        canvas.soft_disc(
            foot[0], foot[1], (right - left) * 0.5 * pen.scale, 0.42 * pen.scale, (24, 22, 34), 0.6
        )
    canvas.layer = OBJECT
    draw_body(pen, look, pose)
    draw_collar(pen, look, pose)
    head = Pen(canvas, factors["x"], factors["y"], factors["scale"], factors["angle"], factors["flip"])
    draw_head(head, look)

    occlusion = 0.0
    if factors["occluder"] != "none":
        whole = canvas.coverage().sum(dtype=np.int64)
        if pose == "face":  # what stands before a close-up reaches down to the picture's rim
            extent = (left, top, right, max(bottom, (height - factors["y"]) / pen.scale))
        edge = draw_occluder(canvas, factors["occluder"], pen, extent, stream[2])
        if edge is not None:
            canvas.layer = OBJECT
            draw_paws(pen, look, edge)
        occlusion = 1 - canvas.coverage().sum(dtype=np.int64) / max(1, whole)
    light = stream[3]
    pixels, coverage = develop(
        canvas,
        stream[4],
        exposure=factors["exposure"],
        contrast=light.uniform(0.84, 1.08),
        cast=(light.uniform(0.93, 1.07), 1.0, light.uniform(0.93, 1.07)),
        slope=(light.uniform(-0.16, 0.16), light.uniform(-0.16, 0.16)),
        grain=factors["noise"],
        plush=0.8,
    )
    return pixels, coverage, max(0.0, float(occlusion))


def _look(factors, chance):
    """Everything about the animal's looks that its parts need to know."""
    species = CLASS_NAMES[factors["label"]]
    fur, marking = (vary(c, chance) for c in COATS[factors["fur"]])
    pattern = factors["pattern"]
    look = SimpleNamespace(species=species, fur=fur, marking=marking, pattern=pattern, yaw=factors["yaw"])
    look.ears = factors.setdefault("ears", chance.choose(*EARS[species]))
    look.tail = factors.setdefault("tail", chance.choose(*TAILS[species]))
    look.tongue = chance.happens(TONGUE[species])
    look.nose = vary(chance.choose(NOSES, DARK_NOSE[species]), chance, 8)
    look.ear_colour = marking if pattern == "masked" or chance.happens(0.3) else fur
    look.ear_size = chance.uniform(0.45, 1.0)
    look.side = chance.choose((-1, 1))
    look.width = chance.uniform(0.94, 1.08)
    look.build = chance.uniform(0.9, 1.08)
    look.pupil = chance.uniform(0.3, 0.92)
    look.tongue_length = chance.uniform(0.2, 1)
    look.muzzle_width = chance.uniform(0.85, 1.15)
    look.nose_size = chance.uniform(0.72, 1.1)
    look.mood = "sleepy" if chance.happens(0.14) else "awake"
    look.brows, look.whiskered = chance.happens(0.35), chance.happens(0.6)
    eyes = chance.choose(EYES)
    # A dog's iris is mostly brown, a husky's is not; the other way round with cats.
    look.eyes = vary(rgb("7a4d2a") if chance.happens(0.25 if species == "cat" else 0.6) else eyes, chance)
    look.collar = vary(chance.choose(COLLARS), chance) if chance.happens(0.45) else None
    look.spots = (chance.array(12, 2) * 2 - 1).tolist()
    look.ink = mix(fur, (20, 16, 22), 0.62)
    look.line = line_colour(fur if pattern != "masked" else marking)
    if (pattern in ("bicolour", "striped") and chance.happens(0.6)) or pattern == "bicolour":
        look.muzzle_colour = WHITE_FUR
    elif pattern == "masked":
        look.muzzle_colour = shade(marking, 1.06)
    else:
        look.muzzle_colour = shade(fur, 1.22)
    if brightness(look.muzzle_colour) > 75:
        look.line = line_colour(look.muzzle_colour)
    look.whisker = (250, 248, 244) if brightness(fur) < 190 else (120, 108, 104)
    return look
