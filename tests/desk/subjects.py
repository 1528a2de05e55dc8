"""Every change that a person of the desk can make, as a test makes it: what is there before, and the change."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from infra.local import demo
from ivr.desk import call_backs, decisions, disputes, lines, messages, prefixes
from ivr.desk.actor import Actor
from ivr.pseudonym import pseudonym
from tests.care.conftest import call_back
from tests.conftest import ENVIRONMENT

if TYPE_CHECKING:
    from collections.abc import Callable

SALMA = Actor("Salma", "subject-salma")
CALLER, LINE, HOME, NEXT_HOME = "+96891234567", "+12025550170", "+96892223344", "+96892223345"
PREFIX = "+968901"
PERSON = pseudonym(demo.CUSTOMER, ENVIRONMENT["HMAC_KEY"])


class Case(NamedTuple):
    """A change. ``act`` takes the context and who, with what they saw; ``what`` is what its entry is about."""

    action: str
    about: str
    what: str
    prepare: Callable
    act: Callable
    shown: Callable  # the record that its page shows


def _nothing(_):
    pass


def _decided(context):
    decisions.decide(context, CALLER, "flagged", note="a letter", by=SALMA)


def _disputed(context):
    now = context.now()
    opened = disputes.Dispute(caller=CALLER, opened_at=now, source="CA1", note="a bakery", expires=now + 9999)
    context.store.put(opened)


def _line(context):
    _register(context, "add", by=SALMA)


def _register(context, way, **more):
    kind = {"kind": "protected", "languages": "", "note": "new contract"}
    home, mode = (HOME, "standard") if way == "add" else (NEXT_HOME, "strict")
    return lines.register(context, LINE, ring_to=home, mode=mode, changes=way == "change", **kind, **more)


def _asked(context):
    now = context.now()
    context.store.put(call_back(asked_at=now, due_at=now + 3600, expires=now + 9999))


def _taken(context):
    _asked(context)
    call_backs.take(context, TICKET, by=SALMA)


def _opted_out(context):
    messages.opt_out(context, demo.CUSTOMER, by=SALMA)


def _ruled(context):
    prefixes.add(context, PREFIX, "trusted", note="a school", by=SALMA)


def _shown_rule(context):
    return prefixes.find(context, PREFIX)


TICKET = call_back().ticket
_OF_CARE = call_back().person


def _shown_call_back(context):
    return context.store.call_backs.of(_OF_CARE)


def _decision(context):
    return decisions.of(context, CALLER)


def _dispute(context):
    return disputes.of(context, CALLER)


def _shown_line(context):
    return lines.find(context, LINE)


def _wish(context):
    return messages.wish_of(context, demo.CUSTOMER)


CASES = (
    Case(
        "decide",
        "caller",
        CALLER,
        _nothing,
        lambda c, **more: decisions.decide(c, CALLER, "blocked", note="told us so", **more),
        _decision,
    ),
    Case(
        "take_back",
        "caller",
        CALLER,
        _decided,
        lambda c, **more: decisions.take_back(c, CALLER, note="a mistake", **more),
        _decision,
    ),
    Case(
        "open_dispute",
        "caller",
        CALLER,
        _disputed,
        lambda c, **more: disputes.open_dispute(c, CALLER, "with a licence", **more),
        _dispute,
    ),
    Case(
        "clear",
        "caller",
        CALLER,
        _nothing,
        lambda c, **more: disputes.clear(c, CALLER, note="seen it", **more),
        _dispute,
    ),
    Case(
        "keep",
        "caller",
        CALLER,
        _disputed,
        lambda c, **more: disputes.keep(c, CALLER, note="no answer", **more),
        _dispute,
    ),
    Case(
        "add_rule",
        "prefix",
        PREFIX,
        _nothing,
        lambda c, **more: prefixes.add(c, PREFIX, "flagged", note="wangiri", **more),
        _shown_rule,
    ),
    Case(
        "change_rule",
        "prefix",
        PREFIX,
        _ruled,
        lambda c, **more: prefixes.change_rule(c, PREFIX, "blocked", note="worse", until="2099-12-31", **more),
        _shown_rule,
    ),
    Case(
        "remove_rule",
        "prefix",
        PREFIX,
        _ruled,
        lambda c, **more: prefixes.remove(c, PREFIX, note="over", **more),
        _shown_rule,
    ),
    Case("add_line", "line", LINE, _nothing, lambda c, **more: _register(c, "add", **more), _shown_line),
    Case("change_line", "line", LINE, _line, lambda c, **more: _register(c, "change", **more), _shown_line),
    Case(
        "remove_line",
        "line",
        LINE,
        _line,
        lambda c, **more: lines.remove(c, LINE, note="cancelled", forgets=True, **more),
        _shown_line,
    ),
    Case(
        "take_call_back",
        "call_back",
        TICKET,
        _asked,
        lambda c, **more: call_backs.take(c, TICKET, person=_OF_CARE, **more),
        _shown_call_back,
    ),
    Case(
        "give_call_back_back",
        "call_back",
        TICKET,
        _taken,
        lambda c, **more: call_backs.give_back(c, TICKET, person=_OF_CARE, **more),
        _shown_call_back,
    ),
    Case(
        "finish_call_back",
        "call_back",
        TICKET,
        _taken,
        lambda c, **more: call_backs.done(c, TICKET, "explained", person=_OF_CARE, **more),
        _shown_call_back,
    ),
    Case(
        "opt_out",
        "person",
        PERSON,
        _nothing,
        lambda c, **more: messages.opt_out(c, demo.CUSTOMER, note="by post", **more),
        _wish,
    ),
    Case(
        "opt_in",
        "person",
        PERSON,
        _opted_out,
        lambda c, **more: messages.opt_in(c, demo.CUSTOMER, note="by post", **more),
        _wish,
    ),
)
