"""The two calls with the product's look-up and guarantees, as a good engineer writes them by hand with boto3.client.

An incoming call looks at everything that the product looks at, in one request, but answers only the caller who is
unknown. A line rings for one call at a time; each write is made once, however often Twilio asks; a report is counted
for its day and blocks the caller on the line in the same transaction. Where the product asks libphonenumber what a
number is, this takes what looks like E.164 and is no withheld word; it knows no short codes, no national spelling and
no sip address. What a table that does not answer means is not thought through here, and no outcome is explained.
"""

import hashlib
import json
import os
import re
import time

from botocore.exceptions import BotoCoreError, ClientError

from peers import words
from peers.twilio_side import BASE_URL, TABLE, dynamodb, move, pseudonym
from peers.verbs import DialNumber, DialRoom, Gather, Hangup, Pause, Record, Redirect, Say

OWN_NUMBERS = {number for number in os.environ["OWN_NUMBERS"].split(",") if number}
OWN_NUMBERS |= {os.environ["CARE_NUMBER"], os.environ["CARE_FALLBACK_NUMBER"]}
DAY = 86_400

E164 = re.compile(r"\+[1-9][0-9]{6,14}")
WITHHELD = {"+266696687", "+2562533", "+7748283", "+7378742833", "+7378742883", "+86282452253", "+8656696"}
WORD = re.compile(r"[A-Za-z0-9_-]{1,34}")


class UnknownStepError(Exception):
    """No such path, or a state that is not ours."""


def step(path, form, state, now):
    """What to answer to this webhook, as verbs; nothing for a status callback. Raises ``UnknownStepError``."""
    if path not in STEPS or not all(WORD.fullmatch(value) for value in state.values()):
        raise UnknownStepError(path)
    return STEPS[path](form, state, now)


