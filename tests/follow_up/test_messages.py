"""The SMS about a report: one a report, to the registered mobile of its line, if it is wanted at all."""

from __future__ import annotations

import random

import pytest

from infra.carrier import DoneButTimedOut, Refused, Reset, TimedOut
from ivr.records import Line
from tests.conftest import NOW
from tests.follow_up.conftest import CALL, CUSTOMER, LINE, PERSON, SENDER, asked_of, call, report

SEND = "messages.create"


@pytest.fixture
def reports(store, function):
    """A report as a call makes it: recorded, then what was wanted, then whether anything was lost."""

    def make(category="prize", loss="no", **changed):
        made = report(**changed)
        store.put_report(made)
        if category:
            store.note_report(made.call_sid, made.which, {"category": category})
        if loss:
            store.note_report(made.call_sid, made.which, {"loss": loss})
        return made

    return make


@pytest.fixture
def outcome(errands):
    def read(made):
        message = errands.message(made.call_sid, made.which)
        return (message.state, message.outcome) if message else None

    return read


def test_a_report_is_followed_by_its_reference_and_the_advice_that_fits(reports, function, carrier, outcome):
    made = reports()
    function.follow()
    [message] = carrier.messages
    assert (message.to, message.from_) == (CUSTOMER, SENDER)
    assert "12345678" in message.body
    assert "الجائزة" in message.body  # the line's first language
    assert message.segments <= 2
    assert outcome(made) == ("done", message.sid)


def test_it_is_written_in_the_lines_first_language(store, reports, function, carrier):
    store.put(Line(number=LINE, kind="protected", ring_to=CUSTOMER, languages="en-ar"))
    reports("secrets", "yes")
    function.follow()
    [message] = carrier.messages
    assert "PINs" in message.body
    assert "Public Prosecution" in message.body


def test_nothing_is_sent_before_the_last_answer(reports, function, carrier):
    reports(loss="")
    function.follow()
    assert carrier.messages == []


def test_who_hangs_up_early_gets_it_when_the_call_ends(store, reports, function, carrier):
    store.put_once(call())
    reports(category="", loss="")
    function.follow()
    assert carrier.messages == []
    store.end(CALL, NOW + 60, talked=False)
    function.follow()
    [message] = carrier.messages
    assert "مشبوهة" in message.body  # the advice for everybody


def test_the_end_of_the_call_after_the_last_answer_sends_no_second_one(store, reports, function, carrier):
    store.put_once(call())
    reports()
    store.end(CALL, NOW + 60, talked=False)
    function.follow()
    assert len(carrier.messages) == 1


def test_two_reports_of_one_call_are_two_messages(reports, function, carrier):
    reports()
    reports(which="typed-1", reference="87654321")
    function.follow()
    assert len(carrier.messages) == 2


def test_a_report_that_is_withdrawn_later_sends_nothing_more(store, errands, reports, function, carrier):
    made = reports()
    function.follow()
    message = errands.message(made.call_sid, made.which)
    store.client.delete_item(TableName=store.table, Key=store._key(message.key))  # as if it had expired
    store.withdraw(made)
    function.follow()
    assert len(carrier.messages) == 1


@pytest.mark.parametrize("seed", range(6))
def test_sent_once_however_the_stream_is_delivered(store, reports, function, carrier, seed):
    chance = random.Random(seed)
    store.put_once(call())
    reports()
    store.end(CALL, NOW + 60, talked=False)
    function.fetch()
    for _ in range(12):
        batch = chance.choices(function.seen, k=len(function.seen) * 2)
        split = chance.randrange(len(batch))
        for part in (batch[:split], batch[split:]):
            function.deliver(part)
        function.fetch()
    function.deliver(function.seen)
    function.fetch()
    function.deliver(function.seen)
    assert len(carrier.messages) == 1


