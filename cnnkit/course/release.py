"""Makes an nbgrader course of the assignments, in a folder of your choice: what you hand out, and what grades it.

Nothing that is there already is overwritten: neither an assignment that you have changed, nor your gradebook, nor what
the students have handed in.
"""

from pathlib import Path

from . import assignments, lectures


def add_arguments(parser):
    """Adds the arguments of `release`."""
    parser.add_argument("folder", help="where the nbgrader course goes, or where it is already")
    parser.add_argument("assignments", nargs="*", metavar="ASSIGNMENT", help="A1, A2, …; all if none")
    parser.add_argument("--root", help="the course's folder (default: found from here upwards)")


def main(args):
    """Runs the command; returns 1 if nbgrader refuses, 2 for a name that isn't there."""
    try:
        root = lectures.find_root(args.root)
        chosen = assignments.select(args.assignments, assignments.find(root))
    except (FileNotFoundError, ValueError) as error:
        return lectures.complain(error)
    folder = Path(args.folder).resolve()
    if folder.exists() and not folder.is_dir():
        return lectures.complain(f"Expected a folder; received {folder}, which is a file. Name another one.")
    for path in assignments.lay_out(folder, chosen):
        print(f"kept      {path.relative_to(folder)}: it is not ours any more, so it was left as it is")
    for key, path in chosen.items():
        student = Path("release") / key / f"{path.stem}.ipynb"
        if (folder / student).exists():
            print(
                f"kept      {student}: it is there already. To make it anew: "
                f"nbgrader generate_assignment {key} --force"
            )
            continue
        try:
            assignments.generate(folder, key)
        except assignments.ReleaseError as error:
            lectures.complain(error)
            return 1
        print(f"released  {student}")
    print(f"""
In {folder}, for each assignment:
  release/A1/                    hand this out
  downloaded/A1/archive/         put here what comes back: a folder for each student, or their zip
  nbgrader zip_collect A1        takes it in
  nbgrader autograde A1          grades it
  nbgrader generate_feedback A1  writes a page for each student into feedback/
  nbgrader export                writes grades.csv""")
    return 0
