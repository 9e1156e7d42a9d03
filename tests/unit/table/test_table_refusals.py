"""Every refusal in plain words, none with the service's own text."""

from __future__ import annotations

import socket
from typing import Any

import pytest
from botocore import exceptions as raised
from botocore.exceptions import ClientError

from importer.errors import ConfigError, ImporterError, RetryableError
from importer.table import Connection, describe_table, dynamodb_client, explain_client_error, list_tables
from importer.table.refusals import Call

SECRET = "planted.person@example.org"
CALL = Call("dynamodb:DescribeTable", "EmailContacts", "eu-west-1", "", "partner")


def _reply(code: str, message: str = SECRET, status: int = 400) -> ClientError:
    reply: Any = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(reply, "DescribeTable")


@pytest.mark.parametrize(
    ("code", "kind", "words"),
    [
        ("ResourceNotFoundException", ConfigError, 'Table "EmailContacts" was not found in region eu-west-1'),
        ("AccessDeniedException", ConfigError, 'may not dynamodb:DescribeTable on table "EmailContacts"'),
        ("ExpiredTokenException", ConfigError, "have expired.*aws sso login --profile partner"),
        ("UnrecognizedClientException", ConfigError, "not valid in region eu-west-1"),
        ("SignatureDoesNotMatch", ConfigError, "Check the access key"),
        ("ProvisionedThroughputExceededException", RetryableError, "throttling"),
        ("InternalServerError", RetryableError, "error of its own"),
        ("LimitExceededException", RetryableError, "Too many tables"),
        ("ResourceInUseException", ConfigError, "there already"),
        ("ValidationException", ConfigError, "as not valid"),
        ("SomethingNew", ConfigError, "with code SomethingNew"),
    ],
)
def test_an_error_code_is_explained_without_the_services_text(code: str, kind: type, words: str) -> None:
    ours = explain_client_error(_reply(code), CALL)
    assert isinstance(ours, kind)
    assert SECRET not in str(ours)
    with pytest.raises(kind, match=words):
        raise ours


def test_a_wrong_clock_is_told_from_a_wrong_key() -> None:
    late = _reply("InvalidSignatureException", "Signature expired: 20260101T000000Z is now earlier than …")
    assert "clock" in str(explain_client_error(late))
    assert "clock" not in str(explain_client_error(_reply("InvalidSignatureException", "does not match")))


def test_any_5xx_may_be_tried_again_whatever_its_code() -> None:
    assert isinstance(explain_client_error(_reply("Odd", status=503)), RetryableError)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (raised.NoCredentialsError(), 'No AWS credentials were found for profile "partner"'),
        (raised.PartialCredentialsError(provider="env", cred_var="x"), "not whole"),
        (raised.UnauthorizedSSOTokenError(), "Run aws sso login --profile partner"),
        (raised.SSOTokenLoadError(error_msg=SECRET), "Run aws sso login --profile partner"),
        (raised.TokenRetrievalError(provider="sso", error_msg=SECRET), "Run aws sso login"),
        (raised.CredentialRetrievalError(provider="x", error_msg=SECRET), "have expired"),
        (raised.NoRegionError(), "Choose one, for example us-gov-west-1"),
        (raised.ProfileNotFound(profile="partner"), 'no AWS profile "partner"'),
        (raised.SSLError(endpoint_url="https://x", error=SECRET), "certificate is not trusted"),
        (raised.ReadTimeoutError(endpoint_url="https://x", error=SECRET), "does not answer in time"),
        (raised.ProxyConnectionError(proxy_url="https://x", error=SECRET), "proxy does not answer"),
        (raised.ParamValidationError(report=SECRET), "ParamValidationError"),
        (RuntimeError(SECRET), "RuntimeError"),
    ],
)
def test_what_fails_on_this_machine_is_explained(error: Exception, words: str) -> None:
    ours = explain_client_error(error, CALL)
    assert words in str(ours)
    assert SECRET not in str(ours)


def test_our_own_errors_come_back_as_they_are() -> None:
    ours = ImporterError("plain")
    assert explain_client_error(ours) is ours


def test_nothing_listening_is_said_with_the_address() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        client = dynamodb_client(Connection("custom", endpoint_url=url))
        with pytest.raises(RetryableError, match=f"{url} cannot be reached: nothing answers there"):
            list_tables(client)


def test_a_missing_table_of_a_real_engine_says_to_check_the_region(client: Any) -> None:
    with pytest.raises(
        ConfigError, match=r'Table "Missing" was not found in region us-east-1 at http.*Check the table'
    ):
        describe_table(client, "Missing")


@pytest.mark.parametrize(("name", "words"), [("", "No table is named"), ("a b", "3 to 255"), ("ab", "3 to 255")])
def test_a_name_no_table_can_have_is_refused_here(client: Any, name: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        describe_table(client, name)
