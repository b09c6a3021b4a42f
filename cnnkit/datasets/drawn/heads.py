"""Heads of cats and dogs, face to the viewer or turned a little.

All in head units: (0, 0) is the middle of the head, the skull reaches about one unit to each side, y points
down. Turning the head (`yaw`, −1 to 1) slides the features sideways, those in front farther than those
behind.
"""

import numpy as np

from .canvas import ellipse, mirrored, smooth
from .palette import WHITE_FUR, brightness, mix, rgb, shade

PINK = rgb("e5a3a0")
TONGUE = rgb("e0707a")
DARK = rgb("241f24")
SIDES = (-1, 1)

CAT_SKULL = mirrored(
    [(0, -0.80), (0.45, -0.78), (0.83, -0.45), (1.0, 0.03), (0.97, 0.40), (0.60, 0.76), (0, 0.87)]
)
DOG_SKULL = mirrored(
    [(0, -0.90), (0.44, -0.84), (0.76, -0.52), (0.84, -0.06), (0.74, 0.34), (0.46, 0.66), (0, 0.76)]
)
MUZZLE = mirrored([(0, -0.30), (0.27, -0.24), (0.46, 0.08), (0.44, 0.40), (0.22, 0.56), (0, 0.58)])


def draw_head(pen, look):
    """Draw the head that `look` describes where the pen is."""
    parts = [*_ears(look, behind=True), (_skull(look), look.fur)]
    cutout(pen, parts, look.ink)
    _inner_ears(pen, look)
    pen.canvas.stencil([pen.to_pixels(points) for points in _markings(look)], look.marking)
    if look.species == "cat":
        _cat_face(pen, look)
    else:
        _dog_face(pen, look)
    front = _ears(look, behind=False)
    if front:
        cutout(pen, front, look.ink)


def cutout(pen, parts, ink):
    """Fill the parts as one silhouette: first their dark rims, then their colours over the inner rims."""
    for points, _ in parts:
        pen.canvas.outline(pen.to_pixels(points), ink, 0.085 * pen.scale + 0.35)
    for points, colour in parts:
        pen.polygon(points, colour)


def _skull(look):
    skull = (CAT_SKULL if look.species == "cat" else DOG_SKULL) * (look.width, 1)
    return smooth(skull)


def _ear(look, side):
    """The outline of one ear, and whether it hangs in front of the skull."""
    w, size, turn = look.width, look.ear_size, 0.06 * look.yaw
    if look.ears == "pointed":
        # A cat's ear is a wide triangle; a dog's stands narrower and rounder, farther in.
        if look.species == "cat":
            points = [(0.14, -0.70), (0.40, -1.02), (0.80, -0.80 - 0.72 * size), (0.99, -0.75), (0.96, -0.15)]
            outline = _pointed([(x * w, y) for x, y in points])
        else:
            points = [(0.16, -0.74), (0.34, -1.20), (0.66, -0.86 - 0.66 * size), (0.86, -1.05), (0.80, -0.30)]
            outline = smooth([(x * w, y) for x, y in points])
        front = False
    elif look.ears == "folded":  # a cat's, tipped over to the front
        outline = smooth([(0.22, -0.78), (0.62, -1.02), (0.98, -0.72), (0.92, -0.36), (0.62, -0.44)])
        front = True
    elif look.ears == "button":  # a dog's, upright with the tip falling forward
        outline = smooth(
            [(0.22, -0.80), (0.50, -1.18), (0.92, -1.02), (1.06, -0.42), (0.84, -0.34), (0.62, -0.66)]
        )
        front = True
    else:  # floppy, hanging down beside the face
        drop = 0.1 + 0.55 * size
        outline = smooth(
            [
                (0.40, -0.80),
                (0.78, -0.84),
                (1.12, -0.36),
                (1.20, drop),
                (0.98, drop + 0.22),
                (0.76, drop - 0.05),
                (0.72, -0.36),
            ]
        )
        front = True
    return outline * (side, 1) + (-turn * (1 if front else 2), 0), front


