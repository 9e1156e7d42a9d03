"""Reading, measured beside what people would use otherwise: scores over the corpus, MB/s of both roads.

    PYTHONPATH=. python tests/bench/bench_reading.py [--quick | --roads]

polars, DuckDB and CleverCSV are installed into an environment of their own (var/bench-readers), never into the app's.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from random import Random

import openpyxl
import xlsxwriter
from python_calamine import CalamineWorkbook

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from corpus.case import Case, Loaded, Scores, run_corpus, score  # noqa: E402
from corpus.messy import messy_lists  # noqa: E402
from corpus.other_readers import READERS  # noqa: E402
from corpus.pollution import polluted  # noqa: E402
from corpus.shapes import exports  # noqa: E402

from importer.intake import build_stage, guess_dialect  # noqa: E402
from importer.intake.ahead import blocks_ahead  # noqa: E402
from importer.intake.feed import Feed  # noqa: E402
from importer.intake.grammar import Grammar  # noqa: E402
from importer.intake.lists import read_layout  # noqa: E402
from importer.intake.reader import Reader, ReaderLimits  # noqa: E402
from importer.intake.workbook import write_sheet  # noqa: E402

SEED = 7
OTHERS = ("pandas", "polars", "duckdb", "clevercsv", "pyarrow")
SPEED_BYTES = 150_000_000


def environment() -> Path | None:
    """The Python that has the other readers; None when they cannot be installed here."""
    folder = ROOT / "var" / "bench-readers"
    python = folder / "bin" / "python"
    if python.exists():
        return python
    try:
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, capture_output=True)
        subprocess.run([str(python), "-m", "pip", "install", "-q", *OTHERS], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return python


def corpus(*, quick: bool) -> dict[str, list[Case]]:
    """The three kinds; `quick` takes a sample of the ragged rows."""
    cases = list(polluted(SEED))
    rows = [case for case in cases if case.name.startswith("row_")]
    whole = [case for case in cases if not case.name.startswith("row_")]
    return {
        "polluted": whole + (Random(SEED).sample(rows, 100) if quick else rows),
        "real shapes": list(exports(SEED)),
        "messy contact lists": list(messy_lists(SEED, 100 if quick else 500)),
    }


def other_scores(python: Path, reader: str, cases: list[Case]) -> Scores:
    """What another reader makes of the same files."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made) / "files"
        folder.mkdir()
        for number, case in enumerate(cases):
            (folder / f"{number:05}.csv").write_bytes(case.content)
        out = Path(made) / "out.json"
        script = ROOT / "tests" / "corpus" / "other_readers.py"
        subprocess.run([str(python), str(script), reader, str(folder), str(out)], check=True, capture_output=True)
        tables = list(json.loads(out.read_text("utf-8")).values())
    by_content = {id(case): table for case, table in zip(cases, tables, strict=True)}
    loaded = [
        Loaded(tuple(table[0]) if table else (), tuple(map(tuple, table[1:]))) if table is not None else None
        for table in by_content.values()
    ]
    points = [score(case, one) for case, one in zip(cases, loaded, strict=True)]
    total = sum(case.weight for case in cases)
    exact = sum(
        one is not None and one.rows == case.rows and (case.header is None or one.header == case.header)
        for case, one in zip(cases, loaded, strict=True)
    )
    weighted = sum(case.weight * one for case, one in zip(cases, points, strict=True)) / total
    return Scores(len(cases), sum(points) / len(points), weighted, exact / len(cases), loaded.count(None), ())


NOTES = ("", "called twice, no answer", "prefers e-mail", "n" * 120, 'said "maybe"')
NAMES = {False: '"Exemplar, Zoë"', True: 'Zoë "Z" Exemplar'}
"""A cell as it should be, and one with stray quotes."""


def sound_line(at: int, note: str, *, stray: bool = False) -> str:
    """One contact, with quotes as they should be but in its name where it has a `stray` one."""
    quoted = note.replace('"', '""')
    return f'{at:09},person{at}@example.com,{NAMES[stray]},+1 555 0100,2024-01-02,"{quoted}"'


def escaped_line(at: int, note: str) -> str:
    """The same as dumps write it: a backslash before each quote."""
    escaped = note.replace('"', '\\"')
    return f'{at:09},person{at}@example.com,"Zoë \\"Z\\" Exemplar",+1 555 0100,2024-01-02,"{escaped}"'


