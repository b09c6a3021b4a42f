"""What a classifier got right and wrong: the confusion matrix, and the pictures that it mistook."""

import textwrap
from typing import NamedTuple

import numpy as np

from . import _alt, _arrays, _layout

MOST_CLASSES = 40  # rows and columns that can be read on a page
_RIGHT = "#e4ebf2"  # pale, so that the many right ones on the diagonal leave the eye to the errors
_ORDERS = ("confident", "unsure", "first")


class _Judged(NamedTuple):
    """Labels and predictions that fit together."""

    labels: np.ndarray  # (N,) ints
    said: np.ndarray  # (N,) ints
    sure: np.ndarray | None  # (N,) probabilities of what was said, None where only classes came
    names: list  # K str


def confusion_matrix(labels, predictions, *, class_names=None, normalize=False, ax=None):
    """Draw how often each class was taken for each class: a row for what it is, a column for what was said.

    What is right lies on the diagonal, in pale blue. Errors are orange, the darker the more there are; a cell
    without a picture is empty. At the right stand each class's recall, the part of its pictures that was
    found, and how many pictures it has.

    Args:
        labels: (N,) ints from 0, or (N, K) one-hot.
        predictions: (N,) ints from 0; or what the model returns, (N, K) probabilities or logits; or, for two
            classes, (N, 1) or (N,) probabilities of class 1 in [0, 1], or its logits.
        class_names: list of K str; None writes the numbers.
        normalize: True writes per cent of the row in place of counts.
        ax: the Axes to draw into; None makes a new figure.

    Returns:
        The Axes. Its two AxesImages hold the counts, or the parts of the row, of the errors and of the
        diagonal, (K, K), masked elsewhere.

    Raises:
        ValueError: for lengths that differ, labels that are no classes, more than 40 classes.
        TypeError: for what is no array of numbers.
    """
    judged = _judge(labels, predictions, class_names)
    names, number = judged.names, len(judged.names)
    if number > MOST_CLASSES:
        raise ValueError(
            f"`labels` must be of at most {MOST_CLASSES} classes, whose rows can be read; received {number}. "
            "Draw the pictures of some classes: keep = labels < 20, then labels[keep] and predictions[keep]."
        )
    counts = np.zeros((number, number), dtype=int)
    np.add.at(counts, (judged.labels, judged.said), 1)
    totals = counts.sum(axis=1)
    parts = counts / np.maximum(totals, 1)[:, np.newaxis]
    shown = parts if normalize else counts
    diagonal = np.eye(number, dtype=bool)

    shown_names = [textwrap.shorten(name, 24, placeholder="…") or name[:24] for name in names]
    longest = max(len(name) for name in shown_names)
    if ax is None:
        ax, cell = _matrix_axes(number, longest)
    else:
        box = ax.get_window_extent()
        cell = min(box.width, box.height) / ax.figure.dpi / number
    _draw_matrix(ax, shown, counts, diagonal, normalize, cell)
    size = float(np.clip(72 * cell * 0.62, 5, 10))
    turned = longest * 0.6 * size > 72 * cell * 0.95  # names wider than a column stand upright
    ax.set_xticks(range(number), shown_names, fontsize=size, rotation=90 if turned else 0)
    ax.set_yticks(range(number), shown_names, fontsize=size)
    ax.tick_params(length=0, top=False, labeltop=True, bottom=False, labelbottom=False, pad=3)
    ax.set_ylabel("what it is", fontsize=_layout.TITLE, color="#555555")
    ax.set_xlabel(
        "what was said" + (", per cent of the row" if normalize else ""),
        fontsize=_layout.TITLE,
        color="#555555",
    )
    ax.xaxis.set_label_position("top")
    _margin(ax, number, parts, totals, int(counts.trace()), size, cell)
    return _alt.describe(ax, _matrix_sentence(counts, totals, names, normalize))


def _matrix_axes(number, longest):
    import matplotlib.pyplot as plt

    cell = float(np.clip(5.0 / number, 0.28, 0.62))
    letters = 0.6 * float(np.clip(72 * cell * 0.62, 5, 10)) / 72
    names = longest * letters
    left, right = 0.4 + names, 1.35
    cell = min(cell, (_layout.WIDTH - left - right) / number)
    above = 0.4 + (names if names > cell * 0.95 else 0.2)
    below = 0.45
    width, height = left + cell * number + right, above + cell * number + below
    figure = plt.figure(figsize=(width, height))
    ax = figure.add_axes((left / width, below / height, cell * number / width, cell * number / height))
    return ax, cell


