"""The command line: `python -m cnnkit run | site | slides | sync | release | doctor | data | relink | …`."""

import argparse
import importlib
import sys

# Each command is a module of cnnkit.course with add_arguments(parser) and main(args) -> exit status.
COMMANDS = {
    "run": "execute the lectures into build/ and build the site from them",
    "site": "build the site from the lectures executed last",
    "slides": "make a deck of slides from each lecture",
    "sync": "execute the Markdown sources and store the notebooks with their outputs",
    "release": "make an nbgrader course of the assignments, with the students' versions",
    "doctor": "look at this machine and say what to do about each problem",
    "data": "list, fetch and check the data sets",
    "wheelhouse": "gather all wheels for installing without network",
    "versions": "test with the oldest, the newest and Colab's versions",
    "relink": "turn badges, install lines and links to a fork, and back",
}


def _parser():
    parser = argparse.ArgumentParser(prog="python -m cnnkit", description="The course from the command line.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    for name, what in COMMANDS.items():
        command = commands.add_parser(name, help=what, description=f"{what[0].upper()}{what[1:]}.")
        module = importlib.import_module(f"cnnkit.course.{name}")
        module.add_arguments(command)
        command.set_defaults(main=module.main)
    return parser


def main(argv=None):
    """Runs one command and returns its exit status."""
    args = _parser().parse_args(argv)
    try:
        return args.main(args)
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
