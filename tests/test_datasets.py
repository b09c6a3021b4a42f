"""The data sets that are always at hand, the choice between real and twin, and what a `Dataset` promises."""

import base64
import hashlib
import io
import re
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from cnnkit import _png, datasets
from cnnkit.datasets import cache, choosing, handwritten
from cnnkit.datasets.dataset import ArraySplit, Dataset


@pytest.fixture(autouse=True)
def _no_network_and_an_empty_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("CNNKIT_OFFLINE", "1")
    monkeypatch.setenv("CNNKIT_DATA", str(tmp_path / "cache"))


def _small(**options):
    images = np.arange(10 * 4 * 6 * 3, dtype=np.uint8).reshape(10, 4, 6, 3)
    splits = {
        "train": ArraySplit(images[:6], [0, 1, 0, 1, 0, 1], {"size": np.arange(6)}),
        "test": ArraySplit(images[6:], [0, 1, 0, 1]),
    }
    return Dataset("small", splits, ["a<b>", "c"], source="drawn", licence="L", citation="C & D", **options)


# ------------------------------------------------------------------------------------ digits and MNIST


def test_digits_are_those_of_scikit_learn():
    from sklearn.datasets import load_digits

    ours = datasets.digits()
    images = np.concatenate([ours.arrays(split)[0] for split in ("train", "validation", "test")])
    labels = np.concatenate([ours.arrays(split)[1] for split in ("train", "validation", "test")])
    assert images.shape == (1797, 8, 8, 1)
    assert images.dtype == np.float32
    np.testing.assert_allclose(images[..., 0], load_digits().images * 255 / 16, rtol=1e-6)
    np.testing.assert_array_equal(labels, load_digits().target)
    assert ours.class_names == list("0123456789")


def test_embedded_mnist_has_the_form_of_mnist():
    images, labels = datasets.mnist("embedded").arrays("train", dtype="uint8")
    assert images.shape == (1200, 28, 28, 1)
    assert labels.dtype == np.int32
    assert images.max() == 255
    assert np.median(images) == 0
    # MNIST: the digit in a box of 20×20, its centre of mass in the middle
    rows = np.arange(28) + 0.5
    weights = images[..., 0].astype(float)
    mass = weights.sum((1, 2))
    centre_y = (weights.sum(2) @ rows) / mass
    centre_x = (weights.sum(1) @ rows) / mass
    assert np.abs(centre_y - 14).max() < 0.6
    assert np.abs(centre_x - 14).max() < 0.6
    extents = [np.ptp(np.nonzero(one.any(axis=axis))[0]) + 1 for one in weights for axis in (0, 1)]
    assert max(extents) <= 20


def test_embedded_mnist_can_be_learnt():
    from sklearn.neighbors import KNeighborsClassifier

    ours = datasets.mnist("embedded")
    (x, y), (x_test, y_test) = ours.arrays("train"), ours.arrays("test")
    model = KNeighborsClassifier(3).fit(x.reshape(len(x), -1), y)
    assert model.score(x_test.reshape(len(x_test), -1), y_test) > 0.93


def test_embedded_mnist_has_the_same_pixels_everywhere():
    images, _ = datasets.mnist("embedded").arrays("train", dtype="uint8")
    assert hashlib.md5(images.tobytes()).hexdigest() == "c9cc92904ac584d53c61434e1ae88552"


def test_offline_mnist_says_in_one_line_what_and_why(capsys):
    ours = datasets.mnist()
    assert ours.source == "embedded"
    printed = capsys.readouterr().out
    assert printed.count("\n") == 1
    assert "embedded" in printed
    assert "CNNKIT_OFFLINE forbids downloads" in printed
    assert str(cache.cache_folder()) not in printed


def test_idx_md5_of_a_known_file():
    # The header of an IDX file of bytes with 2 axes: 0, 0, 8 (unsigned byte), 2, then the sizes, big-endian.
    array = np.arange(6, dtype=np.uint8).reshape(2, 3)
    raw = bytes([0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 0, 1, 2, 3, 4, 5])
    assert handwritten.idx_md5(array) == hashlib.md5(raw).hexdigest()