def _draw_matrix(ax, shown, counts, diagonal, normalize, cell):
    from matplotlib.colors import LinearSegmentedColormap, ListedColormap

    # From a visible orange on: one picture taken for another must not look like none
    oranges = LinearSegmentedColormap.from_list("errors", ["#ffe3c2", "#fdae6b", "#e6550d", "#a63603"])
    nothing = counts == 0
    errors = np.ma.masked_where(diagonal | nothing, shown)
    top = float(errors.max()) if errors.count() else 1.0
    top = max(top, 0.05 if normalize else 4.0)  # a few single errors are no dark ones
    drawn = ax.imshow(errors, cmap=oranges, vmin=0, vmax=top)
    ax.imshow(np.ma.masked_where(~diagonal, shown), cmap=ListedColormap([_RIGHT]), vmin=0, vmax=1)
    ax.set_facecolor("white")
    _layout.lines(ax, *shown.shape)
    ax.grid(which="minor", color="#dcdfe3", linewidth=0.5)
    for spine in ax.spines.values():
        spine.set(color=_layout.FRAME, linewidth=0.6)
    words = np.array([_percent(v) if normalize else f"{v:,}" for v in shown.ravel()], dtype=object)
    words = words.reshape(shown.shape)
    empty = nothing & ~(diagonal & counts.any(axis=1))  # that none was found is worth a 0
    words[empty] = ""
    longest = max(len(word) for word in words.ravel())
    size = float(np.clip(72 * cell * 0.9 / (0.62 * max(longest, 2)), 4, 11))
    dark = _layout.ink(drawn.to_rgba(errors.filled(0)))
    for row, column in np.argwhere(~empty):
        right = row == column
        ax.text(
            column,
            row,
            words[row, column],
            ha="center",
            va="center",
            fontsize=size,
            color="#4a6784" if right else str(dark[row, column]),
            fontweight="normal" if right else "bold",
        )


def _percent(part):
    """Whole per cent, but neither 0 for what is there nor 100 where something is missing."""
    if 0 < part < 0.005:
        return "<1"
    if 0.995 <= part < 1:
        return ">99"
    return f"{100 * part:.0f}"


def _margin(ax, number, parts, totals, right, size, cell):
    """Recall and number of pictures to the right of each row, accuracy below."""
    place = dict(va="center", ha="right", fontsize=size, color="#333333", clip_on=False)
    inch, every = 1 / cell, int(totals.sum())  # an inch in data units
    recall, many = number - 0.5 + 0.58 * inch, number - 0.5 + 1.18 * inch
    for row in range(number):
        ax.text(recall, row, f"{_percent(parts[row, row])} %" if totals[row] else "–", **place)
        ax.text(many, row, f"{totals[row]:,}", **place)
    head = {**place, "color": "#555555", "va": "bottom", "fontsize": min(size, 9)}
    ax.text(recall, -0.5 - 0.06 * inch, "recall", **head)
    ax.text(many, -0.5 - 0.06 * inch, "pictures", **head)
    ax.text(
        -0.5,
        number - 0.5 + 0.2 * inch,
        f"accuracy {right / every:.3f}: {right:,} of {every:,} are right",
        ha="left",
        va="center",
        fontsize=_layout.TITLE,
        clip_on=False,
    )


def _matrix_sentence(counts, totals, names, normalize):
    every, right = int(totals.sum()), int(counts.trace())
    sentence = (
        f"confusion matrix of {_alt.count(every, 'picture')} in {_alt.count(len(names), 'class', 'classes')}"
    )
    sentence += ", in per cent of each row" if normalize else ""
    sentence += f": {right:,} are right, accuracy {right / every:.3f}"
    errors = counts - np.diag(counts.diagonal())
    most = np.argsort(-errors, axis=None, kind="stable")[:3]
    pairs = [divmod(int(i), len(names)) for i in most if errors.ravel()[i]]
    if not pairs:
        return _alt.start(f"{sentence}, without an error")
    said = [f"{names[a]} taken for {names[b]} ({errors[a, b]:,} of {totals[a]:,})" for a, b in pairs]
    recall = np.where(totals > 0, counts.diagonal() / np.maximum(totals, 1), 2.0)
    worst = int(recall.argmin())
    sentence += f"; the most frequent errors: {', '.join(said)}; lowest recall: {names[worst]} with "
    return _alt.start(f"{sentence}{_percent(recall[worst])} %")


# --- The pictures that were mistaken ------------------------------------------------------------------------


