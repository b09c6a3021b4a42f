"""Pictures that excite the units of a layer: all units at once, and one at a time as in Keras's documentation.

Both take the same number of steps on pictures of the same size. Before anything is timed, the pictures of both are
shown to the network: ours must excite their units at least as much.
"""

import functools

import numpy as np

from .measure import side_by_side

TITLE = "Pictures that excite units"

STEPS = 30
SLOW = 16  # so many units are done one at a time, and the time is multiplied


def run():
    rows = []
    for task, model, layer, preprocess in subjects():
        ours = functools.partial(all_at_once, model, layer, preprocess)
        loop = OneAtATime(model, layer, preprocess)
        units = loop.units
        few = min(SLOW, units)
        excitement = compare(loop, ours(), [loop.picture(unit) for unit in range(few)], preprocess)
        ways = {
            "feature_images": ours,
            "one at a time": lambda loop=loop, few=few: [loop.picture(unit) for unit in range(few)],
        }
        theirs = tf_keras_vis(model, layer)
        if theirs is not None:
            ways["tf-keras-vis"] = lambda theirs=theirs, few=few: theirs(range(few))
        scale = {way: units / few for way in ways if way != "feature_images"}
        some = side_by_side(f"{task}, {units} units", ways, ours="feature_images", repeats=3, scale=scale)
        for row in some:
            row.update(rate=units / row["seconds"], unit="pictures/s", steps=STEPS)
            row["excitement"] = excitement.get(row["way"])
        rows += some
    return rows


def subjects():
    """(task, model, layer, what stands before the model)."""
    import keras

    from cnnkit import models
    from cnnkit.datasets import fetching

    keras.utils.set_random_seed(0)
    yield "cats_dogs_cnn, block3_relu, 150×150", models.cats_dogs_cnn(), "block3_relu", None
    if fetching.available("mobilenet_0.25_128"):
        path = fetching.entry("mobilenet_0.25_128").path
        net = keras.applications.MobileNet(alpha=0.25, input_shape=(128, 128, 3), weights=path)
        yield (
            "MobileNet, conv_pw_6_relu, 128×128",
            net,
            "conv_pw_6_relu",
            keras.applications.mobilenet.preprocess_input,
        )


def all_at_once(model, layer, preprocess):
    from cnnkit import explain

    return explain.feature_images(model, layer, steps=STEPS, preprocess=preprocess)


class OneAtATime:
    """The example "Visualizing what convnets learn" of Keras's documentation (F. Chollet, 2020), step by step.

    It works on pictures from -1 to 1. Models that take pictures from 0 to 255 get them through a Rescaling in front.
    """

    def __init__(self, model, layer, preprocess):
        import keras
        import tensorflow as tf

        extractor = keras.Model(model.inputs, model.get_layer(layer).output)
        if preprocess is None:
            inputs = keras.Input(model.input_shape[1:])
            scaled = keras.layers.Rescaling(127.5, offset=127.5)(inputs)
            extractor = keras.Model(inputs, extractor(scaled))
        self.extractor, self.units, self.shape = extractor, extractor.output_shape[-1], model.input_shape[1:]

        @tf.function
        def step(image, unit, rate):
            with tf.GradientTape() as tape:
                tape.watch(image)
                activation = extractor(image)
                loss = tf.reduce_mean(activation[:, 2:-2, 2:-2, unit])
            slopes = tf.math.l2_normalize(tape.gradient(loss, image))
            return image + rate * slopes

        self.step = step

    def picture(self, unit):
        """The picture of one unit, uint8 (H, W, C); the example then cuts off its border."""
        import tensorflow as tf

        image = (tf.random.stateless_uniform((1, *self.shape), (0, unit)) - 0.5) * 0.25
        unit, rate = tf.constant(unit), tf.constant(10.0)
        for _ in range(STEPS):
            image = self.step(image, unit, rate)
        image = image[0].numpy()
        image = 0.15 * (image - image.mean()) / (image.std() + 1e-5) + 0.5
        return (255 * np.clip(image, 0, 1)).astype("uint8")


def compare(loop, ours, theirs, preprocess):
    """The median over the units of how strongly the pictures of each way excite them, compared with plain grey."""
    few = len(theirs)

    def means(pictures):
        inputs = np.asarray(pictures, dtype="float32") / 127.5 - 1
        found = loop.extractor.predict(inputs, verbose=0)
        return np.array([found[i, ..., i].mean() for i in range(few)])

    grey = means(np.full((few, *loop.shape), 127.5))
    found = {"feature_images": means(ours[:few]) - grey, "one at a time": means(theirs) - grey}
    median = {way: float(np.median(values)) for way, values in found.items()}
    if median["feature_images"] < median["one at a time"]:
        raise ValueError(
            f"The pictures must excite their units at least as much as those made one at a time; received {median}."
        )
    return median


def tf_keras_vis(model, layer):
    """One at a time with tf-keras-vis, or `None` where it is not installed or does not run with this Keras."""
    try:
        import keras
        from tf_keras_vis.activation_maximization import ActivationMaximization
        from tf_keras_vis.utils.scores import CategoricalScore

        extractor = keras.Model(model.inputs, model.get_layer(layer).output)
        maximise = ActivationMaximization(extractor, clone=False)
        maximise(CategoricalScore([0]), steps=1)
    except Exception as error:
        print(f"  tf-keras-vis is left out: {type(error).__name__}: {error}".splitlines()[0])
        return None
    return lambda units: [maximise(CategoricalScore([unit]), steps=STEPS) for unit in units]
