"""Trusts weigh little against reports, and nothing before they are a week old."""

from __future__ import annotations

from itertools import count

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ivr.reputation.evidence import Evidence, order_of
from ivr.reputation.items import Block, Reputation
from ivr.reputation.scoring import MILLION, Score, compute_score, confidence, is_bad, weighed, young_trusts
from ivr.reputation.weights import WEIGHTS
from tests.reputation.events import DAY, START

CALLER = "+13035550120"
WEEK = 7 * DAY
NOW = START + 100 * DAY
_SOURCES = count()


def said(person, at, *, axis="spam", withdrawn=0):
    return Evidence(
        caller=CALLER,
        person=f"{person:032x}" if isinstance(person, int) else person,
        axis=axis,
        at=at,
        order=order_of(at, f"CA{next(_SOURCES):032d}", 0),
        expires=at + 400 * DAY,
        withdrawn=withdrawn,
    )


def trusts(people, at, first=1000):
    return [said(first + n, at, axis="legit") for n in range(people)]


def reports(people, at, first=0):
    return [said(first + n, at) for n in range(people)]


def stored(evidence):
    """Evidence as the table gives it: by its keys, the last word on each."""
    kept = {}
    for one in evidence:
        if one.key not in kept or kept[one.key].order < one.order:
            kept[one.key] = one
    return [kept[key] for key in sorted(kept)]


def sure(evidence, now=NOW):
    return confidence(compute_score(stored(evidence)), now)


def flags(evidence, now=NOW):
    return is_bad(compute_score(stored(evidence)), now)


def reports_needed(trusted):
    return next(people for people in range(1, 50) if flags([*trusted, *reports(people, NOW)]))


@pytest.mark.parametrize("many", [0, 1, 2, 3, 5, 10, 100, 1000])
def test_trusts_of_the_last_week_protect_no_fraudster(many):
    """Before, trusts of 0, 1, 2, 3, 5 and 10 people needed 4, 6, 7, 9, 12 and 18 reports."""
    assert reports_needed(trusts(many, NOW - WEEK + 1)) == 4


@pytest.mark.parametrize(("many", "needed"), [(0, 4), (1, 5), (2, 5), (3, 5), (5, 5), (10, 5), (100, 5), (1000, 5)])
def test_old_trusts_outweigh_one_report_and_no_more(many, needed):
    """A bank with a hundred old trusts is not flagged by four; a fraudster who bought a thousand is by five."""
    assert reports_needed(trusts(many, NOW - WEEK)) == needed


people = st.integers(0, 40)
ages = st.integers(0, 90 * DAY)
some_reports = st.lists(st.builds(lambda p, age: said(p, NOW - age), people, ages), max_size=12)
withdrawn = st.lists(st.builds(lambda p, age: said(p, NOW - DAY - age, withdrawn=1), people, ages), max_size=4)
some_trusts = st.lists(st.builds(lambda p, age: said(p, NOW - age, axis="legit"), people, ages), max_size=30)
histories = st.builds(lambda *parts: [one for part in parts for one in part], some_reports, withdrawn, some_trusts)


@given(
    before=histories,
    five=st.sets(people, min_size=5, max_size=5),
    within=st.lists(st.integers(0, DAY), min_size=5, max_size=5),
    of_that_week=st.lists(st.tuples(st.integers(0, 5000), st.integers(0, WEEK - 1)), max_size=60),
    order=st.randoms(use_true_random=False),
)
def test_five_reporters_within_a_day_flag_a_number_whatever_was_trusted_that_week(
    before, five, within, of_that_week, order
):
    """For any history of other people, and of the reporter."""
    new = [said(person, NOW - age) for person, age in zip(sorted(five), within, strict=True)]
    said_before = [one for one in before if one.axis == "legit" or one.person not in {report.person for report in new}]
    young = [said(person, NOW - age, axis="legit") for person, age in of_that_week]
    history = [*said_before, *new, *young]
    order.shuffle(history)
    assert flags(history)


@given(
    trusted=st.lists(ages.map(lambda age: age + WEEK), min_size=100, max_size=130),
    reported=st.lists(ages, max_size=4),
    late=st.integers(0, 60 * DAY),
    more_trusts=st.lists(st.integers(0, WEEK - 1), max_size=30),
)
def test_four_reports_never_flag_a_number_that_a_hundred_trusted_a_week_ago(trusted, reported, late, more_trusts):
    evidence = [said(1000 + n, NOW - age, axis="legit") for n, age in enumerate(trusted)]
    evidence += [said(n, NOW - age) for n, age in enumerate(reported)]
    evidence += [said(2000 + n, NOW - age, axis="legit") for n, age in enumerate(more_trusts)]
    assert not flags(evidence)
    assert not flags(evidence, NOW + late)


@given(history=histories, person=people, later=st.integers(0, 60 * DAY))
def test_a_further_report_never_lowers_the_confidence(history, person, later):
    assert sure([*history, said(person, NOW)], NOW + later) >= sure(history, NOW + later) - 1e-6


