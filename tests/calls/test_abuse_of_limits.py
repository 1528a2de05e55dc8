"""A fraudster who misuses ring-backs, messages, disputes and the check meets a limit. Whole calls over the carrier."""

from __future__ import annotations

from dataclasses import replace

import pytest

from infra.carrier import ANNOUNCED, HANG_UP, PRESS_IN_TALK, SPEAK, Phone
from infra.carrier.webhooks import Webhooks
from infra.local import demo
from ivr.numbers import phone_number
from ivr.pseudonym import pseudonym
from ivr.reputation.disputes import KEPT
from ivr.screening import rules
from ivr.screening.caller_list import ListEntry
from ivr.screening.desk_decision import DeskDecision, PrefixRule
from ivr.screening.failed_checks import FailedChecks, checks_key
from ivr.store.attributes import typed
from ivr.telephony.signals import Attestation, Signals
from tests.conftest import NOW
from tests.slowly import slow_but
from tests.twilio_post import posting

pytestmark = pytest.mark.slow  # many calls each; test_abuse_of_reports.py stays in the quick run

FRAUDSTER, BANK = "+96891234567", "+96824111222"
PERSON = pseudonym(demo.CUSTOMER, demo.SETTINGS["HMAC_KEY"])
HOTLINE_KEYS = ["2", "1"]  # English; the last call to my line


@pytest.fixture
def captured():
    """Every request that was made, as somebody who reads along has it."""
    return []


@pytest.fixture
def post(voice, captured):
    answer = posting(voice)

    def post(url, form, headers):
        captured.append((url, form, headers))
        return answer(url, form, headers)

    return post


@pytest.fixture
def replay(captured, voice, carrier):
    """Make the captured request for a step again, with its signature, now."""

    def replay(step, digits):
        [(url, form, headers)] = [one for one in captured if step in one[0] and ("Digits", digits) in one[1]]
        assert posting(voice)(url, form, headers | {"X-Carrier-Time": str(int(carrier.epoch * 1000))}).status == 200

    return replay


@pytest.fixture
def rung(carrier):
    """The legs that we dialled by ourselves, to the customer's telephone."""
    return lambda: [leg for leg in carrier.legs if leg.direction == "outbound-api"]


@pytest.fixture
def customer(pickups):
    """What the customer does when their telephone rings."""

    def does(*keys, **phone):
        pickups[demo.CUSTOMER] = Phone(keys=list(keys), name="customer", **phone)

    return does


@pytest.fixture
def asks(carrier, follow_up):
    """Somebody who shows the customer's number asks to be rung back; answers with what they heard."""

    def ask(from_=demo.CUSTOMER, to=demo.REPORT_LINE):
        call = carrier.place(from_=from_, to=to, phone=Phone(keys=[*HOTLINE_KEYS, HANG_UP]))
        carrier.run()
        follow_up()
        carrier.run()
        return " ".join(call.transcript.said("caller", "en"))

    return ask


