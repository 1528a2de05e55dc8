"""The table of what is broken in turn: the line that tells, what it says, and how it is mended."""

from __future__ import annotations

from dataclasses import dataclass, field

import requests

from infra.local import demo
from tests.doctor.breaking import (
    alarm,
    another_number,
    answering,
    as_it_is,
    being_worked_on,
    both,
    building,
    changed,
    delete_queue,
    delivered,
    denied,
    disable,
    index_made_again,
    kept_a_day,
    keys_alone,
    no_lines,
    number,
    of_account,
    plays,
    publish,
    purge,
    recovery_off,
    redriven_elsewhere,
    reserve,
    secret,
    send,
    set_,
    signed_in,
    signed_out,
    silence,
    status,
    subscribed,
    table,
    told,
    ttl_off,
    unmap,
    update_failed,
    well,
    without_latency,
)
from tests.doctor.conftest import BASE, KEY, KEYS, TOKEN, TOKENS

FALLBACK, STATUS, SIGN_IN = "/voice/fallback", "/voice/status", "/desk/sign-in"
OTHER_TOKEN, OTHER_KEY = "0" * 31 + "b", "o" * 64
SHARED_KEY = "webhooks_sharedkey_01h455vb4pex5vsknk084sn02q"
SHARED = f"{SHARED_KEY}={'s' * 40}"
LINE = demo.PROTECTED_LINE


@dataclass
class Broken:
    """Something broken: the line that tells, what it says, and how it is mended."""

    line: str
    says: str
    breaking: object
    level: str = "wrong"
    fill: dict = field(default_factory=dict)  # what a person puts in place of a word in capitals
    by_hand: str = ""  # why the remedy can't be run here
    mending: object = None  # what the remedy would do
    then: str = ""  # a line that is wrong after it, as the remedy says


