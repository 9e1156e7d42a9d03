"""JSON and Parquet become plain lists whose cells, together with the columns' types, say every value again."""

from __future__ import annotations

import datetime
import decimal
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from importer.errors import SourceError
from importer.intake import ALL, SourceSpec, Stage, build_stage, bundle_files, find_dialect
from importer.intake.typed_rows import Number, as_typed, dumped


def read(source: Path, member: str = "") -> Stage:
    """The stage of a source, read as it is found to be."""
    stage_dir = source.with_name(f"{source.name}-stage")
    build_stage(source, find_dialect(source, SourceSpec(member=member)), stage_dir)
    return Stage.open(stage_dir, source)


def listed(tmp_path: Path, content: str | bytes, name: str = "source") -> Stage:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read(path)


def rows(stage: Stage) -> list[list[str]]:
    return stage.chunk(0).to_numpy().tolist()


def types(stage: Stage) -> dict[str, str]:
    """Each column's type, with what a blank means where it is not left out, and * where cells have their own type."""
    return {
        one.name: one.type + ("" if one.blank == "omit" else f" {one.blank}") + "*" * one.typed_cells
        for one in stage.report.declared
    }


def test_items_one_a_line_keep_their_types_and_the_number_of_their_line(tmp_path: Path) -> None:
    stage = listed(tmp_path, '{"email":"a","age":34,"fee":1.50}\n\n{"email":"b","vip":true,"tags":["x",{"n":1.0}]}\n')
    assert types(stage) == {"email": "S", "age": "N", "fee": "N", "vip": "BOOL", "tags": "L"}
    assert rows(stage) == [["a", "34", "1.50", "", ""], ["b", "", "", "true", '["x",{"n":1.0}]']]
    assert stage.chunk(0).index.tolist() == [2, 4]
    assert stage.report.audit.unaccounted_bytes == 0


@pytest.mark.parametrize(
    "content",
    [
        '[{"email":"a"},{"email":"b"}]',
        '[\n  {\n    "email": "a"\n  },\n  {"email": "b"}\n]\n',
        '\ufeff{"email":"a"}\r\n{"email":"b"}\r\n',
        '{"email":"a"},\n{"email":"b"},\n',
        '{"email":"a"}{"email":"b"}',
        '{"total":2,"page":{"next":null},"contacts":[{"email":"a"},{"email":"b"}]}',
        '{"Item":{"email":{"S":"a"}}}\n{"Item":{"email":{"S":"b"}}}\n',
        '{"email":{"S":"a"}}\n{"email":{"S":"b"}}\n',
        '{"Items":[{"email":{"S":"a"}},{"email":{"S":"b"}}],"Count":2,"ScannedCount":2,"ConsumedCapacity":null}',
        '{"Items":[{"email":{"S":"a"}}],"Count":1}\n{"Items":[{"email":{"S":"b"}}],"Count":1}\n',
        '{"Contacts":[{"PutRequest":{"Item":{"email":{"S":"a"}}}},{"PutRequest":{"Item":{"email":{"S":"b"}}}}]}',
    ],
)
def test_every_form_that_items_come_in_is_the_same_list(tmp_path: Path, content: str) -> None:
    for name, encoding in (("utf8", "utf-8"), ("utf16", "utf-16")):
        stage = listed(tmp_path, content.removeprefix("\ufeff" * (encoding == "utf-16")).encode(encoding), name)
        assert (stage.columns, rows(stage)) == (("email",), [["a"], ["b"]])


@pytest.mark.parametrize("content", ["[email],[name]\na@x.com,b\n", "{email};{name}\na@x.com;b\n", '"[x]",b\n1,2\n'])
def test_delimited_text_that_begins_like_json_is_none(tmp_path: Path, content: str) -> None:
    assert not listed(tmp_path, content).report.declared


def test_null_empty_and_absent_stay_apart(tmp_path: Path) -> None:
    """The commonest of what a blank cell may mean is one; the others are whole values."""
    stage = listed(tmp_path, '{"e":"1","n":null}\n{"e":"2","n":null}\n{"e":"3","n":""}\n{"e":"4","n":"x"}\n')
    assert types(stage)["n"] == "S null*"
    assert [cells[1] for cells in rows(stage)] == ["", "", '{"S":""}', "x"]
    absent = listed(tmp_path, '{"e":"1","n":null}\n{"e":"2"}\n{"e":"3","n":""}\n', "absent")
    assert types(absent)["n"] == "S*"
    assert [cells[1] for cells in rows(absent)] == ['{"NULL":true}', "", '{"S":""}']


def test_a_text_that_looks_like_a_whole_value_is_not_taken_for_one(tmp_path: Path) -> None:
    stage = listed(tmp_path, json.dumps({"n": '{"N":"5"}'}) + '\n{"n":5}\n{"n":"x"}\n')
    assert types(stage)["n"] == "S*"
    assert [cells[0] for cells in rows(stage)] == ['{"S":"{\\"N\\":\\"5\\"}"}', '{"N":"5"}', "x"]
    alone = listed(tmp_path, json.dumps({"n": '{"N":"5"}'}) + "\n", "alone")
    assert (types(alone)["n"], rows(alone)) == ("S", [['{"N":"5"}']])


def test_dynamodb_json_keeps_sets_binary_and_what_plain_json_cannot_say(tmp_path: Path) -> None:
    item = {
        "s": {"SS": ["a", "b"]},
        "n": {"NS": ["1", "2.50"]},
        "b": {"B": "AAE="},
        "m": {"M": {"zip": {"S": "0150"}, "n": {"N": "7"}, "none": {"NULL": True}}},
        "deep": {"L": [{"SS": ["x"]}]},
    }
    stage = listed(tmp_path, json.dumps({"Item": item}))
    assert types(stage) == {"s": "SS", "n": "NS", "b": "B", "m": "M", "deep": "L*"}
    assert rows(stage) == [
        ['["a","b"]', "[1,2.50]", "AAE=", '{"zip":"0150","n":7,"none":null}', '{"L":[{"SS":["x"]}]}']
    ]


