"""Right and wrong answers to the exercises of lecture 12."""

import hashlib
import random
import zlib

import keras
import numpy as np
from keras import layers


def by_checksum(name, share):
    return "validation" if zlib.crc32(name.encode()) / 2**32 < share else "train"


def by_digest(name, share):
    number = int(hashlib.md5(name.encode()).hexdigest(), 16) % 10_000
    return "validation" if number < share * 10_000 else "train"


class Counting:
    """Every fifth call is for validation."""

    def __init__(self):
        self.calls = 0

    def __call__(self, name, share):
        self.calls += 1
        return "validation" if self.calls % round(1 / share) == 0 else "train"


def leaks(train, test):
    return [name for name, content in test.items() if content in train.values()]


def leaks_by_digest(train, test):
    known = {hashlib.sha256(content).digest() for content in train.values()}
    return tuple(sorted(name for name in test if hashlib.sha256(test[name]).digest() in known))


def part_of_a_file(train, test):
    return [
        name for name, one in test.items() if any(one in other or other in one for other in train.values())
    ]


def thaw(base, name):
    base.trainable = True
    names = [layer.name for layer in base.layers]
    for layer in base.layers[: names.index(name)]:
        layer.trainable = False
    for layer in base.layers:
        if isinstance(layer, layers.BatchNormalization):
            layer.trainable = False


def thaw_with_a_flag(base, name):
    base.trainable, reached = True, False
    for layer in base.layers:
        reached = reached or layer.name == name
        layer.trainable = reached and not isinstance(layer, layers.BatchNormalization)
    return base


def still_frozen_as_a_whole(base, name):
    thaw(base, name)
    base.trainable = False


def thaw_behind(base, name):
    base.trainable = True
    names = [layer.name for layer in base.layers]
    for number, layer in enumerate(base.layers):
        norm = isinstance(layer, layers.BatchNormalization)
        layer.trainable = number > names.index(name) and not norm


def thaw_norms_too(base, name):
    base.trainable, reached = True, False
    for layer in base.layers:
        reached = reached or layer.name == name
        layer.trainable = reached


def thaw_one(base, name):
    base.trainable = True
    for layer in base.layers:
        layer.trainable = layer.name == name


def thaw_all(base, name):
    base.trainable = True


def thaw_all_but_norms(base, name):
    base.trainable = True
    for layer in base.layers:
        layer.trainable = not isinstance(layer, layers.BatchNormalization)


def together(base, head, scale=1 / 127.5, offset=-1, pool=layers.GlobalAveragePooling2D):
    inputs = keras.Input((32, 32, 3))
    x = base(layers.Rescaling(scale, offset=offset)(inputs), training=False)
    return keras.Model(inputs, head(pool()(x)))


def in_a_row(base, head):
    first = layers.Rescaling(1 / 127.5, offset=-1)
    return keras.Sequential([keras.Input((32, 32, 3)), first, base, layers.GlobalAveragePooling2D(), head])


def not_frozen(base, head):
    base.trainable = True
    return together(base, head)


def without_head(base, head):
    return keras.Model(base.inputs[0], layers.GlobalAveragePooling2D()(base.outputs[0]))


def new_head(base, head):
    x = layers.GlobalAveragePooling2D()(base.outputs[0])
    return keras.Model(base.inputs[0], layers.Dense(3, activation="softmax")(x))


def worst(labels, probabilities, count):
    said = probabilities.argmax(axis=1)
    wrong = np.flatnonzero(said != labels)
    return wrong[np.argsort(-probabilities.max(axis=1)[wrong])][:count]


def worst_in_a_list(labels, probabilities, count):
    wrong = [i for i, p in enumerate(probabilities) if np.argmax(p) != labels[i]]
    return sorted(wrong, key=lambda i: max(probabilities[i]), reverse=True)[:count]


def by_the_truth(labels, probabilities, count):
    return probabilities[np.arange(len(labels)), labels].argsort()[:count]


RIGHT = {
    "12.split": [by_checksum, by_digest],
    "12.leaks": [leaks, leaks_by_digest],
    "12.preprocess": [
        lambda images: images / 127.5 - 1,
        lambda images: (images.astype("float32") - 127.5) / 127.5,
        keras.applications.mobilenet_v2.preprocess_input,
    ],
    "12.head": [(1026, 50178), [512 * 2 + 2, 7 * 7 * 512 * 2 + 2]],
    "12.thaw": [thaw, thaw_with_a_flag],
    "12.together": [together, in_a_row],
    "12.worst": [worst, worst_in_a_list],
}

