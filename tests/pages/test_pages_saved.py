"""Saved lists by AppTest: opened, taken back, asked about, compared, saved, replaced, renamed, deleted."""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from page_kit import html_of, texts
from streamlit.testing.v1 import AppTest

from importer.clean import Decide, History, Recipe, RenameColumn, SetCellsByKey, Trim, load_history, save_history
from importer.run import (
    Asked,
    RunFolder,
    decide_opening,
    find_saved,
    list_warnings,
    note_imported,
    open_doubts,
    prepare_schema,
    read_library,
    read_opening,
    save_for_next,
    undecided_between,
)
from importer.run.saved.library import keep_saved
from importer.settings import Settings
from importer.table import KeyPart, TableKey

HEADER = b"Email,Name,Score\n"
NOW = datetime(2025, 3, 1, 10, 0, tzinfo=UTC)
KEY = TableKey(KeyPart("email", "S"))


def rows(first: int, last: int, *, named: int = 100) -> bytes:
    """Contacts number `first` to `last`; of each 100 so many have a name."""
    lines = [f" p{n}@example.com,{'Ann' if n % 100 < named else ''},{n}" for n in range(first, last)]
    return "".join(f"{line}\n" for line in lines).encode()


def save_box(app: AppTest, folder: RunFolder) -> AppTest:
    """The page with "Save for next month" unfolded."""
    app.session_state[f"save_box_{folder.run_id}"] = True
    return app.run()


@pytest.fixture
def save(read: Callable[..., RunFolder], settings: Settings) -> Callable[..., RunFolder]:
    """Last month: cleaned, saved under a name and imported."""

    def save_it(name: str = "Partner monthly") -> RunFolder:
        folder = read(HEADER + rows(0, 100), "october.csv")
        prepare_schema(folder, KEY)
        save_history(folder.recipe, History((Trim(("Email",)),)))
        save_for_next(settings, folder, name, now=NOW)
        note_imported(settings, folder, NOW)
        return folder

    return save_it


def test_a_list_that_matches_opens_with_everything_in_place_and_can_be_taken_back(
    save: Callable[..., RunFolder], bring: Callable[..., RunFolder], open_page: Callable[..., AppTest]
) -> None:
    save()
    folder = bring(HEADER + rows(0, 5))
    app = open_page("file.py", folder)
    assert "Opened as Partner monthly: 1 step, 2 rules." in texts(app.markdown)
    assert load_history(folder.recipe).done == (Trim(("Email",)),)
    app.button(key=f"not_this_{folder.run_id}").click().run()
    assert "A plain list, not opened as Partner monthly." in texts(app.caption)
    assert load_history(folder.recipe).done == ()
    app = open_page("file.py", folder)
    assert "Opened as" not in texts(app.markdown), "another session sees the same"
    app.button(key=f"again_{folder.run_id}").click().run()
    assert "Opened as Partner monthly: 1 step, 2 rules." in texts(app.markdown)
    assert load_history(folder.recipe).done == (Trim(("Email",)),)


def test_control_a_list_of_other_columns_opens_plain(
    save: Callable[..., RunFolder], bring: Callable[..., RunFolder], open_page: Callable[..., AppTest]
) -> None:
    save()
    folder = bring(b"email,city,zip\na@example.com,Berlin,10115\n")
    app = open_page("file.py", folder)
    assert not app.error
    assert "Partner monthly" not in texts(app.markdown) + texts(app.caption) + html_of(app)
    assert not folder.opening.exists()
    assert not open_page("columns.py", folder).warning


def test_of_several_a_person_says_which(
    save: Callable[..., RunFolder], bring: Callable[..., RunFolder], open_page: Callable[..., AppTest]
) -> None:
    save()
    save("Partner weekly")
    folder = bring(HEADER + rows(0, 5))
    app = open_page("file.py", folder)
    assert "This looks like 2 saved lists." in texts(app.markdown)
    assert [label.replace("\\", "") for label in app.radio(key=f"which_{folder.run_id}").options] == [
        "Partner monthly (1 step, 2 rules)",
        "Partner weekly (1 step, 2 rules)",
    ]
    app.radio(key=f"which_{folder.run_id}").set_value(app.radio(key=f"which_{folder.run_id}").options[1]).run()
    app.button(key=f"open_as_{folder.run_id}").click().run()
    assert "Opened as Partner weekly" in texts(app.markdown)


