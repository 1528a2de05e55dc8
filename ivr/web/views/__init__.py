"""The pages, a file a subject. A new file's blueprint is added here."""

from ivr.web.views import (
    audit,
    call_backs,
    caller_changes,
    callers,
    campaigns,
    dossiers,
    exports,
    lines,
    reports,
    rules,
    statistics,
    today,
)

PAGES = (
    today.pages,
    callers.pages,
    caller_changes.pages,
    campaigns.pages,
    exports.pages,
    reports.pages,
    dossiers.pages,
    rules.pages,
    lines.pages,
    call_backs.pages,
    statistics.pages,
    audit.pages,
)
