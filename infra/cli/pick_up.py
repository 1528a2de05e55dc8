"""How a telephone of `ivr call` is picked up: the values of --customer, --care and --second-care."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple, cast

import click

if TYPE_CHECKING:
    from infra.carrier import PickUp

_HOW = ("answers", "no-answer", "busy", "voicemail", "declines", "screening")
_JOINS = re.compile(r"screening@(\d{1,3})", re.ASCII)


class PicksUp(NamedTuple):
    """What a telephone does when it is rung; ``joins_after``: seconds until the owner of one that screens joins."""

    how: PickUp
    joins_after: float | None = None


class PickingUp(click.ParamType[PicksUp]):
    """One of the words, or "screening@8"."""

    name = "how"

    def get_metavar(self, param: click.Parameter, ctx: click.Context | None = None) -> str:  # noqa: ARG002  # click's
        """The words, as help prints them."""
        return f"[{'|'.join((*_HOW, 'screening@8'))}]"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> PicksUp:
        """Read a word. Raises ``click.BadParameter``."""
        if isinstance(value, PicksUp):
            return value
        word = str(value).strip().lower()
        if joins := _JOINS.fullmatch(word):
            return PicksUp("screening", float(joins[1]))
        if word in _HOW:
            return PicksUp(cast("PickUp", word))
        words = ", ".join(_HOW)
        raise click.BadParameter(
            f"{value!r} is none of {words}, or screening@8 (its owner joins after 8 s).", ctx, param
        )
