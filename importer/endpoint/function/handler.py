"""Lambda's way in: the configuration from the environment, the table through the runtime's own botocore."""

from __future__ import annotations

import base64
import json
import os
import random
import sys
import time
import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from importer.endpoint.function.config import FunctionConfig, read_config
from importer.endpoint.function.endpoint import Endpoint
from importer.endpoint.function.putting import PutReply

CONNECT_TIMEOUT_S = 1.0
READ_TIMEOUT_S = 3.0
"""Together `putting.CALL_S`."""


def lambda_handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """What Lambda calls."""
    return endpoint().handle(event, lambda: float(context.get_remaining_time_in_millis()) / 1000)


def endpoint() -> Endpoint:
    """The endpoint of this execution environment, made once."""
    if not _MADE:
        config = read_config(os.environ)
        _MADE.append(make_endpoint(config, table_client()))
    return _MADE[0]


def make_endpoint(
    config: FunctionConfig, client: Any, log: Callable[[dict[str, Any]], None] | None = None
) -> Endpoint:
    """The endpoint over a botocore client."""
    return Endpoint(
        config=config,
        call=table_calls(client, config.table),
        clock=time.monotonic,
        sleep=time.sleep,
        random=random.SystemRandom(),
        log=log or _print,
    )


def table_client(**options: Any) -> Any:
    """A DynamoDB client that never retries by itself and checks the CRC of each reply."""
    import botocore.session
    from botocore.config import Config

    config = Config(
        connect_timeout=CONNECT_TIMEOUT_S,
        read_timeout=READ_TIMEOUT_S,
        retries={"total_max_attempts": 1},
        parameter_validation=False,
    )
    return botocore.session.get_session().create_client("dynamodb", config=config, **options)


def table_calls(client: Any, table: str) -> Callable[[Sequence[Any]], PutReply]:
    """BatchWriteItem on one table, its reply in our words."""
    from botocore.exceptions import BotoCoreError, ClientError

    crc = _CrcCheck()
    client.meta.events.register("after-call.dynamodb.BatchWriteItem", crc.look)

    def call(items: Sequence[Any]) -> PutReply:
        crc.good = True
        puts = [{"PutRequest": {"Item": _to_botocore(one)}} for one in items]
        try:
            reply = client.batch_write_item(RequestItems={table: puts})
        except ClientError as error:
            told = error.response.get("Error", {})
            return PutReply(code=str(told.get("Code", "Unknown")), text=str(told.get("Message", "")).lower())
        except (BotoCoreError, ValueError):
            return PutReply(code="NoAnswer")
        return PutReply(unprocessed=_unprocessed(reply) if crc.good else None)

    return call


class _CrcCheck:
    """botocore looks at DynamoDB's CRC only where it retries by itself."""

    good = True

    def look(self, http_response: Any, **_: Any) -> None:
        stated = http_response.headers.get("x-amz-crc32", "")
        sums = {one.strip() for one in stated.split(",")}  # a proxy may repeat and fold headers
        self.good = sums in ({""}, {str(zlib.crc32(http_response.content))})


def _unprocessed(reply: Mapping[str, Any]) -> list[Any] | None:
    """The items handed back; None when the reply does not say (cut off, or a proxy's page: botocore lets it pass)."""
    tables = reply.get("UnprocessedItems")
    if not isinstance(tables, dict):
        return None
    puts = [request.get("PutRequest", {}) for requests in tables.values() for request in requests]
    return [_from_botocore(put.get("Item")) for put in puts]


def _to_botocore(item: Mapping[str, Any]) -> dict[str, Any]:
    """botocore encodes bytes to base64 by itself."""
    return {name: {"B": base64.b64decode(one["B"])} if "B" in one else one for name, one in item.items()}


def _from_botocore(item: Any) -> Any:
    """Its bytes as base64 again; what is no item comes back as it is."""
    if not isinstance(item, dict):
        return item
    return {name: {"B": base64.b64encode(one["B"]).decode()} if "B" in one else one for name, one in item.items()}


def _print(record: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(record, separators=(",", ":")) + "\n")
    sys.stdout.flush()


_MADE: list[Endpoint] = []

if os.environ.get("AWS_LAMBDA_FUNCTION_NAME"):  # pragma: no cover - inside Lambda: connect while it starts up
    endpoint()
