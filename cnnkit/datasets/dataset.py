"""`Dataset`: three splits of labelled pictures, as tf.data or as NumPy arrays, with where they come from."""

import base64
import functools
import html
from pathlib import Path

import numpy as np

from .. import _png

__all__ = ["ArraySplit", "Dataset", "Report"]

SPLITS = ("train", "validation", "test")


class Report:
    """What was found when the files of a data set were read.

    Attributes:
        good: list of the paths that were decoded, the odd ones among them.
        odd: dict from path to what was converted, for the files that are not what they seem.
        bad: dict from path to the reason why the file was left out.
        root: the folder that the paths are shown relative to, or `None`.
    """

    def __init__(self, good=(), odd=None, bad=None, root=None):
        self._good = good
        self.odd = dict(odd or {})
        self.bad = dict(bad or {})
        self.root = root

    @functools.cached_property
    def good(self):
        return [Path(one) for one in self._good]

    def _short(self, path):
        try:
            return path.relative_to(self.root).as_posix()
        except (AttributeError, TypeError, ValueError):
            return str(path)

    def __str__(self):
        lines = [
            f"{len(self._good):,} pictures read, {len(self.odd):,} of them converted, {len(self.bad):,} left "
            "out."
        ]
        lines += [f"  left out   {self._short(path)}: {why}" for path, why in sorted(self.bad.items())]
        lines += [f"  converted  {self._short(path)}: {what}" for path, what in sorted(self.odd.items())]
        return "\n".join(lines)

    def __repr__(self):
        return f"<Report: {len(self._good)} good ({len(self.odd)} odd), {len(self.bad)} bad>"

    def _repr_html_(self):
        rows = [("left out", path, why) for path, why in sorted(self.bad.items())]
        rows += [("converted", path, what) for path, what in sorted(self.odd.items())]
        body = "".join(
            f"<tr><td>{kind}</td><td "
            f"style='text-align:left'><code>{html.escape(self._short(path))}</code></td>"
            f"<td style='text-align:left'>{html.escape(text)}</td></tr>"
            for kind, path, text in rows
        )
        head = html.escape(str(self).split("\n")[0])
        table = f"<table><tbody>{body}</tbody></table>" if rows else ""
        return f"<div><p>{head}</p>{table}</div>"


class ArraySplit:
    """A split whose pictures are an array, in memory or mapped from a file.

    Args:
        images: array (M, H, W, C), uint8 or float32, values 0 to 255.
        labels: array (N,) of ints.
        factors: dict from name to an array whose first axis is N (ground truth of drawn pictures), or `None`.
        rows: array (N,): the rows of `images` that belong to this split; `None` means all of them.
        paths: list of the N files that the pictures come from (str or path), or `None`.
    """

    def __init__(self, images, labels, factors=None, *, rows=None, paths=None):
        self.images = images
        self.labels = np.asarray(labels, dtype=np.int32)
        self.factors = factors
        self.rows = np.arange(len(images)) if rows is None else np.asarray(rows, dtype=np.int64)
        self.paths = paths
        if len(self.rows) != len(self.labels):
            raise ValueError(
                f"`images` and `labels` must have the same length; received {len(self.rows)} pictures and "
                f"{len(self.labels)} labels. Check that both were cut in the same place."
            )

    def __len__(self):
        return len(self.labels)

    @property
    def shape(self):
        return tuple(int(n) for n in self.images.shape[1:])

    def take(self, indices):
        """Return the pictures at `indices` as an array (len(indices), H, W, C)."""
        return np.take(self.images, self.rows[indices], axis=0)

    def arrays(self, dtype):
        return self.take(np.arange(len(self))).astype(dtype, copy=False), self.labels.copy()

    def tensors(self, batch_size, shuffle, seed):
        import tensorflow as tf

        with tf.device("CPU:0"):
            pixels, rows, labels = _in_place(self.images), tf.constant(self.rows), tf.constant(self.labels)

        @tf.autograph.experimental.do_not_convert  # there is nothing to rewrite
        def batch(positions):
            images = tf.gather(pixels, tf.gather(rows, positions))
            return tf.cast(images, tf.float32), tf.gather(labels, positions)

        # To rewrite the steps of a tf.data TensorFlow writes them down, all pictures included: a copy.
        options = tf.data.Options()
        options.experimental_optimization.apply_default_optimizations = False
        # Positions are shuffled, not pictures: a perfect shuffle that costs 8 bytes a picture.
        positions = _positions(len(self), batch_size, shuffle, seed)
        return positions.map(batch, num_parallel_calls=2).prefetch(2).with_options(options)


