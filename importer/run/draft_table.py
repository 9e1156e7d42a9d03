"""Which table a list goes to: its own choice as a draft, its plan's target once it is planned.

A draft takes the home's default the first time it is looked at; from then on only a person's word on this very list
moves it, so that nobody's click on the Settings page sends another person's list elsewhere.
"""

from __future__ import annotations

import json

from importer.errors import ConfigError
from importer.files import to_json, write_private
from importer.plain_types import UNREADABLE
from importer.run.folder import RunFolder
from importer.run.summaries import load_plan
from importer.run.turns import ChangedElsewhere, changing, refuse_frozen
from importer.settings import Settings
from importer.table import TableChoice, at_engine, load_default


def table_of(settings: Settings, folder: RunFolder) -> TableChoice:
    """What the list goes to, with the address that the embedded engine has now.

    Raises ConfigError when the plan or the home's default is damaged; a draft's own choice that is, is made anew.
    """
    if folder.frozen:
        target = load_plan(folder).target
        return at_engine(settings, TableChoice(target.connection, target.table))
    with changing(folder):
        kept = chosen_table(folder)
        if kept is None:
            kept = load_default(settings)
            _keep(folder, kept)
    return at_engine(settings, kept)


def chosen_table(folder: RunFolder) -> TableChoice | None:
    """What was chosen for the draft; None where nothing was, or it cannot be read."""
    try:
        return TableChoice.from_dict(json.loads(folder.table.read_text("utf-8")))
    except (*UNREADABLE, ConfigError):
        return None


def choose_table(folder: RunFolder, choice: TableChoice, *, seen: TableChoice | None = None) -> None:
    """Send the list there. `seen`: where it went when the person chose.

    Raises ConfigError when the plan is frozen, ChangedElsewhere when somebody else moved the list by then.
    """
    with changing(folder):
        refuse_frozen(folder)
        now = chosen_table(folder)
        if seen is not None and now is not None and not now.same_place(seen):
            raise ChangedElsewhere(
                f"Another person sent this list to {now.sentence()} meanwhile, so nothing was done. Choose again."
            )
        _keep(folder, choice)


def _keep(folder: RunFolder, choice: TableChoice) -> None:
    write_private(folder.table, to_json(choice.to_dict()))
