"""Signing in for real: the code flow with PKCE against the laptop's issuer, through API Gateway's events."""

import io
import re

import pytest
import requests

from infra.local.stack import Stack


@pytest.fixture(scope="module")
def desk():
    with Stack({}, log=io.StringIO()) as stack:
        yield f"{stack.address}/desk"


def _sign_in(desk, person):
    browser = requests.Session()
    browser.headers["Accept-Language"] = "en"
    asked = browser.get(f"{desk}/sign-in")
    assert "code_challenge_method=S256" in asked.url
    assert "nonce=" in asked.url
    return browser, browser.post(asked.url, data={"sub": person})


@pytest.mark.slow
@pytest.mark.parametrize("person", ["reader", "agent", "decider"])
def test_a_person_with_a_role_comes_to_today(desk, person):
    _, page = _sign_in(desk, person)
    assert page.status_code == 200
    assert page.url == f"{desk}"
    assert f"({person})" in page.text


def test_a_person_without_a_role_is_refused(desk):
    browser, page = _sign_in(desk, "no-role")
    assert page.status_code == 403
    assert "You have no role at this desk" in page.text
    assert browser.get(f"{desk}").status_code == 401


def test_a_made_up_answer_of_the_issuer_is_refused(desk):
    assert requests.get(f"{desk}/signed-in?code=made-up&state=made-up", timeout=5).status_code == 401


def test_an_answer_of_the_issuer_is_for_the_browser_that_asked(desk):
    asked = requests.Session().get(f"{desk}/sign-in")
    answer = requests.post(asked.url, data={"sub": "decider"}, timeout=5, allow_redirects=False)
    assert requests.get(answer.headers["Location"], timeout=5).status_code == 401


def test_the_way_out_leads_to_the_issuer_too(desk):
    browser, page = _sign_in(desk, "reader")
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]
    out = browser.post(f"{desk}/sign-out", data={"csrf_token": token})
    assert "end_session" in out.text
    assert browser.get(f"{desk}").status_code == 401
