"""The two calls that are measured, held by the carrier that stands in for Twilio: each request is one it would send.

The caller presses a wrong key at the human check, then the right one, and the customer answers. ``reported``: the
customer presses 9, says what it was about and that nothing was lost. ``talked``: the customer presses 1, and the two
talk for a minute in the guarded conference. Every call has a caller and a customer of its own, as in life.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias
from urllib.parse import urlencode, urlsplit

from infra.carrier import ANNOUNCED, Answer, Carrier, Phone
from infra.local.events import event
from ivr.screening.line import Line
from ivr.secrets.key_fingerprint import KeyFingerprint, fingerprint
from tests.bench import reputations, stored
from tests.bench.wire import Seen, moved
from tests.bench.world import ACCOUNT, BASE_URL, HMAC_KEY, NOW, TABLE, TOKEN

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mypy_boto3_dynamodb import DynamoDBClient

    from tests.bench.wire import Wire

Ask: TypeAlias = "Callable[[dict[str, Any], str], dict[str, Any]]"  # has the event of a step answered by a handler
REPORTED, TALKED, DECLINED = "reported", "talked", "declined"
KINDS = (REPORTED, TALKED)  # that are measured
BILLED = (REPORTED, TALKED, DECLINED)
_KEYS = {REPORTED: ["9", "1", "2"], TALKED: ["1"], DECLINED: ["3"]}
_TALK_SECONDS = 60
# What a call of each kind leaves in its items, whichever handler answers it; all of them the time at which they closed.
_LEFT = {REPORTED: {"category", "loss", "reporter"}, TALKED: {"accepted_at"}, DECLINED: {"declined_at"}}
_LINES_AT_ONCE = 100
_TOKEN_OF_THE_CALL = "%7B%22parentCallInfoToken%22%3A%22" + "eyJhbGciOiJFUzI1NiJ9" * 8 + "%22%7D"

# What each request of a call is called here: by its path, and where a path comes twice, by how often it came.
_STEPS = {
    ("/voice/incoming", 1): "incoming",
    ("/voice/screened/unknown", 1): "menu",
    ("/voice/screened/unknown", 2): "ring",
    ("/voice/whisper/answered", 1): "whisper",
}
_BY_KIND = {
    (REPORTED, "/voice/whisper/offer"): "report on 9",
    (REPORTED, "/voice/whisper/recorded"): "the move",  # the peers move the leg before they answer 9
    (REPORTED, "/voice/report/questions"): "the moved leg",
    (REPORTED, "/voice/report/recorded"): "the moved leg",
    (REPORTED, "/voice/screened/ring"): "the ring's end",
    (REPORTED, "/voice/screened/goodbye"): "goodbye",
    (REPORTED, "/voice/report/what"): "category",
    (REPORTED, "/voice/report/lost"): "loss",
    (TALKED, "/voice/whisper/offer"): "accept",
    (TALKED, "/voice/talk/enter"): "customer enters",
    (TALKED, "/voice/screened/ring"): "caller joins",
    (TALKED, "/voice/wait/hold"): "on hold",
    (TALKED, "/voice/talk/room"): "customer leaves",
    (TALKED, "/voice/screened/room"): "caller leaves",
}
_STATUS = {False: "status of the caller", True: "status of the customer"}


class Step(NamedTuple):
    """One webhook of a call: its time in nanoseconds, and what it asked for."""

    name: str
    work: int  # of the processor
    clock: int
    seen: tuple[Seen, ...]
    answer: dict[str, Any]
    at: float = 0  # by the carrier's clock, in seconds

    @property
    def requests(self) -> list[str]:
        return [one.name for one in self.seen]


class Leg(NamedTuple):
    """A leg of a call, as Twilio bills it."""

    inbound: bool
    seconds: int


class Held(NamedTuple):
    """A call that was held to its end."""

    steps: list[Step]
    legs: list[Leg]

    @property
    def in_rooms(self) -> list[float]:
        """How many seconds each of the two was in the conference."""
        at = {step.name: step.at for step in self.steps}
        stays = (("customer enters", "customer leaves"), ("caller joins", "caller leaves"))
        return [at[left] - at[came] for came, left in stays if came in at and left in at]


class _EnoughError(Exception):
    """The first webhook is answered, and no more of this call is wanted."""


class FaultyStepError(Exception):
    """A step that did less than it says, or failed. The message is a sentence."""


class Telephones:
    """Holds calls with handlers that stand behind ``wire``, over the table of ``dynamodb``."""

    def __init__(self, wire: Wire, dynamodb: DynamoDBClient) -> None:
        self._wire, self._dynamodb = wire, dynamodb
        self._next = 0
        key = KeyFingerprint(fingerprint=fingerprint(HMAC_KEY), kept_at=1)
        stored.put_all(dynamodb, TABLE, [key])

    def hold(self, who: str, ask: Ask, kind: str) -> Held:
        """Hold one call from its first webhook to its last, answered by the handler ``who``.

        Raises ``FaultyStepError``.
        """
        return self._play(who, ask, kind, ["1", ANNOUNCED], _TALK_SECONDS)

    def hold_straight(self, who: str, ask: Ask, kind: str, talks_for: int) -> Held:
        """The same with a caller who presses the right key at once; ``talks_for`` is in seconds."""
        return self._play(who, ask, kind, [ANNOUNCED], talks_for)

    def ring(self, who: str, ask: Ask, caller: str = "") -> Step:
        """The first webhook of a call that goes no further, of a caller of its own or of this ``caller``.

        Raises ``FaultyStepError``.
        """
        return self._play(
            who, ask, REPORTED, [ANNOUNCED], _TALK_SECONDS, first_of=caller or stored.caller(self._next)
        ).steps[0]

    def _play(self, who: str, ask: Ask, kind: str, keys: list[Any], talks_for: int, *, first_of: str = "") -> Held:
        number = self._a_line()
        steps: list[Step] = []
        held: Counter[str] = Counter()

        def post(url: str, form: Any, headers: Mapping[str, str]) -> Answer:
            path = urlsplit(url).path
            held[path] += 1
            name = self._named(kind, path, held[path], dict(form))
            self._wire.take()
            told = ask(_event(url, form, headers), name)
            step = Step(name, told["work"], told["clock"], tuple(self._wire.take()), told["answer"], carrier.epoch)
            steps.append(step)
            failed = [one for one in step.seen if one.status >= 500]
            if step.answer["statusCode"] not in {200, 204} or failed:
                raise FaultyStepError(f"{who}, {name}: answered {step.answer}; requests that failed: {failed}.")
            if first_of:
                raise _EnoughError
            return Answer(
                step.answer["statusCode"], step.answer["headers"].get("content-type", ""), step.answer["body"]
            )

        carrier = Carrier(
            post,
            base_url=BASE_URL,
            auth_token=TOKEN,
            account_sid=ACCOUNT,
            clock_start=NOW + 2 * self._next,
            pickups={customer_of(number): Phone(keys=_KEYS[kind], talks_for=talks_for, name="customer")},
            seed=self._next,
        )
        call = carrier.place(
            from_=first_of or stored.caller(number),
            to=line_of(number),
            phone=Phone(keys=keys),
            parameters={"CallToken": _TOKEN_OF_THE_CALL},
        )
        with carrier.rest() as rest:
            self._wire.twilio = rest.base_url
            try:
                carrier.run()
            except _EnoughError:
                return Held(steps, [])
            finally:
                self._wire.twilio = ""
        self._see_that_it_was_held(who, kind, call.sid, steps)
        return Held(steps, [Leg(leg.direction == "inbound", leg.duration) for leg in carrier.legs])

    def make_famous(self, caller: str) -> None:
        """Let every neighbour of a caller be reported, who has rung as many lines as are kept."""
        reputations.fill_the_neighbourhood(self._dynamodb, TABLE, caller, NOW)

    def _named(self, kind: str, path: str, times: int, form: Mapping[str, str]) -> str:
        if path == "/voice/status":
            return _STATUS["ParentCallSid" in form]
        return _STEPS.get((path, times)) or _BY_KIND.get((kind, path)) or path

    def _a_line(self) -> int:
        """The number of a line that has had no call yet. Lines are stored a hundred at a time, past the wire."""
        number = self._next
        if number % _LINES_AT_ONCE == 0:
            some = range(number, number + _LINES_AT_ONCE)
            lines = (Line(number=line_of(one), kind="protected", ring_to=customer_of(one)) for one in some)
            stored.put_all(self._dynamodb, TABLE, lines)
        self._next += 1
        return number

    def _see_that_it_was_held(self, who: str, kind: str, call_sid: str, steps: list[Step]) -> None:
        """Look at what the call has left in the table, and at what Twilio was asked."""
        found = self._dynamodb.query(
            TableName=TABLE,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": f"CALL#{call_sid}"}},
            ConsistentRead=True,
        )["Items"]
        names = {name for item in found for name in item}
        moves = [form for step in steps for form in moved(list(step.seen))]
        wanted = _LEFT[kind] | {"closed_at"}
        if missing := sorted(wanted - names):
            raise FaultyStepError(f"{who}: after a call that was {kind} the table lacks {', '.join(missing)}.")
        if not moves and kind != DECLINED:
            raise FaultyStepError(f"{who}: a call that was {kind} has moved nobody over Twilio's REST API.")


def line_of(number: int) -> str:
    """One of ten million lines of the United States."""
    return f"+1202{5_550_000 + number:07}"


def customer_of(number: int) -> str:
    """Whose line it is."""
    return f"+1303{5_550_000 + number:07}"


def _event(url: str, form: Any, headers: Mapping[str, str]) -> dict[str, Any]:
    parts = urlsplit(url)
    return event(
        method="POST",
        path=parts.path,
        query=parts.query,
        headers={"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8", **headers},
        body=urlencode(form).encode(),
        now_ms=NOW * 1000,
    )
