"""What the stand-in needs of HTTP: one function that posts a form and returns the answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import requests

Form: TypeAlias = dict[str, str]
"""Parameters of a webhook in the order in which they are sent; Twilio never repeats a name."""

CONNECT_SECONDS = 5.0
"""Twilio gives up on a connection after five seconds."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the application answered; `location` is where an HTTP redirect points."""

    status: int
    content_type: str
    body: str
    location: str = ""


Post: TypeAlias = Callable[[str, list[tuple[str, str]], dict[str, str]], Answer]
"""(url, form, headers) -> Answer. A connection that fails raises ConnectionError, a slow answer TimeoutError
(the exceptions of requests are understood too); any other exception is a bug and ends the simulation."""


Get: TypeAlias = Callable[[str, dict[str, str]], Answer]
"""(url, headers) -> Answer, with the body as it may be; it fails as a Post does."""


def http_get(timeout: float = 15.0) -> Get:
    """Get over real HTTP and wait at most `timeout` seconds for each answer; redirects are left to the carrier."""
    session = requests.Session()
    session.trust_env = False

    def get(url: str, headers: dict[str, str]) -> Answer:
        response = session.get(
            url, headers=headers, timeout=(min(CONNECT_SECONDS, timeout), timeout), allow_redirects=False
        )
        return Answer(
            status=response.status_code,
            content_type=response.headers.get("Content-Type", ""),
            body=response.content.decode("latin-1"),
        )

    return get


def http_post(timeout: float = 15.0) -> Post:
    """Post over real HTTP and wait at most `timeout` seconds for each answer; redirects are left to the carrier."""
    session = requests.Session()
    session.trust_env = False

    def post(url: str, form: list[tuple[str, str]], headers: dict[str, str]) -> Answer:
        response = session.post(
            url, data=form, headers=headers, timeout=(min(CONNECT_SECONDS, timeout), timeout), allow_redirects=False
        )
        return Answer(
            status=response.status_code,
            content_type=response.headers.get("Content-Type", ""),
            body=response.content.decode("utf-8", "replace"),
            location=response.headers.get("Location", ""),
        )

    return post
