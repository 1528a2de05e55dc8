"""The deployment that is measured: what stands in a function's environment, and how its secrets get there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.local import demo

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient

TOKEN = "0123456789abcdef0123456789abcdef"  # of nobody
HMAC_KEY = "bench" * 8
BASE_URL = "https://ivr.example.com"
ACCOUNT = demo.SETTINGS["TWILIO_ACCOUNT_SID"]
TABLE = demo.SETTINGS["TABLE_NAME"]
NOW = 1_795_000_000
TOKEN_PARAMETER, KEY_PARAMETER = "/bench/twilio-auth-token", "/bench/hmac-key"

SETTINGS = {name: value for name, value in demo.SETTINGS.items() if name != "HMAC_KEY"} | {"PUBLIC_BASE_URL": BASE_URL}
IN_ENVIRONMENT = {"TWILIO_AUTH_TOKEN": TOKEN, "HMAC_KEY": HMAC_KEY}
IN_PARAMETER_STORE = {"TWILIO_AUTH_TOKEN_PARAMETER": TOKEN_PARAMETER, "HMAC_KEY_PARAMETER": KEY_PARAMETER}

# What Lambda has in a function's environment. A session token is as long as AWS makes it: it is in every request.
LAMBDA = {
    "AWS_ACCESS_KEY_ID": "ASIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "AWS_SESSION_TOKEN": "IQoJb3JpZ2luX2VjEXAMPLE" * 40,
    "AWS_REGION": "me-central-1",
    "AWS_DEFAULT_REGION": "me-central-1",
    "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
    "AWS_LAMBDA_FUNCTION_NAME": "voice",
    "AWS_LAMBDA_FUNCTION_VERSION": "1",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1769",
    "POWERTOOLS_SERVICE_NAME": "call-screening",
    "POWERTOOLS_METRICS_NAMESPACE": "CallScreening",
}


def environment(address: str, *, as_deployed: bool) -> dict[str, str]:
    """A function's environment; ``address`` is the wire's, for all of AWS and for Twilio."""
    services = {f"AWS_ENDPOINT_URL_{name}": address for name in ("DYNAMODB", "SSM", "SQS")}
    secrets = IN_PARAMETER_STORE if as_deployed else IN_ENVIRONMENT
    return {**LAMBDA, **SETTINGS, **secrets, **services, "AWS_ENDPOINT_URL": address, "TWILIO_API_BASE_URL": address}


def store_secrets(ssm: SSMClient) -> None:
    """Put both secrets where a deployment has them."""
    for name, value in ((TOKEN_PARAMETER, TOKEN), (KEY_PARAMETER, HMAC_KEY)):
        ssm.put_parameter(Name=name, Value=value, Type="SecureString", Overwrite=True)
