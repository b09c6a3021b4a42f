"""What a network has learned and what it looks at: arrays in, arrays out.

- `activations`: what each layer makes of your pictures.
- `feature_images`: pictures that excite a unit, for all units of a layer at once.
- `grad_cam`, `occlusion`, `saliency`: which part of a picture speaks for a class.

All of them take a built Keras model, Sequential or functional, fresh or loaded from a file, with models inside as
layers: a layer within the model `base` is called ``"base/conv2"``, or ``"conv2"`` where only one has that name.
Weights, layers and the model itself stay as they are. `cnnkit.plot` draws what comes out.
"""

from ._activations import activations
from ._feature_images import feature_images
from ._maps import grad_cam, occlusion, saliency

__all__ = ["activations", "feature_images", "grad_cam", "occlusion", "saliency"]
