"""One seed for everything that draws random numbers."""

import operator


def set_seed(seed):
    """Seed Python, NumPy and TensorFlow, so that the same training gives the same losses again.

    Call it before the model is made: the first weights are drawn from the seed as well. On a machine
    without GPU the operations of TensorFlow are made deterministic too, and the losses agree bit for bit.
    That holds for one machine and one number of threads; another CPU, or a GPU, rounds differently. A
    `Dataset` goes on shuffling where it stopped, so make it anew for a second run:
    ``data = datasets.mnist()``.

    Args:
        seed: int from 0 to 4,294,967,295.

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
    import tensorflow as tf

    keras.utils.set_random_seed(number)
    # On a GPU it costs time, and some operations then refuse to run at all.
    if not tf.config.list_physical_devices("GPU"):
        tf.config.experimental.enable_op_determinism()
    return number
