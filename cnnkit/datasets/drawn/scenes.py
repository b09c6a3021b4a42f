"""Eight places for an animal to be, four indoors and four outdoors, and things that hide a part of it."""

import math

from .canvas import BEHIND, IN_FRONT, Pen, band, ellipse, smooth
from .palette import (
    FABRICS,
    FLOWERS,
    GRASSES,
    LEAVES,
    PLANTS,
    SANDS,
    SEAS,
    SKIES,
    SNOWS,
    WALLS,
    WOODS,
    mix,
    rgb,
    shade,
    vary,
)

INDOORS = ("sofa", "rug", "kitchen", "wallpaper")
OUTDOORS = ("meadow", "snow", "beach", "autumn")
BACKGROUNDS = INDOORS + OUTDOORS
PILLOW = [(-1, -0.78), (0, -0.72), (1, -0.78), (0.93, 0), (1, 0.78), (0, 0.72), (-1, 0.78), (-0.93, 0)]
OCCLUDERS = ("none", "plant", "box", "grass", "ball", "cushion")


def draw_background(canvas, kind, horizon, chance):
    """Fill the canvas with a place.

    Args:
        canvas: an empty Canvas.
        kind: one of `BACKGROUNDS`.
        horizon: where the wall or sky ends, as a share of the height.
        chance: the stream that furnishes the place.
    """
    canvas.layer = BEHIND
    pen = Pen(canvas, 0, horizon * canvas.height, canvas.height)  # (0, 0): left end of the horizon
    _PLACES[kind](pen, canvas.width / canvas.height, chance)


def _band(pen, wide, top, bottom, colour):
    pen.polygon([(-0.01, top), (wide + 0.01, top), (wide + 0.01, bottom), (-0.01, bottom)], colour)


def _floor(pen, wide, chance):
    """Boards that run away from the viewer."""
    wood = vary(chance.choose(WOODS), chance)
    _band(pen, wide, 0, 1, wood)
    dark, vanish = shade(wood, 0.82), wide * chance.uniform(0.3, 0.7)
    for k in range(-4, 9):
        x = wide * k / 4
        pen.line([(vanish + (x - vanish) * 0.55, 0), (vanish + (x - vanish) * 2.2, 1)], dark, 0.007)
    _band(pen, wide, -0.035, 0, mix(wood, (255, 255, 255), 0.6))


def _wall(pen, wide, chance):
    wall = vary(chance.choose(WALLS), chance)
    _band(pen, wide, -1, 0.01, wall)
    style, other = chance.integer(0, 3), shade(wall, chance.choose((0.9, 1.25)))
    step = chance.uniform(0.09, 0.16)
    if style == 0:
        lefts = [k * step for k in range(int(wide / step) + 1)]
        pen.polygons([[(x, -1), (x + step / 2, -1), (x + step / 2, 0), (x, 0)] for x in lefts], other)
    elif style < 3:  # dots or diamonds, every other row between those of the row before
        places = [
            ((k + (row % 2) / 2) * step, -0.06 - row * step)
            for row in range(int(1 / step) + 1)
            for k in range(int(wide / step) + 2)
        ]
        tall, corners = (step * 0.16, 8) if style == 1 else (step * 0.3, 4)
        pen.discs([(x, y, step * 0.16, tall, 0) for x, y in places], other, corners)
    return wall


