"""What a carrier does in a call, told as events: its legs, what is heard, its webhooks and its messages."""

from __future__ import annotations

import re
import time
import xml.etree.ElementTree as ET
from collections import Counter
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from infra.audio import rendering
from infra.carrier import speech
from ivr.flow.pages import BOOK
from ivr.locales import folder, language
from ivr.telephony import routes

if TYPE_CHECKING:
    from collections.abc import Callable

    from infra.carrier import Answer, Call, Carrier, Entry, Get, Leg, Post
    from infra.local.phone.events import EventLog

_STEP = re.compile(rf"{routes.ROOT}([a-z_]+)/([a-z0-9_]+)", re.ASCII)
AUDIO = "/phone/audio/"
_UNTOLD = frozenset({"webhook", "texted"})  # events of their own
_FORBIDDEN = 403
_SECRET = frozenset({"AccountSid"})


class Watching:
    """Tells what happens on a carrier from its first ``call`` on, whose placing is the time 0.

    ``afterwards`` is called when a webhook was answered.
    """

    _carrier: Carrier
    _call: Call

    def __init__(self, events: EventLog, afterwards: Callable[[], None]) -> None:
        self._events = events
        self._afterwards = afterwards
        self._legs: dict[str, dict[str, Any]] = {}
        self._said: dict[tuple[str, float, str], int] = {}
        self._sent = 0
        self._delivered: Counter[str] = Counter()
        self._left_to_right = {code for code in folder.known() if language.load(code).direction == "ltr"}

    def begin(self, carrier: Carrier, call: Call) -> None:
        """Tell of this call, and of all that it sets off."""
        self._carrier, self._call = carrier, call
        carrier.network.watch = self._watch
        self._tell_leg(call.leg)

    def now(self) -> float:
        """Simulated seconds since the call was placed."""
        return round(float(self._carrier.network.env.now) - self._call.leg.placed_at, 3)

    @property
    def sids(self) -> list[str]:
        """The CallSids of all legs so far."""
        return [leg.sid for leg in tuple(self._carrier.legs)]

    def _watch(self, sid: str, entry: Entry | None) -> None:
        """Tell of what has changed. The carrier calls this in the thread of its simulation."""
        leg = self._carrier.switch.leg(sid)
        if leg is not None:
            self._tell_leg(leg)
            if entry is not None and entry.kind not in _UNTOLD:
                self._tell_entry(leg, entry)
        self._tell_messages()

    def _tell_leg(self, leg: Leg) -> None:
        told = {
            "sid": leg.sid,
            "name": leg.name,
            "number": leg.number,
            "shown": leg.from_ if leg.direction != "inbound" else leg.to,
            "direction": leg.direction,
            "parent": leg.parent.sid if leg.parent else "",
            "live": leg.phone.live,
            "state": leg.state,
            "asked": leg.asked if leg.is_alive else "",
            "turn": leg.sid in self._carrier.network.waited_for,
            "star": leg.star_counts,
            "reason": leg.hangup_reason,
        }
        if self._legs.get(leg.sid) != told:
            self._legs[leg.sid] = told
            self._events.add("leg", at=self.now(), **told)

    def _tell_entry(self, leg: Leg, entry: Entry) -> None:
        at = round(entry.at + leg.root.placed_at - self._call.leg.placed_at, 3)
        key = (entry.sid, entry.at, entry.text)
        told = self._events.add(
            "entry",
            at=at,
            sid=entry.sid,
            leg=entry.leg,
            kind=entry.kind,
            text=entry.text,
            language=entry.language,
            direction=self._direction(entry.language),
            seconds=_seconds(entry),
            sound=_sound(entry),
            replaces=self._said.get(key, 0) if entry.cut else 0,
            cut=entry.cut,
        )
        if entry.kind == "said":
            self._said[key] = told

    def _direction(self, code: str) -> str:
        return "rtl" if code and code not in self._left_to_right else "ltr"

    def _tell_messages(self) -> None:
        for message in self._carrier.messages[self._sent :]:
            self._sent += 1
            phone = self._carrier.network.pickups.get(message.to)
            self._events.add(
                "sms",
                at=self.now(),
                sid=message.sid,
                to=message.to,
                **{"from": message.from_},
                leg=phone.name if phone else "",
                body=message.body,
                segments=message.segments,
                direction="rtl" if re.search(r"[\u0590-\u08ff]", message.body) else "ltr",
            )

    def post(self, post: Post) -> Post:
        """A post that is told."""

        def told(url: str, form: list[tuple[str, str]], headers: dict[str, str]) -> Answer:
            with _Told(self, "POST", url, dict(form), headers) as webhook:
                answer = webhook.answer = post(url, form, headers)
            self._afterwards()
            return answer

        return told

    def get(self, get: Get) -> Get:
        """A get of media that is told."""

        def told(url: str, headers: dict[str, str]) -> Answer:
            if not urlsplit(url).path.startswith(routes.ROOT):  # a prompt's sound, which the service does not serve
                return get(url, headers)
            with _Told(self, "GET", url, {}, headers) as request:
                answer = request.answer = get(url, headers)
            return answer

        return told

    def tell_webhook(self, webhook: _Told, ms: float, error: str) -> None:
        """Tell of a request to the service that was answered, or was not."""
        path = urlsplit(webhook.url).path
        answer = webhook.answer
        sid = webhook.form.get("CallSid", "")
        leg = self._carrier.switch.leg(sid)
        token = webhook.headers.get("I-Twilio-Idempotency-Token", "")
        self._delivered[token] += 1
        asked = _step_at(path)
        twiml = answer.body if answer and "xml" in answer.content_type else ""
        page, _, step = (_stands_at(twiml) or asked).partition(":")
        self._events.add(
            "webhook",
            at=self.now(),
            sid=sid,
            leg=leg.name if leg else "",
            method=webhook.method,
            path=path,
            asked=asked,
            page=page,
            step=step,
            form={name: value for name, value in webhook.form.items() if value and name not in _SECRET},
            signature="" if answer is None else "refused" if answer.status == _FORBIDDEN else "verified",
            status=answer.status if answer else 0,
            ms=round(ms, 1),
            twiml=twiml,
            error=error,
            delivery=self._delivered[token] if token else 1,
        )


