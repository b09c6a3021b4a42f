"""The network behind `models.vgg_mini` as it is trained, and how its weights come into the package.

It is trained with batch normalisation behind each convolution. In use that is a factor and a summand for each map, so
it can be folded into the kernels and biases before it: the finished network gives the same numbers with fewer layers.
"""

import numpy as np


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
