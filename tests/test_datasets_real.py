"""The real sets in CNNKIT_DATA: counted, split right, decoded like Pillow does."""

import hashlib
import io

import numpy as np
import pytest
from PIL import Image

from cnnkit import datasets
from cnnkit.datasets import fetching
from cnnkit.datasets.splitting import place

pytestmark = pytest.mark.real_data


def _needs(name):
    return pytest.mark.skipif(
        not fetching.available(name), reason=f"the real {name} is not in the cache; CNNKIT_DATA names another"
    )


@pytest.fixture(autouse=True)
def _no_network(monkeypatch):
    monkeypatch.setenv("CNNKIT_OFFLINE", "1")


@pytest.fixture(scope="module")
def cats_vs_dogs():
    return datasets.cats_vs_dogs("real", image_size=(60, 80))


@pytest.fixture(scope="module")
def aerial():
    return datasets.aerial("real", image_size=64)


@_needs("mnist")
def test_mnist(capsys):
    ours = datasets.mnist()
    assert ours.counts == {"train": 55_000, "validation": 5_000, "test": 10_000}
    said = capsys.readouterr().out
    assert said == "mnist: real, the 70,000 handwritten digits, 70,000 pictures, from the cache.\n"
    images, labels = ours.arrays("test", dtype="uint8")
    # The MD5 of t10k-images-idx3-ubyte, unpacked: as published with the file itself.
    header = bytes([0, 0, 8, 3]) + b"".join(n.to_bytes(4, "big") for n in (10_000, 28, 28))
    assert hashlib.md5(header + images.tobytes()).hexdigest() == "2646ac647ad5339dbf082846283269ea"
    assert labels[:5].tolist() == [7, 2, 1, 0, 4]


@_needs("cats_vs_dogs")
def test_cats_vs_dogs_counts_and_splits(cats_vs_dogs):
    ours = cats_vs_dogs
    counts = ours.counts
    assert sum(counts.values()) == len(ours.report.good) == 3000
    assert counts["test"] == 1000
    assert counts["train"] + counts["validation"] == 2000
    assert counts["validation"] == pytest.approx(400, abs=60)
    assert not ours.report.bad
    assert ours.class_names == ["cats", "dogs"]
    for split in ("train", "validation", "test"):
        for file, label in zip(ours.files(split), ours.labels(split), strict=True):
            assert file.parent.name == ours.class_names[label]
            assert file.name.startswith(("cat", "dog")[label])
            assert file.parent.parent.name == ("validation" if split == "test" else "train")
    assert np.bincount(ours.labels("test")).tolist() == [500, 500]


@_needs("uc_merced")
def test_aerial_counts_and_splits(aerial):
    ours = aerial
    assert sum(ours.counts.values()) == 1890
    assert len(ours.class_names) == 21
    assert ours.class_names == sorted(ours.class_names)
    labels = np.concatenate([ours.labels(split) for split in ("train", "validation", "test")])
    assert np.bincount(labels).tolist() == [90] * 21
    assert ours.counts["test"] == pytest.approx(378, abs=50)
    split_of = {file.name: split for split in ("train", "validation", "test") for file in ours.files(split)}
    assert split_of["airplane01.jpg"] == split_of["airplane02.jpg"]  # the same picture, in the original too
    for name, split in split_of.items():
        if name.startswith("river"):
            assert (place(f"river/{name}") < 0.2) == (split == "test")


@_needs("cats_vs_dogs")
def test_no_picture_is_in_two_splits(cats_vs_dogs):
    seen = {}
    for split in ("train", "validation", "test"):
        for file in cats_vs_dogs.files(split):
            digest = hashlib.md5(file.read_bytes()).digest()
            assert seen.setdefault(digest, split) == split, file


@_needs("cats_vs_dogs")
@_needs("uc_merced")
@pytest.mark.parametrize("name", ["cats_vs_dogs", "aerial"])
def test_pixels_agree_with_pillow(name, request):
    ours = request.getfixturevalue(name)
    images, _ = ours.arrays("validation", dtype="uint8")
    height, width = ours.image_shape[:2]
    differences = []
    for image, file in list(zip(images, ours.files("validation"), strict=True))[::5]:
        whole = Image.open(io.BytesIO(file.read_bytes())).convert("RGB")
        small = np.asarray(whole.resize((width, height), Image.Resampling.BILINEAR)).astype(int)
        differences.append(np.abs(image.astype(int) - small).mean())
    assert np.mean(differences) < 4  # grey levels of 255
    assert np.max(differences) < 15
