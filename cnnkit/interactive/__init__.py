"""Figures that answer: tables of numbers that plain JavaScript brings alive.

Each function returns a figure that shows itself in a notebook, says itself in one sentence (`print(figure)`),
and saves itself as a page (`figure.save("page.html")`). It needs no kernel, no network and no widgets.
"""

from ._conv_transpose import conv_transpose
from ._convolution import convolution
from ._filter_photo import filter_photo
from ._network import network
from ._pooling import pooling
from ._shapes import shapes

__all__ = ["conv_transpose", "convolution", "filter_photo", "network", "pooling", "shapes"]
