"""The SMS about a report: one a report, to the registered mobile of its line, if it is wanted at all."""

from __future__ import annotations

import random

import pytest

from infra.carrier import DoneButTimedOut, Refused, Reset, TimedOut
from ivr.jobs.job import OptOut, opt_out_key
from ivr.pseudonym import pseudonym
from ivr.screening.line import Line
from tests.conftest import NOW
from tests.jobs.conftest import CALL, CUSTOMER, LINE, PERSON, SENDER, asked_of, call, report
from tests.slowly import slow_after, slow_but

SEND = "messages.create"


@pytest.fixture
def reports(store, function):
    """A report as a call makes it: recorded, then what was wanted, then whether anything was lost."""

    def make(category="prize", loss="no", **changed):
        made = report(**changed)
        store.reports.put(made)
        if category:
            store.reports.note(made.call_sid, made.which, {"category": category})
        if loss:
            store.reports.note(made.call_sid, made.which, {"loss": loss})
        return made

    return make


@pytest.fixture
def outcome(store):
    def read(made):
        message = store.sms.get(made.call_sid, made.which)
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


def leaves(store):
    """The customer's leg ends, as its status callback says."""
    store.conferences.leave(CALL, NOW + 90)


def test_no_sms_is_sent_before_the_last_answer(reports, function, carrier):
    reports(loss="")
    function.follow()
    assert carrier.messages == []


def test_a_customer_who_hangs_up_early_gets_the_sms_at_the_end_of_the_call(store, reports, function, carrier):
    store.put_once(call())
    reports(category="", loss="")
    function.follow()
    assert carrier.messages == []
    leaves(store)
    function.follow()
    [message] = carrier.messages
    assert "مشبوهة" in message.body  # the advice for everybody


def test_the_sms_of_a_guarded_call_waits_for_the_customers_leg(store, reports, function, carrier):
    store.put_once(call(customer_sid="CA" + "2" * 32, accepted_at=NOW))
    reports(category="", loss="")
    store.calls.end(CALL, NOW + 60, talked=True)
    function.follow()
    assert carrier.messages == []
    store.reports.note(CALL, "screened", {"category": "prize"})
    leaves(store)
    function.follow()
    [message] = carrier.messages
    assert "جائزة" in message.body


def test_the_sms_about_a_queued_report_is_sent_when_the_report_is_stored(store, reports, function, carrier):
    store.put_once(call())
    leaves(store)
    function.follow()
    reports(category="", loss="")
    function.follow()
    assert len(carrier.messages) == 1


def test_the_end_of_the_call_sends_no_second_sms(store, reports, function, carrier):
    store.put_once(call())
    reports()
    leaves(store)
    function.follow()
    assert len(carrier.messages) == 1


def test_two_reports_of_one_call_send_two_sms(reports, function, carrier):
    reports()
    reports(which="typed-1", reference="87654321")
    function.follow()
    assert len(carrier.messages) == 2


def test_withdrawing_a_report_sends_no_further_sms(store, reports, function, carrier):
    made = reports()
    function.follow()
    message = store.sms.get(made.call_sid, made.which)
    store.table.client.delete_item(TableName=store.table.name, Key=store.table.key(message.key))  # as if it had expired
    store.reports.withdraw(made)
    function.follow()
    assert len(carrier.messages) == 1


@pytest.mark.parametrize("seed", slow_but((0, 1), range(6)))
def test_an_sms_is_sent_once_however_often_the_stream_delivers(store, reports, function, carrier, seed):
    chance = random.Random(seed)
    store.put_once(call())
    reports()
    leaves(store)
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
    slow_after(
        2,
        [
            (Refused(400, 21614), ("failed", "21614"), 0),
            (Refused(500), ("unknown", "http_500"), 0),
            (Reset(), ("unknown", "connection_lost"), 0),
            (TimedOut(), ("unknown", "timed_out"), 0),
            (DoneButTimedOut(), ("unknown", "timed_out"), 1),
        ],
    ),
)
def test_a_failed_sms_is_shown_as_failed_and_leaves_the_report_alone(
    store, reports, function, twilio, carrier, outcome, fault, end, sent
):
    twilio.faults.next(SEND, fault)
    made = reports()
    before = store.reports.get(made.call_sid, made.which)
    function.follow()
    function.deliver(function.seen)
    assert outcome(made) == end
    assert len(carrier.messages) == sent
    assert len(asked_of(twilio, SEND)) == 1
    assert store.reports.get(made.call_sid, made.which) == before


