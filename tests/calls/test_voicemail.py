"""Messages: an unknown caller whom nobody answered leaves one; the customer hears it when rung back; it is erased."""

from __future__ import annotations

import boto3
import pytest
from twilio.request_validator import RequestValidator

from handlers import follow_up as follow_up_handler
from handlers.redeliver import Redelivery
from infra.carrier import ANNOUNCED, HANG_UP, SILENCE, SPEAK, Phone, Refused
from infra.local import demo
from ivr.observability.log import Log
from ivr.outbox.queue import Queue
from ivr.pseudonym import pseudonym
from ivr.screening.line import Line, line_key
from ivr.telephony.routes import recording_path
from ivr.voicemail import Erasure, Recording, Voicemail
from tests.calls.conftest import new_stream
from tests.conftest import BASE_URL, NOW, TOKEN

STRANGER, OTHER = "+96891234567", "+96891234589"
PERSON = pseudonym(demo.CUSTOMER, demo.SETTINGS["HMAC_KEY"])
DAY = 86_400
UNANSWERED = {
    "declined": {"customer": ["3"]},
    "no answer": {"customers_phone": {"answers": "no-answer"}},
    "busy": {"customers_phone": {"answers": "busy"}},
    "voicemail": {"customers_phone": {"answers": "voicemail"}},
}


@pytest.fixture
def kept(dynamodb, store):
    """What the table holds of one kind, as records."""

    def kept(kind, prefix):
        items = [store.table.plain(item) for item in dynamodb.scan(TableName=store.table.name)["Items"]]
        return [kind.from_item(item) for item in items if item["sk"].startswith(prefix)]

    return kept


@pytest.fixture
def messages(kept):
    return lambda: [one for one in kept(Voicemail, "LEFT#") if not one.deleted_at]


@pytest.fixture
def leaves(ring, settle):
    """An unknown caller is declined and leaves a message."""

    def leave(from_=STRANGER, speaks=SPEAK(7)):  # noqa: B008  # a value
        call = ring(from_, caller=[ANNOUNCED, speaks], customer=["3"])
        settle()
        return call

    return leave


@pytest.fixture
def ttl(store, carrier, dynamodb):
    """DynamoDB removes what has expired."""

    def remove():
        for item in dynamodb.scan(TableName=store.table.name)["Items"]:
            if 0 < int(item.get("expires", {"N": "0"})["N"]) <= carrier.epoch:
                dynamodb.delete_item(TableName=store.table.name, Key={"pk": item["pk"], "sk": item["sk"]})

    return remove


@pytest.fixture
def at_twilio(carrier):
    """The recordings that Twilio still has."""
    return lambda: [one.sid for one in carrier.recordings if not one.deleted]


# The caller.


@pytest.mark.parametrize("how", UNANSWERED)
def test_an_unknown_caller_whom_nobody_answers_leaves_a_message(how, ring, messages, at_twilio):
    call = ring(caller=[ANNOUNCED, SPEAK(7)], **UNANSWERED[how])
    assert call.caller.hears("not_available")
    assert call.caller.hears("leave_message")
    assert call.caller.hears("message_kept")
    [message] = messages()
    assert (message.person, message.caller, message.line) == (PERSON, STRANGER, demo.PROTECTED_LINE)
    assert (message.call_sid, message.seconds, [message.recording]) == (call.sid, 7, at_twilio())
    assert message.expires == message.at + 30 * DAY


def test_the_offer_is_whole_in_each_language(ring):
    call = ring(caller=[ANNOUNCED, SPEAK(7)], customer=["3"])
    offered = [said for said in call.caller.heard if "leave a short message" in said or "ترك رسالة" in said]
    assert len(offered) == 2
    assert offered[0].startswith("الشخص")
    assert offered[1].startswith("The person you are calling is not available.")


def test_busy_no_answer_and_declined_sound_alike_to_the_caller(ring):
    heard = {
        tuple(ring(f"+9689123450{nth}", caller=[ANNOUNCED, SPEAK(7)], **how).caller.heard[2:])
        for nth, how in enumerate(UNANSWERED.values())
    }
    assert len(heard) == 1  # after the check, whose digit differs from call to call