def test_while_nobody_said_which_the_other_pages_ask_and_nothing_is_imported(
    save: Callable[..., RunFolder],
    bring: Callable[..., RunFolder],
    open_page: Callable[..., AppTest],
    settings: Settings,
) -> None:
    save()
    save("Partner weekly")
    folder = bring(HEADER + b"a@example.com,Ann,1\n")
    open_page("file.py", folder)
    asked = "It looks like Partner monthly or Partner weekly."
    app = open_page("check.py", folder)
    assert asked in texts(app.warning).replace("*", "")
    assert "A question about the list is still open" in texts(app.success)
    app = open_page("importing.py", folder)
    assert asked in texts(app.warning).replace("*", "")
    assert app.button(key=f"start_{folder.run_id}").disabled
    assert len(undecided_between(settings, folder)) == 2
    assert "This looks like 2 saved lists." in texts(open_page("file.py", folder).markdown), "asked in full there"
    app = open_page("importing.py", folder)
    app.button(key=f"plain_{folder.run_id}").click().run()
    assert asked not in texts(app.warning).replace("*", "")
    assert undecided_between(settings, folder) == ()


def test_a_column_of_another_name_is_offered_and_mapped_on_a_word(
    save: Callable[..., RunFolder], bring: Callable[..., RunFolder], open_page: Callable[..., AppTest]
) -> None:
    save()
    folder = bring(b"Email,Full name,Score\n" + rows(0, 5))
    app = open_page("file.py", folder)
    assert "This looks like Partner monthly (1 step, 2 rules, other columns)." in texts(app.markdown)
    assert load_history(folder.recipe).done == ()
    (choice,) = [box for box in app.selectbox if box.label == "Name"]
    assert choice.options == ["not in this list", "Full name"]
    choice.select("Full name").run()
    app.button(key=f"open_as_{folder.run_id}").click().run()
    assert load_history(folder.recipe).done == (RenameColumn("Full name", "Name"), Trim(("Email",)))
    assert '"Full name" is taken for "Name".'.replace('"', "&quot;") in html_of(app)
    assert not open_page("columns.py", folder).error
    assert not open_page("check.py", folder).error


def test_an_offer_that_is_refused_is_folded_up(
    save: Callable[..., RunFolder], bring: Callable[..., RunFolder], open_page: Callable[..., AppTest]
) -> None:
    save()
    folder = bring(b"Email,Full name,Score\n" + rows(0, 5))
    open_page("file.py", folder).button(key=f"decline_{folder.run_id}").click().run()
    app = open_page("file.py", folder)
    assert "This looks like" not in texts(app.markdown)
    assert [box.label for box in app.expander if "saved list" in box.label] == ["Open it as a saved list"]
    assert read_opening(folder).declined


def test_what_is_unusual_is_told_before_anything_runs(
    save: Callable[..., RunFolder], bring: Callable[..., RunFolder], open_page: Callable[..., AppTest]
) -> None:
    save()
    folder = bring(HEADER + rows(50, 150, named=41))
    open_page("file.py", folder)
    told = (
        "**1 thing is unusual** beside the last Partner monthly (october.csv, 100 rows, 2025-03-01 10:00 UTC).\n\n"
        '- Column "Name" now has blanks: 59 % of the rows, 0 % in the last list.'
    )
    assert texts(open_page("columns.py", folder).warning) == told
    app = open_page("importing.py", folder)
    assert texts(app.warning[:1]) == told
    assert app.warning[0].proto  # above the plan: the first warning of the page
    assert [button.label for button in app.button if button.label == "Start the import"]


