"""`rejects` and `fix`: rows that were not written go out with their reasons, and come back fixed."""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

from importer.cli.importing import execute_and_prove, exit_code
from importer.cli.screen import Bar, answer, tell
from importer.cli.usage import require_file
from importer.errors import ConfigError
from importer.fix import FixOutcome, merge_fixed, write_rows_to_fix
from importer.prove import totals, write_proof, write_reject_file, write_spreadsheet_rejects
from importer.run import RunFolder, local_user, note_deed, open_run, run_summary
from importer.settings import Settings


def rejects_command(options: argparse.Namespace, settings: Settings) -> int:
    """The rows to fix of a run: of a list that is not imported yet, those that the check holds back."""
    folder = open_run(settings, options.run_id)
    made = _written(folder, for_spreadsheets=options.for_spreadsheets)
    note_deed(folder, "", "took the rejected rows along")
    if options.out is None:
        with made.open("rb") as file:
            shutil.copyfileobj(file, sys.stdout.buffer)
        sys.stdout.flush()
        return 0
    try:
        shutil.copyfile(made, options.out)
        options.out.chmod(0o600)
    except OSError as error:
        raise ConfigError(f"{options.out} cannot be written ({error.strerror}). Choose another place.") from error
    told = f"The rows to fix are in {options.out}. Send them back with: python -m importer fix {folder.run_id} FILE"
    answer(options.json, {"out": str(options.out)}, [told])
    return 0


def fix_command(options: argparse.Namespace, settings: Settings) -> int:
    """Merge a fixed reject file into its run and send the rows that pass, in this process."""
    require_file(options.file)
    folder = open_run(settings, options.run_id)
    with Bar("Merging") as bar:
        outcome = merge_fixed(folder, options.file, name=options.file.name, who=local_user(), on_progress=bar.step)
    _tell(outcome)
    if outcome.passed:
        return execute_and_prove(folder, settings, as_json=options.json, more={"fix": outcome.to_dict()})
    write_proof(folder)
    summary, sums = run_summary(folder), totals(folder)
    answer(options.json, {**summary.to_dict(), "fix": outcome.to_dict(), "sentence": sums.sentence}, [sums.sentence])
    return exit_code(summary.state, sums.buckets.not_written, adds_up=sums.adds_up)


def _written(folder: RunFolder, *, for_spreadsheets: bool) -> Path:
    """The file in the run's own folder."""
    if folder.frozen:
        return write_spreadsheet_rejects(folder) if for_spreadsheets else write_reject_file(folder)
    place = folder.spreadsheet_rejects if for_spreadsheets else folder.rejects
    return write_rows_to_fix(folder, place, for_spreadsheets=for_spreadsheets)


def _tell(outcome: FixOutcome) -> None:
    """What came of the file, on stderr."""
    for line in (outcome.sentence, outcome.result, *outcome.notes):
        if line:
            tell(line)
