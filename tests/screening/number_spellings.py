"""How telephone networks, SIP trunks and people write one number: spellings that hypothesis composes."""

from __future__ import annotations

from urllib.parse import quote

import phonenumbers
from hypothesis import strategies as st

SCRIPTS = ("0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "０１２３４５６７８９")
SEPARATORS = " -.()/\N{NO-BREAK SPACE}\N{EN DASH}\N{NON-BREAKING HYPHEN}\N{MINUS SIGN}"
INVISIBLE = "".join(map(chr, (0x200E, 0x200F, *range(0x202A, 0x202F), 0x2066, 0x2069, 0xFEFF, 0xAD, 0x200B)))
SCHEMES = ("", "sip:", "sips:", "tel:", "SIP:", "Sips:", "TEL:")
PARAMETERS = ("", ";user=phone", ";phone-context=+1;npdi", ";ext=5", ";PHONE-CONTEXT=pbx.example;cpc=ordinary")
HOSTS = ("@10.0.0.1:5060", "@pbx.example;transport=tcp", "@[2001:db8::1]", "@PBX.EXAMPLE?x=1")
NAMES = ("", '"Ali" ', "Ali", '"+15005550006" ')


def in_full(number: str):
    """An E.164 number behind its plus, behind 00, or behind both, as trunks that add a plus to everything have it."""
    return st.sampled_from([number, f"00{number[1:]}", f"+00{number[1:]}"])


def at_home(number: str, region: str):
    """A number of the home region as it is dialled there: with the trunk prefix where there is one."""
    parsed = phonenumbers.parse(number)
    national = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)
    return st.just("".join(filter(str.isdigit, national)))


@st.composite
def dressed(draw, written):
    """Digits, with a plus or without, as they may look by the time that they reach us."""
    text = draw(written)
    script = draw(st.sampled_from(SCRIPTS))
    marks = st.text(SEPARATORS + INVISIBLE, max_size=2)
    text = "".join((script[int(one)] if one.isdigit() else one) + draw(marks) for one in text)
    if draw(st.booleans()):
        text = text.replace("+", "\N{FULLWIDTH PLUS SIGN}")
    text = draw(st.sampled_from(INVISIBLE + " ")) + text if draw(st.booleans()) else text
    scheme = draw(st.sampled_from(SCHEMES))
    is_sip = scheme.lower().startswith("sip")
    if draw(st.booleans()):
        text = quote(text, safe="" if draw(st.booleans()) else "+")
    if scheme:
        has_plus = "+" in text or "%2B" in text or "%EF%BC%8B" in text or "\N{FULLWIDTH PLUS SIGN}" in text
        text += draw(st.sampled_from([one for one in PARAMETERS if has_plus or "context=+" not in one]))
    if is_sip or draw(st.booleans()):
        text += draw(st.sampled_from(HOSTS))
    text = scheme + text
    if scheme and draw(st.booleans()):
        text = f"{draw(st.sampled_from(NAMES))}<{text}>;tag=1"
    return quote(text, safe="") if draw(st.booleans()) else text
