"""When something of ours broke: the caller hears an apology, and a customer is also taken to customer care."""

from ivr.flow.page import Page
from ivr.flow.steps import Goodbye, Say

APOLOGY = Page(
    "apology",
    Goodbye(name="caller", prompts=("apology", "goodbye")),
    Goodbye(name="customer", prompts=("apology", "please_call_care")),  # nothing can be dialled in a whisper
    Say(name="report_line", prompts=("apology",), then="care:start"),
    title="Apology",
)
