"""The bill for 1,000 calls, by formula: what was counted, times what is public. What is counted is held, not assumed:
one call of each kind, by the real handler.
"""

from __future__ import annotations

import tomllib
from math import ceil, inf
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from xml.etree import ElementTree as ET

from infra.local.template import resources
from tests.bench.held_calls import BILLED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tests.bench import cost_estimate
    from tests.bench.held_calls import Held

FILE = Path(__file__).with_name("prices.toml")
CALLS = 1_000
_SAID = {"assumed", "price", "read_on", "region"}
_NEEDED = {
    "API Gateway, HTTP API request",
    "DynamoDB read unit",
    "DynamoDB write unit",
    "GB out of AWS",
    "Lambda GB-second, arm64",
    "Lambda request",
    "SnapStart, cached GB-second",
    "SnapStart, restored GB",
    "Twilio: character of neural speech",
    "Twilio: minute of a caller's leg",
    "Twilio: minute of a customer's leg",
    "Twilio: minute of a person in a room",
    "Twilio: segment of an SMS",
    "log GB",
}
_ASSUMED = {
    "calls_a_month",
    "dynamodb_ms",
    "restored",
    "sms_segments",
    "system_log_bytes",
    "talk_seconds",
    "twilio_ms",
    "versions",
}
_NEVER_NOTHING = {"calls_a_month", "talk_seconds"}
_MONTH = 30.4 * 86_400  # seconds


class Prices(NamedTuple):
    """A file of prices."""

    dollars: dict[str, float]  # for one
    assumed: dict[str, Any]
    about: str


class Used(NamedTuple):
    """What a call of one kind uses."""

    webhooks: float
    milliseconds: float  # of the processor
    requests: float  # to AWS
    moves: float  # to Twilio's REST API
    log_bytes: float
    bytes_out: float
    caller_minutes: float
    customer_minutes: float
    room_minutes: float
    characters: float


class Term(NamedTuple):
    """One term: how much of it 1,000 calls use, what one costs, and what that is."""

    name: str
    amount: float
    price: float

    @property
    def dollars(self) -> float:
        return self.amount * self.price


def prices(file: Path = FILE) -> Prices:
    """The prices of a file. Raises ``ValueError`` for one that lacks what is needed, ``OSError`` for no file."""
    try:
        told = tomllib.loads(file.read_text(encoding="utf-8"))
        return _read(told)
    except ValueError as error:
        raise ValueError(f"{file}: {error} ({FILE.name} in tests/bench shows the form.)") from error


def _read(told: dict[str, Any]) -> Prices:
    _holds(told, "it", _SAID)
    _holds(told["price"], "[price]", _NEEDED)
    dollars = {}
    for name, one in told["price"].items():
        _holds(one, f'[price."{name}"]', {"dollars", "for"})
        dollars[name] = _number(one, "dollars", name) / _number(one, "for", name, more_than=0)
    assumed = told["assumed"]
    _holds(assumed, "[assumed]", _ASSUMED | {"mix"})
    for name in sorted(_ASSUMED):
        _number(assumed, name, "[assumed]", more_than=0 if name in _NEVER_NOTHING else None)
    _holds(assumed["mix"], "[assumed.mix]", set(BILLED))
    if (calls := sum(_number(assumed["mix"], kind, "[assumed.mix]") for kind in BILLED)) != CALLS:
        raise ValueError(f"[assumed.mix] is of {calls} calls, and has to be of {CALLS}.")
    return Prices(dollars, assumed, f"{told['region']}; read on {told['read_on']}")


def _holds(table: Any, name: str, needed: set[str]) -> None:
    if missing := needed - (table.keys() if isinstance(table, dict) else set()):
        raise ValueError(f"{name} lacks {', '.join(sorted(missing))}.")


def _number(table: dict[str, Any], name: str, of: str, *, more_than: float | None = None) -> float:
    found = table[name]
    least = "at least" if more_than is None else "more than"
    if type(found) not in {int, float} or not 0 <= found < inf or found == more_than:
        raise ValueError(f"{of}: {name} is {found!r}, and has to be a number, {least} 0.")
    return found  # type: ignore[no-any-return]


def used(call: Held, log_bytes: int) -> Used:
    """What one call used: its webhooks from the wire, its minutes from the carrier. Twilio bills whole minutes."""
    seen = [one for step in call.steps for one in step.seen]
    to_twilio = sum(one.name.startswith("twilio:") for one in seen)
    bodies = [step.answer["body"] for step in call.steps]
    minutes = {way: sum(ceil(leg.seconds / 60) for leg in call.legs if leg.inbound == way) for way in (True, False)}
    return Used(
        webhooks=len(call.steps),
        milliseconds=sum(step.work for step in call.steps) / 1e6,
        requests=len(seen) - to_twilio,
        moves=to_twilio,
        log_bytes=log_bytes,
        bytes_out=sum(len(body.encode()) for body in bodies),
        caller_minutes=minutes[True],
        customer_minutes=minutes[False],
        room_minutes=sum(ceil(seconds / 60) for seconds in call.in_rooms),
        characters=sum(_spoken(body) for body in bodies),
    )


