"""The two calls that draw, and the checks of what is asked of them."""

import operator

from . import animals as _animals
from . import lands as _land
from .series import draw_series

CAT_DOG_CLASSES = _animals.CLASS_NAMES
AERIAL_CLASSES = _land.CLASS_NAMES

SMALLEST, LARGEST = 32, 2048


def cats_vs_dogs(
    count, image_size=(150, 150), seed=0, *, shortcut=0.0, fixed=None, masks=False, first=0, workers=None
):
    """Draw pictures of cats and dogs that only their shape tells apart.

    Coats, colours, patterns, poses, places, sizes, things in front and light are equally frequent in both
    classes. Ears, muzzle, nose, eyes, whiskers and tail differ, each with exceptions. Of each two pictures,
    one is a cat.

    Args:
        count: how many, an int ≥ 0.
        image_size: (height, width) in pixels, each 32 … 2048.
        seed: an int ≥ 0. Another seed gives other pictures.
        shortcut: float in [−1, 1]: the probability that the background tells the class (cats indoors, dogs
            outdoors). 0 draws backgrounds at random; −1 puts every animal into the other's places.
        fixed: dict from the name of a factor to the value that it shall have in every picture, such as
            `{"background": "snow"}` or `{"x": 75.0, "y": 60.0}`; everything else stays as it was, so two
            calls that differ in one fixed factor show what that factor alone does. `{"label": 1}` draws only
            dogs.
        masks: also return, as `factors["mask"]`, which pixels show the animal.
        first: number of the first picture; `first=1000, count=500` gives pictures 1000 … 1499 of this seed.
        workers: processes that share the work; `None` takes the cores there are, if there is enough to do.

    Returns:
        (images, labels, factors): uint8 (N, H, W, 3) in [0, 255]; int64 (N,), 0 cat and 1 dog; and a dict of
        arrays with first axis N: `x`, `y` middle of the head and `body_x`, `body_y` middle of the body, in
        pixels from the left and the top; `scale` pixels from the middle of the head to its side; `box` (N, 4)
        ints left, top, right, bottom of the visible animal, right and bottom excluded, and `area` its pixels;
        `occlusion` hidden share of the animal in [0, 1]; `angle` tilt of the head in degrees; `yaw` turn of
        the head, −1 … 1; `flip` whether mirrored; `pose`, `background`, `occluder`, `fur`, `pattern`, `ears`,
        `tail` names (`factor_values` lists them); `horizon` height of the skyline as a share of the picture;
        `exposure`; `noise` standard deviation in grey levels; with `masks`, `mask` (N, H, W) bool.

    Raises:
        TypeError, ValueError: where an argument is none of the above.
    """
    height, width = _size(image_size)
    shortcut = _shortcut(shortcut)
    options = {"shortcut": shortcut, "fixed": _fixed(fixed, _animals, "cats_vs_dogs")}
    return _draw("cats_vs_dogs", count, height, width, seed, options, masks, first, workers)


def aerial(
    count, image_size=(128, 128), seed=0, *, classes=None, fixed=None, masks=False, first=0, workers=None
):
    """Draw land from above: the 21 classes of UC Merced Land Use.

    Turned by any angle, anywhere in the picture, in any season and light, with shadows, in colours that the
    classes share, on colour, black-and-white or infrared film (plants turn red). Of each 21 pictures (of as
    many as there are classes), one is of each class.

    Args:
        count: how many, an int ≥ 0.
        image_size: (height, width) in pixels, each 32 … 2048.
        seed: an int ≥ 0. Another seed gives other pictures.
        classes: names out of `AERIAL_CLASSES`, if not all are wanted; labels then count in this list.
        fixed: dict from the name of a factor to the value that it shall have in every picture, such as
            `{"angle": 0.0, "season": "summer"}`; everything else stays as it was.
        masks: also return, as `factors["mask"]`, which pixels show what names the class: airplanes, tanks,
            courts, water, trees, roofs …
        first: number of the first picture.
        workers: processes that share the work; `None` takes the cores there are, if there is enough to do.

    Returns:
        (images, labels, factors): uint8 (N, H, W, 3) in [0, 255]; int64 (N,) index into the classes; and a
        dict of arrays with first axis N: `name` of the class; `x`, `y` the point in pixels about which the
        scene is turned and `angle` by how many degrees; `scale` pixels to a hundredth of an unmagnified
        picture; `flip`; `season`; `light` direction in degrees that shadows fall to and `shadow` their
        length; `exposure`; `noise`; `box` (N, 4) and `area` of what names the class; with `masks`, `mask` (N,
        H, W) bool.

    Raises:
        TypeError, ValueError: where an argument is none of the above.
    """
    height, width = _size(image_size)
    options = {"classes": _classes(classes), "fixed": _fixed(fixed, _land, "aerial")}
    return _draw("aerial", count, height, width, seed, options, masks, first, workers)


