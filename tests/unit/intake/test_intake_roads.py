"""Both roads give the same stage, lose nothing, and never raise."""

from __future__ import annotations

import cProfile
import csv
import io
import pstats
import time
from dataclasses import dataclass, replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from importer.errors import SourceError
from importer.intake.ahead import blocks_ahead
from importer.intake.dialect import Dialect
from importer.intake.feed import Block, Feed
from importer.intake.grammar import Grammar
from importer.intake.header import find_layout
from importer.intake.problems import ReadingProblem
from importer.intake.reader import Reader, ReaderLimits

SMALL = ReaderLimits(part=256, smallest_part=32, record=4096, few=0)

ONE_BY_ONE = replace(SMALL, few=1 << 40)
"""The tokenizer alone, without sure lines: the reference for both roads."""


@dataclass(frozen=True)
class Outcome:
    columns: tuple[str, ...]
    rows: list[tuple[str, ...]]
    numbers: list[int]
    raw: list[bytes]
    problems: list[ReadingProblem]
    fast_bytes: int
    tolerant_bytes: int

    def codes(self) -> list[tuple[str, int | None]]:
        return [(found.code, found.row) for found in self.problems]


def read(
    source: bytes, dialect: Dialect, *, fast: bool = True, block_bytes: int = 64, limits: ReaderLimits = SMALL
) -> Outcome:
    """Read through feed and reader with tiny blocks, and assert the audit."""
    head = next(iter(Feed(io.BytesIO(source), dialect.encoding, block_bytes=1 << 20)), None)
    if not isinstance(head, Block):
        raise SourceError("No text. Set a smaller number of rows")
    layout = find_layout(head.text, dialect, limits.record)
    feed = Feed(
        io.BytesIO(source),
        dialect.encoding,
        block_bytes=block_bytes,
        max_record=limits.record,
        record_end=dialect.record_end,
    )
    grammar = Grammar.of(dialect, layout.width)
    blocks = blocks_ahead(feed, grammar, max_record=limits.record) if fast else feed
    parts = list(Reader(blocks, grammar, layout, fast=fast, limits=limits).parts())
    rows: list[tuple[str, ...]] = []
    numbers: list[int] = []
    raw: list[bytes] = []
    for part in parts:
        table = part.table.to_pydict()
        rows += zip(*(table[f"c{at}"] for at in range(layout.width)), strict=True)
        numbers += table["row"]
        raw += [source[start:end] for start, end in zip(table["byte_start"], table["byte_end"], strict=True)]
    accounted = sum(part.record_bytes + part.set_aside_bytes for part in parts)
    assert accounted == len(source) == feed.size_bytes
    assert sum(part.fast_bytes + part.tolerant_bytes for part in parts) == len(source)
    assert sum(map(len, raw)) == sum(part.record_bytes for part in parts)
    return Outcome(
        layout.columns,
        rows,
        numbers,
        raw,
        [found for part in parts for found in part.problems],
        sum(part.fast_bytes for part in parts),
        sum(part.tolerant_bytes for part in parts),
    )


SPACES = " \t\n\r\x0b\x0c"

C1_SIGNS = "".join(map(chr, range(0x80, 0xA0)))
"""They are read as cp1252."""

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters=f"\0\ufeff{C1_SIGNS}"), max_size=12)
CELLS = TEXTS | st.sampled_from(
    ['"', '""', ",", "a,b", "\n", "\r\n", "\r", " x ", "'", ";", "\t", "é", "\u200b", "00123", "NA", "=1+1", ""]
)


@st.composite
def tables(draw: st.DrawFn) -> list[list[str]]:
    width = draw(st.integers(1, 5))
    row = st.lists(CELLS, min_size=width, max_size=width)
    return draw(st.lists(row, min_size=1, max_size=25))


