from __future__ import annotations

import pytest
from check_memory_stage import MemoryStage, frame_of

from importer.check import CountryCode, Email, Phone, Required, Schema, Winner, attribute_name, infer_schema
from importer.errors import ConfigError
from importer.profile import ListCensus, ListProfile
from importer.table import KeyPart, TableKey

KEY = TableKey(KeyPart("email", "S"))


def profile(**columns: list[str]) -> ListProfile:
    frame = MemoryStage(frame_of(**columns)).chunk(0)
    census = ListCensus(tuple(frame.columns))
    census.update(frame)
    return census.finish()


def types(schema: Schema) -> dict[str, str]:
    return {spec.column: spec.type.value for spec in schema.columns}


MAILS = ["a@b.co", "c@b.co", "d@b.co"]


def test_a_first_schema_is_conservative() -> None:
    schema = infer_schema(
        profile(
            E_Mail=MAILS,
            age=["7", "42", ""],
            price=["1.5", "-2", "3"],
            customer_id=["17", "18", "19"],
            zip=["12345", "23456", "34567"],
            code=["007", "12", "13"],
            plus=["+7", "+8", "+9"],
            comma=["1,5", "2,5", "3,5"],
            active=["yes", "no", ""],
            ones=["1", "0", "1"],
            mixed=["1", "x", "3"],
            big=["12345678901234567890", "1", "2"],
        ),
        KEY,
    )
    assert types(schema) == {
        "E-Mail": "S", "age": "N", "price": "N", "customer_id": "S", "zip": "S", "code": "S", "plus": "S",
        "comma": "S", "active": "BOOL", "ones": "N", "mixed": "S", "big": "S",
    }  # fmt: skip
    assert (schema.key, schema.winner) == (("email",), Winner.LAST)


def test_the_key_column_is_found_by_its_name_and_required() -> None:
    for name in ("E_Mail", "EMAIL", "e mail", "Email Address", "Mail", "emial"):
        schema = infer_schema(profile(**{"Name": ["A", "B", "C"], name: MAILS}), KEY)
        spec = schema.key_specs[0]
        assert spec.column == name.replace("E_Mail", "E-Mail")
        assert spec.rules == (Required(), Email())


def test_the_key_column_is_found_by_what_is_in_it() -> None:
    schema = infer_schema(profile(Name=["A", "B", "C"], Contact=MAILS), KEY)
    assert schema.key_specs[0].column == "Contact"


def test_a_list_without_a_key_is_told_what_to_map() -> None:
    with pytest.raises(ConfigError) as error:
        infer_schema(profile(Name=["A", "B", "C"], City=["D", "E", "F"]), KEY)
    assert str(error.value) == (
        'The table wants key "email" (S); the file has no such column (it has "Name", "City"). '
        "Choose one on the Columns page or in the schema."
    )


def test_the_key_has_the_type_of_the_table() -> None:
    key = TableKey(KeyPart("id", "N"), KeyPart("at", "S"))
    schema = infer_schema(profile(ID=["1", "2", "3"], At=["1", "2", "3"], n=["1", "2", "3"]), key)
    assert (schema.key, types(schema)) == (("id", "at"), {"ID": "N", "At": "S", "n": "N"})


def test_a_rule_is_set_only_where_most_keep_it() -> None:
    phones = ["+1 202-555-0143", "(202) 555-0144", "n/a"]
    schema = infer_schema(profile(E_Mail=MAILS, Phone=phones, Other=["+1 202-555-0143", "x", "y"]), KEY)
    assert schema.column("Phone").rules == (Phone(), CountryCode())
    assert schema.column("Other").rules == ()


def test_attribute_names() -> None:
    names = ("E-Mail", "First Name", "firstName", "Größe (cm)", "  ", "名前", "Notes_2", "ZIP")
    assert [attribute_name(name) for name in names] == [
        "e_mail", "first_name", "first_name", "grosse_cm", "column", "名前", "notes_2", "zip",
    ]  # fmt: skip


def test_two_columns_never_get_one_attribute_and_the_exact_name_is_the_key() -> None:
    schema = infer_schema(profile(**{"E_Mail": MAILS, "email": MAILS, "First Name": MAILS, "first_name": MAILS}), KEY)
    assert [spec.attribute for spec in schema.columns] == ["e_mail", "email", "first_name", "first_name_2"]
