"""Measures: `python -m benchmarks [NAMES…]` speeds, side by side; `train [NAMES…]` trainings over five seeds, into
cnnkit/results.json; `lectures [NN…]` what the lectures themselves train; `run_times` seconds and memory of each
lecture; `readme` writes the tables."""

import argparse
import importlib
import json
import pkgutil
import sys
from pathlib import Path

import benchmarks
from benchmarks import run_times
from benchmarks.measure import machine
from cnnkit import results
from cnnkit.course.lectures import put_block

HERE = Path(__file__).parent
SPEED = HERE / "speed.json"
README = HERE.parent / "README.md"
# The trainings that the README shows.
LONG = {
    "mnist.fast": "MNIST: the fast recipe of lecture 8",
    "mnist.best": "MNIST: 14 epochs of moved, turned and scaled digits",
    "cats_vs_dogs.scratch": "Cats and dogs, 2,000 photographs: a small residual network, from nothing",
    "cats_vs_dogs.transfer": "Cats and dogs, the same: the smallest MobileNetV2, fine-tuned",
    "aerial.scratch": "21 kinds of land: a small residual network, from nothing",
    "aerial.transfer": "21 kinds of land: the smallest MobileNetV2, fine-tuned",
}


def names():
    """Every module of this folder that has a `run` is a benchmark."""
    found = (module.name for module in pkgutil.iter_modules(benchmarks.__path__))
    return [name for name in found if name not in ("__main__", "measure", "trained", "lectures", "run_times")]


def read():
    return json.loads(SPEED.read_text(encoding="utf-8")) if SPEED.exists() else {}


def measure(chosen):
    """Run the chosen benchmarks; each replaces its own entry in speed.json as soon as it is done."""
    failed = []
    for name in chosen:
        module = importlib.import_module(f"benchmarks.{name}")
        print(f"{name}: {module.TITLE} …", flush=True)
        try:
            rows = module.run()
        except Exception as error:  # one benchmark that fails must not cost us the others
            print(f"  failed: {type(error).__name__}: {error}", file=sys.stderr)
            failed.append(name)
            continue
        for row in rows:
            print(f"  {row['task']:24} {row['way']:24} {in_words(row):>12} {ratio(row):>10}")
        speeds = read()
        speeds[name] = {"title": module.TITLE, "machine": machine(), "rows": rows}
        text = json.dumps(speeds, indent=2, sort_keys=True, ensure_ascii=False)
        SPEED.write_text(text + "\n", encoding="utf-8")
    return failed


def in_words(row):
    seconds = row["seconds"]
    if row.get("rate"):
        digits = 0 if row["rate"] >= 10 else 1
        return f"{row['rate']:,.{digits}f} {row['unit']}"
    if seconds >= 60:
        return f"{seconds / 60:.1f} min"
    return f"{seconds:.1f} s" if seconds >= 1 else f"{1000 * seconds:.3g} ms"


def ratio(row):
    """How many times as long as ours, with as many digits as it deserves; "" for what is no speed."""
    if (row.get("unit") or "").startswith("%"):
        return ""
    times = row["times_ours"]
    return f"{times:,.0f} ×" if times >= 10 else f"{times:.2g} ×"


def markdown(speeds):
    """The Markdown table of all speeds."""
    lines = ["| Task | Way | Time | Times ours |", "|---|---|---:|---:|"]
    for result in speeds.values():
        for row in result["rows"]:
            task = f"{result['title']}: {row['task']}"
            lines.append(f"| {task} | {row['way']} | {in_words(row)} | {ratio(row)} |")
    lines.append("")
    said = []
    for one in (result["machine"] for result in speeds.values()):
        packages = ("python", "numpy", "scipy", "keras", "tensorflow")
        versions = ", ".join(f"{name} {one[name]}" for name in packages if name in one)
        said.append(f"Measured on {one['date']} with {one['cpus']} processors, {versions}.")
    lines += dict.fromkeys(said)
    if any(row.get("scaled") for result in speeds.values() for row in result["rows"]):
        lines.append("What takes minutes was measured on a part of the task and multiplied.")
    return "\n".join(lines)


def summary(speeds):
    """One line for each benchmark: its first task, ours, and the other ways."""
    lines = ["| Task | Ours | Other ways, and how many times as long as ours |", "|---|---|---|"]
    for result in speeds.values():
        ours, *others = [row for row in result["rows"] if row["task"] == result["rows"][0]["task"]]
        words = [
            f"{row['way']} {in_words(row)}" + (f" ({ratio(row)})" if ratio(row) else "") for row in others
        ]
        lines.append(
            f"| {result['title']}: {ours['task']} | {ours['way']} {in_words(ours)} | {'; '.join(words)} |"
        )
    return "\n".join(lines)


