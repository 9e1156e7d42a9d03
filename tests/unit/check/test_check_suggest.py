from __future__ import annotations

from collections.abc import Callable

import pytest
from check_memory_stage import EMAIL, Checked, frame_of

from importer.check import Allowed, ColumnSpec, CountryCode, DynamoType, Length, Pattern, Phone, Required, words_for
from importer.check.codes import CODES
from importer.check.suggest import SUGGESTIBLE, suggest
from importer.clean import (
    ChangeCase,
    Decide,
    FormatPhones,
    NormaliseEmails,
    Operation,
    ParseDates,
    ParseNumbers,
    Recipe,
    Replace,
    Trim,
)

ISO_DAY = Pattern("[0-9]{4}-[0-9]{2}-[0-9]{2}")
E164 = Pattern(r"\+[0-9]{8,15}")
Check = Callable[..., Checked]


def after(operations: tuple[Operation, ...], *texts: str) -> list[str]:
    frame = frame_of(c=texts)
    return Recipe(operations).apply(frame).frame["c"].tolist()


@pytest.mark.parametrize(
    ("spec", "code", "before", "mended"),
    [
        (EMAIL, "not_an_email", "ann(at)example.com", "ann@example.com"),
        (EMAIL, "not_an_email", "Ann <ann@example.com>", "ann@example.com"),
        (EMAIL, "not_an_email", "mailto:ann@example.com", "ann@example.com"),
        (EMAIL, "not_an_email", "ann@example,com", "ann@example.com"),
        (EMAIL, "not_an_email", "ann@example.com;", "ann@example.com"),
        (ColumnSpec("c", "c", rules=(Phone(),)), "not_a_phone", "Tel: 202-555-0143", "202-555-0143"),
        (ColumnSpec("c", "c", DynamoType.N), "not_a_number", "1,234.50", "1234.50"),
        (ColumnSpec("c", "c", DynamoType.N), "not_a_number", "12,5", "12.5"),
        (ColumnSpec("c", "c", DynamoType.N), "not_a_number", "$12", "12"),
        (ColumnSpec("c", "c", DynamoType.BOOL), "not_a_boolean", "Ja", "true"),
        (ColumnSpec("c", "c", DynamoType.N), "not_a_number", "1.234,50", "1234.50"),
        (ColumnSpec("c", "c", DynamoType.N), "not_a_number", "(1,234.50)", "-1234.50"),
        (ColumnSpec("c", "c", DynamoType.N), "not_a_number", "1\u00ad2", "12"),
        (ColumnSpec("c", "c", rules=(ISO_DAY,)), "pattern_mismatch", "31/12/2024", "2024-12-31"),
        (ColumnSpec("c", "c", rules=(ISO_DAY,)), "pattern_mismatch", "12/31/2024", "2024-12-31"),
        (ColumnSpec("c", "c", rules=(ISO_DAY,)), "pattern_mismatch", "5 March 2024", "2024-03-05"),
        (ColumnSpec("c", "c", rules=(E164,)), "pattern_mismatch", "+1 (202) 555-0143", "+12025550143"),
        (ColumnSpec("c", "c", rules=(E164, Phone("US"))), "pattern_mismatch", "202-555-0143", "+12025550143"),
        (ColumnSpec("c", "c", rules=(Allowed(("Köln",)),)), "not_allowed", "KÃ¶ln", "Köln"),
        (ColumnSpec("c", "c", rules=(Allowed(("Köln",)),)), "not_allowed", "Kö\u00adln", "Köln"),
        (ColumnSpec("c", "c", DynamoType.SS), "set_repeats_removed", "a;b;a", "a;b"),
        (ColumnSpec("c", "c", DynamoType.SS), "empty_set_element", "a;;b", "a;b"),
        (ColumnSpec("c", "c", DynamoType.SS), "empty_set_element", "; a;b;", "a;b"),
        (ColumnSpec("c", "c", rules=(Allowed(("gold",)),)), "not_allowed", "GOLD", "gold"),
        (ColumnSpec("c", "c", rules=(Allowed(("O'Neil",)),)), "not_allowed", "o'neil", "O'Neil"),
        (ColumnSpec("c", "c", rules=(Allowed(("McDonald",)),)), "not_allowed", "MCDONALD", "McDonald"),
        (EMAIL, "not_an_email", "ann@example.com; second@example.com", "ann@example.com"),
        (ColumnSpec("c", "c", DynamoType.N), "not_a_number", "n/a", ""),
        (ColumnSpec("c", "c", DynamoType.BOOL), "not_a_boolean", "NULL", ""),
        (ColumnSpec("c", "c", rules=(Phone(),)), "not_a_phone", "-", ""),
        (ColumnSpec("c", "c", rules=(Length(1, 3),)), "wrong_length", "a   b", "a b"),
        (
            ColumnSpec("c", "c", rules=(CountryCode(), Phone("GB"))),
            "no_country_code",
            "020 7946 0123",
            "+442079460123",
        ),
    ],
)
def test_a_suggestion_mends_what_it_is_suggested_for(spec: ColumnSpec, code: str, before: str, mended: str) -> None:
    spec = ColumnSpec("c", spec.attribute, spec.type, spec.blank, spec.rules, spec.separator)
    suggestions = suggest(code, spec, [before])
    assert after(suggestions[:1], before) == [mended]


