"""Gathers all that an installation without network needs: the kit's own wheel, and those of every package it asks for.

For this machine's Python and platform pip does it. For another platform uv works out the list first: pip would judge
what only that platform needs (`pywinpty` on Windows, for example) by the machine that it runs on.
"""

import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from . import lectures

# What uv calls a platform, and the tags of the wheels that run there.
_MANYLINUX = ("manylinux_2_28", "manylinux_2_27", "manylinux_2_26", "manylinux_2_24", "manylinux2014")
PLATFORMS = {
    "linux": ("x86_64-manylinux_2_28", [f"{tag}_x86_64" for tag in _MANYLINUX] + ["linux_x86_64"]),
    "linux-arm": ("aarch64-manylinux_2_28", [f"{tag}_aarch64" for tag in _MANYLINUX]),
    "mac": ("aarch64-apple-darwin", ["macosx_14_0_arm64", "macosx_14_0_universal2"]),
    "windows": ("x86_64-pc-windows-msvc", ["win_amd64"]),
}
_PYTHONS = ("3.10", "3.11", "3.12", "3.13")
_NOTE = """\
Everything that the course needs, for Python {python} on {platform}. No network is needed to install it.

Take this folder and the course's folder along. Then, in the course's folder, with make:

    PIP_NO_INDEX=1 PIP_FIND_LINKS="{folder}" make run

or without it, on Linux and macOS:

    python3 -m venv .venv
    .venv/bin/python -m pip install --no-index --find-links "{folder}" "cnnkit[{extras}]"
    CNNKIT_OFFLINE=1 .venv/bin/python -m cnnkit run

and on Windows, in PowerShell:

    py -{python} -m venv .venv
    .venv\\Scripts\\python -m pip install --no-index --find-links "{folder}" "cnnkit[{extras}]"
    $env:CNNKIT_OFFLINE = "1"
    .venv\\Scripts\\python -m cnnkit run

If the folder lies elsewhere now, write its place after --find-links.
"""


def add_arguments(parser):
    """Adds the arguments of `wheelhouse`."""
    parser.add_argument("--to", metavar="FOLDER", help="where it goes (default: build/wheelhouse)")
    parser.add_argument("--platform", choices=sorted(PLATFORMS), help="another platform than this one")
    parser.add_argument(
        "--python", choices=_PYTHONS, help="that platform's Python (default: as the one that runs this)"
    )
    parser.add_argument("--extras", help="course,lab,… (default: all that requirements.txt names)")
    parser.add_argument("--root", help="the course's folder (default: found from here upwards)")


def main(args):
    """Runs the command; returns 0, 1 if pip or uv fails, 2 if something is missing."""
    here = ".".join(map(str, sys.version_info[:2]))
    if args.python and args.python != here and not args.platform:
        return lectures.complain(
            f"Expected `--platform` with `--python {args.python}`, because this is Python {here}. Without it the "
            f"wheels are those of the Python that runs this. Say which: `--platform {'|'.join(sorted(PLATFORMS))}`."
        )
    try:
        root = lectures.find_root(args.root)
        extras = args.extras.replace(" ", "") if args.extras else wanted(root)
        folder = Path(args.to or root / "build" / "wheelhouse").resolve()
        folder.mkdir(parents=True, exist_ok=True)
        if args.platform:
            gather_for(root, folder, extras, args.platform, args.python or here)
        else:
            gather(root, folder, extras)
    except subprocess.CalledProcessError as error:
        lectures.complain(f"`{' '.join(map(str, error.cmd[:6]))} …` failed; the lines above say why.")
        return 1
    except OSError as error:
        return lectures.complain(error)
    where = args.platform or f"{platform.system()} {platform.machine()}"
    note = _NOTE.format(python=args.python or here, platform=where, folder=folder, extras=extras)
    lectures.write(folder / "INSTALL.txt", note)
    wheels = list(folder.glob("*.whl"))
    size = sum(path.stat().st_size for path in wheels) / 1e6
    print(f"\n{len(wheels)} wheels, {size:,.0f} MB, in {folder}\n\n{note}", end="")
    return 0


def wanted(root):
    """Reads from requirements.txt which extras the course is installed with: "course,lab,…"."""
    found = re.search(r"^-e \.\[([^\]]+)\]", (root / "requirements.txt").read_text(encoding="utf-8"), re.M)
    return found[1] if found else "course"


def gather(root, folder, extras):
    """Gathers the wheels for the Python and the platform that run this.

    With them go what `pip install -e .` builds with, so that `make` works without network, too.
    """
    _pip("wheel", "--wheel-dir", folder, f"{root}[{extras}]", *_builds_with(root))


def gather_for(root, folder, extras, to, python):
    """Gathers the wheels for another platform or Python.

    Args:
        root: the course's folder.
        folder: where they go.
        extras: "course,lab,…".
        to: a key of `PLATFORMS`.
        python: its version, "3.12".

    Raises:
        FileNotFoundError: there is no uv.
        subprocess.CalledProcessError: a package has no wheel for that platform, or there is no network.
    """
    uv = shutil.which("uv", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
    if uv is None:
        raise FileNotFoundError(
            "Expected the program uv, which knows what another platform needs; received a machine without it. pip "
            f"judges that by the machine that it runs on. Install it: `{sys.executable} -m pip install uv`."
        )
    name, tags = PLATFORMS[to]
    with tempfile.TemporaryDirectory() as place:
        asked, listed = Path(place) / "asked.txt", Path(place) / "listed.txt"
        asked.write_text("\n".join([f"cnnkit[{extras}] @ {root.as_uri()}", *_builds_with(root)]))
        command = [uv, "pip", "compile", "--quiet", "--no-header", "--no-annotate", "--only-binary", ":all:"]
        command += ["--no-binary", "cnnkit", "--python-platform", name, "--python-version", python]
        subprocess.run([*command, "-o", str(listed), str(asked)], check=True)
        # The kit's own wheel is built here: it is the same for all.
        lines = listed.read_text().splitlines()
        listed.write_text("\n".join(line for line in lines if not line.startswith("cnnkit")))
        _pip("wheel", "--no-deps", "--wheel-dir", folder, root)
        chosen = ["--only-binary", ":all:", "--no-deps", "--python-version", python]
        chosen += [word for tag in tags for word in ("--platform", tag)]
        _pip("download", *chosen, "--dest", folder, "-r", listed)


def _builds_with(root):
    text = (root / "pyproject.toml").read_text(encoding="utf-8")
    backend = re.search(r"^requires = \[([^\]]*)\]", text, re.M)
    # hatchling asks for `editables` when it installs in place.
    return [*re.findall(r'"([^"]+)"', backend[1]), "editables"]


def _pip(*arguments):
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *map(str, arguments)]
    subprocess.run(command, check=True)
