"""The exercises of lecture 12, cats against dogs."""

import copy

import numpy as np

from . import _judging
from ._core import Wrong, exercise


def _call(function, *arguments):
    """What the student's function returns; what stops it is told."""
    if not callable(function):
        raise Wrong("This exercise wants the function itself, without brackets.")
    name = getattr(function, "__name__", "your function")
    given = _judging.attempt(name, function, *copy.deepcopy(arguments))
    if given is None:
        raise Wrong(f"{name} returned None. Is there a `return` at the end?")
    return given


@exercise(
    "12.split",
    hints=(
        "A checksum turns a name into a whole number: zlib.crc32(name.encode()) lies between 0 and 2**32 - 1.",
        "Divided by 2**32 it lies between 0 and 1. Is it below the share, the picture is for validation.",
    ),
    praise="A picture stays in its part, whatever else comes into the folder, and on any machine.",
)
def _(answer):
    names = [f"{kind}s/{kind}.{number}.jpg" for kind in ("cat", "dog") for number in range(1000)]
    names += [
        f"dogs/{word}{number}.png"
        for word in ("rex", "bello", "Fido in the garden ")
        for number in range(200)
    ]
    first = [_call(answer, name, 0.2) for name in names]
    for part in first:
        if not isinstance(part, str) or part not in ("train", "validation"):
            raise Wrong(f'The function should return "train" or "validation"; it returned {part!r}.')
    if "hash" in getattr(getattr(answer, "__code__", None), "co_names", ()):
        raise Wrong(
            "Python's `hash` of a text is another one each time Python is started, so tomorrow the parts would be others. "
            "Take a checksum such as zlib.crc32."
        )
    backwards = [_call(answer, name, 0.2) for name in reversed(names)][::-1]
    if backwards != first:
        raise Wrong(
            "The same name got another answer the second time. Nothing may be drawn at random or counted: only the name "
            "and the share may decide."
        )
    for share in (0.2, 0.5):
        for mine in (names[:1000], names[1000:2000], names[2000:]):
            found = np.mean([_call(answer, name, share) == "validation" for name in mine])
            if abs(found - share) > 0.06:
                raise Wrong(
                    f"With a share of {share}, {found:.2f} of the names {mine[0]!r} … {mine[-1]!r} went into validation. "
                    "It should be about the share, whatever the names look like."
                )
    small = {name for name in names if _call(answer, name, 0.1) == "validation"}
    if not small <= {name for name, part in zip(names, first, strict=True) if part == "validation"}:
        raise Wrong(
            "With a larger share, some names left the validation part. Compare one number for each name with the share: "
            "then a larger share only adds names."
        )


@exercise(
    "12.leaks",
    hints=(
        "The names say nothing here. Compare what is in the files: train.values().",
        "known = set(train.values()), and then those names of test whose content is in known.",
    ),
    praise="It costs a second, and it should be done with every data set that others have gathered.",
)
def _(answer):
    cases = [
        ({"1.jpg": b"one", "2.jpg": b"two"}, {"1.jpg": b"another", "3.jpg": b"two", "4.jpg": b"two"}),
        ({"a.jpg": b"cat", "b.jpg": b"dog"}, {"c.jpg": b"cat", "d.jpg": b"mouse"}),
        ({"1.jpg": b"one"}, {"2.jpg": b"ones", "3.jpg": b"on"}),
        ({"x": b"same", "y": b"same"}, {"z": b"same", "b": b"other", "a": b"same"}),
        ({"k": b"7"}, {"m": b"8", "n": b"8"}),
    ]
    for train, test in cases:
        given = _call(answer, train, test)
        call = f"leaks({train}, {test})"
        if isinstance(given, (str, bytes, int, float)) or not all(isinstance(one, str) for one in given):
            raise Wrong(f"{call} should be a list of names; received {given!r}.")
        known = set(train.values())
        right = sorted(name for name, content in test.items() if content in known)
        if sorted(given) == right:
            continue
        if sorted(given) == sorted(set(train) & set(test)) and given:
            raise Wrong(
                f"{call}: you compared the names. A copy may have any name; compare what is in the files."
            )
        if set(given) & (set(train) - set(test)):
            raise Wrong(f"{call}: those are names from the training part. Name the files of the test part.")
        if len(set(given)) < len(given):
            raise Wrong(f"{call}: a name stands there more than once.")
        missing, extra = sorted(set(right) - set(given)), sorted(set(given) - set(right))
        if extra:
            raise Wrong(f"{call}: {extra[0]!r} is no leak. Its content is in no training file as a whole.")
        raise Wrong(f"{call}: {missing[0]!r} is missing.")


