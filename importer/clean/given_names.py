"""Whether two first names may be one, typed or called otherwise, and whether two names are of father and son. Pure.

Twins, and parents and children of one household, agree in all but these: a slip of the keyboard, an initial, a short
form or another spelling is the same first name, any other one is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from importer.clean.fold import fold

_TITLES = frozenset(
    (
        *("mr", "mrs", "ms", "miss", "mx", "dr", "prof", "sir", "dame", "rev", "dipl", "ing"),
        *("herr", "frau", "fraulein", "hr", "fr", "mme", "mlle", "sr", "sra"),
    )
)

_GENERATIONS = {
    **dict.fromkeys(("jr", "jnr", "junior", "fils", "2nd", "ii"), "2"),
    **dict.fromkeys(("sr", "snr", "senior", "pere"), "1"),
    **dict.fromkeys(("3rd", "iii"), "3"),
    **dict.fromkeys(("4th", "iv"), "4"),
}

_GERMAN = {"sen": "1", "jun": "2"}
_YOUNGER = {"a": "1", "altere": "1", "aeltere": "1", "j": "2", "jungere": "2", "juengere": "2"}
"""Words that are names too, so that a whole name has to stand before them: `Max Muster jun.`, `Max Muster d. J.`"""

MIN_NAME_WORDS = 2


def _groups_of(groups: Iterable[str]) -> dict[str, set[int]]:
    """Each name of the groups → the groups that it is in."""
    out: dict[str, set[int]] = {}
    for place, names in enumerate(groups):
        for name in names.split():
            out.setdefault(name, set()).add(place)
    return out


_SHORT_FORMS = _groups_of(
    (
        *(
            "william bill billy will willy willi wilhelm",
            "robert bob bobby rob robbie bert",
            "richard dick rick ricky",
        ),
        *("margaret peggy maggie meg greta margarete grete", "elizabeth elisabeth liz lizzie beth betty eliza lisa"),
        *(
            "james jim jimmy jamie",
            "john jack johnny jon hans johannes johann",
            "charles charlie chuck",
            "edward ted ned",
        ),
        *("katherine catherine kate kathy cathy katie kay kathrin", "thomas tom tommy", "michael mike mick mickey"),
        *(
            "anthony tony",
            "theodore theodor ted",
            "henry harry hank",
            "joseph joe josef sepp jupp",
            "david dave davy",
        ),
        *(
            "susan sue susie suzanne",
            "patricia pat patty tricia",
            "dorothy dot dolly",
            "barbara barb babs",
            "mary molly",
        ),
        *("francis frank", "frances fran", "lawrence larry", "andrew andy drew", "steven stephen steve stefan"),
        *(
            "christopher chris kit",
            "alexander alex sasha sandy",
            "rebecca becky",
            "deborah debbie deb",
            "sarah sally",
        ),
        *("jennifer jenny jen", "daniel dan danny", "timothy tim", "gerald gerry jerry", "walter wally walt"),
        *(
            "friedrich fritz fred",
            "heinrich heinz",
            "georg george jorg schorsch",
            "ludwig lutz",
            "francisco paco pancho",
        ),
        *(
            "jose pepe",
            "giuseppe beppe peppe pino",
            "guadalupe lupe",
            "antonio toni antonius",
            "eleanor ellie nell nora",
        ),
    )
)
"""First names and what their bearers are called, of those that are no beginning of the whole."""

_NEAR_NAMES = _groups_of(
    (
        *(
            "lea lena lina lara laura",
            "mia mila mina mira mika",
            "tim timo tom",
            "martin marvin merlin",
            "julia julian",
        ),
        *("andrea andreas andre", "simon simone", "gabriel gabriele", "christian christina christine", "leon leonie"),
        *(
            "emil emily emilie",
            "denis denise",
            "dennis denise",
            "louis louise",
            "jean joan jane john",
            "alexander alexandra",
        ),
        *("sander sandra", "ellen helen", "ella elsa elias ellie", "anna hanna", "hannah anna", "michel michelle"),
        *(
            "michael michelle",
            "francis frances",
            "jasmin jason",
            "karin karim",
            "stefan stefanie",
            "stephan stephanie",
        ),
        *("daniel danielle", "marian marion", "oliver olivia", "valentin valentine", "aaron sharon", "jayden hayden"),
        *("rene renee", "robin robert", "nicolas nicole", "nicholas nicole", "marcel marcus", "luca lucas lucy"),
    )
)
"""Names of two people that are one slip or a few letters more from each other, as those of twins often are."""

_WOMEN = ("ina", "ine", "ette", "elle")
"""Endings that make the name of a woman of that of a man: Paul, Pauline."""

_SOUNDS = (
    ("ph", "f"),
    ("th", "t"),
    ("ck", "k"),
    ("c", "k"),
    ("ie", "i"),
    ("y", "i"),
    ("z", "s"),
    ("v", "w"),
    ("ue", "u"),
)

_VOWELS = frozenset("aeiou")

SURE_SLIP_LENGTH, TWO_SLIPS_LENGTH = 5, 7
"""Letters from which another letter (two more for the first one), or two slips, are no other name."""


@lru_cache(maxsize=50_000)
def generation_of(name: str) -> str:
    """Which of several of one name, by a word after it (Sr., Jr., III, sen., d. J.); "" where nothing says so."""
    words = name.split()
    if len(words) > MIN_NAME_WORDS and words[-1] in _GERMAN:
        return _GERMAN[words[-1]]
    if len(words) > MIN_NAME_WORDS + 1 and words[-2] in ("d", "der"):
        return _YOUNGER.get(words[-1], "")
    return next((_GENERATIONS[word] for word in words[1:] if word in _GENERATIONS), "")


def given_of_whole(text: str) -> str:
    """The first names, folded, in a cell that holds the whole name: `Sample, Ann Marie` or `Dr. Ann Marie Sample`."""
    head, comma, tail = text.partition(",")
    after = _bare_words(tail)
    if comma and after:
        return " ".join(after)
    words = _bare_words(head)
    return " ".join(words[:-1])


def _bare_words(text: str) -> list[str]:
    """Without titles before and words for the generation after."""
    words = fold(text).split()
    while words and words[0] in _TITLES:
        words.pop(0)
    while words and words[-1] in _GENERATIONS:
        words.pop()
    return words


def are_other_given(one: str, other: str, name: str, other_name: str) -> bool:
    """Whether the first names are those of two people. `name`, `other_name`: the whole names, in which they may stand
    in another order. Never where one has no first name."""
    return bool(one and other) and not (
        _meets(one, other, other_name) or _meets(other, one, name) or one.replace(" ", "") == other.replace(" ", "")
    )


def _meets(given: str, other_given: str, other_name: str) -> bool:
    """Whether the first of the first names is among those of the other, or anywhere in the other's name as it is."""
    first = given.split(maxsplit=1)[0]
    return first in other_name.split() or any(are_one_given(first, word) for word in other_given.split())


