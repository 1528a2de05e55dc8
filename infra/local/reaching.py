"""How a simulated carrier reaches the local stack: for webhooks and the media of Play."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from infra.carrier import http_get, http_post
from infra.local.exchange import REST_HEADER

if TYPE_CHECKING:
    from collections.abc import Callable

    from infra.carrier import Answer, Get, Post
    from infra.local.stackfile import Running


class Reaching:
    """Sends requests to the local gateway; webhooks are signed for its public address.

    ``rest_address`` is the address of the carrier's REST API, which each webhook passes to the stack; empty: none.
    ``afterwards`` is called after each answered webhook.
    """

    def __init__(self, running: Running, afterwards: Callable[[], None]) -> None:
        self.rest_address = ""
        self._gateway = running.gateway
        self._afterwards = afterwards

    def post(self) -> Post:
        """The function with which the carrier posts."""
        post = http_post()

        def post_here(url: str, form: list[tuple[str, str]], headers: dict[str, str]) -> Answer:
            told = {**headers, REST_HEADER: self.rest_address} if self.rest_address else headers
            answer = post(self._here(url), form, told)
            self._afterwards()
            return answer

        return post_here

    def get(self) -> Get:
        """The function with which the carrier gets media."""
        get = http_get()
        return lambda url, headers: get(self._here(url), headers)

    def _here(self, url: str) -> str:
        public = urlsplit(url)
        return self._gateway + public.path + (f"?{public.query}" if public.query else "")
