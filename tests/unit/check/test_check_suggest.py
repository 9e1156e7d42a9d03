from __future__ import annotations

from collections.abc import Callable

import pytest
from check_memory_stage import EMAIL, Checked, frame_of

from importer.check import Allowed, ColumnSpec, DynamoType, Phone
from importer.check.suggest import suggest
from importer.clean import ChangeCase, Operation, Recipe, Trim

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
        (ColumnSpec("c", "c", DynamoType.BOOL), "not_a_boolean", "Ja", "yes"),
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
