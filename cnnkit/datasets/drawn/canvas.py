"""A sheet to draw on: polygons with integer corners on a twofold enlargement, then averaged down.

Every shape is a polygon whose corners are rounded to whole pixels of the enlarged sheet, so the pixels that
it covers do not depend on a machine's floating point. Averaging 2 × 2 pixels down gives smooth edges. Beside
the picture the canvas keeps a mask: which pixels show the thing that the picture is about.
"""

import itertools
import math
from functools import lru_cache

import numpy as np
from PIL import Image, ImageChops, ImageDraw

OVERSAMPLE = 2

# What a shape does to the mask.
BEHIND, OBJECT, IN_FRONT = None, 255, 0


class Canvas:
    """A picture in the making.

    Args:
        height, width: size of the finished picture in pixels.
        oversample: how many times as large as that the sheet is.

    `layer` says what is being drawn: BEHIND the object, the OBJECT itself, or something IN_FRONT of it.
    """

    def __init__(self, height, width, oversample=OVERSAMPLE):
        self.height, self.width, self.oversample = height, width, oversample
        size = (width * oversample, height * oversample)
        self.image = Image.new("RGB", size)
        self.mask = Image.new("L", size, 0)
        self.layer = BEHIND
        self._draw = ImageDraw.Draw(self.image)
        self._draw_mask = ImageDraw.Draw(self.mask)
        self._masked = False

    def polygon(self, points, colour):
        """Fill the polygon with these corners: (n, 2) floats x, y in pixels."""
        self.fill(np.asarray(points) * self.oversample, colour)

    def fill(self, corners, colour):
        """Fill the polygon with these corners: (n, 2) array in pixels of the enlarged sheet."""
        corners = np.rint(corners).ravel().tolist()
        self._draw.polygon(corners, fill=colour)
        if self._marks():
            self._draw_mask.polygon(corners, fill=self.layer)

    def fill_all(self, corners, colours, inside=False):
        """Fill many polygons of as many corners each.

        Args:
            corners: array (m, n, 2) in pixels of the enlarged sheet.
            colours: one for each polygon, or one for all.
            inside: they lie on what was drawn just before, and so leave the mask as it is.
        """
        corners = np.rint(corners)
        low, high = corners.min(axis=1), corners.max(axis=1)
        seen = ((high >= 0) & (low < self.image.size)).all(axis=1).tolist()
        rows = corners.reshape(len(corners), -1).tolist()
        if isinstance(colours, tuple):
            colours = itertools.repeat(colours)
        fill = self._draw.polygon
        shapes = [row for row, visible in zip(rows, seen, strict=True) if visible]
        for row, colour in zip(shapes, itertools.compress(colours, seen), strict=True):
            fill(row, colour)
        if not inside and shapes and self._marks():
            fill, layer = self._draw_mask.polygon, self.layer
            for row in shapes:
                fill(row, layer)

    def _marks(self):
        """Whether what is being drawn changes the mask: nothing hides an object that is not there yet."""
        if self.layer is OBJECT:
            self._masked = True
        return self.layer is not BEHIND and self._masked

    def line(self, points, colour, width=1.0):
        """A line of constant width (pixels) through the points, (n, 2) floats in pixels."""
        corners, width = self._corners(points), max(1, round(width * self.oversample))
        self._draw.line(corners, fill=colour, width=width)
        if self._marks():
            self._draw_mask.line(corners, fill=self.layer, width=width)

    def outline(self, points, colour, width=1.0):
        """A line around a polygon that leaves the mask as it is."""
        corners = self._corners(points)
        self._draw.line(corners + corners[:4], fill=colour, width=max(1, round(width * self.oversample)))

    def _corners(self, points):
        return np.rint(np.asarray(points) * self.oversample).ravel().tolist()

    def stencil(self, shapes, colour):
        """Fill polygons, but only where the object already is: stripes and patches of a coat.

        `shapes`, as those of `veil`, are arrays in pixels, each (n, 2) or, many polygons, (m, n, 2).
        """
        region, stencil = self._stencil(shapes, 255)
        if region:
            self.image.paste(colour, region, ImageChops.darker(stencil, self.mask.crop(region)))

    def veil(self, shapes, colour, opacity):
        """Lay a transparent colour over the picture where any of the polygons is: hard shadows, glass."""
        region, stencil = self._stencil(shapes, round(255 * opacity))
        if region:
            self.image.paste(colour, region, stencil)

    def _stencil(self, shapes, value):
        """The polygons filled on a small sheet, and the region of the enlarged picture that it lies on."""
        stacks, low, high = [], np.array(self.image.size), np.zeros(2)
        for points in shapes:
            corners = np.rint(np.reshape(points, (-1, *np.shape(points)[-2:])) * self.oversample)
            first, last = corners.min(axis=1), corners.max(axis=1) + 1
            seen = ((last > 0) & (first < self.image.size)).all(axis=1)
            if seen.any():
                stacks.append(corners[seen])
                low = np.minimum(low, first[seen].min(axis=0))
                high = np.maximum(high, last[seen].max(axis=0))
        low, high = np.maximum(low, 0), np.minimum(high, self.image.size)
        if (high <= low).any():
            return None, None
        region = (*map(int, low), *map(int, high))
        stencil = Image.new("L", (region[2] - region[0], region[3] - region[1]), 0)
        draw = ImageDraw.Draw(stencil)
        for corners in stacks:
            for row in (corners - low).reshape(len(corners), -1).tolist():
                draw.polygon(row, fill=value)
        return region, stencil

    def soft_disc(self, x, y, radius_x, radius_y, colour, opacity):
        """A disc that fades out towards its rim: soft shadows, glows. All in pixels, opacity 0–1."""
        width, height = (max(2, round(2 * r * self.oversample)) for r in (radius_x, radius_y))
        disc = _faded_disc(round(opacity * 32)).resize((width, height), Image.Resampling.BILINEAR)
        corner = (round((x - radius_x) * self.oversample), round((y - radius_y) * self.oversample))
        self.image.paste(colour, corner, disc)

    def backdrop(self, other):
        """Begin with the picture on another canvas of this size, out of focus."""
        half = other.image.reduce(2 * other.oversample)
        # Smoothly to the finished size, then merely enlarged: what is averaged down later is the same again.
        soft = half.resize((self.width, self.height), Image.Resampling.BILINEAR)
        self.image = soft.resize(self.image.size, Image.Resampling.NEAREST)
        self._draw = ImageDraw.Draw(self.image)

    def coverage(self):
        """How much of each pixel the visible object fills, (height, width) uint8: 0 none, 255 all."""
        return np.asarray(self.mask.reduce(self.oversample))


