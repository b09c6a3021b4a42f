"""Any folder of class folders → a `Dataset`: every file decoded once, bad ones named and left out."""

import collections
import contextlib
import difflib
import hashlib
import itertools
import json
import mmap
import operator
import os
import shutil
import stat
import sys
import tempfile
import threading
import warnings
import weakref
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .._machine import cores
from . import cache
from .dataset import ArraySplit, Dataset, Report
from .decoding import Unreadable, decode, quick_resizing
from .splitting import assign

__all__ = ["MEMORY", "from_folder", "read_folder", "scan"]

# Decoded pictures up to this many bytes are kept in memory, more of them in a file of the cache.
MEMORY = 2**30

_IGNORED_FOLDERS = ("__MACOSX",)


def from_folder(
    path, image_size, batch_size=32, validation=0.2, test=0.0, seed=0, *, memory=None, progress=None
):
    """Return the pictures of a folder of class folders as a `Dataset`.

    Every file is read and decoded once, in this call; epochs then come from memory, or, beyond `memory`, from
    a file in the cache. Files that cannot be decoded (truncated, empty, HTML named .jpg …) are left out and
    listed with the reason in ``.report.bad``; those that are not what they seem (GIF named .jpg, CMYK,
    palette, 16 bits, turned by EXIF …) are converted and listed in ``.report.odd``. Nothing in the folder is
    moved or changed.

    A picture's split depends on a hash of its path within the folder alone, so it stays there when pictures
    are added, and the shares are only nearly met. Files with the same content share a split. The seed plays
    no part in this.

    Args:
        path: the folder; each folder in it is a class, labels count in the order of the sorted names. Hidden
            folders are no classes.
        image_size: int or (height, width) in pixels; pictures are stretched to it, with antialiasing.
        batch_size: pictures in a batch of the tf.data splits.
        validation: share of the pictures for the validation split, in [0, 1).
        test: share of the pictures for the test split, in [0, 1).
        seed: seed of the order in which each epoch shuffles the training split.
        memory: bytes of decoded pictures that may be kept in memory; `None` means 1 GiB. A picture takes
            height · width · 3 bytes; an epoch adds about seven batches in float32, of four times as much.
        progress: whether to show a bar; `None` shows one in a terminal.

    Returns:
        A `Dataset`: pictures (height, width, 3), RGB, [0, 255].

    Raises:
        FileNotFoundError, NotADirectoryError: if there is no such folder.
        ValueError: if it holds no class folders or no picture, or an argument is out of range.
    """
    size = _image_size(image_size)
    _share("validation", validation)
    _share("test", test)
    if validation + test >= 1:
        raise ValueError(
            f"`validation` and `test` must leave something to train on, so their sum must be below 1; "
            f"received {validation} + {test}. Shares, not percent: 0.2 is a fifth."
        )
    found = read_folder(path, size, memory=memory, progress=progress)
    splits = assign(found.names, found.contents, validation, test)
    return Dataset(
        Path(path).resolve().name,
        found.splits(splits),
        found.class_names,
        source="folder",
        report=found.report,
        batch_size=batch_size,
        seed=seed,
    )


def scan(path, *, progress=None):
    """Decode every file of a folder of class folders, and say what is wrong with which.

    Args:
        path: the folder; pictures may also lie directly in it.
        progress: whether to show a bar; `None` shows one in a terminal.

    Returns:
        A `Report`: ``.good`` list of paths, ``.odd`` {path: what is converted}, ``.bad`` {path: why it is
            left out}.

    Raises:
        FileNotFoundError, NotADirectoryError: if there is no such folder.
    """
    root = _folder(path)
    files = _within(root, _walk(root))
    scrap = _Scrap()
    notes, reasons, _ = _decode_all(files, (8, 8), scrap, progress)
    return _report(root, files, notes, reasons)


@dataclass
class Decoded:
    """The decoded pictures of a folder: parallel lists, bad files left out."""

    class_names: list
    images: np.ndarray  # (files, H, W, 3) uint8, with holes where a file is bad
    rows: np.ndarray  # (pictures,) position of each picture in `images`
    names: list  # path of each picture within the folder
    paths: list  # the same with the folder, str
    labels: np.ndarray
    contents: list
    report: Report

    def splits(self, positions):
        """Return a dict of splits from a dict of positions among the pictures."""
        return {
            key: ArraySplit(
                self.images,
                self.labels[which],
                rows=self.rows[which],
                paths=[self.paths[one] for one in which],
            )
            for key, which in positions.items()
        }


