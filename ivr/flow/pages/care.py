"""Customer care: in its hours its number, then the second one, or Twilio's queue; failing these, a call-back."""

from ivr.flow.page import Page
from ivr.flow.steps import Action, Decide, Goodbye, Key, LeaveQueue, Menu, Only, Queue, QueueWait, Say, Transfer

_QUEUE_SECONDS = 20  # between two announcements to a waiting person

CARE = Page(
    "care",
    Decide(name="start", by="care_known", exits={"yes": "hours", "no": "unreachable"}),
    Action(name="hours", action="care_hours", exits={"open": "how", "closed": "closed"}, store_down="how"),
    Say(name="closed", prompts=("care_closed", "care_opens.{when}"), then="callable"),
    Decide(name="how", by="care_queues", exits={"yes": "to_queue", "no": "brief"}),
    # The reported number is stored before the agent is rung, because URLs contain no number.
    Action(name="brief", action="brief_care", exits={"ready": "connecting"}, store_down="connecting"),
    Say(name="connecting", prompts=("connecting_care",), then="first"),
    Transfer(
        name="first",
        to="care_number",
        ring="care_ring_seconds",
        whisper="agent",
        answered="did_first_accept",
        unanswered="did_first_accept",
    ),
    # A voicemail answers too. Only a key that an agent pressed is an answer. Who was not taken is counted here.
    Action(
        name="did_first_accept",
        action="judge_care",
        exits={"talked": "over", "not_taken": "is_there_a_second"},
        store_down="is_there_a_second",
    ),
    Decide(name="is_there_a_second", by="second_care_known", exits={"yes": "one_moment", "no": "nobody"}),
    Say(name="one_moment", prompts=("one_moment",), then="second"),
    Transfer(
        name="second",
        to="care_fallback_number",
        ring="care_fallback_ring_seconds",
        whisper="agent",
        answered="did_second_accept",
        unanswered="did_second_accept",
    ),
    Action(
        name="did_second_accept",
        action="judge_care",
        exits={"talked": "over", "not_taken": "nobody"},
        store_down="nobody",
    ),
    # The queue of a workflow at Twilio, which decides whose telephone rings.
    Say(name="to_queue", prompts=("connecting_care",), then="queue"),
    Queue(name="queue", wait="in_queue", answered="did_anybody_come", unanswered="did_anybody_come"),
    Action(
        name="did_anybody_come",
        action="judge_care",
        exits={"talked": "over", "not_taken": "nobody"},
        store_down="nobody",
    ),
    Action(name="in_queue", action="wait_in_queue", exits={"wait": "hold", "too_long": "leave"}, store_down="hold"),
    QueueWait(name="hold", seconds=_QUEUE_SECONDS, prompts=("please_hold", Only("position_known", "position"))),
    LeaveQueue(name="leave"),
    # A call-back, offered to whom it can be made, and confirmed once it is stored.
    Say(name="nobody", prompts=("care_busy",), then="callable"),
    Action(name="callable", action="can_call_back", exits={"yes": "offer", "no": "no_number"}, store_down="offer"),
    Menu(
        name="offer",
        prompts=("offer_call_back",),
        keys=(Key(press="1", goal="call_back", then="ask"),),
        tries=2,
        silence="goodbye",
        failure="goodbye",
    ),
    Action(
        name="ask",
        action="ask_call_back",
        exits={
            "asked": "asked",
            "already": "already",
            "late": "late",
            "had_today": "had_today",
            "no_number": "no_number",
        },
        store_down="not_asked",
    ),
    Goodbye(name="asked", prompts=("call_back_asked", "call_back_by.{when}", "call_back_to", "goodbye")),
    Goodbye(name="already", prompts=("call_back_already", "call_back_by.{when}", "call_back_to", "goodbye")),
    Goodbye(name="late", prompts=("call_back_late", "call_back_to", "goodbye")),
    Goodbye(name="had_today", prompts=("call_back_had_today", "goodbye")),
    Goodbye(name="no_number", prompts=("call_back_needs_number", "goodbye")),
    Goodbye(name="not_asked", prompts=("call_back_not_recorded", "goodbye")),
    Goodbye(name="unreachable", prompts=("care_unreachable", "advice.end_call", "goodbye")),
    Goodbye(name="goodbye", prompts=("advice.end_call", "goodbye")),
    Goodbye(name="over"),
    title="Customer care",
)
