"""A path that somebody types on a page reads what was meant to be read, and nothing of the app or the system."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from importer.errors import SourceError
from importer.intake import SourceSpec
from importer.run import AllowedPlaces, allowed_places, create_run, list_runs, take_in
from importer.settings import load_settings

FRAME = Path(__file__).resolve().parents[2] / "pages" / "frame.py"
LIST = b"email,name\nann@example.com,Ann\n"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The app's home; beside it `lists`, with a list in it and links out of it."""
    monkeypatch.setenv("IMPORTER_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("IMPORTER_SOURCES", raising=False)
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "key").write_text("secret")
    (tmp_path / "secret.csv").write_bytes(b"email\nsecret@example.com\n")
    lists = tmp_path / "lists"
    lists.mkdir()
    (lists / "contacts.csv").write_bytes(LIST)
    (lists / "out.csv").symlink_to(tmp_path / "secret.csv")
    (lists / "up").symlink_to(tmp_path)
    os.mkfifo(lists / "pipe.csv")
    return tmp_path / "home"


def allowed(*, shared: bool = False, closed: tuple[Path, ...] = ()) -> AllowedPlaces:
    return allowed_places(load_settings(os.environ), os.environ, shared=shared, closed=closed)


def refused(places: AllowedPlaces, place: str) -> str:
    with pytest.raises(SourceError) as error:
        places.require(place)
    return str(error.value)


def page_takes(place: str, **secrets: object) -> AppTest:
    app = AppTest.from_file(str(FRAME), default_timeout=60)
    for name, value in secrets.items():
        app.secrets[name] = value
    app.run()
    app.text_input[0].set_value(place)
    return next(button for button in app.button if button.label == "Take this file").click().run()


@pytest.mark.parametrize(
    ("place", "told"),
    [
        ("/proc/self/environ", "That place is closed"),
        ("/proc/self/root/proc/self/environ", "That place is closed"),
        ("/etc/passwd", "That place is closed"),
        ("/dev/stdin", "That place is closed"),
        ("{home}/key", "That place is closed"),
        ("{home}/../lists/up/home/key", "That place is closed"),
        (".streamlit/config.toml", "That place is closed"),
        ("~/.aws/credentials", "That place is closed"),
        ("{home}/../lists/pipe.csv", "There is no such file"),
        ("{home}/../lists", "There is no such file"),
        ("~nobody-of-that-name/x", "There is no home folder for ~nobody-of-that-name"),
        ("a" * 5000, "it has 5,000 characters"),
        ("/" + "a" * 300, "There is no such file"),
        ("list\0.csv", "That is no path"),
        ("\ud800.csv", "That is no path"),
        ("", "There is no such file"),
    ],
)
def test_a_path_that_may_not_be_read_is_refused_in_words_for_one_person_too(
    home: Path, place: str, told: str
) -> None:
    assert told in refused(allowed(), place.format(home=home))


def test_the_machines_own_person_takes_any_other_file(home: Path) -> None:
    for place in (home.parent / "lists" / "contacts.csv", home.parent / "lists" / "out.csv"):
        allowed().require(str(place))
    allowed().require("s3://bucket/list.csv")


def test_secrets_that_lie_elsewhere_are_closed_by_name(home: Path) -> None:
    secret = home.parent / "secret.csv"
    allowed().require(str(secret))
    assert "That place is closed" in refused(allowed(closed=(secret,)), str(home.parent / "lists" / "out.csv"))


def test_under_sign_in_nothing_is_open_until_a_place_is_named(home: Path) -> None:
    assert allowed(shared=True).nothing
    assert "IMPORTER_SOURCES" in refused(allowed(shared=True), str(home.parent / "lists" / "contacts.csv"))
    assert "IMPORTER_SOURCES" in refused(allowed(shared=True), "s3://bucket/list.csv")


@pytest.mark.parametrize("shared", [False, True])
def test_where_places_are_named_only_they_are_open(home: Path, monkeypatch: pytest.MonkeyPatch, shared: bool) -> None:
    lists = home.parent / "lists"
    monkeypatch.setenv("IMPORTER_SOURCES", f"{lists}:s3://bucket/in")
    places = allowed(shared=shared)
    places.require(str(lists / "contacts.csv"))
    places.require("s3://bucket/in/march.csv")
    places.require("s3://bucket/in/")
    for outside in ("out.csv", "up/secret.csv", "../secret.csv", "../lists2/x.csv", "nothing-there/../../none.csv"):
        assert "from these places only" in refused(places, str(lists / outside))
    for elsewhere in ("s3://bucket/other.csv", "s3://bucket/india.csv", "s3://bucket2/in/x.csv"):
        assert "from these places only" in refused(places, elsewhere)


def test_closed_places_stay_closed_inside_a_named_folder(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMPORTER_SOURCES", "/")
    assert "That place is closed" in refused(allowed(), str(home / "key"))
    assert "That place is closed" in refused(allowed(), "/proc/1/environ")
    allowed().require(str(home.parent / "secret.csv"))


def test_a_link_that_is_turned_after_the_look_brings_nothing_in(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the look and the opening a folder becomes a link: what was opened is judged."""
    lists, target = home.parent / "lists", home.parent / "taken"
    inner = lists / "inner"
    inner.mkdir()
    (inner / "secret.csv").write_bytes(LIST)
    monkeypatch.setenv("IMPORTER_SOURCES", str(lists))
    opened = os.open

    def turned(path: object, *more: int) -> int:
        if str(path).endswith("inner/secret.csv"):
            inner.rename(lists / "old")
            inner.symlink_to(home.parent)
        return opened(path, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "open", turned)
    with pytest.raises(SourceError, match="from these places only"):
        allowed().copy_file(str(inner / "secret.csv"), target)
    assert not target.exists()


def test_control_without_the_bounds_the_link_leads_out(home: Path) -> None:
    """What the command line may do, whose person reads with rights of their own."""
    run = create_run(load_settings(os.environ), source_name="x", who="tester", now=datetime.now(UTC))
    take_in(run, SourceSpec(places=(str(home.parent / "lists" / "out.csv"),)))
    assert b"secret@example.com" in run.source.read_bytes()


@pytest.mark.parametrize("place", ["/proc/self/environ", "~nobody-of-that-name/x", "a" * 5000, "/etc/passwd"])
def test_a_refusal_on_the_page_is_said_in_words_and_leaves_no_draft(home: Path, place: str) -> None:
    app = page_takes(place)
    assert len(app.error) == 1
    assert "reference" not in app.error[0].value
    assert not app.exception
    assert list_runs(load_settings(os.environ)) == ()


def test_the_page_takes_a_file_of_the_machine_byte_for_byte(home: Path) -> None:
    app = page_takes(str(home.parent / "lists" / "contacts.csv"))
    assert not app.error
    (run,) = list_runs(load_settings(os.environ))
    assert (home / "runs" / run.run_id / "source").read_bytes() == LIST


@pytest.mark.parametrize(("content", "stays"), [(b"\x1f\x8b\x08\x00" + b"x" * 50, False), (LIST, True)])
def test_a_list_that_cannot_be_read_goes_when_it_is_left(home: Path, content: bytes, stays: bool) -> None:
    """The control is one that can be read."""
    path = home.parent / "lists" / "given.csv.gz"
    path.write_bytes(content)
    app = page_takes(str(path))
    assert [error.value for error in app.error if "damaged" in error.value] != [] or stays
    assert len(list_runs(load_settings(os.environ))) == 1
    next(button for button in app.button if button.label == "Upload another file").click().run()
    assert not app.exception
    assert len(list_runs(load_settings(os.environ))) == stays
