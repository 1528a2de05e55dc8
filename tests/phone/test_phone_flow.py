"""The diagram of a page: every step and every exit of the book, laid out without an overlap."""

import itertools

import pytest

from infra.local.phone import labelling
from infra.local.phone.flow_words import in_language
from infra.local.phone.layout import flow_of
from ivr.flow.pages import BOOK
from tests.slowly import slow_but


@pytest.mark.parametrize("name", BOOK.pages)
def test_each_step_has_a_place_of_its_own_and_each_exit_an_edge(name):
    flow = flow_of(BOOK, name)
    places = {step["id"]: step for step in flow["steps"]}
    assert {f"{name}:{step}" for step in BOOK.pages[name].steps} == {i for i, s in places.items() if not s["elsewhere"]}
    exits = {
        (f"{here.page}:{here.step}", f"{there.page}:{there.step}")
        for here, _ in BOOK.steps()
        if here.page == name
        for _, there in BOOK.exits(here)
    }
    assert {(edge["from"], edge["to"]) for edge in flow["edges"]} == exits
    for one, other in itertools.combinations(places.values(), 2):
        apart_x = abs(one["x"] - other["x"]) >= (one["width"] + other["width"]) / 2
        assert apart_x or abs(one["y"] - other["y"]) >= one["height"]
    for step in places.values():
        assert step["width"] / 2 <= step["x"] <= flow["width"] - step["width"] / 2
        assert step["height"] / 2 <= step["y"] <= flow["height"] - step["height"] / 2


@pytest.mark.parametrize("name", BOOK.pages)
def test_an_edge_goes_from_the_rim_of_one_step_to_that_of_another(name):
    flow = flow_of(BOOK, name)
    places = {step["id"]: step for step in flow["steps"]}
    for edge in flow["edges"]:
        (x, y), (to_x, to_y) = edge["points"][0], edge["points"][-1]
        a, b = places[edge["from"]], places[edge["to"]]
        if a is b:
            assert x == pytest.approx(a["x"] + a["width"] / 2, abs=0.2)
            continue
        assert (x, to_x) == pytest.approx((a["x"], b["x"]), abs=0.2)
        assert (abs(y - a["y"]), abs(to_y - b["y"])) == pytest.approx((a["height"] / 2, b["height"] / 2), abs=0.2)


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("name", slow_but(("screened", "report_line"), BOOK.pages))
def test_the_words_of_edges_cover_no_step_and_no_other_words(name, language):
    flow = flow_of(BOOK, name, in_language(language))
    labels = {
        " / ".join(edge["words"]) + edge["from"] + edge["to"]: labelling.Box(
            *edge["at"], labelling.width_of(" / ".join(edge["words"])), 12
        )
        for edge in flow["edges"]
        if edge["words"]
    }
    steps = {step["id"]: labelling.Box(step["x"], step["y"], step["width"], step["height"]) for step in flow["steps"]}
    for (one, box), (other, over) in itertools.combinations({**labels, **steps}.items(), 2):
        assert box.covered_by(over) == 0, (one, other)
    for label, box in labels.items():
        assert box.width / 2 <= box.x <= flow["width"] - box.width / 2, label


def test_every_step_and_every_way_has_arabic_words_and_nothing_else_has():
    words = in_language("ar")
    ways = {exit_.label for here, _ in BOOK.steps() for exit_, _ in BOOK.exits(here) if exit_.label}
    assert {f"{here.page}:{here.step}" for here, _ in BOOK.steps()} == words.steps.keys()
    assert ways == words.labels.keys()
    assert BOOK.pages.keys() == words.pages.keys()


def test_the_diagram_speaks_the_readers_language(page):
    flow = page.get("/phone/flow/screened.json?language=ar").json()
    arrive = next(step for step in flow["steps"] if step["step"] == "arrive")
    assert (flow["title"], arrive["words"]) == ("مكالمة مفحوصة: طرف المتصل", "ورود المكالمة")
    assert "محظور" in [words for edge in flow["edges"] for words in edge["words"]]
    assert next(step["words"] for step in flow["steps"] if step["id"] == "apology:caller") == "الاعتذار: للمتصل"
    screened = page.get("/phone/flow?language=ar").json()["pages"][0]
    assert (screened["title"], screened["steps"]["arrive"]) == (flow["title"], "ورود المكالمة")
    assert page.get("/phone/flow/screened.json?language=xx").json() == page.get("/phone/flow/screened.json").json()


def test_most_edges_lead_down(page):
    flow = page.get("/phone/flow/screened.json").json()
    down = [edge for edge in flow["edges"] if edge["points"][0][1] < edge["points"][-1][1]]
    assert len(down) > 0.8 * len(flow["edges"])
    assert next(step for step in flow["steps"] if step["step"] == "arrive")["entry"]


def test_the_pages_are_listed_and_an_unknown_one_is_refused(page):
    assert [one["page"] for one in page.get("/phone/flow").json()["pages"]] == list(BOOK.pages)
    answer = page.get("/phone/flow/none.json")
    assert (answer.status_code, answer.json()["error"][:28]) == (404, "there is no page 'none': the")


@pytest.mark.slow
def test_each_step_of_a_call_is_one_of_the_diagram(page):
    held = page.call()
    held.check()
    page.post(f"/phone/calls/{held.name}/hang_up", {})
    held.ended()
    for webhook in held.of("webhook"):
        if webhook["step"]:
            assert webhook["step"] in BOOK.pages[webhook["page"]].steps