class TestRingBackAskedUnderTheCustomersNumber:
    """A fraudster shows the customer's number there, and asks for a ring-back."""

    @pytest.fixture(autouse=True)
    def _was_rung_once(self, ring, settle, customer):
        ring(caller=[ANNOUNCED], customer=["1"])
        settle()
        customer(HANG_UP)

    def test_leaves_the_customers_own_ring_back_available(self, asks, rung, customer):
        asks()
        asks()
        customer("1", HANG_UP)
        assert "we will call it now" in asks()
        assert len(rung()) == 3
        assert "Main menu." in " ".join(rung()[-1].transcript.said("customer", "en"))

    @pytest.mark.slow
    def test_rings_the_customer_at_most_three_times_a_day(self, asks, rung, carrier):
        heard = [asks() for _ in range(40)]
        assert len(rung()) == 3
        assert ["we will call it now" in one for one in heard] == [True] * 3 + [False] * 37
        assert all("cannot call this number again today" in one for one in heard[3:])
        carrier.wait(86_400)
        asks()
        assert len(rung()) == 4

    def test_sounds_alike_for_registered_and_unregistered_numbers(self, asks, rung):
        """The caller has proved nothing, so registered and unregistered numbers are counted alike."""
        assert [asks() for _ in range(5)] == [asks("+96899887766") for _ in range(5)]
        assert len(rung()) == 3

    def test_is_the_last_of_the_day_once_the_customer_accepted_one(self, asks, rung, customer):
        customer("1", HANG_UP)
        assert "we will call it now" in asks()
        assert "cannot call this number again today" in asks()
        assert len(rung()) == 1

    def test_is_the_last_of_the_day_when_a_trunk_drops_the_plus(self, asks, rung, customer, monkeypatch):
        def without_plus(self, url, form, send=Webhooks.send):
            return send(self, url, form | {"To": form["To"].removeprefix("+")})

        monkeypatch.setattr(Webhooks, "send", without_plus)
        customer("1", HANG_UP)
        asks()
        assert "cannot call this number again today" in asks()
        assert len(rung()) == 1

    def test_replayed_on_later_days_rings_nobody(self, asks, rung, carrier, replay, follow_up, store):
        asks()
        for _ in range(6):
            carrier.wait(33 * 86_400)
            for item in store.table.client.scan(TableName=store.table.name)["Items"]:  # as TTL does meanwhile
                if int(item.get("expires", {"N": "9" * 12})["N"]) < carrier.epoch:
                    key = {name: item[name] for name in ("pk", "sk")}
                    store.table.client.delete_item(TableName=store.table.name, Key=key)
            replay("report_line/main", "1")
            follow_up()
            carrier.run()
        assert len(rung()) == 1

    def test_a_replayed_ring_back_key_uses_up_no_later_day(self, asks, rung, carrier, replay, customer):
        customer("1", HANG_UP)
        asks()
        carrier.wait(86_400)
        replay("ring_back/hello", "1")
        assert "we will call it now" in asks()
        assert len(rung()) == 2


def test_the_setting_limits_the_ring_backs_of_a_day(environment, asks, rung, customer):
    environment["RING_BACKS_A_DAY"] = "1"
    customer(HANG_UP)
    for _ in range(3):
        asks(to=demo.PROTECTED_LINE)
    assert len(rung()) == 1


class TestReplayOfTheRequestThatRangTheCustomer:
    """A replay on a later day rings nobody, and must not keep the line engaged for real callers."""

    @pytest.fixture
    def made_again(self, captured, voice, carrier):
        """Every captured request that passed a check is made again, now."""

        def made_again():
            later = {"X-Carrier-Time": str(int(carrier.epoch * 1000))}
            passed = [one for one in captured if "screened/unknown" in one[0] and dict(one[1])["Digits"]]
            return [posting(voice)(url, form, headers | later).status for url, form, headers in passed]

        return made_again

    def test_never_takes_a_line_that_was_engaged_for_its_call(self, carrier, customer, ring, made_again, store):
        customer(answers="no-answer")
        for caller in ("+96890000001", FRAUDSTER):
            carrier.place(from_=caller, to=demo.PROTECTED_LINE, phone=Phone(keys=[ANNOUNCED]))
        carrier.run()
        carrier.wait(86_400)
        assert made_again() == [200, 200]
        assert ring("+96890000003", caller=[ANNOUNCED], customer=["1"]).talked

    def test_never_takes_the_line_after_its_call_record_expired(self, ring, made_again, dynamodb, store, carrier):
        sid = ring(FRAUDSTER, caller=[ANNOUNCED], customer=["3"]).sid
        carrier.wait(100 * 86_400)
        for kept in ("CALL", "ENDING"):
            dynamodb.delete_item(TableName=store.table.name, Key={"pk": {"S": f"CALL#{sid}"}, "sk": {"S": kept}})
        assert made_again() == [200]
        assert ring("+96890000003", caller=[ANNOUNCED], customer=["1"]).talked