def _hangings(pen, wide, chance):
    """A picture, a window or a lamp on the wall."""
    for _ in range(chance.integer(0, 2)):
        x, y, size = chance.uniform(0, wide), chance.uniform(-0.75, -0.3), chance.uniform(0.1, 0.2)
        if chance.happens(0.5):
            frame = vary(chance.choose(WOODS), chance)
            _rectangle(pen, x, y, size, size * 0.8, frame)
            _rectangle(pen, x, y, size * 0.82, size * 0.62, vary(chance.choose(SKIES), chance))
            hill = vary(chance.choose(GRASSES), chance)
            _rectangle(pen, x, y + size * 0.2, size * 0.82, size * 0.22, hill)
            pen.disc(x + size * 0.3, y - size * 0.1, size * 0.1, size * 0.1, chance.choose(FLOWERS))
        else:
            _rectangle(pen, x, y, size * 0.9, size * 1.2, (250, 248, 240))
            glass = vary(chance.choose(SKIES), chance)
            for dx in (-0.42, 0.42):
                for dy in (-0.55, 0.55):
                    _rectangle(pen, x + dx * size, y + dy * size, size * 0.36, size * 0.48, glass)


def _rectangle(pen, x, y, half_width, half_height, colour):
    pen.polygon(
        [
            (x - half_width, y - half_height),
            (x + half_width, y - half_height),
            (x + half_width, y + half_height),
            (x - half_width, y + half_height),
        ],
        colour,
    )


def _sofa(pen, wide, chance):
    _wall(pen, wide, chance)
    _hangings(pen, wide, chance)
    _floor(pen, wide, chance)
    cloth = vary(chance.choose(FABRICS), chance)
    dark, light = shade(cloth, 0.78), shade(cloth, 1.14)
    top = chance.uniform(-0.36, -0.18)
    pen.blob(
        [
            (0.02, 0.2),
            (0.0, top),
            (wide * 0.25, top - 0.04),
            (wide * 0.75, top - 0.04),
            (wide, top),
            (wide - 0.02, 0.2),
        ],
        dark,
    )
    count = chance.integer(2, 3)
    for k in range(count):
        x0, x1 = wide * (k / count) + 0.015, wide * ((k + 1) / count) - 0.015
        pen.blob(
            [(x0, top + 0.06), ((x0 + x1) / 2, top + 0.02), (x1, top + 0.06), (x1, 0.08), (x0, 0.08)], cloth
        )
    _band(pen, wide, 0.02, 0.2, light)
    _band(pen, wide, 0.2, 0.34, dark)
    for k in range(1, count):
        pen.line([(wide * k / count, 0.02), (wide * k / count, 0.34)], shade(cloth, 0.62), 0.01)
    x = chance.uniform(0.1, wide - 0.1)
    pillow = vary(chance.choose(FABRICS), chance)
    cushion = pen.moved(x, -0.08, 0.13, chance.uniform(-25, 25))
    cushion.canvas.outline(cushion.to_pixels(smooth(PILLOW)), shade(pillow, 0.6), 0.006 * pen.scale)
    cushion.blob(PILLOW, pillow)


def _rug(pen, wide, chance):
    _wall(pen, wide, chance)
    _hangings(pen, wide, chance)
    _floor(pen, wide, chance)
    cloth, trim = vary(chance.choose(FABRICS), chance), vary(chance.choose(FABRICS), chance)
    x, y = wide * chance.uniform(0.35, 0.65), chance.uniform(0.26, 0.42)
    a, b = wide * chance.uniform(0.42, 0.6), chance.uniform(0.2, 0.3)
    for k, share in enumerate((1.0, 0.9, 0.72, 0.62, 0.3)):
        pen.disc(x, y, a * share, b * share, (shade(cloth, 0.8), cloth, trim, cloth, shade(trim, 1.2))[k])
    for k in range(12):
        turn = k * math.pi / 6
        pen.disc(x + a * 0.46 * math.cos(turn), y + b * 0.46 * math.sin(turn), 0.022, 0.014, trim)


