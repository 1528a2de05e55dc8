"""What the record of a call holds where two webhooks end it, and what a refused write of it tells."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain, combinations

import pytest

from infra.local import demo
from ivr.calls.call_record import CallRecord
from ivr.screening.caller_list import ListEntry, list_entry_key
from tests.conftest import NOW
from tests.jobs.conftest import report

CALL = CallRecord(
    call_sid="CA1",
    line=demo.PROTECTED_LINE,
    customer="pseudonym",
    verdict="unknown",
    reason="unknown",
    rang_at=NOW,
    expires=NOW + 86_400,
    caller="+96891234567",
)
MOMENTS = {"customer_sid": "CA2", "entered_at": NOW, "bridged_at": NOW, "ended_at": NOW, "left_at": NOW}


def some_of(names):
    return chain.from_iterable(combinations(names, count) for count in range(len(names) + 1))


@pytest.fixture
def stored(store):
    """Store the call with more attributes."""

    def put(**more):
        call = replace(CALL, **more)
        store.put(call)
        return call

    return put


class TestTheEndOfARing:
    def test_the_first_webhook_stores_it_and_the_second_gets_it(self, store, stored):
        stored()
        first = store.calls.end("CA1", NOW + 5, talked=True, dial_status="completed", dial_error="none")
        second = store.calls.end("CA1", NOW + 9, talked=False, by="caller", dial_status="failed", dial_error="13225")
        assert first == second == store.calls.get("CA1")
        assert (first.ended_at, first.freed_at, first.talked, first.ended_by) == (NOW + 5, NOW + 5, 1, "")
        assert (first.dial_status, first.dial_error) == ("completed", "none")

    def test_nothing_is_added_to_the_end_of_a_talk(self, store, stored):
        call = stored(customer_sid="CA2", ended_at=NOW + 1, ended_by="customer")
        assert store.calls.end("CA1", NOW + 9, talked=True, dial_status="completed", dial_error="none") == call
        assert store.calls.get("CA1") == call

    def test_a_call_without_a_record_gets_none(self, store):
        assert store.calls.end("CA1", NOW, talked=True) is None
        assert store.calls.get("CA1") is None

    def test_one_request_says_how_it_ended(self, store, stored, outage):
        stored()
        outage.asked.clear()
        store.calls.end("CA1", NOW, talked=True)
        store.calls.end("CA1", NOW, talked=True)
        assert outage.asked == ["UpdateItem"] * 2


class TestTheCallerJoins:
    @pytest.mark.parametrize("names", some_of(MOMENTS), ids="+".join)
    def test_only_a_customer_who_is_in_the_conference(self, store, stored, names):
        call = stored(**{name: MOMENTS[name] for name in names})
        joined = store.conferences.join("CA1", NOW + 9)
        assert joined == store.calls.get("CA1")
        assert bool(joined.joined_at) == bool(joined.talked) == joined.is_in_talk == call.is_in_talk
        assert call.is_in_talk == (set(names) == {"customer_sid", "entered_at"})

    def test_once(self, store, stored):
        stored(customer_sid="CA2", entered_at=NOW)
        store.conferences.join("CA1", NOW + 5)
        assert store.conferences.join("CA1", NOW + 9).joined_at == NOW + 5

    def test_a_call_without_a_record_gets_none(self, store):
        assert store.conferences.join("CA1", NOW) is None
        assert store.calls.get("CA1") is None


class TestATrust:
    @pytest.fixture
    def listed(self, store):
        key = list_entry_key(CALL.line, CALL.caller)
        return lambda: store.table.read(ListEntry, store.table.get(key))

    @pytest.fixture
    def read(self, stored):
        """The record as a webhook has read it, before somebody reports the caller."""
        return stored(customer_sid="CA2", wants_trust=1, accepted_at=NOW, entered_at=NOW, joined_at=NOW)

    def test_takes_effect(self, store, read, listed):
        store.calls.trust(read, NOW + 90)
        assert listed().word == "allow"
        assert store.calls.get("CA1").trusted_at == NOW + 90

    def test_does_not_once_a_report_is_stored(self, store, read, listed):
        store.reports.put(report(call_sid="CA1", line=CALL.line, caller=CALL.caller, reporter=CALL.customer))
        store.calls.trust(read, NOW + 90)
        assert getattr(listed(), "word", "") != "allow"
        assert not store.calls.get("CA1").trusted_at

    def test_does_not_once_a_report_waits_in_the_queue(self, store, read, listed):
        store.calls.report_waits("CA1", NOW + 89)
        store.calls.trust(read, NOW + 90)
        assert listed() is None
        assert not store.calls.get("CA1").trusted_at
