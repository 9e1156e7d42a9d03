"""Numbers that may be read in two ways (12.000): nothing is written before somebody says which, wherever it comes
from that the column has numbers, and never are they read in two ways within one column."""

from __future__ import annotations

from pathlib import Path

import pytest
from main_job.kit import BY_EMAIL, Item, MainJob, Outcome, TableSpec, assert_items, assert_told, write_list

HELD = {"email": {"S": "old@x.org"}, "amt": {"N": "7"}, "sizes": {"NS": ["7"]}, "pay": {"M": {"amt": {"N": "7"}}}}
LIVE = TableSpec({"email": "S"}, items=[HELD])
INDEXED = TableSpec({"email": "S"}, indexes={"byAmt": {"amt": "N"}})
SCHEMA = (
    "version: 1\nkey: [email]\ncolumns:\n  - {column: email, attribute: email}\n"
    "  - {column: amt, attribute: amt, type: N}\n"
)
TWO_ROWS = "email,amt\na@x.org,12.000\nb@x.org,9.500\n"


def amounts(outcome: Outcome, attribute: str = "amt") -> dict[str, Item]:
    return {item["email"]["S"]: item[attribute] for item in outcome.items if item != HELD}


def assert_held(outcome: Outcome, column: str = "amt") -> None:
    """Nothing was written, and the doubt is told with what to say."""
    assert outcome.code == 2, outcome.told
    assert amounts(outcome) == {}
    assert_told(outcome, f'doubt: "{column}": 2 cells may have a point for thousands')


@pytest.mark.parametrize(
    ("spec", "options"),
    [
        pytest.param(LIVE, (), id="items of the table"),
        pytest.param(INDEXED, (), id="key of an index"),
        pytest.param(BY_EMAIL, ("--type", "amt=N"), id="type option"),
        pytest.param(BY_EMAIL, ("--schema", SCHEMA), id="schema"),
    ],
)
def test_thousands_or_fractions_is_a_doubt_wherever_the_type_comes_from(
    main_job: MainJob, tmp_path: Path, spec: TableSpec, options: tuple[str, ...]
) -> None:
    words = [write_list(tmp_path, one, "s.yaml") if one == SCHEMA else one for one in options]
    assert_held(main_job.import_list(write_list(tmp_path, TWO_ROWS), spec, *words))
    sure = write_list(tmp_path, "email,amt\na@x.org,12.5\nb@x.org,9.375\nc@x.org,0.25\n", "sure.csv")
    control = main_job.import_list(sure, spec, *words)
    assert control.code == 0, control.told
    assert amounts(control) == {"a@x.org": {"N": "12.5"}, "b@x.org": {"N": "9.375"}, "c@x.org": {"N": "0.25"}}


@pytest.mark.parametrize("spec", [LIVE, INDEXED, BY_EMAIL], ids=["items", "index", "nothing known"])
def test_what_the_advice_says_is_what_is_written(main_job: MainJob, tmp_path: Path, spec: TableSpec) -> None:
    file = write_list(tmp_path, TWO_ROWS)
    thousands = main_job.import_list(file, spec, "--type", "amt=N:thousands")
    fractions = main_job.import_list(file, spec, "--type", "amt=N:fractions")
    assert (thousands.code, fractions.code) == (0, 0), thousands.told + fractions.told
    assert amounts(thousands) == {"a@x.org": {"N": "12000"}, "b@x.org": {"N": "9500"}}
    assert amounts(fractions) == {"a@x.org": {"N": "12"}, "b@x.org": {"N": "9.5"}}


@pytest.mark.parametrize(
    ("cells", "thousands", "fractions"),
    [
        (('"1,234"', '"2,500"'), ("1234", "2500"), ("1.234", "2.5")),
        (("12 500", "1 250"), ("12500", "1250"), None),
        (("1'250", "12'500"), ("1250", "12500"), None),
    ],
)
def test_other_marks_are_read_as_it_is_said_or_refused(
    main_job: MainJob,
    tmp_path: Path,
    cells: tuple[str, str],
    thousands: tuple[str, str],
    fractions: tuple[str, str] | None,
) -> None:
    file = write_list(tmp_path, f"email,amt\na@x.org,{cells[0]}\nb@x.org,{cells[1]}\n")
    outcome = main_job.import_list(file, BY_EMAIL, "--type", "amt=N:thousands")
    assert amounts(outcome) == {"a@x.org": {"N": thousands[0]}, "b@x.org": {"N": thousands[1]}}
    other = main_job.import_list(file, BY_EMAIL, "--type", "amt=N:fractions")
    if fractions is None:
        assert other.code == 2
        assert_told(other, "no decimal mark")
    else:
        assert amounts(other) == {"a@x.org": {"N": fractions[0]}, "b@x.org": {"N": fractions[1]}}
    plain = main_job.import_list(file, BY_EMAIL, "--type", "amt=N")
    assert (plain.code, amounts(plain)) == (3, {}), "no number as it stands, so nothing of it is written"


