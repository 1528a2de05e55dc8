"""How what people do is written in a script, in the words of `ivr call --list-keys`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.carrier.phone import (
    ANNOUNCED,
    BARGE_IN,
    HANG_UP,
    HANG_UP_IN_TALK,
    HANG_UP_RINGING,
    PRESS_IN_TALK,
    SILENCE,
    SPEAK,
)

if TYPE_CHECKING:
    from infra.carrier.phone import Token

_ACTS = {"check": ANNOUNCED, "-": SILENCE, "hangup": HANG_UP}
_ENDS = {"": None, ":hangup": HANG_UP, ":-": SILENCE}


def seconds(span: float) -> str:
    """Seconds as they are written: whole ones, or with one or two decimals."""
    return f"{round(span, 2):g}"


def write_key(token: Token) -> str:
    """A token as it is typed."""
    match token:
        case BARGE_IN(keys, after):
            return f"!{keys}" if after == BARGE_IN("").after else f"!{keys}@{seconds(after)}"
        case PRESS_IN_TALK(keys, after):
            return f"talk:{keys}@{seconds(after)}"
        case HANG_UP_IN_TALK(after):
            return f"talk:hangup@{seconds(after)}"
        case HANG_UP_RINGING(after):
            return f"ring:hangup@{seconds(after)}"
        case SPEAK(spoken, then):
            end = next((word for word, one in _ENDS.items() if one is then), "")
            return f"speak@{seconds(spoken)}{end}"
        case _:
            return next((word for word, one in _ACTS.items() if one is token), str(token))