def test_a_damaged_mnist_in_the_cache_is_named_and_left_alone(capsys):
    path = cache.cache_folder() / "mnist.npz"
    path.parent.mkdir()
    path.write_bytes(b"<html>404</html>")
    with pytest.raises(ValueError, match=r"cannot be read as one.*half a download.*data download mnist"):
        datasets.mnist("real")
    assert datasets.mnist().source == "embedded"
    assert "damaged" in capsys.readouterr().out
    assert path.read_bytes() == b"<html>404</html>"


def test_other_arrays_under_the_name_of_mnist_are_refused():
    path = cache.cache_folder() / "mnist.npz"
    path.parent.mkdir()
    arrays = {key: np.zeros((2, 28, 28) if key[0] == "x" else 2, np.uint8) for key in handwritten._IDX_MD5}
    np.savez(path, **arrays)
    with pytest.raises(ValueError, match="`x_train` should be MNIST's"):
        datasets.mnist("real")


# ------------------------------------------------------------------------------------ real or twin


@pytest.mark.parametrize(
    ("call", "twin"), [("mnist", "embedded"), ("cats_vs_dogs", "drawn"), ("aerial", "drawn")]
)
def test_insisting_on_the_real_ones_offline_names_host_reason_and_ways_out(call, twin):
    with pytest.raises(OSError, match="CNNKIT_OFFLINE forbids downloads") as caught:
        getattr(datasets, call)(source="real")
    text = str(caught.value)
    assert re.search(r"googleapis\.com|hf\.co", text)
    assert "set CNNKIT_DATA" in text
    assert "python -m cnnkit data download" in text
    assert f'source="{twin}"' in text


@pytest.mark.parametrize("call", ["cats_vs_dogs", "aerial"])
def test_offline_with_an_empty_cache_the_twin_is_drawn_with_one_line(call, capsys):
    classes = {"cats_vs_dogs": 2, "aerial": 21}[call]
    ours = getattr(datasets, call)(image_size=32, count=42)
    printed = capsys.readouterr().out
    assert printed.count("\n") == 1
    assert printed.startswith(f"{call}: drawn, ")
    assert ours.source == "drawn"
    assert len(ours.class_names) == classes
    assert sum(ours.counts.values()) == 42
    images, labels = ours.arrays("train", dtype="uint8")
    assert images.shape == (25, 32, 32, 3)
    assert set(labels) <= set(range(classes))
    factors = ours.factors("train")
    assert {"x", "y", "scale"} <= set(factors)
    assert all(len(values) == 25 for values in factors.values())
    again = getattr(datasets, call)("drawn", image_size=32, count=42)
    np.testing.assert_array_equal(images, again.arrays("train", dtype="uint8")[0])
    assert "as asked" in capsys.readouterr().out


def test_drawn_pictures_are_drawn_once_and_kept_in_the_cache(monkeypatch):
    from cnnkit.datasets import drawn, sets

    first = datasets.cats_vs_dogs("drawn", image_size=32, count=8, seed=5)
    drawing = drawn.cats_vs_dogs
    sets._draw.cache_clear()
    monkeypatch.setattr(drawn, "cats_vs_dogs", None)
    second = datasets.cats_vs_dogs("drawn", image_size=32, count=8, seed=5)
    for split in ("train", "validation", "test"):
        np.testing.assert_array_equal(first.arrays(split)[0], second.arrays(split)[0])
        for factor, values in first.factors(split).items():
            np.testing.assert_array_equal(values, second.factors(split)[factor])
    sets._draw.cache_clear()
    monkeypatch.setattr(drawn, "cats_vs_dogs", drawing)
    (saved,) = (cache.cache_folder() / "drawn").iterdir()
    saved.write_bytes(b"half")
    third = datasets.cats_vs_dogs("drawn", image_size=32, count=8, seed=5)
    np.testing.assert_array_equal(first.arrays("train")[0], third.arrays("train")[0])


