"""People as the table knows them: by the pseudonym that the deployment's key makes of a number."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ivr import secrets
from ivr.pseudonym import pseudonym

if TYPE_CHECKING:
    from infra.cli.target import Target


def person_of(number: str, target: Target) -> str:
    """The pseudonym of whoever has a number (E.164). Raises ``click.ClickException`` where the key can't be had."""
    try:
        return pseudonym(number, secrets.hmac_key(target.settings))
    except secrets.SecretUnavailableError as error:
        raise click.ClickException(f"Parameter Store does not give {error} (HMAC_KEY_PARAMETER)") from error