def incoming(form, _state, now):
    line, caller, forwarded = number(form["To"]), number(form["From"]), number(form.get("ForwardedFrom", ""))
    keys = [(f"LINE#{line}", "LINE"), (f"LINE#{line}", "RING"), (f"LINE#{line}", "AFTERMATH")]
    if caller:
        keys += [
            (f"LINE#{caller}", "LINE"),
            (f"LINE#{line}", f"CALLER#{caller}"),
            (f"LINE#{line}", f"FAMILIAR#{caller}"),
            (f"CALLER#{caller}", "DECISION"),
            (f"CALLER#{caller}", "REPUTATION"),
            (f"CALLER#{caller}", "CHECKS"),
            (f"CAMPAIGN#{caller}", str(now // 600)),
            (f"CAMPAIGN#{caller}", str(now // 600 - 1)),
            (f"BLOCK#{caller[:-1]}", "MEMBERS"),
            (f"BLOCK#{caller[:-2]}", "MEMBERS"),
            *((f"PREFIX#{caller[:length]}", "RULE") for length in range(2, len(caller) + 1)),
        ]
    items = read(keys)
    if not is_unknown(items, line, caller, forwarded, form, now):
        raise NotImplementedError("only the unknown caller is answered here")
    log(
        "call_screened", form["CallSid"], verdict="unknown", reason="unknown", way="unknown", caller=f"...{caller[-3:]}"
    )
    state = {"verdict": "unknown", "why": "unknown", "digits": caller[-3:], "guarded": "yes"}
    return [check(form["CallSid"], 1, state)]


def pressed(form, state, now):
    attempt = int(state.get("attempt", "1"))
    if form.get("Digits", "")[:1] == announced(form["CallSid"], attempt):
        return ring(form, state, now)
    if attempt > 1:
        raise NotImplementedError("only the first wrong key is answered here")
    return [check(form["CallSid"], attempt + 1, state)]


def ring(form, state, now):
    line, caller, call_sid = number(form["To"]), number(form["From"]), form["CallSid"]
    record = read([(f"LINE#{line}", "LINE")])[f"LINE#{line}", "LINE"]
    lock = {"pk": f"LINE#{line}", "sk": "RING", "call_sid": call_sid, "caller": caller, "rings_until": now + 35}
    call = {"pk": f"CALL#{call_sid}", "sk": "CALL", "call_sid": call_sid, "line": line, "caller": caller}
    call |= {"customer": pseudonym(record["ring_to"]), "verdict": state["verdict"], "reason": state["why"]}
    free = "attribute_not_exists(pk) OR #until <= :now OR call_sid = :call"
    puts = [
        {
            **putting({**lock, "until": now + 455, "expires": now + DAY}, free),
            "ExpressionAttributeNames": {"#until": "until"},
            "ExpressionAttributeValues": typed({":now": now, ":call": call_sid}),
        },
        putting({**call, "rang_at": now, "expires": now + 90 * DAY}, "attribute_not_exists(pk)"),
    ]
    try:
        dynamodb.transact_write_items(TransactItems=[{"Put": put} for put in puts])
    except ClientError as error:
        raise NotImplementedError("only a line that is free is rung here") from error
    kept = query({**state, "attempt": ""})
    return [
        DialNumber(
            action=f"/voice/screened/ring?{kept}",
            number=record["ring_to"],
            caller_id=line,
            whisper=f"/voice/whisper/answered?{kept}",
            status=f"{BASE_URL}/voice/status",
        )
    ]


def answered(form, state, _now):
    digits = ", ".join(state["digits"])
    says = Say(words.OFFER_AR.format(digits=digits), words.OFFER_EN.format(digits=digits))
    return [Gather(f"/voice/whisper/offer?{query({**state, 'leg': 'customer', 'call': form['ParentCallSid']})}", says)]


def offered(form, state, now):
    if form.get("Digits") == "1":
        return accept(form, state, now)
    if form.get("Digits") == "9":
        return report(form, state, now)
    raise NotImplementedError("only 1 and 9 are answered here")


def accept(form, state, now):
    leg = form["CallSid"]
    call = change(
        state["call"], "SET accepted_at = if_not_exists(accepted_at, :now), customer_sid = :leg", now=now, leg=leg
    )
    if call.get("joined_at") or now - call["accepted_at"] > 20:
        return [Say(*words.CONNECTING)]  # a replay must not interrupt the talk
    lock(call, now + 3600)
    move(leg, f"/voice/talk/enter?{query({**state, 'leg': 'talk'})}")
    return [Say(*words.CONNECTING)]


def report(form, state, now):
    screened = state["call"]
    call = change(screened, "SET moved_to = :to", to="report")
    reference = str(int(hashlib.sha256(screened.encode()).hexdigest()[:7], 16) % 10**8)
    reporter = pseudonym(number(form["To"]))
    made = {"pk": f"CALL#{screened}", "sk": "REPORT#screened", "reference": reference, "reporter": reporter}
    made |= {"caller": call["caller"], "line": call["line"], "reported_at": now, "expires": now + 400 * DAY}
    blocked = f"LINE#{call['line']}", f"CALLER#{call['caller']}"
    day = time.strftime("%Y-%m-%d", time.gmtime(now))
    counted = updating(
        (f"REPORTER#{reporter}", f"DAY#{day}"),
        "ADD reports :one SET expires = :expires",
        "attribute_not_exists(reports) OR reports < :most",
        one=1,
        most=20,
        expires=now + 15 * DAY,
    )
    block = updating(blocked, "SET word = :block, #until = :until", None, block="block", until=now + 30 * DAY)
    once = {"Put": putting(made, "attribute_not_exists(pk)")}
    try:
        dynamodb.transact_write_items(TransactItems=[once, {"Update": counted}, {"Update": block}])
    except dynamodb.exceptions.TransactionCanceledException as error:
        if error.response["CancellationReasons"][0]["Code"] != "ConditionalCheckFailed":
            raise NotImplementedError("only a report within the day's limit is answered here") from error
    log("report_recorded", screened, reference=reference)
    state = {**state, "leg": "talk", "reference": reference}
    move(form["CallSid"], f"/voice/report/recorded?{query(state)}")
    return recorded(form, state, now)


def recorded(_form, state, _now):
    return [Say(*words.RECORDED), Gather(f"/voice/report/what?{query(state)}", Say(*words.WHAT))]


def what(form, state, _now):
    category = words.CATEGORIES[int(form["Digits"]) - 1]
    answer(state["call"], "category", category)
    return [Gather(f"/voice/report/lost?{query({**state, 'category': category})}", Say(*words.LOST))]


def lost(form, state, _now):
    answer(state["call"], "loss", "yes" if form["Digits"] == "1" else "no")
    digits = ", ".join(state["reference"])
    return [Say(*(text.format(digits=digits) for text in words.THANKS)), Say(*words.GOODBYE), Hangup()]


def entered(_form, state, now):
    change(state["call"], "SET entered_at = if_not_exists(entered_at, :now)", now=now)
    wait = f"{BASE_URL}/voice/wait/hold?{query(state)}"
    return [Say(*words.STAR), DialRoom(f"/voice/talk/room?{query(state)}", state["call"], wait, star=True)]


def rung(form, state, now):
    """The Dial of the customer is over: into the room, or the customer was not to be had."""
    call = read([(f"CALL#{form['CallSid']}", "CALL")])[f"CALL#{form['CallSid']}", "CALL"]
    if call.get("accepted_at"):
        change(form["CallSid"], "SET joined_at = if_not_exists(joined_at, :now), talked = :one", now=now, one=1)
        wait = f"{BASE_URL}/voice/wait/hold?{query(state)}"
        return [DialRoom(f"/voice/screened/room?{query(state)}", form["CallSid"], wait, star=False)]
    change(form["CallSid"], "SET ended_at = if_not_exists(ended_at, :now)", now=now)
    lock(call, 0)
    kept = query(state)
    take, on = f"/voice/screened/take_message?{kept}", f"/voice/screened/goodbye?{kept}"
    return [Say(*words.NOT_AVAILABLE), Record(take), Redirect(on)]


def held(_form, state, _now):
    return [Say(*words.WAIT), Pause(8), Redirect(f"/voice/wait/hold?{query(state)}")]


def goodbye(_form, _state, _now):
    return [Say(*words.GOODBYE), Hangup()]


def left(form, state, now):
    """One of the two has left the room."""
    screened = state.get("call", form["CallSid"])
    by = "customer" if "call" in state else "caller"
    call = change(
        screened,
        "SET ended_at = if_not_exists(ended_at, :now), ended_by = if_not_exists(ended_by, :by)",
        now=now,
        by=by,
    )
    lock(call, 0)
    return [Hangup()]


def ended(form, _state, now):
    """A leg is over. Whichever is the last one closes the call, once."""
    screened = form.get("ParentCallSid", form["CallSid"])
    which = "left_at" if "ParentCallSid" in form else "hung_up_at"
    call = change(screened, f"SET {which} = if_not_exists({which}, :now)", now=now)
    if not (call.get("left_at") and call.get("hung_up_at")):
        return []
    ending = {"pk": f"CALL#{screened}", "sk": "ENDING", "outcome": "talked" if call.get("talked") else "reported"}
    ending |= {"closed_at": now, "line": call["line"], "caller": call["caller"], "expires": now + 90 * DAY}
    try:
        dynamodb.put_item(**putting(ending, "attribute_not_exists(pk)"))
    except dynamodb.exceptions.ConditionalCheckFailedException:
        return []
    log("call_ended", screened, outcome=ending["outcome"])
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


def number(raw):
    raw = raw.strip()
    return raw if E164.fullmatch(raw) and raw not in WITHHELD else ""


def read(keys):
    found, wanted = {}, [{"pk": {"S": pk}, "sk": {"S": sk}} for pk, sk in keys]
    for _ in range(3):
        try:
            got = dynamodb.batch_get_item(RequestItems={TABLE: {"Keys": wanted}})
        except (ClientError, BotoCoreError) as error:
            raise NotImplementedError("only a store that answers is known here") from error
        for item in got["Responses"].get(TABLE, []):
            values = plain(item)
            found[values["pk"], values["sk"]] = values
        if not got["UnprocessedKeys"]:
            return found
        wanted = got["UnprocessedKeys"][TABLE]["Keys"]
    raise NotImplementedError("only a whole answer is known here")


def change(call_sid, expression, **values):
    """Change a call's record, which must be there. Returns it."""
    made = updating((f"CALL#{call_sid}", "CALL"), expression, "attribute_exists(pk)", **values)
    return plain(dynamodb.update_item(**made, ReturnValues="ALL_NEW")["Attributes"])


def lock(call, until):
    """Hold the line until then, or let it go, if this call has it."""
    key = f"LINE#{call['line']}", "RING"
    made = updating(
        key, "SET #until = :until, rings_until = :none", "call_sid = :call", until=until, none=0, call=call["call_sid"]
    )
    try:
        dynamodb.update_item(**made)
    except dynamodb.exceptions.ConditionalCheckFailedException:
        return


def answer(call_sid, question, said):
    """Keep the first answer to a question."""
    made = updating(
        (f"CALL#{call_sid}", "REPORT#screened"),
        f"SET {question} = :said ADD revision :one",
        f"attribute_exists(pk) AND attribute_not_exists({question})",
        said=said,
        one=1,
    )
    try:
        dynamodb.update_item(**made)
    except dynamodb.exceptions.ConditionalCheckFailedException:
        return


def putting(item, condition):
    return {"TableName": TABLE, "Item": typed(item), "ConditionExpression": condition}


def updating(key, expression, condition, **values):
    made = {
        "TableName": TABLE,
        "Key": typed({"pk": key[0], "sk": key[1]}),
        "UpdateExpression": expression,
        "ExpressionAttributeValues": typed({f":{name}": value for name, value in values.items()}),
    }
    if condition:
        made["ConditionExpression"] = condition
    if "#until" in expression:  # a word that DynamoDB keeps for itself
        made["ExpressionAttributeNames"] = {"#until": "until"}
    return made


def typed(values):
    return {name: {"N": str(value)} if isinstance(value, int) else {"S": value} for name, value in values.items()}


def plain(item):
    return {name: int(value["N"]) if "N" in value else value.get("S") for name, value in item.items()}


def is_unknown(items, line, caller, forwarded, form, now):
    """Whether nothing speaks against or for this caller, at a protected line whose mode is standard."""
    record = items.get((f"LINE#{line}", "LINE"))
    if not record or record["kind"] != "protected" or record.get("mode", "standard") != "standard" or not caller:
        return False
    if (f"LINE#{caller}", "LINE") in items or record["ring_to"] in {caller, forwarded}:
        return False
    ringing = items.get((f"LINE#{line}", "RING"))
    if (
        ringing
        and ringing["caller"] == caller
        and ringing["call_sid"] != form["CallSid"]
        and ringing["rings_until"] > now
    ):
        return False
    attestation = form.get("StirVerstat", "")
    if attestation.startswith("TN-Validation-Failed"):
        return False
    if caller in OWN_NUMBERS and not attestation.startswith("TN-Validation-Passed-A"):
        return False
    said = [items.get((f"LINE#{line}", f"CALLER#{caller}")), items.get((f"CALLER#{caller}", "DECISION"))]
    said += [items.get((f"PREFIX#{caller[:length]}", "RULE")) for length in range(2, len(caller) + 1)]
    kept = "REPUTATION", "CHECKS", "AFTERMATH", "MEMBERS"
    if any(sk in kept or pk.startswith("CAMPAIGN#") or sk.startswith("FAMILIAR#") for pk, sk in items):
        return False  # whatever reports have brought up is more than unknown
    return not any(word and (not word.get("until") or word["until"] > now) for word in said) and not spam(form)


def spam(form):
    if not form.get("AddOns"):
        return False
    score = json.loads(form["AddOns"])["results"].get("nomorobo_spamscore", {})
    return score.get("status") == "successful" and score["result"]["score"] == 1


def announced(call_sid, attempt):
    drawn = hashlib.sha256(f"{call_sid}:{attempt}".encode()).digest()[0] % 6
    if attempt > 1 and drawn + 3 == int(announced(call_sid, attempt - 1)):
        drawn = (drawn + 1) % 6
    return str(drawn + 3)


def check(call_sid, attempt, state):
    digit = announced(call_sid, attempt)
    says = Say(
        f"{words.NOTICE_AR[attempt - 1]} لإتمام الاتصال، اضغطوا {words.ARABIC[int(digit)]}.",
        f"{words.NOTICE_EN[attempt - 1]} To be connected, press {digit}.",
    )
    again = {"attempt": str(attempt)} if attempt > 1 else {}
    return Gather(f"/voice/screened/unknown?{query({**again, **state})}", says)


def query(state):
    return "&".join(f"{name}={value}" for name, value in state.items() if value)


def log(message, call_sid, **fields):
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    line = {"level": "INFO", "message": message, "timestamp": at, "service": "call-screening", "call_sid": call_sid}
    print(json.dumps({**line, "metric": message, **fields}), flush=True)  # noqa: T201  # Lambda's way to log
