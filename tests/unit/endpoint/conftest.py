"""The endpoint over a made-up table whose replies a test writes down beforehand."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from importer.endpoint.function.config import FunctionConfig, KeyAttribute
from importer.endpoint.function.endpoint import Endpoint
from importer.endpoint.function.putting import PutReply

CONFIG = FunctionConfig("EmailContacts", (KeyAttribute("email"),), emails=("email",))


@dataclass
class Desk:
    """`replies` are used up first, each given the items; then everything is taken. Time passes only by sleep."""

    config: FunctionConfig = CONFIG
    replies: list[Callable[[Sequence[Any]], PutReply]] = field(default_factory=list)
    last: Callable[[Sequence[Any]], PutReply] = lambda items: PutReply(unprocessed=[])
    left_s: float = 25.0
    calls: list[list[Any]] = field(default_factory=list)
    sleeps: list[float] = field(default_factory=list)
    logged: list[dict[str, Any]] = field(default_factory=list)

    def call(self, items: Sequence[Any]) -> PutReply:
        self.calls.append(list(items))
        return (self.replies.pop(0) if self.replies else self.last)(items)

    def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.left_s -= seconds

    def send(self, body: Any, *, method: str = "POST", **headers: str) -> Answer:
        text = body if isinstance(body, str) or body is None else json.dumps(body)
        told = {name.replace("_", "-").title(): value for name, value in headers.items()}
        sent = {"Content-Type": "application/json"} | told
        return self.event({"httpMethod": method, "headers": sent, "body": text, "isBase64Encoded": False})

    def event(self, event: dict[str, Any]) -> Answer:
        endpoint = Endpoint(
            self.config, self.call, lambda: 0.0, self.sleep, random.Random(5), self.logged.append, cold=False
        )
        reply = endpoint.handle(event, lambda: self.left_s)
        told = json.loads(reply["body"]) if reply["body"] else None
        return Answer(reply["statusCode"], reply["headers"], told)


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    told: Any

    @property
    def codes(self) -> list[tuple[int, str]]:
        return [(error["index"], error["code"]) for error in self.told["errors"]]


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def people() -> Callable[[int], list[dict[str, Any]]]:
    """Contacts that never were."""
    return lambda count: [{"email": f"contact{one}@example.com", "first_name": f"Zoë {one}"} for one in range(count)]