def test_a_second_caller_during_a_call_may_leave_one_too(ring, messages, carrier, pickups):
    pickups[demo.CUSTOMER] = Phone(keys=["1"], name="customer", talks_for=300)
    carrier.place(from_=OTHER, to=demo.PROTECTED_LINE, phone=Phone(keys=[ANNOUNCED]))
    second = carrier.place(from_=STRANGER, to=demo.PROTECTED_LINE, phone=Phone(keys=[ANNOUNCED, SPEAK(7)]), after=60)
    carrier.run()
    assert [message.call_sid for message in messages()] == [second.sid]


def test_a_withheld_caller_may_leave_one_and_no_number_is_kept(ring, messages):
    ring("anonymous", caller=[ANNOUNCED, SPEAK(7)], customer=["3"])
    [message] = messages()
    assert (message.caller, message.reason) == ("", "withheld")


def test_a_message_is_never_offered_to_a_flagged_caller(ring, messages):
    call = ring(demo.FLAGGED, caller=[ANNOUNCED, SPEAK(7)], customer=["3"])
    assert call.caller.hears("not_available")
    assert not call.caller.hears("leave_message")
    assert messages() == []


def test_a_message_is_never_offered_to_a_blocked_or_trusted_caller(ring, messages):
    for caller in (demo.BLOCKED, demo.TRUSTED):
        call = ring(caller, caller=[SPEAK(7)], customers_phone={"answers": "no-answer"})
        assert not call.caller.hears("leave_message")
    assert messages() == []


def test_a_message_is_never_offered_after_a_failed_check(ring, messages):
    call = ring(caller=["1", "1", SPEAK(7)])
    assert call.caller.hears("not_available")
    assert not call.caller.hears("leave_message")
    assert messages() == []


def test_a_message_of_a_caller_reported_in_this_call_goes_to_the_desk_and_expires_with_the_report(
    ring, messages, reports, rung_back_leg
):
    call = ring(caller=[ANNOUNCED, SPEAK(7)], customer=["9", "1", "2"])
    [report] = reports()
    assert call.caller.hears("message_kept")
    [message] = messages()
    assert (message.desk, message.call_sid, message.seconds) == (1, call.sid, 7)
    assert message.expires == report.expires
    assert "You have" not in rung_back_leg("1", HANG_UP).english


def test_a_setting_switches_messages_off(environment, ring, messages):
    environment["MESSAGE_SECONDS"] = "0"
    call = ring(caller=[ANNOUNCED, SPEAK(7)], customer=["3"])
    assert call.caller.hears("not_available")
    assert not call.caller.hears("leave_message")


def test_a_setting_says_how_long_one_may_be(environment, ring, messages):
    environment["MESSAGE_SECONDS"] = "20"
    ring(caller=[ANNOUNCED, SPEAK(100)], customer=["3"])
    assert messages()[0].seconds == 20


def test_a_silent_caller_hears_goodbye_and_leaves_no_message(ring, messages, at_twilio):
    call = ring(caller=[ANNOUNCED, SILENCE], customer=["3"])
    assert call.caller.hears("goodbye")
    assert not call.caller.hears("message_kept")
    assert messages() == at_twilio() == []


def test_a_recording_under_a_second_is_erased_at_twilio(leaves, messages, at_twilio, follow_up):
    call = leaves(speaks=SPEAK(0.4))
    assert not call.caller.hears("message_kept")
    assert messages() == []
    assert len(at_twilio()) == 1
    follow_up()
    assert at_twilio() == []


def test_a_message_for_an_unregistered_line_is_erased_at_twilio(
    carrier, pickups, store, voice, messages, at_twilio, follow_up, settle
):
    pickups[demo.CUSTOMER] = Phone(answers="no-answer", name="customer")
    answers = iter([ANNOUNCED, SPEAK(7)])

    def press(heard):
        if any("leave a short message" in entry.text for entry in heard):
            store.table.client.delete_item(
                TableName=store.table.name, Key=store.table.key(line_key(demo.PROTECTED_LINE))
            )
            voice().actions.context.store.lines._known.clear()  # as another container
        return next(answers)

    call = carrier.place(from_=STRANGER, to=demo.PROTECTED_LINE, phone=Phone(ask=press))
    carrier.run()
    settle()
    assert "We could not save your message" in " ".join(call.transcript.said("caller", "en"))
    assert messages() == []
    assert len(at_twilio()) == 1
    follow_up()
    assert at_twilio() == []


