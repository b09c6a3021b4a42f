"""The two sets of photographs that the course trains on: cats and dogs, and land from above."""

import contextlib
import functools
import hashlib
import os
import zipfile
from pathlib import Path

import numpy as np

from . import cache
from .catalogue import entry
from .choosing import choose
from .dataset import ArraySplit, Dataset, Report
from .folders import _image_size, read_folder
from .splitting import assign

__all__ = ["aerial", "cats_vs_dogs"]


def cats_vs_dogs(source="auto", image_size=(150, 150), batch_size=32, *, count=2000, seed=0):
    """Return photographs of cats and dogs, or their drawn twin.

    One printed line says which one it is and why.

    Args:
        source: ``"real"`` insists on the photographs and raises where they cannot be had; ``"drawn"`` draws
            pictures and never touches the network; ``"auto"`` takes the photographs if they are in the cache
            or can be downloaded (69 MB), otherwise the drawn ones.
        image_size: int or (height, width) in pixels; photographs are stretched to it.
        batch_size: pictures in a batch of the tf.data splits.
        count: how many pictures are drawn; photographs are always all taken.
        seed: seed of the order of each epoch, and of the drawn pictures.

    Returns:
        A `Dataset`: pictures (height, width, 3), [0, 255]; labels 0 cats, 1 dogs.
        Real, 3,000 pictures: the folder ``validation`` of the published set is the *test* split (1,000), used
        for nothing else; a fifth of the folder ``train`` (2,000), chosen by a hash of the names, is the
        validation split.
        Drawn: three fifths train, 15 % validation, a quarter test; `factors(split)` tells position, size,
        background …

    Raises:
        ValueError: if `source` is none of the three.
        OSError: with ``source="real"``, where the photographs are not in the cache and cannot be downloaded.
    """
    return choose(
        "cats_vs_dogs",
        source,
        offline_word="drawn",
        real=_real_cats_vs_dogs,
        twin=functools.partial(_drawn, "cats_vs_dogs", ["cats", "dogs"]),
        image_size=_image_size(image_size),
        batch_size=batch_size,
        count=count,
        seed=seed,
    )


def aerial(source="auto", image_size=(128, 128), batch_size=32, *, count=2100, seed=0):
    """Return aerial photographs of 21 kinds of land use (UC Merced), or their drawn twin.

    One printed line says which one it is and why.

    Args:
        source: ``"real"`` insists on the photographs and raises where they cannot be had; ``"drawn"`` draws
            pictures and never touches the network; ``"auto"`` takes the photographs if they are in the cache
            or can be downloaded (332 MB), otherwise the drawn ones.
        image_size: int or (height, width) in pixels; photographs are 256×256.
        batch_size: pictures in a batch of the tf.data splits.
        count: how many pictures are drawn; photographs are always all taken.
        seed: seed of the order of each epoch, and of the drawn pictures.

    Returns:
        A `Dataset`: pictures (height, width, 3), [0, 255]; labels 0 to 20 in the order of the class names'
        alphabet.
        Real: a fifth is the test split, 15 % the validation split, by a hash of the names; identical files
        share one.
        Drawn: three fifths train, 15 % validation, a quarter test; `factors(split)` tells angle, scale,
        season …

    Raises:
        ValueError: if `source` is none of the three.
        OSError: with ``source="real"``, where the photographs are not in the cache and cannot be downloaded.
    """
    return choose(
        "aerial",
        source,
        offline_word="drawn",
        real=_real_aerial,
        twin=functools.partial(_drawn, "aerial", list(entry("aerial").classes)),
        image_size=_image_size(image_size),
        batch_size=batch_size,
        count=count,
        seed=seed,
    )


def _real_cats_vs_dogs(image_size, batch_size, count, seed):
    known = entry("cats_vs_dogs")
    train = read_folder(known.path / "train", image_size)
    test = read_folder(known.path / "validation", image_size)
    if train.class_names != test.class_names:
        raise ValueError(
            f"{known.path}: train holds {', '.join(train.class_names)}, validation "
            f"{', '.join(test.class_names)}; they must hold the same classes. Has a folder "
            "been added or renamed?"
        )
    parts = assign(train.names, train.contents, 0.2, 0.0)
    whole = {"test": np.arange(len(test.names))}
    report = Report(
        train.report.good + test.report.good,
        {**train.report.odd, **test.report.odd},
        {**train.report.bad, **test.report.bad},
        known.path,
    )
    return Dataset(
        "cats_vs_dogs",
        {**train.splits({"train": parts["train"], "validation": parts["validation"]}), **test.splits(whole)},
        train.class_names,
        source="real",
        licence=known.licence,
        citation=known.citation,
        report=report,
        batch_size=batch_size,
        seed=seed,
        note="photographs of cats and dogs",
    )


def _real_aerial(image_size, batch_size, count, seed):
    known = entry("aerial")
    found = read_folder(known.path, image_size)
    return Dataset(
        "aerial",
        found.splits(assign(found.names, found.contents, 0.15, 0.2)),
        found.class_names,
        source="real",
        licence=known.licence,
        citation=known.citation,
        report=found.report,
        batch_size=batch_size,
        seed=seed,
        note="UC Merced's aerial photographs",
    )


def _drawn(name, class_names, image_size, batch_size, count, seed):
    images, labels, factors = _draw(name, image_size, count, seed)
    first, second = round(0.6 * count), round(0.75 * count)
    splits = {
        key: ArraySplit(images[cut], labels[cut], {factor: values[cut] for factor, values in factors.items()})
        for key, cut in {
            "train": slice(0, first),
            "validation": slice(first, second),
            "test": slice(second, None),
        }.items()
    }
    return Dataset(
        name,
        splits,
        class_names,
        source="drawn",
        licence="MIT, as cnnkit",
        citation="cnnkit's drawn pictures",
        batch_size=batch_size,
        seed=seed,
        note={"cats_vs_dogs": "cats and dogs drawn by cnnkit", "aerial": "land drawn from above by cnnkit"}[
            name
        ],
    )


@functools.lru_cache(maxsize=2)  # a lecture asks for the same pictures more than once
def _draw(name, image_size, count, seed):
    """Draw, or take from the cache what an earlier run drew: drawing takes a while, reading does not."""
    from . import drawn

    options = f"{name} {image_size} {count} {seed} {_version_of_the_drawing()}"
    place = cache.cache_folder() / "drawn" / f"{name}-{hashlib.sha256(options.encode()).hexdigest()[:16]}.npz"
    try:
        with np.load(place, allow_pickle=False) as file:
            saved = {key: file[key] for key in file.files}
        return saved.pop("images"), saved.pop("labels"), saved
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        pass  # not there, or half-written by a process that was killed
    images, labels, factors = getattr(drawn, name)(count, image_size, seed)
    working = place.with_name(f"{place.stem}.{os.getpid()}.part")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with open(working, "wb") as file:
            np.savez(file, images=images, labels=labels, **factors)
        os.replace(working, place)
    except OSError:  # a cache that is full or cannot be written saves no time, that is all
        with contextlib.suppress(OSError):
            working.unlink(missing_ok=True)
    return images, labels, factors


def _version_of_the_drawing():
    """Return a hash of the code that draws: pictures drawn by other code are not taken from the cache."""
    folder = Path(__file__).parent / "drawn"
    return hashlib.sha256(b"".join(one.read_bytes() for one in sorted(folder.glob("*.py")))).hexdigest()
