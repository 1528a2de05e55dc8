"""Types a command of AWS's command line that doctor printed: the same request, through botocore.

Only what such a command needs is read: options by the API's own names, JSON and short structures, lists, booleans,
--query with --output text, a comment, and a value that is another command or was kept in a variable.
"""

from __future__ import annotations

import json
import re
import shlex

import botocore.session
import jmespath
from botocore import xform_name

_NESTED = re.compile(r'"\$\((aws .*)\)"')
_KEPT = re.compile(r'value="\$\((aws .*?)\)" && (.*)')
_GLOBAL = {"--region", "--query", "--output"}
SERVICES = {"s3api": "s3"}  # as the command line calls them
_RENAMED = {"--notification-endpoint": "--endpoint"}  # by AWS's command line, which has a global --endpoint-url


def aws(command, client_of):
    """Type it. ``client_of`` makes a client of a service. Returns what it prints."""
    if kept := _KEPT.fullmatch(command):
        value, printed = aws(kept[1], client_of).strip(), ""
        for each in kept[2].split(" && "):
            printed = aws(each.replace('"$value"', shlex.quote(value)), client_of)
        return printed
    if nested := _NESTED.search(command):
        inner = aws(nested[1], client_of)
        command = command.replace(nested[0], shlex.quote(inner.strip()))
    words = shlex.split(command, comments=True)
    assert words[0] == "aws"
    service, named, *options = words[1:]
    service = SERVICES.get(service, service)
    if named == "wait":
        return _wait(client_of(service), *options)
    model = botocore.session.get_session().get_service_model(service)
    [operation] = [name for name in model.operation_names if xform_name(name, "-") == named]
    shape = model.operation_model(operation).input_shape
    arguments, told = _read(options, shape)
    answer = getattr(client_of(service), xform_name(operation))(**arguments)
    if "--query" in told:
        found = jmespath.search(told["--query"], answer)
        return "\t".join(map(str, found if isinstance(found, list) else [found]))
    return json.dumps(answer, default=str)


def _wait(client, waiter, *options):
    waiting = client.get_waiter(waiter.replace("-", "_"))
    operation = client.meta.service_model.operation_model(waiting.config.operation)
    arguments, _ = _read(options, operation.input_shape)
    waiting.wait(**arguments, WaiterConfig={"Delay": 0.1})
    return ""


def _read(options, shape):
    members = {f"--{xform_name(name, '-')}": (name, one) for name, one in shape.members.items()}
    arguments, told, waiting = {}, {}, list(options)
    while waiting:
        option = waiting.pop(0)
        option = _RENAMED.get(option, option)
        if option in _GLOBAL:
            told[option] = waiting.pop(0)
            continue
        if option == "--cli-input-json":
            arguments |= json.loads(waiting.pop(0))
            continue
        if option.startswith("--no-") and option not in members:
            name, one = members[f"--{option.removeprefix('--no-')}"]
            assert one.type_name == "boolean"
            arguments[name] = False
            continue
        name, one = members[option]
        if one.type_name == "boolean":
            arguments[name] = True
            continue
        values = []
        while waiting and not waiting[0].startswith("--"):
            values.append(waiting.pop(0))
        arguments[name] = (
            [_value(each, one.member) for each in values] if one.type_name == "list" else _value(*values, one)
        )
    return arguments, told


def _value(text, shape):
    match shape.type_name:
        case "structure" | "map" if text.startswith("{"):
            return json.loads(text)
        case "structure":
            parts = dict(part.split("=", 1) for part in text.split(","))
            return {name: _value(part, shape.members[name]) for name, part in parts.items()}
        case "boolean":
            return {"true": True, "false": False}[text]
        case "integer" | "long":
            return int(text)
        case "double" | "float":
            return float(text)
        case _:
            return text
