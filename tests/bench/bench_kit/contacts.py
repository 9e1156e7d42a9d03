"""Made-up contacts: 12 columns, about 190 bytes a row in the CSV, 220 bytes an item."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

COLUMNS = (
    *("email", "first_name", "last_name", "company", "phone", "street", "city", "zip", "country", "note"),
    *("age", "active"),
)
TABLE = "EmailContacts"


def contacts(rows: int) -> Iterator[tuple[str, ...]]:
    """One tuple of texts a contact, in the order of COLUMNS."""
    for row in range(rows):
        yield (
            f"person{row}@example.com",
            f"Given{row % 900}",
            f"Testperson{row % 7000}",
            f"Example & Söhne {row % 300} Ltd",
            f"+1 555 01{row % 100:02}",
            f"{row % 200} Example Street",
            f"Sampletown {row % 500}",
            f"{row % 100000:05}",
            "Nowhere",
            f"met at the fair, row {row}",
            str(18 + row % 70),
            "true" if row % 2 == 0 else "false",
        )


def write_csv(path: Path, rows: int) -> None:
    """The list as a file: UTF-8, comma, a quote where one is needed."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(contacts(rows))
