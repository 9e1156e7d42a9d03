"""The main job in this process: lists go through `importer run` into a table of their own, which is read back.

A test says what the table must hold and what must be told:

    outcome = main_job.import_list(file, TableSpec({"email": "S"}), "--member", "all")
    assert outcome.code == 0, outcome.told
    assert_items(outcome, [{"email": {"S": "ann@example.com"}}])
"""

from __future__ import annotations

import base64
import io
import json
import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from importer.cli import main
from importer.settings import Settings
from importer.table import Connection, dynamodb_client, embedded_connection, start_engine

Item = dict[str, Any]
"""An item in DynamoDB JSON. In what a test expects, `{"?": "34"}` stands for that text as S or as N."""


@dataclass(frozen=True)
class TableSpec:
    """A table to be made: `key` and each index are attribute → type, the partition part first; `items` are there
    before the list comes."""

    key: Mapping[str, str]
    indexes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    items: Sequence[Item] = ()


BY_EMAIL = TableSpec({"email": "S"})


@dataclass(frozen=True)
class Outcome:
    """What a command came to: exit code, stdout, stderr, the object that `--json` answered (None without), and the
    table as it is afterwards."""

    code: int
    out: str
    err: str
    summary: dict[str, Any] | None
    table: str
    key: tuple[str, ...]
    items: tuple[Item, ...]

    @property
    def told(self) -> str:
        """All that was printed."""
        return self.out + self.err


class MainJob:
    """The command line with a home of its own, and an engine of its own or the one at `endpoint_url`."""

    def __init__(self, settings: Settings, endpoint_url: str = "") -> None:
        self.settings = settings
        self.place = ["--endpoint-url", endpoint_url] if endpoint_url else []
        if endpoint_url:
            self.client = dynamodb_client(Connection("custom", endpoint_url=endpoint_url))
        else:
            self.engine = start_engine(settings, lease="main-job")
            self.client = dynamodb_client(embedded_connection(settings))

    @classmethod
    @contextmanager
    def in_home(cls, settings: Settings, patch: pytest.MonkeyPatch, endpoint_url: str = "") -> Iterator[MainJob]:
        """The job with IMPORTER_HOME set and every AWS setting of the machine away."""
        import os

        for name in [name for name in os.environ if name.startswith("AWS_")]:
            patch.delenv(name)
        patch.setenv("IMPORTER_HOME", str(settings.home))
        job = cls(settings, endpoint_url)
        try:
            yield job
        finally:
            job.client.close()

    def command(self, *words: object) -> tuple[int, str, str]:
        """Exit code, stdout and stderr of one command, run in this process."""
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            try:
                code = main([str(word) for word in words])
            except SystemExit as ended:  # what argparse refuses
                code = int(ended.code or 0)
        return code, out.getvalue(), err.getvalue()

    def make_table(self, spec: TableSpec) -> str:
        """The name of a new table as `spec` says, with its items."""
        name = f"Contacts-{uuid.uuid4().hex[:8]}"
        types = dict(spec.key)
        for parts in spec.indexes.values():
            types |= parts
        indexes = [
            {"IndexName": index, "KeySchema": _key_schema(parts), "Projection": {"ProjectionType": "ALL"}}
            for index, parts in spec.indexes.items()
        ]
        self.client.create_table(
            TableName=name,
            KeySchema=_key_schema(spec.key),
            AttributeDefinitions=[{"AttributeName": part, "AttributeType": type_} for part, type_ in types.items()],
            BillingMode="PAY_PER_REQUEST",
            **({"GlobalSecondaryIndexes": indexes} if indexes else {}),
        )
        for item in spec.items:
            self.client.put_item(TableName=name, Item=item)
        return name

    def tables(self) -> set[str]:
        """The names of all tables; a page of them has a hundred."""
        return {name for page in self.client.get_paginator("list_tables").paginate() for name in page["TableNames"]}

    def items(self, table: str) -> tuple[Item, ...]:
        """All that the table holds now."""
        pages = self.client.get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
        return tuple(item for page in pages for item in page["Items"])

    def import_list(
        self,
        files: object | Sequence[object],
        spec: TableSpec = BY_EMAIL,
        *options: object,
        as_json: bool = True,
        table: str = "",
    ) -> Outcome:
        """`importer run FILE… --table T OPTIONS` into a new table as `spec` says, or once more into `table`."""
        name = table or self.make_table(spec)
        sources = [files] if isinstance(files, str | Path) else list(files)  # type: ignore[call-overload]
        json_option = ["--json"] if as_json else []
        code, out, err = self.command("run", *sources, "--table", name, *self.place, *json_option, *options)
        summary = json.loads(out) if as_json and out.startswith("{") else None
        assert "Traceback" not in out + err, err
        return Outcome(code, out, err, summary, name, tuple(spec.key), self.items(name))


