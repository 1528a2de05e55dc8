"""The rules about several settings together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ivr.locales.offered import fault
from ivr.numbers import phone_number
from ivr.settings.addresses import LOOPBACK
from ivr.settings.fields import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping


def check(values: Mapping[str, Any]) -> None:
    """Check the values of all settings, by the names of their fields. Raises ``SettingsError``."""
    named = {*values["brands"], *values["voices"]}
    if wrong := fault(values["languages"], values["brand"], values["care_languages"], named):
        raise SettingsError(wrong)
    if values["twilio_auth_token_parameter"] and not values["twilio_auth_token"]:
        url = values["public_base_url"]
        address = urlsplit(url)
        if address.scheme != "https" or address.hostname in LOOPBACK:
            raise SettingsError(
                f"PUBLIC_BASE_URL is {url!r}: a deployment must be reached by https from outside, "
                "such as https://ivr.example.com"
            )
    _check_desk(values)
    for secret in ("twilio_auth_token", "hmac_key"):
        if not values[secret] and not values[f"{secret}_parameter"]:
            name = secret.upper()
            raise SettingsError(f"{name} is not set: set it, or {name}_PARAMETER to the name of an SSM SecureString")
    region = values["home_region"]
    for name in ("own_numbers", "always_ring"):
        for text in values[name]:
            if not phone_number.read(text, region, values["extra_number_ranges"]).text:
                raise SettingsError(f"{name.upper()} holds {text!r}, which is no number of region {region}")


def _check_desk(values: Mapping[str, Any]) -> None:
    issuer = values["desk_oidc_issuer"]
    if issuer and not values["desk_oidc_client_id"]:
        raise SettingsError("DESK_OIDC_CLIENT_ID is not set, and DESK_OIDC_ISSUER is: set both or neither")
    if issuer.startswith("http://") and values["public_base_url"].startswith("https://"):
        raise SettingsError(f"DESK_OIDC_ISSUER is {issuer!r}: only a laptop's own issuer may be without https")
