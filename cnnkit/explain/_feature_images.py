"""Pictures that excite the units of a layer, found by gradient ascent."""

import math
import warnings

import numpy as np

from ..shapes import receptive_field
from ._arguments import check_amount, check_count, check_size, check_units
from ._network import Network, activation_of, without_activation

__all__ = ["feature_images"]

# How the three colours of photographs vary together: the columns are the directions light–dark, blue–yellow and
# green–magenta, each as long as photographs vary along it (Olah, Mordvintsev and Schubert 2017, from ImageNet).
_COLOURS = np.array([[0.26, 0.09, 0.02], [0.27, 0.00, -0.05], [0.27, -0.09, 0.03]], np.float32)
_COLOURS /= np.linalg.norm(_COLOURS, axis=0).max()

# Slope where a unit is below its response to plain grey. With 1 only the mean would count, and of an edge both sides
# cancel; with 0 patches of the wrong colour would stay. In between units that look for a colour get plain colour.
_LEAK = 0.6
_ZOOM = 0.1  # in the Fourier basis the picture is also seen up to so much larger or smaller
_SEES_LITTLE = 0.6  # of the side: up to here a window shows a unit enough, for a quarter of the work
_ANY_SIZE = 128  # side of the pictures where the model takes any


def feature_images(
    model,
    layer,
    units=None,
    *,
    steps=32,
    basis="fourier",
    seed=0,
    learning_rate=0.16,
    jitter=None,
    blur=0.0,
    total_variation=0.0,
    preprocess=None,
    image_size=None,
    batch_size=8,
):
    """Return a picture for each unit of a layer that excites this unit: activation maximisation.

    Each picture begins as faint noise and is changed step by step in the direction that makes its unit larger. All
    units are worked on at once. What is made larger is the mean of the unit over all places, as far as it lies above
    the unit's response to plain grey; it is taken before the layer's own activation (ReLU, softmax …), which would
    hide from the gradient what lies below 0 or near 1.

    What keeps the pictures from turning into noise can be seen one by one::

        feature_images(model, layer, basis="pixel", jitter=0)  # nothing
        feature_images(model, layer, basis="pixel", jitter=0, blur=0.5, total_variation=0.5)  # neighbours alike
        feature_images(model, layer, basis="pixel")  # jitter
        feature_images(model, layer)  # jitter, and waves in place of pixels

    Args:
        model: a built Keras model that takes pictures.
        layer: name of a layer, or the layer itself.
        units: number of a unit (a channel, or a unit of a dense layer), or several; `None` means all of the layer.
        steps: how often the pictures are changed.
        basis: ``"pixel"`` changes each pixel by itself; ``"fourier"`` changes the strengths of waves, long ones faster
            than short ones (as 1 / frequency), in colours that vary independently in photographs.
        seed: of the noise at the start, which is the same for a unit whichever others are asked for, and of the jitter.
        learning_rate: size of a step, Adam's.
        jitter: by how many pixels at most the picture is moved before each step, round its edges, so that nothing
            depends on an exact place; in the Fourier basis it is also seen up to a tenth larger or smaller. 0 leaves
            it in place. `None` chooses: layers that see at most 0.6 of the side look through a window of half the side
            at any place, which takes a quarter of the time; those that see less than the whole side look at all of it,
            moved to any place, so that it has no border; for the others it is a sixteenth of the side.
        blur: standard deviation in pixels of the Gaussian that blurs the picture after each step; 0 for none.
        total_variation: how strongly differences between neighbouring pixels are held down, compared with the gradient
            of the unit; 0 for none, 0.5 for much.
        preprocess: function that takes a tensor of pictures, [0, 255], to what the model was trained on, such as
            ``lambda x: x / 255`` or `keras.applications.vgg16.preprocess_input`. `None` for models that begin with
            Rescaling or the like, as those of `cnnkit.models` do.
        image_size: side of the pictures, or (height, width); `None` takes the model's own, or 128 where it takes any.
            Another one works for layers before the first Flatten or Dense.
        batch_size: units that are worked on at a time. On a CPU 8 are quicker than all, whose maps don't fit its cache.

    Returns:
        uint8 (units, H, W, C), 0 to 255, ready to show. A warning names units that no picture excites.

    Raises:
        TypeError: `model` is no Keras model.
        ValueError: the model is not built, there is no such layer or unit, or a setting is out of range.

    Source: D. Erhan et al., Visualizing higher-layer features of a deep network, 2009; C. Olah, A. Mordvintsev,
    L. Schubert, Feature visualization, Distill 2017.
    """
    import tensorflow as tf

    network = Network(model)
    name = network.find(layer)
    slot = network.outputs[name]
    steps, batch_size = check_count("steps", steps), check_count("batch_size", batch_size)
    size = check_size(image_size, network.image_shape, _ANY_SIZE)
    channels = network.image_shape[-1]
    blur, total_variation = check_amount("blur", blur), check_amount("total_variation", total_variation)
    learning_rate = check_amount("learning_rate", learning_rate)
    if basis not in _BASES:
        raise ValueError(
            f'`basis` must be "pixel" or "fourier"; received {basis!r}. It says what is changed at each step: single '
            'pixels, or waves. Leave it out for "fourier", which gives the better pictures.'
        )
    if preprocess is None:
        _warn_of_range(network, slot)
    instead = _past_the_activation(network, slot)

    def response(pictures):
        """What the units of the layer make of pictures with values from 0 to 1: (N, …, units)."""
        pixels = 255 * pictures
        (found,) = network.run(preprocess(pixels) if preprocess else pixels, [slot], instead=instead)
        return tf.cast(found, tf.float32)

    window, reach = _window(network, name, size, jitter)
    grey = _try_size(lambda: response(tf.fill((1, *window, channels), 0.5)), name, size, network)
    count = grey.shape[-1]
    units = check_units(units, count, name)
    paint = _BASES[basis](*size, channels)

    def excitement(pictures, numbers, grey):
        """How strongly each picture excites its own unit, compared with plain grey: (N,)."""
        found = response(pictures)
        own = tf.one_hot(numbers, count)
        own = tf.reshape(own, (-1, *[1] * (len(found.shape) - 2), count))
        above = tf.reduce_sum((found - grey) * own, axis=-1)
        above = tf.nn.leaky_relu(above, _LEAK)
        return tf.reduce_mean(above, axis=list(range(1, len(above.shape))))

    def ascend(values, numbers, moves):
        def better(step, values, mean, square):
            # Two tapes, because total variation joins in between, where the slopes are those of pixels.
            with tf.GradientTape(watch_accessed_variables=False) as painting:
                painting.watch(values)
                pictures = paint.pictures(values, window, moves[step])
            with tf.GradientTape(watch_accessed_variables=False) as looking:
                looking.watch(pictures)
                excited = excitement(pictures, numbers, grey)
            slopes = looking.gradient(excited, pictures, unconnected_gradients="zero")
            if total_variation:
                slopes = _to_length_one(slopes) - total_variation * _slopes_of_variation(pictures)
            slopes = painting.gradient(pictures, values, output_gradients=slopes)
            # A step of Adam (Kingma and Ba 2014), so that weak and strong units get pictures of equal contrast. Beside
            # its own size each slope is measured by that of its whole picture: what does not matter stays plain, where
            # Adam alone would blow it up to blotches.
            slopes = _to_length_one(slopes)
            mean, square = 0.9 * mean + 0.1 * slopes, 0.99 * square + 0.01 * slopes**2
            time = tf.cast(step + 1, tf.float32)
            usual = square / (1 - 0.99**time)
            usual = tf.sqrt(usual + tf.reduce_mean(usual, axis=(1, 2, 3), keepdims=True))
            values = values + learning_rate * mean / (1 - 0.9**time) / (usual + 1e-8)
            return step + 1, paint.blurred(values, blur) if blur else values, mean, square

        start = (tf.constant(0), values, tf.zeros_like(values), tf.zeros_like(values))
        _, values, _, _ = tf.while_loop(lambda step, *_: step < steps, better, start)
        return paint.pictures(values, size, tf.zeros(3))

    moves = np.random.default_rng(seed).uniform(-1, 1, (steps, 3)) * [*reach, _ZOOM if any(reach) else 0]
    values = [paint.start(np.random.default_rng([seed, unit])) for unit in units]
    # Traced by hand: one function for each call, of which TensorFlow would otherwise complain in red.
    traced = tf.function(ascend, autograph=False).get_concrete_function(
        tf.TensorSpec((None, *values[0].shape), tf.float32),
        tf.TensorSpec((None,), tf.int32),
        tf.TensorSpec(moves.shape, tf.float32),
    )
    pictures, excited = [], []
    all_grey = grey if window == size else response(tf.fill((1, *size, channels), 0.5))
    for first in range(0, len(units), batch_size):
        some = slice(first, first + batch_size)
        numbers = tf.constant(units[some], tf.int32)
        done = traced(tf.constant(np.stack(values[some])), numbers, tf.constant(moves, tf.float32))
        pictures.append(np.rint(255 * done.numpy()).astype(np.uint8))
        # Not traced: to trace the whole network once more takes longer than to run it.
        excited.extend(excitement(done, numbers, all_grey).numpy())
    cold = [unit for unit, value in zip(units, excited, strict=True) if not value > 0]
    if cold:
        which = ", ".join(map(str, cold[:10])) + (" …" if len(cold) > 10 else "")
        warnings.warn(
            f"no picture was found that excites {len(cold)} of {len(units)} units of {name!r} more than plain grey "
            f"does (units {which}). They may be dead: their weights are 0, or what they look at never lights up. Try "
            "another `seed` or more `steps`, or leave them out.",
            stacklevel=2,
        )
    return np.concatenate(pictures)


