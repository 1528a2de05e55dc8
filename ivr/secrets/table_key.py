"""The HMAC key, given out only where it is the one that the table's pseudonyms are made with.

With another key nobody would be recognised again: no customer by their calls and reports, no reporter by their
evidence. So a deployment that was started with another one goes on without pseudonyms: callers are screened and
customers are rung, and nothing that needs a pseudonym is recorded or said to be.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from ivr.secrets.key_fingerprint import fingerprint
from ivr.secrets.secrets import SecretUnavailableError
from ivr.store.fingerprints import Fingerprints
from ivr.store.table import StoreUnavailableError, Table

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.secrets.secrets import Secrets

_MEND = "put_the_key_back_that_this_table_was_begun_with"


class WrongKeyError(SecretUnavailableError):
    """The HMAC key is another one than the table's."""

    def __init__(self) -> None:
        super().__init__("HMAC_KEY", "another_key")


class TableKey:
    """The key of one deployment, held against its table once a container: a call of it gives the key.

    ``known`` says the fingerprint where it was read along with something else, and an empty string where it was not.
    ``keeps``: whether the key of a table that has no fingerprint yet becomes its key.
    """

    def __init__(
        self,
        secrets: Secrets,
        table: Table,
        complain: Callable[[str, str], None],
        *,
        known: Callable[[], str] = str,
        keeps: bool = True,
    ) -> None:
        self._secrets = secrets
        self._table = Fingerprints.beside(table)
        self._complain = complain
        self._known = known
        self._keeps = keeps
        self._right = ""  # the key that was found to be the table's
        self._complained_of = ""

    def __call__(self) -> str:
        """The key. Raises ``SecretUnavailableError``, and ``WrongKeyError`` of its kind for a wrong one."""
        key = self._secrets.hmac_key()
        if key == self._right or self._is_right(key):
            return key
        if self._secrets.refresh_hmac_key() and self._is_right(mended := self._secrets.hmac_key()):
            return mended
        if self._complained_of != key:
            self._complained_of = key
            self._complain("HMAC_KEY", _MEND)
        raise WrongKeyError

    def _is_right(self, key: str) -> bool:
        # While the table can't say, it is taken for its key: most likely it is, and a report that is made meanwhile
        # waits in the queue rather than being lost.
        ours = fingerprint(key)
        try:
            theirs = self._known() or self._table.fingerprint()
            if not theirs and self._keeps:
                theirs = self._table.keep_fingerprint(ours, int(time.time()))
        except StoreUnavailableError:
            return True
        if theirs in {ours, ""}:
            self._right = key
            return True
        return False
