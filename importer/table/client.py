"""boto3 clients and signing parts for a connection. They make what is throttled again; the write engine has its own
way."""

from __future__ import annotations

import os
import random
import time
import zlib
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from importer import __version__
from importer.errors import ConfigError
from importer.settings import load_settings
from importer.table.connection import Connection, Target, check_keys_may_go, host_of, is_loopback
from importer.table.engine_state import engine_secret
from importer.table.explain import call_of, explain_client_error
from importer.table.refusals import SERVICE_DOWN_CODES, THROTTLE_CODES, Call, no_credentials, no_region

CONNECT_TIMEOUT_S = 5.0
READ_TIMEOUT_S = 15.0
"""DynamoDB answers in milliseconds; AWS advises far less than botocore's 60 s."""

POOL_CONNECTIONS = 16

DUMMY_KEY = "embedded"
"""Key id and secret for engines on this machine that check neither."""


@dataclass(frozen=True)
class SigningParts:
    """All that is needed to sign and send a request by hand.

    `credentials` is botocore's object: `get_frozen_credentials()` refreshes it when it must. `ca_bundle` is a file.
    """

    url: str
    region: str
    service: str
    credentials: Any
    ca_bundle: str


def dynamodb_client(connection: Connection) -> Any:
    """A boto3 DynamoDB client: one attempt a call, short time-outs.

    Raises ConfigError where the connection cannot be used: no such profile, no region, engine not started.
    """
    return service_client(connection, "dynamodb")


def service_client(connection: Connection, service: str) -> Any:
    """A boto3 client of any service, for the same place as `dynamodb_client`."""
    try:
        return _client(connection, service, _session(connection))
    except Exception as error:
        raise explain_client_error(error, _nobody(connection)) from None


def signing_parts(connection: Connection) -> SigningParts:
    """Address, region and credentials to sign with, the address as botocore's own endpoint rules resolve it.

    Raises ConfigError when there are no credentials.
    """
    return client_and_signing_parts(connection)[1]


def client_and_signing_parts(connection: Connection) -> tuple[Any, SigningParts]:
    """`dynamodb_client` and `signing_parts` of one session: making a session is most of what either costs."""
    try:
        session = _session(connection)
        credentials = session.get_credentials()
        client = _client(connection, "dynamodb", session)
        ca_bundle = _ca_bundle(session)
    except Exception as error:
        raise explain_client_error(error, _nobody(connection)) from None
    if credentials is None:
        raise no_credentials(_nobody(connection))
    return client, SigningParts(_resolved_url(client), client.meta.region_name, "dynamodb", credentials, ca_bundle)


def find_target(connection: Connection, table: str, *, engine: str = "") -> Target:
    """The target with its account; AWS (STS) is asked who these credentials are.

    Raises ConfigError when it will not say, in the words of `explain_client_error`.
    """
    if connection.kind == "embedded":
        return Target(connection, "local", table, engine)
    if connection.kind in ("custom", "batch"):
        return Target(connection, f"at {host_of(connection.endpoint_url)}", table)
    client = service_client(connection, "sts")
    try:
        account = client.get_caller_identity()["Account"]
    except Exception as error:
        raise explain_client_error(error, call_of(client, "GetCallerIdentity")) from None
    return Target(with_region(connection), account, table)


def with_region(connection: Connection) -> Connection:
    """The connection with the region it really uses, which may come from the AWS profile."""
    if connection.region:
        return connection
    try:
        return replace(connection, region=_region(connection, _session(connection)))
    except Exception as error:
        raise explain_client_error(error, _nobody(connection)) from None


def list_profiles() -> tuple[str, ...]:
    """Names of the AWS profiles on this machine; empty when there are none or they cannot be read."""
    import botocore.session

    try:
        return tuple(sorted(botocore.session.Session().available_profiles))
    except Exception:
        return ()


def _nobody(connection: Connection) -> Call:
    """For refusals on this machine, before any service was asked."""
    return Call(profile=connection.profile or "", region=connection.region)


def _client(connection: Connection, service: str, session: Any) -> Any:
    client = session.create_client(
        service,
        region_name=_region(connection, session),
        endpoint_url=_endpoint(connection),
        config=_config(connection),
    )
    client.meta.events.register("before-parse.dynamodb", _undo_coding)
    client.meta.events.register("needs-retry", _wait_for_room)
    client._endpoint.http_session = _Bounded(client._endpoint.http_session)
    return client


