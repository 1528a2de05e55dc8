"""The deployment's secrets: from the environment on a laptop, from Parameter Store in a deployment.

The auth tokens are read again every five minutes, and at once after a wrong signature, since they may have been
rotated; but at most once a minute, so that forged webhooks can't cause many reads. A token that Parameter Store no
longer holds is refused five minutes after it was last read there. While Parameter Store does not answer, the last good
tokens stay in use: otherwise its outage would end every call.
"""

from __future__ import annotations

import time
from functools import cached_property
from math import inf
from typing import TYPE_CHECKING

from ivr.secrets import SecretUnavailableError, values
from ivr.secrets.cached import CachedSecret
from ivr.secrets.parameter_store import ParameterStore
from ivr.secrets.rotation import KEPT_SECONDS, RotatingTokens

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.secrets.problems import OnProblem
    from ivr.secrets.values import Signers
    from ivr.settings import Settings


class Secrets:
    """The secrets of one deployment. ``on_problem`` gets the name of a parameter that is wrong, and the remedy."""

    def __init__(
        self,
        settings: Settings,
        on_problem: OnProblem,
        store: ParameterStore | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.store = store or ParameterStore()
        self._settings, self._on_problem, self._clock = settings, on_problem, clock
        self._refused = ""  # the auth token that Twilio's REST API refused last

    @cached_property
    def _signers(self) -> Signers | CachedSecret[RotatingTokens]:
        if given := self._settings.twilio_auth_token:
            return values.signers(given, strict=False)[0]
        name, tokens = self._settings.twilio_auth_token_parameter, RotatingTokens(self._clock)
        return CachedSecret(name, tokens.read, self.store, self._on_problem, self._clock, kept_seconds=KEPT_SECONDS)

    @cached_property
    def _hmac_key(self) -> str | CachedSecret[str]:
        if given := self._settings.hmac_key:
            return values.hmac_key(given, strict=False)[0]
        # The key never changes, so one good read is enough.
        name = self._settings.hmac_key_parameter
        return CachedSecret(name, _stored_key, self.store, self._on_problem, self._clock, kept_seconds=inf)

    def client_secret(self) -> str:
        """The secret of the desk's client at its issuer; empty: it is a public one. Raises ``SecretUnavailableError``.

        It is read once: a container that holds an old one ends within hours.
        """
        return self._client_secret.value() if isinstance(self._client_secret, CachedSecret) else self._client_secret

    @cached_property
    def _client_secret(self) -> str | CachedSecret[str]:
        name = self._settings.desk_oidc_client_secret_parameter
        if self._settings.desk_oidc_client_secret or not name:
            return self._settings.desk_oidc_client_secret
        return CachedSecret(name, values.client_secret, self.store, self._on_problem, self._clock, kept_seconds=inf)

    def expect_sign_in(self) -> None:
        """Read what the desk's pages need, the key and the client's secret, in one request."""
        self._expect(self._hmac_key, self._client_secret)

    def prepare(self) -> None:
        """Make the client of Parameter Store without asking it: for a snapshot, which must hold no secret."""
        if isinstance(self._signers, CachedSecret) or isinstance(self._hmac_key, CachedSecret):
            _ = self.store.client

    def expect_call(self) -> None:
        """Read what calls need, the tokens and the key, in one request when either is first needed."""
        self._expect(self._signers, self._hmac_key)

    def _expect(self, *secrets: object) -> None:
        self.store.expect(one.name for one in secrets if isinstance(one, CachedSecret))

    def begin(self) -> None:
        """Begin a webhook: its reads of Parameter Store share one time limit."""
        self.store.begin()

    def signers(self) -> Signers:
        """What may sign a webhook. Raises ``SecretUnavailableError``."""
        return self._signers.value().now() if isinstance(self._signers, CachedSecret) else self._signers

    def refresh_signers(self) -> bool:
        """Read the tokens again, at most once a minute. False: there is nothing newer to check a signature with."""
        return isinstance(self._signers, CachedSecret) and self._signers.refresh()

    def auth_token(self) -> str:
        """The token for Twilio's REST API: the first stored one that it has not refused.

        Raises ``SecretUnavailableError``.
        """
        tokens = self.signers().tokens
        if not tokens:
            raise SecretUnavailableError("TWILIO_AUTH_TOKEN", "shared_keys_alone")
        return self._not_refused() or tokens[0]

    def auth_token_instead_of(self, refused: str) -> str:
        """Another token after Twilio's REST API refused this one, or an empty string. It is used from now on.

        If no other is stored, the tokens are read again, at most once a minute. Only the last refusal is remembered:
        of a suspended account Twilio refuses every token, and then each is tried in turn.
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
        return self._hmac_key.value() if isinstance(self._hmac_key, CachedSecret) else self._hmac_key

    def refresh_hmac_key(self) -> bool:
        """Read the key again, at most once a minute: for a container that read a wrong one."""
        return isinstance(self._hmac_key, CachedSecret) and self._hmac_key.refresh()


def _stored_key(text: str) -> tuple[str, str]:
    return values.hmac_key(text, strict=True)
