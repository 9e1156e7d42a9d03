"""Where the table is: the embedded engine, AWS, an endpoint of one's own, a batch endpoint. No secrets in here."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, fields, replace
from ipaddress import ip_address
from typing import Any, Literal
from urllib.parse import urlsplit

from importer.errors import ConfigError

Kind = Literal["embedded", "aws", "custom", "batch"]

KINDS: tuple[Kind, ...] = ("embedded", "aws", "custom", "batch")
"""`batch` is `POST /contacts/batch`: rows go there by HTTP, and the table behind it is not seen."""

EMBEDDED_REGION = "us-east-1"
"""A request must be signed for some region; the embedded engine takes any and means none."""

AWS_SETTINGS = (
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_ACCESS_KEY_ID",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
)
"""Variables by which a person (or a container) says "AWS": botocore's own names for profile, region, credentials."""


_AWS_HOST = re.compile(
    r"(?:.+\.)?(?:dynamodb(?:-fips)?|ddb)\.(?P<region>[a-z]{2,5}(?:-[a-z]+)+-\d+)\.(?:vpce\.)?"
    r"(?:amazonaws\.com|amazonaws\.com\.cn|amazonaws\.eu|api\.aws|api\.amazonwebservices\.com\.cn|api\.amazonwebservices\.eu"
    r"|c2s\.ic\.gov|sc2s\.sgov\.gov|csp\.hci\.ic\.gov|cloud\.adc-e\.uk)"
)
"""DynamoDB's own hosts: regional, FIPS, dual-stack, account-based (`ACCOUNT.ddb.REGION…`) and those of a VPC
(`vpce-….dynamodb.REGION.vpce…`). Source: "DynamoDB endpoints and quotas", and the partitions of botocore's rules."""


@dataclass(frozen=True)
class Connection:
    """How to reach a table. `region` may be "" for AWS: then the profile's region counts.

    An endpoint of AWS's own takes requests that are signed for its region alone: there the host's region counts. For
    the embedded engine `endpoint_url` is None until the engine has been started (`ready_connection`).
    """

    kind: Kind
    region: str = EMBEDDED_REGION
    profile: str | None = None
    endpoint_url: str | None = None
    use_fips: bool = False
    use_dualstack: bool = False

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ConfigError(f'"{self.kind}" is no kind of connection. Use one of: {", ".join(KINDS)}.')
        if self.kind in ("custom", "batch"):
            check_endpoint_url(self.endpoint_url)
        if self.kind == "custom" and (theirs := aws_region(self.endpoint_url or "")):
            object.__setattr__(self, "region", theirs)
        if self.kind == "embedded" and self.endpoint_url is not None and not is_loopback(self.endpoint_url):
            raise ConfigError("The embedded engine is only ever on this machine. Choose a custom endpoint instead.")

    def describe(self) -> str:
        """What a person reads: `AWS, region us-gov-west-1, profile partner, FIPS endpoint`."""
        if self.kind == "embedded":
            return f"embedded engine at {host_of(self.endpoint_url)}" if self.endpoint_url else "embedded engine"
        if self.kind == "batch":
            return f"batch endpoint {self.endpoint_url}"
        parts = ["AWS"] if self.kind == "aws" else [f"endpoint {self.endpoint_url}"]
        parts.append(f"region {self.region}" if self.region else "region of the profile")
        if self.profile:
            parts.append(f"profile {self.profile}")
        if self.use_fips:
            parts.append("FIPS endpoint")
        if self.use_dualstack:
            parts.append("dual-stack endpoint")
        return ", ".join(parts)

    def to_dict(self) -> dict[str, Any]:
        """A JSON-ready dict."""
        return asdict(self)

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Connection:
        """The connection of `to_dict`; unknown fields are passed over. Raises ConfigError for a wrong kind."""
        known = {field.name for field in fields(cls)}
        values = {name: value for name, value in raw.items() if name in known}
        if "kind" not in values:
            raise ConfigError('The saved connection names no "kind". Choose the connection again.')
        if values.get("endpoint_url"):
            values["endpoint_url"] = _without_user(str(values["endpoint_url"]))
        return cls(**values)


@dataclass(frozen=True)
class Target:
    """The very place rows go to, fit to be frozen in a plan.

    `account` is the AWS account number, `local` for the embedded engine, or `at HOST` for a custom endpoint.
    `engine` says which embedded engine it is and whether it keeps data.
    """

    connection: Connection
    account: str
    table: str
    engine: str = ""

    def sentence(self) -> str:
        """`table EmailContacts, AWS, region us-gov-west-1, account 123456789012`."""
        if self.connection.kind == "embedded":
            engine = f"embedded engine {self.engine}" if self.engine else "embedded engine"
            place = f" at {host_of(self.connection.endpoint_url)}" if self.connection.endpoint_url else ""
            name, _, note = engine.partition(" (")
            return f"table {self.table}, {name}{place}" + (f" ({note}" if note else "")
        if self.connection.kind == "batch":
            return self.connection.describe()
        words = f"table {self.table}, {self.connection.describe()}"
        return f"{words}, account {self.account}" if self.connection.kind == "aws" else words

    def same_place(self, other: Target) -> bool:
        """Whether both mean the same table. The embedded engine may come back on another port: still the same."""
        if self.table != other.table or self.connection.kind != other.connection.kind:
            return False
        if self.connection.kind == "embedded":
            return True
        here, there = self.connection, other.connection
        return (self.account, here.region, here.endpoint_url) == (other.account, there.region, there.endpoint_url)

    def to_dict(self) -> dict[str, Any]:
        """A JSON-ready dict."""
        return asdict(self)

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> Target:
        """The target of `to_dict`."""
        return cls(
            connection=Connection.from_dict(raw["connection"]),
            account=str(raw["account"]),
            table=str(raw["table"]),
            engine=str(raw.get("engine", "")),
        )


