"""What template.yaml says, so that what runs on a laptop can't drift from what is deployed."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from cfnlint.decode import cfn_yaml

TEMPLATE = Path(__file__).resolve().parents[2] / "template.yaml"


@lru_cache(maxsize=1)
def resources() -> dict[str, Any]:
    """The template's resources by their logical ids, as plain values. Whoever reads them must not change them."""
    return dict(_plain(cfn_yaml.load(str(TEMPLATE))["Resources"]))


def properties(logical_id: str) -> dict[str, Any]:
    """The properties of one resource."""
    return dict(resources()[logical_id]["Properties"])


def stream_of(function: str) -> dict[str, Any]:
    """What wakes a function that follows the table's stream: its filters, and how often what failed comes again."""
    return dict(properties(function)["Events"]["Stream"]["Properties"])


def _plain(value: Any) -> Any:
    """Strip cfn-lint's line-keeping node types."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, str) else value
