"""Places made of roads, and the airfield."""

import numpy as np

from .canvas import OBJECT, band
from .ground import FLAT_ROOFS, LINES, REACH, box
from .palette import mix, rgb, shade

YELLOW = rgb("d9b23c")


def _lanes(land, lanes, lane, y0, colour, one_way=True):
    """A carriageway along x whose lower edge is at y0; returns its upper edge."""
    width = lanes * lane
    y1 = y0 + width
    land.rectangle(0, (y0 + y1) / 2, 4 * REACH, width + 2.4, shade(colour, 0.9))
    land.rectangle(0, (y0 + y1) / 2, 4 * REACH, width, colour)
    for k in range(1, lanes):
        land.dashes(-REACH, y0 + k * lane, REACH, y0 + k * lane, LINES, 0.6, 4, 6)
    land.rectangle(0, y0 + 0.3, 4 * REACH, 0.6, LINES)
    land.rectangle(0, y1 - 0.3, 4 * REACH, 0.6, YELLOW if one_way else LINES)
    return y1


def _traffic(land, lanes, lane, y0, density, direction, keep=lambda x: True):
    """Cars along a carriageway."""
    rows, chance = [], land.chance
    for k in range(lanes):
        x = -REACH + chance.uniform(0, 20)
        while x < REACH:
            if keep(x):
                rows.append((x, y0 + (k + 0.5) * lane, 0 if direction > 0 else 180))
            x += chance.uniform(8, 8 + 60 * (1 - density))
    return rows


def _verge(land, keep_off, trees=40):
    land.cover(land.ground)
    land.patches(land.ground, 10, 14)
    land.trees(land.scatter(trees, 1.6, 5.0, keep_off))


def freeway(land):
    """Two carriageways of three to five lanes, with a median between them."""
    chance = land.chance
    lanes, lane = chance.integer(3, 5), 5.0
    median = chance.uniform(3, 12)
    half = median / 2 + lanes * lane + 4
    _verge(land, lambda x, y: abs(y) < half + 4, 60)
    if chance.happens(0.4):
        y = half + chance.uniform(10, 18)
        land.path([(-REACH, y + 10), (-20, y), (30, y + 4), (REACH, y - 6)], 8, shade(land.asphalt, 1.06))
    land.mark()
    land.rectangle(
        0, 0, 4 * REACH, median + 3, shade(land.concrete, 0.95) if chance.happens(0.5) else land.grass
    )
    _lanes(land, lanes, lane, median / 2 + 1, land.asphalt)
    _lanes(land, lanes, lane, -median / 2 - 1 - lanes * lane, land.asphalt)
    if median < 6:
        land.rectangle(0, 0, 4 * REACH, 0.9, shade(land.concrete, 1.2))
    land.mark(False)
    density = chance.uniform(0.35, 0.85)
    rows = _traffic(land, lanes, lane, median / 2 + 1, density, 1)
    rows += _traffic(land, lanes, lane, -median / 2 - 1 - lanes * lane, density, -1)
    land.cars(rows)
    land.finish()


