"""What becomes of a caller on each route (``ivr.screening.routing``), in words that go on from "The caller"."""

WAYS = {
    "loop": "is refused as busy: a call that comes back to us, or from one of our own lines",
    "report_line": "hears the report line",
    "blocked": "is refused before it is answered",
    "ring": "rings the customer at once, without a check",
    "unknown": "hears the notice, presses the announced digit, and rings the customer",
    "flagged": "hears the fraud warning, presses the announced digit, and rings the customer",
    "strict_flagged": "hears the fraud warning and never rings the customer (strict)",
    "strict_withheld": "is asked to show the number and never rings the customer (strict)",
}
