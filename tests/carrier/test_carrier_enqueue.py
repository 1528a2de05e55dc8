"""Enqueue: waiting in a workflow's queue, being taken, leaving it, giving up."""

from __future__ import annotations

import pytest

from infra.carrier import CarrierError, Phone

WORKFLOW = "WW" + "0" * 32
TASK = '<Task>{"language": "en"}</Task>'


@pytest.fixture
def queue(app, rings):
    """A caller waits in the queue; what plays there and afterwards may be another document."""

    def ring(agent=None, *, wait="<Say>Please hold</Say><Pause length='10'/>", phone=None, task=TASK, **options):
        app["/voice/incoming"] = (
            f'<Enqueue workflowSid="{WORKFLOW}" action="https://ivr.example/voice/done" waitUrl="https://ivr.example/voice/wait">{task}</Enqueue>'
        )
        app["/voice/wait"] = wait
        app["/voice/done"] = "<Say>Afterwards</Say>"
        return rings(phone, pickups={WORKFLOW: agent} if agent else {}, **options)

    return ring


def test_a_customer_who_is_taken_talks_before_the_action_is_requested(queue, app):
    call, _ = queue(Phone(name="agent", rings_for=25, talks_for=40))
    assert [form["QueueTime"] for form in app.asked("/voice/wait")] == ["0", "11", "22"]
    assert {form["QueuePosition"] for form in app.asked("/voice/wait")} == {"1"}
    [done] = app.asked("/voice/done")
    assert (done["QueueResult"], done["QueueTime"]) == ("bridged", "65")
    assert [entry.text for entry in call.transcript if entry.kind in {"queued", "bridged"}] == [
        '{"language": "en"}',
        "with agent",
    ]
    assert "Afterwards" in call.transcript.said("caller")


def test_a_document_that_says_leave_takes_the_call_out_of_the_queue(queue, app):
    queue(wait="<Leave/>")
    assert [form["QueueResult"] for form in app.asked("/voice/done")] == ["leave"]


def test_a_caller_who_hangs_up_in_the_queue_is_reported_to_the_action(queue, app):
    call, carrier = queue(phone=Phone(patience=30))
    assert [form["QueueResult"] for form in app.asked("/voice/done")] == ["hangup"]
    assert call.leg.hangup_reason == "person: gave up"
    assert carrier.switch.queues == {WORKFLOW: []}


def test_a_caller_who_hangs_up_in_the_talk_was_bridged(queue, app):
    queue(Phone(name="agent"), phone=Phone(talks_for=5))
    assert [form["QueueResult"] for form in app.asked("/voice/done")] == ["bridged"]


def test_the_second_who_waits_is_second(app, carrier):
    app["/voice/incoming"] = (
        f'<Enqueue workflowSid="{WORKFLOW}" action="https://ivr.example/voice/done" waitUrl="https://ivr.example/voice/wait">{TASK}</Enqueue>'
    )
    app["/voice/wait"], app["/voice/done"] = "<Pause length='60'/>", "<Hangup/>"
    network = carrier(pickups={})
    for after in (0, 5):
        network.place(from_="+96891234567", to="+12025550100", phone=Phone(patience=30), after=after)
    network.run()
    assert [form["QueuePosition"] for form in app.asked("/voice/wait")] == ["1", "2"]


@pytest.mark.parametrize(
    ("task", "says"),
    [
        ("", "holds one Task"),
        ("<Task>language=en</Task>", "14221"),
        ("<Task>[1]</Task>", "14221"),
        ('<Task>{"priority": NaN}</Task>', "14221"),
        ("<Task loud='yes'>{}</Task>", "Task has no attribute loud"),
    ],
)
def test_a_task_that_taskrouter_would_refuse_is_a_fault(queue, task, says):
    with pytest.raises(CarrierError, match=says):
        queue(Phone(name="agent"), task=task)


@pytest.mark.parametrize(("wait", "says"), [("<Dial>+12025550111</Dial>", "not allowed in a queue"), ("Hold", "loose")])
def test_a_verb_that_may_not_play_in_a_queue_is_a_fault(queue, wait, says):
    with pytest.raises(CarrierError, match=says):
        queue(Phone(name="agent"), wait=f"{wait}<Leave/>")


def test_nobody_leaves_a_queue_that_they_are_not_in(app, rings):
    app["/voice/incoming"] = "<Leave/><Hangup/>"
    with pytest.raises(CarrierError, match="Leave outside of a queue"):
        rings()
