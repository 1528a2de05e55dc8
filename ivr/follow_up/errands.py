"""Carrying errands out: look whether it may be done, claim it, act once, store what became of it.

What ends before the claim was never begun. What was claimed and not settled has an unknown outcome, and is never done
again (DESIGN 7): better no message than two.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.aside import Aside
from ivr.failures import CodedError, Why
from ivr.flow.address import to_url
from ivr.flow.page import Position
from ivr.flow.state import State, in_letters
from ivr.follow_up import asking
from ivr.follow_up.destinations import why_not_ring, why_not_text
from ivr.follow_up.erasing import Erasing
from ivr.follow_up.records import ASKED, CLAIMED, DONE, FAILED, UNKNOWN, UNREGISTERED, Message, RingBack
from ivr.follow_up.segments import segments
from ivr.follow_up.wording import body
from ivr.left_messages import Erasure
from ivr.pseudonym import pseudonym
from ivr.rest import NotSentError, RefusedError, UnknownOutcomeError
from ivr.secrets import SecretUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.journal import Journal
    from ivr.records import Item, Line
    from ivr.rest import Twilio
    from ivr.settings import Settings
    from ivr.store.errands import Errands

_TRIED_FOR_SECONDS = 300  # nobody waits longer for a ring-back, and a message as late as that puzzles
_START = Position("ring_back", "start")
OPTED_OUT, OFF, NO_ACCOUNT = "opted_out", "off", "no_account"
NOT_REACHED, NEVER_TOLD = "not_reached", "never_told"  # outcomes, beside Twilio's error codes


class PutOffError(CodedError):
    """An errand can't be done or judged yet: its event is to come again. The text is a code for why."""


