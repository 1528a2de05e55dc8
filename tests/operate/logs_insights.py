"""The filters of our saved queries, applied to log lines; and the fields that a query asks for."""

from __future__ import annotations

import ast
import re

_FILTER = re.compile(r"^\|? ?filter (.+)$", re.MULTILINE)
_ALIAS = re.compile(r" as (\w+)")
_TEXT = re.compile(r'"[^"]*"')
_WORDS = {"filter", "fields", "stats", "sort", "limit", "by", "as", "and", "or", "in", "asc", "desc", "like"}
_FUNCTIONS = {"count", "latest", "ispresent", "bin", "pct"}
_FIELD = re.compile(r"@?[A-Za-z_][\w.]*")


def shown(query, lines):
    """The lines that pass every filter of a query."""
    tests = [_python(condition) for condition in _FILTER.findall(query.text)]
    return [line for line in lines if all(_holds(test, line) for test in tests)]


def fields(query):
    """The fields that a query reads, without those that CloudWatch adds (@...) and the names that it gives itself."""
    text = _TEXT.sub("", query.text)
    own = set(_ALIAS.findall(text)) | _WORDS | _FUNCTIONS
    words = set(_FIELD.findall(re.sub(r"\d+[mh]\b", "", text))) - own
    return {word for word in words if not word.startswith("@")}


def messages(query):
    """The log lines that a query names."""
    found = re.findall(r'message (?:=|in) (\[[^\]]+\]|"[^"]+")', query.text)
    return {word for one in found for word in re.findall(r'"(\w+)"', one)}


def _python(condition):
    plain = re.sub(r"(?<![=!<>])=(?!=)", "==", condition)
    return ast.parse(plain, mode="eval").body


def _holds(node, line):
    match node:
        case ast.BoolOp():
            together = all if isinstance(node.op, ast.And) else any
            return together(_holds(one, line) for one in node.values)
        case ast.Call(func=ast.Name(id="ispresent"), args=[field]):
            return _value(field, line) is not None
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            value, other = _value(left, line), ast.literal_eval(right)
            match op:
                case ast.Eq():
                    return value == other
                case ast.NotEq():
                    return value != other
                case ast.In():
                    return value in other
                case ast.Gt():
                    return value is not None and float(value) > other
                case ast.GtE():
                    return value is not None and float(value) >= other
    raise AssertionError(f"a filter that this can't apply: {ast.unparse(node)}")


def _value(node, line):
    found = line
    for name in ast.unparse(node).split("."):
        found = found.get(name) if isinstance(found, dict) else None
    return found
