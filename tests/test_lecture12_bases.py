"""Lecture 12 goes on with whatever trained network can be had. Its parts 7 and 8 are run with each of the three."""

import time
import types
import warnings

import jupytext
import keras
import numpy as np
import pytest

from cnnkit import datasets, explain, models, plot, results, shapes, training
from cnnkit.course import lectures

ROOT = lectures.find_root(None)
SIZE = (32, 32, 3)
BASES = {
    "vgg16": lambda: models.vgg16(None, include_top=False, input_shape=SIZE),
    "mobilenetv2": lambda: keras.applications.MobileNetV2(SIZE, alpha=0.35, include_top=False, weights=None),
    "vgg_mini": lambda: vgg_mini_without_its_last_block(),
}


def vgg_mini_without_its_last_block():
    mini = models.vgg_mini(input_shape=SIZE)
    return keras.Model(mini.inputs, mini.get_layer("block4_pool").output, name="vgg_mini")


def cells(first, last):
    """The code between two headings of lecture 12, a list of str, without the figures."""
    (path,) = (ROOT / "notebooks" / "source").glob("12_*.md")
    found = jupytext.read(path).cells
    begin, end = (
        next(n for n, cell in enumerate(found) if f"\n{title}" in f"\n{cell.source}")
        for title in (first, last)
    )
    code = [cell.source for cell in found[begin:end] if cell.cell_type == "code"]
    return [source for source in code if "plt." not in source]


@pytest.mark.parametrize("name", BASES)
def test_features_and_fine_tuning_work_with_each_base(name):
    random = np.random.default_rng(0)
    names = {
        "base": BASES[name](),
        "seed": 0,
        "keep": lambda way, entry, **measured: measured,
        **{"keras": keras, "layers": keras.layers, "np": np, "time": time, "warnings": warnings},
        **{"datasets": datasets, "explain": explain, "models": models, "plot": plot, "results": results},
        **{"shapes": shapes, "training": training},
    }
    split = {
        part: (random.integers(0, 256, (count, *SIZE)).astype("uint8"), np.arange(count) % 2)
        for part, count in {"train": 24, "validation": 8, "test": 8}.items()
    }
    for part in ("train", "validation"):
        names[f"x_{part}"], names[f"y_{part}"] = split[part]
    names["pictures"] = types.SimpleNamespace(arrays=lambda part, **how: split[part], source="drawn")
    for source in cells("## 7. ", "## 9. "):
        source = source.replace("epochs=50", "epochs=2")
        exec(compile(source, f"lecture 12 with {name}", "exec"), names)
    assert names["moving"]
    assert len(names["maps_train"]) == 48
