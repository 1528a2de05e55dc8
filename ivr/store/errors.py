"""The store's errors, and their translation from botocore's."""

from __future__ import annotations

from typing import Any, NamedTuple, NoReturn

from botocore.exceptions import ClientError

from ivr.observability.failures import CodedError, code_of

CONFLICT = "TransactionConflict"  # another transaction is at an item, now
CONDITION_FAILED = "ConditionalCheckFailed"  # the code of a transaction's write whose condition failed


class StoreUnavailableError(CodedError):
    """DynamoDB did not answer, or not in time. The text is a code for the reason."""


class StoreWriteError(StoreUnavailableError):
    """A write was not confirmed. It may have happened; the product never says that it has."""


class StoreRefusedError(StoreWriteError):
    """DynamoDB found a write invalid, or its item: a retry would be refused too."""


def condition_failed(error: Exception) -> bool:
    """Whether a write was refused by its own condition."""
    return isinstance(error, ClientError) and error.response["Error"]["Code"] == "ConditionalCheckFailedException"


def in_conflict(error: Exception) -> bool:
    """Whether a single write was refused, and not done, since a transaction is at its item now."""
    return isinstance(error, ClientError) and error.response["Error"]["Code"] == f"{CONFLICT}Exception"


def item_of(error: Exception) -> dict[str, Any]:
    """The stored item on which a write's condition failed, if the write asked for it; else empty."""
    return dict(error.response.get("Item", {})) if isinstance(error, ClientError) else {}  # type: ignore[call-overload]


class Reason(NamedTuple):
    """Why one write of a transaction failed ("None": it did not), and the stored item if the write asked for it."""

    code: str
    item: dict[str, Any]


def cancelled_by(error: Exception) -> list[Reason]:
    """The reason for each write of a cancelled transaction, in their order."""
    reasons = error.response.get("CancellationReasons", []) if isinstance(error, ClientError) else []
    return [Reason(str(reason.get("Code")), dict(reason.get("Item") or {})) for reason in reasons]


def raise_read_error(error: Exception) -> NoReturn:
    """Raise ``StoreUnavailableError`` for a read that failed. Its text is a code without values."""
    raise StoreUnavailableError(code_of(error)) from error


def raise_write_error(error: Exception) -> NoReturn:
    """Raise ``StoreWriteError`` for a write that failed, ``StoreRefusedError`` for an invalid one."""
    refused = isinstance(error, ClientError) and error.response["Error"]["Code"] == "ValidationException"
    if refused or "ValidationError" in {reason.code for reason in cancelled_by(error)}:
        raise StoreRefusedError(code_of(error)) from error
    raise StoreWriteError(CONFLICT if in_conflict(error) else code_of(error)) from error
