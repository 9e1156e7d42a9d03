"""Which connection is meant, and that its words always name the place."""

from __future__ import annotations

import pytest

from importer.errors import ConfigError
from importer.table import Connection, Target, connection_from_environment, is_loopback


def test_nothing_set_means_the_embedded_engine() -> None:
    assert connection_from_environment({"HOME": "/x"}) == Connection("embedded", "us-east-1")


@pytest.mark.parametrize(
    "name", ["AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_WEB_IDENTITY_TOKEN_FILE"]
)
def test_any_aws_setting_means_aws(name: str) -> None:
    assert connection_from_environment({name: "x"}).kind == "aws"


def test_an_empty_variable_is_no_setting() -> None:
    assert connection_from_environment({"AWS_PROFILE": ""}).kind == "embedded"


def test_region_profile_and_fips_are_taken_from_the_environment() -> None:
    environ = {"AWS_PROFILE": "partner", "AWS_REGION": "us-gov-west-1", "AWS_USE_FIPS_ENDPOINT": "true"}
    connection = connection_from_environment(environ)
    assert connection == Connection("aws", "us-gov-west-1", "partner", use_fips=True)
    assert connection.describe() == "AWS, region us-gov-west-1, profile partner, FIPS endpoint"


def test_a_key_in_the_environment_wins_over_its_profile_as_with_awss_own_tools() -> None:
    environ = {"AWS_PROFILE": "partner", "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE", "AWS_REGION": "us-east-1"}
    assert connection_from_environment(environ) == Connection("aws", "us-east-1", None)


def test_an_endpoint_given_by_hand_wins_over_that_of_the_environment() -> None:
    environ = {"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:2"}
    assert connection_from_environment(environ).endpoint_url == "http://127.0.0.1:2"
    by_hand = connection_from_environment(environ, endpoint_url="http://127.0.0.1:3")
    assert (by_hand.kind, by_hand.endpoint_url, by_hand.region) == ("custom", "http://127.0.0.1:3", "us-east-1")


@pytest.mark.parametrize("url", ["", "127.0.0.1:8000", "ftp://h", "http://"])
def test_an_endpoint_that_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(ConfigError, match="Write it like http"):
        Connection("custom", endpoint_url=url)


def test_an_embedded_connection_off_this_machine_is_refused() -> None:
    with pytest.raises(ConfigError, match="only ever on this machine"):
        Connection("embedded", endpoint_url="http://192.0.2.1:8000")


def test_a_wrong_kind_is_refused_naming_the_right_ones() -> None:
    with pytest.raises(ConfigError, match="embedded, aws, custom"):
        Connection.from_dict({"kind": "azure"})


@pytest.mark.parametrize(
    "connection",
    [
        Connection("embedded", endpoint_url="http://127.0.0.1:41233"),
        Connection("aws", "us-gov-west-1", "partner", use_fips=True, use_dualstack=True),
        Connection("custom", "eu-west-1", None, "https://ddb.example.com"),
    ],
)
def test_a_connection_and_a_target_survive_json(connection: Connection) -> None:
    target = Target(connection, "local", "EmailContacts", "dynoxide 1.2.1 (keeps data)")
    assert Connection.from_dict(connection.to_dict()) == connection
    assert Target.from_dict(target.to_dict()) == target


def test_a_target_says_account_region_endpoint_and_table() -> None:
    here = Connection("embedded", endpoint_url="http://127.0.0.1:41233")
    assert Target(here, "local", "EmailContacts", "dynoxide 1.2.1 (keeps data)").sentence() == (
        "table EmailContacts, embedded engine dynoxide 1.2.1 at 127.0.0.1:41233 (keeps data)"
    )
    gov = Connection("aws", "us-gov-west-1")
    assert Target(gov, "123456789012", "EmailContacts").sentence() == (
        "table EmailContacts, AWS, region us-gov-west-1, account 123456789012"
    )
    own = Connection("custom", endpoint_url="http://ddb.example.com")
    assert Target(own, "at ddb.example.com", "T").sentence() == (
        "table T, endpoint http://ddb.example.com, region us-east-1"
    )


def test_the_embedded_engine_on_another_port_is_the_same_place() -> None:
    before = Target(Connection("embedded", endpoint_url="http://127.0.0.1:1"), "local", "T")
    after = Target(Connection("embedded", endpoint_url="http://127.0.0.1:2"), "local", "T")
    assert before.same_place(after)
    assert not before.same_place(Target(after.connection, "local", "U"))


def test_another_account_region_or_endpoint_is_another_place() -> None:
    target = Target(Connection("aws", "us-east-1"), "123456789012", "T")
    assert target.same_place(Target(Connection("aws", "us-east-1", "other-profile"), "123456789012", "T"))
    assert not target.same_place(Target(Connection("aws", "us-east-1"), "210987654321", "T"))
    assert not target.same_place(Target(Connection("aws", "us-gov-west-1"), "123456789012", "T"))


@pytest.mark.parametrize(
    ("host", "region"),
    [
        ("dynamodb.eu-west-1.amazonaws.com", "eu-west-1"),
        ("dynamodb-fips.us-gov-west-1.amazonaws.com", "us-gov-west-1"),
        ("dynamodb.us-east-2.api.aws", "us-east-2"),
        ("dynamodb-fips.ca-central-1.api.aws", "ca-central-1"),
        ("111122223333.ddb.ap-southeast-2.amazonaws.com", "ap-southeast-2"),
        ("111122223333.ddb.eu-central-1.api.aws", "eu-central-1"),
        ("vpce-1a2b3c4d-5e6f.dynamodb.eu-north-1.vpce.amazonaws.com", "eu-north-1"),
        ("dynamodb.cn-north-1.amazonaws.com.cn", "cn-north-1"),
        ("dynamodb.cn-north-1.api.amazonwebservices.com.cn", "cn-north-1"),
        ("dynamodb.us-iso-east-1.c2s.ic.gov", "us-iso-east-1"),
        ("dynamodb.eusc-de-east-1.amazonaws.eu", "eusc-de-east-1"),
        ("ddb.example.com", "us-east-1"),
        ("dynamodb.eu-west-1.amazonaws.com.example.com", "us-east-1"),
        ("s3.eu-west-1.amazonaws.com", "us-east-1"),
    ],
)
def test_requests_to_awss_own_hosts_are_signed_for_the_hosts_region(host: str, region: str) -> None:
    """Whatever was asked for: the host takes no other. The last three are none of DynamoDB's."""
    by_hand = connection_from_environment({}, endpoint_url=f"https://{host}/")
    assert by_hand.region == region
    assert Connection("custom", "us-east-1", None, f"https://{host}:443").region == region


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://127.0.0.1:8000", True),
        ("http://127.8.8.8", True),
        ("http://localhost:1", True),
        ("http://[::1]:1", True),
        ("http://0.0.0.0:1", False),
        ("http://192.0.2.1", False),
        ("http://localhost.example.com", False),
        ("http://127.0.0.1.example.com", False),
    ],
)
def test_only_addresses_of_this_machine_are_loopback(url: str, local: bool) -> None:
    assert is_loopback(url) is local
