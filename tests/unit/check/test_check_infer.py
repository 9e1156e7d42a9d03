from __future__ import annotations

import pytest
from check_memory_stage import MemoryStage, frame_of

from importer.check import (
    CountryCode,
    Email,
    KeyColumnMissing,
    NameStyle,
    Phone,
    Required,
    Schema,
    SchemaChoices,
    Winner,
    attribute_name,
    find_key,
    infer_schema,
)
from importer.check.infer import new_names
from importer.errors import ConfigError
from importer.profile import ListProfile, profile_stage
from importer.table import IndexKey, KeyPart, KnownTable, TableKey, TableSample

KEY = KnownTable(TableKey(KeyPart("email", "S")))


def profile(**columns: list[str]) -> ListProfile:
    return profile_stage(MemoryStage(frame_of(**columns)))


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
        "comma": "S", "active": "S", "ones": "N", "mixed": "S", "big": "S",
    }  # fmt: skip
    assert (schema.key, schema.winner) == (("email",), Winner.LAST)


def test_the_key_is_the_column_of_its_name_and_must_be_filled() -> None:
    for name in ("E_Mail", "EMAIL", "e mail", "eMail", "Émail"):
        schema = infer_schema(profile(**{"Name": ["A", "B", "C"], name: MAILS}), KEY)
        spec = schema.key_specs[0]
        assert spec.column == name.replace("E_Mail", "E-Mail")
        assert spec.rules == (Required(), Email())


@pytest.mark.parametrize(
    ("key", "columns", "nearest"),
    [
        ("email", ("Name", "E-Mail Address"), {"email": "E-Mail Address"}),
        ("email", ("Name", "Mail"), {"email": "Mail"}),
        ("email", ("Name", "emial"), {"email": "emial"}),
        ("orderId", ("Order date", "Customer"), {"orderId": "Order date"}),
        ("code", ("mode", "label"), {"code": "mode"}),
        ("email", ("Ort", "Straße"), {}),
    ],
)
def test_a_column_of_nearly_the_keys_name_is_asked_about_and_never_taken(
    key: str, columns: tuple[str, ...], nearest: dict[str, str]
) -> None:
    with pytest.raises(KeyColumnMissing) as error:
        find_key(columns, TableKey(KeyPart(key)))
    assert error.value.nearest == nearest
    assert f'--key "{key}=COLUMN"' in str(error.value)
    assert all(f'"{name}"' in str(error.value) for name in nearest.values() or columns)


def test_two_columns_that_fold_to_the_keys_name_are_asked_about_unless_one_is_equal() -> None:
    with pytest.raises(KeyColumnMissing, match='"E-Mail", "EMAIL" are all called nearly so'):
        find_key(("E-Mail", "EMAIL"), KEY.key)
    assert find_key(("E-Mail", "email", "EMAIL"), KEY.key) == ["email"]


def test_a_person_says_which_columns_are_the_key() -> None:
    key = TableKey(KeyPart("pk"), KeyPart("sk", "N"))
    assert find_key(("Who", "SK"), key, {"pk": "Who"}) == ["Who", "SK"]
    with pytest.raises(ConfigError, match='no column "Whom" to be the key "pk"'):
        find_key(("Who", "SK"), key, {"pk": "Whom"})
    with pytest.raises(ConfigError, match='"who" is no part of the table\'s key, which is "pk" \\(S\\) \\+ "sk"'):
        find_key(("Who", "SK"), key, {"who": "Who"})
    with pytest.raises(ConfigError, match="another column for each of its 2 parts"):
        find_key(("Who", "SK"), key, {"pk": "Who", "sk": "Who"})


def test_a_list_without_a_key_is_told_what_to_do() -> None:
    with pytest.raises(ConfigError) as error:
        infer_schema(profile(Name=["A", "B", "C"], City=["D", "E", "F"]), KEY)
    assert str(error.value) == (
        'The table wants key "email" (S), and no column is called so (the list has "Name", "City"). '
        'Say which column it is: on the Columns page, or with --key "email=COLUMN".'
    )


def test_the_key_has_the_type_of_the_table() -> None:
    key = KnownTable(TableKey(KeyPart("id", "N"), KeyPart("at", "S")))
    schema = infer_schema(profile(ID=["1", "2", "3"], At=["1", "2", "3"], n=["1", "2", "3"]), key)
    assert (schema.key, types(schema)) == (("id", "at"), {"ID": "N", "At": "S", "n": "N"})


