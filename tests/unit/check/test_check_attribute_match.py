"""Which column is which attribute of the table, and how sure that is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.check import (
    ColumnSpec,
    DynamoType,
    KnownAttribute,
    Required,
    Schema,
    known_attributes,
    match_attributes,
    take_matches,
    type_conflicts,
)
from importer.check.attribute_match import CONFIDENT, LEAST, likeness
from importer.table import IndexKey, KeyPart, KnownTable, TableKey, TableSample


@pytest.mark.parametrize(
    ("column", "attribute", "confidence", "reason"),
    [
        ("email", "email", 1.0, "same name"),
        ("E-Mail", "e_mail", 0.98, "same words"),
        ("firstName", "first_name", 0.98, "same words"),
        ("FIRST NAME", "FirstName", 0.98, "same words"),
        ("Größe", "groesse", 0.82, "alike"),
        ("Mail", "email", 0.93, "same meaning"),
        ("E-Mail Address", "mail", 0.93, "same meaning"),
        ("Vorname", "given_name", 0.93, "same meaning"),
        ("Prénom", "firstName", 0.93, "same meaning"),
        ("Tel.", "phoneNumber", 0.93, "same meaning"),
        ("PLZ", "zip_code", 0.93, "same meaning"),
        ("First Name", "last_name", 0.0, ""),
        ("Mobile", "phone", 0.0, ""),
        ("Address 1", "address_2", 0.0, ""),
        ("Phone 2", "phone", 0.0, ""),
        ("Adress", "address", 0.82, "alike"),
        ("Partner code", "partner_id", 0.73, "alike"),
    ],
)
def test_names_are_alike_by_words_by_meaning_or_by_letters(
    column: str, attribute: str, confidence: float, reason: str
) -> None:
    assert likeness(column, attribute) == (confidence, reason)


@given(st.text(max_size=30), st.text(max_size=30))
def test_any_two_names_are_compared_the_same_both_ways(one: str, other: str) -> None:
    assert likeness(one, other) == likeness(other, one)
    assert 0 <= likeness(one, other)[0] <= 1


@given(st.lists(st.sampled_from(["E-Mail", "Mail", "Tel", "phone", "Vorname", "x1"]), unique=True))
def test_no_column_and_no_attribute_is_matched_twice(columns: list[str]) -> None:
    known = [KnownAttribute(name) for name in ("email", "mail", "phone", "first_name")]
    found = match_attributes(columns, known)
    assert len({match.attribute.name for match in found}) == len(found) == len({match.column for match in found})
    assert all(match.confidence >= LEAST for match in found)


def test_the_surest_match_wins_and_the_key_comes_before_the_rest() -> None:
    known = attributes_of({"mail": {"S": 9}, "email": {"S": 100}, "phone": {"S": 40}})
    assert [(one.name, one.is_key, one.type) for one in known] == [
        ("email", True, "S"),
        ("phone", False, "S"),
        ("mail", False, "S"),
    ]
    found = match_attributes(["Courriel", "Mail", "Tel", "Colour"], known)
    assert [(match.column, match.attribute.name, match.confidence) for match in found] == [
        ("Courriel", "email", 0.93),
        ("Mail", "mail", 0.98),
        ("Tel", "phone", 0.93),
    ]
    assert all(match.confident for match in found)
    (alike,) = match_attributes(["Adress"], [KnownAttribute("address")])
    assert not alike.confident
    assert alike.confidence < CONFIDENT


def attributes_of(types: dict[str, dict[str, int]]) -> tuple[KnownAttribute, ...]:
    return known_attributes(KnownTable(TableKey(KeyPart("email")), sample=TableSample(100, types)))


SCHEMA = Schema(
    (
        ColumnSpec("Mail", "email", rules=(Required(),)),
        ColumnSpec("Contact", "contact"),
        ColumnSpec("Tel", "tel"),
        ColumnSpec("Phone", "phone"),
        ColumnSpec("Age", "age"),
    ),
    ("email",),
)


def test_taking_a_match_gives_the_attribute_to_that_column_alone() -> None:
    (match,) = match_attributes(["Tel"], [KnownAttribute("phone", {"S": 3})])
    made = take_matches(SCHEMA, [match])
    assert {spec.column: spec.attribute for spec in made.columns} == {
        "Mail": "email",
        "Contact": "contact",
        "Tel": "phone",
        "Phone": "phone_2",
        "Age": "age",
    }


def test_a_column_that_becomes_the_key_takes_its_type_and_must_be_filled() -> None:
    key = KnownAttribute("email", {}, True, "S")
    (match,) = match_attributes(["email address"], [key])
    other = ColumnSpec("email address", None, DynamoType.SS)
    made = take_matches(Schema((*SCHEMA.columns, other), ("email",)), [match])
    assert made.key_specs == (ColumnSpec("email address", "email", rules=(Required(),)),)
    assert made.column("Mail").attribute == "mail"


def test_a_type_that_no_item_has_is_told_and_null_is_no_type() -> None:
    known = attributes_of({"age": {"N": 96, "NULL": 4}, "phone": {"S": 5}, "tel": {"NULL": 5}})
    (conflict,) = type_conflicts(SCHEMA, known)
    assert (conflict.column, conflict.attribute, conflict.seen, conflict.count) == ("Age", "age", "N", 96)
    mixed = attributes_of({"age": {"N": 96, "S": 4}})
    assert type_conflicts(SCHEMA, mixed) == ()


def test_what_the_table_has_as_several_types_is_text_and_what_it_insists_on_is_that() -> None:
    types = {"age": {"N": 96, "S": 4}, "tags": {"L": 3, "SS": 5}, "old": {"NULL": 9}, "byCity": {"N": 2}}
    index = IndexKey("byCity", (KeyPart("byCity"), KeyPart("score", "N")))
    known = known_attributes(KnownTable(TableKey(KeyPart("email")), (index,), TableSample(100, types)))
    assert {one.name: one.type for one in known} == {
        "email": "S", "byCity": "S", "score": "N", "age": "S", "tags": "SS", "old": "",
    }  # fmt: skip
