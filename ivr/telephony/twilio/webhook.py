"""The gate: what Twilio did not sign, or what is no webhook at all, gets no further.

The URL that Twilio signed is the configured public base URL, the path and the query exactly as they came (its page
"Webhooks security"); nothing is rebuilt from what a client could set.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING, Any

from ivr.telephony.port import RefusedWebhookError
from ivr.telephony.twilio import fields
from ivr.telephony.twilio.form import Form
from ivr.telephony.twilio.signature import is_possible
from ivr.telephony.urlencoded import pairs
from ivr.telephony.webhook import Fetch

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ivr.telephony.webhook import Webhook

    # Whether the signature of a URL and a form is Twilio's: URL, form, signature, and the header that names a key.
    Signed = Callable[[str, Form, str, str], bool]

MOST_BODY_BYTES = 64 * 1024
MOST_PARAMETERS = 500  # Twilio sends some thirty; new ones appear unannounced
_FORM = "application/x-www-form-urlencoded"
# Twilio signs the URL, the names and the values with nothing in between, so that one signature fits many requests. A
# name that begins like a part of a URL, and an Sid with the next field in it, are a signed request that was cut anew.
_NAME = re.compile(r"[A-Za-z]")
_REAL_SID = re.compile(r"CA[0-9a-f]{32}", re.ASCII)
_SID = re.compile(r"[A-Za-z0-9_-]{1,34}", re.ASCII)  # Twilio's own are two letters and 32 hexadecimal digits


def read(event: Mapping[str, Any], *, signed: Signed, public_base_url: str) -> Webhook:
    """Read an API Gateway event (payload version 2) as a webhook. Raises as ``read_form`` does."""
    form = read_form(event, signed=signed, public_base_url=public_base_url)
    path, query = str(event["rawPath"]), event.get("rawQueryString") or ""
    return fields.webhook(path, query, form, _arrived(event), public_base_url)


def is_get(event: Mapping[str, Any]) -> bool:
    """Whether this asks for what a <Play> names, rather than tells of a call."""
    return bool(event["requestContext"]["http"]["method"] == "GET")


def read_get(event: Mapping[str, Any], *, signed: Signed, public_base_url: str) -> Fetch:
    """What Twilio fetches for a <Play>. It signs the URL alone. Raises as ``read_form`` does."""
    _check_signature(event, Form([]), signed, public_base_url)
    return Fetch(str(event["rawPath"]), _arrived(event))


def read_form(event: Mapping[str, Any], *, signed: Signed, public_base_url: str) -> Form:
    """The verified parameters of a webhook.

    Raises ``ivr.telephony.port.RefusedWebhookError`` for anything that Twilio did not sign, before a byte of it is
    believed; and what ``signed`` raises.
    """
    form = Form(_pairs(_body(event), (event.get("headers") or {}).get("content-type", "")))
    if not all(map(_NAME.match, form)):
        raise RefusedWebhookError(400, "webhook_malformed", "no_parameter_name")
    _check_signature(event, form, signed, public_base_url)
    if not _SID.fullmatch(form.get("CallSid")):
        raise RefusedWebhookError(400, "webhook_malformed", "no_call_sid")
    if "ParentCallSid" in form and not _SID.fullmatch(form.get("ParentCallSid") or "-"):
        raise RefusedWebhookError(400, "webhook_malformed", "no_parent_call_sid")
    return form


def _arrived(event: Mapping[str, Any]) -> int:
    """When API Gateway received a request, in epoch seconds."""
    return int(event["requestContext"]["timeEpoch"]) // 1000


def _check_signature(event: Mapping[str, Any], form: Form, signed: Signed, public_base_url: str) -> None:
    headers: Mapping[str, str] = event.get("headers") or {}
    path, query = event["rawPath"], event.get("rawQueryString") or ""
    url = f"{public_base_url}{path}" + (f"?{query}" if query else "")
    signature = headers.get("x-twilio-signature", "")
    settings = headers.get("x-twilio-webhooks-signature-settings", "")
    # Each URL of ours is ASCII. Of any other, some can't even be encoded to be judged.
    if not is_possible(signature) or not url.isascii() or not signed(url, form, signature, settings):
        claims = form.get("CallSid")
        claims = claims if _REAL_SID.fullmatch(claims) else ""
        raise RefusedWebhookError(403, "signature_rejected", "wrong_signature" if signature else "no_signature", claims)


def _body(event: Mapping[str, Any]) -> bytes:
    body: str = event.get("body") or ""
    if len(body) > MOST_BODY_BYTES * 2:  # a base64 body is a third longer than what it holds
        raise RefusedWebhookError(413, "webhook_malformed", "too_large")
    try:
        decoded = base64.b64decode(body, validate=True) if event.get("isBase64Encoded") else body.encode()
    except (binascii.Error, ValueError) as error:
        raise RefusedWebhookError(400, "webhook_malformed", "not_base64") from error
    if len(decoded) > MOST_BODY_BYTES:
        raise RefusedWebhookError(413, "webhook_malformed", "too_large")
    return decoded


def _pairs(body: bytes, content_type: str) -> list[tuple[str, str]]:
    if content_type.partition(";")[0].strip().lower() != _FORM:
        raise RefusedWebhookError(415, "webhook_malformed", "not_a_form")
    try:
        return pairs(body.decode(), most=MOST_PARAMETERS)
    except ValueError as error:  # bad UTF-8 or too many parameters
        raise RefusedWebhookError(400, "webhook_malformed", "not_a_form") from error
