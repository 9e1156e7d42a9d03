"""A list opened as a saved one: decided once, replayed and fitted, taken back and put back whole, compared."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from importer.check import ColumnSpec, Email, Required, Schema
from importer.clean import (
    ChangeCase,
    FillFromAbove,
    History,
    RenameColumn,
    SetCells,
    Trim,
    load_history,
    save_history,
)
from importer.errors import ConfigError
from importer.intake import Dialect
from importer.prove.record import LEADING
from importer.run import (
    RunFolder,
    adopt_source,
    compare_with_last,
    create_run,
    decide_opening,
    decline,
    delete_saved,
    find_candidates,
    find_saved,
    kept_texts,
    key_column,
    load_last,
    note_imported,
    open_as,
    open_whole,
    prepare_stage,
    read_opening,
    read_schema,
    save_for_next,
    save_schema,
    take_back,
)
from importer.run.saved.matching import REJECT_COLUMNS
from importer.settings import Settings

NOW = datetime(2025, 3, 1, 10, 0, 0, tzinfo=UTC)
HEADER = "E-Mail;Name;Phone;Tier"
SCHEMA = Schema(
    (
        ColumnSpec("E-Mail", "email", rules=(Required(), Email())),
        ColumnSpec("Name", "name"),
        ColumnSpec("Phone", "phone"),
        ColumnSpec("Tier", "tier"),
    ),
    ("email",),
)


@pytest.fixture
def settings(tmp_path):
    return Settings(tmp_path / "home")


def month(first: int, last: int, *, phones: int = 100) -> str:
    """Rows of contacts number `first` to `last`; of each 100 so many have a phone."""
    rows = [
        f"p{n}@example.com; Person {n};{f'+1 555 {n:04}' if n % 100 < phones else ''};Gold"
        for n in range(first, last)
    ]
    return "".join(f"{row}\n" for row in rows)


def read(settings: Settings, content: str, name: str = "list.csv") -> RunFolder:
    folder = create_run(settings, source_name=name, who="tester", now=NOW)
    source = settings.home / "given.csv"
    source.write_text(content)
    adopt_source(folder, source)
    prepare_stage(folder, Dialect(delimiter=";"))
    return folder


def october(settings: Settings, *, name: str = "Partner monthly", imported: bool = True) -> RunFolder:
    """The first month, cleaned, saved and (as far as the library knows) imported."""
    folder = read(settings, f"{HEADER}\n{month(0, 200)}", "october.csv")
    steps = (
        Trim(("Name",)),
        ChangeCase("Tier", "lower"),
        SetCells("Name", ((2, "Ann"),)),
        FillFromAbove("Phone", ()),
    )
    save_history(folder.recipe, History(steps))
    save_schema(folder, SCHEMA)
    save_for_next(settings, folder, name, now=NOW)
    if imported:
        note_imported(settings, folder, NOW)
    return folder


def steps(folder: RunFolder) -> list[str]:
    return [step.kind for step in load_history(folder.recipe).done]


def test_the_next_list_opens_with_everything_in_place(settings):
    october(settings)
    folder = read(settings, f"{HEADER}\n{month(0, 3)}x@example.com;X;;Silver\n")
    opening = decide_opening(settings, folder)
    assert opening.sentence() == "Opened as Partner monthly: 3 steps, 2 rules."
    assert load_history(folder.recipe).done == (
        Trim(("Name",)),
        ChangeCase("Tier", "lower"),
        load_history(folder.recipe).done[2],
    )
    filled = load_history(folder.recipe).done[2]
    assert isinstance(filled, FillFromAbove)
    assert filled.runs, "what is filled from above is looked up in this list, not in the last one"
    assert read_schema(folder) == SCHEMA


def test_it_is_decided_once(settings):
    october(settings)
    folder = read(settings, f"{HEADER}\n{month(0, 3)}")
    first = decide_opening(settings, folder)
    save_history(folder.recipe, load_history(folder.recipe).undo())
    assert decide_opening(settings, folder) == first
    assert steps(folder) == ["trim", "change_case"]


def test_control_a_list_of_other_columns_stays_plain(settings):
    october(settings)
    folder = read(settings, "email;city\na@example.com;Berlin\n")
    assert not decide_opening(settings, folder).opened
    assert find_candidates(settings, ("email", "city")) == ()
    assert (folder.opening.exists(), folder.recipe.exists(), folder.schema.exists()) == (False, False, False)


def test_control_a_list_that_somebody_worked_on_is_not_opened_over(settings):
    october(settings)
    folder = read(settings, f"{HEADER}\n{month(0, 3)}")
    save_history(folder.recipe, History((Trim(("Tier",)),)))
    assert not decide_opening(settings, folder).opened
    assert steps(folder) == ["trim"]


def test_columns_in_another_order_open_too(settings):
    october(settings)
    folder = read(settings, "Tier;Phone;Name;E-Mail\nGold;;Ann;a@example.com\n")
    assert decide_opening(settings, folder).opened


def test_of_two_saved_lists_a_person_says_which(settings):
    october(settings)
    october(settings, name="Partner weekly")
    folder = read(settings, f"{HEADER}\n{month(0, 3)}")
    assert not decide_opening(settings, folder).opened
    found = find_candidates(settings, ("E-Mail", "Name", "Phone", "Tier"))
    assert [one.entry.name for one in found] == ["Partner monthly", "Partner weekly"]
    assert open_as(settings, folder, found[1].entry.entry_id).name == "Partner weekly"
    assert decide_opening(settings, folder).name == "Partner weekly"


def test_a_column_of_another_name_is_never_taken_silently(settings):
    october(settings)
    folder = read(settings, f"E-Mails;Name;Phone;Tier\n{month(0, 30)}")
    assert not decide_opening(settings, folder).opened
    (found,) = find_candidates(settings, ("E-Mails", "Name", "Phone", "Tier"))
    assert (found.opens_itself, found.match.renamed) == (False, (("E-Mail", "E-Mails"),))
    opening = open_as(settings, folder, found.entry.entry_id)
    assert opening.renamed == (("E-Mail", "E-Mails"),)
    assert load_history(folder.recipe).done[0] == RenameColumn("E-Mails", "E-Mail")
    assert (read_schema(folder), key_column(folder)) == (SCHEMA, "E-Mails")
    saved = find_saved(settings, "Partner monthly")
    with pytest.raises(ConfigError, match=r'it has "E-Mails": is that the same.*--column "E-Mail=E-Mails"'):
        open_whole(settings, folder, saved)
    assert open_whole(settings, folder, saved, {"E-Mail": "E-Mails"}).renamed == (("E-Mail", "E-Mails"),)


def test_a_column_whose_name_differs_in_capitals_and_signs_alone_is_taken(settings):
    october(settings)
    folder = read(settings, f"e mail;Name;Phone;Tier\n{month(0, 30)}")
    assert decide_opening(settings, folder).renamed == (("E-Mail", "e mail"),)


def test_none_of_those_offered_is_not_asked_again(settings):
    october(settings)
    folder = read(settings, f"E-Mails;Name;Phone;Tier\n{month(0, 3)}")
    decline(folder)
    assert read_opening(folder).declined
    assert not decide_opening(settings, folder).opened


def test_not_this_one_goes_back_to_a_plain_list_and_on_again_with_what_was_done_meanwhile(settings):
    october(settings)
    folder = read(settings, f"{HEADER}\n{month(0, 3)}")
    decide_opening(settings, folder)
    save_history(folder.recipe, load_history(folder.recipe).do(Trim(("Tier",))))
    plain = take_back(folder)
    assert (plain.opened, plain.linked) == (False, ())
    assert (folder.recipe.exists(), folder.schema.exists()) == (False, False)
    assert not decide_opening(settings, folder).opened, "what a person took back is not opened again"
    again = take_back(folder)
    assert again.opened
    assert steps(folder) == ["trim", "change_case", "fill_from_above", "trim"]
    assert read_schema(folder) == SCHEMA


def test_opened_by_hand_over_work_the_work_comes_back(settings):
    october(settings)
    folder = read(settings, f"{HEADER}\n{month(0, 3)}")
    save_history(folder.recipe, History((Trim(("Tier",)),)))
    open_as(settings, folder, find_saved(settings, "Partner monthly").entry_id)
    assert steps(folder)[0] == "trim"
    assert len(steps(folder)) == 3
    take_back(folder)
    assert load_history(folder.recipe).done == (Trim(("Tier",)),)


def test_a_crash_between_the_record_and_the_files_is_made_good_at_the_next_look(settings):
    october(settings)
    folder = read(settings, f"{HEADER}\n{month(0, 3)}")
    whole = decide_opening(settings, folder)
    told = json.loads(folder.opening.read_text())
    told["settled"] = False
    folder.opening.write_text(json.dumps(told))
    folder.recipe.unlink()
    folder.schema.unlink()
    assert decide_opening(settings, folder) == whole
    assert (len(steps(folder)), read_schema(folder)) == (3, SCHEMA)


def test_a_list_that_is_read_otherwise_is_decided_anew(settings):
    october(settings)
    folder = read(settings, f"{HEADER}\n{month(0, 3)}")
    assert decide_opening(settings, folder).opened
    prepare_stage(folder, Dialect(delimiter=","))
    assert not decide_opening(settings, folder).opened
    assert not folder.recipe.exists()
    prepare_stage(folder, Dialect(delimiter=";"))
    assert decide_opening(settings, folder).opened


def test_a_saved_list_that_is_gone_or_damaged_leaves_lists_plain(settings):
    october(settings)
    entry = find_saved(settings, "Partner monthly")
    (settings.library / entry.entry_id / "entry.json").write_text("{")
    folder = read(settings, f"{HEADER}\n{month(0, 3)}")
    assert not decide_opening(settings, folder).opened
    delete_saved(settings, entry.entry_id)
    with pytest.raises(ConfigError, match="not there any more"):
        open_as(settings, folder, entry.entry_id)


def test_corrections_of_single_cells_stay_behind_and_are_told(settings):
    folder = read(settings, f"{HEADER}\n;No key;;Gold\n{month(0, 3)}")
    save_schema(folder, SCHEMA)
    save_history(folder.recipe, History((SetCells("Name", ((2, "Nobody"), (3, "Ann"))),)))
    entry, made = save_for_next(settings, folder, "Partner monthly", now=NOW)
    assert entry.recipe.operations == ()
    assert (made.cells, entry.key_column, entry.dialect["delimiter"]) == (2, "E-Mail", ";")
    assert kept_texts(made, entry.schema).startswith("No cell of this list is kept")
    assert load_last(settings, entry.entry_id) is None, "it is not imported yet"


def told(settings: Settings, folder: RunFolder) -> list[str]:
    found = compare_with_last(settings, folder)
    assert found is not None
    return [warning.message for warning in found.warnings]


def test_what_is_unusual_is_told_with_both_numbers(settings):
    october(settings)
    rows = month(150, 450, phones=41).replace("Gold\n", "Gold;x\n")
    folder = read(settings, f"{HEADER};Note\n{rows}")
    decide_opening(settings, folder)
    assert told(settings, folder) == [
        'Column "Note" is new. It is not imported unless you choose so under Match columns.',
        'Column "Phone" now has blanks: 59 % of the rows, 0 % in the last list.',
    ]


def test_no_known_key_and_three_times_the_rows_are_told(settings):
    october(settings)
    folder = read(settings, f"{HEADER}\n{month(1000, 1700)}")
    decide_opening(settings, folder)
    assert told(settings, folder) == [
        "The list has 700 rows; the last one had 200.",
        "None of the keys was in the last list. Is it the right list?",
    ]


def test_a_renamed_column_is_compared_under_its_new_name(settings):
    october(settings)
    folder = read(settings, f"E-Mail;Name;phones;Tier\n{month(100, 300, phones=50)}")
    open_as(settings, folder, find_saved(settings, "Partner monthly").entry_id)
    assert told(settings, folder) == ['Column "phones" now has blanks: 50 % of the rows, 0 % in the last list.']


def test_the_share_of_known_keys_is_compared_with_the_time_before(settings):
    october(settings)
    second = read(settings, f"{HEADER}\n{month(20, 220)}")
    decide_opening(settings, second)
    assert told(settings, second) == []
    note_imported(settings, second, NOW)
    third = read(settings, f"{HEADER}\n{month(200, 400)}")
    decide_opening(settings, third)
    assert told(settings, third) == [
        "10 % of the keys were in the last list; the time before 90 %. Is it the right list?"
    ]


def test_a_plain_list_and_a_first_one_are_compared_with_nothing(settings):
    october(settings, imported=False)
    folder = read(settings, f"{HEADER}\n{month(1000, 1700)}")
    assert compare_with_last(settings, folder) is None
    decide_opening(settings, folder)
    found = compare_with_last(settings, folder)
    assert found is not None
    assert (found.last_at, found.warnings) == ("", ())


def test_a_comparison_is_kept_and_made_again_when_the_last_list_changes(settings):
    october(settings)
    folder = read(settings, f"{HEADER}\n{month(1000, 1700)}")
    decide_opening(settings, folder)
    assert len(told(settings, folder)) == 2
    made = folder.comparison.stat().st_mtime_ns
    assert len(told(settings, folder)) == 2
    assert folder.comparison.stat().st_mtime_ns == made
    other = read(settings, f"{HEADER}\n{month(1000, 1700)}")
    decide_opening(settings, other)
    note_imported(settings, other, NOW)
    assert told(settings, folder) == [
        "100 % of the keys were in the last list; the time before 0 %. Is it the right list?"
    ]


def test_a_file_of_rejected_rows_opens_with_the_steps_and_is_no_months_list(settings):
    october(settings)
    assert REJECT_COLUMNS == LEADING
    rows = "".join(f"{n};;code;why;{line}\n" for n, line in enumerate(month(0, 20).splitlines(), 2))
    folder = read(settings, f"_row;_column;_code;_reason;{HEADER}\n{rows}")
    opening = open_as(settings, folder, find_saved(settings, "Partner monthly").entry_id)
    assert (opening.steps, opening.linked) == (3, ())
    note_imported(settings, folder, NOW)
    assert load_last(settings, opening.entry_id).profile.rows == 200


def test_a_run_whose_saved_list_is_gone_ends_all_the_same(settings, caplog):
    folder = october(settings)
    delete_saved(settings, find_saved(settings, "Partner monthly").entry_id)
    note_imported(settings, folder, NOW)
    assert "was not brought up to date" in caplog.text
    assert not list(Path(settings.library).glob("*/last.json"))
