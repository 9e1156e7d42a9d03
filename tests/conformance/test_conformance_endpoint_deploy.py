"""Deploying for real into ministack: again without harm, changed, attached to another's API, and taken away."""

from __future__ import annotations

import json
import stat
import uuid
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from endpoint_kit import connection_to, local_aws, people, post

from importer.cli import main
from importer.endpoint import Deployed, Order, Outcome, Package, build_package, deploy, remove
from importer.errors import ConfigError
from importer.settings import Settings
from importer.table import KeyPart, TableKey, create_table, dynamodb_client, service_client

STEPS = [
    "role", "log group", "function", "REST API", "resource /contacts", "resource /contacts/batch",
    "POST /contacts/batch", "OPTIONS /contacts", "OPTIONS /contacts/batch", "gateway response DEFAULT_4XX",
    "gateway response DEFAULT_5XX", "invoke permission", "deployment", "API key", "usage plan", "key in usage plan",
    "key file",
]  # fmt: skip


@cache
def client_of(url: str, service: str) -> Any:
    """Made once: each loads a model of its own."""
    return service_client(connection_to(url), service)


class Place:
    """ministack with a table; `deploy` and `remove` with a name of its own for each test."""

    def __init__(self, url: str, home: Path) -> None:
        self.url, self.settings = url, Settings(home)
        self.connection = connection_to(url)
        self.order = Order(table="EmailContacts", name=f"endpoint-{uuid.uuid4().hex[:8]}")

    def deploy(self, **how: Any) -> Deployed:
        return deploy(self.order, self.connection, self.settings, **how)

    def remove(self, **how: Any) -> Deployed:
        return remove(self.order, self.connection, self.settings, **how)

    def ask(self, service: str, method: str, **params: Any) -> Any:
        return getattr(client_of(self.url, service), method)(**params)

    def everything(self) -> Any:
        """What an account holds of the endpoint's kinds."""
        return [
            [one["RoleName"] for one in self.ask("iam", "list_roles")["Roles"]],
            [one["FunctionName"] for one in self.ask("lambda", "list_functions")["Functions"]],
            [one["id"] for one in self.ask("apigateway", "get_rest_apis")["items"]],
            [one["id"] for one in self.ask("apigateway", "get_api_keys")["items"]],
            [one["id"] for one in self.ask("apigateway", "get_usage_plans")["items"]],
            [one["logGroupName"] for one in self.ask("logs", "describe_log_groups")["logGroups"]],
        ]

    def deployment(self, api_id: str) -> str:
        return str(self.ask("apigateway", "get_stage", restApiId=api_id, stageName=self.order.stage)["deploymentId"])


@pytest.fixture(scope="module")
def aws_url() -> Iterator[str]:
    with local_aws() as url:
        client = dynamodb_client(connection_to(url))
        create_table(client, "EmailContacts", TableKey(KeyPart("email")))
        client.close()
        yield url


@pytest.fixture
def place(aws_url: str, tmp_path: Path) -> Place:
    return Place(aws_url, tmp_path / "home")


def outcomes(deployed: Deployed) -> dict[str, Outcome]:
    return {one.step: one.outcome for one in deployed.reports}


def changed_package() -> Package:
    package = build_package()
    return replace(package, data=package.data + b"\0")


def test_a_dry_run_names_every_step_and_does_none(place: Place) -> None:
    before = place.everything()
    deployed = place.deploy(dry_run=True)
    assert outcomes(deployed) == dict.fromkeys(STEPS, Outcome.DONE)
    assert (deployed.url, place.everything()) == ("", before)
    assert not place.settings.home.exists()


def test_the_second_deploy_changes_nothing_and_the_third_with_changed_code_is_deployed_anew(
    place: Place,
) -> None:
    first = place.deploy()
    assert outcomes(first) == dict.fromkeys(STEPS, Outcome.DONE)
    served = place.deployment(first.api_id)
    second = place.deploy()
    assert outcomes(second) == dict.fromkeys(STEPS, Outcome.ALREADY)
    assert (second.changed, second.url, place.deployment(first.api_id)) == (False, first.url, served)
    third = place.deploy(build=changed_package)
    changed = {step for step, outcome in outcomes(third).items() if outcome is Outcome.CHANGED}
    assert changed == {"function", "deployment"}
    assert place.deployment(first.api_id) != served


