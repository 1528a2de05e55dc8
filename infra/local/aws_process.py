"""The process of the local DynamoDB and SQS: ministack behind one listening socket, until its parent ends.

The parent holds the other end of this process's standard input. That end is closed even when the parent is killed by
SIGKILL, and then this process ends too.
"""

from __future__ import annotations

import asyncio
import sys
import threading

from hypercorn.asyncio import serve
from hypercorn.config import Config

_FOR_EVER = 10 * 365 * 24 * 3600.0  # seconds: a client must never find its idle connection closed


async def _serve(listening: int) -> None:
    from ministack.app import app
    from ministack.services import dynamodb

    # At every write it counts the whole table, for DescribeTable. DynamoDB counts some four times a day.
    dynamodb._update_counts = lambda _: None  # noqa: SLF001

    config = Config()
    config.bind = [f"fd://{listening}"]
    config.keep_alive_timeout = _FOR_EVER
    config.keep_alive_max_requests = sys.maxsize  # the default closes a client's connection after a thousand requests
    config.graceful_timeout = 0.1
    await serve(app, config, shutdown_trigger=_parent_gone)


async def _parent_gone() -> None:
    gone, loop = asyncio.Event(), asyncio.get_running_loop()

    def watch() -> None:
        sys.stdin.buffer.read()
        loop.call_soon_threadsafe(gone.set)

    threading.Thread(target=watch, daemon=True).start()
    await gone.wait()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
