"""Turns every link of the course to another repository: badges, Colab links, install lines, and other links to GitHub.

Only files that git tracks are changed, only the addresses in them, and only if the way back leads to the same bytes.
That is checked for every file before the first one is written.
"""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from . import lectures

# Where readers follow links, and where programs read the address: pages, notebooks, what describes the package.
_SUFFIXES = {".md", ".ipynb", ".toml", ".cff", ".yml", ".yaml"}
_ADDRESS = "cnnkit/course/address.py"

_OWNER = re.compile(r"[A-Za-z0-9](?:-?[A-Za-z0-9]){0,38}")
_NAME = re.compile(r"[A-Za-z0-9._-]{1,100}(?<!\.git)(?<!\.)")
_BRANCH = re.compile(r"(?!.*(?:\.\.|//|/\.|\.lock(?:/|$)|[./]$))[A-Za-z0-9_][A-Za-z0-9._/-]*")


@dataclass(frozen=True)
class Address:
    """A repository on GitHub and its branch."""

    repository: str
    branch: str = "main"

    def __str__(self):
        return f"{self.repository} ({self.branch})"


def add_arguments(parser):
    """Adds the arguments of `relink`."""
    parser.add_argument("--repo", required=True, metavar="OWNER/NAME", help="the repository on GitHub")
    parser.add_argument("--branch", default="main", help="the branch that students get (default main)")
    parser.add_argument("--dry-run", action="store_true", help="list what would change, change nothing")
    parser.add_argument("--root", help="the course's folder (default: found from here upwards)")


def main(args):
    """Runs the command; returns 0, or 2 if it refuses, in which case nothing was changed."""
    try:
        to = parse(args.repo, args.branch)
        root = find_root(args.root)
        now = read(root)
        changes = plan(root, to)
        if not args.dry_run:
            write(root, changes)
    except (ValueError, OSError) as error:
        return lectures.complain(error)
    if not changes:
        print(f"The course says {now} already; nothing to change.")
        return 0
    for name, (_, _, count) in changes.items():
        print(f"{count:5}  {name}")
    number = sum(count for _, _, count in changes.values())
    print(
        f"{number:5}  addresses in {len(changes)} files {'would go' if args.dry_run else 'went'} from {now} to {to}"
    )
    if args.dry_run:
        print("Nothing was changed. Without --dry-run it will be.")
    else:
        back = f"--repo {now.repository}" + ("" if now.branch == "main" else f" --branch {now.branch}")
        print(f"Look at `git diff`, commit, push. The way back: python -m cnnkit relink {back}")
    return 0


def parse(repository, branch="main"):
    """Checks a repository's name and branch.

    Args:
        repository: "owner/name", as GitHub writes it.
        branch: the branch's name.

    Returns:
        An `Address`.

    Raises:
        ValueError: not such a name; the message says what was meant, where that can be guessed.
    """
    owner, _, name = repository.partition("/")
    if not (_OWNER.fullmatch(owner) and _NAME.fullmatch(name)):
        meant = re.fullmatch(
            r"(?:https?://|git@)?(?:www\.)?github\.com[/:]([^/\s]+/[^/\s]+?)(?:\.git)?(?:/.*)?", repository
        )
        if meant:
            slip = f"That is an address; the name alone is meant: `--repo {meant[1]}`."
        elif not name and _OWNER.fullmatch(owner):
            slip = f"The owner is missing, or the name: `--repo YOUR-GITHUB-NAME/{owner}`."
        else:
            slip = (
                "GitHub's names have letters, digits and dashes, and one slash between owner and repository."
            )
        raise ValueError(
            f"Expected a repository as `owner/name`; received {repository!r}. {slip} "
            "The page of your fork shows the name in its upper left corner."
        )
    if not _BRANCH.fullmatch(branch):
        raise ValueError(
            f"Expected the name of a branch; received {branch!r}. Letters, digits, dots, dashes, underlines and "
            "slashes can stand in a link, spaces and other signs can't. `git branch` lists the names."
        )
    return Address(repository, branch)


def find_root(root=None):
    """Finds the checkout to change: `root`, or the folder above this one that holds the course.

    Unlike other commands it doesn't fall back on the place that the package was installed from: who is somewhere else
    must not change that one unawares.

    Raises:
        FileNotFoundError: there is no checkout.
    """
    here = Path(root or ".").resolve()
    for place in [here] if root else [here, *here.parents]:
        if (place / _ADDRESS).is_file() and _git(place, "ls-files", "--error-unmatch", _ADDRESS) is not None:
            return place
    raise FileNotFoundError(
        f"Expected a checkout of the course, in which git tracks {_ADDRESS}; received {here}. The installed package, "
        "or a copy without git, has no links to change or no list of what belongs to the course. Clone your fork, "
        "change to its folder, and call `python -m cnnkit relink` there."
    )