def _spoken(body: str) -> int:
    """The characters that are said in a document."""
    return sum(len(say.text or "") for say in ET.fromstring(body).iter("Say")) if body else 0


def bill(held: Mapping[str, Used], table: Mapping[str, cost_estimate.Held], known: Prices) -> list[Term]:
    """Every term, the dearest first. ``table`` is what each kind of call asks of DynamoDB and of the stream."""
    mix, assumed = known.assumed["mix"], known.assumed

    def total(name: str) -> float:
        return sum(mix[kind] * getattr(one, name) for kind, one in held.items())

    def units(n: int, who: str) -> float:
        return sum(
            mix[kind] * sum(amounts[n] for (whose, _), amounts in one.units.items() if whose == who)
            for kind, one in table.items()
        )

    webhooks, memory = total("webhooks"), _gigabytes()
    seconds = (
        total("milliseconds") + total("requests") * assumed["dynamodb_ms"] + total("moves") * assumed["twilio_ms"]
    ) / 1000
    records = sum(mix[kind] * one.stream_records for kind, one in table.items())
    waits = sum(mix[kind] * one.requests_of_the_follower for kind, one in table.items())
    log_bytes = total("log_bytes") + webhooks * assumed["system_log_bytes"]
    cached = assumed["versions"] * memory * _MONTH * CALLS / assumed["calls_a_month"]
    amounts: Iterable[tuple[str, float, str]] = (
        ("Twilio: the caller's leg, minutes", total("caller_minutes"), "Twilio: minute of a caller's leg"),
        ("Twilio: the customer's leg, minutes", total("customer_minutes"), "Twilio: minute of a customer's leg"),
        ("Twilio: the room, minutes of a person", total("room_minutes"), "Twilio: minute of a person in a room"),
        ("Twilio: speech, characters", total("characters"), "Twilio: character of neural speech"),
        ("Twilio: SMS about reports, segments", mix["reported"] * assumed["sms_segments"], "Twilio: segment of an SMS"),
        ("API Gateway: webhooks", webhooks, "API Gateway, HTTP API request"),
        ("voice: invocations", webhooks, "Lambda request"),
        ("voice: GB-seconds", seconds * memory, "Lambda GB-second, arm64"),
        ("voice: read units", units(0, "voice"), "DynamoDB read unit"),
        ("voice: write units", units(1, "voice"), "DynamoDB write unit"),
        ("voice: log, GB", log_bytes / 1e9, "log GB"),
        ("voice: restored, GB", webhooks * assumed["restored"] * memory, "SnapStart, restored GB"),
        ("voice: snapshots kept, GB-seconds", cached, "SnapStart, cached GB-second"),
        ("documents to Twilio, GB", total("bytes_out") / 1e9, "GB out of AWS"),
        ("reputation: invocations", records / 100, "Lambda request"),  # a hundred records in each
        ("reputation: GB-seconds", waits * 0.5 * assumed["dynamodb_ms"] / 1000, "Lambda GB-second, arm64"),
        ("reputation: read units", units(0, "reputation"), "DynamoDB read unit"),
        ("reputation: write units", units(1, "reputation"), "DynamoDB write unit"),
    )
    terms = [Term(name, amount, known.dollars[price]) for name, amount, price in amounts]
    return sorted(terms, key=lambda term: -term.dollars)


def a_version_a_month(known: Prices) -> float:
    """Dollars of one kept snapshot, in a month."""
    return _gigabytes() * _MONTH * known.dollars["SnapStart, cached GB-second"]


def _gigabytes() -> float:
    """What the voice function has, and a snapshot of it holds."""
    return int(resources()["VoiceFunction"]["Properties"]["MemorySize"]) / 1024


def dominates(terms: list[Term]) -> str:
    """A sentence on what the bill is made of."""
    total = sum(term.dollars for term in terms)
    first, second, third = terms[:3]
    twilio = sum(term.dollars for term in terms if term.name.startswith("Twilio"))
    named = ", ".join(f"{one.name.split(', ')[0]} {one.dollars:.2f}" for one in (first, second, third))
    return (
        f"1,000 calls cost {total:.2f} dollars, of which {twilio:.2f} are Twilio's and {total - twilio:.2f} AWS's. The"
        f" dearest are {named}."
    )
