"""Each fault that sets off an alarm, made with the real handlers: by the name of the alarm.

What only AWS sees is told to the model of CloudWatch as AWS publishes it: namespace, dimensions, a value a minute.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from contextlib import suppress

from twilio.request_validator import RequestValidator

from handlers import follow_up as follow_up_handler
from handlers import reputation
from handlers.redeliver import Redelivery
from handlers.watch import Watch
from infra.carrier import ANNOUNCED, HANG_UP, SPEAK, Answer, Carrier, CarrierError, Phone, Refused
from infra.local import demo
from infra.local.template import resources
from ivr.actions.registry import Actions
from ivr.actions.ringing import RingingActions
from ivr.dead_letters import DeadLetters
from ivr.job_runner.runner import JobRunner
from ivr.jobs.job import RingBack
from ivr.observability.log import Log
from ivr.pseudonym import pseudonym
from ivr.voicemail import Erasure
from tests.care.conftest import call_back
from tests.conftest import BASE_URL, NOW, TOKEN, new_stream

STRANGER = "+96891234567"
NAMESPACE = "CallScreening/prod"
_ACCESS_LOG = re.sub(
    r"\$context\.([\w.]+)", r"{\1}", resources()["VoiceStage"]["Properties"]["AccessLogSettings"]["Format"]
)


def access_log(**values):
    """A line of the access log in the template's format. AWS writes - for what a request has not."""
    return re.sub(r"\{([\w.]+)\}", lambda found: str(values.get(found[1].replace(".", "_"), "-")), _ACCESS_LOG)


def platform_report(status, error_type):
    """A line that Lambda writes after an invocation: AWS's page "Lambda Telemetry API Event schema reference"."""
    metrics = {"durationMs": 10000.0, "billedDurationMs": 10000, "memorySizeMB": 1769, "maxMemoryUsedMB": 120}
    record = {"requestId": "0", "metrics": metrics, "status": status, "errorType": error_type}
    return json.dumps({"time": "2026-11-18T11:06:40.000Z", "type": "platform.report", "record": record})