@pytest.mark.parametrize(
    ("call", "source", "hint"),
    [
        ("mnist", "drawn", 'called "embedded"'),
        ("aerial", "embedded", 'called "drawn"'),
        ("cats_vs_dogs", "kaggle", "\"drawn\"; received 'kaggle'"),
    ],
)
def test_an_unknown_source_is_refused(call, source, hint):
    with pytest.raises(ValueError, match=re.escape(hint)):
        getattr(datasets, call)(source=source)


def test_a_host_that_failed_is_not_asked_again(monkeypatch, capsys):
    from cnnkit.datasets import fetching

    monkeypatch.delenv("CNNKIT_OFFLINE")
    monkeypatch.setattr(choosing, "_FAILED", {})
    calls = []

    def fail(name):
        calls.append(name)
        raise fetching.DownloadError("long", "no network")

    monkeypatch.setattr(fetching, "download", fail)
    for _ in range(3):
        assert datasets.mnist().source == "embedded"
    assert calls == ["mnist"]
    assert capsys.readouterr().out.count("no network") == 3
    with pytest.raises(OSError, match="long"):
        datasets.mnist("real")
    assert len(calls) == 2


# ------------------------------------------------------------------------------------ photographs


@pytest.mark.parametrize("name", datasets.photo_names())
def test_photographs_are_at_hand(name):
    image = datasets.photo(name)
    assert image.dtype == np.uint8
    assert image.ndim == 2 or image.shape[2] == 3
    assert np.ptp(image) > 100
    assert image.flags.writeable
    assert datasets.photo_credit(name).startswith(name)


def test_an_unknown_photograph_offers_near_names():
    with pytest.raises(ValueError, match=r"'astronout'. Did you mean 'astronaut'\? All of them: china"):
        datasets.photo("astronout")


# ------------------------------------------------------------------------------------ Dataset