class _Pixels:
    """Pictures as one number for each pixel and channel, before a sigmoid."""

    def __init__(self, height, width, channels):
        self.shape = (height, width, channels)

    def start(self, chance):
        return chance.normal(0, 0.1, self.shape).astype(np.float32)

    def pictures(self, values, window, move):
        """The pictures, moved round their edges, as far as the window shows them; values from 0 to 1."""
        import tensorflow as tf

        shift = tf.cast(tf.round(move[:2]), tf.int32)
        return tf.sigmoid(tf.roll(values, shift, axis=(1, 2))[:, : window[0], : window[1]])

    def blurred(self, values, sigma):
        import tensorflow as tf

        down, across = (_blurring(n, sigma) for n in self.shape[:2])
        return tf.einsum("ih,nhwc,jw->nijc", down, values, across)


class _Fourier:
    """Pictures as the strengths of waves, before a sigmoid.

    Along each axis the waves are a constant, and a cosine and a sine for each number of periods that fits. Since they
    are known everywhere and not only at the pixels, the picture can be seen moved by parts of a pixel, or larger.
    """

    def __init__(self, height, width, channels):
        self.height, self.width, self.channels = height, width, channels
        down, across = ((np.arange(n) + 1) // 2 / n for n in (height, width))  # periods in a pixel
        self.frequency = np.hypot(down[:, np.newaxis], across)
        # Long waves get most of the strength, as they have in photographs.
        self.scale = np.float32(0.5 / np.maximum(self.frequency, 1 / max(height, width)))

    def start(self, chance):
        return chance.normal(0, 0.01, (self.channels, self.height, self.width)).astype(np.float32)

    def pictures(self, values, window, move):
        import tensorflow as tf

        strengths = values * self.scale  # (N, C, h waves, w waves)
        if self.channels == 3:
            strengths = tf.einsum("ij,njhw->nihw", _COLOURS, strengths)
        down, across = (_waves(n, *one, move[2]) for n, one in self._seen(window, move))
        # Not tf.matmul: with it TensorFlow 2.21 spoilt its memory now and then, for small grey pictures, and crashed.
        return tf.sigmoid(tf.einsum("yh,nchw,xw->nyxc", down, strengths, across))

    def _seen(self, window, move):
        return (self.height, (window[0], move[0])), (self.width, (window[1], move[1]))

    def blurred(self, values, sigma):
        return values * np.float32(np.exp(-2 * (np.pi * sigma * self.frequency) ** 2))


_BASES = {"pixel": _Pixels, "fourier": _Fourier}


def _waves(n, count, start, zoom):
    """The waves of an axis of n pixels, as `count` pixels from `start` on see them: (count, n)."""
    import tensorflow as tf

    middle = (count - 1) / 2
    places = start + middle + (tf.range(count, dtype=tf.float32) - middle) * (1 + zoom)
    periods = np.arange(1, n // 2 + 1, dtype=np.float32)
    angles = places[:, tf.newaxis] * (2 * math.pi / n * periods)
    pairs = tf.reshape(tf.stack([tf.cos(angles), tf.sin(angles)], axis=-1), (count, -1))
    # For even n the last sine is 0 at all pixels, and left out.
    return tf.concat([tf.ones((count, 1)), math.sqrt(2) * pairs[:, : n - 1]], axis=1) / math.sqrt(n)


def _blurring(n, sigma):
    """The matrix (n, n) that blurs along an axis of n pixels; at the border it takes the mean of what is there."""
    apart = np.subtract.outer(np.arange(n), np.arange(n))
    weights = np.exp(-0.5 * (apart / sigma) ** 2)
    return np.float32(weights / weights.sum(axis=1, keepdims=True))


def _slopes_of_variation(pictures):
    """The gradient of the sum of all differences between neighbouring pixels."""
    import tensorflow as tf

    with tf.GradientTape() as tape:
        tape.watch(pictures)
        variation = tf.image.total_variation(pictures)
    return tape.gradient(variation, pictures)


def _to_length_one(slopes):
    import tensorflow as tf

    return slopes / (tf.sqrt(tf.reduce_mean(slopes**2, axis=(1, 2, 3), keepdims=True)) + 1e-12)


def _window(network, name, size, jitter):
    """How much of the picture is seen at each step (h, w), and how far it is moved (down, across)."""
    if jitter is not None:
        return size, (check_amount("jitter", jitter),) * 2
    try:
        seen = receptive_field(network.model, name.partition(":")[0])
        field, padding = np.max(seen.size), -np.max(seen.start)
    except ValueError:  # a layer whose reach is not known
        field, padding = math.inf, 0
    # Half a picture, and what is padded round it, must be enough for one place of the layer's maps.
    if field <= min(_SEES_LITTLE * min(size), -(-min(size) // 2) + 2 * padding):
        return tuple(-(-n // 2) for n in size), tuple(n / 2 for n in size)
    if field < min(size):
        return size, tuple(n / 2 for n in size)
    return size, tuple(n / 16 for n in size)


def _past_the_activation(network, slot):
    """What to call instead of the layer, to have its values before its activation."""
    _, instead = network.head(slot)
    step = network.step_of(slot)
    if not instead and step is not None and activation_of(step.layer) not in (None, "linear"):
        instead = {step.name: without_activation(step.layer)}
    return instead


def _try_size(work, name, size, network):
    """Return `work()`; explain it if the layers before this one need another size of picture."""
    if size == network.image_shape[:2]:
        return work()
    try:
        return work()
    except Exception as error:
        raise ValueError(
            f"`image_size` must be one with which the layers up to {name!r} work; received {size}. A Flatten or Dense "
            f"layer before it may be made for pictures of {network.image_shape[:2]}, or the maps have become too "
            "small. Leave `image_size` out, or choose an earlier layer."
        ) from error


def _warn_of_range(network, slot):
    """Warn if the first kernel gets pixels from 0 to 255 as they are: few networks were trained on them."""
    step = network.first_step(slot)
    if step is not None and any(hasattr(step.layer, kernel) for kernel in ("kernel", "depthwise_kernel")):
        warnings.warn(
            f"{step.name!r} gets pixels from 0 to 255 as they are: nothing in {network.model.name!r} scales them. "
            "If it was trained on others, say how they were made: `preprocess=lambda x: x / 255`, or the "
            "`preprocess_input` that belongs to a model of keras.applications. If not, `preprocess=lambda x: x` "
            "silences this.",
            stacklevel=3,
        )
