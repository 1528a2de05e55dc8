"""The settings of a deployment of which only some environment variables are known; others are refused, not guessed."""

from __future__ import annotations

from dataclasses import Field, fields
from types import MethodType
from typing import TYPE_CHECKING, Any, cast

import click

from ivr.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable


class _Given:
    """``Settings`` with unknown values. Reading one raises ``click.ClickException``, which says what to do."""

    def __init__(self, settings: Settings, given: Collection[str], table: str) -> None:
        self._settings = settings
        self._unknown = {  # by setting: its first missing variable
            field.name: missing[0]
            for field in fields(Settings)
            if (missing := [name for name in _variables(field, settings.languages) if name not in given])
        }
        self._table = table

    def __getattr__(self, name: str) -> Any:
        if name in self._unknown:
            # For a secret, the environment may have the parameter's name instead.
            variable = self._unknown[name] + ("_PARAMETER" if f"{name}_parameter" in self._unknown else "")
            raise click.ClickException(
                f"{variable} of the deployment is not known by its table alone. Name its stack (--stack NAME, or "
                f"IVR_STACK) instead of the table {self._table}, or set {variable} to what is deployed"
            )
        of_class = getattr(Settings, name, None)
        if isinstance(of_class, property) and of_class.fget:  # which may depend on an unknown setting
            return of_class.fget(self)
        if callable(of_class):
            return MethodType(of_class, self)
        return getattr(self._settings, name)


def _variables(setting: Field[Any], languages: Iterable[str]) -> list[str]:
    """The environment variables of a setting: for some settings, one for each language."""
    name = setting.name.upper()
    return [f"{name}_{code.upper()}" for code in languages] if "a_language" in setting.metadata else [name]


def only_given(settings: Settings, given: Collection[str], table: str) -> Settings:
    """The settings of a table's deployment, of which only the ``given`` variables are known."""
    return cast("Settings", _Given(settings, given, table))
