"""Places with houses, halls, tanks, boats, courts and parked cars."""

import itertools
import math

import numpy as np

from .canvas import ellipse
from .ground import CONCRETE, FLAT_ROOFS, LINES, REACH, box, disc, looks
from .palette import colours, mix, rgb, shade, vary
from .places_roads import YELLOW


def _street(land, y, width):
    land.rectangle(0, y, 4 * REACH, width + 4, shade(land.concrete, 1.04))
    land.rectangle(0, y, 4 * REACH, width, land.asphalt)


def _homes(land, block, street, wide, deep, gap, trees, pools, wander):
    """Rows of houses along parallel streets."""
    chance = land.chance
    land.cover(land.ground)
    land.patches(land.ground, 10, 10)
    offset = chance.uniform(-0.5, 0.5) * block
    rows, spots, driveways = [], [], []
    for k in range(-4, 5):
        y = k * block + offset
        if abs(y) > REACH + block / 2:
            continue
        _street(land, y, street)
        for side in (-1, 1):
            x = -REACH + chance.uniform(0, wide)
            while x < REACH:
                w = wide * chance.uniform(0.85, 1.15)
                d = deep * chance.uniform(0.9, 1.1)
                setback = street / 2 + 3.5 + d / 2 + chance.uniform(0, wander)
                rows.append((x + w / 2, y + side * setback, w, d, 180 if side > 0 else 0))
                driveways.append(
                    (
                        x + w * 0.78,
                        y + side * (street / 2 + setback / 2 - 1),
                        3.6,
                        setback - street / 2 + 2,
                        0,
                    )
                )
                if chance.happens(0.35):
                    spots.append((x + w * 0.78, y + side * (street / 2 + 4.4), 90))
                x += w + gap * chance.uniform(0.6, 1.5)
        for _ in range(chance.integer(0, 3)):
            spots.append((chance.uniform(-REACH, REACH), y + chance.choose((-1, 1)) * (street / 2 - 1.6), 0))
    if chance.happens(0.4):
        x = chance.uniform(-40, 40)
        land.rectangle(x, 0, street + 3, 4 * REACH, shade(land.concrete, 1.04))
        land.rectangle(x, 0, street, 4 * REACH, land.asphalt)
        rows = [r for r in rows if abs(r[0] - x) > street / 2 + r[2] / 2 + 2]
        driveways = [r for r in driveways if abs(r[0] - x) > street / 2 + 4]
    land.rectangles(driveways, shade(land.concrete, 1.1))
    for x, y, _, d, angle in rows:
        behind = 1 if angle == 180 else -1
        if chance.happens(pools) and land.sees(x, y, 20):
            land.pen.polygon(ellipse(x, y + behind * (d * 0.5 + 6), 3.4, 2.2), shade(land.concrete, 1.2))
            land.pen.polygon(ellipse(x, y + behind * (d * 0.5 + 6), 2.7, 1.6), (88, 176, 200))
    land.houses(rows)

    def on_street_or_roof(x, y):
        if abs((y - offset + block / 2) % block - block / 2) < street / 2 + 1.5:
            return True
        return any(abs(x - r[0]) < r[2] * 0.5 and abs(y - r[1]) < r[3] * 0.5 for r in rows)

    land.trees(land.scatter(trees, 1.5, 4.2, on_street_or_roof))
    land.cars(spots)
    land.finish()


def denseresidential(land):
    chance = land.chance
    _homes(land, chance.uniform(40, 45), 8, 10.5, 11.5, 1.6, 40, 0.04, 1)


def mediumresidential(land):
    chance = land.chance
    _homes(land, chance.uniform(70, 80), 9, 18, 14, 8, 120, 0.2, 5)


