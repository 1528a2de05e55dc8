"""A check that people can sign in at the desk's pages, where these are served."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast
from urllib.parse import parse_qs, urlsplit

import requests

from infra.doctor.findings import Checks, ok, wrong
from infra.doctor.patient import Place

if TYPE_CHECKING:
    from infra.doctor.findings import Found
    from infra.doctor.patient import Deployed, Patient

CHECKS = Checks()
_PATIENCE = 30.0  # seconds: API Gateway waits no longer
_REDIRECTS = frozenset({302, 303})
_UNAUTHORIZED, _SERVER_ERROR = 401, 500


def get(url: str) -> requests.Response:
    """Ask for a page, and follow no redirect."""
    with requests.Session() as session:
        session.trust_env = False
        return session.get(url, timeout=_PATIENCE, allow_redirects=False)


@CHECKS.check(
    "desk",
    looks_at="Where the desk's pages are deployed: that they send a person who signs in on to the issuer.",
    otherwise="Nobody gets into the desk.",
    after=("release", "functions", "key"),
    laptop=True,
)
def desk(patient: Patient) -> Found:
    """The way in."""
    if not _is_served(patient):
        return ok("its pages are not deployed: DeskSignIn is none")
    url = f"{patient.settings.public_base_url}/desk/sign-in"
    on_laptop = patient.place is Place.LAPTOP
    logs = patient.aws("logs", "tail", f"/aws/lambda/{patient.stack}-desk", "--since", "10m")
    steps = ("Read what `make run` prints in its terminal",) if on_laptop else (logs, patient.deploy())
    try:
        got = get(url)
    except requests.RequestException as error:
        return wrong(f"{url} can't be reached ({type(error).__name__})", *patient.mended_by())
    to = urlsplit(got.headers.get("Location", ""))
    if got.status_code in _REDIRECTS and to.hostname and "client_id" in parse_qs(to.query):
        return ok(f"{url} leads to the issuer at {to.netloc}")
    if got.status_code == _UNAUTHORIZED:
        return wrong(f"{url}: the issuer does not answer, or its metadata are wrong", *steps)
    if got.status_code >= _SERVER_ERROR:
        return wrong(f"{url} answers with {got.status_code}: a secret can't be read, or the function crashes", *steps)
    return wrong(f"{url} answers with {got.status_code}, and leads to no issuer", *patient.mended_by())


def _is_served(patient: Patient) -> bool:
    if patient.place is Place.LAPTOP:
        return bool(patient.settings.desk_oidc_issuer)
    return "DeskUrl" in cast("Deployed", patient).outputs
