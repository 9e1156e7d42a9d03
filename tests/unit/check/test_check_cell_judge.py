"""A fix on a cause mends the cells that fail, of any list; what steps do to cells that pass is counted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd
import pyarrow as pa
import pytest

from importer.check import (
    Allowed,
    BlankMeans,
    ColumnSpec,
    CountryCode,
    DynamoType,
    Email,
    Length,
    Pattern,
    Phone,
    Range,
    Required,
    Rule,
    Schema,
    Unique,
    cells_pass,
    fix_of_cause,
    step_effects,
)
from importer.check.change_kinds import forms_of, harmless
from importer.clean import (
    ChangeCase,
    Condition,
    DropColumns,
    FillBlanks,
    FillFromAbove,
    JoinColumns,
    MapValues,
    NormaliseEmails,
    PadZeros,
    ParseDates,
    ParseNumbers,
    Recipe,
    RenameColumn,
    SetCellsByKey,
    SetColumn,
    SetFailing,
    Trim,
    operation_from_dict,
)
from importer.errors import ConfigError


def cells(*texts: str) -> pd.Series:
    return pd.Series(texts, index=pd.RangeIndex(2, len(texts) + 2, name="row"), dtype="str")


RULES: list[tuple[Rule, str, str]] = [
    (Required(), "", "x"),
    (Pattern(pattern="[A-Z]{2}"), "De", "DE"),
    (Allowed(values=("gold", "silver")), "gldo", "gold"),
    (Range(min="1", max="9"), "12", "7"),
    (Length(max=3), "long", "abc"),
    (Email(), "nobody", "a@example.com"),
    (Phone(), "4.91512E+11", "+49 1512 3456789"),
    (Phone(region="US"), "12", "(202) 555-0143"),
    (CountryCode(), "030 123456", "+49 30 123456"),
]


@pytest.mark.parametrize(("rule", "bad", "good"), RULES, ids=lambda one: getattr(one, "name", ""))
def test_a_fix_on_a_rule_changes_the_cells_that_fail_it_and_no_others(rule: Rule, bad: str, good: str) -> None:
    spec = ColumnSpec("c", "c", rules=(rule,))
    step = fix_of_cause(rule.code, spec, cells(bad), "put")
    assert step is not None
    frame = pd.DataFrame({"c": cells(good, bad, good)})
    assert step.apply(frame)["c"].tolist() == [good, "put", good]
    assert operation_from_dict(json.loads(json.dumps(step.to_dict()))) == step


@pytest.mark.parametrize(
    ("kind", "code", "bad", "good"),
    [
        (DynamoType.N, "not_a_number", "many", "12.5"),
        (DynamoType.BOOL, "not_a_boolean", "maybe", "yes"),
        (DynamoType.SS, "empty_set_element", "a;;b", "a;b"),
        (DynamoType.L, "not_a_json_list", "[1", "[1]"),
        (DynamoType.B, "not_base64", "?", "aGk="),
    ],
)
def test_a_fix_on_a_type_changes_the_cells_that_are_not_of_it(
    kind: DynamoType, code: str, bad: str, good: str
) -> None:
    step = fix_of_cause(code, ColumnSpec("c", "c", kind), cells(bad), "")
    assert step is not None
    assert step.apply(pd.DataFrame({"c": cells(good, bad)}))["c"].tolist() == [good, ""]


def test_a_persons_own_message_is_no_part_of_the_fix() -> None:
    step = fix_of_cause("not_an_email", ColumnSpec("c", "c", rules=(Email(message="Ask Ann."),)), cells("x"), "")
    assert step == SetFailing("c", "not_an_email", '{"rule": "email"}')


@pytest.mark.parametrize("code", ["not_unique", "duplicate_key", "key_missing", "row_too_long", "never_heard_of"])
def test_where_a_cell_alone_does_not_tell_there_is_no_such_fix(code: str) -> None:
    assert fix_of_cause(code, ColumnSpec("c", "c", rules=(Unique(),)), cells("x", "x"), "") is None


@pytest.mark.parametrize("must", ["", "[]", "{}", "{"])
def test_a_fix_that_says_nothing_of_what_a_cell_must_be_is_refused(must: str) -> None:
    with pytest.raises(ConfigError, match='Field "must"'):
        SetFailing("c", "not_an_email", must)


def test_a_rule_of_another_app_is_refused_in_words_when_it_is_asked() -> None:
    with pytest.raises(ConfigError, match='There is no rule "horoscope"'):
        SetFailing("c", "odd", '{"rule": "horoscope"}').apply(pd.DataFrame({"c": cells("x")}))
    with pytest.raises(ConfigError, match="neither a rule nor a type"):
        SetFailing("c", "odd", '{"type": "XX"}').apply(pd.DataFrame({"c": cells("x")}))


def test_cells_pass_when_they_keep_every_rule_and_have_their_type() -> None:
    spec = ColumnSpec("c", "c", DynamoType.N, rules=(Range(max="9"), Unique()))
    assert cells_pass(cells("1", "1", "12", "x", ""), spec).tolist() == [True, True, False, False, True]
    assert cells_pass(cells("a", " "), ColumnSpec("c", "c"), is_key=True).tolist() == [True, False]
    assert cells_pass(cells("", "x"), None).tolist() == [True, True]


SCHEMA = Schema(
    (
        ColumnSpec("email", "email", rules=(Email(),)),
        ColumnSpec("phone", "phone", rules=(Phone(),)),
        ColumnSpec("city", "city"),
        ColumnSpec("score", "score", DynamoType.N),
        ColumnSpec("note", None),
    ),
    ("email",),
)
FRAME = pd.DataFrame(
    {
        "email": cells("a@x.co", "b@x.co", "k.A."),
        "phone": cells("+4930123456", "12", ""),
        "city": cells("Koln", "", "Bonn"),
        "score": cells("1.500", "2", "x"),
        "note": cells("x", "y", "z"),
    }
)


@dataclass(frozen=True)
class Frames:
    """A list of one slice."""

    frame: pd.DataFrame
    slices: int = 1

    def chunk(self, slice_index: int, /) -> pd.DataFrame:
        return self.frame

    def chunks(self) -> Iterator[pd.DataFrame]:
        yield self.frame


@pytest.mark.parametrize(
    ("step", "changed", "good", "first"),
    [
        (SetColumn("phone", ""), 2, 1, 2),
        (SetColumn("phone", "", Condition("phone", "equals", "12")), 1, 0, 3),
        (SetCellsByKey("phone", "email", (("a@x.co", "1"), ("b@x.co", ""))), 2, 1, 2),
        (SetFailing("phone", "not_a_phone", '{"rule": "phone"}'), 1, 0, 3),
        (MapValues("city", (("Koln", "Köln"),)), 1, 1, 2),
        (MapValues("email", (("k.A.", "c@x.co"),)), 1, 0, 4),
        (FillBlanks("city", "-"), 1, 1, 3),
        (FillFromAbove("city", ((3, 3, "Koln"),)), 1, 1, 3),
        (ParseNumbers("score", ",", "."), 1, 1, 2),
    ],
    ids=lambda one: getattr(one, "kind", ""),
)
def test_cells_that_pass_and_are_changed_are_counted(step, changed: int, good: int, first: int) -> None:
    (effect,) = step_effects(Recipe((step,)), SCHEMA, Frames(FRAME), (step,))
    assert (effect.cells, effect.good, effect.first_row, effect.rows) == (changed, good, first, 3)


@pytest.mark.parametrize(
    "step",
    [Trim(), ParseDates("city", "dmy"), NormaliseEmails("email"), SetColumn("note", "")],
    ids=lambda one: one.kind,
)
def test_what_means_the_same_and_what_is_not_imported_are_no_news(step) -> None:
    effects = step_effects(Recipe((step,)), SCHEMA, Frames(FRAME), (step,))
    assert [effect for effect in effects if effect.matters] == []


def test_a_cell_with_a_warning_of_its_own_has_a_problem_and_without_it_has_none() -> None:
    codes = ["10115", "80331", "20095", "50667", "70173", "60311", "40213", "1067"]
    zips = pd.DataFrame({"email": cells(*"abcdefgh"), "zip": cells(*codes)})
    schema = Schema((ColumnSpec("email", "email"), ColumnSpec("zip", "zip")), ("email",))
    step = PadZeros("zip", 5)
    (among,) = step_effects(Recipe((step,)), schema, Frames(zips), (step,))
    assert (among.cells, among.good) == (1, 0)
    (alone,) = step_effects(Recipe((step,)), schema, Frames(zips.iloc[7:]), (step,))
    assert (alone.cells, alone.good) == (1, 1)
    ruled = Schema((ColumnSpec("email", "email"), ColumnSpec("zip", "zip", rules=(Length(4, 5),))), ("email",))
    (kept,) = step_effects(Recipe((step,)), ruled, Frames(zips), (step,))
    assert kept.good == 1, "a rule says that it is right"


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        (" Ann  Lee", "Ann Lee", True),
        ("Ann\u200bLee", "AnnLee", True),
        ("Ann@X.com", "ann@x.com", True),
        ("+49 (30) 123-456", "+4930123456", True),
        ("030 123456", "+4930123456", False),
        ("+1.5", "+15", False),
        ("Ann Lee", "AnnLee", False),
        ("IBM", "Ibm", False),
        ("x", "", False),
    ],
)
def test_two_texts_mean_the_same_or_not(before: str, after: str, same: bool) -> None:
    texts = (pa.array([text], pa.large_string()) for text in (before, after))
    assert harmless(*texts).tolist() == [same]


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("03.04.2024", "3.4.24", True),
        ("03.04.2024", "03/04/2024", False),
        ("a,b", "c,d,e", True),
        ("a,b", "Smith, John", False),
        ("ANN LEE", "MARY A. LEE", False),
        ("1067", "501", False),
        ("ÄNNE", "ANN", True),
    ],
)
def test_forms_are_alike_or_not(one: str, other: str, alike: bool) -> None:
    first, second = forms_of(pa.array([one, other], pa.large_string())).to_pylist()
    assert (first == second) is alike


def test_a_step_is_looked_at_where_it_stands_and_under_the_last_name_of_its_column() -> None:
    town, mapped = RenameColumn("town", "city"), MapValues("town", (("KOLN", "Köln"),))
    frame = FRAME.rename(columns={"city": "town"})
    recipe = Recipe((ChangeCase("town", "upper"), mapped, town))
    (effect,) = step_effects(recipe, SCHEMA, Frames(frame), (mapped,))
    assert (effect.column, effect.good) == ("town", 1)
    small = MapValues("town", (("Koln", "Köln"),))
    gone = Recipe((small, DropColumns(("town",))))
    assert step_effects(gone, SCHEMA, Frames(frame), (small,)) == ()
    both = Recipe((small, JoinColumns(("town", "note"), " ", "both", keep=False)))
    (joined,) = step_effects(both, SCHEMA, Frames(frame), (small,))
    assert joined.good == 1, "it goes on in another column"


def test_only_the_wanted_steps_are_looked_at() -> None:
    mine, theirs = SetColumn("city", "x"), SetColumn("phone", "")
    assert [one.step for one in step_effects(Recipe((mine, theirs)), SCHEMA, Frames(FRAME), (theirs,))] == [theirs]


def test_blank_means_is_no_part_of_passing() -> None:
    assert cells_pass(cells(""), ColumnSpec("c", "c", DynamoType.N, BlankMeans.NULL)).tolist() == [True]
