"""What is no record of the table is set apart and listed; ragged records get repairs, never silently."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from importer.errors import ConfigError, RunCancelled
from importer.intake import Repair, Repairs, Stage, build_stage, fetch_s3, guess_dialect, s3_parts, write_clean_csv
from importer.intake.mojibake import fix_text
from importer.intake.repair import suggest_repair
from importer.intake.sections import TableShape

PEOPLE = [f"{at},p{at}@example.com,Person {at},2024-01-{at:02},+1 555 01{at:02}" for at in range(10, 29)]
HEADER = "id,email,name,joined,phone"


def stage_of(tmp_path: Path, lines: list[str], repairs: Repairs | None = None, *, fast: bool = True) -> Stage:
    source = tmp_path / "source"
    source.write_bytes("\r\n".join([*lines, ""]).encode())
    dialect = guess_dialect(source).dialect
    build_stage(source, dialect, tmp_path / "stage", repairs=repairs or Repairs(), fast=fast)
    return Stage.open(tmp_path / "stage")


def told(stage: Stage) -> list[tuple[str, int | None]]:
    return [(problem.code, problem.row) for problem in stage.problems()]


@pytest.mark.parametrize("fast", [True, False])
def test_a_repeated_header_is_set_apart_and_reading_goes_on(tmp_path: Path, fast: bool) -> None:
    stage = stage_of(tmp_path, [HEADER, *PEOPLE[:9], HEADER, *PEOPLE[9:]], fast=fast)
    assert stage.rows == 19
    assert told(stage) == [("repeated_header", 11)]
    assert stage.report.audit.unaccounted_bytes == 0
    assert not stage.blocking_rows()


@pytest.mark.parametrize("fast", [True, False])
@pytest.mark.parametrize("gap", [[], [""]])
def test_a_second_table_is_set_apart_row_by_row(tmp_path: Path, gap: list[str], fast: bool) -> None:
    second = ["product,price", "Boots,12.50", "Hat,3.99", "Vest,7.00"]
    stage = stage_of(tmp_path, [HEADER, *PEOPLE, *gap, *second], fast=fast)
    first = 21 + len(gap)
    assert stage.rows == 19
    assert [pair for pair in told(stage) if pair[0] == "second_table"] == [
        ("second_table", first + at) for at in range(4)
    ]


@pytest.mark.parametrize("fast", [True, False])
def test_a_footer_is_set_apart_but_a_cut_last_record_is_not(tmp_path: Path, fast: bool) -> None:
    stage = stage_of(tmp_path, [HEADER, *PEOPLE, "", "Total: 19 people", "Printed by nobody"], fast=fast)
    assert stage.rows == 19
    assert told(stage) == [("blank_line", 21), ("footer", 22), ("footer", 23)]
    stage = stage_of(tmp_path, [HEADER, *PEOPLE, "29,p29@exam"], fast=fast)
    assert stage.rows == 20
    assert told(stage) == [("row_too_short", 21)]


def test_two_header_rows_are_joined(tmp_path: Path) -> None:
    stage = stage_of(tmp_path, ["Person,,,Since,", "id,email,name,joined,phone", *PEOPLE])
    assert stage.columns in (
        ("Person id", "email", "name", "Since joined", "phone"),
        ("id", "email", "name", "joined", "phone"),
    )
    assert stage.rows == 19


def test_cells_past_the_last_column_are_kept_and_written(tmp_path: Path) -> None:
    stage = stage_of(tmp_path, [HEADER, *PEOPLE, "30,p30@example.com,Person, Thirty,2024-02-01,+1 555 0130"])
    assert stage.surplus() == {21: ("+1 555 0130",)}
    out = io.StringIO(newline="")
    write_clean_csv(stage, out)
    assert out.getvalue().splitlines()[-1] == "30,p30@example.com,Person, Thirty,2024-02-01,+1 555 0130"


RAGGED = [
    ("30,p30@example.com,Person, Thirty,2024-02-01,+1 555 0130", Repair("join", 2), "Person, Thirty"),
    ("30,p30@example.com,,Person Thirty,2024-02-01,+1 555 0130", Repair("drop_empty", 2), "Person Thirty"),
    ("30,p30@example.com,2024-02-01,+1 555 0130", Repair("insert", 2), ""),
    ("30;p30@example.com;Person;2024-02-01;+1 555 0130", Repair("other_delimiter", 0, 1, ";"), "Person"),
]


@pytest.mark.parametrize(("line", "repair", "name"), RAGGED)
def test_a_ragged_record_gets_a_repair_that_is_applied_on_request_only(
    tmp_path: Path, line: str, repair: Repair, name: str
) -> None:
    lines = [HEADER, *PEOPLE, line, "31,p31@example.com,Last,2024-02-02,+1 555 0131"]
    plain = stage_of(tmp_path, lines)
    (problem,) = [found for found in plain.problems() if found.code.startswith("row_too_")]
    assert (Repair.from_text(problem.repair), problem.blocking) == (repair, True)
    for wanted in (Repairs(rows={21: repair}), Repairs(kinds=frozenset({repair.kind}))):
        stage = stage_of(tmp_path, lines, wanted)
        cells = stage.take([21]).iloc[0].tolist()
        assert cells == ["30", "p30@example.com", name, "2024-02-01", "+1 555 0130"]
        assert told(stage) == [("repaired_row", 21)]
        assert dict(stage.raw_records([21])) == {21: line.encode()}
        assert stage.report.repairs == wanted
        assert not stage.blocking_rows()


def test_no_repair_is_suggested_where_two_are_as_good() -> None:
    shape = TableShape(3, (), ((0, "number"),))
    assert suggest_repair(["1", "a", "b", "c"], shape, ",") is None
    assert suggest_repair(["1", "a"], shape, ",") is None


def test_repairs_survive_json() -> None:
    repairs = Repairs({3: Repair("join", 1, 2), 4: Repair("other_delimiter", 0, 1, "|")}, frozenset({"insert"}))
    assert Repairs.from_dict(repairs.to_dict()) == repairs


def test_wrongly_decoded_letters_are_listed_and_mended_on_request_only(tmp_path: Path) -> None:
    lines = [
        HEADER,
        *PEOPLE,
        "30,p30@example.com,JosÃ© MuÃ±oz,2024-02-01,+1 555 0130",
        "31,p31@example.com,Ã,2024-02-01,1",
    ]
    stage = stage_of(tmp_path, lines)
    assert told(stage) == [("mojibake", 21)]
    assert stage.take([21])["name"].tolist() == ["JosÃ© MuÃ±oz"]
    mended = stage_of(tmp_path, lines, Repairs(kinds=frozenset({"mojibake"})))
    assert mended.take([21, 22])["name"].tolist() == ["José Muñoz", "Ã"]
    assert told(mended) == [("repaired_row", 21)]


@pytest.mark.parametrize("text", ["São Paulo", "Ångström", "ÃO", "naïve café", "“quoted”", "＋１", "e\u0301", "’"])
def test_text_that_is_right_is_not_mended(text: str) -> None:
    assert fix_text(text) == text


class Bucket:
    """The one call of an S3 client."""

    def __init__(self, content: bytes, told: int | None = None) -> None:
        self.content, self.told = content, len(content) if told is None else told

    def get_object(self, **asked: str) -> dict[str, Any]:
        from botocore.exceptions import ClientError

        if asked != {"Bucket": "lists", "Key": "a/people.csv"}:
            raise ClientError({"Error": {"Code": "NoSuchKey"}}, "GetObject")
        outer = self

        class Body:
            def iter_chunks(self, size: int) -> list[bytes]:
                return [outer.content[at : at + 5] for at in range(0, len(outer.content), 5)]

        return {"ContentLength": self.told, "Body": Body()}


def test_a_list_is_streamed_from_s3(tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []
    address = "s3://lists/a/people.csv"
    found = fetch_s3(
        address, tmp_path / "source", client=Bucket(b"email\nx\n"), on_progress=lambda *step: steps.append(step)
    )
    assert found.read_bytes() == b"email\nx\n"
    assert steps == [(5, 8), (8, 8)]
    assert s3_parts(str(Path(address))) == s3_parts(address) == ("lists", "a/people.csv")
    assert s3_parts("people.csv") is None


def test_what_cannot_be_fetched_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such object"):
        fetch_s3("s3://lists/gone", tmp_path / "source", client=Bucket(b"x"))
    with pytest.raises(ConfigError, match="sent 1 of 9 bytes"):
        fetch_s3("s3://lists/a/people.csv", tmp_path / "source", client=Bucket(b"x", 9))
    with pytest.raises(RunCancelled):
        fetch_s3("s3://lists/a/people.csv", tmp_path / "source", client=Bucket(b"x"), cancelled=lambda: True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("count", [99, 100, 3000])
def test_many_headers_below_each_other_are_one_problem_with_all_rows_and_bytes(tmp_path: Path, count: int) -> None:
    """Fewer than 100 are told row by row: the control."""
    stage = stage_of(tmp_path, [HEADER, *PEOPLE, *[HEADER] * count, PEOPLE[0]])
    assert stage.report.problem_counts == {"repeated_header": count}
    assert (stage.rows, stage.report.audit.set_aside, stage.report.audit.unaccounted_bytes) == (20, count + 1, 0)
    found = stage.problems()
    if count == 99:
        assert [(one.row, one.rows) for one in found] == [(row, 1) for row in range(21, 120)]
        return
    assert [(one.row, one.rows, one.byte_end - one.byte_start) for one in found] == [(21, count, count * 28)]
    assert found[0].message == (
        f"Row 21 is the header again; set aside. The same goes for the {count - 1:,} rows below it."
    )


STREETS = ["Name,City,Street", "Ann Lee,Leeds,Ring 1", "Bob Ray,London,Ring 2", "Cat May,York,Ring 3", ""]
WITH_MAIL = ["Name,Email,City", "Ann,a@x.org,Leeds", "Bob,b@x.org,London", "Cat,c@x.org,York", ""]


@pytest.mark.parametrize(
    ("above", "names", "below"),
    [
        (STREETS, "Supplier,Town,Road", ["Eve Moor,Bath,Weg 1", "Fay Hill,Ely,Weg 2"]),
        (STREETS, "Vendor,Town,Where", ["Eve Moor,Bath,Weg 1"]),
        (WITH_MAIL, "Vendor,Mail,Where", ["Eve,e@x.org,Bath", "Fay,f@x.org,Ely"]),
        (
            ["Name,City,Joined", "Ann,Leeds,2001-02-03", ""],
            "Who,Town,Since",
            ["Eve,Bath,2005-02-03"],
        ),
    ],
)
def test_a_second_table_with_the_same_kinds_of_cells_is_seen_by_its_names(
    above: list[str], names: str, below: list[str], tmp_path: Path
) -> None:
    stage = stage_of(tmp_path, [*above, names, *below])
    row = len(above) + 1
    assert [pair for pair in told(stage) if pair[0] == "second_table"] == [
        ("second_table", row + at) for at in range(1 + len(below))
    ]


@pytest.mark.parametrize(
    ("above", "row"),
    [
        (STREETS, "Dan Lo,Hull,Main Street"),
        (STREETS, "Dan Lo,Town,Ring 4"),
        (STREETS, "Dan Lo,,Street"),
        (WITH_MAIL, "Dan,unknown,Town"),
        (WITH_MAIL, "Dan,dan at x,Hull"),
        (WITH_MAIL[:-1], "Supplier,Mail,Town"),
    ],
)
def test_a_contact_behind_a_blank_line_with_a_word_of_columns_is_no_second_table(
    above: list[str], row: str, tmp_path: Path
) -> None:
    below = (
        ["Eve,e@x.org,Bath", "Fay,f@x.org,Ely"] if above[0] == WITH_MAIL[0] else ["Eve,Bath,Weg 1", "Fay,Ely,Weg 2"]
    )
    stage = stage_of(tmp_path, [*above, row, *below])
    assert stage.rows == 6
    assert "second_table" not in dict(told(stage))
