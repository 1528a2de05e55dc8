"""Opt-outs from SMS."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from ivr.jobs.job import OptOut, opt_out_key
from ivr.records.base import expiry

if TYPE_CHECKING:
    from ivr.store.table import Table


class OptOuts:
    """Opt-outs from SMS, by person. Every method may raise ``StoreUnavailableError``."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def is_opted_out(self, person: str) -> bool:
        """Whether a person (a pseudonym) has opted out. An opt-out that can't be read counts."""
        item = self._table.get(opt_out_key(person))
        found = self._table.read(OptOut, item)
        return item is not None and not (found and found.ended_at)

    def begin(self, person: str, now: int) -> bool:
        """Store that this person has opted out. False: they had opted out before; that entry stays as it is."""
        opt_out = OptOut(person=person, since=now, said_by=uuid4().hex)
        none_in_force = "attribute_not_exists(pk) OR attribute_exists(ended_at) OR said_by = :mine"
        return self._table.put_if(opt_out, none_in_force, mine=opt_out.said_by)

    def end(self, person: str, now: int, *, kept_days: int) -> bool:
        """End this person's opt-out, and keep its record for ``kept_days``. False: they had not opted out."""
        return self._table.update_if(
            opt_out_key(person),
            "SET ended_at = :now, expires = :expires, said_by = :mine",
            "attribute_exists(pk) AND (attribute_not_exists(ended_at) OR said_by = :mine)",
            now=now,
            mine=uuid4().hex,
            expires=expiry(now, kept_days),
        )