WRONG = [
    ("12.split", lambda name, share: random.choice(["train", "validation"]), "second time"),
    ("12.split", Counting(), "second time"),
    ("12.split", lambda name, share: "validation" if hash(name) % 100 < 100 * share else "train", "started"),
    ("12.split", lambda name, share: "validation" if name < "cats/cat.2" else "train", "whatever the names"),
    ("12.split", lambda name, share: by_checksum(name, 0.2), "share of 0.5"),
    ("12.split", lambda name, share: by_checksum(name, 1 - share), "share of 0.2"),
    ("12.split", lambda name, share: by_checksum(name + str(share), share), "larger share only adds"),
    ("12.split", lambda name, share: zlib.crc32(name.encode()) / 2**32 < share, "should return"),
    ("12.split", lambda name, share: None, "return"),
    ("12.split", lambda name, share: by_checksum(name.decode(), share), "AttributeError"),
    ("12.split", "train", "function itself"),
    ("12.leaks", lambda train, test: sorted(set(train) & set(test)), "compared the names"),
    (
        "12.leaks",
        lambda train, test: [n for n in train if train[n] in test.values()],
        "from the training part",
    ),
    ("12.leaks", part_of_a_file, "as a whole"),
    ("12.leaks", lambda train, test: list(test), "no leak"),
    ("12.leaks", lambda train, test: [], "missing"),
    (
        "12.leaks",
        lambda train, test: [n for n in test for c in train.values() if c == test[n]],
        "more than once",
    ),
    ("12.leaks", lambda train, test: len(leaks(train, test)), "list of names"),
    ("12.leaks", lambda train, test: print(end=""), "return"),
    ("12.preprocess", lambda images: images / 255, "no negative"),
    ("12.preprocess", lambda images: images / 127.5, "0 to 2"),
    ("12.preprocess", lambda images: images - 127.5, "Divide, too"),
    ("12.preprocess", lambda images: images / 255 - 1, "−1 to 0"),
    ("12.preprocess", lambda images: images / 255 - 0.5, "half as wide"),
    ("12.preprocess", lambda images: 1 - images / 127.5, "exchanged"),
    ("12.preprocess", lambda images: (images - images.mean()) / images.std(), "of these pictures"),
    ("12.preprocess", lambda images: (images // 127.5) - 1, "index"),
    ("12.head", (1024, 50176), "biases"),
    ("12.head", (50178, 1026), "Swapped"),
    ("12.head", (513, 25089), "one unit"),
    ("12.head", (14_714_688 + 1026, 14_714_688 + 50178), "frozen"),
    ("12.head", (1026, 100), "7 · 7 numbers of each"),
    ("12.head", (100, 50178), "512 maps stay"),
    ("12.head", (0, 0), "index 0"),
    ("12.thaw", still_frozen_as_a_whole, "nothing in the base"),
    ("12.thaw", thaw_behind, "itself is frozen"),
    ("12.thaw", thaw_norms_too, "batch normalisation"),
    ("12.thaw", thaw_one, "comes later"),
    ("12.thaw", thaw_all, "though it comes before"),
    ("12.thaw", thaw_all_but_norms, "though it comes before"),
    ("12.thaw", lambda base, name: base.layers[name], "TypeError"),
    ("12.together", lambda base, head: together(base, head, 1, 0), "as they are"),
    ("12.together", lambda base, head: together(base, head, 1 / 255, 0), "gets 0 to 1"),
    ("12.together", lambda base, head: together(base, head, offset=0), "0 to 2"),
    ("12.together", lambda base, head: together(base, head, pool=layers.GlobalMaxPooling2D), "largest"),
    ("12.together", lambda base, head: together(base, head, pool=layers.Flatten), "stopped with"),
    ("12.together", not_frozen, "Leave the base frozen"),
    ("12.together", without_head, "shape"),
    ("12.together", new_head, "one after the other|as they are"),
    ("12.together", lambda base, head: head, "stopped with"),
    ("12.together", lambda base, head: 3, "Keras model"),
    ("12.worst", lambda labels, p, count: np.argsort(-p.max(axis=1))[:count], "right ones among"),
    ("12.worst", lambda labels, p, count: worst(labels, p, 99)[::-1][:count], "least sure"),
    (
        "12.worst",
        lambda labels, p, count: np.flatnonzero(p.argmax(axis=1) != labels)[:count],
        "first mistakes",
    ),
    (
        "12.worst",
        lambda labels, p, count: np.argsort(-p.max(axis=1)[p.argmax(axis=1) != labels])[:count],
        "wrong\\[places\\]",
    ),
    ("12.worst", by_the_truth, "true class"),
    ("12.worst", lambda labels, p, count: worst(labels, p, 99), "shape"),
]
