"""Lists in another encoding, dialect or shape, or with cells and lines that stretch them."""

from __future__ import annotations

import random
import re

from mutants.by_bytes import mutant
from mutants.trees import ENCODINGS


def list_mutant(chance: random.Random, data: bytes) -> bytes:
    """A list in another encoding, dialect or shape, or with cells and lines that stretch it; or changed as bytes."""
    choice = chance.random()
    if choice < 0.4:
        return mutant(chance, data)
    text = data.decode("utf-8")
    lines = text.split("\n")
    at = chance.randrange(len(lines))
    width = chance.choice((2, 200, 3000))
    shapes = (
        *(text.replace(",", sign) for sign in (";", "\t", "|", ":", " ", "~", "\x1f", ", ", ",,", "§")),
        *(text.replace("\n", end) for end in ("\r", "\r\n", "\n\n", "\r\r\n", "\u2028", "\x0b", "\x85", "\n\r")),
        *(text.replace('"', sign) for sign in ("'", '""', "", "“", "`")),
        *(
            "\n".join([*lines[:at], odd, *lines[at:]])
            for odd in ("", ",", ",,,", '"', "sep=;", "# x", "x" * 50_000, lines[0])
        ),
        *(
            "\n".join([*lines[:at], lines[at] + odd, *lines[at + 1 :]])
            for odd in (",", ',"', '"x', "\0", ",x" * width, "\\")
        ),
        *(
            lines[0],
            "",
            "\n",
            lines[0] + "\n" + lines[0],
            "\n".join(lines[1:]),
            "\n" * width,
            "," * width,
            '"' * width,
        ),
        ",".join(f"c{place}" for place in range(width)) + "\n" + ",".join("1" * width),
        lines[0].replace("name", "email") + text[len(lines[0]) :],
        lines[0].replace("name", "") + text[len(lines[0]) :],
        lines[0].replace("amount", "9" * width) + text[len(lines[0]) :],
        text * 20,
        text.replace(
            ".50", chance.choice(("e400", "e-400", "9" * 300, ",50", ".5.0", "٣", "\u2212", "%", " €", "½"))
        ),
        text.replace("2024", chance.choice(("0000", "9999", "10000", "24", "-1", "২০২৪"))),
        "".join(
            word + chance.choice(("", "", "", "\u200b", "\ufeff", "\u00a0", "\0")) for word in re.split(r"(\W)", text)
        ),
    )
    shape = chance.choice(shapes)
    if chance.random() < 0.3:
        raw = shape.encode(chance.choice(ENCODINGS), "replace")
        return chance.choice((raw, raw, raw[:-1], raw[1:], b"\xef\xbb\xbf" + raw, raw + data, data + raw))
    return mutant(chance, shape.encode()) if chance.random() < 0.2 else shape.encode()
