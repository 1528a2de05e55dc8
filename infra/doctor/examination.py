"""All checks in their order, and the examination of one deployment by them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from infra.doctor import (
    account,
    alarms,
    deliveries,
    desk,
    lines,
    queues,
    release,
    secrets,
    sounds,
    table,
    twilio,
    webhooks,
)
from infra.doctor.findings import Finding, Level, unseen, wrong
from infra.twilio.numbers import TROUBLES, in_words
from ivr.secrets import SecretUnavailableError
from ivr.store import StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.doctor.findings import Check
    from infra.doctor.patient import Patient

_PARTS = (account, release, table, queues, secrets, alarms, lines, twilio, deliveries, webhooks, desk, sounds)
_DECLARED = [one for part in _PARTS for one in part.CHECKS.all]
_REFUSED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError"}


class Line(NamedTuple):
    """What one check found: a line of the answer."""

    check: Check
    finding: Finding


def _in_order() -> tuple[Check, ...]:
    """Every check after those that it rests on, else as declared."""
    placed: dict[str, Check] = {}
    waiting = list(_DECLARED)
    while waiting:
        ready = next(one for one in waiting if set(one.after) <= set(placed))
        placed[ready.name] = ready
        waiting.remove(ready)
    return tuple(placed.values())


CHECKS = _in_order()


def examine(patient: Patient) -> Iterator[Line]:
    """Make each check that makes sense for this deployment, and yield what it found as soon as it is found.

    A check that rests on one that is wrong, or was not made itself, is not made: so only the cause is wrong.
    """
    failed: dict[str, str] = {}  # by check: the one that must be mended first
    for check in CHECKS:
        if patient.place not in check.places:
            continue
        if causes := [failed[name] for name in check.after if name in failed]:
            failed[check.name] = causes[0]
            yield Line(check, unseen(f"{causes[0]} comes first"))
            continue
        found = _found(check, patient)
        for one in found if isinstance(found, list) else [found]:
            if one.level is Level.WRONG:
                failed[check.name] = check.name
            yield Line(check, one)


def _found(check: Check, patient: Patient) -> Finding | list[Finding]:
    try:
        return check.find(patient)
    except ClientError as error:
        return _not_answered(check, error)
    except BotoCoreError as error:
        return wrong(
            f"AWS can't be reached ({type(error).__name__})", "Look at this machine's network, then look again"
        )
    except StoreUnavailableError as error:
        return wrong(f"the table does not answer ({error})", "Look again in a minute")
    except SecretUnavailableError as error:
        return wrong(f"the auth token can't be read from {error} ({error.code})", "Look again in a minute")
    except TROUBLES as error:
        return wrong(in_words(error), "Look again in a minute")


def _not_answered(check: Check, error: ClientError) -> Finding:
    code, operation = error.response["Error"]["Code"], error.operation_name
    if code in _REFUSED:
        needed = f"Give your identity these actions: {', '.join(check.needs)}"
        return wrong(f"your identity may not ask for it ({operation})", needed)
    return wrong(f"AWS did not answer {operation} ({code})", "Look again in a minute")
