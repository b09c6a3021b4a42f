"""The arithmetic of layers: sizes, weights, multiply-adds and receptive fields.

Nothing here touches a pixel: the functions take sizes and return sizes. Sizes may be ints, for one axis (or
for both axes of a square), or tuples such as `(height, width)`; what goes in as a tuple comes out as a tuple.

    >>> conv_output(28, 5)
    24
    >>> conv_output((443, 592), 5, padding="same", strides=2)
    (222, 296)
"""

from ._arithmetic import (
    conv_multiply_adds,
    conv_output,
    conv_transpose_output,
    conv_weights,
    effective_kernel_size,
    pad_amounts,
    pool_output,
)
from ._fields import ReceptiveField
from ._models import receptive_field
from ._table import LayerTable, table

__all__ = [
    "LayerTable",
    "ReceptiveField",
    "conv_multiply_adds",
    "conv_output",
    "conv_transpose_output",
    "conv_weights",
    "effective_kernel_size",
    "pad_amounts",
    "pool_output",
    "receptive_field",
    "table",
]
