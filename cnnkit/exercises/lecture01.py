"""The exercises of lecture 01, images as arrays."""

import numpy as np

from . import _judging
from ._core import exercise


@exercise(
    "01.shape",
    hints=(
        "A shape counts rows first. Is there a row for each pixel of the width, or of the height?",
        "The array has three axes: (height, width, channels).",
    ),
    praise="Height, width, channels: in this order.",
)
def _(answer):
    _judging.array(
        answer,
        (3000, 4000, 3),
        what="The shape",
        slips=[
            (
                (4000, 3000, 3),
                "That is width first. NumPy counts the rows first, and their number is the height.",
            ),
            (
                (3, 3000, 4000),
                "That is channels first, PyTorch's order. The question asks for channels last.",
            ),
            ((3, 4000, 3000), "The channels should come last, and before them the height, then the width."),
            ((3000, 4000), "That is a grey picture. In colour there are three numbers for each pixel."),
            ((4000, 3000), "That is a grey picture, and width first."),
            ((3000, 4000, 1), "That is a grey picture. In colour there are three numbers for each pixel."),
            (
                (1, 3000, 4000, 3),
                "That is a batch with this one picture in it. The picture alone has three axes.",
            ),
        ],
    )


@exercise(
    "01.bytes",
    hints=(
        "How many numbers are in one picture? 150 rows, 150 columns, three channels.",
        "A float32 has 32 bits, and a byte has 8.",
    ),
    praise="Eight and a half million bytes, for 32 small pictures.",
)
def _(answer):
    numbers = 32 * 150 * 150 * 3
    _judging.number(
        answer,
        4 * numbers,
        what="The number of bytes",
        slips=[
            (numbers, "That is how many numbers there are. Each of them takes four bytes."),
            (32 * numbers, "A float32 has 32 bits. In bytes that is 4."),
            (8 * numbers, "That is right for float64. A float32 takes four bytes."),
            (4 * numbers // 3, "Colour pictures have three channels."),
            (4 * numbers // 32, "That is one picture. The batch holds 32."),
        ],
    )


@exercise(
    "01.mirror",
    hints=(
        "image[::-1] runs through the rows backwards. Which axis do you need?",
        "A colon alone, as in image[:, ...], leaves an axis as it is.",
    ),
    praise="One slice, and it works for grey and for colour.",
)
def _(answer):
    rng = np.random.default_rng(1)
    grey = rng.integers(0, 256, (3, 4), dtype=np.uint8)
    colour = rng.integers(0, 256, (2, 4, 3), dtype=np.uint8)
    _judging.function(
        answer,
        lambda image: image[:, ::-1],
        [(grey,), (colour,)],
        slips=[
            (lambda image: image[::-1], "Your function turns the picture upside down: it reverses the rows."),
            (
                lambda image: image[::-1, ::-1],
                "Your function reverses the rows as well. The picture is now turned by half a turn.",
            ),
            (
                lambda image: image[..., ::-1],
                "For colour, the last axis is the channels: your function exchanges red and blue.",
            ),
            (lambda image: image, "Your function returns the picture as it was."),
        ],
    )


@exercise(
    "01.channels_last",
    hints=(
        "np.moveaxis(array, from, to) takes one axis and puts it elsewhere. The others keep their order.",
        "In (N, C, H, W) the channels are axis 1. The last axis is −1.",
    ),
    praise="The axis has moved, and each picture is whole.",
)
def _(answer):
    batch = np.arange(2 * 3 * 4 * 5).reshape(2, 3, 4, 5)

    def reshaped(images):
        n, c, h, w = images.shape
        return images.reshape(n, h, w, c)

    _judging.function(
        answer,
        lambda images: np.moveaxis(images, 1, -1),
        [(batch,)],
        slips=[
            (
                reshaped,
                "The shape is right, but the pictures are scrambled: reshape only counts the numbers anew.",
            ),
            (
                lambda images: np.swapaxes(images, 1, -1),
                "You exchanged two axes, so the pictures lie on their side: (N, W, H, C).",
            ),
            (
                lambda images: np.moveaxis(images, 0, -1),
                "You moved axis 0. That is the batch; the channels are axis 1.",
            ),
            (lambda images: images, "Your function returns the batch as it was."),
        ],
    )


@exercise(
    "01.center_crop",
    hints=(
        "image.shape[0] − height rows are left over. Half of them lie above the window.",
        "Whole numbers are halved with //, which rounds down.",
        "The window is image[top : top + height, left : left + width].",
    ),
    praise="This is what CenterCrop does.",
)
def _(answer):
    image = np.arange(7 * 10 * 3).reshape(7, 10, 3)

    def crop(image, height, width):
        top, left = (image.shape[0] - height) // 2, (image.shape[1] - width) // 2
        return image[top : top + height, left : left + width]

    def rounded_up(image, height, width):
        top, left = -(-(image.shape[0] - height) // 2), -(-(image.shape[1] - width) // 2)
        return image[top : top + height, left : left + width]

    _judging.function(
        answer,
        crop,
        [(image, 3, 4), (image, 4, 4), (image, 2, 7), (image, 7, 10), (image[..., 0], 3, 4)],
        slips=[
            (
                lambda image, height, width: image[:height, :width],
                "Your window begins in the upper left corner.",
            ),
            (
                lambda image, height, width: crop(image, width, height),
                "Height and width are exchanged: the rows come first.",
            ),
            (
                rounded_up,
                "Where the rest cannot be halved, the smaller half should lie above and to the left. Use //.",
            ),
        ],
    )


@exercise(
    "01.normalise",
    hints=(
        "images.mean(axis=...) takes the mean over the axes that you name. Which three of (N, H, W, C) should go?",
        "Subtract the means, divide by the standard deviations: images.std(axis=...).",
    ),
    praise="Each channel has mean 0 and variance 1.",
)
def _(answer):
    rng = np.random.default_rng(2)
    batch = rng.integers(0, 200, (5, 4, 6, 3)) * np.array([1.0, 0.5, 0.2]) + np.array([0, 20, 100])
    batch = (batch * np.linspace(0.6, 1.0, 5).reshape(5, 1, 1, 1)).astype(np.uint8)

    def scaled(axes, power=1.0):
        def normalise(images):
            mean, deviation = images.mean(axis=axes, keepdims=True), images.std(axis=axes, keepdims=True)
            return (images - mean) / deviation**power

        return normalise

    _judging.function(
        answer,
        scaled((0, 1, 2)),
        [(batch,)],
        tolerance=1e-4,
        slips=[
            (scaled(None), "You took one mean for all channels. Each channel should have its own."),
            (
                scaled((1, 2)),
                "You took a mean for each picture. It should be taken over all pictures of the batch.",
            ),
            (scaled((1, 2, 3)), "You took a mean for each picture, over all its channels."),
            (scaled(0), "You took a mean for each pixel. It should go over rows and columns as well."),
            (
                scaled((0, 1, 2), 2),
                "You divided by the variance. Divide by its root, the standard deviation.",
            ),
            (scaled((0, 1, 2), 0), "The mean is 0 now. Divide by the standard deviation as well."),
            (lambda images: images / 255, "That brings the values between 0 and 1. The mean should be 0."),
        ],
    )