class Pen:
    """Draws in the object's own units; the pen knows where it lies, how large and how it is turned.

    Args:
        canvas: the Canvas.
        x, y: where the object's (0, 0) goes, in pixels.
        scale: pixels to one unit.
        angle: turn in degrees, clockwise as y points down.
        flip: mirror left and right first.
    """

    def __init__(self, canvas, x, y, scale, angle=0.0, flip=False):
        self.canvas, self.x, self.y, self.scale, self.angle, self.flip = canvas, x, y, scale, angle, flip
        turn = math.radians(angle)
        cos, sin = scale * math.cos(turn), scale * math.sin(turn)
        mirror = -1 if flip else 1
        self._rows = (mirror * cos, mirror * sin, -sin, cos, x, y)
        self._matrix = np.array([[mirror * cos, mirror * sin], [-sin, cos]])
        self._shift = np.array([x, y])
        self._to_sheet = self._matrix * canvas.oversample
        self._on_sheet = self._shift * canvas.oversample

    def to_pixels(self, points):
        """Points (…, 2) of the object in pixels of the picture."""
        return np.asarray(points, dtype=float) @ self._matrix + self._shift

    def place(self, x, y):
        """One point of the object in pixels of the picture."""
        a, b, c, d, shift_x, shift_y = self._rows
        return x * a + y * c + shift_x, x * b + y * d + shift_y

    def moved(self, x, y, scale=1.0, angle=0.0):
        """A pen for a part that lies at (x, y) of this one's units."""
        at = self.place(x, y)
        turn = -angle if self.flip else angle
        return Pen(self.canvas, at[0], at[1], self.scale * scale, self.angle + turn, self.flip)

    def polygon(self, points, colour):
        self.canvas.fill(np.asarray(points, dtype=float) @ self._to_sheet + self._on_sheet, colour)

    def polygons(self, points, colours, inside=False):
        """Many polygons of as many corners each, (m, n, 2); see `Canvas.fill_all`."""
        if len(points):
            points = np.asarray(points, dtype=float)
            flat = points.reshape(-1, 2) @ self._to_sheet + self._on_sheet
            self.canvas.fill_all(flat.reshape(points.shape), colours, inside)

    def blob(self, points, colour):
        """A smooth closed shape through these points."""
        self.polygon(smooth(points), colour)

    def disc(self, x, y, radius_x, radius_y, colour, angle=0.0):
        """An ellipse, turned by `angle` degrees."""
        size = max(radius_x, radius_y) * self.scale
        corners = 8 if size < 2 else 14 if size < 8 else 28
        self.polygon(ellipse(x, y, radius_x, radius_y, angle, corners), colour)

    def discs(self, rows, colours, corners=14):
        """Many ellipses: rows of (x, y, radius across, radius down, angle in degrees)."""
        if len(rows):
            self.polygons(ellipses(rows, corners), colours)

    def line(self, points, colour, width):
        """A line of this width (units), at least half a pixel thin."""
        self.canvas.line(self.to_pixels(points), colour, width * self.scale)

    def curve(self, points, colour, width):
        """A smooth open line through these points."""
        self.line(smooth_line(points), colour, width)

    def taper(self, points, widths, colour):
        """A smooth band through the points whose width changes along it: tails, legs, branches."""
        self.polygon(band(points, widths), colour)


