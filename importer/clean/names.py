"""One person's name in the usual capitals. Pure, the standard library alone."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

_INSIDE = """
von vom van der den dem de del della di da das do dos du des la le les zu zum zur und y e i
bin bint ibn al el af av ter ten te op auf
"""
_SMALL = frozenset(_INSIDE.split())
"""Particles that stay small inside a name."""

_SMALL_FIRST = frozenset(("von", "vom", "van", "zu", "zum", "zur", "ter", "ten"))
"""Those that stay small also where a surname stands alone in its cell (van Gogh, but De Luca, Le Pen)."""

_NUMERALS = frozenset(("ii", "iii", "iv", "vi", "vii", "viii", "ix"))
_WORD = re.compile(r"[^\s\-‐‑/,.()&\"]+")
_APOSTROPHE = re.compile(r"^([^\W\d_])(['’ʼ`])(\w.*)$", re.DOTALL)
_CLAN = re.compile(r"^mc(\w{2,})$", re.DOTALL)


@lru_cache(maxsize=50_000)
def name_case(text: str) -> str:
    """`ANNA MCDONALD-O'NEIL` → `Anna McDonald-O'Neil`, `VON DER LEYEN` → `von der Leyen`.

    A word with a small letter before a capital (DeShawn, McDonald) was written on purpose and stays. `Mac` is left
    as any word: MacDonald and Mackey cannot be told apart.
    """
    words = list(_WORD.finditer(text))
    out, end = [], 0
    for at, word in enumerate(words):
        out.append(text[end : word.start()])
        out.append(_word(word[0], first=at == 0, last=at == len(words) - 1))
        end = word.end()
    return "".join(out) + text[end:]


def _word(word: str, *, first: bool, last: bool) -> str:
    small = word.lower()
    if any(before.islower() and after.isupper() for before, after in pairwise(word)):
        return word
    if not last and small in (_SMALL_FIRST if first else _SMALL):
        return small
    if small in _NUMERALS and not first:
        return small.upper()
    clan = _CLAN.match(small)
    if clan:
        return f"Mc{_capital(clan[1])}"
    led = _APOSTROPHE.match(small)
    if led and len(led[3]) > 1:
        return f"{led[1].upper()}{led[2]}{_capital(led[3])}"
    return _capital(small)


def _capital(small: str) -> str:
    """The first letter large: `ǆ` and `ß` in their title forms, and no dot lost from `i̇`."""
    return small[:1].title() + small[1:]