def test_trouble_without_a_remedy_gets_no_suggestion() -> None:
    spec = ColumnSpec("c", "c", rules=EMAIL.rules)
    assert suggest("not_an_email", spec, ["no address at all"]) == ()
    assert suggest("not_an_email", spec, []) == ()


def test_a_comma_before_three_digits_is_left_alone_where_decimal_commas_are() -> None:
    spec = ColumnSpec("c", "c", DynamoType.N)
    suggestions = suggest("not_a_number", spec, ["12,5", "1,234"])
    assert after(suggestions, "12,5", "1,234") == ["12.5", "1,234"]
    assert after(suggest("not_a_number", spec, ["1,234"]), "1,234") == ["1234"]  # control


WITHOUT_REMEDY = {
    "required_blank": "what is missing is not known; the card offers the ways to fill blanks first",
    "key_missing": "as above",
    "not_unique": "which of two rows is right is not known",
    "duplicate_key": "the winner rule decides",
    "key_conflict": "the winner rule decides",
    "number_too_precise": "rounding would lose digits",
    "number_out_of_range": "there is no such number in the table",
    "leading_zeros_lost": "the column is better imported as text",
    "not_null": "the type is wrong, not the cells",
    "json_name_repeated": "which of two is right is not known",
    "json_too_deep": "no operation reshapes a JSON value",
    "item_too_big": "what to leave out is not known",
    "two_date_orders": "a person is asked which order is meant",
    "unread_list": "how the list is written is not known",
    "alike_keys": "the groups decide, not the cells: test_check_alike_keys",
    "not_a_typed_value": "no operation writes DynamoDB JSON",
    "odd_row": "which of its cells is wrong is not known",
    "other_type": "which of two types is right is not known",
    "empty_set": "that it is blank is a person's word",
    "read_as_dynamodb_json": "nothing is wrong; it is told because plain JSON may look the same",
    "read_as_plain_json": "nothing is wrong; all cells of a column decide together",
    "maybe_dynamodb_json": "which of two ways is meant is not known",
    "broken_dynamodb_json": "no operation writes DynamoDB JSON",
    "not_dynamodb_json": "no operation writes DynamoDB JSON",
    "not_plain_json": "no operation writes DynamoDB JSON",
    "other_type_inside": "which of two types is right is not known",
    "number_as_text": "nothing is lost; it is told",
    "map_in_its_place": "the columns' names decide",
    "index_key_left_out": "nothing is wrong; it is told",
    "index_key_blank": "what a blank means is chosen with the column",
    "index_key_too_long": "what to leave out is not known",
}
READING = {
    "not_an_item",
    "row_too_long",
    "row_too_short",
    "unclosed_quote",
    "stray_quote",
    "undecodable_bytes",
    "nul_byte",
    "row_too_big",
}
DECIDED = {"dropped_by_recipe", "rejected_by_hand", "dropped_by_hand"}


def test_every_cause_has_operations_to_try_or_a_reason_why_there_are_none() -> None:
    assert set(CODES) == SUGGESTIBLE | WITHOUT_REMEDY.keys() | READING | DECIDED
    assert not SUGGESTIBLE & WITHOUT_REMEDY.keys()


def test_words_for_nothing_are_not_emptied_where_a_cell_must_be_filled() -> None:
    spec = ColumnSpec("c", "c", DynamoType.N, rules=(Required(),))
    assert suggest("not_a_number", spec, ["n/a"]) == ()


