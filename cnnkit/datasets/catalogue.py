"""What can be downloaded: from where, how it is verified, what it is and under which terms.

A hash stands here only where two independent public sources give it, or the project that publishes the file
does; `hash_from` says which. Where nobody has published one it is `None`, and what is verified instead is
said plainly.
"""

import difflib
import html
from dataclasses import dataclass

from . import cache

__all__ = ["CATALOGUE", "Entry", "describe", "entry", "names"]

_GOOGLE = "https://storage.googleapis.com/"
_KERAS_WEIGHTS = _GOOGLE + "tensorflow/keras-applications/"

UC_MERCED_CLASSES = (
    "agricultural",
    "airplane",
    "baseballdiamond",
    "beach",
    "buildings",
    "chaparral",
    "denseresidential",
    "forest",
    "freeway",
    "golfcourse",
    "harbor",
    "intersection",
    "mediumresidential",
    "mobilehomepark",
    "overpass",
    "parkinglot",
    "river",
    "runway",
    "sparseresidential",
    "storagetanks",
    "tenniscourt",
)


@dataclass(frozen=True)
class Entry:
    """One thing that can be downloaded.

    Attributes:
        name: its name here.
        what: one line in words.
        place: where it lies in the cache: a file, or the folder that an archive is unpacked into.
        mirrors: addresses, tried in turn.
        sha256, md5: the hash of the file that is downloaded, or `None`.
        hash_from: who published the hash, or what is verified without one.
        size: bytes of the file that is downloaded, or `None` where unknown.
        unpack: pairs (prefix in the archive, folder below `place`); empty for a plain file.
        pictures: how many files the unpacked archive must hold, or `None`.
        complete: paths below `place` that must exist for the set to count as present.
        licence, citation, home: terms, what to cite, where it is described.
        classes: names of the classes.
        without: what to do without it.
    """

    name: str
    what: str
    place: str
    mirrors: tuple
    sha256: str | None = None
    md5: str | None = None
    hash_from: str = ""
    size: int | None = None
    unpack: tuple = ()
    pictures: int | None = None
    complete: tuple = ()
    licence: str = ""
    citation: str = ""
    home: str = ""
    classes: tuple = ()
    without: str = ""

    @property
    def path(self):
        """The path in the cache, whether or not it exists."""
        return cache.cache_folder() / self.place

    def present(self):
        """Say whether it lies in the cache."""
        if not self.unpack:
            return self.path.is_file()
        return all(_has_files(self.path / one) for one in self.complete)

    def verification(self):
        """Say in words how a download is verified."""
        if self.sha256:
            return f"SHA-256 {self.sha256} ({self.hash_from})"
        if self.md5:
            return f"MD5 {self.md5} ({self.hash_from}); no SHA-256 published"
        return f"no published hash, so unverified: {self.hash_from}"

    def _rows(self):
        yield "what", self.what
        yield "in the cache", f"{self.place} ({'present' if self.present() else 'not present'})"
        if self.size:
            yield "download", f"{self.size / 1e6:,.1f} MB"
        if self.pictures:
            yield "pictures", f"{self.pictures:,}"
        if self.classes:
            yield "classes", f"{len(self.classes)}: {', '.join(self.classes)}"
        yield "from", ", then ".join(self.mirrors)
        yield "verified by", self.verification()
        yield "licence", self.licence
        if self.citation:
            yield "cite", self.citation
        if self.home:
            yield "described at", self.home

    def __str__(self):
        return "\n".join([self.name, *(f"  {key:<13} {value}" for key, value in self._rows())])

    __repr__ = __str__

    def _repr_html_(self):
        rows = "".join(
            f"<tr><th style='text-align:left'>{key}</th>"
            f"<td style='text-align:left'>{html.escape(value)}</td></tr>"
            for key, value in self._rows()
        )
        return f"<table><caption>{html.escape(self.name)}</caption><tbody>{rows}</tbody></table>"


def _has_files(folder):
    try:
        return any(one.is_file() for one in folder.iterdir())
    except OSError:
        return False


