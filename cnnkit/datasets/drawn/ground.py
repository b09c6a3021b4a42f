"""What land is made of, seen from above: ground, roads, roofs, trees, cars, and the shadows they cast.

Lengths are in hundredths of an unmagnified picture's shorter side (about three quarters of a metre, as in the
photographs). The scene lies about (0, 0) and reaches `REACH` to every side, so that a turned picture has no
bare corner.
"""

import itertools
import math

import numpy as np

from .canvas import BEHIND, IN_FRONT, OBJECT, band, ellipse, smooth
from .chance import Chance
from .palette import brightness, shade, vary
from .palette import colours as palette

REACH = 100

SEASONS = ("spring", "summer", "dry", "autumn")
GRASS = {
    "spring": "7fa65a 6d9a52 8fae63 a9c07a 4f7a44",
    "summer": "6b8f4e 78935a 5f8349 8fa06a 46683c",
    "dry": "b7a878 a89a6c c2b384 d6caa0 8a7f58",
    "autumn": "97935c 8a8a58 a39a68 bdb084 6d6a42",
}
FOLIAGE = {
    "spring": "4f7f3e 5d8f48 6f9a52 86a866 3a6434",
    "summer": "3f6a38 4a7440 35592f 5a8450 6f8a58",
    "dry": "5d6b42 6b7450 4f5f3c 85875e 7c7450",
    "autumn": "8a6a36 a3762f 6f6b3a b08a48 7a4a34",
}
SOIL = {
    "spring": "a58c68 937a58 7a6448 c2aa84 8f8a80",
    "summer": "b39a74 a08662 8a6a4c d0ba92 a8604a",
    "dry": "c9b48c b89f78 e0d0aa a8906c b8846a",
    "autumn": "9a8260 86704f 6a5642 b8a07c 948c80",
}
# Roads, roofs and water come as dark and as light as the ground does: no colour names a class.
ASPHALT = "4a4b50 5c5d62 6f7074 85858a 9a9690 77716c b0aca4 c6c0b6 8a7c70"
CONCRETE = "8a867e a9a59d bdb8ae cbc5b8 b3aba0 dcd6ca 97897a"
ROOFS = "8a8580 6b6461 a3644a b98a66 7a5a48 9aa0a6 c4beb4 5f6670 a89a88 6f7f5c d8d4ca"
FLAT_ROOFS = "d8d5cf b9b6b0 9c9a97 c9bfae 8b8f96 e6e3dc 6c6862 8a6a58 7c8478"
WATER = "2f5266 3f6c86 4f7f94 5c8f98 6b8a7c 46707a 7fa8aa 9ab4b2 8a8a6a 6a6a4a 98876a 45584a b4c0be"
CARS = "e8e8e8 f4f4f2 2c2e33 55585e a8adb3 9c2f2c 2f4f8a c8b890 3c5a48"
LINES = (238, 238, 230)
SHADOW = (16, 20, 38)


def _crowns():
    """Sixteen knobbly outlines for the crowns of trees, radius about 1."""
    chance, turn = Chance(2, 77), np.arange(11) * (2 * np.pi / 11)
    radius = 0.78 + 0.36 * chance.array(16, 11)
    return np.stack([radius * np.cos(turn), radius * np.sin(turn)], axis=2)


CROWNS = _crowns()
_MORE = (REACH / 80) ** 2  # numbers of things are given for 160 × 160 units


