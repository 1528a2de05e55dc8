"""The product's languages and its sounds, as people on the simulated network understand them."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from infra.carrier import Sound, speech
from ivr.locales import audio, catalog, folder, language


def teach() -> None:
    """Teach the carrier each language that has a folder: its digits, its keys and how "press 9" is said in it.

    A language that it knows already keeps the further words for a digit that it knows.
    """
    for code in folder.known():
        words = catalog.load(code)
        known = speech.LANGUAGES[code].digits if code in speech.LANGUAGES else ("",) * 10
        _, _, press = words.press.partition("{goal}")
        speech.learn(
            code,
            speech.Spoken(
                words_a_second=float(folder.read(code, "review")["words_a_second"]),
                script=language.load(code).script,
                digits=tuple(f"{words.keys[str(digit)]} {known[digit]}" for digit in range(10)),
                signs={words.keys[sign].lower(): sign for sign in "*#"},
                press=r"\s+".join(re.escape(word) for word in _words(press)).replace(r"\{key\}", r"(\w+)"),
            ),
        )


def heard_in(url: str) -> Sound | None:
    """What people hear in a sound of the prompts, by the manifests of all languages; None: it is none of these."""
    file = urlsplit(url).path.rpartition("/")[2]
    for code in folder.known():
        for one in audio.sounds(code):
            if one.file == file:
                return Sound(one.text, code, one.seconds, one.file)
    return None


def _words(text: str) -> list[str]:
    """The words of a text without the punctuation around them, its placeholder as it is."""
    return [word for part in text.split() if (word := part.strip(".,،۔।!"))]
