"""The function's zip: exactly the modules it needs, the same bytes at each build."""

from __future__ import annotations

import hashlib
import importlib.util
import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

CODE_HOME = Path(__file__).resolve().parents[2]

MODULES = (
    "importer/check/cells.py",
    "importer/check/codes.py",
    "importer/check/contact_text.py",
    "importer/table/item_limits.py",
    "importer/check/number_text.py",
    "importer/endpoint/function/answers.py",
    "importer/endpoint/function/config.py",
    "importer/endpoint/function/contacts.py",
    "importer/endpoint/function/endpoint.py",
    "importer/endpoint/function/handler.py",
    "importer/endpoint/function/putting.py",
    "importer/endpoint/function/request_body.py",
    "importer/errors.py",
    "importer/profile/space_signs.py",
    "importer/write/items.py",
    "importer/write/refusal.py",
    "importer/write/retry.py",
)
"""Under their own names, so that they are the app's very checks; the faces stay out, for they load pandas."""

LIBRARIES = {
    "email_validator": frozenset({"__main__.py", "deliverability.py"}),
    "idna": frozenset({"__main__.py", "cli.py", "codec.py", "compat.py"}),
}
"""What the e-mail rule needs and Lambda's runtime lacks; the files of each that looking at syntax never loads."""

HANDLER = "importer.endpoint.function.handler.lambda_handler"
RUNTIME = "python3.12"

_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
_MODE = 0o644 << 16


@dataclass(frozen=True)
class Package:
    """`data` is the zip; `sha256` hex of it; `names` its entries in order."""

    data: bytes
    names: tuple[str, ...]

    @property
    def sha256(self) -> str:
        """Hex."""
        return hashlib.sha256(self.data).hexdigest()


def build_package(code_home: Path = CODE_HOME) -> Package:
    """The zip. Same sources, same bytes: entries are sorted, their times fixed, their contents stored by deflate."""
    files = {name: (code_home / name).read_bytes() for name in MODULES}
    files |= {f"{folder}/__init__.py": b"" for folder in _folders(MODULES)}
    for library, without in LIBRARIES.items():
        files |= _library_files(library, without)
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _ZIP_EPOCH)
            entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, _MODE, 3
            archive.writestr(entry, files[name])
    return Package(held.getvalue(), tuple(sorted(files)))


def _folders(names: tuple[str, ...]) -> set[str]:
    return {str(parent) for name in names for parent in Path(name).parents if str(parent) != "."}


def _library_files(library: str, without: frozenset[str]) -> dict[str, bytes]:
    """The Python files of an installed library."""
    spec = importlib.util.find_spec(library)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"{library} is not installed. Run make setup.")
    home = Path(spec.origin).parent
    return {f"{library}/{path.name}": path.read_bytes() for path in home.glob("*.py") if path.name not in without}