class Faults:
    """Everything that can be broken, by the name of the alarm that it sets off."""

    def __init__(self, request, cloudwatch, minute):
        """``minute`` is the beginning of a minute, in epoch seconds: what AWS publishes begins there."""
        self.get = request.getfixturevalue
        self.cloudwatch, self.minute = cloudwatch, minute
        self.log = Log("INFO", NAMESPACE)
        self.aws_wrote = []  # lines of logs that AWS writes

    def published(self, namespace, name, value, *, minutes=1, **dimensions):
        """AWS publishes a value, in as many minutes."""
        for nth in range(minutes):
            self.cloudwatch.put(namespace, name, dimensions, self.minute + 60 * nth, value)

    # What the API and Lambda see.

    def FunctionErrorsAlarm(self):  # noqa: N802
        self.published("AWS/Lambda", "Errors", 1, FunctionName="VoiceFunction")
        self.aws_wrote = [*crashed().splitlines(), platform_report("timeout", "Sandbox.Timedout")]

    def FunctionThrottlesAlarm(self):  # noqa: N802
        self.published("AWS/Lambda", "Throttles", 1, FunctionName="VoiceFunction")
        self.aws_wrote = [access_log(status=503, integrationStatus=429, routeKey="POST /voice/incoming")]

    def ConcurrencyQuotaAlarm(self):  # noqa: N802
        for name in ("ConcurrentExecutions", "ClaimedAccountConcurrency"):
            self.published("AWS/Lambda", name, 0.8 * self.cloudwatch.quota, minutes=3)
        self.aws_wrote = [access_log(status=503, integrationStatus=429, routeKey="POST /voice/incoming")]

    def ApiErrorsAlarm(self):  # noqa: N802
        self.published("AWS/ApiGateway", "5xx", 1, ApiId="VoiceApi")
        self.aws_wrote = [access_log(status=504, integrationErrorMessage="Endpoint request timed out")]

    def LatencyAlarm(self):  # noqa: N802
        self.published("AWS/ApiGateway", "Latency", 3100, minutes=3, ApiId="VoiceApi")
        self.aws_wrote = [access_log(status=200, responseLatency=3100, integrationLatency=3050)]

    def BackgroundErrorsAlarm(self):  # noqa: N802
        for function in ("ReputationFunction", "RedeliverFunction", "FollowUpFunction"):
            self.published("AWS/Lambda", "Errors", 1, FunctionName=function)
        self.aws_wrote = [platform_report("error", "Runtime.OutOfMemory")]

    # The voice function.

    def ApologySpokenAlarm(self):  # noqa: N802
        self.get("monkeypatch").setattr(RingingActions, "open_ring", lambda *_: 1 / 0)
        self.get("ring")(caller=[ANNOUNCED])

    def FallbackAskedAlarm(self):  # noqa: N802
        post = self.get("post")

        def only_the_fallback(url, form, headers):
            return post(url, form, headers) if "/voice/fallback" in url else Answer(502, "text/plain", "")

        carrier = Carrier(only_the_fallback, base_url=BASE_URL, auth_token=TOKEN, clock_start=NOW)
        carrier.place(from_=STRANGER, to=demo.PROTECTED_LINE, phone=Phone())
        carrier.run()

    def CallbackFailedAlarm(self):  # noqa: N802
        self.get("monkeypatch").setattr(Actions, "end_call", lambda *_: 1 / 0)
        self.get("ring")(caller=[ANNOUNCED])

    def RestFailedAlarm(self):  # noqa: N802
        ring = self.get("ring")
        self.get("rest_server").faults.always("calls.update", Refused(401, 20003))
        ring(caller=[ANNOUNCED], customer=["1"])

    def DialFailedAlarm(self):  # noqa: N802
        self.get("ring")(caller=[ANNOUNCED], customers_phone={"answers": "failed"})

    def StoreReadFailedAlarm(self):  # noqa: N802
        self.get("refusing")("ProvisionedThroughputExceededException")
        self.get("ring")()

    def ItemUnreadableAlarm(self):  # noqa: N802
        rule = {"pk": {"S": f"PREFIX#{STRANGER[:4]}"}, "sk": {"S": "RULE"}, "verdict": {"S": "flag"}}
        self.get("dynamodb").put_item(TableName=self.get("store").table.name, Item=rule)
        self.get("ring")()

    def StoreWriteFailedAlarm(self):  # noqa: N802
        self.get("refusing")("AccessDeniedException", "PutItem", "UpdateItem", "TransactWriteItems")
        self.get("ring")(caller=[ANNOUNCED], customer=["1"])

    def SecretUnavailableAlarm(self):  # noqa: N802
        """The HMAC key is lost: calls go on. Without the token none does, and FallbackAsked tells too."""
        self.get("environment").update(HMAC_KEY="", HMAC_KEY_PARAMETER="/nowhere/key")
        self.get("ring")(caller=[ANNOUNCED], customer=["9", "1", "2"])

    def SignatureRejectedAlarm(self):  # noqa: N802
        self.post_with_a_wrong_token("/voice/incoming")

    NobodyGetsInAlarm = SignatureRejectedAlarm

    def post_with_a_wrong_token(self, path):
        form = {"CallSid": "CA" + "0" * 32, "From": STRANGER, "To": demo.PROTECTED_LINE, "CallStatus": "ringing"}
        url = BASE_URL + path
        signature = RequestValidator("another").compute_signature(url, form)
        self.get("post")(url, form, {"X-Twilio-Signature": signature})

    # What is lost.

    def ReportNotRecordedAlarm(self):  # noqa: N802
        self.get("environment").update(REPORT_QUEUE_URL="")
        self.get("refusing")("AccessDeniedException", touching="REPORT#")
        self.get("ring")(caller=[ANNOUNCED], customer=["9"])

    def CallBackNotRecordedAlarm(self):  # noqa: N802
        self.get("environment").update(REPORT_QUEUE_URL="", CARE_HOURS="2020-01-01 closed; Mo 00:00-00:01")
        self.get("refusing")("AccessDeniedException", touching="CALL_BACK")
        self.get("ring")("+96891234568", demo.REPORT_LINE, caller=["2", "0", "1"])

    def MessageNotKeptAlarm(self):  # noqa: N802
        self.get("environment").update(REPORT_QUEUE_URL="")
        self.get("refusing")("AccessDeniedException", "TransactWriteItems", touching="LEFT#")
        self.get("ring")(caller=[ANNOUNCED, SPEAK(7)], customer=["3"])

    def SilenceAlarm(self):  # noqa: N802
        """Twilio asks for another URL, or with another token: no call comes in any more."""
        self.SignatureRejectedAlarm()

    def CallBackOverdueAlarm(self):  # noqa: N802
        self.get("store").put(call_back(due_at=NOW - 60))
        self.watch()

    def WatchFailedAlarm(self):  # noqa: N802
        """From then on, for an hour, a look gives no value."""
        for (_, name, _), minutes in self.cloudwatch.values.items():
            if name == "call_backs_overdue":
                for minute in [one for one in minutes if self.minute <= one * 60 < self.minute + 3600]:
                    del minutes[minute]
        self.get("refusing")("ThrottlingException")
        self.watch()

    def watch(self):
        Watch(self.get("store"), self.log).look(NOW)

    def CareNotTakenAlarm(self):  # noqa: N802
        for number in (demo.CARE, demo.SECOND_CARE):
            self.get("pickups")[number] = Phone(answers="no-answer", name="care")
        self.get("ring")("+96892223344", demo.REPORT_LINE, caller=["1", "0"])

    def QueueSendFailedAlarm(self):  # noqa: N802
        self.get("environment").update(REPORT_QUEUE_URL="http://127.0.0.1:9/1/reports")
        self.get("refusing")("AccessDeniedException", touching="REPORT#")
        self.get("ring")(caller=[ANNOUNCED], customer=["9"])

    def RecordingNotPlayedAlarm(self):  # noqa: N802
        self.get("ring")(caller=[ANNOUNCED, SPEAK(7)], customer=["3"])
        self.get("rest_server").faults.always("recordings.sound", Refused(500))
        with suppress(CarrierError):  # which tells of the Play that found nothing
            self.get("rung_back_leg")("1", "1", HANG_UP)

    # Behind the queue.

    def RedeliveryFailedAlarm(self):  # noqa: N802
        with suppress(ValueError):
            Redelivery(self.get("store"), self.log).take("{}")

    def ReportsWaitAlarm(self):  # noqa: N802
        self.RedeliveryFailedAlarm()
        self.published("AWS/SQS", "ApproximateAgeOfOldestMessage", 960, minutes=5, QueueName="ReportQueue")

    def ReportDeadLettersAlarm(self):  # noqa: N802
        self.RedeliveryFailedAlarm()
        self.published("AWS/SQS", "ApproximateNumberOfMessagesVisible", 1, QueueName="ReportDeadLetters")

    # Behind the stream.

    def ReputationFailedAlarm(self):  # noqa: N802
        self.get("ring")(caller=[ANNOUNCED], customer=["9"])
        self.get("refusing")("ThrottlingException")
        records = new_stream(self.get("dynamodb"), self.get("store").table.name, "ReputationFunction")()
        for record in [*records, *records]:  # Lambda asks again at once
            reputation.follow([record], self.get("derived"), self.log, DeadLetters(self.log))

    def ReputationBehindAlarm(self):  # noqa: N802
        self.ReputationFailedAlarm()
        self.published("AWS/Lambda", "IteratorAge", 301_000, minutes=5, FunctionName="ReputationFunction")

    def StatisticsFailedAlarm(self):  # noqa: N802
        self.get("ring")(caller=[ANNOUNCED], customer=["9"])
        records = new_stream(self.get("dynamodb"), self.get("store").table.name, "ReputationFunction")()
        self.get("refusing")("ThrottlingException")
        derived = self.get("derived")
        assert reputation.not_counted(records, derived, self.log, DeadLetters(self.log))

    def RecordSetAsideAlarm(self):  # noqa: N802
        changed = {"Keys": {"pk": {"S": f"CALLER#{STRANGER}"}, "sk": {"S": "CLEARING"}}}
        half = {"eventName": "INSERT", "dynamodb": {**changed, "NewImage": changed["Keys"]}}
        reputation.follow([half], self.get("derived"), self.log, DeadLetters(self.log))
        self.get("monkeypatch").setattr(JobRunner, "_run", lambda *_: 1 / 0)
        self.ask_ring_back()

    def UnfollowedAlarm(self):  # noqa: N802
        self.RecordSetAsideAlarm()
        self.published("AWS/SQS", "ApproximateNumberOfMessagesVisible", 1, QueueName="UnfollowedQueue")

    def FollowUpFailedAlarm(self):  # noqa: N802
        self.get("monkeypatch").setattr(JobRunner, "_run", lambda *_: 1 / 0)
        self.ask_ring_back()

    def ErrandsPutOffAlarm(self):  # noqa: N802
        self.ask_ring_back(Refused(429))

    def UndoneAlarm(self):  # noqa: N802
        self.FollowUpFailedAlarm()
        self.published("AWS/SQS", "ApproximateNumberOfMessagesVisible", 1, QueueName="UndoneQueue")

    def RingBacksRefusedAlarm(self):  # noqa: N802
        self.ask_ring_back(Refused(400, 21210, "not yours"))

    def SmsRefusedAlarm(self):  # noqa: N802
        self.get("environment").update(SMS_FROM="Nakhla")
        self.get("ring")(caller=[ANNOUNCED], customer=["9", "1", "1"])
        self.get("work")
        self.get("rest_server").faults.always("messages.create", Refused(400, 21606))
        self.follow_up()  # asks for the message
        self.follow_up()  # sends it

    def ErrandsUnknownAlarm(self):  # noqa: N802
        self.ask_ring_back(Refused(500))

    def ask_ring_back(self, *faults):
        self.get("work")
        for fault in faults:
            self.get("rest_server").faults.next("calls.create", fault)
        given = {"call_sid": "CA1", "day": "2026-11-18", "line": demo.PROTECTED_LINE, "languages": "en"}
        person = pseudonym(demo.CUSTOMER, demo.SETTINGS["HMAC_KEY"])
        self.get("store").put(RingBack(person=person, asked_at=NOW, expires=NOW + 99, **given))
        self.follow_up()

    def RecordingNotErasedAlarm(self):  # noqa: N802
        self.get("work")
        self.get("store").put(Erasure(recording="RE" + "1" * 32, expires=NOW + 1, round=60))
        self.get("rest_server").faults.next("recordings.delete", Refused(401, 20003))
        self.follow_up()

    def follow_up(self):
        for record in new_stream(self.get("dynamodb"), self.get("store").table.name, "FollowUpFunction")():
            try:
                follow_up_handler.process(record, self.get("work"))
            except (follow_up_handler.PutOffError, ZeroDivisionError):
                continue

    # The desk.

    def DeskSignInFailedAlarm(self):  # noqa: N802
        assert self.get("visitor")().get("/desk/sign-in").status_code == 401

    def DeskFailedAlarm(self):  # noqa: N802
        reader = self.get("visitor")("reader")
        self.get("refusing")("ThrottlingException")
        assert reader.get("/desk").status_code == 503


def crashed():
    """What AWS's runtime client writes of a handler that raised, in the log format of the template."""
    error = "bootstrap.make_error('a key', 'KeyError', [], '')"
    script = f"from awslambdaric import bootstrap; bootstrap.log_error({error}, bootstrap.StandardLogSink())"
    environment = {**os.environ, "AWS_LAMBDA_LOG_FORMAT": "JSON"}
    run = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    return run.stdout
