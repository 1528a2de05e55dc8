"""The kinds of step that ring a telephone, move a leg, wait for another one, or end one (see ``ivr.flow.steps``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from ivr.flow.step_parts import Exit, Kind, by_results, words
from ivr.telephony.inputs import DialEnded

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ivr.flow.state import Leg
    from ivr.flow.step_parts import Prompts

REJECTIONS = ("rejected", "busy")  # Twilio's page of Reject
TRANSFERS = {  # facts that hold a number which may be dialled, and whose it is
    "care_number": "customer care",
    "care_fallback_number": "customer care's second number",
}
_HEARD_FIRST = "the person who answers hears"


class Connect(NamedTuple):
    """Rings the customer; the person who answers hears the page ``whisper`` before the two are joined."""

    name: str
    whisper: str
    then: str

    @property
    def kind(self) -> Kind:
        whisper = Exit(f"{self.whisper}:", _HEARD_FIRST, "aside")
        return Kind("ring", "Rings the customer.", exits=(Exit(self.then), whisper), accepts=(DialEnded,))


class Transfer(NamedTuple):
    """Dials a configured number (the name of a fact) and goes on by whether anybody answered.

    ``ring`` is the fact that says for how long it rings. The person who answers hears the page ``whisper``, if there is
    one, before the two are joined; then something answered, and the next step finds out whether a person accepted.
    """

    name: str
    to: Literal["care_number", "care_fallback_number"]
    answered: str
    unanswered: str
    ring: Literal["ring_seconds", "care_ring_seconds", "care_fallback_ring_seconds"] = "ring_seconds"
    whisper: str = ""

    @property
    def kind(self) -> Kind:
        exits = _by_answer(self)
        if self.whisper:
            exits = (*exits, Exit(f"{self.whisper}:", _HEARD_FIRST, "aside"))
        if self.to not in TRANSFERS:
            return Kind("ring", fault=f"{self.to!r} is no number to transfer to")
        return Kind("ring", f"Rings {TRANSFERS[self.to]}.", exits=exits, accepts=(DialEnded,))


class Queue(NamedTuple):
    """Puts the leg into the queue of customer care's workflow at Twilio; the step ``wait`` plays meanwhile.

    It goes on once a talk is over (``answered``), or by whatever else took the leg out of the queue.
    """

    name: str
    wait: str
    answered: str
    unanswered: str

    @property
    def kind(self) -> Kind:
        exits = (*_by_answer(self), Exit(self.wait, "while waiting", "aside"))
        return Kind("ring", "Waits in customer care's queue at Twilio.", exits=exits, accepts=(DialEnded,))


def _by_answer(step: Transfer | Queue) -> tuple[Exit, ...]:
    return Exit(step.answered, "answered"), Exit(step.unanswered, "unanswered")


class QueueWait(NamedTuple):
    """Says ``prompts`` and waits for some seconds in a queue; then Twilio asks for the queue's ``wait`` anew."""

    name: str
    seconds: int
    prompts: Prompts = ()

    @property
    def kind(self) -> Kind:
        sentence = f"Says this and waits {self.seconds} seconds; then Twilio begins again."
        return Kind("oval", sentence, says=self.prompts)


class LeaveQueue(NamedTuple):
    """Takes the leg out of the queue that it waits in: its ``Queue`` step goes on as unanswered."""

    name: str

    @property
    def kind(self) -> Kind:
        return Kind("oval", "Takes the leg out of the queue.")


class Move(NamedTuple):
    """Moves this leg over REST to the step ``to``. Until the move takes effect it goes on here, by the API's answer.

    What goes on here is heard where the move takes effect only after a whisper, or not at all. ``unknown``: the
    provider did not say whether it will happen. ``leg`` is what the moved leg is from then on (see ``State``).
    ``rescues``: nothing else helps this leg, so that the provider is asked even where its REST API failed just now.
    """

    name: str
    to: str
    leg: Leg
    moved: str
    not_moved: str
    unknown: str
    rescues: bool = False

    @property
    def action(self) -> str:
        """The action that moves the leg (``ivr.actions.moves``)."""
        return "rescue" if self.rescues else "move"

    @property
    def exits(self) -> Mapping[str, str]:
        """Where the step goes on, by the result of the move."""
        return {"moved": self.moved, "not_moved": self.not_moved, "unknown": self.unknown}

    @property
    def kind(self) -> Kind:
        sentence = "Has this leg moved out of what it is doing, and goes on here until that happens."
        exits = (Exit(self.to, "moved to", "request"), *by_results(self.exits, "here, "))
        return Kind("move", sentence, exits=exits, action=self.action)


class JoinConference(NamedTuple):
    """Joins the conference of this screened call until the other leg leaves it; ``wait`` plays while this leg is alone.

    ``star`` is the goal that * is for, where * leaves the room (a prompt ``key.<goal>``), or empty.
    """

    name: str
    wait: str
    then: str
    prompts: Prompts = ()
    star: str = ""

    @property
    def kind(self) -> Kind:
        sentence = "Says this and joins this call's conference" + (", which star leaves." if self.star else ".")
        says = (*self.prompts, *([f"key.{self.star}"] if self.star else []))
        exits = (Exit(self.then), Exit(self.wait, "alone", "aside"))
        return Kind("circle", sentence, exits=exits, accepts=(DialEnded,), says=says)


class Goodbye(NamedTuple):
    """Says ``prompts`` and hangs up."""

    name: str
    prompts: Prompts = ()

    @property
    def kind(self) -> Kind:
        return Kind("oval", "Says this and hangs up." if self.prompts else "Hangs up.", says=self.prompts)


class Reject(NamedTuple):
    """Rejects a call that was not answered yet: it costs nothing and reveals nothing."""

    name: str
    reason: str  # one of REJECTIONS

    @property
    def kind(self) -> Kind:
        if self.reason not in REJECTIONS:
            return Kind("oval", fault=f"Twilio knows no rejection {self.reason!r}")
        return Kind("oval", f"Does not answer; the caller's telephone says: {words(self.reason)}.")


class Bridge(NamedTuple):
    """Ends the whisper, which joins the customer to the caller."""

    name: str
    prompts: Prompts = ()

    @property
    def kind(self) -> Kind:
        sentence = "Says this, and joins caller and customer." if self.prompts else "Joins caller and customer."
        return Kind("oval", sentence, says=self.prompts)
