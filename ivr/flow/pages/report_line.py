"""The report line: the public hotline, and what customers hear who dial their own protected line."""

from ivr.flow.page import Page
from ivr.flow.steps import EACH_LANGUAGE, Action, Collect, Decide, Goodbye, Key, Menu, Say

_BACK_AND_CARE = (
    Key(press="8", goal="back", then="main"),
    Key(press="0", goal="care", then="care:start", when="care_known"),
)

REPORT_LINE = Page(
    "report_line",
    Menu(
        name="language",
        prompts=("welcome",),
        keys=(Key(press=EACH_LANGUAGE, goal="this_language", then="main"),),
        silence="care:start",  # a person helps those who can't press a key
        failure="care:start",
    ),
    Menu(
        name="main",
        prompts=("report_line_menu",),
        keys=(
            Key(press="1", goal="report_last_call", then="may_last_call_be_told", when="may_be_rung_back"),
            Key(press="2", goal="report_number", then="type_number"),
            Key(press="3", goal="protect_yourself", then="advice_calls"),
            Key(press="4", goal="is_offer_real", then="advice_offers"),
            Key(press="5", goal="withdraw_report", then="may_last_report_be_told", when="may_be_rung_back"),
            Key(press="6", goal="wrongly_listed", then="open_dispute"),
            Key(press="7", goal="own_line", then="may_own_line_be_told", when="may_be_rung_back"),
            Key(press="0", goal="care", then="care:start", when="care_known"),
        ),
        silence="goodbye",
        failure="goodbye",
    ),
    # Whatever reveals or undoes something needs a ring-back to the registered number: caller id can be forged.
    Decide(name="may_last_call_be_told", by="rung_back", exits={"yes": "ring_back:find_call", "no": "ask_ring_back"}),
    Decide(
        name="may_last_report_be_told", by="rung_back", exits={"yes": "ring_back:find_report", "no": "ask_ring_back"}
    ),
    Decide(name="may_own_line_be_told", by="rung_back", exits={"yes": "ring_back:see_messages", "no": "ask_ring_back"}),
    Action(
        name="ask_ring_back",
        action="ask_ring_back",
        exits={
            "asked": "ring_back_asked",
            "no_more": "ring_back_no_more",
            "no_number": "ring_back_needs_number",
            "unable": "apology:report_line",
        },
        store_down="apology:report_line",
    ),
    # A caller is asked to wait for a ring-back only if one will come.
    Goodbye(name="ring_back_asked", prompts=("ring_back_asked", "goodbye")),
    Say(name="ring_back_no_more", prompts=("ring_back_no_more",), then="main"),
    Say(name="ring_back_needs_number", prompts=("ring_back_needs_number",), then="main"),
    # The operator's advice, all eight points, in parts short enough to be listened to.
    Menu(
        name="advice_calls",
        prompts=("advice.never_ask", "advice.end_call"),
        keys=(
            Key(press="1", goal="more_advice", then="advice_after"),
            Key(press="2", goal="hear_again", then="advice_calls"),
            *_BACK_AND_CARE,
        ),
        silence="main",
        failure="main",
    ),
    Menu(
        name="advice_after",
        prompts=("advice.call_back", "advice.tell_care", "advice.complaint", "advice.report_helps"),
        keys=(
            Key(press="1", goal="about_offers", then="advice_offers"),
            Key(press="2", goal="hear_again", then="advice_after"),
            *_BACK_AND_CARE,
        ),
        silence="main",
        failure="main",
    ),
    Menu(
        name="advice_offers",
        prompts=("advice.prize", "advice.announced"),
        keys=(
            Key(press="1", goal="report_number", then="type_number"),
            Key(press="2", goal="hear_again", then="advice_offers"),
            *_BACK_AND_CARE,
        ),
        silence="main",
        failure="main",
    ),
    Collect(
        name="type_number",
        prompts=("type_number",),
        invalid="number_invalid",
        valid="phone_number",
        then="keep_number",
        silence="main",
        failure="main",
    ),
    Action(
        name="keep_number", action="keep_number", exits={"kept": "confirm_number"}, store_down="report:not_recorded"
    ),
    Menu(
        name="confirm_number",
        prompts=("number_is",),
        keys=(
            Key(press="1", goal="number_right", then="record_number"),
            Key(press="2", goal="type_again", then="type_number"),
            Key(press="3", goal="hear_again", then="recall_number"),
        ),
        silence="number_dropped",
        failure="number_dropped",
    ),
    Action(
        name="recall_number",
        action="recall_number",
        exits={"kept": "confirm_number", "gone": "type_number"},
        store_down="report:not_recorded",
    ),
    Action(
        name="record_number",
        action="record_number",
        exits={"recorded": "report:recorded", "gone": "type_number"},
        store_down="report:not_recorded",
    ),
    Action(
        name="open_dispute",
        action="open_dispute",
        exits={"opened": "dispute_opened", "had_today": "dispute_had_today", "no_number": "dispute_needs_number"},
        store_down="report:not_recorded",
    ),
    Goodbye(name="dispute_opened", prompts=("dispute_opened", "goodbye")),
    Goodbye(name="dispute_had_today", prompts=("dispute_had_today", "goodbye")),
    Goodbye(name="dispute_needs_number", prompts=("dispute_needs_number", "goodbye")),
    Goodbye(name="number_dropped", prompts=("number_dropped", "goodbye")),
    Goodbye(name="goodbye", prompts=("goodbye",)),
    title="Report line",
)