def test_an_sms_refused_with_429_is_retried(reports, function, twilio, carrier, outcome):
    twilio.faults.next(SEND, Refused(429, 20429))
    made = reports()
    function.follow()
    assert outcome(made) == ("asked", "")
    function.follow()
    assert outcome(made)[0] == "done"
    assert len(carrier.messages) == 1


def test_a_customer_who_opted_out_gets_no_sms_until_they_opt_in(reports, function, carrier, outcome, store):
    assert not store.opt_outs.end(PERSON, 1, kept_days=9)  # nothing to undo
    assert store.opt_outs.begin(PERSON, NOW)
    first = reports()
    function.follow()
    assert outcome(first) == ("failed", "opted_out")
    assert store.opt_outs.end(PERSON, NOW + 1, kept_days=9)
    reports(call_sid="CA" + "2" * 32)
    function.follow()
    assert len(carrier.messages) == 1


def test_an_opt_out_keeps_its_first_time_until_it_is_taken_back(store):
    assert store.opt_outs.begin(PERSON, NOW)
    assert not store.opt_outs.begin(PERSON, NOW + 5)
    assert opt_out(store) == OptOut(person=PERSON, since=NOW)
    assert store.opt_outs.end(PERSON, NOW + 9, kept_days=3)
    assert not store.opt_outs.end(PERSON, NOW + 10, kept_days=3)
    assert opt_out(store) == OptOut(person=PERSON, since=NOW, ended_at=NOW + 9, expires=NOW + 9 + 3 * 86400)
    assert store.opt_outs.begin(PERSON, NOW + 20)
    assert opt_out(store) == OptOut(person=PERSON, since=NOW + 20)
    assert store.opt_outs.is_opted_out(PERSON)


def opt_out(store):
    return OptOut.from_item(store.table.get(opt_out_key(PERSON)))


@pytest.mark.parametrize("fault", [None, Refused(400, 21614), TimedOut()])
def test_segments_are_stored_whatever_the_outcome(reports, function, twilio, fault, store):
    """An unknown outcome may have been billed."""
    twilio.faults.next(SEND, fault)
    made = reports("other", "yes")
    function.follow()
    assert store.sms.get(made.call_sid, made.which).segments == 2


def test_the_segments_are_those_that_the_carrier_bills(reports, function, carrier, store):
    for n, (category, loss) in enumerate([("prize", "no"), ("secrets", "yes"), ("", "no")]):
        made = reports(category, loss, call_sid=f"CA{n:032d}")
        function.follow()
        assert store.sms.get(made.call_sid, made.which).segments == carrier.messages[-1].segments


@pytest.mark.parametrize(("loss", "advised"), [("yes", True), ("no", False)])
def test_either_answer_sends_the_sms_and_only_a_loss_adds_its_advice(store, reports, function, carrier, loss, advised):
    reports(category="", loss=loss)  # the first question was met with silence
    function.follow()
    [message] = carrier.messages
    assert ("للادعاء العام" in message.body) == advised


def test_a_report_stored_whole_from_the_queue_sends_its_sms(store, function, carrier):
    store.reports.put(report(category="money", loss="yes"))
    function.follow()
    [message] = carrier.messages
    assert "للادعاء العام" in message.body


