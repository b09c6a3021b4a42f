"""How hard the drawn pictures are: what a linear classifier, a dense net and a small convolutional net get.

The pictures are meant to need a convolutional net. So a linear classifier on pixels should stay near chance,
colours alone should say little, and a dense net should do clearly worse than a small convolutional one.
"""

import time
from functools import partial

import numpy as np

TITLE = "How hard the drawn pictures are"

SIZE = 64


def run():
    from cnnkit.datasets import drawn

    rows = []
    for task, draw, train, test, epochs in (
        ("cats and dogs", drawn.cats_vs_dogs, 2000, 1000, 14),
        ("land, 21 classes", drawn.aerial, 2100, 630, 36),
    ):
        images, labels, _ = draw(train + test, (SIZE, SIZE), seed=2)
        sets = (images[:train], labels[:train], images[train:], labels[train:])
        ways = {
            "small convolutional net": partial(network, "convolutional", epochs, *sets),
            "dense net": partial(network, "dense", epochs, *sets),
            "linear, pixels": partial(linear, pixels, *sets),
            "linear, colour histogram": partial(linear, colour_histogram, *sets),
        }
        ours = None
        for way, measure in ways.items():
            start = time.perf_counter()
            accuracy, weights = measure()
            seconds = time.perf_counter() - start
            ours = ours or seconds
            rows.append(
                {
                    "task": task,
                    "way": way,
                    "rate": 100 * accuracy,
                    "unit": "% right",
                    "seconds": seconds,
                    "fastest": seconds,
                    "slowest": seconds,
                    "times_ours": seconds / ours,
                    "scaled": None,
                    "weights": weights,
                    "chance": 100 / (labels.max() + 1),
                    "train_pictures": train,
                    "test_pictures": test,
                    "image_size": SIZE,
                    "epochs": epochs if "net" in way else None,
                }
            )
    return rows


def pixels(images):
    """Pictures averaged down to a third, as rows of numbers (N, 21 · 21 · 3)."""
    n, side = len(images), SIZE // 3
    cut = images[:, : 3 * side, : 3 * side].reshape(n, side, 3, side, 3, 3)
    return cut.mean(axis=(2, 4)).reshape(n, -1)


def colour_histogram(images):
    """How frequent each of 512 colours is, as rows of square roots (N, 512)."""
    level = (images // 32).astype(int).reshape(len(images), -1, 3) @ np.array([64, 8, 1])
    return np.sqrt(np.stack([np.bincount(row, minlength=512) for row in level]) / level.shape[1])


def linear(features, train_images, train_labels, test_images, test_labels):
    """A ridge classifier, as strongly regularised as does best in cross-validation on the training part."""
    from sklearn.linear_model import RidgeClassifierCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    ridge = RidgeClassifierCV(alphas=np.logspace(1, 6, 11))
    model = make_pipeline(StandardScaler(), ridge).fit(features(train_images), train_labels)
    return model.score(features(test_images), test_labels), int(ridge.coef_.size)


def network(kind, epochs, train_images, train_labels, test_images, test_labels):
    """Train from scratch on varied pictures; the test pictures are looked at once, at the end."""
    import keras
    from keras import layers

    keras.utils.set_random_seed(0)
    classes = int(train_labels.max()) + 1
    stack = [layers.Input((SIZE, SIZE, 3)), layers.Rescaling(1 / 127.5, offset=-1)]
    if kind == "dense":
        stack += [
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dropout(0.3),
            layers.Dense(64, activation="relu"),
        ]
        rate = 5e-4
    else:
        for filters in (12, 24, 48, 64):
            stack += [
                layers.Conv2D(filters, 3, padding="same", use_bias=False),
                layers.BatchNormalization(),
                layers.ReLU(),
                layers.MaxPooling2D() if filters < 64 else layers.GlobalMaxPooling2D(),
            ]
        stack.append(layers.Dropout(0.3))
        rate = 3e-3
    model = keras.Sequential([*stack, layers.Dense(classes)])
    batch = 50
    schedule = keras.optimizers.schedules.CosineDecay(rate, epochs * -(-len(train_images) // batch))
    model.compile(
        keras.optimizers.AdamW(schedule, weight_decay=2e-3),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    random = np.random.default_rng(0)
    for _ in range(epochs):
        varied = vary(train_images, random, turn=classes > 2)
        model.fit(varied, train_labels, batch_size=batch, verbose=0)
    accuracy = model.evaluate(test_images.astype("float32"), test_labels, batch_size=128, verbose=0)[1]
    return float(accuracy), model.count_params()


def vary(images, random, turn):
    """Each picture mirrored or not, and shifted by up to a twelfth, or, with `turn`, turned by quarters."""
    images = images.copy()
    mirrored = random.random(len(images)) < 0.5
    images[mirrored] = images[mirrored, :, ::-1]
    if turn:
        for quarters, share in ((1, 0.5), (2, 0.5)):
            chosen = random.random(len(images)) < share
            images[chosen] = np.rot90(images[chosen], quarters, axes=(1, 2))
        return images.astype("float32")
    reach = SIZE // 12
    padded = np.pad(images, ((0, 0), (reach, reach), (reach, reach), (0, 0)), mode="edge")
    shifts = random.integers(0, 2 * reach + 1, (len(images), 2)).tolist()
    return np.stack([p[i : i + SIZE, j : j + SIZE] for p, (i, j) in zip(padded, shifts, strict=True)]).astype(
        "float32"
    )