def _kitchen(pen, wide, chance):
    _wall(pen, wide, chance)
    light, dark = vary((228, 224, 214), chance), vary(chance.choose(FABRICS), chance)
    _band(pen, wide, 0, 1, light)
    vanish, step = wide * chance.uniform(0.3, 0.7), chance.uniform(0.18, 0.26)
    rows = [0.0, 0.09, 0.21, 0.37, 0.58, 0.86, 1.2]
    tiles = []
    for r in range(len(rows) - 1):
        for k in range(-6, 12, 2):
            x0, x1 = (k + r % 2) * step, (k + r % 2 + 1) * step
            near, far = 1 + 2 * rows[r + 1], 1 + 2 * rows[r]
            tiles.append(
                [
                    (vanish + (x0 - vanish) * far, rows[r]),
                    (vanish + (x1 - vanish) * far, rows[r]),
                    (vanish + (x1 - vanish) * near, rows[r + 1]),
                    (vanish + (x0 - vanish) * near, rows[r + 1]),
                ]
            )
    pen.polygons(tiles, dark)
    cupboard = vary(chance.choose(WALLS + FABRICS), chance)
    height, count = chance.uniform(0.25, 0.36), chance.integer(2, 4)
    _band(pen, wide, -height, 0, cupboard)
    _band(pen, wide, -height - 0.03, -height, vary(chance.choose(WOODS), chance))
    for k in range(count):
        x0, x1 = wide * k / count + 0.02, wide * (k + 1) / count - 0.02
        pen.polygon(
            [(x0, -height + 0.04), (x1, -height + 0.04), (x1, -0.05), (x0, -0.05)], shade(cupboard, 0.9)
        )
        pen.disc(x1 - 0.03, -height / 2, 0.012, 0.012, (90, 80, 70))
    for _ in range(chance.integer(0, 3)):
        x, pot = chance.uniform(0, wide), vary(chance.choose(FABRICS), chance)
        _rectangle(pen, x, -height - 0.09, 0.04, 0.06, pot)


def _wallpaper(pen, wide, chance):
    _wall(pen, wide, chance)
    _hangings(pen, wide, chance)
    _floor(pen, wide, chance)
    if chance.happens(0.6):  # a plant in a pot
        x, green = chance.uniform(0, wide), vary(chance.choose(PLANTS), chance)
        for k in range(7):
            turn = math.radians(-150 + 20 * k)
            tip = (x + 0.24 * math.cos(turn), -0.12 + 0.3 * math.sin(turn))
            pen.taper(
                [(x, -0.1), ((x + tip[0]) / 2, (tip[1] - 0.2) / 2), tip],
                [0.02, 0.06, 0.0],
                shade(green, 1 + 0.04 * (k % 3)),
            )
        pen.polygon(
            [(x - 0.09, -0.12), (x + 0.09, -0.12), (x + 0.065, 0.06), (x - 0.065, 0.06)], rgb("b9714b")
        )


def _sky(pen, wide, chance):
    sky = vary(chance.choose(SKIES), chance)
    for k in range(6):
        _band(pen, wide, -1 + k / 6, -1 + (k + 1) / 6 + 0.01, mix(sky, (255, 255, 255), 0.1 * k))
    if chance.happens(0.4):
        pen.disc(chance.uniform(0, wide), chance.uniform(-0.7, -0.35), 0.07, 0.07, rgb("fff3c4"))
    for _ in range(chance.integer(0, 3)):
        x, y, size = chance.uniform(0, wide), chance.uniform(-0.7, -0.2), chance.uniform(0.05, 0.1)
        puffs = ((-0.9, 0.1, 0.6), (0, -0.2, 0.9), (0.9, 0.1, 0.65), (0, 0.25, 0.7))
        pen.discs(
            [(x + dx * size, y + dy * size, r * size * 1.2, r * size * 0.75, 0) for dx, dy, r in puffs],
            (252, 252, 252),
        )


def _hills(pen, wide, colour, chance, height):
    heights = [-height * chance.uniform(0.2, 1) for _ in range(6)]
    ridge = [(wide * k / 5, y) for k, y in enumerate(heights)]
    pen.blob([(-0.3, 0.1), *ridge, (wide + 0.3, 0.1)], colour)


