"""Erasing recordings at Twilio: when their message is gone from the table, by whatever hand, and until it is done.

This is the one thing that follows from a removal. A removal itself comes but once, and not at all where the stream is
not followed for a day; so it only stores that the recording is to be erased, and that is carried out from then on. What
fails is put off until TTL takes that item, some hours or days later, whose own removal asks again. And that there is a
recording is kept a week longer than its message: should the removal of the message never be heard of, the removal of
this is. Nobody waits for any of it, so nothing is tried twice in a row, and no ring-back waits behind it.

Deleting may be repeated, so an unknown outcome is only another failure. The claim keeps two functions from one job.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.jobs.job import ASKED, DONE, FAILED
from ivr.store.voicemails import Voicemails
from ivr.telephony.port import NotSentError, RefusedError, UnknownOutcomeError
from ivr.voicemail import MOST_ROUNDS, TOLD_FROM_ROUND, erasure_after

if TYPE_CHECKING:
    from collections.abc import Callable

    from ivr.observability.log import Log
    from ivr.records.base import Item
    from ivr.store.jobs import Jobs
    from ivr.telephony.api import Api
    from ivr.voicemail import Erasure


class ErasureRunner:
    """The erasures of one deployment. ``clock`` gives epoch seconds."""

    def __init__(self, store: Jobs, api: Api, log: Log, *, clock: Callable[[], float]) -> None:
        self.store = store
        self.messages = Voicemails.beside(store)
        self.api = api
        self.log = log
        self.clock = clock

    def removed(self, gone: Item) -> None:
        """Ask for what follows from a removal. Raises ``StoreUnavailableError`` where its event is to come again."""
        if asked := erasure_after(gone, int(self.clock())):
            self.messages.erase(asked)

    def run(self, job: Erasure) -> None:
        """Carry out an erasure that has just been asked for, unless somebody was at it already.

        Raises ``StoreUnavailableError`` or ``ivr.secrets.SecretUnavailableError`` where its event is to come
        again.
        """
        now = self.clock()
        if job.state != ASKED or job.tried_since:
            return
        self.api.account.ready()  # without it there is nothing to claim for
        claimed = self.store.claim(job, int(now))
        if claimed is None:
            return
        why = self._delete(claimed, now)
        if not why:
            self.store.finish(claimed, DONE, "")
            self.messages.note_erased(claimed.recording, int(now))
            self.log.count("recording_deleted", recording=claimed.recording)
            return
        if claimed.round >= TOLD_FROM_ROUND:
            self.log.count("recording_not_erased", why=why, recording=claimed.recording)
        if claimed.round >= MOST_ROUNDS:
            self.store.finish(claimed, FAILED, why)
            self.log.count("errand_failed", kind="erasure", why=why, recording=claimed.recording)
        else:
            self.store.put_off(claimed)

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
