"""Whether the audio host gives Twilio what the manifest names."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

import requests

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ivr.locales.audio import Sound

_WAV = {"audio/wav", "audio/wave", "audio/x-wav"}  # twilio.com/docs/voice/twiml/play
_WITHIN = 10.0  # seconds


def faults(base_url: str, sounds: Iterable[Sound]) -> Iterator[str]:
    """A line for each sound that the host does not serve as Twilio wants it. A host that is away is named once."""
    with requests.Session() as session:
        for sound in sounds:
            url = f"{base_url}/{sound.file}"
            try:
                answer = session.head(url, timeout=_WITHIN, allow_redirects=False)
            except requests.RequestException as error:
                yield f"{base_url} does not answer ({type(error).__name__}): nothing of it is heard in a call"
                return
            kind = answer.headers.get("Content-Type", "").partition(";")[0]
            if answer.status_code != HTTPStatus.OK:
                yield f"{url} answers {answer.status_code}: upload it again, with read access for everybody"
            elif kind not in _WAV:
                yield f"{url} has the content type {kind!r}: upload it with --content-type audio/wav"
