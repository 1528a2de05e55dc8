"""Erases recordings at Twilio once their message is gone from the table, and retries until it succeeds.

The stream delivers a removal once, or never if nothing reads the stream for a day. So a removal only stores an erasure,
and the erasure's own record starts the work. A failed erasure waits until TTL removes it, some hours or days later, and
that removal stores the next round. The item that says that a recording exists is kept a week longer than its message:
its own removal starts an erasure if the removal of the message was lost. Nobody waits for an erasure, so nothing is
tried twice in a row, and no ring-back waits for it.

A deletion may be repeated, so an unknown outcome is a failure like any other. The claim keeps two functions from doing
one job at the same time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.jobs.job import ASKED, DONE, FAILED
from ivr.telephony.port import NotSentError, RefusedError, UnknownOutcomeError
from ivr.voicemail import ALARM_FROM_ROUND, MOST_ROUNDS, erasure_after

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.observability.log import Log
    from ivr.records.base import Item
    from ivr.store import Store
    from ivr.telephony.api import Api
    from ivr.voicemail import Erasure


class ErasureRunner:
    """The erasures of one deployment. ``clock`` gives epoch seconds."""

    def __init__(self, store: Store, api: Api, log: Log, *, clock: Callable[[], float]) -> None:
        self.store = store
        self.messages = store.voicemails
        self.api = api
        self.log = log
        self.clock = clock

    def removed(self, gone: Item) -> None:
        """Store the erasure that a removal asks for. Raises ``StoreUnavailableError``: the record must be retried."""
        if asked := erasure_after(gone, int(self.clock())):
            self.messages.erase(asked)

    def run(self, job: Erasure) -> None:
        """Carry out an erasure that is new, unless another function has claimed it.

        Raises ``StoreUnavailableError`` or ``ivr.secrets.SecretUnavailableError``: the record must be retried.
        """
        now = self.clock()
        if job.state != ASKED or job.tried_since:
            return
        self.api.account.ready()  # before the claim, since nothing can be done without it
        claimed = self.store.jobs.claim(job, int(now))
        if claimed is None:
            return
        why = self._delete(claimed, now)
        if not why:
            self.store.jobs.finish(claimed, DONE, "")
            self.messages.note_erased(claimed.recording, int(now))
            self.log.count("recording_deleted", recording=claimed.recording)
            return
        if claimed.round >= ALARM_FROM_ROUND:
            self.log.count("recording_not_erased", why=why, recording=claimed.recording)
        if claimed.round >= MOST_ROUNDS:
            self.store.jobs.finish(claimed, FAILED, why)
            self.log.count("errand_failed", kind="erasure", refused_by="provider", why=why, recording=claimed.recording)
        else:
            self.store.jobs.put_off(claimed)

    def _delete(self, job: Erasure, now: float) -> str:
        """Delete a recording at Twilio. Returns why that failed, or an empty string."""
        if self.api.is_avoided(now):  # else each of a whole day of expired messages would wait for an API that hangs
            return "avoided"
        try:
            with self.api.asking(now) as account:
                account.delete_recording(job.recording)
        except (RefusedError, NotSentError, UnknownOutcomeError) as error:
            self.log.failed("errand_put_off", error)
            return str(error)
        return ""
