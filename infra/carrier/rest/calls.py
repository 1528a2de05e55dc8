"""The Calls resource: creates a call, moves or ends a live one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from infra.carrier.callbacks import EVENTS, Progress
from infra.carrier.leg import Leg
from infra.carrier.moving import update
from infra.carrier.outbound import Placed, live
from infra.carrier.request import Request
from infra.carrier.rest.answers import RefusedError, Reply, live_call, queued_call
from infra.carrier.rest.parameters import INVALID_CALLBACK, INVALID_URL, NUMBER, UNKNOWN_PARAMETER
from infra.carrier.transcript import Transcript

if TYPE_CHECKING:
    from collections.abc import Callable

    from infra.carrier.network import Network, Steps
    from infra.carrier.rest.account import Account
    from infra.carrier.rest.parameters import Parameters
    from infra.carrier.switch import Switch

MAX_TWIML = 4000
TWIML_TOO_LONG, INVALID_TIMEOUT, INVALID_FROM = 32018, 21208, 21212
NO_TO, NO_FROM, INVALID_TO, NOT_VERIFIED, NOT_IN_PROGRESS, NOT_FOUND = 21201, 21213, 21211, 21210, 21220, 20404
_DOCUMENT = frozenset({"Url", "Method", "Twiml", "FallbackUrl", "FallbackMethod"})
_CREATE = _DOCUMENT | {"To", "From", "Timeout", "StatusCallback", "StatusCallbackMethod", "StatusCallbackEvent"}
_UPDATE = _DOCUMENT | {"Status"}
_ENDED = frozenset({"completed", "busy", "no-answer", "failed", "canceled"})


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """The checked parameters of a call to place."""

    sid: str
    from_: str
    to: str
    request: Request
    timeout: int
    fallback_url: str
    status_url: str | None
    status_events: frozenset[str]


class Calls:
    """Calls of the account. Requests are checked and answered at once; the simulation acts on them at its next step.

    This runs in the server's threads: it reads the network, and changes it only through `network.order`.
    """

    def __init__(self, account: Account, switch: Switch, calls_per_second: float) -> None:
        self._account = account
        self._network: Network = account.network
        self._switch = switch
        self._queued: dict[str, dict[str, Any]] = {}
        self._known_to_have_ended: set[str] = set()
        self._seconds_each = 1 / calls_per_second
        self._free_at = 0.0

    def create(self, form: Parameters, delay: float) -> Reply:
        """Place a call, `delay` simulated seconds from now at the earliest."""
        form.check_names(_CREATE)
        from_, to = form.get("From"), form.get("To")
        if not to:
            raise form.mistake(NO_TO, "No 'To' number is specified")
        if not from_:
            raise form.mistake(NO_FROM, "No 'From' number is specified")
        if not NUMBER.fullmatch(to):
            raise RefusedError(INVALID_TO, f"The phone number you are attempting to call, {to}, is not valid.")
        if not NUMBER.fullmatch(from_):
            raise form.mistake(INVALID_FROM, f"The 'From' number {from_} is not a valid phone number.")
        if not self._account.may_show(from_):
            raise RefusedError(NOT_VERIFIED, f"The source phone number provided, {from_}, is not yet verified.")
        request = _document(form)
        if request is None:
            raise form.mistake(INVALID_URL, "Url or Twiml is needed")
        wanted = Wanted(
            sid=self._account.new_sid("CA"),
            from_=from_,
            to=to,
            request=request,
            timeout=form.whole("Timeout", 60, 1, 600, INVALID_TIMEOUT),
            fallback_url=form.url("FallbackUrl"),
            status_url=form.url("StatusCallback", INVALID_CALLBACK) or None,
            status_events=form.words("StatusCallbackEvent", "completed", EVENTS),
        )
        described = queued_call(wanted.sid, self._network.options.account_sid, from_, to, self._network.epoch)
        self._queued[wanted.sid] = described
        self._network.order(lambda: self._place(wanted, delay))
        return Reply(201, described)

    def update(self, sid: str, form: Parameters, delay: float) -> Reply:
        """Move a live leg to another document, or end it, `delay` simulated seconds from now."""
        form.check_names(_UPDATE)
        described = self._describe(sid)
        status = form.get("Status")
        if status and status not in ("completed", "canceled"):
            raise form.mistake(UNKNOWN_PARAMETER, f"Status={status}: it may become completed or canceled")
        request = None if status else _document(form)
        if not status and request is None:
            raise form.mistake(INVALID_URL, "Url, Twiml or Status is needed")
        if described["status"] in _ENDED or (request is not None and described["status"] != "in-progress"):
            raise RefusedError(
                NOT_IN_PROGRESS, f"Call is not in-progress. Cannot redirect. It is {described['status']}."
            )
        if status == "canceled" and described["status"] == "in-progress":
            raise RefusedError(NOT_IN_PROGRESS, "Call is in-progress. Cannot cancel.")
        fallback_url = form.url("FallbackUrl")

        def act(leg: Leg) -> None:
            if request is None:
                leg.hang_up("network", f"{status} over REST", "canceled")
                return
            leg.fallback_url = fallback_url or leg.fallback_url
            update(leg, request)

        self._network.order(lambda: self._act(sid, act, delay))
        return Reply(200, described)

    def fetch(self, sid: str) -> Reply:
        """Describe a call. Under `hangup_delay` the first fetch of an ended call still says in-progress."""
        described, leg = self._describe(sid), self._switch.leg(sid)
        late = self._network.options.hangup_delay and leg is not None and not leg.is_alive
        if late and sid not in self._known_to_have_ended:
            self._known_to_have_ended.add(sid)
            described = {**described, "status": "in-progress"}
        return Reply(200, described)

    def _describe(self, sid: str) -> dict[str, Any]:
        leg = self._switch.leg(sid)
        if leg is not None:
            return live_call(leg)
        if sid in self._queued:
            return self._queued[sid]
        raise RefusedError(NOT_FOUND, f"The requested resource /Calls/{sid}.json was not found", 404)

    def _place(self, wanted: Wanted, delay: float) -> None:
        network, phone = self._network, self._network.phone_of(wanted.to)
        start = max(network.env.now + delay, self._free_at)
        self._free_at = start + self._seconds_each
        leg = Leg(
            network=network,
            sid=wanted.sid,
            direction="outbound-api",
            from_=wanted.from_,
            to=wanted.to,
            phone=phone,
            name=phone.name or wanted.to,
            number=wanted.to,
            transcript=Transcript(),
            state="queued",
            fallback_url=wanted.fallback_url,
            placed_at=start,
        )
        self._switch.legs.append(leg)
        progress = Progress(leg, wanted.status_url, wanted.status_events)
        leg.process = network.env.process(live(self._switch, Placed(leg, wanted.request, wanted.timeout, progress)))

    def _act(self, sid: str, act: Callable[[Leg], None], delay: float) -> None:
        leg = self._switch.leg(sid)
        assert leg is not None, "an update follows the creation of its call"
        if delay:
            leg.network.env.process(_later(leg, act, delay))
        else:
            act(leg)


def _later(leg: Leg, act: Callable[[Leg], None], delay: float) -> Steps[None]:
    yield leg.network.env.timeout(delay)
    act(leg)


def _document(form: Parameters) -> Request | None:
    """The request for the next document. Url wins over Twiml (Twilio's page of the Call resource)."""
    url, twiml = form.url("Url"), form.get("Twiml")
    if url:
        return Request(url)
    if len(twiml) > MAX_TWIML:
        raise form.mistake(TWIML_TOO_LONG, f"Twiml has {len(twiml)} characters, {MAX_TWIML} are allowed")
    return Request("", twiml=twiml) if twiml else None