class Land:
    """A piece of land being drawn.

    Flat things are drawn at once. Things that stand up wait: their shadows fall first, all together.

    Args:
        pen: Pen whose units are those of this module.
        chance: the stream that decides the details.
        season: one of `SEASONS`.
        light: direction in degrees, in the pen's units, that shadows fall to.
        shadow: their length for a thing of height 1.
    """

    def __init__(self, pen, chance, season, light, shadow):
        self.pen, self.chance, self.season = pen, chance, season
        turn = math.radians(light)
        self.sun = np.array([math.cos(turn), math.sin(turn)])
        self.cast = self.sun * shadow
        self._shadows, self._sweeps, self._standing = [], {}, []
        self.grass, self.soil = self.colour(GRASS[season], 22), self.colour(SOIL[season], 22)
        self.asphalt, self.concrete = self.colour(ASPHALT), self.colour(CONCRETE)
        self.water = self.colour(WATER)
        self.ground = chance.choose((self.grass, self.grass, self.soil, self.soil))
        first, leaves = chance.integer(0, 4), palette(FOLIAGE[season])
        tone = chance.uniform(0.75, 1.25)
        self.foliage = [vary(shade(leaves[(first + k) % 5], tone), chance) for k in range(3)]

    def colour(self, codes, amount=14):
        """One of the colours, a little varied: codes with blanks between them, or (r, g, b) tuples."""
        options = palette(codes) if isinstance(codes, str) else codes
        return vary(self.chance.choose(options), self.chance, amount)

    def apart(self, colour, codes, least=45):
        """One of the colours, lighter or darker than another one by at least so much if there are such."""
        found, far = colour, -1
        for _ in range(5):
            other = self.colour(codes)
            distance = abs(brightness(other) - brightness(colour))
            if distance > far:
                found, far = other, distance
            if far >= least:
                break
        return found

    # Flat things.

    def mark(self, it_is=True):
        """From here on, flat shapes are (or are not) what names the class."""
        self.pen.canvas.layer = OBJECT if it_is else BEHIND

    def cover(self, colour):
        """Cover all the land."""
        self.rectangle(0, 0, 4 * REACH, 4 * REACH, colour)

    def rectangle(self, x, y, width, height, colour, angle=0.0):
        self.pen.polygon(box(x, y, width, height, angle), colour)

    def rectangles(self, boxes, colours, inside=False):
        """Many rectangles: rows of (x, y, width, height, angle in degrees); see `Canvas.fill_all`."""
        if len(boxes):
            self.pen.polygons(box_corners(boxes), colours, inside)

    def blob(self, points, colour):
        self.pen.blob(points, colour)

    def path(self, points, width, colour):
        """A smooth way of constant width."""
        self.pen.polygon(band(points, [width] * len(points), 8), colour)

    def dashes(self, x0, y0, x1, y1, colour, width=0.9, dash=4.0, gap=6.0):
        """A dashed line."""
        length = math.hypot(x1 - x0, y1 - y0)
        angle = math.degrees(math.atan2(y1 - y0, x1 - x0))
        middles = np.arange(dash / 2, length, dash + gap) / length
        rows = [(x0 + (x1 - x0) * t, y0 + (y1 - y0) * t, dash, width, angle) for t in middles.tolist()]
        self.rectangles(rows, colour, inside=True)

    def patches(self, colour, count, size, amount=0.12):
        """Faint spots that keep a surface from looking painted."""
        rows, tints = [], []
        for x, y, r, tone, turn in self.chance.array(round(count * _MORE), 5).tolist():
            rows.append(
                (
                    (x - 0.5) * 2 * REACH,
                    (y - 0.5) * 2 * REACH,
                    size * (0.4 + r),
                    size * (0.25 + 0.5 * r),
                    turn * 180,
                )
            )
            tints.append(shade(colour, 1 - amount + 2 * amount * tone))
        self.pen.discs(rows, tints, 20)

    # Standing things.

    def stand(self, footprint, height, draw, part=False):
        """Add a thing with this outline and height; `draw` draws it later; `part`: it names the class."""
        footprint = np.asarray(footprint, dtype=float)
        if height:
            self._sweep(footprint, self.cast * height)
        self._standing.append((draw, part))

    def _sweep(self, footprint, shift):
        """Note the shadow of an upright thing: its convex footprint (n, 2), moved, and all between."""
        self._sweeps.setdefault(len(footprint), []).append((footprint, shift))

    def _swept(self):
        """The polygons of all such shadows; as many corners are worked out together."""
        for items in self._sweeps.values():
            foot = np.array([footprint for footprint, _ in items])  # (m, n, 2)
            shift = np.array([shift for _, shift in items])[:, None]  # (m, 1, 2)
            after = np.roll(foot, -1, axis=1)
            edge = after - foot
            # Edges that face where the shadow falls move with it, the others stay: that outlines the shadow.
            across = edge[..., 1] * shift[..., 0] - edge[..., 0] * shift[..., 1]
            winding = (foot[..., 0] * after[..., 1] - foot[..., 1] * after[..., 0]).sum(axis=1, keepdims=True)
            moves = np.where((across * winding > 0)[..., None], shift, 0.0)
            yield np.stack([foot + moves, after + moves], axis=2).reshape(len(foot), -1, 2)

    def finish(self, shadow=0.5):
        """Let the shadows fall, then put up what stands."""
        shadows = [self.pen.to_pixels(points) for points in [*self._shadows, *self._swept()]]
        self.pen.canvas.veil(shadows, SHADOW, shadow)
        for draw, part in self._standing:
            self.pen.canvas.layer = OBJECT if part else IN_FRONT
            draw()
        self._shadows, self._sweeps, self._standing = [], {}, []
        self.pen.canvas.layer = BEHIND

    def sees(self, x, y, radius):
        """Whether a thing at (x, y) can reach into the picture."""
        px, py = self.pen.place(x, y)
        r = radius * self.pen.scale
        return -r < px < self.pen.canvas.width + r and -r < py < self.pen.canvas.height + r

    def _seen(self, points, radius):
        """For many things at points (n, 2): whether each can reach into the picture."""
        at, r = self.pen.to_pixels(points), (radius * self.pen.scale)[:, None]
        corner = np.array([self.pen.canvas.width, self.pen.canvas.height])
        return ((at > -r) & (at < corner + r)).all(axis=1)

    def trees(self, spots, part=False):
        """Trees or bushes: rows of (x, y, radius)."""
        spots = np.asarray(spots, dtype=float).reshape(-1, 3)
        spots = spots[self._seen(spots[:, :2], spots[:, 2] * 2.5)]
        if not len(spots):
            return
        form, tone = looks(spots)
        which = (form * len(CROWNS)).astype(int)
        leaves = self.foliage
        tones = [shade(leaves[int(d * 97) % len(leaves)], 0.84 + 0.32 * d) for d in tone.tolist()]
        centre, radius = spots[:, None, :2], spots[:, 2, None, None]
        crowns = CROWNS[which] * radius + centre
        self._shadows.append(crowns + self.cast * radius * 0.9)
        lit = CROWNS[(which + 5) % len(CROWNS)] * radius * 0.62 + centre - self.sun * radius * 0.24
        top = CROWNS[(which + 9) % len(CROWNS)] * radius * 0.28 + centre - self.sun * radius * 0.38

        def draw():
            self.pen.polygons(crowns, [shade(t, 0.78) for t in tones])
            self.pen.polygons(lit, tones, inside=True)
            self.pen.polygons(top, [shade(t, 1.14) for t in tones], inside=True)

        self._standing.append((draw, part))

    def scatter(self, count, low, high, keep_off=lambda x, y: False):
        """Random (x, y, radius) rows all over the land, except where `keep_off` says."""
        count = round(count * _MORE)
        rows = self.chance.array(count, 3) * (2 * REACH, 2 * REACH, high - low) + (-REACH, -REACH, low)
        rows = rows[self._seen(rows[:, :2], rows[:, 2] * 2.5)]
        return [row for row in rows.tolist() if not keep_off(row[0], row[1])]

    def cars(self, rows, part=False):
        """Cars: rows of (x, y, angle in degrees)."""
        rows = np.asarray(rows, dtype=float).reshape(-1, 3)
        rows = rows[self._seen(rows[:, :2], np.full(len(rows), 6.0))]
        if not len(rows):
            return
        boxes = np.empty((len(rows), 5))
        boxes[:, :2], boxes[:, 2:4], boxes[:, 4] = rows[:, :2], (5.9, 2.7), rows[:, 2]
        kinds, choice = palette(CARS), zip(*(look.tolist() for look in looks(rows)), strict=True)
        paint = [shade(kinds[int(kind * len(kinds))], 0.92 + 0.16 * tone) for kind, tone in choice]
        body = box_corners(boxes)
        self._shadows.append(body + self.cast * 1.3)
        local = np.deg2rad(boxes[:, 4])
        along = np.stack([np.cos(local), np.sin(local)], axis=1)
        windows, roof = boxes.copy(), boxes.copy()
        windows[:, 2:4] = (3.5, 2.1)
        windows[:, :2] -= along * 0.2
        roof[:, 2:4] = (1.9, 2.0)
        roof[:, :2] -= along * 0.3

        def draw():
            self.pen.polygons(body, paint)
            self.rectangles(windows, (44, 50, 60), inside=True)
            self.rectangles(roof, [shade(p, 1.08) for p in paint], inside=True)

        self._standing.append((draw, part))

    def houses(self, rows, part=True, roofs=ROOFS, plain=False):
        """Houses: rows of (x, y, width along the ridge, depth, angle).

        Some have hipped roofs, a wing or a chimney, unless they are `plain`.
        """
        chance = self.chance
        blocks, tones, chimneys = [], [], []
        for x, y, width, depth, angle in rows:
            roof, side = self.colour(roofs), chance.choose((-1, 1))
            hip, wing, chimney = (chance.happens(share) and not plain for share in (0.5, 0.4, 0.5))
            if not self.sees(x, y, width + depth):
                continue
            turn = math.radians(angle)
            cos, sin = math.cos(turn), math.sin(turn)
            if wing:  # a smaller block whose ridge runs across
                wx, wy = side * width * 0.25, depth * 0.45
                at = (x + wx * cos - wy * sin, y + wx * sin + wy * cos)
                blocks.insert(0, (*at, depth * 0.9, width * 0.42, angle + 90, False))
                tones.insert(0, roof)
            blocks.append((x, y, width, depth, angle, hip))
            tones.append(roof)
            if chimney:
                wx, wy = side * width * 0.2, depth * 0.12
                chimneys.append(
                    ((x + wx * cos - wy * sin, y + wx * sin + wy * cos, 1.8, 1.6, angle), shade(roof, 0.6))
                )
        if not blocks:
            return
        walls = box_corners([block[:5] for block in blocks])  # (m, 4, 2)
        for footprint in walls:
            self._sweep(footprint, self.cast * 4.5)
        faces, facing = roof_faces(blocks)
        light = 1.0 - 0.2 * (facing @ self.sun)  # (m, 4)
        colours = [
            shade(tone, share) for tone, row in zip(tones, light.tolist(), strict=True) for share in row
        ]
        # A gabled roof has two faces, a hipped one four; both fill the same rectangle of the mask.
        there = np.array([(True, True, block[5], block[5]) for block in blocks]).ravel()
        faces, colours = faces.reshape(-1, 4, 2)[there], list(itertools.compress(colours, there))

        def draw():
            self.pen.polygons(walls, (60, 54, 50))
            self.pen.polygons(faces, colours, inside=True)
            self.rectangles([row for row, _ in chimneys], [colour for _, colour in chimneys], inside=True)

        self._standing.append((draw, part))

    def flat_building(self, x, y, width, depth, angle, height=9.0, part=True, colour=None):
        """A large building with a flat roof: parapet, skylights and machines on top."""
        chance = self.chance
        colour = colour or self.colour(FLAT_ROOFS)
        turn = math.radians(angle)
        frame = np.array([[math.cos(turn), math.sin(turn)], [-math.sin(turn), math.cos(turn)]])
        machines = []
        for _ in range(chance.integer(3, 9)):
            machines.append(
                (
                    chance.uniform(-0.4, 0.4) * width,
                    chance.uniform(-0.38, 0.38) * depth,
                    chance.uniform(2, 5),
                    chance.uniform(2, 4),
                )
            )
        lights = chance.integer(0, 1) * int(width / 8)
        tower = chance.happens(0.35)

        def place(points):
            return np.asarray(points, dtype=float) @ frame + (x, y)

        def draw():
            rows, tones = (
                [(0, 0, width, depth), (0, 0, width - 1.6, depth - 1.6)],
                [shade(colour, 1.12), colour],
            )
            if tower:
                block = (width * 0.2, 0, width * 0.3, depth * 0.5)
                rows += [(*block, 3), block]
                tones += [shade(colour, 0.62), shade(colour, 1.1)]
            rows += [(-width * 0.42 + k * 8, depth * 0.28, 4, 2.2) for k in range(lights)]
            tones += [shade(colour, 0.8)] * lights
            for machine in machines:
                rows += [(*machine, 1.5), machine]
                tones += [shade(colour, 0.6), shade(colour, 0.86)]
            corners = place(box_corners([(*row[:4], 0) for row in rows]))
            corners += np.array([row[4] if len(row) > 4 else 0 for row in rows])[:, None, None] * self.cast
            self.pen.polygons(corners, tones)

        self.stand(place(box(0, 0, width, depth)), height, draw, part)