class _Bounded:
    """botocore's session, which reads what comes without a bound: 3 GB of a reply took 6.3 GB of memory."""

    def __init__(self, session: Any) -> None:
        self._session = session

    def send(self, request: Any) -> Any:
        """The reply, read whole. Raises ConfigError for one that is too long or does not come to an end."""
        if request.stream_output:
            return self._session.send(request)
        request.stream_output = True  # so that botocore leaves the body to us
        reply = self._session.send(request)
        is_read = str(request.headers.get("X-Amz-Target", b"")).rstrip("'").endswith(_READS)
        reply._content = _read_bounded(reply.raw, MAX_READ_BYTES if is_read else MAX_REPLY_BYTES)
        return reply

    def close(self) -> None:
        """Close the connections."""
        self._session.close()


def _read_bounded(raw: Any, most_bytes: int) -> bytes:
    from botocore.exceptions import HTTPClientError
    from urllib3.exceptions import HTTPError

    body, deadline_s = bytearray(), time.monotonic() + MAX_REPLY_S
    try:
        for piece in raw.stream():
            body += piece
            if len(body) > most_bytes or time.monotonic() > deadline_s:
                raw.close()
                limit = f"{most_bytes // 1024**2} MB" if len(body) > most_bytes else f"{MAX_REPLY_S:.0f} s"
                raise ConfigError(
                    f"The endpoint's reply does not end within {limit}: it is none of DynamoDB's. Check the address."
                )
    except HTTPError as error:
        raise HTTPClientError(error=error) from error
    return bytes(body)


MOST_TRIES, MOST_TRIES_OF_ERRORS = 9, 4
"""Of a call that is throttled, and of one that the service answers with an error of its own."""

FIRST_DELAY_S, LONGEST_DELAY_S = 0.1, 3.0
"""Half of each at the least: 9 tries take 5 to 11 s. (`write.retry` says where the formula comes from.)"""


def _wait_for_room(response: Any, attempts: int, **_: Any) -> float | None:
    """Seconds to wait before a call that is throttled is made again; None to take the answer as it is. Only what the
    service refused is made again, so nothing is done twice."""
    reply = response[1] if response is not None else {}
    code, status = reply.get("Error", {}).get("Code", ""), reply.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    is_down = code in SERVICE_DOWN_CODES or status in (500, 503)
    most = MOST_TRIES if code in THROTTLE_CODES or status == 429 else MOST_TRIES_OF_ERRORS if is_down else 1
    if attempts >= most:
        return None
    ceiling_s = min(LONGEST_DELAY_S, FIRST_DELAY_S * 2 ** (attempts - 1))
    return random.uniform(ceiling_s / 2, ceiling_s)


def _undo_coding(response_dict: dict[str, Any], **_: Any) -> None:
    """botocore parses the body as it was sent, though a proxy may have packed it unasked."""
    coding = response_dict["headers"].get("content-encoding", "")
    if coding:
        response_dict["body"] = undo_coding(response_dict["body"], coding.encode("latin-1"))


MAX_REPLY_BYTES = 16 * 1024 * 1024
"""DynamoDB's replies are 1 MB, or as long as the request; more is none of its replies."""

MAX_READ_BYTES = 64 * 1024 * 1024
"""Of BatchGetItem, Query and Scan: 16 MB of items, escaped."""

MAX_REPLY_S = 60.0
"""In all; a reply that drips is not waited for longer."""

_READS = ("BatchGetItem", "Query", "Scan", "BatchExecuteStatement")

_ZLIB_WINDOWS = {b"gzip": 31, b"x-gzip": 31, b"deflate": 15}
"""Content codings of RFC 9110 (8.4.1) that zlib undoes, and its `wbits` for each."""


def undo_coding(body: bytes, coding: bytes) -> bytes:
    """The body of a reply without its content coding; b"" when that is unknown or broken, or `MAX_READ_BYTES` are
    not enough."""
    coding = coding.strip().lower()
    if coding in (b"", b"identity"):
        return body
    if coding not in _ZLIB_WINDOWS:
        return b""
    unpacker = zlib.decompressobj(_ZLIB_WINDOWS[coding])
    try:
        plain = unpacker.decompress(body, MAX_READ_BYTES)
    except zlib.error:
        return b""
    return plain if unpacker.eof else b""


