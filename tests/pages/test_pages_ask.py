"""Ask in SQL by AppTest: the answer as table and picture, mistakes in words, files that a spreadsheet may open."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from page_kit import html_of, texts
from streamlit.testing.v1 import AppTest

from importer.run import RunFolder
from pages.parts.downloads import OFFERS

LIST = b"Email,City,Age\nann@example.com, Oslo,31\nbob@example.com,Oslo,42\nnot an address,Rome,=1+1\n"


@pytest.fixture
def ask(open_page: Callable[..., AppTest], read: Callable[..., RunFolder]) -> Callable[[str], AppTest]:
    """The tab with the answer to a question."""

    def ask_it(sql: str) -> AppTest:
        folder = read(LIST)
        app = open_page("check.py", folder, {"view": "ask"})
        app.text_area[0].set_value(sql)
        next(button for button in app.button if button.label == "Ask").click().run()
        assert app.session_state[f"asking_{folder.run_id}"].has_ended.wait(30)
        return app.run()

    return ask_it


def test_an_answer_is_a_table(ask: Callable[[str], AppTest]) -> None:
    app = ask("select trim(City) as city, count(*) as n from list group by all order by n desc")
    shown = app.dataframe[0].value
    assert shown.to_dict("list") == {"c0": ["Oslo", "Rome"], "c1": [2, 1]}
    assert "2 rows in" in texts(app.caption)


def test_an_answer_is_a_picture(ask: Callable[[str], AppTest]) -> None:
    app = ask("select City, count(*) as n from list group by all")
    app.get("button_group")[-1].set_value("Picture").run()
    assert [box.label for box in app.selectbox] == ["Across (x)", "Up (y)", "As"]
    assert len(app.get("plotly_chart")) == 1


def test_what_fails_can_be_asked(ask: Callable[[str], AppTest]) -> None:
    shown = ask("select row, column_name, message from failures where holds_back").dataframe[0].value
    assert shown.to_dict("list")["c0"] == [4]
    assert shown.to_dict("list")["c1"] == ["Email"]


def test_a_mistake_is_said_in_words(ask: Callable[[str], AppTest]) -> None:
    app = ask("select emial from list")
    assert "There is no column" in texts(app.error)
    assert "list has row, Email, City, Age." in texts(app.error)


def test_what_is_no_question_is_refused(ask: Callable[[str], AppTest]) -> None:
    assert "begin with select" in texts(ask("copy list to '/tmp/stolen.csv'").error)


def test_the_file_for_a_spreadsheet_runs_no_formula(ask: Callable[[str], AppTest]) -> None:
    ask("select Age from list where row = 4")
    offers = {offer.name: offer.content() for offer in OFFERS._by_token.values() if "answer" in offer.name}
    assert offers["list-answer-for-spreadsheets.csv"] == "Age\r\n'=1+1\r\n"
    assert offers["list-answer.csv"] == "Age\r\n=1+1\r\n"  # control: the exact one


def test_no_page_of_an_answer_has_more_than_200_rows(ask: Callable[[str], AppTest]) -> None:
    assert len(ask("select i from range(1000) t(i)").dataframe[0].value) == 200


def test_an_example_becomes_the_question(open_page: Callable[..., AppTest], read: Callable[..., RunFolder]) -> None:
    app = open_page("check.py", read(LIST), {"view": "ask"})
    app.get("button_group")[-1].set_value("Most frequent values").run()
    assert app.text_area[0].value.startswith('select "Age", count(*) as n\nfrom list')
    assert "Email" in html_of(app)
