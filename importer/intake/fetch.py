"""A source from elsewhere: `s3://bucket/key` streamed into a file."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from importer.errors import ConfigError, RunCancelled, SourceError

CHUNK_BYTES = 1024 * 1024

_S3 = re.compile(r"s3:/{1,2}([^/]+)/(.+)")
"""One slash too: that is what a Path makes of two."""


def s3_parts(name: str) -> tuple[str, str] | None:
    """(bucket, key) of an S3 address; None when it is none."""
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
    """Stream the object into `target`, which appears when it is whole. `client`: a boto3 S3 client (default: one with
    the machine's own settings). Raises ConfigError (no such object, no permission, no credentials), RunCancelled."""
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError

    parts = s3_parts(address)
    if parts is None:
        raise ConfigError("That is no S3 address. It looks like s3://bucket/folder/list.csv.")
    bucket, key = parts
    beside = target.with_name(target.name + ".part")
    try:
        reply = (client or boto3.client("s3")).get_object(Bucket=bucket, Key=key)
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
        raise ConfigError(
            f'The list cannot be fetched from S3 bucket "{bucket}" ({type(error).__name__}). '
            "Look at the machine's AWS settings and the network."
        ) from None
    finally:
        beside.unlink(missing_ok=True)


def _told(error: Any, bucket: str) -> ConfigError:
    code = str(error.response.get("Error", {}).get("Code", "unknown"))
    if code in ("NoSuchKey", "404"):
        return SourceError(f'S3 bucket "{bucket}" has no such object. Look at the address.')
    if code == "NoSuchBucket":
        return SourceError(f'There is no S3 bucket "{bucket}". Look at the address.')
    if code in ("AccessDenied", "403"):
        return ConfigError(f'The AWS settings of this machine may not read from S3 bucket "{bucket}" (s3:GetObject).')
    return ConfigError(f'S3 bucket "{bucket}" refused the list ({code}). Look at the address and the AWS settings.')
