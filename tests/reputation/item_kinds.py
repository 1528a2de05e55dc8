"""Every kind of item in the table, found in the product's code, so that a new kind is tested too."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from dataclasses import fields

import ivr
from ivr.records.base import Record
from ivr.store.forgetting import kind_of


def every_kind():
    """An example of the key of each kind, by the kind's word."""
    keys = [*map(key_of, record_kinds()), *_of_functions()]
    return {kind_of(key._asdict()): key for key in keys}


def record_kinds():
    """Every class of record that has a key of its own."""
    _modules()
    found, waiting = {}, [Record]
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if kind.key is not Record.key:
            found[kind.__name__] = kind  # with slots there are two of a name, one of them never used
    return list(found.values())


def key_of(kind):
    """The key of a record of this kind, whatever else is in it."""
    return kind(**{one.name: 1 if one.type == "int" else "1" for one in fields(kind)}).key


def _modules():
    return [importlib.import_module(one.name) for one in pkgutil.walk_packages(ivr.__path__, "ivr.")]


def _of_functions():
    for module in _modules():
        for _, function in inspect.getmembers(module, inspect.isfunction):
            signature = inspect.signature(function)
            if signature.return_annotation == "ItemKey":
                arguments = signature.parameters.values()
                yield function(*(1 if one.annotation == "int" else "1" for one in arguments))
