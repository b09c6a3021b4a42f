"""Photographs that come inside scikit-learn and scikit-image: real, and at hand without network."""

import difflib
import warnings

import numpy as np

__all__ = ["photo", "photo_credit", "photo_names"]

# name: (package, function in it, what it shows, who made it and under which terms)
_PHOTOS = {
    "china": ("sklearn", "china.jpg", "the Summer Palace in Beijing", "danielbuechele, CC BY 2.0"),
    "flower": ("sklearn", "flower.jpg", "a dahlia", "vultilion, CC BY 2.0"),
    "astronaut": ("skimage", "astronaut", "the astronaut Eileen Collins", "NASA, public domain"),
    "chelsea": ("skimage", "chelsea", "Chelsea the cat", "Stefan van der Walt, CC0"),
    "coffee": ("skimage", "coffee", "a cup of coffee", "Rachel Michetti, CC0"),
    "rocket": ("skimage", "rocket", "a rocket on its launch pad", "SpaceX, public domain"),
    "hubble": ("skimage", "hubble_deep_field", "the Hubble extreme deep field", "NASA, public domain"),
    "retina": ("skimage", "retina", "a human retina", "Mikael Häggström, CC0"),
    "colorwheel": ("skimage", "colorwheel", "a colour wheel", "from scikit-image"),
    "camera": ("skimage", "camera", "a man with a camera, in grey", "Lav Varshney, CC0"),
    "coins": (
        "skimage",
        "coins",
        "Greek coins from Pompeii, in grey",
        "Brooklyn Museum, no known restrictions",
    ),
    "brick": ("skimage", "brick", "a brick wall, in grey", "CC0Textures, CC0"),
    "grass": ("skimage", "grass", "grass, in grey", "linolafett, CC0"),
    "gravel": ("skimage", "gravel", "gravel, in grey", "CC0Textures, CC0"),
    "moon": ("skimage", "moon", "the surface of the Moon, in grey", "from scikit-image"),
    "clock": ("skimage", "clock", "a blurred wall clock, in grey", "Stefan van der Walt, CC0"),
    "page": ("skimage", "page", "a scanned page, in grey", "from scikit-image"),
    "text": ("skimage", "text", "handwritten text, in grey", "Wikipedia, public domain"),
    "horse": ("skimage", "horse", "the outline of a horse, black on white", "Andreas Preuss, CC0"),
    "cell": ("skimage", "cell", "a cell under the microscope, in grey", "Paul Müller and others, CC0"),
}


def photo_names():
    """Return the names that `photo` knows, in a fixed order."""
    return list(_PHOTOS)


def photo(name="china"):
    """Return a real photograph that comes inside an installed package.

    Args:
        name: one of `photo_names()`: ``"china"``, ``"flower"``, ``"astronaut"``, ``"chelsea"`` …

    Returns:
        image uint8, values 0 to 255: (H, W, 3) for colour, (H, W) for grey.

    Raises:
        ValueError: if there is no photograph of that name.

    Source: scikit-learn and scikit-image; ``photo_credit(name)`` names who made it and the licence.
    """
    package, function, _, _ = _entry(name)
    if package == "sklearn":
        from sklearn.datasets import load_sample_image

        return np.array(load_sample_image(function), dtype=np.uint8)
    with warnings.catch_warnings():
        # pooch, which scikit-image loads, asks for a notebook progress bar that a plain kernel lacks.
        warnings.filterwarnings("ignore", message="IProgress not found")
        from skimage import data

        image = np.array(getattr(data, function)())  # scikit-image loads pooch only here
    if image.dtype == bool:
        return image.astype(np.uint8) * 255
    return image[..., :3].astype(np.uint8) if image.ndim == 3 else image.astype(np.uint8)


def photo_credit(name="china"):
    """Return one line: what the photograph shows, who made it, and its licence."""
    _, _, shows, credit = _entry(name)
    return f"{name}: {shows} ({credit})"


def _entry(name):
    if name in _PHOTOS:
        return _PHOTOS[name]
    near = difflib.get_close_matches(str(name).lower(), _PHOTOS, n=3, cutoff=0.5)
    hint = f" Did you mean {' or '.join(repr(one) for one in near)}?" if near else ""
    raise ValueError(
        "`name` must be one of the photographs that come with scikit-learn and scikit-image; received "
        f"{name!r}.{hint} All of them: {', '.join(_PHOTOS)}."
    )
