"""Open land: fields, woods, water and lawns for games."""

import math

import numpy as np

from .canvas import ellipse
from .ground import GRASS, LINES, REACH, SOIL, WATER, box, disc, rough_disc
from .palette import brightness, colours, mix, rgb, shade, vary


def agricultural(land):
    """One to three fields of parallel rows, with tracks between them."""
    chance = land.chance
    land.cover(land.soil)
    tints = colours(GRASS[land.season] + " " + SOIL[land.season] + " 8a9a4a c8b45a 6f7f3c")
    count = chance.integer(1, 3)
    edge = -REACH * 1.2
    step = 2.4 * REACH / count
    for k in range(count):
        crop, bare = vary(chance.choose(tints), chance), vary(chance.choose(tints), chance)
        if abs(brightness(crop) - brightness(bare)) < 24:
            bare = shade(crop, chance.choose((0.72, 1.3)))
        low, high = edge + k * step, edge + (k + 1) * step - 4
        shift = chance.uniform(-0.3, 0.3) * step * (count > 1)
        low, high = low + shift * (k > 0), high + shift * (k < count - 1)
        land.mark()
        land.rectangle(0, (low + high) / 2, 4 * REACH, high - low, bare)
        pitch = chance.uniform(2.6, 6.5)
        lean = chance.uniform(-1.5, 1.5) if k % 2 == 0 else 0
        if chance.happens(0.3) and count > 1:  # rows the other way
            rows = [
                (x, (low + high) / 2, pitch * 0.52, high - low, 0)
                for x in np.arange(-REACH, REACH, pitch).tolist()
            ]
        else:
            rows = [
                (0, y, 4 * REACH, pitch * 0.52, lean * 0)
                for y in np.arange(low + pitch / 2, high, pitch).tolist()
            ]
        tones = [shade(crop, 0.93 + 0.14 * t) for t in chance.array(len(rows)).tolist()]
        land.rectangles(rows, tones)
        land.mark(False)
        for _ in range(chance.integer(0, 2)):  # where a tractor drove
            y = chance.uniform(low, high)
            land.rectangles([(0, y + d, 4 * REACH, 0.9, 0) for d in (-1.6, 1.6)], shade(bare, 0.85))
    if chance.happens(0.35):
        land.path(
            [(-REACH, edge + step - 2), (0, edge + step - 1), (REACH, edge + step - 2)], 3.5, land.concrete
        )
    if chance.happens(0.3):
        y = edge + step - 2
        land.trees([(x, y, chance.uniform(2, 4)) for x in range(-70, 71, 9) if chance.happens(0.6)])
    land.finish()


