"""What the process may write beside our own lines: nothing.

Libraries write whole requests, answers and credentials where somebody listens to their loggers (botocore at DEBUG:
tokens, bodies, numbers), and Lambda's runtime listens to all of them. A level alone is no wall, since a library may set
one of its own: so the root's handlers let no library's record through. What fails is told by our own lines, in codes.
"""

from __future__ import annotations

import logging

from ivr.observability.log import NAME


def keep_libraries_quiet() -> None:
    """Let libraries make no record below WARNING, and the handlers of the root write none of theirs. Safe to repeat.

    To be called once the runtime has set up its handler, and before anything is asked of a library.
    """
    root = logging.getLogger()
    root.setLevel(max(root.level, logging.WARNING))  # also saves botocore the making of its lines
    for handler in root.handlers:
        handler.addFilter(_is_ours)


def _is_ours(record: logging.LogRecord) -> bool:
    return record.name in {NAME, "root"}  # the root's own: what the runtime says of itself
