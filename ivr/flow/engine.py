"""The engine: (call, state, input) -> turn, with no I/O, no clock and no environment.

It stops where a page waits and starts again from what the person or the network did. What a page has done in the world
is done by the function that its caller hands in (``ivr.call_session``), and the call goes on by the result.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Generic, Literal, NamedTuple, TypeVar

from ivr.flow.decisions import CHECKS, DECISIONS
from ivr.flow.page import Position
from ivr.flow.prompt_rendering import PromptRendering
from ivr.flow.steps import (
    ANNOUNCED,
    Action,
    Bridge,
    Collect,
    Connect,
    Decide,
    Goodbye,
    JoinConference,
    LeaveQueue,
    Menu,
    Move,
    Poll,
    Queue,
    QueueWait,
    Reject,
    Say,
    SayFirst,
    TakeMessage,
    Transfer,
)
from ivr.flow.url_codec import to_url
from ivr.telephony import routes, turn
from ivr.telephony.inputs import DialEnded, Entered, Input, Pressed, Recorded, Silence

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.flow.facts import Facts
    from ivr.flow.page import Book
    from ivr.flow.state import State, StateChanges
    from ivr.flow.steps import Only, Step

    Perform = Callable[["ActionCall"], "ActionResult[str]"]

_MOST_STEPS = 50  # far above the longest chain of steps without a wait: a page that goes round in circles is a bug


Dialling = Connect | Transfer | Queue | JoinConference  # the steps that a Dial's end leaves


_NOTHING: StateChanges = {}
_NO_FACTS: Facts = {}
_NameT_co = TypeVar("_NameT_co", bound=str, covariant=True)


class ActionCall(NamedTuple):
    """Something to be done in the world, asked for by the step at ``position``."""

    name: str
    state: State
    typed: str  # the digits that the person typed just before, if any
    to: str = ""  # of a move: the URL at which the leg is to go on
    pressed: str = ""  # the step and the key that led here in this turn, as "whisper.offer=9"


class ActionResult(NamedTuple, Generic[_NameT_co]):
    """What came of an action; ``sets`` go into the state, ``values`` are facts for this turn alone."""

    name: _NameT_co
    sets: StateChanges = _NOTHING
    values: Facts = _NO_FACTS


STORE_DOWN: Final = "store_down"


class Run:
    """One webhook's way through the pages."""

    def __init__(self, book: Book, position: Position, state: State, facts: Facts, perform: Perform) -> None:
        """``facts`` are the settings that pages use; ``perform`` performs the actions of the pages."""
        self.book = book
        self.perform = perform
        self.position = position
        self.state = state
        self.facts = facts.copy()
        self.verbs: list[turn.Verb] = []
        self.typed = ""
        self.refused: Input | None = None  # an input that the step doesn't accept: the step was entered again
        self.heard: tuple[str, str] | None = None  # the step that asked, and the key that answered: never what is typed

    def until_it_waits(self, input_: Input) -> turn.Turn:
        """Go from step to step until the leg waits or ends."""
        exit_ = self._resume(input_)
        for _ in range(_MOST_STEPS):
            if exit_ is None:
                return turn.Turn(tuple(self.verbs))
            if exit_:
                self.position = self.position.follow(exit_)
                if self.state.attempt > 1:
                    self.state = self.state.changed(attempt=1)
            exit_ = self._enter()
        raise RuntimeError(f"{self.position} goes round in circles")

    def _resume(self, input_: Input) -> str | None:
        """Leave the step that waited. An empty answer enters it (again); None means that the turn is complete."""
        step = self.book.step(self.position)
        if isinstance(input_, Entered):
            return ""
        if type(input_) not in self.book.kind(self.position).accepts:
            self.refused = input_
            return ""
        return self._leave(step, input_)

    def _leave(self, step: Step, input_: Input) -> str | None:  # noqa: PLR0911  # a table of waits and inputs
        match step, input_:
            case Menu(), Pressed(digits):
                return self._leave_menu(step, digits)
            case Collect(), Pressed(digits):
                return self._leave_collect(step, digits)
            case Menu() | Collect(), Silence():
                self._hear("none")
                return self._try_again(step, step.silence)
            case SayFirst(then=then), (Pressed() | Silence()):
                return then
            case TakeMessage(), Silence():
                return step.silence
            case TakeMessage(then=then), Recorded():
                return then
            case ((Transfer() | Queue()), DialEnded(answered)):
                return step.answered if answered else step.unanswered
            case ((Connect(then=then) | JoinConference(then=then)), DialEnded()):
                return then
        raise TypeError(f"{type(step).__name__} accepts {type(input_).__name__}, and nothing here goes on with it")

    def _enter(self) -> str | None:
        step = self.book.step(self.position)
        match step:
            case Say():
                self._say(step.prompts)
                return step.then
            case Decide():
                return step.exits[DECISIONS[step.by].choose(self.state, self.facts)]
            case Action():
                result = self.perform(ActionCall(step.action, self._spoken_to(), self.typed, pressed=self._pressed()))
                self.state = self.state.changed(**result.sets)
                self.facts.update(result.values)
                return step.store_down if result.name == STORE_DOWN else step.exits[result.name]
            case Move():
                moved = self.state.changed(leg=step.leg, attempt=1)
                to = to_url(self.position.follow(step.to), moved)
                result = self.perform(ActionCall(step.action, self._spoken_to(), "", to))
                return step.not_moved if result.name == STORE_DOWN else step.exits[result.name]
            case Menu() | Collect() | SayFirst():
                self._ask(step)
            case Connect() | Transfer() | Queue() | JoinConference():
                self._dial(step)
            case _:
                self._wait_or_end(step)
        return None

    def _ask(self, step: Menu | Collect | SayFirst) -> None:
        match step:
            case Menu():
                ask = turn.Ask(self._speaking.menu(step), self._here(), step.timeout)
            case Collect():
                ask = turn.Ask(self._speaking.prompts(step.prompts), self._here(), step.timeout, step.most_digits)
            case SayFirst():
                self._say(step.prompts)  # before the <Gather>, in which a key would cut it short
                ask = turn.Ask((), self._here(), timeout=1)  # the shortest that Twilio takes
        self.verbs.append(ask)

    def _wait_or_end(self, step: Poll | QueueWait | LeaveQueue | TakeMessage | Goodbye | Reject | Bridge) -> None:
        match step:
            case Poll():
                self._say(step.prompts)
                self.verbs.append(turn.Wait(step.seconds, to_url(self.position.follow(step.then), self.state)))
            case Goodbye():
                self._say(step.prompts)
                self.verbs.append(turn.HangUp())
            case Bridge():
                self._say(step.prompts)
            case Reject():
                self.verbs.append(turn.Reject(step.reason))
            case QueueWait():
                self._say(step.prompts)
                self.verbs.append(turn.Wait(step.seconds))
            case LeaveQueue():
                self.verbs.append(turn.LeaveQueue())
            case TakeMessage():
                self._say(step.prompts)
                silence = to_url(self.position.follow(step.silence), self.state)
                seconds = self.facts["message_seconds"]
                self.verbs.append(turn.Record(self._here(), silence, seconds, step.pause))

    def _dial(self, step: Dialling) -> None:
        match step:
            case Connect():
                whispering = self.state.changed(leg="customer", attempt=1, languages=self.facts["line_languages"])
                start = Position(step.whisper, self.book.pages[step.whisper].start)
                self.verbs.append(
                    turn.Dial(
                        number=self.facts["ring_to"],
                        caller_id=self.facts["caller_id"],
                        ring_seconds=self.facts["ring_seconds"],
                        action=self._here(),
                        whisper=to_url(start, whispering),
                        status=routes.STATUS,
                    )
                )
            case Transfer():
                number, caller_id = self.facts[step.to], self.facts["own_caller_id"]
                whisper = self._agents_whisper(step.whisper) if step.whisper else ""
                self.verbs.append(turn.Dial(number, caller_id, self.facts[step.ring], self._here(), whisper))
            case Queue():
                wait = to_url(self.position.follow(step.wait), self.state)
                self.verbs.append(turn.Enqueue(self.facts["care_workflow_sid"], self._here(), wait, self._task()))
            case JoinConference():
                self._say(step.prompts)
                if step.star:
                    self.verbs += self._speaking.star(step.star)
                wait = to_url(self.position.follow(step.wait), self.state)
                self.verbs.append(turn.Confer(self.facts["screened_sid"], self._here(), wait, bool(step.star)))

    def _agents_whisper(self, page: str) -> str:
        """The URL at which an agent hears who is coming, in care's languages."""
        state = self.state.changed(leg="agent", attempt=1, coming=self._coming(), speaks=self._speaks())
        start = Position(page, self.book.pages[page].start)
        return to_url(start, state.changed(languages=self.facts["care_languages"]))

    def _task(self) -> tuple[tuple[str, str], ...]:
        """The task attributes for customer care's workflow. They contain no number."""
        state = self.state
        told = {"category": state.category, "loss": state.loss, "reference": state.reference}
        known = {"language": self._speaks() or "-".join(self._speaking.languages), "who": self._coming(), **told}
        return tuple((name, value) for name, value in known.items() if value)

    def _coming(self) -> Literal["customer", "caller"]:
        return "customer" if self.state.leg else "caller"  # the service dialled a leg that has a kind (see State)

    def _spoken_to(self) -> State:
        """The state as actions see it: its languages are those that this leg is spoken to in."""
        return self.state if self.state.languages else self.state.changed(languages=self._speaking.languages)

    def _speaks(self) -> str:
        return self.state.languages[0] if len(self.state.languages) == 1 else ""

    def _leave_menu(self, menu: Menu, digits: str) -> str | None:
        speaking = self._speaking
        for key in speaking.keys(menu):
            # One press can arrive as a repeated digit, so only the first counts.
            if digits[:1] == speaking.press(key):
                self.state = self.state.changed(**key.sets)
                self._hear("check" if key.press == ANNOUNCED else key.press)
                return key.then
        self._hear("wrong")
        return self._try_again(menu, menu.failure)

    def _leave_collect(self, step: Collect, digits: str) -> str | None:
        if CHECKS[step.valid](digits, self.facts):
            self.typed = digits
            self._hear("typed")
            return step.then
        self._hear("wrong")
        if self.state.attempt < step.tries:
            self._say((step.invalid,))
        return self._try_again(step, step.failure)

    def _try_again(self, step: Menu | Collect, exit_: str) -> str | None:
        if self.state.attempt >= step.tries:
            return exit_
        self.state = self.state.changed(attempt=self.state.attempt + 1)
        self._ask(step)
        return None

    def _hear(self, key: str) -> None:
        self.heard = f"{self.position.page}.{self.position.step}", key

    def _pressed(self) -> str:
        return "=".join(self.heard) if self.heard else ""

    def _say(self, prompts: tuple[str | Only, ...]) -> None:
        self.verbs += self._speaking.prompts(prompts)

    @property
    def _speaking(self) -> PromptRendering:
        return PromptRendering(self.state, self.facts)

    def _here(self) -> str:
        return to_url(self.position, self.state)