def looks(rows):
    """Two fractions for each thing, from where it lies: it looks the same whatever else can be seen."""
    return np.mod(rows[:, :2] @ np.array([[7.31, 3.13], [1.97, 5.77]]), 1.0).T


def box(x, y, width, height, angle=0.0):
    """The corners of a rectangle about (x, y), (4, 2)."""
    w, h = width / 2, height / 2
    if not angle:
        return np.array([(x - w, y - h), (x + w, y - h), (x + w, y + h), (x - w, y + h)])
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    a, b, c, d = w * cos, w * sin, -h * sin, h * cos
    return np.array(
        [
            (x - a - c, y - b - d),
            (x + a - c, y + b - d),
            (x + a + c, y + b + d),
            (x - a + c, y - b + d),
        ]
    )


_UNIT_BOX = np.array([(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)])


def box_corners(boxes):
    """The corners of many rectangles, rows of (x, y, width, height, angle in degrees) → (m, 4, 2)."""
    boxes = np.asarray(boxes, dtype=float)
    points = _UNIT_BOX * boxes[:, None, 2:4]
    turn = np.deg2rad(boxes[:, 4])
    cos, sin = np.cos(turn)[:, None], np.sin(turn)[:, None]
    x = points[:, :, 0] * cos - points[:, :, 1] * sin
    y = points[:, :, 0] * sin + points[:, :, 1] * cos
    return np.stack([x, y], axis=2) + boxes[:, None, :2]