def baseballdiamond(land):
    """The dirt of the infield about a grass square, lines, mound, and the outfield."""
    chance, pen = land.chance, land.pen
    land.cover(land.ground)
    land.patches(land.ground, 12, 12)
    home = np.array([0.0, 26.0])
    size = chance.uniform(0.85, 1.2)
    lawn = chance.choose((land.grass, shade(land.grass, 1.1), shade(land.grass, 0.9)))
    dirt = land.apart(lawn, SOIL[land.season] + " b08458 a8744c c09a70 9a6a48 6a4c3a")

    def sector(radius, low=225, high=315, point=(0, 0)):
        turns = np.deg2rad(np.linspace(low, high, 20))
        arc = np.stack([np.cos(turns), np.sin(turns)], axis=1) * radius * size
        return np.concatenate([[point], arc]) + home

    far = chance.uniform(84, 105)
    if chance.happens(0.7):
        pen.polygon(sector(far + 5), dirt)
    pen.polygon(sector(far), lawn)
    if chance.happens(0.6):  # mown in bands
        for k in range(4):
            pen.polygon(sector(far - 8 - 14 * k), shade(lawn, 1.06 if k % 2 else 0.97))
    land.mark()
    pen.polygon(sector(50, 219, 321, (0, 7)), dirt)
    pen.polygon(disc(*home, 9 * size), dirt)
    side = 31 * size
    square = np.array(
        [(0, -4), (side * 0.62, -side * 0.62 - 4), (0, -side * 1.24 - 4), (-side * 0.62, -side * 0.62 - 4)]
    )
    infield = chance.happens(0.75)
    if infield:
        pen.polygon(square + home, shade(lawn, 1.03))
    pen.polygon(disc(home[0], home[1] - side * 0.66, 3.4 * size), dirt)
    base = np.array([(0, 0), (side * 0.70, -side * 0.70), (0, -side * 1.40), (-side * 0.70, -side * 0.70)])
    for sign in (-1, 1):
        end = np.array([sign * far * 0.70, -far * 0.70]) * size
        pen.line([home, home + end], LINES, 0.8)
    for x, y in base.tolist():
        land.rectangle(home[0] + x, home[1] + y, 2.2, 2.2, (250, 250, 248), 45)
    land.mark(False)
    fence = chance.choose((land.concrete, dirt))
    pen.polygon([(-13, 35), (0, 41), (13, 35), (11, 33), (0, 38), (-11, 33)], shade(fence, 0.8))
    for sign in (-1, 1):
        if chance.happens(0.6):
            land.flat_building(sign * 27, 24, 16, 5, 45 * sign, 3, part=False, colour=land.concrete)
    if chance.happens(0.5):
        land.path([(-REACH, 50), (-20, 47), (20, 48), (REACH, 52)], 6, land.concrete)

    def on_field(x, y):
        x, y = x - home[0], y - home[1]
        return (math.hypot(x, y) < (far + 8) * size and y < 14) or math.hypot(x, y) < 24

    land.trees(land.scatter(50, 2, 5, on_field))
    land.finish()


def _wavy(chance, y, height, points=9):
    """A wandering line from left to right."""
    xs = np.linspace(-1.3 * REACH, 1.3 * REACH, points)
    return [(x, y + chance.uniform(-height, height)) for x in xs.tolist()]


def beach(land):
    """Where the sea meets the sand: surf, wet sand, parasols and people."""
    chance, pen = land.chance, land.pen
    sand = chance.choose((land.soil, land.soil, land.ground, land.concrete))
    water = land.apart(sand, WATER, 30)
    land.cover(sand)
    land.patches(sand, 16, 9, 0.05)
    shore = _wavy(chance, chance.uniform(-14, 14), 4)
    corner = [(1.4 * REACH, 2 * REACH), (-1.4 * REACH, 2 * REACH)]

    def below(shift, colour):
        from .canvas import smooth_line

        line = smooth_line([(x, y + shift) for x, y in shore])
        pen.polygon(np.concatenate([line, corner]), colour)

    if chance.happens(0.55):  # grass behind the beach
        back = _wavy(chance, chance.uniform(-52, -36), 4)
        pen.polygon([*back, (1.4 * REACH, -2 * REACH), (-1.4 * REACH, -2 * REACH)], land.grass)
        land.trees(
            [(x, y - chance.uniform(2, 26), chance.uniform(1.5, 3.6)) for x, y in back for _ in range(4)]
        )
    land.mark()
    below(-7, shade(sand, 0.87))
    below(-1.5, shade(sand, 0.76))
    below(0, (246, 248, 246))
    below(3, mix(water, (255, 255, 255), 0.35))
    below(8, water)
    for k in range(chance.integer(1, 4)):  # breakers
        shift = 12 + 11 * k + chance.uniform(-2, 2)
        line = [(x, y + shift + chance.uniform(-1, 1)) for x, y in shore]
        start = chance.integer(0, 4)
        land.path(
            line[start : start + chance.integer(4, 6)],
            chance.uniform(1.2, 2.8),
            mix(water, (255, 255, 255), 0.85),
        )
    below(52, shade(water, 0.86))
    land.mark(False)
    for _ in range(chance.choose((0, 0, 4, 9, 14))):
        x, y = chance.uniform(-60, 60), chance.uniform(-32, -12)
        if chance.happens(0.5):
            cloth = rgb(chance.choose(["c84f48", "3f7fb0", "e8c040", "f4f4f0", "4fa080", "e08a5a"]))
            land.stand(disc(x, y, 2.3, 12), 1.2, lambda x=x, y=y, c=cloth: _parasol(pen, x, y, c))
        else:
            land.stand(disc(x, y, 0.8, 8), 1.0, lambda x=x, y=y: pen.disc(x, y, 0.8, 0.8, (150, 90, 70)))
    land.finish()


