"""`fraud_call` by hand: boto3.client, f-strings and its own HMAC, and nothing else around it."""

import base64
from urllib.parse import parse_qsl

from peers import fraud_call, verbs
from peers.twilio_side import BASE_URL, is_signed


def handler(event, _context):
    form = signed_form(event)
    if form is None:
        return {"statusCode": 403, "headers": {"content-type": "text/plain"}, "body": ""}
    state = dict(parse_qsl(event.get("rawQueryString", "")))
    try:
        answer = fraud_call.step(event["rawPath"], form, state, int(event["requestContext"]["timeEpoch"]) // 1000)
    except fraud_call.UnknownStepError:
        return {"statusCode": 404, "headers": {"content-type": "text/plain"}, "body": ""}
    if not answer:
        return {"statusCode": 204, "headers": {"content-type": "text/plain"}, "body": ""}
    headers = {"content-type": "text/xml; charset=utf-8"}
    return {"statusCode": 200, "headers": headers, "body": verbs.by_hand(answer)}


def signed_form(event):
    headers = event["headers"]
    if not headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return None
    body = base64.b64decode(event["body"]) if event["isBase64Encoded"] else event["body"].encode()
    form = dict(parse_qsl(body.decode(), keep_blank_values=True))
    query = event.get("rawQueryString", "")
    url = BASE_URL + event["rawPath"] + (f"?{query}" if query else "")
    return form if is_signed(url, form, headers.get("x-twilio-signature", "")) else None
