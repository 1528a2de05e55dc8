"""People as the table knows them: by the pseudonym that the deployment's key makes of a number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.desk.errors import Code, DeskError
from ivr.pseudonym import pseudonym
from ivr.secrets import SecretUnavailableError
from ivr.secrets.source import Secrets
from ivr.store.table_key import TableKey, WrongKeyError

if TYPE_CHECKING:
    from ivr.desk.context import Context

_ANOTHER_KEY = (
    "the HMAC key is refused: this table's pseudonyms are made with another one, so put that key back. Only if nothing "
    "in the table is to be found again, delete its item DEPLOYMENT, HMAC_KEY"
)


def person_of(context: Context, number: str) -> str:
    """Return the pseudonym of the person who has a number (E.164). Raises ``DeskError`` where the key can't be had."""
    secrets = Secrets(context.settings, context.on_problem)
    try:
        return pseudonym(number, TableKey(secrets, context.store, context.on_problem, keeps=False)())
    except WrongKeyError as error:
        raise DeskError(Code.ANOTHER_KEY, _ANOTHER_KEY) from error
    except SecretUnavailableError as error:
        raise DeskError(Code.NO_KEY, f"Parameter Store does not give {error} (HMAC_KEY_PARAMETER)") from error
