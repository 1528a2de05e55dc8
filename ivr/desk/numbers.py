"""Telephone numbers as people write them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ivr.desk.errors import Code, DeskError
from ivr.numbers import phone_number
from ivr.numbers.phone_number import Kind, Number

if TYPE_CHECKING:
    from ivr.desk.context import Context


def caller_id(text: str, home_region: str, extra_ranges: tuple[str, ...] = ()) -> Number:
    """Read whatever a caller may show: a number, a short code, a sip address, a word such as anonymous.

    Raises ``DeskError`` for what no telephone network would send.
    """
    number = phone_number.read(text, home_region, extra_ranges)
    if number.kind is Kind.MALFORMED and not text.strip().lower().startswith(("sip:", "sips:")):
        raise DeskError(
            Code.NO_NUMBER,
            f"{text!r} is no telephone number. Write it as +96891234567, or a short code of {home_region}, a sip: "
            "address, or anonymous",
        )
    if not text.strip():
        raise DeskError(Code.NO_NUMBER, "the caller's number is empty. A withheld one is written anonymous")
    return number


def full_number(text: str, home_region: str, what: str, extra_ranges: tuple[str, ...] = ()) -> str:
    """Read a number and return it in E.164. Raises ``DeskError``, which names it by ``what``."""
    number = phone_number.read(text, home_region, extra_ranges)
    if number.kind is not Kind.E164:
        raise DeskError(Code.NO_NUMBER, f"{what} is {text!r}, which is no telephone number. Write it as +12025550100")
    return number.text


def customers_number(context: Context, text: str, what: str = "NUMBER") -> str:
    """Read a customer's telephone number and return it in E.164. Raises ``DeskError``."""
    region, extra_ranges = context.settings.numbering
    return full_number(text, region, what, extra_ranges)


def decidable(context: Context, text: str) -> str:
    """Read a caller that the desk can decide about. Raises ``DeskError`` for one without a number."""
    caller = caller_id(text, *context.settings.numbering)
    if not caller.text:
        raise DeskError(Code.WITHHELD, f"{text!r} is a withheld caller: there is no number to decide about")
    return caller.text


def may_ring(text: str, home_region: str, what: str, extra_ranges: tuple[str, ...] = (), *, foreign: bool) -> str:
    """Read a number that may be rung: fixed or mobile, of the home region or, with ``foreign``, of any; never premium.

    Raises ``DeskError``.
    """
    number = full_number(text, home_region, what, extra_ranges)
    if phone_number.may_be_dialled(Number(Kind.E164, number), home_region, extra_ranges):
        return number
    region = _region(number)
    if not phone_number.may_be_dialled(Number(Kind.E164, number), region, extra_ranges):
        raise DeskError(
            Code.MAY_NOT_BE_RUNG,
            f"{number} is neither a fixed nor a mobile number: it may not be rung. If its range is new, "
            "name it in EXTRA_NUMBER_RANGES",
        )
    if not foreign:
        raise DeskError(Code.FOREIGN, f"{number} is a number of {region}, and the home region is {home_region}")
    return number


def _region(number: str) -> str:
    import phonenumbers

    parsed = phonenumbers.parse(number)
    found = phonenumbers.region_code_for_number(parsed) or phonenumbers.region_code_for_country_code(
        parsed.country_code or 0
    )
    return str(found)
