"""What GitHub is told to run is there, and may do no more than it needs."""

import re
from pathlib import Path

import pytest

from cnnkit import __main__ as command_line
from cnnkit.course import versions

yaml = pytest.importorskip("yaml")

ROOT = Path(__file__).resolve().parents[1]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def jobs():
    for path in WORKFLOWS:
        yield from yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"].values()


def commands():
    """Every command that a step runs, once for each version pair of its job."""
    for job in jobs():
        rows = job.get("strategy", {}).get("matrix", {}).get("include", [{}])
        for step in job["steps"]:
            for row in rows:
                line = step.get("run", "")
                for key, value in row.items():
                    line = line.replace(f"${{{{ matrix.{key} }}}}", str(value))
                yield from line.split("&&")


def test_each_command_is_there():
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = {name for line in re.findall(r"^([a-z][a-z -]*):", text, re.M) for name in line.split()}
    seen = 0
    for command in map(str.strip, commands()):
        assert "${{" not in command, f"{command}: not filled in"
        if found := re.match(r"make (\S+)$", command):
            assert found[1] in targets, command
        elif found := re.search(r"-m cnnkit (\w+)(?: (\w+))?", command):
            assert found[1] in command_line.COMMANDS, command
            command_line._parser().parse_args(command.split("-m cnnkit ")[1].split())
        elif found := re.search(r"-m pytest (\w+)", command):
            assert (ROOT / found[1]).is_dir(), command
        else:
            continue
        seen += 1
    assert seen >= 7


def test_every_pair_of_versions_is_tested_with_its_python():
    rows = [row for job in jobs() for row in job.get("strategy", {}).get("matrix", {}).get("include", [])]
    assert {row["pair"]: row["python"] for row in rows} == {
        name: pair.python for name, pair in versions.PAIRS.items()
    }


def test_a_workflow_reads_and_does_not_run_for_ever():
    assert WORKFLOWS
    for path in WORKFLOWS:
        flow = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert flow["permissions"] == {"contents": "read"}
        assert flow["concurrency"]["cancel-in-progress"] is True
        assert all(job["timeout-minutes"] <= 90 for job in flow["jobs"].values())
        for action in re.findall(r"uses: (\S+)", path.read_text(encoding="utf-8")):
            assert re.fullmatch(r"actions/[\w-]+@v\d+", action), f"{action}: GitHub's own, by major version"
