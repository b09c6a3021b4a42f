"""The real photographs for `from_scratch` and `transfer`: loaded, varied for the training, looked at for the test.

Cats and dogs: 2,000 to train with, the 1,000 of the folder ``validation`` to test with. Land: the 21 classes of UC
Merced, four fifths and one fifth. Whatever is tuned is tuned with ``validation=True``: then a part of the training
pictures is held back and takes the place of the test pictures, which are not even loaded into the result.
"""

import numpy as np


def pictures(name, side, validation=False):
    """The photographs as uint8, side × side, to train and to test with: (x, y), (x, y), number of classes.

    Args:
        name: ``"cats_vs_dogs"`` or ``"aerial"``.
        side: pixels.
        validation: True trains on the training split and tests on the validation split; False trains on both and
            tests on the test split.
    """
    from cnnkit import datasets

    data = getattr(datasets, name)(source="real", image_size=side)
    train, held = data.arrays("train", dtype="uint8"), data.arrays("validation", dtype="uint8")
    classes = len(data.class_names)
    if validation:
        return train, held, classes
    both = [np.concatenate(pair) for pair in zip(train, held, strict=True)]
    return both, data.arrays("test", dtype="uint8"), classes


def varied(x, y, side, classes, *, batch, seed, from_above, area=0.6, light=0.15, colour=0.05):
    """Batches to train with, float32 of side × side, [0, 255], and one-hot labels, varied anew in each epoch.

    One crop and resize does it all: a window of `area` to 100 % of each picture, turned over left to right half the
    time. Land has no up and down: it is also turned over, and its rows and columns are exchanged. Brightness changes by
    up to `light`, each colour by up to `colour`. The last batch of an epoch is left out if it is not full.
    """
    import tensorflow as tf

    def change(images, labels):
        def half():
            return tf.random.uniform([batch]) < 0.5

        size = tf.random.uniform([batch, 1], area**0.5, 1.0) * tf.random.uniform([batch, 2], 0.9, 1.0)
        low = tf.random.uniform([batch, 2]) * (1 - size)
        high = low + size
        over = half() if from_above else tf.zeros([batch], "bool")
        flip = tf.stack([over, half()], axis=1)
        boxes = tf.concat([tf.where(flip, high, low), tf.where(flip, low, high)], axis=1)
        images = tf.image.crop_and_resize(images, boxes, tf.range(batch), [side, side])
        if from_above:
            images = tf.where(half()[:, None, None, None], tf.transpose(images, [0, 2, 1, 3]), images)
        tint = tf.random.uniform([batch, 1, 1, 1], 1 - light, 1 + light)
        tint *= tf.random.uniform([batch, 1, 1, 3], 1 - colour, 1 + colour)
        return tf.clip_by_value(images * tint, 0, 255), tf.one_hot(labels, classes)

    data = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(len(x), seed=seed)
    return data.batch(batch, drop_remainder=True).map(change, num_parallel_calls=2).prefetch(2)


def looks(x, side, from_above, margin=0.0):
    """All ways to look at a picture that are as good as the first: itself, mirrored, and land from all eight sides.

    Args:
        x: pictures (N, H, W, 3).
        side: pixels of what is returned.
        from_above: True for the eight sides.
        margin: share of each side that is cut off first.

    Yields:
        float32 arrays (N, side, side, 3).
    """
    import tensorflow as tf

    near, far = margin, 1 - margin
    boxes = [(near, near, far, far), (near, far, far, near)]
    if from_above:
        boxes += [(far, near, near, far), (far, far, near, near)]
    for box in boxes:
        images = tf.image.crop_and_resize(
            x, np.tile(np.float32(box), (len(x), 1)), np.arange(len(x)), [side, side]
        )
        yield images.numpy()
        if from_above:
            yield images.numpy().transpose(0, 2, 1, 3)


def probabilities(model, x, side, from_above, margin=0.0, at_once=100):
    """What a network with logits says of pictures: the mean of its probabilities over all their looks, (N, classes)."""
    import keras

    found = []
    for start in range(0, len(x), at_once):
        seen = looks(x[start : start + at_once], side, from_above, margin)
        said = [keras.ops.softmax(model.predict_on_batch(images)) for images in seen]
        found.append(np.mean([keras.ops.convert_to_numpy(one) for one in said], axis=0))
    return np.concatenate(found)
