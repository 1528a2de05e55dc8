"""Twilio's request: the one module that reads it, and the gate that nothing forged passes.

The URL that Twilio signed is the configured public base URL + the path + the query exactly as they came (FACTS 2);
nothing is rebuilt from what a client could set.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qsl

from ivr.observability.failures import CodedError
from ivr.observability.log import Leg
from ivr.telephony.twilio.signature import is_possible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    # Whether the signature of a URL and a form is Twilio's: URL, form, signature, and the header that names a key.
    Signed = Callable[[str, "Form", str, str], bool]

MOST_BODY_BYTES = 64 * 1024
MOST_PARAMETERS = 500  # Twilio sends some thirty; new ones appear unannounced
_LEG_OF_AN_AGENT = "leg=agent"  # ivr.flow.state
_FORM = "application/x-www-form-urlencoded"
_SIP = ("sip:", "sips:")
_MOST_DIGITS = 9  # of a number that Twilio counts in: thirty years of seconds
# Twilio signs the URL, the names and the values with nothing in between, so that one signature fits many requests. A
# name that begins like a part of a URL, and an Sid with the next field in it, are a signed request that was cut anew.
_NAME = re.compile(r"[A-Za-z]")
_SID = re.compile(r"[A-Za-z0-9_-]{1,34}", re.ASCII)  # Twilio's own are two letters and 32 hexadecimal digits


class RefusedError(CodedError):
    """A request that is not Twilio's, or not a request: answered with ``status`` and an empty body.

    Its text is a code for why.
    """

    def __init__(self, status: int, metric: str, why: str) -> None:
        super().__init__(why)
        self.status = status
        self.metric = metric


class Form:
    """The parameters of a form, repeated ones kept. It has what ``RequestValidator`` asks for: iteration and getall."""

    __slots__ = ("_values",)

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in pairs:
            self._values.setdefault(name, []).append(value)

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def getall(self, name: str) -> list[str]:
        """Every value of a parameter, in the order in which they came."""
        return self._values[name]

    def get(self, name: str) -> str:
        """The value of a parameter, or an empty string. Of several, one that no reordering changes: none is signed."""
        return min(self._values.get(name, [""]))

    def whole(self, name: str) -> int | None:
        """A parameter that is a whole number, or None where it is none that Twilio would count."""
        text = self.get(name)
        return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else None


class Webhook(NamedTuple):
    """One verified request of Twilio's."""

    path: str
    query: str
    form: Form
    now: int  # epoch seconds: when API Gateway received it

    @property
    def call_sid(self) -> str:
        """The leg that this request is about."""
        return self.form.get("CallSid")

    @property
    def screened_sid(self) -> str:
        """The caller's leg: the parent of a leg that was dialled, else the leg itself."""
        return self.form.get("ParentCallSid") or self.form.get("CallSid")

    @property
    def is_dialled(self) -> bool:
        """Whether this leg was dialled from another one: the customer's leg of a screened call."""
        return bool(self.form.get("ParentCallSid"))

    @property
    def caller(self) -> str:
        """From, as it came."""
        return self.form.get("From")

    @property
    def called(self) -> str:
        """To, as it came."""
        return self.form.get("To")

    @property
    def leg_ended(self) -> bool:
        """Whether a status callback tells of the end of its leg."""
        return self.form.get("CallStatus") in {"completed", "busy", "no-answer", "failed", "canceled"}

    @property
    def went_unanswered(self) -> bool:
        """Whether a status callback tells of a call to us that was never answered: refused, or given up while ringing.

        What Twilio calls a rejected call is not confirmed, so either word for it counts.
        """
        return self.form.get("Direction") == "inbound" and self.form.get("CallStatus") in {"busy", "no-answer"}

    @property
    def is_ring_back(self) -> bool:
        """Whether this leg is one that we dialled, which proves whose telephone it is."""
        return self.form.get("Direction") == "outbound-api"

    @property
    def leg_sid(self) -> str:
        """The leg that this request is about, where that is not the caller's own."""
        return self.call_sid if self.is_dialled else ""

    @property
    def leg(self) -> str:
        """Whose leg this is, as far as the request tells; the agent's is known by the state that it carries."""
        if self.is_ring_back:
            return Leg.RING_BACK
        if not self.is_dialled:
            return Leg.CALLER
        return Leg.AGENT if _LEG_OF_AN_AGENT in self.query.split("&") else Leg.CUSTOMER

    @property
    def is_outbound(self) -> bool:
        """Whether we dialled this leg: a ring-back, or the customer's leg of a screened call."""
        return self.form.get("Direction").startswith("outbound")

    @property
    def is_over_sip(self) -> bool:
        """Whether this call came to Twilio over SIP: it names a SIP domain, or an address instead of a number."""
        addresses = (self.caller, self.called)
        return bool(self.form.get("SipDomain")) or any(one.lower().startswith(_SIP) for one in addresses)

    @property
    def person(self) -> str:
        """The number of whoever is on this leg: From, or To where we dialled. By itself it proves nothing."""
        return self.called if self.is_ring_back else self.caller

    @property
    def dial_answered(self) -> bool:
        """Whether a Dial that ended had been answered by somebody or something."""
        return self.form.get("DialCallStatus") in {"completed", "answered"}

    @property
    def dial_bridged(self) -> bool:
        """Whether the two legs of a Dial were joined."""
        return self.form.get("DialBridged").lower() == "true"

    @property
    def queue_answered(self) -> bool:
        """Whether a leg left its queue because somebody had answered it (Twilio's page of Enqueue, QueueResult)."""
        return self.form.get("QueueResult") in {"bridged", "bridging-in-process", "redirected-from-bridged"}

    @property
    def recording(self) -> str:
        """The Sid of the recording that has just ended on this leg, or an empty string."""
        return self.form.get("RecordingSid")

    @property
    def recorded_seconds(self) -> int:
        """How long that recording is, in whole seconds."""
        return self.form.whole("RecordingDuration") or 0

    @property
    def spam_score(self) -> int:
        """1 when the Nomorobo add-on ran successfully and calls the number spam, else 0 (FACTS 1)."""
        return _spam_score(self.form.get("AddOns"))