def read_folder(path, size, *, memory=None, progress=None):
    """Decode all pictures of a folder of class folders to `size`; see `from_folder`."""
    root = _folder(path)
    class_names = _classes(root)
    names = [f"{one}/{name}" for one in class_names for name in _walk(root / one)]
    if not names:
        raise ValueError(
            f"{root} holds {len(class_names)} class folders, but no file in any. Is it the right folder?"
        )
    files = _within(root, names)
    label_of = {one: label for label, one in enumerate(class_names)}
    budget = MEMORY if memory is None else operator.index(memory)
    shape = (len(files), *size, 3)
    if int(np.prod(shape, dtype=np.int64)) <= budget:
        images = _in_memory(shape)
        notes, reasons, contents = _decode_all(files, size, images, progress)
    else:
        images, notes, reasons, contents = _on_disk(root, names, files, shape, progress)
    report = _report(root, files, notes, reasons)
    rows = np.array([row for row in range(len(files)) if row not in reasons], dtype=np.int64)
    if not len(rows):
        raise ValueError(f"{root}: none of the {len(files)} files can be used.\n{report}")
    return Decoded(
        class_names,
        images,
        rows,
        [names[row] for row in rows],
        [files[row] for row in rows],
        np.array([label_of[names[row].split("/", 1)[0]] for row in rows], dtype=np.int32),
        [contents[row] for row in rows],
        report,
    )


def _in_memory(shape):
    """Return an array (files, H, W, 3) of uint8 for the decoded pictures.

    Not `np.empty`: on Linux that asks for huge pages, and a virtual machine that gives its free memory back to
    its host, as those in the cloud do, then waits for each of them: filling 135 MB took three times as long.
    It also begins at a page, so that TensorFlow can read it in place.
    """
    count = int(np.prod(shape, dtype=np.int64))
    private = {"flags": mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS} if hasattr(mmap, "MAP_PRIVATE") else {}
    return np.frombuffer(mmap.mmap(-1, count, **private), np.uint8).reshape(shape)


def _within(root, names):
    """Return the paths of `names` in `root` as str: to make a `Path` takes a twentieth of the decoding."""
    start = os.path.join(root, "")
    return [start + name for name in names]


def _report(root, files, notes, reasons):
    good = [file for row, file in enumerate(files) if row not in reasons]
    odd = {Path(files[row]): text for row, text in sorted(notes.items())}
    bad = {Path(files[row]): text for row, text in sorted(reasons.items())}
    return Report(good, odd, bad, root)


# ---------------------------------------------------------------------------------------- the folder


def _folder(path):
    root = Path(path).expanduser()
    if root.is_dir():
        return root
    if root.exists():
        raise NotADirectoryError(
            f"`path` must be a folder of class folders; received a file: {root}. If it is an archive, unpack "
            "it first."
        )
    parent = next((one for one in root.parents if one.is_dir()), Path())
    there = sorted(one.name for one in parent.iterdir() if one.is_dir())[:200]
    near = difflib.get_close_matches(root.name, there, n=1)
    hint = f' Did you mean "{near[0]}"?' if near else ""
    raise FileNotFoundError(
        f"`path` must be a folder of class folders; received {root}, which does not exist.{hint} "
        f"A relative path counts from {Path.cwd()}."
    )


def _classes(root):
    classes = sorted(one.name for one in os.scandir(root) if one.is_dir() and not _hidden(one.name))
    if not classes:
        files = sum(one.is_file() for one in os.scandir(root))
        slip = (
            f" It holds {files} files directly: put those of each class into a folder of their own."
            if files
            else ""
        )
        raise ValueError(f"`path` must hold one folder for each class; {root} holds none.{slip}")
    splits = {"train", "training", "validation", "valid", "val", "test", "testing"}
    if {one.lower() for one in classes} <= splits:
        raise ValueError(
            f"`path` must hold one folder for each class; {root} holds {', '.join(classes)}, which are "
            f'splits, not classes. Go one folder deeper: from_folder(path / "{classes[0]}", …).'
        )
    if len(classes) == 1:
        inside = sorted(
            one.name for one in os.scandir(root / classes[0]) if one.is_dir() and not _hidden(one.name)
        )
        if len(inside) > 1:
            raise ValueError(
                f'`path` must hold one folder for each class; {root} holds only "{classes[0]}", which holds '
                f'{", ".join(inside[:5])}. Go one folder deeper: from_folder(path / "{classes[0]}", …).'
            )
    return classes


