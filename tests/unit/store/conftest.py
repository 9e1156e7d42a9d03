"""Lists that were read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from importer.intake import Stage, build_stage, guess_dialect

LIST = (
    b"email,city,note\r\n"
    b"ann@example.com, Oslo,first\r\n"
    b"bob@example.com,Paris,\r\n"
    b"eve@example.com,Oslo,third\r\n"
    b"joe@example.com,Rome,fourth\r\n"
)


@pytest.fixture
def stage_of(tmp_path: Path) -> Callable[..., Stage]:
    """The stage of a list."""

    def read(content: bytes = LIST) -> Stage:
        source = tmp_path / "source"
        source.write_bytes(content)
        build_stage(source, guess_dialect(source).dialect, tmp_path / "stage")
        return Stage.open(tmp_path / "stage")

    return read


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """An empty folder of a run's store."""
    folder = tmp_path / "store"
    folder.mkdir(mode=0o700)
    return folder
