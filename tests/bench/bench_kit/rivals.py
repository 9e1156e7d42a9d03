"""Other clients, in a process with packages of its own (tests/bench/requirements.txt); nothing of ours is used here.

    python rivals.py NAME '{"url": …, "rows": …, "part": "write" | "whole", "csv": …, "workers": …}'

Answers "ready", then one line with seconds for each line it is sent. "write" sends items that are built already, in
the form that the client takes; "whole" begins with the CSV file.
"""

from __future__ import annotations

import asyncio
import csv
import itertools
import json
import os
import sys
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench_kit.contacts import TABLE

KEY_ID, SECRET, REGION = os.environ.get("BENCH_ACCESS_KEY", "AKIDEXAMPLE"), "made-up", "us-east-1"
Item = dict[str, Any]


def batch_writer(given: dict[str, Any]) -> Callable[[Iterable[Item]], None]:
    """boto3's own, as most scripts use it."""
    import boto3

    session = boto3.Session(KEY_ID, SECRET, region_name=REGION)
    table = session.resource("dynamodb", endpoint_url=given["url"]).Table(TABLE)

    def send(items: Iterable[Item]) -> None:
        with table.batch_writer() as writer:
            for item in items:
                writer.put_item(Item=item)

    return send


def boto3_threads(given: dict[str, Any]) -> Callable[[Iterable[Item]], None]:
    """boto3's client in threads, a connection each, put requests in DynamoDB's types."""
    import boto3
    from botocore.config import Config

    session = boto3.Session(KEY_ID, SECRET, region_name=REGION)
    config = Config(max_pool_connections=given["workers"])
    client = session.client("dynamodb", endpoint_url=given["url"], config=config)

    def one(batch: list[Item]) -> None:
        reply = client.batch_write_item(RequestItems={TABLE: [{"PutRequest": {"Item": item}} for item in batch]})
        assert not reply["UnprocessedItems"]

    def send(items: Iterable[Item]) -> None:
        with ThreadPoolExecutor(given["workers"]) as pool:
            for _ in pool.map(one, batches(items)):
                pass

    return send


def awswrangler(given: dict[str, Any]) -> Callable[[Any], None]:
    """put_items, and put_csv for the whole way."""
    import awswrangler as wr
    import boto3

    wr.config.dynamodb_endpoint_url = given["url"]
    session = boto3.Session(KEY_ID, SECRET, region_name=REGION)
    if given["part"] == "whole":
        return lambda path: wr.dynamodb.put_csv(path, TABLE, boto3_session=session)
    return lambda items: wr.dynamodb.put_items(list(items), TABLE, boto3_session=session)


def aiodynamo(given: dict[str, Any]) -> Callable[[Iterable[Item]], None]:
    """aiodynamo over aiohttp, `workers` requests at a time."""
    import aiohttp
    from aiodynamo.client import Client
    from aiodynamo.credentials import Key, StaticCredentials
    from aiodynamo.http.aiohttp import AIOHTTP
    from aiodynamo.models import BatchWriteRequest
    from yarl import URL

    async def run(items: Iterable[Item]) -> None:
        waiting = iter(list(batches(items)))
        async with aiohttp.ClientSession() as session:
            credentials = StaticCredentials(Key(KEY_ID, SECRET))
            client = Client(AIOHTTP(session), credentials, REGION, URL(given["url"]))

            async def worker() -> None:
                for batch in waiting:
                    reply = await client.batch_write({TABLE: BatchWriteRequest(items_to_put=batch)})
                    assert not reply

            await asyncio.gather(*(worker() for _ in range(given["workers"])))

    return lambda items: asyncio.run(run(items))


def pydynox(given: dict[str, Any]) -> Callable[[Iterable[Item]], None]:
    """pydynox (Rust), `workers` batches at a time."""
    from pydynox import DynamoDBClient

    client = DynamoDBClient(region=REGION, access_key=KEY_ID, secret_key=SECRET, endpoint_url=given["url"])

    def send(items: Iterable[Item]) -> None:
        with ThreadPoolExecutor(given["workers"]) as pool:
            for _ in pool.map(lambda batch: client.sync_batch_write(TABLE, put_items=batch), batches(items, 500)):
                pass

    return send


def dynamoxy(given: dict[str, Any]) -> Callable[[Iterable[Item]], None]:
    """dynamoxy (Rust), `workers` requests of each managed batch at a time."""
    from dynamoxy import Client, Credentials

    async def run(items: Iterable[Item]) -> None:
        async with Client(
            region=REGION,
            endpoint_url=given["url"],
            credentials=Credentials(KEY_ID, SECRET),
            batch_concurrency=given["workers"],
        ) as client:
            table = client.table(TABLE)
            for some in batches(items, 2_000):
                await table.batch_write(puts=some)

    return lambda items: asyncio.run(run(items))


def batches(items: Iterable[Item], size: int = 25) -> Iterable[list[Item]]:
    """Lists of up to `size` items."""
    every = iter(items)
    while batch := list(itertools.islice(every, size)):
        yield batch


def typed(row: dict[str, str]) -> Item:
    """The row as Python values."""
    return {**row, "age": int(row["age"]), "active": row["active"] == "true"}


def dynamo_typed(row: dict[str, str]) -> Item:
    """The row in DynamoDB's types."""
    item: Item = {name: {"S": text} for name, text in row.items()}
    return {**item, "age": {"N": row["age"]}, "active": {"BOOL": row["active"] == "true"}}


CLIENTS: dict[str, tuple[Callable[[dict[str, Any]], Callable[[Any], None]], Callable[[dict[str, str]], Item]]] = {
    "batch_writer": (batch_writer, typed),
    "boto3 client, threads": (boto3_threads, dynamo_typed),
    "awswrangler": (awswrangler, typed),
    "aiodynamo": (aiodynamo, typed),
    "pydynox": (pydynox, typed),
    "dynamoxy": (dynamoxy, typed),
}


def main() -> None:
    """Set up, then one measured pass for each line on stdin."""
    name, given = sys.argv[1], json.loads(sys.argv[2])
    make, shape = CLIENTS[name]
    os.environ.update(AWS_EC2_METADATA_DISABLED="true", AWS_DEFAULT_REGION=REGION)
    os.environ.update(AWS_ACCESS_KEY_ID=KEY_ID, AWS_SECRET_ACCESS_KEY=SECRET)
    send = make(given)

    def read() -> Iterable[Item]:
        with Path(given["csv"]).open(encoding="utf-8", newline="") as file:
            yield from map(shape, csv.DictReader(file))

    built = list(read()) if given["part"] == "write" else []
    print("ready", flush=True)
    for _ in sys.stdin:
        begun_s, begun_cpu_s = time.perf_counter(), time.process_time()
        if given["part"] == "write":
            send(built)
        else:
            send(given["csv"] if name == "awswrangler" else read())
        told = {"seconds": time.perf_counter() - begun_s, "cpu_s": time.process_time() - begun_cpu_s}
        print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
