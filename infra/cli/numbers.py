"""Telephone numbers as people type them on the command line."""

from __future__ import annotations

import click

from ivr import numbers
from ivr.numbers import Kind, Number


def caller_id(text: str, home_region: str) -> Number:
    """Whatever a caller may show: a number, a short code, a sip address, a word such as anonymous.

    Raises ``click.ClickException`` for what no telephone network would send.
    """
    number = numbers.read(text, home_region)
    if number.kind is Kind.MALFORMED and not text.strip().lower().startswith(("sip:", "sips:")):
        raise click.ClickException(
            f"{text!r} is no telephone number. Write it as +96891234567, or a short code, a sip: address, or anonymous"
        )
    if not text.strip():
        raise click.ClickException("the caller's number is empty. A withheld one is written anonymous")
    return number


def full_number(text: str, home_region: str, what: str) -> str:
    """A number in E.164. Raises ``click.ClickException``, which names it by ``what``."""
    number = numbers.read(text, home_region)
    if number.kind is not Kind.E164:
        raise click.ClickException(f"{what} is {text!r}, which is no telephone number. Write it as +12025550100")
    return number.text


def may_ring(text: str, home_region: str, *, foreign: bool) -> str:
    """A number that may be rung: fixed or mobile, of the home region or, with ``foreign``, of any; never premium."""
    number = full_number(text, home_region, "--ring-to")
    if numbers.may_be_dialled(Number(Kind.E164, number), home_region):
        return number
    region = _region(number)
    if not region or not numbers.may_be_dialled(Number(Kind.E164, number), region):
        raise click.ClickException(f"{number} is neither a fixed nor a mobile number: it may not be rung")
    if not foreign:
        raise click.ClickException(
            f"{number} is a number of {region}, and the home region is {home_region}: add --foreign if you mean it"
        )
    return number


def _region(number: str) -> str:
    import phonenumbers

    return str(phonenumbers.region_code_for_number(phonenumbers.parse(number)) or "")
