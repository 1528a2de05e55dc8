"""Whether the audio host gives Twilio what the manifest names."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from itertools import islice
from typing import TYPE_CHECKING

import requests

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ivr.locales.audio import Sound

_WAV = {"audio/wav", "audio/wave", "audio/x-wav"}  # twilio.com/docs/voice/twiml/play
_WITHIN = 10.0  # seconds
_AT_ONCE = 8


def faults(base_url: str, sounds: Iterable[Sound]) -> Iterator[str]:
    """A line for each sound that the host does not serve as Twilio wants it. A host that is away is named once."""
    urls = dict.fromkeys(f"{base_url}/{sound.file}" for sound in sounds)
    try:
        for url in islice(urls, 1):
            _ask(url)
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            yield from filter(None, pool.map(_ask, urls))
    except requests.RequestException as error:
        yield f"{base_url} does not answer ({type(error).__name__}): nothing of it is heard in a call"


def _ask(url: str) -> str:
    """What is wrong with one sound, or an empty string. Raises ``requests.RequestException``: no answer."""
    answer = requests.head(url, timeout=_WITHIN, allow_redirects=False)
    kind = answer.headers.get("Content-Type", "").partition(";")[0]
    if answer.status_code != HTTPStatus.OK:
        return f"{url} answers {answer.status_code}: upload it again, with read access for everybody"
    return "" if kind in _WAV else f"{url} has the content type {kind!r}: upload it with --content-type audio/wav"