def roof_faces(blocks):
    """Four faces of each roof (x, y, width, depth, angle, hipped): (m, 4, 4, 2), and where they face."""
    rows = np.asarray(blocks, dtype=float)
    w, d = rows[:, 2] / 2, rows[:, 3] / 2
    ridge = np.where(rows[:, 5] > 0, np.maximum(w - d, 0), w)
    zero = np.zeros_like(w)
    a, b, c, e = (-w, -d), (w, -d), (w, d), (-w, d)
    left, right = (-ridge, zero), (ridge, zero)
    faces = ((a, b, right, left), (e, c, right, left), (a, left, left, e), (b, right, right, c))
    points = np.array(faces).transpose(3, 0, 1, 2)  # (m, 4, 4, 2)
    turn = np.deg2rad(rows[:, 4])
    frame = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]).transpose(
        2, 0, 1
    )  # (m, 2, 2)
    facing = np.array([(0, -1), (0, 1), (-1, 0), (1, 0)]) @ frame
    return points @ frame[:, None] + rows[:, None, None, :2], facing


def disc(x, y, radius, corners=28):
    """The outline of a circle."""
    return ellipse(x, y, radius, radius, 0.0, corners)


def rough_disc(chance, x, y, radius_x, radius_y, knobs=9, amount=0.25):
    """A smooth, irregular round outline: greens, bunkers, ponds, clumps."""
    turn = np.arange(knobs) * (2 * np.pi / knobs)
    radius = 1 - amount + 2 * amount * chance.array(knobs)
    return smooth(
        np.stack([x + radius_x * radius * np.cos(turn), y + radius_y * radius * np.sin(turn)], axis=1)
    )