@pytest.mark.parametrize("then", [HANG_UP, SILENCE, "#"], ids=["hangs up", "falls silent", "#"])
def test_a_message_ends_with_a_key_with_silence_or_with_the_call(leaves, messages, then):
    leaves(speaks=SPEAK(7, then))
    assert messages()[0].seconds >= 7


def test_a_customer_with_thirty_messages_is_left_no_more(leaves, messages, store):
    for n in range(30):
        store.put(message(call_sid=f"CA{n}", recording=f"RE{n:032x}", caller=f"+968912345{n:02}"))
    call = leaves()
    assert call.caller.hears("not_available")
    assert not call.caller.hears("leave_message")
    assert len(messages()) == 30


class TestEveryWebhookTwice:
    @pytest.fixture
    def network(self):
        return {"deliveries": 2}

    def test_there_is_one_message_and_the_same_answer(self, leaves, messages, carrier, kept):
        leaves()
        assert len(messages()) == len(kept(Recording, "RECORDING")) == 1
        assert carrier.deliveries_differed == []


# The table or the queue is down.


def test_a_table_that_did_not_answer_at_the_end_of_the_ring_is_not_asked_again(ring, outage, carrier, pickups):
    pickups[demo.CUSTOMER] = Phone(answers="no-answer", name="customer")
    call = carrier.place(from_=STRANGER, to=demo.PROTECTED_LINE, phone=Phone(keys=[ANNOUNCED, SPEAK(7)]))
    carrier.wait(20)
    outage.down = True
    outage.asked.clear()
    carrier.run()
    heard = " ".join(call.transcript.said("caller", "en"))
    assert "not available" in heard
    assert "leave a short message" not in heard
    assert outage.asked
    assert "GetItem" not in outage.asked  # which would ask whether there is room for a message


def test_while_the_table_is_down_no_message_is_offered(ring, outage, messages):
    outage.touching, outage.down = "LEFT#", True
    call = ring(caller=[ANNOUNCED, SPEAK(7)], customer=["3"])
    assert call.caller.hears("not_available")
    assert not call.caller.hears("leave_message")


def test_a_message_that_table_and_queue_refuse_is_not_confirmed(ring, outage, messages):
    outage.only, outage.touching, outage.down = ("TransactWriteItems",), "LEFT#", True
    call = ring(caller=[ANNOUNCED, SPEAK(7)], customer=["3"])
    assert call.caller.hears("message_not_kept")
    assert not call.caller.hears("message_kept")
    assert messages() == []


def test_a_message_that_the_queue_took_is_confirmed_and_stored_later(
    environment, ring, outage, messages, voice, store, carrier
):
    environment["REPORT_QUEUE_URL"] = "http://127.0.0.1:1/1/reports"
    sqs = boto3.client("sqs")
    url = sqs.create_queue(QueueName="reports")["QueueUrl"]
    voice().actions.context.outbox.queue = Queue(url, sqs)
    outage.only, outage.touching, outage.down = ("TransactWriteItems",), "LEFT#", True
    call = ring(caller=[ANNOUNCED, SPEAK(7)], customer=["3"])
    assert call.caller.hears("message_kept")
    outage.down = False
    [waiting] = sqs.receive_message(QueueUrl=url)["Messages"]
    for _ in range(2):
        Redelivery(store, Log("INFO")).take(waiting["Body"])
    [message] = messages()
    assert (message.call_sid, message.caller, message.person) == (call.sid, STRANGER, PERSON)
    assert message.at < carrier.epoch


# The customer.


def test_the_customer_asks_on_the_report_line_and_hears_the_message_on_the_ring_back(
    leaves, ring, carrier, pickups, rest_server, follow_up
):
    leaves()
    asked = ring(demo.CUSTOMER, caller=["2", "7"])
    assert asked.caller.hears("ring_back_asked", "en")
    assert not asked.caller.hears("one_message", "en")  # the caller has proved nothing
    pickups[demo.CUSTOMER] = Phone(keys=["1", "1", HANG_UP], name="customer")
    follow_up()
    carrier.run()
    said = carrier.legs[-1].transcript.said("customer", "en")
    assert any("You have one message." in words for words in said)
    assert any("number ends in 6, 7" in words for words in said)


def test_a_message_is_told_and_then_played_before_the_keys(leaves, rung_back_leg, messages):
    leaves()
    leg = rung_back_leg("1", "1", HANG_UP)
    entries = [entry for entry in leg.transcript.of("customer") if entry.kind in {"said", "played"}]
    [told] = [n for n, entry in enumerate(entries) if "This message was left on day" in entry.text]
    assert "ends in 6, 7" in entries[told].text
    assert entries[told + 1].text == recording_path(messages()[0].recording)
    assert "To hear this again, press 1." in entries[told + 2].text
    assert leg.played == [recording_path(messages()[0].recording)]


