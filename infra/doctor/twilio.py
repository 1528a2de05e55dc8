"""Checks of the Twilio account, and of each number that points here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.doctor.findings import Checks, ok, unseen, warn, wrong
from infra.twilio.numbers import TROUBLES, Numbers, differences, in_words, is_here, wanted
from ivr.secrets.source import Secrets

if TYPE_CHECKING:
    from infra.doctor.findings import Finding, Found
    from infra.doctor.patient import Patient
    from infra.twilio.numbers import OwnNumber

CHECKS = Checks()
_MOST_NUMBERS = 1000
_REFUSED = {"20003", "401", "403"}
_CALLED = {
    "voice_url": "its calls",
    "voice_method": "the method of its calls",
    "voice_fallback_url": "its fallback",
    "voice_fallback_method": "the method of its fallback",
    "status_callback": "its status callbacks",
    "status_callback_method": "the method of its status callbacks",
    "voice_application_sid": "a TwiML app that overrules its URLs",
    "trunk_sid": "a SIP trunk that overrules its URLs",
}


REST_UNUSABLE = "there is no auth token for the REST API"


def numbers_of(patient: Patient) -> Numbers:
    """The deployment's account, with the stored auth token."""
    return Numbers(patient.settings, Secrets(patient.settings, lambda *_: None))


@CHECKS.check(
    "twilio-account",
    looks_at="That Twilio accepts the stored auth token, and that the account is active.",
    otherwise="Customers are not rung back and get no SMS, and * stops no call. To a suspended account none comes in.",
    after=("token",),
)
def account(patient: Patient) -> Found:
    """The account."""
    name, sid = patient.settings.twilio_auth_token_parameter, patient.settings.twilio_account_sid
    if not patient.signers.tokens:
        put = patient.aws("ssm", "put-parameter", "--overwrite", "--type", "SecureString", "--name", name)
        return warn(
            f"{name} holds shared keys alone: without an auth token the REST API can't be used",
            "Store the account's auth token before them:",
            f"{put} --value 'YOUR_AUTH_TOKEN KEY=ITS_SECRET'",
        )
    try:
        found = numbers_of(patient).account()
    except TROUBLES as error:
        if str(error) not in _REFUSED:
            return wrong(in_words(error), "Look again in a minute: nothing of the deployment has to be changed for it")
        put = patient.aws("ssm", "put-parameter", "--overwrite", "--type", "SecureString", "--name", name)
        return wrong(
            f"Twilio refuses the stored auth token for the account {sid}",
            "Copy the auth token of this account from the Twilio console's first page, and store it:",
            f"{put} --value YOUR_AUTH_TOKEN",
        )
    if found.status != "active":
        return wrong(f"the account {sid} is {found.status}", "The Twilio console says why, and how it is opened again")
    if found.kind == "Trial":
        return warn(
            f"the account {sid} is a trial: it rings verified numbers alone", "Upgrade it in the Twilio console"
        )
    return ok(f"the account {sid} is active")


@CHECKS.check(
    "twilio-numbers",
    looks_at="Each number of the account that points here or is a registered line: its calls, its fallback and its "
    "status callbacks come here by POST, and neither a TwiML app nor a trunk overrules them.",
    otherwise="Calls to the number are not screened; or when something fails, callers hear Twilio's error message; or "
    "lines stay busy and the ends of calls are not recorded.",
    needs=("dynamodb:GetItem",),
    after=("twilio-account", "table"),
)
def numbers(patient: Patient) -> Found:
    """The numbers."""
    if not patient.signers.tokens:
        return unseen(REST_UNUSABLE)
    settings = patient.settings
    found = numbers_of(patient).all(_MOST_NUMBERS)
    want = wanted(settings)
    judged = [_judged(patient, one) for one in found if is_here(one, settings) or _is_line(patient, one.number)]
    if not judged:
        held = f"none of the account's {len(found)} numbers points here" if found else "the account has no number"
        connect = patient.ivr(f"numbers connect {found[0].number if len(found) == 1 else 'NUMBER'}")
        return warn(
            f"{held}: calls may still come by BYOC, a SIP trunk or call forwarding",
            f"{connect}  # points it at {want.voice_url}",
        )
    bad = [one for one in judged if one.remedy]
    return bad or ok(f"all {len(judged)} that belong here ask for {settings.public_base_url}")


def _judged(patient: Patient, one: OwnNumber) -> Finding:
    differ = differences(wanted(patient.settings), one.settings)
    if not differ:
        return ok(f"{one.number} asks for {patient.settings.public_base_url}")
    what = ", ".join(_CALLED[name] for name in differ)
    verb = "has" if set(differ) <= {"voice_application_sid", "trunk_sid"} else "does not send here as it should"
    return wrong(f"{one.number} {verb}: {what}", patient.ivr(f"numbers connect {one.number}"))


def _is_line(patient: Patient, number: str) -> bool:
    return patient.store.lines.get(number) is not None