def unclosed_line(at: int, note: str) -> str:
    """One whose quote never closes."""
    return sound_line(at, note).replace(NAMES[False], '"Zoë Exemplar')


def one_in(every: int, damaged: Callable[[int, str], str]) -> Callable[[int, str], str]:
    """Sound lines, one of so many `damaged`."""
    return lambda at, note: damaged(at, note) if at % every == 7 else sound_line(at, note)


def speed_file(path: Path, line: Callable[[int, str], str] = sound_line, size: int = SPEED_BYTES) -> None:
    """A list of about `size` bytes."""
    random = Random(SEED)
    with path.open("w", encoding="utf-8") as out:
        out.write("id,email,name,phone,signed_up,note\n")
        at = 0
        while out.tell() < size if at % 10_000 == 0 else True:
            out.write(line(at, random.choice(NOTES)) + "\n")
            at += 1


def staged_rate(path: Path) -> float:
    """MB/s from a file to its stage, the guess of the dialect not counted."""
    dialect = guess_dialect(path).dialect
    with tempfile.TemporaryDirectory(dir=path.parent) as made:
        start = time.perf_counter()
        build_stage(path, dialect, Path(made) / "stage")
        return path.stat().st_size / 1e6 / (time.perf_counter() - start)


ROAD_BYTES = 10_000_000

ROADS = {
    "regular (fast road)": sound_line,
    "1 in 1,000 with stray quotes": one_in(1000, lambda at, note: sound_line(at, note, stray=True)),
    "1 in 1,000 with a cell too many": one_in(1000, lambda at, note: sound_line(at, note) + ",x"),
    "1 in 1,000 that never closes": one_in(1000, unclosed_line),
    "1 in 10 with stray quotes": one_in(10, lambda at, note: sound_line(at, note, stray=True)),
    "all with stray quotes": lambda at, note: sound_line(at, note, stray=True),
    "all with backslash escapes": escaped_line,
}
"""Kind of list → its lines."""

ONE_BY_ONE = 1 << 40
"""`few` bytes of a text in which no sure lines are looked for: the tokenizer reads all that is not regular."""


def stage_cpu_s(path: Path, *, fast: bool, few: int) -> float:
    """CPU seconds of reading all of a list into tables, with the whole way to them."""
    dialect = guess_dialect(path).dialect
    layout = read_layout(path, dialect)
    grammar = Grammar.of(dialect, layout.record_width)

    def read() -> None:
        with (
            path.open("rb") as stream,
            closing(blocks_ahead(Feed(stream, dialect.encoding), grammar, fast=fast)) as blocks,
        ):
            reader = Reader(blocks, grammar, layout, fast=fast, limits=replace(ReaderLimits(), few=few))
            deque(reader.parts(), maxlen=0)

    return cpu_s(read)


def show_roads() -> None:
    """MB a CPU second from bytes to tables, beside reading one by one what is not regular, in the same run: before
    sure lines, all of the tolerant road was read so."""
    print(f"\nMB a CPU second, lists of {ROAD_BYTES / 1e6:.0f} MB, and the same with damage read one by one")
    with tempfile.TemporaryDirectory() as made:
        for kind, line in ROADS.items():
            path = Path(made) / "list.csv"
            speed_file(path, line, ROAD_BYTES)
            show_road(kind, path, fast=True)
            if line is sound_line:
                show_road("the same, tolerant road only", path, fast=False)


def show_road(kind: str, path: Path, *, fast: bool) -> None:
    """One line of the table."""
    size = path.stat().st_size / 1e6
    now, before = (size / stage_cpu_s(path, fast=fast, few=few) for few in (ReaderLimits().few, ONE_BY_ONE))
    print(f"  {kind:<34}{now:8.0f}{before:8.0f}  {now / before:.1f}×")


def show_scores(python: Path | None, *, quick: bool) -> None:
    """One line for each reader and kind."""
    for kind, cases in corpus(quick=quick).items():
        print(f"\n{kind}")
        print(f"  {'this importer':<22}{run_corpus(cases).line()}")
        for reader in READERS if python is not None else ():
            print(f"  {reader:<22}{other_scores(python, reader, cases).line()}")  # type: ignore[arg-type]


