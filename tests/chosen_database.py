"""`--database=ministack`: DynamoDB for the tests of the store is the second stand-in, a process, instead of moto.

It takes twice as long, since a test makes its table and the demo's data by requests, where moto's are copied. So the
quick run stays on moto, and `make test-all` runs the store's tests on both (tests/test_second_store.py).
"""

from __future__ import annotations

from contextlib import contextmanager

from infra.local.database import LocalDatabase, client, client_of
from infra.local.table import create_table

STAND_INS = ("moto", "ministack")


def add_option(parser):
    """The option of pytest."""
    told = "the stand-in for DynamoDB under the store: moto, in the tests' own process, or ministack, in another"
    parser.addoption("--database", choices=STAND_INS, default=STAND_INS[0], help=told)


class Ministack(LocalDatabase):
    """The second stand-in, for one test after the other."""

    @contextmanager
    def table(self, name):
        """A client, and the template's table under this name until the end of ``with``."""
        lent = client(self.address)
        create_table(lent, name)
        try:
            yield lent
        finally:
            client(self.address).delete_table(TableName=name)


def streams_of(dynamodb, mocked):
    """A client of the streams where this client's tables are; ``mocked`` gives the one of moto."""
    address = dynamodb.meta.endpoint_url
    return client_of("dynamodbstreams", address) if address.startswith("http://127.0.0.1:") else mocked()
