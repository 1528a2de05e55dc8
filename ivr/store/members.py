"""Members of an item: an attribute each, a map whose newest ``revision`` wins whatever the order of the writes."""

from __future__ import annotations


def is_newer(name: str, *, adds: bool) -> str:
    """The condition under which a member is replaced: ``:revision`` is greater, or what is stored has no revision.

    ``adds``: a member that is not there yet is added too. The values are ``:revision`` and ``:number``, which is "N".
    """
    is_later = f"#{name}.revision < :revision"
    is_damaged = f"attribute_exists(#{name}) AND NOT attribute_type(#{name}.revision, :number)"
    condition = f"({is_damaged}) OR {is_later}"
    return f"attribute_not_exists(#{name}) OR {condition}" if adds else condition
