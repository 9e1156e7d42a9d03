"""What the deploy command wants to be there, and that its ARNs lie in the right partition (moto knows it)."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.iam.models import iam_backends

from importer.endpoint import Order, Outcome, build_package, deploy, remove
from importer.endpoint.deployment.command import endpoint_url, partition_of
from importer.endpoint.deployment.control import Control
from importer.endpoint.deployment.function_steps import (
    remove_function_parts,
    settle_function,
    settle_log_group,
    settle_permission,
    settle_role,
)
from importer.endpoint.deployment.steps import Site
from importer.endpoint.deployment.wanted import Wanted
from importer.endpoint.function.config import FunctionConfig, KeyAttribute
from importer.errors import ConfigError, RetryableError
from importer.settings import Settings
from importer.table import Connection, KeyPart, TableKey, create_table, dynamodb_client, service_client

GOV = Connection("aws", "us-gov-west-1")


def wanted(region: str, partition: str) -> Wanted:
    config = FunctionConfig("EmailContacts", (KeyAttribute("email"),))
    return Wanted("contacts-endpoint", partition, region, "123456789012", "prod", config)


@pytest.mark.parametrize(
    ("region", "partition"), [("us-gov-west-1", "aws-us-gov"), ("us-east-1", "aws"), ("cn-north-1", "aws-cn")]
)
def test_every_arn_names_its_partition(region: str, partition: str) -> None:
    told = wanted(region, partition)
    head = f"arn:{partition}"
    assert told.role_arn == f"{head}:iam::123456789012:role/contacts-endpoint-{region}"
    assert told.source_arn("abc") == f"{head}:execute-api:{region}:123456789012:abc/*/POST/contacts/batch"
    path = f"{head}:lambda:{region}:123456789012:function:contacts-endpoint/invocations"
    assert told.integration_uri == f"{head}:apigateway:{region}:lambda:path/2015-03-31/functions/{path}"


def test_the_role_may_write_to_the_one_table_and_to_its_own_log() -> None:
    policy = wanted("us-gov-west-1", "aws-us-gov").role_policy()
    assert [(one["Action"], one["Resource"]) for one in policy["Statement"]] == [
        (
            ["dynamodb:BatchWriteItem"],
            ["arn:aws-us-gov:dynamodb:us-gov-west-1:123456789012:table/EmailContacts"],
        ),
        (
            ["logs:CreateLogStream", "logs:PutLogEvents"],
            ["arn:aws-us-gov:logs:us-gov-west-1:123456789012:log-group:/aws/lambda/contacts-endpoint:*"],
        ),
    ]


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Settings]:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "made-up")
    with mock_aws():
        client = dynamodb_client(GOV)
        create_table(client, "EmailContacts", TableKey(KeyPart("email")))
        yield Settings(tmp_path / "home")


@pytest.fixture
def site(aws: Settings) -> Site:
    """An API of its own is there already: moto plays everything but API Gateway here."""
    return Site(Control(GOV), wanted("us-gov-west-1", partition_of("us-gov-west-1")), False, lambda _: None, "abc123")


def test_in_us_gov_function_log_and_permission_are_made_in_their_partition(site: Site) -> None:
    package = build_package()
    put_role_where_lambda_of_moto_looks(site.wanted)
    for _ in range(2):
        settle_log_group(site)
        settle_function(site, package)
        settle_permission(site)
    assert [one.outcome for one in site.reports] == [Outcome.DONE] * 3 + [Outcome.ALREADY] * 3
    function = site.control.ask("lambda", "get_function", FunctionName="contacts-endpoint")["Configuration"]
    assert function["FunctionArn"] == site.wanted.function_arn
    assert function["FunctionArn"].startswith("arn:aws-us-gov:lambda:us-gov-west-1:123456789012:function:")
    assert function["Role"] == "arn:aws-us-gov:iam::123456789012:role/contacts-endpoint-us-gov-west-1"
    policy = json.loads(site.control.ask("lambda", "get_policy", FunctionName="contacts-endpoint")["Policy"])
    (statement,) = policy["Statement"]
    source = "arn:aws-us-gov:execute-api:us-gov-west-1:123456789012:abc123/*/POST/contacts/batch"
    assert statement["Condition"]["ArnLike"]["AWS:SourceArn"] == source
    assert (function["Timeout"], function["MemorySize"], function["Runtime"]) == (28, 512, "python3.12")
    assert function["Handler"].rpartition(".")[0].replace(".", "/") + ".py" in package.names
    remove_function_parts(site)
    told = [(one.step, one.outcome) for one in site.reports[6:]]
    assert told[:2] == [("function", Outcome.REMOVED), ("log group", Outcome.REMOVED)]
    site.control.close()


def test_the_role_is_made_once_mended_and_removed(site: Site) -> None:
    settle_role(site)
    site.control.ask("iam", "delete_role_policy", RoleName=site.wanted.role_name, PolicyName="contacts")
    settle_role(site)
    settle_role(site)
    assert [one.outcome for one in site.reports] == [Outcome.DONE, Outcome.CHANGED, Outcome.ALREADY]
    remove_function_parts(site)
    assert site.reports[-1].outcome is Outcome.REMOVED
    assert site.control.find("iam", "get_role", RoleName=site.wanted.role_name) is None
    site.control.close()


def put_role_where_lambda_of_moto_looks(wanted: Wanted) -> None:
    """moto's IAM takes us-gov's global address for the partition aws, moto's Lambda does not."""
    told = {"path": "/", "permissions_boundary": None, "description": "", "tags": [], "max_session_duration": "3600"}
    moto = iam_backends[wanted.account][wanted.partition]
    moto.create_role(wanted.role_name, json.dumps(wanted.trust_policy()), **told)


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("us-gov-west-1", "abc123.execute-api.us-gov-west-1.amazonaws.com"),
        ("us-east-1", "abc123.execute-api.us-east-1.amazonaws.com"),
        ("cn-north-1", "abc123.execute-api.cn-north-1.amazonaws.com.cn"),
    ],
)
def test_the_address_lies_in_its_partition(aws: Settings, region: str, host: str) -> None:
    there = Site(
        Control(Connection("aws", region)), wanted(region, partition_of(region)), True, lambda _: None, "abc123"
    )
    assert endpoint_url(there) == f"https://{host}/prod/contacts/batch"