def read(root):
    """Reads which address the course in a folder says it has.

    Raises:
        ValueError: the file that says so was changed beyond recognition.
    """
    text = (Path(root) / _ADDRESS).read_text(encoding="utf-8")
    found = [re.findall(rf'^{name} = "([^"\n]+)"', text, re.M) for name in ("REPOSITORY", "BRANCH")]
    if [len(values) for values in found] != [1, 1]:
        raise ValueError(
            f"Expected one line `REPOSITORY = …` and one line `BRANCH = …` in {_ADDRESS}; received {found}. Somebody "
            f"has edited it. Get it back: `git checkout -- {_ADDRESS}`."
        )
    return Address(found[0][0], found[1][0])


def plan(root, to):
    """Works out what would change, and that the way back leads to the same bytes. Changes nothing.

    Args:
        root: the checkout.
        to: the `Address` to turn the links to.

    Returns:
        `{name: (old bytes, new bytes, how many addresses)}` of the files that change.

    Raises:
        ValueError: a file holds the new address already; it could not be told from ours on the way back.
    """
    root = Path(root)
    now = read(root)
    if now == to:
        return {}
    changes, blocked = {}, []
    for name in tracked(root):
        old = (root / name).read_bytes()
        turn = _turn_constants if name == _ADDRESS else swap
        new, count = turn(old, now, to)
        if turn(new, to, now)[0] != old:
            blocked.append(name)
        elif new != old:
            changes[name] = (old, new, count)
    if blocked:
        raise ValueError(
            f"Expected a course that doesn't mention {to} yet; received one with this address in "
            f"{', '.join(blocked[:5])}{' and others' if len(blocked) > 5 else ''}. If the links were changed, there "
            "would be no way back to the same text. Either somebody linked to it by hand, or a relink was broken off: "
            f"look with `git grep {to.repository}` and `git diff`, and take those lines back first. Nothing was "
            "changed."
        )
    return changes


def tracked(root):
    """Lists the files of the course that may hold an address, as names relative to the checkout."""
    names = _git(root, "ls-files", "-z").decode().split("\0")
    return [
        name
        for name in names
        if (Path(name).suffix in _SUFFIXES or name == _ADDRESS)
        and (Path(root) / name).is_file()
        and not (Path(root) / name).is_symlink()
    ]


def swap(text, now, to):
    """Replaces one repository's address by another's.

    Args:
        text: bytes, so that line ends and everything else stay as they are.
        now: the `Address` that stands there.
        to: the `Address` to put there.

    Returns:
        The new bytes, and how many addresses were replaced.
    """

    def put(found):
        parts = found.groupdict(b"")
        turned = parts["host"] + to.repository.encode()
        if parts["link"]:
            return turned + parts["link"] + to.branch.encode()
        at = parts["at"]
        # pip takes the default branch unless told otherwise. Where a version is pinned, it stays so.
        followed = at or (now.branch == "main" and found.string[found.end() : found.end() + 1] != b"@")
        if parts["pip"] and followed:
            at = b"" if to.branch == "main" else b"@" + to.branch.encode()
        return turned + parts["git"] + at

    # Most lines are pictures in letters, long ones: only those with the name in them are looked at.
    name, pattern = now.repository.encode(), _pattern(now)
    lines = [
        pattern.subn(put, line) if name in line else (line, 0) for line in text.splitlines(keepends=True)
    ]
    return b"".join(line for line, _ in lines), sum(count for _, count in lines)


def _pattern(now):
    name, branch = (re.escape(word).encode() for word in (now.repository, now.branch))
    end = rb"(?![\w-])(?!\.\w)"  # no longer name begins like this one
    return re.compile(
        rb"(?<![\w.-])(?P<host>"
        rb"(?P<raw>raw\.githubusercontent\.com/)|(?:colab\.research\.google\.com|nbviewer\.org)/github/"
        rb"|(?P<pip>git\+(?:https|ssh)://(?:git@)?)?(?:www\.)?github\.com[/:])" + name +
        # a page on our branch, or else the repository, for pip perhaps with the branch
        rb"(?:(?P<link>(?(raw)/|/(?:blob|tree|raw|edit)/))" + branch + end +
        rb"|(?P<git>\.git)?" + end + rb"(?(pip)(?P<at>@" + branch + end + rb")?))"
    )  # fmt: skip


def write(root, changes):
    """Writes what `plan` worked out: all of it, or, if the disk is full for example, nothing."""
    done = []
    try:
        for name, (_, new, _) in changes.items():
            _replace(Path(root) / name, new)
            done.append(name)
    except OSError:
        for name in done:
            _replace(Path(root) / name, changes[name][0])
        raise


def _turn_constants(text, now, to):
    for name, old, new in (
        ("REPOSITORY", now.repository, to.repository),
        ("BRANCH", now.branch, to.branch),
    ):
        text = text.replace(f'{name} = "{old}"'.encode(), f'{name} = "{new}"'.encode(), 1)
    return text, 1


def _replace(path, data):
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        part.write_bytes(data)
        shutil.copymode(path, part)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def _git(folder, *arguments):
    try:
        done = subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, check=False)
    except FileNotFoundError:
        return None
    return done.stdout if done.returncode == 0 else None