def test_what_is_no_item_is_held_back_with_its_text_and_the_others_are_read(tmp_path: Path) -> None:
    lines = [
        '{"email":"a"}',
        '{"email": broken',
        '{"email":"c","email":"d"}',
        "[1]",
        '{"email":NaN}',
        '{"email":"z"}',
    ]
    stage = listed(tmp_path, "\n".join(lines).encode() + b'\n{"email":"Zo\xeb"}\n{"email":"cut off')
    assert rows(stage)[:6] == [["a"], [lines[1]], [lines[2]], ["[1]"], [lines[4]], ["z"]]
    assert list(stage.blocking_rows()) == [3, 4, 5, 6, 8, 9]
    assert [found.message for found in stage.problems()][:2] == [
        "Row 3 is not whole JSON (line 2 of the file).",
        "Row 4 has an object with the same name twice (line 3 of the file).",
    ]


def test_an_array_that_is_cut_off_is_refused_with_how_far_it_goes(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="cut off after 2 items"):
        listed(tmp_path, '[{"a":1},{"a":2},{"a":')


def test_an_answer_that_goes_on_is_a_doubt(tmp_path: Path) -> None:
    stage = listed(tmp_path, '{"Items":[{"a":{"S":"x"}}],"LastEvaluatedKey":{"a":{"S":"x"}}}')
    assert [(warning.code, warning.is_doubt) for warning in stage.report.warnings] == [("scan_goes_on", True)]


def test_long_arrays_are_streamed_inside_an_answer_too(tmp_path: Path) -> None:
    items = ",".join(f'{{"email":"p{at}@example.com","note":"{"x" * 90}"}}' for at in range(45_000))
    stage = listed(tmp_path, f'{{"total":45000,"contacts":[{items}],"next":"/2"}}')
    assert (stage.rows, stage.report.warnings[0].code) == (45_000, "beside_the_items")


def test_parts_of_an_export_are_one_list_with_all_their_names(tmp_path: Path) -> None:
    (tmp_path / "1.json").write_text('{"Item":{"id":{"S":"1"},"a":{"NULL":true}}}\n{"Item":{"id":{"S":"2"}}}\n')
    (tmp_path / "2.json").write_text('{"Item":{"id":{"S":"3"},"b":{"N":"5"}}}\nbroken\n')
    bundle_files([(name, tmp_path / name) for name in ("1.json", "2.json")], tmp_path / "source")
    stage = read(tmp_path / "source", ALL)
    assert types(stage) == {"id": "S", "a": "S*", "b": "N"}
    assert rows(stage) == [["1", '{"NULL":true}', ""], ["2", "", ""], ["3", "", "5"], ["broken", "", ""]]
    assert [(one.name, one.rows, stage.report.place_of(one.last_row)) for one in stage.report.members] == [
        ("1.json", 2, "1.json, row 3"),
        ("2.json", 2, "2.json, row 3"),
    ]
    assert [found.message for found in stage.problems()] == ["2.json: Row 3 is not whole JSON (line 2 of the file)."]


def test_parquet_keeps_types(tmp_path: Path) -> None:
    utc = datetime.UTC
    table = pa.table(
        {
            "email": ["a", None],
            "age": pa.array([34, None], pa.int64()),
            "share": [0.1, float("nan")],
            "fee": [decimal.Decimal("1.50"), decimal.Decimal("20.00")],
            "vip": [True, None],
            "day": [datetime.date(2024, 3, 1), None],
            "at": pa.array([datetime.datetime(2024, 3, 1, 6, 0, tzinfo=utc), None], pa.timestamp("us", "UTC")),
            "raw": [b"\0\1", None],
            "kind": pa.array(["x", "y"]).dictionary_encode(),
            "tags": [["a", "b"], None],
            "place": [{"city": "Oslo", "zip": "0150"}, None],
            "blob": [{"b": b"\0\1"}, None],
            "note": ["", None],
        }
    )
    parquet.write_table(table, tmp_path / "source")
    stage = read(tmp_path / "source")
    assert types(stage) == {
        **{"email": "S", "age": "N", "share": "N", "fee": "N", "vip": "BOOL", "day": "S", "at": "S", "raw": "B"},
        **{"kind": "S", "tags": "L", "place": "M", "blob": "M*", "note": "S*"},
    }
    first, second = rows(stage)
    assert first == [
        *["a", "34", "0.1", "1.50", "true", "2024-03-01", "2024-03-01T06:00:00+00:00", "AAE=", "x"],
        *['["a","b"]', '{"city":"Oslo","zip":"0150"}', '{"M":{"b":{"B":"AAE="}}}', '{"S":""}'],
    ]
    assert second == ["", "", "", "20.00", "", "", "", "", "y", "", "", "", ""]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@given(json_values)
def test_a_nested_value_reads_back_as_what_it_was(value: object) -> None:
    """Numbers as they were written, in plain JSON and in DynamoDB JSON."""
    parsed = json.loads(json.dumps(value), parse_int=Number)
    assert json.loads(dumped(parsed)) == value
    assert untyped(json.loads(dumped(as_typed(parsed)))) == value


def untyped(value: dict[str, Any]) -> object:
    ((kind, inner),) = value.items()
    if kind == "L":
        return [untyped(one) for one in inner]
    if kind == "M":
        return {name: untyped(one) for name, one in inner.items()}
    return int(inner) if kind == "N" else None if kind == "NULL" else inner
