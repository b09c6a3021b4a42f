"""The small MobileNetV2 (0.35, ImageNet) brought to new pictures: cats and dogs, and 21 kinds of land.

First a head on the frozen base, with features that are computed once for each of two varied copies of the pictures.
Then the whole network, with a small learning rate and the batch normalisation of the base frozen. Land is fine-tuned
on small pictures first. Tested is with the mean over mirrored pictures, land over all its eight sides. The clock runs
from the first feature to the last step.
"""

import time

import numpy as np

from . import experiment
from .mnist_fast import one_cycle
from .photographs import pictures, probabilities, varied

LARGER = {"cats_vs_dogs": 320, "aerial": 256}  # what the crops are taken from
BATCH, SMOOTHING, DECAY = 32, 0.1, 0.05
# (side of the pictures, epochs) of the fine-tuning, and its highest learning rate
STAGES = {"cats_vs_dogs": ((224, 4),), "aerial": ((160, 8), (224, 8))}
PEAK = {"cats_vs_dogs": 3e-4, "aerial": 1e-3}


def train(name, seed, validation=False, stages=None, peak=None):
    """Train one network; return its accuracy on the test pictures (or those of the validation) and the seconds."""
    import keras

    from cnnkit import models

    stages, peak = stages or STAGES[name], peak or PEAK[name]
    (x, y), (x_test, y_test), classes = pictures(name, LARGER[name], validation)
    from_above = name == "aerial"
    keras.utils.clear_session()
    keras.utils.set_random_seed(seed)
    base = trained_base()
    loss = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=SMOOTHING)
    options = dict(batch=BATCH, seed=seed, from_above=from_above)

    start = time.perf_counter()
    model = models.transfer(base, classes, preprocessing="tf", logits=True)
    frozen = keras.Model(model.inputs, model.get_layer("gap").output)
    kept = [
        (frozen.predict_on_batch(a), b) for a, b in varied(x, y, stages[0][0], classes, **options).repeat(2)
    ]
    features, labels = (np.concatenate(part) for part in zip(*kept, strict=True))
    head = keras.Sequential(
        [keras.Input(features.shape[1:]), keras.layers.Dropout(0.2), model.get_layer("predictions")]
    )
    head.compile(keras.optimizers.AdamW(1e-3, weight_decay=DECAY), loss)
    head.fit(features, labels, epochs=10, batch_size=64, verbose=0)
    if validation:
        print(
            "head",
            accuracy(model, x_test, y_test, stages[0][0], from_above),
            time.perf_counter() - start,
            flush=True,
        )

    models.unfreeze(model, base.layers[1].name)
    steps = sum(epochs for _, epochs in stages) * (len(x) // BATCH)
    model.compile(keras.optimizers.AdamW(one_cycle(peak, steps, warm_up=0.2), weight_decay=DECAY), loss)
    for side, epochs in stages:
        model.fit(varied(x, y, side, classes, **options), epochs=epochs, verbose=0, shuffle=False)
        if validation:
            print(
                side,
                accuracy(model, x_test, y_test, side, from_above),
                time.perf_counter() - start,
                flush=True,
            )
    seconds = time.perf_counter() - start
    return {"accuracy": accuracy(model, x_test, y_test, side, from_above), "seconds": seconds}


def accuracy(model, x, y, side, from_above):
    return float(np.mean(probabilities(model, x, side, from_above).argmax(axis=1) == y))


def trained_base():
    """MobileNetV2 0.35 with ImageNet's weights, for pictures of any size."""
    import keras

    from cnnkit import datasets

    file = str(datasets.download("mobilenet_v2_0.35_224_no_top"))
    return keras.applications.MobileNetV2(
        input_shape=(None, None, 3), alpha=0.35, include_top=False, weights=file
    )


@experiment("cats_vs_dogs.transfer", "MobileNetV2 0.35, fine-tuned, on cats and dogs")
def cats_vs_dogs(seed):
    return train("cats_vs_dogs", seed)


@experiment("aerial.transfer", "MobileNetV2 0.35, fine-tuned, on 21 kinds of land")
def aerial(seed):
    return train("aerial", seed)
