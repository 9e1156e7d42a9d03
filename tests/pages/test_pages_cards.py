"""Fix cards: the number left goes down with each click, and each click can be undone."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from page_kit import html_of, until
from streamlit.testing.v1 import AppTest

from importer.check import CheckResult
from importer.clean import FormatPhones, MapValues, SetFailing, load_history
from importer.run import WORKS, RunFolder
from pages.parts import words

ROWS = [
    "Email,Phone",
    " ann@example.com,(020) 7946 0123",
    "bob at example.com,020 7946 0124",
    "carla@@example.com,+44 20 7946 0125",
    "dora@example.com;second@example.com,(020) 7946 0126",
    "nobody,12",
    ",+44 20 7946 0127",
    *(f"p{number}@example.com,+44 20 7946 01{number}" for number in range(30, 50)),
]
LIST = "\n".join(ROWS).encode()


def press(app: AppTest, label: str, at: int = 0) -> AppTest:
    return (
        [button for button in app.button if button.label.replace("\\", "").replace("\u2060", "") == label][at]
        .click()
        .run()
    )


def left(folder: RunFolder) -> int:
    return CheckResult.open(folder.check).report.undecided


def test_each_click_brings_the_number_down_and_each_undo_brings_it_back(
    open_page: Callable[..., AppTest], read: Callable[..., RunFolder]
) -> None:
    folder = read(LIST)
    app = open_page("check.py", folder)
    numbers = [left(folder)]
    for label in (
        "Trim spaces in Email",
        'Replace "at" by @ in Email',
        "Fix double @ in Email",
        "Keep the first of several addresses in Email",
        "Leave out and list in the error file",
        "Leave out",
    ):
        press(app, label)
        assert not app.error
        numbers.append(left(folder))
    assert numbers == [6, 5, 4, 3, 2, 1, 0]
    assert "Nothing is left to decide" in app.success[0].value
    back = [0]
    for _ in range(6):
        app.button(key="undo").click().run()
        back.append(left(folder))
    assert back == numbers[::-1]


def test_phones_without_a_country_code_ask_for_the_country_on_their_card(
    open_page: Callable[..., AppTest], read: Callable[..., RunFolder]
) -> None:
    folder = read(LIST)
    app = open_page("check.py", folder)
    assert "3 phone numbers in &quot;Phone&quot; have no country code" in html_of(app)
    key = f"country_{folder.run_id}_Phone_0"
    app.session_state[key] = True
    app.run()
    app.session_state[f"{key}_region"] = "GB"
    app.run()
    assert "Will change 25 cells in 25 rows. 1 cell cannot be read and stays as it is." in html_of(app)
    app.button(key=f"{key}_do").click().run()
    assert load_history(folder.recipe).done == (FormatPhones("Phone", "GB"),)
    assert CheckResult.open(folder.check).report.cause("no_country_code", "Phone") is None


def _another(app: AppTest, folder: RunFolder, cause: str, name: str) -> AppTest:
    app.session_state[f"another_{folder.run_id}_{cause}"] = True
    app.session_state[f"other_{folder.run_id}_{cause}_what"] = name
    return app.run()


@pytest.mark.parametrize("accepted", [True, False])
def test_another_way_puts_one_text_into_just_the_failing_cells(
    open_page: Callable[..., AppTest], read: Callable[..., RunFolder], accepted: bool
) -> None:
    folder = read(LIST)
    app = _another(open_page("check.py", folder), folder, "not_a_phone_Phone", "set_these")
    key = f"other_{folder.run_id}_not_a_phone_Phone_set_these_0"
    text = "+44 20 7946 0128" if accepted else ""
    app.session_state[f"{key}_text" if text else f"{key}_text_empty"] = text or True
    app.run()
    assert "Will change 1 cell in 1 row." in html_of(app)
    app.button(key=f"{key}_do").click().run()
    fix = SetFailing("Phone", "not_a_phone", '{"rule": "phone"}', text)
    assert load_history(folder.recipe).done == (fix,), "kept as the cause, for the next list too"


def test_the_table_on_a_card_holds_the_failing_values_only(
    open_page: Callable[..., AppTest], read: Callable[..., RunFolder]
) -> None:
    folder = read(LIST)
    app = _another(open_page("check.py", folder), folder, "not_a_phone_Phone", "map_values")
    table = next(one for one in app.data_editor if "becomes" in one.value.columns)
    assert table.value["value"].tolist() == ["12"]
    edits = {"edited_rows": {0: {"becomes": "+44 20 7946 0129"}}, "added_rows": [], "deleted_rows": []}
    app.session_state[table.key] = edits
    app.run()
    app.button(key=f"other_{folder.run_id}_not_a_phone_Phone_map_values_0_do").click().run()
    assert load_history(folder.recipe).done == (MapValues("Phone", (("12", "+44 20 7946 0129"),)),)


def test_the_fixes_of_a_long_list_are_counted_beside_its_page(
    open_page: Callable[..., AppTest], read: Callable[..., RunFolder], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pages.parts.beside.LONG_CELLS", 2)
    folder = read(LIST)
    app = until(open_page("check.py", folder), lambda app: "will change" in html_of(app))
    assert "Trim spaces in Email: will change 1 cell in 1 row." in html_of(app)
    assert WORKS.find(folder.run_id, "fixes").result is not None


def test_the_rest_is_rejected_only_after_its_number_was_seen_and_undo_takes_it_back(
    open_page: Callable[..., AppTest], read: Callable[..., RunFolder]
) -> None:
    folder = read(LIST)
    app = open_page("check.py", folder)
    assert left(folder) == 6
    assert "**6 rows** will not be sent. They go to the reject file with their reasons." in [
        one.value for one in app.markdown
    ]
    app.button(key="reject_rest_yes").click().run()
    assert (left(folder), CheckResult.open(folder.check).report.rejected) == (0, 6)
    assert len(load_history(folder.recipe).done) > 1
    app.button(key="undo").click().run()
    assert (left(folder), load_history(folder.recipe).done) == (6, ())


def test_no_text_of_the_code_is_shown_on_the_page(
    open_page: Callable[..., AppTest], read: Callable[..., RunFolder]
) -> None:
    app = open_page("check.py", read(LIST))
    shown = " ".join(one.value for one in app.markdown)
    assert "what the address calls them" not in shown
    assert "is drawn" not in shown


def test_check_and_import_count_the_same_warnings_and_never_none_above_a_card(
    read: Callable[..., RunFolder], open_page: Callable[..., AppTest]
) -> None:
    folder = read(
        b"email,city,zip\na@example.com,Bonn ,10115\nb@example.com,Rome,80331\n,,\nc@example.com,Oslo,20095\n"
    )
    app = open_page("check.py", folder)
    cards = html_of(app).count("Warning only, still imported")
    assert cards > 0
    shown = re.search(r'ci-number">(\d+)</div><div class="ci-label">warnings<', html_of(app))
    assert shown is not None
    assert int(shown[1]) >= cards
    assert not [one.value for one in app.success if "nothing to fix" in one.value]
    start = open_page("importing.py", folder)
    assert f"{words.count(int(shown[1]), 'warning')} about the list" in " ".join(one.value for one in start.caption)
