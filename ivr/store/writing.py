"""Several writes of which all are done or none: in a transaction only where there are several, since it costs twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ivr.store.table import Table


def refused(table: Table, writes: Mapping[str, Mapping[str, Any]]) -> set[str]:
    """Do all of these writes, each ``{"Put": ...}`` or ``{"Update": ...}``, or none.

    Returns the names of those whose condition failed; empty: all were done. Raises ``StoreUnavailableError``.
    """
    if len(writes) > 1:
        return set(table.all_or_none(**writes))
    return {name for name, write in writes.items() if not _is_done(table, write)}


def _is_done(table: Table, write: Mapping[str, Any]) -> bool:
    if "Put" in write:
        return table.do(table.client.put_item, write["Put"]) is not None
    return table.do(table.client.update_item, write["Update"]) is not None
