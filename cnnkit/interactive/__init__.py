"""Figures that answer: tables of numbers that plain JavaScript brings alive.

Each function returns a figure that shows itself in a notebook, says itself in one sentence (`print(figure)`),
and saves itself as a page (`figure.save("page.html")`). It needs no kernel, no network and no widgets.
"""

from ._convolution import convolution
from ._pooling import pooling

__all__ = ["convolution", "pooling"]