def overpass(land):
    """A road on a bridge over a freeway, its shadow on the lanes below."""
    chance, pen = land.chance, land.pen
    lanes, lane = chance.integer(2, 4), 5.0
    median = chance.uniform(2, 8)
    half = median / 2 + lanes * lane + 4
    _verge(land, lambda x, y: abs(y) < half + 4 or abs(x) < 26, 50)
    land.mark()
    land.rectangle(0, 0, 4 * REACH, median + 3, land.grass if chance.happens(0.5) else land.concrete)
    _lanes(land, lanes, lane, median / 2 + 1, land.asphalt)
    _lanes(land, lanes, lane, -median / 2 - 1 - lanes * lane, land.asphalt)
    if chance.happens(0.6):  # a ramp in a wide bend
        side = chance.choose((-1, 1))
        land.path(
            [(REACH, side * (half - 1)), (30, side * (half + 6)), (8, side * (half + 26)), (4, side * REACH)],
            7,
            land.asphalt,
        )
    land.mark(False)
    land.cars(
        _traffic(land, lanes, lane, median / 2 + 1, 0.6, 1)
        + _traffic(land, lanes, lane, -median / 2 - 1 - lanes * lane, 0.6, -1)
    )
    land.finish()
    # The bridge: deck, parapets, lines and its own traffic, drawn over everything.
    over, turn = chance.integer(2, 5), chance.uniform(62, 118)
    decks = [0.0] if chance.happens(0.65) else [-0.75, 0.75]
    width = over * lane + 4
    surface = mix(land.asphalt, land.concrete, chance.uniform(0.3, 0.9))
    for deck in decks:
        bridge = pen.moved(deck * width, 0, 1, turn)
        outline = box(0, 0, 4 * REACH, width)
        across = bridge.to_pixels(outline)
        shift = land.cast * 6.5 @ np.asarray(pen._matrix)
        pen.canvas.veil([across + shift], (14, 18, 34), 0.55)
        pen.canvas.layer = OBJECT
        bridge.polygon(outline, shade(land.concrete, 1.15))
        bridge.polygon(box(0, 0, 4 * REACH, width - 1.8), surface)
        for y in (-width / 2 + 1.8, width / 2 - 1.8):
            bridge.polygon(box(0, y, 4 * REACH, 0.5), LINES)
        deck_land = _on(land, bridge)
        deck_land.mark()
        for k in range(1, over):
            y = -width / 2 + 2 + k * lane
            if k == over // 2 and len(decks) == 1:
                bridge.polygon(box(0, y, 4 * REACH, 0.7), YELLOW)
            else:
                deck_land.dashes(-REACH, y, REACH, y, LINES, 0.6)
        for end in (-half - 2, half + 2):  # joints where the bridge begins
            bridge.polygon(box(end, 0, 0.8, width), shade(surface, 0.6))
        deck_land.cars(_traffic(land, over, lane, -width / 2 + 2, 0.5, chance.choose((-1, 1))))
        deck_land.finish()


def _on(land, pen):
    """The same land with another pen: for what lies on a bridge."""
    import copy

    other = copy.copy(land)
    other.pen, other._shadows, other._sweeps, other._standing = pen, [], {}, []
    return other


