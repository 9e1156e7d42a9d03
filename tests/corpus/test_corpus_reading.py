"""A sample of the corpus reads as well as all of it must; `make soak` runs all of it."""

from __future__ import annotations

from random import Random

import pytest
from corpus.case import Case, load_by_intake, measures, run_corpus, score
from corpus.messy import messy_lists
from corpus.pollution import polluted
from corpus.shapes import exports
from corpus.tongues import short_lists

SEED = 7


def test_polluted_files_score_at_least_9_98_and_9_99() -> None:
    cases = list(polluted(SEED))
    whole = [case for case in cases if not case.name.startswith("row_")]
    rows = [case for case in cases if case.name.startswith("row_")]
    scores = run_corpus([*whole, *Random(SEED).sample(rows, 40)])
    assert (scores.raised, scores.worst[:5]) == (0, ())
    assert scores.simple >= 9.98
    assert scores.weighted >= 9.99


def test_real_shapes_score_at_least_9_5() -> None:
    scores = run_corpus(list(exports(SEED)))
    assert scores.raised == 0
    assert scores.simple >= 9.5, scores.worst[:5]


def test_messy_contact_lists_are_exactly_right_in_95_of_100() -> None:
    scores = run_corpus(list(messy_lists(SEED, 60)))
    assert scores.raised == 0
    assert scores.exact >= 0.95, scores.worst[:5]


def test_short_lists_of_nineteen_encodings_come_out_equal() -> None:
    cases = list(short_lists(SEED, 6))
    unicode = [case for case in cases if case.name.startswith("utf-")]
    assert len({case.name.split("_")[0] for case in cases}) >= 15
    assert run_corpus(unicode).exact == 1.0
    scores = run_corpus(cases)
    assert scores.exact >= 0.95, scores.worst[:5]


def test_one_cp1252_line_costs_a_utf8_list_nothing() -> None:
    for case in short_lists(SEED, 6):
        if case.name.startswith("utf-8") and ("german" in case.name or "french" in case.name):
            lines = case.content.splitlines(keepends=True)
            odd = next(at for at, line in enumerate(lines) if not line.isascii())
            lines[odd] = lines[odd].decode().encode("cp1252")
            mixed = Case(case.name, b"".join(lines), case.header, case.rows)
            assert run_corpus([mixed]).exact == 1.0


def test_no_record_is_lost_without_being_listed(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Every row of the truth is in the stage, or the audit lists a problem for what took its place."""
    path = tmp_path_factory.mktemp("corpus") / "list.csv"
    for case in messy_lists(SEED + 1, 40):
        path.write_bytes(case.content)
        loaded = load_by_intake(path)
        missing = len(set(case.rows) - set(loaded.rows))
        assert missing <= len(loaded.told), case.name
        assert loaded.unaccounted_bytes == 0


def test_the_score_is_that_of_the_benchmark() -> None:
    case = Case("x", b"", ("a", "b"), (("1", "2"), ("3", "4")))
    assert measures("aab", "abb") == (2 / 3, 2 / 3, 2 / 3)
    assert score(case, None) == 0.0
    assert measures("", "x") == (1.0, 1.0, 1.0)
