"""The table an import goes to: connection settings, what the table is, what is in it, and the embedded engine."""

from importer.table.browse import TablePage, browse_table, count_items
from importer.table.choice import (
    at_engine,
    embedded_connection,
    engine_words,
    load_default,
    ready_connection,
    save_default,
)
from importer.table.client import (
    MAX_READ_BYTES,
    MAX_REPLY_BYTES,
    SigningParts,
    client_and_signing_parts,
    dynamodb_client,
    find_target,
    list_profiles,
    service_client,
    signing_parts,
    undo_coding,
    with_region,
)
from importer.table.connection import (
    Connection,
    TableChoice,
    Target,
    check_keys_may_go,
    connection_from_environment,
    is_loopback,
)
from importer.table.description import create_table, describe_table, list_tables
from importer.table.engine import EngineLease, engine_status, start_engine, stop_engine
from importer.table.engine_state import EngineInfo, engine_secret
from importer.table.explain import explain_client_error
from importer.table.fetch import engine_cache, fetch_engine
from importer.table.item_limits import (
    MAX_ITEM_BYTES,
    MAX_PARTITION_KEY_BYTES,
    MAX_SORT_KEY_BYTES,
    item_size,
    value_size,
)
from importer.table.keys import IndexKey, KeyPart, TableDescription, TableKey, table_to_be
from importer.table.sample import ELEMENT, NO_SAMPLE, SAMPLE_ITEMS, KnownTable, TableSample, look_at_table, try_sample

__all__ = [
    "ELEMENT",
    "MAX_ITEM_BYTES",
    "MAX_PARTITION_KEY_BYTES",
    "MAX_READ_BYTES",
    "MAX_REPLY_BYTES",
    "MAX_SORT_KEY_BYTES",
    "NO_SAMPLE",
    "SAMPLE_ITEMS",
    "Connection",
    "EngineInfo",
    "EngineLease",
    "IndexKey",
    "KeyPart",
    "KnownTable",
    "SigningParts",
    "TableChoice",
    "TableDescription",
    "TableKey",
    "TablePage",
    "TableSample",
    "Target",
    "at_engine",
    "browse_table",
    "check_keys_may_go",
    "client_and_signing_parts",
    "connection_from_environment",
    "count_items",
    "create_table",
    "describe_table",
    "dynamodb_client",
    "embedded_connection",
    "engine_cache",
    "engine_secret",
    "engine_status",
    "engine_words",
    "explain_client_error",
    "fetch_engine",
    "find_target",
    "is_loopback",
    "item_size",
    "list_profiles",
    "list_tables",
    "load_default",
    "look_at_table",
    "ready_connection",
    "save_default",
    "service_client",
    "signing_parts",
    "start_engine",
    "stop_engine",
    "table_to_be",
    "try_sample",
    "undo_coding",
    "value_size",
    "with_region",
]
