"""One call a data set: real when it can be had, drawn or embedded when it cannot; checked, described, fast.

``CNNKIT_DATA`` names the folder where data lie; ``CNNKIT_OFFLINE=1`` forbids downloads. Importing this module loads
neither TensorFlow nor scikit-learn nor scikit-image.
"""

from .cache import cache_folder
from .dataset import Dataset, Report
from .folders import from_folder, scan
from .handwritten import digits, mnist
from .photos import photo, photo_credit, photo_names

__all__ = [
    "Dataset",
    "Report",
    "cache_folder",
    "digits",
    "from_folder",
    "mnist",
    "photo",
    "photo_credit",
    "photo_names",
    "scan",
]
