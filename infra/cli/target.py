"""The target of a command: the stack that `make run` started here, a deployed stack, or a table by its name.

A deployed stack's settings can be read. A table's can't, so commands refuse to run
without the settings that they need in the environment.
"""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import click

from infra.cli.call_log import CloudLog, FileLog
from infra.cli.known_settings import only_given
from infra.local import stackfile
from ivr.desk import Context
from ivr.records import decoding
from ivr.records.decoding import masked
from ivr.secrets.values import in_words
from ivr.settings import Settings, SettingsError
from ivr.store import StoreUnavailableError
from ivr.store.desk import Desk

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from infra.cli.deployed import Deployed
    from infra.local.stackfile import Running
    from ivr.desk.actor import Actor
    from ivr.records.base import ItemKey
    from ivr.store.unreadable import UnreadableItem

# Required by Settings, but unused by most commands.
_UNUSED = {"PUBLIC_BASE_URL": "https://unused.invalid", "TWILIO_AUTH_TOKEN": "unused", "HMAC_KEY": "unused"}
_NUMBERING = ("HOME_REGION", "EXTRA_NUMBER_RANGES")
_UNREADABLE = {
    decoding.HALF: "something is missing",
    decoding.TYPE: "a value is of another type",
    decoding.VALUE: "a value makes no sense",
    decoding.PLACE: "it belongs somewhere else",
}
_NEITHER = (
    "there is nothing to talk to: start a stack in this checkout with `make run`, or name a deployed one with --stack "
    "(or a table with TABLE_NAME), with AWS_REGION and credentials (and AWS_ENDPOINT_URL, if it is not AWS)"
)


_ENDPOINT_ALONE = (
    "AWS_ENDPOINT_URL is set, and nothing there is named: name a stack with --stack, or a table with TABLE_NAME, or "
    "unset AWS_ENDPOINT_URL"
)
_NO_LOG = FileLog("")
_NO_TABLE = "ResourceNotFoundException"


class CallLog(Protocol):
    """The log of the functions that use a table."""

    def about(self, call_sid: str, rang_at: int) -> list[dict[str, Any]]:
        """The lines about a call that came in at ``rang_at`` (epoch seconds; 0: unknown)."""
        ...


@dataclass(frozen=True, slots=True)
class Target:
    """A table, with the settings of the functions that use it."""

    store: Desk
    settings: Settings
    where: str  # in words, for the person who is about to change something
    log: CallLog = _NO_LOG

    @property
    def desk(self) -> Context:
        """The context for the desk's functions."""
        return Context(self.store, self.settings, self.announce, _complain)

    def announce(self) -> None:
        """Say on stderr what is about to be changed."""
        click.echo(f"Changing {self.where}", err=True)


@dataclass(frozen=True, slots=True)
class Place:
    """The options and environment by which commands find their target."""

    stack_file: Path
    table: str  # --table or TABLE_NAME
    stack: str = ""  # --stack or IVR_STACK: the name of a deployed one

    def running(self) -> Running | None:
        """The stack of this checkout, if it runs."""
        written = stackfile.read(self.stack_file)
        return written if written and written.is_alive() else None

    def numbering(self) -> tuple[str, tuple[str, ...]]:
        """The numbering settings (``Settings.numbering``), before a target is known.

        Raises ``click.ClickException`` where the environment holds a wrong setting for it.
        """
        if running := self.running():
            return Settings.from_environment(running.settings).numbering
        return _settings({name: os.environ.get(name, "") for name in _NUMBERING}).numbering

    @staticmethod
    def take_region() -> None:
        """Have boto3 use AWS_REGION too."""
        _take_region()

    def target(self) -> Target:
        """The target that the environment names, else the stack of this checkout. Raises ``click.ClickException``."""
        if self.stack and self.table:
            raise click.ClickException(
                f"both a stack ({self.stack}) and a table ({self.table}) are named: name one of them, and unset "
                "IVR_STACK or TABLE_NAME"
            )
        if self.stack:
            return _of_stack(self.stack)
        if self.table:
            return _named(self.table)
        if os.environ.get("AWS_ENDPOINT_URL") or os.environ.get("AWS_ENDPOINT_URL_DYNAMODB"):
            raise click.ClickException(_ENDPOINT_ALONE)
        if running := self.running():
            return target_of(running)
        raise click.ClickException(_NEITHER)

    def caller_identity(self) -> Actor | None:
        """Who the credentials belong to, for the audit. None: a stack of this machine, or AWS does not say."""
        from infra.cli.identity import identity

        if not (self.stack or self.table):
            return None
        _take_region()
        return identity()

    def settings(self) -> Settings:
        """The settings of the target; without a target, those of the environment.

        Raises ``click.ClickException``.
        """
        running = None if self.table or self.stack else self.running()
        if self.table or self.stack or running:
            return self.target().settings
        return settings_here()


