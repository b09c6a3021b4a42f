"""Bodies of cats and dogs: sitting, standing, lying, or only the shoulders of a close-up.

In the head's units, with the head's middle at (0, 0). Both kinds share the skeleton; what differs is what
differs in life: a dog's deeper chest and sturdier legs, a cat's long tail.
"""

from .canvas import band, ellipse, smooth
from .heads import cutout
from .palette import WHITE_FUR, shade

# Where the whole animal lies about its head's middle: left, top, right, bottom in head units.
EXTENT = {
    "sitting": (-1.5, -1.5, 1.7, 2.95),
    "standing": (-1.1, -1.5, 3.1, 2.95),
    "lying": (-1.3, -1.5, 3.1, 1.7),
    "face": (-1.5, -1.6, 1.5, 1.7),
}
BODY_CENTRE = {"sitting": (0, 1.9), "standing": (1.3, 1.1), "lying": (1.2, 0.9), "face": (0, 1.5)}


def draw_body(pen, look, pose):
    """Draw everything behind the head; returns a function that draws what lies before the body."""
    return {"sitting": _sitting, "standing": _standing, "lying": _lying, "face": _shoulders}[pose](pen, look)


def _leg(x, top, bottom, width, foot=0.2):
    """A straight leg with a paw that points to the left."""
    return [
        band([(x, top), (x, (top + bottom) / 2), (x, bottom - 0.08)], [width * 1.25, width, width * 0.95]),
        ellipse(x - foot * 0.35, bottom - 0.08, width * 0.5 + foot * 0.35, 0.17),
    ]


def _paws(look):
    return WHITE_FUR if look.pattern == "bicolour" else look.marking if look.pattern == "masked" else look.fur


def _tail(look, root, direction):
    """The tail as coloured polygons, root first. `direction` is 1 where it leaves to the right."""
    x, y = root
    d = direction
    if look.tail == "raised":  # a cat's, upright with a hook
        points, widths = (
            [(0, 0), (0.55 * d, -0.35), (0.72 * d, -1.2), (0.62 * d, -1.9), (0.98 * d, -2.1)],
            [0.30, 0.27, 0.24, 0.22, 0.14],
        )
    elif look.tail == "curled":  # a cat's, along the ground and up at the tip
        points, widths = (
            [(0, 0), (0.6 * d, 0.16), (1.1 * d, 0.02), (1.28 * d, -0.55), (0.98 * d, -0.8)],
            [0.30, 0.28, 0.26, 0.23, 0.13],
        )
    elif look.tail == "ring":  # a spitz's, curled over the back
        points, widths = (
            [(-0.1 * d, 0), (0.35 * d, -0.5), (0.22 * d, -1.0), (-0.25 * d, -0.92), (-0.22 * d, -0.6)],
            [0.42, 0.46, 0.48, 0.42, 0.2],
        )
    elif look.tail == "short":
        points, widths = [(-0.1 * d, 0), (0.25 * d, -0.3), (0.48 * d, -0.62)], [0.36, 0.28, 0.12]
    else:  # a dog's wagging sabre, bushy in the middle
        points, widths = (
            [(-0.1 * d, 0), (0.5 * d, -0.35), (0.85 * d, -0.9), (0.92 * d, -1.45)],
            [0.28, 0.42, 0.44, 0.06],
        )
    points = [(px + x, py + y) for px, py in points]
    return [(band(points, widths), look.fur)]


def _stripes(xs, top, bottom, lean=0.0):
    return [[(x - 0.1, top), (x + 0.12, top), (x + lean + 0.02, bottom)] for x in xs]


def _coat(pen, look, stripes, patches, field):
    """The pattern on the body just drawn. `field`: left, top, right, bottom of where spots may lie."""
    shapes = []
    if look.pattern == "striped":
        shapes = stripes
    elif look.pattern == "patched":
        shapes = [smooth(p) for p in patches]
    elif look.pattern == "spotted":
        left, top, right, bottom = field
        shapes = [
            ellipse(left + (x + 1) / 2 * (right - left), top + (y + 1) / 2 * (bottom - top), 0.15, 0.12)
            for x, y in look.spots
        ]
    pen.canvas.stencil([pen.to_pixels(s) for s in shapes], look.marking)


