"""Checks of the two secrets. What they print of one is a fingerprint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from infra.doctor.findings import Checks, ok, warn, wrong
from infra.doctor.patient import Place
from ivr.secrets import values
from ivr.secrets.key_fingerprint import fingerprint
from ivr.secrets.values import ShapeError

if TYPE_CHECKING:
    from infra.doctor.findings import Finding, Found
    from infra.doctor.patient import Patient, Secret

CHECKS = Checks()
_SHOWN = 8  # digits of a fingerprint: they tell two keys apart


@CHECKS.check(
    "token",
    looks_at="That Parameter Store holds the Twilio auth token, encrypted, in its shape; during a rotation both.",
    otherwise="No webhook can be verified: callers hear an apology.",
    needs=("ssm:GetParameter", "kms:Decrypt"),
    after=("release",),
    laptop=True,
)
def token(patient: Patient) -> Found:
    """The auth token."""
    name = patient.settings.twilio_auth_token_parameter
    put = _put(patient, name, "YOUR_AUTH_TOKEN", overwrite=True)
    if unreadable := _unreadable(patient, "token", name, put):
        return unreadable
    try:
        signers, remedy = values.signers(patient.token.text, strict=patient.place is Place.STACK)
    except ShapeError:
        saw = f"{patient.token.name} holds no auth token: one is 32 hexadecimal digits"
        return wrong(saw, *_mended(patient, put))
    many = f"{len(signers.tokens)} auth token{'s' * (len(signers.tokens) != 1)}"
    saw = f"{patient.token.name} holds {many}" + (f" and {len(signers.keys)} shared keys" if signers.keys else "")
    if remedy:
        return wrong(f"{saw}, and a word that is neither", *_mended(patient, put))
    if len(signers.tokens) > 1:
        alone = ("Store the new one alone when it is the primary one at Twilio", put)
        return warn(f"{saw}: it is being rotated", *_mended(patient, *alone))
    return ok(saw)


@CHECKS.check(
    "key",
    looks_at="That Parameter Store holds the key of the pseudonyms, the one that the table was begun with.",
    otherwise="No customer is recognised, and no report recorded.",
    needs=("ssm:GetParameter", "ssm:GetParameterHistory", "kms:Decrypt", "dynamodb:GetItem"),
    after=("release", "table"),
    laptop=True,
)
def key(patient: Patient) -> Found:
    """The HMAC key."""
    name = patient.settings.hmac_key_parameter
    kept = patient.store.fingerprints.get()
    put = _put(patient, name, "$(openssl rand -hex 32)") if not kept else ""
    former = () if put else _former(patient, name, kept)
    if unreadable := _unreadable(patient, "key", name, *(former or (put,))):
        return unreadable
    try:
        text, _ = values.hmac_key(patient.key.text, strict=patient.place is Place.STACK)
    except ShapeError:
        saw = f"{patient.key.name} holds no key: one has 32 characters or more, without a blank"
        return wrong(saw, *_mended(patient, *(former or (put,))))
    ours = fingerprint(text)
    if kept and ours != kept:
        saw = f"the key {ours[:_SHOWN]} is not the one that the table was begun with, {kept[:_SHOWN]}"
        return wrong(saw, *_mended(patient, *former))
    return ok(f"the key {ours[:_SHOWN]}" + (" is the table's" if kept else "; the table keeps none yet"))


def _mended(patient: Patient, *steps: str) -> tuple[str, ...]:
    """What sets a secret right. On a laptop both come from the environment in which the stack is started."""
    if patient.place is Place.STACK:
        return steps
    return ("In its terminal, unset TWILIO_AUTH_TOKEN and HMAC_KEY: the stack then makes its own", *patient.mended_by())


def _unreadable(patient: Patient, which: str, name: str, *remedy: str) -> Finding | None:
    """Why a secret can't be read as it should be stored."""
    try:
        secret: Secret = getattr(patient, which)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ParameterNotFound":
            raise
        return wrong(f"there is no parameter {name}", *remedy)
    if secret.type not in {"", "SecureString"}:
        return wrong(f"{name} is a {secret.type}: it is stored unencrypted", _encrypted(patient, name))
    return None


def _encrypted(patient: Patient, name: str) -> str:
    """One line, in which the shell keeps the value: a parameter's type can't be changed, and deleted it has no past."""
    read = patient.aws("ssm", "get-parameter", "--name", name, "--query", "Parameter.Value", "--output", "text")
    delete = patient.aws("ssm", "delete-parameter", "--name", name)
    return f'value="$({read})" && {delete} && {_put(patient, name, "$value")}'


def _former(patient: Patient, name: str, kept: str) -> tuple[str, ...]:
    """How to put the table's key back, if Parameter Store still has it as a former version."""
    told = "Put back the key that the table was begun with, from where you keep it: without it nobody is recognised"
    if patient.place is Place.LAPTOP:
        return ()
    try:
        found = patient.client("ssm").get_parameter_history(Name=name, WithDecryption=True)["Parameters"]
    except ClientError:
        found = []
    right = [one["Version"] for one in found if fingerprint(one["Value"].strip()) == kept]
    if not right:
        return (told, _put(patient, name, "THE_KEY", overwrite=True))
    history = ("ssm", "get-parameter-history", "--name", name, "--with-decryption", "--output", "text")
    was = patient.aws(*history, "--query", f"Parameters[?Version==`{right[-1]}`].Value")
    return (_put(patient, name, f"$({was})", overwrite=True),)


def _put(patient: Patient, name: str, value: str, *, overwrite: bool = False) -> str:
    flag = ["--overwrite"] if overwrite else []
    words = patient.aws("ssm", "put-parameter", *flag, "--type", "SecureString", "--name", name, "--value", "VALUE")
    return words.replace("VALUE", f'"{value}"' if value.startswith("$") else value)