def target_of(running: Running) -> Target:
    """A running stack as a target."""
    from infra.local.database import client

    store = Desk(running.table, client(running.dynamodb, running.region))
    where = f"the stack of this checkout: table {running.table} at {running.dynamodb}"
    return Target(store, Settings.from_environment(running.settings), where, FileLog(running.log))


def _of_stack(name: str) -> Target:
    from infra.cli.deployed import deployed

    _take_region()
    stack = deployed(name)
    try:
        # A deployment talks to Twilio itself; a stand-in is this machine's.
        stand_in = {"TWILIO_API_BASE_URL": os.environ.get("TWILIO_API_BASE_URL", "")}
        settings = Settings.from_environment({**stack.environment, **stand_in})
    except SettingsError as error:
        raise click.ClickException(f"the stack {name} is of another release than this checkout: {error}") from error
    store, profile = _desk(stack.table)
    where = f"the stack {name}: table {stack.table} in region {stack.region} {profile}"
    return Target(store, settings, where, _cloud_log(stack))


def _cloud_log(stack: Deployed) -> CloudLog:
    import boto3

    return CloudLog(stack.log_groups, boto3.client("logs"), int(time.time() * 1000))


def _named(table: str) -> Target:
    _take_region()
    store, profile = _desk(table)
    meta = store.table.client.meta
    given = set(os.environ) | {"TABLE_NAME"}  # an empty variable tells that the setting is empty there too
    if any(os.environ.get(name) for name in ("HMAC_KEY", "HMAC_KEY_PARAMETER")):  # either tells the key
        given |= {"HMAC_KEY", "HMAC_KEY_PARAMETER"}
    where = f"table {table} in region {meta.region_name} at {meta.endpoint_url} {profile}"
    return Target(store, only_given(settings_here(TABLE_NAME=table), given, table), where)


def _take_region() -> None:
    if region := os.environ.get("AWS_REGION"):  # boto3 reads only AWS_DEFAULT_REGION
        os.environ.setdefault("AWS_DEFAULT_REGION", region)


def _desk(table: str) -> tuple[Desk, str]:
    """A table by its name, and the profile that it is reached with, in words."""
    from botocore.exceptions import BotoCoreError
    from botocore.session import Session  # boto3 would take a tenth of a second more

    from ivr.store import client

    try:
        return Desk(table, client(patient=True)), f"(profile {Session().profile or 'default'})"
    except (BotoCoreError, ValueError) as error:
        raise click.ClickException(f"TABLE_NAME is {table}, but AWS can't be reached: {error}") from error


def settings_here(**more: str) -> Settings:
    """The settings from the environment, if a deployment's are unknown."""
    return _settings({**os.environ, **more})


def _settings(values: Mapping[str, str]) -> Settings:
    given = {name: value for name, value in values.items() if value.strip()}
    unused = {name: value for name, value in _UNUSED.items() if f"{name}_PARAMETER" not in given}
    try:
        return Settings.from_environment({"TABLE_NAME": "unused", **unused, **given})
    except SettingsError as error:
        raise click.ClickException(str(error)) from error


def _complain(parameter: str, remedy: str) -> None:
    """Say what is wrong with a stored secret; that the table refuses a key is said as the command's own error."""
    if parameter.startswith("/"):
        click.echo(f"{parameter}: {in_words(remedy)}", err=True)


@contextmanager
def reachable(target: Target) -> Iterator[None]:
    """Turn ``StoreUnavailableError`` into one line, and list the items that can't be read."""
    unreadable: dict[ItemKey, UnreadableItem] = {}

    def note(one: UnreadableItem) -> None:
        unreadable[one.key] = one

    target.store.table.notice.notify = note
    try:
        yield
    except StoreUnavailableError as error:
        if str(error) == _NO_TABLE:
            raise click.ClickException(f"{target.where} does not exist: are its name and the region right?") from error
        raise click.ClickException(f"{target.where} does not answer ({error})") from error
    finally:
        for key, one in unreadable.items():
            where = f"{masked(key.pk)} {masked(key.sk)}"
            click.echo(f"Left out: {where} can't be read as a {one.kind} ({_UNREADABLE[one.why]}).", err=True)
