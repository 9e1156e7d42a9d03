"""Lists as programs and people leave them, one kind each, by seed: each is read exactly, or what is wrong is told.

What is right was written down from how people use such lists, not from what any reader does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random

from corpus.case import Case, Row
from corpus.people import PHRASES, contacts
from corpus.writing import Style, line, text

BASE = Style()
NAMES = ("name", "email", "city", "street", "since", "note")
Kind = Callable[[Random], Case]


def odd_exports(seed: int, each: int = 1) -> Iterator[Case]:
    """`each` lists of every kind; the name tells the kind."""
    for name, make in ODD_EXPORTS.items():
        for number in range(each):
            case = make(Random(f"{seed}/{name}/{number}"))
            yield Case(f"{name}_{number}", case.content, case.header, case.rows)


def _some(random: Random, low: int = 12, high: int = 60) -> list[list[str]]:
    """Contacts of six columns without delimiters and quotes in their cells."""
    people = contacts(random, random.randint(low, high))
    rows = [
        [f"{p[2]} {p[3]}", p[1], p[6], f"Ring {random.randint(1, 99)}", p[7], random.choice(("", "called", "new"))]
        for p in people
    ]
    return [["".join(sign for sign in cell if sign not in ",;|\"\t'") for cell in row] for row in rows]


def _few(random: Random, rows: list[list[str]], most: int = 4) -> list[list[str]]:
    """Some of the rows, to be changed."""
    return random.sample(rows, min(len(rows), random.randint(1, most)))


def _case(rows: list[list[str]], lines: list[str], header: Row | None = NAMES, style: Style = BASE) -> Case:
    return Case("", text(lines, style), header, tuple(map(tuple, rows)))


def _lines(rows: list[list[str]], style: Style = BASE, header: Row = NAMES) -> list[str]:
    return [line(row, style) for row in [header, *rows]]


def note_of_many_lines(random: Random) -> Case:
    """One cell is longer than all others together."""
    rows = _some(random)
    count = random.choice((300, 3_000, 20_000))
    random.choice(rows)[5] = "\n".join(random.choice((*PHRASES, "", 'a "word"')) for _ in range(count))
    style = BASE.but(line_end="\n", delimiter=random.choice(",;\t"))
    return _case(rows, _lines(rows, style), style=style)


def escapes_of_mysql_batch(random: Random) -> Case:
    rows = _some(random)
    for row in _few(random, rows):
        row[5] = random.choice(("line 1\nline 2", "a\tb"))
    random.choice(rows)[5] = "C:\\new\\tmp"
    bare = [[cell.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t") for cell in row] for row in rows]
    style = BASE.but(delimiter="\t", line_end="\n", quoting="none")
    return _case(rows, _lines(bare, style), style=style)


def quotes_as_text_in_a_dump(random: Random) -> Case:
    """PostgreSQL's COPY puts no quotes around anything; those it has are of the cells."""
    rows = _some(random, 20)
    some = random.sample(rows, 6)
    for row in some[:3]:
        row[5] = random.choice(('"quoted"', '"a"'))
    some[3][5], some[4][5] = "C:\\temp", ""
    bare = [[cell.replace("\\", "\\\\") if cell else "\\N" for cell in row] for row in rows]
    style = BASE.but(delimiter="\t", line_end="\n", quoting="none")
    return _case(rows, _lines(bare, style), style=style)


def comments_between_rows(random: Random) -> Case:
    rows = _some(random)
    head = [f"# {random.choice(PHRASES)}", f"# columns: {','.join(NAMES)}"]
    return _case(rows, [*head, *_lines(rows)])


def numbers_that_begin_with_a_hash(random: Random) -> Case:
    rows = _some(random, 20)
    for number, row in enumerate(rows):
        row[0] = f"{'#' * (number % 3 == 0)}{random.randint(100, 999)}"
    return _case(rows, _lines(rows, header=("ref", *NAMES[1:])), ("ref", *NAMES[1:]))


def delimiter_named_in_the_first_line(random: Random) -> Case:
    rows, style = _some(random), BASE.but(delimiter=random.choice("|^~\t"))
    named = f"sep={style.delimiter}"
    return _case(rows, [random.choice((named, f'"{named}"')), *_lines(rows, style)], style=style)


def names_over_two_lines(random: Random) -> Case:
    rows = _some(random)
    header = ("Full\nname", "E-mail\n(work)", "City", "Street\nand number", "Since\n(date)", "Note")
    return _case(rows, _lines(rows, header=header), header)


def cells_of_quotes_alone(random: Random) -> Case:
    rows = _some(random)
    for row in _few(random, rows, 5):
        row[5] = random.choice(('"', '""', '" "', "'"))
    return _case(rows, _lines(rows, BASE.but(quoting=random.choice(("minimal", "all")))))


