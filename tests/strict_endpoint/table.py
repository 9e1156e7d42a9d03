"""The table and its operations: what is stored, what arrived, what is refused."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Callable

from strict_endpoint.faults import Faults, Player
from strict_endpoint.limits import Refused, check_item, check_key, invalid, key_of

_INSERT = re.compile(r'INSERT INTO "(?P<table>[^"]+)" VALUE \{(?P<names>.*)\}\Z', re.S)
_NAME = re.compile(r"'((?:[^']|'')+)' *: *\?")
_MOST_STATEMENT = 8192


class StrictTable:
    """One table. `items` maps key → item; `sent` and `stored` count puts that arrived and that were stored."""

    def __init__(
        self,
        faults: Faults | None = None,
        *,
        table: str = "EmailContacts",
        key: tuple[str, ...] = ("email",),
        now: Callable[[], float],
        wall: Callable[[], float] | None = None,
    ) -> None:
        """`now`: monotonic seconds for storms and capacity; `wall`: seconds since 1970 (default: `now`)."""
        self.table, self.key, self.now = table, key, now
        self.wall = wall or now
        self.items: dict[tuple, dict] = {}
        self.sent: Counter[tuple] = Counter()
        self.stored: Counter[tuple] = Counter()
        self.requests: list[tuple[float, str, int]] = []
        self.met: Counter[str] = Counter()
        self.set_faults(faults or Faults())

    def set_faults(self, faults: Faults) -> None:
        """From now on."""
        self.faults, self.player = faults, Player(faults)
        self.level_wcu, self.filled_at_s = faults.capacity_wcu * faults.burst_s, self.now()

    def _batch_write(self, request: dict) -> dict:
        requests = self._table_of(request["RequestItems"])
        if not requests or len(requests) > 25:
            raise invalid("Too many items requested for the BatchWriteItem call")
        items = [one["PutRequest"]["Item"] for one in requests]
        sizes_bytes = self._check_all(items)
        left, wcu = [], 0.0
        for item, size_bytes in zip(items, sizes_bytes, strict=True):
            cost = math.ceil(size_bytes / 1024) * self.faults.index_factor
            if self.player.hands_back() or not self._affords(cost):
                self.met["unprocessed"] += 1
                left.append({"PutRequest": {"Item": item}})
                continue
            self._store(item)
            wcu += cost
        if len(left) == len(items) and self.player.capacity_wcu(self.now()):
            raise self.too_fast()
        reply: dict = {"UnprocessedItems": {self.table: left} if left else {}}
        return self._with_capacity(request, reply, wcu)

    def _batch_statement(self, request: dict) -> dict:
        statements = request["Statements"]
        if not statements or len(statements) > 25:
            raise invalid("Member must have length less than or equal to 25")
        items = [self._item_of(one) for one in statements]
        if len({key_of(item, self.key) for item in items if all(name in item for name in self.key)}) < len(items):
            raise invalid("Two statements of a batch are for one item")
        return self._with_capacity(request, {"Responses": [self._insert(item) for item in items]}, len(items))

    def _insert(self, item: dict) -> dict:
        try:
            check_item(item, self.key)
            self._refuse_marked(item)
        except Refused as refused:
            return {"Error": {"Code": "ValidationError", "Message": refused.text}}
        own = key_of(item, self.key)
        self.sent[own] += 1
        if self.player.random.random() < self.faults.statement_fault:
            self.met["statement_fault"] += 1
            return {
                "Error": {"Code": "ThrottlingError" if self.player.coin() else "InternalServerError", "Message": ""}
            }
        if own in self.items:
            self.met["DuplicateItem"] += 1
            return {"Error": {"Code": "DuplicateItem", "Message": "Duplicate primary key exists in table"}}
        if self.player.hands_back():
            return {"Error": {"Code": "ProvisionedThroughputExceeded", "Message": "exceeded"}}
        self._store(item)
        return {"TableName": self.table}

    def _item_of(self, statement: dict) -> dict:
        if not 1 <= len(statement["Statement"]) <= _MOST_STATEMENT:
            raise invalid("Member must have length less than or equal to 8192")
        found = _INSERT.match(statement["Statement"])
        if not found or found["table"] != self.table:
            raise invalid("Statement wasn't well formed, can't be processed")
        names = [name.replace("''", "'") for name in _NAME.findall(found["names"])]
        if len(names) != len(statement["Parameters"]):
            raise invalid("Number of parameters in request and statement don't match.")
        return dict(zip(names, statement["Parameters"], strict=True))

    def _batch_get(self, request: dict) -> dict:
        asked = self._table_of(request["RequestItems"])
        keys = [key_of(one, self.key) for one in asked["Keys"]]
        found = [self.items[one] for one in keys if one in self.items]
        return {"Responses": {self.table: found}, "UnprocessedKeys": {}}

    def _get(self, request: dict) -> dict:
        for name in self.key:
            check_key(request["Key"][name], name, 2048, "hashkey")
        item = self.items.get(key_of(request["Key"], self.key))
        return {"Item": item} if item else {}

    def _scan(self, request: dict) -> dict:
        start = int(request.get("ExclusiveStartKey", {}).get("at", {"N": "0"})["N"])
        listed = list(self.items.values())[start : start + 1000]
        reply: dict = {"Count": len(listed), "ScannedCount": len(listed)}
        if request.get("Select") != "COUNT":
            reply["Items"] = listed
        if start + 1000 < len(self.items):
            reply["LastEvaluatedKey"] = {"at": {"N": str(start + 1000)}}
        return reply

    def _describe(self, request: dict) -> dict:
        if request.get("TableName") != self.table:
            raise Refused("ResourceNotFoundException", "Requested resource not found")
        kinds = ("HASH", "RANGE")
        capacity = int(self.player.capacity_wcu(self.now()))
        schema = [{"AttributeName": name, "KeyType": kinds[place]} for place, name in enumerate(self.key)]
        described = {
            "TableName": self.table,
            "TableStatus": "ACTIVE",
            "KeySchema": schema,
            "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in self.key],
            "BillingModeSummary": {"BillingMode": "PROVISIONED" if capacity else "PAY_PER_REQUEST"},
            "ProvisionedThroughput": {
                "ReadCapacityUnits": 0,
                "WriteCapacityUnits": capacity,
                "NumberOfDecreasesToday": 0,
            },
            "ItemCount": len(self.items),
            "TableSizeBytes": 0,
            "CreationDateTime": 1_700_000_000,
            "TableArn": f"arn:aws:dynamodb:us-east-1:123456789012:table/{self.table}",
        }
        return {"Table": described}

    def _table_of(self, tables: dict):
        if list(tables) != [self.table]:
            raise Refused("ResourceNotFoundException", "Requested resource not found")
        return tables[self.table]

    def _check_all(self, items: list[dict]) -> list[int]:
        """Bytes of each item; those of a request that is not refused have been sent."""
        sizes_bytes = [check_item(item, self.key) for item in items]
        keys = [key_of(item, self.key) for item in items]
        if len(set(keys)) < len(items):
            raise invalid("Provided list of item keys contains duplicates")
        for item in items:
            self._refuse_marked(item)
        self.sent.update(keys)
        return sizes_bytes

    def _refuse_marked(self, item: dict) -> None:
        if self.faults.bad_mark and self.faults.bad_mark in json.dumps([item[name] for name in self.key]):
            raise invalid("One or more parameter values were invalid: " + json.dumps(item))

    def too_fast(self) -> Refused:
        """A throttle, with its reason where one is to be told."""
        told = {"reason": self.faults.throttle_reason, "resource": self.faults.throttle_resource}
        more = {"ThrottlingReasons": [told]} if self.faults.throttle_reason else {}
        text = "The level of configured throughput was exceeded"
        return Refused("ProvisionedThroughputExceededException", text, **more)

    def _affords(self, wcu: float) -> bool:
        capacity = self.player.capacity_wcu(self.now())
        if not capacity:
            return True
        now_s = self.now()
        holds_wcu = capacity * self.faults.burst_s
        self.level_wcu = min(holds_wcu, self.level_wcu + capacity * (now_s - self.filled_at_s))
        self.filled_at_s = now_s
        if self.level_wcu < wcu:
            return False
        self.level_wcu -= wcu
        return True

    def _store(self, item: dict) -> None:
        own = key_of(item, self.key)
        self.items[own] = item
        self.stored[own] += 1

    def _with_capacity(self, request: dict, reply: dict, wcu: float) -> dict:
        if request.get("ReturnConsumedCapacity") in ("TOTAL", "INDEXES"):
            reply["ConsumedCapacity"] = [{"TableName": self.table, "CapacityUnits": float(wcu)}]
        return reply

    def log(self) -> dict:
        """What a test wants to know, as JSON takes it."""
        return {
            "requests": len(self.requests),
            "faults": dict(self.met),
            "sent": {_word(own): count for own, count in self.sent.items()},
            "written": {_word(own): count for own, count in self.stored.items()},
        }


def _word(own: tuple) -> str:
    return "|".join(str(inner) for _, inner in own)
