"""Reading the arguments of this package: whole numbers, paddings, one entry for each axis."""

import operator

_PADDINGS = ("valid", "same", "full")


def _count(name, value, least=1):
    """`value` as an int, or an error that says what is wrong with it."""
    slip = {
        "size": "A size of None means that Keras does not know it yet: give the size of a real picture.",
        "strides": "A stride of 1 moves the window by one cell; there is none smaller.",
        "dilation_rate": "A dilation of 1 leaves no gaps.",
    }.get(name, "It counts something.")
    try:
        if isinstance(value, bool):
            raise TypeError
        number = operator.index(value)
    except TypeError:
        raise TypeError(
            f"`{name}` must be a whole number or a tuple of whole numbers; received: {name}={value!r} "
            f"({type(value).__name__}). {slip} Write an int such as {max(least, 1)}."
        ) from None
    if number < least:
        raise ValueError(
            f"`{name}` must be at least {least}; received: {name}={number}. {slip} "
            f"Write a whole number from {least} up."
        )
    return number


def _padding(value):
    """`value` as "valid", "same", "full" or a number of cells."""
    if isinstance(value, str):
        if value.lower() in _PADDINGS:
            return value.lower()
        slip = {"zero": "'same' is what pads with zeros", "causal": "'causal' belongs to Conv1D"}
        raise ValueError(
            f"`padding` must be 'valid', 'same', 'full' or a number of cells; received: padding={value!r}. "
            f"{slip.get(value.lower(), 'Perhaps a slip of the pen')}: "
            "write 'valid' for no padding, 'same' to keep the size at stride 1."
        )
    return _count("padding", value, least=0)


def _is_tuple(value):
    return isinstance(value, (tuple, list)) or (hasattr(value, "__len__") and not isinstance(value, str))


def _by_axis(**named):
    """Each argument as a tuple with one entry an axis, and the way back: an int if all of them were ints."""
    lengths = {len(value) for value in named.values() if _is_tuple(value)}
    if len(lengths) > 1 or 0 in lengths:
        received = ", ".join(f"{name}={value!r}" for name, value in named.items() if _is_tuple(value))
        raise ValueError(
            f"All tuples must have one entry for each axis; received: {received}. "
            "Perhaps the batch or the channel axis is among the sizes: give (height, width) only."
        )
    rank = max(lengths, default=1)
    read = []
    for name, value in named.items():
        values = tuple(value) if _is_tuple(value) else (value,) * rank
        reader = _padding if name == "padding" else _reader(name)
        read.append(tuple(reader(v) for v in values))
    return read, (tuple if lengths else lambda items: next(iter(items)))


def _reader(name):
    return lambda value: _count(name, value, least=0 if name == "output_padding" else 1)


def _square(name, value):
    values = tuple(value) if _is_tuple(value) else (value, value)
    return tuple(_count(name, v) for v in values)
