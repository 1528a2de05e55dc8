"""What each category of report is called in a language: all its forms in one place, the ``categories.json``.

A form is a whole sentence or phrase, since a noun's case, number and article differ from sentence to sentence.
"""

from __future__ import annotations

from typing import Any

from ivr.locales import folder

SPOKEN = ("key", "about", "agent_about")  # the prompts ``key.prize``, ``about.prize`` and so on
SMS, PAPER = "sms", "paper"  # the advice of the SMS, and the dossier's word
_FORMS = (*SPOKEN, SMS, PAPER)


def prompts(code: str) -> dict[str, Any]:
    """The prompts of every category, by their keys. Raises ``ivr.locales.folder.LocaleError``."""
    return {f"{form}.{category}": words for form in SPOKEN for category, words in forms(code, form).items()}


def forms(code: str, form: str) -> dict[str, Any]:
    """One form of every category, by category. Raises ``ivr.locales.folder.LocaleError`` where any form is missing."""
    known = folder.read(code, "categories")
    lacking = [f"{category}.{one}" for category, has in known.items() for one in _FORMS if not (has and has.get(one))]
    if lacking:
        raise folder.LocaleError(f"{folder.shown(code, 'categories')} lacks {', '.join(lacking)}")
    return {category: has[form] for category, has in known.items()}
