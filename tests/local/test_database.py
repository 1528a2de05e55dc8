"""The stand-in for AWS: one request after the other, as far as conditions go."""

import threading

from infra.local.database import one_at_a_time


def test_a_request_begins_when_the_one_before_has_been_answered():
    """Moto looks at a condition and writes in two steps: between them two webhooks could both be the first."""
    second_came, entered = threading.Event(), []

    def app(environ, _):
        entered.append(environ["nth"])
        if environ["nth"] == 1:
            second.start()
            second_came.wait(0.3)  # would be set by a second request that is let in
        else:
            second_came.set()
        return [str(len(entered)).encode()]

    served = one_at_a_time(app)
    second = threading.Thread(target=served, args=({"nth": 2}, None))
    assert served({"nth": 1}, None) == [b"1"]
    second.join()
    assert entered == [1, 2]
