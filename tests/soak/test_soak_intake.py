"""The whole corpus on seeds kept apart while building, a hundred thousand mutations, millions of rows."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from corpus.case import run_corpus
from corpus.messy import messy_lists
from corpus.pollution import polluted
from corpus.shapes import exports
from corpus.tongues import short_lists

from importer.errors import SourceError
from importer.intake import Dialect, build_stage, guess_dialect
from importer.intake.grammar import Grammar
from importer.intake.tokenizer import Tokenizer

pytestmark = pytest.mark.soak

SEEDS = (101, 2024)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_whole_corpus_scores_as_required(seed: int) -> None:
    scores = run_corpus(list(polluted(seed)))
    assert (scores.raised, scores.simple >= 9.98, scores.weighted >= 9.99) == (0, True, True), scores.line()
    shapes = run_corpus([case for at in range(5) for case in exports(seed + at)])
    assert (shapes.raised, shapes.simple >= 9.5) == (0, True), shapes.line()
    messy = run_corpus(list(messy_lists(seed, 1000)))
    assert (messy.raised, messy.exact >= 0.95) == (0, True), messy.line()
    tongues = run_corpus(list(short_lists(seed, 20)))
    assert (tongues.raised, tongues.exact >= 0.95) == (0, True), tongues.line()


def mutated(random: Random, content: bytes) -> bytes:
    """Some bytes put in, taken out, changed or doubled."""
    raw = bytearray(content)
    for _ in range(random.randint(1, 8)):
        at = random.randrange(len(raw) + 1)
        piece = random.choice(
            (b'"', b'""', b",", b";", b"\n", b"\r", b"\r\n", b"\\", b"\0", b"\xff", b"\xc3", b"'", b" ")
        )
        choice = random.random()
        if choice < 0.4:
            raw[at:at] = piece
        elif choice < 0.7:
            del raw[at : at + random.randint(1, 6)]
        elif choice < 0.9:
            raw[at : at + 1] = piece
        else:
            raw += raw[at : at + 50]
    return bytes(raw)


def test_a_hundred_thousand_mutated_inputs_raise_nothing_and_lose_no_byte() -> None:
    random = Random(1)
    seeds = [case.content[:1500] for case in messy_lists(3, 60)]
    tokenizers = [
        Tokenizer(Grammar.of(Dialect(delimiter=delimiter, quote=quote, escape=escape), width), 1 << 16)
        for delimiter in (",", ";", "||")
        for quote in ('"', "'", "")
        for escape in ("", "\\")
        for width in (0, 7)
    ]
    for number in range(100_000):
        text = mutated(random, random.choice(seeds)).decode("utf-8", "replace").encode()
        end = 0
        for record in tokenizers[number % len(tokenizers)].records(text, 0, len(text)):
            assert record.start == end
            end = record.end
        assert end == len(text)


def test_two_thousand_mutated_files_are_read_whole_or_refused_in_words(tmp_path: Path) -> None:
    random = Random(2)
    seeds = [case.content for case in messy_lists(4, 40)]
    path = tmp_path / "list.csv"
    for _ in range(2000):
        path.write_bytes(mutated(random, random.choice(seeds)))
        try:
            report = build_stage(path, guess_dialect(path).dialect, tmp_path / "stage")
        except SourceError:
            continue
        assert report.audit.unaccounted_bytes == 0


STAGE = """
import resource, sys
from pathlib import Path
from importer.intake import build_stage, guess_dialect
source = Path(sys.argv[1])
report = build_stage(source, guess_dialect(source).dialect, source.with_name("stage"))
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(report.rows, report.audit.unaccounted_bytes, peak)
"""


def staged_peak(folder: Path, rows: int) -> tuple[int, int]:
    """(rows, peak bytes) of a process of its own that stages so many rows of 230 bytes."""
    source = folder / f"{rows}.csv"
    note = "n" * 150
    with source.open("w", encoding="utf-8") as out:
        out.write("id,email,name,phone,signed_up,note\n")
        for at in range(rows):
            out.write(f'{at:09},person{at}@example.com,"Exemplar, Zoë",+1 555 0100,2024-01-02,{note}\n')
    run = subprocess.run([sys.executable, "-c", STAGE, str(source)], check=True, capture_output=True, text=True)
    found, unaccounted, peak = map(int, run.stdout.split())
    source.unlink()
    assert unaccounted == 0
    return found, peak


def test_ten_million_rows_need_no_more_memory_than_one_million(tmp_path: Path) -> None:
    small_rows, small = staged_peak(tmp_path, 1_000_000)
    large_rows, large = staged_peak(tmp_path, 10_000_000)
    assert (small_rows, large_rows) == (1_000_000, 10_000_000)
    print(small, large)
    assert large <= 1.1 * small + 50_000_000, (small, large)
