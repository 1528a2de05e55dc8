"""The screened call, on the caller's leg: from the ring at our number to the customer's telephone."""

from ivr.flow.page import Page
from ivr.flow.steps import (
    ANNOUNCED,
    Action,
    Connect,
    Decide,
    Goodbye,
    JoinConference,
    Key,
    Menu,
    Poll,
    Reject,
    Say,
    TakeMessage,
)

SCREENED = Page(
    "screened",
    Action(
        name="arrive",
        action="screen",
        exits={
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
        silence="check_failed",
        failure="check_failed",
    ),
    Menu(
        name="flagged",
        prompts=("fraud_warning",),
        keys=(Key(press=ANNOUNCED, goal="reach_person", then="open_ring"),),
        tries=2,
        silence="check_failed",
        failure="check_failed",
    ),
    Action(name="check_failed", action="check_failed", exits={"noted": "not_available"}, store_down="not_available"),
    Goodbye(name="withheld_refused", prompts=("withheld_refused",)),
    Say(name="flagged_refused", prompts=("fraud_warning",), then="not_available"),
    Action(
        name="open_ring",
        action="open_ring",
        exits={"free": "ring", "engaged": "unanswered"},
        store_down="apology:caller",
    ),
    Connect(name="ring", whisper="whisper", then="after_ring"),
    Action(
        name="after_ring",
        action="follow_customer",
        exits={"join": "room", "look_again": "a_second", "apart": "close_ring"},
        store_down="close_ring",
    ),
    Poll(name="a_second", seconds=1, then="after_ring"),
    JoinConference(name="room", wait="wait:hold", then="talk_over"),
    Action(name="talk_over", action="end_talk", exits={"ended": "over"}, store_down="over"),
    Action(
        name="close_ring",
        action="close_ring",
        exits={"talked": "over", "not_taken": "unanswered", "not_read": "not_available"},
        store_down="over",
    ),
    Goodbye(name="over"),
    # Decline, report, no answer, busy and voicemail sound alike: nobody learns what the customer did.
    Decide(name="unanswered", by="message_may_be_left", exits={"yes": "may_leave_message", "no": "not_available"}),
    Action(
        name="may_leave_message",
        action="offer_message",
        exits={"offered": "take_message", "full": "not_available"},
        store_down="not_available",
    ),
    TakeMessage(
        name="take_message", prompts=("not_available", "leave_message"), then="keep_message", silence="goodbye"
    ),
    Action(
        name="keep_message",
        action="keep_message",
        exits={"kept": "message_kept", "empty": "goodbye", "full": "message_not_kept"},
        store_down="message_not_kept",
    ),
    Goodbye(name="message_kept", prompts=("message_kept", "goodbye")),
    Goodbye(name="message_not_kept", prompts=("message_not_kept", "goodbye")),
    Say(name="not_available", prompts=("not_available",), then="was_flagged"),
    Decide(name="was_flagged", by="flagged", exits={"yes": "can_dispute", "no": "goodbye"}),
    Decide(name="can_dispute", by="report_number_known", exits={"yes": "dispute_at", "no": "dispute"}),
    Goodbye(name="dispute_at", prompts=("dispute_at",)),
    Goodbye(name="dispute", prompts=("dispute",)),
    Goodbye(name="goodbye", prompts=("goodbye",)),
    title="Screened call: the caller's leg",
)
