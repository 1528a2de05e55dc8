"""The desk behind API Gateway: requests spelled as no browser spells them open nothing, fail nowhere, lead nowhere."""

import json

import pytest

from handlers.desk import desk
from infra.local.events import event
from ivr.observability.failures import Why
from ivr.store import StoreUnavailableError
from tests.conftest import ENVIRONMENT

HOST = "abc123.execute-api.me-central-1.amazonaws.com"


class Secrets:
    """The secrets of this deployment."""

    def hmac_key(self):
        return ENVIRONMENT["HMAC_KEY"]

    def client_secret(self):
        return ""


@pytest.fixture
def ask(store, desk_settings, visitor):
    """Ask the handler; ``roles`` are those of the person whose session it is, if it is anybody's."""
    handler = desk(desk_settings, store, Secrets())

    def ask(path, *roles, method="GET", query="", body=b"", cookies=(), **headers):
        sent = list(cookies)
        if roles:
            sent.append(f"desk_session={visitor(*roles).client.get_cookie('desk_session', path='/desk').value}")
        named = {"host": HOST, **{name.replace("_", "-"): value for name, value in headers.items()}}
        made = event(method=method, path=path, query=query, headers=named, body=body, now_ms=0)
        return handler({**made, "cookies": sent}, None)

    return ask


@pytest.mark.parametrize(
    "path",
    [
        "/desk%2Faudit",
        "/desk/%2e%2e/desk/audit",
        "/prod/desk",
        "/prod/desk/audit",
        "/desk/static/%2e%2e%2fapp.py",
        "/desk/static/..%2f..%2fsettings.py",
        "/desk/callers/%00",
        "/desk/callers/%FF%FE",
        "/desk/callers/%0d%0aSet-Cookie:x",
        "/desk/" + "a" * 8000,
        "/desk/;/audit",
        "/desk/audit/.",
        "/desk/AUDIT",
    ],
)
def test_no_path_leads_past_the_door(ask, path):
    assert ask(path)["statusCode"] in {401, 404}
    inside = ask(path, "reader")
    assert inside["statusCode"] == (200 if path == "/desk%2Faudit" else 404)
    assert "import annotations" not in inside["body"]
    assert "set-cookie:x" not in json.dumps(inside["headers"]).lower()


@pytest.mark.parametrize(
    "headers",
    [
        {"x_http_method_override": "GET"},
        {"x_original_url": "/desk/sign-in"},
        {"x_rewrite_url": "/desk/static/desk.css"},
        {"x_forwarded_prefix": "/desk/static"},
        {"x_forwarded_user": "Salma"},
        {"authorization": "Bearer x"},
        {"content_length": "0"},
        {"transfer_encoding": "chunked"},
    ],
)
def test_no_header_opens_a_page(ask, headers):
    assert ask("/desk", **headers)["statusCode"] == 401


@pytest.mark.parametrize("host", ["evil.example", "evil.example:443", "a b", "", "[::1", "\u0661.example"])
def test_the_host_that_is_asked_for_leads_nobody_there(ask, host):
    answers = [ask("/desk", host=host), ask("/desk/sign-in", host=host), ask("/desk", "reader", host=host)]
    for answer in answers:
        assert answer["statusCode"] in {200, 302, 400, 401}
        assert "evil.example" not in json.dumps(answer)


@pytest.mark.parametrize(
    "query", ["after=%FF%FE", "day=%00", "after=" + "A" * 8000, "day=&day=2026-01-01", "%", "a[]=b"]
)
def test_no_query_fails(ask, query):
    for path in ("/desk/audit", "/desk/reports", "/desk/statistics"):
        assert ask(path, "reader", query=query)["statusCode"] in {200, 404, 409}


@pytest.mark.parametrize("language", ["", "*", "xx", "ar;q=x", "en;q=1;q=2," * 500, "../../etc", "\u202e"])
def test_any_language_may_be_asked_for(ask, language):
    assert ask("/desk", "reader", accept_language=language)["statusCode"] == 200


@pytest.mark.parametrize("cookie", ["desk_session=", "desk_session=x.y.z", "desk_session=" + "A" * 8000, "=", ";;"])
def test_a_cookie_that_is_none_is_nobodys(ask, cookie):
    assert ask("/desk", cookies=[cookie])["statusCode"] == 401


def test_a_form_that_is_cut_short_is_refused(ask):
    kind = "multipart/form-data; boundary=x"
    answer = ask("/desk/callers/search", "decider", method="POST", body=b"--x\r\nContent-Disp", content_type=kind)
    assert answer["statusCode"] in {400, 403}


def test_a_file_that_fails_on_the_way_is_no_file(ask, store, monkeypatch):
    def down(*_, **__):
        raise StoreUnavailableError(Why.TIMED_OUT)

    monkeypatch.setattr(store.reports, "page", down)
    answer = ask("/desk/reports.csv", "reader")
    assert answer["statusCode"] == 503
    assert "content-disposition" not in {name.lower() for name in answer["headers"]}
