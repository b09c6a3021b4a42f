"""One seed for everything that draws random numbers."""

import operator


def set_seed(seed, *, deterministic=False):
    """Seed Python, NumPy and TensorFlow, so that the same training gives the same losses again.

    Call it before the model is made: the first weights are drawn from the seed as well. On a CPU the
    losses then agree bit for bit, on the same machine with the same number of threads; another one rounds
    differently. A `Dataset` goes on shuffling where it stopped, so make it anew for a second run:
    ``data = datasets.mnist()``. In Keras 3.8, a call such as ``keras.random.normal((3,))`` goes on where it was, too;
    layers do not.

    Args:
        seed: int from 0 to 4,294,967,295.
        deterministic: whether to allow only operations that always give the same result. On a GPU this is
            needed for equal losses; it costs time, some operations then refuse to run, and it lasts until
            Python ends. On a CPU the losses of the layers of this course are equal without it.

    Returns:
        The seed.

    Raises:
        TypeError: `seed` is not an int.
        ValueError: `seed` is out of range.
    """
    try:
        number = operator.index(seed)
    except TypeError:
        raise TypeError(
            f"`seed` must be an int; received {seed!r} of type {type(seed).__name__}. A seed has no size to "
            "speak of, any whole number does: `set_seed(0)`."
        ) from None
    if not 0 <= number < 2**32:
        raise ValueError(
            f"`seed` must be from 0 to 4,294,967,295; received {number}. NumPy takes no other: `set_seed(0)`."
        )
    import keras

    keras.utils.set_random_seed(number)
    # Not always: it also makes tf.data work with one thread, and TensorFlow complains of that on stderr.
    if deterministic:
        import tensorflow as tf

        tf.config.experimental.enable_op_determinism()
    return number
