"""Every kind of trouble with delimiter, quote and encoding is read right, and each rule of the choice is needed."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from corpus.case import Case, run_corpus
from corpus.kinds import KINDS, kinds
from corpus.rules import BY_NAME, without

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
    "weigh.first_sign_alone": "money_above_a_second_table",
    "weigh.names_are_cut_too": "one_column_of_words",
    "weigh.doubled_before_backslash": "backslashes_that_are_text",
    "weigh.quotes_in_place": "lists_in_quotes",
    "weigh.single_quotes_prove_it": "apostrophes_beside_quotes",
    "weigh.tab_never_by_chance": "addresses_behind_a_tab",
    "weigh.lists_in_cells": "lists_in_cells_of_a_semicolon_list",
}

READ_BY = {
    "inner_quotes_as_they_are": "tokenizer.each_in_quotes",
    "curly_quotes_around_cells": "tokenizer.curly_joined",
    "header_with_an_open_quote": "header.mended_header",
    "header_cut_by_another_sign": "header.cut_by_another_sign",
    "signs_of_latin_1_saved_as_utf_8": "encodings.mended_c1",
    "lines_in_quotes": "guess.inside_line_quotes",
}
"""What a kind is read with beside the rules of the choice."""


def test_each_rule_of_the_choice_has_a_kind() -> None:
    assert {f"weigh.{rule.__name__}" for rule in weigh.RULES} == NEEDED_FOR.keys()


@pytest.mark.parametrize("rule", NEEDED_FOR)
def test_without_a_rule_its_kind_is_read_wrongly(rule: str) -> None:
    """The control: what each rule is for."""
    assert score_of(NEEDED_FOR[rule]) >= 9.95
    with without(BY_NAME[rule]):
        assert score_of(NEEDED_FOR[rule]) < 9.8


@pytest.mark.parametrize(("kind", "rule"), READ_BY.items(), ids=READ_BY)
def test_without_what_reads_it_a_kind_is_read_wrongly(kind: str, rule: str) -> None:
    """The control."""
    assert score_of(kind) >= 9.9
    with without(BY_NAME[rule]):
        assert score_of(kind) < 9.95