def accuracy():
    """One line for each long training on real pictures: how many it gets right, and how long it takes."""
    lines = [
        "| Trained, over five seeds | Right on the test pictures: median, lowest to highest | Minutes |",
        "|---|---|---:|",
    ]
    measured = set(LONG) & set(results.names())
    for name in (name for name in LONG if name in measured):
        found = results.expected(name)
        right = found.values("accuracy")
        shown = f"{found['accuracy']:.1%}, {min(right):.1%} to {max(right):.1%}".replace("%", " %")
        lines.append(f"| {LONG[name]} | {shown} | {found['seconds'] / 60:.1f} |")
    return "\n".join(lines) if measured else ""


def readme():
    """The short tables go into the README, the long one of the speeds into the page of the benchmarks."""
    speeds = read()
    for path, block, table in (
        (README, "speed", speeds and summary(speeds)),
        (README, "accuracy", accuracy()),
        (README, "times", run_times.markdown(run_times.read())),
        (HERE / "README.md", "speed", speeds and markdown(speeds)),
    ):
        if table:
            write(path, block, table)
        else:
            print(f"There is no {block} to write yet: `python -m benchmarks --help` says how to measure.")


def write(path, block, table):
    """Write the table between the two markers of a page; leave everything else as it is."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    new = put_block(text, block, table)
    if new is None:
        print(
            f"{path.name} has no place for the table: put <!-- {block}:begin --> and <!-- {block}:end --> on two lines "
            "of their own."
        )
        return
    if new == text:
        print(f"{path.name} shows the {block} already.")
        return
    path.write_text(new, encoding="utf-8")
    print(f"Wrote the {block} into {path.name}.")


def train(arguments):
    """`python -m benchmarks train [NAMES…]`: the trainings that results.json holds, over several seeds."""
    from benchmarks import trained

    parser = argparse.ArgumentParser(prog="python -m benchmarks train", description=trained.__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="mnist stands for all that begin with mnist."
    )
    _add_seeds(parser)
    parser.add_argument("--keep", action="store_true", help="keep seeds measured before the code was changed")
    given = parser.parse_args(arguments)
    try:
        chosen = trained.choose(given.names)
    except ValueError as error:
        parser.error(str(error))
    trained.measure(chosen, seeds=given.seeds, again=given.again, keep=given.keep)
    return 0


def lectures(arguments):
    """`python -m benchmarks lectures [NN…]`: what the lectures train, over several seeds."""
    from benchmarks import lectures

    parser = argparse.ArgumentParser(prog="python -m benchmarks lectures", description=lectures.__doc__)
    parser.add_argument("lectures", nargs="*", metavar="NN", help="numbers of lectures; none means all")
    _add_seeds(parser)
    given = parser.parse_args(arguments)
    return 1 if lectures.measure(given.lectures, seeds=given.seeds, again=given.again) else 0


def times(arguments):
    """`python -m benchmarks run_times`: seconds and peak memory of each lecture."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks run_times", description=run_times.__doc__)
    parser.add_argument(
        "--last", action="store_true", help="record what `make run` measured last, execute nothing"
    )
    problem = run_times.measure(last=parser.parse_args(arguments).last)
    if problem:
        print(problem, file=sys.stderr)
    return 1 if problem else 0


def _add_seeds(parser):
    parser.add_argument("--seeds", type=int, default=5, help="how many seeds (5)")
    parser.add_argument("--again", action="store_true", help="forget what was measured before")


def main(arguments=None):
    arguments = sys.argv[1:] if arguments is None else arguments
    commands = {"train": train, "lectures": lectures, "run_times": times}
    if arguments and arguments[0] in commands:
        return commands[arguments[0]](arguments[1:])
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"which: {', '.join(names())}; none means all; or: readme"
    )
    chosen = parser.parse_args(arguments).names
    unknown = set(chosen) - {*names(), "readme"}
    if unknown:
        parser.error(f"no benchmark {', '.join(sorted(unknown))}; there are {', '.join(names())}, and readme")
    wanted = [name for name in chosen if name != "readme"] or ([] if chosen else names())
    failed = measure(wanted)
    if "readme" in chosen:
        readme()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