def _parasol(pen, x, y, cloth):
    pen.disc(x, y, 2.3, 2.3, cloth)
    pen.disc(x, y, 1.2, 1.2, (248, 246, 240))
    pen.disc(x, y, 0.6, 0.6, cloth)


def river(land):
    """A winding river between two banks."""
    chance, pen = land.chance, land.pen
    ground = land.ground
    water = land.apart(ground, WATER, 30)
    land.cover(ground)
    land.patches(ground, 14, 15)
    if chance.happens(0.3):
        land.rectangle(0, chance.choose((-1, 1)) * 62, 4 * REACH, 40, vary(land.soil, chance))
    wide = chance.uniform(18, 38)
    swing, phase, period = chance.uniform(4, 17), chance.uniform(0, 6.3), chance.uniform(60, 130)
    xs = np.linspace(-1.3 * REACH, 1.3 * REACH, 25)
    course = np.stack([xs, swing * np.sin(xs * 2 * np.pi / period + phase)], axis=1)
    widths = [wide * chance.uniform(0.8, 1.2) for _ in xs]
    from .canvas import band

    bank = vary(rgb("b8a888"), chance) if chance.happens(0.6) else shade(ground, 0.75)
    pen.polygon(band(course, [w + chance.uniform(4, 11) for w in widths]), bank)
    land.mark()
    pen.polygon(band(course, widths), water)
    pen.polygon(band(course + np.array([0, 0.06 * wide]), [w * 0.6 for w in widths]), shade(water, 0.9))
    for _ in range(10):
        t = chance.uniform(-80, 80)
        y = swing * math.sin(t * 2 * math.pi / period + phase) + chance.uniform(-0.3, 0.3) * wide
        pen.polygon(ellipse(t, y, chance.uniform(2, 6), 0.5, 0, 10), shade(water, 1.12))
    land.mark(False)
    if chance.happens(0.35):  # a sand bar
        t = chance.uniform(-30, 30)
        y = swing * math.sin(t * 2 * math.pi / period + phase)
        pen.polygon(rough_disc(chance, t, y + wide * 0.3, 12, 3.4), bank)

    def in_water(x, y):
        return abs(y - swing * math.sin(x * 2 * math.pi / period + phase)) < wide * 0.62 + 2

    land.trees(land.scatter(chance.integer(50, 190), 2, 6, in_water))
    land.finish()


def forest(land):
    """Crown beside crown."""
    chance = land.chance
    land.cover(shade(land.ground, chance.uniform(0.6, 1.0)))
    pitch = chance.uniform(7.5, 11)
    fill = chance.uniform(0.86, 1.0)
    n = int(REACH / pitch) + 1
    jitter = chance.array(2 * n + 1, 2 * n + 1, 4)
    spots = []
    for i in range(-n, n + 1):
        for j in range(-n, n + 1):
            a, b, c, d = jitter[i + n, j + n].tolist()
            if d < fill:
                spots.append(
                    (
                        (i + (j % 2) / 2 + 0.7 * (a - 0.5)) * pitch,
                        (j + 0.7 * (b - 0.5)) * pitch,
                        pitch * (0.52 + 0.26 * c),
                    )
                )
    land.trees(spots, part=True)
    land.finish()


def chaparral(land):
    """Small round bushes scattered over dry ground."""
    chance = land.chance
    ground = chance.choose((land.ground, mix(land.soil, land.grass, chance.random())))
    land.cover(ground)
    land.patches(ground, 14, 9, 0.07)
    if chance.happens(0.3):
        land.path(
            [
                (-REACH, chance.uniform(-40, 40)),
                (-10, chance.uniform(-15, 15)),
                (20, chance.uniform(-15, 15)),
                (REACH, 20),
            ],
            2.2,
            shade(ground, 1.12),
        )
    count = chance.integer(130, 330)
    land.trees(
        land.scatter(count, 1.0, chance.uniform(2.6, 3.8)),
        part=True,
    )
    land.finish()