_ASIRRA = (
    "the photographs stay their owners'; for the terms of Microsoft's download and Kaggle's competition "
    "only; no open licence, do not redistribute"
)
_ASIRRA_CITATION = (
    "J. Elson, J. R. Douceur, J. Howell and J. Saul, Asirra: a CAPTCHA that exploits interest-aligned manual "
    "image categorization, ACM CCS 2007"
)
# Where Keras itself took the same files from until 2019.
_OLD_KERAS = ("https://github.com/fchollet/deep-learning-models/releases/download/v0.1/",)
_IMAGENET = "Apache 2.0 (Keras); trained on ImageNet, whose pictures are for non-commercial research"
_VGG = (
    "K. Simonyan and A. Zisserman, Very deep convolutional networks for large-scale image recognition, "
    "ICLR 2015"
)
_MOBILE = (
    "A. Howard et al., MobileNets: efficient convolutional neural networks for mobile vision applications, "
    "2017"
)
_MOBILE2 = "M. Sandler et al., MobileNetV2: inverted residuals and linear bottlenecks, CVPR 2018"
_NO_MOBILE_HASH = "Keras checks none for this file either; Keras itself notices weights of the wrong shape"
_UNTRAINED = (
    "models.vgg_mini(), a small trained network that comes with the kit and that the lectures fall back on"
)


def _weights(name, what, file, folder, citation, md5=None, size=None, mirrors=()):
    return Entry(
        name=name,
        what=what,
        place=f"weights/{file}",
        mirrors=(f"{_KERAS_WEIGHTS}{folder}/{file}", *(mirror + file for mirror in mirrors)),
        md5=md5,
        hash_from="Keras's source" if md5 else _NO_MOBILE_HASH,
        size=size,
        licence=_IMAGENET,
        citation=citation,
        home="https://keras.io/api/applications/",
        without=_UNTRAINED,
    )


