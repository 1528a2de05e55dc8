"""One REST API in front of many carriers: each request goes to the carrier whose call it is about.

Every `ivr call` is a carrier with its own calls, and several may run against one stack at a time. A carrier sends the
address of its REST server with each webhook. Once the handler has found the webhook authentic, the gateway notes this
address for the call and its two numbers.
"""

from __future__ import annotations

import json
import re
from collections import OrderedDict
from threading import Lock
from time import sleep
from typing import TYPE_CHECKING, Literal, TypeAlias
from urllib.parse import parse_qs

import requests
from requests.exceptions import ConnectionError as NoConnectionError
from requests.exceptions import ReadTimeout
from werkzeug.wrappers import Request, Response

from infra.local.http_server import LoopbackServer
from infra.local.service import Service

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Trouble: TypeAlias = Literal["up", "down", "slow"]

REST_HEADER = "x-carrier-rest"  # the address of a carrier's REST server; only the local stack reads it
_LOOPBACK_ADDRESS = re.compile(r"http://127\.0\.0\.1:[0-9]{1,5}")
_NAMES = ("CallSid", "ParentCallSid", "RecordingSid", "From", "To")
_IN_PATH = re.compile(r"/(?:Calls|Recordings)/(\w+)\.")
_MOST_NOTED = 50_000
_WAITS = 30.0  # seconds; the handlers give up before
_NOT_FOUND = 404
_FORWARDED = ("Authorization", "Content-Type")
_DOWN = {"code": 20503, "message": "Service unavailable", "status": 503}
_NOBODY = {"code": 20429, "message": "No carrier is there: never processed, may be tried again", "status": 429}


class Exchange(Service):
    """Answers at ``address`` from ``start`` to ``stop``."""

    def __init__(self) -> None:
        self._homes: OrderedDict[str, str] = OrderedDict()  # a Sid or a number, and the carrier that sent it last
        self._carriers: OrderedDict[str, None] = OrderedDict()  # the most recent one is last
        self._lock = Lock()
        self.trouble: Trouble = "up"  # switched at the phone's page
        self.slow_seconds = 0.0
        self._server = LoopbackServer(Request.application(self._answer))

    @property
    def address(self) -> str:
        """The base URL of this REST API."""
        return self._server.address

    def start(self) -> None:
        """Begin to answer."""
        self._server.start()

    def stop(self) -> None:
        """Answer no more. Safe to repeat, and before the start."""
        self._server.stop()

    def note(self, carrier: str, form: Mapping[str, str]) -> None:
        """Remember from which carrier a webhook came. An address on another machine is ignored."""
        if not _LOOPBACK_ADDRESS.fullmatch(carrier):
            return
        with self._lock:
            self._carriers[carrier] = None
            self._carriers.move_to_end(carrier)
            for name in _NAMES:
                if form.get(name):
                    self._homes[form[name]] = carrier
                    self._homes.move_to_end(form[name])
            while len(self._homes) > _MOST_NOTED:
                self._homes.popitem(last=False)

    def _answer(self, request: Request) -> Response:
        body = request.get_data()
        if self.trouble == "down":
            return _reply(503, _DOWN)
        if self.trouble == "slow":
            sleep(self.slow_seconds)
        answer = None
        for carrier in self._candidates(request.path, body):
            try:
                answer = _forwarded(carrier, request, body)
            except ReadTimeout:  # the carrier may have done it
                return _reply(504, {"message": "The carrier did not answer in time"})
            except NoConnectionError as error:
                if not _is_gone(error):
                    return _reply(502, {"message": "The carrier broke the connection"})
                self._forget(carrier)
            else:
                if answer.status_code != _NOT_FOUND:
                    return answer
        # 429: by Twilio's page on errors such a request was never processed, so the handler may retry it.
        return answer or _reply(429, _NOBODY)

    def _candidates(self, path: str, body: bytes) -> Iterable[str]:
        """The carrier that a request is for, then the others, the most recent first."""
        named = _IN_PATH.search(path)
        about = named[1] if named else parse_qs(body.decode("utf-8", "replace")).get("To", [""])[0]
        with self._lock:
            home = self._homes.get(about)
            others = [carrier for carrier in reversed(self._carriers) if carrier != home]
        return [home, *others] if home else others

    def _forget(self, carrier: str) -> None:
        with self._lock:
            self._carriers.pop(carrier, None)
            for name in [name for name, home in self._homes.items() if home == carrier]:
                del self._homes[name]


def _forwarded(carrier: str, request: Request, body: bytes) -> Response:
    with requests.Session() as session:
        session.trust_env = False
        got = session.request(
            request.method,
            carrier + str(request.environ["RAW_URI"]),
            data=body,
            headers={name: request.headers[name] for name in _FORWARDED if name in request.headers},
            timeout=_WAITS,
        )
    return Response(got.content, got.status_code, content_type=got.headers.get("Content-Type", "application/json"))


def _is_gone(error: NoConnectionError) -> bool:
    """Whether there was no connection at all, so that the carrier can have done nothing."""
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    return type(reason).__name__ == "NewConnectionError"


def _reply(status: int, message: Mapping[str, object]) -> Response:
    return Response(json.dumps(message), status, content_type="application/json")