def test_a_missing_table_is_said_before_anything_is_made(aws: Settings) -> None:
    with pytest.raises(ConfigError, match='Table "Nowhere" was not found'):
        deploy(Order("Nowhere"), GOV, aws)
    assert service_client(GOV, "iam").list_roles()["Roles"] == []


@pytest.mark.parametrize(
    ("order", "says"),
    [
        (Order("T", name="bad name"), "--name"),
        (Order("T", stage="a-b"), "--stage"),
        (Order("T", auth="maybe"), "--auth"),
        (Order("T", origins=("https://x.example.com/path",)), "origin"),
    ],
)
def test_wrong_options_are_named(aws: Settings, order: Order, says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        remove(order, GOV, aws)


class Scripted:
    """A client of which one method answers what is written down."""

    def __init__(self, *codes: str) -> None:
        self.codes, self.asked = list(codes), 0

    def get_thing(self) -> dict[str, str]:
        self.asked += 1
        code = self.codes.pop(0) if self.codes else ""
        if code:
            raise ClientError({"Error": {"Code": code, "Message": "p1@example.com"}}, "GetThing")
        return {"thing": "here"}


def control(client: Scripted, now: list[float]) -> Control:
    made = Control(GOV, clock=lambda: now[0], sleep=lambda s: now.__setitem__(0, now[0] + s))
    made._clients["apigateway"] = client
    return made


def test_being_told_to_wait_is_not_a_failure() -> None:
    client = Scripted("TooManyRequestsException", "ConflictException", "TooManyRequestsException")
    assert control(client, [0.0]).ask("apigateway", "get_thing") == {"thing": "here"}
    assert client.asked == 4


def test_waiting_has_an_end() -> None:
    with pytest.raises(RetryableError, match="apigateway:GetThing"):
        control(Scripted(*["TooManyRequestsException"] * 1000), [0.0]).ask("apigateway", "get_thing")


def test_not_there_is_an_answer_and_other_refusals_are_plain_words() -> None:
    assert control(Scripted("NotFoundException"), [0.0]).find("apigateway", "get_thing") is None
    for code, says in [
        ("AccessDeniedException", "may not apigateway:GetThing"),
        ("BadRequestException", "with code"),
    ]:
        with pytest.raises(ConfigError, match=says) as raised:
            control(Scripted(code), [0.0]).ask("apigateway", "get_thing")
        assert "example.com" not in str(raised.value)
