"""What we measured, and how a run is set beside it."""

import json
import statistics

import pytest
from scipy import stats

from cnnkit import results

ENTRY = {
    "title": "A network",
    "command": "python -m benchmarks train toy",
    "machine": {"date": "2026-01-02", "cpus": 2, "tensorflow": "2.21.0", "keras": "3.15.1"},
    "seeds": {
        str(seed): {
            "accuracy": accuracy,
            "seconds": 10 + seed,
            "curve": [0.5, 0.6 + seed / 100, 0.9][: 3 - seed // 4],
        }
        for seed, accuracy in enumerate((0.97, 0.972, 0.968, 0.971, 0.969))
    },
}


@pytest.fixture
def measured(tmp_path, monkeypatch):
    """A results.json of our own with one network on two sources, and one on real data only."""
    file = tmp_path / "results.json"
    file.write_text(json.dumps({"toy@real": ENTRY, "toy@embedded": ENTRY, "toy.large@real": ENTRY}))
    monkeypatch.setattr(results, "FILE", file)
    return file


def test_expected_is_the_median_over_the_seeds(measured):
    found = results.expected("toy.large")
    assert found["accuracy"] == 0.97
    assert found["seconds"] == 12
    assert found["curve"] == [0.5, pytest.approx(0.62)]  # as long as the shortest
    assert found.values("seconds") == [10, 11, 12, 13, 14]
    assert found.source == "real"


def test_range_is_the_prediction_interval_for_one_more_seed(measured):
    values = results.expected("toy", "real").values("seconds")
    reach = stats.t.ppf(0.995, 4) * statistics.stdev(values) * (1 + 1 / 5) ** 0.5
    low, high = results.expected("toy", "real").range("seconds")
    assert low == pytest.approx(12 - reach, rel=1e-3)
    assert high == pytest.approx(12 + reach, rel=1e-3)


@pytest.mark.parametrize("n", results._STUDENT)
def test_quantiles_of_student(n):
    assert results._STUDENT[n] == pytest.approx(stats.t.ppf(0.995, n - 1), rel=1e-3)


def test_a_share_is_given_half_a_point_and_stays_below_one(measured):
    entry = json.loads(json.dumps(ENTRY))
    for run in entry["seeds"].values():
        run["accuracy"] = 0.998
    measured.write_text(json.dumps({"toy@real": entry}))
    assert results.expected("toy").range("accuracy") == (pytest.approx(0.993), 1.0)


@pytest.mark.parametrize(
    ("accuracy", "inside", "word", "sentence"),
    [
        (0.97, True, "as expected", "went as ours did"),
        (0.963, True, "as expected", "went as ours did"),
        (0.92, False, "too low", "Was everything run from the top"),
        (0.979, False, "higher than ours", "This run came out higher than ours"),
    ],
)
def test_verdict(measured, accuracy, inside, word, sentence):
    run = results.compare("toy", source="real", accuracy=accuracy)
    assert run.inside is inside
    assert run.rows()[0][3] == word
    assert sentence in run.verdict
    assert word in str(run)
    assert word in run._repr_html_()
    assert f"{100 * accuracy:.1f} %" in str(run)


def test_a_time_is_shown_and_not_judged(measured):
    run = results.compare("toy", source="real", accuracy=0.97, seconds=500)
    assert run.inside
    assert run.rows()[1] == ("seconds", "8.3 min", "12 s", "depends on the machine")


def test_nothing_to_compare_with_is_said(measured):
    run = results.compare("toy", source="drawn", accuracy=0.5)
    assert run.inside is None
    assert "no measurement of toy on drawn data" in str(run)
    assert "not measured yet" in run._repr_html_()
    assert "not measured yet" in str(results.compare("toy", source="real", share_right=0.5))


def test_table_shows_median_and_spread(measured):
    text = str(results.table({"toy.large": "A large one"}))
    assert "A large one" in text
    assert "97.0 % (96.8 to 97.2 %)" in text
    assert "12 s (10 s to 14 s)" in text
    assert "2026-01-02" in text
    assert results.table(["toy.*"])._repr_html_().count("<tr>") == 2


def test_names(measured):
    assert results.names() == ["toy", "toy.large"]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: results.expected("toyy"), KeyError, "Do you mean 'toy'"),
        (lambda: results.expected("zzz"), KeyError, r"results.names\(\) lists"),
        (
            lambda: results.expected("toy"),
            KeyError,
            "was measured on real and embedded: say which, source='real'",
        ),
        (lambda: results.expected("toy.large", "drawn"), KeyError, "on real data, not on 'drawn'"),
        (
            lambda: results.expected("toy.large")["loss"],
            KeyError,
            "has no 'loss'; it has accuracy, curve, seconds",
        ),
        (lambda: results.compare("toy"), ValueError, "Give at least one number"),
        (
            lambda: results.compare("toy", accuracy=97.2),
            ValueError,
            r"share in \[0, 1\]; received 97.2. In percent",
        ),
        (
            lambda: results.compare("toy", accuracy=[0.9]),
            TypeError,
            "received list. From a history take the last",
        ),
        (lambda: results.table(["tox.*"]), KeyError, "begins with 'tox.'"),
    ],
)
def test_slips(measured, call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_a_run_can_be_listened_to(measured, tmp_path, monkeypatch):
    monkeypatch.setenv("CNNKIT_RESULTS_TO", str(tmp_path / "heard.jsonl"))
    results.compare("toy", source="real", accuracy=0.9)
    results.compare("new", source="embedded", accuracy=0.8, seconds=1)
    heard = [json.loads(line) for line in (tmp_path / "heard.jsonl").read_text().splitlines()]
    assert heard[1] == {"name": "new", "source": "embedded", "measured": {"accuracy": 0.8, "seconds": 1.0}}


def test_every_stored_result_has_its_seeds_command_and_versions():
    everything = json.loads(results.FILE.read_text(encoding="utf-8"))
    assert everything
    for key, entry in everything.items():
        name, _, source = key.partition("@")
        assert source in ("real", "embedded", "drawn"), key
        assert len(entry["seeds"]) >= 5, (
            f"{key}: measured with {len(entry['seeds'])} seeds; five are asked for"
        )
        assert entry["command"].startswith("python -m benchmarks "), key
        assert {"tensorflow", "keras", "cpus", "device", "date"} <= set(entry["machine"]), key
        assert results.expected(name, source).metrics, key
