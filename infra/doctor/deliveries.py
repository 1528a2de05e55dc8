"""A check of how Twilio delivers webhooks, which an account may change by the Webhooks configuration API (a beta)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.doctor.findings import Checks, ok, unseen, warn, wrong
from infra.doctor.twilio import REST_UNUSABLE, numbers_of
from infra.twilio.numbers import TROUBLES
from ivr.telephony import routes

if TYPE_CHECKING:
    from infra.doctor.findings import Finding, Found
    from infra.doctor.patient import Patient
    from infra.twilio.numbers import Delivery

CHECKS = Checks()
_PATHS = (routes.INCOMING, routes.FALLBACK, routes.STATUS)
_NOT_OFFERED = {"404", "20404"}
_LEAST_WAIT_MS = 10_000  # as long as the function may take


@CHECKS.check(
    "twilio-webhooks",
    looks_at="Whether a Rule of Twilio's Webhooks configuration API changes how webhooks come here: then that the "
    "service holds the shared key that signs them, and that Twilio waits long enough for an answer.",
    otherwise="Each call is refused as forged, or goes to the fallback before it is answered, while the test webhooks "
    "below are answered well.",
    after=("twilio-account",),
)
def deliveries(patient: Patient) -> Found:
    """How Twilio delivers webhooks here."""
    if not patient.signers.tokens:
        return unseen(REST_UNUSABLE)
    account, base = numbers_of(patient), patient.settings.public_base_url
    try:
        found = [(path, one) for path in _PATHS for one in account.deliveries(f"{base}{path}")]
    except TROUBLES as error:
        if str(error) in _NOT_OFFERED:
            return ok("the account has no Rules: the auth token signs webhooks")
        raise
    if not found:
        return ok("no Rule changes how webhooks come here: the auth token signs them")
    bad = [finding for path, one in found if (finding := _judged(patient, path, one))]
    return bad or ok(f"the Rule {found[0][1].rule} says how webhooks come here, and they can be verified")


def _judged(patient: Patient, path: str, delivery: Delivery) -> Finding | None:
    name, key = patient.settings.twilio_auth_token_parameter, delivery.shared_key
    if key and key not in patient.signers.keys:
        put = patient.aws("ssm", "put-parameter", "--overwrite", "--type", "SecureString", "--name", name)
        return wrong(
            f"by the Rule {delivery.rule} the shared key {key} signs webhooks to {path}, and {name} does not hold it",
            "Store the key's secret beside the auth token. Did nobody keep it? Then make another key at Twilio first.",
            f"{put} --value 'YOUR_AUTH_TOKEN {key}=ITS_SECRET'",
        )
    if 0 < delivery.waits_ms < _LEAST_WAIT_MS:
        return warn(
            f"by the Rule {delivery.rule} Twilio waits {delivery.waits_ms} ms for {path}: an answer may take longer",
            f"Set readTimeoutMs of its Setting to {_LEAST_WAIT_MS} or more",
        )
    return None
