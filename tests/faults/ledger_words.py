"""What docs/guide/faults.md says the ledger holds, phrase by phrase, as a check of a run that has come to its end.

Each check gets the scene, its line of the fault table, and the snapshot where the run ended, paused or stopped.
"""

from __future__ import annotations

from collections.abc import Callable

from fault_table import ROWS, Fault
from scene_kit import Scene, item

from importer.run import Bucket, RunState, Snapshot

Check = Callable[[Scene, Fault, Snapshot], bool]


def all_written(played: Scene, fault: Fault, stood: Snapshot) -> bool:
    return stood.buckets.written == ROWS - len(fault.failed) - len(fault.existing)


def written_once(played: Scene, fault: Fault, stood: Snapshot) -> bool:
    return all_written(played, fault, stood) and not fault.repeats


def perhaps_stored_twice(played: Scene, fault: Fault, stood: Snapshot) -> bool:
    return all_written(played, fault, stood) and fault.repeats


def came_back_is_in_the_samples(played: Scene, fault: Fault, stood: Snapshot) -> bool:
    return sum(sample.unprocessed for sample in played.samples()) == played.service.met["unprocessed"]


def pending_meanwhile(played: Scene, fault: Fault, stood: Snapshot) -> bool:
    return any(now.pacing == fault.says and now.buckets.pending > 0 for now in played.seen)


def limit_is_in_the_samples(played: Scene, fault: Fault, stood: Snapshot) -> bool:
    return any(sample.limit_wcu for sample in played.samples())


def latency_is_in_the_samples(played: Scene, fault: Fault, stood: Snapshot) -> bool:
    slow_ms = fault.faults["slow_s"] * 1000
    return any(sample.p95_ms is not None and sample.p95_ms > slow_ms for sample in played.samples())


def reason_is_an_event(played: Scene, fault: Fault, stood: Snapshot) -> bool:
    return any(fault.says in text for text in played.events())


def no_key_is_told(played: Scene, fault: Fault, stood: Snapshot) -> bool:
    return not any("example.com" in text for text in [*played.events(), *played.said_of_rows().values()])


def no_item_is_told(played: Scene, fault: Fault, stood: Snapshot) -> bool:
    name = item(0)["name"]["S"].split()[0]
    told = [*played.events(), *played.said_of_rows().values()]
    return no_key_is_told(played, fault, stood) and not any(name in text for text in told)


def failed_with_code_and_words(played: Scene, fault: Fault, stood: Snapshot) -> bool:
    failed, words = played.rows_in(Bucket.FAILED), played.said_of_rows()
    return [row for row, _ in failed] == list(fault.failed) and all(words[code] for _, code in failed)


def skipped_as_there(played: Scene, fault: Fault, stood: Snapshot) -> bool:
    return played.rows_in(Bucket.SKIPPED) == [(row, "already_in_table") for row in fault.existing]


def told_apart(played: Scene, fault: Fault, stood: Snapshot) -> bool:
    return all_written(played, fault, stood) and skipped_as_there(played, fault, stood)


def only_bad_failed(played: Scene, fault: Fault, stood: Snapshot) -> bool:
    return all_written(played, fault, stood) and failed_with_code_and_words(played, fault, stood)


def can_be_resumed(played: Scene, fault: Fault, stood: Snapshot) -> bool:
    return stood.state in (RunState.PAUSED, RunState.FAILED) and fault.ends is stood.state


HOLDS: dict[str, Check] = {
    "each row written once": written_once,
    "each row written once, though the table may have taken it twice": perhaps_stored_twice,
    "how many came back, in the samples": came_back_is_in_the_samples,
    "rows pending until they land": pending_meanwhile,
    "the limit in force, in the samples": limit_is_in_the_samples,
    "latencies in the samples": latency_is_in_the_samples,
    "the reason, as an event": reason_is_an_event,
    "never the key": no_key_is_told,
    "the bad row failed, with a code and our words for it": failed_with_code_and_words,
    "never the item": no_item_is_told,
    "skipped, code `already_in_table`": skipped_as_there,
    "written and skipped told apart": told_apart,
    "nothing failed": lambda played, fault, stood: stood.buckets.failed == 0,
    "the rest pending": lambda played, fault, stood: 0 < stood.buckets.pending == ROWS - stood.buckets.written,
    "failed as a run": lambda played, fault, stood: stood.state is RunState.FAILED,
    "resumes": can_be_resumed,
    "resumes when the table is back": can_be_resumed,
    "exactly the bad rows failed, all others written": only_bad_failed,
}
"""Phrase of the guide → whether it holds. That a run which resumes comes to its end is seen by resuming it."""


def untrue(holds: str, played: Scene, fault: Fault, stood: Snapshot) -> list[str]:
    """The phrases of one cell of the guide that do not hold."""
    return [phrase for phrase in holds.split("; ") if not HOLDS[phrase](played, fault, stood)]
