"""What each layer makes of the pictures."""

import numpy as np

from ._arguments import check_count, check_images
from ._network import Network

__all__ = ["activations"]


def activations(model, images, layers=None, *, batch_size=32):
    """Return what layers of a model put out for these pictures.

    Args:
        model: a built Keras model.
        images: (N, H, W, C), in the range that the model was trained on.
        layers: name of a layer, the layer itself, or a list of them; `None` means all, also those of models inside.
        batch_size: pictures that go through the model at a time.

    Returns:
        A dict from the name of a layer, as you gave it, to an array (N, …), in the order of the list. With
        ``layers=None`` the names are full ones, such as "base/conv2", and the order is that of the computation. Dropout
        and augmentation are switched off, as in `model.predict`.

    Raises:
        TypeError: `model` is no Keras model, or `images` no array.
        ValueError: the model is not built, the pictures do not fit it, or there is no such layer.
    """
    network = Network(model)
    images = check_images(images, network)
    batch_size = check_count("batch_size", batch_size)
    if layers is None:
        layers = network.names
    elif isinstance(layers, str) or not isinstance(layers, (list, tuple)):
        layers = [layers]
    given = [getattr(layer, "name", layer) for layer in layers]
    names = {network.find(layer): name for layer, name in zip(layers, given, strict=True)}
    shared = {name for name in names.values() if list(names.values()).count(name) > 1}
    slots = {full if name in shared else name: network.outputs[full] for full, name in names.items()}
    batches = [
        [np.asarray(value) for value in network.run(images[start : start + batch_size], list(slots.values()))]
        for start in range(0, len(images), batch_size)
    ]
    return {
        name: np.concatenate(parts) for name, parts in zip(slots, zip(*batches, strict=True), strict=True)
    }