def test_a_list_like_the_last_is_said_to_be_usual(
    save: Callable[..., RunFolder],
    read: Callable[..., RunFolder],
    open_page: Callable[..., AppTest],
    settings: Settings,
) -> None:
    save()
    folder = read(HEADER + rows(50, 150))
    decide_opening(settings, folder)
    app = open_page("columns.py", folder)
    assert not app.warning
    assert "how they are filled: nothing unusual beside the last Partner monthly" in texts(app.caption)


def test_saving_asks_before_it_replaces(
    read: Callable[..., RunFolder], open_page: Callable[..., AppTest], settings: Settings
) -> None:
    folder = read(HEADER + rows(0, 5))
    app = save_box(open_page("check.py", folder), folder)
    app.text_input(key=f"save_name_{folder.run_id}").set_value("Partner monthly")
    next(button for button in app.button if button.label == "Save").click().run()
    assert "Saved as Partner monthly." in texts(app.success)
    assert find_saved(settings, "Partner monthly").recipe.operations == ()
    save_history(folder.recipe, History((Trim(("Email",)),)))
    app = save_box(open_page("check.py", folder), folder)
    assert app.text_input(key=f"save_name_{folder.run_id}").value == "Partner monthly"
    next(button for button in app.button if button.label == "Save").click().run()
    assert "Partner monthly is saved already: 0 steps, 2 rules" in texts(app.warning).replace("*", "")
    assert find_saved(settings, "Partner monthly").recipe.operations == ()
    app.button(key=f"replace_it_{folder.run_id}").click().run()
    assert find_saved(settings, "Partner monthly").recipe.operations == (Trim(("Email",)),)


def test_a_name_that_is_none_is_refused_in_words(
    read: Callable[..., RunFolder], open_page: Callable[..., AppTest], settings: Settings
) -> None:
    folder = read(HEADER + rows(0, 5))
    app = save_box(open_page("check.py", folder), folder)
    next(button for button in app.button if button.label == "Save").click().run()
    assert "Give it a name of 1 to 80 visible characters" in texts(app.error)
    assert read_library(settings).entries == ()


CONTACTS = SetCellsByKey("Name", "Email", (("p1@example.com", "Anna"), ("p2@example.com", "Beate")))


@pytest.fixture
def by_contact(save: Callable[..., RunFolder], bring: Callable[..., RunFolder], settings: Settings) -> RunFolder:
    """A list opened as one whose saved step sets two names, which nobody has agreed to."""
    save()
    old = replace(find_saved(settings, "Partner monthly"), recipe=Recipe((Trim(("Email",)), CONTACTS)))
    keep_saved(settings, old, overwrite=True)
    return bring(HEADER + rows(0, 5))


def test_saved_steps_that_would_change_good_cells_are_shown_first_and_can_be_left_out(
    by_contact: RunFolder, open_page: Callable[..., AppTest]
) -> None:
    app = open_page("file.py", by_contact)
    asked = texts(app.warning).replace("*", "")
    assert "Steps of Partner monthly would change 2 cells that have no problem." in asked
    assert "Step 2: Set Name of 2 contacts, found by Email · 2 cells of Name" in texts(app.markdown).replace("*", "")
    assert "<td>3</td><td>Ann</td><td>Anna</td>" in html_of(app)
    app.button(key=f"replay_out_{by_contact.run_id}").click().run()
    assert load_history(by_contact.recipe).done == (Trim(("Email",)),)
    assert "would change" not in texts(app.warning)
    save_history(by_contact.recipe, load_history(by_contact.recipe).undo())
    assert load_history(by_contact.recipe).done == (Trim(("Email",)), CONTACTS), "one undo brings them back"


