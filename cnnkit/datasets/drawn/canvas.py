"""A sheet to draw on: polygons with integer corners on a threefold enlargement, then averaged down.

Every shape is a polygon whose corners are rounded to whole pixels of the enlarged sheet, so the pixels that
it covers do not depend on a machine's floating point. Averaging 3 × 3 pixels down gives smooth edges. Beside
the picture the canvas keeps a mask: which pixels show the thing that the picture is about.
"""

import math
from functools import lru_cache

import numpy as np
from PIL import Image, ImageChops, ImageDraw

OVERSAMPLE = 3

# What a shape does to the mask.
BEHIND, OBJECT, IN_FRONT = None, 255, 0


class Canvas:
    """A picture in the making.

    Args:
        height, width: size of the finished picture in pixels.
        colour: (r, g, b) ints 0–255 of the empty sheet.

    `layer` says what is being drawn: BEHIND the object, the OBJECT itself, or something IN_FRONT of it.
    """

    def __init__(self, height, width, colour=(255, 255, 255)):
        self.height, self.width = height, width
        size = (width * OVERSAMPLE, height * OVERSAMPLE)
        self.image = Image.new("RGB", size, colour)
        self.mask = Image.new("L", size, 0)
        self.layer = BEHIND
        self._draw = ImageDraw.Draw(self.image)
        self._draw_mask = ImageDraw.Draw(self.mask)

    def polygon(self, points, colour):
        """Fill the polygon with these corners: (n, 2) floats x, y in pixels."""
        corners = _corners(points)
        self._draw.polygon(corners, fill=colour)
        if self.layer is not BEHIND:
            self._draw_mask.polygon(corners, fill=self.layer)

    def polygons(self, points, colours):
        """Fill many polygons of as many corners each: (m, n, 2) in pixels; one colour each, or for all."""
        points = np.asarray(points)
        rows = np.rint(points * OVERSAMPLE).astype(np.int64).reshape(len(points), -1).tolist()
        if isinstance(colours, tuple):
            colours = [colours] * len(rows)
        for corners, colour in zip(rows, colours, strict=True):
            self._draw.polygon(corners, fill=colour)
            if self.layer is not BEHIND:
                self._draw_mask.polygon(corners, fill=self.layer)

    def line(self, points, colour, width=1.0):
        """A line of constant width (pixels) through the points, (n, 2) floats in pixels."""
        corners, width = _corners(points), max(1, round(width * OVERSAMPLE))
        self._draw.line(corners, fill=colour, width=width)
        if self.layer is not BEHIND:
            self._draw_mask.line(corners, fill=self.layer, width=width)

    def outline(self, points, colour, width=1.0):
        """A line around a polygon that leaves the mask as it is."""
        corners = _corners(points)
        self._draw.line(corners + corners[:4], fill=colour, width=max(1, round(width * OVERSAMPLE)))

    def stencil(self, shapes, colour):
        """Fill many polygons, but only where the object already is: stripes and patches of a coat."""
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
        if not shapes:
            return None, None
        corners = np.rint(np.concatenate(shapes) * OVERSAMPLE).astype(np.int64)
        low = np.maximum(corners.min(axis=0), 0)
        high = np.minimum(corners.max(axis=0) + 1, self.image.size)
        if (high <= low).any():
            return None, None
        stencil = Image.new("L", tuple((high - low).tolist()), 0)
        draw = ImageDraw.Draw(stencil)
        flat, start = (corners - low).ravel().tolist(), 0
        for points in shapes:
            draw.polygon(flat[start : start + 2 * len(points)], fill=value)
            start += 2 * len(points)
        return (*low.tolist(), *high.tolist()), stencil

    def soft_disc(self, x, y, radius_x, radius_y, colour, opacity):
        """A disc that fades out towards its rim: soft shadows, glows. All in pixels, opacity 0–1."""
        width, height = (max(2, round(2 * r * OVERSAMPLE)) for r in (radius_x, radius_y))
        disc = _faded_disc(round(opacity * 32)).resize((width, height), Image.Resampling.BILINEAR)
        corner = (round((x - radius_x) * OVERSAMPLE), round((y - radius_y) * OVERSAMPLE))
        self.image.paste(colour, corner, disc)

    def soften(self):
        """Put what is drawn so far out of focus."""
        half = self.image.reduce(2 * OVERSAMPLE)
        # Smoothly to the finished size, then merely enlarged: what is averaged down later is the same again.
        soft = half.resize((self.width, self.height), Image.Resampling.BILINEAR)
        self.image.paste(soft.resize(self.image.size, Image.Resampling.NEAREST))

    def pixels(self):
        """The finished picture, (height, width, 3) uint8."""
        return np.asarray(self.image.reduce(OVERSAMPLE))

    def coverage(self):
        """How much of each pixel the visible object fills, (height, width) uint8: 0 none, 255 all."""
        return np.asarray(self.mask.reduce(OVERSAMPLE))


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
        self._matrix = np.array([[mirror * cos, mirror * sin], [-sin, cos]])
        self._shift = np.array([x, y])

    def to_pixels(self, points):
        """Points (…, 2) of the object in pixels of the picture."""
        return np.asarray(points, dtype=float) @ self._matrix + self._shift

    def moved(self, x, y, scale=1.0, angle=0.0):
        """A pen for a part that lies at (x, y) of this one's units."""
        at = self.to_pixels((x, y))
        turn = -angle if self.flip else angle
        return Pen(self.canvas, at[0], at[1], self.scale * scale, self.angle + turn, self.flip)

    def polygon(self, points, colour):
        self.canvas.polygon(self.to_pixels(points), colour)

    def blob(self, points, colour):
        """A smooth closed shape through these points."""
        self.canvas.polygon(self.to_pixels(smooth(points)), colour)

    def disc(self, x, y, radius_x, radius_y, colour, angle=0.0):
        """An ellipse, turned by `angle` degrees."""
        size = max(radius_x, radius_y) * self.scale
        corners = 8 if size < 2 else 14 if size < 8 else 28
        self.canvas.polygon(self.to_pixels(ellipse(x, y, radius_x, radius_y, angle, corners)), colour)

    def line(self, points, colour, width):
        """A line of this width (units), at least a third of a pixel thin."""
        self.canvas.line(self.to_pixels(points), colour, width * self.scale)

    def curve(self, points, colour, width):
        """A smooth open line through these points."""
        self.line(smooth_line(points), colour, width)

    def taper(self, points, widths, colour):
        """A smooth band through the points whose width changes along it: tails, legs, branches."""
        self.polygon(band(points, widths), colour)


def _corners(points):
    return np.rint(np.asarray(points) * OVERSAMPLE).astype(np.int64).ravel().tolist()


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
    points = _circle(corners) * (radius_x, radius_y)
    if angle:
        turn = math.radians(angle)
        cos, sin = math.cos(turn), math.sin(turn)
        points = points @ np.array([[cos, sin], [-sin, cos]])
    return points + np.array([x, y])


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
