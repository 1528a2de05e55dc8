"""All calls of the page, from their placing to the end of the stack."""

from __future__ import annotations

import secrets
import threading
import time
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from infra.local import demo, past_reports
from infra.local.database import client
from infra.local.phone import callers, wanted
from infra.local.phone.around import Around
from infra.local.phone.call import PhoneCall
from infra.local.phone.changes import Changes
from infra.local.phone.faults import FaultSwitch
from ivr.desk import Context, DeskError
from ivr.desk.explanation import explain
from ivr.store import StoreUnavailableError
from ivr.store.desk import Desk
from ivr.telephony.twilio import fields
from ivr.telephony.twilio.form import Form

if TYPE_CHECKING:
    from collections.abc import Mapping

    from infra.local.background import Background
    from infra.local.exchange import Exchange
    from infra.local.stackfile import Running
    from ivr.settings import Settings

MOST_KEPT = 200
"""So many calls are kept to look at; the oldest that are over make way."""
_PEOPLE_WHO_REPORTED = 5
_SETTLES_WITHIN = 5.0


class Stack(Protocol):
    """What the phone needs of a stack."""

    settings: Settings
    store: Desk
    exchange: Exchange
    background: Background

    @property
    def running(self) -> Running:
        """Its addresses and settings."""
        ...


class TooManyError(Exception):
    """No more calls can be held at the same time."""


class Phones:
    """The calls of one stack. Any thread may call the methods."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._calls: dict[str, PhoneCall] = {}
        self._lock = threading.Lock()
        self.faults = FaultSwitch(stack.store.table.client, stack.exchange)

    @cached_property
    def _around(self) -> Around:
        running, settings = self._stack.running, self._stack.settings
        return Around(
            running=running,
            settings=settings,
            store=self._stack.store,
            table=Desk(running.table, client(running.dynamodb, running.region)),
            changes=Changes(running, settings.timezone),
            faults=self.faults,
        )

    def place(self, asked: Mapping[str, Any]) -> PhoneCall:
        """Place a call. Raises ``ValueError``, ``DeskError`` or ``TooManyError``, which say what is wrong."""
        call = wanted.read(asked, self._stack.settings)
        with self._lock:
            self._make_room()
            if call.caller == callers.REPORTED:
                self._report_before(call.caller)
            name = secrets.token_hex(4)
            held = self._calls[name] = PhoneCall(name, call, self._around, list(self._calls.values()))
        held.start()
        return held

    def verdict_now(self, ready: callers.Caller) -> str:
        """The verdict of a ready-made caller who would call the customer's line now; empty: it is nobody's case."""
        around = self._around
        if not ready.verdict:
            return ""
        try:
            told = explain(
                Context(around.table, around.settings),
                ready.from_,
                demo.PROTECTED_LINE,
                signals=fields.signals(Form(list(ready.parameters.items()))),
            )
        except (StoreUnavailableError, DeskError):  # such as after the line was removed
            return ready.verdict
        is_reported_yet = ready.from_ != callers.REPORTED or told.judgement.case.lookup.reputation
        return told.judgement.verdict.kind.value if is_reported_yet else ready.verdict

    def get(self, name: str) -> PhoneCall | None:
        """A call by its name."""
        return self._calls.get(name)

    @property
    def all(self) -> list[PhoneCall]:
        """The calls, the newest first."""
        return list(reversed(self._calls.values()))

    def stop(self) -> None:
        """Let everybody hang up, and end. Safe to repeat."""
        calls = [call for call in self.all if not call.is_over]
        for call in calls:
            call.hang_up()
        for call in calls:
            call.join()
        for call in self.all:
            call.events.close()
        if "_around" in self.__dict__:
            self._around.changes.stop()

    def _make_room(self) -> None:
        over = [name for name, call in self._calls.items() if call.is_over]
        for name in over[: max(0, len(self._calls) - MOST_KEPT + 1)]:
            del self._calls[name]
        if len(self._calls) >= MOST_KEPT:
            raise TooManyError(f"{MOST_KEPT} calls are going on: hang some up first")

    def _report_before(self, caller: str) -> None:
        """Store other people's reports of a caller, once."""
        table, now = self._around.table, int(time.time())
        if table.reputations.get(caller) is not None:
            return
        made = past_reports.of(caller, people=_PEOPLE_WHO_REPORTED, at=now - 86_400, key=self._stack.settings.hmac_key)
        for report in made:
            table.reports.put(report)
        self._stack.background.settle(_SETTLES_WITHIN)
