"""What a page may take in by an address that somebody typed: files of this machine, objects of S3.

On the command line a person reads with rights of their own; on a page everybody reads with the app's. So there the
folders are named, and what belongs to the app and to the system is closed whatever is named.
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from importer.errors import SourceError
from importer.intake import s3_parts
from importer.settings import Settings

MAX_PATH_BYTES = 4096
"""PATH_MAX of Linux; no path that is longer can be opened."""

SYSTEM_PLACES = ("/proc", "/sys", "/dev", "/etc", "/run/secrets", "/run/credentials", "/var/run/secrets")
"""The system's own files, and where containers and services are handed their secrets. No list lies there."""

SETTINGS_VARIABLES = ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_WEB_IDENTITY_TOKEN_FILE")
"""Files that botocore reads keys from, wherever they lie."""

_CODE = Path(__file__).resolve().parents[2]
_COPY_BYTES = 1024 * 1024
_LIKE = "Give the whole path, like /data/contacts.csv, or an S3 address, like s3://bucket/contacts.csv."
_CLOSED = (
    "That place is closed: lists are never taken from the app's own data and settings, from hidden folders of its "
    "account, or from the system's files. Upload the list instead."
)


@dataclass(frozen=True)
class AllowedPlaces:
    """`folders` and `objects` (S3 addresses, or their beginnings): None where any will do. `closed` wins over both:
    files, and folders with all that is in them. All paths are absolute, with links followed."""

    folders: tuple[Path, ...] | None
    objects: tuple[str, ...] | None
    closed: tuple[Path, ...] = ()
    account_home: Path | None = None

    @property
    def nothing(self) -> bool:
        """Whether no address at all is taken."""
        return self.folders == () and self.objects == ()

    @property
    def named(self) -> tuple[str, ...]:
        """The places that were named, for a person to read."""
        return (*map(str, self.folders or ()), *(self.objects or ()))

    def require(self, place: str) -> None:
        """Raise SourceError unless what lies at `place` may be taken in; nothing is opened."""
        if place.startswith("s3:"):
            self._require_object(place)
        else:
            self._require_file(place)

    def copy_file(self, place: str, target: Path) -> None:
        """The file at `place`, byte for byte. What was opened is looked at, not what was named: between the two a
        link may have been turned. Raises SourceError."""
        real = self._require_file(place)
        try:
            descriptor = os.open(real, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            raise SourceError(
                f"The file cannot be read ({error.strerror}). Check its rights, or upload it."
            ) from None
        with os.fdopen(descriptor, "rb") as given:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise _no_file(place)
            self._refuse_outside(_path_of(descriptor))
            with target.open("xb") as kept:
                shutil.copyfileobj(given, kept, _COPY_BYTES)

    def _require_file(self, place: str) -> Path:
        """The file itself, after all links."""
        real = _real_path(place)
        self._refuse_outside(real)
        try:
            mode = real.stat().st_mode
        except OSError as error:
            if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG, errno.ELOOP):
                raise _no_file(place) from None
            raise SourceError(
                f"The file cannot be read ({error.strerror}). Check its rights, or upload it."
            ) from None
        if not stat.S_ISREG(mode):
            raise _no_file(place)
        return real

    def _refuse_outside(self, real: Path) -> None:
        if self.folders is not None and not any(real.is_relative_to(folder) for folder in self.folders):
            raise SourceError(self._only("files of the server", map(str, self.folders)))
        if any(real.is_relative_to(place) for place in self.closed) or self._is_hidden(real):
            raise SourceError(_CLOSED)

    def _is_hidden(self, real: Path) -> bool:
        """Keys and settings of an account lie in `.aws`, `.ssh`, `.netrc` and the like."""
        homes = [home for home in (self.account_home, _CODE) if home is not None and real.is_relative_to(home)]
        return any(part.startswith(".") for home in homes for part in real.relative_to(home).parts[:1])

    def _require_object(self, place: str) -> None:
        if s3_parts(place) is None:
            raise SourceError("That is no S3 address. It looks like s3://bucket/folder/list.csv.")
        if self.objects is not None and not any(_is_below(place, allowed) for allowed in self.objects):
            raise SourceError(self._only("objects of S3", self.objects))

    @staticmethod
    def _only(what: str, places: Iterable[str]) -> str:
        named = ", ".join(places)
        if named:
            return f"Here {what} are taken from these places only: {named}. Put the list there, or upload it."
        return (
            f"Here no {what} are taken. Upload the list, or let whoever looks after the app name its place in "
            "IMPORTER_SOURCES."
        )


def allowed_places(
    settings: Settings, environ: Mapping[str, str], *, shared: bool, closed: Iterable[Path] = ()
) -> AllowedPlaces:
    """What `IMPORTER_SOURCES` names; where it is not set, everything for the one person at this machine and nothing
    where several sign in (`shared`). `closed`: further files of settings."""
    said = settings.sources if settings.sources is not None else (() if shared else None)
    home = _expanded("~")
    shut = [settings.home, _CODE / ".streamlit", Path(".streamlit"), *closed, *map(Path, SYSTEM_PLACES)]
    shut += [Path(environ[name]) for name in SETTINGS_VARIABLES if environ.get(name)]
    return AllowedPlaces(
        folders=None
        if said is None
        else tuple(path for place in said if not place.startswith("s3:") and (path := _expanded(place))),
        objects=None if said is None else tuple(place for place in said if place.startswith("s3:")),
        closed=tuple(path for place in shut if (path := _expanded(place))),
        account_home=None if home in (None, Path("/")) else home,
    )


def _expanded(place: str | Path) -> Path | None:
    """The absolute path after `~` and all links; None where that account is not known here."""
    try:
        return Path(os.path.realpath(Path(place).expanduser()))
    except RuntimeError:
        return None


def _is_below(address: str, allowed: str) -> bool:
    """Whether an S3 address is the allowed one or lies under it, whole names only."""
    here, there = s3_parts(address), s3_parts(allowed if "/" in allowed[5:] else f"{allowed}/")
    if here is None or there is None or here[0] != there[0]:
        return False
    inside = there[1] if there[1].endswith("/") or not there[1] else f"{there[1]}/"
    return here[1] == there[1] or here[1].startswith(inside)


def _real_path(place: str) -> Path:
    """The absolute path after `~` and all links. Raises SourceError for what can be no path."""
    try:
        length = len(os.fsencode(place))
    except UnicodeEncodeError:
        raise SourceError(f"That is no path: a sign in it cannot stand in one. {_LIKE}") from None
    if length > MAX_PATH_BYTES:
        raise SourceError(f"That is no path: it has {len(place):,} characters. {_LIKE}")
    if not place:
        raise SourceError(f"There is no such file on the server. {_LIKE}")
    if "\0" in place:
        raise SourceError(f"That is no path: a sign in it cannot stand in one. {_LIKE}")
    real = _expanded(place)
    if real is None:
        raise SourceError(f"There is no home folder for {place.partition('/')[0][:80]} on the server. {_LIKE}")
    return real


def _no_file(place: str) -> SourceError:
    shown = place if len(place) <= 200 else f"{place[:200]}…"
    return SourceError(f'There is no such file on the server: "{shown}". {_LIKE}')


def _path_of(descriptor: int) -> Path:
    """Where the opened file lies now."""
    if hasattr(fcntl, "F_GETPATH"):  # macOS, fcntl(2)
        return Path(os.fsdecode(fcntl.fcntl(descriptor, fcntl.F_GETPATH, bytes(1024)).rstrip(b"\0")))
    return Path(f"/proc/self/fd/{descriptor}").readlink()