def _session(connection: Connection) -> Any:
    """A botocore session that, for the embedded engine, sees neither environment, profiles nor credential files."""
    import botocore.session

    if connection.kind == "embedded":
        blind = dict.fromkeys(("config_file", "credentials_file"), (None, None, os.devnull, None))
        session = botocore.session.Session(session_vars={"profile": (None, None, None, None), **blind})
        session._credentials = _engine_credentials(connection.endpoint_url or "")
        _share_descriptions(session)
        return session
    check_keys_may_go(connection, load_settings(os.environ).endpoints)
    session = botocore.session.Session(profile=connection.profile)
    _share_descriptions(session)
    if connection.kind == "custom" and is_loopback(connection.endpoint_url or ""):
        if engine_secret(connection.endpoint_url or ""):
            session._credentials = _engine_credentials(connection.endpoint_url or "")
        else:
            _let_local_engines_go_unsigned(session)
    return session


def _engine_credentials(endpoint_url: str) -> Any:
    """Credentials for our own engine, asked for anew whenever a request is signed: each start has another secret."""
    from botocore.credentials import Credentials, ReadOnlyCredentials

    class EngineCredentials(Credentials):
        def get_frozen_credentials(self) -> Any:
            key = engine_secret(endpoint_url) or DUMMY_KEY
            return ReadOnlyCredentials(key, DUMMY_KEY, None)

    return EngineCredentials(engine_secret(endpoint_url) or DUMMY_KEY, DUMMY_KEY)


def _share_descriptions(session: Any) -> None:
    """Let the session read botocore's service descriptions once a process, not once a session.

    They are megabytes of JSON in hundreds of folders: most of what a client costs (measured: 50 of 60 ms).
    """
    session.register_component("data_loader", _descriptions(session.get_config_variable("data_path")))


@cache
def _descriptions(search_path: str | None) -> Any:
    import botocore.loaders

    return botocore.loaders.create_loader(search_path)


def _let_local_engines_go_unsigned(session: Any) -> None:
    """Engines on this machine need no credentials: use what there is, and dummies where there is nothing.

    The machine's instance role is not asked: off AWS that costs seconds.
    """
    session.get_component("credential_provider").remove("iam-role")
    if session.get_credentials() is None:
        session.set_credentials(DUMMY_KEY, DUMMY_KEY)


def _region(connection: Connection, session: Any) -> str:
    region = connection.region or session.get_config_variable("region")
    if not region:
        raise no_region()
    return str(region)


def _endpoint(connection: Connection) -> str | None:
    """The address to use whatever the environment says; None lets botocore's rules find AWS's."""
    if connection.kind == "batch":
        raise ConfigError("The table behind a batch endpoint cannot be looked at from here.")
    if connection.kind != "embedded":
        return connection.endpoint_url
    if connection.endpoint_url is None:
        raise ConfigError("The embedded engine is not running. Start it with: python -m importer engine start")
    if not is_loopback(connection.endpoint_url):
        raise ConfigError("The embedded engine is only ever on this machine. Choose a custom endpoint instead.")
    return connection.endpoint_url


def _config(connection: Connection) -> Any:
    """Client settings. `proxies={}` keeps requests to this machine off any proxy of the environment."""
    from botocore.config import Config

    local = connection.kind != "aws" and is_loopback(connection.endpoint_url or "")
    return Config(
        connect_timeout=CONNECT_TIMEOUT_S,
        read_timeout=READ_TIMEOUT_S,
        retries={"mode": "standard", "total_max_attempts": 1},
        max_pool_connections=POOL_CONNECTIONS,
        user_agent_extra=f"csv-importer/{__version__}",
        proxies={} if local else None,
        use_fips_endpoint=connection.use_fips and connection.kind == "aws",
        use_dualstack_endpoint=connection.use_dualstack and connection.kind == "aws",
        ignore_configured_endpoint_urls=True,
    )


def _ca_bundle(session: Any) -> str:
    """The certificates to trust: the environment's or profile's choice, else botocore's."""
    from botocore.httpsession import get_cert_path

    return str(session.get_config_variable("ca_bundle") or get_cert_path(True))


def _resolved_url(client: Any) -> str:
    """The address a real call would go to, caught just before it is sent; nothing leaves the machine."""
    from botocore.awsrequest import AWSResponse

    seen: list[str] = []

    def catch(request: Any, **_: Any) -> Any:
        seen.append(request.url)
        return AWSResponse(request.url, 200, {}, _EmptyReply())

    client.meta.events.register("before-send.dynamodb.ListTables", catch)
    try:
        client.list_tables()
    except Exception as error:
        raise explain_client_error(error, call_of(client, "ListTables")) from None
    finally:
        client.meta.events.unregister("before-send.dynamodb.ListTables", catch)
    return seen[0]


class _EmptyReply:
    """The raw part of a reply `{}`."""

    def stream(self, **_: Any) -> Any:
        return iter([b"{}"])
