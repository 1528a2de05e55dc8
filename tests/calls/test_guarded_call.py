"""The guarded call: * in the talk ends it and reports it, and nobody is ever left alone."""

from __future__ import annotations

import pytest

from infra.carrier import ANNOUNCED, HANG_UP, PRESS_IN_TALK, SILENCE
from infra.local import demo
from ivr.actions.moves import MoveActions
from ivr.calls.call_record import LineLock, line_lock_key
from ivr.screening.caller_list import ListEntry, list_entry_key
from tests.slowly import slow_but

STRANGER = "+96891234567"
STAR = PRESS_IN_TALK("*", after=12)


@pytest.fixture(params=["at_once", "after_bridge"])
def network(request):
    """Twilio does not document whether a moved leg leaves its whisper at once or only afterwards: both must work."""
    return {"update_during_whisper": request.param}


@pytest.fixture
def alone_for(carrier):
    """The longest that anybody waited alone in a room, in seconds."""
    return lambda: max((one.seconds for one in carrier.alone), default=0)


@pytest.fixture
def ring_is_open(store, carrier):
    def is_open():
        ring = store.table.read(LineLock, store.table.get(line_lock_key(demo.PROTECTED_LINE)))
        return ring and ring.until > carrier.epoch

    return is_open


@pytest.fixture
def listed(store):
    return lambda: store.table.read(ListEntry, store.table.get(list_entry_key(demo.PROTECTED_LINE, STRANGER)))


def test_an_accepted_call_is_a_conference_that_star_ends(ring, store, alone_for):
    call = ring(caller=[ANNOUNCED], customer=["1"])
    assert call.customer.hears_key("end_and_report", "*")
    assert call.talked_in_conference
    record = store.calls.get(call.sid)
    assert record.accepted_at <= record.entered_at <= record.joined_at < record.ended_at <= record.left_at
    assert record.talked
    assert alone_for() < 15


def test_star_in_the_talk_reports_and_lets_the_caller_go(ring, reports, alone_for):
    call = ring(caller=[ANNOUNCED], customer=["1", STAR, "2", "2", "1", "1"])
    assert call.talked_in_conference
    assert call.customer.hears("star_recorded")
    assert call.customer.hears_key("by_mistake", "1")
    assert call.customer.hears("bank_at_once")
    assert call.rang(demo.CARE)
    [report] = reports()
    assert (report.call_sid, report.caller, report.verified) == (call.sid, STRANGER, 1)
    assert (report.category, report.loss) == ("secrets", "yes")
    assert "recorded" not in " ".join(call.caller.heard)
    assert alone_for() < 15


def test_star_by_mistake_is_taken_back(ring, reports):
    call = ring(caller=[ANNOUNCED], customer=["1", STAR, "1"])
    assert call.customer.hears("withdrawn")
    [report] = reports()
    assert report.withdrawn
    assert not call.rang(demo.CARE)


def test_hanging_up_right_after_star_keeps_the_report(ring, reports):
    ring(caller=[ANNOUNCED], customer=["1", STAR, HANG_UP])
    [report] = reports()
    assert (report.caller, report.category, report.withdrawn) == (STRANGER, "", 0)


def test_a_customer_silent_after_star_is_asked_for_the_category(ring, reports):
    call = ring(caller=[ANNOUNCED], customer=["1", STAR, SILENCE, SILENCE, "3", "2"])
    assert call.customer.hears("what_did_they_want")
    assert reports()[0].category == "money"
    assert not call.rang(demo.CARE)


def test_a_caller_who_hangs_up_first_is_reported_only_by_a_key(ring, reports):
    call = ring(caller=[ANNOUNCED], callers_phone={"talks_for": 25}, customer=["1", "9", "4", "2"])
    assert call.customer.hears("caller_gone")
    assert call.customer.hears_key("report", "9")
    [report] = reports()
    assert (report.caller, report.category) == (STRANGER, "pretended")


def test_a_silent_customer_is_asked_one_question_and_let_go(ring, reports, store):
    call = ring(caller=[ANNOUNCED], callers_phone={"talks_for": 25}, customer=["1"])
    assert call.customer.hears("report_after_talk")
    assert " ".join(call.customer.heard).count("If the call was suspicious") == 1  # the second try is in other words
    assert call.customer.hears("goodbye")
    assert not reports()
    record = store.calls.get(call.sid)
    assert record.ended_by == "caller"


