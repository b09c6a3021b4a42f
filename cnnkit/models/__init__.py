"""Networks in plain Keras layers, one function a network, each uncompiled.

What they share:

- Input: pictures (N, H, W, C) with values from 0 to 255, as the data sets of the kit give them. The first layer,
  `Rescaling(1/255)`, brings them to [0, 1], so that there is nothing to forget. (`denoiser` and `vgg16` are
  the exceptions.)
- Output: (N, num_classes) probabilities from a softmax; with ``logits=True`` the numbers before it, which belong
  with ``from_logits=True`` in the loss. ``num_classes=1`` gives one unit with a sigmoid, for two classes 0 and 1.
- You call `compile` and `fit` yourself.

`transfer` puts a new head on a trained network, `unfreeze` lets the end of that network train along.
"""

from .alexnet import alexnet
from .cats_dogs import cats_dogs_cnn
from .cnn_12_24 import cnn_12_24
from .convnet1 import convnet1
from .denoiser import denoiser
from .lenet5 import lenet5, lenet5_small
from .mlp import mlp
from .transfer import transfer, unfreeze
from .vgg16 import vgg16
from .vgg_mini import vgg_mini

__all__ = [
    "alexnet",
    "cats_dogs_cnn",
    "cnn_12_24",
    "convnet1",
    "denoiser",
    "lenet5",
    "lenet5_small",
    "mlp",
    "transfer",
    "unfreeze",
    "vgg16",
    "vgg_mini",
]
