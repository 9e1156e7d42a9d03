"""Alike values and the same person by AppTest: approve, put aside, undo; nothing changes without a click."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from page_kit import html_of, texts
from streamlit.testing.v1 import AppTest

from importer.check import Allowed, CheckResult, Schema
from importer.clean import DecideRows, MapValues, SetCells, load_history
from importer.run import WORKS, RunFolder, prepare_schema, read_schema, save_schema
from importer.table import KeyPart, TableKey
from pages.parts import alike_values
from pages.parts.alike import labels_of, visible
from pages.parts.person_card import row_words

KEY = TableKey(KeyPart("email", "S"))

CITIES = b"""Email,City
a@example.com,Boston
b@example.com,Boston
c@example.com,BOSTON
d@example.com,boston
e@example.com,Bostan
f@example.com,Paris
g@example.com,PARIS
h@example.com,Paris
"""

PEOPLE = b"""Email,First name,Last name,Phone,City
ann@example.com,Ann,Sample,,Bonn
ANN@example.com,Ann,Sample,+1 202 555 0143,
bo@example.com,Bo,Test,+1 202 555 0199,Paris
bo.test@example.com,Test,Bo,(202) 555-0199,Paris
carla@example.com,Carla,Other,,Rome
"""

HOSTILE = b"""Email,City,Name
a@example.com,<img src=x onerror=alert(1)>,Ann A
A@example.com,<IMG src=x onerror=alert(1)>,=1+1
b@example.com,[click](https://example.org),Bo B
c@example.com,[CLICK](https://example.org),Cy C
d@example.com,=cmd|' /C calc'!A0,Di D
e@example.com,=CMD|' /C calc'!A0,Ed E
f@example.com,:red[x] $x$ `x`,Fi F
g@example.com,:red[X] $x$ `x`,Gi G
"""


def labels(app: AppTest) -> list[str]:
    return [button.label.replace("\\", "") for button in app.button]


def press(app: AppTest, label: str, at: int = 0) -> AppTest:
    found = [button for button in app.button if button.label.replace("\\", "").startswith(label)]
    return found[at].click().run()


def card(app: AppTest, label: str) -> str:
    """The big number of a card."""
    before = html_of(app).split(f'<div class="ci-label">{label}</div>')[0]
    return before.rsplit('<div class="ci-number">', 1)[1].split("<")[0]


@pytest.fixture
def tab(open_page: Callable[..., AppTest]) -> Callable[[RunFolder, str], AppTest]:
    """The Check page of a run with one of its tabs open."""

    def open_tab(folder: RunFolder, name: str) -> AppTest:
        app = open_page("check.py", folder)
        app.session_state[f"check_tabs_{folder.run_id}"] = name
        return app.run()

    return open_tab


@pytest.fixture
def cities(read: Callable[..., RunFolder]) -> RunFolder:
    """A list whose cities must be Boston or Paris: 4 of 8 rows fail."""
    folder = read(CITIES)
    schema = prepare_schema(folder, KEY)
    allowed = Allowed(("Boston", "Paris"))
    columns = tuple(replace(one, rules=(allowed,)) if one.column == "City" else one for one in schema.columns)
    save_schema(folder, Schema(columns, schema.key, schema.winner))
    return folder


def choose_way(app: AppTest, folder: RunFolder, way: str) -> AppTest:
    return app.radio(key=f"alike_way_{folder.run_id}").set_value(way).run()


def test_an_approved_group_is_a_step_the_check_counts_and_undo_takes_back(
    tab: Callable[..., AppTest], cities: RunFolder
) -> None:
    app = tab(cities, "Similar spellings")
    assert not app.exception
    assert card(app, "need fixing") == "4"
    assert [pills.options for pills in app.get("button_group")] == [
        ["Boston :small[(2)]", "BOSTON :small[(1)]", "boston :small[(1)]"],
        ["Paris :small[(2)]", "PARIS :small[(1)]"],
    ]
    assert load_history(cities.recipe).done == ()
    press(app, "Change 2 cells")
    step = MapValues("City", (("BOSTON", "Boston"), ("boston", "Boston")))
    assert load_history(cities.recipe).done == (step,)
    assert card(app, "need fixing") == "2"
    assert len(app.get("button_group")) == 1
    app.button(key="undo").click().run()
    assert card(app, "need fixing") == "4"
    assert len(app.get("button_group")) == 2


def test_a_letter_that_differs_is_found_by_the_way_that_looks_for_it(
    tab: Callable[..., AppTest], cities: RunFolder
) -> None:
    app = choose_way(tab(cities, "Similar spellings"), cities, "distance")
    assert "Bostan :small[(1)]" in app.get("button_group")[0].options
    press(app, "Change 3 cells")
    assert card(app, "need fixing") == "1"


def test_another_spelling_and_fewer_of_them_can_be_chosen(tab: Callable[..., AppTest], cities: RunFolder) -> None:
    app = tab(cities, "Similar spellings")
    (spellings, *_), (written, *_) = app.get("button_group"), [box for box in app.selectbox if "Write" in box.label]
    spellings.set_value(["Boston", "BOSTON"])
    written.set_value("BOSTON").run()
    assert "Change 2 cells" in labels(app)
    press(app, "Change 2 cells")
    assert load_history(cities.recipe).done == (MapValues("City", (("Boston", "BOSTON"),)),)


def test_a_spelling_that_no_row_has_can_be_typed(tab: Callable[..., AppTest], cities: RunFolder) -> None:
    app = tab(cities, "Similar spellings")
    assert not [field for field in app.text_input if field.label == "Spelling"]
    next(box for box in app.selectbox if box.label == "Write them all as").select("Another spelling …").run()
    next(field for field in app.text_input if field.label == "Spelling").set_value(" Boston MA ").run()
    press(app, "Change 4 cells")
    pairs = tuple((old, "Boston MA") for old in ("Boston", "BOSTON", "boston"))
    assert load_history(cities.recipe).done == (MapValues("City", pairs),)


def test_a_group_of_which_nothing_is_left_to_change_cannot_be_approved(
    tab: Callable[..., AppTest], cities: RunFolder
) -> None:
    app = tab(cities, "Similar spellings")
    app.get("button_group")[0].set_value(["Boston"]).run()
    assert next(button for button in app.button if button.label == "Nothing to change").disabled


def test_what_is_not_the_same_stays_put_aside_in_another_session_and_can_be_had_back(
    tab: Callable[..., AppTest], cities: RunFolder
) -> None:
    press(tab(cities, "Similar spellings"), "Not the same")
    again = tab(cities, "Similar spellings")
    assert [pills.options[0] for pills in again.get("button_group")] == ["Paris :small[(2)]"]
    assert "1 group put aside as not the same" in texts(again.caption)
    press(again, "Show them again")
    assert len(again.get("button_group")) == 2
    assert load_history(cities.recipe).done == ()


def test_all_of_a_page_are_approved_only_by_a_click_that_names_the_cells_and_is_one_step(
    tab: Callable[..., AppTest], cities: RunFolder
) -> None:
    app = tab(cities, "Similar spellings")
    assert "This changes **3 cells** of City" in texts(app.markdown)
    assert load_history(cities.recipe).done == ()
    press(app, "Yes, change 3 cells")
    pairs = (("BOSTON", "Boston"), ("boston", "Boston"), ("PARIS", "Paris"))
    assert load_history(cities.recipe).done == (MapValues("City", pairs),)
    assert card(app, "need fixing") == "1"
    app.button(key="undo").click().run()
    assert card(app, "need fixing") == "4"


def test_a_page_holds_twenty_groups_and_approving_all_means_those(
    tab: Callable[..., AppTest], read: Callable[..., RunFolder]
) -> None:
    lines = [
        f"{n}{case}@example.com,{name}" for n in range(25) for case, name in enumerate((f"Town {n}", f"TOWN {n}"))
    ]
    folder = read("\n".join(["Email,City", *lines]).encode())
    app = tab(folder, "Similar spellings")
    assert len(app.get("button_group")) == alike_values.PAGE_GROUPS == 20
    press(app, "Yes, change 20 cells")
    assert len(app.get("button_group")) == 5


def test_more_spellings_than_are_shown_are_not_changed_unseen(
    tab: Callable[..., AppTest], read: Callable[..., RunFolder], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alike_values, "SPELLINGS", 2)
    folder = read(CITIES)
    app = tab(folder, "Similar spellings")
    assert "1 more spellings come up after these." in texts(app.caption)
    press(app, "Change 1 cell")
    assert load_history(folder.recipe).done == (MapValues("City", (("BOSTON", "Boston"),)),)
    assert "boston :small[(1)]" in app.get("button_group")[1].options + app.get("button_group")[0].options


def test_of_very_many_groups_those_with_most_rows_come_first_and_the_page_says_so(
    tab: Callable[..., AppTest], cities: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alike_values, "KEPT", 1)
    app = tab(cities, "Similar spellings")
    assert "**2 groups** of alike spellings" in texts(app.markdown)
    assert "The 1 with most rows come first." in texts(app.markdown)
    assert [pills.options[0] for pills in app.get("button_group")] == ["Boston :small[(2)]"]
    press(app, "Change 2 cells")
    assert [pills.options[0] for pills in app.get("button_group")] == ["Paris :small[(2)]"]


def test_a_column_with_too_many_values_is_refused_in_words(
    tab: Callable[..., AppTest], cities: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importer.clean.clusters.MAX_DISTINCT", 3)
    app = tab(cities, "Similar spellings")
    assert "more than 3 different values" in texts(app.error)
    assert not app.exception


def test_nothing_is_looked_for_until_a_tab_is_opened(open_page: Callable[..., AppTest], cities: RunFolder) -> None:
    def asked() -> list[str]:
        return [kind for kind in ("alike", "people") if WORKS.find(cities.run_id, kind) is not None]

    app = open_page("check.py", cities)
    assert asked() == []
    for name, seen in (("Similar spellings", ["alike"]), ("Possible duplicates", ["alike", "people"])):
        app.session_state[f"check_tabs_{cities.run_id}"] = name
        app.run()
        assert asked() == seen


def test_a_list_without_a_problem_can_still_be_looked_through(
    tab: Callable[..., AppTest], read: Callable[..., RunFolder]
) -> None:
    folder = read(CITIES)
    app = tab(folder, "Similar spellings")
    assert "Every row is ready" in texts(app.success)
    assert "Change 2 cells" in labels(app)


def test_two_rows_of_one_person_are_merged_by_a_click_and_the_dropped_one_is_counted(
    tab: Callable[..., AppTest], read: Callable[..., RunFolder]
) -> None:
    folder = read(PEOPLE)
    app = tab(folder, "Possible duplicates")
    assert not app.exception
    assert "2 people seem" in texts(app.markdown)
    shown = html_of(app)
    assert "Rows 2 and 3" in shown
    assert "same e-mail address, written otherwise" in shown
    assert "Rows 4 and 5" in shown
    assert "same phone number and similar names" in shown
    assert load_history(folder.recipe).done == ()
    press(app, "Merge these 2 rows")
    steps = (SetCells("Phone", ((2, "+1 202 555 0143"),)), DecideRows((3,), "drop"))
    assert load_history(folder.recipe).done == steps
    assert (card(app, "ready"), card(app, "left out")) == ("4", "1")
    report = CheckResult.open(folder.check).report
    assert report.ready + report.rejected + report.skipped + report.duplicate == report.rows == 5
    assert "1 person seems" in texts(app.markdown)
    press(app, "Take this merge back")
    assert load_history(folder.recipe).done == ()
    assert "2 people seem" in texts(app.markdown)
    app.button(key="redo").click().run()
    assert load_history(folder.recipe).done == steps
    assert app.button(key="undo").label == "Undo: Merge 2 rows"
    app.button(key="undo").click().run()
    assert load_history(folder.recipe).done == ()


def test_what_stays_is_chosen_field_by_field(tab: Callable[..., AppTest], read: Callable[..., RunFolder]) -> None:
    folder = read(PEOPLE)
    app = tab(folder, "Possible duplicates")
    fields = [radio for radio in app.radio if radio.key and radio.key.startswith("field_")]
    assert [radio.label for radio in fields[:3]] == ["Email", "Phone", "City"]
    fields[0].set_value(3).run()
    press(app, "Merge these 2 rows")
    steps = load_history(folder.recipe).done
    assert steps[0] == SetCells("Email", ((2, "ANN@example.com"),))
    assert steps[-1] == DecideRows((3,), "drop")


def test_different_people_stay_put_aside_in_another_session(
    tab: Callable[..., AppTest], read: Callable[..., RunFolder]
) -> None:
    folder = read(PEOPLE)
    press(tab(folder, "Possible duplicates"), "They are different people")
    again = tab(folder, "Possible duplicates")
    assert "Rows 2 and 3" not in html_of(again)
    assert "Rows 4 and 5" in html_of(again)
    assert load_history(folder.recipe).done == ()


def test_of_three_rows_one_can_be_left_alone(tab: Callable[..., AppTest], read: Callable[..., RunFolder]) -> None:
    folder = read(b"Email,Name\nann@example.com,Ann\nANN@example.com,Ann A\nAnn@example.com,Bob\n")
    app = tab(folder, "Possible duplicates")
    app.get("button_group")[0].set_value([2, 3]).run()
    assert "is left alone" in html_of(app)
    press(app, "Merge these 2 rows")
    assert load_history(folder.recipe).done == (DecideRows((3,), "drop"),)


def test_rows_that_are_not_shown_are_not_merged(tab: Callable[..., AppTest], read: Callable[..., RunFolder]) -> None:
    names = ["abcd", "Abcd", "aBcd", "abCd", "abcD", "ABcd", "AbCd", "AbcD", "aBCd", "aBcD"]
    folder = read("\n".join(["Email,Note", *(f"{name}@example.com,{name}" for name in names)]).encode())
    app = tab(folder, "Possible duplicates")
    assert "2 more rows come up once these are one." in texts(app.caption)
    press(app, "Merge these 8 rows")
    assert load_history(folder.recipe).done == (DecideRows((3, 4, 5, 6, 7, 8, 9), "drop"),)
    assert "Rows 2, 10 and 11" in html_of(app)


def test_people_without_an_address_for_mail_are_found_by_name_birth_date_and_address(
    tab: Callable[..., AppTest], read: Callable[..., RunFolder]
) -> None:
    rows = ["m1,Ann,Sample,12 High Street,Leeds,1984-03-02", "m2,Boris,Kowalski,3 Mill Lane,York,1951-11-30"]
    rows += ["m3,Anne,Sample,9 Low Road,Hull,02.03.1984", "m4,Boris,Kowalsky,3 Mill Lane,York,"]
    folder = read("\n".join(["Email,First name,Last name,Street,Town,Birth date", *rows]).encode())
    app = tab(folder, "Possible duplicates")
    assert not app.exception
    run = folder.run_id
    assert app.selectbox(key=f"person_birth_{run}").value == "Birth date"
    assert app.multiselect(key=f"person_address_{run}").value == ["Street", "Town"]
    shown = html_of(app)
    assert "Rows 2 and 4" in shown
    assert "same birth date, similar name" in shown
    assert "Rows 3 and 5" in shown
    assert "same address, similar name" in shown
    press(app, "Merge these 2 rows", 1)
    assert DecideRows((5,), "drop") in load_history(folder.recipe).done


def test_the_columns_that_tell_people_apart_can_be_changed(
    tab: Callable[..., AppTest], read: Callable[..., RunFolder]
) -> None:
    folder = read(PEOPLE)
    app = tab(folder, "Possible duplicates")
    run = folder.run_id
    assert app.selectbox(key=f"person_email_{run}").value == "Email"
    assert app.selectbox(key=f"person_phone_{run}").value == "Phone"
    assert app.multiselect(key=f"person_names_{run}").value == ["First name", "Last name"]
    app.selectbox(key=f"person_phone_{run}").set_value("").run()
    assert "1 person seems" in texts(app.markdown)
    app.selectbox(key=f"person_email_{run}").set_value("").run()
    assert "Choose a column of e-mail addresses" in texts(app.info)


def test_what_was_chosen_is_still_chosen_after_a_look_at_another_tab(
    tab: Callable[..., AppTest], read: Callable[..., RunFolder]
) -> None:
    folder = read(PEOPLE)
    app = tab(folder, "Similar spellings")
    column, way = f"alike_column_{folder.run_id}", f"alike_way_{folder.run_id}"
    assert app.selectbox(key=column).value == "City"
    app.selectbox(key=column).select("Last name")
    app.radio(key=way).set_value("distance").run()
    for name in ("By problem", "Similar spellings"):
        app.session_state[f"check_tabs_{folder.run_id}"] = name
        app.run()
    assert (app.selectbox(key=column).value, app.radio(key=way).value) == ("Last name", "distance")


def test_hostile_cells_are_text_in_both_tabs(tab: Callable[..., AppTest], read: Callable[..., RunFolder]) -> None:
    folder = read(HOSTILE)
    app = tab(folder, "Similar spellings")
    assert len(app.get("button_group")) == 4
    for pills in app.get("button_group"):
        for label in pills.options:
            assert re.search(r"(?<!\\)[<\[`$:]", label.rsplit(" :small[", 1)[0]) is None
    app.session_state[f"check_tabs_{folder.run_id}"] = "Possible duplicates"
    app.run()
    shown = html_of(app)
    assert "&lt;" in shown
    assert "<img" not in shown.lower()


def test_a_planned_list_offers_nothing_to_change(
    tab: Callable[..., AppTest], planned: Callable[..., RunFolder]
) -> None:
    folder = planned(CITIES)
    assert read_schema(folder).key == ("email",)
    for name in ("Similar spellings", "Possible duplicates"):
        app = tab(folder, name)
        assert "planned already" in texts(app.info)
        assert not [label for label in labels(app) if label.startswith(("Change", "Merge", "Not the same"))]


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Acme Ltd", "Acme Ltd"),
        (" Acme  Ltd\u200b", "␣Acme␣␣Ltd␣"),
        ("Acme\u00a0Ltd", "Acme␣Ltd"),
        ("a\u202eb\u00adc\nd", "a·b·c␣d"),
        ("", "(blank)"),
        (" \t", "(blank)"),
        ("x" * 81, "x" * 80 + "…"),
        ("x" * 80, "x" * 80),
    ],
)
def test_signs_that_nobody_sees_are_shown(text: str, label: str) -> None:
    assert visible(text) == label


def test_values_that_look_the_same_have_labels_that_do_not() -> None:
    assert labels_of(["a b", "a\u00a0b", "a\u2007b"]) == {
        "a b": "a b",
        "a␣b": "a\u00a0b",
        "a␣b (other signs)": "a\u2007b",
    }


def test_row_numbers_in_words() -> None:
    assert row_words([2]) == "Row 2"
    assert row_words([2, 1978]) == "Rows 2 and 1,978"
    assert row_words([2, 3, 8]) == "Rows 2, 3 and 8"
    assert row_words(range(1, 13)) == "Rows 1, 2, 3, 4, 5, 6, 7, 8 and 4 more"
