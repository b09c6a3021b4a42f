"""Right and wrong answers to the exercises of lecture 01."""

import numpy as np


def crop(image, height, width):
    top, left = (image.shape[0] - height) // 2, (image.shape[1] - width) // 2
    return image[top : top + height, left : left + width]


def normalise(images):
    return (images - images.mean(axis=(0, 1, 2))) / images.std(axis=(0, 1, 2))


def reshaped(images):
    n, c, h, w = images.shape
    return images.reshape(n, h, w, c)


def round_up(image, height, width):
    top, left = (image.shape[0] - height + 1) // 2, (image.shape[1] - width + 1) // 2
    return image[top : top + height, left : left + width]


RIGHT = {
    "01.shape": [(3000, 4000, 3), [3000, 4000, 3]],
    "01.bytes": [8_640_000, 8.64e6],
    "01.mirror": [lambda image: image[:, ::-1], np.fliplr, lambda image: np.flip(image, axis=1)],
    "01.channels_last": [
        lambda images: np.moveaxis(images, 1, -1),
        lambda images: np.transpose(images, (0, 2, 3, 1)),
        lambda images: np.stack([images[:, c] for c in range(images.shape[1])], axis=-1),
    ],
    "01.center_crop": [crop],
    "01.normalise": [normalise, lambda images: normalise(images.astype("float32"))],
}

WRONG = [
    ("01.shape", (4000, 3000, 3), "width first"),
    ("01.shape", (3, 3000, 4000), "PyTorch"),
    ("01.shape", (3, 4000, 3000), "come last"),
    ("01.shape", (3000, 4000), "grey picture"),
    ("01.shape", (4000, 3000), "grey picture, and width first"),
    ("01.shape", (3000, 4000, 1), "grey picture"),
    ("01.shape", (1, 3000, 4000, 3), "batch"),
    ("01.shape", (0, 0, 0), "index 0"),
    ("01.shape", "large", "numbers"),
    ("01.bytes", 2_160_000, "four bytes"),
    ("01.bytes", 69_120_000, "32 bits"),
    ("01.bytes", 17_280_000, "float64"),
    ("01.bytes", 2_880_000, "three channels"),
    ("01.bytes", 270_000, "one picture"),
    ("01.bytes", 0, "is not 0"),
    ("01.bytes", "8 MB", "one number"),
    ("01.mirror", lambda image: image[::-1], "upside down"),
    ("01.mirror", lambda image: image[::-1, ::-1], "half a turn"),
    ("01.mirror", lambda image: image[..., ::-1], "red and blue"),
    ("01.mirror", lambda image: image, "as it was"),
    ("01.mirror", lambda image: np.zeros_like(image), "index"),
    ("01.mirror", lambda image: image[:, ::-1, :], "stopped with IndexError"),
    ("01.mirror", lambda image: None, "return"),
    ("01.mirror", "image[:, ::-1]", "function itself"),
    ("01.channels_last", reshaped, "scrambled"),
    ("01.channels_last", lambda images: np.swapaxes(images, 1, -1), "on their side"),
    ("01.channels_last", lambda images: np.moveaxis(images, 0, -1), "That is the batch"),
    ("01.channels_last", lambda images: images, "as it was"),
    ("01.channels_last", lambda images: 0 * np.moveaxis(images, 1, -1), "index"),
    ("01.center_crop", lambda image, height, width: image[:height, :width], "upper left corner"),
    ("01.center_crop", lambda image, height, width: crop(image, width, height), "exchanged"),
    ("01.center_crop", round_up, "smaller half"),
    ("01.center_crop", lambda image, height, width: image, "shape"),
    (
        "01.center_crop",
        lambda image, height, width: crop(image, height, width)[:, :, :3],
        "stopped with IndexError",
    ),
    ("01.normalise", lambda images: (images - images.mean()) / images.std(), "one mean for all channels"),
    (
        "01.normalise",
        lambda images: np.stack([(one - one.mean((0, 1))) / one.std((0, 1)) for one in images]),
        "mean for each picture",
    ),
    (
        "01.normalise",
        lambda images: np.stack([(one - one.mean()) / one.std() for one in images]),
        "all its channels",
    ),
    ("01.normalise", lambda images: (images - images.mean(0)) / images.std(0), "each pixel"),
    ("01.normalise", lambda images: (images - images.mean((0, 1, 2))) / images.var((0, 1, 2)), "variance"),
    ("01.normalise", lambda images: images - images.mean((0, 1, 2)), "as well"),
    ("01.normalise", lambda images: images / 255, "between 0 and 1"),
    ("01.normalise", lambda images: np.zeros(images.shape), "index"),
    ("01.normalise", lambda images: normalise(images).astype(int), "index"),
]