def _pointed(points):
    """A triangle whose sides swell a little and whose tip stays sharp."""
    (ax, ay), (bx, by), tip, (cx, cy), (dx, dy) = points
    left = smooth([(ax, ay), (bx, by), tip, tip])[:11]
    right = smooth([tip, tip, (cx, cy), (dx, dy)])[5:16]
    return np.concatenate([left, right])


def _ears(look, behind):
    found = []
    for side in SIDES:
        outline, front = _ear(look, side)
        if front is not behind:
            found.append((outline, look.ear_colour))
    return found


def _inner_ears(pen, look):
    if look.ears != "pointed":
        return
    for side in SIDES:
        outline, _ = _ear(look, side)
        middle = outline.mean(axis=0)
        inner = (outline - middle) * 0.58 + middle + (0.02 * side, 0.06)
        pen.polygon(inner, mix(shade(look.ear_colour, 0.86), PINK, 0.22))
    # The skull's brow lies before the ears' feet.
    pen.blob([(-0.72, -0.52), (-0.35, -0.76), (0, -0.79), (0.35, -0.76), (0.72, -0.52), (0, -0.2)], look.fur)


def _markings(look):
    """The coat's pattern on the head: polygons that are cut to the animal's silhouette."""
    shift = 0.2 * look.yaw
    if look.pattern == "striped":
        stripes = []
        for x in (-0.26, 0.0, 0.26):
            stripes.append([(x - 0.07 + shift, -0.92), (x + 0.07 + shift, -0.92), (x * 0.8 + shift, -0.36)])
        for side in SIDES:
            for y in (0.05, 0.28, 0.50):
                stripes.append(
                    [(side * 1.1, y - 0.09), (side * 1.1, y + 0.06), (side * 0.62 + shift, y + 0.02)]
                )
        return stripes
    if look.pattern == "patched":
        return [
            smooth(
                [
                    (x * look.side + shift, y)
                    for x, y in [
                        (0.05, -0.95),
                        (0.75, -0.95),
                        (1.1, -0.2),
                        (0.75, 0.32),
                        (0.3, 0.25),
                        (0.1, -0.3),
                    ]
                ]
            )
        ]
    if look.pattern == "spotted":
        return [ellipse(x * 0.8, y * 0.8, 0.11, 0.09) for x, y in look.spots[:7] if y < 0.1]
    if look.pattern == "masked":
        return [ellipse(shift * 1.4, 0.28, 0.62, 0.56)]
    return []


def _white(look, points):
    return smooth([(x + 0.25 * look.yaw, y) for x, y in points])


def _eye(pen, x, y, look, radius_x, radius_y, slant, side):
    if look.mood == "sleepy":
        arc = [(x - radius_x, y), (x, y + 0.12), (x + radius_x, y)]
        pen.curve(arc, look.line, 0.075)
        return
    pen.disc(x, y, radius_x + 0.05, radius_y + 0.05, look.line, slant * side)
    pen.disc(x, y, radius_x, radius_y, look.eyes, slant * side)
    glance = 0.05 * look.yaw
    if look.species == "cat":
        pen.disc(x + glance, y, look.pupil * radius_x, radius_y * 0.92, DARK)
    else:
        pen.disc(x + glance, y, radius_x * 0.72, radius_x * 0.72, DARK)
    pen.disc(x + glance - 0.06, y - 0.08, 0.065, 0.065, (255, 255, 255))


