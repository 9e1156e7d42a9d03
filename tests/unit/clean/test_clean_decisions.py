from __future__ import annotations

import pytest

from importer.clean import Decide, DecideRows, DropColumns, Recipe, RenameColumn, Trim
from importer.errors import ConfigError


def test_a_decision_changes_no_cell_and_needs_no_column(frame_of):
    frame = frame_of(email=["a", "b"])
    for decision in (Decide("not_email", "email", "reject"), DecideRows((2,), "drop")):
        assert decision.apply(frame) is frame
        assert decision.needs() == ()


def test_the_last_word_on_a_cause_or_row_counts():
    recipe = Recipe(
        (
            Decide("not_email", "email", "reject"),
            Trim(),
            DecideRows((9, 4, 4), "drop"),
            Decide("not_email", "email", "accept"),
            Decide("row_too_long", "", "reject"),
            DecideRows((4,), "reject"),
        )
    )
    assert recipe.cause_verdicts() == {("not_email", "email"): "accept", ("row_too_long", ""): "reject"}
    assert recipe.row_verdicts() == {4: "reject", 9: "drop"}
    assert len(recipe.decisions) == 5


def test_a_verdict_that_does_not_exist_is_refused():
    for make in (lambda: Decide("code", "a", "ignore"), lambda: DecideRows((2,), "ignore")):
        with pytest.raises(ConfigError, match=r'Field "verdict" must be one of: reject, drop, accept\.'):
            make()


@pytest.mark.parametrize("rows", [(), (0,), (True,), (-1, 3)])
def test_rows_that_cannot_be_are_refused(rows):
    with pytest.raises(ConfigError, match='Field "rows" must be a list of row numbers'):
        DecideRows(rows, "drop")


def test_decisions_have_plain_titles():
    assert Decide("not_email", "email", "reject").title() == "Reject rows with not email in email"
    assert Decide("row_too_long", "", "drop").title() == "Drop rows with row too long"
    assert DecideRows((3,), "accept").title() == "Accept row 3"
    assert DecideRows((3, 4), "reject").title() == "Reject 2 picked rows"


def test_a_verdict_follows_its_column_to_another_name():
    decided = (Decide("not_email", "mail", "reject"), Decide("row_too_long", "", "drop"))
    recipe = Recipe((*decided, RenameColumn("mail", "email"), RenameColumn("email", "E-mail")))
    assert recipe.cause_verdicts() == {("not_email", "E-mail"): "reject", ("row_too_long", ""): "drop"}


def test_a_verdict_does_not_pass_to_a_later_column_of_the_same_name():
    decided = Decide("not_email", "mail", "accept")
    dropped = Recipe((decided, DropColumns(("mail",)), RenameColumn("second", "mail")))
    assert dropped.cause_verdicts() == {}
    renamed = Recipe((decided, RenameColumn("mail", "old"), RenameColumn("second", "mail")))
    assert renamed.cause_verdicts() == {("not_email", "old"): "accept"}
