"""The audit's entries of a test."""

from ivr.desk import audit
from ivr.desk.days import Days


def todays(context, **how):
    """A page of the entries of today and of yesterday: a test may run through midnight."""
    return audit.of_days(context, Days.last(2, context.settings.timezone), **how)
