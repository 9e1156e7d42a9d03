"""Curly quotes around every cell of a list, around those of a column, and in cells among others."""

from __future__ import annotations

from pathlib import Path

import pytest

from importer.intake import Stage, build_stage, guess_dialect

PAIRS = ("“”", "„“", "„”", "«»", "»«", "‚‘", "‘’", "‹›", "””")

NAMES = ("id", "name", "city")

PEOPLE = [(str(100 + at), f"{name} Lee", "Oslo") for at, name in enumerate(("Ann", "Bob", "Cat", "Dan", "Eve"))]


def read(folder: Path, text: str, encoding: str = "utf-8") -> tuple[Stage, list[tuple[str, ...]]]:
    """The stage as the guess reads it, and its rows; every byte is accounted for."""
    source = folder / "source"
    source.write_bytes(text.encode(encoding))
    report = build_stage(source, guess_dialect(source).dialect, folder / "stage")
    stage = Stage.open(folder / "stage")
    assert report.audit.unaccounted_bytes == 0
    return stage, [row for chunk in stage.chunks() for row in chunk.itertuples(index=False, name=None)]


def told(stage: Stage) -> list[tuple[str, bool]]:
    """Code of what was told of the list as a whole, and whether it is a doubt."""
    return [(warning.code, warning.is_doubt) for warning in stage.report.warnings]


def text_of(rows: list[tuple[str, ...]], pair: str = "“”", sign: str = ",") -> str:
    return "".join(sign.join(f"{pair[0]}{cell}{pair[1]}" for cell in row) + "\n" for row in rows)


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
@pytest.mark.parametrize("sign", [",", ";", "\t"])
@pytest.mark.parametrize("pair", PAIRS)
def test_curly_quotes_around_every_cell_are_quotes(tmp_path: Path, pair: str, sign: str, encoding: str) -> None:
    rows = [*PEOPLE, ("105", f"Fox{sign} Dan", ""), ("106", f"the {pair} boss", "Rome")]
    stage, read_rows = read(tmp_path, text_of([NAMES, *rows], pair, sign), encoding)
    assert (stage.columns, read_rows) == (NAMES, rows)
    assert told(stage) == [("curly_quotes_everywhere", False)]
    assert list(stage.problems()) == []


def test_a_line_end_in_curly_quotes_is_one_of_the_cell(tmp_path: Path) -> None:
    rows = [*PEOPLE, ("105", "Fox\nDan", "Rome"), *PEOPLE]
    assert read(tmp_path, text_of([NAMES, *rows]))[1] == rows


def test_a_curly_quote_that_never_closes_costs_its_own_cell(tmp_path: Path) -> None:
    people = text_of(PEOPLE)
    _, rows = read(tmp_path, text_of([NAMES]) + people * 5 + "“105”,“Fox,“Rome”\n" + people)
    assert rows == [*PEOPLE * 5, ("105", "“Fox", "Rome"), *PEOPLE]


def test_cells_typed_in_later_without_quotes_stand_beside_those_in_quotes(tmp_path: Path) -> None:
    _, rows = read(tmp_path, text_of([NAMES, *PEOPLE * 8]) + '200,“Fox”,"Rome, Italy"\n')
    assert rows == [*PEOPLE * 8, ("200", "Fox", "Rome, Italy")]


def test_only_the_words_stand_in_curly_quotes(tmp_path: Path) -> None:
    text = "id,name,city\n" + "".join(f"{id_},“{name}”,“{city}”\n" for id_, name, city in PEOPLE)
    stage, rows = read(tmp_path, text)
    assert rows == PEOPLE
    assert told(stage) == [("curly_quotes_everywhere", False)]


@pytest.mark.parametrize(("name", "is_doubt"), [("name", True), ("“name”", False)])
def test_one_column_in_curly_quotes_is_a_doubt_unless_its_name_is_too(
    tmp_path: Path, name: str, is_doubt: bool
) -> None:
    text = f"id,{name},city\n" + "".join(f"{id_},“{person}”,{city}\n" for id_, person, city in PEOPLE)
    stage, rows = read(tmp_path, text)
    assert (stage.columns, rows) == (NAMES, PEOPLE)
    assert told(stage) == [("curly_quotes_everywhere", is_doubt)]


def test_no_quote_is_offered_beside_curly_ones(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_text("id,book\n" + "".join(f"{at},“Book {at}”\n" for at in range(5)), encoding="utf-8")
    assert [choice.value for choice in guess_dialect(source).quotes] == ['"', ""]


def test_a_header_alone_in_curly_quotes_names_the_columns_without_them(tmp_path: Path) -> None:
    stage, rows = read(tmp_path, text_of([NAMES]) + "".join(",".join(row) + "\n" for row in PEOPLE))
    assert (stage.columns, rows) == (NAMES, PEOPLE)
    assert [found.code for found in stage.problems()] == ["mended_header"]


def test_titles_and_quotations_in_some_cells_are_text(tmp_path: Path) -> None:
    """The control."""
    rows = [*PEOPLE, ("105", "“Foxy” Dan", "Oslo"), ("106", "“Foxy”", "Rome"), ("107", "Dan «Fox»", "«Roma»")]
    stage, read_rows = read(tmp_path, "".join(",".join(row) + "\n" for row in [NAMES, *rows]))
    assert (read_rows, told(stage)) == (rows, [])


def test_a_title_in_a_column_beside_one_in_curly_quotes_stays(tmp_path: Path) -> None:
    text = "id,“name”,city\n" + "".join(f"{id_},“{name}”,{city}\n" for id_, name, city in PEOPLE) + "105,“Dan”,“Oz”\n"
    assert read(tmp_path, text)[1] == [*PEOPLE, ("105", "Dan", "“Oz”")]


@pytest.mark.parametrize("pair", ["“”", "«»", "‚‘"])
def test_a_cell_among_others_stands_in_curly_quotes_for_its_delimiter(tmp_path: Path, pair: str) -> None:
    text = "id,name,city\n" + "".join(",".join(row) + "\n" for row in PEOPLE)
    _, rows = read(tmp_path, f"{text}105,{pair[0]}Fox, Dan{pair[1]},Rome\n")
    assert rows == [*PEOPLE, ("105", "Fox, Dan", "Rome")]
