from __future__ import annotations

import pandas as pd
import pandera.pandas as pa
import pytest

from importer.check import (
    Allowed,
    BlankMeans,
    ColumnSpec,
    DynamoType,
    Email,
    Length,
    Pattern,
    Phone,
    Range,
    Required,
    Schema,
    Unique,
    Winner,
    dump_schema,
    from_pandera_yaml,
    load_schema,
    to_pandera_yaml,
)
from importer.errors import ConfigError

FULL = Schema(
    (
        ColumnSpec("E-Mail", "email", rules=(Required(), Email())),
        ColumnSpec("no", "no", DynamoType.N, BlankMeans.NULL, (Range("0", "120.50"),)),
        ColumnSpec("Zip: code", "zip", rules=(Pattern("[0-9]{5}", "five digits"), Unique(), Length(2, 40))),
        ColumnSpec("tags", "tags", DynamoType.SS, separator="|", rules=(Allowed(("yes", "no", "007"), True),)),
        ColumnSpec("Téléphone", "phone", rules=(Phone("US"),)),
        ColumnSpec("left out", None, DynamoType.N, rules=(Length(max=3),)),
        ColumnSpec("j", "j", DynamoType.M, BlankMeans.EMPTY),
    ),
    ("email", "no"),
    Winner.FIRST,
)


def test_a_schema_survives_yaml() -> None:
    assert load_schema(dump_schema(FULL)) == FULL
    assert load_schema(dump_schema(FULL)).fingerprint() == FULL.fingerprint()


def test_the_fingerprint_is_of_the_content_not_the_layout() -> None:
    short = "{version: 1, key: [a], columns: [{column: A, attribute: a}]}"
    long = "# mine\nversion: 1\nkey:\n- a\nwinner: last\ncolumns:\n- column: A\n  attribute: 'a'\n  type: S\n"
    other = "{version: 1, key: [a], winner: first, columns: [{column: A, attribute: a}]}"
    assert load_schema(short).fingerprint() == load_schema(long).fingerprint()
    assert load_schema(short).fingerprint() != load_schema(other).fingerprint()


def test_words_that_yaml_would_change_stay_what_they_look_like() -> None:
    text = """
version: 1
key: [no]
columns:
  - column: no
    attribute: no
    rules:
      - allowed: {values: [yes, no, on, 007, 1.10, 2024-01-02, null]}
"""
    with pytest.raises(
        ConfigError, match=r"Schema line 8: columns\[0\].rules\[0\].allowed.values\[6\] must be one text"
    ):
        load_schema(text)
    schema = load_schema(text.replace(", null", ""))
    assert schema.columns[0].rules == (Allowed(("yes", "no", "on", "007", "1.10", "2024-01-02")),)
    assert schema.key == ("no",)


HEAD = "version: 1\nkey: [a]\ncolumns:\n  - column: A\n    attribute: a\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "The schema is empty."),
        ("a: [", "Schema line 1: this is not YAML"),
        ("just text", "Schema line 1: the schema must be fields with values"),
        ("version: 2\n", "Schema line 1: version must be 1."),
        ("version: 1\n", 'field "columns" is missing'),
        (HEAD + "    typ: S\n", "Schema line 6: columns[0].typ is not a field. Known here: column, attribute, type"),
        (HEAD + "    type: s\n", 'Schema line 6: columns[0].type is "s". Choose one of: S, N, BOOL'),
        (HEAD + "    type: S\n    type: N\n", "Schema line 7: columns[0].type is there twice"),
        (HEAD + "    rules: email\n", "Schema line 6: columns[0].rules must be a list"),
        (HEAD + "    rules:\n      - shiny\n", 'Schema line 7: columns[0].rules[0]: There is no rule "shiny"'),
        (
            HEAD + "    rules:\n      - length: {mim: 3}\n",
            'no field "mim". Known: min, max, message.',
        ),
        (HEAD + "    rules: [email, email]\n", 'column "A": rule "email" is there twice'),
        (HEAD + "    type: BOOL\n", 'column "A": type BOOL cannot be a key'),
        (HEAD + "  - column: A\n    attribute: b\n", 'column "A" is there twice'),
        (HEAD + "  - column: B\n    attribute: a\n", 'two columns become attribute "a"'),
        (HEAD.replace("[a]", "[b]"), 'key: no column becomes attribute "b"'),
        (HEAD.replace("[a]", "[]"), "key: 0 attributes given"),
        (HEAD.replace("attribute: a", "attribute: ''"), "attribute must be 1 to 65,535 bytes long"),
        (HEAD.replace("[a]", "&x [*x]"), "anchors (*) are not supported"),
        ("- " * 5_000, "The schema is not YAML text"),
    ],
)
def test_a_wrong_schema_names_line_and_field(text: str, message: str) -> None:
    with pytest.raises(ConfigError) as error:
        load_schema(text)
    assert message in str(error.value)


