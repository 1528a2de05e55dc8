"""Telephone numbers as people type them on the command line."""

from __future__ import annotations

import click

from ivr.numbers import phone_number
from ivr.numbers.phone_number import Kind, Number


def caller_id(text: str, home_region: str, extra_ranges: tuple[str, ...] = ()) -> Number:
    """Whatever a caller may show: a number, a short code, a sip address, a word such as anonymous.

    Raises ``click.ClickException`` for what no telephone network would send.
    """
    number = phone_number.read(text, home_region, extra_ranges)
    if number.kind is Kind.MALFORMED and not text.strip().lower().startswith(("sip:", "sips:")):
        raise click.ClickException(
            f"{text!r} is no telephone number. Write it as +96891234567, or a short code of {home_region}, a sip: "
            "address, or anonymous"
        )
    if not text.strip():
        raise click.ClickException("the caller's number is empty. A withheld one is written anonymous")
    return number


def full_number(text: str, home_region: str, what: str, extra_ranges: tuple[str, ...] = ()) -> str:
    """A number in E.164. Raises ``click.ClickException``, which names it by ``what``."""
    number = phone_number.read(text, home_region, extra_ranges)
    if number.kind is not Kind.E164:
        raise click.ClickException(f"{what} is {text!r}, which is no telephone number. Write it as +12025550100")
    return number.text


def may_ring(text: str, home_region: str, extra_ranges: tuple[str, ...] = (), *, foreign: bool) -> str:
    """A number that may be rung: fixed or mobile, of the home region or, with ``foreign``, of any; never premium."""
    number = full_number(text, home_region, "--ring-to", extra_ranges)
    if phone_number.may_be_dialled(Number(Kind.E164, number), home_region, extra_ranges):
        return number
    region = _region(number)
    if not phone_number.may_be_dialled(Number(Kind.E164, number), region, extra_ranges):
        raise click.ClickException(
            f"{number} is neither a fixed nor a mobile number: it may not be rung. If its range is new, "
            "name it in EXTRA_NUMBER_RANGES"
        )
    if not foreign:
        raise click.ClickException(
            f"{number} is a number of {region}, and the home region is {home_region}: add --foreign if you mean it"
        )
    return number


def _region(number: str) -> str:
    import phonenumbers

    parsed = phonenumbers.parse(number)
    found = phonenumbers.region_code_for_number(parsed) or phonenumbers.region_code_for_country_code(
        parsed.country_code or 0
    )
    return str(found)
