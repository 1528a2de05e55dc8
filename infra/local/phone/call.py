"""One call of the page: a carrier of its own in a thread of its own, and what it tells."""

from __future__ import annotations

import sys
import threading
import time
import traceback
from typing import TYPE_CHECKING, Any

from infra.carrier import AsFastAsItGoes, Carrier, Handset, Phone, RealTime, Recording, let_time_go_on
from infra.local import demo, understanding
from infra.local.follow_ups import FollowUps, reachable_over_rest
from infra.local.phone import faults, judged, script
from infra.local.phone.events import EventLog
from infra.local.phone.watching import Watching
from infra.local.reaching import Reaching
from infra.local.stored import ending_of
from ivr.desk import Context, DeskError
from ivr.desk.explanation import explain
from ivr.pseudonym import pseudonym
from ivr.store import StoreUnavailableError
from ivr.telephony.twilio import fields
from ivr.telephony.twilio.form import Form

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from infra.carrier import Call
    from infra.local.phone.around import Around
    from infra.local.phone.faults import Faults
    from infra.local.phone.wanted import Wanted
    from ivr.desk.explanation import Explanation

_ENDS_WITHIN = 5.0  # real seconds, after everybody hung up


class ActError(Exception):
    """Something that can't be done in this call. ``is_unknown``: there is no such leg."""

    def __init__(self, sentence: str, *, is_unknown: bool = False) -> None:
        super().__init__(sentence)
        self.is_unknown = is_unknown


