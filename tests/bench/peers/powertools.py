"""`fraud_call` behind Powertools' resolver for API Gateway, with what one takes from Powertools then: Logger, Metrics
and parameters. Twilio's own library checks signatures and writes the TwiML.

Left out, since a webhook can do without: tracing, validation, idempotency.
"""

import os
import warnings
from urllib.parse import parse_qsl

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities import parameters
from twilio.request_validator import RequestValidator

from peers import fraud_call, twilio_side, verbs

warnings.filterwarnings("ignore", "No application metrics to publish*")  # as its page says: most webhooks count nothing
app = APIGatewayHttpResolver()
logger = Logger()
metrics = Metrics()


def secret(name):
    parameter = os.environ.get(f"{name}_PARAMETER")
    return parameters.get_parameter(parameter, decrypt=True, max_age=300) if parameter else os.environ[name]


twilio_side.secrets = lambda: (secret("TWILIO_AUTH_TOKEN"), secret("HMAC_KEY"))


def log(message, call_sid, **fields):
    logger.info(message, extra={"call_sid": call_sid, **fields})
    metrics.add_metric(message, MetricUnit.Count, 1)


fraud_call.log = log


@app.post("/voice/<page>")
def page(page):
    return step()


@app.post("/voice/<page>/<step_>")
def page_step(page, step_):
    return step()


def step():
    event = app.current_event
    form = dict(parse_qsl(event.decoded_body, keep_blank_values=True))
    query = event.raw_query_string
    url = twilio_side.BASE_URL + event.raw_path + (f"?{query}" if query else "")
    signature = event.headers.get("x-twilio-signature", "")
    if not RequestValidator(secret("TWILIO_AUTH_TOKEN")).validate(url, form, signature):
        return Response(status_code=403)
    now = event.request_context.time_epoch // 1000
    try:
        answer = fraud_call.step(event.raw_path, form, dict(parse_qsl(query)), now)
    except fraud_call.UnknownStepError:
        return Response(status_code=404)
    if not answer:
        return Response(status_code=204)
    return Response(status_code=200, content_type="text/xml; charset=utf-8", body=verbs.by_twilio(answer))


class _Context:
    """What Lambda passes beside an event, as far as the Logger wants it."""

    function_name = "voice"
    memory_limit_in_mb = 1769
    invoked_function_arn = "arn:aws:lambda:me-central-1:000000000000:function:voice"
    aws_request_id = "00000000-0000-4000-8000-000000000000"


@logger.inject_lambda_context
@metrics.log_metrics
def answer(event, context):
    return app.resolve(event, context)


def handler(event, _context):
    told = answer(event, _Context())
    headers = {name.lower(): value for name, value in told.get("headers", {}).items()}
    return {**told, "headers": headers, "body": told.get("body") or ""}
