"""Fetch engines ahead of time, so that no start and no test waits for one: `fetch_engine.py dynoxide dynalite`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from importer.errors import ImporterError
from importer.settings import load_settings
from importer.table import engine_cache, fetch_engine
from tools.dynalite.fetch import fetch_dynalite


def main(names: list[str]) -> int:
    """0 when all are there."""
    missing = 0
    cache = engine_cache(load_settings(os.environ), os.environ)
    for name in names:
        try:
            if name == "dynalite":
                fetch_dynalite(cache, _say)
            else:
                fetch_engine("ministack" if name == "ministack" else "dynoxide", cache, _say)
        except ImporterError as error:
            _say(str(error))
            missing += 1
    return 1 if missing else 0


def _say(message: str) -> None:
    sys.stderr.write(f"{message}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
