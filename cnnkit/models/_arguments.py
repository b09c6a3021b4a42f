"""What every network checks before it is built: the shape of a picture, the number of classes."""

import numbers

__all__ = ["check_classes", "check_dropout", "check_input_shape", "output_activation"]


def check_input_shape(input_shape, smallest=1, any_size=False):
    """Return `input_shape` as three ints (H, W, C), or raise a ValueError that says what is wrong with it.

    With `any_size`, height and width may be `None`.
    """
    try:
        shape = tuple(input_shape)
    except TypeError:
        raise ValueError(
            f"`input_shape` must be three numbers (height, width, channels); received {input_shape!r}. For square "
            f"pictures of that side in colour: ({input_shape}, {input_shape}, 3)."
        ) from None
    if any_size and len(shape) == 3 and None in shape[:2]:
        check_input_shape((*(smallest if side is None else side for side in shape[:2]), shape[2]), smallest)
        return shape
    whole = all(isinstance(n, numbers.Integral) and n > 0 for n in shape)
    if len(shape) == 4:
        raise ValueError(
            f"`input_shape` must be three numbers (height, width, channels); received {shape}. Leave the batch axis "
            f"out: input_shape={tuple(shape[1:])}."
        )
    if len(shape) == 2:
        raise ValueError(
            f"`input_shape` must be three numbers (height, width, channels); received {shape}. Grey pictures have "
            f"one channel: input_shape={(*shape, 1)}."
        )
    if len(shape) != 3 or not whole:
        raise ValueError(
            "`input_shape` must be three whole numbers above 0 (height, width, channels); received "
            f"{input_shape!r}. For MNIST: (28, 28, 1)."
        )
    height, width, channels = (int(n) for n in shape)
    if height < smallest or width < smallest:
        hint = (
            f" That looks like channels first: here the channels come last, {(width, channels, height)}."
            if height in (1, 3) and width > smallest and channels >= smallest
            else " Use larger pictures, or a network with fewer poolings."
        )
        raise ValueError(
            f"This network needs pictures of at least {smallest}×{smallest} pixels; received "
            f"input_shape={shape}.{hint}"
        )
    return height, width, channels


def check_classes(num_classes):
    """Raise a ValueError unless `num_classes` is a whole number of at least 1."""
    if isinstance(num_classes, bool) or not isinstance(num_classes, numbers.Integral) or num_classes < 1:
        raise ValueError(
            f"`num_classes` must be a whole number of at least 1; received {num_classes!r}. With a data set: "
            "num_classes=len(data.class_names)."
        )


def check_dropout(dropout):
    """Raise a ValueError unless `dropout` is a share from 0 to below 1."""
    if isinstance(dropout, bool) or not isinstance(dropout, numbers.Real) or not 0 <= dropout < 1:
        percent = isinstance(dropout, numbers.Real) and 1 < dropout < 100
        slip = f" In percent? Write {dropout / 100}." if percent else " 0 leaves it out."
        raise ValueError(f"`dropout` is a share from 0 to below 1; received {dropout!r}.{slip}")


def output_activation(num_classes, logits):
    """The activation of the last layer: none for logits, a sigmoid for one unit, otherwise a softmax."""
    check_classes(num_classes)
    if logits:
        return None
    return "sigmoid" if num_classes == 1 else "softmax"
