"""from_folder and scan: every kind of bad and odd file, pixels against Pillow, stable splits, the caches."""

import hashlib
import io
import os
import shutil
import struct
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image, ImageOps

from cnnkit.datasets import decoding, folders, from_folder, scan
from cnnkit.datasets.dataset import _in_place
from cnnkit.datasets.splitting import assign, place

WINDOWS = sys.platform == "win32"


@pytest.fixture(autouse=True)
def _own_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("CNNKIT_OFFLINE", "1")
    monkeypatch.setenv("CNNKIT_DATA", str(tmp_path / "cache"))


def _scene(height=90, width=120, seed=0):
    """A smooth coloured picture with something in each corner, so that turns and flips show."""
    y, x = np.mgrid[0:height, 0:width]
    rng = np.random.default_rng(seed)
    picture = np.stack([x * 255 / width, y * 255 / height, 128 + 60 * np.sin(x / 9) * np.cos(y / 7)], -1)
    picture[: height // 3, : width // 3] = rng.integers(0, 256, 3)
    picture[-height // 4 :, -width // 5 :] = rng.integers(0, 256, 3)
    return Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8))


def _bytes(image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def _exif(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


def _png16(grey):
    values = (np.asarray(_scene().convert("L")).astype(np.uint16) * 257)[:60]
    if grey:
        return _bytes(Image.fromarray(values), "PNG")
    # Pillow writes no PNG of 16 bits a channel in colour: by hand
    import zlib

    rows = np.repeat(values[..., None], 3, axis=2).astype(">u2")
    raw = b"".join(b"\0" + row.tobytes() for row in rows)

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", rows.shape[1], rows.shape[0], 16, 2, 0, 0, 0)
    png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(raw))
    return png + chunk(b"IEND", b"")


def _animated(kind):
    frames = [_scene(seed=seed) for seed in range(3)]
    return _bytes(frames[0], kind, save_all=True, append_images=frames[1:])


def _clear():
    image = _scene().convert("RGBA")
    image.putalpha(Image.linear_gradient("L").resize(image.size))
    return image


def _good_and_odd():
    """{name: (bytes, what the report must say; None for nothing)} of files that can be used."""
    scene, jpeg = _scene(), _bytes(_scene(), "JPEG", quality=92)
    files = {
        "plain.jpg": (jpeg, None),
        "plain.JPEG": (jpeg + b"", None),
        "progressive.jpg": (_bytes(scene, "JPEG", progressive=True), None),
        "444.jpg": (_bytes(scene, "JPEG", subsampling=0), None),
        "after the end.jpg": (jpeg + b"\0" * 100 + b"trailing", None),
        "plain.png": (_bytes(scene, "PNG"), None),
        "plain.bmp": (_bytes(scene, "BMP"), None),
        "plain.webp": (_bytes(scene, "WEBP", lossless=True), None),
        "plain.tif": (_bytes(scene, "TIFF"), None),
        "grey.jpg": (_bytes(scene.convert("L"), "JPEG"), "grey"),
        "cmyk.jpg": (_bytes(scene.convert("CMYK"), "JPEG"), "CMYK"),
        "palette.png": (_bytes(scene.quantize(32), "PNG"), "palette"),
        "alpha.png": (_bytes(_clear(), "PNG"), "transparent, laid on white"),
        "grey and alpha.png": (_bytes(_clear().convert("LA"), "PNG"), "transparent"),
        "16 bit.png": (_png16(grey=False), "16 bits"),
        "16 bit grey.png": (_png16(grey=True), "16 bits"),
        "one bit.png": (_bytes(scene.convert("1"), "PNG"), "black and white"),
        "gif.jpg": (_bytes(scene.quantize(64), "GIF"), "GIF named .jpg"),
        "bmp.jpg": (_bytes(scene, "BMP"), "BMP named .jpg"),
        "png.jpg": (_bytes(scene, "PNG"), "PNG named .jpg"),
        "webp.jpg": (_bytes(scene, "WEBP", lossless=True), "WEBP named .jpg"),
        "tiff.jpg": (_bytes(scene, "TIFF"), "TIFF named .jpg"),
        "jpeg.png": (jpeg, "JPEG named .png"),
        "without suffix": (jpeg, "JPEG without a suffix"),
        "animated.gif": (_animated("GIF"), "the first of 3 frames"),
        "animated.webp": (_animated("WEBP"), "the first of 3 frames"),
        "pages.tif": (_animated("TIFF"), "the first of 3 pages"),
        "lzw.tif": (_bytes(scene, "TIFF", compression="tiff_lzw"), None),
        "16 bit.tif": (
            _bytes(Image.fromarray(np.asarray(scene.convert("L")).astype(np.uint16) * 257), "TIFF"),
            "16 bits",
        ),
        "float.tif": (
            _bytes(Image.fromarray(np.asarray(scene.convert("L")).astype(np.float32) / 255), "TIFF"),
            "floats",
        ),
        "one pixel.png": (_bytes(Image.new("RGB", (1, 1), "red"), "PNG"), None),
        "one row.jpg": (_bytes(scene.resize((300, 1)), "JPEG"), None),
        "ünïcödé 猫.jpg": (jpeg, None),
    }
    for orientation in range(2, 9):
        said = f"EXIF orientation {orientation}"
        files[f"exif{orientation}.jpg"] = (_bytes(scene, "JPEG", exif=_exif(orientation)), said)
    files["exif6.png"] = (_bytes(scene, "PNG", exif=_exif(6)), "EXIF orientation 6")
    files["exif nonsense.jpg"] = (_bytes(scene, "JPEG", exif=_exif(77)), None)
    return files


def _bad():
    """{name: (bytes, what the reason must say)} of files that cannot be used."""
    jpeg, png = _bytes(_scene(), "JPEG"), _bytes(_scene(), "PNG")
    progressive = _bytes(_scene(), "JPEG", progressive=True)
    flipped = bytearray(png)
    flipped[len(png) // 2] ^= 0xFF
    return {
        "truncated.jpg": (jpeg[: len(jpeg) // 2], "truncated"),
        "last bytes gone.jpg": (jpeg[:-40], "truncated"),
        "truncated progressive.jpg": (progressive[: len(progressive) // 2], "truncated"),
        "header only.jpg": (jpeg[:20], "JPEG"),
        "truncated.png": (png[: len(png) // 2], "PNG"),
        "damaged.png": (bytes(flipped), "PNG"),
        "truncated.gif": (_bytes(_scene().quantize(64), "GIF")[:900], "GIF"),
        "truncated.bmp": (_bytes(_scene(), "BMP")[:5000], "truncated BMP"),
        "truncated.webp": (_bytes(_scene(), "WEBP", lossless=True)[:200], "WEBP"),
        "truncated.tif": (_bytes(_scene(), "TIFF")[:3000], "TIFF"),
        "empty.jpg": (b"", "zero bytes"),
        "zeros.jpg": (bytes(5000), "nothing but zero bytes"),
        "page.jpg": (b"<!DOCTYPE html><html><body>404 Not Found</body></html>", "HTML"),
        "late page.jpg": (b"\n\n<!-- x --><HTML lang='en'>", "HTML"),
        "error.jpg": (b"<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>", "XML"),
        "answer.jpg": (b'{"error": "quota"}', "JSON"),
        "notes.txt": (b"do not forget the cat", "plain text"),
        "noise.jpg": (np.random.default_rng(0).bytes(3000), "no known format"),
        "archive.jpg": (b"PK\x03\x04" + bytes(50), "ZIP"),
        "drawing.png": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        "paper.jpg": (b"%PDF-1.7 ...", "PDF"),
        "phone.jpg": (b"\0\0\0\x18ftypheic" + bytes(40), "HEIC"),
        "film.jpg": (b"\0\0\0\x18ftypmp42" + bytes(40), "video"),
        "pointer.jpg": (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "Git LFS"),
        "._cat.jpg": (b"\0\x05\x16\x07\0\x02\0\0Mac OS X", "macOS"),
        "Thumbs.db": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "Windows"),
        "bomb.png": (png[:16] + struct.pack(">II", 60000, 60000) + png[24:], "too large|PNG"),
        "bomb.jpg": (_huge_jpeg(jpeg), "too large"),
    }


def _huge_jpeg(jpeg):
    at = jpeg.index(b"\xff\xc0")
    return jpeg[: at + 5] + struct.pack(">HH", 65000, 65000) + jpeg[at + 9 :]


@pytest.fixture(scope="module")
def zoo(tmp_path_factory):
    """A folder of two classes with all of them, and plain pictures enough to train on."""
    root = tmp_path_factory.mktemp("zoo")
    for folder in ("cats", "dogs"):
        (root / folder).mkdir()
    for name, (data, _) in {**_good_and_odd(), **_bad()}.items():
        (root / "cats" / name).write_bytes(data)
    for seed in range(40):
        (root / "dogs" / f"dog.{seed}.jpg").write_bytes(_bytes(_scene(seed=seed), "JPEG"))
    if not WINDOWS:
        os.mkfifo(root / "cats" / "pipe.jpg")
        os.symlink("nowhere.jpg", root / "cats" / "link.jpg")
    (root / ".ipynb_checkpoints").mkdir()
    (root / "cats" / "deeper").mkdir()
    (root / "cats" / "deeper" / "folder.jpg").mkdir()
    (root / "cats" / "deeper" / "plain.jpg").write_bytes(_bytes(_scene(seed=99), "JPEG"))
    return root


def _fingerprint(root):
    found = {}
    for path in sorted(root.rglob("*")):
        status = path.lstat()
        content = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None
        found[str(path)] = (status.st_mode, status.st_size, status.st_mtime_ns, content)
    return found


# ------------------------------------------------------------------------------------ bad and odd files


def test_scan_names_every_bad_and_odd_file_and_changes_none(zoo):
    before = _fingerprint(zoo)
    report = scan(zoo)
    assert _fingerprint(zoo) == before
    odd = {path.name: what for path, what in report.odd.items()}
    bad = {path.name: why for path, why in report.bad.items()}
    good = {path.name for path in report.good}
    expected = _good_and_odd()
    assert len(expected) + len(_bad()) > 30
    for name, (_, said) in expected.items():
        assert name in good, f"{name}: {bad.get(name)}"
        assert name not in bad
        if said is None:
            assert name not in odd, odd[name]
        else:
            assert said in odd[name], f"{name}: {odd[name]}"
    for name, (_, why) in _bad().items():
        assert name in bad, f"{name} was taken for good: {odd.get(name)}"
        assert any(one in bad[name] for one in why.split("|")), f"{name}: {bad[name]}"
    if not WINDOWS:
        assert "pipe" in bad["pipe.jpg"]
        assert "does not exist" in bad["link.jpg"]
    assert set(report.odd) <= set(report.good)
    assert len(report.good) + len(report.bad) == sum(1 for path in zoo.rglob("*") if not path.is_dir())
    text = str(report)
    assert all(name in text for name in bad)
    assert all(name in text for name in odd)


def test_training_runs_through_a_folder_with_broken_files(zoo):
    import keras

    before = _fingerprint(zoo)
    ours = from_folder(zoo, (24, 32), batch_size=8, validation=0.2, test=0.1)
    assert len(ours.report.bad) >= len(_bad())
    assert sum(ours.counts.values()) == len(ours.report.good)
    assert ours.class_names == ["cats", "dogs"]
    model = keras.Sequential([keras.layers.Rescaling(1 / 255), keras.layers.Flatten(), keras.layers.Dense(2)])
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    history = model.fit(ours.train, validation_data=ours.validation, epochs=2, verbose=0, shuffle=False)
    assert np.isfinite(history.history["loss"]).all()
    assert np.isfinite(history.history["val_loss"]).all()
    assert _fingerprint(zoo) == before


def test_the_report_as_html_escapes_names(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x&y.jpg").write_bytes(b"")
    report = scan(tmp_path)
    assert "x&amp;y.jpg" in report._repr_html_()
    assert "x&y.jpg: empty: zero bytes" in str(report)
    assert str(report).startswith("0 pictures read, 0 of them converted, 1 left out.")


def test_a_file_that_may_not_be_read(tmp_path, monkeypatch):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x.jpg").write_bytes(_bytes(_scene(), "JPEG"))
    real = os.open

    def refuse(path, *args, **kwargs):
        if str(path).endswith("x.jpg"):
            raise PermissionError(13, "Permission denied")
        return real(path, *args, **kwargs)

    monkeypatch.setattr(folders.os, "open", refuse)
    assert list(scan(tmp_path).bad.values()) == ["cannot be opened (Permission denied)"]


def test_what_goes_wrong_in_a_thread_is_raised(tmp_path, monkeypatch):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x.jpg").write_bytes(_bytes(_scene(), "JPEG"))

    def fail(*args):
        raise MemoryError("no memory left")

    monkeypatch.setattr(folders, "decode", fail)
    with pytest.raises(MemoryError, match="no memory left"):
        scan(tmp_path)


# ------------------------------------------------------------------------------------ pixels


def _reference(data, size):
    """Pillow: full decode, turned upright, on white, antialiased."""
    image = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
    if image.mode.startswith("I;16") or image.mode == "I":
        image = Image.fromarray((np.asarray(image) // 257).astype(np.uint8))
    elif image.mode == "F":
        image = Image.fromarray(np.rint(np.asarray(image) * 255).astype(np.uint8))
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        white = Image.new("RGBA", image.size, "white")
        white.alpha_composite(image.convert("RGBA"))
        image = white
    return np.asarray(image.convert("RGB").resize((size[1], size[0]), Image.Resampling.BILINEAR)).astype(int)


@pytest.mark.parametrize("size", [(45, 64), (200, 150)])
@pytest.mark.parametrize("name", [name for name in _good_and_odd() if not name.startswith("one row")])
def test_pixels_agree_with_a_reference_decode(name, size):
    data, _ = _good_and_odd()[name]
    out = np.empty((*size, 3), np.uint8)
    decoding.decode(data, os.path.splitext(name)[1], size, out)
    difference = np.abs(out.astype(int) - _reference(data, size))
    assert difference.mean() < 3, name  # grey levels


def test_pixels_agree_without_opencv(monkeypatch):
    monkeypatch.setattr(decoding, "_CV2", [None])
    data, _ = _good_and_odd()["plain.jpg"]
    out = np.empty((40, 50, 3), np.uint8)
    decoding.decode(data, ".jpg", (40, 50), out)
    assert np.abs(out.astype(int) - _reference(data, (40, 50))).mean() < 3


@pytest.mark.parametrize("opencv", [True, False])
def test_fine_stripes_become_grey_not_moire(opencv, monkeypatch):
    if not opencv:
        monkeypatch.setattr(decoding, "_CV2", [None])
    stripes = np.zeros((600, 600, 3), np.uint8)
    stripes[:, ::2] = 255
    out = np.empty((70, 70, 3), np.uint8)
    decoding.decode(_bytes(Image.fromarray(stripes), "JPEG", quality=95), ".jpg", (70, 70), out)
    assert np.abs(out[2:-2, 2:-2].astype(int) - 127).max() < 12
    decoding.decode(_bytes(Image.fromarray(stripes), "PNG"), ".png", (70, 70), out)
    assert np.abs(out[2:-2, 2:-2].astype(int) - 127).max() < 12


@pytest.mark.parametrize("shape", [(100, 1000), (1000, 100), (100, 390), (390, 100)])
def test_a_side_that_shrinks_much_more_than_the_other_is_averaged(shape):
    stripes = np.indices(shape)[np.argmax(shape)] // (1 if max(shape) == 1000 else 2) % 2
    out = np.empty((100, 100, 3), np.uint8)
    picture = Image.fromarray(np.uint8(255 * stripes)).convert("RGB")
    decoding.decode(_bytes(picture, "JPEG", quality=95), ".jpg", (100, 100), out)
    assert np.abs(out[2:-2, 2:-2].astype(int) - 127).max() < 12
    smooth = _scene(*shape)
    decoding.decode(_bytes(smooth, "JPEG", quality=95), ".jpg", (100, 100), out)
    expected = np.asarray(smooth.resize((100, 100), Image.Resampling.BOX)).astype(int)
    assert np.abs(out.astype(int) - expected).mean() < 4


def test_a_jpeg_is_decoded_smaller_but_never_below_the_size():
    for height in (1, 7, 149, 150, 299, 300, 599, 601, 1201, 5000):
        for width in (1, 150, 298, 299, 1199, 9000):
            shrink = decoding._shrink((height, width), (150, 150))
            assert shrink in (1, 2, 4, 8)
            assert shrink == 1 or min(-(-height // shrink), -(-width // shrink)) >= 150
            assert shrink == 8 or min(-(-height // (2 * shrink)), -(-width // (2 * shrink))) < 150


@pytest.mark.parametrize("order", ["<", ">"])
def test_orientation_is_read_in_both_byte_orders(order):
    block = {"<": b"II", ">": b"MM"}[order] + struct.pack(order + "HI", 42, 8)
    block += struct.pack(order + "HHHIHH", 1, 0x0112, 3, 1, 6, 0) + bytes(4)
    assert decoding._orientation_in_tiff(block) == 6
    app1 = b"Exif\0\0" + block
    jpeg = _bytes(_scene(), "JPEG")
    jpeg = jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(app1) + 2) + app1 + jpeg[2:]
    assert decoding._orientation(jpeg) == 6
    for cut in range(2, 60):  # never an exception, whatever is missing
        decoding._orientation(jpeg[:cut])
    decoding._orientation_in_tiff(b"II*\0" + b"\xff" * 20)


def _flat(colour, number):
    """One colour, the corner apart: files with the same content would share a split."""
    image = Image.new("RGB", (9, 7), colour)
    image.putpixel((8, 6), (number, number, number))
    return image


def test_labels_files_and_pictures_line_up(tmp_path):
    colours = {"blue": (0, 0, 255), "green": (0, 255, 0), "red": (255, 0, 0)}
    for name, colour in colours.items():
        (tmp_path / name).mkdir()
        for number in range(12):
            (tmp_path / name / f"{number}.png").write_bytes(_bytes(_flat(colour, number), "PNG"))
    ours = from_folder(tmp_path, 5, validation=0.3, test=0.2)
    assert ours.class_names == ["blue", "green", "red"]
    for split in ("train", "validation", "test"):
        if not ours.counts[split]:
            continue
        images, labels = ours.arrays(split)
        for image, label, file in zip(images, labels, ours.files(split), strict=True):
            assert file.parent.name == ours.class_names[label]
            assert tuple(image[2, 2]) == colours[file.parent.name]
    with pytest.raises(ValueError, match="Only drawn pictures"):
        ours.factors("train")


def test_a_folder_of_copies_says_why_nothing_is_left_to_train_on(tmp_path):
    (tmp_path / "a").mkdir()
    for number in range(30):
        (tmp_path / "a" / f"{number}.png").write_bytes(_bytes(_scene(), "PNG"))
    ours = from_folder(tmp_path, 8, test=0.4)
    assert ours.counts == {"train": 0, "validation": 0, "test": 30}
    with pytest.raises(ValueError, match=r"in its train split.*identical files all fell to the others"):
        ours.arrays("train")


# ------------------------------------------------------------------------------------ splits


def _names(count, prefix="cats/cat"):
    return [f"{prefix}.{number}.jpg" for number in range(count)]


def _split_of(names, contents, validation, test):
    parts = assign(names, contents, validation, test)
    return {names[row]: key for key, rows in parts.items() for row in rows}


def test_more_files_never_move_a_picture():
    names = _names(2000)
    contents = [name.encode() for name in names]
    small = _split_of(names[:500], contents[:500], 0.2, 0.2)
    large = _split_of(names, contents, 0.2, 0.2)
    assert all(large[name] == split for name, split in small.items())
    shuffled = np.random.default_rng(0).permutation(2000)
    mixed = _split_of([names[row] for row in shuffled], [contents[row] for row in shuffled], 0.2, 0.2)
    assert mixed == large


def test_shares_are_nearly_met_and_together_they_are_everything():
    names = _names(5000)
    parts = assign(names, names, 0.15, 0.25)
    assert sorted(np.concatenate(list(parts.values()))) == list(range(5000))
    assert len(parts["test"]) / 5000 == pytest.approx(0.25, abs=0.02)
    assert len(parts["validation"]) / 5000 == pytest.approx(0.15, abs=0.02)
    assert all(np.all(np.diff(rows) > 0) for rows in parts.values())


def test_a_larger_test_share_only_takes_and_train_never_grows():
    names = _names(500)
    first, second = (_split_of(names, names, 0.2, share) for share in (0.1, 0.3))
    assert {name for name in names if first[name] == "test"} <= {
        name for name in names if second[name] == "test"
    }
    assert {name for name in names if second[name] == "train"} <= {
        name for name in names if first[name] == "train"
    }


def test_identical_files_share_a_split_and_never_leave_the_test_split():
    names = _names(600) + _names(600, "cats/copy")
    contents = [str(row % 600) for row in range(1200)]
    split = _split_of(names, contents, 0.2, 0.2)
    alone = _split_of(names[:600], contents[:600], 0.2, 0.2)
    for row in range(600):
        assert split[names[row]] == split[names[row + 600]]
        if alone[names[row]] == "test":
            assert split[names[row]] == "test"


def test_the_place_of_a_name_is_fixed_for_ever():
    digest = hashlib.sha256(b"cats/cat.0.jpg").digest()
    assert place("cats/cat.0.jpg") == int.from_bytes(digest[:8], "big") / 2**64
    assert place("caf\u00e9.jpg") == place("cafe\u0301.jpg")
    places = [place(name) for name in _names(2000)]
    assert min(places) >= 0
    assert max(places) < 1
    assert np.histogram(places, 10, (0, 1))[0].min() > 140


def test_the_seed_orders_the_epochs_and_moves_no_picture(zoo):
    first, second = (from_folder(zoo, 8, seed=seed) for seed in (0, 1))
    assert first.files("train") == second.files("train")
    assert first.files("validation") == second.files("validation")


def test_files_of_one_size_and_one_end_are_told_apart(tmp_path):
    (tmp_path / "a").mkdir()
    for number in range(20):
        pixels = np.zeros((60, 60, 3), np.uint8)
        pixels[-1, number // 2] = 255  # a BMP begins with the last row: all of them end alike, two are equal
        (tmp_path / "a" / f"{number:02}.bmp").write_bytes(_bytes(Image.fromarray(pixels), "BMP"))
    contents = folders.read_folder(tmp_path, (8, 8)).contents
    assert contents[::2] == contents[1::2]
    assert len(set(contents)) == 10


# ------------------------------------------------------------------------------------ caches


def test_beyond_memory_the_pictures_come_from_a_file_and_are_the_same(zoo, tmp_path):
    here = from_folder(zoo, (16, 20), test=0.2)
    there = from_folder(zoo, (16, 20), test=0.2, memory=1000)
    assert isinstance(there._splits["train"].images, np.memmap)
    assert not isinstance(here._splits["train"].images, np.memmap)
    for split in ("train", "validation", "test"):
        np.testing.assert_array_equal(here.arrays(split)[0], there.arrays(split)[0])
        np.testing.assert_array_equal(here.arrays(split)[1], there.arrays(split)[1])
    assert str(here.report) == str(there.report)
    images = np.concatenate([batch for batch, _ in there.test.as_numpy_iterator()])
    np.testing.assert_array_equal(images, here.arrays("test")[0])
    assert sorted(path.suffix for path in (tmp_path / "cache" / "decoded").iterdir()) == [".json", ".npy"]


@pytest.mark.parametrize("memory", [None, 0])
def test_tensorflow_reads_the_pictures_where_they_are(zoo, memory):
    ours = from_folder(zoo, (16, 20), memory=memory, test=0.3)
    pixels = _in_place(ours._splits["test"].images)
    row = ours._splits["test"].rows[0]
    ours._splits["test"].images[row] = 77  # an array mapped from the cache keeps this to itself
    assert (pixels[row].numpy() == 77).all()
    images, _ = next(iter(ours.test))
    assert (images[0].numpy() == 77).all()
    again = from_folder(zoo, (16, 20), memory=memory, test=0.3)
    assert (again.arrays("test")[0][0] != 77).any()


def test_the_file_is_used_again_until_the_folder_changes(zoo, tmp_path, monkeypatch):
    root = tmp_path / "copy"
    shutil.copytree(zoo / "dogs", root / "dogs")
    first = from_folder(root, 16, memory=0)
    decoded = []
    real = folders.decode
    monkeypatch.setattr(folders, "decode", lambda *args: decoded.append(1) or real(*args))
    second = from_folder(root, 16, memory=0)
    assert not decoded
    np.testing.assert_array_equal(first.arrays("train")[0], second.arrays("train")[0])
    assert first.files("train") == second.files("train")
    (root / "dogs" / "dog.0.jpg").write_bytes(b"")
    third = from_folder(root, 16, memory=0)
    assert len(decoded) == 40
    assert list(third.report.bad.values()) == ["empty: zero bytes"]
    assert sum(third.counts.values()) == 39
    index = next((tmp_path / "cache" / "decoded").glob("*.json"))
    index.write_text("{half")
    assert sum(from_folder(root, 16, memory=0).counts.values()) == 39


def test_a_read_only_cache_is_no_obstacle(zoo, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("CNNKIT_DATA", str(tmp_path / "file"))
    ours = from_folder(zoo, 16, memory=0)
    images, _ = ours.arrays("train")
    assert len(images) == ours.counts["train"]


def test_a_full_disk_is_reported_and_nothing_left(zoo, tmp_path, monkeypatch):
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(folders.shutil, "disk_usage", lambda path: usage._replace(free=1000))
    with pytest.raises(OSError, match=r"need 0 MB in .*No space left.*smaller `image_size`.*memory="):
        from_folder(zoo, 16, memory=0)
    assert list((tmp_path / "cache" / "decoded").iterdir()) == []


# ------------------------------------------------------------------------------------ slips


def test_a_folder_that_does_not_exist_offers_a_near_one(tmp_path):
    (tmp_path / "pictures").mkdir()
    with pytest.raises(FileNotFoundError, match=r'does not exist. Did you mean "pictures"\?'):
        from_folder(tmp_path / "picturs", 8)
    with pytest.raises(FileNotFoundError, match="A relative path counts from"):
        scan(tmp_path / "nothing like it")


def test_slips_with_the_folder(tmp_path):
    archive = tmp_path / "cats.zip"
    archive.write_bytes(b"PK")
    with pytest.raises(NotADirectoryError, match=r"received a file: .*unpack it first"):
        from_folder(archive, 8)
    with pytest.raises(ValueError, match=r"holds none. It holds 1 files directly: put those of each class"):
        from_folder(tmp_path, 8)
    for split in ("train", "validation"):
        for one in ("cats", "dogs"):
            (tmp_path / "set" / split / one).mkdir(parents=True)
    with pytest.raises(ValueError, match=r'train, validation, which are splits.*from_folder\(path / "train"'):
        from_folder(tmp_path / "set", 8)
    (tmp_path / "outer" / "PetImages" / "Cat").mkdir(parents=True)
    (tmp_path / "outer" / "PetImages" / "Dog").mkdir(parents=True)
    with pytest.raises(ValueError, match=r'only "PetImages", which holds Cat, Dog. Go one folder deeper'):
        from_folder(tmp_path / "outer", 8)
    with pytest.raises(ValueError, match="holds 2 class folders, but no file in any"):
        from_folder(tmp_path / "outer" / "PetImages", 8)
    (tmp_path / "outer" / "PetImages" / "Cat" / "0.jpg").write_bytes(b"")
    with pytest.raises(ValueError, match=r"none of the 1 files can be used[\s\S]*zero bytes"):
        from_folder(tmp_path / "outer" / "PetImages", 8)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"image_size": (150, 150, 3)}, r"received \(150, 150, 3\). Drop the channels: \(150, 150\)"),
        ({"image_size": 0}, "at least 1; received 0"),
        ({"image_size": (1.5, 2)}, r"received \(1.5, 2\). For example \(150, 150\)"),
        ({"image_size": "150"}, "received '150'"),
        ({"image_size": 8, "validation": 20}, "0 ≤ validation < 1; received 20. A fifth is 0.2"),
        ({"image_size": 8, "test": -0.1}, "0 ≤ test < 1; received -0.1"),
        ({"image_size": 8, "test": 0.5, "validation": 0.5}, "below 1; received 0.5 \\+ 0.5"),
    ],
)
def test_slips_with_the_arguments(zoo, options, message):
    with pytest.raises(ValueError, match=message):
        from_folder(zoo, **options)


def test_hidden_folders_are_no_classes(tmp_path):
    for name in (".ipynb_checkpoints", "__MACOSX", "cats"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "0.png").write_bytes(_bytes(_scene(), "PNG"))
    ours = from_folder(tmp_path, 8, validation=0)
    assert ours.class_names == ["cats"]
    assert ours.counts == {"train": 1, "validation": 0, "test": 0}


def test_the_command_scans_and_lists(zoo, tmp_path):
    env = {**os.environ, "CNNKIT_DATA": str(tmp_path)}

    def run(*args):
        command = [sys.executable, "-m", "cnnkit", "data", *args]
        done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", env=env, check=False)
        return done.returncode, done.stdout, done.stderr

    status, out, _ = run("scan", str(zoo))
    assert status == 1
    assert "truncated.jpg: truncated" in out
    assert "gif.jpg" not in out
    status, out, _ = run("scan", "--all", str(zoo / "dogs"))
    assert (status, out) == (0, "40 pictures read, 0 of them converted, 0 left out.\n")
    status, out, err = run("download", "mnist", "mnits")
    assert status == 1
    assert "CNNKIT_OFFLINE" in err
    assert "Did you mean 'mnist'" in err
    status, out, _ = run("list", "uc_merced")
    assert status == 0
    assert "06c539ef28703a58" in out
    assert run("path")[1].strip() == str(tmp_path)
