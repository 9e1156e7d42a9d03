"""The machine's keys go to AWS, to this machine, and where its owner said so; never in clear over a network."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from socket_kit import read_message, server
from streamlit.testing.v1 import AppTest

from importer.cli.main import main
from importer.errors import ConfigError
from importer.settings import Settings, load_settings
from importer.table import Connection, TableChoice, dynamodb_client, list_tables, load_default, save_default
from importer.table import client as client_module

KEY_ID, TOKEN = "AKIAPLANTED", "planted-session-token"
FRAME = Path(__file__).resolve().parents[2] / "pages" / "frame.py"


@pytest.fixture
def seen() -> list[bytes]:
    """What reached the listener."""
    return []


@pytest.fixture
def stranger(seen: list[bytes], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[str]:
    """A plain HTTP host that is not loopback by its name, and keys in the environment of the app."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": KEY_ID,
        "AWS_SECRET_ACCESS_KEY": "planted-secret",
        "AWS_SESSION_TOKEN": TOKEN,
        "AWS_CONFIG_FILE": str(tmp_path / "none"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none"),
        "IMPORTER_HOME": str(tmp_path / "home"),
    }.items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_DYNAMODB", "IMPORTER_ENDPOINTS", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)

    def talk(connection: socket.socket, number: int) -> None:
        seen.append(read_message(connection))
        connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 17\r\n\r\n{"TableNames":[]}')

    with server(talk) as port:
        yield f"http://0.0.0.0:{port}"


def test_to_a_plain_http_host_no_key_leaves_the_machine(stranger: str, seen: list[bytes]) -> None:
    with pytest.raises(ConfigError, match="by https only"):
        dynamodb_client(Connection("custom", endpoint_url=stranger))
    assert seen == []


def test_control_without_the_look_key_id_and_token_are_sent_in_clear(
    stranger: str, seen: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "check_keys_may_go", lambda *_: None)
    assert list_tables(dynamodb_client(Connection("custom", endpoint_url=stranger))) == ()
    assert KEY_ID.encode() in seen[0]
    assert TOKEN.encode() in seen[0]


@pytest.mark.parametrize("command", [["check", "x.csv"], ["run", "x.csv", "--yes"]])
def test_the_command_line_sends_none_either(
    stranger: str, seen: list[bytes], command: list[str], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "x.csv").write_text("email\nann@example.com\n")
    words = [str(tmp_path / "x.csv") if word == "x.csv" else word for word in command]
    assert main([*words, "--table", "T", "--endpoint-url", stranger]) == 1
    assert "by https only" in capsys.readouterr().err
    assert seen == []


def test_the_settings_page_neither_tests_nor_takes_such_a_host(stranger: str, seen: list[bytes]) -> None:
    app = _settings_page()
    app.radio[0].set_value("custom").run()
    app.text_input[0].set_value(stranger).run()
    assert not app.exception
    assert "by https only" in app.error[0].value
    assert [button.label for button in app.button if button.label in ("Test it", "Use this")] == []
    assert seen == []


def test_a_host_that_was_chosen_before_is_told_and_another_can_be_chosen(stranger: str, seen: list[bytes]) -> None:
    save_default(_settings(), TableChoice(Connection("custom", endpoint_url=stranger), "T"))
    app = _settings_page()
    assert not app.exception
    app.radio[0].set_value("aws").run()
    next(button for button in app.button if button.label == "Use this").click().run()
    assert load_default(_settings()).connection.kind == "aws"
    assert seen == []


def test_https_hosts_beyond_aws_need_the_owners_word(stranger: str, monkeypatch: pytest.MonkeyPatch) -> None:
    own = Connection("custom", endpoint_url="https://ddb.example.com")
    with pytest.raises(ConfigError, match="IMPORTER_ENDPOINTS"):
        dynamodb_client(own)
    for word, value in {
        "IMPORTER_ENDPOINTS": "a.example, DDB.example.com",
        "AWS_ENDPOINT_URL": own.endpoint_url,
    }.items():
        with monkeypatch.context() as environ:
            environ.setenv(word, str(value))
            dynamodb_client(own)
    dynamodb_client(Connection("custom", endpoint_url="https://dynamodb.eu-west-1.amazonaws.com"))
    for evil in (
        "https://dynamodb.eu-west-1.amazonaws.com.evil.example",
        "https://evil.execute-api.eu-west-1.amazonaws.com",
    ):
        with pytest.raises(ConfigError, match="is no host of DynamoDB"):
            dynamodb_client(Connection("custom", endpoint_url=evil))


def test_user_and_password_in_an_address_are_refused_and_never_shown() -> None:
    for kind in ("custom", "batch"):
        with pytest.raises(ConfigError, match="User and password") as error:
            Connection(kind, endpoint_url="https://ann:hunter2@ddb.example.com/x")  # type: ignore[arg-type]
        assert "hunter2" not in str(error.value)
    saved = Connection.from_dict({"kind": "custom", "endpoint_url": "https://ann:hunter2@ddb.example.com/x@y"})
    assert saved.endpoint_url == "https://ddb.example.com/x@y"
    assert "hunter2" not in saved.describe()


@pytest.mark.parametrize("url", ["http://[::1", "http://127.0.0.1:99999999", "http://127.0.0.1:x", "ftp://a", ""])
def test_an_address_that_is_none_is_said_to_be_none(url: str) -> None:
    with pytest.raises(ConfigError, match="no web address"):
        Connection("custom", endpoint_url=url)


def _settings() -> Settings:
    return load_settings(os.environ)


def _settings_page() -> AppTest:
    app = AppTest.from_file(str(FRAME), default_timeout=60).run()
    return app.switch_page("settings.py").run()
