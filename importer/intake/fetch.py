"""A source from elsewhere: `s3://bucket/key` streamed into a file."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from importer.errors import ConfigError, RunCancelled, SourceError
from importer.intake.containers import Entry, is_litter
from importer.intake.members import choose_members

CHUNK_BYTES = 1024 * 1024

MOST_OBJECTS = 10_000
"""Under one prefix: an export of a table of 100 GB has some hundred."""

_S3 = re.compile(r"s3:/{1,2}([^/]+)/(.*)")
"""One slash too: that is what a Path makes of two."""


def s3_parts(name: str) -> tuple[str, str] | None:
    """(bucket, key) of an S3 address, or (bucket, prefix) of one that ends in a slash; None when it is none."""
    found = _S3.fullmatch(name)
    return (found.group(1), found.group(2)) if found else None


def fetch_s3(
    address: str,
    target: Path,
    *,
    client: Any = None,
    on_progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Path:
    """Stream the object into `target`, which appears when it is whole.

    `client`: a boto3 S3 client; by default one with the machine's settings of now, not of when the app started.
    Raises ConfigError (no such object, no permission, no credentials, no room on the disk) and RunCancelled.
    """
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError

    parts = s3_parts(address)
    if parts is None:
        raise ConfigError("That is no S3 address. It looks like s3://bucket/folder/list.csv.")
    bucket, key = parts
    beside = target.with_name(target.name + ".part")
    try:
        reply = (client or boto3.Session().client("s3")).get_object(Bucket=bucket, Key=key)
        total, done = int(reply["ContentLength"]), 0
        with beside.open("wb") as out:
            beside.chmod(0o600)
            for chunk in reply["Body"].iter_chunks(CHUNK_BYTES):
                out.write(chunk)
                done += len(chunk)
                if cancelled is not None and cancelled():
                    raise RunCancelled("Fetching was cancelled; nothing was kept.")
                if on_progress is not None:
                    on_progress(done, total)
        if done != total:
            raise SourceError(f"S3 sent {done:,} of {total:,} bytes of the list. Try again.")
        return beside.replace(target)
    except ClientError as error:
        raise _told(error, bucket) from None
    except BotoCoreError as error:
        raise _unreached(type(error).__name__, bucket) from None
    except OSError as error:
        raise ConfigError(f"The list cannot be kept here ({error.strerror}). Make room on the disk.") from None
    finally:
        beside.unlink(missing_ok=True)


def list_s3(prefix: str, *, client: Any = None) -> tuple[str, ...]:
    """Addresses of the objects under `s3://bucket/prefix/` that hold anything, by name. Raises as `fetch_s3`."""
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError

    bucket, start = s3_parts(prefix) or ("", "")
    try:
        pages = (client or boto3.Session().client("s3")).get_paginator("list_objects_v2")
        found: list[str] = []
        for page in pages.paginate(Bucket=bucket, Prefix=start):
            found += [f"s3://{bucket}/{one['Key']}" for one in page.get("Contents", ()) if one["Size"]]
            if len(found) > MOST_OBJECTS:
                raise ConfigError(f"More than {MOST_OBJECTS:,} objects lie under that address. Name fewer.")
        return tuple(found)
    except ClientError as error:
        raise _told(error, bucket) from None
    except BotoCoreError as error:
        raise _unreached(type(error).__name__, bucket) from None


def choose_objects(objects: Sequence[str], prefix: str, wanted: str) -> tuple[str, ...]:
    """Which of the objects under a prefix are the list: all of them, the one called `wanted`, or the only one.

    Raises SourceError, and MemberNotChosen when there are several and none is named.
    """
    start = len(prefix)
    entries = {one[start:]: one for one in objects if not is_litter(one[start:])}
    members = choose_members([Entry(name, 1) for name in entries], prefix, wanted)
    return tuple(entries[name] for name in members)


_WITHOUT_CREDENTIALS = (
    "NoCredentialsError",
    "PartialCredentialsError",
    "CredentialRetrievalError",
    "TokenRetrievalError",
)

_NO_OBJECT = 'S3 bucket "{bucket}" has no such object. Look at the address.'
_DENIED = (
    'The AWS settings of this machine may not read that object of S3 bucket "{bucket}" (s3:GetObject), '
    "or there is none. Look at the address and the permissions."
)
_OUT_OF_DATE = "The AWS credentials of this machine are out of date. Sign in again, then try again."
_UNKNOWN_KEYS = "AWS does not know the credentials of this machine ({code}). Set them up anew."

_REFUSALS = {
    "NoSuchKey": _NO_OBJECT,
    "404": _NO_OBJECT,
    "NoSuchBucket": 'There is no S3 bucket "{bucket}". Look at the address.',
    "AccessDenied": _DENIED,
    "AllAccessDisabled": _DENIED,
    "403": _DENIED,
    "ExpiredToken": _OUT_OF_DATE,
    "RequestExpired": _OUT_OF_DATE,
    "TokenRefreshRequired": _OUT_OF_DATE,
    "InvalidAccessKeyId": _UNKNOWN_KEYS,
    "SignatureDoesNotMatch": _UNKNOWN_KEYS,
    "InvalidToken": _UNKNOWN_KEYS,
    "InvalidObjectState": "The object is archived in S3. Restore it there first, then try again.",
}
"""By the error codes of S3's GetObject."""


def _unreached(kind: str, bucket: str) -> ConfigError:
    """What botocore says before S3 does; `kind` is the name of its exception."""
    if kind in _WITHOUT_CREDENTIALS or kind.startswith(("SSO", "Unauthorized")):
        return ConfigError(
            f'This machine has no AWS credentials to read from S3 bucket "{bucket}". Set up an AWS profile or role '
            "for the app (aws configure, or AWS_PROFILE), then try again."
        )
    if kind == "ProfileNotFound":
        return ConfigError(
            "The AWS profile that AWS_PROFILE names does not exist. Look at the machine's AWS settings."
        )
    if kind == "ParamValidationError":
        return SourceError("That is no name of an S3 bucket. The address looks like s3://bucket/folder/list.csv.")
    if kind in ("EndpointConnectionError", "ConnectTimeoutError", "ReadTimeoutError", "ConnectionClosedError"):
        return ConfigError(f'S3 was not reached for bucket "{bucket}" ({kind}). Look at the network, then try again.')
    return ConfigError(
        f'The list cannot be fetched from S3 bucket "{bucket}" ({kind}). '
        "Look at the machine's AWS settings and the network."
    )


def _told(error: Any, bucket: str) -> ConfigError:
    code = str(error.response.get("Error", {}).get("Code", "unknown"))
    other = 'S3 bucket "{bucket}" refused the list ({code}). Look at the address and the AWS settings.'
    kind = SourceError if code in ("NoSuchKey", "404", "NoSuchBucket") else ConfigError
    return kind(_REFUSALS.get(code, other).format(bucket=bucket, code=code))
