"""KEYS: what the people of a scripted call do, as words in the order of the prompts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import click

from infra.carrier import (
    ANNOUNCED,
    BARGE_IN,
    HANG_UP,
    HANG_UP_IN_TALK,
    HANG_UP_RINGING,
    PRESS_IN_TALK,
    SILENCE,
    SPEAK,
    SharedKeys,
)
from infra.carrier.key_words import write_key

if TYPE_CHECKING:
    from collections.abc import Callable

    from infra.carrier import InTalk, Token

_AFTER = r"(?:@(?P<after>\d{1,4}(?:\.\d{1,2})?))?"  # seconds
_HANGS_UP = re.compile(r"hangup@(\d{1,4}(?:\.\d{1,2})?)", re.ASCII | re.IGNORECASE)
_SPOKEN_SECONDS = 7


class KeyWord(NamedTuple):
    """A kind of word: how it is written, what it does, and an example of it in a script."""

    written: str
    does: str
    example: str
    pattern: re.Pattern[str]
    read: Callable[[re.Match[str]], Token]


def _pattern(words: str) -> re.Pattern[str]:
    return re.compile(words, re.ASCII | re.IGNORECASE)


def _seconds(found: re.Match[str], unless_told: float) -> float:
    return float(found["after"] or unless_told)


_WORDS = (
    KeyWord("9, 123#", "pressed after the prompt", "check 9 1 2", _pattern("[0-9*#]{1,64}"), lambda m: m[0]),
    KeyWord("check", "the announced digit is pressed", "check 1", _pattern("check"), lambda _: ANNOUNCED),
    KeyWord("- (or silence)", "no key: the time runs out", "check - 1", _pattern("-|silence"), lambda _: SILENCE),
    KeyWord(
        "!5@2",
        f"pressed when the prompt has been spoken for 2 seconds ({BARGE_IN('').after:g} unless told)",
        "check !9",
        _pattern(f"!(?P<keys>[0-9*#]{{1,64}}){_AFTER}"),
        lambda m: BARGE_IN(m["keys"], _seconds(m, BARGE_IN("").after)),
    ),
    KeyWord("hangup", "the person who is asked hangs up", "check 9 hangup", _pattern("hangup"), lambda _: HANG_UP),
    KeyWord(
        "ring:hangup@5",
        f"hangs up when the telephone has rung for 5 seconds ({HANG_UP_RINGING().after:.0f} unless told)",
        "check ring:hangup@5",
        _pattern(f"ring:hangup{_AFTER}"),
        lambda m: HANG_UP_RINGING(_seconds(m, HANG_UP_RINGING().after)),
    ),
    KeyWord(
        "talk:*@12",
        f"* is pressed when the two have talked for 12 seconds ({PRESS_IN_TALK('*').after:.0f} unless told)",
        "check 1 talk:*@12 2 2 2",
        _pattern(f"talk:(?P<keys>[0-9*#]{{1,64}}){_AFTER}"),
        lambda m: PRESS_IN_TALK(m["keys"], _seconds(m, PRESS_IN_TALK("*").after)),
    ),
    KeyWord(
        "talk:hangup@25",
        f"hangs up when the two have talked for 25 seconds ({HANG_UP_IN_TALK().after:.0f} unless told)",
        "check 1 talk:hangup@25",
        _pattern(f"talk:hangup{_AFTER}"),
        lambda m: HANG_UP_IN_TALK(_seconds(m, HANG_UP_IN_TALK().after)),
    ),
    KeyWord(
        "speak@20",
        f"a message of 20 seconds is left ({_SPOKEN_SECONDS} unless told)",
        "check speak@20",
        _pattern(f"speak{_AFTER}"),
        lambda m: SPEAK(_seconds(m, _SPOKEN_SECONDS)),
    ),
    KeyWord(
        "speak@20:hangup",
        "the same, ended by hanging up; with :- by silence",
        "check speak@20:hangup",
        _pattern(f"speak{_AFTER}:(?P<then>hangup|-)"),
        lambda m: SPEAK(_seconds(m, _SPOKEN_SECONDS), HANG_UP if m["then"] != "-" else SILENCE),
    ),
)
_OF_ONE_LEG = (
    "hangup@40",
    "hangs up 40 seconds after answering (the caller: after dialling), whatever goes on",
    '--caller-keys "check hangup@40"',
)
HELP = "; ".join(f"{word.written}: {word.does}" for word in _WORDS)


def key_words() -> list[tuple[str, str, str]]:
    """Each kind of word, what it does and an example."""
    return [*((word.written, word.does, word.example) for word in _WORDS), _OF_ONE_LEG]


def read_keys(text: str) -> list[Token]:
    """The tokens of a script, separated by spaces or commas. Raises ``click.ClickException``."""
    return [read_key(word) for word in text.replace(",", " ").split()]


def read_key(word: str) -> Token:
    """One token. Raises ``click.ClickException``, naming what it may be."""
    for kind in _WORDS:
        if found := kind.pattern.fullmatch(word):
            return kind.read(found)
    if _HANGS_UP.fullmatch(word):
        raise click.ClickException(
            f"the key {word!r} does not say who hangs up: give it in --caller-keys, --customer-keys or --care-keys"
        )
    raise click.ClickException(f"the key {word!r} is none of these. {HELP}")


def read_in_talk(word: str) -> InTalk:
    """Read an action in a talk: "*", "*@12" or "hangup@25", perhaps after "talk:". Raises ``click.ClickException``."""
    told = word if word.lower().startswith("talk:") else f"talk:{word}"
    token = read_key(told) if any(kind.pattern.fullmatch(told) for kind in _WORDS) else None
    if not isinstance(token, PRESS_IN_TALK | HANG_UP_IN_TALK):
        raise click.ClickException(f"{word!r} is nothing that is done in a talk: keys such as * or *@12, or hangup@25")
    return token


def read_ringing(word: str) -> float:
    """Read what a person does while it rings, "hangup" or "hangup@5", as seconds. Raises ``click.ClickException``."""
    told = word if word.lower().startswith("ring:") else f"ring:{word}"
    token = read_key(told) if any(kind.pattern.fullmatch(told) for kind in _WORDS) else None
    if not isinstance(token, HANG_UP_RINGING):
        raise click.ClickException(f"{word!r} is nothing that is done while it rings: hangup, or hangup@5")
    return token.after


class LegKeys(NamedTuple):
    """What one telephone, or all those without keys of their own, do."""

    script: SharedKeys
    hangs_up_after: float | None = None


class Keys(NamedTuple):
    """The scripts of a call. ``are_none``: none was given."""

    shared: LegKeys
    caller: LegKeys
    customer: LegKeys
    care: LegKeys
    are_none: bool

    @classmethod
    def read(cls, options: dict[str, Any]) -> Self:
        """Read the scripts from the options "keys", "caller_keys", ... Raises ``click.ClickException``."""
        shared = LegKeys(SharedKeys(read_keys(options["keys"] or "")))
        own = [options[f"{leg}_keys"] for leg in ("caller", "customer", "care")]
        caller, customer, care = (shared if text is None else _of_one_leg(text) for text in own)
        return cls(shared, caller, customer, care, are_none=options["keys"] is None and own == [None] * len(own))

    @property
    def talk_seconds(self) -> float:
        """The seconds of talk that these scripts need."""
        in_talk = [[t.after for t in leg.script.tokens if isinstance(t, _IN_TALK)] for leg in set(self[:4])]
        return max(1 + sum(seconds) for seconds in in_talk)

    @property
    def left(self) -> list[str]:
        """The unused words; those of a leg's own script with the leg's name."""
        own = {"caller": self.caller, "customer": self.customer, "care": self.care}
        return [
            *(write_key(token) for token in self.shared.script.tokens),
            *(
                f"{name}: {write_key(token)}"
                for name, leg in own.items()
                if leg is not self.shared
                for token in leg.script.tokens
            ),
        ]


_IN_TALK = (PRESS_IN_TALK, HANG_UP_IN_TALK)


def _of_one_leg(text: str) -> LegKeys:
    words = text.replace(",", " ").split()
    hangs_up = [found for word in words if (found := _HANGS_UP.fullmatch(word))]
    if len(hangs_up) > 1:
        raise click.ClickException(f"{text!r} hangs up twice: one hangup@SECONDS is enough")
    tokens = [read_key(word) for word in words if not _HANGS_UP.fullmatch(word)]
    return LegKeys(SharedKeys(tokens, of_one=True), float(hangs_up[0][1]) if hangs_up else None)