def mistakes(
    images,
    labels,
    predictions,
    *,
    class_names=None,
    count=12,
    order="confident",
    value_range=None,
    columns=None,
):
    """Draw pictures that were got wrong, each with what it is, what was said, and how sure the model was.

    Args:
        images: (N, H, W, C) or (N, H, W), or a list of N images, numbers as in `images`. The pictures that
            the predictions were made for, in the same order.
        labels: (N,) ints from 0, or (N, K) one-hot.
        predictions: as in `confusion_matrix`. Where only the classes come, nobody knows how sure they are, and
            the pictures stand in the order of the data.
        class_names: list of K str; None writes the numbers.
        count: int, how many to draw at most.
        order: "confident" draws those first of which the model was surest, "unsure" those of which it was
            least sure, "first" those that come first.
        value_range: (black, white), where the numbers alone do not tell; None reads it from them.
        columns: how many go side by side; None chooses.

    Returns:
        The Figure, one panel a mistake. Where there is no mistake it says so in words.

    Raises:
        ValueError: for lengths that differ, labels that are no classes, an unknown order, a shape that is no
            image.
        TypeError: for what is no array of numbers.
    """
    if order not in _ORDERS:
        raise ValueError(
            f"`order` must be 'confident', 'unsure' or 'first'; received {order!r}. The confident mistakes "
            "tell most about what the model looks at: leave it out to have these."
        )
    whole = isinstance(count, (int, np.integer)) and not isinstance(count, bool)
    if not whole or not 1 <= count <= _arrays.MOST_PANELS:
        raise ValueError(
            f"`count` must be a whole number of pictures from 1 to {_arrays.MOST_PANELS}; received {count!r}. "
            "It is how many mistakes are drawn at most; leave it out to have 12."
        )
    judged = _judge(labels, predictions, class_names)
    number = len(judged.labels)
    pictures = _pictures(images, number)
    wrong = np.flatnonzero(judged.labels != judged.said)
    if not len(wrong):
        return _no_mistake(number)
    if judged.sure is None:
        order = "first"
    if order != "first":
        sign = -1 if order == "confident" else 1
        wrong = wrong[np.argsort(sign * judged.sure[wrong], kind="stable")]
    chosen = wrong[:count]
    parts, _ = _arrays.images([pictures[i] for i in chosen], "images")
    whats = [judged.names[judged.labels[i]] for i in chosen]
    saids = [judged.names[judged.said[i]] for i in chosen]
    sures = ["" if judged.sure is None else f"{_percent(judged.sure[i])} %" for i in chosen]
    long = max(len(name) for name in whats + saids) > 9
    titles = []
    for what, said, sure in zip(whats, saids, sures, strict=True):
        sure = ("\n" if long else ", ") + sure + (" sure" if long else "") if sure else ""
        titles.append(f"is {what}\nsaid {said}{sure}")
    if isinstance(pictures, np.ndarray):  # judged as a whole: the mistakes alone may all be dark
        limits = [_arrays.value_range([pictures], value_range)] * len(parts)
    else:
        limits = [_arrays.value_range([part], value_range, "images") for part in parts]
    bound = max((float(np.abs(p).max()) for p in parts), default=None)
    if columns is None:
        columns = min(len(parts), 4 if long else 6)
    head, ordered = _heading(len(parts), len(wrong), number, order)
    figure, panels = _layout.grid(
        len(parts),
        columns=_layout.columns_for(len(parts), columns),
        aspect=max(part.shape[0] / part.shape[1] for part in parts),
        titles=titles,
        most_side=2.4 if len(parts) < 4 else 2.0,
        suptitle=head + ordered,
    )
    for panel, part, limit, title in zip(panels, parts, limits, titles, strict=True):
        _layout.picture(panel, _arrays.shown(part, limit, bound), title)
    smallest = min(panel.title.get_fontsize() for panel in panels)
    for panel in panels:
        panel.title.set_fontsize(smallest)
    each = [
        f"{what} taken for {said}" + (f" ({sure})" if sure else "")
        for what, said, sure in zip(whats, saids, sures, strict=True)
    ]
    return _alt.describe(figure, f"{head}{ordered}: {_alt.listed(each)}")


def _heading(drawn, wrong, number, order):
    head = f"{wrong:,} of {number:,} {'is' if wrong == 1 else 'are'} wrong"
    words = {"confident": "most confident", "unsure": "least confident", "first": "first"}[order]
    if wrong == 1:
        return head, ""
    if drawn < wrong:
        many = f"first {drawn}" if order == "first" else f"{drawn} {words}"
        return head, f"; here the {words}" if drawn == 1 else f"; here the {many}"
    return head, "" if order == "first" else f", the {words} first"


def _no_mistake(number):
    import matplotlib.pyplot as plt

    words = f"No mistake: all {number:,} predictions are right." if number > 1 else "No mistake: it is right."
    figure = plt.figure(figsize=(5.6, 0.8))
    figure.text(0.5, 0.5, words, ha="center", va="center", fontsize=_layout.TITLE + 2)
    return _alt.describe(figure, words)


