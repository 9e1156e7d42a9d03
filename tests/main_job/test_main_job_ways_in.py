"""Every way in, down to the content of the table: containers × from disk, S3, standard input, an upload."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import boto3
import pytest
from main_job.kit import BY_EMAIL, MainJob, TableSpec, assert_items, assert_told, item_differences
from main_job.made_files import write_ods, write_xlsx
from main_job.ways import EXPORT_LINES, ITEMS, LIST, PEOPLE, WAYS
from streamlit.testing.v1 import AppTest

from importer.check import CheckResult
from importer.run import (
    adopt_source,
    check_run,
    choose_table,
    create_run,
    execute_run,
    freeze_plan,
    plan_run,
    prepare_schema,
)
from importer.table import KeyPart, TableChoice, TableKey, embedded_connection, find_target
from pages.parts.upload_desk import UploadDesk

FRAME = Path(__file__).resolve().parents[2] / "pages" / "frame.py"
CANNOT_SAY = {
    "type.html": (b"<!-- x -->\n<HTML><table><tr><td>email</td></tr></table>", "HTML"),
    "contacts.vcf": (b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ann\r\nEND:VCARD\r\n", "vCard"),
    "list.pdf": (b"%PDF-1.7\n%\xe2\xe3\n", "a PDF"),
    "photo.png": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a picture"),
    "book.xml": (b'<?xml version="1.0"?>\n<contacts><contact/></contacts>', "XML"),
    "people.ldif": (b"version: 1\ndn: cn=Ann,dc=example\ncn: Ann\n", "LDIF"),
    "dump.sql": (b"-- MySQL dump 10.13\n/*!40101 SET x=1 */;\nDROP TABLE IF EXISTS `c`;\n", "SQL"),
    "people.db": (b"SQLite format 3\0" + bytes(80), "an SQLite database"),
    "export.ion": (b'$ion_1_0 {Item:{email:"a"}}', "Amazon Ion"),
}
COLUMNS_LIKE_SIGNS = ["Set A", "ORCID", "MZ", "ID3", "GIF8", "BM", "Use case", "Drop date", "Received: x", "From a"]


@pytest.mark.parametrize("name", WAYS)
def test_from_disk(name: str, main_job: MainJob, tmp_path: Path) -> None:
    file = tmp_path / name
    WAYS[name](file)
    outcome = main_job.import_list(file)
    assert outcome.code == 0, outcome.told
    assert_items(outcome, ITEMS)
    assert outcome.summary is not None
    assert (outcome.summary["state"], outcome.summary["written"]) == ("finished", 2)


@pytest.mark.parametrize("name", WAYS)
def test_from_standard_input(name: str, main_job: MainJob, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    WAYS[name](tmp_path / name)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO((tmp_path / name).read_bytes())))
    outcome = main_job.import_list("-")
    assert outcome.code == 0, outcome.told
    assert_items(outcome, ITEMS)
    assert outcome.summary is not None
    assert outcome.summary["source_name"] == "standard input"


def test_from_a_pipe_of_another_program(main_job: MainJob) -> None:
    table = main_job.make_table(BY_EMAIL)
    command = [sys.executable, "-m", "importer", "run", "-", "--table", table, "--json"]
    done = subprocess.run(command, input=LIST, capture_output=True, check=False, cwd=FRAME.parents[1])
    assert (done.returncode, json.loads(done.stdout)["written"]) == (0, 2), done.stderr
    assert item_differences(ITEMS, main_job.items(table), ["email"]) == []


@pytest.fixture(scope="module")
def s3_url() -> Iterator[str]:
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(s3_url: str, main_job: MainJob, monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    """A client, and the command line's AWS settings for S3; tables are still the embedded engine's."""
    for name, value in {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "made-up"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", s3_url)
    main_job.place = ["--endpoint-url", str(main_job.client.meta.endpoint_url)]
    client = boto3.client("s3", endpoint_url=s3_url, region_name="us-east-1")
    client.create_bucket(Bucket="lists")
    yield client
    client.close()


@pytest.mark.parametrize("name", WAYS)
def test_from_s3(name: str, main_job: MainJob, bucket: object, tmp_path: Path) -> None:
    WAYS[name](tmp_path / name)
    bucket.upload_file(str(tmp_path / name), "lists", f"in/{name}")  # type: ignore[attr-defined]
    outcome = main_job.import_list(f"s3://lists/in/{name}")
    assert outcome.code == 0, outcome.told
    assert_items(outcome, ITEMS)


def test_an_export_of_a_table_to_s3_is_one_list(main_job: MainJob, bucket: object) -> None:
    """The parts under a prefix, without the manifest beside them; none is taken by itself."""
    first, second = EXPORT_LINES.splitlines()
    for key, content in {"a.json": first, "b.json": second, "manifest-files.json": b"{}", "_SUCCESS": b""}.items():
        bucket.put_object(Bucket="lists", Key=f"export/data/{key}", Body=content)  # type: ignore[attr-defined]
    refused = main_job.import_list("s3://lists/export/data/")
    assert (refused.code, refused.items) == (2, ())
    assert_told(refused, "a.json", "b.json", "--member")
    outcome = main_job.import_list("s3://lists/export/data/", BY_EMAIL, "--member", "all")
    assert outcome.code == 0, outcome.told
    assert_items(outcome, ITEMS)
    one = main_job.import_list("s3://lists/export/data/", BY_EMAIL, "--member", "b.json")
    assert_items(one, ITEMS[1:])


@pytest.mark.parametrize("name", WAYS)
def test_uploaded_to_the_page(name: str, main_job: MainJob, tmp_path: Path) -> None:
    """In slices to the desk of the upload, read by the File page, then by the steps that the pages call."""
    WAYS[name](tmp_path / name)
    content = (tmp_path / name).read_bytes()
    desk = UploadDesk(main_job.settings.uploads)
    ticket = desk.mint()
    desk.put_slice(ticket.upload_id, ticket.token, 0, len(content), content)
    path = desk.take(ticket.upload_id)
    assert path is not None
    folder = create_run(main_job.settings, source_name=name, who="tester", now=datetime.now(UTC))
    adopt_source(folder, path, move=True)
    key, table = TableKey(KeyPart("email")), main_job.make_table(BY_EMAIL)
    connection = embedded_connection(main_job.settings, lease="main-job")
    choose_table(folder, TableChoice(connection, table))
    app = AppTest.from_file(str(FRAME), default_timeout=60)
    app.query_params["run"] = folder.run_id
    app.run()
    assert not app.exception and not [one.value for one in app.error]
    prepare_schema(folder, key)
    check_run(folder, key)
    plan = plan_run(folder, target=find_target(connection, table, engine="test"), key=key)
    freeze_plan(folder, plan, CheckResult.open(folder.check)).close()
    assert execute_run(main_job.settings, folder.run_id).value == "finished"
    assert item_differences(ITEMS, main_job.items(table), ["email"]) == []


@pytest.mark.parametrize("name", CANNOT_SAY)
def test_what_is_no_list_is_named_as_what_it_is(name: str, main_job: MainJob, tmp_path: Path) -> None:
    content, kind = CANNOT_SAY[name]
    (tmp_path / name).write_bytes(content)
    outcome = main_job.import_list(tmp_path / name)
    assert (outcome.code, outcome.items) == (1, ())
    assert_told(outcome, f'The file "{name}" is {kind}', "then import that")


@pytest.mark.parametrize("column", COLUMNS_LIKE_SIGNS)
def test_a_list_whose_first_column_looks_like_a_sign_is_a_list(
    column: str, main_job: MainJob, tmp_path: Path
) -> None:
    file = tmp_path / "list.csv"
    file.write_text(f"{column},email\n1x,ann@example.com\n2x,bob@example.com\n")
    code, out, err = main_job.command("check", file, "--json", "--key", "email")
    assert (code, json.loads(out)["ready"]) == (0, 2), err


def test_typed_values_arrive_as_what_they_are(main_job: MainJob, tmp_path: Path) -> None:
    """Nested values as maps and lists, numbers as written, null as NULL, an empty text as one, absent as absent."""
    people = [
        {"email": "ann@example.com", "zip": "02134", "age": 34, "fee": 1.5, "vip": True, "left": None, "note": ""},
        {"email": "bob@example.com", "zip": 94103, "address": {"city": "Oslo", "no": 7}, "tags": ["a", 1, None]},
        {"email": "cat@example.com", "zip": "0150", "left": "2024-01-01", "note": '{"N":"5"}', "firstName": "Cat"},
    ]
    (tmp_path / "people.jsonl").write_text("\n".join(map(json.dumps, people)))
    outcome = main_job.import_list(tmp_path / "people.jsonl")
    assert outcome.code == 0, outcome.told
    assert_items(
        outcome,
        [
            {
                **{"email": {"S": "ann@example.com"}, "zip": {"S": "02134"}, "age": {"N": "34"}, "fee": {"N": "1.5"}},
                **{"vip": {"BOOL": True}, "left": {"NULL": True}, "note": {"S": ""}},
            },
            {
                **{"email": {"S": "bob@example.com"}, "zip": {"N": "94103"}},
                "address": {"M": {"city": {"S": "Oslo"}, "no": {"N": "7"}}},
                "tags": {"L": [{"S": "a"}, {"N": "1"}, {"NULL": True}]},
            },
            {
                **{"email": {"S": "cat@example.com"}, "zip": {"S": "0150"}, "left": {"S": "2024-01-01"}},
                **{"note": {"S": '{"N":"5"}'}, "firstName": {"S": "Cat"}},
            },
        ],
    )


def test_every_type_of_dynamodb_comes_back_as_it_was_exported(main_job: MainJob, tmp_path: Path) -> None:
    items = [
        {
            **{"id": {"N": "7"}, "S": {"S": "x"}, "Empty": {"S": ""}, "N": {"N": "-1.50"}, "B": {"B": "AAE="}},
            **{
                "BOOL": {"BOOL": False},
                "NULL": {"NULL": True},
                "SS": {"SS": ["a;b", "c"]},
                "NS": {"NS": ["1", "2.5"]},
            },
            "BS": {"BS": ["AAE=", "/w=="]},
            "L": {"L": [{"S": "x"}, {"SS": ["y"]}, {"M": {"S": {"S": "z"}}}]},
            "M": {"M": {"S": {"S": "a"}, "deep": {"M": {"n": {"N": "1"}, "none": {"NULL": True}}}}},
            "with space": {"S": "kept"},
            "dotted.name": {"S": "kept"},
        },
        {"id": {"N": "8"}, "S": {"N": "5"}, "Empty": {"NULL": True}, "M": {"M": {"plain": {"S": "b"}}}},
    ]
    (tmp_path / "export.json").write_text("\n".join(json.dumps({"Item": item}) for item in items))
    outcome = main_job.import_list(tmp_path / "export.json", TableSpec({"id": "N"}))
    assert outcome.code == 0, outcome.told
    assert_items(outcome, items)


def test_an_item_that_is_broken_is_held_back_and_a_key_of_another_type_too(main_job: MainJob, tmp_path: Path) -> None:
    lines = [json.dumps(PEOPLE[0]), '{"email": cut', json.dumps({"email": 5, "name": "Five"}), json.dumps(PEOPLE[1])]
    (tmp_path / "people.jsonl").write_text("\n".join(lines))
    outcome = main_job.import_list(tmp_path / "people.jsonl")
    assert outcome.code == 3
    assert_items(outcome, ITEMS)
    assert outcome.summary is not None
    rejects = Path(outcome.summary["rejects"]).read_text("utf-8").splitlines()
    assert rejects[1].startswith("3,,not_an_item,") and '{""email"": cut' in rejects[1]
    assert rejects[2].startswith("4,email,other_type,")


def test_a_doubtful_answer_is_refused_without_yes(main_job: MainJob, tmp_path: Path) -> None:
    (tmp_path / "scan.json").write_text(json.dumps({"Items": ITEMS, "LastEvaluatedKey": {"email": {"S": "b"}}}))
    refused = main_job.import_list(tmp_path / "scan.json")
    assert (refused.code, refused.items) == (2, ())
    assert_told(refused, "LastEvaluatedKey", "--yes")
    assert_items(main_job.import_list(tmp_path / "scan.json", BY_EMAIL, "--yes"), ITEMS)


@pytest.mark.parametrize("write", [write_xlsx, write_ods])
def test_the_cells_of_a_sheet_are_never_guessed_to_be_cut_otherwise(
    write: Callable[..., Path], main_job: MainJob, tmp_path: Path
) -> None:
    """Nor quotes in them taken off, nor a dump's NULL seen: that is for text, and a sheet has cells of its own."""
    cells = [["name", "id"], ["a|b", "'x'"], ["c|d", "'y'"], ["e|f", "\\N"]]
    write(tmp_path / "book", {"S": cells})
    outcome = main_job.import_list(tmp_path / "book", TableSpec({"id": "S"}))
    assert outcome.code == 0, outcome.told
    assert_items(outcome, [{"name": {"S": name}, "id": {"S": text}} for name, text in cells[1:]])
    assert main_job.import_list(tmp_path / "book", TableSpec({"id": "S"}), "--delimiter", "|").code == 1
