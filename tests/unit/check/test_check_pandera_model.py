"""The exported DataFrameModel finds what our check finds, and no name or text of a schema becomes code in it."""

from __future__ import annotations

import ast
import builtins
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importer.check import (
    Allowed,
    BlankMeans,
    ColumnSpec,
    Date,
    DynamoType,
    Email,
    Length,
    Pattern,
    Phone,
    Range,
    Required,
    Rule,
    Schema,
    Unique,
    to_pandera_model,
)
from importer.check.by_pandera_model import _same_in_python

KEY = ColumnSpec("E-Mail", "email", rules=(Required(), Email()))
SAID: tuple[Rule, ...] = (
    Required(message="Say it"),
    Pattern(r"[A-Z]{2}\d+|x", "two capitals and digits"),
    Allowed(("AB1", "x", "", "0012")),
    Allowed(("ab1", "X"), ignore_case=True),
    Range("-1.5", "120"),
    Range(max="120.000000000000000001"),
    Length(2, 4),
    Length(max=3),
    Unique(),
    Date(),
    Date("D/M/YY HH:MM", "1969-01-02"),
    Date("DD.MM.YYYY", not_after="2024-02-28"),
)
CELLS = [
    "AB1", "AB1", "ab1", "x", "X", "", " ", "\u00a0", "\u200b", "0012", "120.000000000000000001",
    "120.000000000000000002", "-1.5", "1e2", " 7 ", "7.", ".5", "٣", "AB٣", "long enough", "É", "a\nb", "AB1\n", "NA",
    "2024-02-29", "2023-02-29", "2024-02-28T23:59:59Z", "1/2/69 9:05", "1/1/69 09:05", "28.02.2024", "29.02.2024",
    "31.04.2024", "2024-02-28 24:00",
]  # fmt: skip


def model_of(schema: Schema) -> Any:
    names: dict[str, Any] = {"__name__": "exported"}
    exec(compile(to_pandera_model(schema), "model.py", "exec", dont_inherit=True), names)
    return names["Contacts"]


def fails(model: Any, frame: pd.DataFrame) -> set[tuple[str, int]]:
    """(column, row) of all failures, of a frame in which blanks are missing values."""
    try:
        model.validate(frame.replace({"": np.nan}), lazy=True)
    except pa.errors.SchemaErrors as error:
        cases = error.failure_cases[["column", "index"]]
        return {(str(column), int(row)) for column, row in cases.to_numpy().tolist()}
    return set()


@pytest.mark.parametrize("rule", SAID, ids=lambda rule: rule.sentence())
def test_every_rule_that_pandera_can_say_fails_the_same_cells(rule: Rule) -> None:
    schema = Schema((KEY, ColumnSpec("Code", "code", rules=(rule,))), ("email",))
    frame = pd.DataFrame({"E-Mail": "a@example.com", "Code": CELLS}, dtype="str")
    ours = {("Code", int(at)) for at in np.flatnonzero(~rule.passes(frame["Code"]))}
    assert ours
    assert fails(model_of(schema), frame) == ours


@settings(max_examples=40)
@given(st.lists(st.text(st.sampled_from("AaBx01.-+e \u00a0"), max_size=5), min_size=1, max_size=12))
def test_any_cells_fail_the_same(cells: list[str]) -> None:
    rules = (Required(), Pattern("[A-Z].*"), Range("0", "10"), Length(1, 3), Unique(), Allowed(("A", "1"), True))
    schema = Schema((KEY, ColumnSpec("Code", "code", rules=rules)), ("email",))
    frame = pd.DataFrame({"E-Mail": "a@example.com", "Code": cells}, dtype="str")
    ours = {("Code", int(at)) for rule in rules for at in np.flatnonzero(~rule.passes(frame["Code"]))}
    assert fails(model_of(schema), frame) == ours


def test_what_pandera_cannot_say_is_a_comment() -> None:
    columns = (
        KEY,
        ColumnSpec("Tel", "phone", rules=(Phone("US", message="With the area code"),)),
        ColumnSpec("Name", None, rules=(Pattern(r"\p{L}+", "letters"),)),
        ColumnSpec("Tags", "tags", DynamoType.SS, BlankMeans.NULL),
    )
    text = to_pandera_model(Schema(columns, ("email",)))
    assert "# Not checked here: 'must be an e-mail address' (it takes the library email-validator)" in text
    assert "# phone: 'With the area code'" in text
    assert "# Not checked here: 'must be letters' (Python reads this pattern otherwise)" in text
    assert "# attribute 'tags', set of texts (SS); a blank: null" in text
    assert "# not imported; a blank: omit" in text
    assert "# The table's key: ['email']; of rows with the same key: last\n" in text


@pytest.mark.parametrize(
    ("pattern", "same"),
    [
        (r"[A-Z]{2}[0-9]{4}", True),
        (r"\d{3}-\d{4}", True),
        (r"(?:a|b)+", True),
        (r"\p{L}+", False),
        (r"[[:alpha:]]+", False),
        (r"a{,3}", False),
        (r"(?i)abc", False),
        (r"(?U)a+", False),
        (r"é+", False),
        (r"[[a]b]", False),
        (r"a\z", False),
    ],
)
def test_a_pattern_is_exported_only_where_python_reads_it_the_same(pattern: str, same: bool) -> None:
    Pattern(pattern)
    assert _same_in_python(pattern) is same


HOSTILE = [
    'x"""\nraise SystemExit("out")\n"""',
    "'); raise SystemExit('out') #",
    "a\nimport os\n",
    "\r\nraise SystemExit\r\n",
    "class", "validate", "Config", "1st", "_hidden", "__init__", "to_schema", "Series", "re", "{spaces}", "\\",
    "\\n'",
    "\u2028raise SystemExit", "\ud800", "é", "名前", "", " ", "__class__", "pa", "pd", "cls", "Contacts",
]  # fmt: skip


def test_hostile_names_and_texts_are_literals_and_nothing_else() -> None:
    columns = [KEY]
    for at, name in enumerate(HOSTILE):
        words = "".join(sign for sign in name if sign.isprintable()).strip() or "m"
        rules = (Required(message=words), Allowed((name or "x",)), Pattern("x", '\'\n"""\nraise SystemExit'))
        columns.append(ColumnSpec(name, f"a{at}", rules=rules))
    schema = Schema(tuple(columns), ("email",))
    text = to_pandera_model(schema)
    assert text.isascii()
    assert {type(node) for node in ast.parse(text).body} == {
        ast.Expr,
        ast.Import,
        ast.ImportFrom,
        ast.Assign,
        ast.FunctionDef,
        ast.ClassDef,
    }
    made = model_of(schema).to_schema()
    assert list(made.columns) == ["E-Mail", *HOSTILE]
    assert [name for name in builtins.__dict__ if name == "out"] == []


@settings(max_examples=60)
@given(st.lists(st.text(max_size=12), min_size=1, max_size=5, unique=True))
def test_any_column_names_give_a_model_with_those_columns(names: list[str]) -> None:
    columns = tuple(ColumnSpec(name, f"a{at}", rules=(Unique(),)) for at, name in enumerate(names))
    made = model_of(Schema(columns, ("a0",))).to_schema()
    assert list(made.columns) == names
