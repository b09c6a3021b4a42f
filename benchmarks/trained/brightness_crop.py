"""Two more changes of the pictures, by the recipe of `regularisation`: their brightness, and a random crop.

They stand in a module of their own, so that the others, whose seeds belong to the text of theirs, keep them.
"""

from . import experiment
from .regularisation import changed, trained


def brighten():
    from keras import layers

    return layers.RandomBrightness(0.2, value_range=(0, 1))


def border():
    from keras import layers

    return layers.ZeroPadding2D(2)


def crop():
    from keras import layers

    return layers.RandomCrop(28, 28)  # the same for all of a batch


def middle():
    from keras import layers

    return layers.CenterCrop(28, 28)  # of the test's pictures, which RandomCrop leaves alone


@experiment("small.brightness", "Brightness by up to a fifth")
def brightness(seed):
    return trained(changed(brighten), seed)


@experiment("small.crop", "Two pixels of black round it, then a random crop")
def random_crop(seed):
    return trained(changed(border, crop, middle), seed)
