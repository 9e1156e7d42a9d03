from __future__ import annotations

import pytest

from importer.clean import Condition, Replace
from importer.clean.patterns import pattern_size
from importer.errors import ConfigError


def test_replace_takes_its_text_literally(frame_of):
    frame = frame_of(phone=["(1) 2", "(1)(1)", "", "1"])
    assert Replace("phone", "(1)", "+").apply(frame)["phone"].tolist() == ["+ 2", "++", "", "1"]


def test_replace_takes_a_backslash_in_plain_text_literally(frame_of):
    assert Replace("a", "x", r"\1").apply(frame_of(a=["axb"]))["a"].tolist() == [r"a\1b"]


def test_replace_with_a_pattern_can_use_its_groups(frame_of):
    operation = Replace("name", r"^(\w+), (\w+)$", r"\2 \1", is_pattern=True)
    assert operation.apply(frame_of(name=["Li, Ann", "Bob"]))["name"].tolist() == ["Ann Li", "Bob"]


@pytest.mark.parametrize("pattern", ["(", "[a", "a(?=b)", r"(a)\1", "+*", "a{2,1}"])
def test_a_bad_pattern_is_refused_when_it_is_made_and_not_quoted(pattern):
    with pytest.raises(ConfigError, match='Field "find" is not a valid pattern: ') as caught:
        Replace("name", "secret" + pattern, "", is_pattern=True)
    assert "secret" not in str(caught.value)


def test_the_same_signs_are_fine_as_plain_text(frame_of):
    assert Replace("name", "(", "").apply(frame_of(name=["(a"]))["name"].tolist() == ["a"]


@pytest.mark.parametrize("replacement", [r"\2", r"\x", "\\"])
def test_a_replacement_that_does_not_fit_its_pattern_is_refused(replacement):
    with pytest.raises(ConfigError, match='Field "replacement" does not fit the pattern'):
        Replace("name", "(a)", replacement, is_pattern=True)


def test_a_pattern_that_would_hang_a_backtracking_engine_ends(frame_of):
    operation = Replace("a", "^(a+)+$", "", is_pattern=True)
    assert operation.apply(frame_of(a=["a" * 5_000 + "!"]))["a"].tolist() == ["a" * 5_000 + "!"]


def test_replace_refuses_to_look_for_nothing():
    with pytest.raises(ConfigError, match='Field "find" is empty'):
        Replace("name", "", "x")


def test_replace_titles_are_plain_words():
    assert Replace("phone", "-", "").title() == 'Remove "-" from phone'
    assert Replace("phone", "-", " ").title() == 'Replace "-" with " " in phone'
    assert Replace("phone", "[-]", " ", True).title() == 'Replace pattern "[-]" with " " in phone'


@pytest.mark.parametrize("pattern", ["a" * 2001, "(?:.?.?){1000}q"])
def test_a_pattern_of_a_recipe_that_is_too_big_is_refused_wherever_it_stands(pattern):
    with pytest.raises(ConfigError, match=r'Field "find" .*more than 2,000'):
        Replace("name", pattern, "", is_pattern=True)
    with pytest.raises(ConfigError, match=r'Field "text" .*more than 2,000'):
        Condition("name", "matches", pattern)
    assert Condition("name", "contains", pattern).text == pattern


@pytest.mark.parametrize(
    ("pattern", "size"),
    [
        ("a{10}", 10),
        ("(ab){10}", 20),
        ("((ab){3}c){2}", 14),
        ("a?", 2),
        ("a{2,}", 3),
        (r"\d{3}-\d{2}", 6),
        (r"\{3}", 3),
        ("[]a]{3}", 3),
        (r"[[:alpha:]\]]{4}", 4),
        (r"[\p{L} '-]{1,60}", 366),
        ("(?P<y>[0-9]{4})", 4),
    ],
)
def test_the_size_of_a_pattern_counts_what_its_repeats_come_to(pattern, size):
    assert pattern_size(pattern) == size