def intersection(land):
    """Two roads that cross at one level: crosswalks, stop lines, turning lanes, corners with buildings."""
    chance = land.chance
    lane = 5.2
    a, b = chance.integer(2, 5), chance.integer(2, 4)
    half_a, half_b = a * lane / 2 + 1, b * lane / 2 + 1
    land.cover(land.ground)
    land.patches(land.ground, 8, 14)
    sidewalk = shade(land.concrete, 1.05)
    corner = chance.uniform(4, 9)
    land.mark()
    for grow, colour in ((4, sidewalk), (0, land.asphalt)):
        land.rectangle(0, 0, 4 * REACH, 2 * half_a + 2 * grow, colour)
        land.rectangle(0, 0, 2 * half_b + 2 * grow, 4 * REACH, colour)
        for sx in (-1, 1):
            for sy in (-1, 1):
                x, y = sx * (half_b + grow), sy * (half_a + grow)
                if grow == 0:
                    land.pen.polygon(
                        [
                            (x, y),
                            (x + sx * corner, y),
                            (x + sx * corner * 0.3, y + sy * corner * 0.3),
                            (x, y + sy * corner),
                        ],
                        colour,
                    )
    start_x, start_y = half_b + corner * 0.6, half_a + corner * 0.6
    zebra = chance.happens(0.75)
    for sign in (-1, 1):
        rows = []
        if zebra:
            rows += [
                (sign * (start_x + 3), y, 4.4, 1.1, 0) for y in np.arange(-half_a + 1.4, half_a, 2.4).tolist()
            ]
            rows += [
                (x, sign * (start_y + 3), 1.1, 4.4, 0) for x in np.arange(-half_b + 1.4, half_b, 2.4).tolist()
            ]
        else:
            rows += [(sign * (start_x + d), 0, 0.6, 2 * half_a, 0) for d in (1.5, 5)]
            rows += [(0, sign * (start_y + d), 2 * half_b, 0.6, 0) for d in (1.5, 5)]
        rows.append((sign * (start_x + 7), sign * half_a / 2, 1.0, half_a, 0))
        rows.append((-sign * half_b / 2, sign * (start_y + 7), half_b, 1.0, 0))
        land.rectangles(rows, LINES)
        land.rectangles([(sign * (start_x + 7.5 + REACH / 2), d, REACH, 0.5, 0) for d in (-0.5, 0.5)], YELLOW)
        land.rectangles([(d, sign * (start_y + 7.5 + REACH / 2), 0.5, REACH, 0) for d in (-0.5, 0.5)], YELLOW)
        for k in range(1, a):
            y = -half_a + 1 + k * lane
            if abs(y) > 1:
                land.dashes(sign * (start_x + 8), y, sign * REACH, y, LINES, 0.6, 4, 4)
        for k in range(1, b):
            x = -half_b + 1 + k * lane
            if abs(x) > 1:
                land.dashes(x, sign * (start_y + 8), x, sign * REACH, LINES, 0.6, 4, 4)
    land.mark(False)
    for sx in (-1, 1):
        for sy in (-1, 1):
            _corner_lot(land, sx, sy, half_b + 6, half_a + 6)
    free = lambda x: abs(x) > start_x + 10  # noqa: E731
    rows = _traffic(land, a, lane, -half_a + 1, 0.6, 1, free)
    down = _traffic(land, b, lane, -half_b + 1, 0.6, 1, lambda x: abs(x) > start_y + 10)
    rows += [(y, x, 90) for x, y, _ in down]
    if chance.happens(0.6):
        rows.append((chance.uniform(-6, 6), chance.uniform(-6, 6), chance.uniform(0, 360)))
    land.cars(rows)
    land.finish()


def _corner_lot(land, sx, sy, x0, y0):
    """What stands at one corner of a crossing: a shop with parked cars, a house, or trees."""
    chance, kind = land.chance, land.chance.integer(0, 3)
    x, y = sx * (x0 + 22), sy * (y0 + 22)
    if kind == 0:
        land.rectangle(x, y, 42, 42, shade(land.asphalt, 1.1))
        land.flat_building(x + sx * 4, y + sy * 4, 26, 20, 0, 6, part=False)
        land.cars([(x - sx * 16, y + k * 4.2, 0) for k in range(-3, 4) if chance.happens(0.6)])
    elif kind == 1:
        land.houses([(x - sx * 4, y - sy * 4, 18, 14, chance.choose((0, 90)))], part=False)
        land.trees(
            [
                (x + chance.uniform(-20, 20), y + chance.uniform(-20, 20), chance.uniform(2, 4))
                for _ in range(4)
            ]
        )
    elif kind == 2:
        land.trees(
            [
                (x + chance.uniform(-20, 20), y + chance.uniform(-20, 20), chance.uniform(2, 5))
                for _ in range(9)
            ]
        )
    else:
        land.rectangle(x, y, 40, 40, land.soil)