def test_several_messages_are_counted_and_heard_one_after_the_other(leaves, rung_back_leg, messages):
    for caller in (STRANGER, OTHER):
        leaves(caller)
    leg = rung_back_leg("1", "1", "1", "2", "2", HANG_UP)
    assert "You have 2 messages." in leg.english
    first, second = (recording_path(one.recording) for one in sorted(messages(), key=lambda one: one.at))
    assert leg.played == [first, first, second]  # the first again, then the next
    assert "You have no more messages." in leg.english


def test_arabic_counts_messages_as_grammar_wants(leaves, rung_back_leg):
    leaves()
    assert "لديكم رسالة صوتية واحدة." in rung_back_leg("1", HANG_UP, language="ar").arabic
    leaves(OTHER)
    assert "عدد الرسائل الصوتية: 2." in rung_back_leg("1", HANG_UP, language="ar").arabic


def test_a_customer_without_messages_hears_nothing_of_messages(ring, rung_back_leg):
    ring(caller=[ANNOUNCED], customer=["3"])
    said = rung_back_leg("1", HANG_UP).english
    assert "You have" not in said
    assert "To hear your messages" not in said


def test_a_voicemail_hears_of_no_message(leaves, rung_back_leg):
    leaves()
    leg = rung_back_leg(answers="voicemail")
    assert "message" not in leg.english
    assert leg.played == []


def test_a_caller_who_shows_the_customers_number_hears_and_deletes_nothing(leaves, messages, post):
    leaves()
    name = messages()[0].name
    form = [("CallSid", "CA9"), ("From", demo.CUSTOMER), ("To", demo.PROTECTED_LINE), ("Direction", "inbound")]
    for step in ("first", "again", "next", "delete", "report"):
        path = f"/voice/messages/{step}?languages=en&message={name}&leg=rung_back"
        answer = post(BASE_URL + path, form, {"X-Twilio-Signature": signed(path, dict(form))})
        assert answer.status == 200
        assert "<Play>" not in answer.body
    assert len(messages()) == 1


def test_another_customer_does_not_hear_the_message(leaves, rung_back_leg, store):
    store.put(Line(number="+12025550131", kind="protected", ring_to="+12025550141"))
    leaves()
    leg = rung_back_leg("1", HANG_UP, number="+12025550141", line="+12025550131")
    assert "You have" not in leg.english


def test_a_deleted_message_is_gone_at_once_and_its_recording_soon(
    leaves, rung_back_leg, messages, at_twilio, follow_up, kept
):
    leaves()
    leg = rung_back_leg("1", "1", "3", HANG_UP)
    assert "The message has been deleted." in leg.english
    assert "You have no more messages." in leg.english
    assert messages() == []
    assert kept(Voicemail, "LEFT#")[0].caller == ""
    follow_up()
    assert at_twilio() == []
    assert "You have" not in rung_back_leg("1", HANG_UP).english


def test_after_a_deletion_the_next_message_follows(leaves, rung_back_leg, messages):
    for caller in (STRANGER, OTHER):
        leaves(caller)
    first, second = sorted(messages(), key=lambda one: one.at)
    leg = rung_back_leg("1", "1", "3", HANG_UP)
    assert leg.played == [recording_path(first.recording), recording_path(second.recording)]
    assert messages() == [second]


def test_a_message_is_reported_like_its_call(leaves, rung_back_leg, reports):
    call = leaves()
    leg = rung_back_leg("1", "1", "9", "1", "2", HANG_UP)
    [report] = reports()
    assert (report.call_sid, report.which, report.caller, report.line) == (
        call.sid,
        "screened",
        STRANGER,
        demo.PROTECTED_LINE,
    )
    assert (report.verified, report.counted, report.category, report.loss) == (1, 1, "prize", "no")
    assert report.reporter == PERSON
    assert ", ".join(report.reference) in leg.english


def test_a_call_and_its_message_are_one_report(leaves, rung_back_leg, reports):
    leaves()
    rung_back_leg("1", "8", "1", "1", "1", "2", HANG_UP)  # the last call
    leg = rung_back_leg("1", "1", "9", HANG_UP)
    [report] = reports()
    assert report.category == "prize"
    assert "Your report has been recorded." in leg.english


