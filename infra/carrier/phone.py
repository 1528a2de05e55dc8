"""A telephone and its person: whether and when they answer, press keys, speak and hang up."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from infra.carrier.transcript import Entry

VOICEMAIL_SECONDS = 60.0
"""How long a voicemail records before it hangs up."""
SCREENING_SECONDS = 30.0
"""After how long a telephone that screens calls hangs up if its owner does not join."""


class Act(Enum):
    """What a person does at a prompt instead of pressing given keys."""

    ANNOUNCED = "presses the digit that was announced"
    SILENCE = "lets the time run out"
    HANG_UP = "hangs up"


ANNOUNCED, SILENCE, HANG_UP = Act.ANNOUNCED, Act.SILENCE, Act.HANG_UP


@dataclass(frozen=True, slots=True)
class BARGE_IN:  # noqa: N801 - written in scripts beside the other words in capitals
    """Keys pressed while the prompt is still spoken, `after` seconds into it."""

    keys: str
    after: float = 0.5


@dataclass(frozen=True, slots=True)
class STUTTER:
    """One key press that arrives as several digits ("000"), even more than numDigits."""

    keys: str


@dataclass(frozen=True, slots=True)
class PRESS_IN_TALK:  # noqa: N801
    """Keys pressed while talking, `after` seconds into the talk (or after the keys pressed in it before).

    "*" ends the Dial of the leg that presses it, if that Dial says hangupOnStar. Before the talk the person is silent.
    """

    keys: str
    after: float = 10.0


@dataclass(frozen=True, slots=True)
class HANG_UP_IN_TALK:  # noqa: N801
    """Hangs up `after` seconds into the talk (or after the keys pressed in it before). Silent before that."""

    after: float = 10.0


@dataclass(frozen=True, slots=True)
class HANG_UP_RINGING:  # noqa: N801
    """Hangs up after so many seconds of waiting for an answer. Silent before that."""

    after: float = 5.0


@dataclass(frozen=True, slots=True)
class SPEAK:
    """Speaks into a Record for so many seconds, then presses a key, hangs up, or (SILENCE) says nothing more.

    At a prompt for keys this person is silent, and speaks later.
    """

    seconds: float
    then: str | Act = "#"


InTalk: TypeAlias = PRESS_IN_TALK | HANG_UP_IN_TALK
"""What may be done in a talk."""

Token: TypeAlias = str | Act | BARGE_IN | STUTTER | PRESS_IN_TALK | HANG_UP_IN_TALK | HANG_UP_RINGING | SPEAK
"""One input: a string of keys (0-9, *, #) typed after the prompt, or one of the words above."""

PickUp: TypeAlias = Literal["answers", "busy", "no-answer", "voicemail", "declines", "failed", "screening"]

Ask: TypeAlias = Callable[[list["Entry"]], Token]
"""(entries since the leg's last input) -> the next token."""

AskInTalk: TypeAlias = Callable[[str], InTalk | None]
"""(name of a leg in a talk) -> the person's next act. None: nothing more in this talk."""

AskRinging: TypeAlias = Callable[[str], float | None]
"""(name of a leg that rings another) -> seconds until it gives up. None: it waits."""


_NOT_AT_A_PROMPT = (PRESS_IN_TALK, HANG_UP_IN_TALK, HANG_UP_RINGING, SPEAK)


class SharedKeys:
    """One script for several phones, which take tokens from it in the order in which their legs need one.

    ``of_one``: the script is one person's, who then does everything in a talk.
    """

    def __init__(self, tokens: Iterable[Token], *, of_one: bool = False) -> None:
        self.tokens = deque(tokens)
        self.of_one = of_one


@dataclass(eq=False, kw_only=True)
class Phone:
    """A person with a telephone. After the last key the person stays silent.

    Each key is used once, even if the phone takes part in several calls.
    """

    keys: Iterable[Token] | SharedKeys = ()
    answers: PickUp = "answers"
    """The answer when the phone rings; "failed" is a number that the network can't reach.

    "screening" is a telephone that answers by itself, asks the caller for a reason and shows it to its owner (iOS 26,
    Pixel).
    """
    joins_after: float | None = None
    """Seconds between the answer of a screening telephone and the moment when its owner joins. None: never.

    The owner hears only what follows, and presses each key after hearing its name.
    """
    rings_for: float = 6.0
    """Seconds of ringing before it is answered or declined."""
    hangs_up_after: float | None = None
    """Seconds after picking up (or, for the caller, after placing the call) at which this person hangs up."""
    patience: float | None = None
    """Seconds for which this person lets a Dial ring, or waits for a conference to start, before giving up."""
    talks_for: float | None = None
    """Seconds of talk, once bridged, after which this person hangs up."""
    name: str = ""
    """The leg's name in transcripts; without one a dialled leg is named by its number."""
    ask: Ask | None = None
    """Asks an interactive person for each token, instead of `keys`."""
    ask_in_talk: AskInTalk | None = None
    """Asks an interactive person at the beginning of a talk, and after each act in it."""
    ask_ringing: AskRinging | None = None
    """Asks an interactive person whenever they ring somebody."""
    live: bool = False
    """Whether a person holds this telephone while the call goes on (`handset.py`). It rings until it is answered or
    declined; keys and hang-ups come at any moment."""
    _script: SharedKeys = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._script = self.keys if isinstance(self.keys, SharedKeys) else SharedKeys(self.keys)
        if self.joins_after is not None and self.answers != "screening":
            raise ValueError(f"joins_after is {self.joins_after}, and it is no telephone that screens: {self.answers}")
        if self.is_machine and self.hangs_up_after is None:
            self.hangs_up_after = VOICEMAIL_SECONDS if self.answers == "voicemail" else SCREENING_SECONDS

    @property
    def is_machine(self) -> bool:
        """Whether no person is on this telephone after its answer. A machine presses no keys."""
        return self.answers == "voicemail" or (self.answers == "screening" and self.joins_after is None)

    @property
    def waits_for(self) -> Token | None:
        """The script's next token. None: it is over, the token is for a talk, or the person is interactive."""
        if self.ask or not self._script.tokens or isinstance(self._script.tokens[0], _NOT_AT_A_PROMPT):
            return None
        return self._script.tokens[0]

    def barge_in(self) -> BARGE_IN | None:
        """Take the keys to press during the prompt, if they are the next token."""
        if self.is_machine or self.ask or not self._script.tokens:
            return None
        token = self._script.tokens[0]
        if not isinstance(token, BARGE_IN):
            return None
        self._script.tokens.popleft()
        return token

    def in_talk(self, leg: str, *, star_counts: bool, was_rung: bool) -> InTalk | None:
        """Take this person's next act in the talk, if it is the next token. `leg` is the name of their leg.

        A shared script gives an act only to the leg for which * counts, and a hang-up also to a leg that was rung.
        """
        if self.is_machine:
            return None
        if self.ask:
            return self.ask_in_talk(leg) if self.ask_in_talk else None
        token = self._script.tokens[0] if self._script.tokens else None
        if not isinstance(token, PRESS_IN_TALK | HANG_UP_IN_TALK):
            return None
        shared = self._script is self.keys and not self._script.of_one
        if shared and not (star_counts or (was_rung and isinstance(token, HANG_UP_IN_TALK))):
            return None
        self._script.tokens.popleft()
        return token

    def not_done(self, token: InTalk) -> None:
        """Put back an act for a talk that ended before it."""
        if not self.ask:
            self._script.tokens.appendleft(token)

    def gives_up_ringing(self, leg: str) -> float | None:
        """Take the seconds after which this person gives up waiting for an answer. `leg` is the name of their leg."""
        if self.ask:
            return self.ask_ringing(leg) if self.ask_ringing else self.patience
        if self._script.tokens and isinstance(token := self._script.tokens[0], HANG_UP_RINGING):
            self._script.tokens.popleft()
            return token.after
        return self.patience

    def says(self, heard: list[Entry]) -> Token:
        """Decide what this person says into a recording.

        A shared script gives only a SPEAK here: its keys are for prompts.
        """
        speaks = not self.ask and bool(self._script.tokens) and isinstance(self._script.tokens[0], SPEAK)
        if speaks and not self.is_machine:
            return self._script.tokens.popleft()
        shared = self._script is self.keys
        return SILENCE if shared and not self.ask else self.next_token(heard)

    def next_token(self, heard: list[Entry]) -> Token:
        """Decide what this person does after hearing these entries since the last input."""
        if self.is_machine:
            return SILENCE
        if self.ask:
            return self.ask(heard)
        if not self._script.tokens or isinstance(self._script.tokens[0], _NOT_AT_A_PROMPT):
            return SILENCE
        return self._script.tokens.popleft()