class TestOneCallerWhoFillsTheVoicemail:
    """A caller leaves message after message, so that nobody else can."""

    @pytest.fixture
    def leaves(self, carrier, customer):
        """A caller whom the customer declines speaks for some seconds; answers with what they heard."""

        def leave(from_=FRAUDSTER, seconds=7.0):
            customer("3")
            phone = Phone(keys=[ANNOUNCED, SPEAK(seconds)])
            call = carrier.place(from_=from_, to=demo.PROTECTED_LINE, phone=phone)
            carrier.run()
            return " ".join(call.transcript.said("caller", "en"))

        return leave

    @pytest.fixture
    def held(self, store, carrier):
        return lambda: store.voicemails.of_person(PERSON, int(carrier.epoch))

    @pytest.mark.slow
    def test_may_leave_three_messages_a_day(self, leaves, held, carrier):
        heard = [leaves() for _ in range(30)]
        assert len(held()) == 3
        assert ["leave a short message" in one for one in heard] == [True] * 3 + [False] * 27
        carrier.wait(86_400)
        leaves()
        assert len(held()) == 4

    @pytest.mark.slow
    def test_messages_of_a_second_are_neither_kept_nor_counted(self, leaves, held, carrier, follow_up):
        for _ in range(30):
            leaves(seconds=1.0)
        assert held() == []
        follow_up()
        assert all(one.deleted for one in carrier.recordings)
        leaves()
        assert len(held()) == 1

    @pytest.mark.slow
    def test_never_keeps_other_callers_from_leaving_a_message(self, leaves, held, carrier):
        for _ in range(11):
            for _ in range(3):
                leaves()
            carrier.wait(86_400)
        assert len(held()) == 30
        assert "Your message has been saved" in leaves("+96890000001")

    def test_withheld_callers_share_one_limit(self, leaves, held):
        for word in ("anonymous", "Restricted", "+7378742833", "unknown"):
            leaves(word)
        assert len(held()) == 3

    def test_thirty_simultaneous_calls_leave_three_messages(self, carrier, customer, held):
        """All calls are offered a message before the first is kept: only the write that keeps one counts it."""
        customer(answers="no-answer")
        for _ in range(30):
            phone = Phone(keys=[ANNOUNCED, SPEAK(7)])
            carrier.place(from_=FRAUDSTER, to=demo.PROTECTED_LINE, phone=phone)
        carrier.run()
        assert len(held()) == 3
        heard = [" ".join(call.transcript.said("caller", "en")) for call in carrier.calls]
        kept = ["Your message has been saved" in said for said in heard]
        assert sum(kept) == 3


NEVER_TAKEN = {
    "declined": {"keys": ["3"]},
    "not answered": {"answers": "no-answer"},
    "busy": {"answers": "busy"},
    "voicemail": {"answers": "voicemail"},
    "reported": {"keys": ["9", "1", "2"]},
}


class TestACallerWhoListensForTheCustomersChoice:
    """A caller compares what they hear, verb by verb, with what they heard when something else was done."""

    @pytest.fixture
    def verbs(self, carrier, pickups):
        """The documents of the caller's leg after its check, with nothing in them that differs from call to call."""

        def verbs(from_, **phone):
            pickups[demo.CUSTOMER] = Phone(name="customer", **phone)
            call = carrier.place(from_=from_, to=demo.PROTECTED_LINE, phone=Phone(keys=[ANNOUNCED, SPEAK(7)]))
            carrier.run()
            entries = call.transcript.of("caller")
            checked = next(n for n, one in enumerate(entries) if one.kind == "pressed")
            return [(one.kind, one.text) for one in entries[checked + 1 :] if one.kind != "webhook"]

        return verbs

    @pytest.mark.parametrize("rest", slow_but(("down",), ["up", "down"]))
    def test_an_unknown_caller_hears_the_same_after_each_kind_of_refusal(self, verbs, reports, environment, rest):
        if rest == "down":
            environment["TWILIO_API_BASE_URL"] = "http://127.0.0.1:9"
        heard = {how: verbs(f"+9689000000{n}", **phone) for n, (how, phone) in enumerate(NEVER_TAKEN.items())}
        assert len(reports()) == 1
        assert all(one == heard["declined"] for one in heard.values()), heard
        assert ("said", "Your message has been saved. Goodbye.") in heard["reported"]

    def test_a_flagged_caller_hears_the_same_after_each_kind_of_refusal(self, verbs, store):
        heard = {}
        for n, (how, phone) in enumerate(NEVER_TAKEN.items()):
            store.put(DeskDecision(caller=f"+9689000000{n}", verdict="flagged"))
            heard[how] = verbs(f"+9689000000{n}", **phone)
        assert all(one == heard["declined"] for one in heard.values()), heard

    def test_star_and_a_hang_up_sound_alike_to_the_caller(self, carrier, pickups):
        """The star reports, and lets the caller go as a customer does who hangs up."""
        heard = []
        for n, phone in enumerate(({"keys": ["1", PRESS_IN_TALK("*", 30)]}, {"keys": ["1"], "talks_for": 30})):
            pickups[demo.CUSTOMER] = Phone(name="customer", **phone)
            who = Phone(keys=[ANNOUNCED], talks_for=300)
            call = carrier.place(from_=f"+9689000001{n}", to=demo.PROTECTED_LINE, phone=who)
            carrier.run()
            heard.append([(e.kind, e.text) for e in call.transcript.of("caller") if e.kind in {"said", "played"}][2:])
        assert heard[0] == heard[1]

    @pytest.mark.slow
    def test_a_reported_caller_is_offered_as_many_messages_as_a_declined_one(self, verbs, environment):
        environment["PERSONAL_BLOCK_DAYS"] = "0"
        reported = [verbs("+96890000001", keys=["9", "1", "2"]) for _ in range(5)]
        assert reported == [verbs("+96890000002", keys=["3"]) for _ in range(5)]

    def test_a_reported_callers_message_goes_to_the_desk_alone(self, verbs, reports, store, carrier, rung_back_leg):
        verbs("+96890000001", keys=["9", "1", "2"])
        [report] = reports()
        message = store.voicemails.of_call(report.call_sid)
        assert (message.caller, message.expires) == ("+96890000001", report.expires)
        assert "You have" not in rung_back_leg("1", HANG_UP).english


