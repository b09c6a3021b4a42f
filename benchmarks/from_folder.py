"""Photographs into a model: `from_folder`, Keras's loader, and decoding alone, which is the limit."""

import itertools
import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import numpy as np

from .measure import side_by_side

TITLE = "Reading 2,000 photographs"
SIZE = (150, 150)


def run():
    from cnnkit.datasets import fetching

    with tempfile.TemporaryDirectory() as scratch:
        real = fetching.available("cats_vs_dogs")
        root = fetching.entry("cats_vs_dogs").path / "train" if real else _made_up(Path(scratch))
        files = sorted(path for path in root.rglob("*") if path.is_file())
        what = "cats and dogs" if real else "crops of photographs"
        rows = first_epoch(root, files, what) + later_epochs(root, what, Path(scratch))
        for row in rows:
            row.update(rate=len(files) / row["seconds"], unit="pictures/s")
        return rows + memory(root, what)


def first_epoch(root, files, what):
    """From nothing to the end of the first epoch: the call, finding the broken files, decoding, batches."""
    ways = {
        "from_folder": lambda: _exhaust(_ours(root).train),
        "Keras": lambda: _exhaust(_keras(root)),
        "decoding alone, libjpeg-turbo, scaled": lambda: _decode(files, _scaled),
        "decoding alone, libjpeg-turbo, full size": lambda: _decode(files, _full),
        "decoding alone, OpenCV, half where that suffices": lambda: _decode(files, _opencv),
        "decoding and resizing alone, OpenCV": lambda: _decode(files, _opencv_to_size),
        "decoding alone, Pillow, draft": lambda: _decode(files, _pillow),
    }
    return side_by_side(f"first epoch, {what}, 150×150", ways, ours="from_folder", repeats=5)


def later_epochs(root, what, scratch):
    """Epochs after the first: from memory, and from the file in the cache that is used beyond `memory`."""
    before = os.environ.get("CNNKIT_DATA")
    os.environ["CNNKIT_DATA"] = str(scratch / "cache")
    try:
        ours, on_disk, keras = _ours(root).train, _ours(root, memory=0).train, _keras(root)
        ways = {
            "from_folder": lambda: _exhaust(ours),
            "from_folder, from the disk cache": lambda: _exhaust(on_disk),
            "Keras": lambda: _exhaust(keras),
        }
        return side_by_side(f"later epochs, {what}, 150×150", ways, ours="from_folder", repeats=7)
    finally:
        os.environ.pop("CNNKIT_DATA")
        if before is not None:
            os.environ["CNNKIT_DATA"] = before


def memory(root, what):
    """The most memory that one epoch adds, each in a process of its own."""
    rows = []
    task = f"memory of one epoch, {what}, 150×150"
    for way in ("from_folder", "from_folder, from the disk cache", "Keras"):
        command = [sys.executable, "-m", "benchmarks.from_folder", str(root), way]
        with tempfile.TemporaryDirectory() as cache:
            env = {**os.environ, "CNNKIT_DATA": cache, "TF_CPP_MIN_LOG_LEVEL": "3"}
            done = subprocess.run(
                command, capture_output=True, text=True, check=True, env=env, cwd=Path(__file__).parents[1]
            )
        megabytes = float(done.stdout.split()[-1])
        rows.append({"task": task, "way": way, "rate": megabytes, "unit": "MB", "seconds": None})
    for row in rows:
        row["times_ours"] = row["rate"] / rows[0]["rate"]
        row.update(fastest=None, slowest=None, scaled=None)
    return rows


def _measure_memory(root, way):
    import psutil

    _exhaust(_keras_of_one_picture())  # what TensorFlow itself takes
    process, over = psutil.Process(), threading.Event()
    before = peak = process.memory_info().rss

    def watch():
        nonlocal peak
        while not over.wait(0.01):
            peak = max(peak, process.memory_info().rss)

    watcher = threading.Thread(target=watch)
    watcher.start()
    if way == "Keras":
        _exhaust(_keras(root))
    else:
        _exhaust(_ours(root, memory=0 if "disk" in way else None).train)
    over.set()
    watcher.join()
    print((peak - before) / 1e6)


def _ours(root, memory=None):
    from cnnkit.datasets import from_folder

    return from_folder(root, SIZE, validation=0.0, memory=memory, progress=False)


def _keras(root):
    import keras

    return keras.utils.image_dataset_from_directory(
        root, image_size=SIZE, batch_size=32, seed=0, verbose=False
    )


def _keras_of_one_picture():
    import tensorflow as tf

    return tf.data.Dataset.from_tensors((np.zeros((1, *SIZE, 3), np.float32), np.zeros(1, np.int32)))


def _exhaust(batches):
    for _images, _labels in batches:
        pass


def _decode(files, decode):
    """Read and decode all files with as many threads as `from_folder` takes; the pixels are dropped."""
    from cnnkit.datasets.folders import _threads

    turns = itertools.count()

    def work():
        while (row := next(turns)) < len(files):
            decode(files[row].read_bytes())

    threads = [threading.Thread(target=work) for _ in range(_threads())]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _scaled(data):
    import simplejpeg

    simplejpeg.decode_jpeg(
        data, min_height=SIZE[0], min_width=SIZE[1], fastdct=True, fastupsample=True, buffer=_room()
    )


def _full(data):
    import simplejpeg

    simplejpeg.decode_jpeg(data)


_OWN = threading.local()


def _room():
    """The same memory each time: to get and give back fresh memory costs a tenth of the decoding."""
    if not hasattr(_OWN, "room"):
        _OWN.room = np.empty(2**22, np.uint8)
    return _OWN.room


def _opencv(data):
    """No side may fall below the wanted size: a picture that must be enlarged again has lost something."""
    import cv2
    import simplejpeg

    height, width, *_ = simplejpeg.decode_jpeg_header(data)  # 2 µs, of about 500
    half = -(-height // 2) >= SIZE[0] and -(-width // 2) >= SIZE[1]
    return cv2.imdecode(
        np.frombuffer(data, np.uint8), cv2.IMREAD_REDUCED_COLOR_2 if half else cv2.IMREAD_COLOR
    )


def _opencv_to_size(data):
    import cv2

    cv2.resize(_opencv(data), SIZE[::-1], interpolation=cv2.INTER_LINEAR)


def _pillow(data):
    import io

    from PIL import Image

    image = Image.open(io.BytesIO(data))
    image.draft("RGB", SIZE)
    image.load()


def _made_up(folder, count=2000):
    """Write crops of the photographs inside scikit-image as JPEG, of about the size of the real ones."""
    from PIL import Image

    from cnnkit.datasets import photo

    rng = np.random.default_rng(0)
    photos = [
        photo(name) for name in ("china", "flower", "astronaut", "chelsea", "coffee", "rocket", "hubble")
    ]
    for number in range(count):
        picture = photos[number % len(photos)]
        height, width = (
            rng.integers(250, min(picture.shape[0], 450)),
            rng.integers(300, min(picture.shape[1], 500)),
        )
        top, left = (
            rng.integers(0, 1 + room) for room in (picture.shape[0] - height, picture.shape[1] - width)
        )
        target = folder / "crops" / ("even", "odd")[number % 2]
        target.mkdir(parents=True, exist_ok=True)
        crop = Image.fromarray(picture[top : top + height, left : left + width])
        crop.save(target / f"{number}.jpg", quality=85)
    return folder / "crops"


if __name__ == "__main__":
    _measure_memory(Path(sys.argv[1]), sys.argv[2])
