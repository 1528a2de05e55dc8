"""A check of what the deployment is for: that a line is registered."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from infra.doctor.findings import Checks, ok, warn

if TYPE_CHECKING:
    from infra.doctor.findings import Found
    from infra.doctor.patient import Patient

CHECKS = Checks()
_MOST_COUNTED = 1000


@CHECKS.check(
    "lines",
    looks_at="That a line is registered.",
    otherwise="Every number that points here is a report line: nobody's calls are screened.",
    needs=("dynamodb:Query",),
    after=("table",),
    laptop=True,
)
def lines(patient: Patient) -> Found:
    """The registered lines."""
    many = sum(1 for _ in islice(patient.store.lines.all(), _MOST_COUNTED))
    if not many:
        return warn("no line is registered", patient.ivr("lines add YOUR_NUMBER --ring-to CUSTOMERS_TELEPHONE"))
    return ok(f"{many}{' or more' if many == _MOST_COUNTED else ''} registered")
