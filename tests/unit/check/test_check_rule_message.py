"""A person's own message of a rule: what cards, reject file and command line say; it survives every file."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest
from check_memory_stage import EMAIL, frame_of
from hypothesis import given
from hypothesis import strategies as st

from importer.check import (
    RULES,
    Allowed,
    ColumnSpec,
    Email,
    Length,
    Pattern,
    Phone,
    Range,
    Required,
    Rule,
    Schema,
    Unique,
    dump_schema,
    from_pandera_yaml,
    load_schema,
    make_rule,
    to_pandera_yaml,
)
from importer.errors import ConfigError

WORDS = "Partner code is two letters and four digits"
MADE: dict[str, dict[str, object]] = {
    "required": {},
    "country_code": {},
    "pattern": {"pattern": "[A-Z]{2}[0-9]{4}"},
    "allowed": {"values": ["a"]},
    "range": {"max": "5"},
    "length": {"min": 2},
    "date": {"format": "DD.MM.YYYY", "not_before": "1900-01-01"},
    "unique": {},
    "email": {},
    "phone": {"region": "US"},
}
PRINTABLE = st.text(st.characters(exclude_categories=("C", "Z"), include_characters=" "), min_size=1, max_size=60)


def schema_of(rule: Rule) -> Schema:
    return Schema((EMAIL, ColumnSpec("Code", "code", rules=(rule,))), ("email",))


@pytest.mark.parametrize("name", sorted(RULES))
def test_every_rule_may_carry_a_message_through_both_kinds_of_yaml(name: str) -> None:
    schema = schema_of(make_rule(name, MADE[name] | {"message": WORDS}))
    assert schema.columns[1].rules[0].message == WORDS
    assert load_schema(dump_schema(schema)) == schema
    assert from_pandera_yaml(to_pandera_yaml(schema)) == schema


@given(PRINTABLE.filter(str.strip))
def test_any_line_that_can_be_read_survives(words: str) -> None:
    schema = schema_of(Length(min=2, message=words))
    assert load_schema(dump_schema(schema)) == schema


def test_a_rule_without_a_message_is_written_as_before() -> None:
    assert Required().to_entry() == "required"
    assert Range("0", "9").to_entry() == {"range": {"min": "0", "max": "9"}}
    assert Range("0", "9", message=WORDS).to_entry() == {"range": {"min": "0", "max": "9", "message": WORDS}}


@pytest.mark.parametrize("words", ["two\nlines", "a\x00b", "turned \u202e round", "   ", "x" * 201])
@pytest.mark.parametrize(
    "make", [Required, Email, Unique, lambda **m: Pattern("x", **m), lambda **m: Allowed(("x",), **m), Phone]
)
def test_what_is_no_line_to_read_is_refused(make: Callable[..., Rule], words: str) -> None:
    with pytest.raises(ConfigError, match=r"message (must be one line|is over 200)"):
        make(message=words)


def test_the_message_is_what_the_check_says(check: Callable[..., object]) -> None:
    frame = frame_of(E_Mail=["a@example.com", "b@example.com", "c@example.com"], Code=["AB1234", "x", "y"])
    spec = ColumnSpec("Code", "code", rules=(Pattern("[A-Z]{2}[0-9]{4}", message=WORDS), Length(max=6)))
    checked = check(frame, EMAIL, spec)
    (cause,) = checked.report.causes
    assert (cause.title, cause.rule, cause.count) == ('2 cells of "Code" do not match their pattern', WORDS, 2)
    assert [case.message for case in checked.result.failures()] == [WORDS, WORDS]
    assert {message for part in checked.result.outcomes() for message in part["message"]} == {WORDS}


def test_control_without_one_the_check_says_its_own(check: Callable[..., object]) -> None:
    frame = frame_of(E_Mail=["a@example.com"], Code=["x"])
    checked = check(frame, EMAIL, ColumnSpec("Code", "code", rules=(Pattern("[A-Z]", "a capital letter"),)))
    assert [case.message for case in checked.result.failures()] == ["Code: must be a capital letter."]
    assert checked.report.causes[0].rule == "must be a capital letter"


def test_a_message_changes_no_verdict() -> None:
    cells = pd.Series(["AB1234", "x", ""], dtype="str")
    plain, told = Pattern("[A-Z]{2}[0-9]{4}"), Pattern("[A-Z]{2}[0-9]{4}", message=WORDS)
    assert plain.passes(cells).tolist() == told.passes(cells).tolist() == [True, False, True]