@pytest.mark.parametrize(
    ("most_legit", "holds"), [(0.36, False), (0.37, True), (0.7, True), (0.84, True), (0.88, False)]
)
def test_between_which_bounds_trusts_may_weigh(most_legit, holds):
    """Four reports don't flag whom many trust, and five within a day do."""
    weights = WEIGHTS._replace(most_legit=most_legit)
    trusted = Score(NOW, 0, 100 * MILLION)
    four = is_bad(trusted._replace(spam=4 * MILLION), NOW, weights)
    five = is_bad(compute_score([*trusts(100, NOW - 30 * DAY), *reports(5, NOW - DAY)]), NOW, weights)
    assert (not four and five) is holds


@given(history=histories, person=people, age=ages, later=st.integers(0, 60 * DAY))
def test_a_further_trust_never_raises_the_confidence(history, person, age, later):
    assume(f"{person:032x}" not in {one.person for one in history})
    now = NOW + later
    assert sure([*history, said(person, NOW - WEEK - age, axis="legit")], now) <= sure(history, now) + 1e-6


@given(history=histories, steps=st.lists(st.integers(0, 9 * DAY), max_size=12))
def test_time_alone_never_raises_the_confidence(history, steps):
    score, now, before = compute_score(stored(history)), NOW, 1.0
    for step in steps:
        now += step
        assert confidence(score, now) <= before + 1e-9
        before = confidence(score, now)


@given(history=histories, times=st.integers(1, 5))
def test_one_reporter_counts_once(history, times):
    assert sure([*history, *(said(1, NOW) for _ in range(times))]) == pytest.approx(sure([*history, said(1, NOW)]))


def test_a_trust_becomes_evidence_at_the_end_of_its_week_without_any_event():
    score = compute_score([*reports(4, NOW), *trusts(1, NOW - DAY)])
    assert [weighed(score, NOW + days * DAY)[1] for days in (0, 5.9)] == [0, 0]
    assert weighed(score, NOW + 6 * DAY)[1] == 0.7
    assert is_bad(score, NOW + 6 * DAY - 1)
    assert not is_bad(score, NOW + 6 * DAY)


def test_a_reporters_own_trust_takes_their_reports_place_after_a_week_and_not_before():
    score = compute_score(stored([*reports(5, NOW), said(0, NOW + 60, axis="legit")]))
    assert weighed(score, NOW + 60 + WEEK - 1) == pytest.approx((5 * 0.5 ** (7 / 125), 0), abs=1e-3)
    assert weighed(score, NOW + 60 + WEEK) == pytest.approx((4 * 0.5 ** (7 / 125), 0.7), abs=1e-3)


def test_a_reporters_older_trust_does_not_count():
    assert weighed(compute_score(stored([said(1, NOW - 30 * DAY, axis="legit"), said(1, NOW)])), NOW) == (1, 0)


def test_bought_trusts_crowd_out_no_report():
    """Only this much of a caller's evidence is read: reports come first, before any number of trusts."""
    crowd = trusts(5000, NOW - 30 * DAY, first=0)
    assert flags([*crowd, *reports(5, NOW, first=2**128 - 6)])
    newest = stored([*crowd, *reports(5, NOW, first=2**128 - 6)])
    assert [one.axis for one in newest[:6]] == ["spam"] * 5 + ["legit"]


def test_a_number_keeps_as_many_young_trusts_as_can_matter():
    score = compute_score(trusts(5000, NOW))
    assert len(list(young_trusts(score.young))) == 8
    assert weighed(score, NOW + 360 * DAY)[1] == 0.7


def test_evidence_of_an_earlier_release_is_read_and_its_trusts_are_capped():
    old = {"as_of": NOW, "spam": 5 * MILLION, "legit": 10 * MILLION, "activity": 0, "live": 15}
    item = {"pk": f"CALLER#{CALLER}", "sk": "REPUTATION", "caller": CALLER, "revision": 9, "expires": NOW + DAY, **old}
    assert is_bad(Reputation.from_item(item).score, NOW)
    member = {"as_of": NOW, "spam": 5 * MILLION, "legit": 10 * MILLION, "revision": 9}
    block = Block.from_item({"pk": "BLOCK#+1", "sk": "MEMBERS", **{f"m{n}": member for n in range(4)}})
    assert block.is_bad(NOW)


def test_a_trust_that_an_earlier_release_kept_in_the_reports_place_is_still_one_persons():
    """It stands where that release put it, until the same person says something new."""
    key = {"pk": f"CALLER#{CALLER}", "sk": f"EVIDENCE#{1:032x}"}
    old = Evidence.from_item(
        key
        | {"caller": CALLER, "person": f"{1:032x}", "axis": "legit", "at": NOW - 9 * DAY, "order": "0", "expires": 1}
    )
    again = said(1, NOW - 9 * DAY, axis="legit")
    assert compute_score([old, *reports(1, NOW), again]).legit == compute_score([*reports(1, NOW), again]).legit
    assert compute_score([old, *reports(1, NOW)])._replace(recent="", first=0, last=0) == Score(
        NOW, MILLION, compute_score([*reports(1, NOW), again]).legit, 1
    )