def test_a_rule_is_set_only_where_most_keep_it() -> None:
    phones = ["+1 202-555-0143", "(202) 555-0144", "n/a"]
    schema = infer_schema(profile(E_Mail=MAILS, Phone=phones, Other=["+1 202-555-0143", "x", "y"]), KEY)
    assert schema.column("Phone").rules == (Phone(), CountryCode())
    assert schema.column("Other").rules == ()


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("isbn", ["978-3-16-148400-0", "978-3-16-148401-0", "978-3-16-148402-0"]),
        ("ISBN-10", ["3-16-148410-0", "0-306-40615-2", "3-598-21500-2"]),
        ("invoice", ["2024-0000", "2024-0001", "2024-0002"]),
        ("Reference", ["2024-0000", "2024-0001", "2024-0002"]),
        ("document", ["2024-000001", "2024-000002", "2024-000003"]),
        ("Kundennummer", ["120-4711-22", "120-4712-22", "120-4713-22"]),
        ("Номер заказа", ["120-4711-22", "120-4712-22", "120-4713-22"]),
    ],
)
def test_numbers_of_other_things_are_no_telephone_numbers(name: str, cells: list[str]) -> None:
    assert infer_schema(profile(E_Mail=MAILS, **{name: cells}), KEY).column(name).rules == ()


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("Telefonnummer", ["030 901820", "030 901821", "040 901822"]),
        ("Mobile No", ["030 901820", "030 901821", "040 901822"]),
        ("Номер телефона", ["030 901820", "030 901821", "040 901822"]),
        ("Number", ["+4930901820", "+4930901821", "+4940901822"]),
        ("reach", ["030 901820", "030 901821", "040 901822"]),
        ("phone", ["2234-5678", "2234-5679", "2034-5680"]),
    ],
)
def test_control_telephone_numbers_keep_their_rules(name: str, cells: list[str]) -> None:
    assert infer_schema(profile(E_Mail=MAILS, **{name: cells}), KEY).column(name).rules == (Phone(), CountryCode())


def test_attribute_names() -> None:
    names = ("E-Mail", "First Name", "firstName", "Größe (cm)", "  ", "名前", "Notes_2", "ZIP")
    assert [attribute_name(name) for name in names] == [
        "e_mail", "first_name", "first_name", "grosse_cm", "column", "名前", "notes_2", "zip",
    ]  # fmt: skip


def test_two_columns_never_get_one_attribute_and_the_exact_name_is_the_key() -> None:
    schema = infer_schema(profile(**{"E_Mail": MAILS, "email": MAILS, "First Name": MAILS, "first_name": MAILS}), KEY)
    assert [spec.attribute for spec in schema.columns] == ["e_mail", "email", "first_name", "first_name_2"]


def type_of(name: str, cells: list[str], known: KnownTable = KEY) -> str:
    """The type that a column of these cells gets beside the key's."""
    mails = [f"p{number}@b.co" for number in range(len(cells))]
    return types(infer_schema(profile(email=mails, **{name: cells}), known))[name]


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["7", "42", "1000"], "N"),
        (["-7", "0", "12.5"], "N"),
        (["0.125", "0.5", "1.25"], "N"),
        (["52.517", "48.8566101", "13.3888599", "9.25"], "N"),
        (["12.5", "7", "+3"], "S"),
        (["12.5", "7", "007"], "S"),
        (["1.10", "1.9", "2.5"], "S"),
        (["1e5", "2", "3"], "S"),
        (["-0", "2", "3"], "S"),
        ([" 2", "2", "13"], "S"),
        (["1234567890123456", "2", "3"], "S"),
        (["123456789012345", "2", "3"], "N"),
        (["12.345", "7", "8"], "S"),
        (["1,234", "7", "8"], "S"),
        (["12 500", "7", "8"], "S"),
        (["1'234", "7", "8"], "S"),
        (["2019", "2020", "1999"], "S"),
        (["212", "415", "305"], "S"),
        (["34", "41", "28"], "N"),
        (["49151123456", "491701234", "4989123456"], "S"),
        (["7"] * 30 + ["x"], "S"),
        ([str(number) for number in range(40)] + ["1.10"], "S"),
        (["yes", "no", "yes"], "S"),
        (["true", "false", "true"], "S"),
        (["", "", ""], "S"),
    ],
)
def test_a_column_is_a_number_only_where_every_cell_is_what_dynamodb_writes(cells: list[str], kind: str) -> None:
    assert type_of("wert", cells) == kind


IDENTIFIERS = (
    "zip plz cap cep Postleitzahl konto iban vat steuer Steuernummer sku isbn gtin ean barcode phone Telefon handy"
    " fax id customer_id userId Kundennummer Kunden-Nr. Mitgliedsnr No nr version dob Geburtsdatum matricula account"
    " code Codice codigo_postal Teléfono numéro номер телефон 电话 電話番号 郵便番号 전화번호 الهاتف"
)


@pytest.mark.parametrize("name", IDENTIFIERS.split(" "))
def test_identifiers_stay_text_by_their_name_in_many_languages(name: str) -> None:
    assert type_of(name, ["7", "42", "1000"]) == "S"