@dataclass(frozen=True)
class TableChoice:
    """What a person chose to write to, before anybody has looked whether it is there."""

    connection: Connection
    table: str

    def sentence(self) -> str:
        """`table EmailContacts, AWS, region us-gov-west-1`."""
        where = self.connection.describe()
        return where if self.connection.kind == "batch" else f"table {self.table}, {where}"

    def same_place(self, other: TableChoice) -> bool:
        """Whether both mean the same; the embedded engine may be on another port by now."""
        if self.connection.kind == other.connection.kind == "embedded":
            return self.table == other.table
        if self.connection.kind == other.connection.kind == "batch":
            return self.connection == other.connection
        return self == other

    def means(self, target: Target) -> bool:
        """Whether `target` is what was chosen; a region that was left to the profile is whatever that gave."""
        there = target.connection
        mine = self.connection if self.connection.region else replace(self.connection, region=there.region)
        return TableChoice(mine, self.table).same_place(TableChoice(there, target.table))

    def to_dict(self) -> dict[str, Any]:
        """A JSON-ready dict. The embedded engine's address is left out: it may change."""
        embedded = self.connection.kind == "embedded"
        return self.connection.to_dict() | ({"endpoint_url": None} if embedded else {}) | {"table": self.table}

    @classmethod
    def from_dict(cls, raw: Mapping[str, Any]) -> TableChoice:
        """The choice of `to_dict`. Raises ConfigError for a wrong kind, KeyError where no table is named."""
        return cls(Connection.from_dict(raw), str(raw["table"]))


def connection_from_environment(environ: Mapping[str, str], *, endpoint_url: str | None = None) -> Connection:
    """What the environment asks for: an endpoint, else AWS where any AWS setting is made, else the embedded engine.

    `endpoint_url` is one given by hand; it wins over `AWS_ENDPOINT_URL`.
    """
    region = environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION") or ""
    profile = _profile(environ)
    url = endpoint_url or environ.get("AWS_ENDPOINT_URL_DYNAMODB") or environ.get("AWS_ENDPOINT_URL")
    if url:
        return Connection("custom", region or EMBEDDED_REGION, profile, url)
    if not any(environ.get(name) for name in AWS_SETTINGS):
        return Connection("embedded")
    return Connection(
        "aws",
        region,
        profile,
        use_fips=_is_on(environ.get("AWS_USE_FIPS_ENDPOINT")),
        use_dualstack=_is_on(environ.get("AWS_USE_DUALSTACK_ENDPOINT")),
    )


def check_endpoint_url(url: str | None) -> None:
    """Raise ConfigError unless `url` is http(s) with a host, and without a user or a password."""
    try:
        parts = urlsplit(url or "")
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:  # a bracket or a port that is none
        is_address = False
    if not is_address:
        raise ConfigError("The endpoint is no web address. Write it like http://127.0.0.1:8000.")
    if "@" in parts.netloc:
        raise ConfigError("User and password do not belong into the endpoint's address. Leave out all before the @.")


def check_keys_may_go(connection: Connection, named_hosts: Collection[str]) -> None:
    """Raise ConfigError where the machine's keys must not be sent to this connection's endpoint.

    Beyond this machine only by https, and only to AWS or to a host that the machine's owner named.
    """
    url = connection.endpoint_url or ""
    if connection.kind != "custom" or is_loopback(url):
        return
    parts = urlsplit(url)
    if parts.scheme != "https":
        raise ConfigError(
            f"Keys and contacts go to {parts.hostname} by https only. Write https:// in the endpoint's address."
        )
    if not aws_region(url) and (parts.hostname or "").rstrip(".") not in named_hosts:
        raise ConfigError(
            f"{parts.hostname} is no host of DynamoDB. The machine's AWS keys are sent to AWS, to this machine, and "
            "to hosts that IMPORTER_ENDPOINTS names. Let whoever looks after the app name it there."
        )


def _without_user(url: str) -> str:
    scheme, mark, rest = url.partition("://")
    netloc, slash, path = rest.partition("/")
    return f"{scheme}{mark}{netloc.rpartition('@')[2]}{slash}{path}"


def aws_region(url: str) -> str:
    """The region of an endpoint of DynamoDB's own; "" where it is another's."""
    named = _AWS_HOST.fullmatch((urlsplit(url).hostname or "").rstrip("."))
    return named["region"] if named else ""


def host_of(url: str | None) -> str:
    """`127.0.0.1:41233` of `http://127.0.0.1:41233/`; "" of nothing."""
    return urlsplit(url or "").netloc.rpartition("@")[2]


def is_loopback(url: str) -> bool:
    """Whether the address can only mean this machine."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _profile(environ: Mapping[str, str]) -> str | None:
    """None where the environment holds a key itself: botocore lets it win over AWS_PROFILE, but not over a choice."""
    if environ.get("AWS_ACCESS_KEY_ID"):
        return None
    return environ.get("AWS_PROFILE") or environ.get("AWS_DEFAULT_PROFILE") or None


def _is_on(text: str | None) -> bool:
    return (text or "").strip().lower() in ("true", "1", "yes")
