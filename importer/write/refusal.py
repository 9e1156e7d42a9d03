"""What the service says when it refuses, in our own words.

Services (and engines that stand in for them) quote items in their error texts. So a text is only ever searched for
known phrases; what is shown is written here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

NOTHING: Mapping[bytes, bytes] = MappingProxyType({})
ERROR_TYPE = b"x-amzn-errortype"
"""Where services name their error beside the body (AWS JSON protocol, "Operation error serialization")."""

OTHER_REGION = "scoped to a valid region"
"""Of AWS's text on a signature for another region than the endpoint's."""

_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_.]{1,80}\Z")

THROTTLES = frozenset(
    {
        "ProvisionedThroughputExceededException",
        "ProvisionedThroughputExceeded",
        "ThrottlingException",
        "ThrottlingError",
        "Throttling",
        "RequestLimitExceeded",
        "RequestLimitExceededException",
        "LimitExceededException",
        "TooManyRequestsException",
        "SlowDown",
    }
)

PASSING = frozenset(
    {
        "InternalServerError",
        "InternalFailure",
        "ServiceUnavailable",
        "ServiceUnavailableException",
        "TransactionConflict",
        "TransactionConflictException",
        "TransactionInProgressException",
        "ReplicatedWriteConflictException",
        "RequestTimeout",
        "RequestTimeoutException",
    }
)

DENIED = ("AccessDeniedException", "AccessDenied", "NotAuthorized")
MAY_NOT_READ = "These credentials may not read from the table: dynamodb:BatchGetItem is missing"
"""An insert reads back which rows are its own; the right to write does not hold for that."""

_RIGHT = re.compile(r"perform: ?(dynamodb:[A-Za-z]{3,60})\b")


def may_not(text: str) -> str:
    """What these credentials may not do: the right that is missing, as AWS's text names it, else what a run needs."""
    found = _RIGHT.search(text)
    missing = (
        f"{found[1]} is missing"
        if found
        else "dynamodb:BatchWriteItem is needed (dynamodb:PartiQLInsert for inserts)"
    )
    return f"These credentials may not write to the table: {missing}"


NO_ACCESS = {
    "ExpiredTokenException": "The credentials have expired",
    "ExpiredToken": "The credentials have expired",
    "UnrecognizedClientException": "The service does not know these credentials",
    "InvalidClientTokenId": "The service does not know these credentials",
    "InvalidSignatureException": "The service does not accept the signature: the secret key is wrong",
    "SignatureDoesNotMatch": "The service does not accept the signature: the secret key is wrong",
    "IncompleteSignatureException": "The service does not accept the signature",
    "MissingAuthenticationTokenException": "The service wants credentials",
    "MissingAuthenticationToken": "The service wants credentials",
    **dict.fromkeys(DENIED, "These credentials may not write to the table"),
    "UnknownOperationException": "The endpoint does not know what this mode needs",
    "OptInRequired": "This account is not signed up for DynamoDB",
    "KMSAccessDeniedException": "The table's encryption key may not be used with these credentials",
    "KMSDisabledException": "The table's encryption key is disabled",
    "KMSInvalidStateException": "The table's encryption key cannot be used now",
    "KMSNotFoundException": "The table's encryption key is gone",
}

RENEWABLE = frozenset(
    {"ExpiredTokenException", "ExpiredToken", "UnrecognizedClientException", "InvalidClientTokenId"}
)
"""Said of credentials that may have been changed since the request was signed."""
SKEWED = frozenset({"RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture"})
BAD_ITEM = frozenset(
    {
        "ValidationException",
        "ValidationError",
        "ItemCollectionSizeLimitExceededException",
        "ItemCollectionSizeLimitExceeded",
        "ConditionalCheckFailed",
    }
)

