"""Lists of one kind of trouble each, by seed: what makes delimiter, quote or encoding hard to tell.

What is right was written down from how people use such lists, not from what any reader does.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from random import Random

from corpus.case import Case, Row
from corpus.people import CITIES, LAST, PHRASES, contacts
from corpus.writing import Style, line, text

BASE = Style()
PLAIN = Style(quoting="none", line_end="\n")
Kind = Callable[[Random], Case]


def kinds(seed: int, each: int = 1) -> Iterator[Case]:
    """`each` lists of every kind; the name tells the kind."""
    for name, make in KINDS.items():
        for number in range(each):
            case = make(Random(f"{seed}/{name}/{number}"))
            yield Case(f"{name}_{number}", case.content, case.header, case.rows)


def _case(header: Row | None, rows: list[Row], style: Style, content: bytes | None = None) -> Case:
    whole = [*([header] if header else []), *rows]
    return Case(
        "", content if content is not None else text([line(r, style) for r in whole], style), header, tuple(rows)
    )


def _some(random: Random, low: int = 12, high: int = 60) -> list[Row]:
    """Contacts of six columns without delimiters and quotes in their cells."""
    keep = (0, 1, 2, 3, 6, 7)
    return [tuple(_bare(p[at]) for at in keep) for p in contacts(random, random.randint(low, high))]


SIX = ("id", "email", "first_name", "last_name", "city", "since")


def _bare(cell: str) -> str:
    return "".join(sign for sign in cell if sign not in ",;|\"\t'")


def _end(random: Random) -> str:
    return random.choice(("\n", "\r\n"))


# --- delimiter


def money_next_to_the_delimiter(random: Random) -> Case:
    sign = random.choice("$€£#")
    rows = [
        (*row[:3], f"{sign}{random.randint(1, 999)}.{random.randint(0, 99):02}", *row[4:]) for row in _some(random)
    ]
    return _case(
        (*SIX[:3], "balance", *SIX[4:]), rows, BASE.but(delimiter=random.choice(",;|"), line_end=_end(random))
    )


def money_above_a_second_table(random: Random) -> Case:
    """Amounts in both tables, once a row; the first is the list."""
    rows = [(*row[:3], f"${random.randint(1, 99)}.50", *row[4:]) for row in _some(random, 12, 12)]
    second = ["email,amount,order", *(f"p{n}@example.com,${n}.99,A{n}" for n in range(random.randint(7, 9)))]
    head = (*SIX[:3], "balance", *SIX[4:])
    return _case(head, rows, PLAIN, text([*(",".join(row) for row in [head, *rows]), *second], PLAIN))


def space_behind_some_commas(random: Random) -> Case:
    """Always the same ones; the cell keeps its space."""
    at = random.randint(1, 5)
    rows = [(*row[:at], f" {row[at]}", *row[at + 1 :]) for row in _some(random)]
    head = (*SIX[:at], random.choice((SIX[at], f" {SIX[at]}")), *SIX[at + 1 :])
    lines = [",".join(row) for row in [head, *rows]]
    return _case(tuple(name.strip() for name in head), rows, PLAIN, text(lines, PLAIN))


def space_behind_every_comma(random: Random) -> Case:
    return _case(SIX, _some(random), BASE.but(delimiter=", ", line_end=_end(random)))


def long_text_in_quotes(random: Random) -> Case:
    """Few rows, the same long text or one like it in each."""
    phrase = ". ".join(f"{one}, and, if you like, {other}" for one, other in zip(PHRASES, PHRASES[3:], strict=False))
    rows: list[Row] = [(f"{phrase}.", random.choice(("open", "closed"))) for _ in range(random.randint(2, 6))]
    return _case(("Description", "status"), rows, BASE.but(line_end=_end(random)))


def long_text_over_lines_in_quotes(random: Random) -> Case:
    rows: list[Row] = [
        (
            f"{random.choice(PHRASES)}, and, if you like,\n{random.choice(PHRASES)}, too,\nor so".replace('"', "in"),
            "open",
        )
        for _ in range(random.randint(2, 6))
    ]
    return _case(("Description", "status"), rows, BASE.but(line_end=_end(random)))


def lists_in_quotes(random: Random) -> Case:
    """A list of as many things in each row, no header."""
    size = random.randint(8, 20)
    rows: list[Row] = [
        (",".join(f"k{random.randint(1, 99)}" for _ in range(size)), random.choice(("open", "closed")))
        for _ in range(random.randint(6, 40))
    ]
    return _case(None, rows, BASE.but(line_end=_end(random)))


def one_column_in_quotes(random: Random) -> Case:
    cells = random.choice(
        (
            [f"{random.choice(('Jan', 'Feb', 'Dec'))} {day}, 2024" for day in range(1, 25)],
            [f"{p[3]}, {p[2]}" for p in contacts(random, 20)],
            [f"{random.randint(1, 99)} Test Lane, {random.choice(CITIES)}" for _ in range(20)],
        )
    )
    return _case(("Entry",), [(cell,) for cell in cells], BASE.but(quoting="all", line_end=_end(random)))


def one_column_of_words(random: Random) -> Case:
    cells = random.choice(
        (
            [f"{p[2]} {p[3]}" for p in contacts(random, 30)],
            [p[1] for p in contacts(random, 30)],
            [f"https://example.com/a/{n}?x={n}&y=2" for n in range(30)],
            [f"2024-01-0{1 + n % 9} 10:{10 + n}:00" for n in range(30)],
        )
    )
    return _case(("entry",), [(cell,) for cell in cells], PLAIN)


def json_in_cells(random: Random) -> Case:
    """RFC 4180: the quotes of the JSON are doubled, its backslashes stay."""
    people = contacts(random, random.choice((1, 2, 20)))
    said = random.choice(("plain", 'a "quoted" word', "C:\\dir"))
    rows: list[Row] = [
        (p[0], p[1], json.dumps({"type": "person", "tags": ["a", "b"], "at": [102.0, 0.5], "said": said}))
        for p in people
    ]
    return _case(("id", "email", "profile"), rows, BASE.but(line_end=_end(random)))


def addresses_behind_a_tab(random: Random) -> Case:
    """As many commas in each row."""
    rows: list[Row] = [
        (p[1], f"{n} Test Lane, Floor {n % 7}, {_bare(p[6])}, 0{n + 1000}, Exampleland, {_bare(p[2])}")
        for n, p in enumerate(contacts(random, random.randint(5, 40)))
    ]
    return _case(("email", "address"), rows, PLAIN.but(delimiter="\t"))


def lists_in_cells_of_a_tab_list(random: Random) -> Case:
    sign = random.choice(",;|")
    rows: list[Row] = [
        (f"{n}_0.jpg", f"{n}_1.jpg", *(sign.join(str(random.randint(0, 99)) for _ in range(3)) for _ in range(4)))
        for n in range(random.randint(10, 60))
    ]
    return _case(None, rows, PLAIN.but(delimiter="\t"))


def lists_in_cells_of_a_semicolon_list(random: Random) -> Case:
    size = random.randint(3, 20)
    rows: list[Row] = [
        (
            str(n),
            f"City {n}",
            "|".join(f"K{at} Name{at}" for at in range(size)),
            "|".join(f"{random.randint(100, 200)}.{n:02}" for _ in range(size)),
            "x",
        )
        for n in range(1, random.randint(4, 40))
    ]
    return _case(None, rows, PLAIN.but(delimiter=random.choice((";", "\t", ","))))


def tags_in_a_column(random: Random) -> Case:
    tags = ("news", "vip", "fair", "brochure")
    inner = random.choice((";", "|", " ", "/", ":", "&"))
    rows = [(*row, inner.join(random.sample(tags, random.choice((2, 2, 2, 3))))) for row in _some(random)]
    return _case((*SIX, "tags"), rows, BASE.but(line_end=_end(random)))


def decimal_commas_between_semicolons(random: Random) -> Case:
    rows: list[Row] = [
        tuple(f"{random.randint(0, 99)},{random.randint(0, 99):02}" for _ in range(random.choice((3,))))
        for _ in range(random.randint(5, 40))
    ]
    return _case(("a", "b", "c"), rows, PLAIN.but(delimiter=random.choice((";", "\t"))))


def numbers_with_points_between_commas(random: Random) -> Case:
    width = random.randint(2, 6)
    rows: list[Row] = [
        tuple(f"{random.uniform(0, 99):.3f}" for _ in range(width)) for _ in range(random.randint(5, 40))
    ]
    return _case(tuple("abcdef"[:width]), rows, PLAIN.but(delimiter=","))


def text_between_spaces(random: Random) -> Case:
    """The space between, text with spaces in quotes."""
    rows: list[Row] = [
        (f"0{1 + n % 9}/01/2018", f"{n % 24:02}:15", f"MG-{n}", f"${n}.69", random.choice(PHRASES).replace('"', "in"))
        for n in range(random.randint(12, 40))
    ]
    return _case(("DATE", "TIME", "CODE", "PRICE", "TEXT"), rows, BASE.but(delimiter=" ", line_end="\n"))


def numbers_between_spaces(random: Random) -> Case:
    rows: list[Row] = [tuple(f"{random.uniform(0, 9):.2f}" for _ in range(4)) for _ in range(random.randint(5, 40))]
    return _case(random.choice((("x", "y", "z", "w"), None)), rows, PLAIN.but(delimiter=" "))


def comments_above(random: Random) -> Case:
    """More of them than records."""
    rows = [(p[0], p[3], p[6]) for p in contacts(random, random.randint(2, 6))]
    style = BASE.but(quoting=random.choice(("all", "minimal")), line_end="\n")
    notes = ["# Group dump", "# version 130", "# made by a script", "# https://example.org/", "#", "# GROUPS", "#"]
    lines = [*notes, *(line(row, style) for row in [("gid", "name", "text"), *rows])]
    return _case(("gid", "name", "text"), rows, style, text(lines, style))


def times_in_every_row(random: Random) -> Case:
    rows = [(*row[:5], f"{n % 24:02}:{n % 60:02}:05") for n, row in enumerate(_some(random))]
    return _case((*SIX[:5], "time"), rows, BASE.but(delimiter=random.choice((",", ";", "\t")), line_end=_end(random)))


def times_in_quotes_between_sections(random: Random) -> Case:
    """The table is what comes most: records of seven cells."""
    rows: list[Row] = [("D", "CASE", "ONE", "1", f"2023/12/14 {n % 24:02}:05:00", str(n), "x") for n in range(12, 40)]
    told = [f'D,CASE,ONE,1,"{row[4]}",{row[5]},x' for row in rows]
    return _case(("I", "CASE", "ONE", "1", "DATE", "RUN", "KIND"), rows, PLAIN,
                 text(["I,CASE,ONE,1,DATE,RUN,KIND", *told], PLAIN))  # fmt: skip


def addresses_of_pages(random: Random) -> Case:
    rows = [
        (*row[:3], f"https://www.example.com/a/b?x={n}&y=2#z", row[4], row[5]) for n, row in enumerate(_some(random))
    ]
    style = BASE.but(delimiter=random.choice((",", ";", "\t", "|")), line_end=_end(random))
    return _case((*SIX[:3], "page", *SIX[4:]), rows, style)


def few_records(random: Random) -> Case:
    rows = _some(random, 1, 4)
    return _case(SIX, rows, BASE.but(delimiter=random.choice((",", ";", "\t", "|")), line_end=_end(random)))


def few_records_of_two_columns(random: Random) -> Case:
    rows: list[Row] = [(p[1], f"{_bare(p[2])} {_bare(p[3])}") for p in contacts(random, random.randint(1, 4))]
    return _case(("email", "full name"), rows, BASE.but(delimiter=random.choice((",", ";", "\t")), line_end="\n"))


def text_with_commas_between_other_signs(random: Random) -> Case:
    """Commas in nearly every row, never quoted, since they are no delimiter."""
    rows: list[Row] = [
        (p[0], f"{_bare(p[3])}, {_bare(p[2])}", p[1], f"{n} Test Lane, {p[6]}, Exampleland")
        for n, p in enumerate(contacts(random, random.randint(8, 40)))
    ]
    style = BASE.but(delimiter=random.choice((";", "\t", "|")), line_end=_end(random))
    return _case(("id", "name", "email", "address"), rows, style)


def quotes_around_text_only(random: Random) -> Case:
    """Numbers bare, text in quotes."""
    people = contacts(random, random.randint(5, 40))
    rows: list[Row] = [(str(n), p[1], f"{p[3]}, {p[2]}", p[6], f"{n}.5") for n, p in enumerate(people)]
    sign = random.choice((",", ";"))
    told = [sign.join((r[0], *(f'"{cell}"' for cell in r[1:4]), r[4])) for r in rows]
    head = ("n", "email", "name", "city", "score")
    return _case(head, rows, PLAIN, text([sign.join(f'"{name}"' for name in head), *told], PLAIN))


def signs_that_come_doubled(random: Random) -> Case:
    style = BASE.but(delimiter=random.choice(("||", "::", "~|~", " | ", "; ", "\t\t")), line_end=_end(random))
    return _case(SIX, _some(random), style)


def line_ends_in_cells(random: Random) -> Case:
    """Cells of several lines without quotes; records end in another sign than those lines."""
    end, inner = random.choice([("\r", "\n"), ("\r\n", "\n"), ("\r\n", "\r"), ("\n", "\r")])
    column = random.choice((2, 4, 5))
    rows = [
        (*row[:column], inner.join([row[column], *["Building 2", "x"][: random.randint(1, 2)]]), *row[column + 1 :])
        if at == 0 or random.random() < 0.3
        else row
        for at, row in enumerate(_some(random))
    ]
    return _case(SIX, rows, BASE, end.join([",".join(row) for row in [SIX, *rows]] + [""]).encode())


def many_line_ends_in_cells(random: Random) -> Case:
    """As above, but with more lines than records, so that most lines are pieces of cells; any column, any sign."""
    end, inner = random.choice([("\r", "\n"), ("\r\n", "\n"), ("\r\n", "\r"), ("\n", "\r")])
    column, delimiter = random.choice((0, 2, 3, 4, 5)), random.choice(",;|\t")
    lines = ("Building 2", "x", "", "c/o Meyer", "Tel. 0123")
    rows = [
        (
            *row[:column],
            inner.join([row[column], *random.choices(lines, k=random.choice((1, 2, 5, 8))), "x"]),
            *row[column + 1 :],
        )
        if at == 0 or random.random() < 0.8
        else row
        for at, row in enumerate(_some(random, 3, 40))
    ]
    return _case(SIX, rows, BASE, end.join([delimiter.join(row) for row in [SIX, *rows]] + [""]).encode())


def rare_signs(random: Random) -> Case:
    return _case(SIX, _some(random), BASE.but(delimiter=random.choice("^~¦§\x1f#&"), line_end="\n"))


def short_rows(random: Random) -> Case:
    """One row in six ends before its last cell."""
    rows = _some(random, 20, 60)
    style = PLAIN.but(delimiter=random.choice((",", ";", "\t")))
    lines = [line(row[:5] if n % 6 == 5 else row, style) for n, row in enumerate([SIX, *rows])]
    truth = [(*row[:5], "") if n % 6 == 4 else row for n, row in enumerate(rows)]
    return _case(SIX, truth, style, text(lines, style))


def mostly_empty_rows(random: Random) -> Case:
    """Ninety columns, five of them filled."""
    names = tuple(f"Field {at}" for at in range(85))
    rows = [(*row[:5], *[""] * 85) for row in _some(random)]
    style = BASE.but(delimiter=random.choice((",", ";")), quoting=random.choice(("all", "minimal")))
    return _case((*SIX[:5], *names), rows, style)


# --- quote and escape


def doubled_quotes(random: Random) -> Case:
    rows = [(*row[:5], random.choice(('the "big" one', '"VIP"', 'x"', '""', "plain"))) for row in _some(random)]
    return _case(
        (*SIX[:5], "notes"), rows, BASE.but(quoting=random.choice(("all", "minimal")), line_end=_end(random))
    )


def quotes_escaped_by_backslashes(random: Random) -> Case:
    rows = [
        (*row[:5], random.choice(('10" pipe', 'said "hi", left', "C:\\temp", "plain"))) for row in _some(random, 20)
    ]
    rows[0] = (*rows[0][:5], 'said "hi"')
    return _case((*SIX[:5], "notes"), rows, BASE.but(quoting="all", escape="\\", line_end=_end(random)))


def quotes_escaped_in_bare_cells(random: Random) -> Case:
    """No cell is quoted."""
    rows = [(*row[:5], ("", '10" pipe', 'said "hi", left')[n % 3]) for n, row in enumerate(_some(random))]
    style = PLAIN.but(delimiter=random.choice(("\t", ";")))
    lines = [style.delimiter.join(cell.replace('"', '\\"') for cell in row) for row in [(*SIX[:5], "notes"), *rows]]
    return _case((*SIX[:5], "notes"), rows, style, text(lines, style))


def backslashes_that_are_text(random: Random) -> Case:
    rows = [
        (*row[:5], random.choice(("C:\\new\\table", "\\\\server\\share", 'a \\"b\\" c', "plain\\")))
        for row in _some(random)
    ]
    return _case((*SIX[:5], "path"), rows, BASE.but(quoting=random.choice(("all", "minimal")), line_end=_end(random)))


def inner_quotes_as_they_are(random: Random) -> Case:
    """Every cell in quotes, those inside neither doubled nor escaped."""
    rows = [(*row[:5], ('the "big" one', '"VIP"', 'x"', "")[n % 4]) for n, row in enumerate(_some(random))]
    style = BASE.but(quoting="all", escape=None, delimiter=random.choice((";", ",")))
    return _case((*SIX[:5], "notes"), rows, style)


def inches_and_feet(random: Random) -> Case:
    rows = [(*row[:5], f"{n % 9}'{n % 12}\"") for n, row in enumerate(_some(random))]
    return _case((*SIX[:5], "height"), rows, PLAIN.but(delimiter=random.choice((",", "\t", ";"))))


def names_with_apostrophes(random: Random) -> Case:
    names = ("O'Sample", "D'Exemple", "'t Hoen", "Jan 'the man' Muster", "Müller'")
    rows = [(*row[:3], random.choice(names), *row[4:]) for row in _some(random)]
    return _case(SIX, rows, PLAIN.but(delimiter=random.choice((",", ";"))))


def apostrophes_beside_quotes(random: Random) -> Case:
    """A cell of apostrophes alone, and cells that stand in quotes for the quotes in them."""
    rows = [(*row[:5], random.choice(('say "hi"', '"', "plain"))) for row in _some(random, 4)]
    rows[0], rows[1] = (*rows[0][:5], 'say "hi"'), (*rows[1][:5], random.choice(("''", "'x'")))
    return _case((*SIX[:5], "notes"), rows, BASE.but(quoting="minimal"))


def apostrophes_as_quotes(random: Random) -> Case:
    rows = [(*row[:5], random.choice(("a, b", "it's", "plain", ""))) for row in _some(random)]
    return _case((*SIX[:5], "notes"), rows, BASE.but(quote="'", quoting=random.choice(("all", "minimal"))))


def curly_quotes_around_cells(random: Random) -> Case:
    company = ("Acme", "Acme, Inc.", "Null & Sons", "Fictif, S.A.")
    rows = [(*row[:5], random.choice(company)) for row in _some(random, 20)]
    rows[3] = (*rows[3][:5], "Acme, Inc.")
    lines = [
        ",".join((*row[:5], f"“{row[5]}”" if "," in row[5] else row[5])) for row in [(*SIX[:5], "company"), *rows]
    ]
    return _case((*SIX[:5], "company"), rows, BASE, text(lines, BASE))


def curly_quotes_in_text(random: Random) -> Case:
    """They are part of the cells, and no comma stands between them."""
    rows = [(*row[:5], random.choice(("called “VIP” customer", "“yes”", "plain"))) for row in _some(random)]
    encoding = random.choice(("utf-8", "cp1252"))
    rows = [tuple(cell.encode(encoding, "ignore").decode(encoding) for cell in row) for row in rows]
    return _case((*SIX[:5], "notes"), rows, BASE.but(encoding=encoding))


def header_with_an_open_quote(random: Random) -> Case:
    rows = _some(random)
    style = BASE.but(quoting="all", line_end=_end(random))
    head = '"id,email,first_name,"last_name","city","since"'
    truth = ('"id', *SIX[1:])
    return _case(truth, rows, style, text([head, *(line(row, style) for row in rows)], style))


def header_cut_by_another_sign(random: Random) -> Case:
    rows = _some(random)
    head = random.choice((" ", "\t", "|")).join(SIX)
    style = BASE.but(delimiter=random.choice((",", ";")), line_end=_end(random))
    return _case(SIX, rows, style, text([head, *(line(row, style) for row in rows)], style))


def lines_in_quotes(random: Random) -> Case:
    rows = [(*row[:5], random.choice(("a, b", 'the "big" one', "plain"))) for row in _some(random)]
    style = BASE.but(line_end=_end(random))
    told = [line(row, style).replace('"', '""') for row in [(*SIX[:5], "notes"), *rows]]
    return _case((*SIX[:5], "notes"), rows, style, text([f'"{one}"' for one in told], style))


# --- encoding


def _western(random: Random, encoding: str, rows: list[Row]) -> Case:
    kept = [tuple(cell.encode(encoding, "ignore").decode(encoding) for cell in row) for row in rows]
    return _case(SIX, kept, BASE.but(encoding=encoding, delimiter=random.choice((",", ";"))))


def curly_quotes_alone(random: Random) -> Case:
    """An English list in cp1252 whose only signs above ASCII are “ ” ’ – … € or « »."""
    said = random.choice(
        (
            ("“VIP”", "“yes”"),
            ("it’s", "Ann’s"),
            ("10 – 12", "a–b"),
            ("wait …", "so…"),
            ("€ 5", "€5"),
            ("«1»", "«2»", "«3»"),
        )
    )
    rows = [
        (*(cell.encode("ascii", "ignore").decode() for cell in row[:5]), random.choice(("", "plain", *said)))
        for row in _some(random, 20)
    ]
    rows[1] = (*rows[1][:5], said[0])
    return _case((*SIX[:5], "notes"), rows, BASE.but(encoding="cp1252"))


def french_in_wide_rows(random: Random) -> Case:
    """Ninety columns, three filled, in cp1252."""
    first = ("Rémy", "Pénélope", "Noémie", "Hélène", "André", "François", "Zoé", "Anaïs", "Gaël")
    last = ("Gérard", "Célina", "Lefèvre", "Côté", "Hébert", "Prévost")
    rows = [
        (random.choice(first), random.choice(last), f"{random.choice(first)} (p{n}@example.com)", *[""] * 87)
        for n in range(random.randint(5, 40))
    ]
    head = ("First Name", "Last Name", "Display Name", *(f"Field {at}" for at in range(87)))
    return _case(head, rows, BASE.but(encoding="cp1252", quoting=random.choice(("all", "minimal"))))


def one_name_above_ascii(random: Random) -> Case:
    """A single row has letters above ASCII."""
    encoding, name = random.choice(
        (
            ("cp1252", "Müller"), ("cp1252", "José"), ("cp1252", "Françoise"), ("cp1252", "Zoë"), ("cp1252", "Peña"),
            ("cp1252", "Günther"), ("cp1252", "Åsa"), ("cp1252", "Söderström"), ("cp1252", "João"),
        )
    )  # fmt: skip
    rows = [tuple(cell.encode("ascii", "ignore").decode() for cell in row) for row in _some(random)]
    rows[len(rows) // 2] = (*rows[0][:3], name, *rows[0][4:])
    return _western(random, encoding, rows)


def signs_of_latin_1_saved_as_utf_8(random: Random) -> Case:
    """U+0080 to U+009F where “ ” – € … were: cp1252 that was read as Latin-1 and saved as UTF-8."""
    rows = [(*row[:5], random.choice(("“Muster” – €5", "it’s", "wait…", "plain"))) for row in _some(random, 20)]
    rows[2] = (*rows[2][:5], "“Muster” – €5")
    lines = [line(row, BASE) for row in [(*SIX[:5], "notes"), *rows]]
    damaged = "\r\n".join([*lines, ""])
    for sign in "“”–€’…":
        damaged = damaged.replace(sign, sign.encode("cp1252").decode("latin-1"))
    return _case((*SIX[:5], "notes"), rows, BASE, damaged.encode())


def last_names_of(random: Random) -> Case:
    """Names only, in cp1252 and few rows."""
    rows: list[Row] = [(str(n), random.choice(LAST), random.choice(CITIES)) for n in range(random.randint(6, 30))]
    rows = [tuple(cell.encode("cp1252", "ignore").decode("cp1252") for cell in row) for row in rows]
    return _case(("id", "name", "city"), rows, BASE.but(encoding="cp1252"))


KINDS: dict[str, Kind] = {
    make.__name__: make
    for make in (
        money_next_to_the_delimiter, money_above_a_second_table, long_text_over_lines_in_quotes,
        addresses_behind_a_tab, lists_in_quotes, space_behind_some_commas, space_behind_every_comma,
        long_text_in_quotes, one_column_in_quotes, one_column_of_words, json_in_cells, lists_in_cells_of_a_tab_list,
        lists_in_cells_of_a_semicolon_list, tags_in_a_column, decimal_commas_between_semicolons,
        numbers_with_points_between_commas, text_between_spaces, numbers_between_spaces, comments_above,
        times_in_every_row, times_in_quotes_between_sections, addresses_of_pages, few_records,
        few_records_of_two_columns, text_with_commas_between_other_signs, quotes_around_text_only,
        line_ends_in_cells, many_line_ends_in_cells, signs_that_come_doubled, rare_signs, short_rows,
        mostly_empty_rows, doubled_quotes,
        quotes_escaped_by_backslashes, quotes_escaped_in_bare_cells, backslashes_that_are_text,
        inner_quotes_as_they_are, inches_and_feet, names_with_apostrophes, apostrophes_beside_quotes,
        apostrophes_as_quotes,
        curly_quotes_around_cells, curly_quotes_in_text, header_with_an_open_quote,
        header_cut_by_another_sign, lines_in_quotes,
        curly_quotes_alone, french_in_wide_rows, one_name_above_ascii, signs_of_latin_1_saved_as_utf_8, last_names_of,
    )
}  # fmt: skip
