"""The endpoint as other systems meet it: deployed by the command, called over HTTP through API Gateway's path, with
its table in dynoxide and in ministack."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from endpoint_kit import HttpAnswer, connection_to, local_aws, people, post
from engine_kit import behind_the_door

from importer.endpoint import Deployed, Order, deploy
from importer.run import Ledger
from importer.settings import Settings
from importer.table import (
    KeyPart,
    TableKey,
    create_table,
    dynamodb_client,
    embedded_connection,
    engine_status,
    stop_engine,
)

LIST = "email,first_name,zip,age\n" + "".join(
    f"run{one}@example.com,Zoë {one},{one:05},{one % 90}\n" for one in range(600)
)
COMMAND = [sys.executable, "-m", "importer"]
CORS = "access-control-allow-origin"


@dataclass
class Live:
    """One deployed endpoint with an empty table."""

    deployed: Deployed
    key: str
    client: Any
    table: str

    def send(self, body: Any, **headers: str) -> HttpAnswer:
        return post(self.deployed.url, body, **{"x_api_key": self.key, **headers})

    def items(self) -> dict[str, dict[str, Any]]:
        """By e-mail, read by another client."""
        pages = self.client.get_paginator("scan").paginate(TableName=self.table, ConsistentRead=True)
        return {item["email"]["S"]: item for page in pages for item in page["Items"]}


@pytest.fixture(scope="module")
def aws_url() -> Iterator[str]:
    with local_aws() as url:
        yield url


def engine_url(settings: Settings) -> str:
    """The embedded engine itself: functions of the local AWS sign with keys of their own."""
    info = engine_status(settings)
    assert info is not None
    ip, port = behind_the_door(info)
    return f"http://{ip}:{port}"


@pytest.fixture(scope="module", params=["dynoxide", "ministack"])
def live(request: pytest.FixtureRequest, aws_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    settings = Settings(tmp_path_factory.mktemp("home"))
    aws = connection_to(aws_url)
    table = f"Contacts-{uuid.uuid4().hex[:8]}"
    place = aws
    if request.param == "dynoxide":
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("IMPORTER_ENGINE", "dynoxide")
            place = embedded_connection(settings, lease="endpoint")
    client = dynamodb_client(place)
    create_table(client, table, TableKey(KeyPart("email")))
    elsewhere = engine_url(settings) if request.param == "dynoxide" else ""
    order = Order(table=table, name=f"endpoint-{request.param}", table_endpoint_url=elsewhere)
    deployed = deploy(order, aws, settings)
    yield Live(deployed, Path(deployed.key_file).read_text().strip(), client, table)
    client.close()
    stop_engine(settings)


def test_25_contacts_arrive_as_they_are(live: Live) -> None:
    answer = live.send({"contacts": people(25)})
    assert (answer.status, answer.told) == (200, {"imported": 25, "received": 25, "errors": []})
    assert live.items()["contact7@example.com"] == {
        "email": {"S": "contact7@example.com"},
        "first_name": {"S": "Zoë 7"},
        "zip": {"S": "00007"},
        "age": {"N": "7"},
    }


def test_the_same_contacts_again_change_nothing(live: Live) -> None:
    live.send({"contacts": people(25)})
    before = live.items()
    assert live.send({"contacts": people(25)}).told["imported"] == 25
    assert live.items() == before


def test_one_bad_contact_never_sinks_the_others(live: Live) -> None:
    contacts = people(25, 100)
    contacts[4].pop("email")
    contacts[9]["email"] = "nobody"
    contacts[20]["email"] = contacts[19]["email"]
    answer = live.send({"contacts": contacts})
    assert (answer.status, answer.told["imported"]) == (200, 22)
    assert answer.codes == [(4, "key_missing"), (9, "not_an_email"), (20, "duplicate_key")]
    there = live.items()
    assert [f"contact{one}@example.com" in there for one in (103, 104, 109, 119, 120, 124)] == [
        *(True, False, False, True, False, True)
    ]


@pytest.mark.parametrize(
    ("body", "headers", "status", "code"),
    [
        ({"contacts": people(26)}, {}, 400, "too_many_contacts"),
        (None, {}, 400, "no_body"),
        ('{"contacts":[', {}, 400, "bad_json"),
        ({"people": []}, {}, 400, "no_contacts"),
        ({"contacts": people(1)}, {"content_type": "text/csv"}, 415, "wrong_content_type"),
        ({"contacts": [{"email": "a@example.com", "x": "x" * 4_500_000}]}, {}, 413, "body_too_large"),
        ({"contacts": [{"first_name": "Zoë"}]}, {}, 422, "key_missing"),
        ({"contacts": people(1)}, {"x_api_key": "wrong"}, 403, "INVALID_API_KEY"),
    ],
    ids=lambda value: value if isinstance(value, str) and value.isidentifier() else "",
)
def test_every_wrong_request_gets_its_status_its_code_and_cors(live: Live, body, headers, status, code) -> None:
    before = live.items()
    answer = live.send(body, origin="https://app.example.com", **headers)
    assert (answer.status, answer.told["code"], answer.told["imported"]) == (status, code, 0)
    assert answer.told["message"]
    assert answer.headers[CORS] == "*"
    assert live.items() == before


@pytest.mark.parametrize("path", ["/contacts", "/contacts/batch"])
def test_a_preflight_is_answered_without_a_key(live: Live, path: str) -> None:
    url = live.deployed.url.removesuffix("/contacts/batch") + path
    answer = post(url, None, method="OPTIONS", origin="https://app.example.com")
    assert answer.status == 200
    assert {name: text for name, text in answer.headers.items() if name.startswith("access-control")} == {
        "access-control-allow-origin": "*",
        "access-control-allow-methods": "OPTIONS,POST",
        "access-control-allow-headers": "Content-Type,X-Api-Key,Authorization,X-Amz-Date,X-Amz-Security-Token",
        "access-control-max-age": "600",
    }


def test_a_path_that_is_not_served_is_refused_in_the_same_form_with_cors(live: Live) -> None:
    answer = post(live.deployed.url, None, method="DELETE")
    assert (answer.status, answer.told["code"], answer.headers[CORS]) == (403, "MISSING_AUTHENTICATION_TOKEN", "*")


def settled(home: Path, run_id: str) -> int:
    with Ledger.open(home / "runs" / run_id / "ledger.sqlite", read_only=True) as ledger:
        buckets = ledger.snapshot().buckets
    return buckets.total - buckets.pending


def test_a_list_goes_through_it_from_the_command_line_killed_once_and_resumed(live: Live, tmp_path: Path) -> None:
    """The old page's pace; the whole way: file, check, plan, runner process, API Gateway, function, table."""
    source, key = tmp_path / "list.csv", tmp_path / "key"
    source.write_text(LIST, encoding="utf-8")
    key.write_text(live.key)
    home = tmp_path / "home"
    how: dict[str, Any] = {"env": {**os.environ, "IMPORTER_HOME": str(home)}, "text": True}
    where = ["--endpoint-batch-url", live.deployed.url, "--endpoint-key-file", str(key)]
    start = [*COMMAND, "run", str(source), *where, "--as-before"]
    process = subprocess.Popen(start, stderr=subprocess.PIPE, stdout=subprocess.PIPE, **how)
    run_id, give_up_s = "", time.monotonic() + 60
    while not run_id or settled(home, run_id) < 150:
        assert process.poll() is None, process.stderr.read() if process.stderr else ""
        assert time.monotonic() < give_up_s
        run_id = next((path.parent.name for path in home.glob("runs/*/ledger.sqlite")), "")
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    before = settled(home, run_id)
    assert 150 <= before < 600
    again = [*COMMAND, "resume", run_id, "--json"]
    done = subprocess.run(again, capture_output=True, timeout=120, check=False, **how)
    told = json.loads(done.stdout)
    assert (done.returncode, told["state"], told["written"], told["pending"]) == (0, "finished", 600, 0)
    assert told["target"] == f"batch endpoint {live.deployed.url}"
    items = {email: item for email, item in live.items().items() if email.startswith("run")}
    assert len(items) == 600
    assert items["run7@example.com"]["zip"] == {"S": "00007"}
    assert live.key not in done.stdout + done.stderr
