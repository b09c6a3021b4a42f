"""Slips in the pictures and in the test set: each check yields (name, certain, message)."""

import hashlib

import numpy as np

from ._looking import first_batches, fits, input_shape, is_tensors

_UNSCALED = 20  # pixels up to 255 go beyond it, standardised ones never: they would be 20 deviations out
_SQUEEZED = 0.02  # what is left of a range of 1 after a division by 255, with room for 127.5


def shape(model, data, seen):
    wanted, got = input_shape(model), data.element
    if wanted is None or (len(wanted) == len(got) and fits(got, wanted)):
        return
    if len(got) < len(wanted) and fits(got, wanted[1:]):
        way = (
            "Batch the tf.data: `data.batch(32)`."
            if data.arrays is None
            else "Add the axis of the batch: `x[None]`, which has the shape "
            f"{(1, *got)}; one picture of many is `x[0:1]`, not `x[0]`."
        )
        yield (
            "batch axis",
            True,
            f"Expected pictures {_shape(wanted)}; received shape {got}, one picture without the axis of the "
            f"batch. {way}",
        )
    elif len(got) == len(wanted) + 1 and fits(got[1:], wanted):
        way = (
            "Was the tf.data batched twice? Once is enough: leave one `.batch(…)` out."
            if data.arrays is None
            else f"Drop the first axis: `x[0]`, which has the shape {got[1:]}."
        )
        yield (
            "batch axis",
            True,
            f"Expected pictures {_shape(wanted)}; received shape {got}, one axis too many. {way}",
        )
    elif fits(got, wanted):
        return
    elif len(got) == len(wanted) == 4 and fits((got[0], *got[2:], got[1]), wanted):
        yield (
            "channels first",
            True,
            f"Expected pictures {_shape(wanted)}, channels last; received shape {got}, channels first, as "
            "in PyTorch. Move the axis: `np.moveaxis(x, 1, -1)` (not `reshape`, which scrambles the pixels).",
        )
    else:
        hint = "Is it the right data set, and the right `keras.Input(shape=…)`?"
        if len(got) == len(wanted) == 4 and got[3] != wanted[3]:
            hint = f"Channels of the pictures: {got[3]}; channels that the model wants: {wanted[3]}. {hint}"
        elif len(got) == 4 and len(wanted) == 2:
            hint = "A dense network takes rows of numbers: begin it with `keras.layers.Flatten()`."
        elif len(got) == len(wanted) == 4:
            hint = f"Resize the pictures, or build the model with `keras.Input(shape={got[1:]})`."
        yield "shape", True, f"Expected pictures {_shape(wanted)}; received shape {got}. {hint}"


def _shape(wanted):
    return f"({', '.join('N' if i == 0 else 'any' if n is None else str(n) for i, n in enumerate(wanted))})"


