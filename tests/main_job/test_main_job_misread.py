"""Lists that were once read wrongly without a word, from the file to the content of the table."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from main_job.kit import BY_EMAIL, MainJob, TableSpec, assert_items, assert_told

ANN = {"email": {"S": "ann@example.com"}, "name": {"S": "Ann"}, "city": {"S": "Oslo"}}
BOB = {"email": {"S": "bob@example.com"}, "name": {"S": "Sample, Bob"}, "city": {"S": "Rome"}}

LISTS = {
    "quotes around whole lines": '"email,name,city"\n"ann@example.com,Ann,Oslo"\n'
    '"bob@example.com,""Sample, Bob"",Rome"\n',
    "blank rows at the end": "email,name,city\nann@example.com,Ann,Oslo\n"
    'bob@example.com,"Sample, Bob",Rome\n,,\n,,\n',
    "a row of labels": "email,name,city\nEmail,Name,City (town)\nann@example.com,Ann,Oslo\n"
    'bob@example.com,"Sample, Bob",Rome\n',
    "pipes with spaces up to them": "email           | name        | city\nann@example.com | Ann         | Oslo\n"
    "bob@example.com | Sample, Bob | Rome\n",
    "a byte-order mark inside": "email,name,city\nann@example.com,Ann,Oslo\n"
    '\ufeffbob@example.com,"Sample, Bob",Rome\n',
}


@pytest.mark.parametrize("content", LISTS.values(), ids=LISTS)
def test_what_is_no_part_of_a_contact_does_not_reach_the_table(
    content: str, main_job: MainJob, tmp_path: Path
) -> None:
    file = tmp_path / "list.csv"
    file.write_text(content, encoding="utf-8")
    outcome = main_job.import_list(file)
    assert outcome.code == 0, outcome.told
    assert_items(outcome, [ANN, BOB])


def test_a_first_contact_of_words_is_held_back_and_not_taken_for_a_header(main_job: MainJob, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text(
        "email,phone,name\nunknown,none,Walk-in customer\n"
        + "".join(f"p{at}@example.com,+49 30 555000{at},Person {at}\n" for at in range(3))
    )
    outcome = main_job.import_list(file)
    assert outcome.code == 3
    assert_items(
        outcome,
        [
            {
                "email": {"S": f"p{at}@example.com"},
                "phone": {"S": f"+49 30 555000{at}"},
                "name": {"S": f"Person {at}"},
            }
            for at in range(3)
        ],
    )


def test_rows_of_a_survey_export_that_name_its_questions_again_are_no_answers(
    main_job: MainJob, tmp_path: Path
) -> None:
    file = tmp_path / "survey.csv"
    file.write_text(
        "email,progress,q1\nRecipient Email,Progress,How likely are you to recommend us?\n"
        '"{""ImportId"":""recipientEmail""}","{""ImportId"":""progress""}","{""ImportId"":""QID1""}"\n'
        "ann@example.com,100,9\nbob@example.com,80,7\n"
    )
    outcome = main_job.import_list(file)
    assert outcome.code == 0, outcome.told
    assert_items(
        outcome,
        [
            {"email": {"S": "ann@example.com"}, "progress": {"?": "100"}, "q1": {"?": "9"}},
            {"email": {"S": "bob@example.com"}, "progress": {"?": "80"}, "q1": {"?": "7"}},
        ],
    )
    assert_told(outcome, "row 3: label_row")


def test_null_of_a_dump_is_no_attribute_and_its_escapes_are_signs(main_job: MainJob, tmp_path: Path) -> None:
    file = tmp_path / "dump.tsv"
    file.write_bytes(
        b"email\tname\tnote\nann@example.com\t\\N\tC:\\\\temp\\\\new\nbob@example.com\tBob\ttwo\\nlines and\\ttab\n"
    )
    outcome = main_job.import_list(file)
    assert outcome.code == 0, outcome.told
    assert_items(
        outcome,
        [
            {"email": {"S": "ann@example.com"}, "note": {"S": "C:\\temp\\new"}},
            {"email": {"S": "bob@example.com"}, "name": {"S": "Bob"}, "note": {"S": "two\nlines and\ttab"}},
        ],
    )


PATHS = {
    "list.csv": b"email,path,note\nann@example.com,C:\\New\\temp,\\N\nbob@example.com,C:\\tools\\next,x\n",
    "quoted.csv": b'"email","path","note"\n"ann@example.com","C:\\New\\temp",\\N\n'
    b'"bob@example.com","C:\\tools\\next","x"\n',
    "list.tsv": b"email\tpath\tnote\nann@example.com\tC:\\New\\temp\t\\N\nbob@example.com\tC:\\tools\\next\tx\n",
    "ends.tsv": b"email\tpath\tnote\nann@example.com\tC:\\New\\temp\t\\N\nbob@example.com\tC:\\tools\\next\tx\n"
    b"cat@example.com\tC:\\net\\\tx\ndan@example.com\t\\\\server\\reports\t\\N\n",
}


@pytest.mark.parametrize("name", PATHS)
def test_null_of_a_list_makes_no_escapes_of_its_other_backslashes(
    name: str, main_job: MainJob, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(PATHS[name])
    outcome = main_job.import_list(tmp_path / name)
    assert outcome.code == 0, outcome.told
    paths = {item["email"]["S"][:3]: item["path"]["S"] for item in outcome.items}
    others = {"cat": "C:\\net\\", "dan": "\\\\server\\reports"} if name == "ends.tsv" else {}
    assert paths == {"ann": "C:\\New\\temp", "bob": "C:\\tools\\next", **others}
    assert [item.get("note") for item in outcome.items if item["email"]["S"].startswith("ann")] == [None]
    assert_told(outcome, "read as NULL", "Other backslashes are text")


def test_a_key_behind_a_byte_order_mark_is_the_key_without_it(main_job: MainJob, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes("\ufeffid,name\r\n1001,Ann\r\n1002,Bob\r\n\ufeff1001,Ann again\r\n".encode())
    outcome = main_job.import_list(file, TableSpec({"id": "S"}))
    assert outcome.code == 3
    assert_items(
        outcome, [{"id": {"S": "1001"}, "name": {"S": "Ann again"}}, {"id": {"S": "1002"}, "name": {"S": "Bob"}}]
    )


@pytest.mark.parametrize(("end", "inner"), [("\r", "\n"), ("\r\n", "\n"), ("\n", "\r")], ids=["CR", "CR LF", "LF"])
def test_cells_of_several_lines_without_quotes_arrive_where_records_end_otherwise(
    end: str, inner: str, main_job: MainJob, tmp_path: Path
) -> None:
    file = tmp_path / "list.csv"
    note = inner.join(("call", "", "back", *"12345"))
    rows = ["email,name,note", f"ann@example.com,Ann,{note}", "bob@example.com,Bob,VIP"]
    rows += [f"no address,Cid{inner}Junior,x"]
    file.write_bytes(end.join([*rows, ""]).encode())
    outcome = main_job.import_list(file)
    ann = {"email": {"S": "ann@example.com"}, "name": {"S": "Ann"}, "note": {"S": note}}
    assert_items(outcome, [ann, {"email": {"S": "bob@example.com"}, "name": {"S": "Bob"}, "note": {"S": "VIP"}}])
    assert_told(outcome, "warning: Records end in .* alone; other line ends stand in cells")
    rejects = Path(outcome.summary["rejects"])  # type: ignore[index]
    rejects.write_bytes(rejects.read_bytes().replace(b"no address", b"cid@example.com"))
    code, out, err = main_job.command("fix", outcome.summary["run_id"], rejects)  # type: ignore[index]
    assert code == 0, out + err
    assert {"S": f"Cid{inner}Junior"} in [item["name"] for item in main_job.items(outcome.table)]


DOUBTFUL = {
    "two_delimiters": "email;a,b;c,d;e\n" + "".join(f"p{at}@example.com;x,1;y,2;z\n" for at in range(20)),
    "key_is_no_address": "email,name\n" + "".join(f"10{at},Person {at}\n" for at in range(5)),
    "key_is_no_address ": "email,name\n"
    + "".join(f"{f'none{at}' if at % 5 < 2 else f'p{at}@example.com'},Person {at}\n" for at in range(20)),
    "mostly_duplicates": "email,name\n" + "a@example.com,Ann\n" * 20,
    "data_as_names": "email,name,4711\na@example.com,Ann,x\nb@example.com,Bob,y\n",
}


@pytest.mark.parametrize(("code", "content"), DOUBTFUL.items(), ids=DOUBTFUL)
def test_a_list_that_was_probably_read_wrongly_is_refused_until_yes_is_said(
    code: str, content: str, main_job: MainJob, tmp_path: Path
) -> None:
    file = tmp_path / "list.csv"
    file.write_text(content)
    refused = main_job.import_list(file)
    assert (refused.code, refused.items) == (2, ())
    assert_told(refused, "doubt: ", "--yes")
    accepted = main_job.import_list(file, BY_EMAIL, "--yes", table=refused.table)
    assert (accepted.code in (0, 3), len(accepted.items) > 0) == (True, True)
    assert accepted.summary is not None
    assert [one["code"] for one in accepted.summary["warnings"] if one["is_doubt"]] == [code.strip()]
    receipt = json.loads(Path(accepted.summary["receipt"]).read_text())
    assert receipt["accepted_doubts"] == [code.strip()]


def test_a_row_to_fix_of_a_list_in_line_quotes_goes_out_and_comes_back(main_job: MainJob, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    others = "".join(f'"p{at}@example.com,Person {at},Bern"\n' for at in range(9))
    file.write_text(f'"email,name,city"\n"bob at example.com,""Sample, Bob"",Rome"\n{others}')
    outcome = main_job.import_list(file)
    assert (outcome.code, len(outcome.items)) == (3, 9)
    rejects = Path(outcome.summary["rejects"])  # type: ignore[index]
    header, row = rejects.read_text().splitlines()
    assert header == "_row,_column,_code,_reason,email,name,city"
    assert row.endswith(',bob at example.com,"Sample, Bob",Rome')
    rejects.write_text(rejects.read_text().replace("bob at example", "bob@example"))
    code, out, err = main_job.command("fix", outcome.summary["run_id"], rejects)  # type: ignore[index]
    assert code == 0, out + err
    assert BOB in main_job.items(outcome.table)


@pytest.mark.parametrize("share", [0.05, 0.2, 0.3, 0.4, 0.45, 0.5, 0.6, 0.9])
def test_a_key_called_e_mail_is_never_written_with_cells_that_are_no_addresses_without_a_word(
    share: float, main_job: MainJob, tmp_path: Path
) -> None:
    """Up to a point the rule for e-mail holds them back, from there on the list is doubted."""
    file = tmp_path / "list.csv"
    strange = round(100 * share)
    keys = [
        f"none{at}" if at * strange // 100 != (at + 1) * strange // 100 else f"p{at}@example.com" for at in range(100)
    ]
    file.write_text("email,name\n" + "".join(f"{key},Person\n" for key in keys))
    outcome = main_job.import_list(file)
    assert (outcome.code, len(outcome.items)) == ((3, 100 - strange) if share < 0.3 else (2, 0)), outcome.told


def test_why_rows_were_not_written_is_told_at_the_end(main_job: MainJob, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    rows = "".join(f"p{at}@example.com,Person {at}\n" for at in range(8))
    file.write_text(f"email,name\n{rows}none,Ann\nnobody,Bob\n")
    outcome = main_job.import_list(file, BY_EMAIL, as_json=False)
    assert outcome.code == 3
    assert "  2 rows, first row 10: email: must be an e-mail address" in outcome.out
    again = main_job.import_list(file)
    assert again.summary is not None
    assert [(one["count"], one["column"], one["first_row"]) for one in again.summary["reasons"]] == [(2, "email", 10)]


CUT = "id,email,city,note\n" + "".join(
    f"{at},p{at}@example.com,{'Turin{}Building 2' if at % 4 == 2 else 'Oslo'},VIP\n" for at in range(16)
)


def test_rows_that_a_line_end_cut_arrive_as_one_where_their_columns_prove_it(
    main_job: MainJob, tmp_path: Path
) -> None:
    file = tmp_path / "list.csv"
    file.write_text(CUT.format(*"\n" * 4))
    outcome = main_job.import_list(file, TableSpec({"email": "S"}))
    assert outcome.code == 0, outcome.told
    assert {item["email"]["S"]: item["city"]["S"] for item in outcome.items} == {
        f"p{at}@example.com": "Turin\nBuilding 2" if at % 4 == 2 else "Oslo" for at in range(16)
    }
    assert_told(outcome, "row 4: joined_rows: Rows 4 to 5 are one record")


def test_rows_that_a_line_end_may_have_cut_are_joined_where_it_is_asked(main_job: MainJob, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    notes = ["call\nback" if at % 4 == 2 else "VIP" for at in range(12)]
    file.write_text("email,name,note\n" + "".join(f"p{at}@example.com,Ann,{note}\n" for at, note in enumerate(notes)))
    unasked = main_job.import_list(file)
    assert (unasked.code, sorted({item["note"]["S"] for item in unasked.items})) == (3, ["VIP", "call"])
    assert_told(unasked, "row 5: row_too_short: .*--repair join_rows")
    asked = main_job.import_list(file, BY_EMAIL, "--repair", "join_rows")
    assert asked.code == 0, asked.told
    assert {item["email"]["S"]: item["note"]["S"] for item in asked.items} == {
        f"p{at}@example.com": note for at, note in enumerate(notes)
    }
    assert_told(asked, "row 4: repaired_row")


def test_an_address_that_a_line_end_cut_arrives_whole(main_job: MainJob, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    emails = ["emma.hall\n@example.com" if at == 7 else f"p{at}@example.com" for at in range(12)]
    file.write_text("id,name,email,city\n" + "".join(f"{at},Ann,{email},Oslo\n" for at, email in enumerate(emails)))
    outcome = main_job.import_list(file, BY_EMAIL)
    assert outcome.code == 0, outcome.told
    assert sorted(item["email"]["S"] for item in outcome.items) == sorted(one.replace("\n", "") for one in emails)
    assert_told(outcome, "row 9: joined_rows")


def test_a_row_to_fix_that_was_joined_goes_out_and_comes_back(main_job: MainJob, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text(CUT.format(*"\n" * 4).replace("2,p2@example.com", "2,", 1))
    outcome = main_job.import_list(file)
    assert (outcome.code, len(outcome.items)) == (3, 15)
    rejects = Path(outcome.summary["rejects"])  # type: ignore[index]
    rejects.write_text(rejects.read_text().replace(",2,,", ",2,p2@example.com,"))
    code, out, err = main_job.command("fix", outcome.summary["run_id"], rejects)  # type: ignore[index]
    assert code == 0, out + err
    assert [
        item["city"]["S"] for item in main_job.items(outcome.table) if item["email"]["S"] == "p2@example.com"
    ] == ["Turin\nBuilding 2"]


def test_a_list_of_one_column_is_ordinary_where_no_sign_can_stand_between_its_cells(
    main_job: MainJob, tmp_path: Path
) -> None:
    """The control: names with a space in each."""
    (tmp_path / "addresses.csv").write_text("email\na@example.com\nb@example.com\n")
    outcome = main_job.import_list(tmp_path / "addresses.csv")
    assert (outcome.code, len(outcome.items)) == (0, 2), outcome.told
    (tmp_path / "names.csv").write_text("name\nAnn Lee\nBob Ray\n")
    refused = main_job.import_list(tmp_path / "names.csv", TableSpec({"name": "S"}))
    assert (refused.code, refused.items) == (2, ())
    assert_told(refused, "doubt: The list has one column only")


def test_a_list_whose_every_row_lacks_a_cell_is_doubted(main_job: MainJob, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("email,name,city,zip\n" + "".join(f"p{at}@example.com,Person {at},Oslo\n" for at in range(9)))
    refused = main_job.import_list(file)
    assert (refused.code, refused.items) == (2, ())
    assert_told(refused, "doubt: Nearly every row has 1 cell less than the header has names")


def test_a_small_table_in_front_of_the_list_is_set_aside(main_job: MainJob, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text(
        "report,date\nContacts,2024-05-01\n\nemail,name,city\nann@example.com,Ann,Oslo\n"
        'bob@example.com,"Sample, Bob",Rome\n'
    )
    outcome = main_job.import_list(file)
    assert outcome.code == 0, outcome.told
    assert_items(outcome, [ANN, BOB])
    assert_told(outcome, "row 1: preamble", "row 2: preamble")


def test_a_refused_list_leaves_no_table_behind_that_was_to_be_made_for_it(main_job: MainJob, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("email,name\n" + "".join(f"no address {at},Ann\n" for at in range(9)))
    run = ("run", file, "--table", "NotYetThere", "--create-table", "email")
    code, _, err = main_job.command(*run)
    assert code == 2, err
    assert "NotYetThere" not in main_job.tables()
    assert "Making table" not in err
    code, _, err = main_job.command(*run, "--yes")
    assert code in (0, 3), err
    assert "Making table NotYetThere with key" in err
    assert "NotYetThere" in main_job.tables()
