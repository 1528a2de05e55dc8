"""The thread behind a function: it looks again and again, survives what breaks, and can say when nothing is left."""

import threading

import pytest

from infra.local.worker import Worker


@pytest.fixture
def start():
    workers = []

    def start(work):
        worker = Worker("test", work)
        workers.append(worker)
        worker.start()
        return worker

    yield start
    for worker in workers:
        worker.stop()
        worker.join()


def test_it_has_settled_once_a_pass_finds_nothing(start):
    left, done = [3, 2, 1], []

    def work():
        if left:
            done.append(left.pop())
        return bool(done) and len(done) < 3

    worker = start(work)
    assert worker.settle(10)
    assert done == [1, 2, 3]


def test_what_there_is_to_do_when_it_is_asked_is_done_when_it_answers(start):
    inbox, done = [], []

    def work():
        took, inbox[:] = list(inbox), []
        done.extend(took)
        return bool(took)

    worker = start(work)
    for nth in range(50):
        inbox.append(nth)
        assert worker.settle(10)
        assert done[-1] == nth


def test_it_does_not_say_so_while_a_pass_is_under_way(start):
    begun, go_on = threading.Event(), threading.Event()

    def work():
        begun.set()
        go_on.wait(10)
        return False

    worker = start(work)
    assert begun.wait(10)
    assert not worker.settle(0.01)
    go_on.set()
    assert worker.settle(10)


def test_being_woken_is_reason_enough_to_look(start):
    passes = threading.Semaphore(0)
    worker = start(lambda: bool(passes.release()))
    for _ in range(20):  # each is far below a second away from the last
        worker.wake()
        assert passes.acquire(timeout=10)


def test_a_bug_is_printed_and_does_not_end_it(start, capfd):
    broken = [True]

    def work():
        if broken.pop() if broken else False:
            raise RuntimeError("broken")
        return False

    worker = start(work)
    assert worker.settle(10)
    assert worker.settle(10)
    said = capfd.readouterr().err
    assert "ivr: test has failed, and begins anew" in said
    assert "RuntimeError: broken" in said


def test_whoever_waits_for_one_that_stops_waits_no_longer():
    worker = Worker("test", lambda: False)
    worker.stop()
    worker.start()
    worker.join()
    assert not worker.settle(60)


def test_it_may_be_stopped_before_it_was_started_and_twice():
    worker = Worker("test", lambda: False)
    worker.stop()
    worker.join()
    worker.stop()
    worker.join()
