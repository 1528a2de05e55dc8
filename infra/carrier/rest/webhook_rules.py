"""The Webhooks configuration API, as far as it is read: which Rule matches a URL, and the Setting that it names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infra.carrier.rest.answers import RefusedError, Reply

if TYPE_CHECKING:
    from infra.carrier.rest.account import Account

NOT_FOUND = 20404


def apply(account: Account, match: dict[str, str], setting: dict[str, Any]) -> None:
    """Have webhooks to some URLs delivered so. ``match`` is matchType with value or prefix."""
    nth = len(account.webhook_rules) + 1
    sid = f"webhooks_setting_{nth:026d}"
    account.webhook_settings[sid] = {"id": sid, "type": "CUSTOMER", **setting}
    reference = {"settingId": sid, "percentage": 100}
    account.webhook_rules.append({"id": f"webhooks_rule_{nth:026d}", **match, "settings": [reference]})


def rules(account: Account) -> Reply:
    """Every Rule, all on one page."""
    listed = account.webhook_rules
    return Reply(200, {"meta": {"key": "rules", "pageSize": 50, "nextToken": None}, "rules": listed})


def setting(account: Account, sid: str) -> Reply:
    """One Setting."""
    if sid not in account.webhook_settings:
        raise RefusedError(NOT_FOUND, f"The requested resource /Webhooks/Settings/{sid} was not found", 404)
    return Reply(200, account.webhook_settings[sid])
