"""The floor: the least that holds both calls, by hand, with boto3.client, f-strings and its own HMAC.

An incoming call reads one item, the line. The call is one item, and every step that says something writes it once: the
ring, the key of the customer, each answer, the end. So it knows nothing of the caller, locks no line, notices no loop,
blocks nobody, counts no report, and takes any number as it comes. Twilio's REST API is asked over a kept connection.
"""

import base64
import hashlib
import json
import time
from urllib.parse import parse_qsl

from peers import verbs, words
from peers.twilio_side import BASE_URL, TABLE, dynamodb, is_signed, move, pseudonym
from peers.verbs import DialNumber, DialRoom, Gather, Hangup, Pause, Record, Redirect, Say


def handler(event, _context):
    body = base64.b64decode(event["body"]) if event["isBase64Encoded"] else event["body"].encode()
    form = dict(parse_qsl(body.decode(), keep_blank_values=True))
    path, query = event["rawPath"], event.get("rawQueryString", "")
    url = BASE_URL + path + (f"?{query}" if query else "")
    if not is_signed(url, form, event["headers"].get("x-twilio-signature", "")):
        return {"statusCode": 403, "headers": {"content-type": "text/plain"}, "body": ""}
    now = int(event["requestContext"]["timeEpoch"]) // 1000
    step = STEPS.get(path)
    if step is None:
        return {"statusCode": 404, "headers": {"content-type": "text/plain"}, "body": ""}
    answer = step(form, dict(parse_qsl(query)), now)
    if not answer:
        return {"statusCode": 204, "headers": {"content-type": "text/plain"}, "body": ""}
    return {
        "statusCode": 200,
        "headers": {"content-type": "text/xml; charset=utf-8"},
        "body": verbs.by_hand(answer),
    }


def incoming(form, _state, _now):
    line = line_at(form["To"])
    if not line or line["kind"]["S"] != "protected":
        return [Hangup()]
    log("call_screened", form["CallSid"])
    return [check(form["CallSid"], 1, form["From"][-3:])]


def pressed(form, state, now):
    attempt = int(state.get("attempt", "1"))
    if form.get("Digits", "")[:1] != announced(form["CallSid"], attempt):
        return [check(form["CallSid"], attempt + 1, state["digits"])] if attempt < 2 else [Hangup()]
    line = line_at(form["To"])
    item = {
        "pk": {"S": f"CALL#{form['CallSid']}"},
        "sk": {"S": "CALL"},
        "caller": {"S": form["From"]},
        "line": {"S": form["To"]},
        "customer": {"S": pseudonym(line["ring_to"]["S"])},
        "rang_at": {"N": str(now)},
        "expires": {"N": str(now + 90 * 86_400)},
    }
    dynamodb.put_item(TableName=TABLE, Item=item, ConditionExpression="attribute_not_exists(pk)")
    return [
        DialNumber(
            action=f"/voice/screened/ring?digits={state['digits']}",
            number=line["ring_to"]["S"],
            caller_id=form["To"],
            whisper=f"/voice/whisper/answered?digits={state['digits']}",
            status=f"{BASE_URL}/voice/status",
        )
    ]


def answered(_form, state, _now):
    digits = ", ".join(state["digits"])
    says = Say(words.OFFER_AR.format(digits=digits), words.OFFER_EN.format(digits=digits))
    return [Gather(f"/voice/whisper/offer?digits={state['digits']}", says)]


def offered(form, _state, now):
    screened = form["ParentCallSid"]
    if form.get("Digits") == "1":
        note(screened, accepted_at=now)
        move(form["CallSid"], f"/voice/talk/enter?call={screened}")
        return [Say(*words.CONNECTING)]
    if form.get("Digits") == "9":
        note(screened, reported_at=now, reporter=pseudonym(form["To"]))
        move(form["CallSid"], f"/voice/report/recorded?call={screened}")
        return [Say(*words.RECORDED), Gather(f"/voice/report/what?call={screened}", Say(*words.WHAT))]
    return [Hangup()]


def recorded(_form, state, _now):
    return [Say(*words.RECORDED), Gather(f"/voice/report/what?call={state['call']}", Say(*words.WHAT))]


