"""The deployment's secrets: from the environment on a laptop, from Parameter Store where it is deployed.

What signs webhooks is read again every five minutes, and at once where a signature is wrong, for then it may have been
rotated; that, at most once a minute, whatever a forger sends. A value that Parameter Store no longer holds so stops
passing five minutes after it was last seen there; only while Parameter Store does not answer do the last good ones
serve on, for else an outage of it would end every call.
"""

from __future__ import annotations

import threading
import time
from functools import cached_property
from math import inf
from typing import TYPE_CHECKING, Generic, TypeVar

from ivr.secrets import values
from ivr.secrets.parameter_store import NoAnswerError, ParameterStore
from ivr.secrets.values import ShapeError
from ivr.telephony.twilio.signature import Signers

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.settings import Settings

    Complain = Callable[[str, str], None]

KEPT_SECONDS = 300  # how long a rotated or revoked token may go unnoticed
REFRESH_SECONDS = 60  # a wrong signature asks Parameter Store at most so often
_FIRST_AGAIN_SECONDS = 2  # while there is no value yet: how soon after a failure it is asked for again

V = TypeVar("V")


class SecretUnavailableError(Exception):
    """A secret can't be had; the text names its parameter, and the code says why. Neither holds its value."""

    def __init__(self, name: str, code: str = "") -> None:
        super().__init__(name)
        self.code = code


class _Kept(Generic[V]):
    """One secret of Parameter Store as this container knows it."""

    def __init__(
        self,
        name: str,
        read: Callable[[str], tuple[V, str]],
        store: ParameterStore,
        complain: Complain,
        clock: Callable[[], float],
        *,
        kept_seconds: float,
    ) -> None:
        self.name = name
        self._read, self._store, self._complain, self._clock = read, store, complain, clock
        self._kept_seconds = kept_seconds
        self._value: V | None = None
        self._asked_at = self._refreshed_at = -inf
        self._due_at = -inf
        self._why = ""
        self._lock = threading.Lock()

    def value(self) -> V:
        """The value. Raises ``SecretUnavailableError`` where this container was never given a good one."""
        with self._lock:
            now = self._clock()
            if self._value is None:
                if now - self._asked_at >= _FIRST_AGAIN_SECONDS:
                    self._ask(self._store.get_patiently)
            elif now >= self._due_at and not self._ask(self._store.get):
                self._refreshed_at = now  # a wrong signature would fare no better
            if self._value is None:
                raise SecretUnavailableError(self.name, self._why)
            return self._value

    def refresh(self) -> bool:
        """Read it again, at most once a minute. False: not now, or Parameter Store did not give a good one."""
        with self._lock:
            now = self._clock()
            if now - self._refreshed_at < REFRESH_SECONDS:
                return False
            self._refreshed_at = now
            return self._ask(self._store.get)

    def _ask(self, get: Callable[[str], str]) -> bool:
        try:
            text = get(self.name)
            self._value, amiss = self._read(text)
        except NoAnswerError as error:
            amiss, good = "", False
            self._why = str(error)
        except ShapeError as error:
            amiss, good = str(error), False
            self._why = "ill_shaped"
        else:
            good = True
        now = self._asked_at = self._clock()
        # After a failure the last good value serves, and no call waits for the next failure at once.
        self._due_at = now + (self._kept_seconds if good else REFRESH_SECONDS)
        if amiss:
            self._complain(self.name, amiss)
        return good


class Secrets:
    """The secrets of one deployment. ``complain`` is told a parameter's name and what must be mended in it."""

    def __init__(
        self,
        settings: Settings,
        complain: Complain,
        store: ParameterStore | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.store = store or ParameterStore()
        self._settings, self._complain, self._clock = settings, complain, clock
        self._refused = ""  # the auth token that Twilio's REST API refused last

    @cached_property
    def _signers(self) -> Signers | _Kept[_Tokens]:
        if given := self._settings.twilio_auth_token:
            return values.signers(given, strict=False)[0]
        name, tokens = self._settings.twilio_auth_token_parameter, _Tokens(self._clock)
        return _Kept(name, tokens.read, self.store, self._complain, self._clock, kept_seconds=KEPT_SECONDS)

    @cached_property
    def _hmac_key(self) -> str | _Kept[str]:
        if given := self._settings.hmac_key:
            return values.hmac_key(given, strict=False)[0]
        # It never changes, so what was read once is not read again.
        name = self._settings.hmac_key_parameter
        return _Kept(name, _stored_key, self.store, self._complain, self._clock, kept_seconds=inf)

    def prepare(self) -> None:
        """Make what asking Parameter Store needs, without asking: for a snapshot, which must hold no secret."""
        if isinstance(self._signers, _Kept) or isinstance(self._hmac_key, _Kept):
            _ = self.store.client

    def begin(self) -> None:
        """Begin with another webhook."""
        self.store.begin()

    def signers(self) -> Signers:
        """What may sign a webhook. Raises ``SecretUnavailableError``."""
        return self._signers.value().now() if isinstance(self._signers, _Kept) else self._signers

    def refresh_signers(self) -> bool:
        """Read again what may sign a webhook, at most once a minute. False: there is nothing newer to judge by."""
        return isinstance(self._signers, _Kept) and self._signers.refresh()

    def auth_token(self) -> str:
        """The token for Twilio's REST API: the first one that is stored and was not refused there.

        Raises ``SecretUnavailableError``.
        """
        tokens = self.signers().tokens
        if not tokens:
            raise SecretUnavailableError("TWILIO_AUTH_TOKEN", "shared_keys_alone")
        return self._not_refused() or tokens[0]

    def auth_token_instead_of(self, refused: str) -> str:
        """Another token, after Twilio's REST API refused this one, or an empty string. It is used from now on.

        With no other at hand it is read again, at most once a minute. The token that was refused last alone is
        remembered: where both are refused, as of an account that is suspended, each goes on being tried.
        """
        self._refused = refused
        other = self._not_refused()
        if not other and self.refresh_signers():
            other = self._not_refused()
        return other

    def _not_refused(self) -> str:
        return next((token for token in self.signers().tokens if token != self._refused), "")

    def hmac_key(self) -> str:
        """The key of the pseudonyms. Raises ``SecretUnavailableError``."""
        return self._hmac_key.value() if isinstance(self._hmac_key, _Kept) else self._hmac_key

    def refresh_hmac_key(self) -> bool:
        """Read the key again, at most once a minute: for a container that was given a wrong one."""
        return isinstance(self._hmac_key, _Kept) and self._hmac_key.refresh()


def _stored_key(text: str) -> tuple[str, str]:
    return values.hmac_key(text, strict=True)


class _Tokens:
    """What Parameter Store holds, and what it held until a while ago.

    A refresh that a forger brought about in the middle of a rotation so takes nothing away early.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._newest = Signers((), {})
        self._read_at = -inf
        self._gone: dict[str, float] = {}  # tokens that are stored no more, and until when they pass

    def read(self, text: str) -> tuple[_Tokens, str]:
        """Read what is stored now. Raises ``ShapeError``, and then nothing has changed."""
        newest, amiss = values.signers(text, strict=True)
        for token in self._newest.tokens:
            self._gone.setdefault(token, self._read_at + KEPT_SECONDS)
        for token in newest.tokens:
            self._gone.pop(token, None)
        self._newest, self._read_at = newest, self._clock()
        return self, amiss

    def now(self) -> Signers:
        """What passes at this moment."""
        now = self._clock()
        old = tuple(token for token, until in self._gone.items() if now < until)
        return self._newest._replace(tokens=self._newest.tokens + old)