def factor_values(name):
    """The values that a factor can have: `factor_values("pose")` → ("sitting", "standing", "lying", "face").

    Args:
        name: a factor whose values are words.

    Returns:
        A tuple of strings.

    Raises:
        ValueError: for a factor whose values are numbers, or no factor at all.
    """
    words = {**_animals.WORDS, **_land.WORDS}
    if name not in words:
        raise ValueError(
            f"`name` must be a factor whose values are words: {', '.join(words)}; received {name!r}. "
            "The other factors are numbers, or the name is misspelt. "
            "See the docstring of `cats_vs_dogs` or `aerial`."
        )
    return words[name]


def _draw(kind, count, height, width, seed, options, masks, first, workers):
    request = {
        "kind": kind,
        "seed": _whole("seed", seed, 0, "Seeds are 0, 1, 2 …: pass another one."),
        "height": height,
        "width": width,
        "options": options,
        "masks": bool(masks),
    }
    count = _whole("count", count, 0, "Say how many pictures you want: `count=100`.")
    first = _whole("first", first, 0, "Pictures are numbered from 0.")
    if workers is not None:
        workers = _whole("workers", workers, 1, "Pass `workers=1` to draw in this process alone.")
    return draw_series(request, first, count, workers)


def _whole(name, value, least, advice):
    try:
        number = operator.index(value)
    except TypeError:
        raise TypeError(
            f"`{name}` must be an int; received {value!r} of type {type(value).__name__}. "
            f"A fraction or a list is no number of its own. {advice}"
        ) from None
    if number < least:
        raise ValueError(
            f"`{name}` must be at least {least}; received {number}. "
            f"A minus sign or a wrong difference? {advice}"
        )
    return number


def _size(image_size):
    try:
        height, width = (operator.index(side) for side in image_size)
    except (TypeError, ValueError):
        raise TypeError(
            f"`image_size` must be two ints (height, width); received {image_size!r}. "
            "A single number, a fraction, or the channels too? Pass for example `image_size=(128, 128)`."
        ) from None
    if not (SMALLEST <= height <= LARGEST and SMALLEST <= width <= LARGEST):
        raise ValueError(
            f"`image_size` must have sides of {SMALLEST} to {LARGEST} pixels; received {(height, width)}. "
            "On fewer nothing could be recognised, and more was probably a slip. "
            "Draw larger and scale down, or pass for example `image_size=(128, 128)`."
        )
    return height, width


def _shortcut(shortcut):
    try:
        value = float(shortcut)
    except (TypeError, ValueError):
        value = float("nan")
    if not -1 <= value <= 1:
        raise ValueError(
            "`shortcut` must be a probability in [0, 1], or in [−1, 0) for the opposite places; "
            f"received {shortcut!r}. "
            "A percentage? Pass 0.9 for 90 %."
        )
    return value


def _classes(classes):
    if classes is None:
        return AERIAL_CLASSES
    if isinstance(classes, str):
        classes = (classes,)
    classes = tuple(classes)
    for name in classes:
        if name not in AERIAL_CLASSES:
            raise ValueError(
                f"`classes` must be names of the 21 land-use classes; received {name!r}. "
                "They are written small and in one word, as in the folders of UC Merced. "
                f"Choose from: {', '.join(AERIAL_CLASSES)}."
            )
    if not classes or len(set(classes)) < len(classes):
        raise ValueError(
            f"`classes` must name at least one class, and each once; received {classes!r}. "
            "An empty list, or a name twice? Leave `classes` out to draw all 21."
        )
    return classes


def _fixed(fixed, kind, call):
    if fixed is None:
        return {}
    if not isinstance(fixed, dict):
        raise TypeError(
            f"`fixed` must be a dict from a factor's name to its value; received {type(fixed).__name__}. "
            'A name alone is not enough. Pass for example `fixed={"flip": False}`.'
        )
    for name, value in fixed.items():
        if name not in kind.FIXABLE:
            raise ValueError(
                f"`fixed` must name factors that `{call}` decides; received {name!r}. "
                "Misspelt, or a result such as the box that follows from the others? "
                f"Choose from: {', '.join(kind.FIXABLE)}."
            )
        if name in kind.WORDS:
            allowed = kind.WORDS[name]
        elif name == "label":
            allowed = (0, 1)
        else:
            allowed = None
        if allowed and value not in allowed:
            raise ValueError(
                f"`fixed[{name!r}]` must be one of {', '.join(map(str, allowed))}; received {value!r}. "
                "Misspelt, or from another factor? Take one of these."
            )
        if allowed is None and not isinstance(value, bool):
            try:
                float(value)
            except (TypeError, ValueError):
                raise TypeError(
                    f"`fixed[{name!r}]` must be a number; received {value!r}. "
                    "One value holds for all pictures: a list is not possible. Pass for example "
                    f"`fixed={{{name!r}: 0.5}}`."
                ) from None
    return dict(fixed)
