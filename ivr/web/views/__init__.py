"""The pages, a file a subject. A new file's blueprint is added here."""

from ivr.web.views import (
    audit,
    call_backs,
    caller_changes,
    callers,
    dossiers,
    lines,
    report_exports,
    reports,
    rules,
    statistics,
    today,
)

PAGES = (
    today.pages,
    callers.pages,
    caller_changes.pages,
    report_exports.pages,  # before reports, one of whose addresses begins alike
    reports.pages,
    dossiers.pages,
    rules.pages,
    lines.pages,
    call_backs.pages,
    statistics.pages,
    audit.pages,
)
