"""The rules of an assignment: what a function may be built from, and that one mistake costs its points once."""

import builtins
import dis
import sys
import types

from . import _core

# What every function may use besides the package that the assignment is about: its own notebook, and what comes with
# Python, but for the ways to import under another name.
_ALWAYS = ({"__main__"} | sys.stdlib_module_names) - {"importlib", "pkgutil", "runpy"}
_WAYS_ROUND = (builtins.__import__, compile, eval, exec)


def expect_only(package, *functions):
    """Raise unless the functions, and those of the student's own that they call, use one package only.

    What comes with Python, such as `math` and `itertools`, is always allowed. What a cell imports to compare with
    doesn't matter, only what the functions reach for.

    Args:
        package: its name, ``"numpy"``.
        *functions: the functions to look into.

    Raises:
        TypeError: one of them is no function.
        ValueError: one of them uses something else; the message names it.
    """
    for function in functions:
        if not callable(function):
            raise TypeError(
                f"Expected the function itself; received {type(function).__name__}. Perhaps it was called, or its "
                "name stands for something else by now. Give it without brackets, and run its cell again."
            )
        found = _foreign(function, {package, *_ALWAYS})
        if found:
            name = getattr(function, "__name__", "your function")
            raise ValueError(
                f"Expected {name} to use {package} only; received one that uses {found}. Perhaps it is left over "
                f"from trying out. Compare with it in a cell of your own, and write {name} without it."
            )


def forgive(function, *earlier):
    """Return the function with right versions of those functions of earlier tasks that are wrong.

    So a mistake costs its points once. Whatever else the function uses stays as it is.

    Args:
        function: the student's function.
        *earlier: exercises it may build on, such as ``"A1.correlate2d"``; the function is called like the word after
            the dot.

    Returns:
        `function` itself if the earlier ones are right; otherwise a copy that calls right ones.

    Raises:
        ValueError: there is no such exercise, or it has no right version to offer.
    """
    if not isinstance(function, types.FunctionType):
        return function
    stand_ins = {}
    for name in earlier:
        exercise = _core._find(name)
        if exercise.right is None:
            raise ValueError(
                f"Expected exercises whose answer is a function; received {name!r}. Perhaps the name is that of "
                "another task. Leave it out."
            )
        word = name.partition(".")[2]
        if not _core.check(name, function.__globals__.get(word, ...)):
            stand_ins[word] = exercise.right
    if not stand_ins:
        return function
    copy = types.FunctionType(
        function.__code__,
        {**function.__globals__, **stand_ins},
        function.__name__,
        function.__defaults__,
        function.__closure__,
    )
    copy.__kwdefaults__ = function.__kwdefaults__
    copy.__module__ = function.__module__
    copy.stand_ins = tuple(stand_ins.values())
    return copy


def _root(value):
    """The package that a module, function or class comes from, "" where nothing says so."""
    name = value.__name__ if isinstance(value, types.ModuleType) else getattr(value, "__module__", None)
    return (name or "").partition(".")[0]


def _foreign(function, allowed):
    """What the function uses from elsewhere, in words; "" if nothing."""
    # What `forgive` has put in is not the student's doing.
    seen = {id(one) for one in getattr(function, "stand_ins", ())}
    todo = [(function, getattr(function, "__name__", "a function"))]
    while todo:
        value, name = todo.pop()
        if id(value) in seen or not (isinstance(value, types.ModuleType) or callable(value)):
            continue
        seen.add(id(value))
        root = _root(value)
        if root and root not in allowed:
            whole = isinstance(value, types.ModuleType)
            return f"`{value.__name__ if whole else f'{value.__module__}.{name}'}`"
        # Functions that are handed to others: functools.partial(f, …), np.vectorize(f)
        todo += [(getattr(value, key), key) for key in ("func", "pyfunc") if hasattr(value, key)]
        if isinstance(value, types.FunctionType) and root == "__main__":
            for used, imported in _names(value.__code__):
                if imported and used.partition(".")[0] not in allowed:
                    return f"`import {used}`"
                if not imported:
                    todo.append((value.__globals__.get(used, getattr(builtins, used, None)), used))
            todo += [(cell.cell_contents, "a function") for cell in value.__closure__ or () if _filled(cell)]
        elif isinstance(value, type) and root == "__main__":
            todo += [(part, key) for key, part in vars(value).items()]
        elif any(value is way for way in _WAYS_ROUND):
            return f"`{name}`"
    return ""


def _names(code):
    """The global names that some code reads and the modules that it imports, as (name, imported)."""
    for step in dis.get_instructions(code):
        if step.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
            yield step.argval, False
        elif step.opname == "IMPORT_NAME":
            yield step.argval, True
    for part in code.co_consts:
        if isinstance(part, types.CodeType):
            yield from _names(part)


def _filled(cell):
    try:
        return cell.cell_contents is not None
    except ValueError:  # a name that gets its value later
        return False
