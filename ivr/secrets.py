"""The deployment's secrets: from the environment on a laptop, from SSM where it is deployed."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.parameters import SSMProvider

    from ivr.settings import Settings

_KEPT_SECONDS = 300  # a rotated auth token is taken up within five minutes
_last_good: dict[str, str] = {}


def auth_token(settings: Settings) -> str:
    """Twilio's auth token. Raises Powertools' ``GetParameterError`` when SSM never gave it to this container."""
    return settings.twilio_auth_token or _parameter(settings.twilio_auth_token_parameter)


def hmac_key(settings: Settings) -> str:
    """The key of the pseudonyms. Raises Powertools' ``GetParameterError`` when SSM never gave it to this container."""
    return settings.hmac_key or _parameter(settings.hmac_key_parameter)


def prepare(settings: Settings) -> None:
    """Make what asking SSM needs, without asking: for a snapshot, which must hold no secret."""
    if settings.twilio_auth_token_parameter or settings.hmac_key_parameter:
        _provider()


@lru_cache(maxsize=1)
def _provider() -> SSMProvider:
    # Imported here: a laptop never needs it.
    from aws_lambda_powertools.utilities.parameters import SSMProvider

    return SSMProvider()


def _parameter(name: str) -> str:
    from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError

    try:
        _last_good[name] = str(_provider().get(name, decrypt=True, max_age=_KEPT_SECONDS))
    except GetParameterError:  # SSM is down: what was good five minutes ago still is, most likely
        if name not in _last_good:
            raise
    return _last_good[name]