@lru_cache(maxsize=50_000)
def are_one_given(one: str, other: str) -> bool:
    """Whether two first names (one word each, folded) may be the same one."""
    short, long = sorted((one, other), key=len)
    if one != other and (_is_other_gender(short, long) or _share_group(_NEAR_NAMES, one, other)):
        return False
    if long.startswith(short) or _share_group(_SHORT_FORMS, one, other):
        return True
    return _sound(one) == _sound(other) or _is_slip(short, long)


def _share_group(groups: Mapping[str, set[int]], one: str, other: str) -> bool:
    return one in groups and other in groups and not groups[one].isdisjoint(groups[other])


def _is_other_gender(short: str, long: str) -> bool:
    """Paul and Paula, Mario and Maria."""
    if len(short) < 3:
        return False
    if len(short) > 3 and any(long == short + ending for ending in _WOMEN):
        return True
    if long == f"{short}a":
        return short != "ann" and short[-1] not in _VOWELS
    return len(short) == len(long) and short[:-1] == long[:-1] and {short[-1], long[-1]} == {"a", "o"}


@lru_cache(maxsize=50_000)
def _sound(word: str) -> str:
    for spelling, sound in _SOUNDS:
        word = word.replace(spelling, sound)
    return re.sub(r"(.)\1", r"\1", re.sub("(?<=.)h", "", word))


def _is_slip(short: str, long: str) -> bool:
    """A letter lost, added or changed, or two in the other order; in a short name, or at the start, not a letter for
    one of its kind, which makes another name of it (Tom and Tim, Molly and Holly)."""
    from rapidfuzz.distance import OSA

    slips = OSA.distance(short, long)
    if slips != 1:
        return slips == 2 and len(short) >= TWO_SLIPS_LENGTH
    changed = [at for at, letter in enumerate(short) if letter != long[at]]
    is_other_letter = len(short) == len(long) and len(changed) == 1
    if not is_other_letter or len(long) >= SURE_SLIP_LENGTH + 2 * (changed[0] == 0):
        return True
    return (short[changed[0]] in _VOWELS) != (long[changed[0]] in _VOWELS)