@pytest.mark.parametrize(
    ("fault", "end", "sent"),
    [
        (Refused(400, 21614), ("failed", "21614"), 0),
        (Refused(500), ("unknown", "http_500"), 0),
        (Reset(), ("unknown", "connection_lost"), 0),
        (TimedOut(), ("unknown", "timed_out"), 0),
        (DoneButTimedOut(), ("unknown", "timed_out"), 1),
    ],
)
def test_a_failed_message_is_shown_as_what_it_is_and_leaves_the_report_alone(
    store, reports, function, twilio, carrier, outcome, fault, end, sent
):
    twilio.faults.next(SEND, fault)
    made = reports()
    before = store.report(made.call_sid, made.which)
    function.follow()
    function.deliver(function.seen)
    assert outcome(made) == end
    assert len(carrier.messages) == sent
    assert len(asked_of(twilio, SEND)) == 1
    assert store.report(made.call_sid, made.which) == before


def test_too_many_requests_come_again(reports, function, twilio, carrier, outcome):
    twilio.faults.next(SEND, Refused(429, 20429))
    made = reports()
    function.follow()
    assert outcome(made) == ("asked", "")
    function.follow()
    assert outcome(made)[0] == "done"
    assert len(carrier.messages) == 1


def test_who_opted_out_gets_none_until_they_opt_in(errands, reports, function, carrier, outcome):
    errands.opt_in(PERSON, 1)  # nothing to undo
    errands.opt_out(PERSON, NOW)
    first = reports()
    function.follow()
    assert outcome(first) == ("failed", "opted_out")
    errands.opt_in(PERSON, NOW + 1)
    reports(call_sid="CA" + "2" * 32)
    function.follow()
    assert len(carrier.messages) == 1


def test_a_fixed_line_gets_none(store, errands, reports, function, twilio, outcome):
    from ivr.pseudonym import pseudonym

    fixed = "+96824123456"
    store.put(Line(number=LINE, kind="protected", ring_to=fixed))
    made = reports(reporter=pseudonym(fixed, function.work.hmac_key()))
    function.follow()
    assert outcome(made) == ("failed", "landline")
    assert twilio.requests == []


def test_a_line_with_another_customer_by_now_gets_none(store, reports, function, twilio, outcome):
    made = reports()
    store.put(Line(number=LINE, kind="protected", ring_to="+96891110000"))
    function.follow()
    assert outcome(made) == ("failed", "unregistered")
    assert twilio.requests == []


@pytest.mark.parametrize("changed", [{"verified": 0}, {"line": ""}, {"withdrawn": 1}])
def test_reports_of_strangers_and_withdrawn_ones_are_followed_by_nothing(reports, function, twilio, outcome, changed):
    made = reports(**changed)
    function.follow()
    assert outcome(made) is None
    assert twilio.requests == []


def test_the_message_holds_no_number(store, reports, function):
    reports()
    function.follow()
    items = store.client.scan(TableName=store.table)["Items"]
    [message] = [item for item in items if item["sk"]["S"].startswith("MESSAGE#")]
    assert CUSTOMER not in str(message)


def test_the_log_counts_and_names_nobody(reports, function, caplog, twilio):
    twilio.faults.next(SEND, None, TimedOut())
    reports()
    reports(call_sid="CA" + "2" * 32)
    function.follow()
    assert {"message_sent", "errand_unknown"} <= {getattr(line, "metric", "") for line in caplog.records}
    assert CUSTOMER.removeprefix("+") not in str([vars(line) for line in caplog.records])


class TestAMessagingService:
    @pytest.fixture
    def environment(self, environment):
        return environment | {"SMS_FROM": "MG" + "a" * 32}

    def test_it_chooses_the_sender(self, reports, function, carrier):
        reports()
        function.follow()
        [message] = carrier.messages
        assert (message.from_, message.messaging_service_sid) == ("", "MG" + "a" * 32)


class TestOffByDefault:
    @pytest.fixture
    def environment(self, environment):
        return {name: value for name, value in environment.items() if name != "SMS_FROM"}

    def test_nothing_is_sent_and_nothing_is_kept(self, store, reports, function, twilio, outcome):
        store.put_once(call())
        made = reports()
        store.end(CALL, NOW + 60, talked=False)
        function.follow()
        assert outcome(made) is None
        assert twilio.requests == []

    def test_what_was_asked_before_it_was_switched_off_fails(self, errands, function, twilio, outcome):
        from ivr.follow_up.asking import message_about

        made = report()
        errands.ask(message_about(made))
        function.follow()
        assert outcome(made) == ("failed", "off")
        assert twilio.requests == []