def test_what_the_emulator_does_not_miss_is_there(place: Place) -> None:
    """Permission and integration responses: calls go through in ministack without them, in AWS they do not."""
    api = place.deploy().api_id
    policy = json.loads(place.ask("lambda", "get_policy", FunctionName=place.order.name)["Policy"])
    (statement,) = policy["Statement"]
    assert statement["Principal"] == {"Service": "apigateway.amazonaws.com"}
    assert statement["Action"] == "lambda:InvokeFunction"
    arn = f"arn:aws:execute-api:us-east-1:000000000000:{api}/*/POST/contacts/batch"
    assert statement["Condition"] == {"ArnLike": {"AWS:SourceArn": arn}}
    paths = {one["path"]: one["id"] for one in place.ask("apigateway", "get_resources", restApiId=api)["items"]}
    for path in ("/contacts", "/contacts/batch"):
        where = {"restApiId": api, "resourceId": paths[path], "httpMethod": "OPTIONS", "statusCode": "200"}
        promised = place.ask("apigateway", "get_method_response", **where)["responseParameters"]
        given = place.ask("apigateway", "get_integration_response", **where)["responseParameters"]
        assert set(given) == set(promised)
        assert given["method.response.header.Access-Control-Allow-Origin"] == "'*'"
        assert given["method.response.header.Access-Control-Allow-Methods"] == "'OPTIONS,POST'"
    for kind in ("DEFAULT_4XX", "DEFAULT_5XX"):
        told = place.ask("apigateway", "get_gateway_response", restApiId=api, responseType=kind)
        assert told["responseParameters"]["gatewayresponse.header.Access-Control-Allow-Origin"] == "'*'"


@pytest.mark.parametrize("lost", ["permission", "integration response", "gateway response"])
def test_what_somebody_took_away_is_put_back(place: Place, lost: str) -> None:
    api = place.deploy().api_id
    served = place.deployment(api)
    paths = {one["path"]: one["id"] for one in place.ask("apigateway", "get_resources", restApiId=api)["items"]}
    if lost == "permission":
        name = {"FunctionName": place.order.name}
        place.ask("lambda", "remove_permission", **name, StatementId=f"contact-importer-{api}")
    elif lost == "integration response":
        where = {"restApiId": api, "resourceId": paths["/contacts/batch"], "httpMethod": "OPTIONS"}
        place.ask("apigateway", "delete_integration_response", **where, statusCode="200")
    else:
        place.ask("apigateway", "delete_gateway_response", restApiId=api, responseType="DEFAULT_4XX")
    again = place.deploy()
    assert again.changed
    assert (place.deployment(api) == served) is (lost == "permission")
    assert not place.deploy().changed


def test_the_key_is_in_a_private_file_only(place: Place, capfd: pytest.CaptureFixture[str]) -> None:
    told: list[str] = []
    deployed = place.deploy(tell=lambda report: told.append(str(report)))
    path = Path(deployed.key_file)
    key = path.read_text().strip()
    assert len(key) >= 20
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    out, err = capfd.readouterr()
    assert key not in out + err + "".join(told)
    assert post(deployed.url, {"contacts": people(1)}).status == 403
    assert post(deployed.url, {"contacts": people(1)}, x_api_key=key).status == 200


def test_access_can_be_changed_and_stays_as_it_was_left(place: Place) -> None:
    place.order = replace(place.order, auth="none")
    opened = place.deploy()
    assert post(opened.url, {"contacts": people(1)}).status == 200
    place.order = replace(place.order, auth="")
    assert place.deploy().auth == "none"
    place.order = replace(place.order, auth="iam")
    assert place.deploy().auth == "iam"
    answer = post(opened.url, {"contacts": people(1)})
    assert (answer.status, answer.told["code"]) == (403, "MISSING_AUTHENTICATION_TOKEN")