def test_importing_loads_neither_tensorflow_nor_scikit_nor_pillow():
    code = (
        "import sys, cnnkit.datasets as d; d.from_folder; d.cats_vs_dogs\n"
        "heavy = {'tensorflow', 'keras', 'sklearn', 'skimage', 'matplotlib', 'cv2', 'requests'}\n"
        "bad = heavy & set(sys.modules)\n"
        "assert not bad, bad"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_arrays_need_no_tensorflow():
    code = (
        "import sys, cnnkit.datasets as d; d.mnist('embedded').arrays('test'); "
        "assert 'tensorflow' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_tensors_are_float_batches_and_line_up_with_arrays():
    ours = _small(batch_size=4)
    batches = list(ours.test.as_numpy_iterator())
    images, labels = (np.concatenate(parts) for parts in zip(*batches, strict=True))
    assert images.dtype == np.float32
    assert labels.dtype == np.int32
    expected, expected_labels = ours.arrays("test")
    np.testing.assert_array_equal(images, expected)
    np.testing.assert_array_equal(labels, expected_labels)
    assert ours.train.element_spec[0].shape.as_list() == [None, 4, 6, 3]
    assert len(ours.train) == 2
    assert ours.validation is None


def test_pictures_that_tensorflow_cannot_read_in_place_are_copied():
    room = np.arange(256 + 64 + 32, dtype=np.int64).astype(np.uint8)
    start = -room.ctypes.data % 64
    for shift in (0, 1, 16, 32):  # ready for TensorFlow, and three ways not to be
        images = room[start + shift : start + shift + 256].reshape(4, 8, 8, 1)
        for one in (images, images[:, :, ::-1], images.astype(np.float32)):
            split = ArraySplit(one, [0, 1, 2, 3], rows=[3, 1, 0, 2])
            pictures, labels = next(iter(split.tensors(4, False, 0)))
            np.testing.assert_array_equal(pictures, one[[3, 1, 0, 2]])
            np.testing.assert_array_equal(labels, [0, 1, 2, 3])
    locked = room[start : start + 256].reshape(4, 8, 8, 1)
    locked.flags.writeable = False
    pictures, _ = next(iter(ArraySplit(locked, [0, 1, 2, 3]).tensors(4, False, 0)))
    np.testing.assert_array_equal(pictures, locked)


def test_training_is_shuffled_anew_each_epoch_from_the_seed_and_the_test_split_never():
    def orders(split, seed):
        images = np.arange(50, dtype=np.uint8).reshape(50, 1, 1, 1)
        one = Dataset("n", {split: ArraySplit(images, np.zeros(50))}, ["a"], source="folder", seed=seed)
        tensors = getattr(one, split)
        return [np.concatenate([x.numpy().ravel() for x, _ in tensors]).tolist() for _ in range(2)]

    first, second = orders("train", 1)
    assert sorted(first) == sorted(second) == list(range(50))
    assert first != second
    assert orders("train", 1) == [first, second]
    assert orders("train", 2)[0] != first
    for split in ("validation", "test"):
        assert orders(split, 1) == [list(range(50))] * 2


def test_labels_and_pictures_stay_together_when_shuffled():
    ours = datasets.digits(batch_size=100)
    images, labels = ours.arrays("train")
    known = {image.tobytes(): label for image, label in zip(images, labels, strict=True)}
    for batch, batch_labels in ours.train.as_numpy_iterator():
        for image, label in zip(batch, batch_labels, strict=True):
            assert known[image.tobytes()] == label


def test_keras_fits_and_evaluates_a_dataset():
    import keras

    ours = datasets.digits()
    model = keras.Sequential(
        [keras.layers.Rescaling(1 / 255), keras.layers.Flatten(), keras.layers.Dense(10)]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.02), loss, metrics=["accuracy"])
    model.fit(ours.train, validation_data=ours.validation, epochs=3, verbose=0, shuffle=False)
    assert model.evaluate(ours.test, verbose=0, return_dict=True)["accuracy"] > 0.5


def test_errors_of_a_dataset():
    ours = _small()
    with pytest.raises(ValueError, match=r'received \'valid\'. The word is "validation"'):
        ours.arrays("valid")
    with pytest.raises(ValueError, match=r"no pictures in its validation split; it has: .train., .test."):
        ours.arrays("validation")
    with pytest.raises(ValueError, match="Only drawn pictures know their factors"):
        ours.factors("test")
    with pytest.raises(ValueError, match="do not come from single files"):
        ours.files("train")
    with pytest.raises(ValueError, match="received 2 pictures and 3 labels"):
        ArraySplit(np.zeros((2, 1, 1, 1)), [0, 1, 2])


def test_the_html_shows_classes_counts_and_samples_and_escapes():
    ours = _small()
    text = ours._repr_html_()
    assert text == _small()._repr_html_()
    assert "a&lt;b&gt;" in text
    assert "a<b>" not in text
    assert "C &amp; D" in text
    assert "4×6×3" in text
    assert text.count("<img") == 2
    assert text.count(" alt=") == 2
    assert not re.search(r"0x[0-9a-f]{6,}", text + repr(ours))
    rows = re.findall(r"<td style='text-align:left'>c</td>.*?</tr>", text)
    assert re.findall(r"<td>(\d+)</td>", rows[0]) == ["3", "0", "2"]
    data = re.search(r"base64,([^\"]+)", text).group(1)
    picture = np.asarray(Image.open(io.BytesIO(base64.b64decode(data))))
    np.testing.assert_array_equal(picture, ours.arrays("train")[0][0])
    assert repr(ours) == "Dataset small (drawn): 2 classes, pictures 4×6×3, train 6, validation 0, test 4"


@pytest.mark.parametrize("shape", [(1, 1, 1), (7, 5, 3), (300, 300, 3), (28, 28, 1), (300, 300)])
def test_our_png_is_read_back_by_pillow(shape):
    picture = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    back = np.asarray(Image.open(io.BytesIO(_png.encode(picture))))
    np.testing.assert_array_equal(back.reshape(shape), picture)
