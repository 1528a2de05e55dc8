"""Twilio's parameters in the product's words: the one module that knows their names and what they may say.

Their names are those of its pages "TwiML for Programmable Voice", <Dial>, <Enqueue>, <Record> and "Trusted calling".
What goes into the log are closed words alone: never a URL or a text of Twilio's.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ivr.telephony.inputs import DialEnded, Entered, Pressed, Recorded
from ivr.telephony.routes import name_of
from ivr.telephony.signals import Attestation, Signals
from ivr.telephony.webhook import NO_ERROR, DialReport, Failure, QueueReport, Webhook

if TYPE_CHECKING:
    from ivr.telephony.inputs import Input
    from ivr.telephony.twilio.form import Form

_ERROR_CODE = re.compile(r"[1-9][0-9]{3,5}", re.ASCII)  # Twilio's, such as 11200
_SIP_CODE = re.compile(r"[1-6][0-9]{2}", re.ASCII)  # RFC 3261, such as 486
_DIAL_STATUSES = frozenset({"completed", "answered", "busy", "no-answer", "failed", "canceled"})
_ENDED = frozenset({"completed", "busy", "no-answer", "failed", "canceled"})
_LEFT_FOR_AN_AGENT = frozenset({"bridged", "bridging-in-process", "redirected-from-bridged"})
_SECONDS = re.compile(r"[0-9]{1,6}", re.ASCII)
_SIP = ("sip:", "sips:")
_PASSED = "TN-Validation-Passed-"
_LEVELS = {"A": Attestation.FULL, "B": Attestation.PARTIAL, "C": Attestation.GATEWAY}


def webhook(path: str, query: str, form: Form, now: int, base_url: str) -> Webhook:
    """A verified form, as the product reads it. ``base_url`` is ours, to know a URL of ours by."""
    get = form.get
    call_sid, parent, direction, status = get("CallSid"), get("ParentCallSid"), get("Direction"), get("CallStatus")
    caller, called = get("From"), get("To")
    return Webhook(
        path=path,
        query=query,
        now=now,
        call_sid=call_sid,
        screened_sid=parent or call_sid,
        input=_input(form),
        caller=caller,
        called=called,
        is_dialled=bool(parent),
        is_outbound=direction.startswith("outbound"),
        is_ring_back=direction == "outbound-api",
        is_over_sip=bool(get("SipDomain")) or any(one.lower().startswith(_SIP) for one in (caller, called)),
        leg_ended=status in _ENDED,
        # What Twilio calls a call that <Reject> refused is not confirmed, so either word for it counts.
        went_unanswered=direction == "inbound" and status in {"busy", "no-answer"},
        call_seconds=_seconds(get("CallDuration")),
        forwarded_from=get("ForwardedFrom"),
        signals=signals(form),
        dial=_dial(form),
        queue=QueueReport(form.whole("QueuePosition"), form.whole("QueueTime")),
        recording=get("RecordingSid"),
        recorded_seconds=form.whole("RecordingDuration") or 0,
        failure=_failure(form, base_url),
    )


def signals(form: Form) -> Signals:
    """What the network and add-ons say of the caller."""
    return Signals(
        attestation=attestation(form.get("StirVerstat")),
        spam_score=spam_score(form.get("AddOns")),
    )


def attestation(verstat: str) -> Attestation:
    """StirVerstat: TN-Validation-Passed-A and the like, perhaps with how the call came, such as -Diverted."""
    if verstat.startswith("TN-Validation-Failed"):
        return Attestation.FAILED
    if verstat.startswith(_PASSED):
        return _LEVELS.get(verstat.removeprefix(_PASSED).partition("-")[0], Attestation.NONE)
    return Attestation.NONE


def spam_score(add_ons: str) -> int:
    """1 where the add-on Nomorobo Spam Score ran successfully and calls the number spam, else 0."""
    if not add_ons:
        return 0
    try:
        answer = json.loads(add_ons)
        score = answer["results"]["nomorobo_spamscore"]
        successful = answer["status"] == "successful" and score["status"] == "successful"
        return int(successful and type(score["result"]["score"]) is int and score["result"]["score"] == 1)
    except (ValueError, KeyError, TypeError, RecursionError):  # a failed or unknown add-on says nothing
        return 0


def _input(form: Form) -> Input:
    if "DialCallStatus" in form:
        return DialEnded(form.get("DialCallStatus") in {"completed", "answered"})
    if form.get("RecordingSid"):
        return Recorded()
    if "QueueResult" in form:
        return DialEnded(form.get("QueueResult") in _LEFT_FOR_AN_AGENT)
    # A Gather that heard nothing may come without Digits at all: that is silence, and never a fresh start.
    digits = form.get("Digits")
    return Pressed(digits) if digits else Entered()


def _dial(form: Form) -> DialReport:
    status = form.get("DialCallStatus")
    return DialReport(
        status=status if not status or status in _DIAL_STATUSES else "other",  # one that Twilio does not document
        error=_dial_error(form),
        answered=status in {"completed", "answered"},
        bridged=form.get("DialBridged").lower() == "true" or form.get("QueueResult") in _LEFT_FOR_AN_AGENT,
        leg_sid=form.get("DialCallSid"),
        seconds=_seconds(form.get("DialCallDuration")),
    )


def _dial_error(form: Form) -> str:
    code, sip = _error_code(form), form.get("DialSipResponseCode")
    return f"sip_{sip}" if code == NO_ERROR and _SIP_CODE.fullmatch(sip) else code


def _error_code(form: Form) -> str:
    code = form.get("ErrorCode")
    return code if _ERROR_CODE.fullmatch(code) else NO_ERROR


def _failure(form: Form, base_url: str) -> Failure:
    code, failed_at = _error_code(form), form.get("ErrorUrl")
    if not failed_at:
        return Failure(code)
    try:
        url, ours = urlsplit(failed_at), urlsplit(base_url)
    except ValueError:  # it can't be parsed
        return Failure(code)
    step = name_of(url.path) if url.netloc == ours.netloc else "elsewhere"
    return Failure(code, step, url.path, url.query)


def _seconds(text: str) -> int:
    return int(text) if _SECONDS.fullmatch(text) else 0
