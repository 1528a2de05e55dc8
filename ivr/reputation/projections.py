"""The consequences of a change of the table. Pure: the same change always has the same consequences.

Only reports, calls and the desk's clearings have consequences. A removal by TTL has none.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from ivr.calls.call_record import CallRecord
from ivr.calls.verdict import Reason
from ivr.records.base import DAY, ItemKey, day_of
from ivr.records.decoding import UnreadableError
from ivr.reports import Report
from ivr.reputation.campaigns import hour_of
from ivr.reputation.counting import is_forged
from ivr.reputation.evidence import Clearing, Evidence, order_of
from ivr.reputation.items import aftermath_key, campaign_key, familiar_key
from ivr.reputation.latest import CALL, REPORT, Latest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ivr.records.base import Item


_WORTH_A_TRANSACTION = 3  # writes; each costs twice as much in one


class TallyChange(NamedTuple):
    """A set has one more member, or a time is later: an attribute that only grows (``ivr.store.tallies``)."""

    key: ItemKey
    name: str  # of the attribute
    at: int  # when it happened, in epoch seconds: the item is kept for some time from then on
    member: str = ""  # of a set; empty: the attribute is a time


class RangMany(NamedTuple):
    """A caller rang many lines within minutes (rule 7)."""

    caller: str
    at: int  # epoch seconds


# Evidence: its caller is scored again. A clearing: likewise. The newest call or report: a person's last one changed.
Consequence = Evidence | Clearing | Latest | TallyChange | RangMany


def consequences(item: Item, *, is_new: bool) -> list[Consequence]:
    """The consequences of an item's image. ``is_new``: it is the item's first image.

    What is known when a call rings follows from the first image alone: a call has many images.
    """
    kind, _, _ = str(item["sk"]).partition("#")
    match kind:
        case "REPORT":
            return _of_report(Report.from_item(item))
        case "CALL":
            return _of_call(CallRecord.from_item(item), is_new=is_new)
        case "CLEARING":
            return [Clearing.from_item(item)]
        case _:
            return []


def further_consequences(item: Item, old: Item | None, *, is_new: bool) -> list[Consequence]:
    """The consequences of an image that the image before it, ``old``, had not. None: it is not known.

    Lambda hands over the images of an item in their order, and an image only after the one before was stored, or was
    set aside for good. So what ``old`` had is stored, and is not asked for again: most answers and the steps of a call
    change no reputation. A delivery that is repeated has the same ``old``, and so has all its own consequences again.
    """
    found = consequences(item, is_new=is_new)
    try:
        had = {_content(one) for one in consequences(old, is_new=False)} if found and old else set()
    except UnreadableError:
        return found
    return [one for one in found if _content(one) not in had]


def _content(one: Consequence) -> Consequence:
    """What a consequence says, whichever image says it."""
    return replace(one, order="") if isinstance(one, Evidence) else one


class Due(NamedTuple):
    """A consequence that a batch of changes has once, however many of them have it."""

    consequence: Consequence
    first: int  # the number of the first change that has it: from there on the batch is repeated where it fails
    last: int  # of the change whose values it has


def merged(found: Iterable[tuple[int, Consequence]]) -> list[Due]:
    """The consequences of a batch, each once, in the order of their first changes. ``found``: each with its change.

    Of a person's evidence on a caller the greatest order counts, as it does in the table.
    """
    due: dict[object, Due] = {}
    for change, consequence in found:
        key = consequence.key if isinstance(consequence, Evidence) else consequence
        had = due.get(key)
        if had is None:
            due[key] = Due(consequence, change, change)
        elif _is_newer(consequence, had.consequence):
            due[key] = Due(consequence, had.first, change)
    return [*due.values()]


def together(dues: Iterable[Due]) -> Iterator[list[Due]]:
    """Consequences in the portions in which they are stored: those of a report at once, in one transaction.

    Of a call there are two, and one of them is of its caller, whose calls may come many a second: each by itself.
    """
    for _, of_a_change in groupby(dues, key=lambda due: due.first):
        portion = list(of_a_change)
        yield from [portion] if len(portion) >= _WORTH_A_TRANSACTION else ([due] for due in portion)


def _is_newer(one: Consequence, other: Consequence) -> bool:
    return isinstance(one, Evidence) and isinstance(other, Evidence) and other.order < one.order


def has_consequences(item: Item) -> bool:
    """Whether items of this kind have consequences."""
    return str(item["sk"]).partition("#")[0] in {"REPORT", "CALL", "CLEARING"}


def _of_report(report: Report) -> list[Consequence]:
    found: list[Consequence] = []
    if report.line:
        latest = Latest(
            person=report.reporter,
            what=REPORT,
            call_sid=report.call_sid,
            which=report.which,
            line=report.line,
            at=report.reported_at,
            expires=report.expires,
        )
        found.append(latest)
    if report.counted and report.caller:
        evidence = Evidence(
            caller=report.caller,
            person=report.reporter,
            axis="spam",
            at=report.reported_at,
            order=order_of(report.reported_at, f"{report.call_sid}#{report.which}", report.revision),
            expires=report.expires,
            category=report.category,
            withdrawn=report.withdrawn,
        )
        found.append(evidence)
    if report.line and not report.withdrawn:
        # For a minute the line is careful with unknown callers; and it and this caller are not familiar.
        found.append(TallyChange(aftermath_key(report.line), "shaken_at", report.reported_at))
        if report.caller and not is_forged(report.reason):
            found.append(TallyChange(familiar_key(report.line, report.caller), "reported", report.reported_at))
    return found


def _of_call(call: CallRecord, *, is_new: bool) -> list[Consequence]:
    if call.verdict == "blocked":  # it costs its caller nothing: one in an hour makes the line careful for a minute
        return [TallyChange(aftermath_key(call.line), "refused_at", call.rang_at)]
    found: list[Consequence] = []
    if is_new:
        latest = Latest(
            person=call.customer,
            what=CALL,
            call_sid=call.call_sid,
            line=call.line,
            at=call.rang_at,
            expires=call.expires,
        )
        found.append(latest)
    if not call.caller or is_forged(call.reason):  # such a call is no evidence on the shown number
        return found
    if is_new:  # part of a campaign, perhaps
        found.append(TallyChange(campaign_key(call.caller, call.rang_at), "lines", call.rang_at, call.line))
        if call.reason == Reason.CAMPAIGN:
            found.append(RangMany(call.caller, hour_of(call.rang_at)))
    if call.talked and call.accepted_at:
        midnight = call.accepted_at - call.accepted_at % DAY
        familiar = familiar_key(call.line, call.caller)
        found.append(TallyChange(familiar, "talk_days", midnight, day_of(call.accepted_at)))
    if call.trusted_at:
        evidence = Evidence(
            caller=call.caller,
            person=call.customer,
            axis="legit",
            at=call.trusted_at,
            # Before "#screened": a report on this very call, made in the same second, is the last word.
            order=order_of(call.trusted_at, f"{call.call_sid}#allowed", 0),
            expires=call.expires,
        )
        found.append(evidence)
    return found
