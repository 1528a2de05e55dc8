"""One webhook's conversation: read where the leg stands, run the pages, perform their actions, write the answer."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from ivr.actions.registry import results
from ivr.flow import walk
from ivr.flow.engine import Run
from ivr.flow.page import PageError, Position
from ivr.flow.state import State, StateError
from ivr.flow.url_codec import AddressError, from_url, is_agents
from ivr.flow.used_prompts import missing_prompts
from ivr.locales import catalog
from ivr.observability.log import Leg
from ivr.telephony import routes
from ivr.telephony.inputs import Entered, Silence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ivr.actions.registry import Actions
    from ivr.flow.engine import ActionCall, ActionResult
    from ivr.flow.facts import Facts
    from ivr.flow.page import Book
    from ivr.settings import Settings
    from ivr.telephony.inputs import Input
    from ivr.telephony.turn import Turn
    from ivr.telephony.webhook import Webhook


class CallSession:
    """The calls of one deployment."""

    def __init__(self, book: Book, settings: Settings, actions: Actions) -> None:
        if missing := missing_prompts(book, {language: catalog.load(language) for language in settings.languages}):
            raise PageError("; ".join(missing))
        if faults := book.action_faults(results()):
            raise PageError("; ".join(faults))
        self.book = book
        self.settings = settings
        self.actions = actions
        can = actions.context.api.capabilities  # what is lacking is offered to nobody
        self._facts: Facts = {
            "care_number": settings.care_number,
            "care_fallback_number": settings.care_fallback_number,
            "report_number": settings.report_number,
            "ring_seconds": settings.ring_seconds,
            "care_ring_seconds": settings.care_ring_seconds,
            "care_fallback_ring_seconds": settings.care_fallback_ring_seconds,
            "languages": tuple(settings.spoken("").split("-")),
            "offered_languages": settings.languages,
            "care_languages": tuple(settings.care_languages.split("-")),
            "care_workflow_sid": settings.care_workflow_sid if can.queues else "",
            "home_region": settings.home_region,
            "extra_number_ranges": settings.extra_number_ranges,
            "message_seconds": settings.message_seconds if can.records else 0,
            "sms_from": settings.sms_from if can.texts else "",
            "can_ring": can.rings,
        }

    def walk(self) -> Iterator[Turn]:
        """What is heard at each step of a screened call that speaks; nothing is asked for (``ivr.flow.walk``)."""
        return walk.turns(self.book, self._facts)

    def turn(self, webhook: Webhook) -> Turn:
        """What this leg hears and does next.

        Raises ``ivr.flow.url_codec.AddressError`` or ``ivr.flow.state.StateError`` for a URL that isn't one of ours.
        """
        if webhook.path == routes.FALLBACK:
            return self.apologise(webhook)
        if webhook.path == routes.INCOMING:
            start = self.book.entries[0]
            return self._run(start, State(), Entered(), webhook)
        position, state = from_url(webhook.path, webhook.query, self.book)
        input_ = webhook.input
        if isinstance(input_, Entered) and Silence in self.book.kind(position).accepts:
            input_ = Silence()  # no leg comes to a step that waits for keys or words by a request of its own
        return self._run(position, self._offered(state), input_, webhook)

    def rehearse(self, webhook: Webhook) -> Turn:
        """What an unknown caller of this number would hear first, or the apology of the fallback. Writes nothing.

        Raises ``ivr.flow.url_codec.AddressError`` for any other path, and ``ivr.store.StoreUnavailableError``.
        """
        if webhook.path == routes.FALLBACK:
            return self.apologise(webhook)
        if webhook.path != routes.INCOMING:
            raise AddressError(webhook.path)
        return Run(
            self.book,
            self.book.entries[0],
            State(),
            self._facts_of(webhook),
            lambda action: self.actions.rehearse(action, webhook),
        ).until_it_waits(Entered())

    def _offered(self, state: State) -> State:
        """The state without languages that are no longer offered: a call goes on while a deployment changes them."""
        languages = tuple([code for code in state.languages if code in self.settings.languages])
        speaks = state.speaks if state.speaks in self.settings.languages else ""
        same = languages == state.languages and speaks == state.speaks
        return state if same else state.changed(languages=languages, speaks=speaks)

    def apologise(self, webhook: Webhook) -> Turn:
        """The apology for the leg that something broke on: this webhook's, or the one that the provider names."""
        failed = webhook.failure if webhook.path == routes.FALLBACK else webhook
        position, state = None, State()
        with suppress(AddressError, StateError):
            position, state = from_url(failed.path, failed.query, self.book)
        return self.apology(position, self._offered(state), webhook)

    def apology(self, position: Position | None, state: State, webhook: Webhook) -> Turn:
        """What is said when something of ours broke on a leg that stood there; None: not known. Needs no store."""
        if position and webhook.path != routes.FALLBACK and (here := _apology_in_a_room(position)):
            return self._run(here, self._offered(state), Entered(), webhook)
        if state.leg == "customer":
            whose = "customer"
        elif state.leg in _OURS or (position.page in _HELPED if position else self._is_report_line(webhook)):
            whose = "report_line"
        else:
            whose = "caller"
        return self._run(
            Position("apology", whose),
            State(languages=self._offered(state).languages, leg=state.leg),
            Entered(),
            webhook,
        )

    def _is_report_line(self, webhook: Webhook) -> bool:
        return self.settings.number(webhook.called).text == self.settings.report_number

    def _run(self, position: Position, state: State, input_: Input, webhook: Webhook) -> Turn:
        facts = self._facts_of(webhook)
        run = Run(self.book, position, state, facts, lambda action: self.actions.perform(action, webhook))
        try:
            return run.until_it_waits(input_)
        finally:
            if run.refused is not None:
                at, came = f"{position.page}.{position.step}", type(run.refused).__name__
                self.actions.context.log.note("input_refused", step=at, input=came)
            if run.heard:
                step, key = run.heard
                self.actions.context.log.note("key_pressed", step=step, key=key)

    def _facts_of(self, webhook: Webhook) -> Facts:
        return {
            **self._facts,
            "call_sid": webhook.call_sid,
            "screened_sid": webhook.screened_sid,
            "own_caller_id": self.actions.context.caller_id(webhook),
            "can_move": self.actions.moves.can_move(webhook.now),
        }


def apology_and_goodbye(book: Book, languages: str) -> Turn:
    """The apology that needs no store, no call and no secret, in these languages, and the end of the call."""
    facts: Facts = {"languages": tuple(languages.split("-"))}
    return Run(book, Position("apology", "caller"), State(), facts, _perform_nothing).until_it_waits(Entered())


def _perform_nothing(action: ActionCall) -> ActionResult[str]:
    raise AssertionError(f"the apology asks for the action {action.name!r}, and it must need nothing of the world")


_OURS = frozenset({"talk", "rung_back"})  # legs of a customer's, on which care can be dialled
_HELPED = frozenset({"report_line", "report", "care"})  # pages for the people whom we protect, on a leg that came to us


def _apology_in_a_room(position: Position) -> Position | None:
    """What is left to be said where a leg waits for another one, or for an agent: Twilio takes no other document."""
    if position.page == "wait":
        return Position("wait", "nobody")
    return Position("care", "leave") if position == Position("care", "in_queue") else None


def leg_of(webhook: Webhook) -> Leg:
    """Whose leg a request is about, for the log; the agent's is known by the state that its URL carries."""
    if webhook.is_ring_back:
        return Leg.RING_BACK
    if not webhook.is_dialled:
        return Leg.CALLER
    return Leg.AGENT if is_agents(webhook.query) else Leg.CUSTOMER