def sparseresidential(land):
    """One or two homes in open land, with a long drive."""
    chance = land.chance
    ground = land.ground
    land.cover(ground)
    land.patches(ground, 14, 14)
    road = chance.choose((land.asphalt, land.soil, land.concrete))
    y = chance.choose((-1, 1)) * chance.uniform(34, 46)
    land.path([(-REACH, y + 6), (-20, y), (20, y + 2), (REACH, y - 4)], 8, road)
    homes = [(chance.uniform(-14, 8), chance.uniform(-12, 12) - y * 0.12)]
    if chance.happens(0.5):
        homes.append((homes[0][0] + chance.choose((-1, 1)) * chance.uniform(38, 50), chance.uniform(-16, 16)))
    drives = []
    for x, hy in homes:
        bend = x + chance.uniform(-14, 14)
        land.path([(bend, y), (bend, (y + hy) / 2), (x, hy)], 4.5, shade(road, 1.08))
        drives.append((x, hy, bend))
    for x, hy in homes:
        angle = chance.uniform(-25, 25)
        land.rectangle(x, hy, 28, 20, shade(land.concrete, 1.02), angle)
        land.houses([(x, hy, chance.uniform(20, 26), chance.uniform(13, 16), angle)])
        if chance.happens(0.5):
            land.houses([(x + chance.choose((-1, 1)) * 20, hy + chance.uniform(10, 16), 9, 8, angle + 90)])
        if chance.happens(0.4):
            land.pen.polygon(ellipse(x + 3, hy - 14, 5, 3.2), shade(land.concrete, 1.2))
            land.pen.polygon(ellipse(x + 3, hy - 14, 4.2, 2.5), (88, 176, 200))

    def taken(x, ty):
        return abs(ty - y) < 7 or any(abs(x - hx) < 17 and abs(ty - hy) < 14 for hx, hy in homes)

    land.trees(land.scatter(chance.integer(60, 150), 2, 6, taken))
    land.cars([(x + 3, hy + 11 * math.copysign(1, y), 80) for x, hy, _ in drives if chance.happens(0.6)])
    land.finish()


def mobilehomepark(land):
    """Long narrow homes, close together and all aslant, along narrow lanes."""
    chance = land.chance
    land.cover(mix(land.ground, land.concrete, chance.uniform(0, 0.7)))
    lane, long, wide = 8.5, chance.uniform(19, 23), chance.uniform(7.0, 8.4)
    slant = chance.choose((-1, 1)) * chance.uniform(12, 28)
    pitch = wide + chance.uniform(3.2, 5)
    block = 2 * long * 0.97 + lane + 3
    offset = chance.uniform(-0.5, 0.5) * block
    homes, drives, spots, trees = [], [], [], []
    tints = colours(FLAT_ROOFS)
    roofs = tuple(vary(chance.choose(tints), chance) for _ in range(2))
    for k in range(-3, 4):
        y = k * block + offset
        land.rectangle(0, y, 4 * REACH, lane, land.asphalt)
        for side in (-1, 1):
            x = -REACH + chance.uniform(0, pitch)
            while x < REACH:
                angle = 90 + slant * side
                cy = y + side * (lane / 2 + 1 + long / 2)
                if chance.happens(0.95):
                    drives.append((x + pitch / 2, cy, 1.9, long * 0.8, slant * side))
                    homes.append((x, cy, long * chance.uniform(0.86, 1.02), wide, angle))
                if chance.happens(0.45):
                    spots.append((x + pitch / 2, y + side * (lane / 2 + 3.5), angle))
                if chance.happens(0.22):
                    trees.append((x + pitch / 2, cy + side * long * 0.36, chance.uniform(1.6, 3)))
                x += pitch
    land.rectangles(drives, shade(land.concrete, 1.05))
    land.houses(homes, roofs=roofs, plain=True)
    land.trees(trees)
    land.cars(spots)
    land.finish()


def buildings(land):
    """A few large buildings with flat roofs, streets and parking between them."""
    chance = land.chance
    land.cover(chance.choose((land.asphalt, land.concrete, land.ground)))
    land.patches(land.concrete, 6, 14, 0.05)
    street = chance.uniform(-12, 12)
    land.rectangle(0, street, 4 * REACH, 13, shade(land.concrete, 1.05))
    land.rectangle(0, street, 4 * REACH, 9, land.asphalt)
    land.dashes(-REACH, street, REACH, street, YELLOW, 0.6)
    spots, trees = [], []
    for side in (-1, 1):
        x = -REACH + chance.uniform(0, 20)
        while x < REACH:
            w, d = chance.uniform(26, 50), chance.uniform(24, 40)
            y = street + side * (11 + d / 2 + chance.uniform(0, 4))
            tall = chance.uniform(8, 20)
            land.flat_building(x + w / 2, y, w, d, 0, tall)
            if chance.happens(0.4):
                land.flat_building(x + w * 0.3, y + side * d * 0.6, w * 0.5, d * 0.5, 0, tall)
            trees += [(x + k * 9, street + side * 8.4, 2.2) for k in range(int(w / 9)) if chance.happens(0.5)]
            x += w + chance.uniform(6, 16)
        y = street + side * chance.uniform(62, 66)
        spots += [(k * 4.4, y, 90) for k in range(-18, 18) if chance.happens(0.6)]
    spots += [(chance.uniform(-70, 70), street + chance.choose((-2.4, 2.4)), 0) for _ in range(5)]
    land.cars(spots)
    land.trees(trees)
    land.finish(0.55)


