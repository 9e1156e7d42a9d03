"""From where a list lies to the run's own copy of it: a file, several files, an object of S3, standard input."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

from importer.errors import SourceError
from importer.intake import (
    ALL,
    STDIN,
    Dialect,
    SourceSpec,
    bundle_files,
    choose_objects,
    fetch_s3,
    find_dialect,
    list_s3,
    s3_parts,
)
from importer.run.folder import Draft, RunFolder, adopt_source
from importer.run.places import AllowedPlaces

OnProgress = Callable[[int, int], None]

STDIN_NAME = "standard input"


def source_name(places: Sequence[str]) -> str:
    """What a list from these places is called: the file's name, or the first and how many more."""
    names = [STDIN_NAME if place == STDIN else Path(place).name or place for place in places]
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"


def take_in(
    folder: RunFolder,
    spec: SourceSpec,
    *,
    stdin: BinaryIO | None = None,
    on_progress: OnProgress | None = None,
    linked: bool = False,
    s3_client: Any = None,
    allowed: AllowedPlaces | None = None,
) -> Draft:
    """Put what lies at the places of `spec` into the run, byte for byte; several files become one archive.

    `linked`: a file on this machine is not copied; only for a run that ends at once. The draft, with what `spec` says
    of the reading. `allowed`: what may be taken in, where the places were typed on a page. Raises SourceError (no
    such file, a folder, not allowed) and what fetching raises.
    """
    with ExitStack() as until_taken:
        coming = folder.path / "arriving"
        coming.mkdir(mode=0o700)
        until_taken.callback(shutil.rmtree, coming, ignore_errors=True)
        arrival = _Arrival(coming, stdin, on_progress, s3_client, allowed)
        files = [file for place in spec.places for file in arrival.files_at(place, spec.member)]
        if len(files) > 1:
            made = coming / "several"
            bundle_files(_named_apart(files), made)
            draft = adopt_source(folder, made, move=True)
        elif linked and files[0][1].parent != coming:
            folder.source.symlink_to(files[0][1].resolve())
            draft = folder.draft()
        else:
            draft = adopt_source(folder, files[0][1], move=files[0][1].parent == coming)
    if spec.member != ALL and any(place.endswith("/") for place in spec.places):
        spec = replace(spec, member="")  # it named an object, and that is what was fetched
    draft = replace(draft, reading=spec.to_dict())
    folder.save_draft(draft)
    return draft


def dialect_as_told(folder: RunFolder, spec: SourceSpec | None = None) -> Dialect:
    """How the run's source is to be read, as it is found and as `spec` (default: the draft) says.

    Raises SourceError and MemberNotChosen, which name the list as the person does.
    """
    draft = folder.draft()
    try:
        return find_dialect(folder.source, spec or SourceSpec.from_dict(draft.reading))
    except SourceError as error:
        raise called(error, draft.source_name) from None


def called(error: SourceError, name: str) -> SourceError:
    """The error with the list's own name: on disk every list is called "source"."""
    error.args = (str(error).replace('"source"', f'"{name}"'),)
    return error


@dataclass(frozen=True)
class _Arrival:
    """Brings files here; what comes from elsewhere is put into `coming`."""

    coming: Path
    stdin: BinaryIO | None
    on_progress: OnProgress | None
    s3_client: Any
    allowed: AllowedPlaces | None

    def files_at(self, place: str, member: str) -> list[tuple[str, Path]]:
        """Name and path of each file at the place."""
        if place == STDIN:
            return [(STDIN_NAME, self._spooled())]
        if self.allowed is not None:
            self.allowed.require(place)
        if not place.startswith("s3:"):
            return [(place, self._file(place))]
        if s3_parts(place) is None or not place.endswith("/"):
            return [(place, self._fetched(place))]
        objects = choose_objects(list_s3(place, client=self.s3_client), place, member)
        return [(address, self._fetched(address)) for address in objects]

    def _file(self, place: str) -> Path:
        if self.allowed is None:
            _require_file(Path(place))
            return Path(place)
        target = self.coming / f"taken-{sum(1 for _ in self.coming.iterdir())}"
        self.allowed.copy_file(place, target)
        return target

    def _spooled(self) -> Path:
        if self.stdin is None:
            raise SourceError("There is no standard input to read from. Name a file.")
        target = self.coming / "stdin"
        with target.open("xb") as out:
            shutil.copyfileobj(self.stdin, out, 1024 * 1024)
        return target

    def _fetched(self, address: str) -> Path:
        target = self.coming / f"fetched-{sum(1 for _ in self.coming.iterdir())}"
        return fetch_s3(address, target, client=self.s3_client, on_progress=self.on_progress)


def _require_file(path: Path) -> None:
    try:
        is_folder, is_file = path.is_dir(), path.is_file()
    except (OSError, ValueError):  # longer than a path can be, or with a sign that cannot stand in one
        raise SourceError(f"There is no file {path.name[:80]}. Check its place.") from None
    if is_folder:
        raise SourceError(f"{path.name} is a folder. Name a file in it.")
    if not is_file:
        raise SourceError(f"There is no file {path.name[:80]}. Check its place.")


def _named_apart(files: Sequence[tuple[str, Path]]) -> list[tuple[str, Path]]:
    """The files under their names; under their whole places where two have the same name, numbered where they are
    named twice."""
    names = [Path(place).name for place, _ in files]
    if len(set(names)) < len(names):
        names = [place.removeprefix("s3://").strip("/").replace("../", "") for place, _ in files]
    if len(set(names)) < len(names):
        names = [f"{at} {Path(name).name}" for at, name in enumerate(names, 1)]
    return [(name, path) for name, (_, path) in zip(names, files, strict=True)]
