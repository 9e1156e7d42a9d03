"""Lists and maps: read in one way, and held against what the table has inside its own, from whatever source."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from main_job.kit import BY_EMAIL, Item, MainJob, TableSpec, assert_told, warned, write_list
from pyarrow import parquet

OLD: Item = {"email": {"S": "old@x.org"}, "p": {"M": {"amt": {"N": "1"}, "code": {"S": "007"}}}}
LIVE = TableSpec({"email": "S"}, items=[OLD])


def cells(*texts: str) -> str:
    """A list of people a, b … with these cells of JSON."""
    quoted = ['"' + text.replace('"', '""') + '"' for text in texts]
    return "email,t\n" + "".join(f"{chr(97 + at)}@x.org,{cell}\n" for at, cell in enumerate(quoted))


def held(items: Any, attribute: str = "t") -> dict[str, Any]:
    """What each person has there, but the one of before."""
    return {item["email"]["S"][0]: item.get(attribute) for item in items if item["email"]["S"] != "old@x.org"}


BROKEN = ['{"a":{"N":"1e200"}}', '{"a":{"SS":[]}}', '{"a":{"B":"!!"}}', '{"a":{"N":"x"}}', '{"a":{"N":5}}']


def test_what_looks_like_dynamodb_json_and_is_none_is_held_back_where_other_cells_are(
    main_job: MainJob, tmp_path: Path
) -> None:
    file = write_list(tmp_path, cells('{"a":{"N":"5"}}', *BROKEN, '{"a":5}', "{}"))
    outcome = main_job.import_list(file, BY_EMAIL, "--type", "t=M")
    assert outcome.code == 3, outcome.told
    assert held(outcome.items) == {"a": {"M": {"a": {"N": "5"}}}, "h": {"M": {}}}
    assert_told(outcome, "5 cells of .*look like DynamoDB JSON.* but are none", "1 cell of .* is plain JSON, and the")


def test_a_list_that_is_half_dynamodb_json_is_held_back_alone(main_job: MainJob, tmp_path: Path) -> None:
    file = write_list(tmp_path, cells('[{"S":"a"},"b"]', '[{"S":"a"}]'))
    outcome = main_job.import_list(file, BY_EMAIL, "--type", "t=L")
    assert (outcome.code, held(outcome.items)) == (3, {"b": {"L": [{"S": "a"}]}}), outcome.told


def test_one_cell_of_dynamodb_json_among_plain_ones_is_held_back(main_job: MainJob, tmp_path: Path) -> None:
    file = write_list(tmp_path, cells('{"a":{"b":1}}', '{"a":"x"}', '{"a":{"N":"5"}}'))
    outcome = main_job.import_list(file, BY_EMAIL, "--type", "t=M")
    assert outcome.code == 3, outcome.told
    assert held(outcome.items) == {"a": {"M": {"a": {"M": {"b": {"N": "1"}}}}}, "b": {"M": {"a": {"S": "x"}}}}


def test_a_column_in_which_nothing_shows_which_way_is_right_is_a_doubt(main_job: MainJob, tmp_path: Path) -> None:
    file = write_list(tmp_path, cells(*BROKEN))
    outcome = main_job.import_list(file, BY_EMAIL, "--type", "t=M")
    assert (outcome.code, outcome.items) == (2, ())
    assert_told(outcome, "doubt: 5 cells of .*look like DynamoDB JSON and are none")
    control = main_job.import_list(write_list(tmp_path, cells('{"a":{"b":1}}', "{}")), BY_EMAIL, "--type", "t=M")
    assert (control.code, warned(control)) == (0, []), control.told


def test_maps_of_json_lines_are_plain_json_whatever_their_names(main_job: MainJob, tmp_path: Path) -> None:
    """The control: here nothing has to be found out."""
    lines = '{"email":"a@x.org","t":{"a":{"b":{"S":5}}}}\n{"email":"b@x.org","t":{"S":"x"}}\n'
    outcome = main_job.import_list(write_list(tmp_path, lines, "l.jsonl"))
    assert (outcome.code, warned(outcome)) == (0, []), outcome.told
    assert held(outcome.items) == {
        "a": {"M": {"a": {"M": {"b": {"M": {"S": {"N": "5"}}}}}}},
        "b": {"M": {"S": {"S": "x"}}},
    }


def _csv(folder: Path) -> tuple[Path, tuple[str, ...]]:
    text = cells('{"amt":"12x"}', '{"amt":"5","code":8}', '{"amt":null}').replace("email,t", "email,p")
    return write_list(folder, text), ()


def _json_lines(folder: Path) -> tuple[Path, tuple[str, ...]]:
    lines = '{"email":"a@x.org","p":{"amt":"12x"}}\n{"email":"b@x.org","p":{"amt":"5","code":8}}\n'
    return write_list(folder, lines + '{"email":"c@x.org","p":{"amt":null}}\n', "l.jsonl"), ()


def _dynamodb_json(folder: Path) -> tuple[Path, tuple[str, ...]]:
    maps = '{"amt":{"S":"12x"}}', '{"amt":{"S":"5"},"code":{"N":"8"}}', '{"amt":{"NULL":true}}'
    items = [
        f'{{"Item":{{"email":{{"S":"{name}@x.org"}},"p":{{"M":{inner}}}}}}}'
        for name, inner in zip("abc", maps, strict=True)
    ]
    return write_list(folder, "\n".join(items), "l.json"), ()


def _parquet(folder: Path) -> tuple[Path, tuple[str, ...]]:
    maps = pa.array([{"amt": "12x"}, {"amt": "5", "code": 8}, {"amt": None}])
    path = folder / "l.parquet"
    parquet.write_table(pa.table({"email": [f"{name}@x.org" for name in "abc"], "p": maps}), path)
    return path, ()


SOURCES = {"csv": _csv, "json lines": _json_lines, "dynamodb json": _dynamodb_json, "parquet": _parquet}


@pytest.mark.parametrize("name", SOURCES)
def test_what_a_map_holds_has_the_types_of_the_tables_maps(name: str, main_job: MainJob, tmp_path: Path) -> None:
    file, options = SOURCES[name](tmp_path)
    outcome = main_job.import_list(file, LIVE, *options)
    assert outcome.code == 3, outcome.told
    maps = held(outcome.items, "p")
    assert maps.keys() == {"b", "c"}
    assert maps["b"] == {"M": {"amt": {"N": "5"}, "code": {"S": "8"}}}
    assert maps["c"]["M"]["amt"] == {"NULL": True}
    assert_told(outcome, "p.amt number \\(N\\)", "numbers? that (is|are) written as text")


def test_maps_inside_lists_have_the_tables_types_too(main_job: MainJob, tmp_path: Path) -> None:
    old = OLD | {"p": {"L": [{"M": {"amt": {"N": "1"}}}, {"S": "x"}]}}
    lines = '{"email":"a@x.org","p":[{"amt":"12x"}]}\n{"email":"b@x.org","p":[{"amt":"7"},5]}\n'
    outcome = main_job.import_list(write_list(tmp_path, lines, "l.jsonl"), TableSpec({"email": "S"}, items=[old]))
    assert outcome.code == 3, outcome.told
    assert held(outcome.items, "p") == {"b": {"L": [{"M": {"amt": {"N": "7"}}}, {"N": "5"}]}}
    assert_told(outcome, "p\\[\\].amt number \\(N\\)")


def test_thousands_inside_a_map_are_a_doubt(main_job: MainJob, tmp_path: Path) -> None:
    outcome = main_job.import_list(
        write_list(tmp_path, '{"email":"a@x.org","p":{"amt":"12.000"}}\n', "l.jsonl"), LIVE
    )
    assert outcome.code == 2
    assert_told(outcome, 'doubt: "p": 1 cell may have a point for thousands')


WHOLE: Item = {
    "email": {"S": "a@x.org"},
    "p": {"M": {"x": {"N": "0"}, "y": {"S": "2"}, "z": {"M": {"q": {"N": "1"}}}}},
}


@pytest.mark.parametrize(
    ("name", "text"),
    [("l.csv", 'email,p\na@x.org,"{""x"":1,""z"":{}}"\n'), ("l.jsonl", '{"email":"a@x.org","p":{"x":1,"z":{}}}\n')],
)
def test_what_an_overwrite_takes_out_of_a_map_is_told(
    name: str, text: str, main_job: MainJob, tmp_path: Path
) -> None:
    outcome = main_job.import_list(write_list(tmp_path, text, name), TableSpec({"email": "S"}, items=[WHOLE]))
    assert outcome.code == 0, outcome.told
    assert [code for code, *_ in warned(outcome)] == ["would_wipe"]
    assert_told(outcome, "p\\.y \\(in 1\\), p\\.z\\.q \\(in 1\\)\\.")
    control = main_job.import_list(
        write_list(tmp_path, '{"email":"a@x.org","p":{"x":1,"y":"2","z":{"q":4}}}\n', "c.jsonl"),
        TableSpec({"email": "S"}, items=[WHOLE]),
    )
    assert (control.code, warned(control)) == (0, []), control.told


def test_no_map_is_put_where_the_table_has_another_type(main_job: MainJob, tmp_path: Path) -> None:
    spec = TableSpec({"email": "S"}, items=[OLD | {"p": {"S": "text"}}])
    file = write_list(tmp_path, "email,p.a\na@x.org,5\nb@x.org,\n")
    outcome = main_job.import_list(file, spec, "--nest-dots")
    assert (outcome.code, held(outcome.items, "p")) == (3, {"b": None}), outcome.told
    assert_told(outcome, 'the table has "p" as text \\(S\\)', "the list writes map \\(M\\)", "--nest-dots")
    control = main_job.import_list(file, LIVE, "--nest-dots", "--yes")
    assert held(control.items, "p")["a"] == {"M": {"a": {"N": "5"}}}, control.told


def test_columns_beside_a_map_of_the_table_say_how_they_get_into_it(main_job: MainJob, tmp_path: Path) -> None:
    file = write_list(tmp_path, "email,p.amt\na@x.org,5\n")
    outcome = main_job.import_list(file, LIVE)
    assert "beside_a_map" in [code for code, *_ in warned(outcome)]
    assert_told(outcome, 'The table has a map "p".*"p.amt" → p_amt.*--nest-dots')
    control = main_job.import_list(file, LIVE, "--nest-dots")
    assert "beside_a_map" not in [code for code, *_ in warned(control)]


def test_points_that_do_not_stand_before_threes_are_no_thousands(main_job: MainJob, tmp_path: Path) -> None:
    file = write_list(tmp_path, "email,amt\na@x.org,1.25.000\nb@x.org,1.250.000\nc@x.org,12.34.567\n")
    outcome = main_job.import_list(file, BY_EMAIL, "--type", "amt=N:thousands")
    assert (outcome.code, held(outcome.items, "amt")) == (3, {"b": {"N": "1250000"}}), outcome.told
    indian = write_list(tmp_path, 'email,amt\na@x.org,"1,25,000"\nb@x.org,"1,250"\n')
    control = main_job.import_list(indian, BY_EMAIL, "--type", "amt=N:thousands")
    assert held(control.items, "amt") == {"a": {"N": "125000"}, "b": {"N": "1250"}}, control.told
