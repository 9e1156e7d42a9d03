"""dynalite, for tests alone: an engine of another author (Node, in memory) that sends checksums as AWS does.

Pinned with all it needs by `package-lock.json`, every file checked by hash, no install script run.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from importer.table.fetch import fetch_once, install_node, run_npm

HERE = Path(__file__).resolve().parent
PINS = ("package.json", "package-lock.json")
OLDEST_NODE = 20
"""dynalite 4's `engines`."""


def fetch_dynalite(cache: Path, echo: Callable[[str], None]) -> tuple[Path, Path]:
    """Node, and dynalite's folder, fetched into `cache` unless it is there. Raises NotAvailable."""
    version = json.loads((HERE / "package.json").read_text("utf-8"))["dependencies"]["dynalite"]
    folder = cache / f"dynalite-{version}"
    fetch_once(folder / "complete", cache, lambda made: _fetch(made, version, echo))
    return _node(folder, echo), folder / "node_modules" / "dynalite"


def _fetch(folder: Path, version: str, echo: Callable[[str], None]) -> None:
    echo(f"Fetching dynalite {version} …")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name in PINS:
        shutil.copy(HERE / name, folder)
    run_npm(["ci", "--ignore-scripts"], folder, folder / "node", echo)
    _node(folder, echo)
    (folder / "complete").touch()


def _node(folder: Path, echo: Callable[[str], None]) -> Path:
    """The machine's Node where it is new enough, else pip's."""
    found = shutil.which("node")
    if found and not (folder / "node").exists():
        told = subprocess.run([found, "--version"], capture_output=True, text=True, check=False, timeout=60).stdout
        major = told.strip().lstrip("v").partition(".")[0]
        if major.isdigit() and int(major) >= OLDEST_NODE:
            return Path(found)
    return install_node(folder / "node", echo)