def test_number_keys_and_saved_lists_ask_alike(main_job: MainJob, tmp_path: Path) -> None:
    by_number = TableSpec({"id": "N"})
    file = write_list(tmp_path, "id,v\n1.234,x\n2.500,y\n5,z\n")
    outcome = main_job.import_list(file, by_number)
    assert (outcome.code, outcome.items) == (2, ()), outcome.told
    said = main_job.import_list(file, by_number, "--type", "id=N:thousands")
    assert {item["id"]["N"] for item in said.items} == {"1234", "2500", "5"}

    first = main_job.import_list(write_list(tmp_path, "email,amt\na@x.org,1.5\nb@x.org,22\n", "first.csv"), BY_EMAIL)
    assert first.summary is not None
    assert main_job.command("saved", "save", first.summary["run_id"], "asks alike")[0] == 0
    assert_held(main_job.import_list(write_list(tmp_path, TWO_ROWS, "next.csv"), BY_EMAIL, "--saved", "asks alike"))


def test_a_column_that_proves_thousands_is_held_back_where_it_is_unsure(main_job: MainJob, tmp_path: Path) -> None:
    file = write_list(tmp_path, "email,amt\na@x.org,12.000\nb@x.org,9.500\nc@x.org,1.250.000\nd@x.org,800\n")
    for spec in (LIVE, INDEXED):
        outcome = main_job.import_list(file, spec)
        assert outcome.code == 3, outcome.told
        assert amounts(outcome) == {"d@x.org": {"N": "800"}}
        assert_told(outcome, "other cells show that the point is for thousands", "thousands with point")
        said = main_job.import_list(file, spec, "--type", "amt=N:thousands")
        assert said.code == 0, said.told
        assert amounts(said) == {
            "a@x.org": {"N": "12000"}, "b@x.org": {"N": "9500"}, "c@x.org": {"N": "1250000"}, "d@x.org": {"N": "800"},
        }  # fmt: skip
    comma = main_job.import_list(write_list(tmp_path, 'email,amt\na@x.org,12.000\nb@x.org,"9,5"\nc@x.org,3\n'), LIVE)
    assert (comma.code, amounts(comma)) == (3, {"c@x.org": {"N": "3"}}), comma.told


def test_what_does_not_fit_the_reading_that_was_said_is_held_back(main_job: MainJob, tmp_path: Path) -> None:
    file = write_list(tmp_path, "email,amt\na@x.org,12.000\nb@x.org,9.500\nc@x.org,5.5\n")
    outcome = main_job.import_list(file, BY_EMAIL, "--type", "amt=N:thousands")
    assert outcome.code == 3, outcome.told
    assert amounts(outcome) == {"a@x.org": {"N": "12000"}, "b@x.org": {"N": "9500"}}


def test_sets_of_numbers_ask_and_prove_alike(main_job: MainJob, tmp_path: Path) -> None:
    file = write_list(tmp_path, "email,sizes\na@x.org,12.000;7\nb@x.org,9.500;3\n")
    assert_held(main_job.import_list(file, LIVE), "sizes")
    assert_held(main_job.import_list(file, BY_EMAIL, "--type", "sizes=NS"), "sizes")
    accepted = main_job.import_list(file, LIVE, "--yes")
    assert sorted(amounts(accepted, "sizes")["a@x.org"]["NS"]) == ["12", "7"]
    proof = main_job.import_list(
        write_list(tmp_path, "email,sizes\na@x.org,12.000;7\nb@x.org,1.250.000;3\nc@x.org,4\n"), LIVE
    )
    assert (proof.code, amounts(proof, "sizes")) == (3, {"c@x.org": {"NS": ["4"]}}), proof.told
    sure = main_job.import_list(
        write_list(tmp_path, "email,sizes\na@x.org,12.125;7\nb@x.org,1.5;3\nc@x.org,2.5\n"), LIVE
    )
    assert (sure.code, len(sure.items)) == (0, 4), sure.told


