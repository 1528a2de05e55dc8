"""The numbers that were pointed at this deployment, and what each asked for before, to be put back one day.

It is kept in the table, which outlives the laptop on which the command was typed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.desk.audit import About, Action
from ivr.desk.change import Made, Target, change
from ivr.telephony.number_settings import ConnectedNumber, NumberSettings, connected_number_key

if TYPE_CHECKING:
    from ivr.desk.actor import Actor
    from ivr.desk.context import Context
    from ivr.records.base import Item

_URLS = frozenset({"voice_url", "voice_fallback_url", "status_callback"})  # another service's may hold a password


def find(context: Context, number: str) -> ConnectedNumber | None:
    """What a number (E.164) asked for before it was connected; None: nothing is kept. One request.

    Raises ``StoreUnavailableError``.
    """
    table = context.store.table
    return table.read(ConnectedNumber, table.get(connected_number_key(number)))


def keep(
    context: Context, number: str, before: NumberSettings, *, by: Actor, replaces: bool = False
) -> ConnectedNumber:
    """Keep what a number asks for, before it is pointed here, and audit it. What is kept already stays.

    ``replaces``: what is kept already is older, and goes. Returns what is kept. Raises ``StoreUnavailableError``.
    """

    def keeping(kept: ConnectedNumber | None, _: Item | None) -> Made[ConnectedNumber]:
        new = ConnectedNumber(number=number, connected_at=context.now(), **before._asdict())
        return Made(Action.CONNECT_NUMBER, new if replaces else kept or new)

    kept = change(context, _target(number), keeping, by=by)
    assert kept  # no form repeats a command
    return kept


def drop(context: Context, number: str, *, by: Actor) -> None:
    """Forget what a number asked for, once it is put back, and audit it. Raises ``StoreUnavailableError``."""

    def dropping(kept: ConnectedNumber | None, _: Item | None) -> Made[ConnectedNumber] | None:
        return Made(Action.DISCONNECT_NUMBER, None) if kept else None

    change(context, _target(number), dropping, by=by)


def _target(number: str) -> Target[ConnectedNumber]:
    return Target(ConnectedNumber, connected_number_key(number), About.LINE, number, hidden=_URLS)