@exercise(
    "12.preprocess",
    hints=(
        "0 must become −1, 255 must become 1, and the middle, 127.5, must become 0.",
        "Divide by 127.5. What is left to do?",
    ),
    praise="Raw pictures raise no error, so nobody would have told you.",
)
def _(answer):
    rng = np.random.default_rng(12)
    cases = [
        (np.array([[0.0, 255.0, 127.5]]),),
        (rng.integers(0, 256, (2, 3)).astype("uint8"),),
        (rng.uniform(0, 200, (2, 2, 3)).round(1),),
    ]

    def right(images):
        return np.asarray(images, dtype=float) / 127.5 - 1

    def on(function):
        return lambda images: function(np.asarray(images, dtype=float))

    _judging.function(
        answer,
        right,
        cases,
        tolerance=1e-5,
        slips=[
            (
                on(lambda x: x / 255),
                "That gives 0 to 1: no negative number, and half of the range is never used.",
            ),
            (on(lambda x: x / 127.5), "That gives 0 to 2. Now take 1 away."),
            (
                on(lambda x: x - 127.5),
                "The middle is at 0 now, but the values go from −127.5 to 127.5. Divide, too.",
            ),
            (on(lambda x: x / 255 - 1), "That gives −1 to 0."),
            (on(lambda x: x / 255 - 0.5), "That gives −0.5 to 0.5: only half as wide as it should be."),
            (on(lambda x: 1 - x / 127.5), "Black and white are exchanged: 0 must become −1."),
            (
                on(lambda x: 2 * (x - x.min()) / max(x.max() - x.min(), 1e-9) - 1),
                "You scaled by the darkest and brightest pixel that happens to be there, so the same grey would mean "
                "something else in each batch. Use 0 and 255.",
            ),
            (
                on(lambda x: (x - x.mean()) / max(x.std(), 1e-9)),
                "You used mean and spread of these pictures. The base knows nothing of them: use 0 and 255.",
            ),
        ],
    )


@exercise(
    "12.head",
    hints=(
        "Global average pooling leaves one number for each of the 512 maps. Flatten leaves all 7 · 7 · 512.",
        "Each of the 2 units has a weight for every number that comes in, and one bias.",
    ),
    praise="So with the mean of each map a head of a thousand weights is enough. Few weights need few pictures.",
)
def _(answer):
    pooled, flat = 512 * 2 + 2, 7 * 7 * 512 * 2 + 2
    base = 14_714_688
    _judging.array(
        answer,
        [pooled, flat],
        what="Your pair",
        slips=[
            ((512 * 2, flat - 2), "The biases are missing: one for each unit."),
            ((512 * 2, 7 * 7 * 512 * 2), "The biases are missing: one for each unit."),
            ((flat, pooled), "Swapped: pooling first, Flatten second."),
            ((512 + 1, 7 * 7 * 512 + 1), "That is for one unit. Here are two, one for each class."),
            (
                (base + pooled, base + flat),
                "The base is counted too. It is frozen: none of its weights is trained.",
            ),
            (
                (pooled, 7 * 7 * 2 + 2),
                "Flatten keeps the 512 maps: 7 · 7 numbers of each of them.",
            ),
            ((7 * 7 * 2 + 2, flat), "Pooling takes the mean over the 7 × 7 places. The 512 maps stay."),
        ],
    )


def _small_base(names):
    import keras
    from keras import layers

    stack = [keras.Input((8, 8, 3))]
    for name in names:
        if name.endswith("conv"):
            stack.append(layers.Conv2D(2, 1, name=name))
        elif name.endswith("norm"):
            stack.append(layers.BatchNormalization(name=name))
        else:
            stack.append(layers.ReLU(name=name))
    base = keras.Sequential(stack, name="base")
    base.trainable = False
    return base


