"""The desk's words, from ``desk.json`` in each language's folder, and times and numbers as its readers write them."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError, dates, numbers
from markupsafe import Markup

from ivr.locales import folder, language
from ivr.records.base import moment_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ivr.settings import Settings


@lru_cache(maxsize=1)
def spoken_here() -> tuple[str, ...]:
    """The languages that the pages are written in: those whose folder has a ``desk.json``."""
    return tuple(code for code in folder.known() if folder.has(code, "desk"))


def usual(settings: Settings) -> str:
    """The language for a reader of whom none is known: the first that the deployment offers and the pages are in."""
    return next((code for code in settings.languages if code in spoken_here()), spoken_here()[0])


class Words(NamedTuple):
    """One language as the pages use it."""

    code: str
    texts: Mapping[str, str]
    locale: Locale
    zone: ZoneInfo

    @property
    def direction(self) -> str:
        """Of the script: ltr or rtl."""
        return language.load(self.code).direction

    def text(self, key: str, **values: object) -> str:
        """The text of a key, with values in its places; in a template they are escaped there."""
        return self.texts[key].format(**values)

    def word(self, group: str, code: str) -> str:
        """What a stored code of a group is called, such as a category. A newer release's is shown as it is."""
        return self.texts.get(f"{group}.{code}", code)

    def language(self, code: str) -> str:
        """What a language is called in this one."""
        return language.name_in(code, self.code) or code

    def moment(self, at: int) -> Markup:
        """A moment (epoch seconds) as day and time in the deployment's zone, and for machines."""
        try:
            local = datetime.fromtimestamp(at, self.zone)
        except (ValueError, OverflowError, OSError):  # a damaged record's costs no page
            return Markup("{}").format(at)
        joined = str(self.locale.datetime_formats["medium"])  # with the comma of its script
        pattern = joined.replace("{1}", "d MMM y").replace("{0}", "HH:mm")
        shown = dates.format_datetime(local, pattern, locale=self.locale)
        return Markup('<time datetime="{}">{}</time>').format(moment_of(at), shown)

    def day(self, day: str) -> str:
        """A day such as 2026-11-26, as its reader writes it."""
        return dates.format_date(datetime.fromisoformat(day), "EEE d MMM y", locale=self.locale)

    def last_day(self, until: int) -> str:
        """The last whole day of what ends at a moment, for a field of a form; of what has no end (0) an empty text."""
        return f"{datetime.fromtimestamp(until - 1, self.zone):%Y-%m-%d}" if until else ""

    def short_day(self, day: date) -> str:
        """A day as short as a chart's label."""
        return str(dates.format_date(day, "d/M", locale=self.locale))

    def number(self, value: float) -> str:
        """A number with its separators. Its digits are 0 to 9 in every language, as they stand on a telephone."""
        return numbers.format_decimal(value, locale=self.locale, numbering_system="latn")

    def percent(self, share: float) -> str:
        """A share of 1 in percent."""
        return numbers.format_percent(share, locale=self.locale, numbering_system="latn")


def load(code: str, settings: Settings) -> Words:
    """The words of a language that the pages are written in."""
    return _load(code, settings.home_region, settings.timezone)


@lru_cache(maxsize=8)
def _load(code: str, region: str, zone: str) -> Words:
    try:
        locale = Locale.parse(f"{code}_{region}")
    except UnknownLocaleError:
        locale = Locale.parse(code)
    return Words(code, folder.read(code, "desk"), locale, ZoneInfo(zone))
