"""Repairs that reading suggests, a file that was here before, a list on the server or in S3, on the File page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from threading import Thread
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from main_job.made_files import write_xlsx
from streamlit.testing.v1 import AppTest

from importer.intake import SourceSpec
from importer.run import RunFolder, dialect_as_told, list_runs, open_run, open_stage
from importer.settings import Settings
from pages.parts.readings import cancel_reading, start_reading

ROWS = "".join(f"{at},p{at}@example.com,P,2024-01-{at}\n" for at in range(10, 20))
LIST = f"id,email,name,day\n{ROWS}30,p@example.com,Doe, Jo,2024-01-30\n".encode()


def test_all_alike_are_repaired_with_one_click_and_taken_back(
    open_page: Callable[..., AppTest], bring: Callable[..., RunFolder]
) -> None:
    folder = bring(LIST)
    app = open_page("file.py", folder)
    assert open_stage(folder).report.problem_counts == {"row_too_long": 1}
    next(one for one in app.button if one.key == "repair_all_join").click().run()
    assert open_stage(folder).report.problem_counts == {"repaired_row": 1}
    assert open_stage(folder).take([12])["name"].tolist() == ["Doe, Jo"]
    next(one for one in app.button if one.key == "repairs_back").click().run()
    assert open_stage(folder).report.problem_counts == {"row_too_long": 1}


def test_rows_that_a_line_end_may_have_cut_are_joined_with_one_click_and_taken_back(
    open_page: Callable[..., AppTest], bring: Callable[..., RunFolder]
) -> None:
    folder = bring(("email,name,note\n" + "".join(f"p{at}@example.com,P,x\n" for at in range(9)) + "y\n").encode())
    app = open_page("file.py", folder)
    assert open_stage(folder).report.problem_counts == {"row_too_short": 1}
    shown = next(one.value for one in app.dataframe if "as in the file" in one.value)
    assert shown["as in the file"].tolist() == ["p8@example.com,P,x ⏎ y"]
    next(one for one in app.button if one.key == "repair_all_join_rows").click().run()
    assert open_stage(folder).report.problem_counts == {"repaired_row": 1}
    assert open_stage(folder).take([10])["note"].tolist() == ["x\ny"]
    next(one for one in app.button if one.key == "repairs_back").click().run()
    assert open_stage(folder).report.problem_counts == {"row_too_short": 1}


def test_a_share_is_written_the_same_way_everywhere_and_is_never_whole_while_a_cell_is_empty(
    open_page: Callable[..., AppTest], bring: Callable[..., RunFolder]
) -> None:
    lines = "".join(f"p{at}@example.com,{'Ann' if at else ''}\n" for at in range(500))
    folder = bring(f"email,name\n{lines}".encode())
    captions = " ".join(one.value for one in open_page("file.py", folder).caption)
    assert "2 columns in 100 % of the sampled rows" in captions
    assert "100%" not in captions
    overview = open_page("columns.py", folder).dataframe[0].value
    assert overview["filled"].tolist() == [100.0, 99.0]


def test_the_same_bytes_again_are_said_to_have_been_here(
    open_page: Callable[..., AppTest], bring: Callable[..., RunFolder]
) -> None:
    first = bring(LIST, "january.csv")
    assert not [one for one in open_page("file.py", first).info if "was here" in one.value]
    second = bring(LIST, "february.csv")
    app = open_page("file.py", second).run()
    assert any("january" in one.value and "was not imported" in one.value for one in app.info)


def take(app: AppTest, place: str) -> AppTest:
    """Fill in the box "Already on the server?" and send it."""
    app.text_input[0].set_value(place)
    return next(one for one in app.button if one.label == "Take this file").click().run()


def said(app: AppTest) -> str:
    assert not app.exception
    return " ".join(one.value for one in app.error).replace("\\", "").replace("\u2060", "")


def test_a_path_is_taken_and_a_wrong_one_said(
    open_page: Callable[..., AppTest], settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "people.csv").write_bytes(LIST)
    for wrong in ("/nowhere.csv", str(tmp_path)):
        told = said(take(open_page(), wrong))
        assert "no such file on the server" in told
        assert wrong in told
    assert "no such file on the server" in said(take(open_page(), ""))
    assert list_runs(settings) == ()
    assert said(take(open_page(), f" {tmp_path / 'people.csv'} ")) == ""
    assert [run.source_name for run in list_runs(settings)] == ["people.csv"]


def test_a_list_that_cannot_be_read_is_named_and_the_one_before_is_a_click_away(
    open_page: Callable[..., AppTest], read: Callable[..., RunFolder], bring: Callable[..., RunFolder]
) -> None:
    good = read(LIST, "good.csv")
    app = open_page("file.py", bring(b"%PDF-1.7\n", "wrong.csv"))
    assert 'The file "wrong.csv" is a PDF' in said(app)
    assert [one.value for one in app.title] == [r"wrong\.csv"]
    assert "no other list was changed by it" in " ".join(one.value for one in app.caption)
    again = [one for one in app.button if str(one.key).startswith("recent_")]
    assert [one.key for one in again] == [f"recent_{good.run_id}"]
    again[0].click().run()
    assert app.query_params["run"] == good.run_id
    assert said(app) == ""


@pytest.fixture
def no_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without any AWS settings."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")


@pytest.fixture
def s3(no_aws: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An S3 with one list; all else it refuses as S3 does. The machine has credentials for it."""
    refused = {"/gone/": "NoSuchBucket", "/secret/": "AccessDenied", "/lists/": "NoSuchKey", "/old/": "ExpiredToken"}
    statuses = {"NoSuchBucket": "404 Not Found", "NoSuchKey": "404 Not Found", "ExpiredToken": "400 Bad Request"}

    def answer(environ: dict[str, str], start: Callable[..., object]) -> list[bytes]:
        path = environ["PATH_INFO"]
        if path == "/lists/a/people.csv":
            start("200 OK", [("Content-Length", str(len(LIST)))])
            return [LIST]
        code = next(code for place, code in refused.items() if path.startswith(place))
        start(statuses.get(code, "403 Forbidden"), [("Content-Type", "application/xml")])
        return [f"<Error><Code>{code}</Code><Message>cell ann@example.com</Message></Error>".encode()]

    class Quiet(WSGIRequestHandler):
        def log_message(self, *told: object) -> None:
            pass

    with make_server("127.0.0.1", 0, answer, handler_class=Quiet) as server:
        Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", f"http://127.0.0.1:{server.server_port}")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "made-up")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "made-up")
        yield
        server.shutdown()