@exercise(
    "12.thaw",
    hints=(
        "First base.trainable = True: as long as the whole is frozen, nothing in it can train.",
        "Then go through base.layers in order. A layer is frozen if it comes before the named one, or is a "
        "keras.layers.BatchNormalization.",
        "names = [layer.name for layer in base.layers]; names.index(name) is the place of the named layer.",
    ),
    praise="That is what models.unfreeze does.",
)
def _(answer):
    first = ["a_conv", "a_norm", "a_relu", "b_conv", "b_norm", "b_relu", "c_conv", "c_norm"]
    second = ["one_conv", "two_conv", "three_conv"]
    for names, chosen in ((first, "b_conv"), (second, "three_conv"), (first, "a_conv"), (second, "two_conv")):
        base = _small_base(names)
        _thaw(answer, base, chosen)
        trained = {id(weight) for weight in base.trainable_weights}
        moving = {layer.name for layer in base.layers if any(id(w) in trained for w in layer.weights)}
        later = names[names.index(chosen) :]
        right = {name for name in later if name.endswith("conv")}
        if moving == right:
            continue
        where = f"thaw(base, {chosen!r}) with the layers {', '.join(names)}"
        if not moving:
            raise Wrong(
                f"After {where} nothing in the base can train. A frozen model freezes all that is in it: base.trainable = "
                "True comes first."
            )
        if chosen not in moving:
            raise Wrong(f"After {where} the layer {chosen!r} itself is frozen. It should train.")
        if right - moving:
            raise Wrong(
                f"After {where} the layer {min(right - moving)!r} is frozen. It comes later, so it should train."
            )
        before = [name for name in names if name in moving - right and name not in later]
        if not before:
            norm = min(moving - right)
            raise Wrong(f"After {where} the batch normalisation {norm!r} would train. Those stay frozen.")
        raise Wrong(f"After {where} the layer {before[0]!r} would train, though it comes before {chosen!r}.")


def _thaw(answer, base, chosen):
    """Call the student's function on a base that must not be copied; what it returns does not matter."""
    if not callable(answer):
        raise Wrong("This exercise wants the function itself, without brackets.")
    _judging.attempt("thaw", answer, base, chosen)


@exercise(
    "12.together",
    hints=(
        "Four steps behind keras.Input((32, 32, 3)): Rescaling(1 / 127.5, offset=-1), the base, GlobalAveragePooling2D, "
        "the head.",
        "A model is called like a layer: x = base(x, training=False). At the end keras.Model(inputs, outputs).",
    ),
    praise="Trained apart, used together: the numbers are the same.",
)
def _(answer):
    import keras
    from keras import layers

    rng = np.random.default_rng(12)
    stack = [
        keras.Input((32, 32, 3)),
        layers.Conv2D(6, 5, strides=2),
        layers.BatchNormalization(),
        layers.ReLU(),
    ]
    base = keras.Sequential(stack, name="base")
    head = keras.Sequential([keras.Input((6,)), layers.Dense(3, activation="softmax")], name="head")
    for model in (base, head):  # random, but without touching the seed of the student's own trainings
        model.set_weights(
            [rng.uniform(0, 0.4, one.shape) + 0.2 * rng.normal() for one in model.get_weights()]
        )
    base.trainable = False
    model = _judging.network(answer, "together", base, head)
    if model is None:
        raise Wrong("together returned None. Is there a `return` at the end?")
    if not isinstance(model, keras.Model):
        raise Wrong(f"together should return a Keras model; it returned {type(model).__name__}.")
    images = np.random.default_rng(12).uniform(0, 255, (4, 32, 32, 3)).astype("float32")
    images[0], images[1] = 0, 255

    def after(x, reduce=lambda maps: maps.mean(axis=(1, 2)), training=False):
        maps = keras.ops.convert_to_numpy(base(x, training=training))
        return keras.ops.convert_to_numpy(head(reduce(maps)))

    right = after(images / 127.5 - 1)
    given = keras.ops.convert_to_numpy(_judging.attempt("The model", model, images, brief=True))
    if given.shape != right.shape:
        raise Wrong(f"For 4 pictures the model gives shape {given.shape}; the head gives {right.shape}.")
    if not np.allclose(given, right, atol=1e-4):
        slips = [
            (images, "The base gets the pictures as they are, 0 to 255. It wants −1 to 1."),
            (images / 255, "The base gets 0 to 1. It wants −1 to 1."),
            (images / 127.5, "The base gets 0 to 2. offset=-1 is missing."),
        ]
        for x, why in slips:
            if np.allclose(given, after(x), atol=1e-4):
                raise Wrong(why)
        if np.allclose(given, after(images / 127.5 - 1, lambda maps: maps.max(axis=(1, 2))), atol=1e-4):
            raise Wrong("You took the largest number of each map. The head was trained with the mean.")
        raise Wrong("Its answers are not those of base and head one after the other.")
    if len(model.trainable_weights) != len(head.trainable_weights):
        raise Wrong(
            f"{len(model.trainable_weights)} weights of the model can train; those of the head are "
            f"{len(head.trainable_weights)}. Leave the base frozen, and use base and head themselves, no new layers with "
            "weights."
        )


