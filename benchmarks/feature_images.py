"""Pictures that excite the units of a layer: all units at once, and one at a time as others do it.

Same network, same layer, same size of picture. Beside `explain.feature_images` run the example "Visualizing what
convnets learn" of Keras's documentation, as published and once more with its worst brake loosened, and tf-keras-vis
where it is installed (`pip install tf-keras-vis`). They are compared twice: with the same number of steps, and with as
few steps of ours as give pictures that are no worse than the example's. No worse means: as many units respond to their
own picture more than to nearly all those of other units, at least nine in ten do, and the median unit responds as much
to its own as to the example's. (Where all our steps do not reach that, and for the example's own network, whose weights
are random here and respond to noise most of all, the second comparison is left out.)

The last layers see more than the whole picture, so `feature_images` can't look at a part of it at a time: there it wins
less with the same steps. That is measured, too.
"""

import functools
import warnings

import numpy as np

TITLE = "Pictures that excite units"

STEPS = 30  # as in the example
UNITS = 64  # so many of a layer's, as in the example
FEW = 3  # so many of them are done one at a time, and the time is multiplied
COMPARED = 16  # so many are compared with the example's, to see how few steps are enough
FEWER = (4, 6, 8, 10, 12, 16, 20, 24)


def run():
    from .measure import side_by_side

    rows = []
    for task, model, layer, kind in subjects():
        published, loosened = (Example(model, layer, kind, traced_once) for traced_once in (False, True))
        few = range(FEW)
        # What is traced anew for every unit must meet new units in every turn, or only the first would show it.
        new = iter(range(UNITS))
        ways = {
            "feature_images": functools.partial(all_at_once, model, layer, kind),
            "Keras's example": lambda published=published, new=new: [
                published.picture(next(new)) for _ in range(FEW)
            ],
            "Keras's example, traced once": lambda loosened=loosened, few=few: [
                loosened.picture(unit) for unit in few
            ],
        }
        vis = tf_keras_vis(model, layer, kind)
        if vis is not None:
            ways[f"tf-keras-vis, {len(few)} at once"] = lambda vis=vis, few=few: vis(few)
        enough = None if "ResNet" in task else enough_steps(loosened, model, layer, kind)
        if enough:
            steps, ours, theirs = enough
            fewer = f"feature_images, {steps} steps"
            ways[fewer] = functools.partial(all_at_once, model, layer, kind, steps)
        scale = {way: UNITS / FEW for way in ways if not way.startswith("feature_images")}
        measured = side_by_side(task, ways, ours="feature_images", repeats=3, scale=scale)
        for row in measured:
            row.update(rate=UNITS / row["seconds"], unit="pictures/s", steps=STEPS)
        some = {row["way"]: row for row in measured}
        clear = clear_share(responses(loosened, all_at_once(model, layer, kind)))
        if clear < 0.9:
            raise ValueError(
                "At least 90 % of the units must respond to their own picture more than to nine in ten of all "
                f"pictures; received {clear:.0%}. Faster pictures that show something else do not count: look at them."
            )
        some["feature_images"]["clear"] = clear
        rows += [row for row in measured if not enough or row["way"] != fewer]
        if enough:  # the second comparison, with the example's times from the same turns
            task = f"{task}, no worse than the example's"
            seconds = some[fewer]["seconds"]
            for way, (share, response) in (
                (fewer, ours),
                *((way, theirs) for way in some if "example" in way),
            ):
                found = {"task": task, "times_ours": some[way]["seconds"] / seconds}
                found["steps"] = steps if way == fewer else STEPS
                rows.append(some[way] | found | {"clear": share, "response": response})
    return rows


def subjects():
    """(task, model, layer, range of the pixels)."""
    import keras

    from cnnkit import models
    from cnnkit.datasets import fetching

    keras.utils.set_random_seed(0)
    # The example's own network, layer and size. Its weights are random: no time depends on them.
    net = keras.applications.ResNet50V2(weights=None, include_top=False, input_shape=(180, 180, 3))
    yield "ResNet50V2, conv3_block4_out, 180×180", net, "conv3_block4_out", "-1 to 1"
    trained = models.vgg_mini()
    yield "vgg_mini, block3_conv3, 96×96", trained, "block3_conv3", "0 to 255"
    if fetching.available("mobilenet_0.25_128"):
        path = fetching.entry("mobilenet_0.25_128").path
        net = keras.applications.MobileNet(alpha=0.25, input_shape=(128, 128, 3), weights=path)
        yield "MobileNet, conv_pw_6_relu, 128×128", net, "conv_pw_6_relu", "-1 to 1"
    yield "vgg_mini, block5_conv3, 96×96", trained, "block5_conv3", "0 to 255"


