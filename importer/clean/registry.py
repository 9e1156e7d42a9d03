"""The kinds of operation there are, by the word that stands in the JSON."""

from __future__ import annotations

from importer.clean.above import FillFromAbove
from importer.clean.blanking import ClearNoDates, ClearWords
from importer.clean.cells import FillBlanks, SetCells, SetColumn
from importer.clean.dates import EpochSeconds, ParseDates
from importer.clean.decimals import PadZeros, ParseNumbers
from importer.clean.decisions import Decide, DecideRows
from importer.clean.emails import NormaliseEmails
from importer.clean.failing import SetFailing
from importer.clean.fields import Fields
from importer.clean.filling import FillFromColumn
from importer.clean.invisible import RemoveInvisible
from importer.clean.join import JoinColumns
from importer.clean.keyed import SetCellsByKey
from importer.clean.letters import ChangeCase
from importer.clean.lists import ParseList
from importer.clean.mapping import MapValues
from importer.clean.mojibake import RepairMojibake
from importer.clean.naming import AddColumn, DropColumns, RenameColumn
from importer.clean.operation import Operation
from importer.clean.phones import FormatPhones
from importer.clean.replace import Replace
from importer.clean.rows import DropRows, KeepRows
from importer.clean.spaces import OneWriting, Trim
from importer.clean.split import SplitColumn
from importer.clean.yes_no import ParseYesNo
from importer.errors import ConfigError

_IN_CELLS = (Trim, RemoveInvisible, RepairMojibake, OneWriting, ChangeCase, Replace, MapValues)
_ONE_FORM = (ParseDates, EpochSeconds, ParseNumbers, PadZeros, ParseYesNo, ParseList, FormatPhones, NormaliseEmails)
_WHOLE_CELLS = (
    SetCells,
    SetCellsByKey,
    SetFailing,
    SetColumn,
    FillBlanks,
    FillFromColumn,
    FillFromAbove,
    ClearWords,
    ClearNoDates,
)
_COLUMNS_AND_ROWS = (SplitColumn, JoinColumns, RenameColumn, DropColumns, AddColumn, DropRows, KeepRows)

OPERATIONS: dict[str, type[Operation]] = {
    cls.kind: cls for cls in (*_IN_CELLS, *_ONE_FORM, *_WHOLE_CELLS, *_COLUMNS_AND_ROWS, Decide, DecideRows)
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