_ENTRIES = (
    Entry(
        name="mnist",
        what="70,000 handwritten digits of 28×28 pixels, grey",
        place="mnist.npz",
        mirrors=(
            _GOOGLE + "tensorflow/tf-keras-datasets/mnist.npz",
            "https://s3.amazonaws.com/img-datasets/mnist.npz",
        ),
        sha256="731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1",
        hash_from="Keras's source; each array is checked against the MD5 of MNIST's original files as well",
        size=11_490_434,
        licence="CC BY-SA 3.0 (Y. LeCun, C. Cortes, C. Burges)",
        citation="Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, Gradient-based learning applied to document "
        "recognition, Proceedings of the IEEE 86(11), 1998",
        home="https://keras.io/api/datasets/mnist/",
        classes=tuple("0123456789"),
        without='mnist(source="embedded"), real digits of scikit-learn',
    ),
    Entry(
        name="cats_vs_dogs",
        what="3,000 photographs of cats and dogs (cats_and_dogs_filtered), of about 400×350 pixels",
        place="cats_vs_dogs",
        mirrors=(
            _GOOGLE + "mledu-datasets/cats_and_dogs_filtered.zip",
            "https://download.mlcc.google.com/mledu-datasets/cats_and_dogs_filtered.zip",
        ),
        hash_from="the size, the archive's own checksum of each file, and the number of pictures are",
        size=68_606_236,
        unpack=(
            ("cats_and_dogs_filtered/train/", "train"),
            ("cats_and_dogs_filtered/validation/", "validation"),
        ),
        pictures=3000,
        complete=("train/cats", "train/dogs", "validation/cats", "validation/dogs"),
        licence=_ASIRRA,
        citation=_ASIRRA_CITATION,
        home="https://www.microsoft.com/en-us/download/details.aspx?id=54765",
        classes=("cats", "dogs"),
        without='cats_vs_dogs(source="drawn")',
    ),
    Entry(
        name="cats_vs_dogs_full",
        what="25,000 photographs of cats and dogs, with some broken files among them",
        place="cats_vs_dogs_full",
        mirrors=(
            "https://download.microsoft.com/download/3/E/1/3E1C3F21-ECDB-4869-8368-6DEBA77B919F/"
            "kagglecatsanddogs_5340.zip",
        ),
        sha256="b7974bd00a84a99921f36ee4403f089853777b5ae8d151c76a86e64900334af9",
        hash_from="GoMLX's source",
        size=824_887_076,
        unpack=(("PetImages/Cat/", "cats"), ("PetImages/Dog/", "dogs")),
        complete=("cats", "dogs"),
        licence=_ASIRRA,
        citation=_ASIRRA_CITATION,
        home="https://www.microsoft.com/en-us/download/details.aspx?id=54765",
        classes=("cats", "dogs"),
        without='cats_vs_dogs(source="drawn")',
    ),
    Entry(
        name="uc_merced",
        what="2,100 aerial photographs of 21 kinds of land use, of 256×256 pixels",
        place="uc_merced",
        mirrors=(
            "https://hf.co/datasets/torchgeo/ucmerced/resolve/7c5ef3454d9b1cccfa7ccde0c01fc8f00a45909a/"
            "UCMerced_LandUse.zip",
            "http://weegee.vision.ucmerced.edu/datasets/UCMerced_LandUse.zip",
        ),
        sha256="06c539ef28703a58fb07bd2837991ac7c48b813b00bb12ac197efd813a18daeb",
        hash_from="TensorFlow Datasets and TorchGeo agree",
        size=332_468_434,
        unpack=(("UCMerced_LandUse/Images/", ""),),
        pictures=2100,
        complete=UC_MERCED_CLASSES,
        licence="public domain (USGS National Map Urban Area Imagery)",
        citation="Y. Yang and S. Newsam, Bag-of-visual-words and spatial extensions for land-use "
        "classification, ACM SIGSPATIAL GIS 2010",
        home="http://weegee.vision.ucmerced.edu/datasets/landuse.html",
        classes=UC_MERCED_CLASSES,
        without='aerial(source="drawn")',
    ),
    _weights(
        "vgg16",
        "VGG16 trained on ImageNet, with its classifier",
        "vgg16_weights_tf_dim_ordering_tf_kernels.h5",
        "vgg16",
        _VGG,
        md5="64373286793e3c8b2b4e3219cbf3544b",
        size=553_467_096,
        mirrors=_OLD_KERAS,
    ),
    _weights(
        "vgg16_no_top",
        "VGG16 trained on ImageNet, convolutions only",
        "vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5",
        "vgg16",
        _VGG,
        md5="6d6bbae143d832006294945121d1f1fc",
        size=58_889_256,
        mirrors=_OLD_KERAS,
    ),
    _weights(
        "mobilenet_0.25_128",
        "MobileNet, alpha 0.25, for 128×128 pixels, trained on ImageNet, with its classifier",
        "mobilenet_2_5_128_tf.h5",
        "mobilenet",
        _MOBILE,
    ),
    _weights(
        "mobilenet_0.25_128_no_top",
        "MobileNet, alpha 0.25, for 128×128 pixels, trained on ImageNet, convolutions only",
        "mobilenet_2_5_128_tf_no_top.h5",
        "mobilenet",
        _MOBILE,
    ),
    _weights(
        "mobilenet_v2_0.35_224_no_top",
        "MobileNetV2, alpha 0.35, for 224×224 pixels, trained on ImageNet, convolutions only",
        "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_0.35_224_no_top.h5",
        "mobilenet_v2",
        _MOBILE2,
    ),
    Entry(
        name="imagenet_class_index",
        what="the names of ImageNet's 1,000 classes",
        place="weights/imagenet_class_index.json",
        mirrors=(_GOOGLE + "download.tensorflow.org/data/imagenet_class_index.json",),
        md5="c2c37ea517e94d9795004a39431a14cb",
        hash_from="Keras's source",
        licence="Apache 2.0 (Keras)",
        without="the numbers of the classes",
    ),
)

CATALOGUE = {one.name: one for one in _ENTRIES}
_ALSO = {"aerial": "uc_merced", "cats_and_dogs": "cats_vs_dogs", "cats_and_dogs_filtered": "cats_vs_dogs"}


def names():
    """Return the names in the catalogue."""
    return list(CATALOGUE)


def entry(name):
    """Return the `Entry` called `name`.

    Raises:
        ValueError: if there is none; the message offers near names.
    """
    name = _ALSO.get(name, name)
    if name in CATALOGUE:
        return CATALOGUE[name]
    near = difflib.get_close_matches(str(name), [*CATALOGUE, *_ALSO], n=2, cutoff=0.5)
    hint = f" Did you mean {' or '.join(repr(one) for one in near)}?" if near else ""
    raise ValueError(
        f"`name` must be one in the catalogue; received {name!r}.{hint} All of them: {', '.join(CATALOGUE)}."
    )


def describe(name):
    """Return what the catalogue knows: size, classes, addresses, how it is verified, licence, citation.

    Args:
        name: one of `names()`.

    Returns:
        An `Entry`, which shows itself as text and as HTML.
    """
    return entry(name)