class _Told:
    """A request to the service, from sending it to its answer."""

    def __init__(
        self, watching: Watching, method: str, url: str, form: dict[str, str], headers: dict[str, str]
    ) -> None:
        self._watching, self.method, self.url, self.form, self.headers = watching, method, url, form, headers
        self.answer: Answer | None = None

    def __enter__(self) -> Self:
        self._began = time.perf_counter()
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        ms = (time.perf_counter() - self._began) * 1000
        self._watching.tell_webhook(self, ms, str(error) if error else "")


def _seconds(entry: Entry) -> float:
    """How long an entry is spoken, or played."""
    if entry.sound:
        return round(entry.sound.seconds, 2)
    return round(speech.seconds_to_say(entry.text, entry.language), 2) if entry.kind == "said" else 0


def _sound(entry: Entry) -> str:
    """The address where a browser finds what was played, if this machine has it, or an empty string."""
    known = entry.sound and (rendering.FOLDER / rendering.FILES / entry.sound.name).is_file()
    return f"{AUDIO}{entry.sound.name}" if entry.sound and known else ""


def _step_at(path: str) -> str:
    """The step that lives at a path, as page:step; a call comes in at its first one. Empty: no step does."""
    if path == routes.INCOMING:
        entry = BOOK.entries[0]
        return f"{entry.page}:{entry.step}"
    found = _STEP.fullmatch(path)
    if not found or found[1] not in BOOK.pages or found[2] not in BOOK.pages[found[1]].steps:
        return ""
    return f"{found[1]}:{found[2]}"


def _stands_at(twiml: str) -> str:
    """The step at which a leg stands that plays this document: the one that is told of what happens. Empty: none."""
    if not twiml:
        return ""
    for verb in ET.fromstring(twiml):  # noqa: S314  # our own service's answer
        address = verb.get("action") or (verb.text if verb.tag == "Redirect" else "")
        if found := _step_at(urlsplit(address or "").path):
            return found
    return ""
