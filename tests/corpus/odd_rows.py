"""Lists in which some rows are bad, by seed, beside the numbers of those rows; and the same lists without them.

What makes a row bad was written down from how lists go wrong by hand, in exports and in reports: cells that moved, a
row that breaks off, notes, titles and totals between the rows, a word among numbers, two cells in one, another unit,
another way of writing dates, another language, columns that changed places. No rule of any detector was looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

from corpus.people import CITIES, COMPANIES, FIRST, LAST, NOTES, STREETS, contacts, product
from corpus.writing import Style, line, text

Row = tuple[str, ...]
Make = Callable[[Random, int], tuple[Row, list[Row]]]
Spoil = Callable[[Random, Row, Row], list[Row]]


@dataclass(frozen=True)
class OddList:
    """A file and the numbers of its bad rows, as a spreadsheet shows them; none for a clean list."""

    name: str
    content: bytes
    bad: frozenset[int]
    rows: int


# --- lists of several trades: header and rows


def people(random: Random, rows: int) -> tuple[Row, list[Row]]:
    head = ("id", "email", "first_name", "last_name", "phone", "company", "city", "signed_up", "score", "notes")
    return head, [tuple(cell.replace("\n", " ") for cell in row) for row in contacts(random, rows)]


def orders(random: Random, rows: int) -> tuple[Row, list[Row]]:
    head = ("Order", "Date", "Customer", "Item", "Qty", "Unit price", "Currency", "Shipped")
    return head, [
        (
            f"SO-{10000 + at}",
            f"{random.randint(1, 28):02}/{random.randint(1, 12):02}/2023",
            f"{random.choice(FIRST)} {random.choice(LAST)}",
            random.choice(("Lamp", "Desk", "Chair, blue", "Shelf 3/4", "Mirror", "Rug (large)", "Vase")),
            str(random.randint(1, 40)),
            f"{random.randint(1, 900)}.{random.randint(0, 99):02}",
            random.choice(("EUR", "USD", "EUR", "GBP")),
            random.choice(("yes", "no", "yes")),
        )
        for at in range(rows)
    ]


def readings(random: Random, rows: int) -> tuple[Row, list[Row]]:
    head = ("station", "measured_at", "temperature_c", "humidity", "wind", "remark")
    return head, [
        (
            random.choice(("NO-014", "NO-220", "SE-007", "FI-113")),
            f"2024-{random.randint(1, 12):02}-{random.randint(1, 28):02}T{random.randint(0, 23):02}:00",
            f"{random.uniform(-20, 30):.1f}",
            str(random.randint(15, 100)),
            f"{random.uniform(0, 25):.2f}",
            random.choice(("",) * 12 + ("sensor cleaned", "fog")),
        )
        for at in range(rows)
    ]


def staff(random: Random, rows: int) -> tuple[Row, list[Row]]:
    head = ("Personnel no.", "Name", "Department", "Salary", "Entry", "Ext.", "Part time")
    return head, [
        (
            f"{40000 + at * 3}",
            f"{random.choice(LAST)}, {random.choice(FIRST)}",
            random.choice(("Sales", "Purchasing", "Human Resources", "IT", "Logistics")),
            f"{random.randint(28, 120)},{random.randint(0, 999):03}",
            f"{random.randint(1, 28):02}.{random.randint(1, 12):02}.{random.randint(1988, 2024)}",
            str(random.randint(100, 999)),
            random.choice(("", "", "", "x")),
        )
        for at in range(rows)
    ]


def stock(random: Random, rows: int) -> tuple[Row, list[Row]]:
    head = ("sku", "description", "on_hand", "bin", "price", "updated", "ean")
    return head, [
        (
            f"{random.choice('ABCDE')}{random.choice('XYZ')}-{random.randint(100, 9999)}",
            product(random)[5],
            str(random.randint(0, 1500)),
            f"{random.choice('ABC')}{random.randint(1, 20):02}/{random.randint(1, 9)}",
            f"{random.randint(0, 99)}.{random.randint(0, 99):02}",
            f"2025-{random.randint(1, 12):02}-{random.randint(1, 28):02}",
            f"40{random.randint(10**10, 10**11 - 1)}",
        )
        for at in range(rows)
    ]


def addresses(random: Random, rows: int) -> tuple[Row, list[Row]]:
    head = ("Kundennr", "Name", "Straße", "PLZ", "Ort", "Telefon", "Geburtsdatum", "Bemerkung")
    return head, [
        (
            f"K{at:05}",
            f"{random.choice(FIRST)} {random.choice(LAST)}",
            f"{random.choice(STREETS)} {random.randint(1, 140)}{random.choice(('', '', '', 'a'))}",
            f"{random.randint(1001, 99998):05}",
            random.choice(CITIES),
            random.choice((f"0{random.randint(30, 899)} 5550{random.randint(10, 999)}", "")),
            f"{random.randint(1, 28)}.{random.randint(1, 12)}.{random.randint(1940, 2006)}",
            random.choice((*NOTES, "", "", "", "", "")).replace("\n", " "),
        )
        for at in range(rows)
    ]


def districts(random: Random, rows: int) -> tuple[Row, list[Row]]:
    head = ("Region", "Year", "Population", "Budget", "Share", "Change")
    return head, [
        (
            f"{random.choice(('North', 'South', 'Upper', 'Lower', 'New'))} {random.choice(CITIES)}",
            str(random.randint(2009, 2023)),
            f"{random.randint(1, 990)},{random.randint(0, 999):03}",
            f"${random.randint(1, 90)}.{random.randint(0, 9)}M",
            f"{random.uniform(0, 100):.1f}%",
            f"{random.choice('+-')}{random.uniform(0, 9):.2f}",
        )
        for at in range(rows)
    ]


def guests(random: Random, rows: int) -> tuple[Row, list[Row]]:
    head = ("Title", "First", "Last", "Organisation", "Badge", "Arrives", "Vegetarian", "E-mail")
    return head, [
        (
            random.choice(("Mr", "Ms", "Dr", "Ms", "Mr", "")),
            random.choice(FIRST),
            random.choice(LAST),
            random.choice(COMPANIES),
            str(1000 + at),
            f"{random.randint(7, 19):02}:{random.choice(('00', '15', '30', '45'))}",
            random.choice(("Y", "N", "N")),
            f"guest{at}@example.{random.choice(('com', 'org'))}",
        )
        for at in range(rows)
    ]


def bookings(random: Random, rows: int) -> tuple[Row, list[Row]]:
    head = ("Konto", "Datum", "Betrag", "Währung", "Text", "IBAN", "Beleg", "Saldo", "Gebucht")
    return head, [
        (
            random.choice(("1200", "1800", "4400", "8400")),
            f"{random.randint(1, 28):02}.{random.randint(1, 12):02}.24",
            f"{random.randint(0, 9)}.{random.randint(100, 999)},{random.randint(0, 99):02}",
            "EUR",
            random.choice(("Miete", "Gehalt", "Einkauf", "Rechnung", "Gutschrift")),
            f"DE{random.randint(10, 99)}{random.randint(10**17, 10**18 - 1)}",
            f"B-{random.randint(1, 99999):05}",
            f"{random.randint(-9, 9)}.{random.randint(100, 999)},{random.randint(0, 99):02}",
            random.choice(("1", "0", "1")),
        )
        for at in range(rows)
    ]


TRADES: tuple[Make, ...] = (people, orders, readings, staff, stock, addresses, districts, guests, bookings)


# --- what makes a row bad


def moved_right(random: Random, head: Row, row: Row) -> list[Row]:
    """From some column on, every cell stands one too far right; the last one is lost."""
    at = random.randint(0, len(row) - 4)
    return [(*row[:at], "", *row[at:-1])]


def moved_left(random: Random, head: Row, row: Row) -> list[Row]:
    at = random.randint(1, len(row) - 4)
    return [(*row[:at], *row[at + 1 :], "")]


def note(random: Random, head: Row, row: Row) -> list[Row]:
    """A sentence in the first cell, nothing behind it."""
    told = ("Figures of March are provisional", "* see page 4", "Data below were entered by hand, please check")
    return [(random.choice(told), *("",) * (len(row) - 1))]


def group_title(random: Random, head: Row, row: Row) -> list[Row]:
    title = random.choice(("Region North", "Q2", "Category: other", "Team B", "2nd batch"))
    at = random.choice((0, 0, 1))
    return [(*("",) * at, title, *("",) * (len(row) - 1 - at))]


def total(random: Random, head: Row, row: Row) -> list[Row]:
    """A word and a sum or two; the rest is blank."""
    word = random.choice(("Total", "Subtotal", "Sum", "Summe", "TOTAL:"))
    cells = [word, *("",) * (len(row) - 1)]
    for at in random.sample(range(2, len(row)), random.randint(1, 2)):
        cells[at] = f"{random.randint(1000, 99999)}"
    return [tuple(cells)]


def wrong_type(random: Random, head: Row, row: Row) -> list[Row]:
    """A remark where there should be a number, a date or a code."""
    typed = [at for at, cell in enumerate(row) if any(sign.isdigit() for sign in cell) and " " not in cell]
    at = random.choice(typed)
    told = random.choice(("see remarks", "approx. a few", "unknown yet", "ask Ann", "pending", "not measured"))
    return [(*row[:at], told, *row[at + 1 :])]


def two_in_one(random: Random, head: Row, row: Row) -> list[Row]:
    """Two cells stand in one, as a merged cell is exported; the next is blank."""
    places = [at for at in range(len(row) - 1) if row[at] and row[at + 1]]
    at = random.choice(places)
    return [(*row[:at], f"{row[at]} {row[at + 1]}", "", *row[at + 2 :])]


def breaks_off(random: Random, head: Row, row: Row) -> list[Row]:
    """The row ends in the middle of a cell; nothing behind it."""
    at = random.randint(1, max(1, len(row) // 2))
    cell = row[at]
    return [(*row[:at], cell[: max(1, len(cell) // 2)], *("",) * (len(row) - at - 1))]


def broken_in_two(random: Random, head: Row, row: Row) -> list[Row]:
    """A line break inside the row: two rows, each with a part of it."""
    at = random.randint(2, len(row) - 2)
    return [(*row[:at], *("",) * (len(row) - at)), (*row[at:], *("",) * at)]


def too_short(random: Random, head: Row, row: Row) -> list[Row]:
    return [row[: random.randint(1, len(row) - 2)]]


def too_long(random: Random, head: Row, row: Row) -> list[Row]:
    at = random.randint(1, len(row) - 1)
    return [(*row[:at], random.choice(("x", "n.v.", "12")), *row[at:])]


def header_again(random: Random, head: Row, row: Row) -> list[Row]:
    return [head]


def another_language(random: Random, head: Row, row: Row) -> list[Row]:
    """All that is written in words is written in another alphabet."""
    words = ("Смирнова Анна", "Αθήνα κέντρο", "東京都 新宿区", "см. примечание", "Παπαδόπουλος")
    cells = [random.choice(words) if cell and not any(s.isdigit() for s in cell) else cell for cell in row]
    if tuple(cells) == row:
        cells[1] = random.choice(words)
    return [tuple(cells)]


def another_unit(random: Random, head: Row, row: Row) -> list[Row]:
    """A number with its unit, or written as another country does."""
    places = [at for at, cell in enumerate(row) if cell.lstrip("$+-")[:1].isdigit() and len(cell) < 9]
    at = random.choice(places) if places else 0
    cell = row[at].strip("$%M+-")
    told = random.choice((f"{cell} kg", f"{cell} h", f"ca. {cell}", f"{cell} (est.)", f"~{cell}", f"< {cell}"))
    return [(*row[:at], told, *row[at + 1 :])]


def another_date(random: Random, head: Row, row: Row) -> list[Row]:
    """The day in words, or an empty one."""
    places = [at for at, cell in enumerate(row) if 2 in (cell.count("-"), cell.count("."), cell.count("/"))]
    if not places:
        return wrong_type(random, head, row)
    told = random.choice(("3 March 2024", "spring 2021", "Mon, 4 Sept", "2019", "00.00.0000", "tomorrow"))
    return [(*row[: places[0]], told, *row[places[0] + 1 :])]


def changed_places(random: Random, head: Row, row: Row) -> list[Row]:
    """Two columns of different kinds have changed places."""

    def kind(cell: str) -> tuple[bool, bool, bool]:
        return any(s.isdigit() for s in cell), any(s.isalpha() for s in cell), "@" in cell

    pairs = [
        (one, other)
        for one in range(len(row))
        for other in range(one + 1, len(row))
        if row[one] and row[other] and kind(row[one]) != kind(row[other])
    ]
    one, other = random.choice(pairs)
    cells = list(row)
    cells[one], cells[other] = cells[other], cells[one]
    return [tuple(cells)]


def only_a_key(random: Random, head: Row, row: Row) -> list[Row]:
    return [(row[0], *("",) * (len(row) - 1))]


def ruled_line(random: Random, head: Row, row: Row) -> list[Row]:
    sign = random.choice("-=*_")
    return [tuple(sign * random.randint(3, 8) for _ in row)]


def all_nothing(random: Random, head: Row, row: Row) -> list[Row]:
    word = random.choice(("N/A", "NULL", "-", "?", "#REF!"))
    return [tuple(word for _ in row)]


def all_in_one(random: Random, head: Row, row: Row) -> list[Row]:
    """The whole row in its first cell, with another delimiter."""
    return [(random.choice((";", "|", "\t")).join(row), *("",) * (len(row) - 1))]


def footer(random: Random, head: Row, row: Row) -> list[Row]:
    told = ("Source: own survey", "Page 1 of 3", "Generated on 2024-05-01 10:00", "(c) Example Ltd, confidential")
    return [(random.choice(told), *("",) * random.choice((0, len(row) - 1)))]


ANYWHERE: tuple[Spoil, ...] = (
    moved_right, moved_left, note, group_title, total, wrong_type, two_in_one, breaks_off, broken_in_two, too_short,
    too_long, header_again, another_language, another_unit, another_date, changed_places, only_a_key, ruled_line,
    all_nothing, all_in_one,
)  # fmt: skip
AT_THE_END: tuple[Spoil, ...] = (total, footer, note)


def clean_lists(seed: int, each: int = 1) -> Iterator[OddList]:
    """`each` lists of every trade, of 3 to 1,500 rows, without a bad row."""
    for trade in TRADES:
        for number in range(each):
            random = Random(f"{seed}/{trade.__name__}/clean/{number}")
            rows = random.choice((3, 8, 25, 60, 200, 600, 1500))
            head, body = trade(random, rows)
            yield _written(f"{trade.__name__}_{number}", random, head, body, set())


def odd_lists(seed: int, each: int = 1) -> Iterator[OddList]:
    """`each` lists of every trade with every kind of bad row; and as many with several kinds in one list."""
    for trade in TRADES:
        for number in range(each):
            for kind in ANYWHERE:
                random = Random(f"{seed}/{trade.__name__}/{kind.__name__}/{number}")
                yield _spoilt(f"{trade.__name__}_{kind.__name__}_{number}", random, trade, (kind,))
            for mix in range(5):
                random = Random(f"{seed}/{trade.__name__}/mixed/{number}/{mix}")
                kinds = tuple(random.sample(ANYWHERE, 4))
                yield _spoilt(f"{trade.__name__}_mixed_{number}_{mix}", random, trade, kinds)


def _spoilt(name: str, random: Random, trade: Make, kinds: tuple[Spoil, ...]) -> OddList:
    rows = random.choice((25, 60, 150, 400, 1200))
    head, body = trade(random, rows)
    share = random.choice((0.01, 0.03, 0.06))
    wanted = set(random.sample(range(1, rows - 1), max(1, round(share * rows))))
    out: list[Row] = []
    bad: set[int] = set()
    for at, row in enumerate(body):
        if at in wanted:
            spoilt = random.choice(kinds)(random, head, row)
            bad |= {len(out) + place for place in range(len(spoilt)) if spoilt[place] != row}
            out += spoilt
        else:
            out.append(row)
    if random.random() < 0.25:
        end = random.choice(AT_THE_END)(random, head, body[-1])
        bad |= {len(out) + place for place in range(len(end))}
        out += end
    return _written(name, random, head, out, bad)


def _written(name: str, random: Random, head: Row, rows: list[Row], bad: set[int]) -> OddList:
    style = Style(delimiter=random.choice((",", ",", ";", "\t")), line_end=random.choice(("\n", "\r\n")))
    content = text([line(row, style) for row in [head, *rows]], style)
    return OddList(name, content, frozenset(at + 2 for at in bad), len(rows))
