"""The kinds of operation there are, by the word that stands in the JSON."""

from __future__ import annotations

from importer.clean.cells import FillBlanks, SetCells, SetColumn
from importer.clean.decisions import Decide, DecideRows
from importer.clean.fields import Fields
from importer.clean.letters import ChangeCase
from importer.clean.operation import Operation
from importer.clean.replace import Replace
from importer.clean.rows import DropRows
from importer.clean.spaces import Trim
from importer.errors import ConfigError

OPERATIONS: dict[str, type[Operation]] = {
    cls.kind: cls
    for cls in (Trim, ChangeCase, Replace, SetCells, SetColumn, FillBlanks, DropRows, Decide, DecideRows)
}


def operation_from_dict(data: object, *, number: int | None = None) -> Operation:
    """The operation that `to_dict` wrote.

    Raises ConfigError: `Operation 3 (replace): Field "find" is missing. …`; `number` counts from 1.
    """
    name = "The operation" if number is None else f"Operation {number}"
    try:
        given = Fields(data)
        kind = given.text("kind")
    except ConfigError as error:
        raise ConfigError(f"{name}: {error}") from None
    cls = OPERATIONS.get(kind)
    if cls is None:
        raise ConfigError(f'{name}: there is no kind "{kind[:40]}". Known kinds: {", ".join(OPERATIONS)}.')
    try:
        operation = cls.read(given)
        given.finish()
    except ConfigError as error:
        raise ConfigError(f"{name} ({kind}): {error}") from None
    return operation
