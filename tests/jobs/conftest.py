"""The follow-up function as Lambda runs it: the table's stream goes in, and the carrier's REST server is rung."""

from __future__ import annotations

import pytest

from handlers import follow_up
from ivr.calls.call_record import CallRecord
from ivr.jobs.job import RingBack
from ivr.pseudonym import pseudonym
from ivr.reports import Report
from ivr.screening.line import Line
from ivr.settings import Settings
from ivr.telephony.twilio import rest
from tests.conftest import ENVIRONMENT, NOW, new_stream

LINE, CUSTOMER = "+96824123400", "+96891112233"
PERSON = pseudonym(CUSTOMER, ENVIRONMENT["HMAC_KEY"])
SENDER = "+12025550190"
CALL = "CA" + "1" * 32


@pytest.fixture
def environment(environment):
    return environment | {"SMS_FROM": SENDER}


@pytest.fixture
def twilio(carrier, monkeypatch):
    """The carrier's REST server, and a client that has little patience with it."""
    monkeypatch.setattr(rest, "TIMEOUT_SECONDS", 0.4)
    rest._client.cache_clear()
    with carrier.rest() as server:
        yield server
    rest._client.cache_clear()


@pytest.fixture
def jobs(store):
    store.put(Line(number=LINE, kind="protected", ring_to=CUSTOMER))
    return store.jobs


class Function:
    """The function behind its stream: a failed record is retried, with its event, until it succeeds."""

    def __init__(self, work, stream, clock):
        self.work = work
        self.clock = clock
        self.waiting = []
        self.seen = []
        self._stream = stream

    def deliver(self, records):
        """One batch, in this order. Returns the records to retry."""
        if not records:  # Lambda gives no empty batch
            return []
        numbered = {str(nth): record for nth, record in enumerate(records)}
        batch = [
            record | {"eventSource": "aws:dynamodb", "dynamodb": record["dynamodb"] | {"SequenceNumber": number}}
            for number, record in numbered.items()
        ]
        answer = follow_up.handler({"Records": batch}, None)
        return [numbered[failed["itemIdentifier"]] for failed in answer["batchItemFailures"]]

    def fetch(self):
        """What the stream has brought since the last time, of what reaches this function."""
        new = self._stream()
        self.seen += new
        return new

    def follow(self):
        """Follow the stream until it brings nothing new; what failed waits for the next time."""
        batch, self.waiting = self.waiting + self.fetch(), []
        while batch:
            self.waiting += self.deliver(batch)
            batch = self.fetch()

    def wait(self, seconds):
        self.clock[0] += seconds


@pytest.fixture
def function(environment, jobs, twilio, dynamodb, store, monkeypatch):
    clock = [1_000_000.0]
    settings = Settings.from_environment(environment | {"TWILIO_API_BASE_URL": twilio.base_url})
    work = follow_up.build(settings, store, clock=lambda: clock[0])
    monkeypatch.setattr(follow_up, "runner", lambda: work)
    return Function(work, new_stream(dynamodb, store.table.name, "FollowUpFunction"), clock)


def ring_back(**changed):
    given = {
        "call_sid": CALL,
        "person": PERSON,
        "day": "2026-11-24",
        "line": LINE,
        "languages": "en",
        "asked_at": NOW,
        "expires": NOW + 86400,
    }
    return RingBack(**{**given, **changed})


def call(**changed):
    given = {
        "call_sid": CALL,
        "line": LINE,
        "customer": PERSON,
        "verdict": "unknown",
        "reason": "unknown",
        "rang_at": NOW,
        "expires": NOW + 9 * 86400,
    }
    return CallRecord(**{**given, **changed})


def report(**changed):
    given = {
        "call_sid": CALL,
        "which": "screened",
        "reference": "12345678",
        "reported_at": NOW,
        "reporter": PERSON,
        "expires": NOW + 9 * 86400,
        "verified": 1,
        "line": LINE,
        "caller": "+96899990000",
    }
    return Report(**{**given, **changed})


def asked_of(twilio, endpoint):
    return [request for request in twilio.requests if request.endpoint == endpoint]