class TestACallerWhoHangsUpBeforeTwilioReportsIt:
    """The customer's room ends before anybody has said that the caller left, and REST still calls that leg live."""

    @pytest.fixture
    def network(self, network):
        return {**network, "hangup_delay": 0.4}

    def test_is_not_reported(self, ring, reports):
        call = ring(caller=[ANNOUNCED], callers_phone={"talks_for": 25}, customer=["1"])
        assert call.customer.hears("caller_gone")
        assert not reports()

    def test_is_reported_by_a_key(self, ring, reports):
        ring(caller=[ANNOUNCED], callers_phone={"talks_for": 25}, customer=["1", "9", "4", "2"])
        assert len(reports()) == 1

    def test_star_still_reports(self, ring, reports):
        call = ring(caller=[ANNOUNCED], customer=["1", STAR, HANG_UP])
        assert call.customer.hears("star_recorded")
        assert len(reports()) == 1


def test_care_is_a_key_away_after_the_talk(ring):
    assert ring(caller=[ANNOUNCED], callers_phone={"talks_for": 25}, customer=["1", "0"], care=["1"]).rang(demo.CARE)


def test_nine_in_the_whisper_moves_the_customer_to_the_report_and_the_caller_hears_a_goodbye(ring, reports):
    call = ring(caller=[ANNOUNCED], customer=["9", "2", "1"], care=["1"])
    assert call.caller.hears("not_available")
    assert not call.talked_in_conference
    [report] = reports()
    assert (report.category, report.loss) == ("secrets", "yes")


def test_nine_with_a_loss_reaches_care_where_the_move_takes_effect(ring, network):
    call = ring(caller=[ANNOUNCED], customer=["9", "2", "1"], care=["1"])
    if network["update_during_whisper"] == "at_once":
        assert call.rang(demo.CARE)
    else:  # nothing can be dialled in a whisper
        assert call.customer.hears("please_call_care")


def test_zero_in_the_whisper_is_customer_care_and_the_caller_hears_a_goodbye(ring, network):
    call = ring(caller=[ANNOUNCED], customer=["0"], care=["1"])
    assert call.customer.hears_key("care", "0")
    assert call.caller.hears("not_available")
    if network["update_during_whisper"] == "at_once":
        assert call.rang(demo.CARE)
    else:
        assert call.customer.hears("please_call_care")
    assert not call.talked_in_conference


@pytest.mark.parametrize("keys", [["3"], [SILENCE, SILENCE], [HANG_UP]], ids=["declines", "silent", "hangs up"])
def test_a_customer_who_does_not_accept_is_not_connected(ring, store, keys):
    call = ring(caller=[ANNOUNCED], customer=keys)
    assert call.caller.hears("not_available")
    assert not call.talked
    record = store.calls.get(call.sid)
    assert not record.accepted_at
    assert bool(record.declined_at) == (keys == ["3"])


@pytest.mark.parametrize("answers", ["no-answer", "busy", "voicemail", "declines", "failed"])
def test_no_answer_sounds_like_a_decline(ring, answers):
    call = ring(caller=[ANNOUNCED], customers_phone={"answers": answers})
    assert call.caller.hears("not_available")
    assert not call.talked


# From the ring to the room and back: the caller has picked up at 0, rings from 18, is whispered about from 24, and
# the customer presses a key at 72.
@pytest.mark.parametrize("seconds", slow_but((20, 60, 73), [20, 23, 24, 30, 60, 71, 72, 72.5, *range(73, 81), 85]))
def test_a_caller_may_give_up_at_any_moment(ring, ring_is_open, alone_for, reports, seconds):
    ring(caller=[ANNOUNCED], callers_phone={"hangs_up_after": seconds}, customer=["1"])
    assert alone_for() <= 12
    assert not reports()
    assert not ring_is_open()


@pytest.mark.parametrize("seconds", slow_but((1, 49, 60), [1, 10, 47, 48, 48.5, *range(49, 57), 60]))
def test_a_customer_may_hang_up_at_any_moment(ring, ring_is_open, alone_for, reports, seconds):
    call = ring(caller=[ANNOUNCED], customer=["1"], customers_phone={"hangs_up_after": seconds})
    assert alone_for() <= 12
    assert not reports()
    assert not ring_is_open()
    assert call.status in {"completed", "no-answer"}