_SAID: tuple[tuple[str, str, str], ...] = (
    ("item size has exceeded", "ItemTooLarge", "The item is over DynamoDB's limit of 400 KB. Shorten its texts."),
    ("item size to update has exceeded", "ItemTooLarge", "The item is over DynamoDB's limit of 400 KB. Shorten it."),
    ("item collection", "ItemCollectionTooLarge", "The items under this partition key are over DynamoDB's 10 GB."),
    ("size of hashkey", "KeyTooLarge", "The partition key is over DynamoDB's limit of 2,048 bytes. Shorten it."),
    ("aggregated size of all hash keys", "KeyTooLarge", "The partition key is over DynamoDB's limit of 2,048 bytes."),
    ("size of rangekey", "KeyTooLarge", "The sort key is over DynamoDB's limit of 1,024 bytes. Shorten it."),
    ("aggregated size of all range keys", "KeyTooLarge", "The sort key is over DynamoDB's limit of 1,024 bytes."),
    ("type mismatch for key", "WrongKeyType", "The key has another type than the table wants. Change its type."),
    ("type mismatch for index key", "WrongKeyType", "An index key has another type than the index wants."),
    ("missing the key", "MissingKey", "The row has no value for the table's key. Fill it."),
    ("does not match the schema", "WrongKeyType", "The key is missing or has another type than the table wants."),
    ("empty string value. key", "EmptyKey", "The key is empty. Fill it."),
    ("empty binary value. key", "EmptyKey", "The key is empty. Fill it."),
    ("empty string", "EmptyValue", "A key, or an element of a set, is empty. Fill it or leave it out."),
    ("set may not be empty", "EmptySet", "A set has no element. Leave it out."),
    ("set  may not be empty", "EmptySet", "A set has no element. Leave it out."),
    ("empty set", "EmptySet", "A set has no element. Leave it out."),
    ("contains duplicates", "RepeatedInSet", "A set has one element twice. Take one out."),
    ("38 significant digits", "BadNumber", "A number has more than 38 digits. Shorten it or import it as text."),
    ("number overflow", "BadNumber", "A number is larger than 9.99E+125. Import it as text."),
    ("number underflow", "BadNumber", "A number is closer to zero than 1E-130. Import it as text."),
    ("magnitude larger", "BadNumber", "A number is larger than 9.99E+125. Import it as text."),
    ("magnitude smaller", "BadNumber", "A number is closer to zero than 1E-130. Import it as text."),
    ("converted to a numeric value", "BadNumber", "A number cannot be read as one. Import it as text."),
    ("nesting levels", "TooDeep", "A value is nested deeper than 32 levels. Make it flatter."),
)

_REASONS: tuple[tuple[str, str], ...] = (
    ("keyrange", "throttled: a hot partition key"),
    ("account", "throttled: the account's limit"),
    ("requestlimitexceeded", "throttled: the account's limit"),
    ("indexwritemaxondemand", "throttled: the on-demand maximum of an index"),
    ("indexwrite", "throttled: the write capacity of an index"),
    ("maxondemand", "throttled: the table's on-demand maximum"),
    ("table", "throttled: the table's write capacity"),
)
"""DynamoDB, "Diagnosing throttling": a reason is resource, operation and limit in one word, such as
`TableWriteProvisionedThroughputExceeded`, `IndexWriteKeyRangeThroughputExceeded` or `TableWriteAccountLimitExceeded`.
"""

_KEY_NAME = re.compile(
    r"(?:mismatch for (?:index )?key|IndexKey:) ([^\s,]{1,255})(?: Expected:|[,.\s]|\Z)", re.IGNORECASE
)
_INDEX_NAME = re.compile(r"IndexName: ([A-Za-z0-9_.-]{2,254}[A-Za-z0-9_-])", re.IGNORECASE)
_TYPES = re.compile(
    r"Expected: (S|N|B|BOOL|SS|NS|BS|L|M|NULL),? Actual: (S|N|B|BOOL|SS|NS|BS|L|M|NULL)\b", re.IGNORECASE
)
"""Of AWS's words for a key of another type (`Type mismatch for Index Key age Expected: N Actual: S IndexName: byAge`)
or an empty one (`IndexName: byAge, IndexKey: age`). They are names of the table's, never values."""