def backslashes_at_the_end_of_cells(random: Random) -> Case:
    rows = _some(random)
    for row in _few(random, rows, 8):
        row[5] = random.choice(("C:\\data\\", "\\\\srv\\share\\", "a\\b, c\\"))
    return _case(rows, _lines(rows, BASE.but(quoting=random.choice(("minimal", "all")))))


def lines_far_apart(random: Random) -> Case:
    """A blank line below each row."""
    rows, style = _some(random), BASE.but(line_end=random.choice(("\n\n", "\r\n\r\n", "\n \n")))
    return _case(rows, _lines(rows, style), style=style)


def spaces_behind_commas_before_quotes(random: Random) -> Case:
    rows = _some(random)
    for row in _few(random, rows):
        row[3] = "Ring 4, Apt 7"
    return _case(rows, [", ".join(f'"{cell}"' for cell in row) for row in [NAMES, *rows]])


def numbers_as_formulas(random: Random) -> Case:
    """As programs write what a spreadsheet should leave alone."""
    rows = _some(random)
    for row in rows:
        row[5] = f"{random.randint(0, 99_999):05}"
    return _case(rows, [",".join(NAMES), *(",".join((*row[:5], f'="{row[5]}"')) for row in rows)])


def names_and_addresses_in_one_cell(random: Random) -> Case:
    rows = [[f'"{row[0]}, Dr." <{row[1]}>', *row[2:5]] for row in _some(random)]
    header = ("contact", "city", "street", "since")
    style = BASE.but(delimiter=";", quoting="none")
    return _case(rows, _lines(rows, style, header), header, style)


def years_as_names(random: Random) -> Case:
    rows = [[row[0], *(f"{random.randint(100, 9_999) / 100:.2f}" for _ in range(3))] for row in _some(random)]
    header = ("name", "2021", "2022", "2023")
    return _case(rows, _lines(rows, header=header), header)


def many_columns(random: Random) -> Case:
    count = random.choice((300, 700))
    header = ("email", *(f"f_{at}" for at in range(count)))
    rows = [
        [f"p{at}@example.com", *(random.choice(("", "x", "1,5", "0")) for _ in range(count))]
        for at in range(random.randint(3, 12))
    ]
    style = BASE.but(delimiter=random.choice(",;"))
    return _case(rows, _lines(rows, style, header), header, style)


def blank_lines_around(random: Random) -> Case:
    rows = _some(random)
    above = [random.choice(("", "   ", ",,,,,")) for _ in range(random.randint(1, 4))]
    return _case(rows, [*above, *_lines(rows), *[",,,,,"] * random.randint(1, 4)])


def sign_of_the_end_of_files(random: Random) -> Case:
    rows = _some(random)
    content = text(_lines(rows), BASE) + random.choice((b"\x1a", b"\x1a\r\n", b"\x1a\x1a"))
    return Case("", content, NAMES, tuple(map(tuple, rows)))


def columns_of_fixed_width(random: Random) -> Case:
    rows = _some(random, 15)
    for row in rows:
        row[5] = row[5] or "none"
    widths = [max(map(len, cells)) + random.randint(2, 3) for cells in zip(NAMES, *rows, strict=True)]
    return _case(
        rows,
        [
            "".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in [list(NAMES), *rows]
        ],
    )


def table_of_markdown(random: Random) -> Case:
    rows = _some(random)
    rules = "|".join(random.choice(("---", ":---", "---:", ":-:")) for _ in NAMES)
    drawn = [f"| {' | '.join(row)} |" for row in [list(NAMES), *rows]]
    return _case(rows, [drawn[0], f"|{rules}|", *drawn[1:]])


def two_signs_between_cells(random: Random) -> Case:
    rows, sign = _some(random), random.choice(("||", ";;", "::", "|~|", "@@"))
    return _case(rows, [sign.join(row) for row in [list(NAMES), *rows]])


ODD_EXPORTS: dict[str, Kind] = {
    make.__name__: make
    for make in (
        note_of_many_lines, escapes_of_mysql_batch, quotes_as_text_in_a_dump, comments_between_rows,
        numbers_that_begin_with_a_hash, delimiter_named_in_the_first_line, names_over_two_lines,
        cells_of_quotes_alone, backslashes_at_the_end_of_cells, lines_far_apart, spaces_behind_commas_before_quotes,
        numbers_as_formulas, names_and_addresses_in_one_cell, years_as_names, many_columns, blank_lines_around,
        sign_of_the_end_of_files, columns_of_fixed_width, table_of_markdown, two_signs_between_cells,
    )
}  # fmt: skip
