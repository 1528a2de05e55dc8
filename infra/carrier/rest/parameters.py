"""The parameters of a REST request. The stand-in checks those that it knows and refuses any other."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import parse_qsl

from infra.carrier.rest.answers import RefusedError
from infra.carrier.shapes import is_absolute

UNKNOWN_PARAMETER, INVALID_URL, INVALID_METHOD, INVALID_CALLBACK, INVALID_EVENT = 20001, 21205, 21209, 21609, 21626
NUMBER = re.compile(r"\+[1-9]\d{6,14}")

Blame: TypeAlias = Callable[[int, str], None]
"""Records a mistake of the application: (error code, what is wrong)."""


@dataclass(frozen=True)
class Parameters:
    """A form as twilio's client posts it. A wrong parameter is a mistake of the application."""

    pairs: list[tuple[str, str]]
    blame: Blame

    def get(self, name: str, default: str = "") -> str:
        """Read a parameter that occurs once."""
        return next((value for key, value in self.pairs if key == name), default)

    def words(self, name: str, default: str, allowed: frozenset[str]) -> frozenset[str]:
        """Read a list: the parameter may be repeated, and each may hold several words."""
        given = [word for key, value in self.pairs if key == name for word in value.split()] or default.split()
        if not set(given) <= allowed:
            raise self.mistake(INVALID_EVENT, f"{name} is {' '.join(given)}: the words are {sorted(allowed)}")
        return frozenset(given)

    def whole(self, name: str, default: int, least: int, most: int, code: int) -> int:
        """Read a whole number."""
        text = self.get(name, str(default))
        if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
            raise self.mistake(code, f"{name} is {text!r}: it is a whole number from {least} to {most}")
        return int(text)

    def url(self, name: str, code: int = INVALID_URL) -> str:
        """Read an absolute URL; an empty string where it is not given."""
        url = self.get(name)
        if url and not is_absolute(url):
            raise self.mistake(code, f"{name} {url!r} is no absolute URL")
        return url

    def check_names(self, known: frozenset[str]) -> None:
        """Refuse parameters that the stand-in does not simulate, and methods other than POST."""
        for name, value in self.pairs:
            if name not in known:
                raise self.mistake(UNKNOWN_PARAMETER, f"{name}: this stand-in does not simulate it")
            if name.endswith("Method") and value not in ("GET", "POST"):
                raise self.mistake(INVALID_METHOD, f"{name}={value}: it may be GET or POST")
            if name.endswith("Method") and value != "POST":
                raise self.mistake(UNKNOWN_PARAMETER, f"{name}={value}: this stand-in only posts")

    def mistake(self, code: int, message: str) -> RefusedError:
        """Record a mistake of the application and make the refusal for it."""
        self.blame(code, message)
        return RefusedError(code, message)


def parse(body: bytes, blame: Blame) -> Parameters:
    """Read the body of a POST."""
    return Parameters(parse_qsl(body.decode(), keep_blank_values=True), blame)