def show_speed(python: Path | None) -> None:
    """MB/s on one clean list; ours ends in Parquet on disk, the others in memory."""
    with tempfile.TemporaryDirectory() as made:
        clean, damaged = Path(made) / "clean.csv", Path(made) / "damaged.csv"
        speed_file(clean)
        speed_file(damaged, ROADS["1 in 1,000 with stray quotes"])
        size = clean.stat().st_size / 1e6
        print(f"\nMB/s on a list of {size:.0f} MB")
        print(f"  {'to stage, fast road':<32}{staged_rate(clean):8.0f}")
        print(f"  {'to stage, damage in 1 of 1,000':<32}{staged_rate(damaged):8.0f}")
        for reader in READERS if python is not None else ():
            script = str(ROOT / "tests" / "corpus" / "other_readers.py")
            run = subprocess.run(
                [str(python), script, reader, str(clean)], capture_output=True, text=True, check=False
            )
            rate = f"{size / float(run.stdout):8.0f}" if run.returncode == 0 else "  failed"
            print(f"  {reader:<32}{rate}")


WORKBOOK_ROWS = 100_000


def workbook_file(path: Path) -> None:
    """A sheet of WORKBOOK_ROWS × 12: texts, numbers, codes, dates and moments, as contacts have them."""
    random = Random(SEED)
    with xlsxwriter.Workbook(path) as book:
        day, moment, code, money = (
            book.add_format({"num_format": one}) for one in ("yyyy-mm-dd", "yyyy-mm-dd hh:mm", "00000", "#,##0.00")
        )
        sheet = book.add_worksheet("Contacts")
        names = "email first last phone zip city joined seen price visits active notes"
        sheet.write_row(0, 0, names.split())
        for at in range(1, WORKBOOK_ROWS + 1):
            sheet.write_row(
                at, 0, [f"user{at}@example.com", random.choice(["Ann", "Zoë", "Bob"]), f"Last{at % 5_000}"]
            )
            sheet.write_number(at, 3, 4_915_100_000_000 + at)
            sheet.write_number(at, 4, random.randrange(100, 99_999), code)
            sheet.write_string(at, 5, random.choice(["Köln", "Paris", "Rio"]))
            sheet.write_number(at, 6, 43_831 + at % 1_500, day)
            sheet.write_number(at, 7, 43_831 + at * 977 / 86_400, moment)
            sheet.write_number(at, 8, round(random.random() * 1_000, 4), money)
            sheet.write_row(at, 9, [random.randrange(50), at % 2 == 0, f"note {at % 777}" if at % 3 else ""])


def cpu_s(work: Callable[[], object]) -> float:
    """CPU seconds of the best of three."""
    times = []
    for _ in range(3):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


def show_workbook() -> None:
    """One sheet to a plain list, beside openpyxl (read-only) and calamine, which only hand out values."""
    with tempfile.TemporaryDirectory() as made:
        path = Path(made) / "contacts.xlsx"
        workbook_file(path)

        def by_openpyxl() -> None:
            book = openpyxl.load_workbook(path, read_only=True)
            deque(book["Contacts"].iter_rows(values_only=True), maxlen=0)
            book.close()

        def by_calamine() -> None:
            deque(CalamineWorkbook.from_path(path).get_sheet_by_name("Contacts").iter_rows(), maxlen=0)

        ours = cpu_s(lambda: write_sheet(path, "Contacts", BytesIO(), lambda _: None))
        print(f"\nCPU seconds for a workbook of {WORKBOOK_ROWS:,} × 12, and how many times ours")
        print(f"  {'to a plain list, with formats':<32}{ours:8.2f}")
        for name, work in (("openpyxl, values only", by_openpyxl), ("python-calamine, values only", by_calamine)):
            theirs = cpu_s(work)
            print(f"  {name:<32}{theirs:8.2f}  {theirs / ours:.1f}×")


if __name__ == "__main__":
    show_roads()
    if "--roads" in sys.argv:
        sys.exit()
    show_workbook()
    others = environment()
    if others is None:
        print("The other readers cannot be installed here; only this importer is measured.")
    show_speed(others)
    show_scores(others, quick="--quick" in sys.argv)
