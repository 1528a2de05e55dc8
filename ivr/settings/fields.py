"""The fields of the settings: what each says of itself, and how its variable is read."""

from __future__ import annotations

import re
from dataclasses import Field, field
from typing import TYPE_CHECKING, Any

from ivr.settings.values import whole

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LONGEST_RETENTION_DAYS = 3650  # the upper limit of every retention setting: data about a person


class SettingsError(ValueError):
    """A setting is missing or wrong. The message names the setting, its value and the remedy, and no URL's password."""

    def __init__(self, message: str) -> None:
        super().__init__(re.sub(r"//.*@", "//***@", message, flags=re.DOTALL))  # a password may hold any character


def setting(doc: str, *, default: str | None = "", read: Callable[[str], Any] = str, secret: bool = False) -> Any:
    """A field that is read from the environment variable with its name in capitals.

    ``default`` is the text for an empty or missing variable; None: the variable must be set.
    """
    return field(repr=not secret, metadata={"doc": doc, "default": default, "read": read})


def setting_a_language(doc: str, *, read: Callable[[str], Any]) -> Any:
    """Settings that each offered language has one of, as a mapping by its code: BRAND_AR, BRAND_EN and so on.

    ``doc`` is of one of them, and may speak of its ``{language}`` and ``{code}``. The language's folder holds the
    default, under the setting's name.
    """
    return field(metadata={"doc": doc, "default": "", "read": read, "a_language": True})


def retention(doc: str, *, default: str) -> Any:
    """A number of days for which something is kept. A change holds for what is stored from then on."""
    return setting(doc, default=default, read=whole(1, LONGEST_RETENTION_DAYS))


def cap(doc: str, *, default: str) -> Any:
    """A limit on what one person may ask for in a day. The default is more than anybody needs."""
    return setting(doc, default=default, read=whole(1, 100))


def read(of: Field[Any], name: str, environment: Mapping[str, str], default: str | None) -> Any:
    """The value of one variable, or of its default. Raises ``SettingsError``."""
    text = environment.get(name, "").strip() or default
    if text is None:
        raise SettingsError(f"{name} is not set. {of.metadata['doc']}")
    try:
        return of.metadata["read"](text)
    except ValueError as error:
        raise SettingsError(f"{name} is {text!r}: {error}") from error
