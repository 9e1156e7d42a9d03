"""From botocore's exceptions to our error tree."""

from __future__ import annotations

from typing import Any

from importer.errors import ConfigError, ImporterError, RetryableError
from importer.table import refusals
from importer.table.refusals import Call

CLOCK_MARKS = ("Signature expired", "Signature not yet current", "RequestTimeTooSkewed")
"""How AWS words a refusal of the request's clock (AWS General Reference, "Signature Version 4 troubleshooting")."""


def call_of(client: Any, operation: str, table: str = "") -> Call:
    """What `client` is about to ask, for the words of a refusal."""
    meta = client.meta
    return Call(
        action=f"{meta.service_model.signing_name}:{operation}",
        table=table,
        region=meta.region_name or "",
        endpoint_url=meta.endpoint_url or "",
    )


def explain_client_error(error: BaseException, call: Call | None = None) -> ImporterError:
    """Our error for anything boto3 or botocore raises. Our own errors come back as they are.

    The service's own text is never part of the message: engines quote whole contacts in it.
    """
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.parsers import ResponseParserError

    call = call or Call()
    if isinstance(error, ImporterError):
        return error
    if isinstance(error, ClientError):
        return _explain_reply(error, call)
    if isinstance(error, BotoCoreError):
        return _explain_local(error, call)
    if isinstance(error, ValueError) and "endpoint" in str(error).lower():
        return ConfigError("The endpoint is no web address. Write it like http://127.0.0.1:8000.")
    if isinstance(error, KeyError | TypeError | ResponseParserError):
        return refusals.no_dynamodb(call, "what is no answer of DynamoDB's, such as a web page")
    return RetryableError(f"The request to the service failed ({type(error).__name__}). Try again.")


def _explain_reply(error: Any, call: Call) -> ImporterError:
    reply = error.response
    code = str(reply.get("Error", {}).get("Code", ""))
    if not call.action and error.operation_name:
        call = Call(f"dynamodb:{error.operation_name}", call.table, call.region, call.endpoint_url, call.profile)
    status = reply.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if status >= 500:
        code = "ServiceUnavailable"
    text = str(reply.get("Error", {}).get("Message", ""))
    return refusals.explain_code(code, call, about_time=any(mark in text or mark == code for mark in CLOCK_MARKS))


def _explain_local(error: Any, call: Call) -> ImporterError:
    """Refusals on this machine: profile, credentials, region."""
    from botocore import exceptions as raised

    if isinstance(error, raised.EndpointProviderError) and "AccountId" in str(error):
        return refusals.no_account_for_endpoint()
    region_words = "The AWS region or its FIPS or dual-stack endpoint does not exist. Check the region."
    reasons: tuple[tuple[Any, ImporterError], ...] = (
        (raised.ProfileNotFound, refusals.unknown_profile(call)),
        ((raised.SSOError, raised.TokenRetrievalError, raised.NoAuthTokenError), refusals.sso_login_needed(call)),
        (raised.PartialCredentialsError, refusals.half_credentials()),
        (raised.NoCredentialsError, refusals.no_credentials(call)),
        (raised.CredentialRetrievalError, refusals.expired_credentials(call)),
        (raised.NoRegionError, refusals.no_region()),
        (
            (raised.InvalidRegionError, raised.EndpointProviderError, raised.UnknownEndpointError),
            ConfigError(region_words),
        ),
    )
    for kinds, ours in reasons:
        if isinstance(error, kinds):
            return ours
    return _explain_transport(error, call)


def _explain_transport(error: Any, call: Call) -> ImporterError:
    from botocore import exceptions as raised

    reasons = (
        (raised.SSLError, "its certificate is not trusted"),
        (raised.ProxyConnectionError, "the proxy does not answer"),
        (raised.ConnectTimeoutError, "it does not answer in time"),
        (raised.ReadTimeoutError, "it does not answer in time"),
        (raised.EndpointConnectionError, "nothing answers there"),
        (raised.HTTPClientError, "the connection broke"),
    )
    for kind, why in reasons:
        if isinstance(error, kind):
            return refusals.unreachable(call, why)
    return ConfigError(f"The request could not be made ({type(error).__name__}). Check the connection's settings.")
