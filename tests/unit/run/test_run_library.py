"""The library on disk: names are text, files are the owner's alone, damage is told, a kill leaves old or new."""

import json
import os
import signal
import stat
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from run_folders import checked_folder

from importer.check import ColumnSpec, Email, Required, Schema
from importer.clean import Recipe, SetCellsByKey, Trim
from importer.errors import ConfigError
from importer.profile import KeySketch, profile_stage, sketch_keys
from importer.run import (
    NameTaken,
    SavedList,
    delete_saved,
    find_saved,
    load_last,
    load_saved,
    open_stage,
    read_library,
    rename_saved,
)
from importer.run.saved.library import keep_last, keep_saved
from importer.settings import Settings

REPOSITORY = Path(__file__).resolve().parents[3]
NOW = datetime(2025, 3, 1, 10, 0, 0, tzinfo=UTC)
SCHEMA = Schema(
    (ColumnSpec("email", "email", rules=(Required(), Email())), ColumnSpec("name", "name")),
    ("email",),
)


def saved(name: str = "Partner monthly", **other: object) -> SavedList:
    told: dict[str, object] = {
        "entry_id": "",
        "name": name,
        "columns": ("email", "name"),
        "key_column": "email",
        "dialect": {"delimiter": ";"},
        "schema": SCHEMA,
        "recipe": Recipe((Trim(("email",)), SetCellsByKey("name", "email", (("a@example.com", "Anna"),)))),
        "source_name": "october.csv",
        "saved_at": "2025-03-01T10:00:00Z",
    }
    return SavedList(**{**told, **other})  # type: ignore[arg-type]


@pytest.fixture
def settings(tmp_path):
    return Settings(tmp_path / "home")


def test_what_is_saved_comes_back_whole(settings):
    kept = keep_saved(settings, saved())
    assert load_saved(settings, kept.entry_id) == kept
    assert kept == saved(entry_id=kept.entry_id)
    assert (kept.rules, find_saved(settings, " partner MONTHLY ").entry_id) == (2, kept.entry_id)


def test_only_the_owner_may_read_it(settings):
    kept = keep_saved(settings, saved())
    folder = settings.library / kept.entry_id
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (settings.library, folder, *folder.iterdir())}
    assert modes == {"library": 0o700, kept.entry_id: 0o700, "entry.json": 0o600}


@pytest.mark.parametrize("name", ["../../../etc/passwd", "/tmp/x", "..", "a/b", "con", "Büro – März 🙂"])
def test_a_name_is_text_and_never_a_path(settings, name):
    kept = keep_saved(settings, saved(name))
    assert load_saved(settings, kept.entry_id).name == name
    assert sorted(path.name for path in settings.home.iterdir()) == ["library"]
    assert sorted(path.name for path in settings.library.iterdir()) == [".lock", kept.entry_id]


@pytest.mark.parametrize("name", ["", "   ", "x" * 81, "a\x00b", "a\u202eb"])
def test_a_name_that_cannot_be_read_is_refused(settings, name):
    with pytest.raises(ConfigError, match="Give it a name of 1 to 80 visible characters"):
        keep_saved(settings, saved(name))
    assert read_library(settings).entries == ()


@pytest.mark.parametrize("entry_id", ["../runs", "", "0123456789abcdef", "0123456789ABCDEF"])
def test_an_id_that_is_none_of_ours_reaches_no_file(settings, entry_id):
    with pytest.raises(ConfigError, match="not there any more"):
        load_saved(settings, entry_id)
    with pytest.raises(ConfigError, match="not there any more"):
        delete_saved(settings, entry_id)


def test_a_name_that_is_taken_asks_before_it_is_replaced(settings):
    first = keep_saved(settings, saved())
    with pytest.raises(NameTaken, match='called "Partner monthly" already'):
        keep_saved(settings, saved("partner  monthly", columns=("other",)))
    assert load_saved(settings, first.entry_id) == first
    second = keep_saved(settings, saved("partner monthly", columns=("email", "name", "city")), overwrite=True)
    assert second.entry_id == first.entry_id
    assert [entry.columns for entry in read_library(settings).entries] == [("email", "name", "city")]


def test_rename_keeps_all_but_the_name(settings):
    kept = keep_saved(settings, saved())
    keep_saved(settings, saved("Another"))
    with pytest.raises(NameTaken):
        rename_saved(settings, kept.entry_id, "another")
    rename_saved(settings, kept.entry_id, "PARTNER monthly")
    assert load_saved(settings, kept.entry_id) == saved("PARTNER monthly", entry_id=kept.entry_id)
    assert [entry.name for entry in read_library(settings).entries] == ["Another", "PARTNER monthly"]


def test_delete_leaves_nothing(settings):
    kept = keep_saved(settings, saved())
    delete_saved(settings, kept.entry_id)
    assert [path.name for path in settings.library.iterdir()] == [".lock"]
    with pytest.raises(ConfigError, match="Saved are: none"):
        find_saved(settings, "Partner monthly")


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '{"version": 1}', '{"version": 2}', "\x00\x01"])
def test_a_damaged_one_is_told_and_the_others_are_listed(settings, content):
    good, bad = keep_saved(settings, saved("Good")), keep_saved(settings, saved("Bad"))
    (settings.library / bad.entry_id / "entry.json").write_text(content)
    library = read_library(settings)
    assert [entry.name for entry in library.entries] == ["Good"]
    assert [broken.entry_id for broken in library.damaged] == [bad.entry_id]
    assert library.damaged[0].reason.endswith("ave it again from a list.")
    delete_saved(settings, bad.entry_id)
    assert read_library(settings).damaged == ()
    assert load_saved(settings, good.entry_id).name == "Good"


