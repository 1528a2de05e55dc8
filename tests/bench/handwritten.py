"""What the product is measured against: the same two webhooks, as a good engineer writes them by hand.

boto3, f-strings and its own HMAC. It looks at everything that the product looks at, but answers only the caller who is
unknown. Where the product asks libphonenumber what a number is, this takes what looks like E.164 and is no withheld
word; it knows no short codes, no national spelling and no sip address. Its boto3 client has the time-outs that a caller
needs and no other tuning.
"""

import base64
import hashlib
import hmac
import json
import os
import re
import time
from urllib.parse import parse_qsl

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

TABLE = os.environ["TABLE_NAME"]
BASE_URL = os.environ["PUBLIC_BASE_URL"]
TOKEN = os.environ["TWILIO_AUTH_TOKEN"].encode()
OWN_NUMBERS = {number for number in os.environ["OWN_NUMBERS"].split(",") if number}
OWN_NUMBERS |= {os.environ["CARE_NUMBER"], os.environ["CARE_FALLBACK_NUMBER"]}

E164 = re.compile(r"\+[1-9][0-9]{6,14}")
WITHHELD = {"+266696687", "+2562533", "+7748283", "+7378742833", "+7378742883", "+86282452253", "+8656696"}
WORD = re.compile(r"[a-z0-9_-]{1,32}")

ARABIC = ("صفر", "واحد", "اثنان", "ثلاثة", "أربعة", "خمسة", "ستة", "سبعة", "ثمانية", "تسعة")
NOTICE_AR = (
    "هذا الخط محمي من الاحتيال. لا نُعطي هنا بيانات شخصية أبدًا. ويتم الإبلاغ عن محاولات الاحتيال.",
    "لم يصلنا الرقم الصحيح. يُرجى المحاولة مرة أخرى.",
)
NOTICE_EN = (
    "This line is protected against fraud. We never give out personal data. Fraud attempts are reported.",
    "We did not receive the right key. Please try again.",
)

# The worst that a caller hears of a store that is down is some six seconds of ringing.
dynamodb = boto3.client(
    "dynamodb",
    config=Config(connect_timeout=1, read_timeout=2, retries={"mode": "standard", "total_max_attempts": 2}),
)


def handler(event, _context):
    form = signed_form(event)
    if form is None:
        return {"statusCode": 403, "headers": {"content-type": "text/plain"}, "body": ""}
    if event["rawPath"] == "/voice/incoming":
        return incoming(form, int(event["requestContext"]["timeEpoch"]) // 1000)
    if event["rawPath"] == "/voice/screened/unknown":
        return pressed(form, dict(parse_qsl(event["rawQueryString"])))
    return {"statusCode": 404, "headers": {"content-type": "text/plain"}, "body": ""}


def signed_form(event):
    headers = event["headers"]
    if not headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return None
    body = base64.b64decode(event["body"]) if event["isBase64Encoded"] else event["body"].encode()
    form = dict(parse_qsl(body.decode(), keep_blank_values=True))
    query = event["rawQueryString"]
    url = BASE_URL + event["rawPath"] + (f"?{query}" if query else "")
    signed = url + "".join(name + form[name] for name in sorted(form))
    signature = base64.b64encode(hmac.new(TOKEN, signed.encode(), hashlib.sha1).digest()).decode()
    return form if hmac.compare_digest(signature, headers.get("x-twilio-signature", "")) else None


def incoming(form, now):
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
    return ask(form["CallSid"], 1, "unknown", "unknown", caller[-3:], "yes")


def pressed(form, state):
    if not all(WORD.fullmatch(value) for value in state.values()):
        return {"statusCode": 404, "headers": {"content-type": "text/plain"}, "body": ""}
    attempt = int(state.get("attempt", "1"))
    if form.get("Digits", "")[:1] == announced(form["CallSid"], attempt) or attempt > 1:
        raise NotImplementedError("only the first wrong key is answered here")
    return ask(form["CallSid"], attempt + 1, state["verdict"], state["why"], state["digits"], state["guarded"])


def number(raw):
    raw = raw.strip()
    return raw if E164.fullmatch(raw) and raw not in WITHHELD else ""


def read(keys):
    found, wanted = {}, [{"pk": {"S": pk}, "sk": {"S": sk}} for pk, sk in keys]
    for _ in range(3):
        try:
            answer = dynamodb.batch_get_item(RequestItems={TABLE: {"Keys": wanted}})
        except (ClientError, BotoCoreError) as error:
            raise NotImplementedError("only a store that answers is known here") from error
        for item in answer["Responses"].get(TABLE, []):
            values = {name: int(value["N"]) if "N" in value else value["S"] for name, value in item.items()}
            found[values["pk"], values["sk"]] = values
        if not answer["UnprocessedKeys"]:
            return found
        wanted = answer["UnprocessedKeys"][TABLE]["Keys"]
    raise NotImplementedError("only a whole answer is known here")


def is_unknown(items, line, caller, forwarded, form, now):
    """Whether nothing speaks against or for this caller, at a protected line whose mode is standard."""
    record = items.get((f"LINE#{line}", "LINE"))
    if not record or record["kind"] != "protected" or record.get("mode", "standard") != "standard" or not caller:
        return False
    if (f"LINE#{caller}", "LINE") in items or record["ring_to"] in {caller, forwarded}:
        return False
    ring = items.get((f"LINE#{line}", "RING"))
    if ring and ring["caller"] == caller and ring["call_sid"] != form["CallSid"] and ring["rings_until"] > now:
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


def ask(call_sid, attempt, verdict, why, digits, guarded):
    digit = announced(call_sid, attempt)
    again = f"attempt={attempt}&amp;" if attempt > 1 else ""
    state = f"{again}verdict={verdict}&amp;why={why}&amp;digits={digits}&amp;guarded={guarded}"
    return {
        "statusCode": 200,
        "headers": {"content-type": "text/xml; charset=utf-8"},
        "body": (
            '<?xml version="1.0" encoding="UTF-8"?><Response>'
            f'<Gather action="/voice/screened/unknown?{state}"'
            ' actionOnEmptyResult="true" finishOnKey="" input="dtmf" method="POST" numDigits="1" timeout="6">'
            f'<Say language="ar-AE" voice="Polly.Hala-Neural">{NOTICE_AR[attempt - 1]}'
            f" لإتمام الاتصال، اضغطوا {ARABIC[int(digit)]}.</Say>"
            f'<Say language="en-US" voice="Polly.Joanna-Neural">{NOTICE_EN[attempt - 1]}'
            f" To be connected, press {digit}.</Say></Gather></Response>"
        ),
    }


def log(message, call_sid, **fields):
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    line = {"level": "INFO", "message": message, "timestamp": at, "service": "call-screening", "call_sid": call_sid}
    print(json.dumps({**line, "metric": message, **fields}), flush=True)  # noqa: T201  # Lambda's way to log
