"""The one part of the product that talks to DynamoDB."""

from ivr.store.calls import Store
from ivr.store.table import StoreUnavailableError, StoreWriteError, Table, client

__all__ = ["Store", "StoreUnavailableError", "StoreWriteError", "Table", "client"]
