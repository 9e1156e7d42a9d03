"""The command line with a second process that prepares every slice, however short the list is and few the cores are.

Usage: python prepared_import.py TOLD ARGUMENTS…, where TOLD gets a JSON list: whether it prepared slice after slice.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from importer.cli import main
from importer.run import Preparer

ready, prepare = Preparer.ready, Preparer.prepare
prepared: list[bool] = []


def ready_in_the_end(preparer: Preparer) -> bool:
    """Waits until it has loaded."""
    while not ready(preparer) and not preparer._broken:
        time.sleep(0.02)
    return ready(preparer)


def told(preparer: Preparer, *given: Any) -> Any | None:
    """Notes whether it made the slice."""
    made = prepare(preparer, *given)
    prepared.append(made is not None)
    return made


Preparer.worth_it = classmethod(lambda *_, **__: True)  # type: ignore[method-assign,assignment]
Preparer.ready = ready_in_the_end  # type: ignore[method-assign]
Preparer.prepare = told  # type: ignore[method-assign]
code = main(sys.argv[2:])
Path(sys.argv[1]).write_text(json.dumps(prepared), encoding="ascii")
sys.exit(code)
