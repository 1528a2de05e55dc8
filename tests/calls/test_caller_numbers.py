"""A number is the same caller in every spelling. A withheld caller has no number, and no item is stored under one."""

from __future__ import annotations

import pytest

from infra.carrier import ANNOUNCED, HANG_UP
from infra.local import demo
from ivr.screening.desk_decision import rule_key
from ivr.screening.line import Line
from tests.screening.number_spellings import INVISIBLE
from tests.slowly import slow_but

STRANGER = "+96891234567"
NOBODY = (
    "anonymous",
    "Restricted",
    "Unavailable",
    "",
    "+266696687",
    "+17378742833",
    "0017378742833",
    "+464",
    "+0000000000",
    "sip:anonymous@anonymous.invalid",
    '"Anonymous" <sip:anonymous@anonymous.invalid>',
    "client:alice",
    "+968091234567",
    "+11111111111",
)


def few_quick(spelled):
    """A quick run rings in two of the spellings; tests/screening/test_number_spellings.py reads them all."""
    return slow_but((spelled[0], spelled[-1]), spelled)


@pytest.fixture
def items(dynamodb, store):
    """The keys and the callers of everything in the table."""

    def stored():
        found = dynamodb.scan(TableName=store.table.name)["Items"]
        return [(item["pk"]["S"], item["sk"]["S"], item.get("caller", {}).get("S", "")) for item in found]

    return stored


@pytest.mark.slow
@pytest.mark.parametrize("caller", slow_but(("anonymous", "", "+17378742833", "client:alice"), NOBODY))
def test_no_item_is_keyed_by_a_withheld_caller(ring, settle, items, carrier, caller):
    before = set(items())
    first = ring(caller, caller=[ANNOUNCED], customer=["9", "1", "2"])
    assert first.customer.hears("why.withheld")
    assert not first.customer.hears_key("connect_and_trust", "2")
    settle()
    carrier.wait(90)
    second = ring(caller, caller=[ANNOUNCED], customer=["1"], customers_phone={"talks_for": 90})
    assert second.talked  # the report on the first blocks nobody
    settle()
    kept = [item for item in items() if item not in before]
    assert kept
    assert {who for _, _, who in kept} == {""}
    by_a_caller = ("CALLER#", "CAMPAIGN#", "BLOCK#", "FAMILIAR#", "PREFIX#")
    assert not [item for item in kept if item[0].startswith(by_a_caller) or item[1].startswith(by_a_caller)]


@pytest.mark.parametrize("caller", ["anonymous", "+17378742833", "client:alice"])
def test_a_caller_who_shows_no_number_cannot_be_trusted_and_the_key_is_not_offered(ring, store, caller):
    call = ring(caller, caller=[ANNOUNCED], customer=["2", "1"], customers_phone={"talks_for": 90})
    assert not call.customer.hears_key("connect_and_trust", "2")
    assert not store.calls.get(call.sid).wants_trust


@pytest.mark.parametrize("caller", ["anonymous", "sip:anonymous@anonymous.invalid", ""])
def test_a_caller_who_shows_no_number_disputes_nothing_and_their_typed_report_has_no_reporter(
    ring, reports, items, caller
):
    ring(caller, demo.REPORT_LINE, caller=["2", "6", HANG_UP])
    ring(caller, demo.REPORT_LINE, caller=["2", "2", "91234567#", "1", HANG_UP])
    [report] = reports()
    assert (report.caller, report.reporter) == (STRANGER, "")
    assert not [pk for pk, sk, _ in items() if "DISPUTE" in pk + sk]


@pytest.mark.parametrize("typed", ["091234567#", "123#", "0000000000#", "7378742833#", "968091234567#"])
def test_only_a_number_can_be_reported(ring, reports, typed):
    call = ring(STRANGER, demo.REPORT_LINE, caller=["2", "2", typed, HANG_UP])
    assert call.caller.hears("number_invalid", "en")
    assert reports() == []


@pytest.mark.parametrize("typed", ["91234567#", "0096891234567#", "96891234567#"])
def test_a_typed_number_is_one_in_every_spelling(ring, reports, typed):
    ring("+96899887766", demo.REPORT_LINE, caller=["2", "2", typed, "1", HANG_UP])
    assert [report.caller for report in reports()] == [STRANGER]


def spellings(number):
    digits = number.removeprefix("+")
    return (
        digits,
        f" {digits}",
        f"00{digits}",
        f"sip:{number}@pbx.example:5060;transport=tcp",
        f"SIPS:%2B{digits};user=phone@10.0.0.1",
        f"tel:{number[:5]}-{number[5:]}",
        f"{INVISIBLE[0]}{number[:4]} {number[4:]}{INVISIBLE[2]}",
        number.translate({ord("0") + n: 0x660 + n for n in range(10)}),
        f'"Ali" <sip:{number}@pbx.example>',
    )


@pytest.mark.parametrize("from_", few_quick(spellings(demo.BLOCKED)))
def test_a_blocked_caller_is_blocked_in_every_spelling(ring, from_):
    assert ring(from_).status == "rejected"