def test_the_message_of_a_caller_who_reached_nobody_at_all_can_be_reported(
    carrier, pickups, rung_back_leg, reports, messages
):
    pickups[demo.CUSTOMER] = Phone(keys=["1"], name="customer", talks_for=300)
    carrier.place(from_=OTHER, to=demo.PROTECTED_LINE, phone=Phone(keys=[ANNOUNCED]))
    engaged = carrier.place(from_=STRANGER, to=demo.PROTECTED_LINE, phone=Phone(keys=[ANNOUNCED, SPEAK(7)]), after=60)
    carrier.run()
    rung_back_leg("1", "1", "9", "1", "2", HANG_UP)
    [report] = reports()
    assert (report.call_sid, report.caller, report.verified) == (engaged.sid, STRANGER, 1)


def test_where_the_report_cannot_be_stored_it_is_not_confirmed(leaves, rung_back_leg, outage, reports):
    leaves()
    outage.touching, outage.down = "REPORT#", True
    leg = rung_back_leg("1", "1", "9", HANG_UP)
    assert "We could not record your report" in leg.english
    outage.down = False
    assert reports() == []


def test_an_expired_message_is_not_told_though_the_table_still_has_it(leaves, rung_back_leg, carrier, messages):
    leaves()
    carrier.wait(30 * DAY + 1)
    assert "You have" not in rung_back_leg("1", HANG_UP).english
    assert len(messages()) == 1


# What Twilio fetches for a Play.


def signed(path, form=None):
    return RequestValidator(TOKEN).compute_signature(BASE_URL + path, form or {})


def test_a_recording_is_served_to_twilio_alone(leaves, messages, get):
    leaves()
    path = recording_path(messages()[0].recording)
    played = get(BASE_URL + path, {"X-Twilio-Signature": signed(path)})
    assert (played.status, played.content_type, played.body[:3]) == (200, "audio/mpeg", "ID3")
    assert get(BASE_URL + path, {}).status == 403
    assert get(BASE_URL + path, {"X-Twilio-Signature": signed(path + "?x=1")}).status == 403


@pytest.mark.parametrize(
    "path", ["/voice/recordings/RE1.mp3", "/voice/recordings/", "/voice/incoming", "/voice/status"]
)
def test_no_other_path_serves_a_recording(path, get):
    assert get(BASE_URL + path, {"X-Twilio-Signature": signed(path)}).status == 404


def test_other_recordings_of_the_account_are_not_served(get):
    path = recording_path("RE" + "0" * 32)
    assert get(BASE_URL + path, {"X-Twilio-Signature": signed(path)}).status == 404


def test_a_deleted_message_is_not_served_before_twilio_erased_it(leaves, messages, rung_back_leg, get):
    leaves()
    path = recording_path(messages()[0].recording)
    rung_back_leg("1", "1", "3", HANG_UP)
    assert get(BASE_URL + path, {"X-Twilio-Signature": signed(path)}).status == 404


class TestTwilioServesNoRecording:
    @pytest.fixture
    def network(self):
        return {"strict": False}

    def test_the_call_goes_on(self, leaves, rung_back_leg, rest_server, carrier):
        leaves()
        rest_server.faults.always("recordings.sound", Refused(500))
        leg = rung_back_leg("1", "1", "3", HANG_UP)
        rest_server.faults.always("recordings.sound", None)
        assert leg.played == []
        assert "The message has been deleted." in leg.english
        assert [fault.code for fault in carrier.errors] == ["11200"]


class TestPlayedFromTwilioItself:
    @pytest.fixture
    def network(self):
        return {"media_needs_credentials": False}

    @pytest.fixture
    def environment(self, environment):
        return environment | {"RECORDINGS_BASE_URL": "https://api.twilio.com"}

    def test_a_setting_plays_recordings_from_twilio(self, leaves, rung_back_leg, messages):
        leaves()
        [played] = rung_back_leg("1", "1", HANG_UP).played
        account, recording = demo.SETTINGS["TWILIO_ACCOUNT_SID"], messages()[0].recording
        assert played == f"https://api.twilio.com/2010-04-01/Accounts/{account}/Recordings/{recording}.mp3"


# Erasing.


