"""The gateway: turns HTTP requests into API Gateway's events for the real handler, and returns its answer."""

from __future__ import annotations

import base64
import json
import time
import traceback
from typing import TYPE_CHECKING, Any

import flask
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from infra.local.events import event
from infra.local.routes import route_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Handler = Callable[[Mapping[str, Any]], dict[str, Any]]
    Log = Callable[[str], None]
    Settle = Callable[[], dict[str, Any]]

MOST_BODY_BYTES = 10 * 1024 * 1024  # API Gateway's limit; the handler's own is far lower
SETTLED = "/settled"
DESK = "/desk"
PHONE = "/phone/"
_WELCOME = """\
This is the call-screening IVR, as it runs on a laptop. It answers Twilio's webhooks under /voice/.
Ring it from a second terminal:

    make call FROM=+96891234567 TO=+12025550100

"""


def create_app(
    voice: Handler,
    log: Log,
    settle: Settle,
    *,
    desk: Handler | None = None,
    phone: flask.Blueprint | None = None,
) -> flask.Flask:
    """The gateway of the voice handler and the desk's. ``log`` gets one JSON line a request, without its query string.

    GET /settled calls ``settle``, which waits until the background work of earlier requests is done. ``phone`` serves
    the page at / and everything under /phone/.
    """
    app = flask.Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MOST_BODY_BYTES

    # Before Flask's own routing: template.yaml holds the routes.
    @app.before_request
    def answer() -> flask.Response | None:
        began = time.perf_counter()
        path, query = _target(flask.request)
        if phone and (path == "/" or path.startswith(PHONE)):
            return None
        if path == SETTLED and flask.request.method == "GET":
            return flask.Response(json.dumps(settle()), content_type="application/json")
        handler = desk if desk and f"{path}/".startswith(f"{DESK}/") else voice
        response = _answer(handler, path, query)
        log(
            json.dumps(
                {
                    "request": f"{flask.request.method} {path}",
                    "status": response.status_code,
                    "milliseconds": round((time.perf_counter() - began) * 1000),
                }
            )
        )
        return response

    if phone:
        app.register_blueprint(phone)
    return app


def _target(request: flask.Request) -> tuple[str, str]:
    """The path and the query exactly as they came: Twilio signs the exact URL (its page "Webhooks security")."""
    raw = str(request.environ["RAW_URI"])
    if not raw.startswith("/") and "://" in raw:  # a proxy's absolute form
        raw = "/" + raw.split("://", 1)[1].partition("/")[2]
    path, _, query = raw.partition("?")
    return path, query


def _answer(handler: Handler, path: str, query: str) -> flask.Response:
    request = flask.request
    if path == "/" and request.method in {"GET", "HEAD"}:
        return _text(200, _WELCOME)
    if route_of(request.method, path) is None:
        return _message(404, "Not Found")
    try:
        body = request.get_data(cache=False)
    except RequestEntityTooLarge:
        return _message(413, "Request Entity Too Large")
    except (OSError, ValueError, ClientDisconnected):  # a wrong chunk or length
        return _message(400, "Bad Request")
    try:
        answered = handler(
            event(
                method=request.method,
                path=path,
                query=query,
                headers=dict(request.headers),
                body=body,
                now_ms=time.time_ns() // 1_000_000,
            )
        )
    except Exception:  # noqa: BLE001  # as Lambda logs it and API Gateway answers
        traceback.print_exc()
        return _message(500, "Internal Server Error")
    encoded = answered.get("isBase64Encoded", False)
    content = base64.b64decode(answered["body"]) if encoded else answered["body"]
    response = flask.Response(content, answered["statusCode"], answered["headers"])
    for cookie in answered.get("cookies", []):
        response.headers.add("Set-Cookie", cookie)
    return response


def _text(status: int, text: str) -> flask.Response:
    return flask.Response(text, status, content_type="text/plain; charset=utf-8")


def _message(status: int, message: str) -> flask.Response:
    """An answer of API Gateway's own."""
    return flask.Response(json.dumps({"message": message}), status, content_type="application/json")