@pytest.mark.parametrize("from_", few_quick(spellings(STRANGER)[:4]))
def test_a_report_blocks_its_caller_in_every_other_spelling(ring, from_):
    ring(from_, caller=[ANNOUNCED], customer=["9", "1", "2"])
    assert ring(STRANGER).status == "rejected"
    assert ring(spellings(STRANGER)[-1]).status == "rejected"


@pytest.mark.parametrize("to", few_quick(spellings(demo.PROTECTED_LINE)))
def test_a_line_is_that_line_in_every_spelling(ring, to):
    call = ring(STRANGER, to, caller=[ANNOUNCED], customer=["3"])
    assert call.rang(demo.CUSTOMER)
    assert call.customer.hears("why.unknown")


@pytest.mark.parametrize("forwarded_from", few_quick(spellings(demo.CUSTOMER)))
def test_a_forwarded_call_is_a_loop_in_every_spelling(ring, forwarded_from):
    assert ring(parameters={"ForwardedFrom": forwarded_from}).status == "busy"


@pytest.mark.parametrize("from_", few_quick(spellings(demo.PROTECTED_LINE)))
def test_a_call_from_a_line_is_a_loop_in_every_spelling(ring, from_):
    assert ring(from_).status == "busy"


@pytest.mark.parametrize("from_", few_quick(spellings(demo.CUSTOMER)))
def test_a_customer_gets_the_report_line_in_every_spelling(ring, from_):
    assert ring(from_, caller=["2", HANG_UP]).caller.hears("report_line_menu", "en")


@pytest.mark.parametrize("from_", ["1500", "+1500", "+9681500", "009681500", "+11500", "sip:%2B9681500@pbx.example"])
def test_the_operators_short_code_is_impersonated_in_every_spelling(ring, from_):
    call = ring(from_, caller=[ANNOUNCED], customer=["3"])
    assert call.caller.hears("fraud_warning")
    assert call.customer.hears("why.impersonation")


@pytest.mark.parametrize("from_", few_quick(spellings(demo.CARE)))
def test_the_operators_number_is_impersonated_in_every_spelling(ring, from_):
    assert ring(from_, caller=[ANNOUNCED], customer=["3"]).customer.hears("why.impersonation")


@pytest.mark.parametrize("from_", few_quick(spellings("+96824599000")))
def test_a_number_that_always_rings_does_so_in_every_spelling(environment, ring, from_):
    environment["ALWAYS_RING"] = "24599000"
    call = ring(from_, customer=["1"])
    assert not call.caller.hears("unknown_notice")
    assert call.talked


@pytest.mark.parametrize("to", few_quick(spellings(demo.REPORT_LINE)))
def test_the_report_line_answers_when_nothing_is_read_in_every_spelling(ring, outage, to):
    outage.down = True
    assert ring(STRANGER, to).rang(demo.CARE)  # as on the report line, and never on a protected one


@pytest.mark.parametrize("spelling", slow_but((0, 8), range(9)))
def test_a_ring_that_comes_back_to_us_is_a_loop_in_every_spelling(carrier, pickups, spelling):
    from infra.carrier import Phone

    pickups[demo.CUSTOMER] = Phone(answers="no-answer", name="customer")
    carrier.place(from_=STRANGER, to=demo.PROTECTED_LINE, phone=Phone(keys=[ANNOUNCED]))
    again = carrier.place(from_=spellings(STRANGER)[spelling], to=demo.PROTECTED_LINE, phone=Phone(), after=35)
    carrier.run()
    assert again.status == "busy"


def test_a_customer_of_a_range_newer_than_the_library_is_rung(environment, ring, store, pickups):
    from infra.carrier import Phone

    environment["EXTRA_NUMBER_RANGES"] = "+9686xxxxxxx"
    pickups["+96861234567"] = Phone(keys=["3"], name="customer")
    store.put(Line(number=demo.PROTECTED_LINE, kind="protected", ring_to="+96861234567"))
    assert ring(caller=[ANNOUNCED]).rang("+96861234567")
    assert ring("61234567", caller=["2", HANG_UP]).caller.hears("report_line_menu", "en")


def test_an_unprocessed_key_forbids_trust(ring, road, monkeypatch):
    """DynamoDB may leave keys unprocessed; what was not read might have spoken against the caller."""

    asked = road.batch_get_item

    def partly(RequestItems):  # noqa: N803  # DynamoDB's own spelling
        [(table, wanted)] = RequestItems.items()
        left = rule_key(demo.TRUSTED[:5])
        keep = [key for key in wanted["Keys"] if key["pk"]["S"] != left.pk]
        answer = asked(RequestItems={table: {"Keys": keep}}) if keep else {"Responses": {}}
        unprocessed = [key for key in wanted["Keys"] if key not in keep]
        return {**answer, "UnprocessedKeys": {table: {"Keys": unprocessed}} if unprocessed else {}}

    assert ring(demo.TRUSTED, customer=["1"]).caller.heard == []
    monkeypatch.setattr(road, "batch_get_item", partly)
    call = ring(demo.TRUSTED, caller=[ANNOUNCED], customer=["1"])
    assert call.caller.hears("unknown_notice")
    assert call.talked