def golfcourse(land):
    """Fairway, green with its flag, bunkers, trees, a path and sometimes a pond."""
    chance, pen = land.chance, land.pen
    rough = land.ground
    land.cover(rough)
    land.patches(rough, 12, 13)
    fair = shade(mix(rough, land.grass, 0.6), chance.choose((0.8, 0.86, 1.12, 1.2)))
    spine = [
        (-REACH, chance.uniform(-30, 10)),
        (-34, chance.uniform(-20, 14)),
        (4, chance.uniform(-8, 12)),
        (30, chance.uniform(-12, 8)),
    ]
    from .canvas import band

    land.mark()
    fairway = band(spine, [34, 38, 36, 26], 8)
    pen.polygon(fairway, fair)
    half = len(fairway) // 2
    edge_a, edge_b = fairway[:half], fairway[half:][::-1]
    for k in range(0, half - 2, 4):  # mown to and fro
        pen.polygon([edge_a[k], edge_a[k + 2], edge_b[k + 2], edge_b[k]], shade(fair, 1.07))
    gx, gy = 34 + chance.uniform(-4, 4), chance.uniform(-10, 8)
    pen.polygon(rough_disc(chance, gx, gy, 19, 16, 8, 0.12), shade(fair, 0.95))
    pen.polygon(rough_disc(chance, gx, gy, 15, 12, 8, 0.12), shade(mix(fair, rgb("9fcf78"), 0.3), 1.08))
    sand = land.apart(fair, SOIL[land.season] + " eadfbe d8c8a0", 40)
    bunkers = []
    for k in range(chance.integer(3, 6)):
        turn = chance.uniform(0, 6.28) if k else 2.5
        bx, by = gx + 25 * math.cos(turn), gy + 21 * math.sin(turn)
        bunkers.append((bx, by))
    if chance.happens(0.6):
        bunkers.append((chance.uniform(-30, 0), chance.choose((-1, 1)) * chance.uniform(16, 24)))
    for bx, by in bunkers:
        outline = rough_disc(chance, bx, by, chance.uniform(4.5, 8), chance.uniform(3.2, 5.5), 7, 0.3)
        pen.polygon(outline + 0.7, shade(rough, 0.7))
        pen.polygon(outline, sand)
    pond = chance.happens(0.3)
    px, py = chance.uniform(-40, -10), chance.choose((-1, 1)) * 40
    if pond:
        pen.polygon(rough_disc(chance, px, py, 20, 12, 8, 0.2), shade(rough, 0.75))
        pen.polygon(rough_disc(chance, px, py, 18, 11, 8, 0.2), land.water)
    land.mark(False)
    y = chance.choose((-1, 1)) * chance.uniform(28, 40)
    land.path(
        [(-REACH, y * 1.2), (-30, y), (20, y * 0.9), (50, y * 1.1), (REACH, y * 0.8)], 2.6, land.concrete
    )
    pen.line([(gx, gy), (gx + 3 * land.cast[0], gy + 3 * land.cast[1])], (60, 70, 50), 0.5)
    land.stand(disc(gx, gy, 0.8, 8), 0, lambda: _flag(pen, gx, gy))

    def mown(x, ty):
        on_way = -REACH < x < 40 and abs(ty - np.interp(x, [p[0] for p in spine], [p[1] for p in spine])) < 21
        near_green = math.hypot(x - gx, ty - gy) < 24
        return (
            on_way
            or near_green
            or any(math.hypot(x - bx, ty - by) < 8 for bx, by in bunkers)
            or (pond and math.hypot(x - px, ty - py) < 22)
        )

    land.trees(land.scatter(chance.integer(50, 120), 2, 5.2, mown))
    land.finish()


def _flag(pen, x, y):
    pen.disc(x, y, 0.9, 0.9, (40, 60, 40))
    pen.polygon(box(x + 1.6, y - 1.6, 3.4, 1.8), (214, 64, 52))
