"""A picture beside what augmentation makes of it."""

import contextlib
import inspect
import random
import textwrap
from collections.abc import Mapping

import numpy as np

from . import _alt, _arrays, _layout

MOST_VERSIONS, MOST_ROWS = 32, 12
_ABREAST = 8
_DARK_MARK = "#b34c00"  # MARK, as dark as letters on white must be


def augmentations(image, layer_or_function, *, count=8, seed=0, value_range=None):
    """Draw a picture, marked as the original, beside versions of it that a layer or function makes.

    Args:
        image: (H, W), (H, W, 1) or (H, W, 3), numbers as in `images`.
        layer_or_function: a Keras layer or a model of such layers, called with training=True on a batch of
            one; or a function that takes an array (H, W, C) and returns one, whose size may differ. Or a dict
            from names to these: a row for each, at most twelve.
        count: int, how many versions of each, at most 32.
        seed: int from 0. The same seed gives the same versions from Keras's layers, and from functions that
            draw from `random`, from `np.random`, or from their own parameter `seed` (an int) or `rng` (a
            NumPy Generator); not from functions that draw from `tf.random`. What came of earlier random
            numbers, and what will come of later ones, stays as it is.
        value_range: (black, white) of the original, where its numbers alone do not tell; None reads it from
            them. The versions are drawn in the same range, so brighter ones are brighter.

    Returns:
        The Figure: a row of panels for each layer or function, the original first.

    Raises:
        ValueError: for a shape that is no image, NaN, a count or seed that is none, too many rows.
        TypeError: for what can't be called with a picture, or returns none.
    """
    original = _arrays.image(image)
    limits = _arrays.value_range([original], value_range, "image")
    rows = _rows(layer_or_function)
    count = _whole(count, "count", 1, MOST_VERSIONS, "It is how many versions are drawn of each.")
    seed = _whole(seed, "seed", 0, 2**31 - 1, "Any other number gives other versions.")
    given = original if original.ndim == 3 else original[..., np.newaxis]
    made = {name: _versions(what, name, given, count, seed) for name, what in rows.items()}

    everything = [original, *(one for versions in made.values() for one in versions)]
    bound, _ = _arrays.signed_bound(everything) if limits is None else (None, False)
    abreast = -(-count // 2) if len(made) == 1 and count > 5 else count  # one alone in two lines, larger
    abreast = min(abreast, _ABREAST)
    lines = -(-count // abreast)  # of panels in each row
    letters = max((len(line) for name in made for line in _wrapped(name).split("\n")), default=0)
    names = [name for name in made if name]
    columns = abreast + 1
    figure, panels = _layout.grid(
        columns * lines * len(made),
        columns=columns,
        aspect=max(one.shape[0] / one.shape[1] for one in everything),
        titles=["original"] + [""] * (columns * lines * len(made) - 1),
        most_side=2.0,
        margin=0.15 + 0.075 * letters if names else 0.0,
    )
    for row, (name, versions) in enumerate(made.items()):
        top = row * lines * columns
        _original(panels[top], _arrays.shown(original, limits, bound), "original" if row == 0 else None)
        if name:
            panels[top].set_ylabel(
                _wrapped(name), rotation=0, ha="right", va="center", labelpad=6, fontsize=_layout.TITLE - 1
            )
        places = [panels[top + line * columns + 1 + i] for line in range(lines) for i in range(abreast)]
        for place, version in zip(places, versions, strict=False):
            _layout.picture(place, _arrays.shown(version, _limits(version, limits), bound))
        empty = [*places[count:], *(panels[top + line * columns] for line in range(1, lines))]
        for place in empty:
            place.remove()
    return _alt.describe(figure, _sentence(original, made, count))


def _original(axes, what, title):
    _layout.picture(axes, what, title)
    axes.title.set(color=_DARK_MARK, fontweight="bold")
    for spine in axes.spines.values():
        spine.set(color=_layout.MARK, linewidth=3)


def _limits(version, limits):
    """The range of the original, except for a version that a Rescaling brought to 0 to 1."""
    if (
        limits == (0.0, 255.0)
        and version.dtype.kind == "f"
        and 0 < version.max() <= 1.001
        and version.min() >= 0
    ):
        return 0.0, 1.0
    return limits


def _wrapped(name):
    return textwrap.fill(name, 15, break_long_words=False)


def _sentence(original, made, count):
    size = _alt.size(*original.shape[:2])
    sentence = f"an image of {size}, marked as the original, beside {_alt.count(count, 'version')} of it"
    named = [name for name in made if name]
    if named:
        sentence += f" by each of {_alt.count(len(named), 'augmentation')}: {_alt.listed(named, 12)}"
    same = {}
    for name, versions in made.items():
        number = sum(one.shape == original.shape and np.array_equal(one, original) for one in versions)
        if number:
            same[name] = number
    if same:
        each = [f"{number} of {count}" + (f" by {name}" if name else "") for name, number in same.items()]
        sentence += f"; unchanged are {_alt.listed(each, 12)}"
    return _alt.start(sentence)


# --- Making the versions ------------------------------------------------------------------------------------


def _rows(what):
    """`{name: layer or function}`; a single one has the name ''."""
    rows = what if isinstance(what, Mapping) else {"": what}
    if not rows or len(rows) > MOST_ROWS:
        raise ValueError(
            f"`layer_or_function` must hold 1 to {MOST_ROWS} augmentations, each a row; received {len(rows)}. "
            'Name some: {"flip": layers.RandomFlip()}.'
        )
    for name, one in rows.items():
        whose = f" under {name!r}" if isinstance(what, Mapping) else ""
        if isinstance(one, type):
            raise TypeError(
                f"`layer_or_function` must be a layer or a function; received the class {one.__name__}{whose}. "
                f"Make a layer of it: {one.__name__}(...)."
            )
        if not callable(one):
            tip = "Pass the layer itself, layers.RandomFlip()."
            if isinstance(one, (list, tuple)):
                tip = "To see each, name them in a dict; to see all at once, chain them: keras.Sequential([...])."
            raise TypeError(
                "`layer_or_function` must be a layer, a function, or a dict from names to these; received "
                f"{type(one).__name__}{whose}. {tip}"
            )
    return {str(name): one for name, one in rows.items()}


def _whole(value, name, low, high, tip):
    whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if not whole or not low <= value <= high:
        raise ValueError(
            f"`{name}` must be a whole number from {low} to {high:,}; received {value!r}. {tip} Leave it out "
            f"to have the usual."
        )
    return int(value)


def _versions(what, name, given, count, seed):
    is_layer = hasattr(what, "get_config") and hasattr(what, "call")
    call = _layer_call(what, given) if is_layer else _function_call(what, seed)
    with _seeded(what if is_layer else None, seed):
        return [_checked(call(given.copy(), i), name) for i in range(count)]


def _layer_call(layer, given):
    if hasattr(layer, "layers") and not layer.built:
        layer.build((None, *given.shape))  # or it would take a batch of one for its only size
    batch = given[np.newaxis].astype("float32")
    return lambda _, i: np.asarray(layer(batch, training=True))[0]


def _function_call(function, seed):
    try:
        parameters = inspect.signature(function).parameters
    except (TypeError, ValueError):  # some that are written in C do not say
        parameters = {}
    if "rng" in parameters:
        return lambda image, i: function(image, rng=np.random.default_rng([seed, i]))
    if "seed" in parameters:
        return lambda image, i: function(image, seed=seed + i)
    return lambda image, i: function(image)


def _checked(made, name):
    whose = f" of {name!r}" if name else ""
    if made is None:
        raise TypeError(
            f"`layer_or_function`{whose} must return a picture; received None. The function probably lacks its "
            "return, or changes the picture in place: return the changed array."
        )
    array = _arrays.numbers(made, f"what {name or 'layer_or_function'} returns")
    if array.ndim == 4 and len(array) == 1:
        array = array[0]
    return _arrays.image(array, f"what {name or 'layer_or_function'} returns")


@contextlib.contextmanager
def _seeded(layer, seed):
    """Set every random state that a layer or a function may use, and put it back afterwards."""
    generators = list(_generators(layer, set())) if layer is not None else []
    before = [np.asarray(generator.state).copy() for generator in generators]
    state, old = random.getstate(), np.random.get_state()  # noqa: NPY002
    for i, generator in enumerate(generators):
        generator.state.assign(np.array([seed + i, 0], dtype=before[i].dtype))
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002
    try:
        yield
    finally:
        for generator, was in zip(generators, before, strict=True):
            generator.state.assign(was)
        random.setstate(state)
        np.random.set_state(old)  # noqa: NPY002


def _generators(layer, seen):
    """The seed generators of a Keras layer and of the layers inside it."""
    if id(layer) in seen:
        return
    seen.add(id(layer))
    for value in vars(layer).values():
        for one in value if isinstance(value, (list, tuple)) else [value]:
            if type(one).__name__ == "SeedGenerator":
                if id(one) not in seen:
                    seen.add(id(one))
                    yield one
            elif hasattr(one, "get_config") and hasattr(one, "call"):
                yield from _generators(one, seen)