def read(event: Mapping[str, Any], *, signed: Signed, public_base_url: str) -> Webhook:
    """Read an API Gateway event (payload version 2) as a webhook.

    Raises ``RefusedError`` for anything that Twilio did not sign, before a byte of it is believed; and what ``signed``
    raises.
    """
    headers: Mapping[str, str] = event.get("headers") or {}
    path, query = event["rawPath"], event.get("rawQueryString") or ""
    form = Form(_pairs(_body(event), headers.get("content-type", "")))
    if not all(map(_NAME.match, form)):
        raise RefusedError(400, "webhook_malformed", "no_parameter_name")
    _check_signature(headers, f"{public_base_url}{path}" + (f"?{query}" if query else ""), form, signed)
    if not _SID.fullmatch(form.get("CallSid")):
        raise RefusedError(400, "webhook_malformed", "no_call_sid")
    if "ParentCallSid" in form and not _SID.fullmatch(form.get("ParentCallSid") or "-"):
        raise RefusedError(400, "webhook_malformed", "no_parent_call_sid")
    return Webhook(path, query, form, arrived(event))


def arrived(event: Mapping[str, Any]) -> int:
    """When API Gateway received a request, in epoch seconds."""
    return int(event["requestContext"]["timeEpoch"]) // 1000


def is_get(event: Mapping[str, Any]) -> bool:
    """Whether this asks for what a Play names, rather than tells of a call."""
    return bool(event["requestContext"]["http"]["method"] == "GET")


def read_get(event: Mapping[str, Any], *, signed: Signed, public_base_url: str) -> str:
    """The path that Twilio fetches for a Play. It signs the URL alone. Raises as ``read`` does."""
    path, query = event["rawPath"], event.get("rawQueryString") or ""
    url = f"{public_base_url}{path}" + (f"?{query}" if query else "")
    _check_signature(event.get("headers") or {}, url, Form([]), signed)
    return str(path)


def _check_signature(headers: Mapping[str, str], url: str, form: Form, signed: Signed) -> None:
    signature = headers.get("x-twilio-signature", "")
    settings = headers.get("x-twilio-webhooks-signature-settings", "")
    # Each URL of ours is ASCII. Of any other, some can't even be encoded to be judged.
    if not is_possible(signature) or not url.isascii() or not signed(url, form, signature, settings):
        raise RefusedError(403, "signature_rejected", "wrong_signature" if signature else "no_signature")


def _body(event: Mapping[str, Any]) -> bytes:
    body: str = event.get("body") or ""
    if len(body) > MOST_BODY_BYTES * 2:  # a base64 body is a third longer than what it holds
        raise RefusedError(413, "webhook_malformed", "too_large")
    try:
        decoded = base64.b64decode(body, validate=True) if event.get("isBase64Encoded") else body.encode()
    except (binascii.Error, ValueError) as error:
        raise RefusedError(400, "webhook_malformed", "not_base64") from error
    if len(decoded) > MOST_BODY_BYTES:
        raise RefusedError(413, "webhook_malformed", "too_large")
    return decoded


def _pairs(body: bytes, content_type: str) -> list[tuple[str, str]]:
    if content_type.partition(";")[0].strip().lower() != _FORM:
        raise RefusedError(415, "webhook_malformed", "not_a_form")
    try:
        return parse_qsl(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=MOST_PARAMETERS)
    except ValueError as error:  # bad UTF-8 or too many parameters
        raise RefusedError(400, "webhook_malformed", "not_a_form") from error


def _spam_score(add_ons: str) -> int:
    if not add_ons:
        return 0
    try:
        answer = json.loads(add_ons)
        score = answer["results"]["nomorobo_spamscore"]
        successful = answer["status"] == "successful" and score["status"] == "successful"
        return int(successful and type(score["result"]["score"]) is int and score["result"]["score"] == 1)
    except (ValueError, KeyError, TypeError, RecursionError):  # a failed or unknown add-on says nothing
        return 0