def all_at_once(model, layer, kind, steps=STEPS, units=UNITS):
    from cnnkit import explain

    preprocess = (lambda x: x / 127.5 - 1) if kind == "-1 to 1" else None
    with warnings.catch_warnings():
        # It says which units were not reached; with few steps that is to be expected.
        warnings.simplefilter("ignore", UserWarning)
        return explain.feature_images(model, layer, range(units), steps=steps, preprocess=preprocess)


class Example:
    """The example "Visualizing what convnets learn" of Keras's documentation (F. Chollet, 2020), step by step.

    It works on pictures from -1 to 1. Models that take pictures from 0 to 255 get them through a Rescaling in front.
    As published the number of the unit is a Python number, so that TensorFlow traces the step anew for every unit;
    `traced_once` hands it over as a tensor.
    """

    def __init__(self, model, layer, kind, traced_once):
        import keras
        import tensorflow as tf

        extractor = keras.Model(model.inputs[0], model.get_layer(layer).output)
        if kind == "0 to 255":
            inputs = keras.Input(model.input_shape[1:])
            extractor = keras.Model(inputs, extractor(keras.layers.Rescaling(127.5, offset=127.5)(inputs)))
        self.extractor, self.shape = extractor, model.input_shape[1:]
        self.number = tf.constant if traced_once else int

        @tf.function
        def step(image, unit, rate):
            with tf.GradientTape() as tape:
                tape.watch(image)
                activation = extractor(image)
                loss = tf.reduce_mean(activation[:, 2:-2, 2:-2, unit])
            slopes = tf.math.l2_normalize(tape.gradient(loss, image))
            return loss, image + rate * slopes

        self.step = step

    def picture(self, unit):
        """The picture of one unit, uint8 (H, W, C); the example then cuts off its border."""
        import tensorflow as tf

        image = (tf.random.uniform((1, *self.shape)) - 0.5) * 0.25
        unit = self.number(unit)
        for _ in range(STEPS):
            _, image = self.step(image, unit, 10.0)
        image = image[0].numpy()
        image = 0.15 * (image - image.mean()) / (image.std() + 1e-5) + 0.5
        return (255 * np.clip(image, 0, 1)).astype("uint8")


def responses(example, pictures):
    """What unit u makes of picture p, above what it makes of plain grey: (pictures, units), u up to their number."""
    grey = np.full_like(pictures[:1], 128)
    inputs = np.concatenate([pictures, grey]).astype("float32") / 127.5 - 1
    found = np.concatenate([example.extractor(inputs[i : i + 8]) for i in range(0, len(inputs), 8)])
    means = found.mean(axis=tuple(range(1, found.ndim - 1)))[:, : len(pictures)]
    return means[:-1] - means[-1]


def clear_share(found):
    """The share of units that respond to their own picture more than to nine in ten of all these pictures."""
    stronger = (found > np.diag(found)).sum(axis=0)
    return float((stronger < len(found) / 10).mean())


def enough_steps(example, model, layer, kind):
    """The fewest steps that give pictures no worse than the example's; how good ours and the example's then are.

    Returns:
        steps, (clear share, median response of ours), (the same of the example's); `None` if no number is enough.
    """

    def worth(pictures):
        found = responses(example, pictures)
        return clear_share(found), float(np.median(np.diag(found)))

    theirs = worth(np.stack([example.picture(unit) for unit in range(COMPARED)]))
    for steps in (*FEWER, STEPS):
        ours = worth(all_at_once(model, layer, kind, steps, COMPARED))
        if ours[0] >= max(0.9, theirs[0]) and ours[1] >= theirs[1]:
            return steps, ours, theirs
    print(
        f"  {layer}: with {STEPS} steps not yet no worse: clear and response {ours}, the example's {theirs}"
    )
    return None


def tf_keras_vis(model, layer, kind):
    """Its pictures of several units, all in one batch; `None` where it is not installed or fails with this Keras."""
    try:
        import keras
        import tensorflow as tf
        from tf_keras_vis.activation_maximization import ActivationMaximization
        from tf_keras_vis.utils.scores import CategoricalScore

        extractor = keras.Model(model.inputs, model.get_layer(layer).output)
        maximise = ActivationMaximization(extractor, clone=False)
        pixels = (-1.0, 1.0) if kind == "-1 to 1" else (0, 255)

        def pictures(units, steps=STEPS):
            start = tf.random.uniform((len(units), *model.input_shape[1:]), *map(float, pixels))
            return maximise(CategoricalScore(list(units)), start, pixels, steps=steps)

        pictures([0], steps=1)
    except Exception as error:
        print(f"  tf-keras-vis is left out: {type(error).__name__}: {error}".splitlines()[0])
        return None
    return pictures
