"""The Columns page asks what only a person can say about types, and says what is the table's own."""

from __future__ import annotations

from collections.abc import Callable

from page_kit import texts
from streamlit.testing.v1 import AppTest

from importer.check import BinaryForm, DynamoType
from importer.run import (
    RunFolder,
    check_run,
    keep_seen,
    list_doubts,
    open_questions,
    prepare_schema,
    read_recipe,
    read_schema,
)
from importer.table import KeyPart, KnownTable, TableKey, TableSample

KEY = TableKey(KeyPart("email", "S"))
SALDO = b"email;Saldo\na@example.com;1.500\nb@example.com;20.250\n"


def press(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.button if button.label.replace("\\", "").startswith(label)).click().run()


def test_numbers_that_may_be_thousands_are_asked_about_and_nothing_is_chosen(
    open_page: Callable[..., AppTest], read: Callable[..., RunFolder]
) -> None:
    folder = read(SALDO)
    app = open_page("columns.py", folder)
    assert "Saldo**: 2 numbers, the first in row 2, can be read in two ways" in texts(app.markdown)
    assert read_schema(folder).column("Saldo").type is DynamoType.S
    app = press(app, "Thousands: take the point away")
    assert not app.exception
    assert read_schema(folder).column("Saldo").type is DynamoType.N
    assert [step.title() for step in read_recipe(folder).operations] == [
        "Write numbers in Saldo as plain decimals (decimal comma, thousands with point)"
    ]
    assert open_questions(folder) == ()


def test_numbers_of_a_table_that_may_be_thousands_hold_the_list_until_it_is_said_which(
    open_page: Callable[..., AppTest], read: Callable[..., RunFolder]
) -> None:
    folder = read(SALDO)
    keep_seen(folder, KnownTable(KEY, sample=TableSample(1, {"saldo": {"N": 1}})))
    prepare_schema(folder, KEY)
    check_run(folder, KEY)
    assert "may have a point for thousands" in texts(open_page("check.py", folder).warning)
    app = open_page("columns.py", folder)
    assert "nothing of this list is imported" in texts(app.markdown)
    assert "Keep as text" not in [button.label for button in app.button]
    assert not press(app, "Fractions").exception
    check_run(folder, KEY)
    assert (open_questions(folder), list_doubts(folder)) == ((), ())
    assert "may have a point for thousands" not in texts(open_page("check.py", folder).warning)


def test_numbers_that_are_kept_as_text_are_not_asked_about_again(
    open_page: Callable[..., AppTest], read: Callable[..., RunFolder]
) -> None:
    folder = read(SALDO)
    app = press(open_page("columns.py", folder), "Keep as text")
    assert "can be read in two ways" not in texts(app.markdown)
    assert (open_questions(folder), read_recipe(folder).operations) == ((), ())
    assert read_schema(folder).column("Saldo").type is DynamoType.S


def test_how_a_binary_is_written_is_asked_and_until_then_nothing_is_checked(
    open_page: Callable[..., AppTest], read: Callable[..., RunFolder]
) -> None:
    folder = read(b"email,raw\na@example.com,0a1b\n")
    keep_seen(folder, KnownTable(KEY, sample=TableSample(1, {"raw": {"B": 1}})))
    prepare_schema(folder, KEY)
    assert "hex and base64 cannot be told apart" in texts(open_page("check.py", folder).error)
    press(open_page("columns.py", folder), "As hex")
    assert read_schema(folder).column("raw").binary is BinaryForm.HEX
    assert not open_page("check.py", folder).error


def test_the_nearest_column_becomes_the_key_by_one_click_and_not_by_itself(
    open_page: Callable[..., AppTest], read: Callable[..., RunFolder]
) -> None:
    folder = read(b"Name,E-Mail Address\nAnn,a@example.com\n")
    app = open_page("columns.py", folder)
    assert 'no column is called so. The nearest is "E-Mail Address"' in texts(app.warning)
    assert "--key" not in texts(app.warning), "what is typed on a command line is no help here"
    assert not folder.schema.exists()
    press(app, "It is E-Mail Address")
    assert read_schema(folder).key_specs[0].column == "E-Mail Address"