def test_a_column_that_the_list_does_not_have_is_named() -> None:
    with pytest.raises(ConfigError, match='The schema wants columns "no", "tags"; the list has no such column'):
        FULL.check(("E-Mail", "Zip: code", "Téléphone", "left out", "j"))


def test_pandera_yaml_carries_all_of_our_schema() -> None:
    assert from_pandera_yaml(to_pandera_yaml(FULL)) == FULL


def test_pandera_itself_reads_and_runs_the_export() -> None:
    schema = Schema((ColumnSpec("E-Mail", "email", rules=(Email(),)), ColumnSpec("n", "n", DynamoType.N)), ("email",))
    foreign = pa.DataFrameSchema.from_yaml(to_pandera_yaml(schema))
    foreign.validate(pd.DataFrame({"E-Mail": ["a@example.com"], "n": ["1"]}, dtype="str"))
    with pytest.raises(pa.errors.SchemaErrors) as error:
        foreign.validate(pd.DataFrame({"E-Mail": ["a@example.com", "b"], "n": ["x", "2"]}, dtype="str"), lazy=True)
    cases = error.value.failure_cases[["column", "index"]]
    assert sorted(map(tuple, cases.to_numpy().tolist())) == [("E-Mail", 1), ("n", 0)]


def test_a_foreign_pandera_schema_keeps_what_we_know() -> None:
    foreign = pa.DataFrameSchema(
        {
            "id": pa.Column(int, [pa.Check.in_range(1, 9)], unique=True),
            "a": pa.Column(str, [pa.Check.isin(["x", "y"]), pa.Check.str_length(1, 3)], nullable=True),
            "b": pa.Column(float, [pa.Check.ge(3), pa.Check.le(4)], nullable=True),
            "c": pa.Column(bool, nullable=True),
            "d": pa.Column(str, [pa.Check.str_matches("a+")], nullable=True),
        }
    )
    assert from_pandera_yaml(foreign.to_yaml()) == Schema(
        (
            ColumnSpec("id", "id", DynamoType.N, rules=(Required(), Range("1", "9"), Unique())),
            ColumnSpec("a", "a", rules=(Allowed(("x", "y")), Length(1, 3))),
            ColumnSpec("b", "b", DynamoType.N, rules=(Range("3", "4"),)),
            ColumnSpec("c", "c", DynamoType.BOOL),
            ColumnSpec("d", "d", rules=(Pattern("(?:a+).*"),)),
        ),
        ("id",),
    )


@pytest.mark.parametrize("text", ["", "x", "[1]", "columns: 3", "{", "columns: {a: {importer_key: 1}}"])
def test_what_is_no_pandera_schema_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="pandera schema"):
        from_pandera_yaml(text)


def test_half_a_sign_in_a_schema_is_refused_with_its_line_and_a_whole_one_is_read():
    text = "version: 1\nkey: [email]\ncolumns:\n  - {column: email, attribute: email, rules: [%s]}\n"
    text %= '{allowed: {values: ["%s"]}}'
    assert load_schema(text % "\\U0001F600").columns[0].rules[0].values == ("\U0001f600",)
    with pytest.raises(ConfigError, match="Schema line 4: a text holds half a sign"):
        load_schema(text % "\\ud800")
