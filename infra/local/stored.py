"""What the table holds after a call, in the words of call scripts. Functions may raise ``StoreUnavailableError``."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ivr.calls.outcome import outcome_of
from ivr.jobs.job import RingBack
from ivr.records.base import DAY, day_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ivr.numbers.phone_number import Number
    from ivr.reports import Report
    from ivr.store.desk import Desk

_IN_FORCE = {"allow": "trusted", "block": "blocked"}


class Ending(NamedTuple):
    """How a screened call was judged and ended; empty words where nothing is stored, as for the report line."""

    verdict: str = ""
    reason: str = ""
    outcome: str = ""


def days_of(began: int, ended: int) -> list[str]:
    """The days (UTC) from one moment to another, and the next one: what follows on a call may take a while."""
    return [day_of(at) for at in range(began, ended + 2 * DAY, DAY)]


def ending_of(store: Desk, call_sid: str) -> Ending:
    """How a call ended."""
    details = store.outcomes.details(call_sid)
    ending, call = details.ending, details.call
    known = ending or call
    if known is None:
        return Ending()
    outcome = ending.outcome if ending else str(call and outcome_of(call, details.reports))
    return Ending(known.verdict, known.reason, outcome)


def own_list_of(store: Desk, line: str, caller: Number, now: int) -> str:
    """What a customer's own list says of a caller now: "trusted", "blocked" or "nothing"."""
    listed = store.look_up(line, caller, now).listed
    if listed is None or (listed.until and listed.until <= now):
        return "nothing"
    return _IN_FORCE.get(listed.word, "nothing")


def ring_back_state(store: Desk, call_sid: str, now: int) -> str:
    """What became of the ring-back that was asked for in a call: a job's state, or "none"."""
    asked = RingBack(call_sid=call_sid, person="", day="", line="", languages="", asked_at=0, expires=0)
    job = store.jobs.current(asked)
    return job.state_at(now) if job else "none"


def sms_state(store: Desk, reports: Sequence[Report], now: int) -> str:
    """What became of the SMS about the last of a call's reports: a job's state, or "none"."""
    found = [store.sms.get(report.call_sid, report.which) for report in reports]
    return found[-1].state_at(now) if found and found[-1] else "none"


def message_of(store: Desk, person: str, call_sid: str, now: int) -> str:
    """Whether the caller's message is kept for the customer, by the pseudonym: "kept" or "none"."""
    kept = store.voicemails.of_person(person, now)
    return "kept" if any(message.call_sid == call_sid for message in kept) else "none"
