"""One embedded engine for all tests of the main job in a process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from main_job.kit import MainJob

from importer.settings import Settings
from importer.table import stop_engine


@pytest.fixture(scope="session")
def main_job_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A home whose engine is started by whoever needs it first, and stopped at the end."""
    settings = Settings(tmp_path_factory.mktemp("main-job") / "home")
    yield settings
    stop_engine(settings)


@pytest.fixture
def main_job(main_job_home: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainJob]:
    """`importer run` and its sisters in this process, against the embedded engine, without any AWS settings."""
    with MainJob.in_home(main_job_home, monkeypatch) as job:
        yield job
