"""The environment variables that template.yaml gives each function, worked out without AWS."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from infra.local import template

if TYPE_CHECKING:
    from collections.abc import Mapping

RELEASE = "RELEASE"  # the only setting without a parameter: `make deploy` writes it
UNRELEASED = "unreleased"
# Values that AWS chooses at the first deployment, in the shape that they have there.
_MADE_BY_AWS: Mapping[str, str] = {
    "Table": "the-table",
    "ReportQueue": "https://sqs.me-central-1.amazonaws.com/123456789012/reports",
    "ReportDeadLetters": "https://sqs.me-central-1.amazonaws.com/123456789012/dead-letters",
    "UnfollowedQueue": "https://sqs.me-central-1.amazonaws.com/123456789012/unfollowed",
    "UndoneQueue": "https://sqs.me-central-1.amazonaws.com/123456789012/undone",
    "VoiceApi": "abc123",
    "DeskUserPool": "me-central-1_abc123",
    "DeskUserPoolClient": "client123",
    "AWS::Region": "me-central-1",
    "AWS::StackName": "call-screening",
    "AWS::URLSuffix": "amazonaws.com",
}


def environment(function: str, answers: Mapping[str, str]) -> dict[str, str]:
    """The environment of a function (its logical id) with these parameters, and defaults for the others."""
    known = {name: str(one.get("Default", "")) for name, one in template.parameters().items()}
    known |= {**_MADE_BY_AWS, **answers}
    variables = template.properties(function)["Environment"]["Variables"]
    return {name: _value(of, known) for name, of in variables.items()}


def _value(of: Any, known: Mapping[str, str]) -> str:
    match of:
        case {"Ref": name}:
            return known[name]
        case {"Fn::Sub": str(text)}:
            return re.sub(r"\$\{([\w:]+)\}", lambda found: known[found[1]], text)
        case {"Fn::If": [condition, then, otherwise]}:
            return _value(then if _holds(condition, known) else otherwise, known)
        case str() | int():
            return str(of)
        case _:
            raise ValueError(f"template.yaml gives a function's environment {of!r}, which this can't work out")


def _holds(condition: str, known: Mapping[str, str]) -> bool:
    match template.conditions()[condition]:
        case {"Fn::Not": [{"Fn::Equals": [{"Ref": name}, value]}]}:
            return known[name] != str(value)
        case {"Fn::Equals": [{"Ref": name}, value]}:
            return known[name] == str(value)
        case other:
            raise ValueError(f"template.yaml's condition {condition} is {other!r}, which this can't work out")
