"""The stand-in for Twilio's voice network: place calls, let simulated time run, look at what happened."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING, Literal
from urllib.parse import urljoin

import simpy

from infra.carrier.call import Call
from infra.carrier.callbacks import report_status
from infra.carrier.execution import perform, say_last_words
from infra.carrier.leg import HungUpError, Leg
from infra.carrier.moving import follow
from infra.carrier.network import Fault, Network, Options
from infra.carrier.phone import Phone
from infra.carrier.rest.account import Account
from infra.carrier.rest.server import RestServer
from infra.carrier.scene import Request
from infra.carrier.speaking import end_of_document
from infra.carrier.transcript import Transcript
from infra.carrier.webhooks import Difference, Webhooks

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from infra.carrier.conference import Alone
    from infra.carrier.network import Steps
    from infra.carrier.posting import Get, Post
    from infra.carrier.recordings import Recording
    from infra.carrier.rest.account import Message


class CarrierError(Exception):
    """What the application did wrong while calls ran; `faults` lists it."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


class Carrier:
    """Twilio's voice network as far as webhooks, TwiML and two telephones go, in simulated time.

    Args:
        post: how a webhook reaches the application: `http_post()`, or a function of a test.
        base_url: where the application lives, with its scheme; the paths below are relative to it.
        auth_token: signs each webhook.
        account_sid: AccountSid of each webhook.
        clock_start: simulated time at the start, seconds since 1970; the present by default.
        deliveries: how often each webhook is delivered, with one idempotency token. Twilio acts on the first answer;
            answers that differ are kept in `deliveries_differed`.
        disorder_seed: with a seed, status callbacks arrive late, out of order and sometimes twice.
        pickups: who picks up, by number; read at the moment of dialling, so it may be changed between calls.
        default_pickup: who picks up any other number: nobody.
        verified: numbers that may be shown as callerId besides the call's own To and From.
        refused_status: DialCallStatus after a leg that answered, heard its whisper and left without being bridged
            (a refusal, a voicemail). Not confirmed on a real account, hence a setting; DialBridged is "false".
        update_during_whisper: when a REST update of a leg that is in its whisper takes effect: at once, or a second
            after the bridge. Not confirmed on a real account.
        empty_whisper: what an empty Response in a whisper does: it hangs the called leg up, as another engine does, or
            joins the two. Not confirmed either.
        moved_status: DialCallStatus after the called leg was moved away over REST. Not confirmed either.
        tells_late: how many seconds after a caller hung up the application is told: the last requests of that leg come
            then, and REST calls it in progress once more, the first time that it is asked. Twilio promises no order.
        own_numbers: numbers of the account: what calls and messages over REST may show; None takes any number there,
            and of a Dial none but the call's own and the verified ones.
        calls_per_second: how many calls over REST start in a second; the others are queued.
        talk_seconds: how long the two talk when neither telephone says; then the called person hangs up.
        play_seconds: how long anything played takes, but for what was recorded here.
        get: how a Play gets what it names from the application: `http_get()`, or a function of a test; None: never.
        recordings: those that Twilio has from before.
        media_needs_credentials: whether Twilio keeps its recordings from a Play, as it does for accounts of our day.
        strict: whether `run` raises what the application did wrong.
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
        refused_status: Literal["completed", "no-answer", "busy"] = "completed",
        update_during_whisper: Literal["at_once", "after_bridge"] = "at_once",
        empty_whisper: Literal["hangs_up", "bridges"] = "hangs_up",
        moved_status: Literal["completed", "answered", "no-answer"] = "completed",
        tells_late: float = 0.0,
        own_numbers: Iterable[str] | None = None,
        calls_per_second: float = 1.0,
        talk_seconds: float = 30.0,
        play_seconds: float = 5.0,
        get: Get | None = None,
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
                refused_status=refused_status,
                talk_seconds=talk_seconds,
                play_seconds=play_seconds,
                default_pickup=default_pickup or Phone(answers="no-answer"),
                update_during_whisper=update_during_whisper,
                empty_whisper=empty_whisper,
                moved_status=moved_status,
                media_needs_credentials=media_needs_credentials,
                tells_late=tells_late,
            ),
            pickups={} if pickups is None else pickups,
            chance=chance,
            recordings={recording.sid: recording for recording in recordings},
            disorder=None if disorder_seed is None else random.Random(disorder_seed),  # noqa: S311
        )
        self.network.webhooks.afterwards = self.network.obey
        self._account = Account(
            network=self.network,
            auth_token=auth_token,
            calls_per_second=calls_per_second,
            chance=random.Random(None if seed is None else f"rest {seed}"),  # noqa: S311
        )

    def rest(self, port: int = 0) -> RestServer:
        """Answer REST requests on 127.0.0.1 while the returned context manager is entered; port 0 is any free one.

        Raises ``OSError`` where the port can't be opened.
        """
        return RestServer(self._account, port)

    def answers_on(self, server: RestServer) -> None:
        """Let a server that was started for another carrier answer for this one from now on."""
        server.account = self._account

    @property
    def messages(self) -> list[Message]:
        """The messages sent over REST, whether or not whoever sent them heard of it."""
        return self._account.messages

    @property
    def recordings(self) -> list[Recording]:
        """All that was recorded, what was deleted since too."""
        return list(self.network.recordings.values())

    @property
    def calls(self) -> list[Call]:
        """All calls: those placed by callers and those placed over REST."""
        return [Call(leg) for leg in self.network.legs if leg.parent is None]

    @property
    def alone(self) -> list[Alone]:
        """Who was how long alone in a conference."""
        return self.network.alone

    @property
    def legs(self) -> list[Leg]:
        """All legs of all calls, in the order in which they began."""
        return self.network.legs

    @property
    def left_behind(self) -> list[Leg]:
        """Legs that have not ended: none after `run`."""
        return [leg for leg in self.network.legs if leg.is_alive]

    @property
    def errors(self) -> list[Fault]:
        """What the application did wrong so far."""
        return self.network.errors

    @property
    def failures(self) -> list[Fault]:
        """Webhooks that brought no document; the fallback URL may have saved the call."""
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
        """Let somebody ring `to`, a number that points at the application, in `after` seconds; `run` makes it happen.

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
        leg.process = self.network.env.process(self._live(leg))
        if phone.hangs_up_after is not None:
            leg.hang_up_in(after + phone.hangs_up_after)
        return Call(leg)

    def hang_up(self) -> None:
        """Let everybody who is on the telephone hang up; safe from another thread and in a signal's handler."""
        self.network.commands.append(self._hang_up_now)

    def _hang_up_now(self) -> None:
        for leg in list(self.network.legs):
            leg.hang_up("person", "hung up", leg.unanswered_status)

    def run(self) -> None:
        """Let time run until all legs have ended and all callbacks are delivered.

        Raises:
            CarrierError: under `strict`, if the application did anything wrong since the carrier began.

        """
        env = self.network.env
        self.network.obey()
        while env.peek() < float("inf"):
            under_way = self.network.alive or self.network.callbacks_under_way
            if not under_way and env.peek() > env.now:  # the rest of this moment may hold an exception to raise
                break
            env.step()
            self.network.obey()
        if self.strict and self.errors:
            raise CarrierError(self.errors)

    def wait(self, seconds: float) -> None:
        """Let simulated time pass, between calls or in the middle of one."""
        env = self.network.env
        over = env.timeout(seconds)
        while not over.processed:
            self.network.obey()
            env.step()

    def _live(self, leg: Leg) -> Steps[None]:
        """Run a caller's leg."""
        options = self.network.options
        try:
            yield from leg.sleep(leg.placed_at - self.network.env.now)
            leg.note("dialled", leg.to)
            yield from follow(perform, leg, Request(urljoin(options.base_url, options.ring_url_path)))
            end_of_document(leg)
            departure = leg.leaves("document", "the document ended", leg.unanswered_status)
        except HungUpError as left:
            departure = left
        leg.end(departure)
        self.network.callbacks_under_way += 1
        yield self.network.env.timeout(options.tells_late)
        self.network.callbacks_under_way -= 1
        say_last_words(leg)
        report_status(leg, urljoin(options.base_url, options.status_path), 0)
