"""`rejects` and `fix` on the command line: against a strict endpoint, and whole against the embedded engine."""

import csv
import json
import stat
from pathlib import Path

import pytest
from strict_endpoint import Faults, running_endpoint

from importer.cli import main
from importer.settings import Settings
from importer.table import dynamodb_client, embedded_connection, stop_engine

LIST = (
    "email,name\n" + "".join(f"p{row}@example.com,Testperson {row}\n" for row in range(60)) + "nobody,=1+1\nx,Bert\n"
)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    for name in ("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_DYNAMODB"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("IMPORTER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "made-up")
    return tmp_path / "home"


def start(tmp_path, capsys, *where: str) -> dict:
    file = tmp_path / "list.csv"
    file.write_text(LIST)
    assert main(["run", str(file), "--table", "EmailContacts", *where, "--json"]) == 3
    return json.loads(capsys.readouterr().out)


def test_rejects_go_out_to_a_file_or_stdout_and_come_back_into_the_same_run(tmp_path, capsys):
    with running_endpoint(Faults()) as endpoint:
        run_id = start(tmp_path, capsys, "--endpoint-url", endpoint.url)["run_id"]
        out = tmp_path / "rejects.csv"
        assert main(["rejects", run_id, "--out", str(out), "--json"]) == 0
        assert json.loads(capsys.readouterr().out) == {"out": str(out)}
        assert stat.S_IMODE(out.stat().st_mode) == 0o600
        assert main(["fix", run_id, str(out), "--json"]) == 3
        told = json.loads(capsys.readouterr().out)
        assert told["fix"]["sentence"] == "0 rows changed, 2 unchanged."
        assert told["sentence"] == "60 written + 2 rejected = 62 rows of the file."

        out.write_text(out.read_text().replace("nobody,", "n@example.com,"))
        assert main(["fix", run_id, str(out), "--json"]) == 3
        captured = capsys.readouterr()
        told = json.loads(captured.out)
        assert (told["run_id"], told["written"], told["rejected"]) == (run_id, 61, 1)
        assert told["fix"]["result"] == "1 row can be sent."
        assert "1 row changed, 1 unchanged.\n1 row can be sent.\n" in captured.err
        assert Path(told["rejects"]).read_text().splitlines()[1].endswith(",x,Bert")

        assert main(["rejects", run_id, "--for-spreadsheets", "--out", str(out)]) == 0
        out.write_text(out.read_text("utf-8-sig").replace(",x,", ",x@example.com,"))
        capsys.readouterr()
        assert main(["fix", run_id, str(out), "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["sentence"] == "62 written = 62 rows of the file."
        names = {item["email"]["S"]: item["name"]["S"] for item in endpoint.service.items.values()}
    assert (len(names), names["n@example.com"], names["x@example.com"]) == (62, "=1+1", "Bert")


def test_rejects_without_a_file_are_the_file_s_bytes_on_stdout(tmp_path, capsysbinary):
    with running_endpoint(Faults()) as endpoint:
        (tmp_path / "list.csv").write_text(LIST)
        where = ("--endpoint-url", endpoint.url)
        assert main(["run", str(tmp_path / "list.csv"), "--table", "EmailContacts", *where, "--json"]) == 3
    told = json.loads(capsysbinary.readouterr().out)
    assert main(["rejects", told["run_id"]]) == 0
    assert capsysbinary.readouterr().out == Path(told["rejects"]).read_bytes()


def test_what_cannot_be_is_one_sentence(tmp_path, capsys):
    with running_endpoint(Faults()) as endpoint:
        run_id = start(tmp_path, capsys, "--endpoint-url", endpoint.url)["run_id"]
    assert main(["fix", run_id, str(tmp_path / "gone.csv")]) == 1
    assert main(["fix", run_id, str(tmp_path / "list.csv")]) == 1
    assert main(["fix", "20250301-100000-00000000", str(tmp_path / "list.csv")]) == 1
    assert main(["rejects", run_id, "--out", str(tmp_path / "no" / "where.csv")]) == 1
    errors = [line for line in capsys.readouterr().err.splitlines() if line.startswith("error: ")]
    assert "There is no file gone.csv" in errors[0]
    assert 'The file has no column "_row"' in errors[1]
    assert "There is no run" in errors[2]
    assert "cannot be written" in errors[3]


def test_the_whole_way_against_the_embedded_engine_leaves_exactly_the_fixed_contacts(
    tmp_path, capsys, home, monkeypatch
):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    settings = Settings(home)
    try:
        run_id = start(tmp_path, capsys)["run_id"]
        out = tmp_path / "rejects.csv"
        assert main(["rejects", run_id, "--for-spreadsheets", "--out", str(out)]) == 0
        with out.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file))
        assert rows[1][-1] == "'=1+1"
        for number, row in enumerate(rows[1:]):
            row[4] = f"fixed{number}@example.com"
        with out.open("w", encoding="cp1252", newline="") as file:
            csv.writer(file, delimiter=";").writerows(rows)
        capsys.readouterr()
        assert main(["fix", run_id, str(out), "--json"]) == 0
        told = json.loads(capsys.readouterr().out)
        assert (told["written"], told["rejected"], told["pending"]) == (62, 0, 0)
        client = dynamodb_client(embedded_connection(settings))
        found = client.scan(TableName="EmailContacts", ConsistentRead=True)["Items"]
        client.close()
    finally:
        stop_engine(settings)
    wanted = {f"p{row}@example.com": f"Testperson {row}" for row in range(60)}
    wanted |= {"fixed0@example.com": "=1+1", "fixed1@example.com": "Bert"}
    assert {item["email"]["S"]: item["name"]["S"] for item in found} == wanted
