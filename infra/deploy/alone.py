"""One deployment at a time from a checkout: all of them build and hand over their parameters in the same folder."""

from __future__ import annotations

import fcntl
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class NotAloneError(Exception):
    """Another deployment of this checkout has not finished. The message says what to do."""


@contextmanager
def alone(folder: Path) -> Iterator[int]:
    """Hold a checkout's folder of builds for one deployment.

    Yields a file descriptor. The folder is held while any process has it open, and let go when they end or are killed.
    Raises ``NotAloneError`` while another deployment holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "deploying").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise NotAloneError(
                "another `make deploy` of this checkout has not finished, and this one would change its files: wait "
                "for it, or deploy from another checkout"
            ) from error
        yield file.fileno()