def test_a_folder_that_is_just_being_made_is_no_damage(settings):
    keep_saved(settings, saved())
    (settings.library / "0123456789abcdef").mkdir()
    library = read_library(settings)
    assert (len(library.entries), library.damaged) == (1, ())


def test_of_the_last_list_counts_and_hashes_are_kept_and_no_cell(settings, tmp_path):
    folder = checked_folder(tmp_path)
    kept = keep_saved(settings, saved())
    stage = open_stage(folder)
    profile = profile_stage(stage, "email")
    assert profile.column("email").top_values
    keep_last(settings, kept.entry_id, folder, NOW, made=(profile, sketch_keys(stage, "email")))
    last = load_last(settings, kept.entry_id)
    assert last is not None
    assert last.profile == profile.without_cells()
    assert (last.known, last.source_name, last.profile.rows) == (None, "list.csv", 6)
    text = (settings.library / kept.entry_id / "last.json").read_text()
    for cell in ("anna@example.com", "Cleo", "dora", "nobody", "Anna again", "555-0100"):
        assert cell not in text
    assert stat.S_IMODE((settings.library / kept.entry_id / "last.json").stat().st_mode) == 0o600


def test_the_same_run_a_second_time_is_not_compared_with_itself(settings, tmp_path):
    kept = keep_saved(settings, saved())
    folder = checked_folder(tmp_path)
    stage = open_stage(folder)
    made = (profile_stage(stage, "email"), sketch_keys(stage, "email"))
    keep_last(settings, kept.entry_id, folder, NOW, made=made)
    keep_last(settings, kept.entry_id, folder, NOW, made=made)
    assert load_last(settings, kept.entry_id).known is None
    other = checked_folder(tmp_path)
    keep_last(settings, kept.entry_id, other, NOW, made=(made[0], KeySketch(0, (*made[1].hashes[:1], 1))))
    assert load_last(settings, kept.entry_id).known == 0.5


def test_a_last_list_that_cannot_be_read_is_as_none(settings, tmp_path):
    kept = keep_saved(settings, saved())
    (settings.library / kept.entry_id / "last.json").write_text('{"version": 1, "keys": {}}')
    assert load_last(settings, kept.entry_id) is None


def test_what_was_deleted_is_not_made_anew_by_a_run_that_ends(settings, tmp_path):
    kept = keep_saved(settings, saved())
    delete_saved(settings, kept.entry_id)
    folder = checked_folder(tmp_path)
    with pytest.raises(ConfigError, match="not there any more"):
        keep_last(settings, kept.entry_id, folder, NOW, made=(profile_stage(open_stage(folder)), None))
    assert read_library(settings) == read_library(Settings(tmp_path / "nowhere"))


def one_way(way: str) -> SavedList:
    """A saved list that says in two places which way it is."""
    cells = tuple((f"k{at}", way) for at in range(400))
    return saved(recipe=Recipe((SetCellsByKey("name", "email", cells),)), columns=("email", "name", way))


WRITER = """
import sys
from pathlib import Path
sys.path[:0] = [{repository!r}, {tests!r}, {here!r}]
from importer.run.saved.library import keep_saved
from importer.settings import Settings
from test_run_library import one_way
ways = [one_way("one"), one_way("two")]
print("ready", flush=True)
at = 0
while True:
    {write}
    at += 1
"""
WHOLE = "keep_saved(Settings(Path(sys.argv[1])), ways[at % 2], overwrite=True)"


def killed_while_saving(home: Path, write: str, after_s: float) -> None:
    """A process that saves over and over, ended by kill -9."""
    names = {"repository": str(REPOSITORY), "tests": str(REPOSITORY / "tests"), "here": str(Path(__file__).parent)}
    code = WRITER.format(write=write, **names)
    process = subprocess.Popen([sys.executable, "-c", code, str(home)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    time.sleep(after_s)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()


def whole(settings: Settings) -> bool:
    """True when the library holds one of the two ways, not a mixture and not a part."""
    library = read_library(settings)
    if library.damaged or len(library.entries) != 1:
        return False
    entry = library.entries[0]
    step = entry.recipe.operations[0]
    return isinstance(step, SetCellsByKey) and {text for _, text in step.cells} == {entry.columns[2]}


def test_kill_9_while_saving_leaves_the_old_or_the_new_one(settings):
    keep_saved(settings, one_way("one"))
    for number in range(4):
        killed_while_saving(settings.home, WHOLE, 0.02 + 0.013 * number)
        assert whole(settings)
    assert json.loads((settings.library / read_library(settings).entries[0].entry_id / "entry.json").read_text())


def test_control_a_file_that_is_cut_short_is_seen(settings):
    kept = keep_saved(settings, saved())
    path = settings.library / kept.entry_id / "entry.json"
    text = path.read_text()
    path.write_text(text[: len(text) // 2])
    assert not whole(settings)
