"""The jobs of the follow-up function, and their claims.

A conditional write changes a job's state from asked to claimed, and another one from claimed to its result. A job goes
back to asked only if its request never reached Twilio.

The SDK repeats a write whose answer was lost. Each claim stores a random word, so that the repeated write recognises
its own claim.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar
from uuid import uuid4

from ivr.jobs import job as asked
from ivr.store.errors import StoreWriteError

if TYPE_CHECKING:
    from ivr.store.attributes import Value
    from ivr.store.table import Table

E = TypeVar("E", bound=asked.Job)

_BECOMES = "SET #state = :state, outcome = :outcome"
_NOT_CLAIMED = "attribute_exists(pk) AND (attribute_not_exists(#state) OR #state = :asked OR claimed_by = :mine)"
_MINE = "#state = :claimed AND claimed_by = :mine"
# A late result from the worker overrides a claim that was marked unknown.
_MINE_OR_GIVEN_UP = (
    "claimed_by = :mine AND (#state = :claimed OR #state = :unknown OR (#state = :state AND outcome = :outcome))"
)


class Jobs:
    """The jobs of the follow-up function. Every method may raise ``StoreUnavailableError``."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def current(self, job: E) -> E | None:
        """The stored job, or None if it has expired."""
        return self._table.read(type(job), self._table.get(job.key))

    def claim(self, job: E, now: int, *, segments: int = 0) -> E | None:
        """Claim a job, so that no other worker runs it. None: another worker has claimed it.

        ``segments`` (of the SMS that will be sent) are stored with the claim, in case the result is never stored.
        """
        sets = (
            "SET #state = :claimed, claimed_at = :now, claimed_by = :mine, "
            "tried_since = if_not_exists(tried_since, :now)"
        )
        values: dict[str, Value] = {"claimed": asked.CLAIMED, "asked": asked.ASKED, "now": now, "mine": uuid4().hex}
        if segments:
            sets, values["segments"] = f"{sets}, #segments = :segments", segments
        try:
            return self._table.read(type(job), self._table.change(job.key, sets, _NOT_CLAIMED, **values))
        except StoreWriteError:  # the write may have happened although its answer was lost
            current = self.current(job)
            if current and current.claimed_by == values["mine"]:
                return current
            raise

    def put_off(self, job: asked.Job) -> None:
        """Return a claimed job that never reached Twilio, so that it can be claimed again."""
        states = {"asked": asked.ASKED, "claimed": asked.CLAIMED}
        self._table.update_if(job.key, "SET #state = :asked", _MINE, mine=job.claimed_by, **states)

    def finish(self, job: asked.Job, state: str, outcome: str) -> bool:
        """Store the final state of a claimed job. False: another worker has claimed it."""
        return self._table.update_if(
            job.key,
            _BECOMES,
            _MINE_OR_GIVEN_UP,
            state=state,
            outcome=outcome,
            claimed=asked.CLAIMED,
            unknown=asked.UNKNOWN,
            mine=job.claimed_by,
        )

    def refuse(self, job: asked.Job, why: str) -> bool:
        """Store that an unclaimed job will not be done. False: a worker has claimed it."""
        states = {"state": asked.FAILED, "asked": asked.ASKED, "mine": uuid4().hex}
        return self._table.update_if(job.key, f"{_BECOMES}, claimed_by = :mine", _NOT_CLAIMED, outcome=why, **states)
