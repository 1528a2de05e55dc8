"""A day of calls like any other, played by the real handlers: with what goes wrong on every day, and no fault of ours.

People mistype, hang up and don't answer; strangers from the internet knock at the API; carriers refuse single SMS;
Twilio's API fails now and then. The clock of every log line is the day's.
"""

from __future__ import annotations

import random
import time

from handlers import follow_up as follow_up_handler
from handlers.watch import Watch
from infra.carrier import ANNOUNCED, HANG_UP, PRESS_IN_TALK, SPEAK, Carrier, Phone, Refused
from infra.local import demo
from ivr.care.call_backs import DONE
from ivr.observability.log import Log
from ivr.settings import Settings
from tests.care.agent import Agent
from tests.conftest import BASE_URL, NOW, TOKEN, new_stream
from tests.operate.faults import NAMESPACE

DAY = 24 * 3600
MIDNIGHT = NOW // DAY * DAY  # in UTC
LOOKS_EVERY = 300
CALLS_AN_HOUR = (1, 0, 1, 2, 6, 8, 9, 9, 8, 7, 7, 8, 8, 8, 8, 9, 9, 7, 6, 5, 4, 3, 2, 1)  # by the hour in UTC

UNKNOWN, TRUSTED, FLAGGED, BLOCKED = "unknown", demo.TRUSTED, demo.FLAGGED, demo.BLOCKED
TAKES, REPORTS, REPORTS_A_LOSS, REFUSES = ["1"], ["9", "1", "2", HANG_UP], ["9", "3", "1"], ["3"]
# Who rings, what the caller does, what the customer does, and how often of a hundred calls.
CALLS = [
    (UNKNOWN, [ANNOUNCED], TAKES, {}, 30),
    (UNKNOWN, [ANNOUNCED], ["1", PRESS_IN_TALK("*", after=20), "1", "2"], {}, 5),
    (UNKNOWN, [ANNOUNCED], REPORTS, {}, 10),
    (UNKNOWN, [ANNOUNCED], REPORTS_A_LOSS, {}, 3),
    (UNKNOWN, [ANNOUNCED, SPEAK(7)], REFUSES, {}, 8),
    (UNKNOWN, [ANNOUNCED], [], {}, 6),
    (UNKNOWN, [ANNOUNCED], [], {"answers": "no-answer"}, 6),
    (UNKNOWN, [ANNOUNCED], [], {"answers": "busy"}, 4),
    (UNKNOWN, [HANG_UP], [], {}, 4),
    (UNKNOWN, ["5", "#", "0"], TAKES, {}, 3),
    (TRUSTED, [], TAKES, {}, 10),
    (FLAGGED, [ANNOUNCED], REFUSES, {}, 5),
    (BLOCKED, [], [], {}, 3),
]
HOTLINE = [(["2", "0", "1"], 6), (["2", "2", "0096891234567#", "1", "2", "1"], 1), (["1", HANG_UP], 1)]  # the same


