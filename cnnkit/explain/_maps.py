"""Which part of a picture speaks for a class: Grad-CAM, occlusion, saliency."""

import warnings

import numpy as np

from ._arguments import check_count, check_images, check_target
from ._network import Network

__all__ = ["grad_cam", "occlusion", "saliency"]

# How the names of layers end that may follow the last convolution and only thin out or pass on its maps.
_COARSER = ("Pooling2D", "Dropout", "Dropout2D", "Identity")


def grad_cam(model, images, *, layer=None, target=None, resize=True, batch_size=32):
    """Return where a layer sees evidence for a class: Grad-CAM.

    Each channel of the layer is weighted by the mean gradient of the class's logit with respect to it; the weighted
    sum, where it is positive, is the map.

    Args:
        model: a built Keras classifier. Softmax or sigmoid at its end are left out: gradients are those of the logit.
        images: (N, H, W, C), in the range that the model was trained on.
        layer: name of a layer whose output has rows and columns; `None` means the last one, before the poolings that
            may follow it.
        target: class number, or one for each picture, ints (N,); `None` means the predicted class. A model with one
            unit has classes 0 and 1: evidence for 0 is what makes its output small.
        resize: `True` enlarges the map to the size of the picture, bilinearly; `False` leaves it as coarse as the
            layer.
        batch_size: pictures that go through the model at a time.

    Returns:
        float32 (N, H, W), at least 0, not scaled to 1. Where nothing speaks for the class the map is 0 everywhere, and
        a warning says "no positive evidence" and names the pictures.

    Raises:
        TypeError: `model` is no Keras model, or `images` no array.
        ValueError: the model is not built or no classifier, the pictures do not fit it, or there is no such class, or
            no such layer, or the layer's output has no rows and columns.

    Source: R. R. Selvaraju et al., Grad-CAM: visual explanations from deep networks via gradient-based localization,
    ICCV 2017.
    """
    import tensorflow as tf

    classifier = _Classifier(model)
    images = check_images(images, classifier.network)
    slot = classifier.spatial(layer, images)

    def maps(part, classes):
        seen = []
        with tf.GradientTape(watch_accessed_variables=False) as tape:

            def reached(number, value):
                if number == slot:  # from here on the tape records
                    tape.watch(value)
                    seen.append(value)

            score = classifier.scores(part, classes, reached)
        features = tf.cast(seen[0], tf.float32)
        slopes = tf.cast(tape.gradient(score, seen[0], unconnected_gradients="zero"), tf.float32)
        weights = tf.reduce_mean(slopes, axis=(1, 2), keepdims=True)  # (N, 1, 1, C)
        found = tf.nn.relu(tf.reduce_sum(weights * features, axis=-1, keepdims=True))  # (N, h, w, 1)
        return (tf.image.resize(found, part.shape[1:3]) if resize else found)[..., 0]

    found = classifier.in_batches(images, target, batch_size, maps)
    empty = np.flatnonzero(~found.any(axis=(1, 2)))
    if len(empty):
        which = ", ".join(map(str, empty[:10])) + (" …" if len(empty) > 10 else "")
        warnings.warn(
            f"no positive evidence for the class in {len(empty)} of {len(found)} pictures ({which}): their maps are 0 "
            "everywhere. At this layer all that the network sees speaks against the class. Try another `layer`, or "
            "`target=None` for the class that it predicts.",
            stacklevel=2,
        )
    return found


