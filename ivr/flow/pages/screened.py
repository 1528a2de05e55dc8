"""The screened call, on the caller's leg: from the ring at our number to the customer's telephone."""

from ivr.flow.page import Page
from ivr.flow.steps import ANNOUNCED, Act, Connect, Decide, Goodbye, Key, Menu, Reject, Say

SCREENED = Page(
    "screened",
    Act(
        name="arrive",
        effect="screen",
        ways={
            "loop": "busy",
            "report_line": "report_line:language",
            "hotline_down": "apology:report_line",
            "blocked": "blocked",
            "ring": "open_ring",
            "unknown": "unknown",
            "flagged": "flagged",
            "strict_withheld": "withheld_refused",
            "strict_flagged": "flagged_refused",
        },
        store_down="apology:caller",  # no record of the line: never taken for an unregistered one
    ),
    Reject(name="busy", reason="busy"),
    Reject(name="blocked", reason="rejected"),
    Menu(
        name="unknown",
        prompts=("unknown_notice",),
        keys=(Key(press=ANNOUNCED, goal="reach_person", then="open_ring"),),
        tries=2,
        silence="not_available",
        failure="not_available",
    ),
    Menu(
        name="flagged",
        prompts=("fraud_warning",),
        keys=(Key(press=ANNOUNCED, goal="reach_person", then="open_ring"),),
        tries=2,
        silence="not_available",
        failure="not_available",
    ),
    Goodbye(name="withheld_refused", prompts=("withheld_refused",)),
    Say(name="flagged_refused", prompts=("fraud_warning",), then="not_available"),
    Act(
        name="open_ring",
        effect="open_ring",
        ways={"free": "ring", "engaged": "not_available"},
        store_down="apology:caller",
    ),
    Connect(name="ring", whisper="whisper", then="close_ring"),
    Act(
        name="close_ring",
        effect="close_ring",
        ways={"talked": "over", "not_taken": "not_available"},
        store_down="over",
    ),
    Goodbye(name="over"),
    # Decline, no answer, busy and voicemail sound alike: nobody learns what the customer did.
    Say(name="not_available", prompts=("not_available",), then="was_flagged"),
    Decide(name="was_flagged", by="flagged", ways={"yes": "can_dispute", "no": "goodbye"}),
    Decide(name="can_dispute", by="report_number_known", ways={"yes": "dispute_at", "no": "dispute"}),
    Goodbye(name="dispute_at", prompts=("dispute_at",)),
    Goodbye(name="dispute", prompts=("dispute",)),
    Goodbye(name="goodbye", prompts=("goodbye",)),
    title="Screened call: the caller's leg",
)
