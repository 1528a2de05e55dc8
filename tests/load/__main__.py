"""The carrier's load: many callers at once against the stack of `make run`, over real HTTP with signed webhooks.

Each plays whole calls to a customer of their own: the check, and then a report, a talk, a refusal, silence. What was
confirmed is compared with what is stored, and a webhook's median after a thousand calls with that after ten. Ends with
1 where a report was lost or is doubled, a webhook failed, or the median grew by more than a fifth. All of it stays on
127.0.0.1, and stops by itself.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections import Counter
from contextlib import ExitStack

from tests.load.callers import Caller, Load, hold
from tests.load.running import running

MOST_GROWTH = 1.2  # of a webhook's median
_PROBE_CALLS = 40  # whose webhooks are measured, one caller alone
_EARLY, _FILLERS = 10, 4


def main():
    arguments = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    arguments.add_argument("--callers", type=_between(1, 500), default=200, help="at once (200)")
    arguments.add_argument("--seconds", type=_between(1, 600), default=60, help="how long calls are begun (60)")
    arguments.add_argument("--pace", type=float, default=2.0, help="simulated seconds in a real one (2); 0: no waiting")
    arguments.add_argument(
        "--calls", type=_between(0, 10_000), default=1000, help="after which it is measured again; 0: not"
    )
    asked = arguments.parse_args()
    sys.exit(0 if held_up(asked.callers, asked.seconds, asked.pace, asked.calls, say=print) else 1)


def held_up(callers, seconds, pace, thousand, say=lambda _: None):
    """Put a stack under load, say the figures, and whether it held up."""
    with running(callers + 1) as stack, ExitStack() as ends:
        alone = range(callers, callers + 1)
        unpaced = Load(stack.told.gateway, stack.token, 600, 0)
        at = _Numbering()
        # The callers' carriers have ended by the time of the follow-ups, so one more carrier takes these.
        stays = Caller(unpaced, callers)
        server = ends.enter_context(stays.carrier().rest())
        every, medians = [stays.rings(server, at.next(1))], []

        def probe():
            heard = hold(unpaced._replace(calls=_PROBE_CALLS), alone, at.next(_PROBE_CALLS))
            every.extend(heard.calls)
            medians.append(statistics.median(heard.took))

        say(f"Load of this machine, of {os.cpu_count()} processors: {_machine()}.")
        if thousand:
            every += hold(unpaced._replace(calls=_EARLY), alone, at.next(_EARLY)).calls
            probe()
            say(f"After {_EARLY} calls: {medians[0] * 1000:.1f} ms a webhook, one caller alone (median).")
        say(f"{callers} callers at once, who begin calls for {seconds} s; {pace:g} simulated seconds in a real one.")
        load = Load(stack.told.gateway, stack.token, seconds, pace)
        began = time.monotonic()
        heard = hold(load, range(callers), at.next(2000))
        took = time.monotonic() - began
        every += heard.calls
        say(_told(heard, took) + f" Memory of the stack and its table, in MB: {stack.resident_megabytes()}.")
        if thousand:
            if (missing := thousand - len(every)) > 0:
                each = -(-missing // min(_FILLERS, callers))
                fill = hold(unpaced._replace(calls=each), range(min(_FILLERS, callers)), at.next(each))
                every += fill.calls
            stack.settle(60)
            calls = len(every)
            probe()
            say(f"After {calls} calls: {medians[1] * 1000:.1f} ms a webhook, one caller alone (median).")
        say(f"Load of this machine: {_machine()}. Memory, in MB: {stack.resident_megabytes()}.")
        wrong = [*_wrong(stack, every)]
        if thousand and medians[1] > MOST_GROWTH * medians[0]:
            wrong.append(f"a webhook costs {medians[1] / medians[0]:.2f} times what it did: more than {MOST_GROWTH}")
        say(f"Errors in the stack's log: {stack.failed() or 'none'}.")
    say("\n".join(f"WRONG: {one}" for one in wrong) or "Nothing was lost or doubled, and every reputation is right.")
    return not wrong


def _wrong(stack, calls):
    """What is not as it must be, in words."""
    settled = stack.settle(120)
    if not settled:
        yield "what follows from calls is not done after two minutes"
    stored, counted = Counter(), []
    for call in calls:
        reports = stack.store.calls.with_reports(call.sid)[1]
        stored[call.sid] = len(reports)
        counted += [report.caller for report in reports if report.counted]  # twenty of one customer in a day
        if any(report.caller != call.caller for report in reports):
            yield f"a report of the call {call.sid} is about somebody else"
    lost = [call for call in calls if call.told_recorded and not stored[call.sid]]
    doubled = [call for call in calls if stored[call.sid] > 1]
    unasked = [call for call in calls if stored[call.sid] and not call.does.startswith("reports")]
    for words, found in (("lost", lost), ("doubled", doubled), ("made by nobody", unasked)):
        if found:
            yield f"{len(found)} reports {words}, as in the call {found[0].sid}"
    if not any(call.told_recorded for call in calls):
        yield "no report was confirmed: nothing was tried"
    if settled:
        reputations = [stack.store.reputations.get(caller) for caller in counted]
        if underived := sum(one is None or one.live != 1 for one in reputations):
            yield f"{underived} of {len(counted)} callers have not the reputation of their one report"
    if faulty := [call for call in calls if call.faults]:
        yield f"{len(faulty)} calls met faults, as in {faulty[0].sid}: {faulty[0].faults[0]}"


def _told(heard, took):
    quantiles = statistics.quantiles(heard.took, n=100)
    confirmed = sum(call.told_recorded for call in heard.calls)
    count = len(heard.took)
    return (
        f"{len(heard.calls)} calls, {count} webhooks in {took:.0f} s ({count / took:.0f} a second): "
        f"p50 {quantiles[49] * 1000:.0f} ms, p99 {quantiles[98] * 1000:.0f} ms, {confirmed} reports confirmed."
    )


class _Numbering:
    """Numbers the calls of each caller, so that none has the number of another."""

    def __init__(self):
        self._next = 0

    def next(self, count):
        first, self._next = self._next, self._next + count
        return first


def _machine():
    return " ".join(f"{load:.1f}" for load in os.getloadavg())


def _between(least, most):
    def read(text):
        number = int(text)
        if not least <= number <= most:
            raise argparse.ArgumentTypeError(f"{text} is not from {least} to {most}")
        return number

    return read


if __name__ == "__main__":
    main()
