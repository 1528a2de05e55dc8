"""An agent of customer care, who works at the desk at the moments that a test names."""

from __future__ import annotations

from ivr.desk import Context, call_backs
from ivr.desk.actor import Actor
from ivr.settings import Settings
from tests.conftest import ENVIRONMENT

SALMA = Actor("Salma")


class Agent:
    """Takes call-backs, gives them back, and closes them."""

    def __init__(self, store):
        self._store = store

    def take(self, one, at):
        return call_backs.take(self._desk(at), one.ticket, by=SALMA, person=one.person)

    def give_back(self, one, at):
        return call_backs.give_back(self._desk(at), one.ticket, by=SALMA, person=one.person)

    def finish(self, one, at, note="told"):
        return call_backs.done(self._desk(at), one.ticket, note, by=SALMA, person=one.person)

    def _desk(self, at):
        class Then(Context):
            @staticmethod
            def now():
                return at

        return Then(self._store, Settings.from_environment(ENVIRONMENT))
