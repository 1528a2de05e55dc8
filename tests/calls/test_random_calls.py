"""Random keys and random failures: every call ends, and everything that was confirmed is stored. The storm.

``STORM=5000`` in the environment makes it longer; what is usual is a sample of it. The calls of a storm are held one
after the other, a day apart, by one customer with one table: a ring-back finds what the calls before it left.
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
    HANG_UP_IN_TALK,
    HANG_UP_RINGING,
    PRESS_IN_TALK,
    SILENCE,
    Carrier,
    DoneButTimedOut,
    Late,
    Phone,
    Refused,
    Reset,
    TimedOut,
    rest_client,
)
from infra.local import demo
from ivr.locales import catalog
from ivr.observability.log import Log
from ivr.pseudonym import pseudonym
from ivr.reports import Report
from ivr.store import Store
from ivr.telephony.twilio import rest
from tests.conftest import BASE_URL, ENVIRONMENT, NOW, TOKEN
from tests.redeliver.conftest import ReportQueue
from tests.slowly import example_count

pytestmark = pytest.mark.slow  # whole random calls

CALLS = int(os.environ.get("STORM", "120"))
LONGEST_SECONDS = 3 * 3600  # of one call, simulated
MOST_ENTRIES = 600  # of a transcript: turns are bounded
MOST_ALONE_SECONDS = 30
MORE_ALONE_SECONDS = 15  # for each move that Twilio does not do
RING_BACK = "ring-back"
CARES = {
    "open": {},
    "closed": {"CARE_HOURS": "Mo 00:00-00:01"},
    "queue": {"CARE_WORKFLOW_SID": "WW" + "a" * 32, "CARE_QUEUE_SECONDS": "60"},
}

KEYS = st.one_of(st.sampled_from([*"0123456789*#", "96891234567#", SILENCE, HANG_UP]), st.just("1"), st.just("9"))
IN_TALK = st.one_of(
    st.builds(PRESS_IN_TALK, st.sampled_from(["*", "1", "9"]), st.floats(0.5, 40)),
    st.builds(HANG_UP_IN_TALK, st.floats(0, 40)),
)
RINGING = st.builds(HANG_UP_RINGING, st.floats(0, 60))


def _who_joins_only_where_it_screens(person):
    return person if person.get("answers") == "screening" else {k: v for k, v in person.items() if k != "joins_after"}


PERSONS = st.fixed_dictionaries(
    {"keys": st.lists(st.one_of(KEYS, IN_TALK), max_size=8)},
    optional={
        "hangs_up_after": st.floats(0.5, 200),
        "talks_for": st.floats(1, 100),
        "answers": st.sampled_from(
            ["answers", "answers", "busy", "no-answer", "voicemail", "declines", "failed", "screening"]
        ),
        "joins_after": st.floats(0, 40),
    },
).map(_who_joins_only_where_it_screens)
CALLERS = st.fixed_dictionaries(
    {"keys": st.lists(st.one_of(KEYS, RINGING, IN_TALK), max_size=4).map(lambda keys: [ANNOUNCED, *keys])},
    optional={"hangs_up_after": st.floats(0.5, 200), "talks_for": st.floats(1, 100)},
)
FAULT = st.sampled_from(
    [None, None, None, Refused(), Refused(200), Reset(), TimedOut(0.1), DoneButTimedOut(0.1), Late(1), Late(4)]
)
# All moves, and all requests for a leg's status, fail in the same way, or each in its own.
FAULTS = st.tuples(st.one_of(FAULT.map(lambda one: [one]), st.lists(FAULT, max_size=4)), FAULT)
OUTAGES = st.tuples(
    st.floats(0, 150),
    st.floats(1, 200),
    st.sampled_from(["PutItem", "UpdateItem", "GetItem", "Query", "TransactWriteItems", "BatchGetItem", ""]),
)
NETWORKS = st.fixed_dictionaries(
    {
        "update_during_whisper": st.sampled_from(["at_once", "after_bridge"]),
        "moved_status": st.sampled_from(["completed", "answered", "no-answer"]),
        "abandoned_status": st.sampled_from(["canceled", "no-answer"]),
        "refused_status": st.sampled_from(["completed", "no-answer", "busy"]),
        "deliveries": st.sampled_from([1, 1, 2]),
        "disorder_seed": st.sampled_from([None, 3]),
        "hangup_delay": st.sampled_from([0, 0, 0.4]),
    }
)
WHERE = st.sampled_from([demo.PROTECTED_LINE] * 4 + [demo.REPORT_LINE, RING_BACK])
RUNG_BACK = "/voice/ring_back/start?leg=rung_back"
WHO = st.sampled_from([None, None, None, demo.TRUSTED, demo.FLAGGED, demo.CUSTOMER, "anonymous"])


@pytest.fixture
def queue(dynamodb):
    return ReportQueue(boto3.client("sqs"))


@pytest.fixture(params=CARES.values(), ids=CARES)
def environment(request, queue, rest_server):
    return {
        **ENVIRONMENT,
        **request.param,
        "REPORT_QUEUE_URL": queue.url,
        "TWILIO_API_BASE_URL": rest_server.base_url,
    }


@pytest.fixture
def stored(dynamodb, store, queue, monkeypatch):
    """Every report of a call, once the queue has been emptied."""
    container = redeliver.Redelivery(Store(store.table.name, dynamodb), Log("ERROR"))
    monkeypatch.setattr(redeliver, "redelivery", lambda: container)

    def reports(sids):
        while queue.waiting:
            queue.empty()
        found = [item for sid in sids for item in store.table.partition(f"CALL#{sid}")]
        return [Report.from_item(item) for item in found if item["sk"].startswith("REPORT#")]

    return reports


def test_every_random_call_ends_and_loses_nothing(post, get, rest_server, outage, store, stored, monkeypatch):
    monkeypatch.setattr(rest, "IN_A_CALL_SECONDS", 0.05)
    client = rest_client(rest_server.base_url, ENVIRONMENT["TWILIO_ACCOUNT_SID"], TOKEN)
    numbers, recordings = count(1), []

    @settings(
        max_examples=example_count(CALLS // len(CARES)),
        deadline=None,
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )
    @given(WHERE, WHO, CALLERS, PERSONS, PERSONS, NETWORKS, FAULTS, st.none() | OUTAGES)
    def hold(line, who, caller, customer, agent, network, faults, trouble):
        nth = next(numbers)
        people = {
            demo.CUSTOMER: Phone(name="customer", **customer),
            demo.CARE: Phone(name="care", **agent),
            demo.SECOND_CARE: Phone(name="second care", **agent),
            CARES["queue"]["CARE_WORKFLOW_SID"]: Phone(name="care", **agent),
        }
        carrier = Carrier(
            post,
            get=get,
            base_url=BASE_URL,
            auth_token=TOKEN,
            clock_start=NOW + nth * 100_000,  # a day and more after the one before, which has left nothing open
            pickups=people,
            seed=nth,
            recordings=recordings,
            **network,
        )
        carrier.answers_on(rest_server)
        moves, status = faults
        rest_server.faults.forget()  # what an example that failed has left
        if len(moves) == 1:
            rest_server.faults.always("calls.update", moves[0])
        else:
            rest_server.faults.next("calls.update", *moves)
        rest_server.faults.always("calls.fetch", status)
        if trouble:
            carrier.network.env.process(_fails(carrier, outage, *trouble))
        if line == RING_BACK:
            client.calls.create(to=demo.CUSTOMER, from_=demo.PROTECTED_LINE, url=f"{BASE_URL}{RUNG_BACK}")
        else:
            carrier.place(from_=who or f"+968912{nth % 100_000:05d}", to=line, phone=Phone(**caller))
        carrier.run()  # raises for any document that breaks a rule of TwiML
        outage.down = False
        recordings[:] = carrier.recordings
        [call] = carrier.calls

        assert not carrier.left_behind
        assert len(call.transcript) < MOST_ENTRIES
        assert call.transcript[-1].at < LONGEST_SECONDS
        longest = MOST_ALONE_SECONDS + MORE_ALONE_SECONDS * len(moves)
        assert max((one.seconds for one in carrier.alone), default=0) <= longest

        sids = {leg.sid for leg in carrier.legs}
        reports = stored(sids)
        assert len({report.key for report in reports}) == len(reports)
        for reference in _references(call):  # what was read out can be found again
            assert store.reports.by_reference(reference)
        told = _was_told(call, "recorded") or _was_told(call, "star_recorded")
        if line != RING_BACK:  # where it is of an earlier call
            assert bool(reports) >= told
        own_line = line == demo.PROTECTED_LINE and who == demo.CUSTOMER
        reporter, keys = ("customer", "9*") if line == demo.PROTECTED_LINE and not own_line else ("caller", "1")
        assert len(reports) <= _presses(call, reporter, keys)
        if _was_told(call, "call_back_asked"):
            assert sids & {one.call_sid for one in store.call_backs.listed(int(carrier.epoch))}
        if _was_told(call, "message_kept"):
            person = pseudonym(demo.CUSTOMER, ENVIRONMENT["HMAC_KEY"])
            left = store.voicemails
            held = {one.call_sid for one in left.of_person(person, int(carrier.epoch))}
            assert call.sid in held or (reports and left.of_call(call.sid))  # of a reported call it is the desk's

    hold()


def _fails(carrier, outage, begins, lasts, only):
    yield carrier.network.env.timeout(begins)
    outage.only, outage.down = (only,) if only else (), True
    yield carrier.network.env.timeout(lasts)
    outage.down = False


def _was_told(call, key):
    english = re.escape(catalog.load("en").prompts[key].say[0].split("{")[0])
    return any(re.search(english, said) for said in call.transcript.said())


def _references(call):
    """Every reference that was read out to somebody who had made a report."""
    spoken = catalog.load("en").prompts["reference"].say[0].partition("{reference}")
    pattern = re.compile(re.escape(spoken[0]) + r"([\d, ]+)")
    found = (pattern.search(said) for said in call.transcript.said())
    return {re.sub(r"\D", "", one[1]) for one in found if one}


def _presses(call, leg, keys):
    """How often a key was pressed that may report: 9 in a whisper or after a talk, * in it, 1 for a typed number."""
    return sum(one.kind == "pressed" and one.leg == leg and one.text[:1] in keys for one in call.transcript)
