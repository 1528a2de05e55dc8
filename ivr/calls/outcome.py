"""How a screened call ended: one record a call, from which its closing line is told and the calls are listed.

Pure: what the call's record, its reports and Twilio's last callback say is put into one word.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from ivr.calls.call_record import call_key, day_index
from ivr.records.base import ItemKey, Record
from ivr.reports.report import CATEGORIES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ivr.calls.call_record import CallRecord
    from ivr.records.base import Item
    from ivr.reports.report import Report


class Outcome(StrEnum):
    """What became of a call to a protected line."""

    # The customer was not rung.
    BLOCKED = "blocked"
    LOOP = "loop"
    REFUSED = "refused"  # a strict line rings for no such caller
    FAILED_CHECK = "failed_check"
    HUNG_UP = "hung_up"  # in the notice, or before the check was passed
    ENGAGED = "engaged"  # another call had the line
    NOT_RECORDED = "not_recorded"  # the customer may have been rung, and the table did not take it
    # The customer was rung.
    REPORTED = "reported"
    DECLINED = "declined"
    ACCEPTED = "accepted"  # and the two were joined
    CARE = "care"  # the customer went to customer care
    NOT_JOINED = "not_joined"  # accepted, and the caller had gone
    NO_KEY = "no_key"  # somebody or something answered, and pressed nothing
    NOT_ANSWERED = "not_answered"
    GAVE_UP = "gave_up"  # the caller, while it rang or before whoever answered had taken the call
    DIAL_FAILED = "dial_failed"  # the customer's number can't be reached


UNRUNG = frozenset(
    {
        Outcome.LOOP,
        Outcome.REFUSED,
        Outcome.FAILED_CHECK,
        Outcome.HUNG_UP,
        Outcome.ENGAGED,
        Outcome.NOT_RECORDED,
    }
)
_BY_WAY = {
    "loop": Outcome.LOOP,
    "blocked": Outcome.BLOCKED,
    "strict_withheld": Outcome.REFUSED,
    "strict_flagged": Outcome.REFUSED,
    "unknown": Outcome.HUNG_UP,
    "flagged": Outcome.HUNG_UP,
}
_BY_DIAL = {
    "failed": Outcome.DIAL_FAILED,
    "canceled": Outcome.GAVE_UP,
    "completed": Outcome.NO_KEY,
    "answered": Outcome.NO_KEY,
}
_ANSWERED = frozenset({"completed", "answered"})


def outcome_key(call_sid: str) -> ItemKey:
    """Where the end of a call is kept: beside its record, where it has one."""
    return ItemKey(call_key(call_sid).pk, "ENDING")


@dataclass(frozen=True, slots=True, kw_only=True)
class CallOutcome(Record):
    """How a call ended, or is about to: with no ``closed_at`` one of its legs may still go on."""

    call_sid: str
    line: str
    outcome: str
    rang_at: int
    expires: int
    caller: str = ""  # empty: withheld
    verdict: str = ""
    reason: str = ""
    closed_at: int = 0
    seconds: int = 0  # of the caller's leg
    release: str = ""  # that answered the last callback

    @property
    def key(self) -> ItemKey:  # noqa: D102
        return outcome_key(self.call_sid)

    def index(self) -> Item:  # noqa: D102
        # A call for which the customer was rung is listed by its own record, whatever becomes of its end.
        return day_index(self.call_sid, self.rang_at) if self.outcome in UNRUNG else {}


def outcome_by_way(way: str) -> Outcome:
    """How a call ended that has no record, by the way that it was let in."""
    return _BY_WAY.get(way, Outcome.NOT_RECORDED)


def outcome_of(call: CallRecord, reports: Sequence[Report]) -> Outcome:
    """How a call ended that has a record: the first of these that holds."""
    joined = call.talked or call.joined_at or (call.accepted_at and (call.bridged_at or not call.customer_sid))
    held = (
        (call.verdict == "blocked", Outcome.BLOCKED),
        (call.reported_at or any(not report.withdrawn for report in reports), Outcome.REPORTED),
        (call.declined_at, Outcome.DECLINED),
        (call.moved_to.startswith("care/"), Outcome.CARE),
        (joined, Outcome.ACCEPTED),
        (call.accepted_at, Outcome.NOT_JOINED),
        (call.ended_by == "caller" and call.dial_status in _ANSWERED, Outcome.GAVE_UP),
        (True, _BY_DIAL.get(call.dial_status, Outcome.NOT_ANSWERED)),
    )
    return next(outcome for holds, outcome in held if holds)


def keys_of(call: CallRecord, reports: Sequence[Report]) -> dict[str, str]:
    """Which key was pressed at which step of the customer's leg, as far as it changed what is stored."""
    keys = {}
    if call.accepted_at:
        keys["whisper.offer"] = "2" if call.wants_trust else "1"
    elif call.declined_at:
        keys["whisper.offer"] = "3"
    for report in reports:
        step, _, key = report.pressed.partition("=")
        if key:
            keys[step] = key
        if report.category in CATEGORIES:
            keys["report.what"] = str(CATEGORIES.index(report.category) + 1)
        if report.loss:
            keys["report.lost"] = {"yes": "1", "no": "2"}.get(report.loss, "other")
    return keys


def customer_goes_on(call: CallRecord) -> bool:
    """Whether the customer's leg outlives the caller's: it was moved out of the whisper, and has not ended."""
    return bool((call.customer_sid or call.moved_to) and not call.left_at)