def _sitting(pen, look):
    chest, leg = (0.86, 0.44) if look.species == "dog" else (0.72, 0.36)
    chest, hips = chest * look.build, 1.12 * look.build
    tail_side = look.side
    parts = _tail(look, (0.75 * tail_side, 2.55), tail_side)
    body = smooth(
        [
            (0, 0.2),
            (chest, 0.75),
            (hips * 0.95, 1.7),
            (hips, 2.4),
            (0.75, 2.8),
            (-0.75, 2.8),
            (-hips, 2.4),
            (-hips * 0.95, 1.7),
            (-chest, 0.75),
        ]
    )
    parts.append((body, look.fur))
    cutout(pen, parts, look.ink)
    sides = [-1.2, 1.2]
    stripes = [
        [(s, y - 0.1), (s, y + 0.12), (s * 0.38, y + 0.1)] for s in sides for y in (1.15, 1.55, 1.95, 2.35)
    ]
    patches = [
        [(0.2, 0.9), (1.3, 0.9), (1.3, 1.9), (0.5, 1.8)],
        [(-1.4, 1.7), (-0.5, 1.8), (-0.4, 2.5), (-1.3, 2.6)],
    ]
    _coat(pen, look, stripes, patches, (-1.1, 0.9, 1.1, 2.7))
    if look.pattern == "bicolour":
        pen.blob([(-0.42, 0.7), (0.42, 0.7), (0.5, 1.5), (0, 1.9), (-0.5, 1.5)], WHITE_FUR)
    legs = []
    for side in (-1, 1):
        legs.append((ellipse(0.92 * side * look.build, 2.72, 0.40, 0.19), _paws(look)))
    cutout(pen, legs, look.ink)
    front = []
    for side in (-1, 1):
        x = 0.34 * side
        front.append((band([(x * 1.1, 1.35), (x, 2.0), (x, 2.68)], [leg, leg * 0.92, leg * 0.95]), look.fur))
        front.append((ellipse(x, 2.74, leg * 0.62, 0.19), _paws(look)))
    cutout(pen, front, look.ink)
    # The fur of the chest runs into the legs without a line.
    pen.disc(0, 1.38, 0.52, 0.22, WHITE_FUR if look.pattern == "bicolour" else look.fur)
    for side in (-1, 1):
        for toe in (-0.09, 0.09):
            pen.line([(0.34 * side + toe, 2.72), (0.34 * side + toe, 2.88)], look.ink, 0.035)


def _standing(pen, look):
    dog = look.species == "dog"
    leg, deep = (0.44, 1.62) if dog else (0.34, 1.42)
    length = 2.45 * look.build
    far = [(part, shade(look.fur, 0.82)) for x in (0.95, length - 0.55) for part in _leg(x, 1.0, 2.75, leg)]
    cutout(pen, _tail(look, (length + 0.15, 0.75), 1) + far, look.ink)
    body = smooth(
        [
            (-0.1, 0.3),
            (0.7, 0.32),
            (1.7, 0.48),
            (length - 0.4, 0.34),
            (length + 0.22, 0.75),
            (length + 0.1, 1.35),
            (1.9, deep - 0.12),
            (0.9, deep + 0.05),
            (0.15, 1.3),
        ]
    )
    near = [(part, look.fur) for x in (0.42, length - 0.1) for part in _leg(x, 1.0, 2.9, leg)]
    cutout(pen, [(body, look.fur), *near], look.ink)
    stripes = _stripes([0.95 + 0.38 * k for k in range(6)], 0.2, 1.15, 0.05)
    patches = [
        [(0.9, 0.2), (1.9, 0.2), (1.8, 1.0), (1.1, 1.1)],
        [(2.3, 0.5), (3.4, 0.3), (3.5, 1.4), (2.6, 1.3)],
    ]
    _coat(pen, look, stripes, patches, (0.3, 0.4, length, 1.4))
    if look.pattern == "bicolour":
        pen.blob([(0.0, 0.6), (0.5, 0.8), (0.7, 1.4), (0.3, 1.5), (0.0, 1.1)], WHITE_FUR)
    for x in (0.42, length - 0.1):
        pen.disc(x - 0.07, 2.82, leg * 0.5 + 0.04, 0.14, _paws(look))


