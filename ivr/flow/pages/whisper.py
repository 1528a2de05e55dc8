"""The screened call, on the customer's leg: what whoever answers hears before the two are joined."""

from ivr.flow.page import Page
from ivr.flow.steps import Act, Decide, Goodbye, Join, Key, Menu, Only

_WHO = (
    "why.{why}",
    Only("reports_counted", "reports_counted"),
    Only("reports_many", "reports_many"),
    Only("about_known", "about.{about}"),
    Only("digits_known", "number_ends"),
)

WHISPER = Page(
    "whisper",
    Decide(name="answered", by="asked_nothing", ways={"yes": "announce", "no": "offer"}),
    Join(name="announce", prompts=_WHO),
    Menu(
        name="offer",
        prompts=(*_WHO, "advice_for.{why}"),
        keys=(
            Key(press="1", goal="connect", then="accept"),
            Key(press="2", goal="connect_and_trust", then="accept_and_trust", when="may_be_trusted"),
            Key(press="3", goal="decline", then="declined"),
            Key(press="9", goal="report", then="record", when="can_be_reported"),
        ),
        tries=2,
        silence="unanswered",  # no key is a decline: a voicemail presses none
        failure="unanswered",
    ),
    # Not being able to store the acceptance never keeps two people apart.
    Act(name="accept", effect="accept", ways={"stored": "join", "unknown_call": "join"}, store_down="join"),
    Act(
        name="accept_and_trust",
        effect="accept_and_trust",
        ways={"stored": "join", "unknown_call": "join"},
        store_down="join",
    ),
    Join(name="join", prompts=("connecting",)),
    Goodbye(name="declined", prompts=("declined",)),
    Goodbye(name="unanswered"),
    Act(
        name="record",
        effect="record_report",
        ways={"recorded": "report:recorded", "unknown_call": "report:not_recorded"},
        store_down="report:not_recorded",
    ),
    title="Screened call: the customer's leg",
)
