"""Lists of people of whom some are in it more than once, with slips, by seed; what a record linkage has to find.

In the manner of the sets that are made for it: every second record of a person has one to four slips in its fields
(letters changed, lost, added or swapped, blanks run together, a field left out, names in the other order, a move).
"""

from __future__ import annotations

from itertools import combinations
from random import Random

from corpus.people import CITIES, STREETS

HEADER = ("row_id", "given_name", "surname", "street_number", "street", "zip", "city", "date_of_birth", "ssn")
PARTS = ("ba", "ro", "mi", "ka", "ten", "sol", "vin", "der", "lu", "he", "gra", "pon", "sta", "rik", "nel", "o", "ma")
Row = tuple[str, ...]


def people_twice(seed: int, people: int = 500, twice: int = 150) -> tuple[list[Row], set[tuple[int, int]]]:
    """Rows in a random order, and the pairs of places that are one person."""
    random = Random(seed)
    records = [(at, _person(random)) for at in range(people)]
    for at in random.sample(range(people), twice):
        records += [(at, _again(random, records[at][1])) for _ in range(random.choice((1, 1, 2)))]
    random.shuffle(records)
    places: dict[int, list[int]] = {}
    for place, (at, _) in enumerate(records):
        places.setdefault(at, []).append(place)
    pairs = {pair for same in places.values() for pair in combinations(same, 2)}
    return [(f"R{place:05}", *person) for place, (_, person) in enumerate(records)], pairs


def _word(random: Random, parts: int) -> str:
    return "".join(random.choice(PARTS) for _ in range(parts)).capitalize()


def _person(random: Random) -> list[str]:
    day = f"{random.randint(1930, 2008)}-{random.randint(1, 12):02}-{random.randint(1, 28):02}"
    return [
        _word(random, random.choice((2, 2, 3))),
        _word(random, random.choice((2, 3, 3))),
        str(random.randint(1, 250)),
        f"{_word(random, 2)} {random.choice(STREETS)}",
        f"{random.randint(10000, 99999)}",
        random.choice(CITIES),
        day,
        f"{random.randint(10**8, 10**9 - 1)}",
    ]


def _again(random: Random, person: list[str]) -> list[str]:
    cells = list(person)
    for _ in range(random.choice((1, 1, 2, 3, 4))):
        kind = random.random()
        if kind < 0.06:
            cells[0], cells[1] = cells[1], cells[0]
        elif kind < 0.12:
            cells[2:6] = _person(random)[2:6]
        elif kind < 0.2:
            cells[random.choice((0, 2, 3, 5, 6))] = ""
        elif kind < 0.3:
            cells[6] = ".".join(reversed(cells[6].split("-")))
        else:
            at = random.randrange(len(cells))
            cells[at] = _slip(random, cells[at])
    return cells


def _slip(random: Random, text: str) -> str:
    if len(text) < 2:
        return text
    at = random.randrange(len(text) - 1)
    sign = random.choice("0123456789" if text[at].isdigit() else "abcdefghiklmnoprstu")
    return random.choice(
        (
            text[:at] + sign + text[at + 1 :],
            text[:at] + text[at + 1 :],
            text[:at] + sign + text[at:],
            text[:at] + text[at + 1] + text[at] + text[at + 2 :],
            text.replace(" ", "", 1),
        )
    )