_INDEX = re.compile(r":table/[A-Za-z0-9_.-]{1,255}/index/([A-Za-z0-9_.-]{1,255})\Z")


def error_code(body: Any, headers: Mapping[bytes, bytes] = NOTHING) -> str:
    """The service's code ("" when it has none), without its name space: of the error body, else of the headers.

    The code of a cancelled transaction is that of its first reason, as the cancellation itself says nothing.
    """
    code = ""
    if isinstance(body, dict):
        code = clean_code(body.get("__type") or body.get("code") or body.get("Code"))
        if code == "TransactionCanceledException":
            return _cancelled_for(body.get("CancellationReasons")) or code
    return code or clean_code(headers.get(ERROR_TYPE, b"").decode("latin-1"))


def _cancelled_for(reasons: Any) -> str:
    """The first of the codes, one for each item, that names a reason; "" when none does."""
    listed = reasons if isinstance(reasons, list) else []
    codes = [clean_code(one.get("Code")) for one in listed if isinstance(one, dict)]
    return next((code for code in codes if code not in ("", "None")), "")


def clean_code(word: Any) -> str:
    """The code, when it looks like one."""
    code = word.rsplit("#", 1)[-1].split(":", 1)[0] if isinstance(word, str) else ""
    return code if _CODE.match(code) else ""


def error_text(body: Any) -> str:
    """The error's text, to be searched and never shown."""
    found: Any = None
    if isinstance(body, dict):
        found = body.get("message") or body.get("Message")
    return found if isinstance(found, str) else ""


def explain_bad_item(code: str, text: str) -> tuple[str, str]:
    """A stable code and a message of ours for one refused item; where the text names them, with the attribute, its
    types and the index."""
    for phrase, ours, message in _SAID:
        if phrase in text.lower():
            return ours, f"{message}{_about_key(text)}"
    named = code or "ValidationException"
    return named, f"DynamoDB refused the item ({named}) for a reason we do not know. Compare the row with its limits."


def refused_attribute(text: str) -> str:
    """The attribute of a key that the service does not take, as its text names it; "" where it names none."""
    found = _KEY_NAME.search(text)
    return found[1] if found else ""


def _about_key(text: str) -> str:
    """` "age" is a key of index byAge: it wants type N, the row has S.`, as far as the text says so."""
    key, index, types = _KEY_NAME.search(text), _INDEX_NAME.search(text), _TYPES.search(text)
    if key is None:
        return f" It is index {index[1]}." if index else ""
    where = f"index {index[1]}" if index else "the table"
    return f' "{key[1]}" is a key of {where}' + (
        f": it wants type {types[1].upper()}, the row has {types[2].upper()}." if types else "."
    )


def throttle_reason(body: Any, code: str) -> str:
    """Which limit throttles, in plain words, as far as the service says; an index by its name."""
    reasons = body.get("ThrottlingReasons") or body.get("throttlingReasons") if isinstance(body, dict) else None
    listed = [one for one in reasons if isinstance(one, dict)] if isinstance(reasons, list) else []
    said = " ".join([*(str(one.get("reason", "")) for one in listed), code]).lower()
    words = next((words for mark, words in _REASONS if mark in said), "throttled: the table's write capacity")
    found = [_INDEX.search(str(one.get("resource", ""))) for one in listed]
    names = sorted({one[1] for one in found if one})
    return f"{words} (index {', '.join(names)})" if names else words


def read_json(body: bytes, loads: Callable[[bytes], Any] = json.loads) -> Any:
    """The body as JSON, or None when it is none."""
    try:
        return loads(body)
    except (ValueError, RecursionError):
        return None
