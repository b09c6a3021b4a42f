"""One call a data set: real when it can be had, drawn or embedded when it cannot; checked, described, fast.

``CNNKIT_DATA`` names the folder where data lie; ``CNNKIT_OFFLINE=1`` forbids downloads. Importing this module
loads neither TensorFlow nor scikit-learn nor scikit-image.
"""

from .cache import cache_folder
from .catalogue import describe
from .catalogue import names as catalogue_names
from .dataset import Dataset, Report
from .fetching import DownloadError, download
from .folders import from_folder, scan
from .handwritten import digits, mnist
from .photos import photo, photo_credit, photo_names
from .sets import aerial, cats_vs_dogs

__all__ = [
    "Dataset",
    "DownloadError",
    "Report",
    "aerial",
    "cache_folder",
    "catalogue_names",
    "cats_vs_dogs",
    "describe",
    "digits",
    "download",
    "from_folder",
    "mnist",
    "photo",
    "photo_credit",
    "photo_names",
    "scan",
]
