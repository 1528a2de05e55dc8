"""The arithmetic of reputation, in tables: fading, confidence, what a caller's evidence adds up to, bad blocks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.reports import CATEGORIES
from ivr.reputation.evidence import Evidence, order_of
from ivr.reputation.items import Block, blocks_of
from ivr.reputation.scoring import MILLION, Score, compute_score, confidence, faded, is_bad, trend
from ivr.reputation.weights import WEIGHTS
from tests.reputation.events import DAY, START

CALLER = "+13035550120"


def said(person, at=START, *, axis="spam", category="", withdrawn=0):
    order = order_of(at, f"CA{person}#screened", 0)
    return Evidence(
        caller=CALLER,
        person=f"{person:03}",
        axis=axis,
        at=at,
        order=order,
        expires=at + 400 * DAY,
        category=category,
        withdrawn=withdrawn,
    )


def units(spam, legit=0, as_of=START):
    return Score(as_of=as_of, spam=spam * MILLION, legit=legit * MILLION, live=spam + legit)


@pytest.mark.parametrize(
    ("days", "half_life", "left"),
    [(0, 125, 1), (125, 125, 0.5), (250, 125, 0.25), (375, 125, 0.125), (14, 14, 0.5), (28, 14, 0.25), (-3, 14, 1)],
)
def test_a_unit_fades_by_half_in_each_half_life(days, half_life, left):
    assert faded(days * DAY, half_life) == pytest.approx(left)


@pytest.mark.parametrize(
    ("spam", "legit", "sure"),
    [
        *((1, 0, 0.21), (2, 0, 0.34), (3, 0, 0.44), (4, 0, 0.51), (10, 0, 0.72), (200, 0, 0.98)),
        *((0, 0, 0), (0, 10, 0), (4, 1, 0.38), (5, 1, 0.44), (6, 1, 0.49), (10, 10, 0.30), (100, 100, 0.43)),
    ],
)
def test_confidence_is_wilsons_lower_bound(spam, legit, sure):
    uncapped = WEIGHTS._replace(most_legit=1000.0)
    assert round(confidence(units(spam, legit), START, uncapped), 2) == sure


@pytest.mark.parametrize("people", range(1, 31))
def test_unanimous_reports_give_n_over_n_plus_z_squared(people):
    assert confidence(units(people), START) == pytest.approx(people / (people + 1.96**2))


@pytest.mark.parametrize(
    ("people", "last_day"), [(3, None), (4, 43), (5, 83), (6, 116), (10, 208), (20, 333), (200, 748)]
)
def test_how_long_reports_flag_a_caller_without_another_one(people, last_day):
    """Four stay above the threshold for some six weeks: through day 43."""
    flagged = [day for day in range(800) if is_bad(units(people), START + day * DAY)]
    assert flagged == ([] if last_day is None else list(range(last_day + 1)))


@given(spam=st.integers(0, 250), legit=st.integers(0, 250), days=st.integers(0, 900), more=st.integers(1, 100))
def test_time_and_trust_only_lower_the_confidence(spam, legit, days, more):
    now = START + days * DAY
    sure = confidence(units(spam, legit), now)
    assert 0 <= sure < 1
    assert confidence(units(spam, legit), now + more * DAY) <= sure + 1e-9
    assert confidence(units(spam, legit + more), START) <= confidence(units(spam, legit), START) + 1e-9
    assert confidence(units(spam + more, legit), START) >= confidence(units(spam, legit), START) - 1e-9


def test_a_clock_that_is_behind_makes_no_report_weigh_more():
    assert confidence(units(4), START - DAY) == confidence(units(4), START)


@pytest.mark.parametrize(
    ("evidence", "cleared_at", "wanted"),
    [
        ([], 0, Score()),
        ([said(1)], 0, Score(START, MILLION, 0, 1)),
        ([said(1), said(2, axis="legit")], 0, Score(START, MILLION, 0, 1, young=str(START))),
        ([said(1, withdrawn=1)], 0, Score()),
        ([said(1), said(2, withdrawn=1)], 0, Score(START, MILLION, 0, 1)),
        ([said(1), said(2)], START - 1, Score(START, 2 * MILLION, 0, 2)),
        ([said(1), said(2)], START, Score()),
        ([said(1), said(2, START + 1)], START, Score(START + 1, MILLION, 0, 1)),
        ([said(1, START - 125 * DAY), said(2)], 0, Score(START, 1_500_000, 0, 2)),
        (
            [said(1, START - 125 * DAY), said(2, axis="legit")],
            0,
            Score(START, 500_000, 0, 1, young=str(START)),
        ),
        ([said(1), said(2, START - 125 * DAY, axis="legit")], 0, Score(START, MILLION, 500_000, 1)),
        # The last word of one person: a trust takes the place of their report once it is a week old.
        (
            [said(1, START - DAY), said(1, axis="legit")],
            0,
            Score(START, 994_470, 0, 1, young=f"{START}:{START - DAY}"),
        ),
        ([said(1), said(1, START - 9 * DAY, axis="legit")], 0, Score(START, MILLION, 0, 1)),
        ([said(1, withdrawn=1), said(1, START - 9 * DAY, axis="legit")], 0, Score()),
    ],
)
def test_evidence_adds_up_to_a_score(evidence, cleared_at, wanted):
    assert compute_score(evidence, cleared_at=cleared_at)._replace(recent="", first=0, last=0) == wanted


def test_a_score_knows_the_oldest_and_the_newest_report_that_counts():
    evidence = [said(1, START - DAY), said(2, START), said(3, START + 9, axis="legit"), said(4, START + 9, withdrawn=1)]
    score = compute_score(evidence)
    assert (score.first, score.last, score.as_of) == (START - DAY, START, START + 9)
    assert compute_score(evidence, cleared_at=START - 9)[-2:] == (START, START)
    assert compute_score(evidence[2:])[-2:] == (0, 0)


def test_the_trend_compares_the_live_reports_of_this_week_and_the_one_before():
    evidence = [said(n, START - n * DAY) for n in range(20)]  # one each day
    evidence += [said(20, START), said(21, START, withdrawn=1), said(22, START, axis="legit")]
    score = compute_score(evidence)
    assert trend(score, START) == (8, 7)
    assert trend(score, START + 7 * DAY) == (0, 8)
    assert trend(score, START + 14 * DAY) == (0, 0)
    assert trend(score, START - 3600) == (8, 7)  # a clock that is behind
    assert trend(compute_score(evidence, cleared_at=START - 2 * DAY), START) == (3, 0)
    assert len(score.recent.split()) == 14
    assert trend(Score(), START) == (0, 0)


@pytest.mark.parametrize(
    ("said_of_it", "main"),
    [
        ([], ""),
        ([("", 0)], ""),
        ([("prize", 0)], "prize"),
        ([("prize", 0), ("money", 0), ("money", 0)], "money"),
        ([("secrets", 0), ("money", 0)], "money"),  # a tie: the first by name
        ([("prize", 0), ("money", 0), ("prize", 0), ("money", 0)], "money"),
        ([("prize", 125), ("prize", 125), ("secrets", 0)], "prize"),  # two halves against one: again a tie
        ([("prize", 126), ("prize", 126), ("secrets", 0)], "secrets"),
        ([("", 0), ("", 0), ("other", 300)], "other"),
    ],
)
def test_the_main_category_is_what_most_of_the_faded_reports_are_about(said_of_it, main):
    evidence = [said(n, START - days * DAY, category=name) for n, (name, days) in enumerate(said_of_it)]
    assert compute_score(evidence).category == main
    assert compute_score(list(reversed(evidence))).category == main


def test_a_trust_has_no_category():
    assert compute_score([said(1, axis="legit", category="prize"), said(2)]).category == ""


@pytest.mark.parametrize(("people", "live", "more"), [(199, 199, 0), (200, 200, 0), (201, 200, 1), (500, 200, 1)])
def test_more_than_two_hundred_reporters_are_told_as_that(people, live, more):
    score = compute_score([said(n, category=CATEGORIES[n % 2]) for n in range(people)])
    assert (score.live, score.spam, score.more) == (live, live * MILLION, more)


# Blocks of numbers.


def block(*bad, good=()):
    """A block with bad and good members."""
    return Block({**dict.fromkeys(bad, units(4)), **dict.fromkeys(good, units(1))})


def hundred(*tens):
    """A block of a hundred with so many bad members in each of its blocks of ten."""
    return block(*(f"{ten}{n}" for ten, members in enumerate(tens) for n in range(members)))


@pytest.mark.parametrize(
    ("some", "bad"),
    [
        (block(), False),
        (block("1", "2", "3"), False),
        (block("1", "2", "3", good="4567890"), False),
        (block("1", "2", "3", "4"), True),
        (block(*"0123456789"), True),
        (hundred(7), False),
        (hundred(10, 10, 10), False),  # thirty, but in three blocks of ten
        (hundred(2, 2, 2, 1), False),  # in four, but only seven
        (hundred(2, 2, 2, 2), True),
        (hundred(5, 1, 1, 1), True),
        (hundred(4, 4), False),
        (hundred(*[1] * 8), True),
    ],
)
def test_a_block_is_bad_by_its_number_of_bad_members(some, bad):
    """4 of ten numbers; 8 of a hundred, where they are spread over 4 blocks of ten."""
    assert some.is_bad(START) is bad


def test_a_block_gets_better_as_its_members_fade():
    assert block(*"1234").is_bad(START + 43 * DAY)
    assert not block(*"1234").is_bad(START + 44 * DAY)


@pytest.mark.parametrize(
    ("caller", "blocks"),
    [("+13035550120", ("+1303555012", "+130355501")), ("1500", ()), ("", ()), ("anonymous", ())],
)
def test_only_full_numbers_stand_in_blocks(caller, blocks):
    assert blocks_of(caller) == blocks