def runway(land):
    """A wide straight runway with its markings, rubber on the touchdown zone, and a taxiway."""
    chance = land.chance
    land.cover(land.ground)
    land.patches(chance.choose((land.ground, land.grass, land.soil)), 10, 14)
    half = chance.uniform(15, 24)
    offset = chance.uniform(-14, 14)
    surface = chance.choose((land.asphalt, mix(land.asphalt, land.concrete, 0.6)))
    taxi = chance.happens(0.6)
    if taxi:
        side, x = chance.choose((-1, 1)), chance.uniform(-25, 25)
        y = offset + side * (half + 26)
        land.rectangle(0, y, 4 * REACH, 13, shade(surface, 0.95))
        land.rectangle(x, (offset + y) / 2, 13, abs(y - offset), shade(surface, 0.95))
        land.rectangle(0, y, 4 * REACH, 0.7, YELLOW)
        land.rectangle(x, (offset + side * half + y) / 2, 0.7, abs(y - offset) - half, YELLOW)
    land.mark()
    land.rectangle(0, offset, 4 * REACH, 2 * half + 6, shade(surface, 0.86))
    land.rectangle(0, offset, 4 * REACH, 2 * half, surface)
    for x, y, w in (
        chance.array(26, 3) * (2 * REACH, half * 1.2, 40) + (-REACH, offset - half * 0.6, 10)
    ).tolist():
        land.rectangle(x, y, w, 0.7, shade(surface, 0.8))
    for x in np.arange(-REACH, REACH, chance.uniform(20, 34)).tolist():
        land.rectangle(x, offset, 0.4, 2 * half, shade(surface, 0.9))
    style = chance.integer(0, 2)
    start = chance.uniform(-45, -10)
    land.dashes(start + 34 if style == 0 else -REACH, offset, REACH, offset, LINES, 1.8, 18, 12)
    for side in (-1, 1):
        land.rectangle(0, offset + side * (half - 1.6), 4 * REACH, 1.2, LINES)
    if style == 0:  # the threshold: a row of broad stripes, and the number
        gap = (half - 4) / 6
        bars = [
            (start, offset + s * (2 + gap * (k + 0.5)), 18, gap * 0.55, 0) for k in range(6) for s in (-1, 1)
        ]
        land.rectangles([*bars, (start - 13, offset, 2, 2 * half - 3, 0)], LINES)
        _digits(land, start + 21, offset, chance.integer(1, 36))
    elif style == 1:  # touchdown and aiming marks
        marks = [(start + 20, offset + s * half * 0.42, 24, half * 0.2, 0) for s in (-1, 1)]
        marks += [
            (start + 62, offset + s * (half * 0.3 + k * 2.6), 14, 1.4, 0) for k in range(3) for s in (-1, 1)
        ]
        land.rectangles(marks, LINES)
    land.mark(False)
    land.finish()


# Which of seven bars a digit lights: top, upper left, upper right, middle, lower left, lower right, bottom.
_BARS = (
    "1110111",
    "0010010",
    "1011101",
    "1011011",
    "0111010",
    "1101011",
    "1101111",
    "1010010",
    "1111111",
    "1111011",
)
_BAR_BOXES = (
    (0, -4, 4, 1.2),
    (-2, -2, 1.2, 4),
    (2, -2, 1.2, 4),
    (0, 0, 4, 1.2),
    (-2, 2, 1.2, 4),
    (2, 2, 1.2, 4),
    (0, 4, 4, 1.2),
)


def _digits(land, x, y, number):
    """A runway's number, read along the runway."""
    rows, mirror = [], -1 if land.pen.flip else 1  # in a mirrored scene too, numbers are to be read
    for place, digit in zip((-3.6, 3.6), f"{number:02d}", strict=True):
        for lit, (bx, by, w, h) in zip(_BARS[int(digit)], _BAR_BOXES, strict=True):
            if lit == "1":
                rows.append((x - by * 0.9, y + mirror * (place + bx), h, w, 0))
    land.rectangles(rows, LINES)


