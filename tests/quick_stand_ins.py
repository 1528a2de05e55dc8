"""Makes moto and botocore quick enough for thousands of tests. No answer of theirs changes.

What it spares was half of the suite's time: botocore reading the same model files for every client, and moto copying
its stream at every transaction, and asking ten times what each attribute's value is called.
"""

from __future__ import annotations

import gc
from functools import lru_cache

import botocore.session
from moto.core.serialize import ResponseSerializer
from moto.dynamodb.models.table import StreamRecord

from ivr.acts import guarding


def hurry():
    """For the whole process, and before its first client is made."""
    # Each session would search the disk and read some megabytes of JSON anew. What was read, nobody changes.
    botocore.session.create_loader = lru_cache(botocore.session.create_loader)
    # Of real time: a simulated one stands still while a webhook is answered.
    guarding.STATUS_SETTLES_SECONDS = 0
    # A transaction that fails is undone from a copy of the table. A record of its stream is never written to again.
    StreamRecord.__deepcopy__ = lambda record, _copied: record
    ResponseSerializer.get_value = _by_its_own_name(ResponseSerializer.get_value)
    # Most of what has been imported stays: there is no use in looking for garbage in it thousands of times.
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def _by_its_own_name(get_value):
    """Take a member of DynamoDB's values ({"S": ...}) by its name at once, where moto tries all names it might have."""

    def get(serializer, value, key, shape):
        parent = getattr(shape, "parent", None)
        if type(value) is dict and parent is not None and parent.name == "AttributeValue":
            return value.get(key)
        return get_value(serializer, value, key, shape)

    return get
