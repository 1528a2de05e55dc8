"""The road of ``ivr.aws`` in the tests: it reaches moto instead of AWS, and `--road=lean` puts the store's tests on it.

Moto answers where botocore sends. So a request of the road becomes one of botocore's just before it would leave the
machine: signed, as bytes; and the answer of moto comes back as bytes. Where a test hangs something on the events of
botocore's client (an outage, a fault of the network, a meter), the road tells it the same events.
"""

from __future__ import annotations

import json

from botocore.awsrequest import AWSPreparedRequest, HeadersDict
from botocore.exceptions import ClientError, EndpointConnectionError
from botocore.hooks import first_non_none_response
from moto.core.models import botocore_stubber

from ivr.aws.connections import Connections
from ivr.aws.credentials import Credentials
from ivr.aws.dynamodb import PROTOCOL, DynamoDB
from ivr.aws.service import Service
from ivr.http.answer import Answer

ROADS = ("boto3", "lean")


def add_option(parser):
    """The option of pytest."""
    told = "the client under the store: boto3's, or the short road that the deployed functions take"
    parser.addoption("--road", choices=ROADS, default=ROADS[0], help=told)


def leads_to_moto(monkeypatch):
    """What goes to AWS ends at moto, or nowhere: no test reaches a real cloud."""
    sends = Connections.send

    def send(self, method, path, headers, body=b""):
        if not self.address.endswith((".amazonaws.com", ".amazonaws.com.cn")):
            return sends(self, method, path, headers, body)
        service = self.address.removeprefix("https://").partition(".")[0]
        return _of_botocore(botocore_stubber(f"before-send.{service}", _request(self, headers, body)), self)

    monkeypatch.setattr(Connections, "send", send)


def beside(client):
    """A client of the road, to where this client of botocore's goes, which tells that one's events."""
    address = client.meta.endpoint_url.rstrip("/")
    region = client.meta.region_name
    service = _Watched(client, PROTOCOL, region, Connections(address, 5, 20), Credentials(), pause=_at_once)
    return _Beside(client, service)


class _Beside(DynamoDB):
    """What a test asks for and no function does, such as filling a table, botocore's client does."""

    def __init__(self, client, service):
        super().__init__(service)
        self._client = client

    def __getattr__(self, name):
        return getattr(self._client, name)


def _at_once(_seconds):
    pass


class _Watched(Service):
    def __init__(self, client, *arguments, **more):
        super().__init__(*arguments, **more)
        self._watching = client.meta

    def ask(self, operation, arguments):
        model, context = self._watching.service_model.operation_model(operation), {}
        for event in ("provide-client-params", "before-parameter-build"):
            self._tell(event, operation, model=model, params=arguments)
        params = {"body": json.dumps(arguments, default=repr)}
        self._tell("before-call", operation, model=model, params=params, context=context, request_signer=None)
        try:
            parsed = super().ask(operation, arguments)
        except ClientError as error:
            self._tell("after-call", operation, model=model, parsed=error.response, context=context, http_response=None)
            raise
        self._tell("after-call", operation, model=model, parsed=parsed, context=context, http_response=None)
        return parsed

    def send(self, operation, headers, body):
        request = _request(self.connections, headers, body)
        answer = first_non_none_response(self._tell("before-send", operation, request=request))
        return super().send(operation, headers, body) if answer is None else _of_botocore(answer, self.connections)

    def _tell(self, event, operation, **what):
        return self._watching.events.emit(f"{event}.dynamodb.{operation}", **what)


def _request(connections, headers, body):
    return AWSPreparedRequest("POST", f"{connections.address}/", HeadersDict(headers), body, stream_output=False)


def _of_botocore(answer, connections):
    if answer is None:
        raise EndpointConnectionError(endpoint_url=connections.address)
    return Answer(answer.status_code, {name.lower(): value for name, value in answer.headers.items()}, answer.content)