def saliency(model, images, *, target=None, signed=False, copies=0, noise=0.1, seed=0, batch_size=32):
    """Return how strongly the class's logit depends on each pixel: the gradient with respect to the picture.

    Args:
        model: a built Keras classifier. Softmax or sigmoid at its end are left out: gradients are those of the logit.
        images: (N, H, W, C), in the range that the model was trained on.
        target: class number, or one for each picture, ints (N,); `None` means the predicted class. A model with one
            unit has classes 0 and 1.
        signed: `False` gives the largest size of the gradient among the channels; `True` the sum over the channels:
            above 0 where a lighter pixel speaks for the class.
        copies: the mean over so many copies of the picture with noise (SmoothGrad) is less grainy; 0 means the picture
            itself, without noise.
        noise: standard deviation of that noise, as a share of the range of values in the picture.
        seed: of that noise.
        batch_size: pictures that go through the model at a time.

    Returns:
        float32 (N, H, W), per unit of the pixel values; at least 0 unless `signed`.

    Raises:
        TypeError: `model` is no Keras model, or `images` no array.
        ValueError: the model is not built or no classifier, the pictures do not fit it, or there is no such class.

    Source: K. Simonyan, A. Vedaldi, A. Zisserman, Deep inside convolutional networks, 2013; the noisy copies:
    D. Smilkov et al., SmoothGrad, 2017.
    """
    import tensorflow as tf

    classifier = _Classifier(model)
    images = check_images(images, classifier.network)
    copies = check_count("copies", copies, smallest=0)
    chance = np.random.default_rng(seed)

    def slopes(part, classes):
        part = tf.convert_to_tensor(part)
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(part)
            score = classifier.scores(part, classes)
        return tape.gradient(score, part, unconnected_gradients="zero")

    def maps(part, classes):
        if copies:
            spread = noise * np.ptp(part, axis=(1, 2, 3), keepdims=True)
            found = sum(
                slopes(part + spread * chance.standard_normal(part.shape, np.float32), classes)
                for _ in range(copies)
            )
            found /= copies
        else:
            found = slopes(part, classes)
        return tf.reduce_sum(found, axis=-1) if signed else tf.reduce_max(tf.abs(found), axis=-1)

    return classifier.in_batches(images, target, batch_size, maps)


