"""The key is the column of its name, or the one that a person names; nothing is written under a guess."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from main_job.kit import MainJob, TableSpec, assert_items, assert_told, write_list


@pytest.mark.parametrize(
    ("key", "header", "nearest"),
    [
        ("email", "Name,E-Mail-Adresse", "E-Mail-Adresse"),
        ("email", "Name,Contact e-mail", "Contact e-mail"),
        ("customerId", "Customer name,Customer", "Customer"),
        ("sku", "skus,n", "skus"),
    ],
)
def test_a_column_of_nearly_the_keys_name_is_refused_and_named(
    main_job: MainJob, tmp_path: Path, key: str, header: str, nearest: str
) -> None:
    outcome = main_job.import_list(write_list(tmp_path, f"{header}\nx,a@x.org\n"), TableSpec({key: "S"}))
    assert (outcome.code, outcome.items) == (1, ())
    assert_told(outcome, f'The nearest is "{nearest}"', f'--key "{key}=COLUMN"')
    said = main_job.import_list(
        write_list(tmp_path, f"{header}\nx,a@x.org\n"), TableSpec({key: "S"}), "--key", f"{key}={nearest}"
    )
    assert said.code == 0, said.told
    assert [key in item for item in said.items] == [True]


def test_the_key_is_equal_when_folded_and_every_word_on_the_run_names_its_column(
    main_job: MainJob, tmp_path: Path
) -> None:
    text = "Order No.,Line,amount\nA1,1,5\nA1,2,6\n"
    spec = TableSpec({"orderNo": "S", "Pos": "N"})
    outcome = main_job.import_list(write_list(tmp_path, text), spec, "--key", "Pos:N=Line", "--names", "camel")
    assert outcome.code == 0, outcome.told
    assert_items(
        outcome,
        [
            {"orderNo": {"S": "A1"}, "Pos": {"N": "1"}, "amount": {"N": "5"}},
            {"orderNo": {"S": "A1"}, "Pos": {"N": "2"}, "amount": {"N": "6"}},
        ],
    )
    keys = {"orderNo": "Order No.", "Pos": "Line"}
    assert outcome.summary is not None
    assert outcome.summary["key"] == keys
    assert json.loads(Path(outcome.summary["receipt"]).read_text("utf-8"))["key"] == keys
    assert_told(
        outcome, 'the key is "Order No." → orderNo, "Line" → Pos', 'told apart by orderNo \\(column "Order No."\\)'
    )


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["--key", "id=Nobody"], 2, 'no column "Nobody" to be the key "id"'),
        (["--key", "name=who"], 2, '--key names "name" \\(S\\), but the table\'s key is "id" \\(S\\)'),
        (["--key", "id:N=who"], 2, '--key names "id" \\(N\\), but the table\'s key is "id" \\(S\\)'),
        (["--key", "id="], 2, "name the column behind the ="),
        (["--key", "id:X=who"], 2, "with type S, N or B"),
    ],
)
def test_a_wrong_word_on_the_key_writes_nothing(
    main_job: MainJob, tmp_path: Path, words: list[str], code: int, told: str
) -> None:
    outcome = main_job.import_list(write_list(tmp_path, "id,who\n1,a\n"), TableSpec({"id": "S"}), *words)
    assert (outcome.code, outcome.items) == (code, ())
    assert_told(outcome, told)


def test_a_schema_is_overruled_by_the_key_that_a_person_names(main_job: MainJob, tmp_path: Path) -> None:
    schema = "version: 1\nkey: [id]\ncolumns:\n  - {column: who, attribute: id}\n  - {column: nr, attribute: nr}\n"
    file, given = write_list(tmp_path, "who,nr\na,7\n"), write_list(tmp_path, schema, "s.yaml")
    outcome = main_job.import_list(file, TableSpec({"id": "S"}), "--schema", given, "--key", "id=nr")
    assert_items(outcome, [{"id": {"S": "7"}, "id_2": {"S": "a"}}])


def test_a_column_that_a_step_renames_away_from_the_keys_name_is_no_key(main_job: MainJob, tmp_path: Path) -> None:
    steps = [{"kind": "rename_column", "column": "id", "name": "old"}]
    recipe = write_list(tmp_path, json.dumps({"version": 1, "operations": steps}), "r.json")
    outcome = main_job.import_list(write_list(tmp_path, "id,n\n1,a\n"), TableSpec({"id": "S"}), "--recipe", recipe)
    assert (outcome.code, outcome.items) == (1, ())
    assert_told(outcome, 'The table wants key "id" \\(S\\)')


def test_check_knows_the_table_and_the_key_as_run_does(main_job: MainJob, tmp_path: Path) -> None:
    table = main_job.make_table(TableSpec({"userId": "S"}, {"byAge": {"age": "N"}}))
    file = write_list(tmp_path, "User ID,age\nu1,34\nu2,old\n")
    code, out, _ = main_job.command("check", file, "--table", table, "--json")
    answer = json.loads(out)
    assert (code, answer["key"]) == (3, {"userId": "User ID"})
    assert [(one["code"], one["column"]) for one in answer["warnings"]] == [("not_a_number", "age")]
    assert "byAge" in answer["failures"][0]["message"]
    assert main_job.items(table) == ()
    code, out, _ = main_job.command("check", file, "--key", "userId:S", "--json")
    assert (code, json.loads(out)["key"]) == (0, {"userId": "User ID"})
    code, out, _ = main_job.command("check", file, "--key", "nr:N=age", "--json")
    assert (code, json.loads(out)["key"]) == (3, {"nr": "age"})
