"""All pages: every call of this product, leg by leg, as people hear it."""

from ivr.flow.page import Book, Position
from ivr.flow.pages.agent import AGENT
from ivr.flow.pages.apology import APOLOGY
from ivr.flow.pages.care import CARE
from ivr.flow.pages.choices import CHOICES
from ivr.flow.pages.messages import MESSAGES
from ivr.flow.pages.report import REPORT
from ivr.flow.pages.report_line import REPORT_LINE
from ivr.flow.pages.ring_back import RING_BACK
from ivr.flow.pages.screened import SCREENED
from ivr.flow.pages.talk import TALK
from ivr.flow.pages.wait import WAIT
from ivr.flow.pages.whisper import WHISPER

BOOK = Book(
    SCREENED,
    WHISPER,
    TALK,
    WAIT,
    REPORT,
    REPORT_LINE,
    RING_BACK,
    MESSAGES,
    CHOICES,
    CARE,
    AGENT,
    APOLOGY,
    entries=(
        Position(SCREENED.name, SCREENED.start),  # POST /voice/incoming
        Position(RING_BACK.name, RING_BACK.start),  # a call that handlers/follow_up.py placed
        Position(APOLOGY.name, "caller"),  # any bug, and POST /voice/fallback, by the leg that it struck
        Position(APOLOGY.name, "customer"),
        Position(APOLOGY.name, "report_line"),
    ),
)
