"""People as the table knows them: by the pseudonym that the deployment's key makes of a number."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ivr.pseudonym import pseudonym
from ivr.secrets import SecretUnavailableError
from ivr.secrets.source import Secrets
from ivr.secrets.table_key import TableKey, WrongKeyError

if TYPE_CHECKING:
    from infra.cli.target import Target


_ANOTHER_KEY = (
    "the HMAC key is refused: this table's pseudonyms are made with another one, so put that key back. Only if nothing "
    "in the table is to be found again, delete its item DEPLOYMENT, HMAC_KEY"
)


def person_of(number: str, target: Target) -> str:
    """The pseudonym of whoever has a number (E.164). Raises ``click.ClickException`` where the key can't be had."""
    secrets = Secrets(target.settings, _complain)
    try:
        return pseudonym(number, TableKey(secrets, target.store, _complain, keeps=False)())
    except WrongKeyError as error:
        raise click.ClickException(_ANOTHER_KEY) from error
    except SecretUnavailableError as error:
        raise click.ClickException(f"Parameter Store does not give {error} (HMAC_KEY_PARAMETER)") from error


def _complain(parameter: str, mend: str) -> None:
    """Say what is wrong with a stored secret; that the table refuses a key is said as the command's own error."""
    if parameter.startswith("/"):
        click.echo(f"{parameter}: {mend.replace('_', ' ')}", err=True)