def _lying(pen, look):
    dog = look.species == "dog"
    leg = 0.44 if dog else 0.36
    length = 2.45 * look.build
    cutout(pen, _tail(look, (length + 0.1, 1.2), 1), look.ink)
    body = smooth(
        [
            (-0.6, 0.4),
            (0.4, 0.18),
            (1.4, 0.12),
            (length - 0.5, 0.06),
            (length + 0.3, 0.6),
            (length + 0.25, 1.35),
            (length - 0.6, 1.55),
            (1.0, 1.55),
            (-0.4, 1.5),
            (-0.85, 1.0),
        ]
    )
    cutout(pen, [(body, look.fur)], look.ink)
    stripes = _stripes([0.95 + 0.4 * k for k in range(6)], -0.1, 0.85, 0.06)
    patches = [
        [(0.9, -0.1), (1.9, -0.1), (1.8, 0.8), (1.1, 0.9)],
        [(2.3, 0.4), (3.5, 0.2), (3.5, 1.4), (2.6, 1.3)],
    ]
    _coat(pen, look, stripes, patches, (0.4, 0.1, length, 1.4))
    haunch = [
        (
            smooth(
                [
                    (length - 1.0, 0.75),
                    (length - 0.4, 0.45),
                    (length + 0.2, 0.8),
                    (length + 0.2, 1.5),
                    (length - 0.9, 1.55),
                ]
            ),
            look.fur,
        ),
        (ellipse(length - 1.15, 1.52, 0.45, 0.17), _paws(look)),
    ]
    cutout(pen, haunch, look.ink)
    arms = []
    for x, y in ((0.1, 1.50), (-0.45, 1.46)):
        arms.append(
            (band([(x + 0.5, y - 0.25), (x, y), (x - 0.5, y)], [leg, leg * 0.85, leg * 0.8]), look.fur)
        )
        arms.append((ellipse(x - 0.55, y + 0.02, 0.30, leg * 0.48), _paws(look)))
    cutout(pen, arms, look.ink)


def _shoulders(pen, look):
    wide = (1.05 if look.species == "dog" else 0.92) * look.build
    body = smooth(
        [
            (0, 0.3),
            (wide * 0.8, 0.7),
            (wide * 1.25, 1.5),
            (wide * 1.5, 2.8),
            (wide * 1.7, 8),
            (-wide * 1.7, 8),
            (-wide * 1.5, 2.8),
            (-wide * 1.25, 1.5),
            (-wide * 0.8, 0.7),
        ]
    )
    cutout(pen, [(body, look.fur)], look.ink)
    stripes = [
        [(s, y - 0.12), (s, y + 0.12), (s * 0.4, y + 0.1)] for s in (-1.4, 1.4) for y in (1.1, 1.5, 1.9)
    ]
    _coat(pen, look, stripes, [[(0.3, 0.8), (1.6, 0.9), (1.6, 2.2), (0.6, 2.0)]], (-1.2, 0.9, 1.2, 2.4))
    if look.pattern == "bicolour":
        pen.blob([(-0.45, 0.7), (0.45, 0.7), (0.55, 1.8), (0, 2.5), (-0.55, 1.8)], WHITE_FUR)


def draw_collar(pen, look, pose):
    """A collar with a tag, below the chin."""
    if look.collar is None:
        return
    x = 0.35 if pose in ("standing", "lying") else 0.0
    pen.taper([(x - 0.66, 0.62), (x, 0.98), (x + 0.66, 0.62)], [0.2, 0.2, 0.2], look.collar)
    pen.disc(x, 1.10, 0.13, 0.13, (240, 205, 90))


def draw_paws(pen, look, y):
    """Two paws over an edge at height `y`: the animal looks out of a box."""
    width = 0.24 if look.species == "dog" else 0.2
    paws = [(ellipse(x, y + 0.06, width, 0.24), _paws(look)) for x in (-0.5, 0.5)]
    cutout(pen, paws, look.ink)
    for x in (-0.5, 0.5):
        for toe in (-0.07, 0.07):
            pen.line([(x + toe, y + 0.14), (x + toe, y + 0.28)], look.ink, 0.035)
