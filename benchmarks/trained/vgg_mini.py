"""The network behind `models.vgg_mini`: how it is trained, and how its weights come into the package.

It learns to tell 23 classes of real pictures: cats and dogs (the 2,000 of the published training folder) and the 21
classes of UC Merced (four fifths). The pictures are small at first and larger at the end, which takes a third of the
time. It is trained with batch normalisation behind each convolution; in use that is a factor and a summand for each
map, so it can be folded into the kernels and biases before it: the finished network gives the same numbers with fewer
layers. Seed 0's weights are the ones that come with the kit: `python -m benchmarks train vgg_mini` writes them.

The settings were fixed before the first training and not tuned. Each seed trains on training and validation split
together and is tested once, with the weights rounded to float16 as they are shipped. `train(seed, validation=True)` is
there for whoever wants to tune.
"""

import math
import time

import numpy as np

from . import experiment
from .mnist_fast import one_cycle

STAGES = ((48, 11), (64, 6), (96, 4))  # side of the pictures in pixels, epochs
LARGER = 112  # what the crops are taken from
BATCH, PEAK, DECAY = 64, 3e-3, 0.05


def pictures(validation=False):
    """The real pictures, uint8, to train and to test with: ((x, y), (x, y), class names).

    Args:
        validation: True tests on the validation splits; False trains on them too and tests on the test splits.
    """
    from cnnkit import datasets

    parts, names = {"train": [], "test": []}, []
    for load in (datasets.cats_vs_dogs, datasets.aerial):
        data = load(source="real", image_size=LARGER)
        splits = {name: data.arrays(name, dtype="uint8") for name in ("train", "validation", "test")}
        if validation:
            train, test = splits["train"], splits["validation"]
        else:
            train = [np.concatenate(both) for both in zip(splits["train"], splits["validation"], strict=True)]
            test = splits["test"]
        for part, (x, y) in (("train", train), ("test", test)):
            parts[part].append((x, y + len(names)))
        names += data.class_names
    joined = {
        part: [np.concatenate(both) for both in zip(*sets, strict=True)] for part, sets in parts.items()
    }
    return joined["train"], joined["test"], names


def varied(x, y, side, seed):
    """Batches of training pictures, float32 of side × side, varied anew in each epoch.

    One crop and resize does it all: a window of 64 to 100 % of the area, turned over left to right half the time.
    Aerial pictures have no up and down: they are also turned over, and their rows and columns exchanged. Brightness and
    colours change by up to a fifth.
    """
    import tensorflow as tf

    def batch(images, labels):
        n = tf.shape(images)[0]
        from_above = labels >= 2

        def half(where=True):
            return tf.logical_and(tf.random.uniform([n]) < 0.5, where)

        size = tf.random.uniform([n, 1], 0.8, 1.0) * tf.random.uniform([n, 2], 0.92, 1.0)
        low = tf.random.uniform([n, 2]) * (1 - size)
        high = low + size
        flip = tf.stack([half(from_above), half()], axis=1)
        boxes = tf.concat([tf.where(flip, high, low), tf.where(flip, low, high)], axis=1)
        images = tf.image.crop_and_resize(images, boxes, tf.range(n), [side, side])
        exchange = half(from_above)[:, None, None, None]
        images = tf.where(exchange, tf.transpose(images, [0, 2, 1, 3]), images)
        tint = tf.random.uniform([n, 1, 1, 1], 0.85, 1.15) * tf.random.uniform([n, 1, 1, 3], 0.95, 1.05)
        return tf.clip_by_value(images * tint, 0, 255), labels

    data = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(len(x), seed=seed)
    return data.batch(BATCH).map(batch, num_parallel_calls=2).prefetch(4)


def resized(x, side):
    """Pictures to test with: the middle 88 % of each, resized; float32."""
    import tensorflow as tf

    boxes = np.tile(np.float32([0.06, 0.06, 0.94, 0.94]), (len(x), 1))
    return tf.image.crop_and_resize(x, boxes, np.arange(len(x)), [side, side]).numpy()


