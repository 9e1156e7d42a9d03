"""Runs: their folders, the ledger, the runner, and the steps before it that pages and command line share.

What reads lists (and loads pandas for it) is loaded when it is first asked for: `cancel` must not wait for that.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from importer.run.draft_table import choose_table, table_of
from importer.run.folder import Draft, RunFolder, adopt_source, create_run, iso, open_run
from importer.run.launch import cancel_run, local_user, note_deed, pause_run, set_pace, start_runner
from importer.run.ledger import FIXABLE, FixRound, Ledger, Merge
from importer.run.live import duration, live_facts, speed
from importer.run.lock import RunBusy, RunLock
from importer.run.processes import this_holder
from importer.run.rounds import RoundFolder, RowsNow, read_note, round_folder, rows_now
from importer.run.shown import NotAsShown, ShownList, ShownPlan, ShownRun, plan_changes, refuse_changed_run, shown_run
from importer.run.staged import open_stage
from importer.run.states import (
    Bucket,
    Buckets,
    Deed,
    Event,
    FailedRow,
    Holder,
    ListMember,
    RunCommand,
    RunState,
    RunSummary,
    Sample,
    Snapshot,
    place_of,
)
from importer.run.summaries import keep_warnings, list_runs, load_plan, read_warnings, run_summary
from importer.run.turns import ChangedElsewhere, changing

if TYPE_CHECKING:
    from importer.run.asking import ask_list, list_now
    from importer.run.destination import usable_connection
    from importer.run.doubts import accept_doubts, accepted_doubts, encoding_examples, list_doubts, open_doubts
    from importer.run.feed import ListToSend
    from importer.run.freeze import BUCKET_OF, freeze_plan
    from importer.run.jobs import (
        Groups,
        alike_job,
        changes_job,
        check_job,
        list_version,
        people_job,
        profile_job,
        read_job,
    )
    from importer.run.keeping import change_history, history_version, keep_history
    from importer.run.places import AllowedPlaces, allowed_places
    from importer.run.prepare import (
        check_run,
        choose_key,
        guards_for,
        kept_check,
        kept_profile,
        plan_run,
        prepare_profile,
        prepare_schema,
        prepare_stage,
    )
    from importer.run.preparer import Preparer
    from importer.run.preview import ItemPreview, preview_item
    from importer.run.runner import execute_run
    from importer.run.saved.kind import SavedList
    from importer.run.saved.last_list import Comparison, compare_with_last, key_column, note_imported
    from importer.run.saved.library import (
        DamagedEntry,
        LastList,
        Library,
        NameTaken,
        delete_saved,
        find_saved,
        load_last,
        load_saved,
        read_library,
        rename_saved,
    )
    from importer.run.saved.matching import HeaderMatch, MatchKind, differences
    from importer.run.saved.opening import (
        Candidate,
        Opening,
        decide_opening,
        decline,
        find_candidates,
        open_as,
        open_whole,
        read_opening,
        take_back,
        undecided_between,
    )
    from importer.run.saved.replay import (
        REPLAY_CODE,
        Replay,
        ReplayedStep,
        accept_replay,
        effect_examples,
        good_changes,
        good_changes_of,
        leave_out_replay,
        replay_of,
    )
    from importer.run.saved.saving import kept_texts, meant_for_next, save_for_next
    from importer.run.schemas import (
        TypeQuestion,
        keep_seen,
        known_table,
        name_as_read,
        open_questions,
        read_recipe,
        read_schema,
        save_schema,
        settle_questions,
    )
    from importer.run.sources import called, dialect_as_told, source_name, take_in
    from importer.run.table_warnings import schema_notes
    from importer.run.unchanged import fixed_lists, planned_list
    from importer.run.warning_sources import Asked, list_warnings

__all__ = [
    "BUCKET_OF",
    "FIXABLE",
    "REPLAY_CODE",
    "WORKS",
    "AllowedPlaces",
    "Asked",
    "Bucket",
    "Buckets",
    "Candidate",
    "ChangedElsewhere",
    "Comparison",
    "DamagedEntry",
    "Deed",
    "Draft",
    "Event",
    "FailedRow",
    "FixRound",
    "Groups",
    "HeaderMatch",
    "Holder",
    "ItemPreview",
    "LastList",
    "Ledger",
    "Library",
    "ListMember",
    "ListToSend",
    "MatchKind",
    "Merge",
    "NameTaken",
    "NotAsShown",
    "Opening",
    "Preparer",
    "Replay",
    "ReplayedStep",
    "RoundFolder",
    "RowsNow",
    "RunBusy",
    "RunCommand",
    "RunFolder",
    "RunLock",
    "RunState",
    "RunSummary",
    "Sample",
    "SavedList",
    "ShownList",
    "ShownPlan",
    "ShownRun",
    "Snapshot",
    "TypeQuestion",
    "Work",
    "Works",
    "accept_doubts",
    "accept_replay",
    "accepted_doubts",
    "adopt_source",
    "alike_job",
    "allowed_places",
    "ask_list",
    "called",
    "cancel_run",
    "change_history",
    "changes_job",
    "changing",
    "check_job",
    "check_run",
    "choose_key",
    "choose_table",
    "compare_with_last",
    "create_run",
    "decide_opening",
    "decline",
    "delete_saved",
    "dialect_as_told",
    "differences",
    "duration",
    "effect_examples",
    "encoding_examples",
    "execute_run",
    "find_candidates",
    "find_saved",
    "fixed_lists",
    "freeze_plan",
    "good_changes",
    "good_changes_of",
    "guards_for",
    "history_version",
    "iso",
    "keep_history",
    "keep_seen",
    "keep_warnings",
    "kept_check",
    "kept_profile",
    "kept_texts",
    "key_column",
    "known_table",
    "leave_out_replay",
    "list_doubts",
    "list_now",
    "list_runs",
    "list_version",
    "list_warnings",
    "live_facts",
    "load_last",
    "load_plan",
    "load_saved",
    "local_user",
    "meant_for_next",
    "name_as_read",
    "note_deed",
    "note_imported",
    "open_as",
    "open_doubts",
    "open_questions",
    "open_run",
    "open_stage",
    "open_whole",
    "pause_run",
    "people_job",
    "place_of",
    "plan_changes",
    "plan_run",
    "planned_list",
    "prepare_profile",
    "prepare_schema",
    "prepare_stage",
    "preview_item",
    "profile_job",
    "read_job",
    "read_library",
    "read_note",
    "read_opening",
    "read_recipe",
    "read_schema",
    "read_warnings",
    "refuse_changed_run",
    "rename_saved",
    "replay_of",
    "round_folder",
    "rows_now",
    "run_summary",
    "save_for_next",
    "save_schema",
    "schema_notes",
    "set_pace",
    "settle_questions",
    "shown_run",
    "source_name",
    "speed",
    "start_runner",
    "table_of",
    "take_back",
    "take_in",
    "this_holder",
    "undecided_between",
    "usable_connection",
]

_PREPARE = (
    "check_run",
    "choose_key",
    "guards_for",
    "kept_check",
    "kept_profile",
    "plan_run",
    "prepare_profile",
    "prepare_schema",
    "prepare_stage",
)
_JOBS = ("Groups", "alike_job", "changes_job", "check_job", "list_version", "people_job", "profile_job", "read_job")
_SCHEMAS = (
    "TypeQuestion",
    "keep_seen",
    "known_table",
    "name_as_read",
    "open_questions",
    "read_recipe",
    "read_schema",
    "save_schema",
    "settle_questions",
)
_LIBRARY = (
    "DamagedEntry",
    "Deed",
    "LastList",
    "Library",
    "NameTaken",
    "delete_saved",
    "find_saved",
    "load_last",
    "load_saved",
    "read_library",
    "rename_saved",
)
_OPENING = (
    "Candidate",
    "Opening",
    "decide_opening",
    "decline",
    "find_candidates",
    "open_as",
    "open_whole",
    "read_opening",
    "take_back",
    "undecided_between",
)
_LAST_LIST = ("Comparison", "compare_with_last", "key_column", "note_imported")
_REPLAY = (
    "REPLAY_CODE",
    "Replay",
    "ReplayedStep",
    "accept_replay",
    "good_changes",
    "good_changes_of",
    "leave_out_replay",
    "effect_examples",
    "replay_of",
)
_LOADED_LATER = {
    "ask_list": "asking",
    "list_now": "asking",
    "schema_notes": "table_warnings",
    "Preparer": "preparer",
    **dict.fromkeys(_JOBS, "jobs"),
    **dict.fromkeys(("WORKS", "Work", "Works"), "works"),
    "execute_run": "runner",
    "ItemPreview": "preview",
    "BUCKET_OF": "freeze",
    "freeze_plan": "freeze",
    "SavedList": "saved.kind",
    "change_history": "keeping",
    "history_version": "keeping",
    "keep_history": "keeping",
    "preview_item": "preview",
    "usable_connection": "destination",
    "ListToSend": "feed",
    **dict.fromkeys(("AllowedPlaces", "allowed_places"), "places"),
    **dict.fromkeys(("Asked", "list_warnings"), "warning_sources"),
    **dict.fromkeys(
        ("accept_doubts", "accepted_doubts", "encoding_examples", "list_doubts", "open_doubts"), "doubts"
    ),
    **dict.fromkeys(("fixed_lists", "planned_list"), "unchanged"),
    **dict.fromkeys(_PREPARE, "prepare"),
    **dict.fromkeys(_SCHEMAS, "schemas"),
    **dict.fromkeys(("called", "dialect_as_told", "source_name", "take_in"), "sources"),
    **dict.fromkeys(_LIBRARY, "saved.library"),
    **dict.fromkeys(_OPENING, "saved.opening"),
    **dict.fromkeys(_LAST_LIST, "saved.last_list"),
    **dict.fromkeys(_REPLAY, "saved.replay"),
    **dict.fromkeys(("kept_texts", "meant_for_next", "save_for_next"), "saved.saving"),
    **dict.fromkeys(("HeaderMatch", "MatchKind", "differences"), "saved.matching"),
}


def __getattr__(name: str) -> Any:
    """What is loaded on first use (PEP 562)."""
    if name not in _LOADED_LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LOADED_LATER[name]}"), name)
