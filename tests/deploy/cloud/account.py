"""An AWS account on this machine, from ``with`` to the end of it."""

from __future__ import annotations

import os
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import requests

from infra.carrier import Answer
from tests.bench.second_stand_in import SecondStandIn

REGION = "me-central-1"
START = """\
#!/bin/sh
unset PYTHONHOME
export PYTHONPATH='{runtime}' TWILIO_API_BASE_URL='{twilio}'
exec '{python}' -S -s "$@"
"""


class CloudAccount(SecondStandIn):
    """An empty account. ``twilio`` is where its functions find Twilio's REST API, as the internet would lead them."""

    module = "tests.deploy.cloud.process"

    def __init__(self, python, runtime, twilio):
        super().__init__("")
        self._python, self._runtime, self._twilio = python, runtime, twilio

    def further_environment(self, folder):
        self._outage = folder / "table-is-down"
        start = folder / "lambda-python"
        start.write_text(START.format(runtime=self._runtime, twilio=self._twilio, python=self._python))
        start.chmod(0o700)
        port = self.address.rpartition(":")[2]
        return {
            "LAMBDA_PYTHON": str(start),
            "TABLE_IS_DOWN": str(self._outage),
            "AWS_ENDPOINT_URL": self.address,
            "GATEWAY_PORT": port,
            "MINISTACK_HOST": "localhost",
            "LAMBDA_STATE_TRANSITION_SECONDS": "0",
        }

    @contextmanager
    def outage(self):
        """The table refuses every write until the end of ``with``."""
        self._outage.touch()
        try:
            yield
        finally:
            self._outage.unlink()

    def post(self, url, form, headers):
        """A webhook of Twilio's to an API of this account."""
        response = self.request(url, form, headers)
        return Answer(response.status_code, response.headers.get("content-type", ""), response.text)

    def request(self, url, form, headers):
        """A POST to an API of this account, at the address that it would have at AWS."""
        parts = urlsplit(url)
        api = parts.hostname.partition(".")[0]
        port = self.address.rpartition(":")[2]
        return requests.post(
            self.address + urlunsplit(("", "", parts.path, parts.query, "")),
            data=form,
            headers={**headers, "Host": f"{api}.execute-api.localhost:{port}"},
            timeout=180,
            allow_redirects=False,
        )

    @property
    def environment(self):
        """What leads the AWS CLI, SAM and boto3 of this machine to this account, and to no other."""
        return {
            "AWS_ENDPOINT_URL": self.address,
            "AWS_ACCESS_KEY_ID": "laptop",
            "AWS_SECRET_ACCESS_KEY": "laptop",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
        }
