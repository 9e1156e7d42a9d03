from __future__ import annotations

from collections.abc import Callable

import pytest
from check_memory_stage import EMAIL, Checked, frame_of

from importer.check import Allowed, ColumnSpec, DynamoType, Pattern, Phone
from importer.check.suggest import suggest
from importer.clean import (
    ChangeCase,
    FormatPhones,
    NormaliseEmails,
    Operation,
    ParseDates,
    ParseNumbers,
    Recipe,
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