def test_an_expired_message_is_erased_at_twilio(leaves, carrier, ttl, follow_up, at_twilio, messages):
    leaves()
    follow_up()
    assert len(at_twilio()) == 1
    carrier.wait(31 * DAY)
    ttl()
    assert messages() == []
    follow_up()
    assert at_twilio() == []


def test_forgetting_the_customer_or_the_caller_erases_it(leaves, follow_up, at_twilio, store, messages):
    table = store.forgetting()
    for number, person in ((demo.CUSTOMER, PERSON), (STRANGER, "nobody")):
        leaves()
        held = [item for item in table.all_about(number, person) if item["sk"].startswith("LEFT#")]
        assert len(held) == 1
        table.remove(held, number)
        follow_up()
        assert messages() == at_twilio() == []


def test_a_refused_erasure_is_retried_when_its_job_expires(
    leaves, carrier, rung_back_leg, rest_server, follow_up, ttl, at_twilio, kept
):
    leaves()
    rung_back_leg("1", "1", "3", HANG_UP)
    rest_server.faults.next("recordings.delete", Refused(500), Refused(401, 20003))
    for left in (1, 1, 0):
        follow_up()
        assert len(at_twilio()) == left
        carrier.wait(7 * 3600)
        ttl()
    follow_up()
    carrier.wait(7 * 3600)
    ttl()
    follow_up()
    assert kept(Erasure, "ERASURE#") == []
    assert len(deletions(rest_server)) == 3


def test_a_recording_that_is_gone_already_counts_as_erased(leaves, rung_back_leg, carrier, follow_up, kept):
    leaves()
    rung_back_leg("1", "1", "3", HANG_UP)
    carrier.recordings[0].deleted = True
    follow_up()
    [job] = kept(Erasure, "ERASURE#")
    assert job.state == "done"


def test_every_event_twice_is_one_deletion(
    leaves, rung_back_leg, carrier, rest_server, at_twilio, work, dynamodb, store
):
    records = new_stream(dynamodb, store.table.name, "FollowUpFunction")
    leaves()
    rung_back_leg("1", "1", "3", HANG_UP)
    for record in [record for record in records() for _ in range(2)]:
        follow_up_handler.process(record, work)
    assert at_twilio() == []
    assert len(deletions(rest_server)) == 1


def test_a_missed_removal_is_erased_a_week_later(leaves, carrier, ttl, work, dynamodb, store, at_twilio):
    records = new_stream(dynamodb, store.table.name, "FollowUpFunction")
    leaves()
    carrier.wait(31 * DAY)
    ttl()
    records()  # lost
    carrier.wait(7 * DAY)
    ttl()
    while batch := records():
        for record in batch:
            follow_up_handler.process(record, work)
    assert at_twilio() == []


def test_an_erased_recording_is_not_erased_again_a_week_later(leaves, carrier, ttl, follow_up, rest_server):
    leaves()
    for _ in range(5):
        carrier.wait(31 * DAY)
        ttl()
        follow_up()
    assert len(deletions(rest_server)) == 1


def test_an_erasure_that_keeps_failing_is_given_up(store, rest_server, follow_up, kept, caplog):
    store.put(Erasure(recording="RE" + "1" * 32, expires=NOW + 1, round=60))
    rest_server.faults.next("recordings.delete", Refused(403, 20003))
    follow_up()
    [job] = kept(Erasure, "ERASURE#")
    assert (job.state, job.outcome) == ("failed", "20003")
    assert "errand_failed" in [line.message for line in caplog.records]


@pytest.mark.parametrize(("round_", "alarms"), [(0, 0), (3, 0), (4, 1), (59, 1), (60, 1)])
def test_each_failed_erasure_after_a_day_raises_the_alarm(store, rest_server, follow_up, caplog, round_, alarms):
    store.put(Erasure(recording="RE" + "1" * 32, expires=NOW + 1, round=round_))
    rest_server.faults.next("recordings.delete", Refused(401, 20003))
    follow_up()
    told = [(line.recording, line.why) for line in caplog.records if line.message == "recording_not_erased"]
    assert told == [("RE" + "1" * 32, "20003")] * alarms


def message(**changed):
    given = {"person": PERSON, "line": demo.PROTECTED_LINE, "at": NOW, "seconds": 5, "expires": NOW + DAY}
    return Voicemail(**{**given, **changed})


def deletions(rest_server):
    return [asked for asked in rest_server.requests if asked.endpoint == "recordings.delete"]
