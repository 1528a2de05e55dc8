"""The thread behind a function: it polls, survives errors, and says when it is idle."""

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


def test_a_worker_is_idle_after_a_pass_finds_nothing(start):
    left, done = [3, 2, 1], []

    def work():
        if left:
            done.append(left.pop())
        return bool(done) and len(done) < 3

    worker = start(work)
    assert worker.settle(10)
    assert done == [1, 2, 3]


def test_an_answer_of_idle_covers_all_earlier_work(start):
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


def test_a_worker_is_not_idle_during_a_pass(start):
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


def test_a_wake_up_starts_a_pass(start):
    passes = threading.Semaphore(0)
    worker = start(lambda: bool(passes.release()))
    for _ in range(20):  # each is far below a second away from the last
        worker.wake()
        assert passes.acquire(timeout=10)


def test_a_wake_up_and_the_wait_after_it_share_a_pass(start):
    passes = []
    worker = start(lambda: bool(passes.append(1)))
    assert worker.settle(10)
    for _ in range(20):
        before = len(passes)
        worker.wake()
        assert worker.settle(10)
        assert len(passes) > before
    assert len(passes) < 2 * 20


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


def test_stopping_a_worker_ends_the_wait_for_it():
    worker = Worker("test", lambda: False)
    worker.stop()
    worker.start()
    worker.join()
    assert not worker.settle(60)


def test_a_worker_can_be_stopped_before_its_start_and_twice():
    worker = Worker("test", lambda: False)
    worker.stop()
    worker.join()
    worker.stop()
    worker.join()
