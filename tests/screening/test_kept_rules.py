"""The desk's prefix rules, which a container keeps for a minute: never longer, and never over a failed read."""

from __future__ import annotations

import pytest

from infra.local import demo
from ivr.numbers import phone_number
from ivr.screening.desk_decision import PrefixRule, rule_key
from ivr.store import kept_rules
from ivr.store.kept_rules import KEPT_SECONDS, KeptRules
from ivr.store.store import Store
from tests.conftest import NOW

CALLER, NEIGHBOUR = "+96891234567", "+96891234568"
RULE = PrefixRule(prefix="+968912", verdict="flagged")


class Container:
    """A function's store, and the keys of rules that each of its look-ups reads."""

    def __init__(self, name, client):
        self.client, self.left, self.reads = client, (), []
        self.store = Store(name, self)

    def batch_get_item(self, RequestItems):  # noqa: N803  # DynamoDB's own spelling
        [(table, wanted)] = RequestItems.items()
        left = [key for key in wanted["Keys"] if key["pk"]["S"].removeprefix("PREFIX#") in self.left]
        self.reads.append([pk[7:] for key in wanted["Keys"] if (pk := key["pk"]["S"]).startswith("PREFIX#")])
        keys = [key for key in wanted["Keys"] if key not in left]
        answer = self.client.batch_get_item(RequestItems={table: {"Keys": keys}}) if keys else {"Responses": {}}
        return {**answer, "UnprocessedKeys": {table: {"Keys": left}} if left else {}}

    def asks(self, caller=CALLER, after=0):
        """The prefixes of the rules that decide about a caller, and whether all was read."""
        lookup = self.store.look_up(demo.PROTECTED_LINE, phone_number.read(caller, "OM"), NOW + after)
        return [rule.prefix for rule in lookup.prefix_rules], lookup.complete


@pytest.fixture
def container(store, dynamodb):
    return Container(store.table.name, dynamodb)


def test_a_rule_is_read_once_for_all_callers_of_a_minute_whose_numbers_begin_alike(container, store):
    store.put(RULE)
    assert container.asks() == (["+968912"], True)
    assert container.asks(NEIGHBOUR, after=KEPT_SECONDS - 1) == (["+968912"], True)
    assert container.asks(after=KEPT_SECONDS - 1) == (["+968912"], True)
    assert container.reads == [[CALLER[:length] for length in range(2, 13)], [NEIGHBOUR], []]


def test_a_change_counts_after_a_minute_at_the_latest(container, store):
    assert container.asks() == ([], True)
    store.put(RULE)
    assert container.asks(after=KEPT_SECONDS - 1) == ([], True)
    assert container.asks(after=KEPT_SECONDS) == (["+968912"], True)
    store.table.delete(RULE.key)
    assert container.asks(after=2 * KEPT_SECONDS) == ([], True)


def test_a_request_that_came_in_before_the_read_reads_for_itself(container):
    container.asks(after=5)
    container.asks()
    assert container.reads[0] == container.reads[1]


def test_a_person_of_the_desk_sees_a_change_at_once(store):
    caller = phone_number.read(CALLER, "OM")
    assert store.look_up(demo.PROTECTED_LINE, caller, NOW).prefix_rules == ()
    store.put(RULE)
    assert store.look_up(demo.PROTECTED_LINE, caller, NOW).prefix_rules == (RULE,)


@pytest.mark.parametrize("verdict", ["trusted", "blocked"])
def test_a_rule_that_cannot_be_read_again_is_not_used_after_its_minute(container, store, verdict):
    store.put(PrefixRule(prefix="+968912", verdict=verdict))
    container.asks()
    container.left = ("+968912",)
    assert container.asks(after=KEPT_SECONDS - 1) == (["+968912"], True)
    assert container.asks(after=KEPT_SECONDS) == ([], False)
    container.left = ()
    assert container.asks(after=KEPT_SECONDS) == (["+968912"], True)  # what failed was not kept


def test_a_rule_that_is_damaged_is_read_at_each_call(container, store, dynamodb):
    key = store.table.key(rule_key("+968912"))
    dynamodb.put_item(TableName=store.table.name, Item={**key, "prefix": {"S": "+968912"}, "verdict": {"S": "?"}})
    assert container.asks() == container.asks() == ([], False)
    store.put(RULE)
    assert container.asks() == (["+968912"], True)


def test_the_end_of_a_kept_rule_counts_to_the_second(container, store):
    """The rules of the verdict compare it with the call's own time (``ivr.screening.rules.prefix_rule``)."""
    store.put(PrefixRule(prefix="+968912", verdict="flagged", until=NOW + 10))
    container.asks()
    lookup = container.store.look_up(demo.PROTECTED_LINE, phone_number.read(CALLER, "OM"), NOW + 10)
    assert [rule.until for rule in lookup.prefix_rules] == [NOW + 10]


def test_a_snapshot_keeps_no_rule(container):
    container.store.prepare()
    assert container.reads == []
    container.asks()
    assert len(container.reads[0]) == 11


def test_a_container_keeps_the_newest_of_so_many_rules(monkeypatch):
    monkeypatch.setattr(kept_rules, "_MOST_KEPT", 3)
    kept, keys = KeptRules(KEPT_SECONDS), [rule_key(f"+{n}") for n in range(5)]
    for key in (*keys[:3], keys[0], *keys[3:]):
        kept.keep({key: None}, NOW)
    assert kept.known(keys, NOW) == {keys[0]: None, keys[3]: None, keys[4]: None}
