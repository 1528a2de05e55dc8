"""HTTP as API Gateway hands it to a function (HTTP API, payload version 2), for everything that stands in for it."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

TIME_HEADER = "x-carrier-time"  # epoch milliseconds of the carrier's simulated clock; only this stand-in reads it


def event(
    *, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes, now_ms: int
) -> dict[str, Any]:
    """The event for one request. Bodies of forms are base64-encoded, and header names lower-case, as in AWS."""
    lowered = {name.lower(): value for name, value in headers.items()}
    simulated = lowered.pop(TIME_HEADER, "")
    return {
        "version": "2.0",
        "routeKey": f"{method} {path}",
        "rawPath": path,
        "rawQueryString": query,
        "headers": lowered,
        "requestContext": {
            "accountId": "anonymous",
            "apiId": "local",
            "domainName": lowered.get("host", "localhost"),
            "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1"},
            "requestId": "local",
            "routeKey": f"{method} {path}",
            "stage": "$default",
            "timeEpoch": int(simulated) if simulated.isdigit() else now_ms,
        },
        "body": base64.b64encode(body).decode() if body else "",
        "isBase64Encoded": bool(body),
    }
