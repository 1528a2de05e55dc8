"""What is measured, turn and turn about: in each turn every handler does the same once, in an order that changes."""

from __future__ import annotations

import statistics
import time
from collections import Counter, defaultdict
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.bench import bill, expectations, processes, profiles, stored, world
from tests.bench.held_calls import BILLED, KINDS, REPORTED, FaultyStepError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tests.bench import place
    from tests.bench.aims import Figures
    from tests.bench.held_calls import Step, Telephones

RECORDED, MOVE = "has been recorded", "twilio:Calls"


class Amounts(NamedTuple):
    """How much is measured."""

    cold: int  # fresh processes of each handler, with the secrets in Parameter Store
    from_environment: int  # likewise, with the secrets in the environment
    restored: int
    after: int  # calls after the first of a cold process
    long: int  # cold processes that go on so far
    warm: int  # turns of the two calls, in processes that go on
    moves: int


QUICK = Amounts(cold=3, from_environment=2, restored=2, after=10, long=1, warm=8, moves=20)
WHOLE = Amounts(cold=15, from_environment=10, restored=10, after=50, long=4, warm=80, moves=200)
_WARM_UP = 3  # turns that are thrown away


class Bench:
    """Measures the handlers ``who`` in ``here``, over ``telephones``. Every method adds to ``figures``."""

    def __init__(self, here: place.Place, telephones: Telephones, address: str, who: Iterable[str]) -> None:
        self.here, self._telephones = here, telephones
        self.who = list(who)
        self._table = expectations.expected()
        self._deployed = world.environment(address, as_deployed=True)
        self._from_environment = world.environment(address, as_deployed=False)
        self.figures: Figures = defaultdict(lambda: defaultdict(list))
        self.requests: dict[str, dict[str, dict[str, Any]]] = defaultdict(lambda: defaultdict(dict))

    def cold(self, runs: int, long: int, after: int) -> None:
        """Fresh processes with secrets in Parameter Store: the first call, and of ``long`` of them ``after`` more."""
        for turn, who in self._turns(runs + 1):
            with processes.running(self.here, who, self._deployed) as handler:
                first = self._hold(who, handler, REPORTED, first=True)
                if turn == 0:  # it fills the disk's cache
                    continue
                self._add("cold, as deployed", who, _work(first[0]))
                self._add("by the clock: cold, as deployed", who, first[0].clock / 1e6)
                for step in first[1:]:
                    self._add(f"first: {step.name}", who, _work(step))
                if turn <= long:
                    self._go_on(who, handler, after)

    def _go_on(self, who: str, handler: processes.Handler, after: int) -> None:
        calls = [self._hold(who, handler, REPORTED) for _ in range(after)]
        for n, step in enumerate(calls[0]):
            self._add(f"next calls: {step.name}", who, statistics.mean(_work(call[n]) for call in calls))
        self._add("next calls: reported call", who, statistics.mean(sum(map(_work, call)) for call in calls))
        self._add("memory, as deployed", who, handler.megabytes())

    def from_environment(self, runs: int) -> None:
        """Fresh processes with secrets in the environment: the first webhook alone."""
        for turn, who in self._turns(runs + 1):
            with processes.running(self.here, who, self._from_environment) as handler:
                first = self._telephones.ring(who, handler)
                if turn:
                    self._add("cold, secrets in the environment", who, _work(first))
                    self._add("memory, secrets in the environment", who, handler.megabytes())

    def restored(self, runs: int) -> None:
        """Processes that are prepared as for a snapshot: the first webhook, as deployed, without what came before."""
        for _, who in self._turns(runs):
            with processes.running(self.here, who, self._deployed, restored=True) as handler:
                first = self._telephones.ring(who, handler)
                self._add("restored, as deployed", who, _work(first))
                self._add("by the clock: restored, as deployed", who, first.clock / 1e6)

    def warm(self, turns: int) -> None:
        """Both calls, over and over, in one process of each handler."""
        with ExitStack() as all_of_them:
            handlers = {
                who: all_of_them.enter_context(processes.running(self.here, who, self._deployed)) for who in self.who
            }
            for who, handler in handlers.items():
                for kind in KINDS:
                    self._telephones.hold(who, handler, kind)
                    for _ in range(_WARM_UP):
                        self._hold(who, handler, kind)
            for _, who in self._turns(turns):
                self._both_calls(who, handlers[who])

    def _both_calls(self, who: str, handler: processes.Handler) -> None:
        found: dict[str, list[float]] = defaultdict(list)
        for kind in KINDS:
            steps = self._hold(who, handler, kind)
            for step in steps:
                found[step.name].append(_work(step))
            self._add(f"warm: {kind} call", who, sum(map(_work, steps)))
            self._add(f"requests: {kind} call", who, sum(len(step.seen) for step in steps))
            for step in steps:
                self.requests[who][kind][step.name] = {
                    "requests": step.requests,
                    "sent": sum(one.sent for one in step.seen),
                    "received": sum(one.received for one in step.seen),
                }
            if kind == REPORTED:
                self._add("requests before the word recorded", who, requests_before(RECORDED, steps))
        for name, values in found.items():
            self._add(f"warm: {name}", who, statistics.mean(values))
        # The peers move the leg before they answer 9, the product after it.
        both = found["report on 9"] + found.get("the move", [])
        self._add("warm: report on 9 and the move", who, sum(both))

    def famous(self, turns: int) -> None:
        """The product's first webhook: of a caller in blocks whose every number is reported, and of anybody."""
        famous = stored.caller(9_000_055)
        self._telephones.make_famous(famous)
        with processes.running(self.here, "product", self._deployed) as handler:
            for turn in range(_WARM_UP + turns):
                for figure, caller in (("any caller", ""), ("a famous caller", famous)):
                    step = self._telephones.ring("product", handler, caller)
                    if turn >= _WARM_UP:
                        self._add(f"incoming, {figure}", "product", _work(step))

    def moves(self, many: int) -> None:
        """What a move over Twilio's REST API costs alone: the product's, and the bare one's over a kept connection."""
        for who in ("product", "bare"):
            first, _, *rest = processes.moves(self.here, who, self._deployed, many)
            self.figures["a REST move"][who] += rest
            self._add("a REST move, the first", who, first)

    def profile(self, step: str, calls: int) -> str:
        """Where the product's time goes in that step of warm calls, as text: see ``profiles``."""
        with TemporaryDirectory() as folder:
            file = Path(folder, "profile")
            environment = self._deployed | {"PROFILE": str(file)}
            with processes.running(self.here, "product", environment) as handler:
                for kind in KINDS * 2:
                    self._telephones.hold("product", handler, kind)
                handler.profiled = step
                held = [self._telephones.hold("product", handler, kind) for _ in range(calls) for kind in KINDS]
                handler.finish()
            times = Counter(one.name for call in held for one in call.steps)
            if step not in times:
                raise FaultyStepError(f"No call has a step {step!r}. There are: {', '.join(sorted(times))}.")
            return profiles.told(file, times[step])

    def billed(self, talks_for: int) -> dict[str, bill.Used]:
        """What one warm call of each kind uses of what is billed."""
        found = {}
        with TemporaryDirectory() as folder:
            log = Path(folder, "log")
            with processes.running(self.here, "product", self._deployed | {"LOG": str(log)}) as handler:
                for kind in BILLED:
                    self._telephones.hold_straight("product", handler, kind, talks_for)
                    before = log.stat().st_size
                    call = self._telephones.hold_straight("product", handler, kind, talks_for)
                    found[kind] = bill.used(call, log.stat().st_size - before)
        return found

    def _hold(self, who: str, handler: processes.Handler, kind: str, *, first: bool = False) -> list[Step]:
        steps = self._telephones.hold(who, handler, kind).steps
        table = self._table[processes.TABLES.get(who, processes.SAME_WORK)]
        expectations.check(who, kind, steps, table, first=first)
        if not first:
            handler.rereads.note(steps, time.monotonic())
        return steps

    def _add(self, figure: str, who: str, value: float) -> None:
        self.figures[figure][who].append(value)

    def _turns(self, many: int) -> Iterator[tuple[int, str]]:
        for turn in range(many):
            n = turn % len(self.who)
            order = self.who[n:] + self.who[:n]
            yield from ((turn, who) for who in (order if turn % 2 else reversed(order)))


