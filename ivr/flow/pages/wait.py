"""The wait document of a guarded talk's conference: a leg that is alone there is moved out after ten seconds.

Twilio allows a waiting document to say, play, pause and redirect, so that a move over REST is the only way out.
"""

from ivr.flow.page import Page
from ivr.flow.steps import Action, Decide, Move, Poll

_ALONE_SECONDS = 8  # with the words before it, ten seconds; actions/conference holds it against the call's times

WAIT = Page(
    "wait",
    Poll(name="hold", seconds=_ALONE_SECONDS, then="judge", prompts=("one_moment_please",)),
    Action(name="judge", action="judge_alone", exits={"coming": "hold", "alone": "who"}, store_down="who"),
    Decide(name="who", by="which_leg", exits={"talk": "customer", "whisper": "caller", "other": "caller"}),
    Move(
        name="customer",
        to="talk:caller_gone",
        leg="talk",
        moved="leave",
        not_moved="nobody",
        unknown="nobody",
        rescues=True,
    ),
    Move(
        name="caller",
        to="screened:talk_over",
        leg="",
        moved="leave",
        not_moved="nobody",
        unknown="nobody",
        rescues=True,
    ),
    Poll(name="leave", seconds=_ALONE_SECONDS, then="judge"),  # the move takes this leg away
    Poll(name="nobody", seconds=_ALONE_SECONDS, then="judge", prompts=("nobody_here",)),
    title="Guarded talk: the leg that waits alone",
)
