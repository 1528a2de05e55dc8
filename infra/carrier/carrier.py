"""The stand-in for Twilio's voice network: place calls, let simulated time run, examine the result."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING, Literal

import simpy

from infra.carrier.call import Call
from infra.carrier.handset import Handset, hang_up_now
from infra.carrier.inbound import live
from infra.carrier.leg import Leg
from infra.carrier.network import Fault, Network, Options
from infra.carrier.phone import Phone
from infra.carrier.rest.account import Account
from infra.carrier.rest.api import Api
from infra.carrier.rest.server import RestServer
from infra.carrier.switch import Switch
from infra.carrier.transcript import Transcript
from infra.carrier.webhooks import Difference, Webhooks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from infra.carrier.clocks import Clock
    from infra.carrier.posting import Get, Post
    from infra.carrier.recordings import Recording
    from infra.carrier.rest.sms import Message
    from infra.carrier.room import Alone
    from infra.carrier.transcript import Sound


class CarrierError(Exception):
    """The application made mistakes during calls; `faults` lists them."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


class Carrier:
    """Twilio's voice network for one application: webhooks, TwiML and telephones, in simulated time.

    Five things are settings because Twilio's pages do not say which value is true: abandoned_status, refused_status,
    update_during_whisper, empty_whisper and moved_status.

    Args:
        post: posts a webhook to the application: `http_post()`, or a function of a test.
        base_url: scheme and host of the application; the paths below are relative to it.
        auth_token: signs each webhook.
        account_sid: AccountSid of each webhook.
        clock_start: simulated time at the start, seconds since 1970; the present by default.
        deliveries: how often each webhook is delivered, with one idempotency token. Twilio acts on the first answer;
            different answers are kept in `deliveries_differed`.
        disorder_seed: with a seed, status callbacks arrive late, out of order and sometimes twice.
        pickups: the telephone of each number. It is read when a number is dialled, so a test may change it.
        default_pickup: the telephone of any other number; by default nobody answers it.
        verified: numbers that may be shown as callerId besides the call's own To and From.
        abandoned_status: DialCallStatus, and the called leg's CallStatus, after the caller hung up while it rang.
        refused_status: DialCallStatus after a leg that answered, heard its whisper and left without being bridged
            (a refusal, a voicemail). DialBridged is "false" then.
        update_during_whisper: when a REST update of a leg that is in its whisper takes effect: at once, or a second
            after the bridge.
        empty_whisper: what an empty Response in a whisper does: it hangs the called leg up, or bridges the two.
        moved_status: DialCallStatus after the called leg was moved away over REST.
        hangup_delay: seconds between a caller's hang-up and what the application learns of it: the leg's last requests
            come then, and the first fetch over REST still says in-progress. Twilio promises no order.
        own_numbers: numbers of the account, which calls and messages over REST may show. None: over REST any number,
            and in a Dial only the call's own and the verified ones.
        calls_per_second: how many calls over REST start in a second; the others are queued.
        talk_seconds: how long a talk lasts when no telephone says; then the called person hangs up.
        play_seconds: how long a Play lasts, except for a recording made here.
        get: gets the media of a Play from the application: `http_get()`, or a function of a test. None: they are
            taken to be there.
        sounds: the words and the length of the media at a URL, where they are known: what people hear of a Play.
        recordings: recordings that Twilio holds at the start.
        media_needs_credentials: whether Twilio refuses a Play of its own recordings, as it does for new accounts.
        strict: whether `run` raises the application's mistakes.
        seed: makes CallSids and tokens repeatable; without one they differ from run to run.

    """

    def __init__(
        self,
        post: Post,
        *,
        base_url: str,
        auth_token: str,
        account_sid: str = "AC" + "0" * 32,
        clock_start: float | None = None,
        deliveries: int = 1,
        disorder_seed: int | None = None,
        pickups: Mapping[str, Phone] | None = None,
        default_pickup: Phone | None = None,
        verified: Iterable[str] = (),
        abandoned_status: Literal["canceled", "no-answer"] = "canceled",
        refused_status: Literal["completed", "no-answer", "busy"] = "completed",
        update_during_whisper: Literal["at_once", "after_bridge"] = "at_once",
        empty_whisper: Literal["hangs_up", "bridges"] = "hangs_up",
        moved_status: Literal["completed", "answered", "no-answer"] = "completed",
        hangup_delay: float = 0.0,
        own_numbers: Iterable[str] | None = None,
        calls_per_second: float = 1.0,
        talk_seconds: float = 30.0,
        play_seconds: float = 5.0,
        get: Get | None = None,
        sounds: Callable[[str], Sound | None] = lambda _url: None,
        recordings: Iterable[Recording] = (),
        media_needs_credentials: bool = True,
        strict: bool = True,
        seed: int | None = None,
        ring_url_path: str = "/voice/incoming",
        fallback_path: str = "/voice/fallback",
        status_path: str = "/voice/status",
    ) -> None:
        self.strict = strict
        env = simpy.Environment()
        chance = random.Random(seed)  # noqa: S311 - identifiers of a simulation
        start = time.time() if clock_start is None else clock_start
        self.network = Network(
            env=env,
            clock_start=start,
            webhooks=Webhooks(
                post=post,
                auth_token=auth_token,
                milliseconds=lambda: round((start + env.now) * 1000),
                new_token=lambda: f"{chance.getrandbits(128):032x}",
                deliveries=deliveries,
                get=get,
            ),
            options=Options(
                account_sid=account_sid,
                base_url=base_url,
                ring_url_path=ring_url_path,
                fallback_path=fallback_path,
                status_path=status_path,
                verified=frozenset(verified),
                own_numbers=None if own_numbers is None else frozenset(own_numbers),
                abandoned_status=abandoned_status,
                refused_status=refused_status,
                talk_seconds=talk_seconds,
                play_seconds=play_seconds,
                default_pickup=default_pickup or Phone(answers="no-answer"),
                update_during_whisper=update_during_whisper,
                empty_whisper=empty_whisper,
                moved_status=moved_status,
                media_needs_credentials=media_needs_credentials,
                sounds=sounds,
                hangup_delay=hangup_delay,
            ),
            pickups={} if pickups is None else pickups,
            chance=chance,
            recordings={recording.sid: recording for recording in recordings},
            disorder=None if disorder_seed is None else random.Random(disorder_seed),  # noqa: S311
        )
        self.network.webhooks.afterwards = self.network.obey
        self.switch = Switch(self.network)
        self._account = Account(
            network=self.network,
            auth_token=auth_token,
            chance=random.Random(None if seed is None else f"rest {seed}"),  # noqa: S311
        )
        self._api = Api(self._account, self.switch, calls_per_second)

    def rest(self, port: int = 0) -> RestServer:
        """Answer REST requests on 127.0.0.1 while the returned context manager is entered; port 0 is any free one.

        Raises ``OSError`` where the port can't be opened.
        """
        return RestServer(self._api, port)

    def answers_on(self, server: RestServer) -> None:
        """Let a server that was started for another carrier answer for this one from now on."""
        server.api = self._api

    @property
    def messages(self) -> list[Message]:
        """The messages accepted over REST, those whose answer was lost too."""
        return self._account.messages

    @property
    def recordings(self) -> list[Recording]:
        """All recordings, the deleted ones too."""
        return list(self.network.recordings.values())

    @property
    def calls(self) -> list[Call]:
        """All calls: those placed by callers and those placed over REST."""
        return [Call(leg, self.switch) for leg in self.switch.legs if leg.parent is None]

    @property
    def alone(self) -> list[Alone]:
        """The stretches of time that a leg spent alone in a conference."""
        return self.switch.alone

    @property
    def legs(self) -> list[Leg]:
        """All legs of all calls, in the order in which they began."""
        return self.switch.legs

    @property
    def left_behind(self) -> list[Leg]:
        """Legs that have not ended: none after `run`."""
        return [leg for leg in self.switch.legs if leg.is_alive]

    @property
    def errors(self) -> list[Fault]:
        """The application's mistakes so far."""
        return self.network.errors

    @property
    def failures(self) -> list[Fault]:
        """Webhooks that brought no document. The call may have gone on at the fallback URL."""
        return self.network.failures

    @property
    def deliveries_differed(self) -> list[Difference]:
        """Webhooks that were answered differently when delivered again."""
        return self.network.webhooks.differed

    @property
    def epoch(self) -> float:
        """The simulated time, seconds since 1970."""
        return self.network.epoch

    def place(
        self,
        *,
        from_: str,
        to: str,
        phone: Phone,
        parameters: Mapping[str, str] | None = None,
        after: float = 0.0,
    ) -> Call:
        """Let somebody call `to`, a number of the application, in `after` seconds. `run` then plays the call.

        `parameters` are sent with each webhook of the caller's leg (StirVerstat, ForwardedFrom, AddOns, ...).
        """
        leg = Leg(
            network=self.network,
            direction="inbound",
            from_=from_,
            to=to,
            phone=phone,
            name=phone.name or "caller",
            number=from_,
            transcript=Transcript(),
            parameters=dict(parameters or {}),
            state="ringing",
            placed_at=self.network.env.now + after,
        )
        self.switch.legs.append(leg)
        leg.process = self.network.env.process(live(self.switch, leg))
        if phone.hangs_up_after is not None:
            leg.hang_up_in(after + phone.hangs_up_after)
        return Call(leg, self.switch)

    def handset(self, sid: str) -> Handset | None:
        """The telephone of a leg, by its CallSid, for the person who holds it. None: there is no such leg."""
        leg = self.switch.leg(sid)
        return Handset(leg) if leg else None

    def hang_up(self) -> None:
        """Let everybody hang up. Another thread or a signal handler may call this."""
        self.network.act(self._hang_up_now)

    def _hang_up_now(self) -> None:
        # A telephone that rings has nothing to hang up: it stops when the leg that rings it ends.
        alive = [leg for leg in self.switch.legs if leg.is_alive and (leg.answered_at is not None or not leg.parent)]
        for leg in alive[:1]:
            hang_up_now(leg)
        for leg in alive[1:]:
            leg.hung_up_elsewhere = leg.phone.live
            leg.hang_up("person", "hung up", leg.unanswered_status)

    def run(self) -> None:
        """Let time run until all legs have ended and all callbacks are delivered.

        Raises:
            CarrierError: under `strict`, if the application made a mistake since the carrier began.

        """
        env = self.network.env
        self._obey_all()
        while env.peek() < float("inf"):
            # The remaining events of this moment may hold an exception to raise.
            if env.peek() > env.now and not self.switch.is_busy:
                break
            env.step()
            self._obey_all()
        if self.strict and self.errors:
            raise CarrierError(self.errors)

    def keep_time(self, clock: Clock) -> None:
        """Let time run as `clock` tells, until all legs have ended and all callbacks are delivered.

        The thread that calls this is the simulation's; others hold the telephones meanwhile (`handset`), move legs over
        REST, or let everybody hang up. Nothing is raised for the application's mistakes: see `errors`.
        """
        env, network = self.network.env, self.network
        is_due = False  # an act, as soon as all of this moment has happened
        while True:
            network.obey()
            if env.peek() > env.now:
                if network.acts and (is_due or not self.switch.is_busy):
                    network.let_act()
                    is_due = False
                    continue
                if not self.switch.is_busy:
                    return
                reached = clock.reach(network, env.peek())
                if reached < env.peek():
                    if reached > env.now:
                        env.run(until=reached)
                    network.let_act()
                    continue
                is_due = bool(network.acts)
            env.step()

    def wait(self, seconds: float) -> None:
        """Let simulated time pass, between calls or in the middle of one."""
        env = self.network.env
        over = env.timeout(seconds)
        while not over.processed:
            self._obey_all()
            env.step()

    def _obey_all(self) -> None:
        self.network.obey()
        while self.network.acts:
            self.network.let_act()
