"""Testing with other versions: what is named where, what is asked for, and what is told of it."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cnnkit import __main__ as command_line
from cnnkit.course import doctor, versions

ROOT = Path(__file__).resolve().parents[1]
ROW = {
    "python": "3.10.13",
    "tensorflow": "2.18.0",
    "keras": "3.8.0",
    "numpy": "1.26.4",
    "date": "2027-01-02",
    "system": "Linux x86_64",
    "tests": {"passed": 1234, "failed": 0, "skipped": 5, "files": 30, "of": 30},
    "lectures": {"03_convolution_1d": "passed", "07_transposed_convolution": "passed"},
    "seconds": 60,
}


def test_the_pairs_are_those_that_are_promised():
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    oldest = versions.PAIRS["oldest"]
    assert f'requires-python = ">={oldest.python},' in project
    for package, version in oldest.pins.items():
        (least,) = re.findall(rf'"{package}>=([\d.]+)"', project)
        assert version.startswith(f"{least}."), package
    assert versions.PAIRS["newest"].python == "3.13"
    assert 'requires-python = ">=3.10,<3.14"' in project
    for pair in versions.PAIRS.values():
        if pair.pins:
            numbers = doctor._numbers(pair.pins["tensorflow"]) + doctor._numbers(pair.pins["keras"])
            assert numbers in doctor.PAIRS, "the doctor must know a pair that is tested"


def test_the_table_in_the_readme_is_the_record():
    record = json.loads((ROOT / versions.RECORD).read_text(encoding="utf-8"))
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"<!-- versions:begin -->\n(.*?)\n<!-- versions:end -->", readme, re.S)
    assert shown == versions.table(record), "written by `python -m cnnkit versions … --record`"


def test_a_row_says_what_was_run_and_how_it_went():
    failed = ROW | {"tests": ROW["tests"] | {"failed": 2, "files": 3}, "lectures": {"08_training": "failed"}}
    assert versions.passed(ROW)
    assert not versions.passed(failed)
    assert not versions.passed(ROW | {"lectures": {"08_training": "failed"}})
    table = versions.table({"oldest": ROW, "colab": failed})
    assert (
        "| the oldest supported | 3.10.13 | 2.18.0 | 3.8.0 | 1.26.4 | tests in 30 files: 1,234 passed, 0 failed, "
        "5 skipped; lectures 03, 07 passed (2027-01-02) |" in table
    )
    assert "tests in 3 of 30 files: 1,234 passed, 2 failed, 5 skipped; lectures 08 failed" in table


def test_a_record_goes_into_file_and_readme(tmp_path):
    (tmp_path / "tests").mkdir()
    (tmp_path / "README.md").write_text("a\n<!-- versions:begin -->\nold\n<!-- versions:end -->\nb\n")
    versions.record(tmp_path, "newest", ROW)
    versions.record(tmp_path, "oldest", ROW)
    assert list(json.loads((tmp_path / versions.RECORD).read_text())) == ["oldest", "newest"]
    readme = (tmp_path / "README.md").read_text()
    assert readme.startswith("a\n<!-- versions:begin -->\n| | Python |")
    assert readme.endswith("|\n<!-- versions:end -->\nb\n")
    assert "old\n" not in readme


def test_counts_come_from_what_pytest_wrote(tmp_path):
    (tmp_path / "test_four.py").write_text(
        "import pytest\ndef test_a(): pass\ndef test_b(): assert 0\n"
        "def test_c(): pytest.skip()\n@pytest.fixture\ndef bad(): 1 / 0\ndef test_d(bad): pass\n"
    )
    report = tmp_path / "tests.xml"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:nbval", f"--junitxml={report}", "test_four.py"]
    subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    assert versions.counts(report) == {"passed": 1, "failed": 2, "skipped": 1}
    assert versions.counts(tmp_path / "none.xml")["failed"] == 1


@pytest.mark.parametrize("with_uv", [True, False])
def test_an_environment_is_made_beside_the_usual_one(with_uv, tmp_path, monkeypatch):
    commands = []
    monkeypatch.setattr(shutil, "which", {"uv": "/bin/uv" if with_uv else None}.get)
    monkeypatch.setattr(versions, "_on_path", "/bin/python{}".format)
    monkeypatch.setattr(subprocess, "run", lambda command, check: commands.append([*map(str, command)]))
    (tmp_path / "requirements.txt").write_text("-e .[course,test]\n")
    python = versions.environment(tmp_path, "oldest")
    folder = str(tmp_path / ".venv-oldest")
    assert str(python).startswith(folder)
    make, install = commands
    if with_uv:
        assert make == ["/bin/uv", "venv", "--seed", "--python", "/bin/python3.10", folder]
    else:
        assert make == ["/bin/python3.10", "-m", "venv", folder]
    assert {"tensorflow==2.18.0", "keras==3.8.0", "numpy==1.26.4"} <= set(install)
    assert f"{tmp_path}[course,test]" in install


@pytest.mark.skipif(os.name == "nt", reason="writes a shell script")
@pytest.mark.parametrize("status", [0, 127])
def test_a_name_on_the_path_that_starts_no_python_does_not_count(status, tmp_path, monkeypatch):
    shim = tmp_path / "python3.10"
    shim.write_text(f"#!/bin/sh\nexit {status}\n")
    shim.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert versions._on_path("3.10") == (None if status else str(shim))
    assert versions._on_path("3.9") is None


def test_a_python_that_is_missing_is_named(monkeypatch, capsys):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(versions, "_this", lambda version: None)
    monkeypatch.setitem(versions.PAIRS, "oldest", versions.Pair("the oldest supported", "3.9"))
    monkeypatch.setattr(Path, "exists", lambda path: not path.name.startswith("python"))
    assert command_line.main(["versions", "oldest", "--root", str(ROOT)]) == 2
    assert re.search(
        r"Expected a Python 3\.9 .* received a machine without one.* would not test .* --interpreter PATH",
        capsys.readouterr().err,
    )


def test_the_pairs_can_be_listed(capsys):
    assert command_line.main(["versions"]) == 0
    said = capsys.readouterr().out
    assert "oldest   Python 3.10, tensorflow 2.18.0" in said
    assert "newest   Python 3.13" in said
