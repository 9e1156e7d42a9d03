"""Where a client's requests go and who signs them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from botocore import loaders
from strict_endpoint import WIRES, running_endpoint

from importer.errors import ConfigError
from importer.table import (
    Connection,
    connection_from_environment,
    dynamodb_client,
    engine_secret,
    find_target,
    signing_parts,
    with_region,
)
from importer.table import client as client_module


def _requests_of(client: Any) -> list[Any]:
    """Every request the client sends from now on."""
    sent: list[Any] = []
    client.meta.events.register("before-send.dynamodb.*", lambda request, **_: sent.append(request))
    return sent


@pytest.fixture
def hostile_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Every setting by which the environment could lead requests to AWS or to a proxy."""
    config = tmp_path / "config"
    config.write_text("[profile partner]\nregion = eu-west-1\nendpoint_url = http://192.0.2.1:1\n", "utf-8")
    for name, value in {
        "AWS_CONFIG_FILE": str(config),
        "AWS_PROFILE": "partner",
        "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "example",
        "AWS_SESSION_TOKEN": "example-token",
        "AWS_REGION": "eu-west-1",
        "AWS_ENDPOINT_URL": "http://192.0.2.1:1",
        "AWS_ENDPOINT_URL_DYNAMODB": "http://192.0.2.1:1",
        "AWS_USE_FIPS_ENDPOINT": "true",
        "AWS_RETRY_MODE": "adaptive",
        "AWS_MAX_ATTEMPTS": "9",
        "HTTP_PROXY": "http://192.0.2.1:1",
        "http_proxy": "http://192.0.2.1:1",
        "ALL_PROXY": "http://192.0.2.1:1",
    }.items():
        monkeypatch.setenv(name, value)


@pytest.mark.usefixtures("hostile_environment")
def test_the_embedded_client_cannot_leave_this_machine_whatever_the_environment_says(embedded: Connection) -> None:
    client = dynamodb_client(embedded)
    sent = _requests_of(client)
    assert "EmailContacts" in client.list_tables()["TableNames"]
    (request,) = sent
    assert request.url == f"{embedded.endpoint_url}/"
    secret = engine_secret(embedded.endpoint_url or "")
    assert f"Credential={secret}/".encode() in request.headers["Authorization"]
    assert "X-Amz-Security-Token" not in request.headers
    assert client.meta.config.proxies == {}
    parts = signing_parts(embedded)
    assert (parts.url, parts.credentials.access_key, parts.credentials.token) == (request.url, secret, None)


@pytest.mark.usefixtures("hostile_environment")
def test_control_the_same_environment_does_lead_another_kind_of_client_away() -> None:
    elsewhere = connection_from_environment({**os.environ, "AWS_ENDPOINT_URL": "", "AWS_ENDPOINT_URL_DYNAMODB": ""})
    parts = signing_parts(elsewhere)
    assert (parts.url, parts.credentials.access_key) == (
        "https://dynamodb-fips.eu-west-1.amazonaws.com/",
        "AKIAEXAMPLE",
    )


@pytest.mark.usefixtures("hostile_environment")
def test_a_call_is_tried_once(embedded: Connection) -> None:
    assert dynamodb_client(embedded).meta.config.retries == {"mode": "standard", "total_max_attempts": 1}


def test_an_embedded_client_without_a_running_engine_says_how_to_start_it() -> None:
    with pytest.raises(ConfigError, match="python -m importer engine start"):
        dynamodb_client(Connection("embedded"))


@pytest.mark.usefixtures("no_aws")
def test_a_local_endpoint_needs_no_credentials(embedded: Connection) -> None:
    custom = Connection("custom", endpoint_url=embedded.endpoint_url)
    assert "EmailContacts" in dynamodb_client(custom).list_tables()["TableNames"]
    assert signing_parts(custom).credentials.access_key == engine_secret(embedded.endpoint_url or "")


@pytest.mark.usefixtures("no_aws")
def test_a_remote_endpoint_without_credentials_is_refused_before_anything_is_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("IMPORTER_ENDPOINTS", "ddb.example.com")
    with pytest.raises(ConfigError, match="No AWS credentials were found"):
        signing_parts(Connection("custom", endpoint_url="https://ddb.example.com"))


