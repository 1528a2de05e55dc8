"""The routes of the deployed API, read from template.yaml. A request without a route never reaches the function."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote

from infra.local.template import resources

_TYPE = "AWS::ApiGatewayV2::Route"
_VARIABLE = re.compile(r"\{(\w+)(\+?)\}")


class Route(NamedTuple):
    """The route of a request: its key in the template, and the variables of the path."""

    key: str
    parameters: dict[str, str]


@lru_cache(maxsize=1)
def _routes() -> tuple[tuple[str, str, re.Pattern[str]], ...]:
    """Key, method and path of each route. API Gateway prefers a full match, and a greedy variable comes last."""
    keys = [str(one["Properties"]["RouteKey"]) for one in resources().values() if one["Type"] == _TYPE]
    keys.sort(key=lambda key: ("+}" in key, "{" in key))
    return tuple((key, key.partition(" ")[0], _pattern(key.partition(" ")[2])) for key in keys)


def _pattern(path: str) -> re.Pattern[str]:
    """A path as the template writes it: {name} is one segment, {name+} is the rest of the path; neither is empty."""
    parts, at = [], 0
    for variable in _VARIABLE.finditer(path):
        name, greedy = variable.groups()
        parts += [re.escape(path[at : variable.start()]), f"(?P<{name}>{'.+' if greedy else '[^/]+'})"]
        at = variable.end()
    return re.compile("".join([*parts, re.escape(path[at:])]), re.DOTALL)


def route_of(method: str, path: str) -> Route | None:
    """The route of a request. None: there is none, and API Gateway itself answers 404."""
    for key, its_method, pattern in _routes():
        if its_method in {method, "ANY"} and (match := pattern.fullmatch(path)):
            return Route(key, {name: unquote(value) for name, value in match.groupdict().items()})
    return None
