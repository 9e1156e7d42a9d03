"""What a command that is killed leaves of a list lies in the app's own folder, and goes with the next command."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from importer.cli.passing import passing_folder
from importer.errors import ConfigError
from importer.settings import Settings

REPOSITORY = Path(__file__).resolve().parents[3]
WORD = "planted-4711"
DIES = "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"
COMMANDS = {
    "read": ("importer.cli.reading", "write_clean_csv", ["--out", "clean.csv"]),
    "check": ("importer.cli.checking", "all_failures", []),
}
IN_TMP = "import tempfile, pathlib, importer.settings as s\ns.Settings.passing = pathlib.Path(tempfile.gettempdir())"


def importer(tmp_path: Path, command: str, does: str = "", setting: str = "") -> subprocess.Popen[str]:
    """A command on a list; in its middle it does `does`."""
    module, name, more = COMMANDS[command]
    (tmp_path / "tmp").mkdir(exist_ok=True)
    (tmp_path / "list.csv").write_text(f"email,name\n{WORD}@example.com,{WORD}\n")
    lines = does.replace("\n", "\n    ") or "pass"
    broken = f"import {module} as at\ndef middle(*_, **__):\n    {lines}\nat.{name} = middle\n" if does else ""
    program = f"{setting}\n{broken}import sys\nfrom importer.__main__ import main\nsys.exit(main())"
    environ = {**os.environ, "IMPORTER_HOME": str(tmp_path / "home"), "TMPDIR": str(tmp_path / "tmp")}
    return subprocess.Popen(
        [sys.executable, "-c", program, command, str(tmp_path / "list.csv"), *more],
        cwd=tmp_path,
        env={**environ, "PYTHONPATH": str(REPOSITORY)},
        stdout=subprocess.PIPE,
        text=True,
    )


def holding(folder: Path) -> set[str]:
    """The files under a folder that hold the planted word."""
    return {
        str(path.relative_to(folder).parts[-1])
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink() and WORD.encode() in path.read_bytes()
    }


@pytest.mark.parametrize("command", COMMANDS)
def test_cells_that_a_killed_command_leaves_go_with_the_next_one(tmp_path: Path, command: str) -> None:
    killed = importer(tmp_path, command, DIES)
    killed.communicate()
    assert killed.returncode == -signal.SIGKILL
    passing = tmp_path / "home" / "passing"
    assert "rows.parquet" in holding(passing)
    assert passing.stat().st_mode & 0o777 == 0o700
    assert holding(tmp_path / "tmp") == set()

    importer(tmp_path, command).communicate()
    assert list(passing.iterdir()) == []


def test_a_home_that_was_made_for_it_goes_too(tmp_path: Path) -> None:
    with passing_folder(Settings(tmp_path / "home")) as made:
        assert made.is_dir()
    assert not (tmp_path / "home").exists()


def test_a_home_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file")
    with pytest.raises(ConfigError, match="IMPORTER_HOME"), passing_folder(Settings(tmp_path / "home")):
        pass


@pytest.mark.parametrize("command", COMMANDS)
def test_control_in_the_systems_folder_they_would_stay(tmp_path: Path, command: str) -> None:
    importer(tmp_path, command, DIES, IN_TMP).communicate()
    assert "rows.parquet" in holding(tmp_path / "tmp")


def test_the_folder_of_a_command_that_lives_is_left_alone(tmp_path: Path) -> None:
    goes_on = "print('here', flush=True)\nimport time\ntime.sleep(600)"
    living = importer(tmp_path, "read", goes_on)
    try:
        assert living.stdout is not None
        assert living.stdout.readline() == "here\n"
        with passing_folder(Settings(tmp_path / "home")) as own:
            held = {path.name for path in own.parent.iterdir()} - {own.name}
            assert len(held) == 1
    finally:
        living.kill()
        living.communicate()
    with passing_folder(Settings(tmp_path / "home")) as own:
        assert [path.name for path in own.parent.iterdir()] == [own.name]


def test_commands_that_begin_and_end_together_never_take_one_anothers_folder(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "home")

    def use(number: int) -> bool:
        with passing_folder(settings) as made:
            (made / "list").write_text(str(number))
            return (made / "list").read_text() == str(number)

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(use, range(200)))
    assert not (tmp_path / "home" / "passing").exists() or not list((tmp_path / "home" / "passing").iterdir())
