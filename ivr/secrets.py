"""The deployment's secrets: from the environment on a laptop, from SSM where it is deployed."""

from __future__ import annotations

import time
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.parameters import SSMProvider

    from ivr.settings import Settings

_KEPT_SECONDS = 300  # a rotated auth token is taken up within five minutes
_ASKED_AGAIN_AFTER_SECONDS = 30
_last_good: dict[str, str] = {}
_not_before: dict[str, float] = {}  # after a failure, calls don't wait for the next one each time


class SecretUnavailableError(Exception):
    """SSM did not give a secret; the message is its parameter's name."""


def auth_token(settings: Settings) -> str:
    """Twilio's auth token. Raises ``SecretUnavailableError`` when SSM never gave it to this container."""
    return settings.twilio_auth_token or _parameter(settings.twilio_auth_token_parameter)


def hmac_key(settings: Settings) -> str:
    """The key of the pseudonyms. Raises ``SecretUnavailableError`` when SSM never gave it to this container."""
    return settings.hmac_key or _parameter(settings.hmac_key_parameter)


def prepare(settings: Settings) -> None:
    """Make what asking SSM needs, without asking: for a snapshot, which must hold no secret."""
    if settings.twilio_auth_token_parameter or settings.hmac_key_parameter:
        _provider()


@lru_cache(maxsize=1)
def _provider() -> SSMProvider:
    # Imported here: a laptop never needs it.
    from aws_lambda_powertools.utilities.parameters import SSMProvider
    from botocore.config import Config

    # A caller waits for this: its own defaults are a minute each.
    return SSMProvider(boto_config=Config(connect_timeout=1, read_timeout=2, retries={"total_max_attempts": 1}))


def _parameter(name: str) -> str:
    from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError

    if name in _last_good and time.monotonic() < _not_before.get(name, 0):
        return _last_good[name]
    try:
        _last_good[name] = str(_provider().get(name, decrypt=True, max_age=_KEPT_SECONDS))
    except GetParameterError as error:  # SSM is down: what was good five minutes ago still is, most likely
        if name not in _last_good:
            raise SecretUnavailableError(name) from error
        _not_before[name] = time.monotonic() + _ASKED_AGAIN_AFTER_SECONDS
    return _last_good[name]