def train(seed, validation=False, stages=STAGES, verbose=0):
    """Train one network with batch normalisation; return it, the test pictures, the class names, and seconds."""
    import keras

    (x, y), test, names = pictures(validation)
    keras.utils.clear_session()
    keras.utils.set_random_seed(seed)
    model = network_with_norm(input_shape=(None, None, 3), num_classes=len(names), dropout=0.2)
    steps = sum(epochs for _, epochs in stages) * math.ceil(len(x) / BATCH)
    model.compile(
        keras.optimizers.AdamW(one_cycle(PEAK, steps, warm_up=0.2), weight_decay=DECAY),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    start = time.perf_counter()
    for side, epochs in stages:
        model.fit(varied(x, y, side, seed), epochs=epochs, verbose=verbose, shuffle=False)
    return model, test, names, time.perf_counter() - start


def accuracies(model, test):
    """Accuracy over all classes, and on each set with its own classes alone; side of the last stage."""
    side = STAGES[-1][0]
    x, y = test
    logits = np.concatenate(
        [model.predict_on_batch(resized(x[i : i + 200], side)) for i in range(0, len(x), 200)]
    )
    furry = y < 2
    return {
        "accuracy": float(np.mean(logits.argmax(axis=1) == y)),
        "cats_vs_dogs_accuracy": float(np.mean(logits[furry, :2].argmax(axis=1) == y[furry])),
        "aerial_accuracy": float(np.mean(logits[~furry, 2:].argmax(axis=1) + 2 == y[~furry])),
    }


@experiment("vgg_mini", "vgg_mini on cats and dogs and 21 classes of aerial pictures")
def vgg_mini(seed):
    model, test, names, seconds = train(seed)
    folded = folded_network(model)
    for weight in folded.weights:
        weight.assign(np.float16(weight))
    if seed == 0:
        save(model, names)
    return {**accuracies(folded, test), "seconds": seconds, "weights": folded.count_params()}


def network_with_norm(*, input_shape=(96, 96, 3), num_classes=10, dropout=0.0, name="vgg_mini_with_norm"):
    """Return vgg_mini for training: convolution without activation, batch normalisation, ReLU; the logits at the end.

    Each block has ``block1_conv1``, ``block1_conv1_norm``, ``block1_conv1_relu`` … and ``block1_pool``.
    """
    import keras
    from keras import layers

    from cnnkit.models.vgg_mini import BLOCKS

    stack = [layers.Input(input_shape), layers.Rescaling(1 / 255, name="rescaling")]
    for block, (convolutions, filters) in enumerate(BLOCKS, start=1):
        for i in range(1, convolutions + 1):
            conv = f"block{block}_conv{i}"
            stack += [
                layers.Conv2D(filters, 3, padding="same", use_bias=False, name=conv),
                layers.BatchNormalization(name=f"{conv}_norm"),
                layers.ReLU(name=f"{conv}_relu"),
            ]
        stack.append(layers.MaxPooling2D(2, name=f"block{block}_pool"))
    stack += [
        layers.GlobalAveragePooling2D(name="gap"),
        *([layers.Dropout(dropout, name="dropout")] if dropout else []),
        layers.Dense(num_classes, name="predictions"),
    ]
    return keras.Sequential(stack, name=name)


def fold(trained):
    """Return the weights of `models.vgg_mini`, {name: float64 array}, from a `network_with_norm` that was trained.

    In use batch normalisation computes ``gamma (x − mean) / sqrt(variance + epsilon) + beta`` for each map. With x a
    convolution that is a convolution again: the kernel times the factor, and the rest as its bias.
    """
    arrays = {}
    for layer in trained.layers:
        weights = {weight.name: np.asarray(weight, np.float64) for weight in layer.weights}
        if "kernel" not in weights:
            continue
        kernel, bias = weights["kernel"], weights.get("bias", np.zeros(weights["kernel"].shape[-1]))
        if kernel.ndim == 4:
            norm = trained.get_layer(f"{layer.name}_norm")
            has = {weight.name: np.asarray(weight, np.float64) for weight in norm.weights}
            factor = has.get("gamma", 1.0) / np.sqrt(has["moving_variance"] + norm.epsilon)
            kernel = kernel * factor
            bias = (bias - has["moving_mean"]) * factor + has.get("beta", 0.0)
        arrays[f"{layer.name}/kernel"], arrays[f"{layer.name}/bias"] = kernel, bias
    return arrays


def folded_network(trained, *, logits=True):
    """Return `models.vgg_mini` with the folded weights, in float32: equal to `trained` in use."""
    from cnnkit import models

    arrays = fold(trained)
    classes = arrays["predictions/bias"].size
    model = models.vgg_mini(None, input_shape=trained.input_shape[1:], num_classes=classes, logits=logits)
    for layer in model.layers:
        for weight in layer.weights:
            weight.assign(arrays[f"{layer.name}/{weight.name}"])
    return model


def save(trained, class_names, path=None):
    """Write the folded weights as float16, with the names of the classes, where `models.vgg_mini` looks for them.

    Raises:
        ValueError: if a weight does not fit into float16, or the class names do not fit the network.
    """
    from cnnkit.models.vgg_mini import FILE

    arrays = fold(trained)
    if len(class_names) != arrays["predictions/bias"].size:
        raise ValueError(
            f"`class_names` must be {arrays['predictions/bias'].size} names, one a unit of the last layer; received "
            f"{len(class_names)}. Take those of the data set that the network was trained on."
        )
    for name, array in arrays.items():
        largest = float(np.abs(array).max())
        if not largest < 65_504:  # NaN included
            raise ValueError(
                f"Weights must lie below 65,504 to be written as float16; received {largest:g} in {name}. A training "
                "that diverged, or a map that is almost always 0: look at its moving_variance."
            )
    halves = {name: array.astype(np.float16) for name, array in arrays.items()}
    np.savez_compressed(path or FILE, class_names=np.array(class_names, dtype=str), **halves)
