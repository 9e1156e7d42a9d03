"""Each rule of reading can be switched off by its name, one at a time, and is on again afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest
from corpus.readings import read_whole, read_without_each
from corpus.rules import BY_NAME, RULES, find_rule, watched, without


def test_every_rule_is_there_under_a_name_of_its_own_and_on_again_afterwards() -> None:
    before = [find_rule(rule.target) for rule in RULES]
    for rule, function in zip(RULES, before, strict=True):
        with without(rule):
            assert find_rule(rule.target) is not function
        assert find_rule(rule.target) is function
    assert len({rule.name for rule in RULES}) == len(RULES)


def test_only_rules_that_decide_something_are_watched(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(b"id,name\n1,Ann\n2,Bea\n\nTotal: 2\n")
    with watched() as active:
        whole = read_whole(path)
    assert "sections.footer_length" in active
    assert not active & {"guess.inside_line_quotes", "detect.nul_pattern", "drawn.sign_of"}
    assert whole.rows == (("1", "Ann"), ("2", "Bea"))


def test_a_reading_without_a_rule_is_compared_with_all_that_is_told(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(b"id,name\n1,Ann\n2,Bea\n\nTotal: 2\n")
    whole, others = read_without_each(path)
    assert ("footer", 5, "") in whole.told
    assert others["sections.footer_length"].rows == (("1", "Ann"), ("2", "Bea"), ("Total: 2", ""))
    assert "drawn.sign_of" not in others


NEEDED_FOR = {
    "candidates.named_delimiter": (
        b"sep=,\n1,5;2,5\n3,4;4,4\n",
        ("column_1", "column_2", "column_3"),
        ("1", "5;2", "5"),
    ),
    "candidates.delimiters_in": (b"10:20\n11:30\n12:45\n", ("column_1",), ("10:20",)),
    "tokenizer.has_spaces_at_quotes": (b'id,name\n1, "Ann" \n2,Bea\n3,Cem\n', ("id", "name"), ("1", "Ann")),
    "guess_header.is_wider_title": (b"a,b,c,d\nid,name\nx1,Ann\nx2,30\nx3,Cem\n", ("id", "name"), ("x1", "Ann")),
    "guess_header.import_id_rows": (
        b'Q1,Q2\n"What is your name?","How old?"\n"{""ImportId"":""Q1""}","{""ImportId"":""Q2""}"\nAnn,30\nBea,31\n',
        ("Q1", "Q2"),
        ("Ann", "30"),
    ),
    "guess_header.goes_on": (
        b"size,size,weight\n(cm),(in),(kg)\n10,4,3\n11,5,4\n12,6,5\n",
        ("size (cm)", "size (in)", "weight (kg)"),
        ("10", "4", "3"),
    ),
}
"""Rules that no other test noticed: a list, the names of its columns, its first record."""


@pytest.mark.parametrize("rule", NEEDED_FOR)
def test_a_list_that_needs_a_rule_is_read_right_with_it_alone(rule: str, tmp_path: Path) -> None:
    content, header, first = NEEDED_FOR[rule]
    path = tmp_path / "list.csv"
    path.write_bytes(content)
    whole = read_whole(path)
    assert (whole.header, whole.rows[:1]) == (header, (first,))
    with without(BY_NAME[rule]):
        other = read_whole(path)
    assert (other.header, other.rows[:1]) != (header, (first,))
