"""What AWS's own variables say. They are read when they are needed: after a snapshot is restored they are others."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from botocore.exceptions import NoRegionError

if TYPE_CHECKING:
    from collections.abc import Mapping

_SUFFIXES = (  # the DNS suffix of each partition, by how its regions begin
    ("cn-", "amazonaws.com.cn"),
    ("eusc-", "amazonaws.eu"),
    ("us-iso-", "c2s.ic.gov"),
    ("us-isob-", "sc2s.sgov.gov"),
    ("us-isof-", "csp.hci.ic.gov"),
    ("eu-isoe-", "cloud.adc-e.uk"),
)
# What botocore heeds and this road does not know: where one of them is set, botocore's client is used.
_FOR_BOTOCORE = (
    *("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_DATA_PATH"),
    *("AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT"),
    *("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"),
)
_OF_A_FUNCTION = ("AWS_ACCESS_KEY_ID", "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_LAMBDA_FUNCTION_NAME")


def variables() -> Mapping[str, str]:
    """The environment as it is now."""
    return os.environ


def suffices() -> bool:
    """Whether this road can do what the environment asks for; else botocore's clients are needed."""
    return any(name in os.environ for name in _OF_A_FUNCTION) and not any(os.environ.get(it) for it in _FOR_BOTOCORE)


def region() -> str:
    """The region. Raises botocore's ``NoRegionError``."""
    found = os.environ.get("AWS_DEFAULT_REGION") or os.environ.get("AWS_REGION")
    if not found:
        raise NoRegionError
    return found


def endpoint(service: str, region: str) -> str:
    """Where a service (such as "dynamodb") is, without a slash at its end."""
    ignored = os.environ.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "").lower() == "true"
    named = os.environ.get(f"AWS_ENDPOINT_URL_{service.upper()}") or os.environ.get("AWS_ENDPOINT_URL")
    if named and not ignored:
        return named.rstrip("/")
    suffix = next((suffix for beginning, suffix in _SUFFIXES if region.startswith(beginning)), "amazonaws.com")
    return f"https://{service}.{region}.{suffix}"
