"""The phone's HTTP interface, as ``infra/local/phone/__init__.py`` describes it, and what guards it."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

import flask

from infra.audio import rendering
from infra.carrier import CannotError
from infra.local.phone import callers, flow_words, layout, people, wanted
from infra.local.phone.call import ActError
from infra.local.phone.faults import as_json as faults_as_json
from infra.local.phone.phones import TooManyError
from infra.local.phone.watching import AUDIO
from ivr.desk import DeskError
from ivr.flow.page import Position
from ivr.flow.pages import BOOK

if TYPE_CHECKING:
    from collections.abc import Callable

    from infra.local.phone.call import PhoneCall
    from infra.local.phone.phones import Phones

PAGE = Path(__file__).with_name("page")
_HOSTS = ("127.0.0.1", "localhost")
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; media-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}

_STATUSES: dict[type[Exception], HTTPStatus] = {
    ValueError: HTTPStatus.BAD_REQUEST,
    DeskError: HTTPStatus.BAD_REQUEST,
    CannotError: HTTPStatus.CONFLICT,
    TooManyError: HTTPStatus.CONFLICT,
}


class _Wrong(Exception):  # noqa: N818  # an answer, not a failure
    """A request that is refused with a status and a sentence."""

    def __init__(self, status: HTTPStatus, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


def phone(phones: Callable[[], Phones]) -> flask.Blueprint:
    """The page and its interface. ``phones`` gives the calls of the stack, once it has begun."""
    blueprint = flask.Blueprint("phone", __name__)
    blueprint.before_request(_guard)
    blueprint.after_request(_add_headers)
    blueprint.errorhandler(_Wrong)(lambda wrong: _refused(wrong.status, str(wrong)))
    for kind, status in _STATUSES.items():
        blueprint.errorhandler(kind)(lambda error, status=status: _refused(status, str(error)))
    blueprint.errorhandler(ActError)(
        lambda error: _refused(HTTPStatus.NOT_FOUND if error.is_unknown else HTTPStatus.CONFLICT, str(error))
    )
    _add_page(blueprint, phones)
    _add_calls(blueprint, phones)
    _add_acts(blueprint, phones)
    _add_faults(blueprint, phones)
    _add_flow(blueprint)
    return blueprint


def _guard() -> None:
    """Let nobody in but a page of this very address, or a program of this machine. Raises ``_Wrong``.

    A foreign page can make a browser ask a loopback address, even under a name of its own (DNS rebinding); but the
    browser then says where the page is from, and a program says nothing.
    """
    request = flask.request
    host = request.host.rpartition(":")[0] or request.host
    if host not in _HOSTS:
        raise _Wrong(HTTPStatus.FORBIDDEN, f"the host is {host!r}: the phone answers on 127.0.0.1 alone")
    if request.method in {"GET", "HEAD"}:
        return
    own = f"{request.scheme}://{request.host}"
    if (
        request.headers.get("Origin", own) != own
        or request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin"
    ):
        raise _Wrong(HTTPStatus.FORBIDDEN, "this came from another page: only the phone's own may do that")
    if not request.is_json:
        raise _Wrong(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "send JSON, with Content-Type: application/json")


def _add_headers(response: flask.Response) -> flask.Response:
    response.headers.update(_HEADERS)
    return response


def _refused(status: HTTPStatus, sentence: str) -> tuple[dict[str, str], int]:
    return {"error": sentence}, int(status)


def _asked() -> dict[str, Any]:
    """The JSON object of the request. Raises ``_Wrong``."""
    asked = flask.request.get_json(silent=True)
    if not isinstance(asked, dict):
        raise _Wrong(HTTPStatus.BAD_REQUEST, "the body is no JSON object, such as {}")
    return asked


def _call(phones: Phones, name: str) -> PhoneCall:
    call = phones.get(name)
    if call is None:
        raise _Wrong(HTTPStatus.NOT_FOUND, f"there is no call {name!r}")
    return call


def _add_page(blueprint: flask.Blueprint, phones: Callable[[], Phones]) -> None:
    @blueprint.get("/")
    def page() -> flask.Response:
        return flask.send_from_directory(PAGE, "index.html")

    @blueprint.get("/phone/page/<path:name>")
    def file(name: str) -> flask.Response:
        return flask.send_from_directory(PAGE, name)

    @blueprint.get(f"{AUDIO}<name>")
    def sound(name: str) -> flask.Response:
        return flask.send_from_directory(rendering.FOLDER / rendering.FILES, name, mimetype="audio/wav")

    @blueprint.get("/phone/callers")
    def ready() -> dict[str, Any]:
        kinds = [{"id": who, "words": words} for who, words in people.WORDS.items()]
        return {
            "lines": list(callers.LINES),
            "callers": [callers.as_json(one, phones().verdict_now(one)) for one in callers.CALLERS],
            "people": {person: kinds for person in people.PEOPLE},  # noqa: C420  # they are only read
            "speeds": list(wanted.SPEEDS),
        }


def _add_calls(blueprint: flask.Blueprint, phones: Callable[[], Phones]) -> None:
    @blueprint.post("/phone/calls")
    def place() -> tuple[dict[str, str], int]:
        return {"call": phones().place(_asked()).name}, HTTPStatus.CREATED

    @blueprint.get("/phone/calls")
    def calls() -> dict[str, Any]:
        return {
            "calls": [
                {
                    "call": call.name,
                    "from": call.wanted.from_,
                    "to": call.wanted.line,
                    "speed": call.wanted.speed,
                    "over": call.is_over,
                    "events": len(call.events),
                }
                for call in phones().all
            ]
        }

    @blueprint.get("/phone/calls/<name>/events")
    def events(name: str) -> flask.Response:
        log = _call(phones(), name).events
        last = _last_event()
        if log.is_closed and last >= len(log):
            return flask.Response(status=HTTPStatus.NO_CONTENT)
        return flask.Response(log.stream(last), content_type="text/event-stream; charset=utf-8")

    @blueprint.get("/phone/calls/<name>/script")
    def saved(name: str) -> flask.Response:
        call = _call(phones(), name)
        if not call.script:
            raise _Wrong(HTTPStatus.CONFLICT, "the call goes on: it can be saved when everybody has hung up")
        response = flask.Response(call.script, content_type="text/yaml; charset=utf-8")
        response.headers["Content-Disposition"] = f'attachment; filename="call-{call.name}.yaml"'
        return response


def _add_acts(blueprint: flask.Blueprint, phones: Callable[[], Phones]) -> None:
    @blueprint.post("/phone/calls/<name>/legs/<sid>")
    def act(name: str, sid: str) -> tuple[dict[str, str], int]:
        asked = _asked()
        _call(phones(), name).act(sid, str(asked.get("do", "")), str(asked.get("keys", "")))
        return {}, HTTPStatus.ACCEPTED

    @blueprint.post("/phone/calls/<name>/hang_up")
    def hang_up(name: str) -> tuple[dict[str, str], int]:
        _call(phones(), name).hang_up()
        return {}, HTTPStatus.ACCEPTED


def _add_faults(blueprint: flask.Blueprint, phones: Callable[[], Phones]) -> None:
    @blueprint.get("/phone/faults")
    def present() -> dict[str, Any]:
        return faults_as_json(phones().faults.present)

    @blueprint.post("/phone/faults")
    def change() -> dict[str, Any]:
        return faults_as_json(phones().faults.change(_asked()))


def _add_flow(blueprint: flask.Blueprint) -> None:
    @blueprint.get("/phone/flow")
    def pages() -> dict[str, Any]:
        words = _flow_words()
        return {
            "pages": [
                {
                    "page": page.name,
                    "title": words.page(page),
                    "steps": {step: words.step(Position(page.name, step)) for step in page.steps},
                }
                for page in BOOK.pages.values()
            ]
        }

    @blueprint.get("/phone/flow/<page>.json")
    def flow(page: str) -> dict[str, Any]:
        if page not in BOOK.pages:
            raise _Wrong(HTTPStatus.NOT_FOUND, f"there is no page {page!r}: there are {', '.join(BOOK.pages)}")
        return layout.flow_of(BOOK, page, _flow_words())


def _flow_words() -> flow_words.FlowWords:
    return flow_words.in_language(flask.request.args.get("language", ""))


def _last_event() -> int:
    text = flask.request.headers.get("Last-Event-ID") or flask.request.args.get("after", "0")
    return int(text) if text.isascii() and text.isdigit() else 0
