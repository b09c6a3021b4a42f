"""Figures: pictures, their numbers and channels, kernels, feature maps, learning curves, mistakes.

Every function takes the data first and everything else by keyword, returns the Axes (one panel) or the Figure
(several), and never calls `plt.show`. Every figure says itself in one sentence, which `alt` returns and which
a notebook stores beside the picture, for screen readers and for whoever reads without pictures.

Matplotlib is loaded when the first figure is drawn.
"""

import importlib

# public name → the module that holds it; a new kind of figure is one line here and one module
_WHERE = {
    "alt": "_alt",
    "describe": "_alt",
    "images": "_images",
    "pixels": "_images",
    "channels": "_images",
    "kernels": "_maps",
    "feature_maps": "_maps",
    "receptive_field": "_receptive_field",
    "history": "_history",
    "confusion_matrix": "_predictions",
    "mistakes": "_predictions",
    "templates": "_templates",
    "augmentations": "_augmentations",
    "architecture": "_architecture",
    "overlay": "_overlay",
}

__all__ = [
    "alt",
    "architecture",
    "augmentations",
    "channels",
    "confusion_matrix",
    "describe",
    "feature_maps",
    "history",
    "images",
    "kernels",
    "mistakes",
    "overlay",
    "pixels",
    "receptive_field",
    "templates",
]


def __getattr__(name):
    if name in _WHERE:
        value = getattr(importlib.import_module(f"{__name__}.{_WHERE[name]}"), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module 'cnnkit.plot' has no attribute {name!r}. It has: {', '.join(__all__)}.")


def __dir__():
    return sorted([*globals(), *_WHERE])
