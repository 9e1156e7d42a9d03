"""A run's folder: where each thing lies, how it comes to be, and who may read it (its owner alone)."""

from __future__ import annotations

import json
import re
import secrets
import shutil
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from importer.errors import ConfigError, FatalError, SourceError
from importer.files import sha256_of, to_json, write_private
from importer.plain_types import UNREADABLE, of_its_types
from importer.settings import Settings

RUN_ID = re.compile(r"^\d{8}-\d{6}-[0-9a-f]{8}$")
COPY_BYTES = 1024 * 1024


@dataclass(frozen=True)
class Draft:
    """What is known of a run from its first moment. `created_at` is ISO 8601 UTC; the hash is empty until staged.
    `reading`: what a person said of how the source is to be read (`SourceSpec.to_dict`)."""

    run_id: str
    source_name: str
    who: str
    created_at: str
    size_bytes: int = 0
    source_sha256: str = ""
    reading: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class RunFolder:
    """The paths of one run. Nothing here says that they exist."""

    path: Path

    @property
    def run_id(self) -> str:
        return self.path.name

    @property
    def source(self) -> Path:
        return self.path / "source"

    @property
    def draft_path(self) -> Path:
        return self.path / "draft.json"

    @property
    def table(self) -> Path:
        """Which table a draft goes to; a planned run has it in its plan."""
        return self.path / "table.json"

    @property
    def dialect(self) -> Path:
        return self.path / "dialect.json"

    @property
    def stage(self) -> Path:
        return self.path / "stage"

    @property
    def profile(self) -> Path:
        return self.path / "profile.json"

    @property
    def recipe(self) -> Path:
        return self.path / "recipe.json"

    @property
    def set_aside(self) -> Path:
        return self.path / "set-aside.json"

    @property
    def schema(self) -> Path:
        return self.path / "schema.yaml"

    @property
    def accepted_doubts(self) -> Path:
        return self.path / "accepted-doubts.json"

    @property
    def seen_table(self) -> Path:
        return self.path / "seen-table.json"

    @property
    def opening(self) -> Path:
        return self.path / "opening.json"

    @property
    def comparison(self) -> Path:
        return self.path / "comparison.json"

    @property
    def warnings(self) -> Path:
        """What was told of the list when its plan was frozen."""
        return self.path / "warnings.json"

    @property
    def replay(self) -> Path:
        """What the steps of a saved list do to this list's good cells, as counted last."""
        return self.path / "replay.json"

    @property
    def check(self) -> Path:
        return self.path / "check"

    @property
    def checked_columns(self) -> Path:
        """What checks of a draft showed of each column, so that the next looks only at those that changed."""
        return self.path / "checked-columns"

    @property
    def store(self) -> Path:
        """Columns that steps wrote, for whoever looks through the list; they can be made again at any time."""
        return self.path / "store"

    @property
    def plan(self) -> Path:
        return self.path / "plan.json"

    @property
    def ledger(self) -> Path:
        return self.path / "ledger.sqlite"

    @property
    def lock(self) -> Path:
        return self.path / "runner.lock"

    @property
    def log(self) -> Path:
        return self.path / "runner.log"

    @property
    def rejects(self) -> Path:
        return self.path / "rejects.csv"

    @property
    def spreadsheet_rejects(self) -> Path:
        return self.path / "rejects-for-spreadsheets.csv"

    @property
    def duplicates(self) -> Path:
        return self.path / "duplicates.csv"

    @property
    def receipt(self) -> Path:
        return self.path / "receipt.json"

    @property
    def fixes(self) -> Path:
        """Rounds of fixed rows, each in a folder with its number."""
        return self.path / "fixes"

    @property
    def arrived(self) -> Path:
        """A fixed file that came over a page, while it is read; what a kill left there goes with the next one."""
        return self.path / "arrived"

    @property
    def frozen(self) -> bool:
        """True once the plan is frozen: from then on the ledger holds the truth."""
        return self.ledger.exists()

    def draft(self) -> Draft:
        """Name, person and time of the upload; ConfigError when the file is damaged."""
        try:
            return of_its_types(Draft(**json.loads(self.draft_path.read_text(encoding="utf-8"))))
        except UNREADABLE as error:
            raise ConfigError(f"Run {self.run_id} has no readable draft.json. Upload the list again.") from error

    def save_draft(self, draft: Draft) -> None:
        write_private(self.draft_path, to_json(asdict(draft)))


def create_run(settings: Settings, *, source_name: str, who: str, now: datetime) -> RunFolder:
    """A new, empty run folder (0700) with its draft; its id is `YYYYMMDD-HHMMSS-` and 8 random hex digits."""
    created = now.astimezone(UTC)
    run_id = f"{created:%Y%m%d-%H%M%S}-{secrets.token_hex(4)}"
    folder = RunFolder(settings.runs / run_id)
    try:
        settings.runs.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.path.mkdir(mode=0o700)
        folder.save_draft(Draft(run_id, source_name, who, iso(created)))
    except OSError as error:
        raise FatalError(
            f"Cannot make the run's folder {folder.path} ({error.strerror}). Free space there."
        ) from error
    return folder


def open_run(settings: Settings, run_id: str) -> RunFolder:
    """The folder of a known run; ConfigError for an id that is malformed or unknown."""
    folder = RunFolder(settings.runs / run_id)
    if not RUN_ID.match(run_id) or not (folder.draft_path.exists() or folder.frozen):
        raise ConfigError(f"There is no run {shown_id(run_id)}. List them with `python -m importer runs`.")
    refuse_other_kinds(folder.path)
    return folder


def refuse_other_kinds(path: Path) -> None:
    """ConfigError where something in the folder is neither a file nor a folder: who opens a pipe waits for ever."""
    for entry in path.rglob("*"):
        if entry.exists() and not entry.is_file() and not entry.is_dir():
            raise ConfigError(
                f'"{entry.name}" in the folder of run {path.name} is no file. Import the list again as a new run.'
            )


def adopt_source(folder: RunFolder, path: Path, *, move: bool = False) -> Draft:
    """Put the file at `path` into the run byte for byte, moved when it is ours, else copied; the updated draft.

    A copy, not a link: the person may change or delete the file while the run goes on.
    """
    try:
        if move:
            path.replace(folder.source)
        else:
            with path.open("rb") as given, folder.source.open("wb") as kept:
                shutil.copyfileobj(given, kept, COPY_BYTES)
        folder.source.chmod(0o600)
        size_bytes = folder.source.stat().st_size
    except OSError as error:
        told = f"{path.name} cannot be read ({error.strerror}). Check that the file exists and may be read."
        raise SourceError(told) from error
    draft = replace(folder.draft(), size_bytes=size_bytes)
    folder.save_draft(draft)
    return draft


def source_sha256(folder: RunFolder) -> str:
    """SHA-256 of the kept source, hex; SourceError when it is gone."""
    try:
        return sha256_of(folder.source)
    except OSError as error:
        raise SourceError(f"The source of run {folder.run_id} is gone. Upload the list again.") from error


def iso(moment: datetime) -> str:
    """`2025-03-01T10:00:00Z`."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def shown_id(run_id: str) -> str:
    """An id as it may stand in a message: what is no id is not repeated."""
    return run_id if RUN_ID.match(run_id) else "with that id"