def values(model, data, seen):
    x = data.x
    if x.dtype.kind not in "fiub" or not x.size:
        yield (
            "picture type",
            True,
            f"Expected pictures as numbers; received an array of type {x.dtype}. Pictures of different "
            "sizes? Bring them to one size first, then `np.stack` them.",
        )
        return
    if x.dtype.kind == "f" and not np.isfinite(x).all():
        rows = np.flatnonzero(~np.isfinite(x).reshape(len(x), -1).all(axis=1))
        yield (
            "NaN",
            True,
            f"Expected finite pixel values; received NaN or infinity in {len(rows)} of the {len(x)} "
            "pictures that were looked at. One is enough to make every weight NaN. Was something divided by "
            "zero? `np.isfinite(x).all()` should be true.",
        )
        return
    low, high = float(x.min()), float(x.max())
    if low == high:
        yield (
            "all the same",
            True,
            f"Expected pictures; received {low:g} in every pixel of {len(x)} of them. Was an integer array "
            "divided by `//`, or an empty array filled in later? Draw one: `plot.images(x[:8])`.",
        )
        return
    if seen.outputs is not None and not np.isfinite(seen.outputs).all():
        yield (
            "NaN",
            True,
            "Expected finite outputs; received NaN or infinity from the model, for finite pictures. Its "
            "weights are NaN: make it anew, and train it with a lower learning rate.",
        )
    if seen.values is None or seen.normalised:
        return
    at_low, at_high = seen.values
    if at_low >= 0 and at_high > _UNSCALED:
        yield (
            "not scaled",
            True,
            "Expected values of about 0 to 1, or around 0, in the first layer with a kernel "
            f"({seen.first.name!r}); received values from {at_low:g} to {at_high:g}. Pixels from 0 to 255 "
            "make the first steps of training far too large. Begin the model with "
            "`keras.layers.Rescaling(1/255)`, or with the preprocessing that its base was trained with.",
        )
    elif at_high - at_low < _SQUEEZED and at_high - at_low < (high - low) / 20 and high <= 2:
        yield (
            "scaled twice",
            True,
            "Expected pixels from 0 to 255, because the model scales them itself; received pixels from "
            f"{low:g} to {high:g}, of which {at_low:.3g} to {at_high:.3g} is left in the first layer with a "
            f"kernel ({seen.first.name!r}). Scaled twice, all pictures look black: leave out the division "
            "by 255.",
        )
    elif high - low < _SQUEEZED and at_high - at_low < _SQUEEZED:
        yield (
            "scaled twice",
            True,
            f"Expected pixels up to 1 or up to 255; received pixels from {low:.3g} to {high:.3g}, hardly "
            "any contrast. Was the division by 255 run twice, as when a cell is run again? Load the "
            "pictures anew.",
        )


def test_set(model, data, seen):
    test = data.test
    if test is None or not is_tensors(test):
        return
    (x1, y1), (x2, y2) = first_batches(test), first_batches(test)
    if not _alike(y1, y2):
        yield (
            "shuffled test set",
            True,
            "Expected the test set to come in the same order each time; received other labels in the second "
            "pass than in the first. Predictions and labels then do not belong together, and a confusion "
            "matrix shows chance. Leave out `.shuffle(…)`, or say `shuffle=False`, for the test set.",
        )
    elif not _alike(x1, x2) and y1:
        yield (
            "augmented test set",
            False,
            "Expected the same test pictures each time; received other pictures with the same labels in the "
            "second pass. Is the test set augmented, or shuffled within a class? Augment the training part "
            "only.",
        )


def _alike(first, second):
    return len(first) == len(second) and all(
        a.shape == b.shape and np.array_equal(a, b) for a, b in zip(first, second, strict=True)
    )


def leak(model, data, seen):
    test = data.test
    if test is None or is_tensors(test) or data.arrays is None:
        return
    x_test = np.asarray(test[0] if isinstance(test, (tuple, list)) else test)
    x = np.asarray(data.arrays[0])
    if (
        x_test.shape[1:] != x.shape[1:]
        or not len(x_test)
        or len({x.dtype.kind, x_test.dtype.kind} - set("fiub"))
    ):
        return
    known = set(_digests(x))
    twice = [i for i, one in enumerate(_digests(x_test)) if one in known]
    if twice:
        part = len(twice) / len(x_test)
        yield (
            "test in training",
            part > 0.01,  # a few may be honest doubles: two small pictures that happen to agree
            f"Expected test pictures that training never sees; received {len(twice):,} of {len(x_test):,} "
            f"that are in the training part too (test picture {twice[0]} is the first). The test accuracy "
            "then measures memory. Split once, before augmenting and before copying anything.",
        )


def _digests(x):
    # uint8 pictures and the same ones as float32 must agree
    return (
        hashlib.blake2b(np.ascontiguousarray(one, np.float32).tobytes(), digest_size=16).digest() for one in x
    )


CHECKS = (shape, values, test_set, leak)
