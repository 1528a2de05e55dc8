"""The one part of the product that talks to DynamoDB."""

from ivr.store.connection import client
from ivr.store.errors import StoreUnavailableError, StoreWriteError
from ivr.store.store import Store
from ivr.store.table import Table

__all__ = ["Store", "StoreUnavailableError", "StoreWriteError", "Table", "client"]
