"""The log gives the service's own error code, found below any wrapper, and never an error's text."""

import botocore.exceptions as of_botocore
import pytest
import requests.exceptions as of_requests
from hypothesis import given
from hypothesis import strategies as st
from twilio.base.exceptions import TwilioRestException

from ivr.observability.failures import Why, code_of, is_code
from ivr.secrets import SecretUnavailableError
from ivr.store.errors import StoreUnavailableError, StoreWriteError, raise_read_error, raise_write_error
from ivr.telephony.port import NotSentError, RefusedError

URL = "http://127.0.0.1:9"


def client_error(code, **more):
    return of_botocore.ClientError({"Error": {"Code": code, "Message": "+96891234567"}, **more}, "PutItem")


def raised(raising, error):
    with pytest.raises(StoreUnavailableError) as caught:
        raising(error)
    return caught.value


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (client_error("ProvisionedThroughputExceededException"), "ProvisionedThroughputExceededException"),
        (client_error("AccessDeniedException"), "AccessDeniedException"),
        (
            client_error(
                "TransactionCanceledException", CancellationReasons=[{"Code": "None"}, {"Code": "ThrottlingError"}]
            ),
            "ThrottlingError",
        ),
        (client_error("TransactionCanceledException", CancellationReasons=[]), "TransactionCanceledException"),
        (of_botocore.ConnectTimeoutError(endpoint_url=URL), Why.TIMED_OUT),
        (of_botocore.ReadTimeoutError(endpoint_url=URL), Why.TIMED_OUT),
        (of_botocore.EndpointConnectionError(endpoint_url=URL), Why.NO_CONNECTION),
        (of_botocore.ConnectionClosedError(endpoint_url=URL), Why.CONNECTION_LOST),
        (of_botocore.NoCredentialsError(), Why.NO_CREDENTIALS),
        (of_requests.ReadTimeout("+96891234567"), Why.TIMED_OUT),
        (TwilioRestException(400, "/Calls/CA1", "+96891234567", code=21211), "21211"),
        (RefusedError("21614"), "21614"),
        (NotSentError("429"), "429"),
        (ValueError("+96891234567"), Why.UNEXPECTED),
        (KeyError("+96891234567"), Why.UNEXPECTED),
    ],
)
def test_each_error_has_its_code(error, code):
    assert code_of(error) == code


@pytest.mark.parametrize("raising", [raise_read_error, raise_write_error])
def test_the_stores_errors_give_dynamodbs_code(raising):
    error = raised(raising, client_error("ProvisionedThroughputExceededException"))
    assert code_of(error) == str(error) == "ProvisionedThroughputExceededException"


def test_a_secret_that_ssm_does_not_give_says_why_and_not_its_name():
    error = SecretUnavailableError("/call-screening/twilio-auth-token", "ParameterNotFound")
    assert code_of(error) == "ParameterNotFound"


def test_an_error_that_is_its_own_cause_is_not_followed_for_ever():
    error = ValueError()
    error.__context__ = error.__cause__ = error
    assert code_of(error) == Why.UNEXPECTED


@given(st.text())
def test_a_failure_shows_single_words_alone(text):
    assert is_code(code_of(StoreWriteError(text)))
    assert is_code(code_of(client_error(text)))