class StandardDay:
    """Plays the day. ``get`` gives the fixtures of the test; ``now`` is the day's clock, in epoch seconds."""

    def __init__(self, get, seed=12):
        self.get, self.random = get, random.Random(seed)
        self.settings = Settings.from_environment(get("environment"))
        self.log = Log("INFO", NAMESPACE)
        self.store, self.rest = get("store"), get("rest_server")
        self.watch, self.agent = Watch(self.store, self.log), Agent(self.store)
        self.carrier = None
        self.now = MIDNIGHT
        self.work = follow_up_handler.build(self.settings, self.store, clock=lambda: self.now)
        self.jobs = new_stream(get("dynamodb"), self.store.table.name, "FollowUpFunction")
        self.calls = 0

    strftime, gmtime = staticmethod(time.strftime), staticmethod(time.gmtime)

    def time_ns(self):
        """The clock of the log."""
        return int(self.carrier.epoch if self.carrier else self.now) * 1_000_000_000

    def play(self, hours=range(24)):
        """All of it, or some of its hours, in the order of time."""
        for hour in hours:
            calls = CALLS_AN_HOUR[hour]
            begins = MIDNIGHT + hour * 3600
            happenings = [(begins + LOOKS_EVERY * n, self.look) for n in range(3600 // LOOKS_EVERY)]
            # One in each part of the hour: people don't agree when to ring, but no part stays empty.
            for n in range(calls):
                at = begins + (n + self.random.random()) * 3600 / calls
                happenings.append((at, self.hotline if self.random.random() < 0.15 else self.call))
            happenings.append((begins + self.random.random() * 3600, self.scan))
            for at, happens in sorted(happenings, key=lambda one: one[0]):
                self.now = int(at)
                happens()
            self.finish_call_backs()

    def look(self):
        self.watch.look(self.now)

    def scan(self):
        """Somebody on the internet tries what is there."""
        for path in ("/voice/incoming", "/voice/.env", "/voice/wp-login.php"):
            self.get("post")(BASE_URL + path, {"CallSid": "CA1", "From": "x"}, {})

    def call(self):
        who, caller, customer, phone, _ = self._drawn(CALLS)
        from_ = f"+9689{self.random.randrange(10**7):07}" if who == UNKNOWN else who
        pickups = {demo.CUSTOMER: Phone(keys=list(customer), name="customer", **phone)}
        self._held(from_, demo.PROTECTED_LINE, caller, pickups)

    def hotline(self):
        keys, _ = self._drawn(HOTLINE)
        self._held(f"+9689{self.random.randrange(10**7):07}", demo.REPORT_LINE, keys, {})

    def _drawn(self, kinds):
        return self.random.choices(kinds, [kind[-1] for kind in kinds])[0]

    def _held(self, from_, to, keys, pickups):
        is_busy = self.random.random() < 0.25
        for number in (demo.CARE, demo.SECOND_CARE):
            pickups[number] = Phone(answers="no-answer" if is_busy else "answers", keys=["1"], name="care")
        ours = [demo.PROTECTED_LINE, demo.REPORT_LINE]
        self.carrier = Carrier(
            self.get("post"),
            base_url=BASE_URL,
            auth_token=TOKEN,
            get=self.get("get"),
            clock_start=self.now,
            pickups=pickups,
            seed=self.calls,
            verified=ours,
        )
        self.carrier.answers_on(self.rest)
        if self.calls % 12 == 5:
            self.rest.faults.next("calls.update", Refused(503))
        if self.calls % 12 in {2, 11}:
            self.rest.faults.next("messages.create", Refused(400, 21610))  # this customer has opted out at the carrier
        self.carrier.place(from_=from_, to=to, phone=Phone(keys=list(keys)))
        self.carrier.run()
        self.now, self.carrier = int(self.carrier.epoch), None
        self.calls += 1
        self._behind_the_table()

    def _behind_the_table(self):
        self.get("settle")()
        while records := self.jobs():
            for record in records:
                follow_up_handler.process(record, self.work)

    def finish_call_backs(self):
        """Customer care does within the hour what it owes."""
        for one in list(self.store.call_backs.listed(self.now)):
            if one.state != DONE:
                self.agent.take(one, self.now)
                self.agent.finish(one, self.now)


def publish(cloudwatch, seed=3):
    """What AWS publishes in each minute of such a day."""
    draw = random.Random(seed)
    for at in range(MIDNIGHT, MIDNIGHT + DAY, 60):
        for function in (
            "VoiceFunction",
            "ReputationFunction",
            "RedeliverFunction",
            "FollowUpFunction",
            "WatchFunction",
        ):
            for name in ("Errors", "Throttles"):
                cloudwatch.put("AWS/Lambda", name, {"FunctionName": function}, at, 0)
        cloudwatch.put("AWS/Lambda", "ConcurrentExecutions", {}, at, draw.randrange(1, 9))
        cloudwatch.put("AWS/Lambda", "ClaimedAccountConcurrency", {}, at, draw.randrange(10, 20))
        cloudwatch.put(
            "AWS/Lambda", "IteratorAge", {"FunctionName": "ReputationFunction"}, at, draw.randrange(200, 3000)
        )
        for queue in ("ReportQueue", "ReportDeadLetters", "UnfollowedQueue", "UndoneQueue"):
            cloudwatch.put("AWS/SQS", "ApproximateNumberOfMessagesVisible", {"QueueName": queue}, at, 0)
        cloudwatch.put("AWS/SQS", "ApproximateAgeOfOldestMessage", {"QueueName": "ReportQueue"}, at, 0)
        cloudwatch.put("AWS/ApiGateway", "5xx", {"ApiId": "VoiceApi"}, at, 0)
        for _ in range(draw.randrange(1, 30)):
            slow = draw.random() < 0.001  # a cold start beside a slow answer of DynamoDB's
            cloudwatch.put(
                "AWS/ApiGateway", "Latency", {"ApiId": "VoiceApi"}, at, 4000 if slow else draw.randrange(20, 400)
            )
