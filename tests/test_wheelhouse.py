"""Installing without network: what is asked of pip and uv, and what a user is told."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cnnkit import __main__ as command_line

ROOT = Path(__file__).resolve().parents[1]
HERE = ".".join(map(str, sys.version_info[:2]))


@pytest.fixture
def asked(monkeypatch):
    """The commands that would have been called; pip leaves a wheel, uv a list."""
    commands = []

    def run(command, check):
        command = [str(word) for word in command]
        commands.append(command)
        for option in ("--wheel-dir", "--dest"):
            if option in command:
                (Path(command[command.index(option) + 1]) / "numpy-2.0-py3-none-any.whl").write_bytes(b"x")
        if "compile" in command:
            Path(command[command.index("-o") + 1]).write_text("cnnkit @ file:///x\nnumpy==2.0\n")
        if "-r" in command:
            commands[-1].append("LIST: " + Path(command[command.index("-r") + 1]).read_text())

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(shutil, "which", lambda name, path=None: f"/bin/{name}")
    return commands


def test_this_machine_s_wheels_are_asked_of_pip(asked, tmp_path, capsys):
    assert command_line.main(["wheelhouse", "--to", str(tmp_path), "--root", str(ROOT)]) == 0
    (command,) = asked
    assert command[1:5] == ["-m", "pip", "--disable-pip-version-check", "wheel"]
    requirements = (ROOT / "requirements.txt").read_text()
    assert f"-e .{command[7].removeprefix(str(ROOT))}" in requirements, "as requirements.txt, extras and all"
    # what `pip install -e .` builds with
    assert re.search(r'requires = \["(.*?)"\]', (ROOT / "pyproject.toml").read_text())[1] == command[8]
    note = (tmp_path / "INSTALL.txt").read_text()
    assert f'--no-index --find-links "{tmp_path}" "cnnkit[course,' in note
    assert f"for Python {HERE} on" in note
    assert note in capsys.readouterr().out


def test_another_platform_s_list_is_made_by_uv(asked, tmp_path):
    options = ["--platform", "windows", "--python", "3.12", "--extras", "lab, fast"]
    assert command_line.main(["wheelhouse", "--to", str(tmp_path), "--root", str(ROOT), *options]) == 0
    listing, kit, download = asked
    assert listing[0] == "/bin/uv"
    assert listing[listing.index("--python-platform") + 1] == "x86_64-pc-windows-msvc"
    assert kit[-1] == str(ROOT)
    assert {"--only-binary", "--no-deps", "win_amd64", "3.12"} <= set(download)
    assert download[-1] == "LIST: numpy==2.0", "the kit itself was built, not fetched"
    assert '"cnnkit[lab,fast]"' in (tmp_path / "INSTALL.txt").read_text()


def test_another_platform_needs_uv(asked, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(shutil, "which", lambda name, path=None: None)
    assert command_line.main(["wheelhouse", "--to", str(tmp_path), "--platform", "mac"]) == 2
    assert re.search(
        r"Expected the program uv.* received a machine without .* judges .* -m pip install uv",
        capsys.readouterr().err,
    )
    assert not asked


def test_another_python_needs_its_platform(tmp_path, capsys):
    other = "3.10" if HERE != "3.10" else "3.11"
    assert command_line.main(["wheelhouse", "--to", str(tmp_path / "x"), "--python", other]) == 2
    expected = rf"Expected `--platform` with `--python {other}`, because this is Python {HERE}\. .* Say which"
    assert re.search(expected, capsys.readouterr().err)
    assert not (tmp_path / "x").exists()


def test_a_pip_that_fails_is_no_success(monkeypatch, tmp_path, capsys):
    def run(command, check):
        raise subprocess.CalledProcessError(1, list(map(str, command)))

    monkeypatch.setattr(subprocess, "run", run)
    assert command_line.main(["wheelhouse", "--to", str(tmp_path), "--root", str(ROOT)]) == 1
    assert "the lines above say why" in capsys.readouterr().err
    assert not (tmp_path / "INSTALL.txt").exists()
