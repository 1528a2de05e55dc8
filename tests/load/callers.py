"""Callers at once: each plays whole calls with a carrier of its own, one after the other, over real HTTP."""

from __future__ import annotations

import random
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from typing import NamedTuple

from infra.carrier import ANNOUNCED, HANG_UP, Carrier, Phone, http_post
from infra.local import demo
from infra.local.exchange import REST_HEADER
from ivr.locales import catalog

SPEAKS = {  # what the customer presses, how often of ten calls
    "reports": (["9", "1", "2", HANG_UP], 4),
    "reports a loss": (["9", "3", "1"], 1),
    "takes the call": (["1"], 3),
    "declines": (["3"], 1),
    "does not press": ([], 1),
}
_PROCESSES = (
    2  # a caller costs as much CPU as a webhook: in one process they would wait for each other and not for the stack
)


class Load(NamedTuple):
    """What callers do: ``pace`` is how many simulated seconds pass in one, 0 for no waiting at all."""

    gateway: str
    token: str
    seconds: float  # no call begins after that
    pace: float
    calls: int = 10_000  # of each caller, at most


class Held(NamedTuple):
    """A call that is over."""

    sid: str
    caller: str
    customer: str
    does: str
    told_recorded: bool
    faults: list[str]


class Heard(NamedTuple):
    """What callers have to tell: their calls, and how long each webhook took, in seconds."""

    calls: list[Held]
    took: list[float]


def line_of(nth: int) -> tuple[str, str]:
    """The line of the nth caller's customer, and that customer's telephone, of the ranges for fiction."""
    return f"+1{201 + nth // 50}55501{nth % 50:02}", f"+1{201 + nth // 50}55501{nth % 50 + 50:02}"


def hold(load: Load, callers: range, first_call: int) -> Heard:
    """Let these callers ring at once, spread over processes; ``first_call`` is the number of each one's first call."""
    parts = [callers[nth::_PROCESSES] for nth in range(min(_PROCESSES, len(callers)))]
    with ProcessPoolExecutor(len(parts), get_context("spawn")) as pool:
        heard = list(pool.map(_hold_some, [load] * len(parts), parts, [first_call] * len(parts)))
    return Heard([call for one in heard for call in one.calls], [took for one in heard for took in one.took])


def _hold_some(load: Load, callers: range, first_call: int) -> Heard:
    with ThreadPoolExecutor(len(callers)) as pool:
        heard = list(pool.map(lambda nth: _one_caller(load, nth, first_call), callers))
    return Heard([call for one in heard for call in one.calls], [took for one in heard for took in one.took])


def _one_caller(load: Load, nth: int, first_call: int) -> Heard:
    caller = Caller(load, nth)
    until = time.monotonic() + load.seconds
    calls = []
    with caller.carrier().rest() as server:
        while len(calls) < load.calls and time.monotonic() < until:
            calls.append(caller.rings(server, first_call + len(calls)))
    return Heard(calls, caller.took)


class Caller:
    """One caller, who rings the same customer again and again, each time from another number."""

    def __init__(self, load, nth):
        self.load, self.nth = load, nth
        self.line, self.customer = line_of(nth)
        self.chance = random.Random(nth)
        self.took = []
        self._post = http_post()
        self._english = catalog.load("en").prompts["recorded"].say[0]

    def carrier(self, rest_address="", pickups=None):
        """A carrier for one call, whose webhooks say where it answers REST requests."""
        began = {}

        def post(url, form, headers):
            simulated = int(headers["X-Carrier-Time"]) / 1000
            if self.load.pace and began:
                due = began["real"] + (simulated - began["simulated"]) / self.load.pace
                time.sleep(max(0.0, due - time.monotonic()))
            began.setdefault("real", time.monotonic())
            began.setdefault("simulated", simulated)
            asked = time.perf_counter()
            try:
                return self._post(url, form, {**headers, REST_HEADER: rest_address})
            finally:
                self.took.append(time.perf_counter() - asked)

        return Carrier(post, base_url=self.load.gateway, auth_token=self.load.token, pickups=pickups, strict=False)

    def rings(self, server, nth_call):
        """Hold one call to its end."""
        does = self.chance.choices([*SPEAKS], [often for _, often in SPEAKS.values()])[0]
        pickups = {
            self.customer: Phone(keys=list(SPEAKS[does][0]), name="customer"),
            demo.CARE: Phone(keys=["1"], name="care"),
        }
        carrier = self.carrier(server.base_url, pickups)
        carrier.answers_on(server)
        number = f"+9689{self.nth % 1000:03}{nth_call % 10_000:04}"
        call = carrier.place(from_=number, to=self.line, phone=Phone(keys=[ANNOUNCED]))
        carrier.run()
        told = any(self._english in said for said in call.transcript.said("customer", "en"))
        faults = [str(fault) for fault in (*carrier.errors, *carrier.failures)]
        return Held(call.sid, number, self.customer, does, told, faults)