def parkinglot(land):
    """Rows of stalls, most of them taken."""
    chance = land.chance
    land.cover(land.asphalt)
    land.patches(land.asphalt, 14, 10, 0.06)
    stall, deep, lane = 4.2, 7.6, chance.uniform(8, 11)
    slant = chance.choose((0, 0, 15, -15))
    block = 2 * deep + lane
    offset, filled = chance.uniform(-0.5, 0.5) * block, chance.uniform(0.5, 0.95)
    spots, lines, trees = [], [], []
    for k in range(-6, 7):
        y = k * block + offset
        if abs(y) > REACH:
            continue
        if chance.happens(0.3):
            land.rectangle(0, y, 4 * REACH, 2.6, land.grass)
            trees += [(x, y, chance.uniform(1.8, 3)) for x in range(-70, 71, 14) if chance.happens(0.6)]
        else:
            lines.append((0, y, 4 * REACH, 0.4, 0))
        places = np.arange(-24, 25) * stall + chance.uniform(0, stall)
        for side in (-1, 1):
            middle = y + side * deep / 2
            lines += [(x, middle, 0.4, deep, slant * side) for x in (places + stall / 2).tolist()]
            taken, off, turn, way = chance.array(4, len(places))
            turn = 88 + slant * side + 180 * (way < 0.5) + 4 * turn
            rows = np.stack([places, middle - 0.4 + 0.8 * off, turn], axis=1)
            spots += rows[taken < filled].tolist()
    land.rectangles(lines, LINES)
    for _ in range(chance.integer(0, 4)):
        spots.append(
            (
                chance.uniform(-60, 60),
                chance.integer(-2, 2) * block + offset + block / 2,
                chance.choose((0, 180)),
            )
        )
    land.cars(spots, part=True)
    land.trees(trees)
    land.finish()


def storagetanks(land):
    """Round tanks in a row or scattered, with stairs, pipes and earth walls."""
    chance = land.chance
    ground = chance.choose((land.ground, land.concrete))
    land.cover(ground)
    land.patches(ground, 12, 12)
    land.rectangle(0, chance.choose((-1, 1)) * 44, 4 * REACH, 8, land.asphalt)
    count = chance.choose((1, 2, 3, 4, 5, 7))
    radius = {1: 30, 2: 20, 3: 17, 4: 15, 5: 13, 7: 11}[count] * chance.uniform(0.85, 1.1)
    tanks = []
    for k in range(count):
        column, row = k % 3, k // 3
        wide = min(count, 3)
        x = (column - (wide - 1) / 2) * radius * 2.5 + chance.uniform(-2, 2)
        y = (row - (math.ceil(count / 3) - 1) / 2) * radius * 2.5 + chance.uniform(-2, 2)
        tanks.append((x, y, radius * chance.uniform(0.8, 1.05)))
    paint = land.apart(ground, "f0efeb d9d8d2 c4c8ca e8e0cc b8b0a4 a8785a 6a7074 8a6a58 58666a", 45)
    if chance.happens(0.6):
        for x, y, r in tanks:
            land.rectangle(x, y, r * 2.45, r * 2.45, shade(ground, 0.86))
            land.rectangle(x, y, r * 2.3, r * 2.3, shade(ground, 1.06))
    for x, y, _ in tanks:
        land.rectangle(x, (y + 44) / 2, 1.4, 44 - y, shade(land.concrete, 0.8))
    for x, y, r in tanks:
        _tank(land, x, y, r, vary(paint, chance, 8))

    def taken(x, y):
        return (
            any((x - tx) ** 2 + (y - ty) ** 2 < (r + 8) ** 2 for tx, ty, r in tanks) or abs(abs(y) - 44) < 6
        )

    land.trees(land.scatter(chance.integer(0, 24), 1.5, 4, taken))
    land.cars([(chance.uniform(-60, 60), 44, 0) for _ in range(2)])
    land.finish()