def test_of_several_origins_each_is_allowed_for_itself(place: Place) -> None:
    place.order = replace(place.order, auth="none", origins=("https://a.example.com", "https://b.example.com"))
    url = place.deploy().url
    for origin, allowed in [("https://b.example.com", "https://b.example.com"), ("https://x.example.org", None)]:
        for answer in (post(url, None, method="OPTIONS", origin=origin), post(url, "broken", origin=origin)):
            assert answer.headers.get("access-control-allow-origin") == allowed
    assert not place.deploy().changed


def test_attached_to_an_api_of_somebody_else_it_leaves_theirs_alone_and_goes_without_a_trace(place: Place) -> None:
    api = place.ask("apigateway", "create_rest_api", name="theirs")["id"]
    (root,) = place.ask("apigateway", "get_resources", restApiId=api)["items"]
    made = place.ask("apigateway", "create_resource", restApiId=api, parentId=root["id"], pathPart="contacts")
    where = {"restApiId": api, "resourceId": made["id"], "httpMethod": "GET"}
    place.ask("apigateway", "put_method", **where, authorizationType="NONE")
    template = {"application/json": '{"statusCode": 200}'}
    place.ask("apigateway", "put_integration", **where, type="MOCK", requestTemplates=template)
    mine = {"gatewayresponse.header.X-Theirs": "'1'"}
    kind = {"restApiId": api, "responseType": "DEFAULT_4XX"}
    place.ask("apigateway", "put_gateway_response", **kind, responseParameters=mine)
    place.ask("apigateway", "create_deployment", restApiId=api, stageName="live")
    before = place.ask("apigateway", "get_resources", restApiId=api, embed=["methods"])["items"]

    place.order = replace(place.order, api_id=api, stage="live")
    deployed = place.deploy()
    assert (deployed.api_id, deployed.auth) == (api, "none")
    assert post(deployed.url, {"contacts": people(2)}).told["imported"] == 2
    assert post(deployed.url.removesuffix("/batch"), None, method="GET").status == 200
    assert not place.deploy().changed

    place.remove()
    assert place.ask("apigateway", "get_resources", restApiId=api, embed=["methods"])["items"] == before
    assert place.ask("apigateway", "get_gateway_response", **kind)["responseParameters"] == mine
    assert post(deployed.url, {"contacts": people(1)}).status == 403
    assert not place.remove().changed


def test_remove_takes_all_of_it_away_and_leaves_the_table(place: Place) -> None:
    before = place.everything()
    deployed = place.deploy()
    assert place.remove(dry_run=True).changed
    assert post(deployed.url, None).status == 403
    place.remove()
    assert place.everything() == before
    assert not Path(deployed.key_file).exists()
    assert place.ask("dynamodb", "describe_table", TableName="EmailContacts")["Table"]["TableStatus"] == "ACTIVE"
    assert not place.remove().changed


def test_a_function_that_others_made_under_the_name_is_not_touched(place: Place) -> None:
    policy = json.dumps({"Version": "2012-10-17", "Statement": []})
    name = f"{place.order.name}-us-east-1"
    place.ask("iam", "create_role", RoleName=name, AssumeRolePolicyDocument=policy)
    with pytest.raises(ConfigError, match="did not make"):
        place.deploy()
    with pytest.raises(ConfigError, match="did not make"):
        place.remove()


def test_the_command_says_each_step_and_answers_json(
    place: Place, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("IMPORTER_HOME", str(place.settings.home))
    where = ["--region", "us-east-1", "--endpoint-url", place.url, "--name", place.order.name, "--json"]
    assert main(["endpoint", "deploy", *where]) == 0
    out, err = capfd.readouterr()
    told = json.loads(out)
    assert (told["changed"], [one["step"] for one in told["steps"]]) == (True, STEPS)
    assert err.splitlines()[0] == f"role: done ({place.order.name}-us-east-1)"
    assert main(["endpoint", "deploy", *where]) == 0
    out, err = capfd.readouterr()
    assert json.loads(out)["changed"] is False
    assert all(": already so" in line for line in err.splitlines())
    assert main(["endpoint", "remove", *where]) == 0
    assert main(["endpoint", "deploy", *where, "--table", "Nowhere"]) == 1
    assert capfd.readouterr().err.splitlines()[-1].startswith('error: Table "Nowhere" was not found')
