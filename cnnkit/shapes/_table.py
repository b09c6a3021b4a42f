"""The table of a model: what each layer gives, holds and costs."""

import html
import math
import re
from typing import NamedTuple

from ._fields import ReceptiveField, _kinds, _Whole
from ._models import _calls


class Row(NamedTuple):
    """What one layer costs, for one picture."""

    layer: str
    output_shape: tuple  # without batch axis
    weights: int  # 0 where the weights were counted in an earlier row already
    multiply_adds: int | None  # None where we do not know how to count them
    bytes: int  # of the output
    receptive_field: ReceptiveField | None  # None where a cell has no known window


class LayerTable:
    """The layers of a model with what they cost; shows itself as HTML in a notebook and as text elsewhere.

    Attributes:
        rows: list of Row.
        weights, multiply_adds, bytes: the sums. `bytes` is what it takes to keep every output, as training
            does.
    """

    def __init__(self, name, rows):
        self.name, self.rows = name, rows

    weights = property(lambda self: sum(row.weights for row in self.rows))
    multiply_adds = property(lambda self: sum(row.multiply_adds or 0 for row in self.rows))
    bytes = property(lambda self: sum(row.bytes for row in self.rows))

    def __iter__(self):
        return iter(self.rows)

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, index):
        """A row by its number or by the name of its layer."""
        if isinstance(index, str):
            for row in self.rows:
                if row.layer == index:
                    return row
            raise KeyError(
                f"No layer {index!r}. The layers are: {', '.join(row.layer for row in self.rows)}."
            )
        return self.rows[index]

    _HEAD = ("layer", "output shape", "weights", "multiply-adds", "bytes", "receptive field")

    def _cells(self):
        for row in self.rows:
            counted = "?" if row.multiply_adds is None else f"{row.multiply_adds:,}"
            shape = " × ".join(map(str, row.output_shape))
            field = _field_in_words(row.receptive_field)
            yield row.layer, shape, f"{row.weights:,}", counted, f"{row.bytes:,}", field
        unknown = any(row.multiply_adds is None for row in self.rows)
        counted = f"{'≥ ' if unknown else ''}{self.multiply_adds:,}"
        yield "all layers", "", f"{self.weights:,}", counted, f"{self.bytes:,}", ""

    def __repr__(self):
        lines = [self._HEAD, *self._cells()]
        widths = [max(len(line[i]) for line in lines) for i in range(len(self._HEAD))]
        aligned = ["<" if i < 2 else ">" for i in range(len(self._HEAD))]  # words left, numbers right
        head, *rows, total = (
            "  ".join(f"{cell:{a}{w}}" for cell, a, w in zip(line, aligned, widths, strict=True)).rstrip()
            for line in lines
        )
        rule = "  ".join("─" * w for w in widths)
        return "\n".join([head, rule, *rows, rule, total])

    def _repr_html_(self):
        def line(cells, tag):
            sides = ["left", "left", *["right"] * (len(cells) - 2)]
            aligned = (
                f'<{tag} style="text-align:{side}">{html.escape(cell)}</{tag}>'
                for cell, side in zip(cells, sides, strict=True)
            )
            return f"<tr>{''.join(aligned)}</tr>"

        *rows, total = self._cells()
        body = "\n".join(line(cells, "td") for cells in rows)
        return (
            f"<table>\n<caption>{html.escape(self.name)}: what its layers cost, for one picture</caption>\n"
            f"<thead>{line(self._HEAD, 'th')}</thead>\n<tbody>\n{body}\n</tbody>\n"
            f"<tfoot>{line(total, 'th')}</tfoot>\n</table>"
        )


def _field_in_words(field):
    if field is None:
        return "?"
    sizes = [axis.size for axis in field._axes]
    if all(isinstance(axis, _Whole) for axis in field._axes):
        return "everything"
    return " × ".join(map(str, sizes))


def table(model, image_size=None):
    """What each layer of a Keras model costs: shape, weights, multiply-adds, bytes and receptive field.

    Args:
        model: a built Keras model, Sequential or functional. The layers of models inside it get rows of their
            own, named "outer/inner".
        image_size: `(height, width)` of the pictures; None takes it from the model.

    Returns:
        LayerTable of Rows: layer, output shape (without the batch axis), weights (biases and other parameters
        included), multiply-adds for one picture (biases, activations, pooling and normalisation not counted),
        bytes of the output for one picture, ReceptiveField.

    Raises:
        ValueError: the model is not built, or the size of its pictures is not known.
    """
    rows, counted = [], set()
    for call in _calls(model, image_size):
        shape = tuple(call.output.shape[1:])
        if None in shape:
            raise ValueError(
                f"Expected a known size of picture; received a model whose layer {call.name!r} has the "
                f"output shape {shape}. It was built for pictures of any size. Say which: `table(model, "
                "image_size=(224, 224))`."
            )
        weights = 0 if id(call.layer) in counted else _weights_of(call.layer)
        counted.add(id(call.layer))
        field = None if isinstance(call.field, str) else ReceptiveField(call.field)
        width = max(1, int((re.findall(r"\d+", str(call.output.dtype)) or ["8"])[0]) // 8)
        adds = _multiply_adds_of(call.layer, call.input_shapes, shape)
        rows.append(Row(call.name, shape, weights, adds, math.prod(shape) * width, field))
    return LayerTable(model.name, rows)


def _weights_of(layer):
    return sum(math.prod(weight.shape) for weight in getattr(layer, "weights", ()))


def _multiply_adds_of(layer, input_shapes, output_shape):
    """The multiply-adds of a layer for one picture; None for layers that we cannot count."""
    kinds = _kinds(layer)
    if getattr(layer, "data_format", None) == "channels_first":
        input_shapes = [(*shape[1:], shape[0]) for shape in input_shapes]
        output_shape = (*output_shape[1:], output_shape[0])
    shape = input_shapes[0] if input_shapes else ()
    cells = math.prod(output_shape[:-1])
    if "BaseConvTranspose" in kinds:  # every input cell lays one copy of the kernel
        return math.prod(shape) * math.prod(layer.kernel_size) * layer.filters
    if "BaseSeparableConv" in kinds:
        depth = shape[-1] * layer.depth_multiplier
        return cells * depth * (math.prod(layer.kernel_size) + layer.filters)
    if "BaseDepthwiseConv" in kinds:
        return cells * math.prod(layer.kernel_size) * output_shape[-1]
    if "BaseConv" in kinds:
        return cells * math.prod(layer.kernel_size) * (shape[-1] // layer.groups) * layer.filters
    if "Dense" in kinds:
        return cells * shape[-1] * layer.units
    few = "Normalization" in type(layer).__name__ or kinds & {"PReLU", "Embedding"}
    mixing = kinds & {"Dot", "Attention", "AdditiveAttention"}
    return 0 if (few or not _weights_of(layer)) and not mixing else None