@pytest.mark.usefixtures("no_aws")
@pytest.mark.parametrize(
    ("connection", "url"),
    [
        (Connection("aws", "us-gov-west-1"), "https://dynamodb.us-gov-west-1.amazonaws.com/"),
        (Connection("aws", "us-gov-west-1", use_fips=True), "https://dynamodb.us-gov-west-1.amazonaws.com/"),
        (
            Connection("aws", "us-gov-west-1", use_fips=True, use_dualstack=True),
            "https://dynamodb-fips.us-gov-west-1.api.aws/",
        ),
        (Connection("aws", "us-east-1", use_fips=True), "https://dynamodb-fips.us-east-1.amazonaws.com/"),
        (Connection("aws", "us-east-1", use_dualstack=True), "https://dynamodb.us-east-1.api.aws/"),
        (Connection("aws", "cn-north-1"), "https://dynamodb.cn-north-1.amazonaws.com.cn/"),
        (Connection("custom", "us-east-1", None, "https://ddb.example.com:8443"), "https://ddb.example.com:8443/"),
    ],
)
def test_the_address_is_the_one_of_awss_own_endpoint_rules(
    monkeypatch: pytest.MonkeyPatch, connection: Connection, url: str
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "example")
    monkeypatch.setenv("IMPORTER_ENDPOINTS", "ddb.example.com")
    parts = signing_parts(connection)
    assert (parts.url, parts.region, parts.service) == (url, connection.region, "dynamodb")
    assert Path(parts.ca_bundle).is_file()


@pytest.mark.usefixtures("no_aws")
@pytest.mark.parametrize(
    ("mode", "connection", "url"),
    [
        ("", Connection("aws", "eu-west-1"), "https://111122223333.ddb.eu-west-1.amazonaws.com/"),
        ("required", Connection("aws", "eu-west-1"), "https://111122223333.ddb.eu-west-1.amazonaws.com/"),
        ("disabled", Connection("aws", "eu-west-1"), "https://dynamodb.eu-west-1.amazonaws.com/"),
        ("", Connection("aws", "us-east-1", use_dualstack=True), "https://111122223333.ddb.us-east-1.api.aws/"),
        ("", Connection("aws", "us-east-1", use_fips=True), "https://dynamodb-fips.us-east-1.amazonaws.com/"),
        ("", Connection("custom", endpoint_url="http://127.0.0.1:8000"), "http://127.0.0.1:8000/"),
    ],
)
def test_where_the_account_is_known_its_own_address_is_used(
    monkeypatch: pytest.MonkeyPatch, mode: str, connection: Connection, url: str
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "example")
    monkeypatch.setenv("AWS_ACCOUNT_ID", "111122223333")
    if mode:
        monkeypatch.setenv("AWS_ACCOUNT_ID_ENDPOINT_MODE", mode)
    assert signing_parts(connection).url == url


@pytest.mark.usefixtures("no_aws")
def test_an_address_of_an_account_that_is_not_known_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "example")
    monkeypatch.setenv("AWS_ACCOUNT_ID_ENDPOINT_MODE", "required")
    with pytest.raises(ConfigError, match="no account is known to make an address of"):
        signing_parts(Connection("aws", "eu-west-1"))


@pytest.mark.usefixtures("no_aws")
def test_a_packed_reply_is_unpacked_for_the_sdk_too() -> None:
    with running_endpoint(wire=WIRES["proxy that packs"]) as endpoint:
        client = dynamodb_client(Connection("custom", endpoint_url=endpoint.url))
        assert client.describe_table(TableName="EmailContacts")["Table"]["TableName"] == "EmailContacts"
        client.close()


@pytest.mark.usefixtures("no_aws")
def test_an_unknown_profile_is_named() -> None:
    with pytest.raises(ConfigError, match='no AWS profile "nobody"'):
        dynamodb_client(Connection("aws", "us-east-1", "nobody"))


@pytest.mark.usefixtures("no_aws")
def test_no_region_anywhere_asks_for_one() -> None:
    with pytest.raises(ConfigError, match="No AWS region is set"):
        dynamodb_client(Connection("aws", ""))


@pytest.mark.usefixtures("no_aws")
def test_the_profiles_region_is_filled_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.write_text("[profile gov]\nregion = us-gov-west-1\n", "utf-8")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    assert with_region(Connection("aws", "", "gov")).region == "us-gov-west-1"


def test_the_account_of_engines_of_ones_own_is_their_place(embedded: Connection) -> None:
    assert find_target(embedded, "T", engine="dynoxide 1.2.1 (keeps data)").account == "local"
    own = Connection("custom", endpoint_url="http://ddb.example.com:8000")
    assert find_target(own, "T").account == "at ddb.example.com:8000"


def test_a_second_client_reads_no_service_description_again(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    load = loaders.JSONFileLoader.load_file
    monkeypatch.setattr(loaders.JSONFileLoader, "load_file", lambda self, path: read.append(path) or load(self, path))
    client_module._descriptions.cache_clear()
    connection = Connection("custom", endpoint_url="http://127.0.0.1:1")
    dynamodb_client(connection).close()
    assert read
    read.clear()
    dynamodb_client(connection).close()
    signing_parts(connection)
    assert read == []
