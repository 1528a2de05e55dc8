"""What a signed-in person's claims may be: the issuer's people choose their names themselves."""

import base64
import json
import time
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from joserfc import jwt
from joserfc.jwk import RSAKey

from tests.desk.audited import todays

ISSUER = "https://login.example.com"
KEY = RSAKey.generate_key(2048, {"kid": "1"}, private=True)
FOREIGN = RSAKey.generate_key(2048, {"kid": "1"}, private=True)


class Issuer:
    """The issuer that the desk asks over HTTPS; a test says what stands in its id tokens."""

    def __init__(self):
        self.claims, self.header, self.key = {}, {"alg": "RS256", "kid": "1"}, KEY

    def token(self, nonce):
        now = int(time.time())
        usual = {"iss": ISSUER, "aud": "desk", "sub": "sub-1", "nonce": nonce, "iat": now, "exp": now + 60}
        claims = {"roles": ["reader"], "name": "Dana", **usual, **self.claims}
        claims = {name: value for name, value in claims.items() if value is not None}
        if self.header["alg"] == "none":
            parts = [json.dumps(part).encode() for part in ({"alg": "none"}, claims)]
            return ".".join([*(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts), ""])
        return jwt.encode(self.header, claims, self.key)

    def request(self, _method, url, *_, **__):
        answers = {
            f"{ISSUER}/.well-known/openid-configuration": {
                "issuer": ISSUER,
                "authorization_endpoint": f"{ISSUER}/authorize",
                "token_endpoint": f"{ISSUER}/token",
                "jwks_uri": f"{ISSUER}/keys",
                "id_token_signing_alg_values_supported": ["RS256"],
            },
            f"{ISSUER}/keys": {"keys": [KEY.as_dict(private=False)]},
            f"{ISSUER}/token": {"access_token": "a", "token_type": "Bearer", "id_token": self.token(self.nonce)},
        }
        answer = requests.Response()
        answer.status_code, answer._content = 200, json.dumps(answers[url]).encode()
        return answer

    def sign_in(self, client):
        asked = parse_qs(urlsplit(client.get("/desk/sign-in").headers["Location"]).query)
        self.nonce = asked["nonce"][0]
        return client.get("/desk/signed-in", query_string={"code": "c", "state": asked["state"][0]})


@pytest.fixture
def issuer(monkeypatch):
    made = Issuer()
    made.nonce = ""
    monkeypatch.setattr(requests.Session, "request", made.request)
    return made


def test_the_usual_claims_let_a_reader_in(app, issuer):
    client = app.test_client()
    assert issuer.sign_in(client).status_code == 302
    assert client.get("/desk").status_code == 200


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://evil.example"},
        {"aud": "another client"},
        {"aud": "another client", "azp": "desk"},
        {"aud": ["another client", "a third"], "azp": "desk"},
        {"nonce": None},
        {"nonce": "another"},
        {"exp": 1},
        {"sub": None},
        {"sub": ""},
        {"sub": "x" * 256},
        {"sub": "a\nb"},
    ],
    ids=str,
)
def test_a_token_for_others_lets_nobody_in(app, issuer, claims):
    issuer.claims, client = claims, app.test_client()
    assert issuer.sign_in(client).status_code == 401
    assert client.get("/desk").status_code == 401


def test_a_token_that_nobody_signed_lets_nobody_in(app, issuer):
    issuer.header, client = {"alg": "none"}, app.test_client()
    assert issuer.sign_in(client).status_code == 401


def test_a_token_under_another_key_lets_nobody_in(app, issuer):
    issuer.key, client = FOREIGN, app.test_client()
    assert issuer.sign_in(client).status_code == 401


@pytest.mark.parametrize(
    "roles", [None, 1, True, {"decider": True}, ["Decider"], [["decider"]], ["decider "], "xdecider", [None]], ids=str
)
def test_odd_roles_are_no_roles(app, issuer, roles):
    issuer.claims, client = {"roles": roles}, app.test_client()
    assert issuer.sign_in(client).status_code == 403
    assert client.get("/desk").status_code == 401


@pytest.mark.parametrize(
    ("name", "kept"),
    [("", "sub-1"), (" \t ", "sub-1"), ("Da\nna", "Da na"), ("\u202eDana", "Dana"), ("x" * 99, "x" * 80)],
    ids=["none", "blank", "lines", "turned around", "long"],
)
def test_each_name_is_one_that_the_audit_can_keep(app, context, issuer, name, kept):
    issuer.claims, client = {"name": name}, app.test_client()
    issuer.sign_in(client)
    assert client.get("/desk/rules").status_code == 200
    assert client.post("/desk/rules/add").status_code == 403
    assert [one.by for one in todays(context).entries] == [kept]


def test_who_signs_in_ends_the_session_that_another_left(app, issuer, visitor):
    person = visitor("decider")
    left = person.client.get_cookie("desk_session", path="/desk").value
    issuer.claims = {"roles": []}
    assert issuer.sign_in(person.client).status_code == 403
    assert person.get("/desk").status_code == 401
    thief = visitor()
    thief.client.set_cookie("desk_session", left, path="/desk")
    assert thief.get("/desk").status_code == 401


def test_many_attempts_to_sign_in_leave_a_cookie_that_a_browser_keeps(app, issuer):
    client = app.test_client()
    for _ in range(40):
        assert len(client.get("/desk/sign-in").headers["Set-Cookie"]) < 2000
    assert issuer.sign_in(client).status_code == 302


def test_a_forms_token_ends_with_its_session(app, issuer):
    client = app.test_client()
    issuer.sign_in(client)
    old = {"csrf_token": client.get("/desk").text.split('name="csrf_token" value="')[1].split('"')[0]}
    assert client.post("/desk/sign-out", data=old).status_code == 200
    assert client.post("/desk/reports/search", data=old).status_code == 401
    issuer.sign_in(client)
    assert client.post("/desk/reports/search", data=old).status_code == 403


def test_what_stood_in_the_browser_before_is_not_in_the_session(app, issuer):
    client = app.test_client()
    with client.session_transaction("/desk") as planted:
        planted.update({"language": "en", "csrf_token": "planted", "note": "planted"})
    issuer.sign_in(client)
    with client.session_transaction("/desk") as session:
        assert set(session) == {"language", "who"}


def test_the_session_is_for_this_desk_over_tls_alone(app, issuer):
    cookie = issuer.sign_in(app.test_client()).headers["Set-Cookie"]
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/desk"} <= {part.strip() for part in cookie.split(";")}
    assert "Domain" not in cookie


@pytest.mark.parametrize("metadata", ["", "<html>", "[]", "null", "1", "{}"])
def test_an_issuer_that_answers_nonsense_lets_nobody_in(app, monkeypatch, metadata):
    answer = requests.Response()
    answer.status_code, answer._content = 200, metadata.encode()
    monkeypatch.setattr(requests.Session, "request", lambda *_, **__: answer)
    assert app.test_client().get("/desk/sign-in").status_code == 401
    assert app.test_client().get("/desk/signed-in?code=c&state=s").status_code == 401