def _worst(labels, probabilities, count):
    labels, probabilities = np.asarray(labels), np.asarray(probabilities)
    said = probabilities.argmax(axis=1)
    wrong = np.flatnonzero(said != labels)
    return wrong[np.argsort(-probabilities.max(axis=1)[wrong], kind="stable")][:count]


@exercise(
    "12.worst",
    hints=(
        "said = probabilities.argmax(axis=1); wrong = np.flatnonzero(said != labels).",
        "How sure it was: probabilities.max(axis=1). Sort the wrong ones by it, the largest first.",
        "wrong[np.argsort(-probabilities.max(axis=1)[wrong])][:count]",
    ),
    praise="Look at these first: a wrong label, or something that the network never saw.",
)
def _(answer):
    rng = np.random.default_rng(12)
    drawn = rng.dirichlet(np.ones(3), 12).round(3)
    cases = [
        (
            np.array([0, 1, 0, 1, 0]),
            np.array([[0.9, 0.1], [0.8, 0.2], [0.4, 0.6], [0.3, 0.7], [0.1, 0.9]]),
            2,
        ),
        (
            np.array([1, 0, 2, 1]),
            np.array([[0.5, 0.3, 0.2], [0.1, 0.3, 0.6], [0.2, 0.1, 0.7], [0.8, 0.15, 0.05]]),
            3,
        ),
        (rng.integers(0, 3, 12), drawn, 4),
        (np.array([0, 1]), np.array([[0.9, 0.1], [0.2, 0.8]]), 2),
    ]

    def sure(labels, p, count):
        return np.argsort(-p.max(axis=1), kind="stable")[:count]

    def least(labels, p, count):
        wrong = np.flatnonzero(p.argmax(axis=1) != labels)
        return wrong[np.argsort(p.max(axis=1)[wrong], kind="stable")][:count]

    def in_order(labels, p, count):
        return np.flatnonzero(p.argmax(axis=1) != labels)[:count]

    def inner(labels, p, count):
        wrong = np.flatnonzero(p.argmax(axis=1) != labels)
        return np.argsort(-p.max(axis=1)[wrong], kind="stable")[:count]

    def truth(labels, p, count):
        return np.argsort(p[np.arange(len(labels)), labels], kind="stable")[:count]

    _judging.function(
        answer,
        _worst,
        cases,
        slips=[
            (
                sure,
                "Those are the ones that it was surest of, right ones among them. Only mistakes are asked for.",
            ),
            (least, "The mistakes are there, but the least sure stand first. Sort the other way round."),
            (in_order, "Those are the first mistakes. Sort them by how sure it was."),
            (
                inner,
                "Those are places among the mistakes, not among all pictures. Take them from the mistakes: wrong[places].",
            ),
            (
                truth,
                "Sorted by the probability of the true class, right answers come in, and with more than two classes the "
                "order is another one. First pick the mistakes, then sort by the probability of what it said.",
            ),
        ],
    )
