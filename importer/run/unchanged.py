"""Resume only what was planned: everything that decides what is written is looked at again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

from importer.check import CheckResult
from importer.clean import load_history
from importer.errors import ConfigError
from importer.intake import Stage
from importer.plan import Plan, differences
from importer.run.feed import ListToSend
from importer.run.folder import RunFolder, source_sha256
from importer.run.ledger import Ledger
from importer.run.prepare import read_dialect
from importer.run.rounds import round_folder
from importer.run.schemas import read_recipe, read_schema
from importer.run.staged import open_stage
from importer.run.summaries import load_plan


def planned_list(folder: RunFolder, ledger: Ledger) -> tuple[Plan, ListToSend]:
    """The frozen plan and the list as it is to be sent; ConfigError naming what changed since the plan was made."""
    with planned_list_at_once(folder, ledger) as (plan, listed, confirm_source):
        confirm_source()
        return plan, listed


@contextmanager
def planned_list_at_once(folder: RunFolder, ledger: Ledger) -> Iterator[tuple[Plan, ListToSend, Callable[[], None]]]:
    """As `planned_list`, while the source is still being hashed (1 s for a GB): slices may be prepared meanwhile, but
    the third has to be called before anything is sent. It raises ConfigError when the source changed."""
    hashing = ThreadPoolExecutor(1, thread_name_prefix="hash-source")
    try:
        source = hashing.submit(source_sha256, folder)
        plan = load_plan(folder)
        if plan.fingerprint() != ledger.plan_hash():
            raise refused(folder, ("the plan's file changed",))
        listed = ListToSend(
            open_stage(folder), read_recipe(folder), read_schema(folder), CheckResult.open(folder.check)
        )
        read_as_planned = listed.stage.report.source_sha256 == plan.source_sha256

        def confirm_source() -> None:
            changed = list(changed_since(folder, plan, listed, source.result()))
            if not read_as_planned:
                changed.append("the list as it was read changed")
            if changed:
                raise refused(folder, tuple(changed))

        if not read_as_planned or changed_since(folder, plan, listed, plan.source_sha256):
            confirm_source()
        yield plan, listed, confirm_source
    finally:  # who is cancelled does not wait for it
        hashing.shutdown(wait=False)


def changed_since(folder: RunFolder, plan: Plan, listed: ListToSend, sha256: str) -> tuple[str, ...]:
    """What is not as it was planned, in plain words. `sha256`: of the source, hex."""
    now = replace(
        plan,
        source_sha256=sha256,
        dialect=read_dialect(folder),
        recipe_fingerprint=listed.recipe.fingerprint(),
        schema_fingerprint=listed.schema.fingerprint(),
        check_fingerprint=listed.checked.report.fingerprint,
    )
    return differences(plan, now)


def fixed_lists(folder: RunFolder, ledger: Ledger, listed: ListToSend) -> tuple[ListToSend, ...]:
    """The rounds of fixed rows as they are to be sent after `listed`; ConfigError naming one that changed."""
    lists = []
    for one in ledger.rounds():
        files = round_folder(folder, one.number)
        if not files.path.is_dir() or files.fingerprint() != one.fingerprint:
            raise refused(folder, (f"round {one.number} of fixed rows changed",))
        stage, checked = Stage.open(files.stage), CheckResult.open(files.check)
        recipe = load_history(files.recipe).recipe
        lists.append(ListToSend(stage, recipe, listed.schema, checked, one.first_slice))
    return tuple(lists)


def refused(folder: RunFolder, changed: tuple[str, ...]) -> ConfigError:
    """The refusal, naming all that changed."""
    return ConfigError(
        f"Resume refused: {', '.join(changed)} since run {folder.run_id} was planned. "
        "Put it back as it was, or make a new run of the list."
    )
