"""The HMAC key, but only if the table's pseudonyms are made with it.

With another key the deployment would recognise nobody: no customer by their calls and reports, no reporter by their
evidence. So with a wrong key it works without pseudonyms: callers are screened and customers are rung, and what needs a
pseudonym is neither recorded nor promised.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from ivr.secrets import SecretUnavailableError
from ivr.secrets.key_fingerprint import fingerprint
from ivr.store.errors import StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.secrets.problems import OnProblem
    from ivr.secrets.source import Secrets
    from ivr.store.store import Store

_REMEDY = "put_the_key_back_that_this_table_was_begun_with"


class WrongKeyError(SecretUnavailableError):
    """The HMAC key is not the table's."""

    def __init__(self) -> None:
        super().__init__("HMAC_KEY", "another_key")


class TableKey:
    """The key of one deployment, compared with its table once a container. Call it to get the key.

    ``known`` returns the table's fingerprint if another read has brought it, else an empty string.
    ``keeps``: whether this key becomes the key of a table that has no fingerprint yet.
    """

    def __init__(
        self,
        secrets: Secrets,
        store: Store,
        on_problem: OnProblem,
        *,
        known: Callable[[], str] = str,
        keeps: bool = True,
    ) -> None:
        self._secrets = secrets
        self._store = store
        self._on_problem = on_problem
        self._known = known
        self._keeps = keeps
        self._right = ""  # a key that the table has confirmed
        self._reported = ""

    def __call__(self) -> str:
        """The key. Raises ``SecretUnavailableError``; for a wrong key its subclass ``WrongKeyError``."""
        key = self._secrets.hmac_key()
        if key == self._right or self._is_right(key):
            return key
        if self._secrets.refresh_hmac_key() and self._is_right(newer := self._secrets.hmac_key()):
            return newer
        if self._reported != key:
            self._reported = key
            self._on_problem("HMAC_KEY", _REMEDY)
        raise WrongKeyError

    def _is_right(self, key: str) -> bool:
        # While the table does not answer, the key is taken to be right: most likely it is, and a report that is made
        # meanwhile waits in the queue instead of being lost.
        ours = fingerprint(key)
        try:
            theirs = self._known() or self._store.fingerprints.get()
            if not theirs and self._keeps:
                theirs = self._store.fingerprints.keep(ours, int(time.time()))
        except StoreUnavailableError:
            return True
        if theirs in {ours, ""}:
            self._right = key
            return True
        return False
