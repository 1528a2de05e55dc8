"""A function's credentials: in the environment, or at the endpoint of its container that the environment names.

Lambda gives a function that is restored from a snapshot the endpoint
(https://docs.aws.amazon.com/lambda/latest/dg/snapstart-runtime-hooks.html), so that no snapshot holds credentials. They
are asked for by the first request, and again before they end.
"""

from __future__ import annotations

import json
import re
import time
from datetime import datetime
from math import inf
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from botocore.exceptions import BotoCoreError, CredentialRetrievalError, NoCredentialsError

from ivr.aws.connections import Connections
from ivr.aws.environment import variables
from ivr.aws.signature import KeyPair

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.http.answer import Answer

_EARLY_SECONDS = 15 * 60  # before their end, new ones are asked for: as botocore does
_NEXT_TRY_SECONDS = 60  # after that failed, and while the old ones are good
_TIMEOUT_SECONDS = 1.0  # the endpoint is on the same machine
_TRIES = 2
_OF_A_TASK = "http://169.254.170.2"  # to which AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is relative
_NAMES = {"localhost", "169.254.170.2", "169.254.170.23", "fd00:ec2::23", "::1"}  # of hosts that may be asked by http
_LOOPBACK = re.compile(r"127(\.[0-9]{1,3}){3}")


class _Held(NamedTuple):
    keys: KeyPair
    end: float  # epoch seconds
    again: float  # when new ones are asked for


class Credentials:
    """The credentials of this process, for all its clients. ``clock`` gives epoch seconds."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._held: _Held | None = None

    def current(self) -> KeyPair:
        """What signs a request now. Raises botocore's ``NoCredentialsError`` or ``CredentialRetrievalError``."""
        held, now = self._held, self._clock()
        if held and now < held.again:
            return held.keys
        try:
            self._held = held = _read(now)
        except CredentialRetrievalError:
            if held is None or now >= held.end:
                raise
            self._held = held = held._replace(again=min(held.end, now + _NEXT_TRY_SECONDS))
        return held.keys

    def instead_of(self, refused: KeyPair) -> KeyPair | None:
        """Others than these, which a service called expired. None: there are none."""
        if self._held and self._held.keys == refused:
            self._held = None
        found = self.current()
        return found if found != refused else None


def _read(now: float) -> _Held:
    given = variables()
    if key_id := given.get("AWS_ACCESS_KEY_ID"):
        if not given.get("AWS_SECRET_ACCESS_KEY"):
            raise CredentialRetrievalError(provider="env", error_msg="AWS_SECRET_ACCESS_KEY is not set")
        keys = KeyPair(key_id, given["AWS_SECRET_ACCESS_KEY"], given.get("AWS_SESSION_TOKEN", ""))
        return _Held(keys, inf, inf)  # they change only with the process
    relative, full = (given.get(f"AWS_CONTAINER_CREDENTIALS_{name}_URI") for name in ("RELATIVE", "FULL"))
    if relative or full:
        return _of_container(f"{_OF_A_TASK}{relative}" if relative else str(full), now)
    raise NoCredentialsError


def _of_container(address: str, now: float) -> _Held:
    where = urlsplit(address)
    host = where.hostname or ""
    if where.scheme != "https" and host not in _NAMES and not _LOOPBACK.fullmatch(host):
        raise _failed(f"{host} may be asked by https alone: it is no address of this machine")
    headers = {"accept": "application/json", **_authorization()}
    connections = Connections(f"{where.scheme}://{where.netloc}", _TIMEOUT_SECONDS, _TIMEOUT_SECONDS)
    path = where.path + (f"?{where.query}" if where.query else "")
    answer = _asked(connections, path or "/", headers)
    try:
        told: dict[str, Any] = json.loads(answer.body)
        keys = KeyPair(told["AccessKeyId"], told["SecretAccessKey"], told.get("Token") or "")
        end = datetime.fromisoformat(told["Expiration"]).timestamp() if told.get("Expiration") else inf
    except (ValueError, KeyError, TypeError) as error:
        raise _failed(f"its answer is none of credentials: {type(error).__name__}") from error
    return _Held(keys, end, min(end, max(end - _EARLY_SECONDS, now + _NEXT_TRY_SECONDS)))


def _asked(connections: Connections, path: str, headers: dict[str, str]) -> Answer:
    why = ""
    for _ in range(_TRIES):
        try:
            answer = connections.send("GET", path, headers)
        except BotoCoreError as error:
            why = type(error).__name__
            continue
        if answer.status == 200:
            connections.close()
            return answer
        why = f"status {answer.status}"
    connections.close()
    raise _failed(f"it gave none: {why}")


def _authorization() -> dict[str, str]:
    given = variables()
    token = given.get("AWS_CONTAINER_AUTHORIZATION_TOKEN", "")
    if file := given.get("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"):
        try:
            with open(file, encoding="utf-8") as opened:  # noqa: PTH123  # pathlib is not imported by a webhook
                token = opened.read()
        except OSError as error:
            raise _failed(f"the file of its token can't be read: {type(error).__name__}") from error
    if "\r" in token or "\n" in token:
        raise _failed("its token holds the end of a line")
    return {"authorization": token} if token else {}


def _failed(why: str) -> CredentialRetrievalError:
    return CredentialRetrievalError(provider="container-role", error_msg=why)
