"""The thin package behind the course on convolutional networks.

`import cnnkit` is quick: it loads neither TensorFlow nor Matplotlib. Each module is loaded when it is first
used, so `cnnkit.plot` costs nothing until a figure is drawn.
"""

import importlib

__version__ = "0.1.0"

_MODULES = (
    "shapes",
    "scratch",
    "filters",
    "datasets",
    "models",
    "training",
    "explain",
    "plot",
    "interactive",
    "exercises",
    "results",
)

__all__ = ["__version__", *_MODULES]

TYPE_CHECKING = False  # as `typing` has it, whose import would take longer than the rest
if TYPE_CHECKING:  # so that editors complete the names
    from . import (  # noqa: F401
        datasets,
        exercises,
        explain,
        filters,
        interactive,
        models,
        plot,
        results,
        scratch,
        shapes,
        training,
    )


def __getattr__(name):
    if name in _MODULES:
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module 'cnnkit' has no attribute {name!r}. It has: {', '.join(_MODULES)}.")


def __dir__():
    return sorted([*globals(), *_MODULES])