def _hidden(name):
    return name.startswith(".") or name in _IGNORED_FOLDERS


def _walk(folder):
    """Return the paths of all files below `folder`, relative to it, with forward slashes, sorted."""
    found = []
    for here, folders, files in os.walk(folder):
        folders[:] = sorted(one for one in folders if not _hidden(one))
        inside = os.path.relpath(here, folder).replace(os.sep, "/")
        prefix = "" if inside == "." else inside + "/"
        found += [prefix + name for name in files]
    return sorted(found)


def _image_size(image_size):
    try:
        pair = (image_size, image_size) if np.ndim(image_size) == 0 else tuple(image_size)
        size = tuple(operator.index(n) for n in pair)
    except TypeError:
        size = ()
    if len(size) == 3 and size[2] in (1, 3):
        raise ValueError(
            f"`image_size` must be (height, width); received {image_size!r}. Drop the channels: {size[:2]}."
        )
    if len(size) != 2 or min(size) < 1:
        raise ValueError(
            "`image_size` must be an int or (height, width), in pixels, at least 1; received "
            f"{image_size!r}. For example (150, 150)."
        )
    return size


def _share(name, value):
    if not isinstance(value, (int, float, np.number)) or not 0 <= value < 1:
        raise ValueError(
            f"`{name}` must be a share of the pictures, 0 ≤ {name} < 1; received {value!r}. "
            "A fifth is 0.2; 0 means none."
        )


# ---------------------------------------------------------------------------------------- decoding


class _Scrap:
    """Where a scan puts its pixels: nowhere."""

    def __getitem__(self, row):
        return np.empty((8, 8, 3), np.uint8)


def _decode_all(files, size, images, progress):
    """Decode `files` into the rows of `images`, in parallel.

    Returns:
        {row: what was converted}, {row: why it is bad}, and for each file a string that is
        the same only where the bytes are.
    """
    notes, reasons, contents = {}, {}, [""] * len(files)
    turns = itertools.count()  # next() on it is atomic
    bar = _bar(len(files), progress)
    failures = []

    def work():
        quick_resizing()
        done = 0
        while not failures:
            row = next(turns)
            if row >= len(files):
                break
            file = files[row]
            try:
                data = _read(file)
                contents[row] = f"{len(data)}:{zlib.crc32(data[-4096:])}"
                note = decode(data, os.path.splitext(file)[1], size, images[row])
                if note:
                    notes[row] = note
            except Unreadable as reason:
                reasons[row] = str(reason)
            except BaseException as error:
                failures.append(error)
            done += 1
            if done % 32 == 0:
                bar(32)
        bar(done % 32)

    with warnings.catch_warnings():  # what is wrong with a file stands in the report
        warnings.simplefilter("ignore")
        threads = [
            threading.Thread(target=work, daemon=True) for _ in range(min(_threads(), len(files) or 1))
        ]
        for thread in threads:
            thread.start()
        try:
            for thread in threads:
                thread.join()
        except BaseException as error:  # Ctrl-C: let the threads end
            failures.append(error)
            raise
        finally:
            bar(None)
    if failures:
        raise failures[0]
    _tell_apart(files, contents)
    return notes, reasons, contents


def _tell_apart(files, contents):
    """Replace what occurs more than once, the size and a checksum of the end, by a hash that does not err.

    To hash every file whole would cost a twentieth of the time that decoding takes; few files need it.
    """
    counts = collections.Counter(contents)
    for row, content in enumerate(contents):
        if content and counts[content] > 1:
            with contextlib.suppress(Unreadable):
                contents[row] += ":" + hashlib.sha256(_read(files[row])).hexdigest()


def _read(file):
    try:
        # Not open(): a named pipe would wait for ever, and a plain file is read in one go.
        handle = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except OSError as error:
        if os.path.islink(file) and not os.path.exists(file):
            raise Unreadable("a link to a file that does not exist") from None
        raise Unreadable(f"cannot be opened ({error.strerror or error})") from None
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise Unreadable("not a plain file, but a pipe, socket or device")
        pieces, left = [], status.st_size + 1
        while left > 0:
            piece = os.read(handle, left)
            if not piece:
                break
            pieces.append(piece)
            left -= len(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)
    except OSError as error:
        raise Unreadable(f"cannot be read ({error.strerror or error})") from None
    finally:
        os.close(handle)