@settings(max_examples=150)
@given(
    tables(),
    st.tuples(
        st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32", "gb18030"]),
        st.sampled_from([",", ";", "\t", "|"]),
        st.sampled_from(['"', "'"]),
        st.sampled_from(["\n", "\r\n", "\r"]),
    ),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
@example([["", "\n"], [";", "\n"]], ("utf-8", ";", '"', "\n"), csv.QUOTE_ALL)
def test_what_csv_writer_writes_is_read_back_equal_on_both_roads(
    table: list[list[str]], signs: tuple[str, str, str, str], quoting: int
) -> None:
    encoding, delimiter, quote, line_end = signs
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, quotechar=quote, lineterminator=line_end, quoting=quoting)
    header = [f"h{at}" for at in range(len(table[0]))]
    writer.writerows([header, *table])
    if quoting == csv.QUOTE_MINIMAL and any("\n" in cell or "\r" in cell for row in table for cell in row):
        out = io.StringIO()
        writer = csv.writer(out, delimiter=delimiter, quotechar=quote, lineterminator=line_end, quoting=csv.QUOTE_ALL)
        writer.writerows([header, *table])
    source = out.getvalue().encode(encoding)
    dialect = Dialect(encoding, delimiter, quote, "", line_end)
    for fast in (True, False):
        outcome = read(source, dialect, fast=fast)
        blank = {at for at, row in enumerate(table, 2) if not "".join(row).strip(SPACES)}
        if len(header) == 1:
            blank = set(range(2, len(table) + 2)) - set(outcome.numbers)
            assert all(not table[at - 2][0].strip(" ") for at in blank)
        assert outcome.rows == [tuple(row) for at, row in enumerate(table, 2) if at not in blank]
        assert outcome.numbers == [at for at in range(2, len(table) + 2) if at not in blank]
        assert [row for code, row in outcome.codes() if code == "blank_line"] == sorted(
            blank - {at + 1 for at in blank}
        )
        assert not [found for found in outcome.problems if found.blocking]


@settings(max_examples=60)
@given(tables(), st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_NONE]))
def test_what_csv_writer_escapes_with_a_backslash_is_read_back_equal(table: list[list[str]], quoting: int) -> None:
    clean = [[cell.replace("\r", "").replace("\n", "") + "x" for cell in row] for row in table]
    out = io.StringIO()
    writer = csv.writer(out, quoting=quoting, escapechar="\\", doublequote=False, lineterminator="\n")
    writer.writerows([[f"h{at}" for at in range(len(table[0]))], *clean])
    outcome = read(out.getvalue().encode(), Dialect(quote='"' if quoting == csv.QUOTE_ALL else "", escape="\\"))
    assert outcome.rows == [tuple(row) for row in clean]


PIECES = st.lists(
    st.sampled_from([*(bytes([value]) for value in b'abc,,""\n\r \\\0\xff;'), b'""', b"\r\n", b"\xc3\xa9"]),
    min_size=1,
    max_size=120,
)


@settings(max_examples=400)
@given(PIECES, st.sampled_from(["utf-8", "cp1252", "utf-16-le", "cp932"]), st.sampled_from(["", "\\"]))
def test_no_bytes_raise_and_every_byte_is_accounted_for(pieces: list[bytes], encoding: str, escape: str) -> None:
    source = b"".join(pieces)
    dialect = Dialect(encoding, ",", '"', escape)
    try:
        fast = read(source, dialect, block_bytes=7)
    except SourceError:
        return
    tolerant = read(source, dialect, fast=False, block_bytes=7)
    assert (fast.rows, fast.numbers, fast.raw) == (tolerant.rows, tolerant.numbers, tolerant.raw)
    assert fast.codes() == tolerant.codes()


@settings(max_examples=100)
@given(
    st.binary(min_size=1, max_size=300), st.sampled_from(["utf-8", "utf-16", "utf-32-be", "gb18030", "cp037", "big5"])
)
def test_random_bytes_never_raise(source: bytes, encoding: str) -> None:
    try:
        read(source, Dialect(encoding), block_bytes=16)
    except SourceError as error:
        assert "Set a smaller number of rows" in str(error)


def test_block_seams_do_not_change_what_is_read() -> None:
    source = 'name,note\r\n"Zoë","a\r\nb"\r\n\r\nx,"1 ""2"""\r\ny,z\r\n'.encode()
    whole = read(source, Dialect(), block_bytes=1 << 16)
    assert whole.rows == [("Zoë", "a\r\nb"), ("x", '1 "2"'), ("y", "z")]
    assert whole.numbers == [2, 4, 5]
    for block_bytes in range(1, 20):
        assert read(source, Dialect(), block_bytes=block_bytes) == whole


