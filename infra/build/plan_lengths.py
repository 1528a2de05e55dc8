"""Writes ivr/numbers/plan_lengths.py from libphonenumber's metadata: `python -m infra.build.plan_lengths`."""

from __future__ import annotations

import sys
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING

import phonenumbers
from phonenumbers import PhoneMetadata

if TYPE_CHECKING:
    from phonenumbers.phonemetadata import PhoneNumberDesc

TABLE = Path(__file__).resolve().parents[2] / "ivr" / "numbers" / "plan_lengths.py"
_LONGEST_SHORT_CODE = 6
_HEAD = '''\
"""Lengths of numbers by country and of short codes by region, and all regions. What no length makes clear is left out.

Made of libphonenumber {version} by `python -m infra.build.plan_lengths`.
"""

from __future__ import annotations

# By country code: the digits that a national number may begin with, and how many digits it may have.
COUNTRIES: dict[str, tuple[str, tuple[int, ...]]] = {{
'''


def written() -> str:
    """The text of the module."""
    countries = (f"    {code!r}: {_of_country(code)!r},\n" for code in sorted(map(str, _regions())))
    short = ((region, _of_short_codes(region)) for region in sorted(phonenumbers.SUPPORTED_REGIONS))
    return "".join(
        (
            _HEAD.format(version=phonenumbers.__version__),
            *countries,
            "}\n\n# Country codes with numbers of so few digits that a short code may look like one of them.\n",
            f"WITH_SHORTEST_NUMBERS = {tuple(filter(_has_shortest, sorted(map(str, _regions()))))!r}\n",
            "\n# By region: its country code, and how many digits its short codes may have.\n",
            "SHORT_CODES: dict[str, tuple[str, tuple[int, ...]]] = {\n",
            *(f"    {region!r}: {found!r},\n" for region, found in short if found),
            '}\n\n# All regions that have numbers, by their two letters.\n_REGIONS = """\n',
            *(f"{line}\n" for line in wrap(" ".join(sorted(phonenumbers.SUPPORTED_REGIONS)), 119)),
            '"""\nREGIONS = frozenset(_REGIONS.split())\n',
        )
    ).replace("'", '"')


def _regions() -> dict[int, tuple[str, ...]]:
    return dict(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)


def _plans(code: str) -> list[PhoneMetadata]:
    """The plans of a country code: the main region's is the first."""
    found = [PhoneMetadata.metadata_for_region_or_calling_code(int(code), one) for one in _regions()[int(code)]]
    return [plan for plan in found if plan]


def _general(plan: PhoneMetadata) -> PhoneNumberDesc:
    if plan.general_desc is None:
        raise LookupError(f"libphonenumber has no lengths of {plan.id}: its metadata has changed its form")
    return plan.general_desc


def _of_country(code: str) -> tuple[str, tuple[int, ...]]:
    """What a national number may begin with, and its lengths. Nothing where a trunk prefix is more than digits.

    With seven digits or more, for fewer may be a short code; with eight in all, as for numbers that the library does
    not know; without a zero at the beginning, which only some plans keep.
    """
    main = _plans(code)[0]
    prefix = main.national_prefix_for_parsing or "0"
    if not prefix.isdecimal():
        return "", ()
    most = _LONGEST_SHORT_CODE
    lengths = tuple(one for one in _general(main).possible_length if one > most and one + len(code) > most + 1)
    return "123456789".replace(prefix[0], ""), lengths


def _of_short_codes(region: str) -> tuple[str, tuple[int, ...]] | None:
    """A region's country code and the lengths of its short codes. None where one may look like another number."""
    plan, short = PhoneMetadata.metadata_for_region(region, None), PhoneMetadata.short_metadata_for_region(region)
    if not plan or not short or plan.international_prefix != "00":
        return None
    code = str(plan.country_code)
    if _shortest(code) <= _LONGEST_SHORT_CODE:
        return None
    lengths = tuple(one for one in _general(short).possible_length if 3 <= one <= _LONGEST_SHORT_CODE)
    return (code, lengths) if lengths else None


def _has_shortest(code: str) -> bool:
    return len(code) + _shortest(code) <= _LONGEST_SHORT_CODE


def _shortest(code: str) -> int:
    """The digits of the shortest national number that anybody with this country code has."""
    kinds = [_general(plan) for plan in _plans(code)]
    return min(int(length) for one in kinds for length in (*one.possible_length, *one.possible_length_local_only))


def main() -> None:
    """Write the module."""
    TABLE.write_text(written(), "utf-8")
    sys.stdout.write(f"{TABLE.name}: written of libphonenumber {phonenumbers.__version__}\n")


if __name__ == "__main__":
    main()
