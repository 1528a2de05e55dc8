"""Every route of the application is refused to everybody who has no right to it. The table is the application's own."""

import pytest

from ivr.desk import Context
from ivr.records.base import ItemKey
from ivr.web.app import OpenPageError, create_app
from ivr.web.roles import Right, Role, needs, right_for, rights_of
from ivr.web.site import Site
from ivr.web.views import PAGES
from tests.desk.audited import todays
from tests.slowly import slow_after


def _visits(app):
    """One request for each route and method, with a made-up value for each variable."""
    for rule in app.url_map.iter_rules():
        path = rule.rule
        for name in rule.arguments:
            path = path.replace(f"<{name}>", "x").replace(f"<path:{name}>", "x").replace(f"<int:{name}>", "1")
        for method in sorted(rule.methods - {"OPTIONS", "HEAD"}):
            yield rule.endpoint, method, path


def _right(app, endpoint):
    return Right.NONE if endpoint == "static" else right_for(app.view_functions[endpoint])


def _guarded(app):
    return [visit for visit in _visits(app) if _right(app, visit[0]) is not Right.NONE]


def test_there_are_routes_to_guard(app):
    assert ("today.show", "GET", "/desk") in _guarded(app)


def test_nobody_opens_a_page_unsigned(app, visitor):
    stranger = visitor()
    for _, method, path in _guarded(app):
        assert stranger.client.open(path, method=method).status_code == 401, path


@pytest.mark.slow
@pytest.mark.parametrize("role", [*Role, ""])
def test_each_role_gets_the_pages_of_its_rights_alone(app, visitor, role):
    person = visitor(role or "guest")
    rights = rights_of((Role(role),)) if role else {Right.NONE}
    for endpoint, method, path in _guarded(app):
        status = person.client.open(path, method=method).status_code
        if _right(app, endpoint) not in rights:
            assert status == 403, path
        elif method == "GET":
            assert status not in {401, 403}, path


def test_a_change_without_its_token_is_refused(app, visitor):
    person = visitor("reader", "agent", "decider")
    changes = [path for _, method, path in _visits(app) if method == "POST"]
    assert changes
    for path in changes:
        answer = person.client.post(path)
        assert answer.status_code == 403, path
        assert "This form is too old" in answer.text


@pytest.mark.parametrize(
    ("hours", "minutes", "status"),
    slow_after(3, [(1, 29, 200), (0, 31, 401), (8, 1, 401)]),
    ids=["in use", "idle", "for too long"],
)
def test_a_session_ends_when_it_is_idle_or_old(visitor, clock, hours, minutes, status):
    person = visitor("reader")
    for _ in range(hours * 4):
        clock.now += 900
        person.get("/desk")
    clock.now += minutes * 60
    assert person.get("/desk").status_code == status


def test_a_session_of_another_deployment_is_none(context, visitor, clock):
    elsewhere = create_app(Site(context, "another deployment's key, of 32 letters", None), clock=clock)
    foreign = elsewhere.test_client()
    with foreign.session_transaction() as session:
        session["who"] = {"id": "x", "sub": "x", "name": "X", "roles": ["decider"], "since": clock(), "seen": clock()}
    cookie = foreign.get_cookie("desk_session", path="/desk").value
    stranger = visitor()
    stranger.client.set_cookie("desk_session", cookie, path="/desk")
    assert stranger.get("/desk").status_code == 401


@pytest.mark.parametrize("cut", [slice(0, -4), slice(3, None)], ids=["signature", "content"])
def test_a_session_that_was_changed_is_none(visitor, cut):
    person = visitor("decider")
    cookie = person.client.get_cookie("desk_session", path="/desk").value
    person.client.set_cookie("desk_session", cookie[cut], path="/desk")
    assert person.get("/desk").status_code == 401


def test_signing_out_ends_every_copy_of_the_session(visitor):
    person, thief = visitor("decider"), visitor()
    cookie = person.client.get_cookie("desk_session", path="/desk").value
    thief.client.set_cookie("desk_session", cookie, path="/desk")
    assert thief.get("/desk").status_code == 200
    assert person.post("/desk/sign-out").status_code == 200
    thief.client.set_cookie("desk_session", cookie, path="/desk")
    assert thief.get("/desk").status_code == 401
    assert person.get("/desk").status_code == 401


def test_what_remembers_an_ended_session_goes_when_the_session_would_have_ended(context, visitor, clock):
    began, person = int(clock()), visitor("reader")
    with person.client.session_transaction("/desk") as session:
        ended = ItemKey(f"SESSION#{session['who']['id']}", "ENDED")
    clock.now += 600
    person.post("/desk/sign-out")
    assert context.store.table.get(ended)["expires"] == began + 8 * 3600


def test_each_refusal_of_a_person_is_in_the_audit(context, visitor, clock):
    visitor("guest").get("/desk")
    found = todays(context).entries
    assert [(one.by, one.subject, one.action, one.what) for one in found] == [
        ("Dana", "sub-1", "refused", "403 GET /desk")
    ]


def test_what_nobody_asks_for_fills_no_table(context, visitor, monkeypatch):
    stranger, minute = visitor(), context.now() // 60 * 60
    for second in (0, 1, 30, 59, 60, 119):
        monkeypatch.setattr(Context, "now", staticmethod(lambda second=second: minute + second))
        stranger.get("/desk")
        stranger.get("/desk/audit")
    assert len(todays(context).entries) == 2  # one a minute


def test_a_page_that_names_no_right_stops_the_start(context, monkeypatch):
    import flask

    forgotten = flask.Blueprint("forgotten", __name__)
    forgotten.get("/forgotten")(lambda: "anybody reads this")
    monkeypatch.setattr("ivr.web.app.PAGES", (*PAGES, forgotten))
    with pytest.raises(OpenPageError, match=r"forgotten\.<lambda>"):
        create_app(Site(context, "key", None))


def test_a_right_is_named_beside_its_page():
    assert right_for(needs(Right.DECIDE)(lambda: "")) is Right.DECIDE
