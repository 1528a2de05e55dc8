"""How a telephone of `ivr call` is picked up: the values of --customer, --care and --second-care."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple, cast

import click

if TYPE_CHECKING:
    from infra.carrier import PickUp

_HOW = ("answers", "no-answer", "busy", "voicemail", "declines", "screening")
_JOINS = re.compile(r"screening@(\d{1,3})", re.ASCII)
_LATER = re.compile(r"answers@(\d{1,3}(?:\.\d{1,2})?)", re.ASCII)
RINGS_FOR = 6.0  # seconds, unless told


class PicksUp(NamedTuple):
    """What a telephone does when it is rung.

    ``joins_after``: seconds until the owner of one that screens joins; ``rings_for``: seconds of ringing before.
    """

    how: PickUp
    joins_after: float | None = None
    rings_for: float = RINGS_FOR


class PickingUp(click.ParamType[PicksUp]):
    """One of the words, "screening@8" or "answers@12"."""

    name = "how"

    def get_metavar(self, param: click.Parameter, ctx: click.Context | None = None) -> str:  # noqa: ARG002  # click's
        """The words, as help prints them."""
        return f"[{'|'.join((*_HOW, 'screening@8', 'answers@12'))}]"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> PicksUp:
        """Read a word. Raises ``click.BadParameter``."""
        if isinstance(value, PicksUp):
            return value
        word = str(value).strip().lower()
        if joins := _JOINS.fullmatch(word):
            return PicksUp("screening", float(joins[1]))
        if later := _LATER.fullmatch(word):
            return PicksUp("answers", rings_for=float(later[1]))
        if word in _HOW:
            return PicksUp(cast("PickUp", word))
        words = ", ".join(_HOW)
        raise click.BadParameter(
            f"{value!r} is none of {words}, screening@8 (its owner joins after 8 s), or answers@12 (after 12 s).",
            ctx,
            param,
        )
