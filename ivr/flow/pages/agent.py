"""The whisper to customer care: an agent hears who is coming and why, and takes the call with a key.

What is said before the key is what a voicemail may record, so that the number and the reference come after it.
"""

from ivr.flow.page import Page
from ivr.flow.steps import Action, Bridge, Decide, Goodbye, Key, Menu, Only, Say

AGENT = Page(
    "agent",
    Decide(name="answered", by="something_lost", exits={"yes": "urgent", "no": "offer"}),
    Say(name="urgent", prompts=("agent_loss",), then="offer"),
    Menu(
        name="offer",
        prompts=(
            "agent_hello",
            Only("customer_comes", "agent_customer"),
            Only("caller_comes", "agent_caller"),
            Only("language_chosen", "agent_language"),
            Only("category_known", "agent_about.{category}"),
        ),
        keys=(
            Key(press="1", goal="agent_take", then="accept"),
            Key(press="2", goal="hear_again", then="answered"),
            Key(press="3", goal="agent_decline", then="not_taken"),
        ),
        tries=2,
        silence="not_taken",
        failure="not_taken",
    ),
    # Not being able to store it never keeps two people apart.
    Action(name="accept", action="accept_care", exits={"accepted": "join"}, store_down="join"),
    Bridge(
        name="join",
        prompts=(
            Only("reference_known", "agent_reference"),
            Only("number_known", "agent_number"),
            Only("nothing_to_note", "connecting"),  # never empty: whether Twilio joins the two then is not confirmed
        ),
    ),
    Goodbye(name="not_taken"),
    title="Customer care: the agent's leg",
)
