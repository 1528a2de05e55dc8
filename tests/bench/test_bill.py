"""The bill is a formula: what is counted, times what is public."""

import re

import pytest

from tests.bench import __main__ as bench
from tests.bench import bill, cost_estimate
from tests.bench.held_calls import Held, Leg, Step
from tests.bench.wire import Seen

NOTHING = bill.Used(*[0] * len(bill.Used._fields))
NO_TABLE = cost_estimate.Held(0, 0, 0, {}, {})
PRICES = bill.prices()
MIX = {"reported": 0, "talked": 1000, "declined": 0}


def terms_of(table=NO_TABLE, **used):
    known = PRICES._replace(assumed=PRICES.assumed | {"mix": MIX})
    kinds = {kind: NOTHING._replace(**used) for kind in MIX}
    return {term.name: term for term in bill.bill(kinds, dict.fromkeys(MIX, table), known)}


def step(name, at, *requests, says=""):
    body = f"<Response><Say>{says}</Say><Say>{says}</Say></Response>"
    seen = tuple(Seen(one, 1, 1, 200, b"", b"") for one in requests)
    return Step(name, 2_000_000, 9, seen, {"statusCode": 200, "headers": {}, "body": body}, at)


@pytest.mark.parametrize(
    ("used", "term", "dollars"),
    [
        ({"caller_minutes": 3}, "Twilio: the caller's leg, minutes", 3_000 * 0.0085),
        ({"customer_minutes": 2}, "Twilio: the customer's leg, minutes", 2_000 * 0.014),
        ({"room_minutes": 4}, "Twilio: the room, minutes of a person", 4_000 * 0.0018),
        ({"characters": 900}, "Twilio: speech, characters", 9_000 * 0.0032),
        ({"webhooks": 10}, "API Gateway: webhooks", 10_000 * 1e-6),
        ({"log_bytes": 500}, "voice: log, GB", 0.0005 * 0.5),
        ({"bytes_out": 7_000}, "documents to Twilio, GB", 0.007 * 0.09),
    ],
    ids=["caller", "customer", "room", "speech", "webhooks", "log", "documents"],
)
def test_a_term_is_what_1000_calls_use_times_its_price(used, term, dollars):
    assert terms_of(**used)[term].dollars == pytest.approx(dollars)


def test_a_webhook_takes_the_processors_time_and_waits_for_what_it_asks():
    waits = 4 * PRICES.assumed["dynamodb_ms"] + PRICES.assumed["twilio_ms"]
    found = terms_of(milliseconds=6, requests=4, moves=1)["voice: GB-seconds"]
    assert found.amount == pytest.approx((6 + waits) * 1769 / 1024)


def test_units_of_the_table_are_billed_to_who_asks():
    table = cost_estimate.Held(0, 0, 0, {("voice", "UpdateItem"): (0, 5), ("reputation", "Query"): (3, 0)}, {})
    found = terms_of(table)
    assert (found["voice: write units"].amount, found["reputation: read units"].amount) == (5_000, 3_000)
    assert (found["voice: read units"].amount, found["reputation: write units"].amount) == (0, 0)


def test_a_call_uses_what_its_webhooks_ask_say_and_last():
    call = Held(
        [
            step("incoming", 0, "BatchGetItem", says="abc"),
            step("customer enters", 10, "UpdateItem", "twilio:Calls"),
            step("customer leaves", 75),
        ],
        [Leg(inbound=True, seconds=61), Leg(inbound=False, seconds=60)],
    )
    found = bill.used(call, log_bytes=77)
    assert found[:5] == (3, 6.0, 2, 1, 77)
    assert (found.caller_minutes, found.customer_minutes, found.room_minutes) == (2, 1, 2)
    assert found.characters == 6


def test_the_sentence_names_the_three_dearest():
    said = bill.dominates([*terms_of(caller_minutes=1, characters=900).values()])
    assert re.match(r"1,000 calls cost [\d.]+ dollars, of which 37\.30 are Twilio's .* Twilio: speech 28\.80, ", said)


@pytest.mark.parametrize(
    ("was", "written", "said"),
    [
        ('"log GB"', '"logs"', "[price] lacks log GB."),
        ("dollars = 0.50", 'dollars = "0,50"', "log GB: dollars is '0,50', and has to be a number, at least 0."),
        ("dollars = 0.50", "dollars = -0.50", "log GB: dollars is -0.5, and has to be a number, at least 0."),
        ("dollars = 0.50\nfor = 1\n", "dollars = 0.50\n", '[price."log GB"] lacks for.'),
        ("for = 100\n", "for = 0\n", "neural speech: for is 0, and has to be a number, more than 0."),
        ("talk_seconds = 120", "", "[assumed] lacks talk_seconds."),
        ("calls_a_month = 1_000_000", "calls_a_month = 0", "calls_a_month is 0, and has to be a number, more than 0."),
        ("declined = 398", "", "[assumed.mix] lacks declined."),
        ("talked = 600", "talked = 700", "[assumed.mix] is of 1100 calls, and has to be of 1000."),
        ("dollars = 0.50", "dollars = 0,50", "Expected newline"),
    ],
    ids=[
        "no price",
        "words",
        "negative",
        "no unit",
        "for none",
        "nothing assumed",
        "no calls",
        "no kind",
        "sum",
        "comma",
    ],
)
def test_a_file_of_prices_with_a_fault_is_refused_in_a_sentence(was, written, said, tmp_path, capsys):
    file = tmp_path / "mine.toml"
    text = bill.FILE.read_text(encoding="utf-8")
    assert was in text
    file.write_text(text.replace(was, written), encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        bench.main(["--bill", "--prices", str(file)])
    assert ended.value.code == 2
    printed = " ".join(capsys.readouterr().err.split())
    assert f"--prices: {file}: " in printed
    assert said in printed
