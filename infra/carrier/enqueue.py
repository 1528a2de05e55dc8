"""Enqueue: a leg waits in the queue of a TaskRouter workflow until an agent takes it, it leaves, or it hangs up.

The agent is the telephone under the workflow's Sid in `pickups`: if it answers, it takes the leg after `rings_for`
seconds, else never. TaskRouter's workers and their legs are not simulated.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NoReturn

from infra.carrier.leg import HungUpError
from infra.carrier.request import Request
from infra.carrier.speaking import until
from infra.carrier.talking import talk

if TYPE_CHECKING:
    import simpy

    from infra.carrier.document import Verb
    from infra.carrier.leg import Leg
    from infra.carrier.network import Steps
    from infra.carrier.scene import Scene

INVALID_TASK = "14221"
"""Twilio's error code for task attributes that are not a JSON object."""


class _LeftError(Exception):
    """The document that plays in the queue says Leave."""


def enqueue(scene: Scene, verb: Verb) -> Steps[Request | None]:
    """Wait and talk, then go on with the action; its form says how the wait ended."""
    leg = scene.leg
    leg.answer()
    queue = verb.attributes.get("workflowSid", "")
    if wrong := _why_not(verb):
        leg.fault(*wrong)
        return _action(scene, verb, "error", leg.network.env.now)
    leg.note("queued", verb.inside[0].text)
    waiting = scene.switch.queues.setdefault(queue, [])
    waiting.append(leg)
    began = leg.network.env.now
    try:
        result = yield from _wait(scene, verb, queue, began)
        if result == "bridged":
            yield from _talk(leg, queue)
    except HungUpError:
        action = _action(scene, verb, "bridged" if leg not in waiting else "hangup", began)
        if action is not None:
            leg.last_requests.append(action)
        raise
    finally:
        if leg in waiting:
            waiting.remove(leg)
    return _action(scene, verb, result, began)


def leave(scene: Scene, _verb: Verb) -> Steps[Request | None]:
    """Take the leg out of the queue. Allowed only in the document that plays while it waits."""
    yield from ()
    if scene.leg.place == "queue":
        raise _LeftError
    scene.leg.fault("12200", "Leave outside of a queue")
    return None


def _wait(scene: Scene, verb: Verb, queue: str, began: float) -> Steps[str]:
    leg, env = scene.leg, scene.leg.network.env
    agent = leg.network.phone_of(queue)
    answered = env.timeout(agent.rings_for) if agent.answers == "answers" else env.event()
    patience = env.event() if leg.phone.patience is None else env.timeout(leg.phone.patience)
    try:
        yield from until(leg, _hold(scene, verb, queue, began), answered, patience)
    except _LeftError:
        return "leave"
    if not answered.processed:
        raise leg.leaves("person", "gave up")
    scene.switch.queues[queue].remove(leg)
    return "bridged"


def _hold(scene: Scene, verb: Verb, queue: str, began: float) -> Steps[None]:
    """Repeat the waitUrl's documents; without a waitUrl Twilio plays music."""
    leg = scene.leg
    if "waitUrl" not in verb.attributes:
        yield from leg.wait(leg.network.env.event())
    leg.place = "queue"
    try:
        while True:
            waiting = scene.switch.queues[queue]
            form = {
                "QueuePosition": str(waiting.index(leg) + 1),
                "CurrentQueueSize": str(len(waiting)),
                "QueueTime": str(round(leg.network.env.now - began)),
            }
            yield from scene.perform(leg, Request(scene.address(verb.attributes["waitUrl"]), form))
    finally:
        leg.place = "call"


def _talk(leg: Leg, queue: str) -> Steps[None]:
    env, agent = leg.network.env, leg.network.phone_of(queue)
    leg.note("bridged", f"with {agent.name or queue}")
    over = env.event()
    if agent.talks_for is not None or leg.phone.talks_for is None:
        env.process(_hang_up(over, agent.talks_for or leg.network.options.talk_seconds))
    yield from talk(leg, over, seconds=leg.phone.talks_for)


def _hang_up(over: simpy.Event, seconds: float) -> Steps[None]:
    yield over.env.timeout(seconds)
    over.succeed()


def _why_not(verb: Verb) -> tuple[str, str] | None:
    """Twilio's error code for a wrong Enqueue and what is wrong, or None."""
    if verb.text or "workflowSid" not in verb.attributes or [one.name for one in verb.inside] != ["Task"]:
        return "12200", "an Enqueue here names a workflow, and holds one Task"
    try:
        task = json.loads(verb.inside[0].text, parse_constant=_refuse)
    except ValueError as error:
        return INVALID_TASK, f"the Task is no JSON: {error}"
    return None if isinstance(task, dict) else (INVALID_TASK, "the Task's attributes are no JSON object")


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


def _action(scene: Scene, verb: Verb, result: str, began: float) -> Request | None:
    if "action" not in verb.attributes:
        return None
    waited = round(scene.leg.network.env.now - began)
    return Request(scene.address(verb.attributes["action"]), {"QueueResult": result, "QueueTime": str(waited)})
