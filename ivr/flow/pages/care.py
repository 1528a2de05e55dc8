"""Customer care: the number, then the second number, then an honest word."""

from ivr.flow.page import Page
from ivr.flow.steps import Decide, Goodbye, Say, Transfer

CARE = Page(
    "care",
    Decide(name="start", by="care_known", ways={"yes": "connecting", "no": "unreachable"}),
    Say(name="connecting", prompts=("connecting_care",), then="first"),
    Transfer(name="first", to="care_number", answered="over", unanswered="is_there_a_second"),
    Decide(name="is_there_a_second", by="second_care_known", ways={"yes": "one_moment", "no": "unreachable"}),
    Say(name="one_moment", prompts=("one_moment",), then="second"),
    Transfer(name="second", to="care_fallback_number", answered="over", unanswered="unreachable"),
    Goodbye(name="unreachable", prompts=("care_unreachable", "advice.end_call", "goodbye")),
    Goodbye(name="over"),
    title="Customer care",
)