def _key_schema(parts: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"AttributeName": name, "KeyType": kind} for name, kind in zip(parts, ("HASH", "RANGE"), strict=False)]


def write_list(folder: Path, text: str, name: str = "list.csv") -> Path:
    """The file `name` in `folder` with `text` as UTF-8, its line ends as they are."""
    path = folder / name
    path.write_bytes(text.encode())
    return path


def warned(outcome: Outcome) -> list[tuple[str, str, int, int | None]]:
    """Code, column, count and first row of each warning."""
    assert outcome.summary is not None, outcome.told
    return [
        (warning["code"], warning["column"], warning["count"], warning["first_row"])
        for warning in outcome.summary["warnings"]
    ]


def assert_items(outcome: Outcome, wanted: Sequence[Item]) -> None:
    """The table holds exactly these items; each difference is named."""
    differences = item_differences(wanted, outcome.items, outcome.key)
    assert not differences, "\n".join([*differences, outcome.told])


def assert_told(outcome: Outcome, *patterns: str) -> None:
    """Each regular expression (whatever the case of letters) is found in what was printed."""
    missing = [pattern for pattern in patterns if not re.search(pattern, outcome.told, re.IGNORECASE)]
    assert not missing, f"not told: {missing}\n{outcome.told}"


def item_differences(wanted: Sequence[Item], held: Sequence[Item], key: Sequence[str]) -> list[str]:
    """What is missing, unexpected or different, in words. Sets have no order, numbers count by value."""
    must, have = _by_key(wanted, key), _by_key(held, key)
    differences = [f"no item {place}" for place in must.keys() - have.keys()]
    differences += [f"unexpected item {have[place]}" for place in have.keys() - must.keys()]
    for place in must.keys() & have.keys():
        for name in sorted(must[place].keys() | have[place].keys()):
            expected, found = must[place].get(name), have[place].get(name)
            if not same_value(expected, found):
                differences.append(f"{place}: {name} is {found}, not {expected}")
    return differences


def same_value(wanted: Any, held: Any) -> bool:
    """Whether two values in DynamoDB JSON are equal to DynamoDB."""
    if isinstance(wanted, dict) and set(wanted) == {"?"}:
        return held in ({"S": wanted["?"]}, {"N": wanted["?"]})
    return bool(_comparable(wanted) == _comparable(held))


def _by_key(items: Sequence[Item], key: Sequence[str]) -> dict[str, Item]:
    return {" ".join(json.dumps(item.get(part), sort_keys=True) for part in key): item for item in items}


def _comparable(value: Any) -> Any:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if not (isinstance(value, dict) and len(value) == 1):
        return value
    ((type_, inner),) = value.items()
    if type_ == "M":
        return type_, {name: _comparable(part) for name, part in inner.items()}
    if type_ == "L":
        return type_, [_comparable(part) for part in inner]
    if type_ in ("SS", "NS", "BS"):
        return type_, sorted(Decimal(part) if type_ == "NS" else _comparable(part) for part in inner)
    return type_, Decimal(inner) if type_ == "N" else _comparable(inner)
