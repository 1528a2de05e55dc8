"""Whatever people press and whatever fails, every call ends well: the storm.

``STORM=5000`` in the environment makes it longer; what is usual is a sample of it.
"""

from __future__ import annotations

import os
import re
from itertools import count

import boto3
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handlers import redeliver
from infra.carrier import (
    ANNOUNCED,
    HANG_UP,
    PRESS_IN_TALK,
    SILENCE,
    Carrier,
    DoneButTimedOut,
    Late,
    Phone,
    Refused,
    Reset,
    TimedOut,
)
from infra.local import demo
from ivr import rest
from ivr.journal import Journal
from ivr.prompts import catalog
from ivr.records import Report
from ivr.store import Store
from tests.conftest import BASE_URL, ENVIRONMENT, NOW, TOKEN
from tests.redeliver.conftest import ReportQueue

CALLS = int(os.environ.get("STORM", "120"))
LONGEST_SECONDS = 3 * 3600  # of one call, simulated
MOST_ENTRIES = 600  # of a transcript: turns are bounded
MOST_ALONE_SECONDS = 30

KEYS = st.one_of(st.sampled_from([*"0123456789*#", "96891234567#", SILENCE, HANG_UP]), st.just("1"), st.just("9"))
IN_TALK = st.builds(PRESS_IN_TALK, st.sampled_from(["*", "1", "9"]), st.floats(0.5, 40))
PERSONS = st.fixed_dictionaries(
    {"keys": st.lists(st.one_of(KEYS, IN_TALK), max_size=8)},
    optional={
        "hangs_up_after": st.floats(0.5, 200),
        "talks_for": st.floats(1, 100),
        "answers": st.sampled_from(["answers", "answers", "busy", "no-answer", "voicemail", "declines", "failed"]),
    },
)
CALLERS = st.fixed_dictionaries(
    {"keys": st.lists(KEYS, max_size=4).map(lambda keys: [ANNOUNCED, *keys])},
    optional={"hangs_up_after": st.floats(0.5, 200), "talks_for": st.floats(1, 100)},
)
FAULTS = st.sampled_from([None, None, None, Refused(), Reset(), TimedOut(0.1), DoneButTimedOut(0.1), Late(1), Late(4)])
OUTAGES = st.tuples(
    st.floats(0, 150),
    st.floats(1, 200),
    st.sampled_from(["PutItem", "UpdateItem", "GetItem", "Query", "TransactWriteItems", "BatchGetItem", ""]),
)
NETWORKS = st.fixed_dictionaries(
    {
        "update_during_whisper": st.sampled_from(["at_once", "after_bridge"]),
        "moved_status": st.sampled_from(["completed", "answered", "no-answer"]),
        "refused_status": st.sampled_from(["completed", "no-answer", "busy"]),
        "deliveries": st.sampled_from([1, 1, 2]),
        "disorder_seed": st.sampled_from([None, 3]),
    }
)
WHERE = st.sampled_from([demo.PROTECTED_LINE] * 4 + [demo.REPORT_LINE])
WHO = st.sampled_from([None, None, None, demo.TRUSTED, demo.FLAGGED, demo.CUSTOMER, "anonymous"])


@pytest.fixture
def queue(dynamodb):
    return ReportQueue(boto3.client("sqs"))


@pytest.fixture
def environment(queue, rest_server):
    return {**ENVIRONMENT, "REPORT_QUEUE_URL": queue.url, "TWILIO_API_BASE_URL": rest_server.base_url}


@pytest.fixture
def stored(dynamodb, store, queue, monkeypatch):
    """Every report of a call, once the queue has been emptied."""
    container = redeliver.Redelivery(Store(store.table, dynamodb), Journal("ERROR"))
    monkeypatch.setattr(redeliver, "redelivery", lambda: container)

    def reports(sids):
        while queue.waiting:
            queue.empty()
        found = [item for sid in sids for item in store._partition(f"CALL#{sid}")]
        return [Report.from_item(item) for item in found if item["sk"].startswith("REPORT#")]

    return reports


def test_every_call_ends_well(post, rest_server, outage, stored, monkeypatch):
    monkeypatch.setattr(rest, "IN_A_CALL_SECONDS", 0.05)
    numbers = count(1)

    @settings(max_examples=CALLS, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)
    @given(WHERE, WHO, CALLERS, PERSONS, PERSONS, NETWORKS, FAULTS, st.none() | OUTAGES)
    def hold(line, who, caller, customer, agent, network, fault, trouble):
        nth = next(numbers)
        people = {
            demo.CUSTOMER: Phone(name="customer", **customer),
            demo.CARE: Phone(name="care", **agent),
            demo.SECOND_CARE: Phone(name="second care", **agent),
        }
        carrier = Carrier(
            post,
            base_url=BASE_URL,
            auth_token=TOKEN,
            clock_start=NOW + nth * 100_000,  # a day and more after the one before, which has left nothing open
            pickups=people,
            seed=nth,
            **network,
        )
        carrier.answers_on(rest_server)
        rest_server.faults.always("calls.update", fault)
        if trouble:
            carrier.network.env.process(_fails(carrier, outage, *trouble))
        call = carrier.place(from_=who or f"+968912{nth % 100_000:05d}", to=line, phone=Phone(**caller))
        carrier.run()  # raises for any document that breaks a rule of TwiML
        outage.down = False

        assert not carrier.left_behind
        assert len(call.transcript) < MOST_ENTRIES
        assert call.transcript[-1].at < LONGEST_SECONDS
        assert max((one.seconds for one in carrier.alone), default=0) <= MOST_ALONE_SECONDS
        reports = stored({leg.sid for leg in carrier.legs})
        assert len({report.key for report in reports}) == len(reports)
        if _was_told(call, "recorded") or _was_told(call, "star_recorded"):
            assert reports
        if not _pressed(call, "9*" if line == demo.PROTECTED_LINE and who != demo.CUSTOMER else "9*1"):
            assert not reports

    hold()


def _fails(carrier, outage, begins, lasts, only):
    yield carrier.network.env.timeout(begins)
    outage.only, outage.down = (only,) if only else (), True
    yield carrier.network.env.timeout(lasts)
    outage.down = False


def _was_told(call, key):
    english = re.escape(catalog.load("en").prompts[key].say[0])
    return any(re.search(english, said) for said in call.transcript.said())


def _pressed(call, keys):
    """Whether somebody pressed a key that may report: 9 in a whisper or after a talk, * in it, 1 for a typed number."""
    return any(entry.kind == "pressed" and entry.text[:1] in keys for entry in call.transcript)
