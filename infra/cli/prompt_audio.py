"""`ivr prompts render` and `listen`: the prompts as sound."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from infra.cli import options
from infra.cli.output import plain, say
from ivr.locales import catalog
from ivr.locales.audio import TRIAL
from ivr.locales.catalog import TELEPHONE_KEYS, Prompt

if TYPE_CHECKING:
    from infra.audio.engines import Engine
    from infra.audio.wanted import Sentence
    from infra.cli.target import Place
    from ivr.settings import Settings

ENGINES = ("polly", TRIAL)
_engine = click.Choice(ENGINES)


@click.command(epilog=options.example("ivr prompts render --engine espeak-ng --language en"))
@click.option("--engine", type=_engine, default=ENGINES[0], show_default=True, help="espeak-ng is for this machine.")
@click.option("--language", "only", multiple=True, help="This language alone (ar); may be given again.")
@click.option("--still-right", multiple=True, metavar="PROMPT", help="A recording that says the changed words too.")
@click.pass_obj
def render(place: Place, engine: str, only: tuple[str, ...], still_right: tuple[str, ...]) -> None:
    """Make sound of every sentence that is the same in each call, and take over recordings from a studio.

    Only what has changed is made. Sounds go to prompt_audio/files, from where you upload them (docs/voice.md); the
    manifest of each language, ivr/locales/LANGUAGE/audio.json, goes with the next deployment. A recording is put into
    prompt_audio/studio/LANGUAGE, named like its prompt (welcome.wav, key.report_number.1.wav), and is never replaced.
    """
    from infra.audio import rendering
    from infra.audio.engines import EngineError

    settings = place.settings()
    if unknown := [code for code in only if code not in settings.languages]:
        raise click.ClickException(f"{unknown[0]!r} is not offered: LANGUAGES are {', '.join(settings.languages)}")
    wanted = sentences_of(settings)
    if unknown := [key for key in still_right if all(one.key != key for one in wanted)]:
        raise click.ClickException(f"no prompt {unknown[0]!r} is played: ivr prompts show --audio lists those that are")
    refused = 0
    for language in only or settings.languages:
        say(f"{language}: for {_brand(language, settings)}, whose voice is {settings.voice[language]}")
    for language in only or settings.languages:
        try:
            speaks = _engine_for(engine, language, settings)
        except EngineError as error:
            say(f"{language}: {error}. The voice says its prompts, apart from those that a person recorded.")
            speaks = None
        try:
            done = rendering.render(
                language,
                [one for one in wanted if one.language == language],
                speaks,
                rendering.FOLDER,
                said=said(language),
                still_right=still_right,
                told=lambda one: say(f"{one.language}: {one.text}"),
            )
        except EngineError as error:
            raise click.ClickException(f"{language}: {error}. What was made is kept: type it again") from error
        click.echo(
            f"{language}: {len(done.sounds)} sounds: {done.made} made now ({done.letters} letters), "
            f"{done.kept} as they were, {done.recorded} recorded by a person."
        )
        for one in done.changed_words:
            click.echo(f"{language}: {one.key}: its words changed since it was recorded: ivr prompts check --audio")
        for line in done.refused:
            click.echo(plain(f"{language}: {line}"))  # it holds the name of a file
        refused += len(done.refused)
    _tell_what_next(engine, settings)
    if refused:
        raise click.exceptions.Exit(1)


@click.command(epilog=options.example("ivr prompts listen recorded --language en"))
@click.argument("prompt")
@click.option("--language", help="The language, such as ar; else the first that is offered.")
@options.only("--press", TELEPHONE_KEYS, "Its key, for an option that has several.", metavar="KEY")
@click.option("--engine", type=_engine, help="Have it said now, whether or not calls play it.")
@click.option("--to", type=click.Path(dir_okay=False, path_type=Path), help="Write the sound to a file instead.")
@click.pass_obj
def listen(place: Place, prompt: str, *, language: str | None, press: str, engine: str | None, to: Path | None) -> None:
    """Hear a prompt on this machine, as calls play it, or as an engine says it now."""
    settings = place.settings()
    language = language or settings.languages[0]
    if language not in settings.languages:
        raise click.ClickException(f"{language!r} is not offered: LANGUAGES are {', '.join(settings.languages)}")
    if prompt not in catalog.load(language).prompts:
        raise click.ClickException(f"there is no prompt {prompt!r}: ivr prompts show prints them all")
    with tempfile.TemporaryDirectory() as folder:
        asked = Prompt(prompt, language, press=press)
        file = _said_now(asked, engine, settings, Path(folder)) if engine else _rendered(asked)
        if to:
            shutil.copyfile(file, to)
            click.echo(f"{to} holds it.")
            return
        from infra.audio.players import play

        if why := play(file):
            raise click.ClickException(f"nothing was heard ({why}): add --to FILE.wav, and open that file")


def sentences_of(settings: Settings) -> list[Sentence]:
    """Every sentence that a deployment may play."""
    from infra.audio.wanted import sentences
    from ivr.flow.pages import BOOK

    return sentences(BOOK, {code: catalog.load(code) for code in settings.languages}, settings.brand)


def said(language: str) -> dict[str, str]:
    """The prompts that are never played, and why."""
    from infra.audio.wanted import why_said

    known = catalog.load(language)
    return {key: why for key in known.prompts if (why := why_said(known, key))}


def _brand(language: str, settings: Settings) -> str:
    from ivr.locales.language import load

    brand = settings.brand[language]
    unset = f" (neither --stack nor BRAND_{language.upper()} names anybody)"
    return brand + unset if brand == load(language).brand else brand


def _engine_for(name: str, language: str, settings: Settings) -> Engine:
    """Raises ``EngineError``."""
    from infra.audio.engines import Espeak, Polly

    if name == TRIAL:
        return Espeak(language)
    import boto3
    from botocore.config import Config

    # Polly allows a few requests a second, and a render is some hundreds of them.
    patient = Config(retries={"mode": "adaptive", "max_attempts": 8})
    client = boto3.client("polly", config=patient)
    return Polly(settings.voice[language], settings.voice_language[language], client)


def _said_now(asked: Prompt, engine: str, settings: Settings, folder: Path) -> Path:
    """Raises ``click.ClickException``."""
    from infra.audio.engines import EngineError
    from infra.audio.waves import wav
    from infra.content_checks.speech import longest

    known = catalog.load(asked.language)
    if asked.key.startswith("key."):
        asked = asked._replace(press=asked.press or "1")
    text = longest(known, asked, settings.brand[asked.language])
    file = folder / "said.wav"
    try:
        file.write_bytes(wav(_engine_for(engine, asked.language, settings).say(text)))
    except EngineError as error:
        raise click.ClickException(str(error)) from error
    return file


def _rendered(asked: Prompt) -> Path:
    """Raises ``click.ClickException``."""
    from infra.audio import rendering
    from ivr.locales import audio

    found = [one for one in audio.sounds(asked.language) if one.key == asked.key and asked.press in {"", one.press}]
    if not found:
        why = said(asked.language).get(asked.key) or f"there is no sound of {asked.key!r} in {asked.language}"
        raise click.ClickException(f"{why}. To hear it nonetheless, add --engine {' or '.join(ENGINES)}")
    if len(found) > 1:
        keys = ", ".join(one.press for one in found)
        raise click.ClickException(f"{asked.key} has several keys ({keys}): say which with --press")
    file = rendering.FOLDER / rendering.FILES / found[0].file
    if not file.is_file():
        raise click.ClickException(f"{file} is not there: ivr prompts render makes it again")
    return file


def _tell_what_next(engine: str, settings: Settings) -> None:
    if engine == TRIAL:
        say("To hear them in the phone: AUDIO_BASE_URL=http://127.0.0.1:8080/phone/audio make run")
    elif not settings.audio_base_url:
        say("They are played once they are uploaded and AudioBaseUrl is set: docs/voice.md says how.")
    else:
        say(f"Upload them to {settings.audio_base_url} before you deploy the manifest: docs/voice.md says how.")