def _tufts(pen, wide, chance, colour, count):
    """Blades of grass, larger towards the viewer."""
    spots = chance.array(count, 3)
    spots[:, 1] **= 1.4
    blades, tones = [], []
    for across, down, lean in spots.tolist():
        x, y, size = across * wide, down * 0.75, 0.02 + 0.06 * down
        tones.append(shade(colour, 0.82 + 0.36 * lean))
        blades.append([(x - size * 0.22, y), (x + (lean - 0.5) * size * 1.5, y - size), (x + size * 0.22, y)])
    pen.polygons(blades, tones)


def _meadow(pen, wide, chance):
    _sky(pen, wide, chance)
    grass = vary(chance.choose(GRASSES), chance)
    _hills(pen, wide, mix(grass, rgb("9fc0c8"), 0.45), chance, 0.2)
    _band(pen, wide, 0, 1, grass)
    _tufts(pen, wide, chance, grass, 60)
    flower = chance.choose(FLOWERS)
    rows = []
    for _ in range(chance.integer(3, 14)):
        x, y = chance.uniform(0, wide), chance.uniform(0.06, 0.7)
        r = 0.008 + 0.016 * y
        rows += [(x, y, 2 * r, 1.6 * r, 0), (x, y, 0.8 * r, 0.8 * r, 0)]
    pen.discs(rows, [flower, rgb("e8b53a")] * (len(rows) // 2), 8)


def _fir(pen, x, y, size, green):
    _rectangle(pen, x, y, size * 0.06, size * 0.1, rgb("6b4a35"))
    for k in range(3):
        half, foot = size * (0.34 - 0.08 * k), y - size * (0.08 + 0.25 * k)
        pen.polygon(
            [(x - half, foot), (x, foot - size * 0.42), (x + half, foot)], shade(green, 0.9 + 0.1 * k)
        )
        pen.polygon(
            [
                (x - half * 0.4, foot - size * 0.25),
                (x, foot - size * 0.42),
                (x + half * 0.4, foot - size * 0.25),
            ],
            (246, 249, 252),
        )


def _snow(pen, wide, chance):
    _sky(pen, wide, chance)
    snow = vary(chance.choose(SNOWS), chance, 8)
    _hills(pen, wide, shade(snow, 0.9), chance, 0.16)
    green = vary(rgb("4f7566"), chance)
    for _ in range(chance.integer(1, 5)):
        _fir(pen, chance.uniform(0, wide), chance.uniform(-0.03, 0.06), chance.uniform(0.2, 0.42), green)
    _band(pen, wide, 0.05, 1, snow)
    for _ in range(7):
        x, y = chance.uniform(0, wide), chance.uniform(0.1, 0.7)
        pen.disc(x, y, chance.uniform(0.08, 0.25), 0.015 + 0.02 * y, shade(snow, 0.93))
    flakes = (chance.array(28, 3) * (wide, 1.6, 0.006)).tolist()
    pen.discs([(x, y - 0.9, 0.006 + size, 0.006 + size, 0) for x, y, size in flakes], (255, 255, 255), 8)


def _beach(pen, wide, chance):
    _sky(pen, wide, chance)
    sea, sand = vary(chance.choose(SEAS), chance), vary(chance.choose(SANDS), chance)
    shore = chance.uniform(0.06, 0.18)
    _band(pen, wide, -0.12, 1, sea)
    for _ in range(9):
        x, y = chance.uniform(0, wide), chance.uniform(-0.1, shore)
        pen.line([(x, y), (x + chance.uniform(0.05, 0.2), y)], shade(sea, 1.25), 0.008)
    edge = [(wide * k / 6, shore + chance.uniform(-0.015, 0.015)) for k in range(7)]
    pen.polygon([(0, 1), *edge, (wide, 1)], (250, 250, 246))
    pen.polygon([(0, 1), *[(x, y + 0.03) for x, y in edge], (wide, 1)], sand)
    pebbles = (chance.array(40, 3) * (wide, 0.7, 0.012)).tolist()
    pen.discs([(x, shore + 0.05 + y, 0.004 + r, 0.004, 0) for x, y, r in pebbles], shade(sand, 0.86), 8)
    if chance.happens(0.6):  # a parasol
        x, y, cloth = chance.uniform(0, wide), chance.uniform(-0.4, -0.2), chance.choose(FABRICS)
        pen.line([(x, y), (x + 0.03, y + 0.55)], rgb("8a6a4a"), 0.014)
        fan = [
            (x + 0.2 * math.cos(math.radians(180 + 30 * k)), y + 0.12 * math.sin(math.radians(180 + 30 * k)))
            for k in range(7)
        ]
        for k in range(6):
            pen.polygon([(x, y - 0.02), fan[k], fan[k + 1]], cloth if k % 2 else (248, 244, 236))


def _autumn(pen, wide, chance):
    _sky(pen, wide, chance)
    ground = vary(chance.choose(LEAVES + WOODS), chance)
    _hills(pen, wide, mix(vary(chance.choose(LEAVES), chance), (255, 255, 255), 0.25), chance, 0.22)
    _band(pen, wide, 0, 1, mix(ground, rgb("a08a5a"), 0.5))
    for _ in range(chance.integer(1, 3)):
        x, half, bark = chance.uniform(0, wide), chance.uniform(0.025, 0.06), vary(rgb("6a4d3a"), chance)
        pen.polygon(
            [
                (x - half * 1.5, 0.1),
                (x - half, -0.1),
                (x - half * 0.7, -1),
                (x + half * 0.7, -1),
                (x + half, -0.1),
                (x + half * 1.6, 0.1),
            ],
            bark,
        )
        crown = vary(chance.choose(LEAVES), chance)
        for _ in range(4):
            pen.disc(
                x + chance.uniform(-0.2, 0.2),
                chance.uniform(-0.95, -0.6),
                0.16,
                0.12,
                shade(crown, chance.uniform(0.85, 1.15)),
            )
    rows, tones = [], []
    for x, y, turn, tone in chance.array(50, 4).tolist():
        size = 0.012 + 0.022 * y
        rows.append((x * wide, 0.03 + y * 0.75, size, size * 0.5, turn * 180))
        tones.append(LEAVES[int(tone * len(LEAVES))])
    pen.discs(rows, tones, 8)


_PLACES = {
    "sofa": _sofa,
    "rug": _rug,
    "kitchen": _kitchen,
    "wallpaper": _wallpaper,
    "meadow": _meadow,
    "snow": _snow,
    "beach": _beach,
    "autumn": _autumn,
}


def draw_occluder(canvas, kind, pen, extent, chance):
    """Draw a thing that hides a part of the animal.

    Args:
        canvas: the Canvas with background and animal.
        kind: one of `OCCLUDERS`.
        pen: the animal's upright Pen, (0, 0) in the middle of its head.
        extent: left, top, right, bottom of the animal in the pen's units.
        chance: the stream that shapes the thing.

    Returns:
        The height (in the pen's units) of an edge that paws may rest on, or `None`.
    """
    canvas.layer = IN_FRONT
    return None if kind == "none" else _THINGS[kind](pen, extent, chance)


def _plant(pen, extent, chance):
    left, _, right, bottom = extent
    x, y = chance.uniform(left, right), bottom + 0.3
    green = vary(chance.choose(PLANTS), chance)
    for k in range(7):
        turn = math.radians(-160 + 23 * k + chance.uniform(-8, 8))
        length = chance.uniform(1.5, 2.8)
        tip = (x + length * math.cos(turn), y + length * math.sin(turn))
        bend = (x + length * 0.5 * math.cos(turn), y + length * 0.62 * math.sin(turn))
        pen.taper([(x, y), bend, tip], [0.1, 0.42, 0.02], shade(green, 0.85 + 0.08 * (k % 4)))
        pen.curve([(x, y), bend, tip], shade(green, 0.7), 0.04)


def _box(pen, extent, chance):
    left, _, right, bottom = extent
    card = vary(chance.choose(WOODS[2:3] + WOODS[:1]), chance)
    y, x0, x1, foot = chance.uniform(1.0, 1.5), left - 0.25, right + 0.25, bottom + 0.35
    middle = (x0 + x1) / 2
    front = [(x0, y), (x1, y), (x1, foot), (x0, foot)]
    flaps = [
        [(x0, y), (x0 - 0.55, y + 0.5), (x0 - 0.5, y + 0.62), (x0, y + 0.2)],
        [(x1, y), (x1 + 0.55, y + 0.5), (x1 + 0.5, y + 0.62), (x1, y + 0.2)],
    ]
    foot_at = pen.to_pixels((middle, foot))
    pen.canvas.soft_disc(*foot_at, (x1 - x0) * 0.56 * pen.scale, 0.4 * pen.scale, (24, 22, 34), 0.5)
    for points in (front, *flaps):
        pen.canvas.outline(pen.to_pixels(points), shade(card, 0.5), 0.1 * pen.scale + 0.3)
    for points in flaps:
        pen.polygon(points, shade(card, 0.82))
    pen.polygon(front, card)
    pen.polygon([(x0, y), (x1, y), (x1, y + 0.13), (x0, y + 0.13)], shade(card, 1.18))
    pen.polygon([(x0, foot - 0.3), (x1, foot - 0.3), (x1, foot), (x0, foot)], shade(card, 0.9))
    pen.polygon(
        [(middle - 0.15, y), (middle + 0.15, y), (middle + 0.15, foot), (middle - 0.15, foot)],
        shade(card, 0.88),
    )
    return y


def _blades(pen, extent, chance):
    left, _, right, bottom = extent
    green = vary(chance.choose(GRASSES), chance)
    blades, tones = [], []
    for x, tall, lean in chance.array(46, 3).tolist():
        foot = left - 0.6 + x * (right - left + 1.2)
        tip = (foot + (lean - 0.5) * 0.7, bottom + 0.1 - 0.5 - tall * 0.8)
        blades.append([(foot - 0.1, bottom + 0.2), tip, (foot + 0.1, bottom + 0.2)])
        tones.append(shade(green, 0.75 + 0.5 * lean))
    pen.polygons(blades, tones)


def _ball(pen, extent, chance):
    left, _, right, bottom = extent
    r = chance.uniform(0.5, 0.85)
    x, y = chance.uniform(left + 0.3, right - 0.3), bottom + 0.15 - r
    colour = vary(chance.choose(FABRICS), chance)
    pen.canvas.outline(pen.to_pixels(ellipse(x, y, r, r)), shade(colour, 0.45), 0.1 * pen.scale + 0.3)
    pen.disc(x, y, r, r, colour)
    ball = pen.moved(x, y, r, chance.uniform(-40, 40))
    ball.polygon(band([(-0.98, 0.1), (0, 0.3), (0.98, 0.1)], [0.16, 0.3, 0.16]), (246, 240, 228))
    ball.disc(-0.35, -0.4, 0.2, 0.14, shade(colour, 1.35))


def _cushion(pen, extent, chance):
    left, _, right, bottom = extent
    x, y = chance.uniform(left, right), bottom - 0.45
    cloth = vary(chance.choose(FABRICS), chance)
    cushion = pen.moved(x, y, chance.uniform(0.8, 1.1), chance.uniform(-15, 15))
    cushion.canvas.outline(cushion.to_pixels(smooth(PILLOW)), shade(cloth, 0.45), 0.1 * pen.scale + 0.3)
    cushion.blob(PILLOW, cloth)
    for k in (-0.5, 0, 0.5):
        cushion.curve([(k - 0.1, -0.6), (k + 0.05, 0), (k - 0.1, 0.6)], shade(cloth, 1.2), 0.12)


_THINGS = {"plant": _plant, "box": _box, "grass": _blades, "ball": _ball, "cushion": _cushion}
