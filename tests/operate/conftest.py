"""What the table of alarms is held to: the template that it generates, and the metrics that our code counts."""

import pytest
from botocore.exceptions import ClientError
from cfnlint.decode import decode

from infra.local.template import TEMPLATE, parameters
from ivr.settings import Settings
from tests.calls.conftest import ring, rung_back_leg, work
from tests.operate.faults import NAMESPACE, STRANGER
from tests.operate.log_lines import fields_by_message
from tests.web.conftest import ISSUER, app, clock, context, visitor

__all__ = ["app", "clock", "context", "ring", "rung_back_leg", "visitor", "work"]


@pytest.fixture(scope="session")
def defaults():
    """The template's parameters that an alarm's numbers come from, as they are if nobody sets them."""
    return {name: one["Default"] for name, one in parameters().items() if one["Type"] == "Number" and "Default" in one}


@pytest.fixture
def environment(environment):
    unreachable = {**ISSUER, "DESK_OIDC_ISSUER": "https://127.0.0.1:9"}
    return {**environment, **unreachable, "RING_BACK_AFTER_SECONDS": "0", "METRICS_NAMESPACE": NAMESPACE}


@pytest.fixture
def desk_settings(environment):
    return Settings.from_environment(environment)


@pytest.fixture
def refusing(dynamodb, store):
    """DynamoDB refuses what is asked of it with an error code of its own."""

    def refuse(code, *operations, touching=""):
        def before_call(model, params, **_):
            meant = (not operations or model.name in operations) and touching in str(params["body"])
            if meant and (touching or model.name != "DescribeTable"):
                raise ClientError({"Error": {"Code": code, "Message": STRANGER}}, model.name)

        store.table.client.meta.events.register("before-call.dynamodb", before_call)

    return refuse


@pytest.fixture(scope="session")
def resources():
    """The template's resources as CloudFormation reads them."""
    decoded, mistakes = decode(str(TEMPLATE))
    assert not mistakes
    return decoded["Resources"]


@pytest.fixture(scope="session")
def alarms(resources):
    return {name: one["Properties"] for name, one in resources.items() if one["Type"] == "AWS::CloudWatch::Alarm"}


@pytest.fixture(scope="session")
def line_fields():
    """The fields of each counted line of our code, by its message."""
    return fields_by_message()


@pytest.fixture(scope="session")
def counted_in_source(line_fields):
    """The name of each metric that our code counts."""
    return set(line_fields)
