"""The frame: every page opens, says what is missing, keeps the run in its address, and shows no raw error."""

from __future__ import annotations

import io
import json
import re
import tomllib
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from page_kit import html_of, texts
from streamlit.testing.v1 import AppTest

from importer.logs import ValueFreeFormatter
from importer.run import RunFolder
from importer.settings import Settings

REPOSITORY = Path(__file__).resolve().parents[2]
PAGES = ("file.py", "columns.py", "check.py", "importing.py", "runs.py", "saved.py", "table.py", "settings.py")


@pytest.mark.parametrize("file", PAGES)
def test_every_page_opens_without_a_list_and_without_an_engine(open_page: Callable[..., AppTest], file: str) -> None:
    app = open_page(file)
    assert not app.exception
    assert not app.error
    assert "Target" in html_of(app)
    assert "EmailContacts" in html_of(app)


@pytest.mark.parametrize("file", ["columns.py", "check.py", "importing.py"])
def test_a_step_without_a_list_says_how_to_get_one(open_page: Callable[..., AppTest], file: str) -> None:
    app = open_page(file)
    assert texts(app.title) == "No list is open"


@pytest.mark.parametrize("file", ["columns.py", "check.py", "importing.py"])
def test_a_step_of_an_unread_list_reads_it(
    open_page: Callable[..., AppTest], bring: Callable[..., RunFolder], file: str
) -> None:
    run = bring()
    app = open_page(file, run)
    assert texts(app.title) != "This list has not been read yet"
    assert run.stage.exists()


def test_a_step_of_a_list_with_an_open_question_says_where_it_is_asked(
    open_page: Callable[..., AppTest], bring: Callable[..., RunFolder]
) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in ("north.csv", "south.csv"):
            archive.writestr(name, "email,name\na@example.com,A\n")
    app = open_page("columns.py", bring(packed.getvalue(), "lists.zip"))
    assert texts(app.title) == "This list has not been read yet"
    assert "holds 2 lists" in texts(app.error)


def test_a_step_of_a_list_that_cannot_be_read_says_why_under_its_own_name_and_one_heading(
    open_page: Callable[..., AppTest], bring: Callable[..., RunFolder]
) -> None:
    app = open_page("columns.py", bring(b"%PDF-1.4\n" + bytes(range(256)), "people.csv"))
    assert texts(app.title) == "This list has not been read yet"
    assert texts(app.error).startswith('The file "people.csv" is a PDF.')


@pytest.mark.parametrize("file", PAGES)
def test_every_page_opens_with_a_list(
    open_page: Callable[..., AppTest], read: Callable[..., RunFolder], file: str
) -> None:
    app = open_page(file, read())
    assert not app.exception
    engine_down = "The test table on this computer is not running." if file == "importing.py" else ""
    assert texts(app.error)[: len(engine_down)] == engine_down
    assert len(app.error) == (1 if engine_down else 0)


@pytest.mark.parametrize("file", PAGES)
def test_every_page_opens_with_a_planned_run(
    open_page: Callable[..., AppTest], planned: Callable[..., RunFolder], file: str
) -> None:
    app = open_page(file, planned())
    assert not app.exception
    assert not app.error


@pytest.mark.parametrize("run", ["20250101-000000-00000000", "../../etc", "<b>x</b>"])
def test_an_unknown_run_is_a_sentence_not_a_trace(open_page: Callable[..., AppTest], run: str) -> None:
    app = open_page("file.py", run)
    assert not app.exception
    assert texts(app.error).startswith("There is no run")
    assert "etc" not in texts(app.error)


def test_the_run_stays_in_the_address_from_page_to_page(
    open_page: Callable[..., AppTest], read: Callable[..., RunFolder]
) -> None:
    folder = read()
    app = open_page("file.py", folder)
    app.switch_page("columns.py")
    app.query_params.clear()
    app.run()
    assert app.query_params["run"] == folder.run_id


