"""Who is told of a page and of a ticket, by the four parameters that say so."""

import pytest

from infra.local.template import conditions, outputs, properties, resources

THEIRS = "arn:aws:sns:me-central-1:123456789012:on-call"
TICKETS = "arn:aws:sns:me-central-1:123456789012:tickets"
NOBODY = {"AlarmTopicArn": "", "TicketTopicArn": "", "AlarmEmail": "", "TicketEmail": ""}


class Stack:
    """The template's conditions and references with these parameters; a resource stands for itself."""

    def __init__(self, **parameters):
        self.parameters = {**NOBODY, **parameters}

    def holds(self, condition):
        match condition:
            case str() as name:
                return self.holds(conditions()[name])
            case {"Condition": name}:
                return self.holds(name)
            case {"Fn::Not": [one]}:
                return not self.holds(one)
            case {"Fn::And": ones}:
                return all(map(self.holds, ones))
            case {"Fn::Or": ones}:
                return any(map(self.holds, ones))
            case {"Fn::Equals": [left, right]}:
                return self.value(left) == self.value(right)
        raise AssertionError(condition)

    def value(self, of):
        match of:
            case {"Ref": name}:
                return self.parameters.get(name, name)
            case {"Fn::If": [condition, then, otherwise]}:
                return self.value(then if self.holds(condition) else otherwise)
        return of

    @property
    def made(self):
        """The topics and subscriptions that this stack makes."""
        sns = {name: one for name, one in resources().items() if one["Type"].startswith("AWS::SNS::")}
        return {name for name, one in sns.items() if self.holds(one["Condition"])}

    def told(self, alarm):
        """Where an alarm's message goes, and the address that is subscribed there, if this stack subscribes one."""
        ((topic,), (over,)) = (map(self.value, properties(alarm)[of]) for of in ("AlarmActions", "OKActions"))
        assert topic == over
        subscriptions = [properties(name) for name in self.made if name.endswith("Subscription")]
        emails = [self.value(one["Endpoint"]) for one in subscriptions if self.value(one["TopicArn"]) == topic]
        return topic, *emails


PAGE, TICKET = "NobodyGetsInAlarm", "UnfollowedAlarm"
ON_CALL, CLERK = "on-call@example.com", "clerk@example.com"


TOLD = [
    ({}, ("AlarmTopic",), ("TicketTopic",)),
    ({"AlarmEmail": ON_CALL}, ("AlarmTopic", ON_CALL), ("TicketTopic", ON_CALL)),
    ({"AlarmEmail": ON_CALL, "TicketEmail": CLERK}, ("AlarmTopic", ON_CALL), ("TicketTopic", CLERK)),
    ({"TicketEmail": CLERK}, ("AlarmTopic",), ("TicketTopic", CLERK)),
    ({"AlarmTopicArn": THEIRS}, (THEIRS,), (THEIRS,)),
    ({"AlarmTopicArn": THEIRS, "TicketTopicArn": TICKETS}, (THEIRS,), (TICKETS,)),
    ({"TicketTopicArn": TICKETS, "AlarmEmail": ON_CALL}, ("AlarmTopic", ON_CALL), (TICKETS,)),
    ({"AlarmTopicArn": THEIRS, "AlarmEmail": ON_CALL, "TicketEmail": CLERK}, (THEIRS,), ("TicketTopic", CLERK)),
]


@pytest.mark.parametrize(("parameters", "page", "ticket"), TOLD)
def test_a_page_and_a_ticket_go_where_they_are_asked_to(parameters, page, ticket):
    stack = Stack(**parameters)
    assert stack.told(PAGE) == page
    assert stack.told(TICKET) == ticket
    # Every topic that an alarm tells is there: made by this stack, or the operator's own.
    assert {stack.told(PAGE)[0], stack.told(TICKET)[0]} <= {*stack.made, THEIRS, TICKETS}


@pytest.mark.parametrize("parameters", [parameters for parameters, _, _ in TOLD])
def test_outputs_and_policy_name_the_topics_that_alarms_tell(parameters):
    stack = Stack(**parameters)
    told = [stack.told(alarm)[0] for alarm in (PAGE, TICKET)]
    assert [stack.value(outputs()[name]["Value"]) for name in ("AlarmTopic", "TicketTopic")] == told
    statements = properties("IvrOperationsPolicy")["PolicyDocument"]["Statement"]
    [looking] = [one for one in statements if one["Sid"] == "LookAtTheTopics"]  # `ivr doctor` looks who hears of each
    assert [stack.value(one) for one in looking["Resource"]] == told
