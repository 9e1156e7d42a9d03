"""Before the import: what changed in the rows that are held back becomes steps, of those rows alone."""

import csv
import io

import pytest
from unit.fix.fix_kit import (
    KEY,
    checked_run,
    planned_run,
    save_rows,
)

from importer.check import CheckResult
from importer.clean import (
    Decide,
    DecideRows,
    DropColumns,
    History,
    RenameColumn,
    SetCells,
    Trim,
    load_history,
    save_history,
)
from importer.errors import ConfigError, SourceError
from importer.fix import fixed_before, write_rows_to_fix
from importer.run import check_run

LIST = (
    "email,name,phone\n"
    " anna@example.com ,Anna,\n"
    "nobody,Bert,\n"
    "cleo@example.com,=1+1,call me\n"
    "dora at example,00123,\n"
    "emil@example.com,Emil,,more\n"
)
"""Row 2 is held back until it is trimmed; 3 and 5 are no addresses, 4 no phone number, 6 has a cell too many."""


def rows_to_fix(folder, *, for_spreadsheets=True):
    path = write_rows_to_fix(folder, folder.path.parent / "rows.csv", for_spreadsheets=for_spreadsheets)
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"), newline=""), restkey=""))


def fixed(folder, cells, **how):
    rows = [row | cells.get(int(row["_row"]), {}) for row in rows_to_fix(folder, **how)]
    return fixed_before(folder, save_rows(folder, rows))


@pytest.mark.parametrize("for_spreadsheets", [True, False])
def test_what_comes_back_as_it_went_makes_no_step(tmp_path, for_spreadsheets):
    folder = checked_run(tmp_path, LIST)
    path = write_rows_to_fix(folder, tmp_path / "rows.csv", for_spreadsheets=for_spreadsheets)
    found = fixed_before(folder, path)
    assert (found.steps, found.outcome.sentence) == ((), "0 rows changed, 5 unchanged.")


@pytest.mark.parametrize("for_spreadsheets", [True, False])
def test_changed_cells_become_one_step_a_column_and_can_be_undone(tmp_path, for_spreadsheets):
    folder = checked_run(tmp_path, LIST)
    before = CheckResult.open(folder.check).report.ready
    cells = {3: {"email": "bert@example.com"}, 4: {"phone": "+49 30 5550100"}, 5: {"email": "dora@example.com"}}
    found = fixed(folder, cells, for_spreadsheets=for_spreadsheets)
    assert found.steps == (
        SetCells("email", ((3, "bert@example.com"), (5, "dora@example.com"))),
        SetCells("phone", ((4, "+49 30 5550100"),)),
    )
    assert found.outcome.sentence == "3 rows changed, 2 unchanged."
    history = load_history(folder.recipe)
    for step in found.steps:
        history = history.do(step)
    save_history(folder.recipe, history)
    assert check_run(folder, KEY).ready == before + 3
    save_history(folder.recipe, history.undo().undo())
    assert check_run(folder, KEY).ready == before


def test_rows_that_are_ready_or_unknown_are_not_touched(tmp_path):
    folder = checked_run(tmp_path, LIST)
    rows = rows_to_fix(folder)
    save_history(folder.recipe, History((Trim(("email",)),)))
    check_run(folder, KEY)
    rows = [row | {"email": f"new{row['_row']}@example.com"} for row in (*rows, rows[0] | {"_row": "77"})]
    found = fixed_before(folder, save_rows(folder, rows))
    assert found.outcome.sentence == "4 rows changed, 0 unchanged, 1 left alone, 1 row number not known."
    assert [row for row, _ in found.steps[0].cells] == [3, 4, 5, 6]
    assert "Row 2 is ready already; left alone." in found.outcome.notes


def test_the_file_for_spreadsheets_has_the_cells_as_the_steps_leave_them_and_both_guises_count_as_unchanged(tmp_path):
    steps = (Trim(("email",)), RenameColumn("name", "full name"), SetCells("phone", ((4, "still no phone"),)))
    folder = checked_run(tmp_path, LIST, operations=())
    save_history(folder.recipe, History(steps))
    from importer.check import ColumnSpec, Email, Phone, Schema
    from importer.run import save_schema

    columns = (
        ColumnSpec("email", "email", rules=(Email(),)),
        ColumnSpec("full name", "name"),
        ColumnSpec("phone", "phone", rules=(Phone(),)),
    )
    save_schema(folder, Schema(columns, ("email",)))
    check_run(folder, KEY)
    shown = {row["_row"]: row for row in rows_to_fix(folder)}
    assert shown["4"]["phone"] == "still no phone"
    assert shown["4"]["full name"] == "'=1+1"
    for for_spreadsheets in (True, False):
        found = fixed_before(
            folder, write_rows_to_fix(folder, tmp_path / "rows.csv", for_spreadsheets=for_spreadsheets)
        )
        assert (found.steps, found.outcome.changed) == ((), 0)
    renamed = fixed(folder, {3: {"name": "Berta"}}, for_spreadsheets=False)
    assert renamed.steps == (SetCells("full name", ((3, "Berta"),)),)


def test_a_column_that_a_step_dropped_is_told_when_it_changed(tmp_path):
    folder = checked_run(tmp_path, LIST)
    path = write_rows_to_fix(folder, tmp_path / "rows.csv")
    path.write_text(path.read_text().replace("Bert", "Berta").replace("nobody", "bert@example.com"))
    save_history(folder.recipe, History((DropColumns(("name",)),)))
    found = fixed_before(folder, path)
    assert found.steps == (SetCells("email", ((3, "bert@example.com"),)),)
    assert found.outcome.lost_columns == ("name",)
    assert 'A step drops or splits "name"' in found.outcome.notes[0]


def test_a_row_that_came_with_too_many_cells_is_set_and_told_to_be_held_back_still(tmp_path):
    folder = checked_run(tmp_path, LIST)
    found = fixed(folder, {6: {"name": "Emilio"}})
    assert found.steps == (SetCells("name", ((6, "Emilio"),)),)
    assert found.outcome.still_ragged == (6,)
    assert "Row 6 came with too many or too few cells" in found.outcome.notes[-1]


def test_rows_that_somebody_decided_on_are_not_among_the_rows_to_fix(tmp_path):
    folder = checked_run(tmp_path, LIST)
    words = (DecideRows((2,), "reject"), DecideRows((3,), "drop"), Decide("not_a_phone", "phone", "reject"))
    save_history(folder.recipe, History(words))
    report = check_run(folder, KEY)
    assert [row["_row"] for row in rows_to_fix(folder)] == ["5", "6"]
    assert report.undecided == 2


def test_a_planned_list_is_sent_to_its_import_page(tmp_path):
    folder = planned_run(tmp_path, "http://127.0.0.1:1")
    with pytest.raises(ConfigError, match="planned already"):
        fixed_before(folder, folder.source)


def test_a_list_of_another_kind_is_refused(tmp_path):
    folder = checked_run(tmp_path, LIST)
    with pytest.raises(SourceError, match='no column "_row"'):
        fixed_before(folder, folder.source)
