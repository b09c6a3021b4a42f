"""The dense network that lecture 02 begins with."""

import keras
from keras import layers

from ._arguments import check_input_shape, output_activation

__all__ = ["mlp"]


def mlp(*, input_shape=(28, 28, 1), num_classes=10, hidden=(128,), logits=False, name="mlp"):
    """Return a dense network: the picture as one long row of numbers, then layers of units that see all of it.

    ============  ===========  =========
    layer         output       weights
    ============  ===========  =========
    rescaling     28, 28, 1
    flatten       784
    hidden_1      128          100,480
    predictions   10           1,290
    ============  ===========  =========

    Args:
        input_shape: (H, W, C) of a picture, values 0 to 255.
        num_classes: units of the last layer.
        hidden: units of each hidden layer, a sequence of ints; empty for a linear classifier.
        logits: `True` leaves the softmax out.
        name: the name of the model.

    Returns:
        An uncompiled `keras.Sequential`, (N, H, W, C) → (N, num_classes); 101,770 weights as it stands.

    Raises:
        ValueError: if `input_shape` is not three whole numbers, or `num_classes` or a number of units is below 1.

    Source: the network with 128 hidden units that is customary for MNIST.
    """
    input_shape = check_input_shape(input_shape)
    activation = output_activation(num_classes, logits)
    units = tuple(hidden) if isinstance(hidden, (list, tuple)) else (hidden,)
    if any(isinstance(one, bool) or not isinstance(one, int) or one < 1 for one in units):
        raise ValueError(
            f"`hidden` must be whole numbers of at least 1, one a layer; received {hidden!r}. hidden=(128,) is one "
            "layer, () none."
        )
    return keras.Sequential(
        [
            layers.Input(input_shape),
            layers.Rescaling(1 / 255, name="rescaling"),
            layers.Flatten(name="flatten"),
            *(layers.Dense(n, activation="relu", name=f"hidden_{i}") for i, n in enumerate(units, start=1)),
            layers.Dense(num_classes, activation=activation, name="predictions"),
        ],
        name=name,
    )
