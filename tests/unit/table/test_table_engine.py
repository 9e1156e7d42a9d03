"""The engine's files, leases and programs; the processes themselves are in tests/faults."""

from __future__ import annotations

import io
import os
import stat
import subprocess
import sys
import tarfile
from pathlib import Path

import psutil
import pytest

from importer.errors import ConfigError
from importer.settings import Settings
from importer.table import (
    Connection,
    TableChoice,
    embedded_connection,
    engine_cache,
    engine_status,
    engine_words,
    load_default,
    ready_connection,
    save_default,
    stop_engine,
)
from importer.table.engine_state import ProcessMark, own_mark
from importer.table.fetch import INTEGRITY, NotAvailable, find_program, verify_integrity
from importer.table.leases import drop_lasting_leases, lease_folder, live_leases, take_lease
from importer.table.programs import dynoxide, ministack


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "engine").mkdir()
    return Settings(home=tmp_path)


def test_the_engine_says_what_it_is_and_that_it_keeps_data(engine_settings: Settings, embedded: Connection) -> None:
    info = engine_status(engine_settings)
    assert info is not None
    assert (info.engine, info.version, info.durable, info.endpoint_url) == (
        "dynoxide",
        "1.2.1",
        True,
        embedded.endpoint_url,
    )
    assert engine_words(info) == "dynoxide 1.2.1 (keeps data)"
    assert Path(info.data).is_file()


@pytest.mark.usefixtures("embedded")
def test_only_the_owner_can_look_into_the_data(engine_settings: Settings) -> None:
    files = [path for path in engine_settings.engine.rglob("*") if path.is_file() and "tables.sqlite" in path.name]
    folders = [engine_settings.engine, *(path for path in engine_settings.engine.iterdir() if path.is_dir())]
    assert files
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert {stat.S_IMODE(path.stat().st_mode) for path in folders} == {0o700}


def test_asking_again_keeps_the_same_engine(engine_settings: Settings, embedded: Connection) -> None:
    before = engine_status(engine_settings)
    assert embedded_connection(engine_settings) == embedded
    assert engine_status(engine_settings) == before


def test_without_an_engine_there_is_nothing_to_stop(tmp_path: Path) -> None:
    assert engine_status(Settings(tmp_path)) is None
    assert stop_engine(Settings(tmp_path)) is False


def test_a_lease_of_a_living_process_counts_once(settings: Settings) -> None:
    assert take_lease(settings, "a page") == take_lease(settings, "a page")
    (name,) = live_leases(settings)
    assert name.startswith(f"{os.getpid()}-")
    assert name.endswith("-a_page")


def test_a_lease_of_a_dead_process_does_not_count_and_is_cleared_away(settings: Settings) -> None:
    take_lease(settings, "alive")
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    started_ms = round(psutil.Process(process.pid).create_time() * 1000)
    (lease_folder(settings) / f"{process.pid}-{started_ms}-runner").touch()
    assert len(live_leases(settings)) == 2
    process.communicate()
    assert len(live_leases(settings)) == 1
    assert len(list(lease_folder(settings).iterdir())) == 1


def test_a_later_process_with_the_same_number_is_not_mistaken(settings: Settings) -> None:
    mark = own_mark()
    assert mark.alive
    assert not ProcessMark(mark.pid, mark.started_at - 60).alive
    lease_folder(settings).mkdir()
    (lease_folder(settings) / f"{mark.pid}-{round(mark.started_at * 1000) - 60_000}-old").touch()
    assert live_leases(settings) == ()


def test_a_lasting_lease_lasts_until_it_is_dropped(settings: Settings) -> None:
    take_lease(settings, "cli", lasting=True)
    assert live_leases(settings) == ("lasting-cli",)
    drop_lasting_leases(settings)
    assert live_leases(settings) == ()


def test_no_choice_means_embedded(settings: Settings) -> None:
    assert load_default(settings) == TableChoice(Connection("embedded"), "EmailContacts")


