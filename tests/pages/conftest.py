"""Lists at each stage of their way, in a home of their own, and the frame opened on a page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from importer.check import CheckResult
from importer.intake import write_sample
from importer.plan import Pace
from importer.run import (
    RunFolder,
    adopt_source,
    check_run,
    create_run,
    freeze_plan,
    plan_run,
    prepare_schema,
    prepare_stage,
)
from importer.settings import Settings
from importer.table import Connection, KeyPart, TableKey, Target

FRAME = Path(__file__).resolve().parents[2] / "pages" / "frame.py"
KEY = TableKey(KeyPart("email", "S"))
TARGET = Target(Connection("embedded"), "local", "EmailContacts", "dynoxide 1.2.1 (keeps data)")
SAMPLE_ROWS = 200


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("IMPORTER_HOME", str(tmp_path / "home"))
    return Settings(tmp_path / "home")


@pytest.fixture
def bring(settings: Settings, tmp_path: Path) -> Callable[..., RunFolder]:
    """Bring a list in: the sample, or the bytes given."""

    def bring_in(content: bytes | None = None, name: str = "list.csv") -> RunFolder:
        path = tmp_path / "given.csv"
        if content is None:
            write_sample(path, rows=SAMPLE_ROWS)
        else:
            path.write_bytes(content)
        folder = create_run(settings, source_name=name, who="tester", now=datetime.now(UTC))
        adopt_source(folder, path)
        return folder

    return bring_in


@pytest.fixture
def read(bring: Callable[..., RunFolder]) -> Callable[..., RunFolder]:
    """A list that has been read into its stage."""

    def read_in(content: bytes | None = None, name: str = "list.csv") -> RunFolder:
        folder = bring(content, name)
        prepare_stage(folder)
        return folder

    return read_in


@pytest.fixture
def planned(read: Callable[..., RunFolder]) -> Callable[..., RunFolder]:
    """A list with a frozen plan and a ledger; nothing has been sent."""

    def plan(content: bytes | None = None) -> RunFolder:
        folder = read(content)
        prepare_schema(folder, KEY)
        check_run(folder, KEY)
        made = plan_run(folder, target=TARGET, key=KEY, pace=Pace())
        freeze_plan(folder, made, CheckResult.open(folder.check)).close()
        return folder

    return plan


@pytest.fixture
def open_page(settings: Settings) -> Callable[..., AppTest]:
    """The frame on one page, with a run in its address."""

    def open_it(
        file: str = "file.py",
        run: RunFolder | str | None = None,
        address: Mapping[str, str] | None = None,
        **secrets: object,
    ) -> AppTest:
        app = AppTest.from_file(str(FRAME), default_timeout=60)
        for name, value in secrets.items():
            app.secrets[name] = value
        app.run()
        if file != "file.py":
            app.switch_page(file)
        if run is not None:
            app.query_params["run"] = run if isinstance(run, str) else run.run_id
        for name, value in (address or {}).items():
            app.query_params[name] = value
        return app.run()

    return open_it