def test_a_list_in_s3_is_taken_byte_for_byte(open_page: Callable[..., AppTest], settings: Settings, s3: None) -> None:
    assert said(take(open_page(), "s3://lists/a/people.csv")) == ""
    (run,) = list_runs(settings)
    assert run.source_name == "people.csv"
    assert open_run(settings, run.run_id).source.read_bytes() == LIST
    assert list(settings.uploads.glob("s3-*")) == []


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("s3://gone/people.csv", 'There is no S3 bucket "gone"'),
        ("s3://lists/b.csv", 'S3 bucket "lists" has no such object'),
        ("s3://secret/people.csv", "(s3:GetObject)"),
        ("s3://old/people.csv", "out of date"),
        ("s3://lists", "That is no S3 address"),
        ("s3://Not a bucket!/x.csv", "That is no name of an S3 bucket"),
    ],
)
def test_what_s3_refuses_is_said_and_nothing_is_kept(
    open_page: Callable[..., AppTest], settings: Settings, s3: None, address: str, told: str
) -> None:
    words = said(take(open_page(), address))
    assert told in words
    assert "ann" not in words
    assert list_runs(settings) == ()
    assert list(settings.uploads.glob("s3-*")) == []


def test_s3_without_credentials_is_said(open_page: Callable[..., AppTest], settings: Settings, no_aws: None) -> None:
    assert "has no AWS credentials" in said(take(open_page(), "s3://lists/a/people.csv"))
    assert list_runs(settings) == ()


def test_a_cancelled_reading_keeps_nothing_and_is_taken_up_again_on_request(
    open_page: Callable[..., AppTest], bring: Callable[..., RunFolder]
) -> None:
    folder = bring(LIST)
    app = open_page()
    cancel_reading(folder)
    app.query_params["run"] = folder.run_id
    app.run()
    assert any("Reading was stopped" in one.value for one in app.info)
    assert not folder.stage.exists()
    next(one for one in app.button if one.label == "Read the list").click().run()
    assert open_stage(folder).rows == 11


LONG = b"email,name\n" + b"".join(b"p%d@example.com,Person %d\n" % (at, at) for at in range(120_000))


def test_reading_goes_on_without_its_page_and_another_page_waits_for_it(
    open_page: Callable[..., AppTest], bring: Callable[..., RunFolder]
) -> None:
    folder = bring(LONG)
    reading = start_reading(folder, dialect_as_told(folder), SourceSpec())
    assert not reading.has_ended.is_set(), "no page is open, and it goes on"
    assert start_reading(folder, dialect_as_told(folder), SourceSpec()) is reading, "who asks again joins"
    app = open_page("columns.py", folder)
    assert reading.has_ended.is_set()
    assert not app.exception
    assert open_stage(folder).rows == 120_000
    assert [one.value for one in app.title] == ["Columns"]


def test_control_a_reading_that_ends_with_its_page_keeps_nothing(bring: Callable[..., RunFolder]) -> None:
    folder = bring(LONG)
    reading = start_reading(folder, dialect_as_told(folder), SourceSpec())
    reading.is_cancelled.set()
    assert reading.has_ended.wait(60)
    assert not folder.stage.exists()


def test_a_reading_with_another_dialect_takes_the_place_of_the_one_that_goes_on(
    bring: Callable[..., RunFolder],
) -> None:
    folder = bring(LONG)
    dialect = dialect_as_told(folder)
    first = start_reading(folder, dialect, SourceSpec())
    second = start_reading(folder, replace(dialect, header_rows=0), SourceSpec())
    assert second.has_ended.wait(60)
    assert first.has_ended.is_set()
    assert second.error is None
    assert open_stage(folder).rows == 120_001