def test_original_bytes_of_records_are_those_of_utf16() -> None:
    text = "n,m\r\nJosé,1\r\n😀,2\r\n"
    for encoding in ("utf-16", "utf-16-le", "utf-16-be", "utf-32"):
        outcome = read(text.encode(encoding), Dialect(encoding), block_bytes=8)
        name = {"utf-16": "utf-16-le", "utf-32": "utf-32-le"}.get(encoding, encoding)
        assert outcome.raw == ["José,1\r\n".encode(name), "😀,2\r\n".encode(name)]


def test_only_the_part_with_a_stray_quote_takes_the_tolerant_road() -> None:
    lines = [b"id,name"] + [b'%d,"n %d"' % (at, at) for at in range(2000)]
    regular = read(b"\n".join(lines) + b"\n", Dialect(), block_bytes=1 << 12)
    assert (regular.tolerant_bytes, len(regular.rows)) == (8, 2000)
    lines[1000] = b'999,n "999" x'
    lines[1500] = b'1499,"n 1499'
    outcome = read(b"\n".join(lines) + b"\n", Dialect(), block_bytes=1 << 12)
    assert len(outcome.rows) == 2000
    assert outcome.rows[998:1001] == [("998", "n 998"), ("999", 'n "999" x'), ("1000", "n 1000")]
    assert outcome.rows[1498:1501] == [("1498", "n 1498"), ("1499", '"n 1499'), ("1500", "n 1500")]
    assert outcome.codes() == [("stray_quote", 1001), ("unclosed_quote", 1501)]
    assert outcome.tolerant_bytes < 2000


def test_a_regular_file_takes_the_fast_road_whole() -> None:
    outcome = read(b"a,b\n1,2\n\n3,4", Dialect())
    assert outcome.rows == [("1", "2"), ("3", "4")]
    assert outcome.codes() == [("blank_line", 3)]
    assert (outcome.fast_bytes, outcome.tolerant_bytes) == (8, 4)


def test_record_above_the_limit_is_set_aside_listed_and_bounds_memory() -> None:
    source = b"a,b\n1,2\n" + b"x" * 20_000 + b"\n3,4\n" + b"y" * 20_000
    for fast in (True, False):
        for block_bytes in (64, 1 << 16):
            outcome = read(source, Dialect(), fast=fast, block_bytes=block_bytes)
            assert outcome.rows == [("1", "2"), ("3", "4")]
            assert outcome.codes() == [("row_too_big", 3), ("row_too_big", 5)]
            assert (outcome.problems[0].byte_start, outcome.problems[0].byte_end) == (8, 20_009)


def test_ragged_rows_stay_with_their_bytes() -> None:
    outcome = read(b"a,b,c\n1,2\n1,2,3,4\n1,2,3\n1,2,3\n1,2,3\n", Dialect())
    assert outcome.rows[:3] == [("1", "2", ""), ("1", "2", "3"), ("1", "2", "3")]
    assert outcome.raw[:2] == [b"1,2\n", b"1,2,3,4\n"]
    assert outcome.codes() == [("row_too_short", 2), ("row_too_long", 3)]
    assert all(found.blocking for found in outcome.problems)


def test_cp1252_byte_in_a_utf8_list_is_repaired_and_listed_with_its_offset() -> None:
    source = "n,m\nJosé,1\n".encode() + b"Mu\xf1oz,2\nx,\x80\n"
    for fast in (True, False):
        outcome = read(source, Dialect(), fast=fast)
        assert outcome.rows == [("José", "1"), ("Muñoz", "2"), ("x", "€")]
        assert [(f.code, f.row, f.byte_start, f.blocking) for f in outcome.problems] == [
            ("repaired_bytes", 3, 14, False),
            ("repaired_bytes", 4, 22, False),
        ]


def test_undecodable_byte_late_in_a_list_is_a_blocking_problem_with_its_offset() -> None:
    source = "名,市\n".encode("cp932") + b"a,b\n" * 500 + b"\x81,x\n"
    outcome = read(source, Dialect("cp932"))
    assert outcome.rows[-1][1] == "x"
    assert [(f.code, f.row, f.byte_start, f.blocking) for f in outcome.problems] == [
        ("undecodable_bytes", 502, len(source) - 4, True)
    ]


