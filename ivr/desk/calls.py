"""The last calls to protected lines and how each ended, and what is held of one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from ivr.calls.outcome import keys_of, outcome_of
from ivr.desk.errors import Code, DeskError
from ivr.desk.numbers import full_number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.desk.context import Context
    from ivr.desk.days import Days
    from ivr.jobs.job import Sms
    from ivr.reports import Report
    from ivr.store.outcomes import CallDetails

_MOMENTS = (
    "accepted_at",
    "bridged_at",
    "entered_at",
    "joined_at",
    "declined_at",
    "trusted_at",
    "ended_at",
    "left_at",
)
_WORDS = ("customer_sid", "ended_by", "moved_to", "dial_status", "dial_error")


class Row(NamedTuple):
    """One call in a list."""

    call_sid: str
    rang_at: int  # epoch seconds
    line: str  # E.164
    caller: str  # E.164, or empty
    verdict: str
    reason: str
    outcome: str
    is_open: bool  # the provider has not told of its end: the outcome is what is known so far, or empty
    seconds: int


class CallFile(NamedTuple):
    """What is held of one call."""

    row: Row | None  # None: nothing but reports
    moments: dict[str, int]  # what happened when (epoch seconds), by the record's names
    words: dict[str, str]
    keys: dict[str, str] | None  # by the step that asked; None: there is no record of the call
    release: str | None  # of the product, which stored the end; None: no end is stored
    reports: list[Report]
    messages: list[Sms]  # each in its state now
    lost_star: bool = False  # a guarded talk that went on without a conference
    report_waits: bool = False  # in the queue

    @property
    def is_empty(self) -> bool:
        """Whether nothing is held."""
        return not (self.row or self.reports)


def of_days(context: Context, days: Days, line: str = "") -> Iterator[Row]:
    """Yield the calls of days, newest first; with ``line`` those to one line (E.164)."""
    for details in context.store.outcomes.of_days(days.utc[::-1]):
        row = row_of(details)
        if row and row.rang_at in days and line in {"", row.line}:
            yield row


def line_number(context: Context, text: str, what: str = "the line") -> str:
    """Read a line's number. Raises ``DeskError``, which names it by ``what``."""
    return full_number(text, context.settings.home_region, what) if text else ""


def file(context: Context, call_sid: str) -> CallFile:
    """Tell what is held of a call; that may be nothing."""
    details = context.store.outcomes.details(call_sid)
    call = details.call
    return CallFile(
        row=row_of(details),
        moments={name: at for name in _MOMENTS if (at := getattr(call, name, 0))},
        words={name: word for name in _WORDS if (word := getattr(call, name, ""))},
        keys=keys_of(call, details.reports) if call else None,
        release=details.ending.release if details.ending else None,
        reports=details.reports,
        messages=[replace(one, state=one.state_at(context.now())) for one in details.messages],
        lost_star=bool(call and call.customer_sid and call.talked and not call.joined_at),
        report_waits=bool(call and call.reported_at and not details.reports),
    )


def unknown(call_sid: str, what: str = "the call") -> DeskError:
    """Refuse a call of which nothing is known."""
    return DeskError(Code.UNKNOWN_CALL, f"{what} is {call_sid!r}: neither the table nor the log knows such a call")


def row_of(details: CallDetails) -> Row | None:
    """One call in a list. None: nothing is held of the call itself."""
    call, ended = details.call, details.ending
    known, timed = call or ended, ended or call
    if known is None:
        return None
    is_open = not (ended and ended.closed_at)
    if ended and not is_open:
        outcome: str = ended.outcome
    else:
        outcome = outcome_of(call, details.reports) if call else ""
    return Row(
        call_sid=known.call_sid,
        rang_at=known.rang_at,
        line=known.line,
        caller=known.caller,
        verdict=known.verdict,
        reason=known.reason,
        outcome=outcome,
        is_open=is_open,
        seconds=timed.seconds if timed else 0,
    )
