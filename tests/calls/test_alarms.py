"""Each alarm's description names words that the log holds: each fault is made, and the log searched.

An alarm without a case here fails, and so does a quoted word that no line holds.
"""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys

import pytest
from botocore.exceptions import ClientError
from twilio.request_validator import RequestValidator

from handlers import follow_up as follow_up_handler
from handlers import reputation
from handlers.redeliver import Redelivery
from infra.carrier import ANNOUNCED, SPEAK, Answer, Carrier, Phone, Refused
from infra.local import demo
from infra.local.template import resources
from ivr.actions.ringing import RingingActions
from ivr.dead_letters import DeadLetters
from ivr.job_runner.runner import JobRunner
from ivr.jobs.job import RingBack
from ivr.observability import log
from ivr.observability.log import Log
from ivr.pseudonym import pseudonym
from ivr.voicemail import Erasure
from tests.conftest import BASE_URL, NOW, TOKEN, new_stream

STRANGER = "+96891234567"
ALARMS = {name: one["Properties"] for name, one in resources().items() if one["Type"] == "AWS::CloudWatch::Alarm"}
# What AWS writes, and no code of ours: Lambda, of a function that ran out of time.
SAID_BY_AWS = {"Task timed out"}
ACCESS_LOG = resources()["VoiceStage"]["Properties"]["AccessLogSettings"]["Format"]


class Faults:
    """Everything that can be broken, by the name of the alarm that it sets off."""

    def __init__(self, request):
        self.get = request.getfixturevalue
        self.log = ""

    # What the access log tells.

    def told_by_the_api(self):
        self.log = ACCESS_LOG

    FunctionThrottlesAlarm = ApiErrorsAlarm = LatencyAlarm = told_by_the_api

    # The voice function.

    def FunctionErrorsAlarm(self):  # noqa: N802
        self.log = self.get("crashed")

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
        self.get("environment").update(TWILIO_AUTH_TOKEN="", TWILIO_AUTH_TOKEN_PARAMETER="/nowhere/token")
        self.get("dynamodb")
        self.post("/voice/incoming", sign=True)

    def SignatureRejectedAlarm(self):  # noqa: N802
        self.post("/voice/incoming", sign=False)

    NobodyGetsInAlarm = SignatureRejectedAlarm

    def post(self, path, *, sign):
        form = {"CallSid": "CA" + "0" * 32, "From": STRANGER, "To": demo.PROTECTED_LINE, "CallStatus": "ringing"}
        url = BASE_URL + path
        signature = RequestValidator(TOKEN if sign else "another").compute_signature(url, form)
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

    # Behind the queue.

    def ReportsWaitAlarm(self):  # noqa: N802
        with pytest.raises(ValueError, match="not a message"):
            Redelivery(self.get("store"), Log("INFO")).take("{}")

    ReportDeadLettersAlarm = RedeliveryFailedAlarm = ReportsWaitAlarm

    # Behind the stream.

    def ReputationBehindAlarm(self):  # noqa: N802
        self.get("ring")(caller=[ANNOUNCED], customer=["9"])
        self.get("refusing")("ThrottlingException")
        for record in new_stream(self.get("dynamodb"), self.get("store").table.name, "ReputationFunction")():
            log = Log("INFO")
            reputation.follow([record], self.get("derived"), log, DeadLetters(log))

    ReputationFailedAlarm = ReputationBehindAlarm

    def RecordSetAsideAlarm(self):  # noqa: N802
        changed = {"Keys": {"pk": {"S": f"CALLER#{STRANGER}"}, "sk": {"S": "CLEARING"}}}
        half = {"eventName": "INSERT", "dynamodb": {**changed, "NewImage": changed["Keys"]}}
        log = Log("INFO")
        reputation.follow([half], self.get("derived"), log, DeadLetters(log))
        self.get("monkeypatch").setattr(JobRunner, "_run", lambda *_: 1 / 0)
        self.ask_ring_back()

    def UnfollowedAlarm(self):  # noqa: N802
        self.RecordSetAsideAlarm()
        self.ReputationBehindAlarm()

    def FollowUpFailedAlarm(self):  # noqa: N802
        self.get("monkeypatch").setattr(JobRunner, "_run", lambda *_: 1 / 0)
        self.ask_ring_back()

    def ErrandsPutOffAlarm(self):  # noqa: N802
        self.ask_ring_back(Refused(429))

    def UndoneAlarm(self):  # noqa: N802
        self.ErrandsPutOffAlarm()
        self.FollowUpFailedAlarm()

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


