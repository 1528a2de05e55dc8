"""A call as a test writes it: who rings whom, what each presses, and then what each heard and what was stored."""

from __future__ import annotations

import re

import pytest

from infra.carrier import Phone
from infra.local import demo
from ivr.prompts import catalog

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


def _pattern(wording):
    return ".+?".join(re.escape(part) for part in re.split(r"\{\w+\}", wording))


@pytest.fixture
def ring(carrier, pickups):
    """Place one call and let it run to its end."""

    def place(from_=STRANGER, to=demo.PROTECTED_LINE, *, caller=(), customer=(), care=(), parameters=None, **phones):
        pickups[demo.CUSTOMER] = Phone(keys=list(customer), name="customer", **phones.get("customers_phone", {}))
        for number, name in ((demo.CARE, "care"), (demo.SECOND_CARE, "second care")):
            pickups.setdefault(number, Phone(keys=list(care), name=name))
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
        from ivr.records import Report

        items = dynamodb.scan(TableName=store.table)["Items"]
        return [Report.from_item(store._plain(item)) for item in items if item["sk"]["S"].startswith("REPORT#")]

    return stored
