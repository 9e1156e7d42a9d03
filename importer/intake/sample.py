"""A deliberately messy list of invented contacts that shows every kind of trouble, the same for the same seed."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path

_HEADER = "E-Mail|First Name|Last Name|Phone|Company|City|Zip|Country|Signup Date|Opt In|Score|Notes|Notes|"
HEADER = tuple(_HEADER.split("|"))
"""One name twice and one empty, as exports have them."""

_FIRST = """
Ada Bruno Carla Dieter Élodie Farid Greta Håkon Inês Jörg Kasia Lars
Mei Nuño Olga Priya Quentin Rosa Søren Tariq Uma Vito Wanda Zoë
"""
_LAST = """
Testperson Sampleton Mustermann Exemplar Placeholder Dummybauer O'Example Fictiva
Inventado Nobodysson Anyone-Smith Beispielová Żaden Muster Noname Demoğlu
"""
FIRST = tuple(_FIRST.split())
LAST = tuple(_LAST.split())
COMPANIES = (
    "Example Ltd",
    "Acme, Inc.",
    "Fictional & Sons",
    "Nowhere GmbH",
    'The "Best" Demo',
    "Sample s.r.o.",
    "Placeholder LLC",
    "Imaginary AG",
    "Test; Test | Partners",
    "",
)
CITIES = (
    ("Springfield", "US", "01101"),
    ("Köln", "DE", "50667"),
    ("Besançon", "FR", "25000"),
    ("Plzeň", "CZ", "30100"),
    ("Málaga", "ES", "29001"),
    ("Boston", "US", "02108"),
    ("Jyväskylä", "FI", "40100"),
    ("São Paulo", "BR", "01310-000"),
)
DOMAINS = ("example.com", "example.org", "example.net")
EPOCH = date(2021, 1, 4)

Row = list[str]
Trouble = Callable[[Row, random.Random], None]


def write_sample(path: Path, rows: int = 2000, seed: int = 7) -> None:
    """Write `rows` data records (and a few blank lines) as UTF-8 with comma and CRLF; two lines hold cp1252 bytes.

    At least four of five rows are fine or become so by trimming and lower case.
    """
    rng = random.Random(seed)
    contacts = [_contact(number, rng) for number in range(rows)]
    _spread(contacts, rng)
    _repeat_keys(contacts, rng)
    lines = [_line(HEADER), *(_line(row) for row in contacts)]
    path.write_bytes(b"\r\n".join(_break_lines(lines, rng)) + b"\r\n")


def _contact(number: int, rng: random.Random) -> Row:
    first, last = rng.choice(FIRST), rng.choice(LAST)
    city, country, zip_code = rng.choice(CITIES)
    stem = "".join(re.findall(r"[a-z.]", f"{first}.{last}".lower()))
    day = EPOCH + timedelta(days=rng.randrange(1400))
    return [
        f"{stem}{number}@{rng.choice(DOMAINS)}",
        first,
        last,
        _phone(rng),
        rng.choice(COMPANIES),
        city,
        zip_code,
        country,
        day.isoformat(),
        rng.choice(("yes", "yes", "yes", "no")),
        str(rng.randrange(0, 100)),
        rng.choice(("", "", "Met at the demo fair", "Likes letters, not calls", 'Said "call me"')),
        "",
        "",
    ]


def _phone(rng: random.Random) -> str:
    number = rng.randrange(100, 200)
    form = rng.choice(("+1 555 0{}", "+1-555-0{}", "(555) 555-0{}", "5555550{}", "+49 30 5550{}", "0044 20 7946 0{}"))
    return form.format(number)


def _set(at: int, *texts: str) -> Trouble:
    def trouble(row: Row, rng: random.Random) -> None:
        row[at] = rng.choice(texts)

    return trouble


def _change(at: int, change: Callable[[str], str]) -> Trouble:
    def trouble(row: Row, rng: random.Random) -> None:
        row[at] = change(row[at])

    return trouble


def _swap_date(text: str, form: str) -> str:
    return date.fromisoformat(text).strftime(form)


TROUBLES: tuple[tuple[int, Trouble], ...] = (
    (60, _change(0, lambda text: f" {text} ")),
    (60, _change(0, str.title)),
    (40, _change(1, lambda text: f"  {text}")),
    (40, _change(5, str.upper)),
    (25, _set(0, "")),
    (8, _set(0, "not an address")),
    (8, _change(0, lambda text: text.replace("@", " at "))),
    (6, _change(0, lambda text: text.replace("@", "@@"))),
    (5, _change(0, lambda text: f"{text};second@example.org")),
    (10, _set(3, "4.4E+11", "5.55555E+09")),
    (6, _set(8, "5-May", "Mar-04")),
    (40, _change(6, lambda text: text.lstrip("0"))),
    (30, _set(11, "NA", "NULL", "n/a", "#N/A", "-")),
    (12, _set(10, "NA", "NULL", "none")),
    (30, _change(8, lambda text: _swap_date(text, "%d/%m/%Y"))),
    (30, _change(8, lambda text: _swap_date(text, "%m/%d/%Y"))),
    (10, _change(8, lambda text: _swap_date(text, "%d.%m.%y"))),
    (60, _set(9, "Y", "N", "TRUE", "FALSE", "1", "0", "Yes ", "NO", "x")),
    (20, _set(10, "1,234", "1.234,5", "12 345", "99%", "1e2")),
    (6, _set(11, "=1+1", '=HYPERLINK("https://example.com","click")', "@SUM(A1)", "-2+3")),
    (6, _set(11, "<b>bold</b>", "<script>alert(1)</script>", "[link](https://example.org)")),
    (8, _change(5, lambda text: f"{text}\u200b")),
    (8, _change(2, lambda text: f"{text}\u00a0")),
    (2, _set(11, "A long note. " * 400)),
    (12, _set(11, "First line\nSecond line", "Line\r\nLine, with comma")),
    (5, _set(1, "JosÃ©", "JÃ¶rg")),
)
"""How many rows of 2,000 get which trouble."""


def _spread(contacts: Sequence[Row], rng: random.Random) -> None:
    """Apply each trouble to rows that have none yet, so that each shows clearly."""
    order = list(range(len(contacts)))
    rng.shuffle(order)
    for count, trouble in TROUBLES:
        for _ in range(max(1, count * len(contacts) // 2000)):
            if not order:
                return
            trouble(contacts[order.pop()], rng)


def _repeat_keys(contacts: Sequence[Row], rng: random.Random) -> None:
    """Give some rows the key of an earlier one: as it is, or in another case."""
    for number in range(len(contacts) // 80):
        earlier, later = sorted(rng.sample(range(len(contacts)), 2)) if len(contacts) > 1 else (0, 0)
        email = contacts[earlier][0].strip()
        if "@example" in email:
            contacts[later][0] = email if number % 2 else email.upper()


def _line(cells: Sequence[str]) -> bytes:
    quoted = ['"' + cell.replace('"', '""') + '"' if set(cell) & set(',"\r\n') else cell for cell in cells]
    return ",".join(quoted).encode("utf-8")


def _at_comma(line: bytes, nth: int, text: bytes) -> bytes:
    """The line with its nth comma replaced."""
    parts = line.split(b",")
    return b",".join(parts[:nth]) + text + b",".join(parts[nth:])


def _break_lines(lines: list[bytes], rng: random.Random) -> list[bytes]:
    """Damage some lines as files get damaged: a delimiter too many or missing, a stray quote, a foreign byte."""
    damages: tuple[Callable[[bytes], bytes], ...] = (
        lambda line: _at_comma(line, 2, b",,"),
        lambda line: line.removesuffix(b",,"),
        lambda line: _at_comma(line, 2, b" "),
        lambda line: _at_comma(line, 4, b',"'),
        lambda line: _at_comma(line, 5, b' 5" pipe,'),
        lambda line: line + b",extra",
    )
    plain = [at for at, line in enumerate(lines) if at > 20 and b'"' not in line]
    chosen = rng.sample(plain, min(len(plain), max(len(damages), len(lines) // 100)))
    for number, at in enumerate(chosen):
        lines[at] = damages[number % len(damages)](lines[at])
    for at in [at for at in plain if at not in set(chosen)][:: max(1, len(plain) // 2)][:2]:
        cells = lines[at].split(b",")
        cells[5] = "Málaga".encode("cp1252")
        lines[at] = b",".join(cells)
    for _ in range(3):
        lines.insert(rng.randrange(2, len(lines) + 1), b"")
    lines.append(b"")
    return lines