def _pictures(images, number):
    if hasattr(images, "element_spec"):
        raise TypeError(
            f"`images` must be an array of shape (N, H, W, C); received {type(images).__name__}. A data set "
            "gives its pictures batch by batch, and anew shuffled if it is: collect them once, with their "
            "labels, and predict from these arrays."
        )
    if not isinstance(images, (list, tuple)):
        images = _arrays.numbers(images, "images")
        if images.ndim == 2:
            raise ValueError(
                f"`images` must have shape (N, H, W, C) or (N, H, W); received {images.shape}. They look "
                "flattened: restore the rows, images.reshape(-1, height, width)."
            )
        if images.ndim not in (3, 4):
            raise ValueError(
                f"`images` must have shape (N, H, W, C) or (N, H, W); received {images.shape}. A single "
                "picture needs a batch axis: images[np.newaxis]."
            )
    if len(images) != number:
        raise ValueError(
            f"`images` must hold one picture a label; received {len(images):,} for {number:,}. They were "
            "probably cut differently: take the same slice of images, labels and predictions."
        )
    return images


# --- Labels and predictions ---------------------------------------------------------------------------------


def _judge(labels, predictions, class_names):
    truth = _labels(labels)
    said, sure, outputs = _said(predictions)
    if len(truth) != len(said):
        raise ValueError(
            f"`labels` and `predictions` must have the same length; received {len(truth):,} and "
            f"{len(said):,}. They probably come from different parts of the data: pass the labels of the very "
            "pictures that model.predict was given."
        )
    highest = max(int(truth.max()), int(said.max()))
    if class_names is not None:
        names = [str(name) for name in class_names]
        if outputs is not None and outputs != len(names):
            raise ValueError(
                f"`class_names` must hold a name for each of the {outputs} classes that the model tells "
                f"apart; received {len(names)}. They belong to another data set, or the model's last layer "
                "has too many or too few units."
            )
    else:
        names = [str(i) for i in range(max(outputs or 0, highest + 1, 2))]
    known = outputs or len(names)
    if highest >= known:
        which = "labels" if int(truth.max()) >= known else "predictions"
        raise ValueError(
            f"`{which}` must be whole numbers from 0 to {known - 1}, one a class; received {highest}. Either "
            "they start at 1 (subtract 1) or the class names or the model belong to another data set."
        )
    return _Judged(truth, said, sure, names)


def _labels(labels):
    if np.asarray(labels).dtype.kind in "USO" and not hasattr(labels, "element_spec"):
        raise TypeError(
            f"`labels` must be whole numbers; received {type(labels).__name__} of "
            f"{type(np.asarray(labels).ravel()[0]).__name__ if np.asarray(labels).size else 'nothing'}. Turn "
            "names into numbers: [class_names.index(name) for name in labels]."
        )
    array = _arrays.numbers(labels, "labels")
    if array.ndim == 2 and array.shape[1] > 1:
        if not (np.isin(array, (0, 1)).all() and (array.sum(axis=1) == 1).all()):
            raise ValueError(
                f"`labels` must have shape (N,), or (N, K) one-hot; received {array.shape} with other numbers "
                "than one 1 a row. These look like scores: the labels come first, the predictions second."
            )
        return array.argmax(axis=1)
    if array.ndim == 2:
        array = array[:, 0]
    return _whole(array, "labels")


def _whole(array, name):
    if array.ndim != 1:
        raise ValueError(
            f"`{name}` must have shape (N,); received {array.shape}. There is one class a picture: index the "
            f"other axes away, or make one row of them with {name}.ravel()."
        )
    if np.any(array < 0) or np.any(array != np.round(array)):
        bad = array[(array < 0) | (array != np.round(array))][0]
        raise ValueError(
            f"`{name}` must be whole numbers from 0 on, one a class; received {bad:.4g}. If these are scores, "
            "they belong to `predictions`, which comes after `labels`."
        )
    return array.astype(int)


def _said(predictions):
    """Return (classes (N,), how sure (N,) or None, number of classes if the scores tell it)."""
    array = _arrays.numbers(predictions, "predictions")
    if array.ndim == 2 and array.shape[1] > 1:
        scores = array.astype(float)
        if scores.min() < 0 or scores.max() > 1.01:  # logits
            scores = np.exp(scores - scores.max(axis=1, keepdims=True))
            scores = scores / scores.sum(axis=1, keepdims=True)
        # argmax of what came: rounding in the exponential must not decide
        said = array.argmax(axis=1)
        return said, scores[np.arange(len(said)), said], array.shape[1]
    if array.ndim == 2:
        array = array[:, 0]
    if array.ndim == 1 and np.any(array != np.round(array)):  # one number a picture, for two classes
        score = array.astype(float)
        if score.min() < 0 or score.max() > 1:
            score = 1 / (1 + np.exp(-np.clip(score, -500, 500)))
        said = (score > 0.5).astype(int)
        return said, np.where(said == 1, score, 1 - score), 2
    return _whole(array, "predictions"), None, None
