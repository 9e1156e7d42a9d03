"""Cells that open a quote and never close it are asked about: they would be imported with it."""

from __future__ import annotations

from importer.intake.layout_doubts import opened_quote_doubts

COLUMNS = ["email", "name"]


def told(*names: str) -> list[tuple[str, int]]:
    rows = [["p@example.com", name] for name in names]
    return [(doubt.code, doubt.count) for doubt in opened_quote_doubts(COLUMNS, rows)]


def test_a_column_of_cells_that_open_a_quote_is_asked_about() -> None:
    assert told('"Ann', '"Bob', '"Eve') == [("opened_quotes", 3)]
    assert told(*["Ann"] * 20, '"Bob', '"Eve', '"Joe') == [("opened_quotes", 3)]


def test_control_closed_quotes_sizes_and_few_of_many_are_not() -> None:
    assert told('"Ann"', '"Bob" Lee', '"Eve"') == []
    assert told('27"', '15"', "5' 7\"") == []
    assert told('"', '"', '"') == []  # what stands above, once more
    assert told('"Ann', '"Bob') == []
    assert told(*["Ann"] * 100, '"Bob', '"Eve', '"Joe') == []
