"""Checks that each entry answers a signed webhook: by test webhooks, of which the product keeps nothing."""

from __future__ import annotations

import secrets
import time
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import requests
from twilio.request_validator import RequestValidator

from infra.doctor.findings import Checks, ok, wrong
from infra.doctor.patient import Place
from ivr.telephony import routes
from ivr.telephony.webhook import TEST

if TYPE_CHECKING:
    from infra.doctor.findings import Found
    from infra.doctor.patient import Patient

CHECKS = Checks()
_PATIENCE = 15.0  # seconds, as Twilio's
_RELEASE = "x-ivr-release"
_EMPTY, _FORBIDDEN, _NOT_FOUND, _FAILED, _SERVER_ERROR = 204, 403, 404, 424, 500


class Answer(NamedTuple):
    """What an entry answered."""

    status: int
    body: str
    release: str | None  # of the product that answered; None: something else answered
    milliseconds: int


def post(url: str, form: dict[str, str], headers: dict[str, str]) -> requests.Response:
    """Post a webhook as Twilio does."""
    with requests.Session() as session:
        session.trust_env = False
        return session.post(url, data=form, headers=headers, timeout=_PATIENCE, allow_redirects=False)


@CHECKS.check(
    "webhook-fallback",
    looks_at="That the API answers a signed webhook at /voice/fallback, from the release that should answer.",
    otherwise="Twilio can't reach the service, or its signature is refused: no call is answered.",
    after=("release", "functions", "token"),
    laptop=True,
)
def fallback(patient: Patient) -> Found:
    """The fallback, which needs neither table nor key: so it tells whether anything answers at all."""
    return _tried(patient, routes.FALLBACK)


@CHECKS.check(
    "webhook-incoming",
    looks_at="That a call to a line is answered with its first document, read from the table.",
    otherwise="Callers hear an apology.",
    needs=("dynamodb:Query",),
    after=("webhook-fallback", "table", "key"),
    laptop=True,
)
def incoming(patient: Patient) -> Found:
    """The beginning of a call, to a line if there is one."""
    line = next(iter(patient.store.lines.all()), None)
    return _tried(patient, routes.INCOMING, line.number if line else patient.settings.report_number)


@CHECKS.check(
    "webhook-status",
    looks_at="That the end of a call is accepted.",
    otherwise="Lines stay busy, and how calls ended is not recorded.",
    after=("webhook-fallback",),
    laptop=True,
)
def status(patient: Patient) -> Found:
    """The end of a leg."""
    return _tried(patient, routes.STATUS)


def _tried(patient: Patient, path: str, called: str = "") -> Found:
    url = f"{patient.settings.public_base_url}{path}"
    form = {
        "CallSid": f"{TEST}{secrets.token_hex(14)}",
        "AccountSid": patient.settings.twilio_account_sid,
        "ApiVersion": "2010-04-01",
        "CallStatus": "completed" if path == routes.STATUS else "ringing",
        "Direction": "inbound",
        "From": "anonymous",
        "To": called or "anonymous",
    }
    try:
        answer = _answer(url, form, _signed(patient, url, form))
    except requests.Timeout:
        return wrong(f"{url} does not answer within {_PATIENCE:.0f} s", *_logs(patient))
    except requests.RequestException as error:
        host = urlsplit(url).hostname
        return wrong(f"{url} can't be reached ({type(error).__name__})", *_unreachable(patient, str(host)))
    return _judged(patient, url, answer, _EMPTY if path == routes.STATUS else 200)


def _signed(patient: Patient, url: str, form: dict[str, str]) -> dict[str, str]:
    """The headers of a webhook, as Twilio signs it: with the token, or where there is none with a shared key."""
    tokens, keys = patient.signers
    if tokens:
        return {"X-Twilio-Signature": RequestValidator(tokens[0]).compute_signature(url, form)}
    [(name, key), *_] = keys.items()
    return {
        "X-Twilio-Signature": RequestValidator(key).compute_signature(url, form, "HMAC_SHA256"),
        "X-Twilio-Webhooks-Signature-Settings": f"key={name},algorithm=HMAC_SHA256",
    }


def _answer(url: str, form: dict[str, str], headers: dict[str, str]) -> Answer:
    began = time.monotonic()
    got = post(url, form, headers)
    took = round((time.monotonic() - began) * 1000)
    return Answer(got.status_code, got.text, got.headers.get(_RELEASE), took)


def _judged(patient: Patient, url: str, answer: Answer, good: int) -> Found:
    if answer.status >= _SERVER_ERROR:
        return wrong(
            f"{url} answers with {answer.status}: the function crashes, or may not be invoked", *_logs(patient)
        )
    if answer.release is None:
        return _of_another(patient, url, answer)
    if answer.release not in patient.releases:
        return wrong(
            f"{url} is answered by the release {answer.release}, and {patient.settings.release} should answer",
            *patient.mended_by(
                "Look again in a minute: a deployment reaches all of the API only then", patient.deploy()
            ),
        )
    if answer.status == _FAILED:
        return wrong(f"{url}: the function can't read what a call needs ({answer.body[:64]})", *patient.mended_by())
    if answer.status != good or (good != _EMPTY and not _is_twiml(answer.body)):
        return wrong(f"{url} answers with {answer.status}, and not as a call is answered", *patient.mended_by())
    return ok(f"{url} answers in {answer.milliseconds} ms")


def _of_another(patient: Patient, url: str, answer: Answer) -> Found:
    """An answer without the product's mark."""
    if answer.status == _FORBIDDEN and not answer.body:
        return wrong(
            f"{url} takes the stored auth token for a forged one",
            *patient.mended_by(
                "If the token was changed within the last five minutes, look again then", patient.deploy()
            ),
        )
    if answer.status == _NOT_FOUND and answer.body:
        return wrong(f"{url} is no route of the API", *patient.mended_by())
    return wrong(
        f"{url} is answered with {answer.status}, but not by this product, or by a release that knows no test webhook",
        *patient.mended_by(),
    )


def _is_twiml(body: str) -> bool:
    try:
        return ET.fromstring(body).tag == "Response"  # noqa: S314  # the product's own answer
    except ET.ParseError:
        return False


def _logs(patient: Patient) -> tuple[str, ...]:
    if patient.place is Place.LAPTOP:
        return ("Read what `make run` prints in its terminal",)
    return (patient.aws("logs", "tail", f"/aws/lambda/{patient.stack}-voice", "--since", "10m"), patient.deploy())


def _unreachable(patient: Patient, host: str) -> tuple[str, ...]:
    if patient.place is Place.LAPTOP:
        return patient.mended_by()
    if ".execute-api." in host:
        return (patient.deploy(),)
    return (
        f"dig +short {host}",
        "The name must lead to the API's custom domain, which this shows:",
        patient.aws("apigatewayv2", "get-domain-name", "--domain-name", host),
    )
