"""`ivr prompts`: the whole script of the product, and its check."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from infra.cli.target import Place
    from ivr.locales.catalog import Catalog

_FAULTS = 1  # exit status


@click.group
def prompts() -> None:
    """Print the whole script of the product, or check it."""


@prompts.command
@click.pass_obj
def show(place: Place) -> None:
    """Print everything that is spoken, call by call, in every language, for reviewers who don't read code."""
    from infra.content_checks.script import script
    from ivr.flow.pages import BOOK

    click.echo(script(BOOK, _catalogs(place), _brands(place)))


@prompts.command
@click.pass_obj
def check(place: Place) -> None:
    """Check prompts and pages: languages that differ, what can't be spoken or takes too long, results of actions."""
    from infra.content_checks import folders
    from infra.content_checks.problems import problems
    from ivr.actions.registry import results
    from ivr.flow.pages import BOOK

    catalogs = _catalogs(place)
    found = [*folders.faults(catalogs), *problems(BOOK, catalogs, _brands(place)), *BOOK.action_faults(results())]
    for problem in found:
        click.echo(problem)
    if found:
        sys.exit(_FAULTS)
    keys = {key for catalog in catalogs.values() for key in catalog.prompts}
    click.echo(
        f"All is well: {len(keys)} prompts in {len(catalogs)} languages ({', '.join(catalogs)}), "
        f"{len(BOOK.pages)} pages and {len(results())} actions."
    )


def _catalogs(place: Place) -> dict[str, Catalog]:
    """The catalogs of the languages that are offered, in their order; then those of all others that there are."""
    from ivr.locales import catalog, folder

    return {code: catalog.load(code) for code in dict.fromkeys((*place.settings().languages, *folder.known()))}


def _brands(place: Place) -> dict[str, str]:
    """The brand of what is talked to, by language; an example's in a language that it does not offer."""
    from ivr.locales import folder, language

    return {code: language.load(code).example_brand for code in folder.known()} | dict(place.settings().brand)