def test_phones_without_a_country_get_no_country_by_guess() -> None:
    assert suggest("no_country_code", ColumnSpec("c", "c", rules=(CountryCode(), Phone())), ["020 7946 0123"]) == ()


def test_a_suggested_pattern_is_told_in_words_and_a_persons_own_without_its_pattern() -> None:
    (fix,) = suggest("not_an_email", EMAIL, ["ann@@example.com"])
    assert words_for(fix) == "Fix double @ in E-Mail"
    assert words_for(Replace("c", "a+", "b", is_pattern=True)) == 'Replace a pattern in c, put "b" instead'
    assert words_for(Replace("c", "a", "")) == 'Remove "a" from c'
    assert words_for(Decide("not_an_email", "c", "reject")) == 'Reject: e-mail addresses in "c" are not valid'


def test_suggestions_come_best_first_and_each_mends_more(check: Check) -> None:
    frame = frame_of(E_Mail=["a@b.co", "c@b.co", "d@b.co"], tier=["GOLD ", "Silver", "SILVER"])
    tier = ColumnSpec("tier", "tier", rules=(Allowed(("gold", "silver")),))
    (cause,) = check(frame, EMAIL, tier).report.causes
    assert cause.suggestions == (ChangeCase("tier", "lower"),)
    mended = check(frame, EMAIL, tier, steps=[*cause.suggestions]).report
    assert (mended.ready, mended.rejected) == (2, 1)
    assert check(frame, EMAIL, tier, steps=[*cause.suggestions, Trim(("tier",))]).report.ready == 3


DAYS = ColumnSpec("c", "c", rules=(ISO_DAY,))
NUMBERS = ColumnSpec("c", "c", DynamoType.N)


def test_one_cell_that_can_only_be_day_first_decides_for_all() -> None:
    assert suggest("pattern_mismatch", DAYS, ["1/2/2024", "31/1/2024"]) == (ParseDates("c", "dmy"),)
    assert suggest("pattern_mismatch", DAYS, ["1/2/2024", "1/31/2024"]) == (ParseDates("c", "mdy"),)


def test_where_nothing_tells_the_order_both_are_offered() -> None:
    both = (ParseDates("c", "dmy"), ParseDates("c", "mdy"))
    assert suggest("pattern_mismatch", DAYS, ["1/2/2024", "3/4/2024"]) == both
    assert suggest("pattern_mismatch", DAYS, ["2/2/2024"]) == both[:1]  # control: both orders read the same


def test_days_in_mixed_orders_are_left_to_the_person() -> None:
    assert suggest("pattern_mismatch", DAYS, ["31/1/2024", "1/31/2024", "1/2/2024"]) == ()
    assert suggest("pattern_mismatch", DAYS, ["31/1/2024", "1/31/2024", "2024/1/2"]) == (ParseDates("c", "ymd"),)


def test_a_number_with_both_signs_tells_how_the_others_are_written() -> None:
    assert suggest("not_a_number", NUMBERS, ["1.234,50", "1,234"]) == (ParseNumbers("c", ",", "."),)
    assert suggest("not_a_number", NUMBERS, ["1,234.50", "1,234"]) == (ParseNumbers("c", ".", ","),)
    mixed = suggest("not_a_number", NUMBERS, ["1.234,50", "1,234.50"])
    assert not any(isinstance(one, ParseNumbers) for one in mixed)


def test_thousands_are_told_only_where_a_failing_cell_has_them() -> None:
    assert suggest("not_a_number", NUMBERS, ["12,5", "3,25"])[0] == ParseNumbers("c", ",", "")


def test_of_two_that_mend_as_many_the_gentler_is_suggested() -> None:
    email = ColumnSpec("c", "c", rules=EMAIL.rules)
    assert suggest("not_an_email", email, [" ann@example.com"]) == (Trim(("c",)),)
    mixed = [" ann@example.com", "Bo <bo@example.com>", "mailto:c@example.com"]
    assert suggest("not_an_email", email, mixed) == (NormaliseEmails("c"),)


def test_no_country_is_guessed() -> None:
    bare = ColumnSpec("c", "c", rules=(E164,))
    assert suggest("pattern_mismatch", bare, ["202-555-0143"]) == ()
    known = ColumnSpec("c", "c", rules=(E164, Phone("US")))
    assert suggest("pattern_mismatch", known, ["202-555-0143"]) == (FormatPhones("c", "US"),)