class TestDailyLimits:
    @pytest.mark.slow
    def test_25_reports_are_all_recorded_and_ten_are_texted(self, environment, carrier, pickups, reports, follow_up):
        environment.update({"SMS_FROM": "+12025550190", "PERSONAL_BLOCK_DAYS": "0"})
        for n in range(25):
            pickups[demo.CUSTOMER] = Phone(name="customer", keys=["9", "1", "2"])
            carrier.place(from_=f"+9689000{n:04}", to=demo.PROTECTED_LINE, phone=Phone(keys=[ANNOUNCED]))
            carrier.run()
            follow_up()
        assert len(reports()) == 25
        assert len(carrier.messages) == 10
        carrier.wait(86_400)
        pickups[demo.CUSTOMER] = Phone(name="customer", keys=["9", "1", "2"])
        carrier.place(from_="+96890009999", to=demo.PROTECTED_LINE, phone=Phone(keys=[ANNOUNCED]))
        carrier.run()
        follow_up()
        assert len(carrier.messages) == 11

    def test_a_caller_can_open_two_disputes_a_day(self, carrier, store):
        heard = []
        for _ in range(4):
            call = carrier.place(from_=FRAUDSTER, to=demo.REPORT_LINE, phone=Phone(keys=["2", "6"]))
            carrier.run()
            heard.append(" ".join(call.transcript.said("caller", "en")))
            if (dispute := store.disputes.get(FRAUDSTER)).state == "open":
                store.put(replace(dispute, state=KEPT))
        assert ["We have recorded your objection" in one for one in heard] == [True, True, False, False]
        assert "We have already dealt with your objections today" in heard[-1]

    def test_a_replayed_dispute_opens_nothing_on_later_days(self, carrier, store, replay):
        carrier.place(from_=FRAUDSTER, to=demo.REPORT_LINE, phone=Phone(keys=["2", "6"]))
        carrier.run()
        store.put(replace(store.disputes.get(FRAUDSTER), state=KEPT))
        carrier.wait(2 * 86_400)
        replay("report_line/main", "6")
        assert store.disputes.get(FRAUDSTER).state == "kept"