def test_a_choice_is_kept_for_its_owner_only(settings: Settings) -> None:
    gov = Connection("aws", "us-gov-west-1", "partner", use_fips=True)
    save_default(settings, TableChoice(gov, "Partners"))
    assert load_default(settings) == TableChoice(gov, "Partners")
    assert ready_connection(settings, gov) == gov
    (file,) = settings.home.glob("connection.json*")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_the_address_of_the_embedded_engine_is_always_the_living_ones(
    engine_settings: Settings, embedded: Connection
) -> None:
    save_default(engine_settings, TableChoice(Connection("embedded", endpoint_url="http://127.0.0.1:9"), "Partners"))
    assert load_default(engine_settings) == TableChoice(embedded, "Partners")


def test_a_home_of_before_keeps_the_table_that_was_chosen_there(settings: Settings) -> None:
    (settings.home / "connection.json").write_text('{"kind": "aws", "region": "us-gov-west-1"}', "utf-8")
    (settings.home / "table.json").write_text('{"table": "Partners"}', "utf-8")
    assert load_default(settings) == TableChoice(Connection("aws", "us-gov-west-1"), "Partners")
    (settings.home / "connection.json").unlink()
    assert load_default(settings) == TableChoice(Connection("embedded"), "Partners")


def test_a_damaged_choice_is_named_with_its_path(settings: Settings) -> None:
    (settings.home / "connection.json").write_text("[1", "utf-8")
    with pytest.raises(ConfigError, match=r"connection\.json is damaged. Delete it"):
        load_default(settings)


def test_engines_get_no_aws_setting_and_are_bound_to_loopback(tmp_path: Path) -> None:
    environ = {"PATH": "/bin", "AWS_SECRET_ACCESS_KEY": "x", "HOME": "/home/x"}
    first, second = dynoxide(tmp_path / "d"), ministack(tmp_path / "python")
    assert first.command(41, tmp_path / "f")[1:] == [
        "serve", "--host", "127.0.0.1", "--port", "41", "--db-path", str(tmp_path / "f"),
    ]  # fmt: skip
    assert first.environment(41, tmp_path / "f", environ) == {
        "PATH": "/bin",
        "HOME": str(tmp_path),
        "TMPDIR": str(tmp_path),
    }
    told = second.environment(41, tmp_path / "s", environ)
    assert (told["BIND_HOST"], told["GATEWAY_PORT"], told["IOT_MTLS_ENABLED"], told["PERSIST_STATE"]) == (
        "127.0.0.1",
        "41",
        "0",
        "1",
    )
    assert "AWS_SECRET_ACCESS_KEY" not in told


def test_a_download_with_another_hash_is_not_used(tmp_path: Path) -> None:
    tarball = tmp_path / "dynoxide.tgz"
    with tarfile.open(tarball, "w:gz") as archive:
        archive.addfile(tarfile.TarInfo("package/dynoxide"), io.BytesIO(b""))
    with pytest.raises(NotAvailable, match="wrong SHA-512"):
        verify_integrity(tarball, INTEGRITY["linux-x64"])


def test_control_a_download_with_the_pinned_hash_is_used(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"abc")
    verify_integrity(
        tmp_path / "x",
        "sha512-3a81oZNherrMQXNJriBBMRLm+k6JqX6iCp7u5ktV05ohkpkqJ0/BqDa6PCOj/uu9RU1EI2Q86A4qmslPpUyknw==",
    )


def test_an_unknown_engine_is_refused_naming_the_known(settings: Settings) -> None:
    with pytest.raises(ConfigError, match="Use dynoxide, ministack or auto"):
        find_program(settings, {"IMPORTER_ENGINE": "postgres"})


def test_the_cache_can_be_moved(settings: Settings, tmp_path: Path) -> None:
    assert engine_cache(settings, {"IMPORTER_ENGINE_CACHE": str(tmp_path / "c")}) == tmp_path / "c"


def test_no_network_and_no_engine_says_what_to_do(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", "")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    said: list[str] = []
    with pytest.raises(ConfigError, match=r"No embedded engine can be had.*or use AWS"):
        find_program(settings, {"IMPORTER_ENGINE_CACHE": str(tmp_path / "c")}, said.append)
    assert [line for line in said if "Trying ministack instead" in line]
    assert not (tmp_path / "c" / "ministack-1.5.33" / "complete").exists()
