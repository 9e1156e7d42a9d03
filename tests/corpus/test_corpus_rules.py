"""Each rule of reading can be switched off by its name, one at a time, and is on again afterwards."""

from __future__ import annotations

from pathlib import Path

from corpus.readings import read_whole, read_without_each
from corpus.rules import RULES, find_rule, watched, without

from importer.intake import weigh


def test_every_rule_is_there_under_a_name_of_its_own_and_on_again_afterwards() -> None:
    before = [find_rule(rule.target) for rule in RULES]
    for rule, function in zip(RULES, before, strict=True):
        with without(rule):
            assert find_rule(rule.target) is not function
        assert find_rule(rule.target) is function
    assert len({rule.name for rule in RULES}) == len(RULES)
    assert {f"weigh.{rule.__name__}" for rule in weigh.RULES} <= {rule.name for rule in RULES}


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