def airplane(land):
    """One airliner or a few smaller planes on the apron."""
    chance = land.chance
    apron = mix(land.concrete, land.asphalt, chance.uniform(0, 0.8))
    land.cover(apron)
    land.patches(apron, 8, 10, 0.05)
    step = chance.uniform(12, 20)
    for k in np.arange(-REACH, REACH, step).tolist():
        land.rectangle(k, 0, 0.4, 4 * REACH, shade(apron, 0.9))
        land.rectangle(0, k, 4 * REACH, 0.4, shade(apron, 0.9))
    if chance.happens(0.5):
        land.rectangle(0, REACH * 0.5 + chance.uniform(18, 30), 4 * REACH, REACH * 0.6, land.grass)
    land.path([(-REACH, 20), (-20, 8), (10, 0), (REACH, -6)], 0.8, YELLOW)
    count = chance.choose((1, 1, 2, 3, 4))
    if count == 1:
        spots = [
            (chance.uniform(-8, 8), chance.uniform(-8, 8), chance.uniform(58, 80), chance.uniform(-20, 20))
        ]
    else:
        size, turn = chance.uniform(30, 42), chance.uniform(-25, 25)
        spots = [
            ((k - (count - 1) / 2) * size * 1.05, chance.uniform(-10, 10), size, turn) for k in range(count)
        ]
    if chance.happens(0.5):  # the terminal, with a bridge to the plane
        land.flat_building(0, -62, 110, 26, 0, 8, part=False, colour=land.colour(FLAT_ROOFS))
        x, y, size, _ = spots[0]
        land.rectangle(x - 6, y - size * 0.32, 5, 40, shade(apron, 1.15))
    for x, y, size, turn in spots:
        _plane(land, apron, x, y, size, turn)
    land.cars(
        [
            (chance.uniform(-60, 60), chance.uniform(20, 60), chance.uniform(0, 360))
            for _ in range(chance.integer(0, 5))
        ]
    )
    land.finish()


def _plane(land, apron, x, y, size, turn):
    """A plane of this length, nose up (towards −y) before it is turned."""
    chance = land.chance
    pen = land.pen.moved(x, y, size, turn)
    hull = land.apart(apron, "f4f4f2 e4e6e6 d8d8d6 e8e0d0 98a0a6 5a6268 466078 7a7458")
    stripe = rgb(chance.choose(["2f5f9f", "b8403a", "3a8a6a", "e0a030", "50545c", "7a4f9a"]))
    sweep, back = chance.uniform(0.12, 0.26), chance.uniform(0.02, 0.1)
    small = size < 45 and chance.happens(0.4)
    if small:
        sweep = 0.02
    wing = [(0.03, -0.14), (0.47, -0.14 + sweep + back), (0.47, -0.06 + sweep + back), (0.04, 0.10)]
    tail = [(0.02, 0.36), (0.17, 0.43 + sweep / 3), (0.17, 0.48 + sweep / 3), (0.02, 0.46)]
    body = band([(0, -0.5), (0, -0.42), (0, 0.1), (0, 0.38), (0, 0.5)], [0.02, 0.088, 0.094, 0.07, 0.015])
    flip = np.array([-1, 1])
    parts = [np.array(p) * f for p in (wing, tail) for f in (flip, 1)]
    pair = chance.choose((1, 1, 2)) if not small else 0
    engines = [(0.17, 0.02 + sweep * 0.3), (0.3, 0.05 + sweep * 0.62)][:pair]

    def draw():
        for points in parts:
            pen.polygon(points, shade(hull, 0.9))
        for ex, ey in engines:
            for side in (-1, 1):
                pen.polygon(box(ex * side, ey - 0.12, 0.035, 0.1), shade(hull, 0.66))
        pen.polygon(body, hull)
        pen.polygon(band([(0.018, -0.4), (0.02, 0.1), (0.014, 0.4)], [0.02, 0.03, 0.012]), shade(hull, 0.86))
        pen.polygon([(-0.028, -0.43), (0.028, -0.43), (0.02, -0.455), (-0.02, -0.455)], (60, 66, 76))
        pen.polygon([(-0.012, 0.30), (0.012, 0.30), (0.006, 0.5), (-0.006, 0.5)], stripe)
        if small:
            pen.polygon(box(0, -0.5, 0.2, 0.014), (90, 90, 94))

    shift = land.cast * 4.5 @ np.asarray(land.pen._matrix)
    shadow = [pen.to_pixels(p) + shift for p in [*parts, body]]
    back_to_land = np.linalg.inv(land.pen._matrix)
    land._shadows.extend((points - land.pen._shift) @ back_to_land for points in shadow)
    land._standing.append((draw, True))
