"""Holds a script against a stack of `make run`, whose table keeps what was there before the script."""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from infra.carrier import Carrier, Phone
from infra.cli import output
from infra.cli.scripts.stage import Stage
from infra.cli.target import target_of
from infra.local import demo
from infra.local.follow_ups import FollowUps, reachable_over_rest
from infra.local.reaching import Reaching
from infra.local.understanding import heard_in
from ivr.pseudonym import pseudonym
from ivr.reputation.items import block_key, blocks_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.cli.scripts.model import Script
    from infra.local.stackfile import Running
    from ivr.store.desk import Desk

_OF_THE_DESK = frozenset({"LINE", "DECISION", "RULE"})  # sort keys of what people, not calls, have stored


@contextmanager
def stage_on(running: Running, script: Script, *, seed: int | None = None) -> Iterator[Stage]:
    """A stage on a running stack.

    Nothing that its table knows of the script's numbers and customers is left, but for the demo's lines and decisions.
    Afterwards the lines, decisions and rules on these numbers are as before; what the calls stored stays, to be looked
    at.
    """
    target, afterwards = target_of(running), FollowUps(running, output.say)
    reaching, settings, pickups = Reaching(running, afterwards.of_webhook), target.settings, dict[str, Phone]()
    lines = {call.to for call in script.calls}
    carrier = Carrier(
        reaching.post(),
        get=reaching.get(),
        sounds=heard_in,
        base_url=settings.public_base_url,
        auth_token=settings.twilio_auth_token,
        account_sid=settings.twilio_account_sid or "AC" + "0" * 32,
        pickups=pickups,
        verified=filter(None, {*lines, settings.sip_caller_id}),
        strict=False,
        seed=seed,
    )
    numbers = {settings.number(number).text or number for number in script.numbers}
    rung = (line.ring_to for line in target.store.lines.all() if line.number in lines)
    numbers |= set(filter(None, rung))  # a call-back that a customer asked for in an earlier run may be open
    table = _Table(target.store, numbers, settings.hmac_key)
    kept = table.clear()
    demo.seed(target.store)
    try:
        with reachable_over_rest(carrier, running, output.say) as reaching.rest_address:
            yield Stage(
                carrier=carrier,
                pickups=pickups,
                store=target.store,
                settings=settings,
                settle=lambda: afterwards.of_call(carrier),
            )
    finally:
        table.put_back(kept)


class _Table:
    """The items of a laptop's table that speak of some numbers."""

    def __init__(self, store: Desk, numbers: set[str], key: str) -> None:
        self._store = store
        self._numbers = numbers
        words = {*numbers, *(pseudonym(number, key) for number in numbers)}
        # A short code stands in many a longer number.
        self._words = re.compile(rf"(?<![\w+])({'|'.join(map(re.escape, words))})(?!\w)")
        self._blocks = {block_key(block).pk for number in numbers for block in blocks_of(number)}

    def clear(self) -> list[dict[str, Any]]:
        """Remove them, and return those that people have stored."""
        found = list(self._items())
        for item in found:
            self._remove(item)
        return [item for item in found if item["sk"]["S"] in _OF_THE_DESK]

    def put_back(self, kept: list[dict[str, Any]]) -> None:
        """Put what people had stored in place of what the script has."""
        for item in self._items():
            if item["sk"]["S"] in _OF_THE_DESK:
                self._remove(item)
        for item in kept:
            self._store.table.client.put_item(TableName=self._store.table.name, Item=item)

    def _items(self) -> Iterator[dict[str, Any]]:
        for page in self._store.table.client.get_paginator("scan").paginate(TableName=self._store.table.name):
            yield from (dict(item) for item in page["Items"] if self._is_about_them(item))

    def _is_about_them(self, item: Any) -> bool:
        pk = item["pk"]["S"]
        prefix = pk.removeprefix("PREFIX#") if pk.startswith("PREFIX#") else ""
        text = json.dumps(item, default=str)
        return (
            pk in self._blocks
            or bool(self._words.search(text))
            or bool(prefix and any(number.startswith(prefix) for number in self._numbers))
        )

    def _remove(self, item: dict[str, Any]) -> None:
        key = {name: item[name] for name in ("pk", "sk")}
        self._store.table.client.delete_item(TableName=self._store.table.name, Key=key)
