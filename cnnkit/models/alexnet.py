"""AlexNet, the network that won ImageNet's competition in 2012."""

import keras
from keras import layers

from ._arguments import check_dropout, check_input_shape, output_activation

__all__ = ["alexnet"]


def alexnet(
    *, input_shape=(227, 227, 3), num_classes=1000, logits=False, groups=1, dropout=0.5, name="alexnet"
):
    """Return AlexNet: five convolutions, of which the first takes large steps, and three dense layers.

    ============  ===========  ==========
    layer         output       weights
    ============  ===========  ==========
    rescaling     227, 227, 3
    conv1         55, 55, 96   34,944
    pool1         27, 27, 96
    conv2         27, 27, 256  614,656
    pool2         13, 13, 256
    conv3         13, 13, 384  885,120
    conv4         13, 13, 384  1,327,488
    conv5         13, 13, 256  884,992
    pool5         6, 6, 256
    flatten       9216
    fc6           4096         37,752,832
    dropout6      4096
    fc7           4096         16,781,312
    dropout7      4096
    predictions   1000         4,097,000
    ============  ===========  ==========

    What differs from the paper:

    - The paper halves the maps between two GPUs: conv2, conv4 and conv5 see only the half that lies on their own. Here
      all see all, as the network is usually drawn. ``groups=2`` gives the halves, and the paper's 60,965,224 weights.
    - The paper has a local response normalisation behind conv1 and conv2. It is left out: it adds no weights, Keras
      has no layer for it, and later networks do without (Simonyan and Zisserman measured that it does not help).
    - The paper says 224×224 pixels. With a kernel of 11, steps of 4 and no padding 55×55 maps need 227×227.
    - The paper subtracts the mean picture. Here `rescaling` brings 0 to 255 to [0, 1], as in all networks of the kit.

    The poolings overlap: windows of 3×3, in steps of 2.

    Args:
        input_shape: (H, W, C) of a picture, values 0 to 255, at least 67×67.
        num_classes: units of the last layer; 1 for one unit with a sigmoid.
        logits: `True` leaves the softmax (or sigmoid) out.
        groups: 1, or 2 for the two halves of the paper.
        dropout: the share of the units of fc6 and fc7 that is switched off at random in training, from 0 to below 1.
        name: the name of the model.

    Returns:
        An uncompiled `keras.Sequential`, (N, H, W, C) → (N, num_classes); 62,378,344 weights as it stands: 250 MB.

    Raises:
        ValueError: if `input_shape` is not three whole numbers or too small, `num_classes` is below 1, `groups` is
            neither 1 nor 2, or `dropout` outside [0, 1).

    Source: A. Krizhevsky, I. Sutskever, G. Hinton, ImageNet classification with deep convolutional neural networks,
    NIPS 2012.
    """
    input_shape = check_input_shape(input_shape, smallest=67)
    activation = output_activation(num_classes, logits)
    if isinstance(groups, bool) or groups not in (1, 2):
        raise ValueError(
            f"`groups` must be 1 (all maps together) or 2 (the paper's two GPUs); received {groups!r}. Leave it out "
            "for the network as it is usually drawn."
        )
    check_dropout(dropout)
    return keras.Sequential(
        [
            layers.Input(input_shape),
            layers.Rescaling(1 / 255, name="rescaling"),
            layers.Conv2D(96, 11, strides=4, activation="relu", name="conv1"),
            layers.MaxPooling2D(3, strides=2, name="pool1"),
            layers.Conv2D(256, 5, padding="same", groups=groups, activation="relu", name="conv2"),
            layers.MaxPooling2D(3, strides=2, name="pool2"),
            layers.Conv2D(384, 3, padding="same", activation="relu", name="conv3"),
            layers.Conv2D(384, 3, padding="same", groups=groups, activation="relu", name="conv4"),
            layers.Conv2D(256, 3, padding="same", groups=groups, activation="relu", name="conv5"),
            layers.MaxPooling2D(3, strides=2, name="pool5"),
            layers.Flatten(name="flatten"),
            layers.Dense(4096, activation="relu", name="fc6"),
            layers.Dropout(dropout, name="dropout6"),
            layers.Dense(4096, activation="relu", name="fc7"),
            layers.Dropout(dropout, name="dropout7"),
            layers.Dense(num_classes, activation=activation, name="predictions"),
        ],
        name=name,
    )
