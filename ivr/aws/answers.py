"""What a service's answer says, in botocore's form."""

from __future__ import annotations

import json
from base64 import b64decode
from http.client import responses
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ivr.http.answer import Answer

_READ = ("CancellationReasons", "Item")  # what DynamoDB says beside code and text, and the store reads


def metadata_of(answer: Answer, sent: int) -> dict[str, Any]:
    """The member ``ResponseMetadata`` of an answer to the request that was sent so often."""
    told = {"HTTPStatusCode": answer.status, "HTTPHeaders": answer.headers, "RetryAttempts": sent - 1}
    request = answer.headers.get("x-amzn-requestid")
    return {"RequestId": request, **told} if request else told


def error_in(answer: Answer, sent: int) -> dict[str, Any]:
    """What an error's ``response`` is: its code, its text, and what the service says besides, such as reasons."""
    metadata = {"ResponseMetadata": metadata_of(answer, sent)}
    text = answer.body.strip()
    if answer.status >= 500 and (not text or text.startswith(b"<html>")):
        return {"Error": {"Message": responses.get(answer.status, ""), "Code": str(answer.status)}, **metadata}
    told = _members(answer.body)
    code = str(told.pop("__type", answer.status)).partition(":")[0].rpartition("#")[2]
    error = {"Message": told.get("message", told.get("Message", "")), "Code": code}
    old_name, separator, who = answer.headers.get("x-amzn-query-error", "").partition(";")
    if separator:  # SQS names its errors as it did before it spoke JSON
        error |= {"Code": old_name, "QueryErrorCode": code, "Type": who}
    return {"Error": error, **{name: told[name] for name in _READ if name in told}, **metadata}


def attributes_in(body: bytes) -> Any:
    """The JSON of DynamoDB, of whose attributes the binary ones are bytes. Raises ``ValueError``."""
    return json.loads(body, object_hook=_with_bytes if b'"B' in body else None)


def _members(body: bytes) -> dict[str, Any]:
    try:
        told = attributes_in(body) if body else {}
    except ValueError:
        return {"message": body.decode(errors="replace")}
    return told if isinstance(told, dict) else {"message": body.decode(errors="replace")}


def _with_bytes(found: dict[str, Any]) -> dict[str, Any]:
    """An attribute's value is {"B": text}; an attribute that is called B has an object there."""
    if isinstance(one := found.get("B"), str):
        found["B"] = b64decode(one)
    elif isinstance(some := found.get("BS"), list) and all(isinstance(one, str) for one in some):
        found["BS"] = [b64decode(one) for one in some]
    return found
