"""The queue of dead letters, for the tests of both functions behind the table's stream."""

import json

from ivr.outbox.queue import QueueUnavailableError


class SetAsideQueue:
    """A queue that keeps what it is sent, and may be down."""

    def __init__(self):
        self.bodies, self.down = [], False

    def send_text(self, body):
        if self.down:
            raise QueueUnavailableError("down")
        self.bodies.append(json.loads(body))
