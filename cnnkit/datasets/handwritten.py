"""Handwritten digits: MNIST, and the 1,797 small ones that come inside scikit-learn."""

import hashlib
import struct
import zipfile
import zlib

import numpy as np

from . import cache
from .catalogue import entry
from .dataset import ArraySplit, Dataset

__all__ = ["digits", "load_mnist_file", "mnist"]

_NAMES = [str(n) for n in range(10)]

_DIGITS_LICENCE = "CC BY 4.0 (UCI Machine Learning Repository)"
_DIGITS_CITATION = (
    "E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits, "
    "UCI Machine Learning Repository, 1998, doi:10.24432/C50P49"
)

# MD5 of the four original IDX files, unpacked. The file mnist.npz exists in several versions whose bytes
# differ; what must agree is the arrays, so each array is given its IDX header again and hashed.
_IDX_MD5 = {
    "x_train": "6bbc9ace898e44ae57da46a324031adb",
    "y_train": "a25bea736e30d166cdddb491f175f624",
    "x_test": "2646ac647ad5339dbf082846283269ea",
    "y_test": "27ae3e4e09519cfbb04c329615203637",
}


def digits(batch_size=32):
    """Return scikit-learn's 1,797 handwritten digits of 8×8 pixels: real, and always at hand.

    Args:
        batch_size: pictures in a batch of the tf.data splits.

    Returns:
        A `Dataset`: pictures (8, 8, 1) float32 in [0, 255] (the original 17 grey levels, 0 to 16, times
        255/16). The digits of one writer follow each other, so the last 397 (test) and the 200 before them
        (validation) come mostly from writers whose digits are not in the first 1,200 (train).

    Source: UCI Optical Recognition of Handwritten Digits, test part, CC BY 4.0.
    """
    images, labels = _small_digits()
    images = (images.astype(np.float32) * np.float32(255 / 16))[..., None]
    return Dataset(
        "digits",
        _cut(images, labels, 1200, 1400),
        _NAMES,
        source="embedded",
        licence=_DIGITS_LICENCE,
        citation=_DIGITS_CITATION,
        batch_size=batch_size,
        note="digits: 1,797 real handwritten digits of 8×8 pixels from scikit-learn (embedded).",
    )


def mnist(source="auto", batch_size=128):
    """Return MNIST, or a small offline twin of it: real handwritten digits of 28×28 pixels either way.

    One printed line says which one it is and why.

    Args:
        source: ``"real"`` insists on MNIST (70,000 pictures) and raises where it cannot be had;
            ``"embedded"`` is the offline twin, scikit-learn's 1,797 digits enlarged to 28×28, and never
            touches the network; ``"auto"`` takes MNIST if it is in the cache or can be downloaded, otherwise
            the twin.
        batch_size: pictures in a batch of the tf.data splits.

    Returns:
        A `Dataset`: pictures (28, 28, 1), [0, 255], bright on dark. Real: 55,000 train, 5,000 validation (the
        last of MNIST's 60,000), 10,000 test. Embedded: 1,200 train, 200 validation, 397 test.

    Raises:
        ValueError: if `source` is none of the three.
        OSError: with ``source="real"``, where MNIST is not in the cache and cannot be downloaded.
    """
    from .choosing import choose

    return choose(
        "mnist",
        source,
        offline_word="embedded",
        real=_real_mnist,
        twin=_embedded_mnist,
        batch_size=batch_size,
    )


def _real_mnist(batch_size):
    known = entry("mnist")
    x_train, y_train, x_test, y_test = load_mnist_file(cache.cache_folder() / "mnist.npz")
    cut = len(x_train) - 5000
    splits = {
        "train": ArraySplit(x_train[:cut, ..., None], y_train[:cut]),
        "validation": ArraySplit(x_train[cut:, ..., None], y_train[cut:]),
        "test": ArraySplit(x_test[..., None], y_test),
    }
    return Dataset(
        "mnist",
        splits,
        _NAMES,
        source="real",
        licence=known.licence,
        citation=known.citation,
        batch_size=batch_size,
        note="the 70,000 handwritten digits",
    )


