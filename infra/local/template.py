"""Reads template.yaml, so that the local stack is the same as a deployment."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from cfnlint.decode import cfn_yaml

TEMPLATE = Path(__file__).resolve().parents[2] / "template.yaml"


@lru_cache(maxsize=1)
def _whole() -> dict[str, Any]:
    return dict(plain(cfn_yaml.load(str(TEMPLATE))))


def resources() -> dict[str, Any]:
    """The template's resources by their logical ids, as plain values that the caller must not change."""
    return dict(_whole()["Resources"])


def parameters() -> dict[str, Any]:
    """The template's parameters by their names, as plain values that the caller must not change."""
    return dict(_whole()["Parameters"])


def metadata() -> dict[str, Any]:
    """The template's metadata, as plain values that the caller must not change."""
    return dict(_whole()["Metadata"])


def conditions() -> dict[str, Any]:
    """The template's conditions by their names, as plain values that the caller must not change."""
    return dict(_whole()["Conditions"])


def outputs() -> dict[str, Any]:
    """The template's outputs by their names, as plain values that the caller must not change."""
    return dict(_whole()["Outputs"])


def properties(logical_id: str) -> dict[str, Any]:
    """The properties of one resource."""
    return dict(resources()[logical_id]["Properties"])


def stream_of(function: str) -> dict[str, Any]:
    """The event source of a function behind the table's stream: its filters and its retries."""
    return dict(properties(function)["Events"]["Stream"]["Properties"])


def plain(value: Any) -> Any:
    """Strip cfn-lint's line-keeping node types."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return str(value) if isinstance(value, str) else value
