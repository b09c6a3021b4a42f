"""Where this course lies on GitHub: the one place in the code that says so.

`python -m cnnkit relink` rewrites the two lines below together with every link of the course. Code and tests that need
an address take it from here, so that they hold for a fork, too.
"""

REPOSITORY = "cnnkit/cnnkit"
BRANCH = "main"


def page(path="", kind="blob"):
    """The repository's page on GitHub, or that of a file (`kind="blob"`) or folder (`kind="tree"`) in it."""
    return f"https://github.com/{REPOSITORY}" + (f"/{kind}/{BRANCH}/{path}" if path else "")


def colab(path):
    """The address that opens a notebook of the repository on Colab, for example `notebooks/03_convolution_1d.ipynb`."""
    return f"https://colab.research.google.com/github/{REPOSITORY}/blob/{BRANCH}/{path}"


def install():
    """What `pip install` takes to fetch the package, as the first cell of each lecture does."""
    return f"git+https://github.com/{REPOSITORY}" + ("" if BRANCH == "main" else f"@{BRANCH}")
