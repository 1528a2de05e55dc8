"""The outcome of a screened call: one record a call, for its last log line and for the list of calls.

One word sums up the call's record, its reports and Twilio's last callback. No input or output.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from ivr.calls.call_record import call_key, day_index
from ivr.records.base import ItemKey, Record, record
from ivr.reports import CATEGORIES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ivr.calls.call_record import CallRecord
    from ivr.records.base import Item
    from ivr.reports import Report


class Outcome(StrEnum):
    """The outcomes of a call to a protected line."""

    # The customer was not rung.
    BLOCKED = "blocked"
    LOOP = "loop"
    REFUSED = "refused"  # a strict line does not ring for this verdict
    FAILED_CHECK = "failed_check"
    HUNG_UP = "hung_up"  # during the notice, or before passing the check
    ENGAGED = "engaged"  # the line had another call
    NOT_RECORDED = "not_recorded"  # the customer may have been rung, but the table refused the record
    # The customer was rung.
    REPORTED = "reported"
    DECLINED = "declined"
    ACCEPTED = "accepted"  # and the two talked
    CARE = "care"  # the customer went to customer care
    NOT_JOINED = "not_joined"  # accepted, but the caller had left
    NO_KEY = "no_key"  # a person or a machine answered and pressed no key
    NOT_ANSWERED = "not_answered"
    GAVE_UP = "gave_up"  # the caller hung up before the customer accepted
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
_BY_ROUTE = {
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
_UNREACHED = frozenset({"busy", "failed"})  # whatever the caller did, the customer's telephone did not ring on


def outcome_key(call_sid: str) -> ItemKey:
    """The key of a call's outcome: beside the call's record, if there is one."""
    return ItemKey(call_key(call_sid).pk, "ENDING")


@record
class CallOutcome(Record):
    """The outcome of a call. While ``closed_at`` is 0, one of its legs may still go on."""

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
    release: str = ""  # the release of the function that got the last callback

    @property
    def key(self) -> ItemKey:  # noqa: D102
        return outcome_key(self.call_sid)

    def index(self) -> Item:  # noqa: D102
        # A call that rang the customer is listed by its own record, even if its outcome is never stored.
        return day_index(self.call_sid, self.rang_at) if self.outcome in UNRUNG else {}


def outcome_by_route(route: str) -> Outcome:
    """The outcome of a call without a record, by its route."""
    return _BY_ROUTE.get(route, Outcome.NOT_RECORDED)


def outcome_of(call: CallRecord, reports: Sequence[Report]) -> Outcome:
    """The outcome of a call with a record: the first of these that holds."""
    joined = call.talked or call.joined_at or (call.accepted_at and (call.bridged_at or not call.customer_sid))
    held = (
        (call.verdict == "blocked", Outcome.BLOCKED),
        (call.reported_at or any(not report.withdrawn for report in reports), Outcome.REPORTED),
        (call.declined_at, Outcome.DECLINED),
        (call.moved_to.startswith("care/"), Outcome.CARE),
        (joined, Outcome.ACCEPTED),
        (call.accepted_at, Outcome.NOT_JOINED),
        # Twilio's pages name canceled or no-answer for a ring that the caller ended; the caller's leg tells for sure.
        (call.ended_by == "caller" and call.dial_status not in _UNREACHED, Outcome.GAVE_UP),
        (True, _BY_DIAL.get(call.dial_status, Outcome.NOT_ANSWERED)),
    )
    return next(outcome for holds, outcome in held if holds)


def keys_of(call: CallRecord, reports: Sequence[Report]) -> dict[str, str]:
    """The keys of the customer's leg by step: those that changed a stored record."""
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
    """Whether the customer's leg goes on without the caller: it was moved out of the whisper and has not ended."""
    return bool((call.customer_sid or call.moved_to) and not call.left_at)
