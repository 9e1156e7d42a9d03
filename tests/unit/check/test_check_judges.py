"""Every way in which a cell is judged gives the same cases: every rule, every cell that may trap one of them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pandera.pandas as pa
import pytest
from check_memory_stage import MemoryStage
from pyarrow import parquet

from importer.check import (
    Allowed,
    ColumnSpec,
    CountryCode,
    Date,
    Email,
    Length,
    Pattern,
    Phone,
    Range,
    Required,
    Rule,
    Schema,
    check_stage,
)
from importer.check.by_pandera import RulePass, check_of
from importer.check.cell_judge import cells_fail
from importer.clean import Recipe, Trim
from importer.table import KeyPart, TableKey

# fmt: off
TRAPS = (
    "", " ", "  x", "x ", "\t", "\n", "\r\n", "\u00a0", "\u200b", "\ufeff", "\u3000", "\u180e", "\u2800", "\0",
    "a\0b", "x", "X", "é", "e\u0301", "ß", "SS", "ss", "ẞ", "İ", "ı", "ς", "Σ", "ﬁ", "中", "👩‍👩‍👧", "𝒂",
    "\U0010ffff", "ab", "abc", "NA", "null", "None", "nan", "NaN", "inf", "-inf", "Infinity", "TRUE",
    "0", "-0", "+0", "00", "007", "0.0", ".5", "5.", "1e2", "1E+2", "1e-2", "1e400", "-1e400", "1e-400",
    "1_000", "1,000", "1.000", "1 000", " 7 ",
    "\u00a07", "١٢", "７", "½", "0x10", "1e", "e1", "--1", "+-1", "1.2.3", "120", "120.0", "121", "-1",
    "-0.0000000000000000001", "120.000000000000000001", "119.99999999999999999999",
    "12345678901234567890123456789012345678", "9" * 60, "ann@example.com", "ann@example.com\n", " ann@example.com",
    "Ann@Example.COM", "o'neil@example.org", "a@b", "ann@mail.test", "ann@localhost", "a@x.ARPA",
    "ann@ex--ample.com", "a@ab--c.com", "a@xn--mller-kva.de", "@b.com", "ännchen@müller.example.de",
    "zoë@example.com", "a@中.com", "a@b。com", "a\u200b@b.com", "a@b.com\u200b", "a@@b.com", '"a b"@c.com',
    "a..b@c.com", ".a@c.com", "a.@c.com", "a@-c.com", "a@c-.com", "a@c.com.", "a@[1.2.3.4]", "a@1.2.3.4",
    "x" * 64 + "@c.com", "x" * 65 + "@c.com", "a@" + "x" * 63 + ".com", "a@" + "x" * 64 + ".com", "a@c.com;b@c.com",
    "a@" + ".".join(["x" * 60] * 4) + ".com", "a@" + ".".join(["x" * 60] * 4) + ".c" + "o" * 7, "a@c.x1", "a@c.1x",
    "+1 202-555-0143", "(202) 555-0143", "0049 30 1234567", "030/1234567", "202.555.0143 ext. 12", "2025550143x1",
    "+49\u00a030 1234567", "+49\u201030\u20131234567", "12345", "1234567890123456", "+999 1234567", "00999 1234567",
    "++1 2025550143", "1+2025550143", "(+49) 30 1234567", "tel 030 1234567", "030 1234567 #", "030 1234567 x1234567",
    "2024-02-29", "2023-02-29", "2024-02-30", "0000-01-01", "0001-01-01", "9999-12-31", "2024-1-1", "2024-13-01",
    "2024-03-31T24:00", "2024-03-31T23:59:60", "2024-03-31 12:00", "2024-03-31T12:00:00.123456789Z", "2024-03-31T12",
    "2024-03-31T12:00+0100", "2024-03-31T12:00+01:00", "31.03.2024", "31.02.2024", "1.3.2024", "31.03.24",
    "31.03.69", "29.02.00", "29.02.1900", "29.02.2000", "31/3/24", "1/13/24", "03/31/24", "٣١.٠٣.٢٠٢٤",
    "31.03.2024 ", "31.03.2024\n", "=1+1", "'007", "<b>x</b>", "a,b", 'a"b', "a;b", "Ã©", "gold", "Gold", "GOLD",
    "straße", "STRASSE", "AB12", "ab12",
)
# fmt: on
"""Cells that one reader or another takes for something else."""

RULES: dict[str, Rule] = {
    "required": Required(),
    "pattern": Pattern(r"[A-Z]{2}\d+"),
    "pattern, alternatives": Pattern(r"x|abc|\p{L}"),
    "pattern, letters of any case": Pattern(r"(?i)stra(ß|ss)e|gold"),
    "pattern, any sign": Pattern(r".{2,3}"),
    "allowed": Allowed(("gold", "", "007", "null", "a\0b", "é", 'a"b')),
    "allowed, whatever the capitals": Allowed(("Gold", "STRASSE", "İ", "σ"), ignore_case=True),
    "range": Range("0", "120"),
    "range, from": Range("-1"),
    "range, to a number of many digits": Range(max="12345678901234567890123456789012345677"),
    "length": Length(2, 3),
    "length, at most": Length(max=1),
    "email": Email(),
    "phone": Phone(),
    "phone of a country": Phone("US"),
    "country_code": CountryCode(),
    "date": Date(),
    "date, bounded": Date(not_before="2000-01-01", not_after="2024-03-31"),
    "date, as DD.MM.YYYY": Date("DD.MM.YYYY"),
    "date, as D/M/YY": Date("D/M/YY"),
    "date, as DD.MM.YY": Date("DD.MM.YY", "1970-01-01"),
}

CELLS = pd.Series(list(TRAPS), index=pd.RangeIndex(2, 2 + len(TRAPS), name="row"), name="cell", dtype="str")


def by_pandera(rule: Rule) -> list[int]:
    """Rows that fail, as the rule's registered check and pandera's own table of failures tell them."""
    schema = pa.DataFrameSchema({"cell": pa.Column(None, check_of(rule), nullable=True)})
    try:
        schema.validate(CELLS.to_frame(), lazy=True)
    except pa.errors.SchemaErrors as problems:
        return sorted(map(int, problems.failure_cases["index"]))
    return []


def by_pass(rule: Rule) -> list[int]:
    failures = RulePass({"cell": (rule,)}).failures(CELLS.to_frame())
    return [int(row) for mask in failures.values() for row in CELLS.index[mask]]


def by_list(rule: Rule, folder: Path) -> tuple[list[int], list[int]]:
    """As a check of the whole list has it, slice by slice: the first, and one that takes over what that one kept."""
    stage = MemoryStage(CELLS.to_frame().assign(id=[f"id {row}" for row in CELLS.index], other="x "), 40)
    schema = Schema(
        (ColumnSpec("cell", "cell", rules=(rule,)), ColumnSpec("id", "id"), ColumnSpec("other", "other")), ("id",)
    )
    found = []
    for name, recipe in (("first", Recipe()), ("next", Recipe((Trim(("other",)),)))):
        check_stage(stage, recipe, schema, TableKey(KeyPart("id", "S")), folder / name, memory=folder / "kept")
        failures = parquet.read_table(folder / name / "failures.parquet").to_pandas()
        mine = failures[(failures["column"] == "cell") & (failures["code"] == rule.code)]
        found.append(sorted(mine["row"].tolist()))
    return found[0], found[1]


def by_cell(rule: Rule) -> list[int]:
    """As a page asks about edited cells, one at a time."""
    spec = ColumnSpec("cell", "cell", rules=(rule,))
    return [row for row in CELLS.index if cells_fail(CELLS.loc[[row]], rule.code, spec)[0]]


@pytest.mark.parametrize("name", RULES)
def test_every_judge_has_the_same_cases(name: str, tmp_path: Path) -> None:
    rule = RULES[name]
    cases = by_pandera(rule)
    assert 0 < len(cases) < len(TRAPS)
    assert by_pass(rule) == cases
    assert by_list(rule, tmp_path) == (cases, cases)
    assert by_cell(rule) == cases


def test_control_a_rule_that_judges_a_cell_by_its_neighbours_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        Length, "_passes_filled", lambda rule, cells: cells.str.len().to_numpy() > cells.str.len().min()
    )
    assert by_cell(Length(2)) != by_pandera(Length(2))


SAID_OTHERWISE: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "allowed, whatever the capitals": ((), ("İ", "ς", "straße")),
    "range": (("120.000000000000000001",), ()),
    "range, to a number of many digits": (("12345678901234567890123456789012345678",), ()),
    "email": (
        ("ann@ex--ample.com", "a@ab--c.com"),
        ("ännchen@müller.example.de", "zoë@example.com", "a@中.com", "a@b。com", "a@c.1x"),
    ),
}
"""Where SQL cannot say a rule → cells that it lets pass, cells that it refuses. It cannot say at all which phone
numbers a country has."""


@pytest.mark.filterwarnings("ignore:The 'future.infer_string' option")  # Ibis 12 sets it; pandas 4 has it no more
@pytest.mark.parametrize("name", [name for name in RULES if name != "phone of a country"])
def test_over_duckdb_pandera_has_the_same_cases_but_where_sql_cannot_say_the_rule(name: str) -> None:
    from ibis_rules import failing_places, ibis_schema, text_table

    rule = RULES[name]
    cases, places = set(by_pandera(rule)), failing_places(ibis_schema({"cell": (rule,)}), text_table([*TRAPS]))
    over_duckdb = {place + 2 for of_code in places.values() for place in of_code}
    passes, refuses = (
        tuple(TRAPS[row - 2] for row in sorted(rows)) for rows in (cases - over_duckdb, over_duckdb - cases)
    )
    assert (passes, refuses) == SAID_OTHERWISE.get(name, ((), ()))
