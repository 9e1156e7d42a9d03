"""What an AWS error code means to a person: plain sentences, and what to do. Never the service's own text.

Codes: "Common Error Types" and "Error handling with DynamoDB" of the AWS documentation, and STS's.
"""

from __future__ import annotations

from dataclasses import dataclass

from importer.errors import ConfigError, ImporterError, RetryableError

EXPIRED_CODES = frozenset({"ExpiredTokenException", "ExpiredToken", "RequestExpired", "TokenRefreshRequired"})
INVALID_CREDENTIAL_CODES = frozenset(
    {
        "UnrecognizedClientException",
        "InvalidClientTokenId",
        "InvalidAccessKeyId",
        "SignatureDoesNotMatch",
        "InvalidSignatureException",
        "IncompleteSignatureException",
        "IncompleteSignature",
        "MissingAuthenticationToken",
        "MissingAuthenticationTokenException",
        "AuthFailure",
        "OptInRequired",
    }
)
DENIED_CODES = frozenset({"AccessDeniedException", "AccessDenied", "UnauthorizedOperation", "NotAuthorized"})
THROTTLE_CODES = frozenset(
    {
        "ProvisionedThroughputExceededException",
        "ThrottlingException",
        "ThrottlingError",
        "Throttling",
        "ProvisionedThroughputExceeded",
        "RequestLimitExceededException",
        "RequestLimitExceeded",
        "TooManyRequestsException",
        "SlowDown",
    }
)
SERVICE_DOWN_CODES = frozenset(
    {"InternalServerError", "InternalFailure", "ServiceUnavailable", "ServiceUnavailableException", "500", "503"}
)


@dataclass(frozen=True)
class Call:
    """What was asked, and of whom: `action` as IAM writes it (`dynamodb:PutItem`), the rest "" when unknown."""

    action: str = ""
    table: str = ""
    region: str = ""
    endpoint_url: str = ""
    profile: str = ""

    @property
    def on_table(self) -> str:
        """` on table "T"`, or nothing."""
        return f' on table "{self.table}"' if self.table else ""

    @property
    def login(self) -> str:
        """The command that gets a profile of AWS SSO new credentials."""
        return f"aws sso login --profile {self.profile}" if self.profile else "aws sso login"


def explain_code(code: str, call: Call, *, about_time: bool = False) -> ImporterError:
    """Our error for an AWS error code; `about_time` when the refusal was of the request's clock, not of its key."""
    if code in EXPIRED_CODES:
        return expired_credentials(call)
    if about_time:
        return ConfigError("AWS refused the request's time. Set this machine's clock right and try again.")
    if code in THROTTLE_CODES:
        return RetryableError(f"The service is throttling requests{call.on_table}. Wait a moment and try again.")
    if code in SERVICE_DOWN_CODES:
        return RetryableError("The service answered with an error of its own. Wait a moment and try again.")
    return _explain_permission(code, call) or _explain_table_code(code, call)


def _explain_permission(code: str, call: Call) -> ImporterError | None:
    if code in INVALID_CREDENTIAL_CODES:
        return ConfigError(
            f"The AWS credentials are not valid{_in_region(call)} ({code}). "
            "Check the access key and profile, and that they belong to this partition (us-gov has its own)."
        )
    if code in DENIED_CODES:
        return ConfigError(
            f"These credentials may not {call.action or 'do this'}{call.on_table}. "
            "Ask for that permission, or choose another profile."
        )
    return None


def _explain_table_code(code: str, call: Call) -> ImporterError:
    if code in ("ResourceNotFoundException", "TableNotFoundException"):
        return missing_table(call)
    if code == "ResourceInUseException":
        return ConfigError(
            f'Table "{call.table}" is there already or is being changed. Use it as it is, or wait and try again.'
        )
    if code == "LimitExceededException":
        return RetryableError("Too many tables are being made or changed at once. Wait a moment and try again.")
    if not code or code.isdigit():
        return no_dynamodb(call, f"HTTP {code} and no word of DynamoDB's" if code else "no word of DynamoDB's")
    if code == "ValidationException":
        return ConfigError(f"The service refused the request{call.on_table} as not valid ({call.action}).")
    return ConfigError(f"The service refused {call.action or 'the request'}{call.on_table} with code {code}.")


def missing_table(call: Call) -> ConfigError:
    """The table is not where it was looked for."""
    place = f" in region {call.region}" if call.region else ""
    at = f" at {call.endpoint_url}" if call.endpoint_url else ""
    return ConfigError(
        f'Table "{call.table}" was not found{place}{at}. Check the table\'s name and the region, or create the table '
        "(--create-table KEY on the command line)."
    )


def no_dynamodb(call: Call, what: str) -> ConfigError:
    """Something answers that is no DynamoDB: a proxy, a sign-in page, another server."""
    return ConfigError(
        f"{call.endpoint_url or 'The endpoint'} answered {call.action or 'the request'}{call.on_table} with {what}. "
        "A proxy or another server may stand there: check the endpoint, the proxy and the network."
    )


def expired_credentials(call: Call) -> ConfigError:
    """The credentials were right once."""
    return ConfigError(f"The AWS credentials have expired. Renew them (with AWS SSO: {call.login}) and try again.")


def no_credentials(call: Call) -> ConfigError:
    """Nothing to sign with was found anywhere botocore looks."""
    where = f' for profile "{call.profile}"' if call.profile else ""
    return ConfigError(
        f"No AWS credentials were found{where}. Choose a profile, run aws configure, or use the embedded engine."
    )


def half_credentials() -> ConfigError:
    """One of key id and secret is missing."""
    return ConfigError("The AWS credentials are not whole: key id or secret is missing. Set both.")


def unknown_profile(call: Call) -> ConfigError:
    """The profile is not in the AWS files of this machine."""
    name = f' "{call.profile}"' if call.profile else ""
    return ConfigError(f"There is no AWS profile{name} on this machine. Choose another, or run aws configure.")


def no_region() -> ConfigError:
    """Neither the connection nor the profile names one."""
    return ConfigError("No AWS region is set. Choose one, for example us-gov-west-1.")


def no_account_for_endpoint() -> ConfigError:
    """Account-based endpoints are wanted, and the account is not known."""
    told = "AWS_ACCOUNT_ID_ENDPOINT_MODE is required, but no account is known to make an address of."
    return ConfigError(f"{told} Set AWS_ACCOUNT_ID, or the mode to preferred.")


def sso_login_needed(call: Call) -> ConfigError:
    """The sign-in of AWS SSO is missing or over."""
    return ConfigError(f"The AWS SSO sign-in is missing or over. Run {call.login} and try again.")


def unreachable(call: Call, why: str) -> RetryableError:
    """No answer; `why` is one of our own phrases, e.g. "nothing answers"."""
    where = call.endpoint_url or "the service"
    return RetryableError(f"{where} cannot be reached: {why}. Check the region, the endpoint and the network.")


def _in_region(call: Call) -> str:
    return f" in region {call.region}" if call.region else ""