def what(form, state, _now):
    note(state["call"], category=words.CATEGORIES[int(form["Digits"]) - 1])
    return [Gather(f"/voice/report/lost?call={state['call']}", Say(*words.LOST))]


def lost(form, state, _now):
    note(state["call"], loss="yes" if form["Digits"] == "1" else "no")
    digits = ", ".join(str(int(hashlib.sha256(state["call"].encode()).hexdigest()[:7], 16) % 10**8))
    return [Say(*(text.format(digits=digits) for text in words.THANKS)), Say(*words.GOODBYE), Hangup()]


def entered(_form, state, _now):
    room = DialRoom(f"/voice/talk/room?call={state['call']}", state["call"], f"{BASE_URL}/voice/wait/hold", star=True)
    return [Say(*words.STAR), room]


def rung(form, _state, now):
    if form.get("DialBridged") == "true" or form.get("DialCallStatus") != "completed":
        return [Hangup()]
    call = note(form["CallSid"], rung_until=now)
    if "reported_at" in call or "accepted_at" not in call:
        return [Say(*words.NOT_AVAILABLE), Record("/voice/screened/message"), Redirect("/voice/screened/goodbye")]
    return [DialRoom("/voice/screened/room", form["CallSid"], f"{BASE_URL}/voice/wait/hold", star=False)]


def held(_form, _state, _now):
    return [Say(*words.WAIT), Pause(8), Redirect("/voice/wait/hold")]


def goodbye(_form, _state, _now):
    return [Say(*words.GOODBYE), Hangup()]


def left(_form, _state, _now):
    return [Hangup()]


def ended(form, _state, now):
    if "ParentCallSid" not in form:
        note(form["CallSid"], closed_at=now)
        log("call_ended", form["CallSid"])
    return []


STEPS = {
    "/voice/incoming": incoming,
    "/voice/screened/unknown": pressed,
    "/voice/screened/ring": rung,
    "/voice/screened/room": left,
    "/voice/screened/goodbye": goodbye,
    "/voice/whisper/answered": answered,
    "/voice/whisper/offer": offered,
    "/voice/talk/enter": entered,
    "/voice/talk/room": left,
    "/voice/wait/hold": held,
    "/voice/report/recorded": recorded,
    "/voice/report/what": what,
    "/voice/report/lost": lost,
    "/voice/status": ended,
}


def line_at(number):
    key = {"pk": {"S": f"LINE#{number}"}, "sk": {"S": "LINE"}}
    return dynamodb.get_item(TableName=TABLE, Key=key).get("Item")


def note(call_sid, **values):
    """Write what has happened into the call's item. Returns the item."""
    return dynamodb.update_item(
        TableName=TABLE,
        Key={"pk": {"S": f"CALL#{call_sid}"}, "sk": {"S": "CALL"}},
        UpdateExpression="SET " + ", ".join(f"{name} = :{name}" for name in values),
        ConditionExpression="attribute_exists(pk)",
        ExpressionAttributeValues={
            f":{name}": {"N": str(value)} if isinstance(value, int) else {"S": value} for name, value in values.items()
        },
        ReturnValues="ALL_NEW",
    )["Attributes"]


def announced(call_sid, attempt):
    drawn = hashlib.sha256(f"{call_sid}:{attempt}".encode()).digest()[0] % 6
    if attempt > 1 and drawn + 3 == int(announced(call_sid, attempt - 1)):
        drawn = (drawn + 1) % 6
    return str(drawn + 3)


def check(call_sid, attempt, digits):
    digit = announced(call_sid, attempt)
    says = Say(
        f"{words.NOTICE_AR[attempt - 1]} لإتمام الاتصال، اضغطوا {words.ARABIC[int(digit)]}.",
        f"{words.NOTICE_EN[attempt - 1]} To be connected, press {digit}.",
    )
    return Gather(f"/voice/screened/unknown?attempt={attempt}&digits={digits}", says)


def log(message, call_sid, **fields):
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    line = {"level": "INFO", "message": message, "timestamp": at, "service": "call-screening", "call_sid": call_sid}
    print(json.dumps({**line, "metric": message, **fields}), flush=True)  # noqa: T201  # Lambda's way to log
