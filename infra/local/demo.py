"""The demo data of the local stack: numbers reserved for fiction (555-0100 to 0199). No deployed stack gets them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.locales import folder, language
from ivr.screening.desk_decision import DeskDecision
from ivr.screening.line import Line

if TYPE_CHECKING:
    from ivr.store import Store

PROTECTED_LINE = "+12025550100"
CUSTOMER = "+12025550111"
REPORT_LINE = "+12025550199"
CARE = "+12025550150"
SECOND_CARE = "+12025550151"
TRUSTED = "+13035550121"
FLAGGED = "+13035550122"
BLOCKED = "+13035550123"

RECORDS = (
    Line(number=PROTECTED_LINE, kind="protected", ring_to=CUSTOMER),
    Line(number=REPORT_LINE, kind="report"),
    DeskDecision(caller=TRUSTED, verdict="trusted", note="demo: the customer's bank"),
    DeskDecision(caller=FLAGGED, verdict="flagged", note="demo: reported for prizes"),
    DeskDecision(caller=BLOCKED, verdict="blocked", note="demo: robot calls"),
)

SETTINGS = {
    "TABLE_NAME": "call-screening-local",
    "TWILIO_ACCOUNT_SID": "AC00000000000000000000000000000000",
    "HMAC_KEY": "a-laptop-has-no-secrets",
    **{f"BRAND_{code.upper()}": language.load(code).example_brand for code in folder.known()},
    "CARE_NUMBER": CARE,
    "CARE_FALLBACK_NUMBER": SECOND_CARE,
    "REPORT_NUMBER": REPORT_LINE,
    "SMS_FROM": REPORT_LINE,  # nothing is sent: the stand-in for Twilio accepts the SMS and shows it in the transcript
    "OWN_NUMBERS": "1500",
    "RING_BACK_AFTER_SECONDS": "0",  # the simulated customer has hung up before a ring-back is placed
}


def seed(store: Store) -> None:
    """Store the demo data."""
    for record in RECORDS:
        store.put(record)
