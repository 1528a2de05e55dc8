"""Twilio's POST, answered by the real handler through an API Gateway event."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from infra.carrier import Answer
from infra.local.events import event


def posting(voice):
    """What the carrier posts with; ``voice`` gives the handler at each request."""

    def post(url, form, headers):
        parts = urlsplit(url)
        request = event(
            method="POST",
            path=parts.path,
            query=parts.query,
            headers={"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8", **headers},
            body=urlencode(form).encode(),
            now_ms=0,
        )
        answer = voice().answer(request)
        return Answer(answer["statusCode"], answer["headers"].get("content-type", ""), answer["body"])

    return post