class FollowUp:
    """What one deployment does after its calls.

    ``clock`` gives epoch seconds, and compares with itself alone; ``pause`` lets some of them pass.
    """

    def __init__(
        self,
        settings: Settings,
        hmac_key: Callable[[], str],
        store: Errands,
        twilio: Twilio,
        journal: Journal,
        *,
        clock: Callable[[], float],
        pause: Callable[[float], None],
    ) -> None:
        self.settings = settings
        self.hmac_key = hmac_key
        self.store = store
        self.twilio = twilio
        self.journal = journal
        store.notice.count_in(journal)
        self.clock = clock
        self.pause = pause
        self.aside = Aside(journal, settings.set_aside_queue_url, passing=(SecretUnavailableError, PutOffError))
        self.erasing = Erasing(store, twilio, journal, clock=clock)

    def follow(self, old: Item, new: Item) -> None:
        """Do what follows from one change of the table. Raises where its event is to come again."""
        self.journal.begin(str(new.get("call_sid", "")))
        if asking.kind_of(new) == "ERASURE":
            self.erasing.attend(Erasure.from_item(new))
        elif errand := asking.errand_of(new):
            self._attend(errand)
        elif self.settings.sms_from:
            self._ask_messages(old, new)

    def removed(self, gone: Item) -> None:
        """Do what follows from a removal, which is the erasure of a recording at most. Raises as ``follow`` does."""
        self.journal.begin(str(gone.get("call_sid", "")))
        self.erasing.removed(gone)

    def _ask_messages(self, old: Item, new: Item) -> None:
        reports = [report] if (report := asking.told_all(old, new)) else []
        if call_sid := asking.ended(old, new):
            reports = self.store.reports_of(call_sid)
        if (late := asking.stored_just_now(old, new)) and late.reported_at <= self.store.left_at(late.call_sid):
            reports = [late]
        for message in filter(None, map(asking.message_about, reports)):
            self.store.ask(message, self._now(), most=self.settings.sms_a_day)

    def _attend(self, errand: RingBack | Message) -> None:
        """Carry out an errand, unless it is done, or being done. The event may be an old one: the item decides."""
        current = self.store.current(errand)
        if current and current.state == CLAIMED:
            self._give_up_on(current)
        elif current and current.state == ASKED:
            self._carry_out(current)

    def _give_up_on(self, errand: RingBack | Message) -> None:
        """Nobody knows what became of a claim whose function has gone."""
        if errand.state_at(self._now()) == CLAIMED:
            raise PutOffError(Why.CLAIMED)
        self._settle(errand, UNKNOWN, NEVER_TOLD)

    def _carry_out(self, errand: RingBack | Message) -> None:
        line = self.store.line(errand.line)
        if why := self._why_not(errand, line):
            if self.store.refuse(errand, why):
                self.journal.count("errand_failed", kind=_kind(errand), why=why)
            return
        assert line, "an errand about no line is refused"
        if isinstance(errand, RingBack) and self.settings.ring_back_after_seconds:
            self.pause(self.settings.ring_back_after_seconds)  # who asked is still being told to hang up
        self.twilio.auth_token()  # without it there is nothing to claim for
        text = self._text(errand, line) if isinstance(errand, Message) else ""
        claimed = self.store.claim(errand, self._now(), segments=segments(text) if text else 0)
        if claimed is None:
            raise PutOffError(Why.CLAIMED)
        try:
            sid = self._act(claimed, line, text)
        except NotSentError as error:
            self._put_off(claimed, error)
        except RefusedError as error:
            self._settle(claimed, FAILED, str(error))
        except UnknownOutcomeError as error:
            self._settle(claimed, UNKNOWN, str(error))
        else:
            self._settle(claimed, DONE, sid)

    def _why_not(self, errand: RingBack | Message, line: Line | None) -> str:
        """Why an errand may not be done (any more), or an empty string."""
        if not self.settings.twilio_account_sid:
            return NO_ACCOUNT
        if not line or not line.ring_to:
            return UNREGISTERED
        if isinstance(errand, Message) and not self.settings.sms_from:
            return OFF
        if pseudonym(line.ring_to, self.hmac_key()) != errand.person:
            return UNREGISTERED  # the line has another customer by now
        return why_not_ring(line.ring_to) if isinstance(errand, RingBack) else self._why_not_message(errand, line)

    def _why_not_message(self, message: Message, line: Line) -> str:
        if self.store.opted_out(message.person):
            return OPTED_OUT
        return why_not_text(line.ring_to, self.settings.extra_number_ranges)

    def _text(self, message: Message, line: Line) -> str:
        language = message.language or line.languages.split("-")[0]
        return body(message, language, self.settings.brand_ar if language == "ar" else self.settings.brand_en)

    def _act(self, errand: RingBack | Message, line: Line, text: str) -> str:
        if isinstance(errand, Message):
            return self.twilio.send(number=line.ring_to, body=text)
        state = State(languages=tuple(errand.languages.split("-")), leg="rung_back", asked=in_letters(errand.day))
        url = self.settings.public_base_url + to_url(_START, state)
        return self.twilio.ring(number=line.ring_to, line=line.number, url=url)

    def _put_off(self, errand: RingBack | Message, error: NotSentError) -> None:
        """Twilio never got it. It comes again with its event, for some minutes."""
        if self._now() - errand.tried_since >= _TRIED_FOR_SECONDS:
            self._settle(errand, FAILED, NOT_REACHED)
            return
        self.store.put_off(errand)
        raise PutOffError(error.code) from error

    def _settle(self, errand: RingBack | Message, state: str, outcome: str) -> None:
        if not self.store.settle(errand, state, outcome):
            return
        if state == FAILED:
            self.journal.count("errand_failed", kind=_kind(errand), why=outcome)
        elif state == UNKNOWN:
            self.journal.count("errand_unknown", kind=_kind(errand), why=outcome)
        elif isinstance(errand, Message):
            self.journal.count("message_sent", sid=outcome, segments=errand.segments)
        else:
            self.journal.count("ring_back_placed", sid=outcome)

    def _now(self) -> int:
        return int(self.clock())


def _kind(errand: RingBack | Message) -> str:
    return "message" if isinstance(errand, Message) else "ring_back"
