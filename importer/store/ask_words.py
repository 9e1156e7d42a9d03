"""Why a question in SQL has no answer, in words: what is wrong in it, and what there is instead. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from importer.errors import ConfigError

MOST_NAMED = 30
"""Columns named in one sentence."""

MOST_CHARACTERS = 200
"""Of what the engine says; it quotes the question."""

ONLY_QUESTIONS = (
    "Only questions are answered, and nothing is changed: begin with select, from, with, describe or summarize."
)

_PLAIN = {
    "several": "Ask one question at a time: there is more than one statement.",
    "empty": "There is no question yet. Write one, for example: select count(*) from list",
    "no question": ONLY_QUESTIONS,
    "show": "Ask for one table: describe list, describe failures or describe profile.",
    "OutOfMemoryException": "The question takes more memory than a question may. Ask for less: with a condition "
    "(where), fewer rows joined, or shorter texts.",
    "ConversionException": "A cell is not what it is taken for. All cells of the list are text: write "
    "try_cast(… as …), which leaves empty what cannot be read.",
    "OutOfRangeException": "A number or a text becomes too large. Bound it.",
    "InvalidInputException": "A function was given what it cannot take. Look at its arguments, and at patterns.",
    "PermissionException": "A question reads the list and nothing else: no file, no network, no setting.",
    "IOException": "What was kept of the list is damaged, or the disk is full. Read the list again.",
}

_OWN_SQL = ("ParserException", "BinderException", "CatalogException", "syntax")
"""What they say quotes the question and names of columns, never a cell."""


class QueryRefused(ConfigError):
    """A question in SQL cannot be answered; the message says why, and quotes the question at most."""


def refusal_words(kind: str, detail: str, tables: Mapping[str, tuple[str, ...]]) -> str:
    """Sentences for a screen. `kind` and `detail` as the process said them; `tables`: those that the question names,
    with their columns."""
    if kind == "table":
        return f"There is no table {_short(detail)}. Ask for list, failures or profile."
    if kind == "function":
        return f"The function {_short(detail)} is not there to be asked: it reads more than the list, or changes it."
    if kind in _OWN_SQL:
        return _of_question(detail, tables)
    return _PLAIN.get(kind, "The question cannot be answered. Ask it in another way.")


def _of_question(detail: str, tables: Mapping[str, tuple[str, ...]]) -> str:
    lines = [line.strip() for line in detail.splitlines() if line.strip()]
    first = lines[0] if lines else "the question cannot be read"
    near = next((line for line in lines if line.startswith("Did you mean")), "")
    said = re.sub(r"^syntax error at or near", "The SQL cannot be read at", first)
    said = re.sub(r"^Referenced column (.*) not found in FROM clause!?$", r"There is no column \1", said)
    said = re.sub(
        r"^(?:Scalar |Aggregate |Table )?Function with name (\S+) does not exist!?$", r"There is no function \1", said
    )
    sentences = [_short(said).rstrip(".!") + ".", _short(near)]
    sentences += [_columns(name, columns) for name, columns in tables.items() if "column" in first.lower()]
    return " ".join(sentence for sentence in sentences if sentence)


def _columns(table: str, columns: tuple[str, ...]) -> str:
    named = ", ".join(_short(name, 60) for name in columns[:MOST_NAMED])
    more = f" and {len(columns) - MOST_NAMED:,} more" if len(columns) > MOST_NAMED else ""
    return f"{table} has {named}{more}."


def _short(text: str, most: int = MOST_CHARACTERS) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= most else flat[: most - 1] + "…"