def _tank(land, x, y, radius, paint):
    floating, turn, sun = land.chance.happens(0.4), land.chance.uniform(0, 360), land.sun
    rings = land.chance.integer(1, 3)

    def draw():
        pen = land.pen
        pen.polygon(disc(x, y, radius), shade(paint, 0.82))
        pen.polygon(disc(x - sun[0] * 0.6, y - sun[1] * 0.6, radius * 0.965), shade(paint, 1.06))
        if floating:  # the roof lies deep inside: the wall's shadow falls on it from the sun's side
            pen.polygon(disc(x, y, radius * 0.9), shade(paint, 0.6))
            pen.polygon(
                disc(x + sun[0] * radius * 0.09, y + sun[1] * radius * 0.09, radius * 0.81), shade(paint, 0.9)
            )
        else:
            for k in range(rings):
                pen.polygon(disc(x, y, radius * (0.9 - 0.27 * k)), shade(paint, 0.94 if k % 2 else 1.02))
        stair = math.radians(turn)
        for share in (0.3, 0.6):
            pen.polygon(
                box(
                    x + math.cos(stair) * radius * share,
                    y + math.sin(stair) * radius * share,
                    radius * 0.4,
                    1.0,
                    turn,
                ),
                shade(paint, 0.7),
            )
        pen.polygon(disc(x, y, max(1.2, radius * 0.08)), shade(paint, 0.75))

    land.stand(disc(x, y, radius, 20), radius * 0.5, draw, True)


def tenniscourt(land):
    """One court or several side by side, with lines, nets and fences."""
    chance = land.chance
    land.cover(land.ground)
    land.patches(land.ground, 12, 12)
    if chance.happens(0.5):
        land.path([(-REACH, -36), (-10, -32), (30, -38), (REACH, -34)], 5, land.concrete)
    inner, outer = chance.choose(
        (
            ("4f7fa8", "5f8f62"),
            ("5f8f62", "a8604a"),
            ("5f8f62", "5f8f62"),
            ("a8604a", "5f8f62"),
            ("3f6f9a", "3f6f9a"),
            ("8a6aa0", "5f7f8f"),
            ("b08a68", "b08a68"),
        )
    )
    inner, outer = vary(rgb(inner), chance), vary(rgb(outer), chance)
    count, pitch, long = chance.choose((1, 2, 2, 3, 4)), 22.5, 43
    left = -(count - 1) / 2 * pitch + chance.uniform(-8, 8)
    top = chance.uniform(-8, 8)
    two_rows = count > 1 and chance.happens(0.25)
    for row in [-0.5, 0.5] if two_rows else [0]:
        cy = top + row * (long + 2)
        land.mark()
        land.rectangle(left + (count - 1) / 2 * pitch, cy, count * pitch + 2, long + 2, shade(outer, 0.8))
        land.rectangle(left + (count - 1) / 2 * pitch, cy, count * pitch, long, outer)
        for k in range(count):
            x = left + k * pitch
            land.rectangle(x, cy, 14.4, 31, inner)
            lines = [(x + dx, cy, 0.75, 31, 0) for dx in (-7.2, -5.4, 5.4, 7.2)]
            lines += [(x, cy + dy, 14.4, 0.75, 0) for dy in (-15.5, 15.5)]
            lines += [(x, cy + dy, 10.8, 0.75, 0) for dy in (-8.3, 8.3)] + [(x, cy, 0.75, 16.6, 0)]
            land.rectangles(lines, LINES)
            land.mark(False)
            land.stand(
                box(x, cy, 16.8, 0.5),
                1.6,
                lambda x=x, cy=cy: land.rectangle(x, cy, 16.8, 0.8, (52, 54, 58)),
                True,
            )
            land.mark()
        land.mark(False)
    reach_x, reach_y = count * pitch / 2 + 5, (long + 2) * (1 if two_rows else 0.5) + 5
    centre = left + (count - 1) / 2 * pitch
    if chance.happens(0.4):
        land.flat_building(centre + reach_x + 18, top, 24, 30, 0, 5, part=False)
    land.trees(land.scatter(50, 2, 4.6, lambda x, y: abs(x - centre) < reach_x and abs(y - top) < reach_y))
    land.cars([(chance.uniform(-60, 60), -36, 0) for _ in range(2)])
    land.finish()


