"""The call arrives: what the page gets and the table stores, for each look-up, rule and request."""

from __future__ import annotations

import pytest

from infra.local import demo
from ivr.actions.registry import Actions
from ivr.calls.call_record import LineLock
from ivr.flow.engine import STORE_DOWN, ActionCall, ActionResult
from ivr.flow.state import State
from ivr.observability.log import Log
from ivr.records.base import DAY
from ivr.reputation.items import Reputation
from ivr.reputation.scoring import MILLION
from ivr.screening.caller_list import ListEntry
from ivr.screening.desk_decision import PrefixRule
from ivr.screening.line import Line
from ivr.secrets import SecretUnavailableError
from ivr.settings import Settings
from ivr.telephony.api import Api
from ivr.telephony.port import Capabilities
from ivr.telephony.twilio import fields
from ivr.telephony.twilio.form import Form
from tests.conftest import BASE_URL, ENVIRONMENT, NOW

STRANGER, HOSPITAL = "+96891234567", "+96824599000"
SCREEN = ActionCall("screen", State(), "")


def no_account():
    raise AssertionError("a call that comes in asks the provider's API for nothing")


@pytest.fixture
def actions(store):
    settings = Settings.from_environment({**ENVIRONMENT, "ALWAYS_RING": HOSPITAL})
    return Actions(settings, lambda: "a key", Api(Capabilities(), no_account), store, Log("INFO"))


@pytest.fixture
def arrives(actions):
    """A call comes in: what the page is told."""
    return lambda *called, **form: actions.perform(SCREEN, request(*called, **form))


@pytest.fixture
def ends(actions, store):
    """A call is over: what was recorded of it."""

    def end(*called, status="busy", **form):
        actions.end_call(request(*called, CallStatus=status, **form))
        return store.calls.get("CA1")

    return end


@pytest.fixture
def counted(caplog):
    """What was counted, in order, with what was said of it."""

    def counted():
        return [record.line for record in caplog.records if hasattr(record, "metric")]

    return counted


def request(from_=STRANGER, to=demo.PROTECTED_LINE, **form):
    pairs = {"CallSid": "CA1", "From": from_, "To": to, "Direction": "inbound", "CallStatus": "ringing", **form}
    return fields.webhook("/voice/incoming", "", Form(list(pairs.items())), NOW, BASE_URL)


def told(outcome):
    """The state that a call goes on with, without what is empty."""
    return {name: value for name, value in (outcome.sets or {}).items() if value}


def line(mode):
    return Line(number=demo.PROTECTED_LINE, kind="protected", ring_to=demo.CUSTOMER, mode=mode)


def reputation(live, *, more=0):
    return Reputation(
        caller=STRANGER,
        revision=1,
        expires=NOW + DAY,
        as_of=NOW,
        spam=live * MILLION,
        live=live,
        more=more,
        category="prize",
    )


SPAM = '{"status":"successful","results":{"nomorobo_spamscore":{"status":"successful","result":{"score":1}}}}'


@pytest.mark.parametrize(
    ("caller", "form", "way", "state"),
    [
        (STRANGER, {}, "unknown", {"verdict": "unknown", "why": "unknown", "digits": "567", "guarded": True}),
        ("anonymous", {}, "unknown", {"verdict": "unknown", "why": "withheld", "guarded": True}),
        (demo.TRUSTED, {}, "ring", {"verdict": "trusted", "why": "desk_trusted", "digits": "121"}),
        (demo.FLAGGED, {}, "flagged", {"verdict": "flagged", "why": "desk_flagged", "digits": "122", "guarded": True}),
        (demo.BLOCKED, {}, "blocked", {"verdict": "blocked", "why": "desk_blocked", "digits": "123", "guarded": True}),
        ("1500", {}, "flagged", {"verdict": "flagged", "why": "impersonation", "digits": "500", "guarded": True}),
        (
            STRANGER,
            {"StirVerstat": "TN-Validation-Failed-A"},
            "flagged",
            {"verdict": "flagged", "why": "spoofed", "digits": "567", "guarded": True},
        ),
        (
            STRANGER,
            {"AddOns": SPAM},
            "flagged",
            {"verdict": "flagged", "why": "spam_score", "digits": "567", "guarded": True},
        ),
        (HOSPITAL, {}, "ring", {"verdict": "unknown", "why": "unknown", "digits": "000", "guarded": True}),
        (
            STRANGER,
            {"ForwardedFrom": demo.CUSTOMER.removeprefix("+")},
            "loop",
            {"verdict": "unknown", "why": "unknown", "digits": "567", "guarded": True},
        ),
        (demo.CUSTOMER, {}, "report_line", {}),
    ],
)
def test_the_page_gets_the_verdict_the_reason_and_the_last_digits(arrives, caller, form, way, state):
    outcome = arrives(caller, **form)
    assert (outcome.name, told(outcome)) == (way, state)


