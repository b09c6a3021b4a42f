"""Where the lectures are, and which of them somebody means."""

import difflib
import os
import re
import sys
from pathlib import Path

_NAME = re.compile(r"\d\d_\w+")


def find_root(root=None):
    """Finds the folder of the course: the one that holds `notebooks/`.

    Args:
        root: a folder that is said to be it, or `None` to look from the current folder upwards and then
            beside the package.

    Returns:
        The folder as an absolute `Path`.

    Raises:
        FileNotFoundError: no such folder. An installed package carries no notebooks, a clone does.
    """
    if root is not None:
        places = [Path(root).resolve()]
    else:
        here = Path.cwd()
        places = [here, *here.parents, Path(__file__).resolve().parents[2]]
    for place in places:
        if (place / "notebooks").is_dir() and (root is not None or (place / "cnnkit").is_dir()):
            return place
    raise FileNotFoundError(
        "Expected the course's folder, the one with `notebooks/` in it; received "
        f"{places[0]}. The package alone carries no lectures: change to a clone of the course, or name it "
        "with `--root FOLDER`."
    )


def find(folder, suffix):
    """Lists the lectures in a folder, in order: `{"03_convolution_1d": Path}`."""
    return {path.stem: path for path in sorted(Path(folder).glob(f"*{suffix}")) if _NAME.fullmatch(path.stem)}


def select(wanted, lectures):
    """Picks the lectures that somebody names.

    Args:
        wanted: names as people write them: `3`, `03`, `03_convolution_1d`,
            `notebooks/03_convolution_1d.ipynb`. Empty for all.
        lectures: what there is, from `find`.

    Returns:
        The chosen part of `lectures`, in their own order.

    Raises:
        ValueError: a name that fits no lecture; the message lists them.
    """
    if not wanted:
        return dict(lectures)
    chosen = set()
    for word in wanted:
        stem = Path(word).stem
        number = stem.zfill(2) if stem.isdigit() else None
        fits = [name for name in lectures if name == stem or name[:2] == number]
        if not fits:
            close = difflib.get_close_matches(stem, lectures, n=1, cutoff=0.5)
            there_is = "\n".join(f"  {name}" for name in lectures) or "  (none)"
            raise ValueError(
                f"Expected a lecture's number or name; received {word!r}. "
                + (f"Did you mean {close[0]!r}? " if close else "")
                + f"Use one of these:\n{there_is}"
            )
        chosen.update(fits)
    return {name: path for name, path in lectures.items() if name in chosen}


def add_arguments(parser):
    """Adds what all commands on lectures understand: names and `--root`."""
    parser.add_argument(
        "lectures", nargs="*", metavar="LECTURE", help="03, 03_convolution_1d, …; all if none"
    )
    parser.add_argument("--root", help="the course's folder (default: found from here upwards)")


def write(path, text):
    """Writes a text file at once or not at all, so that a reader never meets half of it."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}")
    part.write_text(text, encoding="utf-8", newline="\n")
    os.replace(part, path)


def put_block(text, block, inner):
    """Puts `inner` between the lines `<!-- BLOCK:begin -->` and `<!-- BLOCK:end -->` of a page.

    Returns:
        The new text; `None` where the page has no such lines.
    """
    before, begin, rest = text.partition(f"<!-- {block}:begin -->")
    _, end, after = rest.partition(f"<!-- {block}:end -->")
    return f"{before}{begin}\n{inner}\n{end}{after}" if begin and end else None


def complain(error):
    """Prints an error's message for people, without a traceback; returns the exit status 2."""
    print(f"cnnkit: {error}", file=sys.stderr)
    return 2
