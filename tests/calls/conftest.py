"""How a test writes a call: who rings whom, what each presses, what each heard, and what was stored."""

from __future__ import annotations

import re

import pytest

from handlers import follow_up as follow_up_handler
from infra.carrier import Phone, rest_client
from infra.local import demo
from ivr.locales import catalog
from ivr.settings import Settings
from tests.conftest import new_stream

STRANGER = "+96891234567"


class Leg:
    """One leg of a call that was held."""

    def __init__(self, call, name):
        self.call, self.name = call, name

    def hears(self, key, *languages):
        """Whether a prompt was spoken on this leg, in each language (both, unless told)."""
        return all(
            any(
                re.search(_pattern(wording), said)
                for wording in catalog.load(language).prompts[key].say
                for said in self.call.transcript.said(self.name, language)
            )
            for language in languages or ("ar", "en")
        )

    def hears_key(self, goal, key):
        """Whether "to GOAL, press KEY" was spoken on this leg, in English."""
        english = catalog.load("en")
        sentence = english.press.format(goal=english.prompts[f"key.{goal}"].say[0], key=english.keys[key])
        return any(sentence in said for said in self.call.transcript.said(self.name, "en"))

    @property
    def heard(self):
        """All that was spoken on this leg, in order."""
        return list(self.call.transcript.said(self.name))


class HeldCall:
    """A call that is over."""

    def __init__(self, call, carrier):
        self.call, self.carrier = call, carrier
        self.caller, self.customer, self.care = (Leg(call, name) for name in ("caller", "customer", "care"))
        self.second_care = Leg(call, "second care")

    @property
    def status(self):
        return self.call.status

    @property
    def sid(self):
        return self.call.sid

    def rang(self, number):
        """Whether a telephone was dialled."""
        return any(leg.to == number for leg in self.call.legs if leg.parent)

    @property
    def talked(self):
        """Whether the caller and somebody else were joined."""
        return any(entry.kind == "bridged" for entry in self.call.transcript)

    @property
    def talked_in_conference(self):
        """Whether caller and customer met in a room."""
        return {e.leg for e in self.call.transcript if e.kind == "bridged" and "in CA" in str(e.text)} >= {
            "caller",
            "customer",
        }


def _pattern(wording):
    return ".+?".join(re.escape(part) for part in re.split(r"\{\w+\}", wording))


@pytest.fixture
def ring(carrier, pickups):
    """Place one call and let it run to its end."""

    agents = {}

    def place(from_=STRANGER, to=demo.PROTECTED_LINE, *, caller=(), customer=(), care="1", parameters=None, **phones):
        pickups[demo.CUSTOMER] = Phone(keys=list(customer), name="customer", **phones.get("customers_phone", {}))
        for number, name in ((demo.CARE, "care"), (demo.SECOND_CARE, "second care")):
            if pickups.get(number) is agents.get(number):  # unless the test has put another telephone there
                pickups[number] = agents[number] = Phone(keys=list(care), name=name)
        telephone = Phone(keys=list(caller), **phones.get("callers_phone", {}))
        call = carrier.place(from_=from_, to=to, phone=telephone, parameters=parameters or {})
        carrier.run()
        assert not carrier.left_behind
        return HeldCall(call, carrier)

    return place


@pytest.fixture
def reports(dynamodb, store):
    """Every report in the table, whatever its day."""

    def stored():
        from ivr.reports import Report

        items = dynamodb.scan(TableName=store.table.name)["Items"]
        return [Report.from_item(store.table.plain(item)) for item in items if item["sk"]["S"].startswith("REPORT#")]

    return stored


class RungBack:
    """A leg that we dialled to the customer."""

    def __init__(self, transcript):
        self.transcript = transcript

    @property
    def english(self):
        return " ".join(self.transcript.said("customer", "en"))

    @property
    def arabic(self):
        return " ".join(self.transcript.said("customer", "ar"))

    @property
    def played(self):
        return [entry.text for entry in self.transcript.of("customer") if entry.kind == "played"]


@pytest.fixture
def rung_back_leg(carrier, pickups, settle, rest_server):
    """We ring the customer back, as the follow-up function does; the customer presses these keys."""

    def place(*keys, language="en", line=demo.PROTECTED_LINE, number=demo.CUSTOMER, **phone):
        settle()
        pickups[number] = Phone(keys=list(keys), name="customer", **phone)
        pickups[demo.CARE] = Phone(name="care")
        rest_client(rest_server.base_url, "AC" + "0" * 32, "12345").calls.create(
            to=number,
            from_=line,
            url=f"https://ivr.example.com/voice/ring_back/start?languages={language}&leg=rung_back",
        )
        carrier.run()
        settle()
        return RungBack(carrier.legs[-1].transcript)

    return place


@pytest.fixture
def work(environment, store, carrier):
    """What the follow-up function works with, in the carrier's time."""
    settings = Settings.from_environment(environment)
    return follow_up_handler.build(settings, store, clock=lambda: carrier.epoch)


@pytest.fixture
def follow_up(work, dynamodb, store):
    """The follow-up function, after all that was written since the last time."""
    records = new_stream(dynamodb, store.table.name, "FollowUpFunction")

    def follow():
        while batch := records():
            for record in batch:
                follow_up_handler.process(record, work)

    return follow
