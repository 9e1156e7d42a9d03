"""Every kind of trouble with delimiter, quote and encoding is read right, and each rule of the choice is needed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest
from corpus.case import Case, run_corpus
from corpus.kinds import KINDS, kinds

from importer.intake import guess_dialect, rival_delimiter, weigh

SEED = 7


def score_of(kind: str, number: int = 10) -> float:
    """0 to 10, over some lists of one kind."""
    cases = [KINDS[kind](Random(f"{SEED}/{kind}/{at}")) for at in range(number)]
    return run_corpus([Case(kind, case.content, case.header, case.rows) for case in cases]).simple


def test_every_kind_is_read_right() -> None:
    scores = run_corpus(list(kinds(SEED, 2)))
    assert scores.raised == 0
    assert scores.simple >= 9.97, scores.worst[:5]


def test_no_kind_leaves_a_doubt_about_its_delimiter(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    rivals = {}
    for case in kinds(SEED, 1):
        path.write_bytes(case.content)
        rivals[case.name] = rival_delimiter(path, guess_dialect(path).dialect)
    assert {name: rival for name, rival in rivals.items() if rival} == {}


NEEDED_FOR = {
    weigh.first_sign_alone: "money_above_a_second_table",
    weigh.names_are_cut_too: "one_column_of_words",
    weigh.doubled_before_backslash: "backslashes_that_are_text",
    weigh.quotes_in_place: "lists_in_quotes",
    weigh.tab_never_by_chance: "addresses_behind_a_tab",
    weigh.lists_in_cells: "lists_in_cells_of_a_semicolon_list",
}


@pytest.mark.parametrize("rule", weigh.RULES, ids=lambda rule: rule.__name__)
def test_without_a_rule_its_kind_is_read_wrongly(rule: weigh.Rule, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: what each rule is for."""
    assert score_of(NEEDED_FOR[rule]) >= 9.95
    monkeypatch.setattr(weigh, "RULES", tuple(one for one in weigh.RULES if one is not rule))
    assert score_of(NEEDED_FOR[rule]) < 9.8


def _as_it_is(reader: object, cells: Sequence[bytes], codes: Sequence[str]) -> Any:
    return cells, codes


OFF = {
    "inner_quotes_as_they_are": ("tokenizer.Tokenizer._each_in_quotes", lambda *given: None),
    "curly_quotes_around_cells": ("tokenizer.Tokenizer._curly_joined", _as_it_is),
    "header_with_an_open_quote": ("header._mended_header", lambda head, record, *given: (record, "")),
    "header_cut_by_another_sign": ("header._mended_header", lambda head, record, *given: (record, "")),
    "signs_of_latin_1_saved_as_utf_8": ("encodings._mended_c1", lambda text: text),
    "curly_quotes_alone": ("detect._only_signs", lambda lines: False),
    "lines_in_quotes": ("guess._inside_line_quotes", lambda samples, quote: []),
}
"""What a kind is read with beside the rules, and what stands in its place when it is off."""


@pytest.mark.parametrize(("kind", "switch"), OFF.items(), ids=OFF)
def test_without_what_reads_it_a_kind_is_read_wrongly(
    kind: str, switch: tuple[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control."""
    assert score_of(kind) >= 9.9
    monkeypatch.setattr(f"importer.intake.{switch[0]}", switch[1])
    assert score_of(kind) < 9.95
