"""The stack's DynamoDB, ministack, by itself: a stand-in that shares no code with moto, in a process of its own."""

from __future__ import annotations

from infra.local.database import LocalDatabase, client, client_of
from infra.local.stream_source import Stream


class SecondStandIn(LocalDatabase):
    """An empty DynamoDB from ``with`` to the end of it, with further ``services``; ``address`` is its endpoint."""

    def client(self):
        """A client that can reach nothing else."""
        return client(self.address)

    def stream(self, dynamodb, table):
        """A function that reads the records of a table since the last read."""
        return Stream(table, dynamodb, client_of("dynamodbstreams", self.address)).read
