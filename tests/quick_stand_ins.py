"""Makes moto and botocore quick enough for thousands of tests. No answer of theirs changes (test_quick_stand_ins.py).

What it spares was half of the suite's time: botocore reading the same model files for every client, and moto copying
a whole table with its stream at every transaction, and keeping each of these copies for ever. What a single request
costs, quick_dynamodb.py spares.
"""

from __future__ import annotations

import copy
import gc
from functools import lru_cache
from types import SimpleNamespace

import botocore.session
from moto.core.common_models import BaseModel
from moto.dynamodb import models
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.table import Table

from ivr.actions import conference
from tests import quick_dynamodb


def hurry():
    """For the whole process, and before its first client is made."""
    # Each session would search the disk and read some megabytes of JSON anew. What was read, nobody changes.
    botocore.session.create_loader = lru_cache(botocore.session.create_loader)
    # Of real time: a simulated one stands still while a webhook is answered.
    conference.STATUS_SETTLES_SECONDS = 0
    hurry_moto()
    # Most of what has been imported stays: there is no use in looking for garbage in it thousands of times.
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def hurry_moto(patch=setattr):
    """Moto alone; ``patch`` sets an attribute."""
    patch(DynamoDBBackend, "transact_write_items", _undone_in_place(DynamoDBBackend.transact_write_items))
    patch(models, "copy", SimpleNamespace(**{**vars(copy), "deepcopy": _deepcopy}))
    quick_dynamodb.shorten(patch)
    # Moto's dashboard lists every instance of every model, and nothing that was listed is ever freed.
    patch(BaseModel, "__new__", lambda kind, *_arguments, **_options: object.__new__(kind))


def _deepcopy(value, memo=None):
    """Of a table, which moto's own models copy in a transaction alone, none is needed: see ``_undone_in_place``."""
    return value if isinstance(value, Table) else copy.deepcopy(value, memo)


def _undone_in_place(transact_write_items):
    """Undo a cancelled transaction in the table itself, of which moto would otherwise put a copy in its place.

    That costs as much as the transaction is large, and not the table; and a reader of the stream reads on.
    """

    def transact(backend, transact_items):
        before = list(_states(backend, transact_items))
        try:
            transact_write_items(backend, transact_items)
        except Exception:
            for undo in before:
                undo()
            raise

    return transact


def _states(backend, transact_items):
    """What puts each table and item that a transaction may change back to its present state."""
    for operation in (next(iter(one.values())) for one in transact_items):
        table = backend.tables.get(operation.get("TableName"))
        if table is not None:
            yield _shortening(table)
            key = operation.get("Key") or operation.get("Item") or {}
            if {table.hash_key_attr, table.range_key_attr} <= set(key):
                yield _putting_back(table, key)


def _shortening(table):
    length = len(table.stream_shard.items) if table.stream_shard else 0

    def undo():
        if table.stream_shard:
            del table.stream_shard.items[length:]

    return undo


def _putting_back(table, key):
    """Every table of ours has both keys."""
    where, name = models.DynamoType(key[table.hash_key_attr]), models.DynamoType(key[table.range_key_attr])
    item = copy.deepcopy(table.items.get(where, {}).get(name))

    def undo():
        if item is None:
            table.items.get(where, {}).pop(name, None)
        else:
            table.items[where][name] = item

    return undo
