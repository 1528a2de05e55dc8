"""A table full of reports, rules and evidence, put there directly, for the measurements."""

from __future__ import annotations

from itertools import islice

from ivr.records.base import DAY
from ivr.reports import CATEGORIES, Report
from ivr.reputation.evidence import Evidence, order_of
from ivr.reputation.items import Reputation
from ivr.screening.desk_decision import PrefixRule
from ivr.store.attributes import typed

NOW = 1_795_000_000
KEPT = 400 * DAY
_REPORTS_A_CALLER = 10
_MOST_IN_A_BATCH = 25  # DynamoDB's limit


def caller(number):
    """One of ten million callers of Oman."""
    return f"+9689{number:07}"


def person(number):
    """A pseudonym, spread as they are."""
    return f"{number * 2654435761 % 2**32:032x}"


def reports(first, last):
    """Reports of that many customers, ten on each caller, with the callers' reputations."""
    for n in range(first, last):
        reported = caller(n // _REPORTS_A_CALLER)
        yield Report(
            call_sid=f"CA{n:032x}",
            which="screened",
            reference=f"{n:08}",
            reported_at=NOW - n % (90 * DAY),
            reporter=f"{n:032x}",
            expires=NOW + KEPT,
            verified=1,
            counted=1,
            caller=reported,
            line="+12025550100",
            verdict="unknown",
            reason="unknown",
            category=CATEGORIES[n % len(CATEGORIES)],
            loss="no",
        )
        if n % _REPORTS_A_CALLER == 0:
            yield Reputation(
                caller=reported, revision=NOW, expires=NOW + KEPT, as_of=NOW, spam=10**7, live=10, category="prize"
            )


def rules(first, last):
    """Rules of the desk, for prefixes of every length."""
    for n in range(first, last):
        yield PrefixRule(prefix=f"+96891{n}" if n % 2 else f"+4{n}", verdict="flagged", note="missed calls")


def evidence(reported, first, last):
    """What that many people said of one caller."""
    for n in range(first, last):
        yield Evidence(
            caller=reported,
            person=person(n),
            axis="spam",
            at=NOW - DAY,
            order=order_of(NOW - DAY, f"CA{n:032x}#screened", 2),
            expires=NOW + KEPT,
            category="prize",
        )


def put_all(client, table, records):
    """Store records, as fast as it goes."""
    records = iter(records)
    while some := list(islice(records, _MOST_IN_A_BATCH)):
        items = [{name: typed(value) for name, value in record.to_item().items()} for record in some]
        client.batch_write_item(RequestItems={table: [{"PutRequest": {"Item": item}} for item in items]})
