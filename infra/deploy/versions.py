"""The published versions of the voice function: the last few are kept to go back to, and the others deleted.

Each has a SnapStart snapshot, which costs money. A version that is newer than the one which answers calls was never
taken over, or was taken back: it is deleted too, since Lambda publishes no second version of the same code.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

ALIAS = "live"  # template.yaml's AutoPublishAlias: the version that answers calls


def prune(functions: Any, function: str, keep: int) -> list[int]:
    """Delete the versions of a function that nobody needs. Returns their numbers.

    ``functions`` is a client of Lambda. ``keep`` counts the version that answers calls. While calls are shared between
    two versions, nothing is deleted.
    """
    alias = functions.get_alias(FunctionName=function, Name=ALIAS)
    if alias.get("RoutingConfig", {}).get("AdditionalVersionWeights"):
        return []
    pages = functions.get_paginator("list_versions_by_function").paginate(FunctionName=function)
    published = [int(one["Version"]) for page in pages for one in page["Versions"] if one["Version"].isdecimal()]
    unneeded = superfluous(published, int(alias["FunctionVersion"]), keep)
    for version in unneeded:
        functions.delete_function(FunctionName=function, Qualifier=str(version))
    return unneeded


def superfluous(published: Iterable[int], live: int, keep: int) -> list[int]:
    """The versions to delete, in order: all that are newer than the live one, and all but the newest older ones."""
    newer = [version for version in published if version > live]
    older = sorted((version for version in published if version < live), reverse=True)
    return sorted([*newer, *older[keep - 1 :]])
