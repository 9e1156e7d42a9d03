"""What other sniffers say of lists: delimiter, quote, whether there is a header, and the seconds of CPU that it took.

    python other_sniffers.py SNIFFER FOLDER OUT.json

Runs in an environment of its own: it imports nothing of the importer.
"""

from __future__ import annotations

import json
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

LIMIT_S = 20
"""Of CPU: a list for which a sniffer takes longer counts as not answered."""

Answer = tuple[str, str, bool]


def _duckdb(path: Path) -> Answer:
    import duckdb

    ((delimiter, quote, header),) = duckdb.sql(
        f"select Delimiter, Quote, HasHeader from sniff_csv('{path}')"
    ).fetchall()
    return delimiter, "" if quote in ("(empty)", "\0") else quote, header


def _clevercsv(path: Path) -> Answer:
    import clevercsv

    clevercsv.field_size_limit(1 << 24)  # a list that it gives up on leaves a low limit behind
    text = path.read_text("utf-8")
    found = clevercsv.Detector().detect(text)
    if found is None:
        raise ValueError("no dialect")
    return found.delimiter, found.quotechar, clevercsv.Sniffer().has_header(text)


SNIFFERS: dict[str, Callable[[Path], Answer]] = {"duckdb": _duckdb, "clevercsv": _clevercsv}


def _too_long(number: int, frame: object) -> None:
    raise TimeoutError


def main() -> None:
    name, folder, out = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    signal.signal(signal.SIGPROF, _too_long)
    with suppress(Exception):  # what it loads only once
        SNIFFERS[name](min(folder.iterdir()))
    told: dict[str, tuple[Answer | None, float, str]] = {}
    for path in sorted(folder.iterdir()):
        signal.setitimer(signal.ITIMER_PROF, LIMIT_S)
        start = time.process_time()
        answer: Answer | None = None
        why = ""
        try:
            answer = SNIFFERS[name](path)
        except Exception as error:
            why = type(error).__name__
        signal.setitimer(signal.ITIMER_PROF, 0)
        told[path.name] = answer, time.process_time() - start, why
    out.write_text(json.dumps(told), "utf-8")


if __name__ == "__main__":
    main()
