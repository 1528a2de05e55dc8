"""Which small faults in a module its tests would not notice: `python -m tests.mutants MODULE TEST...`.

Each mutant is the module with one fault: a comparison that is another one, a condition that lost a part, a rule that
says nothing. It lives when the tests pass with it. Prints the living ones; exits with 1 if there are any. A TEST may be
an option of pytest's: --noconftest makes table tests of a pure module quick.

    python -m tests.mutants ivr/screening/routing.py tests/screening/test_routing.py --noconftest
    python -m tests.mutants ivr/screening/rules.py tests/screening/test_rule_boundaries.py --noconftest
"""

from __future__ import annotations

import ast
import copy
import importlib.util
import os
import sys
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[1]
_OTHER = {
    ast.Eq: [ast.NotEq],
    ast.NotEq: [ast.Eq],
    ast.Lt: [ast.LtE, ast.GtE],
    ast.LtE: [ast.Lt, ast.Gt],
    ast.Gt: [ast.GtE, ast.LtE],
    ast.GtE: [ast.Gt, ast.Lt],
    ast.In: [ast.NotIn],
    ast.NotIn: [ast.In],
    ast.Is: [ast.IsNot],
    ast.IsNot: [ast.Is],
}


def _faults(node):  # noqa: C901  # a table of faults, each with what stands there instead
    """Every way in which one node may be wrong, each as what stands there instead."""
    match node:
        case ast.Compare(left, ops, comparators):
            for at, op in enumerate(ops):
                for other in _OTHER.get(type(op), []):
                    yield ast.Compare(left, [*ops[:at], other(), *ops[at + 1 :]], comparators)
        case ast.BoolOp(op, values):
            yield ast.BoolOp(ast.And() if isinstance(op, ast.Or) else ast.Or(), values)
            for at in range(len(values)):
                left = [*values[:at], *values[at + 1 :]]
                yield left[0] if len(left) == 1 else ast.BoolOp(op, left)
        case ast.UnaryOp(ast.Not(), operand):
            yield operand
        case ast.IfExp(_, body, orelse):
            yield body
            yield orelse
        case ast.Constant(bool() as value):
            yield ast.Constant(not value)
        case ast.Constant(int() as value):
            yield ast.Constant(value + 1)
        case ast.Constant(str() as value) if value:
            yield ast.Constant(f"{value}-mutant")
        case ast.Return(ast.expr() as value) if not (isinstance(value, ast.Constant) and value.value is None):
            yield ast.Return(ast.Constant(None))
        case ast.If(test, body, orelse) if ast.unparse(test) != "TYPE_CHECKING":
            yield ast.If(ast.UnaryOp(ast.Not(), test), body, orelse)
        case ast.Set(elts) | ast.Tuple(elts, ast.Load()) if len(elts) > 1:
            for at in range(len(elts)):
                yield type(node)(**{**dict(ast.iter_fields(node)), "elts": [*elts[:at], *elts[at + 1 :]]})


def _is_code(parents):
    """Whether a node runs: no docstring, annotation or typing-only import."""
    for parent, field in parents:
        if field in {"annotation", "returns", "decorator_list"}:
            return False
        if isinstance(parent, ast.If) and ast.unparse(parent.test) == "TYPE_CHECKING":
            return False
    parent, field = parents[-1] if parents else (None, "")
    return not isinstance(parent, ast.Expr)


def mutants(source: str):
    """Each mutant of a source, with the line and the text of its fault."""
    tree = ast.parse(source)

    def walk(node, parents):
        for field, value in ast.iter_fields(node):
            for at, child in enumerate(value if isinstance(value, list) else [value]):
                if isinstance(child, ast.AST):
                    here = [*parents, (node, field)]
                    if _is_code(here):
                        for fault in _faults(child):
                            yield _with(node, field, at if isinstance(value, list) else None, fault, child)
                    yield from walk(child, here)

    def _with(node, field, at, fault, child):
        held = getattr(node, field)
        whole = [*held[:at], fault, *held[at + 1 :]] if at is not None else fault
        setattr(node, field, whole)
        try:
            text = ast.unparse(ast.fix_missing_locations(copy.deepcopy(tree)))
        finally:
            setattr(node, field, held)
        first = ast.unparse(fault).partition("\n")[0]
        return getattr(child, "lineno", 0), f"{ast.unparse(child).partition(chr(10))[0]}  ->  {first}", text

    yield from walk(tree, [])


def lives(path: Path, text: str, tests: list[str]) -> bool:
    """Whether the tests pass with a mutant in the module's place."""
    child = os.fork()
    if child == 0:
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        passed = False
        try:
            import pytest

            name = ".".join(path.relative_to(_ROOT).with_suffix("").parts)
            spec = importlib.util.spec_from_file_location(name, path)
            module = importlib.util.module_from_spec(spec)
            sys.modules[name] = module
            exec(compile(text, str(path), "exec"), module.__dict__)  # that is what a mutant is for
            options = ["-x", "-q", "-n", "0", "-p", "no:cacheprovider", "--hypothesis-seed=0"]
            passed = pytest.main([*options, *tests]) == 0
        finally:
            os._exit(0 if passed else 1)
    return os.waitpid(child, 0)[1] == 0


def main(module: str, *tests: str) -> int:
    """Try every mutant of a module against some tests."""
    import boto3
    import moto
    import phonenumbers

    assert boto3, (moto, phonenumbers)  # loaded once, for all that are forked from here
    path = (_ROOT / module).resolve()
    source = path.read_text()
    if not lives(path, source, list(tests)):
        print("the tests fail as it is")  # noqa: T201
        return 2
    found = list(mutants(source))
    living = 0
    for line, fault, text in found:
        if lives(path, text, list(tests)):
            living += 1
            print(f"{module}:{line}: {fault}", flush=True)  # noqa: T201
    print(f"{len(found) - living} of {len(found)} mutants of {module} killed by {' '.join(tests)}")  # noqa: T201
    return int(bool(living))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