@pytest.mark.parametrize(
    ("mode", "caller", "quiet", "guarded"),
    [
        ("standard", STRANGER, None, True),
        ("strict", STRANGER, None, True),
        ("off", STRANGER, True, None),
        ("standard", demo.TRUSTED, None, None),
        ("off", demo.TRUSTED, True, None),
    ],
)
def test_a_talk_is_guarded_unless_the_caller_is_trusted_or_nothing_is_to_be_asked(
    arrives, store, mode, caller, quiet, guarded
):
    store.put(line(mode))
    state = told(arrives(caller))
    assert (state.get("quiet"), state.get("guarded")) == (quiet, guarded)


@pytest.mark.parametrize(("live", "more", "said"), [(4, 0, 4), (200, 0, 200), (201, 0, "many"), (200, 1, "many")])
def test_the_page_gets_count_and_category_of_a_reported_caller(arrives, store, live, more, said):
    store.put(reputation(live, more=more))
    state = told(arrives())
    assert (state["why"], state["reports"], state["about"]) == ("reported", said, "prize")


def test_the_page_gets_no_count_for_another_reason(arrives, store):
    store.put(reputation(4))
    store.put(ListEntry(line=demo.PROTECTED_LINE, caller=STRANGER, word="allow"))
    assert "reports" not in told(arrives())
    assert "reports" not in told(arrives(StirVerstat="TN-Validation-Failed-A"))


def test_each_call_is_counted_with_its_verdict_and_never_its_number(arrives, counted):
    arrives(demo.FLAGGED)
    [one] = counted()
    assert one["message"] == "call_screened"
    assert (one["verdict"], one["reason"], one["way"]) == ("flagged", "desk_flagged", "flagged")
    assert one["caller"] == "...122"


def test_an_unprocessed_key_is_counted_and_trusts_nobody(arrives, road, monkeypatch, counted):
    asked = road.batch_get_item

    def partly(RequestItems):  # noqa: N803  # DynamoDB's own spelling
        [(table, wanted)] = RequestItems.items()
        keep = [key for key in wanted["Keys"] if not key["pk"]["S"].startswith("PREFIX#")]
        answer = asked(RequestItems={table: {"Keys": keep}}) if keep else {"Responses": {}}
        return {**answer, "UnprocessedKeys": {table: {"Keys": [k for k in wanted["Keys"] if k not in keep]}}}

    monkeypatch.setattr(road, "batch_get_item", partly)
    assert arrives(demo.TRUSTED).name == "unknown"
    assert [one["message"] for one in counted()] == ["store_read_failed", "call_screened"]


def test_a_complete_look_up_counts_no_failed_read(arrives, counted):
    arrives()
    assert [one["message"] for one in counted()] == ["call_screened"]


def test_with_the_table_down_the_report_line_answers_and_no_other_line_is_taken_for_it(arrives, outage, counted):
    outage.down = True
    assert arrives(STRANGER, demo.REPORT_LINE) == ActionResult("hotline_down")
    assert [one["message"] for one in counted()] == ["store_read_failed"]
    assert arrives(STRANGER, demo.PROTECTED_LINE) == ActionResult(STORE_DOWN)


# A call that was refused is recorded at its end: nothing is written while the caller waits.


