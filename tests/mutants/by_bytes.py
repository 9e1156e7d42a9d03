"""Mutants: a good file or message with bytes changed, cut, swapped, repeated, or with values in their place that
programs stumble over. Each comes from its number, so that one that failed can be made again."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

ODD = [
    *(b"\0", b'"', b"\xff", b"\xed\xa0\x80", b"\\ud800", b'""', b"\n", b"\t", b"  ", b"{", b"[", b"-", b"&a", b"*a"),
    *(b"9" * 5000, b"1e30", b"-1", b"0", b"99999999999999999999", b"NaN", b"1e400", b"null", b"[]", b"{}", b"true"),
]
"""What is set into a file or in the place of a value."""

TOKEN = re.compile(rb'"[^"\n]*"|[A-Za-z0-9_.]+')

MANY = 10_000
"""Of each kind in the soak."""


def mutant(chance: random.Random, data: bytes) -> bytes:
    """`data` with one to three changes."""
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        if not data:
            return data
        start = chance.randrange(len(data))
        end = min(len(data), start + chance.randrange(1, 40))
        tokens = list(TOKEN.finditer(data))
        token = chance.choice(tokens).span() if tokens else (start, end)
        lines = data.split(b"\n")
        chance.shuffle(lines)
        odd = chance.choice(ODD)
        data = chance.choice(
            (
                data[:start],
                data[:start] + bytes([chance.randrange(256)]) + data[start + 1 :],
                data[:start] + odd + data[start:],
                data[:start] + data[end:],
                data[:start] + data[start:end] * chance.choice((2, 50)) + data[end:],
                data[: token[0]] + odd + data[token[1] :],
                data[: token[0]] + odd + data[token[1] :],
                b"\n".join(lines),
            )
        )
    return data


def chances(kind: str, first: int, last: int) -> Iterator[random.Random]:
    """What mutants number `first` to `last` of a kind are made with; of many it is said how far they are."""
    for number in range(first, last):
        if number % 1000 == 0 and number:
            print(f"{kind}: {number:,}", flush=True)
        yield random.Random(f"{kind} {number}")