def _in_place(array):
    """Return a tensor on the memory of `array`; on a copy where TensorFlow could not work with that memory."""
    import tensorflow as tf

    # TensorFlow ends the process when memory does not begin at a multiple of 64 bytes. That of `from_folder` does.
    if array.ctypes.data % 64 or not (array.flags.c_contiguous and array.flags.writeable):
        return tf.constant(array)
    return tf.experimental.dlpack.from_dlpack(array.__dlpack__())


def _positions(count, batch_size, shuffle, seed):
    """Return a tf.data of batches of positions 0 … count-1, in a new seeded order each epoch if `shuffle`."""
    import tensorflow as tf

    positions = tf.data.Dataset.range(count)
    if shuffle and count > 1:
        positions = positions.shuffle(count, seed=seed, reshuffle_each_iteration=True)
    return positions.batch(batch_size)


class Dataset:
    """Labelled pictures in three splits, with their source, licence and citation.

    `train`, `validation` and `test` are tf.data of batches (images, labels): images (N, H, W, C) float32 in
    [0, 255], labels (N,) int32. They are built when first asked for; until then TensorFlow is not imported.
    `train` is shuffled anew each epoch from the seed; `validation` and `test` never are, so that predictions
    line up with ``arrays("test")``. A split without pictures is `None`.

    Attributes:
        name: the name of the set.
        class_names: list of the class names; label `k` means ``class_names[k]``.
        source: where the pictures come from: ``"real"``, ``"embedded"``, ``"drawn"`` or ``"folder"``.
        licence, citation: what the pictures may be used for, and what to cite.
        report: a `Report`: files read, converted, left out.
        image_shape: (H, W, C) of each picture.
    """

    def __init__(
        self,
        name,
        splits,
        class_names,
        *,
        source,
        licence="",
        citation="",
        report=None,
        batch_size=32,
        seed=0,
        note="",
    ):
        self.name = name
        self._splits = {
            key: splits[key] for key in SPLITS if splits.get(key) is not None and len(splits[key])
        }
        self.class_names = [str(one) for one in class_names]
        self.source = source
        self.licence = licence
        self.citation = citation
        self.report = Report() if report is None else report
        self.batch_size = batch_size
        self.seed = seed
        self.note = note
        self._tensors = {}

    def _tensor(self, key):
        if key not in self._splits:
            return None
        if key not in self._tensors:
            self._tensors[key] = self._splits[key].tensors(self.batch_size, key == "train", self.seed)
        return self._tensors[key]

    @property
    def train(self):
        return self._tensor("train")

    @property
    def validation(self):
        return self._tensor("validation")

    @property
    def test(self):
        return self._tensor("test")

    @property
    def image_shape(self):
        return next(iter(self._splits.values())).shape if self._splits else None

    @property
    def counts(self):
        """A dict from split to number of pictures, empty splits included."""
        return {key: len(self._splits[key]) if key in self._splits else 0 for key in SPLITS}

    def _split(self, key):
        if key not in SPLITS:
            slip = "valid" if str(key).startswith("val") else str(key)
            hint = ' The word is "validation".' if slip == "valid" else ""
            raise ValueError(f'`split` must be "train", "validation" or "test"; received {key!r}.{hint}')
        if key not in self._splits:
            have = ", ".join(f'"{one}"' for one in self._splits) or "none"
            way = (
                "Its few or identical files all fell to the others: lower `validation` and `test`."
                if key == "train"
                else f"With `from_folder`, give `{key}=0.2` to set a fifth of the files apart."
            )
            raise ValueError(
                f'The data set "{self.name}" has no pictures in its {key} split; it has: {have}. {way}'
            )
        return self._splits[key]

    def arrays(self, split="train", dtype="float32"):
        """Return a split as NumPy arrays, without TensorFlow, in a fixed order.

        Args:
            split: ``"train"``, ``"validation"`` or ``"test"``.
            dtype: type of the pictures; ``"uint8"`` takes a quarter of the memory.

        Returns:
            images (N, H, W, C), values 0 to 255, and labels (N,) int32. Pictures of a folder come sorted by
            class: shuffle before cutting a piece off.

        Raises:
            ValueError: if there is no such split.
        """
        return self._split(split).arrays(np.dtype(dtype))

    def labels(self, split="train"):
        """Return the labels (N,) int32 of a split in the order of `arrays`, without reading a picture."""
        return self._split(split).labels.copy()

    def factors(self, split="train"):
        """Return the ground truth of drawn pictures: a dict from factor to an array whose first axis is N.

        Raises:
            ValueError: if the pictures were not drawn.
        """
        factors = getattr(self._split(split), "factors", None)
        if factors is None:
            raise ValueError(
                f'Only drawn pictures know their factors; the data set "{self.name}" is {self.source}. '
                'Ask for the drawn ones: source="drawn".'
            )
        return {key: np.asarray(value).copy() for key, value in factors.items()}

    def files(self, split="train"):
        """Return the paths of a split's files in the order of `arrays`.

        Raises:
            ValueError: if the pictures do not come from files.
        """
        paths = getattr(self._split(split), "paths", None)
        if paths is None:
            raise ValueError(
                f'The pictures of "{self.name}" ({self.source}) do not come from single files. '
                "`arrays(split)` gives them."
            )
        return [Path(one) for one in paths]

    def __repr__(self):
        size = "×".join(str(n) for n in self.image_shape or ())
        counts = ", ".join(f"{key} {n:,}" for key, n in self.counts.items())
        kinds = f"{len(self.class_names)} class{'es' if len(self.class_names) != 1 else ''}"
        return f"Dataset {self.name} ({self.source}): {kinds}, pictures {size}, {counts}"

    def _repr_html_(self):
        shape = "×".join(str(n) for n in self.image_shape or ())
        head = (
            f"<p><b>{html.escape(self.name)}</b> ({html.escape(self.source)}): pictures {shape}, "
            f"values 0–255, {len(self.class_names)} classes</p>"
        )
        numbers = {
            key: np.bincount(one.labels, minlength=len(self.class_names)) for key, one in self._splits.items()
        }
        samples = self._samples()
        with_picture = "<th>sample</th>" if samples else ""
        rows = []
        for index, label in enumerate(self.class_names):
            cells = "".join(f"<td>{numbers[key][index] if key in numbers else 0:,}</td>" for key in SPLITS)
            picture = f"<td>{samples.get(index, '')}</td>" if samples else ""
            rows.append(
                f"<tr><th>{index}</th><td "
                f"style='text-align:left'>{html.escape(label)}</td>{picture}{cells}</tr>"
            )
        total = "".join(f"<td><b>{n:,}</b></td>" for n in self.counts.values())
        picture = "<td></td>" if samples else ""
        rows.append(f"<tr><th></th><td style='text-align:left'><b>all</b></td>{picture}{total}</tr>")
        table = (
            f"<table><thead><tr><th>label</th><th>class</th>{with_picture}"
            + "".join(f"<th>{key}</th>" for key in SPLITS)
            + f"</tr></thead><tbody>{''.join(rows)}</tbody></table>"
        )
        tail = ""
        if self.report.bad or self.report.odd:
            said = f"{len(self.report.bad):,} files left out, {len(self.report.odd):,} converted"
            tail += f"<p>{said}: see <code>.report</code></p>"
        if self.licence:
            tail += f"<p>Licence: {html.escape(self.licence)}</p>"
        if self.citation:
            tail += f"<p>Cite: {html.escape(self.citation)}</p>"
        return f"<div>{head}{table}{tail}</div>"

    def _samples(self, most=24, side=40):
        """Return a dict from label to an <img> of the first training picture of that class."""
        if not self._splits or len(self.class_names) > most:
            return {}
        split = next(iter(self._splits.values()))
        first = {}
        for position, label in enumerate(split.labels):
            first.setdefault(int(label), position)
        pictures = split.take(list(first.values()))
        return {
            label: _img(_thumbnail(picture, side), self.class_names[label])
            for label, picture in zip(first, pictures, strict=True)
        }


def _thumbnail(picture, side):
    """Return `picture` (H, W, C) as uint8, its longer side at most `side` pixels."""
    from PIL import Image

    picture = np.clip(np.rint(picture), 0, 255).astype(np.uint8)
    height, width = picture.shape[:2]
    if max(height, width) <= side:
        return picture
    scale = side / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    image = Image.fromarray(picture[..., 0] if picture.shape[-1] == 1 else picture[..., :3])
    small = np.asarray(image.resize(size, Image.Resampling.BOX))
    return small[..., None] if small.ndim == 2 else small


def _img(picture, label):
    height, width = picture.shape[:2]
    scale = max(1, 40 // max(height, width))  # tiny pictures are shown enlarged, with sharp pixels
    data = base64.b64encode(_png.encode(picture)).decode("ascii")
    return (
        f'<img src="data:image/png;base64,{data}" alt="a picture of the class '
        f'{html.escape(label, quote=True)}" '
        f'width="{width * scale}" height="{height * scale}" style="image-rendering:pixelated">'
    )