def _work(step: Step) -> float:
    return step.work / 1e6


def requests_before(word: str, steps: list[Step]) -> int:
    """The requests from the customer's 9 until the leg hears the word.

    A leg that is moved goes on as soon as Twilio is asked to: nobody waits for what its webhook asks after that.
    """
    asked = 0
    for step in steps[[one.name for one in steps].index("report on 9") :]:
        names = step.requests
        asked += names.index(MOVE) + 1 if MOVE in names else len(names)
        if word in step.answer["body"]:
            return asked
    raise ValueError(f"nobody heard {word!r}")


def measure(bench: Bench, amounts: Amounts, say: Callable[[str], None]) -> None:
    """All of it."""
    say(f"cold starts as deployed: {amounts.cold} of each handler")
    bench.cold(amounts.cold, amounts.long, amounts.after)
    say(f"cold starts with secrets in the environment: {amounts.from_environment} of each")
    bench.from_environment(amounts.from_environment)
    say(f"first webhooks after a restore: {amounts.restored} of each")
    bench.restored(amounts.restored)
    say(f"warm calls: {amounts.warm} of each kind and handler")
    bench.warm(amounts.warm)
    say(f"a famous caller, and any: {amounts.warm * 5} of each")
    bench.famous(amounts.warm * 5)
    say(f"moves over REST: {amounts.moves}")
    bench.moves(amounts.moves)