def _threads():
    # More than there are processors: where others compete for them, the one that holds Python's lock may be
    # set aside, and then the rest had better be in the middle of decoding.
    return min(2 * cores(), 32)


def _bar(total, progress):
    """Return a function that moves a progress bar on by n files; `None` ends it."""
    if progress is None:
        progress = sys.stderr.isatty() and total > 500
    if not progress:
        return lambda n: None
    from tqdm import tqdm

    bar = tqdm(total=total, unit="file", desc="reading pictures", leave=False)
    lock = threading.Lock()

    def move(n):
        with lock:
            bar.close() if n is None else bar.update(n)

    return move


# ---------------------------------------------------------------------------------------- beyond memory


def _on_disk(root, names, files, shape, progress):
    """Decode into a file of the cache, or find it there from an earlier call on an unchanged folder."""
    place = hashlib.sha256(f"{root.resolve()}\0{shape[1:]}".encode("utf-8", "surrogateescape")).hexdigest()[
        :24
    ]
    state = hashlib.sha256(json.dumps([_state(one) for one in files] + names).encode()).hexdigest()
    with contextlib.ExitStack() as cleanup:
        folder, temporary = _cache_place()
        if temporary:
            cleanup.callback(shutil.rmtree, folder, ignore_errors=True)
        pixels, index = folder / f"{place}.npy", folder / f"{place}.json"
        known = _known(pixels, index, state, shape)
        if known is None:
            working = folder / f"{place}.{os.getpid()}.part"
            cleanup.callback(working.unlink, missing_ok=True)
            images = _reserve(working, shape)
            notes, reasons, contents = _decode_all(files, shape[1:3], images, progress)
            images.flush()
            del images
            index.unlink(missing_ok=True)
            os.replace(working, pixels)
            known = notes, reasons, contents
            text = json.dumps(
                {
                    "state": state,
                    "notes": {str(row): note for row, note in notes.items()},
                    "reasons": {str(row): why for row, why in reasons.items()},
                    "contents": contents,
                }
            )
            draft = folder / f"{place}.{os.getpid()}.json.part"
            draft.write_text(text, encoding="utf-8")
            os.replace(draft, index)
        images = np.load(pixels, mmap_mode="c")  # what is written goes to memory, never to the file
        if temporary:  # keep the file as long as the pictures are in use, and no longer
            cleanup.pop_all()
            weakref.finalize(images, shutil.rmtree, folder, ignore_errors=True)
        return images, *known


def _state(file):
    try:
        status = os.stat(file)
        return [status.st_size, status.st_mtime_ns]
    except OSError:
        return [-1, -1]


def _cache_place():
    """Return a folder that can be written to, and whether it is a temporary one."""
    folder = cache.cache_folder() / "decoded"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
        return folder, False
    except OSError:  # a read-only cache
        return Path(tempfile.mkdtemp(prefix="cnnkit-")), True


def _known(pixels, index, state, shape):
    """Return what an earlier call found, if its file is whole and the folder has not changed since."""
    try:
        saved = json.loads(index.read_text(encoding="utf-8"))
        if saved["state"] != state or np.load(pixels, mmap_mode="r").shape != tuple(shape):
            return None
        return (
            {int(row): note for row, note in saved["notes"].items()},
            {int(row): why for row, why in saved["reasons"].items()},
            saved["contents"],
        )
    except (OSError, ValueError, KeyError):
        return None


def _reserve(path, shape):
    """Make a file for an array of uint8, with all its room taken: a full disk must show at once."""
    need = int(np.prod(shape, dtype=np.int64))
    try:
        free = shutil.disk_usage(path.parent).free
        if free < need + 2**20:
            raise OSError(28, "No space left on device")
        images = np.lib.format.open_memmap(path, mode="w+", dtype=np.uint8, shape=tuple(shape))
        if hasattr(os, "posix_fallocate"):
            with open(path, "r+b") as file:
                os.posix_fallocate(file.fileno(), 0, path.stat().st_size)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise OSError(
            error.errno,
            f"The decoded pictures need {need / 2**20:,.0f} MB in {path.parent}, and cannot be written there "
            f"({error.strerror or error}). Make room, set CNNKIT_DATA to another disk, ask for a smaller "
            f"`image_size`, or allow more memory: from_folder(…, memory={need}).",
        ) from error
    return images
