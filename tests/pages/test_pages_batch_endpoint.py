"""A steward without AWS keys: the endpoint as the place where contacts go, on the pages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from importer.endpoint import batch_connection, load_key, save_key
from importer.run import RunFolder, check_run, prepare_schema
from importer.settings import Settings
from importer.table import KeyPart, TableChoice, TableKey, load_default, save_default

URL = "https://abc123.execute-api.us-gov-west-1.amazonaws.com/prod/contacts/batch"
API_KEY = "made-up-key-4711-of-no-endpoint"
LIST = b"Email,Name\nann@example.com,Ann\ncarla@example.com,Carla\n"


def texts(app: AppTest) -> str:
    told = [element.proto.body for element in app.get("html")]
    told += [str(one.value) for kind in (app.info, app.error, app.warning, app.caption) for one in kind]
    return " ".join(told).replace("\\", "")


@pytest.fixture
def on_endpoint(settings: Settings) -> Settings:
    settings.home.mkdir(parents=True, exist_ok=True)
    save_default(settings, TableChoice(batch_connection(URL), "EmailContacts"))
    return settings


def test_address_and_key_are_set_and_the_key_is_never_shown_again(
    open_page: Callable[..., AppTest], settings: Settings
) -> None:
    app = open_page("settings.py")
    app.radio[0].set_value("batch").run()
    assert "Give the endpoint's address" in texts(app)
    app.text_input[0].set_value(URL).run()
    app.text_input[1].set_value(API_KEY).run()
    next(button for button in app.button if button.label == "Keep this key").click().run()
    next(button for button in app.button if button.label == "Use this").click().run()
    assert not app.exception
    assert load_default(settings).connection == batch_connection(URL)
    assert load_key(settings, URL, {}) == API_KEY
    again = open_page("settings.py")
    assert again.text_input[0].value == URL
    assert (again.text_input[1].value, again.text_input[1].placeholder) == ("", "kept")
    assert API_KEY not in texts(again)


def test_an_address_without_tls_is_refused_in_a_sentence(
    open_page: Callable[..., AppTest], settings: Settings
) -> None:
    app = open_page("settings.py")
    app.radio[0].set_value("batch").run()
    app.text_input[0].set_value("http://example.com/contacts/batch").run()
    assert not app.exception
    assert "https" in texts(app)


def test_the_plan_names_the_endpoint_and_refuses_what_it_cannot_do(
    open_page: Callable[..., AppTest], on_endpoint: Settings, read: Callable[..., RunFolder]
) -> None:
    folder = read(LIST)
    key = TableKey(KeyPart("email", "S"))
    prepare_schema(folder, key)
    check_run(folder, key)
    app = open_page("importing.py", folder)
    assert not app.exception
    assert f"batch endpoint {URL}" in texts(app)
    start = next(button for button in app.button if button.label == "Start the import")
    assert not start.disabled
    next(radio for radio in app.radio if radio.value == "overwrite").set_value("insert").run()
    assert "cannot insert only" in texts(app)
    assert next(button for button in app.button if button.label == "Start the import").disabled


def test_the_table_page_says_why_it_shows_nothing(open_page: Callable[..., AppTest], on_endpoint: Settings) -> None:
    app = open_page("table.py")
    assert not app.exception
    assert "cannot be looked at from here" in texts(app)


def test_control_a_kept_key_is_read_back(settings: Settings) -> None:
    save_key(settings, URL, API_KEY)
    assert load_key(settings, URL, {}) == API_KEY