@lru_cache(maxsize=64)
def _faded_disc(opacity):
    """A round spot that fades outwards, opacity in 32nds; its values are whole numbers from whole numbers."""
    axis = np.arange(-31, 32, 2) ** 2
    inside = np.maximum(0, 1024 - axis[:, None] - axis[None, :])
    return Image.fromarray((inside * opacity * 255 // (1024 * 32)).astype(np.uint8))


@lru_cache(maxsize=16)
def _circle(corners):
    turn = np.arange(corners) * (2 * np.pi / corners)
    return np.stack([np.cos(turn), np.sin(turn)], axis=1)


def ellipse(x, y, radius_x, radius_y, angle=0.0, corners=24):
    """The corners of an ellipse, (corners, 2)."""
    if angle:
        turn = math.radians(angle)
        cos, sin = math.cos(turn), math.sin(turn)
        axes = ((radius_x * cos, radius_x * sin), (-radius_y * sin, radius_y * cos))
    else:
        axes = ((radius_x, 0.0), (0.0, radius_y))
    return _circle(corners) @ axes + (x, y)


def ellipses(rows, corners=24):
    """The corners of many ellipses, rows of (x, y, radius across, radius down, degrees) → (m, corners, 2)."""
    rows = np.asarray(rows, dtype=float)
    turn = np.deg2rad(rows[:, 4])
    cos, sin = np.cos(turn), np.sin(turn)
    axes = np.stack([rows[:, 2] * cos, rows[:, 2] * sin, -rows[:, 3] * sin, rows[:, 3] * cos], axis=1)
    return _circle(corners) @ axes.reshape(-1, 2, 2) + rows[:, None, :2]


@lru_cache(maxsize=64)
def _closed_weights(count, steps):
    """The Catmull–Rom weights that turn `count` points into count × steps points of a smooth closed curve."""
    weights = np.zeros((count * steps, count))
    for step in range(steps):
        for offset, weight in zip((-1, 0, 1, 2), _catmull_rom(step / steps), strict=True):
            for start in range(count):
                weights[start * steps + step, (start + offset) % count] += weight
    return weights


@lru_cache(maxsize=64)
def _open_weights(count, steps):
    """The same for a curve with two ends; the end points are doubled."""
    weights = np.zeros(((count - 1) * steps + 1, count))
    for start in range(count - 1):
        for step in range(steps + (start == count - 2)):
            for offset, weight in zip((-1, 0, 1, 2), _catmull_rom(step / steps), strict=True):
                weights[start * steps + step, min(max(start + offset, 0), count - 1)] += weight
    return weights


def _catmull_rom(t):
    return (
        (-t + 2 * t**2 - t**3) / 2,
        (2 - 5 * t**2 + 3 * t**3) / 2,
        (t + 4 * t**2 - 3 * t**3) / 2,
        (-(t**2) + t**3) / 2,
    )


def smooth(points, steps=5):
    """A smooth closed curve through the points: (n, 2) in, (n · steps, 2) out."""
    points = np.asarray(points, dtype=float)
    return _closed_weights(len(points), steps) @ points


def smooth_line(points, steps=5):
    """A smooth curve from the first to the last point: (n, 2) in, ((n − 1) · steps + 1, 2) out."""
    points = np.asarray(points, dtype=float)
    return _open_weights(len(points), steps) @ points


def band(points, widths, steps=5):
    """The outline of a smooth band along the points; `widths`, one for each point, in the same units."""
    middle = smooth_line(points, steps)
    half = _open_weights(len(points), steps) @ (np.asarray(widths, dtype=float) / 2)
    along = np.empty_like(
        middle
    )  # the direction at each point: the step from the one before to the one after
    along[1:-1] = middle[2:] - middle[:-2]
    along[0], along[-1] = middle[1] - middle[0], middle[-1] - middle[-2]
    across = along[:, ::-1] * (half / (np.hypot(along[:, 0], along[:, 1]) + 1e-9))[:, None] * (-1, 1)
    return np.concatenate([middle + across, (middle - across)[::-1]])


def mirrored(points):
    """A left-right symmetric outline from its right half, listed from top to bottom."""
    points = np.asarray(points, dtype=float)
    left = points[::-1] * (-1, 1)
    if points[-1, 0] == 0:
        left = left[1:]
    if points[0, 0] == 0:
        left = left[:-1]
    return np.concatenate([points, left])
