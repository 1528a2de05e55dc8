"""What every peer needs of Twilio, in the leanest form: the signature, a move over REST, and both secrets."""

import base64
import hashlib
import hmac
import os
from functools import lru_cache
from urllib.parse import urlencode

import boto3
import certifi
import urllib3
from botocore.config import Config

BASE_URL = os.environ["PUBLIC_BASE_URL"]
ACCOUNT = os.environ["TWILIO_ACCOUNT_SID"]
REST = os.environ.get("TWILIO_API_BASE_URL") or "https://api.twilio.com"
TABLE = os.environ["TABLE_NAME"]

# The worst that a caller hears of a store that is down is some six seconds of ringing.
PATIENCE = Config(connect_timeout=1, read_timeout=2, retries={"mode": "standard", "total_max_attempts": 2})
dynamodb = boto3.client("dynamodb", config=PATIENCE)
_NAMES = [os.environ.get(name, "") for name in ("TWILIO_AUTH_TOKEN_PARAMETER", "HMAC_KEY_PARAMETER")]
_ssm = boto3.client("ssm", config=PATIENCE) if all(_NAMES) else None
# Connections are kept, and one TLS context is made for all: what urllib3 does if it is let.
_twilio = urllib3.PoolManager(ca_certs=certifi.where(), retries=False, timeout=urllib3.Timeout(3.0))


@lru_cache(maxsize=1)
def secrets():
    """The auth token and the key of the pseudonyms, both in one request; read once a container."""
    if _ssm is None:
        return os.environ["TWILIO_AUTH_TOKEN"], os.environ["HMAC_KEY"]
    found = _ssm.get_parameters(Names=_NAMES, WithDecryption=True)["Parameters"]
    values = {one["Name"]: one["Value"] for one in found}
    return values[_NAMES[0]], values[_NAMES[1]]


def is_signed(url, form, signature, token=None):
    token = token or secrets()[0]
    signed = url + "".join(name + form[name] for name in sorted(form))
    expected = base64.b64encode(hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()).decode()
    return hmac.compare_digest(expected, signature)


def move(call_sid, to, token=None):
    """Let a live leg go on with the document at ``to``."""
    fields = {"Url": BASE_URL + to, "Method": "POST"}
    headers = urllib3.make_headers(basic_auth=f"{ACCOUNT}:{token or secrets()[0]}")
    headers["content-type"] = "application/x-www-form-urlencoded"
    url = f"{REST}/2010-04-01/Accounts/{ACCOUNT}/Calls/{call_sid}.json"
    answer = _twilio.request("POST", url, body=urlencode(fields), headers=headers)
    if answer.status != 200:
        raise RuntimeError(f"Twilio answered {answer.status}")


def pseudonym(number, key=None):
    return hmac.new((key or secrets()[1]).encode(), number.encode(), hashlib.sha256).hexdigest()[:32]
