"""A new list's columns beside a saved list's: opened, offered, or another list; and what of the recipe fits."""

import pytest

from importer.check import ColumnSpec, Email, Required, Schema
from importer.clean import ChangeCase, DropColumns, JoinColumns, Recipe, RenameColumn, Trim
from importer.errors import ConfigError
from importer.run.saved.matching import HeaderMatch, MatchKind, differences, fit_header, match_columns, source_column

SAVED = ("E-Mail", "Name", "Phone", "Tier")
SCHEMA = Schema(
    (
        ColumnSpec("E-Mail", "email", rules=(Required(), Email())),
        ColumnSpec("Name", "name"),
        ColumnSpec("Phone", "phone"),
        ColumnSpec("Tier", "tier"),
    ),
    ("email",),
)
RECIPE = Recipe((Trim(("E-Mail",)), ChangeCase("Tier", "lower")))


@pytest.mark.parametrize(
    ("now", "wanted"),
    [
        (SAVED, HeaderMatch(MatchKind.EXACT)),
        (("Tier", "E-Mail", "Phone", "Name"), HeaderMatch(MatchKind.ORDER)),
        ((*SAVED, "Note"), HeaderMatch(MatchKind.EXTRA, extra=("Note",))),
        ((*SAVED, "a", "b", "c"), HeaderMatch(MatchKind.NEAR, extra=("a", "b", "c"))),
        ((*SAVED, "a", "b", "c", "d", "e"), None),
        (
            ("e-mail", "Name", "Phone", "Tier"),
            HeaderMatch(MatchKind.ORDER, renamed=(("E-Mail", "e-mail"),), sure=(("E-Mail", "e-mail"),)),
        ),
        (("E-Mails", "Name", "Phone", "Tier"), HeaderMatch(MatchKind.NEAR, renamed=(("E-Mail", "E-Mails"),))),
        (
            ("e-mail", "EMAIL", "Name", "Phone", "Tier"),
            HeaderMatch(MatchKind.NEAR, renamed=(("E-Mail", "e-mail"),), extra=("EMAIL",)),
        ),
        (("E-Mail", "Name", "Tier"), HeaderMatch(MatchKind.NEAR, missing=("Phone",))),
        (
            ("E-Mail", "Name", "Mobile", "Tier"),
            HeaderMatch(MatchKind.NEAR, missing=("Phone",), extra=("Mobile",)),
        ),
        (("E-Mail", "city", "street", "zip"), None),
        (("city", "street"), None),
    ],
)
def test_columns_are_told_apart(now, wanted):
    assert match_columns(SAVED, now) == wanted


def test_names_that_differ_in_capitals_alone_are_paired_before_those_that_are_only_alike():
    match = match_columns(("phone", "phone 2", "email"), ("Phone 2", "PHONE", "email"))
    assert match is not None
    assert match.renamed == (("phone", "PHONE"), ("phone 2", "Phone 2"))


def test_a_person_says_which_column_is_which():
    match = match_columns(SAVED, ("E-Mail", "Name", "Mobile", "Tier"))
    assert match is not None
    said = match.with_renamed({"Phone": "Mobile"})
    assert (said.renamed, said.missing, said.extra) == ((("Phone", "Mobile"),), (), ())
    assert said.with_renamed({"Phone": ""}).missing == ("Phone",)


def test_one_column_is_not_taken_for_two():
    match = match_columns(SAVED, ("E-Mail", "Mobile", "Tier"))
    assert match is not None
    with pytest.raises(ConfigError, match="the same column"):
        match.with_renamed({"Phone": "Mobile", "Name": "Mobile"})


def test_a_renamed_column_is_renamed_first_so_that_every_step_and_rule_finds_it():
    now = ("E-mail", "Name", "Phone", "Tier")
    match = match_columns(SAVED, now)
    assert match is not None
    fitted = fit_header(RECIPE, SCHEMA, now, match)
    assert fitted is not None
    assert fitted.recipe.operations == (RenameColumn("E-mail", "E-Mail"), *RECIPE.operations)
    assert fitted.schema == SCHEMA
    assert fitted.whole
    assert source_column(fitted.recipe, "E-Mail", now) == "E-mail"


def test_steps_and_rules_of_a_missing_column_are_left_out_and_told():
    now = ("E-Mail", "Name", "Phone")
    fitted = fit_header(RECIPE, SCHEMA, now, HeaderMatch(MatchKind.NEAR, missing=("Tier",)))
    assert fitted is not None
    assert fitted.recipe.operations == (Trim(("E-Mail",)),)
    assert (fitted.left_out, fitted.unruled, fitted.whole) == (("Change Tier to lower case",), ("Tier",), False)


def test_a_step_on_many_columns_stays_for_those_that_are_there():
    recipe = Recipe((Trim(("E-Mail", "Phone", "Tier")), DropColumns(("Phone",))))
    now = ("E-Mail", "Name", "Tier")
    fitted = fit_header(recipe, SCHEMA, now, HeaderMatch(MatchKind.NEAR, missing=("Phone",)))
    assert fitted is not None
    assert fitted.recipe.operations == (Trim(("E-Mail", "Tier")),)
    assert fitted.left_out == (
        "Trim spaces in E-Mail, Phone and Tier (only for Phone)",
        "Drop column Phone",
    )


def test_a_list_without_the_key_fits_nothing():
    now = ("Name", "Phone", "Tier")
    assert fit_header(RECIPE, SCHEMA, now, HeaderMatch(MatchKind.NEAR, missing=("E-Mail",))) is None


def test_a_new_column_is_in_the_schema_and_not_imported():
    now = (*SAVED, "Note")
    fitted = fit_header(RECIPE, SCHEMA, now, HeaderMatch(MatchKind.EXTRA, extra=("Note",)))
    assert fitted is not None
    assert fitted.whole
    assert fitted.schema.columns[-1] == ColumnSpec("Note", None)


def test_a_new_column_that_a_step_would_make_leaves_that_step_out():
    recipe = Recipe((JoinColumns(("Name", "Tier"), " ", "Full"),))
    now = (*SAVED, "Full")
    fitted = fit_header(recipe, SCHEMA, now, HeaderMatch(MatchKind.EXTRA, extra=("Full",)))
    assert fitted is not None
    assert not fitted.whole
    assert len(fitted.left_out) == 1


def test_the_source_of_a_column_that_the_recipe_makes_is_none():
    recipe = Recipe((JoinColumns(("Name", "Tier"), " ", "Full"), RenameColumn("Full", "key")))
    assert source_column(recipe, "key", SAVED) is None
    assert source_column(recipe, "Phone", SAVED) == "Phone"


def test_differences_are_said_with_names():
    match = HeaderMatch(MatchKind.NEAR, (("Phone", "phone no"),), ("Tier",), ("Note", "City"))
    assert differences(match) == (
        'Column "Phone" is missing; it has "phone no": is that the same?',
        'Missing: "Tier".',
        'New: "Note", "City".',
    )
