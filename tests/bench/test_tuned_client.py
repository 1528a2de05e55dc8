"""What makes the clients quick changes nothing of where they go."""

import boto3
import pytest

from ivr import store


@pytest.mark.parametrize("region", ["me-central-1", "us-east-1", "cn-north-1"])
def test_they_know_the_service_and_its_address_as_any_client_does(monkeypatch, region):
    monkeypatch.setenv("AWS_DEFAULT_REGION", region)
    usual = boto3.client("dynamodb", region_name=region)
    assert store.client().service.connections.address == usual.meta.endpoint_url
    tuned = store.client(patient=True)
    assert tuned.meta.endpoint_url == usual.meta.endpoint_url
    assert tuned.meta.service_model.operation_names == usual.meta.service_model.operation_names
    assert tuned.meta.service_model.api_version == usual.meta.service_model.api_version
    assert tuned.can_paginate("query")


def test_an_endpoint_of_the_environment_is_heeded(monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:9")
    assert store.client().service.connections.address == "http://127.0.0.1:9"
    assert store.client(patient=True).meta.endpoint_url == "http://127.0.0.1:9"