@pytest.fixture
def environment(environment):
    return {**environment, "RING_BACK_AFTER_SECONDS": "0"}


@pytest.fixture
def refusing(dynamodb, store):
    """DynamoDB refuses what is asked of it with an error code of its own."""

    def refuse(code, *operations, touching=""):
        def before_call(model, params, **_):
            meant = (not operations or model.name in operations) and touching in str(params["body"])
            if meant and (touching or model.name != "DescribeTable"):
                raise ClientError({"Error": {"Code": code, "Message": STRANGER}}, model.name)

        store.table.client.meta.events.register("before-call.dynamodb", before_call)

    return refuse


@pytest.fixture
def crashed():
    """What AWS's runtime client writes of a handler that raised, in the log format of the template."""
    error = "bootstrap.make_error('a key', 'KeyError', [], '')"
    script = f"from awslambdaric import bootstrap; bootstrap.log_error({error}, bootstrap.StandardLogSink())"
    environment = {**os.environ, "AWS_LAMBDA_LOG_FORMAT": "JSON"}
    run = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    return run.stdout


@pytest.mark.parametrize("name", ALARMS)
def test_the_words_that_an_alarm_says_to_look_for_stand_in_the_log(name, request):
    words = set(re.findall(r'"([^"]+)"', ALARMS[name]["AlarmDescription"]))
    assert words, f"{name} names nothing to look for"
    assert hasattr(Faults, name), f"make the fault that sets {name} off, in Faults"
    faults, stream = Faults(request), io.StringIO()
    undo = log.write_to(stream)
    getattr(faults, name)()
    undo()
    written = faults.log or stream.getvalue()
    assert {word for word in words - SAID_BY_AWS if word not in written} == set(), written
    assert STRANGER.removeprefix("+") not in written


def holds(expression, sums):
    """What a metric expression of CloudWatch's gives for sums by Id; None: no data."""
    known = {
        "IF": lambda held, then, otherwise: then if held else otherwise,
        "FILL": lambda value, with_: with_ if value is None else value,
    }
    return eval(expression.replace(" AND ", " and "), {**known, **sums, "__builtins__": {}})


@pytest.mark.parametrize(
    ("refused", "screened", "alarm"),
    [
        (3, None, 1),  # one call with the wrong token: it, its fallback and its end
        (3, 0, 1),
        (300, 1, 0),  # somebody knocks, and calls go well
        (2, None, 0),
        (None, None, 0),  # a quiet night
        (None, 5, 0),
    ],
)
def test_a_wrong_token_raises_the_alarm_at_the_first_refused_call(refused, screened, alarm):
    metrics = {one["Id"]: one for one in ALARMS["NobodyGetsInAlarm"]["Metrics"]}
    assert holds(metrics["nobody"]["Expression"], {"refused": refused, "screened": screened}) == alarm


def test_that_alarm_sums_a_metric_that_is_counted(request):
    """CloudWatch adds up no metric over its dimensions: each that an alarm reads must be counted by just those."""
    stream = io.StringIO()
    undo = log.write_to(stream)
    Faults(request).SignatureRejectedAlarm()
    request.getfixturevalue("ring")()
    undo()
    counted = {}
    for line in map(json.loads, stream.getvalue().splitlines()):
        for directive in line.get("_aws", {}).get("CloudWatchMetrics", []):
            values = [tuple((name, line[name]) for name in names) for names in directive["Dimensions"]]
            counted.setdefault(directive["Metrics"][0]["Name"], []).extend(values)
    for alarm in ALARMS.values():
        for metric in [one["MetricStat"]["Metric"] for one in alarm.get("Metrics", []) if "MetricStat" in one]:
            dimensions = tuple((one["Name"], one["Value"]) for one in metric.get("Dimensions", []))
            assert dimensions in counted[metric["MetricName"]]