class PhoneCall:
    """A call that people hold at the page, from placing it to its last follow-up work."""

    def __init__(self, name: str, wanted: Wanted, around: Around, before: Sequence[PhoneCall] = ()) -> None:
        self.name, self.wanted, self.events = name, wanted, EventLog()
        self.explained: Explanation | None = None
        """How the call was judged; None: the table did not answer."""
        self.faults_met: list[str] = []
        """The names of the faults that were on at any time of the call."""
        self.saved: script.Saved | None = None
        self.script = ""
        """The call as a call script, once it is over."""
        self._around = around
        self._before = before
        self.customer = self._customer()
        self._notes: list[str] = []
        running, settings = around.running, around.settings
        self._afterwards = FollowUps(running, self._notes.append)
        self._reaching = Reaching(running, self._after_webhook)
        self._watching = Watching(self.events, around.changes.wake)
        understanding.teach()
        self.carrier = Carrier(
            self._watching.post(self._reaching.post()),
            get=self._watching.get(self._reaching.get()),
            sounds=understanding.heard_in,
            recordings=self._recordings(),
            base_url=settings.public_base_url,
            auth_token=settings.twilio_auth_token,
            account_sid=settings.twilio_account_sid or "AC" + "0" * 32,
            pickups=self._phones(),
            verified=filter(None, {wanted.line, settings.sip_caller_id}),
            strict=False,
            seed=wanted.seed,
        )
        self._clock = AsFastAsItGoes() if wanted.speed == "fast" else RealTime()
        self._words = self._own_words()
        self.call: Call | None = None
        self._thread = threading.Thread(target=self._run, name=f"phone {name}", daemon=True)

    @property
    def is_over(self) -> bool:
        """Whether everything has happened."""
        return self.events.is_closed

    def start(self) -> None:
        """Place the call."""
        self._thread.start()

    def act(self, sid: str, do: str, keys: str) -> None:
        """Do something on a leg's telephone. Raises ``ActError`` or ``infra.carrier.CannotError``."""
        handset = self.carrier.handset(sid)
        if handset is None:
            raise ActError(f"this call has no leg {sid!r}", is_unknown=True)
        _ACTS.get(do, _no_act(do))(self, handset, keys)

    def hang_up(self) -> None:
        """Let everybody hang up."""
        self.carrier.hang_up()

    def wait(self) -> None:
        """Let time go on where it stands still. Raises ``ActError``."""
        if self.wanted.speed != "fast":
            raise ActError("wait: at the speed real, time goes on by itself")
        let_time_go_on(self.carrier.network)

    def join(self) -> None:
        """Wait until the call is over."""
        self._thread.join(_ENDS_WITHIN)

    def _run(self) -> None:
        try:
            self._hold()
        except Exception as error:  # noqa: BLE001  # a call that a bug ends is told as one
            traceback.print_exc(file=sys.stderr)
            self.events.add("ended", at=0.0, went_wrong=[f"the phone itself failed: {error!r}"], notes=[])
        finally:
            self.events.close()

    def _hold(self) -> None:
        around, wanted = self._around, self.wanted
        self.events.add(
            "call",
            call=self.name,
            **{"from": wanted.from_},
            to=wanted.line,
            shown=wanted.caller,
            speed=wanted.speed,
            people=wanted.people,
            seed=wanted.seed,
            placed=round(time.time(), 3),
        )
        if around.faults.present.are_on:
            self._tell_faults(around.faults.present)
        faults.apply(around.faults.present, self.carrier.network)
        around.faults.listen(self._faults_changed)
        around.changes.listen(self._table_changed)
        try:
            self.events.add("verdict", at=0.0, **self._judged())
            call = self.call = self.carrier.place(
                from_=wanted.from_,
                to=wanted.line,
                phone=Phone(name="caller", live=True),
                parameters=wanted.parameters,
            )
            self._watching.begin(self.carrier, call)
            with reachable_over_rest(self.carrier, around.running, self._notes.append) as rest_address:
                self._reaching.rest_address = rest_address
                self.carrier.keep_time(self._clock)
                self._afterwards.of_call(self.carrier, lambda: self.carrier.keep_time(self._clock))
            around.changes.catch_up()
        finally:
            around.changes.leave(self._table_changed)
            around.faults.leave(self._faults_changed)
        self.saved = script.saved(self, call, around)
        self.script = script.written([*self._earlier(), self.saved], around)
        self._tell_end(call)

    def _tell_end(self, call: Call) -> None:
        try:
            outcome = ending_of(self._around.table, call.sid).outcome
        except StoreUnavailableError:
            outcome = ""
        self.events.add(
            "ended",
            at=self._watching.now(),
            status=call.status,
            billed=call.billed,
            outcome=outcome,
            talked=any(entry.kind == "bridged" for entry in call.transcript.of("caller")),
            went_wrong=[str(fault) for fault in (*self.carrier.errors, *self.carrier.failures)],
            notes=self._notes,
        )

    def _judged(self) -> dict[str, Any]:
        """The verdict, by the same look-up as the call's own, which meets the same faults."""
        around, wanted = self._around, self.wanted
        try:
            self.explained = explain(
                Context(around.store, around.settings),
                wanted.from_,
                wanted.line,
                signals=fields.signals(Form(list(wanted.parameters.items()))),
                forwarded_from=wanted.parameters.get("ForwardedFrom", ""),
            )
        except (StoreUnavailableError, DeskError) as error:
            return judged.nothing(f"The table does not answer, so no verdict can be shown ({error}).")
        return judged.as_json(self.explained)

    def _after_webhook(self) -> None:
        if self.wanted.speed == "fast":  # no time passes until the next key: let be done what follows
            self._afterwards.of_webhook()

    def _faults_changed(self, present: Faults) -> None:
        self.carrier.network.order(lambda: faults.apply(present, self.carrier.network))
        self._tell_faults(present)

    def _tell_faults(self, present: Faults) -> None:
        told = faults.as_json(present)
        on = [name for name, value in told.items() if name != "slow_seconds" and value not in ("up", False)]
        self.faults_met += [name for name in on if name not in self.faults_met]
        self.events.add("faults", **told)

    def _table_changed(self, text: str, told: dict[str, Any]) -> None:
        if any(word in text for word in (*self._words, *self._watching.sids)):
            self.events.add("record", at=self._watching.now(), **told)

    def _own_words(self) -> list[str]:
        """What an item that is about the caller holds."""
        caller = self.wanted.caller
        return [caller, pseudonym(caller, self._around.settings.hmac_key)] if caller else []

    def _phones(self) -> dict[str, Phone]:
        """Who picks up, by number. What rings back the caller is answered like the customer's telephone."""
        settings, wanted = self._around.settings, self.wanted
        customer = wanted.phone("customer")
        phones = {
            wanted.caller: customer,
            settings.care_fallback_number: wanted.phone("second_care"),
            settings.care_number: wanted.phone("care"),
            self.customer: customer,
        }
        return {number: phone for number, phone in phones.items() if number}

    def _earlier(self) -> list[script.Saved]:
        """The last call to the person who calls the report line now: they may be rung back about it."""
        if self.explained is None or self.explained.judgement.route != "report_line":
            return []
        return [one.saved for one in self._before if one.saved and one.customer == self.wanted.caller][-1:]

    def _customer(self) -> str:
        """Who is rung for this line; the demo's customer where that can't be read."""
        try:
            known = self._around.table.lines.recent(self.wanted.line, int(time.time()))
        except StoreUnavailableError:
            return demo.CUSTOMER
        return known.ring_to if known and known.ring_to else demo.CUSTOMER

    def _recordings(self) -> list[Recording]:
        """What callers left in calls before this one, with a carrier that is gone."""
        table, key = self._around.table.voicemails, self._around.settings.hmac_key
        people = {pseudonym(number, key) for number in (self.wanted.caller, self.customer)}
        try:
            left = [message for person in people for message in table.of_person(person, int(time.time()))]
        except StoreUnavailableError:
            return []
        return [Recording(one.recording, one.call_sid, one.seconds, one.at) for one in left]


def _no_act(do: str) -> Callable[[PhoneCall, Handset, str], None]:
    def refuse(*_: object) -> None:
        raise ActError(f"do is {do!r}: write one of {', '.join(_ACTS)}")

    return refuse


_ACTS: dict[str, Callable[[PhoneCall, Handset, str], None]] = {
    "answer": lambda _, handset, __: handset.answer(),
    "decline": lambda _, handset, __: handset.decline(),
    "press": lambda _, handset, keys: handset.press(keys),
    "speak": lambda _, handset, __: handset.speak(begins=True),
    "quiet": lambda _, handset, __: handset.speak(begins=False),
    "wait": lambda call, _, __: call.wait(),
    "hang_up": lambda _, handset, __: handset.hang_up(),
}
