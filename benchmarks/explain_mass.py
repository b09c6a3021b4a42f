"""How much of a map lies on the animal: Grad-CAM, occlusion and saliency on drawn cats and dogs.

The pictures are drawn, so it is known which pixels show the animal. A small network is trained on them; then each
method explains its predictions for pictures that it has not seen. A map that knows nothing lies on the animal with the
animal's own share of the picture. The same network with random weights shows what a method makes of the picture alone.
"""

import time
import warnings

import numpy as np

from .learnability import vary

TITLE = "Where the maps lie"

SIZE, TRAIN, TEST, EPOCHS, BATCH = 64, 2000, 200, 8, 50


def run():
    from cnnkit import explain
    from cnnkit.datasets import drawn

    images, labels, _ = drawn.cats_vs_dogs(TRAIN, (SIZE, SIZE), seed=2)
    test, truth, factors = drawn.cats_vs_dogs(TEST, (SIZE, SIZE), seed=3, masks=True)
    test, mask = test.astype("float32"), factors["mask"]
    trained, untrained = network(), network()
    train(trained, images, labels)
    accuracy = (trained.predict(test, verbose=0).argmax(axis=1) == truth).mean()
    # The layer with 16 × 16 places: the last one has 8 × 8, each as large as half an animal's head.
    layer = "block3_relu"
    ways = {
        "Grad-CAM, last layer": lambda: explain.grad_cam(trained, test),
        f"Grad-CAM, {layer}": lambda: explain.grad_cam(trained, test, layer=layer),
        "occlusion": lambda: np.maximum(explain.occlusion(trained, test, strides=8), 0),
        "saliency": lambda: explain.saliency(trained, test),
        "saliency, 16 noisy copies": lambda: explain.saliency(trained, test, copies=16),
        "Grad-CAM, last layer, random weights": lambda: explain.grad_cam(untrained, test),
        "saliency, random weights": lambda: explain.saliency(untrained, test),
        "the same everywhere": lambda: np.ones(mask.shape),
    }
    rows = []
    for way, work in ways.items():
        start = time.perf_counter()
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "no positive evidence")
            maps = work()
        seconds = time.perf_counter() - start
        shares, empty = inside(maps, mask)
        rows.append(
            {
                "task": f"{TEST} cats and dogs, {SIZE}×{SIZE}",
                "way": way,
                "rate": 100 * float(shares.mean()),
                "unit": "% on the animal",
                "seconds": seconds,
                "fastest": seconds,
                "slowest": seconds,
                "times_ours": seconds / (rows[0]["seconds"] if rows else seconds),
                "scaled": None,
                "no_evidence": empty,
                "accuracy": float(accuracy),
            }
        )
    return rows


def inside(maps, mask):
    """The share of each map that lies within the mask, without the empty ones; and how many are empty."""
    total = maps.sum(axis=(1, 2))
    found = total > 0
    return (maps * mask).sum(axis=(1, 2))[found] / total[found], int((~found).sum())


def network():
    import keras

    from cnnkit import models

    keras.utils.set_random_seed(0)
    return models.cats_dogs_cnn(input_shape=(SIZE, SIZE, 3), filters=(12, 24, 48, 64), logits=True)


def train(model, images, labels):
    import keras

    rate = keras.optimizers.schedules.CosineDecay(3e-3, EPOCHS * TRAIN // BATCH)
    model.compile(
        keras.optimizers.AdamW(rate, weight_decay=2e-3),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    random = np.random.default_rng(0)
    for _ in range(EPOCHS):
        model.fit(vary(images, random, turn=False), labels, batch_size=BATCH, verbose=0)
