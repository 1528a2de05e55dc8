"""The screened call, on the customer's leg: what the person who answers hears before the two are joined."""

from ivr.flow.page import Page
from ivr.flow.steps import Action, Bridge, Decide, Goodbye, Key, Menu, Move, Only, SayFirst

# Said first, so that a telephone that screens calls by itself shows it to its owner.
_WHY = "why.{why}"
_MORE = (
    Only("reports_counted", "reports_counted"),
    Only("reports_many", "reports_many"),
    Only("about_known", "about.{about}"),
    Only("digits_known", "number_ends"),
)

WHISPER = Page(
    "whisper",
    Decide(name="answered", by="asked_nothing", exits={"yes": "announce", "no": "offer"}),
    Bridge(name="announce", prompts=(_WHY, *_MORE)),
    # A person who joins late, on a telephone that answered by itself, still hears every key in the second round.
    Menu(
        name="offer",
        prompts=(_WHY,),
        keys=(
            Key(press="1", goal="connect", then="accept"),
            Key(press="2", goal="connect_and_trust", then="accept_and_trust", when="may_be_trusted"),
            Key(press="3", goal="decline", then="decline"),
            Key(press="9", goal="report", then="record", when="can_be_reported"),
            Key(press="0", goal="care", then="to_care", when="care_by_move"),
        ),
        after=(*_MORE, "advice_for.{why}"),
        tries=2,
        silence="unanswered",  # no key is a decline: a voicemail presses none
        failure="unanswered",
    ),
    # Not being able to store the acceptance never keeps two people apart.
    Action(
        name="accept",
        action="accept",
        exits={"stored": "is_guarded", "already": "join", "unknown_call": "join"},
        store_down="join",
    ),
    Action(
        name="accept_and_trust",
        action="accept_and_trust",
        exits={"stored": "is_guarded", "already": "join", "unknown_call": "join"},
        store_down="join",
    ),
    Decide(name="is_guarded", by="guarded", exits={"yes": "guard", "no": "join"}),
    # Where the move takes effect only after the whisper, the two are joined until then.
    Move(name="guard", to="talk:enter", leg="talk", moved="join", not_moved="bridge", unknown="join"),
    Action(name="bridge", action="bridge", exits={"noted": "join", "unknown_call": "join"}, store_down="join"),
    Bridge(name="join", prompts=("connecting",)),  # never empty: whether Twilio joins the two then is not confirmed
    Action(
        name="decline",
        action="decline",
        exits={"noted": "declined", "unknown_call": "declined"},
        store_down="declined",
    ),
    Goodbye(name="declined", prompts=("declined",)),
    Goodbye(name="unanswered"),
    Action(
        name="record",
        action="record_report",
        exits={"recorded": "recorded", "unknown_call": "report:not_recorded"},
        store_down="report:not_recorded",
    ),
    SayFirst(name="recorded", prompts=("recorded",), then="to_report"),
    # Out of the whisper the caller need not wait, and care can be reached. Unless that happens, it goes on here.
    Move(
        name="to_report",
        to="report:questions",
        leg="talk",
        moved="report:what",
        not_moved="report:what",
        unknown="report:what",
    ),
    Move(name="to_care", to="care:start", leg="talk", moved="care_soon", not_moved="call_care", unknown="care_soon"),
    Goodbye(name="care_soon", prompts=("one_moment_please", "please_call_care")),
    Goodbye(name="call_care", prompts=("please_call_care",)),
    title="Screened call: the customer's leg",
)