@pytest.mark.parametrize("status", ["busy", "no-answer"])
def test_a_blocked_call_is_recorded_when_it_is_over(ends, status):
    record = ends(demo.BLOCKED, status=status)
    assert (record.line, record.caller, record.rang_at) == (demo.PROTECTED_LINE, demo.BLOCKED, NOW)
    assert (record.verdict, record.reason) == ("blocked", "desk_blocked")


def test_a_blocked_call_is_recorded_once_however_often_its_end_is_repeated(ends, store):
    first = ends(demo.BLOCKED)
    store.calls.end("CA1", NOW + 5, talked=False)
    again = ends(demo.BLOCKED)
    assert first.ended_at == 0
    assert again.ended_at == NOW + 5  # the record that stood there, and not a new one in its place


@pytest.mark.parametrize(
    ("caller", "form"),
    [
        (STRANGER, {}),
        (demo.TRUSTED, {}),
        (demo.FLAGGED, {}),
        (demo.BLOCKED, {"status": "completed"}),
        (demo.BLOCKED, {"status": "ringing"}),
        (demo.BLOCKED, {"Direction": "outbound-dial"}),
        (demo.BLOCKED, {"to": demo.REPORT_LINE}),
        (demo.BLOCKED, {"to": "+12025550177"}),
        (demo.BLOCKED, {"ForwardedFrom": demo.CUSTOMER}),
    ],
)
def test_no_other_call_is_recorded_at_its_end(ends, caller, form):
    assert ends(caller, **form) is None


def test_the_end_of_a_call_makes_no_request_to_twilio(ends, actions, outage, counted):
    outage.down, outage.only = True, ("BatchGetItem", "PutItem")
    assert ends(demo.BLOCKED) is None
    outage.only = ("PutItem",)
    assert ends(demo.BLOCKED) is None
    outage.down = False
    actions.screening.context = actions.context._replace(hmac_key=no_key)
    assert ends(demo.BLOCKED) is None
    assert [one["message"] for one in counted()] == [
        "store_read_failed",  # the look-up
        "store_write_failed",  # the call's record
        "store_write_failed",  # its outcome
        "secret_unavailable",
        "call_ended",
    ]


def no_key():
    raise SecretUnavailableError("/hmac-key", "ThrottlingException")


def test_our_own_ring_of_another_call_comes_back_busy_and_that_of_this_one_does_not(arrives, store):
    for sid, way in (("CA2", "loop"), ("CA1", "unknown")):
        store.put(
            LineLock(
                line=demo.PROTECTED_LINE,
                call_sid=sid,
                caller=STRANGER,
                rings_until=NOW + 9,
                until=NOW + 9,
                expires=NOW + DAY,
            )
        )
        assert arrives().name == way


def test_a_prefix_rule_is_found_by_the_number_however_it_is_written(arrives, store):
    store.put(PrefixRule(prefix="+96891", verdict="flagged", note="wangiri"))
    assert told(arrives("sip:0096891234567@pbx.example"))["why"] == "prefix_flagged"


def test_a_line_that_calls_a_number_which_nobody_registered_is_a_loop(arrives):
    assert arrives(demo.REPORT_LINE, "+12025550177").name == "loop"


# A failed check counts against the number shown, unless that is known to be another person's.


@pytest.mark.parametrize(
    ("caller", "why", "capped"),
    [
        (STRANGER, "unknown", ["...567"]),
        (STRANGER, "spoofed", []),
        (STRANGER, "impersonation", []),
        ("anonymous", "withheld", []),
        (demo.CARE, "unknown", []),
    ],
)
def test_failed_checks_count_only_against_a_number_that_is_the_callers(actions, counted, caller, why, capped):
    for call in range(actions.context.settings.failed_checks_an_hour):
        assert counted() == []
        actions.screening.count_failed_check(why, request(caller, CallSid=f"CA{call}"))
    assert [one["caller"] for one in counted()] == capped
    assert {(one["message"], one["what"]) for one in counted()} == {("capped", "failed_checks")} if capped else True