@pytest.mark.parametrize("name", ["age", "score", "Umsatz", "paid", "Order amount", "Anzahl Kunden", "visits", "lat"])
def test_control_what_is_counted_is_a_number(name: str) -> None:
    assert type_of(name, ["7", "42", "1000"]) == "N"


HELD = TableSample(
    9,
    {
        "email": {"S": 9},
        "score": {"N": 9},
        "active": {"BOOL": 8, "NULL": 1},
        "tags": {"L": 9},
        "zip": {"N": 9},
        "mixed": {"N": 5, "S": 4},
    },
)


@pytest.mark.parametrize(
    ("name", "kind"),
    [("score", "N"), ("active", "BOOL"), ("tags", "L"), ("zip", "N"), ("mixed", "S"), ("other", "S")],
)
def test_the_type_that_the_table_has_is_taken_whatever_the_cells_are(name: str, kind: str) -> None:
    assert type_of(name, ["n/a", "65", "7"], KnownTable(KEY.key, sample=HELD)) == kind


def test_an_index_says_the_type_before_the_items_do() -> None:
    known = KnownTable(KEY.key, (IndexKey("byScore", (KeyPart("score", "S"),)),), HELD)
    assert type_of("score", ["1", "65", "7"], known) == "S"


def names(headers: list[str], *, style: NameStyle | None = None, nest: bool = False, **held: str) -> list[str]:
    """The attributes that columns of these names get; `held`: those the table's items have."""
    sample = TableSample(3, {name: {kind: 3} for name, kind in held.items()})
    known = KnownTable(KEY.key, (IndexKey("g1", (KeyPart("GSI1PK"),)),) if held else (), sample)
    choices = SchemaChoices(names=style, nest_dots=nest)
    schema = infer_schema(profile(email=MAILS, **dict.fromkeys(headers, MAILS)), known, choices)
    return [str(spec.attribute) for spec in schema.columns[1:]]


def test_names_are_those_of_the_table_then_those_of_the_file_then_one_style() -> None:
    assert names(["Phone", "Name", "firstName", "GSI1PK"]) == ["Phone", "Name", "firstName", "GSI1PK"]
    assert names(["Phone", "First Name"]) == ["phone", "first_name"]
    assert names(["First Name", "Birth Day", "gsi1-pk"], firstName="S") == ["firstName", "birthDay", "GSI1PK"]
    assert names(["first name", "Birth Day"], first_name="S") == ["first_name", "birth_day"]
    assert names(["first name", "Birth Day"], FirstName="S", LastName="S") == ["FirstName", "BirthDay"]
    assert names(["First Name", "firstName"], firstName="S") == ["firstName_2", "firstName"], (
        "equal goes before folded"
    )
    assert names(["FIRSTNAME", "first name"], firstName="S") == ["firstName", "firstName_2"], "no name twice"


def test_names_of_other_scripts_are_plain_and_latin_letters_with_marks_are_not() -> None:
    assert names(["Имя", "City", "名前", "Όνομα"]) == ["Имя", "City", "名前", "Όνομα"]
    assert names(["Größe", "City"]) == ["grosse", "city"]
    assert names(["Имя клиента", "City"]) == ["имя_клиента", "city"]
    assert names(["Ａge", "Имя\u200b"]) == ["age", "имя"]


def test_8192_columns_that_differ_in_signs_alone_are_named_at_once() -> None:
    """Each looked for among all before it would take half a minute."""
    signs = [f"{at:013b}".replace("0", " ").replace("1", "-") for at in range(8192)]
    named = [*new_names([f"a{sign}b" for sign in signs], [], set()).values()]
    assert (named[:3], named[-1]) == (["a_b", "a_b_2", "a_b_3"], "a_b_8192")


def test_a_person_chooses_the_style_of_new_names_and_the_table_keeps_its_own() -> None:
    headers = ["Order date", "last_name", "Zip"]
    assert names(headers, style=NameStyle.KEEP, Zip="S") == ["Order date", "last_name", "Zip"]
    assert names(headers, style=NameStyle.SNAKE, Zip="S") == ["order_date", "last_name", "Zip"]
    assert names(headers, style=NameStyle.CAMEL, Zip="S") == ["orderDate", "lastName", "Zip"]
    assert names(headers, style=NameStyle.PASCAL, Zip="S") == ["OrderDate", "LastName", "Zip"]


def test_dots_make_maps_when_asked_for_and_the_map_that_the_table_has_is_taken() -> None:
    assert names(["address.city", "address.zip"]) == ["address_city", "address_zip"]
    assert names(["address.city", "address.zip"], nest=True) == ["address.city", "address.zip"]
    assert names(["Address.City", "Home phone"], nest=True, address="M") == ["address.city", "home_phone"]
