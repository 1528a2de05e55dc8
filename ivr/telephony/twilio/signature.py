"""Twilio's signature: what may have signed a webhook, and whether it did.

A webhook is signed with an auth token of the account (two of them while it rotates), or with a named shared key in its
place. Which of these the header X-Twilio-Webhooks-Signature-Settings says: ``key=NAME,algorithm=ALGORITHM`` (Twilio's
page "Sign webhooks with shared keys"). The signed text is the same.
"""

from __future__ import annotations

import re
from functools import lru_cache
from hmac import compare_digest
from typing import TYPE_CHECKING

from twilio.request_validator import HMAC_SHA1, HMAC_SHA256, RequestValidator, get_signature_algorithm

if TYPE_CHECKING:
    from ivr.secrets.values import Signers
    from ivr.telephony.twilio.form import Form

_SHAPE = re.compile(r"[A-Za-z0-9+/]{27}=|[A-Za-z0-9+/]{43}=", re.ASCII)  # base64 of an HMAC by SHA-1, or by SHA-256


def is_signed(signers: Signers, url: str, form: Form, signature: str, settings: str) -> bool:
    """Whether one of the signers made the signature. ``settings`` is the header that names a shared key, or empty.

    A webhook that names a key is checked with that key alone: otherwise an old token could still sign after the
    account has moved to keys.
    """
    algorithm = get_signature_algorithm(settings).upper()
    if algorithm not in {HMAC_SHA1, HMAC_SHA256}:  # the library would log the header's own words
        return False
    name = _key_of(settings)
    secrets = signers.tokens if name is None else (signers.keys[name],) if name in signers.keys else ()
    return any(_made_with(_validator(secret), url, form, signature, algorithm) for secret in secrets)


def _made_with(validator: RequestValidator, url: str, form: Form, signature: str, algorithm: str) -> bool:
    """Whether a signature was made with one secret: of the URL as it came, or as Twilio's library allows besides.

    Twilio may sign our URL with a port as well. The library computes both at each request, which is a third of what a
    key press costs.
    """
    if compare_digest(validator.compute_signature(url, form, algorithm), signature):
        return True
    return bool(validator.validate(url, form, signature, algorithm))


def is_possible(signature: str) -> bool:
    """Whether this has the shape of a signature at all."""
    return _SHAPE.fullmatch(signature) is not None


def _key_of(settings: str) -> str | None:
    """The name of the key that a webhook says it is signed with. None: it names none."""
    parts = (part.partition("=") for part in settings.split(","))
    return next((value.strip() for name, _, value in parts if name.strip() == "key"), None)


@lru_cache(maxsize=16)
def _validator(secret: str) -> RequestValidator:
    return RequestValidator(secret)