NUMBERS_AND_WORDS = """00123|+1 555 0100|NA|null|NULL|N/A|NaN|1e5|1E-3|TRUE|false|yes|-0|0x1F|12345678901234567890
|1,234.50|1.234,50|01/02/2024|2024-13-45|5-May|4.4E+11|1_000|  lead|trail  |=1+1|@x|-|'|''|None|inf||é|😀|𝟘| |"""
TRAPS = [
    *NUMBERS_AND_WORDS.split("|"),
    *("\u00a0x\u00a0", "a\u200bb", "\ufeffx", "\tx", "x\ty", 'say "hi"', "a\nb", "a\r\nb", "e\u0301"),
    *("\\", "\\N", "a\\,b"),
]


@pytest.mark.parametrize("fast", [True, False])
def test_trap_cells_come_out_equal(fast: bool) -> None:
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerows([["id", "cell", "last"], *([str(at), cell, cell] for at, cell in enumerate(TRAPS))])
    outcome = read(out.getvalue().encode(), Dialect(line_end="\r\n"), fast=fast)
    expected = [cell.removeprefix("\ufeff") for cell in TRAPS]
    assert [row[1] for row in outcome.rows] == expected
    assert [row[2] for row in outcome.rows] == expected
    assert outcome.codes() == [("byte_order_mark", TRAPS.index("\ufeffx") + 2)]


@pytest.mark.parametrize(
    ("lines", "rows"),
    [
        (b'1,"Ann,Ulm,"Acme, Inc."\n', [("1", '"Ann', "Ulm", "Acme, Inc.")]),
        (b'"a"b,"c"d",e,f\n', [('"a"b', 'c"d', "e", "f")]),
        (b'1, "x, y" ,2,3\n', [("1", "x, y", "2", "3")]),
        (b'1,x,2,"big\n2,y,"ok",3\n', [("1", "x", "2", '"big'), ("2", "y", "ok", "3")]),
        (b'1,x,2,"Fred "Bob" said\nhello"\n', [("1", "x", "2", 'Fred "Bob" said\nhello')]),
        (b'1,"5" pipe,2,3\n', [("1", '"5" pipe', "2", "3")]),
        (b'1,5" pipe,2,3\n', [("1", '5" pipe', "2", "3")]),
        (b'1,"a ""b"" c",2,3\n', [("1", 'a "b" c', "2", "3")]),
        (b'1,"a""b,2,3\n', [("1", '"a""b', "2", "3")]),
    ],
)
def test_damaged_quotes_cost_no_neighbour(lines: bytes, rows: list[tuple[str, ...]]) -> None:
    outcome = read(b"a,b,c,d\n" + lines + b"6,7,8,9\n", Dialect(), limits=ReaderLimits())
    assert outcome.rows == [*rows, ("6", "7", "8", "9")]


DAMAGE = [
    b'1,"a""\n',
    b'1,"\n',
    b'"a"b,"c"d"\n',
    b'1,"x"y\n2,"\n3,z"\n',
    b'"""\n',
    b'1,"\\\n',
    b'",",\n',
    b'"a" , "b\n',
    b'"x","y\n',
    b'"ab","b\n',
    b'x"y,"b\n',
]


@pytest.mark.parametrize("line", DAMAGE)
def test_a_list_of_nothing_but_damage_takes_time_in_proportion_to_its_size(line: bytes) -> None:
    """Each line is gone over some few times, however far a record may reach: counted in calls."""
    calls = []
    for lines in (500, 2_000):
        limits = ReaderLimits(part=1 << 13, smallest_part=1 << 12, record=1 << 13)
        source = b"a,b\n" + line * lines
        profile = cProfile.Profile()
        profile.enable()
        try:
            assert read(source, Dialect(), block_bytes=1 << 13, limits=limits).numbers
        finally:
            profile.disable()
        calls.append(pstats.Stats(profile).total_calls)  # type: ignore[attr-defined]
    assert calls[1] < 5 * calls[0]