def test_entries_of_maps_take_the_types_of_the_table(main_job: MainJob, tmp_path: Path) -> None:
    held = {
        "email": {"S": "old@x.org"},
        "p": {"M": {"amt": {"N": "7"}, "code": {"S": "1"}, "Deep": {"M": {"n": {"N": "1"}}}}},
    }
    spec = TableSpec({"email": "S"}, items=[held])
    text = "email,p.amt,p.code,p.deep.n\na@x.org,12x,5,1\nb@x.org,9,600,2\nc@x.org,4,7,x\n"
    outcome = main_job.import_list(write_list(tmp_path, text), spec, "--nest-dots")
    assert outcome.code == 3, outcome.told
    written = {"amt": {"N": "9"}, "code": {"S": "600"}, "Deep": {"M": {"n": {"N": "2"}}}}
    assert_items(outcome, [held, {"email": {"S": "b@x.org"}, "p": {"M": written}}])
    unsure = main_job.import_list(
        write_list(tmp_path, "email,p.amt\na@x.org,12.000\nb@x.org,9.500\n"), spec, "--nest-dots"
    )
    assert (unsure.code, unsure.items) == (2, (held,)), unsure.told


def test_a_map_where_the_table_has_text_is_told(main_job: MainJob, tmp_path: Path) -> None:
    spec = TableSpec({"email": "S"}, items=[{"email": {"S": "old@x.org"}, "address": {"S": "Rome"}}])
    outcome = main_job.import_list(write_list(tmp_path, "email,address.city\na@x.org,Rome\n"), spec, "--nest-dots")
    assert_told(outcome, 'The table has "address" as text')


def test_entries_of_maps_that_an_overwrite_takes_away_are_told(main_job: MainJob, tmp_path: Path) -> None:
    address = {"M": {"city": {"S": "x"}, "zip": {"S": "1"}}}
    spec = TableSpec({"email": "S"}, items=[{"email": {"S": "a@x.org"}, "address": address, "note": {"S": "n"}}])
    file = write_list(tmp_path, "email,address.city\na@x.org,Rome\n")
    outcome = main_job.import_list(file, spec, "--nest-dots")
    assert_told(outcome, r"address\.zip \(in 1\)", r"note \(in 1\)")
    control = main_job.import_list(file, spec, "--nest-dots", "--mode", "insert")
    assert "address.zip" not in control.told


def test_numbers_that_a_program_wrote_are_never_unsure(main_job: MainJob, tmp_path: Path) -> None:
    file = write_list(tmp_path, '{"email":"a@x.org","amt":1.234}\n{"email":"b@x.org","amt":2.5}\n', "list.jsonl")
    outcome = main_job.import_list(file, LIVE)
    assert outcome.code == 0, outcome.told
    assert amounts(outcome) == {"a@x.org": {"N": "1.234"}, "b@x.org": {"N": "2.5"}}


def test_a_column_with_several_marks_is_not_advised_what_would_be_refused(main_job: MainJob, tmp_path: Path) -> None:
    outcome = main_job.import_list(write_list(tmp_path, 'email,amt\na@x.org,"1,234"\nb@x.org,1.234\n'), LIVE)
    assert (outcome.code, amounts(outcome)) == (2, {})
    assert_told(outcome, "Several marks stand there, so read them with steps")
    assert "N:thousands" not in outcome.told


def test_what_was_said_is_saved_with_the_list_and_never_read_otherwise(main_job: MainJob, tmp_path: Path) -> None:
    for way, value in (("thousands", "3500"), ("fractions", "3.5")):
        first = main_job.import_list(write_list(tmp_path, TWO_ROWS), BY_EMAIL, "--type", f"amt=N:{way}")
        assert main_job.command("saved", "save", str((first.summary or {})["run_id"]), f"said {way}")[0] == 0
        file = write_list(tmp_path, "email,amt\nc@x.org,3.500\nd@x.org,2.250\n", "next.csv")
        outcome = main_job.import_list(file, BY_EMAIL, "--saved", f"said {way}")
        if way == "thousands":  # a step that changes cells which keep every rule is always shown first
            assert (outcome.code, amounts(outcome)) == (2, {})
            assert_told(outcome, "changes 2 cells of amt that keep every rule")
            outcome = main_job.import_list(file, BY_EMAIL, "--saved", f"said {way}", "--yes")
        assert outcome.code == 0, outcome.told
        assert amounts(outcome)["c@x.org"] == {"N": value}
