"""The main job against engines of several authors, and against replies in the form of several services.

A list goes through `importer run`; what the table holds afterwards is read back by boto3 and compared whole.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from main_job.kit import Item, MainJob, TableSpec, assert_items
from strict_endpoint import WIRES, running_endpoint

from importer.settings import Settings

NAMES = ['Zoë "Z"', "中文 😀", "O'Brien; =1+1", "back\\slash", "line\nbreak", "00123"]
ROWS = 130
"""Six requests."""


def write_list(path: Path) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["email", "name", "city"])
        writer.writerows([f"contact{row}@example.com", NAMES[row % 6], f"City {row}"] for row in range(ROWS))
    return path


def wanted() -> list[Item]:
    return [
        {"email": {"S": f"contact{row}@example.com"}, "name": {"S": NAMES[row % 6]}, "city": {"S": f"City {row}"}}
        for row in range(ROWS)
    ]


def check(job: MainJob, tmp_path: Path, table: str = "") -> None:
    outcome = job.import_list(write_list(tmp_path / "contacts.csv"), TableSpec({"email": "S"}), table=table)
    assert outcome.code == 0, outcome.told
    assert_items(outcome, wanted())
    assert outcome.summary is not None
    assert (outcome.summary["state"], outcome.summary["written"]) == ("finished", ROWS)


def test_a_list_arrives_exactly_in_the_engine_of_every_author(
    place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with MainJob.in_home(Settings(tmp_path / "home"), monkeypatch, place.connection.endpoint_url) as job:
        check(job, tmp_path)


@pytest.mark.parametrize(
    "name",
    [
        "amazon",
        "amazon, in chunks",
        "amazon, before 2017",
        "DynamoDB local (Jetty)",
        "HTTP/1.0 server",
        "proxy that packs",
        "100 first",
        "folded",
        "repeated",
    ],
)
def test_a_list_arrives_exactly_whatever_form_the_replies_have(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        running_endpoint(wire=WIRES[name]) as endpoint,
        MainJob.in_home(Settings(tmp_path / "home"), monkeypatch, endpoint.url) as job,
    ):
        check(job, tmp_path, "EmailContacts")
        assert set(endpoint.service.sent.values()) == {1}
