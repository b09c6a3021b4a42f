"""A fork's links: all of them, nothing else, and back to the same bytes."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from cnnkit import __main__ as command_line
from cnnkit.course import address, relink

ROOT = Path(__file__).resolve().parents[1]
HOME = relink.Address(address.REPOSITORY, address.BRANCH)
FORK = relink.Address("prof-x/signals.and_systems", "spring-2027")
PLACE = "cnnkit/course/address.py"

needs_git = pytest.mark.skipif(
    shutil.which("git") is None or not (ROOT / ".git").exists(), reason="not a checkout, or no git"
)


def git(folder, *arguments):
    done = subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, check=True)
    return done.stdout.decode()


def checkout(folder, **files):
    """A checkout of a small course; the names of files have __ for / and _dot_ for a dot."""
    for name, text in {PLACE: (ROOT / PLACE).read_text(), **files}.items():
        path = folder / name.replace("__", "/").replace("_dot_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    git(folder, "init", "-q")
    git(folder, "add", ".")
    return folder


def contents(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".git" not in path.relative_to(folder).parts
    }


def relinked(folder, to, *arguments):
    command = ["relink", "--root", str(folder), "--repo", to.repository, "--branch", to.branch, *arguments]
    return command_line.main(command)


# The course itself


@needs_git
def test_the_whole_course_goes_to_a_fork_and_back_byte_for_byte(tmp_path, capsys):
    names = [name for name in git(ROOT, "ls-files", "-z").split("\0") if name and (ROOT / name).is_file()]
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, tmp_path / name)
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "-f", ".")
    (tmp_path / "mine.md").write_text(f"A note of my own on {address.page()}.")  # not tracked
    before = contents(tmp_path)

    assert relinked(tmp_path, FORK, "--dry-run") == 0
    announced = set(re.findall(r"^ +\d+  (\S+)$", capsys.readouterr().out, re.M))
    assert contents(tmp_path) == before, "--dry-run changed something"

    assert relinked(tmp_path, FORK) == 0
    after = contents(tmp_path)
    assert {name for name in before if before[name] != after[name]} == announced
    lectures = {path.stem for path in (ROOT / "notebooks").glob("*.ipynb")}
    expected = {f"notebooks/{name}.ipynb" for name in lectures}
    expected |= {f"notebooks/source/{name}.md" for name in lectures}
    expected |= {"README.md", "CITATION.cff", "pyproject.toml", PLACE}
    assert expected <= announced
    assert "mine.md" not in announced
    owner_and_name = HOME.repository.encode()
    for name in announced:
        left = [line for line in after[name].splitlines() if owner_and_name in line and b"github" in line]
        assert not left, f"{name}: {left[0][:200]}"
    assert f'"cnnkit @ git+https://github.com/{FORK.repository}@{FORK.branch}\\"'.replace('"', '\\"', 1) in (
        after["notebooks/03_convolution_1d.ipynb"].decode()
    )
    badge = f"https://colab.research.google.com/github/{FORK.repository}/blob/{FORK.branch}/notebooks/"
    assert badge in after["README.md"].decode()

    assert relinked(tmp_path, HOME) == 0
    assert contents(tmp_path) == before


@needs_git
def test_the_address_stands_in_one_place_of_the_code():
    handled = set(relink.tracked(ROOT))
    for name in git(ROOT, "ls-files", "-z").split("\0"):
        path = ROOT / name
        if name in handled or not path.is_file() or path.suffix in {".png", ".npz", ".jpg"}:
            continue
        assert address.REPOSITORY.encode() not in path.read_bytes(), f"{name}: take it from {PLACE}"


# What is an address


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("https://github.com/us/course", "https://github.com/me/fork"),
        ("https://github.com/us/course.", "https://github.com/me/fork."),
        ("https://github.com/us/course#speed", "https://github.com/me/fork#speed"),
        ("git clone git@github.com:us/course.git", "git clone git@github.com:me/fork.git"),
        ("https://github.com/us/course/issues", "https://github.com/me/fork/issues"),
        ("https://github.com/us/course/blob/main/a.py#L1", "https://github.com/me/fork/blob/dev/a.py#L1"),
        ("(https://github.com/us/course/tree/main)", "(https://github.com/me/fork/tree/dev)"),
        ("https://github.com/us/course/blob/v1/a.py", "https://github.com/me/fork/blob/v1/a.py"),
        ("https://github.com/us/course/blob/main-2/a", "https://github.com/me/fork/blob/main-2/a"),
        (
            "https://colab.research.google.com/github/us/course/blob/main/a.ipynb",
            "https://colab.research.google.com/github/me/fork/blob/dev/a.ipynb",
        ),
        (
            "https://raw.githubusercontent.com/us/course/main/a.png",
            "https://raw.githubusercontent.com/me/fork/dev/a.png",
        ),
        ('"git+https://github.com/us/course"', '"git+https://github.com/me/fork@dev"'),
        ('"git+https://github.com/us/course.git"', '"git+https://github.com/me/fork.git@dev"'),
        ("git+https://github.com/us/course@v1.0", "git+https://github.com/me/fork@v1.0"),
        ("https://github.com/us/course\r\nnext", "https://github.com/me/fork\r\nnext"),
        # Not ours
        ("https://github.com/us/course-2", None),
        ("https://github.com/us/course.github.io", None),
        ("https://github.com/bus/course", None),
        ("https://gist.github.com/us/course", None),
        ("https://example.com/us/course and us/course", None),
    ],
)
def test_addresses_are_told_from_others(old, new):
    us, me = relink.Address("us/course"), relink.Address("me/fork", "dev")
    turned, count = relink.swap(old.encode(), us, me)
    assert turned.decode() == (old if new is None else new)
    assert count == (new is not None)
    assert relink.swap(turned, me, us)[0].decode() == old


def test_only_the_branch_changes():
    text = b"git+https://github.com/us/course https://github.com/us/course/blob/main/x"
    there = relink.swap(text, relink.Address("us/course"), relink.Address("us/course", "dev"))[0]
    assert there == b"git+https://github.com/us/course@dev https://github.com/us/course/blob/dev/x"
    third = relink.swap(there, relink.Address("us/course", "dev"), relink.Address("us/course", "old"))[0]
    assert third == b"git+https://github.com/us/course@old https://github.com/us/course/blob/old/x"
    assert relink.swap(third, relink.Address("us/course", "old"), relink.Address("us/course"))[0] == text


# What is refused


@pytest.mark.parametrize(
    ("repository", "message"),
    [
        ("https://github.com/me/fork", r"That is an address.*`--repo me/fork`"),
        ("https://github.com/me/fork.git", r"`--repo me/fork`"),
        ("git@github.com:me/fork.git", r"`--repo me/fork`"),
        ("https://github.com/me/fork/tree/main", r"`--repo me/fork`"),
        ("fork", r"received 'fork'\. The owner is missing.*YOUR-GITHUB-NAME/fork"),
        ("me/fork/more", "one slash between owner and repository"),
        ("me/my fork", "letters, digits and dashes"),
        ("-me/fork", "letters, digits and dashes"),
        ("me/fork\n", "letters, digits and dashes"),
        ("me/..", "upper left corner"),
        ("", "Expected a repository as `owner/name`; received ''"),
    ],
)
def test_names_that_github_does_not_have_are_refused(repository, message):
    with pytest.raises(ValueError, match=message):
        relink.parse(repository)


@pytest.mark.parametrize(
    "branch", ["", "my branch", "-x", "/x", "a//b", "a..b", "x.lock", "x/", "x\n", "ä", "a/.b"]
)
def test_branches_that_cannot_stand_in_a_link_are_refused(branch):
    with pytest.raises(ValueError, match=r"name of a branch; received .* `git branch` lists the names"):
        relink.parse("me/fork", branch)
    assert relink.parse("me/fork", "feature/week_1.2") == relink.Address("me/fork", "feature/week_1.2")


def test_outside_a_checkout_nothing_is_done(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert command_line.main(["relink", "--repo", "me/fork"]) == 2
    said = capsys.readouterr().err
    assert re.search(r"Expected a checkout .* received .* has no links .* Clone your fork", said)
    # a copy without git, too
    (tmp_path / PLACE).parent.mkdir(parents=True)
    shutil.copy(ROOT / PLACE, tmp_path / PLACE)
    assert command_line.main(["relink", "--repo", "me/fork"]) == 2
    assert "Clone your fork" in capsys.readouterr().err


@needs_git
def test_what_could_not_be_taken_back_is_refused(tmp_path, capsys):
    files = {"a.md": address.page(), "docs__b_dot_md": f"see https://github.com/{FORK.repository}/issues"}
    checkout(tmp_path, **files)
    before = contents(tmp_path)
    assert relinked(tmp_path, FORK) == 2
    assert re.search(r"doesn't mention .* in docs/b\.md\. .* no way back .*git grep", capsys.readouterr().err)
    assert contents(tmp_path) == before


@needs_git
def test_an_address_edited_by_hand_is_refused(tmp_path, capsys):
    checkout(tmp_path)
    (tmp_path / PLACE).write_text("REPOSITORY = None\n")
    assert relinked(tmp_path, FORK) == 2
    assert f"git checkout -- {PLACE}" in capsys.readouterr().err


@needs_git
def test_a_full_disk_leaves_all_files_as_they_were(tmp_path, monkeypatch, capsys):
    checkout(tmp_path, **{f"{name}_dot_md": address.page() for name in "abc"})
    before = contents(tmp_path)
    replace = relink._replace

    def full(path, data):
        if path.name == "b.md":
            raise OSError(28, "No space left on device")
        replace(path, data)

    monkeypatch.setattr(relink, "_replace", full)
    assert relinked(tmp_path, FORK) == 2
    assert "No space left" in capsys.readouterr().err
    assert contents(tmp_path) == before


@needs_git
def test_links_to_other_places_and_the_right_to_execute_stay(tmp_path):
    checkout(tmp_path, a_dot_md=address.page(), b_dot_md="https://github.com/keras-team/keras")
    (tmp_path / "a.md").chmod(0o755)
    (tmp_path / "c.md").symlink_to("a.md")
    git(tmp_path, "add", "c.md")
    assert relinked(tmp_path, FORK) == 0
    assert (tmp_path / "a.md").stat().st_mode & 0o777 == 0o755
    assert (tmp_path / "c.md").is_symlink()
    assert (tmp_path / "b.md").read_text() == "https://github.com/keras-team/keras"
    assert relinked(tmp_path, FORK) == 0, "a second time there is nothing to change"