def test_a_fixed_line_gets_no_sms(store, reports, function, twilio, outcome):
    fixed = "+96824123456"
    store.put(Line(number=LINE, kind="protected", ring_to=fixed))
    made = reports(reporter=pseudonym(fixed, function.work.hmac_key()))
    function.follow()
    assert outcome(made) == ("failed", "landline")
    assert twilio.requests == []


class TestARangeNewerThanTheLibrary:
    """Of such a number nobody here knows whether it is a mobile one: the settings name it, and Twilio decides."""

    NEWER = "+96861234567"

    @pytest.fixture
    def environment(self, environment):
        return environment | {"EXTRA_NUMBER_RANGES": "+9686xxxxxxx"}

    @pytest.fixture
    def made(self, store, reports, function):
        def made(ring_to):
            store.put(Line(number=LINE, kind="protected", ring_to=ring_to))
            return reports(reporter=pseudonym(ring_to, function.work.hmac_key()))

        return made

    def test_gets_an_sms_when_the_settings_name_it(self, made, function, carrier, outcome):
        asked = made(self.NEWER)
        function.follow()
        [message] = carrier.messages
        assert message.to == self.NEWER
        assert outcome(asked) == ("done", message.sid)

    def test_a_fixed_line_in_it_is_refused_by_twilio_and_shown_as_failed(self, made, function, twilio, outcome):
        twilio.faults.for_number(SEND, self.NEWER, Refused(400, 21614))
        asked = made(self.NEWER)
        function.follow()
        assert outcome(asked) == ("failed", "21614")

    @pytest.mark.parametrize("ring_to", ["+96851234567", "+96824123456"])
    def test_no_other_unknown_number_and_no_fixed_line_gets_an_sms(self, made, function, twilio, outcome, ring_to):
        asked = made(ring_to)
        function.follow()
        assert outcome(asked) == ("failed", "landline")
        assert twilio.requests == []


def test_a_line_that_now_has_another_customer_gets_no_sms(store, reports, function, twilio, outcome):
    made = reports()
    store.put(Line(number=LINE, kind="protected", ring_to="+96891110000"))
    function.follow()
    assert outcome(made) == ("failed", "unregistered")
    assert twilio.requests == []


@pytest.mark.parametrize("changed", [{"verified": 0}, {"line": ""}, {"withdrawn": 1}])
def test_reports_by_strangers_and_withdrawn_reports_send_no_sms(reports, function, twilio, outcome, changed):
    made = reports(**changed)
    function.follow()
    assert outcome(made) is None
    assert twilio.requests == []


def test_the_message_holds_no_number(store, reports, function):
    reports()
    function.follow()
    items = store.table.client.scan(TableName=store.table.name)["Items"]
    [message] = [item for item in items if item["sk"]["S"].startswith("MESSAGE#")]
    assert CUSTOMER not in str(message)


@pytest.mark.slow
def test_the_log_counts_and_names_nobody(reports, function, caplog, twilio):
    twilio.faults.next(SEND, None, TimedOut())
    reports()
    reports(call_sid="CA" + "2" * 32)
    function.follow()
    assert {"message_sent", "errand_unknown"} <= {getattr(line, "metric", "") for line in caplog.records}
    assert [line.segments for line in caplog.records if getattr(line, "metric", "") == "message_sent"] == [2]
    assert CUSTOMER.removeprefix("+") not in str([vars(line) for line in caplog.records])


class TestAMessagingService:
    @pytest.fixture
    def environment(self, environment):
        return environment | {"SMS_FROM": "MG" + "a" * 32}

    def test_the_service_chooses_the_sender(self, reports, function, carrier):
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
        leaves(store)
        function.follow()
        assert outcome(made) is None
        assert twilio.requests == []

    def test_an_sms_requested_before_the_switch_off_fails(self, store, function, twilio, outcome):
        from ivr.jobs.triggers import message_about

        made = report()
        store.sms.ask(message_about(made), NOW, most=1)
        function.follow()
        assert outcome(made) == ("failed", "off")
        assert twilio.requests == []