def _embedded_mnist(batch_size):
    images, labels = _small_digits()
    return Dataset(
        "mnist",
        _cut(_enlarge(images), labels, 1200, 1400),
        _NAMES,
        source="embedded",
        licence=_DIGITS_LICENCE,
        citation=_DIGITS_CITATION,
        batch_size=batch_size,
        note="scikit-learn's 1,797 handwritten digits, enlarged to 28×28",
    )


def load_mnist_file(path):
    """Read ``mnist.npz`` and check that its arrays are the original ones.

    Args:
        path: path of the file, with keys ``x_train, y_train, x_test, y_test``.

    Returns:
        x_train (60000, 28, 28) uint8, y_train (60000,) uint8, x_test (10000, 28, 28), y_test (10000,).

    Raises:
        ValueError: if the file cannot be read or holds anything else.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {key: file[key] for key in _IDX_MD5}
    except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise ValueError(
            f"{path} should be MNIST as an .npz file with the keys {', '.join(_IDX_MD5)}; it cannot be read "
            f"as one ({type(error).__name__}: {error}). It is probably half a download: delete it, then run "
            "`python -m cnnkit data download mnist`."
        ) from error
    for key, expected in _IDX_MD5.items():
        found = idx_md5(arrays[key])
        if found != expected:
            raise ValueError(
                f"{path}: the array `{key}` should be MNIST's, with the MD5 {expected} as an IDX file; it "
                f"has {found}. The file holds other data or is damaged: delete it, then run `python -m "
                "cnnkit data download mnist`."
            )
    return tuple(arrays[key] for key in _IDX_MD5)


def idx_md5(array):
    """Return the MD5 that an array of bytes has when written as an IDX file, the format MNIST came in."""
    header = struct.pack(">i", 0x0800 | array.ndim) + b"".join(struct.pack(">i", n) for n in array.shape)
    return hashlib.md5(header + np.ascontiguousarray(array).tobytes(), usedforsecurity=False).hexdigest()


def _small_digits():
    from sklearn.datasets import load_digits

    bunch = load_digits()
    return bunch.images, bunch.target.astype(np.int32)  # (1797, 8, 8) floats 0 … 16


def _cut(images, labels, first, second):
    return {
        "train": ArraySplit(images[:first], labels[:first]),
        "validation": ArraySplit(images[first:second], labels[first:second]),
        "test": ArraySplit(images[second:], labels[second:]),
    }


def _enlarge(images):
    """Enlarge digits (N, 8, 8), values 0 to 16, to MNIST's form (N, 28, 28, 1) uint8.

    As in MNIST the digit fills a box of 20×20 pixels and its centre of mass lies in the middle of the
    picture. A steeper tone curve gives the strokes MNIST's full white and short grey edges. Whole numbers
    from end to end, so that the pixels are the same on every machine.
    """
    from PIL import Image

    tones = np.clip((np.arange(256) - 40) * 3 // 2, 0, 255).astype(np.uint8)
    out = np.zeros((len(images), 28, 28), np.uint8)
    for target, image in zip(out, images, strict=True):
        small = Image.fromarray((image.astype(np.int64) * 255 // 16).astype(np.uint8))
        box = tones[np.asarray(small.resize((20, 20), Image.Resampling.BICUBIC))]
        mass = int(box.sum(dtype=np.int64))
        rows, columns = box.sum(axis=1, dtype=np.int64), box.sum(axis=0, dtype=np.int64)
        ticks = 2 * np.arange(20) + 1  # pixel centres in half pixels
        top = min(max(14 - int(ticks @ rows // mass + 1) // 2, 0), 8)
        left = min(max(14 - int(ticks @ columns // mass + 1) // 2, 0), 8)
        target[top : top + 20, left : left + 20] = box
    return out[..., None]
