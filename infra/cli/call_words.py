"""A call's summary in plain sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.desk.call_summary import Finding, Found

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_ERRORS = "https://www.twilio.com/docs/api/errors/"
SENTENCES: Mapping[Finding, str] = {
    Finding.SIGNATURE_REFUSED: "A webhook was refused ({why}), so Twilio's own error was heard: compare the auth token "
    "with the account's, and PUBLIC_BASE_URL with the address that the number asks.",
    Finding.SECRET_UNAVAILABLE: "The auth token could not be read ({why}), so no webhook could be verified.",
    Finding.APOLOGY: "The product failed ({why}), and apologised on the telephone.",
    Finding.FALLBACK: "Twilio got no usable answer to a webhook ({why}), so the fallback apologised.",
    Finding.TABLE_DOWN: "The table did not answer ({why}): the caller was taken for unknown, and the call was not "
    "stored whole.",
    Finding.NO_STAR: "The star key was lost: Twilio's REST API did not move the customer's leg ({why}), so the two "
    "were joined directly.",
    Finding.NOT_RECORDED: "The table did not take the record of the call, so it is not known whether the customer was "
    "rung.",
    Finding.REPORT_WAITS: "The customer's report waits in the queue, and is stored when the table answers again.",
    Finding.CARE_NOT_TAKEN: "The customer went to customer care, and no agent took the call.",
    Finding.SMS_REFUSED: "The SMS about the report was not sent ({why}).",
    Finding.SMS_UNKNOWN: "It is not known whether the SMS about the report was sent; it is never sent again ({why}).",
    Finding.UNREGISTERED: "The number that was called is not registered as a line, so the report line answered: add it "
    "with `ivr lines add`.",
    Finding.REPORT_LINE: "This was a call to the report line, of which only the log knows.",
    Finding.OWN_BLOCK: "The customer has blocked this caller, so nobody was rung.",
    Finding.DESK_BLOCK: "The caller is blocked ({why}), so nobody was rung.",
    Finding.REFUSED: "The line is strict and does not ring for such a caller ({why}).",
    Finding.LOOP: "The call was this service's own, forwarded back to it, so it was rejected.",
    Finding.ENGAGED: "The line was engaged by another call, so the customer was not rung.",
    Finding.HUNG_UP: "The caller hung up during the notice or the check, so the customer was not rung.",
    Finding.FAILED_CHECK: "The caller did not press the announced digit, so the customer was not rung.",
    Finding.UNREACHABLE: "The customer's telephone could not be reached ({why}).",
    Finding.BUSY: "The customer's telephone was busy, or rejected the call.",
    Finding.NOT_ANSWERED: "The customer's telephone rang, and nobody answered.",
    Finding.NO_KEY: "The customer's telephone was answered, by voicemail or by somebody who pressed no key.",
    Finding.GAVE_UP: "The caller hung up before the customer accepted.",
    Finding.NOT_JOINED: "The customer accepted, but one of the two left before they were joined.",
    Finding.DECLINED: "The customer declined the call with a key.",
    Finding.REPORTED: "The customer reported the call.",
    Finding.ACCEPTED: "The customer accepted, and the two talked.",
    Finding.CARE: "The customer went to customer care.",
    Finding.OPEN: "The call goes on, or Twilio has not told of its end.",
}
_NO_CODE: Mapping[Finding, str] = {
    Finding.NO_STAR: "why stands in the log",
    Finding.UNREACHABLE: "Twilio gave no error code",
    Finding.SMS_UNKNOWN: "its function ended without an answer",
}


def in_short(found: Iterable[Found]) -> str:
    """The sentences of a summary. An error code of Twilio's comes with the page that explains it."""
    return " ".join(SENTENCES[one.finding].format(why=_why(one)) for one in found)


def as_clause(finding: Finding, why: str = "") -> str:
    """The same sentence as a part of another one."""
    sentence = in_short([Found(finding, why)])
    return f"{sentence[0].lower()}{sentence[1:].removesuffix('.')}"


def _why(found: Found) -> str:
    if not found.why:
        return _NO_CODE.get(found.finding, "no code is known")
    if found.why.isdecimal():
        return f"Twilio's error {found.why}, {_ERRORS}{found.why}"
    if found.why.startswith("sip_"):
        return f"SIP answer {found.why[4:]}"
    return found.why.replace("_", " ")
