"""HTTP requests as API Gateway passes them to a function: an HTTP API's event, payload version 2."""

from __future__ import annotations

import base64
import re
import time
import uuid
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from infra.local.routes import route_of

if TYPE_CHECKING:
    from collections.abc import Mapping

TIME_HEADER = "x-carrier-time"  # epoch milliseconds of the carrier's simulated clock; only the local stack reads it
_ACCOUNT = "000000000000"
_API = "local"
_TIME = re.compile(r"[0-9]{1,14}")  # up to the year 5138


def event(
    *, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes, now_ms: int
) -> dict[str, Any]:
    """The event for one request. Bodies of forms are base64-encoded, and header names lower-case, as in AWS."""
    lowered = {name.lower(): value for name, value in headers.items()}
    simulated = lowered.pop(TIME_HEADER, "")
    epoch_ms = int(simulated) if _TIME.fullmatch(simulated) else now_ms
    domain = lowered.get("host") or "localhost"
    cookies = [cookie.strip() for cookie in lowered.pop("cookie", "").split(";") if cookie.strip()]
    route = route_of(method, path)
    key = route.key if route else f"{method} {path}"
    members: dict[str, Any] = {
        "version": "2.0",
        "routeKey": key,
        "rawPath": path,
        "rawQueryString": query,
        "cookies": cookies,
        "headers": {**lowered, "x-forwarded-for": "127.0.0.1", "x-forwarded-port": "443", "x-forwarded-proto": "https"},
        "queryStringParameters": _parameters(query),
        "pathParameters": route.parameters if route else None,
        "requestContext": {
            "accountId": _ACCOUNT,
            "apiId": _API,
            "domainName": domain,
            "domainPrefix": domain.partition(".")[0],
            "http": {
                "method": method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "127.0.0.1",
                "userAgent": lowered.get("user-agent", ""),
            },
            "requestId": uuid.uuid4().hex[:16],
            "routeKey": key,
            "stage": "$default",
            "time": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(epoch_ms // 1000)),
            "timeEpoch": epoch_ms,
        },
        "body": base64.b64encode(body).decode() if body else None,
        "isBase64Encoded": bool(body),
    }
    return {name: value for name, value in members.items() if value not in (None, [], {})}


def _parameters(query: str) -> dict[str, str]:
    """The query's parameters, decoded; the values of one name are joined with commas, as API Gateway does."""
    joined: dict[str, str] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        joined[name] = f"{joined[name]},{value}" if name in joined else value
    return joined