@pytest.mark.parametrize("line", [b'"a" , "b\n', b'"x","y\n', b'"ab","b\n'])
def test_how_far_a_record_may_reach_costs_nothing_where_every_line_leaves_a_quote_open(line: bytes) -> None:
    """Each record was looked for as far as one may reach, again and again: ten times as long as this."""
    source, took = b"a,b\n" + line * (140_000 // len(line)), []
    for record in (1 << 13, 1 << 16):
        limits = ReaderLimits(part=1 << 14, smallest_part=1 << 12, record=record)
        began = time.process_time()
        assert read(source, Dialect(), block_bytes=1 << 14, limits=limits).numbers
        took.append(time.process_time() - began)
    assert took[1] < 2 * took[0] + 1


@pytest.mark.parametrize("cell", [b'"x,', b'"x ""y,', b'""x,', b' "x , ', "“x,".encode(), b'"x\\",'])
@pytest.mark.parametrize("escape", ["", "\\"])
def test_a_line_in_which_every_cell_opens_a_quote_is_gone_over_once(cell: bytes, escape: str) -> None:
    """Quadratic time would take minutes here; linear takes a part of a second."""
    source = b'"a","b"\n' + cell * (100_000 // len(cell)) + b"\n1,2\n"
    assert read(source, Dialect(escape=escape), limits=ReaderLimits()).rows[-1] == ("1", "2")


@pytest.mark.parametrize("end", [b"", b'"a,b",c\n'])
def test_lines_that_open_a_quote_are_read_in_proportion_where_quotes_hold_whole_lines(end: bytes) -> None:
    source = b'a,b\n"1,2"\n' + b'"x,y\n' * 15_000 + end
    outcome = read(source, Dialect(line_quotes=True), limits=ReaderLimits())
    assert outcome.rows[:2] == [("1", "2"), ('"x', "y")]
    assert len(outcome.rows) == 15_001 + bool(end)


@settings(max_examples=80)
@given(tables(), st.sampled_from(["||", ", ", "::", "~|~", "\t\t", "¦", " | "]), st.sampled_from(['"', "'"]))
def test_what_is_written_with_any_delimiter_is_read_back_equal(
    table: list[list[str]], delimiter: str, quote: str
) -> None:
    rows = [[f"h{at}" for at in range(len(table[0]))], *table]
    lines = [delimiter.join(quote + cell.replace(quote, quote * 2) + quote for cell in row) for row in rows]
    outcome = read("".join(line + "\r\n" for line in lines).encode(), Dialect("utf-8", delimiter, quote, "", "\r\n"))
    assert outcome.rows == [tuple(row) for row in table if len(row) == 1 or "".join(row).strip(SPACES)]


SWALLOWING = [
    b'a,b\n1,"x\n2,y\n3,5"\n4,z\n',  # a stray quote, and a sign for inches three rows on
    b'a,b,c\n1,2,"x\n2,2,"y"\n3,2,z\n',
    b'a,b\n,"\n,\n"',
    b'a,b,c,d\n1,2,3,"x\n1,2,3,y\n1,2,3,5"\n1,2,3,z\n',
]


@pytest.mark.parametrize("source", SWALLOWING)
def test_rows_between_two_stray_quotes_are_no_cell_on_either_road(source: bytes) -> None:
    fast, tolerant = read(source, Dialect()), read(source, Dialect(), fast=False)
    assert (fast.rows, fast.codes()) == (tolerant.rows, tolerant.codes())
    blank = sum(code == "blank_line" for code, _ in fast.codes())
    assert len(fast.rows) + blank == source.count(b"\n", 0, -1)


@pytest.mark.parametrize(
    "source",
    [
        b'a,b,c\n1,2,"Main Street\nSpringfield"\n3,4,"x\n\ny"\n5,6,7\n',
        b'a,b,c\n"one\ntwo",2,"three, four\nfive"\n5,6,7\n',
        b'a,b,c,d\n1,2,3,"Street 5\nCity, State\nCountry"\n5,6,7,8\n',
    ],
)
def test_cells_over_several_lines_take_the_fast_road_whole(source: bytes) -> None:
    outcome = read(source, Dialect(), block_bytes=1 << 16)
    tolerant = read(source, Dialect(), fast=False, block_bytes=1 << 16)
    assert (outcome.rows, outcome.raw) == (tolerant.rows, tolerant.raw)
    assert outcome.tolerant_bytes == source.index(b"\n") + 1
    assert not outcome.problems


@pytest.mark.parametrize(("end", "inner"), [("\r", "\n"), ("\r\n", "\n"), ("\r\n", "\r"), ("\n", "\r")])
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16-le"])
def test_line_ends_of_another_sign_stand_in_cells_on_both_roads(end: str, inner: str, encoding: str) -> None:
    rows = [(f"{at}", f"Zoë{inner}{inner}{at}" if at % 3 else "x", "é") for at in range(60)]
    source = "".join(",".join(row) + end for row in [("a", "b", "c"), *rows]).encode(encoding)
    dialect = Dialect(encoding, line_end=end, line_ends_in_cells=True)
    for limits, fast in ((SMALL, True), (SMALL, False), (ONE_BY_ONE, False)):
        outcome = read(source, dialect, fast=fast, block_bytes=256, limits=limits)
        assert (outcome.rows, outcome.problems) == (rows, [])
    assert (outcome.fast_bytes, read(source, dialect, block_bytes=256).fast_bytes > 0) == (0, True)


def test_a_line_end_of_another_sign_that_ends_a_record_still_does() -> None:
    source = b"a,b,c\r\n1,x\ny,2\r\n3,4,5\n6,7,8\r\n9,10,11\r\n"
    dialect = Dialect(line_end="\r\n", line_ends_in_cells=True)
    for fast in (True, False):
        outcome = read(source, dialect, fast=fast)
        assert outcome.rows == [("1", "x\ny", "2"), ("3", "4", "5"), ("6", "7", "8"), ("9", "10", "11")]
        assert not outcome.problems


CUT = b"id,email,city,note\n" + b"".join(
    b"%d,p%d@example.org,%s,%s\n"
    % (at, at, b"Turin\n\nBuilding 2" if at % 7 == 5 else b"Oslo", b"" if at % 2 else b"VIP")
    for at in range(1, 60)
)


def test_rows_that_a_line_end_cut_are_joined_on_both_roads_and_over_seams() -> None:
    for fast in (True, False):
        for block_bytes in (64, 100, 1 << 16):
            outcome = read(CUT, Dialect(), fast=fast, block_bytes=block_bytes)
            assert [row[0] for row in outcome.rows] == [str(at) for at in range(1, 60)]
            assert {row[2] for row in outcome.rows} == {"Turin\n\nBuilding 2", "Oslo"}
            assert {code for code, _ in outcome.codes()} == {"joined_rows"}
    assert outcome.numbers[:7] == [2, 3, 4, 5, 6, 9, 10]


def test_short_rows_elsewhere_leave_it_to_a_person_to_join_cut_ones() -> None:
    outcome = read(CUT.replace(b",Oslo,VIP\n", b",Oslo\n"), Dialect(), block_bytes=1 << 16)
    assert {found.code for found in outcome.problems} == {"row_too_short", "blank_line"}
    assert {found.row: found.repair for found in outcome.problems}[6] == "join_rows/0/3/"


PEOPLE = [f"{1000 + at},Ann Ray,p{at}@example.com,+44 20 7496 {4000 + at},Oslo,VIP" for at in range(30)]


@pytest.mark.parametrize(
    ("at", "cell", "whole"),
    [(2, "emma.hall\n@example.com", "emma.hall@example.com"), (3, "+44 20\n7946 0018", "+44 20 7946 0018")],
)
def test_a_record_cut_inside_an_address_or_a_number_is_put_together_as_its_column_has_it(
    at: int, cell: str, whole: str
) -> None:
    cells = PEOPLE[20].split(",")
    lines = [*PEOPLE[:20], ",".join([*cells[:at], cell, *cells[at + 1 :]]), *PEOPLE[21:]]
    source = "\n".join(["id,name,email,phone,city,note", *lines]).encode() + b"\n"
    for fast in (True, False):
        outcome = read(source, Dialect(), fast=fast, block_bytes=256)
        assert [row[at] for row in outcome.rows][19:22] == [
            PEOPLE[19].split(",")[at],
            whole,
            PEOPLE[21].split(",")[at],
        ]
        assert outcome.codes() == [("joined_rows", 22)]


@pytest.mark.parametrize(
    "pair",
    [
        ("1020,Ann Ray,unknown", "bob@example.com,+44 20 7496 4000,Oslo,VIP"),
        ("1020,Ann Ray,a@example.com", "@example.com,+44 20 7496 4000,Oslo,VIP"),
        ("1020,Ann Ray,ann", "1021,Bob Ray,b@example.com,x"),
    ],
)
def test_pieces_that_make_no_cell_of_their_column_stay_two_rows(pair: tuple[str, str]) -> None:
    """The control: an address is never made of two."""
    source = "\n".join(["id,name,email,phone,city,note", *PEOPLE[:20], *pair, *PEOPLE[22:]]).encode() + b"\n"
    outcome = read(source, Dialect(), block_bytes=1 << 16)
    assert [(found.code, found.row) for found in outcome.problems] == [("row_too_short", 22), ("row_too_short", 23)]
    assert not any("join_rows" in found.message + (found.repair or "") for found in outcome.problems)


@pytest.mark.parametrize(("towns", "is_offered"), [(2, False), (30, True)])
def test_a_row_of_one_name_is_offered_to_the_row_above_only_where_that_may_lack_its_end(
    towns: int, is_offered: bool
) -> None:
    rows = [f"Firm {at},Ann Ray,Town {'abcdefghijklmnopqrstuvwxyzABCD'[at % towns]}" for at in range(30)]
    source = "\n".join(["company,name,town", *rows[:20], "Zebra", *rows[20:]]).encode() + b"\n"
    (problem,) = read(source, Dialect(), block_bytes=1 << 16).problems
    assert (problem.code, problem.row) == ("row_too_short", 22)
    assert ("--repair join_rows" in problem.message) is is_offered
    assert (problem.repair or "").startswith("join_rows") is is_offered


TEAMS = [
    f"{name} Ray,{town},team {at % 7},{colour}"
    for at, (name, town, colour) in enumerate(
        zip(["Ann", "Bob", "Cat", "Dan", "Eva"] * 6, ["Oslo", "Rome", "Bern"] * 10, ["red", "blue"] * 15, strict=True)
    )
]


@pytest.mark.parametrize("pair", [("Jon Ray,Rome", "Kim Ray,Oslo,team 3"), ("Jon Ray,Rome,team 1", "Kim Ray,red")])
def test_two_people_each_cut_short_are_not_offered_as_one(pair: tuple[str, str]) -> None:
    source = "\n".join(["name,city,team,colour", *TEAMS[:10], *pair, *TEAMS[10:]]).encode() + b"\n"
    outcome = read(source, Dialect(), block_bytes=1 << 16)
    assert [(found.code, found.row, found.repair) for found in outcome.problems] == [
        ("row_too_short", 12, ""),
        ("row_too_short", 13, ""),
    ]


def test_a_remark_between_blank_lines_is_not_offered_to_the_row_above() -> None:
    rows = [f"{at},item {at},bin {at}" for at in range(100, 130)]
    source = "\n".join(["id,item,place", *rows[:20], "", "End of list 1", "", *rows[20:]]).encode() + b"\n"
    problems = [
        found for found in read(source, Dialect(), block_bytes=1 << 16).problems if found.code != "blank_line"
    ]
    assert [(found.code, found.row, found.repair) for found in problems] == [("row_too_short", 23, "")]


def test_a_record_in_three_pieces_that_begin_with_the_delimiter_is_offered_as_one() -> None:
    """The control."""
    rows = [f"{at},Ann,a{at}@example.com,Oslo" for at in range(100, 130)]
    cut = ["200,Hal", ",hal@example.com", ",Cork"]
    source = "\n".join(["id,name,email,city", *rows[:20], *cut, *rows[20:]]).encode() + b"\n"
    problems = read(source, Dialect(), block_bytes=1 << 16).problems
    assert [found.repair for found in problems if found.row == 22] == ["join_rows/0/3/"]
