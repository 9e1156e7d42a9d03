"""What the function is told by its environment. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from importer.errors import ConfigError

MAX_CONTACTS = 25
"""BatchWriteItem takes 25 put requests (AWS API reference)."""

MAX_BODY_BYTES = 4 * 1024 * 1024
"""Lambda takes an event of 6 MB, in which API Gateway wraps the body as a JSON string: quotes double."""

KEY_TYPES = ("S", "N", "B")
DUPLICATES = ("first", "last", "reject")


@dataclass(frozen=True)
class KeyAttribute:
    """One attribute of the table's key."""

    name: str
    type: str = "S"


@dataclass(frozen=True)
class FunctionConfig:
    """`key`: partition first. `origins`: web origins that may read answers, "*" for all.

    `emails`, `phones`: attributes that must be an e-mail address, a phone number, where they are filled.
    `duplicates`: which of several contacts with one key in a batch is written.
    """

    table: str
    key: tuple[KeyAttribute, ...]
    origins: tuple[str, ...] = ("*",)
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    duplicates: str = "first"
    max_contacts: int = MAX_CONTACTS
    max_body_bytes: int = MAX_BODY_BYTES

    def to_environment(self) -> dict[str, str]:
        """The variables that `read_config` reads back as this."""
        return {
            "TABLE_NAME": self.table,
            "TABLE_KEY": ",".join(f"{part.name}:{part.type}" for part in self.key),
            "ALLOWED_ORIGINS": ",".join(self.origins),
            "EMAIL_ATTRIBUTES": ",".join(self.emails),
            "PHONE_ATTRIBUTES": ",".join(self.phones),
            "DUPLICATES": self.duplicates,
            "MAX_CONTACTS": str(self.max_contacts),
            "MAX_BODY_BYTES": str(self.max_body_bytes),
        }


def read_config(environ: Mapping[str, str]) -> FunctionConfig:
    """The configuration; ConfigError naming the variable that is wrong."""
    table = environ.get("TABLE_NAME", "")
    if not table:
        raise ConfigError("TABLE_NAME is not set. Deploy the function again.")
    duplicates = environ.get("DUPLICATES") or "first"
    if duplicates not in DUPLICATES:
        raise ConfigError(f"DUPLICATES must be one of {', '.join(DUPLICATES)}.")
    return FunctionConfig(
        table=table,
        key=_key(environ.get("TABLE_KEY") or "email:S"),
        origins=_words(environ.get("ALLOWED_ORIGINS", "*")) or ("*",),
        emails=_words(environ.get("EMAIL_ATTRIBUTES", "")),
        phones=_words(environ.get("PHONE_ATTRIBUTES", "")),
        duplicates=duplicates,
        max_contacts=_number(environ, "MAX_CONTACTS", MAX_CONTACTS),
        max_body_bytes=_number(environ, "MAX_BODY_BYTES", MAX_BODY_BYTES),
    )


def _key(text: str) -> tuple[KeyAttribute, ...]:
    parts = [word.rpartition(":") for word in _words(text)]
    key = tuple(KeyAttribute(name, kind) for name, _, kind in parts)
    if not 1 <= len(key) <= 2 or any(not part.name or part.type not in KEY_TYPES for part in key):
        raise ConfigError("TABLE_KEY must be NAME:TYPE, or two of them with a comma, with type S, N or B.")
    return key


def _number(environ: Mapping[str, str], name: str, most: int) -> int:
    text = environ.get(name) or str(most)
    if not text.isdecimal() or not 1 <= int(text) <= most:
        raise ConfigError(f"{name} must be a whole number from 1 to {most:,}.")
    return int(text)


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())
