"""Processes the table's stream: rings customers back, sends the SMS about a report, and erases recordings at Twilio.

Lambda may deliver a record twice and in any order; each job is still done once (``ivr.job_runner.runner``). A record is
retried only if nothing was sent for it yet.
"""

from __future__ import annotations

import time
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ivr import settings, store
from ivr.job_runner.runner import JobRunner, PutOffError
from ivr.observability import log
from ivr.records.decoding import UnreadableError
from ivr.secrets import SecretUnavailableError, problems
from ivr.secrets.source import Secrets
from ivr.store.attributes import plain
from ivr.store.errors import StoreUnavailableError
from ivr.store.table_key import TableKey
from ivr.telephony.api import Api
from ivr.telephony.twilio.capabilities import capabilities

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ivr.settings import Settings
    from ivr.store import Store
    from ivr.telephony.port import Account


def build(settings: Settings, store: Store, clock: Callable[[], float] = time.time) -> JobRunner:
    """The job runner of one deployment. ``clock`` gives epoch seconds."""
    deployment_log = log.Log.of(settings)
    on_problem = problems.to_log(deployment_log)
    secrets = Secrets(settings, on_problem)
    secrets.expect_call()
    return JobRunner(
        settings,
        TableKey(secrets, store, on_problem),
        store,
        Api(capabilities(settings), lambda: _account(settings, secrets)),
        deployment_log,
        clock=clock,
        pause=time.sleep,
    )


def _account(settings: Settings, secrets: Secrets) -> Account:
    """The REST API. Its client is imported for the first record that asks for something there: many ask for nothing."""
    from ivr.telephony.twilio.rest import TwilioAccount

    return TwilioAccount(settings, secrets)


@lru_cache(maxsize=1)
def runner() -> JobRunner:
    """The container's job runner, made at its first batch."""
    log.write_to()
    current = settings.current()
    return build(current, store.Store(current.table_name, store.client()))


def process(record: Mapping[str, Any], runner: JobRunner) -> None:
    """Do the jobs that one stream record asks for. Raises if it must be retried; a hopeless one is a dead letter.

    A removal, by TTL or by hand, asks for one job only: to erase the recording of the message that was deleted.
    """
    runner.log.begin("")
    with runner.dead_letters.catching(record):
        try:
            old, new = (plain(record["dynamodb"].get(image) or {}) for image in ("OldImage", "NewImage"))
            if new:
                runner.process(old, new)
            elif old:
                runner.removed(old)
        except (StoreUnavailableError, SecretUnavailableError, PutOffError) as error:
            runner.log.failed("errand_put_off", error)
            raise
        except UnreadableError:
            raise
        except Exception as error:  # a bug; Lambda's error metric doesn't count a partly failed batch
            runner.log.failed("follow_up_failed", error)
            raise


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Process one batch of the stream. Returns the records that Lambda must retry."""
    work, again = runner(), []
    for record in event["Records"]:
        try:
            process(record, work)
        except Exception:  # noqa: BLE001  # it is logged, and one must not stop the others
            again.append({"itemIdentifier": record["dynamodb"]["SequenceNumber"]})
    return {"batchItemFailures": again}
