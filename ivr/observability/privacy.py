"""Keeps the log lines of libraries out of the log.

Libraries log whole requests, answers and credentials (botocore at DEBUG: tokens, bodies, numbers), and Lambda's runtime
writes every logger to the log. A level is not enough, since a library may set its own: so the root's handlers drop the
records of all libraries. This project's own lines report failures, as codes.
"""

from __future__ import annotations

import logging

from ivr.observability.log import NAME


def keep_libraries_quiet() -> None:
    """Make the handlers of the root drop the records of libraries, and raise the root's level. Safe to repeat.

    Call it after the runtime has set up its handler, and before the first use of a library.
    """
    root = logging.getLogger()
    root.setLevel(max(root.level, logging.WARNING))  # so botocore does not even format its lines
    for handler in root.handlers:
        handler.addFilter(_is_ours)


def _is_ours(record: logging.LogRecord) -> bool:
    return record.name in {NAME, "root"}  # the runtime itself logs to the root
