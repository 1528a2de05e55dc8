"""The counted log lines of our code, and the fields that each may hold, as its calls of the log say."""

import ast
from collections import defaultdict

from infra.build.docs import ROOT

OF_EVERY_LINE = {"timestamp", "level", "message", "call_sid", "leg", "leg_sid"}
OF_AN_ERROR = {"error", "why", "frames"}
REFUSED = "(refused)"  # stands for the fields of every refused webhook


def fields_by_message():
    """The fields of each counted line, by its message, which is the name of its metric too."""
    found = defaultdict(set)
    for folder in ("handlers", "ivr"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            tree = ast.parse(file.read_text(encoding="utf-8"))
            for function in ast.walk(tree):
                if isinstance(function, ast.FunctionDef):
                    _read(function, _constants(tree), found)
    of_refusals = found.pop(REFUSED)
    for name, fields in found.items():
        fields |= {name, *OF_EVERY_LINE, *(of_refusals if REFUSED in fields else ())}
    return dict(found)


def _read(function, constants, found):
    for node in ast.walk(function):
        match node:
            case ast.Call(func=ast.Attribute(value=log, attr=("count" | "failed" | "measure") as how), args=[name, *_]):
                if getattr(log, "id", getattr(log, "attr", "")).lstrip("_") != "log":
                    continue
                fields = OF_AN_ERROR if how == "failed" else set()
            case ast.Call(func=ast.Name(id="RefusedWebhookError"), args=[_, name, *_]):
                fields = set()
            case _:
                continue
        match constants.get(name.id) if isinstance(name, ast.Name) else name:
            case ast.Constant(value=str(message)):
                found[message] |= fields | set(_given(node, function))
                if isinstance(node.func, ast.Name):
                    found[message].add(REFUSED)
            case ast.Attribute(attr="metric"):  # the one place that writes each refusal
                found[REFUSED] |= set(_given(node, function))


def _given(call, function):
    """The names of a call's fields, those of a dict that it unpacks too."""
    for keyword in call.keywords:
        match keyword:
            case ast.keyword(arg=None, value=ast.Name(id=name)):
                for node in ast.walk(function):
                    if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
                        dicts = [one for one in ast.walk(node.value) if isinstance(one, ast.Dict)]
                        yield from (ast.literal_eval(key) for one in dicts for key in one.keys)
            case ast.keyword(arg=str(name)):
                yield name


def _constants(tree):
    return {
        node.targets[0].id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
