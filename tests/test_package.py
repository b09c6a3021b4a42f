"""The package as a whole: quick to import, complete, and imported one way."""

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import cnnkit

PACKAGE = Path(cnnkit.__file__).parent

# What a part of the package must not know. At the bottom lie _machine, _page and _png; exercises and course stand
# on top and know everything.
_ABOVE = ["scratch", "filters", "datasets", "models", "training", "explain", "plot", "interactive"]
_TOP = {"exercises", "course"}
FORBIDDEN = {
    "_machine": {"shapes", *_ABOVE, "results", *_TOP},
    "_page": {"shapes", *_ABOVE, "results", *_TOP},
    "_png": {"shapes", *_ABOVE, "results", *_TOP},
    "results": {"shapes", *_ABOVE, *_TOP},
    "shapes": {*_ABOVE, *_TOP},
    "scratch": {*_ABOVE[1:], *_TOP},
    "filters": {*_ABOVE[2:], *_TOP},
    "datasets": {"plot", "interactive", *_TOP},
    "models": {"plot", "interactive", *_TOP},
    "training": {"plot", "interactive", *_TOP},
    "explain": {"plot", "interactive", *_TOP},
    "plot": {"datasets", *_TOP},
    "interactive": {"datasets", *_TOP},
}


def parts():
    """The parts of the package that there are, with their files."""
    found = {}
    for name in FORBIDDEN:
        module, folder = PACKAGE / f"{name}.py", PACKAGE / name
        files = [module] if module.exists() else sorted(folder.rglob("*.py"))
        if files:
            found[name] = files
    return found


def imported(path, *, anywhere=True):
    """The absolute names of the modules that a file imports; not anywhere: only when it is loaded itself."""
    package = path.relative_to(PACKAGE.parent).with_suffix("").parts[:-1]
    tree = ast.parse(path.read_text(encoding="utf-8"))
    if anywhere:
        nodes = list(ast.walk(tree))
    else:
        nodes = [node for top in tree.body for node in ([top] if not _is_lazy(top) else [])]
    names = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = list(package[: len(package) - node.level + 1]) if node.level else []
            base += node.module.split(".") if node.module else []
            names.add(".".join(base))
            names |= {".".join([*base, alias.name]) for alias in node.names}
    return names


def _is_lazy(node):
    return isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))


def test_importing_cnnkit_loads_no_heavy_package():
    code = (
        "import sys, cnnkit; "
        "heavy = {'tensorflow', 'keras', 'matplotlib', 'sklearn', 'skimage', 'PIL'} & set(sys.modules); "
        "print(sorted(heavy)); sys.exit(bool(heavy))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"import cnnkit loads {done.stdout}{done.stderr}"


def test_the_commands_are_listed_without_heavy_packages():
    code = (
        "import sys; from cnnkit.__main__ import _parser; _parser(); "
        "heavy = {'tensorflow', 'keras', 'matplotlib', 'sphinx', 'nbclient'} & set(sys.modules); "
        "print(sorted(heavy)); sys.exit(bool(heavy))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", [name for name in cnnkit.__all__ if not name.startswith("_")])
def test_each_promised_module_is_there(name):
    module = getattr(cnnkit, name)
    assert module is importlib.import_module(f"cnnkit.{name}")
    assert module.__doc__
    for public in getattr(module, "__all__", ()):
        assert getattr(module, public, None) is not None, f"cnnkit.{name}.__all__ promises {public}"


def test_an_unknown_module_is_named_with_those_there_are():
    with pytest.raises(AttributeError, match=r"no attribute 'scrach'.*scratch"):
        cnnkit.scrach  # noqa: B018


@pytest.mark.parametrize("name", parts())
def test_imports_run_one_way(name):
    for path in parts()[name]:
        for module in imported(path):
            part = module.split(".")[1] if module.startswith("cnnkit.") else None
            assert part not in FORBIDDEN[name], f"{path.relative_to(PACKAGE.parent)} imports {module}"


def test_every_part_has_its_place_in_the_order():
    there = {
        path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert there - {"__init__", "__main__"} == set(FORBIDDEN) | _TOP


def test_the_arithmetic_of_shapes_is_pure_python():
    for path in parts()["shapes"]:
        for module in imported(path, anywhere=False):
            own = module.startswith("cnnkit.shapes")
            assert own or module.split(".")[0] in sys.stdlib_module_names, f"{path.name} imports {module}"


def test_from_scratch_is_numpy_only():
    for module in imported(PACKAGE / "scratch.py"):
        first = module.split(".")[0]
        allowed = first in sys.stdlib_module_names or first == "numpy" or module.startswith("cnnkit")
        assert allowed, f"scratch imports {module}"


@pytest.mark.parametrize("part", ["plot", "interactive", "datasets", "filters"])
def test_tensorflow_is_loaded_inside_functions_only(part):
    for path in parts().get(part, ()):
        for module in imported(path, anywhere=False):
            assert module.split(".")[0] not in {"tensorflow", "keras"}, f"{path.name} loads {module}"


def test_the_import_test_sees_a_wrong_import(tmp_path, monkeypatch):
    monkeypatch.setattr(f"{__name__}.PACKAGE", tmp_path / "cnnkit")
    wrong = tmp_path / "cnnkit" / "datasets" / "wrong.py"
    wrong.parent.mkdir(parents=True)
    wrong.write_text(
        "from .. import plot\nfrom ..interactive.convolution import x\ndef f():\n    import keras\n"
    )
    assert {"cnnkit.plot", "cnnkit.interactive.convolution", "keras"} <= imported(wrong)
    assert "keras" not in imported(wrong, anywhere=False)
