"""The settings of a deployment that only some environment variables tell: the others are refused, never guessed."""

from __future__ import annotations

from dataclasses import fields
from types import MethodType
from typing import TYPE_CHECKING, Any, cast

import click

from ivr.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Collection


class _Given:
    """``Settings``, but for what nobody set: reading that is a ``click.ClickException`` which says what to do."""

    def __init__(self, settings: Settings, given: Collection[str], table: str) -> None:
        self._settings = settings
        self._unknown = {field.name for field in fields(Settings) if field.name.upper() not in given}
        self._table = table

    def __getattr__(self, name: str) -> Any:
        if name in self._unknown:
            # Of a secret the deployment holds the parameter's name, and so may the environment.
            variable = name.upper() + ("_PARAMETER" if f"{name}_parameter" in self._unknown else "")
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


def only_given(settings: Settings, given: Collection[str], table: str) -> Settings:
    """The settings of a table's deployment, of which only the ``given`` variables are known."""
    return cast("Settings", _Given(settings, given, table))