def test_nothing_is_imported_before_that_is_answered(
    by_contact: RunFolder, open_page: Callable[..., AppTest]
) -> None:
    open_page("file.py", by_contact)
    app = open_page("importing.py", by_contact)
    assert app.button(key=f"start_{by_contact.run_id}").disabled
    assert "would change 2 cells" in texts(app.warning)
    app.button(key=f"replay_keep_{by_contact.run_id}").click().run()
    assert "would change" not in texts(app.warning)
    assert "Set Name of 2 contacts, found by Email: 2 cells of Name. Accepted on this list." in html_of(app)
    assert open_doubts(by_contact, list_warnings(Asked(by_contact))) == ()
    save_history(by_contact.recipe, load_history(by_contact.recipe).do(Trim(("Name",))))
    assert "would change" not in texts(open_page("file.py", by_contact).warning), "the answer holds for this list"


def test_control_a_step_that_changes_no_good_cell_is_not_asked_about(
    save: Callable[..., RunFolder], bring: Callable[..., RunFolder], open_page: Callable[..., AppTest]
) -> None:
    save()
    folder = bring(HEADER + rows(0, 5))
    app = open_page("file.py", folder)
    assert "Opened as Partner monthly" in texts(app.markdown)
    assert "would change" not in texts(app.warning)


def test_the_saved_lists_are_seen_renamed_and_deleted(
    save: Callable[..., RunFolder], open_page: Callable[..., AppTest], settings: Settings
) -> None:
    assert "Nothing is saved yet." in texts(open_page("saved.py").info)
    save()
    app = open_page("saved.py")
    assert list(app.dataframe[0].value["name"]) == ["Partner monthly"]
    assert "Trim spaces in Email" in html_of(app)
    assert "Email must be an e-mail address" in html_of(app)
    entry = find_saved(settings, "Partner monthly")
    app.text_input(key=f"name_{entry.entry_id}_Partner monthly").set_value("Partner Q4")
    next(button for button in app.button if button.label == "Rename").click().run()
    assert list(app.dataframe[0].value["name"]) == ["Partner Q4"]
    app.button(key=f"delete_{entry.entry_id}").click().run()
    assert "Nothing is saved yet." in texts(app.info)
    assert read_library(settings).entries == ()


def test_a_saved_step_is_called_what_it_is_called_on_the_check_page(
    read: Callable[..., RunFolder], open_page: Callable[..., AppTest], settings: Settings
) -> None:
    folder = read(HEADER + rows(0, 5) + b"not an address,Bob,2\n")
    prepare_schema(folder, KEY)
    save_history(folder.recipe, History((Decide("not_an_email", "Email", "drop"),)))
    save_for_next(settings, folder, "Partner monthly", now=NOW)
    told = 'Drop: e-mail addresses in "Email" are not valid'
    assert f"Undo: {told}" in [button.label.replace("\\", "") for button in open_page("check.py", folder).button]
    assert html.escape(told, quote=True) in html_of(open_page("saved.py"))


def test_a_damaged_one_is_said_and_can_be_deleted(
    save: Callable[..., RunFolder],
    bring: Callable[..., RunFolder],
    open_page: Callable[..., AppTest],
    settings: Settings,
) -> None:
    save()
    save("Broken")
    broken = find_saved(settings, "Broken").entry_id
    (settings.library / broken / "entry.json").write_text("{")
    app = open_page("saved.py")
    assert "A saved list cannot be read. Its file is damaged." in texts(app.error)
    assert list(app.dataframe[0].value["name"]) == ["Partner monthly"]
    assert "Opened as Partner monthly" in texts(open_page("file.py", bring(HEADER + rows(0, 5))).markdown)
    app.button(key=f"delete_{broken}").click().run()
    assert not app.error


def test_a_hostile_name_is_text_everywhere(
    save: Callable[..., RunFolder], bring: Callable[..., RunFolder], open_page: Callable[..., AppTest]
) -> None:
    name = "<img src=x onerror=alert(1)> [x](http://evil.example) **b**"
    save(name)
    folder = bring(HEADER + rows(0, 5))
    for app in (open_page("file.py", folder), open_page("columns.py", folder), open_page("saved.py")):
        assert not app.exception
        assert "<img" not in html_of(app)
        shown = " ".join(str(element.value) for element in (*app.markdown, *app.caption, *app.warning))
        assert "](http" not in shown
        assert " **b**" not in shown
