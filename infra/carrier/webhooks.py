"""Signed webhooks: their headers, the retry after a failed connection, and what is a failure for Twilio."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urldefrag, urljoin, urlsplit

import requests
from twilio.request_validator import RequestValidator

if TYPE_CHECKING:
    from collections.abc import Callable

    from infra.carrier.posting import Answer, Form, Get, Post

MAX_HTTP_REDIRECTS = 10
INVALID_URL = "11100"
HTTP_ERROR, CONNECTION_FAILED, TOO_MANY_REDIRECTS, TOO_MANY_REQUESTS = "11200", "11205", "11215", "11217"
"""Twilio's error codes for a failed webhook."""

_UNREACHABLE = (ConnectionError, requests.ConnectionError)
_TOO_SLOW = (TimeoutError, requests.Timeout)


class WebhookFailedError(Exception):
    """`url` gave no usable HTTP answer. `code` is the error code that Twilio sends to the fallback URL."""

    def __init__(self, code: str, url: str, why: str) -> None:
        super().__init__(f"{code} {why} ({url})")
        self.code = code
        self.url = url


@dataclass(frozen=True, slots=True)
class Difference:
    """A webhook that was delivered several times and got different answers."""

    url: str
    form: Form
    answers: tuple[Answer | str, ...]
    """The answer, or the text of the failure, of each delivery in order."""


@dataclass
class Webhooks:
    """Posts signed webhooks, each `deliveries` times with one idempotency token. The first answer counts."""

    post: Post
    auth_token: str
    milliseconds: Callable[[], int]
    """The simulated time, in milliseconds since 1970."""
    new_token: Callable[[], str]
    deliveries: int = 1
    get: Get | None = None
    """Gets the media of a Play. None: this is not simulated."""
    afterwards: Callable[[], None] = lambda: None
    """Called after each webhook: the simulation does what the application asked for over REST meanwhile."""
    differed: list[Difference] = field(default_factory=list)

    def send(self, url: str, form: Form) -> Answer:
        """Post the form and return the first delivery's answer (status 2xx).

        Raises:
            WebhookFailedError: no absolute URL, no connection on two tries, a time-out, a 4xx or 5xx, or an HTTP
                redirect that Twilio would not follow (the stand-in follows 307 and 308 only: the others turn a POST
                into a GET).

        """
        if not urlsplit(url).scheme:
            raise WebhookFailedError(INVALID_URL, url, "no absolute URL")
        token = self.new_token()
        outcomes = [self._try(url, form, token) for _ in range(self.deliveries)]
        self.afterwards()
        seen = tuple(str(one) if isinstance(one, WebhookFailedError) else one for one in outcomes)
        if len(set(seen)) > 1:
            self.differed.append(Difference(url, form, seen))
        if isinstance(outcomes[0], WebhookFailedError):
            raise outcomes[0]
        return outcomes[0]

    def fetch(self, url: str) -> Answer:
        """Get the media of a Play, with a signature over the URL alone. Raises WebhookFailedError as `send` does."""
        assert self.get is not None, "the caller has checked that get is given"
        headers = {"X-Twilio-Signature": self.signature(url, {}), "X-Carrier-Time": str(self.milliseconds())}
        try:
            return _accepted(self.get(url, headers), url)
        except _UNREACHABLE as failure:
            raise WebhookFailedError(CONNECTION_FAILED, url, "connection failed") from failure
        except _TOO_SLOW as failure:
            raise WebhookFailedError(HTTP_ERROR, url, "no answer in time") from failure

    def signature(self, url: str, form: Form) -> str:
        """X-Twilio-Signature over the URL without its fragment, and the form."""
        return str(RequestValidator(self.auth_token).compute_signature(urldefrag(url).url, form))

    def _try(self, url: str, form: Form, token: str) -> Answer | WebhookFailedError:
        try:
            return self._follow(urldefrag(url).url, form, token)
        except WebhookFailedError as failure:
            return failure

    def _follow(self, url: str, form: Form, token: str) -> Answer:
        for _ in range(MAX_HTTP_REDIRECTS + 1):
            answer = self._connect(url, form, token)
            if answer.status not in (307, 308) or not answer.location:
                return _accepted(answer, url)
            url = urldefrag(urljoin(url, answer.location)).url
        raise WebhookFailedError(TOO_MANY_REDIRECTS, url, f"more than {MAX_HTTP_REDIRECTS} HTTP redirects")

    def _connect(self, url: str, form: Form, token: str) -> Answer:
        headers = {
            "X-Twilio-Signature": self.signature(url, form),
            "I-Twilio-Idempotency-Token": token,
            "X-Carrier-Time": str(self.milliseconds()),
        }
        for last in (False, True):
            try:
                return self.post(url, list(form.items()), headers)
            except _UNREACHABLE as failure:
                if last:
                    raise WebhookFailedError(CONNECTION_FAILED, url, "connection failed twice") from failure
            except _TOO_SLOW as failure:
                raise WebhookFailedError(HTTP_ERROR, url, "no answer in time") from failure
        raise AssertionError("the second try either answers or raises")


def _accepted(answer: Answer, url: str) -> Answer:
    if 200 <= answer.status < 300:
        return answer
    code = TOO_MANY_REQUESTS if answer.status == 429 else HTTP_ERROR
    raise WebhookFailedError(code, url, f"HTTP status {answer.status}")