class TestARepeatedRequest:
    """A late or replayed request takes no person out of what they do by then."""

    @pytest.fixture
    def post(self, post):
        self.sent = []

        def tapped(url, form, headers):
            self.sent.append((url, form, headers))
            return post(url, form, headers)

        return tapped

    @pytest.fixture
    def again(self, carrier, post, rest_server):
        """Send all that was sent before once more at a moment, and count the legs that were moved by it."""

        def replay(at):
            yield carrier.network.env.timeout(at)
            asked = len(rest_server.requests)
            for url, form, headers in list(self.sent):
                if "/voice/incoming" not in url:
                    post(url, form, {**headers, "X-Carrier-Time": str(round(carrier.epoch * 1000))})
            self.moved = [one for one in rest_server.requests[asked:] if one.endpoint == "calls.update"]

        return lambda at: carrier.network.env.process(replay(at))

    def test_leaves_a_talk_alone(self, ring, again, reports):
        again(at=110)
        call = ring(caller=[ANNOUNCED], customer=["1"], customers_phone={"talks_for": 90})
        assert not self.moved
        assert call.talked_in_conference
        assert not call.customer.hears("caller_gone", "en")
        assert not reports()

    @pytest.mark.slow
    def test_leaves_a_customer_in_the_report_alone(self, ring, again, reports):
        again(at=108)
        call = ring(caller=[ANNOUNCED], customer=["1", STAR, "2", "1", "2"])
        assert not self.moved
        assert call.customer.hears("reference")
        assert len(reports()) == 1

    @pytest.mark.parametrize(("keys", "at"), [(["0"], 110), (["9", "1", "1"], 250)], ids=["0", "9"])
    def test_leaves_a_customer_with_customer_care_alone(self, ring, again, network, keys, at):
        if network["update_during_whisper"] != "at_once":
            return  # nobody can be dialled in a whisper
        again(at=at)
        call = ring(caller=[ANNOUNCED], customer=keys, care=["1"], customers_phone={"talks_for": 200})
        assert call.rang(demo.CARE)
        assert not self.moved

    @pytest.mark.slow
    def test_leaves_a_customer_whose_caller_left_before_the_talk_alone(self, ring, again):
        again(at=100)
        call = ring(caller=[ANNOUNCED], callers_phone={"hangs_up_after": 75}, customer=["1", SILENCE, "0"], care=["1"])
        assert call.customer.hears("caller_gone")
        assert not self.moved


class TestTrust:
    def test_a_talk_of_a_minute_without_a_report_puts_the_caller_on_the_list(self, ring, listed):
        ring(caller=[ANNOUNCED], customer=["2"], customers_phone={"talks_for": 70})
        assert listed().word == "allow"

    def test_a_shorter_one_does_not(self, ring, listed):
        ring(caller=[ANNOUNCED], customer=["2"], customers_phone={"talks_for": 20})
        assert listed() is None

    @pytest.mark.slow
    def test_one_that_star_ended_does_not(self, ring, listed):
        star = PRESS_IN_TALK("*", after=90)
        call = ring(caller=[ANNOUNCED], callers_phone={"talks_for": 300}, customer=["2", star, "2", "1", "2"])
        assert call.customer.hears("star_recorded")
        assert getattr(listed(), "word", "") != "allow"

    def test_one_that_was_reported_afterwards_does_not(self, ring, listed):
        ring(caller=[ANNOUNCED], callers_phone={"talks_for": 90}, customer=["2", "9", "1", "2"])
        assert getattr(listed(), "word", "") != "allow"


def test_a_caller_whose_own_end_comes_in_while_twilio_is_asked_is_not_reported(ring, store, reports, monkeypatch):
    """Twilio shows the caller's leg as in progress, twice; the first to end the talk is the one who left it."""

    is_live = MoveActions.is_live

    def caller_leaves(moves, call_sid, now):
        live = is_live(moves, call_sid, now)
        store.conferences.end(call_sid, now, by="caller")
        return live

    monkeypatch.setattr(MoveActions, "is_live", caller_leaves)
    call = ring(caller=[ANNOUNCED], customer=["1", STAR])
    assert call.customer.hears("caller_gone")
    assert not call.customer.hears("star_recorded")
    assert reports() == []
