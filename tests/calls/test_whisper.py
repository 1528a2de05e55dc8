"""What the customer hears after answering: the operator's name, the reason, every key that works, then the advice."""

from __future__ import annotations

import pytest

from infra.carrier import ANNOUNCED, SILENCE
from infra.local import demo
from ivr.locales import catalog
from ivr.screening.line import Line

STRANGER = "+96891234567"
# What no caller has a number by: withheld, by keypad words too, and what can't be one.
NOBODY = ["anonymous", "Restricted", "+266696687", "sip:alice@example.com", "+1", ""]


def spoken(goal, key, language):
    words = catalog.load(language)
    return words.press.format(goal=words.prompts[f"key.{goal}"].say[0], key=words.keys[key])


class TestTrustIsOfferedOnlyWhereItCanTakeEffect:
    @pytest.mark.parametrize("from_", NOBODY)
    def test_key_2_is_not_offered_for_a_caller_without_a_number(self, ring, from_):
        call = ring(from_, caller=[ANNOUNCED], customer=["3"])
        assert call.customer.hears("why.withheld")
        assert call.customer.hears_key("decline", "3")
        for language in ("ar", "en"):
            assert not any(spoken("connect_and_trust", "2", language) in said for said in call.customer.heard)

    @pytest.mark.parametrize("from_", NOBODY)
    def test_key_2_does_nothing_for_a_caller_without_a_number(self, ring, from_):
        call = ring(from_, caller=[ANNOUNCED], customer=["2", SILENCE])
        assert not call.talked

    def test_key_2_is_offered_for_an_unknown_number(self, ring):
        call = ring(caller=[ANNOUNCED], customer=["2"])
        assert call.customer.hears_key("connect_and_trust", "2")
        assert call.talked


class TestOrder:
    @pytest.mark.parametrize("languages", ["ar-en", "en-ar"])
    def test_name_and_reason_first_then_the_keys_then_advice_one_language_whole_before_the_next(
        self, environment, ring, store, languages
    ):
        store.put(Line(number=demo.PROTECTED_LINE, kind="protected", ring_to=demo.CUSTOMER, languages=languages))
        first, second = languages.split("-")
        told = ring(caller=[ANNOUNCED], customer=[SILENCE, SILENCE]).customer.heard
        for said, language in zip(told[:2], (first, second), strict=True):
            words, brand = catalog.load(language), environment[f"BRAND_{language.upper()}"]
            in_order = [
                words.prompts["why.unknown"].say[0].format(brand=brand),
                spoken("connect", "1", language),
                spoken("connect_and_trust", "2", language),
                spoken("decline", "3", language),
                spoken("report", "9", language),
                spoken("care", "0", language),
                words.prompts["number_ends"].say[0].split("{")[0],
                words.prompts["advice_for.unknown"].say[0],
            ]
            places = [said.find(one) for one in in_order]
            assert -1 not in places
            assert places == sorted(places)
            assert places[0] == 0


class TestSecondRound:
    def test_silence_is_a_decline_only_after_a_second_round_of_name_and_keys(self, ring):
        call = ring(caller=[ANNOUNCED], customer=[SILENCE, SILENCE])
        first, second = call.customer.heard[:2], call.customer.heard[2:4]
        assert len(call.customer.heard) == 4
        for whole, short, language in zip(first, second, ("ar", "en"), strict=True):
            assert whole.startswith(short)
            advice = catalog.load(language).prompts["advice_for.unknown"].say[0]
            assert advice in whole
            assert advice not in short
            assert spoken("care", "0", language) in short
        assert not call.talked
        assert call.caller.hears("not_available")

    @pytest.mark.parametrize("keys", [[SILENCE, "1"], ["7", "1"], ["*", "1"]])
    def test_a_key_of_the_second_round_takes_the_call(self, ring, keys):
        assert ring(caller=[ANNOUNCED], customer=keys).talked
