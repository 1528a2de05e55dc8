"""Where a service is, and who needs botocore's own client: as botocore finds it in the same environment."""

from __future__ import annotations

import boto3
import botocore.session
import pytest
from botocore.exceptions import NoRegionError

from ivr import store
from ivr.aws import environment
from ivr.aws.dynamodb import DynamoDB

SERVICES = ("dynamodb", "sqs", "ssm")


def regions():
    session = botocore.session.Session()
    return {
        one for name in session.get_available_partitions() for one in session.get_available_regions("dynamodb", name)
    }


@pytest.mark.parametrize("service", SERVICES)
def test_each_regions_address_is_botocores(service):
    """A client a partition: in one, all regions' addresses have one shape."""
    session, seen = botocore.session.Session(), {}
    for region in sorted(regions()):
        seen.setdefault(environment.endpoint("x", region).rpartition(f".{region}.")[2], region)
    assert len(seen) >= 3
    for region in seen.values():
        usual = session.create_client(service, region_name=region)
        assert environment.endpoint(service, region) == usual.meta.endpoint_url


def test_each_regions_partition_is_botocores():
    data = botocore.session.Session().get_component("data_loader").load_data("partitions")
    suffixes = {region: one["outputs"]["dnsSuffix"] for one in data["partitions"] for region in one["regions"]}
    for region in regions():
        assert environment.endpoint("dynamodb", region).endswith(suffixes[region]), region


@pytest.mark.parametrize(
    "variables",
    [
        {"AWS_ENDPOINT_URL": "http://127.0.0.1:9/"},
        {"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:10"},
        {"AWS_ENDPOINT_URL_SQS": "http://127.0.0.1:11"},
        {"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"},
    ],
    ids=["all", "one of its own", "another's", "ignored"],
)
def test_an_endpoint_that_the_environment_names_is_heeded_as_by_botocore(monkeypatch, variables):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    usual = boto3.Session().client("dynamodb", region_name="me-central-1").meta.endpoint_url
    assert environment.endpoint("dynamodb", "me-central-1") == usual.rstrip("/")


def test_of_two_regions_botocores_counts(monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    assert environment.region() == botocore.session.Session().get_config_variable("region") == "eu-west-1"


def test_no_region_is_said(monkeypatch):
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    monkeypatch.delenv("AWS_REGION", raising=False)
    with pytest.raises(NoRegionError):
        environment.region()
    monkeypatch.setenv("AWS_REGION", "me-central-1")
    assert environment.region() == "me-central-1"


def test_a_function_has_the_road_and_a_command_botocores_client():
    assert isinstance(store.client(), DynamoDB)
    assert not isinstance(store.client(patient=True), DynamoDB)


@pytest.mark.parametrize(
    ("name", "value"),
    [("AWS_PROFILE", "work"), ("HTTPS_PROXY", "http://127.0.0.1:9"), ("AWS_USE_FIPS_ENDPOINT", "true")],
    ids=["a profile", "a proxy", "FIPS"],
)
def test_who_asks_for_what_the_road_lacks_gets_botocores_client(monkeypatch, tmp_path, name, value):
    config = tmp_path / "config"
    config.write_text("[profile work]\nregion = me-central-1\n", encoding="utf-8")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setenv(name, value)
    assert not isinstance(store.client(), DynamoDB)


def test_who_has_no_credentials_in_the_environment_gets_botocores_client(monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_LAMBDA_FUNCTION_NAME", raising=False)
    assert not isinstance(store.client(), DynamoDB)