def test_a_doubt_stands_on_top_until_a_person_says_that_it_is_right(
    open_page: Callable[..., AppTest], read: Callable[..., RunFolder]
) -> None:
    folder = read(b"email,name\n" + b"".join(b"10%d,Person %d\n" % (at, at) for at in range(5)))
    app = open_page("check.py", folder)
    assert [one.value for one in app.warning if "no e-mail address" in one.value]
    plan = open_page("importing.py", folder)
    assert [one.value for one in plan.warning if "no e-mail address" in one.value]
    assert next(one for one in plan.button if one.label == "Start the import").disabled
    app = open_page("check.py", folder)
    next(one for one in app.button if one.label == "I have looked: it is right").click().run()
    assert not [one.value for one in app.warning if "no e-mail address" in one.value]
    plan = open_page("importing.py", folder)
    assert not [one.value for one in [*plan.error, *plan.warning] if "doubt" in one.value]


def test_another_table_of_the_file_can_be_taken_instead(
    open_page: Callable[..., AppTest], read: Callable[..., RunFolder]
) -> None:
    rows = "".join(f"{at},Ann,Oslo\n" for at in range(20))
    folder = read(f"id,name,city\n{rows}\nsku,price,stock\nS1,5.50,1\nS2,6.50,2\nS3,7.50,3\n".encode())
    app = open_page("file.py", folder)
    assert [one.value for one in app.warning if "Another table begins in row 23" in one.value]
    next(one for one in app.button if one.label == "Import the table from row 23 on instead").click().run()
    assert (open_stage(folder).columns, open_stage(folder).rows) == (("sku", "price", "stock"), 3)
    assert not app.warning
    assert app.number_input[0].value == 22


def test_a_list_of_one_column_is_asked_about_on_the_file_page(
    open_page: Callable[..., AppTest], bring: Callable[..., RunFolder]
) -> None:
    app = open_page("file.py", bring(b"name\nAnn Lee\nBob Ray\n"))
    assert [one.value for one in app.warning if "one column only" in one.value]
    for content in (b"email,name\na@example.com,Ann\nb@example.com,Bob\n", b"email\na@example.com\nb@example.com\n"):
        app = open_page("file.py", bring(content))
        assert not app.warning


def test_words_of_encodings_that_are_close_are_shown_until_a_person_has_looked(
    open_page: Callable[..., AppTest], bring: Callable[..., RunFolder]
) -> None:
    folder = bring("email,name\na@example.com,张伟\nb@example.com,Ann\n".encode("gb18030"))
    app = open_page("file.py", folder)
    shown = " ".join(one.value for one in (*app.warning, *app.markdown, *app.get("html")))
    assert "its letters are too few to be sure" in shown.replace("\\", "")
    assert "张伟" in shown
    assert "Korean" in shown.replace("\u00a0", " ")
    next(one for one in app.button if one.label == "I have looked: it is right").click().run()
    assert not app.warning


def test_a_workbook_is_asked_for_its_header_alone(
    open_page: Callable[..., AppTest], bring: Callable[..., RunFolder], tmp_path: Path
) -> None:
    book = write_xlsx(tmp_path / "list.xlsx", {"S": [["email", "zip"], ["a@example.com", 501], ["b@example.com", 7]]})
    app = open_page("file.py", bring(book.read_bytes(), "list.xlsx"))
    assert [one.label for one in app.selectbox] == ["Header"]
    shown = " ".join(one.value for one in (*app.markdown, *app.get("html")))
    assert "Every cell has its value, whatever its format shows" in shown
    assert "stays the text it is" not in shown


def test_a_table_drawn_in_text_is_said_and_another_delimiter_overrules_it(
    open_page: Callable[..., AppTest], bring: Callable[..., RunFolder]
) -> None:
    folder = bring(b"id    email            name\n101   a@example.com    Ann\n102   b@example.com    Bob\n")
    app = open_page("file.py", folder)
    assert any("drawn in text" in one.value for one in app.caption)
    assert open_stage(folder).columns == ("id", "email", "name")
    app.selectbox(key=f"dialect_Delimiter_{folder.run_id}_0").select(";").run()
    assert len(open_stage(folder).columns) == 1


def test_a_row_that_may_name_the_columns_is_asked_about_and_joined_on_the_file_page(
    open_page: Callable[..., AppTest], bring: Callable[..., RunFolder]
) -> None:
    people = "".join(f"{at},Person {at},{at}\n" for at in range(10, 20))
    folder = bring(f"id,name,age\nstaff,reception,adult\n{people}".encode())
    app = open_page("file.py", folder)
    assert any("Row 2 has words" in one.value for one in app.warning)
    app.selectbox(key=f"dialect_header_{folder.run_id}_0").select((2, 0)).run()
    assert open_stage(folder).columns == ("id staff", "name reception", "age adult")
    assert not [one for one in app.warning if "Row 2" in one.value]
    assert folder.draft().reading["header_end"] == 2
