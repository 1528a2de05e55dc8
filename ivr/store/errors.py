"""What can go wrong between the product and DynamoDB, and how its client's errors become errors of ours."""

from __future__ import annotations

from typing import Any, NamedTuple, NoReturn

from botocore.exceptions import ClientError

from ivr.observability.failures import CodedError, code_of

CONDITION_FAILED = "ConditionalCheckFailed"  # why a write of a transaction was refused


class StoreUnavailableError(CodedError):
    """DynamoDB did not answer, or not in time; the text is a code for why."""


class StoreWriteError(StoreUnavailableError):
    """A write was not confirmed: it may or may not have happened, and is never said to have."""


class StoreRefusedError(StoreWriteError):
    """A write that DynamoDB refuses for what stands in it or in its item: it would refuse it again."""


def condition_failed(error: Exception) -> bool:
    """Whether a write was refused by its own condition."""
    return isinstance(error, ClientError) and error.response["Error"]["Code"] == "ConditionalCheckFailedException"


def item_of(error: Exception) -> dict[str, Any]:
    """The item that stood in the way of a write which asked for it."""
    return dict(error.response["Item"]) if isinstance(error, ClientError) else {}  # type: ignore[typeddict-item]


class Reason(NamedTuple):
    """Why one write of a transaction could not be done ("None": it could), and its item where that was asked for."""

    code: str
    item: dict[str, Any]


def cancelled_by(error: Exception) -> list[Reason]:
    """The reason for each write of a cancelled transaction, in their order."""
    reasons = error.response.get("CancellationReasons", []) if isinstance(error, ClientError) else []
    return [Reason(str(reason.get("Code")), dict(reason.get("Item") or {})) for reason in reasons]


def unread(error: Exception) -> NoReturn:
    """Raise ``StoreUnavailableError`` for a read that failed; its text is a code for why, and no value."""
    raise StoreUnavailableError(code_of(error)) from error


def unwritten(error: Exception) -> NoReturn:
    """Raise ``StoreWriteError`` for a write that failed; its text is a code for why, and no value."""
    refused = isinstance(error, ClientError) and error.response["Error"]["Code"] == "ValidationException"
    if refused or "ValidationError" in {reason.code for reason in cancelled_by(error)}:
        raise StoreRefusedError(code_of(error)) from error
    raise StoreWriteError(code_of(error)) from error
