"""Lectures that train, on real MNIST: they run through, and what they measure is in the range that they show."""

import os

import pytest

from benchmarks import lectures as measuring
from cnnkit import results
from cnnkit.course import kernels, lectures
from cnnkit.datasets import fetching

ROOT = lectures.find_root(None)
TRAINING = {
    name: path
    for name, path in lectures.find(ROOT / "notebooks", ".ipynb").items()
    if "results.compare" in path.read_text(encoding="utf-8")
}


def skip_unmeasured(lecture, *sources):
    """A lecture whose five seeds have not been run has no range to be held to."""
    keys = [key.partition("@") for key in results._read()]
    if not any(name.startswith(f"{lecture[:2]}.") and source in sources for name, _, source in keys):
        where = " or ".join(sources)
        pytest.skip(f"no range measured on {where} data yet: python -m benchmarks lectures {lecture[:2]}")


def test_the_lectures_that_train_are_found():
    assert {name[:2] for name in TRAINING} >= {"02", "08", "11"}


@pytest.mark.real_data
@pytest.mark.slow
@pytest.mark.skipif(
    not os.environ.get("CNNKIT_DATA") or not fetching.available("mnist"), reason="CNNKIT_DATA holds no MNIST"
)
@pytest.mark.parametrize("name", TRAINING)
def test_lecture_on_real_digits_keeps_to_its_ranges(name, tmp_path):
    skip_unmeasured(name, "real")
    env = kernels.environment(tmp_path, offline_data=False)
    heard, outcome = measuring.run(TRAINING[name], env)
    assert outcome.passed, f"cell {outcome.failed_cell}: {outcome.error}\n{outcome.failed_source}"
    assert heard, f"{name} compared nothing"
    for one in heard:
        assert one["source"] == "real", f"{one['name']} ran on {one['source']} data"
        run = results.compare(one["name"], source="real", **one["measured"])
        assert run.inside is not None, (
            f"{one['name']} has no range to keep to: python -m benchmarks lectures {name[:2]}"
        )
        assert run.inside, str(run)


@pytest.mark.parametrize("name", TRAINING)
def test_stored_lecture_shows_no_run_outside_its_range(name):
    skip_unmeasured(name, *measuring.OFFLINE)
    text = TRAINING[name].read_text(encoding="utf-8")
    found = [
        w
        for w in ("not measured yet", "too low", "higher than ours")
        for mark in (">", "▼ ", "▲ ")
        if mark + w in text
    ]
    assert not found, (
        f"{name} shows {found}: measure it (python -m benchmarks lectures {name[:2]}) and sync it again"
    )