def test_a_planned_run_shows_its_own_target_even_when_the_settings_say_another(
    open_page: Callable[..., AppTest], planned: Callable[..., RunFolder], settings: Settings
) -> None:
    folder = planned()
    (settings.home / "table.json").write_text('{"table": "Elsewhere"}')
    assert "This run&#x27;s table" in html_of(open_page("importing.py", folder))
    assert "table EmailContacts" in html_of(open_page("importing.py", folder))
    assert "Elsewhere" in html_of(open_page("settings.py", folder))


def test_sign_in_hides_every_page(open_page: Callable[..., AppTest]) -> None:
    for file in PAGES:
        app = open_page(auth={"cookie_secret": "x", "redirect_uri": "http://localhost/oauth2callback"})
        app.switch_page(file).run()
        assert [button.label for button in app.button] == ["Sign in"]
        assert "Target" not in html_of(app)
        assert "EmailContacts" not in html_of(app)


def test_a_sign_in_that_is_not_set_up_completely_is_said_and_the_log_names_what_is_missing(
    open_page: Callable[..., AppTest], caplog: pytest.LogCaptureFixture
) -> None:
    app = open_page(auth={"cookie_secret": "hidden-one", "redirect_uri": "http://localhost/oauth2callback"})
    app.button[0].click().run()
    assert texts(app.error).startswith("Sign-in is not set up completely.")
    assert any("sign-in is not set up" in record.getMessage() for record in caplog.records)
    assert "hidden-one" not in caplog.text


def test_an_unforeseen_error_shows_a_reference_that_leads_into_a_log_without_values(
    open_page: Callable[..., AppTest],
    read: Callable[..., RunFolder],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(_size_bytes: int) -> str:
        raise TypeError("ann@example.com")

    folder = read()
    monkeypatch.setattr("pages.parts.words.size", broken)
    app = open_page("file.py", folder)
    shown = texts(app.error)
    assert not app.exception
    assert shown.startswith("**Something went wrong here. Nothing was lost.**")
    reference = shown.rsplit("`", 2)[1]
    entry = next(record for record in caplog.records if reference in record.getMessage())
    entry.exc_text = None  # pytest's own formatter has left its text there
    written = ValueFreeFormatter().format(entry)
    assert "test_pages_frame.py" in written
    assert "ann@example.com" not in shown + written


def headers(app: AppTest) -> set[str]:
    """What stands over the columns of every table on the page."""
    found = set(re.findall("<th[^>]*>([^<]+)", html_of(app)))
    for table in app.dataframe:
        told = json.loads(table.proto.columns or "{}")
        found |= {told.get(name, {}).get("label") or name for name in map(str, table.value.columns)}
    return found


def test_headers_of_tables_are_written_one_way(
    open_page: Callable[..., AppTest], read: Callable[..., RunFolder], planned: Callable[..., RunFolder]
) -> None:
    """Small letters, as on the cards; the columns of these lists are written so too, nothing is left out."""
    ragged = read(b"email,name\nnobody,Ann\nb@example.com,Bo,x\nc@example.com, Cy\n")
    opened = [open_page(file, ragged) for file in ("file.py", "columns.py", "check.py", "runs.py")]
    opened += [open_page("check.py", ragged, {"view": view}) for view in ("rows", "change", "alike")]
    opened.append(open_page("importing.py", planned(b"email,name\nnobody,Ann\nb@example.com,Bo\n")))
    found = set().union(*map(headers, opened))
    assert {"row", "why", "rows", "filled", "list", "empty cell"} <= found
    assert {one for one in found if one != one.lower() and one != "when (UTC)"} == set()


def test_a_page_shows_only_what_it_draws():
    """Streamlit would else show bare texts in a page's code, a constant's docstring among them."""
    told = tomllib.loads((REPOSITORY / ".streamlit" / "config.toml").read_text("utf-8"))
    assert told["runner"]["magicEnabled"] is False
