"""What is counted of a day: the attributes of a day's tally. Short names keep a tally at about 1 kB."""

from __future__ import annotations

from ivr.calls.outcome import Outcome
from ivr.calls.verdict import Reason, VerdictKind
from ivr.reports import CATEGORIES

OTHER, NONE = "other", "none"  # a word that this release does not know; a category that was not asked or answered

CALLS = "calls"
VERDICTS, REASONS, OUTCOMES, CALL_HOURS = "v_", "r_", "o_", "ch_"  # the beginnings of names

REPORTS, LOSSES, VERIFIED, COUNTED, WITHDRAWN = "reports", "losses", "verified", "counted", "withdrawn"
STARS = "stars"  # reports by the star, during a talk
CATEGORY, REPORT_HOURS = "k_", "rh_"

CALL_BACKS_ASKED, CALL_BACKS_DONE, CALL_BACKS_LATE = "cb_asked", "cb_done", "cb_late"  # late: done after it was due
SMS_SENT, SMS_FAILED, SMS_UNKNOWN = "sms_sent", "sms_failed", "sms_unknown"
DISPUTES_OPENED, DISPUTES_CLEARED, DISPUTES_KEPT = "d_opened", "d_cleared", "d_kept"
MESSAGES = "messages"  # that callers left

_SINGLE = (
    *(CALLS, REPORTS, LOSSES, VERIFIED, COUNTED, WITHDRAWN, STARS),
    *(CALL_BACKS_ASKED, CALL_BACKS_DONE, CALL_BACKS_LATE),
    *(SMS_SENT, SMS_FAILED, SMS_UNKNOWN),
    *(DISPUTES_OPENED, DISPUTES_CLEARED, DISPUTES_KEPT, MESSAGES),
)
WORDS: dict[str, tuple[str, ...]] = {
    VERDICTS: tuple(VerdictKind),
    REASONS: tuple(Reason),
    OUTCOMES: tuple(Outcome),
    CATEGORY: (*CATEGORIES, NONE),
}
HOURS = range(24)
NAMES = frozenset(
    [
        *_SINGLE,
        *(beginning + word for beginning, words in WORDS.items() for word in (*words, OTHER)),
        *(f"{beginning}{hour:02d}" for beginning in (CALL_HOURS, REPORT_HOURS) for hour in HOURS),
    ]
)


def of_word(beginning: str, word: str) -> str:
    """The name that counts a word, such as a verdict's."""
    return beginning + (word if word in WORDS[beginning] else OTHER)


def of_hour(beginning: str, hour: int) -> str:
    """The name that counts what happened within an hour of the day (0 to 23)."""
    return f"{beginning}{hour:02d}"
