"""The settings of a deployment that only some environment variables tell: the others are refused, never guessed."""

from __future__ import annotations

from dataclasses import Field, fields
from types import MethodType
from typing import TYPE_CHECKING, Any, cast

import click

from ivr.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable


class _Given:
    """``Settings``, but for what nobody set: reading that is a ``click.ClickException`` which says what to do."""

    def __init__(self, settings: Settings, given: Collection[str], table: str) -> None:
        self._settings = settings
        self._unknown = {  # by the setting, the first variable of it that is missing
            field.name: missing[0]
            for field in fields(Settings)
            if (missing := [name for name in _variables(field, settings.languages) if name not in given])
        }
        self._table = table

    def __getattr__(self, name: str) -> Any:
        if name in self._unknown:
            # Of a secret the deployment holds the parameter's name, and so may the environment.
            variable = self._unknown[name] + ("_PARAMETER" if f"{name}_parameter" in self._unknown else "")
            raise click.ClickException(
                f"{variable} of the deployment is not known by its table alone. Name its stack (--stack NAME, or "
                f"IVR_STACK) instead of the table {self._table}, or set {variable} to what is deployed"
            )
        of_class = getattr(Settings, name, None)
        if isinstance(of_class, property) and of_class.fget:  # which may rest on what is not known
            return of_class.fget(self)
        if callable(of_class):
            return MethodType(of_class, self)
        return getattr(self._settings, name)


def _variables(setting: Field[Any], languages: Iterable[str]) -> list[str]:
    """The environment variables that a setting is read from: of some settings each language has one."""
    name = setting.name.upper()
    return [f"{name}_{code.upper()}" for code in languages] if "a_language" in setting.metadata else [name]


def only_given(settings: Settings, given: Collection[str], table: str) -> Settings:
    """The settings of a table's deployment, of which only the ``given`` variables are known."""
    return cast("Settings", _Given(settings, given, table))