DEPLOYED = {"by_hand": "a deployment", "mending": well}
BROKEN = [
    Broken("identity", "no AWS credentials", signed_out, by_hand="a person signs in", mending=signed_in),
    Broken("clock", "seconds ahead of", set_("clock", ahead=300), by_hand="root", mending=set_("clock", ahead=0)),
    Broken("clock", "seconds behind", set_("clock", ahead=-50), "warn", by_hand="root", mending=set_("clock", ahead=0)),
    Broken("clock", "seconds behind AWS's", set_("clock", ahead=-300), by_hand="root", mending=set_("clock", ahead=0)),
    Broken(
        "concurrency",
        "10 at a time",
        set_("limits", concurrency=10),
        by_hand="AWS decides on a quota",
        mending=set_("limits", concurrency=1000),
    ),
    Broken(
        "concurrency",
        "500 at a time",
        set_("limits", concurrency=500),
        "warn",
        by_hand="AWS decides on a quota",
        mending=set_("limits", concurrency=1000),
    ),
    Broken(
        "concurrency",
        "1000 at a time, 50 of them not reserved",
        set_("limits", unreserved=50),
        by_hand="AWS decides on a quota",
        mending=set_("limits", unreserved=1000),
    ),
    Broken(
        "stack",
        "UPDATE_ROLLBACK_FAILED: the last deployment failed",
        set_("limits", state="UPDATE_ROLLBACK_FAILED"),
        by_hand="the stand-in for AWS takes no deployment back",
        mending=set_("limits", state=""),
    ),
    Broken(
        "stack",
        "UPDATE_IN_PROGRESS: a deployment is under way",
        set_("limits", state="UPDATE_IN_PROGRESS"),
        "warn",
        by_hand="it ends by itself",
        mending=set_("limits", state=""),
    ),
    Broken(
        "stack",
        "ROLLBACK_COMPLETE: the stack did not come into being",
        set_("limits", state="ROLLBACK_COMPLETE"),
        by_hand="a deployment",
        mending=set_("limits", state=""),
    ),
    Broken(
        "stack",
        "its outputs lack FallbackUrl",
        set_("limits", output="FallbackUrl"),
        by_hand="a deployment",
        mending=set_("limits", output=""),
    ),
    Broken(
        "release",
        "and version 1 to 10%: a deployment is under way",
        set_("limits", canary={"1": 0.1}),
        "warn",
        by_hand="it ends by itself",
        mending=set_("limits", canary={}),
    ),
    Broken("release", "version 1 answers calls, and the newest is 2", publish),
    Broken("functions", "FollowUpFunction never runs", reserve("FollowUpFunction", 0)),
    Broken(
        "functions",
        "its last update Failed: the image is gone",
        told("GetFunctionConfiguration", update_failed),
        by_hand="a deployment",
        mending=as_it_is,
    ),
    Broken("event-sources", "RedeliverFunction is not woken by the queue: its source is Disabled", disable),
    Broken("event-sources", "ReputationFunction is not woken by the table", unmap),
    Broken(
        "table",
        "has no index references",
        table(GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "references"}}]),
        by_hand="a deployment",
        mending=index_made_again,
    ),
    Broken(
        "table",
        "is ARCHIVED",
        told("DescribeTable", status("ARCHIVED")),
        by_hand="only time",
        mending=as_it_is,
    ),
    Broken(
        "table",
        "is being built",
        told("DescribeTable", building),
        "warn",
        by_hand="only time",
        mending=as_it_is,
    ),
    Broken("table-ttl", "no item ever expires", ttl_off),
    Broken("table-recovery", "recovery is off", recovery_off),
    Broken(
        "table-stream",
        "has no stream",
        table(StreamSpecification={"StreamEnabled": False}),
        then="event-sources",
    ),
    Broken("table-stream", "the stream shows KEYS_ONLY", keys_alone, then="event-sources"),
    Broken("table-protection", "is not protected", table(DeletionProtectionEnabled=False)),
    Broken("queues", "UndoneQueue keeps a message for 1 days", kept_a_day("UndoneQueue")),
    Broken("queues", "UnfollowedQueue is gone", delete_queue("UnfollowedQueue")),
    Broken("queue-redrive", "its redrive policy is", redriven_elsewhere),
    Broken(
        "dead-letters",
        "1 reports or call records",
        send("ReportDeadLetters"),
        by_hand="the stand-in for AWS moves no messages",
        mending=purge("ReportDeadLetters"),
    ),
    Broken(
        "queue-waiting",
        "1 reports or call records wait",
        both(send("ReportQueue"), being_worked_on("ReportQueue")),
        "warn",
        by_hand="the function stores them",
        mending=purge("ReportQueue"),
    ),
    Broken(
        "set-aside",
        "1 ring-backs or SMS",
        send("UndoneQueue"),
        "warn",
        by_hand="a person reads them",
        mending=purge("UndoneQueue"),
    ),
    Broken("token", f"there is no parameter {TOKENS}", secret(TOKENS, ""), fill={"YOUR_AUTH_TOKEN": TOKEN}),
    Broken("token", "holds no auth token", secret(TOKENS, "my token"), fill={"YOUR_AUTH_TOKEN": TOKEN}),
    Broken("token", "stored unencrypted", secret(TOKENS, TOKEN, "String")),
    Broken("token", "and a word that is neither", secret(TOKENS, f"{TOKEN} new"), fill={"YOUR_AUTH_TOKEN": TOKEN}),
    Broken(
        "token",
        "2 auth tokens: it is being rotated",
        secret(TOKENS, f"{TOKEN} {OTHER_TOKEN}"),
        "warn",
        fill={"YOUR_AUTH_TOKEN": TOKEN},
    ),
    Broken("key", "is not the one that the table was begun with", secret(KEYS, OTHER_KEY)),
    Broken("key", "stored unencrypted", secret(KEYS, KEY, "String")),
    Broken("key", "holds no key", secret(KEYS, "short")),
    Broken("key", f"there is no parameter {KEYS}", secret(KEYS, ""), fill={"THE_KEY": KEY}),
    Broken("alarm-topic", "nobody gets", subscribed(), fill={"YOU@EXAMPLE.COM": "ops@example.com"}),
    Broken(
        "alarm-topic",
        "nobody gets",
        subscribed(to="TicketTopic"),
        "warn",
        fill={"YOU@EXAMPLE.COM": "ops@example.com"},
    ),
    Broken(
        "alarm-topic",
        "new@example.com did not confirm yet",
        both(subscribed("ops@example.com", "new@example.com"), set_("limits", unconfirmed={"new@example.com"})),
        "warn",
        by_hand="a person opens a link",
        mending=both(subscribed("ops@example.com"), set_("limits", unconfirmed=set())),
    ),
    Broken(
        "alarm-topic",
        "ops@example.com did not confirm yet, so nobody",
        set_("limits", unconfirmed={"ops@example.com"}),
        by_hand="a person opens a link",
        mending=set_("limits", unconfirmed=set()),
    ),
    Broken("alarms", "Latency is told to nobody", silence),
    Broken(
        "alarms",
        "Latency is gone",
        told("DescribeAlarms", without_latency),
        by_hand="a deployment",
        mending=as_it_is,
    ),
    Broken("alarms", "Latency is raised now", alarm("ALARM"), "warn", by_hand="the runbook", mending=alarm("OK")),
    Broken(
        "lines",
        "no line is registered",
        no_lines,
        "warn",
        fill={"YOUR_NUMBER": LINE, "CUSTOMERS_TELEPHONE": "+96892123456"},
    ),
    Broken(
        "twilio-account",
        "Twilio refuses the stored auth token",
        of_account(auth_token=OTHER_TOKEN),
        fill={"YOUR_AUTH_TOKEN": OTHER_TOKEN},
    ),
    Broken(
        "twilio-account",
        "is suspended",
        of_account(status="suspended"),
        by_hand="a person at Twilio's console",
        mending=of_account(status="active"),
    ),
    Broken(
        "twilio-account",
        "is a trial",
        of_account(kind="Trial"),
        "warn",
        by_hand="a person at Twilio's console",
        mending=of_account(kind="Full"),
    ),
    Broken(
        "twilio-account",
        "holds shared keys alone",
        secret(TOKENS, SHARED),
        "warn",
        fill={"YOUR_AUTH_TOKEN KEY=ITS_SECRET": f"{TOKEN} {SHARED}"},
    ),
    Broken(
        "twilio-numbers", f"{LINE} does not send here as it should: its calls", number(voice_url="https://a.example/")
    ),
    Broken("twilio-numbers", f"{LINE} does not send here as it should: its fallback", number(voice_fallback_url="")),
    Broken("twilio-numbers", "the method of its calls", number(voice_method="GET")),
    Broken("twilio-numbers", "its status callbacks", number(status_callback=f"{BASE}/status")),
    Broken("twilio-numbers", "has: a SIP trunk that overrules", number(trunk_sid="TK" + "1" * 32)),
    Broken("twilio-numbers", "none of the account's 1 numbers points here", another_number, "warn"),
    Broken(
        "twilio-webhooks",
        f"the shared key {SHARED_KEY} signs webhooks to /voice/incoming",
        delivered({"matchType": "PREFIX_MATCH", "prefix": f"{BASE}/voice/"}, signature={"sharedKeyId": SHARED_KEY}),
        fill={"YOUR_AUTH_TOKEN": TOKEN, "ITS_SECRET": "s" * 40},
    ),
    Broken(
        "twilio-webhooks",
        f"the shared key {SHARED_KEY} signs webhooks to /voice/status",
        delivered({"matchType": "EXACT_MATCH", "value": f"{BASE}/voice/status"}, signature={"sharedKeyId": SHARED_KEY}),
        fill={"YOUR_AUTH_TOKEN": TOKEN, "ITS_SECRET": "s" * 40},
    ),
    Broken(
        "twilio-webhooks",
        "Twilio waits 2000 ms for /voice/incoming",
        delivered({"matchType": "DEFAULT"}, connection={"readTimeoutMs": 2000}),
        "warn",
        by_hand="a person at Twilio's API",
        mending=of_account(webhook_rules=[]),
    ),
    Broken("webhook-fallback", "can't be reached", answering(FALLBACK, requests.ConnectionError()), **DEPLOYED),
    Broken("webhook-fallback", "does not answer within", answering(FALLBACK, requests.ReadTimeout()), **DEPLOYED),
    Broken("webhook-fallback", "answers with 500", answering(FALLBACK, (500, "{}")), **DEPLOYED),
    Broken(
        "webhook-fallback",
        "takes the stored auth token for a forged one",
        changed(TWILIO_AUTH_TOKEN=OTHER_TOKEN, TWILIO_AUTH_TOKEN_PARAMETER=""),
        **DEPLOYED,
    ),
    Broken("webhook-fallback", "answered by the release r-old", changed(RELEASE="r-old"), **DEPLOYED),
    Broken("webhook-fallback", "not by this product", answering(FALLBACK, (200, "<Response/>")), **DEPLOYED),
    Broken("webhook-incoming", "can't read what a call needs (AccessDeniedException)", denied, **DEPLOYED),
    Broken("desk", "the issuer does not answer", answering(SIGN_IN, (401, "")), **DEPLOYED),
    Broken("desk", "answers with 500", answering(SIGN_IN, (500, "")), **DEPLOYED),
    Broken("desk", "and leads to no issuer", answering(SIGN_IN, (404, "")), **DEPLOYED),
    Broken("webhook-status", "is no route", answering(STATUS, (404, '{"message":"Not Found"}')), **DEPLOYED),
    Broken(
        "sounds",
        "sounds are looked for at https://audio.example.com, and this checkout has none",
        plays("https://audio.example.com"),
        "warn",
        by_hand="Amazon Polly renders them",
        mending=plays(""),
    ),
]
