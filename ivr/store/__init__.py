"""The one part of the product that talks to DynamoDB."""

from ivr.store.calls import Store
from ivr.store.table import AlreadyThereError, StoreUnavailableError, StoreWriteError, Table, client

__all__ = ["AlreadyThereError", "Store", "StoreUnavailableError", "StoreWriteError", "Table", "client"]