def _cat_face(pen, look):
    shift = 0.30 * look.yaw
    if look.pattern == "bicolour":
        pen.polygon(
            _white(
                look,
                [
                    (-0.09, -0.55),
                    (0.09, -0.55),
                    (0.30, 0.12),
                    (0.72, 0.45),
                    (0.5, 0.78),
                    (0, 0.86),
                    (-0.5, 0.78),
                    (-0.72, 0.45),
                    (-0.30, 0.12),
                ],
            ),
            WHITE_FUR,
        )
    for side in SIDES:
        _eye(pen, 0.42 * side + 0.18 * look.yaw, -0.06, look, 0.215, 0.205, -14, side)
    muzzle = look.muzzle_colour
    for side in SIDES:
        pen.disc(0.17 * side + shift, 0.46, 0.25, 0.20, muzzle)
    pen.disc(shift, 0.64, 0.14, 0.12, muzzle)
    if look.tongue:
        pen.blob(
            [
                (shift - 0.09, 0.58),
                (shift + 0.09, 0.58),
                (shift + 0.08, 0.74),
                (shift, 0.80),
                (shift - 0.08, 0.74),
            ],
            TONGUE,
        )
    pen.curve([(shift, 0.38), (shift, 0.50), (shift + 0.14, 0.60), (shift + 0.30, 0.54)], look.line, 0.055)
    pen.curve([(shift, 0.50), (shift - 0.14, 0.60), (shift - 0.30, 0.54)], look.line, 0.055)
    pen.blob(
        [
            (shift - 0.12, 0.26),
            (shift + 0.12, 0.26),
            (shift + 0.06, 0.36),
            (shift, 0.41),
            (shift - 0.06, 0.36),
        ],
        look.nose,
    )
    for side in SIDES:
        for lift in (-0.16, 0.02, 0.20):
            start = (0.30 * side + shift, 0.44 + lift * 0.4)
            pen.curve(
                [
                    start,
                    (0.80 * side + shift * 0.8, 0.40 + lift),
                    (1.36 * side + shift * 0.6, 0.48 + lift * 1.6),
                ],
                look.whisker,
                0.028,
            )


def _dog_face(pen, look):
    shift = 0.42 * look.yaw
    if look.pattern == "bicolour":
        pen.polygon(
            _white(
                look,
                [
                    (-0.11, -0.84),
                    (0.11, -0.84),
                    (0.18, -0.2),
                    (0.5, 0.4),
                    (0.3, 0.74),
                    (-0.3, 0.74),
                    (-0.5, 0.4),
                    (-0.18, -0.2),
                ],
            ),
            WHITE_FUR,
        )
    for side in SIDES:
        x = 0.36 * side + 0.2 * look.yaw
        _eye(pen, x, -0.16, look, 0.145, 0.155, 0, side)
        if look.brows:
            pen.disc(x, -0.43, 0.12, 0.07, look.muzzle_colour, 12 * side)
    if look.tongue:
        tip = 1.0 + 0.32 * look.tongue_length
        pen.blob(
            [
                (shift - 0.17, 0.78),
                (shift + 0.17, 0.78),
                (shift + 0.17, tip - 0.12),
                (shift, tip),
                (shift - 0.17, tip - 0.12),
            ],
            TONGUE,
        )
        pen.line([(shift, 0.8), (shift, tip - 0.16)], shade(TONGUE, 0.75), 0.035)
    muzzle = smooth([(x * look.muzzle_width + shift, y + 0.40) for x, y in MUZZLE])
    pen.canvas.outline(pen.to_pixels(muzzle), shade(look.muzzle_colour, 0.72), 0.05 * pen.scale)
    pen.polygon(muzzle, look.muzzle_colour)
    pen.curve([(shift, 0.38), (shift, 0.68)], look.line, 0.055)
    pen.curve(
        [
            (shift - 0.36, 0.66),
            (shift - 0.18, 0.80),
            (shift, 0.68),
            (shift + 0.18, 0.80),
            (shift + 0.36, 0.66),
        ],
        look.line,
        0.06,
    )
    nose = [(-0.28, 0.12), (0, 0.05), (0.28, 0.12), (0.22, 0.31), (0, 0.44), (-0.22, 0.31)]
    pen.blob([(x * look.nose_size + shift, 0.24 + (y - 0.24) * look.nose_size) for x, y in nose], look.nose)
    pen.disc(shift - 0.07, 0.16, 0.07, 0.035, mix(look.nose, (255, 255, 255), 0.6))
    if look.whiskered:
        for side in SIDES:
            for y in (0.46, 0.58):
                pen.disc(0.22 * side + shift, y, 0.028, 0.028, look.line)


def line_colour(fur):
    """A colour for mouth and lids that stands out from the fur."""
    return DARK if brightness(fur) > 75 else shade(fur, 1.45)