def occlusion(model, images, *, size=None, strides=None, fill=None, target=None, batch_size=32):
    """Return by how much the model's output for a class falls when a part of the picture is covered.

    A square is moved over the picture; what the output loses is noted under the square, and each pixel gets the mean
    over all squares that cover it.

    Args:
        model: a built Keras classifier.
        images: (N, H, W, C), in the range that the model was trained on.
        size: side of the square in pixels; `None` takes a sixth of the picture's smaller side.
        strides: by how many pixels the square moves; `None` takes half its size.
        fill: value that covers, a number or one a channel (C,); `None` takes each picture's mean colour.
        target: class number, or one for each picture, ints (N,); `None` means the predicted class. A model with one
            unit has classes 0 and 1.
        batch_size: covered pictures that go through the model at a time.

    Returns:
        float32 (N, H, W): above 0 where covering weakens the class, below 0 where it helps. Measured in the model's own
        output: probabilities with a softmax or sigmoid at its end (so from -1 to 1), otherwise logits.

    Raises:
        TypeError: `model` is no Keras model, or `images` no array.
        ValueError: the model is not built or no classifier, the pictures do not fit it, there is no such class, or the
            square does not fit into the picture.

    Source: M. D. Zeiler, R. Fergus, Visualizing and understanding convolutional networks, ECCV 2014.
    """
    classifier = _Classifier(model)
    images = check_images(images, classifier.network)
    batch_size = check_count("batch_size", batch_size)
    height, width = images.shape[1:3]
    size = max(1, round(min(height, width) / 6)) if size is None else check_count("size", size)
    strides = max(1, size // 2) if strides is None else check_count("strides", strides)
    if size > min(height, width):
        raise ValueError(
            f"`size` must be at most {min(height, width)}, the smaller side of the pictures; received {size}. A square "
            "as large as the picture covers everything and says nothing. Try a sixth of the side."
        )
    classes = classifier.classes(images, target, batch_size)
    squares = [
        (top, left) for top in _places(height, size, strides) for left in _places(width, size, strides)
    ]
    lost, covered = np.zeros((len(images), height, width)), np.zeros((height, width))
    for top, left in squares:
        covered[top : top + size, left : left + size] += 1
    for row, image in enumerate(images):
        colour = image.mean(axis=(0, 1)) if fill is None else fill
        whole = classifier.outputs(image[np.newaxis], classes[row])[0]
        for start in range(0, len(squares), batch_size):
            some = squares[start : start + batch_size]
            batch = np.repeat(image[np.newaxis], len(some), axis=0)
            for copy, (top, left) in zip(batch, some, strict=True):
                copy[top : top + size, left : left + size] = colour
            for left_over, (top, left) in zip(classifier.outputs(batch, classes[row]), some, strict=True):
                lost[row, top : top + size, left : left + size] += whole - left_over
    return (lost / covered).astype(np.float32)


def _places(side, size, strides):
    """Where the square begins along one side; the last one ends with the picture, so that all is covered."""
    return sorted({*range(0, side - size, strides), side - size})


class _Classifier:
    """A network whose output is one row of numbers for each picture."""

    def __init__(self, model):
        self.network = Network(model)
        shape = tuple(model.outputs[0].shape)
        if len(shape) != 2:
            raise ValueError(
                f"`model` must put out one row of numbers for each picture, (N, classes); received outputs of shape "
                f"{shape}. It is no classifier, or it lacks its head. Add one, such as GlobalAveragePooling2D and "
                "Dense; `activations` works without."
            )
        self.kind, self.instead = self.network.head()
        self.count = max(shape[1], 2)  # one unit tells two classes apart

    def logits(self, images, reached=None):
        import tensorflow as tf

        (found,) = self.network.run(images, [self.network.output], instead=self.instead, reached=reached)
        return tf.cast(found, tf.float32)

    def scores(self, images, classes, reached=None):
        """The logit of one class for each picture, (N,); with one unit and class 0 the logit with the other sign."""
        import tensorflow as tf

        logits = self.logits(images, reached)
        if logits.shape[1] == 1:
            return logits[:, 0] * tf.cast(2 * np.asarray(classes) - 1, tf.float32)
        return tf.gather(logits, classes, axis=1, batch_dims=1)

    def outputs(self, images, one):
        """What the model itself puts out for one class, (N,)."""
        (found,) = self.network.run(images, [self.network.output])
        found = np.asarray(found, dtype=np.float64)
        if found.shape[1] > 1:
            return found[:, one]
        return found[:, 0] if one else (1 - found[:, 0] if self.kind == "sigmoid" else -found[:, 0])

    def classes(self, images, target, batch_size):
        """The class to explain for each picture, ints (N,)."""
        if target is None:
            rows = range(0, len(images), batch_size)
            logits = np.concatenate([self.logits(images[row : row + batch_size]) for row in rows])
            predicted = logits.argmax(axis=1) if logits.shape[1] > 1 else (logits[:, 0] > 0).astype(np.int64)
        else:
            predicted = np.zeros(len(images), np.int64)
        return check_target(target, predicted, self.count)

    def in_batches(self, images, target, batch_size, maps):
        """Return `maps(pictures, classes)` for all pictures, a batch at a time."""
        batch_size = check_count("batch_size", batch_size)
        classes = self.classes(images, target, batch_size)
        rows = [slice(row, row + batch_size) for row in range(0, len(images), batch_size)]
        return np.concatenate([np.asarray(maps(images[row], classes[row])) for row in rows])

    def spatial(self, layer, images):
        """Return the slot of a layer whose output has rows and columns; `None` means the last one but for poolings."""
        network, shapes = self.network, {}

        def reached(slot, value):
            shapes[slot] = tuple(value.shape)

        slots = list(dict.fromkeys(network.outputs.values()))
        network.run(images[:1], slots, reached=reached)
        if layer is None:
            found = [
                step
                for step in network.steps
                if len(shapes[step.makes[0]]) == 4
                and min(shapes[step.makes[0]][1:3]) > 1
                and network.leads_to_output(step.makes[0])
            ]
            if found:
                # A pooling at the end makes the map coarser and adds nothing: as in the paper, the layer before it.
                before = [step for step in found if not type(step.layer).__name__.endswith(_COARSER)]
                return (before or found)[-1].makes[0]
            raise ValueError(
                f"`model` must have a layer whose output has rows and columns; received {network.model.name!r}, which "
                "has none. A dense network has lost where things are. Use `occlusion` or `saliency`, which need no "
                "such layer."
            )
        name = network.find(layer)
        slot = network.outputs[name]
        if len(shapes[slot]) != 4 or min(shapes[slot][1:3]) < 2:
            raise ValueError(
                f"`layer` must have an output with rows and columns, (N, h, w, channels); received {name!r} with "
                f"{shapes[slot]}. After Flatten, Dense or global pooling the places are gone. Choose a layer before "
                "it, or leave `layer` out for the last one that fits."
            )
        if not network.leads_to_output(slot):
            raise ValueError(
                f"`layer` must lead to the model's output; received {name!r}, which does not. It stands on a side "
                "branch. Choose another, or leave `layer` out."
            )
        return slot
