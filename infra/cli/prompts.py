"""`ivr prompts`: the whole script of the product, its check, and its sound."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from infra.cli import options, prompt_audio
from infra.cli.output import print_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.audio.standing import Standing
    from infra.cli.target import Place
    from ivr.locales.catalog import Catalog

_FAULTS = 1  # exit status


@click.group
def prompts() -> None:
    """Print the whole script of the product, check it, or make sound of it."""


prompts.add_command(prompt_audio.render)
prompts.add_command(prompt_audio.listen)


@prompts.command(epilog=options.example("ivr prompts show"))
@click.option("--audio", is_flag=True, help="Print instead which sentences are played, and why others are said.")
@click.pass_obj
def show(place: Place, *, audio: bool) -> None:
    """Print everything that is spoken, call by call, in every language, for reviewers who don't read code."""
    if audio:
        _show_audio(place)
        return
    from infra.content_checks.script import script
    from ivr.flow.pages import BOOK

    click.echo(script(BOOK, _catalogs(place), _brands(place)))


@prompts.command(epilog=options.example("ivr prompts check"))
@click.option("--audio", is_flag=True, help="Check also that every sound is played, and that AUDIO_BASE_URL serves it.")
@click.pass_obj
def check(place: Place, *, audio: bool) -> None:
    """Check prompts and pages: languages that differ, what can't be spoken or takes too long, results of actions."""
    from infra.content_checks import folders
    from infra.content_checks.problems import problems
    from ivr.actions.registry import results
    from ivr.flow.pages import BOOK

    catalogs = _catalogs(place)
    found = [*folders.faults(catalogs), *problems(BOOK, catalogs, _brands(place)), *BOOK.action_faults(results())]
    for problem in found:
        click.echo(problem)
    silent = list(_audio_faults(place)) if audio else []
    for line in silent:
        click.echo(line)
    if found or silent:
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


def _standings(place: Place) -> list[Standing]:
    """How each sentence stands that may be played. Raises ``click.ClickException``."""
    from infra.audio.rendering import FOLDER
    from infra.audio.standing import standings
    from ivr.locales.folder import LocaleError
    from ivr.settings.addresses import is_on_this_machine

    settings = place.settings()
    sentences = prompt_audio.sentences_of(settings)
    here = is_on_this_machine(settings.audio_base_url)
    try:
        return [
            one
            for code in settings.languages
            for one in standings(
                code,
                [sentence for sentence in sentences if sentence.language == code],
                settings.voice[code],
                FOLDER,
                on_this_machine=here,
            )
        ]
    except LocaleError as error:
        raise click.ClickException(str(error)) from error


def _show_audio(place: Place) -> None:
    rows = (
        [
            one.sentence.language,
            one.name,
            f"{one.sound.seconds:.1f} s" if one.sound else "",
            (one.sound.voice or one.sound.engine) if one.sound else "",
            one.why,
            one.sentence.text,
        ]
        for one in _standings(place)
    )
    print_table(["language", "prompt", "length", "voice", "is", "words"], rows, empty="No sentence can be played.")


def _audio_faults(place: Place) -> Iterator[str]:
    from infra.audio import hosted
    from infra.audio.standing import PLAYED, spare

    settings, standings = place.settings(), _standings(place)
    yield from (f"{one.sentence.language}: {one.name} is {one.why}" for one in standings if one.is_fault)
    for code in settings.languages:
        lacking = sum(one.sentence.language == code and one.sound is None for one in standings)
        if lacking:
            yield f"{code}: {lacking} sentences have no sound and are said: ivr prompts render"
        for sound in spare(code, [one.sentence for one in standings]):
            yield f"{code}: {sound.key} is played nowhere any more: ivr prompts render takes it out"
    if settings.audio_base_url:
        played = (one.sound for one in standings if one.sound and one.why == PLAYED)
        yield from hosted.faults(settings.audio_base_url, played)
    else:
        yield "AUDIO_BASE_URL is empty: nothing is played"