class TestARobotThatPressesAtRandom:
    """Each call passes the check by luck at the most; those that fail are counted."""

    @pytest.fixture
    def calls(self, carrier, customer):
        """A call that presses these keys; answers with what its caller heard."""

        def calls(from_=FRAUDSTER, keys=("1", "1"), to=demo.PROTECTED_LINE, **parameters):
            customer("3")
            call = carrier.place(from_=from_, to=to, phone=Phone(keys=list(keys)), parameters=parameters)
            carrier.run()
            return " ".join(call.transcript.said("caller", "en"))

        return calls

    @pytest.fixture
    def is_flagged(self, store, carrier):
        def is_flagged(number=FRAUDSTER, **more):
            caller = phone_number.read(number, "OM")
            lookup = store.look_up(demo.PROTECTED_LINE, caller, int(carrier.epoch))
            case = rules.ScreeningInput(caller=caller, lookup=lookup, now=int(carrier.epoch), **more)
            return rules.verdicts(case)[0].reason == "failed_checks"

        return is_flagged

    def test_is_flagged_for_an_hour_after_five_failed_checks(self, calls, is_flagged, carrier):
        heard = [calls() for _ in range(6)]
        assert ["signs of fraud" in one for one in heard] == [False] * 5 + [True]
        carrier.wait(3601)
        assert not is_flagged()
        assert "signs of fraud" not in calls()

    def test_a_damaged_count_of_failed_checks_is_replaced(self, calls, is_flagged, store):
        key = checks_key(FRAUDSTER)
        damaged = {"pk": key.pk, "sk": key.sk, "failures": 1, "revision": "x"}
        store.table.client.put_item(
            TableName=store.table.name, Item={name: typed(value) for name, value in damaged.items()}
        )
        for _ in range(5):
            calls()
        assert is_flagged()

    def test_silence_counts_as_a_failed_check(self, calls, is_flagged):
        for _ in range(5):
            calls(keys=())
        assert is_flagged()

    def test_the_customer_hears_the_reason_and_can_take_the_call(self, calls, carrier, pickups):
        for _ in range(5):
            calls()
        pickups[demo.CUSTOMER] = Phone(name="customer", keys=["1"])
        call = carrier.place(from_=FRAUDSTER, to=demo.PROTECTED_LINE, phone=Phone(keys=[ANNOUNCED]))
        carrier.run()
        assert "possibly an automated call" in " ".join(call.transcript.said("customer", "en"))
        assert any(entry.kind == "bridged" for entry in call.transcript)

    def test_a_person_who_fails_now_and_then_is_never_flagged(self, calls, is_flagged, carrier):
        for _ in range(12):
            calls()
            carrier.wait(1000)
            assert not is_flagged()

    def test_a_repeated_webhook_counts_as_one_failed_check(self, calls, is_flagged, captured, voice, carrier):
        calls()
        failing = [one for one in captured if ("Digits", "1") in one[1]]
        for url, form, headers in failing * 5:
            posting(voice)(url, form, headers)
        assert not is_flagged()

    def test_replayed_failed_checks_flag_nobody_again(self, calls, is_flagged, captured, voice, carrier):
        for _ in range(6):
            calls()
        carrier.wait(2 * 86_400)
        later = {"X-Carrier-Time": str(int(carrier.epoch * 1000))}
        failing = [one for one in captured if ("Digits", "1") in one[1]]
        assert len(failing) == 12
        for url, form, headers in failing:
            assert posting(voice)(url, form, headers | later).status == 200
        assert not is_flagged()
        for _ in range(5):
            calls()
        assert is_flagged()

    def test_failed_checks_of_withheld_callers_are_not_counted(self, calls, dynamodb, store):
        for _ in range(6):
            assert "signs of fraud" not in calls("anonymous")
        assert not [one for one in dynamodb.scan(TableName=store.table.name)["Items"] if one["sk"]["S"] == "CHECKS"]

    def test_failed_checks_under_a_forged_number_do_not_flag_its_owner(self, calls, is_flagged):
        for _ in range(6):
            calls(BANK, StirVerstat="TN-Validation-Failed-A")
        assert not is_flagged(BANK)

    @pytest.mark.parametrize("by", slow_but(("the desk",), ["the desk", "the desk's range", "the customer"]))
    def test_failed_checks_under_a_banks_number_end_no_trust_in_it(self, calls, is_flagged, store, by):
        for _ in range(6):
            calls(BANK)
        assert is_flagged(BANK)
        store.put(
            {
                "the desk": DeskDecision(caller=BANK, verdict="trusted"),
                "the desk's range": PrefixRule(prefix=BANK[:9], verdict="trusted"),
                "the customer": ListEntry(line=demo.PROTECTED_LINE, caller=BANK, word="allow"),
            }[by]
        )
        assert not is_flagged(BANK)
        assert calls(BANK, keys=()) == "The person you are calling is not available. Please try again later. Goodbye."

    def test_failed_checks_do_not_flag_an_attested_call_of_the_operator(self, is_flagged, store):
        store.put(FailedChecks(caller=BANK, flagged_until=NOW + 9999, expires=NOW + 9999))
        own = {"own_numbers": frozenset({BANK})}
        assert is_flagged(BANK)
        assert not is_flagged(BANK, **own, signals=Signals(Attestation.FULL))

    def test_failed_checks_of_simultaneous_calls_all_count(self, carrier, is_flagged):
        for _ in range(5):
            carrier.place(from_=FRAUDSTER, to=demo.PROTECTED_LINE, phone=Phone(keys=["1", "1"]))
        carrier.run()
        assert is_flagged()
