"""HTTP for the stand-in: one function that posts a form and one that gets media."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import requests

Form: TypeAlias = dict[str, str]
"""Parameters of a webhook in the order of sending. Twilio never repeats a name."""

CONNECT_SECONDS = 5.0
"""Twilio gives up on a connection after five seconds."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The application's answer. `location` is the target of an HTTP redirect."""

    status: int
    content_type: str
    body: str
    location: str = ""


Post: TypeAlias = Callable[[str, list[tuple[str, str]], dict[str, str]], Answer]
"""(url, form, headers) -> Answer. A connection that fails raises ConnectionError, a slow answer TimeoutError
(or the same exceptions of requests); any other exception is a bug and ends the simulation."""


Get: TypeAlias = Callable[[str, dict[str, str]], Answer]
"""(url, headers) -> Answer. It raises the same exceptions as a Post."""


def http_get(timeout: float = 15.0) -> Get:
    """Get over real HTTP and wait at most `timeout` seconds for each answer; it follows no redirect."""
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
    """Post over real HTTP and wait at most `timeout` seconds for each answer; it follows no redirect."""
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
