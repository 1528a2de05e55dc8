"""A report, from the moment that it is recorded: what the caller wanted, what was lost, and the reference.

It is stored before the first of these words is spoken, so that hanging up at any point loses nothing.
"""

from ivr.flow.page import Page
from ivr.flow.steps import Action, Decide, Goodbye, Key, Menu, Say
from ivr.reports import CATEGORIES

REPORT = Page(
    "report",
    Say(name="recorded", prompts=("recorded",), then="what"),
    Say(name="questions", prompts=(), then="what"),  # a moved leg comes here: no question begins a leg's request
    Menu(
        name="what",
        prompts=("what_did_they_want",),
        keys=tuple(
            Key(press=str(nth), goal=category, then="note_category", sets={"category": category})
            for nth, category in enumerate(CATEGORIES, 1)
        ),
        tries=2,
        silence="lost",
        failure="lost",
    ),
    Action(name="note_category", action="note_report", exits={"noted": "lost"}, store_down="lost"),
    Menu(
        name="lost",
        prompts=("was_anything_lost",),
        keys=(
            Key(press="1", goal="lost_yes", then="note_loss", sets={"loss": "yes"}),
            Key(press="2", goal="lost_no", then="note_loss", sets={"loss": "no"}),
        ),
        tries=2,
        silence="reference",
        failure="reference",
    ),
    Action(name="note_loss", action="note_report", exits={"noted": "was_lost"}, store_down="was_lost"),
    Decide(name="was_lost", by="something_lost", exits={"yes": "advise_on_loss", "no": "reference"}),
    Say(name="advise_on_loss", prompts=("bank_at_once", "advice.complaint"), then="reference"),
    Say(name="reference", prompts=("reference", "reference_again"), then="thanks"),
    Say(name="thanks", prompts=("advice.report_helps",), then="where"),
    Decide(
        name="where",
        by="which_leg",
        exits={"whisper": "is_care_needed", "talk": "does_care_help", "other": "does_care_follow"},
    ),
    Decide(name="is_care_needed", by="something_lost", exits={"yes": "call_care", "no": "thanks_and_goodbye"}),
    Decide(name="does_care_help", by="something_lost", exits={"yes": "care:start", "no": "thanks_and_goodbye"}),
    Goodbye(name="thanks_and_goodbye", prompts=("goodbye",)),
    Decide(name="does_care_follow", by="something_lost", exits={"yes": "care:start", "no": "report_line:main"}),
    # Nothing that was not recorded is ever confirmed.
    Say(name="not_recorded", prompts=("not_recorded",), then="who_helps"),
    Decide(
        name="who_helps", by="which_leg", exits={"whisper": "call_care", "talk": "care:start", "other": "care:start"}
    ),
    Goodbye(name="call_care", prompts=("please_call_care",)),
    title="Report",
)