def harbor(land):
    """Boats at their piers."""
    chance = land.chance
    land.cover(land.water)
    land.patches(land.water, 14, 9, 0.07)
    dock = land.colour(CONCRETE)
    if chance.happens(0.4):
        y = chance.choose((-1, 1)) * chance.uniform(44, 56)
        land.rectangle(0, y + math.copysign(30, y), 4 * REACH, 60, land.concrete)
        land.rectangle(0, y, 4 * REACH, 2, shade(land.concrete, 0.7))
    long = chance.uniform(13, 20)
    slip = long * chance.uniform(0.34, 0.42)
    block = 2 * long + chance.uniform(12, 20)
    offset, filled = chance.uniform(-0.5, 0.5) * block, chance.uniform(0.7, 0.97)
    piers, boats = [], []
    for k in range(-4, 5):
        x = k * block + offset
        if abs(x) > REACH + long:
            continue
        piers.append((x, 0, 3, 3 * REACH, 0))
        n = int(REACH / (2 * slip)) + 1
        places = np.arange(-n, n + 1) * 2 * slip
        for side in (-1, 1):
            piers += [(x + side * long * 0.5, y, long, 1.0, 0) for y in places.tolist()]
            for half in (-0.5, 0.5):
                taken, size = chance.array(2, len(places))
                size = long * (0.7 + 0.3 * size)
                berth = np.empty((len(places), 5))
                berth[:, 0], berth[:, 1] = x + side * (2.4 + size / 2), places + slip * (half + 0.5)
                berth[:, 2], berth[:, 3], berth[:, 4] = size, slip * 0.62, side
                boats += berth[taken < filled].tolist()
    piers = [row for row in piers if land.sees(row[0], row[1], max(row[2], row[3]))]
    boats = [row for row in boats if land.sees(row[0], row[1], long)]
    for row in piers:
        land.stand(box(*row[:4]), 0.8, lambda: None)
    land.stand(box(0, 0, 1, 1), 0, lambda: land.rectangles(piers, dock))
    _boats(land, np.array(boats))
    land.finish(0.42)


def _boats(land, rows):
    """Boats whose bows point away from the pier: rows of (x, y, length, width, side)."""
    if not len(rows):
        return
    first, second = looks(rows).tolist()
    paints = [land.apart(land.water, PAINTS, 30) for _ in range(8)]
    woods, cloths = ([land.colour(codes) for _ in range(6)] for codes in (WOODS, COVERS))
    paint = [paints[int(share * 8)] for share in first]
    decks = [woods[int(share * 6)] for share in second]
    covers = [cloths[int(share * 48) % 6] for share in first]
    x, y, side, wide = rows[:, 0], rows[:, 1], rows[:, 4], rows[:, 3]
    long = rows[:, 2] * side  # with the sign of the bow
    hull = HULL * np.stack([long, wide], axis=1)[:, None] + rows[:, None, :2]
    deck = HULL * np.stack([long * 0.84, wide * 0.7], axis=1)[:, None] + rows[:, None, :2]
    sails = np.array([share * 10 % 1 < 0.4 for share in second])
    flat = np.zeros_like(x)
    covered = np.stack([x - 0.06 * long, y, abs(long) * 0.5, wide * 0.22, flat], axis=1)
    masts = np.stack([x, y, abs(long) * 0.86, flat + 0.5, flat], axis=1)
    cabins = np.stack([x - 0.08 * long, y, abs(long) * 0.36, wide * 0.56, flat], axis=1)
    panes = np.stack([x + 0.08 * long, y, abs(long) * 0.08, wide * 0.5, flat], axis=1)
    for footprint in hull:
        land._sweep(footprint, land.cast * 1.6)

    def draw():
        land.pen.polygons(hull, paint)
        land.pen.polygons(deck, decks, inside=True)
        land.rectangles(covered[sails], list(itertools.compress(covers, sails)), inside=True)
        land.rectangles(masts[sails], (230, 230, 228), inside=True)
        light = [shade(colour, 1.05) for colour in itertools.compress(paint, ~sails)]
        land.rectangles(cabins[~sails], light, inside=True)
        land.rectangles(panes[~sails], (60, 74, 88), inside=True)

    land._standing.append((draw, True))


PAINTS = "f6f6f4 eceae4 d8e0e6 e6d8c0 3f5f80 8a4a40 4a5a58 a89878"
WOODS = "c8a878 e0d8c8 f4f0e8 8a9aa8"
COVERS = "3f6fa0 2f4f6f c8c8c4 4f8a8a a8483f"
# A boat's outline, one long and one wide: square stern, pointed bow.
HULL = np.array([(-0.5, -0.42), (0.1, -0.5), (0.34, -0.34), (0.5, 0), (0.34, 0.34), (0.1, 0.5), (-0.5, 0.42)])
