"""Twilio's own client, pointed at the stand-in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from twilio.rest import Client


def rest_client(base_url: str, account_sid: str, auth_token: str, timeout: float = 5.0) -> Client:
    """Make twilio's real client talk to `base_url` instead of https://api.twilio.com.

    Args:
        base_url: scheme and host, such as RestServer.base_url.
        account_sid: that of the Carrier.
        auth_token: that of the Carrier.
        timeout: real seconds for each request, after which requests.Timeout is raised.

    """
    from twilio.http.http_client import TwilioHttpClient  # the REST tree takes a while to import
    from twilio.rest import Client

    class HttpClient(TwilioHttpClient):  # type: ignore[misc]  # twilio is not typed
        """Sends each request to the same path on another host."""

        def request(self, method: str, url: str, *arguments: Any, **options: Any) -> Any:
            path = urlsplit(url)._replace(scheme="", netloc="").geturl()
            return super().request(method, base_url.rstrip("/") + path, *arguments, **options)

    http_client = HttpClient(timeout=timeout)
    http_client.session.trust_env = False  # no proxy from the environment
    return Client(account_sid, auth_token, http_client=http_client)
